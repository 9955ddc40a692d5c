"""What a desk, a pen, a stamp and a scanner do to a paper: pictures, made worse on purpose.

Everything is drawn from seeds, so a page comes out the same each time. The seal says that it is
a specimen, and the signers are invented: nobody's real seal or hand is copied.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import img2pdf
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Pixels = NDArray[np.floating]
FONTS = Path("/usr/share/fonts/truetype/liberation2")
RED = (196, 22, 38)
BLUE = (24, 42, 150)
A4 = (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297))


@dataclass(frozen=True)
class Scan:
    """How badly a page was scanned; lengths are in pixels of the scan."""

    skew: float = 0.3  # degrees
    blur: float = 0.5
    noise: float = 2
    shade: float = 0  # how much darker one corner is than the other, in grey levels
    contrast: float = 1
    specks: float = 0  # share of pixels that are dirt
    quality: int = 64
    paper: tuple[int, int, int] = (252, 251, 246)


CLEAN = Scan()
HARD = Scan(
    skew=-1.6,
    blur=1.0,
    noise=15,
    shade=45,
    contrast=0.7,
    specks=0.0006,
    quality=40,
    paper=(236, 231, 218),
)


def photograph_pages(pdf: Path, dpi: int) -> list[Image.Image]:
    """Every page of a PDF as a colour picture."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]


def find_words(pdf: Path, words: str, dpi: int) -> tuple[int, tuple[float, float, float, float]]:
    """Page index and box (left, top, right, bottom in pixels) of the last place of these words."""
    found = None
    with pypdfium2.PdfDocument(pdf) as document:
        for index, page in enumerate(document):
            text, scale = page.get_textpage(), dpi / 72
            search = text.search(words)
            while (at := search.get_next()) is not None:
                boxes = [text.get_charbox(i) for i in range(at[0], at[0] + at[1])]
                left, right = min(b[0] for b in boxes), max(b[2] for b in boxes)
                bottom, top = min(b[1] for b in boxes), max(b[3] for b in boxes)
                height = page.get_height()
                found = (
                    index,
                    (
                        left * scale,
                        (height - top) * scale,
                        right * scale,
                        (height - bottom) * scale,
                    ),
                )
    if found is None:
        raise ValueError(f"{words!r} is not in {pdf.name}")
    return found


def sign_and_stamp(
    pages: list[Image.Image], pdf: Path, signer: str, ring: str, middle: str, *, dpi: int, seed: int
) -> None:
    """A blue signature above the signer's name and a round red seal over its left third."""
    index, (left, top, right, _) = find_words(pdf, signer, dpi)
    page, mm = pages[index], dpi / 25.4
    hand = signature(round(44 * mm), round(22 * mm), seed)
    x, y = (left + right) / 2 - hand.width * 0.36, top - 23 * mm
    page.paste(hand, (round(x), round(y)), hand)
    seal = round_seal(round(34 * mm), ring, middle, seed)
    corner = (round(x + hand.width * 0.06 - seal.width / 2), round(y + 9 * mm - seal.height / 2))
    _press(page, seal, corner)


def _press(page: Image.Image, ink: Image.Image, corner: tuple[int, int]) -> None:
    """Ink darkens the paper and lets what is printed below shine through."""
    box = (*corner, corner[0] + ink.width, corner[1] + ink.height)
    below = np.asarray(page.crop(box), dtype=np.float32) / 255
    colour = np.asarray(ink, dtype=np.float32) / 255
    alpha = colour[..., 3:]
    mixed = below * (1 - alpha + alpha * colour[..., :3])
    page.paste(Image.fromarray((mixed * 255).astype(np.uint8)), corner)


def signature(width: int, height: int, seed: int) -> Image.Image:
    """A hand-written flourish in blue ink on nothing."""
    rng = np.random.default_rng(seed)
    big = Image.new("L", (width * 3, height * 3), 0)
    draw = ImageDraw.Draw(big)
    strokes = int(rng.integers(9, 13))
    xs = np.cumsum(
        rng.uniform(0.35, 1.25, strokes) * np.where(np.arange(strokes) % 3 == 2, -0.4, 1)
    )
    xs = 0.05 + 0.66 * (xs - xs.min()) / (xs.max() - xs.min())
    ys = 0.5 + np.where(np.arange(strokes) % 2, 0.3, -0.3) * rng.uniform(0.15, 1.4, strokes)
    tail = np.array(
        [[0.86, 0.3], [0.97, 0.44], [0.7, 0.72], [0.24, 0.84], [0.55, 0.9], [0.94, 0.62]]
    )
    xs, ys = np.append(xs, tail[:, 0]), np.clip(np.append(ys, tail[:, 1]), 0.06, 0.94)
    points = _spline(np.stack([xs * big.width, ys * big.height], axis=1))
    speed = np.hypot(*np.diff(points, axis=0).T)
    for (x, y), pace in zip(points[1:], speed, strict=True):
        radius = big.height * (0.006 + 0.012 / (1 + pace / 5))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=215)
    mask = big.resize((width, height), Image.Resampling.LANCZOS)
    ink = Image.new("RGBA", mask.size, (*BLUE, 0))
    ink.putalpha(mask)
    return ink


