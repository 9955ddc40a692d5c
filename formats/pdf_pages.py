"""The pages of a PDF, opened by PDFium: how many, how large, and what they look like.

PDFium is fast, is not made for threads, and is written in C++: everything here but `page_count`
runs in a confined child (`formats.confined`). A document is opened for one call and closed
again, so that no idle child keeps the bytes of a record.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from formats.confined import confined
from formats.errors import Unreadable

MEGABYTES = 2048  # of address space for a child that opens pages
_MOST_PIXELS = 60_000_000
_SMALLEST_DPI = 50
POINTS = 72  # in an inch


def page_count(pdf: Path, *, seconds: float = 30) -> int:
    """How many pages the document has.

    Raises:
        Unreadable: `damaged`, or `encrypted` when it needs a password to be opened.
        ProgramFailed: opening took too long or ended the child.
    """
    return confined(_count, pdf, seconds=seconds, megabytes=MEGABYTES)


def _count(pdf: Path) -> int:
    with opened(pdf) as document:
        return len(document)


@contextmanager
def opened(pdf: Path) -> Iterator[pypdfium2.PdfDocument]:
    """The document, closed again afterwards.

    Raises:
        Unreadable: `damaged`, `encrypted`.
    """
    if not pdf.is_file():
        raise FileNotFoundError(pdf)
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pdfium.FPDF_ERR_PASSWORD
        raise Unreadable("encrypted" if locked else "damaged") from error
    try:
        if document.get_formtype():
            document.init_forms()
        yield document
    finally:
        document.close()


@contextmanager
def page_of(document: pypdfium2.PdfDocument, number: int) -> Iterator[pypdfium2.PdfPage]:
    """Page `number`, counted from 1, closed again afterwards.

    Raises:
        Unreadable: `no_such_page`, `damaged_page`; also when PDFium fails while it is open.
    """
    if not 1 <= number <= len(document):
        raise Unreadable("no_such_page", page=number)
    try:
        page = document.get_page(number - 1)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("damaged_page", page=number) from error
    try:
        yield page
    except pypdfium2.PdfiumError as error:
        raise Unreadable("damaged_page", page=number) from error
    finally:
        page.close()


def picture_of(page: pypdfium2.PdfPage, dpi: float) -> Image.Image:
    """The page as displayed, in colour, at this many dots per inch, or fewer if it is huge.

    Raises:
        Unreadable: `page_too_large`, when even a coarse picture would have too many pixels.
    """
    width, height = page.get_size()
    dpi = min(dpi, POINTS * (_MOST_PIXELS / max(width * height, 1e-6)) ** 0.5)
    if dpi < _SMALLEST_DPI or min(width, height) * dpi < POINTS:
        raise Unreadable("page_too_large", width=round(width), height=round(height))
    return _drawn(page, dpi / POINTS)


def picture_of_width(page: pypdfium2.PdfPage, width: int) -> Image.Image:
    """The page as displayed, in colour, this many pixels wide."""
    own_width, own_height = page.get_size()
    scale = (width - 0.001) / max(own_width, 1e-6)  # sizes are rounded up
    if own_width * own_height * scale * scale > _MOST_PIXELS:
        raise Unreadable("page_too_large", width=round(own_width), height=round(own_height))
    return _drawn(page, scale)


def _drawn(page: pypdfium2.PdfPage, scale: float) -> Image.Image:
    bitmap = page.render(scale=scale, rev_byteorder=True, limit_image_cache=True)
    try:
        picture: Image.Image = bitmap.to_pil().copy()
    finally:
        bitmap.close()
    return picture


def to_fractions(page: pypdfium2.PdfPage) -> tuple[float, float, float, float, float, float]:
    """The matrix from the page's own coordinates to fractions of the page as displayed."""
    whole = 1_000_000
    across, down = pdfium.c_int(), pdfium.c_int()

    def shown(x: float, y: float) -> tuple[float, float]:
        pdfium.FPDF_PageToDevice(page, 0, 0, whole, whole, 0, x, y, across, down)
        return across.value / whole, down.value / whole

    left, top = page.get_bbox()[0], page.get_bbox()[3]
    x0, y0 = shown(left, top)
    x1, y1 = shown(left + 100, top)
    x2, y2 = shown(left, top - 100)
    a, b, c, d = (x1 - x0) / 100, (y1 - y0) / 100, (x0 - x2) / 100, (y0 - y2) / 100
    return a, b, c, d, x0 - a * left - c * top, y0 - b * left - d * top
