"""What is left of what was destroyed: found by its code, by those who may see disposals.

To everybody else it never was: they are answered as for a code that nothing ever had.
"""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from archive import access
from archive.errors import NotFound
from archive.models import Organ, Person
from archive.roles import Action
from formats.vietnamese import nfc
from retention.models import Tombstone


def by_code(session: Session, who: Person, organ: Organ, code: str) -> list[Tombstone]:
    """The organ's tombstones of this code: one, or a case file's and a document's.

    Raises:
        NotFound: `no_such_tombstone`: there is none, or it is not for this person to know.
    """
    found = list(session.scalars(of(organ).where(Tombstone.code == nfc(code).strip())))
    if not found or not access.may(session, who, Action.SEE_DISPOSALS, organ):
        raise NotFound("no_such_tombstone", thing=code)
    return found


def of(organ: Organ) -> Select[Tombstone]:
    """All of the organ's, the latest first."""
    return (
        select(Tombstone)
        .where(Tombstone.organ_id == organ.id)
        .options(joinedload(Tombstone.destruction))
        .order_by(Tombstone.destroyed_on.desc(), Tombstone.id.desc())
    )


def as_values(one: Tombstone) -> dict[str, Any]:
    """All that may be told of it, as plain values."""
    return {
        "code": one.code,
        "kind": one.kind,
        "title": one.title,
        "case_file": one.of_code,
        "disposal": one.destruction.code,
        "decision": one.decision_number,
        "decision_date": one.decision_date.isoformat() if one.decision_date else None,
        "destroyed_on": one.destroyed_on.isoformat(),
        "rule": one.rule,
        "digests": one.digests,
        "certificate": one.destruction.certificate,
        "journal_line": one.destruction.number,
    }
