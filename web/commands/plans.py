"""Commands for the yearly file plan (danh mục hồ sơ)."""

from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from archive import (
    access,
    case_files,
    file_plans,
    people,
    plan_approval,
    plan_changes,
    plan_copies,
    plan_import,
    plan_tree,
)
from archive.access import Action
from archive.errors import Invalid, NotFound
from archive.fields import Field, parse_value
from archive.file_plans import LineValues
from archive.models import FilePlan, FilePlanEntry, Organ, Person
from archive.plan_tables import units_of
from retention import plan_rules
from web import plan_files, plan_forms
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.words import say, say_code

DECIDED_ON = Field("decision_date", "--on", "--on", "date")


@click.group()
def plan() -> None:
    """The yearly file plan."""


def line_options(command: Any) -> Any:
    """What a line says."""
    for one in (
        click.option("--note"),
        click.option("--unit", help="Code of the unit."),
        click.option("--holder", help="Account of who draws the case file up."),
        click.option("--creator", help="Who draws it up, in words."),
        click.option("--maintenance", help="Retention period: Vĩnh viễn, 20 năm."),
        click.option("--rule", help="Number of the schedule's rule that it proposes."),
        click.option("--reason", default="", help="Why an approved plan changes."),
    ):
        command = one(command)
    return command


def _organ(db: Session, who: Person, action: Action) -> Organ:
    organ = here(db, who)
    access.require(db, who, action, organ)
    return organ


def _plan(db: Session, who: Person, year: int, action: Action) -> FilePlan:
    return file_plans.of_year(db, _organ(db, who, action), year)


@plan.command("draw-up")
@click.argument("year", type=int)
@json_option
@click.pass_obj
@door
def draw_up(actor: str | None, year: int, as_json: bool) -> None:
    """Begin the plan of a year."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        file_plans.draw_up(db, _organ(db, who, Action.PLAN), year)
    _said({"year": year, "stage": "draft"}, say("plan_drawn_up", year=year), as_json)


@plan.command("show")
@click.argument("year", type=int)
@json_option
@click.pass_obj
@door
def show(actor: str | None, year: int, as_json: bool) -> None:
    """Print the plan of a year, line by line."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        found = _plan(db, who, year, Action.SEE_PLAN)
        lines = plan_files.as_values(db, found, who)
    for one in lines:
        answer(one) if as_json else click.echo(_as_text(one))


def _as_text(one: dict[str, Any]) -> str:
    number = f"{one['heading']}." if one["heading"] else one["notation"]
    more = (one["maintenance"], one["creator"], one["case_file"])
    behind = " · ".join(part for part in more if part)
    return f"{'  ' * one['depth']}{number} {one['title']}{f'  [{behind}]' if behind else ''}"


@plan.command("add")
@click.argument("year", type=int)
@click.argument("title")
@click.option("--notation", default="", help="Number and notation; none for a heading.")
@click.option("--under", help="Its heading, as shown: II, or II.1.")
@line_options
@json_option
@click.pass_obj
@door
def add(
    actor: str | None,
    year: int,
    title: str,
    notation: str,
    under: str | None,
    reason: str,
    as_json: bool,
    **given: str | None,
) -> None:
    """Add a heading or a case file; with a reason once the plan is approved."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = _plan(db, who, year, Action.PLAN)
        values = _values(db, found, given, LineValues(title, notation))
        parent = _heading(db, found, under) if under else None
        if found.stage == "draft":
            entry = file_plans.add_line(db, found, values, parent)
        else:
            entry, _ = plan_changes.add(db, found, values, parent, reason=reason)
        plan_forms.propose(db, entry, given.get("rule"))
        told = {"year": year, "line": entry.id, "notation": entry.notation}
    _said(told, say("plan_line_added", name=entry.notation or entry.title), as_json)


@plan.command("change")
@click.argument("year", type=int)
@click.argument("notation")
@click.option("--title")
@line_options
@json_option
@click.pass_obj
@door
def change(
    actor: str | None,
    year: int,
    notation: str,
    reason: str,
    as_json: bool,
    **given: str | None,
) -> None:
    """Change the line of a case file that is planned only."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = _plan(db, who, year, Action.PLAN)
        entry = _entry(db, found, notation)
        present = LineValues(
            **{name: getattr(entry, name) for name in LineValues.__dataclass_fields__}
        )
        values = _values(db, found, given, present)
        if found.stage == "draft":
            file_plans.change_line(db, entry, values)
        else:
            plan_changes.change(db, entry, values, reason=reason)
        plan_forms.propose(db, entry, given.get("rule"))
    _said({"year": year, "notation": notation}, say("plan_line_changed", name=notation), as_json)


