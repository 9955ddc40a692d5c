"""Documents under alarm, at every door: closed to who decides nothing, decided with a password."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from archive import alarms, audit, case_file_export, case_files, clock, documents, people
from archive.models import Document
from ingest.intakes import names_hidden, seen_intakes
from ingest.models import Intake
from tests.factories import PASSWORD, a_case_file, a_document, a_person, an_intake, writing
from tests.web.conftest import House
from web import book_forms


@pytest.fixture
def suspected(house: House) -> str:
    """The code of a document in an open case file that is under suspicion."""
    db, organ = house.services.db, house.organ()
    files = a_case_file(db, organ, "Hồ sơ mở")
    code = a_document(db, organ, "Về việc ngờ mật", case_file=files).code
    with writing(db) as rows:
        alarms.sound(rows, documents.by_code(rows, code), alarms.SUSPECTED)
    return code


def case_file_of(house: House, code: str) -> str:
    with house.services.db.reading() as rows:
        return documents.by_code(rows, code).placements[0].case_file.code


def alarm_of(house: House, code: str) -> str | None:
    with house.services.db.reading() as rows:
        return rows.scalar(select(Document.alarm).where(Document.code == code))


def test_only_who_decides_sees_it_anywhere(house: House, suspected: str) -> None:
    case_file = case_file_of(house, suspected)
    binh, lan = house.as_("binh"), house.as_("lan")
    assert binh.get(f"/documents/{suspected}").status_code == 404
    assert binh.get(f"/documents/{suspected}/1/files/original").status_code == 404
    assert "ngờ mật" not in binh.get(f"/case-files/{case_file}").text
    page = house.as_("lan").get(f"/documents/{suspected}").text
    assert f"/documents/{suspected}/alarm" in page
    assert "ngờ mật" in lan.get(f"/case-files/{case_file}").text
    assert suspected in lan.get("/receiving").text


def test_what_was_said_when_it_was_lent_or_asked_for_is_for_who_decides_too(house: House) -> None:
    minh, binh, code = house.as_("minh"), house.as_("binh"), house.open_code
    day = f"{clock.today(house.organ()) + timedelta(days=3):%d/%m/%Y}"
    said = {"purpose": "phương án xyzzy", "approved_by": "Chánh Văn phòng", "until_on": day}
    assert house.post(minh, "/loans", thing=code, name="Bình", **said).status_code == 302
    lan = house.as_("lan")
    for client in (binh, lan):
        house.post(client, "/exports", kind="document", code=code, purpose="mang đi xyzzy")
    doors = (minh, "/loans"), (binh, "/exports"), (lan, "/exports")
    assert [("xyzzy" in client.get(path).text) for client, path in doors] == [True] * 3
    with writing(house.services.db) as rows:
        alarms.sound(rows, documents.by_code(rows, code), alarms.SUSPECTED)
    assert [("xyzzy" in client.get(path).text) for client, path in doors] == [False, False, True]
    with writing(house.services.db) as rows:
        today = clock.today(house.organ())
        printed = {
            name: book_forms.loan_form(
                rows, people.by_name(rows, name), house.organ(), today, today
            )
            for name in ("minh", "lan")
        }
    assert [len(form.told["rows"]) for form in printed.values()] == [0, 1]


def test_it_is_cleared_with_password_and_reason(house: House, suspected: str) -> None:
    where = f"/documents/{suspected}/alarm"
    assert house.post(house.as_("binh"), where, verb="clear", why="vì").status_code == 404
    house.post(house.as_("lan"), where, verb="clear", why="tên riêng", password="khác")
    assert alarm_of(house, suspected) == "suspected_secret"
    house.post(house.as_("lan"), where, verb="clear", why="tên riêng", password=PASSWORD)
    assert alarm_of(house, suspected) is None
    assert house.as_("binh").get(f"/documents/{suspected}").status_code == 200


def test_a_confirmed_one_names_where_the_same_bytes_are(house: House, suspected: str) -> None:
    twin = a_document(house.services.db, house.organ(), "Bản nữa").code
    with writing(house.services.db) as rows:
        part = documents.by_code(rows, twin).parts[0]
        part.digest = documents.by_code(rows, suspected).parts[0].digest
        audit.record(rows, "document.test", part.document)
    lan = house.as_("lan")
    told = {"verb": "confirm", "why": "đóng dấu", "password": PASSWORD}
    house.post(lan, f"/documents/{suspected}/alarm", **told)
    assert (alarm_of(house, suspected), alarm_of(house, twin)) == ("secret", "suspected_secret")
    assert twin in lan.get(f"/documents/{suspected}").text
    assert house.as_("binh").get(f"/documents/{suspected}").status_code == 404


def test_no_whole_copy_holds_an_infected_original(house: House) -> None:
    db = house.services.db
    with db.reading() as rows:
        case_file = case_files.by_code(rows, house.case_file)
    infected = a_document(db, house.organ(), case_file=case_file)
    with db.reading() as rows:
        lan, found = people.by_name(rows, "lan"), case_files.by_code(rows, house.case_file)
        whole = case_file_export.whole_of(rows, lan, found)
        digest = documents.by_code(rows, infected.code).parts[0].digest
        assert digest in [one.digest for one in whole.sources]  # it is found
    with writing(db) as rows:
        alarms.sound(rows, documents.by_code(rows, infected.code), alarms.INFECTED)
    with db.reading() as rows:
        lan, found = people.by_name(rows, "lan"), case_files.by_code(rows, house.case_file)
        whole = case_file_export.whole_of(rows, lan, found)
        assert digest not in [one.digest for one in whole.sources]
        assert whole.lacking


def test_an_infected_original_is_downloaded_by_who_decides_only(house: House) -> None:
    with writing(house.services.db) as rows:
        alarms.sound(rows, documents.by_code(rows, house.open_code), alarms.INFECTED)
    where = f"/documents/{house.open_code}/1/files/original"
    assert house.as_("binh").get(where).status_code == 403
    assert house.as_("lan").get(where).status_code == 200
    assert "vi-rút" in house.as_("binh").get(f"/documents/{house.open_code}").text


def test_names_on_the_road_say_nothing_of_what_is_closed(house: House) -> None:
    db, organ = house.services.db, house.organ()
    lan = house.person("lan")
    minh = a_person(db, organ, "van-thu-moi", "clerk")
    closed = a_case_file(db, organ, "Kín", access_level="assigned", holder=lan)
    hidden = a_document(db, organ, "Kín", case_file=closed)
    part = house.part(hidden.code).id
    an_intake(db, organ, lan, name="kin-1.pdf", mends_part_id=part)
    an_intake(db, organ, lan, name="kin-2.pdf", case_file_id=closed.id)
    an_intake(db, organ, lan, name="kin-3.pdf", state="shelved", document_id=hidden.id)
    an_intake(db, organ, lan, name="mo.pdf")
    with db.reading() as rows:
        for person, names in ((minh, {"kin-3.pdf", "mo.pdf"}), (lan, None)):
            seen = rows.scalars(select(Intake).where(*seen_intakes(rows, person, organ))).all()
            told = {one.name for one in seen if one.name.startswith(("kin", "mo"))}
            assert told == (names or {"kin-1.pdf", "kin-2.pdf", "kin-3.pdf", "mo.pdf"})
            hides = names_hidden(rows, person, seen)
            assert len(hides) == (1 if names else 0)
    page = house.as_("van-thu-moi").get("/receiving").text
    assert "mo.pdf" in page
    assert "kin-" not in page
