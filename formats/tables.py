"""Tables that people bring and take: XLSX and CSV, read under limits, written so that nothing runs.

A table is a header and rows of plain text. Formulas are never worked out: of a formula the value
is taken that its program stored. What would be taken for a formula is written as text.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from formats.confined import confined
from formats.errors import Unreadable
from formats.office_contents import look_into_zip
from formats.vietnamese import fold, nfc

MEGABYTE = 1024 * 1024
_SECONDS = 60
_HEADER_WITHIN = 30  # rows; a printed form has its title above the header
_DELIMITERS = ";,\t"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # and new ones behind a password
# Where a cell may begin, whichever sign the program that opens the table takes for the border
# between cells: Vietnamese ones take a semicolon. Then what makes a formula of it, wide forms too.
_BEGINS, _FORMULA = r"((?:^|[;\n\r\t])\s*+)", r"(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"
_WOULD_RUN = re.compile(_BEGINS + _FORMULA)
_IS_GUARDED = re.compile(_BEGINS + "'" + _FORMULA)
_ZEROS = re.compile(r"0{1,12}")


@dataclass(frozen=True)
class Limits:
    """How much of a table is read."""

    bytes: int = 16 * MEGABYTE
    unpacked: int = 256 * MEGABYTE
    rows: int = 20_000
    columns: int = 60
    characters: int = 10_000  # in one cell


@dataclass(frozen=True)
class TableRow:
    """A row that is not empty, with the number under which a spreadsheet program shows it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A header and what stands under it; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_table(path: Path, limits: Limits | None = None, *, names: Collection[str] = ()) -> Table:
    """The first sheet of an XLSX file, or a CSV file parted by semicolons, commas or tabs.

    Cells are NFC, without spaces around them; whole numbers have no decimals, days are dd/mm/yyyy.

    Args:
        path: the file; its bytes say what it is, not its name.
        limits: how much is read.
        names: headings that are known, in any case. Where some are given, the header is the first
            row with at least two of them (with one, if only one is given); lines above are left
            out. Else it is the first row.

    Raises:
        Unreadable: `table_too_large`, `table_too_long`, `table_too_wide`, `table_cell_too_long`,
            `table_empty`, `table_without_header`, `table_unreadable`, `table_old_excel`,
            `table_not_utf8`, `decompression_bomb` or `xml_entities`.
        ProgramFailed: it takes too long, or too much memory.
    """
    limits = limits or Limits()
    if path.stat().st_size > limits.bytes:
        raise Unreadable("table_too_large", limit=limits.bytes)
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(_OLD_EXCEL):
        raise Unreadable("table_old_excel")
    if start.startswith(b"PK"):
        rows = confined(_read_xlsx, path.resolve(), limits, seconds=_SECONDS)
    else:
        rows = _read_csv(path, limits)
    return _table(rows, {heading_key(one) for one in names})


def heading_key(cell: str) -> str:
    """What a heading is known by, whatever its case, marks and spaces."""
    return " ".join(fold(cell).split())


def _table(rows: list[TableRow], names: set[str]) -> Table:
    if not rows:
        raise Unreadable("table_empty")
    place = _header_place(rows, names)
    header = _without_empty_end(rows[place].cells)
    width = len(header)
    below = tuple(
        TableRow(one.number, (*one.cells, *[""] * (width - len(one.cells)))[:width])
        for one in rows[place + 1 :]
    )
    return Table(header, below)


def _header_place(rows: list[TableRow], names: set[str]) -> int:
    if not names:
        return 0
    for place, one in enumerate(rows[:_HEADER_WITHIN]):
        known = {heading_key(cell) for cell in one.cells} & names
        if len(known) >= min(2, len(names)):
            return place
    raise Unreadable("table_without_header")


def _without_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    last = max((place for place, cell in enumerate(cells) if cell), default=-1)
    return cells[: last + 1]


def _kept(rows: Iterable[Sequence[str]], limits: Limits) -> list[TableRow]:
    """The rows that are not empty, as long as they stay within the limits."""
    kept: list[TableRow] = []
    for number, cells in enumerate(rows, 1):
        tidy = _without_empty_end(tuple(nfc(cell).strip() for cell in cells))
        if not tidy:
            continue
        if len(kept) > limits.rows:
            raise Unreadable("table_too_long", most=limits.rows)
        if len(tidy) > limits.columns:
            raise Unreadable("table_too_wide", row=number, most=limits.columns)
        for place, cell in enumerate(tidy, 1):
            if len(cell) > limits.characters:
                raise Unreadable(
                    "table_cell_too_long", row=number, column=place, most=limits.characters
                )
        kept.append(TableRow(number, tidy))
    return kept


# XLSX ---------------------------------------------------------------------------------------------


