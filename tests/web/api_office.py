"""Two agencies with people, tokens and one document in the store and in the index."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import Authorization, FileStorage
from werkzeug.test import Client, encode_multipart
from werkzeug.wrappers import Response

from archive import audit, case_files, documents, organs, people
from archive.documents import Arrived, Made
from archive.models import Event, EventWords, Organ
from archive.settings import Settings
from formats.text import PageText, Word, write_pages
from search import indexing
from web.app import create_app
from web.services import Services, make_home, open_services

PREFIX = "/api/v1"
PDF = b"%PDF-1.7 not a real one"
VALUES = {
    "Subject": "Kế hoạch nạo vét kênh mương",
    "CodeNumber": "15",
    "CodeNotation": "KH-UBND",
    "IssuedDate": "05/03/2021",
    "To": "Sở Nông nghiệp",
}
STAFF = {
    "lan": ("TTLT", "archivist"),
    "minh": ("TTLT", "clerk"),
    "binh": ("TTLT", "officer"),
    "thanh": ("TTLT", "auditor"),
    "hoa": ("SXD", "archivist"),
}


class Answer(Response):
    """What a program is answered, read to its end."""

    @property
    def told(self) -> Any:
        """The answer's JSON."""
        return self.get_json()


class Asker:
    """A program with a token."""

    def __init__(self, app: Flask, secret: str) -> None:
        self.client = Client(app, Answer)
        self.secret = secret

    def __call__(self, method: str, path: str, **more: Any) -> Answer:
        """The answer; `path` is within the API."""
        auth = Authorization("bearer", token=self.secret) if self.secret else None
        more = {"method": method, "auth": auth, "buffered": True, **more}
        return cast(Answer, self.client.open(PREFIX + path, **more))

    def get(self, path: str, **query: Any) -> Answer:
        return self("GET", path, query_string=query)

    def send(self, content: bytes, name: str, **fields: str) -> Answer:
        """Hand in a file."""
        boundary, body = encode_multipart(
            {"file": FileStorage(io.BytesIO(content), name), **fields}
        )
        kind = f"multipart/form-data; boundary={boundary}"
        return self("POST", "/intakes", data=body, content_type=kind)


Names = tuple[str, str]  # of the document and of its case file
Template = tuple[Path, Names]


@dataclass(frozen=True)
class ApiOffice:
    """An archive with people in it."""

    services: Services
    app: Flask
    document: str
    case_file: str

    def asks(self, user_name: str, lasting: timedelta = timedelta(days=1)) -> Asker:
        """A new token of this person."""
        with audit.acting_as(None, "command"), self.services.db.transaction() as rows:
            person = people.by_name(rows, user_name)
            return Asker(self.app, people.sign_in(rows, person, "token", lasting, "script"))

    def stranger(self) -> Asker:
        return Asker(self.app, "")

    def events(self, action: str) -> list[Event]:
        with self.services.db.reading() as rows:
            return list(rows.scalars(select(Event).where(Event.action == action)))

    def words_of(self, event: Event) -> dict[str, Any]:
        with self.services.db.reading() as rows:
            return rows.get_one(EventWords, event.id).words


def furnish(home: Path, blank: Path) -> Names:
    """Make the home; copies of it are opened."""
    chosen = Settings(home=str(home))
    make_home(chosen)
    shutil.copy(blank, home / "archive.db")
    with open_services(chosen) as services, audit.acting_as(None, "command"):
        return _furnish(services, home)


@contextmanager
def open_office(template: Template, home: Path, **more: Any) -> Iterator[ApiOffice]:
    """A copy of the home with the real database, store, index and application."""
    source, names = template
    shutil.copytree(source, home, dirs_exist_ok=True)
    with open_services(Settings(home=str(home), **more)) as services:
        yield ApiOffice(services, create_app(services), *names)


def _furnish(services: Services, home: Path) -> Names:
    services.engine.clear()
    with services.db.transaction() as rows:
        own, _, _ = organs.set_up(rows, "TTLT", "Trung tâm Lưu trữ")
        other = organs.found(rows, "SXD", "Sở Xây dựng")
        by_code = {"TTLT": own, "SXD": other}
        for name, (organ, role) in STAFF.items():
            people.add(rows, by_code[organ], name, name.title(), [role])
        case_file = case_files.open_one(rows, own, "01/KH", "Kế hoạch thủy lợi", year=2021)
        document = documents.shelve(
            rows, rows.get_one(Organ, own.id), _arrived(services, home), VALUES, case_file=case_file
        )
        found = (document.code, case_file.code, document.id)
    indexing.index(services.db, services.files, services.engine, [found[2]])
    return found[0], found[1]


def _arrived(services: Services, home: Path) -> Arrived:
    """What the road would have left of a file of two pages."""
    said = ("Kế hoạch nạo vét", "Kênh mương xã Hòa Bình")
    write_pages((_page(at, text) for at, text in enumerate(said, 1)), home / "words")
    kept = {
        "original": (PDF, "application/pdf"),
        "text": ("\f".join(said).encode(), "text/plain"),
        "words": ((home / "words").read_bytes(), "application/gzip"),
    }
    made = []
    for role, (content, mime) in kept.items():
        stored = services.files.put(io.BytesIO(content))
        made.append(Made(role, stored.digest, stored.size, mime))
    return Arrived("kế hoạch\n../số 15.pdf", made[0].digest, 2, tuple(made))


def _page(number: int, text: str) -> PageText:
    words = [
        Word(word, place / 20, 0.1, (place + 1) / 20, 0.12, 0, None)
        for place, word in enumerate(text.split())
    ]
    return PageText(number, 595.0, 842.0, tuple(words), "layer", None)
