"""Whole case files as one PDF: asked for here, made by the worker, fetched when ready."""

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from archive import whole_copies
from archive.access import Action
from archive.errors import ArchiveError, Conflict, NotFound
from archive.reading import known_case_files
from formats.names import safe_name
from web.auth import asker, here, reading, require, services, the_case_file, writing
from web.errors import tell, words_for
from web.forms import PDF, mark_of
from web.i18n import gettext
from web.lists import listed
from web.pages.forms import sent
from web.whole_making import place_of

blueprint = Blueprint("whole_copies", __name__, url_prefix="/copies")
LOOK_AGAIN = "5"  # seconds until a page on which something is under way comes anew


@blueprint.get("")
def page() -> Response:
    """What one asked for, with how far it is."""
    with reading() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        found = listed(rows, whole_copies.of(asker(), here()))
        shown = render_template(
            "case_files/copies.html",
            shown=found,
            known=known_case_files(rows, asker(), [one.case_file_id for one in found.rows]),
            why={one.id: words_for(one.reason, one.details) for one in found.rows if one.reason},
        )
    response = make_response(shown)
    if any(one.state in whole_copies.UNDER_WAY for one in found.rows):
        response.headers["Refresh"] = LOOK_AGAIN
    return response


@blueprint.post("")
def ask() -> BaseResponse:
    """Have the worker make one."""
    code, order = request.form.get("case_file", ""), request.form.get("order", "time")
    try:
        with writing() as rows:
            found = the_case_file(rows, code, Action.SEE_CASE_FILES)
            mark = mark_of(rows, found.organ, asker())
            whole_copies.ask(rows, asker(), found, order=order, mark=mark)
    except NotFound:
        raise
    except ArchiveError as error:
        if error.code == "not_allowed":
            raise
        tell(error)
        return redirect(url_for("case_files.one", code=code))
    services().bell.set()
    flash(gettext("It is being printed. You may leave this page and come back."), "success")
    return redirect(url_for("whole_copies.page"))


@blueprint.get("/<int:number>/file.pdf")
def download(number: int) -> BaseResponse:
    """The finished file; it is told of it, and of each document in it, now."""
    place = place_of(services().settings, number)
    try:
        with writing() as rows:
            found = whole_copies.take(rows, asker(), number)
            if not place.is_file():
                raise Conflict("copy_not_ready")
            name = safe_name(f"{found.case_file.code}.pdf")
    except NotFound:
        raise
    except ArchiveError as error:
        tell(error)
        return redirect(url_for("whole_copies.page"))
    return sent(place, name, PDF)
