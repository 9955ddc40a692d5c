"""Accounts as the administrator looks after them, and the tables they come from."""

from datetime import timedelta
from typing import Any

import pytest

from archive import access, account_lists, accounts, audit, clock, people, units
from archive.account_lists import look, make_all
from archive.accounts import NewAccount
from archive.errors import ArchiveError, Conflict, Invalid
from archive.models import Appointment, Event, Organ, Person
from archive.seen import state_of
from formats.tables import Table, TableRow
from tests.archive.conftest import Office
from tests.factories import an_organ

HEADER = ("STT", "HỌ VÀ TÊN", "Năm sinh", "Đơn vị", "Vai trò", "Chức vụ")


def table(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Table:
    return Table(header, tuple(TableRow(number, cells) for number, cells in enumerate(rows, 4)))


def again(office: Office, person: Person) -> Person:
    with office.db.reading() as session:
        return people.by_id(session, person.id)


def role_of(office: Office, person: Person, code: str) -> Appointment:
    return next(one for one in again(office, person).appointments if one.role.code == code)


@pytest.mark.rule("DB-13", "KT-13")
def test_a_new_colleague_gets_an_account_by_the_decision_that_appoints_them(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        unit = units.add(session, organ, "VP", "Văn phòng")
        new = NewAccount(
            "Lê Minh Hiếu", ("officer",), unit_id=unit.id, basis="QĐ 12/QĐ-SNV ngày 01/11/2026"
        )
        opened = accounts.open_account(session, organ, new)
    person = again(office, opened.person)
    assert (person.user_name, person.unit_id) == ("leminhhieu", unit.id)
    assert person.must_change_password
    with office.db.reading() as session:
        tried = people.try_password(office.db, "leminhhieu", opened.password)
        assert tried.fits == person.password_hash
        assert session.query(Event).where(Event.action == "person.appoint").count() == 1


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewAccount("", ("officer",)), "full_name_missing"),
        (NewAccount("Lê An", ()), "no_role"),
        (NewAccount("Lê An", ("vua",)), "unknown_role"),
        (NewAccount("Lê An", ("officer",), birth_year=1776), "bad_birth_year"),
        (NewAccount("Lê An", ("officer",), unit_id=99), "no_such_unit"),
        (NewAccount("Lê An", ("officer",), user_name="lê an"), "bad_user_name"),
        (NewAccount("Lê An", ("officer",), user_name="QUANTRI"), "user_name_taken"),
    ],
)
def test_what_cannot_be_an_account_is_named(office: Office, new: NewAccount, code: str) -> None:
    with pytest.raises(ArchiveError) as failed, office.db.transaction() as session:
        accounts.open_account(session, session.get_one(Organ, office.organ.id), new)
    assert failed.value.code == code


@pytest.mark.rule("DB-14")
def test_a_change_of_post_keeps_the_earlier_one_in_the_story(office: Office) -> None:
    lan = office.add("lan", "officer")
    seen = state_of(lan)
    values: dict[str, Any] = {
        "full_name": "Nguyễn Thị Lan",
        "email": "lan@coquan.vn",
        "unit_id": None,
    }
    with office.db.transaction() as session:
        row = people.by_id(session, lan.id)
        accounts.change(session, row, position="Trưởng phòng", why="QĐ 7/QĐ", seen=seen, **values)
    assert again(office, lan).position == "Trưởng phòng"
    with pytest.raises(Conflict) as failed, office.db.transaction() as session:
        row = people.by_id(session, lan.id)
        accounts.change(session, row, position="Phó", why="QĐ 8/QĐ", seen=seen, **values)
    assert failed.value.code == "changed_meanwhile"


