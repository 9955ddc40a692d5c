"""What our reading of scans makes of words: tried only where a strict search finds little.

Learned from `benchmarks/ocr_confusions.py`: scans of known texts, read by our own road, and the
words that came out otherwise, compared without marks.
"""

MOST = 6  # readings of one word that are asked for
_TAKEN_FOR: tuple[tuple[str, str], ...] = ()


def readings(word: str) -> list[str]:
    """How a word without marks may stand in the text of a scan, the likeliest first."""
    found: dict[str, None] = {}
    for written, read in _TAKEN_FOR:
        at = word.find(written)
        while at >= 0:
            found.setdefault(word[:at] + read + word[at + len(written) :])
            at = word.find(written, at + 1)
    found.pop(word, None)
    return [one for one in found if one][:MOST]
