"""Lines that leave a list before they are destroyed: less than was listed, each with why (R16).

A term that becomes longer while its case file stands on a list lets the line go at once, whoever
changed it: re-appraisal begins anew with the notice for the new day (records law, 6.6, 10). The
people of the disposal are told.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from archive import audit, notices, people
from archive.hands import natural
from archive.models import Organ, Person
from archive.moves import Hindrance
from archive.notices import Told
from retention import appraisals, disposals, lines, listing
from retention.expiries import TERM_CHANGED, Batch, Place
from retention.models import Appraisal, Clock, Disposal, DisposalHand, DisposalItem

LINES_LEFT = "disposal_lines_left"


def leave_out(
    session: Session,
    disposal: Disposal,
    items: Sequence[DisposalItem],
    why: dict[int, Hindrance],
    by: Person | None,
) -> list[DisposalItem]:
    """Leave these lines out, let their re-appraisals go on, and tell the disposal's people.

    Args:
        session: the transaction's session.
        disposal: held by the caller.
        items: its lines.
        why: what keeps some of them, by their rows.
        by: who found that; None: the machine.
    """
    left = lines.omit(session, disposal, items, why)
    if not left:
        return []
    listing.give_back(session, disposal, left, by)
    told = [
        Told(number, LINES_LEFT, disposal, f"revision {disposal.revision}", disposal.destroy_by)
        for number in people_of(session, disposal)
        if by is None or number != natural(by)
    ]
    notices.tell(session, disposal.organ, told)
    return left


def people_of(session: Session, disposal: Disposal) -> list[int]:
    """Who has a part in it and is at work: all hands, its keeper, its council while it sits."""
    hands = select(DisposalHand.person_id).where(DisposalHand.disposal_id == disposal.id)
    found: set[int | None] = {disposal.made_by_id, disposal.decided_by_id, disposal.executor_id}
    found |= {disposal.keeper_id, *session.scalars(hands)}
    if disposal.stage in disposals.SITTING:
        found |= {one.person_id for one in disposal.seats if not one.left_why}
    at_work = {one.id for one in people.at_work(session, disposal.organ_id)}
    return sorted(one for one in found if one in at_work)


# Terms that became longer -------------------------------------------------------------------------


def let_longer_go(session: Session, organ: Organ, after: Place | None = None) -> Batch:
    """Leave out the lines of the next list of which the term became longer since it was noticed."""
    number = session.scalar(_next(organ, after[1] if after else 0))
    if number is None:
        return Batch(0)
    disposal = session.get_one(Disposal, number)
    audit.hold(session, disposal)
    left: list[DisposalItem] = []
    if disposal.stage in disposals.UNDER_WAY:
        items = lines.left(session, disposal)
        left = leave_out(session, disposal, items, lines.not_over(session, organ, items), None)
        _supersede(session, organ, left)
    return Batch(len(left), (date.max, number))


def _next(organ: Organ, after: int) -> Select[int]:
    longer = or_(Clock.expires_on.is_(None), Clock.expires_on > DisposalItem.expires_on)
    return (
        select(Disposal.id)
        .join(DisposalItem, DisposalItem.disposal_id == Disposal.id)
        .outerjoin(Clock, Clock.case_file_id == DisposalItem.case_file_id)
        .where(
            Disposal.organ_id == organ.id,
            Disposal.id > after,
            Disposal.stage.in_(disposals.UNDER_WAY),
            DisposalItem.outcome == "destroy",
            DisposalItem.cause == "expired",
            longer,
        )
        .order_by(Disposal.id)
        .limit(1)
    )


def _supersede(session: Session, organ: Organ, left: Iterable[DisposalItem]) -> None:
    """Their re-appraisals are over: a later day brings a new notice."""
    for some in lines.pieces(one.appraisal_id for one in left):
        wanted = select(Appraisal).where(Appraisal.id.in_(some))
        rows = list(session.scalars(wanted.order_by(Appraisal.id)))
        appraisals.move_all(session, organ, rows, "supersede", None, TERM_CHANGED)
