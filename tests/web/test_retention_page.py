"""Why one thing is kept, and until when: at its page, in the API, by command; and saying so."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from werkzeug.test import TestResponse

from archive import audit, closing, documents, people
from archive.file_plans import draw_up
from archive.models import CaseFile, Document, Organ, Person
from retention import assignments, ends, plan_rules
from retention.models import Assignment, Clock, PlanRule
from retention.schedule import RuleValues
from tests.factories import a_case_file, a_document, a_person, writing
from tests.web.conftest import House
from tests.web.submitting import a_closed_file, look_through, submit
from tests.web.test_questions import MOST, asked
from tests.web.test_schedule_page import in_force
from web import term_clock
from web.api.application import PREFIX
from web.cli import main

TWENTY = RuleValues("3.4", "Tổ chức, nhân sự", "Hồ sơ tuyển dụng", "20 năm", "TT 10/2022")
WAITS = "5 năm sau khi chấm dứt hợp đồng"


@pytest.fixture
def headed(house: House) -> House:
    a_person(house.services.db, house.organ(), "truong", "head")
    return house


def a_file(house: House, term: str = "5 năm", holder: str = "binh", **values: Any) -> CaseFile:
    """An open one with a document in it, begun in 2019."""
    db = house.services.db
    made = a_case_file(
        db, house.organ(), "Hồ sơ tuyển dụng", holder=house.person(holder), maintenance=term,
        start_date=date(2019, 1, 2),
    )  # fmt: skip
    a_document(db, house.organ(), case_file=made, **values)
    return made


def closed(house: House, term: str = "5 năm") -> CaseFile:
    made = a_file(house, term)
    with audit.acting_as(house.person("binh"), "web"), house.services.db.transaction() as rows:
        binh = rows.get_one(Person, house.person("binh").id)
        closing.close(rows, rows.get_one(CaseFile, made.id), binh, {"end_date": "14/03/2019"})
    return made


def said(house: House, case_file: CaseFile) -> list[tuple[str, str, int | None]]:
    """What was said of its term, first things first."""
    with house.services.db.reading() as rows:
        found = select(Assignment).where(Assignment.case_file_id == case_file.id)
        return [
            (one.term, one.source, one.rule_id)
            for one in rows.scalars(found.order_by(Assignment.id))
        ]


# Where it is closed and accepted ------------------------------------------------------------------


def test_who_closes_it_confirms_the_rule_that_was_chosen(headed: House) -> None:
    (rule,) = in_force(headed, TWENTY)
    made = a_file(headed)
    page = headed.as_("binh").get(f"/case-files/close/{made.code}").text
    assert "Hồ sơ tuyển dụng · 20 năm" in page
    answer = headed.post(
        headed.as_("binh"), f"/case-files/close/{made.code}",
        end_date="14/03/2019", maintenance="5 năm", rule=str(rule),
    )  # fmt: skip
    assert answer.status_code == 302
    assert said(headed, made) == [("20 năm", "officer", rule)]
    with headed.services.db.reading() as rows:
        assert rows.get_one(CaseFile, made.id).maintenance == "20 năm"
        assert rows.get_one(Clock, made.id).expires_on == date(2039, 12, 31)


def test_a_typed_term_beside_the_rule_is_no_silent_choice(headed: House) -> None:
    (rule,) = in_force(headed, TWENTY)
    made = a_file(headed)
    answer = headed.post(
        headed.as_("binh"), f"/case-files/close/{made.code}",
        end_date="14/03/2019", maintenance="10 năm", rule=str(rule),
    )  # fmt: skip
    assert answer.status_code == 409
    assert "20 năm" in answer.text
    assert said(headed, made) == []


def test_without_a_schedule_the_officers_term_stands_and_the_archive_confirms_it(
    headed: House,
) -> None:
    code = a_closed_file(headed, term="5 năm")
    submission = submit(headed, code)
    look_through(headed)
    headed.post(
        headed.as_("lan"), f"/submissions/{submission}/items/1/accept", note="Đã xem, chấp nhận"
    )
    with headed.services.db.reading() as rows:
        made = rows.scalars(select(CaseFile).where(CaseFile.code == code)).one()
        assert made.stage == "accepted"
        assert assignments.binding(rows, made).is_confirmed
    assert said(headed, made) == [("5 năm", "archivist", None)]


def test_correcting_a_term_once_it_is_closed_is_a_decision(headed: House) -> None:
    made = closed(headed, "20 năm")
    headed.post(
        headed.as_("lan"),
        f"/case-files/correct/{made.code}",
        maintenance="5 năm",
        why="Xác định lại",
    )
    assert said(headed, made) == [("5 năm", "archivist", None)]


# Its page -----------------------------------------------------------------------------------------


def test_the_page_says_why_and_until_when(headed: House) -> None:
    (rule,) = in_force(headed, TWENTY)
    made = closed(headed, "20 năm")
    page = headed.as_("binh").get(f"/retention/case-files/{made.code}").text
    assert "Bảo quản đến hết ngày 31/12/2039." in page
    assert "chưa ai xác nhận" in page
    answer = headed.post(
        headed.as_("lan"), f"/retention/case-files/assign/{made.code}", rule=str(rule), term=""
    )
    assert answer.status_code == 302
    page = headed.as_("thu").get(f"/retention/case-files/{made.code}").text
    assert "theo mục 3.4, phiên bản 1" in page
    assert "TT 10/2022" in page
    assert said(headed, made) == [("20 năm", "archivist", rule)]


def test_looking_what_it_would_change_changes_nothing(headed: House) -> None:
    made = closed(headed, "20 năm")
    answer = headed.post(
        headed.as_("lan"), f"/retention/case-files/assign/{made.code}", term="5 năm", **{"try": "1"}
    )
    assert "nếu thay đổi sẽ bảo quản đến hết ngày 31/12/2024" in answer.text
    assert said(headed, made) == []


def test_another_term_without_a_reason_is_refused_and_stays_typed(headed: House) -> None:
    made = closed(headed, "20 năm")
    answer = headed.post(
        headed.as_("lan"), f"/retention/case-files/assign/{made.code}", term="7 năm", reason="   "
    )
    assert answer.status_code == 422
    assert 'value="7 năm"' in answer.text


def test_of_two_who_saw_the_same_the_second_is_told(headed: House) -> None:
    made = closed(headed, "20 năm")
    seen = {"revision": "1", "term": "5 năm", "reason": "Nhầm"}
    answer = headed.post(headed.as_("lan"), f"/retention/case-files/assign/{made.code}", **seen)
    assert answer.status_code == 409


def test_an_officer_speaks_for_what_is_closed_and_held(headed: House) -> None:
    made = closed(headed, "20 năm")
    other = headed.as_("minh")
    path = f"/retention/case-files/assign/{made.code}"
    assert headed.post(other, path, term="20 năm").status_code == 403
    assert headed.post(headed.as_("binh"), path, term="20 năm").status_code == 302
    assert said(headed, made) == [("20 năm", "officer", None)]
    assert headed.as_("hoa").get(f"/retention/case-files/{made.code}").status_code == 404


def test_what_came_is_written_down_and_corrected_with_a_reason(headed: House) -> None:
    made = closed(headed, WAITS)
    path = f"/retention/case-files/occurrence/{made.code}"
    assert "chấm dứt hợp đồng" in headed.as_("lan").get(f"/retention/case-files/{made.code}").text
    given = {"kind": "ended", "happened_on": "29/02/2020", "evidence": "12/BB-TL"}
    assert headed.post(headed.as_("binh"), path, **given).status_code == 403
    assert headed.post(headed.as_("lan"), path, **given).status_code == 302
    page = headed.as_("lan").get(f"/retention/case-files/{made.code}").text
    assert "31/12/2025" in page
    assert "12/BB-TL" in page
    again = {**given, "happened_on": "01/06/2021"}
    assert headed.post(headed.as_("lan"), path, **again).status_code == 422
    assert headed.post(headed.as_("lan"), path, **again, note="Nhầm ngày").status_code == 302
    assert "29/02/2020" in headed.as_("lan").get(f"/retention/case-files/{made.code}").text


def test_a_document_is_kept_as_long_as_its_longest_case_file_and_names_no_closed_one(
    headed: House,
) -> None:
    page = headed.as_("binh").get(f"/retention/documents/{headed.tray_code}").text
    assert "chưa nằm trong hồ sơ nào" in page
    page = headed.as_("binh").get(f"/retention/documents/{headed.open_code}").text
    assert headed.case_file in page
    with headed.services.db.reading() as rows:
        secret = rows.scalars(select(CaseFile.code).where(CaseFile.title == "Nhân sự")).one()
    with writing(headed.services.db) as rows:
        document = documents.by_code(rows, headed.open_code)
        closed_one = rows.scalars(select(CaseFile).where(CaseFile.code == secret)).one()
        documents.place(rows, document, closed_one)
    page = headed.as_("binh").get(f"/retention/documents/{headed.open_code}").text
    assert secret not in page
    assert "một hồ sơ khác" in page


# The plan -----------------------------------------------------------------------------------------


def test_a_line_of_the_plan_proposes_a_rule_and_its_case_file_shows_it(headed: House) -> None:
    in_force(headed, TWENTY)
    lan = headed.as_("lan")
    with writing(headed.services.db) as rows:
        draw_up(rows, rows.get_one(Organ, headed.organ().id), 2026)
    answer = headed.post(
        lan, "/plans/2026/lines/new", kind="file", title="Hồ sơ tuyển dụng", notation="05.TC",
        creator="Phòng Tổ chức", maintenance="", rule="3.4",
    )  # fmt: skip
    assert answer.status_code == 302
    with headed.services.db.reading() as rows:
        proposal = rows.scalars(select(PlanRule)).one()
        assert (proposal.rule.number, proposal.entry.maintenance) == ("3.4", "20 năm")
        line = proposal.entry_id
    page = lan.get(f"/plans/2026/lines/{line}").text
    assert '<option value="3.4" selected>' in page
    headed.post(
        headed.as_("truong"), "/plans/2026/approve", number="05/QĐ", on="05/01/2026",
    )  # fmt: skip
    with headed.services.db.reading() as rows:
        made = rows.scalars(select(CaseFile).where(CaseFile.plan_entry_id == line)).one()
        rule = plan_rules.for_case_file(rows, made)
        assert rule is not None
        assert rule.number == "3.4"
    page = lan.get(f"/retention/case-files/{made.code}").text
    assert "Danh mục hồ sơ đề xuất mục 3.4" in page


def test_a_line_that_proposes_a_rule_can_be_removed(headed: House) -> None:
    in_force(headed, TWENTY)
    lan = headed.as_("lan")
    with writing(headed.services.db) as rows:
        draw_up(rows, rows.get_one(Organ, headed.organ().id), 2026)
    headed.post(
        lan, "/plans/2026/lines/new", kind="file", title="Hồ sơ", notation="05.TC", rule="3.4",
        creator="Phòng Tổ chức", maintenance="",
    )  # fmt: skip
    with headed.services.db.reading() as rows:
        line = rows.scalars(select(PlanRule.entry_id)).one()
    assert headed.post(lan, f"/plans/2026/lines/{line}/remove").status_code == 302
    with headed.services.db.reading() as rows:
        assert rows.scalars(select(PlanRule)).all() == []


# The API and the commands -------------------------------------------------------------------------


def token_of(house: House, name: str) -> dict[str, str]:
    with writing(house.services.db) as rows:
        token = people.sign_in(rows, people.by_name(rows, name), "token", timedelta(hours=1))
    return {"Authorization": f"Bearer {token}"}


def answered(answer: TestResponse) -> dict[str, Any]:
    told: dict[str, Any] | None = answer.json
    assert told is not None
    return told


def test_the_api_says_the_same(headed: House) -> None:
    made = closed(headed, "20 năm")
    client = headed.app.test_client()
    answer = client.get(
        f"{PREFIX}/case-files/{made.code}/retention", headers=token_of(headed, "binh")
    )
    told = answered(answer)
    assert (told["code"], told["fate"], told["expires_on"]) == (made.code, "runs", "2039-12-31")
    assert told["sentences"][0] == "Bảo quản đến hết ngày 31/12/2039."
    english = {**token_of(headed, "binh"), "Accept-Language": "en"}
    answer = client.get(f"{PREFIX}/documents/{headed.tray_code}/retention", headers=english)
    assert answered(answer)["sentences"][0].startswith("It stands in no case file")
    other = client.get(
        f"{PREFIX}/case-files/{made.code}/retention", headers=token_of(headed, "hoa")
    )
    assert other.status_code == 404


def test_the_command_says_the_same(headed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = closed(headed, "20 năm")
    term_clock.catch_up(headed.services)
    monkeypatch.setenv("LUUTRU_HOME", headed.services.settings.home)
    monkeypatch.setenv("LUUTRU_AS", "lan")
    ran = CliRunner().invoke(main, ["retention", "explain", made.code])
    assert ran.output.splitlines()[0] == "Bảo quản đến hết ngày 31/12/2039."
    due = CliRunner().invoke(main, ["retention", "due", "--on", "31/12/2039", "--json"])
    assert [json.loads(one)["case_file"] for one in due.output.splitlines()] == [made.code]
    none = CliRunner().invoke(main, ["retention", "due", "--on", "30/12/2039", "--json"])
    assert none.output == ""


def test_what_changed_unseen_is_counted_by_the_worker(headed: House) -> None:
    made = closed(headed, "20 năm")
    assert term_clock.catch_up(headed.services) == 1
    assert term_clock.catch_up(headed.services) == 0
    with headed.services.db.reading() as rows:
        clock = rows.get_one(Clock, made.id)
        assert ends.of_case_file(rows, rows.get_one(CaseFile, made.id)).on == clock.expires_on


# What a page asks ---------------------------------------------------------------------------------


def test_a_page_asks_seldom_however_much_there_is(headed: House) -> None:
    (rule,) = in_force(headed, TWENTY)
    made = closed(headed, "20 năm")
    other = a_file(headed)
    with writing(headed.services.db) as rows:
        inside = select(Document).where(Document.placements.any(case_file_id=made.id))
        there = rows.get_one(CaseFile, other.id)
        documents.place(rows, rows.scalars(inside).one(), there)
    headed.post(headed.as_("lan"), f"/retention/case-files/assign/{made.code}", rule=str(rule))
    path = f"/retention/case-files/{made.code}"
    for target in (path, "/retention/schedule", f"/retention/schedule/rules/{rule}"):
        assert len(asked(headed, "lan", target)) <= MOST, target
