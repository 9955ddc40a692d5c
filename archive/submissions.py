"""Submitting case files to the archive: due, kept back, called for, handed over, signed for.

NĐ 30/2020, Đ30 and Đ31; HC 14. A submission is one hand-over of several case files; what the
archive says of each stands in `receipt.py`. Its record is signed by both sides.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from archive import access, audit, clock
from archive.database import in_words
from archive.documents import number_as_shown
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed, NotFound
from archive.hands import hands, hands_in, natural
from archive.life_models import (
    IS_UNDECIDED,
    KeptBack,
    Submission,
    SubmissionCall,
    SubmissionItem,
)
from archive.models import IS_READY, CaseFile, Document, Organ, Person
from archive.moves import move
from archive.roles import Action
from formats.document_numbers import parse

DAYS_TO_DECIDE = timedelta(days=60)
DAYS_AFTER_CALL = timedelta(days=30)  # NĐ 30/2020, PL VI, III.5b
UNDECIDED = in_words(SubmissionItem, IS_UNDECIDED)
MONTHS_KEPT_BACK = 24  # at most, after the day it was due (Đ31.3d)


# What is due --------------------------------------------------------------------------------------


def due_by(organ_id: int, day: date) -> ColumnElement[bool]:
    """Case files that must be with the archive by this day; a kept-back one later."""
    kept = select(func.max(KeptBack.until_on)).where(KeptBack.case_file_id == CaseFile.id)
    last = func.coalesce(kept.scalar_subquery(), CaseFile.due_on)
    return and_(
        CaseFile.organ_id == organ_id,
        in_words(CaseFile, IS_READY),
        CaseFile.due_on <= day,  # kept back is only ever longer: this one has an index
        last <= day,
    )


def kept_until(session: Session, case_files: Iterable[CaseFile]) -> dict[int, date]:
    """Until when each of them may be kept back, of those that may."""
    numbers = [one.id for one in case_files]
    found = session.execute(
        select(KeptBack.case_file_id, func.max(KeptBack.until_on))
        .where(KeptBack.case_file_id.in_(numbers))
        .group_by(KeptBack.case_file_id)
    )
    return {number: until for number, until in found}


def keep_back(
    session: Session,
    case_file: CaseFile,
    by: Person,
    *,
    until: date,
    reason: str,
    consent_number: str,
    consent_date: date,
    consent: Document | None,
) -> KeptBack:
    """Let its unit keep a due case file, with the head's written consent (NĐ 30/2020, Đ31.3d).

    The consent is a document of the archive. An order does not forbid it: to be kept back is a
    day of the calendar, and nothing of the case file moves (R16: clocks go on).

    Raises:
        Invalid: `reason_missing`, `consent_missing`, `consent_not_here`, `kept_too_long` (with
            the last day allowed).
        Conflict: `not_due`: it is not closed, or need not be submitted.
    """
    if not reason.strip():
        raise Invalid("reason_missing")
    if not consent_number.strip():
        raise Invalid("consent_missing")
    if consent is None or consent.organ_id != case_file.organ_id:
        raise Invalid("consent_not_here", number=consent_number.strip())
    audit.hold(session, case_file)
    if case_file.stage != "closed" or case_file.due_on is None:
        raise Conflict("not_due", case_file=case_file.code)
    last = clock.months_after(case_file.due_on, MONTHS_KEPT_BACK)
    if not case_file.due_on < until <= last:
        raise Invalid("kept_too_long", due=case_file.due_on, last=last)
    kept = KeptBack(
        case_file_id=case_file.id,
        until_on=until,
        reason=reason.strip(),
        consent_number=consent_number.strip(),
        consent_date=consent_date,
        consent_document_id=consent.id,
        granted_by_id=by.id,
        granted_at=clock.now(),
    )
    session.add(kept)
    session.flush()
    audit.record(
        session,
        "case_file.keep_back",
        case_file,
        facts={"until": until.isoformat(), "consent": kept.consent_number},
        why=kept.reason,
    )
    return kept


def consent_of(session: Session, by: Person, organ_id: int, number: str, day: date) -> str | None:
    """The code of the organ's document of this number and day, if the person may read one."""
    wanted = parse(number)
    if wanted is None or wanted.number is None:
        return None
    spelled = {f"{wanted.number:0{width}d}" for width in (1, 2, 3)}
    of_day = (Document.organ_id == organ_id, Document.issued_date == day)
    found = session.scalars(select(Document).where(*of_day, Document.code_number.in_(spelled)))
    for one in found:
        other = parse(number_as_shown(one))
        same = other is not None and other.canonical_folded == wanted.canonical_folded
        if same and access.may(session, by, Action.READ, one):
            return one.code
    return None


