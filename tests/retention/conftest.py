"""What tests of retention share."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.database import Database
from tests.retention.office import Office, furnish


@pytest.fixture
def office(db: Database) -> Office:
    """On each database."""
    return furnish(db)


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
