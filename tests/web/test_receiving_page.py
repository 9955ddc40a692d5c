"""Receiving: files go in, the road is seen, and persons decide."""

import io
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from archive import clock
from ingest.models import Intake
from tests.factories import PASSWORD, an_intake, counting
from tests.web.conftest import ROOT, SAMPLE, House


def send(house: House, who: str, *files: tuple[str, bytes], **more: Any) -> Any:
    client = house.as_(who)
    headers = {"Accept": "application/json"} if more.pop("script", False) else {}
    given = [FileStorage(io.BytesIO(content), name) for name, content in files]
    page = client.get("/account/password").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "files": given, **more}
    boundary, body = encode_multipart(data)  # in memory: nothing is left open by the test itself
    kind = f'multipart/form-data; boundary="{boundary}"'
    answer = client.post("/receiving", data=body, content_type=kind, headers=headers)
    return client, answer


def intakes(house: House) -> list[Intake]:
    with house.services.db.reading() as rows:
        return rows.query(Intake).order_by(Intake.id).all()


@pytest.mark.rule("HC-49")
def test_several_files_are_attached_at_once_with_their_data(house: House) -> None:
    client, answer = send(
        house,
        "minh",
        ("quyết định.pdf", b"%PDF-1.7 one"),
        ("phụ lục.docx", b"PK two"),
        case_file=house.case_file,
        subject="Về việc thử",
        issued_date="05/03/2021",
    )
    assert answer.status_code == 302
    assert [one.name for one in intakes(house)] == ["quyết định.pdf", "phụ lục.docx"]
    first = intakes(house)[0]
    assert first.fields == {"subject": "Về việc thử", "issued_date": "05/03/2021"}
    assert first.case_file_id is not None
    page = client.get("/receiving").text
    assert "Đã lưu quyết định.pdf" in page
    assert "phụ lục.docx" in page
    assert house.services.bell.is_set()


def test_nothing_is_left_of_a_file_names_folders(house: House) -> None:
    send(house, "lan", ("../../etc/vanban.pdf", b"x"))
    assert intakes(house)[0].name == "vanban.pdf"


def test_the_same_bytes_are_told_and_make_no_second_one(house: House) -> None:
    send(house, "lan", ("a.pdf", b"same"))
    client, _ = send(house, "lan", ("b.pdf", b"same"))
    assert len(intakes(house)) == 1
    assert "Tệp giống hệt đã có (tệp tiếp nhận số 1)" in client.get("/receiving").text
    send(house, "lan", ("b.pdf", b"same"), again="yes")
    assert len(intakes(house)) == 2


def test_one_bad_file_holds_up_none_of_the_others(house: House) -> None:
    files = (("rong.pdf", b""), ("tối mật.pdf", b"x"), ("tot.pdf", b"good"))
    client, _ = send(house, "lan", *files)
    assert [one.name for one in intakes(house)] == ["tot.pdf"]
    page = client.get("/receiving").text
    assert "rong.pdf: Tệp rỗng" in page
    assert "mang dấu “TỐI MẬT”" in page


def test_a_script_is_told_of_each_file(house: House) -> None:
    _, answer = send(house, "lan", ("a.pdf", b"one"), script=True)
    assert answer.get_json()["files"][0]["is_new"] is True
    _, again = send(house, "lan", ("a.pdf", b"one"), script=True)
    assert again.get_json()["files"][0]["is_new"] is False
    _, empty = send(house, "lan", ("a.pdf", b""), script=True)
    assert empty.status_code == 422
    assert empty.get_json()["files"][0]["code"] == "empty_file"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"case_file": "KHONG.CO"}, "Không có hồ sơ KHONG.CO"),
        ({"issued_date": "hôm qua"}, "hôm qua"),
    ],
)
def test_wrong_data_is_explained_and_nothing_is_stored(
    house: House, more: dict[str, str], said: str
) -> None:
    client, _ = send(house, "lan", ("a.pdf", b"one"), **more)
    assert said in client.get("/receiving").text
    assert not intakes(house)


def test_no_file_chosen_is_explained(house: House) -> None:
    client = house.as_("lan")
    house.post(client, "/receiving")
    assert "Chưa chọn gì" in client.get("/receiving").text


def test_too_much_at_once_is_turned_away_before_it_is_read(house: House) -> None:
    client = house.as_("lan")
    answer = client.post("/receiving", content_length=10**12, headers={"Accept": "text/html"})
    assert answer.status_code == 413
    assert "Chưa lưu gì" in answer.text


