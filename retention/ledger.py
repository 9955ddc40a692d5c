"""The ledger of an execution: what was found where before, and what is found there now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from archive import clock
from archive.audit import canonical
from archive.database import pieces
from retention.execution import Batch
from retention.models import Erasure
from retention.probes import Found, Sought, Spot

TOLD = ("found", "searched", "kept_for_others", "proof")  # of what is found afterwards
_ALONE: dict[str, Any] = {"execution_options": {"synchronize_session": False}}  # nothing is loaded


def is_begun(session: Session, batch: Batch, spot: Spot) -> bool:
    """Whether it was written down what this spot found before."""
    mine = (Erasure.disposal_id == batch.disposal, Erasure.place == spot.name)
    return bool(session.scalar(select(Erasure.id).where(*mine).limit(1)))


def note_before(session: Session, batch: Batch, spot: Spot, found: Found) -> None:
    """Write down what was found of every thing before anything was emptied; all at once."""
    rows = [
        {
            "disposal_id": batch.disposal,
            "item_id": one.item,
            "code": one.code,
            "place": spot.name,
            "state": "begun",
            "before": {"found": 0, **found.get(one.code, {})},
            "after": {},
            "trouble": "",
            "tried": 0,
        }
        for one in batch.things
        if one.kind in spot.kinds
    ]
    for some in pieces(rows):
        session.execute(insert(Erasure.__table__), some)  # type: ignore[arg-type]


def sought(session: Session, batch: Batch, spot: Spot, *, unfinished: bool) -> list[Sought]:
    """What is looked for in a place: all of it, or what is not known to be gone from there."""
    mine = [Erasure.disposal_id == batch.disposal, Erasure.place == spot.name]
    if unfinished:
        mine.append(Erasure.state != "done")
    before = dict(session.execute(select(Erasure.code, Erasure.before).where(*mine)).all())
    return [Sought(one, before[one.code]) for one in batch.things if one.code in before]


def note_after(
    session: Session, batch: Batch, spot: Spot, looked: Sequence[Sought], found: Found,
    troubles: dict[str, str],
) -> int:  # fmt: skip
    """Write down what is found now; how many are still there."""
    mine = (Erasure.disposal_id == batch.disposal, Erasure.place == spot.name)
    numbers = {
        code: (number, tried)
        for code, number, tried in session.execute(
            select(Erasure.code, Erasure.id, Erasure.tried).where(*mine)
        )
    }
    moment, failed = clock.now(), 0
    alike: dict[str, tuple[dict[str, Any], list[int]]] = {}  # most things end the same
    for one in looked:
        code = one.thing.code
        after = {"found": 0} | {
            key: value for key, value in found.get(code, {}).items() if key in TOLD
        }
        is_unseen = "searched" in after  # nobody can look there: it counts by how the emptying went
        is_gone = after["found"] == 0 and not (is_unseen and code in troubles)
        failed += not is_gone
        number, tried = numbers[code]
        change = {
            "state": "done" if is_gone else "failed",
            "after": after,
            "trouble": "" if is_gone else troubles.get(code, "still_found"),
            "tried": tried + (0 if is_gone else 1),
            "done_at": moment if is_gone else None,
        }
        alike.setdefault(canonical(change), (change, []))[1].append(number)
    for change, same in alike.values():
        for some in pieces(same):
            session.execute(update(Erasure).where(Erasure.id.in_(some)).values(change), **_ALONE)
    session.expire_all()
    return failed


def count_failed(session: Session, batch: Batch) -> int:
    """How many things are still found in some place, or were not looked for again."""
    mine = (Erasure.disposal_id == batch.disposal, Erasure.state != "done")
    return session.scalar(select(func.count(Erasure.id)).where(*mine)) or 0


def forget_probes(session: Session, batch: Batch) -> None:
    """What was looked for in the database's own files is not kept there."""
    mine = (Erasure.disposal_id == batch.disposal,)
    rows = session.execute(select(Erasure.id, Erasure.before).where(*mine)).all()
    changes = [
        {"id": number, "before": {key: one for key, one in before.items() if key != "probe"}}
        for number, before in rows
        if "probe" in before
    ]
    for some in pieces(range(len(changes))):
        session.execute(update(Erasure), [changes[place] for place in some])
