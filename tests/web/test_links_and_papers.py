"""Links, paper parts, recall, orders and custody on their pages."""

import re
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive import audit, clock, documents, registers
from archive.books import default_book
from archive.life_models import DocumentLink, FreezeOrder, PaperPart, Recall
from archive.models import CaseFile, Document, Fonds, Organ, Person, Row
from archive.register_models import RegisterEntry
from tests.factories import a_case_file, a_document, a_person, something_arrived, stored, writing
from tests.web.conftest import House
from tests.web.test_clockwork import Letterbox, with_mail
from tests.web.test_clockwork import letterbox as letterbox  # a fixture
from web.app import create_app

Kept = TypeVar("Kept", bound=Row)


def every(house: House, kind: type[Kept]) -> list[Kept]:
    with house.services.db.reading() as rows:
        return list(rows.scalars(select(kind).order_by(kind.id)))


# Links --------------------------------------------------------------------------------------------


@pytest.mark.rule("TN-32", "KT-36")
def test_one_answer_is_linked_with_many_and_shown_from_both_ends(house: House) -> None:
    db, organ, client = house.services.db, house.organ(), house.as_("lan")
    answer = a_document(db, organ, "Công văn trả lời")
    asked = [a_document(db, organ, f"Văn bản hỏi {number}") for number in (1, 2)]
    for one in asked:
        where = f"/documents/{answer.code}/links"
        house.post(client, where, kind="answers", document=one.code)
    page = client.get(f"/documents/{answer.code}").text
    assert "Văn bản hỏi 1" in page
    assert "Văn bản hỏi 2" in page
    assert "Trả lời" in page
    other = client.get(f"/documents/{asked[0].code}").text
    assert "Công văn trả lời" in other
    assert "Được trả lời bằng" in other
    house.post(client, f"/documents/{answer.code}/links", kind="answers", document=asked[0].code)
    assert len(every(house, DocumentLink)) == 2


def test_a_link_leads_to_nothing_that_is_closed_to_the_asker(house: House) -> None:
    client = house.as_("lan")
    where = f"/documents/{house.tray_code}/links"
    house.post(client, where, kind="relates", document=house.closed_code)
    assert len(every(house, DocumentLink)) == 1
    seen = house.as_("binh").get(f"/documents/{house.tray_code}").text
    assert house.closed_code not in seen
    assert "Nhân sự dự kiến" not in seen
    said = house.post(house.as_("binh"), where, kind="relates", document=house.closed_code)
    assert said.status_code == 404


@pytest.mark.rule("KT-36")
def test_links_of_what_the_archive_holds_are_changed_by_archivists_with_a_reason(
    house: House,
) -> None:
    db, organ = house.services.db, house.organ()
    kept, other = a_document(db, organ, "Quyết định"), a_document(db, organ, "Công văn mới")
    third = a_document(db, organ, "Công văn khác")
    case_file = a_case_file(db, organ, holder=a_person(db, organ, "thang", "officer"))
    with writing(db) as rows:
        documents.place(rows, rows.get_one(Document, kept.id), rows.get_one(CaseFile, case_file.id))
    where = f"/documents/{kept.code}/links"
    house.post(house.as_("thang"), where, kind="relates", document=other.code)
    before = every(house, DocumentLink)
    with writing(db) as rows:
        found = rows.get_one(CaseFile, case_file.id)
        found.stage, found.closed_at, found.accepted_at = "accepted", clock.now(), clock.now()
        audit.record(rows, "case_file.accept", found)
    officer, archivist = house.as_("thang"), house.as_("lan")
    assert "lưu trữ viên" in officer.get(where).text
    for answer in (
        house.post(officer, where, kind="replaces", document=third.code, note="Nhầm"),
        house.post(officer, f"/documents/{third.code}/links", kind="replaces", document=kept.code),
        house.post(archivist, where, kind="replaces", document=third.code),  # says not why
    ):
        assert answer.status_code in (403, 422)
    house.post(officer, f"{where}/{before[0].id}/remove", why="Nhầm")
    assert [one.id for one in every(house, DocumentLink)] == [before[0].id]
    house.post(archivist, where, kind="replaces", document=third.code, note="Theo Quyết định 5")
    house.post(archivist, f"{where}/{before[0].id}/remove", why="Nhầm")
    assert [one.kind for one in every(house, DocumentLink)] == ["replaces"]


