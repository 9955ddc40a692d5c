"""The plan on the command line: what scripts read, and what they are refused with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from web.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words_compiled: None) -> Run:
    """An archive of its own, with a head and a draft of 2026."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUUTRU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LUUTRU_AS", "quantri")

    def ran(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    assert ran("setup").exit_code == 0
    assert ran("person", "add", "truong", "--name", "Trưởng", "--role", "head").exit_code == 0
    assert ran("plan", "draw-up", "2026").exit_code == 0
    return ran


def told(ran: Result) -> list[dict[str, Any]]:
    """The objects on standard output, one a line."""
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_dry_run_changes_nothing_and_names_every_wrong_cell(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(
        "notation;title;maintenance;creator;unit\n01;Một;5 năm;An;\n 01 ;Hai;5 năm;An;Lạ\n",
        encoding="utf-8",
    )
    ran = run("plan", "import", "2026", str(table), "--json")
    assert ran.exit_code == 0
    assert [(one["row"], one["fate"]) for one in told(ran)] == [(2, "new"), (3, "wrong")]
    wrong = told(ran)[1]["wrong"]
    assert [(one["column"], one["code"]) for one in wrong] == [
        ("Đơn vị", "plan_no_such_unit"),
        ("Số và ký hiệu hồ sơ", "plan_row_twice"),
    ]
    assert run("plan", "import", "2026", str(table), "--take-in").exit_code == 3
    assert told(run("plan", "show", "2026", "--json")) == []


def test_a_plan_comes_and_goes_as_plain_values(run: Run) -> None:
    assert run("plan", "add", "2026", "Tổ chức").exit_code == 0
    more = ("--notation", "01", "--maintenance", "5 năm", "--creator", "An", "--under", "I")
    assert told(run("plan", "add", "2026", "Việc", *more, "--json"))[0]["notation"] == "01"
    heading, line = told(run("plan", "show", "2026", "--json"))
    assert (heading["heading"], heading["depth"], line["depth"]) == ("I", 0, 1)
    assert (line["notation"], line["title"], line["case_file"]) == ("01", "Việc", "")
    approved = ("plan", "approve", "2026", "--number", "5", "--on", "05/01/2026", "--json")
    assert told(run("--as", "truong", *approved)) == [
        {"year": 2026, "stage": "approved", "case_files": 1}
    ]
    line = told(run("plan", "show", "2026", "--json"))[1]
    assert (line["case_file"], line["stage"]) == ("LT.2026.01", "planned")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "2030"), 4),
        (("approve", "2026", "--number", "5", "--on", "05/01/2026"), 5),
        (("draw-up", "2026"), 3),
        (("draw-up", "99"), 2),
        (("take-out", "2026", "77"), 4),
        (("copy", "2026", "--to", "2026"), 3),
        (("add", "2026", " "), 2),
        (("add", "2026", "Việc", "--under", "IX"), 4),
        (("check", "2026"), 0),
    ],
)
def test_what_is_refused_has_its_exit_code_and_its_words(
    run: Run, words: tuple[str, ...], code: int
) -> None:
    run("plan", "add", "2026", "Đề mục")
    ran = run("plan", *words)
    assert ran.exit_code == code, ran.output
    assert "Traceback" not in ran.output
    assert ran.stderr
