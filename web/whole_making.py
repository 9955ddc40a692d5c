"""The worker's part of whole case files: making them one by one, and letting them go a day later.

They lie in `copies/` of the home, under their number, for who asked and nobody else.
"""

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from archive import audit, case_file_export, clock, whole_copies
from archive.errors import ArchiveError
from archive.settings import Settings
from formats.errors import FormatError
from web import whole_files
from web.services import Services

log = logging.getLogger("luutru.worker")
OFTEN = 1.0  # seconds between two lines about how far it is


def place_of(settings: Settings, number: int) -> Path:
    """Where the finished file lies."""
    return settings.path("copies", f"{number}.pdf")


def begin_again(services: Services) -> None:
    """What an earlier worker was at is made from its beginning; half a file is none."""
    with services.db.transaction() as session:
        whole_copies.free_all(session)
    for half in services.settings.path("copies").glob("*.part"):
        half.unlink(missing_ok=True)


def make_one(services: Services) -> bool:
    """Make the one that waits longest; whether there was one."""
    with services.db.reading() as session:
        number = whole_copies.due(session)
    if number is None:
        return False
    _note(services, number, state="making", done=0)
    try:
        with services.db.reading() as session:
            whole, mark = whole_copies.to_make(session, number)
        place = place_of(services.settings, number)
        with whole_files.as_pdf(services.files, whole, mark, _progress(services, number)) as path:
            _keep(path, place)
    except (ArchiveError, FormatError) as failed:
        _note(services, number, state="failed", reason=failed.code, details=dict(failed.details))
    except Exception:
        log.exception("whole case file %s", number)
        _note(services, number, state="failed", reason="broken")
    else:
        content = case_file_export.content_of(whole)
        told = {"size": place.stat().st_size, "content": content, "made_at": clock.now()}
        _note(services, number, state="ready", **told)
    return True


def forget(services: Services) -> None:
    """Let go of what was made more than a day ago, and of what is closed since.

    Who needs it again asks again.
    """
    with services.db.reading() as session:
        old = [*whole_copies.kept_too_long(session), *whole_copies.closed_since(session)]
    for number in old:
        place_of(services.settings, number).unlink(missing_ok=True)
        _note(services, number, state="gone")


def _progress(services: Services, number: int) -> Callable[[int, int], None]:
    told_at = time.monotonic()

    def note(done: int, total: int) -> None:
        nonlocal told_at
        if done == total or time.monotonic() - told_at >= OFTEN:
            told_at = time.monotonic()
            _note(services, number, done=done, total=total)

    return note


def _note(services: Services, number: int, **columns: object) -> None:
    with audit.acting_as(None, "worker"), services.db.transaction() as session:
        whole_copies.note(session, number, **columns)


def _keep(made: Path, place: Path) -> None:
    """Under its name at once or not at all; the folder for temporary files may be another disk."""
    place.parent.mkdir(mode=0o750, exist_ok=True)
    half = place.with_suffix(".part")
    shutil.copyfile(made, half)
    half.replace(place)
