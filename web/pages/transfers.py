"""To the historical archive: what is due, transfers on their way, one transfer with its folder.

Luật 33/2024; TT 05/2025. What may be done, and what keeps it from being done, says
`retention.transfers`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import clock, people
from archive.access import Action
from archive.errors import ArchiveError, Conflict, Invalid, NotFound
from archive.fields import day_typed
from archive.models import CaseFile, Organ
from archive.organ_rules import rules_of
from archive.reading import known_case_files, story_of
from formats.names import safe_name
from retention import transfer_folders, transfer_lists, transfers
from retention.models import Transfer, TransferItem
from retention.transferable import hindrances_of, source_hindrance
from web.auth import asker, here, may, reading, require, services, the_case_file, writing
from web.case_file_view import Step, said
from web.errors import Said, tell, words_for, words_of
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_asked, require_at_most
from web.security import SANDBOX
from web.story_words import story
from web.transfer_making import place_of, zipped
from web.transfer_words import OUTCOMES, STAGES

blueprint = Blueprint("transfers", __name__, url_prefix="/retention/transfers")
TABS = ("due", "live", "over")
DUE_SHOWN = 50  # of which several are chosen to go together
MOST_SAID = 5  # reasons under one button
LOOK_AGAIN = "5"  # seconds until a page on which something is under way comes anew
WAY = ("registered", "exported", "confirmed")


@blueprint.get("")
def page() -> str:
    """What is due, what is on its way, what is over."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        tab = request.args.get("tab", "")
        return _shown(rows, tab if tab in TABS else "due")


def _shown(rows: Session, tab: str, **more: Any) -> str:
    told: dict[str, Any] = {
        "tab": tab,
        "tabs": TABS,
        "today": clock.today(here()),
        "rules": rules_of(here()),
        "no_source": _no_source(),
        "may_register": may(rows, Action.HAND_TO_HISTORY, here()),
        "given": request.form,
        "stages": STAGES,
    }
    return render_template(
        "transfers/page.html",
        **told,
        **(_due(rows) if tab == "due" else _transfers(rows, tab)),
        **more,
    )


def _no_source() -> Said | None:
    hindrance = source_hindrance(here())
    return words_for(hindrance.code, dict(hindrance.details)) if hindrance else None


def _due(rows: Session) -> dict[str, Any]:
    """Permanent case files that stand in no transfer, each with why it cannot go now."""
    year = number_asked("year")
    found = listed(rows, transfer_lists.waiting(here(), year), per_page=DUE_SHOWN)
    why_not = hindrances_of(rows, list(found.rows))
    return {
        "shown": found,
        "year": year,
        "years": transfer_lists.by_year(rows, here()),
        "known": known_case_files(rows, asker(), [one.id for one in found.rows]),
        "due": {one.id: transfer_lists.due_of(one, here()) for one in found.rows},
        "why_not": {number: said(some) for number, some in why_not.items()},
        "first_day": transfers.first_day(here()),
        "most": transfers.MOST,
    }


def _transfers(rows: Session, tab: str) -> dict[str, Any]:
    wanted = transfer_lists.on_their_way if tab == "live" else transfer_lists.over
    found = listed(rows, wanted(here()))
    return {"shown": found, "counts": transfer_lists.counts_of(rows, found.rows)}


# Registering --------------------------------------------------------------------------------------


@blueprint.post("")
def register() -> str | BaseResponse | tuple[str, int]:
    """Register the chosen case files, or all that are due by a year, all of them or none."""
    form = request.form
    try:
        with writing() as rows:
            require(rows, Action.HAND_TO_HISTORY, here())
            made = transfers.register(
                rows,
                rows.get_one(Organ, here().id),
                _chosen(rows),
                asker(),
                receiver=form.get("receiver", ""),
                planned_on=_day("planned_on", gettext("Planned for")),
                name=form.get("name", ""),
                condition=form.get("condition", ""),
                note=form.get("note", ""),
            )
            code = made.code
    except ArchiveError as error:
        if isinstance(error, NotFound) or error.code == "not_allowed":
            raise
        with reading() as rows:
            chosen = set(form.getlist("case_file"))
            return _shown(rows, "due", said=words_of(error), chosen=chosen), 422
    flash(gettext("Registered as %(code)s.", code=code), "success")
    return redirect(url_for("transfers.one", code=code))


def _chosen(rows: Session) -> list[CaseFile]:
    """Those that are ticked, or all that are due by the end of a year and may go."""
    if request.form.get("all"):
        year = request.form.get("until_year", type=int)
        wanted = transfer_lists.waiting(here(), year).limit(transfers.MOST + 1)
        found = list(rows.scalars(wanted))
        require_at_most(transfers.MOST, found)
        kept_here = hindrances_of(rows, found)
        return [one for one in found if one.id not in kept_here]
    codes = request.form.getlist("case_file")
    require_at_most(transfers.MOST, codes)
    return [the_case_file(rows, one, Action.HAND_TO_HISTORY) for one in codes]


def _day(name: str, field: str) -> date:
    typed = request.form.get(name, "")
    found = day_typed(typed)
    if found is None:
        raise Invalid("bad_value", field=field, value=typed)
    return found


# One transfer -------------------------------------------------------------------------------------


@blueprint.get("/<code>")
def one(code: str) -> Response:
    """A transfer: its steps, its folder, what may be done and why not, its case files."""
    with reading() as rows:
        found = _the_transfer(rows, code)
        shown = make_response(_one(rows, found))
    if found.export_state in transfers.MAKING:
        shown.headers["Refresh"] = LOOK_AGAIN
    return shown


