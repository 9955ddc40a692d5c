"""A draft's page: comments asked and given, and the next version."""

from pathlib import Path

import pytest

from tests.formats import drafts
from tests.web.conftest import House
from tests.web.test_issuing_page import bureau as bureau  # a fixture
from tests.web.test_issuing_page import followed, prepared, row, send


@pytest.mark.rule("HC-31")
def test_a_colleague_is_asked_finds_the_draft_at_home_and_comments(
    bureau: House, tmp_path: Path
) -> None:
    number = prepared(bureau, tmp_path, priority="1")
    assert row(bureau, number).fields["Priority"] == "1"
    officer, head = bureau.as_("binh"), bureau.as_("tam")
    page = officer.get(f"/issuing/{number}").text
    assert '<option value="tam">' in page and '<option value="thu">' not in page
    bureau.post(officer, f"/issuing/{number}/ask", whom="tam")
    assert "/issuing?tab=asked" in head.get("/").text
    assert f"/issuing/{number}" in head.get("/issuing?tab=asked").text
    bureau.post(head, f"/issuing/{number}/comment", words="Nêu rõ thời hạn\nvà nơi nhận")
    page = officer.get(f"/issuing/{number}").text
    assert "Nêu rõ thời hạn<br>và nơi nhận" in page
    assert "/issuing?tab=asked" not in head.get("/").text
    draft = drafts.draft(tmp_path, date="Tây Ninh, ngày &nbsp; tháng &nbsp; năm 2026").read_bytes()
    answer = send(bureau, officer, f"/issuing/{number}/draft", draft, seen="1")
    assert answer.status_code == 302
    assert row(bureau, number).version == 2
    answer = send(bureau, officer, f"/issuing/{number}/draft", draft, seen="1")
    assert 'class="say say-danger"' in followed(officer, answer)  # it was changed meanwhile
    assert row(bureau, number).version == 2


def test_who_was_not_asked_sees_no_draft_and_says_nothing(bureau: House, tmp_path: Path) -> None:
    number = prepared(bureau, tmp_path)
    for name in ("lan", "thu", "hoa"):
        client = bureau.as_(name)
        answer = bureau.post(client, f"/issuing/{number}/comment", words="Không")
        assert answer.status_code == 404
    officer = bureau.as_("binh")
    bureau.post(officer, f"/issuing/{number}/ask", whom="hoa")  # of another organ
    bureau.post(officer, f"/issuing/{number}/comment", words=" ")
    assert "hoa" not in officer.get(f"/issuing/{number}").text.split("comments-title")[1][:900]
