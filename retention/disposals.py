"""A disposal as a table of moves: the one way in which its stage changes (records law, 6.3).

Listed (B4), its council set up (B5) and met (B6, B7), appraised outside or not (B8), decided (B9),
prepared (B10), reconfirmed (B11), handed over (B12), executed and destroyed (B13), closed with its
dossier (B14, B15); stopped at any stage before it is executed. List, decision and execution lie in
three hands (R10): each natural person in one of them only, whoever they act for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, false, select
from sqlalchemy.orm import Session

from archive import access, audit, people
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed, NotFound
from archive.hands import hands, natural
from archive.models import Organ, Person
from archive.moves import Hindrance
from archive.roles import Action
from retention.models import CouncilSeat, Disposal, DisposalHand, DisposalItem

Check = Callable[[Session, Disposal, Person], Hindrance | None]
MAKERS = frozenset({Action.LIST_DISPOSAL})
DECIDERS = frozenset({Action.DECIDE_DISPOSAL})
EXECUTORS = frozenset({Action.EXECUTE_DISPOSAL})
UNDER_WAY = ("listed", "council", "met", "appraised", "decided", "prepared", "reconfirmed",
             "handed_over")  # fmt: skip
OVER = ("closed", "stopped")
SITTING = ("council", "met", "appraised")  # the council has its part in it
LIVE = ("decided", "prepared", "reconfirmed", "handed_over", "executing")
"""Decided and not destroyed yet: the fifteen days run."""
FORBIDDEN = ("not_allowed", "not_by_delegation", "another_hand", "not_the_executor",
             "not_in_the_chair", "keeper_executes")  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One move: from which stages, to which, who may, in which hand, what must hold before.

    Attributes:
        actions: any of them lets a person make it; none: a seat does, or the machine.
        part: the hand that makes it.
        is_personal: nobody makes it for another.
        reason: the column that keeps why; empty: none is asked for.
    """

    name: str
    start: frozenset[str]
    end: str
    actions: frozenset[Action] = frozenset()
    checks: tuple[Check, ...] = ()
    part: str = ""
    is_personal: bool = False
    reason: str = ""


# What must hold -----------------------------------------------------------------------------------


