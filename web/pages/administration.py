"""What an organ sets for itself: units, rules, calendar, and who has its signing tokens."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import accounts, clock, holidays, key_custody, organ_rules, people, units
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotFound
from archive.life_models import KeyCustody
from archive.models import Organ, Person, Row, Unit
from archive.organ_rules import OrganRules, as_set, rules_of
from archive.register_models import Holiday
from archive.seen import state_of
from web.auth import here, reading, require, writing
from web.errors import tell, words_of
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_asked, number_in
from web.pages.people import day_in
from web.rule_words import CHOICES, MEANINGS, POLICIES

blueprint = Blueprint("administration", __name__, url_prefix="/administration")
Kind = TypeVar("Kind", bound=Row)
YEARS = range(1990, 2100)


@dataclass(frozen=True)
class RuleShown:
    """A rule with its meaning and how it is typed."""

    name: str
    meaning: str
    basis: str
    value: Any
    kind: str  # yes_no, number, choice, text
    choices: tuple[tuple[str, str], ...] = ()


# Units --------------------------------------------------------------------------------------------


@blueprint.route("/units", methods=["GET", "POST"])
def unit_list() -> str | BaseResponse | tuple[str, int]:
    """The units, with how many accounts each has."""
    if request.method != "POST":
        return _units_page()
    try:
        with writing() as rows:
            require(rows, Action.MANAGE_ORGAN, here())
            form = request.form
            units.add(rows, here(), form.get("code", ""), form.get("name", ""))
    except ArchiveError as error:
        return _units_page(said=_unless_closed(error), given=request.form), 422
    flash(gettext("The unit is added."), "success")
    return redirect(url_for("administration.unit_list"))


@blueprint.post("/units/<int:number>")
def change_unit(number: int) -> BaseResponse:
    """Rename a unit, or take it off the list while nothing names it."""
    form = request.form
    try:
        with writing() as rows:
            unit = _own(rows, Unit, number)
            if form.get("verb") == "remove":
                units.remove(rows, unit)
            else:
                code, name = form.get("code", ""), form.get("name", "")
                units.change(rows, unit, code, name, seen=form.get("seen"))
    except ArchiveError as error:
        _unless_closed(error)
        tell(error)
    else:
        flash(gettext("Saved."), "success")
    return redirect(url_for("administration.unit_list"))


def _units_page(**told: Any) -> str:
    with reading() as rows:
        require(rows, Action.MANAGE_ORGAN, here())
        found = units.of(rows, here())
        return render_template(
            "administration/units.html",
            units=[(one, state_of(one)) for one in found],
            members=units.members(rows, here()),
            **{"given": {}, **told},
        )


# Rules --------------------------------------------------------------------------------------------


@blueprint.route("/rules", methods=["GET", "POST"])
def rules() -> str | BaseResponse | tuple[str, int]:
    """The organ's rules where the regulations differ, each with what it means."""
    if request.method != "POST":
        return _rules_page()
    form = request.form
    given = {one.name: form.get(one.name, "") for one in fields(OrganRules)}
    policy = form.get("read_policy", "")
    try:
        with writing() as rows:
            organ = rows.get_one(Organ, here().id)
            require(rows, Action.MANAGE_ORGAN, organ)
            why = form.get("why", "")
            organ_rules.set_rules(
                rows, organ, given, why, seen=form.get("seen"), read_policy=policy
            )
    except ArchiveError as error:
        return _rules_page(said=_unless_closed(error), given=form), 422
    flash(gettext("The rules hold from now on."), "success")
    return redirect(url_for("administration.rules"))


def _rules_page(**told: Any) -> str:
    with reading() as rows:
        require(rows, Action.MANAGE_ORGAN, here())
        organ = rows.get_one(Organ, here().id)
        return render_template(
            "administration/rules.html",
            organ=organ,
            rules=_rules_shown(organ),
            policies=POLICIES,
            seen=state_of(organ),
            **{"given": {}, **told},
        )


def _rules_shown(organ: Organ) -> list[RuleShown]:
    values = as_set(rules_of(organ))
    shown = []
    for one in fields(OrganRules):
        among = one.metadata["among"]
        kind = {bool: "yes_no", int: "number"}.get(type(one.default), "text")
        meaning, basis = MEANINGS[one.name]
        choices = tuple((key, str(CHOICES[key])) for key in among)
        kind = "choice" if among else kind
        shown.append(RuleShown(one.name, str(meaning), basis, values[one.name], kind, choices))
    return shown


# Calendar -----------------------------------------------------------------------------------------


