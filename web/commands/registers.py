"""Commands for the registers: books and their lines."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from archive import access, books, clock, documents, refusals, register_lists, registers
from archive.access import Action
from archive.errors import Invalid, Refused
from archive.reading import the_case_file
from archive.register_twins import LooksLikeEarlier
from archive.secret_lines import open_lines
from ingest import admission, joining, origins, registering
from ingest.intakes import intake_for
from ingest.registering import Decided, Form
from web import register_rows
from web.commands.door import acting, door, here, json_option, names_marks, tell, the_archive
from web.commands.recording import pairs
from web.commands.register_desk import Desk, a_day, at_desk, entry_as_json, received, said
from web.field_words import COMPLETENESS
from web.words import say

A_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group()
def register() -> None:
    """Registers: incoming, outgoing, copies."""


# Books --------------------------------------------------------------------------------------------


@register.command("books")
@click.option("--year", type=int, help="This year if none.")
@json_option
@click.pass_obj
@door
def show_books(actor: str | None, year: int | None, as_json: bool) -> None:
    """List the books with their counts; the three usual ones are made with the first use."""
    with at_desk(actor, Action.SEE_REGISTERS) as desk:
        if access.may(desk.db, desk.who, Action.MANAGE_REGISTERS, desk.organ):
            books.ensure_books(desk.db, desk.organ)
        today = clock.today(desk.organ)
        found = books.books_of(desk.db, desk.organ)
        rows = register_lists.counts(desk.db, found, year or today.year, today)
        told = [register_rows.book_as_json(one) for one in rows]
    for one in told:
        said(one, f"{one['book']:<8} {one['year']}  {one['lines']:>6}  {one['name']}", as_json)


@register.command("add-book")
@click.argument("code")
@click.option("--kind", type=click.Choice(["incoming", "outgoing", "copies"]), required=True)
@click.option("--name", required=True)
@json_option
@click.pass_obj
@door
def add_book(actor: str | None, code: str, kind: str, name: str, as_json: bool) -> None:
    """Open a further book."""
    with at_desk(actor, Action.MANAGE_REGISTERS) as desk:
        made = books.add_book(desk.db, desk.organ, code, kind, name)
        told = {"book": made.code, "kind": made.kind, "name": made.name}
    said(told, str(told["book"]), as_json)


@register.command("close-book")
@click.argument("code")
@click.option("--after", required=True, help="The last day.")
@click.option("--why", required=True)
@json_option
@click.pass_obj
@door
def close_book(actor: str | None, code: str, after: str, why: str, as_json: bool) -> None:
    """Take no more lines into a book after a day; `open-book` takes it back."""
    with at_desk(actor, Action.MANAGE_REGISTERS) as desk:
        day = a_day(after)
        if day is None:
            raise Invalid("day_missing")
        books.close_book(desk.db, books.book_by_code(desk.db, desk.organ, code), day, why)
    said({"book": code, "closed_on": day.isoformat()}, say("book_closed_on", book=code), as_json)


@register.command("open-book")
@click.argument("code")
@click.option("--why", required=True)
@json_option
@click.pass_obj
@door
def open_book(actor: str | None, code: str, why: str, as_json: bool) -> None:
    """Take lines again into a book that was closed."""
    with at_desk(actor, Action.MANAGE_REGISTERS) as desk:
        books.reopen_book(desk.db, books.book_by_code(desk.db, desk.organ, code), why)
    said({"book": code, "closed_on": None}, say("book_open_again", book=code), as_json)


# Lines --------------------------------------------------------------------------------------------


@register.command("enter")
@click.argument("book")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="What it says.")
@click.option("--subject", default="", help="Its subject.")
@click.option("--on", help="The real day of arrival or issue; today if none.")
@click.option("--late-reason", default="", help="Why it is written later than that.")
@click.option("--addressee", default="", help="To whom it is addressed.")
@click.option("--incomplete", default="", help="Why its author, number or date is missing.")
@click.option("--file", "path", type=A_FILE, help="The file that comes along.")
@click.option("--intake", type=int, help="A received file, by its number.")
@click.option("--document", help="A document that is here, by its code.")
@click.option("--copy-of", help="In the book of copies: the document that was copied.")
@click.option("--case-file", help="Code of the case file that its document goes into.")
@click.option("--scanned", type=click.Choice(list(COMPLETENESS)), help="How much of the paper.")
@click.option("--rest-place", default="", help="Where the rest is: who has it, a place, a link.")
@click.option("--rest-pages", default="", help="How many pages the rest has.")
@click.option("--answers", multiple=True, metavar="LINE", help="An incoming line it answers.")
@click.option("--acknowledge", is_flag=True, help="Tell the sender at once that it is here.")
@click.option("--let-in", type=int, help="Number of what a competent person let in.")
@click.option("--earlier", help="Code of the line or document that it looks like.")
@click.option("--is", "decision", type=click.Choice(["other", "same", "supplement"]))
@click.option("--why", default="", help="Reason of that decision.")
@json_option
@click.pass_obj
@door
@names_marks
def enter(actor: str | None, book: str, as_json: bool, **given: Any) -> None:
    """Write a line; its number is the book's next one of the year."""
    form = _form(given)
    try:
        intake = received(actor, given["path"], form) or given["intake"]
        with at_desk(actor, Action.REGISTER) as desk:
            registering.turn_away_secrets(form)
            books.ensure_books(desk.db, desk.organ)
            done = registering.register(
                desk.db,
                books.book_by_code(desk.db, desk.organ, book),
                desk.who,
                _completed(desk, form, given, intake),
            )
            told = {**entry_as_json(desk, done.entry), "is_new": done.is_new}
            line = register_rows.as_line(done.entry)
    except LooksLikeEarlier as twins:
        for one in twins.twins:
            tell(f"  {one.key}  {one.number}  {one.organ_name}  {one.subject}")
        raise
    except Refused as error:
        if error.code == "secret_mark":
            _note_secret(actor)
        raise
    said(told, line, as_json)


