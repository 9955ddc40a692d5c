"""What the worker does beside the road."""

import io
import os
import shutil
import threading
import time

import pytest
from sqlalchemy import text

from archive import clock, documents, organ_rules, readers
from archive.files import LocalFiles
from archive.models import CaseFile, Organ
from search import indexing
from tests.factories import a_case_file, writing
from tests.web.conftest import House
from web import health, worker
from web.services import Services
from web.worker import Worker, WorkerBusy, only_worker


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


def test_the_database_counts_what_it_holds_every_day(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = text("select count(*) from sqlite_master where name = 'sqlite_stat1'")
    monkeypatch.setattr(worker, "SWEEP", 0)
    with house.services.db.reading() as rows:
        assert rows.scalar(counted) == 0
    Worker(house.services)._let_go()
    with house.services.db.reading() as rows:
        assert rows.scalar(counted) == 1


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


def test_entries_that_depend_on_who_reads_are_made_anew_by_the_worker(house: House) -> None:
    services, organ = house.services, house.organ()
    other = a_case_file(services.db, organ, "Hồ sơ nữa")
    with writing(services.db) as rows:
        document = documents.by_code(rows, house.open_code)
        documents.place(rows, document, rows.get_one(CaseFile, other.id))
    at_work = Worker(services)
    while at_work._index():
        pass
    with writing(services.db) as rows:
        place = rows.get_one(Organ, organ.id)
        organ_rules.set_rules(rows, place, {}, "Quy chế", read_policy="unit")
    assert at_work._index()  # it looks through the documents…
    with services.db.reading() as rows:
        assert indexing.stale(rows) == [house.document(house.open_code).id]
    assert at_work._index()  # …and makes their entries
    with services.db.reading() as rows:
        assert indexing.stale(rows) == []
        assert not readers.is_asked_for(rows)


def test_a_worker_waits_a_moment_for_one_that_is_just_ending(house: House) -> None:
    services = house.services
    with only_worker(services):
        with pytest.raises(WorkerBusy), only_worker(services, 0.2):
            pass
        released = threading.Event()
        waiting = threading.Thread(target=_work_once, args=(services, released))
        waiting.start()
        assert not released.wait(0.3)
    assert released.wait(10)
    waiting.join()


def _work_once(services: Services, done: threading.Event) -> None:
    with only_worker(services, 10):
        done.set()
