"""What there is to tell of, found by looking at the rows: nobody has to remember to send a notice.

Each kind asks what holds by now and names its occasion, so that `notices.tell` leaves out what was
told before. A machine that was off has only to be switched on.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import access, clock, deliveries, handlers, loans, people
from archive.access import Action
from archive.life_models import AccessChange, SubmissionItem
from archive.models import CaseFile, Organ, Person
from archive.notices import (
    ACCESS_WAITS,
    LOAN_LATE,
    NOT_CONFIRMED,
    REGISTERED,
    RETURNED,
    Told,
    of_submission,
)
from archive.register_models import Register, RegisterEntry
from archive.use_models import Loan

NEWS = timedelta(days=14)  # older lines of the books are no news


def of_organ(session: Session, organ: Organ) -> list[Told]:
    """All that anybody of the organ is to be told now, whether told before or not."""
    staff = people.at_work(session, organ.id)
    return [
        *of_submission(session, organ, staff),
        *of_returns(session, organ, staff),
        *of_access_changes(session, organ, staff),
        *of_registers(session, organ, staff),
        *of_deliveries(session, organ, staff),
        *of_loans(session, organ, staff),
    ]


def of_returns(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """The holder is told of each case file that the archive returned and that still is."""
    here = {one.id for one in staff}
    found = session.scalars(
        select(SubmissionItem)
        .join(CaseFile, CaseFile.id == SubmissionItem.case_file_id)
        .where(
            CaseFile.organ_id == organ.id,
            CaseFile.stage == "returned",
            SubmissionItem.outcome == "returned",
        )
        .options(selectinload(SubmissionItem.case_file), selectinload(SubmissionItem.submission))
        .order_by(SubmissionItem.id)
    )
    return [
        Told(holder, RETURNED, one.case_file, one.submission.code)
        for one in found
        if (holder := one.case_file.holder_id) in here and holder is not None
    ]


def of_access_changes(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """Who may confirm a change of access is told of each that waits, but for who asked for it."""
    confirmers = [one for one in staff if access.may(session, one, Action.CONFIRM_ACCESS, organ)]
    found = session.execute(
        select(AccessChange, CaseFile)
        .join(CaseFile, CaseFile.id == AccessChange.case_file_id)
        .where(CaseFile.organ_id == organ.id, AccessChange.decided_at.is_(None))
        .order_by(AccessChange.id)
    )
    return [
        Told(person.id, ACCESS_WAITS, case_file, str(change.id))
        for change, case_file in found
        for person in confirmers
        if person.id != change.asked_by_id
    ]


def of_registers(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """Units and people that a book names as those who get a document (HC-59, TN-37).

    Whom a name means says `archive.handlers`.
    """
    named = handlers.known_names(session, organ, staff)
    if not named:
        return []
    since = clock.today(organ) - NEWS
    found = session.scalars(
        select(RegisterEntry)
        .join(Register, Register.id == RegisterEntry.register_id)
        .where(
            Register.organ_id == organ.id,
            Register.kind.in_(("incoming", "outgoing")),
            RegisterEntry.registered_on >= since,
            RegisterEntry.state == "registered",
            RegisterEntry.is_suspected.is_(False),
        )
        .options(selectinload(RegisterEntry.register))
        .order_by(RegisterEntry.id)
    )
    return [
        Told(person, REGISTERED, one, one.registered_on.isoformat(), one.due_date)
        for one in found
        for person in sorted(handlers.receivers(one, named))
    ]


def of_loans(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """Who has something that should be back, and who gave it out, are reminded once."""
    here = {one.id for one in staff}
    found = session.scalars(select(Loan).where(loans.overdue(organ.id, clock.today(organ))))
    return [
        Told(number, LOAN_LATE, one, one.until_on.isoformat(), one.until_on)
        for one in found
        for number in sorted(here.intersection((one.borrower_id or 0, one.lent_by_id)))
    ]


def of_deliveries(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """The clerks are told which recipients have not said that a document arrived (HC-29)."""
    clerks = [one for one in staff if access.may(session, one, Action.REGISTER, organ)]
    if not clerks:
        return []
    waiting = deliveries.lines_late(session, organ, clock.today(organ))
    return [
        Told(clerk.id, NOT_CONFIRMED, entry, since.isoformat())
        for entry, since in waiting
        for clerk in clerks
    ]
