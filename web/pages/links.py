"""Links between documents, shown at both ends; and the recall of one (HC-06, KT-12, TN-32)."""

import smtplib
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import documents, links, recalls
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound, StoreFailed
from archive.life_models import DocumentLink
from archive.models import Document
from web.auth import asker, may, reading, services, the_document, writing
from web.errors import Said, status_of, tell, words_of
from web.i18n import gettext
from web.link_words import KINDS, said_of
from web.mailing import open_mail

blueprint = Blueprint("links", __name__)
TEXT_BYTES = 2 * 1024 * 1024  # of a document's text, in which citations are looked for


@blueprint.route("/documents/<code>/links", methods=["GET", "POST"])
def page(code: str) -> str | BaseResponse | tuple[str, int]:
    """The document's links, those that its text suggests, and a form for another."""
    if request.method != "POST":
        return _shown(code)
    form = request.form
    try:
        with writing() as rows:
            start = the_document(rows, code, Action.LINK)
            end = the_document(rows, form.get("document", "").strip(), Action.LINK)
            if form.get("way") == "back":
                start, end = end, start
            links.link(rows, start, end, form.get("kind", ""), asker(), form.get("note", ""))
    except ArchiveError as error:
        return _shown(code, words_of(error)), status_of(error)
    flash(gettext("Linked; both documents show it."), "success")
    return redirect(url_for("links.page", code=code))


def _shown(code: str, said: Said | None = None) -> str:
    with reading() as rows:
        document = the_document(rows, code, Action.DESCRIBE)
        may_read = may(rows, Action.READ, document)
        text = _text_of(document) if may_read else ""
        return render_template(
            "links/page.html",
            document=document,
            linked=[(one, said_of(one)) for one in links.linked(rows, asker(), document)],
            suggested=links.suggested(rows, asker(), document, text) if text else [],
            kinds=KINDS,
            may_link=may(rows, Action.LINK, document),
            **_of_accepted(rows, document),
            said=said,
            given=request.form,
        )


def _of_accepted(rows: Session, document: Document) -> dict[str, Any]:
    """Whether the archive holds it, and why the asker may change no link then."""
    try:
        return {"is_accepted": links.require_linking(rows, asker(), document), "why_not": None}
    except NotAllowed as no:
        return {"is_accepted": True, "why_not": words_of(no)}


def _text_of(document: Document) -> str:
    """The beginning of its text; a text that is gone suggests nothing."""
    found = next(
        (one for part in document.parts if (one := documents.rendition(part, "text"))), None
    )
    if found is None:
        return ""
    try:
        with services().files.open(found.digest) as stream:
            return stream.read(TEXT_BYTES).decode("utf-8", errors="ignore")
    except StoreFailed:
        return ""


@blueprint.post("/documents/<code>/links/<int:number>/remove")
def remove(code: str, number: int) -> BaseResponse:
    """Take away a link that was made by mistake; both stories keep it."""
    try:
        with writing() as rows:
            document = the_document(rows, code, Action.LINK)
            why = request.form.get("why", "")
            links.unlink(rows, _link(rows, document, number), why, asker())
    except ArchiveError as error:
        tell(error)
    else:
        flash(gettext("The link is gone; the story keeps it."), "success")
    return redirect(url_for("links.page", code=code))


def _link(rows: Session, document: Document, number: int) -> DocumentLink:
    """The link of this document, if both its ends are known to the asker."""
    for one in links.linked(rows, asker(), document):
        if one.link.id == number:
            return one.link
    raise NotFound("no_such_thing")


# Recall -------------------------------------------------------------------------------------------


@blueprint.post("/documents/<code>/recall")
def recall(code: str) -> BaseResponse:
    """Recall the document: frozen if it went out, cancelled in its book if it came in."""
    form = request.form
    try:
        with writing() as rows:
            document = the_document(rows, code, Action.RECALL)
            notice = form.get("notice_number", "")
            found = recalls.recall(rows, document, asker(), form.get("reason", ""), notice)
            number, address = found.id, recalls.sender_address(rows, document)
    except ArchiveError as error:
        tell(error)
        return redirect(url_for("documents.page", code=code))
    services().bell.set()
    flash(gettext("Recalled. Its data and its story stay."), "success")
    _write_to_sender(code, number, address)
    return redirect(url_for("documents.page", code=code))


def _write_to_sender(code: str, number: int, address: str) -> None:
    """Tell the sender by mail where that is possible; else a person does, and notes it."""
    settings = services().settings
    mail = open_mail(settings.mail_url, settings.mail_from)
    if mail is None or not address:
        return
    with reading() as rows:
        document = the_document(rows, code, Action.DESCRIBE)
        found = recalls.recall_of(rows, document)
        named = documents.number_as_shown(document) or document.code
        text = gettext(
            "The document %(number)s was recalled. Reason: %(reason)s.",
            number=named,
            reason=found.reason if found else "",
        )
    subject = gettext("Recall of document %(number)s", number=named)
    try:
        letter = mail.letter(address, subject, text, f"recall-{number}@luutru")
        with mail.connected() as server:
            server.send_message(letter)
    except (OSError, smtplib.SMTPException, Invalid):
        flash(
            gettext("The sender could not be told by mail. Tell them, then note it here."),
            "warning",
        )
        return
    with writing() as rows:
        document = the_document(rows, code, Action.RECALL)
        if (found := recalls.recall_of(rows, document)) is not None:
            recalls.told_sender(rows, found, "mail")
    flash(gettext("The sender was told by mail."), "success")


@blueprint.post("/documents/<code>/recall/told")
def told(code: str) -> BaseResponse:
    """Note that the sender, or who had received it, was told."""
    try:
        with writing() as rows:
            document = the_document(rows, code, Action.RECALL)
            if (found := recalls.recall_of(rows, document)) is None:
                raise NotFound("no_such_thing")
            recalls.told_sender(rows, found, request.form.get("how", ""))
    except ArchiveError as error:
        tell(error)
    else:
        flash(gettext("Noted."), "success")
    return redirect(url_for("documents.page", code=code))
