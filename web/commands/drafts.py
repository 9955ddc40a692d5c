"""Commands for a draft before its signature: comments asked and given, its next version."""

from pathlib import Path
from typing import Any

import click

from archive.access import Action
from ingest import drafts
from ingest.issuances import by_number, the_issuance
from ingest.models import IssuanceComment
from web.commands.door import acting, answer, door, json_option, the_archive
from web.commands.issuing import as_values
from web.commands.issuing import issue as issue
from web.services import Services


@issue.command()
@click.argument("number", type=int)
@click.argument("user_name")
@json_option
@click.pass_obj
@door
def ask(actor: str | None, number: int, user_name: str, as_json: bool) -> None:
    """Ask a colleague what they think of a draft; it stands on their home page."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.transaction() as db:
            issuance = the_issuance(db, who, number, Action.PREPARE_ISSUE)
            drafts.ask(db, number, who, drafts.colleague(db, issuance, who, user_name))
        _list(services, number, as_json)


@issue.command()
@click.argument("number", type=int)
@click.argument("words")
@json_option
@click.pass_obj
@door
def comment(actor: str | None, number: int, words: str, as_json: bool) -> None:
    """Say what one thinks of a draft as it is now."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.transaction() as db:
            drafts.comment(db, number, who, words)
        _list(services, number, as_json)


@issue.command()
@click.argument("number", type=int)
@json_option
@click.pass_obj
@door
def comments(actor: str | None, number: int, as_json: bool) -> None:
    """List who was asked about a draft, and what was said."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            the_issuance(db, who, number, Action.SEE_REGISTERS)
        _list(services, number, as_json)


@issue.command()
@click.argument("number", type=int)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
@door
def redraft(actor: str | None, number: int, path: Path, as_json: bool) -> None:
    """Put the next version of a draft in the place of one that nobody signed."""
    with the_archive() as services, acting(services, actor) as who:
        drafts.redraft(services.db, services.workshop, number, path, path.name, by=who)
        with services.db.reading() as db:
            told = by_number(db, number)
    answer(as_values(told)) if as_json else click.echo(f"{told.name}  v{told.version}")


def _list(services: Services, number: int, as_json: bool) -> None:
    with services.db.reading() as db:
        found = drafts.comments_of(db, by_number(db, number))
    for one in found:
        told = _as_values(one)
        answer(told) if as_json else click.echo(f"{told['who']:<14} v{one.version}  {one.words}")


def _as_values(one: IssuanceComment) -> dict[str, Any]:
    """The promise to scripts."""
    return {
        "who": one.person.user_name,
        "version": one.version,
        "words": one.words,
        "asked_at": one.asked_at,
        "said_at": one.said_at,
    }
