"""The story: one explicit line for every change, chained so that nobody can rewrite it.

`record(session, "case_file.open", case_file, why=…)` tells. Events are written at the end of the
transaction, when the rows have their final state: an event's digest covers who, what, when, on
which thing, and the digest of every audited row it tells of. Personal and content words stand
behind a salted digest in a table of their own, so that they can be erased without breaking the
chain (record rules, R12). A change that nobody told of cannot commit.
"""

import getpass
import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import TextClause, insert, inspect, select
from sqlalchemy import event as listen_to
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction
from sqlalchemy.orm.attributes import set_committed_value

from archive import clock
from archive.database import Base, UnauditedChange, pieces
from archive.models import ChainHead, Event, EventRow, EventWords, Person, Row

START = "0" * 64
HEAD = 1  # the number of the one row of `chain_head`
# What a statement written by hand changes.
_CHANGES = re.compile(
    r"\b(?:insert(?:\s+or\s+\w+)?\s+into|replace\s+into|update(?:\s+or\s+\w+)?|delete\s+from"
    r'|truncate(?:\s+table)?)\s+(?:only\s+)?(?:\w+\.)?["\[`]?(\w+)',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Actor:
    """Who acts (R9): one natural person, with the principal if delegated; or an account."""

    door: str
    person_id: int | None = None
    principal_id: int | None = None
    account: str = ""


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting_as(
    person: Person | None, door: str, *, principal: Person | None = None
) -> Iterator[None]:
    """Everything told inside is told of this person. Without one: the operating-system account."""
    actor = Actor(
        door=door,
        person_id=person.id if person else None,
        principal_id=principal.id if principal else None,
        account="" if person else getpass.getuser(),
    )
    with acting(actor):
        yield


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """The same, for one who is known by number only."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def actor() -> Actor | None:
    """Who acts now; nobody outside of a door."""
    return _actor.get()


@dataclass
class _Told:
    """An event that waits for the end of its transaction."""

    action: str
    subject: Row | None
    also: tuple[Row, ...]
    organ_id: int | None
    facts: dict[str, Any]
    words: dict[str, Any]
    at: datetime
    actor: Actor
    code: str = ""
    rows: dict[tuple[str, int], str | None] = field(default_factory=dict)


def record(
    session: Session,
    action: str,
    subject: Row | None,
    *,
    also: tuple[Row, ...] = (),
    organ_id: int | None = None,
    facts: dict[str, Any] | None = None,
    **words: Any,
) -> None:
    """Tell what is happening, in the same transaction.

    Args:
        session: the transaction's session.
        action: `subject.verb`, a stable name.
        subject: the row it is about; None for what has no row (a search, a refusal at the desk).
        also: further audited rows that this one event tells of.
        organ_id: whose story it is; taken from the subject where it has one.
        facts: plain values that are neither personal nor content (codes, digests, counts).
        words: what may have to be erased one day: reasons, searched words, old and new values.
    """
    actor = _actor.get()
    if actor is None:
        raise UnauditedChange(f"{action}: nobody acts; use audit.acting_as at the door")
    _pending(session).append(
        _Told(
            action=action,
            subject=subject,
            also=also,
            organ_id=organ_id if organ_id is not None else getattr(subject, "organ_id", None),
            facts=facts or {},
            words={name: value for name, value in words.items() if value not in (None, "")},
            at=clock.now(),
            actor=actor,
        )
    )


# The digests --------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """One text for one value, whatever database or process wrote it."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def sha256(text: str) -> str:
    """Digest of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def columns(row: Row) -> list[str]:
    """The names of all that the database holds of a row itself, without what hangs on it."""
    return [one.key for one in inspect(row).mapper.column_attrs]


def hold(session: Session, row: Row) -> None:
    """Read a row anew and hold it until the transaction ends: of two people, one goes first."""
    session.refresh(row, columns(row), with_for_update={"key_share": True})


def row_digest(row: Row) -> str:
    """Digest of all that is told of a row: its columns without the machines' book-keeping.

    What is empty takes no part, so that a column added later changes no digest of earlier rows.
    """
    names = [one for one in columns(row) if one not in row.UNTOLD]
    values = {name: getattr(row, name) for name in names}
    return sha256(canonical({name: one for name, one in values.items() if not _is_empty(one)}))


def _is_empty(value: object) -> bool:
    return value is None or value is False or value in ("", [], {})


def event_digest(event: Event, rows: dict[tuple[str, int], str | None]) -> str:
    """Digest of an event with the states of the rows that it tells of."""
    names = [
        one.key for one in inspect(event).mapper.column_attrs if one.key not in ("digest", "link")
    ]
    told = {name: getattr(event, name) for name in names}
    told["rows"] = sorted([kind, number, digest] for (kind, number), digest in rows.items())
    return sha256(canonical(told))


def next_link(previous: str, digest: str) -> str:
    """A link of the chain: H(previous link ‖ event digest)."""
    return sha256(previous + digest)


def words_digest(salt: str, words: dict[str, Any]) -> str:
    """Salted digest of an event's words."""
    return sha256(salt + canonical(words))


# At the end of every transaction ------------------------------------------------------------------


def _pending(session: Session) -> list[_Told]:
    told: list[_Told] = session.info.setdefault("told", [])
    return told


@dataclass(frozen=True)
class _Changed:
    """An audited row that this transaction touched."""

    row: Row
    is_gone: bool


def _changed(session: Session) -> dict[tuple[str, int], _Changed]:
    changed: dict[tuple[str, int], _Changed] = session.info.setdefault("changed", {})
    return changed


def _note_changes(session: Session, _context: UOWTransaction) -> None:
    """After each flush: remember which audited rows were touched."""
    dirty, gone = set(session.dirty), set(session.deleted)
    for row in [*session.new, *dirty, *gone]:
        if isinstance(row, Row) and row.STORY and (row not in dirty or _is_told_change(row)):
            _changed(session)[row.STORY, row.id] = _Changed(row, is_gone=row in gone)


def _is_told_change(row: Row) -> bool:
    """Whether more than book-keeping columns changed."""
    state = inspect(row)
    own = state.mapper.column_attrs
    return any(
        state.attrs[one].history.has_changes()
        for one in state.committed_state  # what was set since it was read
        if one in own and one not in row.UNTOLD
    )


def _write_story(session: Session) -> None:
    """Before commit: write the events, or refuse the whole transaction."""
    session.flush()
    told, changed = _pending(session), _changed(session)
    head = _chain_head(session) if told else None
    if head is not None:
        _look_again(session, told, changed)
    _share_out(told, changed)
    if head is not None:
        _append(session, head, told)
    session.info.pop("told", None)
    session.info.pop("changed", None)


def _chain_head(session: Session) -> ChainHead:
    """The end of the chain, held until the commit: stories are written one after the other."""
    held = select(ChainHead).where(ChainHead.id == HEAD).with_for_update(key_share=True)
    return session.execute(held, execution_options={"populate_existing": True}).scalar_one()


def _look_again(
    session: Session, told: list[_Told], changed: dict[tuple[str, int], _Changed]
) -> None:
    """Read again what is told of: another transaction may have written since it was loaded."""
    rows = {row for one in told for row in (one.subject, *one.also) if row is not None}
    rows |= {one.row for one in changed.values()}
    by_kind: dict[type[Row], dict[int, Row]] = {}
    for row in rows:
        if row in session:  # what was deleted has left it
            by_kind.setdefault(type(row), {})[row.id] = row
    for kind, some in by_kind.items():
        _read_again(session, kind, some)


def _read_again(session: Session, kind: type[Row], rows: dict[int, Row]) -> None:
    """Read rows of one table anew, many in one question: an act may tell of thousands."""
    left = dict(rows)
    names = columns(next(iter(rows.values())))
    wanted = select(kind.id, *(getattr(kind, name) for name in names))
    for some in pieces(sorted(rows)):
        for number, *values in session.execute(wanted.where(kind.id.in_(some))):
            row = left.pop(number)
            for name, value in zip(names, values, strict=True):
                set_committed_value(row, name, value)
    for row in left.values():  # gone from under us: this says so
        session.refresh(row, names)


def _share_out(told: list[_Told], changed: dict[tuple[str, int], _Changed]) -> None:
    """Give each changed row to the last event that tells of it or of its owner."""
    teller: dict[tuple[str, int], _Told] = {}
    for one in told:
        for row in (one.subject, *one.also):
            if row is not None and row.STORY:
                teller[row.STORY, row.id] = one
                one.rows[row.STORY, row.id] = row_digest(row)
    for key, one_change in changed.items():
        owner = one_change.row.story_owner()
        one_teller = teller.get(key) or (teller.get(owner) if owner else None)
        if one_teller is None:
            raise UnauditedChange(f"no event tells of the change of {key[0]} {key[1]}")
        if one_change.is_gone:
            one_teller.rows[key] = None
        elif key not in one_teller.rows:
            one_teller.rows[key] = row_digest(one_change.row)


def _append(session: Session, head: ChainHead, told: list[_Told]) -> None:
    """Add links to the chain behind its head, which is held."""
    for one in told:
        event = _event(head.last_id + 1, one)
        words = None
        if one.words:
            words = EventWords(event_id=event.id, salt=secrets.token_hex(16), words=one.words)
            event.words_digest = words_digest(words.salt, words.words)
        event.digest = event_digest(event, one.rows)
        event.link = head.link = next_link(head.link, event.digest)
        head.last_id = event.id
        session.add(event)
        session.flush()
        touched = [
            {"event_id": event.id, "kind": kind, "row_id": number, "row_digest": digest}
            for (kind, number), digest in one.rows.items()
        ]
        for some in pieces(touched):
            session.execute(insert(EventRow.__table__), some)  # type: ignore[arg-type]
        if words is not None:
            session.add(words)
        session.info.setdefault("linked", []).append((event.id, event.link))
    session.flush()
    if announce := session.info.get("announce"):
        announce(session.info["linked"])


def _event(number: int, one: _Told) -> Event:
    subject = one.subject
    return Event(
        id=number,
        at=one.at,
        action=one.action,
        door=one.actor.door,
        organ_id=one.organ_id,
        person_id=one.actor.person_id,
        principal_id=one.actor.principal_id,
        account=one.actor.account,
        subject_type=(subject.STORY or "") if subject else "",
        subject_id=subject.id if subject else None,
        subject_code=str(getattr(subject, "code", "") or ""),
        facts=one.facts,
    )


def _refuse_bulk(state: ORMExecuteState) -> None:
    """Statements change rows past the unit of work and bring no events: refused for the record."""
    changed = _changed_tables(state)
    if not changed:
        return
    for mapper in Base.registry.mappers:
        if getattr(mapper.class_, "STORY", None) and str(mapper.local_table) in changed:
            raise UnauditedChange(f"bulk statement on audited table {mapper.local_table}")


def _changed_tables(state: ORMExecuteState) -> set[str]:
    """The tables that a statement writes to, whether made by our classes, by tables or by hand."""
    if isinstance(state.statement, TextClause):
        return {name.lower() for name in _CHANGES.findall(state.statement.text)}
    if state.is_update or state.is_delete or state.is_insert:
        return {str(getattr(state.statement, "table", ""))}
    return set()


def _forget(session: Session) -> None:
    """After a rollback nothing was told and nothing changed."""
    for kept in ("told", "changed", "linked", "after_commit"):
        session.info.pop(kept, None)


listen_to.listen(Session, "after_flush", _note_changes)
listen_to.listen(Session, "before_commit", _write_story)
listen_to.listen(Session, "after_rollback", _forget)
listen_to.listen(Session, "do_orm_execute", _refuse_bulk)
