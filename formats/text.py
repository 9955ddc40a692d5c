"""The text of a document: words with their places on the page, and the file that holds them.

A place is kept as a fraction of the page as people see it, so that a word found today can be
marked on a page picture of any size tomorrow.
"""

import gzip
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from formats.errors import Unreadable


@dataclass(frozen=True)
class Word:
    """A word on a page; edges are fractions of the page as displayed, origin top left.

    Attributes:
        line: words of one line share it; it increases down the page.
        confidence: 0 to 100, None when the word came from a text layer.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    line: int
    confidence: float | None


@dataclass(frozen=True)
class PageText:
    """What is written on one page, and how we came to know it.

    Attributes:
        number: from 1.
        width: points, as displayed.
        height: points, as displayed.
        how: "layer", "ocr", "ocr_cleaned", "blank" or "unread".
        confidence: mean over the words, None for layers.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    how: str
    confidence: float | None

    def text(self) -> str:
        """The page as plain text in NFC: words parted by spaces, lines by line breaks."""
        lines = groupby(self.words, key=lambda word: word.line)
        said = "\n".join(" ".join(word.text for word in words) for _, words in lines)
        return unicodedata.normalize("NFC", said)


def write_pages(pages: Iterable[PageText], path: Path) -> None:
    """Write pages one a line, compressed; the same pages make the same bytes."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        for page in pages:
            line = json.dumps(_as_row(page), ensure_ascii=False, separators=(",", ":"))
            packed.write(line.encode() + b"\n")


def read_pages(path: Path) -> Iterator[PageText]:
    """Give back the pages that `write_pages` wrote, one at a time.

    Raises:
        Unreadable: code `damaged`, when the file is not what `write_pages` wrote.
    """
    try:
        with gzip.open(path) as packed, io.TextIOWrapper(packed, encoding="utf-8") as lines:
            for line in lines:
                yield _from_row(json.loads(line))
    except (EOFError, gzip.BadGzipFile, ValueError, KeyError, TypeError) as error:
        raise Unreadable("damaged", file=path.name) from error


def _as_row(page: PageText) -> dict[str, Any]:
    return {
        "page": page.number,
        "width": round(page.width, 2),
        "height": round(page.height, 2),
        "how": page.how,
        "confidence": page.confidence if page.confidence is None else round(page.confidence, 1),
        "words": [
            [
                word.text,
                *(round(edge, 5) for edge in (word.left, word.top, word.right, word.bottom)),
                word.line,
                word.confidence if word.confidence is None else round(word.confidence, 1),
            ]
            for word in page.words
        ],
    }


def _from_row(row: dict[str, Any]) -> PageText:
    return PageText(
        number=row["page"],
        width=row["width"],
        height=row["height"],
        words=tuple(Word(*values) for values in row["words"]),
        how=row["how"],
        confidence=row["confidence"],
    )
