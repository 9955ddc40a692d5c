"""Commands that ask whether everything is still as it was."""

import json
import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from archive import audit, journal_check
from archive.models import ChainHead
from tests.factories import writing
from tests.web.conftest import House
from web.cli import main


@pytest.fixture
def audit_verify(house: House) -> Callable[..., Result]:
    home = {"LUUTRU_HOME": str(house.services.settings.home)}
    return lambda *more: CliRunner(env=home).invoke(main, ["audit", "verify", *more])


def test_checking_the_story_prints_the_head_of_its_chain(
    house: House, audit_verify: Callable[..., Result]
) -> None:
    with house.services.db.reading() as rows:
        head = rows.query(ChainHead).one()
    said = audit_verify()
    assert said.exit_code == 0
    assert re.findall(r"\b[0-9a-f]{64}\b", said.stdout) == [head.link]
    told = json.loads(audit_verify("--json").stdout)
    assert told == {
        "events": head.last_id,
        "rows": told["rows"],
        "last": head.last_id,
        "head": head.link,
        "good": True,
    }


def test_a_head_that_was_written_down_is_held_against_the_chain(
    audit_verify: Callable[..., Result],
) -> None:
    noted = re.findall(r"\b\d+:[0-9a-f]{64}\b", audit_verify().stdout)[0]
    assert audit_verify("--expect", noted).exit_code == 0
    number = noted.split(":")[0]
    differs = audit_verify("--expect", f"{number}:{'0' * 64}")
    assert differs.exit_code == 1
    assert f"expected_link_differs: event {number}" in differs.stdout
    assert audit_verify("--expect", "0" * 64).exit_code == 2


def test_a_story_that_was_cut_is_found_by_its_journal(
    house: House, audit_verify: Callable[..., Result]
) -> None:
    journal = house.services.settings.journal_folder / "chain-2020.log"
    journal.write_text(f"98765 {'0' * 64}\n")
    found = audit_verify()
    assert found.exit_code == 1
    assert found.stdout.startswith("journal_event_gone: event 98765")


def test_a_gap_in_the_journal_is_told_and_is_no_finding(
    house: House, audit_verify: Callable[..., Result]
) -> None:
    for one in house.services.settings.journal_folder.iterdir():
        one.write_text("")
    found = audit_verify()
    assert found.exit_code == 0
    assert "journal_gap: event 1.." in found.stderr


def test_the_doctor_names_a_journal_that_takes_no_lines(house: House) -> None:
    home = {"LUUTRU_HOME": str(house.services.settings.home)}
    blocked = house.services.settings.path("no-folder")
    blocked.write_text("")
    for folder, sign in (("", "✓ journal"), (str(blocked), "✗ journal")):
        told = CliRunner(env={**home, "LUUTRU_JOURNAL": folder}).invoke(main, ["doctor"])
        assert sign in told.stdout


def test_a_gap_that_nobody_explained_is_on_the_page_of_health_until_a_person_does(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = house.services.db
    with monkeypatch.context() as past:
        past.setattr(db, "journal", None)
        with writing(db) as rows:
            audit.record(rows, "search.run", None)
    journal_check.look(db)
    with db.reading() as rows:
        (gap,) = journal_check.unexplained(rows)
    quan = house.as_("quan")
    assert gap in quan.get("/health").text
    monkeypatch.setenv("LUUTRU_HOME", str(house.services.settings.home))
    explain = ["audit", "explain", gap, "--why", "Ổ đĩa đầy ngày 20/11"]
    for who, code in (("binh", 5), ("quan", 0)):
        assert CliRunner().invoke(main, ["--as", who, *explain]).exit_code == code, who
    assert "audit explain" not in quan.get("/health").text
    with db.reading() as rows:
        assert journal_check.unexplained(rows) == []
