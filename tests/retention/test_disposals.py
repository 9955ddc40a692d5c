"""The table of moves of a disposal: stages, hands, and what is told."""

from pathlib import Path

import pytest
from sqlalchemy import select

from archive import audit
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed
from retention import disposals, listing
from retention.disposals import MOVES
from retention.models import DisposalHand
from tests.factories import a_person
from tests.retention.disposing import STAGES, Desk, a_desk
from tests.retention.office import Office


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    return a_desk(sqlite_office)


@pytest.fixture
def both(office: Office) -> Desk:
    """On each database."""
    return a_desk(office)


def test_a_disposal_walks_from_its_list_to_the_hands_of_its_executor(both: Desk) -> None:
    made = both.files(3)
    both.walk("handed_over")
    with both.db.reading() as session:
        one = both.found(session)
        assert one.stage == "handed_over"
        assert (one.made_by_id, one.decided_by_id, one.executor_id, one.keeper_id) == (
            both.lan.id, both.truong.id, both.mai.id, both.lan.id,
        )  # fmt: skip
        assert one.root == one.reconfirmed_root and len(one.root) == 64
        hands = {(hand.person_id, hand.part) for hand in session.scalars(select(DisposalHand))}
    assert hands == {
        (both.lan.id, "list"), (both.truong.id, "decision"), (both.mai.id, "execution"),
    }  # fmt: skip
    assert [one.code for one in both.items()] == sorted(one.code for one in made)
    assert all(one.is_decided for one in both.items())
    told = [one.action for one in both.events()]
    for name in ("make", "set_up", "meet", "appraise", "decide", "prepare", "reconfirm"):
        assert told.count(f"disposal.{name}") == 1


@pytest.mark.parametrize("name", list(MOVES))
def test_a_move_starts_only_where_the_table_says(desk: Desk, name: str) -> None:
    desk.files(1)
    desk.walk("listed")
    people = {"set_up": desk.truong, "meet": desk.truong, "decide": desk.truong}
    who = people.get(name, desk.mai if name in ("prepare", "reconfirm", "begin") else desk.lan)
    for stage in STAGES:
        if stage in MOVES[name].start:
            continue
        with desk.db.reading() as session, audit.acting_as(who, "web"):
            one = desk.found(session)
            one.stage = stage
            (found,) = disposals.hindrances(session, one, name, who)
            assert found.code == "disposal_stage", (stage, name)
            session.rollback()


def test_the_same_list_is_not_decided_twice(desk: Desk) -> None:
    desk.files(1)
    desk.walk("decided")
    with pytest.raises(Conflict) as said:
        desk.decide()
    assert said.value.code == "decided_already"


@pytest.mark.rule("HC-72")
def test_list_decision_and_execution_lie_in_three_hands(desk: Desk) -> None:
    """Records law, 6.6, 3: for administrators, too."""
    all_of_it = a_person(desk.db, desk.office.organ, "toan", "archivist", "head", "administrator")
    desk.files(2)
    desk.make(all_of_it)
    desk.walk("appraised")
    with pytest.raises(NotAllowed) as said:
        desk.decide(all_of_it)
    assert (said.value.code, said.value.details["part"]) == ("another_hand", "list")
    desk.decide()
    with pytest.raises(NotAllowed) as said:
        desk.prepare(all_of_it)
    assert said.value.details["part"] == "list"
    assert desk.stage() == "decided"


def test_who_decided_does_not_execute(desk: Desk) -> None:
    deputy = a_person(desk.db, desk.office.organ, "pho", "archivist", "head")
    desk.files(1)
    desk.walk("appraised")
    desk.decide(deputy)
    with pytest.raises(NotAllowed) as said:
        desk.prepare(deputy)
    assert said.value.details["part"] == "decision"


def test_an_act_for_another_counts_for_both(desk: Desk) -> None:
    """Who drew up the list for an archivist has no other hand in it, nor has the archivist."""
    desk.files(1)
    with audit.acting_as(desk.mai, "web", principal=desk.lan), desk.db.transaction() as session:
        made = listing.make(
            session, desk.organ(session), desk.lan, desk.proposed, title="Một", formation="a",
            condition="b",
        )  # fmt: skip
        desk.code = made.code
        assert made.made_by_id == desk.mai.id
    with desk.db.reading() as session:
        hands = set(session.scalars(select(DisposalHand.person_id)))
    assert hands == {desk.lan.id, desk.mai.id}
    desk.walk("decided")
    for who in (desk.lan, desk.mai):
        with pytest.raises(NotAllowed) as said:
            desk.prepare(who)
        assert said.value.code == "another_hand"


@pytest.mark.parametrize("name", [one.name for one in MOVES.values() if one.is_personal])
def test_what_is_personal_is_done_for_nobody_else(desk: Desk, name: str) -> None:
    desk.files(1)
    desk.walk("listed")
    with (
        audit.acting_as(desk.binh, "web", principal=desk.truong),
        desk.db.reading() as session,
    ):
        one = desk.found(session)
        one.stage, one.executor_id = min(MOVES[name].start), desk.mai.id
        codes = [found.code for found in disposals.hindrances(session, one, name, desk.truong)]
        assert "not_by_delegation" in codes
        session.rollback()


