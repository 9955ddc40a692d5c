"""Received files: which of them a person may know of. The same at the pages and in the API."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from archive import access
from archive.access import Action
from archive.errors import NotFound
from archive.models import CaseFile, Organ, Person
from archive.moves import Hindrance
from ingest import decisions
from ingest.models import Intake, Issuance

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


def nothing_on_the_road(session: Session, case_file: CaseFile) -> Hindrance | None:
    """Nothing that was received for this case file, or is being issued into it, is still coming."""
    coming = select(func.count()).where(
        Intake.case_file_id == case_file.id,
        Intake.state.in_(("received", "waiting", "stuck")),
        Intake.document_id.is_(None),
    )
    leaving = select(func.count()).where(
        Issuance.case_file_id == case_file.id, Issuance.state.in_(("prepared", "signed"))
    )
    count = (session.scalar(coming) or 0) + (session.scalar(leaving) or 0)
    return Hindrance("files_on_the_road", {"count": count}) if count else None


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