@plan.command("take-out")
@click.argument("year", type=int)
@click.argument("notation")
@click.option("--reason", default="", help="Why; an approved plan asks for it.")
@json_option
@click.pass_obj
@door
def take_out(actor: str | None, year: int, notation: str, reason: str, as_json: bool) -> None:
    """Take a case file out of the plan that was never opened."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = _plan(db, who, year, Action.PLAN)
        entry = _entry(db, found, notation)
        if found.stage == "draft":
            plan_rules.forget(db, entry)
            file_plans.remove_line(db, entry)
        else:
            plan_changes.take_out(db, entry, who, reason=reason)
    _said({"year": year, "notation": notation}, say("plan_line_out", name=notation), as_json)


@plan.command("import")
@click.argument("year", type=int)
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--take-in", "is_meant", is_flag=True, help="Do it; else it is only shown.")
@json_option
@click.pass_obj
@door
def import_table(actor: str | None, year: int, table: Path, is_meant: bool, as_json: bool) -> None:
    """Show what an XLSX or CSV file would change in a draft, row by row; then take it in."""
    read = plan_files.read(table)
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = _plan(db, who, year, Action.PLAN)
        file_plans.require_draft(db, found)
        do = plan_import.take_in if is_meant else plan_import.compare
        compared = do(db, found, read)
    _tell_fates(compared, as_json)
    count = {name: compared.count(name) for name in ("new", "changed", "same", "wrong")}
    tell(say("plan_taken_in" if is_meant else "plan_shown", **count))


def _tell_fates(compared: plan_import.Comparison, as_json: bool) -> None:
    for fate in compared.fates:
        if as_json:
            answer(plan_files.fate_as_values(fate))
        elif fate.state != "same":
            click.echo(
                f"{fate.row}  {say(f'fate_{fate.state}')}  "
                f"{fate.values.notation or '–'}  {fate.values.title}"
            )
            for one in fate.wrong:
                tell(_wrong_line(one))


def _wrong_line(wrong: plan_import.Wrong) -> str:
    column = plan_files.name_of_column(wrong.column)
    said = say_code(wrong.code, **wrong.details)
    return say("cell_wrong", row=wrong.row, column=column, value=wrong.value, said=said)


@plan.command("export")
@click.argument("year", type=int)
@click.option("--to", "target", type=click.Path(path_type=Path), required=True)
@click.pass_obj
@door
def export(actor: str | None, year: int, target: Path) -> None:
    """Write the plan of a year as XLSX, or as CSV where the file's name says so."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        count = plan_files.write(db, _plan(db, who, year, Action.SEE_PLAN), who, target)
    tell(say("plan_exported", year=year, count=count, target=str(target)))


