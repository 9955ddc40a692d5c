"""Issuing: drafts made ready, brought back signed, numbered and sealed; one line of steps each."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from archive import books
from archive.access import Action
from archive.errors import ArchiveError, Invalid
from archive.organ_rules import rules_of
from archive.reading import story_of
from archive.register_fields import number_of_entry
from formats.errors import FormatError
from formats.issuing import LAYOUTS
from formats.vietnamese import nfc
from ingest import drafts, issuing, issuing_out
from ingest.issuances import by_number, handles, moved, seen_by, stored_form, the_issuance
from ingest.issuing import COPY_KINDS, KINDS, Wish
from ingest.models import Issuance, IssuanceComment
from ingest.seal_pictures import picture_of
from web import pictures
from web.auth import actor, asker, here, reading, require, services, telling, writing
from web.errors import tell, words_for, words_of
from web.field_words import PRIORITIES
from web.i18n import gettext
from web.issue_words import (
    FIELDS_OF_PAGES,
    KIND_NAMES,
    LAYOUT_NAMES,
    STATE_NAMES,
    another_signer,
    marks,
    shown,
    signatures,
)
from web.lists import counts, listed
from web.numbers import number_asked, number_in, require_at_most
from web.pages.case_files import open_ones
from web.security import SANDBOX
from web.signature_words import reason_in_words
from web.story_words import story

blueprint = Blueprint("issuing", __name__, url_prefix="/issuing")
TABS: dict[str, tuple[str, ...]] = {
    "going": ("prepared", "signed"),
    "prepared": ("prepared",),
    "signed": ("signed",),
    "issued": ("issued",),
    "given_up": ("given_up",),
    "asked": ("prepared",),
}
GIVEN = {  # fields of the form and the codes of what they say
    "subject": "Subject",
    "code_notation": "CodeNotation",
    "type_name": "TypeName",
    "signer_name": "FullName",
    "signer_position": "Position",
    "recipients": "To",
    "issued_amount": "IssuedAmount",
    "priority": "Priority",
}
MEASURES = ("page", "left", "top", "width", "height")
PICTURE = 1000
MOST_ANSWERED = 50


@blueprint.get("")
def page() -> str:
    """What is being issued, by state, newest first."""
    tab = request.args.get("tab", "going")
    tab = tab if tab in TABS else "going"
    with reading() as rows:
        require(rows, Action.PREPARE_ISSUE, here())
        mine = seen_by(rows, asker(), here())
        wanted = (
            select(Issuance)
            .where(mine, Issuance.state.in_(TABS[tab]), *_of_tab(tab))
            .options(
                joinedload(Issuance.register_entry),
                joinedload(Issuance.prepared_by),
                joinedload(Issuance.intake),
            )
            .order_by(Issuance.id.desc())
        )
        found = listed(rows, wanted)
        whole = select(Issuance).where(mine, Issuance.main_id.is_(None))
        tabs = {name: whole.where(Issuance.state.in_(of)) for name, of in TABS.items()}
        counted = counts(rows, tabs | {"asked": select(Issuance).where(*_of_tab("asked"))})
    return render_template(
        "issuing/page.html",
        shown=found.showing([shown(one) for one in found.rows]),
        counts=counted,
        tab=tab,
    )


def _of_tab(tab: str) -> tuple[ColumnElement[bool], ...]:
    """Annexes stand with their document; what others draft stands where one is asked about it."""
    if tab != "asked":
        return (Issuance.main_id.is_(None),)
    open_ones = select(IssuanceComment.issuance_id).where(*drafts.open_of(asker()))
    return (Issuance.id.in_(open_ones), Issuance.state == "prepared")


# Preparing ----------------------------------------------------------------------------------------


@blueprint.route("/new", methods=["GET", "POST"])
def prepare() -> str | BaseResponse | tuple[str, int]:
    """Make a file ready for its signatures."""
    main = number_in(request.values.get("main", ""))
    with reading() as rows:
        require(rows, Action.PREPARE_ISSUE, here())
        above = the_issuance(rows, asker(), main, Action.PREPARE_ISSUE) if main else None
        told: dict[str, Any] = {
            "main": above,
            "case_files": open_ones(rows),
            "given": request.form if request.method == "POST" else request.args,
            "priorities": PRIORITIES,
            "needs_origin": rules_of(here()).outgoing_needs_origin,
            "kinds": {one: KIND_NAMES[one] for one in KINDS if one != "annex"},
            "layouts": LAYOUT_NAMES,
            "layout": here().signature_layout,
            "copy_kinds": COPY_KINDS,
            "limit": services().settings.upload_megabytes,
        }
    if request.method != "POST":
        return render_template("issuing/new.html", **told)
    try:
        number = _prepare(main)
    except (ArchiveError, FormatError) as error:
        return render_template("issuing/new.html", said=words_of(error), **told), 422
    flash(gettext("The file is ready. Look at the places of its fields."), "success")
    return redirect(url_for("issuing.one", number=number))


def _prepare(main: int | None) -> int:
    given = request.form
    answers = tuple(given.get("answers", "").replace(",", " ").replace(";", " ").split())
    require_at_most(MOST_ANSWERED, answers)
    fields = {code: nfc(given.get(name, "")).strip() for name, code in GIVEN.items()}
    wish = Wish(
        name=name_of(file := sent_file()),
        fields={code: value for code, value in fields.items() if value},
        kind="annex" if main else given.get("kind", "document"),
        layout=given.get("layout", "") if given.get("layout") in LAYOUTS else "",
        case_file=given.get("case_file", ""),
        answers=answers,
        main=main,
        copy_kind=given.get("copy_kind", "") if given.get("kind") == "copy" else "",
        copy_of=given.get("copy_of", "").strip() if given.get("kind") == "copy" else "",
    )
    with saved(file) as path, telling():
        return issuing.prepare(
            services().db, services().workshop, path, wish, organ_id=here().id, by=asker()
        )


def sent_file() -> FileStorage:
    """The file that came with the form.

    Raises:
        Invalid: `nothing_chosen`.
    """
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("nothing_chosen")
    return file


def name_of(file: FileStorage) -> str:
    """Its name without any folder."""
    return nfc((file.filename or "").replace("\\", "/").rsplit("/", 1)[-1])


@contextmanager
def saved(file: FileStorage) -> Iterator[Path]:
    """The file in a folder of its own, for as long as it is looked at.

    Raises:
        Invalid: `empty_file`.
    """
    with tempfile.TemporaryDirectory(prefix="luutru-upload-") as folder:
        path = Path(folder) / "file"
        file.save(path)
        if path.stat().st_size == 0:
            raise Invalid("empty_file", name=name_of(file))
        yield path


# One of them --------------------------------------------------------------------------------------


@blueprint.get("/<int:number>")
def one(number: int) -> str:
    """How far it is, its pages with the fields marked, and what comes next."""
    with reading() as rows:
        issuance = the_issuance(rows, asker(), number, Action.SEE_REGISTERS)
        told: dict[str, Any] = {
            "hindrances": [
                words_for(one.code, dict(one.details))
                for one in issuing_out.hindrances(rows, issuance, asker())
            ],
            "may_prepare": handles(rows, asker(), issuance),
            "comments": drafts.comments_of(rows, issuance),
            "askable": _askable(rows, issuance),
            "books": _books(rows, issuance),
            "story": story(
                rows,
                story_of("issuance", issuance.id),
                of="issuance",
                before=number_asked("before"),
            ),
            "document": issuance.intake.document if issuance.intake else None,
        }
    return render_template(
        "issuing/one.html",
        one=issuance,
        shown=shown(issuance),
        annexes=[shown(annex) for annex in issuance.annexes],
        entry_number=number_of_entry(issuance.register_entry) if issuance.register_entry else "",
        notes=[words_for(note) for note in _notes(issuance)],
        another_signer=another_signer(issuance),
        page_shown=(page_shown := _page_shown(issuance)),
        marks=marks(issuance, page_shown),
        signatures=signatures(issuance),
        names=FIELDS_OF_PAGES,
        states=STATE_NAMES,
        limit=services().settings.upload_megabytes,
        **told,
    )


def _askable(rows: Session, issuance: Issuance) -> list[Any]:
    """Who may be asked about a draft that is one's own."""
    if issuance.state != "prepared" or not handles(rows, asker(), issuance):
        return []
    return drafts.askable(rows, issuance, asker())


