"""Finding on a large archive: each engine's table, and what stands beside it, in one run.

    python benchmarks/finding.py [--documents 100000] [--whoosh 2000] [--elasticsearch start]

The archive has rows (`large_archive.py`) and papers (`large_papers.py`); a tenth as many case files
as documents. For each engine, on the same papers:

- rebuild, in a process of its own: seconds, seconds of the processor, most memory with its helpers.
- questions through the API, with rights and all facets, for somebody who sees everything and for an
  officer who sees by policy, unit and hand: words, with marks and without, phrases, filters,
  numbers; and suggestions for first letters. Median and 95th of a hundred, told and written down as
  any search is.
- one document made unrecoverable (`purge`) by another process, while questions go on here.
- one document added, beside the same with 1,000 documents.
- Tantivy alone: our engine beside bare Tantivy with the same fields, split already.

What must hold is in `MOST`. Options:

--documents N     how many (100,000)
--papers FILE     lines of JSON to take for papers, instead of ours; see `large_papers.py`
--whoosh N        Whoosh too, with so many documents; 0, the default: not
--elasticsearch   Elasticsearch too: its address, or "start" for one of our own (the tests')
--each N          questions of each kind (40)
--only PART       rebuild, questions, purge, adding or bare (a rebuild comes first if none was made)
--keep FOLDER     where archives and indexes stay, for the next run with the same tables
--busy            others work here: judge by seconds of the processor
"""

import argparse
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.files import LocalFiles
from archive.settings import Settings
from benchmarks import bare_tantivy, in_worker, large_papers, questions
from benchmarks.large_archive import cast_of
from benchmarks.large_rows import Size
from benchmarks.registers import filled
from search import indexing
from web.services import Services, open_services

SMALL = Size(100, 1_000)
WHO = ("keeper", "officer")
PARTS = ("rebuild", "questions", "purge", "adding", "bare")
TURNS = 15  # documents that are added


@dataclass(frozen=True)
class Limits:
    """What must hold of an engine; nothing is asked of what is left open."""

    median_ms: float = float("inf")
    p95_ms: float = float("inf")
    suggest_ms: float = float("inf")
    rebuild_seconds: float = float("inf")  # of 100,000 documents
    megabytes: float = float("inf")
    purge_seconds: float = float("inf")
    adding: float = float("inf")  # times as much as at 1,000 documents


MOST = {
    "tantivy": Limits(20, 60, 15, 240, 700, 60, 2),
    "elasticsearch": Limits(median_ms=40),
    "whoosh": Limits(),
}
CORES = 2  # on which the rebuild's limit holds


