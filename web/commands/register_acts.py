"""Commands for what happens to a line of a register, for refusals and for letting in."""

from pathlib import Path
from typing import Any

import click

from archive import deliveries, finishing, refusals, register_handling, sender_answers
from archive.access import Action
from archive.errors import Invalid
from archive.finishing import Keeping
from archive.reading import the_case_file
from archive.register_models import RegisterEntry
from ingest import joining
from ingest.intakes import intake_for
from web import register_rows
from web.commands.door import door, json_option
from web.commands.recording import pairs
from web.commands.register_desk import Desk, a_day, at_desk, entry_as_json, said
from web.commands.registers import register as register
from web.reasons.registers import worded
from web.words import say, say_code


@register.command("acknowledge")
@click.argument("entry")
@json_option
@click.pass_obj
@door
def acknowledge(actor: str | None, entry: str, as_json: bool) -> None:
    """Acknowledge receipt, and print what the sender is told."""
    with at_desk(actor, Action.REGISTER) as desk:
        found = desk.entry(entry)
        register_handling.acknowledge(desk.db, found)
        told = sender_answers.of_entry(found)
    said(told, say("acknowledged", entry=entry), as_json)


@register.command("hand-on")
@click.argument("entry")
@click.option("--to", required=True, help="Unit or person.")
@click.option("--opinion", default="", help="Opinion of distribution.")
@click.option("--on", help="The day; today if none.")
@json_option
@click.pass_obj
@door
def hand_on(
    actor: str | None, entry: str, to: str, opinion: str, on: str | None, as_json: bool
) -> None:
    """Note to whom it goes."""
    with at_desk(actor, Action.REGISTER) as desk:
        found = desk.entry(entry)
        register_handling.hand_on(desk.db, found, to, on=a_day(on), opinion=opinion)
        told, line = entry_as_json(desk, found), register_rows.as_line(found)
    said(told, line, as_json)


@register.command("sign-for")
@click.argument("entry")
@click.option("--name", default="", help="Who signed on paper; the person who acts if none.")
@json_option
@click.pass_obj
@door
def sign_for(actor: str | None, entry: str, name: str, as_json: bool) -> None:
    """Sign for receipt."""
    with at_desk(actor, Action.REGISTER) as desk:
        found = desk.entry(entry)
        register_handling.sign_for(desk.db, found, desk.who, name)
        told, line = entry_as_json(desk, found), register_rows.as_line(found)
    said(told, line, as_json)


@register.command("finish")
@click.argument("entry")
@click.option("--outcome", type=click.Choice(list(register_handling.OUTCOMES)), required=True)
@click.option("--answered-by", help="The outgoing line that answers it.")
@click.option("--done-at", default="", help="Number of the document at which it was done.")
@click.option("--why", default="")
@click.option("--case-file", help="Code of the case file that its document goes into.")
@click.option("--my-file", is_flag=True, help="Its document goes into one's own personal file.")
@click.option("--not-kept", default="", help="Why its document is put nowhere yet.")
@click.option("--show-to", default="", metavar="NAMES", help="Units and people who get a notice.")
@json_option
@click.pass_obj
@door
def finish(actor: str | None, entry: str, as_json: bool, **given: Any) -> None:
    """End an incoming document, and say where it is kept. Clerks do this, and who handles it."""
    with at_desk(actor, Action.SEE_REGISTERS) as desk:
        found = desk.entry(entry)
        by, into = given["answered_by"], given["case_file"]
        shown = finishing.finish(
            desk.db,
            found,
            desk.who,
            given["outcome"],
            Keeping(
                the_case_file(desk.db, desk.who, into, Action.PLACE) if into else None,
                given["my_file"],
                given["not_kept"],
            ),
            answered_by=desk.entry(by) if by else None,
            done_at=given["done_at"],
            why=given["why"],
            show_to=given["show_to"],
        )
        told = {**entry_as_json(desk, found), "shown_to": [one.user_name for one in shown]}
        line = register_rows.as_line(found)
    said(told, line, as_json)


@register.command("arrived")
@click.argument("entry")
@click.option("--by", "names", multiple=True, metavar="RECIPIENT", help="Who has it; all if none.")
@click.option("--on", help="The day; today if none.")
@click.option("--how", default="", help="By what we know.")
@json_option
@click.pass_obj
@door
def arrived(
    actor: str | None, entry: str, names: tuple[str, ...], on: str | None, how: str, as_json: bool
) -> None:
    """Note which recipients have what was issued."""
    with at_desk(actor, Action.REGISTER) as desk:
        found = desk.entry(entry)
        register_handling.arrived(desk.db, found, names, on=a_day(on), how=how)
        told = _deliveries(desk, found)
    _say_deliveries(told, as_json)


