"""How every command begins and ends: open the archive, act as somebody, answer, fail in words."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from sqlalchemy.orm import Session

from archive import access, audit, delegations, organs, people
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound
from archive.models import Organ, Person
from archive.settings import Settings
from formats.errors import FormatError
from web.marks import refuse_marks
from web.services import Services, open_services
from web.words import say_line

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
EXIT_CODES = {NotFound: 4, NotAllowed: 5, Invalid: 2}  # everything else: 3


def tell(said: str) -> None:
    """A message for people: on standard error."""
    click.echo(said, err=True)


def answer(value: dict[str, Any]) -> None:
    """An answer for scripts: one object a line on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def door(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors as one line that says what to do, with a stable exit code.

    No option brings in words under a mark of secrecy, unless the command `names_marks`.
    """

    @wraps(command)
    def opened(*arguments: Any, **options: Any) -> Any:
        try:
            if not getattr(command, "names_marks", False):
                _refuse_marks(options)
            return command(*arguments, **options)
        except (ArchiveError, FormatError) as error:
            tell(say_line(error))
            known = (code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
            sys.exit(next(known, 3))

    return opened


def names_marks(command: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a command, below `door`, that keeps no words, or answers to marks by itself."""
    command.names_marks = True  # type: ignore[attr-defined]
    return command


def _refuse_marks(options: dict[str, Any]) -> None:
    for name, given in options.items():
        for one in given if isinstance(given, tuple) else (given,):
            if isinstance(one, str):
                refuse_marks({name: one})


@contextmanager
def the_archive(*, even_closed: bool = False) -> Iterator[Services]:
    """The archive of this environment.

    Raises:
        NotReady: the journal of destructions says that nothing may be read or written now.
    """
    with open_services(Settings.from_environment()) as services:
        if services.closed_by is not None and not even_closed:
            raise services.closed_by
        yield services


@contextmanager
def acting(services: Services, user_name: str | None) -> Iterator[Person]:
    """Whose rights count (R9): the one named, the only person there is, or whom they act for.

    Raises:
        Invalid: `who_acts`: there are several people and none is named.
        NotFound: `no_such_person`.
        NotAllowed: `account_locked`, `not_delegated`.
    """
    person = _who(services, user_name)
    principal = _principal(services, person)
    with audit.acting_as(person, "command", principal=principal):
        yield principal or person


def here(db: Session, who: Person) -> Organ:
    """The organ at which the person acts: the one behind `--at`, else their own.

    Raises:
        NotFound: `no_such_organ`: there is none, or the person has no part in it.
    """
    code = _asked_of_all("organ_code")
    if not code:
        return db.get_one(Organ, who.organ_id)
    found = organs.by_code(db, code)
    if found.id not in access.organs_of(who):
        raise NotFound("no_such_organ", organ=code)
    return found


def whose_hand(services: Services) -> Person | None:
    """The natural person who acts now, whomever they act for; inside `acting`."""
    now = audit.actor()
    if now is None or now.person_id is None:
        return None
    with services.db.reading() as session:
        return people.by_id(session, now.person_id)


@contextmanager
def acting_oneself(services: Services, user_name: str | None) -> Iterator[Person]:
    """The same for what belongs to the account itself: that is done in nobody else's place.

    Raises:
        Invalid: `not_while_acting`.
    """
    if _asked_of_all("principal_name"):
        raise Invalid("not_while_acting")
    with acting(services, user_name) as person:
        yield person


def _asked_of_all(name: str) -> str | None:
    """What was asked before the command's name, for all commands alike."""
    asked: str | None = click.get_current_context().find_root().params.get(name)
    return asked


def _principal(services: Services, person: Person) -> Person | None:
    if not (named := _asked_of_all("principal_name")):
        return None
    with services.db.reading() as session:
        found = delegations.between(session, person, people.by_name(session, named))
        return delegations.principal_of(session, found)


def _who(services: Services, user_name: str | None) -> Person:
    with services.db.reading() as session:
        person = people.by_name(session, user_name) if user_name else people.only_person(session)
    if person is None:
        raise Invalid("who_acts")
    if not people.is_active(person):
        raise NotAllowed("account_locked")
    return person
