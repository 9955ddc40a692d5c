"""Keeping and leaving on a large archive beside a small one, in one run.

    python benchmarks/retention.py [--case-files 100000] [--documents 1000000] [--database URL]

Three parts, on the rows of `large_archive.py` and `large_terms.py`:

- pages: due lists, calendar, explanation, re-appraisal, transfers; each with its questions, its
  median time on 1,000 case files and on the large archive, and the ratio. What must hold: at most
  300 ms and 15 questions.
- the night: everything that the worker looks at because of the day, in a process of its own, on the
  first days of December. What must hold: at most 60 s, and no more memory than on the small
  archive but for 64 MB.
- the end: 1,000 documents in 100 case files destroyed and proved, with their bytes, index and
  certificate (embedded only). What must hold: at most 60 s.

`--only pages|night|end` asks for one of them. With `--keep FOLDER` the filled archives stay; the
night then finds in the next run that everybody was told.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from archive import clock
from archive.database import upgrade
from archive.models import Document
from archive.settings import Settings
from benchmarks.large_archive import cast_of
from benchmarks.large_rows import Size
from benchmarks.registers import SMALL, Archive, Limits, browser, compare, filled
from tests.web.destroying import a_ruin
from web import term_watch
from web.services import Services, open_services

MOST = Limits(ms=300, times=float("inf"))
NIGHT = datetime(2026, 12, 2, 18, 0, tzinfo=UTC)
MOST_SECONDS, MOST_MEGABYTES = 60, 64
CASE_FILES, EACH = 100, 10  # that are destroyed
PAGES = {
    "the place": "/retention",
    "calendar": "/retention/calendar",
    "what ends in a year": "/retention/calendar/files?year=2030",
    "what ends in a year, far down": "/retention/calendar/files?year=2030&page={far_file}",
    "what has ended": "/retention/calendar/files?year=2025",
    "notices of ends": "/retention/notices",
    "re-appraisal": "/retention/appraisals",
    "schedule": "/retention/schedule",
    "a rule of the schedule": "/retention/schedule/rules/5",
    "explained, one case file": "/retention/case-files/{code}",
    "explained, one document": "/retention/documents/{document}",
    "to the historical archive": "/retention/transfers",
    "to the historical archive, a year": "/retention/transfers?year=2031",
    "to the historical archive, far": "/retention/transfers?page={far_due}",
    "transfers on their way": "/retention/transfers?tab=live",
    "one transfer": "/retention/transfers/TTLT-LS-2026-0001",
    "disposals": "/retention/disposals",
    "one disposal": "/retention/disposals/TTLT-HUY-2026-001",
    "home": "/",
}


def main() -> None:
    """Print what each part takes; how much does not hold is the exit code."""
    given = asked()
    failed = 0
    if given.only in ("", "pages", "night"):
        failed += on_rows(given)
    if given.only in ("", "end") and not given.database:
        failed += the_end(given)
    print(f"{failed} do not hold")
    sys.exit(failed > 0)


def asked() -> argparse.Namespace:
    """What is to be measured."""
    told = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    told.add_argument("--case-files", type=int, default=100_000)
    told.add_argument("--documents", type=int, default=1_000_000)
    told.add_argument("--database", default="", help="maintenance database of a PostgreSQL")
    told.add_argument("--keep", type=Path, help="where the filled archives stay")
    told.add_argument("--rounds", type=int, default=7)
    told.add_argument("--busy", action="store_true", help="others work here: take the best time")
    told.add_argument("--who", default="", choices=["", "keeper", "officer"])
    told.add_argument("--only", default="", choices=["", "pages", "night", "end"])
    told.add_argument("--destroyed", type=int, default=CASE_FILES, help="case files of ten each")
    return told.parse_args()


def on_rows(given: argparse.Namespace) -> int:
    """Pages and the night, on a small and on a large archive; how many do not hold."""
    sizes = (SMALL, Size(given.case_files, given.documents))
    with ExitStack() as kept:
        both = [kept.enter_context(filled(size, given)) for size in sizes]
        failed = 0
        if given.only in ("", "pages"):
            failed += pages(both, sizes, given)
        if given.only in ("", "night"):
            failed += night(both)
    return failed


# Pages --------------------------------------------------------------------------------------------


def pages(both: list[Services], sizes: tuple[Size, Size], given: argparse.Namespace) -> int:
    """For who keeps the archive, and for an officer who sees by policy, unit and hand."""
    failed = 0
    for who in ("keeper", "officer"):
        if given.who in ("", who):
            few, many = (
                at(services, who, size) for services, size in zip(both, sizes, strict=True)
            )
            failed += compare(few, many, argparse.Namespace(**{**vars(given), "only": ""}), MOST)
    return failed


def at(services: Services, who: str, size: Size) -> Archive:
    """A browser of this person, and the pages that there are."""
    cast = cast_of(services.db)
    with services.db.reading() as rows:
        document = rows.scalar(select(Document.code).where(Document.is_filed).limit(1))
    far = {"far_file": max(1, size.case_files // 200), "far_due": max(1, size.case_files // 500)}
    told = {
        name: path.replace("{document}", str(document)).format_map(Known(far))
        for name, path in PAGES.items()
    }
    made = browser(services, who, getattr(cast, who), {}, size)
    whole = browser(services, who, getattr(cast, who), told, size)
    there = {name: path for name, path in whole.pages.items() if is_there(made, path)}
    return Archive(who, whole.client, services, there)


class Known(dict[str, int]):
    """Names that are filled in; others stay as they are."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def is_there(archive: Archive, path: str) -> bool:
    """Whether there is such a page, open to this person."""
    try:
        return archive.client.get(path).status_code == 200
    except HTTPException:
        return False


