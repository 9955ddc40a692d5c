"""Transfers to the historical archive as a table of moves (A9; Luật 33/2024; TT 05/2025).

Registered at least twelve months ahead, exported as a plain folder, confirmed by the other side:
then its case files stay readable here and nothing of them changes. Until then a transfer may be
given up, and a case file left out, each with a reason.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from archive import access, audit, clock, moves
from archive.errors import Conflict, Invalid, NotAllowed, NotFound
from archive.models import CaseFile, Organ, Person
from archive.moves import Hindrance
from archive.roles import Action
from formats.vietnamese import nfc
from retention.models import Clock, Transfer, TransferItem
from retention.transferable import (
    Hindrances,
    case_files_of,
    content_of,
    hindrances_of,
    items_left,
    source_hindrance,
)

MONTHS_AHEAD = 12
MOST = 1_000  # case files in one transfer: as many as a printed list holds
LIVE = ("registered", "exported")
ENDED = ("confirmed", "given_up")
MAKING = ("waiting", "making")  # the folder
Check = Callable[["Look"], Iterable[Hindrance]]


@dataclass(frozen=True)
class Move:
    """One move: from which stages, to which, what must hold before, whether it asks for a reason.

    Everybody who makes one needs `Action.HAND_TO_HISTORY`.
    """

    name: str
    start: frozenset[str]
    end: str
    checks: tuple[Check, ...] = ()
    needs_reason: bool = False


class Look:
    """What is asked of a transfer to know what may be done with it: each looked up once."""

    def __init__(self, session: Session, transfer: Transfer) -> None:
        self.session, self.transfer = session, transfer

    @cached_property
    def case_files(self) -> list[CaseFile]:
        """Those that are to go."""
        return case_files_of(self.session, self.transfer)

    @cached_property
    def kept_here(self) -> Hindrances:
        """What keeps some of them here."""
        return hindrances_of(self.session, self.case_files, self.transfer)

    @cached_property
    def is_as_exported(self) -> bool:
        """Whether what went into the folder is what stands here today."""
        return self.transfer.content == content_of(self.session, self.transfer)


# What must hold -----------------------------------------------------------------------------------


def is_from_a_source(look: Look) -> Iterable[Hindrance]:
    """The organ is a submission source."""
    hindrance = source_hindrance(look.transfer.organ)
    return [hindrance] if hindrance else []


def something_goes(look: Look) -> Iterable[Hindrance]:
    """Not every case file was left out."""
    return [] if look.case_files else [Hindrance("nothing_left")]


def each_may_go(look: Look) -> Iterable[Hindrance]:
    """Nothing keeps any of its case files here."""
    return [one for some in look.kept_here.values() for one in some]


def nothing_is_being_made(look: Look) -> Iterable[Hindrance]:
    """The worker is not at its folder just now."""
    return [Hindrance("export_under_way")] if look.transfer.export_state in MAKING else []


def folder_is_as_it_is(look: Look) -> Iterable[Hindrance]:
    """What went into the folder is what stands here today."""
    return [] if look.is_as_exported else [Hindrance("export_out_of_date")]


def _move(
    name: str, start: Iterable[str], end: str, *checks: Check, needs_reason: bool = False
) -> tuple[str, Move]:
    return name, Move(name, frozenset(start), end, checks, needs_reason)


MOVES: dict[str, Move] = dict(
    (
        _move("export", LIVE, "exported", is_from_a_source, something_goes, each_may_go),
        _move(
            "confirm",
            ["exported"],
            "confirmed",
            nothing_is_being_made,
            something_goes,
            folder_is_as_it_is,
            each_may_go,
        ),
        _move("give_up", LIVE, "given_up", nothing_is_being_made, needs_reason=True),
    )
)


def hindrances(session: Session, transfer: Transfer, name: str, by: Person) -> list[Hindrance]:
    """Everything that keeps this person from making this move now; empty: it can be made."""
    return hindrances_at(Look(session, transfer), name, by)


def hindrances_at(look: Look, name: str, by: Person) -> list[Hindrance]:
    """The same of a look that may be asked of several moves."""
    one, transfer = MOVES[name], look.transfer
    if transfer.stage not in one.start:
        is_early = (transfer.stage, name) == ("registered", "confirm")
        code = "export_not_ready" if is_early else "wrong_transfer_stage"
        return [Hindrance(code, {"stage": transfer.stage, "move": name})]
    may = access.may(look.session, by, Action.HAND_TO_HISTORY, transfer.organ)
    refused = [] if may else [_not_allowed()]
    return refused + [each for check in one.checks for each in check(look)]


def _not_allowed() -> Hindrance:
    return Hindrance("not_allowed", {"action": str(Action.HAND_TO_HISTORY)})


def require(session: Session, transfer: Transfer, name: str, by: Person, reason: str = "") -> None:
    """Hold it, and go on only if this person may make this move now.

    Raises:
        NotAllowed: `not_allowed`.
        Conflict: the first hindrance of another kind.
        Invalid: `reason_missing`.
    """
    audit.hold(session, transfer)  # two people, one moves it
    for one in hindrances(session, transfer, name, by):
        kind = NotAllowed if one.code == "not_allowed" else Conflict
        raise kind(one.code, **{"transfer": transfer.code, **one.details})
    if MOVES[name].needs_reason and not reason.strip():
        raise Invalid("reason_missing")


def made(session: Session, transfer: Transfer, name: str) -> dict[str, Any]:
    """Set the stage; gives back the facts for its event."""
    before, transfer.stage = transfer.stage, MOVES[name].end
    transfer.revision += 1
    session.flush()
    return {"from": before, "to": transfer.stage}


# Registering --------------------------------------------------------------------------------------


def register(
    session: Session,
    organ: Organ,
    case_files: Iterable[CaseFile],
    by: Person,
    *,
    receiver: str,
    planned_on: date,
    name: str = "",
    condition: str = "",
    note: str = "",
) -> Transfer:
    """Register permanent case files with the historical archive, all of them or none.

    Raises:
        NotAllowed: `not_allowed`.
        Invalid: `nothing_chosen`, `too_many_chosen`, `other_organ`, `receiver_missing`,
            `planned_too_soon` with the first day that is far enough ahead.
        Conflict: `no_source`, or what keeps one of them here (`retention.transferable`).
    """
    access.require(session, by, Action.HAND_TO_HISTORY, organ)
    chosen = sorted(set(case_files), key=lambda one: (one.year, one.code))
    _require_chosen(organ, chosen)
    first = first_day(organ)
    if not receiver.strip():
        raise Invalid("receiver_missing")
    if planned_on < first:
        raise Invalid("planned_too_soon", months=MONTHS_AHEAD, first=first)
    if (source := source_hindrance(organ)) is not None:
        raise Conflict(source.code, **source.details)
    for one in chosen:
        audit.hold(session, one)  # of two who register it, one goes first
    for some in hindrances_of(session, chosen).values():
        raise Conflict(some[0].code, **some[0].details)
    made = Transfer(
        organ_id=organ.id,
        code=_next_code(session, organ),
        receiver=nfc(receiver).strip(),
        name=nfc(name).strip(),
        condition=nfc(condition).strip(),
        note=nfc(note).strip(),
        planned_on=planned_on,
        registered_by_id=by.id,
        registered_at=clock.now(),
    )
    session.add(made)
    session.flush()
    session.add_all(
        TransferItem(transfer_id=made.id, case_file_id=one.id, ordinal=number)
        for number, one in enumerate(chosen, 1)
    )
    session.flush()
    facts = {
        "planned": planned_on.isoformat(),
        "count": len(chosen),
        "case_files": [one.code for one in chosen],
    }
    audit.record(session, "transfer.register", made, also=tuple(chosen), facts=facts)
    return made


def first_day(organ: Organ) -> date:
    """The first day for which a transfer can be registered today."""
    return clock.months_after(clock.today(organ), MONTHS_AHEAD)


def _require_chosen(organ: Organ, chosen: Sequence[CaseFile]) -> None:
    if not chosen:
        raise Invalid("nothing_chosen")
    if len(chosen) > MOST:
        raise Invalid("too_many_chosen", most=MOST)
    if any(one.organ_id != organ.id for one in chosen):
        raise Invalid("other_organ")


def _next_code(session: Session, organ: Organ) -> str:
    """TTLT-LS-2026-0001: the organ's transfers of the year, counted while its row is held."""
    session.execute(select(Organ.id).where(Organ.id == organ.id).with_for_update(key_share=True))
    begins = f"{organ.code}-LS-{clock.today(organ).year}-"
    last = session.scalar(
        select(Transfer.code)
        .where(Transfer.organ_id == organ.id, Transfer.code.startswith(begins, autoescape=True))
        .order_by(func.length(Transfer.code).desc(), Transfer.code.desc())
        .limit(1)
    )
    return f"{begins}{int(last.removeprefix(begins)) + 1 if last else 1:04d}"