def _read_xlsx(path: Path, limits: Limits) -> list[TableRow]:
    """Run in a confined child."""
    look_into_zip(path)
    _refuse_much(path, limits)
    try:
        with path.open("rb") as file, path.open("rb") as again:
            rows = _worked_out(_cells(file, values=True), _cells(again, values=False))
            return _kept(([_text(cell) for cell in cells] for cells in rows), limits)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # whatever a damaged workbook makes openpyxl stumble over
        raise Unreadable("table_unreadable") from error


def _cells(file: BinaryIO, *, values: bool) -> Iterator[Sequence[Any]]:
    """The rows of the first sheet: with the values that formulas came to, or the formulas."""
    book = load_workbook(file, read_only=True, data_only=values, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    rows: Iterator[Sequence[Any]] = sheet.iter_rows()
    return rows


def _worked_out(
    values: Iterator[Sequence[Any]], formulas: Iterator[Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    """The rows with values; a formula of which no program stored one is no empty cell."""
    for number, (cells, written) in enumerate(zip(values, formulas, strict=True), 1):
        for place, (cell, other) in enumerate(zip(cells, written, strict=True), 1):
            if other.data_type == "f" and cell.value is None and cell.data_type == "n":
                raise Unreadable("table_formula", row=number, column=place)
        yield cells


def _refuse_much(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            unpacked = sum(one.file_size for one in package.infolist())
    except zipfile.BadZipFile as error:
        raise Unreadable("table_unreadable") from error
    if unpacked > limits.unpacked:
        raise Unreadable("table_too_large", limit=limits.unpacked)


def _text(cell: Any) -> str:
    """A cell as people see it, as far as that can be told."""
    match cell.value:
        case None:
            return ""
        case bool() as value:
            return "1" if value else "0"
        case datetime() | date() as value:
            return f"{value:%d/%m/%Y}"
        case float() as value if value.is_integer():
            return _padded(str(int(value)), cell.number_format)
        case int() as value:
            return _padded(str(value), cell.number_format)
        case value:
            return str(value)


def _padded(digits: str, shape: str) -> str:
    """5 shown as 05 is kept in workbooks as the number and a shape of zeros."""
    return digits.zfill(len(shape)) if _ZEROS.fullmatch(shape) else digits


def write_xlsx(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    sheet: str = "",
    widths: Sequence[int] = (),
) -> None:
    """Write one sheet; every cell is text, the header stays when the sheet is scrolled.

    Args:
        path: what to write.
        header: the first row.
        rows: what stands under it.
        sheet: the sheet's name.
        widths: of the columns, in characters.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", sheet)[:31] or None)
    page.freeze_panes = "A2"
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    page.append([_cell(page, one, font=bold, alignment=wrapped) for one in header])
    for cells in rows:
        page.append([_cell(page, one, alignment=wrapped) for one in cells])
    book.save(path)


def _cell(page: Any, value: str, **looks: Any) -> Any:
    cell = WriteOnlyCell(page, value=_without_controls(value))
    cell.data_type = "s"  # also what begins like a formula
    cell.number_format = "@"
    for name, look in looks.items():
        setattr(cell, name, look)
    return cell


def _without_controls(text: str) -> str:
    return "".join(
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    )


# CSV ----------------------------------------------------------------------------------------------


def _read_csv(path: Path, limits: Limits) -> list[TableRow]:
    text = _decoded(path.read_bytes())
    first, _, rest = text.partition("\n")
    named = re.fullmatch(r"sep=(.)\r?", first)
    delimiter, body = (named[1], rest) if named else (_delimiter(text), text)
    try:
        rows = _kept(_records(body, delimiter), limits)
    except csv.Error as error:
        raise Unreadable("table_unreadable") from error
    return [TableRow(one.number + 1, one.cells) for one in rows] if named else rows


def _decoded(data: bytes) -> str:
    name = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable("table_not_utf8", line=line) from error


def _delimiter(text: str) -> str:
    """The sign by which most of the first lines have the same number of cells."""
    lines = text.splitlines()[:_HEADER_WITHIN]
    return max(_DELIMITERS, key=lambda sign: _evenness(lines, sign))


def _evenness(lines: list[str], sign: str) -> tuple[int, int]:
    try:
        widths = Counter(len(one) for one in csv.reader(lines, delimiter=sign) if len(one) > 1)
    except csv.Error:
        return 0, 0
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield [_unguarded(cell) for cell in cells]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write UTF-8 with a byte order mark and commas, as spreadsheet programs read it best.

    Before what they would take for a formula stands an apostrophe, which `read_table` takes away.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        for cells in (header, *rows):
            out.writerow([_guarded(_without_controls(one)) for one in cells])


def _guarded(cell: str) -> str:
    return _WOULD_RUN.sub(r"\1'", cell)


def _unguarded(cell: str) -> str:
    return _IS_GUARDED.sub(r"\1", cell)
