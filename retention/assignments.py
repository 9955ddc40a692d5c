"""How long a case file is kept: said by its officer, confirmed by the archive, and by nobody else.

The latest word is binding; each stands beside the earlier ones, with its author, day and reason
(records-law 6.2). `assign` is the only way in which a term changes.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from archive import audit, clock, closing, freezes, stated_terms
from archive.errors import Conflict, Invalid
from archive.hands import Whose, with_whose
from archive.models import CaseFile, Person
from archive.terms import term_of
from formats.vietnamese import nfc
from retention import dossier_terms, ends, locking, plan_rules
from retention.ends import CONFIRMING
from retention.models import Assignment, RetentionRule
from retention.schedule import holds_on

OFFICER, ARCHIVIST, APPRAISAL = "officer", "archivist", "appraisal"
ASSIGNABLE = frozenset({"open", "closed", "submitted", "returned", "accepted"})


@dataclass(frozen=True)
class Binding:
    """The term that holds for a case file now.

    Attributes:
        term: as `archive.terms.term_of` reads it; empty where nobody has said anything.
        rule: the row of the schedule, in the version that was given.
        source: officer, archivist, appraisal; empty where it is only stated on the case file.
        is_confirmed: whether the archive has said so.
        assignment: who said so, when and why.
    """

    term: str
    rule: RetentionRule | None = None
    source: str = ""
    is_confirmed: bool = False
    assignment: Assignment | None = None


def history(session: Session, case_file: CaseFile) -> list[Assignment]:
    """Everything that was said of its term, the latest first."""
    return list(session.scalars(_history(case_file)))


def history_told(session: Session, case_file: CaseFile) -> dict[Assignment, Whose]:
    """The same, each with who said it, and for whom."""
    return with_whose(session, _history(case_file), Assignment)


def _history(case_file: CaseFile) -> Select[Assignment]:
    return (
        select(Assignment)
        .where(Assignment.case_file_id == case_file.id)
        .options(joinedload(Assignment.rule))
        .order_by(Assignment.id.desc())
    )


def binding(session: Session, case_file: CaseFile) -> Binding:
    """The term that holds now: the latest that was said, else what the case file states."""
    latest = session.scalar(
        select(Assignment)
        .where(Assignment.case_file_id == case_file.id)
        .options(joinedload(Assignment.rule))
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    if latest is None:
        return Binding(case_file.maintenance)
    return Binding(latest.term, latest.rule, latest.source, latest.source in CONFIRMING, latest)


def assign(
    session: Session,
    case_file: CaseFile,
    by: Person,
    *,
    term: str,
    rule: RetentionRule | None = None,
    source: str,
    reason: str = "",
    seen: int | None = None,
) -> Assignment:
    """Say how long a case file is kept; what was said before stays beside it.

    Args:
        session: the transaction's session.
        case_file: of which it is said.
        by: who says it.
        term: as regulations state it; empty: the rule's.
        rule: the row of the schedule that it follows.
        source: officer, archivist or appraisal.
        reason: why; needed wherever another term held, or the rule says another one.
        seen: the revision that was looked at.

    Raises:
        Invalid: `bad_value`, `term_unclear`, `rule_of_other_organ`, `reason_missing`.
        Conflict: `changed_meanwhile`, `wrong_stage`, `frozen`, `rule_not_in_force`,
            `term_is_confirmed`: an officer changes what the archive confirmed, or speaks of it
            while it is not closed and with them; `stands_for_destroyed`;
            `only_longer_on_a_list`.
    """
    if source not in (OFFICER, ARCHIVIST, APPRAISAL):
        raise Invalid("bad_value", field="source", value=source)
    audit.hold(session, case_file)
    if seen not in (None, case_file.revision):
        raise Conflict("changed_meanwhile", document=case_file.code)
    if case_file.stage not in ASSIGNABLE:
        raise Conflict("wrong_stage", stage=case_file.stage, move="assign")
    freezes.require_thawed(session, case_file)
    present = binding(session, case_file)
    if rule is not None:
        _require_usable(session, case_file, rule, present)
    term, reason = nfc(term).strip() or (rule.term if rule else ""), reason.strip()
    if term_of(term) is None:
        raise Invalid("term_unclear", term=term)
    dossier_terms.require_term(session, case_file, term)
    confirmed = _of_archive(session, case_file)
    if source == OFFICER and confirmed is not None:
        _require_officers(case_file, by, term, confirmed)
    _require_reason(present, confirmed, term, rule, source, reason)
    if source == APPRAISAL:  # both sides, or the council, spoke of it as it stands there
        return _write(session, case_file, by, present, term, rule, source, reason)
    with locking.only_later(session, case_file, is_same=rule is present.rule):
        return _write(session, case_file, by, present, term, rule, source, reason)


def _require_usable(
    session: Session, case_file: CaseFile, rule: RetentionRule, present: Binding
) -> None:
    """A rule that holds today; or the one that was given before, which may have ended since."""
    if rule.organ_id != case_file.organ_id:
        raise Invalid("rule_of_other_organ")
    given_before = present.rule is not None and present.rule.id == rule.id
    if not given_before and not holds_on(rule, clock.today(case_file.organ)):
        raise Conflict("rule_not_in_force", number=rule.number, version=rule.version)


def _of_archive(session: Session, case_file: CaseFile) -> str | None:
    """The term that the archive said last, whatever an officer has said since."""
    said: str | None = session.scalar(
        select(Assignment.term)
        .where(Assignment.case_file_id == case_file.id, Assignment.source.in_(CONFIRMING))
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    return said


def _require_officers(case_file: CaseFile, by: Person, term: str, confirmed: str) -> None:
    """What the archive confirmed an officer only says again, of what is closed and with them."""
    is_theirs = case_file.stage == "closed" and case_file.holder_id in (None, by.id)
    if not is_theirs or term_of(term) != term_of(confirmed):
        raise Conflict("term_is_confirmed", case_file=case_file.code, term=confirmed)


def _require_reason(
    present: Binding,
    confirmed: str | None,
    term: str,
    rule: RetentionRule | None,
    source: str,
    reason: str,
) -> None:
    """Another term than what held, what the archive said last or the rule's asks for a word.

    What an officer fixes when the case file is closed needs none: nobody has confirmed it yet.
    """
    earlier = {term_of(present.term)} | ({term_of(confirmed)} if confirmed else set())
    is_not_the_rules = rule is not None and term_of(term) != term_of(rule.term)
    is_change = earlier != {term_of(term)} and source != OFFICER
    if (is_change or is_not_the_rules or source == APPRAISAL) and not reason:
        raise Invalid("reason_missing")


def _write(
    session: Session,
    case_file: CaseFile,
    by: Person,
    present: Binding,
    term: str,
    rule: RetentionRule | None,
    source: str,
    reason: str,
) -> Assignment:
    made = Assignment(
        organ_id=case_file.organ_id,
        case_file_id=case_file.id,
        rule_id=rule.id if rule else None,
        term=term,
        source=source,
        reason=reason,
        decided_by_id=by.id,
        decided_at=clock.now(),
    )
    session.add(made)
    case_file.maintenance = term
    if case_file.stage in ("closed", "returned"):
        case_file.due_on = closing.due_on(case_file)
    case_file.revision += 1
    session.flush()
    made.rule = rule
    facts = {"assignment": made.id, "term": term, "before": present.term, "source": source}
    audit.record(
        session, "case_file.assign_term", case_file, facts={**facts, **_of_rule(rule)}, why=reason
    )
    ends.refresh(session, case_file)
    stated_terms.look_again(session, case_file)
    return made


def _of_rule(rule: RetentionRule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    return {
        "number": rule.number,
        "version": rule.version,
        "rule_term": rule.term,
        "mandate": rule.mandate,
    }


def proposed(
    session: Session, case_file: CaseFile, present: Binding | None = None
) -> RetentionRule | None:
    """The rule that the file plan proposes, as long as nobody has said anything else."""
    present = present or binding(session, case_file)
    if present.assignment is not None:
        return None
    return plan_rules.for_case_file(session, case_file)


# Confirming ---------------------------------------------------------------------------------------


def confirm(
    session: Session,
    case_file: CaseFile,
    by: Person,
    source: str,
    rule: RetentionRule | None = None,
    reason: str = "",
) -> Assignment | None:
    """Say that the term that the case file states holds; None where that was said before.

    The officer does so by closing it, the archivist by accepting it (also without a schedule: then
    the term stands by itself). Said again by the same side nothing is written.

    Raises:
        Invalid, Conflict: see `assign`.
    """
    audit.hold(session, case_file)
    present = binding(session, case_file)
    rule = rule if rule is not None else _still_fits(present, case_file.maintenance)
    is_same = present.term == case_file.maintenance and present.rule is rule
    if is_same and (present.is_confirmed or present.source == source):
        ends.refresh(session, case_file)
        return None
    return assign(
        session,
        case_file,
        by,
        term=case_file.maintenance,
        rule=rule,
        source=source,
        reason=reason,
    )


def _still_fits(present: Binding, term: str) -> RetentionRule | None:
    """The rule that was given before, as long as the term is the one that was said with it."""
    return present.rule if present.term == term else None
