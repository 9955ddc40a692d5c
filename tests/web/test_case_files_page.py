"""Case files: opened, listed, filled from the tray."""

import pytest

from archive.models import CaseFile
from tests.factories import a_case_file, a_document, counting
from tests.web.conftest import SECRET_SUBJECT, House


@pytest.mark.rule("DB-01")
def test_a_case_file_is_opened_and_shown(house: House) -> None:
    client, binh = house.as_("binh"), house.person("binh")
    answer = house.post(
        client,
        "/case-files/new",
        notation="05.TH/A",
        title="Tổng kết năm",
        year="2025",
        maintenance="10 năm",
        holder=str(binh.id),
        access_level="organ",
    )
    assert answer.headers["Location"] == "/case-files/TTLT.2025.05.TH/A"
    page = client.get(answer.headers["Location"]).text
    for words in ("TTLT.2025.05.TH/A", "Tổng kết năm", "10 năm", "Binh", "mở hồ sơ"):
        assert words in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"notation": "", "title": "A"}, "Chưa có số và ký hiệu"),
        ({"notation": "1", "title": " "}, "Chưa có tiêu đề"),
        ({"notation": "1", "title": "Một tên", "year": "hai"}, "“hai” không hợp"),
    ],
)
def test_a_wrong_form_is_explained_and_kept(house: House, form: dict[str, str], said: str) -> None:
    answer = house.post(house.as_("lan"), "/case-files/new", **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert form["title"].strip() in answer.text


def test_a_taken_code_is_told(house: House) -> None:
    client = house.as_("lan")
    form = {"notation": "9", "title": "Một", "year": "2026", "maintenance": "5 năm"}
    house.post(client, "/case-files/new", **form)
    answer = house.post(client, "/case-files/new", **form)
    assert answer.status_code == 409 or "Đã có hồ sơ" in answer.text


def test_the_list_is_searched_without_marks_and_by_year_and_stage(house: House) -> None:
    organ = house.organ()
    a_case_file(house.services.db, organ, "Kế hoạch ĐẦU TƯ công", year=2024)
    a_case_file(house.services.db, organ, "Báo cáo thanh tra", year=2025)
    client = house.as_("lan")
    assert "ĐẦU TƯ" in client.get("/case-files?q=dau+tu").text
    assert "ĐẦU TƯ" in client.get("/case-files?q=kế+hoạch&year=2024").text
    assert "ĐẦU TƯ" not in client.get("/case-files?year=2025").text
    nothing = client.get("/case-files?q=khongco").text
    assert "Không có hồ sơ nào phù hợp" in nothing
    assert "ĐẦU TƯ" not in client.get("/case-files?stage=accepted").text


def test_a_closed_case_file_is_neither_listed_nor_opened(house: House) -> None:
    with house.services.db.reading() as rows:
        closed = rows.query(CaseFile).where(CaseFile.access_level == "assigned").one().code
    client = house.as_("binh")
    assert closed not in client.get("/case-files").text
    assert client.get(f"/case-files/{closed}").status_code == 404
    assert closed in house.as_("lan").get("/case-files").text


@pytest.mark.rule("DB-01")
def test_documents_go_from_the_tray_into_a_case_file(house: House) -> None:
    other = a_document(house.services.db, house.organ(), "Giấy thứ hai")
    client = house.as_("lan")
    page = client.get("/tray").text
    assert "Giấy mời họp" in page
    answer = house.post(
        client, "/tray", document=[house.tray_code, other.code], case_file=house.case_file
    )
    assert answer.headers["Location"] == f"/case-files/{house.case_file}"
    inside = client.get(answer.headers["Location"]).text
    assert inside.index("chữ ký số") < inside.index("Giấy mời họp") < inside.index("Giấy thứ hai")
    assert "3 văn bản" in inside
    assert "Giấy mời họp" not in client.get("/tray").text


def test_all_are_placed_or_none(house: House) -> None:
    client = house.as_("lan")
    house.post(client, "/tray", document=[house.tray_code, "KHONG-1"], case_file=house.case_file)
    page = client.get("/tray").text
    assert "Không có văn bản KHONG-1" in page
    assert "Giấy mời họp" in page


def test_who_sees_descriptions_only_may_not_place(house: House) -> None:
    client = house.as_("thu")
    assert "Đưa các văn bản đã chọn" not in client.get("/tray").text
    house.post(client, "/tray", document=house.tray_code, case_file=house.case_file)
    assert "Giấy mời họp" in client.get("/tray").text


def test_a_document_is_placed_from_its_own_page(house: House) -> None:
    client = house.as_("lan")
    place = f"/documents/{house.tray_code}/place"
    house.post(client, place, case_file=house.case_file)
    assert house.case_file in client.get(f"/documents/{house.tray_code}").text
    house.post(client, place, case_file=house.case_file)
    assert "Văn bản đã có trong hồ sơ" in client.get(f"/documents/{house.tray_code}").text


def test_documents_to_be_mended_have_a_list_of_their_own(house: House) -> None:
    assert "Không có gì cần khắc phục" in house.as_("lan").get("/tray?only=mending").text


def test_home_shows_work_by_role(house: House) -> None:
    home = house.as_("lan").get("/").text
    assert "văn bản trong kho" in home
    assert "Tiếp nhận tệp" in home
    assert "Hệ thống</a>" not in home
    auditor = house.as_("thu").get("/").text
    assert "Tiếp nhận tệp" not in auditor
    client = house.as_("binh")
    client.get(f"/documents/{house.open_code}")
    assert "03/QĐ-UBND" in client.get("/").text
    assert SECRET_SUBJECT not in client.get("/").text


def test_fifty_rows_cost_no_more_questions_than_five(house: House) -> None:
    client, organ, db = house.as_("lan"), house.organ(), house.services.db

    def cost(path: str) -> int:
        with counting(house.services.db) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    paths = ("/case-files", "/tray", f"/case-files/{house.case_file}", "/")
    with db.reading() as rows:
        file = rows.query(CaseFile).where(CaseFile.code == house.case_file).one()
    few = {path: cost(path) for path in paths}
    for number in range(50):
        a_case_file(db, organ, f"Hồ sơ {number}")
        a_document(db, organ, f"Văn bản {number}")
        a_document(db, organ, f"Trong hồ sơ {number}", case_file=file)
    many = {path: cost(path) for path in paths}
    assert all(many[path] <= few[path] + 2 for path in paths), (few, many)
    assert max(many.values()) < 32


@pytest.mark.parametrize("typed", ["05–KT", "05 - KT", "05-kt"])
def test_other_dashes_and_letters_make_no_second_case_file(house: House, typed: str) -> None:
    client = house.as_("lan")
    form = {"title": "Kế toán", "maintenance": "5 năm", "year": "2026"}
    house.post(client, "/case-files/new", notation="05-KT", **form)
    again = house.post(client, "/case-files/new", notation=typed, **form)
    assert again.status_code == 422 and "TTLT.2026.05-KT" in again.text


@pytest.mark.parametrize("day", ["31/02/2026", "hôm qua", "31/12/9999", "01/01/2099"])
def test_work_on_a_case_file_begins_on_a_day_that_has_come(house: House, day: str) -> None:
    client = house.as_("lan")
    form = {"title": "Kế toán", "maintenance": "5 năm", "year": "2026", "notation": "05-KT"}
    answer = house.post(client, "/case-files/new", start_date=day, **form)
    assert answer.status_code == 422 and day in answer.text
