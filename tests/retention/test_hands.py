"""One natural person has one voice in re-appraisal, whoever acts for them or for whom they act."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from archive import audit
from archive.database import Database
from archive.errors import NotAllowed
from archive.models import CaseFile, Document, Person, Placement
from retention import duplicates, opinions
from retention.appraisal_checks import on_both_sides
from retention.appraisal_facts import known_of
from retention.models import Appraisal
from tests.factories import a_document, a_person
from tests.retention.ending import BEGUN, TOLD, Ending, ending, on

LATER = date(2027, 3, 1)


@pytest.fixture
def here(sqlite_db: Database) -> Ending:
    return ending(sqlite_db)


def lent(session: Session, principal: Person) -> Person:
    """The principal, in a delegate's hand."""
    found = session.get_one(Person, principal.id)
    found.is_lent = True
    return found


# Two sides are two people -------------------------------------------------------------------------


def spoken_for(here: Ending) -> CaseFile:
    """A case file of which its archivist speaks for the unit: by delegation of its holder."""
    made = here.case_file()
    for day in (TOLD, date(2027, 1, 2)):
        with on(day):
            here.go()
    lan, binh = here.office.lan, here.office.binh
    with (
        on(date(2027, 1, 2)),
        audit.acting_as(lan, "web", principal=binh),
        here.db.transaction() as session,
    ):
        row = session.get_one(Appraisal, here.of(made)[-1].id)
        given = opinions.opine(
            session, row, lent(session, binh), verdict="destroy", reason="Hết hạn", side="unit"
        )
        assert given.given_by_id == lan.id
    return made


def test_who_spoke_for_the_unit_by_delegation_does_not_conclude_for_the_archive(
    here: Ending,
) -> None:
    one = spoken_for(here)
    mai = a_person(here.db, here.organ, "mai", "archivist")
    with on(LATER):
        with pytest.raises(NotAllowed, match="same_person_on_both_sides"):
            here.move(one, "propose", here.office.lan)
        here.move(one, "propose", mai)


def test_nor_does_the_one_for_whom_they_spoke(here: Ending) -> None:
    one = spoken_for(here)
    with (
        on(LATER),
        audit.acting_as(here.office.binh, "web", principal=here.office.truong),
        here.db.transaction() as session,
    ):
        row = session.get_one(Appraisal, here.of(one)[-1].id)
        found = known_of(session, row)
        by = lent(session, here.office.truong)
        assert [it.code for it in on_both_sides(found, by)] == ["same_person_on_both_sides"]


# Two people compare two copies --------------------------------------------------------------------


def copy_in(here: Ending, case_file: CaseFile) -> Document:
    """A document that looks like every other one made here."""
    made = a_document(
        here.db, here.organ, by=here.office.lan, code_number="12", code_notation="QĐ-UBND"
    )
    with here.office.acting(here.office.lan) as session:
        document = session.get_one(Document, made.id)
        placed = Placement(
            document_id=made.id,
            case_file_id=case_file.id,
            ordinal=100 + made.id,
            placed_at=document.shelved_at,
        )
        session.add(placed)
        document.is_filed = True
        session.flush()
        audit.record(session, "document.test", document, also=(placed,))
    return made


def test_for_whom_a_copy_was_named_does_not_confirm_it(here: Ending) -> None:
    lan, files = here.office.lan, (here.case_file("20 năm"), here.case_file("Vĩnh viễn"))
    with on(BEGUN):
        leaving, staying = (copy_in(here, one) for one in files)
        mai = a_person(here.db, here.organ, "mai", "archivist")
        with audit.acting_as(mai, "web", principal=lan), here.db.transaction() as session:
            first, second = (session.get_one(Document, it.id) for it in (leaving, staying))
            number = duplicates.name_twin(session, first, second, lent(session, lan)).id
        for person in (lan, mai):
            with (
                pytest.raises(NotAllowed, match="named_by_you"),
                here.office.acting(person) as session,
            ):
                one, who = session.get_one(Appraisal, number), session.get_one(Person, person.id)
                duplicates.confirm_twin(session, one, who)
        with here.office.acting(here.office.binh) as session:
            one = session.get_one(Appraisal, number)
            duplicates.confirm_twin(session, one, session.get_one(Person, here.office.binh.id))
            assert one.twin_confirmed_by_id == here.office.binh.id
