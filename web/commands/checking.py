"""Commands that ask whether everything is still as it was, and make the index anew."""

import re
import sys
from dataclasses import asdict
from typing import Any

import click

from archive import access, audit, audit_check, documents, journal_check
from archive.access import Action
from ingest import verification
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.services import Services
from web.words import say


@click.command()
@click.argument("codes", nargs=-1)
@json_option
@click.pass_obj
@door
def verify(actor: str | None, codes: tuple[str, ...], as_json: bool) -> None:
    """Check digests, chain, seals, signatures and PDF/A again; all documents if none is named."""
    with the_archive() as services:
        who = audit.acting_as(None, "command")
        with who:
            good = _verify_documents(services, codes, as_json)
            with services.db.reading() as db:
                chain = audit_check.verify(db, services.db.journal)
    _say_found(chain, as_json)
    tell(say("chain_checked", events=chain.events, rows=chain.rows))
    sys.exit(0 if good and chain.is_good else 1)


def _verify_documents(services: Services, codes: tuple[str, ...], as_json: bool) -> bool:
    good = True
    if not codes:
        with services.db.reading() as db:
            codes = tuple(documents.all_codes(db))
    for checked in verification.verify(services.db, services.files, services.settings, codes):
        with services.db.transaction() as db:
            verification.tell(db, documents.by_code(db, checked.document), checked)
        good = good and checked.holds
        answer(asdict(checked) | {"holds": checked.holds}) if as_json else _say_checked(checked)
    return good


def _say_checked(checked: verification.Verification) -> None:
    click.echo(f"{checked.document}: {say('holds') if checked.holds else say('does_not_hold')}")
    for one in checked.checks:
        if not one.holds:
            click.echo(f"    {one.what} {one.part}/{one.role}: {one.detail}")


@click.group("audit")
def audit_group() -> None:
    """The story."""


def _expected(_context: click.Context, _option: click.Parameter, given: str | None) -> Any:
    """`ID:LINK`, as `luutru audit verify` printed it one day."""
    if given is None:
        return None
    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", given.strip().lower())
    if not found:
        raise click.BadParameter("ID:LINK")
    return audit_check.Expected(int(found[1]), found[2])


@audit_group.command("verify")
@click.option("--expect", "expected", metavar="ID:LINK", callback=_expected,
              help="A head of the chain that was written down elsewhere.")  # fmt: skip
@json_option
@door
def audit_verify(expected: audit_check.Expected | None, as_json: bool) -> None:
    """Walk the chain and recompute every audited row; name what does not fit."""
    with the_archive() as services, services.db.reading() as db:
        checked = audit_check.verify(db, services.db.journal, expected)
    _say_found(checked, as_json)
    if as_json:
        answer({"events": checked.events, "rows": checked.rows, "last": checked.last,
                "head": checked.head, "good": checked.is_good})  # fmt: skip
    else:
        head = f"{checked.last}:{checked.head}"
        click.echo(say("chain_head", events=checked.events, head=head))
    tell(say("chain_good" if checked.is_good else "chain_broken", events=checked.events,
              rows=checked.rows, findings=len(checked.findings)))  # fmt: skip
    sys.exit(0 if checked.is_good else 1)


def _gap(_context: click.Context, _argument: click.Parameter, given: str) -> tuple[int, int]:
    """`12` or `12..15`, as `luutru audit verify` names it."""
    found = re.fullmatch(r"(\d{1,18})(?:\.\.(\d{1,18}))?", given.strip())
    if not found:
        raise click.BadParameter("FIRST..LAST")
    return int(found[1]), int(found[2] or found[1])


@audit_group.command("explain")
@click.argument("gap", metavar="FIRST..LAST", callback=_gap)
@click.option("--why", required=True, help="What you found out; kept in the story under your name.")
@json_option
@click.pass_obj
@door
def audit_explain(actor: str | None, gap: tuple[int, int], why: str, as_json: bool) -> None:
    """Say why the journal lacks these events: a power cut, a full disk, a folder out of reach."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        access.require(db, who, Action.VERIFY_STORY, here(db, who))
        journal_check.explain(db, *gap, why)
    named = "..".join(map(str, sorted(set(gap))))
    answer({"gap": list(gap)}) if as_json else tell(say("gap_explained", gap=named))


def _say_found(checked: audit_check.Verified, as_json: bool) -> None:
    """What does not fit is an answer; what is only worth knowing is a message."""
    for finding in checked.findings:
        answer(asdict(finding)) if as_json else click.echo(f"{finding.code}: {finding.where}")
    for note in checked.notes:
        tell(f"{note.code}: {note.where} ({say(note.code)})")
