"""The form of a new line, and of one that is corrected: one page, typed from top to bottom.

A file that comes with it is received first; from then on the form knows it by its number, so that
nothing is sent twice. What its first page seems to say stands in the fields, marked on its picture.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive import audit, books, clock, documents, refusals, registers
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound, Refused
from archive.models import Document
from archive.register_fields import BY_COLUMN
from archive.register_models import Register
from archive.register_twins import LooksLikeEarlier
from formats.errors import FormatError
from formats.text import PageText, read_pages
from formats.vietnamese import nfc
from ingest import admission, first_page, joining, registering
from ingest.first_page import Suggestion
from ingest.models import Intake
from ingest.reception import Sending, receive
from ingest.registering import Decided, Form
from web import pictures
from web import register_words as words
from web.auth import asker, here, may, reading, require, services, telling, writing
from web.error_words import MEGABYTE
from web.errors import tell, words_of
from web.field_words import COMPLETENESS
from web.i18n import gettext
from web.lists import listed
from web.pages.registers import CODE, a_day, the_entry

blueprint = Blueprint("registering", __name__, url_prefix="/registers")
PAGES_READ = 30  # of a long file: the signer of a longer one is typed
_A4 = (595.0, 842.0)


@dataclass(frozen=True)
class Paper:
    """The file that is registered: on its road, or a document already."""

    intake: int | None = None
    document: str = ""
    name: str = ""
    picture: str = ""  # address of its first page's picture
    wide: float = _A4[0]
    high: float = _A4[1]
    suggested: tuple[tuple[str, Suggestion], ...] = ()


@blueprint.route("/<book>/new", methods=["GET", "POST"])
def new(book: str) -> str | BaseResponse | tuple[str, int]:
    """A new line."""
    with reading() as rows:
        require(rows, Action.REGISTER, here())
        held = books.book_by_code(rows, here(), book)
    if request.method != "POST":
        return _form(held, _typed_before(held))
    try:
        number = _received(held) or request.form.get("intake", type=int)
    except ArchiveError as error:
        return _failed(held, error, None)
    try:
        return _registered(held, number)
    except ArchiveError as error:
        return _failed(held, error, number)


def _typed_before(held: Register) -> dict[str, str]:
    """What was typed when a competent person was asked to let it in."""
    number = request.args.get("let_in", type=int)
    if number is None:
        return {}
    with reading() as rows:
        return dict(refusals.asked_by_id(rows, here(), number).typed)


def _received(held: Register) -> int | None:
    """Take in the file that came with the form, before anything else."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    name = nfc(file.filename.replace("\\", "/").rsplit("/", 1)[-1])
    registering.turn_away_secrets(_handed_over(request.form))
    if mark := admission.mark_in_name(name):
        raise Refused("secret_mark", mark=mark)
    with telling():
        taken = receive(
            services().db,
            services().files,
            file.stream,
            Sending(name, {}),
            organ_id=here().id,
            by=asker(),
            door="web",
            limit=services().settings.upload_megabytes * MEGABYTE,
        )
    services().bell.set()
    return taken.intake_id


def _handed_over(form: Mapping[str, str]) -> Form:
    """The form as the desk takes it.

    Raises:
        Invalid: `bad_day`.
    """
    values = {name: form[name] for name in BY_COLUMN if name in form}
    decided = None
    if form.get("decision") and form.get("earlier"):
        decided = Decided(form["earlier"], form["decision"], form.get("why", ""))
    return Form(
        values=values,
        registered_on=a_day(form.get("registered_on", "")),
        late_reason=form.get("late_reason", ""),
        addressee=form.get("addressee", ""),
        scan={name: form.get(name, "") for name in registering.SCAN_FIELDS},
        decided=decided,
    )


def _registered(held: Register, number: int | None) -> BaseResponse:
    handed = _handed_over(request.form)
    with writing() as rows:
        require(rows, Action.REGISTER, here())
        done = registering.register(
            rows,
            books.book_by_code(rows, here(), held.code),
            asker(),
            replace(
                handed,
                intake_id=number,
                document=_document(rows, request.form.get("document", "")),
                copy_of=_document(rows, request.form.get("copy_of", "")),
                let_in=_let_in(rows),
            ),
        )
        code, is_new = done.entry.code, done.is_new
    services().bell.set()
    said = gettext("Registered as %(code)s.") if is_new else gettext("It joined %(code)s.")
    flash(said % {"code": code}, "success")
    if request.form.get("then") == "next":
        return redirect(url_for("registering.new", book=held.code))
    book, year, line = code.split("/")
    return redirect(url_for("registers.one", book=book, year=year, number=line))


