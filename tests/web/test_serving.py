"""How requests come in before any page sees them, and what the command says to people."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from archive import audit, people
from archive.errors import StoreFailed
from archive.files import Stored
from archive.models import SignIn
from archive.settings import Settings
from tests.web.conftest import House
from web import serving
from web.cli import main
from web.receiving import Fate, Given, receive_all
from web.worker import only_worker


@pytest.fixture
def server() -> Iterator[Any]:
    made = serving.open_server(Flask("empty"), Settings(port=0))
    yield made
    made.task_dispatcher.shutdown()
    made.close()


def asked(server: Any, *headers: str, length: int = 3_000_000) -> Any:
    """The request when its head has come in, and nothing of its body."""
    lines = ["POST /receiving HTTP/1.1", "Host: a", f"Content-Length: {length}", *headers]
    request = server.channel_class.parser_class(server.adj)
    request.received("\r\n".join([*lines, "", ""]).encode())
    return request


def test_a_large_body_of_nobody_is_turned_away_before_it_comes(server: Any) -> None:
    assert asked(server).error.code == 413
    assert asked(server, "Cookie: other=1").error.code == 413
    assert asked(server, length=900).error is None


@pytest.fixture
def open_house(house: House) -> Iterator[Any]:
    """The house's pages on a port."""
    made = serving.open_server(house.app, Settings(port=0))
    yield made
    made.task_dispatcher.shutdown()
    made.close()


def cookie_of(house: House, **held: str) -> str:
    """A cookie that we signed."""
    signer = cast(SecureCookieSessionInterface, house.app.session_interface)
    serializer = signer.get_signing_serializer(house.app)
    assert serializer
    return f"Cookie: a=b; luutru={serializer.dumps(held)}"


def signed_in(house: House, kind: str) -> str:
    with audit.acting_as(None, "web"), house.services.db.transaction() as rows:
        return people.sign_in(rows, people.by_name(rows, "lan"), kind, timedelta(hours=1))


def test_who_is_signed_in_may_send_much_and_not_all_there_is(house: House, open_house: Any) -> None:
    token, secret = signed_in(house, "token"), signed_in(house, "session")
    for brought in (f"Authorization: Bearer {token}", cookie_of(house, sign_in=secret)):
        assert asked(open_house, brought).error is None
        assert asked(open_house, brought, length=10**10).error.code == 413
    with audit.acting_as(house.person("lan"), "web"), house.services.db.transaction() as rows:
        for one in rows.scalars(select(SignIn)):
            people.sign_out(rows, one)
    for brought in (f"Authorization: Bearer {token}", cookie_of(house, sign_in=secret)):
        assert asked(open_house, brought).error.code == 413


def test_who_only_pretends_to_be_signed_in_is_nobody(house: House, open_house: Any) -> None:
    token, secret = signed_in(house, "token"), signed_in(house, "session")
    pretended = (
        "Cookie: a=b; luutru=x",
        f"Cookie: luutru={secret}",
        cookie_of(house, language="vi"),
        cookie_of(house, sign_in=token),
        "Authorization: Bearer x",
        f"Authorization: Bearer {secret}",
        "Authorization: Bearer ",
    )
    for brought in pretended:
        assert asked(open_house, brought).error.code == 413, brought
        assert asked(open_house, brought, length=900).error is None


def test_a_body_of_unknown_length_is_cut_off_too(server: Any) -> None:
    request = server.channel_class.parser_class(server.adj)
    request.received(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(20):
        request.received(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
    assert request.error.code == 413


def test_idle_connections_are_hung_up_on(server: Any) -> None:
    assert server.adj.channel_timeout <= 60
    assert server.adj.connection_limit >= 500


# On the command line ------------------------------------------------------------------------------


def test_a_second_worker_says_so_in_one_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUUTRU_HOME", house.services.settings.home)
    with only_worker(house.services):
        said = CliRunner().invoke(main, ["worker"])
    assert said.exit_code == 3
    assert "Một tiến trình khác" in said.output
    assert "Traceback" not in said.output


def test_what_would_steer_a_terminal_is_spelled_out() -> None:
    path = Path("a\nb\x1b[2Jc\u202ed.pdf")
    line = Fate(path, None, None, "received", None, None, None).as_line()
    assert line.startswith("a\\nb\\x1b[2Jc\\u202ed.pdf")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (StoreFailed("store_full"), "store_full"),
        (OperationalError("insert", {}, Exception("disk is full")), "database_unwritable"),
    ],
)
def test_a_disk_that_fills_half_way_leaves_the_receipts_of_those_before(
    house: House, tmp_path: Path, trouble: Exception, reason: str
) -> None:
    lan = house.person("lan")
    given = []
    for name in ("mot", "hai", "ba"):
        (tmp_path / name).write_bytes(name.encode())
        given.append(Given(tmp_path / name, {}))

    class Filling:
        def __getattr__(self, name: str) -> Any:
            return getattr(house.services.files, name)

        def put(self, stream: Any, limit: int | None = None) -> Stored:
            content = stream.read() + stream.read()
            if content == b"hai":
                raise trouble
            return house.services.files.put(io.BytesIO(content), limit)

    services = replace(house.services, files=Filling())
    with audit.acting_as(lan, "command"):
        fates = list(receive_all(services, lan, given, wait=False, tell=lambda said: None))
    assert [(one.state, one.reason) for one in fates] == [
        ("received", None),
        ("refused", reason),
        ("received", None),
    ]
    assert fates[1].as_line()
