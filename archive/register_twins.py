"""Is it here already? Same bytes, same identification code, or same number, organ and year (R5).

What has no number of its own yet, or none at all, is known by its words and its day.

NĐ 30/2020, Phụ lục VI, III.1h and HC 16.1g want the clerk to be told at once. The clerk decides,
with a reason, and the decision is kept. Nobody is told of a document that is closed to them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import access, audit, clock, register_lists
from archive.access import Action
from archive.errors import Conflict, Invalid
from archive.models import Document, Organ, Part, Person
from archive.register_fields import canonical_of, number_of_entry
from archive.register_models import EntryTwin, Register, RegisterEntry
from archive.registers import same_organ
from formats.vietnamese import nfc

DECISIONS = ("other", "same", "supplement")
MOST_LOOKED_AT = 200
MOST_SHOWN = 10


@dataclass(frozen=True)
class Sought:
    """What is known of the document that is to be registered."""

    number: str = ""
    notation: str = ""
    organ_name: str = ""
    issued_date: date | None = None
    doc_code: str = ""
    digest: str | None = None
    entries_of_same_bytes: tuple[int, ...] = ()
    words: "Words | None" = None


@dataclass(frozen=True)
class Words:
    """By what a line without a number of its own is known: what goes out, what came unnumbered."""

    subject: str
    type_name: str
    day: date | None  # of what goes out: its issue; of what came: its own date
    recipients: tuple[str, ...] = ()
    books: tuple[int, ...] = ()  # of what goes out: those it could stand in

    def are_of(self, entry: RegisterEntry) -> bool:
        """Whether a line says the same, but for marks of case and spaces."""
        got = {_plain(str(one.get("organ_name", ""))) for one in entry.recipients}
        return (_plain(self.subject), _plain(self.type_name)) == (
            _plain(entry.subject),
            _plain(entry.type_name),
        ) and got == {_plain(one) for one in self.recipients}


def _plain(text: str) -> str:
    return " ".join(nfc(text).lower().split())


@dataclass(frozen=True)
class Twin:
    """An earlier line or document, and by what it looks like the same.

    What is shown of it is kept as plain values: they outlive a transaction that is rolled back.
    """

    key: str  # code of the line, or of the document where it has none
    grounds: tuple[str, ...]  # digest, doc_code, number, words
    number: str
    issued_on: date | None
    organ_name: str
    subject: str
    registered_on: date | None
    document_code: str
    entry: RegisterEntry | None = field(default=None, repr=False)
    document: Document | None = field(default=None, repr=False)


def _twin(grounds: Iterable[str], entry: RegisterEntry | None, document: Document | None) -> Twin:
    thing = entry or document
    assert thing is not None
    return Twin(
        key=thing.code,
        grounds=tuple(sorted(grounds)),
        number=number_of_entry(thing),
        issued_on=thing.issued_date,
        organ_name=thing.organ_name,
        subject=thing.subject,
        registered_on=entry.registered_on if entry else None,
        document_code=document.code if document else "",
        entry=entry,
        document=document,
    )


class LooksLikeEarlier(Conflict):
    """Something that looks the same is here; the clerk decides what it is."""

    def __init__(self, twins: list[Twin]) -> None:
        self.twins = twins
        super().__init__("looks_like_earlier", earlier=", ".join(one.key for one in twins))


@dataclass
class _Found:
    """What was found so far, and why."""

    entries: dict[int, RegisterEntry] = field(default_factory=dict)
    documents: dict[int, Document] = field(default_factory=dict)
    why: dict[tuple[str, int], set[str]] = field(default_factory=dict)

    def add(self, thing: RegisterEntry | Document, ground: str) -> None:
        if isinstance(thing, RegisterEntry):
            self.entries[thing.id] = thing
            self.why.setdefault(("entry", thing.id), set()).add(ground)
        else:
            self.documents[thing.id] = thing
            self.why.setdefault(("document", thing.id), set()).add(ground)


def find(
    session: Session,
    person: Person,
    organ: Organ,
    sought: Sought,
    *,
    but_entry: int | None = None,
    but_document: int | None = None,
) -> list[Twin]:
    """The organ's earlier lines and documents that look the same, as far as the person may know."""
    found = _Found()
    for entry, ground in _entries(session, organ, sought):
        found.add(entry, ground)
    for document, ground in _documents(session, organ, sought):
        found.add(document, ground)
    found.entries.pop(but_entry or 0, None)
    found.documents.pop(but_document or 0, None)
    return list(_joined(session, person, organ, found))[:MOST_SHOWN]


def _entries(session: Session, organ: Organ, sought: Sought) -> Iterator[tuple[RegisterEntry, str]]:
    canonical = canonical_of(sought.number, sought.notation)
    here = select(RegisterEntry).where(
        RegisterEntry.organ_id == organ.id, RegisterEntry.state == "registered"
    )
    here = here.options(
        joinedload(RegisterEntry.register).joinedload(Register.organ),
        joinedload(RegisterEntry.document),
    )
    if canonical and sought.notation:
        same = here.where(RegisterEntry.canonical == canonical)
        for one in session.scalars(same.order_by(RegisterEntry.id.desc()).limit(MOST_LOOKED_AT)):
            if _is_same(sought, one.organ_name, one.issued_date):
                yield one, "number"
    if sought.words is not None:
        yield from ((one, "words") for one in _of_same_words(session, here, sought, canonical))
    if sought.doc_code:
        coded = here.where(RegisterEntry.doc_code == sought.doc_code.strip())
        yield from ((one, "doc_code") for one in session.scalars(coded.limit(MOST_SHOWN)))
    if sought.entries_of_same_bytes:
        same = here.where(RegisterEntry.id.in_(sought.entries_of_same_bytes))
        yield from ((one, "digest") for one in session.scalars(same))


