"""Putting the dossier of a disposal together: each paper printed, received, and filed exactly once.

Bytes are in the store before the row that names them, and the row is there before they are
received: whoever is killed in between leaves something that the next look finishes. The same bytes
are received once, and a kind of paper stands in the dossier once, by the database.
"""

import logging
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import access, audit, people
from archive.errors import ArchiveError, Refused
from archive.files import Readable
from archive.models import Organ, Person
from archive.roles import Action
from formats.errors import FormatError
from formats.names import safe_name
from ingest import admission, shelving
from ingest.models import Intake
from ingest.reception import Sending, receive
from retention import dossiers
from retention.models import Disposal, DisposalPaper
from web import disposal_forms
from web.forms import printed
from web.services import Services

log = logging.getLogger("luutru.dossiers")
MEGABYTE = 1024 * 1024
TYPES = {
    "list": ("Danh mục", "Danh mục tài liệu hết thời hạn lưu trữ, trùng lặp"),
    "explanation": ("Bản thuyết minh", "Thuyết minh tài liệu hết giá trị"),
    "council": ("Quyết định", "Thành lập Hội đồng xét hủy tài liệu"),
    "meeting": ("Biên bản", "Họp Hội đồng xét hủy tài liệu"),
    "appraisal": ("Công văn", "Thẩm định, cho ý kiến về hủy tài liệu"),
    "kept": ("Mục lục", "Mục lục hồ sơ giữ lại"),
    "decision": ("Quyết định", "Hủy tài liệu hết giá trị"),
    "hand_over": ("Biên bản", "Bàn giao tài liệu hủy"),
    "record": ("Biên bản", "Hủy tài liệu hết giá trị"),
    "certificate": ("Giấy chứng nhận", "Chứng nhận hủy"),
}


def make_papers(services: Services) -> int:
    """Make and receive what dossiers want for now; how much was done."""
    with services.db.reading() as session:
        numbers = dossiers.unfinished(session)
    return sum(_look_after(services, number) for number in numbers)


def _look_after(services: Services, number: int) -> int:
    done = 0
    for kind in _missing(services, number):
        try:
            done += _make(services, number, kind)
        except (ArchiveError, FormatError) as trouble:
            log.warning("paper %s of disposal %s was not made: %s", kind, number, trouble)
    return done + sum(_receive(services, *one) for one in _unreceived(services, number))


def _missing(services: Services, number: int) -> list[str]:
    with services.db.reading() as session:
        return dossiers.missing(session, session.get_one(Disposal, number))


def _make(services: Services, number: int, kind: str) -> int:
    """Print one paper, keep its bytes, and write its row; another one may have been faster."""
    with audit.acting_as(None, "worker"), services.db.transaction() as session:
        disposal = session.get_one(Disposal, number)
        maker = session.get_one(Person, disposal.made_by_id)
        form = disposal_forms.for_dossier(disposal_forms.form_of(session, maker, disposal, kind))
    with printed(form) as path, path.open("rb") as stream, services.files.keeping():
        kept = services.files.put(stream)
        with audit.acting_as(None, "worker"), services.db.transaction() as session:
            disposal = session.get_one(Disposal, number)
            maker = session.get_one(Person, disposal.made_by_id)
            paper = dossiers.note(
                session, disposal, kind, digest=kept.digest, name=form.file_name, by=maker
            )
    if paper is None:
        shelving.let_go_in_store(services.db.engine, services.files, kept.digest)
        return 0
    return 1


def keep(services: Services, stream: Readable, name: str) -> tuple[str, str]:
    """Keep the bytes that the authority outside sent; the worker receives them later.

    Returns:
        A name that is safe, and the digest.

    Raises:
        Refused: `secret_mark`: in its name; nothing is stored.
        Invalid: `too_large`.
        StoreFailed: the store cannot keep it.
    """
    plain = safe_name(name.replace("\\", "/").rsplit("/", 1)[-1])
    if mark := admission.mark_in_name(plain):
        raise Refused("secret_mark", mark=mark)
    limit = services.settings.upload_megabytes * MEGABYTE
    return plain, services.files.put(stream, limit).digest


# Receiving ----------------------------------------------------------------------------------------


def _unreceived(services: Services, number: int) -> list[tuple[int, int]]:
    """The papers that are no documents yet, by disposal and row."""
    with services.db.reading() as session:
        disposal = session.get_one(Disposal, number)
        papers = dossiers.papers_of(session, disposal)
        return [(number, one.id) for one in papers if one.document_id is None]


def _receive(services: Services, number: int, row: int) -> int:
    """Receive a paper into the dossier, or note as which document it was shelved."""
    with services.db.reading() as session:
        disposal, paper = session.get_one(Disposal, number), session.get_one(DisposalPaper, row)
        organ_id, dossier = disposal.organ_id, disposal.dossier_id
        intake = session.scalar(
            select(Intake)
            .where(Intake.organ_id == organ_id, Intake.digest == paper.digest)
            .order_by(Intake.id.desc())
            .limit(1)
        )
        by = _receiver(session, disposal)
        fields = _fields(disposal, paper)
        digest, name = paper.digest, paper.name
        shelved = intake.document_id if intake is not None else None
    if shelved is not None:
        with audit.acting_as(None, "worker"), services.db.transaction() as session:
            dossiers.filed(session, session.get_one(DisposalPaper, row), shelved)
        return 1
    if intake is not None or by is None:
        return 0
    try:
        with services.files.open(digest) as stream, audit.acting_as(by, "worker"):
            receive(
                services.db,
                services.files,
                stream,
                Sending(name, fields, case_file_id=dossier),
                organ_id=organ_id,
                by=by,
                door="worker",
                limit=services.settings.upload_megabytes * MEGABYTE,
            )
    except ArchiveError as trouble:
        log.warning("paper %s was not received: %s", name, trouble)
        return 0
    services.bell.set()
    return 1


def _receiver(session: Session, disposal: Disposal) -> Person | None:
    """In whose name it is received: the list maker's, or another archivist's who is at work."""
    maker = people.by_id(session, disposal.made_by_id)
    organ = session.get_one(Organ, disposal.organ_id)
    return next(
        (one for one in _candidates(session, maker, organ) if _may(session, one, organ)), None
    )


def _candidates(session: Session, maker: Person, organ: Organ) -> Iterator[Person]:
    if people.is_active(maker):
        yield maker
    yield from people.at_work(session, organ.id)


def _may(session: Session, person: Person, organ: Organ) -> bool:
    wanted = (Action.PLACE, Action.LIST_DISPOSAL)
    return all(access.may(session, person, one, organ) for one in wanted)


def _fields(disposal: Disposal, paper: DisposalPaper) -> dict[str, str]:
    kind, subject = TYPES.get(paper.kind, ("", paper.kind))
    days = {
        "council": (disposal.council_number, disposal.council_date),
        "decision": (disposal.decision_number, disposal.decision_date),
        "appraisal": (disposal.appraisal_number, disposal.appraisal_date),
        "meeting": ("", disposal.met_on),
    }
    number, day = days.get(paper.kind, ("", None))
    fields = {
        "type_name": kind,
        "subject": f"{subject} ({disposal.code})",
        "organ_name": disposal.organ.name if paper.kind != "appraisal" else "",
    }
    if number:
        code, _, notation = number.partition("/")
        fields |= {"code_number": code.strip(), "code_notation": notation.strip()}
    if day is not None:
        fields["issued_date"] = f"{day:%d/%m/%Y}"
    return {name: value for name, value in fields.items() if value}
