"""What ends when, notices and re-appraisal in a real browser: wide, narrow, dark, by keyboard."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from archive import audit, clock
from archive.models import CaseFile, Person
from retention import assignments, ends
from tests.factories import PASSWORD, a_case_file, a_document, a_person, writing
from tests.journeys.walking import Walk, serving
from tests.journeys.walking import browser as browser  # a fixture
from tests.web.conftest import House
from tests.web.conftest import furnished_house as furnished_house  # a fixture
from tests.web.conftest import house as house  # a fixture
from tests.web.conftest import words_compiled as words_compiled  # a fixture
from web import likeness_clock, term_watch

pytestmark = [pytest.mark.tools, pytest.mark.slow, pytest.mark.timeout(600)]
TITLES = (
    "Hồ sơ xây dựng, ban hành quy chế công tác văn thư, lưu trữ của cơ quan",
    "Kế hoạch, báo cáo công tác kiểm tra định kỳ",
    "Hồ sơ hội nghị tổng kết công tác năm",
)
PAGES = {
    "calendar": "/retention/calendar",
    "ending": "/retention/calendar/files",
    "notices": "/retention/notices",
    "proof": "/retention/notices/printed",
    "table": "/retention/appraisals",
    "kept": "/retention/appraisals?tab=kept",
    "duplicates": "/retention/duplicates?ground=number",
    "duplicates-now": "/retention/duplicates/now?ground=number",
}


def furnish(house: House) -> None:
    """Case files that end from some years ago to some years on, and two that look alike."""
    organ, year = house.organ(), clock.now().year
    for n in range(14):
        made = a_case_file(
            house.services.db,
            organ,
            TITLES[n % 3],
            maintenance="5 năm",
            holder=house.person("binh"),
        )
        a_document(house.services.db, organ, case_file=made)
        with writing(house.services.db) as session:
            found = session.get_one(CaseFile, made.id)
            found.stage, found.closed_at = "closed", clock.now()
            found.start_date = found.end_date = date(year - 6 + n // 3, 3, 14)
            found.revision += 1
            session.flush()
            audit.record(session, "case_file.close", found)
            if n % 4:
                lan = session.get_one(Person, house.person("lan").id)
                assignments.confirm(session, found, lan, "archivist")
            ends.refresh(session, found)
    alike: dict[str, Any] = {"code_number": "12", "code_notation": "QĐ-UBND"}
    alike["organ_name"] = "UBND tỉnh"
    for _ in range(2):
        a_document(
            house.services.db, organ, "Về việc ban hành quy chế", issued_date="05/03/2014", **alike
        )
    a_person(house.services.db, organ, "truong", "head")
    term_watch.look(house.services)
    likeness_clock.look(house.services)


@pytest.mark.parametrize("language, scheme", [("vi", "light"), ("en", "dark")])
def test_every_page_fits_and_is_reachable(
    house: House, browser: Browser, language: str, scheme: str
) -> None:
    furnish(house)
    with serving(house.services) as address:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale=language,
        )
        walk = Walk(context.new_page(), address)
        walk.to("/sign-in")
        walk.page.fill("#name", "lan")
        walk.page.fill("#password", PASSWORD)
        walk.page.press("#password", "Enter")
        walk.page.wait_for_url(address + "/")
        if language == "en":
            walk.page.click("button[name=language][value=en]")
        for name, path in PAGES.items():
            walk.to(path)
            walk.look_wide_and_narrow(f"{name}-{language}")
        walk.to("/retention/notices")
        walk.page.click("tbody a >> nth=0")
        walk.look_wide_and_narrow(f"notice-{language}")
        walk.to("/retention/appraisals")
        walk.page.click("tbody a >> nth=0")
        walk.look_wide_and_narrow(f"appraisal-{language}")
        context.close()


def test_rows_are_chosen_by_keyboard_and_kept_at_once(house: House, browser: Browser) -> None:
    furnish(house)
    with serving(house.services) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        walk = Walk(context.new_page(), address)
        page = walk.page
        walk.to("/sign-in")
        page.fill("#name", "lan")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(address + "/")
        walk.to("/retention/appraisals")
        boxes = page.locator("input[name=appraisal]")
        before = boxes.count()
        boxes.first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        expect(page.locator("input[name=appraisal]:checked")).to_have_count(2)
        page.check("input[name=verdict][value=extend]")
        page.fill("input[name=new_term]", "50 năm")
        page.fill("textarea[name=reason]", "Còn giá trị tra cứu")
        page.click("button[formaction$='/conclude'] >> nth=0")
        expect(page.locator(".say-success")).to_be_visible()
        expect(page.locator("input[name=appraisal]")).to_have_count(before - 2)
        walk.look("concluded")
        context.close()
