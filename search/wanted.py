"""What a question wants, piece by piece: for the engine, and to be marked on the pages."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from formats.vietnamese import Syllable, has_marks
from search.engine import (
    EXACT,
    FOLDED,
    PAIRS_FOLDED,
    And,
    Near,
    Node,
    Or,
    Phrase,
    Prefix,
    Term,
)
from search.words import LONGEST, pairs

_I_OR_Y = re.compile(r"(?:[hklmstv]|qu)[iy]")
SHORTEST_START = 2  # letters of a word that may stand for all that begin so
SHORTEST_NEAR = 3  # letters of a word whose spelling may be near


@dataclass(frozen=True)
class Wanted:
    """A word, or words side by side, that the asker wants to see marked.

    Of the last word "start" wants only the beginning; "near" takes words one letter away.
    """

    exact: tuple[str, ...]
    folded: tuple[str, ...]
    how: Literal["whole", "start", "near"] = "whole"


@dataclass(frozen=True)
class Part:
    """Something wanted.

    Attributes:
        must: what an entry has that answers to it.
        better: what lifts one answer above another.
        near: the same in any near spelling; None where there is nothing nearer than `must`.
        shown: what to mark, each with its place in the question.
        words: the words that were typed plainly, for neighbours and for "did you mean".
        may_lack: whether an answer with most of the rest is an answer, too.
        word_by_word: the same as words and nothing else, where it may be no more than that.
    """

    must: Node
    better: tuple[Node, ...] = ()
    near: Node | None = None
    shown: tuple[tuple[int, Wanted], ...] = ()
    words: tuple[Syllable, ...] = ()
    may_lack: bool = False
    word_by_word: tuple["Part", ...] = ()

    @property
    def nearly(self) -> Node:
        """The part in near spellings, if it has any."""
        return self.near or self.must


def wanted(words: Iterable[Syllable], how: Literal["whole", "start", "near"] = "whole") -> Wanted:
    """These words side by side, to be marked."""
    several = tuple(words)
    return Wanted(tuple(one.exact for one in several), tuple(one.folded for one in several), how)


def any_marks(words: Iterable[Syllable]) -> bool:
    """Whether any of these was typed with its marks."""
    return any(has_marks(one.exact) for one in words)


def sounding_alike(word: str) -> tuple[str, ...]:
    """A word without marks as it may be written: Lý and Lí, quy and qui are the same."""
    if not _I_OR_Y.fullmatch(word):
        return (word,)
    return word, word[:-1] + ("i" if word.endswith("y") else "y")


def spelt_alike(word: Syllable) -> tuple[str, ...]:
    """The same of a word with its marks."""
    if not _I_OR_Y.fullmatch(word.folded):
        return (word.exact,)
    last = unicodedata.normalize("NFD", word.exact[-1])
    other = ("i" if last[0] == "y" else "y") + last[1:]
    return word.exact, word.exact[:-1] + unicodedata.normalize("NFC", other)


def word(folded: str) -> Node:
    """A word without marks, written with i or with y."""
    return any_of([Term(FOLDED, one) for one in sounding_alike(folded)])


def all_words(words: Iterable[Syllable]) -> Node:
    """All of these words, wherever they stand."""
    return all_of([word(one) for one in dict.fromkeys(one.folded for one in words)])


def side_by_side(field: str, words: Iterable[str]) -> Node:
    """These words of a field in this order, or the only one."""
    several = tuple(words)
    return Phrase(field, several) if len(several) > 1 else Term(field, several[0])


def unwanted(words: tuple[Syllable, ...]) -> Node:
    """Leave out no more than was said: with marks, only what has the same marks."""
    if any_marks(words):
        return side_by_side(EXACT, [one.exact for one in words])
    return side_by_side(FOLDED, [one.folded for one in words])


def beginning(words: tuple[Syllable, ...], field: str = FOLDED) -> Node:
    """All of these words, the last of them by how it begins."""
    said = [one.exact if field == EXACT else one.folded for one in words]
    return all_of([*(Term(field, one) for one in said[:-1]), Prefix(field, said[-1])])


def spelt_nearly(words: Iterable[Syllable], field: str = FOLDED) -> Node:
    """All of these words, each of them as it is or with one letter more, less or other."""
    return all_of(
        [
            Near(field, one.folded) if len(one.folded) >= SHORTEST_NEAR else Term(field, one.folded)
            for one in words
        ]
    )


def near_pair(one: str, two: str) -> Node:
    """Two neighbours, together one letter away."""
    return Near(PAIRS_FOLDED, next(iter(pairs((one, two)))))


def all_of(nodes: Iterable[Node]) -> Node:
    """All of these; the only one alone."""
    several = tuple(dict.fromkeys(nodes))
    return several[0] if len(several) == 1 else And(several)


def any_of(nodes: Iterable[Node]) -> Node:
    """One of these; the only one alone."""
    several = tuple(dict.fromkeys(nodes))
    return several[0] if len(several) == 1 else Or(several)


def short_enough(said: str) -> str:
    """As much of a key as an index takes."""
    return said[:LONGEST]
