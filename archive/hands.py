"""Whose act something is: one natural person's, and also the one's for whom they act (R9, R10)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit
from archive.models import Event, Person, Row


def natural(by: Person) -> int:
    """The number of the natural person who acts, also where it is for another."""
    actor = audit.actor()
    if actor is None or actor.person_id is None or actor.principal_id != by.id:
        return by.id
    return actor.person_id


def hands(by: Person) -> set[int]:
    """Who acts, and for whom: an act by delegation counts for both."""
    actor = audit.actor()
    both = (actor.person_id, actor.principal_id) if actor else ()
    return {by.id, *(one for one in both if one is not None)}


def hands_in(session: Session, thing: Row, action: str) -> set[int]:
    """Everyone whose act this was on the thing, by themselves or by delegation."""
    found = session.execute(
        select(Event.person_id, Event.principal_id).where(
            Event.subject_type == thing.STORY,
            Event.subject_id == thing.id,
            Event.action == action,
        )
    )
    return {one for pair in found for one in pair if one is not None}
