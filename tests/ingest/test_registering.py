"""The clerk's desk: files join lines, what is here already is said, secrets leave nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, books, clock, documents, organ_rules, register_handling, registers
from archive.database import Database
from archive.errors import ArchiveError, Conflict, Refused
from archive.models import CaseFile, Document, Event, Organ, Part, Person, Placement
from archive.register_models import EntryTwin, Refusal, RegisterEntry
from archive.register_twins import LooksLikeEarlier
from ingest import joining, registering, shelving
from ingest.models import Intake
from ingest.registering import Decided, Form
from tests.archive.test_races import both, codes, office_on
from tests.factories import a_case_file, a_document, a_person, something_arrived, writing
from tests.ingest.conftest import Desk

LETTER = {
    "subject": "Về nộp lưu hồ sơ",
    "organ_name": "Sở Nội vụ",
    "code_number": "15",
    "code_notation": "SNV-VP",
    "issued_date": "12/01/2026",
}
FACTS: dict[str, Any] = {
    "identify": {"puid": "fmt/276", "mime": "application/pdf", "family": "pdf"},
    "read_text": {"pages": 2},
    "make_pdfa": {"archival_is_original": True},
    "validate": {"is_valid": True},
}


def says(code: str) -> Any:
    return pytest.raises(ArchiveError, match=rf"^{code}\b")


def registered(
    desk: Desk, form: Form | None = None, by: Person | None = None, **values: str
) -> str:
    """The code of the line that came of it."""
    form = form or Form(LETTER)
    form = replace(form, values={**form.values, **values})
    with desk.db.transaction() as session:
        organ = session.get_one(Organ, desk.organ.id)
        book = books.default_book(session, organ, "incoming")
        person = session.get_one(Person, (by or desk.person).id)
        return registering.register(session, book, person, form).entry.code


def entry(session: Session, desk: Desk, code: str) -> RegisterEntry:
    return registers.entry_by_code(session, session.get_one(Organ, desk.organ.id), code)


def received(desk: Desk, content: bytes = b"%PDF-1.7 mot", name: str = "van-ban.pdf") -> int:
    return desk.receive(content, name).intake_id


def shelve(db: Database, number: int) -> Document:
    """The road's end, as `outcomes` reaches it."""
    with db.transaction() as session:
        intake = session.get_one(Intake, number)
        intake.facts = FACTS
        shelving.shelve(session, intake, ())
        audit.record(session, "intake.step", intake)
    with db.reading() as session:
        return session.scalars(
            select(Document)
            .join(Intake, Intake.document_id == Document.id)
            .where(Intake.id == number)
        ).one()


def decided(earlier: str, decision: str) -> Decided:
    return Decided(earlier, decision, "Đã đối chiếu")


@pytest.mark.rule("HC-53")
@pytest.mark.rule("DB-18")
def test_a_registered_file_becomes_a_document_with_number_and_day_of_arrival(desk: Desk) -> None:
    code = registered(desk, Form(LETTER, intake_id=received(desk)), priority="2")
    document = shelve(desk.db, 1)
    with desk.db.reading() as session:
        line = entry(session, desk, code)
        assert (line.document_id, line.page_amount) == (document.id, 2)
        assert (document.arrival_number, document.arrival_date) == (1, line.registered_on)
        assert (document.code_number, document.code_notation) == ("15", "SNV-VP")
        assert (document.direction, document.priority) == ("incoming", 2)
        assert document.issued_date == date(2026, 1, 12)


def with_rules(desk: Desk, **rules: str) -> None:
    with writing(desk.db) as session:
        organ = session.get_one(Organ, desk.organ.id)
        organ_rules.set_rules(session, organ, rules, "Quy chế")


def scanned(depth: str, where: str = "", pages: str = "") -> dict[str, str]:
    return {"completeness": depth, "elsewhere": where, "rest_pages": pages}


@pytest.mark.rule("DB-22")
def test_of_what_is_published_the_first_page_is_enough_with_its_link(desk: Desk) -> None:
    with_rules(desk, types_first_page="Luật, Nghị định, Thông tư")
    scan = scanned("first_page", "https://congbao.example/15")
    law = {**LETTER, "type_name": "nghị định"}
    with says("rest_place_missing"):
        registered(desk, Form(law, scan=scanned("first_page")))
    registered(desk, Form(law, intake_id=received(desk), scan=scan))
    document = shelve(desk.db, 1)
    assert (document.completeness, document.elsewhere) == ("first_page", scan["elsewhere"])
    with says("scan_too_little"):
        registered(desk, Form({**LETTER, "type_name": "Tờ trình", "code_number": "2"}, scan=scan))


