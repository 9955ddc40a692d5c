"""The file plan on its pages: drawn up, taken in from a table, approved, opened, carried on."""

import io
import random
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from archive import case_files, file_plans, people, plan_approval, plan_tree
from archive.file_plans import LineValues
from archive.models import FilePlan, FilePlanEntry, Organ
from formats.tables import Table, TableRow
from tests.factories import a_person, counting, writing
from tests.web.conftest import House
from web import file_forms
from web.pages.plan_tables import packed as packed_table

YEAR = 2031
CSV = """DANH MỤC HỒ SƠ NĂM 2031
Số và ký hiệu hồ sơ;Tên đề mục và tiêu đề hồ sơ;Thời hạn bảo quản;Người lập hồ sơ;Ghi chú
(1);(2);(3);(4);(5)
;I. Tổ chức
01 – TC;Bổ nhiệm cán bộ;70 năm;Binh;
02.TC;Thi đua;10 năm;Phòng Tổ chức;gấp
"""


def token(client: FlaskClient) -> str:
    page = client.get("/account/password").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found.group(1)


def upload(client: FlaskClient, text: str, name: str = "plan.csv") -> Any:
    data = {"csrf_token": token(client), "file": (io.BytesIO(text.encode()), name)}
    return client.post(f"/plans/{YEAR}/import", data=data, content_type="multipart/form-data")


def confirm(house: House, client: FlaskClient, page: str) -> Any:
    packed = re.search(r'name="table" value="([^"]+)"', page)
    assert packed
    return house.post(client, f"/plans/{YEAR}/import", table=packed.group(1))


def plan_of(house: House) -> FilePlan:
    with house.services.db.reading() as rows:
        return file_plans.of_year(rows, house.organ(), YEAR)


def line(house: House, notation: str) -> FilePlanEntry:
    with house.services.db.reading() as rows:
        lines = plan_tree.lines_of(rows, plan_of(house), with_taken_out=True)
        return next(one.entry for one in lines if one.entry.notation == notation)


def drawn_up(house: House, *values: LineValues) -> None:
    with writing(house.services.db) as rows:
        plan = file_plans.draw_up(rows, rows.get_one(Organ, house.organ().id), YEAR)
        for one in values:
            file_plans.add_line(rows, plan, one)


def approved(house: House, *values: LineValues) -> None:
    drawn_up(house, *values)
    head = a_person(house.services.db, house.organ(), "truong", "head")
    with writing(house.services.db) as rows:
        plan = file_plans.of_year(rows, house.organ(), YEAR)
        plan_approval.approve(rows, plan, head, number="5/QĐ", on=date(YEAR, 1, 5))


def a_line(house: House, notation: str = "01", holder: str = "binh") -> LineValues:
    number = house.person(holder).id
    return LineValues(f"Hồ sơ {notation}", notation, maintenance="10 năm", holder_id=number)


@pytest.mark.rule("HC-43")
@pytest.mark.rule("HC-51")
@pytest.mark.rule("KT-12")
def test_a_plan_goes_from_a_table_to_open_case_files(house: House) -> None:
    lan = house.as_("lan")
    assert "Chưa có danh mục" in lan.get("/plans").text
    assert house.post(lan, "/plans", year=str(YEAR)).status_code == 302
    shown = upload(lan, CSV)
    assert "Chưa có gì thay đổi" in shown.text
    assert not house.events("file_plan.import")
    assert confirm(house, lan, shown.text).status_code == 302
    a_person(house.services.db, house.organ(), "truong", "head")
    head = house.as_("truong")
    page = head.get(f"/plans/{YEAR}/approve").text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    told = {"number": "05/QĐ-TTLT", "on": f"05/01/{YEAR}", "revision": revision.group(1)}
    assert house.post(head, f"/plans/{YEAR}/approve", **told).status_code == 302
    binh = house.as_("binh")
    page = binh.get(f"/plans/{YEAR}").text
    assert f"TTLT.{YEAR}.01-TC" in page
    code = f"TTLT.{YEAR}.01-TC"
    target = re.search(rf'action="([^"]+{re.escape(code)})"', page)
    assert target
    opened = house.post(binh, target.group(1))
    assert opened.headers["Location"] == f"/case-files/{code}"
    with house.services.db.reading() as rows:
        assert case_files.by_code(rows, code).stage == "open"
    house.post(binh, "/tray", document=house.tray_code, case_file=code)
    with house.services.db.reading() as rows:
        inside = case_files.by_code(rows, code).placements
        assert [(one.ordinal, one.document.code) for one in inside] == [(1, house.tray_code)]
    assert "1 văn bản" in binh.get(f"/plans/{YEAR}").text
    assert f'href="/print/plans/{YEAR}"' in binh.get(f"/plans/{YEAR}").text
    assert f'href="/print/case-file-list/{YEAR}"' in binh.get(f"/plans/{YEAR}").text


