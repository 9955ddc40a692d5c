"""What plain words say: numbers of documents, dates, short names of organs and types, and words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from formats.document_numbers import find_numbers, query_keys
from formats.document_types import named_types
from formats.vietnamese import Syllable
from search.confusions import misread
from search.day_words import Span, Spoken, as_number, pieces, spoken
from search.engine import (
    CITES,
    DAY,
    FOLDED,
    NAMED_FOLDED,
    NUMBERS,
    YEAR,
    Boost,
    Near,
    Node,
    Or,
    Phrase,
    Range,
    Term,
)
from search.short_names import long_name, short_names_in, type_named
from search.wanted import (
    Part,
    Wanted,
    all_of,
    all_words,
    any_of,
    near_pair,
    side_by_side,
    wanted,
    word,
)
from search.words import named, split

FIRST_YEAR, LAST_YEAR = 1900, 2100  # of those that are asked for one by one
_BY_NUMBER = 20.0  # the document of that number, before all that cite it
_BY_DATE = 4.0  # the document of that day, before all that speak of it
_SHORT_NUMBER = 4  # words of which a number that was typed loosely is surely made, and nothing else
_NEAR_ALONE = 5  # letters of a word that may be near without a neighbour to prove it
_BEFORE_A_NUMBER = {"so", "van", "ban", "ky", "hieu"}
_Words = tuple[Syllable, ...]


@dataclass(frozen=True)
class Number:
    """A document number among the plain words: the words it is made of, and its keys."""

    pieces: tuple[_Words, ...]  # words of one piece stand side by side
    keys: tuple[str, ...]

    @property
    def words(self) -> list[Syllable]:
        """All its words."""
        return [one for piece in self.pieces for one in piece]

    @property
    def node(self) -> Node:
        """The documents of that number."""
        return Or(tuple(Term(NUMBERS, key) for key in self.keys))


@dataclass(frozen=True)
class Meaning:
    """A run of plain words, understood."""

    numbers: tuple[Number, ...]
    dates: tuple[tuple[_Words, Span], ...]
    words: tuple[_Words, ...]  # stretches of words that nothing stands between
    capitals: dict[int, str]  # what stands out from small letters, as it was typed, by its place

    @property
    def is_bare_number(self) -> bool:
        """Whether only a counter was said: then the newest documents that carry it come first."""
        is_alone = not self.dates and not any(self.words)
        return len(self.numbers) == 1 and len(self.numbers[0].words) == 1 and is_alone

    @property
    def is_only_dates(self) -> bool:
        """Whether nothing but dates was said."""
        return bool(self.dates) and not self.numbers and not any(self.words)


def words_of(text: str, start: int) -> _Words:
    """The words of a stretch that stands there in what was typed."""
    return tuple(replace(one, start=one.start + start, end=one.end + start) for one in split(text))


def meaning(text: str, start: int, today: date) -> Meaning:
    """What a run of plain words means, which stands there in what was typed."""
    numbers, words = _numbers_and_words(text)
    if any(_is_only_a_year(one, text, today) for one in numbers):
        numbers, words = [], split(text)
    dates = _dates(text, words, today)
    stretches = _between(text, words, numbers, dates)
    return Meaning(
        tuple(
            Number(tuple(_placed(piece, start) for piece in one.pieces), one.keys)
            for one in numbers
        ),
        tuple((_placed(words[one.first : one.last], start), one.span) for one in dates),
        tuple(_placed(stretch, start) for stretch in stretches if stretch),
        {} if text.isupper() else _capitals(text, start),
    )


def _capitals(text: str, start: int) -> dict[int, str]:
    said = ((one.start + start, text[one.start : one.end]) for one in split(text))
    return {place: word for place, word in said if not word.islower()}


def parts_of(said: Meaning) -> list[Part]:
    """All that was said, each thing as the engine is asked for it."""
    parts = [_number_part(one) for one in said.numbers]
    parts += [_date_part(words, span) for words, span in said.dates]
    for stretch in said.words:
        parts += _word_parts(stretch, said.capitals)
    return parts


# Taking apart -------------------------------------------------------------------------------------


def _numbers_and_words(plain: str) -> tuple[list[Number], list[Syllable]]:
    """The document numbers among the plain words, and the other words."""
    words = split(plain)
    citations = find_numbers(plain)
    if not citations:
        keys = tuple(query_keys(plain))
        return ([Number(_chunks(plain, words), keys)], []) if keys and words else ([], words)
    numbers = []
    for one in citations:
        inside = tuple(word for word in words if one.start <= word.start < one.end)
        keys = tuple(query_keys(plain[one.start : one.end]))
        if inside and keys:
            numbers.append(Number((inside,), keys))
    taken = {word for number in numbers for word in number.words}
    others = [word for word in words if word not in taken]
    if len(numbers) == 1 and _only_introduces(others):
        return [Number((*_chunks(plain, others), *numbers[0].pieces), numbers[0].keys)], []
    return numbers, others


def _only_introduces(words: list[Syllable]) -> bool:
    """Whether these only announce a number: "Quyết định số", "Số:"."""
    _, rest = named_types(" ".join(word.folded for word in words))
    return set(rest.split()) <= _BEFORE_A_NUMBER


def _is_only_a_year(number: Number, text: str, today: date) -> bool:
    """Whether the counter is the year of "năm 2019", and nothing else."""
    counters = {key.partition("|")[0] for key in number.keys}
    dates = spoken(text, number.words, today)
    said = {word.folded for one in dates for word in number.words[one.first : one.last]}
    return bool(dates) and counters <= said


def _chunks(text: str, words: list[Syllable]) -> tuple[_Words, ...]:
    """The words in groups: those that were typed without a space between them stay together."""
    groups: list[list[Syllable]] = []
    for one in words:
        if groups and " " not in text[groups[-1][-1].end : one.start]:
            groups[-1].append(one)
        else:
            groups.append([one])
    return tuple(tuple(group) for group in groups)


def _dates(text: str, words: Sequence[Syllable], today: date) -> list[Spoken]:
    return spoken(text, words, today) if words else []


def _between(
    text: str, words: list[Syllable], numbers: list[Number], dates: list[Spoken]
) -> Iterator[Sequence[Syllable]]:
    """The other words, in stretches that no number and no date divides."""
    taken = sorted(word.start for number in numbers for word in number.words)
    for stretch in pieces(words, dates):
        begun = 0
        for place in range(1, len(stretch)):
            if any(stretch[place - 1].end <= at < stretch[place].start for at in taken):
                yield stretch[begun:place]
                begun = place
        yield stretch[begun:]


def _placed(words: Sequence[Syllable], start: int) -> _Words:
    return tuple(replace(one, start=one.start + start, end=one.end + start) for one in words)


# Parts --------------------------------------------------------------------------------------------


def _number_part(number: Number) -> Part:
    """The document of that number, those that cite it, and those that have its words."""
    keys = [Term(field, key) for key in number.keys for field in (NUMBERS, CITES)]
    words = tuple(number.words)
    is_long = len(number.pieces) > _SHORT_NUMBER
    return Part(
        must=Or((all_words(words), *keys)),
        better=(Boost(number.node, _BY_NUMBER),),
        shown=tuple((piece[0].start, wanted(piece)) for piece in number.pieces),
        words=words,
        may_lack=True,
        word_by_word=tuple(_word_parts(words, {})) if is_long else (),
    )


def _date_part(words: _Words, span: Span) -> Part:
    """The documents of those days, and those that say it in these words."""
    days = in_days(span)
    return Part(
        must=Or((all_words(words), days)),
        better=(Boost(days, _BY_DATE),),
        shown=((words[0].start, wanted(words)),),
        may_lack=True,
    )


def in_days(span: Span) -> Node:
    """The entries of these days; of whole years also those that have no day."""
    days = Range(
        DAY,
        as_number(span.low) if span.low else None,
        as_number(span.high) if span.high else None,
    )
    years = years_of(span)
    return any_of([days, *(Term(YEAR, str(year)) for year in years)]) if years else days


def years_of(span: Span) -> range | None:
    """The years of a span that begins with one and ends with one; None of any other."""
    if span.low and (span.low.month, span.low.day) != (1, 1):
        return None
    if span.high and (span.high.month, span.high.day) != (12, 31):
        return None
    low = max(span.low.year, FIRST_YEAR) if span.low else FIRST_YEAR
    return range(low, min(span.high.year if span.high else LAST_YEAR, LAST_YEAR) + 1)


def _word_parts(words: _Words, capitals: dict[int, str]) -> list[Part]:
    """Each word by itself; a long name that has a short one is one thing."""
    parts: list[Part] = []
    after = 0
    for first, last, short in short_names_in([one.folded for one in words]):
        parts += [_word_part(words, number, capitals) for number in range(after, first)]
        parts.append(_long_name_part(words, first, last, short))
        after = last
    return parts + [_word_part(words, number, capitals) for number in range(after, len(words))]


def _long_name_part(words: _Words, first: int, last: int, short: str) -> Part:
    said = words[first:last]
    shown = [(one.start, wanted((one,))) for one in said]
    each = [_near(word(words[n].folded), words, n) for n in range(first, last)]
    return Part(
        must=Or((all_words(said), Term(FOLDED, short))),
        near=Or((all_of([one for one in each if one]), Term(FOLDED, short))),
        shown=(*shown, (said[-1].start, Wanted((short,), (short,)))),
        words=said,
        may_lack=True,
    )


def _word_part(words: _Words, number: int, capitals: dict[int, str]) -> Part:
    one = words[number]
    also, shown = _long_names(capitals.get(one.start, one.exact))
    must = any_of([word(one.folded), *also])
    return Part(
        must=must,
        near=_near(must, words, number),
        shown=((one.start, wanted((one,))), *((one.start, name) for name in shown)),
        words=(one,),
        may_lack=True,
    )


def _long_names(typed: str) -> tuple[list[Node], list[Wanted]]:
    """What a short name stands for."""
    also: list[Node] = []
    shown: list[Wanted] = []
    if name := long_name(typed):
        also.append(Phrase(FOLDED, name))
        shown.append(Wanted(name, name))
    if kind := type_named(typed):
        also.append(side_by_side(NAMED_FOLDED, [named("type_name", part) for part in kind]))
    return also, shown


def _near(must: Node, words: _Words, number: int) -> Node | None:
    """The word, or one near it; a short one only beside one of its neighbours."""
    here = words[number].folded
    if here.isdecimal():
        return None
    around: list[Node] = []
    if number:
        around.append(near_pair(words[number - 1].folded, here))
    if number + 1 < len(words):
        around.append(near_pair(here, words[number + 1].folded))
    if len(here) >= _NEAR_ALONE or (len(words) == 1 and len(here) > 2):
        around.append(Near(FOLDED, here))
    around += misread(here)
    return any_of([must, *around]) if around else None
