"""A line whose file is suspected to be a state secret: closed at once, erased once it is certain.

Suspected, what it says is for those who decide on secrets (`register_lists.hidden_of`). Confirmed,
its number, its day and the reason stay, so that the book has no gap, and nothing else (R15). A line
that has a document on the shelf stands: there the document's own alarm decides.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, inspect, or_, select, true
from sqlalchemy.orm import Session

from archive import access, alarms, answers, audit, clock, deliveries
from archive.erased_words import erase_words, erase_words_telling
from archive.errors import Conflict
from archive.models import Document, Organ, Person
from archive.register_models import EntryTwin, LettingIn, RegisterEntry
from archive.registers import again, hold

WHY = "Bí mật nhà nước"  # as the book says it
KEPT = frozenset(  # of an erased line; whatever column comes later goes
    {
        "id",
        "organ_id",
        "register_id",
        "year",
        "number",
        "state",
        "document_id",
        "registered_on",
        "entered_at",
        "entered_by_id",
        "cancelled_at",
        "cancel_reason",
        "revision",
    }
)


def open_lines(person: Person, organ: Organ) -> ColumnElement[bool]:
    """The lines that a person may look for by what they say, for `where`."""
    if access.decides_secrets(person, organ.id):
        return true()
    is_open = alarms.open_to(person, RegisterEntry.document_id.expression)
    return RegisterEntry.is_suspected.is_(False) & is_open


def suspect(session: Session, number: int) -> None:
    """A file of this line is suspected: who does not decide on secrets reads it no more."""
    entry = _held(session, number)
    if entry.is_suspected or entry.document_id is not None:
        return
    _change(session, entry, is_suspected=True)
    audit.record(session, "register_entry.suspect", entry)


def clear(session: Session, number: int) -> None:
    """None of its files is suspected any more."""
    entry = _held(session, number)
    if entry.is_suspected:
        _change(session, entry, is_suspected=False)
        audit.record(session, "register_entry.end_suspicion", entry)


def pass_on(session: Session, entry: RegisterEntry, document: Document) -> None:
    """Another of its files is a document now, described by the line: suspected likewise."""
    if entry.is_suspected:
        alarms.sound(session, document, alarms.SUSPECTED)


def erase(session: Session, number: int) -> None:
    """Its file is a state secret: number, day and reason stay.

    Where another of its files is a document, the line stands, and the document is suspected.
    """
    entry = _held(session, number)
    if entry.document is not None:
        alarms.sound(session, entry.document, alarms.SUSPECTED)
        clear(session, number)
        return
    answered = answers.ended_by(session, entry)
    twins, asked = _twins(session, entry), _let_in(session, entry)
    for one in deliveries.of_entry(session, entry):
        session.delete(one)
    for twin in twins:
        twin.why = ""
    for question in asked:
        question.typed, question.reason = {}, ""
    blank = {name: value for name, value in _blank().items() if name not in KEPT}
    _change(session, entry, **blank, cancelled_at=entry.cancelled_at or clock.now(),
            state="cancelled", cancel_reason=WHY)  # fmt: skip
    session.expire(entry, ["answered_by", "copy_of", "case_file"])
    erased = [one for row in (entry, *asked) for one in erase_words(session, row)]
    erased += erase_words_telling(session, twins)
    facts = {"book": entry.register.code, "erased_words": sorted(set(erased))}
    audit.record(session, "register_entry.erase", entry, also=(*twins, *asked), facts=facts)
    _ask_anew(session, answered)


def number_of_file(asked: LettingIn) -> int | None:
    """The number of the received file that somebody asked to let in, where there was one."""
    number = str(asked.typed.get("intake", ""))
    return int(number) if number.isdecimal() and len(number) < 10 else None


def forget_questions(session: Session, organ: Organ, file: int) -> None:
    """What was asked about this file, a state secret, is answered by that; nothing typed stays."""
    unused = (LettingIn.organ_id == organ.id, LettingIn.entry_id.is_(None))
    for one in session.scalars(select(LettingIn).where(*unused).order_by(LettingIn.id)):
        if number_of_file(one) != file:
            continue
        one.typed, one.reason, one.is_allowed = {}, WHY, False
        one.decided_at = one.decided_at or clock.now()
        session.flush()
        erased = erase_words(session, one)
        audit.record(session, "letting_in.forget", one, facts={"erased_words": erased})


def _twins(session: Session, entry: RegisterEntry) -> list[EntryTwin]:
    here = or_(EntryTwin.entry_id == entry.id, EntryTwin.earlier_entry_id == entry.id)
    return list(session.scalars(select(EntryTwin).where(here).order_by(EntryTwin.id)))


def _let_in(session: Session, entry: RegisterEntry) -> list[LettingIn]:
    return list(session.scalars(select(LettingIn).where(LettingIn.entry_id == entry.id)))


def _ask_anew(session: Session, answered: Iterable[RegisterEntry]) -> None:
    """What ended by it is to be answered anew; what an order holds stays as it is."""
    for one in answered:
        try:
            hold(session, one)
        except Conflict:
            continue
        again(session, one)
        audit.record(session, "register_entry.take_up_again", one)


def _held(session: Session, number: int) -> RegisterEntry:
    session.flush()
    entry = session.get_one(RegisterEntry, number)
    audit.hold(session, entry)
    session.expire(entry, ["document"])
    return entry


def _change(session: Session, entry: RegisterEntry, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(entry, name, value)
    entry.revision += 1
    session.flush()


def _blank() -> dict[str, Any]:
    """What each column says of nothing."""
    return {one.key: _nothing(one.columns[0]) for one in inspect(RegisterEntry).column_attrs}


def _nothing(column: Any) -> Any:
    if column.default is not None:
        return column.default.arg(None) if column.default.is_callable else column.default.arg
    return None if column.nullable else ""
