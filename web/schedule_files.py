"""A retention schedule to and from a file, for the pages and the commands."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from formats.tables import Limits, Table, read_table, write_csv, write_xlsx
from retention.models import RetentionRule
from retention.schedule import MOST
from retention.schedule_tables import COLUMNS, HEADER, NAMES, WIDTHS, Fate, rows_of
from retention.what_if import Moved
from web.marks import refuse_marks_in_table
from web.plan_files import wrong_as_values
from web.retention_words import Translate, end_said

LIMITS = Limits(rows=MOST)
SHEET = "Bảng thời hạn bảo quản"
MOVED_HEADER = ("Mã hồ sơ", "Tiêu đề hồ sơ", "Hiện nay", "Nếu thay đổi", "Chiều thay đổi")
_WAYS = {"earlier": "sớm hơn", "later": "muộn hơn", "other": "khác", "same": "không đổi"}


def read(path: Path) -> Table:
    """The table in this file, XLSX or CSV; see `formats.tables.read_table`.

    Raises:
        Refused: `secret_mark`: a cell carries one.
    """
    return refuse_marks_in_table(read_table(path, LIMITS, names=NAMES))


def write(rules: Iterable[RetentionRule], path: Path) -> int:
    """Write the rules as XLSX, or as CSV where the name says so; how many there are."""
    return _write(path, HEADER, rows_of(rules), WIDTHS)


def write_moved(moved: Iterable[Moved], path: Path, translate: Translate) -> int:
    """The same for what a change would move."""
    rows = [
        (
            one.code,
            one.title,
            end_said(one.before, translate),
            end_said(one.after, translate),
            _WAYS[one.way],
        )
        for one in moved
    ]
    return _write(path, MOVED_HEADER, rows, (22, 60, 24, 24, 16))


def _write(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]
) -> int:
    if path.suffix.lower() == ".csv":
        write_csv(path, header, rows)
    else:
        write_xlsx(path, header, rows, sheet=SHEET, widths=widths)
    return len(rows)


def rule_as_values(rule: RetentionRule) -> dict[str, Any]:
    """A rule as plain values."""
    return {
        "number": rule.number,
        "version": rule.version,
        "state": rule.state,
        "group": rule.group_name,
        "title": rule.title,
        "term": rule.term,
        "mandate": rule.mandate,
        "note": rule.note,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
    }


def fate_as_values(fate: Fate) -> dict[str, Any]:
    """What becomes of a row of a table, as plain values."""
    told: dict[str, Any] = {
        "row": fate.row,
        "fate": fate.state,
        "number": fate.values.number,
        "title": fate.values.title,
    }
    if fate.changes:
        told["changes"] = {name: list(pair) for name, pair in fate.changes.items()}
    if fate.wrong:
        told["wrong"] = [
            {**wrong_as_values(one), "column": name_of_column(one.column)} for one in fate.wrong
        ]
    return told


def name_of_column(field: str) -> str:
    """What the table calls this field."""
    return next((one.name for one in COLUMNS if one.field == field), field)
