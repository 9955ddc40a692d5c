"""What a kill left behind is found, and nothing that is in use goes with it."""

import io
import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import clock
from archive.audit_check import verify
from archive.database import Database
from archive.errors import DatabaseBusy, Waits
from archive.files import LocalFiles
from archive.models import Event, EventWords, Rendition
from ingest import decisions, leftovers, shelving
from ingest.pipeline import advance
from tests.ingest.conftest import Desk
from tests.ingest.test_pipeline import fails_with, road

TWO_HOURS = timedelta(hours=2)


def lay_back(path: Path, ago: timedelta) -> None:
    then = (clock.now() - ago).timestamp()
    os.utime(path, (then, then))


def orphan(files: LocalFiles, content: bytes, ago: timedelta) -> str:
    """Bytes that no row names."""
    digest = files.put(io.BytesIO(content)).digest
    lay_back(files.path(digest), ago)
    return digest


def told(desk: Desk, action: str) -> list[Event]:
    with desk.db.reading() as session:
        return list(session.scalars(select(Event).where(Event.action == action)))


def test_bytes_without_a_row_leave_the_store_and_rest_before_they_go(desk: Desk) -> None:
    lost = orphan(desk.store, b"cut off", TWO_HOURS)
    coming = orphan(desk.store, b"being received", timedelta())
    received = desk.receive(b"noi dung").sha256
    lay_back(desk.store.path(received), TWO_HOURS)
    assert leftovers.set_orphans_aside(desk.db, desk.workshop) == 1
    assert set(desk.store.digests()) == {coming, received}
    assert desk.workshop.quarantine.has(lost)
    assert [one.facts for one in told(desk, "store.tidy")] == [{"set_aside": 1, "removed": 0}]
    with clock.standing_at(clock.now() + timedelta(days=31)):
        leftovers.set_orphans_aside(desk.db, desk.workshop)
    assert not desk.workshop.quarantine.has(lost)


def test_a_worker_that_ends_leaves_the_rest_of_the_store_to_the_next_one(desk: Desk) -> None:
    orphan(desk.store, b"cut off", TWO_HOURS)
    assert leftovers.set_orphans_aside(desk.db, desk.workshop, lambda: True) == 0
    assert leftovers.set_orphans_aside(desk.db, desk.workshop) == 1


def test_all_that_a_document_is_made_of_stays(desk: Desk) -> None:
    advance(desk.db, desk.workshop, desk.receive(b"noi dung").intake_id, road())
    before = set(desk.store.digests())
    for digest in before:
        lay_back(desk.store.path(digest), TWO_HOURS)
    leftovers.set_orphans_aside(desk.db, desk.workshop)
    assert set(desk.store.digests()) == before
    assert not told(desk, "store.tidy")


def test_a_suspected_file_does_not_leave_the_quarantine_with_age(desk: Desk) -> None:
    number = suspected(desk)
    with clock.standing_at(clock.now() + timedelta(days=90)):
        leftovers.set_orphans_aside(desk.db, desk.workshop)
    assert desk.workshop.quarantine.has(desk.intake(number).digest)


def suspected(desk: Desk) -> int:
    number = desk.receive(b"noi dung bi mat").intake_id
    suspects = road(admit=fails_with(Waits("suspected_secret", mark="MẬT")))
    advance(desk.db, desk.workshop, number, suspects)
    return number


def test_of_a_confirmed_secret_not_even_the_digest_stays(desk: Desk) -> None:
    number = suspected(desk)
    digest = desk.intake(number).digest
    with desk.db.transaction() as session:
        intake = decisions.by_id(session, number)
        decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
    leftovers.finish_removals(desk.db, desk.workshop)
    leftovers.finish_removals(desk.db, desk.workshop)
    intake = desk.intake(number)
    assert (intake.digest, intake.size) == (shelving.FORGOTTEN, 0)
    assert len(told(desk, "intake.forget")) == 1
    with desk.db.reading() as session:
        facts = [one.facts for one in session.scalars(select(Event))]
        words = [one.words for one in session.scalars(select(EventWords))]
        assert digest not in str(facts) + str(words)
        assert verify(session).is_good


def test_the_digest_is_kept_until_the_bytes_are_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = suspected(desk)
    digest = desk.intake(number).digest

    def stuck(*given: object) -> None:
        raise OSError("the disk does not answer")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="answer"):
        broken.setattr(LocalFiles, "remove", stuck)
        with desk.db.transaction() as session:
            intake = decisions.by_id(session, number)
            decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
    assert desk.intake(number).digest == digest
    leftovers.finish_removals(desk.db, desk.workshop)
    assert not desk.workshop.quarantine.has(digest)
    assert desk.intake(number).digest == shelving.FORGOTTEN


