"""Freezing (khóa, đóng băng) by order, and what it forbids (R16; NĐ 30, PL VI, IV.1g)."""

from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from archive import audit, clock
from archive.database import pieces
from archive.errors import Conflict, Invalid, NotFound
from archive.life_models import FreezeOrder, Frozen, Recall
from archive.models import DESTROYED, CaseFile, Document, Organ, Person, Placement

MOST = 5_000  # case files in one order


Hold = Callable[[Session, CaseFile | Document], Conflict | None]
MORE_HOLDS: list[Hold] = []  # what later packages know that keeps a thing as it is


def freeze(
    session: Session,
    organ: Organ,
    things: Iterable[CaseFile | Document],
    *,
    by: Person,
    number: str,
    ordered_on: date,
    reason: str,
) -> FreezeOrder:
    """Hold a set of case files and documents by one order, until it is lifted.

    Raises:
        Invalid: `order_number_missing`, `reason_missing`, `nothing_chosen`, `other_organ`.
        Conflict: `gone_already`: its destruction began meanwhile.
    """
    held = list(dict.fromkeys(things))
    if not number.strip():
        raise Invalid("order_number_missing")
    if not reason.strip():
        raise Invalid("reason_missing")
    if not held:
        raise Invalid("nothing_chosen")
    if any(one.organ_id != organ.id for one in held):
        raise Invalid("other_organ")
    if len(held) > MOST:
        raise Invalid("too_many_chosen", most=MOST)
    _hold(session, held)
    order = FreezeOrder(
        organ_id=organ.id,
        number=number.strip(),
        ordered_on=ordered_on,
        reason=reason.strip(),
        placed_by_id=by.id,
        placed_at=clock.now(),
    )
    session.add(order)
    session.flush()
    for one in held:
        column = "case_file_id" if isinstance(one, CaseFile) else "document_id"
        session.add(Frozen(order_id=order.id, **{column: one.id}))
    session.flush()
    audit.record(
        session,
        "freeze_order.place",
        order,
        facts={"number": order.number, "things": [one.code for one in held]},
        why=order.reason,
    )
    return order


def _hold(session: Session, things: Iterable[CaseFile | Document]) -> None:
    """Hold them until the commit: what destroys them began before, or will see the order."""
    held = list(things)
    for table in (CaseFile, Document):
        mine = [one.id for one in held if isinstance(one, table)]
        for some in pieces(sorted(mine)):
            anew = select(table).where(table.id.in_(some)).order_by(table.id)
            anew = anew.with_for_update(key_share=True, of=table)
            session.scalars(anew.execution_options(populate_existing=True)).unique().all()
    for one in held:
        if _is_gone(one):
            raise Conflict("gone_already", thing=one.code)


def _is_gone(thing: CaseFile | Document) -> bool:
    if isinstance(thing, CaseFile):
        return thing.stage == DESTROYED
    return thing.destroyed_at is not None


def thaw(session: Session, order: FreezeOrder, *, by: Person, number: str, reason: str) -> None:
    """Lift an order, by another one.

    Raises:
        Invalid: `order_number_missing`, `reason_missing`.
        Conflict: `already_lifted`.
    """
    if not number.strip():
        raise Invalid("order_number_missing")
    if not reason.strip():
        raise Invalid("reason_missing")
    audit.hold(session, order)
    if order.lifted_at is not None:
        raise Conflict("already_lifted", order=order.number)
    order.lift_number, order.lift_reason = number.strip(), reason.strip()
    order.lifted_by_id, order.lifted_at = by.id, clock.now()
    session.flush()
    audit.record(
        session, "freeze_order.lift", order, facts={"number": order.lift_number}, why=reason
    )


