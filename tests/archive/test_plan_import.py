"""A table beside a plan: what it would change is said row by row, and taken in once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from archive import audit, clock, file_plans, people
from archive.database import Database
from archive.errors import Conflict, Invalid
from archive.file_plans import LineValues
from archive.models import FilePlan, Organ, Unit
from archive.plan_import import Comparison, compare, take_in
from archive.plan_tables import HEADER, rows_of
from archive.plan_tree import lines_of
from formats.tables import Table, TableRow, read_table, write_csv, write_xlsx
from tests.factories import a_person, an_organ, writing


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """An organ with two people, a unit and an empty plan."""
    organ = an_organ(sqlite_db)
    a_person(sqlite_db, organ, "binh", "officer")
    a_person(sqlite_db, organ, "lan", "archivist")
    with writing(sqlite_db) as rows:
        unit = Unit(organ_id=organ.id, code="TCHC", name="Phòng Tổ chức")
        rows.add(unit)
        rows.flush()
        audit.record(rows, "unit.add", unit)
        file_plans.draw_up(rows, rows.get_one(Organ, organ.id), 2026)
    return sqlite_db


def table(*rows: tuple[str, ...], header: tuple[str, ...] = ()) -> Table:
    header = header or ("Số và ký hiệu hồ sơ", "Tiêu đề hồ sơ", "Thời hạn bảo quản", "Người lập")
    width = len(header)
    return Table(
        header,
        tuple(
            TableRow(number, (*cells, *[""] * (width - len(cells))))
            for number, cells in enumerate(rows, 2)
        ),
    )


FIRST = table(
    ("", "I. Tổ chức"),
    ("", "1. Cán bộ"),
    ("01.TC", "Bổ nhiệm", "70 năm", "Binh"),
    ("02.TC", "Kỷ luật", "20 năm", "Phòng Tổ chức"),
    ("", "II. Tài chính"),
    ("01.TV", "Dự toán", "Vĩnh viễn", "lan"),
    ("Bản danh mục hồ sơ này có 03 hồ sơ",),
)


def plan_in(rows: Session) -> FilePlan:
    return rows.scalars(select(FilePlan)).one()


def taken(db: Database, given: Table) -> Comparison:
    with writing(db) as rows:
        return take_in(rows, plan_in(rows), given)


def looked(db: Database, given: Table) -> Comparison:
    with db.reading() as rows:
        return compare(rows, plan_in(rows), given)


def states(found: Comparison) -> list[str]:
    return [one.state for one in found.fates]


def shown(db: Database) -> list[str]:
    with db.reading() as rows:
        return [
            f"{one.depth}:{one.number or one.entry.notation}:{one.entry.title}"
            for one in lines_of(rows, plan_in(rows))
        ]


def test_a_table_becomes_a_tree_of_headings_and_case_files(db: Database) -> None:
    assert states(looked(db, FIRST)) == ["new"] * 6
    assert shown(db) == []
    taken(db, FIRST)
    assert shown(db) == [
        "0:I:Tổ chức",
        "1:1:Cán bộ",
        "2:01.TC:Bổ nhiệm",
        "2:02.TC:Kỷ luật",
        "0:II:Tài chính",
        "1:01.TV:Dự toán",
    ]
    with db.reading() as rows:
        lines = {one.entry.notation: one.entry for one in lines_of(rows, plan_in(rows))}
        binh, lan = people.by_name(rows, "binh"), people.by_name(rows, "lan")
    assert (lines["01.TC"].holder_id, lines["01.TC"].creator) == (binh.id, "")
    assert (lines["02.TC"].holder_id, lines["02.TC"].creator) == (None, "Phòng Tổ chức")
    assert (lines["01.TV"].holder_id, lines["01.TV"].creator) == (lan.id, "")


def test_a_plan_taken_in_twice_doubles_nothing_and_says_so(db: Database) -> None:
    taken(db, FIRST)
    before = shown(db)
    with db.reading() as rows:
        revision = plan_in(rows).revision
    assert states(taken(db, FIRST)) == ["same"] * 6
    assert shown(db) == before
    with db.reading() as rows:
        assert plan_in(rows).revision == revision


@pytest.mark.parametrize("spelling", ["01 . TC", "01.tc", " 01.TC ", "01\u00a0.TC"])
def test_odd_spellings_of_a_notation_are_the_same_line(db: Database, spelling: str) -> None:
    taken(db, FIRST)
    again = table(("", "I. Tổ chức"), ("", "1. Cán bộ"), (spelling, "Bổ nhiệm", "70 năm", "Binh"))
    assert states(looked(db, again)) == ["same", "same", "same"]


def test_what_changes_is_said_with_both_values_and_the_rest_is_left_alone(db: Database) -> None:
    taken(db, FIRST)
    given = table(("02.TC", "Thi đua"), header=("FileNotation", "Title"))
    found = looked(db, given)
    assert found.fates[0].changes == {
        "title": ("Kỷ luật", "Thi đua"),
        "heading": ("Cán bộ", ""),
    }
    assert found.untouched == 5
    taken(db, given)
    with db.reading() as rows:
        line = next(one for one in lines_of(rows, plan_in(rows)) if one.entry.title == "Thi đua")
    assert (line.depth, line.entry.maintenance) == (0, "20 năm")


def test_every_wrong_cell_is_named_and_nothing_is_taken_in(db: Database) -> None:
    given = table(
        ("01", "Bổ nhiệm", "70 năm", "", "khong-co", ""),
        ("02", "", "20 năm", "An", "", ""),
        ("", "Thiếu số", "5 năm", "An", "", ""),
        (" 01 ", "Trùng số", "5 năm", "An", "", ""),
        ("03", "Sai đơn vị", "5 năm", "An", "", "Phòng lạ"),
        ("04", "Đúng", "5 năm", "An", "", "tchc"),
        header=(
            "Số, ký hiệu hồ sơ",
            "Tiêu đề",
            "THBQ",
            "Người lập",
            "Tài khoản",
            "Đơn vị",
        ),
    )
    found = looked(db, given)
    assert [(one.row, one.column, one.value, one.code) for one in found.wrong] == [
        (2, "holder", "khong-co", "plan_no_such_account"),
        (3, "title", "", "title_missing"),
        (4, "notation", "", "plan_notation_missing"),
        (5, "notation", " 01 ", "plan_row_twice"),
        (6, "unit", "Phòng lạ", "plan_no_such_unit"),
    ]
    assert found.wrong[3].details == {"earlier": 2}
    with pytest.raises(Conflict, match="table_has_errors"):
        taken(db, given)
    assert shown(db) == []


def test_columns_are_known_by_name_or_code_in_any_order(db: Database) -> None:
    header = ("GHI CHÚ", "Màu", "maintenance", "tiêu  đề hồ sơ", "FileNotation", "Creator")
    given = table(("gấp", "đỏ", "5 năm", "Việc", "9", "An"), header=header)
    found = taken(db, given)
    assert found.ignored == ["Màu"]
    with db.reading() as rows:
        entry = lines_of(rows, plan_in(rows))[0].entry
    assert (entry.note, entry.maintenance, entry.creator) == ("gấp", "5 năm", "An")
    with pytest.raises(Invalid, match="plan_column_missing"):
        looked(db, table(("a", "b"), header=("Tiêu đề", "Ghi chú")))
    with pytest.raises(Invalid, match="plan_column_twice"):
        looked(db, table(("a", "b", "c"), header=("Tiêu đề", "Title", "notation")))


@pytest.mark.parametrize(
    ("ending", "write"), [("xlsx", write_xlsx), ("csv", write_csv)], ids=["xlsx", "csv"]
)
def test_what_is_exported_comes_back_unchanged(
    db: Database, tmp_path: Path, ending: str, write: Callable[..., None]
) -> None:
    taken(db, FIRST)
    with writing(db) as rows:
        nasty = LineValues("=HYPERLINK(1)", "-05", maintenance="+5 năm", creator="@An")
        file_plans.add_line(rows, plan_in(rows), nasty)
        file_plans.add_line(rows, plan_in(rows), LineValues("Có số riêng", heading_number="A"))
        told = rows_of(rows, plan_in(rows))
    path = tmp_path / f"plan.{ending}"
    write(path, HEADER, told)
    assert set(states(looked(db, read_table(path, names=HEADER)))) == {"same"}


def test_an_approved_plan_takes_no_table(db: Database) -> None:
    taken(db, FIRST)
    with writing(db) as rows:
        plan = plan_in(rows)
        plan.stage, plan.approved_by_id, plan.approved_at = "approved", 1, clock.now()
        audit.record(rows, "file_plan.approve", plan)
    with pytest.raises(Conflict, match="plan_is_approved"):
        taken(db, FIRST)


def test_five_thousand_rows_are_taken_in_without_a_question_for_each(db: Database) -> None:
    many = table(*[(f"{n}.X", f"Hồ sơ {n}", "5 năm", "Binh") for n in range(5000)])
    asked: list[str] = []

    def note(_c: object, _d: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    taken(db, many)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) < 60
    assert set(states(looked(db, many))) == {"same"}
