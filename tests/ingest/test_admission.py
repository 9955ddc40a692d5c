from collections.abc import Iterator
from pathlib import Path

import img2pdf
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from formats.ocr import PageSize, read_page
from formats.text import PageText, Word
from ingest.admission import mark_in_fields, mark_in_name, suspicion


@pytest.mark.rule("HC-02")
@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("123-MAT.pdf", "MẬT"),
        ("QD-MAT.pdf", "MẬT"),
        ("CV 15 MAT.docx", "MẬT"),
        ("Công văn mật.pdf", "MẬT"),
        ("15-QĐ-UBND (Mật).pdf", "MẬT"),
        ("MẬT_ke hoach.pdf", "MẬT"),
        ("ke-hoach_mật", "MẬT"),
        ("do-mat-A.pdf", "TUYỆT MẬT"),
        ("Độ mật.pdf", "MẬT"),
        ("tối mật 12.docx", "TỐI MẬT"),
        ("to\u0302\u0301i ma\u0323\u0302t 12.docx", "TỐI MẬT"),
        ("TOI MAT ke hoach.pdf", "TỐI MẬT"),
        ("van_ban_toi_mat.pdf", "TỐI MẬT"),
        ("QD tuyet mat.pdf", "TUYỆT MẬT"),
        ("tuyệt.mật.2024.pdf", "TUYỆT MẬT"),
        ("TUYETMAT.pdf", "TUYỆT MẬT"),
        ("tối mật", "TỐI MẬT"),
        ("Công văn \u043c\u0430\u0323\u0302t.pdf", "MẬT"),  # Cyrillic
        ("QĐ \u041cẬ\u0422.pdf", "MẬT"),
        ("QĐ \u039cẬ\u03a4.pdf", "MẬT"),  # Greek
        ("ＱＤ　ＭＡＴ.pdf", "MẬT"),  # wide
        ("tuye\u0302\u034f\u0323t m\u00adậ\u2060t.pdf", "TUYỆT MẬT"),  # signs that show nothing
        ("\u0422\u041e\u0302\u0301\u0406 \U0001d40c\u0410\u0302\u0323\u03a4 1.pdf", "TỐI MẬT"),
    ],
)
def test_a_mark_in_a_name_is_seen(name: str, mark: str) -> None:
    assert mark_in_name(name) == mark


@pytest.mark.rule("HC-02")
@pytest.mark.parametrize(
    "name",
    [
        "quy-che-bao-mat.pdf",
        "Quy chế bảo mật.pdf",
        "QUY CHE BAO MAT.pdf",
        "QUY CHẾ BẢO MẬT.pdf",
        "Bảo vệ bí mật nhà nước.docx",
        "mat-do-xay-dung.pdf",
        "Mật độ xây dựng.pdf",
        "mat-bang.pdf",
        "MAT-BANG-TANG-1.pdf",
        "giai-phong-mat-bang.pdf",
        "GIAI PHONG MAT BANG.pdf",
        "nuoc-mat.pdf",
        "be-mat.pdf",
        "BE MAT.pdf",
        "THU TIEN MAT.pdf",
        "12-tien-mat.pdf",
        "123-mat.pdf",
        "don-xin-cap-lai-do-mat-the.pdf",
        "toi-mat-the-can-cuoc.pdf",
        "cap-lai-do-mat.pdf",
        "Đổi mật khẩu.pdf",
        "mặt trận.pdf",
        "thông báo mất giấy tờ.pdf",
        "sỏi mật.pdf",
        "MAT.pdf",
        "matrix.pdf",
        "",
    ],
)
def test_a_name_that_only_looks_like_a_mark_is_not_one(name: str) -> None:
    assert mark_in_name(name) is None


