"""Single steps of the road on files that mean harm, with the real tools."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.models import Document
from formats.seal_keys import make_trial_key, open_key
from ingest import decisions, steps
from ingest.pipeline import Road, advance, advance_together
from ingest.workspace import Workshop
from tests.formats.hostile import page_with_box, tangled_form
from tests.ingest.conftest import Desk


@pytest.fixture
def sealing(desk: Desk, tmp_path: Path) -> Workshop:
    """The desk's workshop with a trial key."""
    path = make_trial_key(tmp_path / "keys", "TTLT", "Trung tâm Lưu trữ", "secret")
    key = open_key(f"pkcs12://{path}", "secret")
    return replace(desk.workshop, key_of=lambda organ_id: key)


FROM_THE_START: Road = (steps.identify, steps.check_for_viruses, steps.check_signatures)


def test_a_form_without_end_waits_for_a_person_and_can_be_kept_as_received(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "SECONDS_TO_FIND", 2)
    number = desk.receive(tangled_form(tmp_path / "form.pdf").read_bytes()).intake_id
    rest: Road = (steps.read_text, steps.admit, steps.make_pdfa, steps.seal, steps.validate)
    road = (*FROM_THE_START, *rest)
    advance(desk.db, desk.workshop, number, road)
    intake = desk.intake(number)
    assert (intake.state, intake.reason) == ("waiting", "signatures_unreadable")
    with desk.db.transaction() as session:
        decisions.keep_as_received(session, decisions.by_id(session, number), "bản duy nhất")
    advance(desk.db, desk.workshop, number, road)
    advance_together(desk.db, desk.workshop, road)
    intake = desk.intake(number)
    assert (intake.state, intake.reason) == ("shelved", "signatures_unreadable")
    with desk.db.reading() as session:
        assert session.scalar(select(Document.id)) == intake.document_id


@pytest.mark.slow
@pytest.mark.parametrize(
    ("box", "mending"), [("[0 0 0 0]", None), ("[0 0 1000000 1000000]", "not_valid_pdfa")]
)
def test_a_page_without_a_usable_size_does_not_stick(
    desk: Desk, tmp_path: Path, box: str, mending: str | None, sealing: Workshop
) -> None:
    number = desk.receive(page_with_box(tmp_path / "page.pdf", box).read_bytes()).intake_id
    advance(desk.db, sealing, number)
    for _ in range(4):  # each time that veraPDF turns the copy down
        advance_together(desk.db, sealing)
        advance(desk.db, sealing, number)
    intake = desk.intake(number)
    assert (intake.state, intake.reason) == ("shelved", mending), intake.trouble


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("so.txt", ""),
        ("thu.eml", "From: lan@example.vn\nTo: nam@example.vn\nSubject: Thu\nDate: x\n\n"),
    ],
)
def test_texts_and_letters_keep_to_the_limit_of_pages(desk: Desk, name: str, head: str) -> None:
    few = replace(desk.workshop, settings=replace(desk.workshop.settings, page_limit=2))
    number = desk.receive((head + "một dòng\n" * 500).encode(), name).intake_id
    advance(desk.db, few, number, (*FROM_THE_START, steps.read_text, steps.validate))
    intake = desk.intake(number)
    assert (intake.state, intake.reason) == ("waiting", "too_many_pages")
    assert intake.details == {"limit": 2}
