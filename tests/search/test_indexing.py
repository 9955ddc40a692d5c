"""From rows and stored text to the index, on both databases."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import access, audit, case_files, closing, documents, grants, organs, people
from archive.database import Database
from archive.documents import Arrived, Made
from archive.files import LocalFiles
from archive.models import Document, Grant, Organ, Person
from formats.errors import ProgramFailed
from search import entries, indexing, splitting
from search.engine import ORGAN, Everything, Query, SearchBroken, SearchEngine, Term, open_engine
from search.entries import entry_for
from search.query import understand
from search.splitting import split_ahead
from search.words import texts_of
from tests.factories import a_person
from tests.search.conftest import EVERYONE, an_entry, invented

TEXT = "Căn cứ Quyết định số 04/2017/QĐ-UBND\fĐiều 2. Về hoà giải tranh chấp"
VALUES = {
    "Subject": "Kế hoạch nạo vét kênh mương",
    "TypeName": "Kế hoạch",
    "CodeNumber": "15",
    "CodeNotation": "KH-UBND",
    "IssuedDate": "05/03/2021",
    "OrganName": "UBND huyện Chợ Gạo",
    "FullName": "Lê Minh Hiếu",
    "To": "Sở Nông nghiệp; Phòng Tài chính",
    "Autograph": "Giao Phòng Kinh tế",
    "+Nơi để": "tủ sắt số 9",
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SearchEngine]:
    made = open_engine(f"tantivy://{tmp_path / 'index'}")
    yield made
    made.close()


@pytest.fixture
def organ_id(db: Database) -> Iterator[int]:
    with audit.acting(audit.Actor(door="command", account="test")):
        with db.transaction() as session:
            organ, _, _ = organs.set_up(session, "TTLT", "Trung tâm Lưu trữ")
            number = organ.id
        yield number


def shelve(
    db: Database,
    files: LocalFiles,
    organ_id: int,
    text: str = TEXT,
    case_file: str = "",
    **values: str,
) -> int:
    stored = files.put(io.BytesIO(text.encode()))
    with db.transaction() as session:
        organ = session.get_one(Organ, organ_id)
        document = documents.shelve(
            session,
            organ,
            Arrived(
                "kế hoạch.pdf",
                stored.digest,
                2,
                (Made("text", stored.digest, stored.size, "text/plain"),),
            ),
            values or VALUES,
            case_file=case_files.by_code(session, case_file) if case_file else None,
        )
        return document.id


def found(engine: SearchEngine, typed: str, *readers: str) -> list[str]:
    page = engine.find(understand(typed).query(readers))
    return [hit.id for hit in page.hits]


@pytest.mark.rule("HC-78", "KT-02")
def test_every_input_field_and_the_text_are_searched(
    db: Database, files: LocalFiles, engine: SearchEngine, organ_id: int
) -> None:
    with db.transaction() as session:
        organ = session.get_one(Organ, organ_id)
        case_files.open_one(session, organ, "03.TL", "Thủy lợi nội đồng", year=2021)
    number = shelve(db, files, organ_id, case_file="TTLT.2021.03.TL")
    indexing.mend(db, files, engine)
    code = "TTLT-2026-0000001"
    for typed in (
        "nạo vét kênh mương", "kế hoạch", "15/KH-UBND", "15/2021", "05/03/2021", "chợ gạo",
        "Lê Minh Hiếu", "sở nông nghiệp", "giao phòng kinh tế", "tủ sắt", "nơi để",
        "thủy lợi nội đồng kênh mương", "TTLT.2021.03.TL hiếu", "kế hoạch.pdf", "hòa giải",
        "04/2017/QĐ-UBND", "4/2017/QĐ-UBND", code, "nao vet hoa giai cho gao",
    ):  # fmt: skip
        assert found(engine, typed, f"organ:{organ_id}") == [code], typed
    with db.reading() as session:
        entry = entry_for(session, files, number)
    assert entry.day == 20210305
    assert entry.case_files == ("TTLT.2021.03.TL",)
    assert engine.find(Query(Term(ORGAN, "TTLT"), (f"organ:{organ_id}",))).total == 2


def test_an_entry_carries_the_keys_by_level_and_the_policy_lies_in_the_hand(
    db: Database, files: LocalFiles, engine: SearchEngine, organ_id: int
) -> None:
    number = shelve(db, files, organ_id)
    indexing.mend(db, files, engine)
    with db.reading() as session:
        organ = session.get_one(Organ, organ_id)
        readers = entry_for(session, files, number).readers
    assert {f"organ:{organ_id}", f"archive:{organ_id}", f"oversight:{organ_id}"} <= {*readers}
    binh, lan = a_person(db, organ, "binh", "officer"), a_person(db, organ, "lan", "archivist")
    wanted = [("open", [1, 1]), ("unit", [0, 1]), ("assigned", [0, 1])]
    for policy, counts in wanted:  # and nothing was indexed in between
        with db.transaction() as session:
            row = session.get_one(Organ, organ_id)
            row.read_policy = policy
            audit.record(session, "organ.change", row)
        with db.reading() as session:
            hands = [access.keys_of(people.by_id(session, one.id)) for one in (binh, lan)]
        totals = [engine.find(Query(Everything(), tuple(hand))).total for hand in hands]
        assert totals == counts, policy


def test_the_index_follows_the_rows(
    db: Database, files: LocalFiles, engine: SearchEngine, organ_id: int
) -> None:
    engine.clear()
    reader = f"organ:{organ_id}"
    number = shelve(db, files, organ_id)
    with db.reading() as session:
        assert indexing.stale(session) == [number]
    assert indexing.index(db, files, engine, [number, 999]).count == 1
    with db.reading() as session:
        assert indexing.stale(session) == []
    with db.transaction() as session:
        document = session.get_one(Document, number)
        documents.correct(session, document, {"Subject": "Đê bao"}, "sửa trích yếu")
    with db.reading() as session:
        assert indexing.stale(session) == [number]
    indexing.index(db, files, engine, [number])
    assert len(found(engine, "đê bao", reader)) == 1
    assert found(engine, "nạo vét", reader) == []
    page = engine.find(Query(Everything(), (reader,)))
    assert page.hits[0].revision == 2


def test_a_change_while_indexing_is_indexed_too(
    db: Database, files: LocalFiles, engine: SearchEngine, organ_id: int
) -> None:
    engine.clear()
    number = shelve(db, files, organ_id)

    class Meddling:
        """An engine during whose first put somebody corrects the document."""

        turns = 0

        def __getattr__(self, name: str) -> object:
            return getattr(engine, name)

        def put(self, entries: object) -> None:
            engine.put(entries)  # type: ignore[arg-type]
            self.turns += 1
            if self.turns == 1:
                with db.transaction() as session:
                    document = session.get_one(Document, number)
                    documents.correct(session, document, {"Subject": "Đê bao"}, "sửa")

    indexing.index(db, files, Meddling(), [number])  # type: ignore[arg-type]
    assert len(found(engine, "đê bao", f"organ:{organ_id}")) == 1
    with db.reading() as session:
        assert indexing.stale(session) == []


def test_a_lost_index_is_made_anew(
    db: Database, files: LocalFiles, engine: SearchEngine, organ_id: int
) -> None:
    numbers = [shelve(db, files, organ_id) for _ in range(3)]
    assert not indexing.is_whole(engine)
    with pytest.raises(SearchBroken):
        indexing.index(db, files, engine, numbers)
    assert indexing.mend(db, files, engine)
    assert not indexing.mend(db, files, engine)
    assert len(found(engine, "", f"organ:{organ_id}")) == 3
    with db.reading() as session:
        assert indexing.stale(session) == []


def test_more_documents_than_one_batch_are_rebuilt(
    db: Database,
    files: LocalFiles,
    engine: SearchEngine,
    organ_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 2)
    for _ in range(5):
        shelve(db, files, organ_id)
    assert indexing.rebuild(db, files, engine).count == 5
    assert len(found(engine, "", f"organ:{organ_id}")) == 5


def test_a_document_whose_text_is_lost_is_found_by_its_description(
    db: Database, files: LocalFiles, engine: SearchEngine, organ_id: int
) -> None:
    number = shelve(db, files, organ_id)
    with db.reading() as session:
        document = session.scalars(select(Document).where(Document.id == number)).one()
        code, digest = document.code, document.parts[0].digest
    files.remove(digest)
    told = indexing.rebuild(db, files, engine)
    assert (told.count, told.without_text) == (1, (code,))
    assert found(engine, "nạo vét", f"organ:{organ_id}") == [code]
    assert found(engine, "hòa giải", f"organ:{organ_id}") == []


def test_what_was_forgotten_is_purged_and_the_rest_stays(
    db: Database, files: LocalFiles, engine: SearchEngine, organ_id: int
) -> None:
    shelve(db, files, organ_id)
    indexing.mend(db, files, engine)
    engine.put([an_entry("TTLT-1999-0000001", "bí ẩn")])
    indexing.forget(engine, ["TTLT-1999-0000001"])
    proof = indexing.purge(db, files, engine)
    assert proof.shows_gone("TTLT-1999-0000001")
    assert proof.remaining == 1
    assert len(found(engine, "hòa giải", f"organ:{organ_id}")) == 1


def test_a_purge_also_removes_former_words_of_what_the_index_is_behind_with(
    db: Database, files: LocalFiles, engine: SearchEngine, organ_id: int
) -> None:
    number = shelve(db, files, organ_id)
    indexing.mend(db, files, engine)
    assert "muong" in engine.near("muonh", 5)
    with db.transaction() as session:
        row = session.get_one(Document, number)
        row.subject, row.revision = "Kế hoạch khác", row.revision + 1
        audit.record(session, "document.correct", row)
    assert indexing.purge(db, files, engine).is_complete
    assert "muong" not in engine.near("muonh", 5)
    with db.reading() as session:
        assert indexing.stale(session) == []


def test_a_new_title_or_level_of_its_case_file_brings_a_document_into_the_index_anew(
    db: Database,
    files: LocalFiles,
    engine: SearchEngine,
    organ_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine.clear()
    reader = f"organ:{organ_id}"
    with db.transaction() as session:
        case_files.open_one(session, session.get_one(Organ, organ_id), "01", "Cũ", year=2021)
    number = shelve(db, files, organ_id, case_file="TTLT.2021.01")
    indexing.index(db, files, engine, [number])

    def call_it(title: str) -> None:
        with db.transaction() as session:
            row = case_files.by_code(session, "TTLT.2021.01")
            closing.correct(session, row, {"Title": title}, "Sai tên")

    call_it("Bồi thường")
    with db.reading() as session:
        assert indexing.stale(session) == [number]
    made = entries.of_documents

    def changed_meanwhile(*given: Any, **more: Any) -> Any:
        entry = made(*given, **more)
        monkeypatch.setattr(entries, "of_documents", made)
        call_it("Tái định cư")  # after the entry was made, before it is noted
        return entry

    monkeypatch.setattr(entries, "of_documents", changed_meanwhile)
    indexing.index(db, files, engine, [number])
    assert found(engine, '"tái định cư"', reader)
    assert not found(engine, '"bồi thường"', reader)
    with db.reading() as session:
        assert indexing.stale(session) == []


def test_who_is_let_read_brings_documents_into_the_index_anew_and_changes_nothing_of_them(
    db: Database, files: LocalFiles, engine: SearchEngine, organ_id: int
) -> None:
    engine.clear()
    with db.transaction() as session:
        organ = session.get_one(Organ, organ_id)
        case_files.open_one(session, organ, "01", "Đất", year=2021)
    numbers = (a_person(db, organ, "nguoi1", "archivist").id, a_person(db, organ, "nguoi2").id)
    number = shelve(db, files, organ_id, case_file="TTLT.2021.01")
    for thing_of in (
        lambda session: case_files.by_code(session, "TTLT.2021.01"),
        lambda session: session.get_one(Document, number),
    ):
        indexing.index(db, files, engine, [number])
        with db.transaction() as session:
            before = session.get_one(Document, number).revision
            by, to = (session.get_one(Person, one) for one in numbers)
            given = grants.give(session, thing_of(session), to, None, "Phối hợp", by)
        with db.reading() as session:
            assert indexing.stale(session) == [number]
            assert session.get_one(Document, number).revision == before
        indexing.index(db, files, engine, [number])
        with db.transaction() as session:
            grants.end(session, session.get_one(Grant, given.id), "Xong việc")
        with db.reading() as session:
            assert indexing.stale(session) == [number]
            assert session.get_one(Document, number).revision == before


def test_words_split_in_another_process_are_the_same_and_come_in_order() -> None:
    entries_of_an_office = invented(50)
    ready = list(split_ahead(iter(entries_of_an_office)))
    assert [one.id for one in ready] == [one.id for one in entries_of_an_office]
    assert all(one.texts and not one.body for one in ready)
    assert [texts_of(one) for one in ready] == [texts_of(one) for one in entries_of_an_office]


def test_where_no_other_process_can_split_words_the_engine_does(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_given: object, **_more: object) -> None:
        raise ProgramFailed("killed", program="words_of")

    monkeypatch.setattr(splitting, "confined", killed)
    engine.rebuild(split_ahead(invented(30)))
    assert engine.find(Query(Everything(), EVERYONE)).total == 30
