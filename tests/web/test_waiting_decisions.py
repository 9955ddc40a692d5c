"""Who is told of what waits for their decision, and of the answer: once each, at every organ."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from archive import alarms, audit, documents, exports, notices, people
from archive.life_models import ExportRequest
from archive.models import Document, Organ
from tests.factories import PASSWORD, a_document, a_person, an_intake, writing
from tests.web.conftest import House
from web import clockwork
from web.cli import main


def kinds_of(house: House, user_name: str) -> list[str]:
    with house.services.db.reading() as rows:
        found = rows.scalars(notices.inbox(people.by_name(rows, user_name)))
        return sorted(one.kind for one in found)


def notice_of(house: House, user_name: str) -> str:
    """The page of the one notice that this person has."""
    with house.services.db.reading() as rows:
        (found,) = rows.scalars(notices.inbox(people.by_name(rows, user_name)))
    return str(house.as_(user_name).get(f"/notices/{found.id}").text)


# Taking out ---------------------------------------------------------------------------------------


def ask(house: House, user_name: str) -> int:
    with writing(house.services.db) as rows:
        person = people.by_name(rows, user_name)
        thing = documents.by_code(rows, house.open_code)
        return exports.ask(rows, person, thing, "Gửi Thanh tra tỉnh").id


@pytest.mark.rule("DB-33", "TN-41")
def test_who_decides_is_told_once_of_a_request_and_who_asked_of_the_answer(house: House) -> None:
    db, organ = house.services.db, house.organ()
    for name in ("truong", "pho"):
        a_person(db, organ, name, "head")
    number = ask(house, "pho")
    assert [clockwork.give_notice(house.services) for _ in range(2)] == [1, 0]
    assert (kinds_of(house, "truong"), kinds_of(house, "pho")) == (["export_asked"], [])
    page = notice_of(house, "truong")
    assert house.open_code in page and "Gửi Thanh tra tỉnh" in page and 'href="/exports"' in page
    form = {"verb": "refuse", "reason": "Chưa đủ căn cứ"}
    house.post(house.as_("truong"), f"/exports/{number}", **form)
    assert [clockwork.give_notice(house.services) for _ in range(2)] == [1, 0]
    assert kinds_of(house, "pho") == ["export_answered"]
    assert "đã có trả lời" in notice_of(house, "pho")


def test_nobody_is_told_of_a_request_that_is_decided_already(house: House) -> None:
    truong = a_person(house.services.db, house.organ(), "truong", "head")
    number = ask(house, "binh")
    with writing(house.services.db) as rows:
        asked = rows.get_one(ExportRequest, number)
        exports.decide(rows, asked, people.by_id(rows, truong.id), allow=True, reason="")
    clockwork.give_notice(house.services)
    assert (kinds_of(house, "truong"), kinds_of(house, "binh")) == ([], ["export_answered"])


# Secrets ------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(house: House) -> Organ:
    with house.services.db.reading() as rows:
        return rows.scalars(select(Organ).where(Organ.code == "SXD")).one()


def suspect(house: House, code: str) -> None:
    with writing(house.services.db) as rows:
        alarms.sound(rows, documents.by_code(rows, code), alarms.SUSPECTED)


def twin_of(house: House, code: str, organ: Organ) -> str:
    """A document of the same bytes at another organ."""
    twin = a_document(house.services.db, organ, "Bản nữa").code
    with writing(house.services.db) as rows:
        part = documents.by_code(rows, twin).parts[0]
        part.digest = documents.by_code(rows, code).parts[0].digest
        audit.record(rows, "document.test", part.document)
    return twin


@pytest.mark.rule("KT-21")
def test_the_other_organs_deciders_are_told_of_the_same_bytes(
    house: House, elsewhere: Organ
) -> None:
    suspect(house, house.open_code)
    twin = twin_of(house, house.open_code, elsewhere)
    hoa = house.person("hoa")
    digest = house.part(house.open_code).digest
    coming = an_intake(house.services.db, elsewhere, hoa, digest=digest)
    told = {"verb": "confirm", "why": "đóng dấu", "password": PASSWORD}
    house.post(house.as_("lan"), f"/documents/{house.open_code}/alarm", **told)
    assert [clockwork.give_notice(house.services) for _ in range(2)] == [2, 0]
    assert kinds_of(house, "hoa") == ["file_suspected", "secret_suspected"]
    with house.services.db.reading() as rows:
        found = rows.scalars(notices.inbox(people.by_name(rows, "hoa"))).all()
    pages = " ".join(house.as_("hoa").get(f"/notices/{one.id}").text for one in found)
    assert f'href="/documents/{twin}"' in pages and f"#intake-{coming.id}" in pages
    assert "Bản nữa" not in pages  # nor in a letter
    assert kinds_of(house, "lan") == []


def test_who_is_suspected_again_is_told_again(house: House) -> None:
    for _ in range(2):
        suspect(house, house.tray_code)
        assert [clockwork.give_notice(house.services) for _ in range(2)] == [2, 0]
        with writing(house.services.db) as rows:
            alarms.clear(rows, documents.by_code(rows, house.tray_code), "tên riêng")
    assert kinds_of(house, "lan") == ["secret_suspected"] * 2
    assert kinds_of(house, "binh") == []


def test_a_suspected_document_is_decided_by_command(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUUTRU_HOME", str(house.services.settings.home))

    def run(who: str, *words: str) -> tuple[int, str]:
        ran = CliRunner().invoke(main, ["--as", who, "suspicion", *words])
        return ran.exit_code, ran.stdout

    suspect(house, house.tray_code)
    suspect(house, house.open_code)
    code, said = run("lan", "list", "--json")
    assert code == 0
    listed = [json.loads(line)["document"] for line in said.splitlines()]
    assert sorted(listed) == sorted([house.tray_code, house.open_code])
    assert run("binh", "list")[0] == 5
    assert run("binh", "clear", house.tray_code, "--why", "x")[0] == 4
    assert run("lan", "clear", house.tray_code, "--why", " ")[0] == 2
    assert run("lan", "clear", house.tray_code, "--why", "tên riêng")[0] == 0
    assert run("lan", "confirm", house.open_code, "--why", "đóng dấu")[0] == 0
    assert run("lan", "confirm", house.open_code, "--why", "đóng dấu")[0] == 3
    with house.services.db.reading() as rows:
        alarm = dict(rows.execute(select(Document.code, Document.alarm)).all())
    assert (alarm[house.tray_code], alarm[house.open_code]) == (None, "secret")
