"""The inbox: a bell with a number, notices that link to what they are about, "đã biết"."""

import pytest

from archive import audit, books, clock, notices, people, registers, units
from archive.life_models import AccessChange, Notice
from archive.models import CaseFile, Organ
from archive.register_models import RegisterEntry
from tests.factories import a_case_file, a_person, counting
from tests.web.conftest import House
from tests.web.submitting import (
    DUE,
    LATE,
    a_closed_file,
    look_through,
    submit,
    the_file,
)
from web import clockwork


def of(house: House, user_name: str) -> list[Notice]:
    with house.services.db.reading() as session:
        return list(session.scalars(notices.inbox(people.by_name(session, user_name))))


@pytest.mark.rule("HC-67")
def test_the_bell_counts_and_the_notice_leads_to_the_case_file(house: House) -> None:
    code = a_closed_file(house)
    with clock.standing_at(LATE):
        clockwork.give_notice(house.services)
        client = house.as_("binh")
        assert "Thông báo: 1 mới" in client.get("/").text
        (notice,) = of(house, "binh")
        page = client.get(f"/notices/{notice.id}").text
        assert f'href="/case-files/{code}"' in page and f"{DUE:%d/%m/%Y}" in page
        assert "mới" not in client.get("/notices").text.split("<main")[1]
        house.post(client, f"/notices/{notice.id}/known")
    (notice,) = of(house, "binh")
    assert notice.opened_at and notice.acknowledged_at
    assert [one.person_id for one in house.events("notice.acknowledge")] == [notice.person_id]


def test_nobody_opens_anothers_notice(house: House) -> None:
    a_closed_file(house)
    with clock.standing_at(LATE):
        clockwork.give_notice(house.services)
        (notice,) = of(house, "binh")
        for name in ("lan", "quan", "hoa"):
            client = house.as_(name)
            assert client.get(f"/notices/{notice.id}").status_code == 404
            assert house.post(client, f"/notices/{notice.id}/known").status_code == 404
    assert of(house, "binh")[0].opened_at is None


def test_the_holder_is_told_of_a_returned_file_once(house: House) -> None:
    code = submit(house, case_file := a_closed_file(house))
    look_through(house)
    house.post(house.as_("lan"), f"/submissions/{code}/items/1/return", reason="Thiếu phụ lục")
    assert [clockwork.give_notice(house.services) for _ in range(2)] == [1, 0]
    (notice,) = of(house, "binh")
    page = house.as_("binh").get(f"/notices/{notice.id}").text
    assert "Lưu trữ trả lại hồ sơ" in page and case_file in page
    assert f'href="/submissions/{code}"' in page  # where the reason stands


def test_who_may_confirm_is_told_of_a_change_of_access_but_not_who_asked(house: House) -> None:
    heads = [a_person(house.services.db, house.organ(), name, "head") for name in ("hung", "mai")]
    case_file = a_case_file(house.services.db, house.organ(), holder=house.person("binh"))
    with audit.acting_as(None, "command"), house.services.db.transaction() as session:
        found = session.get_one(CaseFile, case_file.id)
        change = AccessChange(
            case_file_id=found.id,
            before="unit",
            after="organ",
            reason="Công khai",
            asked_by_id=heads[1].id,
            asked_at=clock.now(),
        )
        session.add(change)
        audit.record(session, "access_change.ask", found)
    assert [clockwork.give_notice(house.services) for _ in range(2)] == [1, 0]
    assert of(house, "mai") == []
    (notice,) = of(house, "hung")
    assert "chờ xác nhận" in house.as_("hung").get(f"/notices/{notice.id}").text


@pytest.mark.rule("HC-59")
def test_a_unit_named_in_the_book_is_told_of_a_new_document(house: House) -> None:
    entry = an_entry(house, "Phòng Đất đai; Lan")
    assert clockwork.give_notice(house.services) == 2
    assert clockwork.give_notice(house.services) == 0
    (notice,) = of(house, "binh")
    page = house.as_("binh").get(f"/notices/{notice.id}").text
    assert f'href="/registers/{entry.code}"' in page and "Đơn đề nghị giao đất" in page
    assert len(of(house, "lan")) == 1 and of(house, "minh") == []


def an_entry(house: House, to_places: str) -> RegisterEntry:
    """A line of the incoming book; binh works in the unit that it names."""
    db = house.services.db
    with audit.acting_as(None, "command"), db.transaction() as session:
        organ = session.get_one(Organ, house.organ().id)
        unit = units.add(session, organ, "DD", "Phòng Đất đai")
        binh = people.by_name(session, "binh")
        binh.unit_id = unit.id
        audit.record(session, "person.change", binh)
        books.ensure_books(session, organ)
        book = books.book_by_code(session, organ, "den")
        clerk = people.by_name(session, "minh")
        typed = {"Subject": "Đơn đề nghị giao đất", "ToPlaces": to_places}
        return registers.enter(session, book, clerk, typed)


def test_a_line_that_is_no_longer_open_keeps_its_code_and_loses_its_title(house: House) -> None:
    code = a_closed_file(house, title="Nhân sự dự kiến", access_level="assigned")
    with clock.standing_at(LATE):
        clockwork.give_notice(house.services)
        (notice,) = of(house, "binh")
        with audit.acting_as(None, "command"), house.services.db.transaction() as session:
            found = the_file(session, code)
            found.holder_id = people.by_name(session, "lan").id
            audit.record(session, "case_file.reassign", found)
        page = house.as_("binh").get(f"/notices/{notice.id}").text
    assert code in page and "Nhân sự dự kiến" not in page


def test_the_bell_costs_one_question_and_the_inbox_few(house: House) -> None:
    for _ in range(3):
        a_closed_file(house)
    with clock.standing_at(LATE):
        clockwork.give_notice(house.services)
        client = house.as_("binh")
        (notice,) = of(house, "binh")
        client.get(f"/notices/{notice.id}")
        for path in ("/notices", f"/notices/{notice.id}"):
            with counting(house.services.db) as asked:
                assert client.get(path).status_code == 200
            assert len(asked) <= 15, (path, len(asked))


def test_an_empty_inbox_says_what_will_come(house: House) -> None:
    assert "Chưa có thông báo" in house.as_("thu").get("/notices").text
