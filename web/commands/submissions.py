"""Commands for submission to the archive: what is due, sending, checking, accepting, signing."""

from typing import Any

import click
from sqlalchemy.orm import Session

from archive import (
    access,
    audit,
    clock,
    people,
    receipt,
    submission_lists,
    submissions,
)
from archive import reading as reads
from archive.access import Action
from archive.errors import NotAllowed
from archive.fields import Field, parse_value
from archive.life_models import Submission, SubmissionItem
from archive.models import Organ, Person
from web import clockwork, term_forms
from web.commands.door import acting, answer, door, here, json_option, the_archive
from web.reasons.submissions import NAMES
from web.services import Services
from web.words import say, translated


@click.group()
def submission() -> None:
    """Submission of case files to the archive."""


# Lists --------------------------------------------------------------------------------------------


@submission.command("list")
@click.option("--due", "kind", flag_value="due", help="Case files due within 30 days, or late.")
@click.option("--mine", "kind", flag_value="mine", help="Finished case files that one holds.")
@click.option("--decided", "kind", flag_value="decided", help="Submissions with nothing to do.")
@json_option
@click.pass_obj
@door
def list_all(actor: str | None, kind: str | None, as_json: bool) -> None:
    """Print the submissions that wait; for who doesn't accept, one's own."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        organ = here(db, who)
        access.require(db, who, Action.SEE_CASE_FILES, organ)
        files_wanted = kind in ("due", "mine")
        rows = _case_files(db, who, organ, kind) if files_wanted else _all(db, who, organ, kind)
    for one in rows:
        answer(one) if as_json else click.echo(_as_text(one))


def _case_files(db: Session, who: Person, organ: Organ, kind: str | None) -> list[dict[str, Any]]:
    if kind == "mine":
        access.require(db, who, Action.WORK, organ)
        wanted = submission_lists.held(who, organ)
    else:
        if not submission_lists.looks_after_all(db, who, organ):
            raise NotAllowed("not_allowed", action=str(Action.ACCEPT))
        last = clock.today(organ) + submission_lists.SOON
        wanted = submission_lists.due_of_organ(organ, last)
    found = list(db.scalars(wanted))
    kept = submissions.kept_until(db, found)
    return [
        {
            "case_file": one.code,
            "title": one.title,
            "stage": one.stage,
            "due": kept.get(one.id, one.due_on),
            "is_kept_back": one.id in kept,
        }
        for one in found
    ]


def _all(db: Session, who: Person, organ: Organ, kind: str | None) -> list[dict[str, Any]]:
    if not access.may(db, who, Action.ACCEPT, organ):
        wanted = submission_lists.sent_by(who, organ)
    elif kind == "decided":
        wanted = submission_lists.decided(organ)
    else:
        wanted = submission_lists.waiting(organ)
    found = submission_lists.standings(db, organ, db.scalars(wanted))
    return [
        {
            "submission": one.row.code,
            "name": one.row.name,
            "case_files": one.total,
            "undecided": one.undecided,
            "accepted": one.accepted,
            "returned": one.returned,
            "decide_by": one.decide_by,
            "is_late": one.is_late,
            "is_signed": bool(one.row.delivered_at and one.row.received_at),
        }
        for one in found
    ]


def _as_text(one: dict[str, Any]) -> str:
    if "submission" in one:
        counts = f"{one['undecided']}/{one['case_files']}"
        return f"{one['submission']}  {counts}  {one['decide_by']:%d/%m/%Y}  {one['name']}".rstrip()
    due = f"{one['due']:%d/%m/%Y}" if one["due"] else "–"
    return f"{one['case_file']}  {due}  {one['title']}"


# The giving side ----------------------------------------------------------------------------------


@submission.command("send")
@click.argument("codes", nargs=-1, required=True)
@click.option("--name", default="", help="Name of the records.")
@click.option("--condition", default="", help="Their condition.")
@click.option("--boxes", type=click.IntRange(0), help="Boxes of paper.")
@click.option("--metres", default="", help="Shelf metres of paper.")
@json_option
@click.pass_obj
@door
def send(
    actor: str | None,
    codes: tuple[str, ...],
    name: str,
    condition: str,
    boxes: int | None,
    metres: str,
    as_json: bool,
) -> None:
    """Submit closed case files together, and print the submission's code."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = here(db, who)
        access.require(db, who, Action.WORK, organ)
        files = [reads.the_case_file(db, who, one, Action.WORK) for one in codes]
        made = submissions.submit(
            db, organ, files, who, name=name, condition=condition, boxes=boxes, metres=metres
        )
        told = {"submission": made.code, "case_files": [one.code for one in files]}
    answer(told) if as_json else click.echo(made.code)


