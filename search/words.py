"""How text becomes the words of an index: for entries and for questions alike.

A word is kept twice: *exact* (NFC, lower case, tone marks placed evenly) and *folded* (without
marks). There are no stop words: "an" in "Bộ Công an" and "5" in "số 5/QĐ" are wanted. Pairs of
neighbouring syllables serve the ranking, because most Vietnamese words have two.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from formats.vietnamese import Syllable, nfc, sort_key, syllables
from search.engine import (
    CITES,
    EXACT,
    FOLDED,
    KIND,
    NAMED,
    NAMED_FOLDED,
    NUMBERS,
    ORGAN,
    PAIRS,
    PAIRS_FOLDED,
    READERS,
    TITLE,
    TITLE_FOLDED,
    Entry,
)

LONGEST = 255  # characters of a word; more is no word, and engines have limits of their own
_CHUNK = re.compile(r"\S+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_DIGITS = re.compile(r"[0-9]{1,12}")
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
    """What an engine is given for each field of words, parted by spaces.

    None is empty: how rare a word is would be counted among all entries by one engine, and by
    another only among those that have the field.
    """
    if entry.texts:
        return dict(entry.texts)
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
    title = _both(entry.title)
    parts = [title, *(_both(text) for text in others if text)]
    fields = [(name, *_both(text)) for name, text in entry.named.items()]
    texts = {
        EXACT: _parted(exact for exact, _ in parts),
        FOLDED: _parted(folded for _, folded in parts),
        TITLE: " ".join(title[0]),
        TITLE_FOLDED: " ".join(title[1]),
        NAMED: _parted([named(name, one) for one in exact] for name, exact, _ in fields),
        NAMED_FOLDED: _parted([named(name, one) for one in folded] for name, _, folded in fields),
        PAIRS: " ".join(pair for exact, _ in parts for pair in pairs(exact)),
        PAIRS_FOLDED: " ".join(pair for _, folded in parts for pair in pairs(folded)),
    }
    return {field: text or _GAP for field, text in texts.items()}


def _both(text: str) -> tuple[list[str], list[str]]:
    """The words of a text with their marks, and without."""
    forms = [form for chunk in _CHUNK.findall(text) for form in _forms(chunk)]
    return [one[0] for one in forms], [one[1] for one in forms]


def _parted(texts: Iterable[list[str]]) -> str:
    return f" {_GAP} ".join(map(" ".join, texts))


def keys_of(entry: Entry) -> dict[str, tuple[str, ...]]:
    """What an engine is given for each field of keys; those that count for rank are not empty."""
    keys = {
        NUMBERS: entry.number_keys,
        CITES: entry.cites,
        KIND: (entry.kind,),
        ORGAN: (entry.organ,),
    }
    counted = {**entry.facets, READERS: entry.readers}
    return {
        **{field: tuple(filter(None, values)) for field, values in counted.items()},
        **{field: tuple(filter(None, values)) or (_GAP,) for field, values in keys.items()},
    }


def named(name: str, word: str) -> str:
    """A word of the field of that name, as it stands in an index."""
    return f"{name}:{word}"[:LONGEST]


def one_letter_away(word: str) -> set[str]:
    """All that one letter more, less or another makes of a word without marks."""
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    less = {left + right[1:] for left, right in halves if right}
    other = {left + one + right[1:] for left, right in halves if right for one in _LETTERS}
    more = {left + one + right for left, right in halves for one in _LETTERS}
    return (less | other | more) - {word, ""}


def order_keys(entry: Entry) -> dict[str, str]:
    """What entries are put in order by: never empty, never twice the same."""
    return {
        "day": f"{entry.day or 0:08d} {entry.id}",
        "number": f"{_natural(entry.number)[:LONGEST]} {entry.id}",
        "title": f"{sort_key(entry.title)[:LONGEST]} {entry.id}",
    }


def _natural(number: str) -> str:
    """Numbers in a text written so long that 9 comes before 10; what has none comes last."""
    if not number:
        return "\ue000"
    return _DIGITS.sub(lambda found: found.group().rjust(12, "0"), nfc(number).lower())


@lru_cache(maxsize=65536)
def _forms(chunk: str) -> tuple[tuple[str, str, int, int], ...]:
    """The words of a text without spaces; the same few thousand come again and again."""
    return tuple(
        (word.exact[:LONGEST], word.folded[:LONGEST], word.start, word.end)
        for word in syllables(chunk)
    )
