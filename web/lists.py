"""Lists that fit on a page, with how many there are in all, or that there are very many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ScalarSelect, Select, func, inspect, select
from sqlalchemy.orm import Session

from web.i18n import gettext, number
from web.numbers import number_asked

Row = TypeVar("Row")
Other = TypeVar("Other")
PER_PAGE = 20
MOST_COUNTED = 1_000  # nobody needs to know more exactly than "over 1.000", and nobody waits for it
MOST_PAGES = 100_000


@dataclass(frozen=True)
class Count:
    """How many there are; of very many only that they are more than `most`."""

    counted: int
    most: int = MOST_COUNTED

    def __bool__(self) -> bool:
        return self.counted > 0

    def __str__(self) -> str:
        if self.counted <= self.most:
            return number(self.counted)
        return gettext("over %(count)s", count=number(self.most))


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """One page of a list.

    Attributes:
        rows: what stands on the page.
        total: how many there are in all, or, with `is_more`, at least.
        page: its number, from one.
        per_page: how many fit on a page.
        is_more: whether nobody counted to the end.
    """

    rows: Sequence[Row]
    total: int
    page: int
    per_page: int = PER_PAGE
    is_more: bool = False

    def showing(self, rows: Sequence[Other]) -> "Listed[Other]":
        """The same page with what is shown of its rows."""
        return Listed(rows, self.total, self.page, self.per_page, self.is_more)

    @property
    def in_all(self) -> Count:
        """How many there are, for people."""
        if not self.is_more:
            return Count(self.total, self.total)
        most = max(MOST_COUNTED, self.last)
        return Count(most + 1, most)

    @property
    def pages(self) -> int:
        """How many pages there are, as far as is known; an empty list has one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The number of the first row on this page."""
        return (self.page - 1) * self.per_page + 1

    @property
    def last(self) -> int:
        """The number of the last row on this page."""
        return min(self.total, self.page * self.per_page)

    @property
    def near(self) -> tuple[int | None, ...]:
        """Pages to offer; None where some are left out."""
        ends = {1} if self.is_more else {1, self.pages}
        wanted = {*ends, *range(self.page - 2, self.page + 3)}
        numbers = sorted(one for one in wanted if 1 <= one <= self.pages)
        offered: list[int | None] = []
        for one in numbers:
            if offered and offered[-1] is not None and one - offered[-1] > 1:
                offered.append(None)
            offered.append(one)
        return (*offered, None) if self.is_more else tuple(offered)


def page_wanted() -> int:
    """The page that was asked for; nonsense asks for the first."""
    return min(MOST_PAGES, max(1, number_asked("page") or 1))


def to_page(number: int) -> str:
    """The address of another page of the list that is shown."""
    told = {**request.args.to_dict(flat=False), "page": [str(number)]}
    path = request.path.removesuffix("/road")  # the list by itself is no page to go to
    return f"{path}?{urlencode(told, doseq=True)}"


def listed(
    rows: Session,
    wanted: Select[Row],
    *,
    page: int | None = None,
    per_page: int = PER_PAGE,
    total: int | None = None,
) -> Listed[Row]:
    """This page of what is wanted, and how many there are; beyond the end stands the last page.

    First the numbers of the rows that stand on it are looked up, which an index can tell however
    far down the page is, then these rows alone are read. Of a list whose length is known, which is
    never long, the page is read at once.
    """
    asked = page or page_wanted()
    if total is not None:
        asked = min(asked, max(1, -(-total // per_page)))
        these = wanted.offset((asked - 1) * per_page).limit(per_page)
        return Listed(rows.scalars(these).unique().all(), total, asked, per_page)
    found, counted = _numbers(rows, wanted, asked, per_page)
    known: int | None = None
    if not found and asked > 1:
        known = _count(rows, wanted)
        asked = max(1, -(-known // per_page))
        found, _ = _numbers(rows, wanted, asked, per_page)
    seen = (asked - 1) * per_page + len(found)
    is_more = known is None and counted > MOST_COUNTED and len(found) > per_page
    if known is None:
        known = counted if counted <= MOST_COUNTED else max(MOST_COUNTED, seen)
    these = wanted.where(_id_of(wanted).in_(found[:per_page]))
    shown = rows.scalars(these).unique().all() if found else []
    return Listed(shown, known, asked, per_page, is_more)


def counts(
    rows: Session, wanted: Mapping[str, Select[Any]], most: int = MOST_COUNTED
) -> dict[str, Count]:
    """How many there are of each, in one question; of more than `most` only that."""
    if not wanted:
        return {}
    asked = [_capped(one, most).label(f"n{n}") for n, one in enumerate(wanted.values())]
    found = rows.execute(select(*asked)).one()
    return {name: Count(count, most) for name, count in zip(wanted, found, strict=True)}


def _numbers(rows: Session, wanted: Select[Row], page: int, per_page: int) -> tuple[list[int], int]:
    """The numbers of the rows on this page and of the one after them; how many there are."""
    begin = (page - 1) * per_page
    some = wanted.with_only_columns(_id_of(wanted)).offset(begin).limit(per_page + 1).subquery()
    found = rows.execute(select(some.c.id, _capped(wanted))).all()
    return [one for one, _ in found], found[0][1] if found else 0


def _capped(wanted: Select[Any], most: int = MOST_COUNTED) -> ScalarSelect[int]:
    """How many there are, counted no further than to one more than the most."""
    numbers = wanted.with_only_columns(_id_of(wanted)).order_by(None)
    some = numbers.limit(most + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _count(rows: Session, wanted: Select[Any]) -> int:
    """All of them, one by one."""
    numbers = wanted.with_only_columns(_id_of(wanted)).order_by(None).subquery()
    return rows.scalar(select(func.count()).select_from(numbers)) or 0


def _id_of(wanted: Select[Any]) -> Any:
    """The column of the row's number; of a row that has none of its own, its key."""
    entity = wanted.column_descriptions[0]["entity"]
    return entity.id if hasattr(entity, "id") else inspect(entity).primary_key[0]
