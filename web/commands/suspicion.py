"""Commands for documents that are suspected to be state secrets: listed, cleared, confirmed (R15).

A received file under suspicion is looked at and decided on at the pages, where it can be seen.
"""

import click

from archive import access, alarms, reading
from archive.access import Action
from archive.models import Organ
from ingest import decisions, twins
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
from web.words import say

why_option = click.option("--why", required=True, help="The reason; it is kept in the story.")


@click.group()
def suspicion() -> None:
    """Documents on the shelf that are suspected to be state secrets."""


@suspicion.command("list")
@json_option
@click.pass_obj
@door
def list_all(actor: str | None, as_json: bool) -> None:
    """List the documents on which you are to decide."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        places = [db.get_one(Organ, number) for number in sorted(access.organs_of(who))]
        deciding = [one for one in places if access.may(db, who, Action.DECIDE_SECRET, one)]
        if not deciding:
            access.require(db, who, Action.DECIDE_SECRET, here(db, who))
        found = [one.code for organ in deciding for one in alarms.suspected(db, organ)]
    for code in found:
        answer({"document": code}) if as_json else click.echo(code)


@suspicion.command()
@click.argument("code")
@why_option
@json_option
@click.pass_obj
@door
@names_marks
def clear(actor: str | None, code: str, why: str, as_json: bool) -> None:
    """Say that a suspected document is no secret: who could read it before reads it again."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        document = reading.the_document(db, who, code, Action.DECIDE_SECRET)
        decisions.clear_shelved(db, document, why)
    told = {"document": code, "alarm": None}
    answer(told) if as_json else tell(say("suspicion_cleared", document=code))


@suspicion.command()
@click.argument("code")
@why_option
@json_option
@click.pass_obj
@door
@names_marks
def confirm(actor: str | None, code: str, why: str, as_json: bool) -> None:
    """Say that it is one: it stays closed, and the same bytes elsewhere are suspected from now."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            document = reading.the_document(db, who, code, Action.DECIDE_SECRET)
            same_bytes = twins.digests_of(document)
        engine = services.db.engine
        with (
            twins.copied_apart(engine, services.workshop, same_bytes),
            services.db.transaction() as db,
        ):
            document = reading.the_document(db, who, code, Action.DECIDE_SECRET)
            found = decisions.confirm_shelved(db, services.workshop, document, why)
            codes = [one.code for one in found if one.organ_id == document.organ_id]
        told = {"document": code, "alarm": alarms.SECRET, "same_bytes": codes}
    answer(told) if as_json else tell(say("secret_confirmed", document=code))
