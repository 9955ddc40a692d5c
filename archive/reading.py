"""Reading is an act: what was opened, downloaded, printed and searched, and who may see what.

Rights for one thing are `access.may`. Lists need the same answer for many rows at once: here it
is a condition of the question itself, so that counts and pages are right.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from archive import access, audit, case_files, clock, documents
from archive.access import Action
from archive.errors import Invalid, NotAllowed, NotFound
from archive.models import (
    DESTROYED,
    CaseFile,
    Document,
    Event,
    EventRow,
    Grant,
    Organ,
    Person,
    Placement,
)
from archive.roles import CONTENT_ROLES, OVERSEERS, SEE_ALL_ROLES
from archive.standing import policy_at, workplaces

SAME_SITTING = timedelta(minutes=30)
Places = dict[int, list[CaseFile]]  # case files by the number of the document
LINKING = ("document.link", "document.unlink")
LEAST_REASON = 10  # characters; less says nothing to who reads it later


# One thing by its code ----------------------------------------------------------------------------


def the_document(session: Session, person: Person, code: str, action: Action) -> Document:
    """The document, if the person may do this with it.

    Raises:
        NotFound: there is none, or the person may not know of it; both are answered alike.
        NotAllowed: the person may know of it, but not do this.
    """
    try:
        found = documents.by_code(session, code)
        access.require(session, person, action, found)
    except NotFound:
        raise NotFound("no_such_document", document=code) from None
    return found


def the_case_file(session: Session, person: Person, code: str, action: Action) -> CaseFile:
    """The case file, likewise."""
    try:
        found = case_files.by_code(session, code)
        access.require(session, person, action, found)
    except NotFound:
        raise NotFound("no_such_case_file", case_file=code) from None
    return found


# The story of reading -----------------------------------------------------------------------------


def opened(
    session: Session, document: Document, what: str, *, part: int | None = None, **facts: str
) -> None:
    """Tell of one act of reading: `open`, `describe`, `download`, `print` or `export`."""
    told = {**facts, **({"part": part} if part is not None else {})}
    audit.record(session, f"document.{what}", document, facts=told)


def searched(
    session: Session,
    person: Person,
    organ_id: int,
    words: str,
    total: int,
    hits: Sequence[str] = (),
) -> None:
    """Tell of a search: how much it found, and its words where they can be erased (R12).

    Where all that it found is at hand, the codes are told too: its words go with the last of them.
    """
    facts: dict[str, Any] = {"total": total}
    if hits and len(hits) == total:
        facts["hits"] = list(hits)
    audit.record(session, "search.run", None, organ_id=organ_id, facts=facts, searched=words)


def list_taken(
    session: Session, organ_id: int, words: str, total: int, form: str, codes: Sequence[str]
) -> None:
    """Tell that what a search found was taken along as a list, and of which things it tells."""
    facts = {"total": total, "form": form, "hits": list(codes)}
    audit.record(session, "search.take", None, organ_id=organ_id, facts=facts, searched=words)


def was_just_opened(session: Session, person: Person, document: Document) -> bool:
    """Whether turning a page still belongs to an opening, or a print, that was told."""
    found = (
        select(Event.id)
        .where(
            Event.subject_type == "document",
            Event.subject_id == document.id,
            Event.person_id == person.id,
            Event.action.in_(("document.open", "document.print")),
            Event.at > clock.now() - SAME_SITTING,
        )
        .limit(1)
    )
    return session.scalar(found) is not None


def may_give_reason(session: Session, person: Person, document: Document) -> bool:
    """Whether the person oversees or leads the organ and may read for a reason (R11, DB-32)."""
    oversees = access.roles_of(person, document.organ_id) & OVERSEERS
    return bool(oversees) and access.may(session, person, Action.DESCRIBE, document)


def give_reason(session: Session, person: Person, document: Document, why: str) -> Grant:
    """Open a document's content to who oversees the organ, for eight hours, for a told reason.

    Raises:
        NotAllowed: `not_allowed`.
        Invalid: `reason_too_short`.
    """
    if not may_give_reason(session, person, document):
        raise NotAllowed("not_allowed", action=str(Action.READ))
    if len(why.strip()) < LEAST_REASON:
        raise Invalid("reason_too_short", least=LEAST_REASON)
    moment = clock.now()
    grant = Grant(
        person_id=person.id,
        document_id=document.id,
        reason="audit",
        granted_at=moment,
        until=moment + access.REASONED_READING,
    )
    session.add(grant)
    session.flush()
    is_inspection = access.may(session, person, Action.INSPECT, document)
    told = "inspect" if is_inspection else "read_with_reason"
    audit.record(session, f"document.{told}", document, also=(grant,), why=why.strip())
    return grant


def story_of(kind: str, number: int, **others: Select[int]) -> ColumnElement[bool]:
    """The events that tell of this row, or of others by their kinds, for `where`."""
    rows = [and_(EventRow.kind == kind, EventRow.row_id == number)]
    rows += [and_(EventRow.kind == one, EventRow.row_id.in_(some)) for one, some in others.items()]
    return Event.id.in_(select(EventRow.event_id).where(or_(*rows)))


def placings_known(session: Session, person: Person, document: Document) -> ColumnElement[bool]:
    """Of the document's events those that name no case file of which the person may not know."""
    known = (
        select(Placement.id)
        .join(CaseFile)
        .where(Placement.document_id == document.id, found_case_files(session, person))
    )
    told = select(EventRow.event_id).where(EventRow.kind == "placement", EventRow.row_id.in_(known))
    return or_(Event.action != "document.place", Event.id.in_(told))


