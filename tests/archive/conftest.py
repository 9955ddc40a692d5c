"""An organ with its first person, and a document of one part."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from archive import audit, documents, organs, people
from archive.database import Database
from archive.documents import Arrived, Made
from archive.models import Document, Organ, Person


@dataclass(frozen=True)
class Office:
    """An archive that was just set up."""

    db: Database
    organ: Organ
    first: Person

    def shelve(self, name: str = "a.pdf", digest: str = "a" * 64, **values: str) -> Document:
        with self.db.transaction() as session:
            return documents.shelve(
                session, session.get_one(Organ, self.organ.id), arrived(name, digest), values
            )

    def add(self, user_name: str, *roles: str) -> Person:
        with self.db.transaction() as session:
            organ = session.get_one(Organ, self.organ.id)
            people.add(session, organ, user_name, user_name.title(), list(roles))
        with self.db.reading() as session:
            return people.by_name(session, user_name)


def arrived(name: str, digest: str) -> Arrived:
    original = Made("original", digest, 10, "application/pdf")
    return Arrived(name, digest, 3, (original,))


@pytest.fixture
def office(db: Database) -> Iterator[Office]:
    with an_office(db) as made:
        yield made


@pytest.fixture
def sqlite_office(sqlite_db: Database) -> Iterator[Office]:
    with an_office(sqlite_db) as made:
        yield made


@pytest.fixture
def postgresql_office(postgresql_db: Database) -> Iterator[Office]:
    with an_office(postgresql_db) as made:
        yield made


@contextmanager
def an_office(db: Database) -> Iterator[Office]:
    with audit.acting_as(None, "command"):
        with db.transaction() as session:
            organ, person, _ = organs.set_up(session, "TTLT", "Trung tâm Lưu trữ")
        with db.reading() as session:
            person = people.by_id(session, person.id)
        yield Office(db, organ, person)


@pytest.fixture
def session(office: Office) -> Iterator[Session]:
    with office.db.reading() as session:
        yield session
