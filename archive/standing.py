"""Where a person stands: the roles held at each organ, by appointment or by custody.

Who holds a role at an organ holds it at every organ whose fonds that organ keeps, for what passes
with custody; who works at an organ whose fonds was passed on goes on reading it (decision 15).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.models import Appointment, Fonds, Organ, Person
from archive.roles import PASSED_ON, PASSES_WITH_CUSTODY

POLICIES = ("open", "unit", "assigned")  # each narrower than the one before


@dataclass(frozen=True)
class Held:
    """A role, and what it lets do at the organ that was asked about."""

    role: str
    actions: frozenset[str]


def held(person: Person, organ_id: int) -> list[Held]:
    """What the person holds at this organ today."""
    return [found for one in _in_force(person) for found in _at(one, organ_id)]


def roles_of(person: Person, organ_id: int) -> set[str]:
    """The roles that the person holds at this organ today."""
    return {one.role for one in held(person, organ_id)}


def organs_of(person: Person) -> set[int]:
    """The organs at which the person holds any role today."""
    return {number for one in _in_force(person) for number in _places(one)}


def workplaces(person: Person) -> list[Organ]:
    """The same organs as they were loaded with the person, in order of their numbers."""
    found = {
        organ.id: organ
        for one in _in_force(person)
        for organ in (one.organ, *(fonds.organ for fonds in one.custody if _keeps(one, fonds)))
    }
    return [found[number] for number in sorted(found)]


def policy_at(person: Person, organ_id: int) -> str:
    """Who reads there what no case file narrows, where the person holds a role."""
    policies = [
        policy
        for one in _in_force(person)
        if organ_id in _places(one)
        for policy in (one.organ.read_policy, *_policies(one, organ_id))
    ]
    return narrowest(policies)


def policy_of(session: Session, organ_id: int) -> str:
    """The same of an organ: the narrower of its own policy and its keeper's."""
    keepers = select(Fonds.custodian_id).where(Fonds.organ_id == organ_id)
    both = (Organ.id == organ_id) | Organ.id.in_(keepers)
    return narrowest(session.scalars(select(Organ.read_policy).where(both)))


def narrowest(policies: Iterator[str] | list[str]) -> str:
    """The strictest of some policies or levels."""
    return max(policies, key=POLICIES.index, default=POLICIES[-1])


def keeps(session: Session, organ_id: int) -> list[int]:
    """The organs whose fonds this one keeps."""
    theirs = (Fonds.custodian_id == organ_id, Fonds.organ_id != organ_id)
    return sorted(set(session.scalars(select(Fonds.organ_id).where(*theirs))))


def kept_by(session: Session, organ_id: int) -> list[int]:
    """The organs that keep this one's fonds: one at most, and none while it keeps its own."""
    others = (Fonds.organ_id == organ_id, Fonds.custodian_id != organ_id)
    found = session.scalars(select(Fonds.custodian_id).where(*others))
    return sorted({one for one in found if one is not None})


def _in_force(person: Person) -> Iterator[Appointment]:
    day = clock.today(person.organ)
    if person.locked_from is not None and person.locked_from <= day:
        return
    for one in person.appointments:
        if one.from_on <= day and (one.until_on is None or day <= one.until_on):
            yield one


def _at(one: Appointment, organ_id: int) -> Iterator[Held]:
    actions = frozenset(one.role.actions)
    if one.organ_id == organ_id:
        yield Held(one.role.code, actions - PASSED_ON if _is_passed_on(one) else actions)
    elif organ_id in _kept(one):
        yield Held(one.role.code, actions & PASSES_WITH_CUSTODY)


def _places(one: Appointment) -> set[int]:
    return {one.organ_id, *_kept(one)}


def _kept(one: Appointment) -> set[int]:
    return {fonds.organ_id for fonds in one.custody if _keeps(one, fonds)}


def _keeps(one: Appointment, fonds: Fonds) -> bool:
    return fonds.custodian_id == one.organ_id


def _is_passed_on(one: Appointment) -> bool:
    return any(
        fonds.organ_id == one.organ_id and fonds.custodian_id != one.organ_id
        for fonds in one.custody
    )


def _policies(one: Appointment, organ_id: int) -> Iterator[str]:
    """Those of maker and keeper of the organ's fonds, as far as custody has parted them."""
    for fonds in one.custody:
        if fonds.organ_id == organ_id:
            yield fonds.organ.read_policy
            if fonds.custodian is not None:
                yield fonds.custodian.read_policy
