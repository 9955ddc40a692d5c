"""Two people at one disposal at once, one of whom means harm: what stands is what one after the
other would have made, and nothing that somebody needs is destroyed.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock, closing, documents, freezes, links, papers
from archive.database import Database
from archive.errors import ArchiveError
from archive.models import CaseFile, Document, Event, Person, Placement
from archive.moves import Hindrance
from retention import deciding, execution, leaving_out, lines, listing, locking, preparing
from retention.destruction_journal import DestructionJournal
from retention.models import Disposal
from tests.factories import a_case_file, a_document, a_person
from tests.retention.disposing import Desk, a_desk
from tests.retention.office import furnish

Act = Callable[[Session, Disposal, Person], Any]
LONG_ENOUGH = 1.0  # for the second one to come as far as it can


@pytest.fixture
def desk(db: Database) -> Desk:
    assert locking  # as the doors load it
    return a_desk(furnish(db))


def both(desk: Desk, one: tuple[Person, Act], other: tuple[Person, Act]) -> list[str]:
    """The second begins while the first is inside; with what each was refused, or nothing."""
    came = ["", ""]
    inside, over = threading.Event(), threading.Event()

    def run(place: int, who: Person, act: Act) -> None:
        try:
            with desk.at(who) as (session, disposal):
                act(session, disposal, session.get_one(Person, who.id))
                if place == 0:
                    inside.set()
                    over.wait(LONG_ENOUGH)
        except ArchiveError as refused:
            came[place] = refused.code
        finally:
            (inside if place == 0 else over).set()

    def follow() -> None:
        inside.wait()
        run(1, *other)

    threads = [threading.Thread(target=run, args=(0, *one)), threading.Thread(target=follow)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def begin(session: Session, disposal: Disposal, by: Person) -> None:
    execution.begin(session, disposal, by)


def stop(session: Session, disposal: Disposal, by: Person) -> None:
    listing.stop(session, disposal, by, "Có khiếu nại")


def frozen(thing: CaseFile | Document) -> Act:
    def done(session: Session, disposal: Disposal, by: Person) -> None:
        held: Any = session.get_one(type(thing), thing.id)
        freezes.freeze(
            session, disposal.organ, [held], by=by, number="9/LĐ",
            ordered_on=clock.today(disposal.organ), reason="Thanh tra",
        )  # fmt: skip

    return done


def gone(desk: Desk) -> set[str]:
    """The case files that are closed for good."""
    with desk.db.reading() as session:
        there = select(CaseFile.code).where(CaseFile.stage == "destroyed")
        return set(session.scalars(there))


def told(desk: Desk, action: str) -> int:
    with desk.db.reading() as session:
        return len(session.scalars(select(Event.id).where(Event.action == action)).all())


def test_of_two_who_decide_one_is_told(desk: Desk) -> None:
    desk.files(2)
    desk.walk("appraised")
    second = a_person(desk.db, desk.office.organ, "hung", "head")

    def decide(number: str) -> Act:
        def done(session: Session, disposal: Disposal, by: Person) -> None:
            root = preparing.outlook(session, disposal).root
            day = clock.today(disposal.organ)
            deciding.decide(session, disposal, by, number=number, on=day, root=root)

        return done

    came = both(desk, (desk.truong, decide("45/QĐ")), (second, decide("46/QĐ")))
    assert came == ["", "decided_already"]
    with desk.db.reading() as session:
        found = desk.found(session)
        assert (found.decision_number, found.decided_by_id) == ("45/QĐ", desk.truong.id)
    assert told(desk, "disposal.decide") == 1


@pytest.mark.parametrize("part", ["case file", "document"])
def test_an_order_that_comes_first_is_seen_by_who_begins(desk: Desk, part: str) -> None:
    one, other = desk.files(2)
    desk.walk("handed_over")
    thing = one if part == "case file" else desk.document_in(one)
    assert both(desk, (desk.truong, frozen(thing)), (desk.mai, begin)) == ["", ""]
    assert gone(desk) == {other.code}
    assert [line.outcome for line in desk.items()] == ["omitted", "destroy"]


@pytest.mark.parametrize("part", ["case file", "document"])
def test_an_order_that_comes_too_late_is_not_placed_as_if_it_held(desk: Desk, part: str) -> None:
    one, other = desk.files(2)
    desk.walk("handed_over")
    thing = one if part == "case file" else desk.document_in(one)
    came = both(desk, (desk.mai, begin), (desk.truong, frozen(thing)))
    assert came == ["", "gone_already"]
    assert gone(desk) == {one.code, other.code}
    assert told(desk, "freeze_order.place") == 0


def test_who_stops_it_and_who_begins_do_not_both_have_their_way(desk: Desk) -> None:
    desk.files(2)
    desk.walk("handed_over")
    assert both(desk, (desk.truong, stop), (desk.mai, begin)) == ["", "disposal_stage"]
    assert (desk.stage(), gone(desk)) == ("stopped", set())


def test_what_begins_is_not_stopped_any_more(desk: Desk) -> None:
    one, other = desk.files(2)
    desk.walk("handed_over")
    assert both(desk, (desk.mai, begin), (desk.truong, stop)) == ["", "disposal_stage"]
    assert (desk.stage(), gone(desk)) == ("executing", {one.code, other.code})
    with desk.db.reading() as session:
        assert {one.outcome for one in desk.found(session).items} == {"destroy"}


def test_nobody_reconfirms_a_list_that_changes_meanwhile(desk: Desk) -> None:
    desk.files(2)
    desk.walk("prepared")
    with desk.db.reading() as session:
        seen = preparing.outlook(session, desk.found(session))

    def confirm(session: Session, disposal: Disposal, by: Person) -> None:
        count, root = len(seen.going), seen.root
        preparing.reconfirm(session, disposal, by, count=count, root=root)

    def leave_one_out(session: Session, disposal: Disposal, by: Person) -> None:
        audit.hold(session, disposal)
        first = lines.left(session, disposal)[0]
        why = {first.id: Hindrance("not_expired", {"thing": first.code, "day": first.expires_on})}
        leaving_out.leave_out(session, disposal, [first], why, by)

    came = both(desk, (desk.lan, leave_one_out), (desk.mai, confirm))
    assert came == ["", "count_differs"]
    assert desk.stage() == "prepared"


LATE: dict[str, Act] = {}


def late(name: str) -> Callable[[Act], Act]:
    def named(act: Act) -> Act:
        LATE[name] = act
        return act

    return named


def _mine(session: Session) -> CaseFile:
    """The first case file of the list, as somebody read it before the other began."""
    return session.scalars(select(CaseFile).where(CaseFile.stage != "open").limit(1)).one()


@late("put it elsewhere")
def _elsewhere(session: Session, disposal: Disposal, by: Person) -> None:
    wanted = select(CaseFile).where(CaseFile.stage == "open", CaseFile.title == "Đang làm")
    inside = select(Document).join(Placement).where(Placement.case_file_id == _mine(session).id)
    documents.place(session, session.scalars(inside.limit(1)).one(), session.scalars(wanted).one())


@late("paper")
def _paper(session: Session, disposal: Disposal, by: Person) -> None:
    papers.add(session, _mine(session), {"kind": "original", "what": "Giấy", "place": "Kho 1"})


@late("link")
def _link(session: Session, disposal: Disposal, by: Person) -> None:
    inside = select(Document).join(Placement).where(Placement.case_file_id == _mine(session).id)
    other = session.scalars(select(Document).where(Document.subject == "Mới")).one()
    links.link(session, other, session.scalars(inside.limit(1)).one(), "replaces", by)


@late("reopen")
def _reopen(session: Session, disposal: Disposal, by: Person) -> None:
    closing.reopen(session, _mine(session), by, "Bổ sung")


@pytest.mark.parametrize("name", LATE)
def test_nothing_comes_to_what_is_beginning_to_go(desk: Desk, name: str) -> None:
    (listed,) = desk.files(1)
    a_document(desk.db, desk.office.organ, "Mới")
    a_case_file(desk.db, desk.office.organ, "Đang làm", holder=desk.binh)
    desk.walk("handed_over")
    came = both(desk, (desk.mai, begin), (desk.binh, LATE[name]))
    assert came[0] == ""
    assert came[1] in ("gone_already", "stands_on_a_list", "wrong_stage")
    assert gone(desk) == {listed.code}
    with desk.db.reading() as session:
        there = session.scalars(
            select(Placement).join(Document).where(Document.destroyed_at.is_not(None))
        )
        assert {one.case_file_id for one in there} == {listed.id}


@pytest.mark.parametrize("name", LATE)
def test_what_came_just_before_is_seen_by_who_begins(desk: Desk, name: str) -> None:
    (listed,) = desk.files(1)
    a_document(desk.db, desk.office.organ, "Mới")
    a_case_file(desk.db, desk.office.organ, "Đang làm", holder=desk.binh)
    mine = desk.document_in(listed)
    desk.walk("handed_over")
    came = both(desk, (desk.binh, LATE[name]), (desk.mai, begin))
    assert came[1] == ""
    with desk.db.reading() as session:
        is_gone = session.get_one(Document, mine.id).destroyed_at is not None
    if name == "put it elsewhere":
        assert (came[0], is_gone) == ("", False)  # somebody needs it: it stays for them
    else:
        assert (came[0], is_gone) == ("stands_on_a_list", True)


def test_two_workers_do_not_both_carry_one_out(desk: Desk) -> None:
    desk.files(1)
    desk.walk("handed_over")
    with desk.at(desk.mai) as (session, disposal):
        begin(session, disposal, session.get_one(Person, desk.mai.id))
    taken: list[int | None] = []

    def claim(worker: str) -> Act:
        return lambda session, disposal, by: taken.append(execution.claim(session, worker))

    assert both(desk, (desk.mai, claim("one")), (desk.mai, claim("two"))) == ["", ""]
    assert [one is not None for one in taken] == [True, False]
    number = taken[0]
    assert number is not None
    later = clock.now() + 2 * execution.LEASE
    with clock.standing_at(later), desk.acting(desk.mai) as session:
        assert execution.claim(session, "two") == number  # the first one was silent for too long
    with pytest.raises(ArchiveError) as told, desk.acting(desk.mai) as session:
        execution.keep_claim(session, number, "one")
    assert told.value.code == "claim_lost"


def test_a_journal_that_many_write_at_once_has_each_line_once(tmp_path: Any) -> None:
    journals = [DestructionJournal(tmp_path / "journal") for _ in range(8)]

    def write(journal: DestructionJournal, number: int) -> None:
        journal.begin()
        for code in (f"HUY-{number % 4}", "HUY-9"):
            journal.intend({"disposal": code})
            journal.finish({"disposal": code, "certificate": "0"})

    threads = [threading.Thread(target=write, args=(one, n)) for n, one in enumerate(journals)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = journals[0].lines()  # sound, and linked one to the other
    assert len(lines) == 11
    assert len({(one.kind, one.disposal) for one in lines}) == 11
