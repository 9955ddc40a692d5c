"""A schedule as a table: out of the archive, and in again as drafts, all of it or nothing.

Rows are known by their numbers. What a row says otherwise than the schedule becomes a draft, or
changes the one there is; what is in force stays as it is until the head approves the draft. Taken
in twice, the second time finds nothing to do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from archive import audit
from archive.errors import Conflict
from archive.models import Organ, Person
from archive.plan_import import Wrong
from archive.plan_tables import Column, fields_of
from formats.tables import Table, TableRow, heading_key
from retention.models import RetentionRule
from retention.schedule import (
    DRAFT,
    MOST,
    RuleValues,
    faults,
    hold_schedule,
    make,
    rewrite,
    rules_of,
    tidied,
    tidy_number,
    values_of,
)

COLUMNS = (
    Column("group_name", "Nhóm hồ sơ, tài liệu", ("Nhóm", "group", "group_name"), 28),
    Column("number", "Số", ("STT", "Số thứ tự", "Mã số", "number"), 8),
    Column("title", "Tên hồ sơ, tài liệu", ("Tiêu đề", "Tên nhóm hồ sơ", "title"), 60),
    Column("term", "Thời hạn bảo quản", ("THBQ", "Maintenance", "term", "period"), 22),
    Column("mandate", "Căn cứ", ("Nguồn", "mandate"), 40),
    Column("note", "Ghi chú", ("note",), 24),
)
VERSION = "Phiên bản"
ALSO_WRITTEN = (VERSION, "Trạng thái", "Áp dụng từ ngày", "Đến ngày")  # left out when read
HEADER = (*(one.name for one in COLUMNS), *ALSO_WRITTEN)
WIDTHS = (*(one.width for one in COLUMNS), 10, 14, 14, 14)
NAMES = tuple(name for one in COLUMNS for name in (one.name, *one.also))
STATES = {"draft": "dự thảo", "in_force": "đang áp dụng", "ended": "hết áp dụng"}
_NEEDED = ("number", "title", "term")
_REQUIRED = (*_NEEDED, "group_name")


@dataclass(frozen=True)
class Fate:
    """What becomes of one row: `new`, `version`, `changed` (a draft), `same` or `wrong`."""

    row: int
    state: str
    values: RuleValues
    rule: RetentionRule | None = None
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The table beside the schedule."""

    fates: list[Fate]
    ignored: list[str]  # columns that mean nothing here

    def count(self, *states: str) -> int:
        """How many rows have one of these fates."""
        return sum(one.state in states for one in self.fates)

    @property
    def wrong(self) -> list[Wrong]:
        """Everything that keeps the table from being taken in."""
        return [one for fate in self.fates for one in fate.wrong]


def rows_of(rules: Iterable[RetentionRule]) -> list[tuple[str, ...]]:
    """The rules in rows under `HEADER`."""

    def one_row(rule: RetentionRule) -> tuple[str, ...]:
        told = (getattr(rule, one.field) for one in COLUMNS)
        days = (f"{one:%d/%m/%Y}" if one else "" for one in (rule.valid_from, rule.valid_to))
        return (*told, str(rule.version), STATES[rule.state], *days)

    return [one_row(one) for one in rules]


def compare(session: Session, organ: Organ, table: Table) -> Comparison:
    """Say of each row what it would do; nothing is changed.

    Raises:
        Invalid: `rule_column_missing`, `plan_column_twice`.
    """
    places = fields_of(table, COLUMNS, _NEEDED, "rule_column_missing")
    present = _present(session, organ)
    seen: dict[str, int] = {}
    fates: list[Fate] = []
    group = ""
    for row in _latest(table, places["number"]):
        given = {name: row.cells[place] for name, place in places.items()}
        group = given.get("group_name") or group  # said once, above the rows of a group
        if group and not any(given.get(name) for name in _NEEDED):
            continue
        if not given.get("group_name") and tidy_number(given["number"]) not in present:
            given["group_name"] = group
        fates.append(_fate(row, given, present, seen))
    known = {heading_key(one) for one in (*NAMES, *ALSO_WRITTEN)}
    ignored = [cell for cell in table.header if cell and heading_key(cell) not in known]
    return Comparison(fates, ignored)


