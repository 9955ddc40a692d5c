"""Executing a disposal (B13): begun by its executor, carried out by a worker, proved at the end.

To begin it closes everything that goes, in one transaction with all guards: from then on nobody
sees it, and nothing can be added to it, frozen or lent. What follows may be killed at any point
and is taken up again: the ledger (`Erasure`) says of each thing in each place of content what was
found before, and whether it is found no more. The journal of destructions hears of it before the
first byte goes. Only when every place was looked at again is anything called destroyed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from archive import audit, clock, moves
from archive.database import Base, pieces
from archive.errors import Conflict
from archive.models import CaseFile, Document, Organ, Part, Person, Placement, Row
from archive.moves import Hindrance
from archive.use_models import Loan
from retention import disposals, lines, preparing
from retention.emptying import Gone
from retention.models import (
    Disposal,
    DisposalDocument,
    Erasure,
)

LEASE = timedelta(minutes=10)
PAUSES = (timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
PAPER = "paper_not_confirmed"  # what waits for nothing but that
ON_THE_ROAD = ("received", "waiting", "stuck", "refused")


@dataclass(frozen=True)
class Thing:
    """A case file or a document that goes.

    Attributes:
        kind: `case_file` or `document`.
        code: of the case file or document.
        number: of its row.
        item: of the line of the list.
    """

    kind: str
    code: str
    number: int
    item: int


@dataclass(frozen=True)
class Batch:
    """All that one disposal destroys."""

    disposal: int
    code: str
    organ: str
    things: tuple[Thing, ...] = field(repr=False)

    @property
    def gone(self) -> Gone:
        """The same by numbers."""
        return gone_of(self.things)

    def of_kind(self, kind: str) -> list[Thing]:
        """Only the case files, or only the documents."""
        return [one for one in self.things if one.kind == kind]


def gone_of(things: Iterable[Thing]) -> Gone:
    """These things by number, with their codes."""
    found: dict[str, dict[int, str]] = {"case_file": {}, "document": {}}
    for one in things:
        found[one.kind][one.number] = one.code
    return Gone(found["case_file"], found["document"])


# Beginning ----------------------------------------------------------------------------------------


def begin(session: Session, disposal: Disposal, by: Person) -> preparing.Outlook:
    """Begin: every guard anew, then all that goes is closed, in the same transaction.

    Args:
        session: the transaction's session.
        disposal: handed over to its executor.
        by: the executor, in person.

    Raises:
        NotAllowed, Conflict: see `retention.disposals` and `lines.sifted`; `root_differs`,
            `not_three_hands`, `lent_out`, `files_on_the_road`.
    """
    disposals.require(session, disposal, "begin", by, (three_hands,))
    _hold_things(session, disposal)
    _require_root(session, disposal)
    now = preparing.look_again(session, disposal, by)
    unreconfirmed = [one.code for one in now.going if not one.is_decided]
    if unreconfirmed:
        raise Conflict("list_altered", disposal=disposal.code, things=unreconfirmed[:10])
    batch = gather(session, disposal)
    if (hindrance := _in_use(session, batch.gone)) is not None:
        raise disposals.error_of(disposal, hindrance)
    closed = _close(session, batch)
    disposals.move(
        session,
        disposal,
        "begin",
        by,
        also=tuple(closed),
        facts={"things": [one.code for one in batch.things], "root": now.root},
        begun_at=clock.now(),
    )
    return now


def three_hands(session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """List, decision and execution lie in the hands of three people (R10)."""
    three = {disposal.made_by_id, disposal.decided_by_id, disposal.executor_id}
    return Hindrance("not_three_hands") if None in three or len(three) < 3 else None


def _hold_things(session: Session, disposal: Disposal) -> None:
    """Hold all that may go until the commit: an order, a loan or a document waits for it."""
    items = lines.left(session, disposal)
    files = [one.case_file_id for one in items if one.case_file_id is not None]
    for some in pieces(files):
        held = select(CaseFile.id).where(CaseFile.id.in_(some)).order_by(CaseFile.id)
        session.execute(held.with_for_update())
    inside = select(DisposalDocument.document_id).where(
        DisposalDocument.item_id.in_([one.id for one in items])
    )
    for some in pieces(sorted({one for one in session.scalars(inside) if one is not None})):
        held = select(Document.id).where(Document.id.in_(some)).order_by(Document.id)
        session.execute(held.with_for_update())


def _require_root(session: Session, disposal: Disposal) -> None:
    """The lines are those over which the decision was made."""
    root = lines.root_of(lines.decided(session, disposal))
    if root != disposal.root:
        raise Conflict("list_altered", disposal=disposal.code, things=[])


def _in_use(session: Session, gone: Gone) -> Hindrance | None:
    """Something of it is lent out on paper, or a file on the road is meant for it."""
    for some in pieces(gone.case_files):
        if lent := _lent(session, Loan.case_file_id.in_(some)):
            return Hindrance("lent_out", {"borrower": lent})
    for some in pieces(gone.documents):
        if lent := _lent(session, Loan.document_id.in_(some)):
            return Hindrance("lent_out", {"borrower": lent})
    if count := _on_the_road(session, gone):
        return Hindrance("files_on_the_road", {"count": count})
    return None


def _lent(session: Session, which: Any) -> str | None:
    return session.scalar(select(Loan.borrower).where(which, Loan.returned_on.is_(None)).limit(1))


def _on_the_road(session: Session, gone: Gone) -> int:
    """How many received files are meant for these case files, or mend these documents."""
    road, count = Base.metadata.tables["intake"].c, 0
    for some in pieces(gone.case_files):
        here = (road.case_file_id.in_(some), road.state.in_(ON_THE_ROAD))
        count += session.scalar(select(func.count(road.id)).where(*here)) or 0
    for some in pieces(gone.documents):
        parts = select(Part.id).where(Part.document_id.in_(some))
        mends = (road.mends_part_id.in_(parts), road.state.in_(ON_THE_ROAD))
        count += session.scalar(select(func.count(road.id)).where(*mends)) or 0
    return count


def _close(session: Session, batch: Batch) -> list[Row]:
    """Close documents and case files; what stays leaves the case files that go."""
    moment, closed = clock.now(), list[Row]()
    gone = batch.gone
    for some in pieces(gone.documents):
        for document in session.scalars(select(Document).where(Document.id.in_(some))):
            document.destroyed_at = moment
            document.revision += 1
            closed.append(document)
    for some in pieces(gone.case_files):
        for case_file in session.scalars(select(CaseFile).where(CaseFile.id.in_(some))):
            moves.destroy(case_file)
            closed.append(case_file)
    session.flush()
    return closed + part_ways(session, gone)


def part_ways(session: Session, gone: Gone) -> list[Row]:
    """Take what stays out of what goes, and what goes out of what stays."""
    files, papers = set(gone.case_files), set(gone.documents)
    parted: list[Row] = []
    for column, some in (
        *((Placement.case_file_id, one) for one in pieces(gone.case_files)),
        *((Placement.document_id, one) for one in pieces(gone.documents)),
    ):
        for place in session.scalars(select(Placement).where(column.in_(some))):
            if (place.case_file_id in files) != (place.document_id in papers):
                session.delete(place)
                parted.append(place)
        session.flush()
    for some in pieces(gone.documents):  # in no tray either
        for document in session.scalars(select(Document).where(Document.id.in_(some))):
            session.refresh(document, ["is_filed"])
            document.is_filed = True
    session.flush()
    return parted


# What goes ----------------------------------------------------------------------------------------


def gather(session: Session, disposal: Disposal) -> Batch:
    """All that goes: the lines' case files, and their documents that nobody else needs."""
    items = lines.left(session, disposal)
    by_number = {one.id: one for one in items}
    things = [
        Thing("case_file", one.code, one.case_file_id, one.id)
        for one in items
        if one.case_file_id is not None
    ]
    seen: set[int] = set()
    for some in pieces(by_number):
        listed = select(DisposalDocument).where(
            DisposalDocument.item_id.in_(some), DisposalDocument.kept_why == ""
        )
        ordered = listed.order_by(DisposalDocument.item_id, DisposalDocument.ordinal)
        for one in session.scalars(ordered.execution_options(populate_existing=True)):
            if one.document_id is None or one.document_id in seen:
                continue
            seen.add(one.document_id)
            things.append(Thing("document", one.code, one.document_id, one.item_id))
    organ = session.get_one(Organ, disposal.organ_id)
    return Batch(disposal.id, disposal.code, organ.code, tuple(things))


