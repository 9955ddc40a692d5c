"""Approving a file plan: every line is looked at, then each becomes a planned case file (A1)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock, people
from archive.case_files import code_of
from archive.errors import Conflict, Invalid
from archive.file_plans import notation_key, people_of, require_draft, touch
from archive.life_models import CarriedOver
from archive.models import CaseFile, FilePlan, FilePlanEntry, Fonds, Organ, Person
from archive.plan_tree import lines_of
from formats.vietnamese import nfc

MOST_TOLD = 20  # problems named in an error; a page shows them all


@dataclass(frozen=True)
class Problem:
    """What one line lacks before the plan can be approved: a stable code, details for words."""

    entry: FilePlanEntry
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        told = {"line": self.entry.id, "notation": self.entry.notation, "title": self.entry.title}
        return {**told, "problem": self.code, **self.details}


def problems(session: Session, plan: FilePlan) -> list[Problem]:
    """Everything that keeps a draft from being approved, in the order of its lines."""
    carried = carried_lines(session, plan)
    lines = [one.entry for one in lines_of(session, plan) if one.entry.id not in carried]
    holders = people_of(session, lines)
    known = Counter(notation_key(one.notation) for one in lines if one.notation)
    taken = _codes_given(session, plan)
    return [
        Problem(one, code, details)
        for one in lines
        for code, details in _lacking(one, holders, known, taken)
    ]


def _lacking(
    entry: FilePlanEntry, holders: Mapping[int, Person], known: Counter[str], taken: dict[str, str]
) -> Iterable[tuple[str, dict[str, Any]]]:
    """What A1 asks of a line: number and notation, title, term, who draws up."""
    if not entry.title:
        yield "plan_title_missing", {}
    if not entry.notation:
        if entry.maintenance or entry.creator or entry.holder_id:
            yield "plan_notation_missing", {}
        return
    key = notation_key(entry.notation)
    if known[key] > 1:
        yield "plan_notation_twice", {}
    if key in taken:
        yield "plan_code_taken", {"case_file": taken[key]}
    if not entry.maintenance:
        yield "plan_term_missing", {}
    holder = holders.get(entry.holder_id) if entry.holder_id is not None else None
    if holder is not None and not people.is_active(holder):
        yield "plan_holder_left", {"name": holder.full_name}
    if holder is None and not entry.creator:
        yield "plan_creator_missing", {}


def _codes_given(session: Session, plan: FilePlan) -> dict[str, str]:
    """The codes that this year's case files have already, by what their notations are known by."""
    organ = session.get_one(Organ, plan.organ_id)
    found = select(CaseFile.notation, CaseFile.code).where(
        CaseFile.organ_id == organ.id,
        CaseFile.organ_code == organ.code,
        CaseFile.year == plan.year,
    )
    return {notation_key(notation): code for notation, code in session.execute(found)}


def carried_lines(session: Session, plan: FilePlan) -> dict[int, int]:
    """The lines of case files from earlier years: line and case file, by their numbers."""
    found = select(CarriedOver.entry_id, CarriedOver.case_file_id).where(
        CarriedOver.plan_id == plan.id
    )
    return {entry: case_file for entry, case_file in session.execute(found)}


def approve(
    session: Session,
    plan: FilePlan,
    by: Person,
    *,
    number: str,
    on: date | None,
    seen: int | None = None,
) -> list[CaseFile]:
    """The head approves the plan: each case-file line becomes a planned case file.

    Args:
        session: the transaction's session.
        plan: a draft.
        by: who approves.
        number: of the decision.
        on: the decision's date.
        seen: the plan's revision that was looked at.

    Raises:
        Invalid: `decision_missing`.
        Conflict: `plan_is_approved`, `plan_changed`, `plan_is_empty`, `plan_has_problems`.
    """
    if not (number := " ".join(nfc(number).split())) or on is None:
        raise Invalid("decision_missing")
    require_draft(session, plan)
    if seen not in (None, plan.revision):
        raise Conflict("plan_changed", year=plan.year)
    if found := problems(session, plan):
        named = [one.as_json() for one in found[:MOST_TOLD]]
        raise Conflict("plan_has_problems", year=plan.year, count=len(found), problems=named)
    carried = carried_lines(session, plan)
    lines = [one.entry for one in lines_of(session, plan)]
    if not any(one.notation for one in lines):
        raise Conflict("plan_is_empty", year=plan.year)
    made = plan_case_files(
        session, plan, [one for one in lines if one.notation and one.id not in carried]
    )
    plan.stage, plan.decision_number, plan.decision_date = "approved", number, on
    plan.approved_by_id, plan.approved_at = by.id, clock.now()
    touch(session, plan)
    audit.record(
        session,
        "file_plan.approve",
        plan,
        also=tuple(made),
        facts={"year": plan.year, "case_files": len(made), "on": on.isoformat()},
        decision=number,
    )
    return made


def plan_case_files(
    session: Session, plan: FilePlan, entries: list[FilePlanEntry]
) -> list[CaseFile]:
    """Make a planned case file of each line, with its code; the caller tells of them."""
    organ = session.get_one(Organ, plan.organ_id)
    fonds_id = session.scalar(select(Fonds.id).where(Fonds.organ_id == organ.id).limit(1))
    holders, moment = people_of(session, entries), clock.now()
    made = [
        CaseFile(
            organ_id=organ.id,
            fonds_id=fonds_id,
            plan_entry_id=one.id,
            stage="planned",
            code=code_of(organ.code, plan.year, one.notation),
            organ_code=organ.code,
            year=plan.year,
            notation=one.notation,
            opened_at=moment,
            **taken_over(one, holders),
        )
        for one in entries
    ]
    session.add_all(made)
    session.flush()
    return made


def taken_over(entry: FilePlanEntry, holders: Mapping[int, Person]) -> dict[str, Any]:
    """What a planned case file has from its line."""
    holder = holders.get(entry.holder_id) if entry.holder_id is not None else None
    return {
        "title": entry.title,
        "maintenance": entry.maintenance,
        "holder_id": entry.holder_id,
        "unit_id": entry.unit_id or (holder.unit_id if holder else None),
        "creator": entry.creator or (holder.full_name if holder else ""),
    }


def require_approved(session: Session, plan: FilePlan) -> None:
    """Hold the plan, and go on only once it is approved.

    Raises:
        Conflict: `plan_is_draft`.
    """
    audit.hold(session, plan)
    if plan.stage != "approved":
        raise Conflict("plan_is_draft", year=plan.year)
