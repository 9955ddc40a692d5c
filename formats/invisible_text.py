"""Laying a text layer (`text_layers.py`) under the pages of a document, however they are turned."""

from collections.abc import Iterable
from dataclasses import dataclass

from pikepdf import Array, Name, Object, Page, Pdf

from formats.errors import Unreadable

LAYER_NAME = Name.LuutruText


@dataclass(frozen=True)
class Sheet:
    """The part of a page that is shown: lower left corner and size in its own units, and its turn.

    Attributes:
        turn: degrees clockwise, one of 0, 90, 180, 270.
        scale: how many points one unit of the page is.
    """

    left: float
    bottom: float
    width: float
    height: float
    turn: int
    scale: float

    @property
    def shown(self) -> tuple[float, float]:
        """Width and height in points, as displayed."""
        sides = (self.width * self.scale, self.height * self.scale)
        return sides if self.turn % 180 == 0 else (sides[1], sides[0])

    def placed(self, wide: float, high: float) -> tuple[float, ...]:
        """The matrix that lays an upright sheet of wide x high over the page as displayed."""
        w, h = self.width, self.height
        a, b, c, d, e, f = {
            0: (w, 0.0, 0.0, h, 0.0, 0.0),
            90: (0.0, h, -w, 0.0, w, 0.0),
            180: (-w, 0.0, 0.0, -h, w, h),
            270: (0.0, -h, w, 0.0, 0.0, h),
        }[self.turn]
        return (a / wide, b / wide, c / high, d / high, e + self.left, f + self.bottom)


def sheet(page: Page) -> Sheet:
    """What of a page is shown; a page without a usable size is taken to be A4."""
    media = _box(page.obj.get(Name.MediaBox)) or (0.0, 0.0, 595.28, 841.89)
    crop = _box(page.obj.get(Name.CropBox)) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right <= left or top <= bottom:
        left, bottom, right, top = media
    turn = page.obj.get_int(Name.Rotate, 0) // 90 * 90 % 360
    scale = _number(page.obj.get(Name.UserUnit)) or 1.0
    return Sheet(left, bottom, right - left, top - bottom, turn, scale)


def lay(pdf: Pdf, layer: Pdf) -> int:
    """Lay each page of a text-only PDF under the page of the same number; how many had words.

    Nothing of the page is rewritten: the layer is one more piece of content before its own.
    """
    if len(layer.pages) != len(pdf.pages):
        raise Unreadable("layer_pages_differ", pages=len(pdf.pages), layer=len(layer.pages))
    laid = 0
    for page, above in zip(pdf.pages, layer.pages, strict=True):
        words = above.obj.get(Name.Contents)
        if words is None or not any(map(_has_text, _streams(words))):
            continue
        form = pdf.copy_foreign(above.as_form_xobject())
        wide, high = sheet(above).shown
        name = page.add_resource(form, Name.XObject, LAYER_NAME, replace_existing=False)
        matrix = " ".join(f"{number:.6f}" for number in sheet(page).placed(wide, high))
        page.contents_add(f"q {matrix} cm {name} Do Q\n".encode(), prepend=True)
        laid += 1
    return laid


def _streams(contents: Object) -> Iterable[Object]:
    return list(contents) if isinstance(contents, Array) else [contents]


def _has_text(stream: Object) -> bool:
    return b"T" in stream.read_bytes()


def _box(value: Object | None) -> tuple[float, float, float, float] | None:
    if not isinstance(value, Array) or len(value) != 4:
        return None
    sides = [_number(side) for side in list(value)]
    if any(side is None for side in sides):
        return None
    x1, y1, x2, y2 = (side or 0.0 for side in sides)
    box = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    return box if box[2] > box[0] and box[3] > box[1] else None


def _number(value: object) -> float | None:
    try:
        return float(value)  # type: ignore[arg-type]  # whatever the file holds there
    except (TypeError, ValueError):
        return None
