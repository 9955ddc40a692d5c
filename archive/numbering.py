"""Numbers of a register: in order within the year, unique and without gaps (NĐ 30, Đ15, Đ22.2).

The row of the series is locked until the transaction ends. A transaction that is rolled back
gives its number back, so that no gap comes about; one that commits keeps it for ever.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.register_models import NumberSeries, Register


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