def leave_out(session: Session, item: TransferItem, by: Person, reason: str) -> None:
    """Leave a case file out of a transfer that is not confirmed; it may go in another one.

    Raises:
        NotAllowed: `not_allowed`.
        Conflict: `wrong_transfer_stage`, `export_under_way`.
        Invalid: `reason_missing`.
    """
    transfer = session.get_one(Transfer, item.transfer_id)
    access.require(session, by, Action.HAND_TO_HISTORY, transfer.organ)
    audit.hold(session, transfer)
    if transfer.stage not in LIVE or item.outcome:
        raise Conflict("wrong_transfer_stage", stage=transfer.stage)
    for one in nothing_is_being_made(Look(session, transfer)):
        raise Conflict(one.code)
    if not reason.strip():
        raise Invalid("reason_missing")
    item.outcome, item.left_out_why = "left_out", nfc(reason).strip()
    transfer.revision += 1
    session.flush()
    facts = {"case_file": item.case_file.code}
    audit.record(session, "transfer.leave_out", transfer, also=(item.case_file,), facts=facts,
                 why=item.left_out_why)  # fmt: skip


# The end ------------------------------------------------------------------------------------------


def confirm(session: Session, transfer: Transfer, by: Person, *, number: str, day: date) -> None:
    """The historical archive has received it: from now on nothing of its case files changes.

    Args:
        session: the transaction's session.
        transfer: what was handed over.
        by: who enters it.
        number: of the receiver's document.
        day: of that document.

    Raises:
        NotAllowed, Conflict: see `MOVES`, `archive.moves`; `confirmed_too_soon`.
        Invalid: `confirmation_missing`, `day_in_future`.
    """
    require(session, transfer, "confirm", by)
    if not number.strip():
        raise Invalid("confirmation_missing")
    if day > clock.today(transfer.organ):
        raise Invalid("day_in_future", day=day)
    registered = clock.day_of(transfer.registered_at, transfer.organ)
    first = clock.months_after(registered, MONTHS_AHEAD)
    if day < first:
        raise Conflict("confirmed_too_soon", first=first)
    items = items_left(session, transfer)
    for one in items:
        within = {"transfer": transfer.code}
        moves.move(session, one.case_file, "hand_to_history", by, facts=within)
        one.outcome = "handed_over"
    numbers = [one.case_file_id for one in items]
    session.execute(delete(Clock).where(Clock.case_file_id.in_(numbers)))
    transfer.confirmed_number, transfer.confirmed_on = nfc(number).strip(), day
    told = made(session, transfer, "confirm")
    facts = {**told, "number": transfer.confirmed_number, "on": day.isoformat(),
             "count": len(items)}  # fmt: skip
    audit.record(session, "transfer.confirm", transfer, facts=facts)