@pytest.mark.rule("DB-15")
def test_who_leaves_is_out_from_the_first_day_of_leave_and_stays_in_the_story(
    office: Office,
) -> None:
    lan = office.add("lan", "officer")
    first_day = clock.today(office.organ) + timedelta(days=3)
    with office.db.transaction() as session:
        row = people.by_id(session, lan.id)
        accounts.close(session, row, first_day, "Nghỉ hưu", by=office.first)
    assert people.is_active(again(office, lan))
    with clock.standing_at(clock.now() + timedelta(days=3)):
        gone = again(office, lan)
        assert not people.is_active(gone)
        assert access.organs_of(gone) == set()
    with office.db.transaction() as session:
        accounts.reopen(session, people.by_id(session, lan.id), "Ký lại hợp đồng")
    assert again(office, lan).locked_from is None


def test_a_role_holds_from_a_day_to_a_day(office: Office) -> None:
    lan, today = office.add("lan", "officer"), clock.today(office.organ)
    with office.db.transaction() as session:
        row, organ = people.by_id(session, lan.id), session.get_one(Organ, office.organ.id)
        days = {"from_on": today + timedelta(days=1), "until_on": today + timedelta(days=10)}
        accounts.give_role(session, row, organ, "clerk", office.first, why="Thay", **days)
        with pytest.raises(Conflict):
            accounts.give_role(session, row, organ, "clerk", office.first, why="Thay", **days)
    held = []
    for day in (0, 1, 10, 11):
        with clock.standing_at(clock.now() + timedelta(days=day)):
            held.append("clerk" in access.roles_of(again(office, lan), office.organ.id))
    assert held == [False, True, True, False]


def test_a_role_ends_with_a_day_and_one_that_had_not_begun_is_taken_back(office: Office) -> None:
    lan, today = office.add("lan", "officer", "clerk"), clock.today(office.organ)
    with office.db.transaction() as session:
        held = session.get_one(Appointment, role_of(office, lan, "officer").id)
        accounts.end_role(session, held, today, office.first, why="Đổi việc")
        mistake = session.get_one(Appointment, role_of(office, lan, "clerk").id)
        accounts.end_role(session, mistake, today - timedelta(days=1), office.first, why="Nhầm")
    assert access.roles_of(again(office, lan), office.organ.id) == {"officer"}
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert access.roles_of(again(office, lan), office.organ.id) == set()


def test_an_organ_keeps_an_administrator_and_nobody_raises_themselves(office: Office) -> None:
    quan, organ = office.add("quan", "administrator"), office.organ
    with office.db.transaction() as session:
        row = session.get_one(Organ, organ.id)
        one = people.by_id(session, quan.id)
        with pytest.raises(Conflict, match="yourself"):
            accounts.give_role(session, one, row, "archivist", one, why="Tự cấp")
        with pytest.raises(Conflict, match="yourself"):
            accounts.close(session, one, clock.today(row), "Nghỉ", by=one)
        first = people.by_id(session, office.first.id)
        accounts.close(session, first, clock.today(row), "Nghỉ", by=one)
        with pytest.raises(Conflict, match="last_administrator"):
            accounts.close(session, one, clock.today(row), "Nghỉ", by=first)


def test_a_delegate_of_the_sole_administrator_raises_nobody_but_others(office: Office) -> None:
    binh = office.add("binh", "officer")
    with (
        audit.acting_as(binh, "web", principal=office.first),
        office.db.transaction() as session,
    ):
        row, me = session.get_one(Organ, office.organ.id), people.by_id(session, binh.id)
        first = people.by_id(session, office.first.id)
        with pytest.raises(Conflict, match="yourself"):
            accounts.give_role(session, me, row, "administrator", first, why="Tự cấp")


def test_no_organ_loses_its_last_administrator_with_an_account_of_another(office: Office) -> None:
    other = an_organ(office.db, "UBND", "Ủy ban nhân dân")
    office.add("quan", "administrator")
    with office.db.transaction() as session:
        first = people.by_id(session, office.first.id)
        there = session.get_one(Organ, other.id)
        accounts.give_role(session, first, there, "administrator", first, why="Lập cơ quan")
    with office.db.transaction() as session:
        first, quan = people.by_id(session, office.first.id), people.by_name(session, "quan")
        with pytest.raises(Conflict, match="last_administrator"):
            accounts.close(session, first, clock.today(office.organ), "Nghỉ", by=quan)


