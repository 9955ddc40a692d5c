"""A document without a valid archival copy walks again, and stays the same document."""

from datetime import timedelta

import pytest

from archive import clock, documents
from archive.audit_check import verify
from archive.errors import Conflict, Refused, Waits
from archive.models import Document
from ingest import decisions, mending
from ingest.pipeline import advance
from ingest.workspace import Outcome, Workspace
from tests.ingest.conftest import Desk
from tests.ingest.test_pipeline import fails_with, road


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
    assert desk.intake(number).facts == {"decided": {"not_secret": True}}


@pytest.mark.parametrize("error", [Refused("infected", found="Eicar"), Waits("suspected_secret")])
def test_whatever_comes_of_the_walk_the_original_stays_on_the_shelf(
    desk: Desk, error: Exception
) -> None:
    code = a_lacking(desk)
    number = send_again(desk, code)
    advance(desk.db, desk.workshop, number, road(admit=fails_with(error)))
    digest = by_code(desk, code).parts[0].digest
    assert desk.workshop.files.has(digest)
    if isinstance(error, Waits):
        with pytest.raises(Conflict) as failed, desk.db.transaction() as session:
            intake = decisions.by_id(session, number)
            decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
        assert failed.value.code == "shelved_already"
        return
    with desk.db.transaction() as session:  # at once: nothing rests that has a document
        intake = decisions.by_id(session, number)
        decisions.discard(session, desk.workshop, intake, "không mang mã độc vào")
    assert desk.workshop.files.has(digest)
    assert by_code(desk, code).mending == "not_valid_pdfa"


def test_a_sent_again_file_is_no_received_one_for_who_sends_the_same_bytes(desk: Desk) -> None:
    code = a_lacking(desk)
    first = 1
    send_again(desk, code)
    with clock.standing_at(clock.now() + timedelta(days=1)):
        receipt = desk.receive(b"noi dung")
    assert (receipt.intake_id, receipt.is_new) == (first, False)
