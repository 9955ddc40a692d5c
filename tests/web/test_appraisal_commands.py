"""`luutru appraisal …` and `luutru retention notices` do by script what the pages do."""

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from tests.web.conftest import House
from tests.web.test_appraisal_pages import LATER, OVER, TOLD, a_closed_file, appraisal, on, watch
from web.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(house: House) -> Iterator[Run]:
    home = {"LUUTRU_HOME": str(house.services.settings.home)}

    def invoke(who: str, *words: str) -> Result:
        return CliRunner(env=home).invoke(main, ["--as", who, *words])

    with on(LATER):
        yield invoke


def lines(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(one) for one in result.stdout.splitlines()]


def test_notices_are_given_and_their_proof_is_printed(house: House, run: Run) -> None:
    one = a_closed_file(house)
    assert lines(run("lan", "retention", "notices", "--json")) == []
    (told,) = lines(run("lan", "retention", "notices", "--now", "--json"))
    assert told["code"] == one.code
    assert {"Lan", "Binh"} <= {it["name"] for it in told["told"]}  # type: ignore[attr-defined]
    assert one.code in run("binh", "retention", "notices").stdout


def test_both_sides_speak_and_the_archive_concludes(house: House, run: Run) -> None:
    one = a_closed_file(house)
    watch(house, TOLD, OVER)
    say = ("--verdict", "destroy", "--reason", "Hết giá trị", "--json")
    (mine,) = lines(run("binh", "appraisal", "list", "--mine", "--json"))
    assert mine["stage"] == "due"
    (said,) = lines(run("binh", "appraisal", "opine", one.code, *say))
    assert said["opinions"] == {"unit": "destroy"}
    (done,) = lines(run("lan", "appraisal", "conclude", one.code, *say))
    assert done["stage"] == "proposed"
    assert lines(run("lan", "appraisal", "list", "--json")) == []
    (listed,) = lines(run("lan", "appraisal", "list", "--stage", "proposed", "--json"))
    assert listed["verdict"] == "destroy"


def test_what_may_not_be_concluded_is_refused_and_told(house: House, run: Run) -> None:
    one = a_closed_file(house)
    watch(house, TOLD, OVER)
    say = ("--verdict", "destroy", "--reason", "Hết giá trị")
    assert run("binh", "appraisal", "conclude", one.code, *say).exit_code == 5
    assert [it.facts["code"] for it in house.events("appraisal.refused")] == ["not_allowed"]
    assert run("lan", "appraisal", "conclude", "khong-co", *say).exit_code == 4
    assert run("hoa", "appraisal", "conclude", one.code, *say).exit_code == 4
    assert run("quan", "appraisal", "list").exit_code == 5
    assert run("lan", "appraisal", "conclude", one.code, "--verdict", "extend",
               "--reason", "x").exit_code == 2  # fmt: skip
    assert appraisal(house, one).stage == "due"


def test_the_tables_are_printed(run: Run) -> None:
    tables = {one["table"] for one in lines(run("lan", "retention", "diagram", "--json"))}
    assert tables == {"appraisal", "disposal"}
