"""An incoming document ends: who handles it says where it is kept and who else shall look."""

from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from archive import audit, freezes, notices, people, personal_files, registers, units
from archive.books import default_book
from archive.life_models import Notice, PersonalFileItem
from archive.models import CaseFile, Document, Organ, Person, Placement
from archive.register_models import RegisterEntry
from tests.factories import a_case_file, a_document, a_person, counting, writing
from tests.web.conftest import House
from web.cli import main

SUBJECT = "Đơn đề nghị giao đất"


def a_line(house: House, to: str = "Binh", code: str = "", **values: str) -> str:
    """The path of an incoming line that was handed to somebody, with its document in the tray."""
    db = house.services.db
    code = code or a_document(db, house.organ(), SUBJECT, direction="incoming").code
    with writing(db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        book = default_book(rows, organ, "incoming")
        typed = {"subject": SUBJECT, "to_places": to, **values}
        entry = registers.enter(rows, book, people.by_name(rows, "minh"), typed)
        entry.document_id = house.document(code).id
        return f"/registers/{entry.code}"


def line(house: House, number: int = 1) -> RegisterEntry:
    with house.services.db.reading() as rows:
        found = select(RegisterEntry).where(RegisterEntry.number == number)
        return rows.scalars(found.order_by(RegisterEntry.id)).first() or pytest.fail("no line")


def file_of(house: House, holder: str = "binh", **more: Any) -> str:
    return a_case_file(
        house.services.db, house.organ(), "Giao đất 2026", holder=house.person(holder), **more
    ).code


def placed(house: House, number: int = 1) -> list[str]:
    """The case files in which the line's document stands."""
    entry = line(house, number)
    with house.services.db.reading() as rows:
        found = select(CaseFile.code).join(Placement)
        return list(rows.scalars(found.where(Placement.document_id == entry.document_id)))


def inbox(house: House, user_name: str) -> list[Notice]:
    with house.services.db.reading() as rows:
        return list(rows.scalars(notices.inbox(people.by_name(rows, user_name))))


def finish(house: House, client: FlaskClient, where: str, **form: str) -> str:
    """What the person is told on the page that follows."""
    told = {"outcome": "for_reference", **form}
    answer = house.post(client, f"{where}/finish", **told)
    return str(client.get(answer.location).text) if answer.status_code == 302 else answer.text


@pytest.mark.rule("KT-35", "DB-24", "TN-29")
def test_who_handles_it_finishes_it_stores_it_and_shows_it_to_others_in_one_act(
    house: House,
) -> None:
    where, into = a_line(house), file_of(house)
    binh = house.as_("binh")
    assert into in binh.get(where).text  # offered
    finish(house, binh, where, keep="case_file", case_file=into, show_to="Lan")
    assert line(house).outcome == "for_reference"
    assert placed(house) == [into]
    (notice,) = inbox(house, "lan")
    page = house.as_("lan").get(f"/notices/{notice.id}").text
    assert SUBJECT in page and f'href="{where}"' in page
    assert inbox(house, "binh") == []
    assert "đã cất văn bản" in binh.get(where).text


@pytest.mark.rule("TN-29")
def test_to_store_or_not_is_asked_and_not_to_store_has_its_reason(house: House) -> None:
    where, binh = a_line(house), house.as_("binh")
    for form in ({}, {"keep": "not"}, {"keep": "case_file"}, {"keep": "not", "not_kept": " "}):
        assert "Chưa nói văn bản" in finish(house, binh, where, **form)
        assert line(house).finished_on is None
    finish(house, binh, where, keep="not", not_kept="Chỉ để biết")
    assert line(house).finished_on is not None
    assert "Chỉ để biết" in binh.get(where).text
    assert SUBJECT in house.as_("lan").get("/tray").text


@pytest.mark.rule("DB-24", "TN-29", "KT-46")
def test_the_personal_file_keeps_nothing_from_the_archive(house: House) -> None:
    where, binh, lan = a_line(house), house.as_("binh"), house.as_("lan")
    finish(house, binh, where, keep="personal")
    assert SUBJECT in binh.get("/my-file").text
    assert SUBJECT not in lan.get("/my-file").text  # one's own
    assert SUBJECT in lan.get("/tray").text  # still to be filed, for all to see
    assert placed(house) == []
    entry = line(house)
    with house.services.db.reading() as rows:
        code = rows.get_one(Document, entry.document_id).code
    house.post(lan, "/tray", document=code, case_file=house.case_file)
    assert house.case_file in binh.get("/my-file").text
    house.post(binh, "/my-file/drop", document=code)
    assert SUBJECT not in binh.get("/my-file").text
    assert placed(house) == [house.case_file]
    told = house.events("person.keep_document") + house.events("person.drop_document")
    assert [one.person_id for one in told] == [house.person("binh").id] * 2


@pytest.mark.rule("KT-46")
def test_a_person_orders_their_own_file_by_headings(house: House) -> None:
    binh = house.as_("binh")
    form = {"document": house.tray_code, "heading": "Họp giao ban"}
    house.post(binh, "/my-file", **form)
    house.post(binh, "/my-file", document=house.open_code)
    page = binh.get("/my-file?heading=Họp+giao+ban").text
    assert "Giấy mời họp" in page and "Quyết định ban hành" not in page
    house.post(binh, "/my-file", **{**form, "heading": ""})
    assert "Họp giao ban" not in binh.get("/my-file").text
    house.post(binh, "/my-file", document=house.tray_code, heading="x" * 101)
    house.post(binh, "/my-file", document=house.tray_code, heading="(TỐI MẬT)")
    with house.services.db.reading() as rows:
        assert {one.heading for one in rows.scalars(select(PersonalFileItem))} == {""}


def test_what_is_closed_to_a_person_is_not_put_in_nor_shown_any_more(house: House) -> None:
    binh, lan = house.as_("binh"), house.as_("lan")
    assert house.post(binh, "/my-file", document=house.closed_code).status_code == 404
    house.post(lan, "/my-file", document=house.closed_code)
    with writing(house.services.db) as rows:
        found = people.by_name(rows, "binh")
        personal_files.keep(rows, found, rows.get_one(Document, _id(house, house.closed_code)))
    assert "Nhân sự dự kiến" in lan.get("/my-file").text
    assert "Nhân sự dự kiến" not in binh.get("/my-file").text
    for _ in range(2):
        assert house.post(binh, "/my-file/drop", document=house.closed_code).status_code == 302
    assert len(house.events("person.drop_document")) == 1


def _id(house: House, code: str) -> int:
    return house.document(code).id


def test_the_personal_file_asks_few_questions_however_full_it_is(house: House) -> None:
    db, binh = house.services.db, house.as_("binh")
    for number in range(3):
        house.post(binh, "/my-file", document=a_document(db, house.organ(), f"V {number}").code)
    with counting(db) as few:
        binh.get("/my-file")
    for number in range(15):
        house.post(binh, "/my-file", document=a_document(db, house.organ(), f"W {number}").code)
    with counting(db) as many:
        binh.get("/my-file")
    assert len(many) == len(few) <= 15


# Who may, and what stands in the way --------------------------------------------------------------


@pytest.mark.rule("DB-04")
def test_a_document_is_ended_by_who_handles_it_or_a_clerk_and_by_nobody_else(
    house: House,
) -> None:
    where = a_line(house, "Phòng Tin học và Thống kê")
    a_person(house.services.db, house.organ(), "khang", "officer")
    for name in ("binh", "khang", "thu"):
        client = house.as_(name)
        assert house.post(client, f"{where}/finish", outcome="for_reference").status_code == 403
    assert "người đang xử lý" in house.as_("khang").get(where).text
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        unit = units.add(rows, organ, "THTK", "Phòng Tin học và Thống kê")
        khang = people.by_name(rows, "khang")
        khang.unit_id = unit.id
        audit.record(rows, "person.change", khang)
    finish(house, house.as_("khang"), where, keep="not", not_kept="Để biết")
    assert line(house).finished_on is not None
    second = a_line(house)
    finish(house, house.as_("minh"), second, keep="not", not_kept="Để biết")
    assert line(house, 2).finished_on is not None


def test_of_two_people_of_one_name_neither_is_meant(house: House) -> None:
    where = a_line(house)
    a_person(house.services.db, house.organ(), "binh2", "officer", full_name="Bình")
    assert house.post(house.as_("binh"), f"{where}/finish").status_code == 403


def test_who_may_not_look_is_not_shown_it_and_nothing_is_done(house: House) -> None:
    where, clerk = a_line(house, code=house.closed_code), house.as_("minh")
    assert "không được xem" in finish(house, clerk, where, show_to="Binh")
    assert "Không có ai" in finish(house, clerk, where, show_to="Hoa")
    assert line(house).finished_on is None
    assert inbox(house, "binh") == []
    finish(house, clerk, where, show_to="Lan")
    assert len(inbox(house, "lan")) == 1


def test_a_case_file_of_another_or_a_frozen_document_ends_nothing(house: House) -> None:
    where, others = a_line(house), file_of(house, "lan", access_level="unit")
    a_person(house.services.db, house.organ(), "truong", "head")
    binh = house.as_("binh")
    answer = house.post(
        binh, f"{where}/finish", outcome="for_reference", keep="case_file", case_file=others
    )
    assert answer.status_code == 404
    closed = file_of(house)
    with writing(house.services.db) as rows:
        document = rows.get_one(Document, line(house).document_id or 0)
        freezes.freeze(
            rows,
            rows.get_one(Organ, house.organ().id),
            [document],
            by=rows.get_one(Person, house.person("lan").id),
            number="5/QĐ",
            ordered_on=document.shelved_at.date(),
            reason="Thanh tra",
        )
    assert "5/QĐ" in finish(house, binh, where, keep="case_file", case_file=closed)
    assert line(house).finished_on is None


def test_of_two_people_who_end_it_the_second_is_told(house: House) -> None:
    where = a_line(house)
    finish(house, house.as_("binh"), where, keep="not", not_kept="Để biết", revision="1")
    said = finish(house, house.as_("minh"), where, keep="personal", revision="1")
    assert "trong khi ông/bà" in said or "trong lúc ông/bà" in said
    assert line(house).not_kept == "Để biết"
    assert house.events("person.keep_document") == []


def test_a_line_without_a_file_is_ended_but_nothing_is_stored_of_it(house: House) -> None:
    where = a_line(house)
    with writing(house.services.db) as rows:
        entry = rows.get_one(RegisterEntry, line(house).id)
        entry.document_id = None
        audit.record(rows, "register_entry.correct", entry)
    binh = house.as_("binh")
    assert "chưa có văn bản" in finish(house, binh, where, keep="personal")
    finish(house, binh, where)
    assert line(house).finished_on is not None


def test_what_is_taken_up_again_is_asked_anew(house: House) -> None:
    where, clerk = a_line(house), house.as_("minh")
    finish(house, clerk, where, keep="not", not_kept="Để biết")
    house.post(clerk, f"{where}/again", why="Bổ sung")
    assert (line(house).finished_on, line(house).not_kept) == (None, "")


@pytest.mark.rule("TN-30")
@pytest.mark.parametrize("typed", ["12/TB-VP", " 012 / tb – vp "])
def test_done_at_a_document_leads_to_the_line_of_that_number(house: House, typed: str) -> None:
    where = a_line(house)
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        clerk, book = people.by_name(rows, "minh"), default_book(rows, organ, "outgoing")
        for _ in range(12):
            out = registers.enter(
                rows, book, clerk, {"subject": "Trả lời", "code_notation": "TB-VP"}
            )
        code = out.code
    client = house.as_("binh")
    more = {"done_at": typed, "keep": "not", "not_kept": "Đã trả lời"}
    finish(house, client, where, outcome="done_at", **more)
    page = client.get(where).text
    assert f'href="/registers/{code}"' in page
    assert line(house).done_at == typed.strip()


# By command ---------------------------------------------------------------------------------------


def test_the_same_by_command(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, into = a_line(house).removeprefix("/registers/"), file_of(house)
    monkeypatch.setenv("LUUTRU_HOME", house.services.settings.home)

    def run(*given: str, code: int = 0) -> str:
        ran = CliRunner().invoke(main, ["--as", "binh", *given])
        assert ran.exit_code == code, ran.output
        return ran.stdout

    run("register", "finish", entry, "--outcome", "for_reference", code=2)
    told = ("--case-file", into, "--my-file", "--show-to", "Lan", "--json")
    said = run("register", "finish", entry, "--outcome", "for_reference", *told)
    assert '"shown_to": ["lan"]' in said
    assert placed(house) == [into]
    with house.services.db.reading() as rows:
        document = rows.get_one(Document, line(house).document_id or 0).code
    assert document in run("my-file", "list", "--json")
    run("my-file", "keep", document, "--heading", "Đất đai")
    assert "Đất đai" in run("my-file", "list", "--heading", "Đất đai", "--json")
    run("my-file", "drop", document)
    assert document not in run("my-file", "list")
    run("my-file", "drop", document, code=4)
