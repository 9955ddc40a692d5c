"""What a person sees of many rows at once, as conditions of the question itself.

The same as `access.may` says of each row. How far a person sees is worked out anew for every
question, as plain values (`Sight`). Only the condition that says so to the database is kept, by
these very values: to build it takes longer than to ask it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from archive import clock
from archive.access import decides_secrets, open_by_alarm
from archive.database import UtcDateTime
from archive.models import DESTROYED, CaseFile, Document, Grant, Person, Placement
from archive.roles import CONTENT_ROLES, OVERSEERS, SEE_ALL_ROLES, Action
from archive.standing import held, policy_at, workplaces

_KEPT = 500  # conditions of each kind; an office has so many people who look at once
_MANY = "some"  # the values that a kept question is asked with
_NOW = bindparam("now_at_asking", callable_=clock.now, type_=UtcDateTime())


@dataclass(frozen=True)
class Sight:
    """How far a person sees at one organ.

    Attributes:
        organ: which.
        roles: what the person is there.
        actions: what the roles let do there.
        policy: who reads there what no case file narrows.
        unit: the person's own unit, of which case files may be open there.
        is_deciding: whether the person decides on state secrets there.
    """

    organ: int
    roles: frozenset[str]
    actions: frozenset[str]
    policy: str
    unit: int | None
    is_deciding: bool

    def is_whole(self, *, with_oversight: bool) -> bool:
        """Whether all of the organ's holdings are open, whatever their levels."""
        overseers = OVERSEERS if with_oversight else frozenset()
        return bool(self.roles & (SEE_ALL_ROLES | overseers))


@dataclass(frozen=True)
class Sights:
    """How far a person sees everywhere.

    Attributes:
        person: who.
        is_lent: whether somebody acts for the person: grants go to nobody else.
        places: the organs at which the person holds a role, in order of their numbers.
    """

    person: int
    is_lent: bool
    places: tuple[Sight, ...]


def sight_of(person: Person, organ: int) -> Sight:
    """How far the person sees at this organ today."""
    mine = held(person, organ)
    return Sight(
        organ=organ,
        roles=frozenset(one.role for one in mine),
        actions=frozenset(action for one in mine for action in one.actions),
        policy=policy_at(person, organ),
        unit=person.unit_id if person.organ_id == organ else None,
        is_deciding=decides_secrets(person, organ),
    )


def sights_of(person: Person) -> Sights:
    """How far the person sees everywhere today."""
    places = tuple(sight_of(person, one.id) for one in workplaces(person))
    return Sights(person.id, person.is_lent, places)


# At one organ -------------------------------------------------------------------------------------


@lru_cache(_KEPT)
def case_files_at(mine: Sights, here: Sight) -> ColumnElement[bool]:
    """The organ's case files that the person may see."""
    of_organ = and_(CaseFile.organ_id == here.organ, CaseFile.stage != DESTROYED)
    granted = _granted(mine, Grant.case_file_id, CaseFile.id)
    if Action.SEE_CASE_FILES not in here.actions:
        return and_(of_organ, granted)
    if here.is_whole(with_oversight=True):
        return of_organ
    return and_(of_organ, or_(_open_by_level(mine, here), granted))


@lru_cache(_KEPT)
def documents_at(mine: Sights, here: Sight, *, content: bool) -> ColumnElement[bool]:
    """The organ's documents whose description, or content, the person may see."""
    of_organ = and_(Document.organ_id == here.organ, _is_open(mine))
    granted = _granted_documents(mine)
    if (Action.READ if content else Action.DESCRIBE) not in here.actions:
        return and_(of_organ, granted)
    if here.is_whole(with_oversight=not content):
        return of_organ
    return and_(of_organ, or_(_open_by_place(mine, here), granted))


# Everywhere ---------------------------------------------------------------------------------------


@lru_cache(_KEPT)
def case_files(mine: Sights) -> ColumnElement[bool]:
    """The case files of all organs that the person may know of."""
    by_role = (case_files_at(mine, one) for one in mine.places)
    seen = or_(_granted(mine, Grant.case_file_id, CaseFile.id), *by_role)
    return and_(seen, CaseFile.stage != DESTROYED)


@lru_cache(_KEPT)
def documents(mine: Sights, *, content: bool) -> ColumnElement[bool]:
    """The documents of all organs whose description, or content, the person may see."""
    by_role = (documents_at(mine, one, content=content) for one in mine.places)
    return and_(or_(_granted_documents(mine), *by_role), _is_open(mine))


# Whole questions ----------------------------------------------------------------------------------


def numbers_of_documents(session: Session, mine: Sights, some: list[int]) -> dict[int, bool]:
    """Those of these documents whose description the person may see, and whether content too."""
    found = session.execute(_numbers_of_documents(mine), {_MANY: some})
    return {number: is_readable for number, is_readable in found}


def documents_of_codes(
    session: Session, mine: Sights, codes: Iterable[str]
) -> list[tuple[Document, bool]]:
    """The documents of these codes that the person may know of, and whether content is open too.

    Each with its organ.
    """
    found = session.execute(_documents_of_codes(mine), {_MANY: list(codes)})
    return [(document, is_readable) for document, is_readable in found]


def titles_of_case_files(session: Session, mine: Sights, codes: Iterable[str]) -> dict[str, str]:
    """Titles by code of those of these case files that the person may know of."""
    found = session.execute(_titles_of_case_files(mine), {_MANY: list(codes)})
    return {code: title for code, title in found}