@pytest.mark.rule("KT-33")
def test_an_annex_of_fifteen_pages_or_more_stays_on_paper_with_who_has_it(desk: Desk) -> None:
    with_rules(desk, scan_policy="main_text", annex_pages="15")
    report = {**LETTER, "type_name": "Báo cáo"}
    for pages, code in (("", "rest_pages_missing"), ("x", "rest_pages_missing"),
                        ("14", "annex_is_short")):  # fmt: skip
        with says(code):
            registered(desk, Form(report, scan=scanned("main_text", "Lê Thị Bình", pages)))
    scan = scanned("main_text", "Lê Thị Bình, Phòng Quản lý đô thị", "15")
    registered(desk, Form(report, intake_id=received(desk), scan=scan))
    document = shelve(desk.db, 1)
    assert document.completeness == "main_text"
    assert document.elsewhere == "Lê Thị Bình, Phòng Quản lý đô thị (15 trang)"


@pytest.mark.rule("DB-21")
def test_of_a_project_the_covering_submission_is_enough_however_short_the_rest(desk: Desk) -> None:
    with_rules(desk, scan_policy="main_text", annex_pages="0")
    scan = scanned("main_text", "Bộ phận một cửa")
    registered(desk, Form({**LETTER, "type_name": "Tờ trình"}, intake_id=received(desk), scan=scan))
    assert shelve(desk.db, 1).elsewhere == "Bộ phận một cửa"


@pytest.mark.rule("TN-22")
def test_where_everything_is_scanned_no_less_is_taken_and_annexes_come_along(desk: Desk) -> None:
    for depth in ("main_text", "first_page"):
        with says("scan_too_little"):
            registered(desk, Form(LETTER, scan=scanned(depth, "Phòng Ngân sách", "40")))
    first = registered(desk, Form(LETTER, intake_id=received(desk), scan=scanned("full")))
    shelve(desk.db, 1)
    more = received(desk, b"%PDF-1.7 phu luc", "phu-luc.pdf")
    registered(desk, Form(LETTER, intake_id=more, decided=decided(first, "supplement")))
    document = shelve(desk.db, more)
    with desk.db.reading() as session:
        parts = session.scalars(select(Part).where(Part.document_id == document.id))
        assert [one.role for one in parts.all()] == ["main", "annex"]
    assert document.completeness == "full"


def test_by_a_list_only_its_types_must_be_whole(desk: Desk) -> None:
    with_rules(desk, scan_policy="list", types_to_scan="Quyết định, Thông báo")
    with says("scan_too_little"):
        registered(
            desk, Form({**LETTER, "type_name": "Quyết định"}, scan=scanned("first_page", "Tủ"))
        )
    other = Form({**LETTER, "type_name": "Giấy mời"}, scan=scanned("first_page", "Tủ 3"))
    assert registered(desk, other)


# Into its case file -------------------------------------------------------------------------------


@pytest.mark.rule("KT-43")
def test_the_original_goes_into_the_units_file_of_incoming_documents(desk: Desk) -> None:
    clerk = a_person(desk.db, desk.organ, "minh", "clerk")
    incoming = a_case_file(desk.db, desk.organ, "Tập lưu văn bản đến năm 2026", holder=clerk)
    number = received(desk)
    form = Form(LETTER, intake_id=number, case_file=incoming)
    registered(desk, form, by=clerk)
    document = shelve(desk.db, number)
    with desk.db.reading() as session:
        inside = session.scalars(
            select(Placement).where(Placement.case_file_id == incoming.id)
        ).one()
        assert inside.document_id == document.id
        (part,) = inside.document.parts
        original = documents.rendition(part, "original")
    assert original is not None
    with desk.store.open(original.digest) as kept:
        assert kept.read() == b"%PDF-1.7 mot"


def test_what_is_a_document_already_is_put_into_the_case_file_at_once(desk: Desk) -> None:
    incoming = a_case_file(desk.db, desk.organ, "Tập lưu văn bản đến", holder=desk.person)
    number = received(desk)
    document = shelve(desk.db, number)
    registered(desk, Form(LETTER, intake_id=number, case_file=incoming))
    with desk.db.reading() as session:
        found = select(Placement.document_id).where(Placement.case_file_id == incoming.id)
        assert session.scalars(found).all() == [document.id]


