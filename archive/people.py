"""Accounts: natural persons, their passwords, their roles, their sign-ins.

Passwords are kept as argon2 hashes. Of a session or token only the digest is kept, so a stolen
database opens no door. Sign-in is limited per account; the pages limit it per address as well.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import audit, clock, standing
from archive.database import Database
from archive.errors import Conflict, Invalid, NotFound
from archive.models import Appointment, Organ, Person, Role, SignIn
from formats.vietnamese import nfc

LEAST_CHARACTERS = 12
TRIES = 5
PAUSE = timedelta(minutes=15)
LONGEST_NAME = 60


@dataclass(frozen=True)
class _Hashing:
    """How passwords are worked out."""

    hasher: PasswordHasher
    nobody: str  # the hash of a password that nobody has


def _hashing(hasher: PasswordHasher) -> _Hashing:
    return _Hashing(hasher, hasher.hash(secrets.token_hex(16)))


@cache
def _careful() -> _Hashing:
    return _hashing(PasswordHasher())


# Each try takes a core and 64 MB: more of them at once end no sooner.
_trying = BoundedSemaphore(os.cpu_count() or 1)
_hasty: ContextVar[_Hashing | None] = ContextVar("hashing", default=None)


@contextmanager
def hashing_with(hasher: PasswordHasher) -> Iterator[None]:
    """Inside, passwords are worked out in this way. For tests, which need no strong ones."""
    token = _hasty.set(_hashing(hasher))
    try:
        yield
    finally:
        _hasty.reset(token)


def _how() -> _Hashing:
    return _hasty.get() or _careful()


@dataclass(frozen=True)
class OneTime:
    """A password for one use, with what is kept of it."""

    password: str
    hashed: str


def one_time(password: str | None = None) -> OneTime:
    """Make a password: slow on purpose, so it is done before the transaction."""
    password = password or secrets.token_urlsafe(12)
    return OneTime(password, _how().hasher.hash(password))


def add(
    session: Session,
    organ: Organ,
    user_name: str,
    full_name: str,
    roles: list[str],
    first: OneTime | None = None,
) -> tuple[Person, str]:
    """Make an account; the password given back is for one use and must be changed.

    Doors make the password beforehand; without one it is made here, while others wait to write.

    Raises:
        Invalid: `bad_user_name`, `unknown_role`.
        Conflict: `user_name_taken`: names that were ever issued are never issued again.
    """
    user_name = nfc(user_name).strip().lower()
    require_good_name(user_name)
    if session.scalar(select(Person.id).where(Person.user_name == user_name)) is not None:
        raise Conflict("user_name_taken", name=user_name)
    first = first or one_time()
    person = Person(
        organ_id=organ.id,
        user_name=user_name,
        full_name=nfc(full_name).strip(),
        password_hash=first.hashed,
        created_at=clock.now(),
    )
    session.add(person)
    session.flush()
    for code in roles:
        appoint(session, person, organ, code)
    audit.record(session, "person.add", person, facts={"roles": sorted(roles)}, name=full_name)
    return person, first.password


def require_good_name(user_name: str) -> None:
    """Go on only if it can be typed as a user name.

    Raises:
        Invalid: `bad_user_name`.
    """
    if not user_name or any(one.isspace() for one in user_name) or len(user_name) > LONGEST_NAME:
        raise Invalid("bad_user_name", name=user_name)


def appoint(session: Session, person: Person, organ: Organ, role_code: str) -> Appointment:
    """Give the person a role at the organ from today on; the caller tells of it.

    Raises:
        Invalid: `unknown_role`.
    """
    role = session.scalar(select(Role).where(Role.code == role_code))
    if role is None:
        raise Invalid("unknown_role", role=role_code)
    appointment = Appointment(
        person_id=person.id, organ_id=organ.id, role_id=role.id, from_on=clock.today(organ)
    )
    session.add(appointment)
    session.flush()
    return appointment


def by_name(session: Session, user_name: str) -> Person:
    """The person with this user name.

    Raises:
        NotFound: `no_such_person`.
    """
    person = session.scalar(with_roles().where(Person.user_name == nfc(user_name).strip().lower()))
    if person is None:
        raise NotFound("no_such_person", name=user_name)
    return person


def by_id(session: Session, person_id: int) -> Person:
    """The person with this number, roles loaded.

    Raises:
        NotFound: `no_such_person`.
    """
    person = session.scalar(with_roles().where(Person.id == person_id))
    if person is None:
        raise NotFound("no_such_person", name=str(person_id))
    return person


def only_person(session: Session) -> Person | None:
    """The one person there is, while there is only the one that setup made (R9)."""
    people = session.scalars(with_roles().limit(2)).all()
    return people[0] if len(people) == 1 else None


def is_active(person: Person) -> bool:
    """Whether the account is open today."""
    return person.locked_from is None or clock.today(person.organ) < person.locked_from


def lock(session: Session, person: Person, from_on: date, reason: str) -> None:
    """End access from this day on. The account and what it did stay."""
    bar(session, person, from_on)
    audit.record(session, "person.lock", person, facts={"from": from_on.isoformat()}, why=reason)


def bar(session: Session, person: Person, from_on: date) -> None:
    """The same as part of a larger act; the caller tells of it."""
    person.locked_from = from_on
    if from_on <= clock.today(person.organ):
        _end_sign_ins(session, person)


@dataclass(frozen=True)
class Tried:
    """A password that was held against what is kept of the account's own."""

    user_name: str
    fits: str | None  # the hash that it fits


