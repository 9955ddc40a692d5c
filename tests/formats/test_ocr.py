"""Real Tesseract on scans with known words."""

from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from formats.errors import ProgramFailed, ProgramMissing
from formats.ocr import PageSize, read_page
from formats.scans import Wish, make_scan
from formats.text import PageText, Word
from tests.formats.scanned import (
    LINES,
    copied_badly,
    jpeg,
    scan,
    share_read,
    sheet,
    stamped,
)

pytestmark = pytest.mark.tools

A4 = PageSize(595.44, 841.68)
A4_LYING = PageSize(841.68, 595.44)


def _read(pdf: Path, size: PageSize = A4, *, plainly: bool = False) -> PageText:
    return read_page(pdf, 1, size, pdf.with_suffix(".layer"), seconds=60, plainly=plainly)


def _word(page: PageText, text: str) -> Word:
    return next(word for word in page.words if word.text == text)


def _lies_on(word: Word, x: float, y: float) -> bool:
    return word.left <= x <= word.right and word.top <= y <= word.bottom


def test_a_clean_scan_is_read_word_by_word(tmp_path: Path) -> None:
    page = _read(scan(tmp_path / "a.pdf", sheet()))
    assert share_read(page.text()) == 1
    assert page.text().splitlines()[0] == LINES[0]
    assert (page.how, page.number) == ("ocr", 1)
    assert page.confidence and page.confidence > 90


def test_words_know_their_place_line_and_confidence(tmp_path: Path) -> None:
    page = _read(scan(tmp_path / "a.pdf", sheet()))
    word = _word(page, "QUYẾT")
    assert _lies_on(word, 1.2 / 8.27, (1 + 13 * 2.1 / 72) / 11.69)
    assert word.right - word.left < 0.15
    assert word.bottom - word.top < 0.03
    assert word.line == 1
    assert word.confidence and word.confidence > 80


def test_a_bad_copy_is_cleaned_first(tmp_path: Path) -> None:
    page = _read(scan(tmp_path / "a.pdf", copied_badly(sheet())))
    assert page.how == "ocr_cleaned"
    assert share_read(page.text()) > 0.95


def test_the_text_under_a_round_stamp_is_read(tmp_path: Path) -> None:
    page = _read(scan(tmp_path / "a.pdf", stamped(sheet(), 3.5, 2.0)))
    assert page.how == "ocr_cleaned"
    assert share_read(page.text()) > 0.95


def test_a_rectangular_red_mark_is_still_read(tmp_path: Path) -> None:
    picture = sheet([*LINES, "", "", "MẬT"])
    red = Image.new("RGB", picture.size, (214, 38, 52))
    where = picture.convert("L").point(lambda value: 255 * (value < 128))
    ImageDraw.Draw(where).rectangle((0, 0, picture.width, round(3.4 * 200)), fill=0)
    picture.paste(red, mask=where)
    ImageDraw.Draw(picture).rectangle((180, 680, 300, 750), outline=(214, 38, 52), width=4)
    assert "MẬT" in _read(scan(tmp_path / "a.pdf", picture)).text()


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_scanned_the_wrong_way_up_is_read(tmp_path: Path, turn: int) -> None:
    picture = sheet().rotate(turn, expand=True)
    size = A4 if turn == 180 else A4_LYING
    page = _read(scan(tmp_path / "a.pdf", picture), size)
    assert share_read(page.text()) > 0.95
    x, y = 1.2 / 8.27, (1 + 13 * 2.1 / 72) / 11.69
    turned = {90: (y, 1 - x), 180: (1 - x, 1 - y), 270: (1 - y, x)}[turn]
    assert _lies_on(_word(page, "QUYẾT"), *turned)


def test_a_page_turned_in_its_document_is_read_as_displayed(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", sheet().rotate(90, expand=True))
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].Rotate = 90
        document.save(path)
    page = _read(path)
    assert _lies_on(_word(page, "QUYẾT"), 1.2 / 8.27, (1 + 13 * 2.1 / 72) / 11.69)


