"""What is made for paper: forms as PDF/A with the right words, marked copies, whole case files."""

import io
import itertools
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from lxml import etree
from sqlalchemy import select

from archive import (
    audit,
    books,
    clock,
    closing,
    file_plans,
    people,
    plan_approval,
    registers,
    submissions,
)
from archive.file_plans import LineValues
from archive.models import CaseFile, Organ, Person
from archive.organ_rules import set_rules
from formats.verapdf import validate
from tests.factories import a_case_file, a_document, a_person, writing
from tests.web.conftest import SECRET_SUBJECT, House
from web import book_forms, whole_making
from web.forms import mark_of

SCHEMA = Path(__file__).parents[2] / "docs/schemas/case-file-1.xsd"
MARK = "Trích xuất từ Lưu Trữ"


def words_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.text[:2000]
    with pypdfium2.PdfDocument(io.BytesIO(answer.data)) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


def enter(house: House, book: str = "den", **values: Any) -> str:
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        books.ensure_books(rows, organ)
        held = books.book_by_code(rows, organ, book)
        day = values.pop("registered_on", clock.today(organ))
        late = values.pop("late_reason", "")
        told = {"subject": "Về nộp lưu hồ sơ", "organ_name": "Sở Nội vụ", **values}
        minh = people.by_name(rows, "minh")
        found = registers.enter(rows, held, minh, told, registered_on=day, late_reason=late)
        return found.code


def change(house: House, code: str, **values: Any) -> None:
    with writing(house.services.db) as rows:
        entry = registers.entry_by_code(rows, rows.get_one(Organ, house.organ().id), code)
        for name, value in values.items():
            setattr(entry, name, value)
        audit.record(rows, "register_entry.correct", entry)


# Books --------------------------------------------------------------------------------------------


@pytest.mark.rule("TG-20")
@pytest.mark.rule("HC-88")
def test_the_day_of_a_book_is_printed_with_its_ten_columns_to_be_signed_for(house: House) -> None:
    enter(house, code_number="15", code_notation="SNV-VP", to_places="Phòng Hành chính")
    enter(house, subject="Giấy mời <b>họp</b> & bàn")
    answer = house.as_("minh").get("/print/registers/den")
    said = words_of(answer)
    for column, _ in book_forms._COLUMNS["incoming"]:
        assert column in said
    assert "15/SNV-VP" in said and "Phòng Hành chính" in said
    assert "Giấy mời <b>họp</b> & bàn" in said
    assert "Tổng cộng: 02 văn bản" in said
    assert "NGƯỜI NHẬN" in said.upper()
    assert MARK in said and "Minh" in said
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    [told] = house.events("register.print")
    assert told.facts["lines"] == 2


def test_totals_are_carried_from_page_to_page_and_end_in_the_sum(house: House) -> None:
    for number in range(30):
        enter(house, "di", subject=f"Quyết định số {number} " + "về việc ban hành quy chế " * 6,
              issued_amount=2)  # fmt: skip
    answer = house.as_("minh").get("/print/registers/di")
    with pypdfium2.PdfDocument(io.BytesIO(answer.data)) as document:
        pages = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    assert len(pages) > 2
    for page, following in itertools.pairwise(pages[:-1]):
        carried = page.split("Cộng mang sang: ")[1].split(" bản")[0]
        assert f"Mang sang: {carried} bản" in following
    assert "Tổng cộng: 30 văn bản, 60 bản" in " ".join(pages[-2:])


def test_a_booklet_of_several_days_has_a_cover_and_the_days_keep_apart(house: House) -> None:
    today = clock.today(house.organ())
    enter(house, subject="Hôm nay")
    enter(house, subject="Hôm qua", registered_on=today - timedelta(days=1), late_reason="mất điện")
    client = house.as_("minh")
    assert "Hôm qua" not in words_of(client.get("/print/registers/den"))
    first = f"{today - timedelta(days=1):%d/%m/%Y}"
    said = words_of(client.get(f"/print/registers/den?first={first}&last={today:%d/%m/%Y}"))
    assert "Quyển số" in said and "Hôm qua" in said and "mất điện" in said
    assert "Từ số 01 đến số 02" in said


