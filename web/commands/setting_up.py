"""Commands for who looks after the machine: setting up, serving, people, settings, health."""

import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from archive import audit, organs, people
from archive.database import upgrade
from archive.settings import Settings
from search import indexing
from web import health
from web.commands.door import acting_oneself, answer, door, json_option, tell, the_archive
from web.services import make_home, open_services
from web.words import say


@click.command()
@click.option("--organ", "organ_code", default="LT", show_default=True, help="Code of the organ.")
@click.option("--name", "organ_name", default="Cơ quan lưu trữ", show_default=True)
@click.option("--user", "user_name", default="quantri", show_default=True)
@json_option
@door
def setup(organ_code: str, organ_name: str, user_name: str, as_json: bool) -> None:
    """Make or upgrade the archive in LUUTRU_HOME, with its first organ and person."""
    settings = Settings.from_environment()
    make_home(settings)
    upgrade(settings.database)
    with open_services(settings) as services:
        with services.db.reading() as session:
            is_new = people.count(session) == 0
        if not is_new:
            tell(say("setup_done_before"))
            return
        first = people.one_time()
        with audit.acting_as(None, "command"), services.db.transaction() as session:
            organ, person, one_time = organs.set_up(
                session, organ_code, organ_name, user_name, first
            )
            told = {"organ": organ.code, "user": person.user_name, "password": one_time}
            number = organ.id
        services.keys.of(number)
        indexing.mend(services.db, services.files, services.engine)
    if as_json:
        answer(told)
        return
    click.echo(say("setup_done", **told))
    tell(say("setup_trial_key"))


@click.command("upgrade")
@door
def upgrade_command() -> None:
    """Bring the database to this program's version."""
    upgrade(Settings.from_environment().database)
    tell(say("upgraded"))


@click.command()
@door
def serve() -> None:
    """Serve the pages and work on the road, until Ctrl-C."""
    from web.serving import serve as run  # the pages need Flask; the other commands do not

    with the_archive(even_closed=True) as services:
        run(services)


@click.command()
@door
def worker() -> None:
    """Work on the road without serving pages, until Ctrl-C."""
    from web.serving import work

    with the_archive() as services:
        work(services)


@click.group()
def token() -> None:
    """Keys for programs that speak to the API."""


@token.command("make")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True)
@json_option
@click.pass_obj
@door
def token_make(actor: str | None, name: str, days: int, as_json: bool) -> None:
    """Make an API token for the acting person; it is shown once."""
    with (
        the_archive() as services,
        acting_oneself(services, actor) as who,
        services.db.transaction() as db,
    ):
        person = people.by_id(db, who.id)
        secret = people.sign_in(db, person, "token", timedelta(days=days), name)
    answer({"token": secret, "name": name, "days": days}) if as_json else click.echo(secret)


@click.command()
@click.option("--markdown", is_flag=True, help="As the page docs/configuration.md.")
@json_option
@door
def settings(markdown: bool, as_json: bool) -> None:
    """Print each setting with its value and meaning."""
    if markdown:
        click.echo(configuration_page(), nl=False)
        return
    for row in Settings.from_environment().described():
        if as_json:
            answer(row)
        else:
            click.echo(f"{row['variable']}={row['value']}\n    {row['meaning']}")


def configuration_page() -> str:
    """The documentation of all settings, from the settings themselves."""
    lines = [
        "# Configuration",
        "",
        "Everything is set through the environment and has a default that works on one machine.",
        "This page is written by `luutru settings --markdown`; a test keeps it true.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for row in Settings().described():
        default = str(row["default"]).replace(str(Path.home()), "~")
        lines.append(f"| `{row['variable']}` | `{default}` | {row['meaning']} |")
    lines += [
        "",
        "Two more are options of the command: `LUUTRU_AS` names who acts; `LUUTRU_LANGUAGE`: `vi`",
        "or `en`. An unknown `LUUTRU_*` name is an error.",
        "",
    ]
    return "\n".join(lines)


@click.command()
@json_option
@door
def doctor(as_json: bool) -> None:
    """Look at each program and service: found, version, and what is missing without it."""
    with the_archive(even_closed=True) as services:
        found = health.checks(services)
    for check in found:
        if as_json:
            answer(asdict(check))
        else:
            sign = "✓" if check.is_good else "✗"
            why = "" if check.is_good else f" — {say(check.without)}"
            click.echo(f"{sign} {check.name}: {check.found}{why}")
    sys.exit(0 if all(one.is_good or one.without in health.ADVICE for one in found) else 1)
