"""What a person is told of what was found: what the rows say now, whatever the index remembers."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import audit, clock, documents, people
from archive.database import Database
from archive.documents import Arrived
from archive.files import LocalFiles
from archive.models import CaseFile, Document, Grant, Organ, Person
from search import finding, indexing
from search.engine import SearchEngine, open_engine
from tests.factories import (
    a_case_file,
    a_document,
    a_person,
    an_organ,
    counting,
    stored,
    writing,
)

TITLE = "Kỷ luật cán bộ"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SearchEngine]:
    made = open_engine(f"tantivy://{tmp_path / 'index'}")
    yield made
    made.close()


@pytest.fixture
def organ(db: Database) -> Organ:
    return an_organ(db)


class Asking:
    """Questions to an index that may lie behind the rows."""

    def __init__(self, db: Database, files: LocalFiles, engine: SearchEngine) -> None:
        self.db, self.files, self.engine = db, files, engine

    def answer(self, person: Person, typed: str, **piece: Any) -> finding.Answer:
        with self.db.reading() as session:
            who = session.get_one(Person, person.id)
            return finding.find(session, self.files, self.engine, who, typed, **piece)

    def codes(self, person: Person, typed: str) -> list[str]:
        answer = self.answer(person, typed)
        assert answer.total == len(answer.found)
        return sorted(one.code for one in answer.documents)

    def index(self) -> None:
        indexing.rebuild(self.db, self.files, self.engine)


@pytest.fixture
def asking(db: Database, files: LocalFiles, engine: SearchEngine) -> Asking:
    return Asking(db, files, engine)


def place(db: Database, document: Document, case_file: CaseFile) -> None:
    with writing(db) as session:
        row = session.get_one(CaseFile, case_file.id)
        documents.place(session, documents.by_code(session, document.code), row)


def grant(db: Database, person: Person, document: Document, lasting: timedelta) -> None:
    with writing(db) as session:
        made = Grant(
            person_id=person.id,
            document_id=document.id,
            reason="phối hợp",
            granted_at=clock.now(),
            until=clock.now() + lasting,
        )
        session.add(made)
        session.flush()
        audit.record(session, "access.grant", made)
        row = session.get_one(Document, document.id)
        row.revision += 1
        audit.record(session, "document.test", row)


def test_words_of_a_case_file_find_only_for_who_knows_of_it(asking: Asking, organ: Organ) -> None:
    db = asking.db
    lan, binh = a_person(db, organ, "lan", "officer"), a_person(db, organ, "binh", "officer")
    hidden = a_case_file(db, organ, TITLE, access_level="assigned", holder=lan)
    inside = a_document(db, organ, "Biên bản", case_file=hidden)
    both = a_document(db, organ, "Giấy mời", case_file=a_case_file(db, organ, "Họp giao ban"))
    place(db, both, hidden)
    asking.index()
    assert asking.codes(binh, "giấy mời") == [both.code]
    for typed in (TITLE, hidden.code, f"case_file:{hidden.code}"):
        assert asking.codes(binh, typed) == [], typed
    assert asking.codes(lan, TITLE) == [inside.code]
    assert asking.codes(lan, "họp giao ban") == [both.code]


def test_a_hit_names_only_case_files_that_the_asker_may_know(asking: Asking, organ: Organ) -> None:
    db = asking.db
    lan, binh = a_person(db, organ, "lan", "officer"), a_person(db, organ, "binh", "officer")
    hidden = a_case_file(db, organ, TITLE, access_level="assigned", holder=lan)
    shown = a_case_file(db, organ, "Họp giao ban")
    document = a_document(db, organ, "Giấy mời", case_file=hidden)
    place(db, document, shown)
    asking.index()
    for person, known in ((binh, [shown.code]), (lan, [hidden.code, shown.code])):
        found = asking.answer(person, "giấy mời").documents[0]
        assert sorted(one.code for one in found.case_files) == sorted(known)
        assert found.case_file is not None


def test_what_was_closed_since_is_neither_shown_nor_counted(asking: Asking, organ: Organ) -> None:
    db = asking.db
    lan, binh = a_person(db, organ, "lan", "officer"), a_person(db, organ, "binh", "officer")
    closed = a_case_file(db, organ, TITLE, access_level="assigned", holder=lan)
    documents_of_tray = [a_document(db, organ, f"Giấy mời {number}") for number in range(5)]
    asking.index()
    assert len(asking.codes(binh, "giấy mời")) == 5
    for one in documents_of_tray[:4]:
        place(db, one, closed)
    answer = asking.answer(binh, "giấy mời", limit=1)
    assert (answer.total, len(answer.found)) == (1, 1)
    assert len(asking.codes(lan, "giấy mời")) == 5


def test_many_that_changed_are_asked_about_in_as_few_questions_as_one(
    asking: Asking, organ: Organ
) -> None:
    db = asking.db
    lan, binh = a_person(db, organ, "lan", "officer"), a_person(db, organ, "binh", "officer")
    closed = a_case_file(db, organ, TITLE, access_level="assigned", holder=lan)
    a_document(db, organ, "Công văn")
    letters = [a_document(db, organ, f"Giấy mời {number}") for number in range(6)]
    asking.index()
    asked: list[int] = []
    for some in (letters[:1], letters[1:]):
        for one in some:
            place(db, one, closed)
        with counting(db) as questions:
            assert asking.answer(binh, "công văn").total == 1
        asked.append(len(questions))
    assert asked[0] == asked[1]
    assert asking.answer(binh, "giấy mời").total == 0


def test_a_policy_that_became_stricter_hides_what_nobody_received(
    asking: Asking, organ: Organ
) -> None:
    db = asking.db
    binh = a_person(db, organ, "binh", "officer")
    document = a_document(db, organ, "Giấy mời")
    asking.index()
    with writing(db) as session:
        row, policy = session.get_one(Document, document.id), session.get_one(Organ, organ.id)
        row.revision, policy.read_policy = row.revision + 1, "assigned"
        audit.record(session, "organ.set_policy", policy)
        audit.record(session, "document.test", row)
    assert asking.codes(binh, "giấy mời") == []


def test_an_ended_grant_finds_nothing_any_more(asking: Asking, organ: Organ) -> None:
    db = asking.db
    lan, binh = a_person(db, organ, "lan", "officer"), a_person(db, organ, "binh", "officer")
    closed = a_case_file(db, organ, TITLE, access_level="assigned", holder=lan)
    document = a_document(db, organ, "Biên bản", case_file=closed)
    grant(db, binh, document, timedelta(hours=1))
    asking.index()
    assert asking.codes(binh, "biên bản") == [document.code]
    assert asking.answer(binh, "biên bản").documents[0].case_files == ()
    assert asking.codes(lan, TITLE) == []  # binh, who may find it too, knows nothing of the file
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        assert asking.codes(binh, "biên bản") == []
        assert asking.codes(lan, "biên bản") == [document.code]


def test_who_left_an_organ_finds_nothing_there_any_more(asking: Asking, organ: Organ) -> None:
    db = asking.db
    other = an_organ(db, "SXD", "Sở Xây dựng")
    binh = a_person(db, organ, "binh", "officer")
    own = a_document(db, organ, "Giấy mời", by=binh)
    held = a_document(db, organ, "Giấy mời", case_file=a_case_file(db, organ, holder=binh))
    asking.index()
    assert asking.codes(binh, "giấy mời") == sorted([own.code, held.code])
    with writing(db) as session:
        person = session.get_one(Person, binh.id)
        person.appointments[0].until_on = clock.today(organ) - timedelta(days=1)
        person.appointments[0].from_on = clock.today(organ) - timedelta(days=9)
        people.appoint(session, person, session.get_one(Organ, other.id), "officer")
        audit.record(session, "person.move", person)
    assert asking.codes(binh, "giấy mời") == []


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_document_whose_words_are_damaged_or_gone_is_found_without_a_page(
    asking: Asking, organ: Organ, files: LocalFiles, is_gone: bool
) -> None:
    lan = a_person(asking.db, organ, "lan", "archivist")
    broken = stored(files, "words", b"no words at all", "application/gzip")
    forms = (stored(files, "original", b"%PDF", "application/pdf"), broken)
    document = a_document(
        asking.db, organ, TITLE, arrived=Arrived("a.pdf", forms[0].digest, 1, forms)
    )
    if is_gone:
        files.remove(broken.digest)
    asking.index()
    found = asking.answer(lan, "ky luat").documents
    assert [(one.document.code, one.places.best) for one in found] == [(document.code, None)]


@pytest.mark.parametrize("kind", ["tantivy", "whoosh"])
def test_a_case_file_is_found_by_its_code_as_a_document_is(
    db: Database, files: LocalFiles, organ: Organ, tmp_path: Path, kind: str
) -> None:
    lan, binh = (a_person(db, organ, *who) for who in (("lan", "archivist"), ("binh", "officer")))
    mine = a_case_file(db, organ, "Đất đai")
    a_case_file(db, organ, f"Nhắc đến {mine.code}")
    a_document(db, organ, f"Trả lời về {mine.code}", case_file=mine)
    engine = open_engine(f"{kind}://{tmp_path / kind}")
    asking = Asking(db, files, engine)
    asking.index()
    for typed in (f'mã:"{mine.code}"', f'code:"{mine.code.lower()}"', f'mã:"{mine.code}"*'):
        found = asking.answer(lan, typed).found
        assert [(one.kind, one.code) for one in found] == [("case_file", mine.code)], typed
    with writing(db) as session:
        row = session.get_one(CaseFile, mine.id)
        row.access_level, row.revision = "assigned", row.revision + 1
        audit.record(session, "case_file.test", row)
    assert asking.answer(binh, f'mã:"{mine.code}"').total == 0
    engine.close()
