"""Executing disposals: the places of content that retention cannot know, and the sealed proof.

What retention knows (rows, words of the story, the database's own files) is in its `probes`. Here
are the store with what the road made, the index, page pictures, part results, whole copies and
temporary folders. A test holds all of them together against `archive.places`.
"""

import logging
import tempfile
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Select, exists, select

from archive import audit
from archive.errors import ArchiveError, NotReady
from archive.models import Person
from formats.names import safe_name
from formats.pdf_metadata import Description
from formats.pdfa import holding
from formats.pdfa_stages import Attachment
from formats.seals import seal, seal_detached
from formats.trust import TrustFolder
from ingest import shelving
from retention import certificates, dossiers, execution, probes, replay
from retention.carrying import Run, carry_on
from retention.destruction_journal import DestructionJournal, Line, open_journal
from retention.execution import Batch
from retention.kept_searches import KeptSearches
from retention.models import Disposal, DisposalPaper
from retention.page_probes import Pages
from retention.probes import Bytes, Rows, Spot, StoryWords, Tell
from search import indexing
from web.certificate_form import form_of
from web.content_places import (
    Index,
    PagePictures,
    TemporaryFolders,
    WorkArea,
    digests_of,
    transfer_folders,
    whole_copies,
)
from web.forms import print_form
from web.services import Services

WORKER = "worker"
log = logging.getLogger("luutru.destruction")


def journal_of(services: Services) -> DestructionJournal:
    """The journal of destructions of this archive."""
    return open_journal(services.settings.destructions)


def run_of(services: Services) -> Run:
    """All that an execution needs, wired."""
    return Run(
        db=services.db,
        journal=journal_of(services),
        spots=spots_of(services),
        certify=lambda batch, intent: certify(services, batch, intent),
        worker=WORKER,
    )


def begin_again(services: Services) -> None:
    """What an earlier worker held is free."""
    with services.db.transaction() as session:
        execution.free_all(session)
    _begin_journal(services)
    file_certificates(services)


def _begin_journal(services: Services) -> None:
    """The journal of destructions exists before the first one: then a copy can miss it."""
    try:
        with audit.acting_as(None, "worker"):
            replay.begin(services.db, journal_of(services))
    except ArchiveError as trouble:  # nothing is destroyed without it, and the doctor says so
        log.warning("the journal of destructions: %s", probes.said(trouble))


def carry_one(services: Services) -> bool:
    """Go on with the execution that waits longest; whether there was one."""
    if not carry_on(run_of(services)):
        return False
    file_certificates(services)
    return True


def file_certificates(services: Services) -> None:
    """Put each certificate into its dossier, once; the worker receives it like any other paper."""
    journal = journal_of(services)
    with services.db.reading() as session:
        lacking = list(session.execute(_without_paper()))
    for number, code in lacking:
        place = journal.certificates / f"{certificates.file_stem(code)}.pdf"
        if not place.is_file():
            log.warning("the certificate of %s is not in %s", code, place.parent)
            continue
        with place.open("rb") as stream, services.files.keeping():
            kept = services.files.put(stream)
            with audit.acting_as(None, "worker"), services.db.transaction() as session:
                disposal = session.get_one(Disposal, number)
                maker = session.get_one(Person, disposal.made_by_id)
                name = safe_name(f"giay-chung-nhan-huy-{code}.pdf")
                dossiers.note(
                    session, disposal, dossiers.CERTIFICATE, digest=kept.digest, name=name, by=maker
                )


def _without_paper() -> Select[int, str]:
    """Disposals that were executed, and whose dossier has no certificate yet."""
    filed = exists().where(
        DisposalPaper.disposal_id == Disposal.id, DisposalPaper.kind == dossiers.CERTIFICATE
    )
    return select(Disposal.id, Disposal.code).where(Disposal.stage == "destroyed", ~filed)


