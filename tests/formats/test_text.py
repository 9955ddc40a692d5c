import gzip
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from formats.confined import confined
from formats.errors import Unreadable
from formats.text import (
    Layer,
    PageText,
    Word,
    has_good_text,
    layer_pages,
    layers,
    read_pages,
    write_pages,
)
from tests.formats.scanned import LINES, born_digital, scan, sheet, words_of


def _page(*texts: str, number: int = 1) -> PageText:
    words = (Word(text, 0.1, 0.1, 0.2, 0.12, line, 91.25) for line, text in enumerate(texts))
    return PageText(number, 595.28, 841.89, tuple(words), "ocr", 91.25)


def test_pages_come_back_as_they_were_written(tmp_path: Path) -> None:
    pages = [_page("Số", "12/QĐ", number=1), PageText(2, 595.28, 841.89, (), "blank", None)]
    write_pages(pages, tmp_path / "pages")
    back = list(read_pages(tmp_path / "pages"))
    assert [page.text() for page in back] == ["Số\n12/QĐ", ""]
    assert back[0].words[0] == Word("Số", 0.1, 0.1, 0.2, 0.12, 0, 91.2)
    assert back[1] == pages[1]


def test_the_same_pages_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_pages([_page("Số")], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    "harm",
    [b"", b"plain words", gzip.compress(b'{"page": 1}\n', mtime=0)[:-9]],
    ids=["empty", "plain", "cut"],
)
def test_a_damaged_file_of_pages_is_named(tmp_path: Path, harm: bytes) -> None:
    path = tmp_path / "pages"
    path.write_bytes(harm)
    if not harm:
        assert list(read_pages(path)) == []
        return
    with pytest.raises(Unreadable) as caught:
        list(read_pages(path))
    assert caught.value.code == "damaged"


def test_the_text_of_a_page_is_composed() -> None:
    assert _page("Tru\u031b\u0303").text() == "Trữ"


def test_a_text_layer_gives_words_line_by_line(tmp_path: Path) -> None:
    pages = list(layer_pages(born_digital(tmp_path / "a.pdf", LINES, LINES[:2])))
    assert [page.number for page in pages] == [1, 2]
    assert pages[0].text().splitlines() == list(LINES)
    assert (pages[0].how, pages[0].confidence) == ("layer", None)
    assert (pages[0].width, pages[0].height) == (595, 842)


def test_a_word_of_the_layer_lies_on_its_ink(tmp_path: Path) -> None:
    (page,) = layer_pages(born_digital(tmp_path / "a.pdf", ["Lưu trữ"]))
    first, second = page.words
    assert first.left == pytest.approx(72 / 595, abs=0.003)
    assert first.bottom == pytest.approx(72 / 842, abs=0.003)
    assert first.right < second.left
    assert 8 < (first.bottom - first.top) * 842 < 13


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_places_are_those_of_the_page_as_displayed(tmp_path: Path, turn: int) -> None:
    path = born_digital(tmp_path / "a.pdf", ["Lưu trữ"])
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].Rotate = turn
        document.pages[0].CropBox = pikepdf.Array([50, 442, 550, 842])
        document.save(path)
    (page,) = layer_pages(path)
    assert (page.width, page.height) == ((500, 400) if turn % 180 == 0 else (400, 500))
    middle = (page.words[0].left + page.words[0].right) / 2
    height = (page.words[0].top + page.words[0].bottom) / 2
    upright = (0.069, 0.169)  # of the cropped page before it is turned
    expected = {
        0: upright,
        90: (1 - upright[1], upright[0]),
        180: (1 - upright[0], 1 - upright[1]),
        270: (upright[1], 1 - upright[0]),
    }[turn]
    assert (middle, height) == pytest.approx(expected, abs=0.01)


def test_words_outside_the_page_are_not_on_it(tmp_path: Path) -> None:
    path = born_digital(tmp_path / "a.pdf", ["thấy", "khuất"])
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].CropBox = pikepdf.Array([0, 760, 595, 842])
        document.save(path)
    assert [page.text() for page in layer_pages(path)] == ["thấy"]


def test_an_empty_page_is_blank_and_a_scan_is_not(tmp_path: Path) -> None:
    empty = born_digital(tmp_path / "a.pdf", [])
    scanned = scan(tmp_path / "b.pdf", sheet())
    assert [page.how for page in layer_pages(empty)] == ["blank"]
    (layer,) = layers(scanned, [1])
    assert isinstance(layer, Layer)
    assert (layer.page.how, round(layer.picture_share)) == ("layer", 1)
    assert not has_good_text(layer)


def test_sound_text_is_trusted_and_rubbish_is_not() -> None:
    sound = _page(*words_of())
    assert has_good_text(Layer(sound, 0.0))
    assert not has_good_text(Layer(_page(*["\ue001\ue002\ue003"] * 20), 0.0))
    assert not has_good_text(Layer(_page(*["Quy\ufffdt \ufffd\ufffdnh"] * 20), 0.0))


def test_a_stamp_of_text_upon_a_scan_does_not_stand_for_the_scan() -> None:
    stamp = _page("Ký bởi: Sở Nội vụ", "Ngày ký: 02/11/2026")
    assert has_good_text(Layer(stamp, 0.1))
    assert not has_good_text(Layer(stamp, 0.98))


@pytest.mark.parametrize("size", [0, 300, 2000])
def test_a_truncated_document_is_damaged(tmp_path: Path, size: int) -> None:
    path = born_digital(tmp_path / "a.pdf", LINES)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(Unreadable) as caught:
        list(layer_pages(path))
    assert caught.value.code == "damaged"


def test_a_locked_document_is_encrypted(tmp_path: Path) -> None:
    path = born_digital(tmp_path / "a.pdf", LINES)
    with pikepdf.open(path) as document:
        document.save(tmp_path / "b.pdf", encryption=pikepdf.Encryption(user="x", owner="y"))
    with pytest.raises(Unreadable) as caught:
        list(layer_pages(tmp_path / "b.pdf"))
    assert caught.value.code == "encrypted"


def test_a_page_that_takes_too_long_holds_up_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pikepdf.open(born_digital(tmp_path / "b.pdf", LINES, LINES, LINES)) as document:
        endless = b"BT /F1 1 Tf " + b"(a) Tj 1 0 0 1 0 0 Tm " * 2_000_000 + b"ET"
        document.pages[1].Contents = document.make_stream(endless)
        document.save(path)
    pages = list(layer_pages(path, seconds=0.6))
    assert [page.how for page in pages] == ["layer", "unread", "layer"]


def test_lines_follow_the_words(tmp_path: Path) -> None:
    (page,) = layer_pages(born_digital(tmp_path / "a.pdf", LINES))
    assert all(one.line <= two.line for one, two in pairwise(page.words))
    assert page.words[-1].line == len(LINES) - 1


def test_the_child_keeps_no_document_open(tmp_path: Path) -> None:
    path = born_digital(tmp_path / "a.pdf", LINES)
    list(layer_pages(path))
    open_files = confined(_open_files, seconds=10)
    assert str(path) not in open_files


def _open_files() -> list[str]:
    return [str(link.resolve()) for link in Path("/proc/self/fd").iterdir()]
