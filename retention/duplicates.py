"""Two copies of one document: one may leave before its term, if the other stands for it (R17).

Equal bytes are equal. A same identification code, or number with symbol and organ, only looks like
it: then two people look at both and say so. The copy that stays stands in a case file of equal or
longer term and is on no list itself; the notice of 30 days runs all the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, exists, null, select, union_all
from sqlalchemy.orm import Session, aliased, selectinload

from archive import access, audit, clock, freezes
from archive.errors import Conflict, Invalid, NotAllowed
from archive.hands import hands, hands_in, natural
from archive.models import Document, Organ, Part, Person, Placement
from archive.moves import Hindrance
from archive.organ_rules import rules_of
from archive.roles import Action
from retention import ends, kept_copies
from retention.clock import End, Fate, notice_until
from retention.kept_copies import is_at_least as is_at_least
from retention.models import Appraisal, DisposalDocument

LEAVING = ("proposed", "listed", "destroyed")
GROUNDS = ("digest", "doc_code", "number")


@dataclass(frozen=True)
class Pair:
    """Two documents that look the same, and by what: `digest`, `doc_code`, `number`."""

    first: Document
    second: Document
    grounds: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether every original of one is an original of the other."""
        return "digest" in self.grounds


# Finding ------------------------------------------------------------------------------------------


def pairs(organ: Organ, ground: str, among: Sequence[int]) -> Select[Document]:
    """Of these documents those of which an earlier one looks the same, and none is asked of yet.

    A million are not gone through at once: who asks names some. `earlier_of` finds the other copy.
    """
    earlier = aliased(Document)
    asked = exists().where(
        (Appraisal.document_id == Document.id) | (Appraisal.document_id == earlier.id)
    )
    same = _same(earlier, ground)
    return (
        select(Document)
        .where(
            Document.id.in_(among),
            Document.organ_id == organ.id,
            Document.destroyed_at.is_(None),
            exists()
            .where(
                earlier.organ_id == organ.id,
                earlier.id < Document.id,
                earlier.destroyed_at.is_(None),
                same,
                ~asked.correlate(Document, earlier),
            )
            .correlate(Document),
        )
        .order_by(Document.id.desc())
    )


def _same(earlier: type[Document], ground: str) -> ColumnElement[bool]:
    if ground == "doc_code":
        return and_(Document.doc_code != "", earlier.doc_code == Document.doc_code)
    if ground == "number":
        return and_(
            Document.code_number != "",
            Document.code_notation != "",
            earlier.code_number == Document.code_number,
            earlier.code_notation == Document.code_notation,
            earlier.organ_name == Document.organ_name,
            earlier.issued_date == Document.issued_date,
        )
    mine, theirs = aliased(Part), aliased(Part)
    return (
        exists()
        .where(
            mine.document_id == Document.id,
            theirs.digest == mine.digest,
            theirs.document_id == earlier.id,
        )
        .correlate(Document, earlier)
    )


def earlier_of(
    session: Session, organ: Organ, found: Sequence[Document], ground: str
) -> list[Pair]:
    """The earliest document that each of these looks like, with all grounds; one question."""
    earlier = aliased(Document)
    wanted = (
        select(Document.id, earlier)
        .join(earlier, and_(earlier.organ_id == organ.id, earlier.id < Document.id))
        .where(
            Document.id.in_([one.id for one in found]),
            earlier.destroyed_at.is_(None),
            _same(earlier, ground),
        )
        .options(
            selectinload(earlier.parts),
            selectinload(earlier.placements).selectinload(Placement.case_file),
        )
        .order_by(earlier.id.desc())
    )
    others = {number: other for number, other in session.execute(wanted)}  # the earliest comes last
    return [
        Pair(others[one.id], one, grounds_of(others[one.id], one))
        for one in found
        if one.id in others
    ]


def grounds_of(one: Document, other: Document) -> tuple[str, ...]:
    """By what two documents look the same."""
    found = []
    if digests_of(one) and digests_of(one) == digests_of(other):
        found.append("digest")
    if one.doc_code and one.doc_code == other.doc_code:
        found.append("doc_code")
    marks = (one.code_number, one.code_notation, one.organ_name)
    if all(marks[:2]) and marks == (other.code_number, other.code_notation, other.organ_name):
        found.append("number")
    return tuple(found)


def digests_of(one: Document) -> list[str]:
    """Digests of all its originals, in a fixed order."""
    return sorted(part.digest for part in one.parts)


# Proposing ----------------------------------------------------------------------------------------


def name_twin(session: Session, leaving: Document, staying: Document, by: Person) -> Appraisal:
    """Put a duplicate under re-appraisal, naming the copy that stays; its notice runs from today.

    Raises:
        NotAllowed: `not_allowed`.
        Invalid: `same_document`, `other_organ`.
        Conflict: `not_alike`, `appraised_already`, `frozen`, or why the other copy cannot stay.
    """
    organ = leaving.organ
    if not access.may(session, by, Action.APPRAISE, leaving):
        raise NotAllowed("not_allowed", action=str(Action.APPRAISE))
    if leaving.id == staying.id:
        raise Invalid("same_document")
    if leaving.organ_id != staying.organ_id:
        raise Invalid("other_organ")
    audit.hold(session, leaving)
    freezes.require_thawed(session, leaving)
    if not (grounds := grounds_of(leaving, staying)):
        raise Conflict("not_alike", document=leaving.code, other=staying.code)
    asked = select(Appraisal.id).where(
        Appraisal.document_id == leaving.id, Appraisal.stage.not_in(("kept", "destroyed"))
    )
    if session.scalar(asked) is not None:
        raise Conflict("appraised_already", document=leaving.code)
    today = clock.today(organ)
    made = Appraisal(
        organ_id=organ.id,
        unit_id=next((one.case_file.unit_id for one in leaving.placements), None),
        document_id=leaving.id,
        cause="duplicate",
        twin_id=staying.id,
        twin_named_by_id=None if "digest" in grounds else natural(by),
        noticed_on=today,
        notice_until=notice_until(today, rules_of(organ).expiry_notice_days),
    )
    session.add(made)
    session.flush()
    trouble = troubles(session, organ, [made])[made.id]
    if trouble is not None and trouble.code != "twin_not_confirmed":
        raise Conflict(trouble.code, **trouble.details)
    audit.record(
        session,
        "appraisal.name_twin",
        made,
        facts={"leaves": leaving.code, "stays": staying.code, "grounds": list(grounds)},
    )
    return made


