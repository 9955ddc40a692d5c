"""The copy that stays for a destroyed duplicate is held as long as that one had to stay (R17)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from archive import audit, clock, closing, documents, moves
from archive.errors import Conflict
from archive.models import CaseFile, Document, Person, Placement
from archive.organ_rules import rules_of
from retention import assignments, duplicates, execution, kept_copies, lines, listing
from retention.models import Appraisal, DisposalItem
from tests.retention.disposing import WHY, Desk, a_desk
from tests.retention.office import Office

NEEDED = date(2039, 12, 31)  # twenty years after 2019


@dataclass
class Twins:
    """A duplicate whose destruction was decided, and the copy that stays for it."""

    desk: Desk
    leaving: Document
    staying: Document
    file: CaseFile  # in which the copy is kept
    number: int  # of the re-appraisal


def twins(desk: Desk, term: str = "20 năm", kept: str = "20 năm") -> Twins:
    one, other = desk.file(term), desk.file(kept)
    leaving, staying = desk.document_in(one), desk.document_in(other)
    with desk.acting(desk.lan) as session:
        for each in (leaving, staying):
            found = session.get_one(Document, each.id)
            found.doc_code = "ABC"
            audit.record(session, "document.test", found)
        made = Appraisal(
            organ_id=one.organ_id, unit_id=one.unit_id, document_id=leaving.id, cause="duplicate",
            twin_id=staying.id, twin_named_by_id=desk.lan.id, twin_confirmed_by_id=desk.binh.id,
            noticed_on=date(2026, 1, 1), notice_until=date(2026, 2, 1), stage="proposed",
            verdict="destroy", reason=WHY,
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit.record(session, "appraisal.test", made)
        desk.proposed.append(made.id)
        return Twins(desk, leaving, staying, other, made.id)


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    return a_desk(sqlite_office)


def assigned(session: Session, one: Twins, by: Person) -> None:
    found = session.get_one(CaseFile, one.file.id)
    assignments.assign(session, found, by, term="5 năm", source="archivist", reason="Rà soát")


def corrected(session: Session, one: Twins, _by: Person) -> None:
    """The last day of the work moves, and the end with it."""
    found = session.get_one(CaseFile, one.file.id)
    values = {"StartDate": "02/01/2015", "EndDate": "02/02/2016"}
    closing.correct(session, found, values, "Nhầm ngày")


def reopened(session: Session, one: Twins, _by: Person) -> None:
    found = session.get_one(CaseFile, one.file.id)
    moves.move(
        session, found, "reopen", session.get_one(Person, one.desk.binh.id), reason="Bổ sung"
    )


def named(session: Session, one: Twins, by: Person) -> None:
    """It is to leave as a duplicate itself."""
    with one.desk.db.reading() as look:
        other = look.get_one(Document, one.leaving.id)
    found = session.get_one(Document, one.staying.id)
    duplicates.name_twin(session, found, session.get_one(Document, other.id), by)


Act = Callable[[Session, Twins, Person], None]
ACTS: dict[str, Act] = {
    "a shorter term": assigned,
    "an earlier last day": corrected,
    "opened again": reopened,
}


def says(one: Twins, act: Act) -> tuple[str, object]:
    try:
        with one.desk.acting(one.desk.lan) as session:
            act(session, one, session.get_one(Person, one.desk.lan.id))
    except Conflict as told:
        return told.code, told.details.get("day")
    return "", None


def gone(desk: Desk) -> None:
    """As the beginning leaves it: the duplicate is closed, and stands in no case file any more."""
    desk.walk("handed_over")
    with desk.at(desk.mai) as (session, one):
        execution.begin(session, one, desk.mai)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("stage", ["decided", "executing"])
def test_what_keeps_the_copy_is_not_made_shorter(desk: Desk, stage: str, act: str) -> None:
    one = twins(desk)
    desk.walk("decided")
    if stage == "executing":
        gone(desk)
    assert says(one, ACTS[act]) == ("stands_for_destroyed", NEEDED)


@pytest.mark.parametrize("act", ACTS)
def test_before_the_decision_nothing_holds_it(desk: Desk, act: str) -> None:
    """Should it not stay as long any more, the duplicate is left out of the list."""
    one = twins(desk)
    desk.walk("listed")
    assert says(one, ACTS[act]) == ("", None)
    with desk.db.reading() as session:
        disposal = desk.found(session)
        found = lines.hindered(session, disposal.organ, lines.left(session, disposal))
    assert [each.code for each in found.values()] == ["twin_gone"]


@pytest.mark.parametrize("act", ACTS)
def test_once_the_list_is_stopped_nothing_holds_it(desk: Desk, act: str) -> None:
    one = twins(desk)
    desk.walk("decided")
    with desk.at(desk.lan) as (session, disposal):
        listing.stop(session, disposal, session.get_one(Person, desk.lan.id), "Có khiếu nại")
    assert says(one, ACTS[act]) == ("", None)


def test_a_longer_term_is_always_welcome(desk: Desk) -> None:
    one = twins(desk)
    gone(desk)

    def longer(session: Session, one: Twins, by: Person) -> None:
        found = session.get_one(CaseFile, one.file.id)
        assignments.assign(session, found, by, term="Vĩnh viễn", source="archivist", reason="Quý")

    assert says(one, longer) == ("", None)
    assert says(one, reopened)[0] == "stands_for_destroyed"


def test_another_case_file_that_keeps_it_as_long_is_enough(desk: Desk) -> None:
    one = twins(desk)
    longer = desk.file("70 năm")
    desk.place(one.staying, longer)
    gone(desk)
    assert says(one, assigned) == ("", None)
    one.file = longer
    assert says(one, assigned) == ("stands_for_destroyed", NEEDED)


def test_for_a_permanent_one_only_a_permanent_case_file_is_enough(desk: Desk) -> None:
    one = twins(desk, "Vĩnh viễn", "Vĩnh viễn")
    gone(desk)
    assert says(one, assigned)[0] == "stands_for_ever"


def test_it_does_not_leave_as_a_duplicate_itself(desk: Desk) -> None:
    one = twins(desk)
    third = desk.file("Vĩnh viễn")
    other = desk.document_in(third)
    with desk.acting(desk.lan) as session:
        found = session.get_one(Document, other.id)
        found.doc_code = "ABC"
        audit.record(session, "document.test", found)
    gone(desk)
    one.leaving = other
    assert says(one, named) == ("stands_for_destroyed", NEEDED)


def test_it_is_not_taken_out_of_the_case_file_that_keeps_it_so_long(desk: Desk) -> None:
    """Returned case files take documents and give them back."""
    one = twins(desk)
    gone(desk)
    with desk.db.engine.begin() as past_the_code:
        past_the_code.execute(
            update(CaseFile).where(CaseFile.id == one.file.id).values(stage="returned")
        )

    def taken(session: Session, one: Twins, _by: Person) -> None:
        found = session.get_one(CaseFile, one.file.id)
        closing.take_out(session, found, session.get_one(Document, one.staying.id), "misplaced")

    assert says(one, taken) == ("stands_for_destroyed", NEEDED)
    desk.place(one.staying, desk.file("20 năm"))
    assert says(one, taken) == ("", None)


def test_the_term_of_a_document_that_keeps_the_whole_file_is_not_made_shorter(desk: Desk) -> None:
    other = desk.file("5 năm")
    with desk.acting(desk.lan) as session:
        found = session.get_one(Document, desk.document_in(other).id)
        documents.correct(session, found, {"Maintenance": "20 năm"}, "Theo quy định")
    one = twins(desk)
    with desk.acting(desk.lan) as session:
        session.get_one(Appraisal, one.number).twin_id = found.id
        session.get_one(Document, found.id).doc_code = "ABC"
        audit.record(session, "appraisal.test", session.get_one(Appraisal, one.number),
                     also=(session.get_one(Document, found.id),))  # fmt: skip
    gone(desk)

    def shortened(session: Session, _one: Twins, _by: Person) -> None:
        documents.correct(
            session, session.get_one(Document, found.id), {"Maintenance": "5 năm"}, "Sai"
        )

    assert says(one, shortened) == ("stands_for_destroyed", NEEDED)


def test_another_document_whose_term_keeps_the_whole_file_is_not_taken_out(desk: Desk) -> None:
    other = desk.file("5 năm")
    carrier = desk.document_in(desk.file("5 năm"))
    desk.place(carrier, other)
    with desk.acting(desk.lan) as session:
        documents.correct(
            session, session.get_one(Document, carrier.id), {"Maintenance": "20 năm"}, "Quy định"
        )
    one = twins(desk)
    staying = desk.document_in(other)
    with desk.acting(desk.lan) as session:
        found = session.get_one(Appraisal, one.number)
        found.twin_id = staying.id
        session.get_one(Document, staying.id).doc_code = "ABC"
        audit.record(
            session, "appraisal.test", found, also=(session.get_one(Document, staying.id),)
        )
    gone(desk)
    with desk.db.engine.begin() as past_the_code:
        past_the_code.execute(
            update(CaseFile).where(CaseFile.id == other.id).values(stage="returned")
        )

    def taken(session: Session, _one: Twins, _by: Person) -> None:
        found = session.get_one(CaseFile, other.id)
        closing.take_out(session, found, session.get_one(Document, carrier.id), "misplaced")

    assert says(one, taken) == ("stands_for_destroyed", NEEDED)
    with desk.db.reading() as session:  # nothing of it was done
        assert len(session.get_one(CaseFile, other.id).placements) == 2
    desk.place(staying, desk.file("20 năm"))
    assert says(one, taken) == ("", None)


def test_a_list_leaves_out_what_keeps_it(desk: Desk) -> None:
    """However it came that its case file is over first: it stays, with its reason."""
    one = twins(desk)
    gone(desk)
    with desk.db.engine.begin() as past_the_code:
        past_the_code.execute(
            update(CaseFile).where(CaseFile.id == one.file.id).values(maintenance="5 năm")
        )
    first = desk.code
    desk.proposed.clear()
    desk.propose(one.file)
    other = desk.file()
    desk.propose(other)
    desk.make()
    assert desk.code != first
    with desk.db.reading() as session:
        disposal = desk.found(session)
        items = lines.left(session, disposal)
        found = lines.hindered(session, disposal.organ, items)
    wanted = {each.id: "stands_for_destroyed" for each in items if each.code == one.file.code}
    assert {number: each.code for number, each in found.items()} == wanted


def test_the_day_is_that_of_the_execution_not_of_the_decision(desk: Desk) -> None:
    """The duplicate's own term became longer meanwhile; the other copy stays for ever."""
    one = twins(desk, kept="Vĩnh viễn")
    desk.walk("decided")
    with desk.db.reading() as session:
        (place,) = session.query(Placement).filter_by(document_id=one.leaving.id)
        number = place.case_file_id
    with desk.acting(desk.lan) as session:
        found = session.get_one(CaseFile, number)
        assignments.assign(
            session, found, session.get_one(Person, desk.lan.id), term="70 năm",
            source="archivist", reason="Kéo dài",
        )  # fmt: skip
    gone(desk)
    (item,) = desk.items()
    assert item.twin_until == date(2089, 12, 31)


def test_once_its_day_is_over_nothing_holds_it(desk: Desk) -> None:
    one = twins(desk)
    gone(desk)
    with desk.db.engine.begin() as past_the_code:
        past_the_code.execute(update(DisposalItem).values(twin_until=date(2020, 1, 1)))
    with desk.db.reading() as session:
        organ = desk.organ(session)
        assert clock.today(organ) > date(2020, 1, 1) and rules_of(organ)
        assert kept_copies.stands_of(session, organ, [one.staying.id]) == []
    assert says(one, assigned) == ("", None)
