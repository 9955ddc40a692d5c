"""Answers to senders, by a real mail server in this process."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from archive import books, clock, refusals, register_handling, registers
from archive.models import Organ, Person
from archive.register_models import Refusal, RegisterEntry
from tests.factories import writing
from tests.web.conftest import House
from tests.web.test_clockwork import Letterbox, with_mail
from tests.web.test_clockwork import letterbox as letterbox  # a fixture
from web import sender_mail


def received(house: House, email: str = "vanthu@sonoivu.example") -> int:
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        book = books.default_book(rows, organ, "incoming")
        told = {
            "subject": "Đề nghị báo cáo",
            "organ_name": "Sở Nội vụ",
            "code_number": "15",
            "code_notation": "SNV-VP",
            "sender_email": email,
        }
        by = rows.get_one(Person, house.person("minh").id)
        entry = registers.enter(rows, book, by, told)
        register_handling.acknowledge(rows, entry)
        return entry.id


def parts(letter: Any) -> tuple[str, bytes]:
    """What a letter says, and what goes along."""
    (added,) = letter.iter_attachments()
    return letter.get_body().get_content(), added.get_content()


@pytest.mark.rule("HC-15", "HC-60", "HC-89")
def test_who_sent_it_is_told_once_that_it_is_here(
    house: House, letterbox: tuple[Letterbox, str]
) -> None:
    box, url = letterbox
    services = with_mail(house.services, url)
    number = received(house)
    received(house, email="")
    assert (sender_mail.send_answers(services), sender_mail.send_answers(services)) == (1, 0)
    (letter,) = box.letters
    text, message = parts(letter)
    assert letter["To"] == "vanthu@sonoivu.example" and "15/SNV-VP" in letter["Subject"]
    assert "Sở Nội vụ" in text and "15/SNV-VP" in text
    assert b"<edXML:StatusCode>03</edXML:StatusCode>" in message
    with services.db.reading() as rows:
        assert rows.get_one(RegisterEntry, number).answer_sent_at is not None


@pytest.mark.rule("HC-16")
def test_who_sent_what_is_refused_is_told_why(
    house: House, letterbox: tuple[Letterbox, str]
) -> None:
    box, url = letterbox
    services = with_mail(house.services, url)
    box.refusals = 1  # the server says no the first time
    with writing(services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        by = rows.get_one(Person, house.person("minh").id)
        answer = {"sender": "Sở Y tế", "sender_email": "vt@soyte.example", "reference": "7/SYT"}
        refusals.refuse(rows, organ, by, "incomplete", reason="Thiếu phụ lục", **answer)
    assert sender_mail.send_answers(services) == 0
    with clock.standing_at(clock.now() + timedelta(minutes=2)):
        assert sender_mail.send_answers(services) == 1
    (letter,) = box.letters
    text, message = parts(letter)
    assert "Thiếu phụ lục" in text and "7/SYT" in text
    assert b"<edXML:StatusCode>02</edXML:StatusCode>" in message
    with services.db.reading() as rows:
        kept = rows.scalars(select(Refusal)).one()
        assert kept.answered_at is not None and kept.answer_tries == 1


def test_without_a_server_nothing_is_sent_or_lost(house: House) -> None:
    number = received(house)
    assert sender_mail.send_answers(house.services) == 0
    with house.services.db.reading() as rows:
        entry = rows.get_one(RegisterEntry, number)
        assert (entry.answer_sent_at, entry.answer_tries) == (None, 0)
