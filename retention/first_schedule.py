"""The list of Thông tư 09/2011 as an organ's first drafts, with the differences of 2022 known.

None of it holds before it was compared with the law in force and approved, row by row.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit
from archive.models import Organ, Person
from retention.models import RetentionRule
from retention.schedule import RuleValues, hold_schedule, make

DATA = Path(__file__).parent / "data" / "schedule.csv"
SOURCE = "nguồn: TT 09/2011 – phải đối chiếu TT 10/2022"


@dataclass(frozen=True)
class Loaded:
    """What loading came to."""

    new: list[RetentionRule]
    present: int


def load(session: Session, organ: Organ, by: Person) -> Loaded:
    """Put the list of 2011 into the organ's schedule, as drafts; what is there is left alone.

    Raises:
        Conflict: `schedule_too_long`.
    """
    hold_schedule(session, organ)
    there = set(
        session.scalars(
            select(RetentionRule.number).where(RetentionRule.organ_id == organ.id).distinct()
        )
    )
    lacking = [one for one in list_of_2011() if one.number not in there]
    made = make(session, organ, lacking, by) if lacking else []
    if made:
        audit.record(
            session, "retention_rule.load", None, also=tuple(made), organ_id=organ.id,
            facts={"count": len(made)},
        )  # fmt: skip
    return Loaded(made, len(list_of_2011()) - len(made))


@cache
def list_of_2011() -> tuple[RuleValues, ...]:
    """The rows of Thông tư 09/2011, with the differences of 2022 that are known."""
    with DATA.open(encoding="utf-8") as file:
        return tuple(_of_2011(one) for one in csv.DictReader(file))


def _of_2011(row: dict[str, str]) -> RuleValues:
    earlier = row["source_2011"]
    note = f"TT 09/2011: {earlier}" if earlier else ""
    return RuleValues(row["number"], row["group"], row["title"], row["period"], SOURCE, note)
