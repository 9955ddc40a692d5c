"""Where number, date and signatures of an outgoing document go, found from the words on its pages.

Two profiles: `nd30` (Nghị định 30/2020: the seal covers the left third of the leader's signature)
and `hcmc2019` (the organ's signature at the top right of the first page). What is found is an
offer: every place is told in millimetres from the top left of its page, and can be given anew.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any, Final

from formats.text import PageText, Word
from formats.vietnamese import fold, nfc

NUMBER: Final = "Number"
DAY, MONTH, YEAR, DATE = "Day", "Month", "Year", "Date"
PERSON, AGENCY = "Person", "Agency"
TEXT_FIELDS = (NUMBER, DAY, MONTH, YEAR, DATE)
SIGNATURE_FIELDS = (PERSON, AGENCY)
LAYOUTS = ("nd30", "hcmc2019")
POINTS = 72 / 25.4  # in a millimetre
SEAL = 36.0  # millimetres across, as seals of agencies are
_LINE = 6.4  # height of a field in a line of text
_DROP = 1.6  # of which below the line's foot
_ROOM_FOR_NUMBER, _ROOM_FOR_SIGNATURE = 15.0, 40.0  # what the rules advise to leave blank
_DOTS = re.compile(r"[.…_·\s]+")
_EM_OF = {"số:": 1.2, "ngày": 1.92}  # width of the word in ems of Times


@dataclass(frozen=True)
class FieldPlace:
    """A rectangle of a page as displayed, in millimetres from its top left.

    Attributes:
        size: of the letters, in points.
        is_italic: as lines of date are.
        over_dots: it covers dots that the draft leaves for handwriting.
    """

    page: int
    left: float
    top: float
    width: float
    height: float
    size: float = 13.0
    is_italic: bool = False
    over_dots: bool = False

    def as_values(self) -> dict[str, Any]:
        """Plain values, rounded to what can be seen."""
        values = asdict(self)
        return {
            name: round(value, 1) if isinstance(value, float) else value
            for name, value in values.items()
        }


@dataclass(frozen=True)
class Found:
    """The places that are offered, what the page says already, and what to look at."""

    places: Mapping[str, FieldPlace]
    written: Mapping[str, int]
    """Parts of the date, or the number, that stand on the page already."""
    notes: tuple[str, ...]


def find_places(pages: Sequence[PageText], layout: str, signer: str = "") -> Found:
    """Find the places on these pages.

    Args:
        pages: all pages of the document, with their words.
        layout: `nd30` or `hcmc2019`.
        signer: the leader's name, if it is known.
    """
    first = pages[0]
    lines = _segments(first)
    places: dict[str, FieldPlace] = {}
    written: dict[str, int] = {}
    notes: list[str] = []
    _find_number(first, lines, places, written, notes)
    _find_date(first, lines, places, written, notes)
    places[PERSON] = _signature(pages, signer, notes)
    places[AGENCY] = _agency(first, layout, places[PERSON])
    return Found(places, written, tuple(notes))


@dataclass(frozen=True)
class _Segment:
    """Words of one line that stand together, in millimetres."""

    words: tuple[Word, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def text(self) -> str:
        return nfc(" ".join(word.text for word in self.words))

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def _across(page: PageText) -> float:
    return page.width / POINTS


def _down(page: PageText) -> float:
    return page.height / POINTS


def _segments(page: PageText, gap: float = 12.0) -> list[_Segment]:
    """The page's lines, parted where the column changes."""
    across, down = _across(page), _down(page)
    found: list[_Segment] = []
    for _, line in groupby(page.words, key=lambda word: word.line):
        together: list[Word] = []
        for word in sorted(line, key=lambda one: one.left):
            if together and (word.left - together[-1].right) * across > gap:
                found.append(_segment(together, across, down))
                together = []
            together.append(word)
        found.append(_segment(together, across, down))
    return found


def _segment(words: Sequence[Word], across: float, down: float) -> _Segment:
    return _Segment(
        tuple(words),
        min(word.left for word in words) * across,
        min(word.top for word in words) * down,
        max(word.right for word in words) * across,
        max(word.bottom for word in words) * down,
    )


# ── number ───────────────────────────────────────────────────────────────────────────────────


def _find_number(
    page: PageText,
    lines: Iterable[_Segment],
    places: dict[str, FieldPlace],
    written: dict[str, int],
    notes: list[str],
) -> None:
    """Between "Số:" and the stroke of the symbol, at the top of the first page."""
    across, down = _across(page), _down(page)
    words = [word for word in page.words if word.top < 0.35]
    mark = next((word for word in words if nfc(word.text).lower().startswith("số:")), None)
    if mark is None:
        notes.append("number_not_found")
        places[NUMBER] = FieldPlace(1, 40, 36, _ROOM_FOR_NUMBER, _LINE)
        return
    start, foot = mark.right * across, mark.bottom * down
    size = _size_of("số:", mark, across) if len(mark.text) == 3 else 13.0
    after = [word for word in words if _is_on_line(word, mark) and word.left >= mark.right - 0.002]
    after.sort(key=lambda word: word.left)
    end, over_dots = _end_of_room(after, across)
    number = re.match(r"(?:số:)?\s*(\d+)", "".join(word.text for word in after[:2]), re.IGNORECASE)
    if number or re.match(r"số:\s*\d", nfc(mark.text).lower()):
        written[NUMBER] = int(number.group(1)) if number else 0
        return
    if end is None:
        end = start + _ROOM_FOR_NUMBER
    if end - start < _ROOM_FOR_NUMBER - 1:
        notes.append("number_room_small")
    width = min(max(end - start - 0.6, 8.0), 30.0)
    top = foot + _DROP - _LINE
    places[NUMBER] = FieldPlace(1, start + 0.4, top, width, _LINE, size, over_dots=over_dots)