def test_a_database_that_is_busy_is_asked_again_for_the_traces(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = suspected(desk)
    with desk.db.transaction() as session:
        decisions.confirm_secret(
            session, desk.workshop, decisions.by_id(session, number), "đóng dấu Mật"
        )
    asked: list[set[str]] = []

    def busy(_: Database, tables: Iterable[str] = ()) -> bool:
        asked.append(set(tables))
        raise DatabaseBusy("database_busy")

    with monkeypatch.context() as held:
        held.setattr(Database, "erase_traces", busy)
        for _ in range(2):
            with pytest.raises(DatabaseBusy):
                leftovers.finish_removals(desk.db, desk.workshop)
    assert len(asked) == 2
    assert {"intake", "event_words", "register_entry"} <= asked[1]
    leftovers.finish_removals(desk.db, desk.workshop)
    with monkeypatch.context() as over:
        over.setattr(Database, "erase_traces", busy)
        leftovers.finish_removals(desk.db, desk.workshop)  # and then no more
    assert len(asked) == 2


def test_half_written_files_and_old_part_results_go(desk: Desk) -> None:
    going_on = desk.receive(b"di tiep").intake_id
    done = desk.receive(b"da xong").intake_id
    advance(desk.db, desk.workshop, done, road())
    half = desk.store.incoming / "luutru-half"
    half.write_bytes(b"half")
    for number in (going_on, done, 4711):
        desk.workshop.folder(number).mkdir(parents=True, exist_ok=True)
    leftovers.clear_work(desk.db, desk.workshop)
    assert not half.exists()
    assert [one.name for one in desk.workshop.work.iterdir()] == [str(going_on)]


def old(place: Path) -> Path:
    """A file, or a folder with one, untouched for a day."""
    inside = place / "copy" if not place.suffix else place
    inside.parent.mkdir(parents=True, exist_ok=True)
    inside.write_text("words")
    for path in {inside, place}:
        lay_back(path, timedelta(days=1))
    return place


def test_folders_of_killed_programs_go_once_nothing_can_be_using_them(tmp_path: Path) -> None:
    old(tmp_path / "luutru-page-ab12_xyz")
    old(tmp_path / "other-c")
    lay_back(old(tmp_path / "luutru-page-inuse123") / "copy", timedelta())
    single = tmp_path / "luutru-probe-abcd1234"
    single.write_text("words")
    lay_back(single, timedelta(days=1))
    with clock.standing_at(clock.now() + timedelta(days=400)):  # files do not follow our clock
        leftovers.clear_temporary_folders(folder=tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == {"luutru-page-inuse123", "other-c"}


def test_what_people_named_after_the_archive_is_theirs(tmp_path: Path) -> None:
    names = ("luutru-demo", "luutru-backup-2026.tar", "luutru-page", "luutru-plan-abcdefgh")
    home = [old(tmp_path / one) for one in names][-1]
    leftovers.clear_temporary_folders([home / "copy"], tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == set(names)


def lay_all_back(files: LocalFiles, ago: timedelta) -> None:
    for digest in files.digests():
        lay_back(files.path(digest), ago)


def knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a database from before all this."""
    monkeypatch.setattr(leftovers, "_names", lambda session, digests: set())
    monkeypatch.setattr(shelving, "needed", lambda session, digests: set())


def test_what_an_older_database_set_aside_comes_back_with_the_newer_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance(desk.db, desk.workshop, desk.receive(b"noi dung").intake_id, road())
    before = set(desk.store.digests())
    lay_all_back(desk.store, TWO_HOURS)
    with monkeypatch.context() as older:
        knows_nothing(older)
        leftovers.set_orphans_aside(desk.db, desk.workshop)
    assert not set(desk.store.digests())
    with clock.standing_at(clock.now() + timedelta(days=31)):
        leftovers.set_orphans_aside(desk.db, desk.workshop)
    assert set(desk.store.digests()) == before
    assert told(desk, "store.tidy")[-1].facts["brought_back"] == len(before)


def test_nothing_leaves_the_quarantine_while_a_row_names_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance(desk.db, desk.workshop, desk.receive(b"noi dung").intake_id, road())
    with desk.db.reading() as session:
        made = session.scalars(select(Rendition.digest).where(Rendition.role == "archival")).one()
    with desk.store.open(made) as source:
        desk.workshop.quarantine.put(source)
    desk.store.remove(made)
    with monkeypatch.context() as stuck, clock.standing_at(clock.now() + timedelta(days=31)):
        stuck.setattr(shelving, "bring_back", lambda *given: False)
        leftovers.set_orphans_aside(desk.db, desk.workshop)
    assert desk.workshop.quarantine.has(made)
    shelving.let_go(desk.db.engine, desk.workshop, made)
    assert desk.store.has(made)


def test_a_database_that_does_not_know_the_store_moves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.receive(b"noi dung")
    lost = {orphan(desk.store, f"khac {n}".encode(), TWO_HOURS) for n in range(leftovers.FEW + 1)}
    assert isinstance(desk.workshop.quarantine, LocalFiles)
    rested = orphan(desk.workshop.quarantine, b"cua kho khac", timedelta(days=40))
    for _ in range(2):
        assert leftovers.set_orphans_aside(desk.db, desk.workshop) == 0
    assert lost < set(desk.store.digests())
    assert desk.workshop.quarantine.has(rested)
    assert leftovers.is_in_doubt(desk.db)
    assert [one.facts for one in told(desk, "store.doubt")] == [{"known": 0, "unknown": len(lost)}]
    monkeypatch.setattr(leftovers, "FEW", 1000)
    assert leftovers.set_orphans_aside(desk.db, desk.workshop) == len(lost)
    assert not leftovers.is_in_doubt(desk.db)


def test_odd_entries_of_the_store_hold_up_nothing(desk: Desk) -> None:
    desk.receive(b"noi dung")
    for odd in ("0" * 64, "README"):
        (desk.store.root / "00" / "00" / odd).mkdir(parents=True)
        lay_back(desk.store.root / "00" / "00" / odd, TWO_HOURS)
    lost = orphan(desk.store, b"cut off", TWO_HOURS)
    assert leftovers.set_orphans_aside(desk.db, desk.workshop) == 1
    assert desk.workshop.quarantine.has(lost)
    assert "README" not in set(desk.store.digests())
