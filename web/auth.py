"""Who is asking: the live sign-in behind the session cookie, looked up on every request.

Closed by default: whatever is not named in `OPEN` needs a person. Views write and read through
`writing()` and `reading()`, so that every change is told of the person who asked for it.

`actor()` is the natural person who sits there. `asker()` is whose rights are asked: the same, or
the principal for whom the actor works now (R9); then every line of the story names both.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized
from werkzeug.http import parse_cookie

from archive import access, audit, clock, delegations, people
from archive import reading as reads
from archive.access import Action
from archive.errors import DatabaseBusy, NotAllowed
from archive.models import CaseFile, Document, Organ, Person, SignIn
from web.i18n import gettext
from web.marks import refuse_marks_in
from web.services import Services

SECRET = "sign_in"
ORGAN = "organ"  # where the person chose to work
ACTS_FOR = "delegation"  # under which the person chose to act
LONGEST_PASSWORD = 1000
LONGEST_SECRET = 200  # ours have 43 characters
OPEN = frozenset({"account.sign_in", "account.language"})
# Nobody is asked for: operators ask these while the database is silent, too; the API has tokens.
FOR_NOBODY = frozenset({"static", "bootstrap.static", "health.alive", "health.ready"})
WITH_ONE_TIME_PASSWORD = frozenset({"account.password", "account.sign_out"}) | OPEN
TOUCH = timedelta(minutes=1)
BROWSERS = (  # the first that fits: each names those after it too
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc_browser", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def init_app(app: Flask, services: Services) -> None:
    """Ask who it is before every request."""
    app.extensions["luutru"] = services
    app.before_request(_find_out)


def services() -> Services:
    """The archive's parts, as wired at the start."""
    return cast(Services, current_app.extensions["luutru"])


def actor() -> Person:
    """The natural person who acts."""
    if g.get("person") is None:
        raise Unauthorized
    return cast(Person, g.person)


def principal() -> Person | None:
    """For whom the person acts now; their rights count meanwhile."""
    return cast(Person | None, g.get("principal"))


def asker() -> Person:
    """The person whose rights are asked."""
    return principal() or actor()


def here() -> Organ:
    """The organ at which the person works now."""
    return cast(Organ, g.organ)


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction, told of the person who acts, and of whom they act for.

    Raises:
        Refused: `secret_mark`: the page's form carries one.
    """
    refuse_marks_in(request.form, request.endpoint)
    with telling(), services().db.transaction() as rows:
        yield rows


def telling() -> AbstractContextManager[None]:
    """Inside, everything is told of the person who acts, and of whom they act for."""
    return audit.acting_as(actor(), "web", principal=principal())


@contextmanager
def writing_of_oneself() -> Iterator[Session]:
    """A transaction on one's own account: that is nobody else's, whomever one acts for.

    Raises:
        Refused: `secret_mark`: the page's form carries one.
    """
    refuse_marks_in(request.form, request.endpoint)
    with audit.acting_as(actor(), "web"), services().db.transaction() as rows:
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
    tried = people.try_password(services().db, actor().user_name, password[:LONGEST_PASSWORD])
    with writing_of_oneself() as rows:
        person = people.check_password(rows, tried)
    if person is None:
        raise NotAllowed("wrong_password")


def begin(rows: Session, person: Person) -> None:
    """Sign the person in; whatever an earlier visitor's cookie held is gone."""
    with audit.acting_as(person, "web"):
        secret = people.sign_in(rows, person, "session", _lasting(person), _browser())
    session.clear()
    session[SECRET] = secret


def _lasting(person: Person) -> timedelta:
    """The hours that are set, but never beyond the end of the organ's day (KT-28, DB-06)."""
    moment = clock.now()
    night = clock.end_of(clock.today(person.organ), person.organ)
    return min(timedelta(hours=services().settings.session_hours), night - moment)


def _browser() -> str:
    """The browser and system in two words, so that one knows one's own sessions."""
    said = request.user_agent.string
    browser = next((name for sign, name in BROWSERS if sign in said), "")
    system = next((name for sign, name in SYSTEMS if sign in said), "")
    return ", ".join(one for one in (browser, system) if one)


