"""Commands for issuing outgoing documents: prepare, take back signed, number and seal."""

import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from archive.access import Action
from archive.errors import Invalid
from archive.models import Person
from archive.register_fields import number_of_entry
from formats.issuing import LAYOUTS, FieldPlace
from formats.issuing_places import SIGNATURE_FIELDS, TEXT_FIELDS
from ingest import issuing, issuing_out
from ingest.issuances import by_number, moved, seen_by, stored_form, the_issuance
from ingest.issuing import COPY_KINDS, KINDS, Wish
from ingest.models import Issuance
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive, whose_hand
from web.commands.recording import pairs
from web.receiving import carry
from web.services import Services
from web.words import say, say_code

_MEASURES = ("page", "left", "top", "width", "height")
_place_option = click.option(
    "--place", "places", multiple=True, metavar="FIELD=PAGE,LEFT,TOP,WIDTH,HEIGHT",
    help="Where a field goes, in millimetres from the top left of its page.",
)  # fmt: skip


@click.group()
def issue() -> None:
    """Outgoing documents: prepared, signed by the leader elsewhere, numbered and sealed."""


@issue.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Descriptive data.")
@click.option("--kind", type=click.Choice(KINDS), default="document", show_default=True)
@click.option("--layout", type=click.Choice(LAYOUTS), help="The organ's own if none.")
@click.option("--case-file", default="", help="Code of the case file it goes into.")
@click.option("--answers", multiple=True, metavar="CODE",
              help="A document, or a line such as den/2026/12, that it answers.")  # fmt: skip
@click.option("--annex-of", type=int, metavar="NUMBER", help="The document that is issued with it.")
@click.option("--copy-kind", type=click.Choice(list(COPY_KINDS)), help="Form of the copy.")
@click.option("--copy-of", default="", metavar="CODE", help="The document that was copied.")
@_place_option
@click.option("--to", "target", type=click.Path(path_type=Path), help="Write the prepared file.")
@json_option
@click.pass_obj
@door
def prepare(
    actor: str | None,
    path: Path,
    settings: tuple[str, ...],
    kind: str,
    layout: str | None,
    case_file: str,
    answers: tuple[str, ...],
    annex_of: int | None,
    copy_kind: str | None,
    copy_of: str,
    places: tuple[str, ...],
    target: Path | None,
    as_json: bool,
) -> None:
    """Make a draft ready for the leader's signature, and print the number of its issue."""
    wish = Wish(
        path.name, pairs(settings), kind, layout or "", case_file, answers, annex_of,
        copy_kind or "", copy_of,
        {name: FieldPlace(**values) for name, values in _places(places).items()},
    )  # fmt: skip
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            organ = here(db, who)
        number = issuing.prepare(
            services.db, services.workshop, path, wish, organ_id=organ.id, by=who
        )
        if target is not None:
            _fetch(services, who, number, "", target)
        _answer(services, number, as_json)


@issue.command()
@click.argument("number", type=int)
@_place_option
@json_option
@click.pass_obj
@door
def move(actor: str | None, number: int, places: tuple[str, ...], as_json: bool) -> None:
    """Put the empty fields elsewhere, as long as nobody has signed."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            wanted = moved(the_issuance(db, who, number, Action.PREPARE_ISSUE), _places(places))
        issuing.move_fields(services.db, services.workshop, number, wanted, by=who)
        _answer(services, number, as_json)


@issue.command()
@click.argument("number", type=int)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
@door
def signed(actor: str | None, number: int, path: Path, as_json: bool) -> None:
    """Take back the file that the leader signed; it must be the prepared one and no more."""
    with the_archive() as services, acting(services, actor) as who:
        issuing.take_signed(services.db, services.workshop, number, path, by=who)
        _answer(services, number, as_json)


@issue.command()
@click.argument("number", type=int)
@click.option("--book", default="", help="Code of the register; the organ's default one if none.")
@click.option("--signer-why", default="", help="Why it goes out signed by another than was named.")
@click.option("--wait", is_flag=True, help="Wait until it is shelved, waiting, refused or stuck.")
@json_option
@click.pass_obj
@door
def seal(
    actor: str | None, number: int, book: str, signer_why: str, wait: bool, as_json: bool
) -> None:
    """Give number and date, apply the organ's signature, and send it into the archive."""
    with the_archive() as services, acting(services, actor) as who:
        told = issuing_out.issue(
            services.db,
            services.workshop,
            number,
            by=who,
            door="command",
            book=book,
            hand=whose_hand(services),
            signer_why=signer_why,
        )
        if wait:
            carry(services, list(told.intakes), tell)
        _answer(services, number, as_json)


