"""Commands for notices of terms that end, and for re-appraisal by both sides."""

from typing import Any

import click
from sqlalchemy.orm import Session

from archive import access
from archive.access import Action
from archive.errors import NotAllowed, NotFound
from archive.models import Organ, Person
from retention import appraisals, disposals, opinions
from retention.appraisals import VERDICTS
from retention.expiries import OPEN
from retention.models import Appraisal
from web import appraisal_rows, term_watch
from web.appraisal_words import CONCLUDED
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.commands.terms import retention
from web.services import Services
from web.words import say

STAGES = ("noticed", "due", "proposed", "listed", "kept", "destroyed")
Told = dict[str, Any]


@retention.command("notices")
@click.option("--now", "look", is_flag=True, help="First look what there is to tell of.")
@json_option
@click.pass_obj
@door
def notices(actor: str | None, look: bool, as_json: bool) -> None:
    """Notices that terms end: who was told when, who opened and noted them."""
    with the_archive() as services, acting(services, actor) as who:
        if look:
            term_watch.look(services)
        with services.db.reading() as db:
            organ = _organ(db, who)
            wanted = appraisal_rows.appraisals(db, who, organ)
            found = list(db.scalars(wanted.where(Appraisal.stage.in_(OPEN))))
            sent = appraisal_rows.sent(db, found)
            rows = [{**_row(one), "told": _told(sent[one.id])} for one in found]
    for row in rows:
        answer(row) if as_json else click.echo(_line(row))


def _told(sent: list[appraisal_rows.Sent]) -> list[Told]:
    return [
        {
            "name": one.name,
            "at": one.notice.made_at,
            "opened": one.notice.opened_at,
            "noted": one.notice.acknowledged_at,
            "mailed": one.notice.mailed_at,
            "message_id": one.notice.message_id,
        }
        for one in sent
    ]


@retention.command()
@json_option
@door
def diagram(as_json: bool) -> None:
    """Print the tables of moves as Mermaid: of a thing until it is listed, then of its list."""
    for name, drawn in (("appraisal", appraisals.diagram()), ("disposal", disposals.diagram())):
        answer({"table": name, "diagram": drawn}) if as_json else click.echo(
            f"%% {name}\n{drawn}\n"
        )


@click.group()
def appraisal() -> None:
    """What becomes of case files whose term is over."""


@appraisal.command("list")
@click.option("--stage", type=click.Choice(STAGES), help="Only those at this stage.")
@click.option("--mine", is_flag=True, help="Only those for which one's unit speaks.")
@json_option
@click.pass_obj
@door
def list_them(actor: str | None, stage: str | None, mine: bool, as_json: bool) -> None:
    """List what is under re-appraisal, the earliest end first."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        wanted = appraisal_rows.appraisals(db, who, _organ(db, who))
        wanted = wanted.where(Appraisal.stage == stage if stage else Appraisal.stage.in_(OPEN))
        if mine:
            wanted = wanted.where(appraisal_rows.of_ones_own(who))
        rows = [_row(one) for one in db.scalars(wanted)]
    for row in rows:
        answer(row) if as_json else click.echo(_line(row))


_verdict = click.option("--verdict", type=click.Choice(VERDICTS), required=True)
_term = click.option("--term", default="", help="How long, where it is kept longer.")
_reason = click.option("--reason", required=True, help="Why; it is kept in the story.")


@appraisal.command()
@click.argument("code")
@_verdict
@_term
@_reason
@click.option("--side", type=click.Choice(["unit", "archive"]), help="Who may speak for both says.")
@json_option
@click.pass_obj
@door
def opine(
    actor: str | None,
    code: str,
    verdict: str,
    term: str,
    reason: str,
    side: str | None,
    as_json: bool,
) -> None:
    """Say for one's side what should become of a case file or a duplicate."""

    def act(db: Session, one: Appraisal, who: Person) -> None:
        opinions.opine(db, one, who, verdict=verdict, reason=reason, new_term=term, side=side or "")

    _do(actor, code, "opine", act, as_json)


@appraisal.command()
@click.argument("code")
@_verdict
@_term
@_reason
@json_option
@click.pass_obj
@door
def conclude(
    actor: str | None, code: str, verdict: str, term: str, reason: str, as_json: bool
) -> None:
    """Conclude for the archive; “destroy” only proposes it for the next list."""

    def act(db: Session, one: Appraisal, who: Person) -> None:
        name = CONCLUDED[verdict]
        if name == "permanent" and one.document_id is not None:
            name = "keep_both"
        appraisals.move(db, one, name, who, reason=reason, new_term=term)

    _do(actor, code, "conclude", act, as_json)


def _do(actor: str | None, code: str, name: str, act: Any, as_json: bool) -> None:
    """Do it in one transaction; a refusal for want of a right is told in one of its own."""
    with the_archive() as services, acting(services, actor) as who:
        try:
            with services.db.transaction() as db:
                one = _named(db, who, code)
                act(db, one, db.get_one(Person, who.id))
                told = _row(one)
        except NotAllowed as error:
            _refused(services, who, code, name, error)
            raise
    answer(told) if as_json else tell(say("appraised", **told))


def _refused(services: Services, who: Person, code: str, name: str, error: NotAllowed) -> None:
    with services.db.transaction() as db:
        try:
            one = _named(db, who, code)
        except (NotAllowed, NotFound):
            return  # of what one may not even know nothing is told
        appraisals.refused(db, one, name, error)


def _organ(db: Session, who: Person) -> Organ:
    organ = here(db, who)
    access.require(db, who, Action.SEE_RETENTION, organ)
    return organ


def _named(db: Session, who: Person, code: str) -> Appraisal:
    """The latest appraisal of the case file or document of this code, if the person may see it.

    Raises:
        NotFound: `no_such_appraisal`.
    """
    wanted = appraisal_rows.appraisals(db, who, _organ(db, who))
    found = db.scalars(wanted.where(appraisal_rows.of_code(code)).order_by(None)).all()
    if not found:
        raise NotFound("no_such_appraisal", number=code)
    return max(found, key=lambda one: one.id)


def _row(one: Appraisal) -> Told:
    thing = one.case_file or one.document
    assert thing is not None
    return {
        "code": thing.code,
        "stage": one.stage,
        "cause": one.cause,
        "expires_on": one.expires_on,
        "noticed_on": one.noticed_on,
        "notice_until": one.notice_until,
        "opinions": {said.side: said.verdict for said in one.opinions},
        "verdict": one.verdict,
        "new_term": one.new_term,
    }


def _line(row: Told) -> str:
    day = f"{row['expires_on']:%d/%m/%Y}" if row["expires_on"] else "–"
    said = ", ".join(f"{side}: {verdict}" for side, verdict in row["opinions"].items())
    return f"{row['code']:<24} {day:<11} {row['stage']:<10} {said or '–'}"
