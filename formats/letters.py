"""Counting the letters that a machine can read in a PDF, to prove that a conversion lost none."""

import unicodedata
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from formats.errors import Unreadable

PAGES_AT_ONCE = 25  # PDFium keeps every picture it has met until the document is closed


@dataclass(frozen=True)
class Comparison:
    """Letters and digits before and after, and how many of the former are missing on their page."""

    before: int
    after: int
    lost: int


NOTHING_READ = Comparison(0, 0, 0)


def compare(before: list[Path], after: Path) -> Comparison:
    """Compare page by page what can be read in the sources together with what is in the outcome.

    Args:
        before: the source and, where there is one, its text layer: as many pages each.
        after: the outcome.
    """
    total_before = total_after = lost = 0
    with ExitStack() as open_files:
        sources = [open_files.enter_context(closing(letters(path))) for path in before]
        outcome = open_files.enter_context(closing(letters(after)))
        for found in outcome:
            wanted: Counter[str] = Counter()
            for source in sources:
                wanted += next(source, Counter())
            total_before += wanted.total()
            total_after += found.total()
            lost += (wanted - found).total()
    return Comparison(total_before, total_after, lost)


def letters(path: Path) -> Generator[Counter[str], None, None]:
    """The letters and digits of each page, in NFC."""
    with closing(open_pdf(path)) as document:
        pages = len(document)
    for first in range(0, pages, PAGES_AT_ONCE):
        with closing(open_pdf(path)) as document:
            for number in range(first, min(first + PAGES_AT_ONCE, pages)):
                with closing(document[number]) as page, closing(page.get_textpage()) as text:
                    said = unicodedata.normalize("NFC", text.get_text_bounded())
                yield Counter(letter for letter in said if letter.isalnum())


def open_pdf(path: Path) -> pypdfium2.PdfDocument:
    """Open with PDFium.

    Raises:
        Unreadable: code `encrypted` or `damaged`.
    """
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = "encrypted" if "password" in str(error).lower() else "damaged"
        raise Unreadable(code, file=path.name) from error
