"""Finding in a real browser: without marks, by facets, to the marked word, kept, told next day."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from archive import clock
from tests.factories import PASSWORD, a_case_file, a_document
from tests.journeys.walking import Walk, serving
from tests.journeys.walking import browser as browser  # a fixture
from tests.web.conftest import House, _arrived
from tests.web.conftest import furnished_house as furnished_house  # a fixture
from tests.web.conftest import house as house  # a fixture
from tests.web.conftest import words_compiled as words_compiled  # a fixture
from tests.web.test_search_pages import _index
from web import search_watch

pytestmark = [pytest.mark.tools, pytest.mark.slow, pytest.mark.timeout(600)]
SUBJECTS = (
    ("Quyết định", "Quyết định về quy chế làm việc của cơ quan năm {}", "QĐ-UBND"),
    ("Báo cáo", "Báo cáo kết quả thực hiện quy chế văn thư, lưu trữ năm {}", "BC-VP"),
    ("Tờ trình", "Tờ trình ban hành quy chế quản lý tài sản công năm {}", "TTr-STC"),
)


def furnish(house: House) -> None:
    """Some years of documents about rules, in two case files."""
    db, organ = house.services.db, house.organ()
    files = [
        a_case_file(db, organ, title, holder=house.person("binh"))
        for title in ("Xây dựng quy chế", "Văn thư, lưu trữ")
    ]
    for n in range(24):
        kind, subject, notation = SUBJECTS[n % 3]
        year = 2017 + n // 4
        a_document(
            db, organ, subject.format(year), case_file=files[n % 2], type_name=kind,
            code_number=str(n + 1), code_notation=notation, issued_date=f"05/03/{year}",
            arrived=_arrived(house.services, Path(house.services.settings.home)),
            organ_name="Sở Tài chính" if n % 3 == 2 else "Ủy ban nhân dân thành phố",
            signer_name="Nguyễn Văn An" if n % 2 else "Trần Thị Bình",
        )  # fmt: skip
    _index(house)


@contextmanager
def at_the_box(house: House, browser: Browser, *, script: bool = True) -> Iterator[Walk]:
    """An officer who has signed in and looks at the search page."""
    furnish(house)
    with serving(house.services) as address:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="vi", java_script_enabled=script
        )
        walk = Walk(context.new_page(), address, has_script=script)
        walk.to("/sign-in")
        walk.page.fill("#name", "lan")
        walk.page.fill("#password", PASSWORD)
        walk.page.press("#password", "Enter")
        walk.page.wait_for_url(address + "/")
        walk.to("/search")
        yield walk
        context.close()


def chosen(page: Page) -> str:
    return page.locator("[role=status]").first.inner_text()


def test_from_words_without_marks_to_the_marked_word_and_the_next_days_notice(
    house: House, browser: Browser
) -> None:
    with at_the_box(house, browser) as walk:
        page = walk.page
        walk.look_wide_and_narrow("search-empty")
        page.keyboard.type("quy che lam viec")
        expect(page.locator("#suggested li").first).to_be_visible()
        walk.look("search-suggested")
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        expect(page.locator("mark").first).to_be_visible()
        walk.look_wide_and_narrow("search-answers")
        page.locator(".facet a", has_text="2019").click()
        expect(page.locator(".chip")).to_have_count(1)
        walk.look_wide_and_narrow("search-narrowed")
        page.locator(".find-bar summary", has_text="Lưu tìm kiếm này").click()
        page.fill("#keep-name", "Quy chế làm việc 2019")
        page.check("#keep-daily")
        walk.look("search-keeping")
        page.get_by_role("button", name="Lưu", exact=True).click()
        expect(page.locator(".say-success")).to_be_visible()
        walk.to("/search?q=quy+che&by=case_file")
        walk.look_wide_and_narrow("search-by-case-file")
        walk.to("/search?q=quy+ch%E1%BA%BF+(nam:2019")
        walk.look_wide_and_narrow("search-mistake")
        walk.to("/search?q=qui+chee")
        walk.look_wide_and_narrow("search-near")
        walk.to("/search?q=chu+ky+so")
        page.locator(".with-thumb a.hit").first.click()
        expect(page.locator(".page rect").first).to_be_attached()
        walk.look("search-marked")
        organ = house.organ()
        a_document(
            house.services.db,
            organ,
            "Quy chế làm việc sửa đổi 2019",
            issued_date="01/10/2019",
            arrived=_arrived(house.services, Path(house.services.settings.home)),
        )
        _index(house)
        walk.to("/search/saved")
        expect(page.locator("td .tag-info").first).to_have_text("1")
        walk.look_wide_and_narrow("search-saved")
        tomorrow = clock.now() + timedelta(days=1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "now", lambda: tomorrow)
            search_watch.look(house.services)
        walk.to("/notices")
        page.get_by_role("link", name=re.compile("Tìm kiếm đã lưu")).first.click()
        walk.look_wide_and_narrow("search-notice")
        page.get_by_role("link", name=re.compile("Quy chế làm việc 2019")).click()
        expect(page).to_have_url(re.compile(r"/search\?q=quy\+che\+lam\+viec&year=2019"))


def test_by_keyboard_alone(house: House, browser: Browser) -> None:
    with at_the_box(house, browser) as walk:
        page = walk.page
        page.locator("body").focus()
        page.keyboard.press("/")
        page.keyboard.type("bao cao ket qua")
        expect(page.locator("#suggested li").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        expect(page.locator("#suggested li[aria-selected=true]")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/documents/|/case-files/"))
        walk.look()
        walk.to("/search?q=quy+che")
        before = chosen(page)
        link = page.locator(".facet a").first
        link.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".chip")).to_have_count(1)
        assert chosen(page) != before
        page.locator(".chip").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".chip")).to_have_count(0)


def test_without_script_everything_is_there(house: House, browser: Browser) -> None:
    with at_the_box(house, browser, script=False) as walk:
        page = walk.page
        page.fill("#main input[name=q]", "quy che")
        page.press("#main input[name=q]", "Enter")
        before = chosen(page)
        page.locator(".facet a", has_text="2018").click()
        assert chosen(page) != before
        page.locator(".find-bar summary", has_text="Phù hợp nhất").click()
        page.get_by_role("link", name="Theo số, ký hiệu").click()
        expect(page).to_have_url(re.compile("order=number"))
        page.locator(".find-bar summary", has_text="Lưu tìm kiếm này").click()
        page.fill("#keep-name", "Năm 2018")
        page.get_by_role("button", name="Lưu", exact=True).click()
        expect(page.locator(".say-success")).to_be_visible()
        walk.to("/search/saved")
        expect(page.locator("tbody tr")).to_have_count(1)
