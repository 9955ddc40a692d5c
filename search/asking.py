"""A question with the rights of who asks it: what is found, counted and listed passes through here.

Rights travel into the engine as keys (R23). What changed since it was indexed is checked against
the rows: what the person may not know now is left out of every page and every count.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    false,
    func,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from archive import access, reading
from archive.models import CaseFile, Document, Grant, Person, Placement
from search import results
from search.engine import (
    And,
    Boost,
    Hit,
    Node,
    Not,
    Or,
    Order,
    Page,
    Prefer,
    Query,
    SearchEngine,
)
from search.entries import CASE_FILE, id_of
from search.results import Known

MOST_COUNTED = 300  # values of a facet: more than are shown, so equal ones stand by their names


@dataclass(frozen=True)
class Checked:
    """Hits of which the rows deny none.

    Attributes:
        asker: who asks now: what the rows denied is left out of counts too.
        hits: what was found.
        rows: what the hits stand for.
    """

    asker: "Asker"
    hits: Sequence[Hit]
    rows: Known


@dataclass(frozen=True)
class Asker:
    """Who asks the engine; for one answer: what was asked once is not asked again.

    Attributes:
        engine: the engine.
        readers: the person's keys.
        hidden: ids of entries that the person may not know now, whatever the index says.
        filters: what all answers must match as well.
    """

    engine: SearchEngine
    readers: tuple[str, ...]
    hidden: tuple[str, ...]
    filters: tuple[Node, ...] = ()
    _pages: dict[Query, Page] = field(default_factory=dict, init=False, repr=False, compare=False)
    _totals: dict[Query, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def page(
        self,
        node: Node,
        *,
        filters: Iterable[Node] = (),
        first: Node | None = None,
        start: int = 0,
        limit: int = 1,
        order: Order = "best",
    ) -> Page:
        """Some of what the node finds."""
        also = tuple(filters)
        asked = self._query(node, also, first=first, start=start, limit=limit, order=order)
        found = self._pages.get(asked)
        if found is None:
            found = self._pages[asked] = self.engine.find(asked)
            self._totals[self._query(_unranked(node), also)] = found.total
        return found

    def count(self, node: Node, filters: Iterable[Node] = ()) -> int:
        """How much the node finds."""
        asked = self._query(_unranked(node), filters)
        found = self._totals.get(asked)
        if found is None:
            found = self._totals[asked] = self.engine.find(asked).total
        return found

    def checked(
        self, session: Session, person: Person, ask: Callable[["Asker"], Sequence[Hit]]
    ) -> Checked:
        """What is asked for, asked again without what the rows deny, until they deny nothing."""
        asker = self
        while True:
            hits = ask(asker)
            rows = results.known(session, person, hits)
            denied = [one.id for one in hits if not rows.has(one.id)]
            if not denied:
                return Checked(asker, hits, rows)
            asker = asker.without(denied)

    def facets(
        self, node: Node, fields: Sequence[str], filters: Iterable[Node] = ()
    ) -> dict[str, dict[str, int]]:
        """Of what the node finds, how many have which value: the commonest values of each field."""
        asked = self._query(_unranked(node), filters)
        return self.engine.facets(asked, fields, MOST_COUNTED) if fields else {}

    def without(self, ids: Iterable[str]) -> "Asker":
        """The same, with these left out too."""
        return replace(self, hidden=(*self.hidden, *sorted(ids)))

    def within(self, filters: Iterable[Node]) -> "Asker":
        """The same, among what matches these."""
        return replace(self, filters=(*self.filters, *filters))

    def _query(
        self,
        node: Node,
        filters: Iterable[Node],
        *,
        first: Node | None = None,
        start: int = 0,
        limit: int = 1,
        order: Order = "best",
    ) -> Query:
        return Query(
            node,
            self.readers,
            (*self.filters, *filters),
            self.hidden,
            start,
            limit,
            order,
            first,
        )


def _unranked(node: Node) -> Node:
    """What finds the same: to be counted it need not be known which is better."""
    match node:
        case Prefer(inner, _) | Boost(inner, _):
            return _unranked(inner)
        case And(nodes):
            return And(tuple(map(_unranked, nodes)))
        case Or(nodes):
            return Or(tuple(map(_unranked, nodes)))
        case Not(inner):
            return Not(_unranked(inner))
    return node


def asker_of(session: Session, engine: SearchEngine, person: Person) -> Asker:
    """This person, as the rows say now what they may know."""
    hidden: tuple[str, ...] = ()
    if _is_anything_doubtful(session, person):
        hidden = (*_hidden_documents(session, person), *_hidden_case_files(session, person))
    return Asker(engine, tuple(access.keys_of(person)), hidden)


# What the index may say that is so no more --------------------------------------------------------


def _is_anything_doubtful(session: Session, person: Person) -> bool:
    """Whether there is any reason to ask what is hidden; mostly there is none."""
    return bool(_former(person)) or any(session.execute(_DOUBTS, {"who": person.id}).one())


def _behind(table: type[Document] | type[CaseFile]) -> ColumnElement[bool]:
    """What changed since it was indexed.

    Untouched since it was made: where the index has it all the same, it has it as it is.
    """
    never_indexed = and_(table.indexed_revision == 0, table.revision == 1)
    return and_(table.indexed_revision < table.revision, not_(never_indexed))


_DOUBTS = select(
    select(Document.id).where(_behind(Document)).exists(),
    select(CaseFile.id).where(_behind(CaseFile)).exists(),
    select(Grant.id).where(Grant.person_id == bindparam("who")).exists(),
)


def _hidden_documents(session: Session, person: Person) -> list[str]:
    """Documents that the person may not find now, though the index may still say otherwise.

    They changed since they were indexed, or a right that was the person's own has ended. One that
    changed is found by the words of its case files as they were: where the person may not know of
    all of them now, it waits until it is indexed again.
    """
    behind = _behind(Document)
    changed = select(Document.id).where(behind)
    doubtful: CompoundSelect[int | None] = union_all(
        changed, *_once_granted(person), *_once_own(person)
    )
    known_file = func.coalesce(reading.found_case_files(session, person), false())
    in_another = (
        select(Placement.id)
        .join(CaseFile)
        .where(Placement.document_id == Document.id, not_(known_file))
        .correlate(Document)
        .exists()
    )
    found = func.coalesce(reading.found_documents(session, person), false())
    hidden = select(Document.code).where(
        Document.id.in_(doubtful), or_(not_(found), and_(behind, in_another))
    )
    return list(session.scalars(hidden))


def _hidden_case_files(session: Session, person: Person) -> list[str]:
    """Case files, likewise."""
    behind = _behind(CaseFile)
    granted = select(Grant.case_file_id).where(
        Grant.person_id == person.id, Grant.case_file_id.is_not(None)
    )
    doubtful = [CaseFile.id.in_(granted), behind]
    if former := _former(person):
        doubtful.append(and_(CaseFile.organ_id.in_(former), CaseFile.holder_id == person.id))
    found = func.coalesce(reading.found_case_files(session, person), false())
    hidden = select(CaseFile.id).where(or_(*doubtful), not_(found))
    return [id_of(CASE_FILE, number, "") for number in session.scalars(hidden)]


def _once_granted(person: Person) -> tuple[Select[int | None], Select[int]]:
    granted = select(Grant.document_id).where(Grant.person_id == person.id)
    in_granted_files = (
        select(Placement.document_id)
        .join(Grant, Grant.case_file_id == Placement.case_file_id)
        .where(Grant.person_id == person.id)
    )
    return granted.where(Grant.document_id.is_not(None)), in_granted_files


def _once_own(person: Person) -> list[Select[int]]:
    """What the person received or held at organs where no role of theirs is left."""
    former = _former(person)
    if not former:
        return []
    received = select(Document.id).where(
        Document.organ_id.in_(former), Document.shelved_by_id == person.id
    )
    held = (
        select(Placement.document_id)
        .join(CaseFile)
        .where(CaseFile.organ_id.in_(former), CaseFile.holder_id == person.id)
    )
    return [received, held]


def _former(person: Person) -> set[int]:
    return {one.organ_id for one in person.appointments} - access.organs_of(person)
