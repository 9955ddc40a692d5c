"""Looking inside one document: every page on which the words stand, from its stored text.

No engine is asked: what a document says is known without an index, and is found while that is away.
"""

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

from archive.documents import rendition
from archive.errors import StoreFailed
from archive.files import FileStore
from archive.models import Document, Part
from formats.errors import Unreadable
from formats.text import read_pages
from search.marking import PAGES_LOOKED_AT, OnPage, each_page
from search.query import Asked

log = logging.getLogger("luutru.finding")


@dataclass(frozen=True)
class Spot:
    """A page of a part on which something stands that was looked for."""

    part: Part
    page: OnPage


@dataclass(frozen=True)
class Inside:
    """What was found inside a document.

    Attributes:
        spots: the pages, in the order of the document.
        unread: parts whose words are gone or damaged.
        cut: parts so long that the pages behind the first `PAGES_LOOKED_AT` were not looked at.
    """

    spots: tuple[Spot, ...]
    unread: tuple[Part, ...] = ()
    cut: tuple[Part, ...] = ()


def look_inside(files: FileStore, document: Document, asked: Asked) -> Inside:
    """Where in the document the words stand. Who may read it is the caller's to ask."""
    spots: list[Spot] = []
    unread: list[Part] = []
    for part in document.parts:
        try:
            spots += (Spot(part, one) for one in _pages(files, part, asked))
        except (StoreFailed, Unreadable) as broken:
            log.warning("no words of %s, part %d: %s", document.code, part.ordinal, broken)
            unread.append(part)
    cut = tuple(one for one in document.parts if (one.pages or 0) > PAGES_LOOKED_AT)
    return Inside(tuple(spots), tuple(unread), cut)


def _pages(files: FileStore, part: Part, asked: Asked) -> tuple[OnPage, ...]:
    words = rendition(part, "words")
    if words is None:
        return ()
    with tempfile.TemporaryDirectory(prefix="luutru-words-") as folder:
        copy = Path(folder) / "words"
        files.fetch(words.digest, copy)
        return each_page(read_pages(copy), asked)