@pytest.mark.rule("HC-06")
def test_what_the_text_cites_is_offered_and_linked_by_a_person_only(house: House) -> None:
    db, organ, client = house.services.db, house.organ(), house.as_("lan")
    words = "Căn cứ Công văn số 45/STC-VP".encode()
    text = stored(house.services.files, "text", words, "text/plain")
    arrived = something_arrived()
    arrived = replace(arrived, renditions=(*arrived.renditions, text))
    citing = a_document(db, organ, "Tờ trình", arrived=arrived)
    cited = a_document(db, organ, "Về ngân sách", code_number="45", code_notation="STC-VP")
    a_document(db, organ, "Số khác", code_number="46", code_notation="STC-VP")
    page = client.get(f"/documents/{citing.code}/links").text
    assert "Về ngân sách" in page
    assert "Số khác" not in page
    assert not every(house, DocumentLink)
    house.post(client, f"/documents/{citing.code}/links", kind="relates", document=cited.code)
    assert len(every(house, DocumentLink)) == 1


def test_a_link_goes_with_a_reason_and_the_story_keeps_it(house: House) -> None:
    client, where = house.as_("lan"), f"/documents/{house.tray_code}/links"
    house.post(client, where, kind="replaces", document=house.open_code)
    number = every(house, DocumentLink)[0].id
    house.post(client, f"{where}/{number}/remove", why=" ")
    assert every(house, DocumentLink)
    house.post(client, f"{where}/{number}/remove", why="Nhầm văn bản")
    assert not every(house, DocumentLink)
    assert "Nhầm văn bản" in client.get(f"/documents/{house.open_code}").text


# Paper --------------------------------------------------------------------------------------------


@pytest.mark.rule("HC-46", "KT-33", "TN-27")
def test_an_annex_on_paper_has_its_place_and_holder(house: House) -> None:
    client = house.as_("lan")
    where = f"/papers/document/{house.open_code}"
    told = {"kind": "annex", "what": "Phụ lục 2", "pages": "40", "sheets": "20"}
    assert house.post(client, where, **told).status_code == 422
    house.post(client, where, **told, place="Kho A, kệ 3", holder="Lê Thị Bình")
    for path in (f"/documents/{house.open_code}", f"/case-files/{house.case_file}"):
        page = client.get(path).text
        assert "Phụ lục 2" in page
        assert "Kho A, kệ 3" in page
        assert "Lê Thị Bình" in page
    assert house.document(house.open_code).completeness == "main_text"
    with house.services.db.reading() as rows:
        file = rows.scalars(select(CaseFile).where(CaseFile.code == house.case_file)).one()
    assert (file.sheet_total, file.paper_state) == (20, "hybrid")


@pytest.mark.rule("DB-22")
def test_first_page_only_needs_the_link_to_its_publisher(house: House) -> None:
    client, where = house.as_("lan"), f"/papers/document/{house.open_code}"
    told = {"kind": "rest_of_first_page", "what": "Các trang còn lại"}
    assert house.post(client, where, **told).status_code == 422
    assert house.post(client, where, **told, link="javascript:alert(1)").status_code == 422
    house.post(client, where, **told, link="https://vanban.chinhphu.vn/1")
    assert house.document(house.open_code).completeness == "first_page"
    assert 'href="https://vanban.chinhphu.vn/1"' in client.get(f"/documents/{house.open_code}").text


