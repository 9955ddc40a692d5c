"""What a step of the road works with, and what it hands back.

A step reads the workspace and writes files into its folder. It never touches the database.
"""

import hashlib
import shutil
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.files import FileStore
from archive.settings import Settings
from formats.names import safe_name
from ingest.scanner import Scanner

if TYPE_CHECKING:  # keys bring much along that only sealing needs
    from formats.seal_keys import SealKey


@dataclass(frozen=True)
class Workshop:
    """The tools of the road, put together once at the door."""

    settings: Settings
    files: FileStore
    quarantine: FileStore
    scanner: Scanner
    key_of: "Callable[[int], SealKey]"  # the seal's key of an organ, by its number
    work: Path  # the work area: one folder an intake, gone when it is shelved

    @property
    def mark(self) -> str:
        """Who claims here: this machine and home. The next worker of the same home frees them."""
        told = f"{socket.gethostname()}:{self.settings.path()}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def folder(self, intake_id: int) -> Path:
        """The folder of one intake's part results."""
        return self.work / str(intake_id)

    def tidy(self, intake_id: int) -> None:
        """Let go of an intake's part results."""
        shutil.rmtree(self.folder(intake_id), ignore_errors=True)


@dataclass(frozen=True)
class OrganFacts:
    """What steps need to know of the organ."""

    id: int
    code: str
    name: str
    refuse_bad_signatures: bool


@dataclass(frozen=True)
class Made:
    """A file that a step made: where it is, and what it must be."""

    path: Path
    digest: str
    size: int


class PartResultGone(Exception):
    """A part result is not in the work area (any more); the step that makes it must run again."""

    def __init__(self, role: str) -> None:
        self.role = role
        super().__init__(role)


@dataclass(frozen=True)
class Workspace:
    """One intake's folder, with what is known so far."""

    workshop: Workshop
    folder: Path
    intake_id: int
    name: str
    original: str  # digest
    organ: OrganFacts
    facts: Mapping[str, dict[str, Any]]  # by step
    made: Mapping[str, Made]  # by role
    fields: Mapping[str, str]
    beat: Callable[[Callable[[], int], int], None] = lambda done, total: None  # keeps the claim
    should_pause: Callable[[], bool] = lambda: False  # others wait: stop at the next page

    def file(self, role: str) -> Path:
        """A file by its role, verified; the original comes from the store.

        Raises:
            PartResultGone: another step must make it again.
            StoreFailed: the original is damaged or gone.
        """
        if role == "original":
            return self._original()
        made = self.made[role]
        if not made.path.is_file() or digest_of(made.path) != made.digest:
            raise PartResultGone(role)
        return made.path

    def has(self, role: str) -> bool:
        """Whether a step made a file of this role."""
        return role in self.made

    def _original(self) -> Path:
        """The original as a file of its own, with a harmless name and its own ending."""
        place = self.folder / "original" / safe_name(self.name)
        if not place.is_file() or digest_of(place) != self.original:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)
            self.workshop.files.fetch(self.original, place)
        return place

    def scratch(self, step: str) -> Path:
        """A folder for this step's own files; part results of an earlier try stay in it (R13)."""
        place = self.folder / step
        place.mkdir(parents=True, exist_ok=True)
        return place


@dataclass(frozen=True)
class Outcome:
    """What a step found out and made."""

    facts: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    go_to: str | None = None  # another step than the next one
    is_finished: bool = True  # False: it let others go first, and goes on later


_digests: dict[tuple[str, int, int], str] = {}
_lock = threading.Lock()


def digest_of(path: Path) -> str:
    """SHA-256 of a file; remembered while the file stays as it is."""
    state = path.stat()
    key = (str(path), state.st_mtime_ns, state.st_size)
    with _lock:
        if key in _digests:
            return _digests[key]
    with path.open("rb") as source:
        found = hashlib.file_digest(source, "sha256").hexdigest()
    with _lock:
        if len(_digests) > 4096:
            _digests.clear()
        _digests[key] = found
    return found
