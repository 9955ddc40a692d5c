"""A scan of many pages: memory, what a kill costs, and whether it holds up who comes after it.

    python benchmarks/long_scan.py CORPUS [--pages 1000]

`benchmarks/corpus.py CORPUS` makes what CORPUS holds. The pages are strips of its light scans, so
that a thousand of them are read in minutes: what is asked is memory and order, not speed.
"""

import argparse
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import img2pdf
from PIL import Image

LUUTRU = Path(sys.executable).with_name("luutru")


def main() -> None:
    """Receive, kill in the middle, go on; print what was seen."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--pages", type=int, default=1000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="luutru-bench-") as folder:
        home = Path(folder) / "home"
        os.environ["LUUTRU_HOME"] = str(home)
        scan = Path(folder) / "scan.pdf"
        scan.write_bytes(strips(given.corpus, given.pages))
        print(f"{given.pages} pages, {scan.stat().st_size // 1_000_000} MB", flush=True)
        subprocess.run([LUUTRU, "setup"], check=True, capture_output=True)
        subprocess.run([LUUTRU, "receive", scan], check=True, capture_output=True)
        first = worked(home, lambda: pages_done(home) >= given.pages // 3, kill=True)
        before = pages_done(home)
        print(f"killed after {before} pages; memory of our processes {first} MB", flush=True)
        began = time.monotonic()
        watcher = threading.Thread(target=small_one, args=(given.corpus, home, began))
        watcher.start()
        second = worked(home, lambda: is_shelved(home, "scan.pdf"), kill=False)
        watcher.join()
        print(
            f"shelved {time.monotonic() - began:.0f} s later; memory of our processes {second} MB"
        )
        print(f"steps run twice: {twice(home)}")


def strips(corpus: Path, count: int) -> bytes:
    """A PDF of scans that are a few lines high, no two alike."""
    pictures = []
    sources = sorted((corpus / "light200" / "pages").glob("*.jpg"))
    for number in range(count):
        with Image.open(sources[number % len(sources)]) as page:
            wide, high = page.size
            top = (number * 97) % (high - 260)
            packed = io.BytesIO()
            page.crop((0, top, wide, top + 260)).save(packed, "JPEG", quality=75, dpi=(200, 200))
        pictures.append(packed.getvalue())
    whole = img2pdf.convert(pictures)
    assert isinstance(whole, bytes)
    return whole


def worked(home: Path, is_done: Callable[[], bool], *, kill: bool) -> int:
    """Run a worker until something is done; the most memory its processes held, in MB."""
    worker = subprocess.Popen([LUUTRU, "worker"])
    most = 0
    while not is_done():
        most = max(most, resident(worker.pid))
        time.sleep(0.5)
    worker.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
    worker.wait()
    return most


def resident(pid: int) -> int:
    """Megabytes of the worker and of those of its children that run our own code.

    Memory that several of them share is counted once (proportional set size).
    """
    total = 0
    for one in (pid, *children(pid)):
        try:
            command = Path(f"/proc/{one}/cmdline").read_bytes()
            if b"python" in command:
                said = Path(f"/proc/{one}/smaps_rollup").read_text()
                total += int(said.partition("Pss:")[2].split()[0]) * 1024
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total // 1_000_000


def children(pid: int) -> list[int]:
    """Direct children, of all its threads."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(one) for one in task.read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def pages_done(home: Path) -> int:
    """Pages whose reading is kept in the work area."""
    return sum(1 for _ in home.glob("work/1/read_text/pages/page-*.json.gz"))


def twice(home: Path) -> int:
    """Readings written down more than once: none, if all goes well."""
    with sqlite3.connect(home / "archive.db") as rows:
        found = rows.execute("select facts from event where action = 'intake.step'").fetchall()
    steps = Counter(json.loads(facts)["step"] for (facts,) in found)
    return steps["read_text"] - 2  # once for the scan, once for the small one


def small_one(corpus: Path, home: Path, began: float) -> None:
    """Receive a page behind the scan and see how long it takes to be shelved."""
    time.sleep(10)
    small = next(iter(sorted((corpus / "born").glob("one_*.pdf"))))
    subprocess.run([LUUTRU, "receive", small], check=True, capture_output=True)
    received = time.monotonic()
    while not is_shelved(home, small.name):
        time.sleep(0.5)
    is_over = is_shelved(home, "scan.pdf")
    print(
        f"a page that came {received - began:.0f} s after the scan went on was shelved in "
        f"{time.monotonic() - received:.0f} s, {'after' if is_over else 'before'} the scan",
        flush=True,
    )


def is_shelved(home: Path, name: str) -> bool:
    """Whether the file of this name is a document."""
    with sqlite3.connect(home / "archive.db", timeout=30) as rows:
        found = rows.execute("select state from intake where name = ?", [name]).fetchone()
    return found is not None and found[0] == "shelved"


if __name__ == "__main__":
    main()
