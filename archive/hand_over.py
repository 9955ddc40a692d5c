"""Handing over what a person holds: listed, confirmed, done in one act (KT-25; NĐ 30, Đ31.3đ).

Who leaves or changes post hands over case files, delegations, tokens of programs and signing
tokens. Frozen case files stay where they are and are named. One event tells all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive import access, accounts, audit, clock, freezes, people
from archive.case_files import index_anew
from archive.errors import Conflict, Invalid, NotAllowed
from archive.life_models import Delegation, FreezeOrder, Frozen, KeyCustody
from archive.models import CaseFile, FilePlan, FilePlanEntry, Organ, Person, Placement, Row, SignIn
from archive.roles import Action

HANDED = ("planned", "open", "closed", "submitted", "returned")  # what the archive has is its own


@dataclass(frozen=True)
class Holdings:
    """What a person holds at an organ."""

    case_files: tuple[CaseFile, ...]
    frozen: Mapping[int, FreezeOrder]  # by number of the case file: these stay
    plan_lines: tuple[FilePlanEntry, ...]  # of plans that are still drafts
    delegations: tuple[Delegation, ...]
    tokens: tuple[SignIn, ...]  # API tokens
    keys: tuple[KeyCustody, ...]

    @property
    def movable(self) -> tuple[CaseFile, ...]:
        """The case files that can be handed over now."""
        return tuple(one for one in self.case_files if one.id not in self.frozen)


@dataclass(frozen=True)
class HandedOver:
    """What was done."""

    case_files: tuple[str, ...]
    stayed: tuple[str, ...]  # frozen


# One case file ------------------------------------------------------------------------------------


def reassign(
    session: Session, case_file: CaseFile, to: Person, why: str, *, seen: int | None = None
) -> None:
    """Give one case file to another holder (HC-64). The right to do so is asked for at the door.

    Raises:
        Invalid: `reason_missing`, `same_holder`.
        NotAllowed: `bad_receiver`: the receiver may not work on case files of this organ.
        Conflict: `changed_meanwhile`, `frozen`, `archive_holds_it`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    audit.hold(session, case_file)
    if seen not in (None, case_file.revision):
        raise Conflict("changed_meanwhile", document=case_file.code)
    if case_file.stage not in HANDED:
        raise Conflict("archive_holds_it", case_file=case_file.code)
    freezes.require_thawed(session, case_file)
    freezes.require_unbound(session, case_file)
    if case_file.holder_id == to.id:
        raise Invalid("same_holder", name=to.full_name)
    require_receiver(session, session.get_one(Organ, case_file.organ_id), to)
    before = session.get_one(Person, case_file.holder_id) if case_file.holder_id else None
    _give(case_file, to)
    session.flush()
    facts = {"from": before.user_name if before else "", "to": to.user_name}
    index_anew(session, [case_file.id])
    audit.record(session, "case_file.reassign", case_file, facts=facts, why=why.strip())


def require_receiver(session: Session, organ: Organ, person: Person) -> None:
    """Go on only if the person may work on case files of the organ.

    Raises:
        NotAllowed: `bad_receiver`.
    """
    if not people.is_active(person) or not access.may(session, person, Action.WORK, organ):
        raise NotAllowed("bad_receiver", name=person.full_name)


# All that a person holds --------------------------------------------------------------------------


def holdings(
    session: Session, person: Person, organ: Organ, *, to_change: bool = False
) -> Holdings:
    """All that the person holds at the organ, in seven questions however much it is.

    With `to_change` the case files are held until the transaction ends: nobody submits one, or
    accepts it, meanwhile.
    """
    wanted = (
        select(CaseFile)
        .where(CaseFile.holder_id == person.id, CaseFile.organ_id == organ.id)
        .where(CaseFile.stage.in_(HANDED))
        .order_by(CaseFile.year, CaseFile.id)
    )
    if to_change:
        wanted = wanted.with_for_update(key_share=True)
    case_files = tuple(session.scalars(wanted.execution_options(populate_existing=to_change)))
    lines = (
        select(FilePlanEntry)
        .join(FilePlan)
        .where(FilePlan.organ_id == organ.id, FilePlan.stage == "draft")
        .where(FilePlanEntry.holder_id == person.id)
        .order_by(FilePlanEntry.id)
    )
    delegations = select(Delegation).where(
        Delegation.organ_id == organ.id,
        or_(Delegation.principal_id == person.id, Delegation.delegate_id == person.id),
        Delegation.ended_at.is_(None),
        Delegation.until_on >= clock.today(organ),
    )
    tokens = select(SignIn).where(
        SignIn.person_id == person.id,
        SignIn.kind == "token",
        SignIn.ended_at.is_(None),
        SignIn.expires_at > clock.now(),
    )
    keys = select(KeyCustody).where(
        KeyCustody.organ_id == organ.id,
        KeyCustody.holder_id == person.id,
        KeyCustody.until_on.is_(None),
    )
    return Holdings(
        case_files=case_files,
        frozen=_frozen_among(session, [one.id for one in case_files]),
        plan_lines=tuple(session.scalars(lines)),
        delegations=tuple(session.scalars(delegations)),
        tokens=tuple(session.scalars(tokens)),
        keys=tuple(session.scalars(keys)),
    )


