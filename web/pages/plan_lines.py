"""The lines of a file plan: adding, changing, moving, removing, taking out, opening."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response as BaseResponse

from archive import file_plans, plan_changes, plan_tree
from archive.access import Action
from archive.errors import ArchiveError, Conflict, Invalid, Refused
from archive.file_plans import LineValues
from archive.models import FilePlan, FilePlanEntry, Person
from archive.plan_tables import units_of
from archive.plan_tree import Line
from archive.seen import state_of
from retention import plan_rules, schedule
from web import plan_forms
from web.auth import asker, here, reading, writing
from web.errors import tell, words_for, words_of
from web.i18n import gettext
from web.numbers import number_in
from web.pages.plans import the_plan

blueprint = Blueprint("plan_lines", __name__, url_prefix="/plans/<int:year>")
MOST_HOLDERS = 1000
FIELDS = ("title", "notation", "heading_number", "maintenance", "creator", "note")


@blueprint.route("/lines/new", methods=["GET", "POST"])
def add(year: int) -> str | BaseResponse | tuple[str, int]:
    """Add a heading or a case file; with a reason once the plan is approved."""
    if request.method != "POST":
        return _form_page(year)
    try:
        line = _add(year)
    except (Conflict, Invalid, Refused) as error:
        return _form_page(year, said=words_of(error)), 422
    flash(gettext("Added to the plan."), "success")
    if "another" in request.form:
        under, kind = request.form.get("under") or None, request.form.get("kind")
        return redirect(url_for("plan_lines.add", year=year, under=under, kind=kind))
    return _back(year, line)


def _add(year: int) -> int:
    form = request.form
    with writing() as rows:
        plan = the_plan(rows, year, Action.PLAN)
        values = _values(form)
        if form.get("kind") == "file" and not values.notation:
            raise Invalid("notation_missing")
        parent = _parent(rows, plan, form.get("under", ""))
        rule = form.get("rule")
        values = plan_forms.with_term(rows, plan, values, rule)
        if plan.stage == "draft":
            entry = file_plans.add_line(rows, plan, values, parent)
        else:
            why = form.get("why", "")
            entry, _ = plan_changes.add(rows, plan, values, parent, reason=why)
        plan_forms.propose(rows, entry, rule)
        return entry.id


def _values(form: Any) -> LineValues:
    texts = {name: form.get(name, "") for name in FIELDS}
    if form.get("kind") == "heading":
        texts.update(notation="", maintenance="", creator="")
    holder = form.get("holder", "") if form.get("kind") != "heading" else ""
    unit = form.get("unit", "")
    return LineValues(
        **texts,
        holder_id=number_in(holder),
        unit_id=number_in(unit),
    )


def _parent(rows: Session, plan: FilePlan, number: str) -> FilePlanEntry | None:
    row = number_in(number)
    return file_plans.line_of(rows, plan, row) if row is not None else None


@blueprint.route("/lines/<int:line>", methods=["GET", "POST"])
def change(year: int, line: int) -> str | BaseResponse | tuple[str, int]:
    """One line: what it says, and what can be done with it."""
    if request.method != "POST":
        return _form_page(year, line)
    try:
        _change(year, line)
    except (Conflict, Invalid, Refused) as error:
        return _form_page(year, line, said=words_of(error)), 422
    flash(gettext("Saved."), "success")
    return _back(year, line)


def _change(year: int, line: int) -> None:
    form = request.form
    with writing() as rows:
        plan = the_plan(rows, year, Action.PLAN)
        entry = file_plans.line_of(rows, plan, line)
        values = _values({**form.to_dict(), "kind": "file" if entry.notation else "heading"})
        values = plan_forms.with_term(rows, plan, values, form.get("rule"))
        seen = form.get("seen", "")
        if plan.stage == "draft":
            file_plans.change_line(rows, entry, values, seen=seen)
        else:
            plan_changes.change(rows, entry, values, reason=form.get("why", ""), seen=seen)
        plan_forms.propose(rows, entry, form.get("rule"))


def _back(year: int, line: int) -> BaseResponse:
    """To the plan, where the line stands."""
    back = request.form.get("back", "")
    page = int(back) if back.isdecimal() and back != "1" else None
    return redirect(f"{url_for('plans.one', year=year, page=page)}#line-{line}")


@blueprint.post("/lines/<int:line>/<verb>")
def act(year: int, line: int, verb: str) -> BaseResponse:
    """Move a line up or down, remove it from a draft, or take it out of an approved plan."""
    if verb not in ("up", "down", "remove", "take-out"):
        raise NoSuchPage
    try:
        with writing() as rows:
            plan = the_plan(rows, year, Action.PLAN)
            _do(rows, file_plans.line_of(rows, plan, line), verb)
    except (Conflict, Invalid, Refused) as error:
        tell(error)
    else:
        if verb in ("remove", "take-out"):
            flash(gettext("Taken out of the plan."), "success")
    return _back(year, line)


def _do(rows: Session, entry: FilePlanEntry, verb: str) -> None:
    if verb in ("up", "down"):
        file_plans.move_line(rows, entry, up=verb == "up")
    elif verb == "remove":
        plan_rules.forget(rows, entry)
        file_plans.remove_line(rows, entry)
    else:
        plan_changes.take_out(rows, entry, asker(), reason=request.form.get("why", ""))


def _form_page(year: int, line: int | None = None, **told: Any) -> str:
    with reading() as rows:
        plan = the_plan(rows, year, Action.PLAN)
        entry = file_plans.line_of(rows, plan, line) if line is not None else None
        lines = plan_tree.lines_of(rows, plan)
        given = request.form if request.method == "POST" else _present(entry)
        kind = "heading" if entry is not None and not entry.notation else "file"
        if entry is None:
            kind = "heading" if request.values.get("kind") == "heading" else "file"
        return render_template(
            "plans/line.html",
            plan=plan,
            entry=entry,
            kind=kind,
            given=given,
            under=request.values.get("under", ""),
            seen=request.form.get("seen") or (state_of(entry) if entry is not None else ""),
            headings=[one for one in lines if not one.entry.notation],
            suggested=_next_notation([one.entry for one in lines]),
            holders=_holders(rows),
            units=list(units_of(rows, here().id).values()),
            rules=schedule.holding(rows, here()) if kind == "file" else [],
            rule=plan_forms.shown(rows, entry, given),
            why_fixed=_why_fixed(rows, plan, entry),
            why_not_out=_why_not_out(entry, lines),
            **told,
        )


def _present(entry: FilePlanEntry | None) -> dict[str, Any]:
    if entry is None:
        return {}
    told = {name: getattr(entry, name) for name in FIELDS}
    return {**told, "holder": str(entry.holder_id or ""), "unit": str(entry.unit_id or "")}


def _next_notation(entries: list[FilePlanEntry]) -> str:
    """The ordinal after the highest, as wide as that one, for plans that count their lines."""
    numbers = [one.notation for one in entries if one.notation.isdecimal()]
    if not numbers:
        return "" if any(one.notation for one in entries) else "001"
    last = max(numbers, key=int)
    return str(int(last) + 1).zfill(len(last))


def _holders(rows: Session) -> list[Person]:
    found = rows.scalars(
        select(Person)
        .where(Person.organ_id == here().id)
        .order_by(Person.locked_from.is_not(None), Person.name_key)
        .limit(MOST_HOLDERS)
    )
    return list(found)


def _why_not_out(entry: FilePlanEntry | None, lines: list[Line[FilePlanEntry]]) -> str:
    """Why a heading stays: something stands under it."""
    if entry is None or not any(one.entry.parent_id == entry.id for one in lines):
        return ""
    return words_for("heading_not_empty", {"title": entry.title}).line


def _why_fixed(rows: Session, plan: FilePlan, entry: FilePlanEntry | None) -> str:
    """Why the line cannot be changed any more; empty when it can."""
    if entry is None or plan.stage == "draft":
        return ""
    try:
        plan_changes.require_standing(rows, entry)
        plan_changes.planned_one(rows, entry)
    except ArchiveError as error:
        return words_of(error).line
    return ""
