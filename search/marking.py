"""Where in a document the wanted words stand: best pages, a snippet, boxes on the page picture.

Our own code does this for every engine, on the stored text of the pages: engines count bytes, know
no pages, and mark the parts of a phrase wherever they stand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain, islice, pairwise
from typing import NamedTuple, Protocol

from formats.text import PageText, Word
from formats.vietnamese import nfc
from search.query import Asked
from search.tokens import Said, Token, alike
from search.wanted import SHORTEST_NEAR, Wanted
from search.words import one_letter_away

PAGES_LOOKED_AT = 500  # about a second; what stands further on is found, but names no page
_AROUND = 14  # words on each side of the densest spot
_SPOT = 24  # words that make one spot
_SNIPPET = 320  # characters, at most


@dataclass(frozen=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Places:
    """Where a document's hits are (record rules, R24).

    Attributes:
        best: number of the page that shows most of what was asked; None when only the
            description matches.
        pages: all pages worth opening, the best one included, in order.
        snippet: the densest spot of the best page.
    """

    best: int | None = None
    pages: tuple[int, ...] = ()
    snippet: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class OnPage:
    """A page on which wanted words stand, and its densest spot."""

    number: int
    snippet: tuple[Piece, ...]


class Written(Protocol):
    """A page of which the text is known: `PageText`, or its text alone."""

    @property
    def number(self) -> int:
        """From 1."""

    def text(self) -> str:
        """The page as plain text in NFC."""


class _Match(NamedTuple):
    """One place where something wanted stands: tokens from `first` up to, not including, `last`."""

    wanted: int
    first: int
    last: int
    is_exact: bool


@dataclass(frozen=True)
class _Candidate:
    """A page with matches, and how good it is."""

    number: int
    said: Said
    has: frozenset[int]
    has_exact: frozenset[int]
    matches: Sequence[_Match]

    @property
    def worth(self) -> tuple[int, int, int]:
        """How much its densest spot and all of it show; of two pages the first is worth more."""
        return self.densest[0], len(self.matches), -self.number

    @cached_property
    def densest(self) -> tuple[int, tuple[int, int]]:
        """What its densest spot is worth, and where that is; few pages are asked for it."""
        return _densest(self.matches)


def places(pages: Iterable[Written], asked: Asked, *, at_most: int = PAGES_LOOKED_AT) -> Places:
    """The best page, the others and a snippet, from the first pages of the document."""
    best, worth = _worth_opening(pages, asked, at_most)
    if best is None:
        return Places()
    numbers = sorted(one.number for one in worth)
    return Places(best.number, tuple(numbers), _snippet(best, asked))


def each_page(
    pages: Iterable[Written], asked: Asked, *, at_most: int = PAGES_LOOKED_AT
) -> tuple[OnPage, ...]:
    """Every page that `places` names, each with its own snippet, in order."""
    _, worth = _worth_opening(pages, asked, at_most)
    ordered = sorted(worth, key=lambda one: one.number)
    return tuple(OnPage(one.number, _snippet(one, asked)) for one in ordered)


def _worth_opening(
    pages: Iterable[Written], asked: Asked, at_most: int
) -> tuple["_Candidate | None", list["_Candidate"]]:
    """The best page, and all that show as much or something that it lacks."""
    if not asked.wanted:
        return None, []
    looked_at = islice(pages, at_most)
    found = [one for page in looked_at if (one := _candidate(page, asked))]
    if asked.has_marks:
        found = _without_lookalikes(found)
    if not found:
        return None, []
    most = max(len(one.has) for one in found)
    best = max((one for one in found if len(one.has) == most), key=lambda one: one.worth)
    lacking = frozenset(range(len(asked.wanted))) - best.has
    return best, [one for one in found if len(one.has) >= len(best.has) or one.has & lacking]


def mark(text: str, asked: Asked) -> tuple[Piece, ...]:
    """The whole text, in NFC, with the wanted words marked: for subjects and other fields."""
    text = nfc(text)
    said = Said(text)
    matches = _matches(said.tokens, asked)
    if not matches:
        return (Piece(text, False),) if text else ()
    spans = [(said.start(one.first), said.end(one.last - 1)) for one in matches]
    return tuple(_pieces(text, _merged(text, spans)))


def boxes(page: PageText, asked: Asked) -> list[Word]:
    """The words of the page that are to be marked on its picture, in reading order."""
    tokens: list[Token] = []
    owners: list[int] = []
    for number, word in enumerate(page.words):
        parts = Said(word.text).tokens
        tokens += parts
        owners += [number] * len(parts)
    marked = {owners[i] for one in _matches(tokens, asked) for i in range(one.first, one.last)}
    return [page.words[number] for number in sorted(marked)]


# Finding what is wanted among the words of a page ------------------------------------------------


def _matches(tokens: Sequence[Token], asked: Asked) -> list[_Match]:
    """All places of all wanted things, in order; the better kind alone where there is one.

    Exact ones are better than folded ones, and words that stand side by side as they were typed
    better than the same words alone: "chu ky so" marks "chữ ký số", not every "số" and "sở".
    """
    places_of = _places_of(tokens, asked)
    if not places_of:
        return []
    matches: list[_Match] = []
    for number, wanted in enumerate(asked.wanted):
        starts = _starts(places_of, wanted)
        here = [one for start in starts if (one := _match(tokens, start, number, wanted))]
        exact = [one for one in here if one.is_exact]
        matches += exact if asked.has_marks and exact else here
    return _side_by_side(sorted(matches, key=lambda one: (one.first, one.last)))


def _places_of(tokens: Sequence[Token], asked: Asked) -> dict[str, list[int]]:
    """Where each word stands with which something wanted may begin."""
    openings = {alike(one.folded[0]) for one in asked.wanted if _is_opened_by_word(one)}
    is_any = not all(map(_is_opened_by_word, asked.wanted))
    places_of: dict[str, list[int]] = {}
    for place in [at for at, one in enumerate(tokens) if is_any or one.alike in openings]:
        places_of.setdefault(tokens[place].alike, []).append(place)
    return places_of


def _is_opened_by_word(wanted: Wanted) -> bool:
    """Whether its first word is a whole one, spelt as it is."""
    return wanted.how == "whole" or (wanted.how == "start" and len(wanted.folded) > 1)


def _side_by_side(matches: list[_Match]) -> list[_Match]:
    """Without the lone places of words that elsewhere stand beside their neighbour."""
    inside: set[int] = set()
    by_start: dict[int, list[int]] = {}
    for number, one in enumerate(matches):
        by_start.setdefault(one.first, []).append(number)
    for number, one in enumerate(matches):
        for next_number in by_start.get(one.last, ()):
            if matches[next_number].wanted == one.wanted + 1:
                inside |= {number, next_number}
    joined = {matches[number].wanted for number in inside}
    return [
        one for number, one in enumerate(matches) if number in inside or one.wanted not in joined
    ]


def _starts(places_of: Mapping[str, list[int]], wanted: Wanted) -> list[int]:
    """Where the first of the wanted words stands."""
    first = wanted.folded[0]
    if _is_opened_by_word(wanted):
        return places_of.get(alike(first), [])
    if wanted.how == "near":
        near = _near(first) if len(first) >= SHORTEST_NEAR else frozenset[str]()
        fitting = places_of.keys() & (near | {alike(first)})
    else:
        fitting = {word for word in places_of if word.startswith(first)}
    return sorted(chain.from_iterable(places_of[word] for word in fitting))


def _match(tokens: Sequence[Token], start: int, number: int, wanted: Wanted) -> _Match | None:
    end = start + len(wanted.folded)
    if end == start + 1 and wanted.how == "whole":  # all that start there are this word
        return _Match(number, start, end, tokens[start].exact == wanted.exact[0])
    here = tokens[start:end]
    if len(here) < len(wanted.folded):
        return None
    *others, last = zip(here, wanted.folded, wanted.exact, strict=True)
    how = "near" if wanted.how == "near" else "whole"
    if not all(_fits(token.folded, word, how) for token, word, _ in others):
        return None
    if not _fits(last[0].folded, last[1], wanted.how):
        return None
    is_exact = all(token.exact == word for token, _, word in others)
    as_typed = last[0].exact[: len(last[2])] if wanted.how == "start" else last[0].exact
    return _Match(number, start, end, is_exact and as_typed == last[2])


def _fits(word: str, wanted: str, how: str) -> bool:
    """Whether a word of a page is the wanted one, begins like it, or is near it."""
    if how == "start":
        return word.startswith(wanted)
    same = alike(word) == alike(wanted)
    return same or (how == "near" and len(wanted) >= SHORTEST_NEAR and word in _near(wanted))


_near = lru_cache(maxsize=200)(one_letter_away)


# Choosing a page and a spot ----------------------------------------------------------------------


def _candidate(page: Written, asked: Asked) -> _Candidate | None:
    said = Said(page.text())
    matches = _matches(said.tokens, asked)
    if not matches:
        return None
    has = frozenset(one.wanted for one in matches)
    has_exact = frozenset(one.wanted for one in matches if one.is_exact)
    return _Candidate(page.number, said, has, has_exact, matches)


def _without_lookalikes(pages: list[_Candidate]) -> list[_Candidate]:
    """Words that some page has with the marks as typed do not count where they have others."""
    exact = frozenset(one for page in pages for one in page.has_exact)
    counted = [replace(page, has=page.has_exact | (page.has - exact)) for page in pages]
    return [page for page in counted if page.has]


def _densest(matches: Sequence[_Match]) -> tuple[int, tuple[int, int]]:
    """The spot with most different things, neighbours and exact forms; its worth, and its ends."""
    best, spot = 0, (matches[0].first, matches[0].last)
    for number, opening in enumerate(matches):
        inside = [one for one in islice(matches, number, number + _SPOT) if _is_near(opening, one)]
        worth = _worth(inside)
        if worth > best:
            best, spot = worth, (opening.first, max(one.last for one in inside))
    return best, spot


def _is_near(opening: _Match, one: _Match) -> bool:
    return one.first - opening.first < _SPOT


def _worth(matches: Sequence[_Match]) -> int:
    different = len({one.wanted for one in matches})
    exact = len({one.wanted for one in matches if one.is_exact})
    adjoining = {
        one.wanted
        for one, two in pairwise(matches)
        if two.wanted == one.wanted + 1 and two.first == one.last
    }
    return 8 * different + 4 * len(adjoining) + 2 * exact + min(len(matches), 7) // 4


# Writing it down ---------------------------------------------------------------------------------


def _snippet(page: _Candidate, asked: Asked) -> tuple[Piece, ...]:
    """The spot with some words around it on one line, marked; dots where text was left out."""
    opening, closing = page.densest[1]
    first, last = max(opening - _AROUND, 0), closing + _AROUND
    text = page.said.text
    start = page.said.start(first) if first else 0
    end = page.said.end(last - 1) if last < len(page.said.tokens) else len(text)
    said = " ".join(text[start : min(end, start + _SNIPPET)].split())
    pieces = list(mark(said, asked))
    if first:
        pieces.insert(0, Piece("… ", False))
    if end < len(text) or end > start + _SNIPPET:
        pieces.append(Piece(" …", False))
    return tuple(pieces)


def _merged(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in order; those that overlap, or have only spaces between them, become one."""
    open_span: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if open_span and not text[open_span[1] : start].strip():
            open_span = (open_span[0], max(open_span[1], end))
            continue
        if open_span:
            yield open_span
        open_span = (start, end)
    if open_span:
        yield open_span


def _pieces(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    after = 0
    for start, end in spans:
        if after < start:
            yield Piece(text[after:start], False)
        yield Piece(text[start:end], True)
        after = end
    if after < len(text):
        yield Piece(text[after:], False)