def _latest(table: Table, place: int) -> list[TableRow]:
    """Its rows; of those that say which version they are, the last of each number only."""
    known = {heading_key(cell): at for at, cell in enumerate(table.header)}
    at = known.get(heading_key(VERSION))
    if at is None:
        return list(table.rows)

    def version(row: TableRow) -> int:
        return int(row.cells[at]) if row.cells[at].isdecimal() else 0

    last: dict[str, int] = {}
    for row in table.rows:
        number = tidy_number(row.cells[place])
        last[number] = max(last.get(number, 0), version(row))
    return [row for row in table.rows if version(row) in (0, last[tidy_number(row.cells[place])])]


def _present(session: Session, organ: Organ) -> dict[str, RetentionRule]:
    """What each number says now: its draft, else its latest version."""
    found: dict[str, RetentionRule] = {}
    for one in rules_of(session, organ):  # later versions first
        found.setdefault(one.number, one)
    return found


def _fate(
    row: TableRow,
    given: Mapping[str, str],
    present: Mapping[str, RetentionRule],
    seen: dict[str, int],
) -> Fate:
    values = tidied(RuleValues(**{**dict.fromkeys(_REQUIRED, ""), **given}))
    rule = present.get(values.number)
    if rule is not None:  # a field without a column stays as it is
        kept = {**asdict(values_of(rule)), **{name: getattr(values, name) for name in given}}
        values = RuleValues(**{**kept, "group_name": values.group_name or rule.group_name})
    wrong = [
        Wrong(row.number, name, given.get(name, ""), code, details)
        for name, code, details in faults(values)
    ]
    if values.number in seen:
        details = {"earlier": seen[values.number]}
        wrong.append(Wrong(row.number, "number", values.number, "plan_row_twice", details))
    seen.setdefault(values.number, row.number)
    if wrong:
        return Fate(row.number, "wrong", values, wrong=tuple(wrong))
    if rule is None:
        return Fate(row.number, "new", values)
    before, after = asdict(values_of(rule)), asdict(values)
    changes = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    if not changes:
        return Fate(row.number, "same", values, rule)
    state = "changed" if rule.state == DRAFT else "version"
    return Fate(row.number, state, values, rule, changes)


def take_in(session: Session, organ: Organ, table: Table, by: Person) -> Comparison:
    """Take the whole table in as drafts; the comparison says what was done.

    Raises:
        Invalid: `rule_column_missing`, `plan_column_twice`.
        Conflict: `table_has_errors`, `schedule_too_long`.
    """
    hold_schedule(session, organ)
    found = compare(session, organ, table)
    if found.wrong:
        raise Conflict("table_has_errors", count=len(found.wrong))
    if len(found.fates) > MOST:
        raise Conflict("schedule_too_long", most=MOST)
    new = [one.values for one in found.fates if one.state in ("new", "version")]
    changed = [one for one in found.fates if one.state == "changed"]
    rows = make(session, organ, new, by)
    for one in changed:
        assert one.rule is not None
        audit.hold(session, one.rule)
        if one.rule.state != DRAFT:
            raise Conflict("rule_is_no_draft", number=one.rule.number, version=one.rule.version)
        rewrite(one.rule, one.values, by)
        rows.append(one.rule)
    session.flush()
    if rows:
        _tell(session, organ, rows, len(new), changed)
    return found


def _tell(
    session: Session, organ: Organ, rows: list[RetentionRule], new: int, changed: list[Fate]
) -> None:
    differences: dict[str, Any] = {
        one.values.number: {name: list(pair) for name, pair in one.changes.items()}
        for one in changed
    }
    audit.record(
        session,
        "retention_rule.import",
        None,
        also=tuple(rows),
        organ_id=organ.id,
        facts={"new": new, "changed": len(changed)},
        lines=differences or None,
    )
