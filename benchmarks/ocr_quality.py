"""How well scans are read, and how fast beside Tesseract alone.

Usage: python benchmarks/ocr_quality.py CORPUS [--pages N] [--parts light200 hard200 …]

`benchmarks/corpus.py CORPUS` makes one folder a part (with `--dpi 300` those of 300 dpi), each with
`pages/NAME.jpg` and the text that is on it in `pages/NAME.txt`. For each part two lines are
printed: the baseline (`tesseract -l vie`, Sauvola, one process a core, one thread each) and our
reading of the same pages as one PDF: pages a second, processor seconds a page, and the character
error rate (edits needed, per 100 letters known to be there; white space counts as one space).
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import img2pdf

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from formats.confined import end_children
from formats.reading import Read, read_pages_of
from formats.text import read_pages

CORES = os.cpu_count() or 1
_TARGETS = {"light200": 0.1, "hard200": 1.2}


def main() -> int:
    """Print the table; 1 when a target is missed."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--pages", type=int, default=40, help="of each part")
    asked.add_argument("--parts", nargs="*", default=["light200", "hard200"])
    asked.add_argument("--without-baseline", action="store_true")
    options = asked.parse_args()
    missed = 0
    for part in options.parts:
        scans = sorted((options.corpus / part / "pages").glob("*.jpg"))[: options.pages]
        known = [scan.with_suffix(".txt").read_text(encoding="utf-8") for scan in scans]
        if not options.without_baseline:
            _measured(part, "tesseract", scans, known, _by_tesseract)
        error = _measured(part, "luutru", scans, known, _by_us)
        missed += error > _TARGETS.get(part, 100)
    return 1 if missed else 0


def _measured(
    part: str,
    name: str,
    scans: Sequence[Path],
    known: Sequence[str],
    read: Callable[[Sequence[Path]], list[str]],
) -> float:
    """Read, print one line, and give back the character error rate in per cent."""
    end_children()
    before, started = _processor_seconds(), time.monotonic()
    found = read(scans)
    seconds = time.monotonic() - started
    end_children()
    spent = (_processor_seconds() - before) / len(scans)
    edits = sum(distance(plain(a), plain(b)) for a, b in zip(known, found, strict=True))
    error = 100 * edits / sum(len(plain(text)) for text in known)
    print(
        f"{part:10} {name:10} {len(scans):3} pages  {len(scans) / seconds:5.2f} pages/s"
        f"  {spent:5.2f} processor s/page  errors {error:6.3f} %",
        flush=True,
    )
    return error


def _processor_seconds() -> float:
    """Of ourselves and of all children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _by_tesseract(scans: Sequence[Path]) -> list[str]:
    with ThreadPoolExecutor(CORES) as cores:
        return list(cores.map(_one_by_tesseract, scans))


def _one_by_tesseract(scan: Path) -> str:
    dpi = re.sub(r"\D", "", scan.parent.parent.name) or "200"
    command = [
        "tesseract",
        str(scan),
        "-",
        "-l",
        "vie",
        "--dpi",
        dpi,
        "-c",
        "thresholding_method=2",
    ]
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode()


def _by_us(scans: Sequence[Path]) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pdf = folder / "scans.pdf"
        pdf.write_bytes(img2pdf.convert([str(scan) for scan in scans]))
        read = read_pages_of(pdf, folder / "read", cores=CORES)
        assert isinstance(read, Read)
        return [page.text() for page in read_pages(read.words)]


def plain(text: str) -> str:
    """The text as it is compared: NFC, white space as single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def distance(known: str, found: str) -> int:
    """Least number of letters to insert, remove or change (Myers, one bit a letter)."""
    places: dict[str, int] = {}
    for index, letter in enumerate(known):
        places[letter] = places.get(letter, 0) | 1 << index
    all_bits, last = (1 << len(known)) - 1, 1 << max(len(known) - 1, 0)
    more, less, edits = all_bits, 0, len(known)
    for letter in found:
        same = places.get(letter, 0)
        down = same | less
        across = (((same & more) + more) ^ more) | same
        grow = less | (~(across | more) & all_bits)
        shrink = more & across
        edits += bool(grow & last) - bool(shrink & last)
        grow, shrink = (grow << 1 | 1) & all_bits, (shrink << 1) & all_bits
        more, less = shrink | (~(down | grow) & all_bits), grow & down
    return edits if known else len(found)


if __name__ == "__main__":
    sys.exit(main())
