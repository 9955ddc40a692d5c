"""The end of the road: what is kept of an intake, and how it becomes a document."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, documents
from archive.documents import Arrived
from archive.files import FileStore
from archive.models import CaseFile, Organ, Person
from ingest.models import Intake, IntakeFile
from ingest.workspace import Made, Outcome, Workshop

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
    workshop: Workshop, claim: Any, made: dict[str, Made], outcome: Outcome
) -> tuple[Kept, ...]:
    """Put what will be renditions into the store, before the row says that they are there."""
    folder = workshop.folder(claim.intake_id)
    results = {
        role: Made(folder / step / f"{role}{digest[:12]}", digest, size)
        for role, (digest, size, step) in claim.files.items()
    } | made
    mending = outcome.facts.get("mending")
    kept = []
    for role, one in results.items():
        if role == "archival" and mending:
            continue
        if role in KEPT:
            kept.append(_put(workshop.files, role, one))
        elif role == "pages_pdf" and mending and one.digest != claim.original:
            kept.append(_put(workshop.files, "reading", one))
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


def quarantine(session: Session, workshop: Workshop, intake: Intake) -> None:
    """Move the bytes out of the store, unless somebody's document is made of the same ones."""
    with workshop.files.open(intake.digest) as source:
        workshop.quarantine.put(source)
    intake.is_quarantined = True
    session.flush()
    others = select(Intake.id).where(
        Intake.digest == intake.digest, Intake.id != intake.id, Intake.is_quarantined.is_(False)
    )
    if session.scalar(others.limit(1)) is None and not documents.digests_in_use(
        session, [intake.digest]
    ):
        workshop.files.remove(intake.digest)


def release(session: Session, workshop: Workshop, intake: Intake) -> None:
    """Take the bytes back from quarantine: a person found the suspicion unfounded."""
    with workshop.quarantine.open(intake.digest) as source:
        workshop.files.put(source)
    intake.is_quarantined = False
    _empty_quarantine(session, workshop, intake)


def discard(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """Let go of an intake that never became a document: only number, date and reason stay."""
    others = select(Intake.id).where(
        Intake.digest == intake.digest,
        Intake.id != intake.id,
        Intake.state.not_in(("discarded",)),
        Intake.is_quarantined.is_(False),
    )
    if session.scalar(others.limit(1)) is None and not documents.digests_in_use(
        session, [intake.digest]
    ):
        workshop.files.remove(intake.digest)
    if intake.is_quarantined:
        _empty_quarantine(session, workshop, intake)
        intake.is_quarantined = False
    for one in session.scalars(select(IntakeFile).where(IntakeFile.intake_id == intake.id)):
        session.delete(one)
    intake.state, intake.name, intake.fields, intake.facts = "discarded", "", {}, {}
    intake.details = {}
    audit.record(session, "intake.discard", intake, facts={"sha256": intake.digest}, why=why)
    workshop.tidy(intake.id)


def _empty_quarantine(session: Session, workshop: Workshop, intake: Intake) -> None:
    """Remove the bytes there, unless another intake's lie under the same digest."""
    others = select(Intake.id).where(
        Intake.digest == intake.digest, Intake.id != intake.id, Intake.is_quarantined.is_(True)
    )
    if session.scalar(others.limit(1)) is None:
        workshop.quarantine.remove(intake.digest)
