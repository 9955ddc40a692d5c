"""Commands for transfers to the historical archive: due, registered, exported, confirmed."""

import shutil
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from archive import access
from archive import reading as reads
from archive.access import Action
from archive.errors import Conflict, Invalid
from archive.fields import day_typed
from archive.models import CaseFile, Organ, Person
from retention import transfer_folders, transfer_lists, transfers
from retention.models import Transfer
from retention.transferable import hindrances_of
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.services import Services
from web.transfer_making import make, place_of
from web.words import say, say_code


@click.group()
def transfer() -> None:
    """Permanent case files to the historical archive."""


# Lists --------------------------------------------------------------------------------------------


@transfer.command("list")
@click.option("--due", "kind", flag_value="due", help="Case files that stand in no transfer yet.")
@click.option("--over", "kind", flag_value="over", help="Transfers confirmed or given up.")
@click.option("--year", type=int, help="With --due: only those due by the end of this year.")
@json_option
@click.pass_obj
@door
def list_all(actor: str | None, kind: str | None, year: int | None, as_json: bool) -> None:
    """Print the transfers that are on their way, or what is due."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        organ = here(db, who)
        access.require(db, who, Action.SEE_RETENTION, organ)
        rows = _due(db, who, organ, year) if kind == "due" else _transfers(db, organ, kind)
    for one in rows:
        answer(one) if as_json else click.echo(_as_text(one))


def _due(db: Session, who: Person, organ: Organ, year: int | None) -> list[dict[str, Any]]:
    found = list(db.scalars(transfer_lists.waiting(organ, year).limit(transfers.MOST)))
    why_not = hindrances_of(db, found)
    known = reads.known_case_files(db, who, [one.id for one in found])
    told = []
    for one in found:
        due = transfer_lists.due_of(one, organ)
        told.append(
            {
                "case_file": one.code,
                "title": one.title if one.id in known else "",
                "due": due.on if due else None,
                "register_by": due.register_by if due else None,
                "why_not": [each.code for each in why_not.get(one.id, [])],
            }
        )
    return told


def _transfers(db: Session, organ: Organ, kind: str | None) -> list[dict[str, Any]]:
    wanted = transfer_lists.over if kind == "over" else transfer_lists.on_their_way
    found = db.scalars(wanted(organ)).all()
    counted = transfer_lists.counts_of(db, found)
    return [_told(one, counted.get(one.id, 0)) for one in found]


def _told(one: Transfer, count: int) -> dict[str, Any]:
    return {
        "transfer": one.code,
        "stage": one.stage,
        "receiver": one.receiver,
        "planned_on": one.planned_on,
        "case_files": count,
        "manifest": one.manifest,
        "confirmed_number": one.confirmed_number,
        "confirmed_on": one.confirmed_on,
    }


def _as_text(one: dict[str, Any]) -> str:
    if "transfer" in one:
        return (
            f"{one['transfer']}  {one['planned_on']:%d/%m/%Y}  {one['case_files']}  "
            f"{say('transfer_' + one['stage'])}  {one['receiver']}"
        )
    why = "; ".join(say_code(each) for each in one["why_not"])
    return f"{one['case_file']}  {one['due']:%d/%m/%Y}  {one['title']}  {why}".rstrip()


# Acts ---------------------------------------------------------------------------------------------


@transfer.command("register")
@click.argument("codes", nargs=-1)
@click.option("--receiver", required=True, help="The historical archive that receives them.")
@click.option("--planned-on", required=True, metavar="DAY", help="At least 12 months ahead.")
@click.option("--all-due", "year", type=int, help="All that may go and are due by this year's end.")
@click.option("--name", default="", help="Name of the records.")
@click.option("--condition", default="", help="Their condition.")
@click.option("--note", default="")
@json_option
@click.pass_obj
@door
def register(
    actor: str | None,
    codes: tuple[str, ...],
    receiver: str,
    planned_on: str,
    year: int | None,
    as_json: bool,
    **words: str,
) -> None:
    """Register permanent case files, all of them or none, and print the transfer's code."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = here(db, who)
        access.require(db, who, Action.HAND_TO_HISTORY, organ)
        files = [reads.the_case_file(db, who, one, Action.HAND_TO_HISTORY) for one in codes]
        files += _all_due(db, organ, year) if year is not None else []
        made = transfers.register(
            db, organ, files, who, receiver=receiver, planned_on=_day(planned_on), **words
        )
        told = {"transfer": made.code, "case_files": [one.code for one in files]}
    answer(told) if as_json else click.echo(made.code)


