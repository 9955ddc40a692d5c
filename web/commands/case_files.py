"""Commands for the life of a case file: open, show, list, fill, close, correct."""

import json
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import access, case_files, closing, documents, papers, people, reading
from archive.access import Action
from archive.fields import CASE_FILE_FIELDS, day_typed
from archive.freezes import orders_on
from archive.models import CaseFile, Document, Person, Placement
from archive.moves import require_change
from ingest.intakes import nothing_on_the_road
from web import term_forms
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.commands.recording import pairs
from web.marks import refuse_marks
from web.words import say

_reason = click.option("--reason", required=True, help="Why; it is kept in the story.")
_set = click.option(
    "--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Descriptive data."
)


@click.group("case-file")
def case_file() -> None:
    """Case files, from opening to closing."""


@case_file.command("open")
@click.argument("notation")
@click.option("--title", required=True)
@click.option("--year", type=int, help="Year of the file; this year if none.")
@click.option("--maintenance", default="", help="Retention period, as the plan states it.")
@click.option("--creator", default="", help="Who draws it up; its holder if none.")
@click.option("--start", default="", metavar="DD/MM/YYYY", help="Its first day; today if none.")
@json_option
@click.pass_obj
@door
def open_one(
    actor: str | None,
    notation: str,
    title: str,
    year: int | None,
    maintenance: str,
    creator: str,
    start: str,
    as_json: bool,
) -> None:
    """Open a case file and print its code."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = here(db, who)
        access.require(db, who, Action.OPEN_CASE_FILE, organ)
        made = case_files.open_one(
            db, organ, notation, title, year=year, holder=db.get_one(Person, who.id),
            maintenance=maintenance, creator=creator,
            start_date=day_typed(start),
        )  # fmt: skip
        told = {"case_file": made.code, "title": made.title}
    answer(told) if as_json else click.echo(made.code)


@case_file.command()
@click.argument("code")
@json_option
@click.pass_obj
@door
def show(actor: str | None, code: str, as_json: bool) -> None:
    """Show a case file with its documents in order."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        told = _whole(db, who, reading.the_case_file(db, who, code, Action.SEE_CASE_FILES))
    answer(told) if as_json else click.echo(json.dumps(told, ensure_ascii=False, indent=2))


@case_file.command("list")
@click.option("--year", type=int)
@click.option("--stage", default="", help="planned, open, closed, submitted, returned, accepted.")
@click.option("--held-by", default="", metavar="USER", help="Only what this person holds.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--start", type=click.IntRange(0), default=0)
@json_option
@click.pass_obj
@door
def list_them(
    actor: str | None,
    year: int | None,
    stage: str,
    held_by: str,
    limit: int,
    start: int,
    as_json: bool,
) -> None:
    """List the organ's case files that you may see, newest first."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        organ = here(db, who)
        access.require(db, who, Action.SEE_CASE_FILES, organ)
        wanted = select(CaseFile).where(reading.seen_case_files(db, who, organ))
        if year is not None:
            wanted = wanted.where(CaseFile.year == year)
        if stage:
            wanted = wanted.where(CaseFile.stage == stage)
        if held_by:
            wanted = wanted.where(CaseFile.holder_id == people.by_name(db, held_by).id)
        page = wanted.order_by(CaseFile.id.desc()).offset(start).limit(limit)
        found = db.scalars(page.options(selectinload(CaseFile.holder))).all()
        totals = case_files.totals(db, [one.id for one in found])
        rows = [_brief(one, *totals.get(one.id, (0, 0))) for one in found]
    for row in rows:
        answer(row) if as_json else click.echo(
            f"{row['case_file']:<24} {row['stage']:<10} {row['documents']:>6}  {row['title']}"
        )


@case_file.command()
@click.argument("code")
@click.argument("document_codes", nargs=-1, required=True)
@json_option
@click.pass_obj
@door
def place(actor: str | None, code: str, document_codes: tuple[str, ...], as_json: bool) -> None:
    """Place documents into a case file, all of them or none."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = reading.the_case_file(db, who, code, Action.PLACE)
        for one in document_codes:
            document = reading.the_document(db, who, one, Action.PLACE)
            access.require_placing(db, who, document, found)
            documents.place(db, document, found)
        told = {"case_file": found.code, "placed": list(document_codes)}
    _said(told, say("placed", case_file=code, count=len(document_codes)), as_json)


