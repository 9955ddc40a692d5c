"""Registers (sổ đăng ký): books, their lines, numbers in order within the year (NĐ 30, Đ15, Đ22).

A number once given stays in its book. `enter` gives it late in the transaction, so that a rollback
leaves no gap. Real day and day of typing are kept apart: what was done on paper while the system
was away is typed afterwards, with the reason (KT 18).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import answers, audit, clock, deliveries, documents, freezes, refusals
from archive.books import book_for
from archive.books import default_book as default_book
from archive.case_files import takes_documents
from archive.errors import Conflict, Invalid, NotFound
from archive.models import CaseFile, Document, Organ, Person
from archive.numbering import next_number
from archive.organ_rules import rules_of
from archive.register_fields import (
    blank_entry,
    canonical_of,
    organ_key,
    parse_entry,
    parts_of_code,
)
from archive.register_models import LettingIn, Register, RegisterEntry
from archive.working_days import WorkingDays
from formats.mail_addresses import is_mail_address
from formats.vietnamese import nfc

SHARED = (  # what a line and its document both say
    "code_number",
    "code_notation",
    "issued_date",
    "type_name",
    "subject",
    "organ_name",
    "doc_code",
    "signer_position",
    "signer_name",
    "priority",
    "due_date",
    "issued_amount",
    "recipients",
    "to_places",
    "trace_header_list",
)


def enter(
    session: Session,
    register: Register,
    by: Person,
    values: Mapping[str, Any],
    *,
    registered_on: date | None = None,
    late_reason: str = "",
    addressee: str = "",
    incomplete: str = "",
    let_in: LettingIn | None = None,
    copy_of: Document | None = None,
    case_file: CaseFile | None = None,
) -> RegisterEntry:
    """Write a new line, with the book's next number of the year.

    Args:
        session: the transaction's session.
        register: the book.
        by: who writes it.
        values: columns of `register_fields`, typed or as values.
        registered_on: the real day of arrival or issue; today if none.
        late_reason: why it is typed on a later day than that.
        addressee: to whom it is addressed, where that is a named person.
        incomplete: why something that a line has is missing.
        let_in: the competent person's permission for what is refused otherwise.
        copy_of: the document that a copy was made of, in the book of copies.
        case_file: where an outgoing document belongs.

    Raises:
        Invalid: `bad_value`, `unknown_field`, `subject_missing`, `day_in_future`,
            `day_too_early`, `late_reason_missing`, `number_is_given`, `issued_after_arrival`,
            `copy_kind_missing`, `deadline_missing`.
        Refused: `complaint`, `resolution`, `named_letter`.
        Conflict: `book_closed`, `letting_in_used`.
    """
    organ = register.organ
    today = clock.today(organ)
    day = registered_on or today
    columns = {**blank_entry(), **parse_entry(values)}
    register = book_for(session, register, columns["type_name"])
    audit.hold(session, register)  # nobody closes the book meanwhile
    _check_day(register, day, today, late_reason)
    _check_columns(register, columns, day)
    refusals.require_wanted(organ, register.kind, columns, addressee, let_in)
    if register.kind == "incoming":
        _set_deadline(session, organ, columns, day)
    entry = RegisterEntry(
        organ_id=organ.id,
        register_id=register.id,
        register=register,
        year=day.year,
        registered_on=day,
        entered_at=clock.now(),
        entered_by_id=by.id,
        late_reason=nfc(late_reason).strip() if day != today else "",
        copy_of_id=copy_of.id if copy_of else None,
        case_file_id=case_file.id if case_file else None,
        supplementary=_supplementary(addressee=addressee, incomplete=incomplete),
        **columns,
    )
    entry.number = next_number(session, register, day.year)
    _number_outgoing(entry, organ)
    entry.canonical = canonical_of(entry.code_number, entry.code_notation)
    session.add(entry)
    session.flush()
    _use(session, let_in, entry)
    deliveries.expect(session, entry)
    audit.record(session, "register_entry.enter", entry, facts=_facts(entry), why=entry.late_reason)
    return entry


def _supplementary(**told: str) -> dict[str, str]:
    return {name: nfc(value).strip() for name, value in told.items() if value.strip()}


def _facts(entry: RegisterEntry) -> dict[str, Any]:
    return {
        "book": entry.register.code,
        "year": entry.year,
        "number": entry.number,
        "is_late": bool(entry.late_reason),
    }


def _check_day(register: Register, day: date, today: date, late_reason: str) -> None:
    if day > today:
        raise Invalid("day_in_future", day=day.isoformat())
    first = date(today.year - 1, 1, 1)  # a slip in the year would open a book that nobody looks at
    if day < first:
        raise Invalid("day_too_early", day=day.isoformat(), first=first.isoformat())
    if day != today and not late_reason.strip():
        raise Invalid("late_reason_missing", day=day.isoformat())
    if register.closed_on is not None and day > register.closed_on:
        raise Conflict("book_closed", book=register.code, closed_on=register.closed_on.isoformat())


def _check_columns(register: Register, columns: dict[str, Any], day: date) -> None:
    if not columns.get("subject"):
        raise Invalid("subject_missing")
    email = columns.get("sender_email")
    if email and not is_mail_address(email):
        raise Invalid("bad_email", email=email)
    issued = columns.get("issued_date")
    if register.kind == "incoming" and issued is not None and issued > day:
        raise Invalid("issued_after_arrival", issued=issued.isoformat(), arrived=day.isoformat())
    if register.kind != "incoming" and columns.get("code_number"):
        raise Invalid("number_is_given", book=register.code)
    if register.kind == "copies" and not columns.get("copy_kind"):
        raise Invalid("copy_kind_missing")
    if columns.get("is_deadline_fixed") and columns.get("due_date") is None:
        raise Invalid("deadline_missing")


def _set_deadline(session: Session, organ: Organ, columns: dict[str, Any], day: date) -> None:
    """What the law or the sender says; otherwise the organ's number of working days (HC-13)."""
    if columns.get("due_date") is None and columns.get("handling", "handle") == "handle":
        columns["due_date"] = usual_deadline(session, organ, day)


