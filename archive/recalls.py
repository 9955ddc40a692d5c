"""Recall (thu hồi): what went out is frozen, what came in is cancelled in its book (NĐ 30, Đ18).

The document, its data and its story stay. Who sent it is told; when, stands with the recall.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock, freezes, registers
from archive.errors import Conflict, Invalid
from archive.life_models import Recall
from archive.models import Document, Person
from archive.register_models import RegisterEntry
from formats.vietnamese import nfc


def recall_of(session: Session, document: Document) -> Recall | None:
    """Its recall, if it was recalled."""
    return session.scalar(select(Recall).where(Recall.document_id == document.id))


def recall(
    session: Session, document: Document, by: Person, reason: str, notice_number: str = ""
) -> Recall:
    """Recall a document.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `recalled_already`, `frozen`.
    """
    if not reason.strip():
        raise Invalid("reason_missing")
    audit.hold(session, document)
    if recall_of(session, document) is not None:
        raise Conflict("recalled_already", document=document.code)
    freezes.require_thawed(session, document)
    freezes.require_unbound(session, document)
    if document.direction == "incoming":
        for entry in entries_of(session, document):
            registers.cancel(session, entry, reason)
    made = Recall(
        document_id=document.id,
        reason=reason.strip(),
        notice_number=nfc(notice_number).strip(),
        recalled_by_id=by.id,
        recalled_at=clock.now(),
    )
    session.add(made)
    document.revision += 1
    session.flush()
    facts = {"number": made.notice_number, "direction": document.direction}
    audit.record(session, "document.recall", document, also=(made,), facts=facts, why=made.reason)
    return made


def told_sender(session: Session, found: Recall, how: str = "") -> None:
    """Note that the sender, or who had received it, was told.

    Raises:
        Conflict: `told_already`.
    """
    audit.hold(session, found)
    if found.told_sender_at is not None:
        raise Conflict("told_already")
    found.told_sender_at = clock.now()
    session.flush()
    document = session.get_one(Document, found.document_id)
    audit.record(session, "document.tell_recall", document, also=(found,), note=how.strip())


def entries_of(session: Session, document: Document) -> list[RegisterEntry]:
    """The lines that stand in a book for it and were not cancelled."""
    lines = select(RegisterEntry).where(
        RegisterEntry.document_id == document.id, RegisterEntry.state == "registered"
    )
    return list(session.scalars(lines.order_by(RegisterEntry.id)))


def sender_address(session: Session, document: Document) -> str:
    """The e-mail address of who sent it, as its book has it; also of a line now cancelled."""
    found = select(RegisterEntry.sender_email).where(
        RegisterEntry.document_id == document.id, RegisterEntry.sender_email != ""
    )
    return session.scalar(found.order_by(RegisterEntry.id.desc()).limit(1)) or ""
