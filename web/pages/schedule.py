"""The organ's retention schedule: its rows by state, one row with its versions, drafting."""

import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import clock
from archive.access import Action
from archive.errors import ArchiveError, NotFound
from archive.fields import day_typed
from archive.hands import told_by
from archive.reading import story_of
from formats.vietnamese import fold
from retention import approving, first_schedule, schedule, what_if
from retention.models import Clock, PlanRule, RetentionRule
from retention.schedule import RuleValues
from web import schedule_files
from web.auth import asker, here, may, reading, require, writing
from web.errors import status_of, tell, words_for, words_of
from web.i18n import gettext
from web.lists import PER_PAGE, Listed, page_wanted
from web.names import whose
from web.numbers import number_asked
from web.pages.plans import KINDS
from web.retention_words import STATES, WAYS, end_said
from web.story_words import story

blueprint = Blueprint("schedule", __name__, url_prefix="/retention/schedule")
ROWS = 50
MOST_LOOKED_AT = 5_000  # case files of which a page says what would become of them
TERMS = ("Vĩnh viễn", "70 năm", "50 năm", "20 năm", "10 năm", "5 năm")


@blueprint.get("")
def page() -> str:
    """The rows that hold; or the drafts, or those that ended."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        found = schedule.rules_of(rows, here())
        counts = {name: sum(one.state == name for one in found) for name in STATES}
        state = request.args.get("state", "")
        if state not in STATES:
            state = "in_force" if counts["in_force"] or not counts["draft"] else "draft"
        shown = [one for one in found if one.state == state and _is_asked_for(one)]
        return render_template(
            "retention/schedule.html",
            shown=_piece(shown, ROWS),
            counts=counts,
            state=state,
            states={name: gettext(one) for name, one in STATES.items()},
            lacking=_lacking(found),
            may_manage=may(rows, Action.MANAGE_SCHEDULE, here()),
            may_approve=may(rows, Action.APPROVE_SCHEDULE, here()),
        )


def _is_asked_for(rule: RetentionRule) -> bool:
    """Every typed word stands in its number, group, title, term or mandate, marks or not."""
    told = (rule.number, rule.group_name, rule.title, rule.term, rule.mandate)
    words = fold(" ".join(told))
    return all(one in words for one in fold(request.args.get("q", "")).split())


def _lacking(found: list[RetentionRule]) -> int:
    """How many rows of the list of 2011 are not there in any version."""
    there = {one.number for one in found}
    return sum(one.number not in there for one in first_schedule.list_of_2011())


def _piece(found: list[Any], per_page: int = PER_PAGE) -> Listed[Any]:
    """A page of what is short enough to be at hand as a whole."""
    page = min(page_wanted(), max(1, -(-len(found) // per_page)))
    return Listed(found[(page - 1) * per_page : page * per_page], len(found), page, per_page)


@blueprint.get("/table")
def table() -> BaseResponse:
    """The schedule as a table to be saved: XLSX, or CSV."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        found = schedule.rules_of(rows, here())
    return saved(
        lambda path: schedule_files.write(found, path), f"bang-thoi-han-bao-quan-{here().code}"
    )


def saved(write: Any, name: str) -> BaseResponse:
    """What `write` writes into a path, as a download: XLSX, or CSV where the address says so."""
    kind = "csv" if request.args.get("as") == "csv" else "xlsx"
    with tempfile.TemporaryDirectory(prefix="luutru-table-") as folder:
        path = Path(folder) / f"table.{kind}"
        write(path)
        content = BytesIO(path.read_bytes())
    return send_file(
        content, mimetype=KINDS[kind], as_attachment=True, download_name=f"{name}.{kind}"
    )


@blueprint.post("/load")
def load() -> BaseResponse:
    """Put the list of 2011 into the schedule, as drafts."""
    with writing() as rows:
        require(rows, Action.MANAGE_SCHEDULE, here())
        made = first_schedule.load(rows, here(), asker())
    if made.new:
        flash(
            gettext(
                "Drafts made: %(count)s. None of them holds before it is approved.",
                count=len(made.new),
            ),
            "success",
        )
    else:
        flash(gettext("The whole list is there already. Nothing was changed."))
    return redirect(url_for("schedule.page", state="draft"))


# One row ------------------------------------------------------------------------------------------