def usual_deadline(session: Session, organ: Organ, day: date) -> date:
    """When something that arrives on this day is due where no law says otherwise."""
    return WorkingDays(session, organ).after(day, rules_of(organ).deadline_days)


def _number_outgoing(entry: RegisterEntry, organ: Organ) -> None:
    """Number, date and identification code of what the organ issues (NĐ 30, Đ15; HC-50, HC-53)."""
    if entry.register.kind == "incoming":
        return
    entry.code_number = f"{entry.number:02d}"
    entry.issued_date = entry.registered_on
    entry.organ_name = entry.organ_name or organ.name
    if entry.register.kind == "copies" and not entry.code_notation:
        entry.code_notation = f"{entry.copy_kind}-{organ.code}"
    if not entry.doc_code:
        book = "" if entry.register.is_default else f".{entry.register.code.upper()}"
        kind = "" if entry.register.kind == "outgoing" else ".S"
        entry.doc_code = f"{organ.code}.{entry.year}{book or kind}.{entry.number:05d}"


def _use(session: Session, let_in: LettingIn | None, entry: RegisterEntry) -> None:
    if let_in is None:
        return
    audit.hold(session, let_in)
    if let_in.entry_id is not None:
        raise Conflict("letting_in_used")
    let_in.entry_id = entry.id
    session.flush()
    audit.record(session, "letting_in.use", let_in, facts={"entry": entry.code})


def entry_by_code(session: Session, organ: Organ, code: str) -> RegisterEntry:
    """A line by book, year and number: `den/2026/12`.

    Raises:
        NotFound: `no_such_entry`.
    """
    if (parts := parts_of_code(code)) is None:
        raise NotFound("no_such_entry", entry=code)
    book, year, number = parts
    found = session.scalar(
        select(RegisterEntry)
        .join(Register)
        .where(
            Register.organ_id == organ.id,
            Register.code == book,
            RegisterEntry.year == year,
            RegisterEntry.number == number,
        )
        .options(joinedload(RegisterEntry.register).joinedload(Register.organ))
        .options(joinedload(RegisterEntry.document), joinedload(RegisterEntry.copy_of))
        .options(joinedload(RegisterEntry.answered_by).joinedload(RegisterEntry.register))
    )
    if found is None:
        raise NotFound("no_such_entry", entry=code)
    return found


