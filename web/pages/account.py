"""One's own account: signing in and out, password, language, sessions, API tokens.

It is the natural person's own, whomever they act for at the moment.
"""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from sqlalchemy import Select, select
from werkzeug.wrappers import Response as BaseResponse

from archive import access, audit, clock, delegations, people
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound
from archive.life_models import Delegation
from archive.models import Person, SignIn
from web import auth
from web.auth import actor, reading, writing_of_oneself
from web.errors import Said, words_for, words_of
from web.i18n import COOKIE, LANGUAGES, ONE_YEAR, gettext
from web.numbers import number_in

blueprint = Blueprint("account", __name__)
TOKEN_DAYS = (30, 90, 365)
LONGEST_NAME = 60


@blueprint.get("/sign-in", endpoint="sign_in")
@blueprint.post("/sign-in")
def sign_in() -> str | BaseResponse | tuple[str, int]:
    """Sign in. A wrong password, an unknown name and a paused account are answered alike."""
    onward = auth.local(request.values.get("next"))
    if request.method != "POST":
        return redirect("/") if g.person else render_template("account/sign_in.html", onward=onward)
    name, password = request.form.get("name", ""), request.form.get("password", "")
    db = auth.services().db
    tried = people.try_password(db, name, password[: auth.LONGEST_PASSWORD])
    with audit.acting(audit.Actor(door="web")), db.transaction() as rows:
        person = people.check_password(rows, tried)
        if person is not None:
            auth.begin(rows, person)
    if person is None:
        said = words_for("sign_in_failed")
        return render_template("account/sign_in.html", onward=onward, said=said, name=name), 401
    return redirect(onward or url_for("home.page"))


@blueprint.post("/sign-out")
def sign_out() -> BaseResponse:
    """Sign out; the sign-in is ended in the archive too."""
    actor()
    auth.end()
    return redirect(url_for("account.sign_in"))


@blueprint.route("/account/password", methods=["GET", "POST"])
def password() -> str | BaseResponse | tuple[str, int]:
    """Change the password; a one-time password must be changed first of all."""
    if request.method != "POST":
        return render_template("account/password.html", least=people.LEAST_CHARACTERS)
    try:
        _change_password(request.form)
    except ArchiveError as error:
        page = render_template(
            "account/password.html", said=words_of(error), least=people.LEAST_CHARACTERS
        )
        return page, 422
    flash(gettext("Your password is changed."), "success")
    return redirect(url_for("home.page"))


def _change_password(form: dict[str, str]) -> None:
    old, new = form.get("old", ""), form.get("new", "")
    if new != form.get("again", ""):
        raise Invalid("passwords_differ")
    auth.confirm_password(old)
    hashed = people.hash_of_new(actor().user_name, old, new)
    with writing_of_oneself() as rows:
        person = people.by_id(rows, actor().id)
        people.change_password(rows, person, hashed, staying=g.sign_in)


@blueprint.post("/language")
def language() -> BaseResponse:
    """Remember the language: in the browser, and for who is signed in."""
    chosen = request.form.get("language", "")
    response = redirect(auth.local(request.form.get("next")) or "/")
    if chosen not in LANGUAGES:
        return response
    response.set_cookie(
        COOKIE,
        chosen,
        max_age=ONE_YEAR,
        httponly=True,
        samesite="Lax",
        secure=auth.services().settings.behind_tls,
    )
    if g.person is not None and g.person.language != chosen:
        with writing_of_oneself() as rows:
            person = rows.get_one(Person, g.person.id)
            person.language = chosen
            audit.record(rows, "person.choose_language", person, facts={"language": chosen})
    return response


# Where and for whom one works ---------------------------------------------------------------------


@blueprint.post("/account/place")
def place() -> BaseResponse:
    """Choose the organ to work at, or the person to act for; nothing else is chosen by it."""
    kind, _, number = request.form.get("place", "").partition(":")
    chosen = int(number) if number.isascii() and number.isdigit() else 0
    with reading() as rows:
        person = people.by_id(rows, actor().id)
        lent = {one.id: one for one in delegations.in_force(rows, person)}
        organs = access.organs_of(person)
    if kind == "for":
        if chosen not in lent:
            raise NotAllowed("not_delegated", name="")
        auth.change_hats(chosen)
        with writing_of_oneself() as rows:
            audit.record(rows, "delegation.use", rows.get_one(Delegation, chosen))
        return redirect(url_for("home.page"))
    auth.change_hats()
    if kind == "organ" and chosen in organs:
        session[auth.ORGAN] = chosen
    return redirect(url_for("home.page"))


@blueprint.get("/account/sessions")
def sessions() -> str:
    """One's own live sessions, the present one marked."""
    with reading() as rows:
        mine = rows.scalars(_live("session").order_by(SignIn.last_used_at.desc())).all()
    return render_template("account/sessions.html", sessions=mine, present=g.sign_in)


@blueprint.post("/account/sessions/<int:number>/end")
def end_session(number: int) -> BaseResponse:
    """End one session of one's own, at whatever machine it is."""
    with writing_of_oneself() as rows:
        found = rows.scalar(_live("session").where(SignIn.id == number))
        if found is None:
            raise NotFound("no_such_thing")
        people.sign_out(rows, found)
    flash(gettext("That session is ended."), "success")
    return redirect(url_for("account.sessions"))


@blueprint.post("/account/sessions/end")
def end_sessions() -> BaseResponse:
    """Sign out everywhere, here too. API tokens are revoked one by one."""
    with writing_of_oneself() as rows:
        people.sign_out_everywhere(rows, people.by_id(rows, actor().id))
    session.clear()
    flash(gettext("You are signed out everywhere."), "success")
    return redirect(url_for("account.sign_in"))


def _live(kind: str) -> Select[SignIn]:
    return select(SignIn).where(
        SignIn.person_id == actor().id,
        SignIn.kind == kind,
        SignIn.ended_at.is_(None),
        SignIn.expires_at > clock.now(),
    )


# Tokens -------------------------------------------------------------------------------------------


@blueprint.route("/account/tokens", methods=["GET", "POST"])
def tokens() -> str | Response | tuple[str, int]:
    """One's own API tokens; a new one is shown once."""
    secret, said, status = "", None, 200
    if request.method == "POST":
        try:
            secret = _make_token(request.form)
        except Invalid as error:
            said, status = words_of(error), 422
    page = _tokens_page(secret, said)
    return (page, status) if status != 200 else make_response(page)


def _make_token(form: dict[str, str]) -> str:
    days = number_in(form.get("days", ""))
    if days not in TOKEN_DAYS:
        raise Invalid("bad_days")
    name = form.get("name", "").strip()[:LONGEST_NAME]
    with writing_of_oneself() as rows:
        person = people.by_id(rows, actor().id)
        return people.sign_in(rows, person, "token", timedelta(days=days), name)


def _tokens_page(secret: str, said: Said | None) -> str:
    with reading() as rows:
        mine = rows.scalars(_live("token").order_by(SignIn.id.desc())).all()
    return render_template(
        "account/tokens.html", tokens=mine, secret=secret, said=said, days=TOKEN_DAYS
    )


@blueprint.post("/account/tokens/<int:number>/revoke")
def revoke(number: int) -> BaseResponse:
    """End a token of one's own at once."""
    with writing_of_oneself() as rows:
        found = rows.get(SignIn, number)
        if found is None or found.person_id != actor().id or found.kind != "token":
            raise NotFound("no_such_thing")
        if found.ended_at is None:
            people.sign_out(rows, found)
    flash(gettext("The token is revoked: nothing opens with it any more."), "success")
    return redirect(url_for("account.tokens"))
