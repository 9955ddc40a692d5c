"""Duplicates: copies that look the same, which of them may leave, and who confirms it (R17)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import ArchiveError, NotAllowed
from archive.models import Document, Placement
from archive.reading import known_documents, places_of, seen_documents
from retention import appraisals, duplicates, expiries
from retention.appraisal_facts import by_number
from retention.duplicates import GROUNDS, Pair
from web.appraisal_words import GROUNDS as GROUND_NAMES
from web.auth import asker, here, may, reading, require, the_document, writing
from web.errors import tell
from web.i18n import gettext
from web.numbers import number_asked

blueprint = Blueprint("duplicates", __name__, url_prefix="/retention/duplicates")
LOOKED_AT = 200  # documents in one go


@blueprint.get("")
def page() -> str:
    """Documents that look the same as an earlier one, the newest first, with both side by side."""
    ground = request.args.get("ground", "")
    ground = ground if ground in GROUNDS else GROUNDS[0]
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        among = _next(rows)
        wanted = duplicates.pairs(here(), ground, among).options(
            selectinload(Document.parts),
            selectinload(Document.placements).selectinload(Placement.case_file),
        )
        found = rows.scalars(wanted).all()
        pairs = duplicates.earlier_of(rows, here(), found, ground)
        seen = known_documents(rows, asker(), [one.first.id for one in pairs])
        return render_template(
            "appraisals/duplicates.html",
            pairs=[one for one in pairs if one.first.id in seen],
            places=places_of(
                rows, asker(), [it for one in pairs for it in (one.first, one.second)]
            ),
            looked_at=len(among),
            older=among[-1] if len(among) == LOOKED_AT else None,
            ground=ground,
            grounds=GROUNDS,
            ground_names=GROUND_NAMES,
            may_name=may(rows, Action.APPRAISE, here()),
        )


def _next(rows: Session) -> list[int]:
    """The next documents that the person may know of, the newest first."""
    wanted = select(Document.id).where(seen_documents(rows, asker(), here()))
    if (before := number_asked("before")) is not None:
        wanted = wanted.where(Document.id < before)
    return list(rows.scalars(wanted.order_by(Document.id.desc()).limit(LOOKED_AT)))


def _both(pairs: list[Pair]) -> list[Document]:
    return [one for pair in pairs for one in (pair.first, pair.second)]


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
