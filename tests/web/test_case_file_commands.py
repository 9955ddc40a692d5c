"""Case files and orders by command: the same checks and the same words as on the pages."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive import audit, people
from archive.life_models import FreezeOrder
from archive.models import CaseFile, Organ
from tests.factories import a_case_file, a_document, a_person, an_organ
from tests.web.conftest import House
from web.cli import main


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LUUTRU_HOME", str(house.services.settings.home))

    def as_(user_name: str, *words: str) -> Result:
        return CliRunner().invoke(main, ["--as", user_name, *words])

    return as_


def answers(ran: Result) -> list[dict[str, Any]]:
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_from_opening_to_closing_and_back(house: House, run: Any) -> None:
    db, organ = house.services.db, house.organ()
    opened = run(
        "binh", "case-file", "open", "17", "--title", "Việc X", "--year", "2026",
        "--maintenance", "20 năm", "--start", "05/01/2026", "--json",
    )  # fmt: skip
    code = answers(opened)[0]["case_file"]
    papers = [a_document(db, organ, f"Văn bản {one}").code for one in (1, 2)]
    assert (
        answers(run("binh", "case-file", "place", code, *papers, "--json"))[0]["placed"] == papers
    )
    out = ("case-file", "take-out", code, papers[1], "--why", "draft", "--note", "Nháp", "--json")
    assert answers(run("binh", *out))[0]["why"] == "draft"
    whole = answers(run("binh", "case-file", "show", code, "--json"))[0]
    assert [one["document"] for one in whole["contents"]] == papers[:1]
    assert whole["taken_out"] == [{"document": papers[1], "why": "draft", "note": "Nháp"}]
    early = run("binh", "case-file", "close", code)
    assert early.exit_code == 3
    assert "ngày kết thúc" in early.stderr
    closing = run("binh", "case-file", "close", code, "--set", "EndDate=15/10/2026", "--json")
    assert answers(closing)[0]["due_on"] == "2027-10-15"
    listed = answers(run("lan", "case-file", "list", "--stage", "closed", "--json"))
    assert [one["case_file"] for one in listed] == [code]
    again = run("binh", "case-file", "reopen", code, "--reason", "Thiếu", "--json")
    assert answers(again)[0]["stage"] == "open"


@pytest.mark.rule("HC-62")
def test_only_its_holder_acts_on_it(house: House, run: Any) -> None:
    a_person(house.services.db, house.organ(), "mai", "officer")
    held = a_case_file(house.services.db, house.organ(), holder=house.person("binh"))
    paper = a_document(house.services.db, house.organ(), "Riêng").code
    assert run("mai", "case-file", "place", held.code, paper).exit_code == 5
    said = run("mai", "case-file", "correct", held.code, "--set", "Title=X", "--reason", "Y")
    assert said.exit_code == 5
    assert run("hoa", "case-file", "show", held.code).exit_code == 4
    with house.services.db.reading() as rows:
        assert rows.get_one(CaseFile, held.id).title == held.title


def test_a_frozen_one_refuses_by_command_until_it_is_lifted(house: House, run: Any) -> None:
    held = a_case_file(house.services.db, house.organ(), holder=house.person("binh"))
    place = ("freeze", "place", "--number", "1/QĐ", "--reason", "Thanh tra", "--holder", "binh")
    assert run("binh", *place).exit_code == 5
    assert answers(run("quan", *place, "--look", "--json")) == [{"things": [held.code]}]
    assert answers(run("quan", "freeze", "list", "--json")) == []
    told = answers(run("quan", *place, "--json"))[0]
    assert told["things"] == [held.code]
    correct = ("case-file", "correct", held.code, "--set", "Title=Mới", "--reason", "Sửa", "--json")
    assert run("binh", *correct).exit_code == 3
    lift = ("freeze", "lift", str(told["order"]), "--number", "2/QĐ", "--reason", "Xong", "--json")
    answers(run("quan", *lift))
    answers(run("binh", *correct))
    listed = answers(run("binh", "freeze", "list", "--json"))
    assert [(one["number"], one["in_force"]) for one in listed] == [("1/QĐ", False)]
    with house.services.db.reading() as rows:
        assert rows.query(FreezeOrder).one().lift_number == "2/QĐ"


def test_at_another_organ_acts_who_has_a_part_in_it_and_nobody_else(house: House, run: Any) -> None:
    db = house.services.db
    other = an_organ(db, "STC")
    with audit.acting_as(None, "command"), db.transaction() as session:
        binh = people.by_name(session, "binh")
        people.appoint(session, binh, session.get_one(Organ, other.id), "officer")
        audit.record(session, "person.appoint", binh)
    opened = run(
        "binh", "--at", "STC", "case-file", "open", "17", "--title", "Việc X", "--year", "2026",
        "--maintenance", "20 năm", "--json",
    )  # fmt: skip
    assert answers(opened)[0]["case_file"].startswith("STC")
    assert len(answers(run("binh", "--at", "STC", "case-file", "list", "--json"))) == 1
    own = answers(run("binh", "case-file", "list", "--json"))
    assert not [one for one in own if one["case_file"].startswith("STC")]
    for code in ("STC", "KHONG"):
        refused = run("lan", "--at", code, "case-file", "list")
        assert (refused.exit_code, code in refused.stderr) == (4, True)