def _form(given: dict[str, Any]) -> Form:
    values = pairs(given["settings"])
    if given["subject"]:
        values["subject"] = given["subject"]
    decided = None
    if given["earlier"] and given["decision"]:
        decided = Decided(given["earlier"], given["decision"], given["why"])
    return Form(
        values=values,
        registered_on=a_day(given["on"]),
        late_reason=given["late_reason"],
        addressee=given["addressee"],
        incomplete=given["incomplete"],
        scan={
            "completeness": given["scanned"] or "",
            "elsewhere": given["rest_place"],
            "rest_pages": given["rest_pages"],
        },
        decided=decided,
    )


def _completed(desk: Desk, form: Form, given: dict[str, Any], intake: int | None) -> Form:
    def document(code: str | None) -> Any:
        if not code:
            return None
        found = documents.by_code(desk.db, code)
        access.require(desk.db, desk.who, Action.DESCRIBE, found)
        return found

    into = given["case_file"]
    number = given["let_in"]
    asked = refusals.asked_by_id(desk.db, desk.organ, number) if number is not None else None
    return replace(
        form,
        intake_id=intake,
        document=document(given["document"]),
        case_file=the_case_file(desk.db, desk.who, into, Action.PLACE) if into else None,
        answers=[
            origins.incoming_line(desk.db, code, desk.organ, desk.who) for code in given["answers"]
        ],
        acknowledges=given["acknowledge"],
        copy_of=document(given["copy_of"]),
        let_in=asked,
    )


def _note_secret(actor: str | None) -> None:
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            organ = here(db, who)
        registering.note_secret(services.db, organ.id, who)


@register.command("list")
@click.argument("book")
@click.option("--year", type=int, help="This year if no day is given.")
@click.option("--from", "first", help="From this day.")
@click.option("--to", "last", help="To this day.")
@click.option(
    "--only",
    default="",
    type=click.Choice(["", "unanswered", "due", "overdue", "late", "unacknowledged", "cancelled"]),
)
@click.option("--number", default="", help="With this number, however it is typed.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@json_option
@click.pass_obj
@door
def show_lines(actor: str | None, book: str, as_json: bool, **asked: Any) -> None:
    """List the lines of a book, newest first."""
    with at_desk(actor, Action.SEE_REGISTERS) as desk:
        held = books.book_by_code(desk.db, desk.organ, book)
        first, last = a_day(asked["first"]), a_day(asked["last"])
        today = clock.today(desk.organ)
        year = None if first or last else asked["year"] or today.year
        is_open = open_lines(desk.who, desk.organ)
        wanted = (
            register_lists.lines(held, year=year, first=first, last=last)
            .where(*register_lists.filters(asked["only"], today))
            .where(*register_lists.by_number(held, asked["number"], is_open, year))
            .limit(asked["limit"])
        )
        found = list(desk.db.scalars(wanted))
        hidden = register_lists.hidden_of(desk.db, desk.who, desk.organ, found)
        shown = [one for one in found if one.id not in hidden]
        rows = [(entry_as_json(desk, one), register_rows.as_line(one)) for one in shown]
    for told, line in rows:
        said(told, line, as_json)


@register.command("show")
@click.argument("entry")
@json_option
@click.pass_obj
@door
def show(actor: str | None, entry: str, as_json: bool) -> None:
    """Show one line."""
    with at_desk(actor, Action.SEE_REGISTERS) as desk:
        found = desk.entry(entry)
        told, line = entry_as_json(desk, found), register_rows.as_line(found)
    said(told, line, as_json)


@register.command("correct")
@click.argument("entry")
@click.option("--set", "settings", multiple=True, required=True, metavar="FIELD=VALUE")
@click.option("--why", required=True)
@json_option
@click.pass_obj
@door
def correct(
    actor: str | None, entry: str, settings: tuple[str, ...], why: str, as_json: bool
) -> None:
    """Correct what a line says; earlier values stay in the story."""
    values = pairs(settings)
    if mark := admission.mark_in_fields(values):
        raise Refused("secret_mark", mark=mark)
    with at_desk(actor, Action.REGISTER) as desk:
        found = desk.entry(entry)
        registers.correct(desk.db, found, values, why)
        told, line = entry_as_json(desk, found), register_rows.as_line(found)
    said(told, line, as_json)


@register.command("cancel")
@click.argument("entry")
@click.option("--why", required=True)
@json_option
@click.pass_obj
@door
def cancel(actor: str | None, entry: str, why: str, as_json: bool) -> None:
    """Cancel a number; it stays in the book with its reason."""
    with at_desk(actor, Action.REGISTER) as desk:
        found = desk.entry(entry)
        registers.cancel(desk.db, found, why)
        told, line = entry_as_json(desk, found), register_rows.as_line(found)
    said(told, line, as_json)


@register.command("attach")
@click.argument("entry")
@click.argument("path", type=A_FILE)
@json_option
@click.pass_obj
@door
def attach(actor: str | None, entry: str, path: Path, as_json: bool) -> None:
    """Receive a file that came later; it joins its line, or its line's document."""
    number = received(actor, path, Form({}))
    with at_desk(actor, Action.REGISTER) as desk:
        found = desk.entry(entry)
        registers.hold(desk.db, found)
        intake = intake_for(desk.db, desk.who, desk.organ, number or 0)
        joining.join_intake(desk.db, found, intake)
        told = {**entry_as_json(desk, found), "intake": number}
    said(told, say("joined", entry=entry, intake=number), as_json)
