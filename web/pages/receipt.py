"""One submission: each case file with its green and red lines, accepted or returned, signed for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import case_files, people, receipt, submission_lists, submissions
from archive.access import Action
from archive.errors import ArchiveError, NotFound
from archive.hands import hands
from archive.life_models import Submission, SubmissionItem
from archive.models import Unit
from archive.reading import known_case_files, story_of
from archive.submission_lists import Standing
from web import receipt_words, term_forms
from web.auth import (
    asker,
    confirm_password,
    here,
    may,
    reading,
    require,
    services,
    telling,
    writing,
)
from web.errors import tell, words_for
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_asked
from web.story_words import story

blueprint = Blueprint("receipt", __name__, url_prefix="/submissions")
SIDES = ("giving", "receiving")


@dataclass(frozen=True)
class Shown:
    """One case file of the submission, with what may be done, or why it may not.

    Attributes:
        row: its line.
        lines: of the checks; none while it is being looked through.
        totals: documents and pages.
        outcome: in words, and its colour.
        is_known: whether its page opens for the person.
        why_not: for each of accept, return and take_back: why it cannot be done now.
    """

    row: SubmissionItem
    lines: list[receipt_words.LineShown]
    totals: tuple[int, int]
    outcome: tuple[str, str]
    is_known: bool
    why_not: dict[str, str]

    @property
    def has_red(self) -> bool:
        """Whether accepting it asks for a word."""
        return any(not one.is_good for one in self.lines)


@blueprint.get("/<code>")
def page(code: str) -> str:
    """The submission with its case files, page by page."""
    with telling(), reading() as rows:  # whose hand it is counts for what may be done
        found = _the_submission(rows, code)
        (standing,) = submission_lists.standings(rows, here(), [found])
        shown = listed(rows, submission_lists.items_of(found), total=standing.total)
        hands = (found.submitted_by_id, found.delivered_by_id, found.received_by_id)
        deciders = (one.decided_by_id for one in shown.rows)
        return render_template(
            "submissions/one.html",
            submission=found,
            standing=standing,
            shown=shown,
            items=_items(rows, found, list(shown.rows)),
            unit=rows.get(Unit, found.unit_id) if found.unit_id else None,
            names=people.names_of(rows, (*hands, *deciders)),
            sides=_sides(rows, found, standing),
            may_print="forms.submission" in current_app.view_functions,
            may_decide=may(rows, Action.ACCEPT, here()) and standing.undecided > 0,
            story=story(
                rows,
                story_of("submission", found.id),
                of="submission",
                before=number_asked("before"),
            ),
        )


def _the_submission(rows: Session, code: str) -> Submission:
    return submission_lists.the_submission(rows, asker(), here(), code)


def _items(rows: Session, found: Submission, items: list[SubmissionItem]) -> list[Shown]:
    numbers = [one.case_file_id for one in items]
    frozen = submission_lists.frozen(rows, numbers)
    totals = case_files.totals(rows, numbers)
    may_accept = may(rows, Action.ACCEPT, here())
    known = set(numbers) if may_accept else known_case_files(rows, asker(), numbers)
    is_own = bool(hands(asker()) & submissions.givers(rows, found))
    return [
        Shown(
            one,
            receipt_words.lines(one),
            totals.get(one.case_file_id, (0, 0)),
            (str(receipt_words.OUTCOMES[one.outcome][0]), receipt_words.OUTCOMES[one.outcome][1]),
            one.case_file_id in known,
            _why_not(one, frozen.get(one.case_file_id), may_accept, is_own),
        )
        for one in items
    ]


def _why_not(
    item: SubmissionItem, order: str | None, may_accept: bool, is_own: bool
) -> dict[str, str]:
    """What greys the buttons of one case file, by verb; the same that the verbs would say."""
    code = item.case_file.code
    told = {}
    if not may_accept:
        told = dict.fromkeys(("accept", "return"), gettext("Archivists accept and return."))
    elif needed := [one["check"] for one in item.checks if _stops(one)]:
        told["accept"] = words_for("checks_red", {"case_file": code, "checks": needed}).what
    elif receipt.is_stale(item.checks):
        told["accept"] = words_for(
            "scan_is_old", {"case_file": code, "days": receipt.SCAN_HOLDS.days}
        ).what
    if may_accept and not item.checks:
        told["accept"] = words_for("not_checked_yet", {"case_file": code}).what
    if may_accept and is_own:
        told["accept"] = words_for("own_submission").what
    if item.case_file.holder_id not in (None, asker().id):
        told["take_back"] = words_for("not_the_holder").what
    if order is not None:
        said = words_for("frozen", {"thing": code, "order": order}).what
        told |= dict.fromkeys(("accept", "return", "take_back"), said)
    return told


def _stops(line: dict[str, Any]) -> bool:
    return line["is_needed"] and not line["is_good"]


# Deciding -----------------------------------------------------------------------------------------


@blueprint.post("/<code>/items/<int:number>/<verb>")
def decide(code: str, number: int, verb: str) -> BaseResponse:
    """Accept, return, take back, or have one case file looked through again."""
    verbs: dict[str, tuple[Action, Callable[[Session, SubmissionItem], None], str]] = {
        "accept": (Action.ACCEPT, _accept, gettext("Accepted.")),
        "return": (Action.ACCEPT, _give_back, gettext("Returned with the reason.")),
        "take-back": (Action.WORK, _take_back, gettext("Taken back.")),
        "look-again": (Action.ACCEPT, _look_again, gettext("It is looked through again.")),
    }
    if verb not in verbs:
        raise NotFound("no_such_thing")
    action, do, said = verbs[verb]
    try:
        with writing() as rows:
            item = _item(rows, code, number)
            require(rows, action, item.case_file)
            do(rows, item)
    except ArchiveError as error:
        _say(error)
    else:
        flash(f"{item.case_file.code}: {said}", "success")
        services().bell.set()
    return _back(code, f"item-{number}")


def _item(rows: Session, code: str, number: int) -> SubmissionItem:
    _the_submission(rows, code)
    for one in submissions.by_code(rows, code).items:
        if one.ordinal == number:
            return one
    raise NotFound("no_such_thing")


def _accept(rows: Session, item: SubmissionItem) -> None:
    receipt.accept(rows, item, asker(), request.form.get("note", ""))
    term_forms.confirm_at_acceptance(rows, item.case_file, asker())


def _give_back(rows: Session, item: SubmissionItem) -> None:
    receipt.give_back(rows, item, asker(), request.form.get("reason", ""))


def _take_back(rows: Session, item: SubmissionItem) -> None:
    receipt.take_back(rows, item, asker(), request.form.get("reason", ""))


def _look_again(rows: Session, item: SubmissionItem) -> None:
    receipt.look_again(rows, item)


@blueprint.post("/<code>/accept-green")
def accept_green(code: str) -> BaseResponse:
    """Accept every case file in which all lines are green, all of them or none."""
    try:
        with writing() as rows:
            require(rows, Action.ACCEPT, here())
            _the_submission(rows, code)
            green = [
                one for one in submissions.by_code(rows, code).items if receipt.is_all_green(one)
            ]
            for one in green:
                receipt.accept(rows, one, asker())
                term_forms.confirm_at_acceptance(rows, one.case_file, asker())
    except ArchiveError as error:
        _say(error)
    else:
        flash(gettext("Accepted: %(count)s.", count=len(green)), "success")
        services().bell.set()
    return _back(code)


# Signing ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One side of the hand-over: who signed and when, or why it cannot be signed now."""

    name: str  # giving, receiving
    signed_by: int | None
    signed_at: Any
    why_not: str