def test_a_cancelled_number_stays_in_the_printed_book_with_its_reason(house: House) -> None:
    code = enter(house)
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        registers.cancel(rows, registers.entry_by_code(rows, organ, code), "ghi nhầm sổ")
    assert "Hủy số: ghi nhầm sổ" in words_of(house.as_("minh").get("/print/registers/den"))


def test_a_line_closed_to_who_prints_shows_its_number_and_no_more(house: House) -> None:
    code = enter(house, subject=SECRET_SUBJECT)
    change(house, code, document_id=house.document(house.closed_code).id)
    said = words_of(house.as_("binh").get("/print/registers/den"))
    assert book_forms.CLOSED_TO_YOU in said
    assert SECRET_SUBJECT not in said


def test_the_other_books_of_the_desk_are_printed_in_their_forms(house: House) -> None:
    enter(house, code_number="15", code_notation="SNV-VP", type_name="Công văn")
    enter(house, "di", recipients=[{"organ_name": "Sở Tài chính", "paper": True}])
    clerk = house.as_("minh")
    handling = words_of(clerk.get("/print/registers/den?what=handling"))
    assert "Tiến độ giải quyết" in handling and "Đang giải quyết" in handling
    post = words_of(clerk.get("/print/registers/di?what=post"))
    assert "Số lượng bì" in post and "Sở Tài chính" in post and "01 bì" in post
    assert clerk.get("/print/registers/den?what=post").status_code == 422
    assert clerk.get("/print/registers/di?what=uses").status_code == 403


def test_who_used_a_filed_copy_stands_in_its_book_for_those_who_oversee_that(house: House) -> None:
    code = enter(house, "di", subject="Quyết định ban hành quy chế")
    change(house, code, document_id=house.document(house.open_code).id)
    house.as_("binh").get(f"/documents/{house.open_code}/1/files/original")
    said = words_of(house.as_("lan").get("/print/registers/di?what=uses"))
    assert "Binh" in said and "03/QĐ-UBND" in said


def test_days_that_make_no_sense_are_told(house: House) -> None:
    enter(house)
    client = house.as_("minh")
    for asked in ("first=32/01/2026", "first=02/01/2026&last=01/01/2026", "what=nothing"):
        assert client.get(f"/print/registers/den?{asked}").status_code == 422, asked
    assert house.events("register.print") == []


def test_a_book_that_is_too_long_for_one_booklet_is_refused_with_words(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_forms, "MOST_ROWS", 1)
    enter(house)
    enter(house)
    answer = house.as_("minh").get("/print/registers/den")
    assert answer.status_code == 422
    assert "In ít ngày hơn" in answer.text


def test_stamp_and_slip_of_a_line_say_what_the_line_says(house: House) -> None:
    enter(house, code_number="15", code_notation="SNV-VP", to_places="Phòng Hành chính")
    client = house.as_("minh")
    year = clock.today(house.organ()).year
    stamp = words_of(client.get(f"/print/registers/den/{year}/1/stamp"))
    assert "ĐẾN" in stamp and "Số: 01" in stamp and "Chuyển: Phòng Hành chính" in stamp
    slip = words_of(client.get(f"/print/registers/den/{year}/1/slip"))
    assert "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN" in slip and "15/SNV-VP" in slip
    assert client.get(f"/print/registers/den/{year}/1/other").status_code == 404
    assert client.get(f"/print/registers/den/{year}/9/slip").status_code == 404


def test_the_stamp_is_35_by_50_millimetres(house: House) -> None:
    enter(house)
    year = clock.today(house.organ()).year
    answer = house.as_("minh").get(f"/print/registers/den/{year}/1/stamp")
    with pypdfium2.PdfDocument(io.BytesIO(answer.data)) as document:
        drawn = document[0].render(scale=300 / 72).to_pil().convert("RGB")
    red = drawn.point(lambda one: one).split()
    mask = red[1].point(lambda one: 255 if one < 100 else 0)  # neither white nor grey
    bright = red[0].point(lambda one: 255 if one > 150 else 0)
    left, top, right, bottom = _both(mask, bright).getbbox()
    assert (right - left) / 300 * 25.4 == pytest.approx(50, abs=0.6)
    assert (bottom - top) / 300 * 25.4 == pytest.approx(35, abs=0.6)


