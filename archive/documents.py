"""Documents: shelving what came off the road, placing it in case files, correcting its data."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import access, audit, case_files, clock, freezes, stated_terms
from archive.errors import Conflict, Invalid, NotFound
from archive.fields import DOCUMENT_FIELDS, parse_fields
from archive.models import (
    CaseFile,
    CodeSeries,
    Document,
    Organ,
    Part,
    Person,
    Placement,
    Rendition,
)


@dataclass(frozen=True)
class Made:
    """A stored form of a part, as the road hands it over."""

    role: str
    digest: str
    size: int
    mime: str
    puid: str = ""


@dataclass(frozen=True)
class Arrived:
    """One file at the end of its road."""

    file_name: str
    digest: str
    pages: int | None
    renditions: tuple[Made, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    mending: str | None = None  # why it has no valid archival copy
    role: str = "main"


def shelve(
    session: Session,
    organ: Organ,
    arrived: Arrived,
    values: dict[str, str],
    *,
    case_file: CaseFile | None = None,
    by: Person | None = None,
    told: dict[str, Any] | None = None,
) -> Document:
    """Make a document of one part, with its code (R2), in its case file or in the tray (R4)."""
    columns, supplementary = parse_fields(values, DOCUMENT_FIELDS)
    document = Document(
        organ_id=organ.id,
        code=_next_code(session, organ),
        shelved_at=clock.now(),
        shelved_by_id=by.id if by else None,
        supplementary=supplementary,
        mending=arrived.mending,
        **columns,
    )
    if document.page_amount is None:
        document.page_amount = arrived.pages
    session.add(document)
    session.flush()
    _add_part(session, document, arrived, ordinal=1)
    facts = {"sha256": arrived.digest, "mending": arrived.mending, **(told or {})}
    also: tuple[CaseFile, ...] = ()
    if case_file is not None and _takes(session, case_file):  # closed or frozen since: the tray
        _place(session, document, case_file)
        facts |= stated_terms.placed(document, case_file)
        also = (case_file,) if document.maintenance else ()
    audit.record(
        session, "document.shelve", document, also=also, facts=facts, name=arrived.file_name
    )
    return document


def _takes(session: Session, case_file: CaseFile) -> bool:
    audit.hold(session, case_file)  # nobody closes it meanwhile
    return case_files.takes_documents(case_file) and not freezes.orders_on(session, case_file)


def _next_code(session: Session, organ: Organ) -> str:
    """The organ's next number of the legal year; the row is locked until the transaction ends."""
    year = clock.today(organ).year
    found = select(CodeSeries).where(CodeSeries.organ_id == organ.id, CodeSeries.year == year)
    series = session.scalar(found.with_for_update(key_share=True))
    if series is None:
        session.execute(
            select(Organ.id).where(Organ.id == organ.id).with_for_update(key_share=True)
        )
        series = session.scalar(found.with_for_update(key_share=True))
    if series is None:
        series = CodeSeries(organ_id=organ.id, year=year, last=0)
        session.add(series)
    series.last += 1
    session.flush()
    return f"{organ.code}-{year}-{series.last:07d}"


def _add_part(session: Session, document: Document, arrived: Arrived, ordinal: int) -> Part:
    part = Part(
        document_id=document.id,
        ordinal=ordinal,
        role=arrived.role,
        file_name=arrived.file_name,
        digest=arrived.digest,
        pages=arrived.pages,
        facts=arrived.facts,
        mending=arrived.mending,
    )
    session.add(part)
    session.flush()
    add_renditions(session, part, arrived.renditions)
    return part


def add_part(session: Session, document: Document, arrived: Arrived, *, role: str) -> Part:
    """A further file of a document, last in order: an annex, an editable companion (R1).

    Raises:
        Conflict: `frozen`, `handed_to_history`.
    """
    freezes.require_thawed(session, document)
    freezes.require_kept_here(session, document)
    audit.hold(session, document)
    last = session.scalar(select(func.max(Part.ordinal)).where(Part.document_id == document.id))
    part = _add_part(session, document, replace(arrived, role=role), ordinal=(last or 0) + 1)
    document.mending = document.mending or arrived.mending
    if role != "companion" and arrived.pages:
        document.page_amount = (document.page_amount or 0) + arrived.pages
    document.revision += 1
    session.flush()
    audit.record(
        session,
        "document.add_part",
        document,
        facts={"sha256": arrived.digest, "part": part.ordinal, "role": role},
        name=arrived.file_name,
    )
    return part


