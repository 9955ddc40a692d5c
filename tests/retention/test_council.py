"""The council: who sits in it, what everybody says, and what comes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from archive import audit, clock
from archive.errors import Conflict, Invalid, NotAllowed
from archive.models import Person
from retention import council, meeting
from retention.council import Member
from retention.models import DisposalItem
from tests.factories import a_person
from tests.retention.disposing import Desk, a_desk
from tests.retention.office import Office


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    desk = a_desk(sqlite_office)
    desk.files(2)
    desk.make()
    return desk


def set_up(desk: Desk, members: list[Member], number: str = "12/QĐ") -> None:
    with desk.at(desk.truong) as (session, one):
        day = clock.today(one.organ)
        council.set_up(session, one, desk.truong, members, number=number, on=day)


def refusal(desk: Desk, members: list[Member], **more: str) -> str:
    with pytest.raises(Invalid) as said:
        set_up(desk, members, **more)
    return said.value.code


def test_a_council_has_three_members_and_speaks_for_three_sides(desk: Desk) -> None:
    head, archive, unit = desk.members()
    assert refusal(desk, [head, archive]) == "council_too_small"
    assert refusal(desk, [head, archive, replace(unit, speaks_for="other")]) == "council_lacks_side"
    assert refusal(desk, [head, archive, replace(unit, role="chair")]) == "council_needs_one"
    assert refusal(desk, [head, replace(archive, role="member"), unit]) == "council_needs_one"
    assert refusal(desk, [head, archive, unit, unit]) == "twice_in_council"
    assert refusal(desk, [head, archive, replace(unit, role="guest")]) == "bad_value"
    assert refusal(desk, desk.members(), number=" ") == "decision_number_missing"
    set_up(desk, desk.members())
    assert desk.stage() == "council"


def test_the_organ_may_want_more_members(desk: Desk) -> None:
    with desk.acting(desk.lan) as session:
        organ = desk.organ(session)
        organ.rules = {**organ.rules, "council_size": 5}
        audit.record(session, "organ.test", organ)
    assert refusal(desk, desk.members()) == "council_too_small"


def test_nobody_sits_there_whose_account_is_closed(desk: Desk) -> None:
    gone = a_person(
        desk.db, desk.office.organ, "nghi", "officer",
        locked_from=clock.today(desk.office.organ) - timedelta(days=1),
    )  # fmt: skip
    head, archive, _ = desk.members()
    assert refusal(desk, [head, archive, Member(gone, "member", "unit")]) == "member_not_here"


def test_a_council_is_not_set_up_before_its_list_nor_tomorrow(desk: Desk) -> None:
    for days in (-1, 1):
        with pytest.raises(Invalid) as said, desk.at(desk.truong) as (session, one):
            day = clock.today(one.organ) + timedelta(days=days)
            council.set_up(session, one, desk.truong, desk.members(), number="1", on=day)
        assert said.value.code == "decision_date_wrong"


def test_another_member_needs_a_reason_and_the_first_one_counts_no_more(desk: Desk) -> None:
    desk.set_up()
    other = a_person(desk.db, desk.office.organ, "hung", "officer")
    desk.opine("keep", desk.binh, note="Còn dùng")
    for why, code in (("  ", "reason_missing"), ("Đi công tác", "")):
        with desk.at(desk.truong) as (session, one):
            seat = next(each for each in one.seats if each.person_id == desk.binh.id)
            who = session.merge(other, load=False)
            if code:
                with pytest.raises(Invalid):
                    council.replace(session, one, desk.truong, seat, who, why)
            else:
                council.replace(session, one, desk.truong, seat, who, why)
    with pytest.raises(NotAllowed):
        desk.opine("destroy", desk.binh)
    for who in (desk.truong, desk.lan, other):
        desk.opine("destroy", who)
    desk.meet()
    assert {one.outcome for one in desk.items()} == {"destroy"}


# The meeting --------------------------------------------------------------------------------------


def result(desk: Desk) -> list[tuple[str, str]]:
    return [(one.outcome, one.new_term) for one in desk.items()]


def test_minutes_wait_until_everybody_present_has_spoken_of_every_line(desk: Desk) -> None:
    desk.set_up()
    desk.opine("destroy", desk.truong)
    desk.opine("destroy", desk.lan)
    with pytest.raises(Conflict) as said:
        desk.meet()
    assert (said.value.code, said.value.details["count"]) == ("opinions_missing", 2)
    desk.opine("destroy", desk.binh)
    desk.meet()
    assert desk.stage() == "met"


def test_who_is_absent_with_a_reason_is_not_waited_for(desk: Desk) -> None:
    desk.set_up()
    with desk.at(desk.lan) as (session, one):
        seat = next(each for each in one.seats if each.person_id == desk.binh.id)
        council.excuse(session, one, desk.lan, seat, "Ốm")
    desk.opine("destroy", desk.truong)
    desk.opine("destroy", desk.lan)
    with pytest.raises(Conflict) as said:
        desk.opine("destroy", desk.binh)
    assert said.value.code == "is_absent"
    desk.meet()


def test_without_its_chair_a_council_makes_no_minutes(desk: Desk) -> None:
    desk.set_up()
    with desk.at(desk.lan) as (session, one):
        seat = next(each for each in one.seats if each.role == "chair")
        council.excuse(session, one, desk.lan, seat, "Họp tỉnh")
    for who in (desk.lan, desk.binh):
        desk.opine("destroy", who)
    with pytest.raises(Conflict) as said:
        desk.meet()
    assert said.value.code == "not_quorate"


def test_the_majority_decides_and_what_is_kept_goes_back(desk: Desk) -> None:
    desk.set_up()
    desk.opine("destroy")
    for who in (desk.lan, desk.binh):
        with desk.at(who) as (session, one):
            meeting.opine(session, one, who, [2], "keep", note="Còn giá trị")
    desk.meet()
    first, second = desk.items()
    assert (first.outcome, second.outcome, second.outcome_why) == ("destroy", "keep", "Còn giá trị")
    assert desk.appraisal(first.appraisal_id).stage == "listed"
    assert desk.appraisal(second.appraisal_id).stage == "due"


def test_of_several_new_terms_the_longest_holds(desk: Desk) -> None:
    desk.set_up()
    desk.opine("new_term", desk.truong, new_term="10 năm", note="Cần thêm")
    desk.opine("new_term", desk.lan, new_term="20 năm", note="Cần thêm nữa")
    desk.opine("destroy", desk.binh)
    desk.meet()
    assert result(desk) == [("keep", "20 năm")] * 2
    for one in desk.items():
        found = desk.appraisal(one.appraisal_id)
        assert (found.stage, found.new_term) == ("kept", "20 năm")


@pytest.fixture
def even(desk: Desk) -> tuple[Desk, Person]:
    """Four members: two against two."""
    fourth = a_person(desk.db, desk.office.organ, "hung", "officer")
    set_up(desk, [*desk.members(), Member(fourth, "member", "other")])
    desk.opine("destroy")
    desk.opine("destroy", fourth)
    for who in (desk.binh, fourth):
        with desk.at(who) as (session, one):
            meeting.opine(session, one, who, [1], "keep", note="Còn dùng")
    return desk, fourth


def test_the_chair_decides_ties_with_a_reason(even: tuple[Desk, Person]) -> None:
    desk, _ = even
    with pytest.raises(Conflict) as said:
        desk.meet()
    assert (said.value.code, said.value.details["lines"]) == ("ties_open", [1])
    with pytest.raises(NotAllowed) as not_chair, desk.at(desk.lan) as (session, one):
        meeting.break_tie(session, one, desk.lan, 1, "destroy", note="Vì")
    assert not_chair.value.code == "not_the_chair"
    with pytest.raises(Invalid), desk.at(desk.truong) as (session, one):
        meeting.break_tie(session, one, desk.truong, 1, "destroy", note="  ")
    with pytest.raises(Conflict) as not_tied, desk.at(desk.truong) as (session, one):
        meeting.break_tie(session, one, desk.truong, 2, "destroy", note="Vì")
    assert not_tied.value.code == "not_tied"
    with desk.at(desk.truong) as (session, one):
        meeting.break_tie(session, one, desk.truong, 1, "destroy", note="Đã có bản sao")
    desk.meet()
    assert [one.outcome for one in desk.items()] == ["destroy", "destroy"]
    with desk.db.reading() as session:
        found = desk.found(session)
        said_of = meeting.results(session, found, [desk.items()[0].id])[desk.items()[0].id]
    assert (said_of.has_dissent, said_of.why) == (True, "Đã có bản sao")
    assert said_of.counts == {"destroy": 2, "keep": 2}


def test_nothing_is_said_any_more_once_the_minutes_are_made(desk: Desk) -> None:
    desk.set_up()
    desk.opine()
    desk.meet()
    with pytest.raises(Conflict) as said:
        desk.opine("keep", desk.binh, note="Nghĩ lại")
    assert said.value.code == "disposal_stage"


def test_who_keeps_something_says_why(desk: Desk) -> None:
    desk.set_up()
    with pytest.raises(Invalid) as said:
        desk.opine("keep", desk.binh, note=" ")
    assert said.value.code == "note_missing"
    with pytest.raises(Invalid) as said:
        desk.opine("new_term", desk.binh, new_term="lâu", note="Vì")
    assert said.value.code == "term_unclear"


def test_a_seat_is_lent_to_nobody(desk: Desk) -> None:
    desk.set_up()
    with (
        pytest.raises(NotAllowed),
        audit.acting_as(desk.mai, "web", principal=desk.binh),
        desk.db.transaction() as session,
    ):
        meeting.opine(session, desk.found(session), desk.binh, None, "destroy")


def test_an_interest_is_declared_and_bars_nothing(desk: Desk) -> None:
    desk.set_up()
    with desk.at(desk.binh) as (session, one):
        council.declare(session, one, desk.binh, "Hồ sơ do tôi lập")
    desk.opine()
    desk.meet()
    with desk.db.reading() as session:
        interests = [one.interest for one in desk.found(session).seats]
    assert "Hồ sơ do tôi lập" in interests


def test_chair_and_secretary_sign_before_it_goes_on(desk: Desk) -> None:
    desk.set_up()
    desk.opine()
    desk.meet()
    with pytest.raises(Conflict) as said:
        desk.appraise()
    assert said.value.code == "meeting_not_signed"
    desk.sign()
    desk.appraise()
    with pytest.raises(Conflict) as again, desk.at(desk.lan) as (session, one):
        meeting.sign(session, one, desk.lan)
    assert again.value.code == "signed_already"


def test_nobody_names_a_term_for_a_duplicate(desk: Desk) -> None:
    """A term is a case file's; the minutes could not be made of it."""
    desk.set_up()
    document = desk.document_in(desk.file())
    with desk.db.engine.begin() as connection:
        connection.execute(
            update(DisposalItem)
            .where(DisposalItem.ordinal == 2)
            .values(case_file_id=None, document_id=document.id, cause="duplicate")
        )
    for chosen in ([2], [1, 2], None):
        with pytest.raises(Conflict) as said, desk.at(desk.binh) as (session, one):
            meeting.opine(session, one, desk.binh, chosen, "new_term", new_term="20 năm", note="x")
        assert said.value.code == "duplicate_has_no_term"
    with desk.at(desk.binh) as (session, one):
        meeting.opine(session, one, desk.binh, [1], "new_term", new_term="20 năm", note="Còn dùng")
        meeting.opine(session, one, desk.binh, [2], "keep", note="Còn dùng")
