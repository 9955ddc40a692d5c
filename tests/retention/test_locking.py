"""What stands on a list is not changed behind it, through whatever verb."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive import (
    access_changes,
    closing,
    custody,
    documents,
    hand_over,
    links,
    moves,
    papers,
    recalls,
    registers,
    submissions,
)
from archive.errors import Conflict
from archive.models import CaseFile, Document, Fonds, Organ, Person
from retention import dossier_terms, listing, locking
from retention.models import Disposal
from tests.factories import a_case_file, a_document, a_person, an_organ, writing
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
    "title": lambda rows, one, by: closing.correct(rows, one, {"Title": "Tên khác"}, "Sai"),
    "level": lambda rows, one, by: access_changes.ask(rows, one, "assigned", "Đơn tố cáo", by),
    "holder": lambda rows, one, by: hand_over.reassign(
        rows, one, by if one.holder_id != by.id else _another(rows, one), "Đổi việc"
    ),
    "link": lambda rows, one, by: links.link(
        rows, _other(rows, one), one.placements[0].document, "replaces", by
    ),
    "recall": lambda rows, one, by: recalls.recall(
        rows, one.placements[0].document, by, "Sai thể thức"
    ),
    "submit": lambda rows, one, by: submissions.submit(
        rows, rows.get_one(Organ, one.organ_id), [one], by
    ),
    "pass on": lambda rows, one, by: _pass_on(rows, one),
}


def _other(rows: Session, one: CaseFile) -> Document:
    """A document that stands on no list."""
    mine = one.placements[0].document_id
    return rows.scalars(select(Document).where(Document.id != mine).limit(1)).one()


def _another(rows: Session, one: CaseFile) -> Person:
    return rows.scalars(select(Person).where(Person.user_name == "hai")).one()


def _pass_on(rows: Session, one: CaseFile) -> object:
    """The fonds that it stands in goes to another keeper."""
    fonds = rows.scalars(select(Fonds).where(Fonds.organ_id == one.organ_id)).first()
    if fonds is None or one.fonds_id is None:
        raise AssertionError("the case file stands in no fonds")
    heir = rows.scalars(select(Organ).where(Organ.id != one.organ_id)).one()
    return custody.pass_on(rows, fonds, heir, "Sáp nhập", decision="7/QĐ")


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    assert locking  # as the doors load it
    made = a_desk(sqlite_office)
    a_document(made.db, made.office.organ)
    a_person(made.db, made.office.organ, "hai", "officer")
    an_organ(made.db, "UBND")
    return made


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


def test_a_document_that_only_case_files_of_lists_hold_is_locked(desk: Desk) -> None:
    one, other = desk.file(), desk.file()
    desk.place(desk.document_in(one), other)
    desk.propose(one)
    desk.propose(other)
    desk.walk("listed")
    assert acts(desk, one, "correct") == "stands_on_a_list"


def test_who_puts_it_elsewhere_behind_the_list_does_not_unlock_it(desk: Desk) -> None:
    (case_file,) = desk.files(1)
    desk.walk("decided")
    other = a_case_file(desk.db, desk.office.organ)
    with writing(desk.db) as session:
        mine = session.get_one(CaseFile, case_file.id).placements[0].document
        documents.place(session, mine, session.get_one(CaseFile, other.id))
    assert acts(desk, case_file, "correct") == "stands_on_a_list"


def test_even_one_that_would_take_documents_takes_none_while_it_is_listed(desk: Desk) -> None:
    (case_file,) = desk.files(1)
    late = a_document(desk.db, desk.office.organ)
    desk.walk("decided")
    with desk.db.engine.begin() as past_the_code:
        past_the_code.execute(update(CaseFile).values(stage="returned"))
    with pytest.raises(Conflict) as told, writing(desk.db) as session:
        here = session.get_one(CaseFile, case_file.id)
        documents.place(session, session.get_one(Document, late.id), here)
    assert told.value.code == "stands_on_a_list"
    with desk.db.reading() as session:  # nor does a line of a register change what is inside
        mine = session.get_one(CaseFile, case_file.id).placements[0].document
        assert not registers.may_change(session, mine)
