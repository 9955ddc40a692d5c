"""From the appraisal outside to the hands of the executor: every guard, each refusing by itself."""

from datetime import timedelta

import pytest

from archive import audit, clock
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed
from archive.models import CaseFile, Person
from retention import (
    assignments,
    deciding,
    disposals,
    dossiers,
    execution,
    lines,
    merkle,
    preparing,
)
from tests.factories import a_document, a_person
from tests.retention.disposing import Desk, a_desk, later
from tests.retention.office import Office


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    return a_desk(sqlite_office)


def rule(desk: Desk, **rules: object) -> None:
    with desk.acting(desk.lan) as session:
        organ = desk.organ(session)
        organ.rules = {**organ.rules, **rules}
        audit.record(session, "organ.test", organ)


# The appraisal outside ----------------------------------------------------------------------------


def appraise(desk: Desk, **told: object) -> None:
    with desk.at(desk.lan) as (session, one):
        deciding.appraise(session, one, desk.lan, **told)  # type: ignore[arg-type]


def test_a_submission_source_asks_the_authority_outside(desk: Desk) -> None:
    desk.files(2)
    desk.walk("met")
    today = clock.today(desk.office.organ)
    with pytest.raises(Invalid) as said:
        appraise(desk, is_due=False, reason="Không cần")
    assert said.value.code == "appraisal_is_due"
    with pytest.raises(Invalid) as said:
        appraise(desk, is_due=True, number="7/LTLS", on=today)
    assert said.value.code == "appraisal_paper_missing"
    with desk.at(desk.lan) as (session, one):
        dossiers.note(session, one, "appraisal", digest="a" * 64, name="a.pdf", by=desk.lan)
    for number, on, code in (
        (" ", today, "decision_number_missing"),
        ("7/LTLS", today - timedelta(days=1), "decision_date_wrong"),
        ("7/LTLS", None, "decision_date_wrong"),
    ):
        with pytest.raises(Invalid) as said:
            appraise(desk, is_due=True, number=number, on=on)
        assert said.value.code == code
    appraise(desk, is_due=True, number="7/LTLS", on=today, refused={2: "Có giá trị lịch sử"})
    first, second = desk.items()
    assert (first.outcome, second.outcome, second.outcome_why) == (
        "destroy", "keep", "Có giá trị lịch sử",
    )  # fmt: skip
    assert desk.appraisal(second.appraisal_id).stage == "due"


def test_who_is_none_says_why_it_is_not_asked(desk: Desk) -> None:
    desk.files(1)
    desk.walk("met")
    rule(desk, is_source=False)
    with pytest.raises(Invalid) as said:
        appraise(desk, is_due=False, reason="   ")
    assert said.value.code == "reason_missing"
    appraise(desk, is_due=False, reason="Không thuộc nguồn nộp lưu")
    assert desk.stage() == "appraised"


# The decision -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "decision_backdated"), (-40, "decision_backdated"),
                       (1, "day_in_future")],
)  # fmt: skip
def test_a_decision_is_dated_between_the_last_step_and_today(
    desk: Desk, days: int, code: str
) -> None:
    desk.files(1)
    desk.walk("appraised")
    with pytest.raises(Invalid) as said:
        desk.decide(on=clock.today(desk.office.organ) + timedelta(days=days))
    assert (said.value.code, desk.stage()) == (code, "appraised")


def test_a_clock_set_back_lets_nobody_decide(desk: Desk) -> None:
    desk.files(1)
    desk.walk("appraised")
    with later(-366), pytest.raises(ArchiveError):
        desk.decide()
    assert desk.stage() == "appraised"


def test_the_decision_fixes_the_root_over_the_lines_and_the_last_day(desk: Desk) -> None:
    desk.files(3)
    desk.walk("decided")
    with desk.db.reading() as session:
        one = desk.found(session)
        assert one.root == merkle.root([item.digest for item in desk.items()])
        assert one.decision_date is not None
        assert one.destroy_by == one.decision_date + timedelta(days=15)


