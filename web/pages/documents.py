"""One document: its pages, what it is, whether to trust it, what may be done, what happened."""

import threading
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import access, alarms, documents, exports, freezes, links, papers, recalls
from archive import reading as reads
from archive.access import Action
from archive.documents import number_as_shown
from archive.errors import ArchiveError, Conflict, Invalid, NotFound
from archive.models import Document, Event, Part
from ingest import verification
from ingest.models import Intake
from web import pictures
from web.auth import actor, asker, may, reading, services, the_document, writing
from web.case_file_view import PAPER_KINDS
from web.deeds import deeds
from web.downloads import as_download
from web.errors import tell, words_of
from web.field_words import document_fields
from web.forms import mark_of
from web.i18n import gettext
from web.link_words import said_of
from web.marks import refuse_marks
from web.numbers import number_asked
from web.pages.alarms import shown
from web.pages.case_files import open_ones, place_all
from web.story_words import READING, Story, story
from web.trust_words import trust_in
from web.viewer import view

blueprint = Blueprint("documents", __name__, url_prefix="/documents")
ASKED = (
    Action.READ,
    Action.CORRECT,
    Action.PLACE,
    Action.VERIFY,
    Action.DECIDE_INTAKE,
    Action.RECALL,
    Action.LEND,
    Action.SEE_RETENTION,
)
Rights = dict[Action, bool]
PRINTED = 300  # pages a print view holds
SEES_READERS = frozenset({"administrator", "archivist", "auditor", "head"})
EMPTY_ROWS = 2  # for supplementary fields to come
_verifying = threading.Lock()


@blueprint.get("/<code>")
def page(code: str) -> str:
    """The document; opening it is told, turning its pages is part of the same opening."""
    document, rights = opened(code, is_turning=bool(request.args.get("turn")))
    with reading() as rows:
        rows.add(document)  # as it was when its opening was told
        told: dict[str, Any] = {
            "case_files": reads.places_of(rows, asker(), [document]).get(document.id, []),
            "story": _story(rows, document),
            "may_give_reason": not rights[Action.READ]
            and reads.may_give_reason(rows, asker(), document),
            "needs_consent": rights[Action.READ] and exports.needs_consent(rows, asker(), document),
            "open_ones": open_ones(rows) if rights[Action.PLACE] else [],
            **_beside(rows, document),
        }
        verified = _last_verification(rows, document)
    part = _part(document, number_asked("part") or 1)
    return render_template(
        "documents/page.html",
        document=document,
        part=part,
        number=number_as_shown(document),
        fields=document_fields(document),
        trust=trust_in(document, part, verified),
        rights=rights,
        deeds=deeds(document, part, rights, needs_consent=told["needs_consent"]),
        may_read=rights[Action.READ],
        alarm=shown(document),
        viewer=_viewer(part) if rights[Action.READ] else None,
        **told,
    )


def _beside(rows: Session, document: Document) -> dict[str, Any]:
    """What belongs to it: links, paper parts, orders that hold it, its recall."""
    return {
        "linked": [(one, said_of(one)) for one in links.linked(rows, asker(), document)],
        "papers": papers.of_document(rows, document),
        "paper_kinds": PAPER_KINDS,
        "orders": freezes.orders_on(rows, document),
        "recall": recalls.recall_of(rows, document),
        "placed": {one.case_file_id: one.ordinal for one in document.placements},
    }


def opened(code: str, *, is_turning: bool) -> tuple[Document, Rights]:
    """Tell that the content is seen, or the description alone; to turn a page is to go on.

    What was told of is what is shown: the document as it was then, and what might be done with it.
    """
    if is_turning:
        with reading() as rows:
            document, rights = _with_rights(rows, code)
            if rights[Action.READ] and reads.was_just_opened(rows, actor(), document):
                return document, rights
    with writing() as rows:
        document, rights = _with_rights(rows, code)
        may_read = rights[Action.READ]
        # A picture beside the page may have told of it in between.
        if not (is_turning and may_read and reads.was_just_opened(rows, actor(), document)):
            reads.opened(rows, document, "open" if may_read else "describe")
    return document, rights


def _with_rights(rows: Session, code: str) -> tuple[Document, Rights]:
    document = the_document(rows, code, Action.DESCRIBE)
    return document, {one: may(rows, one, document) for one in ASKED}


def _viewer(part: Part) -> Any:
    return view(
        services(),
        part,
        number_asked("page") or 1,
        number_asked("zoom") or 100,
        request.args.get("q", "")[:400],
    )


def _part(document: Document, ordinal: int) -> Part:
    found = next((one for one in document.parts if one.ordinal == ordinal), None)
    if found is None:
        raise NotFound("no_such_thing")
    return found


def _last_verification(rows: Session, document: Document) -> Event | None:
    return rows.scalar(
        select(Event)
        .where(Event.subject_type == "document", Event.subject_id == document.id)
        .where(Event.action == "document.verify")
        .order_by(Event.id.desc())
        .limit(1)
    )


def _story(rows: Session, document: Document) -> Story:
    """All that happened to it since it was received, but for what the asker may not know.

    Who read it is for who oversees that; and no case file is named that is closed to the asker.
    """
    received = [one.digest for one in document.parts]  # by these the rows of the road are found
    intakes = select(Intake.id).where(
        Intake.document_id == document.id, Intake.digest.in_(received)
    )
    told: ColumnElement[bool] = reads.story_of("document", document.id, intake=intakes)
    told = and_(told, reads.placings_known(rows, asker(), document))
    told = and_(told, reads.links_known(rows, asker(), document))
    if not access.roles_of(asker(), document.organ_id) & SEES_READERS:
        told = and_(told, or_(Event.action.not_in(READING), Event.person_id == actor().id))
    return story(rows, told, of="document", before=number_asked("before"))


