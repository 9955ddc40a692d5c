"""The text of a document: words with their places on the page, and the file that holds them.

A place is kept as a fraction of the page as people see it, so that a word found today can be
marked on a page picture of any size tomorrow.
"""

import gzip
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from formats import pdf_pages
from formats.confined import confined
from formats.errors import ProgramFailed, Unreadable
from formats.vietnamese import is_rubbish

_PAGES_A_CALL = 20
_MOST_SIGNS = 200_000  # of one page that are looked at
_MOST_OBJECTS = 3_000
_FEW_WORDS = 30  # a full-page picture with fewer words upon it is a scan with a stamp of text


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


# ── the text layer that a PDF brings along ───────────────────────────────────────────────────


@dataclass(frozen=True)
class Layer:
    """What a page of a PDF carries: its own text, and how much of it is something else.

    Attributes:
        page: `how` is "layer", or "blank" when the page shows nothing at all.
        picture_share: how much of the page pictures cover, 0 to 1.
    """

    page: PageText
    picture_share: float


def layer_pages(pdf: Path, *, seconds: float = 20) -> Iterator[PageText]:
    """Text and word boxes that the document itself carries, page by page.

    Args:
        pdf: any PDF.
        seconds: what a page may take.

    Raises:
        Unreadable: the document is damaged or encrypted.
    """
    for layer in layers(pdf, range(1, pdf_pages.page_count(pdf) + 1), seconds=seconds):
        if isinstance(layer, Layer):
            yield layer.page
        else:
            yield PageText(layer.details["page"], 0, 0, (), "unread", None)


def layers(
    pdf: Path, numbers: Sequence[int], *, seconds: float = 20
) -> Iterator[Layer | Unreadable]:
    """The layers of these pages, in order; a page that fails is told as why, and holds up no other.

    Raises:
        Unreadable: the whole document is damaged or encrypted.
    """
    for start in range(0, len(numbers), _PAGES_A_CALL):
        some = numbers[start : start + _PAGES_A_CALL]
        try:
            yield from _confined_layers(pdf, some, seconds)
        except ProgramFailed:
            for number in some:
                try:
                    yield from _confined_layers(pdf, [number], seconds)
                except ProgramFailed as failure:
                    yield Unreadable(failure.code, page=number)


def _confined_layers(
    pdf: Path, numbers: Sequence[int], seconds: float
) -> Sequence[Layer | Unreadable]:
    return confined(_layers, pdf, numbers, seconds=seconds, megabytes=pdf_pages.MEGABYTES)


def has_good_text(layer: Layer) -> bool:
    """Whether the page's own text can be trusted, so that the page need not be read by OCR."""
    words = layer.page.words
    if not words or is_rubbish(layer.page.text()):
        return False
    return layer.picture_share < 0.5 or len(words) >= _FEW_WORDS


def _layers(pdf: Path, numbers: Sequence[int]) -> list[Layer | Unreadable]:
    found: list[Layer | Unreadable] = []
    with pdf_pages.opened(pdf) as document:
        for number in numbers:
            try:
                with pdf_pages.page_of(document, number) as page:
                    found.append(_layer(page, number))
            except Unreadable as reason:
                found.append(Unreadable(reason.code, **(reason.details | {"page": number})))
    return found


def _layer(page: pypdfium2.PdfPage, number: int) -> Layer:
    width, height = page.get_size()
    words = tuple(_words(page))
    share, is_bare = _pictures(page)
    is_blank = is_bare and not words and not pdfium.FPDFPage_GetAnnotCount(page)
    how = "blank" if is_blank else "layer"
    return Layer(PageText(number, width, height, words, how, None), share)


def _pictures(page: pypdfium2.PdfPage) -> tuple[float, bool]:
    """The share of the page that pictures cover, and whether there is no object at all."""
    left, bottom, right, top = page.get_bbox()
    covered, is_bare = 0.0, True
    for seen, thing in enumerate(page.get_objects(max_depth=4)):
        is_bare = False
        if seen >= _MOST_OBJECTS:
            break
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            x0, y0, x1, y1 = thing.get_bounds()
            across = max(0.0, min(x1, right) - max(x0, left))
            up = max(0.0, min(y1, top) - max(y0, bottom))
            covered += across * up
    return min(1.0, covered / max((right - left) * (top - bottom), 1e-6)), is_bare


def _words(page: pypdfium2.PdfPage) -> Iterator[Word]:
    """The words of the text layer in its own order, without those outside the page."""
    shown = pdf_pages.to_fractions(page)
    text = page.get_textpage()
    try:
        for signs, line in _runs(text):
            word = _word(text, signs, line, shown)
            if word is not None:
                yield word
    finally:
        text.close()


def _runs(text: pypdfium2.PdfTextPage) -> Iterator[tuple[list[tuple[int, str]], int]]:
    """Runs of signs without white space: (place in the layer, sign), and the line they are on."""
    run: list[tuple[int, str]] = []
    line = 0
    for index in range(min(text.count_chars(), _MOST_SIGNS)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        sign = _sign(code)
        if not sign.isspace():
            run.append((index, sign))
        is_cut = code in (_HYPHEN, _JOINED)  # the layer goes on with the next line
        if run and (sign.isspace() or is_cut):
            yield run, line
            run = []
        line += code == _LINE_FEED or is_cut
    if run:
        yield run, line


_LINE_FEED, _HYPHEN, _JOINED = 0x0A, 0x02, 0xFFFE


def _sign(code: int) -> str:
    """The sign, with one for "no meaning known" where PDFium has nothing to tell."""
    if code in (_HYPHEN, _JOINED):
        return "-"
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return chr(code)


def _word(
    text: pypdfium2.PdfTextPage,
    signs: list[tuple[int, str]],
    line: int,
    shown: tuple[float, float, float, float, float, float],
) -> Word | None:
    a, b, c, d, e, f = shown
    edges = [box for index, _ in signs if (box := _box(text, index)) is not None]
    if not edges:
        return None
    corners = [
        (x, y)
        for x in (min(box[0] for box in edges), max(box[2] for box in edges))
        for y in (min(box[1] for box in edges), max(box[3] for box in edges))
    ]
    across = [a * x + c * y + e for x, y in corners]
    down = [b * x + d * y + f for x, y in corners]
    left, right, top, bottom = min(across), max(across), min(down), max(down)
    if not (0 <= (left + right) / 2 <= 1 and 0 <= (top + bottom) / 2 <= 1):
        return None
    said = unicodedata.normalize("NFC", "".join(sign for _, sign in signs))
    return Word(said, max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom), line, None)


def _box(text: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float, float] | None:
    """Left, bottom, right, top of a sign: its ink, or its cell where a font shows no ink."""
    try:
        cell = text.get_charbox(index, loose=True)
        ink = text.get_charbox(index)
    except pypdfium2.PdfiumError:
        return None
    is_visible = ink[2] - ink[0] > 0.04 * (cell[2] - cell[0]) and ink[3] - ink[1] > 0.04 * (
        cell[3] - cell[1]
    )
    left, bottom, right, top = ink if is_visible else cell
    return (left, bottom, right, top) if right > left and top > bottom else None
