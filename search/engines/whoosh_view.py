"""One commit of a Whoosh index as it is read, and how much each entry in it matches a question.

Of Whoosh only the lists of where a word stands are used. How lists are put together is ours: its
own queries count wrongly in places (a page's total, an `Or` of nothing, a `Not` in an `Or`), and
its phrases are slow. Entries go by the number that Whoosh gives them.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from whoosh.reading import IndexReader, TermNotFound

from search import engine
from search.engine import (
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
    Query,
    Range,
    Term,
)
from search.engines.whoosh_schema import NO_NUMBER, by

Scores = Mapping[int, float]
_KEPT = (
    256  # lists of a word that are kept while nothing changes: readers' keys are always among them
)
_K1, _B = 1.2, 0.75  # of the usual measure, BM25
_MORE = 1.0  # what matches by its beginning, by likeness or by number counts this much


class View:
    """What one commit holds. Not to be shared between threads."""

    def __init__(self, reader: IndexReader) -> None:
        self.reader = reader
        self.entries = frozenset(reader.all_doc_ids())
        self.parts: list[tuple[IndexReader, int]] = list(reader.leaf_readers())
        self.weights = lru_cache(maxsize=_KEPT)(self._weights)
        self.lengths = lru_cache(maxsize=None)(self._lengths)
        self.column = lru_cache(maxsize=None)(self._column)
        self.values = lru_cache(maxsize=None)(self._values)

    def words_from(self, field: str, start: str) -> Iterator[str]:
        """All words of a field that begin like this, dropped entries' too; some come twice."""
        for part, _ in self.parts:
            yield from (word.decode() for word in part.expand_prefix(field, start))

    def words_near(self, field: str, word: str) -> set[str]:
        """All words of a field that differ by one letter at most."""
        return {one for part, _ in self.parts for one in part.terms_within(field, word, 1)}

    def having(self, field: str, words: Iterable[str]) -> set[int]:
        """Entries whose field has one of these words."""
        return {number for word in words for number, _ in self._postings(field, word)}

    def phrase(self, field: str, words: tuple[str, ...]) -> dict[int, float]:
        """In which entries the words stand side by side, and how often."""
        lists = sorted((self.weights(field, word) for word in words), key=len)
        common = set(lists[0]).intersection(*lists[1:])
        starts: dict[int, set[int]] = {}
        for place, word in enumerate(words):
            for number, positions in self._positions(field, word, sorted(common)):
                here = {one - place for one in positions}
                starts[number] = starts[number] & here if place else here
            common = {number for number in common if starts[number]}
        return {number: float(len(starts[number])) for number in common}

    def _postings(self, field: str, word: str) -> Iterator[tuple[int, Any]]:
        """Each entry that has the word, and Whoosh's own mark at that place in its list."""
        for part, offset in self.parts:
            try:
                place = part.postings(field, word)
            except TermNotFound:
                continue
            while place.is_active():
                yield place.id() + offset, place
                place.next()

    def _weights(self, field: str, word: str) -> dict[int, float]:
        return {number: place.weight() for number, place in self._postings(field, word)}

    def _positions(
        self, field: str, word: str, numbers: list[int]
    ) -> Iterator[tuple[int, list[int]]]:
        """Where the word stands in these entries, all of which have it."""
        for part, offset in self.parts:
            end = offset + part.doc_count_all()
            here = [one - offset for one in numbers if offset <= one < end]
            if not here:
                continue
            place = part.postings(field, word)
            for one in here:
                place.skip_to(one)
                yield one + offset, place.value_as("positions")

    def _lengths(self, field: str) -> tuple[list[int], float]:
        """How many words each entry's field has, and how many an average one."""
        if not self.reader.schema[field].scorable:
            return [], 1.0
        lengths = [
            part.doc_field_length(number, field) or 0
            for part, _ in self.parts
            for number in range(part.doc_count_all())
        ]
        return lengths, max(sum(lengths), 1) / max(len(lengths), 1)

    def _column(self, field: str) -> list[Any]:
        """The field's value of each entry."""
        kind = self.reader.schema[field].column_type
        values: list[Any] = []
        for part, _ in self.parts:
            count = part.doc_count_all()
            if part.has_column(field):
                read = part.column_reader(field)
                values += [read[number] for number in range(count)]
            else:
                values += [kind.default_value()] * count
        return values

    def _values(self, field: str) -> dict[int, list[str]]:
        """The keys that each entry has in the field."""
        values: dict[int, list[str]] = {}
        for word in set(self.words_from(field, "")):
            for number, _ in self._postings(field, word):
                values.setdefault(number, []).append(word)
        return values


