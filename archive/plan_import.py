"""What a table would change in a draft plan, row by row; and taking it in, all of it or nothing.

Case files are known by number and notation, headings by their words. Lines that the table does
not name stay as they are. Taken in twice, the second time finds nothing to do.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, people
from archive.errors import Conflict
from archive.file_plans import LineValues, notation_key, require_draft, tidied, touch
from archive.models import FilePlan, FilePlanEntry, Person
from archive.plan_tables import Given, given_rows, ignored_columns, maker_of, units_of
from archive.plan_tree import lines_of, roman
from formats.tables import Table

Path = tuple[str, ...]  # a heading: its words and those of the heading above it, folded
Faults = list[tuple[str, str, dict[str, Any]]]  # field, code, details
_SMALL = re.compile(r"\d{1,2}")


@dataclass(frozen=True)
class Wrong:
    """A cell that cannot be taken in: where it stands, what it says, and why not."""

    row: int
    column: str  # its field
    value: str
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fate:
    """What becomes of one row: `new`, `changed`, `same` or `wrong`."""

    row: int
    state: str
    values: LineValues
    above: Path
    path: Path = ()  # of a heading, its own
    entry: FilePlanEntry | None = None
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The table beside the plan."""

    fates: list[Fate]
    ignored: list[str]  # columns that mean nothing here
    untouched: int  # lines of the plan that the table does not name

    def count(self, state: str) -> int:
        """How many rows have this fate."""
        return sum(one.state == state for one in self.fates)

    @property
    def wrong(self) -> list[Wrong]:
        """Everything that keeps the table from being taken in."""
        return [one for fate in self.fates for one in fate.wrong]


def compare(session: Session, plan: FilePlan, table: Table) -> Comparison:
    """Say of each row what it would do; nothing is changed.

    Raises:
        Invalid: `plan_column_missing`, `plan_column_twice`.
    """
    desk = _Desk(session, plan)
    fates = [desk.look_at(one) for one in given_rows(table)]
    named = {one.entry.id for one in fates if one.entry is not None}
    return Comparison(fates, ignored_columns(table), len(desk.entries) - len(named))


