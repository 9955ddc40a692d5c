"""Printed forms: HTML of our own becomes PDF/A-2a on A4, as Nghị định 30/2020 lays pages out.

Nothing is fetched: the page is given whole, and the only other things it may name are the fonts,
Liberation Serif, which has the widths of Times New Roman and all Vietnamese letters. WeasyPrint
works in a confined child, because the words in the forms are other people's.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from formats.confined import confined
from formats.errors import FormatError, ProgramFailed
from formats.fonts import font_file

VARIANT = "pdf/a-2a"
_SECONDS, _MEGABYTES = 300.0, 3072
_STYLES = {"Regular": (False, False), "Bold": (True, False), "Italic": (False, True),
           "BoldItalic": (True, True)}  # fmt: skip
_SCHEME = "font:"


@dataclass(frozen=True)
class Sheet:
    """How the pages look.

    Attributes:
        is_landscape: A4 on its side, for the books with ten columns.
        mark: what stands small at the foot of every page: where it was taken from.
        first_number: of the first page; a first page that begins a document shows none.
        css: what this form needs beside the common rules.
        is_numbered: whether pages show their numbers.
    """

    is_landscape: bool = False
    mark: str = ""
    first_number: int = 1
    css: str = ""
    is_numbered: bool = True


class TooLarge(FormatError):
    """More was to be printed than one booklet can hold."""


def to_pdfa(body: str, out: Path, *, title: str, sheet: Sheet | None = None) -> int:
    """Print a body of HTML; how many pages it has.

    Args:
        body: what stands inside `<body>`; every word in it was escaped.
        out: where the PDF/A is written.
        title: what readers show in the place of the file name.
        sheet: how the pages look.

    Raises:
        TooLarge: `print_too_large`: time or memory did not suffice for it.
        ProgramMissing: fonts.
        ProgramFailed: it broke.
    """
    fonts = {_SCHEME + style: str(_font(style)) for style in _STYLES}
    try:
        return confined(
            _write, body, out, title, sheet or Sheet(), fonts,
            seconds=_SECONDS, megabytes=_MEGABYTES,
        )  # fmt: skip
    except ProgramFailed as failure:
        out.unlink(missing_ok=True)
        if failure.code in ("program_timeout", "out_of_memory"):
            raise TooLarge("print_too_large", said=failure.code) from failure
        raise


def _font(style: str) -> Path:
    bold, italic = _STYLES[style]
    return font_file("Serif", bold=bold, italic=italic)


# ── in the child ─────────────────────────────────────────────────────────────────────────────


def _write(body: str, out: Path, title: str, sheet: Sheet, fonts: dict[str, str]) -> int:
    from PIL import ImageFile
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # it takes half a picture for a whole, ever after
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    fetcher = _only(fonts)
    faces = FontConfiguration()
    style = CSS(string=_style(sheet), font_config=faces, url_fetcher=fetcher)
    page = HTML(string=_whole(body, title), url_fetcher=fetcher, base_url="about:blank")
    document = page.render(
        stylesheets=[style], font_config=faces, presentational_hints=False,
        pdf_variant=VARIANT, pdf_tags=True,
    )  # fmt: skip
    document.write_pdf(out, pdf_variant=VARIANT, pdf_tags=True)
    return len(document.pages)


def _only(fonts: dict[str, str]):  # type: ignore[no-untyped-def]  # WeasyPrint has no types
    """A fetcher that knows the fonts and nothing else."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Fonts(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url not in fonts:
                raise FatalURLFetchingError(f"forms fetch nothing: {url}")
            return URLFetcherResponse(url, Path(fonts[url]).read_bytes())

    return Fonts()


def _whole(body: str, title: str) -> str:
    from html import escape

    made = datetime.now(UTC).isoformat(timespec="seconds")
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="generator" content="Lưu Trữ"><meta name="dcterms.created" content="{made}">'
        f"</head><body>{body}</body></html>"
    )


