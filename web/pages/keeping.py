"""Keeping and leaving: what expires, what waits to be decided, what is on its way out.

The first page of the place: its parts, by what the person may do, how many of each there are and
where it is done. All counts are one question.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from archive import clock
from archive.access import Action
from archive.life_models import FreezeOrder
from archive.models import Organ
from archive.organ_rules import rules_of
from retention import transfer_lists
from retention.models import Clock
from web.auth import asker, here, may, reading, require
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
    yield _transfers(organ, today)
    if may(rows, Action.SEE_CASE_FILES, organ):
        yield _freezes(organ)


def _terms(rows: Session, organ: Organ, today: date) -> Part:
    """By the clocks: of the whole organ, or of one's unit for who works in it."""
    runs = [Clock.organ_id == organ.id, Clock.fate == "runs"]
    looks_after_all = (Action.APPRAISE, Action.SEE_DISPOSALS)
    if not any(may(rows, one, organ) for one in looks_after_all):
        runs.append(Clock.unit_id == asker().unit_id)
    first, last = (date(today.year + n, 12, 31) for n in (0, 1))

    def between(*when: ColumnElement[bool]) -> Select[Any]:
        return select(Clock).where(*runs, *when)

    lines = (
        Line(_l("Expired"), between(Clock.expires_on < today), "", "warning"),
        Line(_l("Expire this year"), between(Clock.expires_on >= today, Clock.expires_on <= first)),
        Line(_l("Expire next year"), between(Clock.expires_on > first, Clock.expires_on <= last)),
    )
    about = _l("How long each case file is kept, and what comes to its end when.")
    return Part(_l("Terms"), about, "calendar3", "", lines)


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


def _freezes(organ: Organ) -> Part:
    held = select(FreezeOrder).where(
        FreezeOrder.organ_id == organ.id, FreezeOrder.lifted_at.is_(None)
    )
    target = url_for("freezes.page")
    about = _l("What an order holds is neither changed nor destroyed.")
    lines = (Line(_l("Orders in force"), held, target),)
    return Part(_l("Frozen by order"), about, "snow", target, lines)
