"""A registered document that is suspected, and found, to be a state secret (R15): its line."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import (
    alarms,
    audit,
    books,
    clock,
    notice_subjects,
    notices,
    occasions,
    people,
    refusals,
    register_handling,
    registers,
)
from archive import register_lists as lists
from archive.audit_check import verify
from archive.database import Base
from archive.errors import Waits
from archive.models import Document, Organ, Person
from archive.register_models import LettingIn, RegisterEntry
from archive.secret_lines import KEPT, open_lines
from formats.vietnamese import fold
from ingest import decisions, intakes, issuances, leftovers, registering
from ingest.models import Intake, Issuance, IssuanceComment
from ingest.pipeline import advance
from ingest.registering import Decided, Form
from tests import server_files
from tests.factories import a_person
from tests.ingest.conftest import Desk
from tests.ingest.test_decisions import clear
from tests.ingest.test_pipeline import fails_with, road

RARE = "xyzzy"  # stands in everything that is said of the secret
COMPLAINT = f"Đơn tố cáo ông {RARE}"
SUSPECTED = Waits("suspected_secret", mark="MẬT")


@dataclass(frozen=True)
class Office:
    """A clerk, who registers; an officer, who is named in lines; an archivist, who decides."""

    desk: Desk
    clerk: Person
    officer: Person

    def register(
        self,
        book: str,
        values: dict[str, str],
        content: bytes | None = None,
        let_in: int = 0,
        answers: str = "",
        **more: object,
    ) -> str:
        """A line, and the file that comes with it; its code."""
        number = self.desk.receive(content, f"{RARE}.pdf").intake_id if content else None
        with audit.acting_as(self.clerk, "web"), self.desk.db.transaction() as session:
            organ = session.get_one(Organ, self.desk.organ.id)
            books.ensure_books(session, organ)
            if let_in:
                more["let_in"] = refusals.asked_by_id(session, organ, let_in)
            if answers:
                more["answers"] = (registers.entry_by_code(session, organ, answers),)
            form = Form(values, intake_id=number, **more)  # type: ignore[arg-type]
            held = books.book_by_code(session, organ, book)
            clerk = session.get_one(Person, self.clerk.id)
            return registering.register(session, held, clerk, form).entry.code

    def line(self, code: str) -> RegisterEntry:
        with self.desk.db.reading() as session:
            organ = session.get_one(Organ, self.desk.organ.id)
            return registers.entry_by_code(session, organ, code)

    def file_of(self, code: str) -> int:
        with self.desk.db.reading() as session:
            mine = Intake.register_entry_id == self.line(code).id
            return session.scalars(select(Intake.id).where(mine)).one()

    def suspect(self, number: int) -> None:
        advance(self.desk.db, self.desk.workshop, number, road(admit=fails_with(SUSPECTED)))

    def confirm(self, number: int) -> None:
        with self.desk.db.transaction() as session:
            intake = decisions.by_id(session, number)
            decisions.confirm_secret(session, self.desk.workshop, intake, "đóng dấu Mật")
        leftovers.finish_removals(self.desk.db, self.desk.workshop)

    def sees(self, user_name: str, code: str) -> bool:
        with self.desk.db.reading() as session:
            organ = session.get_one(Organ, self.desk.organ.id)
            person = people.by_name(session, user_name)
            return lists.may_see(
                session, person, organ, registers.entry_by_code(session, organ, code)
            )

    def finds(self, user_name: str, number: str) -> bool:
        with self.desk.db.reading() as session:
            organ = session.get_one(Organ, self.desk.organ.id)
            held = books.book_by_code(session, organ, "den")
            is_open = open_lines(people.by_name(session, user_name), organ)
            wanted = lists.lines(held).where(*lists.by_number(held, number, is_open))
            return bool(session.scalars(wanted).all())


@pytest.fixture
def office(desk: Desk) -> Office:
    clerk = a_person(desk.db, desk.organ, "minh", "clerk")
    officer = a_person(desk.db, desk.organ, "binh", "officer", full_name="Bình")
    return Office(desk, clerk, officer)


LETTER = {
    "code_number": "77",
    "code_notation": "KH-UBND",
    "subject": f"Bố trí lực lượng {RARE}",
    "organ_name": f"Bộ Tư lệnh {RARE}",
    "issued_date": "12/01/2026",
    "signer_name": f"Đại tá {RARE}",
    "to_places": "Bình",
    "sender_email": f"{RARE}@bao.vn",
}
PLAIN = {"organ_name": "Sở Nội vụ", "code_number": "không số", "issued_date": "12/01/2026"}
LIKE_IT = {
    "code_number": "77",
    "code_notation": "KH-UBND",
    "subject": "Kế hoạch khác",
    "organ_name": "Bộ Tư lệnh",
    "issued_date": "12/01/2026",
}


def places_saying(desk: Desk, word: str) -> set[str]:
    """Every table, and whatever lies in the home, in which the word can be found."""
    found = set()
    with desk.db.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(select(table)).all()
            found |= {table.name for one in rows if word in fold(str(one))}
    if "sqlite" in desk.db.url:
        desk.db.erase_traces()  # what is only in the log comes into the file
    else:
        found |= {f"file of {one}" for one in server_files.saying(desk.db, word)}
    home = Path(desk.workshop.settings.home)
    return found | {one.relative_to(home).parts[0] for one in home.rglob("*") if _says(one, word)}


def _says(path: Path, word: str) -> bool:
    return path.is_file() and (word.encode() in path.read_bytes() or word in path.name)


@pytest.mark.rule("KT-21")
def test_nothing_of_a_confirmed_secret_remains_of_what_was_registered(office: Office) -> None:
    desk = office.desk
    earlier = office.register("den", LIKE_IT)
    decided = Decided(earlier, "other", f"không phải {RARE}")
    code = office.register("den", LETTER, f"noi dung {RARE}".encode(), decided=decided)
    office.register("den", LIKE_IT, decided=Decided(code, "other", f"khác với {RARE}"))
    with audit.acting_as(office.clerk, "web"), desk.db.transaction() as session:
        line = registers.entry_by_code(session, session.get_one(Organ, desk.organ.id), code)
        registers.correct(session, line, {"note": f"kèm {RARE}"}, f"bổ sung {RARE}")
        register_handling.acknowledge(session, line)
        register_handling.hand_on(session, line, "Bình", opinion=f"ý kiến {RARE}")
    number = office.file_of(code)
    before = {"register_entry", "entry_twin", "event_words", "intake", "files"}
    assert before <= places_saying(desk, RARE)  # what looks for it can find it
    office.suspect(number)
    assert "quarantine" in places_saying(desk, RARE)
    office.confirm(number)
    assert places_saying(desk, RARE) == set()
    line = office.line(code)
    assert (line.number, line.state, line.cancel_reason) == (2, "cancelled", "Bí mật nhà nước")
    with desk.db.reading() as session:
        assert verify(session).is_good


def test_an_erased_line_says_nothing_in_any_column(office: Office) -> None:
    code = office.register("den", {**LETTER, "priority": "2", "page_amount": "9"}, b"noi dung")
    number = office.file_of(code)
    office.suspect(number)
    office.confirm(number)
    line = office.line(code)
    names = {one.key for one in RegisterEntry.__mapper__.column_attrs} - KEPT
    said = {name: value for name in names if (value := getattr(line, name)) is not None}
    usual = {"channel": "paper", "circulation": "both", "handling": "handle"}
    assert {name: value for name, value in said.items() if value} == usual


def test_what_was_let_in_and_is_a_secret_leaves_no_question_either(office: Office) -> None:
    desk = office.desk
    head = a_person(desk.db, desk.organ, "ha", "head")
    typed = {"subject": COMPLAINT}
    with audit.acting_as(office.clerk, "web"), desk.db.transaction() as session:
        organ = session.get_one(Organ, desk.organ.id)
        asked = refusals.ask(session, organ, office.clerk, "complaint", typed)
    with audit.acting_as(head, "web"), desk.db.transaction() as session:
        question = refusals.asked_by_id(session, desk.organ, asked.id)
        refusals.decide(session, question, head, is_allowed=True, why=f"xem xét {RARE}")
    code = office.register("den", {**LETTER, **typed}, b"noi dung", let_in=asked.id)
    assert "letting_in" in places_saying(desk, RARE)
    number = office.file_of(code)
    office.suspect(number)
    office.confirm(number)
    assert places_saying(desk, RARE) == set()


def test_who_was_to_get_a_secret_is_forgotten_and_what_it_answered_is_open_again(
    office: Office,
) -> None:
    desk = office.desk
    asked = office.register("den", {**PLAIN, "subject": "Đề nghị báo cáo"})
    values = {"subject": f"Báo cáo {RARE}", "recipients": f"Bộ Tư lệnh {RARE}"}
    code = office.register("di", values, b"noi dung", answers=asked)
    assert office.line(asked).finished_on is not None
    assert "delivery" in places_saying(desk, RARE)
    number = office.file_of(code)
    office.suspect(number)
    office.confirm(number)
    assert places_saying(desk, RARE) == set()
    assert (office.line(asked).finished_on, office.line(asked).answered_by_id) == (None, None)


def test_a_suspected_line_is_for_those_who_decide_alone(office: Office) -> None:
    code = office.register("den", LETTER, b"noi dung")
    number = office.file_of(code)
    assert office.sees("minh", code)
    assert office.finds("minh", "77/KH-UBND")
    office.suspect(number)
    assert [office.sees(name, code) for name in ("minh", "binh")] == [False, False]
    assert office.sees(office.desk.person.user_name, code)
    assert not office.finds("minh", "77/KH-UBND")
    assert office.finds(office.desk.person.user_name, "77/KH-UBND")


def test_nobody_gets_a_notice_of_a_suspected_line(office: Office) -> None:
    code = office.register("den", LETTER, b"noi dung")
    desk = office.desk
    told = _told_of(desk)
    assert {one.person_id for one in told} >= {office.officer.id}
    with desk.db.transaction() as session:
        notices.tell(session, session.get_one(Organ, desk.organ.id), told)
    office.suspect(office.file_of(code))
    assert _told_of(desk) == []
    with desk.db.reading() as session:  # what was told before loses its title
        officer = people.by_name(session, "binh")
        (notice,) = session.scalars(notices.inbox(officer)).all()
        shown = notice_subjects.subjects(session, officer, notice.items)
    assert [one.title for one in shown.values()] == [""]


def _told_of(desk: Desk) -> list[notices.Told]:
    with desk.db.reading() as session:
        organ = session.get_one(Organ, desk.organ.id)
        return occasions.of_registers(session, organ, people.at_work(session, organ.id))


def test_a_suspicion_that_is_cleared_opens_the_line_again(office: Office) -> None:
    code = office.register("den", LETTER, b"noi dung")
    number = office.file_of(code)
    office.suspect(number)
    clear(office.desk, number)
    assert office.sees("minh", code)
    assert office.line(code).subject == LETTER["subject"]


def test_another_file_of_a_suspected_line_becomes_a_suspected_document(office: Office) -> None:
    desk = office.desk
    code = office.register("den", LETTER, b"noi dung")
    number = office.file_of(code)
    other = desk.receive(b"phu luc", "phu-luc.pdf").intake_id
    with desk.db.transaction() as session:
        session.get_one(Intake, other).register_entry_id = office.line(code).id
        audit.record(session, "intake.register", session.get_one(Intake, other))
    office.suspect(number)
    advance(desk.db, desk.workshop, other, road())
    with desk.db.reading() as session:
        assert session.scalars(select(Document.alarm)).all() == [alarms.SUSPECTED]
    office.confirm(number)
    assert office.line(code).state == "registered"  # its document is to be decided on
    assert not office.sees("minh", code)


def test_other_files_of_an_erased_line_are_in_no_register(office: Office) -> None:
    desk = office.desk
    code = office.register("den", LETTER, b"noi dung")
    number = office.file_of(code)
    other = desk.receive(b"phu luc", "phu-luc.pdf").intake_id
    with desk.db.transaction() as session:
        session.get_one(Intake, other).register_entry_id = office.line(code).id
        audit.record(session, "intake.register", session.get_one(Intake, other))
    office.suspect(number)
    office.confirm(number)
    assert desk.intake(other).register_entry_id is None


def test_the_line_of_a_document_under_alarm_is_closed_to_clerks(office: Office) -> None:
    desk = office.desk
    code = office.register("den", LETTER, b"noi dung")
    advance(desk.db, desk.workshop, office.file_of(code), road())
    assert office.sees("minh", code)
    with desk.db.transaction() as session:
        alarms.sound(session, session.scalars(select(Document)).one(), alarms.SUSPECTED)
    assert not office.sees("minh", code)
    assert not office.finds("minh", "77/KH-UBND")
    assert office.sees(desk.person.user_name, code)


def an_issuance(office: Office, code: str, **more: object) -> int:
    """What the officer drafted and the clerk issued as this line, as its road has it."""
    number, line = office.file_of(code), office.line(code)
    with audit.acting_as(office.clerk, "web"), office.desk.db.transaction() as session:
        made = Issuance(
            organ_id=office.desk.organ.id,
            state="issued",
            name=f"CKSbao cao {RARE}.pdf",
            layout="corner",
            fields={"Subject": f"Báo cáo {RARE}"},
            signer_name=f"Đại tá {RARE}",
            prepared_digest="1" * 64,
            signed_digest="2" * 64,
            issued_digest=office.desk.intake(number).digest,
            prepared_by_id=office.officer.id,
            prepared_at=clock.now(),
            intake_id=number,
            register_entry_id=line.id,
            **more,
        )
        session.add(made)
        session.flush()
        words = {"issuance_id": made.id, "person_id": office.clerk.id, "words": f"sửa {RARE}"}
        session.add(IssuanceComment(said_at=clock.now(), **words))
        audit.record(session, "issuance.prepare", made, name=made.name)
        return made.id


def test_what_the_organ_issued_and_is_a_secret_goes_with_its_draft_and_its_comments(
    office: Office,
) -> None:
    desk = office.desk
    code = office.register("di", {"subject": f"Báo cáo {RARE}"}, b"noi dung")
    issued = an_issuance(office, code)
    assert {"issuance", "issuance_comment"} <= places_saying(desk, RARE)
    assert _issuances_of(office, "minh") == [issued]
    number = office.file_of(code)
    office.suspect(number)
    for name in ("minh", "binh"):
        assert _issuances_of(office, name) == []
        assert not _sees(office, name, issued)
    office.confirm(number)
    assert places_saying(desk, RARE) == set()


def _issuances_of(office: Office, user_name: str) -> list[int]:
    with office.desk.db.reading() as session:
        person = people.by_name(session, user_name)
        seen = issuances.seen_by(session, person, office.desk.organ)
        return list(session.scalars(select(Issuance.id).where(seen)))


def _sees(office: Office, user_name: str, number: int) -> bool:
    with office.desk.db.reading() as session:
        person = people.by_name(session, user_name)
        return issuances.sees(session, person, issuances.by_number(session, number))


def test_what_was_asked_about_a_secret_that_was_never_registered_is_forgotten(
    office: Office,
) -> None:
    desk = office.desk
    number = desk.receive(b"noi dung", "don.pdf").intake_id
    typed = {"subject": COMPLAINT, "intake": str(number)}
    with audit.acting_as(office.clerk, "web"), desk.db.transaction() as session:
        organ = session.get_one(Organ, desk.organ.id)
        refusals.ask(session, organ, office.clerk, "complaint", typed)
        refusals.ask(session, organ, office.clerk, "complaint", {"subject": "Đơn khác"})
    assert len(_questions_of(office, "minh")) == 2
    office.suspect(number)
    assert len(_questions_of(office, "minh")) == 1
    assert len(_questions_of(office, desk.person.user_name)) == 2
    office.confirm(number)
    assert places_saying(desk, RARE) == set()
    assert len(_questions_of(office, desk.person.user_name)) == 1


def _questions_of(office: Office, user_name: str) -> list[LettingIn]:
    with office.desk.db.reading() as session:
        person = people.by_name(session, user_name)
        asked = refusals.open_ones(session, office.desk.organ)
        return intakes.known_questions(session, person, asked)
