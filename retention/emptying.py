"""Emptying the rows of what is destroyed: they stay with number, code, days and digests (17).

One table says of every other table that points to a case file, a document, its parts or the files
it came as, which of its rows forget, and what. Whatever is a text there goes unless it is named as
kept: a column that comes later cannot be forgotten. The words of the events that tell of any of
these rows go as well; their salted digests stay.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from sqlalchemy import JSON, ColumnElement, Text, delete, select
from sqlalchemy.orm import Session

from archive.database import Base, pieces
from archive.models import CaseFile, Document, Event, EventRow, EventWords, Part, Row
from retention import likenesses
from retention.models import Clock

FORGOTTEN = "0" * 64  # stands where a digest must stand
MARK = object()  # stands where a reason must stand: the disposal's code


@dataclass(frozen=True)
class Emptied:
    """How the rows of one table forget.

    Attributes:
        by: columns and the kind of thing that they name; any of them is enough.
        keeps: texts that are no words of the record: kinds, states, codes, digests.
        instead: what stands where something must stand.
        forgets: what else goes, that is no text.
        is_deleted: nothing is left of the row to be kept.
        only: columns that count only in this state of the row.
    """

    by: dict[str, str]
    keeps: frozenset[str] = frozenset()
    instead: dict[str, Any] = field(default_factory=dict)
    forgets: frozenset[str] = frozenset()
    is_deleted: bool = False
    only: dict[str, str] = field(default_factory=dict)


def _empties(keeps: str = "", **more: Any) -> Emptied:
    by = more.pop("by")
    return Emptied(by=by, keeps=frozenset(keeps.split()), **more)


_DOCUMENT = {"document_id": "document"}
_CASE_FILE = {"case_file_id": "case_file"}
_EITHER = {**_CASE_FILE, **_DOCUMENT}
_OF_INTAKE = {"intake_id": "intake"}

# In this order: what is found by another row comes after it.
TABLES: dict[str, Emptied] = {
    "document": _empties("code", by={"id": "document"}, forgets=frozenset(
        {"file_ordinal", "issued_date", "page_amount", "priority", "issued_amount", "due_date",
         "arrival_date", "arrival_number", "process", "risk_recovery", "is_scan_of_signed_paper"})),
    "case_file": _empties(
        "code organ_code notation stage access_level folded", by={"id": "case_file"},
        forgets=frozenset({"start_date", "end_date", "settled_on", "due_on", "is_construction",
                           "risk_recovery", "holder_id"})),
    "part": _empties("digest role", by=_DOCUMENT),
    "rendition": _empties("digest role", by=_DOCUMENT),
    "document_link": _empties("kind", by={"from_id": "document", "to_id": "document"}),
    "paper_part": _empties("kind", by=_EITHER),
    "taken_out": _empties("why", by=_EITHER),
    "access_change": _empties(by=_CASE_FILE),
    "recall": _empties(by=_DOCUMENT),
    "kept_back": _empties(by={**_CASE_FILE, "consent_document_id": "document"}),
    "submission_item": _empties("outcome", by=_CASE_FILE),
    "export_request": _empties(by=_EITHER),
    "access_grant": _empties(by=_EITHER),
    "loan": _empties(by=_EITHER),
    "whole_copy": _empties("order", by=_CASE_FILE, instead={"state": "gone"}),
    "personal_file_item": _empties(by=_DOCUMENT, is_deleted=True),
    "entry_twin": _empties("grounds decision", by={"earlier_document_id": "document"}),
    "letting_in": _empties("ground", by={"entry_id": "register_entry"}),
    "intake": _empties(
        "door state", by={"document_id": "document", "mends_part_id": "part"},
        instead={"digest": FORGOTTEN, "size": 0}),
    "intake_file": _empties(by=_OF_INTAKE, is_deleted=True),
    "issuance": _empties(
        "state kind copy_kind layout", by={**_OF_INTAKE, **_CASE_FILE},
        only={"case_file_id": "given_up"},
        instead={"prepared_digest": FORGOTTEN, "signed_digest": FORGOTTEN,
                 "issued_digest": FORGOTTEN}),
    "issuance_comment": _empties(by={"issuance_id": "issuance"}, is_deleted=True),
    "retention_assignment": _empties("term source", by=_CASE_FILE, instead={"reason": MARK}),
    "occurrence": _empties("kind", by=_CASE_FILE),
    "appraisal": _empties("cause stage verdict new_term", by=_EITHER, instead={"reason": MARK}),
    "appraisal_opinion": _empties(
        "side verdict new_term", by={"appraisal_id": "appraisal"}, instead={"reason": MARK}),
    "transfer_item": _empties("outcome", by=_CASE_FILE, instead={"left_out_why": MARK}),
}  # fmt: skip

STAYS: dict[str, str] = {
    "register_entry": "a line of a register is a record of its own, with a term of its own",
    "carried_over": "numbers only",
    "placement": "numbers only; where a document stays, its place in what is gone is deleted",
    "frozen": "numbers only",
    "case_file_word": "made anew of the code alone, as the case file is written",
    "retention_clock": "deleted: nothing runs any more",
    "document_likeness": "deleted: it looks like nothing any more",
    "disposal": "tombstone",
    "disposal_item": "tombstone",
    "disposal_document": "tombstone",
    "disposal_paper": "names the document in the dossier that it became",
    "notice_item": "numbers only",
}

# What more is written anew where a database does not write over what it frees.
_ALSO = frozenset(
    {"event_words", "case_file_word", "retention_clock", "placement", "document_likeness"}
)

# Events on these stay in words: they are about people's decisions, not about what is in a record.
_TOLD_BY_THEMSELVES = ("disposal", "destruction", "register_entry", "transfer", "freeze_order")


@dataclass(frozen=True)
class Gone:
    """What is destroyed together: numbers of case files and of documents, with their codes."""

    case_files: dict[int, str]
    documents: dict[int, str]


Owned = dict[str, dict[int, tuple[Row, str]]]
"""Rows by their table and number, with the code of the thing that each belongs to."""

Numbers = Mapping[str, Mapping[int, str]]
"""The same by number alone: whoever only looks needs no more of a row than what they look for."""


@dataclass(frozen=True)
class Forgot:
    """What was emptied: the rows, for the event that tells of it, and the events without words."""

    rows: tuple[Row, ...]
    events: tuple[int, ...]


def empty(session: Session, gone: Gone, mark: str) -> Forgot:
    """Empty every row that describes these, and erase the words of their stories.

    Twice is the same as once. The caller tells of it, with the events as `erased_words`.

    Args:
        session: the transaction's session.
        gone: what is destroyed.
        mark: what stands where a reason must stand: the disposal's code.
    """
    found = rows_of(session, gone)
    owners = {
        name: {number: owner for number, (_, owner) in rows.items()} for name, rows in found.items()
    }
    events = sorted(events_telling(session, owners))
    changed = [one for name, rows in found.items() for one in _forget(session, name, rows, mark)]
    for some in pieces(gone.case_files):
        session.execute(delete(Clock).where(Clock.case_file_id.in_(some)))
    likenesses.leave(session, gone.documents)
    for row, _ in (*found["document"].values(), *found["case_file"].values()):
        assert isinstance(row, Document | CaseFile)
        row.indexed_revision = row.revision
    session.flush()
    erase_words(session, events)
    return Forgot(tuple(changed), tuple(events))


def erase_words(session: Session, events: Sequence[int]) -> None:
    """Erase the words of these events; the caller tells of it."""
    for numbers in pieces(events):
        session.execute(delete(EventWords).where(EventWords.event_id.in_(numbers)))


def rows_of(session: Session, gone: Gone) -> Owned:
    """All rows that forget, as they are now."""

    def read(table: Any, _name: str, column: str, where: ColumnElement[bool]) -> Iterator[_Read]:
        wanted = select(table).where(where).execution_options(populate_existing=True)
        for row in session.scalars(wanted):
            yield row.id, getattr(row, column), row

    walked = _walk(session, gone, read)
    return {
        name: {number: (row, owner) for number, (owner, row) in rows.items()}
        for name, rows in walked.items()
    }


def numbers_of(session: Session, gone: Gone) -> Numbers:
    """All rows that forget, by their numbers."""

    def read(table: Any, _name: str, column: str, where: ColumnElement[bool]) -> Iterator[_Read]:
        for number, by in session.execute(select(table.id, getattr(table, column)).where(where)):
            yield number, by, None

    return {
        name: {number: owner for number, (owner, _) in rows.items()}
        for name, rows in _walk(session, gone, read).items()
    }


def words_left(session: Session, gone: Gone, mark: str) -> Counter[str]:
    """How many values still describe something, by the code of what they describe."""

    def read(table: Any, name: str, column: str, where: ColumnElement[bool]) -> Iterator[_Read]:
        words = words_of(name)
        wanted = select(table.id, getattr(table, column), *(getattr(table, one) for one in words))
        for number, by, *said in session.execute(wanted.where(where)):
            yield number, by, dict(zip(words, said, strict=True))

    return Counter(
        owner
        for name, rows in _walk(session, gone, read).items()
        for owner, said in rows.values()
        for _ in _described(name, said.__getitem__, mark)
    )


def events_telling(session: Session, rows: Numbers) -> dict[int, str]:
    """Events with words whose story is theirs, or that tell of any of these rows; of which thing.

    Of several things that one event tells of the first is named.
    """
    told: dict[int, str] = {}
    for name, some in rows.items():
        kind = _model(name).STORY
        for numbers in pieces(some):
            about = select(EventWords.event_id, Event.subject_id).join(
                Event, Event.id == EventWords.event_id
            )
            about = about.where(Event.subject_type == kind, Event.subject_id.in_(numbers))
            telling = (
                select(EventWords.event_id, EventRow.row_id)
                .join(EventRow, EventRow.event_id == EventWords.event_id)
                .join(Event, Event.id == EventWords.event_id)
                .where(
                    EventRow.kind == kind,
                    EventRow.row_id.in_(numbers),
                    Event.subject_type.not_in(_TOLD_BY_THEMSELVES),
                )
            )
            for asked in (about, telling):
                for event, row in session.execute(asked):
                    told.setdefault(event, some[row or 0])
    return told


def emptied_tables() -> frozenset[str]:
    """All tables in which something was emptied or deleted."""
    return frozenset(TABLES) & frozenset(Base.metadata.tables) | _ALSO


@cache
def models() -> dict[str, type[Row]]:
    """The classes of all tables, by the tables' names."""
    return {str(one.local_table): one.class_ for one in Base.registry.mappers}