def _one(rows: Session, found: Transfer) -> str:
    items = listed(rows, transfer_lists.items_of(found))
    files = [one.case_file for one in items.rows]
    look = transfers.Look(rows, found)
    is_live = found.stage in transfers.LIVE
    troubled = look.kept_here if is_live else {}
    names = people.names_of(rows, (found.registered_by_id, found.asked_by_id))
    return render_template(
        "transfers/one.html",
        transfer=found,
        stage=STAGES[found.stage],
        outcomes=OUTCOMES,
        steps=_steps(found, names),
        shown=items,
        count=len(look.case_files)
        if is_live
        else transfer_lists.counts_of(rows, [found]).get(found.id, 0),
        known=known_case_files(rows, asker(), [one.id for one in files]),
        due={one.id: transfer_lists.due_of(one, here()) for one in files},
        troubled={number: said(some) for number, some in troubled.items()},
        why_not=_why_not(look),
        why_no_folder=words_for(found.export_reason, found.export_details)
        if found.export_reason
        else None,
        names=names,
        may_hand=may(rows, Action.HAND_TO_HISTORY, here()),
        story=story(
            rows, story_of("transfer", found.id), of="transfer", before=number_asked("before")
        ),
    )


def _the_transfer(rows: Session, code: str, action: Action = Action.SEE_RETENTION) -> Transfer:
    require(rows, Action.SEE_RETENTION, here())
    found = transfers.by_code(rows, here(), code)
    require(rows, action, here())
    return found


def _steps(found: Transfer, names: Mapping[int, str]) -> list[Step]:
    at = WAY.index(found.stage) if found.stage in WAY else 0
    ends = {
        "registered": (names.get(found.registered_by_id, ""), found.registered_at),
        "exported": (names.get(found.asked_by_id or 0, gettext("The system")), found.exported_at),
    }
    steps = []
    for place, name in enumerate(WAY):
        is_done = place < at or found.stage == "confirmed"
        state = "done" if is_done else "here" if place == at else "ahead"
        if found.stage == "given_up":
            state = "halted" if place == 0 else "ahead"
        who, when = ends.get(name, ("", None)) if place <= at else ("", None)
        steps.append(Step(STAGES[name], state, who, when))
    return steps


def _why_not(look: transfers.Look) -> dict[str, tuple[Said, ...]]:
    """What greys each button; nothing where it can be pressed."""
    told = {
        name: said(transfers.hindrances_at(look, name, asker()))[:MOST_SAID]
        for name in transfers.MOVES
    }
    making = said(transfers.nothing_is_being_made(look))
    told["export"] = (*making, *told["export"])
    told["leave_out"] = making
    return told


# What is done with it -----------------------------------------------------------------------------


@blueprint.post("/<code>/export")
def export(code: str) -> BaseResponse:
    """Have its folder made by the worker."""
    asked = gettext("The folder is being made. You may leave this page and come back.")
    return _do(code, lambda rows, found: transfer_folders.ask_export(rows, found, asker()), asked)


@blueprint.post("/<code>/confirm")
def confirm(code: str) -> BaseResponse:
    """Enter what the historical archive confirmed."""

    def act(rows: Session, found: Transfer) -> None:
        day = day_typed(request.form.get("confirmed_on", ""))
        if day is None:
            raise Invalid("confirmation_missing")
        number = request.form.get("number", "")
        transfers.confirm(rows, found, asker(), number=number, day=day)

    done = gettext(
        "Confirmed: the case files are at the historical archive and stay readable here."
    )
    return _do(code, act, done)


@blueprint.post("/<code>/give-up")
def give_up(code: str) -> BaseResponse:
    """Give it up, with a reason."""
    reason = request.form.get("reason", "")
    return _do(
        code,
        lambda rows, found: transfers.give_up(rows, found, asker(), reason),
        gettext("Given up. Its case files may go in another transfer."),
    )


@blueprint.post("/<code>/leave-out")
def leave_out(code: str) -> BaseResponse:
    """Leave one case file out, with a reason."""

    def act(rows: Session, found: Transfer) -> None:
        item = _item(rows, found, request.form.get("case_file", ""))
        transfers.leave_out(rows, item, asker(), request.form.get("reason", ""))

    return _do(code, act, gettext("Left out."))


def _item(rows: Session, found: Transfer, code: str) -> TransferItem:
    the_case_file(rows, code, Action.HAND_TO_HISTORY)
    return transfers.item_of(rows, found, code)


def _do(code: str, act: Callable[[Session, Transfer], object], done: str) -> BaseResponse:
    """One act on a transfer; then its page, with what was done or why not."""
    try:
        with writing() as rows:
            act(rows, _the_transfer(rows, code, Action.HAND_TO_HISTORY))
    except ArchiveError as error:
        if isinstance(error, NotFound) or error.code == "not_allowed":
            raise
        tell(error)
    else:
        flash(done, "success")
        services().bell.set()
    return redirect(url_for("transfers.one", code=code, page=request.args.get("page")))


@blueprint.get("/<code>/folder.zip")
def folder(code: str) -> BaseResponse:
    """The folder as one file; it is told of it, and of each document in it, now."""
    try:
        with writing() as rows:
            found = _the_transfer(rows, code, Action.HAND_TO_HISTORY)
            place = place_of(services().settings, found.id)
            if found.export_state != "ready" or not place.is_dir():
                raise Conflict("export_not_ready")
            transfer_folders.take_out(rows, found, asker(), "zip")
            name = found.code
    except ArchiveError as error:
        if isinstance(error, NotFound) or error.code == "not_allowed":
            raise
        tell(error)
        return redirect(url_for("transfers.one", code=code))
    answer = Response(zipped(place, name), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe_name(name)}.zip"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
