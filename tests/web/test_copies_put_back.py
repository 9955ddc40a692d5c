"""An older copy of the archive that was put back knows what stays for what is gone (R17)."""

import dataclasses
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from archive import audit, clock
from archive.database import Database
from archive.errors import Conflict
from archive.models import CaseFile, CodeSeries, Document
from retention import assignments, kept_copies
from retention.destruction_journal import DestructionJournal, Line, _link
from retention.models import Appraisal, Tombstone
from tests import postgres, server_files
from tests.factories import a_case_file
from tests.retention.disposing import WHY
from tests.web.destroying import TITLE, Ruin, a_ruin
from web import executing
from web.services import open_services

NEEDED = date(2039, 12, 31)  # twenty years after 2019


def kept_file(ruin: Ruin, title: str, number: int) -> tuple[CaseFile, Document]:
    office = ruin.desk.office
    made = a_case_file(
        ruin.services.db, office.organ, title, holder=office.binh, maintenance="20 năm",
        start_date=date(2019, 1, 2),
    )  # fmt: skip
    document = ruin.document(made, number, doc_code="ABC")
    office.close(made, end_date="14/03/2019")
    return made, document


def propose_twin(ruin: Ruin, leaving: Document, staying: Document) -> None:
    desk = ruin.desk
    with desk.acting(desk.lan) as session:
        made = Appraisal(
            organ_id=leaving.organ_id, document_id=leaving.id, cause="duplicate",
            twin_id=staying.id, twin_named_by_id=desk.lan.id, twin_confirmed_by_id=desk.binh.id,
            noticed_on=date(2026, 1, 1), notice_until=date(2026, 2, 1), stage="proposed",
            verdict="destroy", reason=WHY,
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit.record(session, "appraisal.test", made)
        desk.proposed.append(made.id)


def shortened(ruin: Ruin, case_file: CaseFile) -> tuple[str, object]:
    """Why the case file that keeps the copy gets no shorter term, and until when; or nothing."""
    lan = ruin.desk.lan
    try:
        with ruin.desk.acting(lan) as session:
            found = session.get_one(CaseFile, case_file.id)
            assignments.assign(
                session, found, lan, term="5 năm", source="archivist", reason="Rà soát"
            )
    except Conflict as told:
        return told.code, told.details.get("day")
    return "", None


@dataclasses.dataclass
class PutBack:
    """An archive in which a duplicate was destroyed, and an older copy of its home."""

    ruin: Ruin
    file: CaseFile
    leaving: Document
    staying: Document

    def put_back(self) -> None:
        home = self.ruin.home
        shutil.rmtree(home)
        shutil.copytree(home.parent / "copy", home)


def a_copy_of(folder: Path, blank: Path, stage: str) -> PutBack:
    """Copied before the duplicate was looked at, or when its list stood so far; then destroyed."""
    with a_ruin(folder, blank) as ruin:
        kept, staying = kept_file(ruin, "Hồ sơ giữ bản chính", 1)
        _, leaving = kept_file(ruin, "Hồ sơ có bản trùng", 2)
        ruin.index()
        if stage:
            propose_twin(ruin, leaving, staying)
            ruin.desk.walk(stage)
        ruin.services.engine.close()
        shutil.copytree(ruin.home, folder / "copy")
        if not stage:
            propose_twin(ruin, leaving, staying)
        ruin.desk.walk("handed_over")
        ruin.begin()
        assert ruin.run()
        assert ruin.disposal().stage == "destroyed"
        assert shortened(ruin, kept) == ("stands_for_destroyed", NEEDED)
        return PutBack(ruin, kept, leaving, staying)


@pytest.mark.parametrize("stage", ["", "listed", "decided"])
def test_the_copy_that_stays_is_held_after_an_older_copy_was_put_back(
    tmp_path: Path, blank_sqlite: Path, stage: str
) -> None:
    one = a_copy_of(tmp_path, blank_sqlite, stage)
    one.put_back()
    with open_services(one.ruin.services.settings) as services:
        assert services.closed_by is None
        again = Ruin(services, dataclasses.replace(
            one.ruin.desk, office=dataclasses.replace(one.ruin.desk.office, db=services.db)
        ))  # fmt: skip
        assert shortened(again, one.file) == ("stands_for_destroyed", NEEDED)
        with services.db.reading() as session:
            stone = session.scalars(select(Tombstone)).one()
            assert (stone.code, stone.twin_code) == (one.leaving.code, one.staying.code)
            found = session.get_one(Document, one.staying.id)
            (stand,) = kept_copies.stands_of(session, found.organ, [found.id])
            assert (stand.gone, stand.until) == (one.leaving.code, NEEDED)
        with clock.standing_at(clock.now().replace(year=2040)), services.db.reading() as session:
            assert kept_copies.stands_of(session, found.organ, [found.id]) == []


def test_on_postgresql_an_older_database_brings_nothing_back(
    tmp_path: Path, blank_sqlite: Path, postgres_url: str, postgresql_db: Database
) -> None:
    with a_ruin(tmp_path, blank_sqlite, database_url=postgresql_db.url) as ruin:
        executing.begin_again(ruin.services)  # the worker starts, and begins the journal
        kept, staying = kept_file(ruin, "Hồ sơ giữ bản chính", 1)
        _, leaving = kept_file(ruin, "Hồ sơ có bản trùng", 2)
        gone = ruin.case_file(1)
        ruin.services.db.engine.dispose()
        name = str(make_url(postgresql_db.url).database)
        with postgres.copied(postgres_url, name) as older:
            shutil.copytree(ruin.home, tmp_path / "older")
            propose_twin(ruin, leaving, staying)
            ruin.ready()
            assert ruin.run()
            settings = dataclasses.replace(
                ruin.services.settings, home=str(tmp_path / "older"), database_url=older.url,
                journal_url=f"file://{ruin.journal}",
            )  # fmt: skip
            without = dataclasses.replace(settings, journal_url=f"file://{tmp_path / 'none'}")
            with open_services(without) as services:
                assert services.closed_by is not None
                assert services.closed_by.code == "destruction_journal_missing"
            with open_services(settings) as services:
                assert services.closed_by is None
                again = Ruin(services, dataclasses.replace(
                    ruin.desk, office=dataclasses.replace(ruin.desk.office, db=services.db)
                ))  # fmt: skip
                with services.db.reading() as session:
                    left = [one.code for one in session.scalars(select(Document)) if one.subject]
                    assert left == [staying.code]
                    assert session.get_one(CaseFile, gone.id).stage == "destroyed"
                assert shortened(again, kept) == ("stands_for_destroyed", NEEDED)
            assert server_files.saying(older, TITLE) == []


def test_a_journal_from_before_these_two_were_told_is_read_as_it_is(
    tmp_path: Path, blank_sqlite: Path
) -> None:
    one = a_copy_of(tmp_path, blank_sqlite, "")
    journal = executing.journal_of(one.ruin.services)
    as_it_was_told_then(journal)
    one.put_back()
    with open_services(one.ruin.services.settings) as services:
        assert services.closed_by is None
        with services.db.reading() as session:
            stone = session.scalars(select(Tombstone)).one()
            assert (stone.code, stone.twin_code, stone.twin_until) == (one.leaving.code, "", None)


def as_it_was_told_then(journal: DestructionJournal) -> None:
    """The same journal, without what lines told later on, each line with the link that it had."""
    previous, written = "", []
    for line in journal.lines():
        for thing in line.told.get("things", ()):
            del thing["twin"], thing["twin_until"]
        previous = previous or line.previous
        link = _link(line.number, line.kind, line.at, line.told, previous)
        then = Line(line.number, line.kind, line.at, line.told, previous, link)
        written.append(json.dumps(dataclasses.asdict(then)))
        previous = link
    journal.path.write_text("".join(f"{one}\n" for one in written))


def test_the_number_of_a_copy_that_an_older_archive_never_knew_is_not_given_to_another(
    tmp_path: Path, blank_sqlite: Path
) -> None:
    with a_ruin(tmp_path, blank_sqlite) as ruin:
        ruin.services.engine.close()
        shutil.copytree(ruin.home, tmp_path / "copy")
        _, leaving = kept_file(ruin, "Hồ sơ có bản trùng", 2)
        kept, staying = kept_file(ruin, "Hồ sơ giữ bản chính", 1)
        assert leaving.code < staying.code
        propose_twin(ruin, leaving, staying)
        ruin.index()
        ruin.desk.walk("handed_over")
        ruin.begin()
        assert ruin.run()
    PutBack(ruin, kept, leaving, staying).put_back()
    with open_services(ruin.services.settings) as services, services.db.reading() as session:
        assert services.closed_by is None
        assert session.scalars(select(CodeSeries.last)).all() == [int(staying.code[-7:])]


def test_without_its_list_the_tombstone_alone_holds_the_copy(
    tmp_path: Path, blank_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_ruin(tmp_path, blank_sqlite) as ruin:
        kept, staying = kept_file(ruin, "Hồ sơ giữ bản chính", 1)
        _, leaving = kept_file(ruin, "Hồ sơ có bản trùng", 2)
        propose_twin(ruin, leaving, staying)
        ruin.case_file(1)
        ruin.ready()
        assert ruin.run()
        monkeypatch.setattr(kept_copies, "STANDING", ())
        assert shortened(ruin, kept) == ("stands_for_destroyed", NEEDED)
        with ruin.services.db.reading() as session:
            stones = session.scalars(select(Tombstone).where(Tombstone.twin_code != "")).all()
        assert [(one.code, one.twin_code) for one in stones] == [(leaving.code, staying.code)]
