"""The dossier: every form printed, received and filed, exactly once; and its end."""

import io

import pytest
from sqlalchemy import func, select

from archive import audit, clock
from archive.errors import Conflict, NotFound
from archive.models import CaseFile, Placement
from formats.printed import Sheet
from ingest.models import Intake
from retention import dossiers, meeting, preparing
from retention.models import DisposalPaper
from tests.factories import a_document
from tests.retention.disposing import Desk
from tests.web.conftest import House
from tests.web.test_disposal_pages import Walk
from web import disposal_forms, dossier_making, forms

EARLY = ["list", "explanation", "council", "meeting", "kept", "decision"]


@pytest.fixture
def desk(house: House) -> Desk:
    return Walk(house).desk


def kinds(desk: Desk) -> list[str]:
    with desk.db.reading() as session:
        return [one.kind for one in dossiers.papers_of(session, desk.found(session))]


def shelve(house: House, desk: Desk) -> None:
    """As the road does: every received paper becomes a document in the dossier."""
    with audit.acting_as(None, "worker"), desk.db.transaction() as session:
        dossier = session.get_one(CaseFile, desk.found(session).dossier_id or 0)
        waiting = session.scalars(select(Intake).where(Intake.case_file_id == dossier.id)).all()
        numbers = [one.id for one in waiting if one.document_id is None]
    for number in numbers:
        made = a_document(desk.db, desk.office.organ, "Văn bản", case_file=dossier)
        with audit.acting_as(None, "worker"), desk.db.transaction() as session:
            intake = session.get_one(Intake, number)
            intake.document_id, intake.state, intake.next_step = made.id, "shelved", None
            audit.record(session, "intake.test", intake)


@pytest.mark.slow
def test_every_paper_is_printed_received_and_filed_exactly_once(house: House, desk: Desk) -> None:
    desk.files(2)
    desk.walk("decided")
    for _ in range(3):
        dossier_making.make_papers(house.services)
    assert kinds(desk) == EARLY
    with desk.db.reading() as session:
        dossier = session.get_one(CaseFile, desk.found(session).dossier_id or 0)
        received = session.scalars(
            select(Intake).where(Intake.case_file_id == dossier.id).order_by(Intake.id)
        ).all()
        digests = {one.digest for one in session.scalars(select(DisposalPaper))}
    assert len(received) == len(EARLY)
    assert {one.digest for one in received} == digests
    assert received[0].fields["subject"].endswith(f"({desk.code})")
    shelve(house, desk)
    dossier_making.make_papers(house.services)
    with desk.db.reading() as session:
        papers = dossiers.papers_of(session, desk.found(session))
        assert all(one.document_id is not None for one in papers)
        placed = select(func.count(Placement.id)).where(Placement.case_file_id == dossier.id)
        assert session.scalar(placed) == len(EARLY)


def test_who_was_killed_before_receiving_receives_it_the_next_time(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is there, the file is not received: the next look does, and only once."""
    desk.files(1)
    desk.walk("council")

    def killed(*_all: object, **_more: object) -> None:
        raise KeyboardInterrupt

    quick(monkeypatch)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(dossier_making, "receive", killed)
        dossier_making.make_papers(house.services)
    assert kinds(desk) == ["list", "explanation", "council"]
    for _ in range(2):
        dossier_making.make_papers(house.services)
    with desk.db.reading() as session:
        assert session.scalar(select(func.count(Intake.id))) == 3


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print without printing: the words of the form, as they are."""

    def write(form: forms.Form, out: object) -> int:
        body = forms._templates().get_template(form.template).render(title=form.title, **form.told)
        out.write_text(body, "utf-8")  # type: ignore[attr-defined]
        return 1

    monkeypatch.setattr(forms, "print_form", write)


def body(desk: Desk, kind: str) -> str:
    with desk.db.reading() as session, audit.acting_as(desk.lan, "web"):
        form = disposal_forms.form_of(session, desk.lan, desk.found(session), kind)
    assert isinstance(form.sheet, Sheet)
    return forms._templates().get_template(form.template).render(title=form.title, **form.told)


def test_forms_say_what_was_said_and_by_whom(desk: Desk) -> None:
    first, second = desk.files(2)
    desk.walk("council")
    assert first.code in body(desk, "list") and "Hết thời hạn lưu trữ" in body(desk, "list")
    assert "Hình thành trong hoạt động" in body(desk, "explanation")
    assert "12/QĐ-TTLT" in body(desk, "council")
    with pytest.raises(NotFound):
        body(desk, "decision")
    desk.opine()
    with desk.at(desk.binh) as (session, one):
        meeting.opine(session, one, desk.binh, [2], "keep", note="Còn dùng cho kiểm toán")
    desk.meet()
    said = body(desk, "meeting")
    assert "Có ý kiến khác biệt" in said and "Còn dùng cho kiểm toán" in said
    assert "Binh: Giữ lại" in said
    desk.sign()
    desk.walk("handed_over")
    assert "gốc cây Merkle" in body(desk, "decision")
    assert "Theo Quyết định 45" in body(desk, "hand_over")
    assert second.code in body(desk, "hand_over")


def destroyed(desk: Desk) -> None:
    """As if the execution had ended; its own tests are elsewhere."""
    from sqlalchemy import update

    from retention.models import Disposal

    with desk.db.engine.begin() as connection:
        connection.execute(
            update(Disposal).values(
                stage="destroyed",
                certificate="c" * 64,
                begun_at=clock.now(),
                destroyed_at=clock.now(),
            )
        )


def certified(house: House, desk: Desk) -> None:
    """The certificate is on its way into the dossier, as the execution puts it there."""
    kept = house.services.files.put(io.BytesIO(b"giay chung nhan"))
    with desk.at(desk.mai) as (session, one):
        dossiers.note(session, one, "certificate", digest=kept.digest, name="giay.pdf", by=desk.mai)


def test_both_sides_sign_before_the_dossier_is_closed(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    desk.files(1)
    desk.walk("handed_over")
    destroyed(desk)
    with pytest.raises(Conflict) as said, desk.at(desk.mai) as (session, one):
        dossiers.close(session, one, desk.mai)
    assert said.value.code == "record_not_signed"
    for who, side in ((desk.lan, "keeper"), (desk.mai, "executor")):
        with desk.at(who) as (session, one):
            assert preparing.sign_record(session, one, who) == side
    with pytest.raises(Conflict) as said, desk.at(desk.mai) as (session, one):
        dossiers.close(session, one, desk.mai)
    assert said.value.code == "dossier_incomplete"
    for _ in range(2):
        dossier_making.make_papers(house.services)
        shelve(house, desk)
    dossier_making.make_papers(house.services)
    with pytest.raises(Conflict) as said, desk.at(desk.mai) as (session, one):
        dossiers.close(session, one, desk.mai)
    assert said.value.details["papers"] == ["certificate"]
    certified(house, desk)
    dossier_making.make_papers(house.services)
    shelve(house, desk)
    dossier_making.make_papers(house.services)
    with desk.at(desk.mai) as (session, one):
        dossiers.close(session, one, desk.mai)
    with desk.db.reading() as session:
        one = desk.found(session)
        dossier = session.get_one(CaseFile, one.dossier_id or 0)
        assert (one.stage, dossier.stage, dossier.document_total) == ("closed", "closed", 9)
        assert dossier.maintenance == "Vĩnh viễn"
    assert "Ký, đóng dấu" in body(desk, "record")
