"""What is left of what was destroyed, by its code: for those who may see disposals."""

import click

from retention import tombstones
from web.commands.door import acting, answer, door, here, json_option, the_archive
from web.words import say


@click.group()
def tombstone() -> None:
    """What is left of what was destroyed."""


@tombstone.command()
@click.argument("code")
@json_option
@click.pass_obj
@door
def show(actor: str | None, code: str, as_json: bool) -> None:
    """Say when and by which decision a case file or document was destroyed."""
    with (
        the_archive() as services,
        acting(services, actor) as who,
        services.db.reading() as session,
    ):
        organ = here(session, who)
        found = tombstones.by_code(session, who, organ, code)
        for one in found:
            told = tombstones.as_values(one)
            if as_json:
                answer(told)
            else:
                click.echo(say("tombstone_says", **told))
