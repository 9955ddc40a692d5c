"""Pages on a large archive beside the same pages on a small one, in one run.

    python benchmarks/registers.py [--case-files 100000] [--documents 1000000] [--database URL]

Rows are made in the database itself, without files: what is measured is what a list, a case file
or a book costs when there are many of them. Beside each page stand its questions to the database
and the median time, on 1,000 case files with 10,000 documents and on the large archive. What must
hold: at most 100 ms, at most 15 questions, at most 1.5 times the small one's time. With
`--database postgresql+psycopg://…/postgres` two databases are made on that server and dropped.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Table, create_engine, event, insert, select
from sqlalchemy.engine import Connection, make_url

from archive import audit, organs, people
from archive.database import Database, upgrade
from archive.models import CaseFile, Document, Part, Person, Placement, Rendition
from archive.register_models import Register, RegisterEntry
from archive.settings import Settings
from web import auth
from web.app import create_app
from web.services import Services, make_home, open_services

SMALL = (1_000, 10_000)
ROUNDS = 7
CHUNK = 5_000
MOMENT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
YEARS = range(2017, 2027)


def main() -> None:
    """Print one line a page."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--case-files", type=int, default=100_000)
    asked.add_argument("--documents", type=int, default=1_000_000)
    asked.add_argument("--database", default="", help="maintenance database of a PostgreSQL")
    given = asked.parse_args()
    wanted = (given.case_files, given.documents)
    with archive_of(SMALL, given.database) as small, archive_of(wanted, given.database) as large:
        compare(small, large)


@dataclass(frozen=True)
class Archive:
    """A filled archive and a browser in which somebody is signed in."""

    client: FlaskClient
    services: Services
    pages: dict[str, str]


def compare(small: Archive, large: Archive) -> None:
    """Ask for every page of both in turn."""
    print(f"{'page':34} {'questions':>9} {'small ms':>9} {'large ms':>9} {'ratio':>6}")
    for name in large.pages:
        few, many, questions = [], [], 0
        for _ in range(ROUNDS):
            few.append(seconds(small, small.pages[name])[0])
            spent, questions = seconds(large, large.pages[name])
            many.append(spent)
        one, other = median(few[1:]) * 1000, median(many[1:]) * 1000
        holds = other <= 100 and questions <= 15 and other <= max(1.5 * one, one + 5)
        print(
            f"{name:34} {questions:9} {one:9.1f} {other:9.1f} {other / one:6.2f}"
            f"{'' if holds else '  <-- too much'}"
        )


def seconds(archive: Archive, path: str) -> tuple[float, int]:
    """How long a page takes, and how many questions it asks."""
    asked = 0

    def count(*_: Any) -> None:
        nonlocal asked
        asked += 1

    engine = archive.services.db.engine
    event.listen(engine, "before_cursor_execute", count)
    begin = time.perf_counter()
    answer = archive.client.get(path)
    spent = time.perf_counter() - begin
    event.remove(engine, "before_cursor_execute", count)
    assert answer.status_code == 200, (path, answer.status_code)
    return spent, asked


@contextmanager
def archive_of(size: tuple[int, int], server: str) -> Iterator[Archive]:
    """An archive with so many case files and documents."""
    with (
        tempfile.TemporaryDirectory(prefix="luutru-bench-") as folder,
        database_at(server, f"bench_{size[0]}") as url,
    ):
        settings = Settings(home=folder, database_url=url)
        make_home(settings)
        upgrade(settings.database)
        organ, person = set_up(settings.database)
        begin = time.perf_counter()
        fill(settings.database, organ, person, *size)
        made = time.perf_counter() - begin
        print(f"{size[0]:,} case files, {size[1]:,} documents: {made:.0f} s", flush=True)
        with open_services(settings) as services:
            services.engine.clear()
            app = create_app(services)
            client = app.test_client()
            sign_in(services, client, person)
            yield Archive(client, services, pages_of(services))


