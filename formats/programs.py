"""The one way to run a program that is not ours: no shell, limits of time and memory, typed.

Documents are hostile until shown otherwise, and so are the programs that open them: each runs in
a process group of its own that is ended whole, with an environment that holds nothing secret.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from formats.errors import ProgramFailed, ProgramMissing

MEGABYTE = 1024 * 1024
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "JAVA_HOME", "TESSDATA_PREFIX")


@dataclass(frozen=True)
class Finished:
    """What a program said and how it ended; each stream is cut at the limit asked for."""

    code: int
    stdout: bytes
    stderr: bytes


def is_installed(program: str) -> bool:
    """Whether the program can be started here."""
    return shutil.which(program) is not None


def passed_on() -> dict[str, str]:
    """The few variables that other processes are given: nothing secret is among them."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def run(
    arguments: Sequence[str | Path],
    *,
    seconds: float,
    megabytes: int | None = 2048,
    output_megabytes: int = 64,
    file_megabytes: int = 4096,
    cwd: Path | None = None,
    extra_environment: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
) -> Finished:
    """Run a program to its end.

    Args:
        arguments: program and arguments; never given to a shell.
        seconds: wall-clock limit; then the whole process group is killed.
        megabytes: limit of address space; None for programs that reserve more than they use (Java).
        output_megabytes: how much of each of stdout and stderr is kept.
        file_megabytes: the largest file it may write.
        cwd: its working folder.
        extra_environment: variables beside the few that are passed on.
        stdin: bytes for its standard input.

    Raises:
        ProgramMissing: it is not installed.
        ProgramFailed: code `program_timeout`; an exit code other than 0 is the caller's to judge.
    """
    program = str(arguments[0])
    found = shutil.which(program)
    if found is None:
        raise ProgramMissing("program_missing", program=Path(program).name)
    limits = ["prlimit", f"--fsize={file_megabytes * MEGABYTE}", "--core=0"]
    if megabytes is not None:
        limits.append(f"--as={megabytes * MEGABYTE}")
    # Should we be killed, it is killed too: nobody is left to hear it or to stop it.
    bound = ["setpriv", "--pdeathsig=KILL", "--"]
    command = [*limits, "--", *bound, found, *map(str, arguments[1:])]
    environment = {**passed_on(), "OMP_THREAD_LIMIT": "1", **(extra_environment or {})}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=cwd,
            env=environment,
            start_new_session=True,
        )
        try:
            process.communicate(input=stdin, timeout=seconds)
        except subprocess.TimeoutExpired as late:
            raise ProgramFailed(
                "program_timeout", program=Path(program).name, seconds=seconds
            ) from late
        finally:
            _end_group(process)
        keep = output_megabytes * MEGABYTE
        out.seek(0)
        err.seek(0)
        return Finished(process.returncode, out.read(keep), err.read(keep))


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill whatever of the group is left, so that no child outlives its parent."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
