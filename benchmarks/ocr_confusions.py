"""Which letters our reading of scans takes for others: `search/confusions.py` learned from it.

Usage: python benchmarks/ocr_confusions.py PART… [--pages N]

A part is a folder of `benchmarks/corpus.py`, such as `CORPUS/hard200`. Read and known words are
laid beside each other without their marks, as search compares them when nothing else is found.
Printed: how many words were read wrongly, how many of those differ by one letter (which near
spelling finds anyway), and the commonest stretches of letters taken for others.
"""

import argparse
import sys
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ocr_quality import _by_us
from search.words import one_letter_away, split


def main() -> None:
    """Read the pages and print the table."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("parts", type=Path, nargs="+")
    asked.add_argument("--pages", type=int, default=40, help="of each part")
    options = asked.parse_args()
    words, wrong, near = 0, 0, 0
    letters: Counter[tuple[str, str]] = Counter()
    whole: Counter[tuple[str, str]] = Counter()
    for part in options.parts:
        scans = sorted((part / "pages").glob("*.jpg"))[: options.pages]
        for scan, read in zip(scans, _by_us(scans), strict=True):
            known = _words(scan.with_suffix(".txt").read_text(encoding="utf-8"))
            words += len(known)
            for one, two in _differences(known, _words(read)):
                wrong += max(one.count(" ") + 1, 1) if one else 0
                near += two in one_letter_away(one)
                whole[one, two] += 1
                letters.update(_stretches(one, two))
    print(f"{words} words, {wrong} of them read wrongly, {near} by one letter")
    for table in (letters, whole):
        print(", ".join(f"{a or '∅'}→{b or '∅'} {n}" for (a, b), n in table.most_common(60)))


def _words(text: str) -> list[str]:
    return [word.folded for word in split(text)]


def _differences(known: list[str], read: list[str]) -> list[tuple[str, str]]:
    """Words in one that are others in the other; what is wholly missing is no confusion."""
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, known, read, autojunk=False).get_opcodes():
        if kind != "replace" or b - a > 4 or d - c > 4:
            continue
        if b - a == d - c:
            found += [(x, y) for x, y in zip(known[a:b], read[c:d], strict=True) if x != y]
        else:
            found.append((" ".join(known[a:b]), " ".join(read[c:d])))
    return found


def _stretches(known: str, read: str) -> list[tuple[str, str]]:
    steps = SequenceMatcher(None, known, read, autojunk=False).get_opcodes()
    return [(known[a:b], read[c:d]) for kind, a, b, c, d in steps if kind != "equal"]


if __name__ == "__main__":
    main()