def _style(sheet: Sheet) -> str:
    faces = "".join(
        f"@font-face {{ font-family: Form; src: url({_SCHEME}{style});"
        f" font-weight: {'bold' if bold else 'normal'};"
        f" font-style: {'italic' if italic else 'normal'} }}\n"
        for style, (bold, italic) in _STYLES.items()
    )
    number = "counter(page)" if sheet.is_numbered else "none"
    size = "A4 landscape" if sheet.is_landscape else "A4"
    unnumbered = "@top-center { content: none }" if sheet.first_number <= 1 else ""
    first = f"@page :first {{ counter-reset: page {sheet.first_number}; {unnumbered} }}\n"
    return f"""{faces}
@page {{ size: {size}; margin: 20mm 15mm 20mm 30mm; font-family: Form;
  @top-center {{ content: {number}; font-size: 13pt }}
  @bottom-left {{ content: {_quoted(sheet.mark)}; font-size: 8pt; color: #444;
    white-space: nowrap }}
}}
{first}{COMMON}{sheet.css}"""


def _quoted(text: str) -> str:
    """A CSS string: whatever is in it stays words."""
    return '"' + "".join(f"\\{ord(sign):x} " if sign in '\\"\n<' else sign for sign in text) + '"'


COMMON = """
body { font-family: Form; font-size: 13pt; line-height: 1.25; margin: 0; color: #000 }
p { margin: 0 0 3pt 0; text-align: justify }
h1 { font-size: 14pt; text-align: center; margin: 12pt 0 2pt 0; line-height: 1.3;
  bookmark-level: none }
.under { text-align: center; margin-bottom: 10pt }
.state { width: 100%; border-collapse: collapse; margin-bottom: 8pt }
.state td { vertical-align: top; text-align: center; padding: 0 }
.state .organ { width: 42%; padding-right: 4mm }
.state .land { width: 58% }
.state b { display: block }
.state .name { text-transform: uppercase; font-size: 12pt }
.state .country { font-size: 12pt; white-space: nowrap }
.state .motto { font-size: 13pt; font-weight: bold; display: inline-block;
  border-bottom: 0.75pt solid #000; padding-bottom: 1pt }
.state .rule { display: block; width: 40%; margin: 2pt auto 0 auto;
  border-bottom: 0.75pt solid #000 }
.state .day { font-style: italic; font-size: 13pt; padding-top: 6pt }
table.lines { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: 12pt;
  line-height: 1.15 }
table.lines th, table.lines td { border: 0.75pt solid #000; padding: 2pt 3pt;
  vertical-align: top; overflow-wrap: anywhere }
table.lines th { text-align: center; vertical-align: middle; font-weight: bold }
table.lines thead tr.order th { font-weight: normal; font-style: italic; padding: 0 3pt }
table.lines tr { break-inside: avoid }
.unbroken { white-space: nowrap }
table.lines td.mid { text-align: center }
table.lines td.num { text-align: right }
table.lines tr.head td { font-weight: bold }
table.lines tr.gone td { text-decoration: line-through }
table.lines tr.gone td.kept { text-decoration: none }
.total { margin-top: 8pt }
.end { break-inside: avoid }
.sign { width: 100%; border-collapse: collapse; margin-top: 14pt; break-inside: avoid }
.sign td { text-align: center; vertical-align: top; width: 50%; padding: 0 }
.sign .role { font-weight: bold; display: block; text-transform: uppercase }
.sign .hint { font-style: italic; display: block; font-size: 12pt }
.sign .said { display: block; font-size: 11pt; height: 18mm; padding: 4mm 6mm 0 6mm;
  white-space: pre-line }
.sign .room { display: block; height: 22mm }
.sign .who { font-weight: bold; display: block }
.dots { border-bottom: 0.75pt dotted #000; height: 17pt; margin: 0 }
"""
