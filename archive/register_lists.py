"""Lines of registers as lists: what waits, what is late, one book by days, rows for printing."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, selectinload

from archive import access, clock, deliveries, scan_depth
from archive.access import Action
from archive.database import in_words
from archive.models import Document, Organ, Person
from archive.organ_rules import OrganRules, rules_of
from archive.reading import seen_documents
from archive.register_fields import canonical_of, number_of_entry, recipients_typed
from archive.register_models import (
    IS_CANCELLED,
    IS_LATE,
    IS_OPEN,
    IS_UNACKNOWLEDGED,
    NumberSeries,
    Register,
    RegisterEntry,
)
from formats.vietnamese import fold, sort_key

MOST_LOOKED_AT = 200
SOON = timedelta(days=2)  # due within so many days: "đến hạn"
ON_PAPER = ("paper", "direct", "post")  # ways to come that leave something to be digitised


@dataclass(frozen=True)
class BookYear:
    """One book in one year, counted."""

    book: Register
    year: int
    entries: int
    last: int
    cancelled: int
    late_entries: int  # typed on a later day
    unanswered: int
    overdue: int

    @property
    def gaps(self) -> int:
        """Numbers that are missing; always none, and shown so that everybody can see it."""
        return self.last - self.entries


def counts(session: Session, books: list[Register], year: int, today: date) -> list[BookYear]:
    """The books in this year, in one question; only incoming documents are answered."""
    here = (RegisterEntry.register_id == Register.id, RegisterEntry.year == year)

    def told(what: ColumnElement[int], only: str = "") -> ScalarSelect[int]:
        return select(what).where(*here, *filters(only, today)).scalar_subquery()

    is_incoming, count = Register.kind == "incoming", func.count(RegisterEntry.number)
    whole_to = (
        select(NumberSeries.whole_to)
        .where(NumberSeries.register_id == Register.id, NumberSeries.year == year)
        .correlate(Register)
        .scalar_subquery()
    )
    since = (
        select(count)
        .where(*here, RegisterEntry.number > func.coalesce(whole_to, 0))
        .scalar_subquery()
    )
    found = session.execute(
        select(
            Register.id,
            func.coalesce(whole_to, 0) + since,
            told(func.max(RegisterEntry.number)),
            told(count, "cancelled"),
            told(count, "late"),
            case((is_incoming, told(count, "unanswered")), else_=0),
            case((is_incoming, told(count, "overdue")), else_=0),
        ).where(Register.id.in_([one.id for one in books]))
    )
    counted = {row[0]: [int(one or 0) for one in row[1:]] for row in found}
    return [BookYear(one, year, *counted[one.id]) for one in books]


def years_of(session: Session, organ: Organ) -> list[int]:
    """The years in which the organ's books have lines, newest first, and this one."""
    found = session.scalars(
        select(NumberSeries.year)
        .join(Register, Register.id == NumberSeries.register_id)
        .where(Register.organ_id == organ.id)
        .distinct()
    )
    return sorted({*found, clock.today(organ).year}, reverse=True)


def filters(only: str, today: date, organ: Organ | None = None) -> list[ColumnElement[bool]]:
    """`unanswered`, `overdue`, `due`, `late` (typed later), `cancelled`, `unacknowledged`.

    `unconfirmed`: not all recipients have it; `unscanned`: as `is_unscanned`, by the organ's rules.
    """
    is_due = and_(RegisterEntry.due_date >= today, RegisterEntry.due_date <= today + SOON)
    known: dict[str, list[ColumnElement[bool]]] = {
        "unanswered": [in_words(RegisterEntry, IS_OPEN)],
        "overdue": [in_words(RegisterEntry, IS_OPEN), RegisterEntry.due_date < today],
        "due": [in_words(RegisterEntry, IS_OPEN), is_due],
        "late": [in_words(RegisterEntry, IS_LATE)],
        "cancelled": [in_words(RegisterEntry, IS_CANCELLED)],
        "unacknowledged": [in_words(RegisterEntry, IS_UNACKNOWLEDGED)],
        "unconfirmed": [deliveries.is_waiting(), RegisterEntry.state == "registered"],
    }
    if only == "unscanned" and organ is not None:
        return _unscanned(rules_of(organ))
    return known.get(only, [])