@pytest.mark.rule("DB-21", "DB-27", "KT-40")
@pytest.mark.parametrize(
    ("kind", "what", "place", "completeness"),
    [
        ("rest_of_main_text", "Hồ sơ dự án", "Bộ phận một cửa, tủ 2", "main_text"),
        ("original", "Bản gốc văn bản đi", "Hồ sơ lưu của Văn thư, cặp 7", "full"),
    ],
)
def test_what_stays_on_paper_beside_the_scan_is_found_by_its_place(
    house: House, kind: str, what: str, place: str, completeness: str
) -> None:
    client = house.as_("minh")
    where = f"/papers/document/{house.open_code}"
    assert house.post(client, where, kind=kind, what=what).status_code == 422
    house.post(client, where, kind=kind, what=what, place=place)
    page = client.get(f"/documents/{house.open_code}").text
    assert what in page
    assert place in page
    assert house.document(house.open_code).completeness == completeness


@pytest.mark.rule("HC-69")
def test_an_electronic_file_converted_to_paper_says_where_it_stands(house: House) -> None:
    client, where = house.as_("lan"), f"/papers/case_file/{house.case_file}"
    told = {"kind": "converted", "what": "Toàn bộ hồ sơ", "sheets": "12"}
    assert house.post(client, where, **told).status_code == 422
    house.post(client, where, **told, place="Kho lưu trữ, giá 4, hộp 12")
    page = client.get(f"/case-files/{house.case_file}").text
    assert "Kho lưu trữ, giá 4, hộp 12" in page
    assert "Đã chuyển thành hồ sơ giấy" in page


def test_paper_that_moves_is_noted_with_a_reason_and_not_over_anothers_note(house: House) -> None:
    client, where = house.as_("lan"), f"/papers/case_file/{house.case_file}"
    house.post(client, where, kind="original", what="Bản gốc", place="Tủ 1")
    part = every(house, PaperPart)[0]
    seen = audit.row_digest(part)[:16]
    moved = {"kind": "original", "what": "Bản gốc", "part": str(part.id), "seen": seen}
    house.post(client, where, **moved, place="Tủ 2")
    assert every(house, PaperPart)[0].place == "Tủ 1"
    house.post(client, where, **moved, place="Tủ 2", why="Dọn kho")
    assert every(house, PaperPart)[0].place == "Tủ 2"
    assert house.post(client, where, **moved, place="Tủ 3", why="Dọn nữa").status_code == 409


# Recall -------------------------------------------------------------------------------------------


