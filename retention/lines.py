"""The lines of a disposal as the archive stands today: what holds one, what was altered, the root.

Every step from the decision on asks this anew. What is hindered is left out with its reason, or
stops the batch where the organ says so; what was added or altered stops it always (R16).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from archive import audit, clock, database, submission_lists
from archive.errors import Conflict
from archive.life_models import FreezeOrder, Frozen
from archive.models import CaseFile, Document, Organ, Part, Placement
from archive.moves import Hindrance
from archive.organ_rules import rules_of
from retention import duplicates, ends, kept_copies, merkle
from retention.appraisal_facts import with_things
from retention.clock import Fate
from retention.models import Appraisal, Assignment, Disposal, DisposalItem

GONE = ("transferred", "destroyed")


def left(session: Session, disposal: Disposal) -> list[DisposalItem]:
    """The lines that are still to be destroyed, in order, as they are now."""
    found = (
        select(DisposalItem)
        .where(DisposalItem.disposal_id == disposal.id, DisposalItem.outcome == "destroy")
        .order_by(DisposalItem.ordinal)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(found))


def root_of(items: Iterable[DisposalItem]) -> str:
    """The root over these lines, in the order of the list."""
    return merkle.root([one.digest for one in sorted(items, key=lambda one: one.ordinal)])


def decided(session: Session, disposal: Disposal) -> list[DisposalItem]:
    """The lines over which the decision fixed the root, whatever became of them since."""
    found = select(DisposalItem).where(
        DisposalItem.disposal_id == disposal.id, DisposalItem.is_decided
    )
    return list(session.scalars(found.order_by(DisposalItem.ordinal)))


def pieces(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Each once and in order, so many at a time as one question takes."""
    return database.pieces(sorted(set(numbers)))


# What the lines rest on ---------------------------------------------------------------------------


def digests_of(
    session: Session, case_files: Iterable[int], documents: Iterable[int]
) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """The digests of the originals in each case file and of each document, in order, today."""
    of_files: dict[int, list[str]] = defaultdict(list)
    of_documents: dict[int, list[str]] = defaultdict(list)
    for some in pieces(case_files):
        places = (
            select(Placement.case_file_id, Part.digest)
            .join(Part, Part.document_id == Placement.document_id)
            .where(Placement.case_file_id.in_(some))
            .order_by(Placement.case_file_id, Placement.ordinal, Part.ordinal)
        )
        for number, digest in session.execute(places):
            of_files[number].append(digest)
    for some in pieces(documents):
        parts = select(Part.document_id, Part.digest).where(Part.document_id.in_(some))
        for number, digest in session.execute(parts.order_by(Part.document_id, Part.ordinal)):
            of_documents[number].append(digest)
    return of_files, of_documents


def latest_on(session: Session, case_files: Iterable[int]) -> dict[int, Assignment]:
    """The latest decision on the term of each of these case files, where there is one."""
    found: dict[int, Assignment] = {}
    for some in pieces(case_files):
        latest = (
            select(func.max(Assignment.id))
            .where(Assignment.case_file_id.in_(some))
            .group_by(Assignment.case_file_id)
        )
        wanted = select(Assignment).where(Assignment.id.in_(latest))
        for one in session.scalars(wanted.options(joinedload(Assignment.rule))):
            found[one.case_file_id] = one
    return found


def rule_of(said: Assignment | None) -> str:
    """The rule of a term by number and version, as lines and certificates name it."""
    rule = said.rule if said is not None else None
    return f"{rule.number} v{rule.version}" if rule is not None else ""


def altered(session: Session, items: Sequence[DisposalItem]) -> list[str]:
    """The codes of the lines that are not what they were when the list was made."""
    files = [one.case_file_id for one in items if one.case_file_id is not None]
    of_files, of_documents = digests_of(
        session, files, [one.document_id for one in items if one.document_id is not None]
    )
    said = latest_on(session, files)
    changed = []
    for one in items:
        if one.case_file_id is not None:
            now, rule = of_files[one.case_file_id], rule_of(said.get(one.case_file_id))
        else:
            now, rule = of_documents[one.document_id or 0], one.rule
        if merkle.leaf(one.code, now, rule) != one.digest:
            changed.append(one.code)
    return changed


# What is in the way of a line ---------------------------------------------------------------------


def hindered(session: Session, organ: Organ, items: Sequence[DisposalItem]) -> dict[int, Hindrance]:
    """Why each of these lines may not be destroyed today, by its row; those that may are not in it.

    A term or a notice that still runs, an order that holds it or something in it, a thing that is
    not here any more, a duplicate of which the other copy is to go as well, or sooner.
    """
    found: dict[int, Hindrance] = {}
    today = clock.today(organ)
    for one in items:
        if one.notice_until >= today:
            found[one.id] = Hindrance("notice_runs", {"thing": one.code, "day": one.notice_until})
    for finder in (not_over, _gone, _without_twin, _standing):
        found.update(finder(session, organ, items))
    found.update(frozen(session, items))
    return found


def not_over(session: Session, organ: Organ, items: Sequence[DisposalItem]) -> dict[int, Hindrance]:
    """Terms that run, counted anew: a later decision or event may have moved the end."""
    expired = [one for one in items if one.cause == "expired" and one.case_file_id is not None]
    known = ends.of_case_files(session, [one.case_file_id or 0 for one in expired])
    today, found = clock.today(organ), {}
    for one in expired:
        end = known.get(one.case_file_id or 0)
        last = end.on if end is not None and end.fate is Fate.RUNS else None
        if last is None or last >= today or one.expires_on is None or one.expires_on >= today:
            day = last or one.expires_on
            found[one.id] = Hindrance("not_expired", {"thing": one.code, "day": day})
        elif last > one.expires_on:  # over too, but nobody was told of that day
            found[one.id] = Hindrance("other_end", {"thing": one.code, "day": last})
    return found


