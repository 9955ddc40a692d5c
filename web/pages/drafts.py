"""A draft before its signature: comments asked and given, and its next version."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import ArchiveError, Conflict, NotFound
from formats.errors import FormatError
from ingest import drafts
from ingest.issuances import the_issuance
from web.auth import asker, reading, services, telling, writing
from web.errors import tell
from web.i18n import gettext
from web.pages.issuing import name_of, saved, sent_file

blueprint = Blueprint("drafts", __name__, url_prefix="/issuing")


@blueprint.post("/<int:number>/ask")
def ask(number: int) -> BaseResponse:
    """Ask a colleague for comments."""
    try:
        with writing() as rows:
            issuance = the_issuance(rows, asker(), number, Action.PREPARE_ISSUE)
            whom = drafts.colleague(rows, issuance, asker(), request.form.get("whom", ""))
            drafts.ask(rows, number, asker(), whom)
            name = whom.full_name
    except ArchiveError as error:
        if isinstance(error, NotFound) and error.code == "no_such_issuance":
            raise
        tell(error)
    else:
        flash(gettext("%(name)s was asked; it stands on their home page.", name=name), "success")
    return _back(number)


@blueprint.post("/<int:number>/comment")
def comment(number: int) -> BaseResponse:
    """Say what one thinks of it."""
    try:
        with writing() as rows:
            drafts.comment(rows, number, asker(), request.form.get("words", ""))
    except NotFound:
        raise
    except ArchiveError as error:
        tell(error)
        if isinstance(error, Conflict):  # nothing that was typed is lost
            flash(request.form.get("words", ""), "info")
    else:
        flash(gettext("Your comment is kept with the draft."), "success")
    return _back(number)


@blueprint.post("/<int:number>/draft")
def redraft(number: int) -> BaseResponse:
    """Send the next version of the draft."""
    try:
        with reading() as rows:
            the_issuance(rows, asker(), number, Action.PREPARE_ISSUE)
        file = sent_file()
        with saved(file) as path, telling():
            drafts.redraft(
                services().db,
                services().workshop,
                number,
                path,
                name_of(file),
                by=asker(),
                seen=request.form.get("seen", type=int),
            )
    except NotFound:
        raise
    except (ArchiveError, FormatError) as error:
        tell(error)
    else:
        flash(gettext("The new version is in its place. Look at its fields again."), "success")
    return _back(number)


def _back(number: int) -> BaseResponse:
    return redirect(url_for("issuing.one", number=number) + "#comments")
