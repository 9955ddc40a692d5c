"""Commands for the schedule, for terms and their ends: list, draft, approve, say, explain."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import access, clock, reading
from archive.access import Action
from archive.errors import NotAllowed, NotFound
from archive.fields import Field, day_typed, parse_value
from archive.models import CaseFile, Document, Organ, Person
from retention import (
    approving,
    assignments,
    explaining,
    first_schedule,
    occurrences,
    schedule,
    what_if,
)
from retention import schedule_tables as tables
from retention.clock import STARTED_BY
from retention.models import Clock, RetentionRule
from retention.schedule import RuleValues
from web import schedule_files
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.retention_words import as_values, end_said
from web.words import say, say_code, translated

DUE_ON = Field("due_on", "--on", "--on", "date")
MOST_DUE = 10_000


@click.group()
def retention() -> None:
    """How long things are kept, and why."""


@retention.group("schedule")
def schedule_group() -> None:
    """The organ's retention schedule, row by row."""


def _organ(db: Session, who: Person, action: Action) -> Organ:
    organ = here(db, who)
    access.require(db, who, action, organ)
    return organ


@schedule_group.command("list")
@click.option("--state", type=click.Choice(["draft", "in_force", "ended"]))
@json_option
@click.pass_obj
@door
def list_rules(actor: str | None, state: str | None, as_json: bool) -> None:
    """Print the rules, those in one state only if it is named."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        found = schedule.rules_of(db, _organ(db, who, Action.SEE_RETENTION))
    for one in found:
        if state is not None and one.state != state:
            continue
        if as_json:
            answer(schedule_files.rule_as_values(one))
        else:
            click.echo(f"{one.number:<8} {one.version:>2} {one.state:<9} {one.term}  {one.title}")


@schedule_group.command("load")
@json_option
@click.pass_obj
@door
def load(actor: str | None, as_json: bool) -> None:
    """Put the list of 2011 into the schedule as drafts; none of them holds by that."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        made = first_schedule.load(db, _organ(db, who, Action.MANAGE_SCHEDULE), who)
        told = {"new": len(made.new), "present": made.present}
    _said(told, say("schedule_loaded", **told), as_json)


@schedule_group.command("import")
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--take-in", "is_meant", is_flag=True, help="Do it; else it is only shown.")
@json_option
@click.pass_obj
@door
def import_table(actor: str | None, table: Path, is_meant: bool, as_json: bool) -> None:
    """Show what an XLSX or CSV file would change, row by row; then take it in as drafts."""
    read = schedule_files.read(table)
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = _organ(db, who, Action.MANAGE_SCHEDULE)
        if is_meant:
            compared = tables.take_in(db, organ, read, who)
        else:
            compared = tables.compare(db, organ, read)
    _tell_fates(compared, as_json)
    states = ("new", "version", "changed", "same", "wrong")
    count = {name: compared.count(name) for name in states}
    tell(say("schedule_taken_in" if is_meant else "schedule_shown", **count))


def _tell_fates(compared: tables.Comparison, as_json: bool) -> None:
    for fate in compared.fates:
        if as_json:
            answer(schedule_files.fate_as_values(fate))
        elif fate.state != "same":
            name = say("fate_changed" if fate.state == "version" else f"fate_{fate.state}")
            click.echo(f"{fate.row}  {name}  {fate.values.number}  {fate.values.title}")
            for one in fate.wrong:
                column = schedule_files.name_of_column(one.column)
                said = say_code(one.code, **one.details)
                tell(say("cell_wrong", row=one.row, column=column, value=one.value, said=said))


@schedule_group.command("export")
@click.option("--to", "target", type=click.Path(path_type=Path), required=True)
@json_option
@click.pass_obj
@door
def export(actor: str | None, target: Path, as_json: bool) -> None:
    """Write the schedule as XLSX, or as CSV where the file's name says so."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        found = schedule.rules_of(db, _organ(db, who, Action.SEE_RETENTION))
        count = schedule_files.write(found, target)
    told = {"rules": count, "target": str(target)}
    _said(told, say("schedule_exported", count=count, target=str(target)), as_json)


@schedule_group.command("draft")
@click.argument("number")
@click.option("--group", "group_name", help="Group of records; the earlier version's if none.")
@click.option("--title", help="What records; the earlier version's if none.")
@click.option("--term", help="Retention period: Vĩnh viễn, 20 năm.")
@click.option("--mandate", help="Regulation and article.")
@click.option("--note")
@json_option
@click.pass_obj
@door
def draft(actor: str | None, number: str, as_json: bool, **given: str | None) -> None:
    """Draft a rule, or the next version of one; a draft that is there is changed."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = _organ(db, who, Action.MANAGE_SCHEDULE)
        there = schedule.versions(db, organ, number)
        told = vars(schedule.values_of(there[0])) if there else {}
        told = {**dict.fromkeys(schedule.NAMES, ""), **told, "number": number}
        values = RuleValues(**{**told, **{k: v for k, v in given.items() if v is not None}})
        if there and there[0].state == schedule.DRAFT:
            rule = there[0]
            schedule.change(db, rule, values, who)
        else:
            rule = schedule.draft(db, organ, values, who)
        shown = schedule_files.rule_as_values(rule)
    _said(shown, say("rule_drafted", number=rule.number, version=rule.version), as_json)


