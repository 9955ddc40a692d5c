"""An archive with something in every place of content, and a disposal that is handed over."""

import gzip
import io
import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from unittest import mock

import pikepdf
from sqlalchemy import JSON, Text, cast, func, select

from archive import audit
from archive.database import Base
from archive.documents import Arrived
from archive.models import CaseFile, Document, Person
from archive.settings import Settings
from retention import carrying, execution
from retention.models import Disposal
from search import indexing
from search.engine import Query, Term
from tests.factories import a_case_file, a_document, stored
from tests.retention.disposing import Desk, a_desk
from tests.retention.office import furnish
from web import executing
from web.services import Services, make_home, open_services

WORD = "zephyrolith"  # stands nowhere else
TITLE = "kylindromant"  # in titles of case files, which may stay


class Killed(BaseException):
    """As a power cut: nothing catches it."""


@dataclass
class Ruin:
    """An archive whose case files are about to go."""

    services: Services
    desk: Desk
    files: list[CaseFile] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.services.settings.path()

    @property
    def journal(self) -> Path:
        return executing.journal_of(self.services).folder

    def document(self, case_file: CaseFile, number: int, **more: str) -> Document:
        """A document whose original, text and title say the word."""
        files = self.services.files
        said = f"{WORD} {number} nói về việc riêng"
        made = (
            stored(files, "original", a_pdf(said), "application/pdf"),
            stored(files, "archival", a_pdf(said + " PDF/A"), "application/pdf"),
            stored(files, "text", said.encode(), "text/plain"),
            stored(files, "words", gzip.compress(said.encode()), "application/gzip"),
        )
        arrived = Arrived(f"{WORD}-{number}.pdf", made[0].digest, 1, made, {"note": said})
        office = self.desk.office
        return a_document(
            self.services.db, office.organ, f"Về {said}", case_file=case_file,
            by=office.binh, arrived=arrived, description=said, **more,
        )  # fmt: skip

    def case_file(self, documents: int = 2, *also: Document) -> CaseFile:
        """A closed one whose term is over, listed to be destroyed."""
        office, number = self.desk.office, len(self.files)
        made = a_case_file(
            self.services.db, office.organ, f"Hồ sơ {TITLE} số {number}", holder=office.binh,
            maintenance="5 năm", start_date=date(2019, 1, 2),
        )  # fmt: skip
        for place in range(documents):
            self.document(made, number * 100 + place)
        for one in also:
            self.desk.place(one, made)
        office.close(made, end_date="14/03/2019")
        self.files.append(made)
        self.desk.propose(made)
        return made

    def index(self) -> None:
        with self.services.db.reading() as session:
            numbers = {
                kind: indexing.stale(session, limit=None, kind=kind) for kind in indexing.KINDS
            }
        services = self.services
        with services.indexing:
            for kind, some in numbers.items():
                indexing.index(services.db, services.files, services.engine, some, kind)

    def begin(self, by: Person | None = None) -> None:
        who = by or self.desk.mai
        with self.desk.at(who) as (session, disposal):
            execution.begin(session, disposal, session.get_one(Person, who.id))

    def ready(self) -> None:
        """Handed over, indexed, begun."""
        self.index()
        self.desk.walk("handed_over")
        self.begin()

    def run(self, at: Callable[[str], None] = lambda step: None) -> bool:
        """What the worker does, told of every step."""
        return carrying.carry_on(replace(executing.run_of(self.services), at=at))

    def free(self) -> None:
        """What the next worker does at its start."""
        with audit.acting_as(None, "worker"), self.services.db.transaction() as session:
            execution.free_all(session)
            for one in session.scalars(select(Disposal)):
                one.try_after = None

    def disposal(self) -> Disposal:
        with self.services.db.reading() as session:
            return self.desk.found(session)

    def documents(self) -> list[Document]:
        with self.services.db.reading() as session:
            return list(session.scalars(select(Document).order_by(Document.id)))

    def hits(self) -> int:
        """How many documents the index finds for the word, whoever asks."""
        readers = self.readers()
        found = self.services.engine.find(Query(Term("folded", WORD), readers, limit=10))
        return found.total

    def readers(self) -> tuple[str, ...]:
        return (f"archive:{self.desk.office.organ.id}", f"organ:{self.desk.office.organ.id}")

    def places_saying(self, word: str = WORD) -> list[str]:
        """Every file under the home that says the word, opened as far as it can be."""
        return sorted(
            str(path.relative_to(self.home))
            for path in self.home.rglob("*")
            if path.is_file() and says(path, word.encode())
        )


def a_pdf(said: str) -> bytes:
    """A page whose compressed stream says it."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 200))
        pdf.pages[0].Contents = pdf.make_stream(f"BT ({said}) Tj ET".encode())
        out = io.BytesIO()
        pdf.save(out, compress_streams=True)
        return out.getvalue()


def says(path: Path, word: bytes) -> bool:
    """Whether a file says a word: as it is, its gzip or its PDF streams unpacked."""
    raw = path.read_bytes()
    if word in raw:
        return True
    if raw[:2] == b"\x1f\x8b":
        return word in gzip.decompress(raw)
    if raw[:5] == b"%PDF-":
        for found in re.finditer(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL):
            try:
                if word in zlib.decompressobj().decompress(found[1]):
                    return True
            except zlib.error:
                continue
    return False


@contextmanager
def a_ruin(folder: Path, blank: Path, **settings: str) -> Iterator[Ruin]:
    """An archive of its own in this folder."""
    home, room = folder / "home", folder / "tmp"
    room.mkdir(exist_ok=True)
    given = Settings(home=str(home), **settings)  # type: ignore[arg-type]
    make_home(given)
    if "database_url" not in settings:
        shutil.copy(blank, home / "archive.db")
    with mock.patch("tempfile.tempdir", str(room)), open_services(given) as services:
        services.engine.clear()
        yield Ruin(services, a_desk(furnish(services.db)))


@contextmanager
def a_copy(folder: Path, original: Ruin) -> Iterator[Ruin]:
    """The same archive once more in this folder, whatever becomes of it; the original is closed."""
    shutil.copytree(original.home.parent, folder, dirs_exist_ok=True)
    given = replace(original.services.settings, home=str(folder / "home"))
    with mock.patch("tempfile.tempdir", str(folder / "tmp")), open_services(given) as services:
        desk = original.desk
        office = replace(desk.office, db=services.db)
        yield Ruin(services, replace(desk, office=office), list(original.files))


def tables_saying(ruin: Ruin, word: str = WORD) -> list[str]:
    """Every column of every table in which the word stands."""
    found = []
    with ruin.services.db.reading() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Text | JSON):
                    asked = select(func.count()).select_from(table)
                    said = cast(column, Text).contains(word)
                    if session.scalar(asked.where(said)):
                        found.append(f"{table.name}.{column.name}")
    return found


def count(ruin: Ruin, table: type, *which: object) -> int:
    with ruin.services.db.reading() as session:
        asked = select(func.count()).select_from(table).where(*which)  # type: ignore[arg-type]
        return session.scalar(asked) or 0


IS_ROOT = os.geteuid() == 0
