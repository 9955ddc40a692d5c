"""From the appraisal outside to the closed dossier: each deed of a disposal on its own page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotFound
from archive.fields import day_typed
from archive.organ_rules import rules_of
from retention import deciding, disposals, dossiers, execution, lines, preparing, sharing
from retention.models import Disposal
from web import disposal_forms, dossier_making
from web import disposal_view as view
from web.auth import asker, here, reading, require, services, telling, writing
from web.case_file_view import said as in_words
from web.disposal_doors import attempt, done_or_told, the_disposal, words
from web.disposal_words import CAUSES, STAGES
from web.errors import Said, words_of
from web.forms import PDF, printed
from web.i18n import gettext
from web.i18n import lazy_gettext as _l
from web.numbers import number_in
from web.pages.forms import sent

blueprint = Blueprint("disposal_acts", __name__, url_prefix="/retention/disposals")
SHOWN = 200  # left-out lines and shared documents on one page


def _page(code: str, name: str, template: str, action: Action, **more: Any) -> str:
    """A deed's page: what would go now, what is left out, what stands in the way."""
    with telling(), reading() as rows:
        found = the_disposal(rows, code)
        require(rows, action, here())
        looked, trouble = _outlook(rows, found)
        items = lines.left(rows, found)
        omitted = looked.omitted if looked is not None else {}
        return render_template(
            f"disposals/{template}.html",
            disposal=found,
            stage=STAGES[found.stage],
            why_not=(*in_words(disposals.hindrances(rows, found, name, asker())), *trouble),
            now=looked,
            left_out=[(one, in_words([omitted[one.id]])[0]) for one in items if one.id in omitted][
                :SHOWN
            ],
            shared=sharing.shared_named(rows, looked.shared, SHOWN) if looked is not None else [],
            today=view.today(found),
            given=request.form,
            causes=CAUSES,
            **more,
        )


def _outlook(rows: Session, found: Disposal) -> tuple[preparing.Outlook | None, tuple[Said, ...]]:
    if found.stage not in disposals.UNDER_WAY:
        return None, ()
    try:
        return preparing.outlook(rows, found), ()
    except ArchiveError as error:
        return None, (words_of(error),)


# Outside ------------------------------------------------------------------------------------------


@blueprint.route("/<code>/appraisal", methods=["GET", "POST"])
def appraisal(code: str) -> str | BaseResponse | tuple[str, int]:
    """Enter what the competent authority says, with its document; or why it is not asked."""
    if request.method != "POST":
        return _appraisal_page(code)
    form = request.form
    is_due = form.get("is_due") == "1"

    def act(rows: Session, found: Disposal) -> None:
        require(rows, Action.LIST_DISPOSAL, here())
        deciding.appraise(
            rows,
            found,
            asker(),
            is_due=is_due,
            reason=form.get("reason", ""),
            number=form.get("number", ""),
            on=day_typed(form.get("on", "")),
            refused=_refused(),
        )

    error = _brought(code) if is_due and _file() is not None else None
    error = error or attempt(code, "appraise", act)
    if error is not None:
        return _appraisal_page(code, said=words(error)), 422
    flash(gettext("Entered. The head decides now."), "success")
    return redirect(url_for("disposals.one", code=code))


def _brought(code: str) -> ArchiveError | None:
    """Take the authority's document into the dossier; its bytes are kept before the row."""
    file, by = _file(), asker()
    with telling(), reading() as rows:
        found = the_disposal(rows, code)
        require(rows, Action.LIST_DISPOSAL, here())
        for one in disposals.hindrances(rows, found, "appraise", by):
            return disposals.error_of(found, one)
    try:
        with services().files.keeping():
            name, digest = dossier_making.keep(services(), file.stream, file.filename)

            def note(rows: Session, found: Disposal) -> None:
                disposals.require(rows, found, "appraise", by)
                dossiers.note(rows, found, dossiers.APPRAISAL, digest=digest, name=name, by=by)

            return attempt(code, "note", note)
    except ArchiveError as error:
        if error.code == "not_allowed":
            raise
        return error


