"""A longer term may always be said of what stands on a list, and nothing else may (B4, R16)."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from archive import clock
from archive.errors import Conflict
from archive.models import CaseFile, Person
from retention import assignments, ends, listing, occurrences
from retention.models import RetentionRule
from retention.schedule import RuleValues
from tests.retention.disposing import Desk, a_desk
from tests.retention.office import Office

ON_A_LIST = "only_longer_on_a_list"
WAITS = "5 năm sau khi chấm dứt hợp đồng"
FIVE = RuleValues("1.1", "Tổng hợp", "Hồ sơ sự vụ", "5 năm", "TT 10/2022, mục 1.1")
Act = Callable[[Session, CaseFile, Person], object]


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    return a_desk(sqlite_office)


def says(desk: Desk, case_file: CaseFile, act: Act, by: Person | None = None) -> str:
    who = by or desk.lan
    try:
        with desk.acting(who) as session:
            found = session.get_one(CaseFile, case_file.id)
            act(session, found, session.get_one(Person, who.id))
    except Conflict as told:
        return told.code
    return ""


def term(said: str, rule: int | None = None, source: str = "archivist") -> Act:
    def act(session: Session, found: CaseFile, by: Person) -> object:
        given = session.get_one(RetentionRule, rule) if rule else None
        return assignments.assign(
            session, found, by, term=said, rule=given, source=source, reason="Xem lại"
        )

    return act


def came(on: date) -> Act:
    def act(session: Session, found: CaseFile, by: Person) -> object:
        return occurrences.record(
            session, found, by, kind="ended", happened_on=on, evidence="3/BB", note="Nhầm ngày"
        )

    return act


def last_day(desk: Desk, case_file: CaseFile) -> date | None:
    with desk.db.reading() as session:
        return ends.of_case_file(session, session.get_one(CaseFile, case_file.id)).on


@pytest.mark.parametrize("stage", ["listed", "decided", "handed_over"])
def test_neither_a_shorter_term_nor_another_rule_is_said(desk: Desk, stage: str) -> None:
    """Another rule would be another line than the one decided on, and stop the whole list."""
    rule = desk.office.rule(FIVE).id
    (one,) = desk.files(1)
    desk.walk(stage)
    assert says(desk, one, term("2 năm")) == ON_A_LIST
    assert says(desk, one, term("5 năm", rule)) == ON_A_LIST
    assert says(desk, one, term("2 năm", source="officer"), desk.binh) == ON_A_LIST
    assert says(desk, one, term("5 năm")) == ""  # said again, it changes nothing
    assert last_day(desk, one) == date(2024, 12, 31)
    assert says(desk, one, term("20 năm", rule)) == ""
    assert last_day(desk, one) == date(2039, 12, 31)


def test_once_the_list_is_stopped_any_term_may_be_said(desk: Desk) -> None:
    (one,) = desk.files(1)
    desk.walk("decided")
    assert says(desk, one, term("2 năm")) == ON_A_LIST
    with desk.at(desk.lan) as (session, disposal):
        listing.stop(session, disposal, session.get_one(Person, desk.lan.id), "Có khiếu nại")
    assert says(desk, one, term("2 năm")) == ""


def test_a_day_that_it_waited_for_is_only_corrected_to_a_later_end(desk: Desk) -> None:
    one = desk.file(WAITS)
    assert says(desk, one, came(date(2020, 6, 1))) == ""
    desk.propose(one, date(2025, 12, 31))
    desk.walk("decided")
    assert says(desk, one, came(date(2019, 6, 1))) == ON_A_LIST
    assert says(desk, one, came(date(2020, 5, 1))) == ""  # the same end
    assert last_day(desk, one) == date(2025, 12, 31)
    assert says(desk, one, came(date(2021, 6, 1))) == ""
    assert (
        last_day(desk, one) == date(2026, 12, 31) > clock.today(desk.office.organ).replace(month=1)
    )
