"""One's own account: signing in and out, password, language, API tokens."""

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
    url_for,
)
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from archive import audit, clock, people
from archive.errors import ArchiveError, Invalid, NotFound
from archive.models import Person, SignIn
from web import auth
from web.auth import asker, reading, writing
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
    asker()
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
    hashed = people.hash_of_new(asker().user_name, old, new)
    with writing() as rows:
        person = people.by_id(rows, asker().id)
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
        with writing() as rows:
            person = rows.get_one(Person, g.person.id)
            person.language = chosen
            audit.record(rows, "person.choose_language", person, facts={"language": chosen})
    return response


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
    with writing() as rows:
        person = people.by_id(rows, asker().id)
        return people.sign_in(rows, person, "token", timedelta(days=days), name)


def _tokens_page(secret: str, said: Said | None) -> str:
    with reading() as rows:
        mine = rows.scalars(
            select(SignIn)
            .where(SignIn.person_id == asker().id, SignIn.kind == "token")
            .where(SignIn.ended_at.is_(None), SignIn.expires_at > clock.now())
            .order_by(SignIn.id.desc())
        ).all()
    return render_template(
        "account/tokens.html", tokens=mine, secret=secret, said=said, days=TOKEN_DAYS
    )


@blueprint.post("/account/tokens/<int:number>/revoke")
def revoke(number: int) -> BaseResponse:
    """End a token of one's own at once."""
    with writing() as rows:
        found = rows.get(SignIn, number)
        if found is None or found.person_id != asker().id or found.kind != "token":
            raise NotFound("no_such_thing")
        if found.ended_at is None:
            people.sign_out(rows, found)
    flash(gettext("The token is revoked: nothing opens with it any more."), "success")
    return redirect(url_for("account.tokens"))
