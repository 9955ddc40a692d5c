"""Commands for what is lent: filed copies and case files on paper."""

from typing import Any

import click
from sqlalchemy.orm import Session

from archive import clock, loans, people
from archive.access import Action
from archive.use_models import Loan
from web.commands.door import answer, door, json_option, tell
from web.commands.people import day_from
from web.commands.register_desk import at_desk
from web.words import say


@click.group()
def loan() -> None:
    """Filed copies and case files that are in somebody's hands."""


@loan.command()
@click.argument("thing")
@click.option("--to", "user_name", default="", metavar="USER", help="Who takes it.")
@click.option("--name", default="", help="Who takes it, where there is no account.")
@click.option("--until", required=True, metavar="DAY", help="The day by which it is to be back.")
@click.option("--from", "from_on", default="", metavar="DAY", help="First day; today if none.")
@click.option("--purpose", required=True, help="What for.")
@click.option("--approved-by", required=True, help="Who allowed it.")
@click.option("--note", default="", help="Which of its papers, in what state.")
@json_option
@click.pass_obj
@door
def lend(
    actor: str | None,
    thing: str,
    user_name: str,
    name: str,
    until: str,
    from_on: str,
    purpose: str,
    approved_by: str,
    note: str,
    as_json: bool,
) -> None:
    """Write down that somebody takes a document's filed copy or a case file away."""
    with at_desk(actor, Action.LEND) as desk:
        made = loans.lend(
            desk.db,
            loans.named(desk.db, desk.who, thing, Action.LEND),
            desk.who,
            to=people.by_name(desk.db, user_name) if user_name else None,
            name=name,
            purpose=purpose,
            approved_by=approved_by,
            from_on=day_from(from_on),
            until_on=day_from(until),
            note=note,
        )
        told = _as_json(desk.db, made)
    if as_json:
        answer(told)
    else:
        day = f"{made.until_on:%d/%m/%Y}"
        tell(say("lent", thing=told["thing"], name=made.borrower, day=day, number=made.id))


@loan.command("back")
@click.argument("number", type=int)
@click.option("--on", "day", default="", metavar="DAY", help="The day; today if none.")
@json_option
@click.pass_obj
@door
def back(actor: str | None, number: int, day: str, as_json: bool) -> None:
    """Write down that it is back."""
    with at_desk(actor, Action.LEND) as desk:
        found = loans.by_number(desk.db, desk.organ, number)
        loans.take_back(desk.db, found, desk.who, day_from(day))
        told = _as_json(desk.db, found)
    answer(told) if as_json else tell(say("loan_back", thing=told["thing"]))


@loan.command("list")
@click.option("--late", is_flag=True, help="Only what should be back by now.")
@json_option
@click.pass_obj
@door
def list_loans(actor: str | None, late: bool, as_json: bool) -> None:
    """What is lent, and what came back."""
    with at_desk(actor, Action.LEND) as desk:
        wanted = loans.loans_of(desk.organ).where(loans.open_to(desk.who))
        if late:
            wanted = wanted.where(loans.overdue(desk.organ.id, clock.today(desk.organ)))
        rows = [_as_json(desk.db, one) for one in desk.db.scalars(wanted)]
    for row in rows:
        answer(row) if as_json else click.echo("  ".join(str(one or "–") for one in row.values()))


def _as_json(db: Session, one: Loan) -> dict[str, Any]:
    return {
        "number": one.id,
        "thing": loans.thing_of(db, one).code,
        "borrower": one.borrower,
        "from": one.from_on.isoformat(),
        "until": one.until_on.isoformat(),
        "returned": one.returned_on.isoformat() if one.returned_on else None,
        "purpose": one.purpose,
        "approved_by": one.approved_by,
    }
