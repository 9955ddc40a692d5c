"""Case files: the list, one of them, and opening one."""

from typing import Any

from apiflask import APIBlueprint
from flask import url_for
from marshmallow import RAISE
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import case_files, people
from archive.access import Action
from archive.models import CaseFile
from archive.reading import seen_case_files
from web.api.doors import writing
from web.api.lists import piece
from web.api.schemas import CaseFileIn, CaseFileOut, CaseFilesOut, PageIn
from web.auth import asker, here, reading, require, the_case_file
from web.marks import refuse_marks

blueprint = APIBlueprint("case_files", __name__, url_prefix="/case-files", tag="Case files")
_OPENING = {400: "Not JSON", 409: "There is one of this organ, year and notation"}


@blueprint.post("")
@blueprint.input(CaseFileIn, arg_name="given", unknown=RAISE)
@blueprint.output(CaseFileOut, status_code=201)
@blueprint.doc(responses=_OPENING)
def open_one(given: dict[str, Any]) -> Any:
    """Open a case file at your organ; you are its holder."""
    refuse_marks(given)
    with writing() as rows:
        require(rows, Action.OPEN_CASE_FILE, here())
        made = case_files.open_one(rows, here(), holder=people.by_id(rows, asker().id), **given)
        code = made.code
    with reading() as rows:
        told = _told(rows, [case_files.by_code(rows, code)])[0]
    return told, 201, {"Location": told["href"]}


@blueprint.get("")
@blueprint.input(PageIn, location="query", arg_name="wanted", unknown=RAISE)
@blueprint.output(CaseFilesOut)
def listed(wanted: dict[str, Any]) -> dict[str, Any]:
    """Case files of your organ that you may see, newest first."""
    with reading() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        seen = select(CaseFile).where(seen_case_files(rows, asker(), here()))
        whole = seen.options(selectinload(CaseFile.organ), selectinload(CaseFile.holder))
        found, total = piece(rows, whole.order_by(CaseFile.id.desc()), wanted)
        told = _told(rows, list(found))
    return {"total": total, "start": wanted["start"], "case_files": told}


@blueprint.get("/<path:code>")
@blueprint.output(CaseFileOut)
@blueprint.doc(responses={404: "No such case file"})
def one(code: str) -> dict[str, Any]:
    """One case file.

    Its documents are listed under `documents_href`.
    """
    with reading() as rows:
        return _told(rows, [the_case_file(rows, code, Action.SEE_CASE_FILES)])[0]


def _told(rows: Session, found: list[CaseFile]) -> list[dict[str, Any]]:
    totals = case_files.totals(rows, [one.id for one in found])
    return [_one(one, *totals.get(one.id, (0, 0))) for one in found]


def _one(case_file: CaseFile, documents: int, pages: int) -> dict[str, Any]:
    start, end = case_file.start_date, case_file.end_date
    return {
        "case_file": case_file.code,
        "organ": case_file.organ.code,
        "year": case_file.year,
        "notation": case_file.notation,
        "title": case_file.title,
        "stage": case_file.stage,
        "access_level": case_file.access_level,
        "maintenance": case_file.maintenance,
        "holder": case_file.holder.user_name if case_file.holder else None,
        "start_date": start.isoformat() if start else None,
        "end_date": end.isoformat() if end else None,
        "documents": documents,
        "pages": pages,
        "href": url_for("case_files.one", code=case_file.code),
        "documents_href": url_for("documents.listed", case_file=case_file.code),
    }
