"""How often a page of keeping and leaving asks the database: at most fifteen times, as the others.

Each thing has all that its page can show, three of each and thirty of each.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock, documents, freezes, people
from archive.models import CaseFile, Document, Organ, Person, Row
from retention import appraisals, opinions, schedule
from retention.models import Appraisal, Assignment, Occurrence
from retention.schedule import RuleValues
from tests.factories import a_case_file, a_document, a_person, counting, writing
from tests.web.conftest import House
from tests.web.test_appraisal_pages import OVER, TOLD, on, watch
from tests.web.test_appraisal_pages import a_closed_file as one_that_ends
from tests.web.test_questions import FEW, MANY, MOST, asked, require_few
from tests.web.test_schedule_page import in_force
from tests.web.transferring import an_accepted_file, registered
from web import likeness_clock
from web.api.application import PREFIX

WAITS = "5 năm sau khi chấm dứt hợp đồng"
ASKERS = ("lan", "binh")


@pytest.fixture
def headed(house: House) -> House:
    a_person(house.services.db, house.organ(), "truong", "head")
    return house


def a_rule(house: House, number: str) -> int:
    """In force, with a draft of its next version."""
    (made,) = in_force(house, RuleValues(number, "Nhân sự", "Hồ sơ", "20 năm", "TT 10/2022"))
    with writing(house.services.db) as rows:
        later = RuleValues(number, "Nhân sự", "Hồ sơ", "30 năm", "TT 10/2022")
        schedule.draft(rows, rows.get_one(Organ, house.organ().id), later, house.person("lan"))
    return made


def a_full_case_file(house: House, size: int, number: str) -> str:
    """Everything that can be told of its retention, so many of each; its code."""
    db, organ, binh = house.services.db, house.organ(), house.person("binh")
    made = a_case_file(db, organ, f"Đủ thứ {size}", holder=binh)
    others = [a_case_file(db, organ, "Nơi khác", holder=binh) for _ in range(size)]
    inside = [a_document(db, organ, case_file=made, maintenance="20 năm") for _ in others]
    rule = a_rule(house, number)
    with writing(db) as rows:
        held, papers = (
            rows.get_one(CaseFile, made.id),
            [rows.get_one(Document, one.id) for one in inside],
        )
        for one, other in zip(papers, others, strict=True):
            documents.place(rows, one, rows.get_one(CaseFile, other.id))
        held.maintenance, held.stage, held.closed_at = WAITS, "closed", clock.now()
        held.start_date = held.end_date = date(2020, 3, 14)
        told = [*words_of(held, rule, size), *what_came_to(held, binh, size), a_notice_of(held)]
        rows.add_all(told)
        rows.flush()
        audit.record(rows, "case_file.test", held, also=tuple(told))
        freeze(rows, binh, str(size), held, *papers)
    return made.code


def words_of(held: CaseFile, rule: int, size: int) -> Sequence[Row]:
    return [
        Assignment(
            organ_id=held.organ_id, case_file_id=held.id, rule_id=rule, term=WAITS,
            source="archivist", reason="Xác nhận", decided_by_id=held.holder_id,
            decided_at=clock.now(),
        )
        for _ in range(size)
    ]  # fmt: skip


def what_came_to(held: CaseFile, by: Person, size: int) -> Sequence[Row]:
    return [
        Occurrence(
            organ_id=held.organ_id, case_file_id=held.id, kind="ended",
            happened_on=date(2024, 1, 1 + day % 28), evidence="1/BB", recorded_by_id=by.id,
            recorded_at=clock.now(),
        )
        for day in range(size)
    ]  # fmt: skip


def a_notice_of(held: CaseFile) -> Row:
    today = date(2026, 1, 1)
    return Appraisal(
        organ_id=held.organ_id, case_file_id=held.id, cause="expired", expires_on=today,
        noticed_on=today, notice_until=today + timedelta(days=30), stage="noticed",
    )  # fmt: skip


def freeze(rows: Session, by: Person, number: str, *things: CaseFile | Document) -> None:
    told = {"number": number, "ordered_on": date(2026, 1, 1), "reason": "Thanh tra"}
    organ = rows.get_one(Organ, by.organ_id)
    freezes.freeze(rows, organ, things, by=rows.get_one(Person, by.id), **told)  # type: ignore[arg-type]


# One thing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("user_name", ASKERS)
def test_why_a_case_file_is_kept(headed: House, user_name: str) -> None:
    few, many = (
        a_full_case_file(headed, size, number) for size, number in ((FEW, "1.1"), (MANY, "2.1"))
    )
    require_few(headed, user_name, *(f"/retention/case-files/{one}" for one in (few, many)))
    require_few_of_api(headed, user_name, *(f"/case-files/{one}/retention" for one in (few, many)))


@pytest.mark.parametrize("user_name", ASKERS)
def test_why_a_document_is_kept(house: House, user_name: str) -> None:
    few, many = (a_document_everywhere(house, size) for size in (FEW, MANY))
    require_few(house, user_name, *(f"/retention/documents/{one}" for one in (few, many)))
    require_few_of_api(house, user_name, *(f"/documents/{one}/retention" for one in (few, many)))


def a_document_everywhere(house: House, size: int) -> str:
    """A document that stands in so many case files, each of them frozen; its code."""
    db, lan = house.services.db, house.person("lan")
    files = [a_case_file(db, house.organ(), f"Nơi {number}") for number in range(size)]
    made = a_document(db, house.organ(), "Ở khắp nơi", by=lan, maintenance="20 năm")
    with writing(db) as rows:
        held = rows.get_one(Document, made.id)
        there = [rows.get_one(CaseFile, one.id) for one in files]
        for one in there:
            documents.place(rows, held, one)
        for one in there:
            freeze(rows, lan, f"{one.id}/LK", one)
    return made.code


def require_few_of_api(house: House, user_name: str, *paths: str) -> None:
    with writing(house.services.db) as rows:
        by = people.by_name(rows, user_name)
        token = people.sign_in(rows, by, "token", timedelta(hours=1))
    client, found = house.app.test_client(), []
    for path in paths:
        with counting(house.services.db) as questions:
            answer = client.get(PREFIX + path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert len(questions) <= MOST, (path, len(questions), *questions)
        found.append(len(questions))
    assert len(set(found)) == 1, found


# Lists --------------------------------------------------------------------------------------------


PATHS = {
    "lan": (
        "/retention", "/retention/calendar", "/retention/calendar/files",
        "/retention/notices", "/retention/notices?tab=all", "/retention/notices/printed",
        "/retention/appraisals", "/retention/appraisals?tab=noticed",
        "/retention/appraisals?tab=proposed", "/retention/appraisals?tab=kept",
        "/retention/duplicates", "/retention/duplicates?ground=number",
        "/retention/duplicates?ground=doc_code", "/retention/duplicates/now?ground=number",
        "/retention/transfers",
        "/retention/transfers?tab=live", "/retention/schedule", "/retention/schedule?state=draft",
        "/retention/disposals", "/retention/disposals?tab=over", "/retention/disposals/new",
        "/tombstones",
    ),
    "binh": (
        "/retention", "/retention/calendar", "/retention/calendar/files", "/retention/notices",
        "/retention/appraisals", "/retention/appraisals?tab=noticed", "/retention/duplicates",
        "/retention/schedule",
    ),
    "truong": ("/retention", "/retention/schedule/approving", "/retention/disposals"),
}  # fmt: skip


def furnish(house: House, count: int, group: int) -> None:
    """So many more of everything that lists of keeping and leaving show."""
    db, organ, binh = house.services.db, house.organ(), house.person("binh")
    alike: dict[str, Any] = {
        "code_number": "12",
        "code_notation": f"QĐ-{group}",
        "organ_name": "UBND tỉnh",
    }
    for number in range(count):
        one_that_ends(house, f"Hết hạn {group}.{number}")
        registered(house, an_accepted_file(house))
        an_accepted_file(house, f"Đến hạn nộp {group}.{number}")
        a_rule(house, f"{group}.{number}")
        both = []
        for _ in range(4):
            case_file = a_case_file(db, organ, "Có bản trùng", holder=binh)
            both.append(
                a_document(
                    db, organ, case_file=case_file, issued_date="05/03/2014",
                    doc_code=f"{group}.{number}", **alike,
                )
            )  # fmt: skip
        with writing(db) as rows:
            twins(rows, *both[:2])
    watch(house, TOLD, OVER)
    decided(house)
    likeness_clock.look(house.services)


def twins(rows: Session, staying: Document, leaving: Document) -> None:
    made = Appraisal(
        organ_id=leaving.organ_id, document_id=leaving.id, cause="duplicate", twin_id=staying.id,
        noticed_on=date(2026, 1, 1), notice_until=date(2026, 1, 31),
    )  # fmt: skip
    rows.add(made)
    rows.flush()
    audit.record(rows, "appraisal.test", made)


def decided(house: House) -> None:
    """Of all that wait for re-appraisal each has an opinion, and every third is kept."""
    with on(OVER), writing(house.services.db) as rows:
        lan = people.by_name(rows, "lan")
        due = rows.scalars(select(Appraisal).where(Appraisal.stage == "due")).all()
        for place, one in enumerate(due):
            opinions.opine(rows, one, lan, verdict="destroy", reason="Hết giá trị")
            if place % 3 == 1 and one.case_file_id:
                appraisals.move(rows, one, "extend", lan, new_term="20 năm", reason="Còn cần")
            elif place % 3 == 1:
                appraisals.move(rows, one, "keep_both", lan, reason="Còn cần")


def questions(house: House) -> dict[tuple[str, str], int]:
    found = {}
    with on(OVER):
        for name, paths in PATHS.items():
            for path in paths:
                found[name, path] = len(asked(house, name, path))
    return found


def test_every_list_asks_few_questions_however_long_it_is(headed: House) -> None:
    furnish(headed, FEW, 1)
    few = questions(headed)
    furnish(headed, 4 * FEW, 2)
    many = questions(headed)
    assert {one: count for one, count in many.items() if count > MOST} == {}
    assert {one: (few[one], count) for one, count in many.items() if count > few[one]} == {}
