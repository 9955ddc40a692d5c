"""What is due, sent, waiting and kept back, as lists: for officers, archivists and the head."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    exists,
    func,
    select,
    union,
)
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import access, clock
from archive.database import in_words
from archive.errors import NotFound
from archive.life_models import (
    AccessChange,
    FreezeOrder,
    Frozen,
    KeptBack,
    Submission,
    SubmissionItem,
)
from archive.models import IS_READY, CaseFile, Organ, Person, Placement, Unit
from archive.moves import Hindrance
from archive.roles import Action
from archive.submissions import (
    DAYS_TO_DECIDE,
    UNDECIDED,
    by_code,
    decide_by,
    open_submissions,
)
from formats.vietnamese import sort_key

SOON = timedelta(days=30)
READY = ("closed", "returned")


# What is to be submitted --------------------------------------------------------------------------


def held(person: Person, organ: Organ) -> Select[CaseFile]:
    """The finished case files that a person holds: returned ones first, then by the day due."""
    return (
        select(CaseFile)
        .where(
            CaseFile.organ_id == organ.id,
            CaseFile.holder_id == person.id,
            CaseFile.stage.in_(READY),
        )
        .order_by(CaseFile.stage.desc(), CaseFile.due_on.is_(None), CaseFile.due_on, CaseFile.id)
    )


def due_of_organ(organ: Organ, last: date) -> Select[CaseFile]:
    """The organ's case files that must be submitted by this day, the longest late first."""
    return (
        select(CaseFile)
        .where(CaseFile.organ_id == organ.id, in_words(CaseFile, IS_READY), due_until(last))
        .options(selectinload(CaseFile.holder))
        .order_by(CaseFile.due_on, CaseFile.id)
    )


def until_when() -> ColumnElement[date | None]:
    """By when a case file must be with the archive: the day it is due, or kept back until."""
    kept = select(func.max(KeptBack.until_on)).where(KeptBack.case_file_id == CaseFile.id)
    return func.coalesce(kept.correlate(CaseFile).scalar_subquery(), CaseFile.due_on)


def due_until(day: date) -> ColumnElement[bool]:
    """Those that must be with the archive by this day; being kept back only makes it later."""
    later = exists().where(KeptBack.case_file_id == CaseFile.id, KeptBack.until_on > day)
    return and_(CaseFile.due_on <= day, ~later.correlate(CaseFile))


def hindered(session: Session, case_files: Iterable[CaseFile]) -> dict[int, Hindrance]:
    """Those that cannot be submitted now, each with the reason; in two questions for all."""
    found = {
        one.id: Hindrance("wrong_stage", {"stage": one.stage, "move": "submit"})
        for one in case_files
        if one.stage != "closed"
    }
    numbers = [one.id for one in case_files if one.id not in found]
    if not numbers:
        return found
    waiting = select(AccessChange.case_file_id).where(
        AccessChange.case_file_id.in_(numbers), AccessChange.decided_at.is_(None)
    )
    found |= {one: Hindrance("access_change_waits") for one in session.scalars(waiting)}
    codes = {one.id: one.code for one in case_files}
    for number, order in frozen(session, numbers).items():
        found[number] = Hindrance("frozen", {"thing": codes[number], "order": order})
    return found


def frozen(session: Session, numbers: list[int]) -> dict[int, str]:
    """Those of these case files that an order holds, and its number; in one question."""
    return {number: order for number, order in session.execute(_orders_on(numbers))}


def _orders_on(numbers: list[int]) -> CompoundSelect[int, str]:
    """Case file and order, where an order holds it or a document in it."""
    alive = FreezeOrder.lifted_at.is_(None)
    itself = (
        select(Frozen.case_file_id, FreezeOrder.number)
        .join(FreezeOrder, FreezeOrder.id == Frozen.order_id)
        .where(Frozen.case_file_id.in_(numbers), alive)
    )
    inside = (
        select(Placement.case_file_id, FreezeOrder.number)
        .join(Frozen, Frozen.document_id == Placement.document_id)
        .join(FreezeOrder, FreezeOrder.id == Frozen.order_id)
        .where(Placement.case_file_id.in_(numbers), alive)
    )
    return union(itself, inside)


