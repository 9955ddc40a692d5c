"""Notices: what somebody must be told, once a person and occasion, in the inbox and by mail.

The inbox notice is there exactly once (a unique constraint); mail goes out at least once, under a
Message-ID that stays the same however often it is sent. What fell due while the machine was off
is told the next time somebody looks.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from archive import access, audit, clock, people
from archive.errors import NotFound
from archive.life_models import Notice, NoticeItem
from archive.models import CaseFile, Organ, Person, Row
from archive.organ_rules import rules_of
from archive.retries import next_try
from archive.submissions import DAYS_AFTER_CALL, due_by, kept_until, last_call

DUE = "submission_due"
CALLED = "submission_called"
RETURNED = "submission_returned"
ACCESS_WAITS = "access_change_waits"
REGISTERED = "document_registered"
ISSUED = "document_issued"
SHOWN = "document_shown"
EXPORT_ASKED = "export_asked"
EXPORT_ANSWERED = "export_answered"
SECRET_SUSPECTED = "secret_suspected"
FILE_SUSPECTED = "file_suspected"  # still on the road: ingest/suspected.py
NOT_CONFIRMED = "delivery_not_confirmed"
LOAN_LATE = "loan_late"
CALL_STANDS = timedelta(days=365)  # told at the first chance, should the machine have been off
TERM_ENDS = "term_ends"  # these three: retention/expiries.py
TERM_ENDS_UNOPENED = "term_ends_unopened"
DUPLICATE_FOUND = "duplicate_found"
MOST_IN_ONE = 500  # things in one notice to which more are added
INBOX_ONLY = (REGISTERED, ISSUED, SHOWN, NOT_CONFIRMED)  # too many for a letter each


@dataclass(frozen=True)
class Told:
    """One thing that one person is to be told."""

    person_id: int
    kind: str
    subject: Row
    occasion: str  # the day it speaks of
    due_on: date | None = None

    @property
    def key(self) -> tuple[int, str, str, int, str]:
        """What makes it the same notice as an earlier one."""
        return (self.person_id, self.kind, self.subject.STORY or "", self.subject.id, self.occasion)


def tell(
    session: Session, organ: Organ, told: Iterable[Told], *, in_one: bool = False
) -> list[Notice]:
    """Put into each person's inbox what is new to them: one notice a person and kind.

    What they were told before is left out, so that calling this twice does nothing more.

    Args:
        session: the transaction's session.
        organ: whose people are told.
        told: who, and what.
        in_one: add to today's notice of the kind, while it is neither opened nor mailed: what is
            told in many goes is one letter.
    """
    session.execute(select(Organ.id).where(Organ.id == organ.id).with_for_update(key_share=True))
    fresh = _new(session, list(told))
    waiting = _unread_of_today(session, organ, fresh) if in_one else {}
    notices = []
    for (person_id, kind), items in sorted(fresh.items()):
        notice = waiting.get((person_id, kind)) or _begin(session, organ, person_id, kind)
        session.add_all(
            NoticeItem(
                notice_id=notice.id,
                person_id=person_id,
                kind=kind,
                subject_type=one.subject.STORY or "",
                subject_id=one.subject.id,
                occasion=one.occasion,
                due_on=one.due_on,
            )
            for one in items
        )
        session.flush()
        codes = [str(getattr(one.subject, "code", one.subject.id)) for one in items]
        audit.record(session, "notice.send", notice, facts={"kind": kind, "things": codes})
        notices.append(notice)
    return notices


def _begin(session: Session, organ: Organ, person_id: int, kind: str) -> Notice:
    moment = clock.now()
    notice = Notice(
        organ_id=organ.id,
        person_id=person_id,
        kind=kind,
        made_on=clock.day_of(moment, organ),
        made_at=moment,
        message_id=f"{uuid4().hex}@{organ.code.lower()}.luutru",
    )
    session.add(notice)
    session.flush()
    return notice


def _unread_of_today(
    session: Session, organ: Organ, fresh: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], Notice]:
    """Notices of today that take more: held, so that no mail takes them meanwhile."""
    keys = set(fresh)
    found = session.scalars(
        select(Notice)
        .where(
            Notice.organ_id == organ.id,
            Notice.made_on == clock.today(organ),
            Notice.kind.in_({kind for _, kind in keys}),
            Notice.opened_at.is_(None),
            Notice.mailed_at.is_(None),
        )
        .order_by(Notice.id)
        .with_for_update(key_share=True)
    ).all()
    numbers = [one.id for one in found]
    counted = select(NoticeItem.notice_id, func.count()).where(NoticeItem.notice_id.in_(numbers))
    full = {
        number
        for number, count in session.execute(counted.group_by(NoticeItem.notice_id))
        if count >= MOST_IN_ONE
    }
    return {
        (one.person_id, one.kind): one
        for one in found
        if one.id not in full and (one.person_id, one.kind) in keys
    }


def _new(session: Session, told: list[Told]) -> dict[tuple[int, str], list[Told]]:
    """Those that nobody was told of yet, by person and kind."""
    known = {
        (one.person_id, one.kind, one.subject_type, one.subject_id, one.occasion)
        for one in session.scalars(
            select(NoticeItem).where(
                NoticeItem.kind.in_({one.kind for one in told}),
                NoticeItem.occasion.in_({one.occasion for one in told}),
                *_of_few({one.subject.id for one in told}),
            )
        )
    }
    fresh: dict[tuple[int, str], list[Told]] = defaultdict(list)
    for one in told:
        if one.key not in known:
            known.add(one.key)
            fresh[one.person_id, one.kind].append(one)
    return fresh


def _of_few(numbers: set[int]) -> list[ColumnElement[bool]]:
    """Only of these things, where they are few enough to be named in a question."""
    return [NoticeItem.subject_id.in_(numbers)] if len(numbers) <= MOST_IN_ONE else []


# What the submission of case files asks to be told (NĐ 30/2020, PL VI, III.5b) --------------------


def of_submission(
    session: Session, organ: Organ, staff: Iterable[Person] | None = None
) -> list[Told]:
    """Who is to be told today which case files are to be submitted.

    Twice, because the regulation can be read in two ways: so many days before a file is due, and
    when the archive announces its list.
    """
    today = clock.today(organ)
    active = list(staff) if staff is not None else people.at_work(session, organ.id)
    told = []
    horizon = today + timedelta(days=rules_of(organ).notice_days)
    due = list(session.scalars(select(CaseFile).where(due_by(organ.id, horizon))))
    kept = kept_until(session, due)
    whom = _responsible(organ, active, due)
    for one in due:
        day = kept.get(one.id, one.due_on)
        assert day is not None
        told += [Told(number, DUE, one, day.isoformat(), day) for number in whom[one.id]]
    call = last_call(session, organ.id)
    if call is not None and today <= call.announced_on + CALL_STANDS:
        end = call.announced_on + DAYS_AFTER_CALL
        called = list(
            session.scalars(select(CaseFile).where(due_by(organ.id, date(call.year, 12, 31))))
        )
        later = kept_until(session, called)
        called = [
            one
            for one in called
            if later.get(one.id, end) <= end
            and one.closed_at is not None
            and clock.day_of(one.closed_at, organ) <= end  # what is closed later isn't late
        ]
        whom = _responsible(organ, active, called)
        occasion = call.announced_on.isoformat()
        for one in called:
            told += [Told(number, CALLED, one, occasion, end) for number in whom[one.id]]
    return told


def _responsible(
    organ: Organ, active: list[Person], case_files: Iterable[CaseFile]
) -> dict[int, list[int]]:
    """The holder of each case file; where there is none that works here, the archivists."""
    numbers = {one.id for one in active}
    archivists = [one.id for one in active if "archivist" in access.roles_of(one, organ.id)]
    return {
        one.id: [one.holder_id] if one.holder_id in numbers else archivists for one in case_files
    }


# The inbox ----------------------------------------------------------------------------------------


def unopened(person: Person) -> ScalarSelect[int]:
    """How many notices a person has not opened yet, to ask it along with others."""
    mine = (Notice.person_id == person.id, Notice.opened_at.is_(None))
    return select(func.count()).select_from(Notice).where(*mine).scalar_subquery()


def by_number(session: Session, person: Person, number: int) -> Notice:
    """A notice of this person's.

    Raises:
        NotFound: `no_such_thing`.
    """
    found = session.scalar(
        select(Notice)
        .where(Notice.id == number, Notice.person_id == person.id)
        .options(selectinload(Notice.items))
    )
    if found is None:
        raise NotFound("no_such_thing")
    return found


def inbox(person: Person) -> Select[Notice]:
    """A person's notices: those not opened yet first, then the newest."""
    return (
        select(Notice)
        .where(Notice.person_id == person.id)
        .options(selectinload(Notice.items))
        .order_by(Notice.opened_at.is_not(None), Notice.id.desc())
    )


