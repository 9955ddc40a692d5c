"""Keeping and leaving: what expires, what waits to be decided, what is on its way out.

The first page of the place: its parts, by what the person may do, how many of each there are and
where it is done. All counts are one question.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, url_for
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from archive import clock
from archive.access import Action
from archive.life_models import FreezeOrder
from archive.models import Organ
from archive.organ_rules import rules_of
from retention import disposals, tombstones, transfer_lists
from retention.models import Appraisal, Clock, Disposal, RetentionRule
from web import appraisal_rows
from web.auth import asker, here, may, reading, require
from web.i18n import lazy_gettext as _l
from web.lists import counts

blueprint = Blueprint("retention", __name__, url_prefix="/retention")
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """Something that is counted: what, where it is looked at, how urgent it is."""

    name: Any
    what: Select[Any]
    target: str = ""
    colour: str = "info"  # danger: late; warning: somebody has to act


@dataclass(frozen=True)
class Part:
    """A part of the place: its name, what it is for, its page, its lines."""

    name: Any
    about: Any
    icon: str
    target: str
    lines: tuple[Line, ...]


@blueprint.get("")
def page() -> str:
    """All parts of the place, with what waits in each."""
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        parts = list(_parts(rows))
        asked = {f"{n}-{m}": line.what for n, m, line in _numbered(parts)}
        counted = counts(rows, asked)
        shown = [
            (part, [(line, counted[f"{n}-{m}"]) for m, line in enumerate(part.lines)])
            for n, part in enumerate(parts)
        ]
        return render_template("retention/page.html", shown=shown)


def _numbered(parts: list[Part]) -> Iterator[tuple[int, int, Line]]:
    for n, part in enumerate(parts):
        for m, line in enumerate(part.lines):
            yield n, m, line


def _parts(rows: Session) -> Iterator[Part]:
    organ, today = here(), clock.today(here())
    yield _terms(rows, organ, today)
    yield _appraisals(rows, organ)
    yield _disposals(rows, organ, today)
    yield _transfers(organ, today)
    if may(rows, Action.SEE_CASE_FILES, organ):
        yield _freezes(organ)
    yield _schedule(organ)
    if may(rows, Action.SEE_DISPOSALS, organ):
        yield _gone(organ)


def _terms(rows: Session, organ: Organ, today: date) -> Part:
    """By the clocks: of the whole organ, or of one's unit for who works in it."""
    mine = [Clock.organ_id == organ.id]
    looks_after_all = (Action.APPRAISE, Action.SEE_DISPOSALS)
    if not any(may(rows, one, organ) for one in looks_after_all):
        mine.append(Clock.unit_id == asker().unit_id)
    first, last = (date(today.year + n, 12, 31) for n in (0, 1))
    runs = Clock.fate == "runs"

    def counted(*when: ColumnElement[bool]) -> Select[Any]:
        return select(Clock).where(*mine, *when)

    def of(**what: Any) -> str:
        return url_for("calendar.files", **what)

    page = url_for("calendar.page")
    this_year = counted(runs, Clock.expires_on >= today, Clock.expires_on <= first)
    next_year = counted(runs, Clock.expires_on > first, Clock.expires_on <= last)
    unknown = counted(Clock.fate == "unknown")
    lines = (
        Line(_l("Expired"), counted(runs, Clock.expires_on < today), page, "warning"),
        Line(_l("Expire this year"), this_year, of(year=today.year)),
        Line(_l("Expire next year"), next_year, of(year=today.year + 1)),
        Line(_l("Wait for an event"), counted(Clock.fate == "waits"), of(fate="waits")),
        Line(_l("No term that can be counted"), unknown, of(fate="unknown"), "warning"),
    )
    about = _l("How long each case file is kept, and what comes to its end when.")
    return Part(_l("Terms"), about, "calendar3", page, lines)


def _appraisals(rows: Session, organ: Organ) -> Part:
    found = appraisal_rows.appraisals(rows, asker(), organ)
    if not may(rows, Action.APPRAISE, organ):
        found = found.where(appraisal_rows.of_ones_own(asker()))
    told = found.where(Appraisal.stage == "noticed", Appraisal.acknowledged_at.is_(None))
    page = url_for("appraisals.page")
    lines = (
        Line(_l("Notices that nobody has acknowledged"), told, url_for("expiries.page"), "warning"),
        Line(_l("To be re-appraised"), found.where(Appraisal.stage == "due"), page, "warning"),
        Line(
            _l("Proposed for destruction"),
            found.where(Appraisal.stage == "proposed"),
            url_for("appraisals.page", tab="proposed"),
        ),
    )
    about = _l("Thirty days before a term ends the archive and the unit are told; both say what "
               "becomes of it.")  # fmt: skip
    return Part(_l("Notices and re-appraisal"), about, "clipboard-check", page, lines)


def _transfers(organ: Organ, today: date) -> Part:
    page = url_for("transfers.page")
    live = url_for("transfers.page", tab="live")
    lines = [
        Line(_l("Transfers on their way"), transfer_lists.on_their_way(organ), live),
        Line(
            _l("Planned within 30 days, or late"),
            transfer_lists.on_their_way(organ, today + SOON),
            live,
            "warning",
        ),
    ]
    if rules_of(organ).is_source:
        due = transfer_lists.to_register(organ)
        lines.insert(0, Line(_l("Case files to be registered now"), due, page, "warning"))
    about = _l("Permanent case files go to the historical archive.")
    return Part(_l("To the historical archive"), about, "bank", page, tuple(lines))


def _disposals(rows: Session, organ: Organ, today: date) -> Part:
    page, seen = url_for("disposals.page"), disposals.seen_by(rows, asker(), organ)
    late = seen.where(Disposal.stage.in_(disposals.LIVE), Disposal.destroy_by < today)
    lines = (
        Line(_l("Under way"), seen.where(Disposal.stage.not_in(disposals.OVER)), page),
        Line(_l("Past their last day"), late, page, "danger"),
    )
    about = _l("What has no value any more leaves by a list, a council and a decision.")
    may_see = may(rows, Action.SEE_DISPOSALS, organ)
    return Part(_l("Disposals"), about, "list-check", page if may_see else "", lines)


def _schedule(organ: Organ) -> Part:
    rules = select(RetentionRule).where(RetentionRule.organ_id == organ.id)
    lines = (
        Line(
            _l("Drafts that wait for approval"),
            rules.where(RetentionRule.state == "draft"),
            url_for("schedule.page", state="draft"),
            "warning",
        ),
        Line(
            _l("Rules in force"),
            rules.where(RetentionRule.state == "in_force"),
            url_for("schedule.page", state="in_force"),
        ),
    )
    about = _l("The terms that the regulations and the organ set.")
    return Part(_l("Retention schedule"), about, "table", url_for("schedule.page"), lines)


def _gone(organ: Organ) -> Part:
    page = url_for("tombstones.page")
    about = _l("Of what was destroyed code, decision, day and digests stay.")
    lines = (Line(_l("Traces kept"), tombstones.of(organ), page),)
    return Part(_l("What is gone"), about, "archive", page, lines)


def _freezes(organ: Organ) -> Part:
    held = select(FreezeOrder).where(
        FreezeOrder.organ_id == organ.id, FreezeOrder.lifted_at.is_(None)
    )
    target = url_for("freezes.page")
    about = _l("What an order holds is neither changed nor destroyed.")
    lines = (Line(_l("Orders in force"), held, target),)
    return Part(_l("Frozen by order"), about, "snow", target, lines)
