"""The clerk's act: number and date from the register, then the organ's seal, then the road.

Four short steps, each of which may happen twice: the number is given (and stays), the file is
filled in and sealed (with no transaction open), the issuance is told as issued, and what was
issued goes down the road as a signed original.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from archive import (
    access,
    answers,
    audit,
    books,
    clock,
    freezes,
    people,
    register_handling,
    registers,
)
from archive.access import Action
from archive.database import Database
from archive.errors import ArchiveError, Conflict, NotAllowed, NotFound
from archive.fields import DOCUMENT_FIELDS, parse_fields, with_value
from archive.models import Document, Organ, Person
from archive.moves import Hindrance
from archive.register_fields import BY_COLUMN, number_of_entry, recipients_of
from archive.register_models import Register, RegisterEntry
from formats.issuing import Issuer
from formats.seal_keys import SealKey
from formats.vietnamese import nfc
from ingest import issuing_files
from ingest.issuances import awaited_signer, by_number, held, is_same_name, the_issuance
from ingest.issuing import COPY_KINDS
from ingest.issuing_room import MEGABYTE, fetched, put, room_for_work, tools_of
from ingest.models import Issuance
from ingest.reception import Sending, receive
from ingest.seal_pictures import picture_of
from ingest.workspace import Workshop

_PARTS = {"Day": "day", "Month": "month", "Year": "year"}


@dataclass(frozen=True)
class Issued:
    """What the clerk is told."""

    number: str
    """Number and symbol as written: 07/QĐ-UBND."""
    day: date
    doc_code: str
    intakes: tuple[int, ...]
    """On the road: the document, then its annexes."""


def hindrances(session: Session, issuance: Issuance, by: Person) -> list[Hindrance]:
    """Everything that keeps this person from issuing it now; empty: it can be issued."""
    found: list[Hindrance] = []
    if issuance.kind == "annex":
        return [Hindrance("annex_goes_with_main", {"issuance": issuance.main_id})]
    if issuance.state == "prepared":
        found.append(Hindrance("leader_has_not_signed"))
    elif issuance.state in ("issued", "given_up") and not _is_left_behind(issuance):
        return [Hindrance("issued_already", {"issuance": issuance.id})]
    if not access.may(session, by, Action.ISSUE, issuance.organ):
        found.append(Hindrance("not_allowed", {"action": str(Action.ISSUE)}))
    elif _is_signer(issuance, by) and _others_who_issue(session, issuance.organ, by):
        found.append(Hindrance("signer_may_not_issue"))
    if issuance.case_file is not None:
        code = issuance.case_file.code
        for order in freezes.orders_on(session, issuance.case_file):
            found.append(Hindrance("frozen", {"thing": code, "order": order.number}))
    return found


def _is_left_behind(issuance: Issuance) -> bool:
    """Issued, and cut off before it was on the road."""
    return issuance.state == "issued" and issuance.intake_id is None


def _is_signer(issuance: Issuance, by: Person) -> bool:
    return bool(issuance.signer_name) and is_same_name(issuance.signer_name, by.full_name)


def _others_who_issue(session: Session, organ: Organ, by: Person) -> bool:
    """Whether somebody else at the organ has the clerk's right (HC-41)."""
    return any(
        one.id != by.id and access.may(session, one, Action.ISSUE, organ)
        for one in people.at_work(session, organ.id)
    )


def issue(
    db: Database,
    workshop: Workshop,
    number: int,
    *,
    by: Person,
    door: str,
    book: str = "",
    hand: Person | None = None,
    signer_why: str = "",
) -> Issued:
    """Number it, seal it, and send it down the road.

    Args:
        db: the database.
        workshop: with the organ's key.
        number: of the issuance.
        by: the clerk.
        door: through which the clerk came.
        book: code of the register; the organ's default one if none.
        hand: who acts for the clerk, by delegation.
        signer_why: why it goes out with the signature of somebody who was not to sign it.

    Raises:
        NotAllowed: `not_allowed`, `signer_may_not_issue`.
        Conflict: `leader_has_not_signed`, `issued_already`, `annex_goes_with_main`, `frozen`,
            `date_on_page_differs`, `another_signer`, `changed_meanwhile`.
        Unreadable, ProgramFailed: of the key, the time stamp, the picture of the seal.
    """
    key = workshop.key_of(_organ_of(db, number, by))  # before a number is given to no avail
    with db.transaction() as session:
        _give_number(session, number, by, book, hand, signer_why)
    with db.reading() as session:
        issuance = by_number(session, number)
        if issuance.state != "issued":
            parts = [issuance, *(one for one in issuance.annexes if one.state == "signed")]
        else:
            parts = []
    if parts:
        _seal_all(db, workshop, parts, key, by)
    return _send_on(db, workshop, number, door)


def _organ_of(db: Database, number: int, by: Person) -> int:
    with db.reading() as session:
        return the_issuance(session, by, number, Action.ISSUE).organ_id


