"""Where a case file's term is fixed, confirmed or corrected at a page or by a command.

The archive's own verbs know nothing of the schedule; here both are done in one transaction.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from archive import access, closing
from archive.access import Action
from archive.errors import Conflict
from archive.models import CaseFile, Person
from archive.terms import term_of
from retention import assignments, ends, schedule
from retention.assignments import ARCHIVIST, OFFICER
from retention.ends import CLOCKED
from retention.models import RetentionRule
from web.numbers import number_in

_TERM = ("maintenance", "Maintenance")  # the column, and its code in the law's table


def rules_to_choose(session: Session, case_file: CaseFile) -> list[RetentionRule]:
    """Those that hold today, and the one that was given, though it may have ended."""
    holding = schedule.holding(session, case_file.organ)
    given = assignments.binding(session, case_file).rule
    return holding if given is None or given in holding else [given, *holding]


def rule_offered(session: Session, case_file: CaseFile) -> RetentionRule | None:
    """The one that was given, or else the one that the file plan proposes."""
    present = assignments.binding(session, case_file)
    return present.rule or assignments.proposed(session, case_file, present)


def rule_chosen(session: Session, case_file: CaseFile, typed: str) -> RetentionRule | None:
    """The rule that a form names by its row.

    Raises:
        NotFound: `no_such_rule`.
    """
    number = number_in(typed)
    return schedule.by_id(session, case_file.organ, number) if number is not None else None


def rule_at_closing(
    session: Session, case_file: CaseFile, number: str | None, values: Mapping[str, str]
) -> RetentionRule | None:
    """The rule of this number; of none, the one offered, as long as it says the same term.

    Raises:
        NotFound: `no_such_rule`.
        Conflict: `rule_not_in_force`.
    """
    if number:
        return schedule.usable(session, case_file.organ, number)
    offered = rule_offered(session, case_file)
    typed = _typed(values)
    term = case_file.maintenance if typed is None else typed
    is_same = offered is not None and term_of(term) == term_of(offered.term)
    return offered if is_same else None


def _typed(values: Mapping[str, str]) -> str | None:
    """The term among typed values, if there is one."""
    return next((values[name] for name in _TERM if name in values), None)


def with_term_of(
    case_file: CaseFile, values: dict[str, str], rule: RetentionRule | None
) -> dict[str, str]:
    """What is fixed at closing: the rule's term where nobody typed another one.

    Raises:
        Conflict: `term_not_of_rule`: somebody did.
    """
    if rule is None:
        return values
    typed = _typed(values)
    if typed is not None and term_of(typed) != term_of(rule.term):
        raise Conflict("term_not_of_rule", rule=rule.term, term=typed)
    if typed is None and case_file.maintenance != rule.term:
        return {**values, "maintenance": rule.term}
    return values


def confirm_at_closing(
    session: Session, case_file: CaseFile, by: Person, rule: RetentionRule | None
) -> None:
    """Who closes it says how long it is kept."""
    assignments.confirm(session, case_file, by, OFFICER, rule)


def confirm_at_acceptance(session: Session, case_file: CaseFile, by: Person) -> None:
    """Who takes it in confirms how long it is kept."""
    assignments.confirm(session, case_file, by, ARCHIVIST)


def correct(
    session: Session,
    case_file: CaseFile,
    by: Person,
    values: dict[str, str],
    why: str,
    *,
    seen: int | None = None,
) -> None:
    """Correct data of a case file; once it is closed, its term is a decision of its own.

    Raises:
        Invalid, Conflict: see `closing.correct` and `assignments.assign`.
    """
    rest, term = dict(values), None
    if case_file.stage in CLOCKED:
        for name in _TERM:
            term = rest.pop(name, term)
    if rest or term is None:
        closing.correct(session, case_file, rest, why, seen=seen)
        seen = None
    if term is not None:
        is_archives = access.may(session, by, Action.ASSIGN_TERM, case_file)
        source = ARCHIVIST if is_archives else OFFICER
        assignments.assign(session, case_file, by, term=term, source=source, reason=why, seen=seen)
    else:
        ends.refresh(session, case_file)
