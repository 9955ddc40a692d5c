"""Re-appraisal as a table of moves: the one way in which an appraisal's stage changes (B1 to B3).

Noticed before its term ends, due once it is over, proposed to be destroyed once both sides have
said so; then its list moves on (`retention.disposals`). A case file is kept by a longer term, for
ever, or because its term changed. A freeze bars every move from re-appraisal onwards (R16); what
leads back is never barred. A move that cannot be made says why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from archive import access, audit, clock
from archive.errors import ArchiveError, Conflict, Invalid, NotAllowed
from archive.models import CaseFile, Organ, Person
from archive.moves import Hindrance
from archive.roles import Action
from archive.terms import Period, Term, term_of
from formats.vietnamese import nfc
from retention import assignments, ends
from retention.appraisal_checks import (
    Check,
    both_sides_spoke,
    is_a_case_file,
    is_a_duplicate,
    nobody_keeps_it,
    not_on_a_list,
    nothing_holds_it,
    notice_has_run,
    on_both_sides,
    sides_of,
    stands_still,
    term_has_changed,
    term_is_as_noticed,
    term_is_confirmed,
    term_is_over,
    the_kept_copy_stays,
)
from retention.appraisal_facts import Known, known, known_of
from retention.models import Appraisal, AppraisalOpinion

VERDICTS = ("extend", "permanent", "destroy")
LIVE = ("noticed", "due", "proposed", "listed")
FORBIDDEN = ("not_allowed", "not_your_unit", "same_person_on_both_sides", "only_the_machine")


@dataclass(frozen=True)
class Move:
    """One move: from which stages, to which, who may, what must hold before.

    Attributes:
        end: empty where the stage stays.
        action: None where the right is asked elsewhere: by the list, of the unit, of nobody.
        by_machine: no person makes it.
    """

    name: str
    start: frozenset[str]
    end: str
    action: Action | None = None
    checks: tuple[Check, ...] = ()
    needs_reason: bool = False
    by_machine: bool = False


# The table ----------------------------------------------------------------------------------------


def _move(
    name: str, start: Iterable[str], end: str, action: Action | None, *checks: Check, **more: bool
) -> tuple[str, Move]:
    return name, Move(name, frozenset(start), end, action, checks, **more)


_READY = (nothing_holds_it, stands_still)
_OVER = (notice_has_run, term_is_over)
MOVES: dict[str, Move] = dict(
    (
        _move("fall_due", ["noticed"], "due", None, term_is_over, by_machine=True),
        _move(
            "supersede",
            ["noticed", "due", "proposed"],
            "kept",
            None,
            is_a_case_file,
            term_has_changed,
            by_machine=True,
        ),
        _move("opine", ["noticed", "due"], "", None, *_READY),
        _move(
            "extend",
            ["noticed", "due"],
            "kept",
            Action.APPRAISE,
            *_READY,
            is_a_case_file,
            needs_reason=True,
        ),
        _move(
            "permanent",
            ["noticed", "due"],
            "kept",
            Action.APPRAISE,
            *_READY,
            is_a_case_file,
            needs_reason=True,
        ),
        _move(
            "keep_both",
            ["noticed", "due"],
            "kept",
            Action.APPRAISE,
            *_READY,
            is_a_duplicate,
            needs_reason=True,
        ),
        _move(
            "propose",
            ["due"],
            "proposed",
            Action.APPRAISE,
            *_OVER,
            term_is_as_noticed,
            term_is_confirmed,
            *_READY,
            both_sides_spoke,
            nobody_keeps_it,
            the_kept_copy_stays,
            not_on_a_list,
            needs_reason=True,
        ),
        _move("leave_out", ["due"], "", Action.APPRAISE, nothing_holds_it, needs_reason=True),
        _move("withdraw", ["proposed"], "due", Action.APPRAISE, needs_reason=True),
        _move(
            "list",
            ["proposed"],
            "listed",
            Action.LIST_DISPOSAL,
            *_OVER,
            term_is_as_noticed,
            *_READY,
            the_kept_copy_stays,
        ),
        _move("give_back", ["listed"], "due", None, needs_reason=True),
        _move("keep", ["listed"], "kept", None, nothing_holds_it, needs_reason=True),
        _move("destroy", ["listed"], "destroyed", None, *_OVER, nothing_holds_it),
    )
)


# Asking -------------------------------------------------------------------------------------------


def hindrances(
    session: Session, appraisal: Appraisal, name: str, by: Person | None
) -> list[Hindrance]:
    """Everything that keeps this person from making this move now; empty: it can be made."""
    return hindrances_of(session, known_of(session, appraisal), name, by)


def hindrances_of(
    session: Session, one: Known, name: str, by: Person | None, side: str = ""
) -> list[Hindrance]:
    """The same of what is known already; asks the database nothing more.

    Args:
        session: the session.
        one: what is known of it.
        name: of the move.
        by: who would make it; None: the machine.
        side: for which side one would speak; empty: for any that one may.
    """
    wanted = MOVES[name]
    stage = one.appraisal.stage
    if stage not in wanted.start:
        return [Hindrance("appraisal_stage", {"stage": stage, "move": name})]
    found = _of_person(session, one, wanted, by, side)
    return found + [it for check in wanted.checks if (it := check(one)) is not None]


def _of_person(
    session: Session, one: Known, wanted: Move, by: Person | None, side: str
) -> list[Hindrance]:
    if wanted.by_machine:
        return [] if by is None else [Hindrance("only_the_machine")]
    if wanted.action is not None:
        if by is None or not access.may(session, by, wanted.action, one.thing):
            return [Hindrance("not_allowed", {"action": str(wanted.action)})]
        return on_both_sides(one, by) if wanted.name == "propose" else []
    if wanted.name != "opine":
        return []
    sides = sides_of(session, one, by) if by is not None else frozenset()
    if by is None or not sides or (side and side not in sides):
        return [Hindrance("not_your_unit")]
    return on_both_sides(one, by, side) if side else []


def listable(organ: Organ) -> Select[Appraisal]:
    """What the next list of the organ may take, the earliest end first."""
    return (
        select(Appraisal)
        .where(Appraisal.organ_id == organ.id, Appraisal.stage == "proposed")
        .order_by(Appraisal.expires_on, Appraisal.id)
    )


# Moving -------------------------------------------------------------------------------------------


def move(
    session: Session,
    appraisal: Appraisal,
    name: str,
    by: Person | None,
    *,
    reason: str = "",
    new_term: str = "",
) -> None:
    """Make a move: the stage and what belongs to it, told in one event.

    Args:
        session: the transaction's session.
        appraisal: what is moved.
        name: of the move; opinions have their own verb, `opinions.opine`.
        by: who moves it; None: the machine.
        reason: why; most moves ask for one.
        new_term: how long it is kept from now on (`extend`, `keep`).

    Raises:
        NotAllowed: `not_allowed`, `same_person_on_both_sides`, `only_the_machine`.
        Conflict: the first hindrance of another kind; `shorter_than_an_opinion`, `not_longer`.
        Invalid: `reason_missing`, `term_unclear`.
    """
    audit.hold(session, appraisal)  # two people, one moves it
    one = _require(session, appraisal, name, by)
    reason = nfc(reason).strip()
    if MOVES[name].needs_reason and not reason:
        raise Invalid("reason_missing")
    if name in ("extend", "permanent") or (name == "keep" and new_term):
        new_term = _keep_longer(session, one, name, by, new_term, reason)
    _write(session, [one], name, by, reason, new_term)


def move_all(
    session: Session,
    organ: Organ,
    rows: Sequence[Appraisal],
    name: str,
    by: Person | None,
    reason: str = "",
) -> None:
    """The same move of many that were held already, told in one event; none is made if one cannot.

    Raises:
        NotAllowed, Conflict, Invalid: as `move`.
    """  # fmt: skip
    found = known(session, organ, rows)
    reason = nfc(reason).strip()
    if MOVES[name].needs_reason and not reason:
        raise Invalid("reason_missing")
    for one in rows:
        for hindrance in hindrances_of(session, found[one.id], name, by):
            raise error_of(found[one.id], hindrance)
    _write(session, [found[one.id] for one in rows], name, by, reason, "")


def _require(session: Session, appraisal: Appraisal, name: str, by: Person | None) -> Known:
    one = known_of(session, appraisal)
    for hindrance in hindrances_of(session, one, name, by):
        raise error_of(one, hindrance)
    return one


def error_of(one: Known, found: Hindrance) -> ArchiveError:
    """The error that says a hindrance: forbidden to this person, or not possible now."""
    kind = NotAllowed if found.code in FORBIDDEN else Conflict
    return kind(found.code, **{"thing": one.thing.code, **found.details})


def refused(session: Session, appraisal: Appraisal, name: str, error: ArchiveError) -> None:
    """Tell that somebody was refused something: in a transaction of its own, after the refusal."""
    audit.record(session, "appraisal.refused", appraisal, facts={"move": name, "code": error.code})


def _write(
    session: Session, moved: Sequence[Known], name: str, by: Person | None, reason: str, term: str
) -> None:
    rows = [one.appraisal for one in moved]
    before = sorted({one.stage for one in rows})
    for one in rows:
        _set(one, name, by, reason, term)
    session.flush()
    first = rows[0] if len(rows) == 1 else None
    audit.record(
        session,
        f"appraisal.{name}",
        first,
        also=tuple(rows) if first is None else (),
        organ_id=moved[0].organ.id,
        facts={
            "from": before[0] if len(before) == 1 else before,
            "to": MOVES[name].end or before[0],
            "things": [one.thing.code for one in moved],
            **({"term": term} if term else {}),
        },
        why=reason,
    )


def _set(one: Appraisal, name: str, by: Person | None, reason: str, term: str) -> None:
    """The stage and what belongs to it; what leads back to a decision takes the last one along."""
    one.stage = MOVES[name].end or one.stage
    one.revision += 1
    if name in ("withdraw", "give_back"):
        one.verdict = one.new_term = one.reason = ""
        one.concluded_by_id = one.concluded_at = None
    elif name in ("extend", "permanent", "propose", "keep_both", "supersede", "keep"):
        concluded = {"propose": "destroy", "keep": "extend" if term else ""}
        one.verdict = concluded.get(name, name if name in VERDICTS else "")
        one.new_term, one.reason = term, reason
        one.concluded_by_id, one.concluded_at = by.id if by else None, clock.now()


def _keep_longer(
    session: Session, one: Known, name: str, by: Person | None, new_term: str, reason: str
) -> str:
    """Give the case file its new term: no shorter than a side asked for, and longer than it had."""
    case_file = one.thing
    assert by is not None and isinstance(case_file, CaseFile) and one.standing is not None
    text = "Vĩnh viễn" if name == "permanent" else nfc(new_term).strip()
    term = term_of(text)
    if term is None:
        raise Invalid("term_unclear", term=text)
    asked = [said.new_term or "Vĩnh viễn" for said in _keeping(one)]
    if name != "keep" and any(_weight(term) < _weight(term_of(each)) for each in asked):
        raise Conflict("shorter_than_an_opinion", thing=case_file.code, terms=asked)
    present = assignments.binding(session, case_file)
    assignments.assign(
        session, case_file, by, term=text, rule=present.rule, source="appraisal", reason=reason
    )
    end = ends.of_case_file(session, case_file)
    before = one.appraisal.expires_on
    if end.on is not None and end.on <= max(one.today, before or one.today):
        raise Conflict("not_longer", thing=case_file.code, day=end.on)
    return text


def _keeping(one: Known) -> list[AppraisalOpinion]:
    return [said for said in one.opinions.values() if said.verdict != "destroy"]


def _weight(term: Term | None) -> tuple[int, int]:
    """How long a term keeps beside another: what waits for an event is longer than any years."""
    if term is None:
        return (0, 0)
    rank = {Period.YEARS: 1, Period.PERMANENT: 3}.get(term.period, 2)
    return (rank, term.years)


def diagram() -> str:
    """The table as a Mermaid diagram, as docs/architecture.md shows it."""
    lines = ["stateDiagram-v2", "    [*] --> noticed"]
    for one in MOVES.values():
        starts = [each for each in LIVE if each in one.start]
        lines += [f"    {start} --> {one.end or start}: {one.name}" for start in starts]
    return "\n".join([*lines, "    kept --> [*]", "    destroyed --> [*]"])
