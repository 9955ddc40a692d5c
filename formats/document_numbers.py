"""Numbers of documents, such as 04/2017/QĐ-UBND: read from paper, found in text, typed by staff.

A number is a counter, often a year, and a symbol (type, organ, unit). Staff type it in a dozen
ways; `keys` gives the forms a document is indexed under and `query_keys` the forms a question
asks for, so that any usual spelling meets its document in at least one key.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from formats.document_types import (
    DOCUMENT_TYPES,
    DocumentType,
    TypeGroup,
    is_abbreviation,
    named_types,
    type_of_abbreviation,
)
from formats.syllables import has_marks, is_syllable_without_marks
from formats.vietnamese import fold, nfc

__all__ = [
    "DOCUMENT_TYPES",
    "Citation",
    "DocumentNumber",
    "DocumentType",
    "TypeGroup",
    "find_numbers",
    "keys",
    "parse",
    "query_keys",
]


@dataclass(frozen=True)
class DocumentNumber:
    """A number taken apart.

    Attributes:
        number: the counter without leading zeros, None where the paper has none yet.
        raw: the counter as written, "04" or "15a".
        year: the year written in the number itself, else None.
        type_abbr: QĐ, TTr…, empty for letters (công văn) and where it cannot be told.
        organ_abbr: UBND, BNV…; for joint documents all of them.
        unit: the unit that drafted it, such as VX, or empty.
        canonical: one spelling of the whole, 4/2017/QĐ-UBND.
        canonical_folded: the same without marks and in small letters.
    """

    number: int | None
    raw: str
    year: int | None
    type_abbr: str
    organ_abbr: str
    unit: str
    canonical: str
    canonical_folded: str


@dataclass(frozen=True)
class Citation:
    """A number found in a text, with its place there."""

    number: DocumentNumber
    start: int
    end: int


_GAP = r"\s{0,3}"
_GROUP = r"[A-Za-zĐÐđÀ-ỹ]{1,12}\d{0,3}"
_SYMBOL = rf"{_GROUP}(?:{_GAP}-{_GAP}{_GROUP}){{0,4}}"
_YEAR = r"(?:19|20)\d\d"
_COUNTER = r"\d{1,6}[a-zđ]?"

_WHOLE = re.compile(
    rf"(?:[Ss][ốôoỐÔO]{_GAP}[:.]?{_GAP})?(?P<raw>{_COUNTER})?{_GAP}"
    rf"(?:/{_GAP}(?P<year>{_YEAR}){_GAP})?/{_GAP}(?P<symbol>{_SYMBOL})"
)
# The Party writes the type before the stroke: 12-QĐ/TW.
_PARTY = re.compile(
    rf"(?P<raw>{_COUNTER}){_GAP}-{_GAP}(?P<type>[A-ZĐ]{{1,4}}r?)/(?P<organ>{_GROUP})"
)
_CITED = re.compile(
    rf"(?<![\w/.,-])(?P<raw>{_COUNTER}){_GAP}(?:/{_GAP}(?P<year>{_YEAR}){_GAP})?/{_GAP}"
    rf"(?P<symbol>[A-ZĐÐ][A-Za-zĐÐđ]{{0,9}}\d{{0,3}}(?:-[A-ZĐÐ][A-Za-zĐÐđ&]{{0,11}}){{0,4}})(?![\w/])"
)
_JOINT = ("TTLT", "NQLT")
_MIXED_CASE = {"ttg": "TTg"}
_DASHES = {
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    **dict.fromkeys(map(ord, "／⁄∕"), "/"),
    ord("Ð"): "Đ",
    ord("*"): " ",
}


def _plain(text: str) -> str:
    """One kind of dash, one Đ, no marks of emphasis; every character keeps its place."""
    return text.translate(_DASHES)


def parse(text: str) -> DocumentNumber | None:
    """The number this text is, however it is spaced or dashed; None when it is not a number."""
    plain = _plain(nfc(text)).strip(" \t\n.;,")
    whole = _WHOLE.fullmatch(plain)
    if whole:
        return _taken_apart(whole["raw"] or "", whole["year"], whole["symbol"])
    party = _PARTY.fullmatch(plain)
    if party and is_abbreviation(party["type"]):
        return _of_the_party(party["raw"], party["type"], party["organ"])
    return None


def find_numbers(text: str) -> list[Citation]:
    """The numbers of documents cited in a text, in order, with their places in it as given."""
    plain = _plain(text)
    cited = [
        Citation(_taken_apart(found["raw"], found["year"], found["symbol"]), *found.span())
        for found in _CITED.finditer(plain)
        if _is_symbol(found["symbol"], with_year=bool(found["year"]))
    ]
    party = [
        Citation(_of_the_party(found["raw"], found["type"], found["organ"]), *found.span())
        for found in _PARTY.finditer(plain)
        if is_abbreviation(found["type"]) and found["organ"].isupper()
    ]
    return sorted(cited + party, key=lambda citation: citation.start)


def _is_symbol(symbol: str, *, with_year: bool) -> bool:
    """Tell QĐ-UBND, VPCP-TTĐT and QH15 from what merely follows a stroke, such as km/H."""
    if "-" in symbol or re.fullmatch(r"QH\d{1,2}", symbol):
        return True
    return with_year and symbol.isupper() and len(symbol) > 1


def _taken_apart(raw: str, year: str | None, symbol: str) -> DocumentNumber:
    first, *others = re.split(r"\s*-\s*", symbol)
    kind = type_of_abbreviation(first)
    groups = [kind.abbreviation if kind else _raised(first), *map(_raised, others)]
    organs = groups[1:] if is_abbreviation(first) else groups
    is_joint = kind is not None and kind.abbreviation in _JOINT
    shown = "/".join(filter(None, (_without_zeros(raw), year, "-".join(groups))))
    return DocumentNumber(
        number=_counter(raw),
        raw=raw,
        year=int(year) if year else None,
        type_abbr=kind.abbreviation if kind else "",
        organ_abbr="-".join(organs if is_joint else organs[:1]),
        unit="" if is_joint else "-".join(organs[1:]),
        canonical=shown,
        canonical_folded=fold(shown),
    )


def _of_the_party(raw: str, kind: str, organ: str) -> DocumentNumber:
    known = type_of_abbreviation(kind)
    shown = f"{_without_zeros(raw)}-{known.abbreviation if known else kind}/{organ}"
    abbreviation = known.abbreviation if known else ""
    return DocumentNumber(_counter(raw), raw, None, abbreviation, organ, "", shown, fold(shown))


def _raised(group: str) -> str:
    """Groups typed in small letters are raised; what has a capital stays as people wrote it."""
    return _MIXED_CASE.get(group, group.upper()) if group.islower() else group


def _counter(raw: str) -> int | None:
    digits = re.match(r"\d+", raw)
    return int(digits.group()) if digits else None


def _without_zeros(raw: str) -> str:
    return raw.lstrip("0") or raw[-1:]


def keys(number: DocumentNumber, *, year: int | None = None) -> set[str]:
    """The keys a document is indexed under; `year` is that of its date, if the number has none.

    A key is counter, year and symbol, each of which may be left out: "4|2017|qd-ubnd".
    """
    counter = str(number.number) if number.number is not None else ""
    in_year = number.year or year
    years = {"", str(in_year)} if in_year else {""}
    return {
        f"{counter}|{said}|{symbol}"
        for said in years
        for symbol in _shorter_symbols(number)
        if counter or symbol.count("-") or said
    }


def _shorter_symbols(number: DocumentNumber) -> set[str]:
    """The symbol as whole and as people shorten it: qd-ubnd, qd, ubnd, and nothing."""
    kind, organ, unit = (fold(part) for part in (number.type_abbr, number.organ_abbr, number.unit))
    if not kind:  # a letter, or a type that could not be told from its abbreviation
        kind = number.canonical_folded.rpartition("/")[2].split("-")[0]
        kind = "" if kind == organ.split("-")[0] else kind
    chosen = [
        "-".join(filter(None, parts))
        for parts in ((kind, organ, unit), (kind, organ), (organ, unit), (organ,), (kind,), ())
    ]
    return set(chosen)


_DATE = re.compile(r"\b(?:ngay|thang)?\s*\d{1,2}\s*[/-]\s*\d{1,2}\s*[/-]\s*\d{4}\b")
_SPOKEN_DATE = re.compile(r"\b(?:ngay \d{1,2} )?thang \d{1,2}(?: nam \d{4}|\s*[/-]\s*\d{4})?\b")
_FILLING = {"so", "nam", "van", "ban", "ky", "hieu", "theo", "cua"}
_LONGEST_QUESTION = 120


def query_keys(text: str) -> list[str]:
    """The keys a question asks for, best first; empty when it names no number at all.

    Knows `04/2017/QĐ-UBND` and its loose spellings: other dashes, spaces instead of strokes,
    "số 04 năm 2017", "quyết định 04/2017", "QĐ-UBND 04", "04". Dates are not numbers.
    """
    plain = _plain(nfc(text))
    cited = [_asked(citation.number) for citation in find_numbers(plain)]
    if cited:
        return list(dict.fromkeys(cited))
    whole = parse(plain)
    if whole:
        return [_asked(whole)]
    folded = _SPOKEN_DATE.sub(" ", _DATE.sub(" ", fold(plain[:_LONGEST_QUESTION])))
    loose = _loose(folded, plain) or _within(folded)
    return [loose] if loose else []


def _asked(number: DocumentNumber) -> str:
    symbol = number.canonical_folded.rpartition("/")[2]
    party = re.match(r"\d+[a-z]?-([a-z]+)/", number.canonical_folded)
    if party:
        symbol = f"{party.group(1)}-{symbol}"
    counter = "" if number.number is None else number.number
    return f"{counter}|{number.year or ''}|{symbol}"


_WITHIN = re.compile(rf"(?<![\w/])(\d{{1,6}})[a-z]?\s*(?:/|\bnam\b)\s*({_YEAR})(?![\w/])")


def _within(folded: str) -> str | None:
    """A counter with its year inside a longer question, and the type named right before it."""
    found = _WITHIN.search(folded)
    if not found:
        return None
    before = re.sub(r"[\s:.]+so[\s:.]*$", "", folded[: found.start()].rstrip())
    types, _ = named_types(" ".join(before.split()[-3:]))
    kind = fold(types[-1].abbreviation) if types else ""
    return f"{int(found[1])}|{found[2]}|{kind}"


def _loose(folded: str, typed: str) -> str | None:
    """One counter, at most one year, abbreviations and words that name a type: nothing else."""
    if re.search(r"\d\s*/\s*\d{1,3}\b", folded):  # 12/4 is a day, or anything else
        return None
    words = re.findall(r"[a-z]+\d+|[^\W_]+", folded)
    types, rest = named_types(" ".join(words))
    parts = [word for word in rest.split() if word not in _FILLING]
    numbers = [part for part in parts if re.fullmatch(r"\d{1,6}[a-z]?", part)]
    symbols = [part for part in parts if part not in numbers]
    if not 1 <= len(numbers) <= 2 or not all(_may_be_symbol(part, typed) for part in symbols):
        return None
    counter, year = _counter_and_year(numbers)
    if counter is None:
        return None
    named = [fold(kind.abbreviation) for kind in types if kind.abbreviation]
    said = symbols if symbols and is_abbreviation(symbols[0]) else named[:1] + symbols
    return f"{counter}|{year}|{'-'.join(said)}"


def _counter_and_year(numbers: list[str]) -> tuple[int | None, str]:
    first, *others = numbers
    if not others:
        return _counter(first), ""
    if re.fullmatch(_YEAR, others[0]):
        return _counter(first), others[0]
    if re.fullmatch(_YEAR, first):
        return _counter(others[0]), first
    return None, ""


def _may_be_symbol(word: str, typed: str) -> bool:
    """Abbreviations: known ones, what is no syllable (ubnd, stc), and what is typed in capitals.

    What is typed with tones, as "thán 7", is a word and misspelt.
    """
    if any(fold(one) == word and _has_tones(one) for one in re.findall(r"[^\W\d_]+", typed)):
        return False
    if is_abbreviation(word) or (len(word) <= 8 and not is_syllable_without_marks(word)):
        return True
    capitals = {fold(found) for found in _words_in_capitals(typed)}
    return word in capitals


def _has_tones(word: str) -> bool:
    """Whether it has more marks than the stroke of đ, which symbols have, too."""
    return has_marks(word.lower().replace("đ", "d"))


def _words_in_capitals(text: str) -> Iterator[str]:
    for found in re.finditer(r"[^\W\d_]{2,}", text):
        if found.group().isupper() and not text.isupper():
            yield found.group()
