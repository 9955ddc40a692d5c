"""What an organ does not take: by which words, who lets it in, what the sender is told."""

from typing import Any
from xml.etree import ElementTree

import pytest

from archive import audit, books, refusals, registers, sender_answers
from archive.errors import ArchiveError
from archive.grounds import ground_against
from archive.models import Organ, Person
from archive.organ_rules import OrganRules
from archive.register_models import LettingIn, RegisterEntry
from formats.edxml import NAMESPACE
from tests.archive.conftest import Office

RULES = OrganRules()
OPEN = OrganRules(refuse_complaints=False, refuse_resolutions=False, refuse_named=False)


def says(code: str) -> Any:
    return pytest.raises(ArchiveError, match=rf"^{code}\b")


def ground(subject: str, type_name: str = "", addressee: str = "", kind: str = "incoming") -> Any:
    return ground_against(kind, type_name, subject, addressee, rules=RULES)


@pytest.mark.rule("KT-09")
@pytest.mark.rule("TG-06")
@pytest.mark.parametrize(
    ("type_name", "subject"),
    [
        ("", "Đơn khiếu nại của ông Nguyễn Văn A"),
        ("", "Đơn thư tranh chấp đất đai"),
        ("", "V/v đơn tố cáo cán bộ xã"),
        ("", "Khiếu nại quyết định thu hồi đất"),
        ("", "ĐƠN ĐỀ NGHỊ giải quyết tranh chấp"),
        ("Đơn tố cáo", "Hành vi của ông B"),
        ("Đơn", "Tranh chấp ranh giới"),
        ("", "Đơn của ông Nguyễn Văn A khiếu nại việc thu hồi đất"),
        ("", "Đơn của bà Trần Thị Kim Ngân tố cáo cán bộ xã"),
        ("", "Công dân Nguyễn Văn A khiếu nại về bồi thường"),
        ("Phiếu chuyển", "Chuyển đơn khiếu nại của ông Nguyễn Văn A"),
        ("", "Don cua ba Tran Kim Ngan Ha to cao can bo xa"),
    ],
)
def test_complaints_and_denunciations_are_not_taken(type_name: str, subject: str) -> None:
    assert ground(subject, type_name) in ("complaint", "resolution")


@pytest.mark.rule("KT-10")
@pytest.mark.parametrize(
    ("type_name", "subject"),
    [
        ("Quyết định", "Về việc giải quyết khiếu nại của bà Trần Thị B"),
        ("Công văn", "V/v trả lời đơn tố cáo"),
        ("Thông báo", "Thụ lý tố cáo"),
        ("", "Kết luận nội dung tố cáo đối với ông C"),
        ("Kết luận", "Kết luận thanh tra về nội dung tố cáo"),
    ],
)
def test_what_resolves_a_complaint_is_not_taken(type_name: str, subject: str) -> None:
    assert ground(subject, type_name) == "resolution"


@pytest.mark.parametrize(
    ("type_name", "subject"),
    [
        ("Báo cáo", "Kết quả công tác tiếp công dân, giải quyết khiếu nại, tố cáo năm 2025"),
        ("Quy định", "Về tiếp nhận và xử lý đơn khiếu nại"),
        ("Kế hoạch", "Giải quyết khiếu nại kéo dài"),
        ("Công văn", "V/v tăng cường công tác giải quyết khiếu nại, tố cáo"),
        ("Công văn", "V/v đơn vị cung cấp số liệu"),
        ("Công văn", "V/v đơn giá bồi thường khi có tranh chấp"),
        ("Thư công", "Thư chúc mừng năm mới"),
        ("Quyết định", "Ban hành Quy chế bảo mật thông tin"),
        ("Quyết định", "Ban hành Quy chế tiếp công dân, giải quyết khiếu nại"),
        ("Công văn", "Về việc đôn đốc giải quyết khiếu nại"),
        ("Công van", "Don vi cung cap so lieu ve tranh chap"),
    ],
)
def test_documents_about_such_matters_in_general_are_taken(type_name: str, subject: str) -> None:
    assert ground(subject, type_name) is None


