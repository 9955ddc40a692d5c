"""Who has which signing token (eToken), since when, by whose written permission.

HC-40: a token is not handed on without it; TN-39, TN-43: who gets it answers for it, and it comes
back or is issued anew when the post changes.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import access, audit, clock, people
from archive.errors import Conflict, Invalid
from archive.life_models import KeyCustody
from archive.models import Organ, Person
from formats.vietnamese import nfc


def hand(
    session: Session,
    organ: Organ,
    token: str,
    kind: str,
    holder: Person,
    *,
    permission: str,
    from_on: date | None = None,
    note: str = "",
) -> KeyCustody:
    """Write down that somebody has a token from this day on; whoever had it has it no more.

    Args:
        session: the transaction's session.
        organ: whose book it is written in.
        token: serial number or name of the device.
        kind: `organ` (the agency's signature) or `person`.
        holder: who gets it.
        permission: number and date of the paper that allows it.
        from_on: first day; today where none is named.
        note: anything else.

    Raises:
        Invalid: `token_missing`, `bad_token_kind`, `permission_missing`, `person_works_elsewhere`,
            `ends_before_it_begins`.
        Conflict: `account_closed`, `token_held_already`.
    """
    token, permission = " ".join(nfc(token).split()), nfc(permission).strip()
    if not token:
        raise Invalid("token_missing")
    if kind not in ("organ", "person"):
        raise Invalid("bad_token_kind", kind=kind)
    if not permission:
        raise Invalid("permission_missing")
    if organ.id not in {holder.organ_id} | access.organs_of(holder):
        raise Invalid("person_works_elsewhere", name=holder.full_name)
    if not people.is_active(holder):
        raise Conflict("account_closed", name=holder.full_name)
    begin = from_on or clock.today(organ)
    before = held_now(session, organ, token)
    for one in before:
        if one.holder_id == holder.id:
            raise Conflict("token_held_already", token=token)
        _end(one, begin)
    made = KeyCustody(
        organ_id=organ.id,
        token=token,
        kind=kind,
        holder_id=holder.id,
        permission=permission,
        from_on=begin,
        note=nfc(note).strip(),
    )
    session.add(made)
    session.flush()
    facts = {"token": token, "kind": kind, "holder": holder.user_name, "from": begin.isoformat()}
    audit.record(session, "key_custody.hand", made, also=tuple(before), facts=facts, why=permission)
    return made


def take_back(session: Session, held: KeyCustody, on: date, reason: str) -> None:
    """The token came back, was withdrawn, or is issued anew.

    Raises:
        Invalid: `reason_missing`, `ends_before_it_begins`.
        Conflict: `ended_already`.
    """
    if not reason.strip():
        raise Invalid("reason_missing")
    audit.hold(session, held)
    if held.until_on is not None:
        raise Conflict("ended_already")
    _end(held, on)
    session.flush()
    facts = {"token": held.token, "until": on.isoformat()}
    audit.record(session, "key_custody.take_back", held, facts=facts, why=reason.strip())


def held_now(session: Session, organ: Organ, token: str | None = None) -> list[KeyCustody]:
    """What is in somebody's hands: all tokens of the organ, or this one."""
    found = select(KeyCustody).where(KeyCustody.organ_id == organ.id, KeyCustody.until_on.is_(None))
    if token is not None:
        found = found.where(KeyCustody.token == token)
    return list(session.scalars(found.order_by(KeyCustody.token, KeyCustody.id)))


def _end(held: KeyCustody, on: date) -> None:
    if on < held.from_on:
        raise Invalid("ends_before_it_begins", start=held.from_on, end=on)
    held.until_on = on
