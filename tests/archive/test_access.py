import pytest
from sqlalchemy.orm import Session

from archive import access, audit, case_files, clock, documents, organs, people, reading, units
from archive.access import Action, may
from archive.errors import Invalid, NotAllowed, NotFound
from archive.models import CaseFile, Document, Event, Grant, Organ, Person
from archive.roles import OPENED_BY_GRANT
from tests.archive.conftest import Office, arrived

WORKING = ("archivist", "clerk", "officer", "head")
OVERSEERS = ("administrator", "auditor")


def can(office: Office, person: Person, action: Action, document: Document) -> bool:
    with office.db.reading() as session:
        return may(session, person, action, documents.by_code(session, document.code))


def test_nobody_may_do_anything(office: Office) -> None:
    document = office.shelve()
    with office.db.reading() as session:
        found = documents.by_code(session, document.code)
        assert not any(may(session, None, action, found) for action in Action)


def test_a_person_without_a_role_may_do_nothing(office: Office) -> None:
    document, nobody = office.shelve(), office.add("khach")
    assert not any(can(office, nobody, action, document) for action in Action)
    assert access.keys_of(nobody) == []


@pytest.mark.parametrize("role", WORKING)
def test_working_roles_read_what_is_open_in_their_organ(office: Office, role: str) -> None:
    document, person = office.shelve(), office.add("lan", role)
    assert can(office, person, Action.READ, document)


@pytest.mark.rule("DB-30")
@pytest.mark.parametrize("role", OVERSEERS)
def test_overseers_see_descriptions_and_no_content(office: Office, role: str) -> None:
    document, person = office.shelve(), office.add("kiemtra", role)
    assert can(office, person, Action.DESCRIBE, document)
    assert can(office, person, Action.FIND, document)
    assert not can(office, person, Action.READ, document)


@pytest.mark.rule("DB-09", "KT-21")
def test_open_read_ends_at_the_organ(office: Office) -> None:
    document = office.shelve()
    with office.db.transaction() as session:
        other = organs.found(session, "KHAC", "Cơ quan khác")
        people.add(session, other, "ngoai", "Người ngoài", [*WORKING, *OVERSEERS])
    with office.db.reading() as session:
        stranger = people.by_name(session, "ngoai")
    assert not any(can(office, stranger, action, document) for action in Action)
    with office.db.reading() as session, pytest.raises(NotFound):
        found = documents.by_code(session, document.code)
        access.require(session, stranger, Action.DESCRIBE, found)


def test_an_assigned_case_file_is_its_holders_and_the_archives(office: Office) -> None:
    lan, minh = office.add("lan", "officer"), office.add("minh", "officer")
    archivist = office.add("thu", "archivist")
    document = office.shelve()
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        case_file = case_files.open_one(
            session, organ, "01", "Hồ sơ mật thiết", holder=lan, access_level="assigned"
        )
        documents.place(session, documents.by_code(session, document.code), case_file)
    assert can(office, lan, Action.READ, document)
    assert can(office, archivist, Action.READ, document)
    assert not can(office, minh, Action.READ, document)
    assert not can(office, minh, Action.DESCRIBE, document)
    with office.db.reading() as session:
        found = documents.by_code(session, document.code)
        keys = set(access.finders_of(session, found))
    assert keys & set(access.keys_of(lan))
    assert not keys & set(access.keys_of(minh))


@pytest.mark.rule("DB-09")
def test_a_grant_opens_one_thing_until_it_ends(office: Office) -> None:
    auditor, document = office.add("kiemtra", "auditor"), office.shelve()
    with office.db.transaction() as session:
        grant = Grant(
            person_id=auditor.id,
            document_id=document.id,
            reason="kiểm tra",
            granted_at=clock.now(),
            until=clock.now() + access.REASONED_READING,
        )
        session.add(grant)
        audit.record(session, "document.read_with_reason", document, also=(grant,))
    other = office.shelve(digest="b" * 64)
    assert can(office, auditor, Action.READ, document)
    assert not can(office, auditor, Action.READ, other)
    with clock.standing_at(clock.now() + access.REASONED_READING):
        assert not can(office, auditor, Action.READ, document)


def grant(office: Office, person: Person, **thing: int) -> None:
    with office.db.transaction() as session:
        made = Grant(person_id=person.id, reason="phối hợp", granted_at=clock.now(), **thing)
        session.add(made)
        session.flush()
        audit.record(session, "access.grant", made)


def opened_file(office: Office, notation: str, holder: Person, level: str) -> CaseFile:
    with office.db.transaction() as session:
        return case_files.open_one(
            session,
            session.get_one(Organ, office.organ.id),
            notation,
            "Hồ sơ",
            holder=session.get_one(Person, holder.id),
            access_level=level,
        )


def placed(office: Office, document: Document, case_file: CaseFile) -> None:
    with office.db.transaction() as session:
        row = session.get_one(CaseFile, case_file.id)
        documents.place(session, documents.by_code(session, document.code), row)


def asked_to_place(
    office: Office, person: Person, document: Document, case_file: CaseFile
) -> str | None:
    """The code with which the person is told no."""
    with office.db.reading() as session:
        row, who = session.get_one(CaseFile, case_file.id), people.by_id(session, person.id)
        try:
            access.require_placing(session, who, documents.by_code(session, document.code), row)
        except (NotAllowed, NotFound) as no:
            return no.code
    return None


