"""Commands for one's own personal file (hồ sơ cá nhân): a list that changes nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from archive import personal_files, reading
from archive.access import Action
from archive.documents import number_as_shown
from archive.errors import NotFound
from archive.models import Person
from web.commands.door import acting_oneself, answer, door, json_option, tell, the_archive
from web.words import say


@click.group("my-file")
def my_file() -> None:
    """One's own personal file: documents to have at hand."""


@my_file.command("list")
@click.option("--heading", help="Only what stands under this heading.")
@json_option
@click.pass_obj
@door
def show(actor: str | None, heading: str | None, as_json: bool) -> None:
    """Print what is in it and open to the person today, the newest first."""
    with (
        the_archive() as services,
        acting_oneself(services, actor) as who,
        services.db.reading() as db,
    ):
        rows = [
            {
                "document": one.document.code,
                "number": number_as_shown(one.document),
                "subject": one.document.subject,
                "heading": one.heading,
                "is_filed": one.document.is_filed,
                "kept_at": one.kept_at.isoformat(),
            }
            for one in db.scalars(personal_files.items(db, who, heading))
        ]
    for row in rows:
        line = f"{row['document']}  {row['number']}  {row['subject']}"
        answer(row) if as_json else click.echo(line)


@my_file.command("keep")
@click.argument("document")
@click.option("--heading", help="Under which it stands.")
@json_option
@click.pass_obj
@door
def keep(actor: str | None, document: str, heading: str | None, as_json: bool) -> None:
    """Put a document into it, or under another heading. Its place in the archive stays."""
    with _own(actor) as (db, who):
        found = reading.the_document(db, who, document, Action.DESCRIBE)
        is_new = personal_files.keep(db, who, found, heading)
    told = {"document": document, "is_new": is_new}
    answer(told) if as_json else tell(say("kept_by_oneself", document=document))


@my_file.command("drop")
@click.argument("document")
@json_option
@click.pass_obj
@door
def drop(actor: str | None, document: str, as_json: bool) -> None:
    """Take a document out of it; the document itself stays as it is."""
    with _own(actor) as (db, who):
        if not personal_files.drop(db, who, document):
            raise NotFound("no_such_document", document=document)
    told = {"document": document}
    answer(told) if as_json else tell(say("dropped_by_oneself", document=document))


@contextmanager
def _own(actor: str | None) -> Iterator[tuple[Session, Person]]:
    """A transaction on what is the acting person's own."""
    with (
        the_archive() as services,
        acting_oneself(services, actor) as who,
        services.db.transaction() as db,
    ):
        yield db, who
