"""Custody of a fonds: its keeper's people manage and read it, who made it goes on reading it."""

from itertools import product

import pytest
from sqlalchemy import select

from archive import (
    access,
    audit,
    custody,
    documents,
    exports,
    hand_over,
    organ_rules,
    people,
    reading,
)
from archive import readers as marks
from archive.access import Action
from archive.database import Database
from archive.errors import Conflict, Invalid, NotAllowed, NotFound
from archive.models import CaseFile, Document, Fonds, Organ, Person
from archive.roles import PASSED_ON, PASSES_WITH_CUSTODY, ROLES
from tests.factories import a_case_file, a_document, a_person, an_organ, writing


@pytest.fixture
def maker(db: Database) -> Organ:
    return an_organ(db)


@pytest.fixture
def keeper(db: Database, maker: Organ) -> Organ:
    return an_organ(db, "SXD", "Sở Xây dựng")


def pass_on(db: Database, organ: Organ, to: Organ) -> None:
    with writing(db) as session:
        fonds = session.scalars(select(Fonds).where(Fonds.organ_id == organ.id)).one()
        receiver = session.get_one(Organ, to.id)
        custody.pass_on(session, fonds, receiver, "Sáp nhập", decision="5/QĐ-UBND")


def may(db: Database, person: Person, action: Action, thing: Document | CaseFile | Organ) -> bool:
    with db.reading() as session:
        who = people.by_id(session, person.id)
        return access.may(session, who, action, session.merge(thing, load=True))


def with_policy(db: Database, organ: Organ, policy: str) -> None:
    with writing(db) as session:
        row = session.get_one(Organ, organ.id)
        if row.read_policy != policy:
            organ_rules.set_rules(session, row, {}, "Quy chế", read_policy=policy)


def test_the_keepers_people_do_there_what_passes_with_custody(
    db: Database, maker: Organ, keeper: Organ
) -> None:
    document = a_document(db, maker, case_file=a_case_file(db, maker))
    staff = {role: a_person(db, keeper, role, role) for role in ROLES}
    assert not any(may(db, one, action, document) for one in staff.values() for action in Action)
    pass_on(db, maker, keeper)
    for role, one in staff.items():
        for action in Action:
            wanted = action in ROLES[role] & PASSES_WITH_CUSTODY
            assert may(db, one, action, document) == wanted, (role, action)
            assert may(db, one, action, maker) == wanted, (role, action)


def test_who_made_the_records_goes_on_reading_and_does_nothing_else(
    db: Database, maker: Organ, keeper: Organ
) -> None:
    document = a_document(db, maker, case_file=a_case_file(db, maker))
    staff = {role: a_person(db, maker, role, role) for role in ROLES}
    pass_on(db, maker, keeper)
    for role, one in staff.items():
        for action in Action:
            wanted = action in ROLES[role] - PASSED_ON
            assert may(db, one, action, document) == wanted, (role, action)
    with db.reading() as session, pytest.raises(NotAllowed):
        archivist = people.by_name(session, "archivist")
        reading.the_document(session, archivist, document.code, Action.CORRECT)
    pass_on(db, keeper, maker)  # the keeper's own fonds: nothing of what it keeps goes along
    assert not may(db, staff["archivist"], Action.CORRECT, document)


def test_custody_that_comes_back_gives_everything_back(
    db: Database, maker: Organ, keeper: Organ
) -> None:
    document = a_document(db, maker)
    lan, thu = a_person(db, maker, "lan", "archivist"), a_person(db, keeper, "thu", "archivist")
    pass_on(db, maker, keeper)
    pass_on(db, maker, maker)
    assert may(db, lan, Action.CORRECT, document)
    assert not may(db, thu, Action.DESCRIBE, document)
    with writing(db) as session, pytest.raises(Invalid) as failed:
        fonds = session.scalars(select(Fonds).where(Fonds.organ_id == maker.id)).one()
        again = session.get_one(Organ, maker.id)
        custody.pass_on(session, fonds, again, "Sáp nhập", decision="6/QĐ-UBND")
    assert failed.value.code == "keeps_it_already"


def test_a_third_organ_knows_nothing_of_it(db: Database, maker: Organ, keeper: Organ) -> None:
    document = a_document(db, maker)
    stranger = a_person(db, an_organ(db, "SNV", "Sở Nội vụ"), "hoa", *ROLES)
    pass_on(db, maker, keeper)
    assert not any(may(db, stranger, action, document) for action in Action)
    with db.reading() as session, pytest.raises(NotFound):
        reading.the_document(session, stranger, document.code, Action.DESCRIBE)


def test_lists_keys_and_questions_say_the_same_of_both_organs_people(
    db: Database, maker: Organ, keeper: Organ
) -> None:
    holder = a_person(db, maker, "holder", "officer")
    for level in ("organ", "unit", "assigned"):
        file = a_case_file(db, maker, level, access_level=level, holder=holder)
        a_document(db, maker, level, case_file=file)
    a_document(db, maker, "tray", by=holder)
    suspected = a_document(db, maker, "suspected")
    with writing(db) as session:
        row = session.get_one(Document, suspected.id)
        row.alarm = "suspected_secret"
        audit.record(session, "document.alarm", row)
    staff = [holder]
    for organ in (maker, keeper):
        staff += [a_person(db, organ, f"{organ.code}-{role}".lower(), role) for role in ROLES]
    pass_on(db, maker, keeper)
    for policies in product(("open", "unit", "assigned"), repeat=2):
        for organ, policy in zip((maker, keeper), policies, strict=True):
            with_policy(db, organ, policy)
        for person in staff:
            compare(db, maker, person)


