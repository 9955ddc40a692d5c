"""Notices of terms that end (B1): thirty days before, once a person and file, whatever happens."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from archive import audit, freezes, notices, people
from archive.audit_check import verify
from archive.database import Database
from archive.errors import NotAllowed
from archive.life_models import Notice
from archive.models import CaseFile, Event, Organ, Person
from retention import assignments, expiries
from retention.models import Appraisal
from tests.factories import a_person, an_organ
from tests.retention.ending import BEGUN, OVER, TOLD, Ending, at_once, ending, on


@pytest.fixture
def here(sqlite_db: Database) -> Ending:
    return ending(sqlite_db)


@pytest.fixture
def everywhere(db: Database) -> Ending:
    return ending(db)


@pytest.mark.rule("HC-70")
def test_on_the_first_of_december_the_archivist_and_the_holder_are_told_once(
    everywhere: Ending,
) -> None:
    """6.6, 7."""
    one = everywhere.case_file()
    with on(TOLD - timedelta(days=1)):
        assert everywhere.go() == 0
    with on(TOLD):
        assert everywhere.go() == 1
        assert everywhere.go() == 0
    with on(TOLD + timedelta(days=1)):
        everywhere.go()
    staff = [*everywhere.archivists, everywhere.office.binh.id]
    assert everywhere.told() == [(who, one.id) for who in sorted(staff)]
    (made,) = everywhere.of(one)
    assert (made.noticed_on, made.notice_until) == (TOLD, date(2026, 12, 31))
    assert made.stage == "noticed"
    with everywhere.db.reading() as session:
        assert verify(session).is_good


def test_what_is_told_late_runs_thirty_days_from_the_day_on_which_it_was_told(
    here: Ending,
) -> None:
    one = here.case_file()
    late = date(2027, 3, 10)
    with on(late):
        here.go()
    (made,) = here.of(one)
    assert (made.noticed_on, made.notice_until) == (late, date(2027, 4, 9))
    assert made.stage == "due"
    with on(date(2027, 4, 9)):
        assert "notice_still_runs" in here.why_not(one, "propose", here.office.lan)
    with on(date(2027, 4, 10)):
        assert "notice_still_runs" not in here.why_not(one, "propose", here.office.lan)


def test_the_organ_may_tell_earlier_and_never_later(here: Ending) -> None:
    one = here.case_file()
    with here.office.acting(here.office.lan) as session:
        organ = session.get_one(Organ, here.organ.id)
        organ.rules = {"expiry_notice_days": 5}

        session.flush()
        audit.record(session, "organ.test", organ)
    with on(TOLD):
        here.go()
    (made,) = here.of(one)
    assert made.notice_until == date(2026, 12, 31)


@pytest.mark.parametrize("stage", ["submitted", "open"])
def test_what_is_on_its_way_waits(here: Ending, stage: str) -> None:
    one = here.case_file()
    with here.office.acting(here.office.lan) as session:
        found = session.get_one(CaseFile, one.id)
        found.stage = stage
        session.flush()
        audit.record(session, "case_file.test", found)
    with on(TOLD):
        here.go()
    assert here.of(one) == []


def test_permanent_and_unknown_terms_are_never_told_of(here: Ending) -> None:
    kept = here.case_file("Vĩnh viễn")
    waits = here.case_file("Đến khi văn bản hết hiệu lực thi hành")
    longer = here.case_file(terms=("20 năm",))
    with on(date(2030, 1, 1)):
        here.go()
    assert [here.of(one) for one in (kept, waits, longer)] == [[], [], []]


def test_a_freeze_keeps_nobody_from_being_told(here: Ending) -> None:
    one = here.case_file()
    freeze(here, one)
    with on(TOLD):
        here.go()
    with on(OVER):
        here.go()
    assert here.stage(one) == "due"


def freeze(here: Ending, *things: CaseFile) -> None:
    with on(BEGUN), here.office.acting(here.office.truong) as session:
        freezes.freeze(
            session,
            session.get_one(Organ, here.organ.id),
            [session.get_one(CaseFile, one.id) for one in things],
            by=session.get_one(Person, here.office.truong.id),
            number="9/QĐ-TTr",
            ordered_on=BEGUN,
            reason="Thanh tra",
        )


def test_where_the_holder_left_the_unit_is_told(here: Ending) -> None:
    one = here.case_file()
    with on(date(2026, 11, 20)), here.office.acting(here.office.lan) as session:
        binh = session.get_one(Person, here.office.binh.id)
        people.lock(session, binh, date(2026, 11, 21), "Nghỉ việc")
    with on(TOLD):
        here.go()
    assert here.told() == [(who, one.id) for who in sorted([*here.archivists, here.hoa.id])]


def test_two_that_look_at_once_tell_once(everywhere: Ending) -> None:
    files = [everywhere.case_file() for _ in range(3)]
    with on(TOLD):
        came = at_once(everywhere.go, everywhere.go)
    assert sorted(came) == [0, 3]
    staff = (*everywhere.archivists, everywhere.office.binh.id)
    assert everywhere.told() == sorted((who, one.id) for who in staff for one in files)
    assert [len(everywhere.of(one)) for one in files] == [1, 1, 1]


def test_what_takes_many_goes_is_one_letter_a_person(
    here: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [here.case_file() for _ in range(5)]
    monkeypatch.setattr(expiries, "BATCH", 2)
    with on(TOLD):
        assert here.go() == 5
    assert len(here.told()) == 3 * len(files)
    assert len(here.notices()) == 3


def test_a_letter_to_which_something_was_added_goes_out_again(here: Ending) -> None:
    here.case_file()
    with on(TOLD):
        here.go()
        number = here.notices()[0].id
        here.case_file()
        here.go()
        with here.office.acting(here.office.lan) as session:
            notices.mailed(session, number, things=1)
        assert mailed_at(here, number) is None
        with here.office.acting(here.office.lan) as session:
            notices.mailed(session, number, things=2)
        assert mailed_at(here, number) is not None
        before = len(here.notices())
        here.case_file()
        here.go()
    assert len(here.notices()) == before + 1  # what went out is not added to


def mailed_at(here: Ending, number: int) -> Any:
    with here.db.reading() as session:
        return session.get_one(Notice, number).mailed_at


# Another term ------------------------------------------------------------------------------------


def assign(here: Ending, one: CaseFile, term: str) -> None:
    with here.office.acting(here.office.lan) as session:
        found = session.get_one(CaseFile, one.id)
        who = session.get_one(Person, here.office.lan.id)
        assignments.assign(session, found, who, term=term, source="archivist", reason="Xem lại")


def test_a_term_changed_after_the_notice_is_counted_anew_and_told_of_again(
    everywhere: Ending,
) -> None:
    """6.6, 10."""
    one = everywhere.case_file()
    with on(TOLD):
        everywhere.go()
        assign(everywhere, one, "6 năm")
        everywhere.go()
    (first,) = everywhere.of(one)
    assert (first.stage, first.reason, first.verdict) == ("kept", "term_changed", "")
    with on(date(2027, 12, 1)):
        everywhere.go()
    first, second = everywhere.of(one)
    assert (first.expires_on, first.noticed_on) == (date(2026, 12, 31), TOLD)
    assert (second.expires_on, second.stage) == (date(2027, 12, 31), "noticed")
    assert everywhere.told().count((everywhere.office.lan.id, one.id)) == 2
    with everywhere.db.reading() as session:
        assert verify(session).is_good


def test_a_term_changed_there_and_back_is_told_of_again(here: Ending) -> None:
    one = here.case_file()
    with on(TOLD):
        here.go()
        assign(here, one, "70 năm")
        here.go()
    with on(OVER):
        assign(here, one, "5 năm")
        here.go()
    first, second = here.of(one)
    assert (first.stage, second.stage, second.noticed_on) == ("kept", "due", OVER)
    assert here.told().count((here.office.lan.id, one.id)) == 2


def test_what_waits_for_its_term_in_a_list_of_clocks_that_is_behind_is_counted_anew(
    here: Ending,
) -> None:
    one = here.case_file()
    with here.office.acting(here.office.lan) as session:
        found = session.get_one(CaseFile, one.id)
        found.maintenance, found.revision = "70 năm", found.revision + 1
        session.flush()
        audit.record(session, "case_file.test", found)
    with on(TOLD):
        here.go()
        here.go()
    assert here.of(one) == []


# Nobody looked -----------------------------------------------------------------------------------


def test_what_nobody_opened_goes_to_the_head_once(everywhere: Ending) -> None:
    one = everywhere.case_file()
    with on(TOLD):
        everywhere.go()
    with on(TOLD + timedelta(days=9)):
        assert everywhere.go() == 0
    for days in (10, 11):
        with on(TOLD + timedelta(days=days)):
            everywhere.go()
    head = everywhere.office.truong.id
    assert everywhere.told("term_ends_unopened") == [(head, one.id)]
    assert everywhere.of(one)[0].escalated_on == TOLD + timedelta(days=10)


def test_what_somebody_opened_or_noted_does_not_go_to_the_head(here: Ending) -> None:
    one, two = here.case_file(), here.case_file()
    with on(TOLD):
        here.go()
        with here.office.acting(here.office.binh) as session:
            binh = session.get_one(Person, here.office.binh.id)
            mine = session.scalars(notices.inbox(binh)).first()
            assert mine is not None
            notices.open_it(session, mine)
        with here.held(two, here.office.binh) as (session, found):
            expiries.acknowledge(session, found, session.get_one(Person, here.office.binh.id))
    with on(TOLD + timedelta(days=20)):
        here.go()
    assert here.told("term_ends_unopened") == []
    assert here.of(two)[0].acknowledged_by_id == here.office.binh.id
    assert here.of(one)[0].acknowledged_at is None


def test_only_the_archive_and_the_unit_note_that_they_know(here: Ending) -> None:
    one = here.case_file()
    with on(BEGUN):
        stranger = a_person(here.db, here.organ, "xa", "officer")
    with on(TOLD):
        here.go()
        with pytest.raises(NotAllowed) as said, here.held(one, stranger) as (session, found):
            expiries.acknowledge(session, found, session.get_one(Person, stranger.id))
    assert said.value.code == "not_your_unit"


def test_another_organ_is_left_alone(here: Ending) -> None:

    with on(BEGUN):
        other = an_organ(here.db, "SXD", "Sở Xây dựng")
        a_person(here.db, other, "khac", "archivist")
    here.case_file()
    with on(TOLD):
        here.go()
    assert {who for who, _ in here.told()} == {*here.archivists, here.office.binh.id}


def test_every_stage_has_its_line_in_the_story(here: Ending) -> None:
    one = here.case_file()
    with on(TOLD):
        here.go()
    with on(OVER):
        here.go()
    with here.db.reading() as session:
        found = session.scalars(select(Event).where(Event.action.startswith("appraisal.")))
        told = {event.action: event.facts for event in found}
        assert session.scalar(select(Appraisal.stage)) == "due"
    assert told["appraisal.notice"]["things"] == [[one.code, "2026-12-31"]]
    assert told["appraisal.fall_due"] == {"from": "noticed", "to": "due", "things": [one.code]}