def links_known(session: Session, person: Person, document: Document) -> ColumnElement[bool]:
    """Of the document's events those of links to no document of which the person may not know."""
    known = exists().where(Document.id == EventRow.row_id, found_documents(session, person))
    names_closed = exists().where(
        EventRow.event_id == Event.id,
        EventRow.kind == "document",
        EventRow.row_id != document.id,
        ~known.correlate(EventRow),
    )
    return or_(Event.action.not_in(LINKING), ~names_closed.correlate(Event))


# Many things at once ------------------------------------------------------------------------------


def seen_case_files(session: Session, person: Person, organ: Organ) -> ColumnElement[bool]:
    """The organ's case files that the person may see, as `access.may` would say of each."""
    here = and_(CaseFile.organ_id == organ.id, CaseFile.stage != DESTROYED)
    granted = _granted(Grant.case_file_id, CaseFile.id, person)
    if not access.may(session, person, Action.SEE_CASE_FILES, organ):
        return and_(here, granted)
    if sees_all(person, organ, with_oversight=True):
        return here
    return and_(here, or_(_open_by_level(person, organ), granted))


def years_of_case_files(session: Session, person: Person, organ: Organ) -> list[int]:
    """The years of the case files that the person may see, newest first.

    From year to year down an index: their case files are not gone through one by one.
    """
    here = CaseFile.organ_id == organ.id
    years = select(func.max(CaseFile.year).label("year")).where(here).cte("years", recursive=True)
    before = select(func.max(CaseFile.year)).where(here, CaseFile.year < years.c.year)
    years = years.union_all(select(before.scalar_subquery()).where(years.c.year.is_not(None)))
    seen = exists().where(CaseFile.year == years.c.year, seen_case_files(session, person, organ))
    return list(session.scalars(select(years.c.year).where(years.c.year.is_not(None), seen)))


def seen_documents(
    session: Session, person: Person, organ: Organ, *, content: bool = False
) -> ColumnElement[bool]:
    """The organ's documents whose description, or content, the person may see."""
    here = and_(Document.organ_id == organ.id, access.open_documents(person))
    granted = _granted_documents(person)
    action = Action.READ if content else Action.DESCRIBE
    if not access.may(session, person, action, organ):
        return and_(here, granted)
    if sees_all(person, organ, with_oversight=not content):
        return here
    return and_(here, or_(_open_by_place(person, organ), granted))


def found_documents(
    session: Session, person: Person, *, content: bool = False
) -> ColumnElement[bool]:
    """The documents of all organs whose description, or content, the person may see."""
    by_role = (seen_documents(session, person, one, content=content) for one in workplaces(person))
    return and_(or_(_granted_documents(person), *by_role), access.open_documents(person))


def known_documents(
    session: Session, person: Person, numbers: Iterable[int], *, content: bool = False
) -> set[int]:
    """Those of these documents whose description, or content, the person may see."""
    if not (wanted := list(numbers)):
        return set()
    seen = found_documents(session, person, content=content)
    return set(session.scalars(select(Document.id).where(Document.id.in_(wanted), seen)))


