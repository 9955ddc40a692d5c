"""An office whose records end: five people, a clock that is turned, what they keep."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from archive import audit, clock, closing, documents, people, units
from archive.database import upgrade
from archive.documents import Arrived
from archive.models import CaseFile, Document, Organ, Person
from archive.settings import Settings
from formats.text import PageText, Word, write_pages
from retention.assignments import assign
from search import indexing
from tests.factories import PASSWORD, a_case_file, a_document, a_person, an_organ, stored, writing
from tests.journeys.walking import PICTURES, Walk, serving
from tests.web.destroying import a_pdf
from web import clockwork, term_watch
from web.services import Services, make_home, open_services

WORD = "zephyrolith"  # stands in what is destroyed and nowhere else
WORKED = date(2021, 3, 1), date(2021, 11, 30)
STAFF = {  # name, roles, unit
    "lan": ("Trần Thị Lan", ("archivist",), False),
    "an": ("Nguyễn Văn An", ("head",), False),
    "mai": ("Lê Thị Mai", ("archivist",), False),
    "binh": ("Phạm Thanh Bình", ("officer",), True),
    "thu": ("Võ Minh Thư", ("clerk",), False),
}


@dataclass
class Office:
    """The archive, the people with their browsers, and what came to be on the way."""

    services: Services
    address: str
    browser: Browser
    turn: pytest.MonkeyPatch
    files: dict[str, str] = field(default_factory=dict)
    shared: str = ""  # code of a document that a longer case file holds too
    gone: str = ""  # code of one that goes
    disposal: str = ""
    walks: dict[str, Walk] = field(default_factory=dict)

    def at(self, day: date) -> None:
        """From now on it is ten in the morning of this day, for the worker too."""
        moment = datetime(day.year, day.month, day.day, 3, 0, tzinfo=UTC)
        self.turn.setattr(clock, "now", lambda: moment)
        for walk in self.walks.values():
            walk.page.context.close()
        self.walks.clear()  # nobody stays signed in over night

    def look_at_the_calendar(self) -> None:
        """What the worker does every minute, now."""
        term_watch.look(self.services)
        clockwork.give_notice(self.services)

    def walk(self, name: str) -> Walk:
        """The browser of this person, signed in."""
        if name not in self.walks:
            context = self.browser.new_context(
                viewport={"width": 1280, "height": 900}, locale="vi-VN"
            )
            walk = self.walks[name] = Walk(context.new_page(), self.address)
            walk.to("/")
            walk.page.fill("#name", name)
            walk.page.fill("#password", PASSWORD)
            walk.page.click("main form button")
        return self.walks[name]

    def to(self, name: str, path: str) -> Page:
        """This person's page at an address; `{}` stands for the disposal's code."""
        walk = self.walk(name)
        walk.to(path.format(self.disposal))
        return walk.page


@contextmanager
def open_office(folder: Path, browser: Browser, turn: pytest.MonkeyPatch) -> Iterator[Office]:
    """Set it up on a day in November on which nothing has ended yet."""
    settings = Settings(home=str(folder / "home"))
    make_home(settings)
    upgrade(settings.database)
    with open_services(settings) as services:
        services.engine.clear()
        office = Office(services, "", browser, turn)
        office.at(date(2026, 11, 20))
        furnish(office)
        with serving(services) as address:
            office.address = address
            yield office
            for walk in office.walks.values():
                walk.page.context.close()


def furnish(office: Office) -> None:
    """People, and four case files: one goes, one is shared, one is kept, one comes to be frozen."""
    db = office.services.db
    organ = an_organ(db, "STC", "Sở Tài chính")
    with writing(db) as rows:
        found = rows.get_one(Organ, organ.id)
        unit = units.add(rows, found, "TH", "Phòng Tổng hợp").id
        found.rules = {**found.rules, "is_source": False, "council_size": 3}
        rows.flush()
        audit.record(rows, "organ.set_rules", found)
    for user, (name, roles, is_of_unit) in STAFF.items():
        a_person(db, organ, user, *roles, full_name=name, unit_id=unit if is_of_unit else None)
    for key, term in (("goes", "5 năm"), ("shared", "5 năm"), ("kept", "5 năm"),
                      ("frozen", "5 năm"), ("longer", "20 năm")):  # fmt: skip
        office.files[key] = a_file(office, organ, key, term)
    with writing(db) as rows:
        first = file_of(rows, office.files["goes"]).placements[0].document
        office.gone = first.code
        shared = file_of(rows, office.files["shared"]).placements[0].document
        office.shared = shared.code
    close(office)
    with db.reading() as rows:
        numbers = [one.id for one in rows.query(Document)]
    with office.services.indexing:
        indexing.index(db, office.services.files, office.services.engine, numbers)


def a_file(office: Office, organ: Organ, key: str, term: str) -> str:
    """A case file of the officer's, with a document whose bytes say the word."""
    db = office.services.db
    with db.reading() as rows:
        binh = people.by_name(rows, "binh")
    made = a_case_file(
        db, organ, f"Theo dõi thanh toán ({key})", holder=binh, maintenance=term, year=2021,
        start_date=WORKED[0],
    )  # fmt: skip
    said = f"{WORD} {key}" if key != "longer" else "chứng từ thanh toán"
    files = office.services.files
    forms = (
        stored(files, "original", a_pdf(said), "application/pdf"),
        stored(files, "archival", a_pdf(said + " PDF/A"), "application/pdf"),
        stored(files, "text", said.encode(), "text/plain"),
        stored(files, "words", words_of(said), "application/gzip"),
    )
    a_document(
        db, organ, f"Về việc {said}", case_file=made, by=binh, type_name="Công văn",
        issued_date="10/03/2021", organ_name="Kho bạc Nhà nước",
        arrived=Arrived(f"{key}.pdf", forms[0].digest, 1, forms),
    )  # fmt: skip
    return made.code


