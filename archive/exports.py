"""Taking content out of the archive with consent, where the organ asks for it (DB-33, TN-41)."""

from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from archive import access, audit, clock
from archive.errors import Conflict, Invalid, NotAllowed
from archive.hands import hands, hands_in
from archive.life_models import ExportRequest
from archive.models import CaseFile, Document, Fonds, Organ, Person, Placement
from archive.organ_rules import rules_of
from archive.roles import Action


def require_consent(session: Session, person: Person, thing: CaseFile | Document) -> None:
    """Go on only if the person may take this out now. Every door that gives files away asks this.

    Raises:
        NotAllowed: `export_needs_consent`.
    """
    if needs_consent(session, person, thing):
        raise NotAllowed("export_needs_consent", thing=thing.code)


def needs_consent(session: Session, person: Person, thing: CaseFile | Document) -> bool:
    """Whether somebody must be asked first: not who gives consent, nor who has it."""
    keepers = select(Fonds.custodian_id).where(Fonds.organ_id == thing.organ_id)
    asking = or_(Organ.id == thing.organ_id, Organ.id.in_(keepers))
    organs = session.scalars(select(Organ).where(asking))
    if not any(rules_of(one).export_needs_consent for one in organs):
        return False
    if access.may(session, person, Action.ALLOW_EXPORT, thing):
        return False
    live = select(ExportRequest.id).where(
        ExportRequest.person_id == person.id,
        ExportRequest.is_allowed.is_(True),
        or_(ExportRequest.until.is_(None), ExportRequest.until > clock.now()),
        _covers(thing),
    )
    return session.scalar(live.limit(1)) is None


def ask(
    session: Session, person: Person, thing: CaseFile | Document, purpose: str
) -> ExportRequest:
    """Ask for consent; asking again while the first request waits is refused.

    Raises:
        Invalid: `purpose_missing`.
        Conflict: `asked_already`.
    """
    if not purpose.strip():
        raise Invalid("purpose_missing")
    waiting = select(ExportRequest.id).where(
        ExportRequest.person_id == person.id, ExportRequest.decided_at.is_(None), _is_about(thing)
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise Conflict("asked_already", thing=thing.code)
    asked = ExportRequest(
        organ_id=thing.organ_id,
        person_id=person.id,
        case_file_id=thing.id if isinstance(thing, CaseFile) else None,
        document_id=thing.id if isinstance(thing, Document) else None,
        purpose=purpose.strip(),
        asked_at=clock.now(),
    )
    session.add(asked)
    session.flush()
    audit.record(
        session, "export_request.ask", asked, facts={"thing": thing.code}, why=asked.purpose
    )
    return asked


def decide(
    session: Session,
    asked: ExportRequest,
    by: Person,
    *,
    allow: bool,
    reason: str,
    until_on: date | None = None,
) -> None:
    """Give consent, to the end of a day where one is named, or refuse it with a reason.

    Raises:
        Invalid: `reason_missing`: a refusal says why; `day_has_passed`.
        Conflict: `decided_already`, `yourself`.
    """
    audit.hold(session, asked)
    if asked.decided_at is not None:
        raise Conflict("decided_already")
    if hands(by) & {asked.person_id, *hands_in(session, asked, "export_request.ask")}:
        raise Conflict("yourself")
    if not allow and not reason.strip():
        raise Invalid("reason_missing")
    organ = session.get_one(Organ, asked.organ_id)
    if until_on is not None and until_on < clock.today(organ):
        raise Invalid("day_has_passed", day=until_on)
    asked.decided_by_id, asked.decided_at = by.id, clock.now()
    asked.is_allowed, asked.reason = allow, reason.strip()
    asked.until = clock.end_of(until_on, organ) if until_on and allow else None
    session.flush()
    audit.record(
        session,
        "export_request.allow" if allow else "export_request.refuse",
        asked,
        facts={"until": until_on.isoformat() if until_on else ""},
        why=asked.reason,
    )


def thing_of(session: Session, asked: ExportRequest) -> CaseFile | Document:
    """What is to be taken out."""
    if asked.case_file_id is not None:
        return session.get_one(CaseFile, asked.case_file_id)
    return session.get_one(Document, asked.document_id)


def _is_about(thing: CaseFile | Document) -> ColumnElement[bool]:
    if isinstance(thing, CaseFile):
        return ExportRequest.case_file_id == thing.id
    return ExportRequest.document_id == thing.id


def _covers(thing: CaseFile | Document) -> ColumnElement[bool]:
    """Consent to a case file is consent to each document in it."""
    if isinstance(thing, CaseFile):
        return ExportRequest.case_file_id == thing.id
    files = select(Placement.case_file_id).where(Placement.document_id == thing.id)
    return or_(ExportRequest.document_id == thing.id, ExportRequest.case_file_id.in_(files))
