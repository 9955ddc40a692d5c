"""Issuances: which one, who may know of it, and what state it is in."""

import re
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from archive import access, audit, exports
from archive.access import Action
from archive.database import in_words
from archive.errors import Conflict, NotAllowed, NotFound
from archive.fields import given_value
from archive.models import CaseFile, Organ, Person
from formats.issuing import FieldPlace
from formats.vietnamese import fold
from ingest.models import IS_UNDER_WAY, Intake, Issuance, IssuanceComment


def by_number(session: Session, number: int) -> Issuance:
    """The issuance with everything that its page shows.

    Raises:
        NotFound: `no_such_issuance`.
    """
    found = session.scalar(
        select(Issuance)
        .where(Issuance.id == number)
        .options(
            joinedload(Issuance.organ),
            joinedload(Issuance.case_file),
            joinedload(Issuance.register_entry),
            joinedload(Issuance.prepared_by),
            joinedload(Issuance.issued_by),
            joinedload(Issuance.intake),
            joinedload(Issuance.main),
            selectinload(Issuance.annexes).options(
                joinedload(Issuance.organ),
                joinedload(Issuance.register_entry),
                joinedload(Issuance.prepared_by),
                joinedload(Issuance.intake),
                joinedload(Issuance.main),
            ),
        )
    )
    if found is None:
        raise NotFound("no_such_issuance", issuance=number)
    return found


def going_from(
    session: Session, person: Person, organ: Organ, case_file: CaseFile, most: int
) -> list[Issuance]:
    """What is on its way out of this case file and not issued yet, of which the person may know."""
    wanted = select(Issuance).where(
        seen_by(session, person, organ),
        Issuance.case_file_id == case_file.id,
        Issuance.state.in_(("prepared", "signed")),
        Issuance.main_id.is_(None),
    )
    return list(session.scalars(wanted.order_by(Issuance.id.desc()).limit(most)))


def the_issuance(session: Session, person: Person, number: int, action: Action) -> Issuance:
    """The issuance, if the person may do this with it; otherwise it is not there.

    Clerks and heads see all of their organ's, others what they prepared themselves; who was asked
    about a draft reads it and does nothing with it.

    Raises:
        NotFound: `no_such_issuance`; NotAllowed: the person sees it, but may not do this.
    """
    issuance = by_number(session, number)
    if not sees(session, person, issuance):
        raise NotFound("no_such_issuance", issuance=number)
    access.require(session, person, action, issuance.organ)
    if action == Action.PREPARE_ISSUE and not handles(session, person, issuance):
        raise NotAllowed("not_allowed", action=str(action))
    return issuance


def sees(session: Session, person: Person, issuance: Issuance) -> bool:
    """Whether the person may know of it."""
    if handles(session, person, issuance):
        return True
    if _is_closed(person, issuance):
        return False
    may = access.may(session, person, Action.PREPARE_ISSUE, issuance.organ)
    wanted = _asked(person).where(IssuanceComment.issuance_id.in_((issuance.id, issuance.main_id)))
    return may and session.scalar(wanted.limit(1)) is not None


def handles(session: Session, person: Person, issuance: Issuance) -> bool:
    """Whether the person may do with it what its state allows: it is theirs, or they see all."""
    if _is_closed(person, issuance):
        return False
    if sees_all(session, person, issuance.organ):
        return True
    may = access.may(session, person, Action.PREPARE_ISSUE, issuance.organ)
    return may and issuance.prepared_by_id == person.id


def _is_closed(person: Person, issuance: Issuance) -> bool:
    """Whether it, or what is issued with it, is suspected on its road, and others decide (R15)."""
    together = (issuance, issuance.main, *issuance.annexes)
    roads = (one.intake for one in together if one is not None)
    is_suspected = any(one.is_quarantined and one.state == "waiting" for one in roads if one)
    return is_suspected and not access.decides_secrets(person, issuance.organ_id)


def _asked(person: Person) -> Select[int]:
    """The issuances about which the person was asked."""
    return select(IssuanceComment.issuance_id).where(
        IssuanceComment.person_id == person.id, IssuanceComment.asked_at.is_not(None)
    )


