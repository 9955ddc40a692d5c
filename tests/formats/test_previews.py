import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from formats.errors import Unreadable
from formats.previews import Form, page_picture
from tests.formats.scanned import LINES, born_digital, scan, sheet


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("form", ["webp", "jpeg", "png"])
@pytest.mark.parametrize("width", [200, 1000])
def test_the_page_is_drawn_in_the_width_asked_for(tmp_path: Path, form: Form, width: int) -> None:
    path = born_digital(tmp_path / "a.pdf", LINES)
    picture = _opened(page_picture(path, 1, width, form=form))
    assert (picture.format or "").lower() == form
    assert picture.width == width
    assert picture.height == pytest.approx(width * 842 / 595, abs=1)
    low, high = picture.convert("L").getextrema()
    assert low < 120 < 240 < high  # type: ignore[operator]


def test_a_turned_page_is_drawn_as_displayed(tmp_path: Path) -> None:
    path = born_digital(tmp_path / "a.pdf", LINES)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].Rotate = 90
        document.save(path)
    picture = _opened(page_picture(path, 1, 842, form="png")).convert("L")
    assert picture.size == (842, 595)
    left, _, right, _ = picture.point(lambda value: 255 * (value < 128)).getbbox() or (0, 0, 0, 0)
    assert left > 842 / 2 and right <= 842 - 60  # what was at the top is at the right


def test_a_page_like_a_ribbon_is_made_narrower(tmp_path: Path) -> None:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(100, 10_000))
        document.save(tmp_path / "a.pdf")
    picture = _opened(page_picture(tmp_path / "a.pdf", 1, 1000))
    assert picture.height <= 4001
    assert picture.width <= 41


@pytest.mark.parametrize("number", [0, 2])
def test_a_page_that_is_not_there_is_told(tmp_path: Path, number: int) -> None:
    path = scan(tmp_path / "a.pdf", sheet(dpi=50), dpi=50)
    with pytest.raises(Unreadable) as caught:
        page_picture(path, number, 100)
    assert caught.value.code == "no_such_page"


def test_a_damaged_document_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(Unreadable) as caught:
        page_picture(path, 1, 100)
    assert caught.value.code == "damaged"


def test_a_picture_wider_than_any_screen_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="100000"):
        page_picture(tmp_path / "a.pdf", 1, 100_000)
