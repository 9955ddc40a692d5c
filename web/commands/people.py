"""Commands for people: accounts, roles, handing over, acting for others, reading besides."""

from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from archive import (
    access,
    account_lists,
    accounts,
    clock,
    organs,
    people,
    units,
)
from archive.access import Action
from archive.accounts import NewAccount, Opened
from archive.errors import NotFound
from archive.fields import Field, parse_value
from archive.models import Organ, Person
from archive.roles import ROLES
from formats.tables import Limits, read_table
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.marks import refuse_marks_in_table
from web.words import say, say_line

DAY = Field("day", "day", "day", "date")
HEADINGS = [name for names in account_lists.COLUMNS.values() for name in names]
why_option = click.option("--why", required=True, help="Reason, kept in the story.")
organ_option = click.option("--organ", "organ_code", help="Code of the organ; one's own if none.")


@click.group()
def person() -> None:
    """Accounts, roles, handing over, acting for others."""


@person.command("add")
@click.argument("user_name", required=False, default="")
@click.option("--name", "full_name", required=True, help="Full name.")
@click.option("--role", "roles", multiple=True, required=True, help=", ".join(ROLES))
@click.option("--birth-year", type=int, help="Needed only where colleagues have the same name.")
@click.option("--position", default="", help="Post.")
@click.option("--unit", "unit_code", help="Code or name of the unit.")
@click.option("--email", default="")
@click.option("--by-post", is_flag=True, help="A user name by post, where the rule knows such.")
@click.option("--basis", default="", help="The decision that appoints the person.")
@organ_option
@json_option
@click.pass_obj
@door
def add(
    actor: str | None,
    organ_code: str | None,
    unit_code: str | None,
    as_json: bool,
    roles: tuple[str, ...],
    **given: Any,  # the account's own fields, as options name them
) -> None:
    """Make an account and print its one-time password. Without a user name the rule makes one."""
    first = people.one_time()
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = managed(db, who, organ_code)
        unit_id = units.by_code(db, organ, unit_code).id if unit_code else None
        new = NewAccount(roles=roles, unit_id=unit_id, **given)
        told = _told(accounts.open_account(db, organ, new, first), roles)
    answer(told) if as_json else click.echo(say("person_added", **told))


@person.command("import")
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--take-in", is_flag=True, help="Make the accounts; else they are only shown.")
@organ_option
@json_option
@click.pass_obj
@door
def bring(
    actor: str | None, table: Path, take_in: bool, organ_code: str | None, as_json: bool
) -> None:
    """Accounts from XLSX or CSV: shown line by line; made with --take-in, all of them or none."""
    read = refuse_marks_in_table(read_table(table, Limits(rows=2000), names=HEADINGS))
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            looked = account_lists.look(db, managed(db, who, organ_code), read)
        first = {one.number: people.one_time() for one in looked.to_make if take_in}
        made: dict[str, str] = {}
        if take_in:
            with services.db.transaction() as db:
                organ = managed(db, who, organ_code)
                again = account_lists.look(db, organ, read)
                opened = account_lists.make_all(db, organ, again, first)
                made = {one.person.user_name: one.password for one in opened}
    for line in looked.lines:
        _say_line(line, made, as_json)


def _say_line(line: account_lists.Line, made: dict[str, str], as_json: bool) -> None:
    fate = "wrong" if line.wrong else "there" if line.is_there else "new"
    wrong = say_line(line.wrong) if line.wrong else ""
    told = {
        "row": line.number,
        "name": line.full_name,
        "user": line.user_name,
        "fate": fate,
        "why": wrong,
        "password": made.get(line.user_name, ""),
    }
    if as_json:
        answer(told)
        return
    said = (say(f"line_{fate}"), line.full_name, line.user_name, wrong, told["password"])
    click.echo(f"{line.number}: " + "  ".join(str(one) for one in said if one))


