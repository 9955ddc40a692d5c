"""Many people at the same moment: no error, no number left out, none given twice."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from archive import books
from archive.audit_check import verify
from archive.database import Database
from archive.models import Organ
from archive.register_models import RegisterEntry
from archive.settings import Settings
from tests.factories import PASSWORD, a_person, an_organ, writing
from web.app import create_app
from web.services import make_home, open_services

PEOPLE, EACH = 12, 4
NEW = "/registers/den/new"


@pytest.fixture
def pages(db: Database, tmp_path: Path) -> Iterator[Flask]:
    """The pages of an organ with a dozen clerks, on each database."""
    organ = an_organ(db)
    with writing(db) as session:
        books.ensure_books(session, session.get_one(Organ, organ.id))
    for number in range(PEOPLE):
        a_person(db, organ, f"vanthu{number}", "clerk")
    settings = Settings(home=str(tmp_path / "home"), database_url=db.url)
    make_home(settings)
    with open_services(settings) as services:
        yield create_app(services)


def test_a_dozen_sign_in_and_register_at_the_same_moment(pages: Flask, db: Database) -> None:
    start = Barrier(PEOPLE)

    def one(number: int) -> list[int]:
        browser = pages.test_client()

        def send(path: str, **form: str) -> int:
            token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
            assert token
            return browser.post(path, data={"csrf_token": token.group(1), **form}).status_code

        browser.get("/sign-in")
        start.wait()
        codes = [send("/sign-in", name=f"vanthu{number}", password=PASSWORD)]
        for letter in range(EACH):
            named = {"code_number": f"{100 * (letter + 1) + number}", "code_notation": "SNV-VP"}
            told = {
                "subject": "Về việc thử",
                "organ_name": "Sở Nội vụ",
                "issued_date": "12/01/2026",
            }
            codes.append(send(NEW, **named, **told))
        return codes

    with ThreadPoolExecutor(PEOPLE) as hands:
        answers = list(hands.map(one, range(PEOPLE)))
    assert answers == [[302] * (1 + EACH)] * PEOPLE
    with db.reading() as session:
        numbers = session.scalars(select(RegisterEntry.number).order_by(RegisterEntry.number))
        assert list(numbers) == list(range(1, PEOPLE * EACH + 1))
        assert not verify(session).findings


def test_only_failed_sign_ins_count_against_an_address(pages: Flask) -> None:
    """A whole agency comes from one address; who guesses there is held up soon."""

    def sign_in(name: str, password: str) -> int:
        browser = pages.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text)
        assert token
        form = {"csrf_token": token.group(1), "name": name, "password": password}
        return browser.post("/sign-in", data=form).status_code

    rightly = [sign_in(f"vanthu{number % PEOPLE}", PASSWORD) for number in range(40)]
    assert rightly == [302] * 40
    wrongly = [sign_in(f"khong{number}", "sai") for number in range(40)]
    assert wrongly[0] == 401 and wrongly[-1] == 429
