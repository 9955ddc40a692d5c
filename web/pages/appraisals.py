"""Re-appraisal: what both sides say of many case files at once, and what the archive concludes."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import clock, people
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotAllowed
from archive.hands import told_by
from archive.models import Person
from archive.moves import Hindrance
from archive.reading import story_of
from retention import appraisals, opinions
from retention.appraisal_checks import sides_of
from retention.appraisal_facts import Known, by_number, known
from retention.models import Appraisal
from web import appraisal_rows
from web.appraisal_words import CAUSES, COLOURS, CONCLUDED, MOVES, REASONS, SIDES, STAGES, VERDICTS
from web.auth import asker, here, may, reading, require, writing
from web.errors import Said, words_for, words_of
from web.i18n import gettext
from web.lists import listed
from web.names import whose
from web.numbers import number_asked, number_in, require_at_most
from web.story_words import story

CONCLUDING = tuple(
    f"appraisal.{one}" for one in ("extend", "permanent", "propose", "keep_both", "keep")
)
blueprint = Blueprint("appraisals", __name__, url_prefix="/retention/appraisals")
TABS = ("due", "noticed", "proposed", "kept")
PER_PAGE = 50
MOST_TOLD = 5  # refusals named one by one on the next page


@blueprint.get("")
def page() -> str:
    """The table: what is due first, with what each side said and what stands in the way."""
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        concludes = may(rows, Action.APPRAISE, here())
        whose = request.args.get("whose", "" if concludes else "mine")
        shown = listed(rows, _wanted(rows, tab, whose), per_page=PER_PAGE)
        facts = known(rows, here(), shown.rows)
        sides = {one.id: sides_of(rows, facts[one.id], asker()) for one in shown.rows}
        return render_template(
            "appraisals/page.html",
            shown=shown,
            tab=tab,
            tabs=TABS,
            whose=whose,
            facts=facts,
            sides=sides,
            speaks_twice=any(len(one) == 2 for one in sides.values()),
            why_not={
                one.id: _why_not(rows, facts[one.id], asker(), "propose" if concludes else "opine")
                for one in shown.rows
                if tab == "due"
            },
            concludes=concludes,
            **_words(),
        )


def _wanted(rows: Session, tab: str, whose: str) -> Select[Appraisal]:
    found = appraisal_rows.appraisals(rows, asker(), here()).where(Appraisal.stage == tab)
    return found.where(appraisal_rows.of_ones_own(asker())) if whose == "mine" else found


def _words() -> dict[str, Any]:
    return {
        "stages": STAGES,
        "colours": COLOURS,
        "verdicts": VERDICTS,
        "side_names": SIDES,
        "causes": CAUSES,
        "reasons": REASONS,
        "moves": MOVES,
        "today": clock.today(here()),
    }


def _why_not(rows: Session, one: Known, person: Person, name: str) -> list[Said]:
    found = appraisals.hindrances_of(rows, one, name, person)
    return [_said(it) for it in found]


def _said(one: Hindrance) -> Said:
    return words_for(one.code, dict(one.details))


@blueprint.get("/<int:number>")
def one(number: int) -> str:
    """One thing under re-appraisal: its term, what both sides said, every move with its reason."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        found = appraisal_rows.one_seen(rows, asker(), here(), number)
        fact = known(rows, here(), [found])[found.id]
        given = told_by(rows, "appraisal_opinion", [it.id for it in found.opinions])
        return render_template(
            "appraisals/one.html",
            one=found,
            fact=fact,
            thing=fact.thing,
            sides=sides_of(rows, fact, asker()),
            why_no_opinion=_why_not(rows, fact, asker(), "opine"),
            deeds=[(name, _why_not(rows, fact, asker(), name)) for name in _offered(found)],
            names=people.names_of(rows, [found.twin_named_by_id, found.twin_confirmed_by_id]),
            concluded_by=whose(told_by(rows, "appraisal", [found.id], *CONCLUDING).get(found.id)),
            given_by={number: whose(it) for number, it in given.items()},
            story=story(
                rows, story_of("appraisal", number), of="appraisal", before=number_asked("before")
            ),
            **_words(),
        )


