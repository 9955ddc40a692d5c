"""Duplicates (R17): which copy may leave before its term, and what must stand for it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit
from archive.database import Database
from archive.documents import Arrived, Made
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed
from archive.models import CaseFile, Document, Organ, Person, Placement
from retention import appraisals, duplicates, expiries, opinions
from retention.clock import End, Fate
from retention.duplicates import is_at_least
from retention.models import Appraisal
from tests.factories import a_document, a_person, an_organ
from tests.retention.ending import BEGUN, Ending, ending, on

AFTER = BEGUN + timedelta(days=31)
SAME = Arrived("a.pdf", "d" * 64, 1, (Made("original", "d" * 64, 10, "application/pdf"),))


@pytest.fixture
def here(sqlite_db: Database) -> Ending:
    return ending(sqlite_db)


def copy_in(here: Ending, case_file: CaseFile | None, **values: Any) -> Document:
    """A copy in a case file that is closed already: placed there past its stage."""
    values.setdefault("arrived", SAME)
    with on(BEGUN):
        made = a_document(here.db, here.organ, by=here.office.lan, **values)
        if case_file is not None:
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


def name(here: Ending, leaving: Document, staying: Document, by: Person | None = None) -> int:
    with on(BEGUN), here.office.acting(by or here.office.lan) as session:
        who = session.get_one(Person, (by or here.office.lan).id)
        made = duplicates.name_twin(
            session,
            session.get_one(Document, leaving.id),
            session.get_one(Document, staying.id),
            who,
        )
        expiries.tell_of_duplicate(session, made)
        return made.id


def row(session: Session, number: int) -> Appraisal:
    return session.get_one(Appraisal, number)


def why_not(here: Ending, number: int) -> list[str]:
    with on(AFTER), here.db.reading() as session:
        who = session.get_one(Person, here.office.lan.id)
        return [
            it.code for it in appraisals.hindrances(session, row(session, number), "propose", who)
        ]


def say_destroy(here: Ending, number: int) -> None:
    with on(AFTER), here.office.acting(here.office.binh) as session:
        who = session.get_one(Person, here.office.binh.id)
        opinions.opine(session, row(session, number), who, verdict="destroy", reason="Trùng")


def test_an_equal_copy_leaves_before_its_term_and_the_notice_runs_all_the_same(
    here: Ending,
) -> None:
    short, long = here.case_file("20 năm"), here.case_file("Vĩnh viễn")
    leaving, staying = copy_in(here, short), copy_in(here, long)
    number = name(here, leaving, staying)
    with on(BEGUN):
        here.go()
    with here.db.reading() as session:
        made = row(session, number)
        assert (made.stage, made.notice_until) == ("due", BEGUN + timedelta(days=30))
        assert made.twin_id == staying.id
    say_destroy(here, number)
    assert why_not(here, number) == []
    with on(BEGUN + timedelta(days=30)), here.db.reading() as session:
        who = session.get_one(Person, here.office.lan.id)
        found = appraisals.hindrances(session, row(session, number), "propose", who)
        assert [it.code for it in found] == ["notice_still_runs"]
    with on(AFTER), here.office.acting(here.office.lan) as session:
        who = session.get_one(Person, here.office.lan.id)
        appraisals.move(session, row(session, number), "propose", who, reason="Trùng lặp")
    told = {thing for _, thing in here.told("duplicate_found")}
    assert told == {leaving.id}


def test_the_copy_that_stays_is_kept_as_long(here: Ending) -> None:
    short, long = here.case_file("20 năm"), here.case_file("Vĩnh viễn")
    in_short, in_long = copy_in(here, short), copy_in(here, long)
    with pytest.raises(Conflict) as said:
        name(here, in_long, in_short)
    assert said.value.code == "twin_kept_shorter"


def test_a_copy_in_the_tray_stands_for_none(here: Ending) -> None:
    leaving, staying = copy_in(here, here.case_file("20 năm")), copy_in(here, None)
    with pytest.raises(Conflict) as said:
        name(here, leaving, staying)
    assert said.value.code == "twin_without_case_file"


def test_a_copy_that_is_itself_on_its_way_out_stands_for_none(here: Ending) -> None:
    one, two = here.case_file("20 năm"), here.case_file("20 năm")
    first, second = copy_in(here, one), copy_in(here, two)
    number = name(here, first, second)
    with on(BEGUN):
        here.go()
    say_destroy(here, number)
    with on(AFTER), here.office.acting(here.office.lan) as session:
        who = session.get_one(Person, here.office.lan.id)
        appraisals.move(session, row(session, number), "propose", who, reason="Trùng lặp")
    with pytest.raises(Conflict) as said:
        name(here, second, first)
    assert said.value.code == "twin_leaves"


def test_two_that_only_look_alike_are_confirmed_by_two_people(here: Ending) -> None:
    short, long = here.case_file("20 năm"), here.case_file("Vĩnh viễn")
    alike = {"code_number": "12", "code_notation": "QĐ-UBND", "organ_name": "UBND tỉnh"}
    leaving = copy_in(here, short, arrived=None, **alike)
    staying = copy_in(here, long, arrived=None, **alike)
    number = name(here, leaving, staying)
    with on(BEGUN):
        here.go()
        thu = a_person(here.db, here.organ, "thu", "auditor")
    say_destroy(here, number)
    assert why_not(here, number) == ["twin_not_confirmed"]
    for person, code in ((here.office.lan, "named_by_you"), (thu, "not_allowed")):
        with pytest.raises(NotAllowed) as said, here.office.acting(person) as session:
            duplicates.confirm_twin(
                session, row(session, number), session.get_one(Person, person.id)
            )
        assert said.value.code == code
    with on(AFTER), here.office.acting(here.office.binh) as session:
        who = session.get_one(Person, here.office.binh.id)
        duplicates.confirm_twin(session, row(session, number), who)
    assert why_not(here, number) == []


@pytest.mark.parametrize("wrong", ["same", "other organ", "not alike", "no right", "twice"])
def test_what_is_no_duplicate_is_not_named_one(here: Ending, wrong: str) -> None:
    long = here.case_file("Vĩnh viễn")
    leaving, staying = copy_in(here, here.case_file("20 năm")), copy_in(here, long)
    by = here.office.lan
    if wrong == "same":
        staying = leaving
    elif wrong == "other organ":
        with on(BEGUN):
            staying = a_document(here.db, an_organ(here.db, "SXD", "Sở Xây dựng"), arrived=SAME)
    elif wrong == "not alike":
        staying = copy_in(here, long, arrived=None)
    elif wrong == "no right":
        by = here.office.binh
    else:
        name(here, leaving, staying)
    with pytest.raises(ArchiveError) as said:
        name(here, leaving, staying, by)
    assert isinstance(said.value, (Conflict, Invalid, NotAllowed))
    with here.db.reading() as session:
        made = session.scalars(select(Appraisal)).all()
    assert len(made) == (1 if wrong == "twice" else 0)


def test_both_copies_may_be_kept(here: Ending) -> None:
    leaving = copy_in(here, here.case_file("20 năm"))
    number = name(here, leaving, copy_in(here, here.case_file("Vĩnh viễn")))
    with on(BEGUN), here.office.acting(here.office.lan) as session:
        who = session.get_one(Person, here.office.lan.id)
        for wrong in ("extend", "permanent"):
            with pytest.raises(Conflict):
                appraisals.move(session, row(session, number), wrong, who, reason="x")
        appraisals.move(session, row(session, number), "keep_both", who, reason="Có bút phê")
        assert row(session, number).stage == "kept"


def test_pairs_are_found_by_bytes_by_code_and_by_number(db: Database) -> None:
    here = ending(db)
    alike = {
        "code_number": "12",
        "code_notation": "QĐ",
        "organ_name": "UBND",
        "issued_date": "05/03/2014",
    }
    made = {
        "digest": [copy_in(here, None), copy_in(here, None)],
        "doc_code": [copy_in(here, None, arrived=None, doc_code="A.1") for _ in range(2)],
        "number": [copy_in(here, None, arrived=None, **alike) for _ in range(2)],
    }
    with here.db.reading() as session:
        organ = session.get_one(Organ, here.organ.id)
        among = [one.id for some in made.values() for one in some]
        for ground, (first, second) in made.items():
            found = session.scalars(duplicates.pairs(organ, ground, among)).all()
            assert [one.id for one in found] == [second.id], ground
            (pair,) = duplicates.earlier_of(session, organ, found, ground)
            assert (pair.first.id, pair.grounds) == (first.id, (ground,))


@pytest.mark.parametrize(
    "kept, leaving, is_enough",
    [
        (End(Fate.PERMANENT), End(Fate.UNKNOWN), True),
        (End(Fate.PERMANENT), End(Fate.PERMANENT), True),
        (End(Fate.RUNS, date(2040, 12, 31)), End(Fate.RUNS, date(2040, 12, 31)), True),
        (End(Fate.RUNS, date(2039, 12, 31)), End(Fate.RUNS, date(2040, 12, 31)), False),
        (End(Fate.RUNS, date(2039, 12, 31)), End(Fate.PERMANENT), False),
        (End(Fate.WAITS, event="ended"), End(Fate.RUNS, date(2040, 12, 31)), False),
        (End(Fate.UNKNOWN), End(Fate.UNKNOWN), False),
    ],
)
def test_what_nobody_can_count_is_never_long_enough(
    kept: End, leaving: End, is_enough: bool
) -> None:
    assert is_at_least(kept, leaving) is is_enough
