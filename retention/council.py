"""The council of a disposal (Hội đồng xét hủy, B5): who sits in it, and for whom they speak.

What it says in its meeting stands in `meeting.py`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock, people
from archive.errors import Conflict, Invalid, NotAllowed, NotFound
from archive.models import Person
from archive.organ_rules import rules_of
from archive.roles import Action
from formats.vietnamese import nfc
from retention import disposals
from retention.models import Appraisal, CouncilSeat, Disposal, DisposalItem

ROLES = ("chair", "secretary", "member")
SIDES = ("leadership", "archive", "unit", "other")
NEEDED = ("leadership", "archive", "unit")


@dataclass(frozen=True)
class Member:
    """Somebody who is to sit in it."""

    person: Person
    role: str
    speaks_for: str
    interest: str = ""


# Setting it up ------------------------------------------------------------------------------------


def set_up(
    session: Session,
    disposal: Disposal,
    by: Person,
    members: Iterable[Member],
    *,
    number: str,
    on: date | None,
) -> None:
    """Set up the council, by a decision of the head with number and date.

    Raises:
        NotAllowed, Conflict: see `retention.disposals`.
        Invalid: `decision_number_missing`, `decision_date_wrong`, `council_too_small`,
            `council_needs_one`, `council_lacks_side`, `unit_not_seated`, `twice_in_council`,
            `member_not_here`, `bad_value`.
    """
    disposals.require(session, disposal, "set_up", by)
    seats = list(members)
    number = nfc(number).strip()
    if not number:
        raise Invalid("decision_number_missing")
    made_on = clock.day_of(disposal.made_at, disposal.organ)
    today = clock.today(disposal.organ)
    if on is None or not made_on <= on <= today:
        raise Invalid("decision_date_wrong", first=made_on, last=today)
    _require_complete(session, disposal, seats)
    for one in seats:
        session.add(_seat(disposal, one))
    session.flush()
    session.expire(disposal, ["seats"])
    disposals.move(
        session, disposal, "set_up", by, council_number=number, council_date=on,
        facts={"number": number, "on": on.isoformat(),
               "seats": [[one.person.id, one.role, one.speaks_for] for one in seats]},
    )  # fmt: skip


def _seat(disposal: Disposal, one: Member) -> CouncilSeat:
    return CouncilSeat(
        disposal_id=disposal.id,
        person_id=one.person.id,
        role=one.role,
        speaks_for=one.speaks_for,
        interest=nfc(one.interest).strip(),
    )


def _require_complete(session: Session, disposal: Disposal, seats: Sequence[Member]) -> None:
    """Enough members, one chair, one secretary, and all three sides that must be heard."""
    least = rules_of(disposal.organ).council_size
    if len(seats) < least:
        raise Invalid("council_too_small", least=least)
    if len({one.person.id for one in seats}) < len(seats):
        raise Invalid("twice_in_council")
    for one in seats:
        _require_fit(disposal, one)
    roles = Counter(one.role for one in seats)
    for role in ("chair", "secretary"):
        if roles[role] != 1:
            raise Invalid("council_needs_one", role=role)
    missing = [one for one in NEEDED if one not in {seat.speaks_for for seat in seats}]
    if missing:
        raise Invalid("council_lacks_side", sides=missing)
    owners = set(owning_units(session, disposal))
    speaking = {one.person.unit_id for one in seats if one.speaks_for == "unit"}
    if owners and not owners & speaking:
        raise Invalid("unit_not_seated")


def _require_fit(disposal: Disposal, one: Member) -> None:
    if one.role not in ROLES:
        raise Invalid("bad_value", field="role", value=one.role)
    if one.speaks_for not in SIDES:
        raise Invalid("bad_value", field="speaks_for", value=one.speaks_for)
    if one.person.organ_id != disposal.organ_id or not people.is_active(one.person):
        raise Invalid("member_not_here", name=one.person.full_name)


def owning_units(session: Session, disposal: Disposal) -> list[int]:
    """The units whose records the list names."""
    found = (
        select(Appraisal.unit_id)
        .join(DisposalItem, DisposalItem.appraisal_id == Appraisal.id)
        .where(DisposalItem.disposal_id == disposal.id, Appraisal.unit_id.is_not(None))
        .distinct()
    )
    return [one for one in session.scalars(found) if one is not None]


def replace(
    session: Session, disposal: Disposal, by: Person, seat: CouncilSeat, other: Person, reason: str
) -> CouncilSeat:
    """Seat somebody else, with a reason; what the first one said stays and counts no more.

    Raises:
        NotAllowed: `not_allowed`.
        Conflict: `disposal_stage`, `has_left`, `changed_meanwhile`.
        Invalid: `reason_missing`, `member_not_here`, `twice_in_council`, `unit_not_seated`.
    """
    require_sitting(session, disposal, "replace")
    disposals.require_action(session, disposal, by, Action.DECIDE_DISPOSAL)
    if not reason.strip():
        raise Invalid("reason_missing")
    if seat.left_why:
        raise Conflict("has_left", name=seat.person.full_name)
    new = Member(other, seat.role, seat.speaks_for)
    _require_fit(disposal, new)
    if any(one.person_id == other.id for one in disposal.seats):
        raise Invalid("twice_in_council")
    staying = [one for one in sitting(disposal) if one.id != seat.id]
    people_left = [Member(one.person, one.role, one.speaks_for) for one in staying]
    _require_complete(session, disposal, [*people_left, new])
    seat.left_why = reason.strip()
    taken = _seat(disposal, new)
    session.add(taken)
    tell(session, disposal, "replace", {"from": seat.person_id, "to": other.id}, reason)
    return taken


def declare(session: Session, disposal: Disposal, by: Person, interest: str) -> None:
    """Say that one has an interest in the records: it stands in the minutes, and bars nothing.

    Raises:
        Conflict: `disposal_stage`.
        NotAllowed: `not_in_council`.
    """
    require_sitting(session, disposal, "declare")
    seat = own_seat(disposal, by)
    seat.interest = nfc(interest).strip()
    tell(session, disposal, "declare", {"seat": seat.id}, seat.interest)


def excuse(session: Session, disposal: Disposal, by: Person, seat: CouncilSeat, why: str) -> None:
    """Note that a member is absent, and why; empty: is present again. Chair or secretary do it.

    Raises:
        Conflict: `disposal_stage`, `has_left`.
        NotAllowed: `not_in_the_chair`.
    """
    require_sitting(session, disposal, "excuse")
    if (wrong := disposals.sits_at_the_head(session, disposal, by)) is not None:
        raise disposals.error_of(disposal, wrong)
    if seat.left_why:
        raise Conflict("has_left", name=seat.person.full_name)
    seat.absent_why = nfc(why).strip()
    tell(session, disposal, "excuse", {"seat": seat.id}, seat.absent_why)


def require_sitting(session: Session, disposal: Disposal, deed: str) -> None:
    """Hold the disposal, and go on only while its council is at work.

    Raises:
        Conflict: `disposal_stage`.
    """
    audit.hold(session, disposal)
    if disposal.stage != "council":
        raise Conflict("disposal_stage", stage=disposal.stage, move=deed)


def tell(
    session: Session, disposal: Disposal, deed: str, facts: dict[str, Any], why: str = ""
) -> None:
    """Write down a change of its seats."""
    disposal.revision += 1
    session.flush()
    session.expire(disposal, ["seats"])
    audit.record(session, f"disposal.{deed}", disposal, facts=facts, why=why.strip())


# Who sits there -----------------------------------------------------------------------------------


def sitting(disposal: Disposal) -> list[CouncilSeat]:
    """Who sits in it now, present or absent."""
    return [one for one in disposal.seats if not one.left_why]


def present(disposal: Disposal) -> list[CouncilSeat]:
    """Those of them who are there."""
    return [one for one in sitting(disposal) if not one.absent_why]


def own_seat(disposal: Disposal, by: Person) -> CouncilSeat:
    """The person's own seat.

    Raises:
        NotAllowed: `not_in_council`; a seat is lent to nobody.
    """
    seat = disposals.seat_of(disposal, by)
    if seat is None:
        raise NotAllowed("not_in_council", disposal=disposal.code)
    return seat


def seat_by_id(disposal: Disposal, number: int) -> CouncilSeat:
    """The seat of this row.

    Raises:
        NotFound: `no_such_thing`.
    """
    for one in disposal.seats:
        if one.id == number:
            return one
    raise NotFound("no_such_thing")