@schedule_group.command("drop")
@click.argument("number")
@json_option
@click.pass_obj
@door
def drop(actor: str | None, number: str, as_json: bool) -> None:
    """Let a draft go. What was approved is never deleted."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        rule = schedule.by_number(db, _organ(db, who, Action.MANAGE_SCHEDULE), number)
        told = {"number": rule.number, "version": rule.version}
        schedule.drop(db, rule)
    _said(told, say("rule_dropped", **told), as_json)


@schedule_group.command("approve")
@click.argument("number")
@click.option("--from", "first", default="", metavar="DAY", help="First day; today if none.")
@json_option
@click.pass_obj
@door
def approve(actor: str | None, number: str, first: str, as_json: bool) -> None:
    """Let one draft hold; its earlier version ends the day before."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = _organ(db, who, Action.APPROVE_SCHEDULE)
        rule = schedule.by_number(db, organ, number, schedule.DRAFT)
        approving.approve(db, rule, who, valid_from=day_typed(first))
        told = schedule_files.rule_as_values(rule)
    _said(told, say("rule_approved", number=rule.number, version=rule.version), as_json)


@schedule_group.command("end")
@click.argument("number")
@click.option("--on", "last", default="", metavar="DAY", help="Last day; today if none.")
@click.option("--reason", required=True)
@json_option
@click.pass_obj
@door
def end(actor: str | None, number: str, last: str, reason: str, as_json: bool) -> None:
    """Let a rule end without a next version."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = _organ(db, who, Action.APPROVE_SCHEDULE)
        rule = schedule.by_number(db, organ, number, schedule.IN_FORCE)
        approving.end(db, rule, on=day_typed(last), reason=reason)
        told = schedule_files.rule_as_values(rule)
    _said(told, say("rule_ended", number=rule.number, version=rule.version), as_json)


# One case file ------------------------------------------------------------------------------------


@retention.command("assign")
@click.argument("code")
@click.option("--rule", "number", default="", help="Number of the rule in the schedule.")
@click.option("--term", default="", help="Retention period; the rule's if none.")
@click.option("--reason", default="", help="Why; another term asks for it.")
@json_option
@click.pass_obj
@door
def assign(
    actor: str | None, code: str, number: str, term: str, reason: str, as_json: bool
) -> None:
    """Say how long a case file is kept, or confirm what is said."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = reading.the_case_file(db, who, code, Action.SEE_RETENTION)
        rule = schedule.usable(db, found.organ, number) if number else None
        if not number and not term:
            present = assignments.binding(db, found)
            rule, term = present.rule, present.term
        assignments.assign(
            db, found, who, term=term, rule=rule, source=_side(db, who, found), reason=reason
        )
        told = as_values(explaining.explain(db, found, who), translated)
    _explained(told, as_json)


def _side(db: Session, who: Person, found: CaseFile) -> str:
    """For whom they speak: the archive, or the officer as long as it is with them."""
    if access.may(db, who, Action.ASSIGN_TERM, found):
        return assignments.ARCHIVIST
    access.require(db, who, Action.WORK, found)
    if found.holder_id not in (None, who.id):
        raise NotAllowed("not_the_holder", case_file=found.code)
    if found.stage != "closed":
        raise NotAllowed("not_allowed", action=str(Action.ASSIGN_TERM))
    return assignments.OFFICER


