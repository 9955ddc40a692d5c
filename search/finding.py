"""Finding for a person: the engine's hits, checked against the rows, with pages and snippets.

Rights travel into the engine as keys (R23). A document whose rights changed since it was indexed
is checked against the rows and neither shown nor counted. Who may see descriptions only (R11) is
given no page and no snippet.
"""

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import CompoundSelect, Select, false, func, not_, select, union_all
from sqlalchemy.orm import Session, selectinload

from archive import access, reading
from archive.documents import rendition
from archive.errors import StoreFailed
from archive.files import FileStore
from archive.models import CaseFile, Document, Grant, Part, Person, Placement
from formats.errors import Unreadable
from formats.text import read_pages
from search.engine import Page, SearchEngine
from search.marking import Piece, Places, mark, places
from search.query import Asked, understand

log = logging.getLogger("luutru.finding")


@dataclass(frozen=True)
class Found:
    """A document that was found."""

    document: Document
    case_files: tuple[CaseFile, ...]  # that the person may know of
    places: Places
    title: tuple[Piece, ...]
    score: float
    may_read: bool

    @property
    def case_file(self) -> CaseFile | None:
        """The first of them."""
        return next(iter(self.case_files), None)

    @property
    def snippet(self) -> str:
        """The snippet without its marks."""
        return "".join(piece.text for piece in self.places.snippet)


@dataclass(frozen=True)
class Answer:
    """Some of what was found, and how much there is in all."""

    asked: Asked
    found: tuple[Found, ...]
    total: int
    start: int

    @property
    def codes(self) -> list[str]:
        """Of what is at hand."""
        return [one.document.code for one in self.found]


def find(
    session: Session,
    files: FileStore,
    engine: SearchEngine,
    person: Person,
    text: str,
    *,
    start: int = 0,
    limit: int = 20,
) -> Answer:
    """Answer a question for this person. The caller tells the story of it.

    Raises:
        SearchBroken: the index is being made anew.
    """
    asked = understand(text)
    page, documents = _seen_hits(session, engine, person, asked, start, limit)
    numbers = [one.id for one in documents.values()]
    readable = reading.known_documents(session, person, numbers, content=True)
    places = reading.places_of(session, person, documents.values())
    found = (
        _found(
            files,
            documents[hit.id],
            asked,
            hit.score,
            case_files=tuple(places.get(documents[hit.id].id, ())),
            may_read=documents[hit.id].id in readable,
        )
        for hit in page.hits
    )
    return Answer(asked, tuple(found), page.total, start)


def _seen_hits(
    session: Session, engine: SearchEngine, person: Person, asked: Asked, start: int, limit: int
) -> tuple[Page, dict[str, Document]]:
    """A page of hits of which the rows say too that the person may know, and their documents."""
    keys = access.keys_of(person)
    hidden = _hidden(session, person)
    while True:
        page = engine.find(asked.query(keys, hidden=hidden, start=start, limit=limit))
        loaded = _load(session, [hit.id for hit in page.hits])
        seen = reading.known_documents(session, person, [one.id for one in loaded.values()])
        documents = {code: one for code, one in loaded.items() if one.id in seen}
        denied = {hit.id for hit in page.hits} - documents.keys()
        if not denied:
            return page, documents
        hidden = (*hidden, *sorted(denied))


def _hidden(session: Session, person: Person) -> tuple[str, ...]:
    """Documents that the person may not find now, though the index may still say otherwise.

    They changed since they were indexed, or a right that was the person's own has ended.
    """
    doubtful: CompoundSelect[int | None] = union_all(
        select(Document.id).where(Document.indexed_revision < Document.revision),
        *_once_granted(person),
        *_once_own(person),
    )
    found = func.coalesce(reading.found_documents(session, person), false())
    hidden = select(Document.code).where(Document.id.in_(doubtful), not_(found))
    return tuple(session.scalars(hidden))


def _once_granted(person: Person) -> tuple[Select[int | None], Select[int]]:
    granted = select(Grant.document_id).where(Grant.person_id == person.id)
    in_granted_files = (
        select(Placement.document_id)
        .join(Grant, Grant.case_file_id == Placement.case_file_id)
        .where(Grant.person_id == person.id)
    )
    return granted.where(Grant.document_id.is_not(None)), in_granted_files


def _once_own(person: Person) -> list[Select[int]]:
    """What the person received or held at organs where no role of theirs is left."""
    former = {one.organ_id for one in person.appointments} - access.organs_of(person)
    if not former:
        return []
    received = select(Document.id).where(
        Document.organ_id.in_(former), Document.shelved_by_id == person.id
    )
    held = (
        select(Placement.document_id)
        .join(CaseFile)
        .where(CaseFile.organ_id.in_(former), CaseFile.holder_id == person.id)
    )
    return [received, held]


def _load(session: Session, codes: list[str]) -> dict[str, Document]:
    """The documents of a page of hits, with all that is shown of them, in few questions."""
    if not codes:
        return {}
    return {one.code: one for one in session.scalars(_whole().where(Document.code.in_(codes)))}


def _whole() -> Select[Document]:
    return select(Document).options(
        selectinload(Document.organ),
        selectinload(Document.parts).selectinload(Part.renditions),
    )


def _found(
    files: FileStore,
    document: Document,
    asked: Asked,
    score: float,
    *,
    case_files: tuple[CaseFile, ...],
    may_read: bool,
) -> Found:
    return Found(
        document=document,
        case_files=case_files,
        places=_places(files, document, asked) if may_read else Places(),
        title=mark(document.subject, asked),
        score=score,
        may_read=may_read,
    )


def _places(files: FileStore, document: Document, asked: Asked) -> Places:
    """Best page, other pages and snippet, from the first part that has any.

    A part whose words are gone or damaged has none; it is found all the same.
    """
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
            return found
    return Places()
