"""Who works on what: claims with leases, and the one short transaction after each step.

A claim is a token on the intake's row until a time. Whoever writes checks that the token is still
there, so that a worker that overslept changes nothing. What a failure costs: the running step.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import audit, clock
from archive.database import Database
from archive.errors import ArchiveError
from archive.models import Organ
from formats.errors import FormatError
from ingest import shelving
from ingest.models import Intake, IntakeFile
from ingest.steps import SUSPICIOUS, Step
from ingest.workspace import Made, OrganFacts, Outcome, Workshop, Workspace, digest_of

LEASE = timedelta(minutes=10)
RENEWAL = timedelta(minutes=1)
BEAT = timedelta(seconds=2)
MOST_TRIES = 5
MOST_CLAIMS = 20  # of one step, when workers die of it before they can say so
LOOK_AGAIN = timedelta(seconds=30)  # for a missing program; then four times that, and so on
LOOK_SELDOM = timedelta(minutes=30)
LOOKS_COUNTED = 3  # fewer than the tries, so that a later failure is still tried again
SLICE = timedelta(seconds=10)
log = logging.getLogger("luutru.road")


@dataclass(frozen=True)
class Claim:
    """The right to run one step of one intake, until the lease ends."""

    intake_id: int
    token: str
    step: Step
    attempt: int
    name: str
    original: str
    organ: OrganFacts
    facts: dict[str, dict[str, Any]]
    files: dict[str, tuple[str, int, str]]  # role -> digest, size, step
    fields: dict[str, str]
    received_by: int | None


def due(session: Session, together: Step, limit: int) -> list[int]:
    """Intakes whose next step can be run by itself now, longest waiting first."""
    found = select(Intake.id).where(*_is_due(), Intake.next_step != together.name)
    return list(session.scalars(found.order_by(Intake.queued_at, Intake.id).limit(limit)))


def _is_due() -> tuple[Any, ...]:
    moment = clock.now()
    return (
        Intake.state == "received",
        or_(Intake.claimed_until.is_(None), Intake.claimed_until < moment),
        or_(Intake.try_after.is_(None), Intake.try_after <= moment),
    )


def gathered(session: Session, together: Step) -> tuple[int, float]:
    """How many wait at the step that is done together, and for how many seconds the first has."""
    found = select(func.count(), func.min(Intake.queued_at)).where(
        *_is_due(), Intake.next_step == together.name
    )
    count, first = session.execute(found).one()
    return count, (clock.now() - first).total_seconds() if first else 0.0


def free_all(db: Database, workshop: Workshop) -> None:
    """Free what an earlier worker of this home left claimed; it is dead, for we hold its lock."""
    with db.transaction() as session:
        left = Intake.claim.startswith(workshop.mark)
        for intake in session.scalars(select(Intake).where(left)):
            _release(intake)


def take_next_step(
    db: Database, workshop: Workshop, intake_id: int, road: Sequence[Step]
) -> Claim | None:
    """Claim the intake's next step, if it is due, nobody has it, and it is done singly."""
    with db.transaction() as session:
        intake = session.scalar(_with_all().where(Intake.id == intake_id, *_is_due()))
        if intake is None:
            return None
        step = next(one for one in road if one.name == intake.next_step)
        if _kills_workers(session, intake) or step.is_together:
            return None
        return _claim(intake, step, workshop)


def take_together(db: Database, workshop: Workshop, step: Step, most: int) -> list[Claim]:
    """Claim all that wait at a step which is done for many at once."""
    with db.transaction() as session:
        waiting = session.scalars(
            _with_all()
            .where(*_is_due(), Intake.next_step == step.name)
            .order_by(Intake.queued_at, Intake.id)
            .limit(most)
        ).all()
        return [
            _claim(intake, step, workshop)
            for intake in waiting
            if not _kills_workers(session, intake)
        ]


def _kills_workers(session: Session, intake: Intake) -> bool:
    """Whether it took so many workers down with it that it is set aside now."""
    if intake.attempts < MOST_CLAIMS:
        return False
    with audit.acting(audit.Actor(door="worker", account="luutru")):
        _set_aside(session, intake, "stuck", "worker_died", {"step": intake.next_step})
    return True


