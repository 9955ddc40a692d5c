"""Registers: the books of a year, one book, one line and what happens to it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    json,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from archive import (
    access,
    answers,
    books,
    clock,
    deliveries,
    finishing,
    handlers,
    register_handling,
    register_lists,
    register_twins,
    registers,
    sender_answers,
)
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound
from archive.fields import parse_day
from archive.finishing import Keeping
from archive.models import Person
from archive.reading import story_of
from archive.register_models import RegisterEntry
from archive.secret_lines import open_lines
from web import register_words as words
from web.auth import actor, asker, here, may, reading, require, the_case_file, writing
from web.book_forms import SEE_USES
from web.errors import tell, words_of
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_asked, number_in
from web.pages.case_files import open_ones
from web.print_words import FORMS
from web.story_words import story

blueprint = Blueprint("registers", __name__, url_prefix="/registers")
CODE = "<book>/<int:year>/<int:number>"


@blueprint.get("")
def page() -> str:
    """The books of a year with their counts."""
    with reading() as rows:
        require(rows, Action.SEE_REGISTERS, here())
        today = clock.today(here())
        year = number_asked("year") or today.year
        found = books.books_of(rows, here())
        return render_template(
            "registers/page.html",
            books=register_lists.counts(rows, found, year, today),
            year=year,
            years=register_lists.years_of(rows, here()),
            kinds=words.KINDS,
            may_enter=may(rows, Action.REGISTER, here()),
            may_manage=may(rows, Action.MANAGE_REGISTERS, here()),
        )


@blueprint.post("")
def make_books() -> BaseResponse:
    """Make the three usual books, or a further one."""
    form = request.form
    try:
        with writing() as rows:
            require(rows, Action.MANAGE_REGISTERS, here())
            if form.get("code"):
                books.add_book(
                    rows, here(), form["code"], form.get("kind", ""), form.get("name", "")
                )
            else:
                books.ensure_books(rows, here())
    except ArchiveError as error:
        tell(error)
    else:
        flash(gettext("The registers are ready."), "success")
    return redirect(url_for("registers.page"))


def a_day(text: str) -> date | None:
    """A day that was typed; None where none was.

    Raises:
        Invalid: `bad_day`.
    """
    if not text.strip():
        return None
    try:
        return parse_day(text.strip())
    except ValueError:
        raise Invalid("bad_day", value=text) from None


# One book -----------------------------------------------------------------------------------------


@blueprint.get("/<book>")
def book(book: str) -> str | tuple[str, int]:
    """A book's lines with the law's ten columns: of a year or some days, by state or number."""
    with reading() as rows:
        require(rows, Action.SEE_REGISTERS, here())
        held = books.book_by_code(rows, here(), book)
        today = clock.today(here())
        asked = request.args
        said = None
        try:
            first, last = a_day(asked.get("first", "")), a_day(asked.get("last", ""))
        except Invalid as error:
            first = last = None
            said = words_of(error)
        year = None if first or last else number_in(asked.get("year", "")) or today.year
        wanted = register_lists.lines(held, year=year, first=first, last=last).where(
            *register_lists.filters(asked.get("only", ""), today, held.organ),
            *register_lists.by_number(held, asked.get("q", ""), open_lines(asker(), here()), year),
        )
        found = listed(rows, wanted)
        return render_template(
            "registers/book.html",
            book=held,
            year=year or today.year,
            years=register_lists.years_of(rows, here()),
            shown=found,
            hidden=register_lists.hidden_of(rows, asker(), here(), list(found.rows)),
            columns=words.COLUMNS["incoming" if held.kind == "incoming" else "outgoing"],
            columns_of=register_lists.columns_of,
            labels={one.id: words.labels_of(one, today) for one in found.rows},
            filters=_filters(held.kind),
            print_forms=_print_forms(rows, held.kind),
            today=today,
            said=said,
            may_enter=may(rows, Action.REGISTER, here()),
            is_filtered=any(asked.get(one) for one in ("q", "only", "first", "last")),
        )


def _print_forms(rows: Session, kind: str) -> dict[str, Any]:
    """The printed forms of such a book; who used filed copies is for those who oversee it."""
    known = FORMS[kind]
    if access.roles_of(asker(), here().id) & SEE_USES:
        return known
    return {name: said for name, said in known.items() if name != "uses"}


def _filters(kind: str) -> dict[str, Any]:
    if kind == "incoming":
        return words.FILTERS
    return words.FILTERS_OUT


# One line -----------------------------------------------------------------------------------------


def the_entry(rows: Session, book: str, year: int, number: int) -> RegisterEntry:
    """The line, if the person who asks may see it; otherwise as if there were none.

    Raises:
        NotFound: `no_such_entry`.
    """
    code = f"{book}/{year}/{number}"
    found = registers.entry_by_code(rows, here(), code)
    if not register_lists.may_see(rows, asker(), here(), found):
        raise NotFound("no_such_entry", entry=code)
    return found


@blueprint.get(f"/{CODE}")
def one(book: str, year: int, number: int) -> str:
    """One line: what it says, how it stands, what may be done, what happened."""
    with reading() as rows:
        require(rows, Action.SEE_REGISTERS, here())
        entry = the_entry(rows, book, year, number)
        return render_template(
            "registers/one.html",
            **_told(rows, entry),
            story=story(
                rows,
                story_of("register_entry", entry.id),
                of="register_entry",
                before=number_asked("before"),
            ),
        )


def _told(rows: Session, entry: RegisterEntry) -> dict[str, Any]:
    today = clock.today(here())
    document = entry.document
    people = {entry.entered_by_id} - {None}
    return {
        "entry": entry,
        "facts": words.facts_of(entry),
        "labels": words.labels_of(entry, today),
        "document": document,
        "copy_of": _seen(rows, entry),
        "asked": _seen_lines(rows, answers.asked_of(rows, entry)),
        "case_file": _seen_file(rows, entry),
        "deliveries": deliveries.of_entry(rows, entry),
        "may_draft": may(rows, Action.PREPARE_ISSUE, here()),
        "twins": register_twins.decisions_of(rows, entry),
        "decisions": words.DECISIONS,
        "outcomes": words.OUTCOMES,
        "writer": rows.get(Person, people.pop()) if people else None,
        "may_enter": may(rows, Action.REGISTER, here()),
        "today": today,
        **_finishing(rows, entry),
    }


def _finishing(rows: Session, entry: RegisterEntry) -> dict[str, Any]:
    """What the form of its end needs: who may end it, and where its document could go."""
    is_open = entry.register.kind == "incoming" and entry.finished_on is None
    if not is_open or not handlers.may_finish(rows, asker(), entry):
        return {"may_finish": False, "asks_keeping": False, "open_ones": []}
    asks = entry.document is not None and not entry.document.is_filed
    return {
        "may_finish": True,
        "asks_keeping": asks,
        "open_ones": open_ones(rows) if entry.document is not None else [],
    }


def _seen(rows: Session, entry: RegisterEntry) -> Any:
    """What it is a copy of, if that is open to the person."""
    if entry.copy_of is None or not may(rows, Action.DESCRIBE, entry.copy_of):
        return None
    return entry.copy_of


def _seen_lines(rows: Session, lines: list[RegisterEntry]) -> list[RegisterEntry]:
    hidden = register_lists.hidden_of(rows, asker(), here(), lines)
    return [one for one in lines if one.id not in hidden]


def _seen_file(rows: Session, entry: RegisterEntry) -> Any:
    """Where it belongs, if that is open to the person."""
    if entry.case_file is None or not may(rows, Action.SEE_CASE_FILES, entry.case_file):
        return None
    return entry.case_file


def _acknowledge(rows: Session, entry: RegisterEntry, form: MultiDict[str, str]) -> None:
    register_handling.acknowledge(rows, entry)


def _hand_on(rows: Session, entry: RegisterEntry, form: MultiDict[str, str]) -> None:
    register_handling.hand_on(
        rows,
        entry,
        form.get("to", ""),
        on=a_day(form.get("on", "")),
        opinion=form.get("opinion", ""),
        seen=form.get("revision", type=int),
    )


def _sign_for(rows: Session, entry: RegisterEntry, form: MultiDict[str, str]) -> None:
    seen = form.get("revision", type=int)
    register_handling.sign_for(rows, entry, asker(), form.get("name", ""), seen=seen)


def _finish(rows: Session, entry: RegisterEntry, form: MultiDict[str, str]) -> None:
    answer = form.get("answered_by", "").strip()
    finishing.finish(
        rows,
        entry,
        asker(),
        form.get("outcome", ""),
        _keeping(rows, form),
        hand=actor(),
        answered_by=registers.entry_by_code(rows, here(), answer) if answer else None,
        done_at=form.get("done_at", ""),
        why=form.get("why", ""),
        show_to=form.get("show_to", ""),
        seen=form.get("revision", type=int),
    )


def _keeping(rows: Session, form: MultiDict[str, str]) -> Keeping:
    """Where the document goes: what stands behind the chosen answer counts, nothing else."""
    keep, code = form.get("keep", ""), form.get("case_file", "").strip()
    return Keeping(
        case_file=the_case_file(rows, code, Action.PLACE) if keep == "case_file" and code else None,
        is_personal=keep == "personal",
        not_kept=form.get("not_kept", "") if keep == "not" else "",
    )


def _again(rows: Session, entry: RegisterEntry, form: MultiDict[str, str]) -> None:
    seen = form.get("revision", type=int)
    register_handling.take_up_again(rows, entry, form.get("why", ""), seen=seen)


def _paper(rows: Session, entry: RegisterEntry, form: MultiDict[str, str]) -> None:
    register_handling.paper_arrived(rows, entry, a_day(form.get("on", "")), form.get("place", ""))


def _cancel(rows: Session, entry: RegisterEntry, form: MultiDict[str, str]) -> None:
    registers.cancel(rows, entry, form.get("why", ""), seen=form.get("revision", type=int))


def _arrived(rows: Session, entry: RegisterEntry, form: MultiDict[str, str]) -> None:
    register_handling.arrived(
        rows,
        entry,
        form.getlist("recipient"),
        on=a_day(form.get("on", "")),
        how=form.get("how", ""),
        seen=form.get("revision", type=int),
    )


def _remind(rows: Session, entry: RegisterEntry, form: MultiDict[str, str]) -> None:
    register_handling.remind(
        rows,
        entry,
        form.getlist("recipient"),
        how=form.get("how", ""),
        seen=form.get("revision", type=int),
    )


VERBS: dict[str, Callable[[Session, RegisterEntry, MultiDict[str, str]], None]] = {
    "acknowledge": _acknowledge,
    "hand-on": _hand_on,
    "sign-for": _sign_for,
    "finish": _finish,
    "again": _again,
    "paper": _paper,
    "arrived": _arrived,
    "remind": _remind,
    "cancel": _cancel,
}


@blueprint.post(f"/{CODE}/<any({', '.join(map(repr, VERBS))}):verb>")
def act(book: str, year: int, number: int, verb: str) -> BaseResponse:
    """One of the things that happen to a line."""
    try:
        with writing() as rows:
            needed = Action.SEE_REGISTERS if verb == "finish" else Action.REGISTER
            require(rows, needed, here())  # who handles it ends it, see `finishing`
            VERBS[verb](rows, the_entry(rows, book, year, number), request.form)
    except ArchiveError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        tell(error)
    else:
        flash(gettext("Done. It stands in the story of the line."), "success")
    return redirect(url_for("registers.one", book=book, year=year, number=number))


@blueprint.get(f"/{CODE}/receipt.<any(xml,json):form>")
def receipt(book: str, year: int, number: int, form: str) -> Response:
    """The answer "received" for the sender, as a file."""
    with reading() as rows:
        require(rows, Action.REGISTER, here())
        entry = the_entry(rows, book, year, number)
        return receipt_file(sender_answers.of_entry(entry), form, f"{book}-{year}-{number}")


def receipt_file(told: dict[str, Any], form: str, name: str) -> Response:
    """A receipt as XML or JSON, to be kept or sent."""
    content = sender_answers.as_xml(told) if form == "xml" else json.dumps(told, ensure_ascii=False)
    answer = Response(content, mimetype=f"application/{form}")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
