"""What an Elasticsearch refuses, and what we make of it: a server that refuses on demand."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from archive.errors import Invalid
from search.engine import Everything, Query, SearchAway, SearchBroken
from search.engines import elasticsearch_server
from search.engines.elasticsearch_address import Address, read_address
from search.engines.elasticsearch_engine import ElasticsearchEngine
from search.engines.elasticsearch_server import Change, Server
from tests.search.conftest import EVERYONE

ALL = Query(Everything(), EVERYONE)
Answer = tuple[int, Any]
REJECTED = {"type": "es_rejected_execution_exception", "reason": "rejected execution"}
FLOODED = {
    "type": "cluster_block_exception",
    "reason": "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage "
    "watermark, index has read-only-allow-delete block];",
}


class Fake:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: Callable[[str, bytes], Answer] = lambda _path, _body: (200, {})
        self.product = "Elasticsearch"
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length)
                fake.asked.append((self.path, dict(self.headers.items()), body))
                status, said = fake.answer(self.path.partition("?")[0], body)
                text = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("x-elastic-product", fake.product)
                kind = "text/html" if isinstance(said, bytes) else "application/json"
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text)

            do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.node = f"http://127.0.0.1:{self.server.server_address[1]}"

    def engine(self, *others: str) -> ElasticsearchEngine:
        return ElasticsearchEngine(Address((*others, self.node), timeout=2))


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elasticsearch_server, "_PAUSES", (0.0, 0.0, 0.0))


def names(body: bytes) -> list[str]:
    lines = [json.loads(line) for line in body.splitlines()]
    return [line["index"]["_id"] for line in lines if "index" in line]


def results(body: bytes, refused: dict[str, Answer]) -> Answer:
    items = []
    for name in names(body):
        status, error = refused.get(name, (201, None))
        items.append(
            {"index": {"_id": name, "status": status, **({"error": error} if error else {})}}
        )
    return 200, {"errors": bool(refused), "items": items}


def some(count: int) -> list[Change]:
    return [Change(f"T-{number}", b'{"id":"x"}') for number in range(count)]


def why(action: Callable[[], object]) -> str:
    with pytest.raises(SearchAway) as refusal:
        action()
    assert refusal.value.code == "search_away"
    return str(refusal.value.details["reason"])


def test_only_what_had_no_room_is_sent_again(fake: Fake) -> None:
    turns: list[list[str]] = []

    def answer(_path: str, body: bytes) -> Answer:
        turns.append(names(body))
        return results(body, {"T-2": (429, REJECTED)} if len(turns) < 3 else {})

    fake.answer = answer
    Server(Address((fake.node,))).change("records", some(4))
    assert turns == [["T-0", "T-1", "T-2", "T-3"], ["T-2"], ["T-2"]]


def test_a_whole_request_that_had_no_room_is_sent_again(fake: Fake) -> None:
    turns: list[list[str]] = []

    def answer(_path: str, body: bytes) -> Answer:
        turns.append(names(body))
        return (429, {"error": REJECTED}) if len(turns) == 1 else results(body, {})

    fake.answer = answer
    Server(Address((fake.node,))).change("records", some(2))
    assert turns == [["T-0", "T-1"]] * 2


def test_a_server_that_stays_too_busy_is_given_up_for_now(fake: Fake) -> None:
    fake.answer = lambda _path, body: results(body, {"T-0": (429, REJECTED)})
    server = Server(Address((fake.node,)))
    assert why(lambda: server.change("records", some(1))) == "too_busy"
    assert len(fake.asked) == 4


def test_a_full_disk_is_no_reason_to_try_again_and_again(fake: Fake) -> None:
    fake.answer = lambda _path, body: results(body, {"T-0": (429, FLOODED)})
    server = Server(Address((fake.node,)))
    assert why(lambda: server.change("records", some(1))) == "full_disk"
    assert len(fake.asked) == 1


def test_an_entry_that_the_mapping_refuses_means_that_the_index_is_not_ours(fake: Fake) -> None:
    error = {"type": "strict_dynamic_mapping_exception", "reason": "introduction of [a]"}
    fake.answer = lambda _path, body: results(body, {"T-0": (400, error)})
    with pytest.raises(SearchBroken) as refusal:
        Server(Address((fake.node,))).change("records", some(1))
    assert refusal.value.details["reason"] == "damaged"


def test_what_is_too_much_for_one_request_is_sent_in_halves(fake: Fake) -> None:
    taken: list[str] = []

    def answer(_path: str, body: bytes) -> Answer:
        if len(names(body)) > 2:
            return 413, {"error": "too large"}
        taken.extend(names(body))
        return results(body, {})

    fake.answer = answer
    Server(Address((fake.node,))).change("records", some(7))
    assert sorted(taken) == [f"T-{number}" for number in range(7)]

    fake.answer = lambda _path, _body: (413, {"error": "too large"})
    with pytest.raises(Invalid) as refusal:
        Server(Address((fake.node,))).change("records", some(2))
    assert refusal.value.code == "question_too_long"


def test_many_changes_go_in_several_requests_and_stay_in_order(fake: Fake) -> None:
    fake.answer = lambda _path, body: results(body, {})
    Server(Address((fake.node,))).change("records", some(1200))
    sent = [names(body) for _, _, body in fake.asked]
    assert [len(one) for one in sent] == [500, 500, 200]
    assert [name for one in sent for name in one] == [one.id for one in some(1200)]


def test_nothing_more_is_made_ready_once_the_server_refused(fake: Fake) -> None:
    fake.answer = lambda _path, body: results(body, {"T-1": (429, FLOODED)})
    asked: list[str] = []

    def making() -> Iterator[Change]:
        for one in some(100_000):
            asked.append(one.id)
            yield one

    assert why(lambda: Server(Address((fake.node,))).change("records", making())) == "full_disk"
    assert len(asked) < 2_000


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((401, {"error": {"type": "security_exception"}}), "refused"),
        ((403, {"error": {"type": "security_exception"}}), "refused"),
        ((429, {"error": {"type": "circuit_breaking_exception"}}), "too_busy"),
        ((503, {"error": {"type": "search_phase_execution_exception"}}), "red"),
        ((503, {"error": {"type": "master_not_discovered_exception"}}), "red"),
        ((502, b"<html>no upstream</html>"), "red"),
        ((418, b"<html>a teapot</html>"), "foreign"),
    ],
)
def test_each_refusal_of_a_question_is_told_apart(fake: Fake, answer: Answer, reason: str) -> None:
    fake.answer = lambda path, _body: answer if path.endswith("_search") else (200, [])
    engine = fake.engine()
    assert why(lambda: engine.find(ALL)) == reason
    assert why(engine.check) == reason
    engine.close()


def test_another_program_at_the_address_is_no_index_that_could_be_made_anew(fake: Fake) -> None:
    fake.product = "something else"
    assert why(lambda: fake.engine().find(ALL)) == "foreign"


def test_a_missing_index_is_to_be_made(fake: Fake) -> None:
    missing = {"error": {"type": "index_not_found_exception", "reason": "no such index"}}
    fake.answer = lambda path, _body: (404, missing) if path.endswith("_search") else (200, {})
    with pytest.raises(SearchBroken) as refusal:
        fake.engine().find(ALL)
    assert refusal.value.details["reason"] == "missing"


def test_a_part_whose_files_are_damaged_is_to_be_made_anew_and_one_whose_machine_left_is_not(
    fake: Fake,
) -> None:
    explained: dict[str, Any] = {"unassigned_info": {"reason": "NODE_LEFT"}}
    part = {"index": "records-v2-000001", "shard": "0", "prirep": "p", "state": "UNASSIGNED"}

    def answer(path: str, _body: bytes) -> Answer:
        if path.endswith("_search"):
            return 503, {"error": {"type": "no_shard_available_action_exception"}}
        return 200, explained if path.endswith("/explain") else [part]

    fake.answer = answer
    assert why(lambda: fake.engine().find(ALL)) == "red"
    explained["node_allocation_decisions"] = [{"store": {"found": False}}]
    assert why(lambda: fake.engine().find(ALL)) == "red"
    explained["unassigned_info"]["reason"] = "ALLOCATION_FAILED"
    with pytest.raises(SearchBroken) as refusal:
        fake.engine().find(ALL)
    assert refusal.value.details["reason"] == "damaged"


def test_a_question_with_too_many_words_is_the_asker_s_affair(fake: Fake) -> None:
    error = {"type": "search_phase_execution_exception", "root_cause": "maxClauseCount is set to 9"}
    fake.answer = lambda _path, _body: (400, {"error": error})
    with pytest.raises(Invalid) as refusal:
        fake.engine().find(ALL)
    assert refusal.value.code == "question_too_long"


def test_a_server_that_hangs_up_or_is_not_there_is_silent() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and nobody listens
        address = Address((f"http://127.0.0.1:{nobody.getsockname()[1]}",), timeout=1)
        engine = ElasticsearchEngine(address)
        assert why(lambda: engine.find(ALL)) == "silent"
        assert why(lambda: engine.put([])) == "silent"
        assert why(lambda: engine.rebuild(iter_that_is_not_asked())) == "silent"
        engine.close()


def iter_that_is_not_asked() -> Iterator[Any]:
    pytest.fail("nothing is read from the archive while the server is away")
    yield


def test_where_one_machine_is_silent_the_next_answers(fake: Fake) -> None:
    found = {"hits": {"hits": [], "total": {"value": 7}}}
    fake.answer = lambda path, _body: (200, found if path.endswith("_search") else {})
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        engine = fake.engine(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert [engine.find(ALL).total for _ in range(4)] == [7] * 4
        engine.close()


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (
            "archive:b%C3%AD%20m%E1%BA%ADt@",
            "Basic " + base64.b64encode("archive:bí mật".encode()).decode(),
        ),
        ("?api_key=VnVhQ2ZHY0JDZGJrU=", "ApiKey VnVhQ2ZHY0JDZGJrU="),
        ("?api_key=id:s+cret", "ApiKey " + base64.b64encode(b"id:s+cret").decode()),
        ("", None),
    ],
)
def test_who_asks_says_so_in_every_request(fake: Fake, given: str, sent: str | None) -> None:
    fake.answer = lambda _path, _body: (200, {"hits": {"hits": [], "total": {"value": 0}}})
    account, _, key = given.partition("?")
    place = fake.node.removeprefix("http://")
    engine = ElasticsearchEngine(read_address(f"elasticsearch://{account}{place}/records?{key}"))
    engine.find(ALL)
    headers = {name.lower(): value for name, value in fake.asked[0][1].items()}
    assert headers.get("authorization") == sent
    engine.close()
