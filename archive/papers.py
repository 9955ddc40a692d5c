"""What of a case file or a document is on paper: where it stands, who has it, how much it is.

Annexes of many pages stay on paper with who handles the matter (KT-33), of published laws only the
first page is scanned (DB-22), a project's file stays at its desk (DB-21); an electronic file may
have been converted to paper (HC-69). The law's "number of sheets" of a case file follows.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from archive import audit, freezes
from archive.errors import Conflict, Invalid
from archive.fields import day_typed
from archive.life_models import PaperPart
from archive.models import CaseFile, Document, Placement, Row
from formats.vietnamese import nfc

KINDS = ("original", "annex", "rest_of_first_page", "rest_of_main_text", "copy", "converted")
OF_DOCUMENTS = {  # what it means for the scan of its document
    "annex": "main_text",
    "rest_of_main_text": "main_text",
    "rest_of_first_page": "first_page",
}
MOST = 1_000_000  # pages or sheets; more is a slip of the finger


def parse(values: Mapping[str, str]) -> dict[str, Any]:
    """Columns of a paper part from what was typed.

    Raises:
        Invalid: `paper_kind_unknown`, `paper_what_missing`, `paper_place_missing`,
            `paper_link_missing`, `paper_link_bad`, `bad_value`, `bad_day`.
    """
    plain = {name: nfc(text).strip() for name, text in values.items()}
    columns: dict[str, Any] = {
        name: plain.get(name, "") for name in ("kind", "what", "place", "holder", "link")
    }
    if columns["kind"] not in KINDS:
        raise Invalid("paper_kind_unknown", kind=columns["kind"])
    if not columns["what"]:
        raise Invalid("paper_what_missing")
    if columns["kind"] == "rest_of_first_page" and not columns["link"]:
        raise Invalid("paper_link_missing")
    if columns["link"] and not columns["link"].lower().startswith(("https://", "http://")):
        raise Invalid("paper_link_bad", link=columns["link"])
    if columns["kind"] != "rest_of_first_page" and not (columns["place"] or columns["holder"]):
        raise Invalid("paper_place_missing")
    columns |= {name: _count(name, plain.get(name, "")) for name in ("pages", "sheets")}
    return {**columns, "arrived_on": day_typed(plain.get("arrived_on", ""))}


def _count(name: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) > MOST:
        raise Invalid("bad_value", field=name, value=text)
    return int(text)


def add(
    session: Session, thing: CaseFile | Document, values: Mapping[str, str], *, why: str = ""
) -> PaperPart:
    """Write down that something of it is on paper.

    Raises:
        Invalid: see `parse`; `converted_case_file_only`.
        Conflict: `frozen`, `recalled`, `handed_to_history`.
    """
    columns = parse(values)
    freezes.require_thawed(session, thing)
    freezes.require_kept_here(session, thing)
    column = "case_file_id" if isinstance(thing, CaseFile) else "document_id"
    if columns["kind"] == "converted" and not isinstance(thing, CaseFile):
        raise Invalid("converted_case_file_only")
    part = PaperPart(organ_id=thing.organ_id, **{column: thing.id}, **columns)
    session.add(part)
    session.flush()
    _record(session, thing, part, "add_paper", columns, why)
    return part


def change(
    session: Session, part: PaperPart, values: Mapping[str, str], *, why: str, seen: str = ""
) -> None:
    """Write down that it stands elsewhere, is with somebody else, or is more or less.

    Raises:
        Invalid: see `parse`; `reason_missing`.
        Conflict: `changed_meanwhile`, `frozen`, `recalled`, `handed_to_history`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    columns = parse(values)
    audit.hold(session, part)
    if seen and seen != audit.row_digest(part)[:16]:
        raise Conflict("changed_meanwhile", document=part.what)
    thing = thing_of(session, part)
    freezes.require_thawed(session, thing)
    freezes.require_kept_here(session, thing)
    before = {name: getattr(part, name) for name in columns}
    for name, value in columns.items():
        setattr(part, name, value)
    session.flush()
    _record(session, thing, part, "change_paper", columns, why, before)


def thing_of(session: Session, part: PaperPart) -> CaseFile | Document:
    """What it is a part of."""
    if part.case_file_id is not None:
        return session.get_one(CaseFile, part.case_file_id)
    return session.get_one(Document, part.document_id)


def of_document(session: Session, document: Document) -> list[PaperPart]:
    """What of the document is on paper."""
    found = select(PaperPart).where(PaperPart.document_id == document.id).order_by(PaperPart.id)
    return list(session.scalars(found))


def of_case_file(session: Session, case_file: CaseFile) -> list[PaperPart]:
    """What of the case file is on paper, and of the documents in it."""
    return list(session.scalars(select(PaperPart).where(_within(case_file)).order_by(PaperPart.id)))


def _within(case_file: CaseFile) -> Any:
    inside = select(Placement.document_id).where(Placement.case_file_id == case_file.id)
    return or_(PaperPart.case_file_id == case_file.id, PaperPart.document_id.in_(inside))


def _record(
    session: Session,
    thing: CaseFile | Document,
    part: PaperPart,
    what: str,
    columns: dict[str, Any],
    why: str,
    before: dict[str, Any] | None = None,
) -> None:
    also: list[Row] = [part]
    if isinstance(thing, Document):
        _mark(thing, columns)
        also += _count_again(session, thing)
    else:
        _sum_up(session, thing, is_converted=columns["kind"] == "converted")
    thing.revision += 1
    session.flush()
    after = {name: _plain(value) for name, value in columns.items() if value not in (None, "")}
    earlier = {name: _plain(value) for name, value in (before or {}).items()}
    told = {"before": earlier, "after": after} if before else {"what": part.what}
    audit.record(session, f"{thing.STORY}.{what}", thing, also=tuple(also), why=why.strip(), **told)


def _mark(document: Document, columns: dict[str, Any]) -> None:
    """How much of the document was scanned, and where the rest is."""
    if (completeness := OF_DOCUMENTS.get(columns["kind"])) is not None:
        document.completeness = completeness
        places = (columns["link"], columns["place"], columns["holder"])
        document.elsewhere = "; ".join(one for one in places if one)


def _count_again(session: Session, document: Document) -> list[CaseFile]:
    found = select(CaseFile).join(Placement).where(Placement.document_id == document.id)
    files = list(session.scalars(found))
    for one in files:
        _sum_up(session, one)
    return files


def _sum_up(session: Session, case_file: CaseFile, *, is_converted: bool = False) -> None:
    """The sheets of its paper, and whether it is a file of both kinds or all on paper now."""
    case_file.sheet_total = session.scalar(
        select(func.sum(PaperPart.sheets)).where(_within(case_file))
    )
    if is_converted:
        case_file.paper_state = "converted_to_paper"
    elif not case_file.paper_state:
        case_file.paper_state = "hybrid"


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
