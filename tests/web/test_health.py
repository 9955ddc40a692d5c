"""What operators are told: which part is not there, and never a page full of program."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import clock
from archive.database import Database
from tests.factories import an_intake
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
