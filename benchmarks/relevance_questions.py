"""What is asked of the papers: sixty questions that we judged, and as many as wanted by chance.

The judged ones stand in `relevance_questions.tsv`: kind, question, the papers that answer it. Those
by chance take a stretch of a paper, and do to it what memory, fingers and scanners do; the papers
that have the whole stretch answer it. Nothing in `search/` may be fitted to either.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.relevance_papers import MISREAD, Collected
from formats.vietnamese import unaccented
from search.words import split

EXACT, NO_MARKS, NUMBER = "exact", "without marks", "number"
HALF, MISSPELT, MISREAD_WORDS = "half-remembered", "misspelt", "OCR errors"
KINDS = (EXACT, NO_MARKS, NUMBER, HALF, MISSPELT, MISREAD_WORDS)
_JUDGED = Path(__file__).with_suffix(".tsv")
_SENTENCE = re.compile(r"[^.;:\n()“”\"]+")
_TELLING = 2  # words of a stretch that few papers have: what else would anybody remember?
_FEW = 0.15  # of our papers
_MOST_ANSWERS = 3  # papers that have the same stretch; one that more have tells nothing
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SOUNDS = (
    ("s", "x"), ("x", "s"), ("ch", "tr"), ("tr", "ch"), ("gi", "d"), ("d", "gi"), ("n", "l"),
    ("l", "n"), ("r", "d"), ("y", "i"), ("i", "y"), ("ng", "n"), ("n", "ng"), ("c", "t"),
    ("t", "c"), ("ngh", "ng"), ("k", "c"), ("qu", "q"),
)  # fmt: skip
_TONES = "sfrxj"  # keys by which people type marks, and that stay where the program is off


@dataclass(frozen=True)
class Question:
    """A question, and the papers that answer it."""

    kind: str
    text: str
    answers: frozenset[str]


def judged() -> list[Question]:
    """The sixty."""
    lines = _JUDGED.read_text(encoding="utf-8").splitlines()
    told = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [Question(kind, text, frozenset(ids.split())) for kind, text, ids in told]


def by_chance(papers: Sequence[Collected], of_each: int, seed: int) -> list[Question]:
    """So many of each kind, the same for the same seed."""
    chance = random.Random(seed)
    ways: dict[str, Callable[[], Question | None]] = _Chance(papers, chance).ways()
    found: list[Question] = []
    for kind in KINDS:
        some: list[Question] = []
        while len(some) < of_each:
            question = ways[kind]()
            if question is not None:
                some.append(question)
        found += some
    return found


class _Chance:
    """Questions drawn from papers."""

    def __init__(self, papers: Sequence[Collected], chance: random.Random) -> None:
        self._chance = chance
        self._ours = [one for one in papers if one.is_ours]
        self._clean = [one for one in self._ours if not one.is_misread]
        self._numbered = [one for one in papers if one.entry.number]
        self._said = {one.entry.id: _plain(one.text) for one in self._ours}
        self._read = {one.entry.id: _plain(one.entry.body) for one in self._ours}
        self._misread = [one for one in self._ours if one.is_misread and self._can_be_read(one)]
        self._readings = _readings()
        self._in = Counter(word for said in self._said.values() for word in set(said.split()))

    def _can_be_read(self, paper: Collected) -> bool:
        """Whether most words came out right; of a page that lay sideways sometimes none did."""
        said, read = (set(texts[paper.entry.id].split()) for texts in (self._said, self._read))
        return len(said & read) > len(said) / 2

    def ways(self) -> dict[str, Callable[[], Question | None]]:
        """How a question of each kind is made; it may fail, and is then asked again."""
        return {
            EXACT: lambda: self._changed(EXACT, (5, 9), lambda words: words),
            NO_MARKS: lambda: self._changed(NO_MARKS, (5, 9), _without_marks),
            NUMBER: self._number,
            HALF: lambda: self._changed(HALF, (8, 12), self._half_remembered),
            MISSPELT: lambda: self._changed(MISSPELT, (4, 7), self._misspelt),
            MISREAD_WORDS: self._of_scans,
        }

    def _stretch(
        self, papers: Sequence[Collected], length: tuple[int, int]
    ) -> tuple[list[str], frozenset[str]] | None:
        """Some words of one sentence of a paper, and which of these papers have them."""
        paper = self._chance.choice(papers)
        wanted = self._chance.randint(*length)
        sentences = [one.split() for one in _SENTENCE.findall(paper.text)]
        long_enough = [one for one in sentences if len(one) >= wanted]
        if not long_enough:
            return None
        sentence = self._chance.choice(long_enough)
        at = self._chance.randrange(len(sentence) - wanted + 1)
        words = [one.strip(",-/&") for one in sentence[at : at + wanted]]
        words = [one for one in words if one]
        plain = _plain(" ".join(words))
        telling = sum(self._is_telling(one) for one in plain.split())
        if telling < _TELLING:
            return None
        asked = (one.entry.id for one in papers)
        answers = frozenset(code for code in asked if plain in self._said[code])
        if len(words) < length[0] or not 1 <= len(answers) <= _MOST_ANSWERS:
            return None
        return words, answers

    def _is_telling(self, word: str) -> bool:
        return self._in[word] < _FEW * len(self._ours)

    def _changed(
        self, kind: str, length: tuple[int, int], change: Callable[[list[str]], list[str]]
    ) -> Question | None:
        found = self._stretch(self._clean, length)
        if found is None:
            return None
        words, answers = found
        changed = change(list(words))
        if kind not in (EXACT, NO_MARKS) and _plain(" ".join(changed)) == _plain(" ".join(words)):
            return None
        return Question(kind, " ".join(changed), answers)

    def _half_remembered(self, words: list[str]) -> list[str]:
        """Two pieces of it, perhaps changed round, and perhaps something that is not in it."""
        missing = self._chance.choice((1, 2, 3))
        at = self._chance.randrange(2, len(words) - missing - 1)
        pieces = [words[:at], words[at + missing :]]
        if self._chance.random() < 0.4:
            pieces.reverse()
        if self._chance.random() < 0.7:
            other = self._chance.choice(self._ours).text.split()
            at = self._chance.randrange(len(other) - 2)
            pieces.insert(self._chance.randrange(3), other[at : at + 2])
        return self._perhaps_without_marks([word for piece in pieces for word in piece])

    def _misspelt(self, words: list[str]) -> list[str]:
        words = self._perhaps_without_marks(words)
        places = [at for at, word in enumerate(words) if len(word) > 2 and word.isalpha()]
        slips = (self._slip_of_finger, self._as_it_sounds, self._mark_left_over)
        for at in self._chance.sample(places, min(len(places), self._chance.choice((1, 1, 2)))):
            words[at] = self._chance.choice(slips)(words[at])
        return words

    def _perhaps_without_marks(self, words: list[str]) -> list[str]:
        return _without_marks(words) if self._chance.random() < 0.5 else words

    def _slip_of_finger(self, word: str) -> str:
        at = self._chance.randrange(len(word))
        row = next((row for row in _KEYS if unaccented(word[at]).lower() in row), "")
        match self._chance.randrange(4):
            case 0:
                return word[:at] + word[at + 1 :]
            case 1:
                return word[:at] + word[at] + word[at:]
            case 2 if row:
                beside = row.index(unaccented(word[at]).lower()) + self._chance.choice((-1, 1))
                return word[:at] + row[min(max(beside, 0), len(row) - 1)] + word[at + 1 :]
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def _as_it_sounds(self, word: str) -> str:
        some = [(a, b) for a, b in _SOUNDS if a in word]
        if not some:
            return self._slip_of_finger(word)
        heard, written = self._chance.choice(some)
        return word.replace(heard, written, 1)

    def _mark_left_over(self, word: str) -> str:
        return unaccented(word) + self._chance.choice(_TONES)

    # Numbers and scans --------------------------------------------------------------------------

    def _number(self) -> Question | None:
        paper = self._chance.choice(self._numbered).entry
        number, day = paper.number, paper.day
        assert day
        counter, _, symbol = number.partition("/")
        year = day // 10000
        same = {one.entry.id for one in self._numbered if one.entry.number == number}
        of_year = {
            one.entry.id
            for one in self._numbered
            if one.entry.number.partition("/")[0] == counter
            and one.entry.type_name == paper.type_name
            and (one.entry.day or 0) // 10000 == year
        }
        ways = [
            (number, same),
            (unaccented(number).lower(), same),
            (f"số {counter} {symbol.replace('-', ' ')}", same),
            (f"{counter} {unaccented(symbol).lower().replace('-', ' ')}", same),
            (f"{paper.type_name.lower()} số {number}", same),
            (f"{number} của {paper.organ_name}", {paper.id}),
        ]
        if "/" not in symbol and paper.type_name != "Công văn":
            ways.append((f"{paper.type_name} {counter} năm {year}", of_year))
        text, answers = self._chance.choice(ways)
        if len(answers) > _MOST_ANSWERS or not paper.type_name:
            return None
        return Question(NUMBER, text, frozenset(answers))

    def _of_scans(self) -> Question | None:
        """Asked rightly of what was misread; or as a scan was read, of what is right."""
        if self._chance.random() < 0.5:
            found = self._stretch(self._misread, (4, 8))
            if found is None:
                return None
            words, answers = found
            if any(_plain(" ".join(words)) in self._read[code] for code in answers):
                return None
            return Question(MISREAD_WORDS, " ".join(self._perhaps_without_marks(words)), answers)
        return self._changed(MISREAD_WORDS, (4, 8), self._as_it_was_read)

    def _as_it_was_read(self, words: list[str]) -> list[str]:
        places = [at for at, word in enumerate(words) if _plain(word).strip() in self._readings]
        for at in self._chance.sample(places, min(len(places), self._chance.choice((1, 1, 2)))):
            words[at] = self._chance.choice(self._readings[_plain(words[at]).strip()])
        return words


def _plain(text: str) -> str:
    """The words as search compares them, a space around each."""
    return f" {' '.join(one.folded for one in split(text))} "


def _without_marks(words: list[str]) -> list[str]:
    return [unaccented(word).lower() for word in words]


def _readings() -> dict[str, list[str]]:
    """What each word was read as by a scan, as often as it was."""
    found: dict[str, list[str]] = {}
    for known, read, times in _told():
        found.setdefault(known, []).extend([read] * times)
    return found


def _told() -> Iterator[tuple[str, str, int]]:
    for line in (MISREAD / "words.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            known, read, times = line.split("\t")
            if " " not in known:
                yield known, read, int(times)
