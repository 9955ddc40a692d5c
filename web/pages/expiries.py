"""Notices that terms of retention end: who was told when, and who knows; the proof of sending."""

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import clock
from archive.access import Action
from archive.errors import ArchiveError, NotAllowed
from archive.hands import told_by
from retention import appraisals, expiries
from retention.appraisal_checks import sides_of
from retention.appraisal_facts import by_number, known_of
from retention.models import Appraisal
from web import appraisal_rows
from web.appraisal_words import CAUSES, COLOURS, STAGES
from web.auth import asker, here, reading, require, writing
from web.errors import tell
from web.i18n import gettext
from web.lists import listed
from web.names import whose

blueprint = Blueprint("expiries", __name__, url_prefix="/retention/notices")
TABS = ("open", "unknown", "all")
PER_SHEET = 200  # lines of the printable list


@blueprint.get("")
def page() -> str:
    """Notices whose days run or that nobody has noted, the earliest end first."""
    tab = _tab()
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        shown = listed(rows, _wanted(rows, tab))
        return _page(rows, "expiries/page.html", shown, tab)


@blueprint.get("/printed")
def printed() -> str:
    """The same with everybody who was told: to be printed as proof."""
    tab = _tab()
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        shown = listed(rows, _wanted(rows, tab), per_page=PER_SHEET)
        return _page(rows, "expiries/printed.html", shown, tab)


def _tab() -> str:
    tab = request.args.get("tab", "")
    return tab if tab in TABS else TABS[0]


def _wanted(rows: Session, tab: str) -> Select[Appraisal]:
    found = appraisal_rows.appraisals(rows, asker(), here())
    if tab == "all":
        return found
    if tab == "unknown":
        found = found.where(Appraisal.acknowledged_at.is_(None))
    return found.where(Appraisal.stage.in_(expiries.OPEN))


def _noted_by(rows: Session, found: Iterable[Appraisal]) -> dict[int, str]:
    """Who noted each first, and for whom."""
    noted = [one.id for one in found if one.acknowledged_at is not None]
    told = told_by(rows, "appraisal", noted, "appraisal.acknowledge")
    return {number: whose(one) for number, one in told.items()}


def _page(rows: Session, template: str, shown: object, tab: str) -> str:
    found = shown.rows  # type: ignore[attr-defined]
    return render_template(
        template,
        shown=shown,
        tab=tab,
        tabs=TABS,
        sent=appraisal_rows.sent(rows, found),
        noted_by=_noted_by(rows, found),
        stages=STAGES,
        colours=COLOURS,
        causes=CAUSES,
        today=clock.today(here()),
    )


@blueprint.get("/<int:number>")
def one(number: int) -> str:
    """One notice: the term, its days, everybody who was told, who knows."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        found = appraisal_rows.one_seen(rows, asker(), here(), number)
        return render_template(
            "expiries/one.html",
            one=found,
            thing=found.case_file or found.document,
            sent=appraisal_rows.sent(rows, [found])[found.id],
            noted_by=_noted_by(rows, [found]),
            may_note=bool(sides_of(rows, known_of(rows, found), asker())),
            stages=STAGES,
            colours=COLOURS,
            causes=CAUSES,
            today=clock.today(here()),
        )


@blueprint.post("/<int:number>/known")
def acknowledge(number: int) -> BaseResponse:
    """Note for one's side: we know (đã biết)."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        appraisal_rows.one_seen(rows, asker(), here(), number)
    try:
        with writing() as rows:
            expiries.acknowledge(rows, by_number(rows, here(), number), asker())
    except NotAllowed as error:
        with writing() as rows:
            appraisals.refused(rows, by_number(rows, here(), number), "acknowledge", error)
        raise
    except ArchiveError as error:
        tell(error)
    else:
        flash(gettext("Noted that you know of it."), "success")
    return redirect(url_for("expiries.one", number=number))