def end() -> None:
    """Sign out: the row is closed, not only the cookie forgotten."""
    with writing_of_oneself() as rows:
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
    g.person = g.organ = g.sign_in = g.principal = None
    if request.endpoint in FOR_NOBODY or request.path.startswith("/api/"):
        return None
    if secret := session.get(SECRET):
        _load(secret)
    if g.person is None:
        return None if request.endpoint in OPEN else _turn_away()
    if g.person.must_change_password and request.endpoint not in WITH_ONE_TIME_PASSWORD:
        return redirect(url_for("account.password"))
    return _stop_acting() if ACTS_FOR in session and g.principal is None else None


def brings_a_sign_in(app: Flask, headers: Mapping[str, str]) -> bool:
    """Whether a request whose body has not come yet is of somebody: by live sign-in or token.

    Asked before any view; a database that does not answer knows nobody.

    Args:
        app: the pages, or what stands for them without an archive behind.
        headers: by their names in capitals, as servers keep them.
    """
    kept: Services | None = app.extensions.get("luutru")
    scheme, _, token = headers.get("AUTHORIZATION", "").partition(" ")
    given = (token.strip(), "token") if scheme.lower() == "bearer" else (None, "")
    secret, kind = given if given[0] else (_secret_in(app, headers.get("COOKIE", "")), "session")
    if kept is None or not secret or len(secret) > LONGEST_SECRET:
        return False
    idle = timedelta(minutes=kept.settings.idle_minutes) if kind == "session" else None
    try:
        with kept.db.reading() as rows:
            return people.signed_in(rows, secret, kind, idle) is not None
    except (SQLAlchemyError, DatabaseBusy):
        return False


def _secret_in(app: Flask, cookies: str) -> str | None:
    """The secret of the session cookie, if we signed it."""
    interface = cast(SecureCookieSessionInterface, app.session_interface)
    signed = parse_cookie(cookies).get(app.config["SESSION_COOKIE_NAME"])
    serializer = interface.get_signing_serializer(app)
    if not signed or serializer is None:
        return None
    try:
        lasting = int(app.permanent_session_lifetime.total_seconds())
        secret = serializer.loads(signed, max_age=lasting).get(SECRET)
    except BadData:
        return None
    return secret if isinstance(secret, str) else None


def change_hats(delegation: int | None = None) -> None:
    """Act for somebody, or for oneself again; forms that were opened before are not taken."""
    session.pop(ACTS_FOR, None)
    session.pop("csrf_token", None)
    if delegation is not None:
        session[ACTS_FOR] = delegation


def _stop_acting() -> Any:
    """What was begun for another is not done in one's own name instead."""
    change_hats()
    flash(gettext("The delegation has ended. You act for yourself again."), "warning")
    return redirect(url_for("home.page")) if request.method != "GET" else None


def _load(secret: str) -> None:
    idle = timedelta(minutes=services().settings.idle_minutes)
    with reading() as rows:
        found = people.signed_in(rows, secret, "session", idle)
        if found is None:
            return
        g.person, g.sign_in = found.person, found.id
        _place(rows, found.person)
    if clock.now() - found.last_used_at > TOUCH:
        with services().db.transaction() as rows:
            rows.get_one(SignIn, found.id).last_used_at = clock.now()


def _place(rows: Session, person: Person) -> None:
    """Where the person works now, and for whom, as they chose; looked up on every request."""
    wanted = session.get(ACTS_FOR)
    for one in delegations.in_force(rows, person) if wanted else ():
        if one.id == wanted:
            g.principal = delegations.principal_of(rows, one)
            g.organ = rows.get_one(Organ, one.organ_id)
            return
    organs = access.organs_of(person) or {person.organ_id}
    chosen = session.get(ORGAN)
    place = chosen if chosen in organs else person.organ_id
    g.organ = rows.get_one(Organ, place if place in organs else min(organs))


def _turn_away() -> Response:
    """To the sign-in page, and back afterwards; a script is told so plainly."""
    if request.accept_mimetypes.best == "application/json":
        raise Unauthorized
    came_from = local(request.full_path.rstrip("?")) if request.method == "GET" else None
    onward = None if came_from in (None, "/") else came_from
    return cast(Response, redirect(url_for("account.sign_in", next=onward)))
