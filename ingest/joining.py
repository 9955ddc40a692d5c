"""A received file and its line in a register: joined on the road, on the shelf, or refused.

`shelving` asks here at the end of the road: a file of a line that has a document becomes a further
part of it, unless that may not change any more.
"""

from datetime import timedelta
from pathlib import PurePath

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive import answers, audit, case_files, clock, documents, freezes, refusals, secret_lines
from archive.books import DIRECTIONS
from archive.documents import Arrived
from archive.errors import Conflict
from archive.models import Document, Organ, Part, Person
from archive.register_models import Refusal, RegisterEntry
from archive.registers import SHARED, may_change
from ingest.models import Intake

LATELY = timedelta(days=60)  # an older file is registered from its own page, by its code
ON_THE_ROAD = ("received", "waiting", "stuck")
_OFFICE = (".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods")


def join_intake(session: Session, entry: RegisterEntry, intake: Intake) -> None:
    """The file belongs to this line; when it is shelved, its document does.

    Raises:
        Conflict: `file_registered`, `already_a_document`, `frozen`.
    """
    if intake.register_entry_id not in (None, entry.id):
        raise Conflict("file_registered", intake=intake.id)
    intake.register_entry_id = entry.id
    if intake.case_file_id is None and intake.document is None and _has_open_file(entry):
        intake.case_file_id = entry.case_file_id
    session.flush()
    facts = {"entry": entry.code, "sha256": intake.digest}
    audit.record(session, "intake.register", intake, facts=facts)
    if intake.document is not None:
        join_document(session, entry, intake.document)


def join_document(session: Session, entry: RegisterEntry, document: Document) -> None:
    """The line speaks of this document: it gets the number and day of arrival, and its data.

    Raises:
        Conflict: `already_a_document`, `frozen`.
    """
    if entry.document_id not in (None, document.id):
        raise Conflict("already_a_document", entry=entry.code)
    freezes.require_thawed(session, document)
    audit.hold(session, document)
    secret_lines.pass_on(session, entry, document)
    is_first = not _is_registered(session, document, entry)
    entry.document_id, entry.document = document.id, document
    entry.revision += 1
    if is_first and may_change(session, document):
        documents.correct_columns(session, document, _columns(entry), f"Đăng ký {entry.code}")
    session.flush()
    audit.record(session, "register_entry.join", entry, facts={"document": document.code})
    _place(session, entry, document)
    answers.link_documents(session, entry)


def _place(session: Session, entry: RegisterEntry, document: Document) -> None:
    """The document goes into the case file that the line names, if that takes it still (HC-32)."""
    case_file = entry.case_file
    if case_file is None or not _has_open_file(entry):
        return
    if case_file.id in {one.case_file_id for one in document.placements}:
        return
    if not freezes.orders_on(session, case_file):
        documents.place(session, document, case_file)


def _has_open_file(entry: RegisterEntry) -> bool:
    return entry.case_file is not None and case_files.takes_documents(entry.case_file)


def _is_registered(session: Session, document: Document, entry: RegisterEntry) -> bool:
    """Whether another line in force speaks of it: its number of arrival stays then."""
    found = select(RegisterEntry.id).where(
        RegisterEntry.document_id == document.id,
        RegisterEntry.id != entry.id,
        RegisterEntry.state == "registered",
    )
    return session.scalar(found.limit(1)) is not None


def _columns(entry: RegisterEntry) -> dict[str, object]:
    """What a line says of its document."""
    told = {name: getattr(entry, name) for name in SHARED}
    told = {name: value for name, value in told.items() if value not in ("", None, [])}
    told["direction"] = DIRECTIONS[entry.register.kind]
    if entry.register.kind == "incoming":
        told |= {"arrival_date": entry.registered_on, "arrival_number": entry.number}
    return told


# At the end of the road ---------------------------------------------------------------------------


def shelved(session: Session, entry: RegisterEntry, document: Document) -> None:
    """Its file became a document: line and document know each other from now on."""
    entry.document_id, entry.document = document.id, document
    entry.revision += 1
    for name, value in _columns(entry).items():
        setattr(document, name, value)
    if entry.page_amount is None:
        entry.page_amount = document.page_amount
    session.flush()
    audit.record(
        session, "register_entry.join", entry, also=(document,), facts={"document": document.code}
    )
    secret_lines.pass_on(session, entry, document)
    answers.link_documents(session, entry)


def takes_part(session: Session, entry: RegisterEntry) -> bool:
    """Whether a further file of this line becomes a part of its document."""
    return entry.document is not None and may_change(session, entry.document)


def add_part(session: Session, entry: RegisterEntry, arrived: Arrived) -> Document:
    """What came later becomes a further part of the line's document (TN-24, DB-19)."""
    document = entry.document
    assert document is not None
    main = session.scalars(
        select(Part).where(Part.document_id == document.id).order_by(Part.ordinal).limit(1)
    ).one()
    documents.add_part(session, document, arrived, role=_role(main, arrived))
    entry.revision += 1
    facts = {"document": document.code, "sha256": arrived.digest}
    audit.record(session, "register_entry.supplement", entry, facts=facts)
    return document


def _role(main: Part, arrived: Arrived) -> str:
    """An editable file of the same name goes along with the main part; the rest are annexes."""
    first, other = PurePath(main.file_name), PurePath(arrived.file_name)
    is_editable = other.suffix.lower() in _OFFICE and first.suffix.lower() not in _OFFICE
    return "companion" if is_editable and first.stem == other.stem else "annex"


# Refusing a received file -------------------------------------------------------------------------


def refuse_intake(
    session: Session, intake: Intake, by: Person, reason_code: str, **answer: str
) -> Refusal:
    """A received file is refused, or sent back, before it becomes a document (HC-11, HC-16).

    Raises:
        Conflict: `not_waiting`, `file_registered`.
        Invalid: what `refusals.refuse` raises.
    """
    if intake.state not in ON_THE_ROAD or intake.is_quarantined:
        raise Conflict("not_waiting", state=intake.state)
    if intake.register_entry_id is not None:
        raise Conflict("file_registered", intake=intake.id)
    organ = session.get_one(Organ, intake.organ_id)
    refusal = refusals.refuse(session, organ, by, reason_code, **answer)
    intake.state, intake.reason, intake.details = "refused", reason_code, {}
    intake.claim = intake.claimed_until = intake.try_after = None
    facts = {"reason": reason_code, "refusal": refusal.code}
    audit.record(session, "intake.refused", intake, facts=facts)
    return refusal


def unregistered(organ_id: int) -> list[ColumnElement[bool]]:
    """Files the organ received lately that stand in no register yet, for `where`."""
    return [
        Intake.organ_id == organ_id,
        Intake.received_at > clock.now() - LATELY,
        Intake.mends_part_id.is_(None),
        Intake.register_entry_id.is_(None),
        Intake.is_quarantined.is_(False),
        Intake.state.in_((*ON_THE_ROAD, "shelved")),
    ]