def _model(name: str) -> type[Row]:
    return models()[name]


_Read = tuple[int, int, Any]  # a row's number, that of what it belongs to, what is wanted of it
_Reader = Callable[[Any, str, str, ColumnElement[bool]], Iterable[_Read]]


def _walk(session: Session, gone: Gone, read: _Reader) -> dict[str, dict[int, tuple[str, Any]]]:
    """Read what is wanted of all rows that forget, table by table: with the code of their owner."""
    owners: dict[str, dict[int, str]] = {
        "case_file": dict(gone.case_files),
        "document": dict(gone.documents),
        "part": _owned(session, Part.id, Part.document_id, gone.documents),
        "register_entry": _entries(session, gone.documents),
    }
    walked: dict[str, dict[int, tuple[str, Any]]] = {}
    for name, one in TABLES.items():
        if name not in Base.metadata.tables:
            continue
        table, found = _model(name), dict[int, tuple[str, Any]]()
        for column, kind in one.by.items():
            for some in pieces(owners[kind]):
                where: ColumnElement[bool] = getattr(table, column).in_(some)
                if column in one.only:
                    where &= table.state == one.only[column]  # type: ignore[attr-defined]
                for number, by, wanted in read(table, name, column, where):
                    found.setdefault(number, (owners[kind][by], wanted))
        walked[name] = found
        owners.setdefault(name, {number: owner for number, (owner, _) in found.items()})
    return walked