def case_files_of_codes(
    session: Session, mine: Sights, codes: Iterable[str]
) -> dict[str, CaseFile]:
    """By code those of these case files that the person may know of."""
    found = session.scalars(_case_files_of_codes(mine), {_MANY: list(codes)})
    return {one.code: one for one in found}


def case_files_of_numbers(session: Session, mine: Sights, numbers: Iterable[int]) -> list[CaseFile]:
    """Those of these case files that the person may know of, each with its organ."""
    return list(session.scalars(_case_files_of_numbers(mine), {_MANY: list(numbers)}))


def places_of(
    session: Session, mine: Sights, documents: Iterable[int]
) -> list[tuple[int, CaseFile]]:
    """Numbers of these documents with their case files, as far as the person may know of them."""
    found = session.execute(_places_of(mine), {_MANY: list(documents)})
    return [(number, case_file) for number, case_file in found]


def _one_of_many(column: Any) -> ColumnElement[bool]:
    one: ColumnElement[bool] = column.in_(bindparam(_MANY, expanding=True))
    return one


@lru_cache(_KEPT)
def _numbers_of_documents(mine: Sights) -> Select[int, bool]:
    known, readable = documents(mine, content=False), documents(mine, content=True)
    return select(Document.id, readable).where(_one_of_many(Document.id), known)


@lru_cache(_KEPT)
def _documents_of_codes(mine: Sights) -> Select[Document, bool]:
    known, readable = documents(mine, content=False), documents(mine, content=True)
    wanted = select(Document, readable).where(_one_of_many(Document.code), known)
    return wanted.options(joinedload(Document.organ, innerjoin=True))


@lru_cache(_KEPT)
def _titles_of_case_files(mine: Sights) -> Select[str, str]:
    wanted = select(CaseFile.code, CaseFile.title)
    return wanted.where(_one_of_many(CaseFile.code), case_files(mine))


@lru_cache(_KEPT)
def _case_files_of_codes(mine: Sights) -> Select[CaseFile]:
    return select(CaseFile).where(_one_of_many(CaseFile.code), case_files(mine))


@lru_cache(_KEPT)
def _case_files_of_numbers(mine: Sights) -> Select[CaseFile]:
    wanted = select(CaseFile).where(_one_of_many(CaseFile.id), case_files(mine))
    return wanted.options(joinedload(CaseFile.organ, innerjoin=True))


@lru_cache(_KEPT)
def _places_of(mine: Sights) -> Select[int, CaseFile]:
    wanted = select(Placement.document_id, CaseFile).join(CaseFile)
    known = (_one_of_many(Placement.document_id), case_files(mine))
    return wanted.where(*known).order_by(Placement.id)


# What opens a thing -------------------------------------------------------------------------------


def _is_open(mine: Sights) -> ColumnElement[bool]:
    """Documents under no suspicion, and those on which the person decides."""
    return open_by_alarm(tuple(one.organ for one in mine.places if one.is_deciding))


def _open_by_level(mine: Sights, here: Sight) -> ColumnElement[bool]:
    """Case files that their level, or the organ's stricter policy, leaves open to the person."""
    if not here.roles & CONTENT_ROLES:
        return false()
    open_ones: list[ColumnElement[bool]] = [CaseFile.holder_id == mine.person]
    if here.policy == "open":
        open_ones.append(CaseFile.access_level == "organ")
    if here.unit is not None:
        levels = {"open": ("unit",), "unit": ("organ", "unit")}.get(here.policy, ())
        same_unit = CaseFile.unit_id == here.unit
        open_ones.append(and_(CaseFile.access_level.in_(levels), same_unit))
    return or_(*open_ones)


def _open_by_place(mine: Sights, here: Sight) -> ColumnElement[bool]:
    """Documents in an open case file; in the tray, by the organ's policy or who received them."""
    if not here.roles & CONTENT_ROLES:
        return false()
    # Asked of each document by itself: a page of a list is at hand before the others are looked at.
    place = select(Placement.id).where(Placement.document_id == Document.id).correlate(Document)
    open_place = place.join(CaseFile).where(_open_by_level(mine, here)).limit(1)
    in_open_file = open_place.scalar_subquery().is_not(None)  # of `exists` PostgreSQL looks up all
    policy = true() if here.policy == "open" else false()
    received = Document.shelved_by_id == mine.person
    return or_(in_open_file, and_(Document.is_filed.is_(False), or_(policy, received)))


def _granted_documents(mine: Sights) -> ColumnElement[bool]:
    in_files = (
        select(Placement.document_id)
        .join(Grant, Grant.case_file_id == Placement.case_file_id)
        .where(*_alive(mine))
    )
    return or_(_granted(mine, Grant.document_id, Document.id), Document.id.in_(in_files))


def _granted(mine: Sights, column: object, own: object) -> ColumnElement[bool]:
    return own.in_(select(column).where(column.is_not(None), *_alive(mine)))  # type: ignore[attr-defined, call-overload, no-any-return]


def _alive(mine: Sights) -> tuple[ColumnElement[bool], ...]:
    until = or_(Grant.until.is_(None), Grant.until > _NOW)
    own = false() if mine.is_lent else Grant.person_id == mine.person
    return (own, until)
