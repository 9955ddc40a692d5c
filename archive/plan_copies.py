"""From one year's file plan to the next: its lines as a draft, and what is not finished yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit, people
from archive.case_files import TAKING
from archive.errors import Conflict
from archive.file_plans import (
    LineValues,
    draw_up,
    insert_line,
    of_year,
    people_of,
    require_draft,
    touch,
)
from archive.life_models import CarriedOver
from archive.models import CaseFile, FilePlan, FilePlanEntry, Organ, Person
from archive.plan_approval import carried_lines
from archive.plan_tree import lines_of

CARRIED_HEADING = "Hồ sơ các năm trước chuyển sang"
_COPIED = (
    "unit_id",
    "holder_id",
    "position",
    "heading_number",
    "notation",
    "title",
    "maintenance",
    "creator",
    "note",
)


@dataclass(frozen=True)
class Copied:
    """A plan copied into the next year, and the holders who have left since."""

    plan: FilePlan
    lines: int
    left: list[Person]


def copy(session: Session, plan: FilePlan, year: int) -> Copied:
    """Draw up another year's plan with this one's lines; an empty draft there is filled.

    Raises:
        Invalid: `bad_year`.
        Conflict: `plan_exists`: there are lines in that year's plan already.
    """
    organ = session.get_one(Organ, plan.organ_id)
    target = _empty_draft(session, organ, year) or draw_up(session, organ, year)
    carried = carried_lines(session, plan)
    lines = [one for one in lines_of(session, plan) if one.entry.id not in carried]
    kept = _without_emptied_heading([one.entry for one in lines], carried, session, plan)
    made: dict[int, FilePlanEntry] = {}
    for depth in range(max((one.depth for one in lines), default=-1) + 1):
        level = [one.entry for one in lines if one.depth == depth and one.entry in kept]
        for one in level:
            above = made[one.parent_id].id if one.parent_id is not None else None
            columns = {name: getattr(one, name) for name in _COPIED}
            made[one.id] = FilePlanEntry(plan=target, parent_id=above, **columns)
        session.add_all(made[one.id] for one in level)
        session.flush()
    touch(session, target)
    facts = {"year": year, "from": plan.year, "lines": len(made)}
    audit.record(session, "file_plan.copy", target, facts=facts)
    return Copied(target, len(made), holders_who_left(session, made.values()))


def _empty_draft(session: Session, organ: Organ, year: int) -> FilePlan | None:
    wanted = select(FilePlan).where(FilePlan.organ_id == organ.id, FilePlan.year == year)
    target = session.scalar(wanted)
    if target is None:
        return None
    require_draft(session, target)
    used = select(FilePlanEntry.id).where(FilePlanEntry.plan_id == target.id).limit(1)
    if session.scalar(used) is not None:
        raise Conflict("plan_exists", year=year)
    return target


def _without_emptied_heading(
    entries: list[FilePlanEntry], carried: dict[int, int], session: Session, plan: FilePlan
) -> list[FilePlanEntry]:
    """All but the heading under which only carried case files stood."""
    if not carried:
        return entries
    above = select(FilePlanEntry.parent_id).where(FilePlanEntry.id.in_(carried))
    emptied = set(session.scalars(above)) - {one.parent_id for one in entries}
    return [one for one in entries if one.id not in emptied]


def holders_who_left(session: Session, entries: Iterable[FilePlanEntry]) -> list[Person]:
    """Those named in these lines whose accounts are closed."""
    found = people_of(session, entries).values()
    return sorted((one for one in found if not people.is_active(one)), key=lambda one: one.id)


# Carrying over ------------------------------------------------------------------------------------


def unfinished(session: Session, organ: Organ, before: int) -> list[CaseFile]:
    """The case files of earlier years that are still being worked on."""
    wanted = select(CaseFile).where(
        CaseFile.organ_id == organ.id, CaseFile.year < before, CaseFile.stage.in_(TAKING)
    )
    return list(session.scalars(wanted.order_by(CaseFile.year, CaseFile.id)))


def count_waiting(session: Session, plan: FilePlan) -> int:
    """How many case files of earlier years could still be carried over into this plan."""
    there = select(CarriedOver.case_file_id).where(CarriedOver.plan_id == plan.id)
    wanted = select(func.count()).where(
        CaseFile.organ_id == plan.organ_id,
        CaseFile.year < plan.year,
        CaseFile.stage.in_(TAKING),
        CaseFile.id.not_in(there),
    )
    return session.scalar(wanted) or 0


def carry_over(session: Session, organ: Organ, year: int) -> list[CaseFile]:
    """Put what earlier years left unfinished into this year's plan; each keeps its first code.

    Done again, it takes up only what came to it since.

    Raises:
        NotFound: `no_such_plan`.
    """
    plan = of_year(session, organ, year)
    audit.hold(session, plan)
    there = set(carried_lines(session, plan).values())
    coming = [one for one in unfinished(session, organ, year) if one.id not in there]
    if not coming:
        return []
    heading = _heading_for_carried(session, plan)
    entries = [
        FilePlanEntry(
            plan=plan,
            parent_id=heading.id,
            position=len(there) + place,
            notation=one.code,
            title=one.title,
            maintenance=one.maintenance,
            holder_id=one.holder_id,
            unit_id=one.unit_id,
            creator=one.creator,
        )
        for place, one in enumerate(coming)
    ]
    session.add_all(entries)
    session.flush()
    session.add_all(
        CarriedOver(plan_id=plan.id, entry_id=entry.id, case_file_id=one.id)
        for entry, one in zip(entries, coming, strict=True)
    )
    touch(session, plan)
    facts = {"year": year, "count": len(coming), "case_files": [one.code for one in coming[:100]]}
    audit.record(session, "file_plan.carry_over", plan, facts=facts)
    return coming


def _heading_for_carried(session: Session, plan: FilePlan) -> FilePlanEntry:
    """The last heading, under which the case files of earlier years stand."""
    for one in lines_of(session, plan):
        if one.depth == 0 and not one.entry.notation and one.entry.title == CARRIED_HEADING:
            return one.entry
    return insert_line(session, plan, LineValues(CARRIED_HEADING), None)
