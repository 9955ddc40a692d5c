"""Links between documents: answers, relates, replaces, attachment, paper twin; many to many.

A link begins at one document and is shown at both ends. What a text cites is offered as a link,
and made by a person only (HC-06, HC-27, KT-12, TN-32).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import access, audit, clock, freezes
from archive.documents import number_as_shown
from archive.errors import Conflict, Invalid, NotAllowed
from archive.life_models import DocumentLink
from archive.models import CaseFile, Document, Organ, Person, Placement
from archive.reading import found_documents, known_documents
from archive.roles import Action
from formats.document_numbers import find_numbers, keys, parse

KINDS = ("answers", "relates", "replaces", "attachment", "paper_twin")
BOTH_WAYS = frozenset({"relates", "paper_twin"})  # the same from either end
MOST_CITED = 60
MOST_OFFERED = 20


@dataclass(frozen=True)
class Linked:
    """A link as one of its ends sees it: `is_from` where it begins here."""

    link: DocumentLink
    other: Document
    is_from: bool


def link(
    session: Session, start: Document, end: Document, kind: str, by: Person, note: str = ""
) -> DocumentLink:
    """Link two documents; where the archive holds one of them, archivists do, and note why.

    Raises:
        Invalid: `unknown_link`, `links_itself`, `other_organ`, `reason_missing`.
        NotAllowed: `archivists_link`.
        Conflict: `linked_already`, `frozen`, `recalled`.
    """
    if require_linking(session, by, start, end) and not note.strip():
        raise Invalid("reason_missing")
    return _linked(session, start, end, kind, by, note)


def require_linking(session: Session, by: Person, *ends: Document) -> bool:
    """Whether the archive holds one of these; go on only if the person may link it then.

    Raises:
        NotAllowed: `archivists_link`.
    """
    held = select(Placement.document_id).join(CaseFile)
    numbers = [one.id for one in ends]
    held = held.where(Placement.document_id.in_(numbers), CaseFile.stage == "accepted")
    accepted = set(session.scalars(held))
    for one in ends:
        organ = session.get_one(Organ, one.organ_id)
        if one.id in accepted and not access.may(session, by, Action.ACCEPT, organ):
            raise NotAllowed("archivists_link", document=one.code)
    return bool(accepted)


def _linked(
    session: Session, start: Document, end: Document, kind: str, by: Person | None, note: str = ""
) -> DocumentLink:
    if kind not in KINDS:
        raise Invalid("unknown_link", kind=kind)
    if start.id == end.id:
        raise Invalid("links_itself")
    if start.organ_id != end.organ_id:
        raise Invalid("other_organ")
    freezes.require_thawed(session, start)
    freezes.require_thawed(session, end)
    freezes.require_unbound(session, start, end)
    if _is_linked(session, start, end, kind):
        raise Conflict("linked_already", document=end.code)
    made = DocumentLink(
        organ_id=start.organ_id,
        from_id=start.id,
        to_id=end.id,
        kind=kind,
        note=note.strip(),
        made_by_id=by.id if by is not None else None,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    facts = {"kind": kind, "to": end.code}
    audit.record(session, "document.link", start, also=(made, end), facts=facts, note=made.note)
    return made


def link_or_tell(
    session: Session, start: Document, end: Document, kind: str, by: Person | None
) -> None:
    """Link two documents as somebody meant long before: once, as far as it may be.

    What goes out answers what the archive holds already: this is written down, whoever drafted it.

    What an order or a recall forbids meanwhile is left out, and the story says so.
    """
    try:
        _linked(session, start, end, kind, by)
    except Conflict as no:
        if no.code != "linked_already":
            facts = {"kind": kind, "to": end.code, "reason": no.code}
            audit.record(session, "document.link_left_out", start, facts=facts)


def _is_linked(session: Session, start: Document, end: Document, kind: str) -> bool:
    there = and_(DocumentLink.from_id == start.id, DocumentLink.to_id == end.id)
    back = and_(DocumentLink.from_id == end.id, DocumentLink.to_id == start.id)
    ends = or_(there, back) if kind in BOTH_WAYS else there
    found = select(DocumentLink.id).where(ends, DocumentLink.kind == kind)
    return session.scalar(found.limit(1)) is not None


def unlink(session: Session, found: DocumentLink, why: str, by: Person) -> None:
    """Take a link away that was made by mistake; the story of both ends keeps it.

    Raises:
        Invalid: `reason_missing`.
        NotAllowed: `archivists_link`.
        Conflict: `frozen`, `recalled`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    start = session.get_one(Document, found.from_id)
    end = session.get_one(Document, found.to_id)
    require_linking(session, by, start, end)
    freezes.require_thawed(session, start)
    freezes.require_thawed(session, end)
    freezes.require_unbound(session, start, end)
    session.delete(found)
    session.flush()
    facts = {"kind": found.kind, "to": end.code}
    audit.record(session, "document.unlink", start, also=(end,), facts=facts, why=why.strip())


def linked(session: Session, person: Person, document: Document) -> list[Linked]:
    """The document's links to others of which the person may know, from both ends."""
    begins_here = DocumentLink.from_id == document.id
    other = case((begins_here, DocumentLink.to_id), else_=DocumentLink.from_id)
    found = session.execute(
        select(DocumentLink, Document)
        .join(Document, Document.id == other)
        .where(or_(begins_here, DocumentLink.to_id == document.id))
        .where(found_documents(session, person))
        .options(joinedload(Document.parts))
        .order_by(DocumentLink.id)
    ).unique()
    return [Linked(one, end, is_from=one.from_id == document.id) for one, end in found]


def _documents(session: Session, numbers: Iterable[int]) -> dict[int, Document]:
    found = select(Document).where(Document.id.in_(list(numbers)))
    return {one.id: one for one in session.scalars(found.options(selectinload(Document.parts)))}


def suggested(
    session: Session, person: Person, document: Document, text: str
) -> Sequence[Document]:
    """Documents of the organ that the text cites by number and symbol, not linked yet."""
    cited = [one.number for one in find_numbers(text)[:MOST_CITED] if one.number.number]
    wanted = {key for one in cited for key in keys(one) if not key.endswith("||")}
    if not wanted:
        return []
    spelled = {f"{one.number:0{width}d}" for one in cited for width in (1, 2, 3)}
    there = {one.other.id for one in linked(session, person, document)} | {document.id}
    found = session.scalars(
        select(Document)
        .where(Document.organ_id == document.organ_id, Document.code_number.in_(spelled))
        .order_by(Document.id.desc())
        .limit(500)
    )
    fits = [one.id for one in found if one.id not in there and _numbers(one) & wanted]
    offered = _documents(session, known_documents(session, person, fits[:MOST_OFFERED]))
    return [offered[one] for one in fits if one in offered]


def _numbers(document: Document) -> set[str]:
    number = parse(number_as_shown(document))
    year = document.issued_date.year if document.issued_date else None
    return {one for one in keys(number, year=year) if not one.endswith("||")} if number else set()
