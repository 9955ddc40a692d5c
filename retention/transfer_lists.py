"""Which permanent case files are due for the historical archive, and which are on their way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session, joinedload

from archive import clock
from archive.database import in_words
from archive.models import IS_ACCEPTED, CaseFile, Organ
from archive.organ_rules import rules_of
from retention.models import Clock, Transfer, TransferItem
from retention.transfers import ENDED, LIVE, MONTHS_AHEAD


@dataclass(frozen=True)
class Due:
    """When a case file is to be there, and until when that is to be registered."""

    on: date
    register_by: date


@dataclass(frozen=True)
class YearDue:
    """How many case files are due at the end of a year."""

    year: int
    count: int


def due_of(case_file: CaseFile, organ: Organ) -> Due | None:
    """By when an accepted case file is due: at the end of the year of acceptance + years.

    Luật 33/2024: within five years from the year in which it came to the agency's archive.
    """
    if case_file.accepted_at is None:
        return None
    year = clock.day_of(case_file.accepted_at, organ).year + rules_of(organ).transfer_years
    last = date(min(year, date.max.year), 12, 31)
    return Due(last, clock.months_after(last, -MONTHS_AHEAD))


def waiting(organ: Organ, until_year: int | None = None) -> Select[CaseFile]:
    """Permanent case files that stand in no transfer, those accepted first at the top.

    Args:
        organ: whose they are.
        until_year: only those that are due by the end of this year.
    """
    found = (
        select(CaseFile)
        .join(Clock, Clock.case_file_id == CaseFile.id)
        .where(*_waits(organ))
        .order_by(CaseFile.accepted_at, CaseFile.id)
    )
    if until_year is not None:
        found = found.where(CaseFile.accepted_at < _end_of(until_year, organ))
    return found


def _waits(organ: Organ) -> tuple[ColumnElement[bool], ...]:
    on_its_way = exists().where(
        TransferItem.case_file_id == CaseFile.id, TransferItem.outcome.in_(("", "handed_over"))
    )
    return (
        Clock.organ_id == organ.id,
        Clock.fate == "permanent",
        CaseFile.organ_id == organ.id,
        in_words(CaseFile, IS_ACCEPTED),
        ~on_its_way,
    )


def _end_of(year: int, organ: Organ) -> datetime:
    """The instant before which a case file was accepted that is due by the end of this year."""
    accepted = max(date.min.year, min(year - rules_of(organ).transfer_years, date.max.year))
    return clock.end_of(date(accepted, 12, 31), organ)


def by_year(session: Session, organ: Organ) -> list[YearDue]:
    """How many of them are due at the end of each year, the earliest first: two questions."""
    of_these = (Clock.case_file_id == CaseFile.id, *_waits(organ))
    ends = func.min(CaseFile.accepted_at), func.max(CaseFile.accepted_at)
    first, last = session.execute(select(*ends).where(*of_these)).one()
    if first is None or last is None:
        return []
    later = rules_of(organ).transfer_years
    years = range(
        clock.day_of(first, organ).year + later, clock.day_of(last, organ).year + later + 1
    )
    sums = [
        func.sum(case((CaseFile.accepted_at < _end_of(year, organ), 1), else_=0)) for year in years
    ]
    counted = session.execute(select(*sums).where(*of_these)).one()
    told, before = [], 0
    for year, until_then in zip(years, counted, strict=True):
        if until_then > before:
            told.append(YearDue(year, until_then - before))
        before = until_then
    return told


def to_register(organ: Organ) -> Select[CaseFile]:
    """Those that must be registered now if they are to be there in time, or are late."""
    return waiting(organ, clock.months_after(clock.today(organ), MONTHS_AHEAD).year)


def on_their_way(organ: Organ, planned_by: date | None = None) -> Select[Transfer]:
    """Transfers that are not over, the earliest planned first; those planned by a day, or all."""
    found = select(Transfer).where(Transfer.organ_id == organ.id, Transfer.stage.in_(LIVE))
    if planned_by is not None:
        found = found.where(Transfer.planned_on <= planned_by)
    return found.order_by(Transfer.planned_on, Transfer.id)


def over(organ: Organ) -> Select[Transfer]:
    """Those that were confirmed or given up, the newest first."""
    found = select(Transfer).where(Transfer.organ_id == organ.id, Transfer.stage.in_(ENDED))
    return found.order_by(Transfer.id.desc())


def counts_of(session: Session, transfers: Iterable[Transfer]) -> dict[int, int]:
    """How many case files are in each of these, without those that were left out."""
    found = (
        select(TransferItem.transfer_id, func.count())
        .where(
            TransferItem.transfer_id.in_([one.id for one in transfers]),
            TransferItem.outcome != "left_out",
        )
        .group_by(TransferItem.transfer_id)
    )
    return {number: count for number, count in session.execute(found)}


def items_of(transfer: Transfer) -> Select[TransferItem]:
    """Its lines in order, with their case files."""
    return (
        select(TransferItem)
        .where(TransferItem.transfer_id == transfer.id)
        .options(joinedload(TransferItem.case_file))
        .order_by(TransferItem.ordinal)
    )


def transfer_of(session: Session, case_file: CaseFile) -> Transfer | None:
    """The transfer in which a case file stands, or went."""
    return session.scalar(
        select(Transfer)
        .join(TransferItem, TransferItem.transfer_id == Transfer.id)
        .where(
            TransferItem.case_file_id == case_file.id,
            TransferItem.outcome.in_(("", "handed_over")),
        )
    )