@case_file.command("take-out")
@click.argument("code")
@click.argument("document_code")
@click.option("--why", type=click.Choice(closing.REASONS_TO_TAKE_OUT), required=True)
@click.option("--note", default="")
@json_option
@click.pass_obj
@door
def take_out(
    actor: str | None, code: str, document_code: str, why: str, note: str, as_json: bool
) -> None:
    """Take a duplicate, a draft or a stray out; the document itself stays."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = reading.the_case_file(db, who, code, Action.SEE_CASE_FILES)
        access.require_filling(db, who, found)
        document = reading.the_document(db, who, document_code, Action.DESCRIBE)
        closing.take_out(db, found, document, why, note)
        told = {"case_file": found.code, "document": document.code, "why": why}
    _said(told, say("taken_out", document=document_code), as_json)


@case_file.command()
@click.argument("code")
@_set
@click.option("--rule", "number", help="Number of the schedule's rule; the plan's if none.")
@json_option
@click.pass_obj
@door
def close(
    actor: str | None, code: str, settings: tuple[str, ...], number: str | None, as_json: bool
) -> None:
    """Close a case file; title, term and last day are fixed with --set."""
    values = pairs(settings)
    refuse_marks(values)
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = reading.the_case_file(db, who, code, Action.SEE_CASE_FILES)
        rule = term_forms.rule_at_closing(db, found, number, values)
        values = term_forms.with_term_of(found, values, rule)
        closing.close(db, found, who, values, more=[nothing_on_the_road])
        term_forms.confirm_at_closing(db, found, who, rule)
        told = _stands(found)
    _said(told, say("case_file_closed", case_file=code, due=told["due_on"] or "–"), as_json)


@case_file.command()
@click.argument("code")
@_reason
@json_option
@click.pass_obj
@door
def reopen(actor: str | None, code: str, reason: str, as_json: bool) -> None:
    """Open a closed case file again."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = reading.the_case_file(db, who, code, Action.SEE_CASE_FILES)
        closing.reopen(db, found, who, reason)
        told = _stands(found)
    _said(told, say("case_file_reopened", case_file=code), as_json)


@case_file.command()
@click.argument("code")
@_set
@_reason
@json_option
@click.pass_obj
@door
def correct(
    actor: str | None, code: str, settings: tuple[str, ...], reason: str, as_json: bool
) -> None:
    """Correct data of a case file; `+Name=Value` is a supplementary field."""
    values = pairs(settings)
    refuse_marks(values)
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = reading.the_case_file(db, who, code, Action.SEE_CASE_FILES)
        require_change(db, found, who)
        term_forms.correct(db, found, who, values, reason)
        told = {"case_file": found.code, "revision": found.revision}
    _said(told, say("case_file_corrected", case_file=code), as_json)


# In plain values ----------------------------------------------------------------------------------


def _brief(found: CaseFile, count: int, pages: int) -> dict[str, Any]:
    return {
        "case_file": found.code,
        "title": found.title,
        "stage": found.stage,
        "holder": found.holder.user_name if found.holder else None,
        "maintenance": found.maintenance,
        "documents": count,
        "pages": pages,
        "due_on": found.due_on,
    }


def _stands(found: CaseFile) -> dict[str, Any]:
    return {
        "case_file": found.code,
        "stage": found.stage,
        "documents": found.document_total,
        "pages": found.page_total,
        "due_on": found.due_on,
    }


def _whole(db: Session, who: Person, found: CaseFile) -> dict[str, Any]:
    places = db.execute(
        select(Placement.ordinal, Document.code, Document.subject)
        .join(Document, Document.id == Placement.document_id)
        .where(Placement.case_file_id == found.id, access.open_documents(who))
        .order_by(Placement.ordinal)
    ).all()
    totals = case_files.totals(db, [found.id]).get(found.id, (0, 0))
    return {
        **_brief(found, *totals),
        "access_level": found.access_level,
        "fields": {one.code: getattr(found, one.column) for one in CASE_FILE_FIELDS},
        "supplementary": found.supplementary,
        "frozen_by": [one.number for one in orders_on(db, found)],
        "contents": [
            {"ordinal": ordinal, "document": code, "subject": subject}
            for ordinal, code, subject in places
        ],
        "papers": [
            {
                "kind": one.kind,
                "what": one.what,
                "place": one.place,
                "holder": one.holder,
                "pages": one.pages,
                "sheets": one.sheets,
                "link": one.link,
            }
            for one in papers.of_case_file(db, found)
        ],
        "taken_out": [
            {"document": one.document.code, "why": one.why, "note": one.note}
            for one in closing.taken_out(db, found)
        ],
        "revision": found.revision,
    }


def _said(told: dict[str, Any], said: str, as_json: bool) -> None:
    answer(told) if as_json else tell(said)
