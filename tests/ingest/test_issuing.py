"""Issuing on a real archive: who may, in which order, with which number, and what is left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import access, audit, documents, freezes
from archive.access import Action
from archive.database import Database
from archive.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from archive.life_models import DocumentLink
from archive.models import CaseFile, Document, Event, EventWords, Organ, Person
from archive.organ_rules import set_rules
from archive.register_models import Register, RegisterEntry
from archive.settings import Settings
from formats import issuing as fields
from formats.errors import ProgramFailed
from formats.issuing import FieldPlace
from formats.seal_keys import SealKey
from formats.signature_reports import has_person_and_organ
from formats.signatures import check_signatures
from formats.trust import TrustFolder
from ingest import issued, issuing, issuing_out, leftovers, shelving
from ingest.issuances import by_number, sees, stored_form
from ingest.issuing import Wish
from ingest.issuing_out import Issued, hindrances, issue
from ingest.models import Intake, Issuance
from ingest.workspace import Workshop
from tests.factories import a_case_file, a_document, a_person, writing
from tests.formats import drafts
from tests.formats.pki import NOW, Pki
from tests.ingest.conftest import Desk

FIELDS = {
    "Subject": "Về việc phối hợp báo cáo đầu tư công",
    "CodeNotation": "STC-VP",
    "TypeName": "Công văn",
    "FullName": "Nguyễn Văn An",
    "IssuedAmount": "3",
}


@dataclass(frozen=True)
class Bureau:
    """An organ whose officer prepares, whose leader signs elsewhere, whose clerk issues."""

    db: Database
    workshop: Workshop
    desk: Desk
    officer: Person
    clerk: Person
    leader: Pki
    folder: Path

    def draft(self, **changes: str) -> Path:
        return drafts.draft(self.folder, **changes)

    def prepare(self, **changes: Any) -> int:
        source = changes.pop("source", None) or self.draft()
        by = changes.pop("by", self.officer)
        wish = replace(Wish("du-thao.pdf", dict(FIELDS)), **changes)
        with self.acting(by):
            organ = self.desk.organ.id
            return issuing.prepare(self.db, self.workshop, source, wish, organ_id=organ, by=by)

    def signed(self, number: int) -> Path:
        path = self.folder / "signed.pdf"
        with self.workshop.files.open(self.row(number).prepared_digest) as stream:
            person = self.leader.signer("person", "person")
            path.write_bytes(drafts.signed_by(person, stream.read()))
        return path

    def sign(self, number: int) -> None:
        with self.acting(self.officer):
            issuing.take_signed(
                self.db, self.workshop, number, self.signed(number), by=self.officer
            )

    def issue(self, number: int, by: Person | None = None, **more: Any) -> Issued:
        by = by or self.clerk
        with self.acting(by):
            return issue(self.db, self.workshop, number, by=by, door="command", **more)

    def row(self, number: int) -> Issuance:
        with self.db.reading() as session:
            return by_number(session, number)

    @contextmanager
    def acting(self, person: Person) -> Iterator[None]:
        with audit.acting_as(person, "command"):
            yield

    def bytes_of(self, digest: str | None) -> Path:
        path = self.folder / "bytes.pdf"
        path.unlink(missing_ok=True)
        self.workshop.files.fetch(digest or "", path)
        return path

    def shelve(self, intake_id: int) -> Document:
        """The end of the road, without the road."""
        with writing(self.db) as session:
            intake = session.get_one(Intake, intake_id)
            intake.facts = {
                "identify": {"mime": "application/pdf", "puid": "fmt/276"},
                "make_pdfa": {},
                "read_text": {"pages": 2},
                "validate": {},
            }
            shelving.shelve(session, intake, ())
            audit.record(session, "intake.step", intake)
            assert intake.document_id is not None
            code = session.get_one(Document, intake.document_id).code
        with self.db.reading() as session:
            return documents.by_code(session, code)


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """One database is enough: what is slow here are the files."""
    return sqlite_db


@pytest.fixture
def bureau(
    desk: Desk,
    authority: Pki,
    trust_of_authority: Path,
    key_of_organ: SealKey,
    verapdf_agrees: Path,
    tmp_path: Path,
) -> Bureau:
    settings = Settings(
        home=str(tmp_path), trust_folder=str(trust_of_authority), verapdf_jar=str(verapdf_agrees)
    )
    workshop = replace(desk.workshop, settings=settings, key_of=lambda organ: key_of_organ)
    officer = a_person(desk.db, desk.organ, "binh", "officer")
    clerk = a_person(desk.db, desk.organ, "minh", "clerk")
    return Bureau(desk.db, workshop, desk, officer, clerk, authority, tmp_path)


# The way ------------------------------------------------------------------------------------------


@pytest.mark.rule("HC-34", "HC-36", "HC-41", "HC-90", "KT-39", "TN-33")
def test_a_document_is_prepared_signed_numbered_sealed_and_received(bureau: Bureau) -> None:
    number = bureau.prepare(fields={**FIELDS, "To": "Sở Y tế; Sở Nội vụ (giấy)"})
    assert (bureau.row(number).state, bureau.row(number).name) == (
        "prepared",
        "CKS-Ve-viec-phoi-hop-bao-cao-dau-tu-cong.pdf",
    )
    bureau.sign(number)
    assert bureau.row(number).signer_name == "Nguyễn Văn An"
    told = bureau.issue(number)
    assert told.number == "01/STC-VP"
    row = bureau.row(number)
    path = bureau.bytes_of(row.issued_digest)
    assert fields.text_values(path)["Number"] == "01"
    trust = TrustFolder(bureau.workshop.settings.trust)
    assert has_person_and_organ(check_signatures(path, trust, NOW)).complete
    assert row.verdict["person_and_organ"] == {"person": "valid", "organ": "valid"}
    intake = bureau.desk.intake(told.intakes[0])
    assert (intake.digest, intake.register_entry_id) == (row.issued_digest, row.register_entry_id)
    assert intake.fields["CodeNumber"] == "01" and intake.fields["Direction"] == "outgoing"
    entry = row.register_entry
    assert entry is not None
    assert (entry.issued_amount, entry.signer_name) == (3, "Nguyễn Văn An")
    assert entry.recipients == [
        {"organ_name": "Sở Y tế", "paper": False},
        {"organ_name": "Sở Nội vụ", "paper": True},
    ]
    assert fields.text_values(path)["Day"] == f"{entry.registered_on.day:02d}"


@pytest.mark.rule("HC-50")
def test_an_outgoing_document_gets_an_identification_code_of_its_own(bureau: Bureau) -> None:
    codes = set()
    for _ in range(2):
        number = bureau.prepare()
        bureau.sign(number)
        told = bureau.issue(number)
        assert bureau.desk.intake(told.intakes[0]).fields["DocCode"] == told.doc_code
        codes.add(told.doc_code)
    assert len(codes) == 2 and all(codes)


def test_numbers_run_on_and_each_act_is_told(bureau: Bureau) -> None:
    for expected in ("01/STC-VP", "02/STC-VP"):
        number = bureau.prepare()
        bureau.sign(number)
        assert bureau.issue(number).number == expected
    with bureau.db.reading() as session:
        told = session.scalars(
            select(Event.action).where(Event.subject_type == "issuance", Event.subject_id == number)
        ).all()
    assert told == [
        f"issuance.{verb}" for verb in ("prepare", "sign", "number", "issue", "send_on")
    ]


def test_what_is_issued_is_linked_with_what_it_answers(bureau: Bureau) -> None:
    asked = a_document(bureau.db, bureau.desk.organ, "Đề nghị báo cáo", by=bureau.officer)
    number = bureau.prepare(answers=(asked.code,))
    bureau.sign(number)
    document = bureau.shelve(bureau.issue(number).intakes[0])
    with bureau.db.reading() as session:
        link = session.scalars(select(DocumentLink)).one()
        entry = session.scalars(select(RegisterEntry)).one()
    assert (link.from_id, link.to_id, link.kind) == (document.id, asked.id, "answers")
    assert entry.document_id == document.id


def test_what_is_frozen_meanwhile_is_not_linked_and_that_is_told(bureau: Bureau) -> None:
    asked = a_document(bureau.db, bureau.desk.organ, "Đề nghị báo cáo", by=bureau.officer)
    number = bureau.prepare(answers=(asked.code,))
    bureau.sign(number)
    with writing(bureau.db) as session:
        freezes.freeze(
            session,
            bureau.desk.organ,
            [session.get_one(Document, asked.id)],
            by=bureau.clerk,
            number="1/QĐ",
            ordered_on=NOW.date(),
            reason="Thanh tra",
        )
    document = bureau.shelve(bureau.issue(number).intakes[0])
    with bureau.db.reading() as session:
        assert session.scalars(select(DocumentLink)).all() == []
        told = session.scalars(select(Event).where(Event.action == "document.link_left_out")).one()
    assert told.facts == {"kind": "answers", "to": asked.code, "reason": "frozen"}
    assert told.subject_id == document.id


# Order and rights ---------------------------------------------------------------------------------


@pytest.mark.rule("HC-42", "HC-90")
def test_the_organ_does_not_sign_before_the_leader(bureau: Bureau) -> None:
    number = bureau.prepare()
    with pytest.raises(Conflict) as refused:
        bureau.issue(number)
    assert refused.value.code == "leader_has_not_signed"
    with bureau.db.reading() as session:
        assert session.scalars(select(RegisterEntry)).all() == []


@pytest.mark.rule("HC-41")
def test_only_the_clerk_applies_the_organs_signature(bureau: Bureau) -> None:
    number = bureau.prepare()
    bureau.sign(number)
    with pytest.raises(NotAllowed):
        bureau.issue(number, by=bureau.officer)


@pytest.mark.rule("HC-41")
def test_who_signed_does_not_issue_unless_there_is_nobody_else(bureau: Bureau) -> None:
    leader = a_person(bureau.db, bureau.desk.organ, "an", "clerk", full_name="Nguyễn Văn An")
    number = bureau.prepare()
    bureau.sign(number)
    with pytest.raises(NotAllowed) as refused:
        bureau.issue(number, by=leader)
    assert refused.value.code == "signer_may_not_issue"
    with writing(bureau.db) as session:
        for one in (bureau.clerk, bureau.desk.person):
            for held in session.get_one(Person, one.id).appointments:
                session.delete(held)
                audit.record(session, "person.end", session.get_one(Person, one.id), also=(held,))
    assert bureau.issue(number, by=leader).number == "01/STC-VP"


def test_another_organs_issuance_is_not_there(bureau: Bureau) -> None:
    number = bureau.prepare()
    other = a_person(bureau.db, bureau.desk.organ, "hoa", "officer")
    with bureau.db.reading() as session:
        assert not sees(session, other, by_number(session, number))
        assert sees(session, bureau.clerk, by_number(session, number))
    with bureau.acting(other), pytest.raises(NotFound):
        issuing.take_signed(bureau.db, bureau.workshop, number, bureau.signed(number), by=other)


def test_a_frozen_case_file_takes_nothing(bureau: Bureau) -> None:
    case_file = a_case_file(bureau.db, bureau.desk.organ, holder=bureau.officer)
    number = bureau.prepare(case_file=case_file.code)
    bureau.sign(number)
    with writing(bureau.db) as session:
        freezes.freeze(
            session,
            bureau.desk.organ,
            [session.get_one(CaseFile, case_file.id)],
            by=bureau.clerk,
            number="1/QĐ",
            ordered_on=NOW.date(),
            reason="Thanh tra",
        )
    with pytest.raises(Conflict) as refused:
        bureau.issue(number)
    assert refused.value.code == "frozen"
    with bureau.db.reading() as session:
        found = hindrances(session, by_number(session, number), bureau.clerk)
    assert [one.code for one in found] == ["frozen"]


@pytest.mark.rule("HC-90")
def test_when_another_person_signed_the_clerk_decides_and_says_why(bureau: Bureau) -> None:
    number = bureau.prepare(fields={**FIELDS, "FullName": "Trần Văn Trưởng"})
    bureau.sign(number)
    for why in ("", "  "):
        with pytest.raises(Conflict) as refused:
            bureau.issue(number, signer_why=why)
    assert refused.value.code == "another_signer"
    assert refused.value.details == {"wanted": "Trần Văn Trưởng", "signer": "Nguyễn Văn An"}
    with bureau.db.reading() as session:
        assert session.scalars(select(RegisterEntry)).all() == []
    told = bureau.issue(number, signer_why="Phó Giám đốc ký thay, phân công số 5")
    row = bureau.row(number)
    assert row.register_entry is not None and row.register_entry.signer_name == "Nguyễn Văn An"
    assert bureau.desk.intake(told.intakes[0]).fields["FullName"] == "Nguyễn Văn An"
    with bureau.db.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "issuance.accept_signer")).one()
        words = session.get_one(EventWords, event.id).words
    assert words["why"] == "Phó Giám đốc ký thay, phân công số 5"


@pytest.mark.parametrize("wanted", ["NGUYỄN VĂN AN", "An Nguyễn Văn", "Nguyen Van An", ""])
def test_the_same_name_written_otherwise_asks_nobody(bureau: Bureau, wanted: str) -> None:
    number = bureau.prepare(fields={**FIELDS, "FullName": wanted})
    bureau.sign(number)
    assert bureau.issue(number).number == "01/STC-VP"


# What comes back ----------------------------------------------------------------------------------


def test_a_file_that_was_changed_is_refused_and_nothing_of_it_stays(bureau: Bureau) -> None:
    number = bureau.prepare()
    path = bureau.signed(number)
    path.write_bytes(drafts.with_words_added(path.read_bytes(), 1))
    before = set(bureau.workshop.files.digests())
    with bureau.acting(bureau.officer), pytest.raises(Refused):
        issuing.take_signed(bureau.db, bureau.workshop, number, path, by=bureau.officer)
    assert set(bureau.workshop.files.digests()) == before
    assert bureau.row(number).state == "prepared"


def test_an_organs_certificate_in_the_leaders_field_is_refused(bureau: Bureau) -> None:
    number = bureau.prepare()
    with bureau.workshop.files.open(bureau.row(number).prepared_digest) as stream:
        path = bureau.folder / "organ.pdf"
        organ = bureau.leader.signer("organ", "organ")
        path.write_bytes(drafts.signed_by(organ, stream.read()))
    with bureau.acting(bureau.officer), pytest.raises(Refused) as refused:
        issuing.take_signed(bureau.db, bureau.workshop, number, path, by=bureau.officer)
    assert refused.value.code == "signed_by_an_organ"


@pytest.mark.parametrize(
    ("certificate", "code"), [("revoked-before", "certificate_revoked"), ("expired", "")]
)
def test_a_signature_that_is_worth_nothing_is_refused(
    bureau: Bureau, certificate: str, code: str
) -> None:
    number = bureau.prepare()
    with bureau.workshop.files.open(bureau.row(number).prepared_digest) as stream:
        path = bureau.folder / "bad.pdf"
        person = bureau.leader.signer(certificate, "person")
        path.write_bytes(drafts.signed_by(person, stream.read()))
    with bureau.acting(bureau.officer), pytest.raises(Refused) as refused:
        issuing.take_signed(bureau.db, bureau.workshop, number, path, by=bureau.officer)
    assert refused.value.code == "leader_signature_bad"
    assert code in refused.value.details["reason"]


# What cannot be prepared --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fields": {"Subject": " "}}, "subject_missing"),
        ({"kind": "letter"}, "unknown_issue_kind"),
        ({"layout": "1954"}, "unknown_layout"),
        ({"kind": "annex"}, "main_missing"),
        ({"kind": "copy"}, "copy_kind_missing"),
        ({"name": "to-trinh-tuyet-mat.pdf"}, "secret_mark"),
        ({"places": {"Person": FieldPlace(9, 1, 1, 50, 30)}}, "place_off_page"),
    ],
)
def test_a_wish_that_cannot_be_had_is_refused_and_nothing_stays(
    bureau: Bureau, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Exception) as refused:
        bureau.prepare(**changes)
    assert refused.value.code == code  # type: ignore[attr-defined]
    assert list(bureau.workshop.files.digests()) == []


def test_a_draft_with_its_number_on_it_is_refused(bureau: Bureau) -> None:
    with pytest.raises(Refused) as refused:
        bureau.prepare(source=bureau.draft(number="Số: 15/STC-VP"))
    assert (refused.value.code, refused.value.details) == ("number_written", {"number": 15})


def test_a_stamp_of_secrecy_on_the_draft_is_refused(bureau: Bureau) -> None:
    draft = bureau.draft(number="Số: &nbsp; &nbsp; &nbsp;/STC-VP<br><b>TỐI MẬT</b>")
    with pytest.raises(Refused) as refused:
        bureau.prepare(source=draft)
    assert refused.value.code == "secret_mark"
    assert list(bureau.workshop.files.digests()) == []


def test_a_file_that_is_signed_already_is_refused(bureau: Bureau) -> None:
    number = bureau.prepare()
    with pytest.raises(Refused) as refused:
        bureau.prepare(source=bureau.signed(number))
    assert refused.value.code == "already_signed"


def test_a_date_on_the_page_must_be_the_day_of_issue(bureau: Bureau) -> None:
    draft = bureau.draft(date="Tây Ninh, ngày &nbsp; &nbsp; tháng &nbsp; &nbsp; năm 2011")
    number = bureau.prepare(source=draft)
    bureau.sign(number)
    with pytest.raises(Conflict) as refused:
        bureau.issue(number)
    assert refused.value.code == "date_on_page_differs"
    with bureau.db.reading() as session:
        assert session.scalars(select(RegisterEntry)).all() == []


# Again and again ----------------------------------------------------------------------------------


def test_a_seal_that_fails_keeps_its_number_for_the_next_try(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = bureau.prepare()
    bureau.sign(number)
    bureau.workshop.settings.path("seals").mkdir()
    picture = bureau.workshop.settings.path("seals", "TTLT.png")
    picture.write_bytes(b"no picture")
    with pytest.raises(Exception) as failed:
        bureau.issue(number)
    assert failed.value.code == "seal_picture_unreadable"  # type: ignore[attr-defined]
    row = bureau.row(number)
    assert row.state == "signed" and row.register_entry is not None
    picture.unlink()
    annex = bureau.prepare(kind="annex", main=number, fields={"Subject": "Phụ lục"})
    assert bureau.issue(number).number == "01/STC-VP"
    assert bureau.row(annex).state == "issued"  # one that came late goes along


def test_issuing_that_was_cut_off_before_the_road_goes_on(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = bureau.prepare()
    bureau.sign(number)

    def full(*_: object, **__: object) -> None:
        raise ProgramFailed("store_full")

    with monkeypatch.context() as broken:
        broken.setattr(issuing_out, "receive", full)
        with pytest.raises(ProgramFailed):
            bureau.issue(number)
    assert bureau.row(number).state == "issued"
    told = bureau.issue(number)
    assert told.number == "01/STC-VP"
    assert bureau.row(number).intake_id == told.intakes[0]
    with pytest.raises(Conflict) as refused:
        bureau.issue(number)
    assert refused.value.code == "issued_already"


def test_fields_are_put_elsewhere_until_somebody_signs(bureau: Bureau) -> None:
    number = bureau.prepare()
    before = bureau.row(number).prepared_digest
    places = {**_places(bureau.row(number)), "Person": FieldPlace(2, 100, 60, 60, 30)}
    with bureau.acting(bureau.officer):
        issuing.move_fields(bureau.db, bureau.workshop, number, places, by=bureau.officer, seen=1)
    row = bureau.row(number)
    assert row.places["fields"]["Person"]["left"] == 100
    assert row.prepared_digest != before and not bureau.workshop.files.has(before)
    with bureau.acting(bureau.officer), pytest.raises(Conflict) as refused:
        issuing.move_fields(bureau.db, bureau.workshop, number, places, by=bureau.officer, seen=1)
    assert refused.value.code == "changed_meanwhile"
    bureau.sign(number)
    with bureau.acting(bureau.officer), pytest.raises(Conflict) as refused:
        issuing.move_fields(bureau.db, bureau.workshop, number, places, by=bureau.officer)
    assert refused.value.code == "not_prepared"


def _places(row: Issuance) -> dict[str, FieldPlace]:
    return {name: FieldPlace(**values) for name, values in row.places["fields"].items()}


def test_what_is_given_up_keeps_its_number_cancelled_and_no_bytes(bureau: Bureau) -> None:
    number = bureau.prepare()
    bureau.sign(number)
    bureau.workshop.settings.path("seals").mkdir()
    picture = bureau.workshop.settings.path("seals", "TTLT.png")
    picture.write_bytes(b"no picture")
    with pytest.raises(Exception, match="seal_picture_unreadable"):
        bureau.issue(number)
    with bureau.acting(bureau.clerk):
        with pytest.raises(Invalid):
            issuing.give_up(bureau.db, bureau.workshop, number, " ", by=bureau.clerk)
        issuing.give_up(bureau.db, bureau.workshop, number, "Sai thẩm quyền", by=bureau.clerk)
    with bureau.db.reading() as session:
        entry = session.scalars(select(RegisterEntry)).one()
    assert (entry.number, entry.state, entry.cancel_reason) == (1, "cancelled", "Sai thẩm quyền")
    assert list(bureau.workshop.files.digests()) == []


@pytest.mark.parametrize("which", ["the document", "its annex"])
def test_what_is_given_up_while_it_is_sealed_does_not_go_out(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    number = bureau.prepare()
    bureau.sign(number)
    annex = bureau.prepare(kind="annex", main=number, fields={"Subject": "Phụ lục"})
    gone = number if which == "the document" else annex
    sealing, sealed = issuing_out._sealed, []

    def given_up_meanwhile(*given: Any) -> Any:
        sealed.append(sealing(*given))
        if len(sealed) == 2:
            with bureau.acting(bureau.clerk):
                issuing.give_up(bureau.db, bureau.workshop, gone, "Sai", by=bureau.clerk)
        return sealed[-1]

    monkeypatch.setattr(issuing_out, "_sealed", given_up_meanwhile)
    with pytest.raises(Conflict):
        bureau.issue(number)
    assert bureau.row(gone).state == "given_up"
    assert bureau.row(number).state != "issued"


def test_bytes_of_an_issuance_are_needed(bureau: Bureau) -> None:
    number = bureau.prepare()
    digest = bureau.row(number).prepared_digest
    shelving.let_go_in_store(bureau.db.engine, bureau.workshop.files, digest)
    assert bureau.workshop.files.has(digest)
    with bureau.db.reading() as session:
        assert issued.needs(session, digest) and not issued.needs(session, "0" * 64)


def test_the_tidying_of_the_store_leaves_bytes_of_issuances_alone(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = bureau.prepare()
    bureau.sign(number)
    monkeypatch.setattr(leftovers, "FRESH", timedelta(days=-1))  # everything is old
    assert leftovers.set_orphans_aside(bureau.db, bureau.workshop) == 0
    row = bureau.row(number)
    assert bureau.workshop.files.has(row.prepared_digest)
    assert bureau.workshop.files.has(row.signed_digest or "")


def test_nothing_of_a_secret_stays_that_is_found_after_issuing(bureau: Bureau) -> None:
    number = bureau.prepare()
    bureau.sign(number)
    told = bureau.issue(number)
    row = bureau.row(number)
    digests = {row.prepared_digest, row.signed_digest or "", row.issued_digest or ""}
    with writing(bureau.db) as session:  # as the step `admit` leaves it
        intake = session.get_one(Intake, told.intakes[0])
        shelving.copy_to_quarantine(bureau.workshop, intake.digest)
        intake.is_quarantined, intake.state, intake.reason = True, "waiting", "suspected_secret"
        audit.record(session, "intake.waiting", intake)
    with bureau.db.reading() as session:
        assert issued.named(session, digests) == set()
    with writing(bureau.db) as session:
        intake = session.get_one(Intake, told.intakes[0])
        shelving.discard(session, bureau.workshop, intake, "Bí mật nhà nước")
    assert not any(bureau.workshop.files.has(one) for one in digests)
    assert not any(bureau.workshop.quarantine.has(one) for one in digests)
    row = bureau.row(number)
    assert (row.state, row.name, row.fields, row.signer_name) == ("given_up", "", {}, "")


# Scans, copies, annexes ---------------------------------------------------------------------------


@pytest.mark.rule("HC-35", "HC-42")
def test_what_the_organ_digitised_is_sealed_without_a_leader(bureau: Bureau) -> None:
    source = bureau.draft(number="Số: 15/STC-VP")  # signed on paper: its number is there
    number = bureau.prepare(kind="scan", source=source)
    assert bureau.row(number).state == "signed"
    bureau.issue(number)
    told = bureau.row(number).verdict
    assert [one["field"] for one in told["signatures"]] == ["Agency"]
    assert told["person_and_organ"] == {"person": "missing", "organ": "valid"}


@pytest.mark.rule("KT-42")
@pytest.mark.parametrize("copy_kind", ["SY", "SL", "TrS"])
def test_a_copy_gets_its_number_from_the_book_of_copies(bureau: Bureau, copy_kind: str) -> None:
    original = a_document(bureau.db, bureau.desk.organ, "Quyết định", by=bureau.officer)
    number = bureau.prepare(kind="copy", copy_kind=copy_kind, copy_of=original.code)
    bureau.issue(number)
    with bureau.db.reading() as session:
        entry = session.scalars(select(RegisterEntry)).one()
        book = session.scalars(select(Register).where(Register.id == entry.register_id)).one()
    assert (book.kind, entry.copy_kind, entry.copy_of_id) == ("copies", copy_kind, original.id)
    assert bureau.row(number).verdict["person_and_organ"]["organ"] == "valid"


def test_an_annex_goes_with_its_document_and_is_linked_with_it(bureau: Bureau) -> None:
    number = bureau.prepare()
    fields_of_annex = {"Subject": "Phụ lục số liệu"}
    annex = bureau.prepare(kind="annex", main=number, fields=fields_of_annex)
    bureau.sign(number)
    with pytest.raises(Conflict) as refused:
        bureau.issue(annex)
    assert refused.value.code == "annex_goes_with_main"
    told = bureau.issue(number)
    assert len(told.intakes) == 2
    assert bureau.row(annex).state == "issued"
    documents_made = [bureau.shelve(one) for one in told.intakes]
    with bureau.db.reading() as session:
        link = session.scalars(select(DocumentLink)).one()
    assert (link.from_id, link.to_id) == (documents_made[1].id, documents_made[0].id)
    assert link.kind == "attachment"


@pytest.mark.rule("DB-33")
def test_what_went_out_is_taken_out_with_consent_but_by_the_clerk(bureau: Bureau) -> None:
    number = bureau.prepare()
    bureau.sign(number)
    told = bureau.issue(number)
    with writing(bureau.db) as session:
        organ = session.get_one(Organ, bureau.desk.organ.id)
        set_rules(session, organ, {"export_needs_consent": "1"}, "Quy chế")
    with bureau.acting(bureau.officer), bureau.db.transaction() as session:
        assert stored_form(session, bureau.officer, by_number(session, number))  # on its road yet
    bureau.shelve(told.intakes[0])
    for state in ("prepared", "signed", "issued"):
        with bureau.db.reading() as session, pytest.raises(NotAllowed) as refused:
            stored_form(session, bureau.officer, by_number(session, number), state)
        assert refused.value.code == "export_needs_consent"
    with bureau.acting(bureau.clerk), bureau.db.transaction() as session:
        assert stored_form(session, bureau.clerk, by_number(session, number))


def test_a_leader_may_prepare_and_bring_back(bureau: Bureau) -> None:
    head = a_person(bureau.db, bureau.desk.organ, "tam", "head")
    with bureau.db.reading() as session:
        assert access.may(session, head, Action.PREPARE_ISSUE, bureau.desk.organ)
        assert not access.may(session, head, Action.ISSUE, bureau.desk.organ)


@pytest.mark.tools
@pytest.mark.slow
def test_an_office_file_becomes_a_valid_prepared_pdfa(bureau: Bureau) -> None:
    source = Path(__file__).parents[2] / "samples" / "10-to-trinh-19-TTr-VP.docx"
    real = replace(bureau.workshop.settings, verapdf_jar=Settings().verapdf_jar)
    bureau = replace(bureau, workshop=replace(bureau.workshop, settings=real))
    with pytest.raises(Refused) as refused:  # that sample has its number on it
        bureau.prepare(source=source, name=source.name)
    assert refused.value.code == "number_written"
