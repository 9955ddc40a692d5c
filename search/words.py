"""How text becomes the words of an index: for entries and for questions alike.

A word is kept twice: *exact* (NFC, lower case, tone marks placed evenly) and *folded* (without
marks). There are no stop words: "an" in "Bộ Công an" and "5" in "số 5/QĐ" are wanted. Pairs of
neighbouring syllables serve the ranking, because most Vietnamese words have two.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from formats.vietnamese import Syllable, syllables
from search.engine import EXACT, FOLDED, PAIRS, PAIRS_FOLDED, TITLE, TITLE_FOLDED, Entry

LONGEST = 255  # characters of a word; more is no word, and engines have limits of their own
_CHUNK = re.compile(r"\S+")
_GAP = "¶"  # stands between fields, so that no phrase reaches from one into the next


def split(text: str) -> list[Syllable]:
    """The words of a text, in order; letters and digits stay together, signs part them."""
    return [
        Syllable(exact, folded, chunk.start() + start, chunk.start() + end)
        for chunk in _CHUNK.finditer(text)
        for exact, folded, start, end in _forms(chunk.group())
    ]


def pairs(words: Iterable[str]) -> list[str]:
    """Each word joined with the one after it, as they stand in an index."""
    return [f"{one}_{two}"[:LONGEST] for one, two in pairwise(words)]


def texts_of(entry: Entry) -> dict[str, str]:
    """What an engine is given for each field of words, parted by spaces."""
    title = split(entry.title)
    others = (
        entry.id,
        entry.number,
        entry.type_name,
        entry.organ_name,
        *entry.case_files,
        *entry.case_file_titles,
        *entry.fields,
        entry.body,
    )
    parts = [title, *(split(text) for text in others if text)]
    exact = [[token.exact for token in part] for part in parts]
    folded = [[token.folded for token in part] for part in parts]
    return {
        EXACT: f" {_GAP} ".join(map(" ".join, exact)),
        FOLDED: f" {_GAP} ".join(map(" ".join, folded)),
        TITLE: " ".join(exact[0]),
        TITLE_FOLDED: " ".join(folded[0]),
        PAIRS: " ".join(pair for part in exact for pair in pairs(part)),
        PAIRS_FOLDED: " ".join(pair for part in folded for pair in pairs(part)),
    }


@lru_cache(maxsize=65536)
def _forms(chunk: str) -> tuple[tuple[str, str, int, int], ...]:
    """The words of a text without spaces; the same few thousand come again and again."""
    return tuple(
        (word.exact[:LONGEST], word.folded[:LONGEST], word.start, word.end)
        for word in syllables(chunk)
    )
