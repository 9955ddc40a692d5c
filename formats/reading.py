"""Reading a whole document: every page's words, its plain text, and a layer for what was scanned.

Each finished page is kept at once in the folder that is given, so that a kill costs a page and a
second call goes on where the first one ended. Pages are never all in memory together.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from formats import pdf_pages, text_layers
from formats.confined import confined
from formats.errors import ProgramFailed, Unreadable
from formats.ocr import PageSize, read_page
from formats.text import Layer, PageText, has_good_text, layers, read_pages, write_pages

_SECONDS_TO_BIND = 300


@dataclass(frozen=True)
class Limits:
    """How much of a document is read before it is too much.

    Attributes:
        pages: a document with more is refused.
        seconds: what one page may take.
    """

    pages: int = 5000
    seconds: float = 120


@dataclass(frozen=True)
class Read:
    """A document that was read to its end.

    Attributes:
        words: pages with words and places, as `formats.text.read_pages` gives them back.
        text: UTF-8, pages parted by form feeds.
        layer: text-only PDF for the pages that were read by OCR, None when there are none.
        pages: how many there are.
        how: number of pages by how they were read.
        confidence: mean over the words read by OCR, None when there are none.
        blank: numbers of the pages with nothing on them.
        unread: numbers of the pages that could not be read, and why.
    """

    words: Path
    text: Path
    layer: Path | None
    pages: int
    how: dict[str, int]
    confidence: float | None
    blank: tuple[int, ...]
    unread: dict[int, str]


@dataclass(frozen=True)
class Unfinished:
    """The reading was asked to stop: how many of the pages are done."""

    done: int
    pages: int


def read_pages_of(
    pdf: Path,
    folder: Path,
    *,
    cores: int,
    limits: Limits = Limits(),
    stop: Callable[[], bool] = lambda: False,
) -> Read | Unfinished:
    """Read every page of a PDF, those without good text by OCR, `cores` at once.

    Args:
        pdf: the pages.
        folder: this document's own; finished pages are found and kept here.
        cores: how many pages are read at once.
        limits: how much is too much.
        stop: asked before each page; once it says yes, what is begun is finished and no more.

    Raises:
        Unreadable: `damaged`, `encrypted`, `too_many_pages`: the document, never a single page.
        ProgramMissing: Tesseract is needed and not installed.
    """
    count = pdf_pages.page_count(pdf)
    if count > limits.pages:
        raise Unreadable("too_many_pages", pages=count, limit=limits.pages)
    shelf = _Shelf(folder)
    shelf.sweep()
    missing = [number for number in range(1, count + 1) if not shelf.has(number)]
    if not _read_missing(pdf, missing, shelf, cores, limits.seconds, stop):
        return Unfinished(sum(map(shelf.has, range(1, count + 1))), count)
    return _bound(shelf, count)


def _read_missing(
    pdf: Path,
    missing: list[int],
    shelf: "_Shelf",
    cores: int,
    seconds: float,
    stop: Callable[[], bool],
) -> bool:
    """Read these pages; False when asked to stop before the last."""
    begun: set[Future[None]] = set()
    with ThreadPoolExecutor(cores, thread_name_prefix="reading") as readers:
        try:
            for layer in layers(pdf, missing):
                if stop():
                    return False
                if isinstance(layer, Unreadable):
                    shelf.put(_unread(layer.details["page"]), layer.code)
                elif layer.page.how == "blank" or has_good_text(layer):
                    shelf.put(layer.page)
                else:
                    begun.add(readers.submit(_read_scan, pdf, layer, shelf, seconds))
                    begun = _with_room(begun, cores)
        except BaseException:
            for future in begun:
                future.cancel()
            raise
        _with_room(begun, 1)
    return True


def _with_room(begun: set[Future[None]], most: int) -> set[Future[None]]:
    """Wait until fewer than `most` are begun; whatever one of them raised is raised here."""
    while len(begun) >= most:
        done, begun = wait(begun, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
    return begun


def _read_scan(pdf: Path, layer: Layer, shelf: "_Shelf", seconds: float) -> None:
    """Read a page by OCR; by simpler means when that fails; else keep it as unread, and why."""
    own = layer.page
    size = PageSize(own.width, own.height)
    for plainly in (False, True):
        try:
            page = read_page(
                pdf, own.number, size, shelf.layer(own.number), seconds=seconds, plainly=plainly
            )
        except (ProgramFailed, Unreadable) as failure:
            reason = failure.code
            continue
        shelf.put(_fuller(page, layer, shelf))
        return
    shelf.put(_unread(own.number, size), reason)


def _fuller(page: PageText, layer: Layer, shelf: "_Shelf") -> PageText:
    """The page's own few words, when they are sound and the reading found fewer."""
    own = layer.page
    if has_good_text(Layer(own, 0.0)) and len(page.text()) < len(own.text()):
        shelf.layer(own.number).unlink(missing_ok=True)
        return own
    return page


