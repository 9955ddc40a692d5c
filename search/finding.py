"""Finding for a person: hits checked against the rows, with pages, counts and reasons.

What matches all that was asked comes first. Only where that is little, near spellings follow, then
documents with most of the words; the answer says where each ends. Choices among the facets narrow
what was found and never widen it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from archive import access
from archive.access import Action
from archive.files import FileStore
from archive.models import CaseFile, Document, Person
from search import facets, results
from search.asking import Asker, asker_of
from search.engine import (
    FACETS,
    ID,
    KIND,
    READERS,
    And,
    Hit,
    Node,
    Not,
    Or,
    Order,
    SearchEngine,
    Term,
)
from search.entries import CASE_FILE, DOCUMENT, inside
from search.facets import Chosen, Facets
from search.query import Asked, understand
from search.results import Found, FoundCaseFile, Result
from search.spelling import Meant, meant

__all__ = ["Answer", "Found", "FoundCaseFile", "Result", "as_told", "find"]
FEW = 10  # where so many match all that was asked, nothing else is looked for


@dataclass(frozen=True)
class Answer:
    """Some of what was found, and how much there is in all.

    Attributes:
        asked: what was understood of the question.
        found: what was found, from `start` on.
        total: how much was found in all; exact, and only what the person may know.
        start: how much stands before.
        exact: how much of all matches everything that was asked; it comes first.
        most: how much comes last, with most of the words; near spellings stand between.
        case_files: how many of all are case files; the rest are documents.
        facets: the values of each facet among all that was found.
        chosen: the values to which it was narrowed.
        meant: what might have been meant, where little was found.
    """

    asked: Asked
    found: tuple[Result, ...]
    total: int
    start: int
    exact: int = 0
    most: int = 0
    case_files: int = 0
    facets: Facets = field(default_factory=dict)
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    meant: Meant | None = None

    @property
    def codes(self) -> list[str]:
        """Of what is at hand."""
        return [one.code for one in self.found]

    @property
    def documents(self) -> tuple[Found, ...]:
        """The documents at hand."""
        return tuple(one for one in self.found if isinstance(one, Found))

    @property
    def near(self) -> int:
        """How much was found by near spellings only."""
        return self.total - self.exact - self.most


def find(
    session: Session,
    files: FileStore,
    engine: SearchEngine,
    person: Person,
    text: str,
    *,
    chosen: Chosen | None = None,
    order: Order | None = None,
    start: int = 0,
    limit: int = 20,
    within: CaseFile | Document | None = None,
    counting: Iterable[str] = FACETS,
) -> Answer:
    """Answer a question for this person. The caller tells the story of it.

    Args:
        session: of a look at the rows.
        files: where the words of pages are.
        engine: the index.
        person: who asks.
        text: what was typed.
        chosen: by facet, or "kind", the values of which one is wanted.
        order: how answers are ordered; by default as suits the question.
        start: how many answers to pass over.
        limit: how many to give.
        within: the one case file, or document, in which is looked.
        counting: the facets to count.

    Raises:
        SearchBroken: the index is being made anew.
        NotFound, NotAllowed: the person may not look into that case file or document.
        Invalid: `unknown_facet`.
    """
    asked, narrowed = understand(text), facets.checked(chosen or {})
    asker = asker_of(session, engine, person).within(scope(session, person, within))
    order = order or asked.order
    if not narrowed:  # mostly this very page is shown: then it need not be counted beforehand
        asker.page(asked.node, first=asked.first, start=start, limit=limit, order=order)
    tiers = tiers_of(asker, asked)
    wanted = _Wanted(tiers, tuple(facets.filters_of(narrowed)), order, start, limit)
    page = asker.checked(session, person, lambda one: _hits(one, wanted))
    asker, every = page.asker, union(tiers)
    totals = {one.name: asker.count(one.node, wanted.filters) for one in tiers}
    total = sum(totals.values())
    return Answer(
        asked=asked,
        found=results.shown(session, files, person, page.hits, page.rows, asked),
        total=total,
        start=start,
        exact=totals["exact"],
        most=totals.get("most", 0),
        case_files=asker.count(every, (*wanted.filters, Term(KIND, CASE_FILE))) if total else 0,
        facets=facets.counted(session, person, asker, every, narrowed, counting),
        chosen=narrowed,
        meant=meant(asker, asked, text) if totals["exact"] < FEW and not narrowed else None,
    )


def as_told(text: str, chosen: Chosen) -> str:
    """The question as its story tells it: what was typed, and what was chosen."""
    said = (f"{name}={value}" for name, some in chosen.items() for value in some)
    return " ".join(one for one in (text, *said) if one)


# Strict first -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tier:
    """Answers of one strictness: "exact", "most" or "near"."""

    name: str
    node: Node
    first: Node | None = None


def tiers_of(asker: Asker, asked: Asked) -> list[Tier]:
    """What is looked for: all that was asked, and where that is little, less of it.

    Of a long question many papers have all words scattered: then only those where they stand side
    by side match exactly. Near spellings stand before what lacks a word (docs/relevance.md).
    Whatever is chosen among the facets has no say in it: a choice gives as many as it said.
    """
    exact, weaker = asked.node, (("near", asked.near), ("most", asked.most))
    found = asker.count(exact)
    if found >= FEW and asked.close is not None:
        exact, found = asked.close, asker.count(asked.close)
        if found >= FEW:
            return [Tier("exact", exact, asked.first), Tier("most", And((asked.node, Not(exact))))]
    tiers, stricter = [Tier("exact", exact, asked.first)], [exact]
    for name, node in weaker:
        if node is None or found >= FEW:
            continue
        tiers.append(Tier(name, And((node, *map(Not, stricter)))))
        stricter.append(node)
        found += asker.count(tiers[-1].node)
    return tiers


def union(tiers: Sequence[Tier]) -> Node:
    """All that is looked for."""
    nodes = tuple(one.node for one in tiers)
    return nodes[0] if len(nodes) == 1 else Or(nodes)


@dataclass(frozen=True)
class _Wanted:
    """A stretch of answers."""

    tiers: Sequence[Tier]
    filters: tuple[Node, ...]
    order: Order
    start: int
    limit: int


def _hits(asker: Asker, wanted: _Wanted) -> list[Hit]:
    """The stretch, from one tier into the next."""
    hits: list[Hit] = []
    before = 0
    for tier in wanted.tiers:
        room = wanted.limit - len(hits)
        if not room:
            break
        page = asker.page(
            tier.node,
            filters=wanted.filters,
            first=tier.first,
            start=max(wanted.start - before, 0),
            limit=room,
            order=wanted.order,
        )
        hits += page.hits
        before += page.total
    return hits


# Where is looked ----------------------------------------------------------------------------------


def scope(session: Session, person: Person, within: CaseFile | Document | None) -> tuple[Node, ...]:
    """What all answers must match where one looks inside a case file, or a document."""
    if within is None:
        return ()
    if isinstance(within, CaseFile):
        access.require(session, person, Action.SEE_CASE_FILES, within)
        return (Term(READERS, inside(within.id)), Term(KIND, DOCUMENT))
    access.require(session, person, Action.DESCRIBE, within)
    return (Term(ID, within.code),)
