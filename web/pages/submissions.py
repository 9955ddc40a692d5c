"""Submitting to the archive: what is due, sent, waiting and kept back, by role.

HC 14 and 16.4c; NĐ 30/2020, Đ30 and Đ31. One submission stands on a page of its own (`receipt.py`).
"""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import clock, people, submission_lists, submissions
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotFound
from archive.life_models import KeptBack
from archive.models import CaseFile, Document, Organ
from archive.reading import known_case_files
from web.auth import (
    asker,
    here,
    may,
    reading,
    require,
    services,
    the_case_file,
    the_document,
    writing,
)
from web.errors import Said, tell, words_for, words_of
from web.field_words import STAGES
from web.i18n import gettext
from web.lists import PER_PAGE, listed
from web.numbers import number_in, require_at_most
from web.pages.people import day_in

blueprint = Blueprint("submissions", __name__, url_prefix="/submissions")
MOST_CHOSEN = 500
HELD_SHOWN = 50  # of which several are chosen to go together


@blueprint.get("")
def page() -> str:
    """The lists that are open to the person, each behind its tab."""
    with reading() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        tabs = _tabs(rows)
        tab = request.args.get("tab", "")
        return _shown(rows, tabs, tab if tab in tabs else tabs[0])


def _tabs(rows: Session) -> list[str]:
    """What the person can look at: their own first, then what they look after."""
    tabs = ["mine", "sent"] if may(rows, Action.WORK, here()) else []
    if may(rows, Action.ACCEPT, here()):
        tabs = ["waiting", *tabs, "decided"]
    if _looks_after_all(rows):
        tabs += ["due", "units"]
    return [*tabs, "kept"]


def _looks_after_all(rows: Session) -> bool:
    return submission_lists.looks_after_all(rows, asker(), here())


def _shown(rows: Session, tabs: list[str], tab: str, **more: Any) -> str:
    told: dict[str, Any] = {
        "tabs": tabs,
        "tab": tab,
        "today": clock.today(here()),
        "call": submissions.last_call(rows, here().id),
        "days_after_call": submissions.DAYS_AFTER_CALL,
        "may_call": may(rows, Action.ACCEPT, here()),
        "may_keep": may(rows, Action.KEEP_BACK, here()),
        "stages": STAGES,
        "given": request.form,
    }
    return render_template("submissions/page.html", **told, **_list(rows, tab), **more)


def _list(rows: Session, tab: str) -> dict[str, Any]:
    if tab in ("sent", "waiting", "decided"):
        return _submissions(rows, tab)
    if tab == "units":
        return {"units": submission_lists.by_unit(rows, here(), clock.today(here()))}
    if tab == "kept":
        return _kept(rows)
    return _case_files(rows, tab)


def _case_files(rows: Session, tab: str) -> dict[str, Any]:
    """My finished case files, or the organ's that are due; each with why it cannot be sent."""
    if tab == "mine":
        wanted = submission_lists.held(asker(), here())
        per_page = HELD_SHOWN
    else:
        per_page = PER_PAGE
        last = clock.today(here()) + submission_lists.SOON
        wanted = submission_lists.due_of_organ(here(), last)
    found = listed(rows, wanted, per_page=per_page)
    why_not = submission_lists.hindered(rows, found.rows) if tab == "mine" else {}
    return {
        "shown": found,
        "kept": submissions.kept_until(rows, found.rows),
        "why_not": {key: words_for(one.code, dict(one.details)) for key, one in why_not.items()},
    }


def _submissions(rows: Session, tab: str) -> dict[str, Any]:
    wanted = {
        "sent": submission_lists.sent_by(asker(), here()),
        "waiting": submission_lists.waiting(here()),
        "decided": submission_lists.decided(here()),
    }[tab]
    found = listed(rows, wanted)
    return {
        "shown": found,
        "standings": submission_lists.standings(rows, here(), found.rows),
        "names": people.names_of(rows, (one.submitted_by_id for one in found.rows)),
    }


def _kept(rows: Session) -> dict[str, Any]:
    of = None if _looks_after_all(rows) else asker()
    found = listed(rows, submission_lists.kept_back(here(), of))
    numbers = {one.case_file_id for one in found.rows}
    known = known_case_files(rows, asker(), numbers)
    files = rows.scalars(select(CaseFile).where(CaseFile.id.in_(known)))
    consents = {one.consent_document_id for one in found.rows} - {None}
    named = rows.execute(select(Document.id, Document.code).where(Document.id.in_(consents)))
    return {
        "shown": found,
        "files": {one.id: one for one in files},
        "names": people.names_of(rows, (one.granted_by_id for one in found.rows)),
        "consents": {number: code for number, code in named},
    }


# Sending ------------------------------------------------------------------------------------------


