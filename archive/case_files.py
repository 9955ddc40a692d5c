"""Case files: opening one, finding one by its code."""

import sys
from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session, joinedload, load_only

from archive import access, audit, clock, freezes
from archive.database import among, pieces
from archive.errors import Conflict, Invalid, NotFound
from archive.file_plans import tidy_notation
from archive.models import (
    CaseFile,
    CaseFileWord,
    Document,
    Fonds,
    Organ,
    Part,
    Person,
    Placement,
    words_in,
)
from formats.vietnamese import nfc

TAKING = ("open", "returned")  # stages in which documents may be put into one
MOST_WORDS = 10
FEW = 2_000  # case files that are quickly looked at one by one


def code_of(organ_code: str, year: int, notation: str) -> str:
    """The usual rendering of a file's code. Never split it again: notations hold dots."""
    return f"{organ_code}.{year}.{notation}"


def open_one(
    session: Session,
    organ: Organ,
    notation: str,
    title: str,
    *,
    year: int | None = None,
    holder: Person | None = None,
    maintenance: str = "",
    start_date: date | None = None,
    access_level: str = "organ",
    creator: str = "",
) -> CaseFile:
    """Open a case file.

    Raises:
        Invalid: `notation_missing`, `title_missing`, `bad_access_level`, `bad_value`,
            `day_in_future`.
        Conflict: `case_file_exists`, with its code.
    """
    notation, title = tidy_notation(notation), nfc(title).strip()
    if not notation:
        raise Invalid("notation_missing")
    if not title:
        raise Invalid("title_missing")
    if access_level not in ("organ", "unit", "assigned"):
        raise Invalid("bad_access_level", level=access_level)
    day = clock.today(organ)
    if start_date is not None and start_date > day:
        raise Invalid("day_in_future", day=start_date)
    year = day.year if year is None else year
    if not 1000 <= year <= 9999:
        raise Invalid("bad_value", field="FileCatalog", value=str(year))
    code = code_of(organ.code, year, notation)
    _require_free(session, organ, year, notation)
    case_file = CaseFile(
        organ_id=organ.id,
        fonds_id=session.scalar(select(Fonds.id).where(Fonds.organ_id == organ.id).limit(1)),
        unit_id=holder.unit_id if holder else None,
        holder_id=holder.id if holder else None,
        code=code,
        organ_code=organ.code,
        year=year,
        notation=notation,
        title=title,
        creator=nfc(creator).strip() or (holder.full_name if holder else ""),
        maintenance=maintenance,
        access_level=access_level,
        start_date=start_date or day,
        opened_at=clock.now(),
    )
    session.add(case_file)
    session.flush()
    audit.record(session, "case_file.open", case_file, title=title)
    return case_file


def _require_free(session: Session, organ: Organ, year: int, notation: str) -> None:
    """Go on only if the year's notation is free, 05-kt like 05-KT; of two people, one goes first.

    Raises:
        Conflict: `case_file_exists`, with its code.
    """
    session.execute(select(Organ.id).where(Organ.id == organ.id).with_for_update(key_share=True))
    same_code = CaseFile.code == code_of(organ.code, year, notation)
    of_year = and_(CaseFile.organ_id == organ.id, CaseFile.year == year)
    same_letters = and_(of_year, func.lower(CaseFile.notation) == notation.lower())
    for same in (same_code, same_letters):
        found = session.scalar(select(CaseFile.code).where(same).limit(1))
        if found is not None:
            raise Conflict("case_file_exists", case_file=found)


def by_code(session: Session, code: str) -> CaseFile:
    """The case file with this code.

    Raises:
        NotFound: `no_such_case_file`.
    """
    found = session.scalar(
        select(CaseFile)
        .where(CaseFile.code == nfc(code).strip())
        .options(joinedload(CaseFile.organ, innerjoin=True), joinedload(CaseFile.holder))
    )
    if found is None:
        raise NotFound("no_such_case_file", case_file=code)
    return found


def found_by(session: Session, typed: str) -> list[ColumnElement[bool]]:
    """Those in whose code or title every typed word begins a word, marks or not; for `where`.

    Where one of the words is rare, only the case files that have it are looked at.
    """
    words = list(dict.fromkeys(words_in(typed)))[:MOST_WORDS]
    if not words:
        return []
    counted = session.execute(select(*(_count_of(one) for one in words))).one()
    count, rarest = min(zip(counted, words, strict=True))
    fits: list[ColumnElement[bool]] = [CaseFile.folded.contains(f" {one}") for one in words]
    if count <= FEW:
        having = select(CaseFileWord.case_file_id).where(_begins_with(rarest)).distinct()
        fits.append(among(session, CaseFile.id, having))
    return fits


def _begins_with(word: str) -> ColumnElement[bool]:
    return and_(CaseFileWord.word >= word, CaseFileWord.word < f"{word}{chr(sys.maxunicode)}")


def _count_of(word: str) -> ScalarSelect[int]:
    some = select(CaseFileWord.word).where(_begins_with(word)).limit(FEW + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def takes_documents(case_file: CaseFile) -> bool:
    """Whether documents may be put into it: while it is open, and again when it was returned."""
    return case_file.stage in TAKING


def require_taking(session: Session, case_file: CaseFile) -> None:
    """Go on only if documents may be put into it, and taken out of it, now.

    Raises:
        Conflict: `case_file_is_final`, `frozen`.
    """
    if not takes_documents(case_file):
        raise Conflict("case_file_is_final", case_file=case_file.code, stage=case_file.stage)
    freezes.require_thawed(session, case_file)
    freezes.require_unbound(session, case_file)


def require_fillable(session: Session, by: Person, case_file: CaseFile, organ_id: int) -> None:
    """Go on only if the person may put this organ's documents into it now.

    Raises:
        NotFound, NotAllowed: as `access.require_filling`.
        Invalid: `other_organ`.
        Conflict: `case_file_is_final`, `frozen`.
    """
    access.require_filling(session, by, case_file)
    if case_file.organ_id != organ_id:
        raise Invalid("other_organ")
    require_taking(session, case_file)


def index_anew(session: Session, case_file_ids: Iterable[int]) -> None:
    """Have these case files and all their documents indexed again: who reads them changed (R23).

    Nothing of the rows themselves changes, so nothing is told of them. Each time the number is
    another one, below zero: who indexed from what stood before, sees it.
    """
    for some in pieces(sorted(set(case_file_ids))):
        for file in session.scalars(select(CaseFile).where(CaseFile.id.in_(some))):
            file.indexed_revision = min(file.indexed_revision, 0) - 1
        inside = select(Placement.document_id).where(Placement.case_file_id.in_(some))
        found = select(Document).where(Document.id.in_(inside))
        for one in session.scalars(found.options(load_only(Document.indexed_revision))):
            one.indexed_revision = min(one.indexed_revision, 0) - 1
    session.flush()


def totals(
    session: Session, case_file_ids: list[int], *only: ColumnElement[bool]
) -> dict[int, tuple[int, int]]:
    """Documents and pages of each of these case files, in one question; of `only` some places."""
    rows = session.execute(
        select(
            Placement.case_file_id,
            func.count(func.distinct(Placement.document_id)),
            func.coalesce(func.sum(Part.pages), 0),
        )
        .join(Part, Part.document_id == Placement.document_id)
        .where(Placement.case_file_id.in_(case_file_ids), *only)
        .group_by(Placement.case_file_id)
    )
    return {number: (documents, int(pages or 0)) for number, documents, pages in rows}
