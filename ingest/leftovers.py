"""What a kill leaves behind, and what is let go of a little later than it was decided.

The worker calls these at its start and now and then. Each finishes what was cut off between a row
and its bytes, so that nothing lies anywhere that no row accounts for. Twice is the same as once.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive import audit, clock, documents
from archive.database import Database
from archive.errors import StoreFailed
from archive.files import FileStore
from ingest import issued, shelving
from ingest.models import Intake
from ingest.workspace import Workshop

LONGEST_WORK = timedelta(hours=6)  # longer than any program's time limit
FRESH = timedelta(hours=1)
REST = timedelta(days=30)
BATCH = 500
OVER = ("shelved", "discarded", "refused")  # states in which no part result is used any more
log = logging.getLogger("luutru.leftovers")
T = TypeVar("T")


def finish_removals(db: Database, workshop: Workshop) -> None:
    """Bytes that rows say are gone, or lie apart: nowhere else is anything left of them.

    Once nothing is left of what was discarded, its row forgets the digest and the size too: of a
    confirmed secret number, date and reason stay (R15).
    """
    with db.reading() as session:
        left = select(Intake.id, Intake.digest, Intake.state).where(
            Intake.digest != shelving.FORGOTTEN,
            or_(Intake.is_quarantined.is_(True), Intake.state == "discarded"),
        )
        rows = session.execute(left.order_by(Intake.id)).all()
    for number, digest, state in rows:
        shelving.let_go(db.engine, workshop, digest)
        if state == "discarded":
            workshop.tidy(number)
    discarded = [number for number, _, state in rows if state == "discarded"]
    if discarded:
        _forget_digests(db, discarded)
        db.erase_traces()


def _forget_digests(db: Database, numbers: list[int]) -> None:
    with _told(), db.transaction() as session:
        held = select(Intake).where(Intake.id.in_(numbers)).with_for_update(key_share=True)
        for intake in session.scalars(held):
            intake.digest, intake.size = shelving.FORGOTTEN, 0
            audit.record(session, "intake.forget", intake)


def clear_work(db: Database, workshop: Workshop) -> None:
    """Part results of what is off the road for good, and files that were cut off while stored."""
    for store in (workshop.files, workshop.quarantine):
        store.clear_incoming()
    if not workshop.work.is_dir():
        return
    numbers = [int(one.name) for one in workshop.work.iterdir() if one.name.isdecimal()]
    for some in _batches(numbers):
        with db.reading() as session:
            there = dict(
                session.execute(select(Intake.id, Intake.state).where(Intake.id.in_(some))).all()
            )
        for number in some:
            if there.get(number, "discarded") in OVER:
                workshop.tidy(number)


def clear_temporary_folders(folder: Path | None = None) -> None:
    """Copies that programs of ours were reading when they were killed; none still in use."""
    for one in (folder or Path(tempfile.gettempdir())).glob("luutru-*"):
        try:
            if one.lstat().st_uid == os.getuid() and clock.now() - _touched(one) > LONGEST_WORK:
                _remove(one)
        except FileNotFoundError:  # whoever made it has removed it
            continue


def _touched(place: Path) -> datetime:
    """When anything in it was last written."""
    inside = place.rglob("*") if place.is_dir() and not place.is_symlink() else ()
    return datetime.fromtimestamp(max(one.lstat().st_mtime for one in (place, *inside)), UTC)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink()


def set_orphans_aside(
    db: Database, workshop: Workshop, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Take bytes out of the store that no row names, as after a kill between the two; how many.

    They rest in quarantine, outside index, previews and backup, before they go: a database that
    came back from an older backup knows nothing of what was received since, and finds it there.
    """
    apart, store = _old(workshop.quarantine, REST), _old(workshop.files, FRESH)
    gone = _each(
        db, _until(should_stop, apart), _names_apart, lambda one: _forget(db, workshop, one)
    )
    moved = _each(db, _until(should_stop, store), _names, lambda one: _set_aside(db, workshop, one))
    if moved or gone:
        log.warning("%s files without a row set aside, %s removed", moved, gone)
        with _told(), db.transaction() as session:
            audit.record(session, "store.tidy", None, facts={"set_aside": moved, "removed": gone})
    return moved


def _each(
    db: Database,
    old: Iterable[str],
    names: Callable[[Session, tuple[str, ...]], set[str]],
    act: Callable[[str], bool],
) -> int:
    """Act on what has lain for so long without a row; how many were acted upon."""
    count = 0
    for some in _batches(old):
        with db.reading() as session:
            named = names(session, some)
        count += sum(act(one) for one in some if one not in named)
    return count


def _old(files: FileStore, age: timedelta) -> Iterator[str]:
    for digest in files.digests():
        since = files.kept_since(digest)
        if since is not None and clock.now() - since > age:
            yield digest


def _until(should_stop: Callable[[], bool], digests: Iterable[str]) -> Iterator[str]:
    """A large store is walked for long; a worker that ends leaves the rest to the next one."""
    return takewhile(lambda _: not should_stop(), digests)


def _names(session: Session, digests: tuple[str, ...]) -> set[str]:
    """Those that any row names, wherever it says that they lie."""
    intakes = select(Intake.digest).where(Intake.digest.in_(digests))
    kept = documents.digests_in_use(session, digests) | issued.named(session, digests)
    return set(session.scalars(intakes)) | kept


def _names_apart(session: Session, digests: tuple[str, ...]) -> set[str]:
    return set(session.scalars(select(Intake.digest).where(Intake.digest.in_(digests))))


def _set_aside(db: Database, workshop: Workshop, digest: str) -> bool:
    with workshop.files.letting_go():
        with db.reading() as session:
            if _names(session, (digest,)):
                return False
        try:
            with workshop.files.open(digest) as source:
                workshop.quarantine.put(source)
        except StoreFailed as failed:  # `verify` is for that; here nothing damaged goes unseen
            log.warning("%s cannot be set aside: %s", digest, failed)
            return False
        workshop.files.remove(digest)
    return True


def _forget(db: Database, workshop: Workshop, digest: str) -> bool:
    with workshop.quarantine.letting_go():
        with db.reading() as session:
            if _names_apart(session, (digest,)):
                return False
        workshop.quarantine.remove(digest)
    return True


def _batches(all_of_them: Iterable[T]) -> Iterator[tuple[T, ...]]:
    rest = iter(all_of_them)
    while some := tuple(islice(rest, BATCH)):
        yield some


def _told() -> AbstractContextManager[None]:
    return audit.acting(audit.Actor(door="worker", account="luutru"))
