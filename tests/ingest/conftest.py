"""An archive with a workshop whose tools are real or fake, as the test wants."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from archive import audit, organs, people
from archive.database import Database
from archive.files import LocalFiles
from archive.models import Organ, Person
from archive.settings import Settings
from formats.seal_keys import SealKey
from ingest.models import Intake
from ingest.reception import Receipt, Sending, receive
from ingest.scanner import NoScanner
from ingest.workspace import Workshop


@dataclass(frozen=True)
class Desk:
    """Where files are received in tests."""

    db: Database
    workshop: Workshop
    store: LocalFiles
    organ: Organ
    person: Person

    def receive(
        self,
        content: bytes,
        name: str = "van-ban.pdf",
        *,
        again: bool = False,
        by: Person | None = None,
        fields: dict[str, str] | None = None,
        case_file_id: int | None = None,
    ) -> Receipt:
        return receive(
            self.db,
            self.workshop.files,
            BytesIO(content),
            Sending(name, fields or {}, case_file_id, again),
            organ_id=self.organ.id,
            by=by or self.person,
            door="command",
            limit=1_000_000,
        )

    def intake(self, number: int) -> Intake:
        with self.db.reading() as session:
            return session.get_one(Intake, number)


def no_key(organ_id: int) -> SealKey:
    raise AssertionError("this test seals nothing")


@pytest.fixture
def desk(db: Database, files: LocalFiles, tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(home=str(tmp_path))
    workshop = Workshop(
        settings=settings,
        files=files,
        quarantine=LocalFiles(tmp_path / "quarantine"),
        scanner=NoScanner(),
        key_of=no_key,
        work=tmp_path / "work",
    )
    with audit.acting_as(None, "command"), db.transaction() as session:
        organ, person, _ = organs.set_up(session, "TTLT", "Trung tâm Lưu trữ")
    with db.reading() as session:
        person = people.by_id(session, person.id)
    with audit.acting_as(person, "command"):
        yield Desk(db, workshop, files, organ, person)