def _notes(issuance: Issuance) -> list[str]:
    """What should be looked at before the next step."""
    if issuance.state not in ("prepared", "signed"):
        return []
    trial = [] if services().settings.seal_url else ["sealed_for_trial"]
    if issuance.kind != "document":
        return trial
    picture = picture_of(services().settings, issuance.organ)
    found = list(issuance.notes) if issuance.state == "prepared" else []
    return [*found, *([] if picture else ["not_sealed_by_picture"]), *trial]


def _books(rows: Session, issuance: Issuance) -> list[Any]:
    kind = "copies" if issuance.kind == "copy" else "outgoing"
    return [one for one in books.books_of(rows, issuance.organ) if one.kind == kind]


def _page_shown(issuance: Issuance) -> int:
    last: int = issuance.places.get("pages", 1)
    return max(1, min(number_asked("page") or 1, last))


@blueprint.get("/<int:number>/pages/<int:of>")
def picture(number: int, of: int) -> Response:
    """A page of its latest state, drawn anew; the places of its fields are marked by the page."""
    with reading() as rows:
        issuance = the_issuance(rows, asker(), number, Action.SEE_REGISTERS)
    digest = issuance.issued_digest or issuance.signed_digest or issuance.prepared_digest
    drawn = pictures.page_of_stored(services(), digest, of, PICTURE)
    response = Response(drawn, mimetype=pictures.MIME)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/<int:number>/<any(prepared, signed, issued):state>.pdf")