def give_up(session: Session, transfer: Transfer, by: Person, reason: str) -> None:
    """It does not come about; its case files may go in another one.

    Raises:
        NotAllowed, Conflict: see `MOVES`.
        Invalid: `reason_missing`.
    """
    require(session, transfer, "give_up", by, reason)
    for one in items_left(session, transfer):
        one.outcome = "given_up"
    told = made(session, transfer, "give_up")
    audit.record(session, "transfer.give_up", transfer, facts=told, why=nfc(reason).strip())


# Finding ------------------------------------------------------------------------------------------


def by_code(session: Session, organ: Organ, code: str) -> Transfer:
    """The organ's transfer of this code.

    Raises:
        NotFound: `no_such_transfer`.
    """
    wanted = select(Transfer).where(Transfer.code == nfc(code).strip())
    found = session.scalar(wanted.options(joinedload(Transfer.organ, innerjoin=True)))
    if found is None or found.organ_id != organ.id:
        raise NotFound("no_such_transfer", transfer=code)
    return found


def item_of(session: Session, transfer: Transfer, code: str) -> TransferItem:
    """The line of a case file in it.

    Raises:
        NotFound: `no_such_case_file`.
    """
    found = session.scalar(
        select(TransferItem)
        .join(CaseFile, CaseFile.id == TransferItem.case_file_id)
        .where(TransferItem.transfer_id == transfer.id, CaseFile.code == nfc(code).strip())
    )
    if found is None:
        raise NotFound("no_such_case_file", case_file=code)
    return found