def compare(db: Database, organ: Organ, person: Person) -> None:
    with db.reading() as session:
        who, here = people.by_id(session, person.id), session.get_one(Organ, organ.id)
        found = session.scalars(select(Document)).all()
        for content, action in ((False, Action.DESCRIBE), (True, Action.READ)):
            allowed = {one.id for one in found if access.may(session, who, action, one)}
            seen = reading.seen_documents(session, who, here, content=content)
            assert set(session.scalars(select(Document.id).where(seen))) == allowed, who.user_name
            numbers = [one.id for one in found]
            known = reading.known_documents(session, who, numbers, content=content)
            assert known == allowed, who.user_name
        hand = set(access.keys_of(who))
        for one in found:
            is_found = bool(hand & set(access.finders_of(session, one)))
            assert is_found == access.may(session, who, Action.DESCRIBE, one), (
                who.user_name,
                one.id,
            )
        files = session.scalars(select(CaseFile)).all()
        seen_files = reading.seen_case_files(session, who, here)
        listed = set(session.scalars(select(CaseFile.id).where(seen_files)))
        assert listed == {
            one.id for one in files if access.may(session, who, Action.SEE_CASE_FILES, one)
        }


def test_of_two_policies_the_narrower_counts(db: Database, maker: Organ, keeper: Organ) -> None:
    document = a_document(db, maker, case_file=a_case_file(db, maker))
    staff = [a_person(db, maker, "binh", "officer"), a_person(db, keeper, "minh", "officer")]
    pass_on(db, maker, keeper)
    assert [may(db, one, Action.READ, document) for one in staff] == [True, True]
    for narrow, wide in ((maker, keeper), (keeper, maker)):
        with_policy(db, narrow, "assigned")
        with_policy(db, wide, "open")
        assert [may(db, one, Action.READ, document) for one in staff] == [False, False]


def test_a_held_file_is_reassigned_to_somebody_of_the_keeper(
    db: Database, maker: Organ, keeper: Organ
) -> None:
    old, other = a_person(db, maker, "old", "officer"), a_person(db, maker, "other", "officer")
    new = a_person(db, keeper, "new", "officer")
    file = a_case_file(db, maker, holder=old)
    pass_on(db, maker, keeper)
    with writing(db) as session, pytest.raises(NotAllowed) as failed:
        row = session.get_one(CaseFile, file.id)
        hand_over.reassign(session, row, people.by_id(session, other.id), "Sáp nhập")
    assert failed.value.code == "bad_receiver"
    with writing(db) as session:
        row = session.get_one(CaseFile, file.id)
        hand_over.reassign(session, row, people.by_id(session, new.id), "Sáp nhập")
    assert may(db, new, Action.WORK, file)


def test_the_keepers_rule_asks_for_consent_too(db: Database, maker: Organ, keeper: Organ) -> None:
    document, binh = a_document(db, maker), a_person(db, maker, "binh", "officer")
    old_head, head = a_person(db, maker, "cu", "head"), a_person(db, keeper, "moi", "head")
    with writing(db) as session:
        rules = {"export_needs_consent": "1"}
        organ_rules.set_rules(session, session.get_one(Organ, keeper.id), rules, "Quy chế")
    pass_on(db, maker, keeper)
    with db.reading() as session:
        row = session.get_one(Document, document.id)
        asking = {one: people.by_id(session, one.id) for one in (binh, old_head, head)}
        needed = [exports.needs_consent(session, one, row) for one in asking.values()]
    assert needed == [True, True, False]


# The index ----------------------------------------------------------------------------------------


def in_two_files(db: Database, organ: Organ) -> Document:
    document = a_document(db, organ, case_file=a_case_file(db, organ))
    other = a_case_file(db, organ)
    with writing(db) as session:
        row = documents.by_code(session, document.code)
        documents.place(session, row, session.get_one(CaseFile, other.id))
    return document


def behind(db: Database) -> set[int]:
    with db.reading() as session:
        marked = select(Document.id).where(Document.indexed_revision < 0)
        return set(session.scalars(marked))


def test_what_depends_on_who_reads_is_indexed_anew_in_batches(
    db: Database, maker: Organ, keeper: Organ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "BATCH", 2)
    several = [in_two_files(db, maker).id for _ in range(5)]
    a_document(db, maker, case_file=a_case_file(db, maker))
    in_two_files(db, keeper)
    pass_on(db, maker, keeper)
    rounds = []
    while True:
        with db.transaction() as session:  # each round by itself: a kill costs no more than one
            if not marks.mark_some(session):
                break
        rounds.append(behind(db))
    assert rounds == [set(several[:2]), set(several[:4]), set(several)]
    with db.reading() as session:
        assert not marks.is_asked_for(session)


def test_a_changed_policy_concerns_what_the_organ_keeps_too(
    db: Database, maker: Organ, keeper: Organ
) -> None:
    pass_on(db, maker, keeper)
    with db.transaction() as session:
        assert marks.mark_some(session)
    with_policy(db, keeper, "unit")
    with db.reading() as session:
        asked = select(Organ.code).where(Organ.index_from.is_not(None)).order_by(Organ.code)
        assert list(session.scalars(asked)) == ["SXD", "TTLT"]
    with pytest.raises(Conflict), writing(db) as session:
        organ_rules.set_rules(session, session.get_one(Organ, keeper.id), {}, "Lại", seen="khác")