def add_renditions(session: Session, part: Part, made: Iterable[Made]) -> None:
    """Add stored forms; an earlier one of the same role stays, marked as replaced."""
    moment = clock.now()
    earlier = {
        one.role: one
        for one in session.scalars(
            select(Rendition).where(Rendition.part_id == part.id, Rendition.replaced_at.is_(None))
        )
    }
    for one in made:
        if one.role in earlier:
            earlier[one.role].replaced_at = moment
        session.add(
            Rendition(
                part_id=part.id,
                document_id=part.document_id,
                role=one.role,
                digest=one.digest,
                size=one.size,
                mime=one.mime,
                puid=one.puid,
                made_at=moment,
            )
        )
    session.flush()


def mend(session: Session, part: Part, arrived: Arrived, told: dict[str, Any]) -> None:
    """Give a part the stored forms that were made anew from its original.

    Earlier ones of the same role stay, marked as replaced; with a valid archival copy so do all,
    but for the judgement on signatures that was made at receipt. A walk from which neither a valid
    copy nor pages came leaves all as it was.

    Raises:
        Conflict: `frozen`, `recalled`.
    """
    document = part.document
    freezes.require_thawed(session, document)
    audit.hold(session, document)
    if arrived.mending is None or arrived.pages is not None:
        _renew(session, part, arrived)
    document.mending = next((one.mending for one in document.parts if one.mending), None)
    document.revision += 1
    facts = {"part": part.ordinal, "mending": arrived.mending, **told}
    audit.record(session, "document.mended", document, facts=facts)


def _renew(session: Session, part: Part, arrived: Arrived) -> None:
    stays = {"original"}
    facts = {name: said for name, said in arrived.facts.items() if name != "at_receipt"}
    if judged := judged_at_receipt(part):
        stays.add("signature_report")
        facts["check_signatures"] = judged
    if arrived.mending is None:
        _replace_all_but(session, part, stays)
    add_renditions(session, part, [one for one in arrived.renditions if one.role not in stays])
    part.facts, part.mending = facts, arrived.mending
    part.pages = part.pages if arrived.pages is None else arrived.pages


def judged_at_receipt(part: Part) -> dict[str, Any]:
    """What was found out about the signatures when it was received; empty if nothing could be."""
    judged: dict[str, Any] = part.facts.get("check_signatures", {})
    return {} if judged.get("problem") else judged


def _replace_all_but(session: Session, part: Part, roles: set[str]) -> None:
    current = Rendition.part_id == part.id, Rendition.replaced_at.is_(None)
    for one in session.scalars(select(Rendition).where(*current, Rendition.role.not_in(roles))):
        one.replaced_at = clock.now()
    session.flush()


def place(session: Session, document: Document, case_file: CaseFile) -> None:
    """Put a document into a case file, last in order. It may stand in several without a copy.

    Raises:
        Conflict: `already_placed`, `case_file_is_final`, `frozen`, `recalled`, `gone_already`.
        Invalid: `other_organ`.
    """
    if case_file.organ_id != document.organ_id:
        raise Invalid("other_organ")
    audit.hold(session, case_file)  # nobody closes it meanwhile
    audit.hold(session, document)
    if document.destroyed_at is not None:
        raise Conflict("gone_already", thing=document.code)
    case_files.require_taking(session, case_file)
    freezes.require_thawed(session, document)
    _place(session, document, case_file)
    facts = stated_terms.placed(document, case_file)
    audit.record(session, "document.place", document, also=(case_file,), facts=facts)


def file_into(session: Session, by: Person, document: Document, case_file: CaseFile) -> None:
    """Put a document into a case file by the person's rights, unless it stands there already.

    Raises:
        NotFound, NotAllowed: as `access.require_placing`; Conflict, Invalid: as `place`.
    """
    access.require_placing(session, by, document, case_file)
    if case_file.id not in {one.case_file_id for one in document.placements}:
        place(session, document, case_file)


def _place(session: Session, document: Document, case_file: CaseFile) -> None:
    here = Placement.case_file_id == case_file.id
    if session.scalar(select(Placement.id).where(here, Placement.document_id == document.id)):
        raise Conflict("already_placed", case_file=case_file.code)
    last = session.scalar(select(func.max(Placement.ordinal)).where(here)) or 0
    session.add(
        Placement(
            case_file_id=case_file.id,
            document_id=document.id,
            ordinal=last + 1,
            placed_at=clock.now(),
        )
    )
    document.revision += 1
    session.flush()
    session.expire(document, ["placements", "is_filed"])  # who may read it follows from them


