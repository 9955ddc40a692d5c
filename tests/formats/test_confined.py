import ctypes
import operator
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from formats.confined import confined, end_children
from formats.errors import ProgramFailed, ProgramMissing
from formats.programs import run

# A child cannot import this file, so it is given functions that it finds elsewhere.


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    yield
    end_children()


def test_the_result_comes_back_from_another_process() -> None:
    assert confined(operator.add, "Lưu ", "Trữ", seconds=10) == "Lưu Trữ"
    assert confined(os.getpid, seconds=10) != os.getpid()


def test_one_child_serves_many_calls() -> None:
    assert confined(os.getpid, seconds=10) == confined(os.getpid, seconds=10)


def test_our_errors_come_back_as_they_were_raised() -> None:
    with pytest.raises(ProgramMissing) as caught:
        confined(partial(run, ["no-such-program"], seconds=1), seconds=10)
    assert caught.value.code == "program_missing"
    assert caught.value.details == {"program": "no-such-program"}


def test_other_errors_come_back_with_their_story() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        confined(operator.truediv, 1, 0, seconds=10)
    assert "Traceback" in caught.value.__notes__[0]


def test_an_error_that_cannot_travel_comes_back_in_words() -> None:
    with pytest.raises(RuntimeError, match="Odd: said"):
        confined(partial(exec, "class Odd(Exception): pass\nraise Odd('said')"), seconds=10)


def test_a_late_call_is_ended_even_when_it_never_lets_go() -> None:
    started = time.monotonic()
    with pytest.raises(ProgramFailed) as caught:
        confined(re.match, r"(a+)+$", "a" * 60 + "b", seconds=0.5)
    assert caught.value.code == "program_timeout"
    assert time.monotonic() - started < 5


def test_a_crash_is_told_and_the_next_call_works() -> None:
    with pytest.raises(ProgramFailed) as caught:
        confined(ctypes.string_at, 0, seconds=10)
    assert (caught.value.code, caught.value.details["exit_code"]) == ("crashed", -signal.SIGSEGV)
    assert confined(operator.add, 1, 1, seconds=10) == 2


def test_too_much_memory_is_refused_and_the_same_child_goes_on() -> None:
    child = confined(os.getpid, seconds=10)
    with pytest.raises(ProgramFailed) as caught:
        confined(bytearray, 400 * 1024 * 1024, seconds=10, megabytes=256)
    assert caught.value.code == "out_of_memory"
    assert confined(os.getpid, seconds=10) == child


def test_the_limit_is_beyond_what_the_child_had_before() -> None:
    confined(bytearray, 50 * 1024 * 1024, seconds=10, megabytes=1024)
    assert len(confined(bytearray, 40 * 1024 * 1024, seconds=10, megabytes=256)) > 0
    loaded = confined(partial(exec, "import builtins; builtins.kept = bytearray(300 << 20)"),
                      seconds=10, megabytes=1024)  # fmt: skip
    assert loaded is None
    assert len(confined(bytearray, 40 * 1024 * 1024, seconds=10, megabytes=256)) > 0


def test_a_child_that_holds_on_to_much_memory_serves_no_more() -> None:
    child = confined(os.getpid, seconds=10)
    kept = partial(exec, "import builtins; builtins.kept = b'x' * (600 << 20)")
    confined(kept, seconds=10, megabytes=1024)
    assert confined(os.getpid, seconds=10) != child


def test_calls_from_many_threads_run_side_by_side() -> None:
    started = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(lambda: confined(time.sleep, 0.5, seconds=10)) for _ in range(4)]
        for call in calls:
            call.result()
    assert time.monotonic() - started < 1.9


def test_no_descriptor_leaks_to_a_child_or_stays_with_us() -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 (a child is asked the same way)
    with ThreadPoolExecutor(3) as threads:
        calls = [threads.submit(_descriptors_of_a_child) for _ in range(3)]
        assert max(call.result() for call in calls) <= 5  # three streams, socket, the listing
    end_children()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def _descriptors_of_a_child() -> int:
    listed: list[str] = confined(partial(os.listdir, "/proc/self/fd"), seconds=10)
    return len(listed)


def test_a_child_sees_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUUTRU_SEAL_PASSWORD", "bí mật")
    assert confined(os.getenv, "LUUTRU_SEAL_PASSWORD", seconds=10) is None


def test_a_forked_copy_of_us_starts_children_of_its_own() -> None:
    child = confined(os.getpid, seconds=10)
    copy = os.fork()
    if copy == 0:
        other = confined(os.getpid, seconds=10)
        end_children()
        os._exit(0 if other != child else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == 0
    assert confined(os.getpid, seconds=10) == child


def test_a_killed_parent_takes_its_children_along() -> None:
    story = (
        "import os, time, threading; from formats.confined import confined\n"
        "print(confined(os.getpid, seconds=10), flush=True)\n"
        "confined(time.sleep, 60, seconds=100)"
    )
    with subprocess.Popen([sys.executable, "-c", story], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        time.sleep(0.2)
        parent.kill()
    assert _comes_true(lambda: not Path(f"/proc/{child}").exists())


def _comes_true(is_so: Callable[[], bool], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.02)
    return False


def test_a_child_may_ask_its_parent() -> None:
    asks = partial(eval, "__import__('formats.confined').confined.ask('tên?') + '!'")
    assert confined(asks, seconds=10, answers=lambda said: f"{said} Lan") == "tên? Lan!"


def test_what_the_answer_raises_ends_the_call() -> None:
    asks = partial(eval, "__import__('formats.confined').confined.ask('tên?')")

    def refuses(_: object) -> None:
        raise ProgramMissing("program_missing", program="token")

    with pytest.raises(ProgramMissing):
        confined(asks, seconds=10, answers=refuses)
    assert confined(operator.add, 1, 1, seconds=10) == 2


def test_a_failure_of_the_answer_is_not_blamed_on_the_child() -> None:
    asks = partial(eval, "__import__('formats.confined').confined.ask('tên?')")

    def is_cut_off(_: object) -> None:
        raise ConnectionResetError("the key server has gone")

    with pytest.raises(ConnectionResetError):
        confined(asks, seconds=10, answers=is_cut_off)


def test_waiting_for_an_answer_does_not_count() -> None:
    asks = partial(eval, "__import__('formats.confined').confined.ask('tên?')")
    confined(os.getpid, seconds=10)  # the child is there

    def slow(said: str) -> str:
        time.sleep(3.5)  # longer than the limit, and than the child's own
        return said

    assert confined(asks, seconds=1, answers=slow) == "tên?"
    with pytest.raises(ProgramFailed, match="program_timeout"):
        confined(time.sleep, 60, seconds=0.2)
