"""What every door needs, put together once from the settings."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import ingest.models  # noqa: F401  # every table is known, whatever is asked
from archive.database import Database
from archive.errors import Invalid, NotReady
from archive.files import FileStore, LocalFiles, open_files
from archive.journal import Journal
from archive.settings import Settings
from ingest.scanner import Scanner, open_scanner
from ingest.workspace import Workshop
from retention import dossier_terms as dossier_terms  # these add checks to the archive's moves
from retention import kept_copies as kept_copies
from retention import locking as locking
from retention import replay
from retention.destruction_journal import open_journal
from search import saved as saved  # its table, and what notices say of it
from search.engine import SearchEngine, open_engine
from web.keys import Keys


@dataclass(frozen=True)
class Services:
    """The archive's parts, wired together."""

    settings: Settings
    db: Database
    files: FileStore
    engine: SearchEngine
    workshop: Workshop
    keys: Keys
    bell: threading.Event = field(default_factory=threading.Event)  # wakes a worker in this process
    # Who puts entries into the index, and who proves that some are gone, wait for each other.
    indexing: threading.RLock = field(default_factory=threading.RLock)
    # Why the archive is open to administrators only, who may look: see `retention.replay`.
    closed_by: NotReady | None = None

    def close(self) -> None:
        """Let go of everything."""
        self.engine.close()
        self.db.close()


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """Open the archive at this home.

    Raises:
        NotReady: `not_set_up` or `needs_upgrade`.
    """
    db = Database(settings.database, Journal(settings.journal_folder))
    db.require_current()
    files = open_files(settings.files)
    keys = Keys(settings, db)
    workshop = Workshop(
        settings=settings,
        files=files,
        quarantine=LocalFiles(settings.path("quarantine")),
        scanner=_scanner(settings),
        key_of=keys.of,
        work=settings.path("work"),
    )
    services = Services(settings, db, files, open_engine(settings.search), workshop, keys)
    try:
        yield replace(services, closed_by=_destroyed_again(services))
    finally:
        services.close()


def _destroyed_again(services: Services) -> NotReady | None:
    """Before anybody reads: what the journal of destructions knows is gone here too (R18)."""
    try:
        with services.db.reading() as session:
            if not replay.compare(session, open_journal(services.settings.destructions)):
                return None
        from web.executing import make_good  # which is wired with these very services

        make_good(services)
    except NotReady as trouble:
        return trouble
    return None


def _scanner(settings: Settings) -> Scanner:
    try:
        return open_scanner(settings.clamav_url or None)
    except ValueError as wrong:
        wanted = "clamav:///path/to/socket, clamav://host:port"
        raise Invalid("bad_setting", name="LUUTRU_CLAMAV_URL", wanted=wanted) from wrong


def make_home(settings: Settings) -> Path:
    """The home's folder, for nobody's eyes but the archive's own account."""
    home = settings.path()
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o750)
    for name in ("files", "quarantine", "work", "keys", "trust"):
        settings.path(name).mkdir(mode=0o750, exist_ok=True)
    return home
