"""Acting for another person (R9, HC-87): from a day to a day, at one organ, for a reason.

While somebody acts for a principal the rights are the principal's at that organ, and both stand in
every line of the story. What belongs to the account itself (password, tokens, sign-ins, further
delegations) stays with the natural person.
"""

from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from archive import access, audit, clock, people
from archive.errors import Conflict, Invalid, NotAllowed
from archive.life_models import Delegation
from archive.models import Appointment, Organ, Person


def make(
    session: Session,
    organ: Organ,
    principal: Person,
    delegate: Person,
    *,
    from_on: date,
    until_on: date,
    reason: str,
    by: Person,
) -> Delegation:
    """Let the delegate act for the principal on these days.

    Raises:
        Invalid: `reason_missing`, `ends_before_it_begins`, `two_people_needed`,
            `person_works_elsewhere`: who holds no role at the organ.
        Conflict: `delegated_already`, `account_closed`.
    """
    if not reason.strip():
        raise Invalid("reason_missing")
    if until_on < from_on:
        raise Invalid("ends_before_it_begins", start=from_on, end=until_on)
    if until_on < clock.today(organ):
        raise Invalid("day_has_passed", day=until_on)
    if principal.id == delegate.id:
        raise Invalid("two_people_needed")
    for one in (principal, delegate):
        if organ.id not in (one.organ_id, *(held.organ_id for held in one.appointments)):
            raise Invalid("person_works_elsewhere", name=one.full_name)
        if not people.is_active(one):
            raise Conflict("account_closed", name=one.full_name)
    _refuse_overlap(session, organ, principal, delegate, from_on, until_on)
    made = Delegation(
        organ_id=organ.id,
        principal_id=principal.id,
        delegate_id=delegate.id,
        from_on=from_on,
        until_on=until_on,
        reason=reason.strip(),
        made_by_id=by.id,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    facts = {
        "principal": principal.user_name,
        "delegate": delegate.user_name,
        "from": from_on.isoformat(),
        "until": until_on.isoformat(),
    }
    audit.record(session, "delegation.make", made, facts=facts, why=made.reason)
    return made


def end(session: Session, one: Delegation) -> None:
    """End a delegation at once.

    Raises:
        Conflict: `ended_already`.
    """
    audit.hold(session, one)
    if one.ended_at is not None:
        raise Conflict("ended_already")
    one.ended_at = clock.now()
    session.flush()
    audit.record(session, "delegation.end", one)


def in_force(session: Session, delegate: Person) -> list[Delegation]:
    """Those under which this person may act for somebody today, by principal."""
    principal = joinedload(Delegation.principal, innerjoin=True).options(
        joinedload(Person.organ, innerjoin=True),
        joinedload(Person.appointments).options(
            joinedload(Appointment.role), joinedload(Appointment.custody)
        ),
    )
    found = session.scalars(
        select(Delegation)
        .where(_open_for(delegate))
        .options(joinedload(Delegation.organ, innerjoin=True), principal)
        .order_by(Delegation.principal_id, Delegation.id)
    )
    return [one for one in found.unique() if _is_in_force(one)]


def may_be_lent(delegate: Person) -> ColumnElement[bool]:
    """Whether it is worth asking under which the person may act, to ask it along with others."""
    return exists().where(_open_for(delegate))


def _open_for(delegate: Person) -> ColumnElement[bool]:
    return and_(Delegation.delegate_id == delegate.id, Delegation.ended_at.is_(None))


def between(session: Session, delegate: Person, principal: Person) -> Delegation:
    """The delegation under which one may act for the other today.

    Raises:
        NotAllowed: `not_delegated`.
    """
    for one in in_force(session, delegate):
        if one.principal_id == principal.id:
            return one
    raise NotAllowed("not_delegated", name=principal.user_name)


def principal_of(session: Session, one: Delegation) -> Person:
    """The principal with the rights that were lent: those at the organ of the delegation.

    What somebody was granted by name is theirs alone, and is not lent.
    """
    principal = people.by_id(session, one.principal_id)
    lent = [held for held in principal.appointments if held.organ_id == one.organ_id]
    session.expunge(principal)  # what is lent is a copy: nothing of it is written back
    set_committed_value(principal, "appointments", lent)
    principal.is_lent = True
    return principal


def of_person(person: Person) -> ColumnElement[bool]:
    """Those that this person gave or was given, ended ones too."""
    return or_(Delegation.principal_id == person.id, Delegation.delegate_id == person.id)


def _is_in_force(one: Delegation) -> bool:
    """Today, and only while the principal still holds something that could be lent."""
    if not one.from_on <= clock.today(one.organ) <= one.until_on:
        return False
    return people.is_active(one.principal) and bool(access.roles_of(one.principal, one.organ_id))


def _refuse_overlap(
    session: Session,
    organ: Organ,
    principal: Person,
    delegate: Person,
    from_on: date,
    until_on: date,
) -> None:
    found = select(Delegation.id).where(
        Delegation.organ_id == organ.id,
        Delegation.principal_id == principal.id,
        Delegation.delegate_id == delegate.id,
        Delegation.ended_at.is_(None),
        Delegation.from_on <= until_on,
        Delegation.until_on >= from_on,
    )
    if session.scalar(found.limit(1)) is not None:
        raise Conflict("delegated_already")
