"""Reading is an act: what was opened, downloaded, printed and searched, and who may see what.

Rights for one thing are `access.may`. Lists need the same answer for many rows at once: here it
is a condition of the question itself, so that counts and pages are right.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from archive import access, audit, case_files, clock, documents, seeing
from archive.access import Action
from archive.errors import Invalid, NotAllowed, NotFound
from archive.models import (
    CaseFile,
    Document,
    Event,
    EventRow,
    Grant,
    Organ,
    Person,
    Placement,
)
from archive.roles import OVERSEERS

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
    *,
    inside: str = "",
) -> None:
    """Tell of a search: how much it found, and its words where they can be erased (R12).

    `inside` is the code of the one case file, or document, that was looked into. Where all that it
    found is at hand, the codes are told too: its words go with the last of them.
    """
    facts: dict[str, Any] = {"total": total}
    if inside:
        facts["inside"] = inside
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
    return seeing.case_files_at(seeing.sights_of(person), seeing.sight_of(person, organ.id))


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
    here = seeing.sight_of(person, organ.id)
    return seeing.documents_at(seeing.sights_of(person), here, content=content)


def found_documents(
    session: Session, person: Person, *, content: bool = False
) -> ColumnElement[bool]:
    """The documents of all organs whose description, or content, the person may see."""
    return seeing.documents(seeing.sights_of(person), content=content)


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
    found = seeing.numbers_of_documents(session, seeing.sights_of(person), list(numbers))
    return set(found), {number for number, is_readable in found.items() if is_readable}


def found_case_files(session: Session, person: Person) -> ColumnElement[bool]:
    """The case files of all organs that the person may know of."""
    return seeing.case_files(seeing.sights_of(person))


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
    places: Places = {}
    for number, case_file in seeing.places_of(session, seeing.sights_of(person), numbers):
        places.setdefault(number, []).append(case_file)
    return places


def sees_all(person: Person, organ: Organ, *, with_oversight: bool) -> bool:
    """Whether the person's roles open all of the organ's holdings, whatever their levels."""
    return seeing.sight_of(person, organ.id).is_whole(with_oversight=with_oversight)
