"""The pages of a document as the viewer shows them: one picture with its marks, and thumbnails."""

from dataclasses import dataclass

from archive.models import Part
from formats.text import PageText
from search.marking import Piece, boxes, mark
from search.query import Asked, understand
from web import pictures
from web.services import Services

AROUND = 6  # thumbnails on each side of the page that is shown
ZOOMS = (100, 150, 200)
_A4 = (595.0, 842.0)


@dataclass(frozen=True)
class Mark:
    """A box on the picture, in thousandths of its width and height."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Viewer:
    """What stands on the left of a document's page."""

    part: int
    pages: int
    number: int
    zoom: int
    picture_width: int
    wide: int
    high: int
    thumbnails: tuple[int, ...]
    marks: tuple[Mark, ...]
    text: tuple[Piece, ...]
    how: str
    asked: str

    @property
    def before(self) -> int | None:
        """The page before this one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after this one."""
        return self.number + 1 if self.number < self.pages else None


def view(services: Services, part: Part, number: int, zoom: int, asked: str) -> Viewer | None:
    """One page of a part, with what was searched for marked on it; None where there are no pages.

    A number beyond the ends shows the first or the last page.
    """
    if pictures.shown(part) is None or not part.pages:
        return None
    number = max(1, min(number, part.pages))
    zoom = zoom if zoom in ZOOMS else ZOOMS[0]
    page = pictures.words(services, part, number)
    wanted = understand(asked) if asked.strip() else None
    wide, high = (page.width, page.height) if page else _A4
    return Viewer(
        part=part.ordinal,
        pages=part.pages,
        number=number,
        zoom=zoom,
        picture_width=pictures.WIDTHS[1] if zoom == ZOOMS[0] else pictures.WIDTHS[2],
        wide=max(1, round(wide)),
        high=max(1, round(high)),
        thumbnails=_around(number, part.pages),
        marks=_marks(page, wanted) if page and wanted else (),
        text=_text(page.text(), wanted) if page else (),
        how=page.how if page else "",
        asked=asked,
    )


def _around(number: int, pages: int) -> tuple[int, ...]:
    first = max(1, min(number - AROUND, pages - 2 * AROUND))
    return tuple(range(first, min(pages, first + 2 * AROUND) + 1))


def _marks(page: PageText, asked: Asked) -> tuple[Mark, ...]:
    """Boxes a little larger than the words, so that the letters' edges stay clear."""
    return tuple(
        Mark(
            round(1000 * one.left - 2, 1),
            round(1000 * one.top - 2, 1),
            round(1000 * (one.right - one.left) + 4, 1),
            round(1000 * (one.bottom - one.top) + 4, 1),
        )
        for one in boxes(page, asked)
    )


def _text(said: str, asked: Asked | None) -> tuple[Piece, ...]:
    return mark(said, asked) if asked else (Piece(said, False),) if said else ()