def make_good(services: Services) -> None:
    """Hold the archive against its journal, and destroy again what an older copy brought back.

    Raises:
        NotReady: the journal is missing, older or broken, or not everything could be destroyed.
    """
    journal = journal_of(services)
    with services.db.reading() as session:
        if not replay.compare(session, journal):
            return
    acting = audit.acting(audit.Actor(door="worker", account="luutru"))
    with replay.alone(journal.folder), acting:
        with services.db.reading() as session:
            lacking = replay.compare(session, journal)
        try:
            for one in lacking:
                _repeat(services, journal, one)
        finally:
            services.engine.close()  # whoever writes it next may do so


def _repeat(services: Services, journal: DestructionJournal, one: replay.Again) -> None:
    try:
        if not indexing.is_whole(services.engine):
            # It may name what is gone, and cannot be asked: it is a copy, and is made anew.
            services.engine.clear()
        replay.repeat(services.db, journal, spots_of(services, replay.tell), one)
    except NotReady:
        raise
    except (ArchiveError, OSError) as trouble:
        code = one.intent.disposal
        raise NotReady(
            "destruction_not_repeated", disposal=code, places=[probes.said(trouble)]
        ) from trouble


def spots_of(services: Services, tell: Tell | None = None) -> tuple[Spot, ...]:
    """The places of content in the order in which they are emptied: the files of the database last.

    Rows go first: whether bytes are needed by anybody else is asked of the rows that are left.
    """
    db, workshop = services.db, services.workshop
    return (
        Rows(db, tell=tell) if tell else Rows(db),
        StoryWords(db, tell=tell) if tell else StoryWords(db),
        KeptSearches(db, tell=tell) if tell else KeptSearches(db),
        whole_copies(services),
        transfer_folders(services),
        WorkArea(services),
        Bytes(db, workshop.quarantine, "quarantine", digests_of, shelving.needed_apart),
        PagePictures(services),
        Bytes(db, services.files, "store", digests_of, shelving.needed),
        Index(services),
        TemporaryFolders(services),
        Pages(db),
    )


# The certificate ----------------------------------------------------------------------------------


def certify(services: Services, batch: Batch, intent: Line) -> str:
    """Make, seal and keep the certificate beside the journal: JSON, its seal, and the PDF/A.

    Raises:
        StoreFailed: `journal_unwritable`; ProgramFailed: see `formats.seals`, `formats.printed`.
    """
    with services.db.reading() as session:
        disposal = session.get_one(Disposal, batch.disposal)
        told = certificates.contents(session, disposal, batch, intent)
        organ_id, organ = disposal.organ_id, disposal.organ.name
    key, server = services.keys.of(organ_id), services.settings.timestamp_url or None
    content = certificates.as_bytes(told)
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="luutru-print-")))
        plain, beside, printed, sealed = (
            room / name
            for name in ("certificate.json", "certificate.p7s", "form.pdf", "sealed.pdf")
        )
        plain.write_bytes(content)
        beside.write_bytes(seal_detached(plain, key, timestamp_url=server).signature)
        print_form(form_of(told), printed)
        held = room / "held.pdf"
        attached = (
            Attachment(plain, certificates.JSON_NAME, "application/json", "Data",
                       "What machines read"),
            Attachment(beside, certificates.SEAL_NAME, "application/pkcs7-signature", "Supplement",
                       "Its seal"),
        )  # fmt: skip
        holding(printed, held, attached, Description(f"Giấy chứng nhận hủy {batch.code}"))
        seal(held, sealed, key, level="B-LTA" if server else "B-B", timestamp_url=server,
             trust=TrustFolder(services.settings.trust), name=organ)  # fmt: skip
        journal = journal_of(services)
        for path, ending in ((plain, "json"), (beside, "json.p7s"), (sealed, "pdf")):
            journal.keep(f"{certificates.file_stem(batch.code)}.{ending}", path.read_bytes())
    return certificates.digest_of(content)
