"""Carrying out an execution: a worker's way from what is closed to what is proved to be gone.

Every step may happen twice and may be cut off anywhere. First everything is looked for and must be
found; then the journal hears of it; then each place is emptied; then everything is looked for once
more. What is still found anywhere is listed with its trouble and tried again later. Only when
nothing is found is there a certificate, and only with a certificate is anything called destroyed.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from archive import audit
from archive.database import Database
from archive.errors import ArchiveError, DatabaseBusy
from formats.errors import FormatError
from retention import begun, certificates, execution, finishing, ledger
from retention.certificates import PROVED
from retention.destruction_journal import DONE, DestructionJournal, Line
from retention.disposals import paper_is_gone
from retention.execution import Batch
from retention.models import Disposal
from retention.probes import Found, Sought, Spot, said

log = logging.getLogger("luutru.destruction")
STILL_THERE = "still_found"
FORGETTING = ("disposal_item", "council_opinion", "event_words", "erasure")  # at the very end
Certify = Callable[[Batch, Line], str]


def _passing(_step: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Run:
    """What an execution needs.

    Attributes:
        db: the database.
        journal: beside the home.
        spots: the places of content, in the order in which they are emptied.
        certify: makes, seals and keeps the certificate; its digest.
        worker: who holds the lease.
        at: told of every step; tests stop there.
    """

    db: Database
    journal: DestructionJournal
    spots: Sequence[Spot]
    certify: Certify
    worker: str = "worker"
    at: Callable[[str], None] = _passing


def carry_on(run: Run) -> bool:
    """Go on with the execution that waits longest; whether there was one."""
    with _told(), run.db.transaction() as session:
        number = execution.claim(session, run.worker)
    if number is None:
        return False
    try:
        trouble = _carry_out(run, number)
    except (ArchiveError, FormatError, OSError) as failed:
        log.warning("execution %s: %s", number, failed)
        trouble = said(failed)
    except Exception as failed:
        log.exception("execution %s", number)
        trouble = said(failed)
    with _told(), run.db.transaction() as session:
        execution.let_go(session, number, run.worker, trouble)
    return True


def _carry_out(run: Run, number: int) -> str:
    """The whole way; why it is not at its end yet, or nothing."""
    with run.db.reading() as session:
        disposal = session.get_one(Disposal, number)
        batch = execution.gather(session, disposal)
        begun.require_as_begun(session, disposal, batch)
    _look_before(run, batch)
    intent = _intend(run, batch)
    left = _round(run, batch, run.spots)
    if left and _round(run, batch, left):  # what came to a place meanwhile goes at once
        return STILL_THERE
    with run.db.reading() as session:
        disposal = session.get_one(Disposal, number)
        if paper_is_gone(session, disposal, None) is not None:  # type: ignore[arg-type]
            return execution.PAPER
    _finish(run, batch, intent)
    return ""


def _round(run: Run, batch: Batch, spots: Sequence[Spot]) -> list[Spot]:
    """Empty all these places, then look through all of them; those where something is left."""
    troubles = {one.name: _empty(run, batch, one) for one in spots}
    return [one for one in spots if _look_after(run, batch, one, troubles[one.name])]


def _look_before(run: Run, batch: Batch) -> None:
    """Find everything, before anything is touched; what was found once is not looked for again."""
    for spot in run.spots:
        with run.db.reading() as session:
            if ledger.is_begun(session, batch, spot):
                continue
        _keep(run, batch)
        wanted = [Sought(one) for one in batch.things if one.kind in spot.kinds]
        found = spot.find(batch, wanted)
        with run.db.transaction() as session:
            ledger.note_before(session, batch, spot, found)
        run.at(f"looked for in {spot.name}")


def _intend(run: Run, batch: Batch) -> Line:
    with run.db.reading() as session:
        disposal = session.get_one(Disposal, batch.disposal)
        told = certificates.told_to_journal(session, disposal, batch)
    line = run.journal.intend(told)
    run.at("intent written")
    return line


def _empty(run: Run, batch: Batch, spot: Spot) -> dict[str, str]:
    """Make it go from one place; a place that fails holds up no other."""
    _keep(run, batch)
    with run.db.reading() as session:
        left = ledger.sought(session, batch, spot, unfinished=True)
    if not left:
        return {}
    try:
        with _told():
            troubles = spot.empty(batch, left)
    except (ArchiveError, FormatError, OSError) as failed:
        log.warning("%s, %s: %s", batch.code, spot.name, failed)
        troubles = dict.fromkeys((one.thing.code for one in left), said(failed))
    run.at(f"emptied {spot.name}")
    return troubles


def _look_after(run: Run, batch: Batch, spot: Spot, troubles: dict[str, str]) -> int:
    """Look for all of it by the same means; how many things are still there, or may be."""
    with run.db.reading() as session:
        looked = ledger.sought(session, batch, spot, unfinished=False)
    found: Found
    try:
        found = spot.find(batch, looked)
    except (ArchiveError, FormatError, OSError) as failed:  # nobody knows: it counts as there
        log.warning("%s, %s: %s", batch.code, spot.name, failed)
        found = {one.thing.code: {"found": -1} for one in looked}
        troubles = {**dict.fromkeys(found, said(failed)), **troubles}
    with run.db.transaction() as session:
        failed_ones = ledger.note_after(session, batch, spot, looked, found, troubles)
    run.at(f"looked again in {spot.name}")
    return failed_ones


def _finish(run: Run, batch: Batch, intent: Line) -> None:
    """The certificate, the journal's word, and only then the word "destroyed"."""
    _keep(run, batch)
    done = run.journal.of(batch.code).get(DONE)
    if done is None:
        with _told(), run.db.transaction() as session:
            disposal = session.get_one(Disposal, batch.disposal)
            facts = {"things": len(batch.things), "places": [one.name for one in run.spots]}
            audit.record(session, PROVED, disposal, facts=facts)
        certificate = run.certify(batch, intent)
        run.at("certificate made")
        told = {"disposal": batch.code, "organ": batch.organ, "certificate": certificate}
        done = run.journal.finish(told)
        run.at("journal told")
    _keep(run, batch)
    with _told(), run.db.transaction() as session:
        disposal = session.get_one(Disposal, batch.disposal)
        finishing.finish(session, disposal, batch, done, str(done.told["certificate"]))
        ledger.forget_probes(session, batch)
    run.at("called destroyed")
    try:
        run.db.erase_traces(FORGETTING)
    except DatabaseBusy as busy:
        log.warning("%s: old titles may stand in the database's files: %s", batch.code, busy)


def _keep(run: Run, batch: Batch) -> None:
    """Renew the lease.

    Raises:
        Conflict: `claim_lost`.
    """
    with run.db.transaction() as session:
        execution.keep_claim(session, batch.disposal, run.worker)


def _told() -> AbstractContextManager[None]:
    return audit.acting(audit.Actor(door="worker", account="luutru"))
