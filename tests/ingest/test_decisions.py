import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from archive import clock, documents
from archive.audit_check import verify
from archive.errors import Conflict, Invalid, StoreFailed, Waits
from archive.models import Document, Event, EventWords
from formats.errors import ProgramMissing, Unreadable
from ingest import decisions, leftovers, shelving, steps
from ingest.pipeline import advance
from ingest.reception import Sending, receive
from ingest.scanner import ScannerSilent
from ingest.workspace import Outcome, Workspace
from tests.ingest.conftest import Desk
from tests.ingest.test_pipeline import fails_with, road


def aside(desk: Desk, error: Exception, content: bytes = b"noi dung") -> int:
    number = desk.receive(content).intake_id
    advance(desk.db, desk.workshop, number, road(admit=fails_with(error)))
    return number


def clear(desk: Desk, number: int, why: str = "chữ Mật trong tên riêng") -> None:
    digest = desk.intake(number).digest
    with (
        shelving.copied_back(desk.db.engine, desk.workshop, digest),
        desk.db.transaction() as session,
    ):
        intake = decisions.by_id(session, number)
        decisions.clear_suspicion(session, desk.workshop, intake, why)


def test_a_suspicion_that_stands_brings_no_bytes_back(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret", mark="MẬT"))
    with pytest.raises(Invalid):
        clear(desk, number, why=" ")
    digest = desk.intake(number).digest
    assert not desk.workshop.files.has(digest)
    assert desk.workshop.quarantine.has(digest)


def test_no_transaction_waits_for_bytes_that_are_copied_back(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret", mark="MẬT"))
    with pytest.raises(StoreFailed) as failed, desk.db.transaction() as session:
        intake = decisions.by_id(session, number)
        decisions.clear_suspicion(session, desk.workshop, intake, "chữ Mật trong tên riêng")
    assert failed.value.code == "file_gone"
    assert desk.intake(number).is_quarantined


def test_a_suspicion_that_is_cleared_goes_on_from_the_original(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret", mark="MẬT"))
    clear(desk, number)
    digest = desk.intake(number).digest
    assert desk.workshop.files.has(digest)
    assert not desk.workshop.quarantine.has(digest)
    advance(desk.db, desk.workshop, number, road())
    assert desk.intake(number).state == "shelved"


@pytest.mark.rule("KT-21")
def test_a_confirmed_secret_leaves_number_date_and_reason_only(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret", mark="MẬT"))
    digest = desk.intake(number).digest
    with desk.db.transaction() as session:
        intake = decisions.by_id(session, number)
        decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
    intake = desk.intake(number)
    assert (intake.state, intake.name, intake.fields, intake.facts) == ("discarded", "", {}, {})
    assert not desk.workshop.files.has(digest)
    assert not desk.workshop.quarantine.has(digest)
    assert not desk.workshop.folder(number).exists()
    with desk.db.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "intake.discard")).one()
        assert session.get_one(EventWords, event.id).words == {"why": "đóng dấu Mật"}


def test_bytes_that_a_document_is_made_of_stay_when_a_suspected_twin_goes(desk: Desk) -> None:
    first = desk.receive(b"noi dung")
    advance(desk.db, desk.workshop, first.intake_id, road())
    twin = desk.receive(b"noi dung", again=True).intake_id
    advance(desk.db, desk.workshop, twin, road(admit=fails_with(Waits("suspected_secret"))))
    assert desk.workshop.files.has(first.sha256)
    with desk.db.transaction() as session:
        intake = decisions.by_id(session, twin)
        decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
    assert desk.workshop.files.has(first.sha256)


def test_an_undecided_suspicion_can_be_neither_retried_nor_kept_nor_discarded(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret"))
    for decide in (
        lambda session, intake: decisions.try_again(session, intake),
        lambda session, intake: decisions.keep_as_received(session, intake, "vì"),
        lambda session, intake: decisions.discard(session, desk.workshop, intake, "vì"),
    ):
        with pytest.raises(Conflict) as failed, desk.db.transaction() as session:
            decide(session, decisions.by_id(session, number))
        assert failed.value.code == "suspicion_undecided"


def test_an_intake_may_be_discarded_after_thirty_days_and_with_a_reason(desk: Desk) -> None:
    number = aside(desk, Unreadable("damaged"))
    with pytest.raises(Conflict) as failed, desk.db.transaction() as session:
        decisions.discard(session, desk.workshop, decisions.by_id(session, number), "hỏng")
    assert failed.value.code == "too_early"
    with clock.standing_at(clock.now() + timedelta(days=30)):
        with pytest.raises(Invalid), desk.db.transaction() as session:
            decisions.discard(session, desk.workshop, decisions.by_id(session, number), " ")
        with desk.db.transaction() as session:
            decisions.discard(session, desk.workshop, decisions.by_id(session, number), "hỏng")
    assert desk.intake(number).state == "discarded"
    assert list(desk.workshop.files.digests()) == []


def test_what_became_a_document_cannot_be_discarded(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    advance(desk.db, desk.workshop, number, road())
    with pytest.raises(Conflict), desk.db.transaction() as session:
        decisions.discard(session, desk.workshop, decisions.by_id(session, number), "vì")


def test_an_unreadable_file_is_kept_as_received_by_a_reasoned_decision(desk: Desk) -> None:
    number = aside(desk, Unreadable("encrypted"))
    with desk.db.transaction() as session:
        decisions.keep_as_received(session, decisions.by_id(session, number), "bản duy nhất")
    intake = desk.intake(number)
    assert (intake.state, intake.next_step) == ("received", "read_text")
    assert intake.facts["decided"] == {"as_received": "encrypted"}


def test_what_is_kept_unjudged_says_so(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    unread = Waits("signatures_unreadable", said="program_failed")
    advance(desk.db, desk.workshop, number, road(check_signatures=fails_with(unread)))
    with desk.db.transaction() as session:
        decisions.keep_as_received(session, decisions.by_id(session, number), "bản duy nhất")
    told = desk.intake(number).facts["check_signatures"]
    assert told == {"count": 0, "problem": "signatures_unreadable"}


def test_trying_again_starts_where_it_stopped_with_all_tries_ahead(desk: Desk) -> None:
    number = aside(desk, Unreadable("damaged"))
    with desk.db.transaction() as session:
        decisions.try_again(session, decisions.by_id(session, number))
    intake = desk.intake(number)
    assert (intake.state, intake.next_step, intake.attempts) == ("received", "admit", 0)
    advance(desk.db, desk.workshop, number, road())
    with desk.db.reading() as session:
        assert session.scalar(select(Document.id)) is not None


def test_what_fails_past_its_reading_is_kept_as_received_and_reaches_the_shelf(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id

    def reads(work: Workspace) -> Outcome:
        pages, text = work.scratch("read_text") / "pages", work.scratch("read_text") / "text"
        pages.write_text("trang")
        text.write_text("chữ")
        return Outcome({"pages": 1, "how": {"layer": 1}}, {"pages_pdf": pages, "text": text})

    fails = fails_with(Unreadable("beyond_limits"))
    advance(desk.db, desk.workshop, number, road(read_text=reads, make_pdfa=fails))
    with desk.db.transaction() as session:
        decisions.keep_as_received(session, decisions.by_id(session, number), "bản duy nhất")
    real = {one.name: one.run for one in (steps.make_pdfa, steps.seal, steps.validate)}
    advance(desk.db, desk.workshop, number, road(read_text=fails, **real))
    intake = desk.intake(number)
    assert (intake.state, intake.reason) == ("shelved", "beyond_limits")
    with desk.db.reading() as session:
        code = session.get_one(Document, intake.document_id or 0).code
        roles = {one.role for one in documents.by_code(session, code).parts[0].renditions}
    assert roles == {"original", "text", "reading"}


def test_a_later_decision_leaves_the_earlier_ones_standing(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret", mark="MẬT"))
    clear(desk, number)
    advance(desk.db, desk.workshop, number, road(make_pdfa=fails_with(Unreadable("damaged"))))
    with desk.db.transaction() as session:
        decisions.keep_as_received(session, decisions.by_id(session, number), "bản duy nhất")
    assert desk.intake(number).facts["decided"] == {"not_secret": True, "as_received": "damaged"}


@pytest.mark.parametrize(
    "error", [ScannerSilent("scanner_silent"), ProgramMissing("program_missing", program="java")]
)
def test_what_waits_for_a_program_cannot_be_kept_past_it(desk: Desk, error: Exception) -> None:
    number = aside(desk, error)
    with pytest.raises(Conflict), desk.db.transaction() as session:
        decisions.keep_as_received(session, decisions.by_id(session, number), "gấp")
    assert desk.intake(number).state == "waiting"


def test_the_days_of_rest_are_counted_at_the_organ(desk: Desk) -> None:
    with clock.standing_at(datetime(2026, 1, 1, 20, tzinfo=UTC)):  # 2 January there
        number = aside(desk, Unreadable("damaged"))
    thirtieth, later = (datetime(2026, 1, day, 17, 30, tzinfo=UTC) for day in (30, 31))
    with clock.standing_at(thirtieth), pytest.raises(Conflict), desk.db.transaction() as session:
        decisions.discard(session, desk.workshop, decisions.by_id(session, number), "hỏng")
    with clock.standing_at(later), desk.db.transaction() as session:
        decisions.discard(session, desk.workshop, decisions.by_id(session, number), "hỏng")
    assert desk.intake(number).state == "discarded"


class Cut(BaseException):
    """A kill, as far as a test can have one."""


def cut() -> None:
    raise Cut


def test_a_secret_whose_removal_was_cut_off_is_let_go_of_later(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret", mark="MẬT"))
    digest = desk.intake(number).digest
    with pytest.raises(Cut), desk.db.transaction() as session:
        intake = decisions.by_id(session, number)
        decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
        session.info["after_commit"][:] = [cut]
    assert desk.workshop.quarantine.has(digest)
    leftovers.finish_removals(desk.db, desk.workshop)
    assert not desk.workshop.quarantine.has(digest)


def test_suspected_bytes_left_in_the_store_are_let_go_of_later(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret", mark="MẬT"))
    digest = desk.intake(number).digest
    with desk.workshop.quarantine.open(digest) as source:
        desk.workshop.files.put(source)
    leftovers.finish_removals(desk.db, desk.workshop)
    assert not desk.workshop.files.has(digest)
    assert desk.workshop.quarantine.has(digest)


def test_the_name_of_a_confirmed_secret_leaves_the_story_and_the_database(desk: Desk) -> None:
    number = desk.receive(b"noi dung", "Danh sách rất hiếm.pdf").intake_id
    advance(desk.db, desk.workshop, number, road(admit=fails_with(Waits("suspected_secret"))))
    with desk.db.transaction() as session:
        intake = decisions.by_id(session, number)
        decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
    with desk.db.reading() as session:
        told = [one.words for one in session.scalars(select(EventWords))]
        assert "rất hiếm" not in str(told)
        assert verify(session).is_good


def test_what_is_received_while_a_twin_is_discarded_is_not_lost(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret"))
    with desk.workshop.quarantine.open(desk.intake(number).digest) as source:
        desk.workshop.files.put(source)  # as if the move had been cut off

    def let_go() -> None:
        leftovers.finish_removals(desk.db, desk.workshop)

    other = threading.Thread(target=let_go)

    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not other.is_alive() and other.ident is None:
                other.start()
            return super().read(size)

    receipt = receive(
        desk.db,
        desk.workshop.files,
        Slow(b"noi dung"),
        Sending("b.pdf", {}, again=True),
        organ_id=desk.organ.id,
        by=desk.person,
        door="web",
        limit=1000,
    )
    other.join()
    assert desk.workshop.files.has(receipt.sha256)


def test_every_bell_rings_even_where_one_before_it_breaks(desk: Desk) -> None:
    number = aside(desk, Waits("suspected_secret", mark="MẬT"))
    with pytest.raises(Cut), desk.db.transaction() as session:
        intake = decisions.by_id(session, number)
        decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
        session.info["after_commit"].insert(0, cut)
    assert not desk.workshop.quarantine.has(desk.intake(number).digest)


def test_who_discards_waits_for_nobody_who_stores(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = aside(desk, Waits("suspected_secret", mark="MẬT"))
    digest = desk.intake(number).digest
    monkeypatch.setattr(shelving, "PATIENCE", 0.1)
    with desk.workshop.quarantine.keeping():  # as while a large file is put there
        with desk.db.transaction() as session:
            intake = decisions.by_id(session, number)
            decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")
        assert desk.workshop.quarantine.has(digest)
    for one in threading.enumerate():
        if one.name == shelving.LATER:
            one.join()
    assert not desk.workshop.quarantine.has(digest)
