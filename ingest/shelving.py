"""The end of the road: what is kept of an intake, and how it becomes a document."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, documents
from archive.database import after_commit
from archive.documents import Arrived
from archive.files import FileStore
from archive.models import CaseFile, Organ, Person
from ingest.models import Intake, IntakeFile
from ingest.workspace import Made, Workshop

# What becomes a rendition, with the media type it is given out as. The rest is part results.
KEPT = {
    "archival": "application/pdf",
    "seal": "application/pkcs7-signature",
    "text": "text/plain",
    "words": "application/gzip",
    "signature_report": "application/json",
    "conversion_report": "application/json",
    "verapdf_report": "application/json",
    "reading": "application/pdf",
}


@dataclass(frozen=True)
class Kept:
    """A stored form that is safely in the store."""

    role: str
    digest: str
    size: int


def keep(
    files: FileStore, results: dict[str, Made], facts: dict[str, Any], original: str
) -> tuple[Kept, ...]:
    """Put what will be renditions into the store; the rest are part results.

    Without a valid archival copy the pages themselves are kept for reading, where they are not the
    original; a seal or copy that veraPDF turned down is not.
    """
    mending = facts["validate"].get("mending")
    sealed = {"inside": "archival", "detached": "seal"}.get(facts["seal"]["kind"])
    unwanted = {"archival", "seal"} - ({sealed} if not mending else set())
    kept = [
        _put(files, role, one)
        for role, one in results.items()
        if role in KEPT and role not in unwanted
    ]
    pages = results.get("pages_pdf")
    if mending and pages is not None and pages.digest != original:
        kept.append(_put(files, "reading", pages))
    return tuple(kept)


def _put(files: FileStore, role: str, made: Made) -> Kept:
    with made.path.open("rb") as source:
        stored = files.put(source)
    return Kept(role, stored.digest, stored.size)


def shelve(session: Session, intake: Intake, kept: tuple[Kept, ...]) -> None:
    """Make the document that the intake becomes."""
    arrived = _arrived(intake, kept)
    document = documents.shelve(
        session,
        session.get_one(Organ, intake.organ_id),
        arrived,
        intake.fields,
        case_file=session.get(CaseFile, intake.case_file_id) if intake.case_file_id else None,
        by=session.get(Person, intake.received_by_id) if intake.received_by_id else None,
        told={"intake": intake.id},
    )
    intake.document_id = document.id
    intake.state, intake.next_step, intake.reason = "shelved", None, arrived.mending
    intake.claim = intake.claimed_until = None


def _arrived(intake: Intake, kept: tuple[Kept, ...]) -> Arrived:
    facts = intake.facts
    kind = facts["identify"]
    original = documents.Made(
        "original", intake.digest, intake.size, kind["mime"], kind["puid"] or ""
    )
    rest = [documents.Made(one.role, one.digest, one.size, KEPT[one.role]) for one in kept]
    if facts["make_pdfa"].get("archival_is_original"):
        rest.append(documents.Made("archival", intake.digest, intake.size, kind["mime"]))
    return Arrived(
        file_name=intake.name,
        digest=intake.digest,
        pages=facts["read_text"].get("pages"),
        renditions=(original, *rest),
        facts=facts,
        mending=facts["validate"].get("mending"),
    )


def copy_to_quarantine(workshop: Workshop, digest: str) -> None:
    """Copy the bytes to where neither index, previews nor backup look."""
    with workshop.files.open(digest) as source:
        workshop.quarantine.put(source)


def let_go_after_commit(session: Session, workshop: Workshop, intake: Intake) -> None:
    """Remove the bytes from the store once the row says so, unless somebody else needs them."""
    session.flush()
    if _is_last_to_need(session, intake):
        digest = intake.digest
        after_commit(session, lambda: workshop.files.remove(digest))


def _is_last_to_need(session: Session, intake: Intake) -> bool:
    """Whether no other intake on the road and no document is made of the same bytes (R5)."""
    others = select(Intake.id).where(
        Intake.digest == intake.digest,
        Intake.id != intake.id,
        Intake.state != "discarded",
        Intake.is_quarantined.is_(False),
    )
    return session.scalar(others.limit(1)) is None and not documents.digests_in_use(
        session, [intake.digest]
    )


def take_back(session: Session, workshop: Workshop, intake: Intake) -> None:
    """Take the bytes back from quarantine: a person found the suspicion unfounded."""
    with workshop.quarantine.open(intake.digest) as source:
        workshop.files.put(source)
    intake.is_quarantined = False
    _empty_quarantine_after_commit(session, workshop, intake)


def discard(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """Let go of an intake that never became a document: only number, date and reason stay."""
    if intake.is_quarantined:
        intake.is_quarantined = False
        _empty_quarantine_after_commit(session, workshop, intake)
    let_go_after_commit(session, workshop, intake)
    for one in session.scalars(select(IntakeFile).where(IntakeFile.intake_id == intake.id)):
        session.delete(one)
    intake.state, intake.name, intake.fields, intake.facts = "discarded", "", {}, {}
    intake.details, intake.trouble = {}, None
    audit.record(session, "intake.discard", intake, why=why)
    number = intake.id
    after_commit(session, lambda: workshop.tidy(number))


def _empty_quarantine_after_commit(session: Session, workshop: Workshop, intake: Intake) -> None:
    """Remove the bytes there, unless another intake's lie under the same digest."""
    session.flush()
    others = select(Intake.id).where(
        Intake.digest == intake.digest, Intake.id != intake.id, Intake.is_quarantined.is_(True)
    )
    if session.scalar(others.limit(1)) is None:
        digest = intake.digest
        after_commit(session, lambda: workshop.quarantine.remove(digest))
