"""Disposals: those under way, drawing one up, one with its steps, lines, council and dossier."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive import clock, people
from archive.access import Action
from archive.errors import ArchiveError, NotFound
from archive.models import CaseFile, Organ
from archive.reading import story_of
from retention import appraisals, disposals, listing, sharing
from retention.models import Appraisal, Disposal
from web import disposal_view as view
from web.auth import asker, here, may, reading, require, services, telling, writing
from web.disposal_doors import attempt, done_or_told, the_disposal, words
from web.disposal_explained import proposal
from web.disposal_words import CAUSES, ROLES, SIDES, STAGES
from web.errors import words_of
from web.execution_view import execution_of
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_asked, number_in
from web.story_words import story

blueprint = Blueprint("disposals", __name__, url_prefix="/retention/disposals")
OFFERED = 200  # of which several are chosen to go together


@blueprint.get("")
def page() -> str:
    """The disposals that the person may know of: those under way, or those that are over."""
    with reading() as rows:
        wanted = disposals.seen_by(rows, asker(), here())
        tab = "over" if request.args.get("tab") == "over" else "live"
        is_over = Disposal.stage.in_(disposals.OVER)
        found = listed(rows, wanted.where(is_over if tab == "over" else ~is_over))
        if not found.rows and rows.scalar(wanted.with_only_columns(Disposal.id).limit(1)) is None:
            require(rows, Action.SEE_DISPOSALS, here())  # without it one sees by one's seats only
        return render_template(
            "disposals/page.html",
            tab=tab,
            shown=found,
            totals=view.totals_of(rows, found.rows),
            late={one.id: view.late_of(one) for one in found.rows},
            stages=STAGES,
            may_list=may(rows, Action.LIST_DISPOSAL, here()),
        )


# Drawing one up -----------------------------------------------------------------------------------


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | BaseResponse | tuple[str, int]:
    """Draw up a list from what re-appraisal proposed to destroy."""
    if request.method != "POST":
        return _new_page()
    form = request.form
    try:
        with writing() as rows:
            require(rows, Action.LIST_DISPOSAL, here())
            made = listing.make(
                rows,
                rows.get_one(Organ, here().id),
                asker(),
                _chosen(rows),
                title=form.get("title", ""),
                formation=form.get("formation", ""),
                condition=form.get("condition", ""),
            )
            code = made.code
    except ArchiveError as error:
        if isinstance(error, NotFound) or error.code == "not_allowed":
            raise
        return _new_page(said=words_of(error)), 422
    flash(gettext("Drawn up as %(code)s. What stands in it is locked.", code=code), "success")
    services().bell.set()
    return redirect(url_for("disposals.one", code=code))


def _chosen(rows: Session) -> list[int]:
    """Those that are ticked, or all that are proposed."""
    if request.form.get("all"):
        wanted = appraisals.listable(here()).with_only_columns(Appraisal.id)
        return list(rows.scalars(wanted.limit(listing.MOST)))
    numbers = (number_in(one) for one in request.form.getlist("appraisal"))
    return [one for one in numbers if one is not None]


def _new_page(**more: Any) -> str:
    with reading() as rows:
        require(rows, Action.LIST_DISPOSAL, here())
        wanted = appraisals.listable(here()).options(
            selectinload(Appraisal.case_file), selectinload(Appraisal.document)
        )
        found = listed(rows, wanted, per_page=OFFERED)
        formation, condition = proposal(rows, here(), wanted.limit(listing.MOST))
        return render_template(
            "disposals/new.html",
            shown=found,
            causes=CAUSES,
            title=gettext("Records whose term is over, %(year)s", year=clock.today(here()).year),
            formation=formation,
            condition=condition,
            most=listing.MOST,
            given=request.form,
            chosen=set(request.form.getlist("appraisal")),
            **more,
        )


# One disposal -------------------------------------------------------------------------------------


@blueprint.get("/<code>")
def one(code: str) -> str:
    """A disposal: its steps, what comes next, its lines, council and dossier."""
    with telling(), reading() as rows:
        found = the_disposal(rows, code)
        wanted = view.items_of(found, request.args.get("outcome", ""))
        shown = listed(rows, wanted)
        papers = view.papers_shown(rows, found)
        steps = view.steps_of(rows, found)
        totals = view.totals_of(rows, [found]).get(found.id, view.Totals())
        return render_template(
            "disposals/one.html",
            disposal=found,
            stage=STAGES[found.stage],
            steps=steps,
            deeds=view.deeds_of(rows, found),
            late=view.late_of(found),
            going=execution_of(rows, found),
            shown=shown,
            outcomes={each.id: view.outcome_of(each) for each in shown.rows},
            totals=totals,
            causes=CAUSES,
            owners=view.owners_of(rows, found),
            seats=[each for each in found.seats if not each.left_why],
            roles=ROLES,
            sides=SIDES,
            papers=papers,
            paper=sharing.on_paper(rows, found),
            codes=view.documents_of(rows, papers),
            dossier=rows.get(CaseFile, found.dossier_id or 0),
            sees_dossier=may(rows, Action.SEE_CASE_FILES, here()),
            made_by=steps[0].who,
            names=people.names_of(  # nobody does these for another
                rows, (found.decided_by_id, found.executor_id, found.keeper_id)
            ),
            story=story(
                rows, story_of("disposal", found.id), of="disposal", before=number_asked("before")
            ),
        )


@blueprint.route("/<code>/explanation", methods=["GET", "POST"])
def explain(code: str) -> str | BaseResponse | tuple[str, int]:
    """Write the explanation (Bản thuyết minh), beginning with what the data say."""
    if request.method != "POST":
        return _explain_page(code)
    form = request.form

    def act(rows: Session, found: Disposal) -> None:
        require(rows, Action.LIST_DISPOSAL, here())
        said = form.get("formation", ""), form.get("condition", "")
        listing.explain(rows, found, asker(), *said)

    error = attempt(code, "explain", act)
    if error is not None:
        return _explain_page(code, said=words(error)), 422
    flash(gettext("The explanation is written."), "success")
    return redirect(url_for("disposals.one", code=code))


def _explain_page(code: str, **more: Any) -> str:
    with reading() as rows:
        found = the_disposal(rows, code)
        require(rows, Action.LIST_DISPOSAL, here())
        formation, condition = proposal(rows, here(), listing.in_list(found))
        return render_template(
            "disposals/explain.html",
            disposal=found,
            formation=request.form.get("formation", found.formation) or formation,
            condition=request.form.get("condition", found.condition) or condition,
            **more,
        )


@blueprint.post("/<code>/stop")
def stop(code: str) -> BaseResponse:
    """Stop it before it is executed; everything in it stays and is unlocked."""
    reason = request.form.get("reason", "")
    return done_or_told(
        code,
        "stop",
        lambda rows, found: listing.stop(rows, found, asker(), reason),
        gettext("Stopped. What stood in it stays, and is unlocked."),
    )
