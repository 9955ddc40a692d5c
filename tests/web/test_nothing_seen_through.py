"""What people may not know changes nothing of what they are answered, at any door of finding.

Everybody asks the same before and after a closed case file comes with documents that share words,
people, numbers and near spellings with the open ones. The answers must be the same, letter by
letter.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from archive import audit, clock, people
from search import engine
from tests.factories import a_case_file, a_document
from tests.web.conftest import House
from tests.web.test_search_pages import _index
from web import search_watch
from web.cli import main

OPEN = ("Kế hoạch trồng cây đầu năm", "Báo cáo trồng cây", "Thông báo lịch trồng cây xanh")
SECRET = "Kỷ luật Trần Văn Mật vì làm chết cây trồng"
WORDS = (
    "", "trong cay", "kỷ luật", "ky* luat*", "mat~ cay~", "trong cayy", "trồng câi ở đâu",
    "người ký:Mật", "năm:1999", "77/QĐ-MAT", "dạng:hồ_sơ", "hồ sơ:mat", "-trong",
)  # fmt: skip
CHOICES = ("", "year=1999", "signer=Trần+Văn+Mật", "kind=case_file")
FACETS = "&".join(f"facets={one}" for one in engine.FACETS)


def closed_ones(house: House) -> None:
    """Two case files that lan alone may know of, one at this organ, with four documents each."""
    db, organ, lan = house.services.db, house.organ(), house.person("lan")
    for title in ("Mật", SECRET):
        kept = a_case_file(db, organ, title, holder=lan, access_level="assigned")
        for number in range(1, 5):
            a_document(
                db, organ, f"{SECRET} {number}", case_file=kept, by=lan, type_name="Mật lệnh",
                code_number="77", code_notation="QĐ-MAT", issued_date=f"0{number}/03/1999",
                organ_name="Thanh tra", signer_name="Trần Văn Mật",
            )  # fmt: skip


@pytest.fixture
def office(house: House) -> House:
    db, organ = house.services.db, house.organ()
    shown = a_case_file(db, organ, "Trồng cây", holder=house.person("binh"))
    for number, subject in enumerate(OPEN, 1):
        a_document(
            db, organ, subject, case_file=shown, type_name="Kế hoạch", code_number=str(number),
            code_notation="KH-VP", issued_date=f"0{number}/02/2020", signer_name="Lê Thị Cây",
        )  # fmt: skip
    _index(house)
    return house


def answers(house: House, who: str) -> dict[str, Any]:
    """What this person is answered, by what was asked."""
    client = house.as_(who)
    with audit.acting_as(None, "web"), house.services.db.transaction() as rows:
        person = people.by_name(rows, who)
        secret = people.sign_in(rows, person, "token", timedelta(hours=1), "program")
    token = {"Authorization": f"Bearer {secret}"}
    told: dict[str, Any] = {}
    for words in WORDS:
        for choice in CHOICES if words == "trong cay" else ("",):
            asked = f"q={words.replace(' ', '+')}&order=number&{choice}"
            told[f"page {asked}"] = page(client, f"/search?{asked}&x=1")
            told[f"api {asked}"] = got(client, f"/api/v1/search?{asked}&{FACETS}", token)
        asked = f"q={words.replace(' ', '+')}"
        told[f"groups {asked}"] = got(client, f"/api/v1/search/groups?{asked}", token)
        told[f"suggestions {asked}"] = client.get(f"/search/suggestions?{asked}").json
        told[f"list {asked}"] = client.get(f"/search/list?{asked}&order=number&form=csv").data
    told["by case file"] = page(client, "/search?q=cay&by=case_file")
    told["inside"] = page(client, f"/search?q=cay&inside={house.case_file}")
    told["saved"] = page(client, "/search/saved")
    told["like it"] = page(client, f"/documents/{house.open_code}/alike")
    told["document"] = page(client, f"/documents/{house.open_code}?turn=1")
    told["words inside"] = page(client, f"/documents/{house.open_code}/find?q=cay")
    told["case file"] = page(client, f"/case-files/{house.case_file}")
    told["related"] = got(client, f"/api/v1/documents/{house.open_code}/related", token)
    return told


def page(client: FlaskClient, path: str) -> str:
    """A page without what is new each time: tokens, and the story of what was just looked at."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", client.get(path).text)
    return text.partition('<section class="sheet" id="story"')[0]


def got(client: FlaskClient, path: str, token: dict[str, str]) -> Any:
    answer = client.get(path, headers=token)
    assert answer.status_code in (200, 404), (path, answer.text)
    return answer.json


def test_closed_documents_change_no_answer_of_who_may_not_know_them(office: House) -> None:
    """An officer of the same organ, and an archivist of another."""
    keep(office, "binh")
    before = {who: answers(office, who) for who in ("binh", "hoa")}
    closed_ones(office)
    _index(office)
    for who, told in before.items():
        now = answers(office, who)
        other = [asked for asked in told if told[asked] != now[asked]]
        assert not other, [(who, one, told[one], now[one]) for one in other[:2]]
    assert "Mật" in office.as_("lan").get("/search?q=ky+luat").text


def keep(house: House, who: str) -> None:
    """A search whose news would be the closed ones."""
    house.post(house.as_(who), "/search/saved", name="Cây", q="cay trong", is_daily="1")


def commands(house: House, who: str) -> Callable[..., str]:
    home = {"LUUTRU_HOME": house.services.settings.home, "LUUTRU_LANGUAGE": "en"}

    def run(*words: str) -> str:
        return CliRunner(env=home).invoke(main, ["--as", who, *words]).stdout

    return run


def test_the_command_finds_no_more_for_them_either(office: House) -> None:
    run = commands(office, "binh")
    asked = [
        ("find", words or "năm:>1990", "--counts", "--json", "--order", "number")
        for words in ("", "cay", "ky luat", "cayy", "77/QĐ-MAT")
    ]
    before = [run(*one) for one in asked]
    assert any('"total"' in one for one in before)
    closed_ones(office)
    _index(office)
    office.services.engine.close()
    assert [run(*one) for one in asked] == before


def test_no_notice_tells_of_what_is_closed(office: House) -> None:
    keep(office, "binh")
    keep(office, "lan")
    later = clock.now() + timedelta(seconds=5)
    with clock.standing_at(later):
        closed_ones(office)
    _index(office)
    with clock.standing_at(later + timedelta(days=1)):
        assert search_watch.look(office.services) == 1
    assert "Cây" not in office.as_("binh").get("/notices").text


@pytest.mark.parametrize("who", ["binh", "hoa"])
def test_a_closed_thing_is_answered_like_one_that_is_nowhere(office: House, who: str) -> None:
    closed = a_case_file(
        office.services.db, office.organ(), "Kín", holder=office.person("lan"),
        access_level="assigned",
    )  # fmt: skip
    _index(office)
    client = office.as_(who)
    pairs = ((closed.code, "TTLT.2026.999"), (office.closed_code, "TTLT-2026-0009999"))
    paths = (
        ("/search?q=&inside={}", "/search?q=&case_file={}", "/search/list?inside={}&form=csv"),
        ("/search?q={}", "/documents/{}/find?q=a", "/documents/{}/alike", "/search?q=mã:{}"),
    )
    for (there, nowhere), asked in zip(pairs, paths, strict=True):
        for path in asked:
            one, other = client.get(path.format(there)), client.get(path.format(nowhere))
            assert one.status_code == other.status_code, path
            assert without_token(one.text, there) == without_token(other.text, nowhere), path


def without_token(text: str, code: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text).replace(code, "CODE")
