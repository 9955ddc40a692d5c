"""A file plan to and from a file, for the pages and the commands; and its lines as plain values."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive import reading
from archive.file_plans import people_of
from archive.models import CaseFile, FilePlan, FilePlanEntry, Organ, Person
from archive.plan_approval import carried_lines
from archive.plan_import import Fate, Wrong
from archive.plan_tables import COLUMNS, HEADER, NAMES, WIDTHS, maker_of, rows_of, units_of
from archive.plan_tree import Line, lines_of
from formats.tables import Limits, Table, read_table, write_csv, write_xlsx
from web.marks import refuse_marks_in_table

LIMITS = Limits(rows=10_000)
HIDDEN = "—"


def read(path: Path) -> Table:
    """The table in this file, XLSX or CSV; see `formats.tables.read_table`.

    Raises:
        Refused: `secret_mark`: a cell carries one.
    """
    return refuse_marks_in_table(read_table(path, LIMITS, names=NAMES))


def write(session: Session, plan: FilePlan, person: Person, path: Path) -> int:
    """Write the plan as XLSX, or as CSV where the name says so; how many lines it has."""
    rows = rows_of(session, plan, hidden_titles(session, plan, person))
    if path.suffix.lower() == ".csv":
        write_csv(path, HEADER, rows)
    else:
        write_xlsx(path, HEADER, rows, sheet=str(plan.year), widths=WIDTHS)
    return len(rows)


def hidden_titles(session: Session, plan: FilePlan, person: Person) -> dict[int, str]:
    """What stands for the titles of carried case files that the person may not know of."""
    return hidden_among(session, person, carried_lines(session, plan))


def hidden_among(session: Session, person: Person, carried: Mapping[int, int]) -> dict[int, str]:
    """The same, where the carried case files are known already."""
    known = reading.known_case_files(session, person, carried.values()) if carried else set()
    return {line: HIDDEN for line, case_file in carried.items() if case_file not in known}


def case_files_of(
    session: Session,
    person: Person,
    organ: Organ,
    entries: list[FilePlanEntry],
    carried: Mapping[int, int],
) -> dict[int, CaseFile]:
    """The case files of these lines that the person may know of, by line.

    Args:
        session: the transaction's session.
        person: who asks.
        organ: whose plan it is.
        entries: lines of a plan.
        carried: those of its lines that stand for case files of earlier years.
    """
    lines = {one.id for one in entries if one.notation}
    by_case_file = {number: line for line, number in carried.items() if line in lines}
    of_these = or_(CaseFile.plan_entry_id.in_(lines), CaseFile.id.in_(by_case_file))
    seen = reading.seen_case_files(session, person, organ)
    found = session.scalars(select(CaseFile).where(of_these, seen))
    return {by_case_file.get(one.id) or one.plan_entry_id or 0: one for one in found}


def as_values(session: Session, plan: FilePlan, person: Person) -> list[dict[str, Any]]:
    """The plan's lines in order, as plain values."""
    lines = lines_of(session, plan)
    entries = [one.entry for one in lines]
    holders, units = people_of(session, entries), units_of(session, plan.organ_id)
    carried, organ = carried_lines(session, plan), session.get_one(Organ, plan.organ_id)
    hidden = hidden_among(session, person, carried)
    files = case_files_of(session, person, organ, entries, carried)

    def one_line(line: Line[FilePlanEntry]) -> dict[str, Any]:
        entry, case_file = line.entry, files.get(line.entry.id)
        holder = holders.get(entry.holder_id or 0)
        unit = units.get(entry.unit_id or 0)
        return {
            "line": entry.id,
            "depth": line.depth,
            "heading": line.number,
            "notation": entry.notation,
            "title": hidden.get(entry.id, entry.title),
            "maintenance": entry.maintenance,
            "creator": maker_of(entry, holder),
            "holder": holder.user_name if holder else "",
            "unit": unit.code if unit else "",
            "note": entry.note,
            "case_file": case_file.code if case_file else "",
            "stage": case_file.stage if case_file else "",
        }

    return [one_line(one) for one in lines]


def fate_as_values(fate: Fate) -> dict[str, Any]:
    """What becomes of a row of a table, as plain values."""
    told: dict[str, Any] = {
        "row": fate.row,
        "fate": fate.state,
        "notation": fate.values.notation,
        "title": fate.values.title,
    }
    if fate.changes:
        told["changes"] = {name: list(pair) for name, pair in fate.changes.items()}
    if fate.wrong:
        told["wrong"] = [wrong_as_values(one) for one in fate.wrong]
    return told


def wrong_as_values(wrong: Wrong) -> dict[str, Any]:
    """A cell that cannot be taken in: row, column, value, and why not."""
    told = {"row": wrong.row, "column": name_of_column(wrong.column), "value": wrong.value}
    return {**told, "code": wrong.code, **wrong.details}


def name_of_column(field: str) -> str:
    """What the table calls this field."""
    return next((one.name for one in COLUMNS if one.field == field), field)
