"""What waits for a person, by what they may do: counted as far as it matters, in one question."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session

from archive import clock, deliveries, loans
from archive.access import Action
from archive.life_models import AccessChange, ExportRequest, Submission, SubmissionItem
from archive.models import CaseFile, FilePlan, Organ, Person
from archive.register_lists import filters
from archive.register_models import Delivery, LettingIn, Register, RegisterEntry
from archive.submission_lists import READY, SOON, due_until, late
from archive.submissions import UNDECIDED, open_submissions
from ingest.drafts import open_of
from ingest.models import Issuance, IssuanceComment
from retention.models import Appraisal, AppraisalOpinion
from web import my_keeping
from web.appraisal_rows import of_ones_own
from web.i18n import lazy_gettext as _l
from web.lists import Count, counts


@dataclass(frozen=True)
class Task:
    """Something that waits: what it is, how many, where it is done."""

    name: str
    count: Count
    target: str
    colour: str  # danger: late or refused; warning: somebody has to act; info: it is going on


@dataclass(frozen=True)
class _Line:
    name: Any
    what: Select[Any]
    target: str
    colour: str


def waiting_for(
    rows: Session, person: Person, organ: Organ, may: Callable[[Action], bool]
) -> list[Task]:
    """What waits for the person at this organ; nothing that counts none, the urgent first."""
    asked = {str(n): one for n, one in enumerate(_lines(person, organ, may))}
    counted = counts(rows, {n: one.what for n, one in asked.items()})
    found = [
        Task(str(one.name), counted[n], one.target, one.colour)
        for n, one in asked.items()
        if counted[n]
    ]
    return sorted(found, key=lambda one: ("danger", "warning", "info").index(one.colour))


def _lines(person: Person, organ: Organ, may: Callable[[Action], bool]) -> Iterator[_Line]:
    today = clock.today(organ)
    if may(Action.WORK):
        yield from _of_holder(person, organ, today)
    if may(Action.ACCEPT):
        yield from _of_archivist(organ)
    if may(Action.ACCEPT) or may(Action.KEEP_BACK):
        here = and_(CaseFile.organ_id == organ.id, CaseFile.stage.in_(READY))
        name = _l("Case files late in the organ")
        yield _Line(name, _files(here, _is_late(today)), _list("due"), "danger")
    yield from _of_terms(person, organ, may)
    if may(Action.REGISTER):
        yield from _of_clerk(organ, today)
    if may(Action.PREPARE_ISSUE):
        yield from _of_drafters(person, organ)
    yield _of_loans(person, organ, today, lends=may(Action.LEND))
    yield from _of_deciders(person, organ, may)
    yield from (_Line(*one) for one in my_keeping.lines(person, organ, may))


def _of_terms(person: Person, organ: Organ, may: Callable[[Action], bool]) -> Iterator[_Line]:
    """What waits for the archive or for one's unit to say what becomes of it."""
    due = select(Appraisal).where(Appraisal.organ_id == organ.id, Appraisal.stage == "due")
    page = url_for("appraisals.page", tab="due")
    if may(Action.APPRAISE):
        yield _Line(_l("Case files to be re-appraised"), due, page, "warning")
    elif may(Action.OPINE):
        unheard = ~exists().where(
            AppraisalOpinion.appraisal_id == Appraisal.id, AppraisalOpinion.side == "unit"
        )
        ours = due.where(of_ones_own(person), unheard)
        yield _Line(_l("Case files on which my unit is asked"), ours, page, "warning")


def _of_holder(person: Person, organ: Organ, today: date) -> Iterator[_Line]:
    mine = and_(CaseFile.organ_id == organ.id, CaseFile.holder_id == person.id)
    ready = CaseFile.stage.in_(READY)
    returned = _files(mine, CaseFile.stage == "returned")
    yield _Line(_l("Case files returned to me"), returned, _list("mine"), "danger")
    too_late = _files(mine, ready, _is_late(today))
    yield _Line(_l("My case files late for submission"), too_late, _list("mine"), "danger")
    soon = _files(mine, ready, due_until(today + SOON), ~_is_late(today))
    yield _Line(_l("My case files due in 30 days"), soon, _list("mine"), "warning")
    unsigned = _submissions(
        Submission.submitted_by_id == person.id,
        Submission.delivered_at.is_(None),
        _is_decided(),
    )
    yield _Line(_l("Hand-overs for me to sign"), unsigned, _list("sent"), "warning")
    being_built = _files(mine, CaseFile.stage == "open")
    target = url_for("case_files.page", stage="open")
    yield _Line(_l("Case files that I am building"), being_built, target, "info")
    planned = _files(mine, CaseFile.stage == "planned")
    target = url_for("case_files.page", stage="planned")
    yield _Line(_l("Planned case files for me to open"), planned, target, "info")


