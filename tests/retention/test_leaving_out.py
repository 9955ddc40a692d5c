"""A term that becomes longer lets its line leave the list at once, and people are told."""

import pytest
from sqlalchemy import select

from archive import clock
from archive.life_models import Notice, NoticeItem
from archive.models import CaseFile, Person
from retention import assignments, execution, expiries, leaving_out
from retention.leaving_out import LINES_LEFT
from tests.retention.disposing import Desk, a_desk
from tests.retention.office import Office


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    return a_desk(sqlite_office)


def give(desk: Desk, case_file: CaseFile, term: str) -> None:
    with desk.acting(desk.mai) as session:
        assignments.assign(
            session, session.get_one(CaseFile, case_file.id),
            session.get_one(Person, desk.mai.id), term=term, source="archivist", reason="Rà soát",
        )  # fmt: skip


def go(desk: Desk) -> int:
    """As the worker does: until nothing is left."""
    done, after = 0, None
    while True:
        with desk.acting(desk.lan) as session:
            found = leaving_out.let_longer_go(session, desk.organ(session), after)
        done, after = done + found.done, found.behind
        if after is None:
            return done


def told(desk: Desk) -> set[int]:
    with desk.db.reading() as session:
        wanted = select(NoticeItem.person_id).join(Notice, Notice.id == NoticeItem.notice_id)
        return set(session.scalars(wanted.where(Notice.kind == LINES_LEFT)))


@pytest.mark.parametrize("term", ["20 năm", "Vĩnh viễn", "6 năm"])
@pytest.mark.parametrize("stage", ["listed", "council", "decided", "handed_over"])
def test_a_longer_term_lets_the_line_go_and_ends_its_re_appraisal(
    desk: Desk, stage: str, term: str
) -> None:
    """Also one that is over as well: nobody was ever told of that day."""
    first, second = desk.files(2)
    desk.walk(stage)
    give(desk, first, term)
    assert go(desk) == 1
    outcomes = {one.code: one.outcome for one in desk.items()}
    assert outcomes == {first.code: "omitted", second.code: "destroy"}
    why = next(one.outcome_why for one in desk.items() if one.code == first.code)
    assert why.startswith("other_end" if term == "6 năm" else "not_expired")
    one, other = (desk.appraisal(number) for number in desk.proposed)
    assert (one.stage, one.verdict, one.reason) == ("kept", "", expiries.TERM_CHANGED)
    assert other.stage == "listed"
    assert go(desk) == 0


def test_its_people_are_told_once(desk: Desk) -> None:
    first, _second = desk.files(2)
    desk.walk("council")
    give(desk, first, "20 năm")
    go(desk)
    everybody = {desk.lan.id, desk.truong.id, desk.binh.id}  # who drew it up, its council
    assert told(desk) == everybody
    go(desk)
    with desk.db.reading() as session:
        lines = session.scalars(select(NoticeItem).where(NoticeItem.kind == LINES_LEFT)).all()
    assert len(lines) == len(everybody)


def test_after_the_decision_those_are_told_who_have_a_hand_in_it(desk: Desk) -> None:
    first, _second = desk.files(2)
    desk.walk("prepared")
    give(desk, first, "20 năm")
    go(desk)
    assert told(desk) == {desk.lan.id, desk.truong.id, desk.mai.id}


def test_who_finds_it_at_the_next_step_tells_the_others(desk: Desk) -> None:
    first, _second = desk.files(2)
    desk.walk("decided")
    give(desk, first, "20 năm")
    desk.prepare()
    assert told(desk) == {desk.lan.id, desk.truong.id}
    assert go(desk) == 0
    assert desk.appraisal(desk.proposed[0]).stage == "due"  # the next watch lets it go


def test_what_was_decided_goes_on_without_it(desk: Desk) -> None:
    first, second = desk.files(2)
    desk.walk("handed_over")
    give(desk, first, "20 năm")
    go(desk)
    with desk.at(desk.mai) as (session, one):
        now = execution.begin(session, one, desk.mai)
        assert [each.code for each in now.going] == [second.code]
        assert one.begun_at is not None and one.begun_at <= clock.now()


def test_a_term_that_did_not_change_leaves_nothing_out(desk: Desk) -> None:
    first, _second = desk.files(2)
    desk.walk("decided")
    give(desk, first, "5 năm")
    assert go(desk) == 0
    assert {one.outcome for one in desk.items()} == {"destroy"}