def has_lines(session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """Something is left to be destroyed."""
    left = exists().where(
        DisposalItem.disposal_id == disposal.id, DisposalItem.outcome == "destroy"
    )
    return None if session.scalar(select(left)) else Hindrance("nothing_to_destroy")


def is_explained(_session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """The explanation says how the records came to be, and their condition (PL III)."""
    is_there = disposal.formation.strip() and disposal.condition.strip()
    return None if is_there else Hindrance("explanation_missing")


def sits_at_the_head(_session: Session, disposal: Disposal, by: Person) -> Hindrance | None:
    """The person is chair or secretary of its council, in person."""
    seat = seat_of(disposal, by)
    at_head = seat is not None and seat.role in ("chair", "secretary")
    return None if at_head else Hindrance("not_in_the_chair")


def minutes_are_signed(_session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """Chair and secretary have signed the minutes of the meeting (B7)."""
    seats = [one for one in disposal.seats if not one.left_why and one.role != "member"]
    unsigned = [one.person.full_name for one in seats if one.signed_at is None]
    return Hindrance("meeting_not_signed", {"names": unsigned}) if unsigned else None


def is_the_executor(_session: Session, disposal: Disposal, by: Person) -> Hindrance | None:
    """The person is the one who prepared it."""
    is_right = disposal.executor_id == natural(by)
    return None if is_right else Hindrance("not_the_executor")


def is_not_the_executor(_session: Session, disposal: Disposal, by: Person) -> Hindrance | None:
    """Two sides hand over: the keeper is somebody else than the executor."""
    is_same = disposal.executor_id in hands(by)
    return Hindrance("keeper_executes") if is_same else None


def executor_is_active(session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """The executor's account is open today and may still execute."""
    executor = people.by_id(session, disposal.executor_id or 0)
    may = access.may(session, executor, Action.EXECUTE_DISPOSAL, disposal.organ)
    if people.is_active(executor) and may:
        return None
    return Hindrance("executor_not_active", {"name": executor.full_name})


def paper_is_gone(session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """Paper twins were destroyed, and somebody said so, before the word is said (R19)."""
    on_paper = exists().where(
        DisposalItem.disposal_id == disposal.id,
        DisposalItem.outcome == "destroy",
        DisposalItem.on_paper,
    )
    waits = disposal.destroyed_on_paper is None and session.scalar(select(on_paper))
    return Hindrance("paper_not_confirmed") if waits else None


def has_a_certificate(_session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """What was destroyed is proved."""
    return None if len(disposal.certificate) == 64 else Hindrance("certificate_missing")


def record_is_signed(_session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """Both sides have signed the minutes of destruction (B14)."""
    is_signed = disposal.keeper_signed_at and disposal.executor_signed_at
    return None if is_signed else Hindrance("record_not_signed")


def _move(
    name: str,
    start: Iterable[str],
    end: str,
    actions: frozenset[Action] = frozenset(),
    *checks: Check,
    **more: Any,
) -> tuple[str, Move]:
    return name, Move(name, frozenset(start), end, actions, checks, **more)


MOVES: dict[str, Move] = dict(
    (
        _move("set_up", ["listed"], "council", DECIDERS, has_lines, is_explained),
        _move("meet", ["council"], "met", frozenset(), sits_at_the_head, is_personal=True),
        _move("appraise", ["met"], "appraised", MAKERS, minutes_are_signed,
              part="list"),  # what it drops makes the list
        _move("decide", ["appraised"], "decided", DECIDERS, has_lines,
              part="decision", is_personal=True),
        _move("prepare", ["decided"], "prepared", EXECUTORS, has_lines,
              part="execution", is_personal=True, reason="reason"),
        _move("reconfirm", ["prepared"], "reconfirmed", EXECUTORS, is_the_executor, has_lines,
              part="execution", is_personal=True),
        _move("hand_over", ["reconfirmed"], "handed_over", MAKERS, is_not_the_executor,
              executor_is_active, has_lines, is_personal=True),
        _move("begin", ["handed_over"], "executing", EXECUTORS, is_the_executor,
              executor_is_active, has_lines, part="execution", is_personal=True),
        _move("finish", ["executing"], "destroyed", frozenset(), paper_is_gone,
              has_a_certificate),
        _move("close", ["destroyed"], "closed", MAKERS | EXECUTORS, record_is_signed),
        _move("stop", UNDER_WAY, "stopped", MAKERS | DECIDERS | EXECUTORS, reason="stopped_why"),
    )
)  # fmt: skip


# Asking and moving --------------------------------------------------------------------------------


def hindrances(
    session: Session, disposal: Disposal, name: str, by: Person, more: Iterable[Check] = ()
) -> list[Hindrance]:
    """Everything that keeps this person from making this move now; empty: it can be made.

    What lies in the lines themselves (frozen, altered, still to be kept) is looked at by the verbs.
    """
    one = MOVES[name]
    if disposal.stage not in one.start:
        if name == "decide" and disposal.root:
            return [Hindrance("decided_already", {"decision": disposal.decision_number})]
        return [Hindrance("disposal_stage", {"stage": disposal.stage, "move": name})]
    found = _of_person(session, disposal, one, by)
    for check in (*one.checks, *more):
        if (hindrance := check(session, disposal, by)) is not None:
            found.append(hindrance)
    return found


def _of_person(session: Session, disposal: Disposal, one: Move, by: Person) -> list[Hindrance]:
    """What lies in who would make it: right, delegation, another hand of the same people."""
    found = []
    if one.actions and not may_any(session, disposal, by, one.actions):
        found.append(Hindrance("not_allowed", {"action": str(min(one.actions))}))
    if one.is_personal and is_lent(by):
        found.append(Hindrance("not_by_delegation"))
    if one.part and (other := other_hand(session, disposal, by, one.part)) is not None:
        found.append(Hindrance("another_hand", {"part": other, "move": one.name}))
    return found


def may_any(session: Session, disposal: Disposal, by: Person, actions: Iterable[Action]) -> bool:
    """Whether the person may do one of these at the disposal's organ."""
    return any(access.may(session, by, each, disposal.organ) for each in actions)


def is_lent(by: Person) -> bool:
    """Whether somebody acts here for another."""
    actor = audit.actor()
    return by.is_lent or (actor is not None and actor.principal_id is not None)


def other_hand(session: Session, disposal: Disposal, by: Person, part: str) -> str | None:
    """The other part in which one of those who act had a hand; None: in none."""
    found = select(DisposalHand.part).where(
        DisposalHand.disposal_id == disposal.id,
        DisposalHand.person_id.in_(hands(by)),
        DisposalHand.part != part,
    )
    return session.scalar(found.limit(1))


def hand(session: Session, disposal: Disposal, by: Person, part: str) -> None:
    """Write down whose hand it is: the delegate's and the principal's (R10); once for each part.

    Raises:
        NotAllowed: `another_hand`: one of them had a hand in another part.
    """
    if (other := other_hand(session, disposal, by, part)) is not None:
        raise NotAllowed("another_hand", part=other, move=part)
    there = select(DisposalHand.person_id).where(DisposalHand.disposal_id == disposal.id)
    for person in sorted(hands(by) - set(session.scalars(there))):
        session.add(DisposalHand(disposal_id=disposal.id, person_id=person, part=part))
    session.flush()


def require(
    session: Session, disposal: Disposal, name: str, by: Person, more: Iterable[Check] = ()
) -> None:
    """Hold the disposal, and go on only if the move can be made.

    Raises:
        NotAllowed, Conflict: the first hindrance.
    """
    audit.hold(session, disposal)
    for one in hindrances(session, disposal, name, by, more):
        raise error_of(disposal, one)


def require_action(session: Session, disposal: Disposal, by: Person, action: Action) -> None:
    """Go on only if the person may do this at the disposal's organ.

    Raises:
        NotAllowed: `not_allowed`.
    """
    if not access.may(session, by, action, disposal.organ):
        raise NotAllowed("not_allowed", action=str(action))


def error_of(disposal: Disposal, found: Hindrance) -> ArchiveError:
    """The error that says a hindrance: forbidden to this person, or not possible now."""
    kind = NotAllowed if found.code in FORBIDDEN else Conflict
    return kind(found.code, **{"disposal": disposal.code, **found.details})


def move(
    session: Session,
    disposal: Disposal,
    name: str,
    by: Person,
    *,
    reason: str = "",
    more: Iterable[Check] = (),
    facts: dict[str, Any] | None = None,
    also: tuple[Any, ...] = (),
    **columns: Any,
) -> None:
    """Make a move: the stage and what belongs to it, told in one event.

    Args:
        session: the transaction's session.
        disposal: what is moved.
        name: of the move.
        by: who moves it.
        reason: why; some moves ask for one.
        more: further checks of the caller.
        facts: plain values for the event.
        also: lines that change with it.
        columns: what changes together with the stage.

    Raises:
        NotAllowed, Conflict: the first hindrance.
        Invalid: `reason_missing`.
    """
    require(session, disposal, name, by, more)
    one = MOVES[name]
    if one.reason:
        if not reason.strip():
            raise Invalid("reason_missing")
        columns[one.reason] = reason.strip()
    if one.part:
        hand(session, disposal, by, one.part)
    before = disposal.stage
    disposal.stage = one.end
    for column, value in columns.items():
        setattr(disposal, column, value)
    disposal.revision += 1
    session.flush()
    audit.record(
        session,
        f"disposal.{name}",
        disposal,
        also=also,
        facts={"from": before, "to": one.end, **(facts or {})},
        why=reason.strip(),
    )


def refused(session: Session, disposal: Disposal, name: str, error: ArchiveError) -> None:
    """Tell that somebody was refused something: in a transaction of its own, after the refusal."""
    audit.record(session, "disposal.refused", disposal, facts={"move": name, "reason": error.code})


# Finding ------------------------------------------------------------------------------------------


def seat_of(disposal: Disposal, by: Person) -> CouncilSeat | None:
    """The seat on which this natural person sits now; nobody lends one."""
    if is_lent(by):
        return None
    here = (one for one in disposal.seats if not one.left_why)
    return next((one for one in here if one.person_id == by.id), None)


def seen_by(session: Session, by: Person, organ: Organ) -> Select[Disposal]:
    """The organ's disposals of which the person may know, newest first.

    All, or by a seat in the council: until it is decided, since then it names what is to go.
    """
    found = select(Disposal).where(Disposal.organ_id == organ.id).order_by(Disposal.id.desc())
    if access.may(session, by, Action.SEE_DISPOSALS, organ):
        return found
    seats = select(CouncilSeat.disposal_id).where(
        CouncilSeat.person_id == by.id, CouncilSeat.left_why == ""
    )
    if is_lent(by):
        return found.where(false())
    return found.where(Disposal.id.in_(seats), Disposal.stage.in_(SITTING))


def by_code(session: Session, by: Person, organ: Organ, code: str) -> Disposal:
    """The organ's disposal of this code, if the person may know of it.

    Raises:
        NotFound: `no_such_disposal`.
    """
    found = session.scalar(seen_by(session, by, organ).where(Disposal.code == code.strip()))
    if found is None:
        raise NotFound("no_such_disposal", disposal=code)
    return found


def diagram() -> str:
    """The table as a Mermaid diagram, as docs/architecture.md shows it."""
    lines = ["stateDiagram-v2", "    [*] --> listed"]
    for one in MOVES.values():
        starts = [each for each in UNDER_WAY if each in one.start] or sorted(one.start)
        lines += [f"    {start} --> {one.end}: {one.name}" for start in starts]
    return "\n".join([*lines, "    closed --> [*]", "    stopped --> [*]"])
