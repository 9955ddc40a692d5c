"""The schedule at its pages: loaded, gone through by keyboard, taken in, and what would move."""

import io
import re
from datetime import date
from pathlib import Path

import pytest

from archive.models import Organ, Person
from formats.tables import read_table, write_csv, write_xlsx
from retention import approving, schedule
from retention.models import RetentionRule
from retention.schedule import RuleValues
from retention.schedule_tables import HEADER
from tests.factories import a_person, writing
from tests.web.conftest import House


@pytest.fixture
def headed(house: House) -> House:
    a_person(house.services.db, house.organ(), "truong", "head")
    return house


def in_force(house: House, *several: RuleValues, on: date = date(2020, 1, 1)) -> list[int]:
    """Rules drafted by the archivist and approved by the head."""
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        lan = rows.get_one(Person, house.person("lan").id)
        made = [schedule.draft(rows, organ, one, lan) for one in several]
        head = rows.get_one(Person, house.person("truong").id)
        for one in made:
            approving.approve(rows, one, head, valid_from=on)
        return [one.id for one in made]


TEN = RuleValues("1.3", "Tài liệu tổng hợp", "Văn bản gửi để biết", "10 năm", "TT 10/2022")


def test_an_empty_schedule_says_what_to_do(headed: House) -> None:
    assert "Chưa có mục nào đang áp dụng" in headed.as_("lan").get("/retention/schedule").text
    loaded = headed.post(headed.as_("lan"), "/retention/schedule/load")
    assert loaded.status_code == 302
    page = headed.as_("lan").get("/retention/schedule").text
    assert "165" in page
    assert "phải đối chiếu TT 10/2022" in page
    assert headed.post(headed.as_("binh"), "/retention/schedule/load").status_code == 403


def test_drafts_are_gone_through_one_by_one(headed: House) -> None:
    headed.post(headed.as_("lan"), "/retention/schedule/load")
    head = headed.as_("truong")
    page = head.get("/retention/schedule/approving").text
    assert "1/165" in page or "1 / 165" in page or "Dự thảo 1 trong 165" in page
    target = re.search(r'action="(/retention/schedule/rules/\d+/approve)"', page)
    assert target
    answer = headed.post(head, target[1], next="1", revision="1", valid_from="01/01/2026")
    assert "first=01/01/2026" in answer.location.replace("%2F", "/")
    following = head.get(answer.location).text
    assert ">1.2<" in following
    assert 'value="01/01/2026"' in following
    with headed.services.db.reading() as rows:
        (rule,) = schedule.holding(rows, headed.organ())
    assert (rule.number, rule.valid_from) == ("1.1", date(2026, 1, 1))
    assert headed.as_("lan").get("/retention/schedule/approving").status_code == 403


def test_who_drafted_it_sees_why_the_button_is_grey(headed: House) -> None:
    a_person(headed.services.db, headed.organ(), "cahai", "head", "archivist")
    both = headed.as_("cahai")
    headed.post(
        both, "/retention/schedule/new", number="9.9", group_name="Nhóm", title="Tên", term="5 năm"
    )
    page = both.get("/retention/schedule/approving").text
    assert "disabled" in page
    assert "9.9" in page


