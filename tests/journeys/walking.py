"""What journeys in a browser share: the product at work, Chromium, and a page that complains."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import waitress
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from web import worker as working
from web.app import create_app
from web.services import Services

SAMPLES = Path(__file__).parents[2] / "samples"
CHROMIUM = "/usr/bin/chromium"
ON_THE_ROAD = 180_000  # milliseconds that some files may take on a busy machine
PICTURES = os.environ.get("JOURNEY_PICTURES")  # a folder: what was looked at is drawn into it

expect.set_options(timeout=20_000)


@contextmanager
def serving(services: Services) -> Iterator[str]:
    """The product at work on this machine; its address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(working, "LOOK_AT_INDEX", 1.0)  # nobody here has ten seconds to wait
        with _at_work(services) as address:
            yield address


@contextmanager
def _at_work(services: Services) -> Iterator[str]:
    worker = working.Worker(services)
    worker.start()
    server = waitress.create_server(create_app(services), host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=10)
        worker.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Walk:
    """A page that complains: of script errors, of overflow, of what axe finds."""

    def __init__(self, page: Page, address: str, *, has_script: bool = True) -> None:
        self.page, self.address, self.has_script = page, address, has_script
        self.trouble: list[str] = []
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: object) -> None:
        said = getattr(message, "text", "")
        if getattr(message, "type", "") == "error" and "401" not in said and "422" not in said:
            self.trouble.append(said)

    def to(self, path: str) -> None:
        """Go to a page of the product."""
        self.page.goto(self.address + path)

    def look(self, name: str = "") -> None:
        """Nothing sticks out, nothing is unreachable, nothing broke."""
        if self.has_script:
            self.page.wait_for_load_state()
            self._fits()
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        assert not self.trouble, self.trouble
        self._draw(name)

    def look_wide_and_narrow(self, name: str, narrow: int = 360) -> None:
        """The same, and on a telephone's screen too."""
        self.look(name)
        before = self.page.viewport_size
        assert before
        self.page.set_viewport_size({"width": narrow, "height": 800})
        self._fits()
        self._draw(name)
        self.page.set_viewport_size(before)

    def _fits(self) -> None:
        size = self.page.viewport_size
        assert size
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{self.page.url} is {wide} px wide at {size['width']}"

    def _draw(self, name: str) -> None:
        if PICTURES and name:
            size = self.page.viewport_size or {"width": 0}
            place = Path(PICTURES, f"{name}-{size['width']}.png")
            self.page.screenshot(path=place, full_page=True)
