"""After a change of who reads at an organ: which documents' entries in the index change with it.

Rights lie in the keys in a person's hand (`access.keys_of`), so that a new policy or keeper counts
at once. What an entry says of case files depends on who knows them all: documents that stand in
several, or that somebody was let read, are marked for the index, in batches that may be cut off.
"""

from collections.abc import Iterable

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, load_only

from archive.models import Document, Grant, Organ, Placement

BATCH = 500  # documents marked in one transaction


def changed(session: Session, organ_ids: Iterable[int]) -> None:
    """Have the worker look through these organs' documents, from the first."""
    for one in session.scalars(select(Organ).where(Organ.id.in_(list(organ_ids)))):
        one.index_from = 0
    session.flush()


def is_asked_for(session: Session) -> bool:
    """Whether there is anything to look through."""
    return (
        session.scalar(select(Organ.id).where(Organ.index_from.is_not(None)).limit(1)) is not None
    )


def mark_some(session: Session) -> bool:
    """Mark the next documents that are to be indexed anew; whether there was anything to do."""
    wanted = select(Organ).where(Organ.index_from.is_not(None)).order_by(Organ.id).limit(1)
    organ = session.scalar(wanted.with_for_update(key_share=True))
    if organ is None:
        return False
    several = (
        select(func.count())
        .select_from(Placement)
        .where(Placement.document_id == Document.id)
        .correlate(Document)
        .scalar_subquery()
    )
    was_let = select(Grant.id).where(Grant.document_id == Document.id).correlate(Document).exists()
    found = session.scalars(
        select(Document)
        .where(Document.organ_id == organ.id, Document.id > organ.index_from)
        .where(or_(several > 1, was_let))
        .order_by(Document.id)
        .limit(BATCH)
        .options(load_only(Document.indexed_revision))
    ).all()
    for one in found:
        one.indexed_revision = min(one.indexed_revision, 0) - 1
    organ.index_from = found[-1].id if len(found) == BATCH else None
    session.flush()
    return True
