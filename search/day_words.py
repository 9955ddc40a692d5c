"""Days, months, years as people write them: 3/2/2017, "tháng 2 năm 2017", "năm ngoái", 2019..2021.

`span_of` reads the value of a field, where nothing else is meant; `spoken` finds what is certainly
a date among the words of a question.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archive import clock
from formats.vietnamese import Syllable, nfc
from search.words import split

_MONTHS = ("gieng", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot")
_MONTH_NAMES = {name: number for number, name in enumerate((*_MONTHS, "muoi hai"), 1)}
_MONTH_NAMES |= {"mot": 1, "chap": 12, "bon": 4}
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_DAY, _YEAR = r"(\d{1,2})", r"([12]\d{3})"
_MONTH = rf"(\d{{1,2}}|{'|'.join(sorted(_MONTH_NAMES, key=len, reverse=True))})"
_OF = r"(?: nam |[/ .-])"
_AGO = r"(nay|ngoai|truoc|kia)"
_YEARS_AGO = {"nay": 0, "ngoai": 1, "truoc": 1, "kia": 2}


@dataclass(frozen=True)
class Span:
    """From one day to another, both included; one of them may be open."""

    low: date | None
    high: date | None
    was_reversed: bool = False


@dataclass(frozen=True)
class Spoken:
    """A span that some of the words name: those from `first` up to, not including, `last`."""

    first: int
    last: int
    span: Span


def today_here() -> date:
    """The day in Việt Nam."""
    return clock.today(_VietNam)


class _VietNam:
    zone = "Asia/Ho_Chi_Minh"


def as_number(day: date) -> int:
    """A day as it stands in an index."""
    return day.year * 10000 + day.month * 100 + day.day


# The value of a field -----------------------------------------------------------------------------

_BETWEEN = re.compile(r"\s*(?:\.\.+|…)\s*|\s+(?:-|–|đến|den|tới)\s+")
_YEARS = re.compile(r"([12]\d{3})\s*[-–]\s*([12]\d{3})")
_COMPARED = re.compile(r"(<=|>=|≤|≥|<|>|=)\s*(.+)")


def span_of(text: str, today: date) -> Span | None:
    """The days that a value names; None where it names none, such as 31/02/2020."""
    text = nfc(text).strip()
    if years := _YEARS.fullmatch(text):
        return _from_to(years[1], years[2], today)
    if compared := _COMPARED.fullmatch(text):
        return _compared(compared[1], _period(compared[2], today))
    low, *rest = _BETWEEN.split(text, maxsplit=1)
    if rest:
        return _from_to(low, rest[0], today)
    return _period(text, today)


def _from_to(low: str, high: str, today: date) -> Span | None:
    first = _period(low, today) if low.strip() else Span(None, None)
    last = _period(high, today) if high.strip() else Span(None, None)
    if first is None or last is None or (first.low is None and last.high is None):
        return None
    if first.low and last.high and first.low > last.high:
        return Span(last.low, first.high, was_reversed=True)
    return Span(first.low, last.high)


def _compared(sign: str, period: Span | None) -> Span | None:
    if period is None or period.low is None or period.high is None:
        return None
    match sign:
        case "<":
            return None if period.low == date.min else Span(None, period.low - timedelta(1))
        case ">":
            return None if period.high == date.max else Span(period.high + timedelta(1), None)
        case "<=" | "≤":
            return Span(None, period.high)
        case ">=" | "≥":
            return Span(period.low, None)
    return period


def _period(text: str, today: date) -> Span | None:
    said = _Sentence(text, split(text)).folded
    for pattern, made in (*_IN_TEXT, *_IN_FIELDS):
        if found := re.fullmatch(pattern, said):
            return _tried(made, found, today)
    return None


# Among words --------------------------------------------------------------------------------------


def spoken(text: str, words: Sequence[Syllable], today: date) -> list[Spoken]:
    """The dates that these words of the text name, in order; none overlaps another."""
    sentence = _Sentence(text, words)
    found: list[Spoken] = []
    taken: set[int] = set()
    for pattern, made in (*_RANGES, *_IN_TEXT):
        for one in re.finditer(rf"(?<![^\s]){pattern}(?![^\s])", sentence.folded):
            first, last = sentence.words_at(*one.span())
            span = _tried(made, one, today)
            if span and not taken & set(range(first, last)):
                taken |= set(range(first, last))
                found.append(Spoken(first, last, span))
    return sorted(found, key=lambda one: one.first)


class _Sentence:
    """Words without marks as one text; between two of them stands a space, or the sign that did."""

    def __init__(self, text: str, words: Sequence[Syllable]) -> None:
        self._starts: list[int] = []
        said = ""
        for number, word in enumerate(words):
            if number:
                between = text[words[number - 1].end : word.start]
                said += between if between in ("/", "-", ".") else " "
            self._starts.append(len(said))
            said += word.folded
        self.folded = said

    def words_at(self, start: int, end: int) -> tuple[int, int]:
        """The words that stand in this stretch."""
        inside = [number for number, place in enumerate(self._starts) if start <= place < end]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)


_Made = Callable[["re.Match[str]", date], Span]


def _tried(made: _Made, found: "re.Match[str]", today: date) -> Span | None:
    try:
        return made(found, today)
    except (ValueError, OverflowError):  # no such day
        return None


def _one_day(found: "re.Match[str]", _: date) -> Span:
    day = date(int(found[3]), _month(found[2]), int(found[1]))
    return Span(day, day)


def _iso_day(found: "re.Match[str]", _: date) -> Span:
    day = date(int(found[1]), int(found[2]), int(found[3]))
    return Span(day, day)


def _month(said: str) -> int:
    return int(said) if said.isdecimal() else _MONTH_NAMES[said]


def _months(year: int, first: int, count: int) -> Span:
    low = date(year, first, 1)
    return Span(low, clock.months_after(low, count) - timedelta(1))


def _one_month(found: "re.Match[str]", _: date) -> Span:
    return _months(int(found[2]), _month(found[1]), 1)


def _month_of(found: "re.Match[str]", today: date) -> Span:
    return _months(today.year - _YEARS_AGO[found[2]], _month(found[1]), 1)


def _quarter(found: "re.Match[str]", _: date) -> Span:
    number = _QUARTERS.get(found[1]) or int(found[1])
    return _months(int(found[2]), 3 * number - 2, 3)


def _half(found: "re.Match[str]", _: date) -> Span:
    return _months(int(found[2]), 1 if found[1] == "dau" else 7, 6)


def _one_year(found: "re.Match[str]", _: date) -> Span:
    return _months(int(found[1]), 1, 12)


def _years_ago(found: "re.Match[str]", today: date) -> Span:
    return _months(today.year - _YEARS_AGO[found[1]], 1, 12)


def _months_ago(found: "re.Match[str]", today: date) -> Span:
    first = today.replace(day=1)
    return _months(*_before(first, 0 if found[1] == "nay" else 1), 1)


def _quarters_ago(found: "re.Match[str]", today: date) -> Span:
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return _months(*_before(first, 0 if found[1] == "nay" else 3), 3)


def _before(day: date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return year, month + 1


def _days_ago(found: "re.Match[str]", today: date) -> Span:
    day = today if found[1] == "nay" else today - timedelta(1)
    return Span(day, day)


def _weeks_ago(found: "re.Match[str]", today: date) -> Span:
    monday = today - timedelta(today.weekday() + (0 if found[1] == "nay" else 7))
    return Span(monday, monday + timedelta(6))


def _years(found: "re.Match[str]", _: date) -> Span:
    first, last = sorted((int(found[1]), int(found[2])))
    return Span(date(first, 1, 1), date(last, 12, 31))


def _days(found: "re.Match[str]", _: date) -> Span:
    first, last = (date(int(found[n + 2]), _month(found[n + 1]), int(found[n])) for n in (1, 4))
    return Span(min(first, last), max(first, last))


def _open_years(found: "re.Match[str]", _: date) -> Span:
    year = int(found[2])
    if found[1] == "truoc":
        return Span(None, date(year - 1, 12, 31))
    return Span(date(year + (found[1] == "sau"), 1, 1), None)


_A_DAY = rf"(?:ngay )?{_DAY}(?:[/.-]| thang ){_MONTH}{_OF}{_YEAR}"
_TO = r" (?:den|toi)(?: het)?(?: ngay| nam)? "
_RANGES: tuple[tuple[str, _Made], ...] = (
    (rf"tu {_A_DAY}{_TO}{_A_DAY.removeprefix('(?:ngay )?')}", _days),
    (rf"(?:tu )?nam {_YEAR}{_TO}{_YEAR}", _years),
    (rf"tu {_YEAR}{_TO}{_YEAR}", _years),
    (rf"(tu|truoc|sau) nam {_YEAR}", _open_years),
)
_IN_TEXT: tuple[tuple[str, _Made], ...] = (
    (_A_DAY, _one_day),
    (rf"(?:ngay )?{_YEAR}-(\d{{1,2}})-(\d{{1,2}})", _iso_day),
    (rf"thang {_MONTH}{_OF}{_YEAR}", _one_month),
    (rf"thang {_MONTH} nam {_AGO}", _month_of),
    (rf"quy (iv|i{{1,3}}|[1-4]){_OF}{_YEAR}", _quarter),
    (rf"(?:6|sau) thang (dau|cuoi) nam {_YEAR}", _half),
    (rf"nam {_YEAR}", _one_year),
    (rf"nam {_AGO}", _years_ago),
    (r"thang (nay|truoc)", _months_ago),
    (r"quy (nay|truoc)", _quarters_ago),
    (r"tuan (nay|truoc)", _weeks_ago),
    (r"hom (nay|qua)", _days_ago),
)
_IN_FIELDS: tuple[tuple[str, _Made], ...] = (
    (rf"{_YEAR}/(\d{{1,2}})/(\d{{1,2}})", _iso_day),
    (rf"(\d{{1,2}})[/.-]{_YEAR}", _one_month),
    (rf"{_YEAR}", _one_year),
)


def pieces(words: Sequence[Syllable], dates: Sequence[Spoken]) -> Iterator[Sequence[Syllable]]:
    """The stretches of words between dates, in order."""
    after = 0
    for one in dates:
        yield words[after : one.first]
        after = one.last
    yield words[after:]