def call(session: Session, organ: Organ, by: Person, note: str = "") -> SubmissionCall:
    """Announce the list of case files to be submitted; from today units have 30 days.

    Raises:
        Conflict: `called_today`.
    """
    today = clock.today(organ)
    found = select(SubmissionCall.id).where(
        SubmissionCall.organ_id == organ.id, SubmissionCall.announced_on == today
    )
    if session.scalar(found) is not None:
        raise Conflict("called_today")
    made = SubmissionCall(
        organ_id=organ.id,
        year=today.year,
        announced_on=today,
        note=note.strip(),
        announced_by_id=by.id,
    )
    session.add(made)
    session.flush()
    audit.record(session, "submission.call", made, facts={"year": made.year})
    return made


def last_call(session: Session, organ_id: int) -> SubmissionCall | None:
    """The archive's latest announcement."""
    return session.scalar(
        select(SubmissionCall)
        .where(SubmissionCall.organ_id == organ_id)
        .order_by(SubmissionCall.announced_on.desc())
        .limit(1)
    )


# Handing over -------------------------------------------------------------------------------------


def submit(
    session: Session,
    organ: Organ,
    case_files: Iterable[CaseFile],
    by: Person,
    *,
    name: str = "",
    condition: str = "",
    boxes: int | None = None,
    metres: str = "",
) -> Submission:
    """Hand closed case files to the archive, all of them or none.

    Raises:
        Invalid: `nothing_chosen`, `other_organ`.
        NotAllowed, Conflict: see `archive.moves`.
    """
    given = sorted(case_files, key=lambda one: (one.year, one.code))
    if not given:
        raise Invalid("nothing_chosen")
    if any(one.organ_id != organ.id for one in given):
        raise Invalid("other_organ")
    made = Submission(
        organ_id=organ.id,
        unit_id=by.unit_id,
        code=_next_code(session, organ),
        name=name.strip(),
        condition=condition.strip(),
        boxes=boxes,
        metres=metres.strip(),
        submitted_by_id=by.id,
        submitted_at=clock.now(),
    )
    session.add(made)
    session.flush()
    for number, one in enumerate(given, 1):
        move(session, one, "submit", by, facts={"submission": made.code})
        session.add(SubmissionItem(submission_id=made.id, case_file_id=one.id, ordinal=number))
    session.flush()
    audit.record(
        session, "submission.send", made, facts={"case_files": [one.code for one in given]}
    )
    return made


def _next_code(session: Session, organ: Organ) -> str:
    """TTLT-NL-2026-0001: the organ's submissions of the year, counted while its row is held."""
    year = clock.today(organ).year
    session.execute(select(Organ.id).where(Organ.id == organ.id).with_for_update(key_share=True))
    begins = f"{organ.code}-NL-{year}-"
    last = session.scalar(  # the longest is the last: 10000 comes after 9999
        select(Submission.code)
        .where(Submission.organ_id == organ.id, Submission.code.startswith(begins, autoescape=True))
        .order_by(func.length(Submission.code).desc(), Submission.code.desc())
        .limit(1)
    )
    return f"{begins}{int(last.removeprefix(begins)) + 1 if last else 1:04d}"


