"""Commands for what an organ sets for itself: units, rules, and who has its signing tokens."""

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import access, clock, key_custody, organ_rules, organs, units
from archive.access import Action
from archive.errors import Invalid, NotFound
from archive.models import Organ, Person
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.commands.people import day_from, organ_option, person_of, why_option
from web.words import say


@click.group()
def unit() -> None:
    """Units of the organ."""


@unit.command("add")
@click.argument("code")
@click.option("--name", required=True)
@organ_option
@json_option
@click.pass_obj
@door
def unit_add(
    actor: str | None, code: str, name: str, organ_code: str | None, as_json: bool
) -> None:
    """Take up a unit."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        units.add(db, managed(db, who, organ_code), code, name)
    answer({"unit": code, "name": name}) if as_json else tell(say("unit_added", unit=code))


@unit.command("list")
@organ_option
@json_option
@click.pass_obj
@door
def unit_list(actor: str | None, organ_code: str | None, as_json: bool) -> None:
    """The units with how many accounts each has."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        place = managed(db, who, organ_code)
        counts = units.members(db, place)
        rows = [
            {"unit": one.code, "name": one.name, "accounts": counts.get(one.id, 0)}
            for one in units.of(db, place)
        ]
    for row in rows:
        answer(row) if as_json else click.echo("  ".join(str(one) for one in row.values()))


@click.group()
def organ() -> None:
    """The organ's own rules."""


@organ.command("rules")
@click.argument("settings", nargs=-1, metavar="[RULE=VALUE]…")
@click.option("--why", default="", help="Reason for a change, kept in the story.")
@organ_option
@json_option
@click.pass_obj
@door
def rules(
    actor: str | None, settings: tuple[str, ...], why: str, organ_code: str | None, as_json: bool
) -> None:
    """Print the rules, or set some of them."""
    given = dict(_pair(one) for one in settings)
    with the_archive() as services, acting(services, actor) as who:
        if given:
            with services.db.transaction() as db:
                policy = given.pop("read_policy", "")
                place = managed(db, who, organ_code)
                organ_rules.set_rules(db, place, given, why, read_policy=policy)
        with services.db.reading() as db:
            place = managed(db, who, organ_code)
            now: dict[str, Any] = {"read_policy": place.read_policy}
            now |= organ_rules.as_set(organ_rules.rules_of(place))
    for name, value in now.items():
        answer({"rule": name, "value": value}) if as_json else click.echo(f"{name}={value}")


@click.group()
def key() -> None:
    """Who has which signing token."""


@key.command("hand")
@click.argument("token")
@click.argument("user_name")
@click.option("--kind", type=click.Choice(["organ", "person"]), default="organ", show_default=True)
@click.option("--permission", required=True, help="Number and date of the written permission.")
@click.option("--from", "from_on", metavar="DAY", help="First day; today if none.")
@organ_option
@json_option
@click.pass_obj
@door
def key_hand(
    actor: str | None,
    token: str,
    user_name: str,
    kind: str,
    permission: str,
    from_on: str | None,
    organ_code: str | None,
    as_json: bool,
) -> None:
    """Write down that somebody has a token from now on."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        place = managed(db, who, organ_code)
        holder = person_of(db, who, user_name)
        day = day_from(from_on)
        key_custody.hand(db, place, token, kind, holder, permission=permission, from_on=day)
    told = {"token": token, "holder": user_name}
    answer(told) if as_json else tell(say("key_handed", **told))


@key.command("back")
@click.argument("token")
@click.option("--on", "day", metavar="DAY", help="The day; today if none.")
@organ_option
@why_option
@json_option
@click.pass_obj
@door
def key_back(
    actor: str | None, token: str, day: str | None, organ_code: str | None, why: str, as_json: bool
) -> None:
    """Write down that a token came back or was withdrawn."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        place = managed(db, who, organ_code)
        held = key_custody.held_now(db, place, token)
        if not held:
            raise NotFound("no_such_thing")
        for one in held:
            key_custody.take_back(db, one, day_from(day) or clock.today(place), why)
    answer({"token": token, "held": False}) if as_json else tell(say("key_back", token=token))


@key.command("list")
@organ_option
@json_option
@click.pass_obj
@door
def key_list(actor: str | None, organ_code: str | None, as_json: bool) -> None:
    """The tokens that are in somebody's hands."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        held = key_custody.held_now(db, managed(db, who, organ_code))
        numbers = [one.holder_id for one in held]
        found = db.execute(select(Person.id, Person.user_name).where(Person.id.in_(numbers)))
        names = {number: name for number, name in found}
        rows = [
            {
                "token": one.token,
                "kind": one.kind,
                "holder": names[one.holder_id],
                "from": one.from_on.isoformat(),
                "permission": one.permission,
            }
            for one in held
        ]
    for row in rows:
        answer(row) if as_json else click.echo("  ".join(row.values()))


def managed(db: Session, who: Person, code: str | None) -> Organ:
    """The organ that the acting person looks after."""
    found = organs.by_code(db, code) if code else here(db, who)
    access.require(db, who, Action.MANAGE_ORGAN, found)
    return found


def _pair(given: str) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not sign or not name.strip():
        raise Invalid("bad_pair", given=given)
    return name.strip(), value
