"""The red picture of the organ's seal: set, replaced, taken away, and shown as it will look."""

import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotFound
from archive.models import Event
from archive.reading import story_of
from formats.errors import FormatError
from formats.seal_pictures import LEAST, MOST_BYTES
from ingest import seal_pictures
from web.auth import here, reading, require, services, telling
from web.errors import tell, words_of
from web.i18n import gettext
from web.numbers import number_asked
from web.story_words import story

blueprint = Blueprint("seal_picture", __name__, url_prefix="/administration/seal")
_TOLD = ("organ.set_seal_picture", "organ.remove_seal_picture")


@blueprint.route("", methods=["GET", "POST"])
def page() -> str | BaseResponse | tuple[str, int]:
    """The picture as it will look on a document, and the form that sets it."""
    with reading() as rows:
        require(rows, Action.MANAGE_ORGAN, here())
    if request.method != "POST":
        return _page()
    try:
        _take()
    except (ArchiveError, FormatError) as error:
        return _page(said=words_of(error), given=request.form), 422
    flash(gettext("The picture is set. What is issued from now on carries it."), "success")
    return redirect(url_for("seal_picture.page"))


def _take() -> None:
    sent = request.files.get("picture")
    if sent is None or not sent.filename:
        raise Invalid("seal_picture_missing")
    with tempfile.TemporaryDirectory(prefix="luutru-coming-") as folder:
        given = Path(folder, "seal")
        sent.save(given)
        with telling():
            why = request.form.get("why", "")
            seal_pictures.take(services().db, services().settings, here(), given, why)


@blueprint.post("/remove")
def remove() -> BaseResponse:
    """Take the picture away: words stand in its place again."""
    with reading() as rows:
        require(rows, Action.MANAGE_ORGAN, here())
    try:
        with telling():
            why = request.form.get("why", "")
            seal_pictures.remove(services().db, services().settings, here(), why)
    except ArchiveError as error:
        tell(error)
    else:
        flash(gettext("The picture is taken away. Words stand in its place."), "success")
    return redirect(url_for("seal_picture.page"))


@blueprint.get("/picture.png")
def picture() -> Response:
    """The picture itself, for the page that shows it."""
    with reading() as rows:
        require(rows, Action.MANAGE_ORGAN, here())
    place = seal_pictures.picture_of(services().settings, here())
    if place is None:
        raise NotFound("no_such_thing")
    response = Response(place.read_bytes(), mimetype="image/png")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(**told: Any) -> str:
    with reading() as rows:
        what_happened = story(
            rows,
            Event.action.in_(_TOLD) & story_of("organ", here().id),
            of="organ",
            before=number_asked("before"),
        )
    return render_template(
        "administration/seal.html",
        has_picture=seal_pictures.picture_of(services().settings, here()) is not None,
        layout=here().signature_layout,
        limit=MOST_BYTES,
        least=LEAST,
        story=what_happened,
        **{"given": {}, **told},
    )
