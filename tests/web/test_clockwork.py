"""Notices and their mail, against a real mail server in this process."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from archive import audit, clock, closing, notices, people, submissions
from archive.errors import Invalid
from archive.life_models import Notice, NoticeItem, Submission
from archive.models import CaseFile, Organ
from tests.factories import a_case_file, a_document
from tests.web.conftest import House
from web import clockwork
from web.mailing import open_mail
from web.services import Services

MOMENT = clock.now() + timedelta(days=60)  # when these tests look
ENDED = clock.months_after(MOMENT.date() + timedelta(days=14), -12)
DUE = clock.months_after(ENDED, 12)


class Letterbox:
    """What the server took; it says no as often as it is told to."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.refusals = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, str]]:
    box = Letterbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def a_due_case_file(house: House) -> str:
    services = house.services
    holder = house.person("binh")
    case_file = a_case_file(
        services.db,
        house.organ(),
        "Quy hoạch sử dụng đất",
        holder=holder,
        maintenance="20 năm",
        start_date=clock.months_after(ENDED, -12),
    )
    a_document(services.db, house.organ(), case_file=case_file)
    with audit.acting_as(None, "command"), services.db.transaction() as session:
        found = session.get_one(CaseFile, case_file.id)
        binh = people.by_name(session, "binh")
        binh.email = "binh@example.vn"
        audit.record(session, "person.change", binh)
        closing.close(session, found, binh, {"EndDate": f"{ENDED:%d/%m/%Y}"})
    return case_file.code


def with_mail(services: Services, url: str) -> Services:
    return replace(services, settings=replace(services.settings, mail_url=url))


def test_a_notice_goes_into_the_inbox_and_out_by_mail_once(
    house: House, letterbox: tuple[Letterbox, str]
) -> None:
    box, url = letterbox
    services = with_mail(house.services, url)
    code = a_due_case_file(house)
    with clock.standing_at(MOMENT):
        assert clockwork.give_notice(services) == 1
        assert clockwork.give_notice(services) == 0
        assert (clockwork.send_mail(services), clockwork.send_mail(services)) == (1, 0)
    (letter,) = box.letters
    assert letter["To"] == "binh@example.vn"
    body = letter.get_content()  # type: ignore[attr-defined]
    assert f"{code} – Quy hoạch sử dụng đất" in body and f"{DUE:%d/%m/%Y}" in body
    with services.db.reading() as session:
        notice = session.scalars(select(Notice)).one()
        assert letter["Message-ID"] == f"<{notice.message_id}>"
        assert len(session.scalars(select(NoticeItem)).all()) == 1


def test_a_server_that_says_no_is_asked_again_with_the_same_letter(
    house: House, letterbox: tuple[Letterbox, str]
) -> None:
    box, url = letterbox
    box.refusals = 2
    services = with_mail(house.services, url)
    a_due_case_file(house)
    with clock.standing_at(MOMENT):
        clockwork.give_notice(services)
    taken = []
    for minutes in (0, 0.5, 1, 2, 3, 4):
        with clock.standing_at(MOMENT + timedelta(minutes=minutes)):
            taken.append(clockwork.send_mail(services))
    assert taken == [0, 0, 0, 0, 1, 0]  # after one minute, then after two
    assert len(box.letters) == 1


def test_without_a_mail_server_the_notice_stays_in_the_inbox(house: House) -> None:
    a_due_case_file(house)
    with clock.standing_at(MOMENT):
        clockwork.give_notice(house.services)
        assert clockwork.send_mail(house.services) == 0
    with house.services.db.reading() as session:
        assert session.scalars(select(Notice)).one().mailed_at is None


def test_a_silent_server_loses_nothing(house: House) -> None:
    services = with_mail(house.services, "smtp://127.0.0.1:9")
    a_due_case_file(house)
    with clock.standing_at(MOMENT):
        clockwork.give_notice(services)
        assert clockwork.send_mail(services) == 0
    with house.services.db.reading() as session:
        notice = session.scalars(select(Notice)).one()
        assert (notice.mail_tries, notice.mailed_at) == (1, None)
        assert "ConnectionRefused" in notice.mail_trouble


def test_a_server_that_is_silent_for_a_month_loses_nothing(
    house: House, letterbox: tuple[Letterbox, str]
) -> None:
    silent = with_mail(house.services, "smtp://127.0.0.1:9")
    a_due_case_file(house)
    with clock.standing_at(MOMENT):
        clockwork.give_notice(silent)
    tries = 0
    for hours in range(24 * 30):
        with clock.standing_at(MOMENT + timedelta(hours=hours)), silent.db.reading() as session:
            tries += bool(waiting := notices.to_mail(session))
        if waiting:
            with (
                clock.standing_at(MOMENT + timedelta(hours=hours)),
                audit.acting_as(None, "worker"),
                silent.db.transaction() as session,
            ):
                notices.not_mailed(session, waiting[0].id, "ConnectionRefused")
    assert 60 < tries < 200
    awake = with_mail(house.services, letterbox[1])
    with clock.standing_at(MOMENT + timedelta(days=31)):
        assert clockwork.send_mail(awake) == 1


def test_an_address_that_no_server_takes_holds_up_nobody_elses_mail(
    house: House, letterbox: tuple[Letterbox, str]
) -> None:
    services = with_mail(house.services, letterbox[1])
    a_due_case_file(house)
    with clock.standing_at(MOMENT):
        clockwork.give_notice(services)
        with audit.acting_as(None, "command"), services.db.transaction() as session:
            binh = people.by_name(session, "binh")
            binh.email = "a@["
            audit.record(session, "person.change", binh)
        assert clockwork.send_mail(services) == 0
    with house.services.db.reading() as session:
        assert "bad_email" in session.scalars(select(Notice)).one().mail_trouble


def test_no_name_adds_a_header_to_a_letter() -> None:
    mail = open_mail("smtp://127.0.0.1:25", "a@example.vn")
    assert mail is not None
    letter = mail.letter("b@example.vn", "x\nBcc: d@e.vn", "", "1@x")
    assert letter["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    [
        "b@example.vn\r\nBcc: c@example.vn",
        "b@e.vn, c@e.vn",
        "<",
        '"',
        "a@",
        "a@[",
        "=?utf-8?q?=0A?=",
    ],
)
def test_a_letter_goes_to_one_plain_address(address: str) -> None:
    mail = open_mail("smtp://127.0.0.1:25", "a@example.vn")
    assert mail is not None
    with pytest.raises(Invalid, match="bad_email"):
        mail.letter(address, "x", "", "1@x")


def test_what_was_submitted_is_looked_through_by_the_worker(house: House) -> None:
    code = a_due_case_file(house)
    services = house.services
    with audit.acting_as(None, "command"), services.db.transaction() as session:
        organ = session.get_one(Organ, house.organ().id)
        case_file = session.scalars(select(CaseFile).where(CaseFile.code == code)).one()
        by = people.by_name(session, "binh")
        submissions.submit(session, organ, [case_file], by)
    assert clockwork.look_through_submissions(services) == 1
    assert clockwork.look_through_submissions(services) == 0
    with services.db.reading() as session:
        item = session.scalars(select(Submission)).one().items[0]
        lines = {one["check"]: one["is_good"] for one in item.checks}
    assert set(lines) == {"plan", "completeness", "signatures", "virus", "format", "digests"}
    assert lines["digests"] is False  # the factory stores no bytes
