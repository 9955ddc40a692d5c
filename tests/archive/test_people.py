from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import text

from archive import clock, organs, people
from archive.errors import Conflict, Invalid
from archive.models import Organ, Person
from tests.archive.conftest import Office


def sign_in(office: Office, user_name: str, password: str) -> Person | None:
    tried = people.try_password(office.db, user_name, password)
    with office.db.transaction() as session:
        return people.check_password(session, tried)


def with_password(office: Office, user_name: str = "lan") -> str:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        return people.add(session, organ, user_name, "Nguyễn Thị Lan", ["officer"])[1]


@pytest.mark.rule("DB-03")
def test_the_right_password_opens_and_a_wrong_one_does_not(office: Office) -> None:
    password = with_password(office)
    assert sign_in(office, "lan", "sai") is None
    assert sign_in(office, "ai-do", password) is None
    assert sign_in(office, "LAN", password) is not None


@pytest.mark.rule("KT-22")
def test_only_hashes_of_passwords_and_secrets_are_kept(office: Office) -> None:
    password = with_password(office)
    with office.db.transaction() as session:
        person = people.by_name(session, "lan")
        secret = people.sign_in(session, person, "session", timedelta(hours=1))
    with office.db.reading() as session:
        kept = str(session.execute(text("select * from person")).all())
        kept += str(session.execute(text("select * from sign_in")).all())
        kept += str(session.execute(text("select * from event")).all())
        kept += str(session.execute(text("select * from event_words")).all())
    assert "$argon2id$" in kept
    assert password not in kept
    assert secret not in kept


def test_outside_of_tests_passwords_are_worked_out_with_care() -> None:
    with people.hashing_with(PasswordHasher()):
        careful = extract_parameters(people.one_time().hashed)
    assert careful == extract_parameters(people._careful().nobody) == RFC_9106_LOW_MEMORY
    assert extract_parameters(people.one_time().hashed).memory_cost == 8


def test_a_password_made_beforehand_is_the_one_that_opens(office: Office) -> None:
    first, second = people.one_time(), people.one_time()
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        people.add(session, organ, "lan", "Nguyễn Thị Lan", ["officer"], first)
    assert sign_in(office, "lan", first.password) is not None
    with office.db.transaction() as session:
        people.reset_password(session, people.by_name(session, "lan"), second)
    assert sign_in(office, "lan", first.password) is None
    assert sign_in(office, "lan", second.password) is not None


@pytest.mark.rule("KT-22")
def test_five_wrong_tries_close_the_door_for_a_while(office: Office) -> None:
    password = with_password(office)
    for _ in range(people.TRIES):
        assert sign_in(office, "lan", "sai") is None
    assert sign_in(office, "lan", password) is None
    with clock.standing_at(clock.now() + people.PAUSE + timedelta(seconds=1)):
        assert sign_in(office, "lan", password) is not None


def test_an_account_is_locked_from_its_day_on_and_kept(office: Office) -> None:
    password = with_password(office)
    with office.db.transaction() as session:
        person = people.by_name(session, "lan")
        secret = people.sign_in(session, person, "session", timedelta(hours=1))
        people.lock(session, person, clock.today(office.organ), "nghỉ hưu")
    assert sign_in(office, "lan", password) is None
    with office.db.reading() as session:
        assert people.signed_in(session, secret, "session", None) is None
        assert people.by_name(session, "lan").full_name == "Nguyễn Thị Lan"


@pytest.mark.rule("KT-27")
def test_a_session_ends_by_age_by_idleness_and_by_signing_out(office: Office) -> None:
    with office.db.transaction() as session:
        person = people.by_id(session, office.first.id)
        secret = people.sign_in(session, person, "session", timedelta(hours=10))
    idle = timedelta(minutes=60)
    later = clock.now()
    for hours, is_open in ((0, True), (2, False), (11, False)):
        with clock.standing_at(later + timedelta(hours=hours)), office.db.reading() as session:
            assert (people.signed_in(session, secret, "session", idle) is not None) is is_open
    with office.db.transaction() as session:
        found = people.signed_in(session, secret, "session", idle)
        assert found is not None
        people.sign_out(session, found)
    with office.db.reading() as session:
        assert people.signed_in(session, secret, "session", idle) is None


def test_a_session_is_no_token(office: Office) -> None:
    with office.db.transaction() as session:
        person = people.by_id(session, office.first.id)
        secret = people.sign_in(session, person, "session", timedelta(hours=1))
        assert people.signed_in(session, secret, "token", None) is None


@pytest.mark.parametrize(
    ("new", "code"),
    [("ngắn", "password_too_short"), ("aaaaaaaaaaaaaaa", "password_too_plain"),
     ("lan-lan-lan-12345", "password_too_plain")],
)  # fmt: skip
def test_a_poor_password_is_not_taken(office: Office, new: str, code: str) -> None:
    password = with_password(office)
    with pytest.raises(Invalid) as failed:
        people.hash_of_new("lan", password, new)
    assert failed.value.code == code


def test_a_changed_password_opens_and_the_old_one_no_longer(office: Office) -> None:
    password = with_password(office)
    tried_early = people.try_password(office.db, "lan", password)
    hashed = people.hash_of_new("lan", password, "một mật khẩu dài")
    with office.db.transaction() as session:
        people.change_password(session, people.by_name(session, "lan"), hashed)
    assert sign_in(office, "lan", "một mật khẩu dài") is not None
    with office.db.transaction() as session:
        assert people.check_password(session, tried_early) is None


def test_a_new_password_ends_the_sessions_elsewhere(office: Office) -> None:
    password = with_password(office)
    with office.db.transaction() as session:
        person = people.by_name(session, "lan")
        here, there = (
            people.sign_in(session, person, "session", timedelta(hours=1)) for _ in range(2)
        )
        staying = people.signed_in(session, here, "session", None)
        assert staying is not None
        hashed = people.hash_of_new("lan", password, "một mật khẩu dài")
        people.change_password(session, person, hashed, staying=staying.id)
    with office.db.reading() as session:
        assert people.signed_in(session, here, "session", None) is not None
        assert people.signed_in(session, there, "session", None) is None


def test_a_user_name_is_never_issued_twice(office: Office) -> None:
    with_password(office)
    with pytest.raises(Conflict), office.db.transaction() as session:
        people.add(session, session.get_one(Organ, office.organ.id), "Lan", "Khác", ["clerk"])


def test_setup_is_done_once_and_its_person_acts_until_there_is_another(office: Office) -> None:
    with pytest.raises(Conflict), office.db.transaction() as session:
        organs.set_up(session, "KHAC", "Khác")
    with office.db.reading() as session:
        only = people.only_person(session)
    assert only is not None
    assert {one.role.code for one in only.appointments} == {"administrator", "archivist"}
    with_password(office)
    with office.db.reading() as session:
        assert people.only_person(session) is None


@pytest.mark.parametrize("code", ["", "x" * 36, "có trống", "a/b", "a'; drop", "SỞ"])
def test_a_bad_organ_code_is_named(office: Office, code: str) -> None:
    with pytest.raises(Invalid) as failed, office.db.transaction() as session:
        organs.found(session, code, "Tên")
    assert failed.value.code == "bad_organ_code"
