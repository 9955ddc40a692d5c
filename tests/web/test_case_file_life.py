"""A case file's life on its pages: reviewed, closed, opened again, corrected, opened to others."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive import audit, clock
from archive.models import CaseFile, Document
from tests.factories import a_case_file, a_document, a_person, an_intake, writing
from tests.web.conftest import House


def held(house: House, **more: Any) -> CaseFile:
    """An open case file of the officer, with two documents that look alike and one draft."""
    db, organ = house.services.db, house.organ()
    told: dict[str, Any] = {"maintenance": "20 năm", "start_date": date(2026, 1, 5), **more}
    case_file = a_case_file(db, organ, "Kiểm tra năm 2026", holder=house.person("binh"), **told)
    named: dict[str, Any] = {"code_number": "12", "code_notation": "BC-X", "organ_name": "Sở X"}
    for subject in ("Báo cáo một", "Báo cáo một, bản sao"):
        a_document(
            db, organ, subject, case_file=case_file, type_name="Báo cáo", issued_date="01/02/2026",
            **named,
        )  # fmt: skip
    a_document(db, organ, "Bản thảo", case_file=case_file)
    return case_file


def now(house: House, case_file: CaseFile) -> CaseFile:
    with house.services.db.reading() as rows:
        return rows.get_one(CaseFile, case_file.id)


def inside(house: House, case_file: CaseFile) -> list[str]:
    with house.services.db.reading() as rows:
        places = rows.get_one(CaseFile, case_file.id).placements
        return [one.document.subject for one in places]


def code_of(house: House, subject: str) -> str:
    with house.services.db.reading() as rows:
        return rows.scalars(select(Document.code).where(Document.subject == subject)).one()


def closed(house: House, client: FlaskClient, case_file: CaseFile, **more: str) -> CaseFile:
    where = f"/case-files/close/{case_file.code}"
    answer = house.post(client, where, **{"end_date": "15/10/2026", **more})
    assert answer.status_code == 302, answer.text
    return now(house, case_file)


@pytest.mark.rule("HC-44")
def test_a_case_file_is_looked_through_cleared_and_closed(house: House) -> None:
    client, case_file = house.as_("binh"), held(house)
    page = client.get(f"/case-files/close/{case_file.code}").text
    assert "3 văn bản, 3 trang" in page
    assert page.count("tag tag-warning") >= 4  # the draft lacks type, date and organ
    for subject, why in (("Báo cáo một, bản sao", "duplicate"), ("Bản thảo", "draft")):
        house.post(
            client,
            f"/case-files/take-out/{case_file.code}",
            **{"document": code_of(house, subject), "why": why, "from": "close"},
        )
    assert inside(house, case_file) == ["Báo cáo một"]
    row = closed(house, client, case_file)
    assert (row.stage, row.document_total, row.due_on) == ("closed", 1, date(2027, 10, 15))
    page = client.get(f"/case-files/{case_file.code}").text
    assert "15/10/2027" in page
    assert "Bản thảo" in page  # in the list of what was taken out
    assert "đã kết thúc hồ sơ" in page


def test_of_what_was_taken_out_nobody_reads_more_than_they_may(house: House) -> None:
    db, organ = house.services.db, house.organ()
    a_person(db, organ, "mai", "officer")
    case_file = held(house)
    shut = a_case_file(db, organ, "Kín", holder=house.person("binh"), access_level="assigned")
    code = code_of(house, "Bản thảo")
    where = f"/case-files/take-out/{case_file.code}"
    house.post(house.as_("binh"), where, document=code, why="misplaced")
    page = house.as_("mai").get(f"/case-files/{case_file.code}").text
    assert "Bản thảo" in page
    house.post(house.as_("binh"), "/tray", document=code, case_file=shut.code)
    assert "Bản thảo" not in house.as_("mai").get(f"/case-files/{case_file.code}").text


def test_what_is_missing_is_named_where_it_is_mended(house: House) -> None:
    client, case_file = house.as_("binh"), held(house, maintenance="đến khi hết hiệu lực")
    where = f"/case-files/close/{case_file.code}"
    answer = house.post(client, where, title="Tên mới", revision=str(case_file.revision))
    assert answer.status_code == 409
    assert "Tên mới" in answer.text  # what was typed is kept
    assert now(house, case_file).stage == "open"


def test_an_empty_case_file_says_so_and_what_to_do(house: House) -> None:
    db, organ = house.services.db, house.organ()
    case_file = a_case_file(
        db,
        organ,
        "Rỗng",
        holder=house.person("binh"),
        maintenance="5 năm",
        start_date=date(2026, 1, 5),
    )
    client = house.as_("binh")
    assert "/tray" in client.get(f"/case-files/close/{case_file.code}").text
    answer = house.post(client, f"/case-files/close/{case_file.code}", end_date="15/10/2026")
    assert answer.status_code == 409
    assert "Hồ sơ chưa có văn bản nào." in answer.text


def test_what_is_still_on_the_road_keeps_it_open(house: House) -> None:
    client, case_file = house.as_("binh"), held(house)
    intake = an_intake(
        house.services.db, house.organ(), house.person("binh"), case_file_id=case_file.id
    )
    answer = house.post(client, f"/case-files/close/{case_file.code}", end_date="15/10/2026")
    assert answer.status_code == 409
    with writing(house.services.db) as rows:
        found = rows.merge(intake)
        found.state = "discarded"
        audit.record(rows, "intake.discard", found)
    assert closed(house, client, case_file).stage == "closed"


def test_the_second_of_two_is_told_and_keeps_what_was_typed(house: House) -> None:
    client, case_file = house.as_("binh"), held(house)
    form = {"title": "Tên của tôi", "why": "Sửa tên", "revision": str(case_file.revision)}
    house.post(house.as_("lan"), f"/case-files/correct/{case_file.code}", **{**form, "title": "A"})
    answer = house.post(client, f"/case-files/correct/{case_file.code}", **form)
    assert answer.status_code == 422
    assert "Tên của tôi" in answer.text
    assert now(house, case_file).title == "A"


@pytest.mark.rule("HC-62")
def test_who_does_not_hold_it_sees_grey_buttons_that_say_why(house: House) -> None:
    case_file = held(house)
    a_person(house.services.db, house.organ(), "mai", "officer")
    client = house.as_("mai")
    page = client.get(f"/case-files/{case_file.code}").text
    assert "Hồ sơ này do người khác giữ." in page
    assert f"/case-files/close/{case_file.code}" not in page
    before = inside(house, case_file)
    draft = code_of(house, "Bản thảo")
    house.post(client, f"/case-files/take-out/{case_file.code}", document=draft, why="draft")
    house.post(client, "/tray", document=house.tray_code, case_file=case_file.code)
    house.post(client, f"/case-files/close/{case_file.code}", end_date="15/10/2026")
    house.post(client, f"/case-files/correct/{case_file.code}", title="X", why="Y")
    assert inside(house, case_file) == before
    assert (now(house, case_file).stage, now(house, case_file).title) == ("open", case_file.title)


@pytest.mark.rule("HC-82")
def test_supplementary_fields_and_earlier_values(house: House) -> None:
    client, case_file = house.as_("binh"), held(house)
    house.post(
        client,
        f"/case-files/correct/{case_file.code}",
        title="Tên đúng",
        extra_name=["Số hộp", ""],
        extra_value=["H-27", ""],
        start_date="9/1/2026",
        why="Ghi sai tên",
        revision=str(case_file.revision),
    )
    page = client.get(f"/case-files/{case_file.code}").text
    for words in ("Tên đúng", "H-27", "<del>Kiểm tra năm 2026</del>", "Ghi sai tên"):
        assert words in page
    assert "<del>05/01/2026</del> → 09/01/2026" in page


def test_a_closed_one_opens_again_with_a_reason_only(house: House) -> None:
    client, case_file = house.as_("binh"), held(house)
    closed(house, client, case_file)
    house.post(client, f"/case-files/reopen/{case_file.code}", reason=" ")
    assert now(house, case_file).stage == "closed"
    house.post(client, f"/case-files/reopen/{case_file.code}", reason="Thiếu phụ lục")
    row = now(house, case_file)
    assert (row.stage, row.due_on, row.document_total) == ("open", None, None)


def test_how_late_it_is_stands_on_the_page(house: House) -> None:
    client, case_file = house.as_("binh"), held(house, start_date=date(2020, 1, 5))
    row = closed(house, client, case_file, end_date="15/01/2021")
    late = (clock.today(house.organ()) - date(2022, 1, 15)).days
    assert row.due_on == date(2022, 1, 15)
    page = client.get(f"/case-files/{case_file.code}").text
    assert f"chậm {late:,} ngày".replace(",", ".") in page


# Who may read it ----------------------------------------------------------------------------------


def test_fewer_readers_work_at_once_and_more_only_when_somebody_else_confirms(
    house: House,
) -> None:
    db, organ = house.services.db, house.organ()
    a_person(db, organ, "dung", "head")
    a_person(db, organ, "mai", "officer")
    case_file, binh = held(house), house.as_("binh")
    where, address = f"/case-files/access/{case_file.code}", f"/case-files/{case_file.code}"
    assert house.as_("mai").get(address).status_code == 200
    house.post(binh, where, access_level="assigned", reason="Có thông tin cá nhân")
    assert house.as_("mai").get(address).status_code == 404
    with db.reading() as rows:
        marked = [
            one.document.indexed_revision for one in rows.get_one(CaseFile, case_file.id).placements
        ]
    assert all(mark < 0 for mark in marked)  # the index learns of it
    assert "Có thông tin cá nhân" in binh.get(address).text
    house.post(binh, "/case-files/decide-access/1", decision="confirm")
    assert "Có thông tin cá nhân" in binh.get(address).text
    head = house.as_("dung")
    house.post(head, "/case-files/decide-access/1", decision="confirm")
    assert 'name="decision"' not in head.get(address).text
    house.post(binh, where, access_level="organ", reason="Hết cần thiết")
    assert now(house, case_file).access_level == "assigned"
    house.post(head, "/case-files/decide-access/2", decision="refuse", reason="Chưa được")
    assert now(house, case_file).access_level == "assigned"
    house.post(binh, where, access_level="organ", reason="Đã công bố")
    house.post(head, "/case-files/decide-access/3", decision="confirm")
    assert now(house, case_file).access_level == "organ"
    assert house.as_("mai").get(address).status_code == 200


def test_of_another_organ_it_is_not_there(house: House) -> None:
    case_file, hoa = held(house), house.as_("hoa")
    for path in ("close", "correct"):
        assert hoa.get(f"/case-files/{path}/{case_file.code}").status_code == 404
    for path in ("reopen", "access", "open-planned"):
        assert house.post(hoa, f"/case-files/{path}/{case_file.code}").status_code == 404
    assert hoa.get(f"/papers/case_file/{case_file.code}").status_code == 404


def test_outside_the_plan_it_begins_with_the_five_data_of_the_decree(house: House) -> None:
    client = house.as_("binh")
    form = {"notation": "88", "title": "Việc mới", "year": "2026"}
    answer = house.post(client, "/case-files/new", **form)
    assert answer.status_code == 422
    given = {"maintenance": "10 năm", "creator": "Phòng X", "start_date": "02/03/2026"}
    house.post(client, "/case-files/new", **form, **given)
    with house.services.db.reading() as rows:
        row = rows.scalars(select(CaseFile).where(CaseFile.notation == "88")).one()
    assert (row.creator, row.start_date, row.maintenance) == ("Phòng X", date(2026, 3, 2), "10 năm")


@pytest.mark.parametrize("day", ["31/12/9999", "01/01/2099"])
def test_the_work_has_ended_before_a_case_file_is_closed(house: House, day: str) -> None:
    client, case_file = house.as_("binh"), held(house)
    answer = house.post(client, f"/case-files/close/{case_file.code}", end_date=day)
    assert answer.status_code == 422 and day in answer.text
    assert now(house, case_file).stage == "open"
    row = closed(house, client, case_file)
    where = f"/case-files/correct/{row.code}"
    answer = house.post(house.as_("lan"), where, end_date=day, why="Kéo dài")
    assert answer.status_code == 422
    assert now(house, case_file).end_date == row.end_date
