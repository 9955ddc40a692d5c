"""The journey of a person through the pages, in a real browser, on the real road.

Sign in → change the one-time password → drop files → watch → open one → read its story → search →
found; in both languages, wide and narrow, with and without script; every page looked at by axe.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from archive import audit, organs
from archive.database import upgrade
from archive.settings import Settings
from tests.journeys.walking import ON_THE_ROAD, SAMPLES, Walk, serving
from tests.journeys.walking import browser as browser  # a fixture
from tests.web.conftest import words_compiled as words_compiled  # a fixture
from web.services import Services, make_home, open_services

PASSWORD = "dòng sông quê hương"
pytestmark = [
    pytest.mark.tools,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("words_compiled"),
]


@dataclass(frozen=True)
class Way:
    """One way of going: who, how, with which files, and what to search for."""

    user: str
    language: str
    width: int
    has_script: bool
    scheme: str
    files: tuple[str, ...]
    asked: str  # without marks

    def __str__(self) -> str:
        script = "script" if self.has_script else "no-script"
        return f"{self.language}-{self.width}-{script}-{self.scheme}"


WAYS = (
    Way(
        "lan",
        "vi",
        1280,
        True,
        "light",
        (
            "01-scan-sach-quyet-dinh-212-QD-VP.pdf",
            "05-ban-goc-dien-tu-quyet-dinh-03-2014-QD-UBND.pdf",
            "06-ky-so-hop-le-thong-bao-45-TB-VP.pdf",
        ),
        '"chu ky so cua van phong duoc ky o phia tren"',
    ),
    Way(
        "minh",
        "en",
        360,
        True,
        "dark",
        (
            "03-scan-dau-do-quyet-dinh-04-2017-QD-UBND.pdf",
            "12-XULYVBDEN.TXT",
            "14-co-mat-khau-huong-dan-40-HD-STC.pdf",
        ),
        '"y kien tham dinh cua phong tu phap"',
    ),
    Way(
        "hoa",
        "vi",
        360,
        False,
        "light",
        (
            "04-scan-trang-xoay-quyet-dinh-530-QD-SXD.pdf",
            "08-ky-so-chung-thu-het-han-cong-van-37-STC-VP.pdf",
            "17-du-lieu-phan-mem-van-ban-2003.bin",
        ),
        '"tu bao ve mat khau dang nhap"',
    ),
)
SAID = {
    "vi": {"shelved": "Đã vào kho", "waiting": "Chờ quyết định", "story": "đưa văn bản vào kho"},
    "en": {
        "shelved": "Shelved",
        "waiting": "Waiting for a person",
        "story": "shelved the document",
    },
}


@dataclass(frozen=True)
class Running:
    """The product at work on this machine."""

    address: str
    one_time: dict[str, str]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    settings = Settings(
        home=str(tmp_path_factory.mktemp("home")), trust_folder=str(SAMPLES / "trust")
    )
    make_home(settings)
    upgrade(settings.database)
    with open_services(settings) as services:
        one_time = _people(services)
        with serving(services) as address:
            yield Running(address, one_time)


def _people(services: Services) -> dict[str, str]:
    from archive import people

    with audit.acting_as(None, "command"), services.db.transaction() as rows:
        organ, _, _ = organs.set_up(rows, "TTLT", "Trung tâm Lưu trữ")
        return {
            way.user: people.add(rows, organ, way.user, way.user.title(), ["archivist"])[1]
            for way in WAYS
        }


@pytest.fixture
def context(browser: Browser, way: Way) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": way.width, "height": 900},
        java_script_enabled=way.has_script,
        color_scheme="dark" if way.scheme == "dark" else "light",
    )
    yield context
    context.close()


@pytest.fixture
def walk(context: BrowserContext, running: Running, way: Way) -> Walk:
    return Walk(context.new_page(), running.address, has_script=way.has_script)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.rule("DB-05", "HC-25", "HC-49", "HC-65", "HC-79", "KT-02", "KT-16", "TG-01")
def test_a_person_receives_reads_and_finds(walk: Walk, way: Way, running: Running) -> None:
    sign_in(walk, way, running)
    receive(walk, way)
    open_and_read(walk, way)
    find(walk, way)
    look_around(walk)


def sign_in(walk: Walk, way: Way, running: Running) -> None:
    page = walk.page
    walk.to("/receiving")
    page.click(f".languages button[value={way.language}]")
    walk.look()
    page.fill("#name", way.user)
    page.fill("#password", "sai mật khẩu")
    page.click("main form button")
    expect(page.get_by_role("alert")).to_be_visible()
    page.fill("#name", way.user)
    page.fill("#password", running.one_time[way.user])
    page.click("main form button")
    walk.look()
    page.fill("#old", running.one_time[way.user])
    page.fill("#new", f"{PASSWORD} {way.width}")
    page.fill("#again", f"{PASSWORD} {way.width}")
    page.click("main form button")
    page.click(f".languages button[value={way.language}]")
    expect(page.locator("html")).to_have_attribute("lang", way.language)
    walk.look()


def receive(walk: Walk, way: Way) -> None:
    """Three files at once; each comes to an end of its road before one's eyes."""
    page = walk.page
    page.click(".places a[href='/receiving']")
    page.set_input_files("#send input[type=file]", [SAMPLES / one for one in way.files])
    page.click("#send button.btn-primary")
    for name in way.files:
        expect(page.locator("#road article", has_text=name).first).to_be_visible()
    wait_for_the_end(walk, way)
    walk.look()


