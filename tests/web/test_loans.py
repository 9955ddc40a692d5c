"""Lending filed copies and case files: written down, brought back, late, printed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from archive import clock, freezes, people
from archive.models import CaseFile, Organ
from archive.use_models import Loan
from tests.factories import a_person, writing
from tests.web.conftest import SECRET_SUBJECT, House
from web import book_forms, clockwork

TODAY = clock.day_of(clock.now(), Organ(zone="Asia/Ho_Chi_Minh"))
DUE = TODAY + timedelta(days=7)


def lend(house: House, thing: str, user_name: str = "minh", **form: Any) -> Any:
    told = {
        "thing": thing,
        "to": str(house.person("binh").id),
        "until_on": f"{DUE:%d/%m/%Y}",
        "purpose": "Đối chiếu quyết định",
        "approved_by": "Chánh Văn phòng",
        **form,
    }
    return house.post(house.as_(user_name), "/loans", **told)


def loans(house: House) -> list[Loan]:
    with house.services.db.reading() as rows:
        return list(rows.scalars(select(Loan).order_by(Loan.id)))


def test_a_filed_copy_is_lent_and_comes_back(house: House) -> None:
    minh = house.as_("minh")
    assert "Chưa cho mượn" in minh.get("/loans").text
    assert lend(house, house.open_code).status_code == 302
    (one,) = loans(house)
    assert (one.borrower, one.until_on, one.approved_by) == ("Binh", DUE, "Chánh Văn phòng")
    page = minh.get("/loans").text
    assert house.open_code in page and "Đối chiếu quyết định" in page
    assert house.open_code in house.as_("binh").get("/loans").text  # who has it sees it too
    assert "Binh" not in house.as_("thu").get("/loans").text.split("<main")[1]
    assert house.post(minh, f"/loans/{one.id}/back").status_code == 302
    assert loans(house)[0].returned_on == TODAY
    assert [len(house.events(f"loan.{verb}")) for verb in ("lend", "take_back")] == [1, 1]
    assert lend(house, house.open_code).status_code == 302


def test_what_is_out_is_not_lent_twice_and_the_form_keeps_what_was_typed(house: House) -> None:
    lend(house, house.case_file)
    again = lend(house, house.case_file, note="Quyển 2")
    assert again.status_code == 409
    assert "Binh đang giữ" in again.text and 'value="Quyển 2"' in again.text
    assert len(loans(house)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": "", "name": " "}, "Chưa ghi ai mượn"),
        ({"purpose": ""}, "mục đích"),
        ({"approved_by": ""}, "ai cho phép"),
        ({"until_on": ""}, "ngày phải trả"),
        ({"until_on": "31/02/2026"}, "31/02/2026"),
        ({"from_on": f"{TODAY + timedelta(days=1):%d/%m/%Y}"}, "chưa đến"),
        ({"until_on": f"{TODAY - timedelta(days=1):%d/%m/%Y}"}, "trước"),
        ({"thing": "TTLT-2026-9999999"}, "TTLT-2026-9999999"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_lent(
    house: House, wrong: dict[str, str], said: str
) -> None:
    answer = lend(house, **{"thing": house.open_code, **wrong})
    assert answer.status_code in (409, 422)
    assert said in answer.text
    assert loans(house) == []


def test_somebody_without_an_account_is_named(house: House) -> None:
    lend(house, house.open_code, to="", name="  Nguyễn Văn   Khách ")
    assert (loans(house)[0].borrower, loans(house)[0].borrower_id) == ("Nguyễn Văn Khách", None)


def test_a_frozen_thing_stays_and_what_is_out_comes_back(house: House) -> None:
    lend(house, house.case_file)
    head = a_person(house.services.db, house.organ(), "truong", "head")
    with writing(house.services.db) as rows:
        file = rows.scalars(select(CaseFile).where(CaseFile.code == house.case_file)).one()
        freezes.freeze(
            rows, rows.get_one(Organ, file.organ_id), [file], by=head, number="9/QĐ",
            ordered_on=TODAY, reason="Thanh tra",
        )  # fmt: skip
    house.post(house.as_("minh"), f"/loans/{loans(house)[0].id}/back")
    assert loans(house)[0].returned_on == TODAY
    assert lend(house, house.case_file).status_code == 409
    assert len(loans(house)) == 1


def test_only_who_may_lends_and_closed_things_are_not_there(house: House) -> None:
    for name in ("binh", "thu", "quan"):
        assert lend(house, house.open_code, name).status_code == 403
    assert lend(house, house.closed_code, "minh").status_code == 422  # as if it were not there
    assert lend(house, house.open_code, "hoa").status_code == 422
    lend(house, house.closed_code, "lan")
    page = house.as_("minh").get("/loans").text
    assert house.closed_code in page and SECRET_SUBJECT not in page


def test_what_is_late_is_told_once_to_both_and_counted_at_home(house: House) -> None:
    lend(house, house.open_code)
    clockwork.give_notice(house.services)
    assert house.events("notice.send") == []
    with clock.standing_at(clock.now() + timedelta(days=9)):
        assert clockwork.give_notice(house.services) == 2
        assert clockwork.give_notice(house.services) == 0
        for name in ("binh", "minh"):
            client = house.as_(name)
            assert "Đã đến hạn trả" in client.get("/notices").text
            assert 'href="/loans?only=overdue"' in client.get("/").text
        assert "quá hạn 2 ngày" in house.as_("minh").get("/loans?only=overdue").text


def test_the_book_of_filed_copies_has_all_its_columns(house: House) -> None:
    lend(house, house.open_code, note="Bản giấy, 3 tờ")
    house.post(house.as_("minh"), f"/loans/{loans(house)[0].id}/back")
    lend(house, house.closed_code, "lan", to="", name="Khách")
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        form = book_forms.loan_form(rows, people.by_name(rows, "minh"), organ, TODAY, TODAY)
    first, second = (row.cells for row in form.told["rows"])
    day = f"{TODAY:%d/%m/%Y}"
    assert (first[0], first[1], first[6], first[7]) == (day, "Binh", day, "Chánh Văn phòng")
    assert first[2] == "03/QĐ-UBND 05/03/2014" and "quy chế" in first[3]
    assert first[4] and first[8] == "Đối chiếu quyết định; Bản giấy, 3 tờ"
    assert second[3] == book_forms.CLOSED_TO_YOU and SECRET_SUBJECT not in str(second)
    assert len(house.events("organ.print_loans")) == 1


def test_two_clerks_lending_the_same_thing_get_one_loan(house: House) -> None:
    """The database holds it, too."""
    from sqlalchemy.exc import IntegrityError

    lend(house, house.open_code)
    (one,) = loans(house)
    values = {
        name: getattr(one, name)
        for name in ("organ_id", "document_id", "borrower", "purpose", "approved_by", "from_on",
                     "until_on", "lent_by_id", "lent_at")
    }  # fmt: skip
    with pytest.raises(IntegrityError), writing(house.services.db) as rows:
        rows.add(Loan(**values))
        rows.flush()
