"""File plans (danh mục hồ sơ): the years, one plan as a tree, its approval, the next year."""

import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import clock, file_plans, plan_approval, plan_copies
from archive.access import Action
from archive.errors import Conflict, Invalid, Refused
from archive.fields import parse_day
from archive.models import FilePlan, Organ
from archive.reading import story_of
from formats.vietnamese import nfc
from retention import plan_rules
from web import plan_view
from web.auth import asker, here, may, reading, require, writing
from web.errors import tell, words_for, words_of
from web.i18n import gettext
from web.lists import counts
from web.numbers import number_asked
from web.plan_files import write
from web.story_words import story

blueprint = Blueprint("plans", __name__, url_prefix="/plans")
MOST_PROBLEMS = 200
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


@blueprint.get("")
def page() -> str:
    """The organ's plans, newest first."""
    with reading() as rows:
        require(rows, Action.SEE_PLAN, here())
        found = rows.scalars(
            select(FilePlan).where(FilePlan.organ_id == here().id).order_by(FilePlan.year.desc())
        ).all()
        counted = counts(rows, {str(one.id): file_plans.files_of(one) for one in found})
        return render_template(
            "plans/page.html",
            plans=[(one, counted[str(one.id)]) for one in found],
            next_year=max([clock.today(here()).year, *(one.year + 1 for one in found)]),
            may_plan=may(rows, Action.PLAN, here()),
        )


@blueprint.post("")
def draw_up() -> BaseResponse:
    """Begin the plan of a year."""
    try:
        year = year_in(request.form.get("year", ""))
        with writing() as rows:
            require(rows, Action.PLAN, here())
            file_plans.draw_up(rows, rows.get_one(Organ, here().id), year)
    except (Conflict, Invalid, Refused) as error:
        tell(error)
        return redirect(url_for("plans.page"))
    return redirect(url_for("plans.one", year=year))


def year_in(text: str) -> int:
    """The year that was typed.

    Raises:
        Invalid: `bad_year`.
    """
    if not text.strip().isdecimal() or len(text.strip()) != 4:
        raise Invalid("bad_year", year=text)
    return int(text)


def the_plan(rows: Session, year: int, action: Action) -> FilePlan:
    """The plan of the organ at which the person works, if they may do this."""
    require(rows, action, here())
    return file_plans.of_year(rows, here(), year)


@blueprint.get("/<int:year>")
def one(year: int) -> str:
    """One plan: its headings, its lines and what became of them."""
    with reading() as rows:
        plan = the_plan(rows, year, Action.SEE_PLAN)
        words, under = request.args.get("q", ""), number_asked("under")
        found = plan_view.shown(rows, plan, words=words, under=under)
        may_plan = may(rows, Action.PLAN, here())
        return render_template(
            "plans/one.html",
            plan=plan,
            found=found,
            under=under,
            waiting=plan_copies.count_waiting(rows, plan) if may_plan else 0,
            may_plan=may_plan,
            why_not_approve=_why_not_approve(rows, plan),
        )


@blueprint.get("/<int:year>/story")
def told(year: int) -> str:
    """What happened to the plan, newest first."""
    with reading() as rows:
        plan = the_plan(rows, year, Action.SEE_PLAN)
        found = story(
            rows,
            story_of("file_plan", plan.id),
            of="file_plan",
            before=number_asked("before"),
        )
        return render_template("plans/story.html", plan=plan, story=found)


def _why_not_approve(rows: Session, plan: FilePlan) -> str:
    """Why the button for approving is grey; empty when it is not."""
    if plan.stage == "approved":
        return words_for("plan_is_approved", {"year": plan.year}).what
    if not may(rows, Action.APPROVE_PLAN, here()):
        return gettext("The head of the organ approves the plan.")
    return ""


