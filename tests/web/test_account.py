"""Signing in and out, passwords, languages, tokens."""

import re
from datetime import timedelta

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from flask.testing import FlaskClient

from archive import audit, clock, people
from archive.models import SignIn
from tests.factories import PASSWORD
from tests.web.conftest import House


def sign_in(client: FlaskClient, name: str, password: str, **more: str) -> tuple[int, str, str]:
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = client.post(
        "/sign-in", data={"csrf_token": token[1], "name": name, "password": password, **more}
    )
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_the_right_password_leads_home_or_where_one_wanted_to_go(house: House) -> None:
    assert sign_in(house.app.test_client(), "lan", PASSWORD)[:2] == (302, "/")
    wanted = sign_in(house.app.test_client(), "lan", PASSWORD, next="/tray")
    assert wanted[1] == "/tray"
    elsewhere = sign_in(house.app.test_client(), "lan", PASSWORD, next="//evil.example")
    assert elsewhere[1] == "/"


def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Parameters] = []
    verify = PasswordHasher.verify

    def noting(hasher: PasswordHasher, kept: str, password: str) -> bool:
        tried.append(extract_parameters(kept))
        return verify(hasher, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", noting)
    for name in ("lan", "khongco"):
        sign_in(house.app.test_client(), name, "sai")
    assert len(tried) == 2
    assert tried[0] == tried[1]


@pytest.mark.rule("KT-27")
def test_wrong_unknown_and_paused_are_answered_alike(house: House) -> None:
    answers = [sign_in(house.app.test_client(), "lan", "sai")[2] for _ in range(people.TRIES)]
    unknown = sign_in(house.app.test_client(), "khongco", "sai")[2]
    paused = sign_in(house.app.test_client(), "lan", PASSWORD)
    assert paused[0] == 401

    def said(page: str) -> str:
        found = re.search(r'role="alert">(.*?)</div>', page, re.DOTALL)
        assert found
        return found[1]

    assert {said(answers[0]), said(unknown), said(paused[2])} == {said(answers[-1])}


def test_one_address_may_not_try_for_ever(house: House) -> None:
    client = house.app.test_client()
    codes = [sign_in(client, f"nguoi{number}", "sai")[0] for number in range(22)]
    assert codes[:20] == [401] * 20
    assert codes[-1] == 429


@pytest.mark.rule("DB-03")
def test_a_one_time_password_opens_nothing_but_its_own_change(house: House) -> None:
    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        one_time = people.reset_password(rows, people.by_name(rows, "binh"))
    client = house.app.test_client()
    assert sign_in(client, "binh", one_time)[0] == 302
    for path in ("/", "/receiving", f"/documents/{house.open_code}", "/account/tokens"):
        assert client.get(path).headers["Location"] == "/account/password"
    new = {"old": one_time, "new": "dong song que huong", "again": "dong song que huong"}
    assert house.post(client, "/account/password", **new).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert sign_in(house.app.test_client(), "binh", one_time)[0] == 401


def test_a_new_password_ends_every_other_sign_in(house: House) -> None:
    here, elsewhere = house.as_("lan"), house.as_("lan")
    new = {"old": PASSWORD, "new": "dong song que huong", "again": "dong song que huong"}
    house.post(here, "/account/password", **new)
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_wrong_old_passwords_count_as_failed_sign_ins(house: House) -> None:
    client = house.as_("lan")
    wrong = {"old": "sai", "new": "dong song que huong", "again": "dong song que huong"}
    for _ in range(people.TRIES):
        assert house.post(client, "/account/password", **wrong).status_code == 422
    assert len(house.events("person.sign_in_failed")) == people.TRIES
    barred = house.post(client, "/account/password", **{**wrong, "old": PASSWORD})
    assert barred.status_code == 422


def test_no_password_is_worked_out_while_others_wait_to_write(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_out = people._matches

    def while_another_writes(kept: str, password: str) -> bool:
        with house.services.db.transaction():  # waits in vain if the caller holds the door
            return work_out(kept, password)

    monkeypatch.setattr(people, "_matches", while_another_writes)
    assert sign_in(house.app.test_client(), "lan", PASSWORD)[0] == 302


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("ngan", "ngan", "quá ngắn"),
        ("mot mat khau dai", "mot mat khau khac", "không giống nhau"),
        ("aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa", "dễ đoán"),
    ],
)
def test_a_bad_new_password_is_explained(house: House, new: str, again: str, said: str) -> None:
    answer = house.post(house.as_("lan"), "/account/password", old=PASSWORD, new=new, again=again)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.rule("KT-27")
def test_signing_out_ends_the_sign_in_itself_and_not_only_the_cookie(house: House) -> None:
    client = house.as_("lan")
    with client.session_transaction() as cookie:
        kept = cookie["sign_in"]
    house.post(client, "/sign-out")
    assert client.get("/").status_code == 302
    other = house.app.test_client()
    with other.session_transaction() as cookie:
        cookie["sign_in"] = kept
    assert other.get("/").status_code == 302


def test_a_sign_in_that_is_not_used_ends(house: House) -> None:
    client = house.as_("lan")
    assert client.get("/").status_code == 200
    later = clock.now() + timedelta(minutes=house.services.settings.idle_minutes + 1)
    with clock.standing_at(later):
        assert client.get("/").status_code == 302


def test_the_language_is_remembered_in_the_browser_and_for_the_person(house: House) -> None:
    stranger = house.app.test_client()
    assert "Đăng nhập" in stranger.get("/sign-in").text
    page = stranger.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    told = {"csrf_token": token[1], "language": "en", "next": "/sign-in"}
    assert stranger.post("/language", data=told).headers["Location"] == "/sign-in"
    assert "User name" in stranger.get("/sign-in").text
    client = house.as_("lan")
    house.post(client, "/language", language="en", next="/tray")
    assert 'lang="en"' in client.get("/").text
    assert 'lang="en"' in house.as_("lan").get("/").text
    assert house.events("person.choose_language")[0].facts == {"language": "en"}


def test_a_token_is_shown_once_works_and_can_be_revoked(house: House) -> None:
    client = house.as_("lan")
    answer = house.post(client, "/account/tokens", name="Phần mềm báo cáo", days="30")
    secret = re.search(r'id="secret">([^<]+)<', answer.text)
    assert secret
    assert secret[1] not in client.get("/account/tokens").text
    api = house.app.test_client()
    bearer = {"Authorization": f"Bearer {secret[1]}"}
    assert api.get(f"/api/v1/documents/{house.open_code}", headers=bearer).status_code == 200
    with house.services.db.reading() as rows:
        token = rows.query(SignIn).where(SignIn.kind == "token").one()
        assert secret[1] not in token.secret_digest
    assert house.post(house.as_("binh"), f"/account/tokens/{token.id}/revoke").status_code == 404
    house.post(client, f"/account/tokens/{token.id}/revoke")
    assert api.get(f"/api/v1/documents/{house.open_code}", headers=bearer).status_code == 401


def test_a_token_does_not_open_the_pages(house: House) -> None:
    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        person = people.by_name(rows, "lan")
        secret = people.sign_in(rows, person, "token", timedelta(days=1))
    client = house.app.test_client()
    with client.session_transaction() as cookie:
        cookie["sign_in"] = secret
    assert client.get("/").status_code == 302
