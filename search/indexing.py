"""From the archive's rows to the index: what an entry holds, and when the index is whole.

The index is a copy. `Document.indexed_revision < revision` means that it is behind; a sweep asks
for `stale` documents and gives them to `index`. Only the worker calls what writes.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive.access import are_covered, finders_of, finders_of_case_file
from archive.database import Database, pieces
from archive.documents import number_as_shown, rendition
from archive.errors import NotFound, StoreFailed
from archive.fields import DOCUMENT_FIELDS
from archive.files import FileStore
from archive.models import CaseFile, Document, Part, Placement
from formats.document_numbers import DocumentNumber, find_numbers, keys, parse
from search.engine import Entry, Everything, Proof, Query, SearchBroken, SearchEngine

BATCH = 50  # documents read in one go
TEXT_MEGABYTES = 32  # of one document's text; five thousand full pages have less
CITATIONS = 300  # of one document; more are a register
_ROUNDS = 3
_IS_THERE = Document.destroyed_at.is_(None)
_Seen = tuple[int, int]  # revision of an entry, and `indexed_revision` when it was made
_HAS_ITS_OWN_PLACE = {"subject", "type_name", "organ_name", "code_number", "code_notation"}
_SAYS_NOTHING = {"direction", "completeness"}  # words of ours, not what somebody entered


@dataclass(frozen=True)
class Indexed:
    """How many documents were indexed, and which of them without their text: it cannot be read."""

    count: int = 0
    without_text: tuple[str, ...] = ()


def stale(session: Session, limit: int | None = 500) -> list[int]:
    """Numbers of documents whose entry in the index is behind."""
    behind = select(Document.id).where(Document.indexed_revision < Document.revision, _IS_THERE)
    return list(session.scalars(behind.order_by(Document.id).limit(limit)))


def index(
    database: Database, files: FileStore, engine: SearchEngine, documents: Iterable[int]
) -> Indexed:
    """Bring the entries of these documents up to date; unknown numbers are passed over.

    A document that changes meanwhile is indexed again, so that the newest revision is the last put.

    Raises:
        SearchBroken: the index cannot be written; `mend` remakes it.
        SearchBusy: another process writes.
    """
    wanted, done, without_text = list(documents), 0, list[str]()
    for _ in range(_ROUNDS):
        behind: list[int] = []
        for some in pieces(wanted, BATCH):
            entries = _entries(database, files, some, without_text)
            engine.put(entry for entry, _ in entries.values())
            done += len(entries)
            behind += _note(database, {number: seen for number, (_, seen) in entries.items()})
        if not behind:
            break
        wanted = behind
    return Indexed(done, tuple(dict.fromkeys(without_text)))


def forget(engine: SearchEngine, codes: Collection[str]) -> None:
    """Drop these documents: they are not found any more. Their words go with `purge`."""
    engine.drop(codes)


def rebuild(database: Database, files: FileStore, engine: SearchEngine) -> Indexed:
    """Make the index anew from the rows and the store; the old one answers until it is there."""
    seen: dict[int, _Seen] = {}
    without_text: list[str] = []
    engine.rebuild(_all_entries(database, files, seen, without_text))
    _note_all(database, seen)
    return Indexed(len(seen), tuple(without_text))


def purge(database: Database, files: FileStore, engine: SearchEngine) -> Proof:
    """Make everything unrecoverable that has no document any more, and say how we know (R14).

    What is behind is brought up to date first, so that former words of what stays go as well.
    """
    with database.reading() as session:
        behind = stale(session, limit=None)
    index(database, files, engine, behind)
    staying = _Staying(database, files)
    proof = engine.purge(staying)
    _note_all(database, staying.seen)
    return proof


def is_whole(engine: SearchEngine) -> bool:
    """Whether the index can be asked at all."""
    try:
        engine.find(Query(Everything(), ("nobody",), limit=1))
    except SearchBroken:
        return False
    return True


def mend(database: Database, files: FileStore, engine: SearchEngine) -> bool:
    """Remake an index that is missing, damaged or of another version; whether it had to be."""
    if is_whole(engine):
        return False
    rebuild(database, files, engine)
    return True


# One entry ---------------------------------------------------------------------------------------


def entry_for(
    session: Session, files: FileStore, document_id: int, *, with_text: bool = True
) -> Entry:
    """The document with all that was entered about it, its text, and who may find it.

    Of its case files only what everybody may know who may find the document.

    Raises:
        NotFound: `no_such_document`.
        StoreFailed: its text cannot be read.
    """
    document = _loaded(session, document_id)
    body = "\n".join(_text_of(files, part) for part in document.parts) if with_text else ""
    finders = finders_of(session, document)
    case_files = _known_to_all(session, document, finders)
    return Entry(
        id=document.code,
        revision=document.revision,
        readers=tuple(finders),
        title=document.subject,
        body=body,
        number=number_as_shown(document),
        number_keys=tuple(sorted(_number_keys(document))),
        cites=tuple(sorted(_cited_keys(body))),
        type_name=document.type_name,
        organ=document.organ.code,
        organ_name=document.organ_name,
        day=_as_number(document.issued_date or document.arrival_date),
        case_files=tuple(one.code for one in case_files),
        case_file_titles=tuple(one.title for one in case_files),
        fields=tuple(_entered(document, case_files)),
    )


def _known_to_all(session: Session, document: Document, finders: list[str]) -> list[CaseFile]:
    """The case files of which everybody knows who may find the document.

    By the words of any other, who knows nothing of it would find out that it is there.
    """
    places = [one.case_file for one in document.placements]
    return [
        one
        for one in places
        if are_covered(session, one.organ_id, finders, finders_of_case_file(session, one))
    ]


def _loaded(session: Session, document_id: int) -> Document:
    found = session.scalar(
        select(Document)
        .where(Document.id == document_id)
        .options(
            selectinload(Document.organ),
            selectinload(Document.parts).selectinload(Part.renditions),
            selectinload(Document.placements)
            .selectinload(Placement.case_file)
            .selectinload(CaseFile.organ),
        )
    )
    if found is None:
        raise NotFound("no_such_document", document=document_id)
    return found


def _text_of(files: FileStore, part: Part) -> str:
    """The part's text as the road left it; none where nothing could be read."""
    text = rendition(part, "text")
    if text is None:
        return ""
    with files.open(text.digest) as stream:
        return stream.read(TEXT_MEGABYTES * 1024 * 1024).decode("utf-8", errors="ignore")


