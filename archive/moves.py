"""The life of a case file as a table of moves: the one way in which its stage changes.

Planned (A1), open (A2, A3), closed (A4), submitted (A6), returned (A7), accepted (A8): NĐ 30/2020,
Đ28 to Đ31; transferred to the historical archive (A9): Luật 33/2024. Being due and being kept back
are dated facts on a closed file, not stages. A move that cannot be made says why, so that a page
can show its button grey, with the reason.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from archive import access, audit, freezes
from archive.case_files import totals
from archive.errors import Conflict, Invalid, NotAllowed
from archive.life_models import AccessChange, FreezeOrder
from archive.models import DESTROYED, CaseFile, Document, Person, Placement
from archive.roles import Action
from archive.terms import term_of


@dataclass(frozen=True)
class Hindrance:
    """Why a move cannot be made now: a stable code, and details for its words."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


WITH_ARCHIVE = frozenset({"submitted", "accepted", "transferred"})
Check = Callable[[Session, CaseFile], Hindrance | None]


@dataclass(frozen=True)
class Move:
    """One move: from which stages, to which, who may, what must hold before."""

    name: str
    start: frozenset[str]
    end: str
    action: Action
    checks: tuple[Check, ...] = ()
    needs_reason: bool = False
    by_holder: bool = True  # only who holds the file acts on it (HC-62)


# What must hold -----------------------------------------------------------------------------------


def is_described(_session: Session, case_file: CaseFile) -> Hindrance | None:
    """The data that NĐ 30, Đ29 asks for are there: title, term, dates, who drew it up."""
    wanted = {
        "title": case_file.title,
        "maintenance": case_file.maintenance,
        "creator": case_file.creator,
        "start_date": case_file.start_date,
        "end_date": case_file.end_date,
    }
    missing = [name for name, value in wanted.items() if not value]
    return Hindrance("fields_missing", {"fields": missing}) if missing else None


def has_documents(session: Session, case_file: CaseFile) -> Hindrance | None:
    """Something stands in it."""
    documents, _ = totals(session, [case_file.id]).get(case_file.id, (0, 0))
    return None if documents else Hindrance("case_file_is_empty")


def is_settled(_session: Session, case_file: CaseFile) -> Hindrance | None:
    """A construction project's file knows the day of settlement: its term of submission."""
    if case_file.is_construction and case_file.settled_on is None:
        return Hindrance("settlement_missing")
    return None


def has_copies(session: Session, case_file: CaseFile) -> Hindrance | None:
    """Every document in it has a valid archival copy (R3)."""
    inside = select(Placement.document_id).where(Placement.case_file_id == case_file.id)
    lacking = session.scalars(
        select(Document.code).where(Document.id.in_(inside), Document.mending.is_not(None))
    ).all()
    return Hindrance("copies_missing", {"documents": list(lacking[:10])}) if lacking else None


def has_a_term(_session: Session, case_file: CaseFile) -> Hindrance | None:
    """Its term of retention is one that can be counted."""
    if term_of(case_file.maintenance) is None:
        return Hindrance("term_unclear", {"term": case_file.maintenance})
    return None


def no_open_access_change(session: Session, case_file: CaseFile) -> Hindrance | None:
    """No change of access waits for confirmation (NĐ 30, PL VI, III.3c)."""
    waiting = exists().where(
        AccessChange.case_file_id == case_file.id, AccessChange.decided_at.is_(None)
    )
    return Hindrance("access_change_waits") if session.scalar(select(waiting)) else None


def by_disposal_only(_session: Session, case_file: CaseFile) -> Hindrance | None:
    """Nobody makes this move by itself: a disposal does, with all its guards (R16)."""
    return Hindrance("by_disposal_only", {"case_file": case_file.code})


def _move(
    name: str, start: Iterable[str], end: str, action: Action, *checks: Check, **more: bool
) -> tuple[str, Move]:
    return name, Move(name, frozenset(start), end, action, checks, **more)


MOVES: dict[str, Move] = dict(
    (
        _move("drop", ["planned"], "dropped", Action.PLAN, needs_reason=True, by_holder=False),
        _move("open", ["planned"], "open", Action.OPEN_CASE_FILE),
        _move(
            "close",
            ["open", "returned"],
            "closed",
            Action.WORK,
            is_described,
            has_documents,
            has_a_term,
            is_settled,
        ),
        _move("reopen", ["closed"], "open", Action.WORK, needs_reason=True),
        _move("submit", ["closed"], "submitted", Action.WORK, no_open_access_change),
        _move("take_back", ["submitted"], "closed", Action.WORK, needs_reason=True),
        _move(
            "return", ["submitted"], "returned", Action.ACCEPT, needs_reason=True, by_holder=False
        ),
        _move("accept", ["submitted"], "accepted", Action.ACCEPT, has_copies, by_holder=False),
        _move(
            "hand_to_history",
            ["accepted"],
            "transferred",
            Action.HAND_TO_HISTORY,
            has_copies,
            by_holder=False,
        ),
        _move(
            "destroy",
            ["closed", "submitted", "returned", "accepted"],
            DESTROYED,
            Action.EXECUTE_DISPOSAL,
            by_disposal_only,
            by_holder=False,
        ),
    )
)


MORE_CHECKS: dict[str, list[Check]] = {}
"""What else must hold, by move or `take_out`: whatever builds on the archive adds its own."""
MORE_TAKING: list[Callable[[Session, CaseFile, Document], Hindrance | None]] = []
"""The same of one document that is taken out of a case file."""


# Asking and moving --------------------------------------------------------------------------------