def test_who_decides_has_seen_these_very_lines(desk: Desk) -> None:
    desk.files(2)
    desk.walk("appraised")
    with pytest.raises(Conflict) as said, desk.at(desk.truong) as (session, one):
        deciding.decide(
            session, one, desk.truong, number="1", on=clock.today(one.organ), root="0" * 64
        )
    assert said.value.code == "root_differs"


def test_what_is_frozen_meanwhile_is_left_out_with_its_reason(desk: Desk) -> None:
    """Records law, 6.6, 4."""
    first, second, third = desk.files(3)
    desk.walk("appraised")
    desk.freeze(desk.document_in(second))
    desk.decide()
    found = {one.code: (one.outcome, one.outcome_why, one.is_decided) for one in desk.items()}
    assert found == {
        first.code: ("destroy", "", True),
        second.code: ("omitted", "frozen: 9/LĐ", False),
        third.code: ("destroy", "", True),
    }
    (told,) = [one for one in desk.events() if one.action == "disposal.omit"]
    assert told.facts == {"things": [[second.code, "frozen: 9/LĐ"]]}
    assert desk.appraisal(desk.items()[1].appraisal_id).stage == "due"


@pytest.mark.parametrize("stage", ["appraised", "decided", "prepared", "reconfirmed"])
def test_where_the_organ_wants_it_a_freeze_stops_the_whole(desk: Desk, stage: str) -> None:
    first, _second = desk.files(2)
    rule(desk, freeze_stops_batch=True)
    desk.walk(stage)
    desk.freeze(first)
    steps = {"appraised": desk.decide, "decided": desk.prepare, "prepared": desk.reconfirm}
    with pytest.raises(Conflict) as said:
        steps.get(stage, desk.hand_over)()
    assert said.value.code == "frozen_in_batch"
    assert desk.stage() == stage


@pytest.mark.parametrize("stage", ["appraised", "decided", "prepared", "reconfirmed"])
def test_a_freeze_at_any_step_leaves_the_line_out(desk: Desk, stage: str) -> None:
    first, _second = desk.files(2)
    desk.walk(stage)
    desk.freeze(first)
    desk.walk("handed_over")
    assert [one.outcome for one in desk.items()] == ["omitted", "destroy"]
    assert first.code == desk.items()[0].code


@pytest.mark.parametrize("stage", ["appraised", "decided", "prepared", "reconfirmed"])
def test_what_was_added_since_stops_it(desk: Desk, stage: str) -> None:
    first, _second = desk.files(2)
    desk.walk(stage)
    desk.place(a_document(desk.db, desk.office.organ, "Đến sau"), first)
    steps = {"appraised": desk.decide, "decided": desk.prepare, "prepared": desk.reconfirm}
    with pytest.raises(Conflict) as said:
        steps.get(stage, desk.hand_over)()
    assert (said.value.code, said.value.details["things"]) == ("list_altered", [first.code])
    assert desk.stage() == stage


def test_a_term_made_longer_meanwhile_leaves_the_line_out(desk: Desk) -> None:
    first, _second = desk.files(2)
    desk.walk("decided")
    with desk.acting(desk.lan) as session:
        found = session.get_one(CaseFile, first.id)
        assignments.assign(
            session, found, desk.lan, term="Vĩnh viễn", source="archivist", reason="Quý hiếm"
        )
    desk.prepare()
    assert desk.items()[0].outcome_why.startswith("not_expired")


def test_when_nothing_is_left_nothing_is_decided(desk: Desk) -> None:
    (only,) = desk.files(1)
    desk.walk("appraised")
    desk.freeze(only)
    with pytest.raises(Conflict) as said:
        desk.decide()
    assert said.value.code == "nothing_to_destroy"


# Preparing ----------------------------------------------------------------------------------------


