"""A file plan to and from a file, for the pages and the commands; and its lines as plain values."""

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import reading
from archive.file_plans import Line, lines_of, people_of
from archive.models import CaseFile, FilePlan, FilePlanEntry, Person
from archive.plan_approval import carried_lines
from archive.plan_import import Fate, Wrong
from archive.plan_tables import COLUMNS, HEADER, NAMES, WIDTHS, maker_of, rows_of, units_of
from formats.tables import Limits, Table, read_table, write_csv, write_xlsx

LIMITS = Limits(rows=10_000)
HIDDEN = "—"


def read(path: Path) -> Table:
    """The table in this file, XLSX or CSV; see `formats.tables.read_table`."""
    return read_table(path, LIMITS, names=NAMES)


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
    carried = carried_lines(session, plan)
    known = reading.known_case_files(session, person, carried.values()) if carried else set()
    return {line: HIDDEN for line, case_file in carried.items() if case_file not in known}


def case_files_of(
    session: Session, plan: FilePlan, entries: list[FilePlanEntry]
) -> dict[int, CaseFile]:
    """The case files of these lines, by line: planned from them, or carried over."""
    numbers = [one.id for one in entries if one.notation]
    planned = select(CaseFile).where(CaseFile.plan_entry_id.in_(numbers))
    found = {one.plan_entry_id or 0: one for one in session.scalars(planned)}
    if carried := {k: v for k, v in carried_lines(session, plan).items() if k in set(numbers)}:
        wanted = select(CaseFile).where(CaseFile.id.in_(carried.values()))
        by_number = {one.id: one for one in session.scalars(wanted)}
        found |= {line: by_number[number] for line, number in carried.items()}
    return found


def as_values(session: Session, plan: FilePlan, person: Person) -> list[dict[str, Any]]:
    """The plan's lines in order, as plain values."""
    lines = lines_of(session, plan)
    entries = [one.entry for one in lines]
    holders, units = people_of(session, entries), units_of(session, plan.organ_id)
    hidden, files = hidden_titles(session, plan, person), case_files_of(session, plan, entries)

    def one_line(line: Line) -> dict[str, Any]:
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
