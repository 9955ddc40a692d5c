"""What all tests share: an archive of their own each, on SQLite and on PostgreSQL."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url

from archive import people
from archive.database import Database, upgrade
from archive.files import LocalFiles
from tests import careless, postgres

pytest_plugins = ["tests.balance", "tests.rules_plugin", "tests.issuing_plugin"]

_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def hasty_passwords() -> Iterator[None]:
    """Passwords of tests guard nothing, and are worked out in no time."""
    with people.hashing_with(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        yield


@pytest.fixture(scope="session", autouse=True)
def careless_machine() -> Iterator[None]:
    """Tests wait for no disk, and compile the same thing once."""
    with careless.disks(), careless.templates(), careless.statements(), careless.addresses():
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The maintenance database of a PostgreSQL that lives as long as the session."""
    with postgres.running() as url:
        yield url


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty archive, migrated once and then copied."""
    path = tmp_path_factory.mktemp("blank") / "archive.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def blank_postgres(postgres_url: str) -> str:
    """An empty archive, migrated once and then used as a template; its name."""
    _say(postgres_url, "CREATE DATABASE blank")
    upgrade(_named(postgres_url, "blank"))
    return "blank"


@pytest.fixture
def sqlite_db(tmp_path: Path, blank_sqlite: Path) -> Iterator[Database]:
    """An empty archive on SQLite."""
    shutil.copy(blank_sqlite, tmp_path / "archive.db")
    database = Database(f"sqlite:///{tmp_path / 'archive.db'}")
    yield database
    database.close()


@pytest.fixture
def postgresql_db(postgres_url: str, blank_postgres: str) -> Iterator[Database]:
    """An empty archive on PostgreSQL."""
    name = f"test_{next(_numbers)}"
    _say(postgres_url, f"CREATE DATABASE {name} TEMPLATE {blank_postgres}")
    database = Database(_named(postgres_url, name))
    yield database
    database.close()
    _say(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest) -> Database:
    """An empty archive; the test runs once on each database."""
    database: Database = request.getfixturevalue(f"{request.param}_db")
    return database


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    """An empty store of files."""
    return LocalFiles(tmp_path / "files")


def _named(url: str, name: str) -> str:
    """The address of another database of the same server."""
    whole: URL = make_url(url).set(database=name)
    return whole.render_as_string(hide_password=False)


def _say(url: str, words: str) -> None:
    """Tell the server something that needs no transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(words)
    engine.dispose()