def came_in(house: House, **more: str) -> tuple[str, int]:
    """An incoming document with its line in the book: its code, the number of the line."""
    db = house.services.db
    document = a_document(db, house.organ(), "Về việc thu hồi", direction="incoming")
    with writing(db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        minh = rows.get_one(Person, house.person("minh").id)
        values = {"subject": "Về việc thu hồi", "organ_name": "Sở Y tế", "code_number": "7"}
        entry = registers.enter(rows, default_book(rows, organ, "incoming"), minh, values | more)
        entry.document_id = document.id
        return document.code, entry.id


def test_what_came_in_is_cancelled_in_its_book_and_its_sender_told(house: House) -> None:
    code, number = came_in(house)
    client, where = house.as_("minh"), f"/documents/{code}"
    house.post(house.as_("binh"), f"{where}/recall", reason="Sai")
    assert not every(house, Recall)
    house.post(client, f"{where}/recall", reason="Ban hành sai thẩm quyền", notice_number="9/TB")
    with house.services.db.reading() as rows:
        assert rows.get_one(RegisterEntry, number).state == "cancelled"
    assert "Ban hành sai thẩm quyền" in client.get(where).text
    assert every(house, Recall)[0].told_sender_at is None
    house.post(client, f"{where}/recall/told", how="Điện thoại")
    assert every(house, Recall)[0].told_sender_at is not None


def test_the_sender_is_told_of_the_recall_by_mail(
    house: House, letterbox: tuple[Letterbox, str]
) -> None:
    box, url = letterbox
    code, _ = came_in(house, sender_email="vanthu@soyte.example.vn")
    told = replace(house, app=create_app(with_mail(house.services, url)))
    told.post(told.as_("minh"), f"/documents/{code}/recall", reason="Sai thẩm quyền")
    assert [one["To"] for one in box.letters] == ["vanthu@soyte.example.vn"]
    assert "Sai thẩm quyền" in box.letters[0].get_content()  # type: ignore[attr-defined]
    assert every(house, Recall)[0].told_sender_at is not None


def test_what_went_out_is_frozen_and_stays(house: House) -> None:
    document = a_document(house.services.db, house.organ(), "Quyết định sai", direction="outgoing")
    client, where = house.as_("minh"), f"/documents/{document.code}"
    house.post(client, f"{where}/recall", reason="Sai số liệu")
    told = {"subject": "Đổi", "why": "Thử", "revision": str(house.document(document.code).revision)}
    house.post(house.as_("lan"), f"{where}/correct", **told)
    assert house.document(document.code).subject == "Quyết định sai"
    house.post(house.as_("lan"), "/tray", document=document.code, case_file=house.case_file)
    assert "Quyết định sai" in client.get("/tray").text


# Orders -------------------------------------------------------------------------------------------


def freeze(house: House, client: FlaskClient, **form: str) -> Any:
    """Look what the order would hold, and place it over just that."""
    looked = house.post(client, "/freezes/new", **form)
    found = re.search(r'name="seen" value="(\w+)"', looked.text)
    return house.post(client, "/freezes/new", seen=found[1] if found else "", **form)


def test_an_order_over_a_holder_and_a_code_freezes_and_is_lifted(house: House) -> None:
    db, organ = house.services.db, house.organ()
    a_person(db, organ, "dung", "head")
    binh = house.person("binh")
    held = a_case_file(db, organ, "Của Bình", holder=binh, start_date=date(2026, 1, 5))
    a_document(db, organ, case_file=held)
    head = house.as_("dung")
    form = {"number": "12/QĐ-TTr", "ordered_on": "20/11/2026", "reason": "Thanh tra"}
    look = house.post(head, "/freezes/new", **form, holder_id=str(binh.id))
    assert held.code in look.text
    assert not every(house, FreezeOrder)
    freeze(house, head, **form, holder_id=str(binh.id))
    freeze(house, head, **form, codes=house.tray_code)
    assert len(every(house, FreezeOrder)) == 2
    page = house.as_("binh").get(f"/case-files/{held.code}").text
    assert "12/QĐ-TTr" in page
    correct = house.post(
        house.as_("binh"), f"/case-files/correct/{held.code}", title="Đổi", why="Thử"
    )
    assert correct.status_code == 409
    house.post(house.as_("lan"), "/tray", document=house.tray_code, case_file=house.case_file)
    assert "Giấy mời họp" in house.as_("lan").get("/tray").text
    listed = head.get("/freezes").text
    assert held.code in listed
    house.post(head, f"/freezes/{every(house, FreezeOrder)[0].id}/lift", number="15", reason="Xong")
    assert every(house, FreezeOrder)[0].lifted_at is not None
    assert "bị khóa theo" not in house.as_("binh").get(f"/case-files/{held.code}").text.lower()


def test_what_was_on_the_road_to_a_frozen_case_file_goes_to_the_tray(house: House) -> None:
    db, organ = house.services.db, house.organ()
    held = a_case_file(db, organ, "Đang thanh tra", holder=house.person("binh"))
    form = {"number": "12/QĐ-TTr", "ordered_on": "20/11/2026", "reason": "Thanh tra"}
    freeze(house, house.as_("quan"), **form, codes=held.code)
    a_document(db, organ, "Đến muộn", case_file=held)
    assert "Đến muộn" in house.as_("lan").get("/tray").text
    with db.reading() as rows:
        assert not rows.get_one(CaseFile, held.id).placements


def test_only_who_may_order_it_freezes_and_nothing_chosen_freezes_nothing(house: House) -> None:
    assert house.as_("binh").get("/freezes").status_code == 200
    assert house.as_("binh").get("/freezes/new").status_code == 403
    assert house.post(house.as_("binh"), "/freezes/new", codes=house.tray_code).status_code == 403
    said = house.post(house.as_("quan"), "/freezes/new", number="1", reason="Thử", codes="")
    assert said.status_code == 422
    assert not every(house, FreezeOrder)


def test_nothing_is_frozen_before_somebody_looked_what_and_how_many(house: House) -> None:
    db, organ, client = house.services.db, house.organ(), house.as_("quan")
    form = {"number": "1", "reason": "Thử", "ordered_on": "20/11/2026", "year": "2026"}
    looked = house.post(client, "/freezes/new", **form)
    seen = re.search(r'name="seen" value="(\w+)"', looked.text)
    assert seen is not None
    a_case_file(db, organ, "Mở sau khi xem", year=2026)
    again = house.post(client, "/freezes/new", seen=seen[1], **form)
    assert "Mở sau khi xem" in again.text and not every(house, FreezeOrder)
    assert freeze(house, client, **form).status_code == 302
    nothing = house.post(client, "/freezes/new", **{**form, "year": "1999"})
    assert nothing.status_code == 422


def test_more_than_is_taken_at_once_is_refused_and_not_cut(house: House) -> None:
    many = [house.case_file] + [f"TTLT.2026.{number}" for number in range(2500)]
    form = {"number": "1", "reason": "Thử", "codes": "\n".join(many)}
    said = house.post(house.as_("quan"), "/freezes/new", **form)
    assert said.status_code == 422 and "2.000" in said.text.replace("2000", "2.000")
    binh = house.as_("binh")
    said = house.post(binh, "/submissions/send", case_file=many[:501])
    assert said.status_code == 422 and "500" in said.text
    lan = house.as_("lan")
    house.post(lan, "/tray", document=many[:201], case_file=house.case_file)
    assert "200" in lan.get("/tray").text


# Custody ------------------------------------------------------------------------------------------


def test_a_fonds_passes_to_its_successor_by_one_told_act(house: House) -> None:
    db, organ = house.services.db, house.organ()
    a_person(db, organ, "dung", "head")
    with db.reading() as rows:
        other = rows.scalars(select(Organ).where(Organ.code == "SXD")).one()
        fonds = rows.scalars(select(Fonds).where(Fonds.organ_id == organ.id)).one()
    where = f"/fonds/{fonds.id}/pass-on"
    form = {"to": str(other.id), "decision": "5/QĐ-UBND", "reason": "Sáp nhập"}
    head = house.as_("dung")
    house.post(head, where, **form, password="sai")
    assert every(house, Fonds)[0].custodian_id is None
    house.post(head, where, **form, password="mot cau de nho 2026")
    assert [one.custodian_id for one in every(house, Fonds) if one.id == fonds.id] == [other.id]
    assert len(house.events("fonds.pass_on")) == 1
    assert "Sở Xây dựng" in head.get("/fonds").text
    assert fonds.name in house.as_("hoa").get("/fonds").text


# Several case files -------------------------------------------------------------------------------


@pytest.mark.rule("HC-51", "HC-66", "KT-12")
def test_one_document_stands_in_several_case_files_with_an_ordinal_in_each(house: House) -> None:
    db, organ, client = house.services.db, house.organ(), house.as_("lan")
    other = a_case_file(db, organ, "Hồ sơ thứ hai")
    for number in (1, 2):
        a_document(db, organ, f"Văn bản {number}", case_file=other)
    house.post(client, f"/documents/{house.open_code}/place", case_file=other.code)
    page = client.get(f"/documents/{house.open_code}").text
    assert f"/case-files/{house.case_file}" in page
    assert f"/case-files/{other.code}" in page
    with db.reading() as rows:
        places = rows.get_one(Document, house.document(house.open_code).id).placements
        assert sorted(one.ordinal for one in places) == [1, 3]
    assert house.case_file in client.get(f"/case-files/{other.code}").text
