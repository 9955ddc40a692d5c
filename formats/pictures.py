"""Pictures and scans as a PDF of pages: the picture's own pixels, on a page of its own size.

A JPEG goes in byte for byte, fax pages keep their coding; only what a PDF cannot hold, or an
archive should not (transparency), is packed anew, and then without loss.
"""

import io
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import img2pdf
import numpy as np
import pikepdf
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from formats.confined import confined
from formats.errors import Unreadable

_MEGABYTES = 3072
_MOST_PIXELS = 200_000_000  # of one picture: A3 at 1000 dpi
_LIGHT = 100_000_000  # bytes when unpacked, up to which all frames are converted at once
_PAPER = 297.0  # millimetres: the long side of a page whose resolution is not known
_LARGEST = 1200.0
_LARGEST_AT_SCREEN_DPI = 420.0
_SCREEN_DPI = 96
_SMALLEST = 10.0
_ORIENTATION = 0x0112  # the camera's word on which side is up
_PLAIN_MODES = ("1", "L", "P", "RGB", "CMYK")


def to_pdf(picture: Path, target: Path, *, most_pages: int = 2000, seconds: float = 300) -> int:
    """Write the picture's pages as a PDF; how many there are.

    Args:
        picture: JPEG, PNG or TIFF.
        target: where the PDF is written.
        most_pages: a picture with more frames is refused.
        seconds: what it may take.

    Raises:
        Unreadable: `damaged`, `too_many_pixels`, `too_many_pages`.
        ProgramFailed: it took too long or too much memory.
    """
    return confined(_to_pdf, picture, target, most_pages, seconds=seconds, megabytes=_MEGABYTES)


def _to_pdf(path: Path, target: Path, most_pages: int) -> int:
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _converted(path, target, most_pages)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
            raise Unreadable("too_many_pixels", limit=_MOST_PIXELS) from bomb
        except (UnidentifiedImageError, OSError, SyntaxError, EOFError, struct.error) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk, not the picture
            raise Unreadable("damaged") from error
        except (img2pdf.ImageOpenError, ValueError, KeyError, TypeError, IndexError) as error:
            raise Unreadable("damaged") from error


def _converted(path: Path, target: Path, most_pages: int) -> int:
    with Image.open(path) as picture:
        frames, weight, is_plain = _looked_through(picture, most_pages)
        if is_plain and weight <= _LIGHT:
            _whole(path, target)
        else:
            _frame_by_frame(picture, target)
    return frames


def _looked_through(picture: Image.Image, most_pages: int) -> tuple[int, int, bool]:
    """How many frames, how many bytes unpacked, and whether they can go in as they are.

    Every pixel is unpacked once, so that a truncated file is noticed now and not by a reader.
    """
    frames, weight, is_plain = 0, 0, True
    for frame in ImageSequence.Iterator(picture):
        frames += 1
        if frames > most_pages:
            raise Unreadable("too_many_pages", limit=most_pages)
        if frame.width * frame.height > _MOST_PIXELS:
            raise Unreadable("too_many_pixels", width=frame.width, height=frame.height)
        is_plain = is_plain and _may_go_in_as_it_is(frame)
        _load(frame)
        weight += frame.width * frame.height * len(frame.getbands())
        if picture.format in ("JPEG", "MPO"):
            return 1, weight, is_plain  # further frames are a camera's previews
    return frames, weight, is_plain


def _load(frame: Image.Image) -> None:
    """Unpack the pixels, without the colours of an earlier frame, which Pillow forgets to drop."""
    if frame.mode not in ("P", "PA"):
        frame.palette = None
    frame.load()


def _may_go_in_as_it_is(frame: Image.Image) -> bool:
    way_up = frame.getexif().get(_ORIENTATION, 1)
    is_easily_turned = way_up == 1 or (frame.format in ("JPEG", "MPO") and way_up in (3, 6, 8))
    return frame.mode in _PLAIN_MODES and "transparency" not in frame.info and is_easily_turned


def _whole(path: Path, target: Path) -> None:
    with target.open("wb") as out:
        out.write(_page_of(str(path), first_frame_only=_is_jpeg(path)))


def _page_of(picture: str | bytes, *, first_frame_only: bool = False) -> bytes:
    """A PDF of what img2pdf makes of a picture."""
    try:
        made: bytes = img2pdf.convert(
            picture,
            layout_fun=_layout,
            rotation=img2pdf.Rotation.ifvalid,
            nodate=True,
            first_frame_only=first_frame_only,
        )
    except Exception as error:
        if type(error) is Exception:  # its own way to say that a file is damaged
            raise Unreadable("damaged") from error
        raise
    return made


def _frame_by_frame(picture: Image.Image, target: Path) -> None:
    """Each frame becomes a plain picture of its own, then a page: never all in memory."""
    with pikepdf.new() as document:
        for packed in _packed_frames(picture):
            page = io.BytesIO(_page_of(packed))
            with pikepdf.open(page) as single:
                document.pages.extend(single.pages)
        document.save(target)


def _packed_frames(picture: Image.Image) -> Iterator[bytes]:
    for frame in ImageSequence.Iterator(picture):
        _load(frame)  # some kinds of files are turned by Pillow itself
        upright = ImageOps.exif_transpose(frame)
        plain = _plain(upright)
        packed = io.BytesIO()
        told: dict[str, Any] = {}  # what Pillow's writers take differs by format
        if "dpi" in frame.info:
            told["dpi"] = tuple(float(value) for value in frame.info["dpi"])
        if plain.mode in ("1", "CMYK"):
            coding = "group4" if plain.mode == "1" else "tiff_lzw"
            plain.save(packed, "TIFF", compression=coding, **told)
        else:
            plain.save(packed, "PNG", **told)
        yield packed.getvalue()


def _plain(frame: Image.Image) -> Image.Image:
    """The frame in a form that a page can hold, transparency laid on white."""
    if frame.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in frame.info:
        clear = frame.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    if frame.mode in _PLAIN_MODES or frame.mode.startswith("I;16"):
        return frame
    if frame.mode in ("I", "F"):
        return _stretched(frame)
    return frame.convert("RGB")


def _stretched(frame: Image.Image) -> Image.Image:
    """Numbers of any range as grey: the lowest black, the highest white."""
    numbers = np.asarray(frame, dtype=np.float64)
    low, high = float(numbers.min()), float(numbers.max())
    grey = (numbers - low) * (255 / max(high - low, 1e-9))
    return Image.fromarray(grey.round().astype(np.uint8))


def _is_jpeg(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(3) == b"\xff\xd8\xff"


def _layout(wide: int, high: int, dpi: tuple[float, float]) -> tuple[float, float, float, float]:
    """Page and picture size in points: by its own resolution, if a sheet of paper comes out."""
    across, down = (max(float(value), 1e-3) for value in dpi)
    width, height = wide / across * 25.4, high / down * 25.4
    longest = max(width, height)
    at_screen_dpi = max(across, down) <= _SCREEN_DPI and longest > _LARGEST_AT_SCREEN_DPI
    if at_screen_dpi or not _SMALLEST <= longest <= _LARGEST:
        width, height = (side * _PAPER / max(wide, high) for side in (wide, high))
    points = img2pdf.mm_to_pt(width), img2pdf.mm_to_pt(height)
    return (*points, *points)