@blueprint.post("/send")
def send() -> str | BaseResponse | tuple[str, int]:
    """Submit the chosen case files together, all of them or none."""
    form = request.form
    try:
        with writing() as rows:
            require(rows, Action.WORK, here())
            chosen = _chosen(rows, form.getlist("case_file"))
            made = submissions.submit(
                rows,
                rows.get_one(Organ, here().id),
                chosen,
                asker(),
                name=form.get("name", ""),
                condition=form.get("condition", ""),
                boxes=_boxes(form.get("boxes", "")),
                metres=form.get("metres", ""),
            )
            code = made.code
    except ArchiveError as error:
        return _again("mine", error)
    services().bell.set()
    flash(gettext("Submitted as %(code)s. The archive looks it through.", code=code), "success")
    return redirect(url_for("receipt.page", code=code))


def _chosen(rows: Session, codes: list[str]) -> list[CaseFile]:
    require_at_most(MOST_CHOSEN, codes)
    return [the_case_file(rows, one, Action.WORK) for one in codes]


def _boxes(typed: str) -> int | None:
    plain = typed.strip().replace(".", "")
    if not plain:
        return None
    if (boxes := number_in(plain)) is None:
        raise Invalid("boxes_wrong", value=typed)
    return boxes


def _again(tab: str, error: ArchiveError) -> tuple[str, int]:
    """The list again, with what was typed and why it did not go."""
    if isinstance(error, NotFound) or error.code == "not_allowed":
        raise error
    with reading() as rows:
        tabs = _tabs(rows)
        chosen = set(request.form.getlist("case_file"))
        return _shown(rows, tabs, tab, said=words_of(error), chosen=chosen), 422


# Announcing ---------------------------------------------------------------------------------------


@blueprint.post("/call")
def call() -> BaseResponse:
    """Announce the list of case files to be submitted (Danh mục hồ sơ nộp lưu)."""
    try:
        with writing() as rows:
            require(rows, Action.ACCEPT, here())
            organ = rows.get_one(Organ, here().id)
            submissions.call(rows, organ, asker(), request.form.get("note", ""))
    except ArchiveError as error:
        if error.code == "not_allowed":
            raise
        tell(error)
    else:
        flash(gettext("Announced. Every holder finds a notice in the inbox."), "success")
        services().bell.set()
    return redirect(url_for("submissions.page", tab="due"))


# Keeping back -------------------------------------------------------------------------------------


@blueprint.route("/keep-back", methods=["GET", "POST"])
def keep_back() -> str | BaseResponse | tuple[str, int]:
    """Let a unit keep a due case file, with the head's written consent (NĐ 30/2020, Đ31.3d)."""
    code = request.values.get("case_file", "")
    if request.method != "POST":
        return _keep_page(code)
    try:
        with writing() as rows:
            _keep(rows, the_case_file(rows, code, Action.KEEP_BACK))
    except ArchiveError as error:
        if error.code in ("no_such_case_file", "not_allowed"):
            raise
        return _keep_page(code, words_of(error)), 422
    flash(gettext("%(code)s is kept back.", code=code), "success")
    return redirect(url_for("submissions.page", tab="kept"))


def _keep(rows: Session, case_file: CaseFile) -> KeptBack:
    form = request.form
    until, consent_date = day_in(form, "until_on"), day_in(form, "consent_date")
    if until is None:
        raise Invalid("bad_value", field=gettext("Kept back until"), value="")
    if consent_date is None:
        raise Invalid("consent_missing")
    return submissions.keep_back(
        rows,
        case_file,
        asker(),
        until=until,
        reason=form.get("reason", ""),
        consent_number=form.get("consent_number", ""),
        consent_date=consent_date,
        consent=_consent(rows, case_file, consent_date),
    )


def _consent(rows: Session, case_file: CaseFile, day: date) -> Document | None:
    """The document that is the consent, by its code, or by its number and day; one to be read."""
    number = request.form.get("consent_number", "")
    code = request.form.get("consent", "").strip()
    found = code or submissions.consent_of(rows, asker(), case_file.organ_id, number, day)
    return the_document(rows, found, Action.READ) if found else None


def _keep_page(code: str, said: Said | None = None) -> str:
    with reading() as rows:
        case_file = the_case_file(rows, code, Action.KEEP_BACK)
        earlier = rows.scalars(
            select(KeptBack)
            .where(KeptBack.case_file_id == case_file.id)
            .order_by(KeptBack.id.desc())
        ).all()
        return render_template(
            "submissions/keep_back.html",
            case_file=case_file,
            last=_last_day(case_file),
            earlier=earlier,
            stage=STAGES[case_file.stage],
            given=request.form,
            said=said,
        )


def _last_day(case_file: CaseFile) -> date | None:
    if case_file.due_on is None:
        return None
    return clock.months_after(case_file.due_on, submissions.MONTHS_KEPT_BACK)
