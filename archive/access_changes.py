"""Who may read a case file changes: asked with a reason, warned of until somebody else confirms it.

NĐ 30/2020, PL VI, III.3c. To narrow works at once: nobody reads on meanwhile what was closed to
them. To widen works only when the competent person, who is not the one who asked, confirms it.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import audit, clock, freezes
from archive.case_files import index_anew
from archive.errors import Conflict, Invalid, NotAllowed
from archive.hands import hands, natural
from archive.life_models import AccessChange
from archive.models import CaseFile, Person

BREADTH = {"assigned": 0, "unit": 1, "organ": 2}  # the higher, the more may read


def is_wider(level: str, before: str) -> bool:
    """Whether more people may read at this level than at the one before."""
    return BREADTH[level] > BREADTH[before]


def waiting(session: Session, case_file: CaseFile) -> AccessChange | None:
    """The change that nobody has decided yet, with who asked."""
    return session.scalar(
        select(AccessChange)
        .where(AccessChange.case_file_id == case_file.id, AccessChange.decided_at.is_(None))
        .options(joinedload(AccessChange.asked_by, innerjoin=True))
        .order_by(AccessChange.id)
        .limit(1)
    )


def ask(
    session: Session,
    case_file: CaseFile,
    level: str,
    reason: str,
    by: Person,
    *,
    seen: int | None = None,
) -> AccessChange:
    """Ask for another level; a narrower one works from now on.

    Raises:
        Invalid: `reason_missing`, `bad_access_level`, `same_access_level`.
        Conflict: `changed_meanwhile`, `access_change_waits`, `frozen`.
    """
    if not reason.strip():
        raise Invalid("reason_missing")
    if level not in BREADTH:
        raise Invalid("bad_access_level", level=level)
    _hold(session, case_file, seen)
    if level == case_file.access_level:
        raise Invalid("same_access_level")
    if waiting(session, case_file) is not None:
        raise Conflict("access_change_waits", case_file=case_file.code)
    change = AccessChange(
        case_file_id=case_file.id,
        before=case_file.access_level,
        after=level,
        reason=reason.strip(),
        asked_by_id=natural(by),
        asked_at=clock.now(),
    )
    session.add(change)
    if not is_wider(level, case_file.access_level):
        _set_level(session, case_file, level)
    session.flush()
    facts = {"from": change.before, "to": change.after}
    audit.record(session, "case_file.ask_access", case_file, facts=facts, why=change.reason)
    return change


def decide(
    session: Session, change: AccessChange, by: Person, *, is_confirmed: bool, reason: str = ""
) -> None:
    """Confirm a change, or refuse it: then who may read it is as it was before.

    Raises:
        NotAllowed: `another_decides`: nobody decides what they asked for themselves (R10).
        Conflict: `decided_already`, `frozen`.
        Invalid: `reason_missing`, where it is refused.
    """
    case_file = session.get_one(CaseFile, change.case_file_id)
    _hold(session, case_file)
    audit.hold(session, change)
    if change.decided_at is not None:
        raise Conflict("decided_already")
    if change.asked_by_id in hands(by):
        raise NotAllowed("another_decides")
    if not is_confirmed and not reason.strip():
        raise Invalid("reason_missing")
    change.is_confirmed = is_confirmed
    change.decided_by_id, change.decided_at = natural(by), clock.now()
    _set_level(session, case_file, change.after if is_confirmed else change.before)
    session.flush()
    facts = {"from": change.before, "to": change.after}
    told = "confirm_access" if is_confirmed else "refuse_access"
    audit.record(session, f"case_file.{told}", case_file, facts=facts, why=reason.strip())


def _hold(session: Session, case_file: CaseFile, seen: int | None = None) -> None:
    audit.hold(session, case_file)
    if seen not in (None, case_file.revision):
        raise Conflict("changed_meanwhile", document=case_file.code)
    freezes.require_thawed(session, case_file)
    freezes.require_unbound(session, case_file)


def _set_level(session: Session, case_file: CaseFile, level: str) -> None:
    if case_file.access_level != level:
        case_file.access_level = level
        index_anew(session, [case_file.id])
    case_file.revision += 1
