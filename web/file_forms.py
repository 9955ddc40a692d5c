"""Forms of the archive: file plan, contents and lists of case files, hand-over (NĐ 30, PL V)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from archive import audit, clock
from archive.case_files import totals
from archive.errors import Invalid
from archive.file_plans import people_of
from archive.life_models import PaperPart, Submission, SubmissionItem
from archive.models import (
    CaseFile,
    Document,
    FilePlan,
    Organ,
    Part,
    Person,
    Placement,
    Unit,
)
from archive.plan_tree import lines_of
from archive.reading import known_documents, seen_case_files
from archive.register_fields import number_of_entry
from archive.register_lists import titled
from archive.submissions import accepted_items
from archive.terms import term_of
from formats.printed import Sheet
from web.book_forms import CLOSED_TO_YOU
from web.forms import MOST_ROWS, Form, at_hour, heads, mark_of, span
from web.plan_files import hidden_titles


@dataclass(frozen=True)
class PlanRow:
    """A line of the plan; a heading has its number."""

    number: str
    depth: int
    notation: str
    title: str
    maintenance: str
    creator: str
    note: str


@dataclass(frozen=True)
class FileRow:
    """A case file in a list."""

    code: str
    title: str
    span: str
    maintenance: str
    pages: str
    note: str = ""


@dataclass(frozen=True)
class ContentRow:
    """A document in a case file, with the pages on which it stands."""

    ordinal: int
    number: str
    issued: date | None
    what: str
    author: str
    pages: str
    note: str


# The plan -----------------------------------------------------------------------------------------


def plan_form(session: Session, who: Person, plan: FilePlan) -> Form:
    """The file plan of a year (danh mục hồ sơ); told in its story."""
    organ = session.get_one(Organ, plan.organ_id)
    lines = lines_of(session, plan)
    _require_few(lines)
    people = people_of(session, (one.entry for one in lines))
    hidden = hidden_titles(session, plan, who)
    rows = [
        PlanRow(
            one.number,
            one.depth,
            one.entry.notation,
            hidden.get(one.entry.id, one.entry.title),
            one.entry.maintenance,
            _drawn_up_by(one.entry.holder_id, one.entry.creator, people),
            one.entry.note,
        )
        for one in lines
    ]
    files = [one for one in rows if not one.number]
    terms = [term_of(one.maintenance) for one in files]
    approver = session.get(Person, plan.approved_by_id) if plan.approved_by_id else None
    audit.record(session, "file_plan.print", plan, facts={"year": plan.year, "lines": len(rows)})
    return Form(
        name=f"danh-muc-ho-so-{plan.year}",
        title=f"Danh mục hồ sơ năm {plan.year}",
        template="plan.html",
        told={
            **heads(organ, who),
            "year": plan.year,
            "decision": plan.decision_number if plan.stage == "approved" else "",
            "decided": plan.decision_date,
            "rows": rows,
            "total": len(files),
            "permanent": sum(term is not None and term.is_permanent for term in terms),
            **_approved(plan, approver, organ),
        },
        sheet=Sheet(mark=mark_of(session, organ, who)),
    )


def _drawn_up_by(holder: int | None, words: str, people: dict[int, Person]) -> str:
    return words or (people[holder].full_name if holder in people else "")


def _approved(plan: FilePlan, approver: Person | None, organ: Organ) -> dict[str, str]:
    if approver is None or plan.approved_at is None:
        return {"signer": "", "signer_post": "", "said": ""}
    said = f"Đã phê duyệt trên Hệ thống\nlúc {at_hour(plan.approved_at, organ)}"
    return {"signer": approver.full_name, "signer_post": approver.position, "said": said}


def _require_few(found: Sequence[Any]) -> None:
    if len(found) > MOST_ROWS:
        raise Invalid("print_too_long", most=MOST_ROWS)


# Case files ---------------------------------------------------------------------------------------


def contents_form(session: Session, who: Person, case_file: CaseFile) -> Form:
    """What stands in a case file, in order, with page numbers; told in its story."""
    found = session.scalars(
        select(Placement)
        .where(Placement.case_file_id == case_file.id)
        .options(selectinload(Placement.document).selectinload(Document.parts))
        .order_by(Placement.ordinal)
        .limit(MOST_ROWS + 1)
    ).all()
    _require_few(found)
    known = known_documents(session, who, [one.document_id for one in found])
    rows, page = [], 1
    for place in found:
        rows.append(_content(place, page, is_known=place.document_id in known))
        page += sum(part.pages or 0 for part in place.document.parts)
    facts = {"form": "contents", "documents": len(rows)}
    audit.record(session, "case_file.print", case_file, facts=facts)
    return Form(
        name=f"{case_file.code}-muc-luc",
        title="Mục lục văn bản, tài liệu trong hồ sơ",
        template="contents.html",
        told={
            **heads(case_file.organ, who),
            "code": case_file.code,
            "file_title": case_file.title,
            "rows": rows,
            "documents": len(rows),
            "page_total": page - 1,
        },
        sheet=Sheet(mark=mark_of(session, case_file.organ, who)),
    )


def _content(place: Placement, page: int, *, is_known: bool) -> ContentRow:
    one = place.document
    pages = sum(part.pages or 0 for part in one.parts)
    on = "" if not pages else str(page) if pages == 1 else f"{page}–{page + pages - 1}"
    if not is_known:
        return ContentRow(place.ordinal, "", None, CLOSED_TO_YOU, "", on, "")
    said = titled(one.type_name, one.subject)
    note = one.elsewhere if one.completeness != "full" else ""
    return ContentRow(
        place.ordinal, number_of_entry(one), one.issued_date, said, one.organ_name, on, note
    )


def list_form(session: Session, who: Person, organ: Organ, year: int) -> Form:
    """The case files of a year (mục lục hồ sơ), as far as the person may know of them.

    Raises:
        Invalid: `print_too_long`.
    """
    found = session.scalars(
        select(CaseFile)
        .where(
            seen_case_files(session, who, organ),
            CaseFile.year == year,
            CaseFile.stage.not_in(("planned", "dropped")),
        )
        .order_by(CaseFile.notation, CaseFile.id)
        .limit(MOST_ROWS + 1)
    ).all()
    _require_few(found)
    facts = {"year": year, "case_files": len(found)}
    audit.record(session, "organ.print_case_files", organ, facts=facts)
    return Form(
        name=f"muc-luc-ho-so-{year}",
        title="Mục lục hồ sơ",
        template="file_list.html",
        told={
            **heads(organ, who),
            "unit": "",
            "under": f"Năm {year}",
            "rows": file_rows(session, found),
        },
        sheet=Sheet(mark=mark_of(session, organ, who)),
    )


def file_rows(session: Session, found: Sequence[CaseFile]) -> list[FileRow]:
    """Case files as lines of a list."""
    counted = totals(session, [one.id for one in found])
    return [
        FileRow(
            code=one.code,
            title=one.title,
            span=span(one.start_date, one.end_date),
            maintenance=one.maintenance,
            pages=_pages(one, counted.get(one.id, (0, 0))[1]),
            note=one.description,
        )
        for one in found
    ]


def _pages(one: CaseFile, counted: int) -> str:
    pages = one.page_total if one.page_total is not None else counted
    return f"{one.sheet_total} tờ/ {pages} tr." if one.sheet_total else str(pages)


# Submissions --------------------------------------------------------------------------------------


def submission_list_form(session: Session, who: Person, submission: Submission) -> Form:
    """Mục lục hồ sơ, tài liệu nộp lưu: what is handed over, but for what came back."""
    organ = session.get_one(Organ, submission.organ_id)
    kept = [one for one in submission.items if one.outcome in ("", "accepted")]
    facts = {"form": "list", "case_files": len(kept)}
    audit.record(session, "submission.print", submission, facts=facts)
    return Form(
        name=f"{submission.code}-muc-luc",
        title="Mục lục hồ sơ, tài liệu nộp lưu",
        template="file_list.html",
        told={
            **heads(organ, who),
            "by": session.get_one(Person, submission.submitted_by_id).full_name,
            "today": clock.day_of(submission.submitted_at, organ),
            "unit": _unit(session, submission),
            "under": f"Số: {submission.code}",
            "rows": file_rows(session, [one.case_file for one in kept]),
        },
        sheet=Sheet(mark=mark_of(session, organ, who)),
    )


def record_form(session: Session, who: Person, submission: Submission) -> Form:
    """Biên bản giao nhận: with who signed for each side, and when, as it stands in the system."""
    organ = session.get_one(Organ, submission.organ_id)
    accepted = accepted_items(submission)
    files = [one.case_file for one in accepted or submission.items]
    giver = session.get_one(Person, submission.delivered_by_id or submission.submitted_by_id)
    receiver = _person(session, submission.received_by_id)
    audit.record(session, "submission.print", submission, facts={"form": "record"})
    signed = [one for one in (submission.delivered_at, submission.received_at) if one]
    return Form(
        name=f"{submission.code}-bien-ban",
        title="Biên bản giao nhận hồ sơ, tài liệu",
        template="record.html",
        told={
            **heads(organ, who),
            "day_of_record": clock.day_of(max(signed), organ) if signed else clock.today(organ),
            "code": submission.code,
            "unit": _unit(session, submission),
            "giver": giver.full_name,
            "giver_post": giver.position,
            "giver_said": _signed(submission.delivered_at, organ),
            "receiver": receiver.full_name if receiver else "",
            "receiver_post": receiver.position if receiver else "",
            "receiver_said": _signed(submission.received_at, organ),
            "name": submission.name,
            "span": span_of(files),
            "boxes": submission.boxes,
            "metres": submission.metres,
            "paper_files": with_paper(session, files),
            "files": len(files),
            "computer_files": computer_files(session, files),
            "condition": submission.condition,
            "returned": _returned(submission.items),
        },
        sheet=Sheet(mark=mark_of(session, organ, who)),
    )


def _unit(session: Session, submission: Submission) -> str:
    unit = session.get(Unit, submission.unit_id) if submission.unit_id else None
    return unit.name if unit else ""


def _person(session: Session, number: int | None) -> Person | None:
    return session.get(Person, number) if number is not None else None


def _signed(at: Any, organ: Organ) -> str:
    return f"Đã xác nhận trên Hệ thống\nlúc {at_hour(at, organ)}" if at else ""


def span_of(files: Iterable[CaseFile]) -> str:
    """From the first day of any of them to the last."""
    begun = [one.start_date for one in files if one.start_date]
    ended = [one.end_date for one in files if one.end_date]
    return span(min(begun, default=None), max(ended, default=None))


def with_paper(session: Session, files: Iterable[CaseFile]) -> int:
    """How many of them have a part on paper."""
    given = list(files)
    held = set(
        session.scalars(
            select(PaperPart.case_file_id).where(
                PaperPart.case_file_id.in_([one.id for one in given])
            )
        )
    )
    return sum(bool(one.id in held or one.paper_state or one.sheet_total) for one in given)


def computer_files(session: Session, files: Iterable[CaseFile]) -> int:
    """How many original files the documents in them have."""
    inside = (
        select(Placement.document_id)
        .where(Placement.case_file_id.in_([one.id for one in files]))
        .distinct()
    )
    wanted = select(func.count()).select_from(Part).where(Part.document_id.in_(inside))
    return session.scalar(wanted) or 0


def _returned(items: Iterable[SubmissionItem]) -> list[dict[str, str]]:
    return [
        {"code": one.case_file.code, "reason": one.reason.rstrip(" .")}
        for one in items
        if one.outcome == "returned"
    ]
