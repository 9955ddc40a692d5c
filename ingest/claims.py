"""Who works on what: claims with leases.

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
from archive.errors import DatabaseBusy
from archive.models import Organ, Part
from formats.programs import MEGABYTE
from ingest.models import Intake
from ingest.steps import Step
from ingest.workspace import Made, OrganFacts, Workshop, Workspace

LEASE = timedelta(minutes=10)
RENEWAL = timedelta(minutes=1)
BEAT = timedelta(seconds=2)
MOST_CLAIMS = 20  # of one step, when workers die of it before they can say so
SLICE = timedelta(seconds=10)
HEAVY = 20 * MEGABYTE
# How long a step may show no progress. Longer than all the limits of time inside a step together,
# so that only what escapes them is given up.
QUIET = timedelta(minutes=45)
QUIET_A_PAGE = timedelta(seconds=10)
QUIET_A_MEGABYTE = timedelta(seconds=10)
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
    size: int
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
            release(intake)


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
        return _claim(session, intake, step, workshop)


def take_together(db: Database, workshop: Workshop, step: Step, most: int) -> list[Claim]:
    """Claim what waits at a step which is done for many at once.

    A heavy file goes by itself: it must not hold up the others, who wait for the whole run.
    """
    with db.transaction() as session:
        waiting = session.scalars(
            _with_all()
            .where(*_is_due(), Intake.next_step == step.name)
            .order_by(Intake.queued_at, Intake.id)
            .limit(most)
        ).all()
        return [
            _claim(session, intake, step, workshop)
            for intake in _company(waiting)
            if not _kills_workers(session, intake)
        ]


def _company(waiting: Sequence[Intake]) -> Sequence[Intake]:
    """Who goes together with the one that has waited longest."""
    if waiting and _is_heavy(waiting[0]):
        return waiting[:1]
    return [intake for intake in waiting if not _is_heavy(intake)]


def _is_heavy(intake: Intake) -> bool:
    return max(intake.size, *(one.size for one in intake.files), 0) > HEAVY


def _kills_workers(session: Session, intake: Intake) -> bool:
    """Whether it took so many workers down with it that it is set aside now."""
    if intake.attempts < MOST_CLAIMS:
        return False
    with audit.acting(audit.Actor(door="worker", account="luutru")):
        set_aside(session, intake, "stuck", "worker_died", {"step": intake.next_step})
    return True


def _with_all(*, patient: bool = False) -> Select[Intake]:
    """Intakes with what steps need of them, locked; who is patient waits for who holds one."""
    return (
        select(Intake)
        .options(selectinload(Intake.files), joinedload(Intake.organ))
        .with_for_update(skip_locked=not patient, key_share=True, of=Intake)
    )


def _claim(session: Session, intake: Intake, step: Step, workshop: Workshop) -> Claim:
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
        size=intake.size,
        organ=_organ_facts(intake.organ),
        facts=dict(intake.facts),
        files={one.role: (one.digest, one.size, one.step) for one in intake.files},
        fields=_fields_now(session, intake),
        received_by=intake.received_by_id,
    )


def _fields_now(session: Session, intake: Intake) -> dict[str, str]:
    """What was entered; for what stands on the shelf already, as it has been corrected since."""
    if intake.mends_part_id is None:
        return dict(intake.fields)
    document = session.get_one(Part, intake.mends_part_id).document
    return {"subject": document.subject, "organ_name": document.organ_name}


def _organ_facts(organ: Organ) -> OrganFacts:
    return OrganFacts(
        id=organ.id,
        code=organ.code,
        name=organ.name,
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
        made=part_results(folder, claim),
        fields=claim.fields,
        beat=_heartbeat(db, claim),
        should_pause=_patience(db, claim),
    )


def workspace_of(workshop: Workshop, intake: Intake, folder: Path) -> Workspace:
    """A workspace for somebody who claims nothing and leaves nothing behind."""
    return Workspace(
        workshop=workshop,
        folder=folder,
        intake_id=intake.id,
        name=intake.name,
        original=intake.digest,
        organ=_organ_facts(intake.organ),
        facts=intake.facts,
        made={},
        fields=intake.fields,
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
            intake = still_ours(session, claim)
            if intake is None:
                raise ClaimLost
            intake.claimed_until = last + LEASE
            intake.progress = {"step": claim.step.name, "done": done(), "total": total}

    return beat


@contextmanager
def held(db: Database, claims: Sequence[Claim]) -> Iterator[None]:
    """Renew the claims' leases while their step runs and gets on; what never ends is given up."""
    is_over = threading.Event()
    keeper = _Keeper(db, claims)

    def keep() -> None:
        while not is_over.wait(RENEWAL.total_seconds()):
            try:
                keeper.renew()
            except (DatabaseBusy, SQLAlchemyError):  # the next round may do better: it is in time
                log.exception("a lease could not be renewed")

    thread = threading.Thread(target=keep, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


class _Keeper:
    """Renews leases as long as their step shows progress from time to time."""

    def __init__(self, db: Database, claims: Sequence[Claim]) -> None:
        self._db, self._claims = db, claims
        self._quiet = sum(map(_longest_quiet, claims), timedelta())
        self._since = clock.now()
        self._seen: list[Any] = []

    def renew(self) -> None:
        with self._db.transaction() as session:
            ours = [one for claim in self._claims if (one := still_ours(session, claim))]
            shown = [one.progress for one in ours]
            if shown != self._seen:
                self._seen, self._since = shown, clock.now()
            is_given_up = clock.now() - self._since > self._quiet
            for intake in ours:
                if is_given_up:
                    _give_up(session, intake)
                else:
                    intake.claimed_until = clock.now() + LEASE


def _longest_quiet(claim: Claim) -> timedelta:
    """What a step may take for this file between two signs of life."""
    pages = claim.facts.get("read_text", {}).get("pages") or 0
    return QUIET + pages * QUIET_A_PAGE + claim.size // MEGABYTE * QUIET_A_MEGABYTE


def _give_up(session: Session, intake: Intake) -> None:
    """Its step never ends: what that may still bring no longer counts, and it isn't begun again."""
    release(intake)
    log.error("intake %s: %s shows no progress, it is given up", intake.id, intake.next_step)
    with audit.acting(audit.Actor(door="worker", account="luutru")):
        set_aside(session, intake, "stuck", "step_endless", {"step": intake.next_step})


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


def still_ours(session: Session, claim: Claim) -> Intake | None:
    """The row, locked, if the claim still stands; also when its lease is being renewed just now."""
    return session.scalar(
        _with_all(patient=True).where(
            Intake.id == claim.intake_id,
            Intake.claim == claim.token,
            Intake.next_step == claim.step.name,
            Intake.state == "received",
        )
    )


def part_results(folder: Path, claim: Claim) -> dict[str, Made]:
    """Where the files of earlier steps lie in the work area."""
    return {
        role: Made(folder / step / f"{role}{digest[:12]}", digest, size)
        for role, (digest, size, step) in claim.files.items()
    }


def release(intake: Intake) -> None:
    """Let go of the claim."""
    intake.claim = intake.claimed_until = intake.try_after = None


def telling(claim: Claim) -> AbstractContextManager[None]:
    """What the road does is told of the person who received the file."""
    return audit.acting(audit.Actor(door="worker", person_id=claim.received_by, account="luutru"))


def set_aside(
    session: Session, intake: Intake, state: str, code: str, details: dict[str, Any]
) -> None:
    """Take it off the road, with the reason; told."""
    intake.state, intake.reason, intake.details = state, code, details
    audit.record(session, f"intake.{state}", intake, facts={"reason": code})
