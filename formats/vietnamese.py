"""Vietnamese text: one form to keep it in, one to find it by, one to sort it by.

Kept text is NFC (`nfc`). Finding uses `words`, which gives every word in two forms (with marks
in one placement of tones, and without marks) and says where it stands, so that hits can be
marked in the text as it was written. Old encodings are in `old_encodings`, the rules of spelling
in `syllables`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from formats.old_encodings import (
    Guess,
    decode,
    decode_tcvn3,
    decode_vni,
    encoding_of_font,
    guess_encoding,
    old_encoding_of,
)
from formats.syllables import has_marks, is_syllable, is_syllable_without_marks

__all__ = [
    "Guess",
    "Syllable",
    "decode",
    "decode_tcvn3",
    "decode_vni",
    "encoding_of_font",
    "even_tones",
    "fold",
    "guess_encoding",
    "has_marks",
    "is_rubbish",
    "is_syllable",
    "looks_like_legacy",
    "nfc",
    "sort_key",
    "syllables",
    "unaccented",
]

_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
_SPACES = "\u00a0\u2007\u202f"
_TIDY = {ord(sign): None for sign in _UNSEEN} | {ord(sign): " " for sign in _SPACES}

# A soft hyphen may stand inside a word; marks follow their letter when the text is not NFC.
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[\u0300-\u036f\u00ad{_UNSEEN}])*")

_OPEN_RHYME = re.compile(
    r"(?:(?P<oa>[oO][àáảãạÀÁẢÃẠèéẻẽẹÈÉẺẼẸ])|(?<![qQ])(?P<uy>[uU][ỳýỷỹỵỲÝỶỸỴ]))(?![^\W\d_])"
)


def nfc(text: str) -> str:
    """The form text is kept in: NFC, nothing invisible between letters, plain spaces."""
    return unicodedata.normalize("NFC", text.translate(_TIDY))


def fold(text: str) -> str:
    """The form text is found by when marks and case do not count; folding twice changes nothing."""
    return unaccented(nfc(text).replace("\u00ad", "")).lower()


def unaccented(text: str) -> str:
    """The same text without Vietnamese marks, its case kept: Đường Thủy becomes Duong Thuy."""
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(sign for sign in apart if not "\u0300" <= sign <= "\u036f")
    plain = bare.translate({ord("đ"): "d", ord("ð"): "d", ord("Đ"): "D", ord("Ð"): "D"})
    return unicodedata.normalize("NFC", plain)


def even_tones(text: str) -> str:
    """Give the open rhymes oa, oe and uy one placement of the tone: hoà and hòa both become hòa.

    The text is taken to be NFC and keeps its length. Quý, hoàn and thoát stay as they are.
    """
    return _OPEN_RHYME.sub(lambda rhyme: _tone_on_first(rhyme.group()), text)


def _tone_on_first(rhyme: str) -> str:
    second = unicodedata.normalize("NFD", rhyme[1])  # a vowel and its tone
    return unicodedata.normalize("NFC", rhyme[0] + second[1]) + second[0]


@dataclass(frozen=True)
class Syllable:
    """A word as search knows it, and where it stands in the text it was read from.

    Attributes:
        exact: lower case with its marks, tones in one placement.
        folded: without marks.
        start: offset of the first character in the text as given.
        end: offset after the last one.
    """

    exact: str
    folded: str
    start: int
    end: int


def syllables(text: str) -> Iterator[Syllable]:
    """The words of a text in order, each with its place in the text as given (NFC or not)."""
    for found in _WORD.finditer(text):
        word = found.group()
        exact, folded = _known_forms(word) if len(word) < _LONG_WORD else _forms(word)
        yield Syllable(exact, folded, found.start(), found.end())


def _forms(word: str) -> tuple[str, str]:
    small = nfc(word).replace("\u00ad", "").lower().replace("ð", "đ")
    return even_tones(nfc(small)), fold(word)


# A language has few words, and a text says them again and again; hostile long ones are not kept.
_LONG_WORD = 24
_known_forms = lru_cache(maxsize=50_000)(_forms)


_PRIMARY = {"ă": "a{", "â": "a|", "đ": "d{", "ê": "e{", "ô": "o{", "ơ": "o|", "ư": "u{"}
_TONE_ORDER = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def sort_key(text: str) -> str:
    """A key whose code point order is the Vietnamese order: letters, then tones, then case.

    Letters go a ă â b c d đ e ê … u ư, tones level, huyền, hỏi, ngã, sắc, nặng, small letters
    first. Databases compare it byte by byte (`COLLATE "C"` on PostgreSQL).
    """
    letters, tones, cases = [], [], []
    for sign in nfc(text):
        apart = unicodedata.normalize("NFD", sign.lower())
        tone = "".join(_TONE_ORDER.get(part, "") for part in apart)
        plain = "".join(part for part in apart if part not in _TONE_ORDER)
        letter = unicodedata.normalize("NFC", plain)
        letters.append(_PRIMARY.get(letter, letter))
        tones.append(tone or "0")
        cases.append("1" if sign.isupper() else "0")
    return "\x01".join(("".join(letters), "".join(tones), "".join(cases)))


def looks_like_legacy(text: str) -> str | None:
    """The encoding, "tcvn3" or "vni", that this text in Latin letters is really in, or None."""
    return old_encoding_of(text)


_UNMAPPED = re.compile(r"\(cid:\d+\)")
_PIECE = re.compile(r"[^\s/\-–—.,;:()\[\]\"“”'’…]+")
_CODE = re.compile(r"[A-ZĐ]{1,8}\d{1,8}|\d{1,8}[A-ZĐ]{0,4}|\d{1,4}[a-zđ]{0,2}")


def is_rubbish(text: str) -> bool:
    """Whether the text layer of a page is worthless, so that the page is better read again.

    True for glyphs without meaning, for old encodings, for words no language writes (a font
    without its table, a bad reading), for Vietnamese that lost letters or all its marks. Too
    little text to judge, or none, is not rubbish.
    """
    if _share_unmapped(text) > 0.02 or looks_like_legacy(text):
        return True
    words = [word for word in _PIECE.findall(nfc(text)) if not _CODE.fullmatch(word)]
    if len(words) < 12:
        return False
    if sum(map(_is_plausible, words)) < 0.72 * len(words):
        return True
    return _lost_letters(words) or _lost_marks(words)


def _share_unmapped(text: str) -> float:
    seen = [sign for sign in _UNMAPPED.sub("\ufffd", text) if not sign.isspace()]
    unmapped = sum(
        sign == "\ufffd" or unicodedata.category(sign) in ("Co", "Cn", "Cc") for sign in seen
    )
    return unmapped / max(len(seen), 1)


def _is_plausible(word: str) -> bool:
    """A word as some language may write it: one case, with a vowel, or an abbreviation."""
    if not word.isalpha():
        return not any(sign.isalpha() for sign in word)
    if not (word.islower() or word.isupper() or word[1:].islower()):
        return False
    bare = fold(word)
    return (
        any(sign in "aeiouy" for sign in bare)
        or (word.isupper() and len(word) <= 8)
        or len(word) == 1
    )


def _lost_letters(words: list[str]) -> bool:
    """Vietnamese whose marked letters partly vanished leaves stumps such as "ngh", "h" and "C"."""
    small = [word for word in words if word.isalpha() and not (word.isupper() and len(word) > 1)]
    if sum(map(_is_surely_vietnamese, small)) < 0.05 * len(small):
        return False
    return sum(map(is_syllable, small)) < 0.7 * len(small)


def _is_surely_vietnamese(word: str) -> bool:
    """Hook, dot below, horn, breve or đ: French and German words have none of these."""
    return any(sign in "\u0309\u0323\u031b\u0306đĐ" for sign in unicodedata.normalize("NFD", word))


def _lost_marks(words: list[str]) -> bool:
    """Vietnamese read by a program that knows no marks: syllables throughout, and none has any."""
    letters = [word for word in words if word.isalpha()]
    if len(letters) < 30 or sum(map(has_marks, letters)) > 0.02 * len(letters):
        return False
    return sum(map(is_syllable_without_marks, letters)) > 0.8 * len(letters)
