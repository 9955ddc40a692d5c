"""Submitting on the pages: chosen, sent, looked through, accepted or returned, signed for."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import func, select

from archive import audit, clock, freezes, people, submissions
from archive.life_models import AccessChange, KeptBack, PaperPart, Submission
from archive.models import Organ
from ingest.scanner import ScannerSilent, ScanResult
from tests.factories import PASSWORD, a_person, counting
from tests.web.conftest import House
from tests.web.submitting import (
    DAYS_LATE,
    DUE,
    ENDED,
    LATE,
    a_closed_file,
    look_through,
    stage_of,
    submit,
    the_document_in,
    the_file,
)
from web import clockwork


@pytest.fixture
def office(house: House) -> House:
    """The house with a head."""
    a_person(house.services.db, house.organ(), "hung", "head")
    return house


@pytest.mark.rule("HC-01")
def test_an_officer_chooses_finished_files_and_submits_them(office: House) -> None:
    first, second = a_closed_file(office), a_closed_file(office, title="Giao đất")
    client = office.as_("binh")
    page = client.get("/submissions").text
    assert first in page and second in page and f"{DUE:%d/%m/%Y}" in page
    answer = office.post(
        client,
        "/submissions/send",
        case_file=[first, second],
        name="Hồ sơ phòng Đất đai",
        condition="Tốt",
        boxes="3",
        metres="0,4",
    )
    page = client.get(answer.headers["Location"]).text
    assert "Hồ sơ phòng Đất đai" in page and "0,4" in page and "đang được kiểm tra" in page
    assert {stage_of(office, one) for one in (first, second)} == {"submitted"}
    assert "Hồ sơ phòng Đất đai" in client.get("/submissions?tab=sent").text
    assert "Hồ sơ phòng Đất đai" in office.as_("lan").get("/submissions").text


def test_what_was_typed_is_kept_when_something_is_wrong(office: House) -> None:
    code = a_closed_file(office)
    answer = office.post(
        office.as_("binh"), "/submissions/send", case_file=code, name="Tên khối", boxes="ba"
    )
    assert answer.status_code == 422
    assert "“ba” không phải" in answer.text and 'value="Tên khối"' in answer.text
    assert re.search(rf'value="{re.escape(code)}"[^>]*checked', answer.text)
    assert stage_of(office, code) == "closed"
    nothing = office.post(office.as_("binh"), "/submissions/send", name="Tên khối")
    assert nothing.status_code == 422


def test_somebody_elses_file_is_not_submitted(office: House) -> None:
    code = a_closed_file(office, "lan")
    answer = office.post(office.as_("binh"), "/submissions/send", case_file=code)
    assert answer.status_code == 422 and "người khác" in answer.text
    assert stage_of(office, code) == "closed"


@pytest.mark.rule("HC-47")
def test_the_archive_sees_green_and_red_lines_and_accepts(office: House) -> None:
    code = submit(office, case_file := a_closed_file(office))
    client = office.as_("lan")
    assert "disabled" in client.get(f"/submissions/{code}").text
    look_through(office)
    page = client.get(f"/submissions/{code}").text
    for words in ("Danh mục hồ sơ", "Chữ ký", "Mã độc", "không có trong danh mục"):
        assert words in page
    office.post(client, f"/submissions/{code}/items/1/accept")
    assert stage_of(office, case_file) == "submitted"  # a red line asks for a word
    office.post(client, f"/submissions/{code}/items/1/accept", note="Lập ngoài danh mục")
    assert stage_of(office, case_file) == "accepted"
    assert "Lập ngoài danh mục" in client.get(f"/submissions/{code}").text


def test_a_returned_file_comes_back_with_its_reason(office: House) -> None:
    code = submit(office, case_file := a_closed_file(office))
    client = office.as_("lan")
    office.post(client, f"/submissions/{code}/items/1/return", reason=" ")
    assert stage_of(office, case_file) == "submitted"
    office.post(client, f"/submissions/{code}/items/1/return", reason="Thiếu phụ lục 2")
    assert stage_of(office, case_file) == "returned"
    officer = office.as_("binh")
    assert "Thiếu phụ lục 2" in officer.get(f"/submissions/{code}").text
    assert case_file in officer.get("/submissions?tab=mine").text


def test_a_case_file_leads_to_its_submission(office: House) -> None:
    code = submit(office, case_file := a_closed_file(office))
    for who, sees in (("binh", True), ("lan", True), ("minh", False)):
        page = office.as_(who).get(f"/case-files/{case_file}").text
        assert "lưu trữ đang kiểm tra" in page
        assert (f"Đợt nộp lưu {code}" in page) is sees


def test_the_officer_takes_back_what_nobody_has_decided(office: House) -> None:
    code = submit(office, case_file := a_closed_file(office))
    office.post(office.as_("binh"), f"/submissions/{code}/items/1/take-back", reason="Nhầm")
    assert stage_of(office, case_file) == "closed"


def test_who_may_not_decide_is_told_or_finds_nothing(office: House) -> None:
    code = submit(office, case_file := a_closed_file(office))
    look_through(office)
    item = f"/submissions/{code}/items/1"
    assert office.post(office.as_("binh"), f"{item}/accept", note="x").status_code == 403
    assert office.post(office.as_("hung"), f"{item}/accept", note="x").status_code == 403
    for name in ("minh", "hoa"):  # a clerk with no part in it; another organ's archivist
        client = office.as_(name)
        assert client.get(f"/submissions/{code}").status_code == 404
        assert office.post(client, f"{item}/accept", note="x").status_code == 404
    assert stage_of(office, case_file) == "submitted"


def test_a_line_that_was_mended_is_looked_through_again(office: House) -> None:
    silent = {"check_for_viruses": {"status": "not_checked", "why": "not_scanned"}}
    code = submit(office, case_file := a_closed_file(office, facts=silent))
    look_through(office)
    client = office.as_("lan")
    office.post(client, f"/submissions/{code}/items/1/accept", note="Vẫn nhận")
    assert stage_of(office, case_file) == "submitted"
    page = client.get(f"/submissions/{code}").text
    assert "chưa được quét mã độc" in page and "Kiểm tra lại" in page
    office.post(client, f"/submissions/{code}/items/1/look-again")
    assert "đang được kiểm tra" in client.get(f"/submissions/{code}").text
    look_through(office)
    assert "đang được kiểm tra" not in client.get(f"/submissions/{code}").text


def test_without_a_scanner_a_person_answers_for_it_in_words(office: House) -> None:
    none = {"check_for_viruses": {"status": "not_checked", "why": "no_scanner"}}
    code = submit(office, case_file := a_closed_file(office, facts=none))
    look_through(office)
    office.post(office.as_("lan"), f"/submissions/{code}/items/1/accept", note="Đã quét ở máy khác")
    assert stage_of(office, case_file) == "accepted"


def test_a_file_without_signatures_is_not_said_to_have_good_ones(office: House) -> None:
    code = submit(office, a_closed_file(office, facts={"check_signatures": {"count": 0}}))
    look_through(office)
    page = office.as_("lan").get(f"/submissions/{code}").text
    assert "Không có chữ ký số nào" in page and "Hệ thống gặp lỗi" not in page


class Scanner:
    """A scanner that answers as it is told to; None: it is silent."""

    def __init__(self, answer: ScanResult | None) -> None:
        self.answer, self.asked = answer, 0

    def scan(self, path: Path) -> ScanResult:
        self.asked += 1
        assert path.read_bytes()
        if self.answer is None:
            raise ScannerSilent("scanner_silent", url="clamav://", why="gone")
        return self.answer


CLEAN_TODAY = ScanResult(True, None, "ClamAV 1.4", date(2026, 11, 1), True)
EICAR = ScanResult(False, "Eicar-Test", "ClamAV 1.4", date(2026, 11, 1), True)


def scanned(office: House, scanner: Scanner) -> None:
    """Let the worker look through what was submitted, with this scanner."""
    services = office.services
    workshop = replace(services.workshop, scanner=scanner)
    clockwork.look_through_submissions(replace(services, workshop=workshop))


def test_files_are_scanned_anew_for_the_archive_and_the_page_says_when(office: House) -> None:
    code = submit(office, case_file := a_closed_file(office, facts={"check_signatures": {}}))
    scanned(office, scanner := Scanner(CLEAN_TODAY))
    assert scanner.asked == 1
    client = office.as_("lan")
    assert "Đã quét lúc" in client.get(f"/submissions/{code}").text
    with clock.standing_at(clock.now() + timedelta(days=8)):
        assert "Đã quét lúc" in (page := office.as_("lan").get(f"/submissions/{code}").text)
        assert "quá 7 ngày" in page
        office.post(office.as_("lan"), f"/submissions/{code}/items/1/accept", note="Vẫn nhận")
        assert stage_of(office, case_file) == "submitted"
    office.post(client, f"/submissions/{code}/items/1/accept", note="Ngoài danh mục")
    assert stage_of(office, case_file) == "accepted"


def test_a_silent_scanner_is_a_red_line_that_says_what_to_do(office: House) -> None:
    code = submit(office, case_file := a_closed_file(office))  # the road found it clean
    scanned(office, Scanner(None))
    client = office.as_("lan")
    assert "Khởi động ClamAV" in client.get(f"/submissions/{code}").text
    office.post(client, f"/submissions/{code}/items/1/accept", note="Vẫn nhận")
    assert stage_of(office, case_file) == "submitted"
    office.post(client, f"/submissions/{code}/items/1/look-again")
    scanned(office, Scanner(CLEAN_TODAY))
    office.post(client, f"/submissions/{code}/items/1/accept", note="Ngoài danh mục")
    assert stage_of(office, case_file) == "accepted"


def test_a_virus_that_nobody_knew_at_receipt_stops_acceptance_and_closes_the_original(
    office: House,
) -> None:
    code = submit(office, case_file := a_closed_file(office))
    scanned(office, Scanner(EICAR))
    page = office.as_("lan").get(f"/submissions/{code}").text
    assert "Eicar-Test" in page
    office.post(office.as_("lan"), f"/submissions/{code}/items/1/accept", note="Vẫn nhận")
    assert stage_of(office, case_file) == "submitted"
    assert office.document(the_document_in(office.services.db, case_file)).alarm == "infected"


def accepted(office: House) -> tuple[str, str]:
    """Codes of a submission and of its one case file, which was accepted."""
    code = submit(office, case_file := a_closed_file(office))
    look_through(office)
    office.post(office.as_("lan"), f"/submissions/{code}/items/1/accept", note="Ngoài danh mục")
    return code, case_file


def test_both_sides_sign_with_their_password(office: House) -> None:
    code, _ = accepted(office)
    officer, archivist = office.as_("binh"), office.as_("lan")
    path = f"/submissions/{code}/sign"
    office.post(officer, path, side="giving", password="sai")
    assert row(office, code).delivered_at is None
    office.post(officer, path, side="giving", password=PASSWORD)
    office.post(archivist, path, side="giving", password=PASSWORD)
    assert office.post(officer, path, side="receiving", password=PASSWORD).status_code == 403
    assert row(office, code).received_at is None
    office.post(archivist, path, side="receiving", password=PASSWORD)
    found = row(office, code)
    signed = (found.delivered_by_id, found.received_by_id)
    assert signed == (office.person("binh").id, office.person("lan").id)
    assert code in archivist.get("/submissions?tab=decided").text
    assert code not in archivist.get("/submissions?tab=waiting").text


def row(office: House, code: str) -> Submission:
    with office.services.db.reading() as session:
        return submissions.by_code(session, code)


def test_one_hand_neither_gives_and_takes_nor_signs_twice_by_delegation(office: House) -> None:
    db = office.services.db
    with db.reading() as session:
        lan, binh = people.by_name(session, "lan"), people.by_name(session, "binh")
    case_file = a_closed_file(office)
    with audit.acting_as(lan, "web", principal=binh), db.transaction() as session:
        organ = session.get_one(Organ, binh.organ_id)
        made = submissions.submit(session, organ, [the_file(session, case_file)], binh)
        code = made.code
    look_through(office)
    client = office.as_("lan")
    assert "Người giao không đồng thời là người nhận" in client.get(f"/submissions/{code}").text
    office.post(client, f"/submissions/{code}/items/1/accept", note="x")
    assert stage_of(office, case_file) == "submitted"


@pytest.mark.rule("HC-47")
def test_an_accepted_file_takes_no_change_from_anybody_at_any_door(office: House) -> None:
    _, case_file = accepted(office)
    document = the_document_in(office.services.db, case_file)
    with office.services.db.reading() as session:
        before = audit.row_digest(the_file(session, case_file))
        inside = len(the_file(session, case_file).placements)
    tries = [
        ("/tray", {"document": office.tray_code, "case_file": case_file}),
        (f"/documents/{office.tray_code}/place", {"case_file": case_file}),
        (f"/documents/{document}/correct", {"Subject": "Khác", "why": "Thử sửa"}),
        ("/submissions/send", {"case_file": case_file}),
        (
            "/submissions/keep-back",
            {
                "case_file": case_file,
                "until_on": "2027-06-01",
                "reason": "x",
                "consent_number": "1",
                "consent_date": "2026-12-01",
            },
        ),
        (
            "/access/holder",
            {"code": case_file, "person": str(office.person("minh").id), "why": "Đổi người giữ"},
        ),
    ]
    for name in ("binh", "minh", "hung"):
        client = office.as_(name)
        for path, form in tries:
            assert office.post(client, path, **form).status_code != 500, path
    with office.services.db.reading() as session:
        found = the_file(session, case_file)
        assert (audit.row_digest(found), len(found.placements)) == (before, inside)
    assert office.document(document).subject.startswith("Văn bản trong")


WALKED = ("case_file_life", "papers")


@pytest.mark.rule("HC-47")
def test_the_former_holder_only_reads_an_accepted_file_whatever_is_sent(office: House) -> None:
    """Every address that writes to a case file, with a form that would fit any of them."""
    _, case_file = accepted(office)
    document = the_document_in(office.services.db, case_file)
    form = {
        "document": document,
        "case_file": case_file,
        "why": "duplicate",
        "reason": "Thử sửa",
        "note": "x",
        "Title": "Khác",
        "title": "Khác",
        "EndDate": "01/02/2026",
        "level": "assigned",
        "to_level": "assigned",
        "access_level": "assigned",
        "kind": "original",
        "what": "Bản giấy",
        "place": "Kho 1",
    }
    before = _state(office, case_file)
    client = office.as_("binh")
    rules = [one for one in office.app.url_map.iter_rules() if "POST" in (one.methods or ())]
    walked = [one for one in rules if one.endpoint.split(".")[0] in WALKED]
    assert len(walked) >= 6
    for rule in walked:
        values = {"code": case_file, "kind": "case_file", "number": 1, "verb": "drop"}
        asked: dict[str, Any] = {name: values[name] for name in rule.arguments}
        with office.app.test_request_context():
            path = url_for(rule.endpoint, **asked)
        assert office.post(client, path, **form).status_code != 500, path
        assert _state(office, case_file) == before, path
    assert client.get(f"/case-files/{case_file}").status_code == 200


def _state(office: House, code: str) -> tuple[object, ...]:
    with office.services.db.reading() as session:
        found = the_file(session, code)
        papers = session.scalar(
            select(func.count()).select_from(PaperPart).where(PaperPart.case_file_id == found.id)
        )
        asked = session.scalar(
            select(func.count())
            .select_from(AccessChange)
            .where(AccessChange.case_file_id == found.id)
        )
        places = tuple(audit.row_digest(one) for one in found.placements)
        return (audit.row_digest(found), places, papers, asked)


def test_the_head_lets_a_unit_keep_a_file_back(office: House) -> None:
    code = a_closed_file(office)
    client = office.as_("hung")
    with clock.standing_at(LATE):
        client = office.as_("hung")
        assert f"quá hạn {DAYS_LATE} ngày" in client.get("/submissions?tab=due").text
        until, last = DUE + timedelta(days=300), clock.months_after(DUE, 24)
        form = {"case_file": code, "until_on": until.isoformat(), "reason": "Đang xử lý khiếu nại"}
        wrong = office.post(client, "/submissions/keep-back", **form)
        assert wrong.status_code == 422 and "Đang xử lý khiếu nại" in wrong.text
        form |= {"consent_number": "12/CV-TTLT", "consent_date": "2026-01-20"}
        form["until_on"] = (last + timedelta(days=1)).isoformat()
        too_long = office.post(client, "/submissions/keep-back", **form)
        assert too_long.status_code == 422 and f"{last:%d/%m/%Y}" in too_long.text
        form["until_on"] = until.isoformat()
        nowhere = office.post(client, "/submissions/keep-back", **form)
        assert nowhere.status_code == 422 and "12/CV-TTLT" in nowhere.text
        office.post(client, "/submissions/keep-back", consent=office.open_code, **form)
        page = office.as_("lan").get("/submissions?tab=kept").text
        assert "12/CV-TTLT, 20/01/2026" in page and office.open_code in page
        client.get("/submissions?tab=kept")  # what was done is said once
        assert code not in client.get("/submissions?tab=due").text
        assert office.post(office.as_("lan"), "/submissions/keep-back", **form).status_code == 403
    with office.services.db.reading() as session:
        assert session.query(KeptBack).count() == 1


def test_the_archive_announces_its_list_once_a_day(office: House) -> None:
    a_closed_file(office)
    with clock.standing_at(LATE):
        client = office.as_("lan")
        office.post(client, "/submissions/call", note="Công văn 3/TTLT")
        assert "Công văn 3/TTLT" in office.as_("binh").get("/submissions").text
        office.post(client, "/submissions/call")
        assert "đã được công bố hôm nay" in client.get("/submissions").text
        assert office.post(office.as_("binh"), "/submissions/call").status_code == 403


def test_units_are_listed_with_what_is_late_and_due(office: House) -> None:
    a_closed_file(office)
    a_closed_file(office, end=ENDED + timedelta(days=30))
    with clock.standing_at(LATE):
        page = office.as_("hung").get("/submissions?tab=units").text
    assert re.search(r"chưa có đơn vị.*?>1<.*?>1<", page, re.DOTALL)


def test_sixty_days_are_counted_down_and_lateness_is_shown(office: House) -> None:
    with clock.standing_at(LATE):
        code = submit(office, a_closed_file(office))
        assert "còn 60 ngày" in office.as_("lan").get(f"/submissions/{code}").text
    with clock.standing_at(LATE + timedelta(days=62)):
        assert "quá hạn 2 ngày" in office.as_("lan").get("/submissions").text


def test_all_green_ones_are_accepted_together(office: House) -> None:
    files = [a_closed_file(office) for _ in range(3)]
    code = submit(office, *files)
    with audit.acting_as(None, "worker"), office.services.db.transaction() as session:
        for one in submissions.by_code(session, code).items[:2]:
            one.checks = [{"check": "plan", "is_good": True, "is_needed": False, "found": []}]
        audit.record(session, "submission.check", submissions.by_code(session, code))
    office.post(office.as_("lan"), f"/submissions/{code}/accept-green")
    assert [stage_of(office, one) for one in files] == ["accepted", "accepted", "submitted"]


def test_a_frozen_file_is_neither_chosen_nor_accepted_and_says_why(office: House) -> None:
    code = submit(office, inside := a_closed_file(office))
    held = a_closed_file(office)
    with audit.acting_as(None, "command"), office.services.db.transaction() as session:
        files = [the_file(session, one) for one in (inside, held)]
        head = people.by_name(session, "hung")
        freezes.freeze(
            session,
            session.get_one(Organ, head.organ_id),
            files,
            by=head,
            number="7/LĐB",
            ordered_on=date(2026, 3, 1),
            reason="Thanh tra",
        )
    page = office.as_("binh").get("/submissions?tab=mine").text
    assert "7/LĐB" in page and re.search(rf'value="{re.escape(held)}"[^>]*disabled', page)
    look_through(office)
    client = office.as_("lan")
    assert "7/LĐB" in client.get(f"/submissions/{code}").text
    office.post(client, f"/submissions/{code}/items/1/return", reason="x")
    assert stage_of(office, inside) == "submitted"


@pytest.mark.parametrize("tab", ["mine", "sent", "waiting", "decided", "due", "units", "kept"])
def test_lists_cost_at_most_fifteen_questions(office: House, tab: str) -> None:
    files = [a_closed_file(office) for _ in range(4)]
    code = submit(office, *files[:2])
    with clock.standing_at(LATE):
        client = office.as_("lan")
        for path in (f"/submissions?tab={tab}", f"/submissions/{code}"):
            with counting(office.services.db) as asked:
                assert client.get(path).status_code == 200
            assert len(asked) <= 15, (path, len(asked))


def test_another_organ_sees_none_of_it(office: House) -> None:
    code = submit(office, a_closed_file(office))
    client = office.as_("hoa")
    for tab in ("waiting", "decided", "due", "units", "kept", "mine", "sent"):
        assert "TTLT" not in client.get(f"/submissions?tab={tab}").text.split("<main")[1]
    assert client.get(f"/submissions/{code}").status_code == 404
