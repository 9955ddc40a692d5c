"""From the archive's rows to the index: what is behind, what is made anew, what is gone for good.

The index is a copy. `indexed_revision < revision` on a document or a case file means that it is
behind; a sweep asks for what is `stale` and gives it to `index`. Only the worker calls what writes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from archive.database import Database, pieces
from archive.files import FileStore
from archive.models import DESTROYED, CaseFile, Document
from search import entries
from search.engine import Entry, Proof, SearchAway, SearchBroken, SearchEngine
from search.entries import CASE_FILE, DOCUMENT, case_file_of
from search.entries import entry_for as entry_for
from search.entries import id_of as id_of
from search.splitting import split_ahead

BATCH = 50  # read in one go
KINDS = (DOCUMENT, CASE_FILE)
_ROUNDS = 3
_Key = tuple[str, int]  # kind and number
_Seen = tuple[int, int]  # revision of an entry, and `indexed_revision` when it was made


@dataclass(frozen=True)
class Indexed:
    """How many documents and case files were indexed.

    Attributes:
        count: documents.
        without_text: codes of those whose text cannot be read.
        case_files: case files.
    """

    count: int = 0
    without_text: tuple[str, ...] = ()
    case_files: int = 0


@dataclass(frozen=True)
class Status:
    """What there is to find, and how far the index is behind it.

    Attributes:
        is_whole: whether the index can be asked at all.
        there: how many of each kind there are.
        behind: how many of each kind it does not know as they are now.
        trouble: what is the matter with its server, as `SearchAway` says it; or nothing.
    """

    is_whole: bool
    there: dict[str, int]
    behind: dict[str, int]
    trouble: str = ""


Tell = Callable[[int, int], None]
"""Hears how many of how many are done."""


def stale(session: Session, limit: int | None = 500, kind: str = DOCUMENT) -> list[int]:
    """Numbers of documents, or of case files, whose entry in the index is behind."""
    number = _TABLES[kind].id
    return list(session.scalars(select(number).where(*_behind(kind)).order_by(number).limit(limit)))


def status(database: Database, engine: SearchEngine) -> Status:
    """How it stands with the index."""
    with database.reading() as session:
        there = {kind: _count(session, kind, _IS_THERE[kind]) for kind in KINDS}
        behind = {kind: _count(session, kind, *_behind(kind)) for kind in KINDS}
    try:
        return Status(is_whole(engine), there, behind)
    except SearchAway as away:
        return Status(False, there, behind, away.details["reason"])


def index(
    database: Database,
    files: FileStore,
    engine: SearchEngine,
    numbers: Iterable[int],
    kind: str = DOCUMENT,
) -> Indexed:
    """Bring the entries of these up to date; unknown numbers are passed over.

    What changes meanwhile is indexed again, so that the newest revision is the last put.

    Raises:
        SearchBroken: the index cannot be written; `mend` remakes it.
        SearchBusy: another process writes.
        SearchAway: its server does not answer, or takes nothing in for now.
    """
    wanted, done, without_text = list(numbers), 0, list[str]()
    for _ in range(_ROUNDS):
        behind: list[int] = []
        for some in pieces(wanted, BATCH):
            made = _entries(database, files, kind, some, without_text)
            engine.put(entry for entry, _ in made.values())
            done += len(made)
            behind += _note(database, kind, {number: seen for number, (_, seen) in made.items()})
        if not behind:
            break
        wanted = behind
    names = tuple(dict.fromkeys(without_text))
    return Indexed(done, names) if kind == DOCUMENT else Indexed(case_files=done)


def forget(engine: SearchEngine, ids: Collection[str]) -> None:
    """Drop these entries: they are not found any more. Their words go with `purge`."""
    engine.drop(ids)


def rebuild(
    database: Database, files: FileStore, engine: SearchEngine, tell: Tell | None = None
) -> Indexed:
    """Make the index anew from the rows and the store; the old one answers until it is there."""
    seen: dict[_Key, _Seen] = {}
    without_text: list[str] = []
    made = split_ahead(_all_entries(database, files, seen, without_text))
    engine.rebuild(_told(database, made, tell))
    _note_all(database, seen)
    case_files = sum(1 for kind, _ in seen if kind == CASE_FILE)
    return Indexed(len(seen) - case_files, tuple(without_text), case_files)


def purge(database: Database, files: FileStore, engine: SearchEngine) -> Proof:
    """Make everything unrecoverable that is there no more, and say how we know (R14).

    What is behind is brought up to date first, so that former words of what stays go as well.
    """
    for kind in KINDS:
        with database.reading() as session:
            behind = stale(session, limit=None, kind=kind)
        index(database, files, engine, behind, kind)
    staying = _Staying(database, files)
    proof = engine.purge(staying)
    _note_all(database, staying.seen)
    return proof


def is_whole(engine: SearchEngine) -> bool:
    """Whether the index can be asked at all; nobody knows while its server is away.

    Raises:
        SearchAway: the server does not answer, or takes nothing in for now.
    """
    try:
        engine.check()
    except SearchBroken:
        return False
    return True


def mend(database: Database, files: FileStore, engine: SearchEngine) -> bool:
    """Remake an index that is missing, damaged or of another version; whether it had to be.

    Raises:
        SearchAway: the server does not answer, or takes nothing in for now; it is left alone.
    """
    if is_whole(engine):
        return False
    rebuild(database, files, engine)
    return True


# What there is, and what is behind ----------------------------------------------------------------

_TABLES: dict[str, type[Document] | type[CaseFile]] = {DOCUMENT: Document, CASE_FILE: CaseFile}
_IS_THERE: dict[str, ColumnElement[bool]] = {
    DOCUMENT: Document.destroyed_at.is_(None),
    CASE_FILE: CaseFile.stage != DESTROYED,
}


def _behind(kind: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    table = _TABLES[kind]
    return table.indexed_revision < table.revision, _IS_THERE[kind]


def _count(session: Session, kind: str, *conditions: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(_TABLES[kind]).where(*conditions)
    return session.scalar(counted) or 0


# Many entries -------------------------------------------------------------------------------------


def _entries(
    database: Database,
    files: FileStore,
    kind: str,
    numbers: Iterable[int],
    without_text: list[str],
) -> dict[int, tuple[Entry, _Seen]]:
    """Entries of those that exist, and what the rows said when they were made."""
    table, wanted = _TABLES[kind], list(numbers)
    marked = select(table.id, table.indexed_revision).where(table.id.in_(wanted), _IS_THERE[kind])
    with database.reading() as session:
        marks = {number: mark for number, mark in session.execute(marked)}
        if kind == DOCUMENT:
            made = entries.of_documents(session, files, marks, without_text)
        else:
            made = entries.of_case_files(session, marks)
    return {
        number: (made[number], (made[number].revision, mark))
        for number, mark in sorted(marks.items())
        if number in made
    }


def _all_entries(
    database: Database, files: FileStore, seen: dict[_Key, _Seen], without_text: list[str]
) -> Iterator[Entry]:
    """Every entry, a batch in memory at a time, with no transaction open in between."""
    for kind in KINDS:
        last = 0
        while some := _next_numbers(database, kind, last):
            last = some[-1]
            made = _entries(database, files, kind, some, without_text)
            for number, (entry, at) in made.items():
                seen[kind, number] = at
                yield entry


def _told(database: Database, made: Iterable[Entry], tell: Tell | None) -> Iterator[Entry]:
    """The same entries, while somebody hears how many there have been."""
    if tell is None:
        yield from made
        return
    with database.reading() as session:
        total = sum(_count(session, kind, _IS_THERE[kind]) for kind in KINDS)
    done = 0
    for done, entry in enumerate(made, 1):
        yield entry
        if done % BATCH == 0:
            tell(done, total)
    tell(done, done)


class _Staying:
    """What is there, for an engine that purges (`engine.Remaining`)."""

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database = database
        self._files = files
        self.seen: dict[_Key, _Seen] = {}

    def ids(self) -> Iterator[str]:
        """Of all that is there."""
        for kind, table in _TABLES.items():
            with self._database.reading() as session:
                found = session.execute(select(table.id, table.code).where(_IS_THERE[kind]))
                yield from (id_of(kind, number, code) for number, code in found)

    def entries(self, ids: Collection[str]) -> Iterator[Entry]:
        """Those of these that are still there, with their words, some in memory at a time."""
        return split_ahead(self._entries(ids))

    def _entries(self, ids: Collection[str]) -> Iterator[Entry]:
        case_files = {one: case_file_of(one) for one in ids}
        codes = sorted(one for one, number in case_files.items() if number is None)
        numbers = sorted(number for number in case_files.values() if number is not None)
        for some in pieces(codes, BATCH):
            with self._database.reading() as session:
                found = list(session.scalars(select(Document.id).where(Document.code.in_(some))))
            yield from self._made(DOCUMENT, found)
        for few in pieces(numbers, BATCH):
            yield from self._made(CASE_FILE, few)

    def _made(self, kind: str, numbers: list[int]) -> Iterator[Entry]:
        made = _entries(self._database, self._files, kind, numbers, [])
        for number, (entry, at) in made.items():
            self.seen[kind, number] = at
            yield entry


def _next_numbers(database: Database, kind: str, after: int) -> list[int]:
    number = _TABLES[kind].id
    following = select(number).where(number > after, _IS_THERE[kind]).order_by(number).limit(BATCH)
    with database.reading() as session:
        return list(session.scalars(following))


def _note(database: Database, kind: str, seen: dict[int, _Seen]) -> list[int]:
    """Write down what the index now knows; the numbers of those that have changed since."""
    behind = []
    table = _TABLES[kind]
    wanted = select(table).where(table.id.in_(list(seen))).order_by(table.id)
    with database.transaction() as session:
        for row in session.scalars(wanted):
            assert isinstance(row, Document | CaseFile)
            revision, mark = seen[row.id]
            was_marked = row.indexed_revision < 0 and row.indexed_revision != mark
            if not was_marked:  # by `case_files.index_anew`, after the entry was made
                row.indexed_revision = revision
            if was_marked or row.revision > revision:
                behind.append(row.id)
    return behind


def _note_all(database: Database, seen: dict[_Key, _Seen]) -> None:
    for kind in KINDS:
        mine = {number: at for (one, number), at in seen.items() if one == kind}
        for some in pieces(mine, BATCH):
            _note(database, kind, {number: mine[number] for number in some})
