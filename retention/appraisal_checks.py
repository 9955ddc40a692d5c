"""What must hold before a thing under re-appraisal is moved: each a question that a lawyer asks.

They look at what is known already (`retention.appraisal_facts`) and ask the database nothing more.
"""

from collections.abc import Callable

from sqlalchemy.orm import Session

from archive import access
from archive.hands import hands
from archive.models import CaseFile, Person
from archive.moves import Hindrance
from archive.roles import Action
from retention.appraisal_facts import Known
from retention.clock import Fate

SIDES = ("unit", "archive")
STILL = ("closed", "accepted")  # stages in which a case file is not on its way

Check = Callable[[Known], Hindrance | None]


def term_is_over(one: Known) -> Hindrance | None:
    """The term, counted anew, ended before today; a duplicate waits for none."""
    if one.is_duplicate:
        return None
    if one.end.fate is not Fate.RUNS or one.end.on is None:
        return Hindrance("term_does_not_end", {"thing": one.thing.code})
    if one.today <= one.end.on:
        return Hindrance("term_still_runs", {"thing": one.thing.code, "day": one.end.on})
    return None


def term_is_as_noticed(one: Known) -> Hindrance | None:
    """It still ends on the day of which the notice spoke (6.6, 10)."""
    if one.is_duplicate or one.end.on == one.appraisal.expires_on:
        return None
    return Hindrance("term_changed", {"thing": one.thing.code})


def term_has_changed(one: Known) -> Hindrance | None:
    """It ends on another day, or nobody can say, or the case file is worked on again."""
    return None if term_is_as_noticed(one) is not None else Hindrance("term_is_the_same")


def term_is_confirmed(one: Known) -> Hindrance | None:
    """The archive has said how long it is kept; a duplicate leaves before any term."""
    if one.is_duplicate or (one.standing is not None and one.standing.is_confirmed):
        return None
    return Hindrance("term_not_confirmed", {"thing": one.thing.code})


def notice_has_run(one: Known) -> Hindrance | None:
    """All days of the notice are over."""
    if one.today > one.appraisal.notice_until:
        return None
    return Hindrance("notice_still_runs", {"day": one.appraisal.notice_until})


def nothing_holds_it(one: Known) -> Hindrance | None:
    """No order freezes it, something in it, or what it stands in."""
    if not one.orders:
        return None
    return Hindrance("frozen", {"thing": one.thing.code, "order": ", ".join(one.orders)})


def stands_still(one: Known) -> Hindrance | None:
    """It is not on its way to the archive, worked on, or gone."""
    thing = one.thing
    if isinstance(thing, CaseFile):
        if thing.stage in STILL:
            return None
        return Hindrance("not_at_rest", {"thing": thing.code, "stage": thing.stage})
    return None if thing.destroyed_at is None else Hindrance("gone_already", {"thing": thing.code})


def both_sides_spoke(one: Known) -> Hindrance | None:
    """The unit has said what it wants, or kept silent for the days that the organ gives it.

    The archive speaks by its proposal.
    """
    if "unit" in one.opinions or one.today >= one.silent_from:
        return None
    return Hindrance("unit_has_not_spoken", {"day": one.silent_from})


def nobody_keeps_it(one: Known) -> Hindrance | None:
    """Neither side wants it kept: of two opinions the longer keeping stands."""
    keeping = [side for side in SIDES if _wants(one, side) not in ("", "destroy")]
    return Hindrance("a_side_keeps_it", {"sides": keeping}) if keeping else None


def not_on_a_list(one: Known) -> Hindrance | None:
    """No disposal has it on its list."""
    return Hindrance("on_a_list", {"disposal": ", ".join(one.lists)}) if one.lists else None


def the_kept_copy_stays(one: Known) -> Hindrance | None:
    """The other copy of a duplicate is equal, kept as long, and on no list (R17)."""
    return one.twin_trouble


def is_a_case_file(one: Known) -> Hindrance | None:
    """Terms belong to case files; a duplicate is kept or not."""
    return Hindrance("a_duplicate_has_no_term") if one.is_duplicate else None


def is_a_duplicate(one: Known) -> Hindrance | None:
    """Only of duplicates both copies can be kept."""
    return None if one.is_duplicate else Hindrance("not_a_duplicate")


def _wants(one: Known, side: str) -> str:
    return one.opinions[side].verdict if side in one.opinions else ""


# Who speaks for whom ------------------------------------------------------------------------------


def on_both_sides(one: Known, by: Person, side: str = "archive") -> list[Hindrance]:
    """Two sides are two people, whoever acts for them and for whomever they act."""
    other = "unit" if side == "archive" else "archive"
    if one.spoke.get(other, frozenset()) & hands(by):
        return [Hindrance("same_person_on_both_sides")]
    return []


def sides_of(session: Session, one: Known, by: Person) -> frozenset[str]:
    """For which sides the person may speak of it."""
    found = set()
    if access.may(session, by, Action.APPRAISE, one.thing):
        found.add("archive")
    for case_file in one.case_files:
        if case_file.holder_id == by.id and access.may(
            session, by, Action.SEE_RETENTION, case_file
        ):
            found.add("unit")
        is_theirs = case_file.unit_id is not None and case_file.unit_id == by.unit_id
        if is_theirs and access.may(session, by, Action.OPINE, case_file):
            found.add("unit")
    return frozenset(found)