def _number_keys(document: Document) -> set[str]:
    year = document.issued_date.year if document.issued_date else None
    shown = number_as_shown(document)
    number = parse(shown)
    if number is None and shown.strip().isdecimal():  # a number without a symbol
        number = DocumentNumber(int(shown), shown.strip(), None, "", "", "", "", "")
    return keys(number, year=year) if number else set()


def _cited_keys(body: str) -> set[str]:
    """Keys of the numbers that a text names; not by the counter alone: all name some number 4."""
    cited = find_numbers(body)[:CITATIONS]
    return {key for one in cited for key in keys(one.number) if not key.endswith("||")}


def _as_number(day: date | None) -> int | None:
    return int(f"{day:%Y%m%d}") if day else None


def _entered(document: Document, case_files: Iterable[CaseFile]) -> Iterator[str]:
    """All that people entered and that has no place of its own in the entry (HC, 16.6c)."""
    for one in DOCUMENT_FIELDS:
        if one.column not in _HAS_ITS_OWN_PLACE | _SAYS_NOTHING:
            yield _readable(getattr(document, one.column))
    for name, value in document.supplementary.items():
        yield f"{name} {_readable(value)}"
    for part in document.parts:
        yield part.file_name
    for case_file in case_files:
        yield from (case_file.description, case_file.keyword, case_file.notation)


def _readable(value: Any) -> str:
    """A field's value as people would type it to find it."""
    match value:
        case None | bool():
            return ""
        case date():
            return f"{value:%d/%m/%Y}"
        case list():
            return "; ".join(map(_readable, value))
        case dict():
            return " ".join(map(_readable, value.values()))
    return str(value)


# Many entries ------------------------------------------------------------------------------------


def _entries(
    database: Database, files: FileStore, documents: Iterable[int], without_text: list[str]
) -> dict[int, tuple[Entry, _Seen]]:
    """Entries of those that exist; one whose text cannot be read is found by its description."""
    entries: dict[int, tuple[Entry, _Seen]] = {}
    wanted = select(Document.id, Document.indexed_revision).where(
        Document.id.in_(list(documents)), _IS_THERE
    )
    with database.reading() as session:
        for number, mark in sorted(
            (row.id, row.indexed_revision) for row in session.execute(wanted)
        ):
            try:
                entry = entry_for(session, files, number)
            except StoreFailed:  # `verify` names the file; here the description must do
                entry = entry_for(session, files, number, with_text=False)
                without_text.append(entry.id)
            entries[number] = entry, (entry.revision, mark)
    return entries


def _all_entries(
    database: Database, files: FileStore, seen: dict[int, _Seen], without_text: list[str]
) -> Iterator[Entry]:
    """Every document's entry, a batch in memory at a time, with no transaction open in between."""
    last = 0
    while some := _next_numbers(database, last):
        last = some[-1]
        for number, (entry, at) in _entries(database, files, some, without_text).items():
            seen[number] = at
            yield entry


class _Staying:
    """The documents that are there, for an engine that purges (`Remaining`)."""

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database = database
        self._files = files
        self.seen: dict[int, _Seen] = {}

    def ids(self) -> Iterator[str]:
        """Codes of all documents that are there."""
        with self._database.reading() as session:
            yield from session.scalars(select(Document.code).where(_IS_THERE))

    def entries(self, ids: Collection[str]) -> Iterator[Entry]:
        """Those of these that are still there, a batch in memory at a time."""
        for some in pieces(sorted(ids), BATCH):
            wanted = select(Document.id).where(Document.code.in_(some))
            with self._database.reading() as session:
                numbers = list(session.scalars(wanted))
            for number, (entry, at) in _entries(self._database, self._files, numbers, []).items():
                self.seen[number] = at
                yield entry


def _next_numbers(database: Database, after: int) -> list[int]:
    there = select(Document.id).where(Document.id > after, _IS_THERE)
    following = there.order_by(Document.id).limit(BATCH)
    with database.reading() as session:
        return list(session.scalars(following))


def _note(database: Database, seen: dict[int, _Seen]) -> list[int]:
    """Write down what the index now knows; the numbers of those that have changed since."""
    behind = []
    with database.transaction() as session:
        for row in session.scalars(select(Document).where(Document.id.in_(list(seen)))):
            revision, mark = seen[row.id]
            was_marked = row.indexed_revision < 0 and row.indexed_revision != mark
            if not was_marked:  # by `case_files.index_anew`, after the entry was made
                row.indexed_revision = revision
            if was_marked or row.revision > revision:
                behind.append(row.id)
    return behind


def _note_all(database: Database, seen: dict[int, _Seen]) -> None:
    for some in pieces(seen, BATCH):
        _note(database, {number: seen[number] for number in some})
