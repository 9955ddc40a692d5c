"""What operators are told: which part is not there, and never a page full of program."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import audit, clock, people
from archive.database import Database
from tests.factories import PASSWORD, an_intake
from tests.web.conftest import House
from web import health
from web.app import create_app


@pytest.fixture
def silent(house: House, tmp_path: Path) -> Iterator[House]:
    """A house whose database does not answer."""
    nowhere = Database(f"sqlite:///{tmp_path / 'gone' / 'archive.db'}")
    services = replace(house.services, db=nowhere)
    yield replace(house, services=services, app=create_app(services))
    nowhere.close()


def test_a_silent_database_is_not_ready_and_said_so(silent: House) -> None:
    answer = silent.app.test_client().get("/readyz")
    assert answer.status_code == 503
    told = answer.get_json()
    assert (told["database"], told["queue"], told["ready"]) == (False, False, False)


def test_who_is_signed_in_is_told_as_much_of_a_silent_database(house: House, silent: House) -> None:
    client = silent.app.test_client()
    with house.as_("lan").session_transaction() as mine, client.session_transaction() as cookie:
        cookie.update(mine)
    for path, status in (("/readyz", 503), ("/healthz", 200)):
        assert client.get(path).status_code == status
    page = client.get("/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "15")
    assert "Cơ sở dữ liệu không trả lời" in page.text


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def hurried(house: House) -> Iterator[House]:
    """A house that waits for its turn to write for a moment only."""
    db = Database(house.services.db.url, patience=0.1)
    services = replace(house.services, db=db)
    yield replace(house, services=services, app=create_app(services))
    db.close()


def test_a_busy_database_says_when_to_come_back(house: House, hurried: House) -> None:
    client = hurried.as_("lan")
    with audit.acting_as(None, "web"), house.services.db.transaction() as rows:
        secret = people.sign_in(
            rows, people.by_name(rows, "lan"), "token", timedelta(hours=1), "script"
        )
    token = {"Authorization": f"Bearer {secret}"}
    guest = hurried.app.test_client()
    form = {"name": "lan", "password": PASSWORD, "csrf_token": csrf(guest.get("/sign-in").text)}
    with house.services.db.transaction() as writer:
        writer.scalar(select(1))
        page = client.get(f"/documents/{house.open_code}")
        told = client.get(f"/api/v1/documents/{house.open_code}", headers=token)
        signing_in = guest.post("/sign-in", data=form)
    for answer in (page, told, signing_in):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
    assert "Kho lưu trữ đang bận" in page.text
    assert told.get_json()["error"]["code"] == "database_busy"
    assert client.get(f"/documents/{house.open_code}").status_code == 200


def test_the_doctor_names_a_silent_database(silent: House) -> None:
    found = {one.name: one for one in health.checks(silent.services)}
    assert found["database"].found == "database_unreachable"
    assert not any(found[name].is_good for name in ("database", "index", "queue", "hands"))


def ready(house: House) -> bool:
    return house.app.test_client().get("/readyz").status_code == 200


def test_one_stuck_file_is_the_doctors_and_leaves_the_rest_ready(house: House) -> None:
    put(house, timedelta(days=2), state="stuck", reason="step_failed")
    assert ready(house)
    assert not health._queue(house.services).is_good


def test_files_that_nobody_takes_up_are_a_standstill(house: House) -> None:
    soon = clock.now() + timedelta(minutes=8)
    put(house, timedelta(minutes=1))
    put(house, timedelta(minutes=20), try_after=soon)
    assert ready(house)
    put(house, timedelta(minutes=20))
    assert not ready(house)
    put(house, timedelta(minutes=20), claim="w", claimed_until=soon)
    assert ready(house)  # a worker lives: the queue is long, and moves


def put(house: House, ago: timedelta, **columns: Any) -> None:
    with clock.standing_at(clock.now() - ago):
        an_intake(house.services.db, house.organ(), house.person("lan"), **columns)
