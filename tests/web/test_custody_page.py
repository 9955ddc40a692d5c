"""A fonds that was passed on: its keeper's people work with it at every door, its maker's read."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from archive import custody, people
from archive.models import Fonds, Organ
from tests.factories import a_case_file, a_document, a_person, writing
from tests.web.api_office import Asker
from tests.web.conftest import House
from web.cli import main


@pytest.fixture
def passed_on(house: House) -> Organ:
    """The keeper of what was this organ's."""
    with writing(house.services.db) as rows:
        other = rows.scalars(select(Organ).where(Organ.code == "SXD")).one()
        fonds = rows.scalars(select(Fonds).where(Fonds.organ_id == house.organ().id)).one()
        custody.pass_on(rows, fonds, other, "Sáp nhập", decision="5/QĐ-UBND")
    return other


def with_token(house: House, user_name: str) -> Asker:
    with writing(house.services.db) as rows:
        person = people.by_name(rows, user_name)
        return Asker(house.app, people.sign_in(rows, person, "token", timedelta(hours=1), "script"))


def test_the_keepers_archivist_works_there_as_at_home(house: House, passed_on: Organ) -> None:
    hoa = house.as_("hoa")
    assert hoa.get(f"/documents/{house.open_code}").status_code == 200
    assert hoa.get(f"/documents/{house.closed_code}/1/files/original").status_code in (200, 507)
    where = f"/documents/{house.tray_code}/correct"
    house.post(hoa, where, subject="Giấy mời họp giao ban", why="Thiếu chữ")
    assert house.document(house.tray_code).subject == "Giấy mời họp giao ban"
    assert house.tray_code not in hoa.get("/tray").text
    house.post(hoa, "/account/place", place=f"organ:{house.organ().id}")
    assert house.tray_code in hoa.get("/tray").text
    assert house.case_file in hoa.get("/case-files").text
    assert "Chuyển giao" in hoa.get("/fonds").text or "Phông" in hoa.get("/fonds").text


def test_searching_finds_it_at_once_and_without_a_new_index(house: House, passed_on: Organ) -> None:
    found = house.as_("hoa").get("/search?q=quy chế").text
    assert house.open_code in found
    house.post(house.as_("lan"), f"/documents/{house.open_code}/correct", subject="x", why="y")
    assert house.open_code in house.as_("binh").get("/search?q=quy chế").text


def test_its_maker_reads_on_and_is_refused_all_else(house: House, passed_on: Organ) -> None:
    lan = house.as_("lan")
    assert lan.get(f"/documents/{house.open_code}").status_code == 200
    assert lan.get(f"/documents/{house.open_code}/correct").status_code == 403
    said = house.post(lan, f"/documents/{house.open_code}/correct", subject="x", why="y")
    assert said.status_code == 403
    assert house.post(house.as_("lan"), "/access/grants", kind="case_file",
                      code=house.case_file, person="1", reason="x").status_code == 403  # fmt: skip
    assert lan.get("/case-files").status_code == 200


def test_only_the_keepers_head_passes_it_on_again(house: House, passed_on: Organ) -> None:
    db = house.services.db
    a_person(db, house.organ(), "dung", "head")
    a_person(db, passed_on, "moi", "head")
    with db.reading() as rows:
        fonds = rows.scalars(select(Fonds).where(Fonds.organ_id == house.organ().id)).one()
    form: dict[str, Any] = {
        "to": str(house.organ().id),
        "decision": "6/QĐ-UBND",
        "reason": "Trả lại",
        "password": "mot cau de nho 2026",
    }
    where = f"/fonds/{fonds.id}/pass-on"
    assert house.post(house.as_("dung"), where, **form).status_code == 403
    assert where not in house.as_("dung").get("/fonds").text
    assert where in house.as_("moi").get("/fonds").text
    house.post(house.as_("moi"), where, **form)
    assert house.as_("hoa").get(f"/documents/{house.open_code}").status_code == 404


def test_a_colleague_of_the_keeper_gets_a_grant_and_a_held_file(
    house: House, passed_on: Organ
) -> None:
    db = house.services.db
    mai = a_person(db, passed_on, "mai", "officer")
    held = a_case_file(db, house.organ(), "Đang làm", holder=house.person("binh"))
    a_document(db, house.organ(), "Tờ trình", case_file=held)
    hoa = house.as_("hoa")
    assert "Mai" in hoa.get(f"/access/case_file/{held.code}").text
    form = {"code": held.code, "person": str(mai.id), "why": "Sáp nhập"}
    house.post(hoa, "/access/holder", **form)
    with db.reading() as rows:
        assert rows.get_one(type(held), held.id).holder_id == mai.id


def test_by_command_and_by_token(
    house: House, passed_on: Organ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUUTRU_HOME", str(house.services.settings.home))
    for who, code in (("hoa", 0), ("lan", 5)):
        words = ["--as", who, "case-file", "reassign", house.case_file, "--to", "hoa", "--why", "x"]
        assert CliRunner().invoke(main, words).exit_code == code, who
    asks = with_token(house, "hoa")
    assert asks.get(f"/documents/{house.open_code}").status_code == 200
    assert asks.get("/documents").told["total"] == 0
    there = asks("GET", "/documents", headers={"Luutru-Organ": "TTLT"})
    assert there.told["total"] == 3
    wrong = asks("GET", "/documents", headers={"Luutru-Organ": "KHAC"})
    assert (wrong.status_code, wrong.told["error"]["code"]) == (404, "no_such_organ")


def test_a_token_acts_for_nobody_but_its_owner(house: House) -> None:
    said = with_token(house, "lan")("GET", "/documents", headers={"Luutru-For": "minh"})
    assert (said.status_code, said.told["error"]["code"]) == (403, "token_acts_for_nobody")