def confirm_twin(session: Session, one: Appraisal, by: Person) -> None:
    """A second person has looked at both copies: they are equal.

    Raises:
        NotAllowed: `not_allowed`: who reads neither copy compares none; `named_by_you`.
        Conflict: `not_to_confirm`.
    """
    organ = session.get_one(Organ, one.organ_id)
    if not any(access.may(session, by, each, organ) for each in (Action.APPRAISE, Action.OPINE)):
        raise NotAllowed("not_allowed", action=str(Action.OPINE))
    audit.hold(session, one)
    if one.twin_named_by_id is None or one.twin_confirmed_by_id is not None:
        raise Conflict("not_to_confirm")
    for number in (one.document_id, one.twin_id):
        if not access.may(session, by, Action.READ, session.get_one(Document, number)):
            raise NotAllowed("not_allowed", action=str(Action.READ))
    if ({one.twin_named_by_id} | hands_in(session, one, "appraisal.name_twin")) & hands(by):
        raise NotAllowed("named_by_you")
    one.twin_confirmed_by_id = natural(by)
    one.revision += 1
    session.flush()
    audit.record(session, "appraisal.confirm_twin", one)


# Whether the copy that stays stands for it --------------------------------------------------------


def troubles(
    session: Session, organ: Organ, rows: Sequence[Appraisal]
) -> dict[int, Hindrance | None]:
    """Why the other copy of each cannot stand for the one that leaves; None: it can."""
    if not rows:
        return {}
    copies = copies_of(session, rows)
    counted = ends.of_case_files(session, places_of(copies))
    return troubles_of(session, organ, rows, copies, counted)


def copies_of(session: Session, rows: Sequence[Appraisal]) -> dict[int, Document]:
    """Both copies of each, with their files and with the case files in which they stand."""
    if not rows:
        return {}
    numbers = {one.document_id for one in rows} | {one.twin_id for one in rows}
    wanted = select(Document).where(Document.id.in_(numbers))
    both = wanted.options(
        selectinload(Document.parts),
        selectinload(Document.placements).joinedload(Placement.case_file, innerjoin=True),
    )
    return {one.id: one for one in session.scalars(both)}


def places_of(copies: Mapping[int, Document]) -> set[int]:
    """The case files in which any of these stands."""
    return {place.case_file_id for one in copies.values() for place in one.placements}


def troubles_of(
    session: Session,
    organ: Organ,
    rows: Sequence[Appraisal],
    copies: Mapping[int, Document],
    counted: Mapping[int, End],
) -> dict[int, Hindrance | None]:
    """The same where the copies are at hand, and the ends of all their case files counted."""
    if not rows:
        return {}
    going = _going(session, copies, places_of(copies))
    standing = kept_copies.stands_of(session, organ, (one.document_id or 0 for one in rows))
    held = {one.document: one.hindrance for one in standing}
    return {
        one.id: held.get(one.document_id or 0)
        or _trouble(one, copies[one.document_id or 0], copies[one.twin_id or 0], counted, going)
        for one in rows
    }


@dataclass(frozen=True)
class _Going:
    """What is itself on its way out."""

    documents: frozenset[int]
    case_files: frozenset[int]


def _going(session: Session, papers: Iterable[int], files: Iterable[int]) -> _Going:
    live = select(Appraisal.document_id, Appraisal.case_file_id).where(
        Appraisal.document_id.in_(papers) | Appraisal.case_file_id.in_(files),
        Appraisal.stage.in_(LEAVING),
    )
    gone = select(DisposalDocument.document_id, cast(null(), Integer)).where(
        DisposalDocument.document_id.in_(papers), DisposalDocument.destroyed_at.is_not(None)
    )
    found: Sequence[Any] = session.execute(union_all(live, gone)).all()
    return _Going(
        frozenset(one for one, _ in found if one is not None),
        frozenset(one for _, one in found if one is not None),
    )


def _trouble(
    one: Appraisal,
    leaving: Document,
    staying: Document,
    counted: Mapping[int, End],
    going: _Going,
) -> Hindrance | None:
    about = {"other": staying.code}
    if staying.destroyed_at is not None or staying.id in going.documents:
        return Hindrance("twin_leaves", about)
    is_equal = digests_of(leaving) == digests_of(staying)
    if not is_equal and (one.twin_named_by_id is None or one.twin_confirmed_by_id is None):
        return Hindrance("twin_not_confirmed", about)
    ends_of: dict[int, list[End]] = defaultdict(list)
    for paper in (leaving, staying):
        for place in paper.placements:
            if paper is staying and place.case_file_id in going.case_files:
                continue
            ends_of[paper.id].append(counted.get(place.case_file_id, End(Fate.UNKNOWN)))
    if not ends_of[staying.id]:
        return Hindrance("twin_without_case_file", about)
    is_covered = all(
        any(is_at_least(kept, end) for kept in ends_of[staying.id]) for end in ends_of[leaving.id]
    )
    return None if is_covered else Hindrance("twin_kept_shorter", about)
