"""Who is told that a document went out: whom its recipients name, and who drafted it (TN 16)."""

import pytest
from sqlalchemy import select

from archive import audit, clock, notices, people, registers, units
from archive.books import default_book
from archive.life_models import Notice
from archive.models import Organ
from archive.register_models import RegisterEntry
from ingest.models import Issuance
from tests.factories import a_person, writing
from tests.web.conftest import House
from web import clockwork

TO = "- UBND tỉnh (b/c);\n- Phòng Tin học và Thống kê (để t/h);\n- Lưu: VT."


def issued(house: House) -> RegisterEntry:
    """A line that went out; khang drafted it, in the finance unit, with nga beside him."""
    db = house.services.db
    a_person(db, house.organ(), "khang", "officer")
    a_person(db, house.organ(), "nga", "officer")
    with writing(db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        informatics = units.add(rows, organ, "THTK", "Phòng Tin học và Thống kê")
        finance = units.add(rows, organ, "TC", "Phòng Tài chính")
        for name, unit in (("binh", informatics), ("khang", finance), ("nga", finance)):
            person = people.by_name(rows, name)
            person.unit_id = unit.id
            audit.record(rows, "person.change", person)
        clerk = people.by_name(rows, "minh")
        book = default_book(rows, organ, "outgoing")
        entry = registers.enter(rows, book, clerk, {"subject": "Về dự toán", "recipients": TO})
        made = Issuance(
            organ_id=organ.id,
            name="CKS-Ve-du-toan.pdf",
            layout="nd30",
            state="issued",
            prepared_digest="1" * 64,
            signed_digest="2" * 64,
            issued_digest="3" * 64,
            prepared_by_id=people.by_name(rows, "khang").id,
            prepared_at=clock.now(),
            issued_by_id=clerk.id,
            issued_at=clock.now(),
            register_entry_id=entry.id,
        )
        rows.add(made)
        rows.flush()
        audit.record(rows, "issuance.issue", made)
        return entry


def told(house: House) -> dict[str, list[str]]:
    """The kinds of notices that each person got."""
    found: dict[str, list[str]] = {}
    with house.services.db.reading() as rows:
        for one in rows.scalars(select(Notice).order_by(Notice.id)):
            name = people.by_id(rows, one.person_id).user_name
            found.setdefault(name, []).append(one.kind)
    return found


@pytest.mark.rule("TN-37")
def test_the_units_in_noi_nhan_and_the_drafting_unit_are_told_on_issue(house: House) -> None:
    entry = issued(house)
    clockwork.give_notice(house.services)
    assert told(house) == {
        "binh": [notices.REGISTERED],
        "khang": [notices.ISSUED],
        "nga": [notices.ISSUED],
    }
    assert clockwork.give_notice(house.services) == 0  # once
    client = house.as_("khang")
    with house.services.db.reading() as rows:
        (notice,) = rows.scalars(notices.inbox(people.by_name(rows, "khang")))
    page = client.get(f"/notices/{notice.id}").text
    assert "đã được phát hành" in page
    assert f'href="/registers/{entry.code}"' in page and "Về dự toán" in page


def test_a_line_that_was_cancelled_is_told_to_nobody(house: House) -> None:
    entry = issued(house)
    with writing(house.services.db) as rows:
        registers.cancel(rows, rows.get_one(RegisterEntry, entry.id), "Cấp nhầm số")
    clockwork.give_notice(house.services)
    assert told(house) == {}
