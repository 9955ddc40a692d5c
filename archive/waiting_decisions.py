"""Who is told of what waits for their decision, and of the answer to what they asked.

Requests to take content out (DB-33, TN-41), and documents suspected to be state secrets (R15).
Each is told once an occasion; see `notices.tell`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import access, alarms, clock
from archive.access import Action
from archive.life_models import ExportRequest
from archive.models import Document, Event, Organ, Person
from archive.notices import EXPORT_ANSWERED, EXPORT_ASKED, SECRET_SUSPECTED, Told

NEWS = timedelta(days=14)  # an older answer is none


def of_organ(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """All of it at this organ, whether told before or not."""
    here = list(staff)
    return [
        *of_exports(session, organ, here),
        *of_answers(session, organ),
        *of_suspicions(session, organ, here),
    ]


def of_exports(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """Who decides is told of each request that waits, but for who asked."""
    deciding = [one for one in staff if access.may(session, one, Action.ALLOW_EXPORT, organ)]
    if not deciding:
        return []
    found = session.scalars(
        select(ExportRequest)
        .where(ExportRequest.organ_id == organ.id, ExportRequest.decided_at.is_(None))
        .order_by(ExportRequest.id)
    )
    return [
        Told(person.id, EXPORT_ASKED, one, _day(one.asked_at, organ))
        for one in found
        for person in deciding
        if person.id != one.person_id
    ]


def of_answers(session: Session, organ: Organ) -> list[Told]:
    """Who asked is told of the answer."""
    since = clock.now() - NEWS
    found = session.scalars(
        select(ExportRequest)
        .where(ExportRequest.organ_id == organ.id, ExportRequest.decided_at >= since)
        .order_by(ExportRequest.id)
    )
    return [
        Told(one.person_id, EXPORT_ANSWERED, one, _day(one.decided_at, organ))
        for one in found
        if one.decided_at is not None
    ]


def of_suspicions(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """Who decides on secrets is told of each document that came under suspicion."""
    deciding = [one for one in staff if access.decides_secrets(one, organ.id)]
    if not deciding:
        return []
    alarm = (
        select(func.max(Event.id))
        .where(Event.subject_type == "document", Event.subject_id == Document.id)
        .where(Event.action == "document.alarm")
        .correlate(Document)
        .scalar_subquery()
    )
    here = (Document.organ_id == organ.id, Document.alarm == alarms.SUSPECTED)
    found = session.execute(select(Document, alarm).where(*here).order_by(Document.id)).all()
    return [
        Told(person.id, SECRET_SUSPECTED, document, str(event or ""))
        for document, event in found
        for person in deciding
    ]


def _day(instant: datetime, organ: Organ) -> str:
    return clock.day_of(instant, organ).isoformat()