def _document(rows: Session, code: str) -> Document | None:
    if not code.strip():
        return None
    found = documents.by_code(rows, code)
    require(rows, Action.DESCRIBE, found)
    return found


def _let_in(rows: Session) -> Any:
    number = request.form.get("let_in", type=int)
    return refusals.asked_by_id(rows, here(), number) if number is not None else None


def _failed(
    held: Register, error: ArchiveError, number: int | None
) -> str | BaseResponse | tuple[str, int]:
    """The form again with what was typed; of a secret nothing is shown or kept."""
    if isinstance(error, NotFound | NotAllowed) and error.code != "no_such_document":
        raise error
    if error.code == "secret_mark":
        with telling():
            kept = registering.note_secret(services().db, here().id, asker())
        tell(error)
        flash(gettext("It is refusal %(code)s.", code=kept.code), "warning")
        return redirect(url_for("registering.new", book=held.code))
    twins = error.twins if isinstance(error, LooksLikeEarlier) else []
    told = {
        "said": words_of(error),
        "twins": twins,
        "refused": error.code if error.code in refusals.LET_IN else "",
    }
    return _form(held, request.form.to_dict(), number, **told), 409 if twins else 422


def _form(held: Register, typed: Mapping[str, str], number: int | None = None, **told: Any) -> str:
    intake = number or request.args.get("intake", type=int)
    document = typed.get("document") or request.args.get("document", "")
    with writing() as rows:
        paper = _paper(rows, intake, document)
    suggested = dict(paper.suggested)
    return render_template(
        "registers/new.html",
        book=held,
        given=typed,
        fields=words.form_fields(held.kind, typed, suggested),
        addressee=_suggested(typed, suggested, "addressee"),
        paper=paper,
        marks=_marks(paper),
        completeness=COMPLETENESS,
        decisions=words.DECISIONS,
        grounds=words.GROUNDS,
        today=clock.today(here()),
        limit=services().settings.upload_megabytes,
        let_in=typed.get("let_in") or request.args.get("let_in", ""),
        **{"said": None, "twins": [], "refused": "", **told},
    )


def _suggested(typed: Mapping[str, str], suggested: Mapping[str, Suggestion], column: str) -> str:
    found = suggested.get(column)
    return typed.get(column, found.value if found else "")


# The paper beside the form ------------------------------------------------------------------------


def _paper(rows: Session, number: int | None, code: str) -> Paper:
    if number is not None:
        intake = joining.intake_for(rows, here().id, number)
        if intake.document is None:
            return _on_the_road(rows, intake)
        code = intake.document.code
        return replace(_shelved(rows, code), intake=number)
    return _shelved(rows, code) if code else Paper()


def _on_the_road(rows: Session, intake: Intake) -> Paper:
    audit.record(rows, "intake.open", intake)
    paper = Paper(
        intake=intake.id,
        name=intake.name,
        picture=url_for("registering.picture", number=intake.id),
    )
    words_file = next((one for one in intake.files if one.role == "words"), None)
    if words_file is None:
        return paper
    folder = services().workshop.folder(intake.id) / words_file.step
    place = folder / f"words{words_file.digest[:12]}"
    return _with_words(paper, read_pages(place)) if place.is_file() else paper


def _shelved(rows: Session, code: str) -> Paper:
    document = documents.by_code(rows, code)
    require(rows, Action.DESCRIBE, document)
    paper = Paper(document=code, name=document.subject or code)
    if not may(rows, Action.READ, document) or not document.parts:
        return paper
    part = document.parts[0]
    if pictures.shown(part) is not None:
        picture = url_for(
            "documents.picture", code=code, part=1, number=1, width=pictures.WIDTHS[1]
        )
        paper = replace(paper, picture=picture)
    source = documents.rendition(part, "words")
    if source is None:
        return paper
    with pictures.local(services(), source.digest) as path:
        return _with_words(paper, read_pages(path))


