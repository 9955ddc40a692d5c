"""The journal of the chain: every event's number and link once more, outside the database.

Who rules the database alone can cut the story's end and forge another; he cannot make the journal
forget what it holds. Only ever added to, a file for each year: before the commit `? number link`,
what is about to be; right after it `number link`, what is. A process that is killed between the
two leaves the first line, and so no gap that a forged event could hide in.
"""

import logging
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive import clock

SYNC_EVERY = 1.0  # seconds of lines that a power cut may take; each becomes a gap
_LINE = re.compile(rb"(\? )?(\d{1,18}) ([0-9a-f]{64})\n")
log = logging.getLogger("luutru.journal")

Mark = dict[str, int]  # how far each file of the journal reached at a moment


@dataclass(frozen=True)
class Line:
    """An event of which the journal tells."""

    number: int
    link: str
    is_certain: bool  # else it was about to be committed


class Journal:
    """The journal in this folder. Several threads and processes may write at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._synced_at = time.monotonic()
        self._is_behind = False  # the disk may lack what we wrote

    def announce(self, links: Sequence[tuple[int, str]]) -> None:
        """Write down events that are about to be committed."""
        self._add(links, "? ")

    def append(self, links: Sequence[tuple[int, str]]) -> None:
        """Write down events that were just committed."""
        self._add(links, "")

    def _add(self, links: Sequence[tuple[int, str]], before: str) -> None:
        if not links:
            return
        lines = "".join(f"{before}{number} {link}\n" for number, link in links).encode()
        try:
            self._write(lines)
        except OSError:  # what is committed stays so; the check will tell of the gap
            log.exception("no line for event %d in %s", links[0][0], self.folder)

    def takes_lines(self) -> bool:
        """Whether a line could be added now."""
        nearest = next(one for one in (self.folder, *self.folder.parents) if one.exists())
        return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)

    def flush(self) -> None:
        """Wait until the disk has everything."""
        if not self._is_behind:
            return
        try:
            with max(self._files()).open("rb") as kept:
                os.fsync(kept.fileno())
        except (OSError, ValueError):  # somebody took the folder away: the check will tell
            log.exception("the lines in %s may be gone", self.folder)
        self._is_behind = False

    def mark(self) -> Mark:
        """How far it reaches now."""
        return {path.name: path.stat().st_size for path in self._files()}

    def set_aside(self) -> Mark:
        """How far the files reach that lie in folders inside, as after restoring a backup."""
        found: Mark = {}
        for path in self.folder.glob("*/chain-*.log"):
            found[path.name] = max(path.stat().st_size, found.get(path.name, 0))
        return found

    def lines(
        self, since: Mark | None = None, until: Mark | None = None
    ) -> Iterator[tuple[int, str] | None]:
        """Number and link of what was committed, as written; None where a line is unreadable."""
        for one in self.read(since, until):
            if one is None or one.is_certain:
                yield None if one is None else (one.number, one.link)

    def read(self, since: Mark | None = None, until: Mark | None = None) -> Iterator[Line | None]:
        """Every line, in the order of writing; None where one is unreadable."""
        for path in self._files():
            start = (since or {}).get(path.name, 0)
            end = path.stat().st_size if until is None else until.get(path.name, 0)
            with path.open("rb") as kept:
                kept.seek(start)
                while start < end and (line := kept.readline()):
                    start += len(line)
                    if found := _LINE.fullmatch(line):
                        yield Line(int(found[2]), found[3].decode(), is_certain=not found[1])
                    elif line != b"\n":
                        yield None

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("chain-*.log"))

    def _write(self, lines: bytes) -> None:
        """One write, at the end of the file, wherever that is by then."""
        place = self._open(self.folder / f"chain-{clock.now():%Y}.log")
        try:
            if _is_torn(place):  # a crash or a full disk cut the last line off
                lines = b"\n" + lines
            if os.write(place, lines) != len(lines):
                raise OSError("the line was cut off")
            self._is_behind = True
            if time.monotonic() - self._synced_at > SYNC_EVERY:
                os.fdatasync(place)
                self._synced_at, self._is_behind = time.monotonic(), False
        finally:
            os.close(place)

    def _open(self, path: Path) -> int:
        how = os.O_RDWR | os.O_APPEND | os.O_CREAT
        try:
            return os.open(path, how, 0o640)
        except FileNotFoundError:
            self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            return os.open(path, how, 0o640)


def _is_torn(place: int) -> bool:
    size = os.fstat(place).st_size
    return size > 0 and os.pread(place, 1, size - 1) != b"\n"