@pytest.mark.parametrize("thing", ["document", "case_file"])
def test_a_grant_lets_read_and_do_nothing(office: Office, thing: str) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer", "clerk")
    closed, document = opened_file(office, "01", lan, "assigned"), office.shelve()
    placed(office, document, closed)
    number = document.id if thing == "document" else closed.id
    grant(office, binh, **{f"{thing}_id": number})
    allowed = {action for action in Action if can(office, binh, action, document)}
    assert allowed <= OPENED_BY_GRANT
    assert Action.READ in allowed
    own = opened_file(office, "02", binh, "organ")
    assert asked_to_place(office, binh, document, own) == "not_allowed"
    with office.db.reading() as session:
        assert not may(session, binh, Action.PLACE, session.get_one(CaseFile, closed.id))


def test_overseeing_widens_no_other_role(office: Office) -> None:
    lan = office.add("lan", "officer")
    quan = office.add("quan", "administrator", "officer")
    document = office.shelve()
    placed(office, document, opened_file(office, "01", lan, "assigned"))
    assert can(office, quan, Action.DESCRIBE, document)
    assert can(office, quan, Action.VERIFY, document)
    assert not can(office, quan, Action.PLACE, document)


def in_one_unit(office: Office, *members: Person) -> list[Person]:
    with office.db.transaction() as session:
        unit = units.add(session, session.get_one(Organ, office.organ.id), "VP", "Văn phòng")
        for one in members:
            row = session.get_one(Person, one.id)
            row.unit_id = unit.id
            audit.record(session, "person.change", row)
    with office.db.reading() as session:
        return [people.by_id(session, one.id) for one in members]


@pytest.mark.rule("DB-32")
def test_a_leader_describes_what_is_restricted_and_reads_it_for_a_reason_only(
    office: Office,
) -> None:
    lan, head = office.add("lan", "officer"), office.add("ha", "head")
    document = office.shelve()
    placed(office, document, opened_file(office, "01", lan, "assigned"))
    assert can(office, head, Action.DESCRIBE, document)
    assert not can(office, head, Action.READ, document)
    with audit.acting_as(head, "web"), office.db.transaction() as session:
        row = documents.by_code(session, document.code)
        with pytest.raises(Invalid):
            reading.give_reason(session, head, row, "xem")
        reading.give_reason(session, head, row, "Có dấu hiệu vi phạm, kiểm tra theo Điều 8")
    assert can(office, head, Action.READ, document)
    with office.db.reading() as session:
        told = session.query(Event).where(Event.action == "document.inspect").one()
    assert told.person_id == head.id


def test_only_who_disposes_of_a_document_opens_it_to_more_people(office: Office) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer")
    archivist, colleague = office.add("thu", "archivist"), office.add("ha", "clerk")
    lan, colleague = in_one_unit(office, lan, colleague)
    document = office.shelve()
    placed(office, document, opened_file(office, "01", lan, "unit"))
    wide = opened_file(office, "02", lan, "organ")
    assert asked_to_place(office, colleague, document, wide) == "placing_adds_readers"
    assert asked_to_place(office, lan, document, wide) is None
    assert asked_to_place(office, archivist, document, wide) is None
    assert asked_to_place(office, binh, document, wide) == "no_such_thing"


@pytest.mark.rule("HC-62")
def test_only_its_holder_an_archivist_or_a_clerk_fills_a_case_file(office: Office) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer")
    archivist, clerk = office.add("thu", "archivist"), office.add("ha", "clerk")
    document, held = office.shelve(), opened_file(office, "01", binh, "organ")
    assert asked_to_place(office, lan, document, held) == "not_the_holder"
    for person in (binh, archivist, clerk):
        assert asked_to_place(office, person, document, held) is None


def test_placing_that_opens_it_to_nobody_else_needs_no_holder(office: Office) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer")
    document = office.shelve()
    for number, level in enumerate(("assigned", "organ")):
        narrower = opened_file(office, f"0{number}", binh, level)
        assert asked_to_place(office, binh, document, narrower) is None
    placed(office, document, opened_file(office, "09", lan, "organ"))
    assert asked_to_place(office, binh, document, narrower) is None


def test_in_a_closed_organ_who_received_a_document_places_it(office: Office) -> None:
    lan, binh = office.add("lan", "officer"), office.add("binh", "officer")
    ha = office.add("ha", "clerk", "archivist")
    with office.db.transaction() as session:
        row = session.get_one(Organ, office.organ.id)
        row.read_policy = "assigned"
        audit.record(session, "organ.set_policy", row)
        document = documents.shelve(
            session, row, arrived("b.pdf", "b" * 64), {}, by=session.get_one(Person, lan.id)
        )
    for_binh = opened_file(office, "01", binh, "assigned")
    assert asked_to_place(office, binh, document, for_binh) == "no_such_thing"
    for_ha = opened_file(office, "02", ha, "assigned")
    assert asked_to_place(office, ha, document, for_ha) is None
    own = opened_file(office, "03", lan, "assigned")
    assert asked_to_place(office, lan, document, own) is None


def test_who_may_see_but_not_do_is_told_so(office: Office, session: Session) -> None:
    auditor, document = office.add("kiemtra", "auditor"), office.shelve()
    with office.db.reading() as fresh, pytest.raises(NotAllowed):
        found = documents.by_code(fresh, document.code)
        access.require(fresh, auditor, Action.CORRECT, found)


def test_a_locked_account_has_no_rights(office: Office) -> None:
    lan, document = office.add("lan", "officer"), office.shelve()
    with office.db.transaction() as session:
        people.lock(session, people.by_id(session, lan.id), clock.today(office.organ), "nghỉ")
    with office.db.reading() as session:
        locked = people.by_id(session, lan.id)
    assert not can(office, locked, Action.READ, document)
    assert access.keys_of(locked) == []
