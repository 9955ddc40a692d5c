"""The pages on a real archive: people of every role, documents in and out of a case file."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from archive import audit, people
from archive.documents import Arrived
from archive.models import Document, Event, EventWords, Organ, Part, Person
from archive.settings import Settings
from formats.text import PageText, Word, write_pages
from search import indexing
from tests.factories import a_case_file, a_document, a_person, an_organ, stored
from web import auth
from web.api.application import PREFIX
from web.app import create_app
from web.services import Services, make_home, open_services

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples/05-ban-goc-dien-tu-quyet-dinh-03-2014-QD-UBND.pdf"
STAFF = {
    "lan": "archivist",
    "binh": "officer",
    "thu": "auditor",
    "quan": "administrator",
    "minh": "clerk",
}
_APPS: dict[Settings, tuple[Flask, dict[str, Any]]] = {}  # put together once, by their settings
SECRET_SUBJECT = "Nhân sự dự kiến bổ nhiệm"


class Patient(FlaskClient):
    """A browser that reads every answer to its end."""

    def open(self, *asked: Any, buffered: bool = True, **more: Any) -> Any:
        return super().open(*asked, buffered=buffered, **more)


@dataclass(frozen=True)
class House:
    """An archive with people and documents in it, and the pages on it."""

    services: Services
    app: Flask
    open_code: str  # in an open case file, with pages and words
    tray_code: str
    closed_code: str  # in a case file that only its holder may read
    case_file: str

    def as_(self, user_name: str) -> FlaskClient:
        """A browser in which this person is signed in."""
        self.app.test_client_class = Patient
        client = self.app.test_client()
        with audit.acting_as(None, "web"), self.services.db.transaction() as rows:
            person = people.by_name(rows, user_name)
            secret = people.sign_in(rows, person, "session", timedelta(hours=1))
        with client.session_transaction() as cookie:
            cookie[auth.SECRET] = secret
        return client

    def post(self, client: FlaskClient, path: str, **form: Any) -> Any:
        """Send a form as a page of ours would: with its token."""
        page = client.get("/account/password").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        return client.post(
            path,
            data={"csrf_token": found.group(1), **form},
            headers=form.pop("headers", {}),
        )

    def events(self, action: str) -> list[Event]:
        with self.services.db.reading() as rows:
            return list(rows.scalars(select(Event).where(Event.action == action)))

    def words(self, told: Event) -> dict[str, Any]:
        with self.services.db.reading() as rows:
            return rows.get_one(EventWords, told.id).words

    def organ(self) -> Organ:
        with self.services.db.reading() as rows:
            return rows.scalars(select(Organ).order_by(Organ.id).limit(1)).one()

    def person(self, user_name: str) -> Person:
        with self.services.db.reading() as rows:
            return people.by_name(rows, user_name)

    def document(self, code: str) -> Document:
        with self.services.db.reading() as rows:
            return rows.scalars(select(Document).where(Document.code == code)).one()

    def part(self, code: str) -> Part:
        with self.services.db.reading() as rows:
            found = select(Part).join(Document).where(Document.code == code)
            return rows.scalars(found).one()


@pytest.fixture(scope="session")
def words_compiled() -> None:
    """The Vietnamese, as the program reads it."""
    subprocess.run([ROOT / "script" / "words", "compile"], check=True, cwd=ROOT)


@pytest.fixture(scope="session")
def furnished_house(
    tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path, words_compiled: None
) -> tuple[Path, tuple[str, str, str, str]]:
    """The home that every test gets a copy of."""
    home = tmp_path_factory.mktemp("house")
    settings = Settings(home=str(home))
    make_home(settings)
    shutil.copy(blank_sqlite, home / "archive.db")
    with open_services(settings) as services:
        services.engine.clear()
        return home, _furnish(services, home)


@pytest.fixture
def house(
    tmp_path: Path, furnished_house: tuple[Path, tuple[str, str, str, str]]
) -> Iterator[House]:
    home, codes = furnished_house
    shutil.copytree(home, tmp_path / "home")
    with open_services(Settings(home=str(tmp_path / "home"))) as services:
        yield House(services, app_on(services), *codes)


def app_on(services: Services) -> Flask:
    """The pages on this archive. They hold no state of their own: tests take turns with them.

    What they remember of too many tries is forgotten, and their configuration is as at first.
    """
    like = replace(services.settings, home="")
    if like not in _APPS:
        made = create_app(services)
        _APPS[like] = made, dict(made.config)
    app, config = _APPS[like]
    app.config.clear()
    app.config.update(config)
    api = cast(DispatcherMiddleware, app.wsgi_app).mounts[PREFIX]
    for one in (app, cast(Flask, api)):
        one.extensions["luutru"] = services
        for limiter in one.extensions["limiter"]:
            limiter.reset()
    return app


def _furnish(services: Services, home: Path) -> tuple[str, str, str, str]:
    db = services.db
    organ = an_organ(db)
    staff = {name: a_person(db, organ, name, role) for name, role in STAFF.items()}
    a_person(db, an_organ(db, "SXD", "Sở Xây dựng"), "hoa", "archivist")
    case_file = a_case_file(db, organ, "Hồ sơ về chữ ký số", holder=staff["lan"])
    closed = a_case_file(db, organ, "Nhân sự", access_level="assigned", holder=staff["lan"])
    first = a_document(
        db,
        organ,
        "Quyết định ban hành quy chế quản lý <b>chữ ký số</b>",
        case_file=case_file,
        by=staff["lan"],
        arrived=_arrived(services, home),
        code_number="03",
        code_notation="QĐ-UBND",
        issued_date="05/03/2014",
        organ_name="Ủy ban nhân dân thành phố",
        type_name="Quyết định",
        **{"+Số hộp": "H-27"},
    )
    tray = a_document(db, organ, "Giấy mời họp", by=staff["binh"])
    secret = a_document(db, organ, SECRET_SUBJECT, case_file=closed, by=staff["lan"])
    indexing.index(db, services.files, services.engine, [first.id, tray.id, secret.id])
    services.engine.close()
    return first.code, tray.code, secret.code, case_file.code


def _arrived(services: Services, home: Path) -> Arrived:
    """A born-digital file of three pages with what the road would have found out."""
    files = services.files
    write_pages([_page(1, "Quy chế quản lý chữ ký số"), _page(2, "Điều 2. Chữ ký số")], home / "w")
    original = stored(files, "original", SAMPLE.read_bytes(), "application/pdf")
    made = (
        original,
        stored(files, "archival", SAMPLE.read_bytes(), "application/pdf"),
        stored(files, "text", "Quy chế quản lý chữ ký số".encode(), "text/plain"),
        stored(files, "words", (home / "w").read_bytes(), "application/gzip"),
        stored(files, "verapdf_report", b"{}", "application/json"),
    )
    facts = {
        "identify": {"puid": "fmt/276", "mime": "application/pdf", "name": "PDF", "version": "1.7"},
        "check_for_viruses": {"status": "not_checked", "engine": "none", "why": "no_scanner"},
        "check_signatures": {"count": 0},
        "read_text": {"pages": 3, "how": {"layer": 3}, "confidence": None},
        "make_pdfa": {"case": "converted", "method": "pikepdf", "dropped": [], "notes": []},
        "seal": {"kind": "inside", "level": "B-B", "is_trial": True},
        "validate": {"is_valid": True, "flavour": "2b", "version": "1.30.2"},
    }
    return Arrived("quy-chế.pdf", original.digest, 3, made, facts)


def _page(number: int, text: str) -> PageText:
    words = tuple(
        Word(word, 0.1 + place / 10, 0.1, 0.18 + place / 10, 0.12, 0, None)
        for place, word in enumerate(text.split())
    )
    return PageText(number, 595.0, 842.0, words, "layer", None)
