"""An organ's retention schedule (bảng thời hạn bảo quản), row by row, version by version.

A row begins as a draft and holds from a day on once the head has approved it, singly, and not the
one who drafted it (`approving.py`). Then it never changes: its next version takes its place, and
what was given the earlier one keeps it until somebody decides otherwise (records-law 4.4).
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.errors import Conflict, Invalid, NotFound
from archive.models import Organ, Person
from archive.terms import term_of
from formats.vietnamese import nfc
from retention.models import RetentionRule

DRAFT, IN_FORCE, ENDED = "draft", "in_force", "ended"
MOST = 3_000  # rows of one schedule
LONGEST_NUMBER = 40
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class RuleValues:
    """What a row of the schedule says."""

    number: str
    group_name: str
    title: str
    term: str
    mandate: str = ""
    note: str = ""


NAMES = tuple(one.name for one in fields(RuleValues))


def values_of(rule: RetentionRule) -> RuleValues:
    """What the row says now."""
    return RuleValues(**{name: getattr(rule, name) for name in NAMES})


# Reading ------------------------------------------------------------------------------------------


def rules_of(session: Session, organ: Organ, *only: ColumnElement[bool]) -> list[RetentionRule]:
    """The organ's rows, in the order of their numbers: 1.9 before 1.10, later versions first."""
    wanted = select(RetentionRule).where(RetentionRule.organ_id == organ.id, *only)
    return sorted(session.scalars(wanted), key=lambda one: (number_key(one.number), -one.version))


def number_key(number: str) -> list[tuple[int, str]]:
    """By which numbers are put in order."""
    return [(int(one), "") if one.isdecimal() else (0, one) for one in _DIGITS.split(number)]


def holding(session: Session, organ: Organ, on: date | None = None) -> list[RetentionRule]:
    """The rows that hold on a day, today if none is named."""
    return rules_of(session, organ, _holds(on or clock.today(organ)))


def _holds(day: date) -> ColumnElement[bool]:
    return and_(
        RetentionRule.state != DRAFT,
        RetentionRule.valid_from <= day,
        or_(RetentionRule.valid_to.is_(None), RetentionRule.valid_to >= day),
    )


def holds_on(rule: RetentionRule, day: date) -> bool:
    """Whether the row holds on this day."""
    if rule.state == DRAFT or rule.valid_from is None or rule.valid_from > day:
        return False
    return rule.valid_to is None or rule.valid_to >= day


def by_id(session: Session, organ: Organ, number: int) -> RetentionRule:
    """The organ's row.

    Raises:
        NotFound: `no_such_rule`.
    """
    found = session.get(RetentionRule, number)
    if found is None or found.organ_id != organ.id:
        raise NotFound("no_such_rule", number=number)
    return found


def versions(session: Session, organ: Organ, number: str) -> list[RetentionRule]:
    """All versions of a number, the latest first."""
    return rules_of(session, organ, RetentionRule.number == tidy_number(number))


def by_number(session: Session, organ: Organ, number: str, state: str = "") -> RetentionRule:
    """The version in this state; without one the draft, else the one in force, else the last.

    Raises:
        NotFound: `no_such_rule`.
    """
    order = (DRAFT, IN_FORCE, ENDED)
    found = [one for one in versions(session, organ, number) if state in ("", one.state)]
    if not found:
        raise NotFound("no_such_rule", number=number)
    return min(found, key=lambda one: (order.index(one.state), -one.version))


def usable(session: Session, organ: Organ, number: str) -> RetentionRule:
    """The version of this number that holds today.

    Raises:
        NotFound: `no_such_rule`.
        Conflict: `rule_not_in_force`.
    """
    found = versions(session, organ, number)
    if not found:
        raise NotFound("no_such_rule", number=number)
    today = clock.today(organ)
    for one in found:
        if holds_on(one, today):
            return one
    raise Conflict("rule_not_in_force", number=found[0].number, version=found[0].version)


# Drafting -----------------------------------------------------------------------------------------


def tidy_number(text: str) -> str:
    """One spelling of a number: no spaces, no dot at its end."""
    return "".join(nfc(text).split()).strip(".")


def checked(values: RuleValues) -> RuleValues:
    """The values as they may be stored.

    Raises:
        Invalid: the first of `faults`.
    """
    tidy = tidied(values)
    for name, code, details in faults(tidy):
        raise Invalid(code, field=name, **details)
    return tidy


def tidied(values: RuleValues) -> RuleValues:
    """In one spelling."""
    plain = {name: " ".join(nfc(text).split()) for name, text in asdict(values).items()}
    return RuleValues(**{**plain, "number": tidy_number(values.number)})


