"""Commands for what people hold and may: handing over, acting for others, reading besides."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import (
    access,
    accounts,
    case_files,
    clock,
    delegations,
    documents,
    grants,
    hand_over,
    organs,
    people,
)
from archive import reading as reads
from archive.access import Action
from archive.errors import NotFound
from archive.life_models import Delegation
from archive.models import CaseFile, Document, Person
from web.commands.case_files import case_file
from web.commands.door import (
    acting,
    acting_oneself,
    answer,
    door,
    here,
    json_option,
    tell,
    the_archive,
)
from web.commands.people import (
    day_from,
    managed,
    manages,
    organ_option,
    person,
    person_of,
    why_option,
)
from web.words import say

# Handing over -------------------------------------------------------------------------------------


@person.command("hand-over")
@click.argument("user_name")
@click.option("--to", "receiver", required=True, help="Who gets what nobody else gets.")
@click.option(
    "--give", "others", multiple=True, metavar="CODE=USER", help="A case file of its own."
)
@click.option("--ends-on", metavar="DAY", help="First day without access, if the account ends.")
@click.option("--confirm", is_flag=True, help="Do it; else it is only listed.")
@organ_option
@why_option
@json_option
@click.pass_obj
@door
def give_all(
    actor: str | None,
    user_name: str,
    receiver: str,
    others: tuple[str, ...],
    ends_on: str | None,
    confirm: bool,
    organ_code: str | None,
    why: str,
    as_json: bool,
) -> None:
    """Hand over all that a person holds, in one act; listed first, done with --confirm."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = managed(db, who, organ_code)
        one = person_of(db, who, user_name)
        if ends_on:
            access.require(db, who, Action.MANAGE_PEOPLE, one.organ)
        held = hand_over.holdings(db, one, organ)
        stay = [other.code for other in held.case_files if other.id in held.frozen]
        told = {"user": user_name, "case_files": [other.code for other in held.movable]}
        if confirm:
            hand_over.hand_over(
                db,
                one,
                organ,
                person_of(db, who, receiver),
                why=why,
                by=who,
                others=_others(db, who, others),
                ends_on=day_from(ends_on),
            )
    if as_json:
        answer({**told, "stay": stay, "done": confirm})
        return
    for code in told["case_files"]:
        click.echo(code)
    tell(say("hand_over_done" if confirm else "hand_over_listed", count=len(told["case_files"])))


def _others(db: Session, who: Person, given: tuple[str, ...]) -> dict[int, Person]:
    """Who gets which case file, from CODE=USER."""
    found = {}
    for one in given:
        code, _, user_name = one.rpartition("=")
        found[case_files.by_code(db, code).id] = person_of(db, who, user_name)
    return found


@case_file.command("reassign")
@click.argument("code")
@click.option("--to", "receiver", required=True, help="User name of the new holder.")
@why_option
@json_option
@click.pass_obj
@door
def reassign(actor: str | None, code: str, receiver: str, why: str, as_json: bool) -> None:
    """Give one case file to another holder."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        case_file = reads.the_case_file(db, who, code, Action.REASSIGN)
        hand_over.reassign(db, case_file, _colleague(db, case_file.organ_id, receiver), why)
    told = {"case_file": code, "holder": receiver}
    answer(told) if as_json else tell(say("reassigned", **told))


case_file.add_command(reassign, "assign")


# Acting for others, reading besides ---------------------------------------------------------------


@person.command("delegate")
@click.argument("principal")
@click.argument("delegate")
@click.option("--from", "from_on", metavar="DAY", help="First day; today if none.")
@click.option("--until", "until_on", metavar="DAY", required=True, help="Last day.")
@organ_option
@why_option
@json_option
@click.pass_obj
@door
def let_act(
    actor: str | None,
    principal: str,
    delegate: str,
    from_on: str | None,
    until_on: str,
    organ_code: str | None,
    why: str,
    as_json: bool,
) -> None:
    """Let DELEGATE act for PRINCIPAL: one's own, or anybody's for who manages people."""
    with (
        the_archive() as services,
        acting_oneself(services, actor) as who,
        services.db.transaction() as db,
    ):
        organ = organs.by_code(db, organ_code) if organ_code else here(db, who)
        lender = _colleague(db, organ.id, principal)
        if lender.id != who.id:
            access.require(db, who, Action.MANAGE_PEOPLE, organ)
        last = day_from(until_on) or clock.today(organ)
        made = delegations.make(
            db,
            organ,
            lender,
            _colleague(db, organ.id, delegate),
            from_on=day_from(from_on) or clock.today(organ),
            until_on=last,
            reason=why,
            by=who,
        )
        told = {"delegation": made.id, "principal": principal, "delegate": delegate, "until": last}
    answer(told) if as_json else tell(say("delegated", **told))


@person.command("end-delegation")
@click.argument("number", type=int)
@json_option
@click.pass_obj
@door
def end_delegation(actor: str | None, number: int, as_json: bool) -> None:
    """End a delegation at once: one's own, or any for who manages people."""
    with (
        the_archive() as services,
        acting_oneself(services, actor) as who,
        services.db.transaction() as db,
    ):
        found = db.get(Delegation, number)
        is_own = found is not None and who.id in (found.principal_id, found.delegate_id)
        if found is None or not (is_own or manages(db, who, found.organ_id)):
            raise NotFound("no_such_thing")
        delegations.end(db, found)
    answer({"delegation": number, "ended": True}) if as_json else tell(say("delegation_ended"))


@person.command("grant")
@click.argument("user_name")
@click.argument("code")
@click.option("--until", "until_on", metavar="DAY", help="Last day; no end if none.")
@why_option
@json_option
@click.pass_obj
@door
def grant(
    actor: str | None, user_name: str, code: str, until_on: str | None, why: str, as_json: bool
) -> None:
    """Let a person read a case file or a document, by its code."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        thing = _thing(db, who, code)
        one = _colleague(db, thing.organ_id, user_name)
        grants.give(db, thing, one, day_from(until_on), why, by=who)
    told = {"user": user_name, "thing": code}
    answer({**told, "until": until_on}) if as_json else tell(say("granted", **told))


@person.command("end-grant")
@click.argument("user_name")
@click.argument("code")
@why_option
@json_option
@click.pass_obj
@door
def end_grant(actor: str | None, user_name: str, code: str, why: str, as_json: bool) -> None:
    """Take back what `grant` gave."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        thing = _thing(db, who, code)
        found = [row for row, one in grants.alive_on(db, thing) if one.user_name == user_name]
        if not found:
            raise NotFound("no_such_thing")
        for row in found:
            grants.end(db, row, why)
    told = {"user": user_name, "thing": code}
    answer(told) if as_json else tell(say("grant_ended", **told))


# Finding ------------------------------------------------------------------------------------------


def _colleague(db: Session, organ_id: int, user_name: str) -> Person:
    """Somebody who works at the organ."""
    found = people.by_name(db, user_name)
    here = accounts.of_organ_or_keeper(organ_id)
    if db.scalar(select(Person.id).where(Person.id == found.id, here)) is None:
        raise NotFound("no_such_person", name=user_name)
    return found


def _thing(db: Session, who: Person, code: str) -> CaseFile | Document:
    """The document or case file of this code, if the person may let others read it."""
    try:
        found: CaseFile | Document = documents.by_code(db, code)
    except NotFound:
        return reads.the_case_file(db, who, code, Action.GRANT)
    return reads.the_document(db, who, found.code, Action.GRANT)
