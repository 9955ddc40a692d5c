"""How text becomes the words of an index: for entries and for questions alike.

A word is kept twice: *exact* (NFC, lower case, tone marks placed evenly) and *folded* (without
marks). There are no stop words: "an" in "Bộ Công an" and "5" in "số 5/QĐ" are wanted. Pairs of
neighbouring syllables serve the ranking, because most Vietnamese words have two.
"""

from collections.abc import Iterable
from dataclasses import replace

from formats.vietnamese import Syllable, syllables
from search.engine import EXACT, FOLDED, PAIRS, PAIRS_FOLDED, TITLE, TITLE_FOLDED, Entry

LONGEST = 255  # characters of a word; more is no word, and engines have limits of their own
_GAP = "¶"  # stands between fields, so that no phrase reaches from one into the next


def split(text: str) -> list[Syllable]:
    """The words of a text, in order; letters and digits stay together, signs part them."""
    return [_cut(word) for word in syllables(text)]


def pairs(words: Iterable[str]) -> list[str]:
    """Each word joined with the one after it, as they stand in an index."""
    several = list(words)
    return [f"{one}_{two}"[:LONGEST] for one, two in zip(several, several[1:], strict=False)]


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


def _cut(word: Syllable) -> Syllable:
    if len(word.exact) <= LONGEST and len(word.folded) <= LONGEST:
        return word
    return replace(word, exact=word.exact[:LONGEST], folded=word.folded[:LONGEST])
