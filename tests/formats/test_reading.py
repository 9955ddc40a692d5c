"""Whole documents: what is kept, what a kill costs, and that one page never spoils the others."""

import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pikepdf
import pytest

from formats.errors import ProgramMissing, Unreadable
from formats.reading import Limits, Read, Unfinished, read_pages_of
from formats.text import layer_pages, read_pages
from tests.formats.scanned import (
    LINES,
    born_digital,
    copied_badly,
    scan,
    share_read,
    sheet,
    words_of,
)

pytestmark = pytest.mark.tools

USUAL = Limits()


def _read(pdf: Path, folder: Path, limits: Limits = USUAL) -> Read:
    read = read_pages_of(pdf, folder, cores=2, limits=limits)
    assert isinstance(read, Read)
    return read


def _bound(path: Path, *documents: Path) -> Path:
    with pikepdf.new() as bound:
        for document in documents:
            with pikepdf.open(document) as part:
                bound.pages.extend(part.pages)
        bound.save(path)
    return path


def _laid_upon(path: Path, other: Path, *, under: bool = False) -> None:
    with (
        pikepdf.open(path, allow_overwriting_input=True) as document,
        pikepdf.open(other) as above,
    ):
        if under:
            document.pages[0].add_underlay(above.pages[0], None)
        else:
            document.pages[0].add_overlay(above.pages[0], None)
        document.save(path)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A page of text, a scan, an empty sheet, a bad copy."""
    return _bound(
        tmp_path / "mixed.pdf",
        born_digital(tmp_path / "a.pdf", LINES),
        scan(tmp_path / "b.pdf", sheet(), sheet([]), copied_badly(sheet())),
    )


def test_each_page_is_read_in_its_own_way(mixed: Path, tmp_path: Path) -> None:
    read = _read(mixed, tmp_path / "read")
    assert read.pages == 4
    assert read.how == {"layer": 1, "ocr": 1, "blank": 1, "ocr_cleaned": 1}
    assert read.blank == (3,)
    assert read.unread == {}
    assert read.confidence and read.confidence > 85
    pages = list(read_pages(read.words))
    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert pages[0].text() == "\n".join(LINES)
    assert share_read(pages[1].text()) == 1


def test_the_text_file_parts_pages_by_form_feeds(mixed: Path, tmp_path: Path) -> None:
    read = _read(mixed, tmp_path / "read")
    parts = read.text.read_text(encoding="utf-8").split("\f")
    assert parts == [page.text() for page in read_pages(read.words)]


def test_the_layer_says_what_was_read_where_it_stands(mixed: Path, tmp_path: Path) -> None:
    read = _read(mixed, tmp_path / "read")
    assert read.layer
    pages, layers = list(read_pages(read.words)), list(layer_pages(read.layer))
    assert [bool(layer.words) for layer in layers] == [False, True, False, True]
    for page, layer in zip(pages, layers, strict=True):
        assert (layer.width, layer.height) == pytest.approx((page.width, page.height), abs=0.1)
    assert layers[1].text() == pages[1].text()
    for read_word, laid in zip(pages[1].words, layers[1].words, strict=True):
        assert laid.left == pytest.approx(read_word.left, abs=0.003)
        assert laid.right == pytest.approx(read_word.right, abs=0.003)
        assert laid.top <= (read_word.top + read_word.bottom) / 2 <= laid.bottom


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_the_layer_of_a_page_scanned_the_wrong_way_up_lies_on_it(tmp_path: Path, turn: int) -> None:
    path = scan(tmp_path / "a.pdf", sheet().rotate(turn, expand=True))
    read = _read(path, tmp_path / "read")
    assert read.layer
    (page,), (layer,) = read_pages(read.words), layer_pages(read.layer)
    laid = {word.text: word for word in layer.words}
    assert {word.text for word in page.words} == set(laid)
    alone = [word for word in page.words if page.text().split().count(word.text) == 1]
    assert len(alone) > 20
    for word in alone:
        over = laid[word.text]
        assert over.left <= (word.left + word.right) / 2 <= over.right
        assert over.top <= (word.top + word.bottom) / 2 <= over.bottom


def test_a_document_with_its_own_text_needs_no_layer(tmp_path: Path) -> None:
    read = _read(born_digital(tmp_path / "a.pdf", LINES, LINES), tmp_path / "read")
    assert read.layer is None
    assert read.how == {"layer": 2}
    assert read.confidence is None


def test_a_layer_of_rubbish_is_read_again(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", sheet())
    rubbish = ["Qy®t ®Þnh vÒ c«ng t¸c v¨n th­ l­u tr÷ trªn ®Þa bµn tØnh"] * 8
    _laid_upon(path, born_digital(tmp_path / "b.pdf", rubbish), under=True)
    read = _read(path, tmp_path / "read")
    assert set(read.how) <= {"ocr", "ocr_cleaned"}
    (page,) = read_pages(read.words)
    assert share_read(page.text()) > 0.9


def test_a_reading_that_is_asked_to_stop_goes_on_later(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", *[sheet(LINES[:3])] * 4)
    asked = count()
    folder = tmp_path / "read"
    first = read_pages_of(path, folder, cores=1, stop=lambda: next(asked) >= 2)
    assert first == Unfinished(done=2, pages=4)
    kept = {page: page.stat().st_mtime_ns for page in folder.glob("page-*.json.gz")}
    assert len(kept) == 2
    assert _read(path, folder).pages == 4
    assert (
        kept.items()
        <= {page: page.stat().st_mtime_ns for page in folder.glob("page-*.json.gz")}.items()
    )


def test_a_finished_reading_is_not_done_again(mixed: Path, tmp_path: Path) -> None:
    first = _read(mixed, tmp_path / "read")
    words = first.words.read_bytes()
    started = time.monotonic()
    second = _read(mixed, tmp_path / "read")
    assert time.monotonic() - started < 0.5
    assert second == first
    assert second.words.read_bytes() == words


def test_a_kill_costs_a_page(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", *[sheet(LINES[:3])] * 6)
    folder = tmp_path / "read"
    story = (
        "import sys; from pathlib import Path; from formats.reading import read_pages_of\n"
        "read_pages_of(Path(sys.argv[1]), Path(sys.argv[2]), cores=1)"
    )
    with subprocess.Popen([sys.executable, "-c", story, str(path), str(folder)]) as reader:
        while len(list(folder.glob("page-*.json.gz"))) < 2:
            assert reader.poll() is None
            time.sleep(0.02)
        os.kill(reader.pid, signal.SIGKILL)
    kept = {page: page.stat().st_mtime_ns for page in folder.glob("page-*.json.gz")}
    read = _read(path, folder)
    assert read.how == {"ocr": 6}
    for page, written in kept.items():
        assert page.stat().st_mtime_ns == written
    assert not list(folder.glob("scratch-*"))


def test_a_page_that_fails_is_unread_and_says_why(mixed: Path, tmp_path: Path) -> None:
    read = _read(mixed, tmp_path / "read", Limits(seconds=0.12))
    assert set(read.unread) <= {2, 3, 4} and 2 in read.unread
    assert read.unread[2] == "program_timeout"
    pages = list(read_pages(read.words))
    assert (pages[1].how, pages[1].words) == ("unread", ())
    assert pages[0].text() == "\n".join(LINES)


def test_a_page_too_large_to_draw_is_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pikepdf.new() as document:
        page = document.add_blank_page()
        page.mediabox = pikepdf.Array([0, 0, 200_000, 200_000])
        page.Contents = document.make_stream(b"0 0 m 100000 100000 l S")
        document.save(path)
    assert _read(path, tmp_path / "read").unread == {1: "page_too_large"}


@pytest.mark.parametrize(("side", "code"), [(30_000, "too_many_pixels"), (300, "damaged_picture")])
def test_a_page_whose_picture_cannot_be_shown_is_not_called_blank(
    tmp_path: Path, side: int, code: str
) -> None:
    path = scan(tmp_path / "a.pdf", sheet())
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        (picture,) = document.pages[0].get_images().values()
        picture.write(b"nothing that unpacks", filter=pikepdf.Name.JPXDecode)
        picture.Width = picture.Height = side
        document.save(path)
    assert _read(path, tmp_path / "read").unread == {1: code}


def test_too_many_pages_are_refused(mixed: Path, tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        _read(mixed, tmp_path / "read", Limits(pages=3))
    assert caught.value.code == "too_many_pages"
    assert caught.value.details == {"pages": 4, "limit": 3}


def test_a_scan_waits_for_tesseract_and_keeps_what_is_read(
    mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setenv("PATH", str(tmp_path))
        with pytest.raises(ProgramMissing):
            _read(mixed, tmp_path / "read")
    assert _read(mixed, tmp_path / "read").how["ocr"] == 1


def test_the_few_words_upon_a_picture_are_kept_when_the_reading_finds_fewer(
    tmp_path: Path,
) -> None:
    picture = scan(tmp_path / "a.pdf", sheet([]))
    _laid_upon(picture, born_digital(tmp_path / "b.pdf", ["Ký bởi: Sở Nội vụ tỉnh"]))
    read = _read(picture, tmp_path / "read")
    (page,) = read_pages(read.words)
    assert page.text().split() == words_of(["Ký bởi: Sở Nội vụ tỉnh"])