def _both(one: Any, other: Any) -> Any:
    from PIL import ImageChops

    return ImageChops.multiply(one, other)


def test_reports_count_what_was_handled_in_time(house: House) -> None:
    today = clock.today(house.organ())
    done, late, open_one = (enter(house, to_places="Phòng A") for _ in range(3))
    change(house, done, finished_on=today, outcome="for_reference", due_date=today)
    before = today - timedelta(days=2)
    change(house, late, finished_on=today, outcome="for_reference", due_date=before)
    change(house, open_one, due_date=before)
    said = words_of(house.as_("minh").get("/print/reports/incoming"))
    assert "Phòng A 3 0 1 1 0 1 33,3" in said
    enter(house, "di", type_name="Quyết định", circulation="electronic")
    said = words_of(house.as_("minh").get("/print/reports/outgoing"))
    assert "Quyết định 1 1 0 0 0 0" in said
    assert house.as_("minh").get("/print/reports/other").status_code == 422


# Plan, case files, submissions --------------------------------------------------------------------


def test_the_approved_plan_is_printed_with_its_totals_in_words(house: House) -> None:
    with writing(house.services.db) as rows:
        plan = file_plans.draw_up(rows, rows.get_one(Organ, house.organ().id), 2031)
        heading = file_plans.add_line(rows, plan, LineValues("Tổng hợp"))
        lan = people.by_name(rows, "lan")
        for number, term in enumerate(("Vĩnh viễn", "20 năm", "10 năm"), 1):
            values = LineValues(f"Hồ sơ {number}", f"{number:02d}.TH", maintenance=term,
                                holder_id=lan.id)  # fmt: skip
            file_plans.add_line(rows, plan, values, heading)
    client = house.as_("lan")
    assert "chưa được phê duyệt" in words_of(client.get("/print/plans/2031"))
    with writing(house.services.db) as rows:
        plan = file_plans.of_year(rows, rows.get_one(Organ, house.organ().id), 2031)
        day = clock.today(house.organ())
        head = a_head(house, rows)
        plan_approval.approve(rows, plan, head, number="12/QĐ-TTLT", on=day)
    said = words_of(client.get("/print/plans/2031"))
    assert "Kèm theo Quyết định số 12/QĐ-TTLT" in said
    assert "I. TỔNG HỢP" in said.upper()
    assert "03 (ba) hồ sơ" in said and "01 (một) hồ sơ bảo quản vĩnh viễn" in said
    assert client.get("/print/plans/2032").status_code == 404


def a_head(house: House, rows: Any) -> Person:
    return people.by_name(rows, "truong")


@pytest.fixture(autouse=True)
def head(house: House) -> None:
    a_person(house.services.db, house.organ(), "truong", "head")


def test_the_contents_of_a_case_file_give_the_pages_and_hide_what_is_closed(house: House) -> None:
    said = words_of(house.as_("binh").get(f"/print/case-files/{house.case_file}"))
    assert "03/QĐ-UBND" in said and "1–3" in said and "01 (một) văn bản" in said
    assert house.as_("hoa").get(f"/print/case-files/{house.case_file}").status_code == 404
    told = house.events("case_file.print")
    assert len(told) == 1


def test_the_list_of_case_files_names_only_those_open_to_who_prints(house: House) -> None:
    year = int(house.case_file.split(".")[-2]) if "." in house.case_file else 2026
    said = words_of(house.as_("binh").get(f"/print/case-file-list/{year}"))
    assert "Hồ sơ về chữ ký số" in said and "Nhân sự" not in said
    assert "Viết bằng chữ: một hồ sơ" in said