def try_password(db: Database, user_name: str, password: str) -> Tried:
    """Work out whether it fits: slow on purpose, so it is done while nobody waits to write.

    Takes as long for a name that nobody has.
    """
    user_name = nfc(user_name).strip().lower()
    with db.reading() as session:
        kept = session.scalar(select(Person.password_hash).where(Person.user_name == user_name))
    fits = _matches(kept or _how().nobody, password)
    return Tried(user_name, kept if fits else None)


def check_password(session: Session, tried: Tried) -> Person | None:
    """The person, if the password is right and the account open; else None.

    Counts failures: five in a row close the door for fifteen minutes. The caller must commit
    either way.
    """
    person = session.scalar(
        with_roles()
        .where(Person.user_name == tried.user_name)
        .with_for_update(key_share=True, of=Person)
    )
    if person is None:
        return None
    if person.locked_until is not None and clock.now() < person.locked_until:
        audit.record(session, "person.sign_in_barred", person)
        return None
    if tried.fits != person.password_hash or not is_active(person):
        person.failed_sign_ins += 1
        if person.failed_sign_ins >= TRIES:
            person.failed_sign_ins, person.locked_until = 0, clock.now() + PAUSE
        audit.record(session, "person.sign_in_failed", person)
        return None
    person.failed_sign_ins, person.locked_until = 0, None
    return person


def hash_of_new(user_name: str, old: str, new: str) -> str:
    """What is kept of a new password; like `try_password`, for before the transaction.

    Raises:
        Invalid: `password_too_short`, `password_too_plain`.
    """
    if len(new) < LEAST_CHARACTERS:
        raise Invalid("password_too_short", least=LEAST_CHARACTERS)
    if len(set(new)) < 5 or user_name in new.lower() or new == old:
        raise Invalid("password_too_plain")
    return _how().hasher.hash(new)


def change_password(
    session: Session, person: Person, hashed: str, *, staying: int | None = None
) -> None:
    """Replace the password; all sessions end but the one in which it is done (`staying`)."""
    person.password_hash = hashed
    person.must_change_password = False
    _end_sign_ins(session, person, SignIn.kind == "session", SignIn.id != staying)
    audit.record(session, "person.change_password", person)


