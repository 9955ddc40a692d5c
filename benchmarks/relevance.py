"""How well each engine answers: is what was meant among the first ten, and how far up?

    python benchmarks/relevance.py [--engines tantivy,whoosh,elasticsearch] [--made 3000]

`relevance_papers.py` has the papers, `relevance_questions.py` the questions: sixty that we judged,
and others by chance. Answers are taken as the search page takes them: all that was asked first,
then what is near. Printed: reciprocal rank of the first answer, and recall among the first ten (of
all papers that answer, how many are there), for each kind and engine. `--misses` prints questions
whose answers are not all among the ten. docs/relevance.md keeps the tables.
"""

import argparse
import datetime
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.relevance_papers import READERS, papers
from benchmarks.relevance_questions import KINDS, Question, by_chance, judged
from search.asking import Asker
from search.engine import Entry, SearchEngine, open_engine
from search.finding import tiers_of
from search.query import understand
from search.splitting import split_ahead
from tests import elasticsearch

FIRST = 10
TODAY = datetime.date(2026, 11, 22)
ENGINES = ("tantivy", "whoosh", "elasticsearch")


@dataclass(frozen=True)
class Answered:
    """A question, and the ids of what came first."""

    question: Question
    found: tuple[str, ...]
    tiers: str

    @property
    def rank(self) -> float:
        """One by the place of the first answer; nothing where there is none among the ten."""
        places = (at for at, one in enumerate(self.found, 1) if one in self.question.answers)
        return 1 / next(places, float("inf"))

    @property
    def recall(self) -> float:
        """How many of the papers that answer are there."""
        return len(self.question.answers & set(self.found)) / len(self.question.answers)


def main() -> int:
    """Make the indexes, ask, print."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--engines", default=",".join(ENGINES))
    asked.add_argument("--made", type=int, default=3000, help="papers beside ours")
    asked.add_argument("--of-each", type=int, default=60, help="questions by chance of each kind")
    asked.add_argument("--seed", type=int, default=2026)
    asked.add_argument("--misses", action="store_true")
    given = asked.parse_args()
    collected = papers(given.made)
    questions = {
        "judged": judged(),
        "by chance": by_chance(collected, given.of_each, given.seed),
    }
    print(f"{len(collected)} papers, {sum(one.is_ours for one in collected)} of them ours")
    for name in given.engines.split(","):
        with engine_with(name, [one.entry for one in collected]) as engine:
            for told, some in questions.items():
                answers = [answered(engine, one) for one in some]
                print(f"\n{name}, {told}\n{table(answers)}", flush=True)
                for one in answers:
                    if given.misses and one.recall < 1:
                        said, found = one.question, " ".join(one.found)
                        print(f"  {said.kind}: {said.text}\n    {sorted(said.answers)}")
                        print(f"    {one.tiers}: {found}")
    return 0


@contextmanager
def engine_with(name: str, entries: Sequence[Entry]) -> Iterator[SearchEngine]:
    """An engine of that name that holds these."""
    with tempfile.TemporaryDirectory() as folder:
        if name == "elasticsearch":
            with elasticsearch.running() as url:
                yield from _filled(url, entries)
        else:
            yield from _filled(f"{name}://{folder}/index", entries)


def _filled(url: str, entries: Sequence[Entry]) -> Iterator[SearchEngine]:
    engine = open_engine(url)
    engine.rebuild(split_ahead(iter(entries)))
    yield engine
    engine.close()


def answered(engine: SearchEngine, question: Question) -> Answered:
    """The first ten, as the search page has them."""
    asker = Asker(engine, READERS, ())
    asked = understand(question.text, TODAY)
    found: list[str] = []
    tiers = []
    for tier in tiers_of(asker, asked):
        page = asker.page(tier.node, first=tier.first, limit=FIRST, order=asked.order)
        found += [hit.id for hit in page.hits]
        tiers.append(f"{tier.name} {page.total}")
    return Answered(question, tuple(dict.fromkeys(found))[:FIRST], ", ".join(tiers))


def table(answers: Sequence[Answered]) -> str:
    """Kind by kind."""
    lines = ["| kind | questions | reciprocal rank | recall@10 |", "|---|---|---|---|"]
    for kind in KINDS:
        some = [one for one in answers if one.question.kind == kind]
        if some:
            rank, recall = mean(one.rank for one in some), mean(one.recall for one in some)
            lines.append(f"| {kind} | {len(some)} | {rank:.3f} | {recall:.3f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