@pytest.mark.rule("HC-72")
@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_nothing_is_prepared_without_a_reason(desk: Desk, reason: str) -> None:
    """Records law, 6.6, 2; a reason of spaces is none."""
    desk.files(1)
    desk.walk("decided")
    with pytest.raises(Invalid) as said, desk.at(desk.mai) as (session, one):
        preparing.prepare(session, one, desk.mai, reason=reason, other_copies="Không có")
    assert said.value.code == "reason_missing"
    assert desk.stage() == "decided"


def test_other_copies_are_asked_for(desk: Desk) -> None:
    desk.files(1)
    desk.walk("decided")
    with pytest.raises(Invalid) as said, desk.at(desk.mai) as (session, one):
        preparing.prepare(session, one, desk.mai, reason="Theo QĐ", other_copies=" ")
    assert said.value.code == "other_copies_missing"


@pytest.mark.parametrize("term", ["20 năm", "Vĩnh viễn", "không rõ", "2 năm"])
def test_a_document_that_another_case_file_holds_stays(desk: Desk, term: str) -> None:
    """Whatever that file's own term: its documents are not ours to destroy (6.6, 1)."""
    leaving, _second = desk.files(2)
    staying = desk.file(term if term != "không rõ" else "5 năm")
    shared = desk.document_in(leaving)
    desk.place(shared, staying)
    desk.walk("prepared")
    with desk.db.reading() as session:
        item = lines.left(session, desk.found(session))[0]
        (document,) = item.documents
    assert (document.code, document.kept_why) == (shared.code, staying.code)
    (told,) = [one for one in desk.events() if one.action == "disposal.keep_shared"]
    assert told.facts["documents"] == [[shared.code, staying.code]]


def test_a_document_in_two_files_of_one_list_goes_with_both(desk: Desk) -> None:
    first, second = desk.files(2)
    desk.place(desk.document_in(first), second)
    desk.walk("prepared")
    with desk.db.reading() as session:
        items = lines.left(session, desk.found(session))
        assert all(each.kept_why == "" for one in items for each in one.documents)


def test_a_document_stays_once_one_of_its_two_files_is_left_out(desk: Desk) -> None:
    first, second = desk.files(2)
    desk.place(desk.document_in(first), second)
    desk.walk("prepared")
    with desk.acting(desk.lan) as session:
        found = session.get_one(CaseFile, second.id)
        assignments.assign(
            session, found, desk.lan, term="50 năm", source="archivist", reason="Tranh chấp"
        )
    desk.reconfirm()
    with desk.db.reading() as session:
        (item,) = lines.left(session, desk.found(session))
        assert [one.kept_why for one in item.documents] == [second.code]


# Reconfirming -------------------------------------------------------------------------------------


@pytest.mark.rule("HC-72")
def test_count_and_root_are_confirmed_as_they_are(desk: Desk) -> None:
    desk.files(2)
    desk.walk("prepared")
    with desk.db.reading() as session:
        now = preparing.outlook(session, desk.found(session))
    for count, root, code in ((3, now.root, "count_differs"), (2, "f" * 64, "root_differs")):
        with pytest.raises(Conflict) as said, desk.at(desk.mai) as (session, one):
            preparing.reconfirm(session, one, desk.mai, count=count, root=root)
        assert (said.value.code, desk.stage()) == (code, "prepared")
    desk.reconfirm()
    assert desk.stage() == "reconfirmed"


def test_only_who_prepared_it_confirms_it(desk: Desk) -> None:
    desk.files(1)
    desk.walk("prepared")
    third = a_person(desk.db, desk.office.organ, "nga", "archivist")
    with pytest.raises(NotAllowed) as said:
        desk.reconfirm(third)
    assert said.value.code == "not_the_executor"


# Handing over -------------------------------------------------------------------------------------


def test_nobody_hands_over_to_oneself(desk: Desk) -> None:
    desk.files(1)
    desk.walk("reconfirmed")
    with pytest.raises(NotAllowed) as said:
        desk.hand_over(desk.mai)
    assert said.value.code == "keeper_executes"


