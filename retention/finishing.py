"""The end of an execution: what is proved to be gone is called so, and gets its tombstone."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import clock
from archive.database import pieces
from archive.models import Person, Row
from archive.organ_rules import rules_of
from retention import disposals, forgetting, lines
from retention.destruction_journal import Line
from retention.execution import Batch
from retention.models import Destruction, Disposal, DisposalDocument, DisposalItem, Tombstone


def finish(
    session: Session, disposal: Disposal, batch: Batch, line: Line, certificate: str
) -> Destruction:
    """Call it destroyed: lines, documents, tombstones and the journal's line, in one event.

    Raises:
        Conflict: `paper_not_confirmed` and other hindrances of the move.
    """
    moment = clock.now()
    disposal.certificate = certificate
    executor = session.get_one(Person, disposal.executor_id)
    told = Destruction(
        organ_id=disposal.organ_id,
        code=disposal.code,
        disposal_id=disposal.id,
        number=line.number,
        link=line.link,
        certificate=certificate,
        facts={"documents": len(batch.of_kind("document")), "root": disposal.root},
        written_at=moment,
    )
    session.add(told)
    session.flush()
    stones = tombstones_of(session, disposal, batch, told)
    items = _with_all_of_it(session, disposal)
    changed = _mark_lines(session, disposal, items, batch, moment)
    forgot, erased = forgetting.forget(session, disposal, items)
    disposals.move(
        session,
        disposal,
        "finish",
        executor,
        also=tuple(dict.fromkeys((told, *changed, *stones, *forgot))),
        facts={"certificate": certificate, "journal": line.number, "link": line.link,
               "case_files": len(batch.of_kind("case_file")),
               "documents": len(batch.of_kind("document")), "erased_words": erased},
        destroyed_at=moment,
    )  # fmt: skip
    return told


def _mark_lines(
    session: Session,
    disposal: Disposal,
    items: Iterable[DisposalItem],
    batch: Batch,
    moment: datetime,
) -> list[Row]:
    """Say on every line and document of the list that it is gone; re-appraisals end with it."""
    today, changed = clock.today(disposal.organ), list[Row]()
    gone = {one.number for one in batch.of_kind("document")}
    for item in items:
        item.destroyed_on = today
        item.appraisal.stage = "destroyed"
        item.appraisal.revision += 1
        changed += [item, item.appraisal]
        for one in item.documents:
            if one.document_id in gone and not one.kept_why:
                one.destroyed_at = moment
                changed.append(one)
    session.flush()
    return changed


def _with_all_of_it(session: Session, disposal: Disposal) -> list[DisposalItem]:
    """The lines that go with their documents and re-appraisals, in few questions."""
    lines.left(session, disposal)  # as they are now
    asked = select(DisposalItem).where(
        DisposalItem.disposal_id == disposal.id, DisposalItem.outcome == "destroy"
    )
    all_of_it = selectinload(DisposalItem.documents), selectinload(DisposalItem.appraisal)
    return list(session.scalars(asked.order_by(DisposalItem.ordinal).options(*all_of_it)))


def tombstones_of(
    session: Session, disposal: Disposal, batch: Batch, told: Destruction
) -> list[Tombstone]:
    """What stays of each, for who asks by its code."""
    keeps_titles = rules_of(disposal.organ).keep_titles
    items = {one.id: one for one in lines.left(session, disposal)}
    digests = _digests(session, items)
    stones = []
    for place, thing in enumerate(batch.things, 1):
        item = items[thing.item]
        is_line = thing.number in (item.case_file_id, item.document_id)
        is_own = is_line and (thing.kind == "case_file") == (item.case_file_id is not None)
        stones.append(
            Tombstone(
                organ_id=disposal.organ_id,
                destruction_id=told.id,
                kind=thing.kind,
                code=thing.code,
                ordinal=place,
                of_code="" if is_own else item.code,
                title=item.title if is_own and keeps_titles else "",
                digests=digests.get((thing.item, thing.code), []),
                rule=item.rule,
                decision_number=disposal.decision_number,
                decision_date=disposal.decision_date,
                destroyed_on=clock.today(disposal.organ),
                twin_code=item.twin_code if is_own else "",
                twin_until=item.twin_until if is_own else None,
            )
        )
    session.add_all(stones)
    session.flush()
    return stones


def _digests(session: Session, items: Iterable[int]) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = {}
    for some in pieces(items):
        listed = select(DisposalDocument).where(DisposalDocument.item_id.in_(some))
        for one in session.scalars(listed):
            found[one.item_id, one.code] = one.digests
    return found


def stop_repeated(
    session: Session, disposal: Disposal, line: int, codes: Collection[str]
) -> tuple[list[Row], list[int]]:
    """A list that an older copy still has under way is over: it was carried out already.

    What it says of who decided may not be known in this copy: the certificate says it. Its lines
    forget what those forgot that were destroyed.

    Returns:
        The rows that are changed, and the events that lost their words.
    """
    if disposal.stage in ("destroyed", "closed", "stopped"):
        return [], []
    gone = [one for one in lines.left(session, disposal) if one.code in codes]
    changed, erased = forgetting.forget(session, disposal, gone)
    disposal.stage, disposal.stopped_why = "stopped", f"destroyed: {line}"
    disposal.revision += 1
    session.flush()
    return [disposal, *changed], erased