# The night ----------------------------------------------------------------------------------------


def night(both: list[Services]) -> int:
    """What the day asks for, on each in a process of its own; how many do not hold."""
    print(f"{'the night':32} {'done':>9} {'seconds':>9} {'MB':>9}")
    found = [in_its_own_process(one.settings) for one in both]
    (_, few_seconds, few_memory), (_, seconds, memory) = found
    for name, (done, spent, megabytes) in zip(("small", "large"), found, strict=True):
        print(f"  {name:30} {done:9} {spent:9.1f} {megabytes:9.0f}", flush=True)
    print(
        f"  {'ratio':30} {'':9} {seconds / max(few_seconds, 0.001):9.2f} {memory / few_memory:9.2f}"
    )
    return (seconds > MOST_SECONDS) + (memory > few_memory + MOST_MEGABYTES)


def in_its_own_process(settings: Settings) -> tuple[int, float, float]:
    """How much was done, in how long, with how much memory at most."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=look, args=(settings, theirs))
    worker.start()
    theirs.close()
    told: tuple[int, float, float] = ours.recv()
    worker.join()
    return told


def look(settings: Settings, tell: Connection) -> None:
    """The worker's look at the calendar."""
    with open_services(settings) as services, clock.standing_at(NIGHT):
        begin = time.perf_counter()
        done = term_watch.look(services)
        spent = time.perf_counter() - begin
    tell.send((done, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


# The end ------------------------------------------------------------------------------------------


def the_end(given: argparse.Namespace) -> int:
    """Destroy and prove; whether it takes too long."""
    with tempfile.TemporaryDirectory(prefix="luutru-bench-") as made:
        folder = Path(made)
        upgrade(f"sqlite:///{folder / 'blank.db'}")
        with a_ruin(folder, folder / "blank.db") as ruin:
            for _ in range(given.destroyed):
                ruin.case_file(EACH)
            ruin.ready()
            begin = time.perf_counter()
            while ruin.run():
                pass
            spent = time.perf_counter() - begin
            stage, left = ruin.disposal().stage, ruin.hits()
    count = given.destroyed * EACH
    print(f"{count:,} documents: {stage} in {spent:.1f} s, {1000 * spent / count:.1f} ms each")
    is_done = stage in ("destroyed", "closed") and left == 0
    return not is_done or spent > MOST_SECONDS


if __name__ == "__main__":
    main()