@person.command("list")
@organ_option
@json_option
@click.pass_obj
@door
def lists(actor: str | None, organ_code: str | None, as_json: bool) -> None:
    """The accounts of the organ with their roles of today."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        organ = managed(db, who, organ_code)
        found = db.scalars(
            people.with_roles().where(accounts.of_organ(organ)).order_by(Person.user_name)
        ).all()
        rows: list[dict[str, Any]] = [
            {
                "user": one.user_name,
                "name": one.full_name,
                "position": one.position,
                "roles": sorted(access.roles_of(one, organ.id)),
                "closed_from": one.locked_from.isoformat() if one.locked_from else None,
            }
            for one in found
        ]
    for row in rows:
        told = (row["user"], row["name"], ", ".join(row["roles"]), row["closed_from"] or "")
        answer(row) if as_json else click.echo("  ".join(str(one) for one in told if one))


@person.command("reset")
@click.argument("user_name")
@json_option
@click.pass_obj
@door
def reset(actor: str | None, user_name: str, as_json: bool) -> None:
    """Print a new one-time password for who has forgotten the old one."""
    new = people.one_time()
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        one = person_of(db, who, user_name)
        access.require(db, who, Action.MANAGE_PEOPLE, one.organ)
        told = {"user": one.user_name, "password": people.reset_password(db, one, new)}
    answer(told) if as_json else click.echo(say("person_reset", **told))


@person.command("end")
@click.argument("user_name")
@click.option("--from", "from_on", metavar="DAY", help="First day without access; today if none.")
@why_option
@json_option
@click.pass_obj
@door
def end(actor: str | None, user_name: str, from_on: str | None, why: str, as_json: bool) -> None:
    """End a person's access from a day on; the account and what it did stay."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        one = person_of(db, who, user_name)
        access.require(db, who, Action.MANAGE_PEOPLE, one.organ)
        day = day_from(from_on) or clock.today(one.organ)
        accounts.close(db, one, day, why, by=who)
    if as_json:
        answer({"user": one.user_name, "closed_from": day})
    else:
        tell(say("person_locked", user=user_name, day=f"{day:%d/%m/%Y}"))


person.add_command(end, "lock")  # as it was called first


@person.command("give-role")
@click.argument("user_name")
@click.argument("role")
@click.option("--from", "from_on", metavar="DAY", help="First day; today if none.")
@click.option("--until", "until_on", metavar="DAY", help="Last day; no end if none.")
@organ_option
@why_option
@json_option
@click.pass_obj
@door
def give_role(
    actor: str | None,
    user_name: str,
    role: str,
    from_on: str | None,
    until_on: str | None,
    organ_code: str | None,
    why: str,
    as_json: bool,
) -> None:
    """Give a role from a day to a day."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = managed(db, who, organ_code)
        one = person_of(db, who, user_name)
        first, last = day_from(from_on), day_from(until_on)
        accounts.give_role(db, one, organ, role, who, from_on=first, until_on=last, why=why)
    told = {"user": user_name, "role": role}
    answer(told) if as_json else tell(say("role_given", **told))


@person.command("end-role")
@click.argument("user_name")
@click.argument("role")
@click.option("--last", "last_on", metavar="DAY", help="Last day; today if none.")
@organ_option
@why_option
@json_option
@click.pass_obj
@door
def end_role(
    actor: str | None,
    user_name: str,
    role: str,
    last_on: str | None,
    organ_code: str | None,
    why: str,
    as_json: bool,
) -> None:
    """Let a role end with a day."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = managed(db, who, organ_code)
        one = person_of(db, who, user_name)
        day = day_from(last_on) or clock.today(organ)
        held = [
            other
            for other in one.appointments
            if other.organ_id == organ.id and other.role.code == role
            if other.until_on is None or other.until_on >= day
        ]
        if not held:
            raise NotFound("no_such_role", role=role)
        for other in held:
            accounts.end_role(db, other, day, who, why=why)
    told = {"user": user_name, "role": role}
    answer({**told, "last_day": day}) if as_json else tell(say("role_ended", **told))


# Finding ------------------------------------------------------------------------------------------


def managed(db: Session, who: Person, code: str | None) -> Organ:
    """The organ whose people the acting person manages."""
    organ = organs.by_code(db, code) if code else here(db, who)
    access.require(db, who, Action.MANAGE_PEOPLE, organ)
    return organ


def manages(db: Session, who: Person, organ_id: int) -> bool:
    """Whether the acting person manages the people of this organ."""
    return access.may(db, who, Action.MANAGE_PEOPLE, db.get_one(Organ, organ_id))


def person_of(db: Session, who: Person, user_name: str) -> Person:
    """Somebody of an organ whose people one manages; people of others don't exist."""
    managed = [one for one in access.organs_of(who) if manages(db, who, one)]
    if not managed:
        access.require(db, who, Action.MANAGE_PEOPLE, here(db, who))
    found = people.by_name(db, user_name)
    if {found.organ_id, *(one.organ_id for one in found.appointments)}.isdisjoint(managed):
        raise NotFound("no_such_person", name=user_name)
    return found


def _told(opened: Opened, roles: tuple[str, ...]) -> dict[str, Any]:
    return {
        "user": opened.person.user_name,
        "password": opened.password,
        "roles": list(roles),
        "outside_rule": opened.is_outside_rule,
    }


def day_from(text: str | None) -> date | None:
    """A day as it was typed, if any was."""
    value: date | None = parse_value(DAY, text or "")
    return value