def _end_sign_ins(session: Session, person: Person, *which: ColumnElement[bool]) -> None:
    """Whoever sits at another machine is out."""
    mine = (SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    for one in session.scalars(select(SignIn).where(*mine, *which)):
        one.ended_at = clock.now()


def reset_password(session: Session, person: Person, new: OneTime | None = None) -> str:
    """A new one-time password, for who has forgotten the old one; every sign-in ends.

    Doors make it beforehand, as in `add`.
    """
    new = new or one_time()
    person.password_hash = new.hashed
    person.must_change_password = True
    person.failed_sign_ins, person.locked_until = 0, None
    _end_sign_ins(session, person)
    audit.record(session, "person.reset_password", person)
    return new.password


def sign_in(session: Session, person: Person, kind: str, lasting: timedelta, name: str = "") -> str:
    """Begin a session, or make a token; the secret is told once and not kept."""
    secret = secrets.token_urlsafe(32)
    moment = clock.now()
    session.add(
        SignIn(
            person_id=person.id,
            kind=kind,
            name=name,
            secret_digest=_secret_digest(secret),
            created_at=moment,
            expires_at=moment + lasting,
            last_used_at=moment,
        )
    )
    audit.record(session, f"person.{'sign_in' if kind == 'session' else 'make_token'}", person)
    return secret


_SIGNED_IN = (
    select(SignIn)
    .where(SignIn.secret_digest == bindparam("digest"), SignIn.kind == bindparam("kind"))
    .options(
        joinedload(SignIn.person, innerjoin=True).options(
            joinedload(Person.appointments).options(
                joinedload(Appointment.role), joinedload(Appointment.custody)
            ),
            joinedload(Person.organ, innerjoin=True),
        )
    )
)


def signed_in(session: Session, secret: str, kind: str, idle: timedelta | None) -> SignIn | None:
    """The live sign-in behind this secret, or None; every page asks this, in one question."""
    behind = {"digest": _secret_digest(secret), "kind": kind}
    found = session.scalars(_SIGNED_IN, behind).unique().one_or_none()
    if found is None or found.ended_at is not None or found.expires_at <= clock.now():
        return None
    if idle is not None and found.last_used_at + idle <= clock.now():
        return None
    return found if is_active(found.person) else None


def sign_out(session: Session, found: SignIn) -> None:
    """End a session or token."""
    found.ended_at = clock.now()
    audit.record(session, "person.sign_out", found.person)


def sign_out_everywhere(session: Session, person: Person) -> None:
    """End all sessions of the person; tokens of programs go on."""
    _end_sign_ins(session, person, SignIn.kind == "session")
    audit.record(session, "person.sign_out_everywhere", person)


def names_of(session: Session, numbers: Iterable[int | None]) -> dict[int, str]:
    """Full names by number, in one question; in none where nobody is meant."""
    wanted = {one for one in numbers if one is not None}
    if not wanted:
        return {}
    found = session.execute(select(Person.id, Person.full_name).where(Person.id.in_(wanted)))
    return {number: name for number, name in found}


def count(session: Session) -> int:
    """How many accounts there are."""
    return session.scalar(select(func.count()).select_from(Person)) or 0


def at_work(session: Session, organ_id: int) -> list[Person]:
    """Those who hold any role at the organ today, with their roles; its keeper's people too."""
    places = [organ_id, *standing.kept_by(session, organ_id)]
    here = select(Appointment.person_id).where(Appointment.organ_id.in_(places))
    found = session.scalars(with_roles().where(Person.id.in_(here)).order_by(Person.name_key))
    return [one for one in found if is_active(one)]


def with_roles() -> Select[Person]:
    """People with roles and organ loaded: what rights are asked of."""
    return select(Person).options(
        selectinload(Person.appointments).options(
            joinedload(Appointment.role, innerjoin=True), joinedload(Appointment.custody)
        ),
        joinedload(Person.organ, innerjoin=True),
    )


def _matches(password_hash: str, password: str) -> bool:
    try:
        with _trying:
            return _how().hasher.verify(password_hash, password)
    except VerificationError:
        return False


def _secret_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
