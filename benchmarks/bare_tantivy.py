"""Tantivy without us: the same fields, the same words, the same rights, asked for by hand."""

import pickle
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import tantivy

from formats.vietnamese import fold
from search import engine, indexing
from search.engine import And, Boost, Entry, Node, Phrase, Prefer, Query, SearchEngine, Term
from search.engines.tantivy_schema import make_schema
from search.splitting import split_ahead
from search.words import keys_of, order_keys, pairs, split, texts_of
from web.services import Services

MOST = 1.5
READERS = ("organ:1", "unit:7", "person:12")
ROUNDS = 5
_HEAP = 64 * 1024 * 1024
_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should
Line = tuple[str, float, float, str]


def compare(services: Services, asked: list[tuple[dict[str, Any], list[str]]]) -> Iterator[Line]:
    """What is measured: ours, the bare one's, and in which unit."""
    with tempfile.TemporaryDirectory(prefix="luutru-bench-") as made:
        folder = Path(made)
        with (folder / "words").open("wb") as out:
            for entry in split_ahead(_entries(services)):
                pickle.dump(entry, out)
        ours = engine.open_engine(f"tantivy://{folder / 'ours'}")
        (folder / "bare").mkdir()
        bare = tantivy.Index(make_schema(), path=str(folder / "bare"))
        yield "building", *_built(ours, bare, folder / "words"), "s of the processor"
        for kind, query, plain in _questions(bare.schema, asked):
            yield kind, *_asked(ours, bare, query, plain), "ms"
        ours.close()


def _entries(services: Services) -> Iterator[Entry]:
    return indexing._all_entries(services.db, services.files, {}, [])  # as a rebuild has them


def _read(words: Path) -> Iterator[Entry]:
    with words.open("rb") as lines:
        while True:
            try:
                yield pickle.load(lines)
            except EOFError:
                return


# Building -----------------------------------------------------------------------------------------


def _built(ours: SearchEngine, bare: tantivy.Index, words: Path) -> tuple[float, float]:
    reading = _processor(lambda: sum(1 for _ in _read(words)))
    mine = _processor(lambda: ours.rebuild(_read(words)))
    plain = _processor(lambda: _build(bare, _read(words)))
    bare.reload()
    return mine - reading, plain - reading


def _processor(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _build(bare: tantivy.Index, entries: Iterator[Entry]) -> None:
    writer = bare.writer(_HEAP, 1)
    for entry in entries:
        values: dict[str, Any] = {
            engine.ID: entry.id,
            "revision": entry.revision,
            engine.ADDED: entry.added,
            **{f"by_{name}": key for name, key in order_keys(entry).items()},
            **texts_of(entry),
            **{name: list(some) for name, some in keys_of(entry).items()},
        }
        if entry.day is not None:
            values[engine.DAY] = entry.day
        writer.add_document(tantivy.Document(**values))
    writer.commit()
    writer.wait_merging_threads()


# Questions ----------------------------------------------------------------------------------------


def _questions(
    schema: tantivy.Schema, asked: list[tuple[dict[str, Any], list[str]]]
) -> Iterator[tuple[str, list[Query], list[tantivy.Query]]]:
    """Of each kind: ours, and the same by hand."""
    kinds: dict[str, Callable[[dict[str, Any], list[str]], tuple[Node, tantivy.Query]]] = {
        "words": lambda _, words: _words(schema, words),
        "phrases": lambda paper, _: _phrase(schema, paper["subject"].split()[2:4]),
        "words and filters": lambda paper, words: _filtered(schema, words[:1], paper),
    }
    for kind, made in kinds.items():
        both = [made(paper, words) for paper, words in asked]
        queries = [Query(node, READERS) for node, _ in both]
        yield kind, queries, [_with_rights(schema, plain) for _, plain in both]


def _words(schema: tantivy.Schema, words: list[str]) -> tuple[Node, tantivy.Query]:
    said = split(" ".join(words))
    folded, exact = [one.folded for one in said], [one.exact for one in said]
    lifts = [(engine.EXACT, one, 1.0) for one in exact]
    lifts += [(engine.PAIRS, one, 1.0) for one in pairs(exact)]
    lifts += [(engine.PAIRS_FOLDED, one, 0.1) for one in pairs(folded)]
    lifts += [(engine.TITLE, one, 1.5) for one in exact]
    node = Prefer(
        Boost(And(tuple(Term(engine.FOLDED, one) for one in folded)), 0.1),
        tuple(Boost(Term(field, one), factor) for field, one, factor in lifts),
    )
    ask = tantivy.Query
    wanted = [(_MUST, _term(schema, engine.FOLDED, one)) for one in folded]
    better = [(_SHOULD, ask.boost_query(_term(schema, *one[:2]), one[2])) for one in lifts]
    must = ask.boost_query(ask.boolean_query(wanted), 0.1)
    return node, ask.boolean_query([(_MUST, must), *better])


def _phrase(schema: tantivy.Schema, words: list[str]) -> tuple[Node, tantivy.Query]:
    folded = [one.folded for one in split(" ".join(words))]
    if len(folded) < 2:
        folded = ["quy", "che"]
    plain = tantivy.Query.phrase_query(schema, engine.FOLDED, list(folded))
    return Phrase(engine.FOLDED, tuple(folded)), plain


def _filtered(
    schema: tantivy.Schema, words: list[str], paper: dict[str, Any]
) -> tuple[Node, tantivy.Query]:
    values = ((engine.TYPE, paper["type"]), (engine.YEAR, paper["date"][:4]))
    word = fold(words[0])
    node = And((Term(engine.FOLDED, word), *(Term(*one) for one in values)))
    ask = tantivy.Query
    chosen = [
        (_MUST, ask.const_score_query(ask.term_query(schema, *one, "basic"), 1.0)) for one in values
    ]
    return node, ask.boolean_query([(_MUST, _term(schema, engine.FOLDED, word)), *chosen])


def _term(schema: tantivy.Schema, field: str, word: str) -> tantivy.Query:
    return tantivy.Query.term_query(schema, field, word, "freq")


def _with_rights(schema: tantivy.Schema, wanted: tantivy.Query) -> tantivy.Query:
    readers = tantivy.Query.term_set_query(schema, engine.READERS, list(READERS))
    return tantivy.Query.boolean_query(
        [(_MUST, tantivy.Query.const_score_query(readers, 0.0)), (_MUST, wanted)]
    )


def _asked(
    ours: SearchEngine, bare: tantivy.Index, queries: list[Query], plain: list[tantivy.Query]
) -> tuple[float, float]:
    """Median milliseconds of the processor, in turn; both find the same."""
    times: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for query, by_hand in zip(queries, plain, strict=True):
            begin = time.thread_time()
            page = ours.find(query)
            between = time.thread_time()
            found = _by_hand(bare, by_hand)
            times[1].append(time.thread_time() - between)
            times[0].append(between - begin)
            assert page.total == found, (query, page.total, found)
    mine, others = (median(some) * 1000 for some in times)
    return mine, others


def _by_hand(bare: tantivy.Index, wanted: tantivy.Query) -> int:
    searcher = bare.searcher()
    found = searcher.search(wanted, limit=20)
    for _, place in found.hits:
        searcher.doc(place)[engine.ID]
    count: int = found.count  # type: ignore[attr-defined]  # missing in the stubs only
    return count
