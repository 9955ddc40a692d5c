"""`luutru transfer …` does by script what the pages do."""

import json
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import clock
from tests.web.conftest import House
from tests.web.submitting import stage_of
from tests.web.transferring import RECEIVER, an_accepted_file, exported, registered, the_transfer
from web.cli import main
from web.transfer_making import place_of

Run = Callable[..., Result]
LATER = clock.now() + timedelta(days=400)


@pytest.fixture
def run(house: House) -> Run:
    home = {"LUUTRU_HOME": str(house.services.settings.home)}
    return lambda who, *words: CliRunner(env=home).invoke(main, ["--as", who, *words])


def lines(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(one) for one in result.stdout.splitlines()]


def test_from_what_is_due_to_the_confirmation(house: House, run: Run, tmp_path: Path) -> None:
    one, other = an_accepted_file(house), an_accepted_file(house)
    due = lines(run("lan", "transfer", "list", "--due", "--year", "2026", "--json"))
    assert {each["case_file"] for each in due} == {one, other}
    day = f"{transfer_day(house):%d/%m/%Y}"
    to = ("--receiver", RECEIVER, "--planned-on", day)
    assert run("binh", "transfer", "register", one, *to).exit_code == 5
    code = run("lan", "transfer", "register", "--all-due", "2026", *to).stdout.strip()
    assert run("lan", "transfer", "leave-out", code, other, "--reason", "Còn dùng").exit_code == 0
    (told,) = lines(run("lan", "transfer", "export", code, "--to", str(tmp_path / "usb"), "--json"))
    folder = Path(str(told["folder"]))
    checked = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert len(house.events("transfer.take_out")) == 1
    again = run("lan", "transfer", "export", code, "--to", str(tmp_path / "usb"))
    assert again.exit_code == 3 and "đã có" in again.stderr
    confirmed = ("transfer", "confirm", code, "--number", "15/XN", "--on")
    assert run("lan", *confirmed, f"{clock.now():%d/%m/%Y}").exit_code == 3  # too early
    with clock.standing_at(LATER):
        assert run("lan", *confirmed, f"{LATER:%d/%m/%Y}").exit_code == 0
    assert (stage_of(house, one), stage_of(house, other)) == ("transferred", "accepted")
    (over,) = lines(run("thu", "transfer", "list", "--over", "--json"))
    assert (over["stage"], over["manifest"]) == ("confirmed", told["manifest"])


def transfer_day(house: House) -> date:
    return clock.months_after(clock.today(house.organ()), 12)


def test_an_export_by_command_takes_the_place_of_the_workers(
    house: House, run: Run, tmp_path: Path
) -> None:
    code = registered(house, an_accepted_file(house))
    exported(house, code)
    assert run("lan", "transfer", "export", code, "--to", str(tmp_path)).exit_code == 0
    found = the_transfer(house, code)
    assert found.export_state == "gone"
    assert not place_of(house.services.settings, found.id).exists()


def test_it_is_given_up_with_a_reason(house: House, run: Run) -> None:
    code = registered(house, an_accepted_file(house))
    assert run("lan", "transfer", "give-up", code, "--reason", " ").exit_code == 2
    told = run("lan", "transfer", "give-up", code, "--reason", "Hoãn")
    assert told.exit_code == 0 and "đã bỏ" in told.stdout
    assert run("lan", "transfer", "list").stdout == ""


def test_another_organs_transfer_is_not_there(house: House, run: Run) -> None:
    code = registered(house, an_accepted_file(house))
    assert run("hoa", "transfer", "give-up", code, "--reason", "Hoãn").exit_code == 4
