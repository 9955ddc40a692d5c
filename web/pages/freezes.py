"""Freezing (khóa, đóng băng) by order: what is held, a new order, lifting one (R16)."""

from hashlib import sha256

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive import clock, freezes, people, units
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotFound
from archive.fields import day_typed
from archive.life_models import FreezeOrder, Frozen
from archive.models import CaseFile, Document, Person
from archive.reading import known_case_files, known_documents, seen_case_files
from web.auth import (
    asker,
    here,
    may,
    reading,
    require,
    services,
    the_case_file,
    the_document,
    writing,
)
from web.errors import status_of, tell, words_of
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_in, require_at_most

blueprint = Blueprint("freezes", __name__, url_prefix="/freezes")
SHOWN_OF_ONE = 30  # things of one order that its line names
MOST_CODES = 2000
MOST_HOLDERS = 300


@blueprint.get("")
def page() -> str:
    """The organ's orders, those in force first, with what each holds."""
    with reading() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        found = listed(
            rows,
            select(FreezeOrder)
            .where(FreezeOrder.organ_id == here().id)
            .order_by(FreezeOrder.lifted_at.is_not(None), FreezeOrder.id.desc()),
        )
        numbers = [one.id for one in found.rows]
        return render_template(
            "freezes/page.html",
            shown=found,
            held=_held(rows, numbers),
            counts=_counts(rows, numbers),
            names=people.names_of(
                rows, (n for one in found.rows for n in (one.placed_by_id, one.lifted_by_id))
            ),
            may_freeze=may(rows, Action.FREEZE, here()),
        )


def _counts(rows: Session, numbers: list[int]) -> dict[int, int]:
    counted = select(Frozen.order_id, func.count()).where(Frozen.order_id.in_(numbers))
    return {order: count for order, count in rows.execute(counted.group_by(Frozen.order_id))}


def _held(rows: Session, numbers: list[int]) -> dict[int, list[CaseFile | Document]]:
    """The first things of each order, of those that the asker may know of."""
    place = func.row_number().over(partition_by=Frozen.order_id, order_by=Frozen.id)
    first = select(Frozen.id, place.label("place")).where(Frozen.order_id.in_(numbers)).subquery()
    wanted = select(Frozen).join(first, first.c.id == Frozen.id)
    found = rows.scalars(wanted.where(first.c.place <= SHOWN_OF_ONE).order_by(Frozen.id)).all()
    files = known_case_files(rows, asker(), [one.case_file_id for one in found if one.case_file_id])
    papers = known_documents(rows, asker(), [one.document_id for one in found if one.document_id])
    by_file = {one.id: one for one in rows.scalars(select(CaseFile).where(CaseFile.id.in_(files)))}
    loaded = select(Document).where(Document.id.in_(papers)).options(selectinload(Document.parts))
    by_document = {one.id: one for one in rows.scalars(loaded)}
    held: dict[int, list[CaseFile | Document]] = {}
    for one in found:
        thing = by_file.get(one.case_file_id or 0) or by_document.get(one.document_id or 0)
        if thing is not None:
            held.setdefault(one.order_id, []).append(thing)
    return held


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | BaseResponse | tuple[str, int]:
    """Place an order over things named by code, or over all of a year, a unit, a holder."""
    with reading() as rows:
        require(rows, Action.FREEZE, here())
    if request.method != "POST":
        return _form()
    form = request.form
    try:
        day = day_typed(form.get("ordered_on", "")) or clock.today(here())
        with writing() as rows:
            require(rows, Action.FREEZE, here())
            things = _chosen(rows)
            if not things:
                raise Invalid("nothing_chosen")
            if form.get("seen") != _sign(things):  # first everybody looks what it would hold
                return _form(things)
            order = freezes.freeze(
                rows, here(), things, by=asker(), number=form.get("number", ""),
                ordered_on=day, reason=form.get("reason", ""),
            )  # fmt: skip
            done = gettext(
                "Frozen by order %(number)s: %(count)s.", number=order.number, count=len(things)
            )
    except ArchiveError as error:
        return _form(error=error), status_of(error)
    services().bell.set()
    flash(done, "success")
    return redirect(url_for("freezes.page"))


def _sign(things: list[CaseFile | Document]) -> str:
    """What two looks at the same things have in common."""
    return sha256("\n".join(sorted(one.code for one in things)).encode()).hexdigest()


def _chosen(rows: Session) -> list[CaseFile | Document]:
    """What the form names by code, and what its filter finds."""
    form = request.form
    lines = form.get("codes", "").replace(",", "\n").replace(";", "\n").split("\n")
    codes = list(dict.fromkeys(code.strip() for code in lines if code.strip()))
    require_at_most(MOST_CODES, codes)
    named = [_thing(rows, code) for code in codes]
    filters = {name: number_in(form.get(name, "")) for name in ("year", "unit_id", "holder_id")}
    if any(filters.values()) or not named:
        seen = seen_case_files(rows, asker(), here())
        named += freezes.chosen(rows, seen, **filters)
    return named


def _thing(rows: Session, code: str) -> CaseFile | Document:
    try:
        return the_case_file(rows, code, Action.SEE_CASE_FILES)
    except NotFound:
        return the_document(rows, code, Action.DESCRIBE)


def _form(
    chosen: list[CaseFile | Document] | None = None, error: ArchiveError | None = None
) -> str:
    with reading() as rows:
        organ = here()
        staff = select(Person).where(Person.organ_id == organ.id).order_by(Person.name_key)
        return render_template(
            "freezes/new.html",
            units=units.of(rows, organ),
            holders=rows.scalars(staff.limit(MOST_HOLDERS)).all(),
            chosen=chosen,
            sign=_sign(chosen) if chosen else "",
            said=words_of(error) if error else None,
            given=request.form,
            today=clock.today(organ),
        )


@blueprint.post("/<int:number>/lift")
def lift(number: int) -> BaseResponse:
    """Lift an order by another one."""
    form = request.form
    with reading() as rows:
        require(rows, Action.FREEZE, here())
        freezes.by_number(rows, here(), number)
    try:
        with writing() as rows:
            order = freezes.by_number(rows, here(), number)
            freezes.thaw(
                rows,
                order,
                by=asker(),
                number=form.get("number", ""),
                reason=form.get("reason", ""),
            )
            named = order.number
    except ArchiveError as error:
        tell(error)
    else:
        services().bell.set()
        flash(gettext("The order %(number)s is lifted.", number=named), "success")
    return redirect(url_for("freezes.page"))
