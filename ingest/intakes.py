"""Received files: which of them a person may know of. The same at the pages and in the API."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive import access
from archive.access import Action
from archive.errors import NotFound
from archive.models import Organ, Person
from ingest import decisions
from ingest.models import Intake

SEES_ALL = frozenset({"administrator", "archivist", "head", "clerk"})


def sees_all(person: Person, organ: Organ) -> bool:
    """Whether the person sees what others sent in, too."""
    return bool(access.roles_of(person, organ.id) & SEES_ALL)


def seen_intakes(
    person: Person, organ: Organ, *, only_own: bool = False
) -> list[ColumnElement[bool]]:
    """The received files that the person may see: an officer's own, an archivist's organ's."""
    here, own = Intake.organ_id == organ.id, Intake.received_by_id == person.id
    return [here] if sees_all(person, organ) and not only_own else [here, own]


def the_intake(
    session: Session, person: Person, organ: Organ, number: int, action: Action
) -> Intake:
    """The received file, locked, if the person may do this with it.

    Raises:
        NotFound: there is none, or the person may not know of it; both are answered alike.
        NotAllowed: the person may know of it, but not do this.
    """
    access.require(session, person, Action.SEE_INTAKES, organ)
    seen = select(Intake.id).where(Intake.id == number, *seen_intakes(person, organ))
    if session.scalar(seen) is None:
        raise NotFound("no_such_intake", intake=number)
    access.require(session, person, action, organ)
    return decisions.by_id(session, number)
