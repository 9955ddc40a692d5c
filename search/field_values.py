"""What is wanted in one field, as in `năm:2019..2021`: as the engine is asked for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS
from formats.document_numbers import query_keys
from formats.vietnamese import Syllable
from search.day_words import Span, as_number, span_of
from search.engine import (
    ADDED,
    DAY,
    FORMAT,
    ID,
    NAMED,
    NAMED_FOLDED,
    NUMBERS,
    ORGAN,
    YEAR,
    Everything,
    Near,
    Node,
    Not,
    Prefix,
    Range,
    Term,
)
from search.entries import code_key
from search.query_fields import QueryField, key_of
from search.said import words_of, years_of
from search.short_names import long_name, type_named
from search.trees import All, Any, Like, Mistake, Quoted, Said, Starting, Tree, Within, Without
from search.wanted import (
    SHORTEST_NEAR,
    Part,
    all_of,
    all_words,
    any_marks,
    any_of,
    beginning,
    short_enough,
    side_by_side,
    sounding_alike,
    spelt_alike,
    spelt_nearly,
    wanted,
)
from search.words import named

MOST_NUMBERS = 500  # of `số:1..500`
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_DAYS = {one.column for one in (*DOCUMENT_FIELDS, *CASE_FILE_FIELDS) if one.kind == "date"}
_Amiss = Callable[[Mistake], None]


@dataclass(frozen=True)
class Reader:
    """Reads values; `today` is the day from which "năm ngoái" is told."""

    today: date
    amiss: _Amiss

    def part(self, asked: Within) -> Part:
        """What a field is asked for."""
        return self._of(asked.field, asked.value)

    def _of(self, field: QueryField, value: Tree) -> Part:
        match value:
            case Said():
                return self._leaf(field, value)
            case Without(inner):
                return Part(Not(self._of(field, inner).must))
            case Any(trees) | All(trees):
                parts = [self._of(field, one) for one in trees]
                join = any_of if isinstance(value, Any) else all_of
                return Part(
                    join([one.must for one in parts]),
                    tuple(node for one in parts for node in one.better),
                    join([one.nearly for one in parts]),
                    tuple(shown for one in parts for shown in one.shown),
                )
        raise AssertionError(value)  # a field within a field is never read

    def _leaf(self, field: QueryField, said: Said) -> Part:
        words = words_of(said.text, said.start)
        if not words and not isinstance(said, Starting):
            return Part(Everything())
        if field.kind == "text":
            return _in_text(field, said, words)
        if field.kind == "words" and field.name not in _DAYS:
            return _in_words(field, said, words)
        read = {
            "words": self._day_in_words,
            "number": self._number,
            "year": self._year,
            "day": self._day,
            "moment": self._moment,
            "choice": self._choice,
            "key": self._key,
            "format": self._format,
        }[field.kind]
        node = read(field, said, words)
        return Part(node) if node else Part(all_words(words) if words else Everything())

    # Kinds of fields; each gives None for what it cannot read, after saying so -------------------

    def _number(self, _: QueryField, said: Said, words: tuple[Syllable, ...]) -> Node | None:
        if isinstance(said, Starting):
            starts = [said.text.lstrip("0")] if said.text else list("123456789|")
            return any_of([Prefix(NUMBERS, short_enough(one)) for one in starts])
        low, dots, high = said.text.replace("…", "..").partition("..")
        if dots and low.isdecimal() and high.isdecimal():
            return self._numbers(said, *sorted((int(low), int(high))))
        keys = query_keys(said.text)
        if not keys:
            return self._wrong("bad_number", said)
        return any_of([Term(NUMBERS, short_enough(key)) for key in keys])

    def _numbers(self, said: Said, low: int, high: int) -> Node | None:
        if high - low >= MOST_NUMBERS:
            return self._wrong("too_many_numbers", said, most=str(MOST_NUMBERS))
        return any_of([Term(NUMBERS, f"{number}||") for number in range(low, high + 1)])

    def _span(self, said: Said) -> Span | None:
        span = span_of(said.text, self.today)
        if span is None:
            self._wrong("bad_date", said)
        elif span.was_reversed:
            self._wrong("reversed_range", said)
        return span

    def _year(self, _: QueryField, said: Said, words: tuple[Syllable, ...]) -> Node | None:
        if isinstance(said, Starting):
            starts = [words[0].folded] if words else ["1", "2"]
            return any_of([Prefix(YEAR, one) for one in starts])
        span = self._span(said)
        years = years_of(span) if span else None
        if years is None:
            return _days(span)
        return any_of([Term(YEAR, str(year)) for year in years])

    def _day(self, _: QueryField, said: Said, words: tuple[Syllable, ...]) -> Node | None:
        if isinstance(said, Starting) and not words:
            return Range(DAY, low=1)
        return _days(self._span(said))

    def _moment(self, _: QueryField, said: Said, words: tuple[Syllable, ...]) -> Node | None:
        if isinstance(said, Starting) and not words:
            return Range(ADDED, low=1)
        span = self._span(said)
        if span is None:
            return None
        low = _second(span.low) if span.low else None
        return Range(ADDED, low, _second(span.high + timedelta(1)) - 1 if span.high else None)

    def _choice(self, field: QueryField, said: Said, words: tuple[Syllable, ...]) -> Node | None:
        kept = sorted(set(field.choices.values()))
        if not (isinstance(said, Starting) and not words):
            chosen = field.choices.get(key_of(said.text))
            if chosen is None:
                return self._wrong(
                    "unknown_value", said, field=field.label, known=", ".join(field.values)
                )
            kept = [chosen]
        return any_of([_kept(field, one) for one in kept])

    def _key(self, field: QueryField, said: Said, _: tuple[Syllable, ...]) -> Node:
        code = short_enough(said.text.strip())
        spellings = dict.fromkeys((code, code.upper()))
        if field.place == ORGAN:
            return any_of([Term(ORGAN, one) for one in spellings])
        codes = [name + one for one in spellings for name in ("", "case_file:")]
        if isinstance(said, Starting):
            begun = [*(Prefix(ID, one) for one in codes), Prefix(NUMBERS, code_key(code))]
            return any_of(begun) if code else Everything()
        return any_of([*(Term(ID, one) for one in codes), Term(NUMBERS, code_key(code))])

    def _format(self, _: QueryField, said: Said, words: tuple[Syllable, ...]) -> Node:
        if not words:
            return any_of([Prefix(FORMAT, one) for one in "abcdefghijklmnopqrstuvwxyz0123456789"])
        return Prefix(FORMAT, short_enough(said.text.strip().lower()))

    def _day_in_words(
        self, field: QueryField, said: Said, words: tuple[Syllable, ...]
    ) -> Node | None:
        """A day that stands in its field as it is written: dd/mm/yyyy."""
        if not words:
            return Prefix(NAMED_FOLDED, named(field.name, ""))
        span = span_of(said.text, self.today)
        if span is None:
            return self._wrong("bad_date", said)
        low, high = span.low, span.high
        pieces: tuple[str, ...]
        if low and low == high:
            pieces = (f"{low.day:02}", f"{low.month:02}", str(low.year))
        elif low and high and (low.year, low.month) == (high.year, high.month):
            pieces = (f"{low.month:02}", str(low.year))
        elif low and high and low.year == high.year and years_of(span):
            pieces = (str(low.year),)
        else:
            return self._wrong("no_range_here", said, field=field.label)
        return side_by_side(NAMED_FOLDED, [named(field.name, one) for one in pieces])

    def _wrong(self, code: str, said: Said, **details: str) -> Node | None:
        """Say what is wrong with a value; there is no node for it."""
        told = {"value": said.text, **details}
        self.amiss(Mistake(code, said.start, said.end - said.start, told))
        return None


def _days(span: Span | None) -> Node | None:
    if span is None:
        return None
    low = as_number(span.low) if span.low else None
    return Range(DAY, low, as_number(span.high) if span.high else None)


def _second(day: date) -> int:
    """The first second of a day in Việt Nam."""
    return int(datetime.combine(day, time(), _ZONE).timestamp())


def _kept(field: QueryField, value: str) -> Node:
    if field.place:
        return Term(field.place, value)
    words = words_of(value, 0)
    return side_by_side(NAMED_FOLDED, [named(field.name, one.folded) for one in words])


def _in_words(field: QueryField, said: Said, words: tuple[Syllable, ...]) -> Part:
    """Words of what was entered: folded, unless they are typed with marks."""
    place = NAMED if any_marks(words) else NAMED_FOLDED
    here = [named(field.name, one.exact if place == NAMED else one.folded) for one in words]
    if isinstance(said, Starting):
        *others, last = here or [named(field.name, "")]
        return Part(all_of([*(Term(place, one) for one in others), Prefix(place, last)]))
    near = all_of([_near(field, one) for one in words])
    if isinstance(said, Like):
        return Part(near)
    if isinstance(said, Quoted) or " " not in said.text:
        node = side_by_side(place, here) if len(here) > 1 else _word(field, place, words[0])
    else:
        node = all_of([_word(field, place, one) for one in words])
    if len(words) == 1 and (name := _long_name(field, said.text)):
        long = side_by_side(NAMED_FOLDED, [named(field.name, one) for one in name])
        return Part(any_of([node, long]), near=any_of([near, long]))
    return Part(node, near=near)


def _word(field: QueryField, place: str, one: Syllable) -> Node:
    """A word of the field, written with i or with y."""
    spellings = spelt_alike(one) if place == NAMED else sounding_alike(one.folded)
    return any_of([Term(place, named(field.name, spelling)) for spelling in spellings])


def _near(field: QueryField, one: Syllable) -> Node:
    here = named(field.name, one.folded)
    is_long = len(one.folded) >= SHORTEST_NEAR and not one.folded.isdecimal()
    return Near(NAMED_FOLDED, here) if is_long else Term(NAMED_FOLDED, here)


def _long_name(field: QueryField, typed: str) -> tuple[str, ...]:
    if field.name == "type_name":
        return type_named(typed.upper() if typed.islower() else typed)
    return long_name(typed)


def _in_text(field: QueryField, said: Said, words: tuple[Syllable, ...]) -> Part:
    """Words of the subject, or of everything: any marks do, the same marks are better."""
    if not words:
        return Part(Everything())
    exact, folded = [one.exact for one in words], [one.folded for one in words]
    at = words[0].start
    if isinstance(said, Starting):
        node = beginning(words, field.folded)
        return Part(node, shown=((at, wanted(words, "start")),))
    near = spelt_nearly(words, field.folded)
    if isinstance(said, Like):
        return Part(near, shown=((at, wanted(words, "near")),))
    if isinstance(said, Quoted) or " " not in said.text:
        same = side_by_side(field.place, exact)
        shown = ((at, wanted(words)),)
        return Part(side_by_side(field.folded, folded), (same,), near, shown)
    better = tuple(Term(field.place, one) for one in exact)
    each = tuple((one.start, wanted((one,))) for one in words)
    return Part(all_of([Term(field.folded, one) for one in folded]), better, near, each)