def _gone(session: Session, _organ: Organ, items: Sequence[DisposalItem]) -> dict[int, Hindrance]:
    """Things that left by another way meanwhile."""
    files = session.scalars(
        select(CaseFile.id).where(
            CaseFile.id.in_([one.case_file_id for one in items if one.case_file_id]),
            CaseFile.stage.in_(GONE),
        )
    )
    documents = session.scalars(
        select(Document.id).where(
            Document.id.in_([one.document_id for one in items if one.document_id]),
            Document.destroyed_at.is_not(None),
        )
    )
    gone_files, gone_documents = set(files), set(documents)
    return {
        one.id: Hindrance("gone_already", {"thing": one.code})
        for one in items
        if one.case_file_id in gone_files or one.document_id in gone_documents
    }


def _without_twin(
    session: Session, organ: Organ, items: Sequence[DisposalItem]
) -> dict[int, Hindrance]:
    """Duplicates of which the copy that was to stay does not any more, or not as long (R17)."""
    by_row = {one.appraisal_id: one for one in items if one.cause == "duplicate"}
    if not by_row:
        return {}
    wanted = select(Appraisal).where(Appraisal.id.in_(by_row)).options(*with_things())
    rows = session.scalars(wanted).unique().all()
    found = duplicates.troubles(session, organ, rows)
    return {
        item.id: Hindrance("twin_gone", {"thing": item.code, "twin": item.twin_code})
        for number, item in by_row.items()
        if found.get(number) is not None
    }


def _standing(
    session: Session, organ: Organ, items: Sequence[DisposalItem]
) -> dict[int, Hindrance]:
    """Case files that keep a copy which stands for a destroyed duplicate, and must go on to."""
    files = {one.case_file_id for one in items if one.case_file_id is not None}
    found = kept_copies.hindrances(session, organ, files, files)
    return {one.id: found[one.case_file_id] for one in items if one.case_file_id in found}


def frozen(session: Session, items: Sequence[DisposalItem]) -> dict[int, Hindrance]:
    """What an order holds: the thing itself, or something in it; for a document also its files."""
    files = [one.case_file_id for one in items if one.case_file_id is not None]
    documents = [one.document_id for one in items if one.document_id is not None]
    on_files: dict[int, str] = {}
    for some in pieces(files):
        on_files.update(submission_lists.frozen(session, some))
    on_documents = _orders_on(session, documents)
    found = {}
    for one in items:
        order = on_files.get(one.case_file_id or 0) or on_documents.get(one.document_id or 0)
        if order:
            found[one.id] = Hindrance("frozen", {"thing": one.code, "order": order})
    return found


def _orders_on(session: Session, documents: list[int]) -> dict[int, str]:
    if not documents:
        return {}
    alone = (
        select(Frozen.document_id, FreezeOrder.number)
        .join(FreezeOrder, FreezeOrder.id == Frozen.order_id)
        .where(Frozen.document_id.in_(documents), FreezeOrder.lifted_at.is_(None))
    )
    with_file = (
        select(Placement.document_id, FreezeOrder.number)
        .join(Frozen, Frozen.case_file_id == Placement.case_file_id)
        .join(FreezeOrder, FreezeOrder.id == Frozen.order_id)
        .where(Placement.document_id.in_(documents), FreezeOrder.lifted_at.is_(None))
    )
    found = session.execute(alone.union(with_file))
    return {number: order for number, order in found if number is not None}


# Leaving out --------------------------------------------------------------------------------------


def sifted(
    session: Session, disposal: Disposal, items: Sequence[DisposalItem]
) -> tuple[list[DisposalItem], dict[int, Hindrance]]:
    """The lines that may go on, and the others with what holds them.

    Raises:
        Conflict: `frozen_in_batch`, where the organ lets a frozen line stop the whole;
            `list_altered`, naming the lines; `nothing_to_destroy`.
    """
    found = hindered(session, disposal.organ, items)
    held = [one for one in found.values() if one.code == "frozen"]
    if held and rules_of(disposal.organ).freeze_stops_batch:
        orders = sorted({str(one.details["order"]) for one in held})
        things = [str(one.details["thing"]) for one in held][:10]
        raise Conflict("frozen_in_batch", disposal=disposal.code, things=things, orders=orders)
    going = [one for one in items if one.id not in found]
    if changed := altered(session, going):
        raise Conflict("list_altered", disposal=disposal.code, things=changed[:10])
    if not going:
        raise Conflict("nothing_to_destroy", disposal=disposal.code)
    return going, found


def omit(
    session: Session,
    disposal: Disposal,
    items: Sequence[DisposalItem],
    why: dict[int, Hindrance],
) -> list[DisposalItem]:
    """Leave these lines out of the disposal, each with its reason; those that were left out."""
    omitted = [one for one in items if one.id in why]
    for one in omitted:
        one.outcome, one.outcome_why = "omitted", reason_of(why[one.id])
    if not omitted:
        return []
    disposal.revision += 1
    session.flush()
    audit.record(
        session,
        "disposal.omit",
        disposal,
        also=tuple(omitted),
        facts={"things": [[one.code, one.outcome_why] for one in omitted]},
    )
    return omitted


def reason_of(found: Hindrance) -> str:
    """A hindrance as it stands in the list and in the certificate: its code, and what it names."""
    named = [str(value) for key, value in found.details.items() if key != "thing"]
    return ": ".join([found.code, *named])
