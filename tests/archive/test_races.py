"""Two people at the same thing at once, on PostgreSQL, where both may really be inside.

The first one's transaction stays open until the second one's waits for it (or a second has passed);
what stands afterwards must be what one after the other would have made.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import (
    accounts,
    books,
    case_files,
    clock,
    closing,
    documents,
    freezes,
    hand_over,
    receipt,
    refusals,
    registers,
    submissions,
)
from archive.database import Database
from archive.errors import ArchiveError
from archive.life_models import FreezeOrder, SubmissionItem
from archive.models import CaseFile, Document, Organ, Person
from archive.register_models import LettingIn, RegisterEntry
from tests.factories import a_case_file, a_document, a_person, an_organ, writing

Act = Callable[[Session], Any]
LONG_ENOUGH = 1.0  # for the second one to come as far as it can


@dataclass(frozen=True)
class Office:
    db: Database
    organ: Organ
    binh: Person  # officer
    lan: Person  # archivist
    minh: Person  # clerk

    def of(self, session: Session) -> Organ:
        return session.get_one(Organ, self.organ.id)

    def who(self, session: Session, person: Person) -> Person:
        return session.get_one(Person, person.id)


def office_on(db: Database) -> Office:
    organ = an_organ(db)
    made = Office(
        db,
        organ,
        a_person(db, organ, "binh", "officer"),
        a_person(db, organ, "lan", "archivist"),
        a_person(db, organ, "minh", "clerk"),
    )
    with writing(db) as session:
        books.ensure_books(session, made.of(session))
    return made


@pytest.fixture
def office(postgresql_db: Database) -> Office:
    return office_on(postgresql_db)


def both(db: Database, first: Act, second: Act) -> list[Any]:
    """What each came to: its answer, or its refusal."""
    came: list[Any] = [None, None]
    inside = threading.Event()
    over = threading.Event()

    def begin() -> None:
        try:
            with writing(db) as session:
                came[0] = first(session)
                inside.set()
                over.wait(LONG_ENOUGH)
        except ArchiveError as error:
            came[0] = error
        finally:
            inside.set()

    def follow() -> None:
        inside.wait()
        try:
            with writing(db) as session:
                came[1] = second(session)
        except ArchiveError as error:
            came[1] = error
        finally:
            over.set()

    threads = [threading.Thread(target=one) for one in (begin, follow)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return came


def codes(came: list[Any]) -> list[str]:
    return [one.code if isinstance(one, ArchiveError) else "" for one in came]


def a_filled_case_file(office: Office, holder: Person) -> CaseFile:
    made = a_case_file(
        office.db, office.organ, holder=holder, maintenance="20 năm", start_date=date(2026, 1, 1)
    )
    a_document(office.db, office.organ, "Một", case_file=made)
    return made


def close(office: Office, case_file: CaseFile) -> Act:
    def done(session: Session) -> None:
        one = session.get_one(CaseFile, case_file.id)
        typed = {"EndDate": "01/02/2026", "Creator": "Bình"}
        closing.close(session, one, office.who(session, office.binh), typed)

    return done


def submitted(office: Office) -> CaseFile:
    case_file = a_filled_case_file(office, office.binh)
    with writing(office.db) as session:
        close(office, case_file)(session)
    with writing(office.db) as session:
        found = [session.get_one(CaseFile, case_file.id)]
        submissions.submit(session, office.of(session), found, office.who(session, office.binh))
    with writing(office.db) as session:
        receipt.note_checks(session, line(session), [receipt.Line("plan", True, False)])
    return case_file


def line(session: Session) -> SubmissionItem:
    """As the pages load it, with all that hangs on it."""
    code = session.scalars(select(SubmissionItem)).one().submission.code
    session.expunge_all()
    return submissions.by_code(session, code).items[0]


@pytest.mark.parametrize("verb", ["accept", "give_back", "take_back"])
def test_the_archive_decides_on_a_line_as_the_page_loads_it(db: Database, verb: str) -> None:
    office = office_on(db)
    submitted(office)
    by = office.binh if verb == "take_back" else office.lan
    with writing(db) as session:
        getattr(receipt, verb)(session, line(session), office.who(session, by), "Đủ")
    with db.reading() as session:
        assert session.scalars(select(SubmissionItem)).one().outcome


def test_nothing_is_placed_into_a_case_file_that_is_being_closed(office: Office) -> None:
    case_file = a_filled_case_file(office, office.binh)
    document = a_document(office.db, office.organ, "Hai")

    def place(session: Session) -> None:
        one = session.get_one(Document, document.id)
        documents.place(session, one, session.get_one(CaseFile, case_file.id))

    assert codes(both(office.db, close(office, case_file), place)) == ["", "case_file_is_final"]
    with office.db.reading() as session:
        found = session.get_one(CaseFile, case_file.id)
        assert len(found.placements) == found.document_total == 1


def test_what_is_being_accepted_is_handed_to_nobody(office: Office) -> None:
    case_file = submitted(office)

    def accept(session: Session) -> None:
        receipt.accept(session, line(session), office.who(session, office.lan), "Đủ")

    def hand(session: Session) -> None:
        hand_over.hand_over(
            session,
            office.who(session, office.binh),
            office.of(session),
            office.who(session, office.minh),
            why="Chuyển công tác",
            by=office.who(session, office.lan),
        )

    both(office.db, accept, hand)
    with office.db.reading() as session:
        found = session.get_one(CaseFile, case_file.id)
        assert (found.stage, found.holder_id) == ("accepted", office.binh.id)


def test_looking_again_empties_no_line_that_is_decided(office: Office) -> None:
    submitted(office)

    def accept(session: Session) -> None:
        receipt.accept(session, line(session), office.who(session, office.lan), "Đủ")

    came = both(office.db, accept, lambda session: receipt.look_again(session, line(session)))
    assert codes(came) == ["", "decided"]
    with office.db.reading() as session:
        assert session.scalars(select(SubmissionItem)).one().checks


def test_one_order_is_lifted_once(office: Office) -> None:
    case_file = a_case_file(office.db, office.organ)
    with writing(office.db) as session:
        held = [session.get_one(CaseFile, case_file.id)]
        by = office.who(session, office.lan)
        number = freezes.freeze(
            session, office.of(session), held, by=by, number="1", ordered_on=date(2026, 1, 1),
            reason="Thanh tra",
        ).id  # fmt: skip

    def lift(by_order: str) -> Act:
        def done(session: Session) -> None:
            order = session.get_one(FreezeOrder, number)
            by = office.who(session, office.lan)
            freezes.thaw(session, order, by=by, number=by_order, reason="Xong")

        return done

    assert codes(both(office.db, lift("2"), lift("3"))) == ["", "already_lifted"]
    with office.db.reading() as session:
        assert session.get_one(FreezeOrder, number).lift_number == "2"


def test_a_book_that_is_being_closed_takes_no_line(office: Office) -> None:
    yesterday = clock.today(office.organ) - timedelta(days=1)

    def shut(session: Session) -> None:
        books.close_book(
            session, books.book_by_code(session, office.of(session), "den"), yesterday, "Gộp"
        )

    def enter(session: Session) -> None:
        book = books.book_by_code(session, office.of(session), "den")
        registers.enter(session, book, office.who(session, office.minh), {"subject": "Về hội nghị"})

    assert codes(both(office.db, shut, enter)) == ["", "book_closed"]


def test_what_was_let_in_makes_one_line(office: Office) -> None:
    head = a_person(office.db, office.organ, "hung", "head")
    typed = {"subject": "Đơn tố cáo ông Trần Văn B"}
    with writing(office.db) as session:
        by = office.who(session, office.minh)
        number = refusals.ask(session, office.of(session), by, "complaint", typed).id
    with writing(office.db) as session:
        asked = session.get_one(LettingIn, number)
        refusals.decide(
            session, asked, office.who(session, head), is_allowed=True, why="Đúng thẩm quyền"
        )

    def enter(session: Session) -> None:
        book = books.book_by_code(session, office.of(session), "den")
        asked = session.get_one(LettingIn, number)
        by = office.who(session, office.minh)
        registers.enter(session, book, by, typed, let_in=asked)

    assert codes(both(office.db, enter, enter)) == ["", "letting_in_used"]
    with office.db.reading() as session:
        assert len(session.scalars(select(RegisterEntry)).all()) == 1


def test_two_administrators_cannot_end_each_other(office: Office) -> None:
    with office.db.reading() as session:
        first = session.scalars(select(Person).order_by(Person.id)).first()
    assert first is not None
    other = a_person(office.db, office.organ, "quan", "administrator")

    def end(whom: Person, by: Person) -> Act:
        def done(session: Session) -> None:
            person = office.who(session, whom)
            held = next(one for one in person.appointments if one.role.code == "administrator")
            yesterday = clock.today(office.organ) - timedelta(days=1)
            accounts.end_role(session, held, yesterday, office.who(session, by), why="Thôi việc")

        return done

    came = both(office.db, end(first, other), end(other, first))
    assert codes(came) == ["", "last_administrator"]


def test_of_two_who_open_the_same_case_file_one_is_told(office: Office) -> None:
    def opening(notation: str) -> Act:
        return lambda session: case_files.open_one(session, office.of(session), notation, "Một")

    came = both(office.db, opening("05-KT"), opening("05–kt"))
    assert isinstance(came[0], CaseFile)
    assert isinstance(came[1], ArchiveError) and came[1].code == "case_file_exists"
