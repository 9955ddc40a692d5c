"""The schedule from a table: first what it would change, row by row; then taken in as drafts."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import Conflict, Invalid, Refused
from formats.errors import FormatError
from formats.tables import Table
from retention import schedule_tables
from retention.schedule_tables import COLUMNS, Comparison, Fate
from web import schedule_files
from web.auth import asker, here, reading, require, writing
from web.errors import words_for, words_of
from web.i18n import gettext
from web.marks import refuse_marks_in_table
from web.pages.plan_tables import MOST_SHOWN, packed, unpacked, uploaded

blueprint = Blueprint("schedule_tables", __name__, url_prefix="/retention/schedule/import")


@blueprint.route("", methods=["GET", "POST"])
def page() -> str | BaseResponse | tuple[str, int]:
    """Choose a table; see what it would do; take it in."""
    with reading() as rows:
        require(rows, Action.MANAGE_SCHEDULE, here())
    if request.method != "POST":
        return _page()
    try:
        if "table" in request.form:
            given = unpacked(request.form["table"], schedule_files.LIMITS)
            return _take_in(refuse_marks_in_table(given))
        return _show(uploaded(schedule_files.read))
    except (Conflict, Invalid, Refused, FormatError) as error:
        return _page(said=words_of(error)), 422


def _show(table: Table) -> str:
    with reading() as rows:
        compared = schedule_tables.compare(rows, here(), table)
        return _page(compared=compared, packed=packed(table))


def _take_in(table: Table) -> BaseResponse:
    with writing() as rows:
        require(rows, Action.MANAGE_SCHEDULE, here())
        compared = schedule_tables.take_in(rows, here(), table, asker())
    count = compared.count("new", "version", "changed")
    if count:
        done = gettext("Taken in as drafts: %(count)s. None holds before it is approved.")
        flash(done % {"count": count}, "success")
    else:
        flash(gettext("Everything in this table is in the schedule already. Nothing was changed."))
    return redirect(url_for("schedule.page", state="draft"))


def _page(**told: Any) -> str:
    compared: Comparison | None = told.get("compared")
    return render_template(
        "retention/import.html",
        columns=[one.name for one in COLUMNS],
        fates=_worth_showing(compared) if compared is not None else [],
        most=MOST_SHOWN,
        name_of_column=schedule_files.name_of_column,
        words=lambda one: words_for(one.code, {"value": one.value, **one.details}),
        **told,
    )


def _worth_showing(compared: Comparison) -> list[Fate]:
    """What is wrong comes first; what stays the same is only counted."""
    order = {"wrong": 0, "changed": 1, "version": 2, "new": 3}
    shown = [one for one in compared.fates if one.state in order]
    return sorted(shown, key=lambda one: order[one.state])[:MOST_SHOWN]