def _offered(one: Appraisal) -> Iterable[str]:
    """The moves that make sense at this stage, and of what it is."""
    of_one_kind = {"keep_both"} if one.case_file_id else {"extend", "permanent"}
    return [
        name
        for name in MOVES
        if name not in of_one_kind and one.stage in (*appraisals.MOVES[name].start, "noticed")
    ]


# Many at once -------------------------------------------------------------------------------------


@blueprint.post("/opine")
def opine() -> BaseResponse:
    """Say for one's side what should become of the chosen ones."""
    form = request.form

    def say(rows: Session, one: Appraisal) -> None:
        opinions.opine(
            rows,
            one,
            asker(),
            verdict=form.get("verdict", ""),
            reason=form.get("reason", ""),
            new_term=form.get("new_term", ""),
            side=form.get("side", ""),
        )

    return _each("opine", say)


@blueprint.post("/conclude")
def conclude() -> BaseResponse:
    """Conclude for the archive: what both sides said, or what keeps longer."""
    form = request.form
    name = form.get("move", "") or CONCLUDED.get(form.get("verdict", ""), "")
    if name not in MOVES:
        raise Invalid("bad_value", field="verdict", value=form.get("verdict", ""))

    def move(rows: Session, one: Appraisal) -> None:
        is_kept = name == "permanent" and one.document_id is not None
        appraisals.move(
            rows,
            one,
            "keep_both" if is_kept else name,
            asker(),
            reason=form.get("reason", ""),
            new_term=form.get("new_term", "") if name == "extend" else "",
        )

    return _each(name, move)


def _each(name: str, act: Callable[[Session, Appraisal], None]) -> BaseResponse:
    """Do it with every chosen one by itself: one that cannot be done holds up none of the others.

    Raises:
        NotAllowed: not one of them was this person's to do.
    """
    numbers = _chosen(name)
    refused: list[tuple[str, ArchiveError]] = []
    for number in numbers:
        try:
            with writing() as rows:
                act(rows, by_number(rows, here(), number))
        except ArchiveError as error:
            refused.append((_tell_refusal(number, name, error), error))
    first = refused[0][1] if refused else None
    if isinstance(first, NotAllowed) and len(refused) == len(numbers):
        raise first
    _report(len(numbers) - len(refused), refused)
    back = number_in(request.form.get("back", ""))
    if back is not None:
        return redirect(url_for("appraisals.one", number=back))
    tab = request.form.get("tab", "")
    return redirect(url_for("appraisals.page", tab=tab if tab in TABS else None))


def _chosen(name: str) -> list[int]:
    """The chosen ones, if the person may know of each.

    Raises:
        Invalid: `nothing_chosen`, `too_many_chosen`; NotFound: `no_such_appraisal`.
    """
    found = [number_in(one) or 0 for one in dict.fromkeys(request.form.getlist("appraisal"))]
    if not found:
        raise Invalid("nothing_chosen")
    require_at_most(PER_PAGE, found)
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        for number in found:
            appraisal_rows.one_seen(rows, asker(), here(), number)
    return found


def _tell_refusal(number: int, name: str, error: ArchiveError) -> str:
    """Write down who was refused what for want of a right; the code of the thing."""
    if not isinstance(error, NotAllowed):
        with reading() as rows:
            return _code(by_number(rows, here(), number))
    with writing() as rows:
        found = by_number(rows, here(), number)
        appraisals.refused(rows, found, name, error)
        return _code(found)


def _code(one: Appraisal) -> str:
    thing = one.case_file or one.document
    return thing.code if thing is not None else str(one.id)


def _report(done: int, refused: list[tuple[str, ArchiveError]]) -> None:
    if done:
        flash(gettext("Done: %(count)s.", count=done), "success")
    for code, error in refused[:MOST_TOLD]:
        flash(f"{code}: {words_of(error).line}", "danger")
    if (more := len(refused) - MOST_TOLD) > 0:
        flash(gettext("%(count)s more could not be done either.", count=more), "danger")