def _give_number(
    session: Session, number: int, by: Person, book: str, hand: Person | None, signer_why: str
) -> None:
    """A line in the register, once: a second try goes on with the same number."""
    issuance = the_issuance(session, by, number, Action.ISSUE)
    held(session, number)
    if hand is not None and _is_signer(issuance, hand) and not _is_signer(issuance, by):
        raise NotAllowed("signer_may_not_issue")
    for one in hindrances(session, issuance, by):
        kind = NotAllowed if one.code in ("not_allowed", "signer_may_not_issue") else Conflict
        raise kind(one.code, **one.details)
    if issuance.register_entry is not None:
        return
    _check_date(issuance, clock.today(issuance.organ))
    _accept_signer(session, issuance, nfc(signer_why).strip())
    copied = session.get(Document, issuance.copy_of_id) if issuance.copy_of_id else None
    values = _entry_values(issuance)
    entry = registers.enter(
        session,
        _book(session, issuance, book),
        by,
        values,
        copy_of=copied,
        case_file=issuance.case_file,
    )
    issuance.register_entry = entry
    issuance.fields = {**issuance.fields, **_fields_of(entry)}
    annexes = tuple(one for one in issuance.annexes if one.state == "signed")
    for annex in annexes:
        annex.register_entry = entry
    issuance.revision += 1
    session.flush()
    facts = {"number": number_of_entry(entry), "book": entry.register.code}
    audit.record(session, "issuance.number", issuance, also=annexes, facts=facts)
    asked = answers.lines_named(session, issuance.organ, issuance.answers)
    register_handling.answer(session, entry, asked)


def _accept_signer(session: Session, issuance: Issuance, why: str) -> None:
    """Whoever signed in another's place is the signer from now on, if the clerk says why."""
    wanted = awaited_signer(issuance)
    if not wanted:
        return
    if not why:
        raise Conflict("another_signer", wanted=wanted, signer=issuance.signer_name)
    issuance.fields = with_value(issuance.fields, "FullName", issuance.signer_name)
    issuance.revision += 1
    session.flush()
    signer = issuance.signer_name
    audit.record(session, "issuance.accept_signer", issuance, why=why, wanted=wanted, signer=signer)


def _check_date(issuance: Issuance, today: date) -> None:
    """What the draft says of the date already must be the day of issue."""
    for name, said in issuance.places.get("written", {}).items():
        part = _PARTS.get(name)
        if part is not None and getattr(today, part) != said:
            raise Conflict("date_on_page_differs", said=said, today=f"{today:%d/%m/%Y}")


def _book(session: Session, issuance: Issuance, code: str) -> Register:
    kind = "copies" if issuance.kind == "copy" else "outgoing"
    usable = [one for one in books.ensure_books(session, issuance.organ) if one.kind == kind]
    for one in usable:
        if one.code == code.strip().lower() or (not code.strip() and one.is_default):
            return one
    raise NotFound("no_such_book", book=code or kind)


def _entry_values(issuance: Issuance) -> dict[str, Any]:
    """What the line says, from the issuance's own fields."""
    columns, _ = parse_fields(issuance.fields, DOCUMENT_FIELDS)
    values = {name: value for name, value in columns.items() if name in BY_COLUMN and value}
    left_out = {"code_number", "issued_date", "doc_code"}
    told = {name: value for name, value in values.items() if name not in left_out}
    told.setdefault("page_amount", issuance.places.get("pages"))
    if "recipients" in told:  # who gets it on paper is said behind the name
        told["recipients"] = recipients_of(issuance.fields["To"])
    if issuance.signer_name:
        told["signer_name"] = issuance.signer_name
    if issuance.copy_kind:
        told["copy_kind"] = issuance.copy_kind
    return told


def _fields_of(entry: RegisterEntry) -> dict[str, str]:
    issued = entry.issued_date.isoformat() if entry.issued_date else ""
    return {
        "CodeNumber": entry.code_number,
        "CodeNotation": entry.code_notation,
        "IssuedDate": issued,
        "DocCode": entry.doc_code,
        "OrganName": entry.organ_name,
        "Direction": "outgoing",
    }


# Sealing ------------------------------------------------------------------------------------------


def _seal_all(
    db: Database, workshop: Workshop, parts: list[Issuance], key: SealKey, by: Person
) -> None:
    """Seal the document and its annexes, then tell of all of them at once."""
    with room_for_work() as room, ExitStack() as afterwards:
        sealed = {one.id: _sealed(workshop, one, key, room) for one in parts}
        with workshop.files.keeping():
            made = {
                number: (put(workshop, path, db, afterwards), verdict)
                for number, (path, verdict) in sealed.items()
            }
            with db.transaction() as session:
                is_ours = _mark_issued(session, made, parts[0].id, by)
        if is_ours:
            afterwards.pop_all()


