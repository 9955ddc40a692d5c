"""Commands for disposals: what a script may do. Council, decision and execution need a person."""

from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive import access, notices, people
from archive.access import Action
from archive.errors import Invalid, NotFound
from archive.models import CaseFile, Document, Organ, Person
from retention import appraisals, deciding, disposals, dossiers, listing
from retention.disposals import OVER
from retention.models import Appraisal, Disposal
from web import disposal_forms
from web.commands.door import acting, answer, door, here, json_option, the_archive
from web.commands.printing import TO, print_to
from web.disposal_explained import proposal
from web.disposal_words import STAGES
from web.words import say


@click.group()
def disposal() -> None:
    """Lists of what is to be destroyed, their stage and their papers."""


@disposal.command("list")
@click.option("--over", is_flag=True, help="Those that are closed or stopped.")
@json_option
@click.pass_obj
@door
def list_all(actor: str | None, over: bool, as_json: bool) -> None:
    """Print the disposals that are under way."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        organ = here(db, who)
        if not access.may(db, who, Action.SEE_DISPOSALS, organ):
            access.require(db, who, Action.SEE_RETENTION, organ)
        is_over = Disposal.stage.in_(OVER)
        wanted = disposals.seen_by(db, who, organ).where(is_over if over else ~is_over)
        found = [_told(one) for one in db.scalars(wanted)]
    for one in found:
        answer(one) if as_json else click.echo(_as_text(one))


def _told(one: Disposal) -> dict[str, Any]:
    return {
        "disposal": one.code,
        "title": one.title,
        "stage": one.stage,
        "decision": one.decision_number,
        "root": one.root,
        "destroy_by": one.destroy_by,
        "days_left": deciding.days_left(one),
    }


def _as_text(one: dict[str, Any]) -> str:
    day: date | None = one["destroy_by"]
    last = f"  {day:%d/%m/%Y}" if day and one["days_left"] is not None else ""
    return f"{one['disposal']}  {STAGES[one['stage']]}{last}  {one['title']}"


@disposal.command("show")
@click.argument("code")
@json_option
@click.pass_obj
@door
def show(actor: str | None, code: str, as_json: bool) -> None:
    """Print a disposal with its lines, and what its dossier lacks."""
    with the_archive() as services, acting(services, actor) as who, services.db.reading() as db:
        found = disposals.by_code(db, who, here(db, who), code)
        told = _told(found)
        told["dossier_lacks"] = dossiers.lacking(db, found)
        told["lines"] = [
            {
                "line": one.ordinal,
                "code": one.code,
                "title": one.title,
                "cause": one.cause,
                "rule": one.rule,
                "expires_on": one.expires_on,
                "documents": one.document_total,
                "digest": one.digest,
                "outcome": one.outcome,
                "why": one.outcome_why,
            }
            for one in found.items
        ]
    if as_json:
        answer(told)
        return
    click.echo(_as_text(told))
    for one in told["lines"]:
        why = f"  ({one['why']})" if one["why"] else ""
        click.echo(f"{one['line']:>4}  {one['code']}  {one['outcome']}{why}  {one['title']}")


@disposal.command("make")
@click.argument("codes", nargs=-1)
@click.option("--all", "take_all", is_flag=True, help="Everything that is proposed.")
@click.option("--title", required=True)
@json_option
@click.pass_obj
@door
def make(
    actor: str | None, codes: tuple[str, ...], take_all: bool, title: str, as_json: bool
) -> None:
    """Draw up a list of proposed case files and documents; the explanation comes from the data."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = here(db, who)
        access.require(db, who, Action.LIST_DISPOSAL, organ)
        chosen = _chosen(db, organ, codes, take_all)
        wanted = select(Appraisal).where(Appraisal.id.in_(chosen))
        formation, condition = proposal(db, organ, wanted)
        made = listing.make(
            db, organ, who, chosen, title=title, formation=formation, condition=condition
        )
        told = {**_told(made), "lines": len(chosen)}
    answer(told) if as_json else click.echo(told["disposal"])


def _chosen(db: Session, organ: Organ, codes: tuple[str, ...], take_all: bool) -> list[int]:
    """The appraisals of these things, or all that may be listed.

    Raises:
        Invalid: `nothing_chosen`.
        NotFound: `no_such_thing`: one of them is not proposed.
    """
    wanted = appraisals.listable(organ)
    if take_all:
        return list(db.scalars(wanted.with_only_columns(Appraisal.id).limit(listing.MOST)))
    if not codes:
        raise Invalid("nothing_chosen")
    files = select(CaseFile.id).where(CaseFile.code.in_(codes), CaseFile.organ_id == organ.id)
    papers = select(Document.id).where(Document.code.in_(codes), Document.organ_id == organ.id)
    named = wanted.where(or_(Appraisal.case_file_id.in_(files), Appraisal.document_id.in_(papers)))
    found = list(db.scalars(named.with_only_columns(Appraisal.id)))
    if len(found) != len(set(codes)):
        raise NotFound("no_such_thing")
    return found


@disposal.command("print")
@click.argument("code")
@click.option("--form", type=click.Choice([one.kind for one in dossiers.PAPERS]), required=True)
@TO
@json_option
@click.pass_obj
@door
def print_form(actor: str | None, code: str, form: str, target: Path, as_json: bool) -> None:
    """Print a form of a disposal as it stands now."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        found = disposals.by_code(db, who, here(db, who), code)
        made = disposal_forms.form_of(db, who, found, form)
        disposal_forms.told(db, found, form)
    print_to(made, target, as_json)


@disposal.command("remind")
@json_option
@click.pass_obj
@door
def remind(actor: str | None, as_json: bool) -> None:
    """Tell whom it concerns that the fifteen days run out, if they were not told yet."""
    with the_archive() as services, acting(services, actor) as who, services.db.transaction() as db:
        organ = here(db, who)
        access.require(db, who, Action.SEE_DISPOSALS, organ)
        staff: list[Person] = people.at_work(db, organ.id)
        made = len(notices.tell(db, organ, deciding.of_organ(db, organ, staff)))
    answer({"notices": made}) if as_json else click.echo(say("notices_made", count=made))
