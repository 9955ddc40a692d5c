"""Bad scans of two regulations, read by our own road: misread papers for `relevance.py`.

    python benchmarks/misreadings.py [--dpi 100]

They are kept as they were read (`misread/NAME.txt`, one line an article) and are papers of the
collection. How often which word was read as which (`misread/words.txt`) makes misread questions
about the others: no question meets the reading that it was made from.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.corpus import first_page, hard, keep
from benchmarks.ocr_confusions import _differences, _words
from benchmarks.ocr_quality import _by_us
from benchmarks.regulations import articles
from samples.paper import Paper, print_paper

HERE = Path(__file__).parent / "misread"
KEPT_AS_READ = ("03-2014-qd-ubnd", "530-qd-sxd")
WORDS_A_PAGE = 330  # so many lie on one page for sure


def main() -> None:
    """Print, scan and read them."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--dpi", type=int, default=100)
    dpi = asked.parse_args().dpi
    HERE.mkdir(exist_ok=True)
    for name in KEPT_AS_READ:
        texts: dict[int, list[str]] = {}
        for page, text in _read(name, dpi):
            texts.setdefault(page.article, []).extend(text.split())
        lines = "".join(f"{' '.join(words)}\n" for _, words in sorted(texts.items()))
        (HERE / f"{name}.txt").write_text(lines, encoding="utf-8")
    count(dpi)


def count(dpi: int) -> None:
    """What was read otherwise than it is, from the texts as they were read."""
    found: Counter[tuple[str, str]] = Counter()
    total = 0
    for name in KEPT_AS_READ:
        read = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        for text, line in zip(articles(name), read, strict=True):
            found.update(_differences(_words(text), _words(line)))
            total += len(_words(text))
    told = [f"# {sum(found.values())} of {total} words; bad scans of {dpi} dpi\n"]
    told += [f"{a}\t{b}\t{n}\n" for (a, b), n in sorted(found.items()) if a and b]
    (HERE / "words.txt").write_text("".join(told), encoding="utf-8")


@dataclass(frozen=True)
class _Page:
    """A page of an article: what is on it, and its scan."""

    name: str
    article: int
    text: str
    scan: Path


def _read(name: str, dpi: int) -> Iterator[tuple[_Page, str]]:
    """The pages of a regulation, each with what was read."""
    with tempfile.TemporaryDirectory() as folder:
        pages = list(_scanned(name, Path(folder), dpi))
        yield from zip(pages, _by_us([one.scan for one in pages]), strict=True)


def _scanned(name: str, folder: Path, dpi: int) -> Iterator[_Page]:
    printed = folder / "printed.pdf"
    for article, whole in enumerate(articles(name)):
        words = whole.split()
        for at in range(0, len(words), WORDS_A_PAGE):
            print_paper(Paper({}, (" ".join(words[at : at + WORDS_A_PAGE]),)), printed)
            page, text = first_page(printed, dpi)
            scan = folder / f"{name}-{article:02}-{at:04}"
            keep(scan, *hard(page, article * 7 + at + 1), text, dpi)
            yield _Page(name, article, " ".join(text.split()), scan.with_suffix(".jpg"))


if __name__ == "__main__":
    main()
