"""Alarms on documents that stand on the shelf: a state secret, suspected or certain; infected.

What a new walk or the same bytes elsewhere reveal about a document narrows it at once. A suspected
or certain secret is closed to all but those who decide on secrets (R15); an infected original is
given out to nobody but who decides about received files.
"""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from archive import access, audit, refusals
from archive.errors import Conflict, Invalid, NotAllowed
from archive.models import SECRETS, Document, Organ, Part, Person, Rendition
from archive.roles import Action

SUSPECTED, SECRET, INFECTED = "suspected_secret", "secret", "infected"
_GRAVITY = (None, INFECTED, SUSPECTED, SECRET)


def sound(session: Session, document: Document, alarm: str) -> None:
    """Put the document under this alarm from now on; a graver one stays. A freeze forbids none."""
    _hold(session, document)
    if _GRAVITY.index(alarm) <= _GRAVITY.index(document.alarm):
        return
    document.alarm = alarm
    document.revision += 1
    session.flush()
    audit.record(session, "document.alarm", document, facts={"reason": alarm})


def end(session: Session, document: Document, *, why: str = "") -> None:
    """It was unfounded, or a walk with today's programs found nothing any more."""
    _hold(session, document)
    if document.alarm is None:
        return
    document.alarm = None
    document.revision += 1
    session.flush()
    audit.record(session, "document.end_alarm", document, why=why)


def clear(session: Session, document: Document, why: str) -> None:
    """A person who decides on secrets looked: it is none.

    Raises:
        Conflict: `not_suspected`; Invalid: `reason_missing`.
    """
    _must_be_suspected(document, why)
    end(session, document, why=why)


def confirm(session: Session, document: Document, why: str) -> list[Document]:
    """It is a state secret: it stays closed, and leaves by disposal. The twins that are suspected.

    Raises:
        Conflict: `not_suspected`; Invalid: `reason_missing`.
    """
    _must_be_suspected(document, why)
    return confirmed(session, document, why)


def confirmed(session: Session, document: Document, why: str) -> list[Document]:
    """Close it for good, write the refusal down, and suspect the same bytes elsewhere."""
    sound(session, document, SECRET)
    audit.record(session, "document.confirm_secret", document, why=why)
    refusals.refuse(session, document.organ, None, refusals.SECRET)
    twins = {
        one for part in document.parts for one in suspect_twins(session, part.digest, document)
    }
    return sorted(twins, key=lambda one: one.id)


def suspect_twins(session: Session, digest: str, but: Document | None = None) -> list[Document]:
    """Suspect every document, of whatever organ, that is made of bytes confirmed as a secret."""
    made_of_it = select(Part.document_id).where(Part.digest == digest)
    found = select(Document).where(Document.id.in_(made_of_it), Document.destroyed_at.is_(None))
    found = found.order_by(Document.id)
    twins = [one for one in session.scalars(found) if but is None or one.id != but.id]
    for one in twins:
        sound(session, one, SUSPECTED)
    return twins


def suspected(session: Session, organ: Organ) -> list[Document]:
    """The organ's documents on which somebody must decide, oldest first."""
    here = (Document.organ_id == organ.id, Document.alarm == SUSPECTED)
    return list(session.scalars(select(Document).where(*here).order_by(Document.id).limit(200)))


def require_harmless(session: Session, person: Person, document: Document, form: Rendition) -> None:
    """Go on only if these bytes carry no virus, or the person decides about such files.

    Raises:
        NotAllowed: `infected_original`.
    """
    is_original = any(part.digest == form.digest for part in document.parts)
    if document.alarm != INFECTED or not is_original:
        return
    if not access.may(session, person, Action.DECIDE_INTAKE, document):
        raise NotAllowed("infected_original", document=document.code)


def is_closed(document: Document) -> bool:
    """Whether only those who decide on secrets may know of it."""
    return document.alarm in SECRETS


def open_to(person: Person, document: ColumnElement[int | None]) -> ColumnElement[bool]:
    """Rows about no document, or one of which no alarm keeps the person from knowing; `where`."""
    known = select(Document.id).where(Document.id == document, access.open_documents(person))
    return or_(document.is_(None), known.exists())


def _must_be_suspected(document: Document, why: str) -> None:
    if not why.strip():
        raise Invalid("reason_missing")
    if document.alarm != SUSPECTED:
        raise Conflict("not_suspected", document=document.code)


def _hold(session: Session, document: Document) -> None:
    session.flush()
    audit.hold(session, document)