def a_submission(house: House) -> str:
    db = house.services.db
    with audit.acting_as(house.person("lan"), "web"), db.transaction() as rows:
        lan = people.by_name(rows, "lan")
        file = rows.scalars(select(CaseFile).where(CaseFile.code == house.case_file)).one()
        closing.close(rows, file, lan, {"EndDate": "05/03/2025", "Maintenance": "20 năm",
                                        "StartDate": "01/01/2014"})  # fmt: skip
        made = submissions.submit(
            rows, rows.get_one(Organ, file.organ_id), [file], lan, name="Khối năm 2014", boxes=4
        )
        return made.code


def test_the_record_of_a_hand_over_says_who_signed_and_when(house: House) -> None:
    code = a_submission(house)
    client = house.as_("lan")
    said = words_of(client.get(f"/print/submissions/{code}/list"))
    assert "MỤC LỤC HỒ SƠ, TÀI LIỆU NỘP LƯU" in said and "Viết bằng chữ: một hồ sơ" in said
    assert "01/01/2014 – 05/03/2025" in said
    with writing(house.services.db) as rows:
        made = submissions.by_code(rows, code)
        item = made.items[0]
        item.outcome, item.decided_at = "accepted", clock.now()
        made.delivered_by_id = people.by_name(rows, "lan").id
        made.delivered_at = clock.now()
        audit.record(rows, "submission.accepted", made)
    said = words_of(client.get(f"/print/submissions/{code}/record"))
    assert "Tổng số hộp (cặp): 4" in said
    assert "Tổng số tệp tin trong hồ sơ: 01 (một)" in said
    assert said.count("Đã xác nhận trên Hệ thống lúc") == 1
    assert house.as_("hoa").get(f"/print/submissions/{code}/record").status_code == 404
    assert house.as_("binh").get(f"/print/submissions/{code}/record").status_code == 404


# Whole case files and copies ----------------------------------------------------------------------


@pytest.mark.tools
@pytest.mark.rule("HC-24")
def test_a_whole_case_file_leaves_in_order_of_time_with_its_contents(
    house: House, tmp_path: Path
) -> None:
    _two_more(house)
    answer = fetched(house, "binh", house.case_file)
    said = words_of(answer)
    assert said.index("Đơn năm 2010") < said.index("Giấy năm 2019")
    assert f"{MARK} · Trung tâm Lưu trữ · Binh" in said
    out = tmp_path / "whole.pdf"
    out.write_bytes(answer.data)
    verdict = validate([out])[out]
    assert verdict.is_valid, verdict.failed_rules
    with pikepdf.open(out) as pdf, pdf.open_outline() as outline:
        assert len(outline.root) == 2  # the contents, and the one document with pages to show
    told = house.events("document.export")
    assert len(told) == 3
    assert house.events("case_file.export_whole")[0].facts["documents"] == 3


def fetched(house: House, user_name: str, code: str) -> Any:
    """Ask for the whole case file, let the worker make it, fetch it."""
    client = house.as_(user_name)
    assert house.post(client, "/copies", case_file=code).headers["Location"] == "/copies"
    assert whole_making.make_one(house.services)
    found = re.search(r'href="(/copies/\d+/file.pdf)"', client.get("/copies").text)
    assert found
    return client.get(found.group(1))


def _two_more(house: House) -> None:
    db, organ, lan = house.services.db, house.organ(), house.person("lan")
    with db.reading() as rows:
        file = rows.scalars(select(CaseFile).where(CaseFile.code == house.case_file)).one()
    for subject, day in (("Giấy năm 2019", "01/01/2019"), ("Đơn năm 2010", "01/01/2010")):
        arrived = _unshown()
        a_document(db, organ, subject, case_file=file, by=lan, issued_date=day, arrived=arrived)


def _unshown() -> Any:
    from archive.documents import Arrived, Made

    digest = "e" * 63 + str(next(_numbers))
    return Arrived("a.zip", digest, None, (Made("original", digest, 10, "application/zip"),))


_numbers = iter(range(10))


