"""The command that receives: apart, because the whole road comes along with it."""

import sys
from pathlib import Path

import click

from web.commands.door import (
    acting,
    answer,
    door,
    here,
    json_option,
    names_marks,
    tell,
    the_archive,
)
from web.commands.recording import pairs
from web.receiving import Given, receive_all


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--case-file", "case_file_code", help="Code of the case file; the tray if none.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Descriptive data.")
@click.option("--again", is_flag=True, help="Make a second document of bytes that are here.")
@click.option("--wait", is_flag=True, help="Wait until it is shelved, waiting, refused or stuck.")
@json_option
@click.pass_obj
@door
@names_marks
def receive(
    actor: str | None,
    paths: tuple[Path, ...],
    case_file_code: str | None,
    settings: tuple[str, ...],
    again: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Receive files. Exit 0: they are stored; with --wait: all of them are shelved."""
    fields = pairs(settings)
    given = [Given(path, fields, case_file_code, again) for path in paths]
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            organ = here(db, who)
        fates = list(receive_all(services, who, given, wait=wait, tell=tell, organ_id=organ.id))
    for fate in fates:
        answer(fate.as_json()) if as_json else click.echo(fate.as_line())
    good = {"shelved"} if wait else {"shelved", "received", "waiting", "stuck"}
    sys.exit(0 if all(fate.state in good for fate in fates) else 1)
