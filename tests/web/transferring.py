"""Permanent case files that the archive has accepted: what tests of transfers begin with."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, people
from archive.documents import Arrived
from archive.models import CaseFile, Organ
from retention import ends, transfers
from retention.models import Transfer
from tests.factories import a_case_file, a_document, stored, writing
from tests.web.conftest import House
from web import transfer_making

ACCEPTED = datetime(2021, 3, 5, 2, 0, tzinfo=UTC)
RECEIVER = "Lưu trữ lịch sử tỉnh Tây Ninh"


def an_accepted_file(
    house: House,
    title: str = "Quy hoạch sử dụng đất",
    *,
    term: str = "Vĩnh viễn",
    documents: int = 1,
    at: datetime = ACCEPTED,
    **more: object,
) -> str:
    """A case file in the archive, with documents whose bytes are stored; its code."""
    db, organ = house.services.db, house.organ()
    made = a_case_file(
        db, organ, title, holder=house.person("binh"), maintenance=term, year=2019, **more
    )
    for number in range(1, documents + 1):
        a_document(
            db, organ, f"Về việc giao đất đợt {number}", case_file=made, by=house.person("lan"),
            arrived=_arrived(house, f"{made.notation} {number}"), code_number=f"{number:02d}",
            code_notation="QĐ-UBND", type_name="Quyết định", issued_date="10/01/2019",
            organ_name="UBND tỉnh",
        )  # fmt: skip
    with writing(db) as rows:
        found = rows.get_one(CaseFile, made.id)
        found.stage, found.closed_at, found.accepted_at = "accepted", at, at
        found.start_date, found.end_date = date(2019, 1, 2), date(2019, 12, 1)
        found.document_total = documents
        rows.flush()
        audit.record(rows, "case_file.accept", found)
        ends.refresh(rows, found)
    return made.code


def _arrived(house: House, words: str) -> Arrived:
    """An office file with its archival copy and a detached seal."""
    files = house.services.files
    original = stored(files, "original", f"gốc {words}".encode(), "application/msword")
    made = (
        original,
        stored(files, "archival", f"%PDF-1.7 {words}".encode(), "application/pdf"),
        stored(files, "seal", f"con dấu {words}".encode(), "application/pkcs7-signature"),
        stored(files, "text", words.encode(), "text/plain"),
    )
    return Arrived("tờ trình.doc", original.digest, 3, made)


def registered(house: House, *codes: str, by: str = "lan") -> str:
    """A transfer of these case files, registered today; its code."""
    person = house.person(by)
    with audit.acting_as(person, "web"), house.services.db.transaction() as rows:
        organ = rows.get_one(Organ, person.organ_id)
        files = [the_file(rows, one) for one in codes]
        return transfers.register(
            rows, organ, files, people.by_name(rows, by), receiver=RECEIVER,
            planned_on=transfers.first_day(organ), name="Hồ sơ đất đai",
        ).code  # fmt: skip


def the_file(rows: Session, code: str) -> CaseFile:
    found: CaseFile = rows.scalars(select(CaseFile).where(CaseFile.code == code)).one()
    return found


def the_transfer(house: House, code: str) -> Transfer:
    with house.services.db.reading() as rows:
        found: Transfer = rows.scalars(select(Transfer).where(Transfer.code == code)).one()
        return found


def exported(house: House, code: str, by: str = "lan") -> Path:
    """Have its folder made, as the worker does; where it lies."""
    house.post(house.as_(by), f"/retention/transfers/{code}/export")
    assert transfer_making.make_one(house.services)
    found = the_transfer(house, code)
    assert found.export_state == "ready", (found.export_state, found.export_reason)
    return transfer_making.place_of(house.services.settings, found.id)
