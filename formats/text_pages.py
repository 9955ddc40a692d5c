"""Plain text as pages: A4, a letter a cell, lines as they are, nothing but the text.

Columns made of spaces stay columns. What stands on the pages is exactly what the text says, so
no header, date or page number is added.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pikepdf import Array, Dictionary, Name, Page, Pdf, String

from formats.errors import Unreadable
from formats.fonts import FALLBACKS, WritingFont, font_file, writing_font

MOST_PAGES = 20_000
COLUMNS = 80
LINES = 56
_WIDE, _HIGH, _MARGIN = 595.28, 841.89, 56.7  # points: A4 with 2 cm around
_SIZE, _CELL, _LEADING = 10.0, 6.0, 13.0
_TAB = 8
_UNKNOWN = "?"


@dataclass(frozen=True)
class _Face:
    name: str
    font: WritingFont


def to_pdf(text: str, out: Path, *, title: str = "", most_pages: int = MOST_PAGES) -> int:
    """Write the text as pages; how many different signs no font here can show (drawn as "?").

    Raises:
        Unreadable: `too_many_pages`.
        ProgramMissing: the fonts are not installed.
    """
    pages = list(_paged(unicodedata.normalize("NFC", text), most_pages))
    letters = frozenset("".join(line for lines in pages for line in lines)) | {_UNKNOWN}
    with Pdf.new() as pdf:
        faces = _faces(pdf, letters)
        by_letter = {letter: face for face in reversed(faces) for letter in face.font.codes}
        shared = pdf.make_indirect(
            Dictionary(Font=Dictionary({f"/{face.name}": face.font.font for face in faces}))
        )
        for lines in pages:
            content = pdf.make_stream(_content(lines, by_letter))
            added = Dictionary(
                Type=Name.Page, MediaBox=Array([0, 0, _WIDE, _HIGH]),
                Resources=shared, Contents=content,
            )  # fmt: skip
            pdf.pages.append(Page(pdf.make_indirect(added)))
        pdf.docinfo[Name.Title] = String(title)
        pdf.save(out, deterministic_id=True)
    return len(letters - by_letter.keys())


def _faces(pdf: Pdf, letters: frozenset[str]) -> list[_Face]:
    """Fonts that together have as many of the letters as this machine can show."""
    faces: list[_Face] = []
    for path in (font_file("Mono"), *FALLBACKS):
        if letters and path.is_file():
            font = writing_font(pdf, path, letters)
            if font.codes:
                faces.append(_Face(f"F{len(faces)}", font))
            letters = letters.difference(font.codes)
    return faces


def _paged(text: str, most: int) -> Iterator[list[str]]:
    """Lines as they fit the page; a form feed begins a new one."""
    number = 0
    for sheet in text.removesuffix("\n").split("\f"):
        lines = [piece for line in sheet.split("\n") for piece in _fitted(line)]
        for at in range(0, len(lines), LINES):
            number += 1
            if number > most:
                raise Unreadable("too_many_pages", limit=most)
            yield lines[at : at + LINES]


def _fitted(line: str) -> Iterator[str]:
    """A line in pieces that fit, parted at white space where there is some."""
    rest = "".join(map(_drawable, line.expandtabs(_TAB))).rstrip()
    while len(rest) > COLUMNS:
        at = rest.rfind(" ", COLUMNS // 2, COLUMNS + 1)
        at = COLUMNS if at < 0 else at
        yield rest[:at].rstrip()
        rest = rest[at:].lstrip()
    yield rest


def _drawable(letter: str) -> str:
    """Control signs show nothing and mean nothing on paper."""
    category = unicodedata.category(letter)
    if category == "Zs":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter


def _content(lines: list[str], by_letter: dict[str, _Face]) -> bytes:
    said = ["BT"]
    for number, line in enumerate(lines):
        across, down = _MARGIN, _HIGH - _MARGIN - _SIZE - number * _LEADING
        for face, run in _runs(line, by_letter):
            said.append(f"/{face.name} {_SIZE:g} Tf 1 0 0 1 {across:.2f} {down:.2f} Tm")
            said.append(f"{face.font.encode(run).decode()} Tj")
            across += len(run) * _CELL
    said.append("ET")
    return "\n".join(said).encode()


def _runs(line: str, by_letter: dict[str, _Face]) -> Iterator[tuple[_Face, str]]:
    """Pieces of a line that one font can write."""
    unknown = by_letter[_UNKNOWN]
    run, current = "", unknown
    for letter in line:
        face = by_letter.get(letter)
        letter, face = (letter, face) if face else (_UNKNOWN, unknown)
        if face is not current and run:
            yield current, run
            run = ""
        run, current = run + letter, face
    if run:
        yield current, run
