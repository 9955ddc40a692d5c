"""What the worker does beside the road."""

import io
import os
import shutil
import time

import pytest

from archive import clock
from archive.files import LocalFiles
from search import indexing
from tests.web.conftest import House
from web import health, worker
from web.worker import Worker


def test_an_index_that_is_taken_away_is_made_anew_though_nothing_changed(house: House) -> None:
    services = house.services
    assert indexing.is_whole(services.engine)
    shutil.rmtree(services.settings.path("index"))
    assert not indexing.is_whole(services.engine)
    assert Worker(services)._index()
    assert indexing.is_whole(services.engine)


def orphan(house: House, content: bytes) -> str:
    """Old bytes in the store that no row names."""
    files = house.services.files
    assert isinstance(files, LocalFiles)
    digest = files.put(io.BytesIO(content)).digest
    then = clock.now().timestamp() - 2 * 3600
    os.utime(files.path(digest), (then, then))
    return digest


def test_the_store_is_looked_through_every_day(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SWEEP", 0)
    at_work, files = Worker(house.services), house.services.files
    first = orphan(house, b"first")
    at_work._let_go()
    assert not files.has(first)
    second = orphan(house, b"second")
    at_work._let_go()
    assert files.has(second)
    monkeypatch.setattr(at_work, "_tidied_at", time.monotonic() - worker.EVERY_DAY)
    at_work._let_go()
    assert not files.has(second)


def test_the_doctor_names_a_store_that_the_database_does_not_know(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SWEEP", 0)
    foreign = [orphan(house, str(number).encode()) for number in range(30)]
    Worker(house.services)._let_go()
    assert all(house.services.files.has(one) for one in foreign)
    found = {one.name: one for one in health.checks(house.services)}
    assert (found["store"].is_good, found["store"].without) == (False, "foreign_store")


def test_the_worker_tells_of_the_journal_once_as_it_starts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SWEEP", 0)
    at_work = Worker(house.services)
    at_work._let_go()
    at_work._let_go()
    (told,) = house.events("journal.look")
    assert told.facts["reach"]
