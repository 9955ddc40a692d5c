"""What the commands for registers share: where they work, what they read, how they answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from archive import access, register_lists, registers
from archive.access import Action
from archive.errors import Invalid, NotFound, Refused
from archive.fields import parse_day
from archive.models import Organ, Person
from archive.register_models import RegisterEntry
from formats.vietnamese import nfc
from ingest import admission, registering
from ingest.reception import Sending, receive
from ingest.registering import Form
from web import register_rows
from web.commands.door import acting, answer, here, the_archive
from web.error_words import MEGABYTE
from web.services import Services


@dataclass(frozen=True)
class Desk:
    """Where a command works: as whom, at which organ, in which transaction."""

    services: Services
    db: Session
    who: Person
    organ: Organ

    def entry(self, code: str) -> RegisterEntry:
        """A line that the person may see."""
        found = registers.entry_by_code(self.db, self.organ, code)
        if not register_lists.may_see(self.db, self.who, self.organ, found):
            raise NotFound("no_such_entry", entry=code)
        return found


@contextmanager
def at_desk(actor: str | None, action: Action) -> Iterator[Desk]:
    """Open the archive for one act that this action allows."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = here(db, who)
        access.require(db, who, action, organ)
        yield Desk(services, db, who, organ)


def a_day(text: str | None) -> date | None:
    """A day that was typed; None where none was."""
    if not text:
        return None
    try:
        return parse_day(text.strip())
    except ValueError:
        raise Invalid("bad_day", value=text) from None


def said(told: dict[str, Any], line: str, is_json: bool) -> None:
    """The answer, for a script or for people."""
    answer(told) if is_json else click.echo(line)


def entry_as_json(desk: Desk, entry: RegisterEntry) -> dict[str, Any]:
    """All that a line says, as far as the person may know of its document."""
    document = entry.document
    sees = document is not None and access.may(desk.db, desk.who, Action.DESCRIBE, document)
    return register_rows.as_json(entry, document.code if document is not None and sees else None)


def received(actor: str | None, path: Path | None, form: Form) -> int | None:
    """Store the file first; whatever comes of the line, it is not lost."""
    if path is None:
        return None
    registering.turn_away_secrets(form)
    if mark := admission.mark_in_name(path.name):
        raise Refused("secret_mark", mark=mark)
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            organ = here(db, who)
            access.require(db, who, Action.REGISTER, organ)
        with path.open("rb") as stream:
            return receive(
                services.db,
                services.files,
                stream,
                Sending(nfc(path.name), {}),
                organ_id=organ.id,
                by=who,
                door="command",
                limit=services.settings.upload_megabytes * MEGABYTE,
            ).intake_id
