"""Scans for tests: pages with known words, as a scanner, a bad copier or a stamp leaves them."""

import io
import math
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import img2pdf
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

_FONTS = Path("/usr/share/fonts/truetype/liberation2")
REGULAR = _FONTS / "LiberationSerif-Regular.ttf"
LINES = (
    "ỦY BAN NHÂN DÂN TỈNH KON TUM",
    "QUYẾT ĐỊNH",
    "Ban hành Quy định về công tác văn thư, lưu trữ trên địa bàn tỉnh",
    "Căn cứ Luật Lưu trữ ngày 11 tháng 11 năm 2011;",
    "Hồ sơ, tài liệu được thu thập vào Lưu trữ lịch sử phải là bản chính,",
    "bản gốc; trường hợp không còn thì có thể thay thế bằng bản sao hợp pháp.",
    "Người đứng đầu cơ quan chịu trách nhiệm quản lý tài liệu của cơ quan mình.",
)
RED = (214, 38, 52)


def sheet(lines: Sequence[str] = LINES, *, dpi: int = 200, points: float = 13) -> Image.Image:
    """An A4 page with these lines, in colour."""
    pixels = dpi / 72
    font = ImageFont.truetype(str(REGULAR), round(points * pixels))
    picture = Image.new("RGB", (round(8.27 * dpi), round(11.69 * dpi)), (250, 250, 250))
    pen = ImageDraw.Draw(picture)
    for index, line in enumerate(lines):
        place = (dpi * 1.0, dpi * 1.0 + index * points * 1.5 * pixels)
        pen.text(place, line, font=font, fill=(25, 25, 25))
    return picture


def copied_badly(picture: Image.Image) -> Image.Image:
    """Pale, blurred, noisy and full of specks."""
    random = np.random.default_rng(7)
    grey = 255 - (255 - np.asarray(picture.convert("L"), dtype=np.float32)) * 0.7
    grey = np.asarray(Image.fromarray(grey.astype(np.uint8)).resize(picture.size), np.float32)
    grey[random.random(grey.shape) < 0.002] = 20
    grey += random.normal(0, 24, grey.shape)
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def stamped(picture: Image.Image, x: float, y: float) -> Image.Image:
    """With a round red stamp of 36 mm around this place (inches)."""
    dpi = picture.width / 8.27
    ink = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(ink)
    font = ImageFont.truetype(str(REGULAR), round(11 * dpi / 72))
    across, down, radius = x * dpi, y * dpi, 18 / 25.4 * dpi
    for share, width in ((1.0, 8), (0.7, 4)):
        box = [across - radius * share, down - radius * share]
        box += [across + radius * share, down + radius * share]
        pen.ellipse(box, outline=RED, width=width)
    for index, letter in enumerate("ỦY BAN NHÂN DÂN TỈNH KON TUM"):
        angle = index / 28 * math.tau
        place = (across + radius * 0.84 * math.cos(angle), down + radius * 0.84 * math.sin(angle))
        pen.text(place, letter, font=font, fill=RED, anchor="mm")
    pen.regular_polygon((across, down, radius * 0.3), 5, fill=RED)
    return Image.fromarray(np.minimum(np.asarray(picture), np.asarray(ink)))


def jpeg(picture: Image.Image, dpi: int = 200) -> bytes:
    """The picture as a scanner's JPEG."""
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=80, dpi=(dpi, dpi))
    return packed.getvalue()


def scan(path: Path, *pictures: Image.Image, dpi: int = 200) -> Path:
    """A PDF with one picture a page."""
    path.write_bytes(img2pdf.convert([jpeg(picture, dpi) for picture in pictures]))
    return path


def born_digital(path: Path, *pages: Sequence[str]) -> Path:
    """A PDF of text, one page for each sequence of lines."""
    pdfmetrics.registerFont(TTFont("Serif", str(REGULAR)))
    paper = canvas.Canvas(str(path), pagesize=(595, 842))
    for lines in pages:
        paper.setFont("Serif", 13)
        for index, line in enumerate(lines):
            paper.drawString(72, 842 - 72 - index * 20, line)
        paper.showPage()
    paper.save()
    return path


def words_of(lines: Sequence[str] = LINES) -> list[str]:
    """What should be read from these lines."""
    return unicodedata.normalize("NFC", " ".join(lines)).split()


def share_read(found: str, lines: Sequence[str] = LINES) -> float:
    """How many of the known words are among those found."""
    known = words_of(lines)
    return sum(word in found.split() for word in known) / len(known)
