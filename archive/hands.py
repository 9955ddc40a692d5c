"""Whose act something is: one natural person's, and also the one's for whom they act (R9, R10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ScalarSelect, Select, select
from sqlalchemy.orm import Session, aliased

from archive import audit
from archive.models import Event, EventRow, Person, Row

T = TypeVar("T", bound=Row)


@dataclass(frozen=True)
class Whose:
    """Whose act something was: the natural person's name, and for whom they acted."""

    name: str
    principal: str = ""


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


def told_by(
    session: Session, kind: str | None, numbers: Iterable[int | None], *actions: str
) -> dict[int, Whose]:
    """Whose act each of these rows came from, as the story tells it; in one question.

    Args:
        session: a look.
        kind: of the rows, as the story names it.
        numbers: of the rows.
        actions: the last event of these is meant; without any, the first one that tells of it.
    """
    wanted = {one for one in numbers if one is not None}
    if not wanted:
        return {}
    natural_person, principal = aliased(Person), aliased(Person)
    found = (
        select(EventRow.row_id, natural_person.full_name, principal.full_name)
        .join(Event, Event.id == EventRow.event_id)
        .join(natural_person, natural_person.id == Event.person_id)
        .outerjoin(principal, principal.id == Event.principal_id)
        .where(EventRow.kind == kind, EventRow.row_id.in_(wanted))
        .order_by(EventRow.event_id if actions else EventRow.event_id.desc())
    )
    if actions:
        found = found.where(Event.action.in_(actions))
    return {row: Whose(name, lent or "") for row, name, lent in session.execute(found)}


def with_whose(session: Session, wanted: Select[T], model: type[T]) -> dict[T, Whose]:
    """These rows, each with whose act it came from; in one question."""
    both = (_teller(model, Event.person_id), _teller(model, Event.principal_id))
    return {
        row: Whose(name or "", lent or "")
        for row, name, lent in session.execute(wanted.add_columns(*both))
    }


def _teller(model: type[Row], column: Any) -> ScalarSelect[str]:
    """A name of the first event that tells of a row."""
    return (
        select(Person.full_name)
        .join(Event, Person.id == column)
        .join(EventRow, EventRow.event_id == Event.id)
        .where(EventRow.kind == model.STORY, EventRow.row_id == model.id)
        .order_by(EventRow.event_id)
        .limit(1)
        .correlate(model)
        .scalar_subquery()
    )
