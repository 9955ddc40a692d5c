import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingest.scanner import ClamAV, NoScanner, ScannerSilent, open_scanner

# In two halves, so that this file itself is no test virus.
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
DAILY = b"ClamAV 1.4.6/27500/Thu Nov 19 08:30:00 2026\0"


@pytest.fixture(scope="session")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real clamd that knows only the test file; gives its address."""
    home = tmp_path_factory.mktemp("clamd")
    (home / "signatures").mkdir()
    (home / "signatures" / "eicar.ndb").write_text(f"Eicar:0:*:{EICAR.encode().hex()}\n")
    (home / "clamd.conf").write_text(
        f"Foreground yes\nLocalSocket {home}/clamd.ctl\nDatabaseDirectory {home}/signatures\n"
        "StreamMaxLength 1M\nAlertExceedsMax yes\nMaxFileSize 200K\n"
    )
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            ["clamd", "-c", str(home / "clamd.conf")], stdout=log, stderr=log
        )
    try:
        wait_for(home / "clamd.ctl", process)
        yield f"clamav://{home}/clamd.ctl"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(ctl: Path, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if ctl.exists():
            return
        assert process.poll() is None, (ctl.parent / "log").read_text()
        time.sleep(0.05)
    pytest.fail("clamd did not start")


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text("Kính gửi Trung tâm Lưu trữ")
    return path


@pytest.mark.tools
@pytest.mark.rule("DB-10")
@pytest.mark.rule("DB-29")
def test_a_virus_is_found_by_a_real_scanner(clamd: str, tmp_path: Path) -> None:
    path = tmp_path / "eicar.com"
    path.write_text(EICAR)
    result = open_scanner(clamd).scan(path)
    assert (result.clean, result.is_trustworthy) == (False, True)
    assert result.found is not None
    assert "Eicar" in result.found
    assert result.engine.startswith("ClamAV ")


@pytest.mark.tools
def test_a_scanner_that_knows_only_a_test_file_has_not_checked(clamd: str, letter: Path) -> None:
    result = open_scanner(clamd).scan(letter)
    assert (result.clean, result.found, result.signatures_on) == (True, None, None)
    assert (result.is_trustworthy, result.why) == (False, "signatures_unknown")


@pytest.mark.tools
@pytest.mark.parametrize(
    ("size", "why"),
    [(5_000_000, "file_too_large_for_scanner"), (500_000, "limits_of_scanner_exceeded")],
)
def test_a_file_beyond_the_limits_of_the_scanner_is_not_passed(
    clamd: str, tmp_path: Path, size: int, why: str
) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(size))
    result = open_scanner(clamd).scan(path)
    assert (result.clean, result.is_trustworthy, result.why) == (False, False, why)


@pytest.mark.tools
def test_a_larger_file_within_the_limits_is_sent_whole(clamd: str, tmp_path: Path) -> None:
    path = tmp_path / "late.txt"
    path.write_bytes(b"a\n" * 50_000 + EICAR.encode())
    assert open_scanner(clamd).scan(path).found


class Pretender:
    """A server that takes what comes and answers in order; None hangs up without a word."""

    def __init__(self, *answers: bytes | None) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._answers = answers
        self.received: list[bytes] = []
        self.url = f"clamav://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for answer in self._answers:
            connection, _ = self._server.accept()
            with connection:
                self.received.append(self._take(connection))
                if answer is not None:
                    connection.sendall(answer)

    def _take(self, connection: socket.socket) -> bytes:
        command = connection.recv(10)
        with connection.makefile("rb") as stream:
            while command == b"zINSTREAM\0" and (size := struct.unpack("!I", stream.read(4))[0]):
                command += stream.read(size)
                command = command[:10] if size > 100 else command
        return command

    def close(self) -> None:
        self._server.close()
        self._thread.join(5)


@pytest.fixture
def pretend() -> Iterator[list[Pretender]]:
    started: list[Pretender] = []
    yield started
    for pretender in started:
        pretender.close()


def ask(pretend: list[Pretender], path: Path, *answers: bytes | None) -> object:
    pretend.append(Pretender(*answers))
    return open_scanner(pretend[-1].url, today=lambda: date(2026, 11, 21)).scan(path)


@pytest.mark.rule("DB-10")
def test_fresh_signatures_make_clean_mean_checked(pretend: list[Pretender], letter: Path) -> None:
    pretend.append(Pretender(DAILY, b"stream: OK\0"))
    result = open_scanner(pretend[0].url, today=lambda: date(2026, 11, 26)).scan(letter)
    assert (result.clean, result.is_trustworthy, result.why) == (True, True, None)
    assert result.signatures_on == date(2026, 11, 19)
    assert letter.read_bytes() in pretend[0].received[1]


def test_signatures_older_than_a_week_are_not_believed(
    pretend: list[Pretender], letter: Path
) -> None:
    pretend.append(Pretender(DAILY, b"stream: OK\0"))
    result = open_scanner(pretend[0].url, today=lambda: date(2026, 11, 27)).scan(letter)
    assert (result.clean, result.is_trustworthy, result.why) == (True, False, "signatures_old")


@pytest.mark.parametrize(
    "answers",
    [
        (None,),
        (b"",),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (DAILY, None),
        (DAILY, b"\0"),
        (DAILY, b"stream: something else\0"),
        (DAILY, b"x" * 10_000),
        (DAILY, b"stream: Can't allocate memory ERROR\0"),
    ],
)
@pytest.mark.rule("DB-29")
def test_silence_and_garbage_are_no_answer(
    pretend: list[Pretender], letter: Path, answers: tuple[bytes | None, ...]
) -> None:
    with pytest.raises(ScannerSilent):
        ask(pretend, letter, *answers)


def test_a_scanner_that_is_not_there_is_silent(tmp_path: Path, letter: Path) -> None:
    with pytest.raises(ScannerSilent, match="scanner_silent"):
        open_scanner(f"clamav://{tmp_path}/nobody.ctl").scan(letter)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ScannerSilent, match="scanner_silent"):
        open_scanner(f"clamav://127.0.0.1:{port}").scan(letter)


def test_a_scanner_that_never_answers_is_given_up(letter: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        scanner = ClamAV("clamav://test", server.getsockname(), seconds=0.2)
        with pytest.raises(ScannerSilent, match="scanner_silent"):
            scanner.scan(letter)


def test_without_a_scanner_nothing_is_called_checked(letter: Path) -> None:
    scanner = open_scanner(None)
    assert isinstance(scanner, NoScanner)
    result = scanner.scan(letter)
    assert (result.clean, result.is_trustworthy, result.why) == (True, False, "no_scanner")


@pytest.mark.parametrize("url", ["http://localhost:3310", "clamav:", "clamd.ctl"])
def test_a_wrong_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="not the address of a scanner"):
        open_scanner(url)
