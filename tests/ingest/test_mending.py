"""A document without a valid archival copy walks again, and stays the same document."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from archive import (
    access,
    alarms,
    audit,
    clock,
    documents,
    freezes,
    organs,
    people,
    reading,
)
from archive.access import Action
from archive.audit_check import verify
from archive.errors import Conflict, NotAllowed, Refused, Waits
from archive.life_models import FreezeOrder
from archive.models import Document, Grant, Organ, Person
from ingest import claims, decisions, mending, shelving, steps
from ingest.pipeline import advance
from ingest.workspace import Outcome, Workspace
from tests.factories import a_document, a_person
from tests.ingest.conftest import Desk
from tests.ingest.test_pipeline import Run, fails_with, road


def no_copy(work: Workspace) -> Outcome:
    return Outcome({"is_valid": False, "mending": "not_valid_pdfa"})


def reads(work: Workspace) -> Outcome:
    pages, text = work.scratch("read_text") / "pages", work.scratch("read_text") / "text"
    pages.write_text("trang")
    text.write_text("chữ")
    return Outcome({"pages": 2, "how": {"layer": 1}}, {"pages_pdf": pages, "text": text})


def a_lacking(desk: Desk) -> str:
    """The code of a document that was shelved without a valid archival copy."""
    number = desk.receive(b"noi dung", fields={"Subject": "Về việc thử"}).intake_id
    advance(desk.db, desk.workshop, number, road(read_text=reads, validate=no_copy))
    return the_document(desk, desk.intake(number).document_id).code


def the_document(desk: Desk, number: int | None) -> Document:
    with desk.db.reading() as session:
        code = session.get_one(Document, number or 0).code
        return documents.by_code(session, code)


def send_again(desk: Desk, code: str) -> int:
    with desk.db.transaction() as session:
        document = documents.by_code(session, code)
        return mending.send_again(session, document, 1, by=desk.person, door="command").id


def roles(document: Document) -> dict[str, bool]:
    """Roles, and whether the newest of each is in use."""
    renditions = sorted(document.parts[0].renditions, key=lambda one: one.id)
    return {one.role: one.replaced_at is None for one in renditions}


def by_code(desk: Desk, code: str) -> Document:
    with desk.db.reading() as session:
        return documents.by_code(session, code)


def test_a_document_that_walks_again_gets_its_archival_copy_and_keeps_its_code(desk: Desk) -> None:
    code = a_lacking(desk)
    before = by_code(desk, code)
    assert (before.mending, roles(before)["reading"]) == ("not_valid_pdfa", True)
    number = send_again(desk, code)
    advance(desk.db, desk.workshop, number, road())
    after = by_code(desk, code)
    assert (after.mending, after.parts[0].mending) == (None, None)
    assert roles(after) == {"original": True, "text": True, "archival": True, "reading": False}
    assert after.parts[0].digest == before.parts[0].digest
    assert after.revision > before.revision
    intake = desk.intake(number)
    assert (intake.state, intake.document_id) == ("shelved", after.id)
    with desk.db.reading() as session:
        assert session.query(Document).count() == 1
        assert verify(session).is_good


def test_a_second_walk_in_vain_leaves_what_was_there(desk: Desk) -> None:
    code = a_lacking(desk)
    number = send_again(desk, code)
    advance(desk.db, desk.workshop, number, road(read_text=reads, validate=no_copy))
    after = by_code(desk, code)
    assert after.mending == "not_valid_pdfa"
    assert roles(after)["text"]
    assert roles(after)["reading"]


def test_one_walk_at_a_time_and_none_without_need(desk: Desk) -> None:
    code = a_lacking(desk)
    number = send_again(desk, code)
    with pytest.raises(Conflict) as failed:
        send_again(desk, code)
    assert (failed.value.code, failed.value.details["intake"]) == ("mending_already", number)
    advance(desk.db, desk.workshop, number, road())
    with pytest.raises(Conflict) as failed:
        send_again(desk, code)
    assert failed.value.code == "nothing_to_mend"


def test_what_was_kept_as_received_is_made_anew_and_no_secret_stays_no_secret(desk: Desk) -> None:
    code = a_lacking(desk)
    with desk.db.transaction() as session:
        document = documents.by_code(session, code)
        decided = {"decided": {"as_received": "encrypted", "not_secret": True}}
        document.parts[0].facts = {**document.parts[0].facts, **decided}
        documents.correct(session, document, {"Subject": "khác"}, "thử")
    number = send_again(desk, code)
    assert desk.intake(number).facts["decided"] == {"not_secret": True}


SUSPECTED = Waits("suspected_secret", mark="MẬT")


def suspected(desk: Desk) -> tuple[str, int]:
    """A document, and the walk on which its mark was found."""
    code = a_lacking(desk)
    number = send_again(desk, code)
    advance(desk.db, desk.workshop, number, road(admit=fails_with(SUSPECTED)))
    return code, number


def decides_not(desk: Desk) -> Person:
    return a_person(desk.db, desk.organ, "minh", "clerk", "officer")


def knows(desk: Desk, person: Person, code: str) -> bool:
    """Whether the person may know of it; both ways of asking say the same."""
    with desk.db.reading() as session:
        document, who = documents.by_code(session, code), people.by_id(session, person.id)
        one = access.may(session, who, Action.DESCRIBE, document)
        many = document.id in reading.known_documents(session, who, [document.id])
        by_key = bool(set(access.finders_of(session, document)) & set(access.keys_of(who)))
        assert one == many == by_key
        return one


def test_a_document_suspected_on_its_walk_is_closed_to_all_who_decide_nothing(desk: Desk) -> None:
    minh, head = decides_not(desk), a_person(desk.db, desk.organ, "lan", "head", "administrator")
    code = a_lacking(desk)
    assert knows(desk, minh, code)
    assert knows(desk, head, code)
    number = send_again(desk, code)
    advance(desk.db, desk.workshop, number, road(admit=fails_with(SUSPECTED)))
    assert by_code(desk, code).alarm == "suspected_secret"
    assert not knows(desk, minh, code)
    assert not knows(desk, head, code)
    assert knows(desk, desk.person, code)
    with pytest.raises(Conflict):
        send_again(desk, code)


def test_no_grant_and_no_case_file_opens_a_suspected_document(desk: Desk) -> None:
    minh = decides_not(desk)
    code, _ = suspected(desk)
    with desk.db.transaction() as session:
        document, who = documents.by_code(session, code), people.by_id(session, minh.id)
        grant = Grant(
            person_id=who.id, document_id=document.id, reason="thử", granted_at=clock.now()
        )
        session.add(grant)
        session.flush()
        audit.record(session, "document.grant", document, also=(grant,))
    assert not knows(desk, minh, code)


def test_a_cleared_suspicion_opens_the_document_and_the_walk_goes_on(desk: Desk) -> None:
    minh = decides_not(desk)
    code, number = suspected(desk)
    with (
        shelving.copied_back(desk.db.engine, desk.workshop, desk.intake(number).digest),
        desk.db.transaction() as session,
    ):
        intake = decisions.by_id(session, number)
        decisions.clear_suspicion(session, desk.workshop, intake, "tên riêng")
    assert knows(desk, minh, code)
    advance(desk.db, desk.workshop, number, road())
    assert by_code(desk, code).mending is None


def test_a_confirmed_secret_on_the_shelf_stays_closed_and_its_twins_are_suspected(
    desk: Desk,
) -> None:
    minh = decides_not(desk)
    code, number = suspected(desk)
    with desk.db.transaction() as session:
        other = organs.found(session, "SNV", "Sở Nội vụ")
    twins = []
    for organ in (desk.organ, other):
        twins.append(a_document(desk.db, organ, "Bản sao", by=desk.person).code)
        with desk.db.transaction() as session:
            part = documents.by_code(session, twins[-1]).parts[0]
            part.digest = by_code(desk, code).parts[0].digest
            audit.record(session, "document.test", part.document)
    with desk.db.transaction() as session:
        intake = decisions.by_id(session, number)
        found = decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
        assert [one.code for one in found] == twins
    document = by_code(desk, code)
    assert (document.alarm, desk.intake(number).state) == ("secret", "discarded")
    assert desk.workshop.files.has(document.parts[0].digest)  # it leaves by disposal only
    assert not desk.workshop.quarantine.has(document.parts[0].digest)
    assert [by_code(desk, one).alarm for one in twins] == ["suspected_secret"] * 2
    assert not knows(desk, minh, code)
    assert not knows(desk, minh, twins[0])
    with pytest.raises(Conflict) as failed:
        send_again(desk, code)
    assert failed.value.code == "secret_stays_closed"
    with desk.db.transaction() as session:
        decisions.clear_shelved(session, documents.by_code(session, twins[0]), "không phải")
    assert knows(desk, minh, twins[0])
    with desk.db.reading() as session:
        assert verify(session).is_good


def test_whoever_decides_on_a_document_decides_on_its_waiting_walk(desk: Desk) -> None:
    code, number = suspected(desk)
    confirm = partial(decisions.confirm_shelved, workshop=desk.workshop)
    for decide in (decisions.clear_shelved, confirm):
        with pytest.raises(Conflict) as failed, desk.db.transaction() as session:
            decide(session, document=documents.by_code(session, code), why="vì")
        assert (failed.value.code, failed.value.details["intake"]) == ("mending_already", number)


def test_an_infected_original_is_given_out_to_who_decides_only(desk: Desk) -> None:
    minh = decides_not(desk)
    code = a_lacking(desk)
    number = send_again(desk, code)
    infected = Refused("infected", found="Eicar")
    advance(desk.db, desk.workshop, number, road(check_for_viruses=fails_with(infected)))
    assert knows(desk, minh, code)
    with desk.db.reading() as session:
        document, who = documents.by_code(session, code), people.by_id(session, minh.id)
        original = documents.stored_form(document, "original")
        with pytest.raises(NotAllowed) as failed:
            alarms.require_harmless(session, who, document, original)
        assert failed.value.code == "infected_original"
        alarms.require_harmless(session, who, document, documents.stored_form(document, "text"))
        alarms.require_harmless(session, people.by_id(session, desk.person.id), document, original)
    with desk.db.transaction() as session:  # at once: nothing rests that has a document
        intake = decisions.by_id(session, number)
        decisions.discard(session, desk.workshop, intake, "không mang mã độc vào")
    assert desk.workshop.files.has(by_code(desk, code).parts[0].digest)
    assert by_code(desk, code).alarm == "infected"
    advance(desk.db, desk.workshop, send_again(desk, code), road())
    assert (by_code(desk, code).alarm, by_code(desk, code).mending) == (None, None)


def judges(indication: str) -> Run:
    def run(work: Workspace) -> Outcome:
        report = work.scratch("check_signatures") / "report"
        report.write_text(indication)
        return Outcome({"count": 1, "indication": indication}, {"signature_report": report})

    return run


def test_the_judgement_made_at_receipt_stays(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    good, late = judges("TOTAL-PASSED"), judges("INDETERMINATE")
    advance(desk.db, desk.workshop, number, road(check_signatures=good, validate=no_copy))
    code = the_document(desk, desk.intake(number).document_id).code
    report = documents.stored_form(by_code(desk, code), "signature_report").digest
    again = send_again(desk, code)
    assert desk.intake(again).facts["at_receipt"]["indication"] == "TOTAL-PASSED"
    advance(desk.db, desk.workshop, again, road(check_signatures=late))
    after = by_code(desk, code)
    assert after.mending is None
    assert after.parts[0].facts["check_signatures"]["indication"] == "TOTAL-PASSED"
    assert "at_receipt" not in after.parts[0].facts
    assert documents.stored_form(after, "signature_report").digest == report


def test_what_is_shelved_is_not_judged_again(desk: Desk) -> None:
    said = {"count": 1, "indication": "TOTAL-PASSED"}
    number = desk.receive(b"noi dung").intake_id
    with desk.db.transaction() as session:
        intake = decisions.by_id(session, number)
        work = claims.workspace_of(desk.workshop, intake, desk.workshop.folder(number))
    work = replace(work, facts={"at_receipt": said})
    assert steps.check_signatures.run(work).facts == said


def test_a_walk_from_which_nothing_came_leaves_pages_and_facts_alone(desk: Desk) -> None:
    code = a_lacking(desk)
    before = by_code(desk, code).parts[0]
    number = send_again(desk, code)

    def nothing(work: Workspace) -> Outcome:
        return Outcome({"pages": None, "skipped": "encrypted"})

    advance(desk.db, desk.workshop, number, road(read_text=nothing, validate=no_copy))
    after = by_code(desk, code)
    assert (after.parts[0].pages, after.parts[0].facts) == (before.pages, before.facts)
    assert before.pages == 2
    assert roles(after)["reading"]


def test_a_copy_bears_the_title_as_it_has_been_corrected(desk: Desk) -> None:
    code = a_lacking(desk)
    number = send_again(desk, code)
    with desk.db.transaction() as session:
        document = documents.by_code(session, code)
        documents.correct(session, document, {"Subject": "Tên đúng"}, "sai chính tả")
    seen: dict[str, str] = {}

    def copies(work: Workspace) -> Outcome:
        seen.update(work.fields)
        return Outcome({"case": "none", "why": "not_valid_pdfa"})

    advance(desk.db, desk.workshop, number, road(make_pdfa=copies))
    assert seen["subject"] == "Tên đúng"


def test_what_an_order_holds_is_not_mended(desk: Desk) -> None:
    code = a_lacking(desk)
    number = send_again(desk, code)
    with desk.db.transaction() as session:
        order = freezes.freeze(
            session,
            session.get_one(Organ, desk.organ.id),
            [documents.by_code(session, code)],
            by=session.get_one(Person, desk.person.id),
            number="12/QĐ",
            ordered_on=clock.today(desk.organ),
            reason="thanh tra",
        )
    advance(desk.db, desk.workshop, number, road())
    intake = desk.intake(number)
    assert (intake.state, intake.reason) == ("waiting", "frozen")
    assert by_code(desk, code).mending == "not_valid_pdfa"
    with pytest.raises(Conflict) as failed:
        send_again(desk, code)
    assert failed.value.code == "frozen"
    with desk.db.transaction() as session:
        freezes.thaw(
            session,
            session.get_one(FreezeOrder, order.id),
            by=session.get_one(Person, desk.person.id),
            number="13/QĐ",
            reason="xong",
        )
        decisions.try_again(session, decisions.by_id(session, number))
    advance(desk.db, desk.workshop, number, road())
    assert by_code(desk, code).mending is None


def test_a_sent_again_file_is_no_received_one_for_who_sends_the_same_bytes(desk: Desk) -> None:
    code = a_lacking(desk)
    first = 1
    send_again(desk, code)
    with clock.standing_at(clock.now() + timedelta(days=1)):
        receipt = desk.receive(b"noi dung")
    assert (receipt.intake_id, receipt.is_new) == (first, False)
