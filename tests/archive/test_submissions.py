from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import (
    audit,
    clock,
    closing,
    notices,
    people,
    receipt,
    submission_lists,
    submissions,
)
from archive.database import Database
from archive.documents import Arrived, Made
from archive.errors import Conflict, Invalid, NotAllowed
from archive.life_models import Notice, NoticeItem, Submission
from archive.models import CaseFile, Organ, Person
from tests.factories import a_case_file, a_document, a_person, an_organ

BEGIN = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


class Archive:
    """An organ with four people and closed case files of the officer's."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.organ = an_organ(db)
        for role in ("archivist", "officer", "head"):
            a_person(db, self.organ, role, role)

    def closed(self, *, end: str = "15/01/2026", term: str = "20 năm", clean: bool = True) -> str:
        with self.db.reading() as session:
            officer = self.who(session, "officer")
        case_file = a_case_file(
            self.db, self.organ, holder=officer, maintenance=term, start_date=date(2025, 1, 1)
        )
        a_document(self.db, self.organ, case_file=case_file, arrived=arrived(clean), **FIELDS)
        with self.db.transaction() as session:
            found = session.get_one(CaseFile, case_file.id)
            closing.close(session, found, self.who(session, "officer"), {"EndDate": end})
        return case_file.code

    def who(self, session: Session, name: str) -> Person:
        return people.by_name(session, name)

    def file(self, session: Session, code: str) -> CaseFile:
        return session.scalars(select(CaseFile).where(CaseFile.code == code)).one()

    def here(self, session: Session) -> Organ:
        return session.get_one(Organ, self.organ.id)

    def submit(self, *codes: str) -> str:
        with self.db.transaction() as session:
            files = [self.file(session, one) for one in codes]
            made = submissions.submit(
                session, self.here(session), files, self.who(session, "officer"), name="Khối"
            )
            return made.code

    def look_through(self, code: str) -> None:
        with self.db.transaction() as session:
            for one in submissions.by_code(session, code).items:
                lines = receipt.checks(session, one.case_file, lambda digest: True)
                receipt.note_checks(session, one, lines)


FIELDS: dict[str, Any] = {
    "type_name": "Quyết định",
    "issued_date": "10/01/2026",
    "organ_name": "UBND",
}


def arrived(clean: bool) -> Arrived:
    digest = f"{next(_numbers):064x}"
    facts = {"check_for_viruses": {"status": "clean" if clean else "not_checked"}}
    return Arrived("a.pdf", digest, 3, (Made("original", digest, 10, "application/pdf"),), facts)


_numbers = iter(range(10**6, 10**7))


@pytest.fixture
def desk(sqlite_db: Database) -> Iterator[Archive]:
    with audit.acting_as(None, "command"), clock.standing_at(BEGIN):
        yield Archive(sqlite_db)


@pytest.mark.rule("HC-47")
def test_an_accepted_case_file_is_the_archives_and_cannot_be_changed(desk: Archive) -> None:
    first, second = desk.closed(), desk.closed()
    code = desk.submit(second, first)
    desk.look_through(code)
    with desk.db.transaction() as session:
        submission = submissions.by_code(session, code)
        assert [one.case_file.code for one in submission.items] == [first, second]
        archivist = desk.who(session, "archivist")
        for one in submission.items:
            receipt.accept(session, one, archivist, "Hồ sơ ngoài danh mục, đã xem")
        assert {one.case_file.stage for one in submission.items} == {"accepted"}
    with desk.db.transaction() as session:
        case_file = desk.file(session, first)
        for move in (
            lambda: closing.reopen(session, case_file, desk.who(session, "officer"), "Thêm"),
            lambda: closing.close(session, case_file, desk.who(session, "officer"), {}),
        ):
            with pytest.raises(Conflict):
                move()


def test_acceptance_waits_for_the_checks_and_for_those_that_are_needed(desk: Archive) -> None:
    code = desk.submit(desk.closed(clean=False))
    with desk.db.transaction() as session:
        item = submissions.by_code(session, code).items[0]
        with pytest.raises(Conflict) as said:
            receipt.accept(session, item, desk.who(session, "archivist"))
        assert said.value.code == "not_checked_yet"
    desk.look_through(code)
    with desk.db.transaction() as session:
        item = submissions.by_code(session, code).items[0]
        with pytest.raises(Conflict) as said:
            receipt.accept(session, item, desk.who(session, "archivist"), "Vẫn nhận")
        assert (said.value.code, said.value.details["checks"]) == ("checks_red", ["virus"])


def test_a_harmed_byte_is_a_red_line_that_stops_acceptance(desk: Archive) -> None:
    code = desk.submit(desk.closed())
    with desk.db.reading() as session:
        item = submissions.by_code(session, code).items[0]
        lines = {one.check: one for one in receipt.checks(session, item.case_file, lambda _: False)}
    assert not lines["digests"].is_good and lines["digests"].is_needed
    assert lines["format"].is_good and lines["completeness"].is_good


def test_red_lines_that_may_be_red_need_a_word(desk: Archive) -> None:
    code = desk.submit(desk.closed())
    desk.look_through(code)  # not in any plan
    with desk.db.transaction() as session:
        item = submissions.by_code(session, code).items[0]
        with pytest.raises(Invalid) as said:
            receipt.accept(session, item, desk.who(session, "archivist"))
        assert said.value.details["checks"] == ["plan"]


def test_a_returned_case_file_is_mended_and_comes_again(desk: Archive) -> None:
    case_file_code = desk.closed()
    code = desk.submit(case_file_code)
    desk.look_through(code)
    with desk.db.transaction() as session:
        item = submissions.by_code(session, code).items[0]
        archivist = desk.who(session, "archivist")
        with pytest.raises(Invalid):
            receipt.give_back(session, item, archivist, " ")
        receipt.give_back(session, item, archivist, "Thiếu phụ lục")
        assert (item.outcome, item.case_file.stage) == ("returned", "returned")
        with pytest.raises(Conflict):
            receipt.accept(session, item, archivist, "x")
    with desk.db.transaction() as session:
        case_file = desk.file(session, case_file_code)
        closing.close(session, case_file, desk.who(session, "officer"), {})
    assert desk.submit(case_file_code) != code


def test_who_hands_over_does_not_take_in(desk: Archive) -> None:
    with desk.db.transaction() as session:
        officer = desk.who(session, "officer")
        people.appoint(session, officer, desk.here(session), "archivist")
        audit.record(session, "person.appoint", officer)
    code = desk.submit(desk.closed())
    desk.look_through(code)
    with desk.db.transaction() as session:
        item = submissions.by_code(session, code).items[0]
        with pytest.raises(NotAllowed) as said:
            receipt.accept(session, item, desk.who(session, "officer"), "x")
        assert said.value.code == "own_submission"


def test_both_sides_sign_once_all_is_decided(desk: Archive) -> None:
    code = desk.submit(desk.closed())
    desk.look_through(code)
    with desk.db.transaction() as session:
        submission = submissions.by_code(session, code)
        archivist, officer = desk.who(session, "archivist"), desk.who(session, "officer")
        with pytest.raises(Conflict) as said:
            submissions.sign(session, submission, officer, "giving")
        assert said.value.code == "still_undecided"
        receipt.accept(session, submission.items[0], archivist, "Ngoài danh mục")
        with pytest.raises(NotAllowed):
            submissions.sign(session, submission, archivist, "giving")
        submissions.sign(session, submission, officer, "giving")
        with pytest.raises(NotAllowed):
            submissions.sign(session, submission, officer, "receiving")
        open_ones = select(Submission.code).where(submissions.open_submissions(desk.organ.id))
        assert session.scalars(open_ones).all() == [code]
        submissions.sign(session, submission, archivist, "receiving")
        session.flush()
        assert session.scalars(open_ones).all() == []


def test_a_due_case_file_may_be_kept_back_two_years_with_the_heads_consent(desk: Archive) -> None:
    code = desk.closed(end="15/01/2026")  # due 15/01/2027
    more: dict[str, Any] = {
        "reason": "Còn dùng",
        "consent_number": "5/CV",
        "consent_date": date(2026, 12, 1),
        "consent": a_document(desk.db, desk.organ, "Đồng ý cho giữ lại hồ sơ"),
    }
    with desk.db.transaction() as session:
        case_file, head = desk.file(session, code), desk.who(session, "head")
        with pytest.raises(Invalid) as said:
            submissions.keep_back(session, case_file, head, until=date(2029, 1, 16), **more)
        assert said.value.details["last"] == date(2029, 1, 15)
        with pytest.raises(Invalid) as said:
            without = {**more, "consent_number": " "}
            submissions.keep_back(session, case_file, head, until=date(2028, 1, 1), **without)
        assert said.value.code == "consent_missing"
        with pytest.raises(Invalid) as said:
            without = {**more, "consent": None}
            submissions.keep_back(session, case_file, head, until=date(2028, 1, 1), **without)
        assert said.value.code == "consent_not_here"
        submissions.keep_back(session, case_file, head, until=date(2028, 1, 1), **more)
    with desk.db.reading() as session:
        due = select(CaseFile.code).where(submissions.due_by(desk.organ.id, date(2027, 6, 1)))
        assert session.scalars(due).all() == []
        due = select(CaseFile.code).where(submissions.due_by(desk.organ.id, date(2028, 1, 1)))
        assert session.scalars(due).all() == [code]


def test_after_the_submission_9999_of_a_year_comes_10000(desk: Archive) -> None:
    first = desk.submit(desk.closed())
    with desk.db.transaction() as session:
        made = submissions.by_code(session, first)
        made.code = first.removesuffix("0001") + "9999"
        audit.record(session, "submission.send", made)
    codes = [desk.submit(desk.closed()) for _ in range(2)]
    assert [one.rsplit("-", 1)[1] for one in codes] == ["10000", "10001"]


def test_short_terms_need_not_be_submitted(desk: Archive) -> None:
    code = desk.closed(term="2 năm")
    with desk.db.reading() as session:
        assert desk.file(session, code).due_on is None


def told(desk: Archive, moment: datetime) -> list[tuple[str, str, list[str]]]:
    """What is told at a moment: person, kind, days it speaks of."""
    with clock.standing_at(moment):
        with desk.db.transaction() as session:
            organ = desk.here(session)
            found = notices.tell(session, organ, notices.of_submission(session, organ))
            numbers = [one.id for one in found]
        with desk.db.reading() as session:
            rows = session.scalars(select(Notice).where(Notice.id.in_(numbers)).order_by(Notice.id))
            return [
                (
                    people.by_id(session, one.person_id).user_name,
                    one.kind,
                    sorted(item.occasion for item in one.items),
                )
                for one in rows
            ]


@pytest.mark.rule("HC-67")
def test_thirty_days_before_it_is_due_its_holder_is_told_once(desk: Archive) -> None:
    desk.closed(end="15/01/2026")
    desk.closed(end="15/01/2026")
    desk.closed(end="20/02/2026")
    due = datetime(2027, 1, 15, 3, 0, tzinfo=UTC)
    assert told(desk, due - timedelta(days=31)) == []
    assert told(desk, due - timedelta(days=30)) == [
        ("officer", "submission_due", ["2027-01-15", "2027-01-15"])
    ]
    assert told(desk, due - timedelta(days=30)) == []
    assert told(desk, due - timedelta(days=29)) == []


def test_what_fell_due_while_the_machine_was_off_is_told_afterwards(desk: Archive) -> None:
    desk.closed(end="15/01/2026")
    assert told(desk, datetime(2027, 3, 1, tzinfo=UTC)) == [
        ("officer", "submission_due", ["2027-01-15"])
    ]


def test_the_archives_call_is_told_to_each_holder_once(desk: Archive) -> None:
    desk.closed(end="15/01/2026")
    moment = datetime(2027, 1, 4, 3, 0, tzinfo=UTC)
    with clock.standing_at(moment), desk.db.transaction() as session:
        archivist = desk.who(session, "archivist")
        submissions.call(session, desk.here(session), archivist)
        with pytest.raises(Conflict):
            submissions.call(session, desk.here(session), archivist)
    assert ("officer", "submission_called", ["2027-01-04"]) in told(desk, moment)
    assert told(desk, moment + timedelta(days=3)) == []


def test_a_call_made_before_the_machine_was_off_for_long_is_told_afterwards(desk: Archive) -> None:
    desk.closed(end="15/01/2026")
    moment = datetime(2027, 1, 4, 3, 0, tzinfo=UTC)
    with clock.standing_at(moment), desk.db.transaction() as session:
        submissions.call(session, desk.here(session), desk.who(session, "archivist"))
    later = moment + timedelta(days=50)
    with clock.standing_at(later - timedelta(days=1)):
        desk.closed(end="10/01/2026")  # closed when the days of the call were over
    assert ("officer", "submission_called", ["2027-01-04"]) in told(desk, later)


def test_the_archivists_are_told_of_files_whose_holder_has_left(desk: Archive) -> None:
    desk.closed(end="15/01/2026")
    with desk.db.transaction() as session:
        people.lock(session, desk.who(session, "officer"), date(2026, 6, 1), "Nghỉ hưu")
    whom = [name for name, *_ in told(desk, datetime(2027, 1, 1, tzinfo=UTC))]
    assert whom == ["quantri", "archivist"]  # the first person is one, too


def test_the_database_itself_keeps_a_notice_from_being_given_twice(desk: Archive) -> None:
    desk.closed(end="15/01/2026")
    told(desk, datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(Exception, match=r"(?i)unique"), desk.db.transaction() as session:
        first = session.scalars(select(NoticeItem)).first()
        assert first is not None
        session.add(
            NoticeItem(
                notice_id=first.notice_id,
                person_id=first.person_id,
                kind=first.kind,
                subject_type=first.subject_type,
                subject_id=first.subject_id,
                occasion=first.occasion,
            )
        )
        session.flush()


def test_mail_that_was_not_taken_is_sent_again_under_the_same_name(desk: Archive) -> None:
    desk.closed(end="15/01/2026")
    with desk.db.transaction() as session:
        officer = desk.who(session, "officer")
        officer.email = "an@example.vn"
        audit.record(session, "person.change", officer)
    told(desk, datetime(2027, 1, 1, tzinfo=UTC))
    with desk.db.transaction() as session:
        (notice,) = notices.to_mail(session)
        name = notice.message_id
        notices.not_mailed(session, notice.id, "451 try later")
    later = clock.now() + timedelta(days=1)
    with clock.standing_at(later), desk.db.transaction() as session:
        (notice,) = notices.to_mail(session)
        assert (notice.message_id, notice.mail_tries) == (name, 1)
        notices.mailed(session, notice.id)
    with desk.db.reading() as session:
        assert notices.to_mail(session) == []


def test_the_call_leaves_out_what_was_kept_back_for_longer(desk: Archive) -> None:
    code = desk.closed(end="15/01/2026")
    more: dict[str, Any] = {
        "reason": "Còn dùng",
        "consent_number": "5/CV",
        "consent_date": date(2026, 12, 1),
        "consent": a_document(desk.db, desk.organ, "Đồng ý cho giữ lại hồ sơ"),
    }
    with desk.db.transaction() as session:
        case_file, head = desk.file(session, code), desk.who(session, "head")
        submissions.keep_back(session, case_file, head, until=date(2027, 8, 1), **more)
    moment = datetime(2027, 1, 20, 3, 0, tzinfo=UTC)
    with clock.standing_at(moment), desk.db.transaction() as session:
        submissions.call(session, desk.here(session), desk.who(session, "archivist"))
    assert told(desk, moment) == []


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        (date(2026, 12, 1), (0, 0, 0)),  # due on 15/01/2027: not yet in the list
        (date(2026, 12, 20), (1, 0, 0)),  # the other is kept back for longer
        (date(2027, 2, 1), (0, 1, 1)),
        (date(2027, 7, 15), (1, 1, 1)),  # kept back until 01/08/2027
        (date(2027, 9, 1), (0, 2, 0)),
    ],
)
def test_units_are_counted_by_the_day_until_which_a_case_file_may_stay(
    desk: Archive, day: date, counted: tuple[int, int, int]
) -> None:
    desk.closed(end="15/01/2026")
    kept = desk.closed(end="15/01/2026")
    consent = a_document(desk.db, desk.organ, "Đồng ý cho giữ lại hồ sơ")
    with desk.db.transaction() as session:
        submissions.keep_back(
            session, desk.file(session, kept), desk.who(session, "head"), until=date(2027, 8, 1),
            reason="Còn dùng", consent_number="5/CV", consent_date=date(2026, 12, 1),
            consent=consent,
        )  # fmt: skip
    with desk.db.reading() as session:
        found = submission_lists.by_unit(session, desk.here(session), day)
    told = [(one.soon, one.late, one.kept_back) for one in found]
    assert told == ([counted] if day.year > 2026 or day.day > 16 else [])
