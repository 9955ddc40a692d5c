"""The form of a new line, and of one that is corrected: one page, typed from top to bottom.

A file that comes with it is received first; from then on the form knows it by its number, so that
nothing is sent twice. What its first page seems to say stands in the fields, marked on its picture.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive import (
    books,
    clock,
    documents,
    handlers,
    people,
    refusals,
    register_lists,
    registers,
    units,
)
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound, Refused
from archive.models import CaseFile, Document
from archive.organ_rules import rules_of
from archive.reading import known_documents
from archive.register_fields import BY_COLUMN
from archive.register_models import Register, RegisterEntry
from archive.register_twins import LooksLikeEarlier
from archive.secret_lines import open_lines
from formats.document_types import DOCUMENT_TYPES
from formats.vietnamese import nfc
from ingest import admission, joining, origins, registering
from ingest.first_page import Suggestion
from ingest.intakes import intake_for, seen_intakes, tell_looking
from ingest.models import Intake
from ingest.reception import Sending, receive
from ingest.registering import Decided, Form
from web import pictures
from web import register_words as words
from web.auth import (
    asker,
    here,
    reading,
    require,
    services,
    telling,
    the_case_file,
    writing,
)
from web.error_words import MEGABYTE
from web.errors import tell, words_of
from web.field_words import COMPLETENESS
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_asked, number_in, require_at_most
from web.pages.case_files import open_ones
from web.pages.registers import CODE, a_day, the_entry
from web.register_paper import marks_of, paper_of

blueprint = Blueprint("registering", __name__, url_prefix="/registers")
MOST_ANSWERED = 50
NAMED = (
    "no_such_document",
    "no_such_entry",
    "no_such_case_file",
    "not_the_holder",
)  # of what the form names


@blueprint.route("/<book>/new", methods=["GET", "POST"])
def new(book: str) -> str | BaseResponse | tuple[str, int]:
    """A new line."""
    with reading() as rows:
        require(rows, Action.REGISTER, here())
        held = books.book_by_code(rows, here(), book)
    if request.method != "POST":
        return _form(held, _typed_before(held))
    if (again := _sent_before(request.form.get("form_key", ""))) is not None:
        return again
    try:
        number = _received(held) or number_in(request.form.get("intake", ""))
    except ArchiveError as error:
        return _failed(held, error, None)
    try:
        return _registered(held, number)
    except ArchiveError as error:
        return _failed(held, error, number)


def _sent_before(key: str) -> BaseResponse | None:
    """A form that came twice is answered by the line that it made."""
    with reading() as rows:
        entry = registering.sent_before(rows, here(), key)
        code = entry.code if entry is not None else ""
    return _said_before(code) if code else None


def _said_before(code: str) -> BaseResponse:
    flash(gettext("This form came before: it was registered as %(code)s.", code=code), "info")
    return _to_line(code)


def _to_line(code: str) -> BaseResponse:
    book, year, number = code.split("/")
    return redirect(url_for("registers.one", book=book, year=year, number=number))


def _typed_before(held: Register) -> dict[str, str]:
    """What was typed when a competent person was asked to let it in."""
    number = number_asked("let_in")
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
        incomplete=form.get("incomplete", ""),
        key=form.get("form_key", ""),
        scan={name: form.get(name, "") for name in registering.SCAN_ASKED},
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
                case_file=_case_file(rows),
                answers=_answered(rows) if held.kind != "incoming" else (),
                acknowledges=bool(request.form.get("acknowledge")),
                copy_of=_document(rows, request.form.get("copy_of", "")),
                let_in=_let_in(rows),
            ),
        )
        code, is_new = done.entry.code, done.is_new
        unknown = [] if done.is_sent_again else _unknown_receivers(rows, done.entry)
    if done.is_sent_again:
        return _said_before(code)
    services().bell.set()
    said = gettext("Registered as %(code)s.") if is_new else gettext("It joined %(code)s.")
    flash(said % {"code": code}, "success")
    if unknown:
        names = "; ".join(unknown)
        flash(gettext("No unit or person here is called: %(names)s.", names=names), "warning")
    if request.form.get("then") == "next":
        into = request.form.get("case_file") or None  # often the same one all day
        return redirect(url_for("registering.new", book=held.code, case_file=into))
    return _to_line(code)


def _unknown_receivers(rows: Session, entry: RegisterEntry) -> list[str]:
    """Names of receivers that mean nobody here: they would get no notice."""
    if not entry.to_places:
        return []
    staff = people.at_work(rows, entry.organ_id)
    return handlers.meant(entry.to_places, handlers.known_names(rows, here(), staff)).unknown


def _document(rows: Session, code: str) -> Document | None:
    if not code.strip():
        return None
    found = documents.by_code(rows, code)
    require(rows, Action.DESCRIBE, found)
    return found


def _case_file(rows: Session) -> CaseFile | None:
    code = request.form.get("case_file", "").strip()
    return the_case_file(rows, code, Action.PLACE) if code else None


def _answered(rows: Session) -> list[RegisterEntry]:
    """The incoming lines that this one answers."""
    codes = request.form.get("answers", "").replace(",", " ").replace(";", " ").split()
    require_at_most(MOST_ANSWERED, codes)
    return [origins.incoming_line(rows, code, here(), asker()) for code in codes]


def _let_in(rows: Session) -> Any:
    number = number_in(request.form.get("let_in", ""))
    return refusals.asked_by_id(rows, here(), number) if number is not None else None


def _failed(
    held: Register, error: ArchiveError, number: int | None
) -> str | BaseResponse | tuple[str, int]:
    """The form again with what was typed; of a secret nothing is shown or kept."""
    if isinstance(error, NotFound | NotAllowed) and error.code not in NAMED:
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
    intake = number or number_asked("intake")
    document = typed.get("document") or request.args.get("document", "")
    with writing() as rows:
        paper = paper_of(rows, intake, document)
        offered = open_ones(rows)
        options = _options(rows)
        due = registers.usual_deadline(rows, here(), clock.today(here()))
    suggested = dict(paper.suggested)
    return render_template(
        "registers/new.html",
        book=held,
        given=typed,
        fields=words.form_fields(held.kind, typed, suggested, options),
        form_key=typed.get("form_key") or secrets.token_urlsafe(16),
        usual_deadline=due if held.kind == "incoming" else None,
        addressee=_suggested(typed, suggested, "addressee"),
        paper=paper,
        marks=marks_of(paper),
        completeness=COMPLETENESS,
        rules=rules_of(here()),
        open_ones=offered,
        answered=typed.get("answers") or request.args.get("answers", ""),
        into=typed.get("case_file") or request.args.get("case_file", ""),
        decisions=words.DECISIONS,
        grounds=words.GROUNDS,
        today=clock.today(here()),
        limit=services().settings.upload_megabytes,
        let_in=typed.get("let_in") or request.args.get("let_in", ""),
        **{"said": None, "twins": [], "refused": "", **told},
    )


def _options(rows: Session) -> dict[str, tuple[str, ...]]:
    """What is often typed, to be chosen."""
    places = [one.name for one in units.of(rows, here())]
    names = [one.full_name for one in people.at_work(rows, here().id)]
    return {
        "organ_name": tuple(register_lists.authors(rows, here(), open_lines(asker(), here()))),
        "type_name": tuple(one.name for one in DOCUMENT_TYPES),
        "to_places": (*places, *names),
    }


def _suggested(typed: Mapping[str, str], suggested: Mapping[str, Suggestion], column: str) -> str:
    found = suggested.get(column)
    return typed.get(column, found.value if found else "")


@blueprint.get("/received/<int:number>.webp")
def picture(number: int) -> Response:
    """The first page of a received file, for who may register it; told, and cached by nobody."""
    with writing() as rows:
        require(rows, Action.REGISTER, here())
        intake = intake_for(rows, asker(), here(), number)
        if intake.document is not None:
            require(rows, Action.READ, intake.document)
        tell_looking(rows, intake)
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
            .where(*joining.unregistered(here().id), *seen_intakes(rows, asker(), here()))
            .options(selectinload(Intake.document), selectinload(Intake.received_by))
            .order_by(Intake.id.desc()),
        )
        kept = [one for one in books.books_of(rows, here()) if one.closed_on is None]
        known = known_documents(
            rows, asker(), [one.document_id for one in found.rows if one.document_id]
        )
        seen = {one.id for one in found.rows if one.document_id in {None, *known}}
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
            joining.join_intake(rows, entry, intake_for(rows, asker(), here(), taken or 0))
    except ArchiveError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        tell(error)
    else:
        services().bell.set()
        flash(gettext("The file is received; it joins the line on its road."), "success")
    return redirect(url_for("registers.one", book=book, year=year, number=number))
