"""What comes of a claimed step: written down in one short transaction, or set aside.

Whoever writes checks that the claim still stands, so that a worker that overslept changes nothing.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from archive import alarms, audit, clock, secret_lines
from archive.database import Database
from archive.errors import ArchiveError
from archive.models import Part
from formats.errors import FormatError
from ingest import issued, shelving
from ingest.claims import Claim, part_results, release, set_aside, still_ours, telling
from ingest.models import Intake, IntakeFile
from ingest.steps import SUSPICIOUS, Step
from ingest.workspace import Made, Outcome, Workshop, digest_of

MOST_TRIES = 5
LOOK_AGAIN = timedelta(seconds=30)  # for a missing program; then four times that, and so on
LOOK_SELDOM = timedelta(minutes=30)
LOOKS_COUNTED = 3  # fewer than the tries, so that a later failure is still tried again
SILENT_SERVICES = frozenset({"timestamp_unreachable", "seal_token_failed"})  # of the seal
log = logging.getLogger("luutru.road")


def write_down(
    db: Database, workshop: Workshop, claim: Claim, outcome: Outcome, road: Sequence[Step]
) -> None:
    """Note facts and files and go to the next step; at the end of the road, shelve."""
    with workshop.files.keeping():  # from putting the renditions until the rows need them
        _write_down(db, workshop, claim, outcome, road)


def _write_down(
    db: Database, workshop: Workshop, claim: Claim, outcome: Outcome, road: Sequence[Step]
) -> None:
    made = {role: _settle(claim, workshop, role, path) for role, path in outcome.files.items()}
    names = [step.name for step in road]
    at_end = claim.step.name == names[-1] and outcome.go_to is None
    kept = _keep(workshop, claim, made, outcome) if at_end else ()
    with telling(claim), db.transaction() as session:
        intake = still_ours(session, claim)
        if intake is None:
            return
        release(intake)
        if not outcome.is_finished:
            intake.attempts, intake.queued_at = 0, clock.now()
            return
        intake.attempts, intake.trouble, intake.progress = 0, None, {}
        intake.facts = {**intake.facts, claim.step.name: outcome.facts}
        for role, one in made.items():
            _note_file(session, intake, role, one, claim.step.name)
        if at_end:
            shelving.shelve(session, intake, kept)
        else:
            intake.next_step = outcome.go_to or names[names.index(claim.step.name) + 1]
            intake.queued_at = clock.now()
        audit.record(session, "intake.step", intake, facts={"step": claim.step.name})
    if at_end:
        workshop.tidy(claim.intake_id)


def _keep(
    workshop: Workshop, claim: Claim, made: dict[str, Made], outcome: Outcome
) -> tuple[shelving.Kept, ...]:
    """Put what will be renditions into the store, before the row says that they are there."""
    results = {**part_results(workshop.folder(claim.intake_id), claim), **made}
    facts = {**claim.facts, claim.step.name: outcome.facts}
    return shelving.keep(workshop.files, results, facts, claim.original)


def _settle(claim: Claim, workshop: Workshop, role: str, path: Path) -> Made:
    """Give a part result its name in the work area."""
    digest = digest_of(path)
    place = workshop.folder(claim.intake_id) / claim.step.name / f"{role}{digest[:12]}"
    if place != path:
        path.rename(place)
    return Made(place, digest, place.stat().st_size)


def _note_file(session: Session, intake: Intake, role: str, made: Made, step: str) -> None:
    """The newest file of a role counts."""
    row = next((one for one in intake.files if one.role == role), None)
    if row is None:
        row = IntakeFile(intake_id=intake.id, role=role)
        session.add(row)
    row.digest, row.size, row.step = made.digest, made.size, step


def refuse(db: Database, workshop: Workshop, claim: Claim, error: ArchiveError) -> None:
    """It will not become a document. An infected file's bytes go to quarantine."""
    _quarantine(db, workshop, claim, "refused", error.code, error.details)


def _quarantine(
    db: Database,
    workshop: Workshop,
    claim: Claim,
    state: str,
    code: str,
    details: dict[str, Any],
) -> None:
    """Copy the bytes aside, say so, and only then let go of them in the store."""
    with db.transaction() as session:
        if still_ours(session, claim) is None:
            return
    with workshop.quarantine.keeping():
        shelving.copy_to_quarantine(workshop, claim.original)
        with telling(claim), db.transaction() as session:
            if intake := still_ours(session, claim):
                release(intake)
                intake.is_quarantined = True
                set_aside(session, intake, state, code, details)
                _alarm(session, intake, code)
    shelving.let_go(db.engine, workshop, claim.original)
    with db.reading() as session:
        earlier = issued.states_of(session, claim.intake_id)
    for digest in earlier:
        shelving.let_go_in_store(db.engine, workshop.files, digest)
    if intake is not None:
        workshop.tidy(claim.intake_id)


def _alarm(session: Session, intake: Intake, code: str) -> None:
    """What stands on the shelf and was to be mended, and its line, are narrowed in that moment."""
    if intake.mends_part_id is not None and code in (alarms.SUSPECTED, alarms.INFECTED):
        alarms.sound(session, session.get_one(Part, intake.mends_part_id).document, code)
    if intake.register_entry_id is not None and code == alarms.SUSPECTED:
        secret_lines.suspect(session, intake.register_entry_id)


def wait(
    db: Database,
    workshop: Workshop,
    claim: Claim,
    code: str,
    details: dict[str, Any],
    *,
    look_again: bool = False,
) -> None:
    """Not yet a document: a person decides, or a program or service must come (`look_again`)."""
    if code == SUSPICIOUS:
        _quarantine(db, workshop, claim, "waiting", code, details)
        return
    with telling(claim), db.transaction() as session:
        if intake := still_ours(session, claim):
            release(intake)
            intake.try_after = clock.now() + pause_after(claim.attempt) if look_again else None
            set_aside(session, intake, "waiting", code, details)


def step_back(db: Database, claim: Claim, role: str) -> None:
    """A part result is gone: the step that made it runs again."""
    with telling(claim), db.transaction() as session:
        if intake := still_ours(session, claim):
            release(intake)
            intake.next_step = claim.files[role][2]
            audit.record(session, "intake.step_back", intake, facts={"step": intake.next_step})


def try_again_later(db: Database, claim: Claim, error: Exception) -> None:
    """1, 2, 4, 8 minutes; after the fifth try the intake is stuck and a person looks at it."""
    log.warning("intake %s, %s: %s", claim.intake_id, claim.step.name, error, exc_info=error)
    with telling(claim), db.transaction() as session:
        intake = still_ours(session, claim)
        if intake is None:
            return
        release(intake)
        intake.trouble = f"{type(error).__name__}: {error}"[:2000]
        if claim.attempt < MOST_TRIES:
            intake.try_after = clock.now() + timedelta(minutes=2 ** (claim.attempt - 1))
            return
        code = error.code if isinstance(error, ArchiveError | FormatError) else "step_failed"
        set_aside(session, intake, "stuck", code, {"step": claim.step.name})


def pause_after(looks: int) -> timedelta:
    """How long a file rests before what it waits for is looked for again."""
    return min(LOOK_AGAIN * 4.0 ** (looks - 1), LOOK_SELDOM)


def resume(session: Session, intake: Intake) -> None:
    """Go on from the step at which it stopped, with all tries ahead again."""
    intake.state, intake.reason, intake.details = "received", None, {}
    intake.attempts, intake.try_after, intake.queued_at = 0, None, clock.now()
    audit.record(session, "intake.resume", intake)
