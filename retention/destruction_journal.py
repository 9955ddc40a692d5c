"""The journal of destructions: beside the home and not in it, only ever added to (R18).

Before the first byte goes, a line says what is about to go; once everything was looked for and not
found, a second one says so and names the certificate. Each line carries the link of the one before
it. A copy of the archive that is older than the journal is told by it what may not come back. It
holds codes and digests, and no words of any record.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive import audit, clock
from archive.errors import Invalid, NotReady, StoreFailed
from archive.files import sync_folder

INTENT, DONE = "intent", "done"
BEGUN = "begun"  # the first line of a journal: an archive that knows it misses it from then on
NAME = "destructions.log"


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        number: counted from 1, without gaps.
        kind: `begun`, `intent` or `done`.
        at: when it was written, in UTC.
        told: what it says; see `retention.execution`.
        previous: link of the line before it.
        link: H(previous ‖ digest of what it says).
    """

    number: int
    kind: str
    at: str
    told: dict[str, Any]
    previous: str
    link: str

    @property
    def disposal(self) -> str:
        """The code of the disposal of which it tells."""
        return str(self.told["disposal"])

    @property
    def is_sound(self) -> bool:
        """Whether its link is the one that it must have."""
        return self.link == _link(self.number, self.kind, self.at, self.told, self.previous)


def _link(number: int, kind: str, at: str, told: dict[str, Any], previous: str) -> str:
    said = {"number": number, "kind": kind, "at": at, "told": told}
    return audit.next_link(previous, audit.sha256(audit.canonical(said)))


class DestructionJournal:
    """The journal in this folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / NAME
        self.certificates = folder / "certificates"

    def is_there(self) -> bool:
        """Whether anything was ever written."""
        return self.path.is_file()

    def takes_lines(self) -> bool:
        """Whether a line could be written now; nothing is made to find out."""
        place = self.path if self.path.exists() else self.folder
        while not place.exists():
            place = place.parent
        is_kind = place.is_file() if place == self.path else place.is_dir()
        return is_kind and os.access(place, os.W_OK)

    def lines(self) -> list[Line]:
        """Every line from the first to the last.

        Raises:
            NotReady: `destruction_journal_broken`, with the number of the line that does not fit.
        """
        found: list[Line] = []
        for line in self._read():
            previous = found[-1].link if found else audit.START
            if line.number != len(found) + 1 or line.previous != previous or not line.is_sound:
                raise NotReady("destruction_journal_broken", line=len(found) + 1)
            found.append(line)
        return found

    def last(self) -> Line | None:
        """The last line, without reading those before it."""
        try:
            with self.path.open("rb") as kept:
                return _last_in(kept.fileno())
        except FileNotFoundError:
            return None

    def of(self, disposal: str) -> dict[str, Line]:
        """The lines of one disposal, by their kind."""
        return {one.kind: one for one in self.lines() if one.disposal == disposal}

    def begin(self) -> Line:
        """The first line; one is written where there is none, so that its loss is noticed.

        Raises:
            StoreFailed: `journal_unwritable`; NotReady: `destruction_journal_broken`.
        """
        with _trouble_told(self.folder), self._held() as place:
            known = self.lines()
            told = {"disposal": "", "of": secrets.token_hex(16)}
            return known[0] if known else self._add(place, BEGUN, told)

    def intend(self, told: dict[str, Any]) -> Line:
        """Say what is about to go; said before, it is not said again.

        Raises:
            StoreFailed: `journal_unwritable`: then nothing may go.
            NotReady: `destruction_journal_broken`.
        """
        return self._add_once(INTENT, told)

    def finish(self, told: dict[str, Any]) -> Line:
        """Say that it is gone, with the certificate's digest; likewise once."""
        return self._add_once(DONE, told)

    def keep(self, name: str, content: bytes) -> Path:
        """Keep a certificate's file beside the journal; whole or not at all.

        Raises:
            StoreFailed: `journal_unwritable`.
        """
        place = self.certificates / name
        with _trouble_told(self.folder):
            self.certificates.mkdir(mode=0o750, parents=True, exist_ok=True)
            partial = place.with_name(place.name + ".part")
            try:
                with partial.open("wb") as out:
                    out.write(content)
                    out.flush()
                    os.fsync(out.fileno())
                partial.replace(place)
            finally:
                partial.unlink(missing_ok=True)
            sync_folder(self.certificates)
        return place

    def _add_once(self, kind: str, told: dict[str, Any]) -> Line:
        with _trouble_told(self.folder), self._held() as place:
            known = self.of(str(told["disposal"]))
            return known[kind] if kind in known else self._add(place, kind, told)

    def _add(self, place: int, kind: str, told: dict[str, Any]) -> Line:
        last = _last_in(place)
        number, previous = (last.number + 1, last.link) if last else (1, audit.START)
        at = clock.now().isoformat(timespec="seconds")
        plain = json.loads(audit.canonical(told))
        line = Line(number, kind, at, plain, previous, _link(number, kind, at, plain, previous))
        written = audit.canonical(asdict(line)).encode() + b"\n"
        if _is_torn(place):  # a full disk or a power cut took the rest of a line
            written = b"\n" + written
        if os.write(place, written) != len(written):
            raise OSError("the line was cut off")
        os.fsync(place)
        sync_folder(self.folder)
        return line

    @contextmanager
    def _held(self) -> Iterator[int]:
        self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        place = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
            yield place
        finally:
            os.close(place)

    def _read(self) -> Iterator[Line]:
        try:
            with self.path.open("rb") as kept:
                yield from filter(None, map(_parsed, kept))
        except FileNotFoundError:
            return


def open_journal(url: str) -> DestructionJournal:
    """The journal at this address; nothing is made before something is written.

    Raises:
        Invalid: `unknown_journal`.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return DestructionJournal(Path(parts.path))
    raise Invalid("unknown_journal", url=url)


def _parsed(written: bytes) -> Line | None:
    """A line as it was written; None where it was cut off."""
    try:
        return Line(**json.loads(written))
    except (ValueError, TypeError):
        return None


def _last_in(place: int) -> Line | None:
    """The last whole line, looked for from the end."""
    end = os.fstat(place).st_size
    size = 64 * 1024
    while True:
        start = max(end - size, 0)
        tail = os.pread(place, end - start, start).split(b"\n")
        for written in reversed(tail if start == 0 else tail[1:]):
            if (line := _parsed(written)) is not None:
                return line
        if start == 0:
            return None
        size *= 8


def _is_torn(place: int) -> bool:
    size = os.fstat(place).st_size
    return size > 0 and os.pread(place, 1, size - 1) != b"\n"


@contextmanager
def _trouble_told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        why = trouble.strerror or str(trouble)
        raise StoreFailed("journal_unwritable", folder=str(folder), why=why) from trouble
