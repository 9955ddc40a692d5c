"""Reading a page with Tesseract: words with places and confidence, in one pass.

Vietnamese first. Only a poor first reading pays for more: the way up, the other treatment, and
English. The better reading is kept.
"""

import os
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytesseract
from pytesseract.pytesseract import run_tesseract

from formats import pdf_pages, text_layers
from formats.confined import confined
from formats.errors import ProgramFailed, ProgramMissing
from formats.programs import is_installed
from formats.red_stamps import RedStamp
from formats.scans import FINE_DPI, READING_DPI, Scan, Wish, make_scan
from formats.text import PageText, Word

pytesseract.pytesseract.tesseract_cmd = str(Path(__file__).with_name("run-tesseract"))

# However many documents are read at once, no more pages are than there are cores; the time of a
# page begins when it has one.
_CORES = threading.BoundedSemaphore(os.cpu_count() or 1)
_DOUBTFUL = 82.0  # a mean confidence below this asks for a second try
_STAMPED_PAGES = 2  # on which red stamps are looked for
_SURE = 60.0  # words below this say nothing about how good a reading is


@dataclass(frozen=True)
class PageSize:
    """Points, as displayed."""

    width: float
    height: float


@dataclass(frozen=True)
class _Reading:
    scan: Scan
    wish: Wish
    words: tuple[Word, ...]

    def confidence(self) -> float:
        """Mean over the words; nothing read is no confidence."""
        return sum(word.confidence or 0 for word in self.words) / max(len(self.words), 1)

    def worth(self) -> float:
        """Confidence times the amount of what was read with some certainty."""
        sure = (word for word in self.words if (word.confidence or 0) >= _SURE)
        return sum((word.confidence or 0) * len(word.text) for word in sure)

    def is_poor(self) -> bool:
        return self.confidence() < _DOUBTFUL


def read_page(
    pdf: Path,
    number: int,
    size: PageSize,
    layer: Path,
    *,
    seconds: float = 120,
    plainly: bool = False,
) -> PageText:
    """Read one page of a PDF.

    Args:
        pdf: any PDF.
        number: of the page, from 1.
        size: of the page as displayed.
        layer: where the page's part of the text layer is written; not for a page without words.
        seconds: what the whole page may take.
        plainly: one quick reading of a coarse drawing, for a page that failed before.

    Raises:
        Unreadable: the page is damaged or too large.
        ProgramMissing: Tesseract, or its Vietnamese, is not installed.
        ProgramFailed: it crashed or took too long.
    """
    if not is_installed("tesseract"):
        raise ProgramMissing("program_missing", program="tesseract")
    first = Wish(dpi=150, draw=True) if plainly else Wish(stamps=number <= _STAMPED_PAGES)
    with _CORES, tempfile.TemporaryDirectory(prefix="scratch-", dir=layer.parent) as scratch:
        until = time.monotonic() + seconds
        desk = _Desk(pdf, number, Path(scratch), until)
        reading = read_first = desk.read(first)
        if reading.scan.is_blank:
            return PageText(number, size.width, size.height, (), "blank", None)
        if reading.is_poor() and not plainly:
            reading = _better(desk, reading)
        stamps = tuple(_stamp_words(desk, read_first.scan.stamps, reading))
        return _told(reading, stamps, number, size, layer)


def _better(desk: "_Desk", first: _Reading) -> _Reading:
    """Try the way up, then the other treatment, then English, while the reading is poor."""
    best = first
    turn = desk.way_up(first.scan)
    if turn:
        best = max(best, desk.read(Wish(turn=turn)), key=_Reading.worth)
    if best.is_poor():
        was_noisy = best.scan.is_cleaned
        other = Wish(dpi=FINE_DPI, clean=not was_noisy, stretch=True, turn=best.wish.turn)
        best = max(best, desk.read(other), key=_Reading.worth)
    if best.is_poor():
        best = max(best, desk.read(best.wish, languages="vie+eng"), key=_Reading.worth)
    return best


def _told(
    reading: _Reading, stamps: tuple[Word, ...], number: int, size: PageSize, layer: Path
) -> PageText:
    """Turn what was read back to the page as displayed, and keep its layer."""
    words = (*_as_displayed(reading), *stamps)
    if words:
        layer.write_bytes(text_layers.invisible(words, size.width, size.height))
    return PageText(
        number=number,
        width=size.width,
        height=size.height,
        words=words,
        how="ocr_cleaned" if reading.scan.is_cleaned else "ocr",
        confidence=reading.confidence() if words else None,
    )


def _as_displayed(reading: _Reading) -> tuple[Word, ...]:
    back = -reading.wish.turn % 360
    return tuple(text_layers.turned(word, back) for word in reading.words)


