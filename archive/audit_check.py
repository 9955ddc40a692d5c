"""Checking the story: walk the chain, recompute the rows, name what does not fit.

Reads in chunks; a million events need no more memory than a thousand.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from archive.audit import START, event_digest, next_link, row_digest, words_digest
from archive.database import Base
from archive.models import ChainHead, Event, EventRow, EventWords, Row

CHUNK = 1000
GUARDS = ("event_is_final_update", "event_is_final_delete")


@dataclass(frozen=True)
class Finding:
    """Something that does not fit: a stable code, and where."""

    code: str
    where: str


@dataclass(frozen=True)
class Verified:
    """What was checked, and what was found (nothing, if all is well)."""

    events: int
    rows: int
    head: str  # the last link; written down elsewhere, it shows a chain that was forged whole
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings


def verify(session: Session) -> Verified:
    """Check the whole chain and every audited row against it."""
    findings: list[Finding] = [*_missing_guards(session)]
    events = 0
    link, last = START, 0
    for event, rows, words in _events(session):
        events += 1
        findings += _check_event(event, rows, words, link, last)
        link, last = event.link, event.id
    head = session.execute(select(ChainHead)).scalar_one_or_none()
    if head is None or (head.last_id, head.link) != (last, link):
        findings.append(Finding("chain_end_differs", f"event {last}"))
    checked = 0
    for found, finding in _rows(session):
        checked += found
        if finding:
            findings.append(finding)
    return Verified(events, checked, link, tuple(findings))


def _check_event(
    event: Event,
    rows: dict[tuple[str, int], str | None],
    words: EventWords | None,
    link: str,
    last: int,
) -> Iterator[Finding]:
    where = f"event {event.id} ({event.action})"
    if event.id != last + 1:
        yield Finding("events_missing", f"{last + 1}..{event.id - 1}")
    if event_digest(event, rows) != event.digest:
        yield Finding("event_changed", where)
    if next_link(link, event.digest) != event.link:
        yield Finding("link_broken", where)
    if words is not None and words_digest(words.salt, words.words) != event.words_digest:
        yield Finding("words_changed", where)


def _events(
    session: Session,
) -> Iterator[tuple[Event, dict[tuple[str, int], str | None], EventWords | None]]:
    """Every event in order, with the row states it covers and its words."""
    last = 0
    while True:
        chunk = session.scalars(
            select(Event).where(Event.id > last).order_by(Event.id).limit(CHUNK)
        ).all()
        if not chunk:
            return
        first, last = chunk[0].id, chunk[-1].id
        rows: dict[int, dict[tuple[str, int], str | None]] = {}
        for row in session.scalars(select(EventRow).where(EventRow.event_id.between(first, last))):
            rows.setdefault(row.event_id, {})[row.kind, row.row_id] = row.row_digest
        words = {
            one.event_id: one
            for one in session.scalars(
                select(EventWords).where(EventWords.event_id.between(first, last))
            )
        }
        for event in chunk:
            yield event, rows.get(event.id, {}), words.get(event.id)
        session.expunge_all()


def _rows(session: Session) -> Iterator[tuple[int, Finding | None]]:
    """Every audited row against the last event that tells of it."""
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
    last = 0
    while True:
        chunk = session.scalars(
            select(table).where(table.id > last).order_by(table.id).limit(CHUNK)
        ).all()
        if not chunk:
            return
        first, last = chunk[0].id, chunk[-1].id
        told = _last_told(session, table, first, last)
        for row in chunk:
            where = f"{table.STORY} {getattr(row, 'code', None) or row.id}"
            if row.id not in told:
                yield 1, Finding("row_untold", where)
            elif told[row.id] != row_digest(row):
                yield 1, Finding("row_changed", where)
            else:
                yield 1, None
        session.expunge_all()


def _last_told(session: Session, table: type[Row], first: int, last: int) -> dict[int, str | None]:
    """The state in which the last event left each row of this range."""
    newest = (
        select(EventRow.row_id, func.max(EventRow.event_id).label("event_id"))
        .where(EventRow.kind == table.STORY, EventRow.row_id.between(first, last))
        .group_by(EventRow.row_id)
        .subquery()
    )
    rows = session.execute(
        select(EventRow.row_id, EventRow.row_digest)
        .join(
            newest,
            (EventRow.row_id == newest.c.row_id) & (EventRow.event_id == newest.c.event_id),
        )
        .where(EventRow.kind == table.STORY)
    )
    return {number: digest for number, digest in rows}


def _gone(session: Session, table: type[Row]) -> Iterator[tuple[int, Finding | None]]:
    """Rows that the story still holds and the table does not."""
    newest = (
        select(EventRow.row_id, func.max(EventRow.event_id).label("event_id"))
        .where(EventRow.kind == table.STORY)
        .group_by(EventRow.row_id)
        .subquery()
    )
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


def _missing_guards(session: Session) -> Iterator[Finding]:
    """The database itself refuses to change events; are those guards still there?"""
    if session.get_bind().dialect.name == "sqlite":
        query = "select name from sqlite_master where type = 'trigger'"
    else:
        query = "select tgname from pg_trigger where not tgisinternal and tgenabled != 'D'"
    present = set(session.scalars(text(query)))
    for name in GUARDS:
        if name not in present:
            yield Finding("guard_missing", name)