def _with_all() -> Select[Intake]:
    return (
        select(Intake)
        .options(selectinload(Intake.files), joinedload(Intake.organ))
        .with_for_update(skip_locked=True, key_share=True, of=Intake)
    )


def _claim(intake: Intake, step: Step, workshop: Workshop) -> Claim:
    intake.claim = f"{workshop.mark}-{secrets.token_hex(8)}"
    intake.claimed_until = clock.now() + LEASE
    intake.attempts += 1
    return Claim(
        intake_id=intake.id,
        token=intake.claim,
        step=step,
        attempt=intake.attempts,
        name=intake.name,
        original=intake.digest,
        organ=_organ_facts(intake.organ),
        facts=dict(intake.facts),
        files={one.role: (one.digest, one.size, one.step) for one in intake.files},
        fields=dict(intake.fields),
        received_by=intake.received_by_id,
    )


def _organ_facts(organ: Organ) -> OrganFacts:
    return OrganFacts(
        id=organ.id,
        code=organ.code,
        name=organ.name,
        zone=organ.zone,
        signature_layout=organ.signature_layout,
        refuse_bad_signatures=organ.refuse_bad_signatures,
    )


def open_workspace(db: Database, workshop: Workshop, claim: Claim) -> Workspace:
    """The folder of the claim's intake with what earlier steps left in it."""
    folder = workshop.folder(claim.intake_id)
    folder.mkdir(parents=True, exist_ok=True)
    return Workspace(
        workshop=workshop,
        folder=folder,
        intake_id=claim.intake_id,
        name=claim.name,
        original=claim.original,
        organ=claim.organ,
        facts=claim.facts,
        made=_part_results(folder, claim),
        fields=claim.fields,
        beat=_heartbeat(db, claim),
        should_pause=_patience(db, claim),
    )


class ClaimLost(Exception):
    """Somebody else has the intake now; what this worker does no longer counts."""


def _heartbeat(db: Database, claim: Claim) -> Callable[[Callable[[], int], int], None]:
    """Renews the lease and notes the progress, every few seconds at most."""
    last = clock.now()

    def beat(done: Callable[[], int], total: int) -> None:
        nonlocal last
        if clock.now() - last < BEAT:
            return
        last = clock.now()
        with db.transaction() as session:
            intake = _still_ours(session, claim)
            if intake is None:
                raise ClaimLost
            intake.claimed_until = last + LEASE
            intake.progress = {"step": claim.step.name, "done": done(), "total": total}

    return beat


