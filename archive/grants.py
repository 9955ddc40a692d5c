"""Reading beyond what the roles give: one person, one case file or document, until a day (HC-61).

A grant opens reading and nothing else. Who gives it must be able to read the thing, and nobody
gives one to themselves.
"""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive import access, audit, case_files, clock, people
from archive.errors import Conflict, Invalid
from archive.models import CaseFile, Document, Grant, Organ, Person

REASONED = "audit"  # grants of this reason are made by `reading.give_reason`


def give(
    session: Session,
    thing: CaseFile | Document,
    person: Person,
    until_on: date | None,
    reason: str,
    by: Person,
) -> Grant:
    """Let the person read the thing, to the end of this day or until it is ended.

    Raises:
        Invalid: `reason_missing`, `day_has_passed`, `person_works_elsewhere`.
        Conflict: `yourself`, `granted_already`, `account_closed`.
    """
    if not reason.strip():
        raise Invalid("reason_missing")
    if person.id == by.id:
        raise Conflict("yourself")
    organ = session.get_one(Organ, thing.organ_id)
    if until_on is not None and until_on < clock.today(organ):
        raise Invalid("day_has_passed", day=until_on)
    if organ.id not in {person.organ_id} | access.organs_of(person):
        raise Invalid("person_works_elsewhere", name=person.full_name)
    if not people.is_active(person):
        raise Conflict("account_closed", name=person.full_name)
    column = Grant.case_file_id if isinstance(thing, CaseFile) else Grant.document_id
    alive = or_(Grant.until.is_(None), Grant.until > clock.now())
    held = select(Grant.id).where(column == thing.id, Grant.person_id == person.id, alive)
    if session.scalar(held.where(Grant.reason != REASONED).limit(1)) is not None:
        raise Conflict("granted_already", name=person.full_name)
    made = Grant(
        person_id=person.id,
        reason=reason.strip(),
        granted_at=clock.now(),
        until=clock.end_of(until_on, organ) if until_on else None,
        **{column.key: thing.id},
    )
    session.add(made)
    session.flush()
    facts = {"person": person.user_name, "until": until_on.isoformat() if until_on else ""}
    _index_anew(session, thing)
    audit.record(session, f"{thing.STORY}.grant", thing, also=(made,), facts=facts, why=made.reason)
    return made


def end(session: Session, grant: Grant, reason: str) -> None:
    """Take a grant back at once; the row stays.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `ended_already`.
    """
    if not reason.strip():
        raise Invalid("reason_missing")
    audit.hold(session, grant)
    if grant.until is not None and grant.until <= clock.now():
        raise Conflict("ended_already")
    grant.until = clock.now()
    session.flush()
    thing = thing_of(session, grant)
    person = session.get_one(Person, grant.person_id)
    _index_anew(session, thing)
    audit.record(
        session,
        f"{thing.STORY}.end_grant",
        thing,
        also=(grant,),
        facts={"person": person.user_name},
        why=reason.strip(),
    )


def thing_of(session: Session, grant: Grant) -> CaseFile | Document:
    """What the grant opens."""
    if grant.case_file_id is not None:
        return session.get_one(CaseFile, grant.case_file_id)
    return session.get_one(Document, grant.document_id)


def alive_on(session: Session, thing: CaseFile | Document) -> list[tuple[Grant, Person]]:
    """The grants on the thing itself that hold now, with whom they were given to."""
    column = Grant.case_file_id if isinstance(thing, CaseFile) else Grant.document_id
    found = session.execute(
        select(Grant, Person)
        .join(Person, Person.id == Grant.person_id)
        .where(column == thing.id, or_(Grant.until.is_(None), Grant.until > clock.now()))
        .order_by(Grant.id)
    )
    return [(grant, person) for grant, person in found]


def _index_anew(session: Session, thing: CaseFile | Document) -> None:
    """The readers of these documents changed: the index is to learn of it (R23), no more."""
    if isinstance(thing, CaseFile):
        case_files.index_anew(session, [thing.id])
    else:
        thing.indexed_revision = min(thing.indexed_revision, 0) - 1
        session.flush()
