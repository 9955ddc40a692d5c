"""Duplicates: copies that look the same, which of them may leave, and who confirms it (R17)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive import people
from archive.access import Action
from archive.errors import ArchiveError, NotAllowed
from archive.models import Document, Placement
from archive.reading import seen_documents
from retention import appraisals, duplicates, expiries
from retention.appraisal_facts import by_number
from retention.duplicates import GROUNDS
from web.appraisal_words import GROUNDS as GROUND_NAMES
from web.auth import asker, here, may, reading, require, the_document, writing
from web.errors import tell
from web.i18n import gettext
from web.lists import listed

blueprint = Blueprint("duplicates", __name__, url_prefix="/retention/duplicates")


@blueprint.get("")
def page() -> str:
    """Documents that look the same as an earlier one, the newest first, with both side by side."""
    ground = request.args.get("ground", "")
    ground = ground if ground in GROUNDS else GROUNDS[0]
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        wanted = duplicates.pairs(here(), ground).where(seen_documents(rows, asker(), here()))
        loaded = wanted.options(
            selectinload(Document.parts),
            selectinload(Document.placements).selectinload(Placement.case_file),
        )
        shown = listed(rows, loaded)
        pairs = duplicates.earlier_of(rows, here(), shown.rows, ground)
        known = people.names_of(rows, [one.shelved_by_id for one in shown.rows])
        return render_template(
            "appraisals/duplicates.html",
            shown=shown,
            pairs=pairs,
            ground=ground,
            grounds=GROUNDS,
            ground_names=GROUND_NAMES,
            names=known,
            may_name=may(rows, Action.APPRAISE, here()),
        )


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
