"""People: their accounts, roles and what they hold; for administrators. And who acts for whom."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from archive import access, accounts, clock, people, units
from archive.access import Action
from archive.accounts import NewAccount, Opened
from archive.errors import ArchiveError, NotFound
from archive.fields import Field, parse_value
from archive.models import Appointment, Organ, Person
from archive.organ_rules import rules_of
from archive.reading import story_of
from archive.roles import ROLES
from archive.seen import state_of
from formats.vietnamese import fold
from web.auth import actor, here, may, reading, require, writing
from web.errors import tell, words_of
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_asked, number_in
from web.right_words import ROLE_NAMES
from web.story_words import story

blueprint = Blueprint("people", __name__, url_prefix="/people")
STATES = ("open", "closed")


@blueprint.get("")
def page() -> str:
    """The accounts of the organ, by name, unit and state."""
    with reading() as rows:
        require(rows, Action.MANAGE_PEOPLE, here())
        wanted = (
            select(Person)
            .where(accounts.of_organ(here()), *_filters(rows))
            .options(
                selectinload(Person.appointments).options(
                    joinedload(Appointment.role), joinedload(Appointment.custody)
                )
            )
            .options(selectinload(Person.organ))
            .order_by(Person.name_key, Person.id)
        )
        found = listed(rows, wanted)
        return render_template(
            "people/page.html",
            shown=found,
            roles={one.id: sorted(access.roles_of(one, here().id)) for one in found.rows},
            is_active=people.is_active,
            units={one.id: one.name for one in units.of(rows, here())},
            role_names=ROLE_NAMES,
            is_filtered=any(request.args.get(one) for one in ("q", "unit", "state")),
        )


def _filters(rows: Session) -> list[ColumnElement[bool]]:
    """Words in the name or user name, with or without marks; a unit; open or closed accounts."""
    wanted: list[ColumnElement[bool]] = []
    if words := fold(request.args.get("q", "")).split()[:10]:
        named = rows.execute(
            select(Person.id, Person.full_name, Person.user_name).where(accounts.of_organ(here()))
        )
        fits = [
            number
            for number, name, user_name in named
            if all(word in fold(f"{name} {user_name}") for word in words)
        ]
        wanted.append(Person.id.in_(fits))
    if unit := number_asked("unit"):
        wanted.append(Person.unit_id == unit)
    closed = Person.locked_from.is_not(None) & (Person.locked_from <= clock.today(here()))
    if (state := request.args.get("state", "")) in STATES:
        wanted.append(closed if state == "closed" else ~closed)
    return wanted


# One account more ---------------------------------------------------------------------------------


@blueprint.route("/new", methods=["GET", "POST"])
def add() -> str | tuple[str, int]:
    """Make an account; its one-time password is shown this once."""
    with reading() as rows:
        require(rows, Action.MANAGE_PEOPLE, here())
        told: dict[str, Any] = {
            "units": units.of(rows, here()),
            "roles": ROLE_NAMES,
            "rules": rules_of(here()),
            "given": request.form,
        }
    if request.method != "POST":
        return render_template("people/add.html", **told)
    first = people.one_time()
    try:
        with writing() as rows:
            require(rows, Action.MANAGE_PEOPLE, here())
            organ = rows.get_one(Organ, here().id)
            opened = accounts.open_account(rows, organ, _new(request.form), first)
    except ArchiveError as error:
        asks_year = error.code == "birth_year_needed"
        page = render_template("people/add.html", said=words_of(error), asks_year=asks_year, **told)
        return page, 422
    return show_passwords([opened])


def show_passwords(opened: list[Opened]) -> str:
    """The page that shows one-time passwords, this once."""
    return render_template("people/passwords.html", opened=opened)


def _new(form: MultiDict[str, str]) -> NewAccount:
    year = form.get("birth_year", "").strip()
    return NewAccount(
        full_name=form.get("full_name", ""),
        roles=tuple(one for one in form.getlist("role") if one in ROLES),
        user_name=form.get("user_name", ""),
        birth_year=parse_value(Field("birth_year", "birth_year", "", "number"), year),
        position=form.get("position", ""),
        email=form.get("email", ""),
        unit_id=number_in(form.get("unit", "")),
        by_post=bool(form.get("by_post")),
        basis=form.get("basis", ""),
    )


# One person ---------------------------------------------------------------------------------------


@blueprint.get("/<int:number>")
def one(number: int) -> str:
    """One account: who it is, roles with their days, and what may be done."""
    with reading() as rows:
        person = the_person(rows, number)
        return _person_page(rows, person)


def _person_page(rows: Session, person: Person, **more: Any) -> str:
    held = sorted(person.appointments, key=lambda one: (one.from_on, one.id), reverse=True)
    organs = {one.organ_id for one in held} | {person.organ_id, here().id}
    known = {number: rows.get_one(Organ, number) for number in sorted(organs)}
    managed = [one for one in known.values() if may(rows, Action.MANAGE_PEOPLE, one)]
    return render_template(
        "people/one.html",
        person=person,
        seen=state_of(person),
        held=held,
        organs={number: one.name for number, one in known.items()},
        managed=managed,
        manages={one.id for one in managed},
        is_home=may(rows, Action.MANAGE_PEOPLE, person.organ),
        is_active=people.is_active(person),
        is_self=person.id == actor().id,
        units=units.of(rows, person.organ),
        role_names=ROLE_NAMES,
        today=clock.today(here()),
        story=story(
            rows,
            story_of("person", person.id),
            of="person",
            before=number_asked("before"),
        ),
        **{"given": {}, **more},
    )


def the_person(rows: Session, number: int) -> Person:
    """Somebody of the organ at which one works; people of other organs don't exist here.

    Raises:
        NotAllowed: the asker manages no people here.
        NotFound: `no_such_thing`.
    """
    require(rows, Action.MANAGE_PEOPLE, here())
    found = people.by_id(rows, number) if _is_of_here(rows, number) else None
    if found is None:
        raise NotFound("no_such_thing")
    return found


def _is_of_here(rows: Session, number: int) -> bool:
    found = select(Person.id).where(Person.id == number, accounts.of_organ(here()))
    return rows.scalar(found) is not None


def _at_home(rows: Session, number: int) -> Person:
    """The same, where the account belongs to an organ whose people the asker manages."""
    person = the_person(rows, number)
    require(rows, Action.MANAGE_PEOPLE, person.organ)
    return person


@blueprint.post("/<int:number>/change")
def change(number: int) -> BaseResponse | tuple[str, int]:
    """Another name, post or unit, with a reason; who was second keeps what was typed."""
    form = request.form
    try:
        with writing() as rows:
            accounts.change(
                rows,
                _at_home(rows, number),
                full_name=form.get("full_name", ""),
                position=form.get("position", ""),
                email=form.get("email", ""),
                unit_id=number_in(form.get("unit", "")),
                why=form.get("why", ""),
                seen=form.get("seen"),
            )
    except ArchiveError as error:
        if error.code in ("no_such_thing", "not_allowed"):
            raise
        with reading() as rows:
            person = the_person(rows, number)
            return _person_page(rows, person, said=words_of(error), given=form), 422
    return _back(number, gettext("Saved. The earlier values stay readable in the story."))


@blueprint.post("/<int:number>/roles")
def give_role(number: int) -> BaseResponse:
    """Give a role from a day to a day."""
    form = request.form
    try:
        with writing() as rows:
            person = the_person(rows, number)
            organ = rows.get(Organ, number_in(form.get("organ", "")) or here().id)
            if organ is None:
                raise NotFound("no_such_thing")
            require(rows, Action.MANAGE_PEOPLE, organ)
            accounts.give_role(
                rows,
                person,
                organ,
                form.get("role", ""),
                actor(),
                from_on=day_in(form, "from_on"),
                until_on=day_in(form, "until_on"),
                why=form.get("why", ""),
            )
    except ArchiveError as error:
        return _refused(number, error)
    return _back(number, gettext("The role is given."))


@blueprint.post("/<int:number>/roles/<int:held>/end")
def end_role(number: int, held: int) -> BaseResponse:
    """Let a role end with a day."""
    form = request.form
    try:
        with writing() as rows:
            the_person(rows, number)
            found = rows.get(Appointment, held)
            if found is None or found.person_id != number:
                raise NotFound("no_such_thing")
            organ = rows.get_one(Organ, found.organ_id)
            require(rows, Action.MANAGE_PEOPLE, organ)
            last = day_in(form, "last_day") or clock.today(organ)
            accounts.end_role(rows, found, last, actor(), why=form.get("why", ""))
    except ArchiveError as error:
        return _refused(number, error)
    return _back(number, gettext("The role ends with that day."))


@blueprint.post("/<int:number>/close")
def close(number: int) -> BaseResponse:
    """End access from the first day of leave; the account and what it did stay."""
    form = request.form
    try:
        with writing() as rows:
            person = _at_home(rows, number)
            day = day_in(form, "from_on") or clock.today(person.organ)
            accounts.close(rows, person, day, form.get("why", ""), actor())
    except ArchiveError as error:
        return _refused(number, error)
    return _back(number, gettext("The account is closed from that day."))


@blueprint.post("/<int:number>/reopen")
def reopen(number: int) -> BaseResponse:
    """Open an account again for who came back."""
    try:
        with writing() as rows:
            accounts.reopen(rows, _at_home(rows, number), request.form.get("why", ""))
    except ArchiveError as error:
        return _refused(number, error)
    return _back(number, gettext("The account is open again."))


@blueprint.post("/<int:number>/reset")
def reset(number: int) -> str:
    """A new one-time password for who forgot theirs, shown this once; every session ends."""
    new = people.one_time()
    with writing() as rows:
        person = _at_home(rows, number)
        password = people.reset_password(rows, person, new)
    return show_passwords([Opened(person, password, is_outside_rule=False)])


def day_in(form: MultiDict[str, str], name: str) -> date | None:
    """A day as it was typed in a form.

    Raises:
        Invalid: `bad_value`.
    """
    value: date | None = parse_value(Field(name, name, name, "date"), form.get(name, ""))
    return value


def _refused(number: int, error: ArchiveError) -> BaseResponse:
    """Say it on the person's page; what is nobody's business stays an error."""
    if error.code in ("no_such_thing", "not_allowed"):
        raise error
    tell(error)
    return redirect(url_for("people.one", number=number))


def _back(number: int, said: str) -> BaseResponse:
    flash(said, "success")
    return redirect(url_for("people.one", number=number))
