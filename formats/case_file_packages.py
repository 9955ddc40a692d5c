"""A whole case file as one PDF/A, and as XML (NĐ 30/2020, PL VI, III.4g).

Pages are taken from archival copies one file after the other and never held in memory together.
What they had beside their pages (seals, attached originals) stays in the copies themselves.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
from lxml import etree
from pikepdf import Name, OutlineItem, Pdf

from formats.confined import confined
from formats.conversion import ConversionReport
from formats.errors import Unreadable
from formats.page_marks import mark_pages
from formats.pdf_metadata import Description
from formats.pdfa import to_pdfa

NAMESPACE = "urn:luutru:case-file:1"
MOST_PIECES = 500  # files that are open at once
MOST_PAGES = 3000
_SECONDS, _MEGABYTES = 600.0, 3072
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# One PDF ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A file whose pages go into the whole, under this name in its outline."""

    path: Path
    title: str


def join(
    pieces: Iterable[Piece],
    out: Path,
    *,
    description: Description,
    mark: str = "",
    numbered: bool = True,
) -> ConversionReport:
    """Make one PDF/A-2b of the pages of all pieces, each with its place in the outline.

    Args:
        pieces: the files, in order.
        out: where it is written.
        description: what it says about itself.
        mark: a line at the foot of every page; where there is none, only the number stands there.
        numbered: whether pages are numbered at their foot.

    Raises:
        Unreadable: `too_many_pages`, `too_many_pieces`, `damaged`, `encrypted`, `no_pages`.
        ProgramFailed: see `formats.pdfa`.
    """
    given = tuple(pieces)
    if len(given) > MOST_PIECES:
        raise Unreadable("too_many_pieces", pieces=len(given), limit=MOST_PIECES)
    with TemporaryDirectory(prefix="luutru-join-") as room:
        joined = Path(room, "joined.pdf")
        confined(_join, given, joined, mark, numbered, seconds=_SECONDS, megabytes=_MEGABYTES)
        return to_pdfa(joined, out, description=description)


def page_counts(paths: Iterable[Path]) -> list[int]:
    """How many pages each of these files has.

    Raises:
        Unreadable: `damaged`, `encrypted`.
    """
    return confined(_counts, tuple(paths), seconds=_SECONDS)


def _counts(paths: tuple[Path, ...]) -> list[int]:
    counts = []
    for path in paths:
        with ExitStack() as held:
            counts.append(len(_opened(path, held).pages))
    return counts


def _join(pieces: tuple[Piece, ...], out: Path, mark: str, numbered: bool) -> None:
    with ExitStack() as sources, Pdf.new() as whole:
        begins: list[tuple[str, int]] = []
        for piece in pieces:
            source = _opened(piece.path, sources)
            begins.append((piece.title, len(whole.pages)))
            _take_pages(whole, source)
            if len(whole.pages) > MOST_PAGES:
                raise Unreadable("too_many_pages", pages=len(whole.pages), limit=MOST_PAGES)
        if not len(whole.pages):
            raise Unreadable("no_pages")
        with whole.open_outline() as outline:
            for title, page in begins:
                if page < len(whole.pages):
                    outline.root.append(OutlineItem(title or "–", page))
        if mark or numbered:
            mark_pages(whole, mark, numbered=numbered)
        whole.save(out)


def _opened(path: Path, held: ExitStack) -> Pdf:
    try:
        return held.enter_context(Pdf.open(path))
    except pikepdf.PasswordError as error:
        raise Unreadable("encrypted", file=path.name) from error
    except pikepdf.PdfError as error:
        raise Unreadable("damaged", file=path.name) from error


def _take_pages(whole: Pdf, source: Pdf) -> None:
    """Stamps of signatures become part of the page: fields without their form show nothing."""
    source.flatten_annotations("all")
    for page in source.pages:
        for name in (Name.StructParents, Name.AA, Name.Annots, Name.B):
            if name in page.obj:
                del page.obj[name]
    whole.pages.extend(source.pages)


# XML ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldFile:
    """One file of a document, with its stored forms."""

    ordinal: int
    role: str
    file_name: str
    sha256: str
    pages: int | None
    forms: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class HeldDocument:
    """A document of the case file, as far as it is open to who asks.

    Attributes:
        ordinal: in order of time.
        place: in the case file.
        access: `open`, `described` (its content is closed), or `closed` (all of it is).
        code: of the document.
        data: values by the codes of NĐ 30.
        more: supplementary fields.
        recipients: names of organs.
        files: its files.
    """

    ordinal: int
    place: int
    access: str
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    recipients: tuple[str, ...] = ()
    files: tuple[HeldFile, ...] = ()


def write_xml(
    case_file: Mapping[str, Any],
    about: Mapping[str, str],
    documents: Iterable[HeldDocument],
    out: Path,
) -> None:
    """Write the case file's data and its documents', as docs/schemas/case-file-1.xsd has it.

    Args:
        case_file: its values, by the codes of NĐ 30.
        about: attributes of the whole: code, system, when and by whom it was exported.
        documents: in order of time; they are written as they come.
        out: where.
    """
    with etree.xmlfile(str(out), encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(_tag("CaseFile"), _attributes(about), nsmap={None: NAMESPACE}):
            xml.write("\n")
            _write(xml, _data(case_file))
            for one in documents:
                _write(xml, _document(one))


def _write(xml: Any, element: etree._Element) -> None:
    etree.indent(element)
    xml.write(element)
    xml.write("\n")


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _plain(value: Any) -> str:
    """As XML Schema writes it; signs that XML cannot hold are left out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    said = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return _NOT_IN_XML.sub("", said)


def _attributes(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: _plain(value) for name, value in given.items() if value not in (None, "")}


def _data(values: Mapping[str, Any]) -> etree._Element:
    data = etree.Element(_tag("Data"), nsmap={None: NAMESPACE})
    for name, value in values.items():
        if value not in (None, ""):
            etree.SubElement(data, _tag(name)).text = _plain(value)
    return data


def _document(one: HeldDocument) -> etree._Element:
    told = {"ordinal": one.ordinal, "place": one.place, "access": one.access, "code": one.code}
    made = etree.Element(_tag("Document"), _attributes(told), nsmap={None: NAMESPACE})
    if one.access == "closed":
        return made
    made.append(_data(one.data))
    for name in one.recipients:
        etree.SubElement(made, _tag("To")).text = _plain(name)
    for name, value in one.more.items():
        etree.SubElement(made, _tag("More"), name=_plain(name)).text = _plain(value)
    for file in one.files:
        made.append(_file(file))
    return made


def _file(one: HeldFile) -> etree._Element:
    told = {"ordinal": one.ordinal, "role": one.role, "fileName": one.file_name,
            "sha256": one.sha256, "pages": one.pages}  # fmt: skip
    made = etree.Element(_tag("File"), _attributes(told))
    for form in one.forms:
        etree.SubElement(made, _tag("Form"), _attributes(form))
    return made
