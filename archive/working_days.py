"""Working days of an organ: its holidays, the state's, and the lunar new year among them.

The state's holidays come from the `holidays` package, which knows the lunar calendar; an organ adds
its own, and the days on which it works although they are holidays (`Holiday.is_working`).
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import Organ
from archive.register_models import Holiday


@lru_cache(maxsize=16)
def state_calendar(year: int) -> holidays.HolidayBase:
    """Vietnam's days off in a year, with their names in Vietnamese, and Saturdays made up for."""
    return holidays.country_holidays("VN", years=year, language="vi", expand=False)


class WorkingDays:
    """One organ's calendar, its own days read once."""

    def __init__(self, session: Session, organ: Organ) -> None:
        found = session.scalars(select(Holiday).where(Holiday.organ_id == organ.id))
        self._own = {one.day: one.is_working for one in found}

    def is_working(self, day: date) -> bool:
        """Whether the organ works on this day."""
        if day in self._own:
            return self._own[day]
        return state_calendar(day.year).is_working_day(day)

    def after(self, start: date, count: int) -> date:
        """The day that is so many working days after this one; the start itself isn't counted."""
        day = start
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie after the first day, up to and with the last one."""
        days = (end - start).days
        return sum(self.is_working(start + timedelta(days=one)) for one in range(1, days + 1))