def _spline(knots: NDArray[np.float64], steps: int = 400) -> NDArray[np.float64]:
    """Catmull-Rom through the knots: the smooth way of a pen."""
    padded = np.vstack([knots[:1], knots, knots[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2)
            + 0.5 * (3 * b - a - 3 * c + d) * t**3
        )
    return np.vstack(parts)


def round_seal(size: int, ring: str, middle: str, seed: int) -> Image.Image:
    """A round red seal of a specimen, unevenly inked and a little turned."""
    side = size * 3
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    for inset, width in ((0.01, 0.022), (0.05, 0.008), (0.235, 0.01)):
        edge = inset * side
        draw.ellipse((edge, edge, side - edge, side - edge), outline=255, width=round(width * side))
    _write_round(mask, ring, side * 0.357, round(side * 0.098))
    _star(draw, side / 2, side * 0.36, side * 0.075)
    font = ImageFont.truetype(FONTS / "LiberationSans-Bold.ttf", round(side * 0.066))
    for row, line in enumerate(middle.split("|")):
        at = (side / 2, side * (0.5 + row * 0.085))
        draw.text(at, line, font=font, fill=255, anchor="mm")
    angle = float(np.random.default_rng(seed).uniform(-12, 12))
    mask = mask.rotate(angle, Image.Resampling.BICUBIC).resize(
        (size, size), Image.Resampling.LANCZOS
    )
    ink = Image.new("RGBA", mask.size, (*RED, 0))
    ink.putalpha(_unevenly(mask, seed))
    return ink


def _write_round(mask: Image.Image, text: str, radius: float, points: int) -> None:
    font = ImageFont.truetype(FONTS / "LiberationSans-Bold.ttf", points)
    widths = [font.getlength(letter) for letter in text]
    stretch = 2 * math.pi * radius / (sum(widths) * 1.0)  # spread over the whole circle
    at = -math.pi / 2 - math.pi * 0.78
    for letter, width in zip(text, widths, strict=True):
        step = width * stretch / radius
        tile = Image.new("L", (points * 2, points * 2), 0)
        ImageDraw.Draw(tile).text((points, points), letter, font=font, fill=255, anchor="mm")
        middle = at + step / 2
        tile = tile.rotate(-math.degrees(middle) - 90, Image.Resampling.BICUBIC)
        x = mask.width / 2 + radius * math.cos(middle) - points
        y = mask.height / 2 + radius * math.sin(middle) - points
        mask.paste(255, (round(x), round(y)), tile)
        at += step


def _star(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.4
        turn = math.radians(corner * 36 - 90)
        points.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
    draw.polygon(points, fill=255)


def _unevenly(mask: Image.Image, seed: int) -> Image.Image:
    """Where the rubber met the paper badly, there is less ink."""
    rng = np.random.default_rng(seed + 1)
    coarse = Image.fromarray(rng.integers(120, 256, (7, 7), dtype=np.uint8)).resize(
        mask.size, Image.Resampling.BICUBIC
    )
    grain = rng.uniform(0.72, 1.0, (mask.height, mask.width))
    ink = np.asarray(mask, np.float32) * (np.asarray(coarse, np.float32) / 255) ** 0.5 * grain
    return Image.fromarray(np.clip(ink * 0.95, 0, 255).astype(np.uint8))


def stamp_box(page: Image.Image, words: str, at_mm: tuple[float, float], dpi: int) -> None:
    """A boxed red rubber stamp, such as marks of secrecy or urgency are."""
    mm = dpi / 25.4
    width, height = round(22 * mm), round(9 * mm)
    mask = Image.new("L", (width * 3, height * 3), 0)
    draw = ImageDraw.Draw(mask)
    draw.rectangle((6, 6, width * 3 - 7, height * 3 - 7), outline=255, width=round(1.6 * mm))
    font = ImageFont.truetype(FONTS / "LiberationSerif-Bold.ttf", round(height * 2.0))
    draw.text((width * 1.5, height * 1.5), words, font=font, fill=255, anchor="mm")
    mask = mask.resize((width, height), Image.Resampling.LANCZOS)
    mask = mask.rotate(2.2, Image.Resampling.BICUBIC, expand=True)
    ink = Image.new("RGBA", mask.size, (*RED, 0))
    ink.putalpha(_unevenly(mask, 3))
    _press(page, ink, (round(at_mm[0] * mm), round(at_mm[1] * mm)))


def scan(page: Image.Image, how: Scan, seed: int) -> Image.Image:
    """The page as it comes off the scanner's glass."""
    rng = np.random.default_rng(seed)
    tint = np.asarray(how.paper, dtype=np.float32) / 255
    pixels: Pixels = np.asarray(page, dtype=np.float32) * tint
    turned = Image.fromarray(pixels.astype(np.uint8)).rotate(
        how.skew, Image.Resampling.BICUBIC, fillcolor=how.paper
    )
    pixels = np.asarray(turned.filter(ImageFilter.GaussianBlur(how.blur)), dtype=np.float32)
    height, width = pixels.shape[:2]
    slope = np.linspace(0, 1, width)[None, :] * 0.6 + np.linspace(0, 1, height)[:, None] * 0.4
    pixels = 255 - (255 - pixels) * how.contrast - (how.shade * slope[..., None])
    dirt = rng.random((height, width)) < how.specks
    pixels[dirt] = 25
    grain = rng.normal(0, how.noise, (height, width, 1)) + rng.normal(0, 1, (height, width, 3))
    return Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8))