def test_a_wrong_draft_comes_back_as_it_was_typed(headed: House) -> None:
    answer = headed.post(
        headed.as_("lan"), "/retention/schedule/new",
        number="9.9", group_name="Nhóm", title="Tên rất riêng", term="lâu lắm",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Tên rất riêng" in answer.text


def test_a_rule_in_force_shows_its_versions_and_is_never_deleted(headed: House) -> None:
    (number,) = in_force(headed, TEN)
    page = headed.as_("lan").get(f"/retention/schedule/rules/{number}").text
    assert "disabled" in page
    headed.post(headed.as_("lan"), f"/retention/schedule/rules/{number}/drop")
    with headed.services.db.reading() as rows:
        assert rows.get_one(RetentionRule, number).state == "in_force"
    answer = headed.post(
        headed.as_("lan"), f"/retention/schedule/new?of={number}",
        number="1.3", group_name=TEN.group_name, title=TEN.title, term="5 năm",
    )  # fmt: skip
    second = int(answer.location.rsplit("/", 1)[1])
    assert headed.as_("lan").get(f"/retention/schedule/rules/{second}/what-if").status_code == 200
    done = headed.post(
        headed.as_("truong"), f"/retention/schedule/rules/{second}/approve", valid_from="01/03/2026"
    )
    assert done.status_code == 302
    with headed.services.db.reading() as rows:
        assert rows.get_one(RetentionRule, number).valid_to == date(2026, 2, 28)


def test_the_table_that_goes_out_comes_in_again_and_changes_nothing(
    headed: House, tmp_path: Path
) -> None:
    headed.post(headed.as_("lan"), "/retention/schedule/load")
    for kind in ("xlsx", "csv"):
        saved = headed.as_("lan").get(f"/retention/schedule/table?as={kind}")
        (tmp_path / kind).write_bytes(saved.data)
        assert len(read_table(tmp_path / kind).rows) == 165
        shown = headed.post(
            headed.as_("lan"), "/retention/schedule/import",
            file=(io.BytesIO(saved.data), f"a.{kind}"),
        )  # fmt: skip
        assert "Không có gì phải làm" in shown.text


def test_a_table_with_one_bad_line_is_not_taken_in_and_says_where(
    headed: House, tmp_path: Path
) -> None:
    rows = [
        ("Nhóm", "7.1", "Hồ sơ một", "5 năm", "", "", "", "", "", ""),
        ("Nhóm", "7.2", "", "rất lâu", "", "", "", "", "", ""),
        ("Nhóm", "7.1", "Hồ sơ ba", "5 năm", "", "", "", "", "", ""),
    ]
    write_xlsx(tmp_path / "a.xlsx", HEADER, rows)
    lan = headed.as_("lan")
    shown = headed.post(
        lan, "/retention/schedule/import", file=((tmp_path / "a.xlsx").open("rb"), "a.xlsx")
    )
    assert "rất lâu" in shown.text
    assert 'name="table"' not in shown.text
    with headed.services.db.reading() as session:
        assert schedule.rules_of(session, headed.organ()) == []


def test_what_holds_stays_and_the_table_drafts_its_next_version(
    headed: House, tmp_path: Path
) -> None:
    (number,) = in_force(headed, TEN)
    rows = [("", "1.3", TEN.title, "5 năm", "TT mới", "")]
    write_csv(tmp_path / "a.csv", HEADER[:6], rows)
    lan = headed.as_("lan")
    shown = headed.post(
        lan, "/retention/schedule/import", file=((tmp_path / "a.csv").open("rb"), "a.csv")
    )
    packed = re.search(r'name="table" value="([^"]+)"', shown.text)
    assert packed
    headed.post(lan, "/retention/schedule/import", table=packed[1])
    with headed.services.db.reading() as session:
        draft, holds = schedule.versions(session, headed.organ(), "1.3")
    assert (holds.id, holds.state, holds.term) == (number, "in_force", "10 năm")
    assert (draft.state, draft.version, draft.term) == ("draft", 2, "5 năm")
    assert draft.group_name == TEN.group_name
    again = headed.post(lan, "/retention/schedule/import", table=packed[1])
    assert again.status_code == 302
    with headed.services.db.reading() as session:
        assert len(schedule.versions(session, headed.organ(), "1.3")) == 2


def test_a_schedule_with_several_versions_comes_in_again_as_it_went_out(
    headed: House, tmp_path: Path
) -> None:
    in_force(headed, TEN)
    in_force(headed, RuleValues("1.3", "Nhóm", "Tên", "5 năm"), on=date(2022, 1, 1))
    headed.post(
        headed.as_("lan"), "/retention/schedule/new",
        number="1.3", group_name="Nhóm", title="Tên", term="7 năm",
    )  # fmt: skip
    saved = headed.as_("lan").get("/retention/schedule/table")
    (tmp_path / "a").write_bytes(saved.data)
    assert len(read_table(tmp_path / "a").rows) == 3
    shown = headed.post(
        headed.as_("lan"), "/retention/schedule/import", file=(io.BytesIO(saved.data), "a.xlsx")
    )
    assert "Không có gì phải làm" in shown.text


def test_another_organs_rule_is_not_there(headed: House) -> None:
    (number,) = in_force(headed, TEN)
    assert headed.as_("hoa").get(f"/retention/schedule/rules/{number}").status_code == 404
