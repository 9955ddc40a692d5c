"""A file plan from a table: first what it would change, row by row; then taken in."""

import base64
import binascii
import json
import tempfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from archive import plan_import
from archive.access import Action
from archive.errors import Conflict, Invalid, Refused
from archive.plan_import import Comparison
from archive.plan_tables import HEADER
from formats.errors import FormatError
from formats.tables import Limits, Table, TableRow
from web import plan_files
from web.auth import reading, writing
from web.errors import words_for, words_of
from web.i18n import gettext
from web.marks import refuse_marks_in_table
from web.pages.plans import the_plan

blueprint = Blueprint("plan_tables", __name__, url_prefix="/plans/<int:year>")
MOST_SHOWN = 500
MOST_BYTES = 32 * 1024 * 1024  # of a table that comes back with its confirmation


@blueprint.route("/import", methods=["GET", "POST"])
def page(year: int) -> str | BaseResponse | tuple[str, int]:
    """Choose a table; see what it would do; take it in."""
    if request.method != "POST":
        return _page(year)
    try:
        if "table" in request.form:
            return _take_in(
                year, refuse_marks_in_table(unpacked(request.form["table"], plan_files.LIMITS))
            )
        return _show(year, uploaded(plan_files.read))
    except (Conflict, Invalid, Refused, FormatError) as error:
        return _page(year, said=words_of(error)), 422


def uploaded(read: Callable[[Path], Table]) -> Table:
    """The table in the file that was chosen.

    Raises:
        Invalid: `nothing_chosen`.
    """
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid("nothing_chosen")
    with closing(given), tempfile.TemporaryDirectory(prefix="luutru-plan-") as folder:
        path = Path(folder) / "table"
        given.save(path)
        return read(path)


def _show(year: int, table: Table) -> str:
    with reading() as rows:
        plan = the_plan(rows, year, Action.PLAN)
        if plan.stage != "draft":
            raise Conflict("plan_is_approved", year=year)
        compared = plan_import.compare(rows, plan, table)
    return _page(year, compared=compared, packed=packed(table))


def _take_in(year: int, table: Table) -> BaseResponse | str:
    with writing() as rows:
        compared = plan_import.take_in(rows, the_plan(rows, year, Action.PLAN), table)
    new, changed = compared.count("new"), compared.count("changed")
    if new or changed:
        flash(
            gettext("Taken in: %(new)s new, %(changed)s changed.", new=new, changed=changed),
            "success",
        )
    else:
        flash(gettext("Everything in this table is in the plan already. Nothing was changed."))
    return redirect(url_for("plans.one", year=year))


def _page(year: int, **told: Any) -> str:
    with reading() as rows:
        plan = the_plan(rows, year, Action.PLAN)
    compared: Comparison | None = told.get("compared")
    return render_template(
        "plans/import.html",
        plan=plan,
        columns=HEADER,
        fates=_worth_showing(compared) if compared is not None else [],
        most=MOST_SHOWN,
        name_of_column=plan_files.name_of_column,
        words=lambda one: words_for(one.code, {"value": one.value, **one.details}),
        **told,
    )


def _worth_showing(compared: Comparison) -> list[plan_import.Fate]:
    """What is wrong comes first; what stays the same is only counted."""
    order = {"wrong": 0, "changed": 1, "new": 2}
    shown = [one for one in compared.fates if one.state in order]
    return sorted(shown, key=lambda one: order[one.state])[:MOST_SHOWN]


def packed(table: Table) -> str:
    """The table as a field of the form, so that nothing is kept of it until it is confirmed."""
    told = {"header": table.header, "rows": [[one.number, *one.cells] for one in table.rows]}
    return base64.b64encode(
        zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 9)
    ).decode()


def unpacked(text: str, limits: Limits) -> Table:
    """The table that was shown; it is looked through again as if it were new.

    Raises:
        Invalid: `table_lost`.
    """
    try:
        unpack = zlib.decompressobj()
        told = json.loads(unpack.decompress(base64.b64decode(text, validate=True), MOST_BYTES))
        header = tuple(str(one) for one in told["header"])
        rows = tuple(
            TableRow(int(number), (*map(str, cells), *[""] * len(header))[: len(header)])
            for number, *cells in told["rows"][: limits.rows]
        )
    except (ValueError, TypeError, KeyError, zlib.error, binascii.Error) as wrong:
        raise Invalid("table_lost") from wrong
    return Table(header, rows)
