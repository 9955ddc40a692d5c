"""A whole case file in order of time, as far as it is open to who asks (NĐ 30, PL VI, III.4g)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import alarms, audit, clock, exports, reading
from archive.documents import rendition
from archive.errors import Invalid
from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS
from archive.models import CaseFile, Document, Organ, Part, Person, Placement
from formats.case_file_packages import MOST_PAGES, MOST_PIECES, HeldDocument, HeldFile

ORDERS = ("time", "ordinal")


@dataclass(frozen=True)
class Source:
    """A stored PDF whose pages go into the whole."""

    document: int  # its ordinal in the export
    title: str
    digest: str
    pages: int


@dataclass(frozen=True)
class Whole:
    """A case file as it leaves the archive.

    Attributes:
        code: of the case file.
        title: of the case file.
        organ: its organ's name.
        order: `time` or `ordinal`.
        data: the case file's values by the codes of NĐ 30.
        documents: in the order asked for.
        sources: archival copies of what is open, in the same order.
        lacking: ordinals of open documents some file of which has no PDF to show.
    """

    code: str
    title: str
    organ: str
    order: str
    data: dict[str, Any]
    documents: tuple[HeldDocument, ...]
    sources: tuple[Source, ...]
    lacking: frozenset[int]


def take_out_whole(
    session: Session, who: Person, case_file: CaseFile, *, form: str, order: str = "time"
) -> Whole:
    """Everything of a case file that is open to this person; told of it and of each document.

    Args:
        session: the transaction's session.
        who: who takes it out.
        case_file: what is taken out.
        form: `pdf` or `xml`.
        order: `time`, by the documents' dates, or `ordinal`, as they stand in the file.

    Raises:
        NotAllowed: `export_needs_consent`.
        Invalid: `no_such_form`, `whole_too_large`.
    """
    whole, open_ones = _gathered(session, who, case_file, form, order)
    for one in open_ones:
        _tell(session, one, case_file, form)
    facts = {"form": form, "order": order, "documents": len(open_ones),
             "closed": len(whole.documents) - len(open_ones)}  # fmt: skip
    audit.record(session, "case_file.export_whole", case_file, facts=facts)
    return whole


def whole_of(session: Session, who: Person, case_file: CaseFile, *, order: str = "time") -> Whole:
    """The same for a PDF, of which nothing is told: it is not taken out yet.

    Raises:
        NotAllowed, Invalid: as `take_out_whole`.
    """
    return _gathered(session, who, case_file, "pdf", order)[0]


def all_of(session: Session, case_file: CaseFile) -> tuple[HeldDocument, ...]:
    """Every document in it, whoever asks: for who is to have the whole case file by right."""
    places = _in_order(session, case_file, "ordinal")
    everything = {one.document_id for one in places}
    return tuple(_held(number, one, everything, everything) for number, one in enumerate(places, 1))


def content_of(whole: Whole) -> str:
    """A digest of what is in it: which documents, how far open, and which stored forms."""
    documents = [[one.ordinal, one.code, one.access] for one in whole.documents]
    told = [whole.order, documents, [one.digest for one in whole.sources]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _gathered(
    session: Session, who: Person, case_file: CaseFile, form: str, order: str
) -> tuple[Whole, list[Document]]:
    """The whole, and those of its documents that are open to the person."""
    if form not in ("pdf", "xml") or order not in ORDERS:
        raise Invalid("no_such_form", form=form if form not in ("pdf", "xml") else order)
    exports.require_consent(session, who, case_file)
    places = _in_order(session, case_file, order)
    numbers = [one.document_id for one in places]
    known = reading.known_documents(session, who, numbers)
    readable = reading.known_documents(session, who, numbers, content=True)
    held = tuple(_held(number, one, known, readable) for number, one in enumerate(places, 1))
    open_ones = [
        (number, one.document)
        for number, one in enumerate(places, 1)
        if one.document_id in readable
    ]
    sources = tuple(source for number, one in open_ones for source in _sources(number, one))
    if form == "pdf":
        _require_within(sources)
    whole = Whole(
        code=case_file.code,
        title=case_file.title,
        organ=session.get_one(Organ, case_file.organ_id).name,
        order=order,
        data={one.code: getattr(case_file, one.column) for one in CASE_FILE_FIELDS},
        documents=held,
        sources=sources,
        lacking=frozenset(
            number
            for number, one in open_ones
            if any(_shown(one, part) is None for part in one.parts)
        ),
    )
    return whole, [one for _, one in open_ones]


def _tell(session: Session, document: Document, case_file: CaseFile, form: str) -> None:
    """Its pages leave in the PDF; its description alone in the XML."""
    if form == "pdf":
        reading.opened(session, document, "export", rendition="archival", case_file=case_file.code)
    else:
        reading.opened(session, document, "describe", case_file=case_file.code)


def _in_order(session: Session, case_file: CaseFile, order: str) -> list[Placement]:
    places = list(
        session.scalars(
            select(Placement)
            .where(Placement.case_file_id == case_file.id)
            .options(
                selectinload(Placement.document)
                .selectinload(Document.parts)
                .selectinload(Part.renditions)
            )
            .order_by(Placement.ordinal)
        )
    )
    if order == "time":
        organ = session.get_one(Organ, case_file.organ_id)
        places.sort(key=lambda one: (_day_of(one.document, organ), one.ordinal))
    return places


def _day_of(document: Document, organ: Organ) -> date:
    """Its own date; of one without a date the day it arrived, or came into the archive."""
    known = document.issued_date or document.arrival_date
    return known or clock.day_of(document.shelved_at, organ)


def _held(number: int, place: Placement, known: set[int], readable: set[int]) -> HeldDocument:
    one = place.document
    if one.id not in known | readable:
        return HeldDocument(number, place.ordinal, "closed")
    return HeldDocument(
        ordinal=number,
        place=place.ordinal,
        access="open" if one.id in readable else "described",
        code=one.code,
        data={
            each.code: getattr(one, each.column) for each in DOCUMENT_FIELDS if each.kind != "list"
        },
        more=one.supplementary,
        recipients=tuple(str(to.get("organ_name", "")) for to in one.recipients),
        files=tuple(_file(part) for part in sorted(one.parts, key=lambda part: part.ordinal)),
    )


def _file(part: Part) -> HeldFile:
    forms = tuple(
        {
            "role": one.role,
            "mime": one.mime,
            "puid": one.puid,
            "size": str(one.size),
            "sha256": one.digest,
            "madeAt": one.made_at.isoformat(),
        }
        for one in sorted(part.renditions, key=lambda one: one.id)
        if one.replaced_at is None
    )
    return HeldFile(part.ordinal, part.role, part.file_name, part.digest, part.pages, forms)


def _sources(number: int, document: Document) -> list[Source]:
    found = []
    named = "/".join(one for one in (document.code_number, document.code_notation) if one)
    title = " – ".join(one for one in (named, document.subject) if one) or document.code
    for part in sorted(document.parts, key=lambda part: part.ordinal):
        digest = _shown(document, part)
        if digest is not None:
            name = title if part.ordinal == 1 else f"{title} ({part.file_name})"
            found.append(Source(number, name, digest, part.pages or 0))
    return found


def _shown(document: Document, part: Part) -> str | None:
    """The PDF whose pages stand for the part: the archival copy, or the next best.

    An original in which a virus was found goes out in no copy.
    """
    is_harmless = document.alarm != alarms.INFECTED
    for role in ("archival", "reading", *(["original"] if is_harmless else [])):
        found = rendition(part, role)
        if found is not None and found.mime == "application/pdf":
            return found.digest
    return None


def _require_within(sources: tuple[Source, ...]) -> None:
    pages = sum(one.pages for one in sources)
    if len(sources) >= MOST_PIECES or pages > MOST_PAGES - 100:
        raise Invalid(
            "whole_too_large", files=len(sources), pages=pages,
            most_files=MOST_PIECES - 1, most_pages=MOST_PAGES - 100,
        )  # fmt: skip