@contextmanager
def held(db: Database, claims: Sequence[Claim]) -> Iterator[None]:
    """Renew the claims' leases while their step runs, however long that takes."""
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(RENEWAL.total_seconds()):
            try:
                _renew(db, claims)
            except SQLAlchemyError:  # the next round may do better, and the lease is longer
                log.exception("a lease could not be renewed")

    keeper = threading.Thread(target=renew, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        keeper.join()


def _renew(db: Database, claims: Sequence[Claim]) -> None:
    with db.transaction() as session:
        for claim in claims:
            if intake := _still_ours(session, claim):
                intake.claimed_until = clock.now() + LEASE


def _patience(db: Database, claim: Claim) -> Callable[[], bool]:
    """True once the slice of time is used up and others wait (R13)."""
    began = asked = clock.now()
    answer = False

    def should_pause() -> bool:
        nonlocal asked, answer
        moment = clock.now()
        if moment - began < SLICE or moment - asked < timedelta(seconds=1):
            return answer
        asked = moment
        with db.reading() as session:
            others = select(Intake.id).where(*_is_due(), Intake.id != claim.intake_id).limit(1)
            answer = session.scalar(others) is not None
        return answer

    return should_pause


def _still_ours(session: Session, claim: Claim) -> Intake | None:
    """The row, locked, if the claim still stands."""
    return session.scalar(
        _with_all().where(
            Intake.id == claim.intake_id,
            Intake.claim == claim.token,
            Intake.next_step == claim.step.name,
            Intake.state == "received",
        )
    )


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
    with _telling(claim), db.transaction() as session:
        intake = _still_ours(session, claim)
        if intake is None:
            return
        _release(intake)
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
    results = {**_part_results(workshop.folder(claim.intake_id), claim), **made}
    facts = {**claim.facts, claim.step.name: outcome.facts}
    return shelving.keep(workshop.files, results, facts, claim.original)


def _part_results(folder: Path, claim: Claim) -> dict[str, Made]:
    """Where the files of earlier steps lie in the work area."""
    return {
        role: Made(folder / step / f"{role}{digest[:12]}", digest, size)
        for role, (digest, size, step) in claim.files.items()
    }


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


def _release(intake: Intake) -> None:
    intake.claim = intake.claimed_until = intake.try_after = None


def _telling(claim: Claim) -> AbstractContextManager[None]:
    """What the road does is told of the person who received the file."""
    return audit.acting(audit.Actor(door="worker", person_id=claim.received_by, account="luutru"))


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
        if _still_ours(session, claim) is None:
            return
    with workshop.quarantine.keeping():
        shelving.copy_to_quarantine(workshop, claim.original)
        with _telling(claim), db.transaction() as session:
            if intake := _still_ours(session, claim):
                _release(intake)
                intake.is_quarantined = True
                _set_aside(session, intake, state, code, details)
    shelving.let_go(db.engine, workshop, claim.original)
    if intake is not None:
        workshop.tidy(claim.intake_id)


def wait(
    db: Database,
    workshop: Workshop,
    claim: Claim,
    code: str,
    details: dict[str, Any],
    *,
    look_again: bool = False,
) -> None:
    """Not yet a document: a person decides, or a missing program must come (then `look_again`)."""
    if code == SUSPICIOUS:
        _quarantine(db, workshop, claim, "waiting", code, details)
        return
    with _telling(claim), db.transaction() as session:
        if intake := _still_ours(session, claim):
            _release(intake)
            pause = min(LOOK_AGAIN * 4 ** (claim.attempt - 1), LOOK_SELDOM)
            intake.try_after = clock.now() + pause if look_again else None
            _set_aside(session, intake, "waiting", code, details)


def _set_aside(
    session: Session, intake: Intake, state: str, code: str, details: dict[str, Any]
) -> None:
    intake.state, intake.reason, intake.details = state, code, details
    audit.record(session, f"intake.{state}", intake, facts={"reason": code})


def step_back(db: Database, claim: Claim, role: str) -> None:
    """A part result is gone: the step that made it runs again."""
    with _telling(claim), db.transaction() as session:
        if intake := _still_ours(session, claim):
            _release(intake)
            intake.next_step = claim.files[role][2]
            audit.record(session, "intake.step_back", intake, facts={"step": intake.next_step})


def try_again_later(db: Database, claim: Claim, error: Exception) -> None:
    """1, 2, 4, 8 minutes; after the fifth try the intake is stuck and a person looks at it."""
    log.warning("intake %s, %s: %s", claim.intake_id, claim.step.name, error, exc_info=error)
    with _telling(claim), db.transaction() as session:
        intake = _still_ours(session, claim)
        if intake is None:
            return
        _release(intake)
        intake.trouble = f"{type(error).__name__}: {error}"[:2000]
        if claim.attempt < MOST_TRIES:
            intake.try_after = clock.now() + timedelta(minutes=2 ** (claim.attempt - 1))
            return
        code = error.code if isinstance(error, ArchiveError | FormatError) else "step_failed"
        _set_aside(session, intake, "stuck", code, {"step": claim.step.name})


def look_again(db: Database) -> int:
    """Put those back on the road that waited for a program or the scanner; how many."""
    is_due = (Intake.state == "waiting", Intake.try_after <= clock.now())
    with db.reading() as session:  # mostly nobody waits, and then no writer is held up
        if session.scalar(select(Intake.id).where(*is_due).limit(1)) is None:
            return 0
    with (
        audit.acting(audit.Actor(door="worker", account="luutru")),
        db.transaction() as session,
    ):
        waiting = session.scalars(
            select(Intake).where(*is_due).with_for_update(skip_locked=True, key_share=True)
        ).all()
        for intake in waiting:
            looks = min(intake.attempts, LOOKS_COUNTED)
            resume(session, intake)
            intake.attempts = looks
        return len(waiting)


def resume(session: Session, intake: Intake) -> None:
    """Go on from the step at which it stopped, with all tries ahead again."""
    intake.state, intake.reason, intake.details = "received", None, {}
    intake.attempts, intake.try_after, intake.queued_at = 0, None, clock.now()
    audit.record(session, "intake.resume", intake)
