"""Which case files may go to the historical archive, and what keeps the others here (A9).

Permanent, accepted, with valid copies, held by no order, on no list for disposal, lent to nobody,
under no suspicion, in no other transfer. Of many case files all of it is asked in few questions.
"""

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, or_, select, union
from sqlalchemy.orm import Session, joinedload

from archive import submission_lists
from archive.models import CaseFile, Document, Organ, Placement, Rendition
from archive.moves import Hindrance
from archive.organ_rules import rules_of
from archive.use_models import Loan
from retention import ends
from retention.clock import End, Fate
from retention.models import Disposal, DisposalItem, Transfer, TransferItem

MOST_NAMED = 10  # documents in one sentence
ENDED = ("closed", "stopped")  # of a disposal: nothing stands on its list any more
Hindrances = dict[int, list[Hindrance]]


def source_hindrance(organ: Organ) -> Hindrance | None:
    """An organ that is no submission source keeps its permanent case files itself."""
    if rules_of(organ).is_source:
        return None
    return Hindrance("no_source", {"organ": organ.name})


def hindrances_of(
    session: Session, case_files: Sequence[CaseFile], of: Transfer | None = None
) -> Hindrances:
    """What keeps each of these here; nothing for those that may go.

    Args:
        session: a look, or the transaction that decides.
        case_files: what is to go.
        of: the transfer in which they stand already.
    """
    found: Hindrances = {}
    for number, one in _each(session, case_files, of):
        found.setdefault(number, []).append(one)
    return found


def _each(
    session: Session, case_files: Sequence[CaseFile], of: Transfer | None
) -> Iterable[tuple[int, Hindrance]]:
    codes = {one.id: one.code for one in case_files}
    numbers = list(codes)
    if not numbers:
        return
    known = ends.of_case_files(session, numbers)
    for one in case_files:
        if one.stage != "accepted":
            yield one.id, Hindrance("wrong_stage", {"stage": one.stage, "move": "hand_to_history"})
        elif known.get(one.id, End(Fate.UNKNOWN)).fate is not Fate.PERMANENT:
            told = {"case_file": one.code, "term": one.maintenance or "–"}
            yield one.id, Hindrance("not_permanent", told)
    for number, order in submission_lists.frozen(session, numbers).items():
        yield number, Hindrance("frozen", {"thing": codes[number], "order": order})
    for number, code in session.execute(_on_lists(numbers)):
        told = {"case_file": codes[number], "disposal": code}
        yield number, Hindrance("on_disposal_list", told)
    for number, code in session.execute(_in_transfers(numbers, of)):
        yield number, Hindrance("in_transfer", {"case_file": codes[number], "transfer": code})
    for number, name in session.execute(_lent(numbers)):
        yield number, Hindrance("lent_out", {"case_file": codes[number], "name": name})
    yield from _troubled(session, codes)


def _on_lists(numbers: list[int]) -> Select[int, str]:
    """Case file and disposal, where it or a document in it is on the list to be destroyed."""
    alive = (
        DisposalItem.disposal_id == Disposal.id,
        Disposal.stage.not_in(ENDED),
        DisposalItem.outcome == "destroy",
        DisposalItem.destroyed_on.is_(None),
    )
    itself = select(DisposalItem.case_file_id, Disposal.code).where(
        *alive, DisposalItem.case_file_id.in_(numbers)
    )
    inside = select(Placement.case_file_id, Disposal.code).where(
        *alive,
        DisposalItem.document_id == Placement.document_id,
        Placement.case_file_id.in_(numbers),
    )
    return _both(itself, inside)


def _in_transfers(numbers: list[int], of: Transfer | None) -> Select[int, str]:
    found = (
        select(TransferItem.case_file_id, Transfer.code)
        .join(Transfer, Transfer.id == TransferItem.transfer_id)
        .where(TransferItem.case_file_id.in_(numbers), TransferItem.outcome == "")
    )
    return found.where(Transfer.id != of.id) if of is not None else found