@contextmanager
def database_at(server: str, name: str) -> Iterator[str]:
    """A database of its own on the server; without a server SQLite, in the home."""
    if not server:
        yield ""
        return
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


def set_up(url: str) -> tuple[int, int]:
    """One organ, and a person who is archivist and clerk."""
    db = Database(url)
    with audit.acting_as(None, "command"), db.transaction() as session:
        organ, person, _ = organs.set_up(session, "TTLT", "Trung tâm Lưu trữ")
        people.appoint(session, person, organ, "clerk")
        person.must_change_password = False
        audit.record(session, "person.appoint", person)
    db.close()
    return organ.id, person.id


def fill(url: str, organ: int, person: int, case_files: int, documents: int) -> None:
    """Rows, straight into the tables: they stand for years of work."""
    db = Database(url)
    with db.engine.begin() as connection:
        books = books_of(connection, organ)
        many(
            connection, CaseFile, (a_case_file(n, organ, person) for n in range(1, case_files + 1))
        )
        numbers = range(1, documents + 1)
        many(connection, Document, (a_document(n, organ, person) for n in numbers))
        many(connection, Part, (a_part(n) for n in numbers))
        many(connection, Rendition, (a_rendition(n) for n in numbers))
        places = (n for n in numbers if n % 500)  # the rest stands in the tray
        many(connection, Placement, (a_place(n, case_files) for n in places))
        many(connection, RegisterEntry, (an_entry(n, organ, person, books) for n in numbers))
        if connection.dialect.name == "postgresql":
            repair_sequences(connection)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    db.close()


def many(connection: Connection, model: type, rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows in chunks."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            connection.execute(insert(table), chunk)
            chunk = []
    if chunk:
        connection.execute(insert(table), chunk)


def repair_sequences(connection: Connection) -> None:
    """Numbers were given by us; the server's own counting begins behind them."""
    for model in (CaseFile, Document, Part, Rendition, Placement, RegisterEntry, Register):
        name = model.__tablename__
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
        )


def books_of(connection: Connection, organ: int) -> tuple[int, int]:
    """An incoming and an outgoing book."""
    told = (("incoming", "den", "Sổ văn bản đến"), ("outgoing", "di", "Sổ văn bản đi"))
    many(
        connection,
        Register,
        (
            {
                "id": number,
                "organ_id": organ,
                "kind": kind,
                "code": code,
                "name": name,
                "is_default": True,
            }
            for number, (kind, code, name) in enumerate(told, 1)
        ),
    )
    return 1, 2


