"""What is known of things under re-appraisal before anything is decided on them.

Many are looked at in few questions, so that a table shows beside each row what stands in its way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Integer, Select, and_, cast, false, null, or_, select, true, union_all
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from archive import clock
from archive.errors import NotFound
from archive.life_models import FreezeOrder, Frozen
from archive.models import CaseFile, Document, Event, Organ, Placement
from archive.moves import Hindrance
from archive.organ_rules import rules_of
from retention import duplicates, ends
from retention.clock import End, Fate
from retention.models import (
    Appraisal,
    AppraisalOpinion,
    Disposal,
    DisposalDocument,
    DisposalItem,
)

_NONE = cast(null(), Integer)
OVER = ("stopped", "destroyed", "closed")  # lists that hold nothing any more


@dataclass(frozen=True)
class Known:
    """One thing under re-appraisal, with all that decides what may become of it.

    Attributes:
        appraisal: the row.
        organ: whose it is.
        today: the legal day.
        silent_from: the day from which a unit that said nothing is taken as silent.
        end: when the term is over, counted anew; of a duplicate: unknown.
        standing: what that is counted from.
        orders: numbers of the orders that hold it, or something in it.
        lists: codes of the disposals on whose list it stands.
        opinions: the latest of each side.
        spoke: who gave that one, by themselves or by delegation, and for whom.
        twin_trouble: why the other copy of a duplicate cannot stand for it.
    """

    appraisal: Appraisal
    organ: Organ
    today: date
    silent_from: date
    end: End
    standing: ends.Standing | None = None
    orders: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    opinions: Mapping[str, AppraisalOpinion] = field(default_factory=dict)
    spoke: Mapping[str, frozenset[int]] = field(default_factory=dict)
    twin_trouble: Hindrance | None = None

    @property
    def thing(self) -> CaseFile | Document:
        """What it is about."""
        found = self.appraisal.case_file or self.appraisal.document
        assert found is not None
        return found

    @property
    def case_files(self) -> list[CaseFile]:
        """The case files whose holders and units speak for it."""
        if isinstance(self.thing, CaseFile):
            return [self.thing]
        return [one.case_file for one in self.thing.placements]

    @property
    def is_duplicate(self) -> bool:
        """Whether it may leave because another copy stays (R17)."""
        return self.appraisal.cause == "duplicate"


def known(session: Session, organ: Organ, rows: Sequence[Appraisal]) -> dict[int, Known]:
    """What is known of each, counted now; about ten questions however many they are.

    The copies of duplicates are loaded along with their case files.

    Args:
        session: the session.
        organ: whose they are.
        rows: with their things loaded, as `with_things` does.
    """
    today = clock.today(organ)
    doubles = [one for one in rows if one.twin_id]
    copies = duplicates.copies_of(session, doubles)
    own = {one.case_file_id for one in rows if one.case_file_id}
    standings = ends.standings(session, own | duplicates.places_of(copies))
    held, listed = _holds(session, rows)
    told = _tellers(session, rows)
    counted = {number: one.end for number, one in standings.items()}
    troubles = duplicates.troubles_of(session, organ, doubles, copies, counted)
    silence = timedelta(days=rules_of(organ).silence_days)
    found = {}
    for one in rows:
        standing = standings.get(one.case_file_id or 0)
        found[one.id] = Known(
            one,
            organ,
            today,
            due_since(one) + silence + timedelta(days=1),
            standing.end if standing else End(Fate.UNKNOWN),
            standing,
            held.get(one.id, ()),
            listed.get(one.id, ()),
            _latest(one),
            _hands(one, told.get(one.id, {})),
            troubles.get(one.id),
        )
    return found


def known_of(session: Session, one: Appraisal) -> Known:
    """The same of one."""
    return known(session, session.get_one(Organ, one.organ_id), [one])[one.id]


def due_since(one: Appraisal) -> date:
    """The day from which both sides are asked: the day after the term, or that of the notice."""
    if one.expires_on is None:
        return one.noticed_on
    return max(one.noticed_on, one.expires_on + timedelta(days=1))


def with_things() -> tuple[ExecutableOption, ...]:
    """What is to be loaded along with appraisals, for `options`."""
    return (
        joinedload(Appraisal.case_file).joinedload(CaseFile.organ),
        joinedload(Appraisal.document),
        selectinload(Appraisal.opinions),
    )


def by_number(session: Session, organ: Organ, number: int) -> Appraisal:
    """The organ's appraisal of this row.

    Raises:
        NotFound: `no_such_appraisal`.
    """
    wanted = select(Appraisal).where(Appraisal.id == number, Appraisal.organ_id == organ.id)
    found: Appraisal | None = session.scalar(wanted.options(*with_things()))
    if found is None:
        raise NotFound("no_such_appraisal", number=number)
    return found


def _latest(one: Appraisal) -> dict[str, AppraisalOpinion]:
    return {said.side: said for said in one.opinions}  # in their order: a later one counts


def _hands(one: Appraisal, told: Mapping[str, frozenset[int]]) -> dict[str, frozenset[int]]:
    return {
        side: told.get(side, frozenset()) | {said.given_by_id}
        for side, said in _latest(one).items()
    }


def _tellers(session: Session, rows: Sequence[Appraisal]) -> dict[int, dict[str, frozenset[int]]]:
    """Of each, whose act the latest opinion of each side was: the story knows both hands."""
    numbers = [one.id for one in rows if one.opinions]
    if not numbers:
        return {}
    wanted = (
        select(Event.subject_id, Event.facts, Event.person_id, Event.principal_id)
        .where(
            Event.subject_type == Appraisal.STORY,
            Event.subject_id.in_(numbers),
            Event.action == "appraisal.opine",
        )
        .order_by(Event.id)
    )
    found: dict[int, dict[str, frozenset[int]]] = {}
    for number, facts, *both in session.execute(wanted):
        hands = frozenset(one for one in both if one is not None)
        found.setdefault(number or 0, {})[facts["side"]] = hands
    return found


Words = dict[int, tuple[str, ...]]


def _holds(session: Session, rows: Sequence[Appraisal]) -> tuple[Words, Words]:
    """Numbers of the orders that hold each, and codes of the disposals on whose list it stands."""
    files = {one.case_file_id: one.id for one in rows if one.case_file_id}
    papers = {one.document_id: one.id for one in rows if one.document_id}
    orders = [one.add_columns(_NONE) for one in _orders(files, papers)]
    lists = _lists([one.id for one in rows], papers)
    held: dict[int, set[str]] = {}
    listed: dict[int, set[str]] = {}
    for is_order, word, case_file, document, number in session.execute(union_all(*orders, *lists)):
        found = held if is_order else listed
        for one in (files.get(case_file or 0), papers.get(document or 0), number):
            if one is not None:
                found.setdefault(one, set()).add(word)
    return _sorted(held), _sorted(listed)


def _sorted(found: Mapping[int, set[str]]) -> Words:
    return {number: tuple(sorted(words)) for number, words in found.items()}


def _orders(files: Iterable[int], papers: Iterable[int]) -> list[Select[*tuple[Any, ...]]]:
    """The orders that hold each thing, its documents, or the case files that it stands in."""
    holds = and_(Frozen.order_id == FreezeOrder.id, FreezeOrder.lifted_at.is_(None))
    by_itself = (
        select(true(), FreezeOrder.number, Frozen.case_file_id, Frozen.document_id)
        .join(Frozen, holds)
        .where(or_(Frozen.case_file_id.in_(files), Frozen.document_id.in_(papers)))
    )
    document_inside = and_(
        Placement.document_id == Frozen.document_id, Placement.case_file_id.in_(files)
    )
    file_around = and_(
        Placement.case_file_id == Frozen.case_file_id, Placement.document_id.in_(papers)
    )
    by_place = (
        select(true(), FreezeOrder.number, Placement.case_file_id, Placement.document_id)
        .join(Frozen, holds)
        .join(Placement, or_(document_inside, file_around))
    )
    return [by_itself, by_place]


def _lists(numbers: Iterable[int], papers: Iterable[int]) -> list[Select[*tuple[Any, ...]]]:
    """The disposals in which each stands, and that still hold it."""
    holding = (Disposal.stage.not_in(OVER), DisposalItem.outcome == "destroy")
    items = (
        select(false(), Disposal.code, _NONE, _NONE, DisposalItem.appraisal_id)
        .join(DisposalItem, DisposalItem.disposal_id == Disposal.id)
        .where(DisposalItem.appraisal_id.in_(numbers), *holding)
    )
    lines = (
        select(false(), Disposal.code, _NONE, DisposalDocument.document_id, _NONE)
        .join(DisposalItem, DisposalItem.disposal_id == Disposal.id)
        .join(DisposalDocument, DisposalDocument.item_id == DisposalItem.id)
        .where(DisposalDocument.document_id.in_(papers), *holding)
    )
    return [items, lines]
