"""The clerk's pages: books, the form with its suggestions, one line, refusals, letting in."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive import books, clock, registers
from archive.models import Event, Organ, Person
from archive.register_models import EntryTwin, LettingIn, Refusal, Register, RegisterEntry
from ingest.models import Intake
from tests.factories import a_person, an_intake, counting, writing
from tests.web.conftest import SECRET_SUBJECT, House

LETTER = {
    "subject": "Về nộp lưu hồ sơ",
    "organ_name": "Sở Nội vụ",
    "code_number": "15",
    "code_notation": "SNV-VP",
    "issued_date": "12/01/2026",
}


@pytest.fixture
def clerk(house: House) -> FlaskClient:
    client = house.as_("minh")
    house.post(client, "/registers")
    return client


def rows_of(house: House, kind: Any) -> list[Any]:
    with house.services.db.reading() as rows:
        return list(rows.scalars(select(kind).order_by(kind.id)))


def enter(house: House, client: FlaskClient, book: str = "den", **values: Any) -> Any:
    return house.post(client, f"/registers/{book}/new", **{**LETTER, **values})


def lines(house: House) -> list[RegisterEntry]:
    return rows_of(house, RegisterEntry)


@pytest.mark.rule("TG-19")
def test_the_books_are_made_with_one_press_and_shown_with_counts(house: House) -> None:
    client = house.as_("minh")
    assert "chưa có sổ" in client.get("/registers").text.lower()
    house.post(client, "/registers")
    enter(house, client)
    page = client.get("/registers").text
    assert "Sổ đăng ký văn bản đến" in page
    assert "không" in page  # gaps: none


@pytest.mark.rule("HC-52")
@pytest.mark.rule("HC-09")
@pytest.mark.rule("TN-09")
def test_a_line_is_typed_on_one_page_and_stands_in_its_book(
    house: House, clerk: FlaskClient
) -> None:
    answer = enter(house, clerk, priority="2", to_places="Phòng A")
    year = lines(house)[0].year
    assert answer.headers["Location"].endswith(f"/registers/den/{year}/1")
    page = clerk.get(f"/registers/den?year={year}").text
    assert "Về nộp lưu hồ sơ" in page
    assert "15/SNV-VP" in page
    one = clerk.get(answer.headers["Location"]).text
    assert "Thượng khẩn" in one
    assert "đăng ký" in one


def test_a_register_is_closed_with_day_reason_and_a_second_look_and_opened_again(
    house: House, clerk: FlaskClient
) -> None:
    def closed_on() -> Any:
        return rows_of(house, Register)[0].closed_on

    enter(house, clerk)
    where, told = "/registers/den/close", {"on": "01/01/2026", "why": "Gộp vào sổ khác"}
    assert house.post(clerk, where, on="", why="Gộp").status_code == 422
    assert house.post(clerk, where, on="01/01/2026", why="", sure="1").status_code == 422
    looked = house.post(clerk, where, **told).text
    assert "không còn sổ cùng loại nào đang mở" in looked
    assert closed_on() is None
    assert house.post(clerk, where, **told, sure="1").status_code == 302
    assert closed_on() is not None
    assert "Mở lại" in clerk.get("/registers").text
    assert enter(house, clerk, code_number="16").status_code == 422
    house.post(clerk, "/registers/den/reopen", why="Bấm nhầm")
    assert closed_on() is None
    assert enter(house, clerk, code_number="16").status_code == 302


def key_of(client: FlaskClient, book: str) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', client.get(f"/registers/{book}/new").text)
    assert found
    return found[1]


@pytest.mark.parametrize("book", ["den", "di"])
def test_a_form_that_is_sent_twice_makes_one_line(
    house: House, clerk: FlaskClient, book: str
) -> None:
    form = {"subject": "Công văn mời họp", "form_key": key_of(clerk, book)}
    if book == "den":
        form = {**LETTER, "code_notation": "", **form}
    file = {} if book == "di" else {"file": (io.BytesIO(b"%PDF-1.7 hai"), "thu.pdf")}
    first = house.post(clerk, f"/registers/{book}/new", **form, **file)
    file = {} if book == "di" else {"file": (io.BytesIO(b"%PDF-1.7 hai"), "thu.pdf")}
    again = house.post(clerk, f"/registers/{book}/new", **form, **file)
    assert again.headers["Location"] == first.headers["Location"]
    code = first.headers["Location"].split("/registers/")[1]
    assert f"đã đăng ký: số {code}" in clerk.get(again.headers["Location"]).text
    assert len(lines(house)) == 1
    assert len(rows_of(house, Intake)) == len(file)
    assert key_of(clerk, book) != form["form_key"]


def test_the_same_words_on_one_day_are_asked_about_when_they_go_out(
    house: House, clerk: FlaskClient
) -> None:
    letter = {"subject": "Giấy mời họp", "recipients": "Sở Nội vụ; UBND xã A"}
    assert house.post(clerk, "/registers/di/new", **letter).status_code == 302
    asked = house.post(clerk, "/registers/di/new", **{**letter, "subject": " giấy mời  họp"})
    assert asked.status_code == 409
    other = {**letter, "recipients": "Sở Tài chính"}
    assert house.post(clerk, "/registers/di/new", **other).status_code == 302
    earlier = lines(house)[0]
    same = {"earlier": f"di/{earlier.year}/1", "decision": "same", "why": "Bấm hai lần"}
    assert house.post(clerk, "/registers/di/new", **letter, **same).status_code == 302
    assert [one.number for one in lines(house)] == [1, 2]
    assert lines(house)[0].paper_arrived_on is None


def test_a_letter_without_number_is_known_by_its_words_organ_and_day(
    house: House, clerk: FlaskClient
) -> None:
    letter = {"code_number": "không số", "code_notation": ""}
    assert enter(house, clerk, **letter).status_code == 302
    assert enter(house, clerk, **letter).status_code == 409
    assert enter(house, clerk, **letter, issued_date="11/01/2026").status_code == 302
    assert enter(house, clerk, **letter, organ_name="Sở Y tế").status_code == 302


@pytest.mark.parametrize("left", ["organ_name", "code_number", "issued_date"])
def test_organ_number_and_date_of_what_came_are_asked_for_or_why_they_are_missing(
    house: House, clerk: FlaskClient, left: str
) -> None:
    asked = enter(house, clerk, **{left: ""})
    assert asked.status_code == 422
    assert "không số" in asked.text
    assert not lines(house)
    answer = enter(house, clerk, **{left: ""}, incomplete="Phong bì rách, không đọc được")
    assert "Phong bì rách" in clerk.get(answer.headers["Location"]).text


def test_the_form_shows_what_is_needed_what_may_be_chosen_and_when_it_is_due(
    house: House, clerk: FlaskClient
) -> None:
    enter(house, clerk)
    page = clerk.get("/registers/den/new").text
    with house.services.db.reading() as rows:
        organ = rows.scalars(select(Organ)).first()
        assert organ is not None
        due = registers.usual_deadline(rows, organ, clock.today(organ))
    assert f"{due:%d/%m/%Y}" in page
    for one in ("Quyết định", "Sở Nội vụ", house.person("binh").full_name):
        assert f'<option value="{one}">' in page
    assert page.index('id="registered_on"') < page.index('id="addressee"')
    assert page.index('id="addressee"') < page.index('id="f-organ_name"')
    assert page.count('title="bắt buộc"') == 4


def test_a_receiver_whom_nobody_knows_is_told_at_once(house: House, clerk: FlaskClient) -> None:
    said = "không có đơn vị hay người nào tên: Phòng Hành chánh"
    where = enter(house, clerk, to_places="Phòng Hành chánh").headers["Location"]
    assert said in clerk.get(where).text
    binh = house.person("binh").full_name
    where = enter(house, clerk, code_number="16", to_places=binh).headers["Location"]
    assert "không có đơn vị hay người nào" not in clerk.get(where).text


def test_what_was_typed_is_kept_when_something_is_wrong(house: House, clerk: FlaskClient) -> None:
    answer = enter(house, clerk, issued_date="31/02/2026", to_places="Phòng B")
    assert answer.status_code == 422
    assert 'value="Phòng B"' in answer.text
    assert not lines(house)


def test_after_one_line_the_next_form_is_offered(house: House, clerk: FlaskClient) -> None:
    answer = enter(house, clerk, then="next")
    assert answer.headers["Location"].endswith("/registers/den/new")


@pytest.mark.rule("HC-55")
def test_a_twin_is_shown_beside_the_form_and_the_decision_is_kept(
    house: House, clerk: FlaskClient
) -> None:
    enter(house, clerk)
    year = lines(house)[0].year
    answer = enter(house, clerk, code_number="015", code_notation="snv – vp", to_places="Phòng C")
    assert answer.status_code == 409
    assert f'value="den/{year}/1"' in answer.text
    assert 'value="Phòng C"' in answer.text
    decided = {"earlier": f"den/{year}/1", "decision": "other", "why": "Văn bản khác"}
    assert enter(house, clerk, **decided).status_code == 302
    assert [one.number for one in lines(house)] == [1, 2]
    assert [one.decision for one in rows_of(house, EntryTwin)] == ["other"]


def test_a_file_sent_with_the_form_is_received_and_joins_the_line(
    house: House, clerk: FlaskClient
) -> None:
    file = (io.BytesIO(b"%PDF-1.7 mot"), "công văn.pdf")
    assert enter(house, clerk, file=file).status_code == 302
    intake = rows_of(house, Intake)[0]
    assert (intake.name, intake.register_entry_id) == ("công văn.pdf", lines(house)[0].id)


def test_a_file_is_sent_once_however_often_the_form_is_corrected(
    house: House, clerk: FlaskClient
) -> None:
    answer = enter(house, clerk, subject=" ", file=(io.BytesIO(b"%PDF-1.7 mot"), "a.pdf"))
    assert answer.status_code == 422
    intake = rows_of(house, Intake)[0]
    assert f'name="intake" value="{intake.id}"' in answer.text
    enter(house, clerk, intake=str(intake.id))
    assert [one.register_entry_id for one in rows_of(house, Intake)] == [lines(house)[0].id]


@pytest.mark.rule("KT-08")
def test_nothing_of_a_secret_is_shown_or_kept(house: House, clerk: FlaskClient) -> None:
    answer = enter(house, clerk, subject="(TỐI MẬT) Phương án tác chiến", to_places="Phòng D")
    assert answer.status_code == 302
    page = clerk.get(answer.headers["Location"]).text
    assert "tác chiến" not in page
    assert "Phòng D" not in page
    kept = rows_of(house, Refusal)[0]
    assert (kept.reason_code, kept.sender, kept.reference, kept.reason) == (
        "secret_mark",
        "",
        "",
        "",
    )
    assert not lines(house)


def test_a_secret_file_name_is_turned_away_before_anything_is_stored(
    house: House, clerk: FlaskClient
) -> None:
    enter(house, clerk, file=(io.BytesIO(b"%PDF-1.7"), "ke-hoach TUYỆT MẬT.pdf"))
    assert not rows_of(house, Intake)
    assert not lines(house)
    assert [one.reason_code for one in rows_of(house, Refusal)] == ["secret_mark"]


@pytest.mark.rule("KT-10")
def test_a_complaint_is_refused_until_the_head_lets_it_in_by_name(
    house: House, clerk: FlaskClient
) -> None:
    a_person(house.services.db, house.organ(), "dung", "head")
    subject = "Đơn khiếu nại của ông Nguyễn Văn A"
    answer = enter(house, clerk, subject=subject)
    assert answer.status_code == 422
    assert 'value="complaint"' in answer.text
    house.post(clerk, "/registers/letting-in", ground="complaint", book="den", subject=subject)
    asked = rows_of(house, LettingIn)[0]
    where = f"/registers/letting-in/{asked.id}"
    assert house.post(clerk, where, decision="allow", why="Được").status_code == 403
    head = house.as_("dung")
    assert subject in head.get("/registers/letting-in").text
    house.post(head, where, decision="allow", why="Thuộc thẩm quyền giải quyết")
    form = clerk.get(f"/registers/den/new?let_in={asked.id}").text
    assert subject in form
    assert enter(house, clerk, subject=subject, let_in=str(asked.id)).status_code == 302
    assert rows_of(house, LettingIn)[0].entry_id == lines(house)[0].id


@pytest.mark.rule("HC-16")
def test_a_refusal_has_a_number_and_an_answer_to_take_out(house: House, clerk: FlaskClient) -> None:
    house.post(
        clerk,
        "/registers/refusals",
        kind="returned",
        reason_code="incomplete",
        sender="Sở Y tế",
        reference="7/SYT",
        reason="Thiếu phụ lục",
    )
    kept = rows_of(house, Refusal)[0]
    page = clerk.get("/registers/refusals").text
    assert "Sở Y tế" in page
    where = f"/registers/refusals/{kept.year}/1"
    answer: Any = clerk.get(f"{where}/receipt.json").json
    assert (answer["status"], answer["code"]) == ("returned", "02")
    assert "Thiếu phụ lục" in answer["description"]
    assert clerk.get(f"{where}/receipt.xml").mimetype == "application/xml"
    house.post(clerk, f"{where}/answered")
    assert rows_of(house, Refusal)[0].answered_at is not None


def test_of_two_who_sign_for_from_the_same_page_the_second_is_told(
    house: House, clerk: FlaskClient
) -> None:
    where = enter(house, clerk).headers["Location"]
    house.post(clerk, f"{where}/hand-on", to="Phòng A")
    seen = str(lines(house)[0].revision)
    house.post(clerk, f"{where}/sign-for", name="Bình", revision=seen)
    told = house.post(clerk, f"{where}/sign-for", name="Lan", revision=seen)
    assert "đã được người khác sửa" in clerk.get(told.headers["Location"]).text
    assert lines(house)[0].signed_for == "Bình"


@pytest.mark.rule("HC-54")
def test_a_line_is_acknowledged_handed_on_signed_for_and_finished(
    house: House, clerk: FlaskClient
) -> None:
    where = enter(house, clerk).headers["Location"]
    house.post(clerk, f"{where}/acknowledge")
    house.post(clerk, f"{where}/hand-on", to="Phòng A", opinion="Chủ trì")
    house.post(clerk, f"{where}/sign-for", name="Bình")
    house.post(clerk, f"{where}/finish", outcome="done_at", done_at="3/TB-TTLT")
    entry = lines(house)[0]
    assert entry.acknowledged_at
    assert (entry.to_places, entry.signed_for) == ("Phòng A", "Bình")
    assert (entry.outcome, entry.done_at) == ("done_at", "3/TB-TTLT")
    told: Any = clerk.get(f"{where}/receipt.json").json
    assert (told["status"], told["code"], told["register"]["number"]) == ("received", "06", 1)
    page = clerk.get(where).text
    assert "3/TB-TTLT" in page


def test_the_second_of_two_clerks_is_told_and_keeps_what_was_typed(
    house: House, clerk: FlaskClient
) -> None:
    where = enter(house, clerk).headers["Location"]
    form = {**LETTER, "reason": "Gõ nhầm", "revision": "1"}
    house.post(clerk, f"{where}/correct", **{**form, "subject": "Của người thứ nhất"})
    answer = house.post(clerk, f"{where}/correct", **{**form, "subject": "Của người thứ hai"})
    assert answer.status_code == 422
    assert "Của người thứ hai" in answer.text
    assert lines(house)[0].subject == "Của người thứ nhất"


def test_a_cancelled_number_stays_in_the_book(house: House, clerk: FlaskClient) -> None:
    where = enter(house, clerk).headers["Location"]
    house.post(clerk, f"{where}/cancel", why="Cấp nhầm")
    enter(house, clerk)
    page = clerk.get(f"/registers/den?year={lines(house)[0].year}").text
    assert "Cấp nhầm" in page
    assert [one.number for one in lines(house)] == [1, 2]


@pytest.mark.rule("TN-12")
def test_what_is_overdue_or_unanswered_is_found_and_labelled(
    house: House, clerk: FlaskClient
) -> None:
    enter(house, clerk, due_date="02/01/2030")
    enter(house, clerk, code_number="16", subject="Để biết", handling="notice")
    year = lines(house)[0].year
    assert "Để biết" not in clerk.get(f"/registers/den?year={year}&only=unanswered").text
    with clock.standing_at(datetime(2030, 1, 3, 3, tzinfo=UTC)):
        client = house.as_("minh")
        page = client.get(f"/registers/den?year={year}&only=overdue").text
    assert "Về nộp lưu hồ sơ" in page
    assert "Quá hạn" in page


def test_a_number_is_found_however_it_is_typed(house: House, clerk: FlaskClient) -> None:
    enter(house, clerk)
    enter(house, clerk, code_number="16", subject="Khác")
    year = lines(house)[0].year
    page = clerk.get(f"/registers/den?year={year}&q=015+%2F+snv+–+vp").text
    assert "Về nộp lưu hồ sơ" in page
    assert "Khác" not in page
    nothing = clerk.get(f"/registers/den?year={year}&q=99%2FSNV-VP").text
    assert "Không có dòng nào" in nothing


def test_a_line_whose_document_is_closed_shows_number_and_day_only(house: House) -> None:
    clerk = house.as_("minh")
    house.post(clerk, "/registers")
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        by = rows.get_one(Person, house.person("minh").id)
        book = books.default_book(rows, organ, "incoming")
        entry = registers.enter(rows, book, by, {"subject": SECRET_SUBJECT})
        entry.document_id = house.document(house.closed_code).id
        year = entry.year
    officer = house.as_("binh")
    assert SECRET_SUBJECT not in officer.get(f"/registers/den?year={year}").text
    assert officer.get(f"/registers/den/{year}/1").status_code == 404
    assert SECRET_SUBJECT in clerk.get(f"/registers/den?year={year}").text


@pytest.mark.parametrize("path", ["/registers/den/new", "/registers/received"])
def test_only_clerks_register(house: House, clerk: FlaskClient, path: str) -> None:
    assert house.as_("binh").get(path).status_code == 403
    assert house.as_("thu").get(path).status_code == 403


def test_another_organs_books_are_as_if_they_were_not_there(
    house: House, clerk: FlaskClient
) -> None:
    enter(house, clerk)
    assert house.as_("hoa").get(f"/registers/den/{lines(house)[0].year}/1").status_code == 404


@pytest.mark.rule("TN-21")
def test_what_the_first_page_says_stands_in_the_fields_with_its_place(
    house: House, clerk: FlaskClient
) -> None:
    with house.services.db.reading():
        page = clerk.get(f"/registers/den/new?document={house.open_code}").text
    assert f"/documents/{house.open_code}/1/pages/1-1000.webp" in page
    assert f'name="document" value="{house.open_code}"' in page
    answer = house.post(
        clerk, "/registers/den/new", document=house.open_code, subject="Đăng ký bổ sung",
        incomplete="Chưa rõ", earlier=house.open_code, decision="other", why="x",
    )  # fmt: skip
    assert answer.status_code == 302
    assert house.document(house.open_code).arrival_number == 1


def test_received_files_wait_to_be_registered(house: House, clerk: FlaskClient) -> None:
    intake = an_intake(house.services.db, house.organ(), house.person("minh"), name="thu.pdf")
    page = clerk.get("/registers/received").text
    assert f"/registers/den/new?intake={intake.id}" in page
    form = clerk.get(f"/registers/den/new?intake={intake.id}")
    assert "thu.pdf" in form.text
    assert house.events("intake.open")
    house.post(clerk, "/registers/refusals", intake=str(intake.id), reason_code="unreadable",
               sender="Sở Y tế")  # fmt: skip
    assert "thu.pdf" not in clerk.get("/registers/received").text


def test_the_late_day_is_asked_for_its_reason(house: House, clerk: FlaskClient) -> None:
    today = clock.today(house.organ())
    day = f"{today - timedelta(days=3):%d/%m/%Y}"
    letter = {"issued_date": "", "incomplete": "Không đề ngày"}
    answer = enter(house, clerk, registered_on=day, **letter)
    assert answer.status_code == 422
    assert (
        enter(house, clerk, registered_on=day, late_reason="Mất điện", **letter).status_code == 302
    )
    page = clerk.get(f"/registers/den?year={lines(house)[0].year}&only=late").text
    assert "Mất điện" in page


def test_lists_ask_few_questions_however_many_lines_there_are(
    house: House, clerk: FlaskClient
) -> None:
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        by = rows.get_one(Person, house.person("minh").id)
        book = books.default_book(rows, organ, "incoming")
        for number in range(45):
            registers.enter(rows, book, by, {"subject": f"Văn bản {number}"})
        year = clock.today(organ).year
    officer = house.as_("binh")
    for path in (f"/registers/den?year={year}", f"/registers?year={year}"):
        with counting(house.services.db) as asked:
            assert officer.get(path).status_code == 200
        assert len(asked) <= 15, (path, len(asked))


def test_the_form_has_a_label_for_every_field(house: House, clerk: FlaskClient) -> None:
    page = clerk.get("/registers/den/new").text
    named = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', page))
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
    assert named <= labelled
    assert house.events("letting_in.ask") == []
    assert rows_of(house, Event)


def test_a_number_typed_whole_and_otherwise_is_found_all_the_same(house: House) -> None:
    minh = house.as_("minh")
    with writing(house.services.db) as rows:
        books.ensure_books(rows, rows.get_one(Organ, house.organ().id))
    told = {"subject": "Về nộp lưu", "organ_name": "Sở Nội vụ", "issued_date": "01/11/2026"}
    first = house.post(minh, "/registers/den/new", code_number="15 / SNV - VP", **told)
    assert first.status_code == 302
    for typed in ("15/snv–vp", " Số: 15 ／ SNV－VP"):
        again = house.post(minh, "/registers/den/new", code_number=typed, **told)
        assert again.status_code == 409 and "có vẻ trùng" in again.text
