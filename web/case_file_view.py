"""A case file as its page shows it: the line of steps, the moves with why not, the dated facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import access_changes, clock, freezes, moves, submissions
from archive.life_models import AccessChange, FreezeOrder, SubmissionItem
from archive.models import CaseFile, Event, Person
from archive.moves import Hindrance
from retention.models import Transfer
from retention.transfer_lists import transfer_of
from web.auth import asker
from web.errors import Said, words_for
from web.field_words import STAGES
from web.i18n import gettext
from web.i18n import lazy_gettext as _l

WAY = ("planned", "open", "closed", "submitted", "accepted")
HISTORY = "transferred"
_TOLD_BY = {  # the event of the stage's beginning
    "open": ("case_file.open",),
    "closed": ("case_file.close",),
    "submitted": ("case_file.submit",),
    "accepted": ("case_file.accept",),
    "transferred": ("case_file.hand_to_history",),
    "returned": ("case_file.return",),
}
PAPER_STATES = {
    "hybrid": _l("Partly on paper"),
    "converted_to_paper": _l("Converted to paper"),
}
PAPER_KINDS = {
    "original": _l("Original on paper"),
    "annex": _l("Annex on paper"),
    "rest_of_first_page": _l("Only the first page was scanned"),
    "rest_of_main_text": _l("Only the main text was scanned"),
    "copy": _l("Copy on paper"),
    "converted": _l("Electronic file converted to paper"),
}
WHY_OUT = {
    "duplicate": _l("Duplicate"),
    "draft": _l("Draft"),
    "misplaced": _l("Belongs elsewhere"),
}


@dataclass(frozen=True)
class Step:
    """A step of a line of steps: `done`, `here`, `halted` or `ahead`, with who and when."""

    name: Any
    state: str
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class MoveShown:
    """Something to do: where it leads, and everything that keeps it from being done now."""

    name: str
    icon: str
    target: str
    why_not: tuple[Said, ...] = ()
    is_post: bool = False
    asks_reason: bool = False


@dataclass(frozen=True)
class Dates:
    """The dated facts of a closed case file."""

    due_on: date | None
    late_days: int
    kept_until: date | None


def said(found: Iterable[Hindrance]) -> tuple[Said, ...]:
    """Hindrances in words, each of them once."""
    return tuple(dict.fromkeys(words_for(one.code, dict(one.details)) for one in found))


def steps_of(rows: Session, case_file: CaseFile) -> list[Step]:
    """The line of steps, with who made each and when."""
    told = _told(rows, case_file)
    stage = "open" if case_file.stage == "returned" else case_file.stage
    whole = (*WAY, HISTORY) if stage == HISTORY else WAY
    at = whole.index(stage) if stage in whole else 0
    way = whole if case_file.plan_entry_id is not None or at == 0 else whole[1:]
    shown = []
    for place, one in enumerate(way, whole.index(way[0])):
        is_done = place < at or stage in ("accepted", HISTORY)
        state = "done" if is_done else "here" if place == at else "ahead"
        key = "returned" if state == "here" and case_file.stage == "returned" else one
        who, moment = told.get(key, ("", None)) if state != "ahead" else ("", None)
        state = "halted" if case_file.stage == "dropped" else state
        shown.append(Step(STAGES[key], state, who, moment))
    return shown


def submitted_in(rows: Session, case_file: CaseFile) -> SubmissionItem | None:
    """The line under which it was last submitted, with what the archive said of it."""
    if case_file.stage not in ("submitted", "returned", "accepted", HISTORY):
        return None
    return rows.scalar(
        select(SubmissionItem)
        .where(SubmissionItem.case_file_id == case_file.id)
        .options(joinedload(SubmissionItem.submission))
        .order_by(SubmissionItem.id.desc())
        .limit(1)
    )


def handed_in(rows: Session, case_file: CaseFile) -> Transfer | None:
    """The transfer with which it went to the historical archive."""
    return transfer_of(rows, case_file) if case_file.stage == HISTORY else None


def _told(rows: Session, case_file: CaseFile) -> dict[str, tuple[str, datetime]]:
    wanted = [action for actions in _TOLD_BY.values() for action in actions]
    found = rows.execute(
        select(Event.action, Event.at, Person.full_name)
        .join(Person, Person.id == Event.person_id, isouter=True)
        .where(Event.subject_type == "case_file", Event.subject_id == case_file.id)
        .where(Event.action.in_(wanted))
        .order_by(Event.id)
    )
    last = {action: (name or gettext("The system"), at) for action, at, name in found}
    return {stage: last[action] for stage, (action,) in _TOLD_BY.items() if action in last}


@dataclass(frozen=True)
class Standing:
    """What holds a case file now."""

    orders: list[FreezeOrder]
    change: AccessChange | None
    why_no_change: tuple[Said, ...]  # of data, paper parts, level


def standing_of(rows: Session, case_file: CaseFile) -> Standing:
    """The orders and the open change of access, and who may not change it by them."""
    orders = freezes.orders_on(rows, case_file)
    why = moves.hindrances_to_change(rows, case_file, asker(), orders)
    return Standing(orders, access_changes.waiting(rows, case_file), said(why))


def moves_of(rows: Session, case_file: CaseFile, standing: Standing) -> list[MoveShown]:
    """What may be done with it at its stage; a grey one says all that is in its way.

    What is in it is looked through on the page of its closing, not here.
    """
    code, why = case_file.code, standing.why_no_change
    paper = url_for("papers.page", kind="case_file", code=code)
    return [
        *_move_on(rows, case_file, standing),
        MoveShown(gettext("Correct the data"), "pencil", _to("correct", code), why),
        MoveShown(gettext("Note what is on paper"), "file-earmark-ruled", paper, why),
    ]


def _move_on(rows: Session, case_file: CaseFile, standing: Standing) -> list[MoveShown]:
    code, stage = case_file.code, case_file.stage

    def why_not(name: str) -> list[Hindrance]:
        return moves.hindrances_of(rows, case_file, name, asker(), standing.orders)

    if stage == "planned":
        why = said(why_not("open"))
        target = _to("open_planned", code)
        return [MoveShown(gettext("Open it"), "folder2-open", target, why, is_post=True)]
    if stage in ("open", "returned"):
        why = said(why_not("close"))
        return [MoveShown(gettext("Review and close"), "check2-square", _to("close", code), why)]
    if stage == "closed":
        waits = [Hindrance("access_change_waits")] if standing.change else []
        submit, why = gettext("Submit it to the archive"), said([*why_not("submit"), *waits])
        again = MoveShown(
            gettext("Open it again"), "arrow-counterclockwise", _to("reopen", code),
            said(why_not("reopen")), is_post=True, asks_reason=True,
        )  # fmt: skip
        return [MoveShown(submit, "box-arrow-in-right", url_for("submissions.page"), why), again]
    return []


def _to(view: str, code: str) -> str:
    return url_for(f"case_file_life.{view}", code=code)


def dates_of(rows: Session, case_file: CaseFile) -> Dates | None:
    """When a closed case file is due, how late it is, until when it is kept back."""
    if case_file.stage not in ("closed", "returned") or case_file.due_on is None:
        return None
    kept = submissions.kept_until(rows, [case_file]).get(case_file.id)
    last = max(case_file.due_on, kept) if kept else case_file.due_on
    late = (clock.today(case_file.organ) - last).days
    return Dates(case_file.due_on, max(late, 0), kept)
