"""Plain text files, read whole and bounded, in whatever encoding they were written."""

from pathlib import Path
from typing import NamedTuple

from formats.confined import confined
from formats.errors import Unreadable
from formats.old_encodings import decode, guess_encoding
from formats.programs import MEGABYTE
from formats.vietnamese import nfc

_LARGEST = 32 * MEGABYTE
_SECONDS, _MEGABYTES = 60, 1024


class PlainText(NamedTuple):
    """The text in NFC with plain line ends, and how its bytes were read."""

    text: str
    encoding: str
    guessed: bool


def read_text_file(path: Path, *, largest: int = _LARGEST) -> PlainText:
    """Read a text file; `guessed` is true where the bytes do not say their encoding themselves.

    Raises:
        Unreadable: `text_too_large` or `not_text`.
        ProgramFailed: it took too long or too much memory.
    """
    return confined(_read, path, largest, seconds=_SECONDS, megabytes=_MEGABYTES)


def _read(path: Path, largest: int) -> PlainText:
    with path.open("rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise Unreadable("text_too_large", limit=largest)
    return as_text(data)


def as_text(data: bytes) -> PlainText:
    """The same for bytes at hand.

    Raises:
        Unreadable: `not_text`.
    """
    guess = guess_encoding(data)
    if guess.encoding == "binary":
        raise Unreadable("not_text")
    lines = decode(data, guess.encoding).replace("\r\n", "\n").replace("\r", "\n")
    return PlainText(nfc(lines.replace("\0", "")), guess.encoding, guess.guessed)
