"""A year's plan from its first line to its case files, and into the next year."""

from datetime import date

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from archive import (
    audit,
    audit_check,
    case_files,
    clock,
    file_plans,
    freezes,
    people,
    plan_approval,
    plan_changes,
    plan_copies,
    plan_tree,
)
from archive.database import Database
from archive.errors import ArchiveError, Conflict, Invalid
from archive.file_plans import LineValues, tidy_notation
from archive.life_models import CarriedOver
from archive.models import CaseFile, Event, FilePlan, FilePlanEntry, Organ, Person
from archive.plan_tree import roman
from archive.seen import state_of
from tests.factories import a_case_file, a_person, an_organ, writing

THIS_YEAR = 2026


class Office:
    """An organ with a head, an officer and a draft plan of two headings and three lines."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.organ = an_organ(db)
        self.head = a_person(db, self.organ, "truong", "head", "archivist")
        self.officer = a_person(db, self.organ, "binh", "officer")
        with writing(db) as rows:
            plan = file_plans.draw_up(rows, self.own(rows), THIS_YEAR)
            large = file_plans.add_line(rows, plan, LineValues("Tổ chức"))
            small = file_plans.add_line(rows, plan, LineValues("Cán bộ"), large)
            for number, title in ((1, "Bổ nhiệm"), (2, "Kỷ luật")):
                file_plans.add_line(rows, plan, self.line(f"0{number}.TC", title), small)
            second = file_plans.add_line(rows, plan, LineValues("Tài chính"))
            file_plans.add_line(rows, plan, self.line("01.TV", "Dự toán", term="10 năm"), second)

    def own(self, rows: Session) -> Organ:
        return rows.get_one(Organ, self.organ.id)

    def line(self, notation: str, title: str, term: str = "Vĩnh viễn") -> LineValues:
        return LineValues(title, notation, maintenance=term, holder_id=self.officer.id)

    def plan(self, rows: Session, year: int = THIS_YEAR) -> FilePlan:
        return file_plans.of_year(rows, self.own(rows), year)

    def entry(self, rows: Session, notation: str, year: int = THIS_YEAR) -> FilePlanEntry:
        lines = plan_tree.lines_of(rows, self.plan(rows, year), with_taken_out=True)
        return next(one.entry for one in lines if notation in (one.entry.notation, one.entry.title))

    def case_file(self, rows: Session, notation: str) -> CaseFile:
        return rows.scalars(select(CaseFile).where(CaseFile.notation == notation)).one()

    def approve(self) -> None:
        with writing(self.db) as rows:
            head = people.by_name(rows, "truong")
            plan_approval.approve(rows, self.plan(rows), head, number="05/QĐ", on=date(2026, 1, 5))


@pytest.fixture
def office(db: Database) -> Office:
    return Office(db)


@pytest.fixture
def approved(office: Office) -> Office:
    office.approve()
    return office


def shown(office: Office, year: int = THIS_YEAR) -> list[str]:
    with office.db.reading() as rows:
        lines = plan_tree.lines_of(rows, office.plan(rows, year))
        return [
            f"{'  ' * one.depth}{one.number or one.entry.notation} {one.entry.title}"
            for one in lines
        ]


def code_of(refused: pytest.ExceptionInfo[ArchiveError]) -> str:
    return refused.value.code


def told(db: Database, action: str) -> list[Event]:
    with db.reading() as rows:
        return list(rows.scalars(select(Event).where(Event.action == action)))


def is_whole(db: Database) -> bool:
    with db.reading() as rows:
        return not audit_check.verify(rows).findings


# Drawing up ---------------------------------------------------------------------------------------


def test_headings_are_counted_by_their_place(office: Office) -> None:
    assert shown(office) == [
        "I Tổ chức",
        "  1 Cán bộ",
        "    01.TC Bổ nhiệm",
        "    02.TC Kỷ luật",
        "II Tài chính",
        "  01.TV Dự toán",
    ]
    assert [roman(one) for one in (1, 4, 9, 14, 40, 99)] == ["I", "IV", "IX", "XIV", "XL", "XCIX"]


def test_lines_change_places_with_their_own_kind_only(office: Office) -> None:
    with writing(office.db) as rows:
        assert file_plans.move_line(rows, office.entry(rows, "02.TC"), up=True)
        assert not file_plans.move_line(rows, office.entry(rows, "02.TC"), up=True)
        assert file_plans.move_line(rows, office.entry(rows, "Tổ chức"), up=False)
    assert shown(office)[0] == "I Tài chính"
    assert shown(office)[4:] == ["    02.TC Kỷ luật", "    01.TC Bổ nhiệm"]


def test_a_line_is_removed_from_a_draft_but_no_heading_with_lines(office: Office) -> None:
    with writing(office.db) as rows:
        with pytest.raises(Conflict) as refused:
            file_plans.remove_line(rows, office.entry(rows, "Cán bộ"))
        assert code_of(refused) == "heading_not_empty"
        file_plans.remove_line(rows, office.entry(rows, "01.TV"))
        file_plans.remove_line(rows, office.entry(rows, "Tài chính"))
    assert len(shown(office)) == 4
    assert is_whole(office.db)


@pytest.mark.parametrize(
    "typed", ["01.TC", " 01 . TC ", "01.tc", "01\u00a0.\u200bTC", "01.TC."], ids=str.strip
)
def test_the_same_notation_in_another_spelling_is_refused(office: Office, typed: str) -> None:
    with writing(office.db) as rows, pytest.raises(Conflict) as refused:
        file_plans.add_line(rows, office.plan(rows), office.line(typed, "Khác"))
    assert code_of(refused) == "notation_in_plan"
    assert refused.value.details == {"notation": "01.TC", "title": "Bổ nhiệm"}


def test_odd_dashes_and_spaces_are_brought_to_one_spelling() -> None:
    for typed in ("05-TH", "05 – TH", "05—TH", " 05 ‑ TH "):
        assert tidy_notation(typed) == "05-TH"
    assert tidy_notation("12  HC") == "12 HC"


def test_what_cannot_be_a_line_is_refused(office: Office) -> None:
    other = an_organ(office.db, "SXD", "Sở Xây dựng")
    stranger = a_person(office.db, other, "hoa", "officer")
    with writing(office.db) as rows:
        plan = office.plan(rows)
        small, file = office.entry(rows, "Cán bộ"), office.entry(rows, "01.TC")
        for values, parent, code in (
            (LineValues("  "), None, "title_missing"),
            (LineValues("Sâu quá"), small, "heading_too_deep"),
            (office.line("09", "Dưới hồ sơ"), file, "line_under_case_file"),
            (LineValues("A", "09", holder_id=stranger.id), None, "not_of_this_organ"),
        ):
            with pytest.raises(Invalid) as refused:
                file_plans.add_line(rows, plan, values, parent)
            assert code_of(refused) == code
        with pytest.raises(Invalid):
            file_plans.change_line(rows, file, LineValues("Thành đề mục"))
        with pytest.raises(Conflict, match="plan_exists"):
            file_plans.draw_up(rows, office.own(rows), THIS_YEAR)


def test_the_second_of_two_with_the_same_form_is_told(office: Office) -> None:
    with office.db.reading() as rows:
        seen = state_of(office.entry(rows, "01.TC"))
    with writing(office.db) as rows:
        entry = office.entry(rows, "01.TC")
        file_plans.change_line(rows, entry, office.line("01.TC", "Bổ nhiệm cán bộ"), seen=seen)
    with writing(office.db) as rows, pytest.raises(Conflict, match="changed_meanwhile"):
        entry = office.entry(rows, "01.TC")
        file_plans.change_line(rows, entry, office.line("01.TC", "Khác"), seen=seen)
    assert "    01.TC Bổ nhiệm cán bộ" in shown(office)


# Approving ----------------------------------------------------------------------------------------


@pytest.mark.rule("HC-43")
@pytest.mark.rule("HC-51")
def test_an_approved_plan_gives_every_case_file_its_code(office: Office) -> None:
    office.approve()
    with office.db.reading() as rows:
        made = list(rows.scalars(select(CaseFile).order_by(CaseFile.code)))
        assert [one.code for one in made] == [
            "TTLT.2026.01.TC",
            "TTLT.2026.01.TV",
            "TTLT.2026.02.TC",
        ]
        first = made[0]
        assert (first.stage, first.organ_code, first.year, first.notation) == (
            "planned",
            "TTLT",
            2026,
            "01.TC",
        )
        assert (first.title, first.maintenance, first.holder_id, first.creator) == (
            "Bổ nhiệm",
            "Vĩnh viễn",
            office.officer.id,
            "Binh",
        )
        plan = office.plan(rows)
        assert (plan.stage, plan.decision_number, plan.decision_date) == (
            "approved",
            "05/QĐ",
            date(2026, 1, 5),
        )
    assert len(told(office.db, "file_plan.approve")) == 1
    assert is_whole(office.db)


def test_all_that_is_wrong_is_told_at_once_with_its_line(office: Office) -> None:
    gone = a_person(office.db, office.organ, "nghi", "officer", locked_from=date(2026, 1, 1))
    a_case_file(office.db, office.organ, "Đã mở ngoài danh mục")
    with writing(office.db) as rows:
        plan = office.plan(rows)
        open_one = rows.scalars(select(CaseFile)).one()
        for values in (
            LineValues("Thiếu thời hạn", "10", creator="Lan"),
            LineValues("Thiếu người lập", "11", maintenance="5 năm"),
            LineValues("Thiếu số", maintenance="5 năm"),
            LineValues("Người đã nghỉ", "12", maintenance="5 năm", holder_id=gone.id),
            LineValues("Trùng mã", open_one.notation, maintenance="5 năm", creator="Lan"),
        ):
            file_plans.add_line(rows, plan, values)
    with writing(office.db) as rows, pytest.raises(Conflict) as refused:
        head = people.by_name(rows, "truong")
        plan_approval.approve(rows, office.plan(rows), head, number="5", on=date(2026, 1, 5))
    assert code_of(refused) == "plan_has_problems"
    assert refused.value.details["count"] == 5
    assert [(one["title"], one["problem"]) for one in refused.value.details["problems"]] == [
        ("Thiếu thời hạn", "plan_term_missing"),
        ("Thiếu người lập", "plan_creator_missing"),
        ("Người đã nghỉ", "plan_holder_left"),
        ("Trùng mã", "plan_code_taken"),
        ("Thiếu số", "plan_notation_missing"),
    ]
    with office.db.reading() as rows:
        assert office.plan(rows).stage == "draft"


def test_approving_needs_a_decision_lines_and_the_plan_that_was_looked_at(db: Database) -> None:
    organ = an_organ(db)
    head = a_person(db, organ, "truong", "head")
    with writing(db) as rows:
        plan = file_plans.draw_up(rows, rows.get_one(Organ, organ.id), THIS_YEAR)
        day = date(2026, 1, 5)
        for number, on, seen, code in (
            (" ", day, None, "decision_missing"),
            ("5", None, None, "decision_missing"),
            ("5", day, plan.revision + 1, "plan_changed"),
            ("5", day, plan.revision, "plan_is_empty"),
        ):
            with pytest.raises(ArchiveError) as refused:
                plan_approval.approve(rows, plan, head, number=number, on=on, seen=seen)
            assert code_of(refused) == code


def test_five_thousand_lines_are_approved_in_a_few_questions(sqlite_db: Database) -> None:
    office = Office(sqlite_db)
    with writing(sqlite_db) as rows:
        plan = office.plan(rows)
        rows.add_all(
            FilePlanEntry(
                plan=plan,
                position=number,
                notation=f"N{number}",
                title=f"Hồ sơ {number}",
                maintenance="10 năm",
                holder_id=office.officer.id,
            )
            for number in range(5000)
        )
        file_plans.touch(rows, plan)
        audit.record(rows, "file_plan.import", plan)
    asked = 0

    def count(_c: object, _d: object, statement: str, *_: object) -> None:
        nonlocal asked
        asked += statement.startswith("SELECT")

    event.listen(sqlite_db.engine, "before_cursor_execute", count)
    office.approve()
    event.remove(sqlite_db.engine, "before_cursor_execute", count)
    with sqlite_db.reading() as rows:
        assert rows.scalar(select(func.count()).select_from(CaseFile)) == 5003
    assert asked < 50


# During the year ----------------------------------------------------------------------------------


def test_an_approved_plan_is_no_draft_any_more(approved: Office) -> None:
    with writing(approved.db) as rows:
        plan, entry = approved.plan(rows), approved.entry(rows, "01.TC")
        for act in (
            lambda: file_plans.add_line(rows, plan, approved.line("77", "Thêm")),
            lambda: file_plans.change_line(rows, entry, approved.line("01.TC", "Đổi")),
            lambda: file_plans.move_line(rows, entry, up=False),
            lambda: file_plans.remove_line(rows, entry),
        ):
            with pytest.raises(Conflict, match="plan_is_approved"):
                act()


def test_a_line_added_during_the_year_is_planned_at_once(approved: Office) -> None:
    with writing(approved.db) as rows:
        plan, heading = approved.plan(rows), approved.entry(rows, "Tài chính")
        with pytest.raises(Invalid, match="reason_missing"):
            plan_changes.add(rows, plan, approved.line("02.TV", "Quyết toán"), heading, reason=" ")
        with pytest.raises(Conflict, match="plan_term_missing"):
            lacking = LineValues("Quyết toán", "03.TV", holder_id=approved.officer.id)
            plan_changes.add(rows, plan, lacking, heading, reason="Việc mới")
        rows.rollback()
    with writing(approved.db) as rows:
        plan, heading = approved.plan(rows), approved.entry(rows, "Tài chính")
        values = approved.line("02.TV", "Quyết toán")
        plan_changes.add(rows, plan, values, heading, reason="Việc mới giao")
    with approved.db.reading() as rows:
        made = approved.case_file(rows, "02.TV")
        assert (made.stage, made.code) == ("planned", "TTLT.2026.02.TV")
    assert is_whole(approved.db)


def test_a_planned_line_may_change_but_not_its_notation(approved: Office) -> None:
    with writing(approved.db) as rows:
        entry = approved.entry(rows, "01.TC")
        with pytest.raises(Invalid, match="notation_is_fixed"):
            plan_changes.change(rows, entry, approved.line("09.TC", "A"), reason="Đổi")
        plan_changes.change(
            rows, entry, approved.line("01.TC", "Bổ nhiệm lại", "70 năm"), reason="Theo TT 10"
        )
    with approved.db.reading() as rows:
        case_file = approved.case_file(rows, "01.TC")
        assert (case_file.title, case_file.maintenance) == ("Bổ nhiệm lại", "70 năm")
    assert is_whole(approved.db)


def test_a_line_whose_case_file_is_open_stays_as_it_is(approved: Office) -> None:
    with writing(approved.db) as rows:
        plan_changes.open_planned(
            rows, approved.case_file(rows, "01.TC"), people.by_name(rows, "binh")
        )
    with writing(approved.db) as rows:
        entry, by = approved.entry(rows, "01.TC"), people.by_name(rows, "truong")
        with pytest.raises(Conflict, match="case_file_opened"):
            plan_changes.change(rows, entry, approved.line("01.TC", "Đổi"), reason="Đổi")
        with pytest.raises(Conflict, match="case_file_opened"):
            plan_changes.take_out(rows, entry, by, reason="Bỏ")


def test_a_frozen_case_file_keeps_its_line(approved: Office) -> None:
    with writing(approved.db) as rows:
        freezes.freeze(
            rows,
            approved.own(rows),
            [approved.case_file(rows, "01.TC")],
            by=people.by_name(rows, "truong"),
            number="3/TB",
            ordered_on=date(2026, 2, 1),
            reason="Thanh tra",
        )
    with writing(approved.db) as rows:
        entry, by = approved.entry(rows, "01.TC"), people.by_name(rows, "truong")
        with pytest.raises(Conflict, match="frozen"):
            plan_changes.change(rows, entry, approved.line("01.TC", "Đổi"), reason="Đổi")
        with pytest.raises(Conflict, match="frozen"):
            plan_changes.take_out(rows, entry, by, reason="Bỏ")


def test_a_line_taken_out_leaves_a_dropped_case_file_and_its_day(approved: Office) -> None:
    with writing(approved.db) as rows:
        by = people.by_name(rows, "truong")
        plan_changes.take_out(rows, approved.entry(rows, "01.TC"), by, reason="Không còn việc")
        with pytest.raises(Conflict, match="line_taken_out"):
            plan_changes.take_out(rows, approved.entry(rows, "01.TC"), by, reason="Lần nữa")
        with pytest.raises(Conflict, match="heading_not_empty"):
            plan_changes.take_out(rows, approved.entry(rows, "Cán bộ"), by, reason="Bỏ")
    with approved.db.reading() as rows:
        assert approved.case_file(rows, "01.TC").stage == "dropped"
        assert approved.entry(rows, "01.TC").taken_out_on == clock.today(approved.organ)
    assert "    01.TC Bổ nhiệm" not in shown(approved)
    with pytest.raises(Conflict, match="plan_code_taken"), writing(approved.db) as rows:
        plan_changes.add(
            rows, approved.plan(rows), approved.line("01.TC", "Dùng lại mã"), reason="Thử"
        )


@pytest.mark.rule("HC-43")
def test_opening_a_planned_case_file_begins_it_today(approved: Office) -> None:
    with writing(approved.db) as rows:
        entry = approved.entry(rows, "01.TV")
        plan_changes.change(
            rows,
            entry,
            LineValues("Dự toán", "01.TV", maintenance="10 năm", creator="Phòng Tài vụ"),
            reason="Chưa rõ người lập",
        )
    with writing(approved.db) as rows:
        binh = people.by_name(rows, "binh")
        plan_changes.open_planned(rows, approved.case_file(rows, "01.TV"), binh)
    with approved.db.reading() as rows:
        case_file = approved.case_file(rows, "01.TV")
        assert (case_file.stage, case_file.start_date) == ("open", clock.today(approved.organ))
        assert (case_file.holder_id, case_file.creator) == (approved.officer.id, "Phòng Tài vụ")


# Into the next year -------------------------------------------------------------------------------


def test_a_copy_is_a_draft_with_the_same_lines_and_says_who_left(approved: Office) -> None:
    with writing(approved.db) as rows:
        by = people.by_name(rows, "truong")
        plan_changes.take_out(rows, approved.entry(rows, "02.TC"), by, reason="Thôi")
        people.lock(rows, people.by_name(rows, "binh"), date(2026, 1, 1), "Nghỉ hưu")
        made = plan_copies.copy(rows, approved.plan(rows), 2027)
        assert ([one.user_name for one in made.left], made.lines) == (["binh"], 5)
        with pytest.raises(Conflict, match="plan_exists"):
            plan_copies.copy(rows, approved.plan(rows), 2027)
    assert shown(approved, 2027) == [one for one in shown(approved) if "02.TC" not in one]
    with approved.db.reading() as rows:
        assert approved.plan(rows, 2027).stage == "draft"
        found = plan_approval.problems(rows, approved.plan(rows, 2027))
        assert {one.code for one in found} == {"plan_holder_left"}
    assert is_whole(approved.db)


def test_a_copy_fills_an_empty_draft(approved: Office) -> None:
    with writing(approved.db) as rows:
        file_plans.draw_up(rows, approved.own(rows), 2027)
        assert plan_copies.copy(rows, approved.plan(rows), 2027).lines == 6


def test_unfinished_case_files_stand_in_the_next_plan_with_their_first_code(
    approved: Office,
) -> None:
    with writing(approved.db) as rows:
        binh = people.by_name(rows, "binh")
        plan_changes.open_planned(rows, approved.case_file(rows, "01.TC"), binh)
        file_plans.draw_up(rows, approved.own(rows), 2027)
        assert len(plan_copies.carry_over(rows, approved.own(rows), 2027)) == 1
        assert plan_copies.carry_over(rows, approved.own(rows), 2027) == []
    assert shown(approved, 2027) == [
        "I Hồ sơ các năm trước chuyển sang",
        "  TTLT.2026.01.TC Bổ nhiệm",
    ]
    with writing(approved.db) as rows:
        rows.get_one(Person, approved.officer.id).locked_from = date(2026, 1, 1)
        audit.record(rows, "person.lock", rows.get_one(Person, approved.officer.id))
        head = people.by_name(rows, "truong")
        plan = approved.plan(rows, 2027)
        made = plan_approval.approve(rows, plan, head, number="1", on=date(2027, 1, 4))
        assert made == []  # its case file is there already
    with writing(approved.db) as rows:
        entry = approved.entry(rows, "TTLT.2026.01.TC", 2027)
        with pytest.raises(Conflict, match="line_is_carried"):
            plan_changes.take_out(rows, entry, people.by_name(rows, "truong"), reason="Bỏ")
        assert case_files.by_code(rows, "TTLT.2026.01.TC").stage == "open"
    assert is_whole(approved.db)


def test_a_carried_line_is_not_copied_but_carried_again(approved: Office) -> None:
    with writing(approved.db) as rows:
        plan_changes.open_planned(
            rows, approved.case_file(rows, "01.TC"), people.by_name(rows, "binh")
        )
        file_plans.draw_up(rows, approved.own(rows), 2027)
        plan_copies.carry_over(rows, approved.own(rows), 2027)
        entry = approved.entry(rows, "TTLT.2026.01.TC", 2027)
        assert plan_copies.copy(rows, approved.plan(rows, 2027), 2028).lines == 0
        assert len(plan_copies.carry_over(rows, approved.own(rows), 2028)) == 1
        file_plans.remove_line(rows, entry)
        assert rows.scalar(select(func.count()).select_from(CarriedOver)) == 1
