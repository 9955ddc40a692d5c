"""Pictures of pages, as people see them, in the width that a screen asks for."""

import io
from pathlib import Path
from typing import Literal

from formats import pdf_pages
from formats.confined import confined

Form = Literal["webp", "jpeg", "png"]

WIDEST = 4000
_TALLEST = 4  # times the width: a page like a ribbon is made narrower


def page_picture(
    pdf: Path, number: int, width: int, *, form: Form = "webp", seconds: float = 20
) -> bytes:
    """The page as a picture of this width in pixels; narrower if it is very tall.

    Args:
        pdf: any PDF.
        number: of the page, from 1.
        width: in pixels, up to `WIDEST`.
        form: the picture's file format.
        seconds: what it may take.

    Raises:
        Unreadable: the document or page is damaged, encrypted, not there, or too large.
        ProgramFailed: drawing took too long, too much memory, or ended the child.
    """
    if not 1 <= width <= WIDEST:
        raise ValueError(f"a width of 1 to {WIDEST}, not {width}")
    return confined(
        _page_picture, pdf, number, width, form, seconds=seconds, megabytes=pdf_pages.MEGABYTES
    )


def _page_picture(pdf: Path, number: int, width: int, form: Form) -> bytes:
    with pdf_pages.opened(pdf) as document, pdf_pages.page_of(document, number) as page:
        wide, high = page.get_size()
        width = max(1, min(width, round(width * _TALLEST * wide / max(high, 1e-6))))
        picture = pdf_pages.picture_of_width(page, width)
    packed = io.BytesIO()
    options = {"webp": {"quality": 82, "method": 2}, "jpeg": {"quality": 85}, "png": {}}
    picture.save(packed, form.upper(), **options[form])
    return packed.getvalue()
