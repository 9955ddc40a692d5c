"""A PostgreSQL of our own for the tests: temporary folder, free loopback port, gone afterwards.

Every test gets a database of its own, which is more than a thousand files: they are made in memory
where there is room, ten times as fast.
"""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL, make_url

from archive.database import Database

PROGRAMS = Path("/usr/lib/postgresql")
MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # bytes that must be free
# Nothing here must outlive a power cut, so nothing waits for the disk.
CARELESS = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit")
_numbers = itertools.count(1)
_connections: "dict[str, psycopg.Connection[Any]]" = {}  # to maintenance databases


@contextmanager
def running() -> Iterator[str]:
    """Start a server and give the address of its maintenance database; stop it at the end."""
    with _folder() as folder:
        data = folder / "data"
        _run("initdb", "-D", data, "-U", "archive", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        port = _free_port()
        options = [f"-c{name}=off" for name in CARELESS]
        options += [f"-cport={port}", "-clisten_addresses=127.0.0.1", "-cmax_wal_size=256MB"]
        options += [f"-cunix_socket_directories={folder}"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                _as_postgres("postgres", "-D", data, *options),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests; the server is stopped below
            )
        try:
            address = f"host=127.0.0.1 port={port} user=archive dbname=postgres"
            _wait_until_it_answers(address, server, folder / "log")
            url = f"postgresql+psycopg://archive@127.0.0.1:{port}/postgres"
            yield url
            if url in _connections:
                _connections.pop(url).close()
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: the data is thrown away
            server.wait()


@contextmanager
def copied(url: str, template: str) -> Iterator[Database]:
    """A database of the same server, like that one; gone afterwards.

    Copied as files, as it lies in memory: half the time of writing each page to the log first.
    """
    name = f"test_{next(_numbers)}"
    say(url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    database = Database(named(url, name))
    yield database
    database.close()
    say(url, f"DROP DATABASE {name} WITH (FORCE)")


def named(url: str, name: str) -> str:
    """The address of another database of the same server."""
    whole: URL = make_url(url).set(database=name)
    return whole.render_as_string(hide_password=False)


def say(url: str, words: str) -> None:
    """Tell the server something that needs no transaction.

    The connection stays: each test tells it twice, and to connect costs more than to tell.
    """
    if (open_one := _connections.get(url)) is None or open_one.closed:
        place = make_url(url)
        _connections[url] = open_one = psycopg.connect(
            host=place.host,
            port=place.port,
            user=place.username,
            dbname=place.database,
            autocommit=True,
        )
    open_one.execute(words.encode())


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that the server's account may enter (pytest's own folders are root's alone)."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="luutru-postgres-", dir=MEMORY if has_room else None))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        yield folder
    finally:
        shutil.rmtree(folder)


def _as_postgres(program: str, *arguments: str | Path) -> list[str | Path]:
    """The command line: not as root, which it refuses, and never outliving a killed test run."""
    account = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
    command: list[str | Path] = ["setpriv", "--pdeathsig=QUIT"]
    command += account if os.geteuid() == 0 else []
    return [*command, _newest() / program, *arguments]


def _newest() -> Path:
    """The folder of the newest server that is installed."""
    found = sorted(PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise FileNotFoundError(f"no PostgreSQL in {PROGRAMS}: run script/bootstrap")
    return found[-1]


def _run(program: str, *arguments: str | Path) -> None:
    subprocess.run(
        _as_postgres(program, "--no-sync", *arguments), check=True, capture_output=True, cwd="/"
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_until_it_answers(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return as soon as it takes connections.

    Raises:
        RuntimeError: it ended, or did not answer in half a minute; with what it said.
    """
    give_up = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < give_up:
        try:
            psycopg.connect(address, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
