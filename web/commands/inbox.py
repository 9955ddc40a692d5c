"""One's own notices, on the command line."""

from typing import Any

import click
from sqlalchemy.orm import Session

from archive import notice_subjects, notices
from archive.life_models import Notice
from archive.models import Person
from web.commands.door import acting_oneself, answer, door, json_option, the_archive
from web.notice_words import headline, in_order
from web.words import translated


@click.command("notices")
@click.option("--new", "only_new", is_flag=True, help="Only those that were not opened yet.")
@json_option
@click.pass_obj
@door
def inbox(actor: str | None, only_new: bool, as_json: bool) -> None:
    """Print one's own notices, those not opened yet first."""
    with the_archive() as services, acting_oneself(services, actor) as who:
        wanted = notices.inbox(who)
        if only_new:
            wanted = wanted.where(Notice.opened_at.is_(None))
        with services.db.reading() as db:
            told = [_notice(db, who, one) for one in db.scalars(wanted)]
    for one in told:
        answer(one) if as_json else click.echo(_notice_text(one))


def _notice(db: Session, who: Person, notice: Notice) -> dict[str, Any]:
    about = notice_subjects.subjects(db, who, notice.items)
    return {
        "notice": notice.id,
        "kind": notice.kind,
        "day": notice.made_on,
        "is_new": notice.opened_at is None,
        "is_known": notice.acknowledged_at is not None,
        "about": [
            {"code": about[one.subject_type, one.subject_id].code, "by": one.due_on}
            for one in in_order(notice.items)
        ],
    }


def _notice_text(one: dict[str, Any]) -> str:
    head = headline(one["kind"], translated)
    lines = [f"    {it['code']}" for it in one["about"]]
    return "\n".join([f"{one['notice']}  {one['day']:%d/%m/%Y}  {head}", *lines])
