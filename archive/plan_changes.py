"""What changes in an approved file plan during its year: each change has its reason."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock, freezes, moves
from archive.errors import Conflict, Invalid
from archive.file_plans import (
    LineValues,
    checked,
    insert_line,
    people_of,
    tidied,
    touch,
    write_line,
)
from archive.models import CaseFile, FilePlan, FilePlanEntry, Organ, Person
from archive.plan_approval import (
    carried_lines,
    plan_case_files,
    problems,
    require_approved,
    taken_over,
)
from archive.plan_tree import lines_of
from archive.seen import require_as_seen


def add(
    session: Session,
    plan: FilePlan,
    values: LineValues,
    parent: FilePlanEntry | None = None,
    *,
    reason: str,
) -> tuple[FilePlanEntry, CaseFile | None]:
    """Add a line to an approved plan; its case file is planned at once.

    Raises:
        Invalid: `reason_missing`, see `file_plans.add_line`.
        Conflict: `plan_is_draft`, `notation_in_plan`, or the first problem of the line.
    """
    _require_reason(reason)
    require_approved(session, plan)
    entry = insert_line(session, plan, checked(session, plan, values), parent)
    _require_no_problem(session, plan, entry)
    made = plan_case_files(session, plan, [entry]) if entry.notation else []
    _told(session, "add_line", entry, tuple(made), reason)
    return entry, made[0] if made else None


def change(
    session: Session,
    entry: FilePlanEntry,
    values: LineValues,
    *,
    reason: str,
    seen: str | None = None,
) -> None:
    """Change a line whose case file is still planned; number and notation stay.

    Raises:
        Invalid: `reason_missing`, `title_missing`, `notation_is_fixed`, `not_of_this_organ`.
        Conflict: `plan_is_draft`, `changed_meanwhile`, `line_taken_out`, `case_file_opened`,
            `line_is_carried`, `frozen`, or the first problem of the line.
    """
    _require_reason(reason)
    require_approved(session, entry.plan)
    require_as_seen(session, entry, seen)
    require_standing(session, entry)
    if tidied(values).notation != entry.notation:
        raise Invalid("notation_is_fixed", notation=entry.notation)
    case_file = _held(session, entry)
    told = write_line(session, entry, checked(session, entry.plan, values, of=entry))
    if not told["after"]:
        return
    if case_file is not None:
        for name, value in taken_over(entry, people_of(session, [entry])).items():
            setattr(case_file, name, value)
        case_file.revision += 1
        session.flush()
    _require_no_problem(session, entry.plan, entry)
    _told(session, "change_line", entry, (case_file,) if case_file else (), reason, **told)


def take_out(session: Session, entry: FilePlanEntry, by: Person, *, reason: str) -> None:
    """Take a line out of an approved plan; its case file, never opened, is dropped.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `plan_is_draft`, `line_taken_out`, `heading_not_empty`, `case_file_opened`,
            `line_is_carried`, `frozen`.
        NotAllowed: `not_allowed`.
    """
    _require_reason(reason)
    require_approved(session, entry.plan)
    require_standing(session, entry)
    if not entry.notation and _has_lines(session, entry):
        raise Conflict("heading_not_empty", title=entry.title)
    case_file = _held(session, entry)
    if case_file is not None:
        moves.move(session, case_file, "drop", by, reason=reason)
    entry.taken_out_on = clock.today(session.get_one(Organ, entry.plan.organ_id))
    _told(session, "take_out_line", entry, (), reason)


def open_planned(session: Session, case_file: CaseFile, by: Person) -> None:
    """Open a case file of the plan (A2). Where the plan names no account, who opens it holds it.

    Raises:
        NotAllowed: `not_allowed`, `not_the_holder`.
        Conflict: `wrong_stage`, `frozen`.
    """
    moves.move(
        session,
        case_file,
        "open",
        by,
        opened_at=clock.now(),
        start_date=case_file.start_date or clock.today(case_file.organ),
        holder_id=case_file.holder_id or by.id,
        unit_id=case_file.unit_id or by.unit_id,
    )


def planned_one(session: Session, entry: FilePlanEntry) -> CaseFile | None:
    """The line's case file, as long as it is planned only; a heading has none.

    Raises:
        Conflict: `case_file_opened`, `frozen`.
    """
    case_file = session.scalar(select(CaseFile).where(CaseFile.plan_entry_id == entry.id))
    if case_file is None:
        return None
    if case_file.stage != "planned":
        raise Conflict("case_file_opened", case_file=case_file.code)
    freezes.require_thawed(session, case_file)
    return case_file


def _held(session: Session, entry: FilePlanEntry) -> CaseFile | None:
    """The same, held until the transaction ends: nobody opens it meanwhile."""
    held = select(CaseFile.id).where(CaseFile.plan_entry_id == entry.id)
    session.execute(held.with_for_update(key_share=True))
    return planned_one(session, entry)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason_missing")


def require_standing(session: Session, entry: FilePlanEntry) -> None:
    """Go on only with a line of this year's own that was not taken out.

    Raises:
        Conflict: `line_taken_out`, `line_is_carried`.
    """
    if entry.taken_out_on is not None:
        raise Conflict("line_taken_out", title=entry.title)
    if entry.id in carried_lines(session, entry.plan):
        raise Conflict("line_is_carried", notation=entry.notation)


def _has_lines(session: Session, heading: FilePlanEntry) -> bool:
    return any(one.entry.parent_id == heading.id for one in lines_of(session, heading.plan))


def _require_no_problem(session: Session, plan: FilePlan, entry: FilePlanEntry) -> None:
    """A line of an approved plan has everything that was asked for at its approval."""
    own = select(CaseFile.code).where(CaseFile.plan_entry_id == entry.id)
    code = session.scalar(own)
    for one in problems(session, plan):
        if one.entry.id == entry.id and one.details.get("case_file", "") != code:
            raise Conflict(one.code, **one.details)


def _told(
    session: Session,
    what: str,
    entry: FilePlanEntry,
    also: tuple[CaseFile, ...],
    reason: str,
    **words: Any,
) -> None:
    touch(session, entry.plan)
    audit.record(
        session,
        f"file_plan.{what}",
        entry.plan,
        also=also,
        facts={"year": entry.plan.year, "notation": entry.notation},
        title=entry.title,
        why=reason.strip(),
        **words,
    )
