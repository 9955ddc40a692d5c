"""Documents that look like an earlier one: looked for at night, kept for lists (R17).

What stands here is book-keeping: whoever names a twin is asked again (`retention.duplicates`). Of
the earlier documents that look the same the nearest is noted, so that one that changes concerns the
next one only. New documents are looked at in their order; what was changed since is heard of from
the story, also when it was changed while somebody looked.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, case, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from archive import clock
from archive.database import pieces
from archive.models import ChainHead, Document, EventRow, Organ, Part
from retention.models import Appraisal, Likeness, LikenessCursor

A_NIGHT = 50_000  # documents of an organ that are looked at in one day
AT_ONCE = 500
EVENTS = 2_000  # of the story that are heard at once
CANDIDATES = 20  # earlier ones with the same main file that are compared part by part
_Alike = dict[tuple[int, str], int]  # by document and ground: the earlier one


# The night's work ---------------------------------------------------------------------------------


def look(session: Session, organ: Organ, most: int = AT_ONCE) -> int:
    """Look at the next documents of an organ, changed ones first; how many, none at the end.

    Twice is the same as once. After `A_NIGHT` documents there is nothing to do until tomorrow.
    """
    cursor = _cursor(session, organ)
    today = clock.today(organ)
    if cursor.looked_on != today:
        cursor.looked_on, cursor.looked = today, 0
    room = min(most, A_NIGHT - cursor.looked)
    if room <= 0:
        return 0
    numbers = _changed(session, cursor) or _new(session, cursor, room)
    refresh(session, numbers)
    cursor.looked += len(numbers)
    session.flush()
    return len(numbers)


def is_behind(session: Session, organ: Organ) -> bool:
    """Whether there are documents that nobody looked at yet."""
    cursor = session.get(LikenessCursor, organ.id)
    last = cursor.document_id if cursor is not None else 0
    newer = select(Document.id).where(Document.organ_id == organ.id, Document.id > last)
    return session.scalar(newer.where(Document.destroyed_at.is_(None)).limit(1)) is not None


def looked_on(session: Session, organ: Organ) -> date | None:
    """The day on which it was looked last."""
    cursor = session.get(LikenessCursor, organ.id)
    return cursor.looked_on if cursor is not None else None


def refresh(session: Session, documents: Iterable[int]) -> None:
    """Write down anew what these look like; what is destroyed looks like nothing."""
    for some in pieces(documents):
        wanted = _alike(session, some)
        for one in session.scalars(select(Likeness).where(Likeness.document_id.in_(some))):
            earlier = wanted.pop((one.document_id, one.ground), None)
            if earlier is None:
                session.delete(one)
            elif one.earlier_id != earlier:
                one.earlier_id = earlier
        organs = _organs(session, {number for number, _ in wanted})
        rows = [
            {"organ_id": organs[it], "document_id": it, "ground": ground, "earlier_id": earlier}
            for (it, ground), earlier in wanted.items()
        ]
        session.flush()
        if rows:
            session.execute(insert(Likeness.__table__), rows)  # type: ignore[arg-type]


def leave(session: Session, documents: Iterable[int]) -> None:
    """These are destroyed: what looked like one of them is looked at anew."""
    for some in pieces(documents):
        followers = set(session.scalars(_following(some)))
        session.execute(delete(Likeness).where(Likeness.document_id.in_(some)))
        refresh(session, sorted(followers))


# What was found -----------------------------------------------------------------------------------


def found(organ: Organ, ground: str) -> Select[Likeness]:
    """Documents that look like an earlier one, the newest first, and none was asked of yet."""
    asked = exists().where(
        or_(
            Appraisal.document_id == Likeness.document_id,
            Appraisal.document_id == Likeness.earlier_id,
        )
    )
    here = (Likeness.organ_id == organ.id, Likeness.ground == ground, ~asked)
    return select(Likeness).where(*here).order_by(Likeness.document_id.desc())


# What is to be looked at --------------------------------------------------------------------------


def _cursor(session: Session, organ: Organ) -> LikenessCursor:
    """How far it is, held until the commit; what happened before it begins is not heard of."""
    held = select(LikenessCursor).where(LikenessCursor.organ_id == organ.id).with_for_update()
    cursor = session.scalar(held.execution_options(populate_existing=True))
    if cursor is None:
        cursor = LikenessCursor(organ_id=organ.id, document_id=0, event_id=_told(session), looked=0)
        session.add(cursor)
        session.flush()
    return cursor


def _told(session: Session) -> int:
    """The last event; every one before it is written as well."""
    return session.scalar(select(func.max(ChainHead.last_id))) or 0


def _changed(session: Session, cursor: LikenessCursor) -> list[int]:
    """Documents behind the cursor that changed since, with what looked or now looks like them."""
    end = _told(session)
    while cursor.event_id < end:
        until = min(cursor.event_id + EVENTS, end)
        touched = (
            select(EventRow.row_id)
            .join(Document, Document.id == EventRow.row_id)
            .where(
                EventRow.event_id > cursor.event_id,
                EventRow.event_id <= until,
                EventRow.kind == "document",
                Document.organ_id == cursor.organ_id,
                Document.id <= cursor.document_id,
            )
        )
        numbers = set(session.scalars(touched.distinct()))
        cursor.event_id = until
        if numbers:
            for some in pieces(sorted(numbers)):
                numbers |= set(session.scalars(_following(some))) | _next_alike(session, some)
            return sorted(numbers)
    return []


def _new(session: Session, cursor: LikenessCursor, most: int) -> list[int]:
    """Documents before the cursor, which moves on."""
    last = session.scalar(select(func.max(Document.id))) or 0
    wanted = select(Document.id).where(
        Document.organ_id == cursor.organ_id,
        Document.id > cursor.document_id,
        Document.destroyed_at.is_(None),
    )
    numbers = list(session.scalars(wanted.order_by(Document.id).limit(most)))
    # One that comes late with an earlier number is heard of from the story.
    cursor.document_id = numbers[-1] if len(numbers) == most else max(last, cursor.document_id)
    return numbers


def _following(documents: Sequence[int]) -> Select[int]:
    """Documents of which one of these was noted as the earlier one."""
    return select(Likeness.document_id).where(Likeness.earlier_id.in_(documents))


# Looking alike ------------------------------------------------------------------------------------


def _alike(session: Session, documents: Sequence[int]) -> _Alike:
    """The nearest earlier document that each looks like, by ground; one look-up each."""
    one, other = aliased(Document), aliased(Document)
    asked = select(
        one.id,
        case((one.doc_code != "", _nearest(one, other, _same_code(one, other)))),
        case((one.code_notation != "", _nearest(one, other, _same_number(one, other)))),
    ).where(one.id.in_(documents), one.destroyed_at.is_(None))
    found: _Alike = {}
    alive = []
    for number, by_code, by_number in session.execute(asked):
        alive.append(number)
        for ground, earlier in (("doc_code", by_code), ("number", by_number)):
            if earlier is not None:
                found[number, ground] = earlier
    equal = _equal(session, alive)
    return found | {(number, "digest"): earlier for number, earlier in equal.items()}


def _next_alike(session: Session, documents: Sequence[int]) -> set[int]:
    """The nearest later documents that now look like these; equal bytes never change."""
    one, other = aliased(Document), aliased(Document)
    asked = select(
        case((one.doc_code != "", _nearest(one, other, _same_code(one, other), later=True))),
        case((one.code_notation != "", _nearest(one, other, _same_number(one, other), later=True))),
    ).where(one.id.in_(documents), one.destroyed_at.is_(None))
    return {it for row in session.execute(asked) for it in row if it is not None}


def _nearest(
    one: type[Document], other: type[Document], same: Any, *, later: bool = False
) -> ScalarSelect[int]:
    """The nearest that is alike; the indexes hold what is compared, and the number behind it."""
    order = other.id if later else other.id.desc()
    is_beyond = other.id > one.id if later else other.id < one.id
    wanted = select(other.id).where(same, is_beyond, other.destroyed_at.is_(None))
    return wanted.order_by(order).limit(1).correlate(one).scalar_subquery()


def _same_code(one: type[Document], other: type[Document]) -> Any:
    return and_(other.organ_id == one.organ_id, other.doc_code == one.doc_code)


def _same_number(one: type[Document], other: type[Document]) -> Any:
    return and_(
        one.code_number != "",
        other.organ_id == one.organ_id,
        other.code_number == one.code_number,
        other.code_notation == one.code_notation,
        other.issued_date == one.issued_date,
        other.organ_name == one.organ_name,
    )


def _equal(session: Session, documents: Sequence[int]) -> dict[int, int]:
    """Earlier documents whose originals are all the same bytes."""
    mine, own = aliased(Part), aliased(Document)
    nearest = _sharing(own.organ_id, own.id, mine.digest).limit(1)
    asked = (
        select(own.id, own.organ_id, mine.digest, nearest.correlate(mine, own).scalar_subquery())
        .join(mine, mine.document_id == own.id)
        .where(own.id.in_(documents), mine.ordinal == 1)
    )
    shared = {one.id: one for one in session.execute(asked) if one[-1] is not None}
    made_of = _digests(session, {*shared, *(one[-1] for one in shared.values())})
    found = {}
    for number, (_, organ, digest, earlier) in shared.items():
        if made_of[number] == made_of[earlier]:
            found[number] = earlier
            continue
        # The same main file with other annexes: the few before that one are compared as well.
        further = list(session.scalars(_sharing(organ, number, digest).limit(CANDIDATES)))
        known = _digests(session, further)
        same = next((one for one in further if known[one] == made_of[number]), None)
        if same is not None:
            found[number] = same
    return found


def _sharing(organ: Any, number: Any, digest: Any) -> Select[int]:
    """Earlier documents of an organ that have a file with these bytes, the nearest first."""
    part, other = aliased(Part), aliased(Document)
    return (
        select(part.document_id)
        .join(other, other.id == part.document_id)
        .where(
            part.digest == digest,
            part.document_id < number,
            other.organ_id == organ,
            other.destroyed_at.is_(None),
        )
        .order_by(part.document_id.desc())
    )


def _digests(session: Session, documents: Iterable[int]) -> dict[int, list[str]]:
    """Digests of all originals of each, in a fixed order."""
    found: dict[int, list[str]] = {}
    for some in pieces(documents):
        asked = select(Part.document_id, Part.digest).where(Part.document_id.in_(some))
        for number, digest in session.execute(asked.order_by(Part.document_id, Part.digest)):
            found.setdefault(number, []).append(digest)
    return found


def _organs(session: Session, documents: Iterable[int]) -> dict[int, int]:
    asked = select(Document.id, Document.organ_id).where(Document.id.in_(list(documents)))
    return {number: organ for number, organ in session.execute(asked)}
