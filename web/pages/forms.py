"""Printed forms, whole case files and marked copies: all that is made for paper, as PDF/A."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request, send_file
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import (
    books,
    case_file_export,
    clock,
    exports,
    file_plans,
    register_lists,
    registers,
    submission_lists,
)
from archive import reading as reads
from archive.access import Action
from archive.documents import stored_form
from archive.errors import Invalid, NotFound
from archive.fields import parse_day
from archive.register_models import RegisterEntry
from formats.names import safe_name
from retention import transfers
from web import book_forms, desk_forms, file_forms, pictures, transfer_forms, whole_files
from web.auth import actor, asker, here, require, services, the_case_file, the_document, writing
from web.forms import PDF, Form, mark_of, printed
from web.security import SANDBOX

blueprint = Blueprint("forms", __name__, url_prefix="/print")
XML = "application/xml"


# Books and the desk -------------------------------------------------------------------------------


@blueprint.get("/registers/<book>")
def book(book: str) -> BaseResponse:
    """A book from a day to a day, today if none is named: `what` says in which form."""
    with writing() as rows:
        require(rows, Action.SEE_REGISTERS, here())
        held = books.book_by_code(rows, here(), book)
        what = request.args.get("what", "book")
        first, last = _days(clock.today(here()))
        form = book_forms.book_form(rows, asker(), held, first, last, what)
    return _printed(form)


@blueprint.get("/registers/<book>/<int:year>/<int:number>/<what>")
def entry(book: str, year: int, number: int, what: str) -> BaseResponse:
    """The stamp ĐẾN or the handling slip of a line."""
    made: dict[str, Callable[..., Form]] = {
        "stamp": desk_forms.stamp_form,
        "slip": desk_forms.slip_form,
    }
    if what not in made:
        raise NotFound("no_such_thing")
    with writing() as rows:
        require(rows, Action.SEE_REGISTERS, here())
        form = made[what](rows, asker(), _the_entry(rows, f"{book}/{year}/{number}"))
    return _printed(form)


def _the_entry(rows: Session, code: str) -> RegisterEntry:
    found = registers.entry_by_code(rows, here(), code)
    if not register_lists.may_see(rows, asker(), here(), found):
        raise NotFound("no_such_entry", entry=code)
    return found


@blueprint.get("/loans")
def loan_book() -> BaseResponse:
    """What was lent from a day to a day, this month up to today if none is named."""
    with writing() as rows:
        require(rows, Action.LEND, here())
        today = clock.today(here())
        first, last = _days(today, today.replace(day=1))
        form = book_forms.loan_form(rows, asker(), here(), first, last)
    return _printed(form)


@blueprint.get("/reports/<what>")
def report(what: str) -> BaseResponse:
    """How incoming or outgoing documents were handled; this year up to today if none is named."""
    with writing() as rows:
        require(rows, Action.SEE_REGISTERS, here())
        today = clock.today(here())
        first, last = _days(today, today.replace(month=1, day=1))
        form = desk_forms.report_form(rows, asker(), here(), what, first, last)
    return _printed(form)


def _days(last: date, first: date | None = None) -> tuple[date, date]:
    """The days that were asked for; one alone is both.

    Raises:
        Invalid: `bad_day`.
    """
    typed = [request.args.get(name, "").strip() for name in ("first", "last")]
    if not any(typed):
        return first or last, last
    begin, end = (_day(one) for one in (typed[0] or typed[1], typed[1] or typed[0]))
    return begin, end


def _day(text: str) -> date:
    try:
        found = parse_day(text)
    except ValueError:
        found = None
    if found is None:
        raise Invalid("bad_day", value=text)
    return found


# Plan, case files, submissions --------------------------------------------------------------------


@blueprint.get("/plans/<int:year>")
def plan(year: int) -> BaseResponse:
    """The file plan of a year."""
    with writing() as rows:
        require(rows, Action.SEE_PLAN, here())
        form = file_forms.plan_form(rows, asker(), file_plans.of_year(rows, here(), year))
    return _printed(form)


@blueprint.get("/case-file-list/<int:year>")
def case_file_list(year: int) -> BaseResponse:
    """The list of a year's case files."""
    with writing() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        form = file_forms.list_form(rows, asker(), here(), year)
    return _printed(form)