def words_of(said: str) -> bytes:
    """A page on which these words stand, as the road writes pages down."""
    words = tuple(
        Word(one, 0.1 + place / 10, 0.1, 0.18 + place / 10, 0.12, 0, None)
        for place, one in enumerate(said.split())
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "words"
        write_pages([PageText(1, 595.0, 842.0, words, "layer", None)], path)
        return path.read_bytes()


def file_of(rows: object, code: str) -> CaseFile:
    found: CaseFile = rows.query(CaseFile).filter_by(code=code).one()  # type: ignore[attr-defined]
    return found


def close(office: Office) -> None:
    """The shared document into the longer file too; then all are closed by their officer."""
    db = office.services.db
    with writing(db) as rows:
        shared = rows.query(Document).filter_by(code=office.shared).one()
        documents.place(rows, shared, file_of(rows, office.files["longer"]))
    for code in office.files.values():
        with db.reading() as rows:
            binh = people.by_name(rows, "binh")
        with audit.acting_as(binh, "web"), db.transaction() as rows:
            found = file_of(rows, code)
            values = {"EndDate": f"{WORKED[1]:%d/%m/%Y}"}
            closing.close(rows, found, rows.get_one(Person, binh.id), values)
        with db.reading() as rows:
            lan = people.by_name(rows, "lan")
        with audit.acting_as(lan, "web"), db.transaction() as rows:  # the archive confirms the term
            found = file_of(rows, code)
            assign(rows, found, lan, term=found.maintenance, source="archivist")


# How they walk ------------------------------------------------------------------------------------


def sent(page: Page) -> None:
    """What was sent is done, and the page says so."""
    expect(page.locator("main > .say-success").first).to_be_visible()


def refused(page: Page, words: str = "") -> None:
    """It was not done, and the page says why."""
    expect(page.locator("main .say-danger").first).to_contain_text(words)


def grey(page: Page, words: str) -> None:
    """The button is grey, and the page says why."""
    expect(page.locator("main .btn:disabled").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(words)


def look_at_form(page: Page, path: str, name: str) -> str:
    """A printed form: its words; as a picture where those are kept."""
    answer = page.request.get(path)
    assert answer.ok, (path, answer.status)
    with pypdfium2.PdfDocument(answer.body()) as pdf:
        words = " ".join(one.get_textpage().get_text_range() for one in pdf)
        if PICTURES:
            for number, one in enumerate(pdf, 1):
                one.render(scale=1.2).to_pil().save(Path(PICTURES, f"{name}-{number}.png"))
    return " ".join(words.split())
