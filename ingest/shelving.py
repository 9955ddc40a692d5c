"""The end of the road: what is kept of an intake, and how it becomes a document."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from archive import audit, documents
from archive.database import Database, after_commit, erase_traces
from archive.documents import Arrived
from archive.files import FileStore
from archive.models import CaseFile, Document, Organ, Person
from archive.register_models import RegisterEntry
from ingest import issued, registering
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
    """Make the document that the intake becomes, or a further part of its register line's one."""
    arrived = _arrived(intake, kept)
    number = intake.register_entry_id
    entry = session.get_one(RegisterEntry, number) if number is not None else None
    if entry is not None and registering.takes_part(session, entry):
        document = registering.add_part(session, entry, arrived)
    else:
        document = _new_document(session, intake, arrived)
        if entry is not None and entry.document_id is None:
            registering.shelved(session, entry, document)
    intake.document_id = document.id
    intake.state, intake.next_step, intake.reason = "shelved", None, arrived.mending
    intake.claim = intake.claimed_until = None
    issued.tell(session, intake, document)


def _new_document(session: Session, intake: Intake, arrived: Arrived) -> Document:
    return documents.shelve(
        session,
        session.get_one(Organ, intake.organ_id),
        arrived,
        intake.fields,
        case_file=session.get(CaseFile, intake.case_file_id) if intake.case_file_id else None,
        by=session.get(Person, intake.received_by_id) if intake.received_by_id else None,
        told={"intake": intake.id},
    )


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


def let_go(engine: Engine, workshop: Workshop, digest: str) -> None:
    """Remove the bytes from wherever no row needs them (any more); twice is the same as once."""
    let_go_in_store(engine, workshop.files, digest)
    _let_go(engine, workshop.quarantine, digest, _is_needed_apart)


def let_go_in_store(engine: Engine, files: FileStore, digest: str) -> None:
    """Remove the bytes from the store unless a row needs them there."""
    _let_go(engine, files, digest, _is_needed)


def _let_go(
    engine: Engine, files: FileStore, digest: str, is_needed: Callable[[Session, str], bool]
) -> None:
    if not files.has(digest):
        return
    with files.letting_go(), Session(engine.execution_options(reading=True)) as fresh:
        if not is_needed(fresh, digest):
            files.remove(digest)


def let_go_of_leftovers(db: Database, workshop: Workshop) -> None:
    """Finish what was cut off between the row that says so and the bytes."""
    with db.reading() as session:
        left = select(Intake.digest).where(
            or_(Intake.is_quarantined.is_(True), Intake.state == "discarded")
        )
        digests = session.scalars(left.distinct()).all()
    for digest in digests:
        let_go(db.engine, workshop, digest)


def _is_needed(session: Session, digest: str) -> bool:
    """Whether an intake on the road, a document, or an issuance is made of these bytes (R5)."""
    found = select(Intake.id).where(
        Intake.digest == digest, Intake.state != "discarded", Intake.is_quarantined.is_(False)
    )
    return (
        session.scalar(found.limit(1)) is not None
        or bool(documents.digests_in_use(session, [digest]))
        or issued.needs(session, digest)
    )


def _is_needed_apart(session: Session, digest: str) -> bool:
    """Whether an intake's bytes lie in quarantine under this digest."""
    found = select(Intake.id).where(
        Intake.digest == digest, Intake.state != "discarded", Intake.is_quarantined.is_(True)
    )
    return session.scalar(found.limit(1)) is not None


def take_back(session: Session, workshop: Workshop, intake: Intake) -> None:
    """Take the bytes back from quarantine: a person found the suspicion unfounded."""
    _copy_back(workshop, intake.digest)
    intake.is_quarantined = False
    engine, digest = _engine(session), intake.digest

    def finish() -> None:
        if not workshop.files.has(digest):  # a twin was discarded before the row said otherwise
            _copy_back(workshop, digest)
        let_go(engine, workshop, digest)

    after_commit(session, finish)


def _copy_back(workshop: Workshop, digest: str) -> None:
    with workshop.quarantine.open(digest) as source:
        workshop.files.put(source)


def discard(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """Let go of an intake that never became a document: only number, date and reason stay.

    One that lay in quarantine keeps saying so: whatever of it may be left there is let go of.
    """
    for one in session.scalars(select(IntakeFile).where(IntakeFile.intake_id == intake.id)):
        session.delete(one)
    intake.state, intake.name, intake.fields, intake.facts = "discarded", "", {}, {}
    intake.details, intake.trouble = {}, None
    erased = audit.erase_words(session, intake)  # its name among them
    audit.record(session, "intake.discard", intake, facts={"erased_words": erased}, why=why)
    engine, number, digest = _engine(session), intake.id, intake.digest
    after_commit(session, lambda: let_go(engine, workshop, digest))
    after_commit(session, lambda: workshop.tidy(number))
    after_commit(session, lambda: erase_traces(engine))


def _engine(session: Session) -> Engine:
    return session.get_bind().engine
