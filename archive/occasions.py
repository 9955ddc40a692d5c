"""What there is to tell of, found by looking at the rows: nobody has to remember to send a notice.

Each kind asks what holds by now and names its occasion, so that `notices.tell` leaves out what was
told before. A machine that was off has only to be switched on.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import access, clock, people
from archive.access import Action
from archive.life_models import AccessChange, SubmissionItem
from archive.models import CaseFile, Organ, Person, Unit
from archive.notices import ACCESS_WAITS, REGISTERED, RETURNED, Told, of_submission
from archive.register_models import Register, RegisterEntry
from formats.vietnamese import fold

NEWS = timedelta(days=14)  # older lines of the books are no news
_BETWEEN = re.compile(r"[;,\n]| và ")


def of_organ(session: Session, organ: Organ) -> list[Told]:
    """All that anybody of the organ is to be told now, whether told before or not."""
    staff = people.at_work(session, organ.id)
    return [
        *of_submission(session, organ, staff),
        *of_returns(session, organ, staff),
        *of_access_changes(session, organ, staff),
        *of_registers(session, organ, staff),
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

    A line names a unit by its name or code, a person by their full name; who shares a name with
    somebody is not told, for it may be meant for the other.
    """
    named = _known_names(session, organ, staff)
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
        )
        .options(selectinload(RegisterEntry.register))
        .order_by(RegisterEntry.id)
    )
    return [
        Told(person, REGISTERED, one, one.registered_on.isoformat(), one.due_date)
        for one in found
        for person in sorted(_receivers(one, named))
    ]


def _known_names(session: Session, organ: Organ, staff: Iterable[Person]) -> dict[str, set[int]]:
    """Whom a name in a book means: everybody of a unit, or the one person of that name."""
    named: dict[str, set[int]] = {}
    by_name: dict[str, list[int]] = {}
    in_unit: dict[int, set[int]] = {}
    for one in staff:
        by_name.setdefault(_plain(one.full_name), []).append(one.id)
        if one.unit_id is not None:
            in_unit.setdefault(one.unit_id, set()).add(one.id)
    named |= {name: set(numbers) for name, numbers in by_name.items() if len(numbers) == 1}
    for unit in session.scalars(select(Unit).where(Unit.organ_id == organ.id)):
        for name in {_plain(unit.name), _plain(unit.code)}:
            named[name] = in_unit.get(unit.id, set())
    return named


def _receivers(entry: RegisterEntry, named: dict[str, set[int]]) -> set[int]:
    texts = [entry.to_places, *(str(one.get("organ_name", "")) for one in entry.recipients)]
    names = {_plain(name) for text in texts for name in _BETWEEN.split(text)}
    return {number for name in names for number in named.get(name, ())}


def _plain(name: str) -> str:
    return " ".join(fold(name).split())