def test_nothing_is_handed_to_an_executor_whose_account_was_closed_yesterday(desk: Desk) -> None:
    desk.files(1)
    desk.walk("reconfirmed")
    with desk.acting(desk.lan) as session:
        mai = session.get_one(Person, desk.mai.id)
        mai.locked_from = clock.today(desk.office.organ) - timedelta(days=1)
        audit.record(session, "person.test", mai)
    with pytest.raises(Conflict) as said:
        desk.hand_over()
    assert said.value.code == "executor_not_active"


def test_paper_twins_are_confirmed_by_the_executor_once_the_destruction_began(desk: Desk) -> None:
    file = desk.file()
    desk.on_paper(file)
    desk.propose(file)
    desk.walk("reconfirmed")
    day = clock.today(desk.office.organ)
    with pytest.raises(Conflict), desk.at(desk.mai) as (session, one):
        preparing.confirm_paper(session, one, desk.mai, day)
    desk.hand_over()
    with pytest.raises(Conflict), desk.at(desk.mai) as (session, one):
        preparing.confirm_paper(session, one, desk.mai, day)  # it may still be stopped
    with desk.at(desk.mai) as (session, one):
        execution.begin(session, one, desk.mai)
    for who, on, kind in (
        (desk.lan, day, NotAllowed),
        (desk.mai, day + timedelta(days=1), Invalid),
        (desk.mai, day - timedelta(days=1), Invalid),
    ):
        with pytest.raises(kind), desk.at(who) as (session, one):
            preparing.confirm_paper(session, one, who, on)
    with desk.at(desk.mai) as (session, one):
        preparing.confirm_paper(session, one, desk.mai, day)
    with desk.db.reading() as session:
        assert desk.found(session).destroyed_on_paper == day


# The days that run --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "occasions"), [(9, []), (10, ["10"]), (15, ["10", "15"]), (16, ["10", "15"])]
)
def test_alarms_on_the_tenth_and_fifteenth_day_and_nothing_moves_by_itself(
    desk: Desk, days: int, occasions: list[str]
) -> None:
    """Records law, 6.6, 5."""
    desk.files(1)
    desk.walk("prepared")
    staff = [desk.lan, desk.mai, desk.truong, desk.binh]
    with later(days), desk.db.reading() as session:
        one = desk.found(session)
        told = deciding.of_organ(session, one.organ, staff)
        by_person = {who: [one.occasion[-2:] for one in told if one.person_id == who]
                     for who in {one.person_id for one in told}}  # fmt: skip
        assert deciding.days_left(one) == 15 - days
        assert one.stage == "prepared"
    wanted = {desk.lan.id, desk.mai.id, desk.truong.id} if occasions else set()
    assert set(by_person) == wanted
    assert all(found == occasions for found in by_person.values())


def test_who_entered_the_appraisal_outside_has_a_hand_in_the_list_and_does_not_execute(
    desk: Desk,
) -> None:
    """They may drop lines by it: that makes the list."""
    desk.files(2)
    desk.walk("met")
    with desk.at(desk.mai) as (session, one):
        one.organ.rules = {**one.organ.rules, "is_source": False}
        audit.record(session, "organ.test", one.organ)
        deciding.appraise(session, one, desk.mai, is_due=False, reason="Không thuộc nguồn")
    desk.decide()
    with pytest.raises(NotAllowed) as said:
        desk.prepare()
    assert (said.value.code, said.value.details["part"]) == ("another_hand", "list")


def test_who_has_another_hand_does_not_enter_the_appraisal(desk: Desk) -> None:
    """The reverse: whoever executes, by whatever way their hand came to stand there."""
    desk.files(1)
    desk.walk("met")
    with desk.at(desk.truong) as (session, one):
        disposals.hand(session, one, desk.mai, "execution")
        audit.record(session, "disposal.test", one)
    with desk.db.reading() as session:
        found = disposals.hindrances(session, desk.found(session), "appraise", desk.mai)
    assert ("another_hand", "execution") in [(one.code, one.details.get("part")) for one in found]
