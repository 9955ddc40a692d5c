"""What an issuance means to the road: bytes that are needed, and links of what was issued."""

from collections.abc import Iterable

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from archive import answers, audit, links
from archive.erased_words import erase_words
from archive.models import Document
from ingest.models import Intake, Issuance, IssuanceComment

FORGOTTEN = "0" * 64  # of what was a secret; see `shelving`


def needs(session: Session, digest: str) -> bool:
    """Whether a document on its way out, or its annex, is made of these bytes."""
    return bool(named(session, [digest]))


def named(session: Session, digests: Iterable[str]) -> set[str]:
    """Those of the digests that an issuance still needs in the store.

    What was given up needs none; what was issued keeps its earlier states, as its story tells.
    What is in quarantine on its road, or was discarded there, needs none either: each state holds
    the same words (R15).
    """
    wanted = list(digests)
    found: set[str] = set()
    for column in (Issuance.prepared_digest, Issuance.signed_digest, Issuance.issued_digest):
        rows = session.scalars(
            select(column)
            .outerjoin(Intake, Issuance.intake_id == Intake.id)
            .where(
                column.in_(wanted),
                Issuance.state != "given_up",
                or_(
                    Intake.id.is_(None),
                    and_(Intake.is_quarantined.is_(False), Intake.state != "discarded"),
                ),
            )
        )
        found.update(one for one in rows if one is not None)
    return found


def states_of(session: Session, intake_id: int) -> set[str]:
    """The digests of every state of what was issued as this intake."""
    found = session.scalars(select(Issuance).where(Issuance.intake_id == intake_id))
    return {
        digest
        for one in found
        for digest in (one.prepared_digest, one.signed_digest, one.issued_digest)
        if digest
    }


def forget(session: Session, intake: Intake) -> None:
    """Let go of the words of what was issued as this intake: it was discarded on its road."""
    for one in session.scalars(select(Issuance).where(Issuance.intake_id == intake.id)):
        one.state, one.name, one.signer_name, one.reason = "given_up", "", "", ""
        one.fields, one.answers, one.notes, one.places, one.verdict = {}, [], [], {}, {}
        one.prepared_digest, one.signed_digest, one.issued_digest = FORGOTTEN, None, None
        one.revision += 1
        for comment in session.scalars(
            select(IssuanceComment).where(IssuanceComment.issuance_id == one.id)
        ):
            session.delete(comment)
        session.flush()
        erased = erase_words(session, one)
        audit.record(session, "issuance.forget", one, facts={"erased_words": erased})


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
    for answered in _answered(session, issuance):
        if answered.id != document.id:
            wanted.append((document, answered, "answers"))
    if issuance.main is not None and (main := _document_of(session, issuance.main)):
        wanted.append((document, main, "attachment"))
    for annex in issuance.annexes:
        if (other := _document_of(session, annex)) is not None:
            wanted.append((other, document, "attachment"))
    for start, end, kind in wanted:
        links.link_or_tell(session, start, end, kind, issuance.prepared_by)


def _answered(session: Session, issuance: Issuance) -> list[Document]:
    """The documents that it answers: those named, and those of incoming lines that were named."""
    lines = [one.document for one in answers.lines_named(session, issuance.organ, issuance.answers)]
    named = session.scalars(
        select(Document).where(
            Document.code.in_(issuance.answers), Document.organ_id == issuance.organ_id
        )
    )
    found = {one.id: one for one in (*named, *lines) if one is not None}
    return list(found.values())


def _document_of(session: Session, issuance: Issuance) -> Document | None:
    return issuance.intake.document if issuance.intake is not None else None
