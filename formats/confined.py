"""Our own code on hostile files, in resident child processes with a memory and a time limit.

Parsers written in C (qpdf, PDFium, image decoders) may eat all memory, never return, or crash.
`confined` calls a function in a child that may do all of this without harm. A child serves
many calls, one at a time, so that its imports are paid for once; it ends with its parent, even
when that one is killed, because it watches the socket between them.
"""

import atexit
import os
import pickle
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from formats.errors import ProgramFailed, Unreadable
from formats.programs import MEGABYTE, passed_on

_CALLS_A_CHILD = 200  # then a fresh one: what leaks in the libraries stays bounded
_LARGEST_FILE = 4096 * MEGABYTE
_SWOLLEN = 512 * MEGABYTE  # of memory, which a child may hold on to between calls
_PAGE = resource.getpagesize()
_LEAST_SECONDS, _LEAST_MEGABYTES = 120.0, 1536  # whatever the file; more for larger ones
_GRACE = 2.0  # seconds after which a late child ends itself, should its parent be gone

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


def confined(
    function: Callable[[*Ts], R],
    *arguments: *Ts,
    seconds: float,
    megabytes: int = 1024,
    answers: Callable[[Any], Any] | None = None,
) -> R:
    """Call a function in a child process; its result, or what it raised, comes back.

    The function is found by its name (module level, `functools.partial` for keywords), and all
    values are pickled. It must not start programs of its own: those would outlive the limit.

    Args:
        function: what to call.
        arguments: what to give it.
        seconds: wall-clock limit of this call, after which the child is killed; waiting for
            `answers` does not count.
        megabytes: how much address space the call may take beyond what the child had before it.
        answers: what is called here when the function asks (`ask`); what it raises ends the call.

    Raises:
        ProgramFailed: `program_timeout`, `out_of_memory`, or `crashed` (the child died).
    """
    child, until = _take(), time.monotonic() + seconds
    said: tuple[Any, ...] = (function, arguments, seconds, megabytes)
    try:
        while True:
            is_good, value = _exchange(child, said, until, seconds, _name(function))
            if is_good is not None:
                break
            if answers is None:
                raise RuntimeError(f"{_name(function)} asks, and nobody answers")
            asked_at = time.monotonic()
            said = (answers(value),)
            until += time.monotonic() - asked_at  # a slow answer is no fault of the file
    except BaseException:
        child.end()
        raise
    _give_back(child)
    if is_good:
        return value  # type: ignore[no-any-return]  # what the function returned, unpickled
    raise value


def _exchange(
    child: "_Child", said: tuple[Any, ...], until: float, seconds: float, name: str
) -> tuple[bool | None, Any]:
    """Say something to the child, and wait for what it says: its result, or a question (None).

    Raises:
        ProgramFailed: `program_timeout`, or `crashed`.
    """
    try:
        child.channel.send(said)
        if not child.channel.poll(max(until - time.monotonic(), 0)):
            raise ProgramFailed("program_timeout", program=name, seconds=seconds)
        is_good, value = child.channel.recv()
    except (EOFError, OSError) as gone:
        raise ProgramFailed("crashed", program=name, exit_code=child.end()) from gone
    return is_good, value


def confined_for(
    about: Path,
    function: Callable[[*Ts], R],
    *arguments: *Ts,
    answers: Callable[[Any], Any] | None = None,
) -> R:
    """Call a function in a child whose limits grow with the file that it is about.

    A file that brings the child down would do so again: it is the file that cannot be read.

    Raises:
        Unreadable: `beyond_limits`.
        ProgramFailed: `program_timeout`.
    """
    size = about.stat().st_size // MEGABYTE
    seconds = _LEAST_SECONDS + 3 * size
    megabytes = min(_LEAST_MEGABYTES + 6 * size, 12_000)
    try:
        return confined(function, *arguments, seconds=seconds, megabytes=megabytes, answers=answers)
    except ProgramFailed as failure:
        if failure.code in ("crashed", "out_of_memory"):
            raise Unreadable("beyond_limits", megabytes=megabytes, said=failure.code) from failure
        raise


class _Child:
    """One resident process and the socket to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            said = f"from formats.confined import serve; serve({theirs.fileno()})"
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", said],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=passed_on(),
                start_new_session=True,
            )
        self.channel: Connection[Any, Any] = Connection(ours.detach())
        self.calls = 0

    def end(self) -> int:
        """Kill the process and say how it ended (negative: by that signal)."""
        self.channel.close()
        self.process.kill()
        return self.process.wait()


_idle: list[_Child] = []
_lock = threading.Lock()


def _take() -> _Child:
    with _lock:
        child = _idle.pop() if _idle else None
    if child is not None and child.process.poll() is not None:
        child.end()
        child = None
    return child or _Child()


def _give_back(child: _Child) -> None:
    child.calls += 1
    is_fresh = child.calls < _CALLS_A_CHILD and _in_memory(child.process.pid) < _SWOLLEN
    with _lock:
        if is_fresh and len(_idle) < (os.cpu_count() or 1):
            _idle.append(child)
            return
    child.end()


def _in_memory(process: int) -> int:
    """Bytes of memory that a process holds; none when it has just ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def end_children() -> None:
    """End the idle children now; later calls start new ones."""
    with _lock:
        children = _idle[:]
        _idle.clear()
    for child in children:
        child.end()


def _forget_children() -> None:
    """A forked copy of us leaves our children to us: it closes its end and starts its own."""
    global _lock
    _lock = threading.Lock()
    for child in _idle:
        child.channel.close()
        child.process.returncode = 0  # not its child: nothing to wait for
    _idle.clear()


atexit.register(end_children)
os.register_at_fork(after_in_child=_forget_children)


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", None) or getattr(function, "func", function).__name__)


# ── in the child ─────────────────────────────────────────────────────────────────────────────


_parent: "Connection[Any, Any] | None" = None


def ask(question: Any) -> Any:
    """Ask the parent of the running call; its answer."""
    if _parent is None:
        raise RuntimeError("only a child has someone to ask")
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)  # waiting is no work of ours
    _parent.send((None, question))
    (answer,) = _parent.recv()
    signal.setitimer(signal.ITIMER_REAL, left)
    return answer


def serve(descriptor: int) -> None:
    """Answer calls until the parent is gone: the whole life of a child."""
    global _parent
    channel: Connection[Any, Any] = Connection(descriptor)
    _parent = channel
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process even inside C code
    threading.Thread(target=_end_with_parent, args=(descriptor,), daemon=True).start()
    while True:
        try:
            function, arguments, seconds, megabytes = channel.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)
        channel.send_bytes(_answer(function, arguments, megabytes))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _end_with_parent(descriptor: int) -> None:
    watch = select.poll()
    watch.register(descriptor, select.POLLRDHUP)
    watch.poll()
    os._exit(0)


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...], megabytes: int) -> bytes:
    """The pickled result or error; an error without a pickled form comes back as its words."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
    resource.setrlimit(resource.RLIMIT_AS, (mapped + megabytes * MEGABYTE, most))
    try:
        return pickle.dumps((True, function(*arguments)))
    except MemoryError:
        error: Exception = ProgramFailed(
            "out_of_memory", program=_name(function), megabytes=megabytes
        )
    except Exception as raised:
        error = raised
        error.add_note(traceback.format_exc())
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        said = pickle.dumps((False, error))
        pickle.loads(said)
    except Exception:
        return pickle.dumps((False, RuntimeError("".join(traceback.format_exception(error)))))
    return said
