"""Holding the journal against the table of events.

What the journal has and the table has not, or has otherwise, was changed in the table: a finding.
What the table has and the journal has not is a gap. The worker tells of those that a crash left at
its start: they are notes. One between events of the journal that nobody told of is a finding.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit
from archive.database import Database
from archive.findings import CHUNK, Finding, Ranges
from archive.journal import Journal, Mark
from archive.models import Event

LOOK = "journal.look"
BREATH = 0.5  # seconds that a line may come after its event
_Run = tuple[int, int]  # first and last


@dataclass
class Compared:
    """What came of it."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    untold: list[_Run] = field(default_factory=list)


def compare(session: Session, journal: Journal, mark: Mark, last: int) -> Compared:
    """Compare the journal with the events.

    Args:
        session: a look at the database that began after the mark was taken.
        journal: the journal.
        mark: how far it reached before; later lines may speak of events that the look misses.
        last: number of the last event that the look sees.
    """
    told, gone, other = Ranges(), Ranges(), Ranges()
    torn = 0
    for chunk in _chunks(journal, mark):
        lines = [line for line in chunk if line is not None]
        torn += len(chunk) - len(lines)
        kept = _kept(session, [number for number, _ in lines])
        for number, link in lines:
            told.add(number)
            if number not in kept:
                gone.add(number)
            elif kept[number] != link:
                other.add(number)
    _take_later(journal, mark, told)
    found = Compared()
    found.findings += [Finding("journal_event_gone", f"event {run}") for run in gone]
    found.findings += [Finding("journal_link_differs", f"event {run}") for run in other]
    looks = _looks(session)
    found.findings += [Finding("journal_shorter", one) for one in _shorter(looks, mark, journal)]
    found.untold = _untold(told, last, looks)
    if found.untold:  # what was committed this moment is written down the next
        time.sleep(BREATH)
        _take_later(journal, mark, told)
        found.untold = _untold(told, last, looks)
    found.findings += [Finding("journal_gap_untold", f"event {_read(run)}") for run in found.untold]
    found.notes += [
        Finding("journal_gap", f"event {_read(run)}")
        for run in _missing(told, last)
        if run not in found.untold
    ]
    if torn:
        found.notes.append(Finding("journal_line_unreadable", f"{torn} lines"))
    return found


def look(db: Database) -> None:
    """Tell what the journal lacks now, and how far it reaches: as the worker starts.

    A gap that a crash left is told before long by an event that the journal has. One that nobody
    told of, between events that the journal has, was made past the program.
    """
    if db.journal is None:
        return
    mark = db.journal.mark()
    with db.reading() as session:
        last = session.scalar(select(func.max(Event.id))) or 0
        gaps = compare(session, db.journal, mark, last).untold
    with audit.acting(audit.Actor(door="worker", account="luutru")), db.transaction() as session:
        facts = {"gaps": [list(run) for run in gaps], "reach": mark}
        audit.record(session, LOOK, None, facts=facts)


def _take_later(journal: Journal, mark: Mark, told: Ranges) -> None:
    for line in journal.lines(since=mark):
        if line is not None:
            told.add(line[0])


def _looks(session: Session) -> list[tuple[int, dict[str, Any]]]:
    """What was told of the journal, and by which events."""
    found = session.execute(select(Event.id, Event.facts).where(Event.action == LOOK))
    return [(number, facts) for number, facts in found if isinstance(facts, dict)]


def _shorter(looks: list[tuple[int, dict[str, Any]]], mark: Mark, journal: Journal) -> list[str]:
    """Files of the journal that once held more."""
    reach: dict[str, int] = {}
    for _, facts in looks:
        for name, size in facts.get("reach", {}).items():
            reach[name] = max(size, reach.get(name, 0))
    aside = journal.set_aside()
    now = {name: max(mark.get(name, 0), aside.get(name, 0)) for name in reach}
    return sorted(name for name, size in reach.items() if now[name] < size)


def _untold(told: Ranges, last: int, looks: list[tuple[int, dict[str, Any]]]) -> list[_Run]:
    """Gaps between events that the journal has, of which no event that it has tells."""
    runs = told.runs()
    if not runs:
        return []
    known = Ranges()
    for number, facts in looks:
        if any(first <= number <= end for first, end in runs):
            for first, end in facts.get("gaps", ()):
                for one in range(first, end + 1):
                    known.add(one)
    return [
        (first, end)
        for first, end in _missing(told, last)
        if runs[0][0] < first
        and end < runs[-1][1]
        and not any(start <= first and end <= stop for start, stop in known.runs())
    ]


def _chunks(journal: Journal, mark: Mark) -> Iterator[list[tuple[int, str] | None]]:
    lines = journal.lines(until=mark)
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


def _kept(session: Session, numbers: list[int]) -> dict[int, str]:
    rows = session.execute(select(Event.id, Event.link).where(Event.id.in_(numbers)))
    return {number: link for number, link in rows}


def _missing(told: Ranges, last: int) -> Iterator[_Run]:
    """The events up to the last that no line tells of."""
    before = 0
    for first, end in [*told.runs(), (last + 1, last + 1)]:
        first = min(first, last + 1)
        if first > before + 1:
            yield before + 1, first - 1
        before = max(before, end)


def _read(run: _Run) -> str:
    first, end = run
    return str(first) if first == end else f"{first}..{end}"
