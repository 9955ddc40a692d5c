"""Home by role: what waits for me, what is to be submitted next, few questions."""

import pytest

from archive import clock
from tests.factories import a_case_file, a_person, counting
from tests.web.conftest import House
from tests.web.submitting import DAYS_LATE, DUE, LATE, a_closed_file, look_through, submit


def home(house: House, user_name: str) -> str:
    return house.as_(user_name).get("/").text.split("<main")[1]


def test_an_officer_sees_what_is_late_what_came_back_and_what_is_being_built(house: House) -> None:
    late = a_closed_file(house, title="Quy hoạch")
    back = a_closed_file(house)
    house.post(
        house.as_("lan"), f"/submissions/{submit(house, back)}/items/1/return", reason="Thiếu"
    )
    a_case_file(house.services.db, house.organ(), holder=house.person("binh"))
    with clock.standing_at(LATE):
        page = home(house, "binh")
    assert "Hồ sơ bị trả lại cho tôi" in page and "Hồ sơ của tôi quá hạn nộp lưu" in page
    assert "Hồ sơ tôi đang lập" in page
    due = page.split("Sắp phải nộp lưu")[1]
    assert late in due and f"{DUE:%d/%m/%Y}" in due and f"quá hạn {DAYS_LATE} ngày" in due


def test_an_archivist_sees_submissions_and_hand_overs_to_sign(house: House) -> None:
    first, second = submit(house, a_closed_file(house)), submit(house, a_closed_file(house))
    look_through(house)
    house.post(house.as_("lan"), f"/submissions/{first}/items/1/accept", note="Đã xem")
    page = home(house, "lan")
    assert "Đợt nộp lưu chờ kiểm tra, tiếp nhận" in page
    assert "Biên bản giao nhận chờ lưu trữ ký" in page
    assert "Biên bản giao nhận chờ tôi ký" in home(house, "binh")
    with clock.standing_at(LATE):  # more than sixty days later
        assert "Đợt nộp lưu quá 60 ngày chưa quyết định" in home(house, "lan")
    assert second


def test_a_head_sees_what_is_late_and_others_nothing_of_it(house: House) -> None:
    a_person(house.services.db, house.organ(), "hung", "head")
    a_closed_file(house)
    with clock.standing_at(LATE):
        assert "Hồ sơ quá hạn nộp lưu trong cơ quan" in home(house, "hung")
        for name in ("minh", "thu", "hoa"):
            assert "quá hạn nộp lưu" not in home(house, name)


def test_a_change_of_access_leads_to_the_case_files_that_it_is_about(house: House) -> None:
    a_person(house.services.db, house.organ(), "hung", "head")
    other = a_case_file(house.services.db, house.organ(), holder=house.person("binh"))
    narrow = a_case_file(
        house.services.db, house.organ(), holder=house.person("binh"), access_level="assigned"
    )
    house.post(
        house.as_("binh"),
        f"/case-files/access/{narrow.code}",
        access_level="organ",
        reason="Cả cơ quan cần xem",
        revision="1",
    )
    assert 'href="/case-files?only=access"' in home(house, "hung")
    page = house.as_("hung").get("/case-files?only=access").text
    assert narrow.code in page and other.code not in page


def test_with_nothing_to_do_the_page_says_what_will_come(house: House) -> None:
    assert "Không có việc chờ ông/bà" in home(house, "thu")


@pytest.mark.parametrize("user_name", ["lan", "binh", "minh", "hung", "quan"])
def test_home_costs_at_most_fifteen_questions(house: House, user_name: str) -> None:
    a_person(house.services.db, house.organ(), "hung", "head")
    for _ in range(3):
        a_closed_file(house)
    client = house.as_(user_name)
    client.get(f"/documents/{house.open_code}")
    with clock.standing_at(LATE):
        client = house.as_(user_name)
        with counting(house.services.db) as asked:
            assert client.get("/").status_code == 200
    assert len(asked) <= 15, len(asked)