# Pages and files ----------------------------------------------------------------------------------


@blueprint.get("/<code>/<int:part>/pages/<int:number>-<int:width>.webp")
def picture(code: str, part: int, number: int, width: int) -> BaseResponse:
    """One page as a picture; asked again each time whether the person may, told as an opening."""
    with reading() as rows:
        document = the_document(rows, code, Action.READ)
    found = _part(document, part)
    source = pictures.shown(found)
    response = Response(mimetype=pictures.MIME)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{source.digest if source else ''}-{number}-{width}")
    if response.make_conditional(request).status_code != 304:
        response.data = pictures.picture(services(), found, number, width)
    if width > pictures.THUMBNAIL:  # large enough to be read: also without our viewer
        opened(code, is_turning=True)
    return response


@blueprint.get("/<code>/print")
def printed(code: str) -> str:
    """All pages one below the other, for paper: content goes out, and it is told as a print."""
    with writing() as rows:
        document = the_document(rows, code, Action.READ)
        exports.require_consent(rows, asker(), document)
        reads.opened(rows, document, "print")
        mark = mark_of(rows, document.organ, asker())
    shown = [(one, min(one.pages or 0, PRINTED)) for one in document.parts if pictures.shown(one)]
    return render_template(
        "documents/print.html",
        document=document,
        number=number_as_shown(document),
        parts_shown=shown,
        mark=mark,
    )


@blueprint.get("/<code>/<int:part>/files/<role>")
def download(code: str, part: int, role: str) -> BaseResponse:
    """A stored form, only ever as a file to be saved; told as a download."""
    with writing() as rows:
        document = the_document(rows, code, Action.READ)
        exports.require_consent(rows, asker(), document)
        found = documents.stored_form(document, role, part)
        alarms.require_harmless(rows, asker(), document, found)
        reads.opened(rows, document, "download", part=part, rendition=role, sha256=found.digest)
    content = services().files.open(found.digest)
    return as_download(content, document, _part(document, part), found)


# Doing --------------------------------------------------------------------------------------------


@blueprint.post("/<code>/reason")
def give_reason(code: str) -> BaseResponse:
    """Who oversees may read the content after a reason that is kept (R11)."""
    try:
        with writing() as rows:
            document = the_document(rows, code, Action.DESCRIBE)
            reads.give_reason(rows, asker(), document, request.form.get("why", ""))
    except Invalid as error:
        tell(error)
    return redirect(url_for("documents.page", code=code))


@blueprint.route("/<code>/correct", methods=["GET", "POST"])
def correct(code: str) -> str | BaseResponse | tuple[str, int]:
    """Correct the data, or add supplementary fields (HC-82), with a reason."""
    with reading() as rows:
        document = the_document(rows, code, Action.CORRECT)
    fields = document_fields(document)
    told = {"document": document, "fields": fields, "given": request.form, "more": EMPTY_ROWS}
    if request.method != "POST":
        return render_template("documents/correct.html", **told)
    try:
        _correct(code, {one.column: one.typed for one in fields})
    except ArchiveError as error:
        return render_template("documents/correct.html", said=words_of(error), **told), 422
    services().bell.set()
    flash(gettext("Corrected. The earlier values stay readable in the story."), "success")
    return redirect(url_for("documents.page", code=code))


def _correct(code: str, before: dict[str, str]) -> None:
    form = request.form
    changed = {
        column: form[column]
        for column, value in before.items()
        if column in form and _plain(form[column]) != _plain(value)
    }
    with writing() as rows:
        document = the_document(rows, code, Action.CORRECT)
        changed |= _supplementary(document)
        if not changed:
            raise Invalid("nothing_changed")
        refuse_marks(changed)
        seen = form.get("revision", type=int)
        documents.correct(rows, document, changed, form.get("why", ""), seen=seen)


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n").strip()


def _supplementary(document: Document) -> dict[str, str]:
    """Names and values from the form's rows, as far as they say something new."""
    rows = zip(
        request.form.getlist("extra_name"), request.form.getlist("extra_value"), strict=False
    )
    given = {name.strip(): value.strip() for name, value in rows if name.strip()}
    return {
        f"+{name}": value
        for name, value in given.items()
        if document.supplementary.get(name, "") != value
    }


@blueprint.post("/<code>/place")
def place(code: str) -> BaseResponse:
    """Place the document into a case file."""
    try:
        case_file = place_all([code], request.form.get("case_file", ""))
    except ArchiveError as error:
        tell(error)
    else:
        services().bell.set()
        flash(gettext("Placed in case file %(code)s.", code=case_file), "success")
    return redirect(url_for("documents.page", code=code))


@blueprint.post("/<code>/verify")
def verify(code: str) -> BaseResponse:
    """Check digests, seal, signatures and PDF/A again, now; the outcome goes into the story.

    Java is large: one check at a time, and nothing is held up in the database meanwhile.
    """
    with reading() as rows:
        the_document(rows, code, Action.VERIFY)
    if not _verifying.acquire(blocking=False):
        raise Conflict("verifying_already")
    try:
        found = next(
            verification.verify(services().db, services().files, services().settings, [code])
        )
    finally:
        _verifying.release()
    with writing() as rows:
        verification.tell(rows, the_document(rows, code, Action.VERIFY), found)
    if found.holds:
        flash(gettext("Verified: all of it holds."), "success")
    else:
        flash(gettext("SOMETHING DOES NOT HOLD. Tell your administrator at once."), "danger")
    return redirect(url_for("documents.page", code=code))