@blueprint.get("/<int:year>/table")
def table(year: int) -> BaseResponse:
    """The plan as a table to be saved: XLSX, or CSV."""
    kind = "csv" if request.args.get("as") == "csv" else "xlsx"
    with reading() as rows, tempfile.TemporaryDirectory(prefix="luutru-plan-") as folder:
        plan = the_plan(rows, year, Action.SEE_PLAN)
        path = Path(folder) / f"plan.{kind}"
        write(rows, plan, asker(), path)
        content = BytesIO(path.read_bytes())
    return send_file(
        content,
        mimetype=KINDS[kind],
        as_attachment=True,
        download_name=f"danh-muc-ho-so-{year}.{kind}",
    )


# Approving ----------------------------------------------------------------------------------------


@blueprint.route("/<int:year>/approve", methods=["GET", "POST"])
def approve(year: int) -> str | BaseResponse | tuple[str, int]:
    """What is lacking, line by line; or the decision."""
    if request.method != "POST":
        return _approve_page(year)
    try:
        count = _approve(year)
    except (Conflict, Invalid, Refused) as error:
        return _approve_page(year, said=words_of(error)), 422
    flash(gettext("The plan is approved. Case files planned: %(count)s.", count=count), "success")
    return redirect(url_for("plans.one", year=year))


def _approve(year: int) -> int:
    form = request.form
    with writing() as rows:
        plan = the_plan(rows, year, Action.APPROVE_PLAN)
        made = plan_approval.approve(
            rows,
            plan,
            asker(),
            number=form.get("number", ""),
            on=day_in(form.get("on", "")),
            seen=form.get("revision", type=int),
        )
        return len(made)


def day_in(text: str) -> date | None:
    """The day that was typed; None where nothing was.

    Raises:
        Invalid: `bad_value`.
    """
    text = nfc(text).strip()
    try:
        return parse_day(text) if text else None
    except ValueError as wrong:
        raise Invalid("bad_value", field=gettext("Date of the decision"), value=text) from wrong


def _approve_page(year: int, **told: Any) -> str:
    with reading() as rows:
        plan = the_plan(rows, year, Action.SEE_PLAN)
        problems = plan_approval.problems(rows, plan) if plan.stage == "draft" else []
        return render_template(
            "plans/approve.html",
            plan=plan,
            problems=[(one, words_for(one.code, dict(one.details))) for one in problems][
                :MOST_PROBLEMS
            ],
            count=len(problems),
            why_not=_why_not_approve(rows, plan),
            may_plan=may(rows, Action.PLAN, here()),
            given=request.form,
            **told,
        )


# Into the next year -------------------------------------------------------------------------------


@blueprint.post("/<int:year>/copy")
def copy(year: int) -> BaseResponse:
    """Copy the plan into a draft of another year."""
    try:
        target = year_in(request.form.get("to", ""))
        with writing() as rows:
            start = the_plan(rows, year, Action.PLAN)
            made = plan_copies.copy(rows, start, target)
            plan_rules.copy(rows, start, made.plan)
            left = ", ".join(one.full_name for one in made.left)
    except (Conflict, Invalid, Refused) as error:
        tell(error)
        return redirect(url_for("plans.one", year=year))
    flash(gettext("Copied: %(count)s lines.", count=made.lines), "success")
    if left:
        flash(gettext("These have left; choose others in their lines: %(names)s", names=left))
    return redirect(url_for("plans.one", year=target))


@blueprint.post("/<int:year>/carry-over")
def carry_over(year: int) -> BaseResponse:
    """Take the unfinished case files of earlier years into this plan."""
    try:
        with writing() as rows:
            the_plan(rows, year, Action.PLAN)
            carried = plan_copies.carry_over(rows, rows.get_one(Organ, here().id), year)
            count = len(carried)
    except (Conflict, Invalid, Refused) as error:
        tell(error)
        return redirect(url_for("plans.page"))
    flash(gettext("Case files carried over: %(count)s.", count=count), "success")
    return redirect(url_for("plans.one", year=year))
