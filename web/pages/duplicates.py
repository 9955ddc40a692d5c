"""Duplicates: copies that look the same, which of them may leave, and who confirms it (R17)."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import ArchiveError, NotAllowed
from archive.models import Document, Placement
from archive.reading import known_documents, places_of, seen_documents
from retention import appraisals, duplicates, expiries, likenesses
from retention.appraisal_facts import by_number
from retention.duplicates import GROUNDS, Pair
from retention.models import Likeness
from web.appraisal_words import GROUNDS as GROUND_NAMES
from web.auth import asker, here, may, reading, require, the_document, writing
from web.errors import tell
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_asked

blueprint = Blueprint("duplicates", __name__, url_prefix="/retention/duplicates")
LOOKED_AT = 200  # documents in one go
PER_PAGE = 50
_WITH_PLACES = (
    selectinload(Document.parts),
    selectinload(Document.placements).selectinload(Placement.case_file),
)


@blueprint.get("")
def page() -> str:
    """Documents that look like an earlier one, as the nights found them, the newest first."""
    ground = _ground()
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        shown = listed(rows, _known(likenesses.found(here(), ground), rows), per_page=PER_PAGE)
        pairs = _pairs(rows, shown.rows)
        return render_template(
            "appraisals/duplicates.html",
            shown=shown,
            pairs=pairs,
            looked_on=likenesses.looked_on(rows, here()),
            is_behind=likenesses.is_behind(rows, here()),
            **_told(rows, ground, pairs),
        )


@blueprint.get("/now")
def now() -> str:
    """The same among the newest documents as they are now, without waiting for the night."""
    ground = _ground()
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        among = _next(rows)
        wanted = duplicates.pairs(here(), ground, among).options(*_WITH_PLACES)
        found = rows.scalars(wanted).all()
        pairs = duplicates.earlier_of(rows, here(), found, ground)
        seen = known_documents(rows, asker(), [one.first.id for one in pairs])
        pairs = [one for one in pairs if one.first.id in seen]
        return render_template(
            "appraisals/duplicates_now.html",
            pairs=pairs,
            looked_at=len(among),
            older=among[-1] if len(among) == LOOKED_AT else None,
            **_told(rows, ground, pairs),
        )


def _ground() -> str:
    ground = request.args.get("ground", "")
    return ground if ground in GROUNDS else GROUNDS[0]


def _told(rows: Session, ground: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    """What both lists show of these pairs."""
    return {
        "places": places_of(rows, asker(), [it for one in pairs for it in (one.first, one.second)]),
        "ground": ground,
        "grounds": GROUNDS,
        "ground_names": GROUND_NAMES,
        "may_name": may(rows, Action.APPRAISE, here()),
    }


def _known(wanted: Select[Likeness], rows: Session) -> Select[Likeness]:
    """Only where the person may know of both copies; looked up for each line, not for all."""
    seen = seen_documents(rows, asker(), here())
    return wanted.where(
        *(
            exists(select(Document.id).where(Document.id == number, seen).correlate(Likeness))
            for number in (Likeness.document_id, Likeness.earlier_id)
        )
    )


def _pairs(rows: Session, found: Sequence[Likeness]) -> list[Pair]:
    """Both copies of each line, in the order of the lines."""
    numbers = {it for one in found for it in (one.document_id, one.earlier_id)}
    both = select(Document).where(Document.id.in_(numbers)).options(*_WITH_PLACES)
    known = {one.id: one for one in rows.scalars(both)}
    told = [(known[one.earlier_id], known[one.document_id]) for one in found]
    return [Pair(*both, duplicates.grounds_of(*both)) for both in told]


def _next(rows: Session) -> list[int]:
    """The next documents that the person may know of, the newest first."""
    wanted = select(Document.id).where(seen_documents(rows, asker(), here()))
    if (before := number_asked("before")) is not None:
        wanted = wanted.where(Document.id < before)
    return list(rows.scalars(wanted.order_by(Document.id.desc()).limit(LOOKED_AT)))


@blueprint.post("/name")
def name_twin() -> BaseResponse:
    """Put one copy under re-appraisal, naming the one that stays; both sides are told."""
    form = request.form
    try:
        with writing() as rows:
            leaving = the_document(rows, form.get("leaves", ""), Action.DESCRIBE)
            staying = the_document(rows, form.get("stays", ""), Action.DESCRIBE)
            made = duplicates.name_twin(rows, leaving, staying, asker())
            expiries.tell_of_duplicate(rows, made)
            number = made.id
    except NotAllowed:
        raise
    except ArchiveError as error:
        tell(error)
        return redirect(url_for("duplicates.page"))
    flash(gettext("Both sides are told; the notice runs from today."), "success")
    return redirect(url_for("appraisals.one", number=number))


@blueprint.post("/<int:number>/confirm")
def confirm(number: int) -> BaseResponse:
    """A second person says that both copies are equal."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        by_number(rows, here(), number)
    try:
        with writing() as rows:
            duplicates.confirm_twin(rows, by_number(rows, here(), number), asker())
    except NotAllowed as error:
        with writing() as rows:
            appraisals.refused(rows, by_number(rows, here(), number), "confirm_twin", error)
        raise
    except ArchiveError as error:
        tell(error)
    else:
        flash(gettext("Noted: both copies are equal."), "success")
    return redirect(url_for("appraisals.one", number=number))
