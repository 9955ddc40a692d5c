"""Every door is shut to nobody, every form carries its token, and every answer its guards."""

import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from tests.web.conftest import House
from web import auth, security
from web.app import create_app

OPEN = {"static", "bootstrap.static", "account.sign_in", "account.language"}
OPEN |= {"health.alive", "health.ready"}


def address(house: House, rule: Rule) -> str:
    """Some address of this kind: what stands there is asked after the door was opened."""
    values = {name: _some(rule._converters[name]) for name in rule.arguments}
    with house.app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **values)


def _some(converter: BaseConverter) -> Any:
    if isinstance(converter, IntegerConverter):
        return 1
    return min(converter.items) if isinstance(converter, AnyConverter) else "x"


def rules(house: House, method: str) -> list[Rule]:
    return [one for one in house.app.url_map.iter_rules() if method in (one.methods or ())]


def test_every_page_sends_nobody_to_the_sign_in(house: House) -> None:
    asked = [one for one in rules(house, "GET") if one.endpoint not in OPEN]
    assert len(asked) > 15
    for rule in asked:
        answer = house.app.test_client().get(address(house, rule))
        assert answer.status_code == 302, rule
        assert answer.headers["Location"].startswith("/sign-in"), rule


def test_every_form_without_a_person_changes_nothing(house: House) -> None:
    for rule in rules(house, "POST"):
        answer = house.app.test_client().post(address(house, rule))
        assert answer.status_code in (302, 400, 401), rule
    assert not house.events("intake.receive")


def test_every_form_needs_its_token(house: House) -> None:
    client = house.as_("lan")
    for rule in rules(house, "POST"):
        if rule.endpoint == "account.sign_in":
            continue
        answer = client.post(address(house, rule))
        assert answer.status_code == 400, rule
        assert "Biểu mẫu" in answer.text


def test_a_script_without_a_sign_in_is_told_so(house: House) -> None:
    answer = house.app.test_client().get("/receiving", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "sign_in_first"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_after_signing_in_nobody_is_sent_elsewhere(target: str) -> None:
    assert auth.local(target) is None


@pytest.mark.rule("TG-10")
def test_pages_of_other_organs_do_not_exist(house: House) -> None:
    client = house.as_("hoa")
    for path in (
        f"/documents/{house.open_code}",
        f"/documents/{house.open_code}/1/pages/1-160.webp",
        f"/documents/{house.open_code}/1/files/original",
        f"/documents/{house.open_code}/print",
        f"/case-files/{house.case_file}",
    ):
        assert client.get(path).status_code == 404, path
    assert house.open_code not in client.get("/tray").text


@pytest.mark.parametrize("path", ["/", "/receiving", "/search?q=quy", "/case-files", "/nowhere"])
def test_every_page_is_guarded_against_strangers_and_their_scripts(house: House, path: str) -> None:
    headers = house.as_("lan").get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_behind_tls_cookies_and_pages_insist_on_it(tmp_path: Path, house: House) -> None:
    from dataclasses import replace

    settings = replace(house.services.settings, behind_tls=True)
    app = create_app(replace(house.services, settings=settings))
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_no_page_holds_script_or_style_of_its_own(house: House) -> None:
    """What the policy would refuse must not be there in the first place."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
    client = house.as_("lan")
    for path in (
        "/",
        "/receiving",
        "/case-files",
        "/case-files/new",
        "/tray",
        "/search?q=quy",
        f"/documents/{house.open_code}?q=quy",
        f"/documents/{house.open_code}/correct",
        f"/case-files/{house.case_file}",
        "/account/tokens",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert not inline.search(page.text), path


def test_what_people_entered_is_text_and_never_markup(house: House) -> None:
    page = house.as_("lan").get(f"/documents/{house.open_code}").text
    assert "&lt;b&gt;chữ ký số&lt;/b&gt;" in page
    assert "<b>chữ ký số" not in page


def test_the_secret_of_cookies_is_the_owners_own(house: House) -> None:
    place = house.services.settings.path("keys", "pages-secret")
    app = create_app(house.services)
    assert place.read_text() == app.config["SECRET_KEY"]
    assert place.stat().st_mode & 0o077 == 0
    assert len(security._secret(place)) > 40


def test_operators_learn_that_all_is_there_without_a_sign_in(house: House) -> None:
    client = house.app.test_client()
    assert client.get("/healthz").get_json() == {"alive": True}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "ready": True,
        "database": True,
        "files": True,
        "index": True,
        "queue": True,
    }


def test_a_missing_index_is_not_ready(house: House) -> None:
    import shutil

    house.services.engine.close()
    shutil.rmtree(house.services.settings.path("index"))
    answer = house.app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["index"] is False


def test_health_is_for_administrators(house: House) -> None:
    assert "Tesseract" in house.as_("quan").get("/health").text
    assert house.as_("binh").get("/health").status_code == 403
