"""The schedule: drafts, approved one by one, versions that follow one another."""

from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from archive import clock
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed
from archive.models import Event, Organ
from retention import approving, first_schedule, schedule
from retention.models import RetentionRule
from retention.schedule import RuleValues
from tests.factories import an_organ
from tests.retention.office import TWENTY, Office


def load(office: Office) -> first_schedule.Loaded:
    with office.acting(office.lan) as session:
        organ = session.get_one(Organ, office.organ.id)
        return first_schedule.load(session, organ, office.lan)


def test_the_list_of_2011_comes_as_drafts_that_say_where_they_come_from(
    sqlite_office: Office,
) -> None:
    loaded = load(sqlite_office)
    with sqlite_office.db.reading() as session:
        rows = schedule.rules_of(session, sqlite_office.organ)
        holding = schedule.holding(session, sqlite_office.organ)
    assert (len(loaded.new), len(rows), holding) == (165, 165, [])
    assert {one.state for one in rows} == {"draft"}
    assert {one.mandate for one in rows} == {"nguồn: TT 09/2011 – phải đối chiếu TT 10/2022"}
    plans = next(one for one in rows if one.number == "3.6")
    assert (plans.term, plans.note) == ("10 năm", "TT 09/2011: 20 năm")
    numbers = [one.number for one in rows]
    assert numbers.index("1.9") < numbers.index("1.10") < numbers.index("2.1")


def test_loading_twice_makes_nothing_twice_and_leaves_changed_rows_alone(
    sqlite_office: Office,
) -> None:
    first = load(sqlite_office)
    with sqlite_office.acting(sqlite_office.lan) as session:
        rule = schedule.by_number(session, sqlite_office.organ, "1.3")
        values = RuleValues(**{**schedule.values_of(rule).__dict__, "term": "7 năm"})
        schedule.change(session, rule, values, sqlite_office.lan)
    again = load(sqlite_office)
    assert (len(first.new), len(again.new), again.present) == (165, 0, 165)
    with sqlite_office.db.reading() as session:
        assert schedule.by_number(session, sqlite_office.organ, "1.3").term == "7 năm"


def test_each_row_is_approved_by_an_act_of_its_own(office: Office) -> None:
    rule = office.rule(on=date(2026, 1, 1))
    assert (rule.state, rule.valid_from, rule.valid_to) == ("in_force", date(2026, 1, 1), None)
    assert rule.approved_by_id == office.truong.id
    with office.db.reading() as session:
        told = session.scalars(select(Event).where(Event.action == "retention_rule.approve")).one()
    assert told.facts == {
        "number": "3.4", "version": 1, "term": "20 năm", "mandate": "TT 10/2022, mục 3.4",
        "from": "2026-01-01",
    }  # fmt: skip


def test_who_drafted_it_does_not_approve_it(office: Office) -> None:
    with office.acting(office.truong) as session:
        organ = session.get_one(Organ, office.organ.id)
        rule = schedule.draft(session, organ, TWENTY, office.truong)
    with pytest.raises(NotAllowed, match="own_draft"), office.acting(office.truong) as session:
        approving.approve(session, session.get_one(RetentionRule, rule.id), office.truong)


def test_who_changed_a_draft_had_a_hand_in_it_whoever_changes_it_later(office: Office) -> None:
    with office.acting(office.truong) as session:
        organ = session.get_one(Organ, office.organ.id)
        rule = schedule.draft(session, organ, TWENTY, office.truong)
    with office.acting(office.lan) as session:
        found = session.get_one(RetentionRule, rule.id)
        schedule.change(
            session, found, RuleValues("3.4", "Nhân sự", "Tuyển dụng", "20 năm"), office.lan
        )
    for person in (office.truong, office.lan):
        with pytest.raises(NotAllowed, match="own_draft"), office.acting(person) as session:
            approving.approve(session, session.get_one(RetentionRule, rule.id), person)


def test_a_row_in_force_never_changes_its_next_version_ends_it_the_day_before(
    office: Office,
) -> None:
    first = office.rule(on=date(2022, 1, 1))
    with pytest.raises(Conflict, match="rule_is_no_draft"), office.acting(office.lan) as session:
        schedule.change(session, session.get_one(RetentionRule, first.id), TWENTY, office.lan)
    ten = RuleValues("3.4", "Tổ chức, nhân sự", "Hồ sơ tuyển dụng", "10 năm", "TT 10/2022")
    second = office.rule(ten, on=date(2026, 3, 1))
    with office.db.reading() as session:
        earlier = session.get_one(RetentionRule, first.id)
        assert (earlier.state, earlier.valid_to) == ("ended", date(2026, 2, 28))
        assert earlier.term == "20 năm"
        before = schedule.holding(session, office.organ, date(2026, 2, 28))
        after = schedule.holding(session, office.organ, date(2026, 3, 1))
    assert ([one.id for one in before], [one.id for one in after]) == ([first.id], [second.id])
    assert second.version == 2


