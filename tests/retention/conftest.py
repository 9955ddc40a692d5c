"""What tests of retention share."""

import pytest

from archive.database import Database
from tests.retention.office import Office, furnish


@pytest.fixture
def office(db: Database) -> Office:
    """On each database."""
    return furnish(db)


@pytest.fixture
def sqlite_office(sqlite_db: Database) -> Office:
    """Where the database makes no difference."""
    return furnish(sqlite_db)