def test_a_plan_taken_in_twice_says_that_there_is_nothing_to_do(house: House) -> None:
    drawn_up(house)
    lan = house.as_("lan")
    confirm(house, lan, upload(lan, CSV).text)
    again = upload(lan, CSV)
    assert "đã có trong danh mục" in again.text
    assert 'name="table"' not in again.text
    assert len(house.events("file_plan.import")) == 1


def test_wrong_cells_are_named_with_row_column_and_what_is_expected(house: House) -> None:
    drawn_up(house)
    lan = house.as_("lan")
    wrong = CSV + "01-tc;Trùng;5 năm;An;\n;Thiếu số;5 năm;An;\n"
    page = upload(lan, wrong).text
    assert 'name="table"' not in page
    assert "Số, ký hiệu này đã có ở dòng 5." in page
    assert '<td class="right">7</td>' in page
    assert "Thiếu số, ký hiệu." in page
    assert upload(lan, "a;b\n1;2\n").status_code == 422
    assert upload(lan, "").status_code == 422


def test_a_table_that_was_tampered_with_is_refused(house: House) -> None:
    drawn_up(house)
    lan = house.as_("lan")
    for text in ("", "???", "eJyrVgIAAXUA+Q==", "AAAA"):
        answer = house.post(lan, f"/plans/{YEAR}/import", table=text)
        assert answer.status_code == 422, text


def test_a_long_table_comes_back_with_its_confirmation(house: House) -> None:
    drawn_up(house)
    chance = random.Random(1)
    signs = "aăâbcdđeêghiklmnoôơpqrstuưvxy     "
    titles = ("".join(chance.choice(signs) for _ in range(300)) for _ in range(2500))
    rows = tuple(TableRow(n, (f"{n}.X", title)) for n, title in enumerate(titles, 2))
    packed = packed_table(Table(("FileNotation", "Title"), rows))
    assert len(packed) > 500_000  # Flask's own limit of a field
    lan = house.as_("lan")
    assert house.post(lan, f"/plans/{YEAR}/import", table=packed).status_code == 302
    assert "2.500 hồ sơ" in lan.get(f"/plans/{YEAR}").text


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_plan_is_saved_as_a_table_that_comes_back_unchanged(
    house: House, kind: str, tmp_path: Path
) -> None:
    drawn_up(house, a_line(house), LineValues("=SUM(A1)", "02", maintenance="5 năm", creator="An"))
    lan = house.as_("lan")
    answer = lan.get(f"/plans/{YEAR}/table?as={kind}")
    assert answer.headers["Content-Disposition"].endswith(f"{YEAR}.{kind}")
    path = tmp_path / f"t.{kind}"
    path.write_bytes(answer.data)
    if kind == "xlsx":
        cells = [cell for row in load_workbook(path).worksheets[0].iter_rows() for cell in row]
        assert {one.data_type for one in cells} <= {"s", "n", "inlineStr"}
        assert all(one.value is None for one in cells if one.data_type == "n")
    data = {"csrf_token": token(lan), "file": (io.BytesIO(answer.data), path.name)}
    page = lan.post(f"/plans/{YEAR}/import", data=data, content_type="multipart/form-data").text
    assert "đã có trong danh mục" in page