@issue.command()
@click.argument("number", type=int)
@click.option("--to", "target", type=click.Path(path_type=Path), required=True)
@click.option("--state", type=click.Choice(["prepared", "signed", "issued"]), default=None)
@click.pass_obj
@door
def fetch(actor: str | None, number: int, target: Path, state: str | None) -> None:
    """Write the file in one of its states; the latest if none is named."""
    with the_archive() as services, acting(services, actor) as who:
        _fetch(services, who, number, state or "", target)
    tell(say("issue_fetched", issuance=number, target=str(target)))


@issue.command("give-up")
@click.argument("number", type=int)
@click.option("--why", required=True)
@json_option
@click.pass_obj
@door
def give_up(actor: str | None, number: int, why: str, as_json: bool) -> None:
    """Issue it no more; a number that it has stays in its register, cancelled."""
    with the_archive() as services, acting(services, actor) as who:
        issuing.give_up(services.db, services.workshop, number, why, by=who)
        _answer(services, number, as_json)


@issue.command()
@click.argument("number", type=int)
@json_option
@click.pass_obj
@door
def show(actor: str | None, number: int, as_json: bool) -> None:
    """Show how far it is, where its fields are, and what its signatures are worth."""
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            the_issuance(db, who, number, Action.SEE_REGISTERS)
        _answer(services, number, as_json)


@issue.command("list")
@click.option("--state", type=click.Choice(["prepared", "signed", "issued", "given_up"]))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@json_option
@click.pass_obj
@door
def list_all(actor: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List what is being issued, newest first."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        wanted = select(Issuance).where(seen_by(db, who, here(db, who)))
        if state is not None:
            wanted = wanted.where(Issuance.state == state)
        newest = wanted.order_by(Issuance.id.desc()).limit(limit)
        found = db.scalars(
            newest.options(joinedload(Issuance.register_entry), joinedload(Issuance.intake))
        ).all()
    for one in found:
        answer(as_values(one)) if as_json else click.echo(_line(one))
    sys.exit(0)


def _fetch(services: Services, who: Person, number: int, state: str, target: Path) -> None:
    with services.db.transaction() as db:
        issuance = the_issuance(db, who, number, Action.SEE_REGISTERS)
        digest = stored_form(db, who, issuance, state)
    services.files.fetch(digest, target)


def _answer(services: Services, number: int, as_json: bool) -> None:
    with services.db.reading() as db:
        told = by_number(db, number)
    if as_json:
        answer(as_values(told))
        return
    click.echo(_line(told))
    for note in told.notes if told.state == "prepared" else ():
        tell(say_code(note))


def _line(issuance: Issuance) -> str:
    entry = issuance.register_entry
    number = number_of_entry(entry) if entry else "—"
    return f"{issuance.id:<6} {say('issue_' + issuance.state):<14} {number:<18} {issuance.name}"


def as_values(issuance: Issuance) -> dict[str, Any]:
    """The promise to scripts."""
    entry, intake = issuance.register_entry, issuance.intake
    return {
        "issuance": issuance.id,
        "state": issuance.state,
        "kind": issuance.kind,
        "version": issuance.version,
        "layout": issuance.layout,
        "file": issuance.name,
        "places": issuance.places.get("fields", {}),
        "notes": issuance.notes,
        "signer": issuance.signer_name,
        "number": number_of_entry(entry) if entry else None,
        "date": entry.registered_on if entry else None,
        "doc_code": entry.doc_code if entry else None,
        "signatures": issuance.verdict.get("person_and_organ"),
        "intake": intake.id if intake else None,
        "intake_state": intake.state if intake else None,
    }


def _places(given: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """FIELD=PAGE,LEFT,TOP,WIDTH,HEIGHT as numbers by field."""
    found: dict[str, dict[str, Any]] = {}
    for one in given:
        name, _, measures = one.partition("=")
        try:
            numbers = [float(part) for part in measures.split(",")]
        except ValueError as wrong:
            raise Invalid("bad_place", place=one) from wrong
        if name not in (*TEXT_FIELDS, *SIGNATURE_FIELDS) or len(numbers) != len(_MEASURES):
            raise Invalid("bad_place", place=one)
        found[name] = dict(zip(_MEASURES, numbers, strict=True)) | {"page": int(numbers[0])}
    return found