@pytest.mark.rule("HC-02")
@pytest.mark.parametrize(
    ("fields", "mark"),
    [
        ({"secrecy": "mật"}, "MẬT"),
        ({"Độ mật": "Tối mật"}, "TỐI MẬT"),
        ({"do_mat": "A"}, "TUYỆT MẬT"),
        ({"security_level": "restricted"}, "MẬT"),
        ({"mode": "03"}, "MẬT"),
        ({"note": "TUYỆT MẬT"}, "TUYỆT MẬT"),
        ({"title": "Kế hoạch phòng thủ [TỐI MẬT]"}, "TỐI MẬT"),
        ({"title": "Kế hoạch", "keywords": "mật"}, "MẬT"),
    ],
)
def test_a_mark_in_a_field_is_seen(fields: dict[str, object], mark: str) -> None:
    assert mark_in_fields(fields) == mark


@pytest.mark.rule("HC-02")
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"secrecy": "Thường", "mode": "01", "note": None},
        {"độ mật": "không"},
        {"title": "Danh mục bí mật nhà nước độ Tối mật, Tuyệt mật"},
        {"title": "QUY CHẾ BẢO MẬT"},
        {"secretary": "Nguyễn Văn An"},
        {"pages": 3},
        {"note": "mặt"},
    ],
)
def test_fields_that_speak_of_secrets_are_not_marked(fields: dict[str, object]) -> None:
    assert mark_in_fields(fields) is None


def page(*lines: tuple[float, float, str], how: str = "ocr", number: int = 1) -> PageText:
    """A page of lines, each with its left and top edge; a letter is 1.2 % of the width."""
    return PageText(number, 595, 842, tuple(words(lines)), how, 90.0)


def words(lines: tuple[tuple[float, float, str], ...]) -> Iterator[Word]:
    for row, (left, top, line) in enumerate(lines):
        at = left
        for text in line.split():
            right = at + 0.012 * len(text)
            yield Word(text, at, top, right, top + 0.014, row, 90.0)
            at = right + 0.008


