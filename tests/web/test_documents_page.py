"""The document's page: what it is, whether to trust it, what may be done, what happened."""

import hashlib
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import audit, documents
from archive.fields import DOCUMENT_FIELDS
from archive.models import Document, Event, Part
from tests.web.conftest import SAMPLE, SECRET_SUBJECT, House
from web.app import create_app


def story_of(page: str) -> str:
    found = re.search(r'<ol class="story">.*?</ol>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[0]) if found else ""


@pytest.mark.rule("HC-81")
def test_all_metadata_is_shown_to_who_may_see_the_document(house: House) -> None:
    page = house.as_("lan").get(f"/documents/{house.open_code}").text
    for field in DOCUMENT_FIELDS:
        assert f"<dt>{field.name}</dt>" in page, field.code
    for value in ("03/QĐ-UBND", "05/03/2014", "Ủy ban nhân dân thành phố", "Số hộp", "H-27"):
        assert value in page
    assert house.part(house.open_code).digest[:12] in page


def test_the_page_marks_the_words_that_were_searched(house: House) -> None:
    page = house.as_("lan").get(f"/documents/{house.open_code}?page=2&q=chữ+ký").text
    boxes = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', page)
    assert [float(one[0]) for one in boxes] == [298.0, 398.0]
    assert "<mark>Chữ ký</mark>" in page
    assert "pages/2-1000.webp" in page


def test_pages_can_be_turned_zoomed_and_jumped_to_without_script(house: House) -> None:
    client = house.as_("lan")
    page = client.get(f"/documents/{house.open_code}?page=2&zoom=150").text
    for part in ("page=1&amp;zoom=150", "page=3&amp;zoom=150", 'name="page"', "2-1800.webp"):
        assert part in page
    assert "3-1000.webp" in client.get(f"/documents/{house.open_code}?page=99").text
    assert client.get(f"/documents/{house.open_code}?page=nonsense").status_code == 200


def test_a_page_picture_is_ours_private_and_asked_for_each_time(house: House) -> None:
    client, path = house.as_("lan"), f"/documents/{house.open_code}/1/pages/1-160.webp"
    answer = client.get(path)
    assert answer.mimetype == "image/webp"
    assert answer.data[:4] == b"RIFF"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert house.as_("thu").get(path, headers=tag).status_code == 403
    assert client.get(f"/documents/{house.open_code}/1/pages/1-161.webp").status_code == 404
    assert client.get(f"/documents/{house.open_code}/1/pages/9-160.webp").status_code == 404


@pytest.mark.rule("DB-05")
def test_an_officer_reads_the_pages_and_downloads_the_file(house: House) -> None:
    client = house.as_("binh")
    assert client.get(f"/documents/{house.open_code}/1/pages/1-1000.webp").status_code == 200
    answer = client.get(f"/documents/{house.open_code}/1/files/original")
    assert answer.data == SAMPLE.read_bytes()


def test_an_original_is_only_ever_saved_and_never_shown(house: House) -> None:
    for role in ("original", "archival", "text", "verapdf_report"):
        answer = house.as_("lan").get(f"/documents/{house.open_code}/1/files/{role}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
    for role in ("nothing", "../../archive.db", "seal"):
        answer = house.as_("lan").get(f"/documents/{house.open_code}/1/files/{role}")
        assert answer.status_code == 404


def test_a_damaged_file_is_not_given_out(house: House) -> None:
    damage(house, house.part(house.open_code).digest)
    answer = house.as_("lan").get(f"/documents/{house.open_code}/1/files/original")
    assert answer.status_code == 507
    assert "không còn như khi nhận" in answer.text


@pytest.mark.rule("HC-63")
def test_openings_downloads_and_prints_are_told_each_once(house: House) -> None:
    client = house.as_("binh")
    client.get(f"/documents/{house.open_code}")
    client.get(f"/documents/{house.open_code}?page=2&turn=1")
    client.get(f"/documents/{house.open_code}/1/pages/2-1000.webp")
    client.get(f"/documents/{house.open_code}/1/files/archival")
    client.get(f"/documents/{house.open_code}/print")
    binh = house.person("binh").id
    told = [
        one
        for action in ("document.open", "document.download", "document.print")
        for one in house.events(action)
    ]
    assert [one.action for one in told] == ["document.open", "document.download", "document.print"]
    assert {one.person_id for one in told} == {binh}
    assert {one.subject_code for one in told} == {house.open_code}
    assert told[1].facts["rendition"] == "archival"


def test_turning_pages_without_having_opened_is_told_as_an_opening(house: House) -> None:
    house.as_("binh").get(f"/documents/{house.open_code}?page=2&turn=1")
    assert len(house.events("document.open")) == 1


@pytest.mark.rule("HC-63")
def test_a_page_fetched_by_its_address_is_told_as_an_opening(house: House) -> None:
    client, pages = house.as_("binh"), f"/documents/{house.open_code}/1/pages"
    client.get(f"{pages}/1-160.webp")
    client.get(f"{pages}/9-1000.webp")
    assert house.events("document.open") == []
    client.get(f"{pages}/1-1800.webp")
    client.get(f"{pages}/2-1000.webp")
    assert [one.person_id for one in house.events("document.open")] == [house.person("binh").id]


def test_the_pages_of_a_print_are_no_further_opening(house: House) -> None:
    client = house.as_("binh")
    client.get(f"/documents/{house.open_code}/print")
    client.get(f"/documents/{house.open_code}/1/pages/1-1000.webp")
    assert house.events("document.open") == []


@pytest.mark.rule("HC-65", "HC-79")
def test_the_story_says_who_did_what_and_who_read_it(house: House) -> None:
    house.as_("binh").get(f"/documents/{house.open_code}")
    client = house.as_("lan")
    house.post(
        client,
        f"/documents/{house.open_code}/correct",
        subject="Trích yếu đã sửa",
        why="Sửa lỗi đánh máy",
    )
    client.get(f"/documents/{house.open_code}/1/files/original")
    said = story_of(client.get(f"/documents/{house.open_code}").text)
    for words in (
        "đưa văn bản vào kho",
        "Binh",
        "mở văn bản",
        "Lan",
        "sửa dữ liệu",
        "Sửa lỗi đánh máy",
        "Trích yếu đã sửa",
        "tải tệp gốc",
    ):
        assert words in said
    assert said.index("tải tệp gốc") < said.index("sửa dữ liệu") < said.index("đưa văn bản vào kho")
    assert re.search(r"\d\d/\d\d/\d{4} \d\d:\d\d", said)


def test_who_read_it_is_told_to_who_oversees_and_not_to_colleagues(house: House) -> None:
    house.as_("minh").get(f"/documents/{house.open_code}")
    assert "Minh" in story_of(house.as_("lan").get(f"/documents/{house.open_code}").text)
    assert "Minh" in story_of(house.as_("thu").get(f"/documents/{house.open_code}").text)
    house.as_("binh").get(f"/documents/{house.open_code}")
    mine = story_of(house.as_("binh").get(f"/documents/{house.open_code}").text)
    assert "Minh" not in mine
    assert "Binh" in mine


def test_turning_pages_waits_for_no_writer(house: House) -> None:
    client = house.as_("lan")
    client.get(f"/documents/{house.open_code}")
    with house.services.db.transaction() as writer:
        writer.scalar(select(1))
        page = client.get(f"/documents/{house.open_code}?page=2&turn=1")
        picture = client.get(f"/documents/{house.open_code}/1/pages/2-1000.webp")
    assert (page.status_code, picture.status_code) == (200, 200)
    assert len(house.events("document.open")) == 1


def test_a_long_story_is_read_in_parts(house: House) -> None:
    client = house.as_("binh")
    for _ in range(25):
        client.get(f"/documents/{house.open_code}")
    page = client.get(f"/documents/{house.open_code}").text
    older = re.search(r"\?before=(\d+)#story", page)
    assert older
    assert "đưa văn bản vào kho" not in story_of(page)
    rest = client.get(f"/documents/{house.open_code}?before={older[1]}").text
    assert "đưa văn bản vào kho" in story_of(rest)


def test_an_auditor_sees_the_description_and_no_word_of_the_content(house: House) -> None:
    client = house.as_("thu")
    page = client.get(f"/documents/{house.open_code}?q=chữ").text
    assert "03/QĐ-UBND" in page
    assert "Điều 2." not in page
    assert ".webp" not in page
    for path in ("1/files/original", "1/files/text", "1/pages/1-160.webp", "print"):
        assert client.get(f"/documents/{house.open_code}/{path}").status_code == 403, path
    assert [one.action for one in house.events("document.describe")] == ["document.describe"]


def test_an_auditor_reads_after_a_reason_that_stays_in_the_story(house: House) -> None:
    client = house.as_("thu")
    short = house.post(client, f"/documents/{house.open_code}/reason", why="vì")
    assert "quá ngắn" in client.get(short.headers["Location"]).text
    house.post(client, f"/documents/{house.open_code}/reason", why="Xác minh đơn thư số 12")
    assert client.get(f"/documents/{house.open_code}/1/files/original").status_code == 200
    assert "Xác minh đơn thư số 12" in house.as_("lan").get(f"/documents/{house.open_code}").text


def test_an_officer_cannot_talk_himself_into_a_closed_file(house: House) -> None:
    client = house.as_("binh")
    page = client.get(f"/documents/{house.closed_code}")
    assert page.status_code == 404
    assert SECRET_SUBJECT not in page.text
    answer = house.post(client, f"/documents/{house.closed_code}/reason", why="Tôi muốn đọc lắm")
    assert answer.status_code == 404
    assert client.get(f"/documents/{house.closed_code}/1/files/original").status_code == 404


@pytest.mark.rule("KT-47", "DB-31")
def test_who_may_not_correct_changes_nothing(house: House) -> None:
    for name in ("binh", "thu", "quan", "minh"):
        client = house.as_(name)
        assert client.get(f"/documents/{house.open_code}/correct").status_code == 403
        changed = house.post(
            client, f"/documents/{house.open_code}/correct", subject="Khác", why="Để trốn việc"
        )
        assert changed.status_code == 403
    assert house.document(house.open_code).subject != "Khác"


@pytest.mark.rule("KT-47", "DB-31")
def test_no_page_lets_anybody_delete_a_document_or_its_files(house: House) -> None:
    verbs = {
        method
        for rule in house.app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint.startswith(("documents.", "case_files."))
    }
    assert verbs <= {"GET", "HEAD", "OPTIONS", "POST"}
    posts = {
        rule.endpoint
        for rule in house.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith("documents.")
    }
    assert posts == {
        "documents.give_reason",
        "documents.correct",
        "documents.place",
        "documents.verify",
    }


@pytest.mark.rule("HC-82")
@pytest.mark.rule("HC-07")
def test_supplementary_fields_are_entered_with_a_reason(house: House) -> None:
    client = house.as_("lan")
    answer = house.post(
        client,
        f"/documents/{house.open_code}/correct",
        extra_name=["Số hộp", "Giá", ""],
        extra_value=["H-28", "K2", ""],
        why="Chuyển kho",
    )
    assert answer.status_code == 302
    assert house.document(house.open_code).supplementary == {"Số hộp": "H-28", "Giá": "K2"}
    page = client.get(f"/documents/{house.open_code}").text
    assert "<dt>Giá</dt><dd>K2</dd>" in page
    event = house.events("document.correct")[0]
    assert house.words(event)["before"] == {"+Số hộp": "H-27", "+Giá": None}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"subject": "Khác"}, "Chưa có lý do"),
        ({"issued_date": "31/02/2014", "why": "Sửa ngày"}, "31/02/2014"),
        ({"why": "Không đổi gì"}, "Chưa có giá trị nào thay đổi"),
    ],
)
@pytest.mark.rule("HC-07")
def test_a_wrong_correction_is_explained_and_nothing_typed_is_lost(
    house: House, form: dict[str, str], said: str
) -> None:
    answer = house.post(house.as_("lan"), f"/documents/{house.open_code}/correct", **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert all(value in answer.text for value in form.values())


def test_a_correction_typed_over_an_older_state_is_refused(house: House) -> None:
    client, path = house.as_("lan"), f"/documents/{house.open_code}/correct"
    seen = re.search(r'name="revision" value="(\d+)"', client.get(path).text)
    assert seen
    house.post(house.as_("lan"), path, subject="Của người khác", why="Sửa", revision=seen[1])
    late = house.post(client, path, subject="Của tôi", why="Sửa", revision=seen[1])
    assert late.status_code == 422
    assert "đã được người khác sửa" in late.text
    assert f'name="revision" value="{seen[1]}"' in late.text
    assert house.document(house.open_code).subject == "Của người khác"


def test_dates_are_typed_and_shown_day_first(house: House) -> None:
    client = house.as_("lan")
    form = client.get(f"/documents/{house.open_code}/correct").text
    assert 'value="05/03/2014"' in form
    house.post(
        client, f"/documents/{house.open_code}/correct", issued_date="06/03/2014", why="Sai ngày"
    )
    found = house.document(house.open_code).issued_date
    assert found is not None
    assert found.isoformat() == "2014-03-06"


def test_verifying_tells_the_outcome_in_the_story_and_in_the_answer(house: House) -> None:
    damage(house, house.part(house.open_code).digest)
    client = house.as_("lan")
    answer = house.post(client, f"/documents/{house.open_code}/verify")
    page = client.get(answer.headers["Location"]).text
    assert "CÓ ĐIỂM KHÔNG ĐẠT" in page
    assert "LẦN KIỂM TRA GẦN NHẤT PHÁT HIỆN SAI LỆCH" in page
    assert "is-bad" in page
    (told,) = house.events("document.verify")
    assert {"1/original: digest", "1/archival: digest"} <= set(told.facts["broken"])


def damage(house: House, digest: str) -> None:
    place = house.services.settings.path("files", digest[:2], digest[2:4], digest)
    place.chmod(0o600)
    place.write_bytes(b"something else")


class SlowFiles:
    """A store that gives nothing out before it is let; meanwhile others come."""

    def __init__(self, house: House) -> None:
        self.house, self.asked, self.go_on = house, threading.Event(), threading.Event()
        self.connections: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.house.services.files, name)

    def fetch(self, digest: str, target: Path) -> None:
        pool = self.house.services.db.engine.pool
        self.connections.append(pool.checkedout())  # type: ignore[attr-defined]
        self.asked.set()
        assert self.go_on.wait(30)
        self.house.services.files.fetch(digest, target)