def orders_on(session: Session, thing: CaseFile | Document) -> list[FreezeOrder]:
    """The orders that hold it now.

    A document is held by its case files' orders too, and a case file by those on a document in
    it: what is inside may not move either.
    """
    if isinstance(thing, CaseFile):
        inside = select(Placement.document_id).where(Placement.case_file_id == thing.id)
        holds = or_(Frozen.case_file_id == thing.id, Frozen.document_id.in_(inside))
    else:
        files = select(Placement.case_file_id).where(Placement.document_id == thing.id)
        holds = or_(Frozen.document_id == thing.id, Frozen.case_file_id.in_(files))
    found = select(FreezeOrder).where(
        FreezeOrder.lifted_at.is_(None),
        FreezeOrder.id.in_(select(Frozen.order_id).where(holds)),
    )
    return list(session.scalars(found.order_by(FreezeOrder.id)))


def require_thawed(session: Session, thing: CaseFile | Document) -> None:
    """Go on only if no order holds it, and it is no recalled document that went out.

    Raises:
        Conflict: `frozen`, with the order's number; `recalled`.
    """
    for order in orders_on(session, thing):
        raise Conflict("frozen", thing=thing.code, order=order.number)
    if isinstance(thing, Document) and thing.direction != "incoming":
        recalled = select(Recall.id).where(Recall.document_id == thing.id)
        if session.scalar(recalled) is not None:
            raise Conflict("recalled", document=thing.code)


def require_kept_here(session: Session, thing: CaseFile | Document) -> None:
    """Go on only if it was not handed to the historical archive, and nothing else binds it.

    Raises:
        Conflict: `handed_to_history`; what `MORE_HOLDS` says.
    """
    if isinstance(thing, CaseFile):
        is_gone = thing.stage == "transferred"
    else:
        gone = (
            select(Placement.id)
            .join(CaseFile, CaseFile.id == Placement.case_file_id)
            .where(Placement.document_id == thing.id, CaseFile.stage == "transferred")
        )
        is_gone = session.scalar(gone.limit(1)) is not None
    if is_gone:
        raise Conflict("handed_to_history", thing=thing.code)
    require_unbound(session, thing)


def require_unbound(session: Session, *things: CaseFile | Document) -> None:
    """Go on only if nothing that later packages know keeps one of them as it is.

    Raises:
        Conflict: what `MORE_HOLDS` says.
    """
    for thing in things:
        if (held := bound_by(session, thing)) is not None:
            raise held


def bound_by(session: Session, thing: CaseFile | Document) -> Conflict | None:
    """What keeps it as it is, of what later packages know."""
    return next((held for one in MORE_HOLDS if (held := one(session, thing)) is not None), None)


def chosen(
    session: Session,
    seen: ColumnElement[bool],
    *,
    year: int | None = None,
    unit_id: int | None = None,
    holder_id: int | None = None,
) -> list[CaseFile]:
    """The case files of a year, a unit, a holder, among those that are seen; all must fit.

    Raises:
        Invalid: `nothing_chosen`: no filter was given. `too_many_chosen`.
    """
    wanted = {CaseFile.year: year, CaseFile.unit_id: unit_id, CaseFile.holder_id: holder_id}
    filters = [column == value for column, value in wanted.items() if value is not None]
    if not filters:
        raise Invalid("nothing_chosen")
    found = select(CaseFile).where(seen, *filters).order_by(CaseFile.id).limit(MOST + 1)
    case_files = list(session.scalars(found))
    if len(case_files) > MOST:
        raise Invalid("too_many_chosen", most=MOST)
    return case_files


def by_number(session: Session, organ: Organ, number: int) -> FreezeOrder:
    """The organ's order of this row.

    Raises:
        NotFound: `no_such_order`.
    """
    found = session.get(FreezeOrder, number)
    if found is None or found.organ_id != organ.id:
        raise NotFound("no_such_order", order=number)
    return found


def live_orders(session: Session, organ: Organ) -> list[FreezeOrder]:
    """The organ's orders, those in force first, newest first."""
    found = (
        select(FreezeOrder)
        .where(FreezeOrder.organ_id == organ.id)
        .options(selectinload(FreezeOrder.frozen))
        .order_by(FreezeOrder.lifted_at.is_not(None), FreezeOrder.id.desc())
    )
    return list(session.scalars(found))
