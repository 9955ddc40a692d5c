"""Documents under alarm: what their page says, and deciding whether one is a state secret."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import ArchiveError, NotFound
from archive.models import Document, Organ
from ingest import decisions, twins
from web.auth import confirm_password, reading, services, the_document, writing
from web.error_words import Said
from web.errors import tell
from web.i18n import gettext
from web.i18n import lazy_gettext as _l

blueprint = Blueprint("alarms", __name__, url_prefix="/documents")
SAID = {
    "suspected_secret": (
        _l("It is suspected to be a state secret."),
        _l("Until somebody decides, only those who decide on secrets know of it."),
    ),
    "secret": (
        _l("It is a state secret."),
        _l("It stays closed to all but those who decide on secrets, and leaves by disposal only."),
    ),
    "infected": (
        _l("A virus was found in its original."),
        _l("Its pages can be read here; the original is given out to archivists only."),
    ),
}


def shown(document: Document) -> Said | None:
    """What its page says of the alarm."""
    found = SAID.get(document.alarm or "")
    return Said(str(found[0]), str(found[1])) if found else None


@blueprint.post("/<code>/alarm")
def decide(code: str) -> BaseResponse:
    """Say that a suspected document is no secret, or that it is one; with reason and password."""
    with reading() as rows:
        document = the_document(rows, code, Action.DECIDE_SECRET)
        is_secret = request.form.get("verb") == "confirm"
        same_bytes = twins.digests_of(document) if is_secret else set()
    workshop = services().workshop
    try:
        confirm_password(request.form.get("password", ""))
        with twins.copied_apart(services().db.engine, workshop, same_bytes), writing() as rows:
            document = the_document(rows, code, Action.DECIDE_SECRET)
            why = request.form.get("why", "")
            if is_secret:
                found = decisions.confirm_shelved(rows, workshop, document, why)
                tell_twins(found, document.organ)
            else:
                decisions.clear_shelved(rows, document, why)
    except NotFound:
        raise
    except ArchiveError as error:
        tell(error)
    else:
        services().bell.set()
        flash(gettext("Done. It stands in the story of the document."), "success")
    return redirect(url_for("documents.page", code=code))


def tell_twins(found: Sequence[Document], organ: Organ) -> None:
    """Where the same bytes are kept too: by code in this organ, by name of any other."""
    if not found:
        return
    codes = [one.code for one in found if one.organ_id == organ.id]
    others = sorted({one.organ.name for one in found if one.organ_id != organ.id})
    where = ", ".join([*codes, *others])
    said = gettext("The same bytes are kept elsewhere and are under suspicion now: %(where)s.",
                   where=where)  # fmt: skip
    flash(said, "warning")
