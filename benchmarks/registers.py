"""Pages on a large archive beside the same pages on a small one, in one run.

    python benchmarks/registers.py [--case-files 100000] [--documents 1000000] [--database URL]

Rows are made in the database itself, without files (`large_rows.py`): what is measured is what a
list, a case file or a book costs when there are many of them. Beside each page stand its questions
to the database and the median time, on 1,000 case files with 10,000 documents and on the large
archive, for somebody who sees everything and for an officer who sees by policy, unit and hand.
What must hold: at most 100 ms, at most 15 questions, at most 1.5 times the small one's time.

With `--database postgresql+psycopg://…/postgres` two databases are made on that server and dropped.
With `--keep FOLDER` the filled archives stay, and the next run with the same tables takes them.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.engine import make_url

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive import audit, people
from archive.database import upgrade
from archive.models import CaseFile, Person
from archive.settings import Settings
from benchmarks.large_archive import cast_of, fill
from benchmarks.large_rows import Size
from web import auth
from web.app import create_app
from web.services import Services, make_home, open_services

SMALL = Size(1_000, 10_000)
MOST_MS, MOST_QUESTIONS, MOST_TIMES = 100, 15, 1.5
BUSY = "others work here: take the best time, and of SQLite's that of the processor"
UNSURE_MS = 5  # below which a ratio says nothing
FAR = 2_000  # a page that nobody turns to, but an address may name
MADE_BY = ("archive/migrations/versions/*.py", "benchmarks/large_*.py")
TO_ALL = {
    "home": "/",
    "case files": "/case-files",
    "case files, one year": "/case-files?year=2024",
    "case files, open": "/case-files?stage=open",
    "case files, accepted": "/case-files?stage=accepted&year=2024",
    "case files, by words": "/case-files?q=dat+dai+17",
    "case files, by a rare word": "/case-files?q=so+{last}",
    "case files, by no such word": "/case-files?q=khong+co",
    "case files, far down": "/case-files?page={far_file}",
    "one case file": "/case-files/{code}",
    "tray": "/tray",
    "to be mended": "/tray?only=mending",
    "receiving": "/receiving",
    "receiving, shelved": "/receiving?tab=shelved",
    "receiving, far down": "/receiving?page={far_intake}",
    "submissions": "/submissions",
    "submissions, kept back": "/submissions?tab=kept",
    "plans": "/plans",
    "notices": "/notices",
    "issuing": "/issuing",
    "issuing, issued": "/issuing?tab=issued",
    "orders to freeze": "/freezes",
    "registers": "/registers?year=2024",
    "one book": "/registers/den?year=2024",
    "one book, unanswered": "/registers/den?year=2024&only=unanswered",
    "one book, overdue": "/registers/den?year=2024&only=overdue",
    "one book, not acknowledged": "/registers/den?year=2024&only=unacknowledged",
    "one book, cancelled": "/registers/den?year=2024&only=cancelled",
    "one book, written later": "/registers/den?year=2024&only=late",
    "one book, by number": "/registers/den?year=2024&q=17%2Fqd-ubnd",
    "one book, a day": "/registers/den?first=04%2F03%2F2024&last=04%2F03%2F2024",
    "one book, half a year": "/registers/den?first=01%2F01%2F2024&last=30%2F06%2F2024",
    "one book, far down": "/registers/den?year=2024&page={far_line}",
    "one book, by number, all": "/registers/den?q=1",
    "refusals": "/registers/refusals",
    "requests to take out": "/exports",
}
TO_THE_KEEPER = {
    "received, not registered": "/registers/received",
    "to be let in": "/registers/letting-in",
    "submissions, due": "/submissions?tab=due",
    "submissions, decided": "/submissions?tab=decided",
    "submissions, by unit": "/submissions?tab=units",
    "people": "/people",
}
TO_THE_OFFICER = {
    "submissions, sent": "/submissions?tab=sent",
}


def main() -> None:
    """Print one line a page; the worst of it is the exit code."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--case-files", type=int, default=100_000)
    asked.add_argument("--documents", type=int, default=1_000_000)
    asked.add_argument("--database", default="", help="maintenance database of a PostgreSQL")
    asked.add_argument("--keep", type=Path, help="where the filled archives stay")
    asked.add_argument("--who", default="", choices=["", "keeper", "officer"])
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--busy", action="store_true", help=BUSY)
    asked.add_argument("--only", default="", help="pages whose name holds this")
    given = asked.parse_args()
    wanted = Size(given.case_files, given.documents)
    with ExitStack() as kept:
        both = [kept.enter_context(archive_of(one, given)) for one in (SMALL, wanted)]
        few, many = both
        pairs = [pair for pair in zip(few, many, strict=True) if given.who in ("", pair[0].who)]
        failed = sum(compare(small, large, given) for small, large in pairs)
    print(f"{failed} pages do not hold")
    sys.exit(failed > 0)


@dataclass(frozen=True)
class Archive:
    """A filled archive and a browser in which somebody is signed in."""

    who: str
    client: FlaskClient
    services: Services
    pages: dict[str, str]


@dataclass(frozen=True)
class Limits:
    """What must hold of a page."""

    ms: float = MOST_MS
    questions: int = MOST_QUESTIONS
    times: float = MOST_TIMES