class _Desk:
    """The plan and the table on one desk: what is known so far, going down the rows."""

    def __init__(self, session: Session, plan: FilePlan) -> None:
        lines = lines_of(session, plan)
        self.entries = {one.entry.id: one.entry for one in lines}
        self.numbers = {one.entry.id: one.number for one in lines}
        self.paths: dict[int, Path] = {}
        self.headings: dict[Path, FilePlanEntry | None] = {}
        self.by_notation: dict[str, FilePlanEntry] = {}
        for one in lines:
            self._know(one.entry)
        self.units = units_of(session, plan.organ_id)
        self.people = _Accounts(session, plan.organ_id)
        self.seen: dict[str, int] = {}  # notations of the table, with their rows
        self.at: Path = ()

    def _know(self, entry: FilePlanEntry) -> None:
        if entry.notation:
            self.by_notation[notation_key(entry.notation)] = entry
            return
        above = self.paths.get(entry.parent_id, ()) if entry.parent_id is not None else ()
        self.paths[entry.id] = (*above, _words(entry.title))
        self.headings.setdefault(self.paths[entry.id], entry)

    def look_at(self, given: Given) -> Fate:
        return self._heading(given) if given.is_heading else self._case_file(given)

    def _heading(self, given: Given) -> Fate:
        said = given.values
        values = tidied(
            LineValues(
                said.get("title", ""),
                heading_number=said.get("heading_number", ""),
                note=said.get("note", ""),
            )
        )
        if not values.title:
            return _is_wrong(given, values, self.at, [("title", "title_missing", {})])
        is_small = bool(self.at and _SMALL.fullmatch(values.heading_number))
        above = self.at[:1] if is_small else ()
        path = (*above, _words(values.title))
        self.at = path
        entry = self.headings.get(path)
        if path in self.headings and entry is None:
            return Fate(given.row, "same", values, above, path)  # named twice in the table
        if entry is None:
            siblings = sum(len(one) == len(path) and one[:-1] == above for one in self.headings)
            self.headings[path] = None
            if values.heading_number == _counted(siblings + 1, above):
                values = replace(values, heading_number="")
            return Fate(given.row, "new", values, above, path)
        return self._heading_again(given, values, entry, path)

    def _heading_again(
        self, given: Given, values: LineValues, entry: FilePlanEntry, path: Path
    ) -> Fate:
        if values.heading_number in ("", self.numbers[entry.id]):
            values = replace(values, heading_number=entry.heading_number)
        if "note" not in given.values:
            values = replace(values, note=entry.note)
        changes = _differences(_present(entry), values, {})
        state = "changed" if changes else "same"
        return Fate(given.row, state, values, path[:-1], path, entry, changes)

    def _case_file(self, given: Given) -> Fate:
        notation = notation_key(given.values.get("notation", ""))
        entry = self.by_notation.get(notation)
        found: Faults = []
        values = self._values(given, entry, found)
        if not values.title:
            found.append(("title", "title_missing", {}))
        if not values.notation:
            found.append(("notation", "plan_notation_missing", {}))
        elif notation in self.seen:
            found.append(("notation", "plan_row_twice", {"earlier": self.seen[notation]}))
        self.seen.setdefault(notation, given.row)
        if found:
            return _is_wrong(given, values, self.at, found)
        if entry is None:
            return Fate(given.row, "new", values, self.at)
        return self._case_file_again(given, values, entry)

    def _case_file_again(self, given: Given, values: LineValues, entry: FilePlanEntry) -> Fate:
        changes = _differences(_present(entry), values, self._shown())
        above = self.paths.get(entry.parent_id, ()) if entry.parent_id is not None else ()
        if above != self.at:
            changes["heading"] = (self._title(above), self._title(self.at))
        return Fate(
            given.row, "changed" if changes else "same", values, self.at, (), entry, changes
        )

    def _values(
        self,
        given: Given,
        entry: FilePlanEntry | None,
        found: Faults,
    ) -> LineValues:
        """The row over what the line says now: a field without a column stays as it is."""
        told: dict[str, Any] = _present(entry) if entry is not None else {"title": ""}
        for name in ("notation", "title", "maintenance", "note"):
            told[name] = given.values.get(name, told.get(name, ""))
        if entry is not None and told["notation"]:
            told["notation"] = entry.notation  # other dashes and spaces are no other notation
        if "holder" in given.values or "creator" in given.values:
            told["holder_id"], told["creator"] = self.people.maker(given, entry, found)
        if "unit" in given.values:
            told["unit_id"] = self._unit(given.values["unit"], found)
        return tidied(LineValues(**told))

    def _unit(self, text: str, found: Faults) -> int | None:
        if not text:
            return None
        for one in self.units.values():
            if _words(text) in (_words(one.code), _words(one.name)):
                return one.id
        found.append(("unit", "plan_no_such_unit", {"value": text}))
        return None

    def _shown(self) -> dict[str, Callable[[Any], str]]:
        """How numbers of rows are shown."""
        return {
            "holder_id": lambda one: self.people.name_of(one),
            "unit_id": lambda one: self.units[one].code if one in self.units else "",
        }

    def _title(self, path: Path) -> str:
        entry = self.headings.get(path)
        return entry.title if entry is not None else (path[-1] if path else "")


class _Accounts:
    """The organ's accounts by user name, and those who are still here by full name."""

    def __init__(self, session: Session, organ_id: int) -> None:
        wanted = select(Person).where(Person.organ_id == organ_id).order_by(Person.id)
        self.by_id = {one.id: one for one in session.scalars(wanted)}
        self.by_user_name = {one.user_name: one for one in self.by_id.values()}
        self.by_full_name: dict[str, list[Person]] = {}
        for one in self.by_id.values():
            if people.is_active(one):
                self.by_full_name.setdefault(_words(one.full_name), []).append(one)

    def name_of(self, number: int | None) -> str:
        return self.by_id[number].full_name if number in self.by_id else ""

    def maker(
        self,
        given: Given,
        entry: FilePlanEntry | None,
        found: Faults,
    ) -> tuple[int | None, str]:
        """Who draws up: the account that is named, else the only one of that name, else words."""
        account = given.values.get("holder", "").lower()
        named = given.values.get("creator", "")
        present = self.by_id.get(entry.holder_id or 0) if entry is not None else None
        if entry is not None and "creator" not in given.values:
            named = maker_of(entry, present)
        holder = self.by_user_name.get(account)
        if account and holder is None:
            found.append(("holder", "plan_no_such_account", {"value": account}))
        if not account and ("holder" not in given.values or entry is None):
            holder = self._of_name(named, present)
        if holder is not None and _words(named) in ("", _words(holder.full_name)):
            named = ""
        return holder.id if holder is not None else None, named

    def _of_name(self, named: str, present: Person | None) -> Person | None:
        if present is not None and _words(named) == _words(present.full_name):
            return present
        same = self.by_full_name.get(_words(named), [])
        return same[0] if len(same) == 1 else self.by_user_name.get(named.strip().lower())


