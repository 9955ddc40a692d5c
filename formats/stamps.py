"""The mark of an organ on a scan that it digitised: text alone, top right of the first page.

An organ's seal in a field of a document that it issues is drawn by `seal_marks`.

The rule for digitised paper asks for the organ's name and the time of signing by ISO 8601 with
the zone +07:00, in Times New Roman, upright, black, size 10, and for no picture of a seal. The
letters come from Liberation Serif, which has the measures of Times New Roman and may be embedded.
"""

import os
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp.base import BaseStamp, BaseStampStyle

from formats.errors import Unreadable
from formats.fonts import font_file

VIETNAM = timezone(timedelta(hours=7))
_SIZE = 10.0
_LEADING = 12.0
_MARGIN = 14.0
_WIDEST = 230.0
_PAD = 1.0
# Latin with the Vietnamese letters, combining marks, and the dashes and quotes of names.
_LETTERS = (
    *range(0x20, 0x250),
    *range(0x300, 0x370),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2040),
)


@dataclass(frozen=True)
class Stamp:
    """What the mark says: the organ, perhaps words before it, and the time of signing below."""

    organ: str
    font_folder: Path
    """Where the prepared font is kept between seals; it is made when missing."""
    words_before: tuple[str, ...] = ()
    time_label: str = "Thời gian ký: "
    zone: timezone = VIETNAM

    def lines(self, at: datetime) -> tuple[str, ...]:
        """The mark's lines for a moment of signing."""
        time = at.astimezone(self.zone).isoformat(timespec="seconds")
        told = (*self.words_before, self.organ, self.time_label + time)
        return tuple(unicodedata.normalize("NFC", " ".join(each.split())) for each in told)


@dataclass(frozen=True)
class PageBox:
    """The part of a page that is seen, in the page's own units, and how it is turned."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int

    @property
    def shown(self) -> tuple[float, float]:
        """Width and height as displayed."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turned in (90, 270) else (width, height)

    def place(self, left: float, bottom: float, width: float, height: float) -> "Place":
        """Find the rectangle of the page that is displayed at this place, from the bottom left."""
        across, up = self.right - self.left, self.top - self.bottom
        if self.turned == 90:
            x, y, w, h = across - bottom - height, left, height, width
        elif self.turned == 180:
            x, y, w, h = across - left - width, up - bottom - height, width, height
        elif self.turned == 270:
            x, y, w, h = bottom, up - left - width, height, width
        else:
            x, y, w, h = left, bottom, width, height
        x, y = x + self.left, y + self.bottom
        return Place((x, y, x + w, y + h), _UPRIGHT[self.turned](w, h))


@dataclass(frozen=True)
class Place:
    """A rectangle of a page, and the matrix that makes what is drawn in it stand upright."""

    box: tuple[float, float, float, float]
    matrix: tuple[float, ...]


_UPRIGHT: dict[int, Callable[[float, float], tuple[float, ...]]] = {
    0: lambda w, h: (1, 0, 0, 1, 0, 0),
    90: lambda w, h: (0, 1, -1, 0, w, 0),
    180: lambda w, h: (-1, 0, 0, -1, w, h),
    270: lambda w, h: (0, -1, 1, 0, 0, h),
}


@dataclass(frozen=True)
class PlacedStamp:
    """A mark with its lines broken and its place on a page found."""

    lines: tuple[str, ...]
    scale: float
    place: Place
    font: Path

    @property
    def style(self) -> "MarkStyle":
        """How the library is to draw it."""
        return MarkStyle(border_width=0, mark=self)


@dataclass(frozen=True)
class MarkStyle(BaseStampStyle):
    """Draws a placed mark as the appearance of a signature field."""

    mark: PlacedStamp | None = None

    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]
    ) -> "Mark":
        """Make the appearance for one document."""
        return Mark(writer=writer, style=self, box=box)


class Mark(BaseStamp):
    """The appearance itself: black text on nothing."""

    def _render_inner_content(self) -> list[bytes]:
        return self.written(self.style.mark)

    def written(self, mark: PlacedStamp) -> list[bytes]:
        """The commands that write the lines, each ending at the right."""
        assert self.writer is not None  # the library sets it when it makes the appearance
        engine = GlyphAccumulator(self.writer, BytesIO(_font_bytes(mark.font)), font_size=_SIZE)
        shaped = [engine.shape(line) for line in mark.lines]
        widest = max(each.x_advance for each in shaped) * _SIZE
        self.set_resource(
            category=ResourceType.FONT,
            name=generic.pdf_name("/Serif"),
            value=engine.as_resource(),
        )
        matrix = " ".join(f"{each:g}" for each in mark.place.matrix)
        drawn = [f"{matrix} cm {mark.scale:g} 0 0 {mark.scale:g} 0 0 cm BT 0 g /Serif {_SIZE:g} Tf"]
        commands = [drawn[0].encode("ascii")]
        for number, each in enumerate(shaped):
            x = _PAD + widest - each.x_advance * _SIZE
            y = _PAD + 3 + _LEADING * (len(shaped) - 1 - number)
            commands += [f"1 0 0 1 {x:g} {y:g} Tm".encode("ascii"), each.graphics_ops]
        engine.prepare_write()  # type: ignore[no-untyped-call]
        return [*commands, b"ET"]


