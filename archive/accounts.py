"""Accounts as an agency looks after them: made by rule, changed with reasons, never deleted.

`people.py` knows passwords and sign-ins; here is what the administrator does (KT-13, DB-13 to 15).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from archive import access, audit, clock, people, user_names
from archive.errors import Conflict, Invalid, NotFound
from archive.hands import hands
from archive.models import Appointment, Fonds, Organ, Person, Role, Unit
from archive.people import OneTime
from archive.roles import Action
from archive.seen import require_as_seen
from formats.mail_addresses import is_mail_address
from formats.vietnamese import nfc

EARLIEST_BIRTH = 1900


@dataclass(frozen=True)
class NewAccount:
    """What is known of somebody who gets an account. Without a user name the rule makes one."""

    full_name: str
    roles: tuple[str, ...]
    user_name: str = ""
    birth_year: int | None = None
    position: str = ""
    email: str = ""
    unit_id: int | None = None
    by_post: bool = False  # a user name by post, where the organ's rule knows such
    basis: str = ""  # the decision that appoints the person (DB-13)


@dataclass(frozen=True)
class Opened:
    """An account that was made, with the password that is shown once."""

    person: Person
    password: str
    is_outside_rule: bool


def open_account(
    session: Session, organ: Organ, new: NewAccount, first: OneTime | None = None
) -> Opened:
    """Make an account with a name by the organ's rule, unless one is given.

    Raises:
        Invalid: `full_name_missing`, `no_role`, `unknown_role`, `bad_birth_year`,
            `birth_year_needed`, `name_has_no_letters`, `bad_user_name`.
        Conflict: `user_name_taken`.
        NotFound: `no_such_unit`.
    """
    check(session, organ, new)
    session.refresh(organ, ["id"], with_for_update={"key_share": True})  # one name at a time
    chosen = chosen_name(session, organ, new)
    person, password = people.add(
        session, organ, chosen.name, new.full_name, list(new.roles), first
    )
    person.position, person.email = nfc(new.position).strip(), new.email.strip()
    person.birth_year, person.unit_id = new.birth_year, new.unit_id
    session.flush()
    if new.basis.strip():
        audit.record(session, "person.appoint", person, basis=nfc(new.basis).strip())
    return Opened(person, password, chosen.is_outside_rule)


def chosen_name(
    session: Session, organ: Organ, new: NewAccount, taken: frozenset[str] = frozenset()
) -> user_names.Chosen:
    """The user name that the account will have."""
    if new.user_name.strip():
        return user_names.Chosen(nfc(new.user_name).strip().lower())
    return user_names.choose(
        session,
        organ,
        new.full_name,
        birth_year=new.birth_year,
        post=new.position if new.by_post else "",
        taken=taken,
    )


def require_free(session: Session, name: str, taken: frozenset[str]) -> None:
    """Go on only if it is a user name that nobody ever had.

    Raises:
        Invalid: `bad_user_name`.
        Conflict: `user_name_taken`.
    """
    people.require_good_name(name)
    if name in taken or user_names.was_issued(session, name):
        raise Conflict("user_name_taken", name=name)


def check(session: Session, organ: Organ, new: NewAccount) -> None:
    """Go on only if what is known of the person can stand in an account."""
    if not new.full_name.strip():
        raise Invalid("full_name_missing")
    if not new.roles:
        raise Invalid("no_role")
    if new.birth_year is not None and not EARLIEST_BIRTH <= new.birth_year <= clock.now().year:
        raise Invalid("bad_birth_year", year=new.birth_year)
    if new.unit_id is not None:
        _require_unit(session, organ.id, new.unit_id)
    _require_address(new.email)
    for code in new.roles:
        _role(session, code)


def _require_address(email: str) -> None:
    if email.strip() and not is_mail_address(email.strip()):
        raise Invalid("bad_email", email=email.strip())


def change(
    session: Session,
    person: Person,
    *,
    full_name: str,
    position: str,
    email: str,
    unit_id: int | None,
    why: str,
    seen: str | None = None,
) -> None:
    """Another name, post or unit (DB-14); the earlier values stay readable in the story.

    Raises:
        Invalid: `full_name_missing`, `reason_missing`, `bad_email`.
        Conflict: `changed_meanwhile`.
        NotFound: `no_such_unit`.
    """
    if not full_name.strip():
        raise Invalid("full_name_missing")
    if not why.strip():
        raise Invalid("reason_missing")
    _require_address(email)
    require_as_seen(session, person, seen)
    if unit_id is not None:
        _require_unit(session, person.organ_id, unit_id)
    after = {
        "full_name": nfc(full_name).strip(),
        "position": nfc(position).strip(),
        "email": email.strip(),
        "unit_id": unit_id,
    }
    before = {name: getattr(person, name) for name in after}
    for name, value in after.items():
        setattr(person, name, value)
    session.flush()
    changed = {name for name in after if before[name] != after[name]}
    audit.record(
        session,
        "person.change",
        person,
        why=why.strip(),
        before={name: before[name] for name in sorted(changed)},
        after={name: after[name] for name in sorted(changed)},
    )


def reopen(session: Session, person: Person, why: str) -> None:
    """Open an account that was closed from a day on: somebody came back.

    Raises:
        Invalid: `reason_missing`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    person.locked_from = None
    session.flush()
    audit.record(session, "person.reopen", person, why=why.strip())