# Taking in ----------------------------------------------------------------------------------------


def take_in(session: Session, plan: FilePlan, table: Table) -> Comparison:
    """Take the whole table into a draft; the comparison says what was done.

    Raises:
        Invalid: `plan_column_missing`, `plan_column_twice`.
        Conflict: `plan_is_approved`, `table_has_errors`.
    """
    require_draft(session, plan)
    found = compare(session, plan, table)
    if found.wrong:
        raise Conflict("table_has_errors", count=len(found.wrong))
    if not found.count("new") and not found.count("changed"):
        return found
    headings = _headings_of(session, plan, found.fates)
    places = _Places(session, plan)
    for fate in found.fates:
        if fate.state == "changed" and fate.entry is not None:
            _rewrite(fate, fate.entry, headings, places)
    session.add_all(
        FilePlanEntry(plan=plan, **places.at(headings, one.above), **asdict(one.values))
        for one in found.fates
        if one.state == "new" and one.values.notation
    )
    session.flush()
    _tell(session, plan, found)
    return found


def _headings_of(
    session: Session, plan: FilePlan, fates: Iterable[Fate]
) -> dict[Path, FilePlanEntry]:
    """The plan's headings with those that the table brings, large ones first."""
    desk = _Desk(session, plan)
    headings = {path: entry for path, entry in desk.headings.items() if entry is not None}
    places = _Places(session, plan)
    new = [one for one in fates if one.state == "new" and not one.values.notation]
    for depth in (1, 2):
        level = [one for one in new if len(one.path) == depth]
        for one in level:
            at = places.at(headings, one.above)
            headings[one.path] = FilePlanEntry(plan=plan, **at, **asdict(one.values))
        session.add_all(headings[one.path] for one in level)
        session.flush()
    return headings


class _Places:
    """Hands out the next position under each heading."""

    def __init__(self, session: Session, plan: FilePlan) -> None:
        self.next: dict[int | None, int] = {}
        for one in lines_of(session, plan):
            above = one.entry.parent_id
            self.next[above] = max(self.next.get(above, 0), one.entry.position + 1)

    def at(self, headings: Mapping[Path, FilePlanEntry], above: Path) -> dict[str, int | None]:
        parent = headings[above].id if above else None
        position = self.next.get(parent, 0)
        self.next[parent] = position + 1
        return {"parent_id": parent, "position": position}


def _rewrite(
    fate: Fate, entry: FilePlanEntry, headings: Mapping[Path, FilePlanEntry], places: _Places
) -> None:
    for name, value in asdict(fate.values).items():
        if getattr(entry, name) != value:
            setattr(entry, name, value)
    if "heading" in fate.changes:
        place = places.at(headings, fate.above)
        entry.parent_id, entry.position = place["parent_id"], place["position"] or 0


def _tell(session: Session, plan: FilePlan, found: Comparison) -> None:
    touch(session, plan)
    changed = {
        one.values.notation or one.values.title: {k: list(v) for k, v in one.changes.items()}
        for one in found.fates
        if one.state == "changed"
    }
    facts = {"year": plan.year, "new": found.count("new"), "changed": found.count("changed")}
    audit.record(session, "file_plan.import", plan, facts=facts, lines=changed or None)


# Small things -------------------------------------------------------------------------------------


def _words(text: str) -> str:
    """Words whose case and spaces do not count; their marks do."""
    return " ".join(text.casefold().split())


def _counted(place: int, above: Path) -> str:
    return str(place) if above else roman(place)


def _present(entry: FilePlanEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in LineValues.__dataclass_fields__}


def _differences(
    present: Mapping[str, Any],
    values: LineValues,
    shown: Mapping[str, Callable[[Any], str]],
) -> dict[str, tuple[str, str]]:
    changes = {}
    for name, value in asdict(values).items():
        if present[name] != value:
            show = shown.get(name, str)
            changes[name] = (show(present[name]), show(value))
    return changes


def _is_wrong(given: Given, values: LineValues, above: Path, found: Faults) -> Fate:
    wrong = tuple(
        Wrong(given.row, name, given.values.get(name, ""), code, details)
        for name, code, details in found
    )
    return Fate(given.row, "wrong", values, above, wrong=wrong)
