"""What all tests share: an archive of their own each, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from archive import people
from archive.database import Database, upgrade
from archive.files import LocalFiles
from tests import careless, postgres

pytest_plugins = ["tests.balance", "tests.rules_plugin", "tests.issuing_plugin"]


@pytest.fixture(scope="session", autouse=True)
def hasty_passwords() -> Iterator[None]:
    """Passwords of tests guard nothing, and are worked out in no time."""
    with people.hashing_with(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        yield


@pytest.fixture(scope="session", autouse=True)
def careless_machine() -> Iterator[None]:
    """Tests wait for no disk, and compile the same thing once."""
    with (
        careless.disks(),
        careless.templates(),
        careless.statements(),
        careless.addresses(),
        careless.memory(),
    ):
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
    postgres.say(postgres_url, "CREATE DATABASE blank")
    upgrade(postgres.named(postgres_url, "blank"))
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
    with postgres.copied(postgres_url, blank_postgres) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest) -> Database:
    """An empty archive; the test runs once on each database."""
    database: Database = request.getfixturevalue(f"{request.param}_db")
    return database


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    """An empty store of files."""
    return LocalFiles(tmp_path / "files")
