"""The index taken away, its maker killed again and again: said; work goes on; all is found.

The worker is a process of its own; the health page is looked at as an administrator does.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search import indexing
from tests.factories import a_document
from tests.journeys.test_road import LUUTRU, ROOT, Home
from tests.web.conftest import House
from tests.web.conftest import furnished_house as furnished_house  # a fixture
from tests.web.conftest import house as house  # a fixture
from tests.web.conftest import words_compiled as words_compiled  # a fixture

pytestmark = [pytest.mark.tools, pytest.mark.slow, pytest.mark.timeout(600)]
BORN = ROOT / "samples" / "05-ban-goc-dien-tu-quyet-dinh-03-2014-QD-UBND.pdf"
FROM_THE_SAMPLE = '"tin học hoá các quy trình"'
BESIDE = 150  # documents beside those of the house: making their index takes a moment
GOOD, LOOK_HERE = "tag-success", "tag-warning"


@contextmanager
def working(home: Home) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker of its own; whatever it is at, it is ended at last."""
    worker = subprocess.Popen([LUUTRU, "worker"], env=home.environment, start_new_session=True)
    try:
        yield worker
    finally:
        if worker.poll() is None:
            worker.send_signal(signal.SIGTERM)
            worker.wait(60)


def wait_for(holds: Callable[[], bool], seconds: float = 180) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.05)


def said_of_the_index(client: FlaskClient) -> str:
    """The row of the health page; /readyz says the same, unless it came about between the two."""
    while True:
        before = client.get("/readyz").get_json()["index"]
        row = client.get("/health").text.partition("Chỉ mục tìm kiếm")[2].partition("</tr>")[0]
        is_ready = client.get("/readyz").get_json()["index"]
        if before is is_ready:
            break
    assert (GOOD in row) is is_ready and (LOOK_HERE in row) is not is_ready
    return row


def total(client: FlaskClient, asked: str) -> int:
    """How many documents the page finds; none while it cannot ask."""
    answer = client.get("/search", query_string={"q": asked})
    said = answer.text.partition("Tìm thấy ")[2].partition(" văn bản")[0]
    return int(said) if answer.status_code == 200 and said.isdecimal() else 0


def test_an_index_taken_away_is_said_and_made_anew_however_often_its_maker_is_killed(
    house: House,
) -> None:
    home = Home(Path(house.services.settings.home))
    for number in range(BESIDE):
        a_document(house.services.db, house.organ(), f"Kế hoạch trồng cây {number}")
    indexing.rebuild(house.services.db, house.services.files, house.services.engine)
    admin, lan = house.as_("quan"), house.as_("lan")
    index = house.services.settings.path("index")
    assert GOOD in said_of_the_index(admin)
    assert total(lan, "trong cay") == BESIDE
    shutil.rmtree(index)
    assert "chưa tìm kiếm được" in said_of_the_index(admin)
    assert lan.get("/search?q=trong+cay").status_code == 503
    assert lan.get(f"/documents/{house.open_code}").status_code == 200
    for _ in range(2):
        with working(home) as worker:
            wait_for(lambda: any(one.is_dir() for one in index.glob("generation-*")))
            os.killpg(worker.pid, signal.SIGKILL)  # who splits the words goes with it
            worker.wait()
        assert "chưa tìm kiếm được" in said_of_the_index(admin)
    with working(home):
        (handed,) = home.lines("--as", "lan", "receive", BORN, "--wait")
        assert handed["state"] == "shelved"
        wait_for(lambda: GOOD in said_of_the_index(admin))
        wait_for(lambda: total(lan, FROM_THE_SAMPLE) == 1)
        assert total(lan, "trong cay") == BESIDE
        shutil.rmtree(index)  # and once more, under the hands of who works with it
        assert "chưa tìm kiếm được" in said_of_the_index(admin)
        wait_for(lambda: GOOD in said_of_the_index(admin))
        assert total(lan, "trong cay") == BESIDE
    assert len(list(index.glob("generation-*"))) == 1
    assert home.run("audit", "verify").returncode == 0