def _of_archivist(organ: Organ) -> Iterator[_Line]:
    name = _l("Submissions undecided after 60 days")
    yield _Line(name, late(organ), _list("waiting"), "danger")
    here = Submission.organ_id == organ.id
    undecided = select(SubmissionItem.submission_id).where(UNDECIDED)
    waiting = _submissions(here, Submission.id.in_(undecided))
    yield _Line(_l("Submissions to look through"), waiting, _list("waiting"), "warning")
    unsigned = _submissions(
        open_submissions(organ.id), Submission.received_at.is_(None), _is_decided()
    )
    yield _Line(_l("Hand-overs to sign for the archive"), unsigned, _list("waiting"), "warning")


def _of_loans(person: Person, organ: Organ, today: date, *, lends: bool) -> _Line:
    name = (
        _l("Lent out and not back in time") if lends else _l("Borrowed by me, to be brought back")
    )
    too_long = loans.late_ones(organ, today, None if lends else person)
    return _Line(name, too_long, url_for("loans.page", only="overdue"), "danger")


def _of_clerk(organ: Organ, today: date) -> Iterator[_Line]:
    books = select(Register.id).where(Register.organ_id == organ.id, Register.kind == "incoming")
    here = RegisterEntry.register_id.in_(books)
    target = url_for("registers.page")
    for name, only, colour in (
        (_l("Documents answered late"), "overdue", "danger"),
        (_l("Documents to be answered in two days"), "due", "warning"),
    ):
        yield _Line(name, select(RegisterEntry).where(here, *filters(only, today)), target, colour)
    silent = select(Delivery).where(*deliveries.late(organ, today))
    target = url_for("registers.book", book="di", only="unconfirmed")
    yield _Line(_l("Recipients who have not confirmed receipt"), silent, target, "warning")


def _of_drafters(person: Person, organ: Organ) -> Iterator[_Line]:
    asked = (
        select(IssuanceComment)
        .join(Issuance, Issuance.id == IssuanceComment.issuance_id)
        .where(*open_of(person), Issuance.organ_id == organ.id, Issuance.state == "prepared")
    )
    target = url_for("issuing.page", tab="asked")
    yield _Line(_l("Drafts on which I am asked for comments"), asked, target, "warning")


def _of_deciders(person: Person, organ: Organ, may: Callable[[Action], bool]) -> Iterator[_Line]:
    if may(Action.CONFIRM_ACCESS):
        files = select(CaseFile.id).where(CaseFile.organ_id == organ.id)
        changes = select(AccessChange).where(
            AccessChange.case_file_id.in_(files), AccessChange.decided_at.is_(None)
        )
        target = url_for("case_files.page", only="access")
        yield _Line(_l("Changes of access to confirm"), changes, target, "warning")
    if may(Action.ALLOW_EXPORT):
        asked = select(ExportRequest).where(
            ExportRequest.organ_id == organ.id, ExportRequest.decided_at.is_(None)
        )
        yield _Line(
            _l("Requests to take content out"), asked, url_for("rights.requests"), "warning"
        )
    if may(Action.LET_IN):
        let_in = select(LettingIn).where(
            LettingIn.organ_id == organ.id, LettingIn.decided_at.is_(None)
        )
        target = url_for("refusals.letting_in")
        yield _Line(_l("Requests to let a document in"), let_in, target, "warning")
    if may(Action.APPROVE_PLAN):
        drafts = select(FilePlan).where(FilePlan.organ_id == organ.id, FilePlan.stage == "draft")
        yield _Line(_l("File plans to approve"), drafts, url_for("plans.page"), "info")


def _files(*where: ColumnElement[bool]) -> Select[CaseFile]:
    return select(CaseFile).where(*where)


def _is_late(today: date) -> ColumnElement[bool]:
    return due_until(today - timedelta(days=1))


def _submissions(*where: ColumnElement[bool]) -> Select[Submission]:
    return select(Submission).where(*where)


def _is_decided() -> ColumnElement[bool]:
    """Everything in the submission is decided, and something of it accepted."""
    of_it = SubmissionItem.submission_id == Submission.id
    undecided = exists().where(of_it, UNDECIDED)
    accepted = exists().where(of_it, SubmissionItem.outcome == "accepted")
    return and_(~undecided, accepted)


def _list(tab: str) -> str:
    return url_for("submissions.page", tab=tab)
