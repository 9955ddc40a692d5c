"""Destroying, and proving it: every place of content, at every step, with every trouble."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pypdfium2
import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from archive import audit_check
from archive.database import Database
from archive.errors import NotReady
from archive.files import LocalFiles
from archive.models import Document, Row
from archive.places import PLACES
from retention import certificates, emptying, finishing
from retention.models import Destruction, Erasure, Tombstone
from tests import server_files
from tests.factories import a_case_file
from tests.web.destroying import TITLE, WORD, Killed, Ruin, a_copy, a_ruin, count, tables_saying
from web import executing
from web.place_words import PLACE_NAMES
from web.services import open_services

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ruin(tmp_path: Path, blank_sqlite: Path) -> Iterator[Ruin]:
    with a_ruin(tmp_path, blank_sqlite) as made:
        yield made


def test_what_is_destroyed_is_found_nowhere_any_more(ruin: Ruin) -> None:
    ruin.case_file()
    ruin.case_file()
    ruin.index()
    assert ruin.hits() == 4
    before = ruin.places_saying()
    assert any(one.startswith("files/") for one in before)
    assert any(one.startswith("archive.db") for one in before)
    ruin.desk.walk("handed_over")
    ruin.begin()
    assert ruin.run()
    assert ruin.disposal().trouble == ""
    assert ruin.disposal().stage == "destroyed"
    ruin.services.db.erase_traces()
    assert tables_saying(ruin) == []
    assert ruin.places_saying() == []
    assert tables_saying(ruin, TITLE) == ["disposal_item.title", "tombstone.title"]
    assert ruin.hits() == 0
    assert count(ruin, Tombstone) == 6
    assert count(ruin, Erasure, Erasure.state != "done") == 0


def test_on_postgresql_it_ends_the_same(
    tmp_path: Path, blank_sqlite: Path, postgresql_db: Database
) -> None:
    with a_ruin(tmp_path, blank_sqlite, database_url=postgresql_db.url) as ruin:
        ruin.case_file(2)
        ruin.ready()
        assert ruin.run()
        ended_well(ruin)
        assert server_files.saying(postgresql_db, WORD) == []
        assert server_files.log_saying(postgresql_db, WORD) == []
        assert certified(ruin)["pages of the database"]["proof"] == {"log_of_writes": "gone"}


def test_on_postgresql_a_log_that_may_not_be_written_over_is_said_to_be_kept(
    tmp_path: Path, blank_sqlite: Path, postgresql_db: Database
) -> None:
    with a_ruin(tmp_path, blank_sqlite, database_url=postgresql_db.url) as ruin:
        ruin.case_file(1)
        ruin.ready()
        with mock.patch("archive.traces.MOST_SEGMENTS", 0):
            assert ruin.run()
        assert ruin.disposal().stage == "destroyed"
        assert certified(ruin)["pages of the database"]["proof"] == {"log_of_writes": "kept"}
        assert "pg_wal" in printed(ruin)


def certified(ruin: Ruin) -> dict[str, Any]:
    """What its certificate says of each place of content."""
    place = ruin.journal / "certificates" / f"{certificates.file_stem(ruin.desk.code)}.json"
    return {one["name"]: one for one in json.loads(place.read_bytes())["places"]}


def printed(ruin: Ruin) -> str:
    """The words of the certificate as people read it."""
    place = ruin.journal / "certificates" / f"{certificates.file_stem(ruin.desk.code)}.pdf"
    with pypdfium2.PdfDocument(place) as pdf:
        return "".join(page.get_textpage().get_text_range() for page in pdf)


def test_on_postgresql_vacuum_alone_leaves_words_in_the_files(
    tmp_path: Path, blank_sqlite: Path, postgresql_db: Database
) -> None:
    with a_ruin(tmp_path, blank_sqlite, database_url=postgresql_db.url) as ruin:
        ruin.case_file(1)
        ruin.ready()
        assert server_files.saying(postgresql_db, WORD) != []
        with mock.patch.object(emptying, "emptied_tables", return_value=frozenset()):
            assert ruin.run()
        assert (
            server_files.saying(postgresql_db, WORD) != []
        )  # so the search of the other test finds it


def test_on_postgresql_a_table_that_is_always_in_use_is_tried_again(
    tmp_path: Path, blank_sqlite: Path, postgresql_db: Database
) -> None:
    with a_ruin(tmp_path, blank_sqlite, database_url=postgresql_db.url) as ruin:
        ruin.case_file(1)
        ruin.ready()
        with mock.patch("archive.traces.LOCKED", 0.1), postgresql_db.engine.begin() as reader:
            reader.exec_driver_sql("lock table document in access share mode")
            assert ruin.run()
        one = ruin.disposal()
        assert (one.stage, one.trouble) == ("executing", "still_found")
        ruin.free()
        assert ruin.run()
        assert ruin.disposal().stage == "destroyed"


def ended_well(ruin: Ruin) -> None:
    """Everything is as it is after an execution that nothing disturbed."""
    assert (ruin.disposal().trouble, ruin.disposal().stage) == ("", "destroyed")
    ruin.services.db.erase_traces()
    assert tables_saying(ruin) == []
    assert ruin.places_saying() == []
    assert ruin.hits() == 0
    assert count(ruin, Erasure, Erasure.state != "done") == 0
    lines = executing.journal_of(ruin.services).lines()
    assert [one.kind for one in lines if one.kind != "begun"] == ["intent", "done"]
    with ruin.services.db.reading() as session:
        assert audit_check.verify(session, ruin.services.db.journal).findings == ()
        told = session.scalars(select(Destruction)).one()
    assert told.link == lines[-1].link
    stem = certificates.file_stem(ruin.desk.code)
    content = (ruin.journal / "certificates" / f"{stem}.json").read_bytes()
    assert certificates.digest_of(content) == told.certificate == ruin.disposal().certificate
    assert list(certificates.faults(content)) == []


def test_killed_at_any_step_it_is_taken_up_and_ends_the_same(ruin: Ruin) -> None:
    killed = dying_at_each(ruin)
    assert len(killed) == 3 * len(executing.spots_of(ruin.services)) + 4
    assert {"intent written", "emptied index", "journal told", "called destroyed"} <= killed


def test_on_postgresql_killed_where_rows_change_it_ends_the_same(
    tmp_path: Path, blank_sqlite: Path, postgresql_db: Database
) -> None:
    steps = {
        "looked for in rows", "emptied rows", "emptied words of the story", "looked again in rows",
        "emptied pages of the database", "looked again in pages of the database",
        "certificate made", "called destroyed",
    }  # fmt: skip
    with a_ruin(tmp_path, blank_sqlite, database_url=postgresql_db.url) as ruin:
        assert dying_at_each(ruin, steps) == steps
        assert server_files.saying(postgresql_db, WORD) == []


def dying_at_each(ruin: Ruin, steps: Collection[str] = ()) -> set[str]:
    """Kill an execution once after each step, or after these, until it comes to its end."""
    ruin.case_file(2)
    ruin.ready()
    killed: set[str] = set()

    def kill(step: str) -> None:
        if step not in killed and (not steps or step in steps):
            killed.add(step)
            raise Killed(step)

    while True:
        try:
            ruin.run(kill)
        except Killed:
            is_told = "called destroyed" in killed
            assert ruin.disposal().stage == ("destroyed" if is_told else "executing")
            assert count(ruin, Tombstone) == (3 if is_told else 0)
            ruin.free()
        else:
            break
    ended_well(ruin)
    return killed


def test_a_kill_between_two_files_of_the_store_is_taken_up(
    ruin: Ruin, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruin.case_file(2)
    ruin.ready()
    remove, calls = LocalFiles.remove, itertools.count()

    def dying(files: LocalFiles, digest: str) -> None:
        if next(calls) in (1, 4):
            raise Killed(digest)
        remove(files, digest)

    monkeypatch.setattr(LocalFiles, "remove", dying)
    for _ in range(2):
        with pytest.raises(Killed):
            ruin.run()
        assert ruin.disposal().stage == "executing"
        ruin.free()
    assert ruin.run()
    ended_well(ruin)


def test_every_place_of_content_is_walked(ruin: Ruin) -> None:
    walked = {one.name for one in executing.spots_of(ruin.services)}
    # What stays, and what lies with other people: the certificate says so.
    assert {one.name for one in PLACES} - walked == {"tombstones", "exports and backups"}
    assert walked <= {one.name for one in PLACES}
    assert {one.name for one in PLACES} == set(PLACE_NAMES)


@pytest.mark.parametrize("index", ["copied", "left out", "damaged"])
def test_an_older_copy_of_the_home_that_is_put_back_brings_nothing_back(
    tmp_path: Path, blank_sqlite: Path, index: str
) -> None:
    with a_ruin(tmp_path, blank_sqlite) as ruin:
        ruin.case_file(2)
        kept = ruin.document(a_case_file(ruin.services.db, ruin.desk.office.organ, "Còn"), 99)
        ruin.index()
        ruin.services.engine.close()
        shutil.copytree(ruin.home, tmp_path / "copy")
        ruin.desk.walk("handed_over")
        ruin.begin()
        assert ruin.run()
        assert ruin.disposal().stage == "destroyed"
        code = ruin.desk.code
    shutil.rmtree(ruin.home)
    (tmp_path / "copy").rename(ruin.home)
    if index == "left out":  # as from a backup
        shutil.rmtree(ruin.home / "index")
    elif index == "damaged":
        for place in ruin.home.glob("index/*/meta.json"):
            place.write_text("{")
    with open_services(ruin.services.settings) as services:
        again = Ruin(services, ruin.desk)
        assert services.closed_by is None
        still = {"document.description", "document.subject", "event_words.words"}
        assert set(tables_saying(again)) == still | {"part.facts", "part.file_name"}
        assert again.hits() == 1
        with services.db.reading() as session:
            for one in session.scalars(select(Document)):
                assert (one.subject == "") == (one.id != kept.id)
            assert audit_check.verify(session, services.db.journal).findings == ()
            stones = session.scalars(select(Tombstone)).all()
            told = session.scalars(select(Destruction)).one()
        assert {one.kind for one in stones} == {"case_file", "document"}
        assert (len(stones), told.code, told.facts["repeated"]) == (3, code, True)
        said = [one for one in again.places_saying() if one.startswith("files/")]
        assert len(said) == 4  # of the document that stays
    with open_services(ruin.services.settings) as services:  # and once more: nothing is left to do
        assert services.closed_by is None


def test_a_copy_from_before_the_first_destruction_misses_its_journal_too(
    tmp_path: Path, blank_sqlite: Path
) -> None:
    with a_ruin(tmp_path, blank_sqlite) as ruin:
        for _ in range(2):
            executing.begin_again(ruin.services)  # the worker starts
        journal, settings = executing.journal_of(ruin.services), ruin.services.settings
        (begun,) = journal.lines()
    with open_services(settings) as services:
        assert services.closed_by is None
    kept = journal.folder.rename(tmp_path / "kept")
    with open_services(settings) as services:
        assert services.closed_by is not None
        assert services.closed_by.code == "destruction_journal_missing"
    assert journal.begin() != begun  # of another archive
    with open_services(settings) as services:
        assert services.closed_by is not None
        assert services.closed_by.code == "destruction_journal_differs"
    shutil.rmtree(journal.folder)
    kept.rename(journal.folder)
    with open_services(settings) as services:
        assert services.closed_by is None


def test_where_the_journal_cannot_be_written_the_worker_starts_all_the_same(
    tmp_path: Path, blank_sqlite: Path
) -> None:
    with a_ruin(tmp_path, blank_sqlite) as ruin:
        ruin.journal.write_text("a file stands in its place")
        executing.begin_again(ruin.services)
        ruin.journal.unlink()
        executing.begin_again(ruin.services)
        assert len(executing.journal_of(ruin.services).lines()) == 1


@pytest.fixture(scope="module")
def destroyed(tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path) -> Ruin:
    """Made once, and copied for every test."""
    with a_ruin(tmp_path_factory.mktemp("destroyed"), blank_sqlite) as ruin:
        ruin.case_file(1)
        ruin.ready()
        assert ruin.run()
        return ruin


@pytest.mark.parametrize("how", ["missing", "older", "forged"])
def test_without_its_journal_the_archive_is_closed(
    tmp_path: Path, destroyed: Ruin, how: str
) -> None:
    with a_copy(tmp_path, destroyed) as ruin:
        assert ruin.services.closed_by is None
    path = ruin.journal / "destructions.log"
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) == 2
    if how == "missing":
        path.unlink()
    elif how == "older":
        path.write_bytes(lines[0])
    else:
        path.write_bytes(lines[0].replace(b"45/", b"46/") + lines[1])
    with open_services(ruin.services.settings) as services:
        if how == "forged":  # seen when the whole is read, as `compare` does of what it lacks
            with pytest.raises(NotReady) as said:
                executing.journal_of(services).lines()
            assert said.value.code == "destruction_journal_broken"
            return
        assert services.closed_by is not None
        assert services.closed_by.code == f"destruction_journal_{how}"


def test_a_worker_that_is_killed_outright_is_followed_by_another(
    tmp_path: Path, blank_sqlite: Path
) -> None:
    with a_ruin(tmp_path, blank_sqlite) as ruin:
        ruin.case_file(30)
        ruin.ready()
        ruin.services.engine.close()
        given = {**os.environ, "LUUTRU_HOME": str(ruin.home), "TMPDIR": str(tmp_path / "tmp")}
        command = [sys.executable, "-c", "from web.cli import main; main()", "worker"]
        journal = executing.journal_of(ruin.services)
        for wanted in (lambda: bool(journal.of(ruin.desk.code)), journal.certificates.exists):
            worker = subprocess.Popen(command, env=given, cwd=ROOT)
            wait_for(wanted, worker)
            worker.kill()  # SIGKILL: nothing of it gets to an end
            worker.wait()
        worker = subprocess.Popen(command, env=given, cwd=ROOT)
        wait_for(lambda: ruin.disposal().stage == "destroyed", worker)
        worker.terminate()
        worker.wait(60)
        ended_well(ruin)


def wait_for(is_there: Callable[[], bool], worker: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 120
    while not is_there():
        assert time.monotonic() < until
        assert worker.poll() is None
        time.sleep(0.01)


def test_the_end_asks_as_much_of_many_lines_as_of_few(tmp_path: Path, blank_sqlite: Path) -> None:
    asked, mark = [], finishing._mark_lines
    for lines in (2, 8):
        (folder := tmp_path / str(lines)).mkdir()
        with a_ruin(folder, blank_sqlite) as ruin:
            for _ in range(lines):
                ruin.case_file(1)
            ruin.ready()
            told = mock.Mock()

            def counted(session: Session, *given: Any, told: mock.Mock = told) -> list[Row]:
                event.listen(session.get_bind(), "before_cursor_execute", told)
                try:
                    return mark(session, *given)
                finally:
                    event.remove(session.get_bind(), "before_cursor_execute", told)

            with mock.patch.object(finishing, "_mark_lines", counted):
                assert ruin.run()
            assert ruin.disposal().stage == "destroyed"
            asked.append(told.call_count)
    assert asked[0] == asked[1]
