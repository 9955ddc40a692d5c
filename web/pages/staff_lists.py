"""Many people at once: accounts from a table, and all that somebody holds handed over."""

import json
import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive import access, account_lists, accounts, hand_over, people
from archive.access import Action
from archive.account_lists import COLUMNS
from archive.errors import ArchiveError, Invalid
from archive.hand_over import Holdings
from archive.models import Appointment, Organ, Person
from formats.errors import FormatError
from formats.tables import Limits, Table, TableRow, read_table
from web.auth import actor, here, reading, require, writing
from web.errors import words_of
from web.i18n import gettext
from web.marks import refuse_marks_in_table
from web.pages.people import day_in, show_passwords, the_person
from web.right_words import ROLE_NAMES

blueprint = Blueprint("staff_lists", __name__, url_prefix="/people")
LIMITS = Limits(bytes=1_500_000, rows=300, columns=30, characters=300)
HEADINGS = [name for names in COLUMNS.values() for name in names]


@blueprint.route("/import", methods=["GET", "POST"])
def bring() -> str | tuple[str, int]:
    """Accounts from XLSX or CSV: shown line by line first, made when that is confirmed."""
    with reading() as rows:
        require(rows, Action.MANAGE_PEOPLE, here())
    if request.method != "POST":
        return _bring_page()
    try:
        if "table" in request.form:
            return _make(refuse_marks_in_table(_table_from(request.form["table"])))
        return _show(_uploaded())
    except (ArchiveError, FormatError) as error:
        return _bring_page(said=words_of(error)), 422


def _bring_page(**told: Any) -> str:
    names = [(one[0], needed) for one, needed in zip(COLUMNS.values(), _needed(), strict=True)]
    return render_template(
        "people/import.html", columns=names, role_names=ROLE_NAMES, most=LIMITS.rows, **told
    )


def _needed() -> list[bool]:
    return [one in ("full_name", "roles") for one in COLUMNS]


def _uploaded() -> Table:
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid("no_file")
    with tempfile.TemporaryDirectory(prefix="luutru-table-") as folder:
        path = Path(folder) / "table"
        given.save(path)
        return refuse_marks_in_table(read_table(path, LIMITS, names=HEADINGS))


def _show(table: Table) -> str:
    with reading() as rows:
        looked = account_lists.look(rows, rows.get_one(Organ, here().id), table)
    kept = {"header": table.header, "rows": [[one.number, *one.cells] for one in table.rows]}
    return _bring_page(looked=looked, table=json.dumps(kept, ensure_ascii=False), wrong=_said)


def _said(error: ArchiveError) -> str:
    return words_of(error).line


def _table_from(text: str) -> Table:
    """The table that was shown, sent back with the confirmation; it is looked through again."""
    try:
        told = json.loads(text)
        rows = tuple(
            TableRow(int(number), tuple(str(cell) for cell in cells))
            for number, *cells in told["rows"][: LIMITS.rows]
        )
        return Table(tuple(str(one) for one in told["header"]), rows)
    except (ValueError, TypeError, KeyError) as wrong:
        raise Invalid("table_lost") from wrong


def _make(table: Table) -> str:
    with reading() as rows:
        shown = account_lists.look(rows, rows.get_one(Organ, here().id), table)
    first = {one.number: people.one_time() for one in shown.to_make}
    with writing() as rows:
        require(rows, Action.MANAGE_PEOPLE, here())
        organ = rows.get_one(Organ, here().id)
        looked = account_lists.look(rows, organ, table)
        if {one.number for one in looked.to_make} != first.keys():
            raise Invalid("table_lost")
        opened = account_lists.make_all(rows, organ, looked, first)
    return show_passwords(opened)


# Handing over -------------------------------------------------------------------------------------


@blueprint.route("/<int:number>/hand-over", methods=["GET", "POST"])
def give_all(number: int) -> str | BaseResponse | tuple[str, int]:
    """All that a person holds, listed; confirmed, it is handed over in one act (KT-25)."""
    if request.method != "POST":
        return _holdings_page(number)
    try:
        done = _hand_over(number)
    except ArchiveError as error:
        if error.code in ("no_such_thing", "not_allowed"):
            raise
        return _holdings_page(number, said=words_of(error)), 422
    flash(gettext("Handed over: %(count)s case files.", count=len(done.case_files)), "success")
    if done.stayed:
        stayed = ", ".join(done.stayed)
        flash(gettext("Frozen, so they stay with their holder: %(codes)s", codes=stayed), "warning")
    return redirect(url_for("people.one", number=number))


def _hand_over(number: int) -> hand_over.HandedOver:
    form = request.form
    with writing() as rows:
        person = the_person(rows, number)
        receiver = _receiver(rows, form.get("receiver", ""))
        others = {
            int(name.removeprefix("to-")): _receiver(rows, value)
            for name, value in form.items()
            if name.startswith("to-") and name.removeprefix("to-").isdecimal() and value
        }
        ends_on = day_in(form, "ends_on")
        if ends_on is not None:
            require(rows, Action.MANAGE_PEOPLE, person.organ)
        return hand_over.hand_over(
            rows,
            person,
            rows.get_one(Organ, here().id),
            receiver,
            others=others,
            why=form.get("why", ""),
            by=actor(),
            seen=form.get("count", type=int),
            ends_on=ends_on,
        )


def _receiver(rows: Session, number: str) -> Person:
    if not number.isdecimal():
        raise Invalid("person_missing")
    return the_person(rows, int(number))


def _holdings_page(number: int, **told: Any) -> str:
    with reading() as rows:
        person = the_person(rows, number)
        held: Holdings = hand_over.holdings(rows, person, here())
        receivers = [one for one in _workers(rows) if one.id != person.id]
        return render_template(
            "people/hand_over.html",
            person=person,
            held=held,
            receivers=receivers,
            given=request.form,
            **told,
        )


def _workers(rows: Session) -> list[Person]:
    """Those of the organ who may work on case files, by name."""
    found = rows.scalars(
        select(Person)
        .where(accounts.of_organ(here()))
        .options(
            selectinload(Person.appointments).options(
                joinedload(Appointment.role), joinedload(Appointment.custody)
            )
        )
        .options(selectinload(Person.organ))
        .order_by(Person.name_key)
    )
    return [one for one in found if access.may(rows, one, Action.WORK, here())]
