"""What ends when: case files by year and by month, counted from their clocks in one question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from archive.models import CaseFile, Organ
from retention.models import Clock

LAST_YEAR = 9999


@dataclass(frozen=True)
class Split:
    """How many end in some time: those whose term the archive confirmed, and the others."""

    confirmed: int = 0
    stated: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.confirmed + self.stated

    def __add__(self, other: "Split") -> "Split":
        return Split(self.confirmed + other.confirmed, self.stated + other.stated)


@dataclass(frozen=True)
class Calendar:
    """Everything that is counted of an organ.

    Attributes:
        days: by the last day of the term; few days, for terms end with a year.
        fates: how many never end, wait for an event, or cannot be counted.
    """

    days: Mapping[date, Split]
    fates: Mapping[str, int]

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last year in which something ends."""
        years = [day.year for day in self.days]
        return (min(years), max(years)) if years else None

    def years(self, first: int, count: int) -> dict[int, Split]:
        """The years of a window, also those in which nothing ends."""
        found = {year: Split() for year in range(first, first + count)}
        for day, split in self.days.items():
            if day.year in found:
                found[day.year] += split
        return found

    def months(self, year: int) -> dict[int, Split]:
        """The twelve months of a year."""
        found = {month: Split() for month in range(1, 13)}
        for day, split in self.days.items():
            if day.year == year:
                found[day.month] += split
        return found


def of_organ(session: Session, organ: Organ, seen: ColumnElement[bool] | None) -> Calendar:
    """Count the clocks of the organ's case files; one question.

    Args:
        session: the session.
        organ: whose.
        seen: which case files are counted; None: all of them.
    """
    told = (Clock.fate, Clock.expires_on, Clock.is_confirmed)
    wanted = select(*told, func.count()).where(Clock.organ_id == organ.id).group_by(*told)
    if seen is not None:
        wanted = wanted.join(CaseFile, CaseFile.id == Clock.case_file_id).where(seen)
    days: dict[date, Split] = {}
    fates: dict[str, int] = {}
    for fate, day, is_confirmed, count in session.execute(wanted):
        if day is None:
            fates[fate] = fates.get(fate, 0) + count
        else:
            split = Split(count, 0) if is_confirmed else Split(0, count)
            days[day] = days.get(day, Split()) + split
    return Calendar(days, fates)


def ending(
    organ: Organ, *, year: int | None = None, month: int | None = None, fate: str = ""
) -> Select[CaseFile]:
    """The case files behind a bar: those that end in a year or month, or share a fate."""
    found = (
        select(CaseFile)
        .join(Clock, Clock.case_file_id == CaseFile.id)
        .where(Clock.organ_id == organ.id)
        .order_by(Clock.expires_on, Clock.case_file_id)
    )
    if fate:
        found = found.where(Clock.fate == fate)
    if year is not None and 1 <= year <= LAST_YEAR:
        first, last = _bounds(year, month)
        found = found.where(Clock.expires_on >= first, Clock.expires_on <= last)
    return found


def _bounds(year: int, month: int | None) -> tuple[date, date]:
    if month is None or not 1 <= month <= 12:
        return date(year, 1, 1), date(year, 12, 31)
    after = date(year, 12, 31) if month == 12 else date(year, month + 1, 1)
    return date(year, month, 1), after if month == 12 else date.fromordinal(after.toordinal() - 1)