def _with_words(paper: Paper, pages: Iterable[PageText]) -> Paper:
    try:
        read = list(islice(pages, PAGES_READ))
    except FormatError:
        return paper
    first = next((one for one in read if one.words), None)
    if first is None:
        return paper
    found = first_page.suggest(read)
    return replace(paper, wide=first.width, high=first.height, suggested=tuple(found.items()))


def _marks(paper: Paper) -> list[dict[str, Any]]:
    """The places on the first page, in points, numbered as beside the fields."""
    suggested = dict(paper.suggested)
    numbers = words.marks_of(suggested)
    places = {numbers[column]: one for column, one in suggested.items() if one.page == 1}
    return [
        {
            "number": number,
            "x": round(one.left * paper.wide - 2, 1),
            "y": round(one.top * paper.high - 2, 1),
            "width": round((one.right - one.left) * paper.wide + 4, 1),
            "height": round((one.bottom - one.top) * paper.high + 4, 1),
        }
        for number, one in places.items()
    ]


@blueprint.get("/received/<int:number>.webp")
def picture(number: int) -> Response:
    """The first page of a received file, for who registers it; cached by nobody."""
    with reading() as rows:
        require(rows, Action.REGISTER, here())
        intake = rows.get(Intake, number)
        if intake is None or intake.organ_id != here().id or intake.is_quarantined:
            raise NotFound("no_such_intake", intake=number)
    drawn = Response(pictures.received(services(), intake, 1), mimetype=pictures.MIME)
    drawn.headers["Cache-Control"] = "no-store"
    return drawn


@blueprint.get("/received")
def received() -> str:
    """Received files that stand in no register yet."""
    with reading() as rows:
        require(rows, Action.REGISTER, here())
        found = listed(
            rows,
            select(Intake)
            .where(*joining.unregistered(here().id))
            .options(selectinload(Intake.document), selectinload(Intake.received_by))
            .order_by(Intake.id.desc()),
        )
        kept = [one for one in books.books_of(rows, here()) if one.closed_on is None]
        seen = {
            one.id
            for one in found.rows
            if one.document is None or may(rows, Action.DESCRIBE, one.document)
        }
        return render_template("registers/received.html", shown=found, books=kept, seen=seen)


# Correcting ---------------------------------------------------------------------------------------


@blueprint.route(f"/{CODE}/correct", methods=["GET", "POST"])
def correct(book: str, year: int, number: int) -> str | BaseResponse | tuple[str, int]:
    """Correct a line, with the reason."""
    with reading() as rows:
        require(rows, Action.REGISTER, here())
        entry = the_entry(rows, book, year, number)
    typed = {**words.typed_of(entry), **request.form.to_dict()}
    told: dict[str, Any] = {
        "entry": entry,
        "given": request.form,
        "fields": words.form_fields(entry.register.kind, typed, {}),
        "said": None,
    }
    if request.method != "POST":
        return render_template("registers/correct.html", **told)
    try:
        values = {name: request.form[name] for name in BY_COLUMN if name in request.form}
        if mark := admission.mark_in_fields(values):
            raise Refused("secret_mark", mark=mark)
        with writing() as rows:
            require(rows, Action.REGISTER, here())
            line = the_entry(rows, book, year, number)
            seen = request.form.get("revision", type=int)
            registers.correct(rows, line, values, request.form.get("reason", ""), seen=seen)
    except ArchiveError as error:
        told["said"] = words_of(error)
        return render_template("registers/correct.html", **told), 422
    flash(gettext("Corrected. The earlier values stay in the story."), "success")
    return redirect(url_for("registers.one", book=book, year=year, number=number))


@blueprint.post(f"/{CODE}/file")
def attach(book: str, year: int, number: int) -> BaseResponse:
    """A file that came later joins its line."""
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid("nothing_chosen")
        with reading() as rows:
            require(rows, Action.REGISTER, here())
            held = the_entry(rows, book, year, number).register
        taken = _received(held)
        with writing() as rows:
            entry = the_entry(rows, book, year, number)
            registers.hold(rows, entry)
            joining.join_intake(rows, entry, joining.intake_for(rows, here().id, taken or 0))
    except ArchiveError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        tell(error)
    else:
        services().bell.set()
        flash(gettext("The file is received; it joins the line on its road."), "success")
    return redirect(url_for("registers.one", book=book, year=year, number=number))
