"""The picture of a page that is given to the reading: the scan's own, or one that we draw.

A page that is one picture and nothing else gives us its very pixels; any other page is drawn.
Pixels finer than the reading needs are merged: on 300 dpi scans that is faster and reads better.
"""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from formats import pdf_pages
from formats.errors import Unreadable
from formats.red_stamps import RedStamp, red_stamps
from formats.scan_cleaning import cleaned, is_blank, look_at, stretched, without_round_stamps

READING_DPI = 200
FINE_DPI = 300  # for the second try at small print
_LEAST_TOLD = 70  # Tesseract takes less for a mistake
_COARSE = 130  # dots per inch at which letters are too small to be read well
_MOST_DOUBLED = 10_000_000  # pixels
_MOST_PIXELS = 120_000_000  # of one picture: A3 at 800 dpi
_MOST_CHECKED = 50  # pictures of an empty page
_LONGEST_CONTENT = 4096  # bytes that a page with one picture needs at most
_ODD = (  # what taking a strange or damaged picture apart may raise
    pikepdf.PdfError,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)
_NEAR = 0.003  # of the page: how far a picture may miss its edges and still be all of it


@dataclass(frozen=True)
class Wish:
    """How a page picture is to be made.

    Attributes:
        dpi: the resolution aimed at.
        clean: take noise away; None when the picture itself shall tell.
        turn: degrees to turn it clockwise.
        stretch: make pale writing black.
        draw: draw the page even when it is a single picture.
        stamps: cut red stamps out as well, to be read alone.
    """

    dpi: int = READING_DPI
    clean: bool | None = None
    turn: int = 0
    stretch: bool = False
    draw: bool = False
    stamps: bool = False


@dataclass(frozen=True)
class Scan:
    """A page picture in grey, written to a file.

    Attributes:
        dpi: its resolution.
        is_cleaned: noise or a stamp was taken away.
        is_blank: there is nothing on it.
        own_dpi: the resolution that the page itself offers.
        stamps: red stamps, each in a file of its own.
    """

    path: Path
    dpi: int
    is_cleaned: bool
    is_blank: bool
    own_dpi: float
    stamps: tuple[RedStamp, ...] = ()


def make_scan(pdf: Path, number: int, wish: Wish, target: Path) -> Scan:
    """Make the page picture that is wished for; to be called in a confined child.

    Raises:
        Unreadable: the page is damaged or too large, or a picture on it is.
    """
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    own = None if wish.draw else _own_picture(pdf, number)
    picture, own_dpi = own or _drawn(pdf, number, wish.dpi)
    red = red_stamps(picture, own_dpi, target) if wish.stamps else ()
    grey, lightened = without_round_stamps(picture, own_dpi)
    grey, dpi = _scaled(grey, own_dpi, wish.dpi)
    pixels = np.asarray(grey)
    is_cleaned = look_at(pixels).is_noisy() if wish.clean is None else wish.clean
    if is_cleaned:
        pixels = cleaned(pixels)
    if wish.stretch:
        pixels = stretched(pixels)
    if wish.turn:
        pixels = np.rot90(pixels, -wish.turn // 90)
    is_empty = is_blank(pixels, dpi)
    if is_empty and own is None:
        _check_pictures(pdf, number)
    made = Image.fromarray(np.ascontiguousarray(pixels))
    made.save(target, "BMP")  # what Tesseract opens fastest
    return Scan(
        path=target,
        dpi=max(_LEAST_TOLD, round(dpi)),
        is_cleaned=is_cleaned or wish.stretch or lightened > 0,
        is_blank=is_empty,
        own_dpi=own_dpi,
        stamps=red,
    )


def _scaled(grey: Image.Image, dpi: float, wished: int) -> tuple[Image.Image, float]:
    """Fewer pixels when there are more than needed, twice as many when letters would be tiny."""
    if dpi > wished * 1.15:
        factor = wished / dpi
    elif dpi < _COARSE and grey.width * grey.height < _MOST_DOUBLED:
        factor = 2.0
    else:
        return grey, dpi
    size = (max(1, round(grey.width * factor)), max(1, round(grey.height * factor)))
    return grey.resize(size, Image.Resampling.LANCZOS), dpi * factor


def _drawn(pdf: Path, number: int, dpi: int) -> tuple[Image.Image, float]:
    with pdf_pages.opened(pdf) as document, pdf_pages.page_of(document, number) as page:
        picture = pdf_pages.picture_of(page, dpi)
        return picture, picture.width / page.get_width() * pdf_pages.POINTS


def _check_pictures(pdf: Path, number: int) -> None:
    """A page that was drawn empty may hold a picture that PDFium could not unpack: tell it."""
    with pdf_pages.opened(pdf) as document, pdf_pages.page_of(document, number) as page:
        pictures = page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4)
        for picture in islice(pictures, _MOST_CHECKED):
            wide, high = picture.get_px_size()
            if wide * high > _MOST_PIXELS:
                raise Unreadable("too_many_pixels", width=wide, height=high, page=number)
            try:
                picture.get_bitmap().close()
            except pypdfium2.PdfiumError as error:
                raise Unreadable("damaged_picture", page=number) from error


