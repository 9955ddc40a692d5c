"""Handing over what one holds; signing tokens; consent to take out; acting for others."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from archive import (
    access,
    audit,
    case_files,
    clock,
    delegations,
    documents,
    exports,
    freezes,
    grants,
    hand_over,
    key_custody,
    organ_rules,
    people,
)
from archive.access import Action
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed
from archive.life_models import Delegation, ExportRequest, KeyCustody
from archive.models import CaseFile, Document, Event, Grant, Organ, Person
from tests.archive.conftest import Office

DAY = timedelta(days=1)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(ArchiveError) as failed:
        yield
    assert failed.value.code == code


def a_case_file(office: Office, holder: Person, notation: str, level: str = "organ") -> str:
    with office.db.transaction() as session:
        return case_files.open_one(
            session,
            session.get_one(Organ, office.organ.id),
            notation,
            f"Hồ sơ {notation}",
            holder=session.get_one(Person, holder.id),
            access_level=level,
        ).code


def rows(session: Session, office: Office, *names: str) -> tuple[Any, ...]:
    return (
        session.get_one(Organ, office.organ.id),
        *(people.by_name(session, name) for name in names),
    )


def event(session: Session, action: str) -> Event:
    return session.query(Event).where(Event.action == action).one()


# One case file ------------------------------------------------------------------------------------


@pytest.mark.rule("HC-64")
def test_a_case_file_gets_another_holder_and_the_old_one_stays_in_the_story(office: Office) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer")
    code = a_case_file(office, lan, "01", "assigned")
    with office.db.transaction() as session:
        case_file = case_files.by_code(session, code)
        to = people.by_id(session, binh.id)
        hand_over.reassign(session, case_file, to, "Theo ý kiến lãnh đạo", seen=1)
    with office.db.reading() as session:
        case_file = case_files.by_code(session, code)
        assert case_file.holder_id == binh.id
        assert access.may(session, binh, Action.READ, case_file)
        assert not access.may(session, lan, Action.READ, case_file)
        assert event(session, "case_file.reassign").facts == {"from": "lan", "to": "binh"}


def test_what_cannot_be_reassigned_says_why(office: Office) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer")
    office.add("thu", "auditor")
    code = a_case_file(office, lan, "01")
    with office.db.transaction() as session:
        organ, _, to, auditor = rows(session, office, "lan", "binh", "thu")
        case_file = case_files.by_code(session, code)
        with refused("reason_missing"):
            hand_over.reassign(session, case_file, to, " ")
        with refused("changed_meanwhile"):
            hand_over.reassign(session, case_file, to, "Đổi", seen=7)
        with refused("same_holder"):
            hand_over.reassign(session, case_file, people.by_id(session, lan.id), "Đổi")
        with refused("bad_receiver"):
            hand_over.reassign(session, case_file, auditor, "Đổi")
        freezes.freeze(
            session,
            organ,
            [case_file],
            by=to,
            number="5/QĐ",
            ordered_on=date(2026, 1, 5),
            reason="Thanh tra",
        )
        with refused("frozen"):
            hand_over.reassign(session, case_file, to, "Đổi")
    assert binh.id != lan.id


# All of it ----------------------------------------------------------------------------------------


@pytest.mark.rule("KT-25", "TN-43")
def test_all_that_a_person_holds_is_handed_over_in_one_act_and_the_account_ends(
    office: Office,
) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer")
    office.add("minh", "clerk")
    codes = [a_case_file(office, lan, f"0{number}") for number in range(3)]
    frozen = a_case_file(office, lan, "09")
    with office.db.transaction() as session:
        organ, giver, to, _ = rows(session, office, "lan", "binh", "minh")
        things = [case_files.by_code(session, frozen)]
        freezes.freeze(
            session, organ, things, by=to, number="5/QĐ", ordered_on=date(2026, 1, 5), reason="T"
        )
        people.sign_in(session, giver, "token", DAY, "Máy quét")
        key_custody.hand(session, organ, "ST-1", "person", giver, permission="GUQ 01")
        days = {"from_on": clock.today(organ), "until_on": clock.today(organ) + DAY}
        delegations.make(session, organ, giver, to, reason="Công tác", by=giver, **days)
    with office.db.transaction() as session:
        organ, giver, to, minh = rows(session, office, "lan", "binh", "minh")
        held = hand_over.holdings(session, giver, organ)
        assert [len(one) for one in (held.case_files, held.frozen, held.tokens)] == [4, 1, 1]
        assert (len(held.delegations), len(held.keys)) == (1, 1)
        second = case_files.by_code(session, codes[1])
        done = hand_over.hand_over(
            session,
            giver,
            organ,
            to,
            others={second.id: minh},
            why="Nghỉ hưu theo QĐ 33",
            by=office.first,
            seen=3,
            ends_on=clock.today(organ),
        )
        assert done.stayed == (frozen,)
    with office.db.reading() as session:
        told = event(session, "person.hand_over")
        assert told.facts["case_files"] == {"binh": [codes[0], codes[2]], "minh": [codes[1]]}
        assert told.facts["stayed"] == [frozen]
        holders = {one.code: one.holder_id for one in session.query(CaseFile)}
        assert holders[codes[0]] == binh.id
        assert holders[frozen] == lan.id
        assert not people.is_active(people.by_id(session, lan.id))
        assert session.query(Delegation).one().ended_at is not None
        assert session.query(KeyCustody).one().until_on is not None


def test_a_list_that_changed_since_it_was_confirmed_is_handed_to_nobody(office: Office) -> None:
    lan = office.add("lan", "officer")
    office.add("binh", "officer")
    code = a_case_file(office, lan, "01")
    with pytest.raises(Conflict, match="holdings_changed"), office.db.transaction() as session:
        organ, giver, to = rows(session, office, "lan", "binh")
        hand_over.hand_over(session, giver, organ, to, why="Nghỉ", by=to, seen=0)
    with office.db.reading() as session:
        assert case_files.by_code(session, code).holder_id == lan.id


# Signing tokens -----------------------------------------------------------------------------------


@pytest.mark.rule("HC-40", "TN-20", "TN-39")
def test_a_signing_token_is_handed_on_with_written_permission_only(office: Office) -> None:
    office.add("lan", "officer")
    office.add("minh", "clerk")
    with office.db.transaction() as session:
        organ, lan, minh = rows(session, office, "lan", "minh")
        with refused("permission_missing"):
            key_custody.hand(session, organ, "ST-1", "organ", minh, permission=" ")
        key_custody.hand(session, organ, "ST-1", "organ", minh, permission="GUQ 01/GUQ-STC")
        with refused("token_held_already"):
            key_custody.hand(session, organ, " ST-1 ", "organ", minh, permission="GUQ 02")
        key_custody.hand(session, organ, "ST-1", "organ", lan, permission="GUQ 02/GUQ-STC")
        now = key_custody.held_now(session, organ)
        assert [one.holder_id for one in now] == [lan.id]
        key_custody.take_back(session, now[0], clock.today(organ), "Đổi vị trí công tác")
        with refused("ended_already"):
            key_custody.take_back(session, now[0], clock.today(organ), "Đổi vị trí công tác")
    with office.db.reading() as session:
        assert session.query(KeyCustody).count() == 2
        assert key_custody.held_now(session, office.organ) == []


# Consent ------------------------------------------------------------------------------------------


@pytest.mark.rule("DB-33", "TN-41")
def test_content_goes_out_with_the_consent_of_the_head_where_the_organ_asks_for_it(
    office: Office,
) -> None:
    lan = office.add("lan", "officer")
    head = office.add("ha", "head")
    document = office.shelve()
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        one = documents.by_code(session, document.code)
        exports.require_consent(session, lan, one)
        organ_rules.set_rules(session, organ, {"export_needs_consent": "1"}, "Điều 8")
    with office.db.transaction() as session:
        one = documents.by_code(session, document.code)
        with refused("export_needs_consent"):
            exports.require_consent(session, lan, one)
        exports.require_consent(session, head, one)
        asked = exports.ask(session, lan, one, "Gửi Sở Tài chính đối chiếu")
        with refused("asked_already"):
            exports.ask(session, lan, one, "Gửi Sở Tài chính đối chiếu")
        with refused("yourself"):
            exports.decide(session, asked, lan, allow=True, reason="")
        with refused("reason_missing"):
            exports.decide(session, asked, head, allow=False, reason="")
        until = clock.today(office.organ) + DAY
        exports.decide(session, asked, head, allow=True, reason="Đồng ý", until_on=until)
        exports.require_consent(session, lan, one)
    with clock.standing_at(clock.now() + 2 * DAY), office.db.reading() as session:
        with refused("export_needs_consent"):
            exports.require_consent(session, lan, documents.by_code(session, document.code))
        assert session.query(ExportRequest).one().decided_by_id == head.id


def test_consent_to_a_case_file_is_consent_to_what_is_in_it(office: Office) -> None:
    lan, head = office.add("lan", "officer"), office.add("ha", "head")
    code, document = a_case_file(office, lan, "01"), office.shelve()
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        organ_rules.set_rules(session, organ, {"export_needs_consent": "1"}, "Điều 8")
        inside, case_file = documents.by_code(session, document.code), session.query(CaseFile).one()
        documents.place(session, inside, case_file)
        asked = exports.ask(session, lan, case_files.by_code(session, code), "Thanh tra")
        exports.decide(session, asked, head, allow=True, reason="")
        exports.require_consent(session, lan, inside)


# Grants -------------------------------------------------------------------------------------------


@pytest.mark.rule("HC-61")
def test_one_person_may_be_let_read_one_case_file_until_a_day(office: Office) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer")
    code, document = a_case_file(office, lan, "01", "assigned"), office.shelve()
    with office.db.transaction() as session:
        case_file = case_files.by_code(session, code)
        inside = documents.by_code(session, document.code)
        documents.place(session, inside, case_file)
        before = inside.revision
        until = clock.today(office.organ) + DAY
        with refused("yourself"):
            grants.give(session, case_file, lan, until, "Phối hợp", by=lan)
        grants.give(session, case_file, binh, until, "Phối hợp giải quyết", by=lan)
        with refused("granted_already"):
            grants.give(session, case_file, binh, None, "Phối hợp giải quyết", by=lan)
        assert (inside.revision, inside.indexed_revision < 0) == (
            before,
            True,
        )  # the index learns of it
    for later, expected in ((0, True), (1, True), (2, False)):
        with clock.standing_at(clock.now() + later * DAY), office.db.reading() as session:
            inside = documents.by_code(session, document.code)
            assert access.may(session, binh, Action.READ, inside) is expected, later
            assert not access.may(session, binh, Action.WORK, case_files.by_code(session, code))


def test_a_grant_that_is_taken_back_opens_nothing(office: Office) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer")
    code = a_case_file(office, lan, "01", "assigned")
    with office.db.transaction() as session:
        case_file = case_files.by_code(session, code)
        grants.give(session, case_file, binh, None, "Phối hợp", by=lan)
    with office.db.transaction() as session:
        given = session.query(Grant).one()
        grants.end(session, given, "Xong việc")
        with refused("ended_already"):
            grants.end(session, given, "Xong việc")
        case_file = case_files.by_code(session, code)
        assert not access.may(session, binh, Action.SEE_CASE_FILES, case_file)
        assert grants.alive_on(session, case_file) == []


# Acting for another -------------------------------------------------------------------------------


def a_delegation(office: Office, principal: str, delegate: str, **days: date) -> None:
    with office.db.transaction() as session:
        organ, one, other = rows(session, office, principal, delegate)
        today = clock.today(organ)
        told = {"from_on": today, "until_on": today + DAY, **days}
        delegations.make(session, organ, one, other, reason="Đi công tác", by=one, **told)


@pytest.mark.rule("HC-87")
def test_a_delegate_has_the_principals_rights_on_the_days_of_the_delegation(
    office: Office,
) -> None:
    minh = office.add("minh", "clerk")
    thao = office.add("thao", "officer")
    today = clock.today(office.organ)
    a_delegation(office, "minh", "thao", from_on=today + DAY, until_on=today + 2 * DAY)
    may = []
    for day in range(4):
        with clock.standing_at(clock.now() + day * DAY), office.db.reading() as session:
            found = delegations.in_force(session, thao)
            lent = [delegations.principal_of(session, one) for one in found]
            organ = session.get_one(Organ, office.organ.id)
            may.append(any(access.may(session, one, Action.REGISTER, organ) for one in lent))
    assert may == [False, True, True, False]
    with office.db.reading() as session, pytest.raises(NotAllowed):
        delegations.between(session, minh, thao)


def test_what_was_lent_ends_at_the_organ_and_is_never_written_back(office: Office) -> None:
    minh = office.add("minh", "clerk")
    thao = office.add("thao", "officer")
    with office.db.transaction() as session:
        other = Organ(code="KHAC", name="Khác", zone="Asia/Ho_Chi_Minh", rules={})
        session.add(other)
        session.flush()
        audit.record(session, "organ.found", other)
        person = people.by_id(session, minh.id)
        people.appoint(session, person, other, "archivist")
        audit.record(session, "person.give_role", person)
    a_delegation(office, "minh", "thao")
    with office.db.transaction() as session:
        found = delegations.between(session, thao, people.by_id(session, minh.id))
        lent = delegations.principal_of(session, found)
        assert access.organs_of(lent) == {office.organ.id}
    with office.db.reading() as session:
        assert access.organs_of(people.by_id(session, minh.id)) == {office.organ.id, other.id}


def test_a_principal_who_is_locked_lends_nothing(office: Office) -> None:
    minh, thao = office.add("minh", "clerk"), office.add("thao", "officer")
    a_delegation(office, "minh", "thao")
    with office.db.transaction() as session:
        people.lock(session, people.by_id(session, minh.id), clock.today(office.organ), "Nghỉ")
        assert delegations.in_force(session, thao) == []


def test_what_cannot_be_delegated_says_why(office: Office) -> None:
    office.add("minh", "clerk")
    office.add("thao", "officer")
    today = clock.today(office.organ)
    a_delegation(office, "minh", "thao")
    for principal, delegate, days, code in (
        ("minh", "minh", {}, "two_people_needed"),
        ("minh", "thao", {}, "delegated_already"),
        ("thao", "minh", {"from_on": today + DAY, "until_on": today}, "ends_before_it_begins"),
        ("thao", "minh", {"from_on": today - 2 * DAY, "until_on": today - DAY}, "day_has_passed"),
    ):
        with refused(code):
            a_delegation(office, principal, delegate, **days)
    with office.db.transaction() as session:
        one = session.query(Delegation).one()
        delegations.end(session, one)
        with refused("ended_already"):
            delegations.end(session, one)


def test_a_document_is_never_written_to_by_a_refused_request(office: Office) -> None:
    document = office.shelve()
    with pytest.raises(Invalid), office.db.transaction() as session:
        exports.ask(session, office.first, documents.by_code(session, document.code), " ")
    with office.db.reading() as session:
        assert session.query(ExportRequest).count() == 0
        assert session.query(Document).one().revision == document.revision
