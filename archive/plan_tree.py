"""The lines of a file plan as a tree, laid out from top to bottom, with the numbers they show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import FilePlan, FilePlanEntry

_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"))


class Brief(NamedTuple):
    """What a page needs of the thousands of lines that it does not show."""

    id: int
    parent_id: int | None
    position: int
    notation: str
    heading_number: str
    title: str
    maintenance: str


P = TypeVar("P", FilePlanEntry, Brief)


@dataclass(frozen=True)
class Line(Generic[P]):
    """A line in its place in the tree, with the number that it shows."""

    entry: P
    depth: int
    number: str  # I, II, … or 1, 2, … for headings; empty for case files


def lines_of(
    session: Session, plan: FilePlan, *, with_taken_out: bool = False
) -> list[Line[FilePlanEntry]]:
    """All lines in the order of the tree: a heading, what stands under it, the next heading."""
    wanted = select(FilePlanEntry).where(FilePlanEntry.plan_id == plan.id)
    if not with_taken_out:
        wanted = wanted.where(FilePlanEntry.taken_out_on.is_(None))
    return in_order(session.scalars(wanted))


def brief_lines_of(session: Session, plan: FilePlan) -> list[Line[Brief]]:
    """The same, without what only the line's own page and row show."""
    columns = [getattr(FilePlanEntry, name) for name in Brief._fields]
    wanted = select(*columns).where(
        FilePlanEntry.plan_id == plan.id, FilePlanEntry.taken_out_on.is_(None)
    )
    return in_order(Brief(*one) for one in session.execute(wanted))


def in_order(entries: Iterable[P]) -> list[Line[P]]:
    """These lines as a tree, laid out from top to bottom: case files stand before headings."""
    below: dict[int | None, list[P]] = {}
    for one in entries:
        below.setdefault(one.parent_id, []).append(one)
    for some in below.values():
        some.sort(key=lambda one: (not one.notation, one.position, one.id))
    lines: list[Line[P]] = []

    def lay_out(parent: int | None, depth: int) -> None:
        headings = 0
        for one in below.get(parent, ()):
            headings += not one.notation
            lines.append(Line(one, depth, _number(one, depth, headings)))
            lay_out(one.id, depth + 1)

    lay_out(None, 0)
    return lines


def _number(entry: FilePlanEntry | Brief, depth: int, place: int) -> str:
    if entry.notation:
        return ""
    return entry.heading_number or (roman(place) if depth == 0 else str(place))


def roman(number: int) -> str:
    """A number as large headings are counted: IV."""
    said = ""
    for value, sign in (*_ROMAN, (1, "I")):
        count, number = divmod(number, value)
        said += sign * count
    return said
