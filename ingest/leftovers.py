"""What a kill leaves behind, and what is let go of a little later than it was decided.

The worker calls these at its start and now and then. Each finishes what was cut off between a row
and its bytes, so that nothing lies anywhere that no row accounts for. Twice is the same as once.
"""

import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice, takewhile
from pathlib import Path
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive import audit, clock, documents
from archive.database import Database
from archive.errors import StoreFailed
from archive.files import FileStore
from archive.models import Event
from archive.places import PLACES
from ingest import issued, shelving
from ingest.models import Intake, IntakeFile
from ingest.workspace import Workshop

LONGEST_WORK = timedelta(hours=6)  # longer than any program's time limit
FRESH = timedelta(hours=1)
REST = timedelta(days=30)
BATCH = 500
FEW, SHARE = 20, 10  # more orphans than so many, and than one in ten: not what kills leave
DOUBT = "store.doubt"
TEMPORARY = tuple(one for place in PLACES for one in place.temporary if one.startswith("luutru-"))
IN_PAGES = "traces_left"  # of what is discarded: the database's files may still say its words
EMPTIED = (  # where discarding, or erasing the line of a secret, leaves less than it found
    "delivery",
    "entry_twin",
    "event_words",
    "intake",
    "intake_file",
    "issuance",
    "issuance_comment",
    "letting_in",
    "register_entry",
)
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
        shelving.let_go(db.engine, workshop, digest, waits=True)
        if state == "discarded":
            workshop.tidy(number)
    _forget_digests(db, [number for number, _, state in rows if state == "discarded"])
    _erase_traces(db)


def _forget_digests(db: Database, numbers: list[int]) -> None:
    for some in _batches(numbers):
        with _told(), db.transaction() as session:
            held = select(Intake).where(Intake.id.in_(some)).with_for_update(key_share=True)
            for intake in session.scalars(held):
                intake.digest, intake.size = shelving.FORGOTTEN, 0
                intake.trouble = IN_PAGES
                audit.record(session, "intake.forget", intake)


def _erase_traces(db: Database) -> None:
    """What the database's own files say of it goes too; tried again until that was done."""
    with db.reading() as session:
        left = select(Intake.id).where(Intake.state == "discarded", Intake.trouble == IN_PAGES)
        numbers = list(session.scalars(left))
    if not numbers:
        return
    db.erase_traces(EMPTIED)
    for some in _batches(numbers):
        with _told(), db.transaction() as session:
            held = select(Intake).where(Intake.id.in_(some)).with_for_update(key_share=True)
            for intake in session.scalars(held):
                intake.trouble = None


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


def clear_temporary_folders(ours: Iterable[Path] = (), folder: Path | None = None) -> None:
    """Copies that programs of ours were reading when they were killed; none still in use.

    Args:
        ours: what stays with all above it, whatever its name: home, store, journal.
        folder: where they lie; the machine's folder for temporary files.
    """
    for one in left_in_temporary_folders(ours, folder):
        try:
            _remove(one)
        except FileNotFoundError:  # whoever made it has removed it
            continue
        except OSError as failed:
            log.warning("%s stays where it is: %s", one, failed)


def left_in_temporary_folders(ours: Iterable[Path] = (), folder: Path | None = None) -> list[Path]:
    """The same, before anything is done about them."""
    kept = {above for one in ours for above in (one.resolve(), *one.resolve().parents)}
    found = []
    for one in (folder or Path(tempfile.gettempdir())).glob("luutru-*"):
        try:
            if _is_our_making(one) and one.resolve() not in kept and _is_left(one):
                found.append(one)
        except FileNotFoundError:  # whoever made it has removed it
            continue
        except OSError as failed:
            log.warning("%s stays where it is: %s", one, failed)
    return found


def _is_our_making(place: Path) -> bool:
    """Named as `tempfile` names what begins like one on the list: its word, then eight signs."""
    known = "|".join(map(re.escape, TEMPORARY))
    return re.fullmatch(rf"(?:{known})[a-z0-9_]{{8}}", place.name) is not None


def _is_left(place: Path) -> bool:
    is_mine = place.lstat().st_uid == os.getuid()
    return is_mine and time.time() - _touched(place) > LONGEST_WORK.total_seconds()


