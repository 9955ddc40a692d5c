"""Terms that end: told thirty days before, due when over, told to the head where nobody looked.

Every step asks what holds by now, some hundreds at a time and each time in a transaction of its
own: two that work at once, a machine that was off and a killed worker come to the same. What is
told late is told late: its thirty days run from the day on which it really was (R16, HC 16.5a).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session

from archive import access, audit, clock, notices, people
from archive.access import Action
from archive.errors import NotAllowed
from archive.hands import natural
from archive.life_models import Notice, NoticeItem
from archive.models import CaseFile, Document, Organ, Person, Row
from archive.notices import DUPLICATE_FOUND, TERM_ENDS, TERM_ENDS_UNOPENED, Told
from archive.organ_rules import rules_of
from retention import appraisals, ends
from retention.appraisal_checks import STILL, sides_of
from retention.appraisal_facts import known_of, with_things
from retention.clock import LEAST_NOTICE, Fate, notice_until
from retention.models import Appraisal, Clock

BATCH = 500
OPEN = ("noticed", "due")
TERM_CHANGED = "term_changed"
Place = tuple[date, int]  # how far a step has gone


@dataclass(frozen=True)
class Batch:
    """What one go of a step did.

    Attributes:
        done: how many it did something with.
        behind: where the next go begins; None where nothing is left.
    """

    done: int
    behind: Place | None = None


Step = Callable[[Session, Organ, Place | None], Batch]


# Told before the term ends (B1) -------------------------------------------------------------------


def give_notice(session: Session, organ: Organ, after: Place | None = None) -> Batch:
    """Begin re-appraisal of the next case files whose term ends within the days, and tell of it."""
    _hold(session, organ)
    rows = session.execute(_ending(organ, after).limit(BATCH)).all()
    case_files = {one.id: one for one, _ in rows}
    counted = ends.of_case_files(session, case_files)
    horizon = _horizon(organ)
    made, told = [], []
    whom = Recipients(session, organ)
    for one, day in rows:
        end = counted[one.id]
        if end.on != day:
            ends.refresh(session, one)
        if end.fate is not Fate.RUNS or end.on is None or end.on > horizon:
            continue
        appraisal = _notice(organ, one, end.on)
        made.append(appraisal)
        told += _told(whom.of([one]), TERM_ENDS, one, appraisal)
    _tell(session, organ, made, told, {one.id: one.code for one in case_files.values()})
    return Batch(len(made), _behind(rows))


def _ending(organ: Organ, after: Place | None) -> Select[CaseFile, date]:
    """Case files at rest whose term ends within the days, of which nobody was told."""
    asked = exists().where(
        Appraisal.case_file_id == Clock.case_file_id,
        or_(
            Appraisal.stage.in_(appraisals.LIVE),
            and_(Appraisal.expires_on == Clock.expires_on, Appraisal.verdict == "destroy"),
        ),
    )
    found = (
        select(CaseFile, Clock.expires_on)
        .join(Clock, Clock.case_file_id == CaseFile.id)
        .where(
            Clock.organ_id == organ.id,
            Clock.expires_on <= _horizon(organ),
            CaseFile.stage.in_(STILL),
            ~asked,
        )
        .order_by(Clock.expires_on, Clock.case_file_id)
    )
    if after is not None:
        found = found.where(tuple_(Clock.expires_on, Clock.case_file_id) > tuple_(*after))
    return found  # type: ignore[return-value]


def _horizon(organ: Organ) -> date:
    """The last day of a term of which is told today."""
    days = max(LEAST_NOTICE, rules_of(organ).expiry_notice_days)
    return clock.today(organ) + timedelta(days=days)


def _notice(organ: Organ, case_file: CaseFile, day: date) -> Appraisal:
    today = clock.today(organ)
    return Appraisal(
        organ_id=organ.id,
        unit_id=case_file.unit_id,
        case_file_id=case_file.id,
        cause="expired",
        expires_on=day,
        noticed_on=today,
        notice_until=notice_until(today, rules_of(organ).expiry_notice_days),
    )


def _tell(
    session: Session,
    organ: Organ,
    made: Sequence[Appraisal],
    told: list[Told],
    codes: dict[int, str],
) -> None:
    if not made:
        return
    session.add_all(made)
    session.flush()
    audit.record(
        session,
        "appraisal.notice",
        None,
        also=tuple(made),
        organ_id=organ.id,
        facts={
            "things": [[codes[one.case_file_id or 0], str(one.expires_on)] for one in made],
            "until": str(made[0].notice_until),
        },
    )
    notices.tell(session, organ, told, in_one=True)


def tell_of_duplicate(session: Session, one: Appraisal) -> None:
    """Tell both sides that a duplicate may leave before its term; its days run all the same."""
    organ = session.get_one(Organ, one.organ_id)
    leaving = session.get_one(Document, one.document_id)
    files = [place.case_file for place in leaving.placements]
    whom = Recipients(session, organ).of(files)
    notices.tell(session, organ, _told(whom, DUPLICATE_FOUND, leaving, one))


class Recipients:
    """Who is told of what at an organ: its archivists, and the unit that made it."""

    def __init__(self, session: Session, organ: Organ) -> None:
        self._staff = people.at_work(session, organ.id)
        self._archivists = [
            one.id for one in self._staff if access.may(session, one, Action.APPRAISE, organ)
        ]
        self._at_work = {one.id for one in self._staff}
        self._units: dict[int, list[int]] = {}
        for one in self._staff:
            if one.unit_id is not None and access.may(session, one, Action.OPINE, organ):
                self._units.setdefault(one.unit_id, []).append(one.id)
        self.heads = [one.id for one in self._staff if "head" in access.roles_of(one, organ.id)]

    def of(self, case_files: Iterable[CaseFile]) -> list[int]:
        """The archivists, and of each the holder, or where there is none any more its unit."""
        found = set(self._archivists)
        for one in case_files:
            if one.holder_id in self._at_work:
                found.add(one.holder_id or 0)
            else:
                found.update(self._units.get(one.unit_id or 0, ()))
        return sorted(found)


def _told(whom: Iterable[int], kind: str, thing: Row, one: Appraisal) -> list[Told]:
    return [Told(number, kind, thing, occasion(one), one.expires_on) for number in whom]


def occasion(one: Appraisal) -> str:
    """What makes the notice of one appraisal another than that of an earlier or later one."""
    return " ".join(str(day) for day in (one.expires_on, one.noticed_on) if day is not None)


# The term is over, or is another one (B2) ---------------------------------------------------------


def supersede(session: Session, organ: Organ, after: Place | None = None) -> Batch:
    """Let go of those whose term was changed after the notice; a later day brings a new one."""
    _hold(session, organ)
    other = or_(Clock.expires_on.is_(None), Clock.expires_on != Appraisal.expires_on)
    wanted = (
        _open(organ, after, ("noticed", "due", "proposed"))
        .outerjoin(Clock, Clock.case_file_id == Appraisal.case_file_id)
        .where(Appraisal.case_file_id.is_not(None), other)
    )
    rows = list(session.scalars(wanted.limit(BATCH)))
    counted = ends.of_case_files(session, [one.case_file_id or 0 for one in rows])
    changed = [one for one in rows if counted[one.case_file_id or 0].on != one.expires_on]
    for one in rows:
        if one not in changed and one.case_file is not None:
            ends.refresh(session, one.case_file)
    if changed:
        appraisals.move_all(session, organ, changed, "supersede", None, reason=TERM_CHANGED)
    return Batch(len(changed), _last(rows))


def fall_due(session: Session, organ: Organ, after: Place | None = None) -> Batch:
    """What was noticed and is over now waits for re-appraisal; duplicates do so at once."""
    _hold(session, organ)
    is_over = or_(Appraisal.expires_on.is_(None), Appraisal.expires_on < clock.today(organ))
    rows = list(session.scalars(_open(organ, after, ("noticed",)).where(is_over).limit(BATCH)))
    counted = ends.of_case_files(session, [one.case_file_id for one in rows if one.case_file_id])
    over = [
        one
        for one in rows
        if one.case_file_id is None or counted[one.case_file_id].on == one.expires_on
    ]
    if over:
        appraisals.move_all(session, organ, over, "fall_due", None)
    return Batch(len(over), _last(rows))


# Nobody looked ------------------------------------------------------------------------------------


def escalate(session: Session, organ: Organ, after: Place | None = None) -> Batch:
    """Tell the head once of notices that nobody opened or noted within the days."""
    _hold(session, organ)
    since = clock.today(organ) - timedelta(days=rules_of(organ).escalation_days)
    unread = _open(organ, after, OPEN).where(
        Appraisal.escalated_on.is_(None),
        Appraisal.acknowledged_at.is_(None),
        Appraisal.noticed_on <= since,
    )
    rows = list(session.scalars(unread.limit(BATCH)))
    heads = Recipients(session, organ).heads if rows else []
    opened = _opened(session, rows)
    late = [one for one in rows if heads and (key_of(one), occasion(one)) not in opened]
    if not late:
        return Batch(0, _last(rows))
    told = []
    for one in late:
        one.escalated_on = clock.today(organ)
        one.revision += 1
        thing = one.case_file or one.document
        assert thing is not None
        told += _told(heads, TERM_ENDS_UNOPENED, thing, one)
    session.flush()
    codes = [one.subject.code for one in told[:: len(heads)]]  # type: ignore[attr-defined]
    facts = {"things": codes}
    audit.record(
        session, "appraisal.escalate", None, also=tuple(late), organ_id=organ.id, facts=facts
    )
    notices.tell(session, organ, told, in_one=True)
    return Batch(len(late), _last(rows))


def key_of(one: Appraisal) -> tuple[str, int]:
    """What the lines of its notices are about."""
    if one.case_file_id is not None:
        return ("case_file", one.case_file_id)
    return ("document", one.document_id or 0)


def _opened(session: Session, rows: Sequence[Appraisal]) -> set[tuple[tuple[str, int], str]]:
    """Of these the ones of which somebody has opened a notice."""
    wanted = (
        select(NoticeItem.subject_type, NoticeItem.subject_id, NoticeItem.occasion)
        .join(Notice, Notice.id == NoticeItem.notice_id)
        .where(about(rows), Notice.opened_at.is_not(None))
    )
    return {((kind, number), day) for kind, number, day in session.execute(wanted)}


def about(rows: Iterable[Appraisal]) -> ColumnElement[bool]:
    """The lines of the notices of these, of all their occasions; for `where`."""
    found = list(rows)
    files = [one.case_file_id for one in found if one.case_file_id]
    papers = [one.document_id for one in found if one.document_id]
    return and_(
        NoticeItem.kind.in_((TERM_ENDS, DUPLICATE_FOUND)),
        or_(
            and_(NoticeItem.subject_type == "case_file", NoticeItem.subject_id.in_(files)),
            and_(NoticeItem.subject_type == "document", NoticeItem.subject_id.in_(papers)),
        ),
    )


def acknowledge(session: Session, one: Appraisal, by: Person) -> None:
    """Note that somebody of the archive or the unit knows of it, the first time.

    Raises:
        NotAllowed: `not_your_unit`.
    """
    audit.hold(session, one)
    if not sides_of(session, known_of(session, one), by):
        raise NotAllowed("not_your_unit")
    if one.acknowledged_at is not None:
        return
    one.acknowledged_by_id, one.acknowledged_at = natural(by), clock.now()
    one.revision += 1
    session.flush()
    audit.record(session, "appraisal.acknowledge", one)


# Some at a time -----------------------------------------------------------------------------------

STEPS: tuple[Step, ...] = (supersede, give_notice, fall_due, escalate)
_NO_DAY = date.max  # of duplicates, which stand behind all that has one


def _hold(session: Session, organ: Organ) -> None:
    """Of two that look at the organ at once, one goes first and the other finds it done."""
    session.execute(select(Organ.id).where(Organ.id == organ.id).with_for_update(key_share=True))


def _open(organ: Organ, after: Place | None, stages: Iterable[str]) -> Select[Appraisal]:
    found = (
        select(Appraisal)
        .where(Appraisal.organ_id == organ.id, Appraisal.stage.in_(tuple(stages)))
        .options(*with_things())
        .order_by(Appraisal.id)
    )
    return found if after is None else found.where(Appraisal.id > after[1])


def _last(rows: Sequence[Appraisal]) -> Place | None:
    return (_NO_DAY, rows[-1].id) if len(rows) == BATCH else None


def _behind(rows: Sequence[object]) -> Place | None:
    if len(rows) < BATCH:
        return None
    case_file, day = rows[-1]  # type: ignore[misc]
    return (day, case_file.id)  # type: ignore[has-type]
