"""Home: what waits for me, what I opened last, one search box."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, g, render_template
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from archive import access, clock, delegations, notices
from archive.access import Action
from archive.models import CaseFile, Document, Event, Organ
from archive.reading import seen_documents, sees_all
from archive.submission_lists import SOON, due_until, held, until_when
from ingest.intakes import seen_intakes
from ingest.models import Intake
from web.auth import actor, asker, here, may, principal, reading
from web.i18n import lazy_gettext as _l
from web.lists import Count, counts
from web.my_work import waiting_for
from web.pages.receiving import TABS, in_states, waiting_shown

blueprint = Blueprint("home", __name__)
LAST_OPENED = 8
OPENINGS_LOOKED_AT = 200  # one document is opened again and again
WAITING_SHOWN = 5
DUE_SHOWN = 5
MOST_TOLD = 100  # at a glance; the lists behind know more exactly


@dataclass(frozen=True)
class Entry:
    """A line of the menu: a place, with the pages that belong to it."""

    endpoint: str
    action: Action
    icon: str
    name: Any
    also: tuple[str, ...] = ()  # blueprints

    def holds(self, blueprint: str | None) -> bool:
        """Whether pages of this blueprint belong here."""
        return blueprint == self.endpoint.split(".")[0] or blueprint in self.also


OF_CASE_FILES = ("plans", "plan_lines", "plan_tables", "case_file_life", "papers", "custody",
                 "links", "loans", "whole_copies")  # fmt: skip
OF_RETENTION = (
    "transfers",
    "freezes",
    "expiries",
    "appraisals",
    "duplicates",
    "calendar",
    "disposals",
    "disposal_council",
    "disposal_acts",
    "schedule",
    "schedule_tables",
    "schedule_approving",
    "retention_of",
    "tombstones",
)
MENU = (
    Entry("receiving.page", Action.SEE_INTAKES, "inbox", _l("Receiving")),
    Entry("registers.page", Action.SEE_REGISTERS, "journal-text", _l("Registers")),
    Entry("issuing.page", Action.PREPARE_ISSUE, "send", _l("Issuing")),
    Entry("case_files.page", Action.SEE_CASE_FILES, "folder2", _l("Case files"), OF_CASE_FILES),
    Entry(
        "submissions.page",
        Action.SEE_CASE_FILES,
        "box-arrow-in-right",
        _l("Submission"),
        ("receipt",),
    ),
    Entry(
        "retention.page",
        Action.SEE_RETENTION,
        "hourglass-split",
        _l("Keeping and leaving"),
        OF_RETENTION,
    ),
    Entry("finding.page", Action.FIND, "search", _l("Search")),
    Entry(
        "people.page",
        Action.MANAGE_PEOPLE,
        "people",
        _l("Administration"),
        ("administration", "seal_picture", "staff_lists"),
    ),
    Entry("health.page", Action.SEE_HEALTH, "activity", _l("Health")),
)


def menu() -> dict[str, Any]:
    """What every page needs, in one question: who is here, and the menu entries open to them."""
    if g.get("person") is None:
        return {"me": None, "menu": (), "here": None}
    with reading() as rows:
        entries = tuple(one for one in MENU if may(rows, one.action, here()))
        asked = select(notices.unopened(actor()), delegations.may_be_lent(actor()))
        unopened, lends = rows.execute(asked).one()
        places = [*_organs(rows), *(_principals(rows) if lends else ())]
    told = {"me": g.person, "menu": entries, "here": here(), "unopened": unopened}
    return {**told, "acts_for": principal(), "places_to_work": places}


@dataclass(frozen=True)
class Place:
    """Where, or for whom, the person may work."""

    value: str  # as the form of account.place sends it
    name: str
    is_person: bool = False


def _organs(rows: Session) -> list[Place]:
    """Other organs at which one works; while acting for somebody, one's own again too."""
    organs = access.organs_of(actor()) - ({here().id} if principal() is None else set())
    if not organs:
        return []
    found = select(Organ.id, Organ.name).where(Organ.id.in_(organs)).order_by(Organ.id)
    return [Place(f"organ:{number}", name) for number, name in rows.execute(found)]


def _principals(rows: Session) -> list[Place]:
    """People one may act for."""
    return [
        Place(f"for:{one.id}", one.principal.full_name, is_person=True)
        for one in delegations.in_force(rows, actor())
        if principal() is None or one.principal_id != asker().id
    ]


@blueprint.get("/")
def page() -> str:
    """My work, by role."""
    with reading() as rows:
        may_see_intakes = may(rows, Action.SEE_INTAKES, here())
        return render_template(
            "home.html",
            may_receive=may(rows, Action.RECEIVE, here()),
            may_open=may(rows, Action.OPEN_CASE_FILE, here()),
            tasks=waiting_for(rows, asker(), here(), lambda one: may(rows, one, here())),
            due=_due_next(rows),
            today=clock.today(here()),
            counts=_counts(rows, may_see_intakes),
            waiting=waiting_shown(rows, WAITING_SHOWN) if may_see_intakes else [],
            opened=_last_opened(rows),
        )


def _due_next(rows: Session) -> list[tuple[CaseFile, date]]:
    """My case files that must be with the archive within 30 days, or should be already."""
    if not may(rows, Action.WORK, here()):
        return []
    until = until_when()
    found = rows.execute(
        held(asker(), here())
        .add_columns(until)
        .where(due_until(clock.today(here()) + SOON))
        .order_by(None)
        .order_by(until, CaseFile.id)
        .limit(DUE_SHOWN)
    )
    return [(one, day) for one, day in found]


def _counts(rows: Session, may_see_intakes: bool) -> dict[str, Count]:
    """What is kept, to be mended, unfiled, and on the road.

    How much is kept is told to who sees all of it: for others every document would be looked at.
    """
    seen = select(Document).where(seen_documents(rows, asker(), here()))
    wanted: dict[str, Select[Any]] = {
        "to_mend": seen.where(Document.mending.is_not(None)),
        "in_tray": seen.where(Document.is_filed.is_(False)),
    }
    if sees_all(asker(), here(), with_oversight=True):
        wanted["held"] = seen
    if may_see_intakes:
        mine = select(Intake).where(*seen_intakes(rows, asker(), here()))
        wanted["moving"] = mine.where(*in_states(TABS["moving"]))
        wanted["deciding"] = mine.where(*in_states(TABS["deciding"]))
    return counts(rows, wanted, MOST_TOLD)


def _last_opened(rows: Session) -> list[Document]:
    """The documents I opened last, as far as they are still open to me."""
    openings = rows.scalars(
        select(Event.subject_id)
        .where(Event.person_id == actor().id, Event.action == "document.open")
        .order_by(Event.id.desc())
        .limit(OPENINGS_LOOKED_AT)
    )
    order = list(dict.fromkeys(openings))[:LAST_OPENED]
    found = rows.scalars(
        select(Document)
        .where(Document.id.in_(order), seen_documents(rows, asker(), here()))
        .options(selectinload(Document.parts))
    )
    by_number = {one.id: one for one in found}
    return [by_number[number] for number in order if number in by_number]