def jpeg(page: Image.Image, dpi: int, quality: int) -> bytes:
    """The picture as a JPEG that knows its resolution."""
    out = io.BytesIO()
    page.save(out, "JPEG", quality=quality, dpi=(dpi, dpi), optimize=True)
    return out.getvalue()


def write_scan(pictures: Sequence[bytes], to: Path) -> None:
    """A PDF of pictures alone, one A4 page each (turned where the picture is wide)."""
    layout = img2pdf.get_layout_fun(A4, auto_orient=True)
    to.write_bytes(img2pdf.convert(list(pictures), layout_fun=layout, nodate=True))


def photo_of(page: Image.Image, seed: int) -> Image.Image:
    """The page on a wooden desk, taken by a telephone from not quite above."""
    rng = np.random.default_rng(seed)
    width, height = 1500, 2000
    corners = [(92, 70), (1418, 92), (1440, 1930), (66, 1912)]
    desk = _desk(width, height, rng)
    shadow = Image.new("L", desk.size, 0)
    ImageDraw.Draw(shadow).polygon([(x + 14, y + 18) for x, y in corners], fill=130)
    desk.paste((20, 14, 10), (0, 0), shadow.filter(ImageFilter.GaussianBlur(16)))
    bend = _perspective(corners, page.size)
    laid = page.transform(desk.size, Image.Transform.PERSPECTIVE, bend, Image.Resampling.BICUBIC)
    sheet = Image.new("L", desk.size, 0)
    ImageDraw.Draw(sheet).polygon(corners, fill=255)
    desk.paste(laid, (0, 0), sheet.filter(ImageFilter.GaussianBlur(0.8)))
    pixels = np.asarray(desk.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float32)
    y, x = np.mgrid[0:height, 0:width]
    light = 1.02 - 0.34 * np.hypot((x - width * 0.35) / width, (y - height * 0.3) / height)
    warm = np.asarray([1.0, 0.975, 0.92], dtype=np.float32)
    lit = pixels * light[..., None] * warm + rng.normal(0, 4, (height, width, 1))
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))


def _desk(width: int, height: int, rng: np.random.Generator) -> Image.Image:
    grain = rng.normal(0, 1, (height, 1)) * 9 + rng.normal(0, 1, (height, width)) * 4
    smooth = Image.fromarray(np.clip(grain + 128, 0, 255).astype(np.uint8))
    waves = np.asarray(smooth.filter(ImageFilter.BoxBlur(3)), dtype=np.float32)[..., None] - 128
    wood = np.asarray((122, 82, 52), dtype=np.float32) + waves * np.float32(2.2)
    return Image.fromarray(np.clip(wood, 0, 255).astype(np.uint8))


def _perspective(corners: Sequence[tuple[float, float]], size: tuple[int, int]) -> list[float]:
    """Pillow's eight numbers that lay a page of this size onto the four corners."""
    width, height = size
    targets = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, wanted = [], []
    for (x, y), (u, v) in zip(corners, targets, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return [float(n) for n in np.linalg.solve(np.array(rows, float), np.array(wanted, float))]