def open_it(session: Session, notice: Notice) -> None:
    """Note that it was opened, the first time."""
    if notice.opened_at is None:
        notice.opened_at = clock.now()
        audit.record(session, "notice.open", notice)


def acknowledge(session: Session, notice: Notice) -> None:
    """Note that its reader says so, once."""
    if notice.acknowledged_at is None:
        notice.acknowledged_at = clock.now()
        audit.record(session, "notice.acknowledge", notice)


# Mail ---------------------------------------------------------------------------------------------


def to_mail(session: Session, limit: int = 50) -> list[Notice]:
    """Notices that are to go out by mail and have not; with their items."""
    found = (
        select(Notice)
        .join(Person, Person.id == Notice.person_id)
        .where(
            Notice.mailed_at.is_(None),
            Notice.kind.not_in(INBOX_ONLY),
            or_(Notice.mail_after.is_(None), Notice.mail_after <= clock.now()),
            Person.email != "",
        )
        .options(selectinload(Notice.items))
        .order_by(Notice.mail_tries, Notice.id)
        .limit(limit)
    )
    return list(session.scalars(found))


def mailed(session: Session, number: int, things: int | None = None) -> None:
    """Note that the mail server took it; with `things` only if no more were added meanwhile."""
    notice = session.get_one(Notice, number)
    audit.hold(session, notice)
    counted = select(func.count()).where(NoticeItem.notice_id == number)
    if things is not None and session.scalar(counted) != things:
        return  # the letter goes out again, whole
    if notice.mailed_at is None:
        notice.mailed_at, notice.mail_trouble = clock.now(), ""
        audit.record(session, "notice.mail", notice)


def not_mailed(session: Session, number: int, trouble: str) -> None:
    """Note that the mail server did not take it; it is tried again."""
    notice = session.get_one(Notice, number)
    notice.mail_tries += 1
    notice.mail_after = next_try(notice.mail_tries)
    notice.mail_trouble = trouble[:500]
    session.flush()
