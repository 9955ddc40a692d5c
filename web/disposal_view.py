"""A disposal as its page shows it: the line of steps, the deeds with why not, lines and papers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from archive import clock
from archive.hands import Whose
from archive.models import Document, Event, Person, Unit
from archive.moves import Hindrance
from retention import deciding, disposals, dossiers, meeting, preparing, sharing
from retention.models import Appraisal, Disposal, DisposalItem, DisposalPaper
from web.auth import asker
from web.case_file_view import MoveShown, Step, said
from web.disposal_words import KINDS, MOVES, OUTCOMES, STAGES
from web.errors import words_for
from web.i18n import gettext
from web.names import whose

WAY = ("listed", "council", "met", "appraised", "decided", "prepared", "reconfirmed",
       "handed_over", "executing", "destroyed", "closed")  # fmt: skip
MADE_BY = {"listed": "make"} | {one.end: one.name for one in disposals.MOVES.values()}
NEXT = {
    "listed": ("set_up",),
    "met": ("appraise",),
    "appraised": ("decide",),
    "decided": ("prepare",),
    "prepared": ("reconfirm",),
    "reconfirmed": ("hand_over",),
    "handed_over": ("begin",),
    "destroyed": ("close",),
}
TARGETS = {
    "set_up": ("disposal_council.set_up", "people"),
    "appraise": ("disposal_acts.appraisal", "bank"),
    "decide": ("disposal_acts.decision", "hammer"),
    "prepare": ("disposal_acts.preparation", "clipboard-check"),
    "reconfirm": ("disposal_acts.reconfirmation", "shield-check"),
    "hand_over": ("disposal_acts.signing", "box-arrow-right"),
    "begin": ("disposal_acts.signing", "fire"),
    "close": ("disposal_acts.close", "folder-check"),
}
SIGNED = {"hand_over": "hand-over", "begin": "begin"}


@dataclass(frozen=True)
class PaperShown:
    """A paper of the dossier: what it is, where it is, why it is not there yet."""

    kind: str
    name: Any
    is_ready: bool
    rows: tuple[DisposalPaper, ...]


def steps_of(rows: Session, disposal: Disposal) -> list[Step]:
    """The line of steps, with who made each and when."""
    told = _told(rows, disposal)
    is_over = disposal.stage == "closed"
    reached = told if disposal.stage == "stopped" else {}
    at = WAY.index(disposal.stage) if disposal.stage in WAY else len(reached) - 1
    steps = []
    for place, stage in enumerate(WAY):
        state = "done" if place < at or is_over else "here" if place == at else "ahead"
        if disposal.stage == "stopped":
            state = "done" if stage in told else "ahead"
        who, moment = told.get(stage, ("", None)) if state != "ahead" else ("", None)
        steps.append(Step(STAGES[stage], state, who, moment))
    if disposal.stage == "stopped":
        who, moment = told.get("stopped", ("", None))
        steps = [one for one in steps if one.state == "done"]
        steps.append(Step(STAGES["stopped"], "halted", who, moment))
    return steps


def _told(rows: Session, disposal: Disposal) -> dict[str, tuple[str, Any]]:
    """Who brought it to each stage, and when."""
    actions = {f"disposal.{name}": stage for stage, name in MADE_BY.items()}
    acting, principal = aliased(Person), aliased(Person)
    found = rows.execute(
        select(Event.action, Event.at, acting.full_name, principal.full_name)
        .outerjoin(acting, acting.id == Event.person_id)
        .outerjoin(principal, principal.id == Event.principal_id)
        .where(Event.subject_type == "disposal", Event.subject_id == disposal.id)
        .where(Event.action.in_(actions))
        .order_by(Event.id)
    )
    return {
        actions[action]: (whose(Whose(name, lent or "")) if name else gettext("The system"), at)
        for action, at, name, lent in found
    }


# What may be done ---------------------------------------------------------------------------------


def deeds_of(rows: Session, disposal: Disposal) -> list[MoveShown]:
    """What comes next, and what else may be done; a grey one says all that is in its way."""
    code, shown = disposal.code, []
    if disposal.stage == "listed":
        shown.append(
            MoveShown(
                str(MOVES["explain"]), "pencil", url_for("disposals.explain", code=code),
                _lacks(rows, disposal, "list"),
            )
        )  # fmt: skip
    if disposal.stage in ("council", "met"):
        page = url_for("disposal_council.meeting_page", code=code)
        shown.append(MoveShown(gettext("The council's meeting"), "people", page))
    for name in NEXT.get(disposal.stage, ()):
        shown.append(_deed(rows, disposal, name))
    if disposal.stage in preparing.PAPER_STAGES and disposal.destroyed_on_paper is None:
        shown.append(_paper(rows, disposal))
    if disposal.stage == "destroyed":
        shown.append(_record(rows, disposal))
    if disposal.stage in disposals.UNDER_WAY:
        shown.append(
            MoveShown(
                str(MOVES["stop"]), "sign-stop", url_for("disposals.stop", code=code),
                said(_hindrances(rows, disposal, "stop")), is_post=True, asks_reason=True,
            )
        )  # fmt: skip
    return shown


def _deed(rows: Session, disposal: Disposal, name: str) -> MoveShown:
    endpoint, icon = TARGETS[name]
    more: dict[str, Any] = {"what": SIGNED[name]} if name in SIGNED else {}
    found = _hindrances(rows, disposal, name)
    if name == "close" and (still := dossiers.lacking(rows, disposal)):
        papers = [str(KINDS[one]) for one in still]
        found.append(Hindrance("dossier_incomplete", {"papers": papers}))
    target = url_for(endpoint, code=disposal.code, **more)
    return MoveShown(str(MOVES[name]), icon, target, said(found), is_post=name == "close")


def _hindrances(rows: Session, disposal: Disposal, name: str) -> list[Hindrance]:
    return disposals.hindrances(rows, disposal, name, asker())


def _paper(rows: Session, disposal: Disposal) -> MoveShown:
    found = [] if sharing.on_paper(rows, disposal).leaving else [Hindrance("nothing_on_paper")]
    found += _of_executor(rows, disposal)
    target = url_for("disposal_acts.signing", code=disposal.code, what="paper")
    return MoveShown(str(MOVES["confirm_paper"]), "file-earmark-x", target, said(found))


def _of_executor(rows: Session, disposal: Disposal) -> list[Hindrance]:
    wrong = disposals.is_the_executor(rows, disposal, asker())
    if disposals.is_lent(asker()):
        return [Hindrance("not_by_delegation")]
    return [wrong] if wrong is not None else []


def _record(rows: Session, disposal: Disposal) -> MoveShown:
    sides = {
        disposal.keeper_id: disposal.keeper_signed_at,
        disposal.executor_id: disposal.executor_signed_at,
    }
    found = []
    if disposals.is_lent(asker()):
        found.append(Hindrance("not_by_delegation"))
    elif asker().id not in sides:
        found.append(Hindrance("not_a_side"))
    elif sides[asker().id] is not None:
        found.append(Hindrance("signed_already"))
    target = url_for("disposal_acts.signing", code=disposal.code, what="record")
    return MoveShown(str(MOVES["sign_record"]), "pen", target, said(found))


def _lacks(rows: Session, disposal: Disposal, part: str) -> tuple[Any, ...]:
    """Why the person may not work on the list."""
    found = []
    if not disposals.may_any(rows, disposal, asker(), disposals.MAKERS):
        found.append(Hindrance("not_allowed", {}))
    if (other := disposals.other_hand(rows, disposal, asker(), part)) is not None:
        found.append(Hindrance("another_hand", {"part": other}))
    return said(found)


# What it holds ------------------------------------------------------------------------------------


def items_of(disposal: Disposal, outcome: str = "") -> Select[DisposalItem]:
    """Its lines in order; of one outcome, if one is asked for."""
    wanted = select(DisposalItem).where(DisposalItem.disposal_id == disposal.id)
    if outcome in OUTCOMES:
        wanted = wanted.where(DisposalItem.outcome == outcome)
    return wanted.order_by(DisposalItem.ordinal)


@dataclass(frozen=True)
class Totals:
    """What a list counts."""

    lines: int = 0
    documents: int = 0
    pages: int = 0
    kept: int = 0
    omitted: int = 0

    @property
    def going(self) -> int:
        """Lines that are still to be destroyed, or are."""
        return self.lines - self.kept - self.omitted


def totals_of(rows: Session, found: Sequence[Disposal]) -> dict[int, Totals]:
    """The counts of these lists, in one question."""
    numbers = [one.id for one in found]
    counted = rows.execute(
        select(
            DisposalItem.disposal_id,
            DisposalItem.outcome,
            func.count(),
            func.sum(DisposalItem.document_total),
            func.sum(DisposalItem.page_total),
        )
        .where(DisposalItem.disposal_id.in_(numbers))
        .group_by(DisposalItem.disposal_id, DisposalItem.outcome)
    )
    totals: dict[int, dict[str, int]] = {}
    for number, outcome, lines, documents, pages in counted:
        one = totals.setdefault(
            number, {"lines": 0, "documents": 0, "pages": 0, "kept": 0, "omitted": 0}
        )
        one["lines"] += lines
        one["kept"] += lines if outcome == "keep" else 0
        one["omitted"] += lines if outcome == "omitted" else 0
        if outcome == "destroy":
            one["documents"] += documents or 0
            one["pages"] += pages or 0
    return {number: Totals(**one) for number, one in totals.items()}


def outcome_of(one: DisposalItem) -> tuple[str, str, str]:
    """What becomes of a line: in words, its colour, and why."""
    key = "destroyed" if one.destroyed_on is not None else one.outcome
    name, colour = OUTCOMES[key]
    return str(name), colour, why_in_words(one)


def why_in_words(one: DisposalItem) -> str:
    """Why a line is not destroyed: what a person wrote, or the code that the machine left."""
    code, _, rest = one.outcome_why.partition(": ")
    if code == "frozen":
        return words_for("frozen", {"thing": one.code, "order": rest}).what
    if code in ("notice_runs", "not_expired", "other_end", "stands_for_destroyed"):
        day = date.fromisoformat(rest) if _is_day(rest) else None
        return words_for(code, {"thing": one.code, "day": day or "…"}).what
    if code == "twin_gone":
        return words_for(code, {"thing": one.code, "twin": rest}).what
    if code == "stopped":
        return f"{STAGES['stopped']}: {rest}"
    if code in ("gone_already", "stands_for_ever"):
        return words_for(code, {"thing": one.code}).what
    return one.outcome_why


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def papers_shown(rows: Session, disposal: Disposal) -> list[PaperShown]:
    """The dossier's papers, in the order in which they come about."""
    there: dict[str, list[DisposalPaper]] = {}
    for one in dossiers.papers_of(rows, disposal):
        there.setdefault(one.kind, []).append(one)
    shown = []
    for kind in KINDS:
        brought = kind in (dossiers.APPRAISAL, dossiers.CERTIFICATE)
        is_ready = not brought and dossiers.is_ready(disposal, kind)
        if is_ready or kind in there:
            found = tuple(there.get(kind, ()))
            shown.append(PaperShown(kind, KINDS[kind], is_ready, found))
    return shown