def test_a_scan_of_many_megabytes_is_taken(house: House) -> None:
    client, answer = send(house, "lan", ("quét.pdf", b"%PDF-1.7 " + b"x" * 3_000_000))
    assert answer.status_code == 302
    assert [one.size for one in intakes(house)] == [3_000_009]
    assert "Đã lưu quét.pdf" in client.get("/receiving").text


def test_who_may_not_receive_cannot_make_us_read_a_large_body(house: House) -> None:
    _, answer = send(house, "thu", ("quét.pdf", b"x" * 3_000_000))
    assert answer.status_code == 413


def test_an_auditor_may_not_receive(house: House) -> None:
    _, answer = send(house, "thu", ("a.pdf", b"one"))
    assert answer.status_code == 403
    assert not intakes(house)


def test_the_road_is_a_line_of_steps_with_progress(house: House) -> None:
    organ, lan = house.organ(), house.person("lan")
    an_intake(
        house.services.db,
        organ,
        lan,
        name="dai.pdf",
        next_step="read_text",
        progress={"step": "read_text", "done": 3, "total": 12},
    )
    page = house.as_("lan").get("/receiving/road").text
    assert "trang 3/12" in page
    assert page.count('class="done"') == 3
    assert page.count('class="ahead"') == 4
    assert 'aria-current="step"' in page
    assert "data-moving" in page


@pytest.mark.parametrize(
    ("columns", "said", "buttons"),
    [
        ({"state": "waiting", "reason": "encrypted"}, "khóa bằng mật khẩu", ("again", "keep")),
        ({"state": "stuck", "reason": "step_failed"}, "lỗi năm lần", ("again", "keep")),
        (
            {
                "state": "waiting",
                "reason": "suspected_secret",
                "details": {"mark": "MẬT", "page": 1},
                "is_quarantined": True,
            },
            "chỗ thường đóng dấu độ mật",
            ("clear", "confirm"),
        ),
        (
            {
                "state": "waiting",
                "reason": "program_missing",
                "details": {"program": "tesseract"},
            },
            "thiếu chương trình tesseract",
            ("again",),
        ),
    ],
)
def test_what_waits_says_why_and_what_can_be_done(
    house: House, columns: dict[str, Any], said: str, buttons: tuple[str, ...]
) -> None:
    one = an_intake(house.services.db, house.organ(), house.person("lan"), **columns)
    page = house.as_("lan").get("/receiving?tab=deciding").text
    assert said in page
    for verb in ("again", "keep", "discard", "clear", "confirm"):
        assert (f'action="/receiving/{one.id}/{verb}"' in page) == (verb in buttons), verb


def test_only_who_decides_looks_at_a_suspected_page_and_that_is_told(house: House) -> None:
    with SAMPLE.open("rb") as content:
        kept = house.services.workshop.quarantine.put(content)
    one = an_intake(
        house.services.db,
        house.organ(),
        house.person("lan"),
        state="waiting",
        reason="suspected_secret",
        details={"mark": "MẬT", "page": 1},
        facts={"identify": {"family": "pdf"}},
        digest=kept.digest,
        is_quarantined=True,
    )
    place = f"/receiving/{one.id}/look"
    assert place in house.as_("lan").get("/receiving").text
    assert place not in house.as_("minh").get("/receiving").text
    seen = house.as_("lan").get(place)
    assert (seen.status_code, seen.mimetype) == (200, "image/webp")
    assert "no-store" in seen.headers["Cache-Control"]
    assert len(house.events("intake.look")) == 1
    for other in ("minh", "binh", "thu", "quan"):
        assert house.as_(other).get(place).status_code in (403, 404)
    assert len(house.events("intake.look")) == 1
    assert not house.services.settings.path("previews", kept.digest[:2]).exists()


@pytest.mark.parametrize(
    ("name", "content", "family"),
    [
        ("thư.txt", "Tài liệu MẬT của đơn vị".encode(), "text"),
        ("thư.eml", b"From: a@b.vn\nSubject: x\n\nTai lieu MAT", "email"),
    ],
)
def test_what_has_pages_only_once_they_are_made_is_looked_at_too(
    house: House, name: str, content: bytes, family: str
) -> None:
    one = a_suspected(house, name, content, family)
    seen = house.as_("lan").get(f"/receiving/{one.id}/look")
    assert (seen.status_code, seen.mimetype) == (200, "image/webp")
    assert not house.services.workshop.folder(one.id).exists()
    assert not house.services.files.has(one.digest)


