"""The units (departments) of an organ."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit
from archive.errors import Conflict, Invalid, NotFound
from archive.life_models import Submission
from archive.models import CaseFile, FilePlanEntry, Organ, Person, Unit
from archive.seen import require_as_seen
from formats.vietnamese import nfc

_USERS = (Person, CaseFile, FilePlanEntry, Submission)


def add(session: Session, organ: Organ, code: str, name: str) -> Unit:
    """Take up a unit.

    Raises:
        Invalid: `unit_code_missing`, `unit_name_missing`.
        Conflict: `unit_code_taken`.
    """
    code, name = _checked(session, organ.id, code, name)
    unit = Unit(organ_id=organ.id, code=code, name=name)
    session.add(unit)
    session.flush()
    audit.record(session, "unit.add", unit, facts={"name": name})
    return unit


def change(session: Session, unit: Unit, code: str, name: str, *, seen: str | None = None) -> None:
    """Give a unit another code or name.

    Raises:
        Invalid: `unit_code_missing`, `unit_name_missing`.
        Conflict: `unit_code_taken`, `changed_meanwhile`.
    """
    require_as_seen(session, unit, seen)
    code, name = _checked(session, unit.organ_id, code, name, but=unit.id)
    before = {"code": unit.code, "name": unit.name}
    unit.code, unit.name = code, name
    session.flush()
    audit.record(session, "unit.change", unit, facts={"before": before, "code": code, "name": name})


def remove(session: Session, unit: Unit) -> None:
    """Take a unit off the list that nobody belongs to and nothing names.

    Raises:
        Conflict: `unit_in_use`.
    """
    if any(session.scalar(select(one.id).where(one.unit_id == unit.id).limit(1)) for one in _USERS):
        raise Conflict("unit_in_use", unit=unit.name)
    told = {"unit": unit.code, "name": unit.name}
    session.delete(unit)
    session.flush()
    audit.record(session, "unit.remove", unit, facts=told)


def of(session: Session, organ: Organ) -> list[Unit]:
    """The organ's units by code."""
    return list(
        session.scalars(select(Unit).where(Unit.organ_id == organ.id).order_by(Unit.code, Unit.id))
    )


def by_code(session: Session, organ: Organ, code: str) -> Unit:
    """The organ's unit of this code or name.

    Raises:
        NotFound: `no_such_unit`.
    """
    wanted = nfc(code).strip().casefold()
    for one in of(session, organ):
        if wanted in (one.code.casefold(), one.name.casefold()):
            return one
    raise NotFound("no_such_unit", unit=code)


def members(session: Session, organ: Organ) -> dict[int, int]:
    """How many accounts each unit has."""
    found = session.execute(
        select(Person.unit_id, func.count())
        .where(Person.organ_id == organ.id, Person.unit_id.is_not(None))
        .group_by(Person.unit_id)
    )
    return {number: count for number, count in found if number is not None}


def _checked(
    session: Session, organ_id: int, code: str, name: str, *, but: int | None = None
) -> tuple[str, str]:
    code, name = nfc(code).strip(), " ".join(nfc(name).split())
    if not code:
        raise Invalid("unit_code_missing")
    if not name:
        raise Invalid("unit_name_missing")
    found = session.scalar(
        select(Unit.id).where(Unit.organ_id == organ_id, Unit.code == code, Unit.id != (but or 0))
    )
    if found is not None:
        raise Conflict("unit_code_taken", unit=code)
    return code, name
