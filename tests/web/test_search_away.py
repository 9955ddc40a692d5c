"""A search server that does not answer: it is said, nothing is made anew, and all else goes on."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from archive.models import Document
from search import indexing
from search.engine import SearchAway
from search.engines.elasticsearch_address import Address
from search.engines.elasticsearch_engine import ElasticsearchEngine
from tests.web.conftest import House
from tests.web.test_receiving_page import intakes, send
from web import health
from web.app import create_app
from web.words import SENTENCES
from web.worker import Worker


@pytest.fixture
def alone(house: House) -> Iterator[House]:
    """A house whose search server is switched off."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and nobody listens
        node = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        services = replace(house.services, engine=ElasticsearchEngine(Address((node,), timeout=1)))
        yield replace(house, services=services, app=create_app(services))


def test_the_health_page_says_that_the_server_does_not_answer(alone: House) -> None:
    (index,) = [one for one in health.checks(alone.services) if one.name == "index"]
    assert (index.is_good, index.without) == (False, "search_silent")
    page = alone.as_("quan").get("/health")
    assert "máy chủ tìm kiếm không trả lời" in page.text
    ready = alone.app.test_client().get("/readyz")
    assert (ready.status_code, ready.get_json()["index"]) == (503, False)


def test_every_reason_has_a_sentence() -> None:
    reasons = (SearchAway.__doc__ or "").split("`reason`:")[1].split("`")[1::2]
    assert len(reasons) == 8
    assert all(f"search_{one}" in SENTENCES for one in reasons)


def test_who_searches_is_told_so_and_may_read_on(alone: House) -> None:
    client = alone.as_("lan")
    page = client.get("/search?q=quy+che")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "15")
    assert "Hiện không hỏi được máy chủ tìm kiếm" in page.text
    assert client.get("/").status_code == 200


def test_a_worker_begins_while_the_server_is_away(alone: House) -> None:
    worker = Worker(alone.services)
    worker.start()
    worker.stop()


def test_receiving_goes_on_and_what_waited_is_indexed_once_the_server_is_back(
    house: House, alone: House
) -> None:
    _, given = send(alone, "minh", ("quyết định.pdf", b"%PDF-1.7 one"))
    assert given.status_code in (200, 302, 303)
    assert intakes(alone)
    with house.services.db.transaction() as rows:
        for document in rows.scalars(select(Document)):
            document.indexed_revision = 0
    with house.services.db.reading() as rows:
        behind = indexing.stale(rows)
    assert behind
    worker = Worker(alone.services)
    assert worker._index() is False
    assert worker._unindexable == set()
    with house.services.db.reading() as rows:
        assert indexing.stale(rows) == behind
    back = Worker(house.services)
    while back._index():
        pass
    with house.services.db.reading() as rows:
        assert indexing.stale(rows) == []
