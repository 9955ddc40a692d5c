"""Received files: which of them a person may know of. The same at the pages and in the API."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from archive import access, audit, clock
from archive.access import Action
from archive.errors import Conflict, NotFound
from archive.models import CaseFile, Document, Event, Organ, Part, Person
from archive.moves import Hindrance
from archive.reading import SAME_SITTING, known_documents, seen_case_files, seen_documents
from archive.register_models import LettingIn
from archive.secret_lines import number_of_file
from ingest import decisions
from ingest.models import Intake, Issuance

ARRIVED = ("shelved", "discarded")  # its name is hidden, or gone
SEES_ALL = frozenset({"administrator", "archivist", "head", "clerk"})


def sees_all(person: Person, organ: Organ) -> bool:
    """Whether the person sees what others sent in, too."""
    return bool(access.roles_of(person, organ.id) & SEES_ALL)


def seen_intakes(
    session: Session, person: Person, organ: Organ, *, only_own: bool = False
) -> list[ColumnElement[bool]]:
    """The received files that the person may see: an officer's own, an archivist's organ's.

    What others sent on its way into a case file, or out of a document, that is closed to the
    person is not among them. What has arrived is: see `names_hidden`.
    """
    here, own = Intake.organ_id == organ.id, Intake.received_by_id == person.id
    if only_own or not sees_all(person, organ):
        return [here, own]
    files = seen_case_files(session, person, organ)
    into = select(CaseFile.id).where(CaseFile.id == Intake.case_file_id, files).exists()
    papers = seen_documents(session, person, organ)
    from_part = select(Part.id).join(Document).where(Part.id == Intake.mends_part_id, papers)
    is_open = and_(
        or_(Intake.case_file_id.is_(None), into),
        or_(Intake.mends_part_id.is_(None), from_part.exists()),
    )
    return [here, or_(own, Intake.state.in_(ARRIVED), is_open)]


def names_hidden(session: Session, person: Person, intakes: Iterable[Intake]) -> set[int]:
    """Those of the shelved ones whose file name would tell of a document closed to the person."""
    arrived = [one for one in intakes if one.document_id is not None]
    known = known_documents(session, person, [one.document_id or 0 for one in arrived])
    return {
        one.id
        for one in arrived
        if one.document_id not in known and one.received_by_id != person.id
    }


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
    seen = select(Intake.id).where(Intake.id == number, *seen_intakes(session, person, organ))
    if session.scalar(seen) is None:
        raise NotFound("no_such_intake", intake=number)
    access.require(session, person, action, organ)
    return decisions.by_id(session, number)


# At the clerk's desk ------------------------------------------------------------------------------


def intake_for(session: Session, person: Person, organ: Organ, number: int) -> Intake:
    """A received file that the person may register, held until the commit.

    One that is on its road into a closed case file, or a document that is closed to the person, is
    not there.

    Raises:
        NotFound: `no_such_intake`.
        Conflict: `suspicion_undecided`, `file_is_gone`.
    """
    known = (Intake.id == number, *seen_intakes(session, person, organ))
    intake = session.scalar(select(Intake).where(*known).with_for_update(key_share=True, of=Intake))
    if intake is None or _is_closed(session, person, intake):
        raise NotFound("no_such_intake", intake=number)
    if intake.is_quarantined:
        raise Conflict("suspicion_undecided")
    if intake.state in ("refused", "discarded"):
        raise Conflict("file_is_gone", intake=number)
    return intake


def known_questions(
    session: Session, person: Person, asked: Iterable[LettingIn]
) -> list[LettingIn]:
    """Those whose file is not suspected to be a state secret, but for who decides on it (R15)."""
    files = {one.id: number_of_file(one) for one in asked}
    here = (Intake.id.in_(set(files.values()) - {None}), Intake.is_quarantined.is_(True))
    suspected = set(session.scalars(select(Intake.id).where(*here)))
    return [
        one
        for one in asked
        if files[one.id] not in suspected or access.decides_secrets(person, one.organ_id)
    ]


def _is_closed(session: Session, person: Person, intake: Intake) -> bool:
    document = intake.document
    return document is not None and not access.may(session, person, Action.DESCRIBE, document)


def tell_looking(session: Session, intake: Intake) -> None:
    """Tell that who acts looks at a received file; once a sitting."""
    now = audit.actor()
    told = (Event.subject_type == "intake", Event.subject_id == intake.id)
    just_now = (Event.action == "intake.open", Event.at > clock.now() - SAME_SITTING)
    mine = Event.person_id == (now.person_id if now is not None else None)
    if session.scalar(select(Event.id).where(*told, *just_now, mine).limit(1)) is None:
        audit.record(session, "intake.open", intake)