def _touched(place: Path) -> float:
    """When anything in it was last written, by the clock that writes the times of files."""
    inside = place.rglob("*") if place.is_dir() and not place.is_symlink() else ()
    times: list[float] = [one.lstat().st_mtime for one in (place, *inside)]
    return max(times)


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
    came back from an older backup knows nothing of what was received since. Once a newer one is
    back, what its rows need comes back too. A database that does not know a good part of the
    store belongs to another archive: nothing is moved, and `luutru doctor` says so.
    """
    back = _bring_back(db, workshop, should_stop)
    found = _look(db, _until(should_stop, _old(workshop.files, FRESH)))
    if found.is_doubtful:
        _doubt(db, found)
        return 0
    apart = _until(should_stop, _old(workshop.quarantine, REST)) if found.known else ()
    gone = _each(db, apart, _names, lambda one: _forget(db, workshop, one))
    moved = sum(_try(lambda one: _set_aside(db, workshop, one), one) for one in found.orphans)
    if moved or gone or back or is_in_doubt(db):
        log.warning("no row: %s set aside, %s removed; brought back: %s", moved, gone, back)
        facts = {"set_aside": moved, "removed": gone} | ({"brought_back": back} if back else {})
        with _told(), db.transaction() as session:
            audit.record(session, "store.tidy", None, facts=facts)
    return moved


def is_in_doubt(db: Database) -> bool:
    """Whether the last look at the store left it alone: its database may be another archive's."""
    asked = select(Event.action).where(Event.action.in_(("store.tidy", DOUBT)))
    with db.reading() as session:
        return session.scalar(asked.order_by(Event.id.desc()).limit(1)) == DOUBT


@dataclass(frozen=True)
class _Looked:
    """How much of the store the rows know, and what they do not."""

    known: int
    orphans: tuple[str, ...]

    @property
    def is_doubtful(self) -> bool:
        """More than a few kills leave."""
        lost = len(self.orphans)
        return lost > FEW and lost * SHARE > self.known + lost


def _look(db: Database, digests: Iterable[str]) -> _Looked:
    known, orphans = 0, list[str]()
    for some in _batches(digests):
        with db.reading() as session:
            named = _names(session, some)
        known += len(named)
        orphans += [one for one in some if one not in named]
    return _Looked(known, tuple(orphans))


def _doubt(db: Database, found: _Looked) -> None:
    """Say it once, until a later look finds the store to be ours."""
    log.error(
        "the rows name %s files of the store and do not name %s: left alone; is this its database?",
        found.known,
        len(found.orphans),
    )
    if not is_in_doubt(db):
        facts = {"known": found.known, "unknown": len(found.orphans)}
        with _told(), db.transaction() as session:
            audit.record(session, DOUBT, None, facts=facts)


def _bring_back(db: Database, workshop: Workshop, should_stop: Callable[[], bool]) -> int:
    """What was set aside while no row named it, and now one needs it in the store."""
    count = 0
    for some in _batches(_until(should_stop, workshop.quarantine.digests())):
        with db.reading() as session:
            wanted = shelving.needed(session, some)
        bring = partial(shelving.bring_back, db.engine, workshop)
        count += sum(_try(bring, one) for one in wanted)
    return count


def _try(act: Callable[[str], bool], digest: str) -> bool:
    """One odd entry holds up none of the others; `verify` is for what is damaged."""
    try:
        return act(digest)
    except (StoreFailed, OSError) as failed:
        log.warning("%s stays where it is: %s", digest, failed)
        return False


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
        count += sum(_try(act, one) for one in some if one not in named)
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
    made = select(IntakeFile.digest).where(IntakeFile.digest.in_(digests))
    kept = documents.digests_in_use(session, digests) | issued.named(session, digests)
    return set(session.scalars(intakes)) | set(session.scalars(made)) | kept


def _set_aside(db: Database, workshop: Workshop, digest: str) -> bool:
    with workshop.files.letting_go():
        with db.reading() as session:
            if _names(session, (digest,)):
                return False
        with workshop.files.open(digest) as source:
            workshop.quarantine.put(source)
        workshop.files.remove(digest)
    return True


def _forget(db: Database, workshop: Workshop, digest: str) -> bool:
    with workshop.quarantine.letting_go():
        with db.reading() as session:
            if _names(session, (digest,)):
                return False
        workshop.quarantine.remove(digest)
    return True


def _batches(all_of_them: Iterable[T]) -> Iterator[tuple[T, ...]]:
    rest = iter(all_of_them)
    while some := tuple(islice(rest, BATCH)):
        yield some


def _told() -> AbstractContextManager[None]:
    return audit.acting(audit.Actor(door="worker", account="luutru"))
