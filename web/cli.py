"""The `luutru` command. Each command is a door: open, act as somebody, call one use case, print.

Names and forms are a promise to scripts. With `--json` an answer is one object a line on standard
output and nothing else there; messages go to standard error.
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any

import click

from archive import access, audit, audit_check, case_files, documents, organs, people, reading
from archive.access import Action
from archive.database import upgrade
from archive.description import described
from archive.errors import ArchiveError, Invalid, NotAllowed, NotFound
from archive.models import Organ, Person
from archive.settings import Settings
from formats.errors import FormatError
from ingest import verification
from search import indexing
from search.finding import find as find_for
from web import health
from web.hits import hit
from web.receiving import Given, receive_all
from web.services import Services, make_home, open_services
from web.words import say, say_line

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
@click.option("--as", "user_name", envvar="LUUTRU_AS", help="Who acts: a user name.")
@click.version_option(package_name="luutru", prog_name="luutru")
@click.pass_context
def main(context: click.Context, user_name: str | None) -> None:
    """Lưu Trữ: records and archives."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    context.obj = user_name


def _tell(said: str) -> None:
    click.echo(said, err=True)


def _answer(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def _door(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors as one line that says what to do, with a stable exit code."""

    @wraps(command)
    def opened(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except (ArchiveError, FormatError) as error:
            _tell(say_line(error))
            sys.exit(_exit_code(error))

    return opened


def _exit_code(error: ArchiveError | FormatError) -> int:
    codes = {NotFound: 4, NotAllowed: 5, Invalid: 2}
    return next((code for kind, code in codes.items() if isinstance(error, kind)), 3)


@contextmanager
def _archive() -> Iterator[Services]:
    with open_services(Settings.from_environment()) as services:
        yield services


@contextmanager
def _acting(services: Services, user_name: str | None) -> Iterator[Person]:
    """Who acts (R9): the one named, or the only person there is."""
    with services.db.reading() as session:
        person = people.by_name(session, user_name) if user_name else people.only_person(session)
    if person is None:
        raise Invalid("who_acts")
    if not people.is_active(person):
        raise NotAllowed("account_locked")
    with audit.acting_as(person, "command"):
        yield person


@main.command()
@click.option("--organ", "organ_code", default="LT", show_default=True, help="Code of the organ.")
@click.option("--name", "organ_name", default="Cơ quan lưu trữ", show_default=True)
@click.option("--user", "user_name", default="quantri", show_default=True)
@json_option
@_door
def setup(organ_code: str, organ_name: str, user_name: str, as_json: bool) -> None:
    """Make or upgrade the archive in LUUTRU_HOME, with its first organ and person."""
    settings = Settings.from_environment()
    make_home(settings)
    upgrade(settings.database)
    with open_services(settings) as services:
        with services.db.reading() as session:
            is_new = people.count(session) == 0
        if not is_new:
            _tell(say("setup_done_before"))
            return
        with audit.acting_as(None, "command"), services.db.transaction() as session:
            organ, person, one_time = organs.set_up(session, organ_code, organ_name, user_name)
            told = {"organ": organ.code, "user": person.user_name, "password": one_time}
            number = organ.id
        services.keys.of(number)
    if as_json:
        _answer(told)
        return
    click.echo(say("setup_done", **told))
    _tell(say("setup_trial_key"))


@main.command("upgrade")
@_door
def upgrade_command() -> None:
    """Bring the database to this program's version."""
    upgrade(Settings.from_environment().database)
    _tell(say("upgraded"))


@main.command()
@_door
def serve() -> None:
    """Serve the pages and work on the road, until Ctrl-C."""
    from web.serving import serve as run  # the pages need Flask; the other commands do not

    with _archive() as services:
        run(services)


@main.command()
@_door
def worker() -> None:
    """Work on the road without serving pages, until Ctrl-C."""
    from web.serving import work

    with _archive() as services:
        work(services)


@main.group()
def person() -> None:
    """Accounts."""


@person.command("add")
@click.argument("user_name")
@click.option("--name", "full_name", required=True, help="Full name.")
@click.option("--role", "roles", multiple=True, required=True, help=", ".join(access.ROLES))
@click.option("--organ", "organ_code", help="Code of the organ; the acting person's own if none.")
@json_option
@click.pass_obj
@_door
def person_add(
    actor: str | None,
    user_name: str,
    full_name: str,
    roles: tuple[str, ...],
    organ_code: str | None,
    as_json: bool,
) -> None:
    """Make an account and print its one-time password."""
    with _archive() as services, _acting(services, actor) as who, services.db.transaction() as db:
        organ = organs.by_code(db, organ_code) if organ_code else db.get_one(Organ, who.organ_id)
        access.require(db, who, Action.MANAGE_PEOPLE, organ)
        made, one_time = people.add(db, organ, user_name, full_name, list(roles))
        told = {"user": made.user_name, "password": one_time, "roles": list(roles)}
    _answer(told) if as_json else click.echo(say("person_added", **told))


@main.group("case-file")
def case_file() -> None:
    """Case files."""


@case_file.command("open")
@click.argument("notation")
@click.option("--title", required=True)
@click.option("--year", type=int, help="Year of the file; this year if none.")
@click.option("--maintenance", default="", help="Retention period, as the plan states it.")
@json_option
@click.pass_obj
@_door
def case_file_open(
    actor: str | None, notation: str, title: str, year: int | None, maintenance: str, as_json: bool
) -> None:
    """Open a case file and print its code."""
    with _archive() as services, _acting(services, actor) as who, services.db.transaction() as db:
        organ = db.get_one(Organ, who.organ_id)
        access.require(db, who, Action.OPEN_CASE_FILE, organ)
        made = case_files.open_one(
            db, organ, notation, title, year=year, holder=who, maintenance=maintenance
        )
        told = {"case_file": made.code, "title": made.title}
    _answer(told) if as_json else click.echo(made.code)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--case-file", "case_file_code", help="Code of the case file; the tray if none.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Descriptive data.")
@click.option("--again", is_flag=True, help="Make a second document of bytes that are here.")
@click.option("--wait", is_flag=True, help="Wait until it is shelved, waiting, refused or stuck.")
@json_option
@click.pass_obj
@_door
def receive(
    actor: str | None,
    paths: tuple[Path, ...],
    case_file_code: str | None,
    settings: tuple[str, ...],
    again: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Receive files. Exit 0: they are stored; with --wait: all of them are shelved."""
    fields = _pairs(settings)
    given = [Given(path, fields, case_file_code, again) for path in paths]
    with _archive() as services, _acting(services, actor) as who:
        fates = list(receive_all(services, who, given, wait=wait, tell=_tell))
    for fate in fates:
        _answer(fate.as_json()) if as_json else click.echo(fate.as_line())
    good = {"shelved"} if wait else {"shelved", "received", "waiting", "stuck"}
    sys.exit(0 if all(fate.state in good for fate in fates) else 1)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    """FIELD=VALUE as a dictionary."""
    values = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise Invalid("bad_pair", given=one)
        values[name.strip()] = value
    return values


@main.command()
@click.argument("code")
@json_option
@click.pass_obj
@_door
def show(actor: str | None, code: str, as_json: bool) -> None:
    """Show what is known of a document."""
    with _archive() as services, _acting(services, actor) as who, services.db.transaction() as db:
        document = documents.by_code(db, code)
        access.require(db, who, Action.DESCRIBE, document)
        told = described(document)
        reading.opened(db, document, "describe")
    _answer(told) if as_json else click.echo(json.dumps(told, ensure_ascii=False, indent=2))


@main.command()
@click.argument("code")
@click.option("--rendition", type=click.Choice(["original", "archival", "text"]), required=True)
@click.option("--to", "target", type=click.Path(path_type=Path), required=True)
@click.option("--part", "part_number", type=int, default=1, show_default=True)
@click.pass_obj
@_door
def export(actor: str | None, code: str, rendition: str, target: Path, part_number: int) -> None:
    """Write a stored form of a document to a file."""
    with _archive() as services, _acting(services, actor) as who:
        with services.db.transaction() as db:
            document = documents.by_code(db, code)
            access.require(db, who, Action.READ, document)
            found = documents.stored_form(document, rendition, part_number)
            reading.opened(db, document, "export", part=part_number, rendition=rendition)
        services.files.fetch(found.digest, target)
    _tell(say("exported", document=code, rendition=rendition, target=str(target)))


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--start", type=click.IntRange(0), default=0)
@json_option
@click.pass_obj
@_door
def find(actor: str | None, words: tuple[str, ...], limit: int, start: int, as_json: bool) -> None:
    """Find documents by their words, number or fields."""
    text = " ".join(words)
    with _archive() as services, _acting(services, actor) as who:
        with services.db.reading() as db:
            answer = find_for(
                db, services.files, services.engine, who, text, start=start, limit=limit
            )
            rows = [hit(one) for one in answer.found]
        with services.db.transaction() as db:
            reading.searched(db, who, who.organ_id, text, answer.total)
    for row in rows:
        _answer(row) if as_json else click.echo(_hit_line(row))
    _tell(say("found", total=answer.total))


def _hit_line(row: dict[str, Any]) -> str:
    page = f"  tr. {row['page']}" if row["page"] else ""
    return f"{row['document']}  {row['number']}  {row['title']}{page}\n    {row['snippet']}"


@main.command()
@click.argument("codes", nargs=-1)
@json_option
@click.pass_obj
@_door
def verify(actor: str | None, codes: tuple[str, ...], as_json: bool) -> None:
    """Check digests, chain, seals, signatures and PDF/A again; all documents if none is named."""
    with _archive() as services:
        who = audit.acting(audit.Actor(door="command", account=os.environ.get("USER", "root")))
        with who:
            good = _verify_documents(services, codes, as_json)
            with services.db.reading() as db:
                chain = audit_check.verify(db)
    for finding in chain.findings:
        _answer(asdict(finding)) if as_json else click.echo(f"{finding.code}: {finding.where}")
    _tell(say("chain_checked", events=chain.events, rows=chain.rows))
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
            _answer(asdict(checked) | {"holds": checked.holds}) if as_json else _say_checked(
                checked
            )
    return good


def _say_checked(checked: verification.Verification) -> None:
    click.echo(f"{checked.document}: {say('holds') if checked.holds else say('does_not_hold')}")
    for one in checked.checks:
        if not one.holds:
            click.echo(f"    {one.what} {one.part}/{one.role}: {one.detail}")


@main.group()
def search() -> None:
    """The search index."""


@search.command("rebuild")
@_door
def search_rebuild() -> None:
    """Make the index anew from the rows and the store. Stop the worker first."""
    with _archive() as services:
        done = indexing.rebuild(services.db, services.files, services.engine)
    _tell(say("rebuilt", count=done.count))


@main.group("audit")
def audit_group() -> None:
    """The story."""


@audit_group.command("verify")
@json_option
@_door
def audit_verify(as_json: bool) -> None:
    """Walk the chain and recompute every audited row; name what does not fit."""
    with _archive() as services, services.db.reading() as db:
        checked = audit_check.verify(db)
    for finding in checked.findings:
        _answer(asdict(finding)) if as_json else click.echo(f"{finding.code}: {finding.where}")
    if as_json:
        _answer({"events": checked.events, "rows": checked.rows, "good": checked.is_good})
    _tell(say("chain_good" if checked.is_good else "chain_broken", events=checked.events,
              rows=checked.rows, findings=len(checked.findings)))  # fmt: skip
    sys.exit(0 if checked.is_good else 1)


@main.command()
@click.option("--markdown", is_flag=True, help="As the page docs/configuration.md.")
@json_option
@_door
def settings(markdown: bool, as_json: bool) -> None:
    """Print each setting with its value and meaning."""
    if markdown:
        click.echo(configuration_page(), nl=False)
        return
    for row in Settings.from_environment().described():
        if as_json:
            _answer(row)
        else:
            click.echo(f"{row['variable']}={row['value']}\n    {row['meaning']}")


def configuration_page() -> str:
    """The documentation of all settings, from the settings themselves."""
    lines = [
        "# Configuration",
        "",
        "Everything is set through the environment and has a default that works on one machine.",
        "This page is written by `luutru settings --markdown`; a test keeps it true.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for row in Settings().described():
        default = str(row["default"]).replace(str(Path.home()), "~")
        lines.append(f"| `{row['variable']}` | `{default}` | {row['meaning']} |")
    lines += [
        "",
        "`LUUTRU_AS` names who acts on the command line. An unknown `LUUTRU_*` name is an error.",
        "",
    ]
    return "\n".join(lines)


@main.command()
@json_option
@_door
def doctor(as_json: bool) -> None:
    """Look at each program and service: found, version, and what is missing without it."""
    with _archive() as services:
        found = health.checks(services)
    for check in found:
        if as_json:
            _answer(asdict(check))
        else:
            sign = "✓" if check.is_good else "✗"
            why = "" if check.is_good else f" — {say(check.without)}"
            click.echo(f"{sign} {check.name}: {check.found}{why}")
    sys.exit(0 if all(one.is_good or one.without in health.ADVICE for one in found) else 1)
