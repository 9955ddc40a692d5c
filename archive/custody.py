"""Custody: a whole fonds passes into the keeping of a successor organ by one act that is told.

What the fonds is, whose it is and every code in it stay as they are. Whoever works at the new
keeper does there what they do at home, as far as it passes with custody; who made the records goes
on reading them (archive/standing.py, decision 15).
"""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit, readers
from archive.errors import Conflict, Invalid, NotFound
from archive.models import CaseFile, Fonds, Organ

MORE_HOLDS: list[Callable[[Session, Fonds], Conflict | None]] = []
"""What later packages know that keeps a fonds where it is."""


def fonds_of(session: Session, organ: Organ) -> list[Fonds]:
    """The organ's own fonds, and those that it keeps for others."""
    own = (Fonds.organ_id == organ.id) | (Fonds.custodian_id == organ.id)
    return list(session.scalars(select(Fonds).where(own).order_by(Fonds.id)))


def by_number(session: Session, number: int) -> Fonds:
    """The fonds of this row.

    Raises:
        NotFound: `no_such_thing`.
    """
    found = session.get(Fonds, number)
    if found is None:
        raise NotFound("no_such_thing")
    return found


def keeper_of(fonds: Fonds) -> int:
    """The organ that keeps it now."""
    return fonds.custodian_id or fonds.organ_id


def pass_on(session: Session, fonds: Fonds, to: Organ, reason: str, *, decision: str) -> int:
    """Give the keeping of all of it to another organ; how many case files that is.

    Raises:
        Invalid: `reason_missing`, `order_number_missing`, `keeps_it_already`.
        Conflict: what `MORE_HOLDS` says.
    """
    if not decision.strip():
        raise Invalid("order_number_missing")
    if not reason.strip():
        raise Invalid("reason_missing")
    audit.hold(session, fonds)
    if keeper_of(fonds) == to.id:
        raise Invalid("keeps_it_already", name=to.name)
    for hold in MORE_HOLDS:
        if (held := hold(session, fonds)) is not None:
            raise held
    before = session.get_one(Organ, keeper_of(fonds))
    fonds.custodian_id = to.id
    readers.changed(session, [fonds.organ_id])
    count = session.scalar(select(func.count()).where(CaseFile.fonds_id == fonds.id)) or 0
    facts = {"from": before.code, "to": to.code, "case_files": count, "number": decision.strip()}
    audit.record(session, "fonds.pass_on", fonds, facts=facts, why=reason.strip())
    return count
