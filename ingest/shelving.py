"""The end of the road: what is kept of an intake, and how it becomes a document."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from archive import alarms, audit, documents
from archive.database import after_commit, pieces
from archive.documents import Arrived
from archive.erased_words import erase_words
from archive.errors import StoreFailed
from archive.files import FileStore, StoreBusy
from archive.models import CaseFile, Document, Organ, Part, Person
from archive.register_models import RegisterEntry
from ingest import issued, joining
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


PATIENCE = 2.0  # seconds that somebody waits for who is storing
LATER = "let-go"  # the thread that waits on
FORGOTTEN = "0" * 64  # in place of the digest of what was discarded


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
    """Make the document that the intake becomes, or a further part of its register line's one.

    What was sent down the road again mends the document from which it came.
    """
    if intake.mends_part_id is not None:
        mend(session, intake, kept)
        return
    arrived = _arrived(intake, kept)
    number = intake.register_entry_id
    entry = _held(session, number) if number is not None else None
    if entry is not None and joining.takes_part(session, entry):
        document = joining.add_part(session, entry, arrived)
    else:
        document = _new_document(session, intake, arrived)
        if entry is not None and entry.document_id is None:
            joining.shelved(session, entry, document)
    _has_arrived(intake, document.id, arrived)
    issued.tell(session, intake, document)


def _held(session: Session, number: int) -> RegisterEntry:
    """The line, kept from other hands: two of its files may arrive at the same time."""
    return session.get_one(RegisterEntry, number, with_for_update={"key_share": True})


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


def mend(session: Session, intake: Intake, kept: tuple[Kept, ...]) -> None:
    """Give the part that was sent again what has been made of it now."""
    part = session.get_one(Part, intake.mends_part_id)
    arrived = _arrived(intake, kept)
    documents.mend(session, part, arrived, told={"intake": intake.id})
    if part.document.alarm == alarms.INFECTED:
        alarms.end(session, part.document)  # today's scanner lets it pass
    _has_arrived(intake, part.document_id, arrived)


def _has_arrived(intake: Intake, document_id: int, arrived: Arrived) -> None:
    intake.document_id = document_id
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


def let_go(engine: Engine, workshop: Workshop, digest: str, *, waits: bool = False) -> None:
    """Remove the bytes from wherever no row needs them (any more); twice is the same as once.

    Where somebody is storing, it is done as soon as they are through (or by the next sweep), and
    only who `waits` knows that it is done.
    """
    _let_go(engine, workshop.files, digest, _is_needed, waits)
    bring_back(engine, workshop, digest)
    _let_go(engine, workshop.quarantine, digest, _is_needed_apart, waits)


def let_go_in_store(engine: Engine, files: FileStore, digest: str) -> None:
    """Remove the bytes from the store unless a row needs them there."""
    _let_go(engine, files, digest, _is_needed)


def _let_go(
    engine: Engine,
    files: FileStore,
    digest: str,
    is_needed: Callable[[Session, str], bool],
    waits: bool = False,
) -> None:
    if not files.has(digest):
        return
    removal = partial(_remove, engine, files, digest, is_needed)
    try:
        removal(None if waits else PATIENCE)
    except StoreBusy:  # a large file is being stored; who decided goes on, and it is done after
        threading.Thread(target=removal, name=LATER, daemon=True).start()


def _remove(
    engine: Engine,
    files: FileStore,
    digest: str,
    is_needed: Callable[[Session, str], bool],
    patience: float | None = None,
) -> None:
    with files.letting_go(patience), Session(engine.execution_options(reading=True)) as fresh:
        if not is_needed(fresh, digest):
            files.remove(digest)


def bring_back(engine: Engine, workshop: Workshop, digest: str) -> bool:
    """Put bytes back into the store that a row needs there, and that lie apart only; if so, True.

    Raises:
        StoreFailed: what lies apart cannot be read, or the store not be written to.
    """
    if workshop.files.has(digest) or not workshop.quarantine.has(digest):
        return False
    with (
        workshop.files.keeping(),
        Session(engine.execution_options(reading=True)) as fresh,
    ):
        if not _is_needed(fresh, digest):
            return False
        with workshop.quarantine.open(digest) as source:
            workshop.files.put(source)
    return True


def needed(session: Session, digests: Iterable[str]) -> set[str]:
    """Those that an intake on the road, a document, or an issuance is made of (R5)."""
    found: set[str] = set()
    for some in pieces(digests):
        waiting = select(Intake.digest).where(
            Intake.digest.in_(some), Intake.state != "discarded", Intake.is_quarantined.is_(False)
        )
        found |= set(session.scalars(waiting))
        found |= documents.digests_in_use(session, some) | issued.named(session, some)
    return found


def needed_apart(session: Session, digests: Iterable[str]) -> set[str]:
    """Those of which an intake's bytes lie in quarantine."""
    found: set[str] = set()
    for some in pieces(digests):
        apart = select(Intake.digest).where(
            Intake.digest.in_(some), Intake.state != "discarded", Intake.is_quarantined.is_(True)
        )
        found |= set(session.scalars(apart))
    return found


def _is_needed(session: Session, digest: str) -> bool:
    return bool(needed(session, [digest]))


def _is_needed_apart(session: Session, digest: str) -> bool:
    return bool(needed_apart(session, [digest]))


@contextmanager
def copied_back(engine: Engine, workshop: Workshop, digest: str) -> Iterator[None]:
    """Inside, suspected bytes are in the store as well; afterwards only where the row says.

    The transaction that takes the file back stands inside, so that it waits for no copying.
    """
    try:
        with workshop.files.keeping():
            with workshop.quarantine.open(digest) as source:
                workshop.files.put(source)
            yield
    finally:
        let_go(engine, workshop, digest)


def take_back(workshop: Workshop, intake: Intake) -> None:
    """The suspicion is unfounded: the bytes that were copied back count again.

    Raises:
        StoreFailed: `file_gone`: they were not (see `copied_back`).
    """
    if not workshop.files.has(intake.digest):
        raise StoreFailed("file_gone", digest=intake.digest)
    intake.is_quarantined = False


def discard(session: Session, workshop: Workshop, intake: Intake, why: str) -> None:
    """Let go of an intake that never became a document: only number, date and reason stay.

    One that lay in quarantine keeps saying so: whatever of it may be left there is let go of. The
    digest stays until the worker has seen that nothing is left (`leftovers.finish_removals`).
    """
    for one in session.scalars(select(IntakeFile).where(IntakeFile.intake_id == intake.id)):
        session.delete(one)
    intake.state, intake.name, intake.fields, intake.facts = "discarded", "", {}, {}
    intake.details, intake.trouble = {}, None
    erased = erase_words(session, intake)  # its name among them
    audit.record(session, "intake.discard", intake, facts={"erased_words": erased}, why=why)
    engine, number, digest = _engine(session), intake.id, intake.digest
    for left in issued.states_of(session, number) | {digest}:
        after_commit(session, partial(let_go, engine, workshop, left))
    after_commit(session, lambda: workshop.tidy(number))
    issued.forget(session, intake)


def _engine(session: Session) -> Engine:
    return session.get_bind().engine
