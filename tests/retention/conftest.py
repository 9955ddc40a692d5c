"""What tests of retention share."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from archive.database import Database
from tests import postgres
from tests.retention.office import Office, furnish


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> Office:
    """On each database."""
    made: Office = request.getfixturevalue(f"{request.param}_office")
    return made


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path) -> tuple[Path, Office]:
    """The archive of which every test gets a copy."""
    path = tmp_path_factory.mktemp("office") / "archive.db"
    shutil.copy(blank_sqlite, path)
    database = Database(f"sqlite:///{path}")
    made = furnish(database)
    database.close()
    return path, made


@pytest.fixture
def sqlite_office(tmp_path: Path, furnished: tuple[Path, Office]) -> Iterator[Office]:
    """Where the database makes no difference."""
    path, made = furnished
    shutil.copy(path, tmp_path / "archive.db")
    database = Database(f"sqlite:///{tmp_path / 'archive.db'}")
    yield replace(made, db=database)
    database.close()


@pytest.fixture(scope="session")
def furnished_postgresql(postgres_url: str, blank_postgres: str) -> Iterator[tuple[str, Office]]:
    """The same on PostgreSQL, used as a template; its name."""
    with postgres.copied(postgres_url, blank_postgres) as database:
        made = furnish(database)
        database.close()  # nobody may look at a template while it is copied
        yield str(make_url(database.url).database), made


@pytest.fixture
def postgresql_office(
    postgres_url: str, furnished_postgresql: tuple[str, Office]
) -> Iterator[Office]:
    """On PostgreSQL."""
    template, made = furnished_postgresql
    with postgres.copied(postgres_url, template) as database:
        yield replace(made, db=database)
