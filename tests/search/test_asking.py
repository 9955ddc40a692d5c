"""Asking: what the rows deny is asked again, what was asked once is not, and texts suffice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database import Database
from archive.documents import Arrived
from archive.files import LocalFiles
from archive.models import Document, Organ, Person
from formats.text import write_pages
from search import finding, grouping, indexing, related, suggesting
from search.engine import Page, Query, SearchEngine, open_engine
from search.entries import entry_for
from search.results import Found, Why
from tests.factories import a_case_file, a_document, a_person, an_organ, stored
from tests.search.conftest import a_page, an_entry


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SearchEngine]:
    made = open_engine(f"tantivy://{tmp_path / 'index'}")
    yield made
    made.close()


@pytest.fixture
def organ(db: Database) -> Organ:
    return an_organ(db)


@pytest.fixture
def lan(db: Database, organ: Organ) -> Person:
    return a_person(db, organ, "lan", "archivist")


class Noted:
    """An engine that notes what it is asked."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine, self.asked = engine, list[Query]()

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def find(self, query: Query) -> Page:
        self.asked.append(query)
        return self._engine.find(query)


def with_ghosts(db: Database, files: LocalFiles, engine: SearchEngine, of: Document) -> None:
    """Entries that match as the document's does and stand before it, and of which no row is left.

    No revision and no grant tells of them: only who looks at the rows knows.
    """
    with db.reading() as session:
        entry = entry_for(session, files, of.id)
    engine.put(replace(entry, id=f"A-{number}", body="") for number in range(12))
    engine.put(
        replace(
            an_entry(f"case_file:{number}", entry.title), kind="case_file", readers=entry.readers
        )
        for number in range(9_000, 9_003)
    )


@dataclass(frozen=True)
class Look:
    """Somebody looks."""

    session: Session
    files: LocalFiles
    engine: SearchEngine
    who: Person


def by_finding(look: Look) -> list[str]:
    return finding.find(
        look.session, look.files, look.engine, look.who, "giao đất", limit=1, order="oldest"
    ).codes


def by_suggesting(look: Look) -> list[str]:
    found = suggesting.suggest(look.session, look.engine, look.who, "giao đấ", most=1)
    return [one.code for one in found]


def by_likeness(look: Look) -> list[str]:
    other = look.session.scalars(select(Document).where(Document.subject == "Việc giao đất")).one()
    return [one.code for one in related.like_this(look.session, look.engine, look.who, other)]


def by_grouping(look: Look) -> list[str]:
    found = grouping.grouped(look.session, look.files, look.engine, look.who, "giao đất")
    return [one.code for group in found.groups for one in group.found]


@pytest.mark.parametrize("ask", [by_finding, by_suggesting, by_likeness, by_grouping])
def test_what_has_no_row_takes_the_place_of_nothing_that_has_one(
    db: Database,
    files: LocalFiles,
    engine: SearchEngine,
    organ: Organ,
    lan: Person,
    ask: Callable[[Look], list[str]],
) -> None:
    one = a_document(db, organ, "Giao đất", case_file=a_case_file(db, organ, "Đất"))
    a_document(db, organ, "Việc giao đất")
    indexing.rebuild(db, files, engine)
    with db.reading() as session:
        look = Look(session, files, engine, session.get_one(Person, lan.id))
        before = ask(look)
        with_ghosts(db, files, engine, one)
        assert before
        assert ask(look) == before


def test_an_answer_asks_the_index_nothing_twice(
    db: Database, files: LocalFiles, engine: SearchEngine, organ: Organ, lan: Person
) -> None:
    for number in range(12):
        a_document(db, organ, f"Giao đất đợt {number}")
    indexing.rebuild(db, files, engine)
    with db.reading() as session:
        for typed in ("giao đất", "giao đat cho thuê", "5", '"giao đất"'):
            noted = Noted(engine)
            who = session.get_one(Person, lan.id)
            finding.find(session, files, noted, who, typed)  # type: ignore[arg-type]
            assert len(set(noted.asked)) == len(noted.asked), typed
            if typed == '"giao đất"':
                assert len(noted.asked) == 2  # the page, and how many of it are case files


@pytest.mark.parametrize("kept", ["text", "words"])
def test_the_page_is_named_from_its_text_and_without_it_from_its_words(
    db: Database,
    files: LocalFiles,
    engine: SearchEngine,
    organ: Organ,
    lan: Person,
    tmp_path: Path,
    kept: str,
) -> None:
    pages = ("Trang một", "Trang hai\nGiao đất làm đường")
    write_pages((a_page(at, said) for at, said in enumerate(pages, 1)), tmp_path / "words")
    forms = {
        "original": stored(files, "original", b"%PDF", "application/pdf"),
        "text": stored(files, "text", "\f".join(pages).encode(), "text/plain"),
        "words": stored(files, "words", (tmp_path / "words").read_bytes(), "application/gzip"),
    }
    some = tuple(one for role, one in forms.items() if role in ("original", kept))
    a_document(db, organ, "Giao đất", arrived=Arrived("a.pdf", some[0].digest, 2, some))
    indexing.rebuild(db, files, engine)
    with db.reading() as session:
        who = session.get_one(Person, lan.id)
        (found,) = finding.find(session, files, engine, who, "giao đất").found
    assert isinstance(found, Found)
    assert (found.places.best, found.places.pages) == (2, (2,))
    assert found.snippet == "Trang hai Giao đất làm đường"
    assert Why("page", "2") in found.why
