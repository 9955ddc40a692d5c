"""The red picture of the organ's seal, from the command line."""

from pathlib import Path

import click

from ingest import seal_pictures
from web.commands.door import acting, answer, door, json_option, tell, the_archive
from web.commands.organ import managed, organ
from web.commands.people import organ_option
from web.words import say


@organ.command("seal-picture")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--remove", "is_removed", is_flag=True, help="Take the picture away.")
@click.option("--why", default="", help="Reason for a change, kept in the story.")
@organ_option
@json_option
@click.pass_obj
@door
def seal_picture(
    actor: str | None,
    file: Path | None,
    is_removed: bool,
    why: str,
    organ_code: str | None,
    as_json: bool,
) -> None:
    """Set or replace the picture of the seal (PNG, SVG), take it away, or say if there is one."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            place = managed(db, who, organ_code)
        if is_removed:
            seal_pictures.remove(services.db, services.settings, place, why)
        elif file is not None:
            seal_pictures.take(services.db, services.settings, place, file, why)
        found = seal_pictures.picture_of(services.settings, place)
    if as_json:
        answer({"organ": place.code, "picture": found is not None})
    else:
        said = "seal_picture_set" if found else "no_seal_picture_set"
        tell(say(said, organ=place.code))
