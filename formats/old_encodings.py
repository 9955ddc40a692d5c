"""The encodings Vietnamese offices wrote before Unicode, and how to tell which one a text is in.

TCVN3 (ABC, fonts named `.Vn…`) has one byte a letter and no capitals with tones: those came from
capital fonts (`.VnTimeH`) over the small letters, so case is partly lost in plain text. VNI
(fonts named `VNI-…`) writes a letter and its mark as two characters. What is decoded here is only
ever a derived text; whoever shows it says that its encoding was guessed.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from formats.syllables import has_marks, is_syllable

_TONES = ("\u0300", "\u0301", "\u0309", "\u0303", "\u0323")  # grave, acute, hook, tilde, dot

_TCVN3_ROWS = {
    "a": "B5 B8 B6 B7 B9",
    "ă": "BB BE BC BD C6",
    "â": "C7 CA C8 C9 CB",
    "e": "CC D0 CE CF D1",
    "ê": "D2 D5 D3 D4 D6",
    "i": "D7 DD D8 DC DE",
    "o": "DF E3 E1 E2 E4",
    "ô": "E5 E8 E6 E7 E9",
    "ơ": "EA ED EB EC EE",
    "u": "EF F3 F1 F2 F4",
    "ư": "F5 F8 F6 F7 F9",
    "y": "FA FD FB FC FE",
}
_TCVN3_LETTERS = "Ă=A1 Â=A2 Ê=A3 Ô=A4 Ơ=A5 Ư=A6 Đ=A7 ă=A8 â=A9 ê=AA ô=AB ơ=AC ư=AD đ=AE"

# A letter and the five characters that follow it for the tones, in the order of _TONES.
_VNI_ROWS = {
    "a": ("a", "øùûõï"),
    "ă": ("a", "èéúüë"),
    "â": ("a", "àáåãä"),
    "e": ("e", "øùûõï"),
    "ê": ("e", "àáåãä"),
    "o": ("o", "øùûõï"),
    "ô": ("o", "àáåãä"),
    "ơ": ("ô", "øùûõï"),
    "u": ("u", "øùûõï"),
    "ư": ("ö", "øùûõï"),
}
_VNI_SINGLE = {"ì": "ì", "í": "í", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "đ": "ñ"}
_VNI_SINGLE |= {"ă": "aê", "â": "aâ", "ê": "eâ", "ô": "oâ", "ơ": "ô", "ư": "ö"}
_VNI_SINGLE |= {"ỳ": "yø", "ý": "yù", "ỷ": "yû", "ỹ": "yõ"}


def _with_tone(letter: str, tone: str) -> str:
    return unicodedata.normalize("NFC", letter + tone)


def _tcvn3_table() -> dict[int, str]:
    table = {int(code, 16): letter for letter, _, code in _parted(_TCVN3_LETTERS)}
    for letter, codes in _TCVN3_ROWS.items():
        for code, tone in zip(codes.split(), _TONES, strict=True):
            table[int(code, 16)] = _with_tone(letter, tone)
    return table


def _parted(row: str) -> list[tuple[str, str, str]]:
    return [entry.partition("=") for entry in row.split()]


def _vni_table() -> dict[str, str]:
    table = {written: letter for letter, written in _VNI_SINGLE.items()}
    for letter, (base, marks) in _VNI_ROWS.items():
        for mark, tone in zip(marks, _TONES, strict=True):
            table[base + mark] = _with_tone(letter, tone)
    for written, letter in list(table.items()):
        table[written.upper()] = letter.upper()
        table[written[0].upper() + written[1:]] = letter.upper()
    return table


_TCVN3 = _tcvn3_table()
_TO_TCVN3 = {letter: chr(code) for code, letter in _TCVN3.items()}
_VNI = _vni_table()
_TO_VNI = {letter: written for written, letter in sorted(_VNI.items()) if written.isupper()}
_TO_VNI |= {letter: written for written, letter in _VNI.items() if letter.islower()}
_VNI_WRITTEN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Guess:
    """How bytes seem to be encoded.

    Attributes:
        encoding: "ascii", "utf-8", "utf-16-le", "utf-16-be", "tcvn3", "vni", "cp1258", "cp1252",
            or "binary" for what is no text at all.
        confidence: 0 to 1.
        guessed: False where the bytes themselves say it (a byte order mark, valid UTF-8).
    """

    encoding: str
    confidence: float
    guessed: bool


def decode_tcvn3(text: str, *, capitals: bool = False) -> str:
    """TCVN3 read as Latin-1 (or cp1252) turned into Unicode; `capitals` for fonts ending in H."""
    letters = text.translate(_TCVN3)
    return letters.upper() if capitals else _restore_capitals(letters)


def decode_vni(text: str) -> str:
    """VNI read as Latin-1 (or cp1252) turned into Unicode, the longest match first."""
    return _VNI_WRITTEN.sub(lambda written: _VNI[written.group()], text)


def encode_tcvn3(text: str) -> bytes:
    """The text as an old program would have saved it; toned capitals become small letters."""
    whole = unicodedata.normalize("NFC", text)
    small = (_TO_TCVN3.get(sign) or _TO_TCVN3.get(sign.lower(), sign) for sign in whole)
    return "".join(small).encode("latin-1")


def encode_vni(text: str) -> bytes:
    """The text as a program with VNI fonts would have saved it."""
    whole = unicodedata.normalize("NFC", text)
    return "".join(_TO_VNI.get(sign, sign) for sign in whole).encode("latin-1")


def _restore_capitals(text: str) -> str:
    """Raise the toned letters of words that are otherwise in capitals: CộNG becomes CỘNG."""

    def mended(found: re.Match[str]) -> str:
        word = found.group()
        plain = [sign for sign in word if sign.isascii()]
        is_capital = len(plain) > 1 and all(sign.isupper() for sign in plain)
        return word.upper() if is_capital else word

    return _WORD.sub(mended, text)


def encoding_of_font(name: str) -> tuple[str, bool] | None:
    """What a font's name says about text set in it: the encoding, and whether it is all capitals.

    The tag of a subset (`ABCDEF+`) is passed over; None for fonts that say nothing.
    """
    plain = re.sub(r"^[A-Z]{6}\+", "", name)
    family = re.split(r"[,\-\s](?=Bold|Italic|Regular)", plain)[0]
    if plain.startswith(".Vn"):
        return "tcvn3", family.endswith("H")
    if plain.upper().startswith("VNI"):
        return "vni", False
    return None


def old_encoding_of(text: str) -> str | None:
    """The encoding, "tcvn3" or "vni", that this text in Latin letters is really in, or None."""
    sample = text[:50_000].replace("\u00ad\n", "\n")
    now = _rightness(sample)
    best, name = max(
        (_rightness(decode_tcvn3(sample)), "tcvn3"), (_rightness(decode_vni(sample)), "vni")
    )
    return name if best >= 0.75 and best > now + 0.3 else None


def _rightness(text: str) -> float:
    """The share of marked words that are Vietnamese syllables, 0 when there are too few to say."""
    words = [word for word in _WORD.findall(text) if has_marks(word) or not word.isascii()]
    words = [word for word in words if not _is_abbreviation(word)]
    if len(words) < 3:
        return 0.0
    return sum(map(is_syllable, words)) / len(words)


def _is_abbreviation(word: str) -> bool:
    return word.isupper() and not set(word) - set("ABCDEFGHIKLMNOPQRSTUVXYĐ")


def guess_encoding(data: bytes) -> Guess:
    """How the bytes of a text file are encoded; a sample cut from its start is enough."""
    marked = _by_byte_order_mark(data) or _utf16_without_mark(data)
    if marked:
        return marked
    if _is_binary(data):
        return Guess("binary", 1.0, False)
    if data.isascii():
        return Guess("ascii", 1.0, False)
    if _is_utf8(data):
        return Guess("utf-8", 1.0, False)
    return _by_syllables(data)


def decode(data: bytes, encoding: str) -> str:
    """The bytes as text by an encoding that `guess_encoding` named, without a byte order mark."""
    if encoding in ("tcvn3", "vni"):
        seen = data.decode("latin-1")
        return decode_tcvn3(seen) if encoding == "tcvn3" else decode_vni(seen)
    if encoding == "binary":
        return ""
    return data.decode(encoding, errors="replace").removeprefix("\ufeff")


def _by_byte_order_mark(data: bytes) -> Guess | None:
    if data.startswith(codecs.BOM_UTF8) and _is_utf8(data):
        return Guess("utf-8", 1.0, False)
    if data.startswith(codecs.BOM_UTF16_LE):
        return Guess("utf-16-le", 1.0, False)
    if data.startswith(codecs.BOM_UTF16_BE):
        return Guess("utf-16-be", 1.0, False)
    return None


def _utf16_without_mark(data: bytes) -> Guess | None:
    """Latin letters, spaces and line ends make every second byte of UTF-16 a zero."""
    sample = data[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if half >= 4 and zeros > half * 0.4 and others < half * 0.01:
            text = sample.decode(encoding, errors="replace")
            if _share_of_controls(text) < 0.01 and "\ufffd" not in text[:-1]:
                return Guess(encoding, zeros / half, True)
    return None


def _share_of_controls(text: str) -> float:
    controls = sum(sign < " " and sign not in "\t\n\r\f\v\x1b" for sign in text)
    return controls / max(len(text), 1)


def _is_binary(data: bytes) -> bool:
    sample = data[:65_536].decode("latin-1")
    return "\0" in sample or _share_of_controls(sample) > 0.02


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)  # a last letter may be cut
    except UnicodeDecodeError:
        return False
    return True


def _by_syllables(data: bytes) -> Guess:
    sample = data[:100_000]
    scores = {
        encoding: _rightness(unicodedata.normalize("NFC", decode(sample, encoding)))
        for encoding in ("tcvn3", "vni", "cp1258")
    }
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] >= 0.6:
        return Guess(best, round(scores[best], 2), True)
    return Guess("cp1252", 0.2, True)
