"""Answers grouped by case file: how many were found in each, and the best of them.

A case file that was found by its own data stands before those in which much was found. What stands
in no case file that all its readers know of is the last group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from archive import seeing
from archive.files import FileStore
from archive.models import CaseFile, Person
from search import facets, results
from search.asking import Asker, asker_of
from search.engine import CASE_FILE as IN_CASE_FILE
from search.engine import KIND, READERS, Node, SearchEngine, Term
from search.entries import CASE_FILE, DOCUMENT, NOTHING, inside
from search.facets import Chosen
from search.finding import tiers_of, union
from search.query import Asked, understand
from search.results import Found

BEST = 3  # documents shown of each
_MOST_BY_OWN_DATA = 50


@dataclass(frozen=True)
class Group:
    """A case file with what was found in it; without one, what stands in none.

    Attributes:
        case_file: of which the person may know.
        total: how many documents were found in it.
        found: the best of them.
        is_found: whether its own data are what was looked for.
    """

    case_file: CaseFile | None
    total: int
    found: tuple[Found, ...] = ()
    is_found: bool = False


@dataclass(frozen=True)
class Groups:
    """Some groups, and how many there are in all."""

    groups: tuple[Group, ...]
    total: int
    start: int
    documents: int  # that were found in all


def grouped(
    session: Session,
    files: FileStore,
    engine: SearchEngine,
    person: Person,
    text: str,
    *,
    chosen: Chosen | None = None,
    start: int = 0,
    limit: int = 10,
) -> Groups:
    """The same answers as `finding.find` gives, by case file.

    Raises:
        SearchBroken: the index is being made anew.
        Invalid: `unknown_facet`.
    """
    asked = understand(text)
    narrowed = tuple(facets.filters_of(facets.checked(chosen or {})))
    asker = asker_of(session, engine, person)
    node = union(tiers_of(asker, asked))
    asker = asker.within(narrowed)
    groups = _all_groups(session, person, asker, node)
    some = tuple(
        replace(one, found=_best(session, files, person, asker, node, asked, one))
        for one in groups[start : start + limit]
    )
    return Groups(some, len(groups), start, asker.count(node, (Term(KIND, DOCUMENT),)))


def _all_groups(session: Session, person: Person, asker: Asker, node: Node) -> list[Group]:
    counts = asker.facets(node, [IN_CASE_FILE])[IN_CASE_FILE]
    only = (Term(KIND, CASE_FILE),)
    own = asker.checked(
        session, person, lambda one: one.page(node, filters=only, limit=_MOST_BY_OWN_DATA).hits
    )
    found = list(own.rows.case_files.values())
    groups = [
        Group(one, _count_in(asker, node, counts.pop(one.code, None), one), is_found=True)
        for one in found
    ]
    commonest = sorted(counts, key=lambda one: (-counts[one], one))[: facets.MOST_VALUES]
    mine = seeing.sights_of(person)
    by_code = seeing.case_files_of_codes(session, mine, commonest) if commonest else {}
    filled = sorted(by_code.values(), key=lambda one: (-counts[one.code], one.code))
    groups += [Group(one, counts[one.code]) for one in filled]
    if unfiled := asker.count(node, _in(NOTHING)):
        groups.append(Group(None, unfiled))
    return groups


def _count_in(asker: Asker, node: Node, counted: int | None, case_file: CaseFile) -> int:
    """How many documents of the case file are found, also where that is less than in most."""
    if counted is not None:
        return counted
    return asker.count(node, (Term(IN_CASE_FILE, case_file.code),))


def _best(
    session: Session,
    files: FileStore,
    person: Person,
    asker: Asker,
    node: Node,
    asked: Asked,
    group: Group,
) -> tuple[Found, ...]:
    """The first documents of a group that has any."""
    if not group.total:
        return ()
    where: Sequence[Node] = (
        (Term(IN_CASE_FILE, group.case_file.code),) if group.case_file else _in(NOTHING)
    )
    best = asker.checked(
        session, person, lambda one: one.page(node, filters=where, limit=BEST).hits
    )
    shown = results.shown(session, files, person, best.hits, best.rows, asked)
    return tuple(one for one in shown if isinstance(one, Found))


def _in(case_file: int) -> tuple[Node, Node]:
    return Term(READERS, inside(case_file)), Term(KIND, DOCUMENT)
