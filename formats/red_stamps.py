"""Red stamps on a scan, cut out and set upright: a tilted frame hides its words from the reading.

A stamp of urgency or secrecy is set by hand and seldom straight. The page's own reading passes
over letters within slanted lines, so that each red area of a stamp's size is shown to it alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from formats.scan_cleaning import Grey, clusters, is_red, is_ring

_WIDE, _HIGH = (12.0, 90.0), (5.0, 60.0)  # millimetres: a stamp's box, tilted or not
_MOST = 3  # of one page
_READING_DPI = 200
_STEEPEST = 30.0  # degrees
_POINTS = 20_000
_INK = 140  # darker than this is written


@dataclass(frozen=True)
class RedStamp:
    """A stamp's upright picture, and where that lies on the page, as fractions of its sides."""

    path: Path
    left: float
    top: float
    right: float
    bottom: float


def red_stamps(picture: Image.Image, dpi: float, target: Path) -> tuple[RedStamp, ...]:
    """Cut out what is red and of a stamp's size; pictures are written beside `target`."""
    if picture.mode != "RGB":
        return ()
    found = []
    for number, box in enumerate(_areas(picture, dpi)):
        if number == _MOST:
            break
        upright = _without_frame(_set_upright(picture, box))
        place = target.with_suffix(f".stamp-{number}.bmp")
        half = upright.width / 2 / picture.width, upright.height / 2 / picture.height
        across = (box[0] + box[2]) / 2 / picture.width
        down = (box[1] + box[3]) / 2 / picture.height
        _at_reading_size(upright, dpi).save(place, "BMP")
        edges = across - half[0], down - half[1], across + half[0], down + half[1]
        found.append(RedStamp(place, *(min(max(edge, 0.0), 1.0) for edge in edges)))
    return tuple(found)


def _areas(picture: Image.Image, dpi: float) -> Iterator[tuple[int, int, int, int]]:
    """Boxes of red areas, in pixels; round stamps are left out."""
    step = max(1, round(dpi / 40))
    red = is_red(np.asarray(picture.reduce(step), dtype=np.int16))
    scale = dpi / step / 25.4  # pixels a millimetre
    for left, top, right, bottom in clusters(red, gap=max(1, round(2 * scale))):
        wide, high = (right - left) / scale, (bottom - top) / scale
        is_stamp = _WIDE[0] <= wide <= _WIDE[1] and _HIGH[0] <= high <= _HIGH[1]
        if is_stamp and not is_ring(red[top:bottom, left:right], scale):
            yield (
                max(left - 1, 0) * step,
                max(top - 1, 0) * step,
                min((right + 1) * step, picture.width),
                min((bottom + 1) * step, picture.height),
            )


def _set_upright(picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """What is red in the box, black on white and turned so that its frame is straight."""
    pixels = np.asarray(picture.crop(box), dtype=np.int16)
    redness = pixels[:, :, 0] - np.maximum(pixels[:, :, 1], pixels[:, :, 2])
    ink = Image.fromarray((255 - np.clip(redness * 2, 0, 255)).astype(np.uint8))
    angle = _tilt(is_red(pixels))
    turned = ink.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    written = turned.point(lambda value: 255 if value < _INK else 0).getbbox()
    return turned.crop(written) if written else turned


def _tilt(red: NDArray[np.bool_]) -> float:
    """Degrees by which the smallest rectangle around the red points is turned."""
    down, across = np.nonzero(red)
    step = max(1, down.size // _POINTS)
    down, across = down[::step], across[::step]
    best, tilt = float("inf"), 0.0
    for angle in np.arange(-_STEEPEST, _STEEPEST + 0.5, 0.5):
        cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        area = float(np.ptp(across * cosine + down * sine) * np.ptp(down * cosine - across * sine))
        if area < best:
            best, tilt = area, float(angle)
    return tilt


def _without_frame(upright: Image.Image) -> Image.Image:
    """The words alone, with white around them, when straight lines stood around them."""
    ink: Any = np.asarray(upright) < _INK
    height, width = ink.shape
    rows, columns = ink.mean(axis=1) > 0.6, ink.mean(axis=0) > 0.75
    top, bottom = _edge(rows[: height // 4]), _edge(rows[::-1][: height // 4])
    left, right = _edge(columns[: width // 8]), _edge(columns[::-1][: width // 8])
    inside = (left + 2, top + 2, width - right - 2, height - bottom - 2)
    if inside[2] <= inside[0] or inside[3] <= inside[1]:
        return upright
    return ImageOps.expand(upright.crop(inside), 30, 255)


def _edge(lines: Grey) -> int:
    """Where the last line of a frame ends, counted from the edge."""
    marked = np.flatnonzero(lines)
    return int(marked[-1]) + 1 if marked.size else 0


def _at_reading_size(upright: Image.Image, dpi: float) -> Image.Image:
    factor = _READING_DPI / dpi
    if factor > 0.87:
        return upright
    size = max(1, round(upright.width * factor)), max(1, round(upright.height * factor))
    return upright.resize(size, Image.Resampling.LANCZOS)
