"""`luutru submission …` and `luutru notices` do by script what the pages do."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from archive import clock
from tests.factories import PASSWORD, a_document, a_person
from tests.web.conftest import House
from tests.web.submitting import DUE, LATE, LOOKED, a_closed_file, stage_of
from web import clockwork
from web.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(house: House) -> Run:
    a_person(house.services.db, house.organ(), "hung", "head")
    home = {"LUUTRU_HOME": str(house.services.settings.home)}

    def invoke(who: str, *words: str, given: str = "") -> Result:
        return CliRunner(env=home).invoke(main, ["--as", who, *words], input=given)

    return invoke


def lines(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(one) for one in result.stdout.splitlines()]


def test_from_sending_to_both_signatures(house: House, run: Run) -> None:
    first, second = a_closed_file(house), a_closed_file(house)
    mine = lines(run("binh", "submission", "list", "--mine", "--json"))
    assert {one["case_file"] for one in mine} >= {first, second}
    sent = run("binh", "submission", "send", first, second, "--name", "Hồ sơ 2025", "--boxes", "2")
    code = sent.stdout.strip()
    (waiting,) = lines(run("lan", "submission", "list", "--json"))
    assert (waiting["submission"], waiting["undecided"]) == (code, 2)
    assert run("lan", "submission", "accept", code, first).exit_code == 3  # not looked through
    checked = lines(run("lan", "submission", "check", code, "--json"))
    assert [one["case_file"] for one in checked] == [first, second]
    assert "✗ danh mục hồ sơ" in run("lan", "submission", "check", code, "--again").stdout
    assert run("lan", "submission", "accept", code, first).exit_code == 2  # asks for a word
    assert run("lan", "submission", "accept", code, first, "--note", "Đã xem").exit_code == 0
    assert run("lan", "submission", "return", code, second, "--reason", "Thiếu").exit_code == 0
    assert (stage_of(house, first), stage_of(house, second)) == ("accepted", "returned")
    sign = ("submission", "sign", code, "--password-file", "-", "--side")
    assert run("binh", *sign, "giving", given="sai\n").exit_code == 5
    assert run("binh", *sign, "giving", given=f"{PASSWORD}\n").exit_code == 0
    assert run("binh", *sign, "receiving", given=f"{PASSWORD}\n").exit_code == 5
    told = lines(run("lan", *sign, "receiving", "--json", given=f"{PASSWORD}\n"))
    assert told == [{"submission": code, "signed": "receiving"}]
    assert lines(run("lan", "submission", "list", "--json")) == []
    (decided,) = lines(run("lan", "submission", "list", "--decided", "--json"))
    assert decided["is_signed"] is True


def test_what_was_sent_is_taken_back(house: House, run: Run) -> None:
    case_file = a_closed_file(house)
    code = run("binh", "submission", "send", case_file).stdout.strip()
    told = lines(run("binh", "submission", "take-back", code, case_file, "--reason", "x", "--json"))
    assert told[0]["outcome"] == "taken_back"
    assert stage_of(house, case_file) == "closed"


def test_announcing_keeping_back_and_reading_ones_notices(house: House, run: Run) -> None:
    case_file = a_closed_file(house)
    with clock.standing_at(LATE):
        assert run("binh", "submission", "call").exit_code == 5
        assert lines(run("lan", "submission", "call", "--json"))[0]["year"] == LOOKED.year
        assert run("lan", "submission", "call").exit_code == 3
        clockwork.give_notice(house.services)
        told = lines(run("binh", "notices", "--new", "--json"))
        assert {"submission_due"} <= {one["kind"] for one in told}
        assert case_file in run("binh", "notices").stdout
        until = DUE + timedelta(days=100)
        keep = ["submission", "keep-back", case_file, "--until", f"{until:%d/%m/%Y}"]
        keep += ["--reason", "Còn dùng", "--consent-number", "5/CV", "--consent-date", "01/02/2026"]
        assert run("lan", *keep).exit_code == 5
        assert run("hung", *keep).exit_code == 2  # the consent is not in the archive
        a_document(
            house.services.db, house.organ(), "Đồng ý cho giữ lại",
            code_number="05", code_notation="CV", issued_date="01/02/2026",
        )  # fmt: skip
        (due,) = lines(run("hung", "submission", "list", "--due", "--json"))
        assert due["case_file"] == case_file
        assert lines(run("hung", *keep, "--json"))[0]["until"] == until.isoformat()
        assert lines(run("hung", "submission", "list", "--due", "--json")) == []


def test_another_organ_finds_nothing(house: House, run: Run) -> None:
    case_file = a_closed_file(house)
    code = run("binh", "submission", "send", case_file).stdout.strip()
    assert run("hoa", "submission", "check", code).exit_code == 4
    assert run("hoa", "submission", "accept", code, case_file).exit_code == 4
    assert lines(run("hoa", "submission", "list", "--json")) == []
