"""Commands that print: books, plans, case files, submissions and reports, as PDF/A."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from archive import books, case_file_export, clock, file_plans, reading, submission_lists
from archive.access import Action
from archive.errors import Invalid
from web import book_forms, desk_forms, file_forms, whole_files
from web.commands.case_files import case_file
from web.commands.door import answer, door, json_option, tell
from web.commands.loans import loan
from web.commands.plans import plan
from web.commands.register_desk import Desk, a_day, at_desk
from web.commands.registers import register
from web.commands.submissions import submission
from web.forms import Form, mark_of, printed
from web.words import say

TO = click.option(
    "--to", "target", type=click.Path(path_type=Path), required=True, help="File to write."
)
FIRST = click.option("--first", metavar="DAY", help="First day; the last one, or today, if none.")
LAST = click.option("--last", metavar="DAY", help="Last day; the first one, or today, if none.")


@register.command("print")
@click.argument("book")
@click.option(
    "--form",
    type=click.Choice(["book", "handling", "post", "uses"]),
    default="book",
    show_default=True,
    help="The book itself, handling of incoming documents, dispatch by post, use of filed copies.",
)
@FIRST
@LAST
@TO
@json_option
@click.pass_obj
@door
def print_book(
    actor: str | None,
    book: str,
    form: str,
    first: str | None,
    last: str | None,
    target: Path,
    as_json: bool,
) -> None:
    """Print a book from a day to a day, to be signed for and bound."""
    with at_desk(actor, Action.SEE_REGISTERS) as desk:
        begin, end = _days(desk, first, last)
        held = books.book_by_code(desk.db, desk.organ, book)
        made = book_forms.book_form(desk.db, desk.who, held, begin, end, form)
    print_to(made, target, as_json)


@register.command("print-line")
@click.argument("entry")
@click.option("--form", type=click.Choice(["stamp", "slip"]), required=True)
@TO
@json_option
@click.pass_obj
@door
def print_line(actor: str | None, entry: str, form: str, target: Path, as_json: bool) -> None:
    """Print the stamp ĐẾN or the handling slip of an incoming line."""
    made = {"stamp": desk_forms.stamp_form, "slip": desk_forms.slip_form}[form]
    with at_desk(actor, Action.SEE_REGISTERS) as desk:
        form_made = made(desk.db, desk.who, desk.entry(entry))
    print_to(form_made, target, as_json)


@register.command("report")
@click.argument("kind", type=click.Choice(["incoming", "outgoing"]))
@FIRST
@LAST
@TO
@json_option
@click.pass_obj
@door
def report(
    actor: str | None, kind: str, first: str | None, last: str | None, target: Path, as_json: bool
) -> None:
    """Print how documents were handled from a day to a day."""
    with at_desk(actor, Action.SEE_REGISTERS) as desk:
        begin, end = _days(desk, first, last)
        made = desk_forms.report_form(desk.db, desk.who, desk.organ, kind, begin, end)
    print_to(made, target, as_json)


@loan.command("print")
@FIRST
@LAST
@TO
@json_option
@click.pass_obj
@door
def print_loans(
    actor: str | None, first: str | None, last: str | None, target: Path, as_json: bool
) -> None:
    """Print the book of the use of filed copies: what was lent from a day to a day."""
    with at_desk(actor, Action.LEND) as desk:
        begin, end = _days(desk, first, last)
        made = book_forms.loan_form(desk.db, desk.who, desk.organ, begin, end)
    print_to(made, target, as_json)


@plan.command("print")
@click.argument("year", type=int)
@TO
@json_option
@click.pass_obj
@door
def print_plan(actor: str | None, year: int, target: Path, as_json: bool) -> None:
    """Print the file plan of a year."""
    with at_desk(actor, Action.SEE_PLAN) as desk:
        found = file_plans.of_year(desk.db, desk.organ, year)
        made = file_forms.plan_form(desk.db, desk.who, found)
    print_to(made, target, as_json)


@case_file.command("print")
@click.argument("code")
@TO
@json_option
@click.pass_obj
@door
def print_contents(actor: str | None, code: str, target: Path, as_json: bool) -> None:
    """Print the list of what stands in a case file."""
    with at_desk(actor, Action.SEE_CASE_FILES) as desk:
        found = reading.the_case_file(desk.db, desk.who, code, Action.SEE_CASE_FILES)
        made = file_forms.contents_form(desk.db, desk.who, found)
    print_to(made, target, as_json)


@case_file.command("print-list")
@click.argument("year", type=int)
@TO
@json_option
@click.pass_obj
@door
def print_list(actor: str | None, year: int, target: Path, as_json: bool) -> None:
    """Print the list of a year's case files."""
    with at_desk(actor, Action.SEE_CASE_FILES) as desk:
        made = file_forms.list_form(desk.db, desk.who, desk.organ, year)
    print_to(made, target, as_json)