def faults(values: RuleValues) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """What keeps it from being a row: field, code, details."""
    if not values.number or len(values.number) > LONGEST_NUMBER:
        yield "number", "rule_number_missing", {}
    if not values.group_name:
        yield "group_name", "rule_group_missing", {}
    if not values.title:
        yield "title", "title_missing", {}
    if term_of(values.term) is None:
        yield "term", "term_unclear", {"term": values.term}


def draft(session: Session, organ: Organ, values: RuleValues, by: Person) -> RetentionRule:
    """A new row, or the next version of one that was approved: a draft until it is approved.

    Raises:
        Invalid: see `checked`.
        Conflict: `rule_draft_exists`, `schedule_too_long`.
    """
    values = checked(values)
    hold_schedule(session, organ)
    made = make(session, organ, [values], by)[0]
    audit.record(session, "retention_rule.draft", made, facts=facts_of(made), title=made.title)
    return made


def make(
    session: Session, organ: Organ, several: Iterable[RuleValues], by: Person
) -> list[RetentionRule]:
    """Rows as drafts; the caller holds the schedule and tells of them."""
    last: dict[str, int] = {}
    drafts: set[str] = set()
    numbers = select(RetentionRule.number, RetentionRule.version, RetentionRule.state)
    for number, version, state in session.execute(
        numbers.where(RetentionRule.organ_id == organ.id)
    ):
        last[number] = max(last.get(number, 0), version)
        if state == DRAFT:
            drafts.add(number)
    made = []
    for one in several:
        if one.number in drafts:
            raise Conflict("rule_draft_exists", number=one.number)
        drafts.add(one.number)
        version = last.get(one.number, 0) + 1
        made.append(
            RetentionRule(organ_id=organ.id, version=version, drafted_by_id=by.id, **asdict(one))
        )
    if len(last) + len(made) > MOST:
        raise Conflict("schedule_too_long", most=MOST)
    session.add_all(made)
    session.flush()
    return made


def hold_schedule(session: Session, organ: Organ) -> None:
    """Of two people who write to one schedule, one goes first."""
    session.execute(select(Organ.id).where(Organ.id == organ.id).with_for_update(key_share=True))


def change(
    session: Session, rule: RetentionRule, values: RuleValues, by: Person, seen: int | None = None
) -> None:
    """Write a draft anew; its number stays.

    Raises:
        Invalid: see `checked`; `rule_number_is_fixed`.
        Conflict: `changed_meanwhile`, `rule_is_no_draft`.
    """
    values = checked(values)
    hold_draft(session, rule, seen)
    if values.number != rule.number:
        raise Invalid("rule_number_is_fixed", number=rule.number)
    before = rewrite(rule, values, by)
    if not before:
        return
    session.flush()
    after = {name: getattr(rule, name) for name in before}
    audit.record(
        session, "retention_rule.change", rule, facts=facts_of(rule), before=before, after=after
    )


def rewrite(rule: RetentionRule, values: RuleValues, by: Person) -> dict[str, str]:
    """Set what is different; what it said before. The caller holds it, and tells of it."""
    before = {}
    for name, value in asdict(values).items():
        if getattr(rule, name) != value:
            before[name] = getattr(rule, name)
            setattr(rule, name, value)
    if before:
        rule.drafted_by_id = by.id
        rule.revision += 1
    return before


def drop(session: Session, rule: RetentionRule) -> None:
    """Let a draft go. What was approved once is never deleted: things may follow it.

    Raises:
        Conflict: `rule_is_in_use`.
    """
    audit.hold(session, rule)
    if rule.state != DRAFT:
        raise Conflict("rule_is_in_use", number=rule.number, version=rule.version)
    facts, title = facts_of(rule), rule.title
    session.delete(rule)
    session.flush()
    audit.record(
        session, "retention_rule.drop", rule, organ_id=rule.organ_id, facts=facts, title=title
    )


def hold_draft(session: Session, rule: RetentionRule, seen: int | None) -> None:
    """Hold the row, and go on only while it is a draft, as it was seen.

    Raises:
        Conflict: `rule_is_no_draft`, `changed_meanwhile`.
    """
    audit.hold(session, rule)
    if rule.state != DRAFT:
        raise Conflict("rule_is_no_draft", number=rule.number, version=rule.version)
    if seen not in (None, rule.revision):
        raise Conflict("changed_meanwhile", document=rule.number)


def facts_of(rule: RetentionRule) -> dict[str, Any]:
    """Plain values: from these the story says what the schedule was on any day."""
    return {
        "number": rule.number,
        "version": rule.version,
        "term": rule.term,
        "mandate": rule.mandate,
    }