def test_all_that_is_lacking_is_listed_with_its_line_and_the_mend(house: House) -> None:
    drawn_up(house, LineValues("Thiếu thời hạn", "01", creator="An"))
    a_person(house.services.db, house.organ(), "truong", "head")
    head = house.as_("truong")
    page = head.get(f"/plans/{YEAR}/approve").text
    assert "Thiếu thời hạn bảo quản." in page
    assert "disabled" in page
    answer = house.post(head, f"/plans/{YEAR}/approve", number="5", on=f"01/01/{YEAR}")
    assert answer.status_code == 422
    assert plan_of(house).stage == "draft"
    bad = house.post(head, f"/plans/{YEAR}/approve", number="5", on="31/02/2031")
    assert "31/02/2031" in bad.text


def test_lines_are_added_moved_and_removed_in_a_draft(house: House) -> None:
    drawn_up(house, a_line(house, "01"), a_line(house, "02"))
    minh = house.as_("minh")
    assert 'value="03"' in minh.get(f"/plans/{YEAR}/lines/new").text
    form = {"kind": "file", "notation": "03", "title": "Ba", "maintenance": "5 năm"}
    assert house.post(minh, f"/plans/{YEAR}/lines/new", **form).status_code == 302
    again = house.post(minh, f"/plans/{YEAR}/lines/new", **form)
    assert again.status_code == 422
    assert 'value="03"' in again.text
    number = line(house, "03").id
    house.post(minh, f"/plans/{YEAR}/lines/{number}/up")
    page = minh.get(f"/plans/{YEAR}").text
    assert page.index("Ba</td>") < page.index("Hồ sơ 02</td>")
    house.post(minh, f"/plans/{YEAR}/lines/{number}/remove")
    assert "Ba</td>" not in minh.get(f"/plans/{YEAR}").text
    assert house.post(minh, f"/plans/{YEAR}/lines/{number}/remove").status_code == 404
    assert house.post(minh, f"/plans/{YEAR}/lines/1/sideways").status_code == 404


def test_the_second_of_two_clerks_keeps_what_was_typed(house: House) -> None:
    drawn_up(house, a_line(house))
    number = line(house, "01").id
    minh, lan = house.as_("minh"), house.as_("lan")
    seen = re.search(r'name="seen" value="(\w+)"', minh.get(f"/plans/{YEAR}/lines/{number}").text)
    assert seen
    form = {"seen": seen.group(1), "notation": "01", "maintenance": "5 năm"}
    first = house.post(lan, f"/plans/{YEAR}/lines/{number}", title="Trước", **form)
    assert first.status_code == 302
    second = house.post(minh, f"/plans/{YEAR}/lines/{number}", title="Sau", **form)
    assert second.status_code == 422
    assert "Sau</textarea>" in second.text
    assert line(house, "01").title == "Trước"


def test_an_approved_plan_changes_with_a_reason_only(house: House) -> None:
    approved(house, a_line(house, "01"), a_line(house, "02"))
    minh = house.as_("minh")
    number = line(house, "01").id
    holder = str(house.person("binh").id)
    form = {"notation": "01", "title": "Tên mới", "maintenance": "20 năm", "holder": holder}
    assert house.post(minh, f"/plans/{YEAR}/lines/{number}", **form).status_code == 422
    changed = house.post(minh, f"/plans/{YEAR}/lines/{number}", why="Đổi tên", **form)
    assert changed.status_code == 302
    told = house.events("file_plan.change_line")[-1]
    assert house.words(told)["why"] == "Đổi tên"
    assert house.words(told)["before"]["title"] == "Hồ sơ 01"
    house.post(minh, f"/plans/{YEAR}/lines/{number}/take-out", why="Không còn việc")
    assert line(house, "01").taken_out_on is not None
    story = minh.get(f"/plans/{YEAR}/story").text
    assert "Đổi tên" in story
    assert "<del>Hồ sơ 01</del>" in story


