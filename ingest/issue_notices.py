"""Who is told that a document went out: the unit that drafted it (TN 16).

The units that its recipients name are told by the outgoing book (`archive.occasions`).
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import clock
from archive.models import Organ, Person
from archive.notices import ISSUED, Told
from archive.occasions import NEWS
from archive.register_models import Register, RegisterEntry
from ingest.models import Issuance


def of_organ(session: Session, organ: Organ, staff: Iterable[Person]) -> list[Told]:
    """Everybody of the drafting unit, for each line that went out lately; who issued it knows."""
    at_work = {one.id: one for one in staff}
    since = clock.today(organ) - NEWS
    found = session.execute(
        select(RegisterEntry, Issuance.prepared_by_id, Issuance.issued_by_id)
        .join(Register, Register.id == RegisterEntry.register_id)
        .join(Issuance, Issuance.register_entry_id == RegisterEntry.id)
        .where(
            Register.organ_id == organ.id,
            Register.kind != "incoming",
            RegisterEntry.registered_on >= since,
            RegisterEntry.state == "registered",
            RegisterEntry.is_suspected.is_(False),
            Issuance.state == "issued",
            Issuance.kind != "annex",
        )
        .options(selectinload(RegisterEntry.register))
        .order_by(RegisterEntry.id)
    )
    return [
        Told(number, ISSUED, entry, entry.registered_on.isoformat())
        for entry, drafted_by, issued_by in found
        for number in _unit_of(at_work, drafted_by)
        if number != issued_by
    ]


def _unit_of(at_work: dict[int, Person], drafted_by: int) -> list[int]:
    """The people of the unit of who drafted it; that person alone where there is no unit."""
    drafter = at_work.get(drafted_by)
    if drafter is None or drafter.unit_id is None:
        return [drafted_by] if drafter is not None else []
    return sorted(one.id for one in at_work.values() if one.unit_id == drafter.unit_id)
