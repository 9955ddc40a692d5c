"""Numbers of a register: in order within the year, unique and without gaps (NĐ 30, Đ15, Đ22.2).

The row of the series is locked until the transaction ends. A transaction that is rolled back
gives its number back, so that no gap comes about; one that commits keeps it for ever.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.register_models import NumberSeries, Register, RegisterEntry

UNSEEN = 1_000  # lines that are worth a look


def next_number(session: Session, register: Register, year: int) -> int:
    """The next number of this book in this year. Call it late in the transaction."""
    found = select(NumberSeries).where(
        NumberSeries.register_id == register.id, NumberSeries.year == year
    )
    held = found.with_for_update(key_share=True).execution_options(populate_existing=True)
    series = session.scalar(held)
    if series is None:  # the book's row makes those who come first queue up
        book = select(Register.id).where(Register.id == register.id)
        session.execute(book.with_for_update(key_share=True))
        series = session.scalar(held)
    if series is None:
        series = NumberSeries(register_id=register.id, year=year, last=0)
        session.add(series)
    series.last += 1
    session.flush()
    return series.last


def note_whole(session: Session) -> None:
    """Note how far the books have no gap, so that a page counts the lines after that only.

    Where a number is missing nothing is noted, and every look counts all of them.
    """
    behind = NumberSeries.last >= NumberSeries.whole_to + UNSEEN
    for series in session.scalars(select(NumberSeries).where(behind)):
        lines = select(func.count(RegisterEntry.number)).where(
            RegisterEntry.register_id == series.register_id,
            RegisterEntry.year == series.year,
            RegisterEntry.number <= series.last,
        )
        if session.scalar(lines) == series.last:
            series.whole_to = series.last
