from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, case_files, clock, closing, freezes, people
from archive.case_files import open_one
from archive.database import Database
from archive.errors import Conflict, Invalid, NotAllowed, NotFound
from archive.models import CaseFile, Document, Event, EventWords, Organ, Person
from archive.moves import MOVES, diagram, hindrances, move
from archive.terms import Period, Term, term_of
from tests.archive.conftest import Office
from tests.factories import a_case_file, a_document, a_person, an_organ

STAGES = ("planned", "open", "closed", "submitted", "returned", "accepted", "dropped")
ROLES = ("archivist", "officer", "clerk", "head")


class Desk:
    """An organ with its people and one case file held by the officer."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.organ = an_organ(db)
        self.people = {role: a_person(db, self.organ, role, role) for role in ROLES}
        self.case_file = a_case_file(
            db,
            self.organ,
            holder=self.people["officer"],
            maintenance="20 năm",
            start_date=date(2026, 1, 5),
        )

    def put(self, session: Session, **columns: object) -> CaseFile:
        found = session.get_one(CaseFile, self.case_file.id)
        for name, value in columns.items():
            setattr(found, name, value)
        session.flush()
        audit.record(session, "case_file.test", found)
        return found

    def who(self, session: Session, role: str) -> Person:
        return people.by_name(session, role)


@pytest.fixture
def desk(sqlite_db: Database) -> Desk:
    with audit.acting_as(None, "command"):
        return Desk(sqlite_db)


def ready(stage: str) -> dict[str, object]:
    """Columns of a case file that lacks nothing, at a stage."""
    moment = clock.now()
    return {
        "stage": stage,
        "end_date": date(2026, 11, 1),
        "creator": "Nguyễn Văn An",
        "closed_at": moment if stage in ("closed", "submitted", "accepted") else None,
        "accepted_at": moment if stage == "accepted" else None,
    }


@pytest.mark.parametrize("name", list(MOVES))
def test_a_move_starts_only_where_the_table_says(desk: Desk, name: str) -> None:
    a_document(desk.db, desk.organ, case_file=desk.case_file)
    one = MOVES[name]
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        who = desk.who(session, "officer" if one.by_holder else "archivist")
        columns: dict[str, Any] = {
            "closed": {"closed_at": clock.now()},
            "accepted": {"accepted_at": clock.now()},
        }.get(one.end, {})
        for stage in STAGES:
            case_file = desk.put(session, **ready(stage))
            if stage in one.start and name == "destroy":  # a disposal does, and nobody else
                with pytest.raises(Conflict) as refused:
                    move(session, case_file, name, who, reason="vì thế")
                assert (refused.value.code, case_file.stage) == ("by_disposal_only", stage)
                continue
            if stage in one.start:
                move(session, case_file, name, who, reason="vì thế", **columns)
                assert case_file.stage == one.end
                continue
            with pytest.raises(Conflict) as said:
                move(session, case_file, name, who, reason="vì thế", **columns)
            assert (said.value.code, case_file.stage) == ("wrong_stage", stage)


def test_a_move_that_needs_a_reason_is_not_made_without(desk: Desk) -> None:
    asking = [one for one in MOVES.values() if one.needs_reason]
    assert len(asking) == 4
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        for one in asking:
            case_file = desk.put(session, **ready(min(one.start)))
            who = desk.who(session, "officer" if one.by_holder else "archivist")
            with pytest.raises(Invalid) as said:
                move(session, case_file, one.name, who, reason="  ")
            assert said.value.code == "reason_missing"


@pytest.mark.rule("HC-62")
def test_all_see_a_case_file_and_only_its_holder_acts_on_it(desk: Desk) -> None:
    other = a_person(desk.db, desk.organ, "other", "officer")
    with desk.db.reading() as session:
        case_file = session.get_one(CaseFile, desk.case_file.id)
        found = hindrances(session, case_file, "close", people.by_name(session, other.user_name))
    assert "not_the_holder" in [one.code for one in found]


def test_who_has_not_the_right_is_told_so(desk: Desk) -> None:
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        case_file = desk.put(session, **ready("submitted"))
        with pytest.raises(NotAllowed):
            move(session, case_file, "accept", desk.who(session, "officer"))


def test_a_frozen_case_file_makes_no_move(desk: Desk) -> None:
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        case_file = desk.put(session, **ready("closed"))
        head = desk.who(session, "head")
        order = freezes.freeze(
            session,
            session.get_one(Organ, desk.organ.id),
            [case_file],
            by=head,
            number="12/QĐ-TTr",
            ordered_on=date(2026, 11, 20),
            reason="Thanh tra",
        )
        with pytest.raises(Conflict) as said:
            move(session, case_file, "submit", desk.who(session, "officer"))
        assert said.value.code == "frozen"
        freezes.thaw(session, order, by=head, number="15/QĐ-TTr", reason="Xong")
        move(session, case_file, "submit", desk.who(session, "officer"))
        assert case_file.stage == "submitted"


def test_a_freeze_of_a_document_holds_its_case_file_and_the_other_way_round(desk: Desk) -> None:
    document = a_document(desk.db, desk.organ, case_file=desk.case_file)
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        organ, head = session.get_one(Organ, desk.organ.id), desk.who(session, "head")
        case_file = session.get_one(CaseFile, desk.case_file.id)
        inside = session.get_one(Document, document.id)
        words: dict[str, Any] = {
            "number": "1/QĐ",
            "ordered_on": date(2026, 11, 20),
            "reason": "Thanh tra",
        }
        freezes.freeze(session, organ, [inside], by=head, **words)
        assert [one.number for one in freezes.orders_on(session, case_file)] == ["1/QĐ"]
        freezes.freeze(session, organ, [case_file], by=head, **{**words, "number": "2/QĐ"})
        assert [one.number for one in freezes.orders_on(session, inside)] == ["1/QĐ", "2/QĐ"]


@pytest.mark.rule("HC-44")
def test_closing_counts_what_is_in_it_and_when_it_is_due(desk: Desk) -> None:
    for subject in ("Một", "Hai", "Ba"):
        a_document(desk.db, desk.organ, subject, case_file=desk.case_file)
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        case_file = session.get_one(CaseFile, desk.case_file.id)
        officer = desk.who(session, "officer")
        seen = closing.review(session, case_file, officer)
        assert [one.code for one in seen.hindrances] == ["fields_missing"]
        second = seen.lines[1].placement.document
        closing.take_out(session, case_file, second, "draft", "Bản nháp")
        closing.close(session, case_file, officer, {"EndDate": "15/10/2026"})
        assert (case_file.document_total, case_file.page_total) == (2, 2)
        assert case_file.due_on == date(2027, 10, 15)
        again = closing.review(session, case_file, officer)
        assert [one.placement.ordinal for one in again.lines] == [1, 2]
        assert [(one.why, one.document_id) for one in again.taken_out] == [("draft", second.id)]


def test_a_case_file_with_nothing_in_it_cannot_be_closed(desk: Desk) -> None:
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        case_file = desk.put(session, end_date=date(2026, 10, 1))
        with pytest.raises(Conflict) as said:
            closing.close(session, case_file, desk.who(session, "officer"), {})
        assert said.value.code == "case_file_is_empty"


def test_twins_are_shown_by_their_numbers_or_bytes(desk: Desk) -> None:
    same: dict[str, Any] = {"code_number": "12", "code_notation": "QĐ-UBND", "organ_name": "UBND"}
    for subject, values in (("Một", same), ("Hai", {}), ("Ba", same)):
        a_document(desk.db, desk.organ, subject, case_file=desk.case_file, **values)
    with desk.db.reading() as session:
        case_file = session.get_one(CaseFile, desk.case_file.id)
        seen = closing.review(session, case_file, desk.who(session, "officer"))
    assert [one.twins for one in seen.lines] == [(3,), (), (1,)]


@pytest.mark.parametrize(
    ("columns", "due"),
    [
        ({"maintenance": "5 năm", "end_date": date(2024, 2, 29)}, date(2025, 2, 28)),
        ({"maintenance": "Vĩnh viễn", "end_date": date(2026, 12, 31)}, date(2027, 12, 31)),
        ({"maintenance": "2 năm", "end_date": date(2026, 1, 1)}, None),
        ({"maintenance": "20 năm", "is_construction": True}, None),
        (
            {"maintenance": "20 năm", "is_construction": True, "settled_on": date(2026, 11, 30)},
            date(2027, 2, 28),
        ),
    ],
)
def test_when_a_case_file_is_due(columns: dict[str, object], due: date | None) -> None:
    assert closing.due_on(CaseFile(**columns)) == due


def test_a_reopened_case_file_is_counted_anew(desk: Desk) -> None:
    a_document(desk.db, desk.organ, case_file=desk.case_file)
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        case_file = session.get_one(CaseFile, desk.case_file.id)
        officer = desk.who(session, "officer")
        closing.close(session, case_file, officer, {"EndDate": "15/10/2026", "Creator": "An"})
        assert not case_files.takes_documents(case_file)
        closing.reopen(session, case_file, officer, "Còn thiếu phụ lục")
        assert case_files.takes_documents(case_file)
        assert (case_file.due_on, case_file.document_total) == (None, None)


def test_corrections_keep_earlier_values_and_leave_the_code_alone(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        case_file = open_one(session, organ, "01.TH", "Cũ", maintenance="5 năm")
        seen = case_file.revision
        closing.correct(session, case_file, {"Title": "Mới"}, "Sai tên", seen=seen)
        with pytest.raises(Conflict):
            closing.correct(session, case_file, {"Title": "Nữa"}, "Lại sai", seen=seen)
        with pytest.raises(Invalid):
            closing.correct(session, case_file, {"FileNotation": "02"}, "Đổi số")
    with office.db.reading() as session:
        found = select(EventWords).join(Event, Event.id == EventWords.event_id)
        told = session.scalars(found.where(Event.action == "case_file.correct")).one()
    assert told.words["before"] == {"title": "Cũ"}
    assert told.words["after"] == {"title": "Mới"}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Vĩnh viễn", Term(Period.PERMANENT)),
        ("VV", Term(Period.PERMANENT)),
        ("20 năm", Term(Period.YEARS, 20)),
        (" 5  NĂM ", Term(Period.YEARS, 5)),
        ("70", Term(Period.YEARS, 70)),
        ("Đến khi văn bản hết hiệu lực thi hành", Term(Period.UNTIL_SUPERSEDED)),
        ("Theo tuổi thọ công trình", Term(Period.ASSET_LIFE)),
        ("5 năm sau khi chấm dứt hợp đồng", Term(Period.AFTER_EVENT, 5)),
        ("Đến khi rảnh", None),
        ("năm năm", None),
        ("0 năm", None),
        ("", None),
    ],
)
def test_terms(text: str, term: Term | None) -> None:
    assert term_of(text) == term


@pytest.mark.parametrize(
    ("text", "must"),
    [
        ("Vĩnh viễn", True),
        ("5 năm", True),
        ("3 năm", False),
        ("Đến khi văn bản hết hiệu lực thi hành", False),
        ("Theo tuổi thọ công trình", True),
        ("2 năm sau khi nghiệm thu", False),
    ],
)
def test_who_must_come_to_the_archive(text: str, must: bool) -> None:
    term = term_of(text)
    assert term is not None
    assert term.must_be_submitted is must


def test_the_diagram_in_the_docs_is_the_table() -> None:
    assert all(f": {name}" in diagram() for name in MOVES)
    page = Path(__file__).parents[2] / "docs" / "architecture.md"
    assert diagram() in page.read_text(encoding="utf-8")


def test_what_is_not_in_it_cannot_be_taken_out(desk: Desk) -> None:
    elsewhere = a_document(desk.db, desk.organ)
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        case_file = session.get_one(CaseFile, desk.case_file.id)
        with pytest.raises(NotFound):
            closing.take_out(session, case_file, session.get_one(Document, elsewhere.id), "draft")


def test_a_case_file_does_not_end_before_it_begins(desk: Desk) -> None:
    with audit.acting_as(None, "command"), desk.db.transaction() as session:
        case_file = session.get_one(CaseFile, desk.case_file.id)
        with pytest.raises(Invalid) as said:
            closing.correct(session, case_file, {"EndDate": "01/01/2020"}, "Sai ngày")
        session.rollback()
    assert said.value.code == "ends_before_it_begins"