def sees_all(session: Session, person: Person, organ: Organ) -> bool:
    """Whether the person sees whatever the organ prepares."""
    is_clerk = access.may(session, person, Action.ISSUE, organ)
    return is_clerk or "head" in access.roles_of(person, organ.id)


def seen_by(session: Session, person: Person, organ: Organ) -> ColumnElement[bool]:
    """The same as a condition of a list."""
    mine = Issuance.organ_id == organ.id
    if not access.decides_secrets(person, organ.id):
        on_road = (Intake.organ_id == organ.id, in_words(Intake, IS_UNDER_WAY))  # by their index
        suspected = (*on_road, Intake.is_quarantined.is_(True), Intake.state == "waiting")
        other = aliased(Issuance)
        closed = select(func.coalesce(other.main_id, other.id)).join(
            Intake, Intake.id == other.intake_id
        )
        number = func.coalesce(Issuance.main_id, Issuance.id)
        mine &= number.not_in(closed.where(*suspected))
    if sees_all(session, person, organ):
        return mine
    own = select(Issuance.id).where(Issuance.prepared_by_id == person.id)
    return mine & Issuance.id.in_(union_all(own, _asked(person)))


def stored_form(session: Session, person: Person, issuance: Issuance, state: str = "") -> str:
    """The digest of the file in one of its states, the latest if none is named; it is told.

    Once it is a document of the archive, it is taken out with consent like others, but by the
    clerks: they send it out.

    Raises:
        NotFound: `no_such_issuance`: it never came to that, or was given up.
        NotAllowed: `export_needs_consent`.
    """
    by_state = {
        "prepared": issuance.prepared_digest,
        "signed": issuance.signed_digest,
        "issued": issuance.issued_digest,
    }
    digest = by_state.get(state or issuance.state)
    if digest is None or issuance.state == "given_up":
        raise NotFound("no_such_issuance", issuance=issuance.id)
    document = issuance.intake.document if issuance.intake is not None else None
    if document is not None and not access.may(session, person, Action.ISSUE, issuance.organ):
        exports.require_consent(session, person, document)
    audit.record(session, "issuance.download", issuance, facts={"state": state or issuance.state})
    return digest


def held(session: Session, number: int) -> Issuance:
    """The row as it is now, kept from other hands until the commit."""
    row = session.get_one(Issuance, number)
    audit.hold(session, row)
    session.expire(row, ("register_entry", "case_file", "intake", "annexes"))
    return row


def require_prepared(issuance: Issuance, seen: int | None = None) -> None:
    """Go on only if nobody has signed it yet, and it is as it was when somebody looked at it.

    Raises:
        Conflict: `changed_meanwhile`, `not_prepared`.
    """
    if seen not in (None, issuance.revision):
        raise Conflict("changed_meanwhile", document=issuance.name)
    if issuance.state != "prepared":
        raise Conflict("not_prepared", issuance=issuance.id, state=issuance.state)


def moved(issuance: Issuance, given: Mapping[str, Mapping[str, float]]) -> dict[str, FieldPlace]:
    """The issuance's places with the numbers that were given anew."""
    places: dict[str, FieldPlace] = {}
    for name, values in issuance.places.get("fields", {}).items():
        place = FieldPlace(**{**values, **given.get(name, {})})
        places[name] = replace(place, page=int(place.page))
    return places


def awaited_signer(issuance: Issuance) -> str:
    """Who was to sign it, if somebody of another name did and the clerk has not decided yet.

    The name on the certificate counts; marks, case and the order of its words don't.
    """
    wanted = given_value(issuance.fields, "FullName")
    is_open = issuance.state == "signed" and issuance.register_entry_id is None
    if issuance.kind != "document" or not is_open or not wanted.strip():
        return ""
    return "" if is_same_name(wanted, issuance.signer_name) else wanted


def is_same_name(one: str, other: str) -> bool:
    """Whether two names have the same words: as on a certificate, in whatever order."""
    return sorted(re.findall(r"\w+", fold(one))) == sorted(re.findall(r"\w+", fold(other)))