def _owned(session: Session, wanted: Any, by: Any, owners: dict[int, str]) -> dict[int, str]:
    """Numbers of rows that belong to these, with the code of what they belong to."""
    found: dict[int, str] = {}
    for some in pieces(owners):
        for number, owner in session.execute(select(wanted, by).where(by.in_(some))):
            found[number] = owners[owner]
    return found


def _entries(session: Session, documents: dict[int, str]) -> dict[int, str]:
    """Lines of the books that spoke of these documents, by their file."""
    table = Base.metadata.tables["register_entry"]
    return _owned(session, table.c.id, table.c.document_id, documents)


def _forget(
    session: Session, name: str, rows: dict[int, tuple[Row, str]], mark: str
) -> Iterator[Row]:
    how = TABLES[name]
    for row, _ in rows.values():
        if how.is_deleted:
            session.delete(row)
            yield row
        elif changes := list(_changes(name, row, mark)):
            for column, value in changes:
                setattr(row, column, value)
            yield row


def _changes(name: str, row: Row, mark: str) -> Iterator[tuple[str, Any]]:
    """What must become of the columns that still say something."""
    for column, now in _described(name, partial(getattr, row), mark):
        instead = TABLES[name].instead.get(column)
        value = mark if instead is MARK else instead
        wanted = value if column in TABLES[name].instead else blank(name, column)
        if now != wanted:
            yield column, wanted


def _described(name: str, said: Callable[[str], Any], mark: str) -> Iterator[tuple[str, Any]]:
    """The columns of a row that still describe something."""
    how = TABLES[name]
    for column in words_of(name):
        if now := said(column):
            instead = how.instead.get(column, blank(name, column))
            if now != (mark if instead is MARK else instead):
                yield column, now


@cache
def words_of(name: str) -> list[str]:
    """The columns of a table that go: every text and every JSON that is not named as kept."""
    how = TABLES[name]
    named = []
    for one in _model(name).__mapper__.column_attrs:
        column = one.columns[0]
        is_text = isinstance(column.type, Text | JSON) and not column.primary_key
        if (is_text and one.key not in how.keeps) or one.key in how.forgets | how.instead.keys():
            named.append(one.key)
    return named


def blank(name: str, column: str) -> Any:
    """What a column says of nothing."""
    plain = _blank(name, column)
    return plain() if callable(plain) else plain


@cache
def _blank(name: str, column: str) -> Any:
    found: Any = getattr(_model(name), column).property.columns[0]
    if found.default is None:
        return None if found.nullable else ""
    return partial(found.default.arg, None) if found.default.is_callable else found.default.arg


def still_named(session: Session, digests: Iterable[str]) -> dict[str, int]:
    """How many parts of documents that are there name each of these bytes."""
    found: dict[str, int] = {}
    for some in pieces(digests):
        there = select(Part.digest).join(Document, Document.id == Part.document_id)
        there = there.where(Part.digest.in_(some), Document.destroyed_at.is_(None))
        for digest in session.scalars(there):
            found[digest] = found.get(digest, 0) + 1
    return found
