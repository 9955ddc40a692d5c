"""Acting for another, on the pages and by command; sessions; consent and grants on the pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from archive import access, accounts, clock, delegations, grants, organ_rules, people, reading
from archive.access import Action
from archive.errors import NotFound
from archive.life_models import Delegation, ExportRequest
from archive.models import CaseFile, Document, Event, Grant, Organ, SignIn
from tests.factories import PASSWORD, a_case_file, a_document, a_person, an_organ, writing
from tests.web.conftest import House
from web.cli import main

DAY = timedelta(days=1)


def delegate(house: House, principal: str, to: str, days: int = 1) -> int:
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        today = clock.today(organ)
        made = delegations.make(
            rows,
            organ,
            people.by_name(rows, principal),
            people.by_name(rows, to),
            from_on=today,
            until_on=today + timedelta(days=days),
            reason="Đi công tác",
            by=people.by_name(rows, principal),
        )
        return made.id


def last(house: House, action: str) -> Event:
    return house.events(action)[-1]


# On the pages -------------------------------------------------------------------------------------


@pytest.mark.rule("HC-87")
def test_a_delegate_acts_with_the_principals_rights_and_both_stand_in_every_line(
    house: House,
) -> None:
    number = delegate(house, "lan", "binh")
    client = house.as_("binh")
    assert client.get(f"/documents/{house.closed_code}").status_code == 404
    house.post(client, "/account/place", place=f"for:{number}")
    page = client.get(f"/documents/{house.closed_code}")
    assert page.status_code == 200
    assert "Ông/bà đang làm thay Lan" in page.text
    lan, binh = house.person("lan"), house.person("binh")
    told = last(house, "document.open")
    assert (told.person_id, told.principal_id) == (binh.id, lan.id)
    assert "Binh thay mặt Lan" in page.text
    house.post(client, "/account/place", place="self")
    assert client.get(f"/documents/{house.closed_code}").status_code == 404


def test_what_belongs_to_the_account_stays_with_the_natural_person(house: House) -> None:
    number = delegate(house, "lan", "binh")
    client = house.as_("binh")
    house.post(client, "/account/place", place=f"for:{number}")
    form = {"old": PASSWORD, "new": "một câu khác dài", "again": "một câu khác dài"}
    assert house.post(client, "/account/password", **form).status_code == 302
    told = last(house, "person.change_password")
    assert (told.person_id, told.principal_id) == (house.person("binh").id, None)
    house.post(client, "/account/tokens", name="máy", days="30")
    with house.services.db.reading() as rows:
        token = rows.scalars(select(SignIn).where(SignIn.kind == "token")).one()
    assert token.person_id == house.person("binh").id


def test_what_the_principal_was_granted_by_name_is_not_lent(house: House) -> None:
    other = an_organ(house.services.db, "STC", "Sở Tài chính")
    hoa = a_person(house.services.db, other, "nga", "officer")
    closed = a_case_file(house.services.db, other, "Kín", access_level="assigned", holder=hoa)
    document = a_document(house.services.db, other, "Văn bản kín", case_file=closed)
    with writing(house.services.db) as rows:
        lan = people.by_name(rows, "lan")
        there = rows.get_one(Organ, other.id)
        accounts.give_role(rows, lan, there, "officer", people.by_name(rows, "nga"), why="Kiêm")
    with writing(house.services.db) as rows:
        one, lan = rows.get_one(Document, document.id), people.by_name(rows, "lan")
        grants.give(rows, one, lan, None, "Phối hợp", by=people.by_name(rows, "nga"))
    with house.services.db.reading() as rows:
        lan = people.by_name(rows, "lan")
        assert reading.the_document(rows, lan, document.code, Action.READ).id == document.id
        assert f"grant:{lan.id}" in access.keys_of(lan)
    number = delegate(house, "lan", "binh")
    with house.services.db.reading() as rows:
        lent = delegations.principal_of(rows, rows.get_one(Delegation, number))
        with pytest.raises(NotFound):
            reading.the_document(rows, lent, document.code, Action.READ)
        assert f"grant:{lent.id}" not in access.keys_of(lent)


def test_a_delegation_that_ended_is_said_and_nothing_is_done_in_ones_own_name(
    house: House,
) -> None:
    number = delegate(house, "minh", "binh")
    client = house.as_("binh")
    house.post(client, "/account/place", place=f"for:{number}")
    page = client.get("/case-files/new").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    with writing(house.services.db) as rows:
        delegations.end(rows, rows.get_one(Delegation, number))
    form = {"notation": "77", "title": "Hồ sơ thay mặt", "csrf_token": token[1]}
    assert client.post("/case-files/new", data=form).headers["Location"] == "/"
    with house.services.db.reading() as rows:
        assert not rows.scalars(select(CaseFile).where(CaseFile.notation == "77")).all()
    assert "Ủy quyền đã hết hạn" in client.get("/").text


def test_a_form_that_was_opened_under_another_hat_is_not_taken(house: House) -> None:
    number = delegate(house, "minh", "binh")
    client = house.as_("binh")
    page = client.get("/case-files/new").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    house.post(client, "/account/place", place=f"for:{number}")
    form = {"notation": "77", "title": "Hồ sơ của tôi", "csrf_token": token[1]}
    assert client.post("/case-files/new", data=form).status_code == 400


def test_nobody_acts_for_whom_they_were_not_asked_to(house: House) -> None:
    number = delegate(house, "lan", "minh")
    client = house.as_("binh")
    for place in (f"for:{number}", "for:999", "for:x", "for:"):
        assert house.post(client, "/account/place", place=place).status_code == 403, place
    assert client.get(f"/documents/{house.closed_code}").status_code == 404


def test_one_makes_a_delegation_for_oneself_and_the_delegate_may_give_it_back(
    house: House,
) -> None:
    minh, binh = house.person("minh"), house.person("binh")
    today = clock.today(house.organ())
    form: dict[str, Any] = {
        "delegate": str(binh.id),
        "from_on": f"{today:%d/%m/%Y}",
        "until_on": f"{today + DAY:%d/%m/%Y}",
        "reason": "Nghỉ phép",
    }
    client = house.as_("minh")
    assert house.post(client, "/delegations", **form).status_code == 302
    foreign = {**form, "principal": str(house.person("lan").id)}
    assert house.post(client, "/delegations", **foreign).status_code in (403, 422)
    open_end = {**form, "delegate": str(house.person("lan").id), "until_on": ""}
    assert house.post(client, "/delegations", **open_end).status_code == 422
    with house.services.db.reading() as rows:
        made = rows.scalars(select(Delegation)).one()
    assert (made.principal_id, made.made_by_id) == (minh.id, minh.id)
    assert house.post(house.as_("thu"), f"/delegations/{made.id}/end").status_code == 404
    assert "Nghỉ phép" in house.as_("binh").get("/delegations").text
    assert house.post(house.as_("binh"), f"/delegations/{made.id}/end").status_code == 302


# By command ---------------------------------------------------------------------------------------


@contextmanager
def commands(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("LUUTRU_HOME", house.services.settings.home)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    yield run


def test_a_command_names_whom_it_is_done_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    delegate(house, "lan", "thu")
    with commands(house, monkeypatch) as run:
        assert run("--as", "thu", "case-file", "open", "88", "--title", "Thử").exit_code == 5
        words = ("--as", "thu", "--for", "lan", "case-file", "open", "88", "--title", "Thử")
        made = run(*words)
        assert made.exit_code == 0, made.output
        assert run("--as", "binh", "--for", "lan", "find", "quy").exit_code == 5
        refused = run("--as", "thu", "--for", "lan", "token", "make", "máy")
        assert refused.exit_code == 2
    told = last(house, "case_file.open")
    assert (told.person_id, told.principal_id) == (house.person("thu").id, house.person("lan").id)


# Sessions -----------------------------------------------------------------------------------------


@pytest.mark.rule("KT-28", "DB-06")
def test_a_sign_in_ends_with_the_organs_day_however_long_it_may_last(house: House) -> None:
    day = clock.today(house.organ()) + DAY
    evening = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)  # 22:00 at the organ
    client = house.app.test_client()
    with clock.standing_at(evening):
        page = client.get("/sign-in").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        form = {"csrf_token": token[1], "name": "lan", "password": PASSWORD}
        client.post("/sign-in", data=form, headers={"User-Agent": "X (Windows) Firefox/128.0"})
        assert "Firefox, Windows" in client.get("/account/sessions").text
    with clock.standing_at(evening + timedelta(minutes=50)):
        client.get("/tray")
    with clock.standing_at(evening + timedelta(minutes=100)):
        assert client.get("/tray").status_code == 200
    with clock.standing_at(evening + timedelta(minutes=121)):
        assert client.get("/tray").status_code == 302


def test_one_ends_ones_own_sessions_and_nobody_elses(house: House) -> None:
    here, there, other = house.as_("lan"), house.as_("lan"), house.as_("binh")
    with house.services.db.reading() as rows:
        live = rows.scalars(select(SignIn).where(SignIn.kind == "session").order_by(SignIn.id))
        numbers = [one.id for one in live]
    second, foreign = numbers[-2], numbers[-1]
    assert house.post(here, f"/account/sessions/{foreign}/end").status_code == 404
    assert house.post(here, f"/account/sessions/{second}/end").status_code == 302
    assert there.get("/tray").status_code == 302
    assert other.get("/tray").status_code == 200
    third = house.as_("lan")
    assert house.post(here, "/account/sessions/end").status_code == 302
    assert here.get("/tray").status_code == third.get("/tray").status_code == 302
    assert other.get("/tray").status_code == 200


# Reading and taking out ---------------------------------------------------------------------------


@pytest.mark.rule("DB-33", "TN-41")
def test_nothing_is_taken_out_without_consent_where_the_organ_asks_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        organ_rules.set_rules(rows, organ, {"export_needs_consent": "1"}, "Điều 8")
    a_person(house.services.db, house.organ(), "ha", "head")
    client, head = house.as_("binh"), house.as_("ha")
    path = f"/documents/{house.open_code}/1/files/original"
    assert client.get(path).status_code == 403
    assert "gửi đề nghị ở dưới" in client.get(f"/documents/{house.open_code}").text
    with commands(house, monkeypatch) as run:
        out = str(house.services.settings.path("out.pdf"))
        words = ("export", house.open_code, "--rendition", "original", "--to", out)
        assert run("--as", "binh", *words).exit_code == 5
    asked = {"kind": "document", "code": house.open_code, "purpose": "Gửi Sở Tài chính"}
    assert house.post(client, "/exports", **asked).status_code == 302
    with house.services.db.reading() as rows:
        number = rows.scalars(select(ExportRequest.id)).one()
    assert house.post(client, f"/exports/{number}", verb="allow").status_code == 403
    assert "Gửi Sở Tài chính" in head.get("/exports").text
    assert "Gửi Sở Tài chính" not in house.as_("minh").get("/exports").text
    house.post(head, f"/exports/{number}", verb="allow", reason="Đồng ý")
    assert client.get(path).status_code == 200


@pytest.mark.rule("HC-61")
def test_a_grant_is_given_and_ended_on_the_page_of_what_it_opens(house: House) -> None:
    lan, minh, binh = house.as_("lan"), house.as_("minh"), house.person("binh")
    with house.services.db.reading() as rows:
        closed = rows.scalars(select(CaseFile).where(CaseFile.access_level == "assigned")).one()
    assert minh.get(f"/access/case_file/{closed.code}").status_code == 404
    given = {"kind": "case_file", "code": closed.code, "person": str(binh.id)}
    assert house.post(minh, "/access/grants", **given, reason="x").status_code == 404
    assert house.post(lan, "/access/grants", **given, reason="Phối hợp").status_code == 302
    assert house.as_("binh").get(f"/documents/{house.closed_code}").status_code == 200
    with house.services.db.reading() as rows:
        number = rows.scalars(select(Grant.id)).one()
    assert "Phối hợp" in lan.get(f"/access/case_file/{closed.code}").text
    assert house.post(minh, f"/access/grants/{number}/end", reason="x").status_code == 404
    house.post(lan, f"/access/grants/{number}/end", reason="Xong")
    assert house.as_("binh").get(f"/documents/{house.closed_code}").status_code == 404


@pytest.mark.rule("HC-64")
def test_a_clerk_gives_a_case_file_to_another_holder(house: House) -> None:
    binh = house.person("binh")
    form = {"code": house.case_file, "person": str(binh.id), "why": "Theo ý kiến lãnh đạo"}
    assert house.post(house.as_("binh"), "/access/holder", **form).status_code == 403
    assert house.post(house.as_("hoa"), "/access/holder", **form).status_code == 404
    assert house.post(house.as_("minh"), "/access/holder", **form).status_code == 302
    with house.services.db.reading() as rows:
        found = rows.scalars(select(CaseFile).where(CaseFile.code == house.case_file)).one()
    assert found.holder_id == binh.id


@pytest.mark.rule("DB-32")
def test_a_leaders_inspection_is_reasoned_and_told_as_such(house: House) -> None:
    a_person(house.services.db, house.organ(), "ha", "head")
    client = house.as_("ha")
    assert "/pages/1-" not in client.get(f"/documents/{house.closed_code}").text
    house.post(client, f"/documents/{house.closed_code}/reason", why="Có dấu hiệu vi phạm quy chế")
    told = last(house, "document.inspect")
    assert house.words(told)["why"] == "Có dấu hiệu vi phạm quy chế"
    page = client.get(f"/documents/{house.closed_code}").text
    assert "được mở nội dung để kiểm tra" in page