def hand_over(
    session: Session,
    person: Person,
    organ: Organ,
    receiver: Person,
    *,
    why: str,
    by: Person,
    others: Mapping[int, Person] | None = None,
    seen: int | None = None,
    ends_on: date | None = None,
) -> HandedOver:
    """Hand over everything in one act; the person's account may end with it.

    Args:
        session: the transaction's session.
        person: who hands over.
        organ: where.
        receiver: who gets what is given to nobody else.
        why: the reason, such as the decision on leave.
        by: who does it.
        others: by number of a case file, who gets that one.
        seen: how many case files were listed when it was confirmed.
        ends_on: first day on which the person has no access any more.

    Raises:
        Invalid: `reason_missing`, `same_holder`.
        NotAllowed: `bad_receiver`.
        Conflict: `holdings_changed`: it is not what was confirmed; `yourself`,
            `last_administrator` where the account is to end.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    held = holdings(session, person, organ, to_change=True)
    if seen not in (None, len(held.movable)):
        raise Conflict("holdings_changed", count=len(held.movable))
    others = others or {}
    for one in {receiver.id: receiver, **{to.id: to for to in others.values()}}.values():
        if one.id == person.id:
            raise Invalid("same_holder", name=one.full_name)
        require_receiver(session, organ, one)
    changed: list[Row] = []
    told: dict[str, list[str]] = {}
    for case_file in held.movable:
        to = others.get(case_file.id, receiver)
        _give(case_file, to)
        changed.append(case_file)
        told.setdefault(to.user_name, []).append(case_file.code)
    for line in held.plan_lines:
        line.holder_id = receiver.id
    changed += [*held.plan_lines, *_end_the_rest(held, organ)]
    if ends_on is not None:
        _end_account(session, person, ends_on, by)
    session.flush()
    index_anew(session, [one.id for one in held.movable])
    stayed = tuple(one.code for one in held.case_files if one.id in held.frozen)
    facts = {"organ": organ.code, "case_files": told, "stayed": list(stayed)}
    if ends_on is not None:
        facts["locked_from"] = ends_on.isoformat()
    audit.record(
        session, "person.hand_over", person, also=tuple(changed), facts=facts, why=why.strip()
    )
    return HandedOver(tuple(one.code for one in held.movable), stayed)


def _give(case_file: CaseFile, to: Person) -> None:
    """The holder's unit goes with the holder: it says who of the organ may read it."""
    case_file.holder_id = to.id
    if to.unit_id is not None and to.organ_id == case_file.organ_id:
        case_file.unit_id = to.unit_id
    case_file.revision += 1


def _end_the_rest(held: Holdings, organ: Organ) -> list[Row]:
    """Delegations and tokens are not handed on: they end. Signing tokens are taken back."""
    moment, day = clock.now(), clock.today(organ)
    for delegation in held.delegations:
        delegation.ended_at = moment
    for token in held.tokens:
        token.ended_at = moment
    for key in held.keys:
        key.until_on = max(day, key.from_on)
    return [*held.delegations, *held.tokens, *held.keys]


def _end_account(session: Session, person: Person, ends_on: date, by: Person) -> None:
    accounts.require_dispensable(session, person, by)
    people.bar(session, person, ends_on)


def _frozen_among(session: Session, numbers: list[int]) -> dict[int, FreezeOrder]:
    """The case files that an order holds, or that hold a document under one, in two questions."""
    if not numbers:
        return {}
    orders = select(FreezeOrder, Frozen.case_file_id).join(Frozen)
    live = FreezeOrder.lifted_at.is_(None)
    found = session.execute(orders.where(live, Frozen.case_file_id.in_(numbers)))
    inside = session.execute(
        select(FreezeOrder, Placement.case_file_id)
        .join(Frozen)
        .join(Placement, Placement.document_id == Frozen.document_id)
        .where(live, Placement.case_file_id.in_(numbers))
    )
    return {number: order for order, number in (*found, *inside) if number is not None}
