"""An agency with four people at work, each with a browser of their own: what the journey needs."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from archive import audit, clock, organs, people, units
from archive.database import upgrade
from archive.models import Organ
from archive.settings import Settings
from formats.tables import write_xlsx
from tests.formats import drafts
from tests.formats.pki import NOW, Pki
from tests.journeys.walking import ON_THE_ROAD, SAMPLES, Walk, serving
from web import clockwork
from web.services import Services, make_home, open_services

PASSWORD = "dòng sông quê hương"
WIDE, PHONE = 1280, 360


@dataclass(frozen=True)
class Colleague:
    """Somebody who works there."""

    name: str
    role: str
    position: str


STAFF = {
    "lan": Colleague("Trần Thị Lan", "archivist", "Lưu trữ viên"),
    "an": Colleague("Nguyễn Văn An", "head", "Giám đốc"),
    "binh": Colleague("Phạm Thanh Bình", "officer", "Chuyên viên"),
    "minh": Colleague("Lê Thị Minh", "clerk", "Văn thư"),
}
PLAN = (  # as the archivist keeps it in a workbook; the first file is typed in on the page
    ("II", "", "Công tác văn thư, lưu trữ", "", "", "", ""),
    ("", "02-VT", "Triển khai phần mềm văn phòng điện tử eOffice", "20 năm", "", "binh", "TH"),
    ("", "03-VT", "Quản lý chứng thư số và chữ ký số của cơ quan", "10 năm", "", "binh", "TH"),
    ("", "04-VT", "Danh mục hồ sơ và hồ sơ nộp lưu", "Vĩnh viễn", "", "lan", ""),
)
_HEADER = (
    "Đề mục",
    "Số và ký hiệu hồ sơ",
    "Tên đề mục và tiêu đề hồ sơ",
    "Thời hạn bảo quản",
    "Ghi chú",
    "Tài khoản người lập",
    "Đơn vị",
)


@dataclass
class Agency:
    """The archive of an agency, the people in it, and what came to be on the way."""

    services: Services
    address: str
    leader: Pki
    folder: Path
    one_time: dict[str, str]
    today: date  # on which it begins
    walks: dict[str, Walk] = field(default_factory=dict)
    incoming: str = ""  # code of the document that came in
    submission: str = ""

    def code(self, notation: str) -> str:
        """The code of a case file of this year's plan."""
        return f"STC.{self.today.year}.{notation}"

    def tell_everybody(self) -> None:
        """What the worker's clock does every minute, now."""
        clockwork.give_notice(self.services)

    def plan_as_table(self) -> Path:
        """The archivist's workbook."""
        path = self.folder / "danh-muc.xlsx"
        write_xlsx(path, _HEADER, PLAN)
        return path

    def draft(self) -> Path:
        """The officer's answer, to be signed by the head."""
        year = self.today.year
        blank = f"Tây Ninh, ngày &nbsp; &nbsp; &nbsp; tháng &nbsp; &nbsp; năm {year}"
        return drafts.draft(self.folder, date=blank, file="tra-loi.pdf")

    def signed(self, prepared: Path) -> Path:
        """The same file with the head's signature, made by another program with his token."""
        path = self.folder / "da-ky.pdf"
        signer = self.leader.signer("person", "person")
        with ThreadPoolExecutor(1) as elsewhere:  # Playwright's loop runs in this thread
            signed = elsewhere.submit(drafts.signed_by, signer, prepared.read_bytes())
        path.write_bytes(signed.result())
        return path

    def worked(self) -> tuple[str, str]:
        """First and last day of work that is due for submission soon, within this year."""
        due = min(self.today + timedelta(days=20), date(self.today.year, 12, 31))
        last = clock.months_after(due, -12)
        return f"{clock.months_after(last, -10):%d/%m/%Y}", f"{last:%d/%m/%Y}"


@contextmanager
def open_agency(folder: Path, leader: Pki) -> Iterator[Agency]:
    """Set it up and let it work, with the organ's own key and what the samples trust."""
    (folder / "organ.p12").write_bytes(leader.pkcs12("organ", b"secret"))
    trust = leader.trust_folder(folder / "trust", NOW)
    shutil.copytree(SAMPLES / "trust", trust, dirs_exist_ok=True)
    settings = Settings(
        home=str(folder / "home"),
        seal_url=f"pkcs12://{folder}/organ.p12",
        seal_pin="secret",
        trust_folder=str(trust),
    )
    make_home(settings)
    settings.path("seals").mkdir()
    drafts.seal_picture(folder).rename(settings.path("seals", "STC.png"))
    upgrade(settings.database)
    with open_services(settings) as services:
        one_time = _people(services)
        with serving(services) as address:
            yield Agency(services, address, leader, folder, one_time, _today(services))


def _today(services: Services) -> date:
    with services.db.reading() as rows:
        return clock.today(organs.by_code(rows, "STC"))


def _people(services: Services) -> dict[str, str]:
    with audit.acting_as(None, "command"), services.db.transaction() as rows:
        organ = organs.set_up(rows, "STC", "Sở Tài chính")[0]
        unit = units.add(rows, organ, "TH", "Phòng Tổng hợp")
        return {name: _account(rows, organ, name, one, unit.id) for name, one in STAFF.items()}


def _account(rows: Session, organ: Organ, name: str, one: Colleague, unit: int) -> str:
    person, password = people.add(rows, organ, name, one.name, [one.role])
    person.position = one.position
    person.unit_id = unit if one.role == "officer" else None
    return password


# How they walk ------------------------------------------------------------------------------------


def arrive(agency: Agency, browser: Browser) -> None:
    """Everybody signs in for the first time; the officer on a telephone without script as well."""
    for name in STAFF:
        agency.walks[name] = walk = _walk(agency, browser, WIDE)
        _sign_in(walk, name, agency.one_time[name])
        walk.look_wide_and_narrow(f"01-mat-khau-{name}" if name == "lan" else "")
        _choose_password(walk, agency.one_time[name])
        walk.look_wide_and_narrow(f"02-trang-chu-{name}")
    agency.walks["phone"] = phone = _walk(agency, browser, PHONE, has_script=False)
    _sign_in(phone, "binh", PASSWORD)
    phone.look("02-trang-chu-khong-script")


def _walk(agency: Agency, browser: Browser, width: int, *, has_script: bool = True) -> Walk:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=has_script, locale="vi-VN"
    )
    return Walk(context.new_page(), agency.address, has_script=has_script)


def _sign_in(walk: Walk, name: str, password: str) -> None:
    walk.to("/")
    walk.page.fill("#name", name)
    walk.page.fill("#password", password)
    press(walk.page, "Đăng nhập")


def _choose_password(walk: Walk, before: str) -> None:
    page = walk.page
    page.fill("#old", before)
    page.fill("#new", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("main form button")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    walk.to("/")


def press(page: Page, name: str) -> None:
    """Press the button with this name."""
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    """Follow the link with this name."""
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def said(page: Page, words: str) -> None:
    """The page says, at its top, that it was done."""
    expect(page.locator("main > .say-success")).to_contain_text(words)


def patiently(walk: Walk, path: str, selector: str) -> None:
    """Open a page again and again until the worker has done what it shows."""
    for _ in range(ON_THE_ROAD // 500):
        walk.to(path)
        if walk.page.locator(selector).count():
            return
        walk.page.wait_for_timeout(500)
    raise AssertionError(f"{path} still shows no {selector}")