def test_who_does_not_hold_it_sees_why_the_button_is_grey(house: House) -> None:
    approved(house, a_line(house, "01", holder="binh"))
    page = house.as_("lan").get(f"/plans/{YEAR}").text
    assert "Người lập hồ sơ là người mở." in page
    code = f"TTLT.{YEAR}.01"
    house.post(house.as_("lan"), f"/case-files/open-planned/{code}")
    with house.services.db.reading() as rows:
        assert case_files.by_code(rows, code).stage == "planned"


def test_rights_are_asked_at_every_door(house: House) -> None:
    drawn_up(house, a_line(house))
    number = line(house, "01").id
    binh, thu = house.as_("binh"), house.as_("thu")
    assert binh.get(f"/plans/{YEAR}").status_code == 200
    assert thu.get(f"/plans/{YEAR}").status_code == 200
    for path in ("/lines/new", f"/lines/{number}", "/import"):
        assert binh.get(f"/plans/{YEAR}{path}").status_code == 403, path
    for path in ("/lines/new", f"/lines/{number}/remove", "/copy", "/carry-over", "/approve"):
        told = {"to": "2032", "number": "1", "on": "01/01/2031", "title": "x"}
        assert house.post(binh, f"/plans/{YEAR}{path}", **told).status_code == 403, path
    assert house.post(house.as_("lan"), f"/plans/{YEAR}/approve", number="1").status_code == 403
    assert house.as_("hoa").get(f"/plans/{YEAR}").status_code == 404
    assert house.as_("hoa").get(f"/plans/{YEAR}/lines/{number}").status_code == 404
    assert not house.events("file_plan.approve")


def test_the_next_year_begins_with_this_years_lines(house: House) -> None:
    approved(house, a_line(house))
    with writing(house.services.db) as rows:
        people.lock(rows, people.by_name(rows, "binh"), date(2026, 1, 1), "Nghỉ hưu")
    lan = house.as_("lan")
    copied = house.post(lan, f"/plans/{YEAR}/copy", to=str(YEAR + 1))
    page = lan.get(copied.headers["Location"]).text
    assert "Binh" in page
    assert "đã nghỉ" in page
    assert house.post(lan, f"/plans/{YEAR}/carry-over").status_code == 302
    page = lan.get(f"/plans/{YEAR}").text
    assert "Hồ sơ các năm trước chuyển sang" in page
    assert house.case_file in page
    before = len(house.events("file_plan.carry_over"))
    house.post(lan, f"/plans/{YEAR}/carry-over")
    assert len(house.events("file_plan.carry_over")) == before


def test_a_carried_case_file_that_is_not_open_to_me_has_no_title(house: House) -> None:
    drawn_up(house)
    house.post(house.as_("lan"), f"/plans/{YEAR}/carry-over")
    assert "Nhân sự" in house.as_("lan").get(f"/plans/{YEAR}").text
    page = house.as_("minh").get(f"/plans/{YEAR}").text
    assert "Nhân sự" not in page.replace("Nhân sự, quyền", "")
    assert "Nhân sự" not in house.as_("minh").get(f"/plans/{YEAR}/table?as=csv").text
    with writing(house.services.db) as rows:
        form = file_forms.plan_form(rows, people.by_name(rows, "minh"), plan_of(house))
    assert "Nhân sự" not in str(form.told)


def test_a_page_of_the_plan_asks_few_questions(house: House) -> None:
    approved(house, *(a_line(house, f"{number:03d}") for number in range(130)))
    binh = house.as_("binh")
    with counting(house.services.db) as asked:
        page = binh.get(f"/plans/{YEAR}").text
    assert page.count('id="line-') == 50
    assert len(asked) <= 17  # eight of them say who is asking
    assert binh.get(f"/plans/{YEAR}?page=3").text.count('id="line-') == 30
    assert binh.get(f"/plans/{YEAR}?q=ho+so+007").text.count('id="line-') == 1