def wait_for_the_end(walk: Walk, way: Way) -> None:
    page, moving = walk.page, walk.page.locator("#road [data-moving]")
    if way.has_script:  # the list changes by itself
        before = page.evaluate("performance.timeOrigin")
        expect(moving).to_have_count(0, timeout=ON_THE_ROAD)
        assert page.evaluate("performance.timeOrigin") == before
        return
    for _ in range(ON_THE_ROAD // 1000):
        if moving.count() == 0:
            return
        page.wait_for_timeout(1000)
        page.click("#road-said a")
    raise AssertionError("the files are still on the road")


def open_and_read(walk: Walk, way: Way) -> None:
    page, said = walk.page, SAID[way.language]
    first = page.locator("#road article", has_text=way.files[0]).first
    expect(first).to_contain_text(said["shelved"])
    first.locator("h3 a").click()
    expect(page.locator("#viewer img").last).to_be_visible()
    expect(page.locator("#story")).to_contain_text(said["story"])
    expect(page.locator("section.is-good, section.is-doubt")).to_be_visible()
    page.locator("details.trust > summary").click()
    walk.look()


def find(walk: Walk, way: Way) -> None:
    """A phrase typed without marks finds its page, with a box on each of its words."""
    page = walk.page
    walk.to("/search")
    walk.look()
    page.fill("main input[type=search]", way.asked)
    page.press("main input[type=search]", "Enter")
    hit = page.locator("main article").first
    expect(hit.locator("mark").first).to_be_visible()
    walk.look()
    hit.locator("h2 a").click()
    words = len(re.findall(r"\w+", way.asked))
    expect(page.locator("#viewer rect")).to_have_count(words)
    lies_on_ink(page)
    walk.look()


def lies_on_ink(page: Page) -> None:
    """The first box lies on the picture, where there is something dark."""
    picture, box = page.locator("#viewer .page img"), page.locator("#viewer rect").first
    outer, inner = picture.bounding_box(), box.bounding_box()
    assert outer and inner
    assert outer["x"] <= inner["x"] <= outer["x"] + outer["width"]
    assert outer["y"] <= inner["y"] <= outer["y"] + outer["height"]
    assert 4 < inner["height"] < 60


def look_around(walk: Walk) -> None:
    """The other pages, empty ones too."""
    for path in (
        "/",
        "/case-files",
        "/case-files/new",
        "/tray",
        "/account/tokens",
        "/search?q=zzzz",
    ):
        walk.to(path)
        walk.look()


@pytest.mark.parametrize("way", WAYS[:1], ids=str)
def test_everything_is_reached_with_keys_alone(walk: Walk, way: Way, running: Running) -> None:
    page = walk.page
    walk.to("/sign-in")
    page.focus("#name")
    page.keyboard.type(way.user)
    page.keyboard.press("Tab")
    page.keyboard.type(f"{PASSWORD} {way.width}")
    page.keyboard.press("Enter")
    page.wait_for_url(running.address + "/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("main input[type=search]")).to_be_focused()
    page.keyboard.type(way.asked)
    page.keyboard.press("Enter")
    page.locator("main h2 a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#jump")).to_have_value("2")
    page.locator("body").press("ArrowLeft")
    expect(page.locator("#jump")).to_have_value("1")
    page.go_back()
    expect(page.locator("#jump")).to_have_value("2")
    walk.look()


@pytest.mark.parametrize("way", WAYS[:1], ids=str)
def test_pages_are_whole_at_320_pixels_and_at_twice_the_size(
    walk: Walk, way: Way, running: Running
) -> None:
    page = walk.page
    walk.to("/sign-in")
    page.fill("#name", way.user)
    page.fill("#password", f"{PASSWORD} {way.width}")
    page.click("main form button")
    for width in (320, 640):
        page.set_viewport_size({"width": width, "height": 700})
        for path in (
            "/",
            "/receiving",
            "/case-files",
            "/tray",
            "/search?q=quy",
            "/account/password",
        ):
            walk.to(path)
            if width == 640:  # as at 200 % on a screen of 1280
                page.evaluate("document.documentElement.style.fontSize = '32px'")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} px wide at {width}"