def close(session: Session, person: Person, from_on: date, why: str, by: Person) -> None:
    """End access from this day on (DB-15); sessions end on that day.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `last_administrator`, `yourself`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    require_dispensable(session, person, by)
    people.lock(session, person, from_on, why.strip())


# Roles --------------------------------------------------------------------------------------------


def give_role(
    session: Session,
    person: Person,
    organ: Organ,
    code: str,
    by: Person,
    *,
    from_on: date | None = None,
    until_on: date | None = None,
    why: str = "",
) -> Appointment:
    """Give the person a role at the organ, from a day to a day.

    Raises:
        Invalid: `unknown_role`, `reason_missing`, `ends_before_it_begins`.
        Conflict: `role_held_already`, `yourself`.
    """
    begin = from_on or clock.today(organ)
    if not why.strip():
        raise Invalid("reason_missing")
    if until_on is not None and until_on < begin:
        raise Invalid("ends_before_it_begins", start=begin, end=until_on)
    _require_other_hands(session, person, organ, by)
    role = _role(session, code)
    for one in _appointments(session, person, organ):
        ends = one.until_on or date.max
        if one.role_id == role.id and one.from_on <= (until_on or date.max) and begin <= ends:
            raise Conflict("role_held_already", role=code)
    made = Appointment(
        person_id=person.id, organ_id=organ.id, role_id=role.id, from_on=begin, until_on=until_on
    )
    session.add(made)
    session.flush()
    facts = {"role": code, "organ": organ.code, "from": begin.isoformat()}
    audit.record(
        session,
        "person.give_role",
        person,
        facts=facts | ({"until": until_on.isoformat()} if until_on else {}),
        why=why.strip(),
    )
    return made


def end_role(
    session: Session, held: Appointment, last_day: date, by: Person, *, why: str = ""
) -> None:
    """Let a role end with this day; one that had not begun is taken back.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `last_administrator`, `yourself`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    person, role = held.person, held.role.code
    organ = session.get_one(Organ, held.organ_id)
    _require_other_hands(session, person, organ, by)
    if role == "administrator":
        require_another_administrator(session, person, organ)
    facts = {"role": role, "organ": organ.code, "until": last_day.isoformat()}
    if last_day < held.from_on:
        session.delete(held)
    else:
        held.until_on = last_day
    session.flush()
    audit.record(session, "person.end_role", person, facts=facts, why=why.strip())


def require_another_administrator(session: Session, person: Person, organ: Organ) -> None:
    """An organ that nobody looks after could never be mended from within.

    Raises:
        Conflict: `last_administrator`.
    """
    session.refresh(organ, ["id"], with_for_update={"key_share": True})  # one goes at a time
    administrators = _administrators(session, organ)
    if person.id in administrators and len(administrators) == 1:
        raise Conflict("last_administrator")


def require_dispensable(session: Session, person: Person, by: Person) -> None:
    """Go on with ending an account only if it is another's, and no organ loses its last keeper.

    Raises:
        Conflict: `last_administrator`, `yourself`.
    """
    if person.id in hands(by):
        raise Conflict("yourself")
    held = select(Appointment.organ_id).where(Appointment.person_id == person.id)
    for organ in session.scalars(select(Organ).where(Organ.id.in_(held)).order_by(Organ.id)):
        require_another_administrator(session, person, organ)


def _require_other_hands(session: Session, person: Person, organ: Organ, by: Person) -> None:
    """Nobody gives rights to themselves, unless there is nobody else who could."""
    if person.id in hands(by) and _administrators(session, organ) - {person.id}:
        raise Conflict("yourself")


def _administrators(session: Session, organ: Organ) -> set[int]:
    """Those whose appointment lets them manage the organ's people, and goes on."""
    found = session.scalars(
        select(Person)
        .join(Appointment)
        .where(Appointment.organ_id == organ.id)
        .where(or_(Appointment.until_on.is_(None), Appointment.until_on >= clock.today(organ)))
        .where(Person.locked_from.is_(None))
        .distinct()
    )
    return {one.id for one in found if access.may(session, one, Action.MANAGE_PEOPLE, organ)}


def _appointments(session: Session, person: Person, organ: Organ) -> list[Appointment]:
    return list(
        session.scalars(
            select(Appointment).where(
                Appointment.person_id == person.id, Appointment.organ_id == organ.id
            )
        )
    )


def _role(session: Session, code: str) -> Role:
    role = session.scalar(select(Role).where(Role.code == code))
    if role is None:
        raise Invalid("unknown_role", role=code)
    return role


def _require_unit(session: Session, organ_id: int, unit_id: int) -> None:
    unit = session.get(Unit, unit_id)
    if unit is None or unit.organ_id != organ_id:
        raise NotFound("no_such_unit", unit=str(unit_id))


# Who works here -----------------------------------------------------------------------------------


def of_organ(organ: Organ) -> ColumnElement[bool]:
    """People of the organ: their account is its own, or they hold a role at it."""
    held = select(Appointment.person_id).where(Appointment.organ_id == organ.id)
    return or_(Person.organ_id == organ.id, Person.id.in_(held))


def of_organ_or_keeper(organ_id: int) -> ColumnElement[bool]:
    """The same, with the people of the organ that keeps its fonds now."""
    keepers = select(Fonds.custodian_id).where(Fonds.organ_id == organ_id)
    here = or_(Appointment.organ_id == organ_id, Appointment.organ_id.in_(keepers))
    held = select(Appointment.person_id).where(here)
    return or_(Person.organ_id == organ_id, Person.id.in_(held))
