"""A small line at the foot of every page of a copy: where it was taken from, by whom, when.

Only ever on copies that are made for reading and printing; stored files are never written to.
"""

import unicodedata

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf

from formats.fonts import WritingFont, font_file, writing_font

_SIZE, _ACROSS, _UP = 7.0, 20.0, 9.0  # points: of the letters, from the left, from the bottom
_GREY = 0.35
_FONT = "/LuuTruMark"


def mark_pages(pdf: Pdf, text: str, *, numbered: bool) -> None:
    """Write the line on every page, upright as the page is shown.

    Args:
        pdf: the copy.
        text: the line.
        numbered: whether "trang 3/120" is added.
    """
    said = unicodedata.normalize("NFC", text)
    total = len(pdf.pages)
    letters = frozenset(said + " · trang /0123456789")
    font = writing_font(pdf, font_file("Sans"), letters)
    for number, page in enumerate(pdf.pages, 1):
        line = f"{said} · trang {number}/{total}".lstrip(" ·") if numbered else said
        _write(pdf, page, font, line)


def _write(pdf: Pdf, page: Page, font: WritingFont, line: str) -> None:
    shown = "".join(letter for letter in line if letter in font.codes)
    name = _give_font(page, font.font)
    said = (
        f"q {_matrix(page)} cm BT {_GREY} g {name} {_SIZE:g} Tf 1 0 0 1 {_ACROSS:g} {_UP:g} Tm "
        f"{font.encode(shown).decode()} Tj ET Q"
    )
    page.contents_add(b"q\n", prepend=True)  # whatever the page leaves behind is undone
    page.contents_add(pdf.make_stream(b"\nQ\n" + said.encode()))


def _give_font(page: Page, font: Object) -> str:
    """Name the font in the page's own resources; those of other pages may be the same ones."""
    resources = Dictionary(dict(page.resources.items()))
    fonts = Dictionary(dict(resources.get(Name.Font, Dictionary()).items()))
    fonts[Name(_FONT)] = font
    resources[Name.Font] = fonts
    page.obj[Name.Resources] = resources
    return _FONT


def _matrix(page: Page) -> str:
    """From the lower left corner as it is shown to the page's own coordinates."""
    left, bottom, right, top = (float(one) for one in Array(page.cropbox))
    return {
        90: f"0 1 -1 0 {right:.2f} {bottom:.2f}",
        180: f"-1 0 0 -1 {right:.2f} {top:.2f}",
        270: f"0 -1 1 0 {left:.2f} {top:.2f}",
    }.get(page.rotation % 360, f"1 0 0 1 {left:.2f} {bottom:.2f}")