def correct(
    session: Session,
    document: Document,
    values: dict[str, str],
    why: str,
    *,
    seen: int | None = None,
) -> None:
    """Change descriptive data; earlier values stay readable in the story.

    Args:
        session: the transaction's session.
        document: what is corrected.
        values: new values by field.
        why: the reason, kept in the story.
        seen: the revision from which the values were typed, if somebody looked at one.

    Raises:
        Invalid: `reason_missing`, `unknown_field`, `bad_value`.
        Conflict: `changed_meanwhile`: it is not as it was when it was looked at; `frozen`,
            `handed_to_history`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    columns, supplementary = parse_fields(values, DOCUMENT_FIELDS)
    audit.hold(session, document)
    if seen not in (None, document.revision):
        raise Conflict("changed_meanwhile", document=document.code)
    freezes.require_thawed(session, document)
    freezes.require_kept_here(session, document)
    _change(session, document, columns, supplementary, why)


def correct_columns(
    session: Session, document: Document, columns: dict[str, Any], why: str
) -> None:
    """Change values that were read already, by column; told like any correction."""
    audit.hold(session, document)
    _change(session, document, columns, {}, why)


def _change(
    session: Session,
    document: Document,
    columns: dict[str, Any],
    supplementary: dict[str, str],
    why: str,
) -> None:
    before = {name: _readable(getattr(document, name)) for name in columns}
    for name, value in columns.items():
        setattr(document, name, value)
    if supplementary:
        before |= {f"+{name}": document.supplementary.get(name) for name in supplementary}
        document.supplementary = {**document.supplementary, **supplementary}
    after = {name: _readable(value) for name, value in columns.items()}
    after |= {f"+{name}": value for name, value in supplementary.items()}
    document.revision += 1
    told = stated_terms.changed(session, document, before.get("maintenance"))
    audit.record(session, "document.correct", document, why=why, before=before, after=after, **told)


def _readable(value: Any) -> Any:
    """A value as the story's words keep it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def by_code(session: Session, code: str) -> Document:
    """The document with this code, with parts, renditions and places; in two questions.

    Raises:
        NotFound: `no_such_document`.
    """
    asked = session.scalars(
        select(Document)
        .where(Document.code == code.strip())
        .options(
            joinedload(Document.organ, innerjoin=True),
            # Not as an inner join of both beside it: of that SQLite makes a table of all places.
            joinedload(Document.placements).joinedload(Placement.case_file, innerjoin=False),
            selectinload(Document.parts).joinedload(Part.renditions),
        )
    )
    if (found := asked.unique().one_or_none()) is None:
        raise NotFound("no_such_document", document=code)
    return found


def rendition(part: Part, role: str) -> Rendition | None:
    """The current stored form of this role."""
    return next(
        (one for one in part.renditions if one.role == role and one.replaced_at is None), None
    )


def digests_in_use(session: Session, digests: Iterable[str]) -> set[str]:
    """Those of the digests that a rendition names whose document was not destroyed."""
    named = select(Rendition.digest).where(Rendition.digest.in_(list(digests)))
    alive = named.join(Document, Document.id == Rendition.document_id)
    return set(session.scalars(alive.where(Document.destroyed_at.is_(None))))


def number_as_shown(document: Document) -> str:
    """Number and symbol as people write them: 212/QĐ-VP."""
    return "/".join(one for one in (document.code_number, document.code_notation) if one)


def stored_form(document: Document, role: str, part_number: int = 1) -> Rendition:
    """The current stored form of a part.

    Raises:
        NotFound: `no_such_part`, or `no_such_rendition`.
    """
    part = next((one for one in document.parts if one.ordinal == part_number), None)
    if part is None:
        raise NotFound("no_such_part", part=part_number)
    found = rendition(part, role)
    if found is None:
        raise NotFound("no_such_rendition", rendition=role, document=document.code)
    return found


def all_codes(session: Session) -> list[str]:
    """The codes of all documents that are there, in order of shelving."""
    there = select(Document.code).where(Document.destroyed_at.is_(None))
    return list(session.scalars(there.order_by(Document.id)))
