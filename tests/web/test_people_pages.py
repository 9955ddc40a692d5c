"""The administrator's pages: accounts, roles, handing over, units, rules, calendar, tokens."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from archive import clock, organ_rules, people
from archive.models import CaseFile, Organ, Person, Unit
from formats.tables import write_xlsx
from tests.factories import PASSWORD, a_case_file, a_person, counting, writing
from tests.web.conftest import House


def upload(house: House, client: FlaskClient, path: str, content: bytes, name: str) -> Any:
    return house.post(client, path, file=(io.BytesIO(content), name))


def a_table(folder: Path, *rows: tuple[str, ...]) -> bytes:
    write_xlsx(folder / "ds.xlsx", ("Họ và tên", "Năm sinh", "Vai trò"), rows)
    return (folder / "ds.xlsx").read_bytes()


@pytest.mark.rule("KT-13", "KT-26", "TG-03", "TG-18", "DB-02", "DB-07")
def test_a_new_account_gets_a_name_by_rule_and_a_password_that_is_shown_once(house: House) -> None:
    client = house.as_("quan")
    shown = house.post(
        client, "/people/new", full_name="Lê Minh Hiếu", role="officer", basis="QĐ 12/QĐ-SNV"
    )
    assert "leminhhieu" in shown.text
    password = re.search(r"<code>([^<]+)</code>", shown.text)
    assert password
    person = house.person("leminhhieu")
    assert person.must_change_password
    assert password[1] not in client.get(f"/people/{person.id}").text
    with house.services.db.reading():
        assert people.try_password(house.services.db, "leminhhieu", password[1]).fits
    assert house.words(house.events("person.appoint")[0])["basis"] == "QĐ 12/QĐ-SNV"


def test_the_year_of_birth_is_asked_for_only_when_it_is_needed(house: House) -> None:
    client = house.as_("quan")
    for _ in range(3):
        assert (
            house.post(client, "/people/new", full_name="Lê An Bình", role="clerk").status_code
            < 400
        )
    asked = house.post(client, "/people/new", full_name="Lê An Bình", role="clerk")
    assert asked.status_code == 422
    assert "năm sinh" in asked.text
    assert 'value="Lê An Bình"' in asked.text
    made = house.post(
        client, "/people/new", full_name="Lê An Bình", role="clerk", birth_year="1976"
    )
    assert "leanbinh76" in made.text


def test_a_table_is_shown_first_and_nothing_is_made_before_it_is_confirmed(
    house: House, tmp_path: Path
) -> None:
    client = house.as_("quan")
    table = a_table(tmp_path, ("Trần Thị Hoa", "1980", "văn thư"), ("Đỗ Văn Ba", "", "chuyên viên"))
    before = len(house.events("person.add"))
    shown = upload(house, client, "/people/import", table, "ds.xlsx")
    assert "tranthihoa" in shown.text
    assert len(house.events("person.add")) == before
    kept = re.search(r'name="table" value="([^"]+)"', shown.text)
    assert kept
    import html

    made = house.post(client, "/people/import", table=html.unescape(kept[1]))
    assert made.text.count("<code>") == 2
    assert house.person("dovanba").full_name == "Đỗ Văn Ba"
    again = upload(house, client, "/people/import", table, "ds.xlsx")
    assert "đều đã có tài khoản" in again.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04not a zip", b"\xff\xfe\x00", b"a;b\n1;2\n"])
def test_what_is_no_table_of_accounts_is_refused_in_words(house: House, content: bytes) -> None:
    answer = upload(house, house.as_("quan"), "/people/import", content, "ds.csv")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_broken_confirmation_makes_nothing(house: House) -> None:
    client = house.as_("quan")
    for table in ("", "{}", "[]", '{"header": ["Họ và tên", "Vai trò"], "rows": [["x"]]}'):
        assert house.post(client, "/people/import", table=table).status_code == 422


@pytest.mark.rule("DB-14")
def test_two_administrators_with_the_same_form_the_second_is_told_and_keeps_what_was_typed(
    house: House,
) -> None:
    client, binh = house.as_("quan"), house.person("binh")
    page = client.get(f"/people/{binh.id}").text
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    form = {"full_name": "Bình", "email": "", "seen": found[1], "why": "Bổ nhiệm"}
    path = f"/people/{binh.id}/change"
    assert house.post(client, path, position="Trưởng phòng", **form).status_code == 302
    second = house.post(client, path, position="Phó phòng", **form)
    assert second.status_code == 422
    assert 'value="Phó phòng"' in second.text
    assert house.person("binh").position == "Trưởng phòng"


@pytest.mark.rule("DB-15", "TG-21")
def test_a_closed_account_ends_its_sessions_and_can_be_opened_again(house: House) -> None:
    client, binh = house.as_("quan"), house.person("binh")
    his = house.as_("binh")
    assert his.get("/").status_code == 200
    house.post(client, f"/people/{binh.id}/close", why="Nghỉ hưu", from_on="")
    assert his.get("/").status_code == 302
    assert "đã khóa" in client.get("/people?state=closed").text
    house.post(client, f"/people/{binh.id}/reopen", why="Ký lại hợp đồng")
    assert house.person("binh").locked_from is None


@pytest.mark.rule("HC-85")
def test_roles_are_given_and_ended_with_their_days(house: House) -> None:
    client, binh = house.as_("quan"), house.person("binh")
    path = f"/people/{binh.id}/roles"
    house.post(client, path, role="clerk", why="Thay nghỉ phép", until_on="31/12/2099")
    assert "clerk" in {one.role.code for one in house.person("binh").appointments}
    held = next(one for one in house.person("binh").appointments if one.role.code == "clerk")
    last = clock.today(house.organ()) - timedelta(days=1)
    house.post(client, f"{path}/{held.id}/end", last_day=f"{last:%d/%m/%Y}", why="Hết việc")
    assert {one.role.code for one in house.person("binh").appointments} == {"officer"}
    wrong = house.post(client, path, role="clerk", why="x", from_on="31/02/2026")
    assert wrong.status_code == 302
    assert "clerk" not in {one.role.code for one in house.person("binh").appointments}


@pytest.mark.rule("DB-03")
def test_a_forgotten_password_is_replaced_and_every_session_ends(house: House) -> None:
    client, binh = house.as_("quan"), house.person("binh")
    his = house.as_("binh")
    shown = house.post(client, f"/people/{binh.id}/reset")
    assert "<code>" in shown.text
    assert his.get("/").status_code == 302
    assert people.try_password(house.services.db, "binh", PASSWORD).fits is None


@pytest.mark.parametrize("who", ["lan", "binh", "thu", "minh"])
def test_people_are_for_administrators_alone(house: House, who: str) -> None:
    client, quan = house.as_(who), house.person("quan")
    for path in ("/people", "/people/new", "/people/import", f"/people/{quan.id}"):
        assert client.get(path).status_code == 403, path
    for path in ("units", "rules", "holidays", "keys"):
        assert client.get(f"/administration/{path}").status_code == 403, path
    for verb in ("change", "roles", "close", "reopen", "reset", "hand-over"):
        assert house.post(client, f"/people/{quan.id}/{verb}").status_code == 403, verb


@pytest.mark.rule("TG-10")
def test_people_of_another_organ_do_not_exist(house: House) -> None:
    client, hoa = house.as_("quan"), house.person("hoa")
    assert client.get(f"/people/{hoa.id}").status_code == 404
    for verb in ("change", "roles", "close", "reopen", "reset", "hand-over"):
        assert house.post(client, f"/people/{hoa.id}/{verb}").status_code == 404, verb
    assert "hoa" not in client.get("/people?q=hoa").text.split("<main")[1].split("</form>")[1]


@pytest.mark.rule("KT-25")
def test_all_that_somebody_holds_is_listed_and_handed_over_with_one_confirmation(
    house: House,
) -> None:
    client, lan, minh = house.as_("quan"), house.person("lan"), house.person("minh")
    page = client.get(f"/people/{lan.id}/hand-over").text
    assert house.case_file in page
    count = re.search(r'name="count" value="(\d+)"', page)
    assert count
    form = {"receiver": str(minh.id), "why": "Nghỉ hưu", "count": count[1]}
    missing = house.post(client, f"/people/{lan.id}/hand-over", **{**form, "receiver": ""})
    assert missing.status_code == 422
    done = house.post(client, f"/people/{lan.id}/hand-over", **form, ends_on="01/01/2026")
    assert done.status_code == 302
    with house.services.db.reading() as rows:
        assert {one.holder_id for one in rows.query(CaseFile)} == {minh.id}
    assert house.person("lan").locked_from is not None
    assert len(house.events("person.hand_over")) == 1


@pytest.mark.rule("HC-85", "TG-15")
def test_units_rules_days_and_tokens_are_kept_with_their_story(house: House) -> None:
    client = house.as_("quan")
    house.post(client, "/administration/units", code="VP", name="Văn phòng")
    house.post(client, "/administration/holidays", day="01/06/2026", name="Nghỉ bù", kind="off")
    minh = str(house.person("minh").id)
    given = {"token": "ST-01", "kind": "organ", "holder": minh, "permission": "GUQ 1/2026"}
    house.post(client, "/administration/keys", **given)
    for path, said in (
        ("units", "Văn phòng"),
        ("holidays?year=2026", "Nghỉ bù"),
        ("holidays?year=2026", "Quốc khánh"),
        ("keys", "GUQ 1/2026"),
        ("rules", "leminhhieu"),
    ):
        assert said in client.get(f"/administration/{path}").text, path
    for action in ("unit.add", "holiday.add", "key_custody.hand"):
        assert len(house.events(action)) == 1, action
    with house.services.db.reading() as rows:
        unit = rows.query(Unit).one()
    house.post(client, f"/administration/units/{unit.id}", verb="remove")
    with house.services.db.reading() as rows:
        assert rows.query(Unit).count() == 0


@pytest.mark.rule("HC-85", "TG-15")
def test_rules_are_typed_in_one_form_with_a_reason(house: House) -> None:
    client = house.as_("quan")
    page = client.get("/administration/rules").text
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    values = organ_rules.as_set(organ_rules.rules_of(house.organ()))
    form = {
        name: str(int(one)) if isinstance(one, bool) else str(one) for name, one in values.items()
    }
    form |= {"deadline_days": "10", "read_policy": "unit", "seen": seen[1]}
    assert house.post(client, "/administration/rules", **form).status_code == 422
    assert house.post(client, "/administration/rules", **form, why="QĐ 9").status_code == 302
    organ = house.organ()
    assert organ_rules.rules_of(organ).deadline_days == 10
    assert organ.read_policy == "unit"
    late = house.post(client, "/administration/rules", **form, why="QĐ 9")
    assert late.status_code == 422
    wrong = {**form, "deadline_days": "nhiều", "seen": ""}
    assert house.post(client, "/administration/rules", **wrong, why="QĐ 9").status_code == 422


def test_a_list_of_people_asks_the_database_as_often_for_many_as_for_few(house: House) -> None:
    client = house.as_("quan")
    with counting(house.services.db) as few:
        client.get("/people")
    organ = house.organ()
    for number in range(15):
        a_person(house.services.db, organ, f"nguoi{number}", "officer")
    with counting(house.services.db) as many:
        client.get("/people")
    assert len(many) <= len(few) <= 15


@pytest.mark.rule("TG-10")
def test_who_works_at_two_organs_chooses_where(house: House) -> None:
    db, lan = house.services.db, house.person("lan")
    with writing(db) as rows:
        from archive import audit

        other = rows.query(Organ).filter(Organ.code == "SXD").one()
        person = rows.get_one(Person, lan.id)
        people.appoint(rows, person, other, "archivist")
        audit.record(rows, "person.give_role", person)
    a_case_file(db, other, "Hồ sơ cấp phép xây dựng")
    client = house.as_("lan")
    assert "Sở Xây dựng" in client.get("/").text
    house.post(client, "/account/place", place=f"organ:{other.id}")
    assert "Hồ sơ cấp phép xây dựng" in client.get("/case-files").text
    house.post(client, "/account/place", place="organ:999")
    assert client.get("/case-files").status_code == 200
