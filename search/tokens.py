"""A text as words that are compared with those of a question, many pages for one answer.

Words are looked up by what stands between two spaces, and not made anew: a page has hundreds, and
the same few thousand come again and again.
"""

from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from typing import NamedTuple

from search.wanted import sounding_alike
from search.words import split

_MOST_CHUNKS, _LONG_CHUNK = 50_000, 40


class Token(NamedTuple):
    """A word in the forms in which words are compared, and its place between two spaces."""

    exact: str
    folded: str
    alike: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def alike(word: str) -> str:
    """Numbers are the same with and without leading zeros, names with i and with y."""
    if word.isdecimal():
        return word.lstrip("0") or "0"
    return max(sounding_alike(word))


class _Chunks(dict[str, tuple[Token, ...]]):
    """The words of what stands between two spaces; they say of no document that it has them."""

    def __missing__(self, chunk: str) -> tuple[Token, ...]:
        found = tuple(
            Token(one.exact, one.folded, alike(one.folded), one.start, one.end)
            for one in split(chunk)
        )
        if len(self) >= _MOST_CHUNKS:
            self.clear()
        if len(chunk) <= _LONG_CHUNK:
            self[chunk] = found
        return found


_chunk = _Chunks().__getitem__


class Said:
    """What a text says, word by word.

    Attributes:
        text: the text.
        tokens: its words in order, as `split` parts them.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._chunks = list(map(_chunk, text.split()))
        self.tokens = list(chain.from_iterable(self._chunks))

    def start(self, number: int) -> int:
        """Where the word of this number begins, counted from nought."""
        place, word = self._word(number)
        return place + word.start

    def end(self, number: int) -> int:
        """Where it ends."""
        place, word = self._word(number)
        return place + word.end

    @cached_property
    def _before(self) -> list[int]:
        return list(accumulate(map(len, self._chunks), initial=0))

    def _word(self, number: int) -> tuple[int, Token]:
        """The place of the spaces before it, and the word; few are asked for."""
        chunk = bisect_right(self._before, number) - 1
        rest = self.text.split(None, chunk)[chunk]
        return len(self.text) - len(rest), self._chunks[chunk][number - self._before[chunk]]
