"""Page, API and command answer the same question with the same, on one archive; so do their
statements about the index."""

import json
import re
import shutil
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from archive import audit, people
from search.engine import FACETS
from tests.web.conftest import House
from tests.web.test_search_pages import _index, hits
from tests.web.test_search_pages import office as office  # a fixture
from web.cli import main


def run(house: House, *words: str) -> list[dict[str, Any]]:
    """The lines of a command with `--json`; another process would open the index anew."""
    house.services.engine.close()
    home = {"LUUTRU_HOME": house.services.settings.home, "LUUTRU_LANGUAGE": "en"}
    done = CliRunner(env=home).invoke(main, ["--as", "binh", *words, "--json"])
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def asked_of_the_api(house: House, **query: Any) -> Any:
    with audit.acting_as(None, "web"), house.services.db.transaction() as rows:
        secret = people.sign_in(
            rows, people.by_name(rows, "binh"), "token", timedelta(hours=1), "program"
        )
    token = {"Authorization": f"Bearer {secret}"}
    client = house.app.test_client()
    return client.get("/api/v1/search", query_string=query, headers=token).json


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("cai cach", {}),
        ("cai cach", {"year": ["2019"]}),
        ("hanh chinhh", {}),
        ("cai cach (năm:31/02", {}),
        ("báo cáo dự thảo cải cách nhân sự quy chế", {}),
    ],
)
def test_what_is_found_is_the_same_at_every_door(
    office: House, typed: str, chosen: dict[str, list[str]]
) -> None:
    query = {"q": typed, "order": "number", **chosen}
    page = office.as_("binh").get("/search", query_string=query).text
    told = asked_of_the_api(office, **query, facets=list(FACETS))
    only = [f"--only={name}={value}" for name, some in chosen.items() for value in some]
    *found, counted = run(office, "find", typed, "--order=number", "--counts", *only)
    assert found == told["results"]
    assert counted == {name: told[name] for name in counted}
    assert hits(page) == [one["number"] for one in found]
    assert f"Tìm thấy {told['total'] - told['case_files']} văn bản" in page
    if told["meant"]:
        assert f"<strong>{told['meant']}</strong>" in page
    assert page.count('<div class="say say-warning"') == len(told["mistakes"])
    shown = dict(re.findall(r'<span>(\d{4})</span> <span class="count">(\d+)</span>', page))
    years = {one["value"]: str(one["count"]) for one in told["facets"]["year"]}
    assert shown == (years if len(years) > 1 or chosen else {})


def test_what_is_said_of_the_index_is_the_same_at_every_door(office: House) -> None:
    admin = office.as_("quan")

    def said() -> tuple[bool, bool, bool]:
        (status,) = run(office, "search", "status")
        row = admin.get("/health").text.partition("Chỉ mục tìm kiếm")[2].partition("</tr>")[0]
        ready = admin.get("/readyz").get_json()["index"]
        behind = sum(status["behind"].values())
        assert f"chờ lập chỉ mục: {behind}<" in row
        return status["is_whole"], "tag-success" in row, ready

    assert said() == (True, True, True)
    shutil.rmtree(office.services.settings.path("index"))
    assert said() == (False, False, False)
    assert run(office, "find", "cai cach") == []
    (rebuilt,) = run(office, "search", "rebuild")
    assert rebuilt["without_text"] == [] and rebuilt["documents"] > 3
    assert said() == (True, True, True)
    (purged,) = run(office, "search", "purge")
    assert purged["complete"]
    assert purged["remaining"] == rebuilt["documents"] + rebuilt["case_files"]
    found = run(office, "find", "cai cach", "--order=number")
    assert [one["number"] for one in found] == hits(
        office.as_("binh").get("/search?q=cai+cach&order=number").text
    )
    _index(office)
    assert said() == (True, True, True)
