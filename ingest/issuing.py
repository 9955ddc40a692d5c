"""Issuing outgoing documents (R22): prepared, signed by the leader elsewhere, numbered, sealed.

Slow work is done with no transaction open. The number is given in a transaction of its own and
stays with the issuance: whatever fails afterwards is tried again with the same number. Seals are
made in the order that HC-42 asks for, by the clerk alone (HC-41).
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from archive import access, audit, clock, documents, freezes, registers
from archive.access import Action
from archive.database import Database
from archive.errors import Conflict, Invalid, Refused
from archive.fields import DOCUMENT_FIELDS, given_value, parse_fields
from archive.models import Organ, Person
from formats.issuing import LAYOUTS, FieldPlace, file_name
from formats.vietnamese import nfc
from ingest import admission, issuing_files, origins, shelving
from ingest.issuances import held, require_prepared, the_issuance
from ingest.issuing_files import Prepared
from ingest.issuing_room import fetched, fields_told, put, room_for_work, tools_of
from ingest.models import Issuance
from ingest.workspace import Workshop

KINDS = ("document", "scan", "copy", "annex")
COPY_KINDS = {"SY": "SAO Y", "SL": "SAO LỤC", "TrS": "TRÍCH SAO"}


@dataclass(frozen=True)
class Wish:
    """What is to be issued, and how.

    Attributes:
        name: of the file, as it was given.
        fields: descriptive data by code, column or Vietnamese name; the subject at least.
        kind: a document to be signed, a scan of signed paper, a copy, or an annex.
        layout: `nd30` or `hcmc2019`; the organ's own if none.
        case_file: code of the case file it goes into.
        answers: codes of the documents, or of the incoming lines, that it answers.
        main: number of the issuance that an annex belongs to.
        copy_kind: SY, SL or TrS.
        copy_of: code of the document that was copied.
        places: where fields go, where the words of the page are not to decide.
    """

    name: str
    fields: dict[str, str]
    kind: str = "document"
    layout: str = ""
    case_file: str = ""
    answers: tuple[str, ...] = ()
    main: int | None = None
    copy_kind: str = ""
    copy_of: str = ""
    places: Mapping[str, FieldPlace] = field(default_factory=dict)


# Preparing ----------------------------------------------------------------------------------------


def prepare(
    db: Database, workshop: Workshop, source: Path, wish: Wish, *, organ_id: int, by: Person
) -> int:
    """Make a file ready for the leader's signature; the number of the issuance.

    Raises:
        Refused: `secret_mark`, `already_signed`, `number_written`, `not_issuable`,
            `not_valid_pdfa`.
        Invalid: `subject_missing`, `unknown_field`, `bad_value`, `unknown_layout`,
            `main_missing`, `copy_kind_missing`, `origin_missing`.
        Conflict: `case_file_is_final`, `frozen`, `issued_already`, `not_incoming`,
            `entry_cancelled`.
        Unreadable, ProgramMissing, ProgramFailed: of the file and its converters.
    """
    subject = _check_wish(wish)
    with db.reading() as session:
        checked = _looked_up(session, wish, organ_id, by)
    with room_for_work() as room, ExitStack() as afterwards:
        made = _made(workshop, source, wish, checked, subject, room)
        with workshop.files.keeping():
            digest = put(workshop, made.path, db, afterwards)
            with db.transaction() as session:
                number = _write_row(session, wish, checked, made, digest, subject, by)
        afterwards.pop_all()
    return number


@dataclass(frozen=True)
class _Checked:
    """What a wish names, found and allowed."""

    organ_id: int
    layout: str
    case_file_id: int | None
    copy_of_id: int | None
    entry_id: int | None
    """Of the document that an annex belongs to, if it has its number already."""


def _check_wish(wish: Wish) -> str:
    """The subject of what is wished for, if it can be had at all."""
    parse_fields(wish.fields, DOCUMENT_FIELDS)
    mark = admission.mark_in_name(wish.name) or admission.mark_in_fields(wish.fields)
    if mark is not None:
        raise Refused("secret_mark", mark=mark)
    subject = nfc(given_value(wish.fields, "Subject")).strip()
    if not subject:
        raise Invalid("subject_missing")
    if wish.kind not in KINDS:
        raise Invalid("unknown_issue_kind", kind=wish.kind)
    if wish.layout and wish.layout not in LAYOUTS:
        raise Invalid("unknown_layout", layout=wish.layout)
    if (wish.kind == "annex") != (wish.main is not None):
        raise Invalid("main_missing")
    if (wish.kind == "copy") != (wish.copy_kind in COPY_KINDS):
        raise Invalid("copy_kind_missing")
    return subject


def _looked_up(session: Session, wish: Wish, organ_id: int, by: Person) -> _Checked:
    organ = session.get_one(Organ, organ_id)
    access.require(session, by, Action.PREPARE_ISSUE, organ)
    case_file = origins.open_case_file(session, wish.case_file, organ, by)
    main = _main(session, wish, organ_id, by)
    origins.require_answerable(session, wish.answers, organ, by)
    if wish.kind in ("document", "scan"):
        origins.require_origin(organ, has_origin=bool(wish.answers or case_file))
    copied = documents.by_code(session, wish.copy_of) if wish.copy_of else None
    if copied is not None:
        access.require(session, by, Action.READ, copied)
    return _Checked(
        organ_id,
        wish.layout or organ.signature_layout,
        case_file.id if case_file else None,
        copied.id if copied else None,
        main.register_entry_id if main else None,
    )


def _main(session: Session, wish: Wish, organ_id: int, by: Person) -> Issuance | None:
    """The document that an annex is issued with."""
    if wish.main is None:
        return None
    main = the_issuance(session, by, wish.main, Action.PREPARE_ISSUE)
    if main.kind == "annex" or main.organ_id != organ_id:
        raise Invalid("main_missing")
    if main.state in ("issued", "given_up"):
        raise Conflict("issued_already", issuance=main.id)
    return main


def _made(
    workshop: Workshop, source: Path, wish: Wish, checked: _Checked, subject: str, room: Path
) -> Prepared:
    tools = tools_of(workshop)
    plain = issuing_files.to_prepare(source, wish.name, subject, room, tools)
    if wish.kind != "document":
        return issuing_files.without_fields(plain)
    signer = given_value(wish.fields, "FullName")
    return issuing_files.with_fields(plain, room, checked.layout, signer, wish.places)


def _write_row(
    session: Session,
    wish: Wish,
    checked: _Checked,
    made: Prepared,
    digest: str,
    subject: str,
    by: Person,
) -> int:
    issuance = Issuance(
        kind=wish.kind,
        main_id=wish.main,
        copy_kind=wish.copy_kind,
        name=file_name(subject),
        places=fields_told(made),
        notes=list(made.notes),
        fields={name: nfc(value).strip() for name, value in wish.fields.items()},
        answers=[code.strip() for code in wish.answers],
        prepared_digest=digest,
        signer_name=nfc(given_value(wish.fields, "FullName")).strip(),
        prepared_by_id=by.id,
        prepared_at=clock.now(),
        organ_id=checked.organ_id,
        layout=checked.layout,
        copy_of_id=checked.copy_of_id,
        case_file_id=checked.case_file_id,
        register_entry_id=checked.entry_id,
    )
    if wish.kind != "document":  # no leader signs it here
        issuance.state, issuance.signed_digest = "signed", digest
        issuance.signed_at = issuance.prepared_at
    session.add(issuance)
    session.flush()
    facts = {"kind": wish.kind, "sha256": digest, "main": wish.main}
    audit.record(session, "issuance.prepare", issuance, facts=facts, name=issuance.name)
    return issuance.id


def move_fields(
    db: Database,
    workshop: Workshop,
    number: int,
    places: Mapping[str, FieldPlace],
    *,
    by: Person,
    seen: int | None = None,
) -> None:
    """Put the fields elsewhere, as long as nobody has signed.

    Raises:
        Conflict: `not_prepared`, `changed_meanwhile`; Unreadable: `place_off_page`.
    """
    with db.reading() as session:
        issuance = the_issuance(session, by, number, Action.PREPARE_ISSUE)
        require_prepared(issuance, seen)
    with room_for_work() as room, ExitStack() as afterwards:
        before = fetched(workshop, issuance.prepared_digest, room / "before.pdf")
        told = issuance.places
        notes = tuple(one for one in issuance.notes if one.endswith("_room_small"))
        made = issuing_files.put_fields(
            before, room, places, told["written"], notes, told["pages"], told["sizes"]
        )
        with workshop.files.keeping():
            digest = put(workshop, made.path, db, afterwards)
            with db.transaction() as session:
                row = held(session, number)
                require_prepared(row, issuance.revision)
                row.prepared_digest, row.notes = digest, list(notes)
                row.places = {**told, "fields": made.places}
                row.revision += 1
                audit.record(session, "issuance.move_fields", row, facts={"sha256": digest})
        afterwards.pop_all()
    shelving.let_go_in_store(db.engine, workshop.files, issuance.prepared_digest)


# What the leader signed ---------------------------------------------------------------------------


def take_signed(
    db: Database, workshop: Workshop, number: int, signed: Path, *, by: Person
) -> dict[str, Any]:
    """Take back the file with the leader's signature, if nothing else was changed; the verdict.

    Raises:
        Refused: what differs, or what is wrong with the signature; see `issuing_files`.
        Conflict: `not_prepared`, `changed_meanwhile`, `frozen`.
    """
    with db.reading() as session:
        issuance = the_issuance(session, by, number, Action.PREPARE_ISSUE)
        require_prepared(issuance)
        strict = issuance.organ.refuse_bad_signatures
    with room_for_work() as room, ExitStack() as afterwards:
        before = fetched(workshop, issuance.prepared_digest, room / "before.pdf")
        tools = tools_of(workshop)
        verdict = issuing_files.signature_of_leader(before, signed, tools, strict)
        with workshop.files.keeping():
            digest = put(workshop, signed, db, afterwards)
            with db.transaction() as session:
                row = held(session, number)
                require_prepared(row, issuance.revision)
                if row.case_file is not None:
                    freezes.require_thawed(session, row.case_file)
                _mark_signed(session, row, digest, verdict)
        afterwards.pop_all()
    return verdict


def _mark_signed(session: Session, row: Issuance, digest: str, verdict: dict[str, Any]) -> None:
    told = verdict["signatures"][0]
    row.state, row.signed_digest, row.signed_at = "signed", digest, clock.now()
    row.signer_name = told["signer"] or row.signer_name
    row.verdict = verdict
    row.revision += 1
    session.flush()
    facts = {"sha256": digest, "indication": told["indication"], "verdict": told["reason"]}
    audit.record(session, "issuance.sign", row, facts=facts, signer=row.signer_name)


def give_up(db: Database, workshop: Workshop, number: int, why: str, *, by: Person) -> None:
    """Issue it no more; a number that it has stays in its register, cancelled with the reason.

    Raises:
        Invalid: `reason_missing`; Conflict: `issued_already`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    with db.transaction() as session:
        seen = the_issuance(session, by, number, Action.PREPARE_ISSUE)
        row = held(session, number)
        if row.state in ("issued", "given_up"):
            raise Conflict("issued_already", issuance=number)
        if row.register_entry is not None and row.kind != "annex":
            access.require(session, by, Action.ISSUE, seen.organ)
            registers.cancel(session, row.register_entry, why)
        gone = [row, *(one for one in row.annexes if one.state != "given_up")]
        for one in gone:
            one.state, one.reason = "given_up", nfc(why).strip()
            one.revision += 1
        session.flush()
        audit.record(session, "issuance.give_up", row, also=tuple(gone[1:]), why=why)
        digests = {one for row in gone for one in (row.prepared_digest, row.signed_digest) if one}
    for digest in digests:
        shelving.let_go_in_store(db.engine, workshop.files, digest)
