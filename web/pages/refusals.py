"""Refusals and returns, the answers to their senders, and what is asked to be let in."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from archive import books, people, refusals, sender_answers
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound
from archive.register_fields import BY_COLUMN
from archive.register_models import LettingIn, Refusal
from ingest import joining
from ingest.intakes import intake_for, known_questions
from web import register_words as words
from web.auth import asker, here, may, reading, require, writing
from web.errors import tell, words_of
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_in
from web.pages.registers import receipt_file

blueprint = Blueprint("refusals", __name__, url_prefix="/registers")


@blueprint.get("/refusals")
def page() -> str:
    """What was refused or sent back, newest first, and the form for a further one."""
    with reading() as rows:
        require(rows, Action.SEE_REGISTERS, here())
        return _page()


@blueprint.post("/refusals")
def refuse() -> str | BaseResponse | tuple[str, int]:
    """Refuse something, or a file that is on its road; the answer gets a number of the year."""
    form = request.form
    answer = {
        name: form.get(name, "") for name in ("reason", "sender", "sender_email", "reference")
    }
    answer["kind"] = form.get("kind") or "refused"
    try:
        with writing() as rows:
            require(rows, Action.REGISTER, here())
            number, code = number_in(form.get("intake", "")), form.get("reason_code", "")
            if number is not None:
                if code == refusals.SECRET:
                    raise Invalid("bad_reason", reason=code)
                intake = intake_for(rows, asker(), here(), number)
                made = joining.refuse_intake(rows, intake, asker(), code, **answer)
            else:
                made = refusals.refuse(rows, here(), asker(), code, **answer)
            told = made.code
    except ArchiveError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        return _page(said=words_of(error)), 422
    flash(gettext("It is refusal %(code)s; its answer can be taken out.", code=told), "success")
    return redirect(url_for("refusals.page"))


def _page(**told: Any) -> str:
    with reading() as rows:
        found = listed(
            rows,
            select(Refusal).where(Refusal.organ_id == here().id).order_by(Refusal.id.desc()),
        )
        return render_template(
            "registers/refusals.html",
            shown=found,
            reasons=words.reasons(),
            why=words.reason_of,
            given=request.form or request.args,
            may_enter=may(rows, Action.REGISTER, here()),
            **{"said": None, **told},
        )


@blueprint.get("/refusals/<int:year>/<int:number>/receipt.<any(xml,json):form>")
def receipt(year: int, number: int, form: str) -> Response:
    """The answer "refused" for the sender, as a file."""
    with reading() as rows:
        require(rows, Action.REGISTER, here())
        refusal = refusals.by_code(rows, here(), f"{year}/{number}")
        told = sender_answers.of_refusal(refusal, here(), words.reason_of(refusal.reason_code))
        return receipt_file(told, form, f"{refusal.kind}-{year}-{number}")


@blueprint.post("/refusals/<int:year>/<int:number>/answered")
def answered(year: int, number: int) -> BaseResponse:
    """Note that the sender was answered."""
    try:
        with writing() as rows:
            require(rows, Action.REGISTER, here())
            refusals.answered(rows, refusals.by_code(rows, here(), f"{year}/{number}"))
    except ArchiveError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        tell(error)
    return redirect(url_for("refusals.page"))


# Letting in ---------------------------------------------------------------------------------------


@blueprint.post("/letting-in")
def ask() -> BaseResponse:
    """Ask a competent person; what was typed is kept with the question."""
    typed = {name: request.form[name] for name in BY_COLUMN if request.form.get(name)}
    more = ("addressee", "registered_on", "late_reason", "intake")
    typed |= {name: request.form[name] for name in more if request.form.get(name)}
    try:
        with writing() as rows:
            require(rows, Action.REGISTER, here())
            held = books.book_by_code(rows, here(), request.form.get("book", ""))
            typed |= {"book": held.code}
            refusals.ask(rows, here(), asker(), request.form.get("ground", ""), typed)
    except ArchiveError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        tell(error)
    else:
        flash(gettext("Asked. What was typed is kept until it is decided."), "success")
    return redirect(url_for("refusals.letting_in"))


@blueprint.get("/letting-in")
def letting_in() -> str:
    """What is asked to be let in, for who decides and for who asked."""
    with reading() as rows:
        may_decide, may_enter = _rights(rows)
        if not (may_decide or may_enter):
            require(rows, Action.LET_IN, here())
        asked = known_questions(rows, asker(), refusals.open_ones(rows, here()))
        numbers = (n for one in asked for n in (one.asked_by_id, one.decided_by_id))
        return render_template(
            "registers/letting_in.html",
            asked=asked,
            names=people.names_of(rows, numbers),
            may_decide=may_decide,
            may_enter=may_enter,
        )


def _rights(rows: Any) -> tuple[bool, bool]:
    return may(rows, Action.LET_IN, here()), may(rows, Action.REGISTER, here())


@blueprint.post("/letting-in/<int:number>")
def decide(number: int) -> BaseResponse:
    """Let it in by name, with the reason; or not."""
    try:
        with writing() as rows:
            require(rows, Action.LET_IN, here())
            asked: LettingIn = refusals.asked_by_id(rows, here(), number)
            is_allowed = request.form.get("decision") == "allow"
            refusals.decide(
                rows, asked, asker(), is_allowed=is_allowed, why=request.form.get("why", "")
            )
    except ArchiveError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        tell(error)
    else:
        flash(gettext("Decided. It stands in the story."), "success")
    return redirect(url_for("refusals.letting_in"))
