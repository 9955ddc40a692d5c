"""The `luutru` command for tests that give it often: a process each, but not each from nothing.

To load the program takes many times as long as what most commands do. So a process that has loaded
all of it stands by and splits off a child for every command: with streams, environment, memory and
an end of its own. The first time, each command is started from its own file all the same: one that
forgets to load what it needs fails.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LUUTRU = Path(sys.executable).with_name("luutru")
_from_their_file: set[str] = set()


def run(arguments: list[str], environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Give a command and wait for its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = begin(arguments, environment, out.fileno(), err.fileno()).wait()
        said = []
        for one in (out, err):
            one.seek(0)
            said.append(one.read().decode())
    return subprocess.CompletedProcess([str(LUUTRU), *arguments], code, *said)


def begin(
    arguments: list[str], environment: Mapping[str, str], out: int = 1, err: int = 2
) -> "subprocess.Popen[bytes] | Child":
    """Give a command that goes on by itself, such as the worker."""
    if (name := _name(arguments)) not in _from_their_file:
        _from_their_file.add(name)
        return subprocess.Popen(
            [LUUTRU, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
    asked = {"begin": arguments, "environment": dict(environment), "folder": str(Path.cwd())}
    return Child(_stand_by().ask(asked, [out, err]))


def _name(arguments: list[str]) -> str:
    """Which command it is, with the command of its group."""
    words: list[str] = []
    for one in arguments:
        if one.startswith("-") or "/" in one or "." in one:
            break
        words.append(one)
    return " ".join(words[:2]) or " ".join(arguments[:1])


class Child:
    """A command at work: what tests ask of a `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._ended = os.pidfd_open(pid)
        self._code: int | None = None

    def wait(self, seconds: float | None = None) -> int:
        """Its exit code, or minus the number of the signal that ended it.

        Raises:
            subprocess.TimeoutExpired: it is still at work.
        """
        if self._code is None:
            if not select.select([self._ended], [], [], seconds)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", seconds or 0)
            self._code = _stand_by().ask({"ended": self.pid})
            os.close(self._ended)
        return self._code

    def send_signal(self, number: int) -> None:
        """Unless it has ended already."""
        if self._code is None:
            signal.pidfd_send_signal(self._ended, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _StandBy:
    """The process that has loaded everything, and the way to it."""

    def __init__(self) -> None:
        self._way, other = socket.socketpair()
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.commands", str(other.fileno())],
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
            )
        self._answers = self._way.makefile()
        atexit.register(self.close)

    def ask(self, question: dict[str, Any], streams: list[int] | None = None) -> int:
        """Have it split off a child, or say with which code one ended."""
        said = json.dumps(question).encode()
        socket.send_fds(self._way, [len(said).to_bytes(4, "big")], streams or [])
        self._way.sendall(said)
        return int(self._answers.readline())

    def close(self) -> None:
        """It ends when nobody can ask it any more."""
        self._answers.close()
        self._way.close()
        self._process.wait()


@cache
def _stand_by() -> _StandBy:
    return _StandBy()


# In the other process ----------------------------------------------------------------------------


def _serve(way: socket.socket) -> None:
    """Split off children until there is nobody to ask for them."""
    while True:
        head, streams, _, _ = socket.recv_fds(way, 4, 2)
        if not head:
            return
        said = b""
        while len(said) < int.from_bytes(head, "big"):
            said += way.recv(int.from_bytes(head, "big") - len(said))
        asked = json.loads(said)
        if "ended" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["ended"], 0)[1])
        elif not (answer := os.fork()):
            way.close()
            _become(asked, streams)
        for one in streams:
            os.close(one)
        way.sendall(f"{answer}\n".encode())


def _become(asked: dict[str, Any], streams: list[int]) -> None:
    """From here on this process is that command, and ends as it would."""
    for wanted, one in enumerate(streams, 1):
        os.dup2(one, wanted)
        os.close(one)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = [str(LUUTRU), *asked["begin"]]
    sys.modules["__main__"].__package__ = None  # it is no module of the tests that says its name
    from web.cli import main

    sys.exit(main())


def _load() -> None:
    """Load what any command may need, and nothing that would begin to work by itself."""
    import gc

    from sqlalchemy.orm import configure_mappers

    import web.app
    from web import cli

    assert web.app
    nobody = cli.main.make_context("luutru", ["--language", "vi"], resilient_parsing=True)
    for name in cli.main.list_commands(nobody):
        cli.main.get_command(nobody, name)
    configure_mappers()
    gc.collect()
    gc.freeze()  # nor do its children look through it


if __name__ == "__main__":
    _load()
    _serve(socket.socket(fileno=int(sys.argv[1])))
