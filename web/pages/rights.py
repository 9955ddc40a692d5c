"""Who may read one thing, who holds it, and who may take it out (HC-61, HC-64, DB-33)."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive import access, accounts, alarms, clock, exports, grants, hand_over, people
from archive import reading as reads
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotFound
from archive.life_models import ExportRequest
from archive.models import Appointment, CaseFile, Document, Grant, Person
from web.auth import actor, asker, here, may, reading, require, services, writing
from web.errors import tell
from web.field_words import LEVELS
from web.i18n import day, gettext, moment
from web.lists import listed
from web.numbers import number_in
from web.pages.people import day_in

blueprint = Blueprint("rights", __name__)
Thing = CaseFile | Document


@blueprint.get("/access/<any(case_file, document):kind>/<path:code>")
def page(kind: str, code: str) -> str:
    """Who may read it beyond the roles, who holds it; and to change both."""
    with reading() as rows:
        thing = _thing(rows, kind, code, None)
        is_file = isinstance(thing, CaseFile)
        staff = _staff(rows, thing)
        return render_template(
            "access/page.html",
            thing=thing,
            kind=kind,
            level=str(LEVELS[thing.access_level]) if isinstance(thing, CaseFile) else "",
            given=grants.alive_on(rows, thing),
            until=_until,
            may_grant=may(rows, Action.GRANT, thing),
            may_reassign=is_file and may(rows, Action.REASSIGN, thing),
            is_held=isinstance(thing, CaseFile) and thing.stage in hand_over.HANDED,
            staff=staff,
            workers=[one for one in staff if access.may(rows, one, Action.WORK, thing.organ)],
            today=clock.today(thing.organ),
        )


@blueprint.post("/access/grants")
def give() -> BaseResponse:
    """Let one person read it, until a day, for a reason."""
    form = request.form
    kind, code = _named(form)
    try:
        with writing() as rows:
            thing = _thing(rows, kind, code, Action.GRANT)
            person = _person(rows, thing, form.get("person", ""))
            until = day_in(form, "until_on")
            grants.give(rows, thing, person, until, form.get("reason", ""), by=actor())
    except ArchiveError as error:
        _say(error)
    else:
        services().bell.set()
        flash(gettext("%(name)s may read it now.", name=person.full_name), "success")
    return redirect(url_for("rights.page", kind=kind, code=code))


@blueprint.post("/access/grants/<int:number>/end")
def end(number: int) -> BaseResponse:
    """Take a grant back at once."""
    with reading() as rows:
        found = rows.get(Grant, number)
        thing = grants.thing_of(rows, found) if found else None
        if thing is None:
            raise NotFound("no_such_thing")
        require(rows, Action.GRANT, thing)
        kind = "case_file" if isinstance(thing, CaseFile) else "document"
    try:
        with writing() as rows:
            grants.end(rows, rows.get_one(Grant, number), request.form.get("reason", ""))
    except ArchiveError as error:
        _say(error)
    else:
        services().bell.set()
        flash(gettext("The grant is ended."), "success")
    return redirect(url_for("rights.page", kind=kind, code=thing.code))


@blueprint.post("/access/holder")
def reassign() -> BaseResponse:
    """Give a case file to another holder, with a reason (HC-64)."""
    form = request.form
    code = form.get("code", "")
    try:
        with writing() as rows:
            case_file = reads.the_case_file(rows, asker(), code, Action.REASSIGN)
            to = _person(rows, case_file, form.get("person", ""))
            seen = form.get("seen", type=int)
            hand_over.reassign(rows, case_file, to, form.get("why", ""), seen=seen)
    except ArchiveError as error:
        _say(error)
    else:
        services().bell.set()
        flash(gettext("%(name)s holds the case file now.", name=to.full_name), "success")
    return redirect(url_for("rights.page", kind="case_file", code=code))


# Taking out ---------------------------------------------------------------------------------------


@blueprint.get("/exports")
def requests() -> str:
    """One's own requests to take something out; all of the organ for who decides them."""
    with reading() as rows:
        require(rows, Action.FIND, here())
        decides = may(rows, Action.ALLOW_EXPORT, here())
        found = listed(
            rows,
            select(ExportRequest)
            .where(ExportRequest.organ_id == here().id, _seen_by(decides))
            .where(alarms.open_to(asker(), ExportRequest.document_id.expression))
            .order_by(ExportRequest.decided_at.is_not(None), ExportRequest.id.desc()),
        )
        return render_template(
            "access/exports.html",
            shown=found,
            decides=decides,
            names=people.names_of(
                rows, (n for one in found.rows for n in (one.person_id, one.decided_by_id))
            ),
            things=_things(rows, found.rows),
            me=actor(),
            until=_until,
            now=clock.now(),
            today=clock.today(here()),
        )