def _stamp_words(desk: "_Desk", stamps: tuple[RedStamp, ...], reading: _Reading) -> Iterator[Word]:
    """Words of red stamps that were read with certainty, and only when set upright."""
    known = _as_displayed(reading)
    line = max((word.line for word in known), default=-1)
    for stamp in stamps:
        said = desk.read_stamp(stamp)
        there = {word.text for word in known if _lies_in(word, stamp)}
        if there.issuperset(word.text for word in said):
            continue
        line += 1
        wide, high = stamp.right - stamp.left, stamp.bottom - stamp.top
        for word in said:
            yield replace(
                word,
                line=line,
                left=stamp.left + word.left * wide,
                right=stamp.left + word.right * wide,
                top=stamp.top + word.top * high,
                bottom=stamp.top + word.bottom * high,
            )


def _lies_in(word: Word, stamp: RedStamp) -> bool:
    across, down = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return stamp.left <= across <= stamp.right and stamp.top <= down <= stamp.bottom


class _Desk:
    """Where one page is read, as often as needed, before its time is over."""

    def __init__(self, pdf: Path, number: int, folder: Path, until: float) -> None:
        self._pdf = pdf
        self._number = number
        self._folder = folder
        self._until = until
        self._scans: dict[Wish, Scan] = {}
        self._readings = 0

    def read(self, wish: Wish, languages: str = "vie") -> _Reading:
        """Read the page once; a blank picture is not read."""
        scan = self._scan(wish)
        self._readings += 1
        result = self._folder / f"reading-{self._readings}"
        if scan.is_blank:
            return _Reading(scan, wish, ())
        options = f"--dpi {scan.dpi} -c thresholding_method=2 -c tessedit_create_tsv=1"
        self._run(scan.path, result, "tsv", languages, options)
        table = result.with_suffix(".tsv").read_text(encoding="utf-8", errors="replace")
        return _Reading(scan, wish, tuple(_words(table)))

    def read_stamp(self, stamp: RedStamp) -> list[Word]:
        """The one line of a stamp, or nothing where any of it is doubtful."""
        result = stamp.path.with_suffix(".line")
        options = f"--dpi {READING_DPI} --psm 7 -c tessedit_create_tsv=1"
        try:
            self._run(stamp.path, result, "tsv", "vie", options)
        except ProgramFailed:
            return []  # the page itself is read
        table = Path(f"{result}.tsv").read_text(encoding="utf-8", errors="replace")
        words = list(_words(table))
        return words if all((word.confidence or 0) >= _SURE for word in words) else []

    def way_up(self, scan: Scan) -> int:
        """Degrees to turn the picture clockwise so that its letters stand upright."""
        result = self._folder / "way-up"
        try:
            self._run(scan.path, result, "osd", "osd", f"--dpi {scan.dpi} --psm 0")
        except ProgramFailed as failure:
            if failure.code == "program_timeout":
                raise
            return 0  # too few letters to tell
        for line in result.with_suffix(".osd").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name == "Rotate":
                return int(value) % 360
        return 0

    def _scan(self, wish: Wish) -> Scan:
        if wish not in self._scans:
            self._scans[wish] = confined(
                make_scan,
                self._pdf,
                self._number,
                wish,
                self._folder / f"scan-{len(self._scans)}.bmp",
                seconds=self._seconds_left(),
                megabytes=pdf_pages.MEGABYTES,
            )
        return self._scans[wish]

    def _run(self, picture: Path, result: Path, kind: str, languages: str, options: str) -> None:
        seconds = self._seconds_left()
        try:
            run_tesseract(
                str(picture), str(result), kind, lang=languages, config=options, timeout=seconds
            )
        except pytesseract.TesseractError as error:
            if "load any languages" in error.message:
                missing = f"tesseract-ocr-{languages}"
                raise ProgramMissing("program_missing", program=missing) from error
            raise ProgramFailed(
                "crashed", program="tesseract", exit_code=error.status, said=error.message[-500:]
            ) from error
        except RuntimeError as late:
            raise ProgramFailed("program_timeout", program="tesseract", seconds=seconds) from late

    def _seconds_left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise ProgramFailed("program_timeout", program="tesseract", seconds=0)
        return left


_WORD = "5"  # the level of words in Tesseract's table


def _words(table: str) -> Iterator[Word]:
    """The words of Tesseract's table, as fractions of the picture's sides."""
    wide = high = 1.0
    line, last = -1, ("", "", "")
    for row in table.splitlines()[1:]:
        level, _, block, paragraph, row_line, _, left, top, width, height, sure, *said = row.split(
            "\t", 11
        )
        if level == "1":
            wide, high = max(float(width), 1), max(float(height), 1)
        text = unicodedata.normalize("NFC", "".join(said)).strip()
        if level != _WORD or not text:
            continue
        here = (block, paragraph, row_line)
        line, last = line + (here != last), here
        yield Word(
            text=text,
            left=float(left) / wide,
            top=float(top) / high,
            right=(float(left) + float(width)) / wide,
            bottom=(float(top) + float(height)) / high,
            line=line,
            confidence=float(sure),
        )
