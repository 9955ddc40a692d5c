"""The rule that a line of the file plan proposes for the case files opened from it."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import audit, clock
from archive.errors import Conflict, Invalid
from archive.models import CaseFile, FilePlan, FilePlanEntry
from retention.models import PlanRule, RetentionRule
from retention.schedule import holds_on, versions


def propose(session: Session, entry: FilePlanEntry, rule: RetentionRule | None) -> PlanRule | None:
    """Let a line propose a rule that holds today, or none; the same again changes nothing.

    Raises:
        Invalid: `rule_of_other_organ`, `heading_has_no_rule`.
        Conflict: `rule_not_in_force`.
    """
    present = session.scalar(select(PlanRule).where(PlanRule.entry_id == entry.id))
    if rule is None:
        if present is not None:
            forget(session, entry)
        return None
    if not entry.notation:
        raise Invalid("heading_has_no_rule", title=entry.title)
    if rule.organ_id != entry.plan.organ_id:
        raise Invalid("rule_of_other_organ")
    if present is not None and present.rule_id == rule.id:
        return present
    if not holds_on(rule, clock.today(rule.organ)):
        raise Conflict("rule_not_in_force", number=rule.number, version=rule.version)
    if present is None:
        present = PlanRule(entry_id=entry.id, rule_id=rule.id)
        session.add(present)
    present.rule_id, present.rule = rule.id, rule
    session.flush()
    _told(session, "propose_rule", entry, present, rule)
    return present


def forget(session: Session, entry: FilePlanEntry) -> None:
    """Let a line propose nothing any more; also before the line itself goes."""
    present = session.scalar(select(PlanRule).where(PlanRule.entry_id == entry.id))
    if present is None:
        return
    rule = present.rule
    session.delete(present)
    session.flush()
    _told(session, "forget_rule", entry, present, rule)


def _told(
    session: Session, what: str, entry: FilePlanEntry, row: PlanRule, rule: RetentionRule
) -> None:
    plan = session.get_one(FilePlan, entry.plan_id)
    audit.record(
        session,
        f"file_plan.{what}",
        plan,
        also=(row,),
        facts={
            "year": plan.year,
            "notation": entry.notation,
            "number": rule.number,
            "version": rule.version,
        },
    )


def proposed(session: Session, entries: Iterable[int]) -> dict[int, RetentionRule]:
    """The rules that these lines propose, by line, as they were chosen."""
    numbers = list(entries)
    if not numbers:
        return {}
    wanted = select(PlanRule).where(PlanRule.entry_id.in_(numbers))
    found = session.scalars(wanted.options(joinedload(PlanRule.rule, innerjoin=True)))
    return {one.entry_id: one.rule for one in found}


def for_case_file(session: Session, case_file: CaseFile) -> RetentionRule | None:
    """The rule that the case file's line proposes; where that one has ended, its next version."""
    if case_file.plan_entry_id is None:
        return None
    rule = proposed(session, [case_file.plan_entry_id]).get(case_file.plan_entry_id)
    if rule is None:
        return None
    today = clock.today(case_file.organ)
    if holds_on(rule, today):
        return rule
    later = versions(session, case_file.organ, rule.number)
    return next((one for one in later if holds_on(one, today)), None)


def copy(session: Session, start: FilePlan, target: FilePlan) -> int:
    """Take the proposals over into a copy of a plan, by number and notation; how many."""
    wanted = (
        select(FilePlanEntry.notation, PlanRule.rule_id)
        .join(PlanRule, PlanRule.entry_id == FilePlanEntry.id)
        .where(FilePlanEntry.plan_id == start.id, FilePlanEntry.taken_out_on.is_(None))
    )
    chosen = {notation: rule for notation, rule in session.execute(wanted)}
    if not chosen:
        return 0
    lines = select(FilePlanEntry).where(
        FilePlanEntry.plan_id == target.id, FilePlanEntry.notation.in_(chosen)
    )
    there = set(session.scalars(select(PlanRule.entry_id).join(PlanRule.entry).where(
        FilePlanEntry.plan_id == target.id
    )))  # fmt: skip
    made = [
        PlanRule(entry_id=one.id, rule_id=chosen[one.notation])
        for one in session.scalars(lines)
        if one.id not in there
    ]
    if made:
        session.add_all(made)
        session.flush()
        facts = {"year": target.year, "from": start.year, "count": len(made)}
        audit.record(session, "file_plan.copy_rules", target, also=tuple(made), facts=facts)
    return len(made)
