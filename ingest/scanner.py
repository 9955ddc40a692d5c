"""Asking a virus scanner about a file, and how far its answer can be trusted.

ClamAV is asked over its socket with INSTREAM. The version and day of its signatures come from
VERSION, which names them only when ClamAV's official daily set is loaded: `ClamAV 1.4.6/27500/…`.
A scanner that knows nothing but a list of its own (a test file) answers `ClamAV 1.4.6`, so its
"clean" reads "not checked" here, and so does one whose signatures are older than a week.
A size limit of the scanner is a reason, never a pass. Set `AlertExceedsMax yes` in clamd.conf:
without it ClamAV calls clean what it has only looked at in part, and does not say so.
"""

import re
import socket
import struct
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from formats.errors import FormatError

_OLDEST = 7  # days after which signatures are no longer believed
_CHUNK = 256 * 1024
_PORT = 3310


class ScannerSilent(FormatError):
    """The scanner that was asked for does not answer, or not sensibly: wait, and ask again."""


@dataclass(frozen=True)
class ScanResult:
    """What a scanner said of one file.

    Attributes:
        clean: nothing was found and the file was looked at; alone it is no proof.
        found: the name of what was found, else None.
        engine: name and version, "none" without a scanner.
        signatures_on: the day of its signatures, None when it names none.
        is_trustworthy: whether the answer may be shown as "checked".
        why: a code when it may not: `no_scanner`, `signatures_unknown` (its own or test
            signatures only), `signatures_old`, `file_too_large_for_scanner`,
            `limits_of_scanner_exceeded`; else None.
    """

    clean: bool
    found: str | None
    engine: str
    signatures_on: date | None
    is_trustworthy: bool
    why: str | None = None


class Scanner(Protocol):
    """Anything that can be asked whether a file carries a virus."""

    def scan(self, path: Path) -> ScanResult:
        """Ask about one file; raises ScannerSilent when there is no sensible answer."""
        ...


class NoScanner:
    """No scanner was asked for; it says so of every file."""

    def scan(self, path: Path) -> ScanResult:
        """Pass the file on, as one nobody has checked."""
        return ScanResult(True, None, "none", None, False, "no_scanner")


def _today() -> date:
    return datetime.now(UTC).date()


def open_scanner(url: str | None, *, today: Callable[[], date] = _today) -> Scanner:
    """The scanner a setting names: `clamav:///run/clamav/clamd.ctl`, `clamav://host:3310`, none.

    Raises:
        ValueError: the URL is not one of these.
    """
    if not url:
        return NoScanner()
    parts = urlsplit(url)
    if parts.scheme != "clamav" or not (parts.hostname or parts.path.startswith("/")):
        raise ValueError(f"not the address of a scanner: {url}")
    where = (parts.hostname, parts.port or _PORT) if parts.hostname else parts.path
    return ClamAV(url, where, today=today)


class ClamAV:
    """A clamd reached over a socket, asked anew for its version with every file."""

    def __init__(
        self,
        url: str,
        where: tuple[str, int] | str,
        *,
        today: Callable[[], date] = _today,
        seconds: float = 120.0,
    ) -> None:
        self._url = url
        self._where = where
        self._today = today
        self._seconds = seconds

    def scan(self, path: Path) -> ScanResult:
        """Send the file's bytes and weigh the answer; see `ScanResult`."""
        engine, signatures_on = self.version()
        with path.open("rb") as file:
            answer = self._ask(b"zINSTREAM\0", file)
        found = re.fullmatch(r"stream: (.+) FOUND", answer)
        if found and not found[1].startswith("Heuristics.Limits.Exceeded"):
            return ScanResult(False, found[1], engine, signatures_on, True)
        if found or "size limit exceeded" in answer:
            why = "limits_of_scanner_exceeded" if found else "file_too_large_for_scanner"
            return ScanResult(False, None, engine, signatures_on, False, why)
        if answer != "stream: OK":
            raise ScannerSilent("scanner_answer_unknown", url=self._url, answer=answer[:200])
        why_not = self._why_not_believed(signatures_on)
        return ScanResult(True, None, engine, signatures_on, why_not is None, why_not)

    def version(self) -> tuple[str, date | None]:
        """The engine, and the day of its official signatures, None when it has none loaded."""
        answer = self._ask(b"zVERSION\0")
        engine, _, signatures = answer.partition("/")
        if not engine.startswith("ClamAV"):
            raise ScannerSilent("scanner_answer_unknown", url=self._url, answer=answer[:200])
        return engine, _day_of(signatures.partition("/")[2])

    def _why_not_believed(self, signatures_on: date | None) -> str | None:
        if signatures_on is None:
            return "signatures_unknown"
        return "signatures_old" if (self._today() - signatures_on).days > _OLDEST else None

    def _ask(self, command: bytes, file: BinaryIO | None = None) -> str:
        """Send a command, and a file after it, and give the answer without its ending."""
        try:
            with closing(self._connect()) as connection:
                connection.sendall(command)
                if file is not None:
                    _send(connection, file)
                return _answer(connection)
        except OSError as error:
            raise ScannerSilent("scanner_silent", url=self._url, why=str(error)) from error

    def _connect(self) -> socket.socket:
        if isinstance(self._where, tuple):
            return socket.create_connection(self._where, timeout=self._seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self._seconds)
            connection.connect(self._where)
        except OSError:
            connection.close()
            raise
        return connection


def _send(connection: socket.socket, file: BinaryIO) -> None:
    """Send a file in chunks; a scanner that has had enough hangs up, and its answer says why."""
    try:
        while chunk := file.read(_CHUNK):
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return


def _answer(connection: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096:
        more = connection.recv(4096)
        if not more:
            break
        said += more
    if not said:
        raise ConnectionError("it hung up without an answer")
    return said.rstrip(b"\0\n").decode(errors="replace")


def _day_of(written: str) -> date | None:
    """The day in `Thu Nov 19 08:30:00 2026`, None for anything else."""
    try:
        return datetime.strptime(written.strip(), "%a %b %d %H:%M:%S %Y").date()  # noqa: DTZ007
    except ValueError:
        return None