def _unread(number: int, size: PageSize = PageSize(0, 0)) -> PageText:  # noqa: B008 (frozen)
    return PageText(number, size.width, size.height, (), "unread", None)


# ── the folder of finished pages ─────────────────────────────────────────────────────────────


class _Shelf:
    """The folder where finished pages wait for the last one."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def sweep(self) -> None:
        """Remove what a killed reading left unfinished."""
        for left in [*self.folder.glob("scratch-*"), *self.folder.glob("*.part")]:
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def layer(self, number: int) -> Path:
        return self.folder / f"page-{number:06}.layer"

    def has(self, number: int) -> bool:
        return self._page(number).exists()

    def put(self, page: PageText, reason: str | None = None) -> None:
        """Keep a finished page; it is there whole, or not at all."""
        if reason is not None:
            self._reason(page.number).write_text(reason, encoding="utf-8")
        part = self._page(page.number).with_suffix(".part")
        write_pages([page], part)
        part.replace(self._page(page.number))

    def page(self, number: int) -> PageText:
        return next(iter(read_pages(self._page(number))))

    def reason(self, number: int) -> str:
        return self._reason(number).read_text(encoding="utf-8")

    def _page(self, number: int) -> Path:
        return self.folder / f"page-{number:06}.json.gz"

    def _reason(self, number: int) -> Path:
        return self.folder / f"page-{number:06}.reason"


# ── when the last page is there ──────────────────────────────────────────────────────────────


@dataclass
class _Tally:
    """What is counted while the pages pass by."""

    layer_pages: list[text_layers.LayerPage] = field(default_factory=list)
    how: Counter[str] = field(default_factory=Counter)
    blank: list[int] = field(default_factory=list)
    unread: dict[int, str] = field(default_factory=dict)
    words: int = 0
    confidence: float = 0.0


def _bound(shelf: _Shelf, count: int) -> Read:
    words, text = shelf.folder / "words.jsonl.gz", shelf.folder / "text.txt"
    tally = _Tally()
    write_pages(_passing(shelf, count, tally, text), words)
    layer = None
    if any(each.words for each in tally.layer_pages):
        layer = shelf.folder / "layer.pdf"
        confined(
            text_layers.bind, tally.layer_pages, layer, seconds=_SECONDS_TO_BIND, megabytes=2048
        )
    return Read(
        words=words,
        text=text,
        layer=layer,
        pages=count,
        how=dict(tally.how),
        confidence=round(tally.confidence / tally.words, 1) if tally.words else None,
        blank=tuple(tally.blank),
        unread=tally.unread,
    )


def _passing(shelf: _Shelf, count: int, tally: _Tally, text: Path) -> Iterator[PageText]:
    """The pages one by one; on the way their text is written and they are counted."""
    with text.open("w", encoding="utf-8", newline="\n") as plain:
        for number in range(1, count + 1):
            page = shelf.page(number)
            plain.write(("\f" if number > 1 else "") + page.text().replace("\f", " "))
            _count(page, shelf, tally)
            yield page


def _count(page: PageText, shelf: _Shelf, tally: _Tally) -> None:
    tally.how[page.how] += 1
    if page.how == "blank":
        tally.blank.append(page.number)
    if page.how == "unread":
        tally.unread[page.number] = shelf.reason(page.number)
    if page.confidence is not None:
        tally.words += len(page.words)
        tally.confidence += page.confidence * len(page.words)
    layer = shelf.layer(page.number)
    tally.layer_pages.append(
        text_layers.LayerPage(page.width, page.height, layer if layer.exists() else None)
    )
