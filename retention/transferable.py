"""Which case files may go to the historical archive, and what keeps the others here (A9).

Permanent, accepted, with valid copies, held by no order, on no list for disposal, lent to nobody,
under no suspicion, in no other transfer. Of many case files all of it is asked in few questions.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, literal, select, union
from sqlalchemy.orm import Session, joinedload

from archive.life_models import FreezeOrder, Frozen
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
    yield from _in_rows(session, codes, of)


def _in_rows(
    session: Session, codes: dict[int, str], of: Transfer | None
) -> Iterable[tuple[int, Hindrance]]:
    """What other rows say of them, in one question."""
    documents: dict[tuple[int, str], list[str]] = {}
    for number, code, said in session.execute(_said_of(list(codes), of.id if of else 0)):
        about = {"case_file": codes[number]}
        if code in ("copies_missing", "under_alarm"):
            documents.setdefault((number, code), []).append(said)
        elif code == "frozen":
            yield number, Hindrance(code, {"thing": codes[number], "order": said})
        else:
            yield number, Hindrance(code, {**about, _NAMED[code]: said})
    for (number, code), some in documents.items():
        told = {"case_file": codes[number], "documents": sorted(some)[:MOST_NAMED]}
        yield number, Hindrance(code, told)


_NAMED = {"on_disposal_list": "disposal", "lent_out": "name", "in_transfer": "transfer"}


def _said_of(numbers: list[int], but: int) -> CompoundSelect[int, str, str]:
    """Case file, code of a hindrance, and what its words name.

    Args:
        numbers: of the case files.
        but: the transfer in which they may stand.
    """
    wanted = select(CaseFile.id).where(CaseFile.id.in_(numbers)).cte("wanted")  # named once
    these = select(wanted.c.id)
    in_it = Placement.case_file_id.in_(these)
    alive = (
        DisposalItem.disposal_id == Disposal.id,
        Disposal.stage.not_in(ENDED),
        DisposalItem.outcome == "destroy",
        DisposalItem.destroyed_on.is_(None),
    )
    frozen = (Frozen.order_id == FreezeOrder.id, FreezeOrder.lifted_at.is_(None))
    out = Loan.returned_on.is_(None)
    inside = Placement.case_file_id
    going = (
        TransferItem.transfer_id == Transfer.id,
        TransferItem.outcome == "",
        TransferItem.case_file_id.in_(these),
        Transfer.id != but,
    )
    return union(
        _said("in_transfer", TransferItem.case_file_id, Transfer.code, *going),
        _said("frozen", Frozen.case_file_id, FreezeOrder.number, *frozen,
              Frozen.case_file_id.in_(these)),
        _said("frozen", inside, FreezeOrder.number, *frozen,
              Frozen.document_id == Placement.document_id, in_it),
        _said("on_disposal_list", DisposalItem.case_file_id, Disposal.code, *alive,
              DisposalItem.case_file_id.in_(these)),
        _said("on_disposal_list", inside, Disposal.code, *alive,
              DisposalItem.document_id == Placement.document_id, in_it),
        _said("lent_out", Loan.case_file_id, Loan.borrower, out, Loan.case_file_id.in_(these)),
        _said("lent_out", inside, Loan.borrower, out,
              Loan.document_id == Placement.document_id, in_it),
        _said("copies_missing", inside, Document.code, Document.id == Placement.document_id, in_it,
              Document.mending.is_not(None)),
        _said("under_alarm", inside, Document.code, Document.id == Placement.document_id, in_it,
              Document.alarm.is_not(None)),
    )  # fmt: skip


def _said(code: str, number: Any, name: Any, *where: ColumnElement[bool]) -> Select[Any]:
    return select(number.label("number"), literal(code), name).where(*where)


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
    """What goes, in a few numbers of which one is another as soon as anything changes.

    Revisions only grow, a stored form that is made anew has a higher number, and of case files
    that are accepted nothing is taken out: who compares these numbers compares the content.
    """
    documents = documents_of(transfer)
    files = select(TransferItem.case_file_id).where(
        TransferItem.transfer_id == transfer.id, TransferItem.outcome == ""
    )
    forms = Rendition.document_id.in_(documents), Rendition.replaced_at.is_(None)
    asked = (
        select(func.count()).select_from(CaseFile).where(CaseFile.id.in_(files)),
        select(func.sum(CaseFile.revision)).where(CaseFile.id.in_(files)),
        select(func.count()).select_from(Document).where(Document.id.in_(documents)),
        select(func.sum(Document.revision)).where(Document.id.in_(documents)),
        select(func.count()).select_from(Rendition).where(*forms),
        select(func.max(Rendition.id)).where(*forms),
    )
    found = session.execute(select(*(one.scalar_subquery() for one in asked))).one()
    return "-".join(str(one or 0) for one in found)
