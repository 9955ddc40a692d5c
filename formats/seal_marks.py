"""The organ's seal in a field of a document that it issues: its red picture, words, or both.

Nghị định 30/2020 asks for the picture alone, in its real size, over the left third of the leader's
signature; the layout of 2019 puts picture and words at the top right of the first page. Without a
picture the words stand in its place, so that what is signed is always seen.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp.base import BaseStampStyle

from formats.errors import Unreadable
from formats.stamps import Mark, PlacedStamp, Stamp, fit_words, page_box

_MOST_PIXELS = 1200  # across: 36 mm at over 800 dpi
_GAP = 3.0


@dataclass(frozen=True)
class SealMark:
    """What is drawn in a field that stands on the page already."""

    stamp: Stamp
    picture: Path | None = None
    """A PNG with a transparent ground."""
    with_words: bool = False
    """Words beside the picture; without a picture they are there in any case."""

    def style(self, field: generic.DictionaryObject, at: datetime) -> "SealStyle":
        """How the library is to draw it in this field.

        Raises:
            Unreadable: `seal_picture_unreadable`.
        """
        x0, y0, x1, y1 = (float(side) for side in field["/Rect"])
        seen = page_box(field["/P"])
        wide, high = (y1 - y0, x1 - x0) if seen.turned in (90, 270) else (x1 - x0, y1 - y0)
        picture = _picture(self.picture, self.picture.stat().st_mtime_ns) if self.picture else None
        words, start = None, 0.0
        if picture is None or self.with_words:
            start = min(wide / 2, high) + _GAP if picture else 0.0
            words = fit_words(self.stamp, at, wide - start, high)
        matrix = seen.place(0, 0, wide, high).matrix
        space = (start - _GAP if words and picture else wide, high)
        return SealStyle(
            border_width=0, picture=picture, space=space, words=words, start=start, matrix=matrix
        )


@dataclass(frozen=True)
class SealStyle(BaseStampStyle):
    """Draws a seal and its words as the appearance of a signature field."""

    picture: Image.Image | None = None
    space: tuple[float, float] = (0.0, 0.0)
    """Of the picture, in which it keeps its shape."""
    words: PlacedStamp | None = None
    start: float = 0.0
    matrix: tuple[float, ...] = (1, 0, 0, 1, 0, 0)

    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]
    ) -> "_Seal":
        """Make the appearance for one document."""
        return _Seal(writer=writer, style=self, box=box)


class _Seal(Mark):
    """The appearance itself."""

    def _render_inner_content(self) -> list[bytes]:
        style: SealStyle = self.style
        turn = " ".join(f"{each:.3f}" for each in style.matrix)
        commands = [f"q {turn} cm".encode("ascii")]
        if style.picture is not None:
            commands.append(self._drawn(style.picture, *style.space))
        if style.words is not None:
            commands.append(f"q 1 0 0 1 {style.start:.3f} 0 cm".encode("ascii"))
            commands += [*self.written(style.words), b"Q"]
        return [*commands, b"Q"]

    def _drawn(self, picture: Image.Image, wide: float, high: float) -> bytes:
        image = PdfImage(picture, writer=self.writer)
        self.set_resource(
            category=ResourceType.XOBJECT, name=generic.pdf_name("/Seal"), value=image.image_ref
        )
        scale = min(wide / picture.width, high / picture.height)
        across, up = picture.width * scale, picture.height * scale
        x, y = (wide - across) / 2, (high - up) / 2
        return f"q {across:.3f} 0 0 {up:.3f} {x:.3f} {y:.3f} cm /Seal Do Q".encode("ascii")


@lru_cache(maxsize=8)
def _picture(path: Path, changed: int) -> Image.Image:
    """The picture with its transparency, no larger than it can be printed."""
    try:
        with Image.open(path) as opened:
            opened.thumbnail((_MOST_PIXELS, _MOST_PIXELS))
            return opened.convert("RGBA")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError) as wrong:
        raise Unreadable("seal_picture_unreadable", name=path.name) from wrong
