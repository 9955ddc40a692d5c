"""Commands for the daily work: showing, exporting, finding. Receiving is in `receiving.py`."""

import json
from pathlib import Path

import click

from archive import access, alarms, documents, exports, reading
from archive.access import Action
from archive.description import described
from archive.errors import Invalid
from web.commands.door import (
    acting,
    answer,
    door,
    json_option,
    tell,
    the_archive,
)
from web.words import say


def pairs(given: tuple[str, ...]) -> dict[str, str]:
    """FIELD=VALUE as a dictionary."""
    values = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise Invalid("bad_pair", given=one)
        values[name.strip()] = value
    return values


@click.command()
@click.argument("code")
@json_option
@click.pass_obj
@door
def show(actor: str | None, code: str, as_json: bool) -> None:
    """Show what is known of a document."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        document = reading.the_document(db, who, code, Action.DESCRIBE)
        told = described(document, sees=access.case_file_filter(db, who))
        reading.opened(db, document, "describe")
    answer(told) if as_json else click.echo(json.dumps(told, ensure_ascii=False, indent=2))


@click.command()
@click.argument("code")
@click.option("--rendition", type=click.Choice(["original", "archival", "text"]), required=True)
@click.option("--to", "target", type=click.Path(path_type=Path), required=True)
@click.option("--part", "part_number", type=int, default=1, show_default=True)
@click.pass_obj
@door
def export(actor: str | None, code: str, rendition: str, target: Path, part_number: int) -> None:
    """Write a stored form of a document to a file."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.transaction() as db:
            document = reading.the_document(db, who, code, Action.READ)
            exports.require_consent(db, who, document)
            found = documents.stored_form(document, rendition, part_number)
            alarms.require_harmless(db, who, document, found)
            reading.opened(db, document, "export", part=part_number, rendition=rendition)
        services.files.fetch(found.digest, target)
    tell(say("exported", document=code, rendition=rendition, target=str(target)))
