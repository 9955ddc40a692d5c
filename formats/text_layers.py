"""Text layers: pages of invisible words that make a scan searchable when laid under it.

A layer has the pages of its document, each of the size and the way up that people see; pages
that need no layer are empty in it. Words stand on the line on which they are printed, slanted
like it, so that a viewer marks and copies whole lines.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import pikepdf

from formats.fonts import GLYPH_WIDTH, glyphless_font
from formats.text import Word

_SHORTEST, _LONGEST = 3.0, 14_400.0  # points that the side of a page may have
_HARDLY = 0.006  # radians: PDFium drops blank words that run exactly up or down
_BELOW_THE_LINE = frozenset("gjpqyQ,;()[]{}|/\u0323")  # the last is the dot below


@dataclass(frozen=True)
class LayerPage:
    """A page of a layer: its size in points as displayed, and the file with its words, if any."""

    width: float
    height: float
    words: Path | None


def invisible(words: Sequence[Word], width: float, height: float) -> bytes:
    """Page content that says these words where they stand, without showing anything.

    Which way a line runs is told by the order of its words; a single word runs as most lines do.

    Args:
        words: with their places on the page as displayed.
        width: of the page as displayed, in points.
        height: of the page as displayed, in points.
    """
    lines = [list(line) for _, line in groupby(words, key=lambda word: word.line)]
    ways = [_way(line, width, height) for line in lines]
    told = Counter(way for way, line in zip(ways, lines, strict=True) for _ in line[1:])
    usual = told.most_common(1)[0][0] if told else 0
    said = []
    for line, way in zip(lines, ways, strict=True):
        turn = way if len(line) > 1 else usual
        wide, high = (height, width) if turn in (90, 270) else (width, height)
        spots = [_Spot.of(turned(word, turn), wide, high) for word in line]
        said += [f"q {_back(turn, width, height)} cm BT 3 Tr", *_line(spots), "ET Q"]
    return ("\n".join(said) + "\n").encode()


def _way(line: Sequence[Word], width: float, height: float) -> int:
    """Degrees by which the page must be turned clockwise for this line to run rightwards."""
    first, last = line[0], line[-1]
    across = (last.left + last.right - first.left - first.right) * width
    down = (last.top + last.bottom - first.top - first.bottom) * height
    if abs(across) >= abs(down):
        return 0 if across >= 0 else 180
    return 270 if down > 0 else 90


def turned(word: Word, turn: int) -> Word:
    """The word's place on the page after it is turned clockwise by 0, 90, 180 or 270 degrees."""
    match turn:
        case 90:
            edges = 1 - word.bottom, word.left, 1 - word.top, word.right
        case 180:
            edges = 1 - word.right, 1 - word.bottom, 1 - word.left, 1 - word.top
        case 270:
            edges = word.top, 1 - word.right, word.bottom, 1 - word.left
        case _:
            return word
    left, top, right, bottom = edges
    return replace(word, left=left, top=top, right=right, bottom=bottom)


def _back(turn: int, width: float, height: float) -> str:
    """The matrix from the page turned upright to the page as displayed."""
    return {
        0: "1 0 0 1 0 0",
        90: f"0 1 -1 0 {width:.2f} 0",
        180: f"-1 0 0 -1 {width:.2f} {height:.2f}",
        270: f"0 -1 1 0 0 {height:.2f}",
    }[turn]


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
    angle = math.atan(slope) if abs(slope) > _HARDLY else _HARDLY
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


def bind(pages: Sequence[LayerPage], target: Path) -> None:
    """Bind the pages into one layer with one font; to be called in a confined child."""
    with pikepdf.new() as layer:
        font = pikepdf.Dictionary(Blank=glyphless_font(layer))
        for each in pages:
            page = layer.add_blank_page()
            sides = (min(max(side, _SHORTEST), _LONGEST) for side in (each.width, each.height))
            page.mediabox = pikepdf.Array([0, 0, *(round(side, 3) for side in sides)])
            if each.words is not None:
                page.Resources = pikepdf.Dictionary(Font=font)
                page.Contents = layer.make_stream(each.words.read_bytes())
        part = target.with_suffix(".part")
        layer.save(part, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    part.replace(target)
