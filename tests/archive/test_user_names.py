"""User names by the two regulations, with the examples that they give themselves."""

import pytest

from archive import accounts, organ_rules, user_names
from archive.accounts import NewAccount
from archive.errors import Invalid
from archive.models import Organ
from tests.archive.conftest import Office


def choose(office: Office, name: str, **more: object) -> user_names.Chosen:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        new = NewAccount(name, ("officer",), **more)  # type: ignore[arg-type]
        opened = accounts.open_account(session, organ, new)
        return user_names.Chosen(opened.person.user_name, opened.is_outside_rule)


def set_rules(office: Office, **rules: str) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        organ_rules.set_rules(session, organ, rules, "Theo quy chế")


@pytest.mark.rule("TG-13")
def test_the_regulations_own_example_of_six_namesakes(office: Office) -> None:
    name = "Nguyễn Thanh Phúc"
    assert choose(office, name).name == "nguyenthanhphuc"
    assert choose(office, name).name == "nthanhphuc"
    assert choose(office, name).name == "ntphuc"
    with pytest.raises(Invalid) as asked:
        choose(office, name)
    assert asked.value.code == "birth_year_needed"
    assert choose(office, name, birth_year=1976).name == "nguyenthanhphuc76"
    assert choose(office, name, birth_year=1978).name == "nguyenthanhphuc78"
    sixth = choose(office, name, birth_year=1976)
    assert sixth == user_names.Chosen("nguyenthanhphuc76-2", is_outside_rule=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lê Minh Hiếu", ["leminhhieu", "lminhhieu", "lmhieu"]),
        ("Đỗ Thị Hồng Đào", ["dothihongdao", "dthihongdao", "dthdao"]),
        ("  Trần   An ", ["tranan", "tan"]),
        ("Ánh", ["anh"]),
    ],
)
def test_a_name_shortens_from_the_front(name: str, expected: list[str]) -> None:
    assert user_names.tien_giang(name) == expected


@pytest.mark.rule("KT-14", "KT-15")
def test_kon_tum_shortens_at_once_and_names_the_agency_when_taken(office: Office) -> None:
    set_rules(office, user_names="kon_tum", user_name_suffix=".tp@kontum.gov.vn")
    assert choose(office, "Phan Văn Thế").name == "pvthe.tp@kontum.gov.vn"
    assert choose(office, "Phạm Văn Thể").name == "pvthettlt.tp@kontum.gov.vn"
    third = choose(office, "Phùng Văn Thê")
    assert third == user_names.Chosen("pvthettlt-2.tp@kontum.gov.vn", is_outside_rule=True)
    leader = choose(office, "Trần An", position="Chánh Văn phòng", by_post=True)
    assert leader.name == "cvpttlt.tp@kontum.gov.vn"


@pytest.mark.rule("TG-12")
def test_each_organ_has_a_suffix_of_its_own(office: Office) -> None:
    set_rules(office, user_name_suffix="@sxd.vpdtg.vn")
    assert choose(office, "Lê Minh Hiếu").name == "leminhhieu@sxd.vpdtg.vn"


def test_a_name_that_was_retired_is_not_given_out_again(office: Office) -> None:
    first = choose(office, "Lê Minh Hiếu")
    with office.db.transaction() as session:
        from archive import clock, people

        one = people.by_name(session, first.name)
        people.lock(session, one, clock.today(one.organ), "Nghỉ hưu")
    assert choose(office, "Lê Minh Hiếu").name == "lminhhieu"


@pytest.mark.parametrize("name", ["", "   ", "123", "李明"])
def test_a_name_without_letters_is_refused(office: Office, name: str) -> None:
    with pytest.raises(Invalid):
        choose(office, name)


@pytest.mark.parametrize("suffix", ["Sở XD", "@", "a b", "@x/../y", "ă", "@" + "x" * 50])
def test_a_suffix_that_cannot_stand_in_a_name_is_refused(office: Office, suffix: str) -> None:
    with pytest.raises(Invalid) as failed:
        set_rules(office, user_name_suffix=suffix)
    assert failed.value.code == "bad_rule"