@submission.command("take-back")
@click.argument("code")
@click.argument("case_file")
@click.option("--reason", required=True)
@json_option
@click.pass_obj
@door
def take_back(actor: str | None, code: str, case_file: str, reason: str, as_json: bool) -> None:
    """Take a case file back before the archive has decided."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        item = _item(db, who, code, case_file, Action.WORK)
        receipt.take_back(db, item, who, reason)
    _decided(code, case_file, "taken_back", as_json)


# The archive's side -------------------------------------------------------------------------------


@submission.command("check")
@click.argument("code")
@click.option("--again", is_flag=True, help="Also what was looked through before.")
@json_option
@click.pass_obj
@door
def check(actor: str | None, code: str, again: bool, as_json: bool) -> None:
    """Look through a submission and print its green and red lines."""
    with the_archive() as services, acting(services, actor) as who:
        for number in _to_look_through(services, who, code, again):
            clockwork.look_through(services, number)
        with services.db.reading() as db:
            found = submissions.by_code(db, code)
            told = [_checked(one) for one in found.items]
    for one in told:
        if as_json:
            answer(one)
            continue
        click.echo(f"{one['case_file']}  {one['outcome']}".rstrip())
        for line in one["lines"]:
            click.echo(f"  {'✓' if line['is_good'] else '✗'} {say_check(line['check'])}")


def say_check(check: str) -> str:
    """What a check is called."""
    return translated(NAMES[check])


def _to_look_through(services: Services, who: Person, code: str, again: bool) -> list[int]:
    with services.db.transaction() as db:
        found = _the_submission(db, who, code)
        access.require(db, who, Action.ACCEPT, db.get_one(Organ, found.organ_id))
        left = [one for one in found.items if not one.outcome]
        for one in left:
            if again and one.checks:
                receipt.look_again(db, one)
        return [one.id for one in left if not one.checks]


def _checked(item: SubmissionItem) -> dict[str, Any]:
    return {
        "case_file": item.case_file.code,
        "ordinal": item.ordinal,
        "outcome": item.outcome,
        "lines": item.checks,
    }


@submission.command("accept")
@click.argument("code")
@click.argument("case_file")
@click.option("--note", default="", help="Why, where a line is red.")
@json_option
@click.pass_obj
@door
def accept(actor: str | None, code: str, case_file: str, note: str, as_json: bool) -> None:
    """Accept a case file into the archive; it cannot be changed any more."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        item = _item(db, who, code, case_file, Action.ACCEPT)
        receipt.accept(db, item, who, note)
        term_forms.confirm_at_acceptance(db, item.case_file, who)
    _decided(code, case_file, "accepted", as_json)


@submission.command("return")
@click.argument("code")
@click.argument("case_file")
@click.option("--reason", required=True, help="What is to be mended.")
@json_option
@click.pass_obj
@door
def give_back(actor: str | None, code: str, case_file: str, reason: str, as_json: bool) -> None:
    """Return a case file to its holder."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        item = _item(db, who, code, case_file, Action.ACCEPT)
        receipt.give_back(db, item, who, reason)
    _decided(code, case_file, "returned", as_json)


@submission.command("sign")
@click.argument("code")
@click.option("--side", type=click.Choice(["giving", "receiving"]), required=True)
@click.option(
    "--password-file",
    type=click.File(encoding="utf-8"),
    help="Your password; - for standard input. Asked for if none.",
)
@json_option
@click.pass_obj
@door
def sign(actor: str | None, code: str, side: str, password_file: Any, as_json: bool) -> None:
    """Sign the record of the hand-over with one's own password."""
    password = password_file.readline().rstrip("\r\n") if password_file else None
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            found = _the_submission(db, who, code)
            action = Action.ACCEPT if side == "receiving" else Action.WORK
            access.require(db, who, action, db.get_one(Organ, found.organ_id))
        _confirm(services, password if password is not None else _asked())
        with services.db.transaction() as db:
            submissions.sign(db, submissions.by_code(db, code), who, side)
    told = {"submission": code, "signed": side}
    answer(told) if as_json else click.echo(say("submission_signed", submission=code))