@retention.command("occurrence")
@click.argument("code")
@click.option("--kind", type=click.Choice(list(STARTED_BY.values())), required=True)
@click.option("--on", "day", required=True, metavar="DAY", help="The day on which it came.")
@click.option("--evidence", required=True, help="Number of the document that shows it.")
@click.option("--note", default="", help="A word; where a day is corrected, why.")
@json_option
@click.pass_obj
@door
def occurrence(
    actor: str | None, code: str, kind: str, day: str, evidence: str, note: str, as_json: bool
) -> None:
    """Write down that what a term waits for has come."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = reading.the_case_file(db, who, code, Action.ASSIGN_TERM)
        occurrences.record(
            db, found, who, kind=kind, happened_on=day_typed(day), evidence=evidence, note=note
        )
        told = as_values(explaining.explain(db, found, who), translated)
    _explained(told, as_json)


@retention.command("explain")
@click.argument("code")
@json_option
@click.pass_obj
@door
def explain(actor: str | None, code: str, as_json: bool) -> None:
    """Say why a case file or a document is kept, and until when."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        thing = _thing(db, who, code)
        told = as_values(explaining.explain(db, thing, who), translated)
    _explained(told, as_json)


def _thing(db: Session, who: Person, code: str) -> CaseFile | Document:
    try:
        return reading.the_case_file(db, who, code, Action.SEE_RETENTION)
    except NotFound:
        return reading.the_document(db, who, code, Action.SEE_RETENTION)


def _explained(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        answer(told)
        return
    for one in told["sentences"]:
        click.echo(one)


# Many ---------------------------------------------------------------------------------------------


@retention.command("due")
@click.option("--on", "day", default="", metavar="DAY", help="Terms over by this day; today.")
@click.option("--limit", type=click.IntRange(1, MOST_DUE), default=1000, show_default=True)
@json_option
@click.pass_obj
@door
def due(actor: str | None, day: str, limit: int, as_json: bool) -> None:
    """List the case files whose terms are over by a day, the earliest first."""
    on: date | None = parse_value(DUE_ON, day) if day else None
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        organ = _organ(db, who, Action.SEE_RETENTION)
        wanted = (
            select(CaseFile, Clock.expires_on, Clock.is_confirmed)
            .join(Clock, Clock.case_file_id == CaseFile.id)
            .where(
                Clock.organ_id == organ.id,
                Clock.expires_on <= (on or clock.today(organ)),
                reading.seen_case_files(db, who, organ),
            )
            .order_by(Clock.expires_on, Clock.case_file_id)
            .limit(limit)
        )
        found = [
            {
                "case_file": one.code, "title": one.title, "term": one.maintenance,
                "expires_on": expires_on, "is_confirmed": is_confirmed,
            }
            for one, expires_on, is_confirmed in db.execute(wanted)
        ]  # fmt: skip
    for one in found:
        shown = f"{one['case_file']:<24} {one['expires_on']:%d/%m/%Y}  {one['term']}"
        answer(one) if as_json else click.echo(f"{shown}  {one['title']}")


@retention.command("what-if")
@click.argument("number")
@click.option("--version", type=int, help="Of the rule; its draft, or the latest, if none.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Write them to this table.")
@json_option
@click.pass_obj
@door
def what_if_command(
    actor: str | None, number: str, version: int | None, target: Path | None, as_json: bool
) -> None:
    """List the case files that a version of a rule would move, earlier or later."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        organ = _organ(db, who, Action.SEE_RETENTION)
        rule = _version(db, organ, number, version)
        every = [one for one in what_if.of_version(db, rule) if one.way != what_if.SAME]
        moved = what_if.known_to(db, who, every)
        if target is not None:
            schedule_files.write_moved(moved, target, translated)
    for one in () if target is not None else moved:
        if as_json:
            answer(_moved(one))
        else:
            way = f"{end_said(one.before, translated)} → {end_said(one.after, translated)}"
            click.echo(f"{one.code:<24} {way}  {one.title}")
    count = Counter(one.way for one in moved)
    tell(say("would_move", earlier=count["earlier"], later=count["later"], other=count["other"]))


def _version(db: Session, organ: Organ, number: str, version: int | None) -> RetentionRule:
    if version is None:
        return schedule.by_number(db, organ, number)
    for one in schedule.versions(db, organ, number):
        if one.version == version:
            return one
    raise NotFound("no_such_rule", number=number)


def _moved(one: what_if.Moved) -> dict[str, Any]:
    return {
        "case_file": one.code,
        "title": one.title,
        "way": one.way,
        "before": {"fate": str(one.before.fate), "expires_on": one.before.on},
        "after": {"fate": str(one.after.fate), "expires_on": one.after.on},
    }


def _said(told: dict[str, Any], said: str, as_json: bool) -> None:
    answer(told) if as_json else click.echo(said)