def test_the_day_before_the_first_of_march_of_a_leap_year_is_the_29th(
    sqlite_office: Office,
) -> None:
    first = sqlite_office.rule(on=date(2022, 1, 1))
    sqlite_office.rule(on=date(2024, 3, 1))
    with sqlite_office.db.reading() as session:
        assert session.get_one(RetentionRule, first.id).valid_to == date(2024, 2, 29)


def test_versions_do_not_overlap(office: Office) -> None:
    office.rule(on=date(2026, 1, 1))
    with pytest.raises(Conflict, match="rule_begins_too_early"):
        office.rule(on=date(2026, 1, 1))


def test_what_was_approved_is_never_deleted_and_a_draft_may_go(office: Office) -> None:
    first = office.rule()
    with pytest.raises(Conflict, match="rule_is_in_use"), office.acting(office.lan) as session:
        schedule.drop(session, session.get_one(RetentionRule, first.id))
    with office.acting(office.lan) as session:
        organ = session.get_one(Organ, office.organ.id)
        schedule.draft(session, organ, TWENTY, office.lan)
    with office.acting(office.lan) as session:
        rule = schedule.by_number(session, office.organ, "3.4", "draft")
        schedule.drop(session, rule)
    with office.db.reading() as session:
        assert [one.id for one in schedule.versions(session, office.organ, "3.4")] == [first.id]
        assert session.scalars(select(Event).where(Event.action == "retention_rule.drop")).one()


def test_a_number_has_one_draft(sqlite_office: Office) -> None:
    load(sqlite_office)
    with (
        pytest.raises(Conflict, match="rule_draft_exists"),
        sqlite_office.acting(sqlite_office.lan) as session,
    ):
        organ = session.get_one(Organ, sqlite_office.organ.id)
        schedule.draft(session, organ, TWENTY, sqlite_office.lan)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (RuleValues(" ", "Nhóm", "Tên", "5 năm"), "rule_number_missing"),
        (RuleValues("1", " ", "Tên", "5 năm"), "rule_group_missing"),
        (RuleValues("1", "Nhóm", "", "5 năm"), "title_missing"),
        (RuleValues("1", "Nhóm", "Tên", "lâu lắm"), "term_unclear"),
        (RuleValues("1", "Nhóm", "Tên", "0 năm"), "term_unclear"),
    ],
)
def test_a_row_that_says_nothing_to_be_counted_is_refused(
    sqlite_office: Office, values: RuleValues, code: str
) -> None:
    with (
        pytest.raises(Invalid, match=code),
        sqlite_office.acting(sqlite_office.lan) as session,
    ):
        organ = session.get_one(Organ, sqlite_office.organ.id)
        schedule.draft(session, organ, values, sqlite_office.lan)


def test_of_two_who_approve_at_once_one_does(office: Office) -> None:
    with office.acting(office.lan) as session:
        organ = session.get_one(Organ, office.organ.id)
        number = schedule.draft(session, organ, TWENTY, office.lan).id
    barrier, said = Barrier(2), []

    def approve() -> None:
        try:
            barrier.wait()
            with office.acting(office.truong) as session:
                rule = session.get_one(RetentionRule, number)
                approving.approve(session, rule, office.truong, seen=1)
            said.append("done")
        except ArchiveError as error:
            said.append(error.code)

    threads = [Thread(target=approve) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["done", "rule_is_no_draft"]


def test_a_row_ends_with_a_reason_and_holds_through_its_last_day(office: Office) -> None:
    rule = office.rule(on=date(2020, 1, 1))
    with pytest.raises(Invalid, match="reason_missing"), office.acting(office.truong) as session:
        found = session.get_one(RetentionRule, rule.id)
        approving.end(session, found, on=date(2026, 6, 30), reason="  ")
    with office.acting(office.truong) as session:
        found = session.get_one(RetentionRule, rule.id)
        approving.end(session, found, on=date(2026, 6, 30), reason="Bãi bỏ")
    assert schedule.holds_on(found, date(2026, 6, 30))
    assert not schedule.holds_on(found, date(2026, 7, 1))
    with (
        clock.standing_at(clock.end_of(date(2026, 7, 1), office.organ)),
        pytest.raises(Conflict, match="rule_not_in_force"),
        office.acting(office.lan) as session,
    ):
        schedule.usable(session, office.organ, "3.4")


def test_every_organ_has_a_schedule_of_its_own(office: Office) -> None:
    office.rule()
    other = an_organ(office.db, "SXD", "Sở Xây dựng")
    with office.db.reading() as session:
        assert schedule.rules_of(session, other) == []
        assert session.scalar(select(func.count()).select_from(RetentionRule)) == 1
