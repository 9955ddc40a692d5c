"""What is shown of what was found: its pages and marked words, and why it was found.

Who may see descriptions only (R11) is given no page and no snippet.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, defer
from sqlalchemy.orm.attributes import set_committed_value

from archive import reading, seeing
from archive.documents import number_as_shown
from archive.errors import StoreFailed
from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS
from archive.files import FileStore
from archive.models import CaseFile, Document, Part, Person, Rendition
from formats.errors import Unreadable
from search.engine import Hit
from search.entries import as_typed, case_file_of
from search.marking import Piece, Places, mark, places
from search.page_texts import Stored, pages_of
from search.query import Asked

log = logging.getLogger("luutru.finding")
_WITH_THE_MAIN = ("annex", "attachment")  # parts beside it
_MOST_FIELDS = 3


@dataclass(frozen=True)
class Why:
    """One reason for which something was found.

    Attributes:
        what: its number, its subject (of a case file its title), the text of a page, of a page of
            an attachment; and where none of these says it, a field, a case file that it stands in,
            or what the text says beyond the pages that were looked at.
        where: which page, field (the column) or case file.
        part: which part the page is of.
    """

    what: Literal["number", "subject", "page", "attachment", "field", "case_file", "text"]
    where: str = ""
    part: int = 1


@dataclass(frozen=True)
class Found:
    """A document that was found."""

    document: Document
    case_files: tuple[CaseFile, ...]  # that the person may know of
    places: Places
    title: tuple[Piece, ...]
    score: float
    may_read: bool
    part: int = 1  # of which part the places are
    why: tuple[Why, ...] = ()
    kind = "document"

    @property
    def code(self) -> str:
        """Its code."""
        return self.document.code

    @property
    def case_file(self) -> CaseFile | None:
        """The first of them."""
        return next(iter(self.case_files), None)

    @property
    def snippet(self) -> str:
        """The snippet without its marks."""
        return "".join(piece.text for piece in self.places.snippet)


@dataclass(frozen=True)
class FoundCaseFile:
    """A case file that was found by its own data."""

    case_file: CaseFile
    title: tuple[Piece, ...]
    score: float
    why: tuple[Why, ...] = ()
    kind = "case_file"

    @property
    def code(self) -> str:
        """Its code."""
        return self.case_file.code


Result = Found | FoundCaseFile


@dataclass(frozen=True)
class Known:
    """The rows of a page of hits, as far as the person may know of them, by the ids of entries.

    Of documents with their organs and parts. `readable` are the numbers of those whose content the
    person may see.
    """

    documents: dict[str, Document]
    case_files: dict[str, CaseFile]
    readable: frozenset[int]
    parts: Mapping[int, tuple[Stored, ...]]

    def has(self, entry: str) -> bool:
        """Whether it is among them."""
        return entry in self.documents or entry in self.case_files


def known(session: Session, person: Person, hits: Sequence[Hit]) -> Known:
    """The rows of these hits that the person may know of, in few questions."""
    by_number = {number: one.id for one in hits if (number := case_file_of(one.id)) is not None}
    codes = [one.id for one in hits if case_file_of(one.id) is None]
    mine = seeing.sights_of(person)
    found = seeing.documents_of_codes(session, mine, codes) if codes else []
    files = seeing.case_files_of_numbers(session, mine, by_number) if by_number else []
    documents = [document for document, _ in found]
    return Known(
        {one.code: one for one in documents},
        {by_number[one.id]: one for one in files},
        frozenset(document.id for document, is_readable in found if is_readable),
        _parts_of(session, documents) if documents else {},
    )


def shown(
    session: Session,
    files: FileStore,
    person: Person,
    hits: Sequence[Hit],
    rows: Known,
    asked: Asked,
) -> tuple[Result, ...]:
    """What is shown of each hit, in their order."""
    documents = [rows.documents[one.id] for one in hits if one.id in rows.documents]
    stands_in = reading.places_of(session, person, documents)
    results: list[Result] = []
    for hit in hits:
        document = rows.documents.get(hit.id)
        if document is None:
            results.append(_case_file(rows.case_files[hit.id], asked, hit.score))
            continue
        may_read = document.id in rows.readable
        found = _Document(document, asked, tuple(stands_in.get(document.id, ())), may_read)
        parts = rows.parts.get(document.id, ()) if may_read else ()
        results.append(_shown(files, found, parts, hit.score))
    return tuple(results)


_PARTS = (
    select(Part, Rendition.role, Rendition.digest)
    .outerjoin(
        Rendition,
        and_(
            Rendition.part_id == Part.id,
            Rendition.role.in_(("text", "words")),
            Rendition.replaced_at.is_(None),
        ),
    )
    .where(Part.document_id.in_(bindparam("some", expanding=True)))
    .order_by(Part.document_id, Part.ordinal, Rendition.id.desc())
    .options(defer(Part.facts, raiseload=True))  # long reports that no answer shows
)


def _parts_of(session: Session, documents: list[Document]) -> dict[int, tuple[Stored, ...]]:
    """Load the parts of these documents, and say where the text of each is kept."""
    rows: dict[int, dict[int, Part]] = {one.id: {} for one in documents}
    kept: dict[int, dict[int, Stored]] = {one.id: {} for one in documents}
    for part, role, digest in session.execute(_PARTS, {"some": list(rows)}):
        rows[part.document_id][part.ordinal] = part
        mine = kept[part.document_id]
        stored = mine.get(part.ordinal, Stored(part.ordinal, part.role))
        if role == "text":
            stored = replace(stored, text=digest)
        elif role == "words":
            stored = replace(stored, words=digest)
        mine[part.ordinal] = stored
    for one in documents:
        set_committed_value(one, "parts", list(rows[one.id].values()))
    return {number: tuple(some.values()) for number, some in kept.items()}


# A document ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Document:
    """A document on its way to being shown."""

    row: Document
    asked: Asked
    case_files: tuple[CaseFile, ...]  # that the person may know of
    may_read: bool


def _shown(files: FileStore, one: _Document, parts: Sequence[Stored], score: float) -> Found:
    part, found = _places(files, one.row, parts, one.asked)
    title = mark(one.row.subject, one.asked)
    why = tuple(_why(one, title, part, found)) if one.asked.wanted else ()
    return Found(
        document=one.row,
        case_files=one.case_files,
        places=found,
        title=title,
        score=score,
        may_read=one.may_read,
        part=part.ordinal if part else 1,
        why=why,
    )


def _why(
    one: _Document, title: tuple[Piece, ...], part: Stored | None, found: Places
) -> Iterator[Why]:
    is_told = False
    for why in _why_at_sight(one, title, part, found):
        is_told = True
        yield why
    if is_told:
        return
    for why in _why_else(one.row, one.asked, one.case_files):
        is_told = True
        yield why
    if one.may_read and not is_told:
        yield Why("text")


def _why_at_sight(
    one: _Document, title: tuple[Piece, ...], part: Stored | None, found: Places
) -> Iterator[Why]:
    """Its names, and the page that is shown."""
    if _is_said(number_as_shown(one.row), one.asked):
        yield Why("number")
    if any(piece.is_marked for piece in title):
        yield Why("subject")
    if part is not None and found.best is not None:
        is_beside = part.role in _WITH_THE_MAIN
        yield Why("attachment" if is_beside else "page", str(found.best), part.ordinal)


def _why_else(document: Document, asked: Asked, case_files: Iterable[CaseFile]) -> Iterator[Why]:
    """Where neither its names nor its pages say it: the other fields, and its case files."""
    for column in _columns_saying(document, asked):
        yield Why("field", column)
    for one in case_files:
        if _is_said(one.code, asked) or _is_said(one.title, asked):
            yield Why("case_file", one.code)


def _columns_saying(document: Document, asked: Asked) -> list[str]:
    others = (one.column for one in DOCUMENT_FIELDS if one.column not in _SHOWN)
    said = (one for one in others if _is_said(as_typed(getattr(document, one)), asked))
    return [one for one, _ in zip(said, range(_MOST_FIELDS), strict=False)]


_SHOWN = {"subject", "code_number", "code_notation", "direction", "completeness"}


def _is_said(text: str, asked: Asked) -> bool:
    return bool(text) and any(piece.is_marked for piece in mark(text, asked))


def _places(
    files: FileStore, document: Document, parts: Iterable[Stored], asked: Asked
) -> tuple[Stored | None, Places]:
    """Best page, other pages and snippet, from the first part that has any.

    A part whose text is gone or damaged has none; it is found all the same.
    """
    for part in parts if asked.wanted else ():
        try:
            found = places(pages_of(files, part), asked)
        except (StoreFailed, Unreadable) as broken:
            log.warning("no words of %s, part %d: %s", document.code, part.ordinal, broken)
            continue
        if found.best is not None:
            return part, found
    return None, Places()


# A case file --------------------------------------------------------------------------------------


def _case_file(case_file: CaseFile, asked: Asked, score: float) -> FoundCaseFile:
    title = mark(case_file.title, asked)
    why: list[Why] = []
    if _is_said(case_file.code, asked):
        why.append(Why("number"))
    if any(piece.is_marked for piece in title):
        why.append(Why("subject"))
    others = (one.column for one in CASE_FILE_FIELDS if one.column not in _SHOWN_OF_CASE_FILE)
    said = (one for one in others if _is_said(as_typed(getattr(case_file, one)), asked))
    why += [Why("field", one) for one, _ in zip(said, range(_MOST_FIELDS), strict=False)]
    return FoundCaseFile(case_file, title, score, tuple(why))


_SHOWN_OF_CASE_FILE = {"title", "organ_code", "year", "notation"}
