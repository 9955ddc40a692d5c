"""The pages that the other benchmarks read: made from our own words, the same each time.

    python benchmarks/corpus.py OUT [--pages 40] [--born 30] [--dpi 200]

OUT gets `lightDPI/` and `hardDPI/`, each with `pages/NAME.jpg`, the text that is on it in
`pages/NAME.txt`, and `pdf/*.pdf` of four pages each; and `born/one_*.pdf`, a page or two each. The
texts are put together from `samples/words`, administrative papers that we wrote; `samples/scanner`
does to them what a scanner does. Hard pages are skewed, pale, noisy, dirty, and some lie sideways.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from samples import scanner
from samples.paper import WORDS, Paper, print_paper, read_paper

PAGES_A_FILE = 4
SIDEWAYS = 10  # one hard page in so many
WORDS_A_PAGE = 380


def main() -> None:
    """Make it."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("out", type=Path)
    asked.add_argument("--pages", type=int, default=40, help="of each kind of scan")
    asked.add_argument("--born", type=int, default=30, help="born-digital documents")
    asked.add_argument("--dpi", type=int, default=200)
    given = asked.parse_args()
    make(given.out, given.pages, given.born, given.dpi)


def make(out: Path, pages: int, born: int, dpi: int = 200) -> None:
    """Everything, into a new folder."""
    (out / "born").mkdir(parents=True)
    for number in range(born):
        print_paper(letter(number), out / "born" / f"one_{number:03}.pdf")
    parts = [out / f"{name}{dpi}" for name in ("light", "hard")]
    for part in parts:
        (part / "pages").mkdir(parents=True)
        (part / "pdf").mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(pages):
            printed = Path(scratch) / "printed.pdf"
            print_paper(plain_page(number), printed)
            page, text = first_page(printed, dpi)
            for part, scan in zip(parts, (light(page, number), hard(page, number)), strict=True):
                keep(part / "pages" / f"{number:03}", *scan, text, dpi)
    for part in parts:
        bind(part)


def plain_page(seed: int) -> Paper:
    """A page without a letterhead: in one column the order of its words is beyond doubt."""
    chosen = random.Random(seed)
    return Paper({}, (f"# {chosen.choice(headings())}", *some_paragraphs(chosen, WORDS_A_PAGE)))


def letter(seed: int) -> Paper:
    """A whole document with letterhead and signer, as its like in `samples/words`."""
    chosen = random.Random(seed)
    whole = [paper for paper in papers() if {"number", "signer"} <= paper.fields.keys()]
    model = chosen.choice(whole)
    notation = model.fields["number"].partition("/")[2]
    fields = {
        **model.fields,
        "number": f"{seed + 1:02}/{notation}",
        "date": f"ngày {chosen.randint(3, 28):02} tháng {chosen.randint(3, 12)} năm 2026",
    }
    return replace(
        model, fields=fields, paragraphs=(*some_paragraphs(chosen, WORDS_A_PAGE), "[signature]")
    )


def papers() -> list[Paper]:
    """All papers that we wrote, in order of their names."""
    return [read_paper(path.stem) for path in sorted(WORDS.glob("*.txt"))]


def headings() -> list[str]:
    """The headings in those papers."""
    lines = [line for paper in papers() for line in paper.paragraphs]
    return [line[2:] for line in lines if line.startswith("# ")]


def some_paragraphs(chosen: random.Random, words: int) -> Iterator[str]:
    """Whole paragraphs, in an order of their own, until there are words enough."""
    lines = [line for paper in papers() for line in paper.paragraphs]
    bodies = sorted({line for line in lines if line[0] not in "#~[" and len(line) > 60})
    while words > 0:
        line = chosen.choice(bodies)
        words -= len(line.split())
        yield line


def first_page(pdf: Path, dpi: int) -> tuple[Image.Image, str]:
    """The picture of the first page, and the text on it."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = str(document[0].get_textpage().get_text_range())
    return scanner.photograph_pages(pdf, dpi)[0], " ".join(text.split()) + "\n"


def light(page: Image.Image, number: int) -> tuple[Image.Image, int]:
    """The page off a good scanner, laid a little askew, and the quality of its JPEG."""
    how = replace(scanner.CLEAN, skew=random.Random(number).uniform(-0.4, 0.4))
    return scanner.scan(page, how, number), how.quality


def hard(page: Image.Image, number: int) -> tuple[Image.Image, int]:
    """The page off a bad one, laid askew or even sideways."""
    how = replace(scanner.HARD, skew=random.Random(number).uniform(-2, 2))
    scan = scanner.scan(page, how, number)
    if number % SIDEWAYS == SIDEWAYS - 1:
        scan = scan.transpose(Image.Transpose.ROTATE_90)
    return scan, how.quality


def keep(name: Path, scan: Image.Image, quality: int, text: str, dpi: int) -> None:
    """Picture and text side by side."""
    name.with_suffix(".jpg").write_bytes(scanner.jpeg(scan, dpi, quality))
    name.with_suffix(".txt").write_text(text, encoding="utf-8")


def bind(part: Path) -> None:
    """PDF files of a few scans each, in order."""
    scans = [one.read_bytes() for one in sorted((part / "pages").glob("*.jpg"))]
    for start in range(0, len(scans), PAGES_A_FILE):
        to = part / "pdf" / f"{start // PAGES_A_FILE:03}.pdf"
        scanner.write_scan(scans[start : start + PAGES_A_FILE], to)


if __name__ == "__main__":
    main()