def _seen_by(decides: bool) -> ColumnElement[bool]:
    mine = ExportRequest.person_id == asker().id
    return ExportRequest.id.is_not(None) if decides else mine


@blueprint.post("/exports")
def ask() -> BaseResponse:
    """Ask for consent to take something out."""
    kind, code = _named(request.form)
    try:
        with writing() as rows:
            thing = _thing(rows, kind, code, Action.READ)
            exports.ask(rows, asker(), thing, request.form.get("purpose", ""))
    except ArchiveError as error:
        _say(error)
    else:
        flash(gettext("Asked. You see the answer here."), "success")
    return redirect(url_for("rights.requests"))


@blueprint.post("/exports/<int:number>")
def decide(number: int) -> BaseResponse:
    """Give consent, or refuse it with a reason."""
    form = request.form
    try:
        with writing() as rows:
            require(rows, Action.ALLOW_EXPORT, here())
            found = rows.get(ExportRequest, number)
            if found is None or found.organ_id != here().id:
                raise NotFound("no_such_thing")
            exports.decide(
                rows,
                found,
                actor(),
                allow=form.get("verb") == "allow",
                reason=form.get("reason", ""),
                until_on=day_in(form, "until_on"),
            )
    except ArchiveError as error:
        _say(error)
    else:
        flash(gettext("Decided."), "success")
    return redirect(url_for("rights.requests"))


# Finding ------------------------------------------------------------------------------------------


def _named(form: Any) -> tuple[str, str]:
    kind = form.get("kind", "")
    if kind not in ("case_file", "document"):
        raise NotFound("no_such_thing")
    return kind, form.get("code", "")


def _thing(rows: Session, kind: str, code: str, action: Action | None) -> Thing:
    """What is named, if the person may do this with it, or at least know of it."""
    if kind == "case_file":
        wanted = action or Action.SEE_CASE_FILES
        return reads.the_case_file(rows, asker(), code, wanted)
    return reads.the_document(rows, asker(), code, action or Action.DESCRIBE)


def _person(rows: Session, thing: Thing, number: str) -> Person:
    row = number_in(number)
    found = select(Person.id).where(Person.id == row, accounts.of_organ_or_keeper(thing.organ_id))
    if row is None or rows.scalar(found) is None:
        raise Invalid("person_missing")
    return people.by_id(rows, row)


def _staff(rows: Session, thing: Thing) -> list[Person]:
    found = (
        select(Person)
        .where(accounts.of_organ_or_keeper(thing.organ_id), Person.locked_from.is_(None))
        .options(
            selectinload(Person.appointments).options(
                joinedload(Appointment.role), joinedload(Appointment.custody)
            )
        )
        .options(selectinload(Person.organ))
        .order_by(Person.name_key)
    )
    return list(rows.scalars(found))


def _things(rows: Session, found: Any) -> dict[int, tuple[str, str]]:
    """Kind and code of what each request is about, in two questions."""
    files = {one.case_file_id for one in found if one.case_file_id}
    documents = {one.document_id for one in found if one.document_id}
    of_files = rows.execute(select(CaseFile.id, CaseFile.code).where(CaseFile.id.in_(files)))
    of_documents = rows.execute(
        select(Document.id, Document.code).where(Document.id.in_(documents))
    )
    codes = {("case_file", number): code for number, code in of_files}
    codes |= {("document", number): code for number, code in of_documents}
    told = {}
    for one in found:
        key = ("case_file", one.case_file_id) if one.case_file_id else ("document", one.document_id)
        told[one.id] = (key[0], codes[key])
    return told


def _until(instant: datetime | None) -> str:
    """The last day of what ends at midnight; else the instant."""
    if instant is None:
        return ""
    last = clock.day_of(instant - timedelta(seconds=1), here())
    return day(last) if clock.end_of(last, here()) == instant else moment(instant)


def _say(error: ArchiveError) -> None:
    """On the next page; what is not there, or not allowed, stays an error."""
    if isinstance(error, NotFound) or error.code == "not_allowed":
        raise error
    tell(error)
