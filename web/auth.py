"""Who is asking: the live sign-in behind the session cookie, looked up on every request.

Closed by default: whatever is not named in `OPEN` needs a person. Views write and read through
`writing()` and `reading()`, so that every change is told of the person who asked for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized

from archive import access, audit, clock, people
from archive import reading as reads
from archive.access import Action
from archive.errors import NotAllowed
from archive.models import CaseFile, Document, Organ, Person, SignIn
from web.services import Services

SECRET = "sign_in"
LONGEST_PASSWORD = 1000
OPEN = frozenset({"account.sign_in", "account.language", "static", "bootstrap.static"})
OPEN_PATHS = ("/healthz", "/readyz", "/api/")  # the API asks for its own tokens
WITH_ONE_TIME_PASSWORD = frozenset({"account.password", "account.sign_out"}) | OPEN
TOUCH = timedelta(minutes=1)


def init_app(app: Flask, services: Services) -> None:
    """Ask who it is before every request."""
    app.extensions["luutru"] = services
    app.before_request(_find_out)


def services() -> Services:
    """The archive's parts, as wired at the start."""
    return cast(Services, current_app.extensions["luutru"])


def asker() -> Person:
    """The person who asks."""
    if g.get("person") is None:
        raise Unauthorized
    return cast(Person, g.person)


def here() -> Organ:
    """The organ at which the person works now."""
    return cast(Organ, g.organ)


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction, told of the person who asks."""
    with audit.acting_as(asker(), "web"), services().db.transaction() as rows:
        yield rows


@contextmanager
def reading() -> Iterator[Session]:
    """A quiet look."""
    with services().db.reading() as rows:
        yield rows


def may(rows: Session, action: Action, thing: Organ | CaseFile | Document) -> bool:
    """Whether the person who asks may do this."""
    return access.may(rows, asker(), action, thing)


def require(rows: Session, action: Action, thing: Organ | CaseFile | Document) -> None:
    """Go on only if the person who asks may do this."""
    access.require(rows, asker(), action, thing)


def the_document(rows: Session, code: str, action: Action) -> Document:
    """The document, if the person who asks may do this with it; see `archive.reading`."""
    return reads.the_document(rows, asker(), code, action)


def the_case_file(rows: Session, code: str, action: Action) -> CaseFile:
    """The case file, likewise."""
    return reads.the_case_file(rows, asker(), code, action)


def confirm_password(password: str) -> None:
    """The person's own password again; wrong ones count as failed sign-ins do.

    Raises:
        NotAllowed: `wrong_password`.
    """
    tried = people.try_password(services().db, asker().user_name, password[:LONGEST_PASSWORD])
    with writing() as rows:
        person = people.check_password(rows, tried)
    if person is None:
        raise NotAllowed("wrong_password")


def begin(rows: Session, person: Person) -> None:
    """Sign the person in; whatever an earlier visitor's cookie held is gone."""
    lasting = timedelta(hours=services().settings.session_hours)
    with audit.acting_as(person, "web"):
        secret = people.sign_in(rows, person, "session", lasting)
    session.clear()
    session[SECRET] = secret


def end() -> None:
    """Sign out: the row is closed, not only the cookie forgotten."""
    with writing() as rows:
        people.sign_out(rows, rows.get_one(SignIn, g.sign_in))
    session.clear()


def local(target: str | None) -> str | None:
    """The way back, if it leads to a page of ours."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in target):
        return None
    parts = urlsplit(target)
    return None if parts.netloc or parts.scheme or "\\" in target else target


def _find_out() -> Any:
    """Load the person; turn away nobody, and who still has a one-time password."""
    g.person = g.organ = g.sign_in = None
    if request.endpoint in ("static", "bootstrap.static") or request.path.startswith("/api/"):
        return None
    if secret := session.get(SECRET):
        _load(secret)
    if g.person is None:
        return None if _is_open() else _turn_away()
    if g.person.must_change_password and request.endpoint not in WITH_ONE_TIME_PASSWORD:
        return redirect(url_for("account.password"))
    return None


def _load(secret: str) -> None:
    idle = timedelta(minutes=services().settings.idle_minutes)
    with reading() as rows:
        found = people.signed_in(rows, secret, "session", idle)
        if found is None:
            return
        g.person, g.sign_in = found.person, found.id
        organs = access.organs_of(found.person) or {found.person.organ_id}
        mine = found.person.organ_id
        g.organ = found.person.organ if mine in organs else rows.get_one(Organ, min(organs))
    if clock.now() - found.last_used_at > TOUCH:
        with services().db.transaction() as rows:
            rows.get_one(SignIn, found.id).last_used_at = clock.now()


def _is_open() -> bool:
    return request.endpoint in OPEN or request.path.startswith(OPEN_PATHS)


def _turn_away() -> Response:
    """To the sign-in page, and back afterwards; a script is told so plainly."""
    if request.accept_mimetypes.best == "application/json":
        raise Unauthorized
    came_from = local(request.full_path.rstrip("?")) if request.method == "GET" else None
    onward = None if came_from in (None, "/") else came_from
    return cast(Response, redirect(url_for("account.sign_in", next=onward)))
