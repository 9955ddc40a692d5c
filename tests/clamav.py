"""A real clamd of our own for the tests; it knows the EICAR test file and nothing else."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# In two halves, so that this file is not taken for it.
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + r"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@contextmanager
def running() -> Iterator[str]:
    """Start it, give its address, stop it by process id.

    Raises:
        FileNotFoundError: it is not installed.
        RuntimeError: it ended or did not answer; with what it said.
    """
    home = Path(tempfile.mkdtemp(prefix="luutru-clamd-"))
    try:
        (home / "signatures").mkdir()
        (home / "signatures" / "eicar.ndb").write_text(f"Eicar:0:*:{EICAR.encode().hex()}\n")
        (home / "clamd.conf").write_text(
            f"Foreground yes\nLocalSocket {home}/clamd.ctl\nDatabaseDirectory {home}/signatures\n"
            "StreamMaxLength 100M\nAlertExceedsMax yes\n"
        )
        with (home / "log").open("wb") as log:
            command = ["clamd", "-c", str(home / "clamd.conf")]
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_for(home, process)
            yield f"clamav://{home}/clamd.ctl"
        finally:
            process.terminate()
            process.wait(20)
    finally:
        shutil.rmtree(home)


def _wait_for(home: Path, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < give_up:
        if (home / "clamd.ctl").exists():
            return
        time.sleep(0.05)
    raise RuntimeError(f"clamd did not start:\n{(home / 'log').read_text()}")
