"""Text layers: pages of invisible words that make a scan searchable when laid upon it.

A layer has the pages of its document, each of the size and the way up that people see; pages
that need no layer are empty in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf

_SHORTEST, _LONGEST = 3.0, 14_400.0  # points that the side of a page may have


@dataclass(frozen=True)
class Sheet:
    """A page of a layer: its size in points as displayed, and the file with its words, if any."""

    width: float
    height: float
    words: Path | None


def place(read: Path, target: Path, width: float, height: float, turn: int) -> None:
    """Fit the page that was read onto the page as displayed.

    Args:
        read: one page of invisible words, as large as the picture that was read.
        target: where the fitted page is written.
        width: points, as displayed.
        height: points, as displayed.
        turn: degrees by which the picture was turned clockwise for the reading.
    """
    with pikepdf.open(read) as document:
        page = document.pages[0]
        wide, high = float(page.mediabox[2]), float(page.mediabox[3])
        across, up = width / wide, height / high
        sideways, upwards = width / high, height / wide
        matrix = {
            0: (across, 0, 0, up, 0, 0),
            90: (0, upwards, -sideways, 0, width, 0),
            180: (-across, 0, 0, -up, width, height),
            270: (0, -upwards, sideways, 0, 0, height),
        }[turn]
        fitted = " ".join(f"{value:.6f}" for value in matrix)
        page.contents_add(f"q {fitted} cm\n".encode(), prepend=True)
        page.contents_add(b"\nQ", prepend=False)
        page.contents_coalesce()
        page.mediabox = pikepdf.Array([0, 0, round(width, 3), round(height, 3)])
        document.save(target)


def bind(sheets: Sequence[Sheet], target: Path) -> None:
    """Bind the pages into one layer with one font; to be called in a confined child."""
    with pikepdf.new() as layer:
        fonts: pikepdf.Object | None = None
        for sheet in sheets:
            page = layer.add_blank_page()
            sides = (min(max(side, _SHORTEST), _LONGEST) for side in (sheet.width, sheet.height))
            page.mediabox = pikepdf.Array([0, 0, *(round(side, 3) for side in sides)])
            if sheet.words is None:
                continue
            with pikepdf.open(sheet.words) as words:
                if fonts is None:
                    fonts = layer.copy_foreign(words.make_indirect(words.pages[0].Resources.Font))
                page.Resources = pikepdf.Dictionary(Font=fonts)
                page.Contents = layer.make_stream(words.pages[0].Contents.read_bytes())
        part = target.with_suffix(".part")
        layer.save(part, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    part.replace(target)
