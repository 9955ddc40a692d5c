"""What a person decides about a file that waits, is stuck or was refused. Each with a reason."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import alarms, audit, clock, refusals, secret_lines
from archive.errors import Conflict, Invalid, NotFound
from archive.models import Document, Part
from formats.kinds import Family
from ingest import claims, outcomes, page_making, shelving, twins
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
        _note_unjudged(intake)
    audit.record(session, "intake.keep_as_received", intake, why=why)
    outcomes.resume(session, intake)


def _note_unjudged(intake: Intake) -> None:
    """The step that judges signatures is passed over: nobody may take that for "there are none"."""
    if "check_signatures" not in intake.facts:
        unread = {"count": 0, "problem": intake.reason or "unreadable"}
        intake.facts = {**intake.facts, "check_signatures": unread}


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
    if (document := _mended_by(session, intake)) is not None:
        alarms.end(session, document, why=why)
    outcomes.resume(session, intake)
    if intake.register_entry_id is not None and not _others(session, intake, suspected=True):
        secret_lines.clear(session, intake.register_entry_id)


def confirm_secret(
    session: Session, workshop: Workshop, intake: Intake, why: str
) -> list[Document]:
    """It is a state secret: the quarantine is emptied; number, date and reason stay (R15).

    Its line in a register is erased likewise; other files of it are in no register from then on.
    A document that was to be mended stays closed, and leaves by disposal only. What is made of the
    same bytes, of whatever organ, is suspected from now on: on the road, and on the shelf; the
    documents are the answer. Inside `twins.copied_apart`.

    Raises:
        Conflict: `not_waiting`; Invalid: `reason_missing`.
    """
    _must_be_suspected(intake)
    _need(why)
    document, digest = _mended_by(session, intake), intake.digest
    twins.suspect(session, workshop, digest)
    _erase_line(session, intake)
    secret_lines.forget_questions(session, intake.organ, intake.id)
    shelving.discard(session, workshop, intake, why)
    if document is not None:
        _suspect_parts(session, workshop, document)
        return alarms.confirmed(session, document, why)
    refusals.refuse(session, intake.organ, None, refusals.SECRET)
    return alarms.suspect_twins(session, digest)


def _erase_line(session: Session, intake: Intake) -> None:
    if intake.register_entry_id is None or intake.mends_part_id is not None:
        return
    others = _others(session, intake)
    secret_lines.erase(session, intake.register_entry_id)
    for one in others:
        if one.document_id is None:
            one.register_entry_id = None
            session.flush()
            audit.record(session, "intake.leave_register", one)


def _others(session: Session, intake: Intake, *, suspected: bool = False) -> list[Intake]:
    """The other files of its line that are kept, held until the commit."""
    here = [Intake.register_entry_id == intake.register_entry_id, Intake.id != intake.id]
    here += [Intake.is_quarantined.is_(True)] if suspected else []
    found = select(Intake).where(*here, Intake.state.not_in(("discarded", "refused")))
    held = found.order_by(Intake.id).with_for_update(key_share=True)
    return list(session.scalars(held.execution_options(populate_existing=True)))


def clear_shelved(session: Session, document: Document, why: str) -> None:
    """A document is suspected for its bytes alone, and a person says that it is no secret.

    Raises:
        Conflict: `not_suspected`, `mending_already`: the walk is decided on; Invalid:
            `reason_missing`.
    """
    _no_walk(session, document)
    alarms.clear(session, document, why)


def confirm_shelved(
    session: Session, workshop: Workshop, document: Document, why: str
) -> list[Document]:
    """It is one: it stays closed. The documents that are suspected now for the same bytes.

    What is on the road of these bytes is suspected too. Inside `twins.copied_apart`.

    Raises:
        Conflict, Invalid: like `clear_shelved`.
    """
    _no_walk(session, document)
    _suspect_parts(session, workshop, document)
    return alarms.confirm(session, document, why)


def _suspect_parts(session: Session, workshop: Workshop, document: Document) -> None:
    for digest in sorted(twins.digests_of(document)):
        twins.suspect(session, workshop, digest)


def _no_walk(session: Session, document: Document) -> None:
    parts = [one.id for one in document.parts]
    waiting = Intake.mends_part_id.in_(parts), Intake.state == "waiting", Intake.is_quarantined
    if (walk := session.scalar(select(Intake.id).where(*waiting).limit(1))) is not None:
        raise Conflict("mending_already", document=document.code, intake=walk)


def _mended_by(session: Session, intake: Intake) -> Document | None:
    """The document that this walk was to mend."""
    if intake.mends_part_id is None:
        return None
    return session.get_one(Part, intake.mends_part_id).document


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
