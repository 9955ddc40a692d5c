"""What was done to keep documents, case files and the system safe is kept, and can be read."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive import freezes
from archive.models import CaseFile, Document, Event, Organ, Person
from tests.factories import PASSWORD, writing
from tests.web.conftest import House
from tests.web.test_account import sign_in


def hold(house: House) -> None:
    """An order holds the case file and, by itself, a document."""
    with writing(house.services.db) as rows:
        things: list[CaseFile | Document] = [
            rows.scalars(select(CaseFile).where(CaseFile.code == house.case_file)).one(),
            rows.scalars(select(Document).where(Document.code == house.tray_code)).one(),
        ]
        freezes.freeze(
            rows,
            rows.get_one(Organ, house.organ().id),
            things,
            by=rows.get_one(Person, house.person("quan").id),
            number="5/QĐ-KHOA",
            ordered_on=date(2026, 1, 5),
            reason="Thanh tra",
        )


def told_of(house: House, kind: str, number: int) -> set[str]:
    """What the story holds of one thing."""
    with house.services.db.reading() as rows:
        found = select(Event.action).where(Event.subject_type == kind, Event.subject_id == number)
        return set(rows.scalars(found))


@pytest.mark.rule("HC-83")
def test_the_story_keeps_how_a_document_a_case_file_and_the_system_were_guarded(
    house: House,
) -> None:
    hold(house)
    for secret in ("sai", PASSWORD):
        sign_in(house.app.test_client(), "binh", secret)
    admin: FlaskClient = house.as_("quan")
    binh = house.person("binh")
    house.post(admin, f"/people/{binh.id}/roles", role="auditor", why="Đoàn kiểm tra")
    head = house.as_("thu")
    house.post(head, f"/documents/{house.open_code}/reason", why="Kiểm tra theo kế hoạch 12")

    system = told_of(house, "person", binh.id)
    assert {"person.sign_in_failed", "person.sign_in", "person.give_role"} <= system
    (order,) = house.events("freeze_order.place")
    assert order.facts == {"number": "5/QĐ-KHOA", "things": [house.case_file, house.tray_code]}
    assert "5/QĐ-KHOA" in admin.get(f"/case-files/{house.case_file}").text
    read = house.events("document.read_with_reason")
    assert [one.person_id for one in read] == [house.person("thu").id]
    assert house.words(read[0])["why"] == "Kiểm tra theo kế hoạch 12"
    facts = house.part(house.open_code).facts
    assert facts["check_for_viruses"]["status"] == "not_checked"  # and that stands on its page
    assert facts["check_signatures"] == {"count": 0}
