"""Holding the journal against the table of events.

What the journal has and the table has not, or has otherwise, was changed in the table: a finding.
What the table has and the journal has not is a gap, such as a crash leaves: a note.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.findings import CHUNK, Finding, Ranges
from archive.journal import Journal, Mark
from archive.models import Event


@dataclass
class Compared:
    """What came of it."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


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
    for line in journal.lines(since=mark):
        if line is not None:
            told.add(line[0])
    found = Compared()
    found.findings += [Finding("journal_event_gone", f"event {run}") for run in gone]
    found.findings += [Finding("journal_link_differs", f"event {run}") for run in other]
    found.notes += [Finding("journal_gap", f"event {run}") for run in _missing(told, last)]
    if torn:
        found.notes.append(Finding("journal_line_unreadable", f"{torn} lines"))
    return found


def _chunks(journal: Journal, mark: Mark) -> Iterator[list[tuple[int, str] | None]]:
    lines = journal.lines(until=mark)
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


def _kept(session: Session, numbers: list[int]) -> dict[int, str]:
    rows = session.execute(select(Event.id, Event.link).where(Event.id.in_(numbers)))
    return {number: link for number, link in rows}


def _missing(told: Ranges, last: int) -> Iterator[str]:
    """The events up to the last that no line tells of."""
    before = 0
    for first, end in [*told.runs(), (last + 1, last + 1)]:
        first = min(first, last + 1)
        if first > before + 1:
            yield str(first - 1) if first == before + 2 else f"{before + 1}..{first - 1}"
        before = max(before, end)
