"""What is written on the pages of a part, as the road left it: what answers quote from.

The text alone is read where there is one. It stands beside the words with their boxes, page by
page, and is read ten times as fast.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.files import FileStore
from formats.text import read_pages
from search.entries import TEXT_MEGABYTES
from search.marking import Written

_BETWEEN_PAGES = "\f"


@dataclass(frozen=True)
class Sheet:
    """A page, and what it says."""

    number: int
    said: str

    def text(self) -> str:
        """The page as plain text in NFC."""
        return self.said


@dataclass(frozen=True)
class Stored:
    """A part and the digests under which its text and its words are kept, where they are."""

    ordinal: int
    role: str
    text: str | None = None
    words: str | None = None


def pages_of(files: FileStore, part: Stored) -> Iterator[Written]:
    """The pages of a part; none where nothing could be read.

    Raises:
        StoreFailed: the store has it no more, or not as it was.
        Unreadable: code `damaged`.
    """
    if part.text is not None:
        with files.open(part.text) as stream:
            said = stream.read(TEXT_MEGABYTES * 1024 * 1024).decode("utf-8", errors="ignore")
        for number, page in enumerate(said.split(_BETWEEN_PAGES), 1):
            yield Sheet(number, page)
    elif part.words is not None:
        with tempfile.TemporaryDirectory(prefix="luutru-words-") as folder:
            copy = Path(folder) / "words"
            files.fetch(part.words, copy)
            yield from read_pages(copy)
