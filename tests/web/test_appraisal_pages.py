"""Notices, calendar and re-appraisal in the pages: who is told, many rows at once, refusals."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive import audit, clock
from archive.models import CaseFile, Document, Organ, Person
from retention import assignments, ends, expiries
from retention.models import Appraisal
from tests.factories import a_case_file, a_document, a_person, counting, writing
from tests.web.conftest import House
from web import likeness_clock, term_watch
from web.error_words import WORDS
from web.pages import duplicates as duplicates_page

YEAR = clock.now().year + 1
TOLD, OVER, LATER = date(YEAR, 12, 1), date(YEAR + 1, 1, 1), date(YEAR + 1, 2, 1)


@contextmanager
def on(day: date) -> Iterator[None]:
    with clock.standing_at(datetime(day.year, day.month, day.day, 3, tzinfo=UTC)):
        yield


def a_closed_file(house: House, title: str = "Hồ sơ hết hạn", **more: Any) -> CaseFile:
    """Held by the officer, its term confirmed: it ends with the next year."""
    organ, db = house.organ(), house.services.db
    more.setdefault("holder", house.person("binh"))
    made = a_case_file(db, organ, title, maintenance="5 năm", **more)
    a_document(db, organ, case_file=made)
    with writing(db) as session:
        found = session.get_one(CaseFile, made.id)
        found.stage, found.closed_at = "closed", clock.now()
        found.start_date = found.end_date = date(YEAR - 5, 3, 14)
        found.revision += 1
        session.flush()
        audit.record(session, "case_file.close", found)
        who = session.get_one(Person, house.person("lan").id)
        assignments.assign(session, found, who, term="5 năm", source="archivist", reason="Xác nhận")
        ends.refresh(session, found)
    return made


def watch(house: House, *days: date) -> None:
    for day in days:
        with on(day):
            term_watch.look(house.services)


def appraisal(house: House, case_file: CaseFile) -> Appraisal:
    with house.services.db.reading() as rows:
        wanted = select(Appraisal).where(Appraisal.case_file_id == case_file.id)
        return rows.scalars(wanted.order_by(Appraisal.id.desc())).first()  # type: ignore[return-value]


def checked(client: FlaskClient, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200, page.text[:400]
    return str(page.text)


@pytest.mark.rule("HC-70")
def test_the_notice_shows_who_was_told_and_who_noted_it(house: House) -> None:
    one = a_closed_file(house)
    watch(house, TOLD)
    number = appraisal(house, one).id
    with on(TOLD):
        binh, lan = house.as_("binh"), house.as_("lan")
        assert one.code in checked(lan, "/retention/notices")
        assert "Lan" in checked(lan, f"/retention/notices/{number}")
        assert house.post(binh, f"/retention/notices/{number}/known").status_code == 302
        page = checked(lan, "/retention/notices/printed")
        assert "Binh" in page
        assert one.code not in checked(lan, "/retention/notices?tab=unknown")
    assert appraisal(house, one).acknowledged_by_id == house.person("binh").id


def test_a_notice_in_the_inbox_leads_to_re_appraisal(house: House) -> None:
    one = a_closed_file(house)
    watch(house, TOLD)
    with on(TOLD):
        binh = house.as_("binh")
        inbox = checked(binh, "/notices")
        (address,) = set(re.findall(r'href="(/notices/\d+)"', inbox))
        page = checked(binh, address)
    assert one.code in page
    assert "/retention/appraisals?tab=noticed" in page


def test_who_speaks_for_no_side_notes_nothing_and_that_is_told(house: House) -> None:
    one = a_closed_file(house)
    watch(house, TOLD)
    with on(TOLD):
        minh = house.as_("minh")
        answer = house.post(minh, f"/retention/notices/{appraisal(house, one).id}/known")
    assert answer.status_code == 403
    (told,) = house.events("appraisal.refused")
    assert told.facts == {"move": "acknowledge", "code": "not_your_unit"}
    assert told.person_id == house.person("minh").id


@pytest.mark.rule("HC-71")
def test_many_rows_are_given_an_opinion_and_concluded_at_once(house: House) -> None:
    files = [a_closed_file(house, f"Hồ sơ {n}") for n in range(3)]
    watch(house, TOLD, OVER)
    numbers = [appraisal(house, one).id for one in files]
    with on(LATER):
        binh, lan = house.as_("binh"), house.as_("lan")
        said = {"appraisal": numbers, "verdict": "destroy", "reason": "Hết giá trị"}
        assert house.post(binh, "/retention/appraisals/opine", **said).status_code == 302
        page = checked(lan, "/retention/appraisals")
        assert page.count('name="appraisal"') == 3
        house.post(lan, "/retention/appraisals/conclude", **said)
        assert "Hết giá trị" in checked(lan, "/retention/appraisals?tab=proposed")
        stages = [appraisal(house, one).stage for one in files]
        assert stages == ["proposed"] * 3
        house.post(
            lan, "/retention/appraisals/conclude", appraisal=numbers[:1], move="withdraw",
            reason="Xem lại",
        )  # fmt: skip
    assert [appraisal(house, one).stage for one in files] == ["due", "proposed", "proposed"]


def test_one_row_that_cannot_be_done_holds_up_none_of_the_others(house: House) -> None:
    good, other = a_closed_file(house, "Một"), a_closed_file(house, "Hai")
    watch(house, TOLD, OVER)
    numbers = [appraisal(house, one).id for one in (good, other)]
    with on(LATER):
        binh, lan = house.as_("binh"), house.as_("lan")
        keep = {"appraisal": numbers[1:], "verdict": "permanent", "reason": "Còn giá trị"}
        house.post(binh, "/retention/appraisals/opine", **keep)
        answer = house.post(
            lan, "/retention/appraisals/conclude", appraisal=numbers, verdict="destroy",
            reason="Hết giá trị",
        )  # fmt: skip
        page = checked(lan, answer.location)
    assert [appraisal(house, one).stage for one in (good, other)] == ["proposed", "due"]
    assert other.code in page
    assert "say-danger" in page


def test_the_button_is_grey_and_says_why(house: House) -> None:
    one = a_closed_file(house)
    watch(house, TOLD, OVER)
    number = appraisal(house, one).id
    with on(OVER):
        page = checked(house.as_("lan"), f"/retention/appraisals/{number}")
        assert 'aria-describedby="why-propose"' in page
        english = house.as_("thu")
        house.post(english, "/language", language="en", next="/")
        said = checked(english, f"/retention/appraisals/{number}")
    assert said.count(WORDS["unit_has_not_spoken"][0]) == 1


def test_an_officer_concludes_nothing_and_that_is_told(house: House) -> None:
    one = a_closed_file(house)
    watch(house, TOLD, OVER)
    with on(LATER):
        answer = house.post(
            house.as_("binh"), "/retention/appraisals/conclude",
            appraisal=appraisal(house, one).id, verdict="destroy", reason="Hủy",
        )  # fmt: skip
    assert answer.status_code == 403
    assert house.events("appraisal.refused")[0].facts["code"] == "not_allowed"
    assert appraisal(house, one).stage == "due"


def test_another_organ_finds_nothing(house: House) -> None:
    one = a_closed_file(house)
    watch(house, TOLD)
    number = appraisal(house, one).id
    with on(TOLD):
        hoa = house.as_("hoa")
        assert one.code not in checked(hoa, "/retention/appraisals?tab=noticed&whose=all")
        for path in (f"/retention/notices/{number}", f"/retention/appraisals/{number}"):
            assert hoa.get(path).status_code == 404
        said = {"appraisal": number, "verdict": "destroy", "reason": "vì"}
        assert house.post(hoa, "/retention/appraisals/opine", **said).status_code == 404
        assert house.post(hoa, f"/retention/notices/{number}/known").status_code == 404


def test_what_only_its_holder_may_see_is_not_in_others_lists_and_counts(house: House) -> None:
    one = a_closed_file(house, "Nhân sự kín", access_level="assigned", holder=house.person("binh"))
    with house.services.db.reading():
        pass
    watch(house, TOLD)
    a_person(house.services.db, house.organ(), "xa", "officer")
    with on(TOLD):
        for name, is_seen in (("xa", False), ("binh", True), ("lan", True)):
            client = house.as_(name)
            for path in (
                "/retention/notices",
                "/retention/appraisals?tab=noticed&whose=all",
                f"/retention/calendar/files?year={YEAR}",
            ):
                assert ("Nhân sự kín" in checked(client, path)) is is_seen, (name, path)
    assert one.code


def test_the_calendar_leads_to_the_files_of_a_bar(house: House) -> None:
    one = a_closed_file(house)
    lan = house.as_("lan")
    page = checked(lan, "/retention/calendar")
    assert "<svg" in page
    assert f"/retention/calendar/files?year={YEAR}" in page
    months = checked(lan, f"/retention/calendar?year={YEAR}")
    assert "month=12" in months
    for path in (f"?year={YEAR}", f"?year={YEAR}&month=12"):
        assert one.code in checked(lan, f"/retention/calendar/files{path}")
    assert one.code not in checked(lan, f"/retention/calendar/files?year={YEAR}&month=11")
    assert one.code not in checked(lan, f"/retention/calendar?first={YEAR + 20}")


@pytest.mark.parametrize("asked", ["year=0", "year=9999", "month=13&year=2031", "fate=x", "year=x"])
def test_nonsense_in_the_address_breaks_no_calendar(house: House, asked: str) -> None:
    lan = house.as_("lan")
    checked(lan, f"/retention/calendar?{asked}&first=99999")
    checked(lan, f"/retention/calendar/files?{asked}")


@pytest.mark.parametrize(
    "path",
    [
        "/retention/notices",
        "/retention/notices/printed",
        "/retention/appraisals",
        "/retention/appraisals?tab=noticed",
        "/retention/calendar",
        f"/retention/calendar/files?year={YEAR}",
        "/retention/duplicates",
    ],
)
def test_a_page_asks_no_more_of_twenty_rows_than_of_two(house: House, path: str) -> None:
    for n in range(2):
        a_closed_file(house, f"Hồ sơ {n}")
    watch(house, TOLD, OVER)
    with on(OVER):
        lan = house.as_("lan")
        checked(lan, path)
        with counting(house.services.db) as few:
            checked(lan, path)
        for n in range(10):
            a_closed_file(house, f"Hồ sơ thêm {n}")
        watch(house, OVER)
        with counting(house.services.db) as many:
            checked(lan, path)
    assert len(many) <= max(len(few), 1)
    assert len(many) <= 17, many


@pytest.mark.parametrize("form", [{}, {"appraisal": "9" * 9}, {"appraisal": "x"}])
def test_nothing_chosen_and_nonsense_are_refused(house: House, form: dict[str, Any]) -> None:
    lan = house.as_("lan")
    answer = house.post(lan, "/retention/appraisals/opine", verdict="destroy", reason="vì", **form)
    assert answer.status_code in (404, 422)


def test_a_machine_that_watches_twice_tells_once(house: House) -> None:
    a_closed_file(house)
    watch(house, TOLD, TOLD)
    with house.services.db.reading() as rows:
        assert len(rows.scalars(select(Appraisal)).all()) == 1
        organ = rows.scalars(select(Organ)).first()
        assert organ is not None
    assert len(house.events("appraisal.notice")) == 1
    assert expiries.STEPS


def test_the_case_file_tells_of_its_notice_and_of_what_was_concluded(house: House) -> None:
    one = a_closed_file(house)
    watch(house, TOLD, OVER)
    with on(LATER):
        lan = house.as_("lan")
        number = appraisal(house, one).id
        house.post(
            lan, "/retention/appraisals/conclude", appraisal=number, verdict="extend",
            new_term="20 năm", reason="Còn giá trị tra cứu",
        )  # fmt: skip
        story = checked(lan, f"/case-files/{one.code}")
        own = checked(lan, f"/retention/appraisals/{number}")
    for page in (story, own):
        assert "Còn giá trị tra cứu" in page
        assert "gia hạn: 20 năm" in page
        assert "thông báo sắp hết thời hạn" in page


def test_two_that_look_alike_are_shown_side_by_side_and_one_is_named(house: House) -> None:
    alike: dict[str, Any] = {"code_number": "12", "code_notation": "QĐ-UBND"}
    alike["organ_name"] = "UBND tỉnh"
    kept = a_closed_file(house, "Giữ lâu")
    db, organ = house.services.db, house.organ()
    first, second = (
        a_document(db, organ, f"Bản {n}", issued_date="05/03/2014", case_file=file, **alike)
        for n, file in enumerate((None, a_case_file(db, organ, "Khác")))
    )
    lan = house.as_("lan")
    page = checked(lan, "/retention/duplicates/now?ground=number")
    assert first.code in page
    assert second.code in page
    assert first.code not in checked(lan, "/retention/duplicates/now?ground=doc_code")
    older = f"/retention/duplicates/now?ground=number&before={first.id}"
    assert first.code not in checked(lan, older)
    said = {"leaves": second.code, "stays": first.code}
    assert house.post(house.as_("binh"), "/retention/duplicates/name", **said).status_code == 403
    answer = house.post(lan, "/retention/duplicates/name", **said)
    assert "twin_without_case_file" not in answer.text
    assert WORDS["twin_without_case_file"]
    assert appraisal(house, kept) is None


def test_what_the_night_found_stands_on_pages_until_somebody_asks_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike: dict[str, Any] = {
        "code_number": "12",
        "code_notation": "QĐ-UBND",
        "organ_name": "UBND tỉnh",
    }
    db, organ = house.services.db, house.organ()
    a_closed_file(house, "Giữ lâu")
    made = [
        a_document(db, organ, f"Bản {n}", issued_date="05/03/2014",
                   case_file=a_case_file(db, organ, f"Hồ sơ {n}"), **alike)
        for n in range(4)
    ]  # fmt: skip
    lan, here = house.as_("lan"), "/retention/duplicates?ground=number"
    before = checked(lan, here)
    assert made[0].code not in before
    assert "chưa từng" in before
    likeness_clock.look(house.services)
    page = checked(lan, here)
    assert all(one.code in page for one in made)
    assert made[0].code not in checked(lan, "/retention/duplicates?ground=doc_code")
    monkeypatch.setattr(duplicates_page, "PER_PAGE", 2)
    assert made[0].code not in checked(lan, here)  # the newest first
    assert made[0].code in checked(lan, f"{here}&page=2")
    house.post(lan, "/retention/duplicates/name", leaves=made[1].code, stays=made[0].code)
    with house.services.db.reading() as rows:
        asked = rows.scalars(select(Appraisal.document_id)).all()
    page = checked(lan, here)
    assert (made[0].code in page) == (made[1].id not in asked)
    with house.services.db.transaction() as rows, audit.acting_as(None, "worker"):
        document = rows.get_one(Document, made[3].id)
        document.destroyed_at = clock.now()  # closed to everybody, and noted still
        rows.flush()
        audit.record(rows, "document.test", document)
    assert made[3].code not in checked(lan, here)


def test_the_first_page_says_what_waits_for_the_archive_and_the_unit(house: House) -> None:
    one = a_closed_file(house)
    watch(house, TOLD, OVER)
    with on(OVER):
        lan, binh = house.as_("lan"), house.as_("binh")
        for client in (lan, binh):
            assert "/retention/appraisals?tab=due" in checked(client, "/")
        assert "/retention/appraisals?tab=due" not in checked(house.as_("minh"), "/")
        said = {"appraisal": appraisal(house, one).id, "verdict": "destroy", "reason": "Hết"}
        house.post(binh, "/retention/appraisals/opine", **said)
        assert "/retention/appraisals?tab=due" not in checked(binh, "/")