@blueprint.route("/holidays", methods=["GET", "POST"])
def calendar() -> str | BaseResponse | tuple[str, int]:
    """Days off: the state's, and the organ's own, which go before them."""
    if request.method != "POST":
        return _calendar_page()
    form = request.form
    try:
        day = day_in(form, "day")
        with writing() as rows:
            require(rows, Action.MANAGE_ORGAN, here())
            if day is None or day.year not in YEARS:
                raise Invalid("day_missing")
            is_working = form.get("kind") == "working"
            holidays.add(rows, here(), day, form.get("name", ""), is_working=is_working)
    except ArchiveError as error:
        return _calendar_page(said=_unless_closed(error), given=form), 422
    flash(gettext("The day is in the calendar."), "success")
    return redirect(url_for("administration.calendar", year=day.year))


@blueprint.post("/holidays/<int:number>/remove")
def remove_holiday(number: int) -> BaseResponse:
    """Take a day of the organ's own off the calendar."""
    with writing() as rows:
        found = _own(rows, Holiday, number)
        year = found.day.year
        holidays.remove(rows, found)
    flash(gettext("The day is as the week has it again."), "success")
    return redirect(url_for("administration.calendar", year=year))


def _calendar_page(**told: Any) -> str:
    with reading() as rows:
        require(rows, Action.MANAGE_ORGAN, here())
        this_year = clock.today(here()).year
        year = number_asked("year") or this_year
        year = year if year in YEARS else this_year
        return render_template(
            "administration/holidays.html",
            year=year,
            days=holidays.of_year(rows, here(), year),
            weekdays=_weekdays(),
            **{"given": {}, **told},
        )


def _weekdays() -> tuple[str, ...]:
    return (
        gettext("Monday"),
        gettext("Tuesday"),
        gettext("Wednesday"),
        gettext("Thursday"),
        gettext("Friday"),
        gettext("Saturday"),
        gettext("Sunday"),
    )


# Signing tokens -----------------------------------------------------------------------------------


@blueprint.route("/keys", methods=["GET", "POST"])
def keys() -> str | BaseResponse | tuple[str, int]:
    """Who has which signing token, since when, by whose permission (HC-40, TN-39)."""
    if request.method != "POST":
        return _keys_page()
    form = request.form
    try:
        with writing() as rows:
            require(rows, Action.MANAGE_ORGAN, here())
            key_custody.hand(
                rows,
                here(),
                form.get("token", ""),
                form.get("kind", ""),
                _holder(rows, form.get("holder", "")),
                permission=form.get("permission", ""),
                from_on=day_in(form, "from_on"),
                note=form.get("note", ""),
            )
    except ArchiveError as error:
        return _keys_page(said=_unless_closed(error), given=form), 422
    flash(gettext("Written down: the token is in other hands now."), "success")
    return redirect(url_for("administration.keys"))


@blueprint.post("/keys/<int:number>/back")
def key_back(number: int) -> BaseResponse:
    """The token came back, or was withdrawn."""
    form = request.form
    try:
        with writing() as rows:
            held = _own(rows, KeyCustody, number)
            day: date = day_in(form, "on") or clock.today(here())
            key_custody.take_back(rows, held, day, form.get("why", ""))
    except ArchiveError as error:
        _unless_closed(error)
        tell(error)
    else:
        flash(gettext("Written down: the token came back."), "success")
    return redirect(url_for("administration.keys"))


def _keys_page(**told: Any) -> str:
    with reading() as rows:
        require(rows, Action.MANAGE_ORGAN, here())
        wanted = (
            select(KeyCustody)
            .where(KeyCustody.organ_id == here().id)
            .order_by(KeyCustody.until_on.is_not(None), KeyCustody.id.desc())
        )
        found = listed(rows, wanted)
        staff = rows.scalars(
            select(Person)
            .where(accounts.of_organ(here()), Person.locked_from.is_(None))
            .order_by(Person.name_key)
        ).all()
        names = people.names_of(rows, (one.holder_id for one in found.rows))
        return render_template(
            "administration/keys.html",
            shown=found,
            staff=staff,
            names=names,
            today=clock.today(here()),
            **{"given": {}, **told},
        )


def _holder(rows: Session, number: str) -> Person:
    row = number_in(number)
    if row is None:
        raise Invalid("person_missing")
    found = select(Person.id).where(Person.id == row, accounts.of_organ(here()))
    if rows.scalar(found) is None:
        raise Invalid("person_missing")
    return people.by_id(rows, row)


# One's own organ only -----------------------------------------------------------------------------


def _own(rows: Session, kind: type[Kind], number: int) -> Kind:
    """A row of the organ at which one works and that one manages; others don't exist."""
    require(rows, Action.MANAGE_ORGAN, here())
    found = rows.get(kind, number)
    if found is None or getattr(found, "organ_id", None) != here().id:
        raise NotFound("no_such_thing")
    return found


def _unless_closed(error: ArchiveError) -> Any:
    """The words to show beside what was typed; who may not be here at all is told so."""
    if error.code in ("no_such_thing", "not_allowed"):
        raise error
    return words_of(error)
