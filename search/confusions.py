"""What our reading of scans makes of words: tried only where a strict search finds little.

Learned from `benchmarks/ocr_confusions.py`, which has our own road read scans of known texts: of
the words that came out otherwise, compared without marks, two thirds differ by one letter and are
found as near spellings; the most of the others are broken in two, or have lost or won two letters.
"""

from search.engine import FOLDED, PAIRS_FOLDED, Node, Term
from search.words import LONGEST, pairs

SHORTEST_BROKEN = 3  # letters of a word that is looked for in two pieces
_LONGEST_BROKEN = 12
_MOST = 6  # other readings of one word that are asked for
# What stands on paper, and what is read instead, the commonest first.
_TAKEN_FOR: tuple[tuple[str, str], ...] = ()


def misread(word: str) -> list[Node]:
    """Entries that may have this word, without marks, in the text of a scan."""
    return [
        *(Term(FOLDED, one) for one in readings(word)),
        *(Term(PAIRS_FOLDED, one) for one in broken(word)),
    ]


def readings(word: str) -> list[str]:
    """The word with something in it taken for something else, the likeliest first."""
    found: dict[str, None] = {}
    for written, read in _TAKEN_FOR:
        at = word.find(written)
        while at >= 0:
            found.setdefault(word[:at] + read + word[at + len(written) :])
            at = word.find(written, at + 1)
    found.pop(word, None)
    return [one[:LONGEST] for one in found if one][:_MOST]


def broken(word: str) -> list[str]:
    """The word as two neighbours, wherever it may have been broken."""
    if not SHORTEST_BROKEN <= len(word) <= _LONGEST_BROKEN:
        return []
    return [pairs((word[:at], word[at:]))[0] for at in range(1, len(word))]
