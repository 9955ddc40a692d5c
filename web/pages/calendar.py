"""What ends when: by year and by month, as a picture with its table, and the files behind a bar."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from archive import clock
from archive.access import Action
from archive.models import CaseFile, Unit
from archive.reading import seen_case_files, sees_all
from retention import calendar
from retention.calendar import Split
from retention.models import Clock
from web.auth import asker, here, reading, require
from web.i18n import lazy_gettext as _l
from web.lists import listed
from web.numbers import number_asked

blueprint = Blueprint("calendar", __name__, url_prefix="/retention/calendar")
YEARS = 10  # in one picture
HEIGHT = 150  # of the highest bar, in points of the picture
FATES = {
    "permanent": _l("kept for ever"),
    "waits": _l("waits for an event"),
    "unknown": _l("no term that can be counted"),
}


@dataclass(frozen=True)
class Bar:
    """One bar of a picture, measured: places and widths in per cent, heights in points.

    Attributes:
        name: what stands under it.
        split: what it counts.
        target: the list of the files behind it.
        at: its left side; `middle` is where its words stand.
        confirmed: height of its lower part; `stated` of what stands on it.
    """

    name: str
    split: Split
    target: str
    at: float
    width: float
    confirmed: float
    stated: float

    @property
    def middle(self) -> float:
        """Where its words are centred."""
        return self.at + self.width / 2


@blueprint.get("")
def page() -> str:
    """Case files by the year in which their term ends, and one year by its months."""
    today = clock.today(here())
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        found = calendar.of_organ(rows, here(), _seen(rows))
    year = _year("year", today.year)
    first = _year("first", today.year - 1)
    return render_template(
        "calendar/page.html",
        calendar=found,
        height=HEIGHT,
        first=first,
        last=first + YEARS - 1,
        step=YEARS,
        year=year,
        today=today,
        years=_bars(
            {str(one): split for one, split in found.years(first, YEARS).items()},
            {str(one): {"year": one} for one in range(first, first + YEARS)},
        ),
        months=_bars(
            {str(one): split for one, split in found.months(year).items()},
            {str(one): {"year": year, "month": one} for one in range(1, 13)},
        ),
        fates=FATES,
    )


def _seen(rows: Session) -> ColumnElement[bool] | None:
    """Which case files are counted for the asker; None where they see them all."""
    if sees_all(asker(), here(), with_oversight=True):
        return None
    return seen_case_files(rows, asker(), here())


def _year(name: str, default: int) -> int:
    wanted = number_asked(name)
    return wanted if wanted is not None and 1900 <= wanted <= 2500 else default


def _bars(splits: Mapping[str, Split], targets: Mapping[str, Mapping[str, int]]) -> list[Bar]:
    highest = max((one.total for one in splits.values()), default=0) or 1
    share = 100 / len(splits)
    return [
        Bar(
            name,
            split,
            url_for("calendar.files", **dict(targets[name])) if split.total else "",  # type: ignore[arg-type]
            share * place + share * 0.14,
            share * 0.72,
            HEIGHT * split.confirmed / highest,
            HEIGHT * split.stated / highest,
        )
        for place, (name, split) in enumerate(splits.items())
    ]


@blueprint.get("/files")
def files() -> str:
    """The case files behind a bar, the earliest end first."""
    year, month = number_asked("year"), number_asked("month")
    fate = request.args.get("fate", "")
    with reading() as rows:
        require(rows, Action.SEE_RETENTION, here())
        wanted = calendar.ending(here(), year=year, month=month, fate=fate)
        wanted = wanted.where(seen_case_files(rows, asker(), here()))
        shown = listed(rows, wanted.options(joinedload(CaseFile.holder)))
        numbers = [one.id for one in shown.rows]
        clocks = rows.scalars(select(Clock).where(Clock.case_file_id.in_(numbers)))
        units = select(Unit.id, Unit.name).where(Unit.organ_id == here().id)
        return render_template(
            "calendar/files.html",
            shown=shown,
            clocks={one.case_file_id: one for one in clocks},
            units={number: name for number, name in rows.execute(units)},
            year=year,
            month=month if month is not None and 1 <= month <= 12 else None,
            fate=fate if fate in FATES else "",
            fates=FATES,
            today=clock.today(here()),
        )