HEAD = (
    (0.15, 0.06, "UBND TỈNH KON TUM"),
    (0.50, 0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (0.18, 0.12, "Số: 12/BC-UBND"),
)
BODY = (
    (0.40, 0.30, "BÁO CÁO"),
    (0.30, 0.32, "Về tình hình bảo mật"),
    (0.12, 0.50, "Căn cứ Luật Bảo vệ bí mật nhà nước;"),
)


@pytest.mark.rule("HC-02")
@pytest.mark.parametrize(
    ("stamp", "mark"),
    [
        ("MẬT", "MẬT"),
        ("MAT", "MẬT"),
        ("MẶT", "MẬT"),
        ("M Ậ T", "MẬT"),
        ("| MẬT |", "MẬT"),
        ("[MẬT]", "MẬT"),
        ("IMẬT|", "MẬT"),
        ("MậT", "MẬT"),
        ("TỐI MẬT", "TỐI MẬT"),
        ("T0I MAT", "TỐI MẬT"),
        ("TUYỆT MẬT", "TUYỆT MẬT"),
        ("TUYÊT MÂT", "TUYỆT MẬT"),
        ("TUYỆT MẬI", "TUYỆT MẬT"),
    ],
)
def test_a_stamp_under_the_number_is_suspicious(stamp: str, mark: str) -> None:
    found = suspicion([page(*HEAD, (0.20, 0.18, stamp), *BODY)])
    assert found is not None
    assert (found.mark, found.page, found.seen) == (mark, 1, stamp)
    assert all(0.17 < word.top < 0.19 for word in found.words)


@pytest.mark.parametrize("stamp", ["\u041cẬ\u0422", "\u039c\u0391\u0302\u0323\u03a4", "ＭẬＴ"])
def test_a_stamp_in_letters_that_only_look_latin_is_suspicious(stamp: str) -> None:
    found = suspicion([page(*HEAD, (0.20, 0.18, stamp), *BODY)])
    assert found is not None
    assert found.mark == "MẬT"


def test_a_stamp_at_the_very_top_counts_anywhere_across() -> None:
    found = suspicion([page((0.75, 0.02, "TỐI MẬT"), *HEAD, *BODY)])
    assert found is not None
    assert found.mark == "TỐI MẬT"


def test_a_stamp_on_two_lines_is_read_as_one() -> None:
    found = suspicion([page(*HEAD, (0.20, 0.18, "TUYỆT"), (0.205, 0.20, "MẬT"), *BODY)])
    assert found is not None
    assert (found.mark, found.seen) == ("TUYỆT MẬT", "TUYỆT MẬT")


def test_a_stamp_on_one_line_with_the_right_column_is_seen() -> None:
    row = [*words(((0.2, 0.18, "MẬT"),)), *words(((0.55, 0.18, "Độc lập - Tự do"),))]
    found = suspicion([PageText(1, 595, 842, tuple(row), "ocr", 90.0)])
    assert found is not None
    assert found.seen == "MẬT"


def test_a_stated_degree_of_secrecy_is_suspicious() -> None:
    found = suspicion([page(*HEAD, (0.6, 0.3, "Độ mật: Tối mật"), how="layer")])
    assert found is not None
    assert found.mark == "TỐI MẬT"


def test_the_stamp_is_looked_for_on_the_first_page_that_has_words() -> None:
    blank = PageText(1, 595, 842, (), "blank", None)
    marked = page(*HEAD, (0.2, 0.18, "MẬT"), number=2)
    found = suspicion([blank, marked])
    assert found is not None
    assert found.page == 2
    assert suspicion([page(*HEAD, *BODY), marked]) is None
    assert suspicion([]) is None


@pytest.mark.rule("HC-02")
@pytest.mark.parametrize(
    "lines",
    [
        BODY,
        ((0.35, 0.22, "QUY CHẾ BẢO MẬT"),),
        ((0.2, 0.22, "BẢO VỆ BÍ MẬT NHÀ NƯỚC"),),
        ((0.2, 0.22, "QUY CHẾ BẢO"), (0.22, 0.24, "MẬT")),
        ((0.2, 0.22, "LUẬT BẢO VỆ BÍ"), (0.22, 0.24, "MẬT"), (0.2, 0.26, "NHÀ NƯỚC")),
        ((0.2, 0.22, "mật"),),
        ((0.2, 0.22, "Mật khẩu"),),
        ((0.2, 0.22, "MẬT ĐỘ XÂY DỰNG"),),
        ((0.2, 0.22, "V/v tăng cường bảo"), (0.2, 0.24, "mật")),
        ((0.5, 0.30, "MẬT"),),
        ((0.2, 0.80, "MẬT"),),
        ((0.2, 0.22, "TÔI MẤT THẺ"),),
        ((0.2, 0.22, "Độ mật: Thường"),),
        ((0.2, 0.22, "MATT"),),
    ],
)
def test_words_that_only_contain_mat_are_not_a_stamp(
    lines: tuple[tuple[float, float, str]],
) -> None:
    assert suspicion([page(*HEAD, *lines)]) is None


def test_a_text_layer_is_taken_at_its_letters() -> None:
    assert suspicion([page(*HEAD, (0.2, 0.18, "MAT"), how="layer")]) is None
    assert suspicion([page(*HEAD, (0.2, 0.18, "MẶT"), how="layer")]) is None
    assert suspicion([page(*HEAD, (0.2, 0.18, "MẬT"), how="layer")]) is not None


BOLD = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Bold.ttf"


def scanned(folder: Path, stamp: str, title: str) -> Path:
    """A scan at 200 dpi of a letterhead, with a red framed stamp under its number."""
    paper = Image.new("RGB", (1654, 2339), "white")
    pen = ImageDraw.Draw(paper)
    for left, top, size, line in (
        (180, 130, 34, "ỦY BAN NHÂN DÂN"),
        (180, 175, 34, "TỈNH KON TUM"),
        (760, 130, 32, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (200, 250, 34, "Số: 12/BC-UBND"),
        (420, 560, 36, title),
        (200, 700, 36, "Ủy ban nhân dân tỉnh báo cáo kết quả thực hiện như sau:"),
    ):
        pen.text((left, top), line, font=ImageFont.truetype(BOLD, size), fill="black")
    if stamp:
        pen.rectangle((225, 330, 540, 420), outline="red", width=4)
        pen.text((245, 345), stamp, font=ImageFont.truetype(BOLD, 46), fill="red")
    paper.save(folder / "scan.jpg", quality=75, dpi=(200, 200))
    (folder / "scan.pdf").write_bytes(img2pdf.convert(str(folder / "scan.jpg")))
    return folder / "scan.pdf"


@pytest.mark.tools
@pytest.mark.rule("HC-02")
@pytest.mark.parametrize(("stamp", "mark"), [("MẬT", "MẬT"), ("TỐI MẬT", "TỐI MẬT"), ("", None)])
def test_a_stamp_on_a_real_scan_is_read(tmp_path: Path, stamp: str, mark: str | None) -> None:
    pdf = scanned(tmp_path, stamp, "VỀ CÔNG TÁC BẢO VỆ BÍ MẬT NHÀ NƯỚC")
    read = read_page(pdf, 1, PageSize(595, 842), tmp_path / "layer.pdf")
    found = suspicion([read])
    assert (found.mark if found else None) == mark


def tilted(folder: Path, stamp: str, degrees: float, rough: bool) -> Path:
    """The same scan with the stamp set by hand: turned, and perhaps scanned roughly."""
    paper = Image.open(scanned(folder, "", "BÁO CÁO").with_name("scan.jpg")).convert("RGB")
    ink = Image.new("RGBA", (600, 600), (255, 255, 255, 0))
    pen, font = ImageDraw.Draw(ink), ImageFont.truetype(BOLD, 44)
    left, top, right, bottom = pen.textbbox((300, 300), stamp, font=font, anchor="mm")
    pen.rectangle((left - 25, top - 18, right + 25, bottom + 18), outline="#c8283c", width=4)
    pen.text((300, 300), stamp, font=font, fill="#c8283c", anchor="mm")
    ink = ink.rotate(degrees, Image.Resampling.BICUBIC)
    paper.paste(ink, (90, 100), ink)
    if rough:
        noise = np.random.default_rng(1).normal(0, 18, (paper.height, paper.width, 3))
        paper = Image.fromarray(np.clip(np.asarray(paper) + noise, 0, 255).astype(np.uint8))
    paper.save(folder / "tilted.jpg", quality=75, dpi=(200, 200))
    (folder / "tilted.pdf").write_bytes(img2pdf.convert(str(folder / "tilted.jpg")))
    return folder / "tilted.pdf"


@pytest.mark.tools
@pytest.mark.rule("HC-02")
@pytest.mark.parametrize(
    ("stamp", "degrees", "rough", "mark"),
    [
        ("MẬT", 5, False, "MẬT"),
        ("MẬT", -8, True, "MẬT"),
        ("TỐI MẬT", 12, False, "TỐI MẬT"),
        ("TUYỆT MẬT", -6, True, "TUYỆT MẬT"),
        ("HỎA TỐC", 8, False, None),
    ],
)
def test_a_stamp_set_askew_is_read(
    tmp_path: Path, stamp: str, degrees: float, rough: bool, mark: str | None
) -> None:
    pdf = tilted(tmp_path, stamp, degrees, rough)
    read = read_page(pdf, 1, PageSize(595, 842), tmp_path / "layer.pdf")
    found = suspicion([read])
    assert (found.mark if found else None) == mark
    assert stamp in read.text()


@given(st.text())
def test_any_name_and_any_words_can_be_asked_about(text: str) -> None:
    mark_in_name(text)
    mark_in_fields({text: text})
    suspicion([page((0.2, 0.18, text))])
