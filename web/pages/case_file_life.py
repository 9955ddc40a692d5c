"""The life of one case file: reviewed, closed, opened again, corrected, opened to more or fewer."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from archive import access_changes, closing, plan_changes
from archive.access import Action, require_filling
from archive.case_files import takes_documents
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound
from archive.life_models import AccessChange
from archive.models import CaseFile
from archive.moves import Hindrance, require_change
from archive.reading import known_documents
from ingest.intakes import nothing_on_the_road
from web import term_forms
from web.auth import asker, reading, require, services, the_case_file, the_document, writing
from web.case_file_view import WHY_OUT, said
from web.errors import status_of, tell, words_of
from web.field_words import FieldShown, case_file_fields
from web.i18n import gettext
from web.lists import PER_PAGE
from web.marks import refuse_marks
from web.numbers import number_asked

blueprint = Blueprint("case_file_life", __name__, url_prefix="/case-files")
FIXED_AT_CLOSING = ("title", "maintenance", "creator", "start_date", "end_date", "settled_on")
NEVER_TYPED = {"organ_code", "year", "notation", "document_total", "page_total", "sheet_total"}
EMPTY_ROWS = 2  # for supplementary fields to come
_MENDED_IN_THE_FORM = {"fields_missing", "term_unclear", "settlement_missing"}


@blueprint.post("/open-planned/<path:code>")
def open_planned(code: str) -> BaseResponse:
    """Open a case file that the plan foresees."""
    return _do(
        code,
        Action.OPEN_CASE_FILE,
        lambda rows, case_file: plan_changes.open_planned(rows, case_file, asker()),
        gettext("The case file %(code)s is open.", code=code),
    )


@blueprint.post("/reopen/<path:code>")
def reopen(code: str) -> BaseResponse:
    """Open a closed case file again, with a reason."""
    reason = request.form.get("reason", "")
    return _do(
        code,
        Action.SEE_CASE_FILES,
        lambda rows, case_file: closing.reopen(rows, case_file, asker(), reason),
        gettext("The case file %(code)s is open again.", code=code),
    )


def _do(
    code: str, action: Action, act: Callable[[Session, CaseFile], object], done: str
) -> BaseResponse:
    """One act on a case file; then its page, with what was done or why not."""
    try:
        with writing() as rows:
            act(rows, the_case_file(rows, code, action))
    except NotFound:
        raise
    except ArchiveError as error:
        tell(error)
    else:
        services().bell.set()
        flash(done, "success")
    return redirect(url_for("case_files.one", code=code))


# Closing ------------------------------------------------------------------------------------------


@blueprint.route("/close/<path:code>", methods=["GET", "POST"])
def close(code: str) -> str | BaseResponse | tuple[str, int]:
    """Look all of it through (NĐ 30, Đ29.4), fix its data, close it."""
    if request.method != "POST":
        return _review(code, MultiDict())
    try:
        with writing() as rows:
            case_file = the_case_file(rows, code, Action.SEE_CASE_FILES)
            rule = term_forms.rule_chosen(rows, case_file, request.form.get("rule", ""))
            values = _typed(case_file_fields(case_file), FIXED_AT_CLOSING)
            values = term_forms.with_term_of(case_file, values, rule)
            closing.close(
                rows, case_file, asker(), values,
                seen=request.form.get("revision", type=int), more=[nothing_on_the_road],
            )  # fmt: skip
            term_forms.confirm_at_closing(rows, case_file, asker(), rule)
            due = case_file.due_on
    except NotFound:
        raise
    except ArchiveError as error:
        return _review(code, request.form, error), status_of(error)
    services().bell.set()
    done = gettext("The case file %(code)s is closed.", code=code)
    if due is None:
        done += " " + gettext("It need not be submitted to the archive.")
    flash(done, "success")
    return redirect(url_for("case_files.one", code=code))


def _review(code: str, given: Any, error: ArchiveError | None = None) -> str:
    with reading() as rows:
        case_file = the_case_file(rows, code, Action.SEE_CASE_FILES)
        found = closing.review(rows, case_file, asker(), more=[nothing_on_the_road])
        fields = {one.column: one for one in case_file_fields(case_file)}
        page = max(1, number_asked("page") or 1)
        return render_template(
            "case_files/close.html",
            case_file=case_file,
            review=found,
            lines=found.lines[(page - 1) * PER_PAGE : page * PER_PAGE],
            page=page,
            pages=max(1, -(-len(found.lines) // PER_PAGE)),
            names={one.placement.ordinal: one for one in found.lines},
            lacking=sum(1 for one in found.lines if one.lacking),
            twins=[one for one in found.lines if one.twins],
            fields=[
                fields[one]
                for one in FIXED_AT_CLOSING
                if one != "settled_on" or case_file.is_construction
            ],
            hindrances=said(_outside_the_form(found.hindrances)),
            field_names=_names_of_documents(),
            known_gone=known_documents(rows, asker(), [one.document_id for one in found.taken_out]),
            why_out=WHY_OUT,
            may_take_out=_may_take_out(rows, case_file),
            rules=term_forms.rules_to_choose(rows, case_file),
            rule=_rule_in_form(rows, case_file, given),
            given=given,
            said=words_of(error) if error else None,
        )


def _rule_in_form(rows: Session, case_file: CaseFile, given: Any) -> str:
    """The rule that is chosen, as the form sends it: what was typed, else what is offered."""
    if "rule" in given:
        return str(given["rule"])
    offered = term_forms.rule_offered(rows, case_file)
    return str(offered.id) if offered is not None else ""


def _may_take_out(rows: Session, case_file: CaseFile) -> bool:
    try:
        require_filling(rows, asker(), case_file)
    except NotAllowed:
        return False
    return takes_documents(case_file)


def _outside_the_form(found: list[Hindrance]) -> list[Hindrance]:
    """What cannot be mended by filling in the form on the same page."""
    return [one for one in found if one.code not in _MENDED_IN_THE_FORM]


def _names_of_documents() -> dict[str, str]:
    return {
        "type_name": gettext("type"),
        "issued_date": gettext("date"),
        "organ_name": gettext("issuing organ"),
        "subject": gettext("subject"),
    }


@blueprint.post("/take-out/<path:code>")
def take_out(code: str) -> BaseResponse:
    """Take a duplicate, a draft or a stray out; the document stays, and a line says so."""
    form = request.form
    try:
        with writing() as rows:
            case_file = the_case_file(rows, code, Action.SEE_CASE_FILES)
            require_filling(rows, asker(), case_file)
            document = the_document(rows, form.get("document", ""), Action.DESCRIBE)
            closing.take_out(rows, case_file, document, form.get("why", ""), form.get("note", ""))
            name = document.code
    except ArchiveError as error:
        tell(error)
    else:
        services().bell.set()
        flash(
            gettext("Taken out: %(document)s. The document itself stays.", document=name), "success"
        )
    back = "case_file_life.close" if form.get("from") == "close" else "case_files.one"
    return redirect(url_for(back, code=code))


# Correcting ---------------------------------------------------------------------------------------


@blueprint.route("/correct/<path:code>", methods=["GET", "POST"])
def correct(code: str) -> str | BaseResponse | tuple[str, int]:
    """Correct the data, or add supplementary fields (HC-82), with a reason."""
    with reading() as rows:
        case_file = the_case_file(rows, code, Action.SEE_CASE_FILES)
        require_change(rows, case_file, asker())
    fields = [one for one in case_file_fields(case_file) if one.column not in NEVER_TYPED]
    told = {"case_file": case_file, "fields": fields, "given": request.form, "more": EMPTY_ROWS}
    if request.method != "POST":
        return render_template("case_files/correct.html", **told)
    try:
        _correct(code, fields)
    except ArchiveError as error:
        return render_template("case_files/correct.html", said=words_of(error), **told), 422
    services().bell.set()
    flash(gettext("Corrected. The earlier values stay readable in the story."), "success")
    return redirect(url_for("case_files.one", code=code))


def _correct(code: str, fields: list[FieldShown]) -> None:
    form = request.form
    changed = _typed(fields, tuple(one.column for one in fields))
    with writing() as rows:
        case_file = the_case_file(rows, code, Action.SEE_CASE_FILES)
        require_change(rows, case_file, asker())
        changed |= _supplementary(case_file)
        if not changed:
            raise Invalid("nothing_changed")
        refuse_marks(changed)
        seen = form.get("revision", type=int)
        term_forms.correct(rows, case_file, asker(), changed, form.get("why", ""), seen=seen)


def _typed(fields: list[FieldShown], wanted: tuple[str, ...]) -> dict[str, str]:
    """What the form says otherwise than the case file does."""
    form = request.form
    return {
        one.column: form[one.column]
        for one in fields
        if one.column in wanted
        and one.column in form
        and form[one.column].replace("\r\n", "\n").strip() != one.typed.strip()
    }


def _supplementary(case_file: CaseFile) -> dict[str, str]:
    form = request.form
    rows = zip(form.getlist("extra_name"), form.getlist("extra_value"), strict=False)
    given = {name.strip(): value.strip() for name, value in rows if name.strip()}
    kept = case_file.supplementary
    return {f"+{name}": value for name, value in given.items() if kept.get(name, "") != value}


# Who may read it ----------------------------------------------------------------------------------


@blueprint.post("/access/<path:code>")
def ask_access(code: str) -> BaseResponse:
    """Ask for another level; a narrower one works at once."""
    form = request.form

    def act(rows: Session, case_file: CaseFile) -> None:
        require_change(rows, case_file, asker())
        access_changes.ask(
            rows, case_file, form.get("access_level", ""), form.get("reason", ""), asker(),
            seen=form.get("revision", type=int),
        )  # fmt: skip

    return _do(
        code, Action.SEE_CASE_FILES, act, gettext("Asked. Somebody who is competent confirms it.")
    )


@blueprint.post("/decide-access/<int:number>")
def decide_access(number: int) -> BaseResponse:
    """Confirm a change of access, or refuse it."""
    with reading() as rows:
        found = rows.get(AccessChange, number)
        case_file = rows.get(CaseFile, found.case_file_id) if found else None
        if case_file is None:
            raise NotFound("no_such_thing")
        require(rows, Action.SEE_CASE_FILES, case_file)
        code = case_file.code
    is_confirmed = request.form.get("decision") == "confirm"

    def act(rows: Session, _case_file: CaseFile) -> None:
        change = rows.get_one(AccessChange, number)
        reason = request.form.get("reason", "")
        access_changes.decide(rows, change, asker(), is_confirmed=is_confirmed, reason=reason)

    done = gettext("Confirmed.") if is_confirmed else gettext("Refused: it is as it was before.")
    return _do(code, Action.CONFIRM_ACCESS, act, done)
