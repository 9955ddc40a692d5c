"""Lists that fit on a page, with how many there are in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from web.numbers import number_asked

Row = TypeVar("Row")
PER_PAGE = 20
MOST_PAGES = 100_000


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """One page of a list."""

    rows: Sequence[Row]
    total: int
    page: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
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
        wanted = {1, self.pages, *range(self.page - 2, self.page + 3)}
        numbers = sorted(one for one in wanted if 1 <= one <= self.pages)
        offered: list[int | None] = []
        for one in numbers:
            if offered and offered[-1] is not None and one - offered[-1] > 1:
                offered.append(None)
            offered.append(one)
        return tuple(offered)


def page_wanted() -> int:
    """The page that was asked for; nonsense asks for the first."""
    return min(MOST_PAGES, max(1, number_asked("page") or 1))


def to_page(number: int) -> str:
    """The address of another page of the list that is shown."""
    told = {**request.args.to_dict(), "page": str(number)}
    path = request.path.removesuffix("/road")  # the list by itself is no page to go to
    return f"{path}?{urlencode(told)}"


def listed(
    rows: Session,
    wanted: Select[Row],
    *,
    page: int | None = None,
    per_page: int = PER_PAGE,
    total: int | None = None,
) -> Listed[Row]:
    """This page of what is wanted, and the count of all; beyond the end stands the last page."""
    if total is None:
        counted = select(func.count()).select_from(wanted.order_by(None).subquery())
        total = rows.scalar(counted) or 0
    last = max(1, -(-total // per_page))
    number = min(page or page_wanted(), last)
    found = rows.scalars(wanted.offset((number - 1) * per_page).limit(per_page)).all()
    return Listed(found, total, number, per_page)
