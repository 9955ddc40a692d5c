"""Counts beside the answers: how many of what was found have which value, exact for who asks.

Of a facet in which something was chosen, the counts leave that choice out: they say what another
choice would give. Case files are named only to who may know of them, as the rows say now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session

from archive import seeing
from archive.errors import Invalid
from archive.models import Person
from formats.vietnamese import sort_key
from search.asking import Asker
from search.engine import CASE_FILE, FACETS, KIND, YEAR, Node, Or, Term

MOST_VALUES = 100  # of one facet are shown; the commonest
MOST_CHOSEN = 100  # values of one facet
CHOICES = (KIND, *FACETS)
_by_letter = lru_cache(10_000)(sort_key)  # the same names come with every question

Chosen = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Value:
    """One value of a facet.

    Attributes:
        value: what is chosen by.
        count: how many of the answers have it, or would if it were chosen.
        is_chosen: whether it is chosen now.
        said: what is shown for it, where that is not the value: the title of a case file.
    """

    value: str
    count: int
    is_chosen: bool = False
    said: str = ""


Facets = dict[str, tuple[Value, ...]]


def checked(chosen: Chosen) -> dict[str, tuple[str, ...]]:
    """What was chosen, each value once.

    Raises:
        Invalid: `unknown_facet`.
    """
    for name in chosen:
        if name not in CHOICES:
            raise Invalid("unknown_facet", facet=name, known=", ".join(CHOICES))
    told = {name: tuple(dict.fromkeys(some))[:MOST_CHOSEN] for name, some in chosen.items()}
    return {name: some for name, some in told.items() if some}


def filters_of(chosen: Chosen, *, but: str = "") -> list[Node]:
    """One of the values of each facet in which something was chosen."""
    return [
        Or(tuple(Term(name, value) for value in some))
        for name, some in chosen.items()
        if name != but
    ]


def counted(
    session: Session,
    person: Person,
    asker: Asker,
    node: Node,
    chosen: Chosen,
    fields: Iterable[str],
) -> Facets:
    """The values of these facets among what the node finds for the asker."""
    wanted = list(fields)
    free = [one for one in wanted if one not in chosen]
    counts = asker.facets(node, free, filters_of(chosen))
    for one in wanted:
        if one in chosen:
            others = filters_of(chosen, but=one)
            counts |= asker.facets(node, [one], others)
            for value in set(chosen[one]) - counts[one].keys():  # what is rare is counted by itself
                counts[one][value] = asker.count(node, (*others, Term(one, value)))
    facets = {one: _values(one, counts[one], chosen.get(one, ())) for one in wanted}
    if CASE_FILE in facets:
        facets[CASE_FILE] = _known(session, person, facets[CASE_FILE])
    return facets


def _values(field: str, counts: Mapping[str, int], chosen: Sequence[str]) -> tuple[Value, ...]:
    """The commonest first, years from the last; what is chosen is always among them."""
    ordered = sorted(counts, key=lambda one: (-counts[one], one))[:MOST_VALUES]
    if field == YEAR:
        ordered.sort(reverse=True)
    else:
        ordered.sort(key=lambda one: (-counts[one], _by_letter(one)))
    ordered += [one for one in chosen if one not in ordered]
    return tuple(Value(one, counts.get(one, 0), one in chosen) for one in ordered)


def _known(session: Session, person: Person, values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Those case files of which the person may know, with their titles.

    Of another, the entry of a document may speak that was not indexed again yet. What the person
    chose is not news to them; its count comes from what they may find.
    """
    codes = [one.value for one in values]
    if not codes:
        return ()
    titles = seeing.titles_of_case_files(session, seeing.sights_of(person), codes)
    return tuple(
        Value(one.value, one.count, one.is_chosen, titles[one.value])
        if one.value in titles
        else Value(one.value, 0, is_chosen=True)
        for one in values
        if one.value in titles or one.is_chosen
    )
