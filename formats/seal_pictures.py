"""The picture of an organ's seal, taken apart in a child and written anew: no more stays in it.

A PNG or an SVG becomes a PNG with a transparent ground, without margins, so that it is printed in
its real size; without comments, scripts, names of programs, or whatever else came with it.
"""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from formats.confined import confined
from formats.errors import ProgramFailed, Unreadable

MOST_BYTES = 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST, MOST = 200, 1200  # pixels across; 36 mm at 140 and at over 800 dpi
_LEAST_TRANSPARENT = 0.1
_SECONDS, _MEGABYTES = 60.0, 1536
_PNG = b"\x89PNG\r\n\x1a\n"
_DRAWN = "seal:picture"
_SHEET = (
    "<style>@page{size:36mm 36mm;margin:0}body{margin:0}"
    "img{display:block;width:36mm;height:36mm;object-fit:contain}</style>"
    f'<img src="{_DRAWN}">'
)


@dataclass(frozen=True)
class SealPicture:
    """What became of it, in pixels."""

    width: int
    height: int


def clean_picture(source: Path, target: Path) -> SealPicture:
    """Write the picture anew as a PNG with a transparent ground.

    Args:
        source: a PNG or an SVG, as somebody sent it.
        target: where the PNG is written.

    Raises:
        Unreadable: `seal_picture_heavy`, `seal_picture_unreadable`, `seal_picture_small`,
            `seal_picture_opaque`.
    """
    if source.stat().st_size > MOST_BYTES:
        raise Unreadable("seal_picture_heavy", limit=MOST_BYTES)
    try:
        size = confined(_clean, source, target, seconds=_SECONDS, megabytes=_MEGABYTES)
    except ProgramFailed as failed:  # what brings the child down would do so again
        raise Unreadable("seal_picture_unreadable", name=source.name) from failed
    return SealPicture(*size)


# ── in the child ─────────────────────────────────────────────────────────────────────────────


def _clean(source: Path, target: Path) -> tuple[int, int]:
    from PIL import Image, ImageFile

    content = source.read_bytes()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            drawn = _as_png(content)
            ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint takes half a picture for a whole
            with Image.open(io.BytesIO(drawn), formats=("PNG",)) as opened:
                picture = opened.convert("RGBA")
        except Unreadable:
            raise
        except Exception as wrong:  # of the many ways in which such a file can be broken
            raise Unreadable("seal_picture_unreadable", name=source.name) from wrong
    box = picture.getchannel("A").point(lambda value: 255 if value > 8 else 0).getbbox()
    if box is None:
        raise Unreadable("seal_picture_unreadable", name=source.name)
    picture = picture.crop(box)
    if max(picture.size) < LEAST:
        raise Unreadable("seal_picture_small", least=LEAST)
    clear = picture.getchannel("A").histogram()[:128]
    if sum(clear) < _LEAST_TRANSPARENT * picture.width * picture.height:
        raise Unreadable("seal_picture_opaque")
    picture.thumbnail((MOST, MOST))
    bare = Image.frombytes("RGBA", picture.size, picture.tobytes())
    bare.save(target, "PNG", optimize=True)
    return bare.size


def _as_png(content: bytes) -> bytes:
    return content if content.startswith(_PNG) else _drawn(_require_svg(content))


def _require_svg(content: bytes) -> bytes:
    """An SVG without a document type, whose entities could grow without end."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    if etree.QName(root).localname != "svg" or root.getroottree().docinfo.doctype:
        raise ValueError("no SVG that is taken")
    return content


def _drawn(svg: bytes) -> bytes:
    """The SVG drawn on a page of the seal's size; whatever it wants to fetch is not there."""
    import pypdfium2
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Nothing(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url != _DRAWN:
                raise FatalURLFetchingError(f"a seal fetches nothing: {url}")
            return URLFetcherResponse(url, svg, {"Content-Type": "image/svg+xml"})

    page_file = HTML(string=_SHEET, url_fetcher=Nothing(), base_url="about:blank").write_pdf()
    packed = io.BytesIO()
    with pypdfium2.PdfDocument(page_file) as document:
        page = document[0]
        scale = MOST / page.get_width()
        page.render(scale=scale, fill_color=(255, 255, 255, 0)).to_pil().save(packed, "PNG")
    return packed.getvalue()