def _of_same_words(
    session: Session, here: Select[RegisterEntry], sought: Sought, canonical: str
) -> Iterator[RegisterEntry]:
    words = sought.words
    assert words is not None
    if words.day is None:
        return
    if words.books:
        here = here.where(RegisterEntry.register_id.in_(words.books))
        here = here.where(RegisterEntry.registered_on == words.day)
    else:
        here = here.where(RegisterEntry.canonical == canonical)
        here = here.where(RegisterEntry.issued_date == words.day)
    for one in session.scalars(here.order_by(RegisterEntry.id.desc()).limit(MOST_LOOKED_AT)):
        if words.are_of(one) and same_organ(sought.organ_name, one.organ_name):
            yield one


def _documents(session: Session, organ: Organ, sought: Sought) -> Iterator[tuple[Document, str]]:
    here = (
        select(Document)
        .where(Document.organ_id == organ.id, Document.destroyed_at.is_(None))
        .options(selectinload(Document.parts), joinedload(Document.organ))
        .order_by(Document.id.desc())
    )
    if sought.digest:
        inside = select(Part.document_id).where(Part.digest == sought.digest)
        same = here.where(Document.id.in_(inside)).limit(MOST_SHOWN)
        yield from ((one, "digest") for one in session.scalars(same))
    if sought.doc_code:
        coded = here.where(Document.doc_code == sought.doc_code.strip()).limit(MOST_SHOWN)
        yield from ((one, "doc_code") for one in session.scalars(coded))
    canonical = canonical_of(sought.number, sought.notation)
    if canonical and sought.notation:
        spelled = here.where(Document.code_number.in_(_spellings(sought.number)))
        for one in session.scalars(spelled.limit(MOST_LOOKED_AT)):
            is_number = canonical_of(one.code_number, one.code_notation) == canonical
            if is_number and _is_same(sought, one.organ_name, one.issued_date):
                yield one, "number"


def _spellings(number: str) -> set[str]:
    """A number with and without the zeros that people put before it."""
    bare = number.strip().lstrip("0") or number.strip()
    return {number, number.strip(), *(bare.rjust(width, "0") for width in range(1, 7))}


def _is_same(sought: Sought, organ_name: str, issued: date | None) -> bool:
    same_year = (
        sought.issued_date is None or issued is None or sought.issued_date.year == issued.year
    )
    return same_year and same_organ(sought.organ_name, organ_name)


def _joined(session: Session, person: Person, organ: Organ, found: _Found) -> Iterator[Twin]:
    """A line and its document are one twin; what the person may not know of is left out."""
    told = set()
    of_documents = _lines_of(session, found.documents)
    for entry in {**found.entries, **of_documents}.values():
        grounds = set(found.why.get(("entry", entry.id), ()))
        if entry.document_id is not None:
            told.add(entry.document_id)
            grounds |= found.why.get(("document", entry.document_id), set())
        if register_lists.may_see(session, person, organ, entry):
            yield _twin(grounds, entry, entry.document)
    for document in found.documents.values():
        if document.id not in told and access.may(session, person, Action.DESCRIBE, document):
            yield _twin(found.why["document", document.id], None, document)


def _lines_of(session: Session, documents: Iterable[int]) -> dict[int, RegisterEntry]:
    numbers = list(documents)
    if not numbers:
        return {}
    found = session.scalars(
        select(RegisterEntry)
        .where(
            RegisterEntry.document_id.in_(numbers),
            RegisterEntry.state == "registered",
        )
        .options(
            joinedload(RegisterEntry.register).joinedload(Register.organ),
            joinedload(RegisterEntry.document),
        )
    )
    return {one.id: one for one in found}


def decide(
    session: Session, entry: RegisterEntry, by: Person, twin: Twin, decision: str, why: str
) -> EntryTwin:
    """Keep what the clerk decided of a twin, at the line that the paper now belongs to.

    Raises:
        Invalid: `bad_decision`, `reason_missing`.
    """
    check_decision(decision, why)
    kept = EntryTwin(
        entry_id=entry.id,
        earlier_entry_id=twin.entry.id if twin.entry else None,
        earlier_document_id=twin.document.id if twin.document else None,
        grounds=",".join(twin.grounds),
        decision=decision,
        why=nfc(why).strip(),
        decided_by_id=by.id,
        decided_at=clock.now(),
    )
    session.add(kept)
    session.flush()
    facts = {"decision": decision, "earlier": twin.key, "grounds": list(twin.grounds)}
    audit.record(session, "register_entry.twin", entry, also=(kept,), facts=facts, why=why)
    return kept


def check_decision(decision: str, why: str) -> None:
    """Whether a decision is one of those there are, and says why.

    Raises:
        Invalid: `bad_decision`, `reason_missing`.
    """
    if decision not in DECISIONS:
        raise Invalid("bad_decision", decision=decision)
    if not why.strip():
        raise Invalid("reason_missing")


def decisions_of(session: Session, entry: RegisterEntry) -> list[EntryTwin]:
    """What was decided about a line's twins, oldest first."""
    found = select(EntryTwin).where(
        or_(EntryTwin.entry_id == entry.id, EntryTwin.earlier_entry_id == entry.id)
    )
    return list(session.scalars(found.order_by(EntryTwin.id)))
