"""The last resort: a page as a picture, with the words that were on it laid invisibly under it."""

import io
from collections.abc import Iterator
from contextlib import closing

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream
from pypdfium2 import PdfPage, PdfPosConv, PdfTextPage, raw

from formats.text import Word
from formats.text_layers import invisible

PICTURE_DPI = 200
_MOST_PIXELS = 60_000_000
_JPEG_QUALITY = 85
_FINE = 100_000  # steps across a page, for places in whole numbers


def add_picture_page(pdf: Pdf, page: PdfPage, size: tuple[float, float], font: Object) -> None:
    """Append a page of this size in points that looks like the given one, as displayed."""
    wide, high = size
    scale = PICTURE_DPI / 72
    scale *= min(1.0, (_MOST_PIXELS / max(wide * high * scale * scale, 1)) ** 0.5)
    with closing(page.render(scale=scale)) as bitmap:
        picture = bitmap.to_pil().convert("RGB")
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=_JPEG_QUALITY)
    image = Stream(
        pdf, packed.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=picture.width,
        Height=picture.height, ColorSpace=Name.DeviceRGB, BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )  # fmt: skip
    words = invisible(runs(page), wide, high)
    resources = Dictionary(
        Font=Dictionary(Blank=font), XObject=Dictionary(Picture=pdf.make_indirect(image))
    )
    drawn = b"q %.3f 0 0 %.3f 0 0 cm /Picture Do Q" % (wide, high)
    added = Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, round(wide, 3), round(high, 3)]),
        Resources=resources, Contents=pdf.make_stream(words + drawn),
    )  # fmt: skip
    pdf.pages.append(Page(pdf.make_indirect(added)))


def runs(page: PdfPage) -> list[Word]:
    """The words of a page's own text with their places, as displayed."""
    places = PdfPosConv(page, (0, 0, _FINE, _FINE, 0))
    words = []
    with closing(page.get_textpage()) as text:
        for number, (said, boxes) in enumerate(_runs(text)):
            corners = [places.to_bitmap(*box[at : at + 2]) for box in boxes for at in (0, 2)]
            across, down = zip(*corners, strict=True)
            edges = (min(across), min(down), max(across), max(down))
            left, top, right, bottom = (edge / _FINE for edge in edges)
            words.append(Word(said, left, top, right, bottom, number, None))
    return words


def _runs(text: PdfTextPage) -> Iterator[tuple[str, list[tuple[float, ...]]]]:
    """Letters that stand together without white space, and the box of each."""
    said, boxes = "", list[tuple[float, ...]]()
    for index in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(text, index))
        if letter.isspace() or not letter.isprintable():
            if said:
                yield said, boxes
            said, boxes = "", list[tuple[float, ...]]()
            continue
        said += letter
        boxes.append(text.get_charbox(index, loose=True))
    if said:
        yield said, boxes