@plan.command("check")
@click.argument("year", type=int)
@json_option
@click.pass_obj
@door
def check(actor: str | None, year: int, as_json: bool) -> None:
    """List everything that keeps a draft from being approved."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        found = plan_approval.problems(db, _plan(db, who, year, Action.SEE_PLAN))
    for one in found:
        name = one.entry.notation or one.entry.title
        said = say_code(one.code, **one.details)
        answer(one.as_json()) if as_json else click.echo(f"{name}: {said}")
    tell(say("plan_problems", count=len(found)))


@plan.command("approve")
@click.argument("year", type=int)
@click.option("--number", required=True, help="Number of the decision.")
@click.option("--on", "day", required=True, metavar="DAY", help="Its date.")
@json_option
@click.pass_obj
@door
def approve(actor: str | None, year: int, number: str, day: str, as_json: bool) -> None:
    """Approve the plan of a year; its case files are planned."""
    on: date | None = parse_value(DECIDED_ON, day)
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = _plan(db, who, year, Action.APPROVE_PLAN)
        made = plan_approval.approve(db, found, who, number=number, on=on)
        told = {"year": year, "stage": found.stage, "case_files": len(made)}
    _said(told, say("plan_approved", year=year, count=len(made)), as_json)


@plan.command("copy")
@click.argument("year", type=int)
@click.option("--to", "target", type=int, required=True, help="Year of the new draft.")
@json_option
@click.pass_obj
@door
def copy(actor: str | None, year: int, target: int, as_json: bool) -> None:
    """Copy the plan of a year into a draft of another, and name the holders who have left."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        start = _plan(db, who, year, Action.PLAN)
        made = plan_copies.copy(db, start, target)
        plan_rules.copy(db, start, made.plan)
        left = [one.user_name for one in made.left]
    _said(
        {"year": target, "lines": made.lines, "left": left},
        say("plan_copied", year=target, count=made.lines, left=", ".join(left) or "–"),
        as_json,
    )


@plan.command("carry-over")
@click.argument("year", type=int)
@json_option
@click.pass_obj
@door
def carry_over(actor: str | None, year: int, as_json: bool) -> None:
    """Put the unfinished case files of earlier years into the plan of this year."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        carried = plan_copies.carry_over(db, _organ(db, who, Action.PLAN), year)
        codes = [one.code for one in carried]
    _said(
        {"year": year, "case_files": codes},
        say("plan_carried", year=year, count=len(codes)),
        as_json,
    )


@plan.command("open")
@click.argument("code")
@json_option
@click.pass_obj
@door
def open_planned(actor: str | None, code: str, as_json: bool) -> None:
    """Open a case file of the plan by its code."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        case_file = case_files.by_code(db, code)
        access.require(db, who, Action.OPEN_CASE_FILE, case_file)
        plan_changes.open_planned(db, case_file, who)
        told = {"case_file": case_file.code, "stage": case_file.stage}
    _said(told, code, as_json)


# Finding what is meant ----------------------------------------------------------------------------


def _entry(db: Session, found: FilePlan, notation: str) -> FilePlanEntry:
    key = file_plans.notation_key(notation)
    for one in plan_tree.lines_of(db, found):
        if one.entry.notation and file_plans.notation_key(one.entry.notation) == key:
            return one.entry
    raise NotFound("no_such_line", year=found.year)


def _heading(db: Session, found: FilePlan, number: str) -> FilePlanEntry:
    """II or II.1, as `plan show` prints them."""
    wanted, at = number.strip(" .").upper(), ""
    for one in plan_tree.lines_of(db, found):
        if one.number and one.depth == 0:
            at = one.number
        shown = one.number if one.depth == 0 else f"{at}.{one.number}"
        if one.number and shown.upper() == wanted:
            return one.entry
    raise NotFound("no_such_line", year=found.year)


def _values(
    db: Session, found: FilePlan, given: dict[str, str | None], present: LineValues
) -> LineValues:
    """The line's values, with those that were given in their places."""
    told: dict[str, Any] = dict(vars(present))
    for name in ("title", "maintenance", "creator", "note"):
        if given.get(name) is not None:
            told[name] = given[name]
    told["maintenance"] = plan_forms.term_of_line(db, found, given, told["maintenance"])
    if (account := given.get("holder")) is not None:
        told["holder_id"] = people.by_name(db, account).id if account else None
    if (code := given.get("unit")) is not None:
        told["unit_id"] = _unit(db, found, code) if code else None
    return LineValues(**told)


def _unit(db: Session, found: FilePlan, code: str) -> int:
    for one in units_of(db, found.organ_id).values():
        if one.code.casefold() == code.strip().casefold():
            return one.id
    raise Invalid("plan_no_such_unit", value=code)


def _said(told: dict[str, Any], said: str, as_json: bool) -> None:
    answer(told) if as_json else click.echo(said)
