"""What an outgoing document answers: lines of the books, and the documents behind them (HC-27).

An answer is said of lines: the incoming one names the outgoing one that ends it. Their documents
are linked as soon as both are there, whichever of them comes last.
"""

from collections.abc import Iterable

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from archive import audit, links
from archive.models import Document, Organ, Person
from archive.register_fields import parts_of_code
from archive.register_models import Register, RegisterEntry

ALSO = "answers"  # in a line's supplementary data: codes of lines that had ended before


def is_line(code: str) -> bool:
    """Whether this names a line of a book and not a document: den/2026/12."""
    return "/" in code


def ended_by(session: Session, entry: RegisterEntry) -> list[RegisterEntry]:
    """The incoming lines that ended by this one, in the order of their books."""
    if entry.register.kind == "incoming":
        return []
    found = select(RegisterEntry).where(
        RegisterEntry.answered_by_id == entry.id, RegisterEntry.state == "registered"
    )
    return list(session.scalars(_with_all(found)))


def asked_of(session: Session, entry: RegisterEntry) -> list[RegisterEntry]:
    """All incoming lines that this one answers: also those that had ended before it came."""
    ended = ended_by(session, entry)
    also = entry.supplementary.get(ALSO, [])
    known = {one.id for one in ended}
    named = lines_named(session, entry.register.organ, also)
    return [*ended, *(one for one in named if one.id not in known)]


def also_answers(entry: RegisterEntry, asked: RegisterEntry) -> None:
    """Keep that it answers a line which does not end by it. Whoever calls this tells of it."""
    also = entry.supplementary.get(ALSO, [])
    if asked.code not in also:
        entry.supplementary = {**entry.supplementary, ALSO: [*also, asked.code]}


def lines_named(session: Session, organ: Organ, codes: Iterable[str]) -> list[RegisterEntry]:
    """The organ's incoming lines in force that these codes name, or the documents that they name.

    Codes that name neither are left out: they were checked when they were typed.
    """
    wanted = [one.strip() for one in codes]
    ways = [
        and_(Register.code == book, RegisterEntry.year == year, RegisterEntry.number == number)
        for book, year, number in filter(None, map(parts_of_code, wanted))
    ]
    documents = [one for one in wanted if one and not is_line(one)]
    if documents:
        known = select(Document.id).where(
            Document.code.in_(documents), Document.organ_id == organ.id
        )
        ways.append(RegisterEntry.document_id.in_(known))
    if not ways:
        return []
    found = select(RegisterEntry).where(
        RegisterEntry.state == "registered",
        RegisterEntry.register_id.in_(_incoming_books(organ)),
        or_(*ways),
    )
    return list(session.scalars(_with_all(found)))


def link_documents(session: Session, entry: RegisterEntry) -> None:
    """Link the line's document with those that it answers, or by which it is answered."""
    if entry.document is None:
        return
    by = _who_acts(session)
    if entry.answered_by is not None and entry.answered_by.document is not None:
        _link(session, entry.answered_by.document, entry.document, by)
    for one in asked_of(session, entry):
        if one.document is not None:
            _link(session, entry.document, one.document, by)


def _link(session: Session, answer: Document, asked: Document, by: Person | None) -> None:
    if answer.id != asked.id:
        links.link_or_tell(session, answer, asked, "answers", by)


def _who_acts(session: Session) -> Person | None:
    who = audit.actor()
    return session.get(Person, who.person_id) if who is not None and who.person_id else None


def _incoming_books(organ: Organ) -> Select[int]:
    return select(Register.id).where(Register.organ_id == organ.id, Register.kind == "incoming")


def _with_all(found: Select[RegisterEntry]) -> Select[RegisterEntry]:
    joined = found.join(Register, Register.id == RegisterEntry.register_id)
    return joined.options(
        joinedload(RegisterEntry.register).joinedload(Register.organ),
        joinedload(RegisterEntry.document),
        joinedload(RegisterEntry.answered_by),
    ).order_by(RegisterEntry.id)