def _sides(rows: Session, found: Submission, standing: Standing) -> list[Side]:
    signed = {
        "giving": (found.delivered_by_id, found.delivered_at),
        "receiving": (found.received_by_id, found.received_at),
    }
    whole = found if standing.undecided else submissions.by_code(rows, found.code)
    return [Side(name, *signed[name], _why_not_sign(rows, whole, standing, name)) for name in SIDES]


def _why_not_sign(rows: Session, found: Submission, standing: Standing, side: str) -> str:
    if standing.undecided:
        return words_for("still_undecided", {"submission": found.code}).what
    if side == "receiving" and not may(rows, Action.ACCEPT, here()):
        return words_for("not_your_side").what
    hindrance = submissions.why_not_sign(rows, found, asker(), side)
    return words_for(hindrance.code, hindrance.details).what if hindrance else ""


@blueprint.post("/<code>/sign")
def sign(code: str) -> BaseResponse:
    """Sign the record of the hand-over for one side, with one's own password."""
    side = request.form.get("side", "")
    try:
        if side not in SIDES:
            raise NotFound("no_such_thing")
        with reading() as rows:
            _the_submission(rows, code)
            require(rows, Action.ACCEPT if side == "receiving" else Action.WORK, here())
        confirm_password(request.form.get("password", ""))
        with writing() as rows:
            submissions.sign(rows, submissions.by_code(rows, code), asker(), side)
    except ArchiveError as error:
        _say(error)
    else:
        flash(gettext("Signed."), "success")
    return _back(code, "record")


def _say(error: ArchiveError) -> None:
    """On the next page; what is not there, or not allowed, stays an error."""
    if isinstance(error, NotFound) or error.code == "not_allowed":
        raise error
    tell(error)


def _back(code: str, anchor: str | None = None) -> BaseResponse:
    return redirect(
        url_for("receipt.page", code=code, page=request.args.get("page"), _anchor=anchor)
    )