def test_who_has_not_the_right_is_told_so(desk: Desk) -> None:
    desk.files(1)
    desk.walk("appraised")
    for who in (desk.binh, desk.mai):
        with pytest.raises(NotAllowed) as said:
            desk.decide(who)
        assert said.value.code == "not_allowed"


def test_a_stopped_disposal_lets_everything_go_again(desk: Desk) -> None:
    desk.files(2)
    desk.walk("prepared")
    with pytest.raises(Invalid), desk.at(desk.truong) as (session, one):
        listing.stop(session, one, desk.truong, "   ")
    with desk.at(desk.truong) as (session, one):
        listing.stop(session, one, desk.truong, "Có khiếu nại")
    assert desk.stage() == "stopped"
    assert {desk.appraisal(one).stage for one in desk.proposed} == {"due"}
    assert {one.outcome for one in desk.items()} == {"omitted"}
    with pytest.raises(Conflict):
        desk.reconfirm()


def test_a_refusal_is_told(desk: Desk) -> None:
    desk.files(1)
    desk.walk("appraised")
    with pytest.raises(ArchiveError) as said:
        desk.decide(desk.binh)
    with desk.at(desk.binh) as (session, one):
        disposals.refused(session, one, "decide", said.value)
    last = desk.events()[-1]
    assert (last.action, last.person_id) == ("disposal.refused", desk.binh.id)
    assert last.facts == {"move": "decide", "reason": "not_allowed"}


def test_a_member_of_the_council_sees_that_disposal_and_no_other(desk: Desk) -> None:
    desk.files(1)
    desk.walk("listed")
    with desk.db.reading() as session:
        organ = desk.organ(session)
        seen = disposals.seen_by(session, desk.binh, organ)
        assert not session.scalars(seen).all()
        assert len(session.scalars(disposals.seen_by(session, desk.truong, organ)).all()) == 1
    desk.set_up()
    with desk.db.reading() as session:
        seen = disposals.seen_by(session, desk.binh, desk.organ(session))
        assert [one.code for one in session.scalars(seen)] == [desk.code]


def test_a_member_of_the_council_sees_it_until_it_is_decided_only(desk: Desk) -> None:
    """Then it names what goes: for those who may see disposals, whether they sat or not."""
    desk.files(1)
    for stage in ("council", "met", "appraised", "decided"):
        desk.walk(stage)
        with desk.db.reading() as session:
            organ = desk.organ(session)
            seen = [
                one.user_name
                for one in (desk.truong, desk.lan, desk.binh)
                if session.scalars(disposals.seen_by(session, one, organ)).all()
            ]
        assert ("binh" in seen) == (stage != "decided")
        assert {"truong", "lan"} <= set(seen)


def test_the_diagram_names_every_move() -> None:
    drawn = disposals.diagram()
    for one in MOVES.values():
        for start in one.start:
            assert f"    {start} --> {one.end}: {one.name}" in drawn


# Past the code ------------------------------------------------------------------------------------

_UPDATES = {
    "decision_by_the_list_maker": "update disposal set decided_by_id = made_by_id",
    "execution_by_the_decider": "update disposal set executor_id = decided_by_id",
    "execution_by_the_list_maker": "update disposal set executor_id = made_by_id",
    "no_reason": "update disposal set reason = '   ' where stage = 'reconfirmed'",
    "no_root": "update disposal set root = ''",
    "no_executor": "update disposal set executor_id = null",
    "not_reconfirmed": "update disposal set reconfirmed_at = null",
    "no_certificate": "update disposal set stage = 'destroyed'",
    "no_such_stage": "update disposal set stage = 'gone'",
    "two_hands": "insert into disposal_hand (disposal_id, person_id, part) "
    "select disposal_id, person_id, 'execution' from disposal_hand where part = 'list'",
    "during_the_notice": "update disposal_item set destroyed_on = '2026-01-15'",
    "before_its_term": "update disposal_item set destroyed_on = '2026-11-15', "
    "expires_on = '2026-12-31'",
    "left_out": "update disposal_item set outcome = 'keep', outcome_why = 'x', "
    "destroyed_on = '2026-11-15'",
    "kept_for_others": "update disposal_document set kept_why = 'x', "
    "destroyed_at = '2026-11-15 00:00:00'",
}


def test_the_database_insists_too(both: Desk, subtests: pytest.Subtests) -> None:
    """Whoever writes past the code is refused by the tables themselves; nothing of it stays."""
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    both.files(1)
    both.walk("reconfirmed")
    for what, update in _UPDATES.items():
        with (
            subtests.test(what=what),
            pytest.raises(IntegrityError),
            both.db.engine.begin() as connection,
        ):
            connection.execute(text(update))


def test_the_page_on_the_architecture_shows_this_very_diagram() -> None:
    page = Path(__file__).parents[2] / "docs" / "architecture.md"
    assert disposals.diagram() in page.read_text(encoding="utf-8")
