"""One natural person has one voice in re-appraisal, whoever acts for them or for whom they act."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from archive import audit
from archive.database import Database
from archive.errors import NotAllowed
from archive.models import CaseFile, Person
from retention import opinions
from retention.appraisal_checks import on_both_sides
from retention.appraisal_facts import known_of
from retention.models import Appraisal
from tests.factories import a_person
from tests.retention.ending import TOLD, Ending, ending, on

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
