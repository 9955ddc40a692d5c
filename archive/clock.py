"""What time it is: the one place that tests can turn.

Instants are aware and in UTC. A legal day belongs to an organ and is counted in its zone.
"""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

_FIRST, _LAST = date.min + timedelta(days=2), date.max - timedelta(days=2)  # in every zone
_fixed: ContextVar[datetime | None] = ContextVar("fixed_instant", default=None)


class HasZone(Protocol):
    """Anything that keeps the name of a time zone; an organ does."""

    zone: str


def now() -> datetime:
    """This instant, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today(organ: HasZone) -> date:
    """The legal day at the organ (record rules, R8)."""
    return day_of(now(), organ)


def day_of(instant: datetime, organ: HasZone) -> date:
    """The legal day at the organ in which an instant falls."""
    return instant.astimezone(ZoneInfo(organ.zone)).date()


def end_of(day: date, organ: HasZone) -> datetime:
    """The instant at which the organ's day is over: its midnight.

    Days at either end of the calendar end with it.
    """
    if not _FIRST <= day <= _LAST:
        return datetime.combine(max(_FIRST, min(day, _LAST)), time(), UTC)
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(organ.zone)).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month or of the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Inside, time stands still at this instant. For tests."""
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
