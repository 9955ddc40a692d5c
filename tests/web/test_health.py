"""What operators are told: which part is not there, and never a page full of program."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.database import Database
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
