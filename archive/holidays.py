"""An organ's own calendar: days off of its own, and working days on what would be days off.

The state's days come from `working_days.state_calendar`; what is written here goes before them.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit
from archive.errors import Conflict, Invalid
from archive.models import Organ
from archive.register_models import Holiday
from archive.working_days import state_calendar
from formats.vietnamese import nfc


@dataclass(frozen=True)
class DayShown:
    """A day of the calendar that is not as the week would have it."""

    day: date
    name: str
    is_working: bool
    own: int | None  # number of the organ's own row


def add(session: Session, organ: Organ, day: date, name: str, *, is_working: bool) -> Holiday:
    """Add a day off, or a day of work.

    Raises:
        Invalid: `holiday_name_missing`.
        Conflict: `holiday_exists`.
    """
    name = " ".join(nfc(name).split())
    if not name:
        raise Invalid("holiday_name_missing")
    held = select(Holiday.id).where(Holiday.organ_id == organ.id, Holiday.day == day)
    if session.scalar(held) is not None:
        raise Conflict("holiday_exists", day=day)
    made = Holiday(organ_id=organ.id, day=day, name=name, is_working=is_working)
    session.add(made)
    session.flush()
    audit.record(session, "holiday.add", made, facts=_facts(made))
    return made


def remove(session: Session, holiday: Holiday) -> None:
    """Take a day of the organ's own off the calendar; the state's days can't be removed."""
    facts = _facts(holiday)
    session.delete(holiday)
    session.flush()
    audit.record(session, "holiday.remove", holiday, facts=facts)


def of_year(session: Session, organ: Organ, year: int) -> list[DayShown]:
    """The days of a year that are not as the week would have them, the organ's own before all."""
    own = session.scalars(
        select(Holiday)
        .where(Holiday.organ_id == organ.id)
        .where(Holiday.day >= date(year, 1, 1), Holiday.day <= date(year, 12, 31))
    )
    shown = {day: DayShown(day, name, False, None) for day, name in state_calendar(year).items()}
    for one in own:
        shown[one.day] = DayShown(one.day, one.name, one.is_working, one.id)
    return [shown[day] for day in sorted(shown)]


def _facts(holiday: Holiday) -> dict[str, object]:
    return {"day": holiday.day.isoformat(), "name": holiday.name, "working": holiday.is_working}
