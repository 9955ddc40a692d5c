"""A whole case file as one file: PDF/A with a page of contents, or XML; marked reading copies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import clock
from archive.case_file_export import Whole
from archive.files import FileStore
from archive.models import Person
from archive.register_lists import titled
from formats import case_file_packages as packages
from formats.case_file_packages import HeldDocument, Piece
from formats.pdf_metadata import Description
from formats.printed import Sheet
from web.book_forms import CLOSED_TO_YOU
from web.forms import PRINTING, Form, print_form

CONTENTS = "Mục lục văn bản trong hồ sơ"


@dataclass(frozen=True)
class Listed:
    """A line of the contents; `page` is where it begins in the whole, if it is in it."""

    ordinal: int
    number: str
    issued: date | None
    what: str
    author: str
    page: str
    note: str


@contextmanager
def as_pdf(
    files: FileStore, whole: Whole, mark: str, note: Callable[[int, int], None] = lambda *_: None
) -> Iterator[Path]:
    """The whole case file as PDF/A-2b, marked; it is gone afterwards.

    Args:
        files: where the stored forms are.
        whole: what goes into it.
        mark: at the foot of every page.
        note: told how many files are fetched, of so many.

    Raises:
        Unreadable, ProgramFailed: a stored copy cannot be taken in.
        StoreFailed: a stored file is damaged or gone.
    """
    with TemporaryDirectory(prefix="luutru-whole-") as folder:
        room = Path(folder)
        pieces = _fetched(files, whole, room, note)
        front = _front(whole, [one.path for one in pieces], room)
        out = room / "whole.pdf"
        _join(
            [Piece(front, CONTENTS), *pieces],
            out,
            description=Description(
                title=f"{whole.code} – {whole.title}",
                creators=(whole.organ,),
                subject=whole.title,
                moment=clock.now(),
            ),
            mark=mark,
        )
        yield out


@contextmanager
def as_xml(whole: Whole, who: Person) -> Iterator[Path]:
    """Its data and those of its documents as XML, with the digests of all stored forms."""
    with TemporaryDirectory(prefix="luutru-whole-") as folder:
        out = Path(folder, "whole.xml")
        about = {
            "code": whole.code,
            "organ": whole.organ,
            "exportedAt": clock.now().isoformat(timespec="seconds"),
            "exportedBy": who.full_name,
            "system": "Lưu Trữ",
        }
        packages.write_xml(whole.data, about, whole.documents, out)
        yield out


@contextmanager
def marked_copy(files: FileStore, digest: str, title: str, mark: str) -> Iterator[Path]:
    """A copy of a stored PDF for reading and printing, marked at the foot of every page.

    Raises:
        Unreadable, ProgramFailed, StoreFailed: as for a whole case file.
    """
    with TemporaryDirectory(prefix="luutru-whole-") as folder:
        source, out = Path(folder, "source.pdf"), Path(folder, "copy.pdf")
        files.fetch(digest, source)
        _join(
            [Piece(source, title)],
            out,
            description=Description(title=title, original_sha256=digest, moment=clock.now()),
            mark=mark,
        )
        yield out


def _join(pieces: list[Piece], out: Path, *, description: Description, mark: str) -> None:
    with PRINTING:
        packages.join(pieces, out, description=description, mark=mark)


def _fetched(
    files: FileStore, whole: Whole, room: Path, note: Callable[[int, int], None]
) -> list[Piece]:
    pieces = []
    for number, one in enumerate(whole.sources, 1):
        path = room / f"{number:04}.pdf"
        files.fetch(one.digest, path)
        pieces.append(Piece(path, f"{one.document}. {one.title}"))
        note(number, len(whole.sources))
    return pieces


def _front(whole: Whole, paths: list[Path], room: Path) -> Path:
    """The contents; how many pages they take themselves is seen by printing them once."""
    out = room / "contents.pdf"
    counts = packages.page_counts(paths) if paths else []
    own = 1
    for _ in range(3):
        printed = print_form(_contents(whole, counts, own), out)
        if printed == own:
            break
        own = printed
    return out


def _contents(whole: Whole, counts: list[int], own: int) -> Form:
    pages: dict[int, int] = {}
    at = own + 1
    for one, count in zip(whole.sources, counts, strict=True):
        pages.setdefault(one.document, at)
        at += count
    return Form(
        name="contents",
        title=f"{whole.code} – {whole.title}",
        template="whole.html",
        told={
            "organ": whole.organ,
            "code": whole.code,
            "is_by_time": whole.order == "time",
            "file_title": whole.title,
            "maintenance": whole.data.get("Maintenance") or "",
            "rows": [_listed(one, pages, whole.lacking) for one in whole.documents],
        },
        sheet=Sheet(is_numbered=False),
    )


def _listed(one: HeldDocument, pages: dict[int, int], lacking: frozenset[int]) -> Listed:
    if one.access == "closed":
        return Listed(one.ordinal, "", None, CLOSED_TO_YOU, "", "", "")
    data = one.data
    named = "/".join(data[name] for name in ("CodeNumber", "CodeNotation") if data.get(name))
    said = titled(data.get("TypeName") or "", data.get("Subject") or "")
    note = "Nội dung hạn chế" if one.access == "described" else ""
    if one.ordinal in lacking:
        note = "Có tệp không in được" if one.ordinal in pages else "Chỉ có tệp gốc"
    page = str(pages.get(one.ordinal, ""))
    return Listed(
        one.ordinal, named, data.get("IssuedDate"), said, data.get("OrganName") or "", page, note
    )
