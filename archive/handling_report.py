"""How documents were handled in a period, counted (NĐ 30/2020, PL VI, V.2 and V.4)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from archive.models import Organ
from archive.register_models import Register, RegisterEntry
from formats.vietnamese import sort_key


@dataclass(frozen=True)
class Handled:
    """What one unit, or person, was given to handle in the period, and how that stands."""

    unit: str
    total: int
    on_time: int
    late: int
    running: int
    overdue: int
    notice: int  # for its notice only

    @property
    def share(self) -> float | None:
        """Percent handled on time, of all that is handled or overdue."""
        asked = self.on_time + self.late + self.overdue
        return 100 * self.on_time / asked if asked else None


@dataclass(frozen=True)
class Issued:
    """What was issued of one type in the period, and how."""

    type_name: str
    total: int
    electronic: int
    paper: int
    both: int
    cancelled: int
    copies: int


def incoming(session: Session, organ: Organ, first: date, last: date, today: date) -> list[Handled]:
    """By unit or person who handles, in one question."""
    due = RegisterEntry.due_date
    done, is_open = RegisterEntry.finished_on.is_not(None), RegisterEntry.finished_on.is_(None)
    to_handle = RegisterEntry.handling == "handle"
    in_time = or_(due.is_(None), RegisterEntry.finished_on <= due)
    found = session.execute(
        select(
            RegisterEntry.to_places,
            func.count(),
            _count(and_(to_handle, done, in_time)),
            _count(and_(to_handle, done, due.is_not(None), RegisterEntry.finished_on > due)),
            _count(and_(to_handle, is_open, or_(due.is_(None), due >= today))),
            _count(and_(to_handle, is_open, due.is_not(None), due < today)),
            _count(RegisterEntry.handling == "notice"),
        )
        .join(Register, Register.id == RegisterEntry.register_id)
        .where(
            *_in_period(organ, "incoming", first, last),
            RegisterEntry.state == "registered",
        )
        .group_by(RegisterEntry.to_places)
    )
    told = [Handled(unit, *(int(one or 0) for one in rest)) for unit, *rest in found]
    return sorted(told, key=lambda one: sort_key(one.unit))


def outgoing(session: Session, organ: Organ, first: date, last: date) -> list[Issued]:
    """By type of document, in one question."""
    kept = RegisterEntry.state == "registered"
    found = session.execute(
        select(
            RegisterEntry.type_name,
            _count(kept),
            *(
                _count(and_(kept, RegisterEntry.circulation == one))
                for one in ("electronic", "paper", "both")
            ),
            _count(RegisterEntry.state == "cancelled"),
            func.sum(case((kept, func.coalesce(RegisterEntry.issued_amount, 0)), else_=0)),
        )
        .join(Register, Register.id == RegisterEntry.register_id)
        .where(*_in_period(organ, "outgoing", first, last))
        .group_by(RegisterEntry.type_name)
    )
    told = [Issued(name, *(int(one or 0) for one in rest)) for name, *rest in found]
    return sorted(told, key=lambda one: sort_key(one.type_name))


def _in_period(organ: Organ, kind: str, first: date, last: date) -> list[ColumnElement[bool]]:
    return [
        Register.organ_id == organ.id,
        Register.kind == kind,
        RegisterEntry.registered_on >= first,
        RegisterEntry.registered_on <= last,
    ]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
