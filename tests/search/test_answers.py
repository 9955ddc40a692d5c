"""What an answer says beside its hits: why, how strictly, how much of which, and what was meant."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive import audit, closing, documents
from archive.database import Database
from archive.documents import Arrived
from archive.files import LocalFiles
from archive.models import CaseFile, Document, Person
from formats.text import PageText, write_pages
from search import asking, finding, grouping, indexing, suggesting
from search.engine import FORMAT, STAGE, TERM, VERDICT, SearchBroken, SearchEngine, open_engine
from search.entries import case_file_of, entry_for, id_of
from search.finding import Answer
from search.results import Why
from tests.factories import (
    a_case_file,
    a_document,
    a_person,
    an_organ,
    counting,
    stored,
    writing,
)
from tests.search.conftest import a_page


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SearchEngine]:
    made = open_engine(f"tantivy://{tmp_path / 'index'}")
    yield made
    made.close()


class Desk:
    """An archivist who asks."""

    def __init__(self, db: Database, files: LocalFiles, engine: SearchEngine, folder: Path) -> None:
        self.db, self.files, self.engine, self.folder = db, files, engine, folder
        self.organ = an_organ(db)
        self.lan = a_person(db, self.organ, "lan", "archivist")

    def index(self) -> None:
        indexing.rebuild(self.db, self.files, self.engine)

    def ask(self, typed: str, **more: object) -> Answer:
        with self.db.reading() as session:
            person = session.get_one(Person, self.lan.id)
            return finding.find(session, self.files, self.engine, person, typed, **more)  # type: ignore[arg-type]

    def suggested(self, typed: str) -> list[str]:
        with self.db.reading() as session:
            person = session.get_one(Person, self.lan.id)
            return [one.code for one in suggesting.suggest(session, self.engine, person, typed)]

    def with_pages(self, subject: str, *pages: str, **values: Any) -> Document:
        place = self.folder / "words"
        write_pages(self.pages(pages), place)
        forms = (
            stored(self.files, "original", subject.encode(), "application/pdf"),
            stored(self.files, "text", "\f".join(pages).encode(), "text/plain"),
            stored(self.files, "words", place.read_bytes(), "application/gzip"),
        )
        arrived = Arrived("a.pdf", forms[0].digest, len(pages), forms)
        return a_document(self.db, self.organ, subject, arrived=arrived, **values)

    @staticmethod
    def pages(texts: tuple[str, ...]) -> list[PageText]:
        return [a_page(number, text) for number, text in enumerate(texts, 1)]


@pytest.fixture
def desk(db: Database, files: LocalFiles, engine: SearchEngine, tmp_path: Path) -> Desk:
    return Desk(db, files, engine, tmp_path)


def test_a_case_file_is_found_by_its_own_data_and_by_what_is_in_it(desk: Desk) -> None:
    file = a_case_file(desk.db, desk.organ, "Đền bù giải tỏa", maintenance="20 năm")
    with writing(desk.db) as session:
        row = session.get_one(CaseFile, file.id)
        values = {"Keyword": "thu hồi đất", "Description": "khu phố 3"}
        closing.correct(session, row, values, "Bổ sung")
    inside = a_document(desk.db, desk.organ, "Biên bản họp dân", case_file=file)
    a_document(desk.db, desk.organ, "Giấy mời")
    desk.index()
    for typed in ("đền bù giải tỏa", "thu hoi dat", "khu phố 3", file.code):
        found = desk.ask(typed, chosen={"kind": ["case_file"]}).found
        assert [one.code for one in found] == [file.code], typed
    by_title, *_ = desk.ask("giai toa", chosen={"kind": ["case_file"]}).found
    assert by_title.why == (Why("subject"),)
    with desk.db.reading() as session:
        person = session.get_one(Person, desk.lan.id)
        groups = grouping.grouped(session, desk.files, desk.engine, person, "biên bản họp dân")
    assert [(one.case_file and one.case_file.code, one.total) for one in groups.groups] == [
        (file.code, 1)
    ]
    assert [one.code for one in groups.groups[0].found] == [inside.code]


def test_groups_hold_what_stands_in_no_case_file_too(desk: Desk) -> None:
    files = [a_case_file(desk.db, desk.organ, f"Tập {number}") for number in range(3)]
    for number, one in enumerate(files, 1):
        for _ in range(number):
            a_document(desk.db, desk.organ, "Giấy mời", case_file=one)
    a_document(desk.db, desk.organ, "Giấy mời")
    desk.index()
    with desk.db.reading() as session:
        person = session.get_one(Person, desk.lan.id)
        ask: Callable[..., grouping.Groups] = lambda **more: grouping.grouped(  # noqa: E731
            session, desk.files, desk.engine, person, "giấy mời", **more
        )
        all_groups, second = ask(), ask(start=1, limit=1)
    told = [(one.case_file.code if one.case_file else None, one.total) for one in all_groups.groups]
    assert told == [
        (files[2].code, 3),
        (files[1].code, 2),
        (files[0].code, 1),
        (None, 1),
    ]
    assert [len(one.found) for one in all_groups.groups] == [3, 2, 1, 1]
    assert (second.total, second.documents, second.groups[0].total) == (4, 7, 2)


def test_it_says_why_each_was_found(desk: Desk) -> None:
    texts = ("Trang một", "Về thủy lợi nội đồng")
    document = desk.with_pages(
        "Kế hoạch năm", *texts, CodeNumber="15", CodeNotation="KH-UBND", FullName="Lê Minh Hiếu"
    )
    desk.index()
    wanted = {
        "15/KH-UBND": Why("number"),
        "kế hoạch": Why("subject"),
        "thuy loi": Why("page", "2"),
        "minh hiếu": Why("field", "signer_name"),
    }
    for typed, why in wanted.items():
        (found,) = desk.ask(typed).documents
        assert (found.code, found.why[0]) == (document.code, why), typed
    assert desk.ask("").documents[0].why == ()


def test_what_matches_everything_comes_first_and_the_answer_says_where_it_ends(desk: Desk) -> None:
    whole = a_document(desk.db, desk.organ, "Quyết định bổ nhiệm kế toán trưởng Sở Tài chính")
    parts = [
        a_document(desk.db, desk.organ, f"Bổ nhiệm kế toán trưởng lần {number}")
        for number in range(4)
    ]
    a_document(desk.db, desk.organ, "Giấy mời họp")
    desk.index()
    typed = "quyết định bổ nhiệm kế toán trưởng Sở Tài chính"
    answer = desk.ask(typed)
    assert (answer.exact, answer.most, answer.total) == (1, 4, 5)
    assert answer.codes[0] == whole.code
    assert set(answer.codes[1:]) == {one.code for one in parts}
    pieces = [desk.ask(typed, start=start, limit=2).codes for start in (0, 2, 4, 6)]
    assert [one for some in pieces for one in some] == answer.codes
    assert pieces[3] == []


def test_where_much_matches_everything_nothing_less_is_looked_for(desk: Desk) -> None:
    for number in range(finding.FEW):
        a_document(desk.db, desk.organ, f"Giấy mời họp giao ban tuần {number}")
    a_document(desk.db, desk.organ, "Giấy mời dự tiệc giao thừa")
    desk.index()
    answer = desk.ask("giấy mời họp giao ban")
    assert (answer.total, answer.exact) == (finding.FEW, finding.FEW)
    assert answer.meant is None


def test_a_misspelt_word_is_found_by_near_spellings_and_the_right_one_is_offered(
    desk: Desk,
) -> None:
    right = a_document(desk.db, desk.organ, "Quy hoạch thủy lợi")
    desk.index()
    answer = desk.ask("quy hoạchh thuỷ lơii")
    assert answer.exact == 0
    assert right.code in answer.codes
    assert answer.near + answer.most == answer.total == 1
    meant = desk.ask("quy hoachh").meant
    assert meant is not None
    assert (meant.text, meant.total) == ("quy hoach", 1)
    assert desk.ask("quy hoach").meant is None


def test_a_near_spelling_stands_before_what_lacks_a_word(desk: Desk) -> None:
    near = a_document(desk.db, desk.organ, "Tập huấn phần mềm văn phòng điện tử")
    for number in range(4):
        a_document(desk.db, desk.organ, f"Phần mềm văn phòng điện tử số {number}")
    desk.index()
    answer = desk.ask("tập huán phần mền văn phòng điện tử")
    assert (answer.exact, answer.near, answer.most) == (0, 1, 4)
    assert answer.codes[0] == near.code


def test_of_a_long_question_scattered_words_stand_behind_neighbours_and_none_is_lost(
    desk: Desk,
) -> None:
    scattered = [
        a_document(desk.db, desk.organ, f"Thư kho khóa, mật bí số {n}, chứng bị hỏng, thiết kế lưu")
        for n in range(finding.FEW)
    ]
    meant = a_document(desk.db, desk.organ, "Giao thiết bị lưu khóa bí mật và chứng thư")
    desk.index()
    typed = "đưa thiết bị lưu khóa bí mật, chứng thư số"
    answer = desk.ask(typed, limit=50)
    assert answer.codes[0] == meant.code
    assert {one.code for one in scattered} < set(answer.codes)
    answer = desk.ask("khóa bí mật thiết bị lưu chứng thư", limit=50)
    assert (answer.exact, answer.codes[0]) == (1, meant.code)
    assert answer.total == 1 + len(scattered)


def test_a_choice_narrows_and_never_lets_weaker_answers_in(desk: Desk) -> None:
    for number in range(finding.FEW):
        day = "01/01/2020" if number else "01/01/2019"
        a_document(desk.db, desk.organ, f"Giấy mời họp {number}", IssuedDate=day)
    a_document(desk.db, desk.organ, "Họp báo", IssuedDate="01/01/2019")
    desk.index()
    counted = {one.value: one.count for one in desk.ask("giấy mời họp").facets["year"]}
    answer = desk.ask("giấy mời họp", chosen={"year": ["2019"]})
    assert counted == {"2020": finding.FEW - 1, "2019": 1}
    assert (answer.total, answer.exact) == (1, 1)


def test_what_is_rarer_than_the_commonest_is_counted_where_it_is_asked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_COUNTED", 1)
    files = [a_case_file(desk.db, desk.organ, title) for title in ("Thư đi", "Giấy mời họp")]
    for file, count, day in ((files[0], 3, "01/01/2020"), (files[1], 2, "01/01/2019")):
        for _ in range(count):
            a_document(desk.db, desk.organ, "Giấy mời", case_file=file, IssuedDate=day)
    desk.index()
    year = desk.ask("giấy mời", chosen={"year": ["2019"]}).facets["year"]
    assert {one.value: one.count for one in year} == {"2020": 3, "2019": 2}
    with desk.db.reading() as session:
        person = session.get_one(Person, desk.lan.id)
        groups = grouping.grouped(session, desk.files, desk.engine, person, "giấy mời")
    own = {one.case_file.code: one.total for one in groups.groups if one.case_file}
    assert own == {files[0].code: 3, files[1].code: 2}


def test_stage_term_verdict_and_format_are_counted(desk: Desk) -> None:
    file = a_case_file(desk.db, desk.organ, "Đất đai", maintenance="20 năm")
    a_document(desk.db, desk.organ, "Giấy mời", case_file=file)
    a_document(desk.db, desk.organ, "Tờ trình", Maintenance="Vĩnh viễn")
    desk.index()
    told = {
        name: {one.value: one.count for one in values}
        for name, values in desk.ask("").facets.items()
    }
    assert told[STAGE] == {"open": 2}
    assert told[TERM] == {"20 năm": 2, "Vĩnh viễn": 1}
    assert told[VERDICT] == {"none": 2}
    assert told[FORMAT] == {"pdf": 2}


def test_a_shut_stage_reaches_the_documents_inside(desk: Desk) -> None:
    file = a_case_file(desk.db, desk.organ, "Đất đai")
    inside = a_document(desk.db, desk.organ, "Giấy mời", case_file=file)
    desk.index()
    with writing(desk.db) as session:
        row = session.get_one(CaseFile, file.id)
        closing.correct(session, row, {"Maintenance": "10 năm"}, "Sửa")
    with desk.db.reading() as session:
        assert indexing.stale(session) == [inside.id]
        assert indexing.stale(session, kind="case_file") == [file.id]


def test_orders_and_suggestions_know_numbers(desk: Desk) -> None:
    made = {
        number: a_document(
            desk.db, desk.organ, f"Việc {number}", CodeNumber=number, CodeNotation="QĐ-UBND"
        ).code
        for number in ("9", "10", "101", "1")
    }
    desk.index()
    assert desk.ask("", order="number").codes == [made[one] for one in ("1", "9", "10", "101")]
    assert set(desk.suggested("10")) == {made["10"], made["101"]}
    assert desk.suggested("101/qđ-u") == [made["101"]]
    assert desk.suggested("việc 9") == [made["9"]]
    for typed in ("", "?", "/", "-", "12/", "\0", "🙂", '"', "(" * 50, "a" * 5000, "đ" * 300):
        desk.suggested(typed)


def test_a_page_of_answers_asks_as_much_of_many_as_of_few(desk: Desk) -> None:
    asked = []
    for more in (2, 18):
        for number in range(more):
            file = a_case_file(desk.db, desk.organ, f"Đất {number}")
            a_document(desk.db, desk.organ, f"Giấy mời {number}", case_file=file)
        desk.index()
        with counting(desk.db) as questions:
            assert desk.ask("giấy mời").total
        asked.append(len(questions))
    assert asked[0] == asked[1] <= 15


def test_a_case_file_that_is_gone_leaves_the_index_with_its_words(desk: Desk) -> None:
    file = a_case_file(desk.db, desk.organ, "Bí ẩn")
    kept = a_case_file(desk.db, desk.organ, "Còn lại")
    desk.index()
    gone = id_of("case_file", file.id, file.code)
    assert case_file_of(gone) == file.id
    assert desk.engine.held([gone]) == {gone}
    with writing(desk.db) as session:
        row = session.get_one(CaseFile, file.id)
        row.stage, row.revision = "destroyed", row.revision + 1
        audit.record(session, "case_file.test", row)
    assert desk.ask("bí ẩn").total == 0  # at once
    proof = indexing.purge(desk.db, desk.files, desk.engine)
    assert proof.shows_gone(gone)
    assert desk.engine.held([gone]) == set()
    assert desk.ask("còn lại").codes == [kept.code]


def test_it_is_told_how_it_stands_with_the_index(desk: Desk) -> None:
    assert not indexing.status(desk.db, desk.engine).is_whole
    file = a_case_file(desk.db, desk.organ)
    a_document(desk.db, desk.organ, case_file=file)
    heard: list[tuple[int, int]] = []
    done = indexing.rebuild(desk.db, desk.files, desk.engine, lambda *at: heard.append(at))
    assert (done.count, done.case_files, heard[-1]) == (1, 1, (2, 2))
    a_document(desk.db, desk.organ)
    stands = indexing.status(desk.db, desk.engine)
    assert (stands.is_whole, stands.there, stands.behind) == (
        True,
        {"document": 2, "case_file": 1},
        {"document": 1, "case_file": 0},
    )


def test_a_rebuild_that_is_cut_off_changes_nothing_and_is_begun_again(desk: Desk) -> None:
    a_document(desk.db, desk.organ, "Giấy mời")
    desk.index()
    a_document(desk.db, desk.organ, "Giấy mời")

    def cut(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexing.rebuild(desk.db, desk.files, desk.engine, cut)
    assert desk.ask("giấy mời").total == 1
    with desk.db.reading() as session:
        assert len(indexing.stale(session)) == 1
    desk.index()
    assert desk.ask("giấy mời").total == 2


def test_while_there_is_no_index_nothing_is_answered(desk: Desk) -> None:
    with pytest.raises(SearchBroken):
        desk.ask("giấy mời")
    with pytest.raises(SearchBroken):
        desk.suggested("giấy")


def test_a_document_taken_out_of_a_case_file_is_found_by_it_no_more(desk: Desk) -> None:
    file = a_case_file(desk.db, desk.organ, "Đền bù")
    inside = a_document(desk.db, desk.organ, "Giấy mời", case_file=file)
    desk.index()
    with writing(desk.db) as session:
        row = session.get_one(CaseFile, file.id)
        closing.take_out(session, row, documents.by_code(session, inside.code), "misplaced")
    with desk.db.reading() as session:
        behind = indexing.stale(session)
    assert behind == [inside.id]
    indexing.index(desk.db, desk.files, desk.engine, behind)
    with desk.db.reading() as session:
        entry = entry_for(session, desk.files, inside.id)
    assert entry == replace(entry, case_files=(), case_file_titles=())
    assert inside.code not in desk.ask("đền bù").codes
