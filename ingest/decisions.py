"""What a person decides about a file that waits, is stuck or was refused. Each with a reason."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import audit, clock
from archive.errors import Conflict, Invalid, NotFound
from ingest import claims, shelving
from ingest.models import Intake
from ingest.steps import SUSPICIOUS
from ingest.workspace import Workshop

UNREADABLE = frozenset(
    {"encrypted", "unreadable", "damaged", "too_many_pages", "too_many_pixels", "too_large"}
)
REST = timedelta(days=30)


def by_id(session: Session, intake_id: int) -> Intake:
    """The intake with this number, locked.

    Raises:
        NotFound: `no_such_intake`.
    """
    intake = session.scalar(
        select(Intake)
        .where(Intake.id == intake_id)
        .options(joinedload(Intake.organ))
        .with_for_update(key_share=True, of=Intake)
    )
    if intake is None:
        raise NotFound("no_such_intake", intake=intake_id)
    return intake


def try_again(session: Session, intake: Intake) -> None:
    """Put a waiting or stuck file back on the road where it stopped.

    Raises:
        Conflict: `not_waiting`, or `suspicion_undecided`.
    """
    _must_be(intake, "waiting", "stuck")
    if intake.is_quarantined:
        raise Conflict("suspicion_undecided")
    claims.resume(session, intake)


def keep_as_received(session: Session, intake: Intake, why: str) -> None:
    """Shelve a file that cannot be read as it is; it is listed as waiting for mending (R3).

    Raises:
        Conflict: `not_waiting`; Invalid: `reason_missing`.
    """
    _must_be(intake, "waiting", "stuck")
    if intake.is_quarantined:
        raise Conflict("suspicion_undecided")
    _need(why)
    reason = intake.reason or "unreadable"
    intake.facts = {**intake.facts, "decided": {"as_received": reason}}
    intake.next_step = "read_text" if "identify" in intake.facts else intake.next_step
    audit.record(session, "intake.keep_as_received", intake, why=why)
    claims.resume(session, intake)


def look(session: Session, intake: Intake) -> None:
    """Who decides looks at what is suspected; that too stands in the story.

    Raises:
        Conflict: `not_waiting`.
    """
    _must_be_suspected(intake)
    audit.record(session, "intake.look", intake)


def clear_suspicion(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """A person looked: it is no state secret. The file goes on.

    Raises:
        Conflict: `not_waiting`; Invalid: `reason_missing`.
    """
    _must_be_suspected(intake)
    _need(why)
    shelving.take_back(session, workshop, intake)
    intake.facts = {**intake.facts, "decided": {"not_secret": True}}
    intake.next_step = "read_text"
    audit.record(session, "intake.clear_suspicion", intake, why=why)
    claims.resume(session, intake)


def confirm_secret(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """It is a state secret: the quarantine is emptied; number, date and reason stay (R15).

    Raises:
        Conflict: `not_waiting`; Invalid: `reason_missing`.
    """
    _must_be_suspected(intake)
    _need(why)
    shelving.discard(session, workshop, intake, why)


def discard(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """Let go of what never became a document, once it has rested for 30 days (R4).

    Raises:
        Conflict: `not_waiting`, `too_early` with the day from which it may go.
        Invalid: `reason_missing`.
    """
    _must_be(intake, "waiting", "stuck", "refused")
    _need(why)
    if intake.reason == SUSPICIOUS:
        raise Conflict("suspicion_undecided")
    from_on = (intake.received_at + REST).date()
    if clock.today(intake.organ) < from_on:
        raise Conflict("too_early", from_on=from_on.isoformat())
    shelving.discard(session, workshop, intake, why)


def _must_be(intake: Intake, *states: str) -> None:
    if intake.state not in states:
        raise Conflict("not_waiting", state=intake.state)


def _must_be_suspected(intake: Intake) -> None:
    if intake.state != "waiting" or intake.reason != SUSPICIOUS:
        raise Conflict("not_waiting", state=intake.state)


def _need(why: str) -> None:
    if not why.strip():
        raise Invalid("reason_missing")