# The worker's claim -------------------------------------------------------------------------------


def claim(session: Session, worker: str) -> int | None:
    """Take the disposal that waits longest for its execution to go on; its number.

    A day that lies further ahead than any that is ever set comes from a clock that went wrong.
    """
    moment = clock.now()
    waiting = (
        select(Disposal)
        .where(
            Disposal.stage == "executing",
            or_(
                Disposal.claimed_until.is_(None),
                Disposal.claimed_until < moment,
                Disposal.claimed_until > moment + LEASE,
            ),
            or_(
                Disposal.try_after.is_(None),
                Disposal.try_after <= moment,
                Disposal.try_after > moment + max(PAUSES),
                and_(Disposal.trouble == PAPER, Disposal.destroyed_on_paper.is_not(None)),
            ),
        )
        .order_by(Disposal.begun_at, Disposal.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = session.scalar(waiting)
    if found is None:
        return None
    found.claim, found.claimed_until = worker, moment + LEASE
    return found.id


def keep_claim(session: Session, number: int, worker: str) -> Disposal:
    """Hold it a while longer.

    Raises:
        Conflict: `claim_lost`: another worker goes on with it.
    """
    found = session.get_one(Disposal, number)
    audit.hold(session, found)
    if found.claim != worker or found.stage != "executing":
        raise Conflict("claim_lost", disposal=found.code)
    found.claimed_until = clock.now() + LEASE
    return found


def let_go(session: Session, number: int, worker: str, trouble: str = "") -> None:
    """Lay it down: for good, or until it is tried again after a while that grows."""
    found = session.get_one(Disposal, number)
    audit.hold(session, found)
    if found.claim != worker:
        return
    found.claim = found.claimed_until = None
    found.trouble = trouble
    if not trouble:
        found.attempts, found.try_after = 0, None
        return
    pause = PAUSES[min(found.attempts, len(PAUSES) - 1)]
    found.attempts += 1
    found.try_after = clock.now() + pause


def free_all(session: Session) -> None:
    """What a worker that ended held is free."""
    for one in session.scalars(select(Disposal).where(Disposal.claim.is_not(None))):
        one.claim = one.claimed_until = None


# How far it is ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far an execution is, for its page.

    Attributes:
        places: for each place: how many were looked for, how many are done, how many failed.
        troubles: what could not be emptied: code, place, the last trouble.
        again_at: when it is tried again.
    """

    places: dict[str, tuple[int, int, int]]
    troubles: list[tuple[str, str, str]]
    trouble: str
    attempts: int
    again_at: datetime | None


def progress(session: Session, disposal: Disposal, most: int = 50) -> Progress:
    """How far it is, in numbers."""
    mine = Erasure.disposal_id == disposal.id
    counted = select(Erasure.place, Erasure.state, func.count()).where(mine)
    places: dict[str, list[int]] = {}
    for place, state, count in session.execute(counted.group_by(Erasure.place, Erasure.state)):
        all_of_it = places.setdefault(place, [0, 0, 0])
        all_of_it[0] += count
        all_of_it[1] += count if state == "done" else 0
        all_of_it[2] += count if state == "failed" else 0
    failed = select(Erasure.code, Erasure.place, Erasure.trouble).where(
        mine, Erasure.state == "failed"
    )
    troubles = [tuple(one) for one in session.execute(failed.order_by(Erasure.id).limit(most))]
    return Progress(
        {name: (one[0], one[1], one[2]) for name, one in places.items()},
        troubles,  # type: ignore[arg-type]
        disposal.trouble,
        disposal.attempts,
        disposal.try_after,
    )
