"""Home: what waits for me, what I opened last, one search box."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from archive import access, delegations, notices
from archive.access import Action
from archive.models import Document, Event, Organ, Person, Placement
from archive.reading import seen_documents
from ingest.intakes import seen_intakes
from ingest.models import Intake
from web.auth import actor, asker, here, may, principal, reading
from web.pages.receiving import waiting_shown

blueprint = Blueprint("home", __name__)
LAST_OPENED = 8
WAITING_SHOWN = 5


@dataclass(frozen=True)
class Entry:
    """A line of the menu."""

    endpoint: str
    action: Action
    icon: str


MENU = (
    Entry("receiving.page", Action.SEE_INTAKES, "inbox"),
    Entry("registers.page", Action.SEE_REGISTERS, "journal-text"),
    Entry("issuing.page", Action.PREPARE_ISSUE, "send"),
    Entry("case_files.page", Action.SEE_CASE_FILES, "folder2"),
    Entry("submissions.page", Action.SEE_CASE_FILES, "box-arrow-in-right"),
    Entry("finding.page", Action.FIND, "search"),
    Entry("people.page", Action.MANAGE_PEOPLE, "people"),
    Entry("health.page", Action.SEE_HEALTH, "activity"),
)


def menu() -> dict[str, Any]:
    """What every page needs: who is here, and the menu entries open to them."""
    if g.get("person") is None:
        return {"me": None, "menu": (), "here": None}
    with reading() as rows:
        entries = tuple(one for one in MENU if may(rows, one.action, here()))
        places = places_to_work(rows)
        unopened = notices.unopened(rows, g.person)
    told = {"me": g.person, "menu": entries, "here": here(), "unopened": unopened}
    return {**told, "acts_for": principal(), "places_to_work": places}


@dataclass(frozen=True)
class Place:
    """Where, or for whom, the person may work."""

    value: str  # as the form of account.place sends it
    name: str
    is_person: bool = False


def places_to_work(rows: Session) -> list[Place]:
    """What the account menu offers: other organs, people one may act for, and oneself again."""
    organs = sorted(access.organs_of(actor()) - ({here().id} if principal() is None else set()))
    found = [Place(f"organ:{one}", rows.get_one(Organ, one).name) for one in organs]
    for one in delegations.in_force(rows, actor()):
        lender = rows.get_one(Person, one.principal_id)
        if principal() is None or lender.id != asker().id:
            found.append(Place(f"for:{one.id}", lender.full_name, is_person=True))
    return found


@blueprint.get("/")
def page() -> str:
    """My work, by role."""
    with reading() as rows:
        may_see_intakes = may(rows, Action.SEE_INTAKES, here())
        return render_template(
            "home.html",
            may_receive=may(rows, Action.RECEIVE, here()),
            may_open=may(rows, Action.OPEN_CASE_FILE, here()),
            counts=_intakes(rows) if may_see_intakes else None,
            waiting=waiting_shown(rows, WAITING_SHOWN) if may_see_intakes else [],
            in_tray=_count(rows, Document.id.not_in(select(Placement.document_id))),
            to_mend=_count(rows, Document.mending.is_not(None)),
            held=_count(rows, Document.id.is_not(None)),
            opened=_last_opened(rows),
        )


def _intakes(rows: Session) -> dict[str, int]:
    mine = seen_intakes(asker(), here())
    found = rows.execute(select(Intake.state, func.count()).where(*mine).group_by(Intake.state))
    return {state: count for state, count in found}


def _count(rows: Session, *where: Any) -> int:
    seen = seen_documents(rows, asker(), here())
    return rows.scalar(select(func.count()).select_from(Document).where(seen, *where)) or 0


def _last_opened(rows: Session) -> list[Document]:
    """The documents I opened last, as far as they are still open to me."""
    last = func.max(Event.id).label("last")
    mine = (
        select(Event.subject_id, last)
        .where(Event.person_id == actor().id, Event.action == "document.open")
        .group_by(Event.subject_id)
        .order_by(last.desc())
        .limit(LAST_OPENED)
    )
    order = [number for number, _ in rows.execute(mine)]
    found = rows.scalars(
        select(Document)
        .where(Document.id.in_(order), seen_documents(rows, asker(), here()))
        .options(selectinload(Document.parts))
    )
    by_number = {one.id: one for one in found}
    return [by_number[number] for number in order if number in by_number]
