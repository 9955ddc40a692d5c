"""What a check of the story found, and reading rows that somebody may have made unreadable."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session

CHUNK = 1000
T = TypeVar("T")
# What values that no program of ours wrote make of reading a row, or of its digest.
UNREADABLE = (ValueError, TypeError, LookupError, OverflowError, AttributeError, DBAPIError)


@dataclass(frozen=True)
class Finding:
    """Something that does not fit: a stable code, and where."""

    code: str
    where: str


def unreadable(table: str, number: object) -> Finding:
    """A row that holds what none of our programs writes."""
    return Finding("row_unreadable", f"{table} {number}")


def in_chunks(session: Session, number: InstrumentedAttribute[int]) -> Iterator[list[int]]:
    """The numbers of a table, in order, a chunk at a time; what was read is forgotten between."""
    last: int | None = None
    while True:
        query = select(number).order_by(number).limit(CHUNK)
        chunk = list(session.scalars(query if last is None else query.where(number > last)))
        if not chunk:
            return
        yield chunk
        last = chunk[-1]
        session.expunge_all()


def read(
    session: Session, load: Callable[[list[int]], Iterable[T]], numbers: list[int]
) -> tuple[list[T], list[int]]:
    """What is loaded for these numbers, and the numbers for which it cannot be read.

    All at once; one by one only where that fails.
    """
    try:
        return list(load(numbers)), []
    except UNREADABLE:
        session.expunge_all()
    rows: list[T] = []
    bad: list[int] = []
    for number in numbers:
        try:
            rows += load([number])
        except UNREADABLE:
            bad.append(number)
    return rows, bad


def fits(check: Callable[[], bool]) -> bool:
    """Whether the check holds; values that cannot even be checked do not."""
    try:
        return check()
    except UNREADABLE:
        return False


class Ranges:
    """Many numbers, mostly one after the other, in little room."""

    def __init__(self) -> None:
        self._ends: dict[int, int] = {}  # last of a run -> first of it

    def add(self, number: int) -> None:
        """Take a number in."""
        first = self._ends.pop(number - 1, number)
        if self._ends.get(number, number + 1) > first:
            self._ends[number] = first

    def runs(self) -> list[tuple[int, int]]:
        """The runs, in order, as first and last."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted((first, last) for last, first in self._ends.items()):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return merged

    def __iter__(self) -> Iterator[str]:
        """As people read them: `7`, `9..12`."""
        for first, last in self.runs():
            yield str(first) if first == last else f"{first}..{last}"