def known_and_readable(
    session: Session, person: Person, numbers: Iterable[int]
) -> tuple[set[int], set[int]]:
    """The same of both, in one question: whose description, and whose content."""
    known, readable = (found_documents(session, person, content=one) for one in (False, True))
    wanted = select(Document.id, readable).where(Document.id.in_(list(numbers)), known)
    found = {number: is_readable for number, is_readable in session.execute(wanted)}
    return set(found), {number for number, is_readable in found.items() if is_readable}


def found_case_files(session: Session, person: Person) -> ColumnElement[bool]:
    """The case files of all organs that the person may know of."""
    by_role = (seen_case_files(session, person, one) for one in workplaces(person))
    seen = or_(_granted(Grant.case_file_id, CaseFile.id, person), *by_role)
    return and_(seen, CaseFile.stage != DESTROYED)


def known_case_files(session: Session, person: Person, numbers: Iterable[int]) -> set[int]:
    """Those of these case files that the person may know of."""
    if not (wanted := list(numbers)):
        return set()
    seen = found_case_files(session, person)
    return set(session.scalars(select(CaseFile.id).where(CaseFile.id.in_(wanted), seen)))


def places_of(session: Session, person: Person, found: Iterable[Document]) -> Places:
    """The case files of each of these documents, as far as the person may know of them."""
    if not (numbers := [one.id for one in found]):
        return {}
    wanted = (
        select(Placement.document_id, CaseFile)
        .join(CaseFile)
        .where(Placement.document_id.in_(numbers), found_case_files(session, person))
        .order_by(Placement.id)
    )
    places: Places = {}
    for number, case_file in session.execute(wanted):
        places.setdefault(number, []).append(case_file)
    return places


def _granted_documents(person: Person) -> ColumnElement[bool]:
    in_files = (
        select(Placement.document_id)
        .join(Grant, Grant.case_file_id == Placement.case_file_id)
        .where(*_alive(person))
    )
    return or_(_granted(Grant.document_id, Document.id, person), Document.id.in_(in_files))


def sees_all(person: Person, organ: Organ, *, with_oversight: bool) -> bool:
    """Whether the person's roles open all of the organ's holdings, whatever their levels."""
    roles = access.roles_of(person, organ.id)
    overseers = OVERSEERS if with_oversight else frozenset()
    return bool(roles & (SEE_ALL_ROLES | overseers))


def _open_by_level(person: Person, organ: Organ) -> ColumnElement[bool]:
    """Case files that their level, or the organ's stricter policy, leaves open to the person."""
    if not access.roles_of(person, organ.id) & CONTENT_ROLES:
        return false()
    policy = policy_at(person, organ.id)
    open_ones: list[ColumnElement[bool]] = [CaseFile.holder_id == person.id]
    if policy == "open":
        open_ones.append(CaseFile.access_level == "organ")
    if person.unit_id is not None and person.organ_id == organ.id:
        levels = {"open": ("unit",), "unit": ("organ", "unit")}.get(policy, ())
        same_unit = CaseFile.unit_id == person.unit_id
        open_ones.append(and_(CaseFile.access_level.in_(levels), same_unit))
    return or_(*open_ones)


def _open_by_place(person: Person, organ: Organ) -> ColumnElement[bool]:
    """Documents in an open case file; in the tray, by the organ's policy or who received them."""
    if not access.roles_of(person, organ.id) & CONTENT_ROLES:
        return false()
    # Asked of each document by itself: a page of a list is at hand before the others are looked at.
    place = select(Placement.id).where(Placement.document_id == Document.id).correlate(Document)
    open_place = place.join(CaseFile).where(_open_by_level(person, organ)).limit(1)
    in_open_file = open_place.scalar_subquery().is_not(None)  # of `exists` PostgreSQL looks up all
    policy = true() if policy_at(person, organ.id) == "open" else false()
    in_tray = and_(Document.is_filed.is_(False), or_(policy, Document.shelved_by_id == person.id))
    return or_(in_open_file, in_tray)


def _granted(column: object, own: object, person: Person) -> ColumnElement[bool]:
    return own.in_(select(column).where(column.is_not(None), *_alive(person)))  # type: ignore[attr-defined, call-overload, no-any-return]


def _alive(person: Person) -> tuple[ColumnElement[bool], ...]:
    until = or_(Grant.until.is_(None), Grant.until > clock.now())
    mine = false() if person.is_lent else Grant.person_id == person.id
    return (mine, until)
