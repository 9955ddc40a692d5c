"""What is confirmed as a state secret comes under suspicion wherever it is, on the road too."""

from io import BytesIO

import pytest

from archive import audit, documents, organs
from archive.audit_check import verify
from archive.errors import Waits
from archive.models import Document, Organ, Person
from ingest import claims, decisions, shelving, twins
from ingest.pipeline import advance
from tests.factories import a_person, an_intake
from tests.ingest.conftest import Desk
from tests.ingest.test_pipeline import fails_with, road

BYTES = b"noi dung mat"


@pytest.fixture
def other(desk: Desk) -> Person:
    """Who decides at another organ."""
    with desk.db.transaction() as session:
        organ = organs.found(session, "SNV", "Sở Nội vụ")
    return a_person(desk.db, organ, "hoa", "archivist")


def suspected(desk: Desk) -> int:
    number = desk.receive(BYTES, again=True).intake_id
    advance(desk.db, desk.workshop, number, road(admit=fails_with(Waits("suspected_secret"))))
    return number


def coming(desk: Desk, other: Person) -> int:
    """The same bytes, on the road of the other organ."""
    with desk.db.reading() as session:
        organ = session.get_one(Organ, other.organ_id)
    digest = desk.workshop.files.put(BytesIO(BYTES)).digest
    return an_intake(desk.db, organ, other, digest=digest, size=len(BYTES)).id


def confirm(desk: Desk, number: int) -> None:
    with desk.db.reading() as session:
        wanted = twins.digests_with(session, number)
    engine = desk.db.engine
    with twins.copied_apart(engine, desk.workshop, wanted), desk.db.transaction() as session:
        intake = decisions.by_id(session, number)
        decisions.confirm_secret(session, desk.workshop, intake, "đóng dấu Mật")


def test_the_same_bytes_on_anothers_road_are_set_apart(desk: Desk, other: Person) -> None:
    number = suspected(desk)
    twin = coming(desk, other)
    digest = desk.intake(twin).digest
    confirm(desk, number)
    row = desk.intake(twin)
    assert (row.state, row.reason, row.is_quarantined) == ("waiting", "suspected_secret", True)
    assert desk.workshop.quarantine.has(digest)
    assert not desk.workshop.files.has(digest)
    confirm(desk, twin)  # its own deciders look too, and now nothing is left
    assert not desk.workshop.quarantine.has(digest)
    with desk.db.reading() as session:
        assert verify(session).is_good


def test_what_a_worker_makes_of_it_meanwhile_counts_no_more(desk: Desk, other: Person) -> None:
    number = suspected(desk)
    twin = coming(desk, other)
    claim = claims.take_next_step(desk.db, desk.workshop, twin, road())
    assert claim is not None
    confirm(desk, number)
    with desk.db.transaction() as session:
        assert claims.still_ours(session, claim) is None
    assert desk.intake(twin).state == "waiting"


def test_a_document_confirmed_on_the_shelf_sets_them_apart_and_stays(
    desk: Desk, other: Person
) -> None:
    number = desk.receive(BYTES).intake_id
    advance(desk.db, desk.workshop, number, road())
    with desk.db.reading() as session:
        code = session.get_one(Document, desk.intake(number).document_id).code
    twin = coming(desk, other)
    digest = desk.intake(twin).digest
    with desk.db.transaction() as session:
        row = documents.by_code(session, code)
        row.alarm = "suspected_secret"
        audit.record(session, "document.alarm", row)
    with (
        twins.copied_apart(desk.db.engine, desk.workshop, [digest]),
        desk.db.transaction() as session,
    ):
        row = documents.by_code(session, code)
        decisions.confirm_shelved(session, desk.workshop, row, "đóng dấu Mật")
    assert desk.intake(twin).is_quarantined
    assert desk.workshop.quarantine.has(digest)
    assert desk.workshop.files.has(digest)  # the document stays, and leaves by disposal only


def test_a_suspicion_by_bytes_alone_can_be_cleared(desk: Desk, other: Person) -> None:
    number = suspected(desk)
    twin = coming(desk, other)
    confirm(desk, number)
    digest = desk.intake(twin).digest
    with (
        shelving.copied_back(desk.db.engine, desk.workshop, digest),
        desk.db.transaction() as session,
    ):
        intake = decisions.by_id(session, twin)
        decisions.clear_suspicion(session, desk.workshop, intake, "văn bản đã giải mật")
    assert desk.intake(twin).state == "received"
    assert desk.workshop.files.has(digest)


def test_nothing_is_copied_where_nothing_is_on_the_road(desk: Desk) -> None:
    number = desk.receive(BYTES).intake_id
    advance(desk.db, desk.workshop, number, road())
    digest = desk.intake(number).digest
    with twins.copied_apart(desk.db.engine, desk.workshop, [digest]):
        assert not desk.workshop.quarantine.has(digest)