# Paper without its electronic copy ----------------------------------------------------------------


def is_unscanned(entry: RegisterEntry) -> bool:
    """Whether it is on paper, and its electronic copy is missing though a rule asks for one.

    What comes in on paper is digitised by the organ's list (HC-18); what goes out on paper goes
    together with its electronic copy (TG-14).
    """
    if entry.document_id is not None or entry.state == "cancelled":
        return False
    if entry.register.kind != "incoming":
        return entry.circulation != "electronic"
    listed = _listed(rules_of(entry.register.organ))
    return entry.channel in ON_PAPER and (
        not listed or fold(entry.type_name) in {fold(one) for one in listed}
    )


def _listed(rules: OrganRules) -> list[str]:
    """The types that are digitised; none: all are."""
    if rules.scan_policy != "list":
        return []
    return scan_depth.types_in(rules.types_to_scan)


def _unscanned(rules: OrganRules) -> list[ColumnElement[bool]]:
    spelled = {
        way
        for one in _listed(rules)
        for way in (one, one.lower(), one.upper(), one.capitalize(), one.title())
    }
    comes_in = and_(
        Register.kind == "incoming",
        RegisterEntry.channel.in_(ON_PAPER),
        RegisterEntry.type_name.in_(spelled) if spelled else true(),
    )
    goes_out = and_(Register.kind != "incoming", RegisterEntry.circulation != "electronic")
    of_kind = exists().where(Register.id == RegisterEntry.register_id, or_(comes_in, goes_out))
    return [
        of_kind,
        RegisterEntry.document_id.is_(None),
        RegisterEntry.state == "registered",
    ]


def by_number(
    book: Register,
    typed: str,
    is_open: ColumnElement[bool] | None = None,
    year: int | None = None,
) -> list[ColumnElement[bool]]:
    """The book's lines with this number, however it was typed: their own, or the document's.

    Each way is asked for by itself, so that each is found by an index of its own. What is not open
    (`secret_lines.open_lines`) is found by the book's own number alone.
    """
    text = typed.strip()
    if not text:
        return []
    ids = select(RegisterEntry.id)
    here = ids.where(
        RegisterEntry.organ_id == book.organ_id,
        RegisterEntry.register_id == book.id,
        true() if year is None else RegisterEntry.year == year,
        true() if is_open is None else is_open,
    )
    ways = [
        here.where(RegisterEntry.canonical == canonical_of(text)),
        # Most lines share the empty code: of a range SQLite does not think that it holds as many.
        here.where(RegisterEntry.doc_code.between(text, text)),
    ]
    if text.isdecimal() and len(text) < 9:
        numbered = RegisterEntry.number == int(text)
        series = select(NumberSeries.year).where(NumberSeries.register_id == book.id)
        of_book = (RegisterEntry.register_id == book.id, RegisterEntry.year.in_(series))
        ways.append(ids.where(*of_book, numbered))
    return [RegisterEntry.id.in_(union_all(*ways))]


def lines(
    book: Register, *, year: int | None = None, first: date | None = None, last: date | None = None
) -> Select[RegisterEntry]:
    """The lines of a book, newest first: of a year by their numbers, or of some days by the day."""
    found = select(RegisterEntry).where(RegisterEntry.register_id == book.id)
    if year is not None:
        found = found.where(RegisterEntry.year == year)
    if first is not None:
        found = found.where(RegisterEntry.registered_on >= first)
    if last is not None:
        found = found.where(RegisterEntry.registered_on <= last)
    by_number = (RegisterEntry.year.desc(), RegisterEntry.number.desc())
    is_by_day = first is not None or last is not None
    return found.options(
        selectinload(RegisterEntry.document), selectinload(RegisterEntry.answered_by)
    ).order_by(*((RegisterEntry.registered_on.desc(),) if is_by_day else ()), *by_number)


def authors(session: Session, organ: Organ, is_open: ColumnElement[bool]) -> list[str]:
    """The organs that lately wrote to this one, by name; `is_open`: `secret_lines.open_lines`."""
    found = select(RegisterEntry.organ_name).where(
        RegisterEntry.organ_id == organ.id,
        is_open,
        RegisterEntry.organ_name != "",
    )
    lately = found.order_by(RegisterEntry.id.desc()).limit(MOST_LOOKED_AT)
    return sorted(set(session.scalars(lately)), key=sort_key)


