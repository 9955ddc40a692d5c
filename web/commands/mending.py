"""The command that sends a document down the road again."""

import sys

import click

from archive import reading
from archive.access import Action
from ingest import mending
from web.commands.door import acting, answer, door, json_option, tell, the_archive
from web.receiving import fates_of


@click.command()
@click.argument("code")
@click.option("--part", "part_number", type=int, default=1, show_default=True)
@click.option("--wait", is_flag=True, help="Wait until it is mended, waiting, refused or stuck.")
@json_option
@click.pass_obj
@door
def mend(actor: str | None, code: str, part_number: int, wait: bool, as_json: bool) -> None:
    """Make a document's missing archival copy anew. Exit 0: it walks; with --wait: it is valid."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.transaction() as db:
            document = reading.the_document(db, who, code, Action.DECIDE_INTAKE)
            intake = mending.send_again(db, document, part_number, by=who, door="command")
            number = intake.id
        (fate,) = fates_of(services, [number], wait=wait, tell=tell)
    answer(fate.as_json()) if as_json else click.echo(fate.as_line())
    is_good = (fate.state == "shelved" and fate.reason is None) if wait else True
    sys.exit(0 if is_good else 1)
