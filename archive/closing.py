"""Closing a case file: everything in it is looked through first (NĐ 30/2020, Đ29.4; HC 13.2).

Duplicates and drafts are taken out, and the list of them stays. Missing data are named. Totals,
title, term and the last day are fixed; from the last day the date of submission follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import audit, clock, freezes, stated_terms
from archive.access import open_documents
from archive.case_files import index_anew, require_taking, totals
from archive.errors import Conflict, Invalid, NotFound
from archive.fields import CASE_FILE_FIELDS, parse_fields
from archive.life_models import TakenOut
from archive.models import CaseFile, Document, Person, Placement
from archive.moves import MORE_CHECKS, MORE_TAKING, Check, Hindrance, hindrances, move
from archive.terms import term_of

REASONS_TO_TAKE_OUT = ("duplicate", "draft", "misplaced")
MONTHS_TO_SUBMIT = 12  # from the day the work ended (NĐ 30/2020, Đ30.2)
COUNTED_FROM = frozenset({"maintenance", "end_date"})
MONTHS_AFTER_SETTLEMENT = 3  # of a construction project


@dataclass(frozen=True)
class Reviewed:
    """One document as the review shows it: what it lacks, and what it is a twin of.

    Attributes:
        placement: its place, with the document.
        lacking: columns of the register's fields that are empty.
        twins: ordinals of others in the file with the same bytes, or the same number and symbol.
        pages: of all its parts.
    """

    placement: Placement
    lacking: tuple[str, ...]
    twins: tuple[int, ...]
    pages: int


@dataclass(frozen=True)
class Review:
    """A case file before it is closed.

    Attributes:
        lines: its documents, in order.
        taken_out: what was taken out of it, and why.
        hindrances: what keeps it from being closed now.
        documents: total of documents.
        pages: total of pages.
        due_on: by when it is to be submitted, if it must be.
    """

    lines: list[Reviewed]
    taken_out: list[TakenOut]
    hindrances: list[Hindrance]
    documents: int
    pages: int
    due_on: date | None


def review(session: Session, case_file: CaseFile, by: Person, more: Iterable[Check] = ()) -> Review:
    """Look through a case file, as its closing asks."""
    places = session.scalars(
        select(Placement)
        .where(Placement.case_file_id == case_file.id, Placement.document.has(open_documents(by)))
        .options(
            joinedload(Placement.document, innerjoin=True).selectinload(Document.parts),
        )
        .order_by(Placement.ordinal)
    ).all()
    twins = _twins(places)
    lines = [
        Reviewed(
            one,
            lacking(one.document),
            twins.get(one.ordinal, ()),
            sum(part.pages or 0 for part in one.document.parts),
        )
        for one in places
    ]
    return Review(
        lines=lines,
        taken_out=taken_out(session, case_file),
        hindrances=hindrances(session, case_file, "close", by, more),
        documents=len(lines),
        pages=sum(one.pages for one in lines),
        due_on=due_on(case_file),
    )


def taken_out(session: Session, case_file: CaseFile) -> list[TakenOut]:
    """What was taken out of it, and why, in order."""
    gone = (
        select(TakenOut)
        .where(TakenOut.case_file_id == case_file.id)
        .options(joinedload(TakenOut.document, innerjoin=True).joinedload(Document.parts))
        .order_by(TakenOut.id)
    )
    return list(session.scalars(gone).unique())


def lacking(document: Document) -> tuple[str, ...]:
    """The descriptive data that every document of a closed file should have."""
    wanted = ("type_name", "issued_date", "organ_name", "subject")
    return tuple(name for name in wanted if not getattr(document, name))


def _twins(places: Iterable[Placement]) -> dict[int, tuple[int, ...]]:
    """By ordinal, those of others in the same file that look like the same document."""
    same: dict[Any, set[int]] = {}
    for one in places:
        for sign in _signs(one.document):
            same.setdefault(sign, set()).add(one.ordinal)
    twins: dict[int, set[int]] = {}
    for ordinals in same.values():
        for one_ordinal in ordinals if len(ordinals) > 1 else ():
            twins.setdefault(one_ordinal, set()).update(ordinals - {one_ordinal})
    return {ordinal: tuple(sorted(others)) for ordinal, others in twins.items()}


def _signs(document: Document) -> set[Any]:
    """What two documents have in common only if they may be the same one."""
    found: set[Any] = {part.digest for part in document.parts}
    named = (document.code_number, document.code_notation, document.organ_name)
    return found | {named} if all(named[:2]) else found


def due_on(case_file: CaseFile) -> date | None:
    """By when the archive must have it; None where it need not be submitted, or cannot be said.

    Files of five years and more: one year after the last day of work; those of construction
    projects: three months after the settlement (NĐ 30/2020, Đ30.2, Đ31.3c).
    """
    term = term_of(case_file.maintenance)
    if term is None or not term.must_be_submitted:
        return None
    if case_file.is_construction:
        if case_file.settled_on is None:
            return None
        return clock.months_after(case_file.settled_on, MONTHS_AFTER_SETTLEMENT)
    if case_file.end_date is None:
        return None
    return clock.months_after(case_file.end_date, MONTHS_TO_SUBMIT)


def take_out(
    session: Session, case_file: CaseFile, document: Document, why: str, note: str = ""
) -> None:
    """Take a duplicate, a draft or a stray out; the document stays (R4), and a line says so.

    Raises:
        Invalid: `bad_value`.
        NotFound: `not_in_case_file`.
        Conflict: `case_file_is_final`, `frozen`; what `archive.moves.MORE_CHECKS` says.
    """
    if why not in REASONS_TO_TAKE_OUT:
        raise Invalid("bad_value", field="why", value=why)
    audit.hold(session, case_file)
    require_taking(session, case_file)
    for check in MORE_CHECKS.get("take_out", ()):
        if (found := check(session, case_file)) is not None:
            raise Conflict(found.code, **found.details)
    freezes.require_thawed(session, document)
    place = session.scalar(
        select(Placement).where(
            Placement.case_file_id == case_file.id, Placement.document_id == document.id
        )
    )
    if place is None:
        raise NotFound("not_in_case_file", document=document.code, case_file=case_file.code)
    for of_document in MORE_TAKING:
        if (found := of_document(session, case_file, document)) is not None:
            raise Conflict(found.code, **found.details)
    session.delete(place)
    stated_terms.taken_out(session, document, case_file)
    session.add(
        TakenOut(
            case_file_id=case_file.id,
            document_id=document.id,
            why=why,
            note=note.strip(),
            taken_out_at=clock.now(),
        )
    )
    document.revision += 1
    session.flush()
    session.expire(document, ["placements", "is_filed"])
    audit.record(
        session,
        "case_file.take_out",
        case_file,
        also=(document,),
        facts={"document": document.code, "why": why},
        note=note,
    )


def close(
    session: Session,
    case_file: CaseFile,
    by: Person,
    values: dict[str, str],
    *,
    seen: int | None = None,
    more: Iterable[Check] = (),
) -> None:
    """Close a case file: fix its data and totals, count when it is due, and let nothing more in.

    Args:
        session: the transaction's session.
        case_file: what is closed.
        by: who closes it; its holder.
        values: what is fixed now, by field (title, term, last day, …).
        seen: the revision that was looked at.
        more: what else must hold (nothing of it still on the road).

    Raises:
        NotAllowed, Conflict: see `archive.moves`; `changed_meanwhile`.
        Invalid: `bad_value`, `unknown_field`.
    """
    describe(session, case_file, values, seen=seen)
    _renumber(session, case_file)
    documents, pages = totals(session, [case_file.id]).get(case_file.id, (0, 0))
    move(
        session,
        case_file,
        "close",
        by,
        more=more,
        closed_at=clock.now(),
        document_total=documents,
        page_total=pages,
        due_on=due_on(case_file),
        facts={
            "documents": documents,
            "pages": pages,
            **_kept_how_long(case_file),
            "terms": stated_terms.of_case_file(session, case_file),
        },
    )


def _kept_how_long(case_file: CaseFile) -> dict[str, Any]:
    """From what its end is counted: said with it, so that the end can be told from the story."""
    ended = case_file.end_date
    return {
        "maintenance": case_file.maintenance,
        "end_date": ended.isoformat() if ended else None,
    }


def reopen(session: Session, case_file: CaseFile, by: Person, reason: str) -> None:
    """Open a closed case file again; what closing had fixed is counted anew at the next one.

    Raises:
        NotAllowed, Conflict, Invalid: see `archive.moves`.
    """
    move(
        session,
        case_file,
        "reopen",
        by,
        reason=reason,
        closed_at=None,
        due_on=None,
        document_total=None,
        page_total=None,
    )


def describe(
    session: Session, case_file: CaseFile, values: dict[str, str], *, seen: int | None = None
) -> dict[str, tuple[Any, Any]]:
    """Set descriptive data of a case file that may still be changed; what was changed, by column.

    The caller tells of it.

    Raises:
        Invalid: `bad_value`, `unknown_field`, `code_is_final`, `ends_before_it_begins`,
            `day_in_future`.
        Conflict: `changed_meanwhile`, `frozen`.
    """
    columns, supplementary = parse_fields(values, CASE_FILE_FIELDS)
    audit.hold(session, case_file)
    if seen not in (None, case_file.revision):
        raise Conflict("changed_meanwhile", document=case_file.code)
    freezes.require_thawed(session, case_file)
    freezes.require_unbound(session, case_file)
    if kept := set(columns) & {"organ_code", "year", "notation"}:
        raise Invalid("code_is_final", fields=sorted(kept))
    if supplementary:
        columns["supplementary"] = {**case_file.supplementary, **supplementary}
    _require_past(case_file, columns)
    changed = {}
    for name, value in columns.items():
        before = getattr(case_file, name)
        if before != value:
            changed[name] = (before, value)
            setattr(case_file, name, value)
    if case_file.start_date and case_file.end_date and case_file.end_date < case_file.start_date:
        raise Invalid("ends_before_it_begins", start=case_file.start_date, end=case_file.end_date)
    if changed.keys() & COUNTED_FROM:
        stated_terms.look_again(session, case_file)
    if "title" in changed:  # it is found by it
        index_anew(session, [case_file.id])
    return changed


def _require_past(case_file: CaseFile, columns: dict[str, Any]) -> None:
    """Work began, ended and was settled before it is written down; a term counts from there."""
    today = clock.today(case_file.organ)
    for name in ("start_date", "end_date", "settled_on"):
        day = columns.get(name)
        if day is not None and day > today and day != getattr(case_file, name):
            raise Invalid("day_in_future", day=day)


def correct(
    session: Session,
    case_file: CaseFile,
    values: dict[str, str],
    why: str,
    *,
    seen: int | None = None,
) -> None:
    """Change descriptive data with a reason; the earlier values stay readable in the story.

    Raises:
        Invalid: `reason_missing`, `bad_value`, `unknown_field`, `code_is_final`.
        Conflict: `changed_meanwhile`, `frozen`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    changed = describe(session, case_file, values, seen=seen)
    if case_file.closed_at is not None:
        case_file.due_on = due_on(case_file)
    case_file.revision += 1
    session.flush()
    counts = COUNTED_FROM & changed.keys()
    audit.record(
        session,
        "case_file.correct",
        case_file,
        facts=_kept_how_long(case_file) if counts else {},
        why=why.strip(),
        before={name: _readable(before) for name, (before, _) in changed.items()},
        after={name: _readable(after) for name, (_, after) in changed.items()},
    )


def _readable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _renumber(session: Session, case_file: CaseFile) -> None:
    """Number the documents 1, 2, 3… again where some were taken out."""
    places = session.scalars(
        select(Placement)
        .where(Placement.case_file_id == case_file.id)
        .options(selectinload(Placement.document))
        .order_by(Placement.ordinal)
    ).all()
    wanted = {one: number for number, one in enumerate(places, 1) if one.ordinal != number}
    for sign in (-1, 1):  # no two may have the same number, not even on the way
        for one, number in wanted.items():
            one.ordinal = sign * number
        session.flush()
    if wanted:
        moved = tuple(one.document for one in wanted)
        audit.record(session, "case_file.renumber", case_file, also=moved)
