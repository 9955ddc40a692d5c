"""The store of bytes: every file under its SHA-256, written once, checked when it is read.

Layout: `<root>/<first two>/<next two>/<sha-256>`, plain files that need no program of ours.
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from archive.errors import Invalid, StoreFailed

CHUNK = 1024 * 1024
LOOK_AGAIN = 0.05  # seconds between tries to have the store alone
_DIGEST = re.compile("[0-9a-f]{64}")


class StoreBusy(StoreFailed):
    """Others are at the store; later it will be free."""


@dataclass(frozen=True)
class Stored:
    """Bytes that are safely in the store."""

    digest: str
    size: int


class Readable(Protocol):
    """Where bytes come from."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most so many; none at the end."""


class FileStore(Protocol):
    """Keeps bytes under their digest."""

    def put(self, stream: Readable, limit: int | None = None) -> Stored:
        """Keep what the stream holds; when this returns, it is on the disk."""

    def fetch(self, digest: str, target: Path) -> None:
        """Write the bytes to `target`, verified."""

    def open(self, digest: str) -> BinaryIO:
        """Open the bytes for reading, verified first."""

    def has(self, digest: str) -> bool:
        """Whether something is kept under this digest."""

    def remove(self, digest: str) -> None:
        """Let go of the bytes. Only a disposal and the emptying of a quarantine call this."""

    def digests(self) -> Iterator[str]:
        """Every digest that is kept."""

    def kept_since(self, digest: str) -> datetime | None:
        """When the bytes came; None where there are none."""

    def clear_incoming(self) -> None:
        """Let go of what was cut off while it was put."""

    def keeping(self) -> AbstractContextManager[None]:
        """While bytes are put and the row that needs them is written: nobody lets go."""

    def letting_go(self, patience: float | None = None) -> AbstractContextManager[None]:
        """While somebody sees whether bytes are needed and removes them: nobody is keeping."""


def open_files(url: str) -> FileStore:
    """The store at this address.

    Raises:
        Invalid: `unknown_file_store`.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalFiles(Path(parts.path))
    raise Invalid("unknown_file_store", url=url)


class LocalFiles:
    """A folder on this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"

    def put(self, stream: Readable, limit: int | None = None) -> Stored:
        """Write to a temporary name, sync, rename.

        Raises:
            Invalid: `too_large`, with the limit in bytes.
            StoreFailed: `store_full` or `store_unwritable`.
        """
        with self.keeping(), _store_trouble(), self._temporary() as name:
            with name.open("wb") as out:
                digest, size = _copy(stream, out, limit)
                out.flush()
                os.fsync(out.fileno())
            self._settle(name, digest)
        return Stored(digest, size)

    def fetch(self, digest: str, target: Path) -> None:
        """Copy out and verify.

        Raises:
            StoreFailed: `file_gone`, `file_damaged` or `file_unreadable`.
        """
        with self._open(digest) as source, target.open("wb") as out:
            found, _ = _copy(_Complaining(source, digest), out, None)
        if found != digest:
            target.unlink()
            raise StoreFailed("file_damaged", digest=digest)

    def open(self, digest: str) -> BinaryIO:
        """Read it through once to verify, then give it back from its beginning.

        Raises:
            StoreFailed: `file_gone`, `file_damaged` or `file_unreadable`.
        """
        source = self._open(digest)
        try:
            if _digest(_Complaining(source, digest)) != digest:
                raise StoreFailed("file_damaged", digest=digest)
        except StoreFailed:
            source.close()
            raise
        source.seek(0)
        return source

    def has(self, digest: str) -> bool:
        """Whether the file is there (not whether it is sound)."""
        return self.path(digest).is_file()

    def remove(self, digest: str) -> None:
        """Unlink it; twice is the same as once."""
        self.path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        """Walk the folders; what somebody else laid there under other names is not ours."""
        for path in self.root.glob("??/??/*"):
            if _DIGEST.fullmatch(path.name):
                yield path.name

    def kept_since(self, digest: str) -> datetime | None:
        """When the file was written; restoring from a backup keeps that."""
        try:
            return datetime.fromtimestamp(self.path(digest).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def clear_incoming(self) -> None:
        """Nobody puts anything meanwhile, so that whatever lies there was left behind."""
        with self.letting_go():
            for one in self.incoming.iterdir():
                one.unlink()

    def keeping(self) -> AbstractContextManager[None]:
        """Together with others who keep; it waits for who lets go.

        Raises:
            StoreFailed: `store_unwritable`.
        """
        return self._locked(fcntl.LOCK_SH)

    def letting_go(self, patience: float | None = None) -> AbstractContextManager[None]:
        """Alone; it waits for who keeps, at most so many seconds.

        Raises:
            StoreBusy: `store_busy`; StoreFailed: `store_unwritable`.
        """
        return self._locked(fcntl.LOCK_EX, patience)

    @contextmanager
    def _locked(self, how: int, patience: float | None = None) -> Iterator[None]:
        """A lock on the folder of what comes in; it ends with the process that holds it."""
        with _store_trouble():
            self.incoming.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.incoming, os.O_RDONLY)
        try:
            _lock(handle, how, patience)
            yield
        finally:
            os.close(handle)

    def path(self, digest: str) -> Path:
        """Where the bytes of this digest lie."""
        return Path(f"{self.root}/{digest[:2]}/{digest[2:4]}/{digest}")  # thousands are asked for

    def _open(self, digest: str) -> BinaryIO:
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError as gone:
            raise StoreFailed("file_gone", digest=digest) from gone
        except OSError as trouble:
            raise _unreadable(digest, trouble) from trouble

    @contextmanager
    def _temporary(self) -> Iterator[Path]:
        """A new file in the store's own file system, gone afterwards unless it was renamed."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.incoming, prefix="luutru-coming-")
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _settle(self, temporary: Path, digest: str) -> None:
        """Give it its place; a sound file that is there already stays as it is."""
        place = self.path(digest)
        if place.is_file() and _digest_of(place) == digest:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o440)
        temporary.rename(place)
        for folder in (place.parent, place.parent.parent, self.root):
            sync_folder(folder)


def _lock(handle: int, how: int, patience: float | None) -> None:
    if patience is None:
        fcntl.flock(handle, how)
        return
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            if time.monotonic() > until:
                raise StoreBusy("store_busy") from busy
            time.sleep(LOOK_AGAIN)
        else:
            return


class _Complaining:
    """A stored file whose disk's complaints are ours."""

    def __init__(self, source: Readable, digest: str) -> None:
        self._source, self._named = source, digest

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        try:
            return self._source.read(size)
        except OSError as trouble:
            raise _unreadable(self._named, trouble) from trouble


def _unreadable(digest: str, trouble: OSError) -> StoreFailed:
    return StoreFailed("file_unreadable", digest=digest, why=trouble.strerror)


def _copy(source: Readable, target: BinaryIO, limit: int | None) -> tuple[str, int]:
    """Copy in chunks; the digest and size of what went through."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            raise Invalid("too_large", limit=limit)
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size


def _digest_of(path: Path) -> str:
    with path.open("rb") as source:
        return _digest(source)


def _digest(source: Readable) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _store_trouble() -> Iterator[None]:
    """The disk's complaints as ours."""
    try:
        yield
    except OSError as trouble:
        if trouble.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StoreFailed("store_full") from trouble
        raise StoreFailed("store_unwritable", why=trouble.strerror) from trouble


def free_megabytes(url: str) -> int | None:
    """Room left for a store on this machine; None where it cannot be told."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    place = Path(parts.path)
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free // (1024 * 1024)
