"""Reading is told, and lists show exactly what `may` allows."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from archive import access, audit, clock, reading
from archive.access import Action
from archive.database import Database
from archive.errors import Invalid, NotAllowed
from archive.models import CaseFile, Document, Event, EventWords, Grant, Organ, Person, Unit
from tests.factories import a_case_file, a_document, a_person, an_organ, writing

ROLES = ("archivist", "officer", "auditor", "administrator")


@pytest.fixture
def organ(db: Database) -> Organ:
    return an_organ(db)


def of_unit(db: Database, organ: Organ, code: str) -> int:
    with writing(db) as session:
        unit = Unit(organ_id=organ.id, code=code, name=code)
        session.add(unit)
        session.flush()
        audit.record(session, "unit.add", unit)
        return unit.id


def with_policy(db: Database, organ: Organ, policy: str) -> None:
    with writing(db) as session:
        row = session.get_one(Organ, organ.id)
        row.read_policy = policy
        audit.record(session, "organ.set_policy", row)


def everything(db: Database, organ: Organ, holder: Person, stranger: Organ) -> None:
    """Case files of every level with a document each, two in the tray, one elsewhere."""
    for level in ("organ", "unit", "assigned"):
        file = a_case_file(db, organ, level, access_level=level, holder=holder)
        a_document(db, organ, level, case_file=file)
        a_document(db, organ, "granted", case_file=a_case_file(db, organ, "g", access_level=level))
    a_document(db, organ, "tray")
    a_document(db, organ, "own", by=holder)
    a_document(db, stranger, "elsewhere", case_file=a_case_file(db, stranger))


def everybody(db: Database, organ: Organ, holder: Person, stranger: Organ) -> list[Person]:
    same, other = of_unit(db, organ, "same"), of_unit(db, organ, "other")
    with writing(db) as session:
        row = session.get_one(Person, holder.id)
        row.unit_id = same
        audit.record(session, "person.move", row)
    people = [a_person(db, organ, role, role, unit_id=same) for role in ROLES]
    people.append(a_person(db, organ, "officer-b", "officer", unit_id=other))
    people += [holder, a_person(db, organ, "nobody"), a_person(db, stranger, "hoa", "archivist")]
    return people


def grant_some(db: Database, people: list[Person]) -> None:
    with writing(db) as session:
        documents = session.scalars(select(Document).where(Document.subject == "granted")).all()
        files = session.scalars(select(CaseFile).where(CaseFile.title == "g")).all()
        for person in people[::2]:
            for row in (
                Grant(document_id=documents[0].id),
                Grant(case_file_id=files[1].id),
            ):
                row.person_id, row.reason, row.granted_at = (
                    person.id,
                    "test",
                    documents[0].shelved_at,
                )
                session.add(row)
                session.flush()
                audit.record(session, "access.grant", row)


def test_lists_show_exactly_what_may_be_seen(db: Database, organ: Organ) -> None:
    stranger = an_organ(db, "SXD", "Sở Xây dựng")
    holder = a_person(db, organ, "holder", "officer")
    people = everybody(db, organ, holder, stranger)
    everything(db, organ, holder, stranger)
    grant_some(db, people)
    for policy in ("open", "unit", "assigned"):
        with_policy(db, organ, policy)
        compare(db, organ, people)


def compare(db: Database, organ: Organ, people: list[Person]) -> None:
    with db.reading() as session:
        here = session.get_one(Organ, organ.id)
        documents = session.scalars(select(Document)).all()
        files = session.scalars(select(CaseFile)).all()
        for person, content in product(people, (False, True)):
            action = Action.READ if content else Action.DESCRIBE
            allowed = {
                one.id
                for one in documents
                if one.organ_id == here.id and access.may(session, person, action, one)
            }
            seen = reading.seen_documents(session, person, here, content=content)
            listed = set(session.scalars(select(Document.id).where(seen)))
            assert listed == allowed, (person.user_name, action)
            anywhere = {one.id for one in documents if access.may(session, person, action, one)}
            numbers = [one.id for one in documents]
            known = reading.known_documents(session, person, numbers, content=content)
            assert known == anywhere, (person.user_name, action)
        for person in people:
            may = {
                one.id
                for one in files
                if one.organ_id == here.id
                and access.may(session, person, Action.SEE_CASE_FILES, one)
            }
            seen = reading.seen_case_files(session, person, here)
            assert set(session.scalars(select(CaseFile.id).where(seen))) == may, person.user_name
            anywhere = {
                one.id for one in files if access.may(session, person, Action.SEE_CASE_FILES, one)
            }
            numbers = [one.id for one in files]
            assert reading.known_case_files(session, person, numbers) == anywhere


def test_a_condition_that_is_kept_asks_by_the_hour_of_the_asking(
    db: Database, organ: Organ
) -> None:
    binh = a_person(db, organ, "binh", "officer")
    file = a_case_file(db, organ, "g", access_level="assigned")
    document = a_document(db, organ, case_file=file)
    until = clock.now() + timedelta(hours=1)
    with writing(db) as session:
        grant = Grant(person_id=binh.id, document_id=document.id, reason="test")
        grant.granted_at, grant.until = clock.now(), until
        session.add(grant)
        session.flush()
        audit.record(session, "access.grant", grant)
    for hours, wanted in ((0, {document.id}), (2, set()), (0, {document.id})):
        with db.reading() as session, clock.standing_at(until + timedelta(hours=hours - 1)):
            who = session.get_one(Person, binh.id)
            assert reading.known_documents(session, who, [document.id]) == wanted
            known, readable = reading.known_and_readable(session, who, [document.id])
            assert known == readable == wanted


@pytest.mark.rule("HC-63")
def test_every_act_of_reading_says_who_what_and_when(db: Database, organ: Organ) -> None:
    lan = a_person(db, organ, "lan", "archivist")
    document = a_document(db, organ)
    with audit.acting_as(lan, "web"), db.transaction() as session:
        row = session.get_one(Document, document.id)
        for what in ("open", "print"):
            reading.opened(session, row, what)
        reading.opened(session, row, "download", part=1, rendition="original")
    with db.reading() as session:
        told = session.scalars(
            select(Event).where(Event.person_id == lan.id).order_by(Event.id)
        ).all()
        assert [one.action for one in told] == [
            "document.open",
            "document.print",
            "document.download",
        ]
        assert {one.subject_code for one in told} == {document.code}
        assert told[-1].facts == {"part": 1, "rendition": "original"}
        assert all(one.at for one in told)


def test_words_of_a_search_stand_where_they_can_be_erased(db: Database, organ: Organ) -> None:
    lan = a_person(db, organ, "lan", "archivist")
    with audit.acting_as(lan, "web"), db.transaction() as session:
        reading.searched(session, lan, organ.id, "tên người bị kỷ luật", 3)
    with db.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "search.run")).one()
        assert event.facts == {"total": 3}
        assert session.get_one(EventWords, event.id).words == {"searched": "tên người bị kỷ luật"}


def test_an_auditor_reads_content_after_a_reason_and_for_eight_hours(
    db: Database, organ: Organ
) -> None:
    thu = a_person(db, organ, "thu", "auditor")
    document = a_document(db, organ)
    with audit.acting_as(thu, "web"), db.transaction() as session:
        row = session.get_one(Document, document.id)
        assert not access.may(session, thu, Action.READ, row)
        with pytest.raises(Invalid) as short:
            reading.give_reason(session, thu, row, "vì")
        assert short.value.code == "reason_too_short"
        grant = reading.give_reason(session, thu, row, "Xác minh đơn thư số 12")
        assert grant.until is not None
        assert grant.until - grant.granted_at == access.REASONED_READING
        assert access.may(session, thu, Action.READ, row)


def test_a_reason_opens_nothing_to_who_does_not_oversee(db: Database, organ: Organ) -> None:
    binh = a_person(db, organ, "binh", "officer")
    file = a_case_file(db, organ, access_level="assigned")
    document = a_document(db, organ, case_file=file)
    with audit.acting_as(binh, "web"), db.transaction() as session:
        row = session.get_one(Document, document.id)
        with pytest.raises(NotAllowed):
            reading.give_reason(session, binh, row, "Tôi muốn đọc văn bản này")
