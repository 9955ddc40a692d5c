"""Random questions over the corpus: trees of every node that an engine knows."""

from functools import cache

from hypothesis import strategies as st

from search.engine import (
    ADDED,
    DAY,
    EXACT,
    FACETS,
    FOLDED,
    KIND,
    NAMED,
    NAMED_FOLDED,
    NUMBERS,
    PAIRS,
    PAIRS_FOLDED,
    TITLE,
    TITLE_FOLDED,
    And,
    Boost,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Range,
    Term,
)
from tests.search.corpus import looked

WITH_POSITIONS = (EXACT, FOLDED, TITLE, TITLE_FOLDED, NAMED, NAMED_FOLDED)
_LETTERS = "abcdehiklmnopqrstuvxyđơư19"


@cache
def _words(field: str) -> list[str]:
    """Words of the corpus, and one that is not in it."""
    return [*sorted({word for one in looked() for word in one.words[field]}), "xylophon"]


@cache
def _keys(field: str) -> list[str]:
    return [*sorted({key for one in looked() for key in one.keys[field]}), "không có"]


@st.composite
def _terms(draw: st.DrawFn) -> Node:
    field = draw(st.sampled_from((*WITH_POSITIONS, PAIRS, PAIRS_FOLDED)))
    return Term(field, draw(st.sampled_from(_words(field))))


@st.composite
def _whole_keys(draw: st.DrawFn) -> Node:
    field = draw(st.sampled_from((KIND, NUMBERS, *FACETS)))
    return Term(field, draw(st.sampled_from(_keys(field))))


@st.composite
def _phrases(draw: st.DrawFn) -> Node:
    """Words that stand somewhere like this; now and then in another order."""
    field = draw(st.sampled_from(WITH_POSITIONS))
    words = draw(st.sampled_from([one for one in looked() if len(one.words[field]) > 1]))
    there = words.words[field]
    start = draw(st.integers(0, len(there) - 2))
    some = there[start : start + draw(st.integers(2, 4))]
    return Phrase(field, tuple(draw(st.sampled_from([some, some, some[::-1]]))))


@st.composite
def _beginnings(draw: st.DrawFn) -> Node:
    field = draw(st.sampled_from((*WITH_POSITIONS, NUMBERS)))
    known = _keys(field) if field == NUMBERS else _words(field)
    return Prefix(field, draw(st.sampled_from(known))[: draw(st.integers(1, 9))])


@st.composite
def _near_words(draw: st.DrawFn) -> Node:
    field = draw(st.sampled_from((EXACT, FOLDED, NAMED_FOLDED)))
    word = draw(st.sampled_from([one for one in _words(field) if len(one) > 2]))
    place = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(_LETTERS))
    rest = word[place:]
    made = draw(st.sampled_from((letter + rest, rest[1:], letter + rest[1:], rest)))
    return Near(field, word[:place] + made)


@st.composite
def _ranges(draw: st.DrawFn) -> Node:
    field = draw(st.sampled_from((DAY, ADDED)))
    known = [one.numbers[field] for one in looked() if one.numbers[field] is not None]
    low = draw(st.none() | st.sampled_from(known))
    high = draw(st.sampled_from(known) if low is None else st.none() | st.sampled_from(known))
    return Range(field, low, high)


def trees() -> st.SearchStrategy[Node]:
    """Trees of some levels."""
    leaves = st.one_of(
        st.just(Everything()),
        _terms(),
        _terms(),
        _whole_keys(),
        _phrases(),
        _beginnings(),
        _near_words(),
        _ranges(),
    )
    return st.recursive(leaves, _branches, max_leaves=12)


def _branches(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(below, max_size=4).map(tuple)
    return st.one_of(
        some.map(And),
        some.map(Or),
        below.map(Not),
        st.builds(Boost, below, st.sampled_from((0.5, 3.0))),
        st.builds(Prefer, below, some),
    )
