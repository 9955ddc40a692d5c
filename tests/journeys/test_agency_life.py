"""A case file's whole life in a real browser, from the year's plan to the archive (issue 4).

Archivist, head, officer and clerk, each in a browser of their own, in Vietnamese; the officer's
second and third case files go by telephone, without script. Every page is looked at by axe, and
drawn wide and narrow where `JOURNEY_PICTURES` names a folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from archive import audit_check, clock
from archive.models import Document
from tests.formats.pki import Pki
from tests.journeys.agency import (
    PASSWORD,
    Agency,
    arrive,
    follow,
    open_agency,
    patiently,
    press,
    said,
)
from tests.journeys.office_work import (
    answer_it,
    close_it,
    file_it,
    fill_the_others_by_telephone,
    open_a_case_file,
    plan_the_year,
    register_what_came_in,
)
from tests.journeys.printed_forms import print_everything
from tests.journeys.walking import Walk
from tests.journeys.walking import browser as browser  # a fixture
from tests.web.conftest import words_compiled as words_compiled  # a fixture

pytestmark = [
    pytest.mark.tools,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.usefixtures("words_compiled"),
]


@pytest.fixture
def agency(tmp_path: Path, authority: Pki, browser: Browser) -> Iterator[Agency]:
    with open_agency(tmp_path, authority) as agency:
        yield agency
        for walk in agency.walks.values():
            walk.page.context.close()


@pytest.mark.rule("HC-01", "HC-27", "HC-32", "HC-43", "HC-44", "HC-47", "HC-51", "KT-12", "TG-01")
def test_four_people_take_a_case_file_from_the_plan_to_the_archive(
    agency: Agency, browser: Browser
) -> None:
    arrive(agency, browser)
    plan_the_year(agency)
    open_a_case_file(agency)
    register_what_came_in(agency)
    file_it(agency)
    answer_it(agency)
    fill_the_others_by_telephone(agency)
    close_it(agency)
    announce_and_keep_back(agency)
    submit(agency)
    return_one_and_accept_the_other(agency)
    mend_what_came_back(agency)
    sign_for_both_sides(agency)
    nothing_more_changes(agency)
    the_story_is_whole(agency)
    print_everything(agency)


# To the archive -----------------------------------------------------------------------------------


def announce_and_keep_back(agency: Agency) -> None:
    lan, an = agency.walks["lan"], agency.walks["an"]
    lan.to("/submissions?tab=due")
    lan.page.fill("#note", "Theo Công văn số 12/STC-VP.")
    lan.look_wide_and_narrow("32-den-han")
    press(lan.page, "Công bố hôm nay")
    said(lan.page, "Đã công bố.")
    agency.tell_everybody()
    an.to("/submissions?tab=due")
    row = an.page.locator("tbody tr", has_text=agency.code("03-VT"))
    row.get_by_role("link", name="Giữ lại").click()
    an.page.fill("#until_on", f"{clock.months_after(agency.today, 6):%d/%m/%Y}")
    an.page.fill("#reason", "Đang dùng để thay thiết bị lưu khóa bí mật")
    an.page.fill("#consent_number", "27/STC-VP")
    an.page.fill("#consent_date", f"{agency.today:%d/%m/%Y}")
    an.page.fill("#consent", agency.incoming)
    an.look_wide_and_narrow("33-cho-giu-lai")
    press(an.page, "Giữ lại")
    said(an.page, f"Đã cho giữ lại hồ sơ {agency.code('03-VT')}.")
    an.look_wide_and_narrow("34-duoc-giu-lai")


def submit(agency: Agency) -> None:
    """The officer is told, and submits the two that are not kept back."""
    binh = agency.walks["binh"]
    page = binh.page
    page.goto(agency.address + "/notices")
    follow(page, "Lưu trữ đã công bố Danh mục hồ sơ nộp lưu")
    binh.look_wide_and_narrow("35-thong-bao-nop-luu")
    follow(page, "Nộp lưu hồ sơ")
    for notation in ("01-TC", "02-VT"):
        page.check(f"input[value='{agency.code(notation)}']")
    page.fill("#name", "Hồ sơ của Phòng Tổng hợp")
    page.fill("#condition", "Tốt, đọc được")
    binh.look_wide_and_narrow("36-nop-luu")
    press(page, "Nộp vào lưu trữ")
    said(page, "Đã nộp lưu theo đợt")
    agency.submission = page.url.rsplit("/", 1)[1]
    binh.look_wide_and_narrow("37-da-nop")


def return_one_and_accept_the_other(agency: Agency) -> None:
    lan = agency.walks["lan"]
    page = lan.page
    lan.to("/submissions?tab=waiting")
    lan.look_wide_and_narrow("38-cho-luu-tru")
    where = f"/submissions/{agency.submission}"
    patiently(lan, where, "#item-2 li.finding")
    expect(page.locator("#item-1")).to_contain_text("chưa cài phần mềm quét mã độc")
    lan.look_wide_and_narrow("39-kiem-tra")
    unfold(page, "#item-2", "Trả lại")
    page.fill("#reason-2", "Tiêu đề hồ sơ chưa nêu thời gian của tài liệu.")
    page.locator("#item-2").get_by_role("button", name="Trả lại với lý do này").click()
    said(page, "Đã trả lại kèm lý do.")
    accept(lan, "#item-1")
    lan.look_wide_and_narrow("40-da-quyet-dinh")


def unfold(page: Page, place: str, name: str) -> None:
    page.locator(f"{place} details:not([open]) > summary", has_text=name).first.click()


def accept(lan: Walk, place: str) -> None:
    """Nobody scanned for viruses here, so the archivist says why it is accepted all the same."""
    page = lan.page
    note = page.locator(f"{place} [name=note]")
    if not note.is_visible():
        unfold(page, place, "Tiếp nhận")
    note.fill("Đã quét vi-rút trên máy trạm trước khi nhận.")
    page.locator(place).get_by_role("button", name="Tiếp nhận vào lưu trữ").click()
    said(page, "Đã tiếp nhận.")


def mend_what_came_back(agency: Agency) -> None:
    binh, lan, code = agency.walks["binh"], agency.walks["lan"], agency.code("02-VT")
    page = binh.page
    agency.tell_everybody()
    binh.to("/notices")
    follow(page, "Lưu trữ trả lại hồ sơ")
    binh.look_wide_and_narrow("41-thong-bao-tra-lai")
    page.locator("main li.finding a").first.click()
    expect(page.locator(".say-danger")).to_contain_text("Tiêu đề hồ sơ chưa nêu thời gian")
    expect(page.locator(".steps .here")).to_contain_text("Trần Thị Lan")
    binh.look_wide_and_narrow("42-ho-so-bi-tra-lai")
    follow(page, "Sửa dữ liệu")
    page.fill("#f-title", "Triển khai phần mềm văn phòng điện tử eOffice năm 2014")
    page.fill("#why", "Nêu thời gian trong tiêu đề theo yêu cầu của Lưu trữ")
    binh.look_wide_and_narrow("43-sua-du-lieu")
    press(page, "Lưu")
    said(page, "Đã sửa.")
    follow(page, "Rà soát và kết thúc hồ sơ")
    press(page, "Kết thúc hồ sơ")
    said(page, "đã kết thúc")
    binh.to("/submissions")
    page.check(f"input[value='{code}']")
    press(page, "Nộp vào lưu trữ")
    said(page, "Đã nộp lưu theo đợt")
    again = page.url.removeprefix(agency.address)
    patiently(lan, again, "#item-1 li.finding")
    accept(lan, "#item-1")
    sign(binh, again, "giving")
    sign(lan, again, "receiving")


def sign_for_both_sides(agency: Agency) -> None:
    binh, lan = agency.walks["binh"], agency.walks["lan"]
    where = f"/submissions/{agency.submission}"
    sign(binh, where, "giving")
    binh.look_wide_and_narrow("44-ben-giao-da-ky")
    sign(lan, where, "receiving")
    lan.look_wide_and_narrow("45-hai-ben-da-ky")


def sign(walk: Walk, where: str, side: str) -> None:
    walk.to(where)
    walk.page.fill(f"#password-{side}", PASSWORD)
    walk.page.locator(f"form:has(#password-{side})").get_by_role("button", name="Ký").click()
    said(walk.page, "Đã ký.")


# Afterwards ---------------------------------------------------------------------------------------


def nothing_more_changes(agency: Agency) -> None:
    """The officer reads only; the archivist corrects a description, with a reason."""
    binh, lan, code = agency.walks["binh"], agency.walks["lan"], agency.code("01-TC")
    page = binh.page
    binh.to(f"/case-files/{code}")
    expect(page.get_by_role("button", name="Sửa dữ liệu")).to_be_disabled()
    expect(page.get_by_role("link", name="Rà soát và kết thúc hồ sơ")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("người lập hồ sơ chỉ được đọc")
    binh.look_wide_and_narrow("46-chi-doc")
    lan.to(f"/case-files/correct/{code}")
    lan.page.fill("#f-description", "Có văn bản trả lời số 01/STC-VP")
    lan.page.fill("#why", "Bổ sung ghi chú khi chỉnh lý")
    press(lan.page, "Lưu")
    said(lan.page, "Đã sửa.")
    lan.look_wide_and_narrow("47-luu-tru-da-sua")


def the_story_is_whole(agency: Agency) -> None:
    """Everybody's deeds in order, and a chain that holds."""
    lan = agency.walks["lan"]
    lan.to(f"/case-files/{agency.code('01-TC')}")
    told = re.sub(r"\s+", " ", lan.page.locator("#story").inner_text())
    deeds = (  # newest first
        "Trần Thị Lan sửa dữ liệu hồ sơ",
        "Trần Thị Lan tiếp nhận vào lưu trữ",
        "Phạm Thanh Bình nộp vào lưu trữ theo đợt",
        "Phạm Thanh Bình đã kết thúc hồ sơ",
        "Phạm Thanh Bình mở hồ sơ",
    )
    places = [told.find(one) for one in deeds]
    assert -1 not in places and places == sorted(places), told
    with agency.services.db.reading() as rows:
        assert audit_check.verify(rows, agency.services.db.journal).is_good
        assert {one.mending for one in rows.scalars(select(Document))} == {None}
