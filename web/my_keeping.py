"""What waits for a person in keeping and leaving: ends of terms, disposals, transfers, schedule."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, exists, select

from archive import clock
from archive.access import Action
from archive.models import Organ, Person
from archive.organ_rules import rules_of
from archive.submission_lists import SOON
from retention import appraisals, disposals, transfer_lists
from retention.models import (
    Appraisal,
    AppraisalOpinion,
    CouncilOpinion,
    CouncilSeat,
    Disposal,
    DisposalItem,
    RetentionRule,
)
from web.appraisal_rows import of_ones_own
from web.i18n import lazy_gettext as _l

May = Callable[[Action], bool]
Waiting = tuple[Any, Select[Any], str, str]  # name, what, target, colour


def lines(person: Person, organ: Organ, may: May) -> Iterator[Waiting]:
    """What waits, each with where it is done and how urgent it is."""
    today = clock.today(organ)
    yield from _of_appraisals(person, organ, may)
    yield from _of_disposals(person, organ, may, today)
    if may(Action.HAND_TO_HISTORY):
        yield from _of_transfers(organ, today)
    if may(Action.APPROVE_SCHEDULE):
        drafts = select(RetentionRule).where(
            RetentionRule.organ_id == organ.id, RetentionRule.state == "draft"
        )
        target = url_for("schedule.page", state="draft")
        yield _l("Rules of the schedule to approve"), drafts, target, "info"


def _of_appraisals(person: Person, organ: Organ, may: May) -> Iterator[Waiting]:
    due = select(Appraisal).where(Appraisal.organ_id == organ.id, Appraisal.stage == "due")
    page = url_for("appraisals.page")
    if may(Action.APPRAISE):
        yield _l("Case files to re-appraise"), due, page, "warning"
    if may(Action.OPINE):
        said = exists().where(
            AppraisalOpinion.appraisal_id == Appraisal.id, AppraisalOpinion.side == "unit"
        )
        mine = due.where(of_ones_own(person), ~said)
        target = url_for("appraisals.page", whose="mine")
        yield _l("Case files of my unit: say what becomes of them"), mine, target, "warning"
    if may(Action.LIST_DISPOSAL):
        target = url_for("disposals.new")
        yield _l("Proposed for destruction, in no list"), appraisals.listable(organ), target, "info"


def _of_disposals(person: Person, organ: Organ, may: May, today: date) -> Iterator[Waiting]:
    page = url_for("disposals.page")
    yield _l("Lists on which my opinion is asked"), _where(organ, _sits(person)), page, "warning"
    if may(Action.DECIDE_DISPOSAL):
        council = _where(organ, Disposal.stage == "listed")
        yield _l("Lists that wait for a council"), council, page, "warning"
        decide = _where(organ, Disposal.stage == "appraised")
        yield _l("Disposals to decide"), decide, page, "warning"
    if may(Action.EXECUTE_DISPOSAL):
        yield from _of_executor(person, organ, page)
    if may(Action.SEE_DISPOSALS):
        late = _where(organ, Disposal.stage.in_(disposals.LIVE), Disposal.destroy_by < today)
        yield _l("Disposals past their last day"), late, page, "danger"


def _of_executor(person: Person, organ: Organ, page: str) -> Iterator[Waiting]:
    made_by_another = Disposal.made_by_id != person.id
    prepare = _where(organ, Disposal.stage == "decided", made_by_another)
    yield _l("Disposals to prepare"), prepare, page, "warning"
    mine = Disposal.executor_id == person.id
    confirm = _where(organ, Disposal.stage == "prepared", mine)
    yield _l("Disposals for me to confirm again"), confirm, page, "warning"
    hand_over = _where(organ, Disposal.stage == "reconfirmed", Disposal.executor_id != person.id)
    yield _l("Disposals to hand over"), hand_over, page, "warning"
    execute = _where(organ, Disposal.stage == "handed_over", mine)
    yield _l("Disposals for me to execute"), execute, page, "warning"


def _where(organ: Organ, *which: ColumnElement[bool]) -> Select[Disposal]:
    return select(Disposal).where(Disposal.organ_id == organ.id, *which)


def _sits(person: Person) -> ColumnElement[bool]:
    """In its council the person has a seat and has not spoken of every line."""
    said = exists().where(
        CouncilOpinion.item_id == DisposalItem.id, CouncilOpinion.seat_id == CouncilSeat.id
    )
    silent = exists().where(DisposalItem.disposal_id == CouncilSeat.disposal_id, ~said)
    seat = exists().where(
        CouncilSeat.disposal_id == Disposal.id,
        CouncilSeat.person_id == person.id,
        CouncilSeat.left_why == "",
        CouncilSeat.absent_why == "",
        silent,
    )
    return (Disposal.stage == "council") & seat


def _of_transfers(organ: Organ, today: date) -> Iterator[Waiting]:
    soon = transfer_lists.on_their_way(organ, today + SOON)
    target = url_for("transfers.page", tab="live")
    yield _l("Transfers planned within 30 days, or late"), soon, target, "warning"
    if not rules_of(organ).is_source:
        return
    due = transfer_lists.to_register(organ)
    target = url_for("transfers.page")
    yield _l("Case files to be registered with the historical archive"), due, target, "info"