def _end_of_room(after: Sequence[Word], across: float) -> tuple[float | None, bool]:
    """Where the blank ends: at the stroke, behind dots that may stand before it."""
    over_dots = False
    for word in after:
        dots = _DOTS.match(word.text)
        if dots and dots.end() == len(word.text):
            over_dots = True
            continue
        if dots:
            share = dots.end() * 0.25 / (dots.end() * 0.25 + (len(word.text) - dots.end()) * 0.62)
            return (word.left + (word.right - word.left) * share) * across, True
        return word.left * across, over_dots
    return None, over_dots


def _is_on_line(word: Word, mark: Word) -> bool:
    height = mark.bottom - mark.top
    return abs(word.bottom - mark.bottom) < height and word is not mark


def _size_of(key: str, word: Word, across: float) -> float:
    """The size of the letters, from a word whose width in ems is known."""
    points = (word.right - word.left) * across * POINTS / _EM_OF[key]
    return round(min(max(points, 9.0), 16.0) * 2) / 2


# ── date ─────────────────────────────────────────────────────────────────────────────────────


def _find_date(
    page: PageText,
    lines: Iterable[_Segment],
    places: dict[str, FieldPlace],
    written: dict[str, int],
    notes: list[str],
) -> None:
    """The blanks of the line "…, ngày … tháng … năm …" at the top of the first page."""
    line = next((one for one in lines if (found := _date_words(one)) and one.top < 100), None)
    if line is None or (found := _date_words(line)) is None:
        notes.append("date_not_found")
        places[DATE] = FieldPlace(1, _across(page) - 95, 36, 75, _LINE, is_italic=True)
        return
    across, down = _across(page), _down(page)
    marks = [line.words[index] for index in found]
    foot = min(word.bottom for word in (marks[1], marks[2])) * down  # "g" and "y" hang lower
    size = _size_of("ngày", marks[0], across)
    ends = [*found[1:], len(line.words)]
    for name, mark, begin, end in zip((DAY, MONTH, YEAR), marks, found, ends, strict=True):
        between = line.words[begin + 1 : end]
        said = re.search(r"\d+", " ".join(word.text for word in between))
        if said:
            written[name] = int(said.group())
            continue
        start = mark.right * across
        until = line.words[end].left * across if end < len(line.words) else start + 13
        width = max(until - start - 0.6, 5.0)
        foot_of = down * marks[2].bottom if name == YEAR else foot
        places[name] = FieldPlace(
            1, start + 0.3, foot_of + _DROP - _LINE, width, _LINE, size, True, bool(between)
        )


def _date_words(line: _Segment) -> list[int] | None:
    """Which words of the line are "ngày", "tháng" and "năm", in this order."""
    said = [nfc(word.text).lower().strip(",.…") for word in line.words]
    try:
        day = said.index("ngày")
        month = said.index("tháng", day)
        year = next(at for at in range(month, len(said)) if said[at].startswith("năm"))
    except (ValueError, StopIteration):
        return None
    return [day, month, year]


# ── signatures ───────────────────────────────────────────────────────────────────────────────


def _signature(pages: Sequence[PageText], signer: str, notes: list[str]) -> FieldPlace:
    """Centred between the post and the name (ô 7c), on the last page that has such a block."""
    for page in reversed(pages):
        segments = [one for one in _segments(page) if one.middle > 0.45 * _across(page)]
        for name in reversed(segments):
            if not _is_name(name, signer):
                continue
            post = _above(name, segments)
            if post is None or name.top - post.bottom < 10:
                continue
            if name.top - post.bottom < _ROOM_FOR_SIGNATURE:
                notes.append("signature_room_small")
            return _between(page, post, name)
    notes.append("signer_not_found")
    last = pages[-1]
    return FieldPlace(last.number, _across(last) * 0.55, _down(last) - 75, 60, 30)


def _is_name(segment: _Segment, signer: str) -> bool:
    if signer:
        return fold(signer) in fold(segment.text)
    words = segment.text.split()
    return 2 <= len(words) <= 6 and all(
        word[0].isupper() and (not word[1:] or word[1:].islower() or "." in word) for word in words
    )


def _above(name: _Segment, segments: Iterable[_Segment]) -> _Segment | None:
    """The post: the nearest line above in the same column, in capitals."""
    over = [
        one
        for one in segments
        if one.bottom < name.top and abs(one.middle - name.middle) < 20 and one.text.isupper()
    ]
    return max(over, key=lambda one: one.bottom, default=None)


def _between(page: PageText, post: _Segment, name: _Segment) -> FieldPlace:
    width = min(max(50.0, name.right - name.left + 10), 80.0)
    left = min(max(name.middle - width / 2, 3.0), _across(page) - width - 3)
    height = min(name.top - post.bottom - 2, 45.0)
    middle = (post.bottom + name.top) / 2
    return FieldPlace(page.number, left, middle - height / 2, width, height)


def _agency(first: PageText, layout: str, person: FieldPlace) -> FieldPlace:
    """Over the left third of the leader's signature, or at the top right of the first page."""
    if layout == "hcmc2019":
        return FieldPlace(1, _across(first) - 80, 4, 75, 15, 8.0)
    left = person.left + person.width / 3 - SEAL
    top = person.top + person.height / 2 - SEAL / 2
    return replace(person, left=max(left, 3.0), top=max(top, 3.0), width=SEAL, height=SEAL)