def hidden_of(
    session: Session, person: Person, organ: Organ, entries: list[RegisterEntry]
) -> set[int]:
    """The lines whose document the person may not know of: number and day are shown, no more.

    Who registers knows all but what is suspected to be a secret, or is one (R15).
    """
    decides = access.decides_secrets(person, organ.id)
    hidden = set() if decides else {one.id for one in entries if one.is_suspected}
    numbers = {one.document_id for one in entries if one.document_id is not None}
    if not numbers:
        return hidden
    registers = access.may(session, person, Action.REGISTER, organ)
    seen = access.open_documents(person) if registers else seen_documents(session, person, organ)
    known = set(session.scalars(select(Document.id).where(Document.id.in_(numbers), seen)))
    closed = (one for one in entries if one.document_id is not None)
    return hidden | {one.id for one in closed if one.document_id not in known}


def may_see(session: Session, person: Person, organ: Organ, entry: RegisterEntry) -> bool:
    """Whether the person may see what this line says."""
    if not access.may(session, person, Action.SEE_REGISTERS, organ):
        return False
    return not hidden_of(session, person, organ, [entry])


@dataclass(frozen=True)
class PrintedRow:
    """One line as the law's books have it (NĐ 30, Phụ lục IV): ten columns, already in words."""

    columns: tuple[str, ...]
    is_cancelled: bool


def rows_of_book(
    session: Session, register: Register, first_day: date, last_day: date
) -> list[PrintedRow]:
    """The lines from one day to another in the order of their numbers, for the printed book."""
    found = session.scalars(
        lines(register, first=first_day, last=last_day)
        .order_by(None)
        .order_by(RegisterEntry.year, RegisterEntry.number)
    )
    row = _incoming_row if register.kind == "incoming" else _outgoing_row
    return [PrintedRow(row(one), one.state == "cancelled") for one in found]


def columns_of(entry: RegisterEntry) -> tuple[str, ...]:
    """The line's ten columns, as its book's form has them."""
    return _incoming_row(entry) if entry.register.kind == "incoming" else _outgoing_row(entry)


def _incoming_row(one: RegisterEntry) -> tuple[str, ...]:
    return (
        _day(one.registered_on),
        str(one.number),
        one.organ_name,
        number_of_entry(one),
        _day(one.issued_date),
        _what(one),
        one.to_places,
        _day(one.handed_on),
        one.signed_for,
        _note(one),
    )


def _outgoing_row(one: RegisterEntry) -> tuple[str, ...]:
    return (
        number_of_entry(one),
        _day(one.issued_date),
        _what(one),
        one.signer_name,
        recipients_typed(one.recipients),
        one.copy_holder,
        str(one.issued_amount or ""),
        _day(one.handed_on),
        one.signed_for,
        _note(one),
    )


def _what(one: RegisterEntry) -> str:
    return titled(one.type_name, one.subject)


_GOES_ON = tuple(  # words that begin a subject, and are no names
    f"{one} "
    for one in (
        "Về", "Ban hành", "Phê duyệt", "Quy định", "Thành lập", "Triển khai", "Công bố", "Tổ chức",
        "Kiện toàn", "Điều chỉnh", "Sửa đổi", "Bổ sung", "Bãi bỏ", "Thu hồi", "Hướng dẫn", "Giao",
    )
)  # fmt: skip


def titled(type_name: str, subject: str) -> str:
    """Type and subject as one phrase; the type once only, where the subject begins with it."""
    if fold(subject).startswith(fold(type_name)):
        return subject
    if type_name and subject.startswith(_GOES_ON):  # Quyết định ban hành, công văn về việc
        subject = subject[0].lower() + subject[1:]
    return f"{type_name} {subject}"


def _note(one: RegisterEntry) -> str:
    """The note, and what the book must show: a cancelled number, a line written later."""
    said = [one.note] if one.note else []
    if one.late_reason:
        said.append(f"Đăng ký bổ sung: {one.late_reason}")
    if one.state == "cancelled":
        said.append(f"Hủy số: {one.cancel_reason}")
    return "; ".join(said)


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