def place_stamp(stamp: Stamp, page: generic.DictionaryObject, at: datetime) -> PlacedStamp:
    """Find where the mark goes on this page, upright as displayed and inside what is seen."""
    font = prepared_font(stamp.font_folder)
    seen = page_box(page)
    width, height = seen.shown
    margin = min(_MARGIN, width / 20, height / 20)
    measure = _measure(font)
    lines = _broken(stamp.lines(at), min(_WIDEST, max(width / 2, 120.0)), measure)
    block = (max(map(measure, lines)) + 2 * _PAD, _LEADING * len(lines) + 2 * _PAD)
    scale = min(1.0, (width - 2 * margin) / block[0], (height - 2 * margin) / block[1])
    w, h = block[0] * scale, block[1] * scale
    place = seen.place(width - margin - w, height - margin - h, w, h)
    return PlacedStamp(lines, scale, place, font)


def fit_words(stamp: Stamp, at: datetime, width: float, height: float) -> PlacedStamp:
    """Break and shrink the mark's words so that they fill a space of this size, upright."""
    font = prepared_font(stamp.font_folder)
    measure = _measure(font)
    told = stamp.lines(at)
    choices = [_broken(told, widest, measure) for widest in (width, width * 1.4, _WIDEST)]
    best, scale = choices[0], 0.0
    for lines in filter(None, choices):
        block = (max(map(measure, lines)) + 2 * _PAD, _LEADING * len(lines) + 2 * _PAD)
        fits = min(1.0, width / block[0], height / block[1])
        if fits > scale + 0.01:
            best, scale = lines, fits
    return PlacedStamp(best, scale, Place((0, 0, width, height), (1, 0, 0, 1, 0, 0)), font)


def page_box(page: generic.DictionaryObject) -> PageBox:
    """Read the visible part of a page and its turn, also where they are inherited."""
    media = _rectangle(_inherited(page, "/MediaBox"))
    crop = _rectangle(_inherited(page, "/CropBox")) or media
    if media is None or crop is None:
        raise Unreadable("page_without_box")
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right - left < 1 or top - bottom < 1:
        left, bottom, right, top = media
    turned = _inherited(page, "/Rotate")
    degrees = int(turned) % 360 if isinstance(turned, int) else 0
    return PageBox(left, bottom, right, top, degrees if degrees in _UPRIGHT else 0)


def prepared_font(folder: Path) -> Path:
    """Give the serif font scaled to 1,000 units an em, made once.

    The library writes widths as if every font had 1,000; others come out clipped and not PDF/A.
    """
    made = folder / "serif-1000.ttf"
    if made.exists():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    font = TTFont(font_file("Serif"))
    options = subset.Options(layout_features=["*"], name_IDs=["*"], notdef_outline=True)
    options.hinting = False
    options.drop_tables += ["FFTM"]
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=_LETTERS)
    chosen.subset(font)
    scale_upem(font, 1000)
    handle, name = tempfile.mkstemp(dir=folder, prefix="luutru-font-", suffix=".ttf")
    os.close(handle)
    font.save(name)
    Path(name).replace(made)
    return made


@lru_cache(maxsize=4)
def _font_bytes(path: Path) -> bytes:
    return path.read_bytes()


@lru_cache(maxsize=4)
def _measure(path: Path) -> Callable[[str], float]:
    font = TTFont(BytesIO(_font_bytes(path)))
    letters, widths = font.getBestCmap(), font["hmtx"]

    def width_of(text: str) -> float:
        names = (letters.get(ord(each), ".notdef") for each in text)
        return float(sum(widths[name][0] for name in names)) * _SIZE / 1000

    return width_of


def _broken(
    lines: tuple[str, ...], widest: float, measure: Callable[[str], float]
) -> tuple[str, ...]:
    """Break lines between words so that none is too wide, if words allow it, and all are alike."""
    made: list[str] = []
    for line in filter(None, lines):
        fewest = _wrapped(line, widest, measure)
        width = measure(line) / len(fewest)
        while len(broken := _wrapped(line, width, measure)) > len(fewest):
            width += _SIZE / 2
        made += broken
    return tuple(made)


def _wrapped(line: str, widest: float, measure: Callable[[str], float]) -> list[str]:
    made, current = [], ""
    for word in line.split(" "):
        longer = f"{current} {word}".strip()
        if current and measure(longer) > widest:
            made.append(current)
            longer = word
        current = longer
    return [*made, current]


def _inherited(page: generic.DictionaryObject, name: str) -> Any:  # whatever the PDF holds there
    node: Any = page
    steps = 0
    while node is not None and steps < 64:
        if name in node:
            return node[name]
        # `get` would give a reference here, which knows no names
        node, steps = node["/Parent"] if "/Parent" in node else None, steps + 1  # noqa: SIM401
    return None


def _rectangle(value: Any) -> tuple[float, float, float, float] | None:  # a PDF array, or not
    try:
        a, b, c, d = (float(each.get_object()) for each in value)
    except (TypeError, ValueError, AttributeError):
        return None
    return min(a, c), min(b, d), max(a, c), max(b, d)