@blueprint.get("/rules/<int:number>")
def one(number: int) -> str:
    """One row: what it says, its versions, what follows it, what may be done, its story."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        rule = schedule.by_id(rows, here(), number)
        others = schedule.versions(rows, here(), rule.number)
        return render_template(
            "retention/rule.html",
            rule=rule,
            versions=others,
            states={name: gettext(said) for name, said in STATES.items()},
            drafted_by=whose(told_by(rows, "retention_rule", [rule.id]).get(rule.id)),
            approved_by=whose(
                told_by(rows, "retention_rule", [rule.id], "retention_rule.approve").get(rule.id)
            ),
            followers=_count(rows, Clock.rule_id, rule),
            lines=_count(rows, PlanRule.rule_id, rule),
            has_draft=any(one.state == schedule.DRAFT for one in others),
            may_manage=may(rows, Action.MANAGE_SCHEDULE, here()),
            why_not_approve=why_not_approve(rows, rule),
            today=clock.today(here()),
            story=story(
                rows,
                story_of("retention_rule", rule.id),
                of="retention_rule",
                before=number_asked("before"),
            ),
        )


def _count(rows: Session, column: Any, rule: RetentionRule) -> int:
    return rows.scalar(select(func.count()).where(column == rule.id)) or 0


def why_not_approve(rows: Session, rule: RetentionRule) -> str:
    """Why this person cannot approve the draft; the same that the act would say."""
    if not may(rows, Action.APPROVE_SCHEDULE, here()):
        return gettext("The head of the organ approves the schedule.")
    if asker().id in approving.drafters(rows, rule):
        return words_for("own_draft", {"number": rule.number}).line
    return ""


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | BaseResponse | tuple[str, int]:
    """Draft a new row, or the next version of one."""
    with reading() as rows:
        require(rows, Action.MANAGE_SCHEDULE, here())
        follows = number_asked("of")
        earlier = schedule.by_id(rows, here(), follows) if follows is not None else None
        groups = sorted({one.group_name for one in schedule.rules_of(rows, here())})
    told: dict[str, Any] = {"rule": None, "earlier": earlier, "groups": groups, "terms": TERMS}
    if request.method != "POST":
        given = _present(earlier) if earlier is not None else {}
        return render_template("retention/rule_form.html", given=given, **told)
    try:
        with writing() as rows:
            require(rows, Action.MANAGE_SCHEDULE, here())
            made = schedule.draft(rows, here(), _typed(), asker()).id
    except ArchiveError as error:
        said = words_of(error)
        page = render_template("retention/rule_form.html", given=request.form, said=said, **told)
        return page, status_of(error)
    flash(gettext("Drafted. It holds once it is approved."), "success")
    return redirect(url_for("schedule.one", number=made))


def _typed() -> RuleValues:
    return RuleValues(**{name: request.form.get(name, "") for name in schedule.NAMES})


def _present(rule: RetentionRule) -> dict[str, str]:
    return {name: getattr(rule, name) for name in schedule.NAMES}


@blueprint.route("/rules/<int:number>/change", methods=["GET", "POST"])
def change(number: int) -> str | BaseResponse | tuple[str, int]:
    """Write a draft anew."""
    with reading() as rows:
        require(rows, Action.MANAGE_SCHEDULE, here())
        rule = schedule.by_id(rows, here(), number)
        groups = sorted({one.group_name for one in schedule.rules_of(rows, here())})
    told: dict[str, Any] = {"rule": rule, "earlier": None, "groups": groups, "terms": TERMS}
    if request.method != "POST":
        return render_template("retention/rule_form.html", given=_present(rule), **told)
    try:
        with writing() as rows:
            require(rows, Action.MANAGE_SCHEDULE, here())
            found = schedule.by_id(rows, here(), number)
            seen = request.form.get("revision", type=int)
            schedule.change(rows, found, _typed(), asker(), seen)
    except ArchiveError as error:
        said = words_of(error)
        page = render_template("retention/rule_form.html", given=request.form, said=said, **told)
        return page, status_of(error)
    flash(gettext("Saved."), "success")
    return redirect(url_for("schedule.one", number=number))


@blueprint.post("/rules/<int:number>/<verb>")
def act(number: int, verb: str) -> BaseResponse:
    """Let a draft go, approve it, or let a row in force end."""
    done = {
        "drop": (Action.MANAGE_SCHEDULE, gettext("The draft is gone.")),
        "approve": (Action.APPROVE_SCHEDULE, gettext("Approved.")),
        "end": (Action.APPROVE_SCHEDULE, gettext("It ends.")),
    }
    if verb not in done:
        raise NotFound("no_such_thing")
    action, said = done[verb]
    try:
        with writing() as rows:
            require(rows, action, here())
            rule = schedule.by_id(rows, here(), number)
            name = rule.number
            _do(rows, rule, verb)
    except ArchiveError as error:
        if error.code in ("not_allowed", "no_such_rule"):
            raise
        tell(error)
        verb = "" if verb == "drop" else verb
    else:
        flash(f"{name}: {said}", "success")
    if "next" in request.form:  # one draft after the other
        first = request.form.get("valid_from", "")
        return redirect(url_for("schedule_approving.page", after=number, first=first))
    if verb == "drop":
        return redirect(url_for("schedule.page", state="draft"))
    return redirect(url_for("schedule.one", number=number))


def _do(rows: Session, rule: RetentionRule, verb: str) -> None:
    form = request.form
    if verb == "drop":
        schedule.drop(rows, rule)
    elif verb == "approve":
        first, seen = day_typed(form.get("valid_from", "")), form.get("revision", type=int)
        approving.approve(rows, rule, asker(), valid_from=first, seen=seen)
    else:
        last = day_typed(form.get("valid_to", ""))
        approving.end(rows, rule, on=last, reason=form.get("reason", ""))


# What would be ------------------------------------------------------------------------------------


@blueprint.get("/rules/<int:number>/what-if")
def moves(number: int) -> str | BaseResponse:
    """What the draft would move, once its followers were given it: how many, which, which way."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        require(rows, Action.SEE_CASE_FILES, here())
        rule = schedule.by_id(rows, here(), number)
        counted, moved = what_if.looked_at(rows, rule, MOST_LOOKED_AT)
        moved = what_if.known_to(rows, asker(), moved)
    if "as" in request.args:
        return saved(
            lambda path: schedule_files.write_moved(moved, path, gettext),
            f"thay-doi-{rule.number}-{rule.version}",
        )
    return render_template(
        "retention/what_if.html",
        rule=rule,
        counted=counted,
        shown=_piece(moved),
        most=MOST_LOOKED_AT,
        end_said=lambda end: end_said(end, gettext),
        ways={name: gettext(said) for name, said in WAYS.items()},
    )