@pytest.mark.rule("KT-11")
@pytest.mark.rule("DB-20")
def test_letters_to_a_named_person_are_not_taken() -> None:
    assert ground("Giấy mời", addressee="Ông Nguyễn Văn A") == "named_letter"
    assert ground("Thư gửi đích danh Giám đốc") == "named_letter"
    assert ground("Giấy mời", addressee="Ông Giám đốc Sở Xây dựng") is None
    assert ground("Trả lời", addressee="Ông Nguyễn Văn A", kind="outgoing") is None


@pytest.mark.parametrize(
    ("addressee", "is_person"),
    [
        ("Nguyễn Văn An", True),
        ("Nguyen Van An", True),
        ("Gửi đồng chí Nguyễn Văn An", True),
        ("Đ/c Trưởng phòng Nguyễn Văn An", True),
        ("Lưu trữ lịch sử tỉnh", False),
        ("Hộ kinh doanh Minh Anh", False),
        ("UBND phường Lê Đại Hành", False),
        ("Đồng chí Bí thư Đảng ủy", False),
    ],
)
def test_a_person_is_known_by_a_name_with_or_without_what_stands_before_it(
    addressee: str, is_person: bool
) -> None:
    assert ground("Giấy mời", addressee=addressee) == ("named_letter" if is_person else None)


def test_an_organ_whose_regulation_says_nothing_of_them_takes_them() -> None:
    for subject in ("Đơn khiếu nại", "Quyết định giải quyết khiếu nại của ông A", "Thư đích danh"):
        assert ground_against("incoming", "", subject, "Ông Lê Văn B", rules=OPEN) is None


def refuse(office: Office, code: str, **more: str) -> str:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        by = session.get_one(Person, office.first.id)
        return refusals.refuse(session, organ, by, code, **more).code


@pytest.mark.rule("TG-07")
def test_refusals_are_numbered_by_year_and_say_to_whom_and_why(office: Office) -> None:
    with says("sender_missing"):
        refuse(office, "harmful")
    with says("reason_missing"):
        refuse(office, "other_reason", sender="Sở A")
    with says("bad_reason"):
        refuse(office, "so", sender="Sở A")
    codes = [refuse(office, "harmful", sender="Sở A"), refuse(office, "not_duty", sender="Sở B")]
    assert [one.split("/")[1] for one in codes] == ["1", "2"]


@pytest.mark.rule("HC-11")
def test_what_is_deficient_is_sent_back_with_a_reason(office: Office) -> None:
    code = refuse(office, "incomplete", kind="returned", sender="Sở A", reason="Thiếu phụ lục 2")
    with office.db.reading() as session:
        organ = session.get_one(Organ, office.organ.id)
        told = sender_answers.of_refusal(refusals.by_code(session, organ, code), organ, "Thiếu sót")
    assert (told["status"], told["code"]) == ("returned", "02")
    assert told["description"] == "Thiếu sót: Thiếu phụ lục 2"


def test_nothing_but_number_day_and_reason_is_kept_of_a_secret(office: Office) -> None:
    code = refuse(office, "secret_mark", sender="Quân khu", reference="1/TM", reason="Mật")
    with office.db.reading() as session:
        kept = refusals.by_code(session, session.get_one(Organ, office.organ.id), code)
        assert (kept.sender, kept.reference, kept.reason, kept.sender_email) == ("", "", "", "")


@pytest.mark.rule("HC-16")
@pytest.mark.rule("HC-60")
def test_the_senders_answers_are_xml_that_says_received_or_refused(office: Office) -> None:
    code = refuse(office, "bad_signature", sender="Sở A & B", reference="15/SNV <b>")
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        refusal = refusals.by_code(session, organ, code)
        refused = sender_answers.as_xml(
            sender_answers.of_refusal(refusal, organ, "Chữ ký không hợp lệ")
        )
        book = books.default_book(session, organ, "incoming")
        entry = registers.enter(session, book, office.first, {"subject": "Về việc thử"})
        received = sender_answers.as_xml(sender_answers.of_entry(entry))
    name = f"{{{NAMESPACE}}}"
    for message, status in ((refused, "02"), (received, "03")):
        root = ElementTree.fromstring(message)
        assert root.tag == f"{name}edXML"
        assert [one.text for one in root.iter(f"{name}StatusCode")] == [status]
    assert "15/SNV <b>" in {one.text for one in ElementTree.fromstring(refused).iter()}


