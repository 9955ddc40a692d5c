"""The council of a disposal: setting it up, its meeting with everybody's opinions, its minutes."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import people
from archive.access import Action
from archive.errors import Invalid, NotFound
from archive.fields import day_typed
from archive.models import Person
from retention import council, disposals, meeting
from retention.council import Member
from retention.models import Disposal
from web import disposal_view as view
from web.auth import asker, here, reading, require, telling
from web.case_file_view import said as in_words
from web.disposal_doors import attempt, done_or_told, the_disposal, words
from web.disposal_words import CAUSES, ROLES, SIDES, STAGES, VERDICTS
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_in

blueprint = Blueprint("disposal_council", __name__, url_prefix="/retention/disposals")
SEATS = 7  # rows of the form
FIRST = (("chair", "leadership"), ("secretary", "archive"), ("member", "unit"))
MEETING = "disposal_council.meeting_page"


@blueprint.route("/<code>/council", methods=["GET", "POST"])
def set_up(code: str) -> str | BaseResponse | tuple[str, int]:
    """Set up the council, by the head's decision."""
    if request.method != "POST":
        return _set_up_page(code)

    def act(rows: Session, found: Disposal) -> None:
        require(rows, Action.DECIDE_DISPOSAL, here())
        number, on = request.form.get("number", ""), day_typed(request.form.get("on", ""))
        council.set_up(rows, found, asker(), _members(rows), number=number, on=on)

    error = attempt(code, "set_up", act)
    if error is not None:
        return _set_up_page(code, said=words(error)), 422
    flash(gettext("The council is set up. Its members find the list under Disposals."), "success")
    return redirect(url_for("disposals.one", code=code))


def _members(rows: Session) -> list[Member]:
    form, members = request.form, []
    typed = zip(
        form.getlist("person"),
        form.getlist("role"),
        form.getlist("speaks_for"),
        form.getlist("interest"),
        strict=False,
    )
    for name, role, side, interest in typed:
        if name.strip():
            members.append(Member(_person(rows, name), role, side, interest))
    return members


def _person(rows: Session, name: str) -> Person:
    try:
        return people.by_name(rows, name.strip())
    except NotFound as unknown:
        raise Invalid("member_not_here", name=name.strip()) from unknown


def _set_up_page(code: str, **more: Any) -> str:
    with telling(), reading() as rows:
        found = the_disposal(rows, code)
        require(rows, Action.DECIDE_DISPOSAL, here())
        blank = [("member", "other")] * (SEATS - len(FIRST))
        return render_template(
            "disposals/council.html",
            disposal=found,
            why_not=in_words(disposals.hindrances(rows, found, "set_up", asker())),
            staff=people.at_work(rows, here().id),
            owners=view.owners_of(rows, found),
            seats=_typed() or [("", role, side, "") for role, side in (*FIRST, *blank)],
            roles=ROLES,
            sides=SIDES,
            today=view.today(found),
            given=request.form,
            **more,
        )


def _typed() -> list[tuple[str, str, str, str]]:
    names = ("person", "role", "speaks_for", "interest")
    return list(zip(*(request.form.getlist(one) for one in names), strict=False))


# The meeting --------------------------------------------------------------------------------------


@blueprint.get("/<code>/meeting")
def meeting_page(code: str) -> str:
    """Every line with what has been said of it, and what one says oneself."""
    with telling(), reading() as rows:
        found = the_disposal(rows, code)
        shown = listed(rows, view.items_of(found))
        numbers = [one.id for one in shown.rows]
        seat = disposals.seat_of(found, asker())
        may_replace = disposals.may_any(rows, found, asker(), disposals.DECIDERS)
        said_of = meeting.opinions(rows, found, numbers)
        at_head = seat is not None and seat.role in ("chair", "secretary")
        return render_template(
            "disposals/meeting.html",
            disposal=found,
            stage=STAGES[found.stage],
            shown=shown,
            outcomes={one.id: view.outcome_of(one) for one in shown.rows},
            said_of=said_of,
            results=meeting.results_of(found, numbers, said_of),
            seat=seat,
            may_opine=seat is not None and found.stage == "council" and not seat.absent_why,
            is_head=at_head,
            spoken=meeting.spoken(rows, found),
            seats=found.seats,
            by_seat={one.id: one for one in found.seats},
            why_not=view.meeting_why_not(rows, found) if found.stage == "council" else (),
            may_replace=may_replace,
            staff=people.at_work(rows, here().id)
            if found.stage == "council" and may_replace
            else [],
            causes=CAUSES,
            verdicts=VERDICTS,
            roles=ROLES,
            sides=SIDES,
            today=view.today(found),
        )


