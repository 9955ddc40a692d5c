"""The yearly file plan (danh mục hồ sơ): drawn up line by line while it is a draft (NĐ 30, Đ28).

A line is a heading, or a case file to come: it has a number and notation, a title, a term, and
says who will draw the case file up. What becomes of the lines when the plan is approved stands in
`plan_approval.py`; copying a plan and carrying case files over in `plan_copies.py`; tables in
`plan_tables.py`.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from archive import audit
from archive.database import in_words
from archive.errors import Conflict, Invalid, NotFound
from archive.life_models import CarriedOver
from archive.models import IS_FILE, FilePlan, FilePlanEntry, Organ, Person, Unit
from archive.plan_tree import lines_of
from archive.seen import require_as_seen
from formats.vietnamese import nfc

DEEPEST = 1  # large headings (I, II, …) and small ones (1, 2, …)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")


@dataclass(frozen=True)
class LineValues:
    """What a line says. A heading has no notation; who draws up is an account, or words."""

    title: str
    notation: str = ""
    heading_number: str = ""
    maintenance: str = ""
    creator: str = ""
    note: str = ""
    holder_id: int | None = None
    unit_id: int | None = None


def tidy_notation(text: str) -> str:
    """One spelling of a number and notation: plain dashes, no spaces around signs."""
    plain = " ".join(nfc(text).translate(_DASHES).split())
    return re.sub(r"\s*([./-])\s*", r"\1", plain).strip(".-/ ")


def notation_key(text: str) -> str:
    """What two spellings of the same notation have in common."""
    return tidy_notation(text).casefold()


# Reading ------------------------------------------------------------------------------------------


def of_year(session: Session, organ: Organ, year: int) -> FilePlan:
    """The organ's plan of a year.

    Raises:
        NotFound: `no_such_plan`.
    """
    wanted = select(FilePlan).where(FilePlan.organ_id == organ.id, FilePlan.year == year)
    plan = session.scalar(wanted)
    if plan is None:
        raise NotFound("no_such_plan", year=year)
    return plan


def files_of(plan: FilePlan) -> Select[FilePlanEntry]:
    """The lines of a plan that stand for case files, without its headings."""
    is_file = in_words(FilePlanEntry, IS_FILE)
    return select(FilePlanEntry).where(FilePlanEntry.plan_id == plan.id, is_file)


def line_of(session: Session, plan: FilePlan, number: int) -> FilePlanEntry:
    """A line of this plan by its number in the database.

    Raises:
        NotFound: `no_such_line`.
    """
    entry = session.get(FilePlanEntry, number)
    if entry is None or entry.plan_id != plan.id:
        raise NotFound("no_such_line", year=plan.year)
    return entry


# Drawing up ---------------------------------------------------------------------------------------


def draw_up(session: Session, organ: Organ, year: int) -> FilePlan:
    """Begin the plan of a year.

    Raises:
        Invalid: `bad_year`.
        Conflict: `plan_exists`.
    """
    if not 1000 <= year <= 9999:
        raise Invalid("bad_year", year=year)
    session.get_one(Organ, organ.id, with_for_update={"key_share": True})
    wanted = select(FilePlan.id).where(FilePlan.organ_id == organ.id, FilePlan.year == year)
    if session.scalar(wanted) is not None:
        raise Conflict("plan_exists", year=year)
    plan = FilePlan(organ_id=organ.id, year=year)
    session.add(plan)
    session.flush()
    audit.record(session, "file_plan.draw_up", plan, facts={"year": year})
    return plan


def add_line(
    session: Session, plan: FilePlan, values: LineValues, parent: FilePlanEntry | None = None
) -> FilePlanEntry:
    """Put a line at the end of its heading, or of the plan.

    Raises:
        Invalid: see `checked`; `line_under_case_file`, `heading_too_deep`.
        Conflict: `plan_is_approved`, `notation_in_plan`.
    """
    require_draft(session, plan)
    entry = insert_line(session, plan, checked(session, plan, values), parent)
    _told(session, plan, "add_line", entry)
    return entry


def change_line(
    session: Session, entry: FilePlanEntry, values: LineValues, *, seen: str | None = None
) -> FilePlanEntry:
    """Write a line of a draft anew; a heading stays a heading.

    Raises:
        Invalid: see `checked`; `notation_missing`, `heading_has_no_notation`.
        Conflict: `plan_is_approved`, `changed_meanwhile`, `notation_in_plan`.
    """
    require_draft(session, entry.plan)
    require_as_seen(session, entry, seen)
    told = write_line(session, entry, checked(session, entry.plan, values, of=entry))
    if told["after"]:
        _told(session, entry.plan, "change_line", entry, **told)
    return entry


def move_line(session: Session, entry: FilePlanEntry, *, up: bool) -> bool:
    """Change places with the line above, or below, of the same kind; False at the end.

    Raises:
        Conflict: `plan_is_approved`.
    """
    require_draft(session, entry.plan)
    row = [one.entry for one in lines_of(session, entry.plan)]
    row = [one for one in row if _stands_beside(one, entry)]
    place = row.index(entry) + (-1 if up else 1)
    if not 0 <= place < len(row):
        return False
    row.remove(entry)
    row.insert(place, entry)
    for position, one in enumerate(row):
        if one.position != position:
            one.position = position
    session.flush()
    _told(session, entry.plan, "move_line", entry)
    return True


def _stands_beside(one: FilePlanEntry, other: FilePlanEntry) -> bool:
    return one.parent_id == other.parent_id and bool(one.notation) == bool(other.notation)


def remove_line(session: Session, entry: FilePlanEntry) -> None:
    """Delete a line of a draft.

    Raises:
        Conflict: `plan_is_approved`, `heading_not_empty`.
    """
    plan = entry.plan
    require_draft(session, plan)
    below = select(FilePlanEntry.id).where(FilePlanEntry.parent_id == entry.id).limit(1)
    if session.scalar(below) is not None:
        raise Conflict("heading_not_empty", title=entry.title)
    for one in session.scalars(select(CarriedOver).where(CarriedOver.entry_id == entry.id)):
        session.delete(one)
    session.flush()
    session.delete(entry)
    session.flush()
    _told(session, plan, "remove_line", entry)


# What the ways of changing a plan share -----------------------------------------------------------


def require_draft(session: Session, plan: FilePlan) -> None:
    """Hold the plan, and go on only while it is a draft.

    Raises:
        Conflict: `plan_is_approved`.
    """
    audit.hold(session, plan)
    if plan.stage != "draft":
        raise Conflict("plan_is_approved", year=plan.year)


def checked(
    session: Session, plan: FilePlan, values: LineValues, *, of: FilePlanEntry | None = None
) -> LineValues:
    """The values in one spelling, as they may be stored.

    Raises:
        Invalid: `title_missing`, `notation_missing`, `heading_has_no_notation`,
            `not_of_this_organ`.
        Conflict: `notation_in_plan`, with the line that has it.
    """
    tidy = tidied(values)
    if not tidy.title:
        raise Invalid("title_missing")
    if of is not None and bool(of.notation) != bool(tidy.notation):
        raise Invalid("notation_missing" if of.notation else "heading_has_no_notation")
    if tidy.notation:
        _require_free(session, plan, tidy.notation, of)
    _require_own(session, plan, tidy)
    return tidy


def _require_own(session: Session, plan: FilePlan, values: LineValues) -> None:
    holder = session.get(Person, values.holder_id) if values.holder_id is not None else None
    unit = session.get(Unit, values.unit_id) if values.unit_id is not None else None
    if any(one is not None and one.organ_id != plan.organ_id for one in (holder, unit)):
        raise Invalid("not_of_this_organ")


def tidied(values: LineValues) -> LineValues:
    """The same values without odd spaces and dashes."""
    notation = tidy_notation(values.notation)
    return replace(
        values,
        title=_tidy(values.title),
        notation=notation,
        heading_number="" if notation else _tidy(values.heading_number),
        maintenance=_tidy(values.maintenance),
        creator=_tidy(values.creator),
        note=_tidy(values.note),
    )


def _tidy(text: str) -> str:
    return " ".join(nfc(text).split())


def _require_free(
    session: Session, plan: FilePlan, notation: str, of: FilePlanEntry | None
) -> None:
    wanted = select(FilePlanEntry.id, FilePlanEntry.notation, FilePlanEntry.title).where(
        FilePlanEntry.plan_id == plan.id, FilePlanEntry.taken_out_on.is_(None)
    )
    key = notation_key(notation)
    for number, other, title in session.execute(wanted):
        if notation_key(other) == key and (of is None or number != of.id):
            raise Conflict("notation_in_plan", notation=other, title=title)


def insert_line(
    session: Session, plan: FilePlan, values: LineValues, parent: FilePlanEntry | None
) -> FilePlanEntry:
    """Store a new line at the end of its heading; the caller has checked it and tells of it.

    Raises:
        Invalid: `line_under_case_file`, `heading_too_deep`.
    """
    if parent is not None and parent.notation:
        raise Invalid("line_under_case_file", notation=parent.notation)
    if not values.notation and parent is not None and parent.parent_id is not None:
        raise Invalid("heading_too_deep")
    parent_id = parent.id if parent is not None else None
    last = select(FilePlanEntry.position).where(
        FilePlanEntry.plan_id == plan.id, FilePlanEntry.parent_id == parent_id
    )
    position = session.scalar(last.order_by(FilePlanEntry.position.desc()).limit(1))
    entry = FilePlanEntry(
        plan=plan,
        parent_id=parent_id,
        position=0 if position is None else position + 1,
        **asdict(values),
    )
    session.add(entry)
    session.flush()
    return entry


def write_line(session: Session, entry: FilePlanEntry, values: LineValues) -> dict[str, Any]:
    """Store what differs; earlier and later values, as a story tells them."""
    before, after = {}, {}
    for name, value in asdict(values).items():
        if (earlier := getattr(entry, name)) != value:
            told = name.removesuffix("_id")
            before[told] = _as_told(session, name, earlier)
            after[told] = _as_told(session, name, value)
            setattr(entry, name, value)
    session.flush()
    return {"before": before, "after": after}


def _as_told(session: Session, name: str, value: Any) -> Any:
    """People and units by their names."""
    if value is None:
        return ""
    if name == "holder_id":
        return session.get_one(Person, value).full_name
    return session.get_one(Unit, value).name if name == "unit_id" else value


def touch(session: Session, plan: FilePlan) -> None:
    """The plan is another than before: who looked at it must look again to approve it."""
    plan.revision += 1
    session.flush()


def _told(session: Session, plan: FilePlan, what: str, entry: FilePlanEntry, **words: Any) -> None:
    touch(session, plan)
    facts = {"year": plan.year, "notation": entry.notation}
    audit.record(session, f"file_plan.{what}", plan, facts=facts, title=entry.title, **words)


def people_of(
    session: Session, entries: Iterable[FilePlanEntry], *more: int | None
) -> dict[int, Person]:
    """Who is to draw up, by number, for all these lines at once; and these further people."""
    numbers = {*more, *(one.holder_id for one in entries)} - {None}
    found = select(Person).where(Person.id.in_(numbers))
    return {one.id: one for one in session.scalars(found)}