def by_code(session: Session, code: str) -> Submission:
    """The submission with its items and their case files.

    Raises:
        NotFound: `no_such_submission`.
    """
    files = selectinload(Submission.items).joinedload(SubmissionItem.case_file)
    found = session.scalar(
        select(Submission)
        .where(Submission.code == code.strip())
        .options(files.joinedload(CaseFile.organ))
    )
    if found is None:
        raise NotFound("no_such_submission", submission=code)
    return found


def item_of(submission: Submission, case_file_code: str) -> SubmissionItem:
    """The case file's line in the submission.

    Raises:
        NotFound: `no_such_case_file`.
    """
    for one in submission.items:
        if one.case_file.code == case_file_code:
            return one
    raise NotFound("no_such_case_file", case_file=case_file_code)


# The record of the hand-over ----------------------------------------------------------------------


def sign(session: Session, submission: Submission, by: Person, side: str) -> None:
    """Sign the record of the hand-over for one side; the door asked for the password.

    Args:
        session: the transaction's session.
        submission: whose record it is.
        by: who signs.
        side: `giving` or `receiving`.

    Raises:
        Conflict: `still_undecided`, `nothing_accepted`, `already_signed`.
        NotAllowed: `not_your_side`, `both_sides`: one person does not sign for both.
    """
    audit.hold(session, submission)
    if (hindrance := why_not_sign(session, submission, by, side)) is not None:
        raise hindrance
    if side == "giving":
        submission.delivered_by_id, submission.delivered_at = natural(by), clock.now()
    else:
        submission.received_by_id, submission.received_at = natural(by), clock.now()
    session.flush()
    codes = [one.case_file.code for one in accepted_items(submission)]
    audit.record(session, f"submission.sign_{side}", submission, facts={"case_files": codes})


def why_not_sign(
    session: Session, submission: Submission, by: Person, side: str
) -> ArchiveError | None:
    """What keeps this person from signing for this side now; None: they may."""
    is_giving = side == "giving"
    signed_at = submission.delivered_at if is_giving else submission.received_at
    other = submission.received_by_id if is_giving else submission.delivered_by_id
    if signed_at is not None:
        return Conflict("already_signed")
    if any(not one.outcome for one in submission.items):
        return Conflict("still_undecided", submission=submission.code)
    if not accepted_items(submission):
        return Conflict("nothing_accepted", submission=submission.code)
    if other in hands(by):
        return NotAllowed("both_sides")
    giving = givers_today(submission)
    gave = giving | givers(session, submission)
    is_right = by.id in giving if is_giving else not hands(by) & gave
    return None if is_right else NotAllowed("not_your_side")


def givers(session: Session, submission: Submission) -> set[int]:
    """Who handed it over: who submitted it, and whoever did so in that person's place."""
    return {submission.submitted_by_id, *hands_in(session, submission, "submission.send")}


def givers_today(submission: Submission) -> set[int]:
    """Who signs for the giving side: who submitted, or to whom all of it was handed since."""
    holders = {one.case_file.holder_id for one in accepted_items(submission)}
    heir = holders.pop() if len(holders) == 1 else None
    return {submission.submitted_by_id, *([heir] if heir is not None else [])}


def accepted_items(submission: Submission) -> list[SubmissionItem]:
    """The lines that the archive took in: what the record of the hand-over lists."""
    return [one for one in submission.items if one.outcome == "accepted"]


def open_submissions(organ_id: int) -> ColumnElement[bool]:
    """Submissions with a line that nobody decided, or whose record isn't signed by both sides."""
    undecided = select(SubmissionItem.submission_id).where(UNDECIDED)
    accepted = exists().where(
        SubmissionItem.submission_id == Submission.id, SubmissionItem.outcome == "accepted"
    )
    unsigned = or_(Submission.delivered_at.is_(None), Submission.received_at.is_(None))
    return and_(
        Submission.organ_id == organ_id,
        or_(Submission.id.in_(undecided), and_(unsigned, accepted)),
    )


def decide_by(submission: Submission, organ: Organ) -> date:
    """The last day on which the archive may accept or return (TT 05/2025: 60 days)."""
    return clock.day_of(submission.submitted_at + DAYS_TO_DECIDE, organ)
