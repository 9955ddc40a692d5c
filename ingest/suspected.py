"""Who is told of received files that are suspected to be state secrets (R15)."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import access
from archive.models import Event, Organ, Person
from archive.notices import FILE_SUSPECTED, Told
from ingest.models import Intake
from ingest.steps import SUSPICIOUS


def of_organ(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """Who decides on secrets is told of each that waits, whether told before or not."""
    deciding = [one for one in staff if access.decides_secrets(one, organ.id)]
    if not deciding:
        return []
    set_aside = (
        select(func.max(Event.id))
        .where(Event.subject_type == "intake", Event.subject_id == Intake.id)
        .where(Event.action == "intake.waiting")
        .correlate(Intake)
        .scalar_subquery()
    )
    waits = (Intake.organ_id == organ.id, Intake.state == "waiting", Intake.reason == SUSPICIOUS)
    found = session.execute(select(Intake, set_aside).where(*waits).order_by(Intake.id)).all()
    return [
        Told(person.id, FILE_SUSPECTED, intake, str(event or ""))
        for intake, event in found
        for person in deciding
    ]
