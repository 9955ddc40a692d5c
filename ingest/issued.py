"""What an issuance means to the road: bytes that are needed, and links of what was issued."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive import audit, links
from archive.errors import Conflict
from archive.models import Document
from ingest.models import Intake, Issuance


def needs(session: Session, digest: str) -> bool:
    """Whether a document on its way out, or its annex, is made of these bytes.

    What was given up needs none; what was issued keeps its earlier states, as its story tells.
    """
    found = select(Issuance.id).where(
        Issuance.state != "given_up",
        or_(
            Issuance.prepared_digest == digest,
            Issuance.signed_digest == digest,
            Issuance.issued_digest == digest,
        ),
    )
    return session.scalar(found.limit(1)) is not None


def tell(session: Session, intake: Intake, document: Document) -> None:
    """If this is what the organ issued: link it with what it answers, and with its annexes."""
    issuance = session.scalar(
        select(Issuance).where(
            Issuance.organ_id == intake.organ_id,
            Issuance.issued_digest == intake.digest,
            Issuance.state == "issued",
        )
    )
    if issuance is None:
        return
    wanted: list[tuple[Document, Document, str]] = []
    for answered in session.scalars(
        select(Document).where(
            Document.code.in_(issuance.answers), Document.organ_id == document.organ_id
        )
    ):
        wanted.append((document, answered, "answers"))
    if issuance.main is not None and (main := _document_of(session, issuance.main)):
        wanted.append((document, main, "attachment"))
    for annex in issuance.annexes:
        if (other := _document_of(session, annex)) is not None:
            wanted.append((other, document, "attachment"))
    for start, end, kind in wanted:
        _link(session, start, end, kind, issuance)


def _document_of(session: Session, issuance: Issuance) -> Document | None:
    return issuance.intake.document if issuance.intake is not None else None


def _link(session: Session, start: Document, end: Document, kind: str, issuance: Issuance) -> None:
    """A link from one to the other; what an order or a recall forbids is told and left out."""
    try:
        links.link(session, start, end, kind, issuance.prepared_by)
    except Conflict as no:
        if no.code != "linked_already":
            facts = {"kind": kind, "to": end.code, "reason": no.code}
            audit.record(session, "document.link_left_out", start, facts=facts)
