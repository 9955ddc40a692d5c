"""Sending a document without a valid archival copy down the road again."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import Conflict
from ingest import mending
from web.auth import asker, services, the_document, writing
from web.errors import tell
from web.i18n import gettext

blueprint = Blueprint("mending", __name__, url_prefix="/documents")


@blueprint.post("/<code>/<int:part>/mend")
def send_again(code: str, part: int) -> BaseResponse:
    """The kept original of one part walks again; what comes of it stands on the same page."""
    try:
        with writing() as rows:
            document = the_document(rows, code, Action.DECIDE_INTAKE)
            intake = mending.send_again(rows, document, part, by=asker(), door="web")
            number = intake.id
    except Conflict as error:
        tell(error)
    else:
        services().bell.set()
        said = gettext("On the road again as received file %(number)s.", number=number)
        flash(said, "success")
    return redirect(url_for("documents.page", code=code, part=part, turn=1))