@blueprint.get("/case-files/<path:code>")
def case_file(code: str) -> BaseResponse:
    """A case file's contents; with `what=xml` its data. Its pages are made by the worker."""
    what = request.args.get("what", "contents")
    if what == "xml":
        return _as_xml(code)
    if what != "contents":
        raise NotFound("no_such_thing")
    with writing() as rows:
        found = the_case_file(rows, code, Action.SEE_CASE_FILES)
        form = file_forms.contents_form(rows, asker(), found)
    return _printed(form)


def _as_xml(code: str) -> BaseResponse:
    order = request.args.get("order", "time")
    with writing() as rows:
        found = the_case_file(rows, code, Action.SEE_CASE_FILES)
        whole = case_file_export.take_out_whole(rows, asker(), found, form="xml", order=order)
    with whole_files.as_xml(whole, actor()) as path:
        return sent(path, safe_name(f"{code}.xml"), XML)


@blueprint.get("/submissions/<code>/<what>")
def submission(code: str, what: str) -> BaseResponse:
    """The list of what is handed over, or the record of the hand-over."""
    made: dict[str, Callable[..., Form]] = {
        "list": file_forms.submission_list_form,
        "record": file_forms.record_form,
    }
    if what not in made:
        raise NotFound("no_such_thing")
    with writing() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        found = submission_lists.whole_submission(rows, asker(), here(), code)
        form = made[what](rows, asker(), found)
    return _printed(form)


@blueprint.get("/transfers/<code>/<what>")
def transfer(code: str, what: str) -> BaseResponse:
    """The list of what goes to the historical archive, or the record of the hand-over."""
    made: dict[str, Callable[..., Form]] = {
        "list": transfer_forms.list_form,
        "record": transfer_forms.record_form,
    }
    if what not in made:
        raise NotFound("no_such_thing")
    with writing() as rows:
        require(rows, Action.HAND_TO_HISTORY, here())
        form = made[what](rows, asker(), transfers.by_code(rows, here(), code))
    return _printed(form)


# Copies for reading, and receipts of what was taken -----------------------------------------------


@blueprint.get("/documents/<code>/<int:part>")
def reading_copy(code: str, part: int) -> BaseResponse:
    """A marked copy of a document's pages; the stored files stay as they are."""
    with writing() as rows:
        document = the_document(rows, code, Action.READ)
        exports.require_consent(rows, asker(), document)
        found = next((one for one in document.parts if one.ordinal == part), None)
        shown = pictures.shown(found) if found is not None else None
        if shown is None:
            raise NotFound("no_such_rendition", rendition="archival", document=code)
        reads.opened(rows, document, "download", part=part, rendition="marked_copy",
                     sha256=shown.digest)  # fmt: skip
        mark, title = mark_of(rows, document.organ, asker()), document.subject or code
    with whole_files.marked_copy(services().files, shown.digest, title, mark) as path:
        return sent(path, f"{code}-{part}-ban-doc.pdf", PDF)


@blueprint.get("/documents/<code>/<int:part>/receipt/<role>")
def receipt(code: str, part: int, role: str) -> BaseResponse:
    """What goes with a stored file that is taken out unmarked: which it is, from where, when."""
    with writing() as rows:
        document = the_document(rows, code, Action.READ)
        found = stored_form(document, role, part)
        told: dict[str, Any] = {
            "document": document.code,
            "organ": document.organ.name,
            "part": part,
            "rendition": role,
            "sha256": found.digest,
            "size": found.size,
            "mime": found.mime,
            "taken_by": actor().full_name,
            "taken_for": asker().full_name if asker().id != actor().id else None,
            "at": clock.now().isoformat(timespec="seconds"),
            "mark": mark_of(rows, document.organ, asker()),
        }
        reads.opened(rows, document, "describe", part=part, receipt=role)
    answer: Response = jsonify(told)
    name = f"{code}-{part}-{role.replace('_', '-')}-bien-nhan.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# Sending ------------------------------------------------------------------------------------------


def _printed(form: Form) -> BaseResponse:
    with printed(form) as path:
        return sent(path, form.file_name, PDF)


def sent(path: Path, name: str, mime: str) -> BaseResponse:
    """The file as an attachment. It is open before its folder goes, and read as it is sent."""
    response = send_file(
        path.open("rb"), mimetype=mime, as_attachment=True, download_name=name, conditional=False
    )
    response.headers["Content-Length"] = str(path.stat().st_size)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
