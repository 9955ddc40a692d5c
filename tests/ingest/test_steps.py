"""Single steps of the road on files that mean harm, with the real tools."""

from pathlib import Path

import pytest
from sqlalchemy import select

from archive.models import Document
from ingest import decisions, steps
from ingest.pipeline import Road, advance, advance_together
from tests.formats.hostile import tangled_form
from tests.ingest.conftest import Desk

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