def _asked() -> str:
    value: str = click.prompt(say("your_password"), hide_input=True, err=True)
    return value


def _confirm(services: Services, password: str) -> None:
    """The password of the natural person who acts; wrong ones count as failed sign-ins do."""
    actor = audit.actor()
    assert actor is not None and actor.person_id is not None
    with services.db.reading() as db:
        name = people.by_id(db, actor.person_id).user_name
    tried = people.try_password(services.db, name, password)
    with services.db.transaction() as db:
        person = people.check_password(db, tried)
    if person is None:
        raise NotAllowed("wrong_password")


@submission.command("call")
@click.option("--note", default="", help="A word to everybody.")
@json_option
@click.pass_obj
@door
def call(actor: str | None, note: str, as_json: bool) -> None:
    """Announce the list of case files to be submitted; everybody has 30 days."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = here(db, who)
        access.require(db, who, Action.ACCEPT, organ)
        made = submissions.call(db, organ, who, note)
        until = made.announced_on + submissions.DAYS_AFTER_CALL
        told = {"year": made.year, "announced_on": made.announced_on, "until": until}
    answer(told) if as_json else click.echo(say("submission_called", day=f"{until:%d/%m/%Y}"))


DAYS = {
    "until": Field("until_on", "--until", "--until", "date"),
    "consent_date": Field("consent_date", "--consent-date", "--consent-date", "date"),
}


@submission.command("keep-back")
@click.argument("case_file")
@click.option("--until", required=True, metavar="DAY")
@click.option("--reason", required=True)
@click.option("--consent-number", required=True, help="Of the head's written consent.")
@click.option("--consent-date", required=True, metavar="DAY")
@click.option(
    "--consent", "consent_code", help="Its code in the archive; found by number and day if none."
)
@json_option
@click.pass_obj
@door
def keep_back(
    actor: str | None,
    case_file: str,
    until: str,
    reason: str,
    consent_number: str,
    consent_date: str,
    consent_code: str | None,
    as_json: bool,
) -> None:
    """Let a unit keep a due case file, with the head's written consent."""
    days = {"until": until, "consent_date": consent_date}
    read: dict[str, Any] = {name: parse_value(DAYS[name], text) for name, text in days.items()}
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = reads.the_case_file(db, who, case_file, Action.KEEP_BACK)
        code = consent_code or submissions.consent_of(
            db, who, found.organ_id, consent_number, read["consent_date"]
        )
        consent = reads.the_document(db, who, code, Action.READ) if code else None
        kept = submissions.keep_back(
            db, found, who, reason=reason, consent_number=consent_number, consent=consent, **read
        )
        told = {"case_file": found.code, "until": kept.until_on}
    answer(told) if as_json else click.echo(f"{told['case_file']}  {kept.until_on:%d/%m/%Y}")


# Finding ------------------------------------------------------------------------------------------


def _the_submission(db: Session, who: Person, code: str) -> Submission:
    organ = here(db, who)
    return submission_lists.whole_submission(db, who, organ, code)


def _item(db: Session, who: Person, code: str, case_file: str, action: Action) -> SubmissionItem:
    item = submissions.item_of(_the_submission(db, who, code), case_file)
    access.require(db, who, action, item.case_file)
    return item


def _decided(code: str, case_file: str, outcome: str, as_json: bool) -> None:
    told = {"submission": code, "case_file": case_file, "outcome": outcome}
    answer(told) if as_json else click.echo(f"{case_file}  {say(f'outcome_{outcome}')}")
