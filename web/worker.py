"""The background worker: threads that carry files along the road, one that keeps the index.

The rows are the queue: what is due is asked for, longest waiting first; a bell only shortens the
wait. One worker at a time works in a home (a lock on a file), so that one process writes the
embedded index. What a killed worker had claimed is free again as soon as the next one starts.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from archive import journal_check, numbering, readers
from archive.errors import Conflict
from archive.settings import Settings
from ingest import claims, leftovers
from ingest.looking_again import look_again, missing_here
from ingest.pipeline import ROAD, advance, advance_together
from search import indexing
from search.engine import SearchAway, SearchBroken, SearchBusy
from web import (
    clockwork,
    dossier_making,
    executing,
    likeness_clock,
    search_watch,
    sender_mail,
    term_clock,
    term_watch,
    transfer_making,
    whole_making,
)
from web.services import Services

log = logging.getLogger("luutru.worker")
SWEEP = 300.0  # seconds between looks for bytes that nobody needs any more
EVERY_DAY = 24 * 3600.0  # between looks through the whole store
EVERY_HOUR = 3600.0  # between looks at terms of retention
EVERY_MINUTE = 60.0  # between looks at the calendar
TAKE_TURNS = 3.0  # seconds that a worker waits for one that is just ending
LOOK_AT_INDEX = 10.0  # seconds between looks whether the index is there
BREATH = 1.0  # seconds between looks when nobody rings
GATHER = 20  # files that are worth a run of veraPDF at once
PATIENCE = 15.0  # seconds that the first of them waits for company
TOGETHER = ROAD[-1]


class WorkerBusy(Conflict):
    """Another process works in this home."""


@contextmanager
def only_worker(services: Services, patience: float = 0.0) -> Iterator[None]:
    """Hold this home's worker lock.

    Args:
        services: of the home.
        patience: seconds to wait for it; what a killed worker leaves behind ends a moment later.

    Raises:
        WorkerBusy: `worker_busy`: another process holds it.
    """
    place = services.settings.path("worker.lock")
    with place.open("a+b") as file:
        _take(file, time.monotonic() + patience)
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        yield


def _take(file: IO[bytes], until: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            if time.monotonic() >= until:
                raise WorkerBusy("worker_busy") from busy
            time.sleep(0.1)
        else:
            return


class Worker:
    """Threads on the road. `start`, then `stop`; or `run_until_quiet`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopping = threading.Event()
        self._busy = 0
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._unindexable: set[tuple[str, int]] = set()
        self._calendar_seen = float("-inf")
        self._terms_seen = float("-inf")
        self._ends_seen = float("-inf")
        self._tidied_at = float("-inf")
        self._index_seen = float("-inf")
        self._transfers_seen = float("-inf")
        self._dossiers_seen = float("-inf")

    def start(self) -> None:
        """Free what an earlier worker left claimed, then begin."""
        claims.free_all(self._services.db, self._services.workshop)
        whole_making.begin_again(self._services)
        transfer_making.begin_again(self._services)
        executing.begin_again(self._services)
        count = self._services.settings.threads
        loops: list[tuple[str, Callable[[], bool]]] = [
            *((f"road-{number}", self._carry_one) for number in range(1, count + 1)),
            ("validate", self._validate),
            ("index", self._index),
            ("look-again", self._look_again),
            ("leftovers", self._let_go),
            ("clockwork", self._keep_time),
            ("ends", self._count_ends),
            ("terms", self._keep_terms),
            ("receipt", self._look_through),
            ("copies", self._make_copies),
            ("transfers", self._make_transfers),
            ("dossiers", self._make_dossiers),
            ("destruction", self._destroy),
        ]
        for name, look in loops:
            thread = threading.Thread(target=self._loop, args=(look,), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Let every thread end the step that it is at."""
        self._stopping.set()
        for thread in self._threads:
            while thread.is_alive():  # who goes to sleep just now did not hear the bell before
                self._services.bell.set()
                thread.join(0.05)

    def run_until_quiet(self, is_quiet: Callable[[], bool]) -> None:
        """Work until the caller has seen what it waits for."""
        self.start()
        try:
            while not is_quiet() and not self._stopping.wait(0.1):
                pass
        finally:
            self.stop()

    def _loop(self, look: Callable[[], bool]) -> None:
        """Look for work for ever; one failure never ends the thread."""
        while not self._stopping.is_set():
            try:
                if look():
                    continue
            except Exception:
                log.exception("the worker goes on")
            self._services.bell.wait(BREATH)
            self._services.bell.clear()

    def _carry_one(self) -> bool:
        with self._services.db.reading() as session:
            waiting = claims.due(session, TOGETHER, limit=1)
        if not waiting:
            return False
        with self._counted():
            advance(self._services.db, self._services.workshop, waiting[0])
        self._services.bell.set()
        return True

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """How many are on the road right now: validation waits a little for their company."""
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1

    def _validate(self) -> bool:
        """Gather what waits for veraPDF, so that one start of Java serves many."""
        with self._services.db.reading() as session:
            count, age = claims.gathered(session, TOGETHER)
        if count == 0:
            return False
        if count < GATHER and age < PATIENCE and self._busy > 0:
            return False
        if not advance_together(self._services.db, self._services.workshop):
            return False
        self._services.bell.set()  # the index has something to do
        return True

    def _index(self) -> bool:
        """Keep the index as it should be; while its server is away, everything else goes on."""
        try:
            return self._bring_index_up()
        except SearchAway as away:
            log.warning("search waits: %s", dict(away.details))
            return False

    def _bring_index_up(self) -> bool:
        """Bring the index up to what the rows say; a broken one is made anew, never in the way."""
        if self._keep_index_whole():
            return True
        db, files, engine = self._services.db, self._services.files, self._services.engine
        with db.reading() as session:
            behind = {kind: indexing.stale(session, kind=kind) for kind in indexing.KINDS}
        if not any(behind.values()):
            return self._mark_readers()
        done = False
        for kind, numbers in behind.items():
            wanted = [one for one in numbers if (kind, one) not in self._unindexable]
            if not wanted:
                continue
            try:
                with self._services.indexing:
                    indexing.index(db, files, engine, wanted, kind)
            except SearchBusy:
                return False
            except SearchAway:
                raise
            except SearchBroken:  # a full disk breaks it too, and then mending must wait
                return indexing.mend(db, files, engine)
            except Exception:
                self._index_singly(wanted, kind)
            done = True
        return done

    def _mark_readers(self) -> bool:
        """Where others read now, the entries that depend on it are made anew, some at a time."""
        with self._services.db.reading() as session:
            if not readers.is_asked_for(session):
                return False
        with self._services.db.transaction() as session:
            return readers.mark_some(session)

    def _keep_index_whole(self) -> bool:
        """Make the index anew if it is missing or torn, at the start or while we are at work."""
        if time.monotonic() < self._index_seen + LOOK_AT_INDEX:
            return False
        self._index_seen = time.monotonic()
        services = self._services
        return indexing.mend(services.db, services.files, services.engine)

    def _index_singly(self, numbers: list[int], kind: str) -> None:
        """One whose entry cannot be made holds up none of the others."""
        services = self._services
        for number in numbers:
            try:
                with services.indexing:
                    indexing.index(services.db, services.files, services.engine, [number], kind)
            except SearchAway:
                raise
            except Exception:
                log.exception(
                    "%s %s cannot be indexed; tried again at the next start", kind, number
                )
                self._unindexable.add((kind, number))

    def _look_again(self) -> bool:
        """What waited for a program goes on once it is there."""
        missing = missing_here(self._services.workshop)
        return look_again(self._services.db, missing) > 0

    def _let_go(self) -> bool:
        """Finish the removals that a kill or a broken disk cut off."""
        db, workshop = self._services.db, self._services.workshop
        try:
            leftovers.finish_removals(db, workshop)
            leftovers.clear_temporary_folders(_ours(self._services.settings))
            if time.monotonic() - self._tidied_at >= EVERY_DAY:
                self._tidied_at = time.monotonic()
                journal_check.look(db)
                leftovers.clear_work(db, workshop)
                leftovers.set_orphans_aside(db, workshop, self._stopping.is_set)
                db.take_stock()
                with db.transaction() as session:
                    numbering.note_whole(session)
        finally:  # what broke is not tried again at once either
            self._stopping.wait(SWEEP)
        return False

    def _look_through(self) -> bool:
        """What was submitted to the archive is checked, and scanned for viruses anew."""
        is_stopping = self._stopping.is_set
        return clockwork.look_through_submissions(self._services, is_stopping) > 0

    def _make_copies(self) -> bool:
        """Whole case files that somebody waits for; those of yesterday go."""
        if whole_making.make_one(self._services):
            return True
        whole_making.forget(self._services)
        return False

    def _make_transfers(self) -> bool:
        """Folders for the historical archive; those that nobody needs any more go."""
        if transfer_making.make_one(self._services, self._stopping.is_set):
            return True
        if time.monotonic() >= self._transfers_seen + LOOK_AT_INDEX:
            self._transfers_seen = time.monotonic()
            transfer_making.forget(self._services)
        return False

    def _make_dossiers(self) -> bool:
        """Papers of disposals: printed, received, filed."""
        if time.monotonic() < self._dossiers_seen + LOOK_AT_INDEX:
            return False
        self._dossiers_seen = time.monotonic()
        dossier_making.make_papers(self._services)
        return False

    def _destroy(self) -> bool:
        """What was decided, handed over and begun: carried out, looked for again, certified."""
        return executing.carry_one(self._services)

    def _keep_time(self) -> bool:
        """What the calendar asks: notices and their mail."""
        if time.monotonic() - self._calendar_seen < EVERY_MINUTE:
            return False
        self._calendar_seen = time.monotonic()
        clockwork.give_notice(self._services)
        clockwork.send_mail(self._services)
        sender_mail.send_answers(self._services)
        return False

    def _count_ends(self) -> bool:
        """When terms of retention end, where something changed since it was counted."""
        if time.monotonic() - self._ends_seen < EVERY_MINUTE:
            return False
        self._ends_seen = time.monotonic()
        term_clock.catch_up(self._services, self._stopping.is_set)
        return False

    def _keep_terms(self) -> bool:
        """Terms of retention that end: looked at when it starts and every hour."""
        if time.monotonic() - self._terms_seen < EVERY_HOUR:
            return False
        self._terms_seen = time.monotonic()
        term_watch.look(self._services, self._stopping.is_set)
        search_watch.look(self._services, self._stopping.is_set)
        likeness_clock.look(self._services, self._stopping.is_set)
        return False


def _ours(settings: Settings) -> list[Path]:
    """What no tidying may touch, wherever somebody put it."""
    places = [settings.path(), settings.journal_folder, settings.trust]
    addresses = (urlsplit(settings.files), urlsplit(settings.database))
    return places + [
        Path("/" + one.path.lstrip("/")) for one in addresses if one.scheme in ("file", "sqlite")
    ]