def _file() -> Any:
    file = request.files.get("file")
    return file if file is not None and file.filename else None


def _refused() -> dict[int, str]:
    """The lines that the authority does not let go, `3: reason` on each line of the form."""
    refused = {}
    for line in request.form.get("refused", "").splitlines():
        number, _, why = line.partition(":")
        if not line.strip():
            continue
        place = number_in(number.strip())
        if place is None:
            raise Invalid("bad_value", field=gettext("Lines that it does not let go"), value=line)
        refused[place] = why.strip()
    return refused


def _appraisal_page(code: str, **more: Any) -> str:
    return _page(
        code,
        "appraise",
        "appraisal",
        Action.LIST_DISPOSAL,
        is_source=rules_of(here()).is_source,
        **more,
    )


# Decision, preparation, reconfirmation ------------------------------------------------------------


@blueprint.route("/<code>/decision", methods=["GET", "POST"])
def decision(code: str) -> str | BaseResponse | tuple[str, int]:
    """Decide that what is left in the list is destroyed: the head, in person."""

    def act(rows: Session, found: Disposal) -> None:
        require(rows, Action.DECIDE_DISPOSAL, here())
        form = request.form
        deciding.decide(
            rows,
            found,
            asker(),
            number=form.get("number", ""),
            on=day_typed(form.get("on", "")),
            root=form.get("root", ""),
        )

    done = gettext("Decided. It is to be destroyed within 15 days.")
    return _deed(code, "decide", "decision", Action.DECIDE_DISPOSAL, act, done)


@blueprint.route("/<code>/preparation", methods=["GET", "POST"])
def preparation(code: str) -> str | BaseResponse | tuple[str, int]:
    """Prepare the execution: why, what stays for other case files, which other copies exist."""

    def act(rows: Session, found: Disposal) -> None:
        require(rows, Action.EXECUTE_DISPOSAL, here())
        form = request.form
        preparing.prepare(
            rows,
            found,
            asker(),
            reason=form.get("reason", ""),
            other_copies=form.get("other_copies", ""),
        )

    done = gettext("Prepared. Look at it once more and reconfirm.")
    return _deed(code, "prepare", "preparation", Action.EXECUTE_DISPOSAL, act, done)


@blueprint.route("/<code>/reconfirmation", methods=["GET", "POST"])
def reconfirmation(code: str) -> str | BaseResponse | tuple[str, int]:
    """Reconfirm with the password exactly what goes; nothing is destroyed before."""

    def act(rows: Session, found: Disposal) -> None:
        require(rows, Action.EXECUTE_DISPOSAL, here())
        form = request.form
        count = number_in(form.get("count", "").strip().replace(".", ""))
        preparing.reconfirm(rows, found, asker(), count=count or 0, root=form.get("root", ""))

    done = gettext("Reconfirmed. The keeper hands over now.")
    return _deed(
        code, "reconfirm", "reconfirmation", Action.EXECUTE_DISPOSAL, act, done, password=True
    )


def _deed(
    code: str,
    name: str,
    template: str,
    action: Action,
    act: Callable[[Session, Disposal], object],
    done: str,
    *,
    password: bool = False,
) -> str | BaseResponse | tuple[str, int]:
    if request.method != "POST":
        return _page(code, name, template, action)
    error = attempt(code, name, act, password=password)
    if error is not None:
        return _page(code, name, template, action, said=words(error)), 422
    flash(done, "success")
    return redirect(url_for("disposals.one", code=code))


# What is signed with the password -----------------------------------------------------------------


@dataclass(frozen=True)
class Signing:
    """A deed that asks for nothing but the password, and for some of them a day.

    Attributes:
        name: of the move or act.
        title: of its page.
        about: what it means.
        button: what stands on it.
        action: the right, beside what the verbs ask.
        act: the verb.
        asks_day: whether a day is typed.
    """

    name: str
    title: Any
    about: Any
    button: Any
    action: Action
    act: Callable[[Session, Disposal], object]
    asks_day: bool = False


