"""Approving a row of the schedule: singly, by the head, from a day on; and letting one end."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.errors import Conflict, Invalid, NotAllowed
from archive.hands import hands
from archive.models import Event, EventRow, Person
from retention.models import RetentionRule
from retention.schedule import ENDED, IN_FORCE, facts_of, hold_draft, hold_schedule

_DRAFTING = tuple(f"retention_rule.{one}" for one in ("draft", "change", "load", "import"))


def approve(
    session: Session,
    rule: RetentionRule,
    by: Person,
    *,
    valid_from: date | None = None,
    seen: int | None = None,
) -> RetentionRule | None:
    """Let a draft hold from a day on; the version that held before ends the day before it.

    Args:
        session: the transaction's session.
        rule: the draft.
        by: who approves; nobody who drafted it.
        valid_from: the first day; today if none is named.
        seen: the revision that was looked at.

    Returns:
        The version that ends by this.

    Raises:
        NotAllowed: `own_draft`.
        Conflict: `rule_is_no_draft`, `changed_meanwhile`, `rule_begins_too_early`.
    """
    hold_schedule(session, rule.organ)
    hold_draft(session, rule, seen)
    if hands(by) & drafters(session, rule):
        raise NotAllowed("own_draft", number=rule.number)
    first = valid_from or clock.today(rule.organ)
    earlier = _end_before(session, rule, first)
    rule.state, rule.valid_from, rule.valid_to = IN_FORCE, first, None
    rule.approved_by_id, rule.approved_at = by.id, clock.now()
    rule.revision += 1
    session.flush()
    facts = {**facts_of(rule), "from": first.isoformat()}
    if earlier is not None:
        facts["ends"] = earlier.version
    also = (earlier,) if earlier is not None else ()
    audit.record(session, "retention_rule.approve", rule, also=also, facts=facts)
    return earlier


def _end_before(session: Session, rule: RetentionRule, first: date) -> RetentionRule | None:
    """End the version in force the day before; an earlier one may not hold later than this."""
    last = session.scalar(
        select(func.max(RetentionRule.valid_to)).where(
            RetentionRule.organ_id == rule.organ_id,
            RetentionRule.number == rule.number,
            RetentionRule.state == ENDED,
        )
    )
    earlier = session.scalar(
        select(RetentionRule).where(
            RetentionRule.organ_id == rule.organ_id,
            RetentionRule.number == rule.number,
            RetentionRule.state == IN_FORCE,
        )
    )
    begun = earlier.valid_from if earlier is not None else last
    if begun is not None and first <= begun:
        raise Conflict("rule_begins_too_early", number=rule.number, day=begun)
    if earlier is None:
        return None
    audit.hold(session, earlier)
    earlier.state, earlier.valid_to = ENDED, first - timedelta(days=1)
    earlier.revision += 1
    session.flush()  # before the next one is in force: there is one of each number
    return earlier


def drafters(session: Session, rule: RetentionRule) -> set[int]:
    """Everyone who had a hand in the draft, by themselves or by delegation."""
    told = select(EventRow.event_id).where(
        EventRow.kind == RetentionRule.STORY, EventRow.row_id == rule.id
    )
    found = session.execute(
        select(Event.person_id, Event.principal_id).where(
            Event.id.in_(told), Event.action.in_(_DRAFTING)
        )
    )
    both = {one for pair in found for one in pair if one is not None}
    return both | ({rule.drafted_by_id} if rule.drafted_by_id is not None else set())


def end(session: Session, rule: RetentionRule, *, on: date | None, reason: str) -> None:
    """Let a row in force hold no longer than a day, without another in its place.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `rule_not_in_force`, `rule_ends_too_early`.
    """
    if not reason.strip():
        raise Invalid("reason_missing")
    audit.hold(session, rule)
    if rule.state != IN_FORCE or rule.valid_from is None:
        raise Conflict("rule_not_in_force", number=rule.number, version=rule.version)
    last = on or clock.today(rule.organ)
    if last < rule.valid_from:
        raise Conflict("rule_ends_too_early", number=rule.number, day=rule.valid_from)
    rule.state, rule.valid_to = ENDED, last
    rule.revision += 1
    session.flush()
    facts = {**facts_of(rule), "to": last.isoformat()}
    audit.record(session, "retention_rule.end", rule, facts=facts, why=reason.strip())