# Counts -------------------------------------------------------------------------------------------


@dataclass
class UnitDue:
    """How a unit stands with what it must submit."""

    unit_id: int | None
    unit: str
    soon: int = 0
    late: int = 0
    kept_back: int = 0
    returned: int = 0


def by_unit(session: Session, organ: Organ, today: date) -> list[UnitDue]:
    """Every unit with something to submit, those that are late first; in two questions.

    All that are due are counted in an index; the few that are kept back are looked at one by one.
    """
    due = (
        CaseFile.organ_id == organ.id,
        CaseFile.stage.in_(READY),
        CaseFile.due_on <= today + SOON,
    )
    unit_of = CaseFile.unit_id + 0  # else SQLite walks through all that stand by unit
    by_stage = (
        select(
            unit_of.label("unit_id"),
            CaseFile.stage,
            func.count().label("all"),
            func.sum(case((CaseFile.due_on < today, 1), else_=0)).label("late"),
        )
        .where(*due)
        .group_by(unit_of, CaseFile.stage)
        .subquery()
    )
    found = session.execute(select(by_stage, Unit.name).outerjoin(Unit, Unit.id == by_stage.c[0]))
    units: dict[int | None, UnitDue] = {}
    for number, stage, count, late, name in found:
        unit = units.setdefault(number, UnitDue(number, name or ""))
        unit.late += late
        unit.soon += count - late
        unit.returned += count if stage == "returned" else 0
    kept = (
        select(CaseFile.unit_id, CaseFile.due_on, func.max(KeptBack.until_on))
        .join(KeptBack, KeptBack.case_file_id == CaseFile.id)
        .where(*due)
        .group_by(CaseFile.id)
    )
    for number, due_on, until in session.execute(kept):
        if due_on is not None:
            _move_kept(units[number], due_on, until, today)
    rows = [one for one in units.values() if one.soon or one.late or one.kept_back or one.returned]
    return sorted(rows, key=lambda one: (-one.late, -one.soon, sort_key(one.unit)))


def _move_kept(unit: UnitDue, due_on: date, until: date, today: date) -> None:
    """Count a kept-back case file by the day until which it may be kept."""
    if due_on < today:
        unit.late -= 1
    else:
        unit.soon -= 1
    if until < today:
        unit.late += 1
    elif until <= today + SOON:
        unit.soon += 1
    unit.kept_back += due_on < today <= until


@dataclass(frozen=True)
class Standing:
    """One submission in a list.

    Attributes:
        row: the submission.
        undecided: case files that nobody has accepted or returned yet.
        accepted: case files.
        returned: case files; those taken back too.
        decide_by: the last of the archive's 60 days.
        days_left: of them; below nothing when they are over.
    """

    row: Submission
    undecided: int
    accepted: int
    returned: int
    decide_by: date
    days_left: int

    @property
    def total(self) -> int:
        """Case files in it."""
        return self.undecided + self.accepted + self.returned

    @property
    def is_late(self) -> bool:
        """Whether the archive's days are over and something is undecided."""
        return self.undecided > 0 and self.days_left < 0

    @property
    def waits_for_signatures(self) -> bool:
        """Whether all is decided and the record of the hand-over lacks a signature."""
        signed = self.row.delivered_at is not None and self.row.received_at is not None
        return not self.undecided and self.accepted > 0 and not signed


def standings(session: Session, organ: Organ, found: Iterable[Submission]) -> list[Standing]:
    """The submissions with their counts, in one question more."""
    rows = list(found)
    counts: dict[int, dict[str, int]] = {one.id: {} for one in rows}
    told = session.execute(
        select(SubmissionItem.submission_id, SubmissionItem.outcome, func.count())
        .where(SubmissionItem.submission_id.in_(list(counts)))
        .group_by(SubmissionItem.submission_id, SubmissionItem.outcome)
    )
    for number, outcome, count in told:
        counts[number][outcome] = count
    today = clock.today(organ)
    return [_standing(one, counts[one.id], decide_by(one, organ), today) for one in rows]


