"""Acting for each other: who may act for whom, from when, until when, and why (HC-87).

A delegation is made by the principal or by who manages people, always as themselves: what was lent
cannot be lent on.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import access, accounts, clock, delegations, people
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound
from archive.life_models import Delegation
from archive.models import Organ, Person
from web.auth import actor, here, reading, writing_of_oneself
from web.errors import words_of
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_in
from web.pages.people import day_in

blueprint = Blueprint("delegations", __name__, url_prefix="/delegations")
MOST_PEOPLE = 1000


@blueprint.route("", methods=["GET", "POST"])
def page() -> str | BaseResponse | tuple[str, int]:
    """One's own delegations; those of the whole organ for who manages people."""
    if request.method != "POST":
        return _page()
    try:
        _make()
    except ArchiveError as error:
        return _page(said=words_of(error)), 422
    flash(gettext("The delegation is made."), "success")
    return redirect(url_for("delegations.page"))


def _make() -> None:
    form = request.form
    with writing_of_oneself() as rows:
        me = people.by_id(rows, actor().id)
        principal = _somebody(rows, form.get("principal") or str(me.id))
        if principal.id != me.id and not _manages(rows):
            raise NotAllowed("not_allowed", action=str(Action.MANAGE_PEOPLE))
        from_on, until_on = day_in(form, "from_on"), day_in(form, "until_on")
        if until_on is None:
            raise Invalid("until_missing")
        delegations.make(
            rows,
            rows.get_one(Organ, here().id),
            principal,
            _somebody(rows, form.get("delegate", "")),
            from_on=from_on or clock.today(here()),
            until_on=until_on,
            reason=form.get("reason", ""),
            by=me,
        )


@blueprint.post("/<int:number>/end")
def end(number: int) -> BaseResponse:
    """End one at once: the principal, the delegate, or who manages people."""
    with writing_of_oneself() as rows:
        found = rows.get(Delegation, number)
        is_own = found is not None and actor().id in (found.principal_id, found.delegate_id)
        is_managed = found is not None and found.organ_id == here().id and _manages(rows)
        if found is None or not (is_own or is_managed):
            raise NotFound("no_such_thing")
        delegations.end(rows, found)
    flash(gettext("The delegation is ended."), "success")
    return redirect(url_for("delegations.page"))


def _page(**told: Any) -> str:
    with reading() as rows:
        manages = _manages(rows)
        mine = delegations.of_person(actor())
        whose = Delegation.organ_id == here().id if manages else mine
        found = listed(rows, select(Delegation).where(whose).order_by(Delegation.id.desc()))
        staff = rows.scalars(
            select(Person)
            .where(accounts.of_organ(here()), Person.locked_from.is_(None))
            .order_by(Person.name_key)
            .limit(MOST_PEOPLE)
        ).all()
        names = people.names_of(
            rows, (n for one in found.rows for n in (one.principal_id, one.delegate_id))
        )
        return render_template(
            "people/delegations.html",
            shown=found,
            names=names,
            staff=staff,
            manages=manages,
            today=clock.today(here()),
            given=request.form,
            **told,
        )


def _manages(rows: Session) -> bool:
    """By one's own right: what was lent is not lent on."""
    return access.may(rows, people.by_id(rows, actor().id), Action.MANAGE_PEOPLE, here())


def _somebody(rows: Session, number: str) -> Person:
    row = number_in(number)
    if row is None:
        raise Invalid("person_missing")
    here_too = select(Person.id).where(Person.id == row, accounts.of_organ(here()))
    if rows.scalar(here_too) is None:
        raise NotFound("no_such_person", name=number)
    return people.by_id(rows, row)
