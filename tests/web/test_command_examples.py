"""Every example of docs/commands.md runs, in its order, in one archive."""

import logging
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from web.cli import main

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "commands.md"


def examples() -> list[str]:
    """The lines of fenced blocks that begin with `$ luutru`; a backslash goes on in the next."""
    found: list[str] = []
    is_inside = False
    for line in PAGE.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if line.startswith("```"):
            is_inside = not is_inside
        elif is_inside and line.startswith("$ luutru "):
            found.append(line.removeprefix("$ luutru "))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of one's own, with an empty archive to be set up and the samples beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUUTRU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LUUTRU_AS", "quantri")
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    levels = {name: logging.getLogger(name).level for name in ("pyhanko", "pyhanko_certvalidator")}
    yield tmp_path
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_every_example_of_the_page_runs(folder: Path, words_compiled: None) -> None:
    for line in examples():
        ran = CliRunner().invoke(main, shlex.split(line))
        assert ran.exit_code == 0, f"{line}\n{ran.output}\n{ran.exception!r}"


def test_there_are_examples() -> None:
    assert len(examples()) > 10
