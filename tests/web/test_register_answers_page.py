"""The clerk's pages once more: what a line answers, who has it, what is still to be digitised."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive import audit, clock, deliveries, organ_rules
from archive.models import Organ
from archive.register_models import RegisterEntry
from tests.factories import a_case_file, writing
from tests.web.conftest import House
from web import clockwork

LETTER = {
    "subject": "Đề nghị báo cáo",
    "organ_name": "Sở Nội vụ",
    "type_name": "Công văn",
    "incomplete": "Không đề số, ngày",
}
REPLY = {"subject": "Trả lời", "type_name": "Công văn", "recipients": "Sở Nội vụ; UBND xã A (giấy)"}


@pytest.fixture
def clerk(house: House) -> FlaskClient:
    client = house.as_("minh")
    house.post(client, "/registers")
    return client


def entered(house: House, client: FlaskClient, book: str, **form: Any) -> str:
    """The address of the line."""
    answer = house.post(client, f"/registers/{book}/new", **form)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def code_of(address: str) -> str:
    return address.split("/registers/")[1]


def line(house: House, address: str) -> RegisterEntry:
    book, year, number = code_of(address).split("/")
    with house.services.db.reading() as rows:
        found = select(RegisterEntry).where(
            RegisterEntry.year == int(year), RegisterEntry.number == int(number)
        )
        return next(one for one in rows.scalars(found) if one.register.code == book)


@pytest.mark.rule("HC-27")
def test_from_what_came_in_the_clerk_goes_to_its_answer_and_back(
    house: House, clerk: FlaskClient
) -> None:
    asked = entered(house, clerk, "den", **LETTER)
    code = code_of(asked)
    page = clerk.get(asked).text
    way = re.search(r'href="(/registers/di/new\?answers=[^"]+)"', page)
    assert way
    assert f'value="{code}"' in clerk.get(way[1]).text
    assert f'value="{code}"' in clerk.get(f"/issuing/new?answers={code}").text
    answer = entered(house, clerk, "di", **REPLY, answers=f"{code};")
    assert code_of(answer) in clerk.get(asked).text
    assert f'<a class="code" href="/registers/{code}">' in clerk.get(answer).text


def test_a_line_that_is_not_there_is_named_and_the_form_keeps_what_was_typed(
    house: House, clerk: FlaskClient
) -> None:
    answer = house.post(clerk, "/registers/di/new", **REPLY, answers="den/2026/99")
    assert answer.status_code == 422
    assert "den/2026/99" in answer.text and "UBND xã A (giấy)" in answer.text


@pytest.mark.rule("HC-32")
def test_an_organ_that_asks_for_it_takes_no_outgoing_line_out_of_nowhere(
    house: House, clerk: FlaskClient
) -> None:
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        organ_rules.set_rules(rows, organ, {"outgoing_needs_origin": "1"}, "QĐ 212/QĐ-VP")
    answer = house.post(clerk, "/registers/di/new", **REPLY)
    assert answer.status_code == 422
    assert "mở hồ sơ" in answer.text.lower()
    case_file = a_case_file(house.services.db, house.organ(), holder=house.person("minh"))
    address = entered(house, clerk, "di", **REPLY, case_file=case_file.code)
    assert case_file.code in clerk.get(address).text


@pytest.mark.rule("HC-29", "HC-60")
def test_the_clerk_notes_who_has_it_and_is_reminded_of_the_rest(
    house: House, clerk: FlaskClient
) -> None:
    address = entered(house, clerk, "di", **REPLY)
    seen = line(house, address).revision
    page = clerk.get(address).text
    assert page.count('name="recipient"') == 2
    form = {"revision": str(seen), "recipient": "Sở Nội vụ", "how": "trục liên thông"}
    house.post(clerk, f"{address}/arrived", **form)
    page = clerk.get(address).text
    assert "trục liên thông" in page and page.count('name="recipient"') == 1
    house.post(clerk, f"{address}/remind", **form)  # somebody was faster: nothing happens
    with house.services.db.reading() as rows:
        told = [one.reminded_on for one in deliveries.of_entry(rows, line(house, address))]
    assert told == [None, None]
    assert "REPLY" not in page
    book = address.rsplit("/", 2)[0]
    assert "Trả lời" in clerk.get(f"{book}?only=unconfirmed").text
    with clock.standing_at(clock.now() + timedelta(days=5)):
        assert clockwork.give_notice(house.services) >= 1
        clerk = house.as_("minh")
        assert "unconfirmed" in clerk.get("/").text
        listed = clerk.get("/notices").text
        assert "chưa báo" in listed.lower()
        assert "chưa báo" not in house.as_("binh").get("/notices").text.lower()


def test_only_clerks_note_who_has_it(house: House, clerk: FlaskClient) -> None:
    address = entered(house, clerk, "di", **REPLY)
    officer = house.as_("binh")
    assert 'name="recipient"' not in officer.get(address).text
    assert house.post(officer, f"{address}/arrived").status_code == 403


@pytest.mark.rule("HC-18", "HC-89")
def test_paper_on_the_list_is_marked_until_its_scan_is_there_and_goes_on_meanwhile(
    house: House, clerk: FlaskClient
) -> None:
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        rules = {"scan_policy": "list", "types_to_scan": "Công văn, Tờ trình"}
        organ_rules.set_rules(rows, organ, rules, "Danh mục văn bản phải số hóa")
    assert "Công văn, Tờ trình" in clerk.get("/registers/den/new").text
    listed = entered(house, clerk, "den", **LETTER)
    other = {**LETTER, "type_name": "Giấy mời", "subject": "Mời họp", "code_number": "2"}
    unlisted = entered(house, clerk, "den", **other)
    sent = {**LETTER, "channel": "axis", "subject": "Qua trục", "code_number": "3"}
    electronic = entered(house, clerk, "den", **sent)
    mark = "Cần số hóa"
    assert mark in clerk.get(listed).text
    assert mark not in clerk.get(unlisted).text and mark not in clerk.get(electronic).text
    house.post(clerk, f"{listed}/hand-on", to="Phòng A")  # the paper goes on in parallel
    found = clerk.get("/registers/den?only=unscanned").text
    assert "Đề nghị báo cáo" in found
    assert "Mời họp" not in found and "Qua trục" not in found
    with writing(house.services.db) as rows:
        held = rows.get_one(RegisterEntry, line(house, listed).id)
        held.document_id = house.document(house.tray_code).id
        audit.record(rows, "register_entry.join", held)
    assert mark not in clerk.get(listed).text


@pytest.mark.rule("TG-14")
def test_what_goes_out_on_paper_is_marked_until_its_electronic_copy_is_there(
    house: House, clerk: FlaskClient
) -> None:
    alone = entered(house, clerk, "di", **REPLY, circulation="paper")
    pair = entered(
        house, clerk, "di", **{**REPLY, "subject": "Cả hai bản"}, document=house.tray_code
    )
    mark = "Chưa có bản điện tử"
    assert mark in clerk.get(alone).text and mark not in clerk.get(pair).text
    found = clerk.get("/registers/di?only=unscanned").text
    assert "Trả lời" in found and "Cả hai bản" not in found


@pytest.mark.rule("HC-20")
def test_the_clerk_notes_the_leaders_opinion_with_lead_term_and_direction(
    house: House, clerk: FlaskClient
) -> None:
    address = entered(house, clerk, "den", **LETTER, due_date="25/12/2030")
    opinion = "Chủ trì: Phòng A; phối hợp: Phòng B; báo cáo trước khi trình"
    house.post(clerk, f"{address}/hand-on", to="Phòng A; Phòng B", opinion=opinion)
    page = house.as_("binh").get(address).text
    assert opinion in page and "Phòng A; Phòng B" in page and "25/12/2030" in page
    handed = [one for one in house.events("register_entry.hand_on")]
    assert [one.person_id for one in handed] == [house.person("minh").id]


@pytest.mark.rule("HC-89")
def test_who_sent_a_message_is_told_as_it_is_registered(house: House, clerk: FlaskClient) -> None:
    address = entered(house, clerk, "den", **LETTER, channel="axis", acknowledge="1")
    assert line(house, address).acknowledged_at is not None
    told: Any = clerk.get(f"{address}/receipt.json").json
    assert (told["status"], told["code"]) == ("received", "03")
    assert clerk.get(f"{address}/receipt.xml").mimetype == "application/xml"