@dataclass
class Run:
    """One engine on one archive, and what it took."""

    name: str
    home: Settings
    url: str
    size: Size
    given: argparse.Namespace
    failed: int = 0
    medians: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The archive, with this engine."""
        return replace(self.home, search_url=self.url)

    @property
    def papers(self) -> Path:
        """Those that were laid."""
        return self.home.path("papers.jsonl")

    def wants(self, part: str) -> bool:
        """Whether this part is measured."""
        return self.given.only in ("", part)

    def told(self, what: str, said: str, *, holds: bool = True) -> None:
        """Print a line; what does not hold is counted."""
        self.failed += not holds
        print(f"  {what:34} {said}{'' if holds else '  <-- too much'}", flush=True)


def main() -> None:
    """Print the tables; how much does not hold is the exit code."""
    given = asked()
    with ExitStack() as kept:
        small = kept.enter_context(stocked(SMALL, given))
        size = Size(max(given.documents // 10, SMALL.case_files), given.documents)
        large = kept.enter_context(stocked(size, given))
        first = Run("tantivy", large, f"tantivy://{large.path('of-finding')}", size, given)
        runs = [first]
        measure(first, first, small)
        if first.wants("bare"):
            beside_bare(first)
        if given.elasticsearch:
            url = kept.enter_context(server(given.elasticsearch))
            runs.append(Run("elasticsearch", large, url, size, given))
            measure(runs[-1], first, None)
        if given.whoosh:
            few = Size(max(given.whoosh // 10, SMALL.case_files), given.whoosh)
            home = kept.enter_context(stocked(few, given))
            runs.append(Run("whoosh", home, f"whoosh://{home.path('of-whoosh')}", few, given))
            measure(runs[-1], first, None)
    failed = sum(one.failed for one in runs)
    print(f"{failed} do not hold")
    sys.exit(failed > 0)


def asked() -> argparse.Namespace:
    """What is to be measured."""
    told = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    told.add_argument("--documents", type=int, default=100_000)
    told.add_argument("--papers", type=Path, help="lines of JSON, instead of ours")
    told.add_argument("--whoosh", type=int, default=0, help="with so many documents")
    told.add_argument("--elasticsearch", default="", help='its address, or "start"')
    told.add_argument("--each", type=int, default=40, help="questions of each kind")
    told.add_argument("--only", default="", choices=["", *PARTS])
    told.add_argument("--keep", type=Path, help="where archives and indexes stay")
    told.add_argument("--busy", action="store_true", help="judge by the processor's time")
    told.set_defaults(database="")
    return told.parse_args()


@contextmanager
def stocked(size: Size, given: argparse.Namespace) -> Iterator[Settings]:
    """The home of an archive with papers, made now or before."""
    with filled(size, given) as services:
        papers = services.settings.path("papers.jsonl")
        done = services.settings.path("papers-laid")
        if not done.exists():
            begin = time.perf_counter()
            large_papers.write_papers(papers, size.documents, given.papers)
            assert isinstance(services.files, LocalFiles)
            large_papers.lay(services.db, services.files, papers)
            done.touch()
            print(f"{size.documents:,} papers: laid in {time.perf_counter() - begin:.0f} s")
        settings = services.settings
    yield settings


@contextmanager
def server(address: str) -> Iterator[str]:
    """An Elasticsearch: that one, or one of our own."""
    if address != "start":
        yield address
        return
    from tests import elasticsearch  # which needs what the tests need

    with elasticsearch.running() as url:
        yield url


# One engine ---------------------------------------------------------------------------------------


def measure(run: Run, first: Run, small: Settings | None) -> None:
    """All that is measured of an engine."""
    print(f"{run.name}, {run.size.documents:,} documents", flush=True)
    with open_services(run.settings) as services:
        is_there = indexing.is_whole(services.engine)
    if run.wants("rebuild") or not is_there:
        rebuild(run)
    if run.wants("questions"):
        with open_services(run.settings) as services:
            for who in WHO:
                ask(run, first, services, who)
    if run.wants("purge"):
        purge(run)
    if run.wants("adding") and small is not None:
        adding(run, small)


def rebuild(run: Run) -> None:
    """The whole index, by another process."""
    done, cost = in_worker.call(in_worker.rebuild, run.settings)
    most = MOST[run.name]
    seconds = cost.processor / CORES if run.given.busy else cost.seconds
    allowed = most.rebuild_seconds * max(run.size.documents / 100_000, 0.1)
    holds = seconds <= allowed and cost.megabytes <= most.megabytes
    run.told("rebuild", f"{cost}, {done:,} entries", holds=holds)


def ask(run: Run, first: Run, services: Services, who: str) -> None:
    """Questions of each kind through the API."""
    most = MOST[run.name]
    api = questions.Api(services, getattr(cast_of(services.db), who))
    titles = ("found", "median ms", "p95 ms", "processor", "p95", "of Tantivy's")
    print(f"  {who:24}" + "".join(f" {one:>12}" for one in titles))
    for kind, paths in questions.of(run.papers, run.given.each).items():
        taken = [api.ask(path) for path in paths]
        walls, processor = ([one[at] * 1000 for one in taken] for at in (0, 1))
        judged = processor if run.given.busy and run.name != "elasticsearch" else walls
        middle, p95 = median(judged), quantiles(judged, n=20)[-1]
        is_begun = kind == questions.FIRST_LETTERS
        allowed = most.suggest_ms if is_begun else most.median_ms
        holds = middle <= allowed and (is_begun or p95 <= most.p95_ms)
        run.medians[who, kind] = median(walls)
        beside = run.medians[who, kind] / first.medians.get((who, kind), float("inf"))
        figures = [
            figure
            for some in (walls, processor)
            for figure in (median(some), quantiles(some, n=20)[-1])
        ]
        found = median(one[2] for one in taken)
        said = f" {found:12.0f}" + "".join(f" {one:12.1f}" for one in figures) + f" {beside:12.2f}"
        run.failed += not holds
        print(f"    {kind:22}{said}{'' if holds else '  <-- too much'}", flush=True)


def purge(run: Run) -> None:
    """One document out of all, by another process, while questions go on here."""
    with open_services(run.settings) as services, asking_on(run, services) as waited:
        proof, cost = in_worker.call(in_worker.purge, run.settings)
    most = MOST[run.name]
    seconds = cost.processor / CORES if run.given.busy else cost.seconds
    run.told("purge of one", f"{cost}, {proof}", holds=seconds <= most.purge_seconds)
    slowest = max(waited, default=0) * 1000
    run.told("  asked meanwhile", f"{len(waited):,} questions, the slowest {slowest:.0f} ms")


@contextmanager
def asking_on(run: Run, services: Services) -> Iterator[list[float]]:
    """Questions to the engine, one after the other, as long as this lasts."""
    waited: list[float] = []
    stop = threading.Event()
    asked = questions.for_engine(run.papers, run.given.each)

    def go_on() -> None:
        while not stop.is_set():
            for query in asked:
                begin = time.perf_counter()
                services.engine.find(query)
                waited.append(time.perf_counter() - begin)
                stop.wait(0.05)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield waited
    finally:
        stop.set()
        thread.join()


def adding(run: Run, small: Settings) -> None:
    """One document more, here and where there are few; in turn."""
    few = replace(small, search_url=f"tantivy://{small.path('of-finding')}")
    with open_services(few) as here, open_services(run.settings) as there:
        if not indexing.is_whole(here.engine):
            indexing.rebuild(here.db, here.files, here.engine)
        times: list[list[float]] = [[], []]
        for turn in range(1, TURNS + 1):
            for taken, services in zip(times, (here, there), strict=True):
                taken.append(seconds_to_add(services, turn, run.given.busy))
    one, other = (median(taken) * 1000 for taken in times)
    said = f"{other:.1f} ms; at 1,000 {one:.1f} ms; ratio {other / one:.2f}"
    run.told("one added", said, holds=other / one <= MOST[run.name].adding)


def seconds_to_add(services: Services, number: int, is_busy: bool) -> float:
    """What it takes to put in a document that was not there."""
    clock: Callable[[], float] = time.process_time if is_busy else time.perf_counter
    services.engine.drop([in_worker.code_of(services, number)])
    begin = clock()
    indexing.index(services.db, services.files, services.engine, [number])
    return clock() - begin


# Tantivy alone ------------------------------------------------------------------------------------


def beside_bare(run: Run) -> None:
    """Our engine and bare Tantivy, on the same words."""
    print(f"tantivy alone, {run.size.documents:,} documents, split already")
    with open_services(run.settings) as services:
        lines = bare_tantivy.compare(services, questions.words_for(run.papers, run.given.each))
        for what, ours, bare, unit in lines:
            said = f"{ours:9.2f} {unit}; bare {bare:9.2f} {unit}; ratio {ours / bare:.2f}"
            run.told(what, said, holds=ours / bare <= bare_tantivy.MOST)


if __name__ == "__main__":
    main()
