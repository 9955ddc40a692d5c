"""The whole road against bare Tesseract on the same pages, side by side in one run.

    python benchmarks/road.py CORPUS [--rounds 2] [--born 60]

`benchmarks/corpus.py CORPUS` makes `light200/`, `hard200/` (each with `pages/*.jpg` and
`pdf/*.pdf`) and `born/*.pdf`.
The baseline is `tesseract -l vie` with Sauvola thresholding, one process a core, one thread each.
The road is what a person gets: text, PDF/A, seal, veraPDF, index, every event written down.
Machines are shared and their speed drifts: quote the ratios, not the seconds.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import pikepdf

CORES = os.cpu_count() or 1
LUUTRU = Path(sys.executable).with_name("luutru")


def main() -> None:
    """Print one line for each corpus and round, then the medians."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--born", type=int, default=60, help="how many born-digital documents")
    given = asked.parse_args()
    for name, wanted, aim in (("light200", 0.75, 0.9), ("hard200", 0.55, 0.7)):
        scans(given.corpus / name, given.rounds, wanted, aim)
    born(given.corpus / "born", given.born, given.rounds)


def scans(corpus: Path, rounds: int, wanted: float, aim: float) -> None:
    """Pages a second of the road and of the baseline, and how they compare."""
    pdfs = sorted((corpus / "pdf").glob("*.pdf"))
    pages = sum(count_pages(one) for one in pdfs)
    pictures = sorted((corpus / "pages").glob("*.jpg"))[:pages]
    ratios = []
    for _ in range(rounds):
        bare = len(pictures) / seconds_of_tesseract(pictures)
        road, memory = seconds_of_road(pdfs)
        ratios.append(pages / road / bare)
        print(
            f"{corpus.name}: bare {bare:.2f} pages/s, road {pages / road:.2f} pages/s "
            f"({len(pdfs) / road * 60:.0f} documents/min), ratio {ratios[-1]:.2f}, "
            f"our memory {memory} MB",
            flush=True,
        )
    print(f"{corpus.name}: median ratio {median(ratios):.2f} (at least {wanted}, aim {aim})\n")


def born(corpus: Path, count: int, rounds: int) -> None:
    """Documents a minute of born-digital PDFs."""
    speeds = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            batch = Path(folder) / str(number)
            copies = varied(sorted(corpus.glob("one_*.pdf")), count, batch)
            road, memory = seconds_of_road(copies)
            speeds.append(count / road * 60)
            print(f"born: {speeds[-1]:.0f} documents/min, our memory {memory} MB", flush=True)
    print(f"born: median {median(speeds):.0f} documents/min (at least 100, aim 180)")


def seconds_of_tesseract(pictures: list[Path]) -> float:
    """Wall time of one process a core over all the pictures."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}

    def read(picture: Path) -> None:
        command = ["tesseract", str(picture), "-", "-l", "vie", "-c", "thresholding_method=2"]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    began = time.monotonic()
    with ThreadPoolExecutor(CORES) as readers:
        list(readers.map(read, pictures))
    return time.monotonic() - began


def seconds_of_road(pdfs: list[Path]) -> tuple[float, int]:
    """Wall time from the first file's reception to the last one's entry in the index."""
    with tempfile.TemporaryDirectory(prefix="luutru-bench-") as home:
        environment = {**os.environ, "LUUTRU_HOME": home}
        subprocess.run([LUUTRU, "setup"], env=environment, check=True, capture_output=True)
        began = time.monotonic()
        done = subprocess.Popen([LUUTRU, "receive", *pdfs, "--wait"], env=environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        _, status, used = os.wait4(done.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit("not every file was shelved")
        return time.monotonic() - began, used.ru_maxrss // 1024


def varied(originals: list[Path], count: int, folder: Path) -> list[Path]:
    """Copies that differ in their title, so that no two have the same bytes."""
    folder.mkdir()
    copies = []
    for number in range(count):
        copy = folder / f"{number:04}.pdf"
        with pikepdf.open(originals[number % len(originals)]) as pdf:
            pdf.docinfo["/Title"] = f"{folder.name}-{number}"
            pdf.save(copy)
        copies.append(copy)
    return copies


def count_pages(path: Path) -> int:
    """Pages of a PDF."""
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
