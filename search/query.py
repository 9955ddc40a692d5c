"""Our query language: what people type, as a question for an engine.

All words are wanted, in any order. "Words in quotes" stand side by side. A minus before a word or
a phrase leaves out what has it. Document numbers are recognised as staff type them. Typed with
marks, exact matches come first and folded ones after; typed without, marks do not matter.
Whatever is typed, there is an answer and no error.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from formats.document_numbers import find_numbers, parse, query_keys
from formats.document_types import named_types
from formats.vietnamese import Syllable, has_marks, nfc
from search.engine import (
    CITES,
    EXACT,
    FOLDED,
    NUMBERS,
    PAIRS,
    PAIRS_FOLDED,
    TITLE,
    TITLE_FOLDED,
    And,
    Boost,
    Everything,
    Node,
    Not,
    Or,
    Order,
    Phrase,
    Prefer,
    Query,
    Term,
)
from search.words import pairs, split

WORDS_WANTED = 48  # of a pasted page the first words say enough
_CHARACTERS = 4000
_EVEN_IF_FOLDED = 0.1  # what a match without its marks is worth, when marks were typed
_EXACT_TOO = 0.3  # what an exact match adds, when no marks were typed
_IN_TITLE = 1.5
_BY_NUMBER = 20.0  # the document of that number, before all that cite it

_Phrases = tuple[tuple[Syllable, ...], ...]
_QUOTES = '"“”'
_BEFORE_A_NUMBER = {"so", "van", "ban", "ky", "hieu"}
_PART = re.compile(
    rf"(?P<minus>(?<!\S)-)?"
    rf"(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}]|(?P<plain>[^\s{_QUOTES}]+))"
)


@dataclass(frozen=True)
class Wanted:
    """A word, or words side by side, that the asker wants to see marked."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What was typed, understood.

    Attributes:
        node: the question for the engine.
        order: the order that suits the question best.
        first: what comes before everything else found.
        wanted: what to look for on the pages and to mark.
        has_marks: whether any word was typed with its marks, so that marks matter.
    """

    node: Node
    order: Order = "best"
    first: Node | None = None
    wanted: tuple[Wanted, ...] = ()
    has_marks: bool = False

    def query(
        self,
        readers: Iterable[str],
        *,
        filters: Iterable[Node] = (),
        hidden: Iterable[str] = (),
        start: int = 0,
        limit: int = 20,
        order: Order | None = None,
    ) -> Query:
        """The same question, with the rights of who asks and the stretch of answers wanted."""
        return Query(
            self.node,
            tuple(readers),
            tuple(filters),
            tuple(hidden),
            start,
            limit,
            order or self.order,
            self.first,
        )


@dataclass(frozen=True)
class _Typed:
    """What was typed, taken apart: loose words as one text, phrases, and what is to be left out."""

    plain: str
    phrases: _Phrases
    unwanted: _Phrases


@dataclass(frozen=True)
class _Number:
    """A document number among the loose words: the words it is made of, and its keys."""

    pieces: _Phrases  # words of one piece stand side by side
    keys: tuple[str, ...]

    @property
    def words(self) -> list[Syllable]:
        """All its words."""
        return _flat(self.pieces)


def understand(text: str) -> Asked:
    """What was typed, as a question. Nothing typed asks for everything, newest first."""
    if not text.strip():
        return Asked(Everything(), "newest")
    typed = _taken_apart(nfc(text[:_CHARACTERS]))
    numbers, words = _numbers_and_words(typed.plain)
    wanted = _wanted(numbers, words, typed.phrases)
    leaving_out = tuple(Not(_unwanted(one)) for one in typed.unwanted)
    if not wanted:
        return Asked(And(leaving_out), "newest") if leaving_out else Asked(Or(()))
    loose = sorted((*words, *(word for number in numbers for word in number.words)), key=_place)
    with_marks = any(has_marks(one.exact) for one in (*loose, *_flat(typed.phrases)))
    must = [_any_spelling(number) for number in numbers]
    must += [Term(FOLDED, one) for one in _folded(words)]
    must += [_side_by_side(FOLDED, [one.folded for one in phrase]) for phrase in typed.phrases]
    found = Boost(And((*must, *leaving_out)), _EVEN_IF_FOLDED if with_marks else 1.0)
    node = Prefer(found, tuple(_better(numbers, loose, typed.phrases, with_marks)))
    if _is_bare_number(numbers, words, typed.phrases):
        return Asked(node, "newest", _has_number(numbers), wanted, with_marks)
    return Asked(node, "best", None, wanted, with_marks)


# Taking apart ------------------------------------------------------------------------------------


def _taken_apart(text: str) -> _Typed:
    if parse(text):  # in "530 /QĐ -SXD" the minus leaves nothing out
        return _Typed(text, (), ())
    plain: list[str] = []
    phrases: list[tuple[Syllable, ...]] = []
    unwanted: list[tuple[Syllable, ...]] = []
    left = WORDS_WANTED
    for part in _PART.finditer(text):
        said = part["quoted"] if part["quoted"] is not None else part["plain"]
        words = tuple(split(said))[:left]
        left -= len(words)
        if part["minus"]:
            unwanted.append(words)
        elif part["quoted"] is not None:
            phrases.append(words)
        elif words:
            plain.append(said)
    return _Typed(
        " ".join(plain),
        tuple(dict.fromkeys(one for one in phrases if one)),
        tuple(dict.fromkeys(one for one in unwanted if one)),
    )


def _numbers_and_words(plain: str) -> tuple[list[_Number], list[Syllable]]:
    """The document numbers among the loose words, and the other words."""
    words = split(plain)[:WORDS_WANTED]
    citations = find_numbers(plain)
    if not citations:
        keys = tuple(query_keys(plain))
        return ([_Number(_chunks(plain, words), keys)], []) if keys and words else ([], words)
    numbers = []
    for one in citations:
        inside = tuple(word for word in words if one.start <= word.start < one.end)
        keys = tuple(query_keys(plain[one.start : one.end]))
        if inside and keys:
            numbers.append(_Number((inside,), keys))
    taken = {word for number in numbers for word in number.words}
    others = [word for word in words if word not in taken]
    if len(numbers) == 1 and _only_introduces(others):
        return [_Number((*_chunks(plain, others), *numbers[0].pieces), numbers[0].keys)], []
    return numbers, others


def _only_introduces(words: list[Syllable]) -> bool:
    """Whether these only announce a number: "Quyết định số", "Số:"."""
    _, rest = named_types(" ".join(word.folded for word in words))
    return set(rest.split()) <= _BEFORE_A_NUMBER


def _chunks(text: str, words: list[Syllable]) -> _Phrases:
    """The words in groups: those that were typed without a space between them stay together."""
    groups: list[list[Syllable]] = []
    for word in words:
        if groups and " " not in text[groups[-1][-1].end : word.start]:
            groups[-1].append(word)
        else:
            groups.append([word])
    return tuple(tuple(group) for group in groups)


def _is_bare_number(numbers: list[_Number], words: list[Syllable], phrases: _Phrases) -> bool:
    """Whether only a counter was asked for: then the newest documents that carry it come first."""
    return len(numbers) == 1 and len(numbers[0].words) == 1 and not words and not phrases


# The question ------------------------------------------------------------------------------------


def _any_spelling(number: _Number) -> Node:
    """The document of that number, those that cite it, and those that have its words."""
    keys = [Term(field, key) for key in number.keys for field in (NUMBERS, CITES)]
    return Or((And(tuple(Term(FOLDED, one) for one in _folded(number.words))), *keys))


def _has_number(numbers: list[_Number]) -> Node:
    return Or(tuple(Term(NUMBERS, key) for number in numbers for key in number.keys))


def _unwanted(words: tuple[Syllable, ...]) -> Node:
    """Leave out no more than was said: with marks, only what has the same marks."""
    if any(has_marks(one.exact) for one in words):
        return _side_by_side(EXACT, [one.exact for one in words])
    return _side_by_side(FOLDED, [one.folded for one in words])


def _side_by_side(field: str, words: list[str]) -> Node:
    return Phrase(field, tuple(words)) if len(words) > 1 else Term(field, words[0])


def _better(
    numbers: list[_Number],
    words: list[Syllable],
    phrases: _Phrases,
    with_marks: bool,
) -> list[Node]:
    """What lifts a match above the others: exact words, neighbours, the subject, the number."""
    exact = list(dict.fromkeys(one.exact for one in words))
    folded = _folded(words)
    exact_pairs = dict.fromkeys(pairs(one.exact for one in words))
    folded_pairs = dict.fromkeys(pairs(one.folded for one in words))
    better: list[Node] = []
    if numbers:
        better.append(Boost(_has_number(numbers), _BY_NUMBER))
    if with_marks:
        better += [Term(EXACT, one) for one in exact]
        better += [Term(PAIRS, one) for one in exact_pairs]
        better += [Boost(Term(PAIRS_FOLDED, one), _EVEN_IF_FOLDED) for one in folded_pairs]
        better += [Boost(Term(TITLE, one), _IN_TITLE) for one in exact]
        better += [_side_by_side(EXACT, [one.exact for one in phrase]) for phrase in phrases]
    else:
        better += [Boost(Term(EXACT, one), _EXACT_TOO) for one in exact]
        better += [Term(PAIRS_FOLDED, one) for one in folded_pairs]
        better += [Boost(Term(TITLE_FOLDED, one), _IN_TITLE) for one in folded]
    return better


# What to mark ------------------------------------------------------------------------------------


def _wanted(numbers: list[_Number], words: list[Syllable], phrases: _Phrases) -> tuple[Wanted, ...]:
    groups = [piece for number in numbers for piece in number.pieces]
    groups += [(word,) for word in words]
    groups += phrases
    several = [
        Wanted(tuple(one.exact for one in group), tuple(one.folded for one in group))
        for group in groups
    ]
    return tuple(dict.fromkeys(several))


def _place(word: Syllable) -> int:
    return word.start


def _flat(phrases: _Phrases) -> list[Syllable]:
    return [word for phrase in phrases for word in phrase]


def _folded(words: Iterable[Syllable]) -> list[str]:
    return list(dict.fromkeys(one.folded for one in words))