def day_of(number: int) -> date:
    """A day in one of the years, spread evenly."""
    return date(YEARS[number % len(YEARS)], 1, 1) + timedelta(days=number // len(YEARS) % 300)


def a_case_file(number: int, organ: int, person: int) -> dict[str, Any]:
    """Nine in ten accepted, the others at work."""
    year = YEARS[number % len(YEARS)]
    stage = "accepted" if number % 10 else ("open", "closed")[number // 10 % 2]
    return {
        "id": number,
        "organ_id": organ,
        "holder_id": person,
        "stage": stage,
        "access_level": "organ",
        "code": f"TTLT.{year}.{number:06d}",
        "organ_code": "TTLT",
        "year": year,
        "notation": f"{number:06d}",
        "title": f"Hồ sơ về việc quản lý đất đai số {number}",
        "folded": f"ttlt.{year}.{number:06d} ho so ve viec quan ly dat dai so {number}",
        "maintenance": "20 năm",
        "start_date": date(year, 1, 1),
        "end_date": date(year, 12, 31),
        "opened_at": MOMENT,
        "closed_at": None if stage == "open" else MOMENT,
        "accepted_at": MOMENT if stage == "accepted" else None,
        "due_on": None if stage == "open" else date(year + 1, 12, 31),
    }


def a_document(number: int, organ: int, person: int) -> dict[str, Any]:
    """A document as it stands years later."""
    return {
        "id": number,
        "organ_id": organ,
        "code": f"TTLT-2026-{number:07d}",
        "type_name": "Quyết định",
        "code_number": str(number % 1000 + 1),
        "code_notation": "QĐ-UBND",
        "issued_date": day_of(number),
        "organ_name": "Ủy ban nhân dân thành phố",
        "subject": f"Về việc giao đất đợt {number}",
        "page_amount": 3,
        "shelved_at": MOMENT,
        "shelved_by_id": person,
        "indexed_revision": 1,
    }


def a_part(number: int) -> dict[str, Any]:
    """Its one part."""
    return {
        "id": number,
        "document_id": number,
        "file_name": f"{number}.pdf",
        "digest": f"{number:064x}",
        "pages": 3,
    }


def a_rendition(number: int) -> dict[str, Any]:
    """The original of that part."""
    return {
        "id": number,
        "part_id": number,
        "document_id": number,
        "role": "original",
        "digest": f"{number:064x}",
        "size": 1000,
        "mime": "application/pdf",
        "made_at": MOMENT,
    }


def a_place(number: int, case_files: int) -> dict[str, Any]:
    """Documents are dealt out to the case files in turn."""
    return {
        "id": number,
        "case_file_id": (number - 1) % case_files + 1,
        "document_id": number,
        "ordinal": (number - 1) // case_files + 1,
        "placed_at": MOMENT,
    }


def an_entry(number: int, organ: int, person: int, books: tuple[int, int]) -> dict[str, Any]:
    """A line of one of the books."""
    day = day_of(number)
    return {
        "id": number,
        "organ_id": organ,
        "register_id": books[number % 2],
        "year": day.year,
        "number": number,
        "document_id": number,
        "registered_on": day,
        "entered_at": MOMENT,
        "entered_by_id": person,
        "code_number": str(number % 1000 + 1),
        "code_notation": "QĐ-UBND",
        "issued_date": day,
        "type_name": "Quyết định",
        "subject": f"Về việc giao đất đợt {number}",
        "organ_name": "Ủy ban nhân dân thành phố",
        "canonical": f"{number % 1000 + 1}/qd-ubnd",
        "finished_on": day if number % 50 else None,
        "outcome": "for_reference" if number % 50 else "",
        "due_date": day + timedelta(days=9),
    }


def sign_in(services: Services, client: FlaskClient, person: int) -> None:
    """A browser in which the person is signed in."""
    with audit.acting_as(None, "web"), services.db.transaction() as rows:
        secret = people.sign_in(rows, rows.get_one(Person, person), "session", timedelta(hours=9))
    with client.session_transaction() as cookie:
        cookie[auth.SECRET] = secret


def pages_of(services: Services) -> dict[str, str]:
    """Every list, a case file in the middle of all, and the books."""
    with services.db.reading() as rows:
        code = rows.scalar(select(CaseFile.code).order_by(CaseFile.id.desc()).offset(300).limit(1))
    return {
        "home": "/",
        "case files": "/case-files",
        "case files, one year": "/case-files?year=2024",
        "case files, open": "/case-files?stage=open",
        "case files, by words": "/case-files?q=dat+dai+17",
        "case files, page 30": "/case-files?page=30",
        "one case file": f"/case-files/{code}",
        "tray": "/tray",
        "to be mended": "/tray?only=mending",
        "receiving": "/receiving",
        "submissions": "/submissions",
        "plans": "/plans",
        "notices": "/notices",
        "registers": "/registers?year=2024",
        "one book": "/registers/den?year=2024",
        "one book, unanswered": "/registers/den?year=2024&only=unanswered",
        "one book, overdue": "/registers/den?year=2024&only=overdue",
        "one book, by number": "/registers/den?year=2024&q=17%2Fqd-ubnd",
        "one book, a day": "/registers/den?first=04%2F03%2F2024&last=04%2F03%2F2024",
        "received, not registered": "/registers/received",
    }


if __name__ == "__main__":
    main()