@case_file.command("export-whole")
@click.argument("code")
@click.option("--form", type=click.Choice(["pdf", "xml"]), default="pdf", show_default=True)
@click.option(
    "--order",
    type=click.Choice(case_file_export.ORDERS),
    default="time",
    show_default=True,
    help="By the documents' dates, or as they stand in the file.",
)
@TO
@json_option
@click.pass_obj
@door
def export_whole(
    actor: str | None, code: str, form: str, order: str, target: Path, as_json: bool
) -> None:
    """Write a whole case file: its pages as one PDF/A, or its data as XML."""
    with at_desk(actor, Action.SEE_CASE_FILES) as desk:
        found = reading.the_case_file(desk.db, desk.who, code, Action.SEE_CASE_FILES)
        whole = case_file_export.take_out_whole(desk.db, desk.who, found, form=form, order=order)
        mark = mark_of(desk.db, found.organ, desk.who)
        files, who = desk.services.files, desk.who
    xml, pdf = whole_files.as_xml, whole_files.as_pdf
    with xml(whole, who) if form == "xml" else pdf(files, whole, mark) as path:
        _keep(path, target)
    told = {"case_file": code, "form": form, "documents": len(whole.documents), "file": str(target)}
    _tell(told, code, target, as_json)


@submission.command("print")
@click.argument("code")
@click.option("--form", type=click.Choice(["list", "record"]), default="list", show_default=True)
@TO
@json_option
@click.pass_obj
@door
def print_submission(actor: str | None, code: str, form: str, target: Path, as_json: bool) -> None:
    """Print the list of what is handed over, or the record of the hand-over."""
    made: dict[str, Callable[..., Form]] = {
        "list": file_forms.submission_list_form,
        "record": file_forms.record_form,
    }
    with at_desk(actor, Action.SEE_CASE_FILES) as desk:
        found = submission_lists.whole_submission(desk.db, desk.who, desk.organ, code)
        form_made = made[form](desk.db, desk.who, found)
    print_to(form_made, target, as_json)


# What they share ----------------------------------------------------------------------------------


def _days(desk: Desk, first: str | None, last: str | None) -> tuple[date, date]:
    begin, end, today = a_day(first), a_day(last), clock.today(desk.organ)
    return begin or end or today, end or begin or today


def print_to(form: Form, target: Path, as_json: bool) -> None:
    """Print it to a file, and say so."""
    with printed(form) as path:
        _keep(path, target)
    told = {"form": form.name, "title": form.title, "file": str(target)}
    _tell(told, form.title, target, as_json)


def _tell(told: dict[str, Any], name: str, target: Path, as_json: bool) -> None:
    if as_json:
        answer(told)
    else:
        tell(say("printed", name=name, target=str(target)))


def _keep(path: Path, target: Path) -> None:
    """Copy it out piece by piece.

    Raises:
        Invalid: `cannot_write`.
    """
    try:
        shutil.copyfile(path, target)
    except OSError:
        raise Invalid("cannot_write", path=str(target)) from None
