"""A file plan as a table: what its columns are called, and the plan in rows.

Columns are known by their Vietnamese names or by the field codes of the law, in any order. What a
table would change in a plan says `plan_import.py`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.errors import Invalid
from archive.file_plans import people_of
from archive.models import FilePlan, FilePlanEntry, Person, Unit
from archive.plan_approval import carried_lines
from archive.plan_tree import lines_of
from formats.tables import Table, heading_key


@dataclass(frozen=True)
class Column:
    """A column of the table: its field, the name we give it, and other names it is known by."""

    field: str
    name: str
    also: tuple[str, ...] = ()
    width: int = 20


COLUMNS = (
    Column("heading_number", "Đề mục", ("Số đề mục", "heading_number"), 8),
    Column(
        "notation",
        "Số và ký hiệu hồ sơ",
        (
            "Số, ký hiệu hồ sơ",
            "Số và ký hiệu HS",
            "Số, ký hiệu HS",
            "Số, ký hiệu",
            "Số và ký hiệu",
            "FileNotation",
            "notation",
        ),
        16,
    ),
    Column(
        "title",
        "Tên đề mục và tiêu đề hồ sơ",
        ("Tên đề mục và tiêu đề HS", "Tiêu đề hồ sơ", "Tiêu đề", "Title"),
        60,
    ),
    Column("maintenance", "Thời hạn bảo quản", ("THBQ", "Maintenance"), 14),
    Column("creator", "Người lập hồ sơ", ("Người lập HS", "Người lập", "Creator"), 24),
    Column("note", "Ghi chú", ("Description", "note"), 24),
    Column("holder", "Tài khoản người lập", ("Tài khoản", "holder"), 18),
    Column("unit", "Đơn vị", ("Phòng, ban", "unit"), 20),
)
HEADER = tuple(one.name for one in COLUMNS)
WIDTHS = tuple(one.width for one in COLUMNS)
NAMES = tuple(name for one in COLUMNS for name in (one.name, *one.also))
_NUMBERED_HEADING = re.compile(r"([IVXLC]{1,7}|\d{1,2})\s*[.)]\s+(\S.*)", re.S)
_OF_THE_FORM = re.compile(r"\(?\d{1,2}\)?")  # (1) (2) (3) under the header of the printed form
_END_OF_THE_FORM = ("ban danh muc ho so nay co", "trong do", "noi nhan", "nguoi lap danh muc")


@dataclass(frozen=True)
class Given:
    """A row of the table: what it says of a line; a field without a column is not there."""

    row: int
    values: Mapping[str, str]

    @property
    def is_heading(self) -> bool:
        """Whether it names a heading: a title, and nothing that only case files have."""
        told = ("notation", "maintenance", "creator", "holder")
        return not any(self.values.get(name) for name in told)


def fields_of(
    table: Table,
    columns: Sequence[Column] = COLUMNS,
    needed: Collection[str] = ("notation", "title"),
    lacking: str = "plan_column_missing",
) -> dict[str, int]:
    """Which column of the table holds which field.

    Raises:
        Invalid: `plan_column_twice`, or what `lacking` names where a needed one is not there.
    """
    known = {heading_key(name): one for one in columns for name in (one.name, *one.also)}
    places: dict[str, int] = {}
    for place, cell in enumerate(table.header):
        column = known.get(heading_key(cell))
        if column is None:
            continue
        if column.field in places:
            raise Invalid("plan_column_twice", column=cell)
        places[column.field] = place
    for column in columns:
        if column.field in needed and column.field not in places:
            raise Invalid(lacking, column=column.name)
    return places


def ignored_columns(table: Table) -> list[str]:
    """The names of columns that mean nothing here."""
    known = {heading_key(name) for name in NAMES}
    return [cell for cell in table.header if cell and heading_key(cell) not in known]


def given_rows(table: Table) -> list[Given]:
    """What the rows say, without the lines that belong to the printed form only."""
    places = fields_of(table)
    rows = []
    for one in table.rows:
        values = {name: one.cells[place] for name, place in places.items()}
        if _is_of_the_form(one.cells):
            continue
        rows.append(Given(one.number, _with_number_apart(values)))
    return rows


def _is_of_the_form(cells: tuple[str, ...]) -> bool:
    filled = [cell for cell in cells if cell]
    if not filled or all(_OF_THE_FORM.fullmatch(cell) for cell in filled):
        return True
    return len(filled) == 1 and heading_key(filled[0]).startswith(_END_OF_THE_FORM)


def _with_number_apart(values: dict[str, str]) -> dict[str, str]:
    """A heading whose number stands before its title, as in the printed form: I. Tổ chức."""
    numbered = _NUMBERED_HEADING.fullmatch(values.get("title", ""))
    if numbered is None or values.get("heading_number") or not Given(0, values).is_heading:
        return values
    return {**values, "heading_number": numbered[1], "title": numbered[2]}


def rows_of(
    session: Session, plan: FilePlan, hidden: Mapping[int, str] | None = None
) -> list[tuple[str, ...]]:
    """The plan in rows under `HEADER`.

    Args:
        session: the transaction's session.
        plan: whose lines.
        hidden: titles that stand for those which the asker may not know, by line.
    """
    lines = lines_of(session, plan)
    holders = people_of(session, [one.entry for one in lines])
    units = units_of(session, plan.organ_id)
    rows = []
    for one in lines:
        entry = one.entry
        holder = holders.get(entry.holder_id) if entry.holder_id is not None else None
        unit = units.get(entry.unit_id) if entry.unit_id is not None else None
        told = {
            "heading_number": one.number,
            "notation": entry.notation,
            "title": (hidden or {}).get(entry.id, entry.title),
            "maintenance": entry.maintenance,
            "creator": maker_of(entry, holder),
            "note": entry.note,
            "holder": holder.user_name if holder else "",
            "unit": unit.code if unit else "",
        }
        rows.append(tuple(told[column.field] for column in COLUMNS))
    return rows


def maker_of(entry: FilePlanEntry, holder: Person | None) -> str:
    """Who draws the case file up, in words."""
    return entry.creator or (holder.full_name if holder else "")


def units_of(session: Session, organ_id: int) -> dict[int, Unit]:
    """The organ's units by number."""
    found = session.scalars(select(Unit).where(Unit.organ_id == organ_id).order_by(Unit.code))
    return {one.id: one for one in found}


def carried_titles_hidden(
    session: Session, plan: FilePlan, known: set[int], instead: str
) -> dict[int, str]:
    """For the lines of carried case files that the asker may not know of: words instead."""
    carried = carried_lines(session, plan)
    return {line: instead for line, case_file in carried.items() if case_file not in known}