def _own_picture(pdf: Path, number: int) -> tuple[Image.Image, float] | None:
    """The picture that is the whole page, upright as displayed, and its resolution; or None."""
    try:
        with pikepdf.open(pdf) as document:
            page = document.pages[number - 1]
            found = _only_picture(page)
            if found is None:
                return None
            picture = pikepdf.PdfImage(found).as_pil_image()
            picture.load()  # damage shows here
            width = float(page.cropbox[2]) - float(page.cropbox[0])
            turn = page.rotation % 360
            dpi = picture.width / width * pdf_pages.POINTS
            return _upright(picture, turn), dpi
    except _ODD:
        return None  # PDFium may still be able to draw it


def _only_picture(page: pikepdf.Page) -> pikepdf.Stream | None:
    """The picture, if the page shows it alone, unmasked, and over its whole area."""
    if "/Annots" in page and len(page.Annots):
        return None
    contents = page.Contents
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    if sum(int(part.get("/Length", 0)) for part in parts) > _LONGEST_CONTENT:
        return None
    shown = _shown_alone(page)
    if shown is None:
        return None
    picture, placed = shown
    if any(key in picture for key in ("/SMask", "/Mask", "/Decode", "/ImageMask")):
        return None
    if int(picture.Width) * int(picture.Height) > _MOST_PIXELS:
        return None
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    wide, high = right - left, top - bottom
    is_upright = abs(placed.b) + abs(placed.c) < 0.01 and placed.a > 0 and placed.d > 0
    is_whole = (
        abs(placed.e - left) < _NEAR * wide
        and abs(placed.f - bottom) < _NEAR * high
        and abs(placed.a - wide) < _NEAR * wide
        and abs(placed.d - high) < _NEAR * high
    )
    return picture if is_upright and is_whole else None


def _shown_alone(page: pikepdf.Page) -> tuple[pikepdf.Stream, pikepdf.Matrix] | None:
    """The one picture that the page's instructions show, and its place; None if they do more."""
    placed, outer = pikepdf.Matrix(), []
    shown: tuple[pikepdf.Object, pikepdf.Matrix] | None = None
    for instruction in pikepdf.parse_content_stream(page):
        match str(instruction.operator):
            case "q":
                outer.append(placed)
            case "Q" if outer:
                placed = outer.pop()
            case "cm":
                placed = pikepdf.Matrix(*map(float, instruction.operands)) @ placed
            case "Do" if shown is None:
                shown = page.Resources.XObject[str(instruction.operands[0])], placed
            case _:
                return None
    if shown is None:
        return None
    thing, place = shown
    if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
        return thing, place
    return None


def _upright(picture: Image.Image, turn: int) -> Image.Image:
    """In colour or grey, and turned as the page is displayed."""
    if picture.mode not in ("1", "L", "RGB"):
        if picture.mode not in ("P", "CMYK", "LA", "RGBA"):
            raise ValueError(f"no plain picture: {picture.mode}")
        picture = picture.convert("RGB")
    if picture.mode == "1":
        picture = picture.convert("L")
    turned = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180}
    turned[270] = Image.Transpose.ROTATE_90
    return picture.transpose(turned[turn]) if turn in turned else picture
