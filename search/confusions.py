"""What our reading of scans makes of words: tried only where a strict search finds little.

Learned from `benchmarks/ocr_confusions.py`, which has our own road read scans of known texts: 94
words of 24,666 came out otherwise from scans of 130 and 200 dpi, 1,221 of 16,444 from scans of 100,
compared without marks. Six in ten differ by one letter, and are found beside a neighbour that was
read rightly; of the others most are broken in two, or had more letters taken for others.
"""

from functools import lru_cache
from itertools import islice

from formats.syllables import is_syllable_without_marks
from search.engine import FOLDED, PAIRS_FOLDED, Node, Term
from search.words import pairs

SHORTEST_BROKEN = 3  # letters of a word that is looked for in two pieces
_LONGEST = 12  # letters of a word that is looked for otherwise than it is
_MOST = 8  # other readings of one word that are asked for
# What stands on paper, and what is read instead, the commonest first.
_TAKEN_FOR = """
o u, a i, h b, n u, a o, n o, u o, o a, h k, n a, a u, l t, c t, o e, p n, o i, u i, b h, u a, s x,
o d, i t, m n, tr m, u e, m tr, h t, m t, u y, n p, tr w, t d, y v, g 8, e c, v y, nh m, rn m
"""
_PAIRS = tuple((pair.split()[0], pair.split()[1]) for pair in _TAKEN_FOR.split(","))


def misread(word: str) -> list[Node]:
    """Entries that may have this word, without marks, in the text of a scan."""
    return [
        *(Term(FOLDED, one) for one in readings(word)),
        *(Term(PAIRS_FOLDED, one) for one in broken(word)),
    ]


@lru_cache(maxsize=4096)
def readings(word: str) -> tuple[str, ...]:
    """The word with something in it taken for something else, the likeliest first.

    Only what is no Vietnamese word: another real word proves nothing without its neighbours.
    """
    if len(word) > _LONGEST:
        return ()
    found: dict[str, None] = {}
    for written, read in _PAIRS:
        at = word.find(written)
        while at >= 0:
            found.setdefault(word[:at] + read + word[at + len(written) :])
            at = word.find(written, at + 1)
    new = (one for one in found if one != word and not is_syllable_without_marks(one))
    return tuple(islice(new, _MOST))


def broken(word: str) -> list[str]:
    """The word as two neighbours, wherever it may have been broken."""
    if not SHORTEST_BROKEN <= len(word) <= _LONGEST:
        return []
    return [pairs((word[:at], word[at:]))[0] for at in range(1, len(word))]
