"""Fifty people sign in at the same moment, and each registers four incoming documents.

    python benchmarks/at_once.py [--people 50] [--each 4] [--database URL]

Against the real server, as `luutru serve` starts it, over HTTP and from one address, as the people
of an agency come. What must hold: no error, no gap in the numbers, none given twice, and a story
that holds. Beside that stand the median and the 95th of a hundred of the waiting times. With
`--database postgresql+psycopg://…/postgres` a database is made on that server and dropped.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median, quantiles
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from sqlalchemy import select

from archive import audit, books, organs, people
from archive.audit_check import verify
from archive.database import Database, upgrade
from archive.register_models import Register, RegisterEntry
from archive.settings import Settings
from benchmarks.registers import database_at
from web.services import make_home

PASSWORD = "mot cau de nho 2026"
PATIENCE = 120  # seconds for one page
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def main() -> None:
    """Print what went wrong, and how long people waited."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=50)
    asked.add_argument("--each", type=int, default=4)
    asked.add_argument("--database", default="", help="maintenance database of a PostgreSQL")
    given = asked.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="luutru-bench-") as folder,
        database_at(given.database, "bench_at_once") as url,
    ):
        settings = Settings(home=folder, database_url=url)
        furnish(settings, given.people)
        with serving(settings) as address:
            crowd = Crowd(address, given.people, given.each)
            crowd.come()
        judge(settings, crowd)


def furnish(settings: Settings, count: int) -> None:
    """An organ with its books and so many clerks, each with a password as people have it."""
    make_home(settings)
    upgrade(settings.database)
    db = Database(settings.database)
    first = people.one_time(PASSWORD)  # one hash for all: what it costs to try it is the same
    with audit.acting_as(None, "command"), db.transaction() as session:
        organ, _, _ = organs.set_up(session, "TTLT", "Trung tâm Lưu trữ")
        books.ensure_books(session, organ)
        for number in range(count):
            name = f"vanthu{number}"
            person, _ = people.add(session, organ, name, name.title(), ["clerk"], first)
            person.must_change_password = False
    db.close()


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The server as an agency runs it; its address."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    told = {"HOME": settings.home, "PORT": str(port), "DATABASE_URL": settings.database_url}
    mine = {name: value for name, value in os.environ.items() if not name.startswith("LUUTRU_")}
    server = subprocess.Popen(
        [Path(sys.executable).with_name("luutru"), "serve"],
        env={**mine, **{f"LUUTRU_{name}": value for name, value in told.items()}},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    """Return as soon as it answers."""
    for _ in range(300):
        try:
            build_opener().open(f"{address}/sign-in", timeout=5).close()
            return
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(address)


@dataclass
class Crowd:
    """People who all come at the same moment."""

    address: str
    count: int
    each: int
    errors: list[str] = field(default_factory=list)
    waited: dict[str, list[float]] = field(default_factory=lambda: {"sign in": [], "register": []})
    spent: float = 0.0

    def come(self) -> None:
        """Let them all in, and wait until the last has done."""
        start = threading.Barrier(self.count)
        begin = time.perf_counter()
        with ThreadPoolExecutor(self.count) as hands:
            for number in range(self.count):
                hands.submit(self._one, number, start)
        self.spent = time.perf_counter() - begin

    def _one(self, number: int, start: threading.Barrier) -> None:
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        try:
            token = self._token(browser, "/sign-in")
            start.wait()
            told = {"name": f"vanthu{number}", "password": PASSWORD, "csrf_token": token}
            self._send(browser, "sign in", "/sign-in", told)
            for letter in range(self.each):
                form = {**a_letter(number, letter), "csrf_token": self._token(browser, NEW)}
                self._send(browser, "register", NEW, form)
        except HTTPError as failed:
            self.errors.append(f"{failed.code} {failed.url}")
        except (OSError, AssertionError) as failed:
            self.errors.append(f"{type(failed).__name__} {failed}")

    def _token(self, browser: OpenerDirector, path: str) -> str:
        with browser.open(f"{self.address}{path}", timeout=PATIENCE) as answer:
            found = TOKEN.search(answer.read().decode())
        assert found, path
        return found.group(1)

    def _send(self, browser: OpenerDirector, what: str, path: str, form: dict[str, str]) -> None:
        """Send a form and read the page to which it leads, as a browser does."""
        begin = time.perf_counter()
        sent = Request(f"{self.address}{path}", urlencode(form).encode())
        with browser.open(sent, timeout=PATIENCE) as answer:
            answer.read()
            assert not answer.url.endswith(path), f"{path} came back"
        self.waited[what].append(time.perf_counter() - begin)


NEW = "/registers/den/new"


def a_letter(number: int, letter: int) -> dict[str, str]:
    """A letter that nobody has registered before."""
    return {
        "subject": f"Về việc thứ {letter} của người thứ {number}",
        "organ_name": "Sở Nội vụ",
        "code_number": str(1000 * (letter + 1) + number),
        "code_notation": "SNV-VP",
        "issued_date": "12/01/2026",
    }


def judge(settings: Settings, crowd: Crowd) -> None:
    """Errors, gaps, doubles, a story that does not hold; and the waiting times."""
    db = Database(settings.database)
    with db.reading() as session:
        numbers = list(
            session.scalars(
                select(RegisterEntry.number).join(Register).where(Register.code == "den")
            )
        )
        findings = verify(session).findings
    db.close()
    kind = "PostgreSQL" if settings.database_url else "SQLite"
    print(f"{kind}: {crowd.count} people, {crowd.each} documents each, {crowd.spent:.1f} s in all")
    for what, waited in crowd.waited.items():
        if len(waited) > 1:
            late = quantiles(waited, n=20)[-1]
            print(f"  {what:10} median {median(waited):6.2f} s, 95th {late:6.2f} s, {len(waited)}")
    doubles = [number for number, times in Counter(numbers).items() if times > 1]
    gaps = set(range(1, max(numbers, default=0) + 1)) - set(numbers)
    lost = crowd.count * crowd.each - len(numbers)
    print(f"  errors {len(crowd.errors)}, gaps {len(gaps)}, doubles {len(doubles)}, lost {lost}")
    for said, times in Counter(crowd.errors).most_common(10):
        print(f"    {times}× {said}")
    for one in findings[:10]:
        print(f"    the story: {one}")
    if crowd.errors or gaps or doubles or lost or findings:
        sys.exit(1)


if __name__ == "__main__":
    main()
