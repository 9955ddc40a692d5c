"""Forms of a transfer to the historical archive: the list of its case files, and the record."""

from sqlalchemy.orm import Session

from archive import audit, clock
from archive.models import Organ, Person
from formats.printed import Sheet
from retention.models import Transfer
from retention.transferable import case_files_of
from web.file_forms import computer_files, file_rows, span_of, with_paper
from web.forms import Form, heads, mark_of


def list_form(session: Session, who: Person, transfer: Transfer) -> Form:
    """Mục lục hồ sơ, tài liệu nộp lưu: what goes, without what was left out."""
    organ = session.get_one(Organ, transfer.organ_id)
    files = case_files_of(session, transfer)
    facts = {"form": "list", "count": len(files)}
    audit.record(session, "transfer.print", transfer, facts=facts)
    return Form(
        name=f"{transfer.code}-muc-luc",
        title="Mục lục hồ sơ, tài liệu nộp lưu",
        template="file_list.html",
        told={
            **heads(organ, who),
            "today": clock.day_of(transfer.registered_at, organ),
            "unit": "",
            "under": f"Số: {transfer.code} – nộp vào {transfer.receiver}",
            "rows": file_rows(session, files),
        },
        sheet=Sheet(mark=mark_of(session, organ, who)),
    )


def record_form(session: Session, who: Person, transfer: Transfer) -> Form:
    """Biên bản giao nhận with the historical archive: two copies, signed on paper by both sides."""
    organ = session.get_one(Organ, transfer.organ_id)
    files = case_files_of(session, transfer)
    audit.record(session, "transfer.print", transfer, facts={"form": "record"})
    giver = session.get_one(Person, transfer.asked_by_id or transfer.registered_by_id)
    return Form(
        name=f"{transfer.code}-bien-ban",
        title="Biên bản giao nhận hồ sơ, tài liệu vào lưu trữ lịch sử",
        template="transfer_record.html",
        told={
            **heads(organ, who),
            "day_of_record": transfer.confirmed_on,
            "code": transfer.code,
            "receiver": transfer.receiver,
            "giver": giver.full_name,
            "giver_post": giver.position,
            "name": transfer.name,
            "span": span_of(files),
            "paper_files": with_paper(session, files),
            "files": len(files),
            "computer_files": computer_files(session, files),
            "condition": transfer.condition,
            "manifest": transfer.manifest,
            "exported": clock.day_of(transfer.exported_at, organ) if transfer.exported_at else None,
            "confirmed": transfer.confirmed_number,
        },
        sheet=Sheet(mark=mark_of(session, organ, who)),
    )
