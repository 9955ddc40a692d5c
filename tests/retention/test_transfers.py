"""Permanent case files go to the historical archive: by a table of moves, on both databases."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import alarms, audit, clock, documents, freezes, loans, moves, papers
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed
from archive.models import CaseFile, Document, Event, Organ, Person
from archive.organ_rules import set_rules
from retention import assignments, ends, transfer_folders, transfer_lists, transfers
from retention.models import Appraisal, Clock, Disposal, DisposalItem, Transfer, TransferItem
from retention.transferable import content_of, hindrances_of
from tests.retention.office import Office

Staged = TypeVar("Staged", CaseFile, Transfer)
Held = TypeVar("Held", CaseFile, Document)
PERMANENT = "Vĩnh viễn"
LATER = clock.now() + timedelta(days=400)


@dataclass(frozen=True)
class Desk:
    """The office, with what the archivist does at this desk."""

    office: Office

    def accepted(self, term: str = PERMANENT, terms: tuple[str, ...] = ("",)) -> CaseFile:
        made = self.office.case_file(term, terms=terms)
        with self.office.acting(self.office.lan) as session:
            found = session.get_one(CaseFile, made.id)
            found.stage, found.accepted_at = "accepted", clock.now()
            session.flush()
            audit.record(session, "case_file.accept", found)
            ends.refresh(session, found)
        return made

    def register(self, *files: CaseFile, by: Person | None = None, on: date | None = None) -> int:
        who = by or self.office.lan
        with self.office.acting(who) as session:
            organ = session.get_one(Organ, self.office.organ.id)
            return transfers.register(
                session,
                organ,
                [session.get_one(CaseFile, one.id) for one in files],
                session.get_one(Person, who.id),
                receiver="Lưu trữ lịch sử tỉnh",
                planned_on=on or transfers.first_day(organ),
            ).id

    def export(self, number: int) -> None:
        """As the worker does once it has written the folder."""
        with self.office.acting(self.office.lan) as session:
            found = session.get_one(Transfer, number)
            transfer_folders.exported(
                session, found, self.office.lan,
                manifest="a" * 64, content=content_of(session, found), files=3,
            )  # fmt: skip

    def confirm(self, number: int, *, by: Person | None = None, day: date | None = None) -> None:
        who = by or self.office.lan
        with clock.standing_at(LATER), self.office.acting(who) as session:
            found = session.get_one(Transfer, number)
            on = day or clock.today(found.organ)
            transfers.confirm(session, found, who, number="15/XN-LTLS", day=on)

    def give_up(self, number: int, why: str = "Bên nhận hoãn") -> None:
        with self.office.acting(self.office.lan) as session:
            transfers.give_up(session, session.get_one(Transfer, number), self.office.lan, why)

    def leave_out(self, number: int, case_file: CaseFile, why: str = "Còn dùng") -> None:
        with self.office.acting(self.office.lan) as session:
            item = transfers.item_of(session, session.get_one(Transfer, number), case_file.code)
            transfers.leave_out(session, item, self.office.lan, why)

    def stage(self, thing: type[Staged], number: int) -> str:
        with self.office.db.reading() as session:
            return session.get_one(thing, number).stage

    def freeze(self, thing: Held) -> None:
        with self.office.acting(self.office.truong) as session:
            organ = session.get_one(Organ, self.office.organ.id)
            held = session.get_one(type(thing), thing.id)
            freezes.freeze(
                session, organ, [held], by=self.office.truong, number="7/QĐ-KHOA",
                ordered_on=date(2026, 1, 5), reason="Thanh tra",
            )  # fmt: skip


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ArchiveError) as told:
        act()
    return told.value.code


# Registering --------------------------------------------------------------------------------------


@pytest.mark.rule("HC-69")
def test_a_permanent_case_file_is_registered_and_told_of(desk: Desk) -> None:
    one, other = desk.accepted(), desk.accepted()
    number = desk.register(one, other)
    with desk.office.db.reading() as session:
        made = session.get_one(Transfer, number)
        assert made.code == f"TTLT-LS-{clock.today(made.organ).year}-0001"
        told = session.scalars(select(Event).where(Event.action == "transfer.register")).one()
        assert told.facts["case_files"] == [one.code, other.code]
        assert [item.ordinal for item in made.items] == [1, 2]
    assert desk.stage(CaseFile, one.id) == "accepted"


@pytest.mark.parametrize(("days", "code"), [(-1, "planned_too_soon"), (0, "")])
def test_it_is_registered_at_least_twelve_months_ahead(desk: Desk, days: int, code: str) -> None:
    one = desk.accepted()
    on = transfers.first_day(desk.office.organ) + timedelta(days=days)
    assert (refused(lambda: desk.register(one, on=on)) if code else "") == code
    if not code:
        desk.register(one, on=on)


def test_twelve_months_from_a_leap_day_are_the_last_of_february(desk: Desk) -> None:
    one = desk.accepted()
    leap_day = clock.now().replace(year=2028, month=2, day=29, hour=3)
    with clock.standing_at(leap_day):
        desk.register(one, on=date(2029, 2, 28))


def frozen(desk: Desk, one: CaseFile) -> None:
    desk.freeze(one)


def frozen_inside(desk: Desk, one: CaseFile) -> None:
    with desk.office.db.reading() as session:
        inside = session.get_one(CaseFile, one.id).placements[0].document
    desk.freeze(inside)


def mending(desk: Desk, one: CaseFile) -> None:
    with desk.office.acting(desk.office.lan) as session:
        document = session.get_one(CaseFile, one.id).placements[0].document
        document.mending = "not_valid_pdfa"
        session.flush()
        audit.record(session, "document.mended", document)


def suspected(desk: Desk, one: CaseFile) -> None:
    with desk.office.acting(desk.office.lan) as session:
        alarms.sound(
            session, session.get_one(CaseFile, one.id).placements[0].document, alarms.SUSPECTED
        )


def lent(desk: Desk, one: CaseFile) -> None:
    with desk.office.acting(desk.office.lan) as session:
        loans.lend(
            session, session.get_one(CaseFile, one.id), by=desk.office.lan, name="Ông Tư",
            purpose="Tra cứu", approved_by="Giám đốc",
            until_on=clock.today(desk.office.organ) + timedelta(days=3),
        )  # fmt: skip


def listed(desk: Desk, one: CaseFile) -> None:
    """On a list to be destroyed, as it might have come there before it was permanent."""
    office = desk.office
    with office.acting(office.lan) as session:
        on = Disposal(
            organ_id=office.organ.id, code="TTLT-HUY-2026-009", title="Hết hạn",
            made_by_id=office.lan.id, made_at=clock.now(),
        )  # fmt: skip
        appraisal = Appraisal(
            organ_id=office.organ.id, case_file_id=one.id, cause="expired", stage="listed",
            expires_on=date(2025, 12, 31), noticed_on=date(2025, 12, 1),
            notice_until=date(2025, 12, 31), verdict="destroy", reason="Hết giá trị",
        )  # fmt: skip
        session.add_all([on, appraisal])
        session.flush()
        session.add(
            DisposalItem(
                disposal_id=on.id, ordinal=1, appraisal_id=appraisal.id, case_file_id=one.id,
                code=one.code, title=one.title, cause="expired", reason="Hết thời hạn",
                expires_on=date(2025, 12, 31), notice_until=date(2025, 12, 31), digest="a" * 64,
            )
        )  # fmt: skip
        session.flush()
        audit.record(session, "disposal.list", on, also=(appraisal,))


def twenty_years(desk: Desk, one: CaseFile) -> None:
    with desk.office.acting(desk.office.lan) as session:
        found = session.get_one(CaseFile, one.id)
        found.maintenance = "20 năm"
        found.revision += 1
        session.flush()
        audit.record(session, "case_file.correct", found)


KEPT_HERE = (
    (frozen, "frozen"),
    (frozen_inside, "frozen"),
    (mending, "copies_missing"),
    (suspected, "under_alarm"),
    (lent, "lent_out"),
    (listed, "on_disposal_list"),
    (twenty_years, "not_permanent"),
)


@pytest.mark.parametrize(("hold", "code"), KEPT_HERE)
def test_what_is_held_here_is_not_registered(
    desk: Desk, hold: Callable[[Desk, CaseFile], None], code: str
) -> None:
    one = desk.accepted()
    hold(desk, one)
    assert refused(lambda: desk.register(one)) == code


@pytest.mark.parametrize(("hold", "code"), KEPT_HERE)
def test_what_came_to_be_held_since_is_neither_exported_nor_confirmed(
    desk: Desk, hold: Callable[[Desk, CaseFile], None], code: str
) -> None:
    one = desk.accepted()
    number = desk.register(one)
    hold(desk, one)
    assert refused(lambda: desk.export(number)) == code
    with desk.office.db.reading() as session:
        asked = transfers.hindrances(
            session, session.get_one(Transfer, number), "export", desk.office.lan
        )
        assert code in {one.code for one in asked}


def test_a_frozen_one_is_not_confirmed_though_its_folder_is_made(desk: Desk) -> None:
    one = desk.accepted()
    number = desk.register(one)
    desk.export(number)
    desk.freeze(one)
    assert refused(lambda: desk.confirm(number)) == "frozen"
    assert desk.stage(CaseFile, one.id) == "accepted"


def test_a_shorter_term_confirmed_by_the_archive_does_not_let_it_go(desk: Desk) -> None:
    """The longest term in it wins: one document is permanent, so the whole file is."""
    one = desk.accepted("20 năm", (PERMANENT, ""))
    assert desk.register(one)
    with desk.office.acting(desk.office.lan) as session:
        other = session.get_one(CaseFile, desk.accepted("20 năm").id)
        assert [h.code for h in hindrances_of(session, [other])[other.id]] == ["not_permanent"]


def test_only_accepted_case_files_go(desk: Desk) -> None:
    closed = desk.office.case_file(PERMANENT)
    assert refused(lambda: desk.register(closed)) == "wrong_stage"


@pytest.mark.parametrize("who", ["binh", "truong"])
def test_only_an_archivist_registers(desk: Desk, who: str) -> None:
    one = desk.accepted()
    person: Person = getattr(desk.office, who)
    assert refused(lambda: desk.register(one, by=person)) == "not_allowed"


def test_an_organ_that_is_no_source_keeps_its_permanent_case_files(desk: Desk) -> None:
    one = desk.accepted()
    with desk.office.acting(desk.office.truong) as session:
        organ = session.get_one(Organ, desk.office.organ.id)
        set_rules(session, organ, {"is_source": "0"}, "Quyết định 12")
    assert refused(lambda: desk.register(one)) == "no_source"


def test_a_case_file_is_in_one_transfer_and_goes_once(desk: Desk) -> None:
    one, other = desk.accepted(), desk.accepted()
    number = desk.register(one)
    assert refused(lambda: desk.register(one, other)) == "in_transfer"
    desk.give_up(number)
    number = desk.register(one, other)
    desk.leave_out(number, other)
    desk.register(other)
    desk.export(number)
    desk.confirm(number)
    assert refused(lambda: desk.register(one)) == "wrong_stage"


def test_the_database_too_has_it_in_one_transfer_only(desk: Desk) -> None:
    one = desk.accepted()
    other = desk.register(desk.accepted())
    desk.register(one)
    with pytest.raises(IntegrityError), desk.office.acting(desk.office.lan) as session:
        session.add(TransferItem(transfer_id=other, case_file_id=one.id, ordinal=2))
        session.flush()


# The table of moves -------------------------------------------------------------------------------


def at(desk: Desk, stage: str) -> int:
    number = desk.register(desk.accepted())
    if stage in ("exported", "confirmed"):
        desk.export(number)
    if stage == "confirmed":
        desk.confirm(number)
    if stage == "given_up":
        desk.give_up(number)
    return number


STAGES = ("registered", "exported", "confirmed", "given_up")
ALLOWED = {
    ("registered", "export"),
    ("registered", "give_up"),
    ("exported", "export"),
    ("exported", "confirm"),
    ("exported", "give_up"),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", transfers.MOVES)
def test_every_move_at_every_stage(desk: Desk, stage: str, name: str) -> None:
    number = at(desk, stage)
    acts = {"export": desk.export, "confirm": desk.confirm, "give_up": desk.give_up}
    with desk.office.db.reading() as session:
        found = session.get_one(Transfer, number)
        said = transfers.hindrances(session, found, name, desk.office.lan)
    if (stage, name) in ALLOWED:
        assert said == []
        acts[name](number)
        assert desk.stage(Transfer, number) == transfers.MOVES[name].end
    else:
        assert refused(lambda: acts[name](number)) == said[0].code
        assert desk.stage(Transfer, number) == stage


def test_the_database_refuses_stages_without_their_proof(desk: Desk) -> None:
    number = desk.register(desk.accepted())
    for stage in ("exported", "confirmed"):
        with pytest.raises(IntegrityError), desk.office.acting(desk.office.lan) as session:
            session.get_one(Transfer, number).stage = stage
            session.flush()


def test_a_reason_of_spaces_is_none(desk: Desk) -> None:
    one, other = desk.accepted(), desk.accepted()
    number = desk.register(one, other)
    assert refused(lambda: desk.give_up(number, "  ")) == "reason_missing"
    assert refused(lambda: desk.leave_out(number, one, "  ")) == "reason_missing"
    assert desk.stage(Transfer, number) == "registered"


def test_when_everything_is_left_out_nothing_goes(desk: Desk) -> None:
    one = desk.accepted()
    number = desk.register(one)
    desk.leave_out(number, one)
    assert refused(lambda: desk.export(number)) == "nothing_left"


# The confirmation ---------------------------------------------------------------------------------


def test_after_the_confirmation_it_is_read_and_nothing_of_it_changes(desk: Desk) -> None:
    one = desk.accepted()
    number = desk.register(one)
    desk.export(number)
    desk.confirm(number)
    with desk.office.acting(desk.office.lan) as session:
        found = session.get_one(CaseFile, one.id)
        document = found.placements[0].document
        assert found.stage == "transferred"
        assert session.get(Clock, one.id) is None
        for change in changes(session, found, document, desk.office.lan):
            with pytest.raises(Conflict) as told:
                change()
            assert told.value.code in ("handed_to_history", "wrong_stage")


def changes(
    session: Session, found: CaseFile, document: Document, lan: Person
) -> Iterator[Callable[[], object]]:
    paper = {"kind": "original", "what": "Bản gốc", "place": "Kho 2"}
    yield lambda: documents.correct(session, document, {"subject": "Khác"}, "Nhầm")
    yield lambda: papers.add(session, found, paper)
    yield lambda: papers.add(session, document, paper)
    yield lambda: moves.require_change(session, found, lan)
    yield lambda: moves.move(session, found, "reopen", lan, reason="Nhầm")
    yield lambda: assignments.assign(
        session, found, lan, term="20 năm", source="archivist", reason="Nhầm"
    )


def test_a_day_too_early_or_in_the_future_is_refused(desk: Desk) -> None:
    number = at(desk, "exported")
    day = clock.today(desk.office.organ) + timedelta(days=30)
    assert refused(lambda: desk.confirm(number, day=day)) == "confirmed_too_soon"
    future = clock.day_of(LATER, desk.office.organ) + timedelta(days=1)
    assert refused(lambda: desk.confirm(number, day=future)) == "day_in_future"
    assert desk.stage(Transfer, number) == "exported"


def test_a_number_of_spaces_confirms_nothing(desk: Desk) -> None:
    number = at(desk, "exported")
    with (
        pytest.raises(Invalid, match="confirmation_missing"),
        clock.standing_at(LATER),
        desk.office.acting(desk.office.lan) as session,
    ):
        found = session.get_one(Transfer, number)
        transfers.confirm(session, found, desk.office.lan, number=" ", day=date(2027, 12, 1))


def test_what_changed_since_the_folder_was_made_is_not_confirmed(desk: Desk) -> None:
    one = desk.accepted()
    number = desk.register(one)
    desk.export(number)
    with desk.office.acting(desk.office.lan) as session:
        document = session.get_one(CaseFile, one.id).placements[0].document
        documents.correct(session, document, {"subject": "Trích yếu đúng"}, "Nhầm")
    assert refused(lambda: desk.confirm(number)) == "export_out_of_date"
    desk.export(number)
    desk.confirm(number)
    assert desk.stage(CaseFile, one.id) == "transferred"


def test_who_may_not_hand_over_enters_no_confirmation(desk: Desk) -> None:
    number = at(desk, "exported")
    with pytest.raises(NotAllowed):
        desk.confirm(number, by=desk.office.binh)
    assert desk.stage(Transfer, number) == "exported"


def test_while_its_folder_is_made_it_is_neither_confirmed_nor_given_up(desk: Desk) -> None:
    number = at(desk, "exported")
    with desk.office.acting(desk.office.lan) as session:
        transfer_folders.ask_export(session, session.get_one(Transfer, number), desk.office.lan)
    for act in (desk.confirm, desk.give_up):
        assert refused(lambda act=act: act(number)) == "export_under_way"  # type: ignore[misc]


# What is due --------------------------------------------------------------------------------------


def test_it_is_due_at_the_end_of_the_fifth_year_after_acceptance(desk: Desk) -> None:
    one = desk.accepted()
    organ = desk.office.organ
    with desk.office.db.reading() as session:
        found = session.get_one(CaseFile, one.id)
        due = transfer_lists.due_of(found, organ)
        assert found.accepted_at and due
        year = clock.day_of(found.accepted_at, organ).year + 5
        assert (due.on, due.register_by) == (date(year, 12, 31), date(year - 1, 12, 31))
        assert [y.year for y in transfer_lists.by_year(session, organ)] == [year]
        assert list(session.scalars(transfer_lists.waiting(organ, year - 1))) == []
        assert list(session.scalars(transfer_lists.waiting(organ, year))) == [found]


def test_the_night_of_the_new_year_counts_by_the_organs_own_clock(desk: Desk) -> None:
    one = desk.accepted()
    with desk.office.acting(desk.office.lan) as session:
        found = session.get_one(CaseFile, one.id)
        found.accepted_at = clock.now().replace(year=2020, month=12, day=31, hour=18)  # 01:00
        session.flush()
        audit.record(session, "case_file.accept", found)
    with desk.office.db.reading() as session:
        organ = desk.office.organ
        assert transfer_lists.by_year(session, organ) == [transfer_lists.YearDue(2026, 1)]
        assert list(session.scalars(transfer_lists.waiting(organ, 2025))) == []
        assert len(list(session.scalars(transfer_lists.waiting(organ, 2026)))) == 1


def test_what_is_on_its_way_is_due_no_more(desk: Desk) -> None:
    one, other = desk.accepted(), desk.accepted()
    desk.accepted("20 năm")
    number = desk.register(one)
    with desk.office.db.reading() as session:
        organ = desk.office.organ
        waiting = [found.id for found in session.scalars(transfer_lists.waiting(organ))]
        assert waiting == [other.id]
        (live,) = session.scalars(transfer_lists.on_their_way(organ))
        assert live.id == number
        assert transfer_lists.counts_of(session, [live]) == {number: 1}
