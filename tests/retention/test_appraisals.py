"""Re-appraisal (B3): every stage and move, both sides, what a freeze bars, and what is longest."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from archive import audit, clock, freezes
from archive.audit_check import verify
from archive.database import Database
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed
from archive.models import CaseFile, Event, Organ, Person
from retention import appraisals, assignments, opinions
from retention.appraisals import MOVES, VERDICTS
from retention.models import Appraisal, Disposal, DisposalItem
from tests.factories import a_person
from tests.retention.ending import BEGUN, OVER, TOLD, Ending, at_once, ending, on
from tests.retention.test_expiries import freeze

ROOT = Path(__file__).parents[2]
STAGES = ("noticed", "due", "proposed", "listed", "kept", "destroyed")
LATER = OVER + timedelta(days=30)  # the unit's fifteen days are over
OF_DUPLICATES = "keep_both"
ABOUT_CASE_FILES = [name for name in MOVES if name != OF_DUPLICATES]


@pytest.fixture
def here(sqlite_db: Database) -> Ending:
    return ending(sqlite_db)


@pytest.fixture(scope="module")
def once_due(
    tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path
) -> tuple[Path, tuple[Ending, CaseFile]]:
    """Made once, and copied for every test."""
    path = tmp_path_factory.mktemp("due") / "archive.db"
    shutil.copy(blank_sqlite, path)
    database = Database(f"sqlite:///{path}")
    made = made_due(ending(database))
    database.close()
    return path, made


@pytest.fixture
def due(
    tmp_path: Path, once_due: tuple[Path, tuple[Ending, CaseFile]]
) -> Iterator[tuple[Ending, CaseFile]]:
    """A case file whose notice has run and whose term is over."""
    path, (made, one) = once_due
    shutil.copy(path, tmp_path / "due.db")
    database = Database(f"sqlite:///{tmp_path / 'due.db'}")
    yield replace(made, office=replace(made.office, db=database)), one
    database.close()


def made_due(here: Ending, **more: Any) -> tuple[Ending, CaseFile]:
    one = here.case_file(**more)
    with on(TOLD):
        here.go()
    with on(OVER):
        here.go()
    return here, one


def put(here: Ending, one: CaseFile, stage: str) -> None:
    """Set the stage past the table, as only a test may."""
    with here.held(one, here.office.lan) as (session, found):
        concluded = stage in ("proposed", "listed", "destroyed")
        found.stage = stage
        found.verdict, found.reason = ("destroy", "Đã xem") if concluded else ("", "")
        session.flush()
        audit.record(session, "appraisal.test", found)


def who_makes(here: Ending, name: str) -> Person | None:
    return None if MOVES[name].by_machine else here.office.lan


@pytest.mark.rule("HC-45")
@pytest.mark.parametrize("name", ABOUT_CASE_FILES)
@pytest.mark.parametrize("stage", STAGES)
def test_a_move_starts_only_where_the_table_says(
    due: tuple[Ending, CaseFile], stage: str, name: str
) -> None:
    here, one = due
    put(here, one, stage)
    with on(LATER):
        if name == "supersede":
            changed(here, one)
        if name == "opine":
            allowed = stage in MOVES[name].start
            assert ("appraisal_stage" in here.why_not(one, name, here.office.lan)) is not allowed
            return
        more = {"new_term": "20 năm"} if name == "extend" else {}
        if stage in MOVES[name].start:
            here.move(one, name, who_makes(here, name), **more)
            assert here.of(one)[-1].stage == (MOVES[name].end or stage)
            return
        with pytest.raises(Conflict) as said:
            here.move(one, name, who_makes(here, name), **more)
    assert said.value.code == "appraisal_stage"
    assert here.stage(one) == stage


def changed(here: Ending, one: CaseFile) -> None:
    with here.office.acting(here.office.lan) as session:
        found = session.get_one(CaseFile, one.id)
        who = session.get_one(Person, here.office.lan.id)
        assignments.assign(session, found, who, term="70 năm", source="archivist", reason="Khác")


# What must hold ----------------------------------------------------------------------------------


@pytest.mark.rule("HC-71")
def test_both_sides_say_destroy_and_it_is_proposed(due: tuple[Ending, CaseFile]) -> None:
    here, one = due
    with on(OVER):
        assert "unit_has_not_spoken" in here.why_not(one, "propose", here.office.lan)
        here.opine(one, here.office.binh, "destroy")
        here.move(one, "propose", here.office.lan)
    made = here.of(one)[-1]
    assert (made.stage, made.verdict, made.concluded_by_id) == (
        "proposed",
        "destroy",
        here.office.lan.id,
    )
    with here.db.reading() as session:
        organ = session.get_one(Organ, here.organ.id)
        assert [it.id for it in session.scalars(appraisals.listable(organ))] == [made.id]
        assert verify(session).is_good


def test_where_the_unit_keeps_silent_the_archive_goes_on_alone_after_fifteen_days(
    due: tuple[Ending, CaseFile],
) -> None:
    here, one = due
    with on(OVER + timedelta(days=15)):
        assert here.why_not(one, "propose", here.office.lan) == ["unit_has_not_spoken"]
    with on(OVER + timedelta(days=16)):
        here.move(one, "propose", here.office.lan, reason="Đơn vị không có ý kiến")
    assert here.stage(one) == "proposed"


def test_nothing_is_proposed_before_the_term_is_over(here: Ending) -> None:
    one = here.case_file()
    with on(TOLD):
        here.go()
        put(here, one, "due")
        found = here.why_not(one, "propose", here.office.lan)
    assert {"term_still_runs", "notice_still_runs"} <= set(found)


def test_a_term_that_the_archive_has_not_confirmed_proposes_nothing(here: Ending) -> None:
    here, one = made_due(here, confirmed=False)
    with on(LATER):
        assert here.why_not(one, "propose", here.office.lan) == ["term_not_confirmed"]


def test_a_term_that_changed_meanwhile_proposes_nothing(due: tuple[Ending, CaseFile]) -> None:
    here, one = due
    with on(LATER):
        changed(here, one)
        found = here.why_not(one, "propose", here.office.lan)
    assert {"term_changed", "term_still_runs"} <= set(found)


def test_what_is_on_its_way_is_not_proposed(due: tuple[Ending, CaseFile]) -> None:
    here, one = due
    with here.office.acting(here.office.lan) as session:
        found = session.get_one(CaseFile, one.id)
        found.stage = "submitted"
        session.flush()
        audit.record(session, "case_file.test", found)
    with on(LATER):
        assert here.why_not(one, "propose", here.office.lan) == ["not_at_rest"]


@pytest.mark.parametrize("name", ABOUT_CASE_FILES)
def test_a_freeze_bars_every_move_from_re_appraisal_onwards(
    due: tuple[Ending, CaseFile], name: str
) -> None:
    here, one = due
    leads_back = {"withdraw", "give_back", "supersede", "fall_due"}  # clocks and notices go on
    put(here, one, min(MOVES[name].start))
    freeze(here, one)
    with on(LATER), here.db.reading() as session:
        row = session.get_one(Appraisal, here.of(one)[-1].id)
        who = who_makes(here, name)
        by = session.get_one(Person, who.id) if who else None
        found = [it.code for it in appraisals.hindrances(session, row, name, by)]
    assert ("frozen" in found) is (name not in leads_back)


def test_an_order_on_a_document_in_it_holds_it_until_it_is_lifted(
    due: tuple[Ending, CaseFile],
) -> None:
    here, one = due
    with on(LATER), here.office.acting(here.office.truong) as session:
        inside = session.get_one(CaseFile, one.id).placements[0].document
        order = freezes.freeze(
            session,
            session.get_one(Organ, here.organ.id),
            [inside],
            by=session.get_one(Person, here.office.truong.id),
            number="1/QĐ",
            ordered_on=BEGUN,
            reason="Kiện",
        )
        number = order.id
    with on(LATER):
        assert here.why_not(one, "propose", here.office.lan) == ["frozen"]
        with here.office.acting(here.office.truong) as session:
            order = freezes.by_number(session, session.get_one(Organ, here.organ.id), number)
            head = session.get_one(Person, here.office.truong.id)
            freezes.thaw(session, order, by=head, number="2/QĐ", reason="Xong")
        assert here.why_not(one, "propose", here.office.lan) == []


# Who may -----------------------------------------------------------------------------------------


def test_only_the_holder_or_the_unit_speak_for_it(due: tuple[Ending, CaseFile]) -> None:
    here, one = due
    with on(BEGUN):
        stranger = a_person(here.db, here.organ, "xa", "officer")
    with on(OVER):
        with pytest.raises(NotAllowed) as said:
            here.opine(one, stranger, "destroy")
        assert said.value.code == "not_your_unit"
        here.opine(one, here.hoa, "destroy")  # of the same unit
        here.opine(one, here.office.binh, "permanent")  # its holder
    assert [it.verdict for it in said_of(here, one)] == ["destroy", "permanent"]


def said_of(here: Ending, one: CaseFile) -> list[Any]:
    with here.db.reading() as session:
        return list(session.get_one(Appraisal, here.of(one)[-1].id).opinions)


@pytest.mark.parametrize("name", ["extend", "permanent", "propose", "leave_out", "withdraw"])
def test_only_the_archive_concludes(due: tuple[Ending, CaseFile], name: str) -> None:
    here, one = due
    put(here, one, min(MOVES[name].start))
    with on(LATER):
        for person in (here.office.binh, here.office.truong):
            assert "not_allowed" in here.why_not(one, name, person)
        with pytest.raises(NotAllowed):
            here.move(one, name, here.office.binh, new_term="20 năm")


def test_no_person_speaks_for_both_sides(here: Ending) -> None:
    with on(BEGUN):
        both = a_person(
            here.db, here.organ, "hai", "archivist", "officer", unit_id=here.hoa.unit_id
        )
    here, one = made_due(here)
    with on(OVER):
        with pytest.raises(Invalid) as unclear:
            here.opine(one, both, "destroy")
        assert unclear.value.code == "which_side"
        here.opine(one, both, "destroy", side="unit")
        with pytest.raises(NotAllowed) as said:
            here.opine(one, both, "destroy", side="archive")
        assert said.value.code == "same_person_on_both_sides"
        assert here.why_not(one, "propose", both) == ["same_person_on_both_sides"]
        here.move(one, "propose", here.office.lan)


@pytest.mark.parametrize("name", [one.name for one in MOVES.values() if one.by_machine])
def test_what_the_machine_does_no_person_does(due: tuple[Ending, CaseFile], name: str) -> None:
    here, one = due
    put(here, one, min(MOVES[name].start))
    assert "only_the_machine" in here.why_not(one, name, here.office.lan)


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
@pytest.mark.parametrize("name", [one.name for one in MOVES.values() if one.needs_reason])
def test_a_reason_of_spaces_is_none(due: tuple[Ending, CaseFile], name: str, reason: str) -> None:
    here, one = due
    if name == OF_DUPLICATES:
        return
    put(here, one, min(MOVES[name].start))
    with on(LATER):
        if MOVES[name].start == {"noticed", "due"}:
            put(here, one, "due")
        with pytest.raises(Invalid) as said:
            here.move(one, name, here.office.lan, reason=reason, new_term="20 năm")
    assert said.value.code == "reason_missing"


def test_an_opinion_needs_a_reason_a_verdict_and_a_term(due: tuple[Ending, CaseFile]) -> None:
    here, one = due
    wrong: list[tuple[str, str, str]] = [
        ("destroy", "  ", ""),
        ("burn", "vì", ""),
        ("extend", "vì", "lâu lâu"),
    ]

    for verdict, reason, term in wrong:
        with on(OVER), pytest.raises(Invalid), here.held(one, here.hoa) as (session, found):
            who = session.get_one(Person, here.hoa.id)
            opinions.opine(session, found, who, verdict=verdict, reason=reason, new_term=term)
    assert said_of(here, one) == []


# What is longest stands --------------------------------------------------------------------------


@pytest.mark.rule("HC-71")
def test_a_longer_term_is_a_new_fact_and_the_old_one_stays_readable(
    due: tuple[Ending, CaseFile],
) -> None:
    here, one = due
    with on(OVER):
        here.opine(one, here.office.binh, "extend", new_term="10 năm")
        here.move(one, "extend", here.office.lan, new_term="20 năm", reason="Còn dùng")
    made = here.of(one)[-1]
    assert (made.stage, made.verdict, made.new_term) == ("kept", "extend", "20 năm")
    with here.db.reading() as session:
        case_file = session.get_one(CaseFile, one.id)
        said = [(it.term, it.source) for it in assignments.history(session, case_file)]
        assert said[0] == ("20 năm", "appraisal")
        assert ("5 năm", "archivist") in said
    with on(date(2041, 12, 1)):
        here.go()
    assert here.of(one)[-1].expires_on == date(2041, 12, 31)


def test_of_two_opinions_the_longer_keeping_stands(due: tuple[Ending, CaseFile]) -> None:
    here, one = due
    with on(LATER):
        here.opine(one, here.office.binh, "extend", new_term="20 năm")
        here.opine(one, here.office.lan, "destroy")
        assert here.why_not(one, "propose", here.office.lan) == ["a_side_keeps_it"]
        with pytest.raises(Conflict) as said:
            here.move(one, "extend", here.office.lan, new_term="10 năm")
        assert said.value.code == "shorter_than_an_opinion"
        here.opine(one, here.office.binh, "permanent")
        with pytest.raises(Conflict):
            here.move(one, "extend", here.office.lan, new_term="70 năm")
        here.move(one, "permanent", here.office.lan)
    with here.db.reading() as session:
        assert session.get_one(CaseFile, one.id).maintenance == "Vĩnh viễn"
    assert len(said_of(here, one)) == 3


def test_a_side_that_changes_its_mind_is_heard_as_it_speaks_last(
    due: tuple[Ending, CaseFile],
) -> None:
    here, one = due
    with on(OVER):
        here.opine(one, here.office.binh, "permanent")
        here.opine(one, here.office.binh, "destroy")
        assert here.why_not(one, "propose", here.office.lan) == []


@pytest.mark.parametrize("term", ["5 năm", "3 năm"])
def test_an_extension_that_extends_nothing_is_none(due: tuple[Ending, CaseFile], term: str) -> None:
    here, one = due
    with on(OVER), pytest.raises(Conflict) as said:
        here.move(one, "extend", here.office.lan, new_term=term)
    assert said.value.code == "not_longer"
    assert here.stage(one) == "due"
    with here.db.reading() as session:
        assert session.get_one(CaseFile, one.id).maintenance == "5 năm"


def test_what_is_left_out_stays_due_and_what_is_withdrawn_is_due_again(
    due: tuple[Ending, CaseFile],
) -> None:
    here, one = due
    with on(LATER):
        here.move(one, "leave_out", here.office.lan, reason="Để đợt sau")
        assert here.stage(one) == "due"
        here.move(one, "propose", here.office.lan)
        here.move(one, "withdraw", here.office.lan, reason="Xem lại")
    made = here.of(one)[-1]
    assert (made.stage, made.verdict, made.concluded_at) == ("due", "", None)


def test_two_archivists_conclude_once(db: Database) -> None:
    here, one = made_due(ending(db))
    with on(LATER):
        came = at_once(
            lambda: here.move(one, "propose", here.office.lan),
            lambda: here.move(one, "extend", here.office.lan, new_term="20 năm"),
        )
    assert [isinstance(it, Conflict) for it in came].count(True) == 1
    assert here.stage(one) in ("proposed", "kept")


# The database insists ----------------------------------------------------------------------------


def test_the_database_refuses_a_proposal_without_a_verdict_and_a_second_one(
    db: Database,
) -> None:
    here, one = made_due(ending(db))
    for change in (
        "update appraisal set stage = 'proposed'",
        "update appraisal set verdict = 'destroy'",
        "update appraisal set notice_until = noticed_on",
        "insert into appraisal (organ_id, case_file_id, cause, expires_on, noticed_on, "
        "notice_until, stage, verdict, new_term, reason, revision) select organ_id, case_file_id, "
        "cause, expires_on, noticed_on, notice_until, 'noticed', '', '', '', 1 from appraisal",
    ):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text(change))
    assert here.stage(one) == "due"


# Any sequence ------------------------------------------------------------------------------------

DEEDS = [*(f"unit:{it}" for it in VERDICTS), *(f"archive:{it}" for it in VERDICTS), *MOVES]
DEEDS += ["freeze", "thaw", "night", "a month later"]


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path) -> Path:
    path = tmp_path_factory.mktemp("sequences")
    (path / "archive.db").write_bytes(blank_sqlite.read_bytes())
    return path


@pytest.fixture(scope="module")
def lasting(blank: Path) -> Iterator[Ending]:
    database = Database(f"sqlite:///{blank / 'archive.db'}")
    yield ending(database)
    database.close()


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds=st.lists(st.sampled_from(DEEDS), min_size=5, max_size=16))
def test_no_sequence_of_moves_proposes_too_early_alone_or_frozen(
    lasting: Ending, deeds: list[str]
) -> None:
    here = lasting
    one = here.case_file()
    day = TOLD
    orders: list[int] = []
    with on(day):
        here.go()
    for deed in deeds:
        day += timedelta(days=30) if deed == "a month later" else timedelta()
        before = here.stage(one)
        with on(day):
            try:
                act(here, one, deed, orders)
            except ArchiveError:
                assert here.stage(one) == before
        after = here.of(one)[-1]
        if before != after.stage:
            allowed = {it.end for it in MOVES.values() if before in it.start}
            assert after.stage in allowed | {"noticed", "due"}
        if after.stage == "proposed" and before != "proposed":
            assert after.expires_on is not None
            assert day > after.notice_until
            assert day > after.expires_on
            assert not orders
            spoke = {it.side for it in said_of(here, one)}
            assert "unit" in spoke or day > after.expires_on + timedelta(days=15)
    with here.db.reading() as session:
        assert verify(session).is_good


def act(here: Ending, one: CaseFile, deed: str, orders: list[int]) -> None:
    side, _, verdict = deed.partition(":")
    if deed in ("night", "a month later"):
        here.go()
    elif deed == "freeze":
        freeze(here, one)
        orders.append(1)
    elif deed == "thaw":
        thaw(here)
        orders.clear()
    elif verdict:
        person = here.office.binh if side == "unit" else here.office.lan
        here.opine(one, person, verdict, new_term="20 năm" if verdict == "extend" else "")
    elif deed != "opine":
        here.move(one, deed, who_makes(here, deed), new_term="20 năm")


def thaw(here: Ending) -> None:
    with here.office.acting(here.office.truong) as session:
        organ = session.get_one(Organ, here.organ.id)
        head = session.get_one(Person, here.office.truong.id)
        for order in freezes.live_orders(session, organ):
            if order.lifted_at is None:
                freezes.thaw(session, order, by=head, number="3/QĐ", reason="Xong")


# Told, and shown ---------------------------------------------------------------------------------


def test_a_refusal_is_told(due: tuple[Ending, CaseFile]) -> None:
    here, one = due
    with here.held(one, here.office.binh) as (session, found):
        appraisals.refused(session, found, "propose", NotAllowed("not_allowed"))
    with here.db.reading() as session:
        told = session.scalars(select(Event).where(Event.action == "appraisal.refused")).one()
    assert told.facts == {"move": "propose", "code": "not_allowed"}
    assert told.person_id == here.office.binh.id


def test_the_documentation_shows_the_table() -> None:
    assert appraisals.diagram() in (ROOT / "docs/architecture.md").read_text()


def test_what_stands_on_a_list_that_goes_on_is_not_proposed_again(
    due: tuple[Ending, CaseFile],
) -> None:
    here, one = due
    with here.held(one, here.office.lan) as (session, found):
        disposal = Disposal(
            organ_id=found.organ_id,
            code="TTLT-HUY-2027-001",
            title="Đợt 1",
            made_by_id=here.office.lan.id,
            made_at=clock.now(),
        )
        session.add(disposal)
        session.flush()
        line = DisposalItem(
            disposal_id=disposal.id,
            ordinal=1,
            appraisal_id=found.id,
            case_file_id=one.id,
            code=one.code,
            title=one.title,
            cause="expired",
            reason="Hết giá trị",
            notice_until=found.notice_until,
            digest="a" * 64,
        )
        session.add(line)
        session.flush()
        audit.record(session, "disposal.test", disposal, also=(line,))
    with on(LATER):
        assert here.why_not(one, "propose", here.office.lan) == ["on_a_list"]
        with here.office.acting(here.office.lan) as session:
            over = session.scalars(select(Disposal)).one()
            over.stage, over.stopped_why = "stopped", "Thử"
            session.flush()
            audit.record(session, "disposal.test", over)
        assert here.why_not(one, "propose", here.office.lan) == []


@pytest.mark.parametrize("name", ["list", "destroy"])
def test_nothing_is_listed_or_destroyed_before_term_and_notice_have_run(
    here: Ending, name: str
) -> None:
    one = here.case_file()
    with on(TOLD):
        here.go()
    put(here, one, min(MOVES[name].start))
    with on(date(2026, 12, 31)):
        found = here.why_not(one, name, here.office.lan)
        assert {"notice_still_runs", "term_still_runs"} <= set(found)
    with on(OVER):
        assert here.why_not(one, name, here.office.lan) == []


def test_a_deed_that_is_lent_is_both_peoples(here: Ending) -> None:
    """Who spoke for the unit doesn't conclude by acting for an archivist."""
    here, one = made_due(here)
    with on(LATER):
        here.opine(one, here.office.binh, "destroy")
        with (
            audit.acting_as(here.office.binh, "web", principal=here.office.lan),
            here.db.transaction() as session,
        ):
            row = session.get_one(Appraisal, here.of(one)[-1].id)
            lan = session.get_one(Person, here.office.lan.id)
            found = appraisals.hindrances(session, row, "propose", lan)
            assert [it.code for it in found] == ["same_person_on_both_sides"]
