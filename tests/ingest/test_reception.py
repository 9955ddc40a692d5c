from io import BytesIO

import pytest
from sqlalchemy import select

from archive import audit, clock, organs, people
from archive.errors import Conflict, Invalid, Refused, StoreFailed, Waits
from archive.models import CaseFile, Event, EventWords, Organ, Person
from ingest import reception
from ingest.models import Intake
from ingest.pipeline import advance
from tests.factories import a_case_file
from tests.ingest.conftest import Desk
from tests.ingest.test_pipeline import fails_with, road


@pytest.mark.rule("HC-30")
def test_what_is_received_is_stored_and_its_digest_told(desk: Desk) -> None:
    receipt = desk.receive(b"xin chao")
    with desk.workshop.files.open(receipt.sha256) as kept:
        assert kept.read() == b"xin chao"
    assert (receipt.size, receipt.state, receipt.is_new) == (8, "received", True)
    assert desk.intake(receipt.intake_id).next_step == "identify"


@pytest.mark.rule("HC-02")
@pytest.mark.parametrize(
    ("name", "fields"),
    [("Công văn 12 TUYỆT MẬT.pdf", {}), ("a.pdf", {"Description": "Tối mật"})],
)
def test_a_mark_of_secrecy_is_refused_before_anything_is_stored(
    desk: Desk, name: str, fields: dict[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        desk.receive(b"bi mat", name, fields=fields)
    assert refused.value.code == "secret_mark"
    assert list(desk.workshop.files.digests()) == []
    with desk.db.reading() as session:
        assert session.scalar(select(Intake.id)) is None
        event = session.scalars(select(Event).where(Event.action == "intake.turn_away")).one()
        assert session.get(EventWords, event.id) is None
        assert event.facts == {"reason": "secret_mark"}


def test_an_empty_file_is_turned_away(desk: Desk) -> None:
    with pytest.raises(Invalid) as failed:
        desk.receive(b"")
    assert failed.value.code == "empty_file"
    assert list(desk.workshop.files.digests()) == []


def test_an_empty_file_takes_nothing_away_from_blank_documents(desk: Desk) -> None:
    blank = desk.store.put(BytesIO(b""))  # the text of a page on which nothing stands
    with pytest.raises(Invalid):
        desk.receive(b"")
    assert desk.store.has(blank.digest)


def test_a_file_over_the_limit_is_turned_away(desk: Desk) -> None:
    with pytest.raises(Invalid) as failed:
        desk.receive(b"x" * 1_000_001)
    assert failed.value.code == "too_large"


def test_the_same_bytes_make_no_second_document_unless_it_is_wanted(desk: Desk) -> None:
    first = desk.receive(b"mot hai ba")
    second = desk.receive(b"mot hai ba", "ten-khac.pdf")
    third = desk.receive(b"mot hai ba", again=True)
    assert (second.intake_id, second.is_new) == (first.intake_id, False)
    assert third.intake_id != first.intake_id


def test_sameness_is_told_only_to_who_may_know(desk: Desk) -> None:
    desk.receive(b"mot hai ba")
    with pytest.raises(Conflict) as failed:
        desk.receive(b"mot hai ba", by=a_stranger(desk))
    assert (failed.value.code, failed.value.details) == ("same_bytes", {})


def test_that_a_stranger_sent_the_same_bytes_stands_in_the_story(desk: Desk) -> None:
    desk.receive(b"mot hai ba")
    with pytest.raises(Conflict):
        desk.receive(b"mot hai ba", by=a_stranger(desk))
    with desk.db.reading() as session:
        told = session.scalars(select(Event).where(Event.action == "intake.same_bytes")).all()
        assert len(told) == 1


def a_stranger(desk: Desk) -> Person:
    with desk.db.transaction() as session:
        organ = session.get_one(Organ, desk.organ.id)
        people.add(session, organ, "khach", "Khách", [])
    with desk.db.reading() as session:
        return people.by_name(session, "khach")


def test_bytes_that_lie_in_quarantine_do_not_come_back_by_being_sent_again(desk: Desk) -> None:
    first = desk.receive(b"noi dung")
    suspects = road(admit=fails_with(Waits("suspected_secret", mark="MẬT")))
    advance(desk.db, desk.workshop, first.intake_id, suspects)
    assert not desk.store.has(first.sha256)
    assert desk.receive(b"noi dung").is_new is False
    assert not desk.store.has(first.sha256)
    assert desk.workshop.quarantine.has(first.sha256)


def test_the_same_bytes_sent_again_leave_the_earlier_ones_where_they_are(desk: Desk) -> None:
    first = desk.receive(b"noi dung")
    desk.receive(b"noi dung")
    assert desk.store.has(first.sha256)


def test_nothing_stays_of_a_file_for_a_case_file_that_takes_none(desk: Desk) -> None:
    case_file = a_case_file(desk.db, desk.organ, holder=desk.person)
    with desk.db.transaction() as session:
        row = session.get_one(CaseFile, case_file.id)
        row.stage, row.closed_at, row.accepted_at = "accepted", clock.now(), clock.now()
        audit.record(session, "case_file.test", row)
    with pytest.raises(Conflict) as failed:
        desk.receive(b"noi dung", case_file_id=case_file.id)
    assert failed.value.code == "case_file_is_final"
    assert list(desk.store.digests()) == []


def test_nothing_stays_of_bytes_whose_row_cannot_be_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object, **more: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(reception, "_write_row", full)
    with pytest.raises(OSError, match="full"):
        desk.receive(b"noi dung")
    assert list(desk.store.digests()) == []


@pytest.mark.rule("TG-10")
def test_another_organs_copy_is_its_own(desk: Desk) -> None:
    first = desk.receive(b"mot hai ba")
    with desk.db.transaction() as session:
        other = organs.found(session, "KHAC", "Cơ quan khác")
    elsewhere = Desk(desk.db, desk.workshop, desk.store, other, desk.person).receive(b"mot hai ba")
    assert elsewhere.intake_id != first.intake_id
    assert len(list(desk.workshop.files.digests())) == 1


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "hai\ndong.pdf",
        "Quye\u0302\u0301t đi\u0323nh.pdf",
        "x" * 300 + ".pdf",
        " ",
    ],
)
def test_any_name_is_taken_as_it_is_and_harms_nothing(desk: Desk, name: str) -> None:
    receipt = desk.receive(b"noi dung", name)
    assert desk.intake(receipt.intake_id).state == "received"
    assert {one.name for one in desk.store.root.iterdir()} == {
        "incoming",
        receipt.sha256[:2],
    }


def test_an_unknown_field_is_told_before_anything_is_stored(desk: Desk) -> None:
    with pytest.raises(Invalid) as failed:
        desk.receive(b"noi dung", fields={"SoHieu": "7"})
    assert failed.value.code == "unknown_field"
    assert list(desk.workshop.files.digests()) == []


def test_a_store_that_cannot_be_written_says_so_and_writes_no_row(desk: Desk) -> None:
    desk.store.root.write_text("a file where a folder should be")
    with pytest.raises(StoreFailed) as failed:
        desk.receive(b"noi dung")
    assert failed.value.code == "store_unwritable"
    with desk.db.reading() as session:
        assert session.scalar(select(Intake.id)) is None