def _confirm_paper(rows: Session, found: Disposal) -> None:
    preparing.confirm_paper(rows, found, asker(), day_typed(request.form.get("on", "")))


SIGNINGS = {
    "hand-over": Signing(
        "hand_over",
        _l("Hand over to the executor"),
        _l("You hand the records of this list over, as their keeper. The record names both sides."),
        _l("Hand over"),
        Action.LIST_DISPOSAL,
        lambda rows, found: preparing.hand_over(rows, found, asker()),
    ),
    "begin": Signing(
        "begin",
        _l("Begin to destroy"),
        _l(
            "You sign the record of the hand-over, take the records over and begin to destroy "
            "them. This cannot be taken back."
        ),
        _l("Begin to destroy"),
        Action.EXECUTE_DISPOSAL,
        lambda rows, found: execution.begin(rows, found, asker()),
    ),
    "paper": Signing(
        "confirm_paper",
        _l("Confirm the destruction of paper"),
        _l("You confirm that the paper that leaves with these lines was destroyed."),
        _l("Confirm"),
        Action.EXECUTE_DISPOSAL,
        _confirm_paper,
        asks_day=True,
    ),
    "record": Signing(
        "sign_record",
        _l("Sign the minutes of destruction"),
        _l("You sign for your side: the keeper for the organ, the executor for who destroyed."),
        _l("Sign"),
        Action.SEE_DISPOSALS,
        lambda rows, found: preparing.sign_record(rows, found, asker()),
    ),
}


@blueprint.route("/<code>/sign/<what>", methods=["GET", "POST"])
def signing(code: str, what: str) -> str | BaseResponse | tuple[str, int]:
    """Hand over, begin, confirm paper, sign the minutes: with the password."""
    if what not in SIGNINGS:
        raise NotFound("no_such_thing")
    one = SIGNINGS[what]
    if request.method != "POST":
        return _signing_page(code, what)

    def act(rows: Session, found: Disposal) -> None:
        require(rows, one.action, here())
        one.act(rows, found)

    error = attempt(code, one.name, act, password=True)
    if error is not None:
        return _signing_page(code, what, said=words(error)), 422
    flash(gettext("Done: %(what)s.", what=one.title), "success")
    return redirect(url_for("disposals.one", code=code))


def _signing_page(code: str, what: str, **more: Any) -> str:
    one = SIGNINGS[what]
    with telling(), reading() as rows:
        found = the_disposal(rows, code)
        require(rows, one.action, here())
        is_move = one.name in disposals.MOVES
        why = disposals.hindrances(rows, found, one.name, asker()) if is_move else []
        return render_template(
            "disposals/signing.html",
            disposal=found,
            one=one,
            why_not=in_words(why),
            totals=view.totals_of(rows, [found]).get(found.id, view.Totals()),
            staying=sharing.kept_in(rows, found),
            paper=sharing.on_paper(rows, found),
            today=view.today(found),
            **more,
        )


@blueprint.post("/<code>/close")
def close(code: str) -> BaseResponse:
    """Close the disposal and its dossier."""
    return done_or_told(
        code,
        "close",
        lambda rows, found: dossiers.close(rows, found, asker()),
        gettext("Closed. The dossier is kept."),
    )


# Papers -------------------------------------------------------------------------------------------


@blueprint.get("/<code>/print/<kind>")
def print_form(code: str, kind: str) -> BaseResponse:
    """A form of the disposal as it stands now, for reading; the dossier has its own."""
    with writing() as rows:
        found = the_disposal(rows, code)
        form = disposal_forms.form_of(rows, asker(), found, kind)
        disposal_forms.told(rows, found, kind)
    with printed(form) as path:
        return sent(path, form.file_name, PDF)
