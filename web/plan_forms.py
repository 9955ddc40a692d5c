"""The rule that a line of a file plan proposes, as it is chosen at a page or by a command."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from archive.file_plans import LineValues
from archive.models import FilePlan, FilePlanEntry, Organ
from retention import plan_rules, schedule
from retention.models import RetentionRule


def _rule(session: Session, organ_id: int, typed: str) -> RetentionRule:
    """The version of this number that holds today.

    Raises:
        NotFound: `no_such_rule`.
        Conflict: `rule_not_in_force`.
    """
    return schedule.usable(session, session.get_one(Organ, organ_id), typed)


def propose(session: Session, entry: FilePlanEntry, typed: str | None) -> None:
    """Let the line propose the rule of this number; none where the field is empty.

    Where there was no field, what was chosen before stays; so does a rule that has ended since.

    Raises:
        NotFound, Conflict, Invalid: see `plan_rules.propose`.
    """
    if typed is None:
        return
    present = plan_rules.proposed(session, [entry.id]).get(entry.id)
    if present is not None and present.number == schedule.tidy_number(typed):
        return
    rule = _rule(session, entry.plan.organ_id, typed) if typed.strip() else None
    plan_rules.propose(session, entry, rule)


def with_term(
    session: Session, plan: FilePlan, values: LineValues, typed: str | None
) -> LineValues:
    """The line's values, with the rule's term where nobody typed one."""
    if not typed or not typed.strip() or values.maintenance.strip():
        return values
    return replace(values, maintenance=_rule(session, plan.organ_id, typed).term)


def term_of_line(session: Session, plan: FilePlan, given: Mapping[str, Any], present: str) -> str:
    """The same for a command: the rule's term, unless another one is given with it."""
    typed = given.get("rule")
    if not typed or given.get("maintenance") is not None:
        return present
    return _rule(session, plan.organ_id, typed).term


def shown(session: Session, entry: FilePlanEntry | None, given: Mapping[str, Any]) -> str:
    """The number that the form shows: what was typed, else what the line proposes."""
    if "rule" in given:
        return str(given["rule"])
    if entry is None:
        return ""
    rule = plan_rules.proposed(session, [entry.id]).get(entry.id)
    return rule.number if rule is not None else ""
