"""Plain text as pages: A4, a letter a cell, lines as they are, nothing but the text.

Columns made of spaces stay columns. What stands on the pages is exactly what the text says, so
no header, date or page number is added.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pikepdf import Array, Dictionary, Name, Page, Pdf, String

from formats.confined import confined
from formats.errors import Unreadable
from formats.fonts import FALLBACKS, WritingFont, font_file, writing_font

MOST_PAGES = 20_000
COLUMNS = 80
LINES = 56
_WIDE, _HIGH, _MARGIN = 595.28, 841.89, 56.7  # points: A4 with 2 cm around
_SIZE, _CELL, _LEADING = 10.0, 6.0, 13.0
_TAB = 8
_SECONDS, _MEGABYTES = 300, 2048
_UNKNOWN = "?"
_SPACES = re.compile(" *")


@dataclass(frozen=True)
class _Face:
    name: str
    font: WritingFont


def to_pdf(text: str, out: Path, *, title: str = "", most_pages: int = MOST_PAGES) -> int:
    """Write the text as pages; how many different signs no font here can show (drawn as "?").

    Raises:
        Unreadable: `too_many_pages`.
        ProgramMissing: the fonts are not installed.
        ProgramFailed: it took too long or too much memory.
    """
    return confined(_to_pdf, text, out, title, most_pages, seconds=_SECONDS, megabytes=_MEGABYTES)


def _to_pdf(text: str, out: Path, title: str, most_pages: int) -> int:
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
    for sheet in _parts(text.removesuffix("\n"), "\f"):
        lines = (piece for line in _parts(sheet, "\n") for piece in _fitted(line, most))
        while page := list(islice(lines, LINES)):
            number += 1
            if number > most:
                raise Unreadable("too_many_pages", limit=most)
            yield page


def _parts(text: str, between: str) -> Iterator[str]:
    """What `split` gives, one at a time: a hostile text has millions."""
    start = 0
    while (end := text.find(between, start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _fitted(line: str, most: int) -> Iterator[str]:
    """A line in pieces that fit, parted at white space where there is some."""
    if len(line) + line.count("\t") * (_TAB - 1) > most * LINES * COLUMNS:
        raise Unreadable("too_many_pages", limit=most)
    whole = "".join(map(_drawable, line.expandtabs(_TAB))).rstrip()
    start = 0
    while len(whole) - start > COLUMNS:
        at = whole.rfind(" ", start + COLUMNS // 2, start + COLUMNS + 1)
        at = start + COLUMNS if at < 0 else at
        yield whole[start:at].rstrip()
        start = at + len(_SPACES.match(whole, at)[0])  # type: ignore[index]  # matches nothing too
    yield whole[start:]


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
