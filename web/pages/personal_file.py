"""One's personal file (hồ sơ cá nhân): a list of documents of one's own, wherever they stand.

It is the natural person's own, whomever they act for at the moment; what is in it is shown as far
as that person may know of it today.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from archive import personal_files
from archive.access import Action
from archive.errors import ArchiveError, NotFound
from archive.reading import known_documents, places_of, the_document
from web.auth import actor, asker, local, reading, writing
from web.errors import tell
from web.i18n import gettext
from web.lists import listed

blueprint = Blueprint("personal_file", __name__, url_prefix="/my-file")


@blueprint.get("")
def page() -> str:
    """What one has put into it, by heading."""
    heading = request.args.get("heading")
    with reading() as rows:
        found = listed(rows, personal_files.items(rows, actor(), heading))
        inside = [one.document for one in found.rows]
        return render_template(
            "personal_file/page.html",
            shown=found,
            heading=heading,
            headings=personal_files.headings(rows, actor()),
            readable=known_documents(rows, actor(), [one.id for one in inside], content=True),
            places=places_of(rows, actor(), inside),
        )


@blueprint.post("")
def keep() -> BaseResponse:
    """Put a document into it, or under another heading."""
    form = request.form
    try:
        with writing() as rows:
            document = the_document(rows, asker(), form.get("document", ""), Action.DESCRIBE)
            personal_files.keep(rows, actor(), document, form.get("heading"))
    except ArchiveError as error:
        if isinstance(error, NotFound):
            raise
        tell(error)
    else:
        flash(
            gettext("It stands in your personal file. Its place in the archive stays."), "success"
        )
    return redirect(local(form.get("next")) or url_for("personal_file.page"))


@blueprint.post("/drop")
def drop() -> BaseResponse:
    """Take a document out of it; also one that is open to the person no more."""
    with writing() as rows:
        personal_files.drop(rows, actor(), request.form.get("document", ""))
    flash(gettext("It is no longer in your personal file. The document stays as it is."), "success")
    return redirect(url_for("personal_file.page"))
