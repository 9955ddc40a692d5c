"""What is shown of what was found: its pages and marked words, and why it was found.

Who may see descriptions only (R11) is given no page and no snippet.
"""

import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import reading
from archive.documents import number_as_shown, rendition
from archive.errors import StoreFailed
from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS
from archive.files import FileStore
from archive.models import CaseFile, Document, Part, Person
from formats.errors import Unreadable
from formats.text import read_pages
from search.engine import Hit
from search.entries import as_typed, case_file_of
from search.marking import Piece, Places, mark, places
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

    `readable` are the numbers of the documents whose content the person may see.
    """

    documents: dict[str, Document]
    case_files: dict[str, CaseFile]
    readable: frozenset[int]

    def has(self, entry: str) -> bool:
        """Whether it is among them."""
        return entry in self.documents or entry in self.case_files


def known(session: Session, person: Person, hits: Sequence[Hit]) -> Known:
    """The rows of these hits that the person may know of, in few questions."""
    by_number = {number: one.id for one in hits if (number := case_file_of(one.id)) is not None}
    codes = [one.id for one in hits if one.id not in by_number.values()]
    documents = _documents(session, codes)
    numbers = [one.id for one in documents.values()]
    seen, readable = reading.known_and_readable(session, person, numbers) if numbers else ((), ())
    case_files = _case_files(session, person, list(by_number))
    return Known(
        {code: one for code, one in documents.items() if one.id in seen},
        {by_number[one.id]: one for one in case_files},
        frozenset(readable),
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
        mine = tuple(stands_in.get(document.id, ()))
        may_read = document.id in rows.readable
        results.append(
            _document(files, document, asked, hit.score, case_files=mine, may_read=may_read)
        )
    return tuple(results)


def _documents(session: Session, codes: list[str]) -> dict[str, Document]:
    """The documents of a page of hits, with all that is shown of them."""
    if not codes:
        return {}
    wanted = select(Document).where(Document.code.in_(codes))
    whole = wanted.options(
        selectinload(Document.organ), selectinload(Document.parts).selectinload(Part.renditions)
    )
    return {one.code: one for one in session.scalars(whole)}


def _case_files(session: Session, person: Person, numbers: list[int]) -> Iterable[CaseFile]:
    if not numbers:
        return ()
    wanted = select(CaseFile).where(
        CaseFile.id.in_(numbers), reading.found_case_files(session, person)
    )
    return session.scalars(wanted.options(selectinload(CaseFile.organ)))


# A document ---------------------------------------------------------------------------------------


def _document(
    files: FileStore,
    document: Document,
    asked: Asked,
    score: float,
    *,
    case_files: tuple[CaseFile, ...],
    may_read: bool,
) -> Found:
    part, found = _places(files, document, asked) if may_read else (None, Places())
    title = mark(document.subject, asked)
    why = tuple(_why(document, title, asked, part, found))
    if not why and asked.wanted:
        why = tuple(_why_else(document, asked, case_files))
    if not why and asked.wanted and may_read:
        why = (Why("text"),)
    return Found(
        document=document,
        case_files=case_files,
        places=found,
        title=title,
        score=score,
        may_read=may_read,
        part=part.ordinal if part else 1,
        why=why,
    )


def _why(
    document: Document,
    title: tuple[Piece, ...],
    asked: Asked,
    part: Part | None,
    found: Places,
) -> Iterator[Why]:
    if _is_said(number_as_shown(document), asked):
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


def _places(files: FileStore, document: Document, asked: Asked) -> tuple[Part | None, Places]:
    """Best page, other pages and snippet, from the first part that has any.

    A part whose words are gone or damaged has none; it is found all the same.
    """
    if not asked.wanted:
        return None, Places()
    for part in document.parts:
        words = rendition(part, "words")
        if words is None:
            continue
        with tempfile.TemporaryDirectory(prefix="luutru-words-") as folder:
            copy = Path(folder) / "words"
            try:
                files.fetch(words.digest, copy)
                found = places(read_pages(copy), asked)
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
