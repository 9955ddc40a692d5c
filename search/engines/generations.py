"""A folder of numbered generations of an index, one of them current.

A new generation grows beside the old one and becomes current by one rename, so a reader always
sees a whole index, and a kill at any moment leaves one.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.files import sync_folder
from search.engine import SearchBroken, SearchBusy

VERSION_FILE = "luutru.json"  # beside an engine's own files; says by which scheme they were made
_PREFIX = "generation-"


class Generations:
    """The generations that lie in one folder, and the version that a program can read."""

    def __init__(self, root: Path, version: int | str) -> None:
        self.root = root
        self._version = version
        self.pointer = root / "current"

    def current(self) -> Path | None:
        """The generation that readers use, None while there is none."""
        try:
            name = self.pointer.read_text().strip()
        except FileNotFoundError:
            return None
        folder = self.root / name
        return folder if name.startswith(_PREFIX) and folder.is_dir() else None

    def usable(self) -> Path:
        """The current generation, if it is one that this program can read.

        Raises:
            SearchBroken: `missing`, or `other_version` than this program's.
        """
        folder = self.current()
        if folder is None:
            raise SearchBroken("search_broken", reason="missing")
        found = json.loads((folder / VERSION_FILE).read_text())["version"]
        if found != self._version:
            raise SearchBroken("search_broken", reason="other_version", found=found)
        return folder

    @contextmanager
    def new(self) -> Iterator[Path]:
        """An empty folder that becomes current at the end; the others then leave.

        When something goes wrong inside, it is the new folder that leaves.
        """
        numbers = [int(one.name.removeprefix(_PREFIX)) for one in self._all()]
        folder = self.root / f"{_PREFIX}{max(numbers, default=0) + 1:06d}"
        folder.mkdir(parents=True)
        try:
            (folder / VERSION_FILE).write_text(json.dumps({"version": self._version}))
            yield folder
            self._point_to(folder)
        except BaseException:
            if self.current() != folder:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        self.remove_others()

    def remove_others(self) -> None:
        """Remove what a kill left half made."""
        current = self.current()
        for other in self._all():
            if other != current:
                shutil.rmtree(other)

    def _all(self) -> list[Path]:
        return [
            one
            for one in self.root.glob(f"{_PREFIX}*")
            if one.is_dir() and one.name.removeprefix(_PREFIX).isdecimal()
        ]

    def _point_to(self, folder: Path) -> None:
        sync_folder(folder)
        following = self.root / "current.next"
        with following.open("w") as pointer:
            pointer.write(folder.name + "\n")
            pointer.flush()
            os.fsync(pointer.fileno())
        following.replace(self.pointer)
        sync_folder(self.root)


def settle(folder: Path) -> None:
    """Make everything that lies in the folder last through a power cut."""
    for file in folder.iterdir():
        sync_folder(file)
    sync_folder(folder)


class WriterLock:
    """Held by the one process that writes; the kernel lets go of it when that process dies."""

    def __init__(self, root: Path) -> None:
        self._path = root / "writer.lock"
        self._held: int | None = None

    def take(self) -> None:
        """Take it, or do nothing if it is held here already.

        Raises:
            SearchBusy: another process, or another engine in this one, holds it.
        """
        if self._held is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            os.close(handle)
            raise SearchBusy("search_busy", index=str(self._path.parent)) from taken
        self._held = handle

    def release(self) -> None:
        """Let go, if it is held."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


class Dropped:
    """Ids that were found in the index when they were dropped, until a purge proves them gone.

    An engine may let go of a part that holds nothing else before anybody purges; without this list
    nobody could say any more that the probe had found them.
    """

    def __init__(self, root: Path) -> None:
        self._path = root / "dropped"

    def add(self, ids: Iterable[str]) -> None:
        """Remember these; when this returns, they are on the disk."""
        lines = "".join(json.dumps(one) + "\n" for one in ids)
        if lines:
            with self._path.open("a", encoding="utf-8") as listed:
                listed.write(lines)
                listed.flush()
                os.fsync(listed.fileno())

    def ids(self) -> set[str]:
        """All that are remembered; a line cut by a power failure says nothing."""
        if not self._path.exists():
            return set()
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return {str(json.loads(line)) for line in lines if len(line) > 1 and line.endswith('"')}

    def clear(self) -> None:
        """Forget them."""
        self._path.unlink(missing_ok=True)
