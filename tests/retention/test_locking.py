"""What stands on a list is not changed behind it, through whatever verb."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from archive import documents, moves, papers
from archive.errors import Conflict
from archive.models import CaseFile, Person
from retention import dossier_terms, listing, locking
from retention.models import Disposal
from tests.factories import a_case_file, writing
from tests.retention.disposing import Desk, a_desk
from tests.retention.office import Office

PAPER = {"kind": "original", "what": "Bản giấy", "place": "Kho 1"}
Act = Callable[[Session, CaseFile, Person], object]
ACTS: dict[str, Act] = {
    "reopen": lambda rows, one, by: moves.move(rows, one, "reopen", by, reason="Bổ sung"),
    "change": lambda rows, one, by: moves.require_change(rows, one, by),
    "paper": lambda rows, one, by: papers.add(rows, one, PAPER),
    "paper of a document": lambda rows, one, by: papers.add(
        rows, one.placements[0].document, PAPER
    ),
    "correct": lambda rows, one, by: documents.correct(
        rows, one.placements[0].document, {"Subject": "Về việc khác"}, "Sai"
    ),
}


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    assert locking  # as the doors load it
    return a_desk(sqlite_office)


def acts(desk: Desk, case_file: CaseFile, name: str) -> str:
    """The code with which the officer is refused; nothing where he is not."""
    try:
        with desk.acting(desk.binh) as session:
            found = session.get_one(CaseFile, case_file.id)
            ACTS[name](session, found, session.get_one(Person, desk.binh.id))
    except Conflict as told:
        return told.code
    return ""


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("stage", ["listed", "decided", "handed_over"])
def test_what_stands_on_a_list_stays_as_it_is(desk: Desk, stage: str, name: str) -> None:
    (case_file,) = desk.files(1)
    desk.walk(stage)
    assert acts(desk, case_file, name) == "stands_on_a_list"


@pytest.mark.parametrize("name", ACTS)
def test_once_the_list_is_stopped_it_may_be_changed_again(desk: Desk, name: str) -> None:
    (case_file,) = desk.files(1)
    desk.walk("decided")
    with desk.at(desk.lan) as (session, disposal):
        listing.stop(session, disposal, session.get_one(Person, desk.lan.id), "Có khiếu nại")
    assert acts(desk, case_file, name) == ""


def test_a_document_that_another_case_file_holds_may_be_corrected(desk: Desk) -> None:
    (case_file,) = desk.files(1)
    other = a_case_file(desk.db, desk.office.organ)
    with writing(desk.db) as session:
        shared = session.get_one(CaseFile, case_file.id).placements[0].document
        documents.place(session, shared, session.get_one(CaseFile, other.id))
    desk.walk("listed")
    assert acts(desk, case_file, "correct") == ""
    assert acts(desk, case_file, "paper") == "stands_on_a_list"


def test_the_years_of_a_dossier_are_counted_from_the_organs_day(desk: Desk) -> None:
    desk.files(1)
    desk.walk("decided")
    new_year = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)  # 01/01/2027, one in the morning
    with desk.db.engine.begin() as past_the_code:
        past_the_code.execute(update(Disposal).values(destroyed_at=new_year))
    with desk.db.reading() as session:
        dossier = desk.found(session).dossier_id
        assert dossier is not None
        with pytest.raises(Conflict):
            dossier_terms.require_not_too_early(session, [dossier], date(2047, 12, 31))
        dossier_terms.require_not_too_early(session, [dossier], date(2048, 1, 1))