def test_a_case_file_that_takes_nothing_gets_no_line_either(desk: Desk) -> None:
    closed = a_case_file(desk.db, desk.organ, "Đã kết thúc", holder=desk.person)
    with writing(desk.db) as session:
        row = session.get_one(CaseFile, closed.id)
        row.stage, row.closed_at = "closed", clock.now()
        audit.record(session, "case_file.close", row)
    with desk.db.reading() as session:
        closed = session.get_one(CaseFile, closed.id)
    with says("case_file_is_final"):
        registered(desk, Form(LETTER, case_file=closed))
    assert registered(desk).endswith("/1")


def test_what_is_a_document_already_gets_its_number_when_it_is_registered(desk: Desk) -> None:
    number = received(desk)
    shelve(desk.db, number)
    code = registered(desk, Form(LETTER, intake_id=number))
    with desk.db.reading() as session:
        document = entry(session, desk, code).document
        assert document is not None
        assert (document.arrival_number, document.subject) == (1, "Về nộp lưu hồ sơ")


def test_a_line_stands_without_a_file_and_takes_one_later(desk: Desk) -> None:
    code = registered(desk)
    number = received(desk)
    with desk.db.transaction() as session:
        joining.join_intake(session, entry(session, desk, code), session.get_one(Intake, number))
    document = shelve(desk.db, number)
    with desk.db.reading() as session:
        assert entry(session, desk, code).document_id == document.id


def test_a_file_belongs_to_one_line_only(desk: Desk) -> None:
    number = received(desk)
    registered(desk, Form(LETTER, intake_id=number))
    other = registered(desk, code_number="16")
    with says("file_registered"), desk.db.transaction() as session:
        joining.join_intake(session, entry(session, desk, other), session.get_one(Intake, number))


@pytest.mark.rule("HC-55")
def test_the_same_number_organ_and_year_is_said_however_it_is_typed(desk: Desk) -> None:
    first = registered(desk)
    for number, notation in (("15", "SNV-VP"), (" 015 ", "snv – vp")):
        with pytest.raises(LooksLikeEarlier) as told:
            registered(desk, code_number=number, code_notation=notation, organ_name="SỞ NỘI VỤ")
        assert [(one.key, one.grounds) for one in told.value.twins] == [(first, ("number",))]
    by_code = {"subject": "Về", "CodeNumber": "15", "CodeNotation": "SNV-VP"}
    with pytest.raises(LooksLikeEarlier):  # fields may be named by the law's codes too
        registered(desk, Form(by_code))
    assert registered(desk, issued_date="12/01/2025")  # another year
    assert registered(desk, organ_name="Sở Tài chính")  # another organ


@pytest.mark.rule("HC-55")
def test_the_same_identification_code_is_said(desk: Desk) -> None:
    first = registered(desk, doc_code="H29.2026.00015")
    with pytest.raises(LooksLikeEarlier) as told:
        registered(desk, doc_code="H29.2026.00015", code_number="99")
    assert [(one.key, one.grounds) for one in told.value.twins] == [(first, ("doc_code",))]


def test_the_same_bytes_are_said_while_the_first_is_on_its_road(desk: Desk) -> None:
    number = received(desk)
    first = registered(desk, Form(LETTER, intake_id=number))
    with pytest.raises(LooksLikeEarlier) as told:
        registered(desk, Form({"subject": "Gửi lại"}, intake_id=received(desk)))
    assert [(one.key, one.grounds) for one in told.value.twins] == [(first, ("digest",))]


def test_an_earlier_document_without_a_line_is_said_too(desk: Desk) -> None:
    values: dict[str, Any] = {name: value for name, value in LETTER.items() if name != "subject"}
    document = a_document(desk.db, desk.organ, LETTER["subject"], **values)
    with pytest.raises(LooksLikeEarlier) as told:
        registered(desk, code_number="0015")
    assert [one.key for one in told.value.twins] == [document.code]
    code = registered(desk, Form(LETTER, decided=decided(document.code, "same")))
    with desk.db.reading() as session:
        assert entry(session, desk, code).document_id == document.id


