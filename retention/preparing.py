"""From the decision to the executor: preparing (B10), reconfirming (B11), handing over (B12).

At every step all is looked at anew: what is frozen or must still be kept is left out with its
reason, what also stands in another case file stays for that, and what was added or altered since
the decision stops it.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.errors import Conflict, Invalid
from archive.hands import natural
from archive.models import Person
from archive.moves import Hindrance
from archive.roles import Action
from formats.vietnamese import nfc
from retention import disposals, kept_copies, leaving_out, lines, sharing
from retention.models import Disposal, DisposalDocument, DisposalItem

PAPER_STAGES = ("executing",)  # before, the list may still be stopped


@dataclass(frozen=True)
class Outlook:
    """What would be destroyed if it were done now.

    Attributes:
        going: the lines.
        omitted: why the others are left out, by their row.
        shared: the case files for which documents stay, by the row of the list's document.
        root: over the lines that go.
        documents: how many documents go with them.
    """

    going: list[DisposalItem]
    omitted: dict[int, Hindrance]
    shared: dict[int, list[str]]
    root: str
    documents: int


def outlook(session: Session, disposal: Disposal) -> Outlook:
    """What would be destroyed if it were done now; nothing is written.

    Raises:
        Conflict: see `lines.sifted`.
    """
    going, why = lines.sifted(session, disposal, lines.left(session, disposal))
    shared = sharing.shared_in(session, going)
    kept = len(shared)
    total = sum(one.document_total for one in going)
    return Outlook(going, why, shared, lines.root_of(going), total - kept)


def look_again(session: Session, disposal: Disposal, by: Person | None) -> Outlook:
    """Leave out what is hindered and keep what others need, as it stands today; what goes on.

    Args:
        session: the transaction's session.
        disposal: held by the caller.
        by: who does it; None: the machine that executes.

    Raises:
        Conflict: see `lines.sifted`.
    """
    now = outlook(session, disposal)
    leaving_out.leave_out(session, disposal, lines.left(session, disposal), now.omitted, by)
    _keep(session, disposal, now)
    return now


def _keep(session: Session, disposal: Disposal, now: Outlook) -> None:
    """Write down what stays, for which case files or how long, and whose paper goes."""
    kept = []
    for some in lines.pieces(now.shared):
        found = session.scalars(select(DisposalDocument).where(DisposalDocument.id.in_(some)))
        for one in found:
            why = ", ".join(now.shared[one.id])
            if one.kept_why != why:
                one.kept_why = why
                kept.append(one)
    changed = [
        *sharing.settle_paper(session, now.going, now.shared),
        *kept_copies.fix_ends(session, now.going, clock.today(disposal.organ)),
    ]
    if not kept and not changed:
        return
    disposal.revision += 1
    session.flush()
    audit.record(
        session,
        "disposal.keep_shared",
        disposal,
        also=tuple(dict.fromkeys([*kept, *changed])),
        facts={
            "documents": [[one.code, one.kept_why] for one in kept],
            "on_paper": [one.code for one in now.going if one.on_paper],
        },
    )


# The steps ----------------------------------------------------------------------------------------


def prepare(
    session: Session, disposal: Disposal, by: Person, *, reason: str, other_copies: str
) -> Outlook:
    """Prepare the execution, as its executor: an archivist with no hand in list or decision.

    Args:
        session: the transaction's session.
        disposal: what is to be executed.
        by: the executor.
        reason: of the order to destroy (HC-72).
        other_copies: which other copies exist, and until when (backups, exports).

    Raises:
        NotAllowed, Conflict: see `retention.disposals` and `lines.sifted`.
        Invalid: `reason_missing`, `other_copies_missing`.
    """
    disposals.require(session, disposal, "prepare", by)
    reason, other_copies = nfc(reason).strip(), nfc(other_copies).strip()
    if not reason:
        raise Invalid("reason_missing")
    if not other_copies:
        raise Invalid("other_copies_missing")
    now = look_again(session, disposal, by)
    disposals.move(
        session,
        disposal,
        "prepare",
        by,
        reason=reason,
        facts={"count": len(now.going), "kept": len(now.shared)},
        executor_id=natural(by),
        other_copies=other_copies,
    )
    return now


def reconfirm(session: Session, disposal: Disposal, by: Person, *, count: int, root: str) -> None:
    """Confirm once more exactly what goes, after the password was asked for again.

    Raises:
        NotAllowed, Conflict: see `retention.disposals` and `lines.sifted`; `count_differs`,
            `root_differs`: what was looked at is not what goes now.
    """
    disposals.require(session, disposal, "reconfirm", by)
    now = look_again(session, disposal, by)
    if count != len(now.going):
        raise Conflict("count_differs", disposal=disposal.code, count=len(now.going))
    if root != now.root:
        raise Conflict(
            "root_differs", disposal=disposal.code, count=len(now.going), root=now.root[:12]
        )
    disposals.move(
        session,
        disposal,
        "reconfirm",
        by,
        facts={"count": count, "root": root, "documents": now.documents},
        reconfirmed_at=clock.now(),
        reconfirmed_root=root,
    )


def hand_over(session: Session, disposal: Disposal, by: Person) -> None:
    """Hand the records over to the executor, as their keeper (B12).

    Raises:
        NotAllowed, Conflict: see `retention.disposals` and `lines.sifted`.
    """
    disposals.require(session, disposal, "hand_over", by)
    now = look_again(session, disposal, by)
    disposals.move(
        session,
        disposal,
        "hand_over",
        by,
        facts={"count": len(now.going), "root": now.root},
        keeper_id=natural(by),
        handed_over_at=clock.now(),
    )


def confirm_paper(session: Session, disposal: Disposal, by: Person, on: date | None) -> None:
    """Say that the paper twins were destroyed, and when (R19); the executor does.

    Raises:
        Conflict: `disposal_stage`, `signed_already`, `nothing_on_paper`.
        NotAllowed: `not_allowed`, `not_the_executor`, `not_by_delegation`.
        Invalid: `decision_date_wrong`.
    """
    audit.hold(session, disposal)
    if disposal.stage not in PAPER_STAGES:
        raise Conflict("disposal_stage", stage=disposal.stage, move="confirm_paper")
    _require_executor(session, disposal, by)
    if disposal.destroyed_on_paper is not None:
        raise Conflict("signed_already")
    paper = sharing.on_paper(session, disposal)
    if not paper.leaving:
        raise Conflict("nothing_on_paper", disposal=disposal.code)
    first = clock.day_of(disposal.handed_over_at or clock.now(), disposal.organ)
    today = clock.today(disposal.organ)
    if on is None or not first <= on <= today:
        raise Invalid("decision_date_wrong", first=first, last=today)
    disposal.destroyed_on_paper = on
    disposal.revision += 1
    session.flush()
    audit.record(
        session,
        "disposal.confirm_paper",
        disposal,
        facts={
            "on": on.isoformat(),
            "things": [one.code for one in paper.leaving],
            "staying": [one.document for one in paper.staying],
        },
    )


def sign_record(session: Session, disposal: Disposal, by: Person) -> str:
    """Sign the minutes of destruction for one's side (B14), after the password; which side.

    Raises:
        Conflict: `disposal_stage`, `signed_already`.
        NotAllowed: `not_by_delegation`, `not_a_side`.
    """
    audit.hold(session, disposal)
    if disposal.stage != "destroyed":
        raise Conflict("disposal_stage", stage=disposal.stage, move="sign_record")
    if disposals.is_lent(by):
        raise disposals.error_of(disposal, Hindrance("not_by_delegation"))
    sides = {disposal.keeper_id: "keeper", disposal.executor_id: "executor"}
    side = sides.get(by.id)
    if side is None:
        raise disposals.error_of(disposal, Hindrance("not_a_side"))
    column = f"{side}_signed_at"
    if getattr(disposal, column) is not None:
        raise Conflict("signed_already")
    setattr(disposal, column, clock.now())
    disposal.revision += 1
    session.flush()
    audit.record(session, "disposal.sign_record", disposal, facts={"side": side})
    return side


def _require_executor(session: Session, disposal: Disposal, by: Person) -> None:
    disposals.require_action(session, disposal, by, Action.EXECUTE_DISPOSAL)
    if disposals.is_lent(by):
        raise disposals.error_of(disposal, Hindrance("not_by_delegation"))
    if (wrong := disposals.is_the_executor(session, disposal, by)) is not None:
        raise disposals.error_of(disposal, wrong)
