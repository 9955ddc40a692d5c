"""Closing a book after a day, with a second look at what that means; opening it again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from archive import books
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound
from web.auth import here, reading, require, writing
from web.errors import tell, words_of
from web.i18n import gettext
from web.pages.registers import a_day

blueprint = Blueprint("book_closing", __name__, url_prefix="/registers")


@blueprint.route("/<book>/close", methods=["GET", "POST"])
def close(book: str) -> str | BaseResponse | tuple[str, int]:
    """Day and reason; then what it means; only then no more lines after that day."""
    with reading() as rows:
        require(rows, Action.MANAGE_REGISTERS, here())
        held = books.book_by_code(rows, here(), book)
    told = {"book": held, "given": request.form, "means": None, "said": None}
    if request.method != "POST":
        return render_template("registers/close.html", **told)
    try:
        day, why = a_day(request.form.get("on", "")), request.form.get("why", "")
        if day is None:
            raise Invalid("day_missing")
        if not why.strip():
            raise Invalid("reason_missing")
        if not request.form.get("sure"):
            with reading() as rows:
                told |= {"means": books.what_closing_means(rows, held, day), "day": day}
            return render_template("registers/close.html", **told)
        with writing() as rows:
            require(rows, Action.MANAGE_REGISTERS, here())
            books.close_book(rows, books.book_by_code(rows, here(), book), day, why)
    except ArchiveError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        return render_template("registers/close.html", **{**told, "said": words_of(error)}), 422
    flash(gettext("The register is closed. It can be opened again, with a reason."), "success")
    return redirect(url_for("registers.page"))


@blueprint.post("/<book>/reopen")
def reopen(book: str) -> BaseResponse:
    """It takes lines again."""
    try:
        with writing() as rows:
            require(rows, Action.MANAGE_REGISTERS, here())
            held = books.book_by_code(rows, here(), book)
            books.reopen_book(rows, held, request.form.get("why", ""))
    except ArchiveError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        tell(error)
    else:
        flash(gettext("The register is open again; its numbers go on."), "success")
    return redirect(url_for("registers.page"))