def found(view: View, query: Query) -> dict[int, float]:
    """All that the asker may read and the question finds, and how well it matches."""
    allowed = view.having(engine.READERS, query.readers)
    for one in query.filters:
        allowed &= matches(view, one, ranked=False).keys()
    allowed -= view.having(engine.ID, query.hidden)
    if not allowed:
        return {}
    scores = matches(view, query.node, ranked=query.order == "best")
    return {number: scores[number] for number in allowed & scores.keys()}


def in_order(view: View, query: Query, scores: Scores) -> tuple[list[int], int]:
    """The entries as the question wants them put, and how many of them come first."""
    numbers = sorted(scores)
    match query.order:
        case "best":
            numbers.sort(key=scores.__getitem__, reverse=True)
        case "newest" | "oldest":
            numbers.sort(key=view.column(by("day")).__getitem__, reverse=query.order == "newest")
        case "number" | "title":
            numbers.sort(key=view.column(by(query.order)).__getitem__)
    if query.first is None:
        return numbers, 0
    first = matches(view, query.first, ranked=False).keys()
    ahead = [number for number in numbers if number in first]
    return ahead + [number for number in numbers if number not in first], len(ahead)


def counts(view: View, numbers: Iterable[int], field: str, most: int) -> dict[str, int]:
    """How many of these entries have which value in the field; so many values, the commonest."""
    values = view.values(field)
    counted = Counter(value for number in numbers for value in values.get(number, ()))
    return dict(counted.most_common(most))


def matches(view: View, node: Node, *, ranked: bool = True) -> Scores:
    """What matches a node, and how well; without `ranked` only what."""
    match node:
        case Everything():
            return dict.fromkeys(view.entries, _MORE)
        case Term(field, word):
            weights = view.weights(field, word)
            return _bm25(view, field, [weights], weights) if ranked else weights
        case Phrase(field, words):
            often = view.phrase(field, words)
            lists = [view.weights(field, word) for word in words]
            return _bm25(view, field, lists, often) if ranked else often
        case Prefix(field, start):
            return dict.fromkeys(view.having(field, set(view.words_from(field, start))), _MORE)
        case Near(field, word):
            return dict.fromkeys(view.having(field, view.words_near(field, word)), _MORE)
        case Range():
            return dict.fromkeys(_in_range(view, node), _MORE)
        case Or(nodes):
            return _sum([matches(view, one, ranked=ranked) for one in nodes])
        case And(nodes):
            return _all_of(view, nodes, ranked)
        case Not():
            return _all_of(view, (node,), ranked)
        case Boost(inner, factor):
            scores = matches(view, inner, ranked=ranked)
            return {number: score * factor for number, score in scores.items()}
        case Prefer(inner, better):
            wanted = matches(view, inner, ranked=ranked)
            liked = [matches(view, one) for one in better] if ranked else []
            total = _sum([wanted, *liked])
            return {number: total[number] for number in wanted}


def _all_of(view: View, nodes: tuple[Node, ...], ranked: bool) -> Scores:
    found = [matches(view, one, ranked=ranked) for one in nodes if not isinstance(one, Not)]
    common = set(view.entries).intersection(*found)
    for one in nodes:
        if isinstance(one, Not) and common:
            common -= matches(view, one.node, ranked=False).keys()
    return {number: math.fsum(one[number] for one in found) for number in common}


def _sum(found: list[Scores]) -> Scores:
    total: dict[int, float] = {}
    for scores in found:
        for number, score in scores.items():
            total[number] = total.get(number, 0.0) + score
    return total


def _in_range(view: View, wanted: Range) -> set[int]:
    low, high = wanted.ends
    numbers = view.column(wanted.field)
    return {
        entry
        for entry in view.entries
        if numbers[entry] != NO_NUMBER
        and (low is None or low <= numbers[entry])
        and (high is None or numbers[entry] <= high)
    }


def _bm25(view: View, field: str, lists: list[dict[int, float]], often: Scores) -> Scores:
    """How well entries match that have what is wanted so often; the rarer its words, the better."""
    count = len(view.entries)
    rare = sum(math.log1p((count - len(one) + 0.5) / (len(one) + 0.5)) for one in lists)
    lengths, average = view.lengths(field)
    if not lengths:
        return dict.fromkeys(often, rare)
    factor = rare * (1 + _K1)
    return {
        number: factor * times / (times + _K1 * (1 - _B + _B * lengths[number] / average))
        for number, times in often.items()
    }
