"""An open archive knows all its tables and all its checks, whichever door opened it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("archive", "ingest", "retention", "search")
# A table of ours, or a check that a module adds to another's list when it is loaded.
MUST_BE_LOADED = re.compile(
    r"^    __tablename__ = |^ {0,4}[\w.]*\b[A-Z][A-Z_]{3,}\b.*\.append\(", re.M
)


def test_whoever_opens_the_archive_has_every_table_and_every_check() -> None:
    wanted = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if MUST_BE_LOADED.search(path.read_text(encoding="utf-8"))
    }
    assert {"archive.models", "ingest.models", "retention.models", "retention.locking"} <= wanted
    assert "retention.kept_copies" in wanted
    asking = "import sys, web.services; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", asking], capture_output=True, text=True, check=True, cwd=ROOT
    )
    lacking = wanted - set(said.stdout.split())
    assert not lacking, "web/services.py imports them, so that they are there at every door"


def test_a_command_that_finds_brings_no_road_along() -> None:
    """What only receiving needs takes longer to load than everything else together."""
    asking = "import sys, web.commands.recording; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", asking], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(said.stdout.split())
    assert "web.services" in loaded
    assert not loaded & {"pyhanko.sign", "pikepdf", "openpyxl", "formats.pdfa", "ingest.steps"}