def hindrances(
    session: Session, case_file: CaseFile, name: str, by: Person, more: Iterable[Check] = ()
) -> list[Hindrance]:
    """Everything that keeps this person from making this move now; empty: it can be made.

    Args:
        session: the transaction's session.
        case_file: what is to be moved.
        name: of the move.
        by: who would move it.
        more: checks that only the caller can make (what is still on the road to it).
    """
    one = MOVES[name]
    if case_file.stage not in one.start:
        return [Hindrance("wrong_stage", {"stage": case_file.stage, "move": name})]
    orders = freezes.orders_on(session, case_file)
    found = hindrances_of(session, case_file, name, by, orders)
    for check in (*one.checks, *MORE_CHECKS.get(name, ()), *more):
        if (hindrance := check(session, case_file)) is not None:
            found.append(hindrance)
    return found


def hindrances_of(
    session: Session, case_file: CaseFile, name: str, by: Person, orders: Iterable[FreezeOrder]
) -> list[Hindrance]:
    """Those that lie in the person and in the orders that hold it, not in what is in it."""
    one = MOVES[name]
    found: list[Hindrance] = []
    if not access.may(session, by, one.action, case_file):
        found.append(Hindrance("not_allowed", {"action": str(one.action)}))
    elif one.by_holder and case_file.holder_id not in (None, by.id):
        found.append(Hindrance("not_the_holder"))
    return found + _frozen(case_file, orders)


def _frozen(case_file: CaseFile, orders: Iterable[FreezeOrder]) -> list[Hindrance]:
    return [Hindrance("frozen", {"thing": case_file.code, "order": one.number}) for one in orders]


def move(
    session: Session,
    case_file: CaseFile,
    name: str,
    by: Person,
    *,
    reason: str = "",
    more: Iterable[Check] = (),
    facts: dict[str, Any] | None = None,
    **columns: Any,
) -> None:
    """Make a move: the stage and what belongs to it, told in one event.

    Args:
        session: the transaction's session.
        case_file: what is moved.
        name: of the move.
        by: who moves it.
        reason: why; some moves ask for one.
        more: further checks of the caller.
        facts: plain values for the event.
        columns: what changes together with the stage (`closed_at`, totals, …).

    Raises:
        NotAllowed: `not_allowed` or `not_the_holder`.
        Conflict: the first hindrance of another kind.
        Invalid: `reason_missing`.
    """
    audit.hold(session, case_file)  # two people, one moves it
    for hindrance in hindrances(session, case_file, name, by, more):
        kind = NotAllowed if hindrance.code in ("not_allowed", "not_the_holder") else Conflict
        raise kind(hindrance.code, **{"case_file": case_file.code, **hindrance.details})
    one = MOVES[name]
    if one.needs_reason and not reason.strip():
        raise Invalid("reason_missing")
    before = case_file.stage
    case_file.stage = one.end
    for column, value in columns.items():
        setattr(case_file, column, value)
    case_file.revision += 1
    session.flush()
    audit.record(
        session,
        f"case_file.{name}",
        case_file,
        facts={"from": before, "to": one.end, **(facts or {})},
        why=reason.strip(),
    )


def destroy(case_file: CaseFile) -> None:
    """Close it for good: nobody sees it from now on. Whoever executes a disposal tells of it.

    Raises:
        Conflict: `wrong_stage`.
    """
    if case_file.stage not in MOVES["destroy"].start:
        raise Conflict(
            "wrong_stage", case_file=case_file.code, stage=case_file.stage, move="destroy"
        )
    case_file.stage = DESTROYED
    case_file.revision += 1


def hindrances_to_change(
    session: Session, case_file: CaseFile, by: Person, orders: Iterable[FreezeOrder]
) -> list[Hindrance]:
    """What keeps this person from changing data, paper parts or level of a case file now.

    Its holder does so until it goes to the archive; an archivist at any time, with a reason.
    """
    found: list[Hindrance] = []
    if not access.may(session, by, Action.DESCRIBE_CASE_FILE, case_file):
        if case_file.stage in WITH_ARCHIVE:
            found.append(Hindrance("archive_holds_it", {"case_file": case_file.code}))
        elif not access.may(session, by, Action.WORK, case_file):
            found.append(Hindrance("not_allowed", {"action": str(Action.WORK)}))
        elif case_file.holder_id not in (None, by.id):
            found.append(Hindrance("not_the_holder"))
    elif case_file.stage == "transferred":
        found.append(Hindrance("handed_to_history", {"thing": case_file.code}))
    found += [one for check in MORE_CHECKS.get("change", ()) if (one := check(session, case_file))]
    return found + _frozen(case_file, orders)


def require_change(session: Session, case_file: CaseFile, by: Person) -> None:
    """Go on only if the person may change data, paper parts or level of the case file now.

    Raises:
        NotAllowed: `not_allowed` or `not_the_holder`.
        Conflict: `archive_holds_it`, `handed_to_history` or `frozen`.
    """
    orders = freezes.orders_on(session, case_file)
    for one in hindrances_to_change(session, case_file, by, orders):
        kind = NotAllowed if one.code in ("not_allowed", "not_the_holder") else Conflict
        raise kind(one.code, **{"case_file": case_file.code, **one.details})


def diagram() -> str:
    """The table as a Mermaid diagram, as docs/architecture.md shows it."""
    lines = ["stateDiagram-v2", "    [*] --> planned", "    [*] --> open"]
    for one in MOVES.values():
        lines += [f"    {start} --> {one.end}: {one.name}" for start in sorted(one.start)]
    ends = [f"    {one} --> [*]" for one in ("accepted", "transferred", DESTROYED, "dropped")]
    return "\n".join([*lines, *ends])
