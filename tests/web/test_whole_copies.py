"""Whole case files as one PDF: asked for, made by the worker, fetched by who asked alone."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from archive import alarms, audit, clock, documents, people, whole_copies
from archive.case_file_export import content_of
from archive.models import CaseFile
from archive.use_models import WholeCopy
from tests.factories import a_case_file, writing
from tests.web.conftest import House
from web import whole_making
from web.whole_making import place_of


def asked(house: House, user_name: str = "binh", code: str = "") -> int:
    """The number of what this person asked for just now."""
    house.post(house.as_(user_name), "/copies", case_file=code or house.case_file)
    with house.services.db.reading() as rows:
        return rows.scalars(select(WholeCopy.id).order_by(WholeCopy.id.desc())).first() or 0


def state_of(house: House, number: int) -> str:
    with house.services.db.reading() as rows:
        return rows.get_one(WholeCopy, number).state


def narrow(house: House) -> None:
    """From now on only its holder reads the case file."""
    with writing(house.services.db) as rows:
        found = rows.scalars(select(CaseFile).where(CaseFile.code == house.case_file)).one()
        found.access_level = "assigned"
        audit.record(rows, "case_file.correct", found)


def test_asking_makes_nothing_while_one_waits_and_says_how_far_it_is(house: House) -> None:
    number = asked(house)
    assert state_of(house, number) == "waiting"
    assert not place_of(house.services.settings, number).exists()
    page = house.as_("binh").get("/copies")
    assert "chờ đến lượt" in page.text and page.headers["Refresh"] == "5"
    assert asked(house) == number  # twice is the same as once
    with house.services.db.transaction() as rows:
        whole_copies.note(rows, number, state="making", done=2, total=7)
    assert "2 / 7 tệp" in house.as_("binh").get("/copies").text
    whole_making.begin_again(house.services)  # a worker that was killed comes back
    assert state_of(house, number) == "waiting"
    assert house.events("document.export") == []


@pytest.mark.tools
def test_it_is_fetched_by_who_asked_and_told_then(house: House) -> None:
    number = asked(house)
    assert whole_making.make_one(house.services)
    page = house.as_("binh").get("/copies")
    assert "Refresh" not in page.headers and re.search(r"Tải về \(\d", page.text)
    assert house.events("document.export") == []
    for other in ("lan", "hoa"):
        assert house.as_(other).get(f"/copies/{number}/file.pdf").status_code == 404
    answer = house.as_("binh").get(f"/copies/{number}/file.pdf")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF-")
    assert len(house.events("document.export")) == 1
    assert len(house.events("case_file.export_whole")) == 1
    with clock.standing_at(clock.now() + timedelta(hours=25)):
        whole_making.forget(house.services)
    assert state_of(house, number) == "gone"
    assert not place_of(house.services.settings, number).exists()
    assert house.as_("binh").get(f"/copies/{number}/file.pdf").status_code == 302


@pytest.mark.tools
def test_rights_that_were_lost_since_keep_it_from_being_fetched(house: House) -> None:
    number = asked(house, "minh")
    assert whole_making.make_one(house.services)
    narrow(house)
    assert house.as_("minh").get(f"/copies/{number}/file.pdf").status_code == 404
    assert house.events("document.export") == []


def test_rights_that_were_lost_while_it_waited_keep_it_from_being_made(house: House) -> None:
    number = asked(house, "minh")
    narrow(house)
    assert whole_making.make_one(house.services)
    assert state_of(house, number) == "failed"
    assert not place_of(house.services.settings, number).exists()


@pytest.mark.tools
def test_a_case_file_that_changed_since_is_printed_anew(house: House) -> None:
    number = asked(house)
    assert whole_making.make_one(house.services)
    house.post(house.as_("lan"), "/tray", document=house.tray_code, case_file=house.case_file)
    binh = house.as_("binh")
    answer = binh.get(f"/copies/{number}/file.pdf")
    assert answer.status_code == 302 and house.events("document.export") == []
    assert "đã thay đổi" in binh.get("/copies").text


def test_one_with_a_document_that_is_suspected_since_goes_at_once(house: House) -> None:
    number = asked(house)
    place = place_of(house.services.settings, number)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"%PDF-1.7 all of it")
    with house.services.db.transaction() as rows:
        whole, _ = whole_copies.to_make(rows, number)
        told = {"content": content_of(whole), "made_at": clock.now(), "size": 18}
        whole_copies.note(rows, number, state="ready", **told)
    whole_making.forget(house.services)
    assert state_of(house, number) == "ready"
    with writing(house.services.db) as rows:
        alarms.sound(rows, documents.by_code(rows, house.open_code), alarms.SUSPECTED)
    whole_making.forget(house.services)
    assert (state_of(house, number), place.exists()) == ("gone", False)


def test_nobody_piles_up_more_than_a_few(house: House) -> None:
    for number in range(whole_copies.MOST_AT_ONCE + 1):
        file = a_case_file(house.services.db, house.organ(), f"Hồ sơ {number}")
        house.post(house.as_("binh"), "/copies", case_file=file.code)
    with house.services.db.reading() as rows:
        binh = people.by_name(rows, "binh")
        mine = rows.scalars(whole_copies.of(binh, house.organ())).all()
    assert len(mine) == whole_copies.MOST_AT_ONCE
