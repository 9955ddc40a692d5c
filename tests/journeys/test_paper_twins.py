"""Paper that leaves with a list, and paper that stays with its document (R19), by the pages.

Listed with paper, handed over, reminded of on days 10 and 15, confirmed, and only then destroyed.
At the end every form of the disposal is a valid PDF/A. Pages and forms are drawn where
`JOURNEY_PICTURES` names a folder.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from archive import people
from archive.models import CaseFile, Document, Organ
from formats.verapdf import validate
from retention.dossiers import PAPERS
from retention.models import Disposal
from tests.factories import PASSWORD
from tests.journeys.keeping_office import Office, grey, look_at_form, open_office, sent
from tests.journeys.walking import ON_THE_ROAD
from tests.journeys.walking import browser as browser  # a fixture
from tests.retention.disposing import Desk
from tests.retention.office import Office as People
from tests.web.conftest import words_compiled as words_compiled  # a fixture
from web import executing

pytestmark = [
    pytest.mark.tools,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.usefixtures("words_compiled"),
]
DISPOSAL = "/retention/disposals/{}"
DECIDED, TENTH, FIFTEENTH = date(2027, 1, 4), date(2027, 1, 14), date(2027, 1, 19)
OWN, SHARED = "Kho 1, hộp 3", "Kho 1, hộp 4"


@pytest.fixture
def office(tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(tmp_path, browser, monkeypatch) as office:
        yield office


def test_paper_leaves_with_what_goes_and_stays_with_what_stays(office: Office) -> None:
    desk = a_desk_of(office)
    decided_with_paper(office, desk)
    the_preparation_says_whose_paper_stays(office, desk)
    handed_over(office)
    begun_and_waiting_for_the_paper(office)
    reminded_on_the_tenth_and_the_fifteenth_day(office)
    confirmed_and_destroyed(office)
    minutes_and_certificate_say_the_same(office)
    every_form_is_valid(office)


def a_desk_of(office: Office) -> Desk:
    with office.services.db.reading() as rows:
        lan, an, binh, mai = (people.by_name(rows, one) for one in ("lan", "an", "binh", "mai"))
        organ = rows.get_one(Organ, lan.organ_id)
    return Desk(People(office.services.db, organ, lan, binh, an), mai)


def decided_with_paper(office: Office, desk: Desk) -> None:
    """What was the work of the others is done by their verbs; the pages of paper are walked."""
    with office.services.db.reading() as rows:
        goes, shared = (
            rows.scalars(select(CaseFile).where(CaseFile.code == office.files[one])).one()
            for one in ("goes", "shared")
        )
        document = rows.scalars(select(Document).where(Document.code == office.shared)).one()
    desk.on_paper(goes, OWN)
    desk.on_paper(document, SHARED)
    for one in (goes, shared):
        desk.propose(one, date(2026, 12, 31))
    office.at(DECIDED)
    desk.walk("decided")
    office.disposal = desk.code
    page = office.to("lan", DISPOSAL)
    expect(page.locator("#on-paper + *")).to_contain_text("1")
    expect(page.locator("main")).to_contain_text(OWN)
    expect(page.locator("main")).not_to_contain_text(SHARED)
    office.walk("lan").look_wide_and_narrow("p01-danh-muc-co-ban-giay")


def the_preparation_says_whose_paper_stays(office: Office, desk: Desk) -> None:
    page = office.to("mai", DISPOSAL + "/preparation")
    expect(page.locator("main")).to_contain_text("bản giấy cũng giữ lại")
    office.walk("mai").look_wide_and_narrow("p02-chuan-bi")
    desk.walk("reconfirmed")


def handed_over(office: Office) -> None:
    page = office.to("lan", DISPOSAL + "/sign/hand-over")
    leaves_and_stays(office, page)
    office.walk("lan").look_wide_and_narrow("p03-ban-giao")
    sign(page)


def leaves_and_stays(office: Office, page: Page) -> None:
    """One line's paper goes; the shared document's stays, with the case file that holds it."""
    paper = page.locator("section:has(> #on-paper)")
    expect(paper).to_contain_text(office.files["goes"])
    expect(paper).to_contain_text(OWN)
    expect(paper).to_contain_text(f"{office.shared} ({office.files['shared']})")
    expect(paper).to_contain_text(office.files["longer"])
    expect(paper).not_to_contain_text(SHARED)


def sign(page: Page) -> None:
    page.fill("#password", PASSWORD)
    page.click("main form.sheet .btn")
    sent(page)


def begun_and_waiting_for_the_paper(office: Office) -> None:
    page = office.to("mai", DISPOSAL)
    expect(page.locator("main")).not_to_contain_text("Xác nhận đã hủy bản giấy")
    page = office.to("mai", DISPOSAL + "/sign/begin")
    office.walk("mai").look_wide_and_narrow("p04-bat-dau-huy")
    sign(page)
    wait_for(office, lambda one: one.trouble == "paper_not_confirmed")
    page = office.to("mai", DISPOSAL)
    leaves_and_stays(office, page)
    office.walk("mai").look_wide_and_narrow("p05-cho-xac-nhan-ban-giay")
    page = office.to("lan", DISPOSAL)
    grey(page, "")  # only the executor confirms


def wait_for(office: Office, is_so: object) -> None:
    for _ in range(ON_THE_ROAD // 500):
        with office.services.db.reading() as rows:
            one = rows.scalars(select(Disposal)).one()
            if is_so(one):  # type: ignore[operator]
                return
            told = (one.stage, one.trouble)
        office.walk("mai").page.wait_for_timeout(500)
    raise AssertionError(told)


def reminded_on_the_tenth_and_the_fifteenth_day(office: Office) -> None:
    """On each of them who executes, who keeps and who decided are told; nothing moves by itself."""
    for day, count in ((TENTH, 1), (FIFTEENTH, 2)):
        office.at(day)
        office.look_at_the_calendar()
        office.look_at_the_calendar()
        for name in ("mai", "an"):
            page = office.to(name, "/notices")
            told = page.locator("main").get_by_text("trong mười lăm ngày")
            expect(told).to_have_count(count)
        office.walk("mai").look_wide_and_narrow(f"p06-nhac-ngay-{day.day - DECIDED.day}")
        assert stage_of(office) == "executing"
    page = office.to("mai", DISPOSAL)
    office.walk("mai").look_wide_and_narrow("p07-ngay-cuoi")


def stage_of(office: Office) -> str:
    with office.services.db.reading() as rows:
        return rows.scalars(select(Disposal.stage)).one()


def confirmed_and_destroyed(office: Office) -> None:
    page = office.to("mai", DISPOSAL + "/sign/paper")
    leaves_and_stays(office, page)
    office.walk("mai").look_wide_and_narrow("p08-xac-nhan-ban-giay")
    page.fill("#on", f"{FIFTEENTH:%d/%m/%Y}")
    sign(page)
    wait_for(office, lambda one: one.stage == "destroyed")
    page = office.to("mai", DISPOSAL)
    office.walk("mai").look_wide_and_narrow("p09-da-huy")


def minutes_and_certificate_say_the_same(office: Office) -> None:
    for name in ("lan", "mai"):
        sign(office.to(name, DISPOSAL + "/sign/record"))
    page = office.to("lan", DISPOSAL)
    words = form(office, page, "hand_over")
    assert "01 văn bản; 01 trang; có bản giấy: 01" in words
    assert f"{office.shared} ({office.files['shared']})" in words
    assert "Bản giấy không bàn giao" in words and "04/01/2027" in words
    words = form(office, page, "record")
    assert "Bản giấy (01 hồ sơ) đã hủy ngày 19/01/2027" in words
    assert "bản giấy giữ lại cùng văn bản, không hủy" in words


def form(office: Office, page: Page, kind: str) -> str:
    path = f"{office.address}{DISPOSAL.format(office.disposal)}/print/{kind}"
    return look_at_form(page, path, f"p10-{kind}")


def every_form_is_valid(office: Office) -> None:
    page = office.to("lan", DISPOSAL)
    folder = office.services.settings.path()
    made = []
    for one in PAPERS:
        path = folder / f"form-{one.kind}.pdf"
        address = f"{office.address}{DISPOSAL.format(office.disposal)}/print/{one.kind}"
        path.write_bytes(page.request.get(address).body())
        made.append(path)
    made += executing.journal_of(office.services).certificates.glob("*.pdf")
    assert len(made) == len(PAPERS) + 1
    verdicts = validate(made)
    assert all(one.is_valid for one in verdicts.values()), verdicts
