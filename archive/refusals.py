"""What an organ does not take, and how it says so: refusals and returns, numbered by year.

State secrets are refused by everybody (see `ingest.admission`). Complaints, what resolves them, and
letters to a named person (`grounds`) are refused as the organ's rules say (records law, 5.7),
unless a competent person lets one in.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.errors import Conflict, Invalid, NotFound, Refused
from archive.grounds import ground_against
from archive.hands import hands, hands_in
from archive.models import Organ, Person
from archive.organ_rules import rules_of
from archive.register_fields import column_of
from archive.register_models import LettingIn, Refusal
from formats.mail_addresses import is_mail_address
from formats.vietnamese import fold, nfc

SECRET = "secret_mark"
REASONS = (
    SECRET,
    "complaint",
    "resolution",
    "named_letter",
    "harmful",
    "not_duty",
    "outside_competence",
    "incomplete",
    "bad_signature",
    "fields_differ",
    "unreadable",
    "other_reason",
)
LET_IN = ("complaint", "resolution", "named_letter")  # what a competent person may let in


def require_wanted(
    organ: Organ,
    kind: str,
    columns: Mapping[str, Any],
    addressee: str,
    let_in: LettingIn | None,
    *,
    corrects: bool = False,
) -> None:
    """Go on only with what the organ takes, or what a competent person let in: that very thing.

    A line that was let in may be corrected, as long as it is refused for the same reason.

    Raises:
        Refused: `complaint`, `resolution`, `named_letter`.
        Conflict: `let_in_another`: what was let in was typed otherwise.
    """
    ground = ground_against(
        kind,
        str(columns.get("type_name", "")),
        str(columns.get("subject", "")),
        addressee,
        rules=rules_of(organ),
    )
    if ground is None:
        return
    if let_in is None or not let_in.is_allowed or let_in.organ_id != organ.id:
        raise Refused(ground, subject=columns.get("subject", ""))
    said = {**columns, "addressee": addressee}
    is_other = any(
        fold(str(let_in.typed[one])).split() != fold(str(said.get(one) or "")).split()
        for one in ("subject", "organ_name", "addressee")
        if let_in.typed.get(one)
    )
    if let_in.ground != ground or (is_other and not corrects):
        raise Conflict("let_in_another", number=let_in.id)


# Refusing -----------------------------------------------------------------------------------------


def refuse(
    session: Session,
    organ: Organ,
    by: Person | None,
    reason_code: str,
    *,
    kind: str = "refused",
    reason: str = "",
    sender: str = "",
    sender_email: str = "",
    reference: str = "",
) -> Refusal:
    """Write down that something is refused, or sent back, and what the sender is told.

    Of a state secret number, day and reason code are kept and nothing else (R15).

    Raises:
        Invalid: `bad_reason`, `bad_refusal_kind`, `reason_missing`, `sender_missing`,
            `bad_email`.
    """
    if reason_code not in REASONS:
        raise Invalid("bad_reason", reason=reason_code)
    if kind not in ("refused", "returned"):
        raise Invalid("bad_refusal_kind", kind=kind)
    is_secret = reason_code == SECRET
    reason, sender, email, number = (
        "" if is_secret else nfc(one).strip() for one in (reason, sender, sender_email, reference)
    )
    if reason_code == "other_reason" and not reason:
        raise Invalid("reason_missing")
    if not sender and not is_secret:
        raise Invalid("sender_missing")
    if email and not is_mail_address(email):
        raise Invalid("bad_email", email=email)
    refusal = Refusal(
        organ_id=organ.id,
        refused_on=clock.today(organ),
        refused_at=clock.now(),
        refused_by_id=by.id if by else None,
        kind=kind,
        reason_code=reason_code,
        reason=reason,
        sender=sender,
        sender_email=email,
        reference=number,
    )
    refusal.year = refusal.refused_on.year
    refusal.number = _next_number(session, organ, refusal.year)
    session.add(refusal)
    session.flush()
    facts = {"reason": reason_code, "kind": kind, "number": refusal.code}
    audit.record(session, "refusal.write", refusal, facts=facts, why=reason)
    return refusal


def _next_number(session: Session, organ: Organ, year: int) -> int:
    session.execute(select(Organ.id).where(Organ.id == organ.id).with_for_update(key_share=True))
    here = (Refusal.organ_id == organ.id, Refusal.year == year)
    return (session.scalar(select(func.max(Refusal.number)).where(*here)) or 0) + 1


def answered(session: Session, refusal: Refusal) -> None:
    """The sender was told.

    Raises:
        Conflict: `already_answered`.
    """
    audit.hold(session, refusal)
    if refusal.answered_at is not None:
        raise Conflict("already_answered", refusal=refusal.code)
    refusal.answered_at = clock.now()
    session.flush()
    audit.record(session, "refusal.answer", refusal)


def by_code(session: Session, organ: Organ, code: str) -> Refusal:
    """A refusal by year and number: `2026/3`.

    Raises:
        NotFound: `no_such_refusal`.
    """
    year, _, number = code.strip().partition("/")
    found = None
    if year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) < 9:
        here = (Refusal.organ_id == organ.id, Refusal.year == int(year))
        found = session.scalar(select(Refusal).where(*here, Refusal.number == int(number)))
    if found is None:
        raise NotFound("no_such_refusal", refusal=code)
    return found


# Letting in ---------------------------------------------------------------------------------------


def ask(
    session: Session, organ: Organ, by: Person, ground: str, typed: dict[str, str]
) -> LettingIn:
    """Ask a competent person to let in what the organ refuses; what was typed is kept.

    Raises:
        Invalid: `bad_reason`: such a thing is never let in; `subject_missing`: of what?
    """
    if ground not in LET_IN:
        raise Invalid("bad_reason", reason=ground)
    typed = {column_of(name): value for name, value in typed.items()}
    if not typed.get("subject", "").strip():
        raise Invalid("subject_missing")
    asked = LettingIn(
        organ_id=organ.id, ground=ground, typed=typed, asked_by_id=by.id, asked_at=clock.now()
    )
    session.add(asked)
    session.flush()
    audit.record(session, "letting_in.ask", asked, facts={"reason": ground})
    return asked


def decide(session: Session, asked: LettingIn, by: Person, *, is_allowed: bool, why: str) -> None:
    """Let it in, or not; by name, with the reason.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `already_decided`, `own_request`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    audit.hold(session, asked)
    if asked.decided_at is not None:
        raise Conflict("already_decided")
    if hands(by) & {asked.asked_by_id, *hands_in(session, asked, "letting_in.ask")}:
        raise Conflict("own_request")
    asked.decided_by_id, asked.decided_at = by.id, clock.now()
    asked.is_allowed, asked.reason = is_allowed, nfc(why).strip()
    if not is_allowed:
        asked.typed = {}
    session.flush()
    action = "letting_in.allow" if is_allowed else "letting_in.refuse"
    audit.record(session, action, asked, facts={"reason": asked.ground}, why=why)


def asked_by_id(session: Session, organ: Organ, number: int) -> LettingIn:
    """What was asked, by its number.

    Raises:
        NotFound: `no_such_thing`.
    """
    found = session.get(LettingIn, number)
    if found is None or found.organ_id != organ.id:
        raise NotFound("no_such_thing")
    return found


def open_ones(session: Session, organ: Organ) -> list[LettingIn]:
    """What waits to be decided, and what was let in and not yet entered."""
    found = select(LettingIn).where(
        LettingIn.organ_id == organ.id,
        LettingIn.entry_id.is_(None),
        LettingIn.is_allowed.is_not(False),
    )
    return list(session.scalars(found.order_by(LettingIn.id).limit(200)))