def compare(
    small: Archive, large: Archive, given: argparse.Namespace, limits: Limits | None = None
) -> int:
    """Ask for every page of both in turn; how many do not hold."""
    limits = limits or Limits()
    print(f"{large.who:32} {'questions':>9} {'small ms':>9} {'large ms':>9} {'ratio':>6}")
    failed = 0
    told = time.thread_time if given.busy and not given.database else time.perf_counter
    for name in large.pages:
        if given.only not in name:
            continue
        few, many, questions = [], [], 0
        for _ in range(given.rounds + 1):
            few.append(seconds(small, small.pages[name], told)[0])
            spent, questions = seconds(large, large.pages[name], told)
            many.append(spent)
        middle = min if given.busy else median
        one, other = middle(few[1:]) * 1000, middle(many[1:]) * 1000
        is_slow = other > limits.ms or other > max(limits.times * one, one + UNSURE_MS)
        holds = not is_slow and questions <= limits.questions
        failed += not holds
        print(
            f"  {name:30} {questions:9} {one:9.1f} {other:9.1f} {other / one:6.2f}"
            f"{'' if holds else '  <-- too much'}",
            flush=True,
        )
    return failed


def seconds(archive: Archive, path: str, told: Callable[[], float]) -> tuple[float, int]:
    """How long a page takes, and how many questions it asks."""
    asked = 0

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal asked
        asked += statement.lstrip().lower().startswith(("select", "with"))

    engine = archive.services.db.engine
    event.listen(engine, "before_cursor_execute", count)
    begin = told()
    answer = archive.client.get(path)
    spent = told() - begin
    event.remove(engine, "before_cursor_execute", count)
    assert answer.status_code == 200, (archive.who, path, answer.status_code)
    return spent, asked


# The archives -------------------------------------------------------------------------------------


@contextmanager
def archive_of(size: Size, given: argparse.Namespace) -> Iterator[tuple[Archive, Archive]]:
    """An archive with so many case files and documents, for each of the two people."""
    with filled(size, given) as services:
        cast = cast_of(services.db)
        yield (
            browser(services, "keeper", cast.keeper, {**TO_ALL, **TO_THE_KEEPER}, size),
            browser(services, "officer", cast.officer, {**TO_ALL, **TO_THE_OFFICER}, size),
        )


@contextmanager
def filled(size: Size, given: argparse.Namespace) -> Iterator[Services]:
    """The archive itself, filled now or before."""
    kept = given.keep is not None
    with (
        folder_of(size, given.keep) as folder,
        database_at(given.database, name_of(size), keep=kept) as url,
    ):
        settings = Settings(home=str(folder), database_url=url)
        mark = folder / f"filled-{'postgresql' if url else 'sqlite'}"
        if not mark.exists():
            begin = time.perf_counter()
            make_home(settings)
            upgrade(settings.database)
            fill(settings.database, size)
            mark.touch()
            spent = time.perf_counter() - begin
            told = f"{size.case_files:,} case files, {size.documents:,} documents"
            print(f"{told}: made in {spent:.0f} s", flush=True)
        with open_services(settings) as services:
            services.engine.clear()
            yield services


@contextmanager
def folder_of(size: Size, keep: Path | None) -> Iterator[Path]:
    """The home; one that is kept is named for what is in it."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="luutru-bench-") as made:
            yield Path(made)
        return
    folder = keep / name_of(size)
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


def name_of(size: Size) -> str:
    """How an archive of this size, made from these tables, is named."""
    root = Path(__file__).resolve().parent.parent
    made_by = hashlib.sha256()
    for pattern in MADE_BY:
        for path in sorted(root.glob(pattern)):
            made_by.update(path.read_bytes())
    return f"bench_{size.case_files}_{size.documents}_{made_by.hexdigest()[:8]}"


@contextmanager
def database_at(server: str, name: str, *, keep: bool = False) -> Iterator[str]:
    """A database of its own on the server; without a server SQLite, in the home."""
    if not server:
        yield ""
        return
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        found = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.scalar(found, {"name": name}) is None or not keep:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        if not keep:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


def browser(
    services: Services, who: str, person: int, pages: dict[str, str], size: Size
) -> Archive:
    """A browser in which the person is signed in, and the pages to ask for."""
    client = create_app(services).test_client()
    with audit.acting_as(None, "web"), services.db.transaction() as rows:
        secret = people.sign_in(rows, rows.get_one(Person, person), "session", timedelta(hours=9))
    with client.session_transaction() as cookie:
        cookie[auth.SECRET] = secret
    with services.db.reading() as rows:
        mine = select(CaseFile.code).where(CaseFile.holder_id == person)
        code = rows.scalar(mine.limit(1)) or rows.scalar(select(CaseFile.code).limit(1))
    names = {
        "code": code,
        "last": size.case_files - 7,
        "far_file": min(FAR, size.case_files // 40),
        "far_line": min(FAR, size.documents // 400),
        "far_intake": min(FAR, size.documents // 20 // 250),
    }
    return Archive(who, client, services, {key: at.format(**names) for key, at in pages.items()})


if __name__ == "__main__":
    main()