def test_english_is_read_too(tmp_path: Path) -> None:
    lines = ["The records of the agency shall be kept for twenty years.", "Which officer decides?"]
    page = _read(scan(tmp_path / "a.pdf", sheet(lines)))
    assert share_read(page.text(), lines) > 0.9


@pytest.mark.parametrize("is_noisy", [False, True])
def test_an_empty_sheet_is_blank(tmp_path: Path, is_noisy: bool) -> None:
    empty = sheet([])
    page = _read(scan(tmp_path / "a.pdf", copied_badly(empty) if is_noisy else empty))
    assert (page.how, page.words, page.confidence) == ("blank", (), None)
    assert not (tmp_path / "a.layer").exists()


def test_pale_writing_is_not_blank(tmp_path: Path) -> None:
    pale = sheet(["Căn cứ Luật Lưu trữ"]).point(lambda value: 205 + value * 45 // 250)
    page = _read(scan(tmp_path / "a.pdf", pale))
    assert share_read(page.text(), ["Căn cứ Luật Lưu trữ"]) == 1


def test_a_single_page_number_is_not_blank(tmp_path: Path) -> None:
    page = _read(scan(tmp_path / "a.pdf", sheet(["", "", "2"])))
    assert page.how == "ocr"


def test_the_scan_itself_is_read_and_not_a_drawing_of_it(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", sheet())
    made = make_scan(path, 1, Wish(), tmp_path / "a.bmp")
    (tmp_path / "a.jpg").write_bytes(jpeg(sheet()))
    with Image.open(made.path) as given, Image.open(tmp_path / "a.jpg") as own:
        assert given.tobytes() == own.convert("L").tobytes()
    assert made.dpi == 200


def test_fine_scans_are_read_at_two_hundred_dots_an_inch(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", sheet(dpi=400), dpi=400)
    made = make_scan(path, 1, Wish(), tmp_path / "a.bmp")
    assert (made.dpi, round(made.own_dpi)) == (200, 400)
    assert share_read(_read(path).text()) == 1


def test_a_page_of_several_pictures_is_drawn_and_read(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", sheet())
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        page = document.pages[0]
        page.contents_add(b"q 0.5 0 0 0.5 0 0 cm 1 0 0 RG 10 10 50 50 re S Q")
        document.save(path)
    assert share_read(_read(path).text()) == 1


@pytest.mark.parametrize(
    "contents",
    [b"q 0 0 0 0 0 0 cm /Im0 Do Q", b"/Nothing Do", b"q q q", b"BT (", b"\x00\xff" * 99],
)
def test_a_page_with_odd_instructions_is_drawn(tmp_path: Path, contents: bytes) -> None:
    path = scan(tmp_path / "a.pdf", sheet())
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].Contents = document.make_stream(contents)
        document.save(path)
    assert make_scan(path, 1, Wish(), tmp_path / "a.bmp").is_blank


def test_the_plain_way_reads_too(tmp_path: Path) -> None:
    page = _read(scan(tmp_path / "a.pdf", sheet(points=16)), plainly=True)
    assert share_read(page.text()) > 0.9


def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", sheet())
    with pytest.raises(ProgramFailed) as caught:
        read_page(path, 1, A4, tmp_path / "layer", seconds=0.15)
    assert caught.value.code == "program_timeout"
    assert not list(tmp_path.glob("scratch-*"))


def test_without_tesseract_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scan(tmp_path / "a.pdf", sheet())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing) as caught:
        _read(path)
    assert caught.value.details == {"program": "tesseract"}


def test_without_vietnamese_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(ProgramMissing) as caught:
        _read(scan(tmp_path / "a.pdf", sheet()))
    assert caught.value.details == {"program": "tesseract-ocr-vie"}


def test_tesseract_sees_one_thread_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUUTRU_SEAL_PASSWORD", "bí mật")
    told = tmp_path / "told"
    fake = tmp_path / "bin" / "tesseract"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\nenv > {told}\nulimit -v >> {told}\nprintf "" > "$2.tsv"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    _read(scan(tmp_path / "a.pdf", sheet()), plainly=True)
    said = told.read_text()
    assert "OMP_THREAD_LIMIT=1" in said
    assert "SEAL" not in said
    assert said.splitlines()[-1] == str(3 * 1024 * 1024)
