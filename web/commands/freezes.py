"""Commands for orders that hold case files and documents (khóa, đóng băng; R16)."""

from typing import Any

import click
from sqlalchemy.orm import Session

from archive import access, clock, freezes, people, reading, units
from archive.access import Action
from archive.errors import NotFound
from archive.fields import day_typed
from archive.life_models import FreezeOrder
from archive.models import CaseFile, Document, Person
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.words import say


@click.group()
def freeze() -> None:
    """Orders by which nothing may be changed, moved or destroyed."""


@freeze.command()
@click.argument("codes", nargs=-1)
@click.option("--number", required=True, help="Of the document that orders it.")
@click.option("--on", "ordered_on", default="", metavar="DD/MM/YYYY", help="Its date; else today.")
@click.option("--reason", required=True, help="Why; it is kept in the story.")
@click.option("--year", type=int, help="All case files of this year …")
@click.option("--unit", default="", metavar="CODE", help="… and of this unit …")
@click.option("--holder", default="", metavar="USER", help="… and of this holder.")
@click.option("--look", is_flag=True, help="Only say what it would hold; nothing is written.")
@json_option
@click.pass_obj
@door
def place(
    actor: str | None,
    codes: tuple[str, ...],
    number: str,
    ordered_on: str,
    reason: str,
    year: int | None,
    unit: str,
    holder: str,
    look: bool,
    as_json: bool,
) -> None:
    """Freeze case files and documents by code, or all case files that a filter finds."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = here(db, who)
        access.require(db, who, Action.FREEZE, organ)
        things = [_thing(db, who, code) for code in codes]
        if year is not None or unit or holder or not codes:
            things += freezes.chosen(
                db,
                reading.seen_case_files(db, who, organ),
                year=year,
                unit_id=units.by_code(db, organ, unit).id if unit else None,
                holder_id=people.by_name(db, holder).id if holder else None,
            )
        if look:
            found = [one.code for one in dict.fromkeys(things)]
            answer({"things": found}) if as_json else click.echo("\n".join(found))
            return
        day = day_typed(ordered_on) or clock.today(organ)
        order = freezes.freeze(
            db, organ, things, by=db.get_one(Person, who.id), number=number, ordered_on=day,
            reason=reason,
        )  # fmt: skip
        told = {"order": order.id, "number": order.number, "things": [one.code for one in things]}
    said = say("frozen_by", number=number, count=len(things), order=order.id)
    answer(told) if as_json else tell(said)


def _thing(db: Session, who: Person, code: str) -> CaseFile | Document:
    try:
        return reading.the_case_file(db, who, code, Action.SEE_CASE_FILES)
    except NotFound:
        return reading.the_document(db, who, code, Action.DESCRIBE)


@freeze.command()
@click.argument("order_number", type=int, metavar="ORDER")
@click.option("--number", required=True, help="Of the document that lifts it.")
@click.option("--reason", required=True, help="Why; it is kept in the story.")
@json_option
@click.pass_obj
@door
def lift(actor: str | None, order_number: int, number: str, reason: str, as_json: bool) -> None:
    """Lift an order; `freeze list` says which number it has here."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = here(db, who)
        access.require(db, who, Action.FREEZE, organ)
        order = freezes.by_number(db, organ, order_number)
        freezes.thaw(db, order, by=db.get_one(Person, who.id), number=number, reason=reason)
        told = {"order": order.id, "number": order.number, "lifted_by": order.lift_number}
    answer(told) if as_json else tell(say("order_lifted", number=told["number"]))


@freeze.command("list")
@json_option
@click.pass_obj
@door
def list_them(actor: str | None, as_json: bool) -> None:
    """List the organ's orders, those in force first."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        organ = here(db, who)
        access.require(db, who, Action.SEE_CASE_FILES, organ)
        rows = [_order(one) for one in freezes.live_orders(db, organ)]
    for row in rows:
        answer(row) if as_json else click.echo(
            f"{row['order']:<5} {row['number']:<16} {row['ordered_on']}  {row['things']:>6}  "
            f"{'–' if row['in_force'] else row['lifted_by']}  {row['reason']}"
        )


def _order(order: FreezeOrder) -> dict[str, Any]:
    return {
        "order": order.id,
        "number": order.number,
        "ordered_on": order.ordered_on,
        "reason": order.reason,
        "in_force": order.lifted_at is None,
        "lifted_by": order.lift_number,
        "things": len(order.frozen),
    }
