"""Who is asking, by token: `Authorization: Bearer …`, looked up on every request.

Closed by default: whatever is not named in `OPEN` needs a token. Cookies are not looked at, so a
browser cannot be made to ask in somebody's name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from apiflask import APIFlask
from flask import g, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import NotFound, Unauthorized

from archive import access, audit, clock, people
from archive.errors import NotAllowed
from archive.errors import NotFound as NoSuchThing
from archive.models import Organ, Person, SignIn
from web.auth import asker, reading, services

OPEN = frozenset({"openapi.spec"})
LONGEST = 200  # characters of a token; ours have 43
TOUCH = timedelta(minutes=1)
WORKS_AT = "Luutru-Organ"
ACTS_FOR = "Luutru-For"  # refused: what looks like acting for somebody must not be done as oneself


def find_out() -> None:
    """Load the person behind the token; turn nobody away yet, so that everybody is counted."""
    g.person = g.organ = g.sign_in = None
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token or len(given.token) > LONGEST:
        return
    with reading() as rows:
        found = people.signed_in(rows, given.token, "token", None)
        if found is None:
            return
        g.person, g.sign_in = found.person, found
        g.organ = _place(rows, found.person)
    if clock.now() - found.last_used_at > TOUCH:
        with services().db.transaction() as rows:
            rows.get_one(SignIn, found.id).last_used_at = clock.now()


def turn_away() -> None:
    """Without a live token nothing is open; an address with a zero byte leads nowhere."""
    if "\0" in request.path:
        raise NotFound
    if request.endpoint in OPEN:
        return
    if g.person is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "luutru"}))
    if request.headers.get(ACTS_FOR):
        raise NotAllowed("token_acts_for_nobody")
    if g.organ is None:
        raise NoSuchThing("no_such_organ", organ=request.headers.get(WORKS_AT, ""))


def _place(rows: Session, person: Person) -> Organ | None:
    """Where the token works: at its owner's organ, or at one of the others that was asked for."""
    organs = access.organs_of(person) or {person.organ_id}
    if wanted := request.headers.get(WORKS_AT, "").strip():
        named = select(Organ).where(Organ.code == wanted, Organ.id.in_(organs))
        return rows.scalar(named) if "\0" not in wanted else None
    return person.organ if person.organ_id in organs else rows.get_one(Organ, min(organs))


def close_by_default(api: APIFlask) -> None:
    """Ask for a token before anything else is looked at."""
    api.before_request(turn_away)


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction, told of the person whose token it is."""
    with audit.acting_as(asker(), "api"), services().db.transaction() as rows:
        yield rows