@pytest.mark.tools
def test_a_suspected_office_file_is_looked_at_too(house: House) -> None:
    content = (ROOT / "samples/10-to-trinh-19-TTr-VP.docx").read_bytes()
    one = a_suspected(house, "tờ trình.docx", content, "writing", "docx")
    seen = house.as_("lan").get(f"/receiving/{one.id}/look")
    assert (seen.status_code, seen.mimetype) == (200, "image/webp")


def a_suspected(
    house: House, name: str, content: bytes, family: str, extension: str = "txt"
) -> Intake:
    kept = house.services.workshop.quarantine.put(io.BytesIO(content))
    return an_intake(
        house.services.db,
        house.organ(),
        house.person("lan"),
        name=name,
        state="waiting",
        reason="suspected_secret",
        details={"mark": "MẬT", "page": 1},
        facts={"identify": {"family": family, "extension": extension}},
        digest=kept.digest,
        is_quarantined=True,
    )


def test_a_cleared_file_leaves_the_quarantine_for_the_store(house: House) -> None:
    one = a_suspected(house, "thư.txt", b"noi dung", "text")
    client = house.as_("minh")
    house.post(client, f"/receiving/{one.id}/clear", why="tên riêng")
    assert house.services.workshop.quarantine.has(one.digest)
    assert not house.services.files.has(one.digest)
    house.post(house.as_("lan"), f"/receiving/{one.id}/clear", why="tên riêng")
    assert intakes(house)[0].state == "received"
    assert house.services.files.has(one.digest)
    assert not house.services.workshop.quarantine.has(one.digest)


def test_a_greyed_discard_names_the_day(house: House) -> None:
    an_intake(house.services.db, house.organ(), house.person("lan"), state="refused")
    from_on = clock.today(house.organ()) + timedelta(days=30)
    assert f"{from_on:%d/%m/%Y}" in house.as_("lan").get("/receiving").text


def test_a_decision_needs_the_right_and_a_reason(house: House) -> None:
    one = an_intake(
        house.services.db, house.organ(), house.person("lan"), state="waiting", reason="encrypted"
    )
    client = house.as_("minh")
    house.post(client, f"/receiving/{one.id}/keep", why="Giữ lại")
    assert "không cho phép làm việc này" in client.get("/receiving").text
    client = house.as_("lan")
    house.post(client, f"/receiving/{one.id}/keep", why=" ")
    assert "Chưa có lý do" in client.get("/receiving").text
    assert intakes(house)[0].state == "waiting"
    house.post(client, f"/receiving/{one.id}/keep", why="Nơi gửi không còn mật khẩu")
    assert intakes(house)[0].state == "received"
    event = house.events("intake.keep_as_received")[0]
    assert house.words(event) == {"why": "Nơi gửi không còn mật khẩu"}


def test_grave_steps_ask_for_the_password_again(house: House) -> None:
    client, _ = send(house, "lan", ("a.pdf", b"old"))
    number = intakes(house)[0].id
    from archive import audit

    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        row = rows.get_one(Intake, number)
        row.state, row.reason = "waiting", "encrypted"
        row.received_at = clock.now() - timedelta(days=40)
        audit.record(rows, "intake.test", row)
    house.post(client, f"/receiving/{number}/discard", why="Không cần", password="sai")
    assert "Mật khẩu không đúng" in client.get("/receiving").text
    assert intakes(house)[0].state == "waiting"
    house.post(client, f"/receiving/{number}/discard", why="Không cần", password=PASSWORD)
    assert intakes(house)[0].state == "discarded"
    assert "(không còn nội dung)" in client.get("/receiving").text


def test_an_officer_sees_only_what_he_sent(house: House) -> None:
    organ = house.organ()
    an_intake(house.services.db, organ, house.person("lan"), name="cua-lan.pdf")
    an_intake(house.services.db, organ, house.person("binh"), name="cua-binh.pdf")
    page = house.as_("binh").get("/receiving").text
    assert "cua-binh.pdf" in page
    assert "cua-lan.pdf" not in page
    assert "cua-binh.pdf" in house.as_("lan").get("/receiving").text
    assert "cua-binh.pdf" not in house.as_("lan").get("/receiving?whose=mine").text


def test_fifty_files_cost_no_more_questions_than_five(house: House) -> None:
    client = house.as_("lan")

    def cost(count: int) -> int:
        for _ in range(count):
            an_intake(house.services.db, house.organ(), house.person("lan"))
        with counting(house.services.db) as asked:
            assert client.get("/receiving/road").status_code == 200
        return len(asked)

    few = cost(5)
    assert cost(45) <= few
    assert few < 30