def _lent(numbers: list[int]) -> Select[int, str]:
    out = Loan.returned_on.is_(None)
    itself = select(Loan.case_file_id, Loan.borrower).where(out, Loan.case_file_id.in_(numbers))
    inside = select(Placement.case_file_id, Loan.borrower).where(
        out, Loan.document_id == Placement.document_id, Placement.case_file_id.in_(numbers)
    )
    return _both(itself, inside)


def _both(itself: Select[int | None, str], inside: Select[int, str]) -> Select[int, str]:
    both = union(itself, inside).subquery()
    return select(both.c[0], both.c[1]).order_by(both.c[0], both.c[1])


def _troubled(session: Session, codes: dict[int, str]) -> Iterable[tuple[int, Hindrance]]:
    """Documents that wait for a valid copy, or are under suspicion."""
    rows = session.execute(
        select(Placement.case_file_id, Document.code, Document.mending, Document.alarm)
        .join(Document, Document.id == Placement.document_id)
        .where(
            Placement.case_file_id.in_(codes),
            or_(Document.mending.is_not(None), Document.alarm.is_not(None)),
        )
        .order_by(Placement.case_file_id, Placement.ordinal)
    )
    mending: dict[int, list[str]] = {}
    alarmed: dict[int, list[str]] = {}
    for number, code, why, alarm in rows:
        if why is not None:
            mending.setdefault(number, []).append(code)
        if alarm is not None:
            alarmed.setdefault(number, []).append(code)
    for number, documents in mending.items():
        yield number, Hindrance("copies_missing", {"documents": documents[:MOST_NAMED]})
    for number, documents in alarmed.items():
        told = {"case_file": codes[number], "documents": documents[:MOST_NAMED]}
        yield number, Hindrance("under_alarm", told)


# What goes ----------------------------------------------------------------------------------------


def items_left(
    session: Session, transfer: Transfer, outcomes: tuple[str, ...] = ("",)
) -> list[TransferItem]:
    """The lines of its case files that are still to go, in their order."""
    found = (
        select(TransferItem)
        .where(TransferItem.transfer_id == transfer.id, TransferItem.outcome.in_(outcomes))
        .options(joinedload(TransferItem.case_file))
        .order_by(TransferItem.ordinal)
    )
    return list(session.scalars(found))


def case_files_of(session: Session, transfer: Transfer) -> list[CaseFile]:
    """The case files that are to go, or went, in their order."""
    return [one.case_file for one in items_left(session, transfer, ("", "handed_over"))]


def documents_of(transfer: Transfer) -> Select[int]:
    """The numbers of the documents that are to go."""
    files = select(TransferItem.case_file_id).where(
        TransferItem.transfer_id == transfer.id, TransferItem.outcome == ""
    )
    return select(Placement.document_id).where(Placement.case_file_id.in_(files))


def content_of(session: Session, transfer: Transfer) -> str:
    """A digest of what goes: which case files and documents, in which state, which stored forms."""
    told = hashlib.sha256()
    documents = documents_of(transfer)
    for wanted in (
        select(TransferItem.ordinal, CaseFile.code, CaseFile.revision)
        .join(CaseFile, CaseFile.id == TransferItem.case_file_id)
        .where(TransferItem.transfer_id == transfer.id, TransferItem.outcome == "")
        .order_by(TransferItem.ordinal),
        select(Document.code, Document.revision, Document.mending)
        .where(Document.id.in_(documents))
        .order_by(Document.id),
        select(Rendition.document_id, Rendition.role, Rendition.digest)
        .where(Rendition.document_id.in_(documents), Rendition.replaced_at.is_(None))
        .order_by(Rendition.id),
    ):
        for row in session.execute(wanted):
            told.update(f"{tuple(row)}\n".encode())
    return told.hexdigest()
