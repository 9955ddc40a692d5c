"""What docs/api.md shows works, with a real client against a real server."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import waitress

from tests.web.api_office import PREFIX, ApiOffice, furnish, open_office
from web.api.application import RATE, create_api
from web.worker import Worker

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "api.md"
BORN_DIGITAL = ROOT / "samples" / "05-ban-goc-dien-tu-quyet-dinh-03-2014-QD-UBND.pdf"


@pytest.fixture
def office(tmp_path: Path, blank_sqlite: Path) -> Iterator[ApiOffice]:
    home = tmp_path / "furnished"
    home.mkdir()
    with open_office((home, furnish(home, blank_sqlite)), tmp_path / "home") as opened:
        yield opened


@contextmanager
def serving(office: ApiOffice) -> Iterator[str]:
    """The address of the API while server and worker run."""
    server = waitress.create_server(office.app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    worker = Worker(office.services)
    worker.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}{PREFIX}"
    finally:
        worker.stop()
        server.close()
        thread.join()


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.rule("HC-49", "DB-05")
def test_the_commands_of_the_page_work(office: ApiOffice, tmp_path: Path) -> None:
    road, *searches = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.M)
    with serving(office) as address:
        told = {"API": address, "TOKEN": office.asks("lan").secret, "FILE": str(BORN_DIGITAL)}
        assert _shell(road, tmp_path, told).strip() == "shelved"
        described = json.loads((tmp_path / "described.json").read_text("utf-8"))
        assert described["fields"]["Subject"] == "Ban hành quy chế"
        assert (tmp_path / "archival.pdf").read_bytes().startswith(b"%PDF")
        found = [json.loads(_shell(one, tmp_path, told)) for one in searches]
    assert [sorted(one["facets"]) for one in found] == [[], ["issuer", "year"]]


def test_the_page_names_every_address(office: ApiOffice) -> None:
    page = PAGE.read_text("utf-8")
    for rule in create_api(office.services).url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert f"{method} {path}" in page or f"{method} {PREFIX}{path}" in page


def test_the_page_tells_the_rate() -> None:
    assert RATE.removesuffix(" per minute") + " requests a minute" in PAGE.read_text("utf-8")


def _shell(block: str, folder: Path, told: dict[str, str]) -> str:
    """Run a block of the page as somebody with these values would."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **told},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
