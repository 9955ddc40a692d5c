"""What the authority outside says (B8), the head's decision (B9), and the days that run from it.

The decision fixes the list by its root: at execution there may be less, never more or other (R16).
It is dated between the last step before it and today; from its day fifteen days run (TT 06/2025),
of which everybody concerned is reminded on the tenth and on the fifteenth. Nothing moves by itself.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import access, clock
from archive.errors import Conflict, Invalid
from archive.hands import natural
from archive.models import Event, Organ, Person
from archive.notices import Told
from archive.organ_rules import rules_of
from archive.roles import Action
from formats.vietnamese import nfc
from retention import disposals, kept_copies, leaving_out, lines, listing
from retention.models import Disposal, DisposalItem, DisposalPaper

DAYS_TO_DESTROY = timedelta(days=15)
ALARM_DAYS = (10, 15)
DISPOSAL_LATE = "disposal_late"
STEPS = ("make", "set_up", "meet", "appraise")
"""What comes before the decision."""


# Appraisal outside --------------------------------------------------------------------------------


def appraise(
    session: Session,
    disposal: Disposal,
    by: Person,
    *,
    is_due: bool,
    reason: str = "",
    number: str = "",
    on: date | None = None,
    refused: Mapping[int, str] | None = None,
) -> None:
    """Write down what the competent authority says, or why it need not be asked.

    Args:
        session: the transaction's session.
        disposal: of which it is said.
        by: who writes it down.
        is_due: it was asked, and its document lies in the dossier.
        reason: why it was not asked.
        number: of its document.
        on: the day of its document.
        refused: lines that it does not let go, by their place in the list, with its words.

    Raises:
        NotAllowed, Conflict: see `retention.disposals`.
        Invalid: `appraisal_is_due`, `reason_missing`, `appraisal_paper_missing`,
            `decision_number_missing`, `decision_date_wrong`, `nothing_chosen`.
    """
    disposals.require(session, disposal, "appraise", by)
    number, reason = nfc(number).strip(), nfc(reason).strip()
    if not is_due:
        if rules_of(disposal.organ).is_source:
            raise Invalid("appraisal_is_due")
        if not reason:
            raise Invalid("reason_missing")
        number, on = "", None
    else:
        _require_paper(session, disposal, number, on)
    kept = _refused(session, disposal, refused or {} if is_due else {})
    listing.give_back(session, disposal, kept, by)
    disposals.move(
        session,
        disposal,
        "appraise",
        by,
        reason=reason,
        also=tuple(kept),
        facts={"is_due": is_due, "number": number, "kept": [one.code for one in kept]},
        is_appraisal_due=is_due,
        appraisal_reason="" if is_due else reason,
        appraisal_number=number,
        appraisal_date=on,
    )


def _require_paper(session: Session, disposal: Disposal, number: str, on: date | None) -> None:
    brought = select(DisposalPaper.id).where(
        DisposalPaper.disposal_id == disposal.id, DisposalPaper.kind == "appraisal"
    )
    if session.scalar(brought.limit(1)) is None:
        raise Invalid("appraisal_paper_missing")
    if not number:
        raise Invalid("decision_number_missing")
    first = disposal.met_on or clock.day_of(disposal.made_at, disposal.organ)
    today = clock.today(disposal.organ)
    if on is None or not first <= on <= today:
        raise Invalid("decision_date_wrong", first=first, last=today)


def _refused(
    session: Session, disposal: Disposal, refused: Mapping[int, str]
) -> list[DisposalItem]:
    """The lines that the authority does not let go: kept, with its words."""
    if any(not why.strip() for why in refused.values()):
        raise Invalid("reason_missing")
    found = [one for one in lines.left(session, disposal) if one.ordinal in refused]
    if len(found) != len(refused):
        raise Invalid("nothing_chosen")
    for one in found:
        one.outcome, one.outcome_why = "keep", nfc(refused[one.ordinal]).strip()
    return found


# The decision -------------------------------------------------------------------------------------


def last_step_day(session: Session, disposal: Disposal) -> date:
    """The day of the last step before the decision: none is dated before it."""
    at = session.scalar(
        select(func.max(Event.at)).where(
            Event.subject_type == "disposal",
            Event.subject_id == disposal.id,
            Event.action.in_([f"disposal.{one}" for one in STEPS]),
        )
    )
    made = clock.day_of(disposal.made_at, disposal.organ)
    told = clock.day_of(at, disposal.organ) if at is not None else made
    stated = (disposal.council_date, disposal.met_on, disposal.appraisal_date)
    return max(made, told, *(one for one in stated if one is not None))


def decide(
    session: Session,
    disposal: Disposal,
    by: Person,
    *,
    number: str,
    on: date | None,
    root: str,
) -> None:
    """Decide that what is left in the list is destroyed; its root is fixed by that.

    Args:
        session: the transaction's session.
        disposal: what is decided.
        by: the head, in person, with no hand in the list.
        number: of the decision.
        on: its day.
        root: of the lines that the head saw.

    Raises:
        NotAllowed, Conflict: see `retention.disposals` and `lines.sifted`; `root_differs`.
        Invalid: `decision_number_missing`, `decision_backdated`, `day_in_future`.
    """
    disposals.require(session, disposal, "decide", by)
    number = nfc(number).strip()
    if not number:
        raise Invalid("decision_number_missing")
    on = _day_of_decision(session, disposal, on)
    left = lines.left(session, disposal)
    going, why = lines.sifted(session, disposal, left)
    fixed = lines.root_of(going)
    if root != fixed:
        raise Conflict("root_differs", disposal=disposal.code, count=len(going), root=fixed[:12])
    leaving_out.leave_out(session, disposal, left, why, by)
    for one in going:
        one.is_decided = True
    kept_copies.fix_ends(session, going, clock.today(disposal.organ))
    disposals.move(
        session,
        disposal,
        "decide",
        by,
        also=tuple(going),
        facts={"number": number, "on": on.isoformat(), "root": fixed, "count": len(going)},
        decision_number=number,
        decision_date=on,
        decided_by_id=natural(by),
        decided_at=clock.now(),
        destroy_by=on + DAYS_TO_DESTROY,
        root=fixed,
    )


def _day_of_decision(session: Session, disposal: Disposal, on: date | None) -> date:
    first, today = last_step_day(session, disposal), clock.today(disposal.organ)
    if on is None:
        raise Invalid("decision_date_wrong", first=first, last=today)
    if on > today:
        raise Invalid("day_in_future", day=on)
    if on < first:
        raise Invalid("decision_backdated", day=on, first=first)
    return on


# The days that run --------------------------------------------------------------------------------


def of_organ(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """Who is to be told that the fifteen days run out: executor, archivists and head, once each."""
    today = clock.today(organ)
    running = session.scalars(
        select(Disposal).where(
            Disposal.organ_id == organ.id,
            Disposal.stage.in_(disposals.LIVE),
            Disposal.decision_date <= today - timedelta(days=ALARM_DAYS[0]),
        )
    ).all()
    if not running:
        return []
    here = [
        one.id
        for one in staff
        if access.may(session, one, Action.EXECUTE_DISPOSAL, organ)
        or access.may(session, one, Action.DECIDE_DISPOSAL, organ)
    ]
    told = []
    for one in running:
        assert one.decision_date is not None
        whom = sorted({*here, *([one.executor_id] if one.executor_id else [])})
        for day in ALARM_DAYS:
            if today >= one.decision_date + timedelta(days=day):
                occasion = f"{one.decision_date.isoformat()}+{day}"
                told += [Told(who, DISPOSAL_LATE, one, occasion, one.destroy_by) for who in whom]
    return told


def days_left(disposal: Disposal) -> int | None:
    """Days until it must be destroyed, negative if that day is over; None where none runs."""
    if disposal.destroy_by is None or disposal.stage not in disposals.LIVE:
        return None
    return (disposal.destroy_by - clock.today(disposal.organ)).days
