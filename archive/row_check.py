"""Every audited row against the last event that tells of it."""

from collections.abc import Iterable, Iterator
from functools import partial

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session

from archive.audit import row_digest
from archive.database import Base
from archive.findings import UNREADABLE, Finding, in_chunks, read, unreadable
from archive.models import EventRow, Row


def check_rows(session: Session) -> Iterator[tuple[int, Finding | None]]:
    """For each row 1 and what is wrong with it, if anything is; 0 for rows that are gone."""
    for table in _audited():
        yield from _present(session, table)
        yield from _gone(session, table)


def _audited() -> list[type[Row]]:
    return [
        mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Row) and mapper.class_.STORY
    ]


def _present(session: Session, table: type[Row]) -> Iterator[tuple[int, Finding | None]]:
    """Rows that are there: do they look as the story left them?"""
    for numbers in in_chunks(session, table.id):
        states, _ = read(session, partial(_last_told, session, table), numbers)
        told = dict(states)
        rows, bad = read(session, partial(_load, session, table), numbers)
        for number in bad:
            yield 1, unreadable(table.__tablename__, number)
        for row in rows:
            yield 1, _check_row(row, table, told)


def _load(session: Session, table: type[Row], numbers: list[int]) -> Iterable[Row]:
    return session.scalars(select(table).where(table.id.in_(numbers)).order_by(table.id))


def _check_row(row: Row, table: type[Row], told: dict[int, str | None]) -> Finding | None:
    where = f"{table.STORY} {getattr(row, 'code', None) or row.id}"
    if row.id not in told:
        return Finding("row_untold", where)
    try:
        return None if told[row.id] == row_digest(row) else Finding("row_changed", where)
    except UNREADABLE:
        return unreadable(table.__tablename__, row.id)


def _last_told(
    session: Session, table: type[Row], numbers: list[int]
) -> Iterable[tuple[int, str | None]]:
    """The state in which the last event left each of these rows."""
    newest = _newest(table, EventRow.row_id.between(numbers[0], numbers[-1]))
    return session.execute(
        select(EventRow.row_id, EventRow.row_digest)
        .join(
            newest,
            (EventRow.row_id == newest.c.row_id) & (EventRow.event_id == newest.c.event_id),
        )
        .where(EventRow.kind == table.STORY)
    )


def _gone(session: Session, table: type[Row]) -> Iterator[tuple[int, Finding | None]]:
    """Rows that the story still holds and the table does not."""
    newest = _newest(table)
    missing = session.execute(
        select(EventRow.row_id)
        .join(
            newest, (EventRow.row_id == newest.c.row_id) & (EventRow.event_id == newest.c.event_id)
        )
        .outerjoin(table, table.id == EventRow.row_id)
        .where(EventRow.kind == table.STORY, EventRow.row_digest.is_not(None), table.id.is_(None))
    )
    for (number,) in missing:
        yield 0, Finding("row_gone", f"{table.STORY} {number}")


def _newest(table: type[Row], *which: ColumnElement[bool]) -> Subquery:
    """The last event that tells of each row."""
    return (
        select(EventRow.row_id, func.max(EventRow.event_id).label("event_id"))
        .where(EventRow.kind == table.STORY, *which)
        .group_by(EventRow.row_id)
        .subquery()
    )
