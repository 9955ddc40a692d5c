"""The mark on digitised scans: top right as displayed, upright, text alone, inside what is seen."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2 as pdfium
import pytest

from formats.seal_keys import SealKey
from formats.seals import check_seal, seal
from formats.stamps import Stamp, prepared_font

ORGAN = "Trung tâm Lưu trữ lịch sử tỉnh Thừa Thiên Huế, Sở Nội vụ"
AT = datetime(2026, 3, 9, 2, 5, 7, tzinfo=UTC)


@pytest.fixture(scope="session")
def stamp(tmp_path_factory: pytest.TempPathFactory) -> Stamp:
    return Stamp(ORGAN, tmp_path_factory.mktemp("fonts"))


def blank(
    path: Path, box: tuple[float, ...], turned: int = 0, crop: tuple[float, ...] = ()
) -> Path:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(100, 100))
        page.obj.MediaBox = pikepdf.Array(box)
        page.obj.Rotate = turned
        if crop:
            page.obj.CropBox = pikepdf.Array(crop)
        pdf.save(path)
    return path


def picture(path: Path) -> npt.NDArray[np.uint8]:
    """The first page as displayed, in gray."""
    pdf = pdfium.PdfDocument(path)
    pdf.init_forms()  # without this, fields and so the mark are left out
    try:
        return np.asarray(pdf[0].render(scale=2, grayscale=True).to_numpy()).squeeze().copy()
    finally:
        pdf.close()


def inked(page: npt.NDArray[np.uint8]) -> tuple[float, float, float, float]:
    """Edges of what is drawn: left, top, right, bottom, as fractions of the page."""
    rows, columns = np.where(page < 128)
    height, width = page.shape
    return (
        columns.min() / width,
        rows.min() / height,
        columns.max() / width,
        rows.max() / height,
    )


def alike(one: npt.NDArray[np.uint8], two: npt.NDArray[np.uint8]) -> float:
    """Correlation of two pictures, a little coarser than their pixels."""
    small = [
        each[: each.shape[0] // 4 * 4, : each.shape[1] // 4 * 4]
        .reshape(each.shape[0] // 4, 4, each.shape[1] // 4, 4)
        .mean(axis=(1, 3))
        for each in (one, two)
    ]
    return float(np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1])


@pytest.mark.rule("HC-08")
def test_the_mark_tells_organ_and_time_in_vietnam_and_extracts_right(
    pdfa: Path, trial_key: SealKey, stamp: Stamp, tmp_path: Path
) -> None:
    sealed = tmp_path / "sealed.pdf"
    result = seal(pdfa, sealed, trial_key, visible=stamp, at=AT)
    told = subprocess.run(["pdftotext", sealed, "-"], capture_output=True, text=True, check=True)
    words = " ".join(told.stdout.split())
    assert "Trung tâm Lưu trữ lịch sử tỉnh Thừa Thiên Huế, Sở Nội vụ" in words
    assert "Thời gian ký: 2026-03-09T09:05:07+07:00" in words
    # The mark, the signature and the report all tell one time.
    assert result.sealed_at == AT
    verdict = check_seal(sealed, {trial_key.fingerprint})
    assert verdict.check is not None and verdict.check.claimed_time == AT


def test_the_mark_stands_at_the_top_right(trial_key: SealKey, stamp: Stamp, tmp_path: Path) -> None:
    page = blank(tmp_path / "a4.pdf", (0, 0, 595, 842))
    seal(page, tmp_path / "sealed.pdf", trial_key, visible=stamp, at=AT)
    left, top, right, bottom = inked(picture(tmp_path / "sealed.pdf"))
    assert left > 0.5 and 0.95 < right < 0.99
    assert top > 0.01 and bottom < 0.08


@pytest.mark.parametrize("turned", [90, 180, 270, -90, 450])
def test_the_mark_stands_upright_on_a_turned_page(
    turned: int, trial_key: SealKey, stamp: Stamp, tmp_path: Path
) -> None:
    straight = blank(tmp_path / "straight.pdf", (0, 0, 595, 842))
    across = turned % 180 == 90
    box = (10, 20, 852, 615) if across else (10, 20, 605, 862)
    turned_page = blank(tmp_path / "turned.pdf", box, turned)
    seal(straight, tmp_path / "one.pdf", trial_key, visible=stamp, at=AT)
    seal(turned_page, tmp_path / "two.pdf", trial_key, visible=stamp, at=AT)
    one, two = picture(tmp_path / "one.pdf"), picture(tmp_path / "two.pdf")
    assert one.shape == two.shape
    assert np.allclose(inked(one), inked(two), atol=0.003)
    assert alike(one, two) > 0.9
    assert alike(one, one[::-1, ::-1]) < 0.1


def test_the_mark_stays_inside_what_is_seen(
    trial_key: SealKey, stamp: Stamp, tmp_path: Path
) -> None:
    page = blank(tmp_path / "crop.pdf", (0, 0, 800, 1000), crop=(100, 50, 695, 892))
    seal(page, tmp_path / "sealed.pdf", trial_key, visible=stamp, at=AT)
    left, top, right, bottom = inked(picture(tmp_path / "sealed.pdf"))
    assert left > 0.5 and right < 0.99 and top > 0.01 and bottom < 0.08


@pytest.mark.parametrize("box", [(0, 0, 120, 60), (0, 0, 40, 200), (0, 0, 8000, 6000)])
def test_the_mark_fits_pages_of_any_size(
    box: tuple[float, ...], trial_key: SealKey, stamp: Stamp, tmp_path: Path
) -> None:
    page = blank(tmp_path / "odd.pdf", box)
    seal(page, tmp_path / "sealed.pdf", trial_key, visible=stamp, at=AT)
    assert check_seal(tmp_path / "sealed.pdf", {trial_key.fingerprint}).holds
    with pikepdf.open(tmp_path / "sealed.pdf") as pdf:
        (annotation,) = pdf.pages[0].Annots
        left, bottom, right, top = (float(each) for each in annotation.Rect)
    assert box[0] <= left < right <= box[2] and box[1] <= bottom < top <= box[3]


def test_words_before_the_organ_and_decomposed_letters_are_written(
    trial_key: SealKey, stamp: Stamp, tmp_path: Path
) -> None:
    copied = Stamp("Sở Nội vụ", stamp.font_folder, words_before=("SAO Y",))
    assert copied.lines(AT) == ("SAO Y", "Sở Nội vụ", "Thời gian ký: 2026-03-09T09:05:07+07:00")


def test_the_font_is_prepared_once(stamp: Stamp) -> None:
    first = prepared_font(stamp.font_folder)
    before = first.stat().st_mtime_ns
    assert prepared_font(stamp.font_folder).stat().st_mtime_ns == before
    assert [each.name for each in stamp.font_folder.iterdir()] == ["serif-1000.ttf"]


def test_the_letters_are_black_and_nothing_else_is_drawn(
    trial_key: SealKey, stamp: Stamp, tmp_path: Path
) -> None:
    page = blank(tmp_path / "a4.pdf", (0, 0, 595, 842))
    seal(page, tmp_path / "sealed.pdf", trial_key, visible=stamp, at=AT)
    with pikepdf.open(tmp_path / "sealed.pdf") as pdf:
        appearance = pdf.pages[0].Annots[0].AP.N
        operators = [str(each.operator) for each in pikepdf.parse_content_stream(appearance)]
        assert "/XObject" not in appearance.Resources
    assert not {"Do", "re", "S", "f", "rg", "RG"} & set(operators)
    assert picture(tmp_path / "sealed.pdf").min() < 40