def documents_of(rows: Session, papers: Iterable[PaperShown]) -> dict[int, str]:
    """The codes of the documents as which papers stand in the dossier."""
    numbers = [one.document_id for each in papers for one in each.rows if one.document_id]
    if not numbers:
        return {}
    found = rows.execute(select(Document.id, Document.code).where(Document.id.in_(numbers)))
    return {number: code for number, code in found}


def late_of(disposal: Disposal) -> tuple[str, str] | None:
    """How the fifteen days stand, and the colour of that; None where none run."""
    left = deciding.days_left(disposal)
    if left is None:
        return None
    if left < 0:
        return gettext("%(count)s days past the last day", count=-left), "danger"
    return gettext("%(count)s days left", count=left), "warning" if left <= 5 else "info"


def owners_of(rows: Session, disposal: Disposal) -> list[str]:
    """The names of the units whose records the list names."""
    wanted = (
        select(Unit.name)
        .join(Appraisal, Appraisal.unit_id == Unit.id)
        .join(DisposalItem, DisposalItem.appraisal_id == Appraisal.id)
        .where(DisposalItem.disposal_id == disposal.id)
    )
    return list(rows.scalars(wanted.distinct().order_by(Unit.name)))


def meeting_why_not(rows: Session, disposal: Disposal) -> tuple[Any, ...]:
    """Why the minutes cannot be made now."""
    return said(disposals.hindrances(rows, disposal, "meet", asker(), meeting.CHECKS))


def today(disposal: Disposal) -> date:
    """The organ's day."""
    return clock.today(disposal.organ)
