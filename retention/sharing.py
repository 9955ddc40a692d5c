"""What stays although its line goes: documents that other case files hold, and their paper (R19).

Paper belongs to its document, or to the case file itself. So it goes with what goes and stays with
what stays: a line is on paper only as far as paper leaves with it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from archive.life_models import PaperPart
from archive.models import CaseFile, Placement
from retention import lines
from retention.models import Disposal, DisposalDocument, DisposalItem


@dataclass(frozen=True)
class Staying:
    """A document that stays: of which line, for which case files, and whether it is on paper."""

    line: str
    document: str
    files: tuple[str, ...]
    on_paper: bool


def shared_in(session: Session, going: Sequence[DisposalItem]) -> dict[int, list[str]]:
    """Documents of these lines that another case file still holds, with that one's code.

    A file that goes with the same list needs nothing; any other one does, whatever its own term:
    destroying a file takes its link away, never the document that others refer to. A duplicate
    that leaves by itself leaves all its files (R17).
    """
    leaving = {one.case_file_id for one in going if one.case_file_id is not None}
    rows = {one.id for one in going if one.case_file_id is not None}
    found: dict[int, list[str]] = defaultdict(list)
    for some in lines.pieces(rows):
        places = (
            select(DisposalDocument.id, CaseFile.id, CaseFile.code)
            .join(Placement, Placement.document_id == DisposalDocument.document_id)
            .join(CaseFile, CaseFile.id == Placement.case_file_id)
            .where(DisposalDocument.item_id.in_(some), CaseFile.stage != "destroyed")
            .order_by(DisposalDocument.id, CaseFile.code)
        )
        for number, case_file, code in session.execute(places):
            if case_file not in leaving:
                found[number].append(code)
    return dict(found)


def shared_named(session: Session, shared: dict[int, list[str]], most: int) -> list[Staying]:
    """The first of these documents, as pages show them."""
    found = session.execute(
        select(
            DisposalDocument.id,
            DisposalItem.code,
            DisposalDocument.code,
            DisposalDocument.on_paper,
        )
        .join(DisposalItem, DisposalItem.id == DisposalDocument.item_id)
        .where(DisposalDocument.id.in_(sorted(shared)[:most]))
        .order_by(DisposalDocument.id)
    )
    return [Staying(line, one, tuple(shared[row]), paper) for row, line, one, paper in found]


def kept_in(session: Session, disposal: Disposal) -> tuple[int, int]:
    """How many documents of lines that go stay, as it was written down, and their pages."""
    counted = (
        select(func.count(), func.coalesce(func.sum(DisposalDocument.pages), 0))
        .join(DisposalItem, DisposalItem.id == DisposalDocument.item_id)
        .where(
            DisposalItem.disposal_id == disposal.id,
            DisposalItem.outcome == "destroy",
            DisposalDocument.kept_why != "",
        )
    )
    documents, pages = session.execute(counted).one()
    return documents, pages


# Paper --------------------------------------------------------------------------------------------


def settle_paper(
    session: Session, items: Sequence[DisposalItem], staying: Collection[int]
) -> list[DisposalItem | DisposalDocument]:
    """Write down what of these lines is on paper, and where what of it leaves stands.

    Args:
        session: the transaction's session.
        items: lines that go.
        staying: rows of their documents that stay for other case files.

    Returns:
        The rows that are changed by it; who calls this tells of them.
    """
    inside = _documents(session, items)
    of_files = _of_case_files(session, items)
    of_documents = _of_documents(session, inside)
    changed: list[DisposalItem | DisposalDocument] = []
    for item in items:
        places = list(of_files.get(item.case_file_id or 0, ()))
        for one in inside[item.id]:
            there = of_documents.get(one.document_id or 0, [])
            if one.on_paper != bool(there):
                one.on_paper = bool(there)
                changed.append(one)
            if one.id not in staying and not one.kept_why:
                places += there
        box = "; ".join(dict.fromkeys(filter(None, places)))
        if (item.on_paper, item.box) != (bool(places), box):
            item.on_paper, item.box = bool(places), box
            changed.append(item)
    return changed


def _documents(
    session: Session, items: Iterable[DisposalItem]
) -> dict[int, list[DisposalDocument]]:
    found: dict[int, list[DisposalDocument]] = defaultdict(list)
    for some in lines.pieces(one.id for one in items):
        listed = select(DisposalDocument).where(DisposalDocument.item_id.in_(some))
        for one in session.scalars(listed.order_by(DisposalDocument.ordinal)):
            found[one.item_id].append(one)
    return found


def _of_case_files(session: Session, items: Sequence[DisposalItem]) -> dict[int, list[str]]:
    """Where the paper of case files themselves stands; an empty place: nobody said where."""
    found: dict[int, list[str]] = defaultdict(list)
    numbers = [one.case_file_id for one in items if one.case_file_id is not None]
    for some in lines.pieces(numbers):
        own = select(PaperPart.case_file_id, PaperPart.place).order_by(PaperPart.id)
        for number, place in session.execute(own.where(PaperPart.case_file_id.in_(some))):
            found[number or 0].append(place)
        for number in _said_to_be(session, some):
            found[number] = found.get(number) or [""]
    return found


def _said_to_be(session: Session, case_files: Sequence[int]) -> Iterator[int]:
    """Those that are said to be on paper while nothing in them is: that can only be their own."""
    by_documents = (
        select(Placement.case_file_id)
        .join(PaperPart, PaperPart.document_id == Placement.document_id)
        .where(Placement.case_file_id.in_(case_files))
    )
    said = select(CaseFile.id).where(CaseFile.id.in_(case_files), CaseFile.paper_state != "")
    yield from session.scalars(said.where(CaseFile.id.not_in(by_documents)))


def _of_documents(
    session: Session, inside: dict[int, list[DisposalDocument]]
) -> dict[int, list[str]]:
    numbers = {one.document_id for some in inside.values() for one in some}
    found: dict[int, list[str]] = defaultdict(list)
    for some in lines.pieces(one for one in numbers if one is not None):
        wanted = select(PaperPart.document_id, PaperPart.place).order_by(PaperPart.id)
        for number, place in session.execute(wanted.where(PaperPart.document_id.in_(some))):
            found[number or 0].append(place)
    return found


@dataclass(frozen=True)
class OnPaper:
    """The lines with which paper leaves, and the documents whose paper stays with them."""

    leaving: list[DisposalItem]
    staying: list[Staying]


def on_paper(session: Session, disposal: Disposal) -> OnPaper:
    """What of a list is on paper, as it was written down, in order."""
    stays = and_(
        DisposalDocument.item_id == DisposalItem.id,
        DisposalDocument.on_paper,
        DisposalDocument.kept_why != "",
    )
    found = session.execute(
        select(DisposalItem, DisposalDocument.code, DisposalDocument.kept_why)
        .outerjoin(DisposalDocument, stays)
        .where(
            DisposalItem.disposal_id == disposal.id,
            DisposalItem.outcome == "destroy",
            or_(DisposalItem.on_paper, DisposalDocument.id.is_not(None)),
        )
        .order_by(DisposalItem.ordinal, DisposalDocument.ordinal)
    ).all()
    leaving = dict.fromkeys(item for item, *_ in found if item.on_paper)
    staying = [
        Staying(item.code, code, tuple(why.split(", ")), True)
        for item, code, why in found
        if code and why
    ]
    return OnPaper(list(leaving), staying)
