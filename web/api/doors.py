"""Who is asking, by token: `Authorization: Bearer …`, looked up on every request.

Closed by default: whatever is not named in `OPEN` needs a token. Cookies are not looked at, so a
browser cannot be made to ask in somebody's name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from apiflask import APIFlask
from flask import g, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import NotFound, Unauthorized

from archive import access, audit, clock, people
from archive.models import Organ, SignIn
from web.auth import asker, reading, services

OPEN = frozenset({"openapi.spec"})
LONGEST = 200  # characters of a token; ours have 43
TOUCH = timedelta(minutes=1)


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
        organs = access.organs_of(found.person) or {found.person.organ_id}
        mine = found.person.organ_id
        g.organ = found.person.organ if mine in organs else rows.get_one(Organ, min(organs))
    if clock.now() - found.last_used_at > TOUCH:
        with services().db.transaction() as rows:
            rows.get_one(SignIn, found.id).last_used_at = clock.now()


def turn_away() -> None:
    """Without a live token nothing is open; an address with a zero byte leads nowhere."""
    if "\0" in request.path:
        raise NotFound
    if g.person is None and request.endpoint not in OPEN:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "luutru"}))


def close_by_default(api: APIFlask) -> None:
    """Ask for a token before anything else is looked at."""
    api.before_request(turn_away)


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction, told of the person whose token it is."""
    with audit.acting_as(asker(), "api"), services().db.transaction() as rows:
        yield rows