def test_one_document_is_verified_at_a_time_and_nothing_is_held_meanwhile(house: House) -> None:
    damage(house, house.part(house.open_code).digest)
    files = SlowFiles(house)
    services = replace(house.services, files=files)
    slow = replace(house, services=services, app=create_app(services))
    first, second = slow.as_("lan"), slow.as_("thu")
    answers: list[int] = []

    def click() -> None:
        answer = slow.post(first, f"/documents/{house.open_code}/verify")
        answers.append(answer.status_code)

    clicking = threading.Thread(target=click)
    clicking.start()
    assert files.asked.wait(30)
    refused = slow.post(second, f"/documents/{house.open_code}/verify")
    assert refused.status_code == 409
    assert "Lúc này đang kiểm tra một văn bản khác" in refused.text
    assert files.connections[0] == 0
    files.go_on.set()
    clicking.join(60)
    assert answers == [302]
    assert slow.post(second, f"/documents/{house.open_code}/verify").status_code == 302
    assert len(house.events("document.verify")) == 2


def trusted(house: House, **facts: object) -> str:
    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        document = documents.by_code(rows, house.open_code)
        part: Part = document.parts[0]
        part.facts = {**part.facts, **facts}
        audit.record(rows, "document.test", document)
    page = house.as_("lan").get(f"/documents/{house.open_code}").text
    found = re.search(r'<section class="sheet say is-.*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def signed(indication: str, reason: str) -> dict[str, object]:
    return {
        "count": 1,
        "indication": indication,
        "signatures": [
            {
                "kind": "signature",
                "signer": "Nguyễn Văn An",
                "indication": indication,
                "reason": reason,
                "time": "2026-03-05T02:30:00+00:00",
                "time_source": "claimed",
            }
        ],
    }


def test_trust_is_one_sentence_with_a_colour(house: House) -> None:
    said = trusted(house)
    assert "is-good" in said
    assert "Không có chữ ký số; bản lưu trữ là PDF/A hợp lệ" in said
    assert "khóa thử nghiệm" in said
    assert "Chưa kiểm tra: chưa cài phần mềm quét mã độc" in said


def test_a_valid_signature_is_told_with_signer_and_hour_of_the_organ(house: House) -> None:
    said = trusted(house, check_signatures=signed("TOTAL-PASSED", "valid"))
    assert "is-good" in said
    assert "Nguyễn Văn An ký số lúc 05/03/2026 09:30, hợp lệ khi tiếp nhận" in said


def test_what_could_not_be_read_or_was_not_looked_for_is_doubt_and_never_good(
    house: House,
) -> None:
    unread = trusted(house, check_signatures={"count": 0, "problem": "signatures_unreadable"})
    assert "is-doubt" in unread
    assert "hưa xác định được văn bản có chữ ký số hay không" in unread
    assert "Không có chữ ký số" not in unread
    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        document = documents.by_code(rows, house.open_code)
        part: Part = document.parts[0]
        part.facts = {name: said for name, said in part.facts.items() if "signatures" not in name}
        audit.record(rows, "document.test", document)
    unasked = trusted(house)
    assert "is-doubt" in unasked
    assert "Chưa kiểm tra văn bản có chữ ký số hay không" in unasked


def test_a_signature_that_does_not_hold_turns_the_answer_red(house: House) -> None:
    said = trusted(house, check_signatures=signed("TOTAL-FAILED", "changed_after_signing"))
    assert "is-bad" in said
    assert "CHỮ KÝ SỐ KHÔNG HỢP LỆ (Nguyễn Văn An)" in said
    assert "Tệp bị thay đổi sau khi ký" in said


def test_a_doubt_is_amber(house: House) -> None:
    said = trusted(house, check_signatures=signed("INDETERMINATE", "certificate_expired"))
    assert "is-doubt" in said
    assert "Chứng thư số đã hết hạn" in said


def test_what_a_conversion_lost_is_listed(house: House) -> None:
    dropped = [{"what": "script", "count": 2}, {"what": "attachment", "count": 1}]
    said = trusted(house, make_pdfa={"case": "converted", "method": "pikepdf", "dropped": dropped})
    assert "mã lệnh (2)" in said
    assert "tệp đính kèm (1)" in said


def test_greyed_deeds_say_why(house: House) -> None:
    page = house.as_("binh").get(f"/documents/{house.open_code}").text
    assert "Chỉ lưu trữ viên được sửa dữ liệu" in page
    tray = house.as_("binh").get(f"/documents/{house.tray_code}").text
    assert "Không nhận dạng được chữ nào trong tệp này" in tray


def test_a_document_without_pages_says_what_to_do(house: House) -> None:
    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        document = rows.get_one(Document, house.document(house.tray_code).id)
        part = rows.get_one(Part, house.part(house.tray_code).id)
        part.pages, part.mending, document.mending = None, "no_archival_copy", "no_archival_copy"
        audit.record(rows, "document.test", document)
    page = house.as_("lan").get(f"/documents/{house.tray_code}").text
    assert "Hãy tải tệp gốc" in page
    assert "Loại tệp này chưa chuyển được sang PDF/A" in page
    assert "is-doubt" in page


def test_pictures_are_forgotten_with_their_file(house: House) -> None:
    from web import pictures

    house.as_("lan").get(f"/documents/{house.open_code}/1/pages/1-160.webp")
    digest = hashlib.sha256(SAMPLE.read_bytes()).hexdigest()
    folder = house.services.settings.path("previews", digest[:2], digest)
    assert list(folder.iterdir())
    pictures.forget(house.services.settings, digest)
    assert not folder.exists()


def test_the_story_survives_an_event_it_has_no_words_for(house: House) -> None:
    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        document = documents.by_code(rows, house.open_code)
        audit.record(rows, "document.sing", document)
    assert "document.sing" in house.as_("lan").get(f"/documents/{house.open_code}").text
    assert isinstance(house.events("document.sing")[0], Event)


def test_a_value_too_long_for_exchange_is_kept_and_warned_about(house: House) -> None:
    client = house.as_("lan")
    long = "Về việc " + "rất dài " * 70
    house.post(
        client, f"/documents/{house.open_code}/correct", subject=long, why="Ghi đủ trích yếu"
    )
    page = client.get(f"/documents/{house.open_code}").text
    assert long.strip() in page
    assert "chỉ nhận tối đa 500" in page
