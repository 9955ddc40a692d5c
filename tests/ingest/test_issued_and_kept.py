"""All that an organ issues is digitised, signed and kept; its story says who did what."""

import pytest
from sqlalchemy import select

from archive import books, clock, documents, register_lists, registers
from archive.errors import Refused
from archive.models import Event, Organ, Person
from archive.register_models import RegisterEntry
from formats.signature_reports import has_person_and_organ
from formats.signatures import check_signatures
from formats.trust import TrustFolder
from tests.factories import writing
from tests.formats import drafts
from tests.formats.pki import NOW
from tests.ingest.test_issuing import FIELDS, Bureau
from tests.ingest.test_issuing import bureau as bureau  # a fixture
from tests.ingest.test_issuing import db as db  # a fixture


@pytest.mark.rule("TN-03", "TN-01")
def test_what_goes_out_is_signed_twice_and_kept_as_it_was_issued(bureau: Bureau) -> None:
    number = bureau.prepare()
    bureau.sign(number)
    document = bureau.shelve(bureau.issue(number).intakes[0])
    row = bureau.row(number)
    original = documents.rendition(document.parts[0], "original")
    assert original is not None and original.digest == row.issued_digest
    trust = TrustFolder(bureau.workshop.settings.trust)
    kept = bureau.bytes_of(original.digest)
    assert has_person_and_organ(check_signatures(kept, trust, NOW)).complete
    with bureau.db.reading() as session:
        entry = session.scalars(select(RegisterEntry)).one()
        assert entry.document_id == document.id
        assert missing(bureau, entry) == []


@pytest.mark.rule("TN-03")
def test_what_went_out_on_paper_only_is_listed_until_its_copy_is_here(bureau: Bureau) -> None:
    with writing(bureau.db) as session:
        organ = session.get_one(Organ, bureau.desk.organ.id)
        book = books.default_book(session, organ, "outgoing")
        clerk = session.get_one(Person, bureau.clerk.id)
        entry = registers.enter(
            session, book, clerk, {"subject": "Giấy mời", "circulation": "paper"}
        )
    with bureau.db.reading() as session:
        line = session.get_one(RegisterEntry, entry.id)
        assert missing(bureau, line) == [entry.id]


def missing(bureau: Bureau, entry: RegisterEntry) -> list[int]:
    """The lines of the book whose electronic copy is not here."""
    with bureau.db.reading() as session:
        book = session.get_one(RegisterEntry, entry.id).register
        where = register_lists.filters("unscanned", clock.today(book.organ), book.organ)
        found = register_lists.lines(book, year=entry.year).where(*where)
        return [one.id for one in session.scalars(found)]


@pytest.mark.rule("TN-03")
@pytest.mark.parametrize("mark", ["Mật", "TỐI MẬT", "Tuyệt mật"])
def test_what_is_secret_is_not_issued_here(bureau: Bureau, mark: str) -> None:
    with pytest.raises(Refused, match="secret_mark"):
        bureau.prepare(fields={**FIELDS, "Subject": f"({mark.upper()}) Phương án"})
    with bureau.db.reading() as session:
        assert session.scalars(select(RegisterEntry)).all() == []


@pytest.mark.rule("TN-03")
def test_the_answer_to_a_complaint_is_not_issued_here(bureau: Bureau) -> None:
    subject = "Giải quyết khiếu nại của ông Nguyễn Văn A"
    source = drafts.draft(bureau.folder)
    number = bureau.prepare(source=source, fields={**FIELDS, "Subject": subject})
    bureau.sign(number)
    with pytest.raises(Refused, match="resolution"):
        bureau.issue(number)
    with bureau.db.reading() as session:
        assert session.scalars(select(RegisterEntry)).all() == []


@pytest.mark.rule("DB-17")
def test_who_drafted_signed_and_sent_it_out_answers_for_it_by_name(bureau: Bureau) -> None:
    number = bureau.prepare()
    bureau.sign(number)
    bureau.issue(number)
    with bureau.db.reading() as session:
        told = session.scalars(
            select(Event).where(Event.subject_type == "issuance", Event.subject_id == number)
        ).all()
    by = {one.action.removeprefix("issuance."): one.person_id for one in told}
    assert by["prepare"] == by["sign"] == bureau.officer.id
    assert by["number"] == by["issue"] == bureau.clerk.id
    assert bureau.row(number).signer_name == "Nguyễn Văn An"