def correct(
    session: Session,
    entry: RegisterEntry,
    values: Mapping[str, Any],
    why: str,
    *,
    seen: int | None = None,
) -> None:
    """Change what a line says; earlier values stay readable in the story. Its number never changes.

    Its document's data follow, as long as its case files are open.

    Raises:
        Invalid: `reason_missing`, `bad_value`, `unknown_field`, `number_is_given`,
            `subject_missing`, `issued_after_arrival`.
        Conflict: `changed_meanwhile`, `deadline_is_fixed`, `entry_cancelled`, `frozen`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    columns = parse_entry(values)
    hold(session, entry, seen)
    columns = {name: value for name, value in columns.items() if value != getattr(entry, name)}
    _require_changeable(entry, columns)
    if {"subject", "type_name"} & set(columns):
        _require_wanted_still(session, entry, columns)
    before = {name: _readable(getattr(entry, name)) for name in columns}
    for name, value in columns.items():
        setattr(entry, name, value)
    entry.canonical = canonical_of(entry.code_number, entry.code_notation)
    entry.revision += 1
    session.flush()
    if "recipients" in columns:
        deliveries.expect(session, entry)
    after = {name: _readable(value) for name, value in columns.items()}
    audit.record(session, "register_entry.correct", entry, why=why, before=before, after=after)
    tell_document(session, entry, columns, why)


def _require_wanted_still(session: Session, entry: RegisterEntry, columns: dict[str, Any]) -> None:
    """A correction lets nothing in that would have been refused at the door."""
    said = {"type_name": entry.type_name, "subject": entry.subject} | columns
    addressee = str((entry.supplementary or {}).get("addressee", ""))
    organ = entry.register.organ
    let_in = session.scalar(select(LettingIn).where(LettingIn.entry_id == entry.id))
    refusals.require_wanted(organ, entry.register.kind, said, addressee, let_in, corrects=True)


def _require_changeable(entry: RegisterEntry, columns: dict[str, Any]) -> None:
    if entry.is_deadline_fixed and {"due_date", "is_deadline_fixed"} & set(columns):
        raise Conflict("deadline_is_fixed", entry=entry.code)
    if entry.register.kind != "incoming" and {"code_number", "issued_date"} & set(columns):
        raise Invalid("number_is_given", book=entry.register.code)
    if "subject" in columns and not columns["subject"]:
        raise Invalid("subject_missing")
    issued = columns.get("issued_date")
    if issued is not None and issued > entry.registered_on:
        arrived = entry.registered_on.isoformat()
        raise Invalid("issued_after_arrival", issued=issued.isoformat(), arrived=arrived)


def tell_document(
    session: Session, entry: RegisterEntry, columns: dict[str, Any], why: str
) -> None:
    """What a line and its document both say stays the same while the document may change."""
    document = entry.document
    if document is None or not may_change(session, document):
        return
    shared = {
        name: value
        for name, value in columns.items()
        if name in SHARED and value != getattr(document, name)
    }
    if shared:
        documents.correct_columns(session, document, shared, why)


def may_change(session: Session, document: Document) -> bool:
    """Whether it stands in no case file that is closed, and no order or list holds it."""
    is_open = all(takes_documents(one.case_file) for one in document.placements)
    is_held = freezes.orders_on(session, document) or freezes.bound_by(session, document)
    return is_open and not is_held


def cancel(session: Session, entry: RegisterEntry, why: str, *, seen: int | None = None) -> None:
    """The line no longer counts; its number stays in the book, with the reason.

    What it answered is to be answered anew.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `entry_cancelled`, `changed_meanwhile`, `frozen`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    hold(session, entry, seen)
    entry.state, entry.cancelled_at = "cancelled", clock.now()
    entry.cancel_reason = nfc(why).strip()
    entry.revision += 1
    session.flush()
    deliveries.give_up(session, entry)
    audit.record(session, "register_entry.cancel", entry, facts=_facts(entry), why=why)
    for one in answers.ended_by(session, entry):
        hold(session, one)
        again(session, one)
        audit.record(session, "register_entry.take_up_again", one, why=why)


def again(session: Session, entry: RegisterEntry) -> None:
    """As if it came today; whoever calls this tells of it."""
    organ = entry.register.organ
    entry.outcome, entry.finished_on, entry.done_at, entry.answered_by = "", None, "", None
    entry.not_kept = ""
    if entry.handling == "handle" and not entry.is_deadline_fixed:
        entry.due_date = usual_deadline(session, organ, clock.today(organ))
    entry.revision += 1
    session.flush()


def hold(session: Session, entry: RegisterEntry, seen: int | None = None) -> None:
    """Keep other hands off the line until the commit; see it as it is now, and may it change.

    Raises:
        Conflict: `changed_meanwhile`, `entry_cancelled`, `frozen`.
    """
    audit.hold(session, entry)
    if seen not in (None, entry.revision):
        raise Conflict("changed_meanwhile", document=entry.code)
    if entry.state == "cancelled":
        raise Conflict("entry_cancelled", entry=entry.code)
    if entry.document is not None:
        freezes.require_thawed(session, entry.document)


def _readable(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def same_organ(one: str, other: str) -> bool:
    """Whether two names mean one organ, as far as can be told; an empty name may be any."""
    a, b = organ_key(one), organ_key(other)
    return not a or not b or a == b or a in b or b in a