@pytest.mark.rule("KT-10")
def test_a_competent_person_lets_one_in_by_name_and_once(office: Office) -> None:
    head = office.add("quan", "head")
    values = {"subject": "Đơn khiếu nại của ông A"}

    def enter(asked: LettingIn | None) -> str:
        with office.db.transaction() as session:
            organ = session.get_one(Organ, office.organ.id)
            book = books.default_book(session, organ, "incoming")
            let_in = session.get_one(LettingIn, asked.id) if asked else None
            return registers.enter(session, book, office.first, values, let_in=let_in).code

    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        asked = refusals.ask(session, organ, office.first, "complaint", values)
    with says("complaint"):
        enter(asked)
    with says("own_request"), office.db.transaction() as session:
        own = session.get_one(LettingIn, asked.id)
        refusals.decide(session, own, office.first, is_allowed=True, why="Được")
    with office.db.transaction() as session:
        one = session.get_one(LettingIn, asked.id)
        refusals.decide(session, one, head, is_allowed=True, why="Thuộc thẩm quyền")
    assert enter(asked).startswith("den/")
    with says("letting_in_used"):
        enter(asked)
    with audit.acting_as(None, "command"), says("already_decided"):  # noqa: SIM117
        with office.db.transaction() as session:
            one = session.get_one(LettingIn, asked.id)
            refusals.decide(session, one, head, is_allowed=False, why="Thôi")


def test_what_was_let_in_lets_in_nothing_else(office: Office) -> None:
    head = office.add("quan", "head")
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        typed = {"Subject": "Thư mời dự hội thảo", "addressee": "Ông Nguyễn Văn An"}
        asked = refusals.ask(session, organ, office.first, "named_letter", typed)
    with office.db.transaction() as session:
        one = session.get_one(LettingIn, asked.id)
        refusals.decide(session, one, head, is_allowed=True, why="Việc công")

    def enter(subject: str, addressee: str) -> RegisterEntry:
        with office.db.transaction() as session:
            organ = session.get_one(Organ, office.organ.id)
            return registers.enter(
                session,
                books.default_book(session, organ, "incoming"),
                office.first,
                {"subject": subject},
                addressee=addressee,
                let_in=session.get_one(LettingIn, asked.id),
            )

    for subject in ("Đơn tố cáo ông Trần Văn B", "Thư cảm ơn"):
        with says("let_in_another"):
            enter(subject, "Ông Nguyễn Văn An")
    entered = enter("Thư mời dự hội  thảo", "Ông Nguyễn Văn An")
    with says("let_in_another"), office.db.transaction() as session:
        line = session.get_one(RegisterEntry, entered.id)
        registers.correct(session, line, {"subject": "Đơn tố cáo ông B"}, "Đọc kỹ lại")
    with office.db.transaction() as session:
        line = session.get_one(RegisterEntry, entered.id)
        registers.correct(session, line, {"subject": "Thư mời dự hội nghị"}, "Ghi nhầm")


def test_a_correction_lets_in_nothing_that_is_refused(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        book = books.default_book(session, organ, "incoming")
        entered = registers.enter(session, book, office.first, {"subject": "Về việc họp"})
    with says("complaint"), office.db.transaction() as session:
        line = session.get_one(RegisterEntry, entered.id)
        registers.correct(session, line, {"subject": "Đơn tố cáo ông B"}, "Đọc kỹ lại")


def test_who_asked_decides_for_nobody_else_either(office: Office) -> None:
    head = office.add("quan", "head")
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        typed = {"subject": "Đơn khiếu nại của bà C"}
        asked = refusals.ask(session, organ, office.first, "complaint", typed)
    with audit.acting_as(office.first, "web", principal=head), says("own_request"):  # noqa: SIM117
        with office.db.transaction() as session:
            one = session.get_one(LettingIn, asked.id)
            refusals.decide(session, one, head, is_allowed=True, why="Được")


def test_what_is_to_be_let_in_is_named(office: Office) -> None:
    with says("subject_missing"), office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        refusals.ask(session, organ, office.first, "complaint", {"subject": "  "})


def test_a_secret_is_let_in_by_nobody(office: Office) -> None:
    with says("bad_reason"), office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        refusals.ask(session, organ, office.first, "secret_mark", {})