def test_nobody_is_told_of_an_earlier_document_that_is_closed_to_them(desk: Desk) -> None:
    holder = a_person(desk.db, desk.organ, "lan", "officer")
    clerk = a_person(desk.db, desk.organ, "minh", "clerk")
    closed = a_case_file(desk.db, desk.organ, "Nhân sự", access_level="assigned", holder=holder)
    values: dict[str, Any] = {name: value for name, value in LETTER.items() if name != "subject"}
    a_document(desk.db, desk.organ, "Bổ nhiệm", case_file=closed, **values)
    assert registered(desk, by=clerk)


def test_another_document_of_the_same_number_gets_its_own_line(desk: Desk) -> None:
    first = registered(desk)
    second = registered(desk, Form(LETTER, decided=decided(first, "other")))
    assert (first.rsplit("/", 1)[1], second.rsplit("/", 1)[1]) == ("1", "2")
    with desk.db.reading() as session:
        kept = session.scalars(select(EntryTwin)).one()
        assert (kept.decision, kept.grounds, kept.why) == ("other", "number", "Đã đối chiếu")
        assert kept.earlier_entry_id == entry(session, desk, first).id


@pytest.mark.rule("HC-21")
def test_paper_that_follows_its_file_gets_no_second_number(desk: Desk) -> None:
    first = registered(desk, Form(LETTER, intake_id=received(desk)), channel="axis")
    again = registered(desk, Form(LETTER, decided=decided(first, "same")))
    assert again == first
    with desk.db.reading() as session:
        line = entry(session, desk, first)
        assert line.paper_arrived_on is not None
        assert len(session.scalars(select(RegisterEntry)).all()) == 1


def test_a_file_that_follows_its_paper_becomes_the_lines_document(desk: Desk) -> None:
    first = registered(desk)
    form = Form(LETTER, intake_id=received(desk), decided=decided(first, "same"))
    assert registered(desk, form, channel="axis") == first
    document = shelve(desk.db, 1)
    with desk.db.reading() as session:
        assert entry(session, desk, first).document_id == document.id


@pytest.mark.rule("TN-24")
def test_supplementary_papers_join_the_old_document_as_a_further_part(desk: Desk) -> None:
    first = registered(desk, Form(LETTER, intake_id=received(desk)))
    document = shelve(desk.db, 1)
    more = received(desk, b"%PDF-1.7 hai", "phu-luc.pdf")
    form = Form(LETTER, intake_id=more, decided=decided(first, "supplement"))
    assert registered(desk, form) == first
    assert shelve(desk.db, more).id == document.id
    with desk.db.reading() as session:
        parts = session.scalars(select(Part).order_by(Part.ordinal)).all()
        assert [(one.ordinal, one.role, one.file_name) for one in parts] == [
            (1, "main", "van-ban.pdf"),
            (2, "annex", "phu-luc.pdf"),
        ]
        assert session.get_one(Document, document.id).page_amount == 4
        told = session.scalars(select(Event.action)).all()
        assert {"document.add_part", "register_entry.supplement"} <= set(told)


@pytest.mark.rule("TN-24")
def test_what_was_finished_is_handled_as_new_when_supplementary_papers_come(desk: Desk) -> None:
    first = registered(desk, Form(LETTER, intake_id=received(desk)), due_date="20/01/2020")
    shelve(desk.db, 1)
    with desk.db.transaction() as session:
        register_handling.finish(session, entry(session, desk, first), "for_reference")
    more = received(desk, b"%PDF-1.7 hai", "phu-luc.pdf")
    registered(desk, Form(LETTER, intake_id=more, decided=decided(first, "supplement")))
    with desk.db.reading() as session:
        line = entry(session, desk, first)
        assert (line.finished_on, line.outcome) == (None, "")
        assert line.due_date is not None and line.due_date > clock.today(line.register.organ)


@pytest.mark.rule("DB-19")
def test_an_editable_file_of_the_same_name_goes_along_with_the_scan(desk: Desk) -> None:
    first = registered(desk, Form(LETTER, intake_id=received(desk)))
    shelve(desk.db, 1)
    more = received(desk, b"hai", "van-ban.docx")
    registered(desk, Form(LETTER, intake_id=more, decided=decided(first, "supplement")))
    shelve(desk.db, more)
    with desk.db.reading() as session:
        parts = session.scalars(select(Part).order_by(Part.ordinal)).all()
        assert [one.role for one in parts] == ["main", "companion"]


