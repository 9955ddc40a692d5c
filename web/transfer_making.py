"""The worker's part of transfers: making a transfer's folder, giving it away, letting it go.

It lies in `transfers/` of the home under the transfer's number, whole or not at all: half a folder
has another name, and is made anew from its beginning.
"""

import errno
import io
import logging
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from archive import audit
from archive.errors import ArchiveError, Conflict
from archive.models import Person
from archive.settings import Settings
from formats.transfer_folder import Written
from retention import transfer_export, transfer_folders
from retention.models import Transfer
from web.services import Services

log = logging.getLogger("luutru.worker")
OFTEN = 1.0  # seconds between two lines about how far it is
CHUNK = 1024 * 1024
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
Tell = Callable[[int, int], None]


class Stopped(Exception):
    """The worker is to end; the folder is made later."""


def place_of(settings: Settings, number: int) -> Path:
    """Where the finished folder of a transfer lies."""
    return settings.path("transfers", str(number))


def begin_again(services: Services) -> None:
    """What an earlier worker was at is made from its beginning; half a folder is none."""
    with services.db.transaction() as session:
        transfer_folders.free_all(session)
    for half in services.settings.path("transfers").glob("*.part"):
        shutil.rmtree(half)


def make_one(services: Services, is_stopping: Callable[[], bool] = lambda: False) -> bool:
    """Make the folder that waits longest; whether there was one."""
    with services.db.reading() as session:
        number = transfer_folders.due(session)
        asked_by = session.get_one(Transfer, number).asked_by_id if number is not None else None
    if number is None or asked_by is None:
        return False
    _note(services, number, state="making", done=0)
    try:
        made = make(
            services, number, asked_by, place_of(services.settings, number), "worker",
            _progress(services, number, is_stopping),
        )  # fmt: skip
    except Stopped:
        _note(services, number, state="waiting", done=0)
        return False
    except ArchiveError as failed:
        _note(services, number, state="failed", reason=failed.code, details=dict(failed.details))
    except Exception:
        log.exception("folder of transfer %s", number)
        _note(services, number, state="failed", reason="broken")
    else:
        _note(services, number, state="ready", size=made.size, done=made.files)
    return True


def make(services: Services, number: int, by: int, place: Path, door: str, tell: Tell) -> Written:
    """Make the folder at this place, and write down that it was exported.

    Args:
        services: of this archive.
        number: of the transfer.
        by: who exports it, by number.
        place: where it comes to lie; what lies there is replaced.
        door: through which this is done.
        tell: told how many files are written, of so many.

    Raises:
        ArchiveError: it may not be exported (now), a stored file is damaged, there is no room.
    """
    half = place.with_name(f"{place.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    try:
        half.mkdir(mode=0o750, parents=True)
        with services.db.reading() as session:
            person = session.get_one(Person, by)
            plan = transfer_export.plan_of(session, session.get_one(Transfer, number), person)
        made = transfer_export.write_folder(
            services.db.reading, services.files, plan, half, lambda done: tell(done, plan.files)
        )
        _put_in_place(half, place)
    except BaseException as failed:
        shutil.rmtree(half, ignore_errors=True)
        if isinstance(failed, OSError) and failed.errno in NO_ROOM:
            raise Conflict("export_no_room") from failed
        raise
    try:
        with audit.acting_as(person, door), services.db.transaction() as session:
            found, who = session.get_one(Transfer, number), session.get_one(Person, by)
            transfer_folders.exported(
                session, found, who,
                manifest=made.manifest, content=plan.content, files=made.files,
            )  # fmt: skip
    except ArchiveError:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return made


def _put_in_place(half: Path, place: Path) -> None:
    """Under its name at once or not at all."""
    old = place.with_name(f"{place.name}.part.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    half.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def forget(services: Services) -> None:
    """Let go of folders that nobody needs any more, or that hold what is closed since."""
    with services.db.reading() as session:
        numbers = transfer_folders.not_needed(session)
    for number in numbers:
        shutil.rmtree(place_of(services.settings, number), ignore_errors=True)
        _note(services, number, state="gone")


def _progress(services: Services, number: int, is_stopping: Callable[[], bool]) -> Tell:
    told_at = float("-inf")

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        if is_stopping():
            raise Stopped
        if done == total or time.monotonic() - told_at >= OFTEN:
            told_at = time.monotonic()
            _note(services, number, done=done, total=total)

    return tell


def _note(services: Services, number: int, **columns: object) -> None:
    with audit.acting_as(None, "worker"), services.db.transaction() as session:
        transfer_folders.note(session, number, **columns)


# As one file for who fetches it -------------------------------------------------------------------


class _Pipe(io.RawIOBase):
    """What was written and not fetched yet."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        """It takes what it is given."""
        return True

    def write(self, given: object) -> int:
        """Keep it until it is fetched."""
        some = bytes(given)  # type: ignore[call-overload]
        self._kept += some
        return len(some)

    def take(self) -> bytes:
        """Everything that is there."""
        some = bytes(self._kept)
        self._kept.clear()
        return some


def zipped(folder: Path, name: str) -> Iterator[bytes]:
    """The folder as a ZIP file, piece by piece and uncompressed: no second copy is made of it."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as out:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            about = zipfile.ZipInfo.from_file(path, f"{name}/{path.relative_to(folder)}")
            with path.open("rb") as file, out.open(about, "w", force_zip64=True) as member:
                while some := file.read(CHUNK):
                    member.write(some)
                    yield pipe.take()
    yield pipe.take()
