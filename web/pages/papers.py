"""What of a case file or a document is on paper: where, with whom, how much (HC-46, HC-69)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import access, papers
from archive.access import FILLS_FOR_ALL, Action
from archive.errors import ArchiveError, NotAllowed, NotFound
from archive.life_models import PaperPart
from archive.models import CaseFile, Document
from archive.moves import require_change
from archive.seen import state_of
from web.auth import asker, reading, services, the_case_file, the_document, writing
from web.case_file_view import PAPER_KINDS
from web.errors import Said, status_of, words_of
from web.i18n import gettext
from web.numbers import number_in

blueprint = Blueprint("papers", __name__, url_prefix="/papers")
TYPED = ("kind", "what", "place", "holder", "pages", "sheets", "link", "arrived_on")


@blueprint.route("/<any(case_file, document):kind>/<path:code>", methods=["GET", "POST"])
def page(kind: str, code: str) -> str | BaseResponse | tuple[str, int]:
    """All of it that is on paper; to write down more, or that it stands elsewhere now."""
    if request.method != "POST":
        return _shown(kind, code)
    form = request.form
    values = {name: form.get(name, "") for name in TYPED}
    try:
        with writing() as rows:
            thing = _thing(rows, kind, code)
            _require(rows, thing)
            if part := _part(rows, thing, number_in(form.get("part", ""))):
                papers.change(
                    rows, part, values, why=form.get("why", ""), seen=form.get("seen", "")
                )
            else:
                papers.add(rows, thing, values)
    except NotFound:
        raise
    except ArchiveError as error:
        return _shown(kind, code, words_of(error)), status_of(error)
    services().bell.set()
    flash(gettext("Written down."), "success")
    return redirect(url_for("papers.page", kind=kind, code=code))


def _shown(kind: str, code: str, said: Said | None = None) -> str:
    with reading() as rows:
        thing = _thing(rows, kind, code)
        is_file = isinstance(thing, CaseFile)
        why_not = None
        try:
            _require(rows, thing)
        except ArchiveError as error:
            why_not = words_of(error)
        found = (
            papers.of_case_file(rows, thing)
            if isinstance(thing, CaseFile)
            else papers.of_document(rows, thing)
        )
        own = "case_file_id" if is_file else "document_id"
        return render_template(
            "papers/page.html",
            thing=thing,
            kind=kind,
            found=[(one, state_of(one), getattr(one, own) == thing.id) for one in found],
            kinds={one: name for one, name in PAPER_KINDS.items() if is_file or one != "converted"},
            why_not=why_not,
            said=said,
            given=request.form,
        )


def _thing(rows: Session, kind: str, code: str) -> CaseFile | Document:
    if kind == "case_file":
        return the_case_file(rows, code, Action.SEE_CASE_FILES)
    return the_document(rows, code, Action.DESCRIBE)


def _part(rows: Session, thing: CaseFile | Document, number: int | None) -> PaperPart | None:
    """The paper part of this very thing that is meant."""
    if number is None:
        return None
    found = rows.get(PaperPart, number)
    if found is None or papers.thing_of(rows, found) is not thing:
        raise NotFound("no_such_thing")
    return found


def _require(rows: Session, thing: CaseFile | Document) -> None:
    """Who holds it writes down what of it is on paper; of a document also a clerk (HC-62)."""
    if isinstance(thing, CaseFile):
        require_change(rows, thing, asker())
        return
    access.require(rows, asker(), Action.PLACE, thing)
    clerks = access.roles_of(asker(), thing.organ_id) & FILLS_FOR_ALL
    if not clerks and not access.disposes_of(rows, asker(), thing):
        raise NotAllowed("not_the_holder", case_file=thing.code)
