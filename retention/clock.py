"""When a term of retention is over: days and years only, without the database.

A term of years runs from the end of the year in which the work ended, so it is over on 31 December
of that year + N (records-law 4.4). Of several terms in one file the longest wins (Luật 33/2024,
Đ15.4): while one waits for an event, or never ends, the whole file does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from archive.terms import Period, Term

LEAST_NOTICE = 30  # days


class Fate(StrEnum):
    """What can be said of the end."""

    RUNS = "runs"
    PERMANENT = "permanent"
    WAITS = "waits"
    """For an event that has not been recorded: a settlement, a replacement."""
    UNKNOWN = "unknown"
    """A term that nobody can count, or no year from which to count."""


STARTED_BY: Mapping[Period, str] = {
    Period.AFTER_EVENT: "ended",
    Period.UNTIL_SUPERSEDED: "superseded",
    Period.ASSET_LIFE: "asset_ended",
}
"""The kind of event that a period waits for."""


@dataclass(frozen=True)
class End:
    """When it is over.

    Attributes:
        fate: what can be said.
        on: the last day on which it must be kept; only where it runs.
        event: what it waits for; only where it waits.
    """

    fate: Fate
    on: date | None = None
    event: str = ""


def end_of(term: Term | None, ended_on: date | None, events: Mapping[str, date]) -> End:
    """The end of one term.

    Args:
        term: None where a text states none that we know.
        ended_on: the last day of the work; nothing is counted from an earlier one.
        events: days of the events recorded, by kind (`STARTED_BY`).
    """
    if term is None:
        return End(Fate.UNKNOWN)
    if term.is_permanent:
        return End(Fate.PERMANENT)
    event = STARTED_BY.get(term.period)
    start = events.get(event) if event else ended_on
    if start is None:
        return End(Fate.WAITS, event=event) if event else End(Fate.UNKNOWN)
    if ended_on is not None:
        start = max(start, ended_on)  # no term is over before the work was
    return End(Fate.RUNS, date(start.year + term.years, 12, 31))


def longest(ends: Iterable[End]) -> End:
    """The end of what has several terms; unknown wins over all but for ever, for safety's sake."""
    found = list(ends)
    for fate in (Fate.PERMANENT, Fate.UNKNOWN, Fate.WAITS):
        for one in found:
            if one.fate is fate:
                return one
    running = [one for one in found if one.on is not None]
    return max(running, key=lambda one: one.on or date.min) if running else End(Fate.UNKNOWN)


def notice_until(noticed_on: date, days: int) -> date:
    """The last day of a notice given on a day: never less than thirty days later (HC 16.5a)."""
    return noticed_on + timedelta(days=max(LEAST_NOTICE, days))
