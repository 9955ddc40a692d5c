"""What another person learns by counts, facets, suggestions and spellings: nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive import audit, documents
from archive.database import Database
from archive.errors import Invalid, NotFound
from archive.files import LocalFiles
from archive.models import CaseFile, Document, Organ, Person, Unit
from search import facets, finding, grouping, indexing, related, suggesting
from search.engine import CASE_FILE, FACETS, SIGNER, UNIT, YEAR, SearchEngine, open_engine
from search.finding import Answer
from tests.factories import a_case_file, a_document, a_person, an_organ, writing

SECRET = "Kỷ luật cán bộ Nguyễn Thị Hồng"
OPEN = "Kỷ niệm ngày thành lập"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SearchEngine]:
    made = open_engine(f"tantivy://{tmp_path / 'index'}")
    yield made
    made.close()


class Office:
    """An organ where lan keeps a closed case file, and binh sees what is open only."""

    def __init__(self, db: Database, files: LocalFiles, engine: SearchEngine) -> None:
        self.db, self.files, self.engine = db, files, engine
        self.organ = an_organ(db)
        self.lan = a_person(db, self.organ, "lan", "officer")
        self.binh = a_person(db, self.organ, "binh", "officer")
        self.closed = a_case_file(db, self.organ, SECRET, access_level="assigned", holder=self.lan)
        self.shown = a_case_file(db, self.organ, "Ngày lễ")
        self.inside = [
            a_document(
                db,
                self.organ,
                f"{SECRET} {number}",
                case_file=self.closed,
                **about("Thanh tra", "Lê Văn Mật", f"0{number}/03/1999"),
            )
            for number in range(1, 4)
        ]
        self.open = a_document(
            db,
            self.organ,
            OPEN,
            case_file=self.shown,
            **about("Sở Nội vụ", "Trần An", "02/09/2020"),
        )
        indexing.rebuild(db, files, engine)

    def ask(self, who: Person, typed: str, **more: object) -> Answer:
        with self.db.reading() as session:
            person = session.get_one(Person, who.id)
            if isinstance(place := more.get("within"), CaseFile | Document):
                more["within"] = session.get_one(type(place), place.id)
            return finding.find(session, self.files, self.engine, person, typed, **more)  # type: ignore[arg-type]

    def suggested(self, who: Person, typed: str) -> list[str]:
        with self.db.reading() as session:
            person = session.get_one(Person, who.id)
            found = suggesting.suggest(session, self.engine, person, typed)
        return [one.code for one in found]

    def like(self, who: Person, document: Document) -> list[str]:
        with self.db.reading() as session:
            person, row = session.get_one(Person, who.id), session.get_one(Document, document.id)
            found = related.like_this(session, self.engine, person, row)
        return [one.code for one in found]

    def groups(self, who: Person, typed: str) -> grouping.Groups:
        with self.db.reading() as session:
            person = session.get_one(Person, who.id)
            return grouping.grouped(session, self.files, self.engine, person, typed)

    def close(self, case_file: CaseFile) -> None:
        """Only lan may read it from now on; the index does not know yet."""
        with writing(self.db) as session:
            row = session.get_one(CaseFile, case_file.id)
            row.access_level, row.holder_id = "assigned", self.lan.id
            row.revision += 1
            session.flush()
            audit.record(session, "case_file.test", row)


def about(issuer: str, signer: str, day: str) -> dict[str, Any]:
    number, notation = day[:2], "QĐ-TTr"
    return {
        "OrganName": issuer,
        "FullName": signer,
        "IssuedDate": day,
        "CodeNumber": number,
        "CodeNotation": notation,
        "TypeName": "Quyết định",
    }


@pytest.fixture
def office(db: Database, files: LocalFiles, engine: SearchEngine) -> Office:
    return Office(db, files, engine)


def values(answer: Answer, field: str) -> dict[str, int]:
    return {one.value: one.count for one in answer.facets[field]}


def test_counts_and_facets_of_another_person_hold_nothing_of_what_is_closed(office: Office) -> None:
    mine, others = office.ask(office.lan, ""), office.ask(office.binh, "")
    assert (mine.total, mine.case_files) == (6, 2)
    assert (others.total, others.case_files) == (2, 1)
    assert values(mine, YEAR) == {"2026": 2, "2020": 1, "1999": 3}
    assert values(mine, CASE_FILE) == {office.closed.code: 3, office.shown.code: 1}
    assert values(others, CASE_FILE) == {office.shown.code: 1}
    assert values(others, SIGNER) == {"Trần An": 1}
    for field in FACETS:
        said = {one.value for one in others.facets[field]} & {"1999", "Thanh tra", "Lê Văn Mật"}
        assert not said, field


def test_a_choice_gives_as_many_as_it_said_and_its_own_counts_leave_it_out(office: Office) -> None:
    everything = office.ask(office.lan, "")
    for field in FACETS:
        for one in everything.facets[field]:
            chosen = office.ask(office.lan, "", chosen={field: [one.value]})
            assert chosen.total == one.count, (field, one)
            assert values(chosen, field) == values(everything, field)
    both = office.ask(office.lan, "", chosen={YEAR: ["1999", "2020"], SIGNER: ["Trần An"]})
    assert (both.total, values(both, SIGNER)) == (1, {"Lê Văn Mật": 3, "Trần An": 1})
    with pytest.raises(Invalid) as refused:
        office.ask(office.lan, "", chosen={"colour": ["red"]})
    assert refused.value.code == "unknown_facet"


def test_what_another_person_chooses_by_name_finds_nothing_of_what_is_closed(
    office: Office,
) -> None:
    for field, value in ((CASE_FILE, office.closed.code), (SIGNER, "Lê Văn Mật"), (YEAR, "1999")):
        answer = office.ask(office.binh, "", chosen={field: [value]})
        assert (answer.total, answer.found) == (0, ())
        told = [one for one in answer.facets[field] if one.value == value]
        assert [(one.count, one.said) for one in told] == [(0, "")]


def test_suggestions_name_nothing_that_is_closed(office: Office) -> None:
    mine = {one.code for one in office.inside} | {office.closed.code}
    for typed in ("ky luat", "kỷ luật cán b", "01", "01/q", office.closed.code, "hong"):
        assert set(office.suggested(office.lan, typed)) & mine, typed
        assert not set(office.suggested(office.binh, typed)) & mine, typed
    assert office.suggested(office.binh, "kỷ niệm") == [office.open.code]


def test_a_spelling_is_offered_only_from_what_the_asker_may_find(office: Office) -> None:
    mine = office.ask(office.lan, "can bo honng")
    assert mine.meant is not None
    assert (mine.meant.text, mine.meant.total) == ("can bo hong", 4)
    assert office.ask(office.binh, "can bo honng").meant is None
    assert office.ask(office.binh, "honng").meant is None


def test_groups_and_likeness_show_nothing_that_is_closed(office: Office) -> None:
    mine = office.groups(office.lan, "quyết định")
    assert [(one.case_file.code, one.total) for one in mine.groups if one.case_file] == [
        (office.closed.code, 3),
        (office.shown.code, 1),
    ]
    others = office.groups(office.binh, "quyết định")
    assert [(one.case_file.code, one.total) for one in others.groups if one.case_file] == [
        (office.shown.code, 1)
    ]
    assert office.groups(office.binh, SECRET).total == 0
    tray = a_document(office.db, office.organ, f"{SECRET} ngoài hồ sơ")
    indexing.rebuild(office.db, office.files, office.engine)
    assert set(office.like(office.lan, tray)) >= {one.code for one in office.inside}
    assert not set(office.like(office.binh, tray)) & {one.code for one in office.inside}
    with pytest.raises(NotFound):
        office.like(office.binh, office.inside[0])


def test_inside_a_closed_case_file_nobody_else_looks(office: Office) -> None:
    assert office.ask(office.lan, "quyết định", within=office.closed).total == 3
    assert office.ask(office.lan, "quyết định", within=office.shown).total == 1
    assert office.ask(office.lan, "", within=office.inside[1]).codes == [office.inside[1].code]
    for thing in (office.closed, office.inside[0]):
        with pytest.raises(NotFound):
            office.ask(office.binh, "quyết định", within=thing)


def test_what_is_closed_now_is_closed_at_the_next_question(office: Office) -> None:
    assert office.ask(office.binh, "ngày lễ").case_files == 1
    office.close(office.shown)
    answer = office.ask(office.binh, "")
    assert (answer.total, answer.case_files) == (0, 0)
    assert all(not found for found in answer.facets.values())
    assert office.suggested(office.binh, "ngày") == []
    assert office.suggested(office.binh, "kỷ niệm") == []
    assert office.groups(office.binh, "").total == 0
    assert office.ask(office.lan, "").total == 6


def test_a_case_file_that_is_closed_now_is_no_word_or_facet_of_what_stands_elsewhere_too(
    office: Office,
) -> None:
    second = a_case_file(office.db, office.organ, "Khen thưởng đột xuất")
    with writing(office.db) as session:
        documents.place(
            session,
            documents.by_code(session, office.open.code),
            session.get_one(CaseFile, second.id),
        )
    indexing.rebuild(office.db, office.files, office.engine)
    assert set(values(office.ask(office.binh, "kỷ niệm"), CASE_FILE)) == {
        office.shown.code,
        second.code,
    }
    assert office.open.code in office.ask(office.binh, "khen thưởng đột xuất").codes
    office.close(second)
    assert office.open.code not in office.ask(office.binh, "khen thưởng đột xuất").codes
    assert second.code not in values(office.ask(office.binh, "kỷ niệm"), CASE_FILE)
    with office.db.reading() as session:
        behind = indexing.stale(session)
    indexing.index(office.db, office.files, office.engine, behind)
    assert office.open.code in office.ask(office.binh, "kỷ niệm").codes
    assert office.open.code not in office.ask(office.binh, "khen thưởng đột xuất").codes


def test_a_unit_of_another_name_and_a_case_file_of_another_stage_are_counted_anew(
    office: Office,
) -> None:
    with writing(office.db) as session:
        unit = Unit(organ_id=office.organ.id, code="TC", name="Phòng Tổ chức")
        session.add(unit)
        session.flush()
        audit.record(session, "unit.add", unit)
        row = session.get_one(CaseFile, office.shown.id)
        row.unit_id = unit.id
        row.revision += 1
        session.flush()
        audit.record(session, "case_file.test", row)
    with writing(office.db) as session:
        found = session.get_one(Unit, unit.id)
        found.name = "Phòng Nhân sự"
        session.flush()
        audit.record(session, "unit.change", found)
    with office.db.reading() as session:
        behind = {kind: indexing.stale(session, kind=kind) for kind in indexing.KINDS}
    assert behind == {"document": [office.open.id], "case_file": [office.shown.id]}
    for kind, numbers in behind.items():
        indexing.index(office.db, office.files, office.engine, numbers, kind)
    assert values(office.ask(office.binh, ""), UNIT) == {"Phòng Nhân sự": 2}


def test_facets_are_counted_for_ten_thousand_values_in_one_question_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MOST_VALUES", 1)
    answer = office.ask(office.lan, "", chosen={CASE_FILE: [office.shown.code]})
    told = {one.value: (one.count, one.is_chosen) for one in answer.facets[CASE_FILE]}
    assert told == {office.closed.code: (3, False), office.shown.code: (1, True)}


@pytest.fixture
def organ(db: Database) -> Organ:
    return an_organ(db)
