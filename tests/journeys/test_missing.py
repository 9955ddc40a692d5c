"""What happens when a program is missing, the disk is full, or a live worker is there already."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import LUUTRU
from tests.journeys.test_road import ROOT, Home

pytestmark = [pytest.mark.tools, pytest.mark.slow]
SCAN = ROOT / "samples" / "01-scan-sach-quyet-dinh-212-QD-VP.pdf"
BORN = ROOT / "samples" / "05-ban-goc-dien-tu-quyet-dinh-03-2014-QD-UBND.pdf"
OFFICE = ROOT / "samples" / "10-to-trinh-19-TTr-VP.docx"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    assert made.run("setup").returncode == 0
    return made


def path_without(program: str, folder: Path) -> str:
    """A PATH on which everything is found but this one program."""
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for one in Path(place).glob("*"):
            link = folder / one.name
            link.unlink(missing_ok=True)
            link.symlink_to(one)
    (folder / program).unlink()
    return str(folder)


@pytest.mark.parametrize(
    ("program", "needing", "step"),
    [
        ("tesseract", SCAN, "read_text"),
        ("java", BORN, "validate"),
        ("soffice", OFFICE, "read_text"),
    ],
)
def test_a_missing_program_makes_a_file_wait_and_holds_up_no_other(
    home: Home, tmp_path: Path, program: str, needing: Path, step: str
) -> None:
    whole = home.environment["PATH"]
    home.environment["PATH"] = path_without(program, tmp_path / "bin")
    files = [needing] if program == "java" else [needing, BORN]
    first, *others = home.lines("receive", *files, "--wait")
    assert (first["state"], first["reason"]) == ("waiting", "program_missing")
    assert all(one["state"] == "shelved" for one in others)
    assert home.ask("select next_step from intake where state = 'waiting'") == [(step,)]
    assert home.ask(f"select count(*) from intake where details like '%{program}%'") == [(1,)]

    home.environment["PATH"] = whole
    home.ask("update intake set try_after = '2000-01-01'")
    worker = home.begin("worker")
    try:
        wait_for(
            lambda: (
                home.ask("select count(*) from intake where state = 'shelved'") == [(len(files),)]
            )
        )
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0


def test_a_disk_that_fills_loses_nothing_that_was_there(home: Home) -> None:
    assert home.run("receive", BORN, "--wait").returncode == 0
    large = home.folder.parent / "lon.bin"
    large.write_bytes(os.urandom(8_000_000))
    limited = subprocess.run(
        ["prlimit", "--fsize=4000000", "--", LUUTRU, "receive", large],
        env=home.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert limited.returncode != 0
    assert "Traceback" not in limited.stderr
    assert home.ask("select count(*) from intake") == [(1,)]
    assert list((home.folder / "files" / "incoming").iterdir()) == []
    assert home.run("verify").returncode == 0


@pytest.fixture
def working(home: Home) -> Iterator[Home]:
    worker = home.begin("worker")
    yield home
    worker.send_signal(signal.SIGTERM)
    worker.wait(60)


def test_receiving_hands_over_to_a_live_worker(working: Home) -> None:
    wait_for(lambda: (working.folder / "worker.lock").exists())
    time.sleep(1)
    handed = working.run("receive", BORN)
    assert handed.returncode == 0
    (waited,) = working.lines("receive", BORN, "--wait")
    assert waited["state"] == "shelved"
    (found,) = working.lines("find", "tin học hoá các quy trình")
    assert found["document"] == waited["document"]


def test_without_waiting_the_answer_is_received(home: Home) -> None:
    (told,) = home.lines("receive", BORN)
    assert (told["state"], told["document"], told["reason"]) == ("received", None, None)
    assert told["sha256"]


def wait_for(holds: object, seconds: float = 90) -> None:
    give_up = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.3)


def test_two_who_wait_at_once_both_come_to_an_end(home: Home) -> None:
    waiting = [home.begin("receive", path, "--wait") for path in (BORN, SCAN)]
    try:
        assert [one.wait(120) for one in waiting] == [0, 0]
    finally:
        for one in waiting:
            one.kill()
    assert home.ask("select count(*) from intake where state = 'shelved'") == [(2,)]


def test_accounts_are_reset_and_closed_from_the_command_line(home: Home) -> None:
    (made,) = home.lines("person", "add", "lan", "--name", "Nguyễn Thị Lan", "--role", "clerk")
    (again,) = home.lines("--as", "quantri", "person", "reset", "lan")
    assert again["password"] != made["password"]
    assert home.run("--as", "lan", "person", "reset", "quantri").returncode == 5
    closed = home.run("--as", "quantri", "person", "lock", "lan", "--why", "nghỉ hưu")
    assert closed.returncode == 0
    assert home.run("--as", "lan", "receive", BORN).returncode == 5