def test_units_are_added_renamed_and_removed_while_nobody_is_in_them(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        unit = units.add(session, organ, " VP ", "Văn   phòng")
        with pytest.raises(Conflict):
            units.add(session, organ, "VP", "Khác")
        units.change(session, unit, "VPUB", "Văn phòng UBND", seen=state_of(unit))
    with office.db.transaction() as session:
        row = people.by_id(session, office.first.id)
        accounts.change(
            session, row, full_name="Q", position="", email="", unit_id=unit.id, why="Xếp phòng"
        )
        with pytest.raises(Conflict, match="unit_in_use"):
            units.remove(session, units.by_code(session, organ, "văn phòng ubnd"))
        accounts.change(
            session, row, full_name="Q", position="", email="", unit_id=None, why="Rời phòng"
        )
        units.remove(session, units.by_code(session, organ, "VPUB"))
    with office.db.reading() as session:
        assert units.of(session, office.organ) == []


# Tables -------------------------------------------------------------------------------------------


def test_a_list_is_shown_first_then_made_and_doubles_nobody_when_given_again(
    office: Office,
) -> None:
    given = table(
        ("1", "Nguyễn Thanh Phúc", "1976", "VP", "Chuyên viên", "CV"),
        ("2", "Nguyễn Thanh Phúc", "01/02/1978", "vp", "chuyên viên; văn thư", ""),
        ("", "", "", "", "", ""),
    )
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        units.add(session, organ, "VP", "Văn phòng")
        shown = look(session, organ, given)
        assert [one.user_name for one in shown.lines] == ["nguyenthanhphuc", "nthanhphuc"]
        assert people.count(session) == 1
        first = {one.number: people.one_time() for one in shown.to_make}
        made = make_all(session, organ, shown, first)
    assert [one.person.user_name for one in made] == ["nguyenthanhphuc", "nthanhphuc"]
    assert made[1].password == first[5].password
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        second = look(session, organ, given)
        assert all(one.is_there for one in second.lines)
        with pytest.raises(Invalid, match="nothing_to_make"):
            make_all(session, organ, second, {})


def test_every_mistake_of_a_list_is_named_with_its_line_and_nothing_is_made(office: Office) -> None:
    given = table(
        ("1", "Lê An", "", "Phòng lạ", "officer", ""),
        ("2", "", "", "", "officer", ""),
        ("3", "Lê Bình", "", "", "vua", ""),
        ("4", "Lê Chi", "năm ngọ", "", "officer", ""),
        ("5", "Lê Dung", "", "", "", ""),
        ("6", "Lê Giang", "", "", "officer", ""),
    )
    with office.db.reading() as session:
        shown = look(session, session.get_one(Organ, office.organ.id), given)
    assert {one.number: one.wrong.code for one in shown.wrong if one.wrong} == {
        4: "no_such_unit",
        5: "full_name_missing",
        6: "unknown_role",
        7: "bad_birth_year",
        8: "no_role",
    }
    with pytest.raises(Invalid, match="list_has_mistakes"), office.db.transaction() as session:
        make_all(session, session.get_one(Organ, office.organ.id), shown, {})


def test_a_table_without_names_or_roles_says_which_column_is_missing(office: Office) -> None:
    with office.db.reading() as session, pytest.raises(Invalid) as failed:
        look(session, session.get_one(Organ, office.organ.id), table(header=("Họ tên", "Tuổi")))
    assert failed.value.details == {"column": "Vai trò"}


def test_all_roles_have_a_name_to_be_written_in_a_list() -> None:
    from archive.roles import ROLES

    assert set(account_lists.ROLE_NAMES.values()) == set(ROLES)
