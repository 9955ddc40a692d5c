"""Commands that ask whether everything is still as it was, and make the index anew."""

import sys
from dataclasses import asdict

import click

from archive import audit, audit_check, documents
from ingest import verification
from search import indexing
from web.commands.door import answer, door, json_option, tell, the_archive
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
                chain = audit_check.verify(db)
    for finding in chain.findings:
        answer(asdict(finding)) if as_json else click.echo(f"{finding.code}: {finding.where}")
    tell(say("chain_checked", events=chain.events, rows=chain.rows))
    sys.exit(0 if good and chain.is_good else 1)


def _verify_documents(services: Services, codes: tuple[str, ...], as_json: bool) -> bool:
    good = True
    with services.db.reading() as db:
        wanted = codes or tuple(documents.all_codes(db))
        for checked in verification.verify(db, services.files, services.settings, wanted):
            with services.db.transaction() as writing:
                document = documents.by_code(writing, checked.document)
                verification.tell(writing, document, checked)
            good = good and checked.holds
            answer(asdict(checked) | {"holds": checked.holds}) if as_json else _say_checked(checked)
    return good


def _say_checked(checked: verification.Verification) -> None:
    click.echo(f"{checked.document}: {say('holds') if checked.holds else say('does_not_hold')}")
    for one in checked.checks:
        if not one.holds:
            click.echo(f"    {one.what} {one.part}/{one.role}: {one.detail}")


@click.group()
def search() -> None:
    """The search index."""


@search.command("rebuild")
@door
def search_rebuild() -> None:
    """Make the index anew from the rows and the store. Stop the worker first."""
    with the_archive() as services:
        done = indexing.rebuild(services.db, services.files, services.engine)
    tell(say("rebuilt", count=done.count))


@click.group("audit")
def audit_group() -> None:
    """The story."""


@audit_group.command("verify")
@json_option
@door
def audit_verify(as_json: bool) -> None:
    """Walk the chain and recompute every audited row; name what does not fit."""
    with the_archive() as services, services.db.reading() as db:
        checked = audit_check.verify(db)
    for finding in checked.findings:
        answer(asdict(finding)) if as_json else click.echo(f"{finding.code}: {finding.where}")
    if as_json:
        answer({"events": checked.events, "rows": checked.rows, "head": checked.head,
                "good": checked.is_good})  # fmt: skip
    else:
        click.echo(say("chain_head", events=checked.events, head=checked.head))
    tell(say("chain_good" if checked.is_good else "chain_broken", events=checked.events,
              rows=checked.rows, findings=len(checked.findings)))  # fmt: skip
    sys.exit(0 if checked.is_good else 1)
