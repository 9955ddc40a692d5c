"""Text layers: pages of invisible words that make a scan searchable when laid upon it.

A layer has the pages of its document, each of the size and the way up that people see; pages
that need no layer are empty in it. Words stand on the line on which they are printed, slanted
like it, so that a viewer marks and copies whole lines.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pikepdf

from formats.fonts import GLYPH_WIDTH, glyphless_font
from formats.text import Word

_SHORTEST, _LONGEST = 3.0, 14_400.0  # points that the side of a page may have
_BELOW_THE_LINE = frozenset("gjpqyQ,;()[]{}|/\u0323")  # the last is the dot below


@dataclass(frozen=True)
class Sheet:
    """A page of a layer: its size in points as displayed, and the file with its words, if any."""

    width: float
    height: float
    words: Path | None


def invisible(words: Sequence[Word], width: float, height: float, turn: int) -> bytes:
    """Page content that says these words where they stand, without showing anything.

    Args:
        words: with places on the page turned upright.
        width: of the page as displayed, in points.
        height: of the page as displayed, in points.
        turn: degrees by which the page must be turned clockwise to stand upright.
    """
    place = {
        0: "1 0 0 1 0 0",
        90: f"0 1 -1 0 {width:.2f} 0",
        180: f"-1 0 0 -1 {width:.2f} {height:.2f}",
        270: f"0 -1 1 0 0 {height:.2f}",
    }[turn]
    wide, high = (height, width) if turn in (90, 270) else (width, height)
    said = [f"q {place} cm BT 3 Tr"]
    for _, line in groupby(words, key=lambda word: word.line):
        said += _line([_Spot.of(word, wide, high) for word in line])
    return "\n".join([*said, "ET Q\n"]).encode()


@dataclass(frozen=True)
class _Spot:
    """A word in points, upwards from the lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    top: float

    @staticmethod
    def of(word: Word, wide: float, high: float) -> "_Spot":
        return _Spot(
            text=word.text,
            left=word.left * wide,
            right=word.right * wide,
            bottom=(1 - word.bottom) * high,
            top=(1 - word.top) * high,
        )

    def stands_on_the_line(self) -> bool:
        return not _BELOW_THE_LINE & set(unicodedata.normalize("NFD", self.text))


def _line(spots: Sequence[_Spot]) -> Iterator[str]:
    size = max(1.0, 1.15 * sorted(spot.top - spot.bottom for spot in spots)[len(spots) // 2])
    start, slope = _foot(spots, size)
    angle = math.atan(slope)
    slant = f"{math.cos(angle):.5f} {math.sin(angle):.5f} {-math.sin(angle):.5f}"
    for spot in spots:
        letters = spot.text.encode("utf-16-be", "replace")
        natural = len(letters) / 2 * size * GLYPH_WIDTH / 1000
        stretch = max(spot.right - spot.left, 0.1) / natural * 100
        foot = start + slope * spot.left
        yield (
            f"/Blank {size:.2f} Tf {stretch:.2f} Tz {slant} {math.cos(angle):.5f}"
            f" {spot.left:.2f} {foot:.2f} Tm <{letters.hex()}0020> Tj"
        )


def _foot(spots: Sequence[_Spot], size: float) -> tuple[float, float]:
    """Where the line on which the letters stand begins (at the left edge), and how it rises."""
    standing = [spot for spot in spots if spot.stands_on_the_line()]
    lowered = 0.0 if standing else 0.2 * size
    points = [((spot.left + spot.right) / 2, spot.bottom) for spot in standing or spots]
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    slope = 0.0
    if len(points) > 2 and spread > (5 * size) ** 2:
        slope = sum((x - middle_x) * (y - middle_y) for x, y in points) / spread
    slope = slope if abs(slope) < 0.1 else 0.0
    return middle_y - slope * middle_x + lowered, slope


def bind(sheets: Sequence[Sheet], target: Path) -> None:
    """Bind the pages into one layer with one font; to be called in a confined child."""
    with pikepdf.new() as layer:
        font = pikepdf.Dictionary(Blank=glyphless_font(layer))
        for sheet in sheets:
            page = layer.add_blank_page()
            sides = (min(max(side, _SHORTEST), _LONGEST) for side in (sheet.width, sheet.height))
            page.mediabox = pikepdf.Array([0, 0, *(round(side, 3) for side in sides)])
            if sheet.words is not None:
                page.Resources = pikepdf.Dictionary(Font=font)
                page.Contents = layer.make_stream(sheet.words.read_bytes())
        part = target.with_suffix(".part")
        layer.save(part, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    part.replace(target)
