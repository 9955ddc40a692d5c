"""Finding for a person: the engine's hits, checked against the rows, with pages and snippets.

Rights travel into the engine as keys (R23). A document whose rights changed since it was indexed
is checked against the rows and neither shown nor counted. Who may see descriptions only (R11) is
given no page and no snippet.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from archive import access
from archive.access import Action
from archive.documents import rendition
from archive.files import FileStore
from archive.models import CaseFile, Document, Part, Person, Placement
from formats.text import read_pages
from search.engine import SearchEngine
from search.marking import Piece, Places, mark, places
from search.query import Asked, understand

MOST_STALE = 1000


@dataclass(frozen=True)
class Found:
    """A document that was found."""

    document: Document
    case_file: CaseFile | None
    places: Places
    title: tuple[Piece, ...]
    score: float
    may_read: bool

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
    keys = access.keys_of(person)
    hidden = _hidden_while_stale(session, person)
    while True:
        page = engine.find(asked.query(keys, hidden=hidden, start=start, limit=limit))
        documents = _load(session, [hit.id for hit in page.hits])
        denied = {
            hit.id
            for hit in page.hits
            if hit.id not in documents
            or not access.may(session, person, Action.FIND, documents[hit.id])
        }
        if not denied:
            break
        hidden = (*hidden, *sorted(denied))
    found = tuple(
        _found(session, files, person, documents[hit.id], asked, hit.score) for hit in page.hits
    )
    return Answer(asked, found, page.total, start)


def _hidden_while_stale(session: Session, person: Person) -> tuple[str, ...]:
    """Documents that changed since they were indexed, and that the person may not find now."""
    stale = session.scalars(
        _whole().where(Document.indexed_revision < Document.revision).limit(MOST_STALE)
    )
    return tuple(one.code for one in stale if not access.may(session, person, Action.FIND, one))


def _load(session: Session, codes: list[str]) -> dict[str, Document]:
    """The documents of a page of hits, with all that is shown of them, in few questions."""
    if not codes:
        return {}
    return {one.code: one for one in session.scalars(_whole().where(Document.code.in_(codes)))}


def _whole() -> Select[Document]:
    return select(Document).options(
        selectinload(Document.organ),
        selectinload(Document.parts).selectinload(Part.renditions),
        selectinload(Document.placements).selectinload(Placement.case_file),
    )


def _found(
    session: Session,
    files: FileStore,
    person: Person,
    document: Document,
    asked: Asked,
    score: float,
) -> Found:
    may_read = access.may(session, person, Action.READ, document)
    return Found(
        document=document,
        case_file=_seen_case_file(session, person, document),
        places=_places(files, document, asked) if may_read else Places(),
        title=mark(document.subject, asked),
        score=score,
        may_read=may_read,
    )


def _seen_case_file(session: Session, person: Person, document: Document) -> CaseFile | None:
    """The first case file of the document that the person may know of."""
    sees = access.case_file_filter(session, person)
    return next((one.case_file for one in document.placements if sees(one.case_file)), None)


def _places(files: FileStore, document: Document, asked: Asked) -> Places:
    """Best page, other pages and snippet, from the first part that has any."""
    for part in document.parts:
        words = rendition(part, "words")
        if words is None:
            continue
        with tempfile.TemporaryDirectory(prefix="luutru-words-") as folder:
            copy = Path(folder) / "words"
            files.fetch(words.digest, copy)
            found = places(read_pages(copy), asked)
        if found.best is not None:
            return found
    return Places()