def download(number: int, state: str) -> Response:
    """The file in one of its states, to be signed elsewhere or kept."""
    with writing() as rows:
        issuance = the_issuance(rows, asker(), number, Action.SEE_REGISTERS)
        digest = stored_form(rows, asker(), issuance, state)
    response = send_file(
        services().files.open(digest),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=issuance.name,
        conditional=False,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-cache"
    return response


# Acts ---------------------------------------------------------------------------------------------


@blueprint.post("/<int:number>/fields")
def move_fields(number: int) -> BaseResponse:
    """Put the empty fields elsewhere."""
    try:
        with reading() as rows:
            issuance = the_issuance(rows, asker(), number, Action.PREPARE_ISSUE)
        wanted = moved(issuance, {name: _measures(name) for name in issuance.places["fields"]})
        with telling():
            issuing.move_fields(
                services().db,
                services().workshop,
                number,
                wanted,
                by=asker(),
                seen=request.form.get("seen", type=int),
            )
    except (ArchiveError, FormatError) as error:
        tell(error)
    else:
        flash(gettext("The fields are in their new places."), "success")
    return redirect(url_for("issuing.one", number=number, page=request.form.get("page")))


def _measures(name: str) -> dict[str, float]:
    """What the form says of a field; commas are as good as points."""
    values: dict[str, float] = {}
    for measure in MEASURES:
        typed = request.form.get(f"{name}-{measure}", "").strip().replace(",", ".")
        try:
            values[measure] = float(typed)
        except ValueError as wrong:
            raise Invalid("bad_place", place=f"{name}: {typed}") from wrong
    return values


@blueprint.post("/<int:number>/signed")
def take_signed(number: int) -> BaseResponse:
    """Take back what the leader signed."""
    try:
        with reading() as rows:
            the_issuance(rows, asker(), number, Action.PREPARE_ISSUE)
        with saved(sent_file()) as path, telling():
            issuing.take_signed(services().db, services().workshop, number, path, by=asker())
    except (ArchiveError, FormatError) as error:
        if "reason" in error.details:  # why a signature is not valid has words of its own
            error.details["reason"] = reason_in_words(error.details["reason"])
        tell(error)
    else:
        with reading() as rows:
            another = another_signer(by_number(rows, number))
        if another is not None:
            flash(
                gettext("Another person signed: the clerk decides whether it goes out."), "warning"
            )
        else:
            flash(gettext("The signed file is here. The clerk can issue it now."), "success")
    return redirect(url_for("issuing.one", number=number))


@blueprint.post("/<int:number>/issue")
def issue(number: int) -> BaseResponse:
    """Number, date, the organ's signature, and off into the archive."""
    try:
        with telling():
            told = issuing_out.issue(
                services().db,
                services().workshop,
                number,
                by=asker(),
                door="web",
                book=request.form.get("book", ""),
                hand=actor(),
                signer_why=request.form.get("signer_why", ""),
            )
    except (ArchiveError, FormatError) as error:
        tell(error)
    else:
        services().bell.set()
        flash(gettext("Issued as %(number)s.", number=told.number), "success")
    return redirect(url_for("issuing.one", number=number))


@blueprint.post("/<int:number>/give-up")
def give_up(number: int) -> BaseResponse:
    """Issue it no more."""
    try:
        with telling():
            why = request.form.get("why", "")
            issuing.give_up(services().db, services().workshop, number, why, by=asker())
    except (ArchiveError, FormatError) as error:
        tell(error)
    else:
        flash(gettext("It was given up; its story stays."), "success")
    return redirect(url_for("issuing.one", number=number))
