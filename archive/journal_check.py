"""Holding the journal against the table of events.

What the journal has and the table has not, or has otherwise, was changed in the table: a finding.
What the table has and the journal neither announced nor has, between events that it has, was made
past the program, or while the journal could not be written: a finding, until a person who looked
into it explains it by name. Nothing explains it by itself.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit
from archive.database import Database
from archive.errors import Invalid
from archive.findings import CHUNK, Finding, Ranges
from archive.journal import Journal, Line, Mark
from archive.models import Event

LOOK = "journal.look"
EXPLAIN = "journal.explain"
BREATH = 0.5  # seconds that a line may come after its event
_Run = tuple[int, int]  # first and last
T = TypeVar("T")
log = logging.getLogger("luutru.journal")


@dataclass
class Compared:
    """What came of it."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    untold: list[_Run] = field(default_factory=list)
    at_end: list[_Run] = field(default_factory=list)  # behind all that the journal has


def compare(session: Session, journal: Journal, mark: Mark, last: int) -> Compared:
    """Compare the journal with the events.

    Args:
        session: a look at the database that began after the mark was taken.
        journal: the journal.
        mark: how far it reached before; later lines may speak of events that the look misses.
        last: number of the last event that the look sees.
    """
    told, gone, other = Ranges(), Ranges(), Ranges()
    announced = _Announced()
    torn = 0
    for chunk in _chunks(journal.read(until=mark)):
        lines = [line for line in chunk if line is not None]
        torn += len(chunk) - len(lines)
        announced.take(lines)
        certain = [line for line in lines if line.is_certain]
        kept = _kept(session, [line.number for line in certain])
        for line in certain:
            told.add(line.number)
            if line.number not in kept:
                gone.add(line.number)
            elif kept[line.number] != line.link:
                other.add(line.number)
    _take_later(session, journal, mark, told, announced)
    found = Compared()
    found.findings += [Finding("journal_event_gone", f"event {run}") for run in gone]
    found.findings += [Finding("journal_link_differs", f"event {run}") for run in other]
    looks = _told_of(session, LOOK)
    found.findings += [Finding("journal_shorter", one) for one in _shorter(looks, mark, journal)]
    found.untold = _untold(session, told, last)
    if found.untold:  # what was committed this moment is written down the next
        time.sleep(BREATH)
        _take_later(session, journal, mark, told, announced)
        found.untold = _untold(session, told, last)
    found.findings += [Finding("journal_gap_untold", f"event {_read(run)}") for run in found.untold]
    found.notes += [
        Finding("journal_gap", f"event {_read(run)}")
        for run in _missing(told, last)
        if run not in found.untold
    ]
    runs = told.runs()
    found.at_end = [run for run in _missing(told, last) if runs and run[0] > runs[-1][1]]
    if torn:
        found.notes.append(Finding("journal_line_unreadable", f"{torn} lines"))
    return found


class _Announced:
    """Events that were about to be committed, and of which nothing is known since."""

    def __init__(self) -> None:
        self._links: dict[int, set[str]] = {}

    def take(self, lines: Iterable[Line]) -> None:
        """Read on."""
        for line in lines:
            if line.is_certain:
                self._links.pop(line.number, None)
            else:
                self._links.setdefault(line.number, set()).add(line.link)

    def committed(self, session: Session) -> Iterator[int]:
        """Those that the table has just as they were announced: a crash cut off the second line."""
        for chunk in _chunks(iter(sorted(self._links))):
            for number, link in _kept(session, chunk).items():
                if link in self._links[number]:
                    yield number


def look(db: Database) -> list[str]:
    """Note how far the journal reaches, and the gaps that nobody has explained: they are told.

    Noting them explains nothing. `audit verify` names them until a person does (`explain`).
    """
    if db.journal is None:
        return []
    mark = db.journal.mark()
    with db.reading() as session:
        last = session.scalar(select(func.max(Event.id))) or 0
        found = compare(session, db.journal, mark, last)
    gaps = [*found.untold, *found.at_end]  # what this look writes comes after them
    for run in gaps:
        log.error("event %s: made past the program, or while no line could be written", _read(run))
    with audit.acting(audit.Actor(door="worker", account="luutru")), db.transaction() as session:
        facts = {"untold": [list(run) for run in gaps], "reach": mark}
        audit.record(session, LOOK, None, facts=facts)
    return [_read(run) for run in gaps]


def explain(session: Session, first: int, last: int, why: str) -> None:
    """A person looked into a gap and says by name why the journal lacks these events.

    Raises:
        Invalid: `reason_missing`, `bad_gap`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    end = session.scalar(select(func.max(Event.id))) or 0
    if not 1 <= first <= last <= end:
        raise Invalid("bad_gap", gap=_read((first, last)))
    audit.record(session, EXPLAIN, None, facts={"gap": [first, last]}, why=why.strip())


def unexplained(session: Session) -> list[str]:
    """The gaps that the last look found, and that nobody has explained since."""
    newest = session.scalar(
        select(Event).where(Event.action == LOOK).order_by(Event.id.desc()).limit(1)
    )
    found = newest.facts.get("untold", []) if newest is not None else []
    explained = _explained(session)
    return [_read((first, end)) for first, end in found if not _is_within(explained, first, end)]


def _take_later(
    session: Session, journal: Journal, mark: Mark, told: Ranges, announced: _Announced
) -> None:
    """What was written since, and what was announced and did happen."""
    for chunk in _chunks(journal.read(since=mark)):
        lines = [line for line in chunk if line is not None]
        announced.take(lines)
        for line in lines:
            if line.is_certain:
                told.add(line.number)
    for number in announced.committed(session):
        told.add(number)


def _told_of(session: Session, action: str) -> list[tuple[int, dict[str, Any]]]:
    """The events of this action, with their facts."""
    found = session.execute(select(Event.id, Event.facts).where(Event.action == action))
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


def _untold(session: Session, told: Ranges, last: int) -> list[_Run]:
    """Gaps between events that the journal has, and that no event which it has explains."""
    runs = told.runs()
    if not runs:
        return []
    explained = _explained(session, runs)
    return [
        (first, end)
        for first, end in _missing(told, last)
        if runs[0][0] < first and end < runs[-1][1] and not _is_within(explained, first, end)
    ]


def _explained(session: Session, runs: list[_Run] | None = None) -> list[_Run]:
    """What people have explained; where `runs` are given, by events among these."""
    known = Ranges()
    by_a_person = (Event.action == EXPLAIN, Event.person_id.is_not(None))
    for number, facts in session.execute(select(Event.id, Event.facts).where(*by_a_person)):
        gap = facts.get("gap") if isinstance(facts, dict) else None
        if gap and (runs is None or _is_within(runs, number, number)):
            for one in range(gap[0], gap[1] + 1):
                known.add(one)
    return known.runs()


def _is_within(runs: list[_Run], first: int, last: int) -> bool:
    return any(start <= first and last <= end for start, end in runs)


def _chunks(some: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(some, CHUNK)):
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