def _standing(row: Submission, counts: dict[str, int], last: date, today: date) -> Standing:
    returned = counts.get("returned", 0) + counts.get("taken_back", 0)
    undecided, accepted = counts.get("", 0), counts.get("accepted", 0)
    return Standing(row, undecided, accepted, returned, last, (last - today).days)


def sent_by(person: Person, organ: Organ) -> Select[Submission]:
    """What a person handed over, newest first."""
    return (
        select(Submission)
        .where(Submission.organ_id == organ.id, Submission.submitted_by_id == person.id)
        .order_by(Submission.id.desc())
    )


def waiting(organ: Organ) -> Select[Submission]:
    """Submissions with something undecided or unsigned, the longest waiting first."""
    return select(Submission).where(open_submissions(organ.id)).order_by(Submission.id)


def decided(organ: Organ) -> Select[Submission]:
    """Submissions with nothing left to do, newest first."""
    return (
        select(Submission)
        .where(Submission.organ_id == organ.id, ~open_submissions(organ.id))
        .order_by(Submission.id.desc())
    )


def late(organ: Organ) -> Select[Submission]:
    """Submissions that wait longer than the archive's 60 days."""
    undecided = select(SubmissionItem.submission_id).where(UNDECIDED)
    return select(Submission).where(
        Submission.organ_id == organ.id,
        Submission.id.in_(undecided),
        Submission.submitted_at < clock.now() - DAYS_TO_DECIDE,
    )


def items_of(submission: Submission) -> Select[SubmissionItem]:
    """Its lines in order, with their case files."""
    return (
        select(SubmissionItem)
        .where(SubmissionItem.submission_id == submission.id)
        .options(joinedload(SubmissionItem.case_file))
        .order_by(SubmissionItem.ordinal)
    )


def the_submission(session: Session, person: Person, organ: Organ, code: str) -> Submission:
    """The submission, if it is the person's own, or theirs to look after at this organ.

    Raises:
        NotFound: `no_such_submission`; also for one that the person may not know of.
    """
    found = session.scalar(select(Submission).where(Submission.code == code.strip()))
    if found is None or found.organ_id != organ.id or not _may_see(session, person, organ, found):
        raise NotFound("no_such_submission", submission=code)
    return found


def whole_submission(session: Session, person: Person, organ: Organ, code: str) -> Submission:
    """The same with all its lines and their case files, for who prints it or goes through it.

    Raises:
        NotFound: as above.
    """
    the_submission(session, person, organ, code)
    return by_code(session, code)


def _may_see(session: Session, person: Person, organ: Organ, found: Submission) -> bool:
    if found.submitted_by_id == person.id or looks_after_all(session, person, organ):
        return True
    holds = (
        select(SubmissionItem.id)
        .join(CaseFile, CaseFile.id == SubmissionItem.case_file_id)
        .where(SubmissionItem.submission_id == found.id, CaseFile.holder_id == person.id)
    )
    return session.scalar(holds.limit(1)) is not None


def looks_after_all(session: Session, person: Person, organ: Organ) -> bool:
    """Archivists, the head, and who watches over the organ see how all units stand."""
    watching = (Action.ACCEPT, Action.KEEP_BACK, Action.VERIFY_STORY)
    return any(access.may(session, person, one, organ) for one in watching)


# Kept back ----------------------------------------------------------------------------------------


def kept_back(organ: Organ, of: Person | None = None) -> Select[KeptBack]:
    """The list of what units were let keep (Đ31.3d), newest first; of one holder, or of all."""
    wanted = (
        select(KeptBack)
        .join(CaseFile, CaseFile.id == KeptBack.case_file_id)
        .where(CaseFile.organ_id == organ.id)
        .order_by(KeptBack.id.desc())
    )
    return wanted.where(CaseFile.holder_id == of.id) if of is not None else wanted