def test_the_xml_names_digests_and_keeps_what_is_closed_closed(
    house: House, tmp_path: Path
) -> None:
    db, organ, lan = house.services.db, house.organ(), house.person("lan")
    with db.reading() as rows:
        file = rows.scalars(select(CaseFile).where(CaseFile.code == house.case_file)).one()
    secret = a_case_file(db, organ, "Kín", access_level="assigned", holder=lan)
    hidden = a_document(db, organ, SECRET_SUBJECT, case_file=secret, by=lan)
    _two_more(house)
    answer = house.as_("binh").get(f"/print/case-files/{file.code}?what=xml")
    assert answer.status_code == 200
    tree = etree.fromstring(answer.data)
    etree.XMLSchema(file=SCHEMA).assertValid(tree)
    space = {"c": "urn:luutru:case-file:1"}
    subjects = [one.text for one in tree.iterfind(".//c:Subject", space)]
    assert subjects[0] == "Đơn năm 2010" and subjects[-1] == "Giấy năm 2019"
    assert house.part(house.open_code).digest in answer.text
    assert hidden.code not in answer.text
    assert house.as_("hoa").get(f"/print/case-files/{file.code}?what=xml").status_code == 404


def test_what_is_printed_for_reading_is_marked_and_the_stored_file_is_not(house: House) -> None:
    client = house.as_("binh")
    stored = client.get(f"/documents/{house.open_code}/1/files/archival").data
    said = words_of(client.get(f"/print/documents/{house.open_code}/1"))
    assert f"{MARK} · Trung tâm Lưu trữ · Binh" in said
    assert client.get(f"/documents/{house.open_code}/1/files/archival").data == stored
    told = client.get(f"/print/documents/{house.open_code}/1/receipt/archival").get_json()
    assert told["taken_by"] == "Binh" and len(told["sha256"]) == 64
    assert told["mark"].startswith(MARK)
    assert house.as_("hoa").get(f"/print/documents/{house.open_code}/1").status_code == 404
    assert house.as_("thu").get(f"/print/documents/{house.open_code}/1").status_code == 403


def test_an_organ_that_wants_no_marks_gets_none(house: House) -> None:
    with writing(house.services.db) as rows:
        set_rules(rows, rows.get_one(Organ, house.organ().id), {"mark_copies": "0"}, "Quy chế")
    assert MARK not in words_of(house.as_("lan").get(f"/print/case-files/{house.case_file}"))


def test_taking_a_whole_case_file_out_asks_for_consent_where_the_organ_does(house: House) -> None:
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        set_rules(rows, organ, {"export_needs_consent": "1"}, "Quy chế")
    client = house.as_("binh")
    assert client.get(f"/print/case-files/{house.case_file}?what=xml").status_code == 403
    told = house.post(client, "/copies", case_file=house.case_file)
    assert told.headers["Location"] == f"/case-files/{house.case_file}"
    assert not whole_making.make_one(house.services)
    assert client.get(f"/print/documents/{house.open_code}/1").status_code == 403
    assert client.get(f"/documents/{house.open_code}/print").status_code == 403
    assert house.events("document.export") == []


def test_the_print_view_is_marked_for_every_sheet_of_paper(house: House) -> None:
    page = house.as_("binh").get(f"/documents/{house.open_code}/print").text
    assert f'<p class="print-mark">{MARK} · Trung tâm Lưu trữ · Binh' in page


def test_the_mark_names_who_acted_and_for_whom(house: House) -> None:
    db = house.services.db
    with db.reading() as rows:
        binh, lan = people.by_name(rows, "binh"), people.by_name(rows, "lan")
        with audit.acting_as(binh, "web", principal=lan):
            assert "Binh thay Lan" in mark_of(rows, rows.get_one(Organ, lan.organ_id), lan)


def test_buttons_to_print_stand_where_the_things_are(house: House) -> None:
    enter(house)
    clerk, year = house.as_("minh"), clock.today(house.organ()).year
    for page, target in (
        ("/registers/den", "/print/registers/den"),
        (f"/registers/den/{year}/1", f"/print/registers/den/{year}/1/slip"),
        ("/registers", "/print/reports/incoming"),
        (f"/case-files/{house.case_file}", f"/print/case-files/{house.case_file}?what=xml"),
        (f"/case-files/{house.case_file}", 'action="/copies"'),
        (f"/documents/{house.open_code}", f"/print/documents/{house.open_code}/1"),
    ):
        assert target in clerk.get(page).text, page
