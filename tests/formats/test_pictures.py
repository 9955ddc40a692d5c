from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw

import formats.pictures
from formats.errors import Unreadable
from formats.pictures import to_pdf
from formats.previews import page_picture
from tests.formats.scanned import jpeg, sheet


def _sample(mode: str = "RGB") -> Image.Image:
    """Wider than high, dark at the top left, so that turning it shows."""
    picture = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, 60, 60), fill=(0, 0, 0))
    return picture.convert(mode)


def _saved(path: Path, picture: Image.Image, **options: Any) -> Path:
    picture.save(path, **options)
    return path


def _converted(path: Path) -> pikepdf.Pdf:
    target = path.with_suffix(".pdf")
    pages = to_pdf(path, target)
    document = pikepdf.open(target)
    assert len(document.pages) == pages
    return document


def _only_picture(document: pikepdf.Pdf, page: int = 0) -> Any:
    (picture,) = document.pages[page].get_images().values()
    return picture


def _millimetres(document: pikepdf.Pdf) -> tuple[int, int]:
    left, bottom, right, top = (float(edge) for edge in document.pages[0].mediabox)
    return round((right - left) / 72 * 25.4), round((top - bottom) / 72 * 25.4)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_goes_in_byte_for_byte(tmp_path: Path, mode: str) -> None:
    path = _saved(tmp_path / "a.jpg", _sample(mode), quality=80)
    with _converted(path) as document:
        assert _only_picture(document).read_raw_bytes() == path.read_bytes()


def test_fax_pages_keep_their_coding(tmp_path: Path) -> None:
    page = _sample("1")
    path = _saved(
        tmp_path / "a.tif",
        page,
        compression="group4",
        save_all=True,
        append_images=[page, page],
        dpi=(200, 200),
    )
    with _converted(path) as document:
        assert len(document.pages) == 3
        assert "/CCITTFaxDecode" in str(_only_picture(document, 2).Filter)


def test_the_page_is_as_large_as_the_paper_was(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(sheet(dpi=150), dpi=150))
    with _converted(path) as document:
        assert _millimetres(document) == (210, 297)


@pytest.mark.parametrize("told", [None, (72, 72), (1, 1), (20_000, 20_000)])
def test_a_page_of_unknown_resolution_is_a_sheet_of_paper(
    tmp_path: Path, told: tuple[int, int] | None
) -> None:
    options = {"dpi": told} if told else {}
    path = _saved(tmp_path / "a.jpg", Image.new("L", (3000, 4000), 255), **options)
    with _converted(path) as document:
        assert _millimetres(document) == (223, 297)


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    clear = _sample("RGBA")
    clear.putalpha(Image.new("L", clear.size, 0))
    for name in ("a.png", "b.tif"):
        with _converted(_saved(tmp_path / name, clear)) as document:
            picture = _only_picture(document)
            assert "/SMask" not in picture
            assert set(pikepdf.PdfImage(picture).as_pil_image().tobytes()) == {255}


def test_sixteen_bits_a_pixel_are_kept(tmp_path: Path) -> None:
    deep = Image.fromarray(np.arange(60_000, dtype=np.uint16).reshape(200, 300))
    for name in ("a.png", "b.tif"):
        with _converted(_saved(tmp_path / name, deep)) as document:
            picture = _only_picture(document)
            assert picture.BitsPerComponent == 16
            assert picture.read_bytes()[-2:] == (59_999).to_bytes(2, "big")


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
@pytest.mark.parametrize("way", [1, 2, 3, 4, 5, 6, 7, 8])
def test_the_page_is_shown_the_way_up_that_the_camera_tells(
    tmp_path: Path, way: int, name: str
) -> None:
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[way]
    lying = _sample() if back is None else _sample().transpose(back)
    exif = Image.Exif()
    exif[0x0112] = way
    path = _saved(tmp_path / name, lying, exif=exif)
    pages = to_pdf(path, path.with_suffix(".pdf"))
    assert pages == 1
    shown = tmp_path / "shown.png"
    shown.write_bytes(page_picture(path.with_suffix(".pdf"), 1, 300, form="png"))
    with Image.open(shown) as picture:
        assert picture.size == (300, 200)
        assert picture.convert("L").getpixel((30, 30)) < 40  # type: ignore[operator]
        assert picture.convert("L").getpixel((270, 170)) > 200  # type: ignore[operator]


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
def test_a_truncated_picture_is_damaged(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300), dtype=np.uint8)
    path = _saved(tmp_path / name, Image.fromarray(noise))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Unreadable) as caught:
        to_pdf(path, tmp_path / "out.pdf")
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("harm", [b"", b"\xff\xd8\xff\xe0" + b"x" * 99, b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_damaged(tmp_path: Path, harm: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(harm)
    with pytest.raises(Unreadable) as caught:
        to_pdf(path, tmp_path / "out.pdf")
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_thirty_thousand_pixels_squared_are_refused_unopened(tmp_path: Path, name: str) -> None:
    options = {"compression": "group4"} if name.endswith("tif") else {}
    path = _saved(tmp_path / name, Image.new("1", (30_000, 30_000)), **options)
    with pytest.raises(Unreadable) as caught:
        to_pdf(path, tmp_path / "out.pdf", seconds=5)
    assert caught.value.code == "too_many_pixels"


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    dot = Image.new("1", (8, 8))
    path = _saved(tmp_path / "a.tif", dot, save_all=True, append_images=[dot] * 5)
    with pytest.raises(Unreadable) as caught:
        to_pdf(path, tmp_path / "out.pdf", most_pages=5)
    assert caught.value.code == "too_many_pages"


def test_heavy_frames_are_converted_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats.pictures, "_LIGHT", 1000)
    path = tmp_path / "a.tif"
    frames = [_sample(), _sample("1"), _sample("CMYK"), _sample("P"), _sample()]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert formats.pictures._to_pdf(path, tmp_path / "a.pdf", 10) == 5
    with pikepdf.open(tmp_path / "a.pdf") as document:
        spaces = [str(_only_picture(document, page).ColorSpace) for page in range(3)]
    assert spaces == ["/DeviceRGB", "/DeviceGray", "/DeviceCMYK"]
