"""What is typed to hurt, asked of each engine as the search page asks: strict, then weaker."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from search.asking import Asker
from search.engine import FACETS, SearchEngine, open_engine
from search.finding import tiers_of, union
from search.query import understand
from tests import elasticsearch
from tests.search.conftest import EVERYONE, invented
from tests.search.test_language import HOSTILE

MOST_TIMES = 60  # the processor time of a plain question; a bomb takes thousands


@pytest.fixture(scope="module", params=["tantivy", "whoosh", "elasticsearch"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    with ExitStack() as open_things:
        url = f"{request.param}://{tmp_path_factory.mktemp('hostile') / 'index'}"
        if request.param == "elasticsearch":
            url = open_things.enter_context(elasticsearch.running())
        made = open_engine(url)
        made.rebuild(invented(120))
        yield made
        made.close()


def asked(engine: SearchEngine, typed: str) -> float:
    """Ask, and give the processor time of our own that it took."""
    started = time.process_time()
    asker = Asker(engine, EVERYONE, ())
    tiers = tiers_of(asker, understand(typed))
    found = [asker.page(one.node, first=one.first, limit=10) for one in tiers]
    assert asker.count(union(tiers)) == sum(page.total for page in found)
    asker.facets(union(tiers), FACETS)
    return time.process_time() - started


def test_every_engine_answers_what_is_meant_to_hurt_in_bounded_time(engine: SearchEngine) -> None:
    plain = max(asked(engine, "quy chế văn thư lưu trữ") for _ in range(3))
    for typed in HOSTILE:
        assert asked(engine, typed) < MOST_TIMES * max(plain, 0.05), repr(typed[:20])
