"""The books (sổ) of an organ: incoming, outgoing, copies, and as many more as it wants."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from archive import audit
from archive.errors import Conflict, Invalid, NotFound
from archive.models import Organ
from archive.organ_rules import rules_of
from archive.register_models import Register, RegisterEntry
from formats.document_types import named_types
from formats.vietnamese import fold, nfc

BOOKS = (  # what every organ begins with
    ("den", "incoming", "Sổ đăng ký văn bản đến"),
    ("di", "outgoing", "Sổ đăng ký văn bản đi"),
    ("sao", "copies", "Sổ đăng ký bản sao"),
)
RESERVED = frozenset({"received", "refusals", "letting-in"})  # addresses of other pages
DIRECTIONS = {"incoming": "incoming", "outgoing": "outgoing", "copies": "outgoing"}


def books_of(session: Session, organ: Organ) -> list[Register]:
    """The organ's books; none before it first used one."""
    found = select(Register).where(Register.organ_id == organ.id)
    return list(session.scalars(found.order_by(Register.id)))


def ensure_books(session: Session, organ: Organ) -> list[Register]:
    """The organ's books; the three usual ones are made with its first use."""
    session.execute(select(Organ.id).where(Organ.id == organ.id).with_for_update(key_share=True))
    present = books_of(session, organ)
    if present:
        return present
    for code, kind, name in BOOKS:
        _add_book(session, organ, code, kind, name, is_default=True)
    return books_of(session, organ)


def add_book(session: Session, organ: Organ, code: str, kind: str, name: str) -> Register:
    """A further book of the organ.

    Raises:
        Invalid: `bad_book_code`, `bad_book_kind`, `title_missing`.
        Conflict: `book_exists`.
    """
    code, name = code.strip().lower(), nfc(name).strip()
    if code in RESERVED or not (
        code.replace("-", "").isalnum() and code.isascii() and len(code) <= 20
    ):
        raise Invalid("bad_book_code", book=code)
    if kind not in DIRECTIONS:
        raise Invalid("bad_book_kind", kind=kind)
    if not name:
        raise Invalid("title_missing")
    if any(one.code == code for one in ensure_books(session, organ)):
        raise Conflict("book_exists", book=code)
    return _add_book(session, organ, code, kind, name, is_default=False)


def _add_book(
    session: Session, organ: Organ, code: str, kind: str, name: str, *, is_default: bool
) -> Register:
    book = Register(organ_id=organ.id, kind=kind, code=code, name=name, is_default=is_default)
    session.add(book)
    session.flush()
    audit.record(session, "register.add", book, facts={"kind": kind})
    return book


def close_book(session: Session, book: Register, on: date, why: str) -> None:
    """No more lines with a day after this one, until somebody opens the book again.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `book_closed`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    audit.hold(session, book)
    if book.closed_on is not None:
        raise Conflict("book_closed", book=book.code, closed_on=book.closed_on.isoformat())
    book.closed_on = on
    session.flush()
    audit.record(session, "register.close", book, facts={"on": on.isoformat()}, why=why)


def reopen_book(session: Session, book: Register, why: str) -> None:
    """It takes lines again; its numbers go on where they stood.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `book_is_open`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    audit.hold(session, book)
    if book.closed_on is None:
        raise Conflict("book_is_open", book=book.code)
    facts = {"closed_on": book.closed_on.isoformat()}
    book.closed_on = None
    session.flush()
    audit.record(session, "register.reopen", book, facts=facts, why=why)


@dataclass(frozen=True)
class Closing:
    """What closing a book after a day means."""

    lines: int  # that it has
    later: int  # of them with a later day: they stay
    last_day: date | None
    others: tuple[Register, ...]  # open books that take such documents still


def what_closing_means(session: Session, book: Register, on: date) -> Closing:
    """What will be so once the book is closed after this day."""
    here = RegisterEntry.register_id == book.id
    is_later = case((RegisterEntry.registered_on > on, 1), else_=0)
    found = select(func.count(), func.sum(is_later), func.max(RegisterEntry.registered_on))
    lines, later, last = session.execute(found.where(here)).one()
    others = tuple(
        one
        for one in books_of(session, book.organ)
        if one.kind == book.kind and one.id != book.id and one.closed_on is None
    )
    return Closing(lines, later or 0, last, others)


def hold_kind(session: Session, book: Register) -> None:
    """Nobody else writes into a book of this kind until the commit: of two, one sees the other."""
    here = (Register.organ_id == book.organ_id, Register.kind == book.kind)
    held = select(Register.id).where(*here).order_by(Register.id)
    session.execute(held.with_for_update(key_share=True))


def book_by_code(session: Session, organ: Organ, code: str) -> Register:
    """One of the organ's books.

    Raises:
        NotFound: `no_such_book`.
    """
    found = session.scalar(
        select(Register)
        .where(Register.organ_id == organ.id, Register.code == code.strip().lower())
        .options(joinedload(Register.organ))
    )
    if found is None:
        raise NotFound("no_such_book", book=code)
    return found


def default_book(session: Session, organ: Organ, kind: str) -> Register:
    """The organ's usual book of this kind; made with its first use."""
    return next(one for one in ensure_books(session, organ) if one.kind == kind and one.is_default)


def book_for(session: Session, book: Register, type_name: str) -> Register:
    """The book that counts such a document: the usual outgoing one may be parted by type.

    NĐ 30/2020 leaves it to the organ whether its numbers run through all types or by type
    (`number_by_type`). A type's book is made with its first use.
    """
    organ = book.organ
    is_parted = book.is_default and book.kind == "outgoing" and rules_of(organ).number_by_type
    if not is_parted or not type_name.strip():
        return book
    named, _ = named_types(fold(type_name))
    kind = next(iter(named), None)
    if kind is None:
        return book
    code = f"{book.code}-{fold(kind.abbreviation) or 'cv'}"
    if kind.abbreviation in ("ĐA", "HĐ"):  # without marks they would be those of DA and HD
        code += "2"
    present = next((one for one in ensure_books(session, organ) if one.code == code), None)
    name = f"{book.name}: {kind.name}"
    return present or _add_book(session, organ, code, "outgoing", name, is_default=False)