def _sealed(
    workshop: Workshop, issuance: Issuance, key: SealKey, whole_room: Path
) -> tuple[Path, dict[str, Any]]:
    room = whole_room / str(issuance.id)
    room.mkdir()
    assert issuance.signed_digest is not None and issuance.register_entry is not None
    source = fetched(workshop, issuance.signed_digest, room / "signed.pdf")
    issuer, tools = _issuer(workshop, issuance.organ, key), tools_of(workshop)
    entry = issuance.register_entry
    if issuance.kind == "document":
        places = issuance.places["fields"]
        return issuing_files.issue_document(
            source, room, issuer, issuance.layout, places, entry.number, entry.registered_on, tools
        )
    return issuing_files.issue_copy(source, room, issuer, _words(issuance, entry), tools)


def _issuer(workshop: Workshop, organ: Organ, key: SealKey) -> Issuer:
    settings = workshop.settings
    return Issuer(
        organ.name,
        key,
        settings.path("fonts"),
        picture_of(settings, organ),
        settings.timestamp_url or None,
        tools_of(workshop).trust,
    )


def _words(issuance: Issuance, entry: RegisterEntry) -> tuple[str, ...]:
    """What stands at the top right, above the time (NĐ 30, PL I)."""
    if issuance.kind == "annex":
        return (f"Số: {number_of_entry(entry)}",)
    if issuance.kind == "copy":
        return (COPY_KINDS[issuance.copy_kind], issuance.organ.name)
    return (issuance.organ.name,)


def _mark_issued(
    session: Session, made: dict[int, tuple[str, dict[str, Any]]], main: int, by: Person
) -> bool:
    """Whether this was the act that issued it; another one may have been faster, or gave it up."""
    rows = [held(session, number) for number in sorted(made)]
    if any(one.state != "signed" for one in rows):
        return False
    for row in rows:
        row.issued_digest, row.verdict = made[row.id]
        row.state, row.issued_by_id, row.issued_at = "issued", by.id, clock.now()
        row.revision += 1
    session.flush()
    whole = next(one for one in rows if one.id == main)
    also = tuple(one for one in rows if one.id != main)
    facts = {"sha256": whole.issued_digest, **whole.verdict["person_and_organ"]}
    audit.record(session, "issuance.issue", whole, also=also, facts=facts)
    return True


# The road -----------------------------------------------------------------------------------------


def _send_on(db: Database, workshop: Workshop, number: int, door: str) -> Issued:
    """Receive what was issued, once: the same bytes are known again."""
    with db.reading() as session:
        issuance = by_number(session, number)
        if issuance.state == "given_up":
            raise Conflict("issued_already", issuance=number)
        if issuance.state != "issued":  # an annex was given up while it was sealed
            raise Conflict("changed_meanwhile", document=issuance.name)
        parts = [issuance, *(one for one in issuance.annexes if one.state == "issued")]
        entry = issuance.register_entry
        assert entry is not None
        told = number_of_entry(entry), entry.registered_on, entry.doc_code
        drafters = {one.id: people.by_id(session, one.prepared_by_id) for one in parts}
    intakes = {
        one.id: one.intake_id or _received(db, workshop, one, drafters[one.id], door)
        for one in parts
    }
    with db.transaction() as session:
        rows = [session.get_one(Issuance, one) for one in intakes]
        fresh = [one for one in rows if one.intake_id is None]
        for one in fresh:
            one.intake_id = intakes[one.id]
        if fresh:
            session.flush()
            facts = {"intakes": [intakes[one.id] for one in fresh]}
            audit.record(session, "issuance.send_on", fresh[0], also=tuple(fresh[1:]), facts=facts)
    return Issued(*told, tuple(intakes.values()))


def _received(
    db: Database, workshop: Workshop, issuance: Issuance, drafter: Person, door: str
) -> int:
    """On the road as a signed original; into the tray where its case file takes no more."""
    assert issuance.issued_digest is not None
    entry = issuance.register_entry_id if issuance.kind != "annex" else None
    fields = _road_fields(issuance)
    for case_file in dict.fromkeys((issuance.case_file_id, None)):
        sending = Sending(issuance.name, fields, case_file, register_entry_id=entry)
        try:
            with workshop.files.open(issuance.issued_digest) as stream:
                return receive(
                    db,
                    workshop.files,
                    stream,
                    sending,
                    organ_id=issuance.organ_id,
                    by=drafter,
                    door=door,
                    limit=workshop.settings.upload_megabytes * MEGABYTE * 2,
                ).intake_id
        except ArchiveError:
            if case_file is None:
                raise
    raise AssertionError("unreachable")


def _road_fields(issuance: Issuance) -> dict[str, str]:
    """The fields of the document; an annex tells whose it is."""
    if issuance.kind != "annex" or issuance.main is None:
        return issuance.fields
    shared = ("IssuedDate", "OrganName", "Direction")
    main = {name: issuance.main.fields.get(name, "") for name in shared}
    return {**issuance.fields, **main}
