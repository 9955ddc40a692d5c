"""What a person decides about a file that waits, is stuck or was refused. Each with a reason."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import audit, clock, refusals
from archive.errors import Conflict, Invalid, NotFound
from formats.kinds import Family
from ingest import claims, outcomes, page_making, shelving
from ingest.models import Intake
from ingest.outcomes import SILENT_SERVICES
from ingest.steps import SUSPICIOUS
from ingest.workspace import Workshop

FOR_A_PROGRAM = frozenset(  # what goes on by itself once the program is there
    {
        "program_missing",
        "font_missing",
        "scanner_silent",
        "scanner_answer_unknown",
        *SILENT_SERVICES,
    }
)
PAST_READING = ("make_pdfa", "seal", "validate")
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
    outcomes.resume(session, intake)


def keep_as_received(session: Session, intake: Intake, why: str) -> None:
    """Shelve a file that cannot be read as it is; it is listed as waiting for mending (R3).

    Raises:
        Conflict: `not_waiting`; Invalid: `reason_missing`.
    """
    _must_be(intake, "waiting", "stuck")
    if intake.is_quarantined:
        raise Conflict("suspicion_undecided")
    if intake.reason in FOR_A_PROGRAM:
        raise Conflict("not_waiting", state=intake.state)
    _need(why)
    _decide(intake, as_received=intake.reason or "unreadable")
    if intake.next_step in PAST_READING:
        intake.next_step = "make_pdfa"  # its text stays; only the archival copy is left out
    elif "identify" in intake.facts:
        intake.next_step = "read_text"
    audit.record(session, "intake.keep_as_received", intake, why=why)
    outcomes.resume(session, intake)


def look(session: Session, intake: Intake) -> None:
    """Who decides looks at what is suspected; that too stands in the story.

    Raises:
        Conflict: `not_waiting`.
    """
    _must_be_suspected(intake)
    audit.record(session, "intake.look", intake)


def pages_to_look_at(workshop: Workshop, intake: Intake, folder: Path) -> Path:
    """The pages of a file that lies in quarantine, made anew in a folder that the caller empties.

    Raises:
        NotFound: `no_such_page`: this kind of file has none.
        FormatError: they cannot be made.
    """
    apart = replace(workshop, files=workshop.quarantine)
    work = claims.workspace_of(apart, intake, folder)
    if page_making.family_of(work) is Family.OTHER:
        raise NotFound("no_such_page", page=1)
    return page_making.pages_pdf(work, work.scratch("look"))[0]


def clear_suspicion(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """A person looked: it is no state secret. The file goes on. Inside `shelving.copied_back`.

    Raises:
        Conflict: `not_waiting`; Invalid: `reason_missing`; StoreFailed: `file_gone`.
    """
    _must_be_suspected(intake)
    _need(why)
    shelving.take_back(workshop, intake)
    _decide(intake, not_secret=True)
    intake.next_step = "read_text"
    audit.record(session, "intake.clear_suspicion", intake, why=why)
    outcomes.resume(session, intake)


def confirm_secret(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """It is a state secret: the quarantine is emptied; number, date and reason stay (R15).

    Raises:
        Conflict: `not_waiting`, `shelved_already`; Invalid: `reason_missing`.
    """
    _must_be_suspected(intake)
    _need(why)
    if intake.mends_part_id is not None:  # the document on the shelf leaves by disposal only
        raise Conflict("shelved_already")
    shelving.discard(session, workshop, intake, why)
    refusals.refuse(session, intake.organ, None, refusals.SECRET)


def discard(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """Let go of what never became a document, once it has rested for 30 days (R4).

    A walk that was to mend a document may be given up at once; the document stays as it is.

    Raises:
        Conflict: `not_waiting`, `too_early` with the day from which it may go.
        Invalid: `reason_missing`.
    """
    _must_be(intake, "waiting", "stuck", "refused")
    _need(why)
    if intake.reason == SUSPICIOUS:
        raise Conflict("suspicion_undecided")
    from_on = clock.day_of(intake.received_at + REST, intake.organ)
    if intake.mends_part_id is None and clock.today(intake.organ) < from_on:
        raise Conflict("too_early", from_on=from_on.isoformat())
    shelving.discard(session, workshop, intake, why)


def _decide(intake: Intake, **decided: Any) -> None:
    """Note what was decided beside all that was decided before."""
    intake.facts = {
        **intake.facts,
        "decided": {**intake.facts.get("decided", {}), **decided},
    }


def _must_be(intake: Intake, *states: str) -> None:
    if intake.state not in states:
        raise Conflict("not_waiting", state=intake.state)


def _must_be_suspected(intake: Intake) -> None:
    if intake.state != "waiting" or intake.reason != SUSPICIOUS:
        raise Conflict("not_waiting", state=intake.state)


def _need(why: str) -> None:
    if not why.strip():
        raise Invalid("reason_missing")