@blueprint.post("/<code>/opinions")
def opine(code: str) -> BaseResponse:
    """Say what becomes of the chosen lines, or of all on which one has said nothing."""
    form = request.form

    def act(rows: Session, found: Disposal) -> None:
        ordinals = None if form.get("all") else _ordinals()
        meeting.opine(
            rows,
            found,
            asker(),
            ordinals,
            form.get("verdict", ""),
            new_term=form.get("new_term", ""),
            note=form.get("note", ""),
        )

    return done_or_told(code, "opine", act, gettext("Your opinion is noted."), to=MEETING)


def _ordinals() -> list[int]:
    numbers = (number_in(one) for one in request.form.getlist("line"))
    return [one for one in numbers if one is not None]


@blueprint.post("/<code>/tie")
def break_tie(code: str) -> BaseResponse:
    """Decide where both sides are equal, as the chair."""
    form = request.form

    def act(rows: Session, found: Disposal) -> None:
        meeting.break_tie(
            rows,
            found,
            asker(),
            number_in(form.get("line", "")) or 0,
            form.get("verdict", ""),
            new_term=form.get("new_term", ""),
            note=form.get("note", ""),
        )

    return done_or_told(code, "break_tie", act, gettext("Decided."), to=MEETING)


@blueprint.post("/<code>/interest")
def declare(code: str) -> BaseResponse:
    """Say that one has an interest in the records."""
    interest = request.form.get("interest", "")
    return done_or_told(
        code,
        "declare",
        lambda rows, found: council.declare(rows, found, asker(), interest),
        gettext("It stands in the minutes."),
        to=MEETING,
    )


@blueprint.post("/<code>/seats/<int:number>/absent")
def excuse(code: str, number: int) -> BaseResponse:
    """Note that a member is absent, and why; or there after all."""
    why = request.form.get("why", "")

    def act(rows: Session, found: Disposal) -> None:
        council.excuse(rows, found, asker(), council.seat_by_id(found, number), why)

    return done_or_told(code, "excuse", act, gettext("Noted."), to=MEETING)


@blueprint.post("/<code>/seats/<int:number>/replace")
def replace(code: str, number: int) -> BaseResponse:
    """Seat somebody else, with a reason."""
    form = request.form

    def act(rows: Session, found: Disposal) -> None:
        require(rows, Action.DECIDE_DISPOSAL, here())
        other = _person(rows, form.get("person", ""))
        seat = council.seat_by_id(found, number)
        council.replace(rows, found, asker(), seat, other, form.get("reason", ""))

    return done_or_told(code, "replace", act, gettext("Replaced."), to=MEETING)


@blueprint.post("/<code>/minutes")
def minutes(code: str) -> BaseResponse:
    """Make the minutes: from now on nothing of the meeting changes."""
    day = day_typed(request.form.get("met_on", ""))
    return done_or_told(
        code,
        "meet",
        lambda rows, found: meeting.meet(rows, found, asker(), day),
        gettext("The minutes are made. Everybody who was there signs them now."),
        to=MEETING,
    )


@blueprint.post("/<code>/minutes/sign")
def sign(code: str) -> BaseResponse:
    """Sign the minutes with one's password."""
    return done_or_told(
        code,
        "sign",
        lambda rows, found: meeting.sign(rows, found, asker()),
        gettext("Signed."),
        password=True,
        to=MEETING,
    )