def _all_due(db: Session, organ: Organ, year: int) -> list[CaseFile]:
    found = list(db.scalars(transfer_lists.waiting(organ, year).limit(transfers.MOST + 1)))
    if len(found) > transfers.MOST:
        raise Invalid("too_many_chosen", most=transfers.MOST)
    kept_here = hindrances_of(db, found)
    return [one for one in found if one.id not in kept_here]


def _day(typed: str) -> Any:
    found = day_typed(typed)
    if found is None:
        raise Invalid("bad_day", value=typed)
    return found


@transfer.command("export")
@click.argument("code")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder in which the transfer's own folder is made.",
)
@json_option
@click.pass_obj
@door
def export(actor: str | None, code: str, target: Path, as_json: bool) -> None:
    """Write the transfer's folder: originals, archival copies, lists, digests."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.transaction() as db:
            found = _the_transfer(db, who, code)
            transfer_folders.require_export(db, found, who)
            number, place = found.id, target / found.code
        if place.exists():
            raise Conflict("target_exists", target=place.name)
        made = make(services, number, who.id, place, "command", _progress)
        _taken(services, who, number)
    told = {"transfer": code, "folder": str(place), "manifest": made.manifest,
            "files": made.files, "size": made.size}  # fmt: skip
    answer(told) if as_json else click.echo(f"{place}\n{made.manifest}  SHA256SUMS")


def _progress(done: int, total: int) -> None:
    if done == total or done % 100 == 0:
        tell(f"{done}/{total}")


def _taken(services: Services, who: Person, number: int) -> None:
    """It left; what the worker made before is no longer what the record names."""
    with services.db.transaction() as db:
        found = db.get_one(Transfer, number)
        transfer_folders.take_out(db, found, who, "folder")
        if found.export_state == "ready":
            shutil.rmtree(place_of(services.settings, number), ignore_errors=True)
            transfer_folders.note(db, number, state="gone")


@transfer.command("confirm")
@click.argument("code")
@click.option("--number", required=True, help="Of the receiver's document.")
@click.option("--on", "day", required=True, metavar="DAY", help="Day of that document.")
@json_option
@click.pass_obj
@door
def confirm(actor: str | None, code: str, number: str, day: str, as_json: bool) -> None:
    """Enter that the historical archive received it; nothing of it changes afterwards."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = _the_transfer(db, who, code)
        transfers.confirm(db, found, who, number=number, day=_day(day))
    _done(code, "confirmed", as_json)


@transfer.command("give-up")
@click.argument("code")
@click.option("--reason", required=True)
@json_option
@click.pass_obj
@door
def give_up(actor: str | None, code: str, reason: str, as_json: bool) -> None:
    """Give a transfer up; its case files may go in another one."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        transfers.give_up(db, _the_transfer(db, who, code), who, reason)
    _done(code, "given_up", as_json)


@transfer.command("leave-out")
@click.argument("code")
@click.argument("case_file")
@click.option("--reason", required=True)
@json_option
@click.pass_obj
@door
def leave_out(actor: str | None, code: str, case_file: str, reason: str, as_json: bool) -> None:
    """Leave one case file out of a transfer."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        item = transfers.item_of(db, _the_transfer(db, who, code), case_file)
        transfers.leave_out(db, item, who, reason)
    told = {"transfer": code, "case_file": case_file, "outcome": "left_out"}
    answer(told) if as_json else click.echo(f"{case_file}  {say('transfer_left_out')}")


def _the_transfer(db: Session, who: Person, code: str) -> Transfer:
    organ = here(db, who)
    access.require(db, who, Action.HAND_TO_HISTORY, organ)
    return transfers.by_code(db, organ, code)


def _done(code: str, stage: str, as_json: bool) -> None:
    told = {"transfer": code, "stage": stage}
    answer(told) if as_json else click.echo(f"{code}  {say(f'transfer_{stage}')}")
