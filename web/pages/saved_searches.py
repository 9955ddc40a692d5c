"""Searches that were kept: one's own and the unit's, what is new in each, and how one is told."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from archive import clock
from archive.access import Action
from archive.errors import ArchiveError, NotFound
from search import saved
from search.asking import asker_of
from search.engine import SearchBroken
from search.facets import CHOICES
from web.auth import actor, here, reading, require, services, writing
from web.errors import tell
from web.i18n import gettext
from web.lists import listed
from web.pages.finding import question_of
from web.search_words import address, as_read

blueprint = Blueprint("saved_searches", __name__, url_prefix="/search/saved")


@blueprint.get("")
def page() -> str:
    """All of them, with how much is new since one last looked."""
    with reading() as rows:
        require(rows, Action.FIND, here())
        shown = listed(rows, saved.seen(here(), actor()))
        followed = saved.followed(rows, here(), actor())
        fresh: dict[int, int] = {}
        try:
            searching = asker_of(rows, services().engine, actor())
            for one in shown.rows:
                mine = followed.get(one.id)
                since = mine.seen_at if mine else one.saved_at
                fresh[one.id] = saved.new_since(searching, one, since)
        except SearchBroken:
            fresh = {}  # the health page says why; the list itself needs no index
        return render_template(
            "finding/saved.html", shown=shown, followed=followed, fresh=fresh, as_read=as_read
        )


@blueprint.post("")
def save() -> BaseResponse:
    """Keep a question under a name."""
    form = request.form
    chosen = {name: some for name in CHOICES if (some := form.getlist(name))}
    try:
        with writing() as rows:
            require(rows, Action.FIND, here())
            kept = saved.save(
                rows,
                here(),
                actor(),
                form.get("name", ""),
                form.get("q", ""),
                chosen=chosen,
                ordered=form.get("order", ""),
                is_shared=form.get("is_shared") == "1",
                is_daily=form.get("is_daily") == "1",
            )
            back = question_of(kept)
    except ArchiveError as error:
        tell(error)
        return redirect(address(form.get("q", ""), chosen, order=form.get("order", "")))
    flash(gettext("It is kept under that name."), "success")
    return redirect(back)


@blueprint.get("/<int:number>")
def look(number: int) -> BaseResponse:
    """Ask it anew; what there is now is not new any more."""
    with writing() as rows:
        require(rows, Action.FIND, here())
        kept = saved.the_saved(rows, here(), actor(), number)
        saved.look(rows, kept, actor(), clock.now())
        back = question_of(kept)
    return redirect(back)


@blueprint.post("/<int:number>/follow")
def follow(number: int) -> BaseResponse:
    """Be told once a day, or not."""
    is_daily = request.form.get("is_daily") == "1"
    with writing() as rows:
        require(rows, Action.FIND, here())
        saved.follow(rows, here(), actor(), number, is_daily=is_daily)
    said = gettext("You are told once a day.") if is_daily else gettext("You are told no more.")
    flash(said, "success")
    return redirect(url_for("saved_searches.page"))


@blueprint.post("/<int:number>/share")
def share(number: int) -> BaseResponse:
    """Let the unit use it, or keep it to oneself."""
    try:
        with writing() as rows:
            require(rows, Action.FIND, here())
            is_shared = request.form.get("is_shared") == "1"
            saved.share(rows, here(), actor(), number, is_shared=is_shared)
    except NotFound:
        raise
    except ArchiveError as error:
        tell(error)
    return redirect(url_for("saved_searches.page"))


@blueprint.post("/<int:number>/drop")
def drop(number: int) -> BaseResponse:
    """Give up one's own."""
    try:
        with writing() as rows:
            require(rows, Action.FIND, here())
            saved.drop(rows, here(), actor(), number)
    except NotFound:
        raise
    except ArchiveError as error:
        tell(error)
    else:
        flash(gettext("The saved search is gone."), "success")
    return redirect(url_for("saved_searches.page"))
