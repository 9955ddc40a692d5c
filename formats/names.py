"""File names that are safe to write, to send and to show, made from whatever name came in.

The name as received is data and stays where it was written down; this is only its safe form.
"""

import re
import unicodedata

_LONGEST = 255  # bytes, what file systems take
_LONGEST_EXTENSION = 20
_FORBIDDEN = dict.fromkeys(map(ord, '<>:"|?*'), "-")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def safe_name(name: str, fallback: str = "file") -> str:
    """A name of the same meaning, in NFC, at most 255 bytes, with its extension kept.

    Folders become dashes (so 04/2017.pdf stays readable), steps upwards vanish, and so do
    control characters and marks that turn the direction of writing. Doing it twice changes nothing.
    """
    seen = "".join(_visible(sign) for sign in unicodedata.normalize("NFC", name))
    parts = [part.strip() for part in re.split(r"[/\\]", seen)]
    joined = "-".join(part for part in parts if part.strip("."))
    spaced = re.sub(r"\s+", " ", joined.translate(_FORBIDDEN))
    plain = unicodedata.normalize("NFC", spaced).strip(" .")
    return _cut(f"_{plain}" if _RESERVED.match(plain) else plain, fallback)


def _visible(sign: str) -> str:
    """The character, a space for line ends, nothing for what cannot be seen or is half a letter."""
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn") else sign


def _cut(name: str, fallback: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or not 0 < len(extension.encode()) <= _LONGEST_EXTENSION:
        return _within(name, _LONGEST) or fallback
    ending = dot + extension
    return (_within(stem, _LONGEST - len(ending.encode())) or fallback) + ending


def _within(text: str, most: int) -> str:
    """As many whole characters as fit into so many bytes."""
    return text.encode()[:most].decode(errors="ignore").strip(" .")


def plain_name(text: str, longest: int = 60) -> str:
    """The same words in unmarked letters, digits and dashes, which every system writes alike.

    For names of folders and files that travel: `Số 12/QĐ-UBND` gives `So-12-QD-UBND`.
    """
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    words = re.findall(r"[A-Za-z0-9]+", "".join(one for one in plain if not _is_mark(one)))
    return "-".join(words)[:longest].strip("-")


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) == "Mn"