def test_nothing_is_added_to_a_document_whose_case_file_is_closed_meanwhile(desk: Desk) -> None:
    first = registered(desk, Form(LETTER, intake_id=received(desk)))
    document = shelve(desk.db, 1)
    case_file = a_case_file(desk.db, desk.organ, holder=desk.person)
    more = received(desk, b"%PDF-1.7 hai", "phu-luc.pdf")
    registered(desk, Form(LETTER, intake_id=more, decided=decided(first, "supplement")))
    with writing(desk.db) as session:
        held = session.get_one(Document, document.id)
        documents.place(session, held, session.get_one(CaseFile, case_file.id))
        closed = session.get_one(CaseFile, case_file.id)
        closed.stage, closed.closed_at = "closed", clock.now()
        audit.record(session, "case_file.close", closed)
    assert shelve(desk.db, more).id != document.id


@pytest.mark.rule("KT-08")
@pytest.mark.rule("TG-05")
@pytest.mark.rule("DB-23")
def test_of_a_secret_only_number_day_and_reason_are_kept(desk: Desk) -> None:
    with says("secret_mark"):
        registered(desk, note="(TỐI MẬT)", subject="Kế hoạch đặc biệt")
    registering.note_secret(desk.db, desk.organ.id, desk.person)
    with desk.db.reading() as session:
        kept = session.scalars(select(Refusal)).one()
        assert (kept.code, kept.reason_code) == (f"{kept.year}/1", "secret_mark")
        assert (kept.sender, kept.reference, kept.reason) == ("", "", "")
        assert not session.scalars(select(RegisterEntry)).all()


def test_a_subject_that_speaks_of_secrecy_is_no_secret(desk: Desk) -> None:
    assert registered(desk, subject="Về bảo mật mật khẩu và mật độ xây dựng")


@pytest.mark.rule("HC-16")
def test_a_received_file_is_refused_and_the_sender_gets_a_numbered_answer(desk: Desk) -> None:
    number = received(desk)
    with desk.db.transaction() as session:
        intake = session.get_one(Intake, number)
        by = session.get_one(Person, desk.person.id)
        refusal = joining.refuse_intake(
            session, intake, by, "bad_signature", sender="Sở Nội vụ", reason="Chữ ký không hợp lệ"
        )
        assert refusal.number == 1
    assert desk.intake(number).state == "refused"
    with says("file_is_gone"):
        registered(desk, Form(LETTER, intake_id=number))


def test_a_registered_file_is_not_refused_any_more(desk: Desk) -> None:
    number = received(desk)
    registered(desk, Form(LETTER, intake_id=number))
    with says("file_registered"), desk.db.transaction() as session:
        intake = session.get_one(Intake, number)
        by = session.get_one(Person, desk.person.id)
        joining.refuse_intake(session, intake, by, "incomplete", sender="Sở")


def test_nothing_is_written_when_the_clerk_has_not_decided(desk: Desk) -> None:
    registered(desk)
    with pytest.raises(Conflict):
        registered(desk)
    with says("reason_missing"):
        registered(desk, Form(LETTER, decided=Decided("den/2026/1", "other", " ")))
    assert registered(desk, code_number="16").endswith("/2")


def test_a_complaint_is_refused_before_a_number_is_given(desk: Desk) -> None:
    with pytest.raises(Refused):
        registered(desk, subject="Đơn khiếu nại của ông Nguyễn Văn A")
    assert registered(desk).endswith("/1")
    assert something_arrived().pages == 1


def test_of_two_clerks_with_the_same_paper_at_once_the_second_is_told(
    postgresql_db: Database,
) -> None:
    office = office_on(postgresql_db)

    def enter(session: Session) -> None:
        book = books.book_by_code(session, office.of(session), "den")
        registering.register(session, book, office.who(session, office.minh), Form(LETTER))

    assert codes(both(office.db, enter, enter)) == ["", "looks_like_earlier"]


def test_a_form_that_is_sent_twice_at_once_makes_one_line(postgresql_db: Database) -> None:
    office = office_on(postgresql_db)

    def enter(session: Session) -> str:
        book = books.book_by_code(session, office.of(session), "di")
        form = Form({"subject": "Giấy mời"}, key="một lần")
        return registering.register(
            session, book, office.who(session, office.minh), form
        ).entry.code

    first, second = both(office.db, enter, enter)
    assert first == second