@register.command("remind")
@click.argument("entry")
@click.option("--who", "names", multiple=True, metavar="RECIPIENT", help="All if none.")
@click.option("--how", default="", help="By what they were reminded.")
@json_option
@click.pass_obj
@door
def remind(actor: str | None, entry: str, names: tuple[str, ...], how: str, as_json: bool) -> None:
    """Note that recipients who did not confirm were reminded today."""
    with at_desk(actor, Action.REGISTER) as desk:
        found = desk.entry(entry)
        register_handling.remind(desk.db, found, names, how=how)
        told = _deliveries(desk, found)
    _say_deliveries(told, as_json)


@register.command("deliveries")
@click.argument("entry")
@json_option
@click.pass_obj
@door
def show_deliveries(actor: str | None, entry: str, as_json: bool) -> None:
    """List who has what was issued, and who has not confirmed."""
    with at_desk(actor, Action.SEE_REGISTERS) as desk:
        told = _deliveries(desk, desk.entry(entry))
    _say_deliveries(told, as_json)


def _deliveries(desk: Desk, entry: RegisterEntry) -> list[dict[str, Any]]:
    return [register_rows.delivery_as_json(one) for one in deliveries.of_entry(desk.db, entry)]


def _say_deliveries(told: list[dict[str, Any]], as_json: bool) -> None:
    for one in told:
        mark = f"✓ {one['arrived_on']}" if one["arrived_on"] else "…"
        said(one, f"{mark:<12}  {one['recipient']}  {one['how']}".rstrip(), as_json)


# Refusing -----------------------------------------------------------------------------------------


@register.command("refuse")
@click.argument("reason", type=click.Choice(list(refusals.REASONS)))
@click.option("--return", "is_returned", is_flag=True, help="It is sent back.")
@click.option("--sender", default="")
@click.option("--sender-email", default="")
@click.option("--reference", default="", help="Its number, as the sender wrote it.")
@click.option("--why", default="", help="The reason in words.")
@click.option("--intake", type=int, help="A received file that is refused.")
@click.option("--xml", "target", type=click.Path(path_type=Path), help="Write the answer here.")
@json_option
@click.pass_obj
@door
def refuse(actor: str | None, reason: str, as_json: bool, **given: Any) -> None:
    """Refuse something, or send it back; print what the sender is told."""
    answered = {
        "kind": "returned" if given["is_returned"] else "refused",
        "reason": given["why"],
        **{name: given[name] for name in ("sender", "sender_email", "reference")},
    }
    with at_desk(actor, Action.REGISTER) as desk:
        if given["intake"] is not None:
            if reason == refusals.SECRET:
                raise Invalid("bad_reason", reason=reason)
            intake = intake_for(desk.db, desk.who, desk.organ, given["intake"])
            made = joining.refuse_intake(desk.db, intake, desk.who, reason, **answered)
        else:
            made = refusals.refuse(desk.db, desk.organ, desk.who, reason, **answered)
        told = sender_answers.of_refusal(made, desk.organ, say_code(worded(reason)))
        code = made.code
    if given["target"]:
        given["target"].write_bytes(sender_answers.as_xml(told))
    said(told, f"{code}  {told['description']}", as_json)


@register.command("let-in")
@click.argument("number", type=int)
@click.option("--no", "is_refused", is_flag=True, help="It is not let in.")
@click.option("--why", required=True)
@json_option
@click.pass_obj
@door
def let_in(actor: str | None, number: int, is_refused: bool, why: str, as_json: bool) -> None:
    """Decide, by name, whether what the organ refuses is let in."""
    with at_desk(actor, Action.LET_IN) as desk:
        asked = refusals.asked_by_id(desk.db, desk.organ, number)
        refusals.decide(desk.db, asked, desk.who, is_allowed=not is_refused, why=why)
    told = {"number": number, "is_allowed": not is_refused}
    said(told, say("decided"), as_json)


@register.command("ask-in")
@click.argument("ground", type=click.Choice(list(refusals.LET_IN)))
@click.option("--set", "settings", multiple=True, required=True, metavar="FIELD=VALUE")
@json_option
@click.pass_obj
@door
def ask_in(actor: str | None, ground: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Ask a competent person to let something in; print the number of the question."""
    with at_desk(actor, Action.REGISTER) as desk:
        asked = refusals.ask(desk.db, desk.organ, desk.who, ground, pairs(settings))
        told = {"number": asked.id, "ground": ground}
    said(told, str(told["number"]), as_json)
