"""Elasticsearch as a grown-up runs it, tried on the real server.

The last tests stop it: whoever adds one that needs it running puts it before them.
"""

import dataclasses
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from search.engine import (
    EXACT,
    FACETS,
    FOLDED,
    SIGNER,
    TYPE,
    YEAR,
    And,
    Boost,
    Entry,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Query,
    SearchAway,
    SearchBroken,
    SearchBusy,
    Term,
)
from search.engines import elasticsearch_engine, elasticsearch_schema
from search.engines.elasticsearch_address import read_address
from search.engines.elasticsearch_engine import ElasticsearchEngine
from search.engines.elasticsearch_forgetting import Forgetting
from search.engines.elasticsearch_generations import Generations
from search.engines.elasticsearch_notes import Notes
from search.engines.elasticsearch_server import Server
from tests import elasticsearch
from tests.search.conftest import EVERYONE, Staying, an_entry, invented

pytestmark = [pytest.mark.tools, pytest.mark.slow]
READERS = (*EVERYONE, "person:3")
ALL = Query(Everything(), READERS, limit=1000)
DOCS = Path(__file__).parents[2] / "docs/elasticsearch.md"


@pytest.fixture(scope="module")
def server() -> Iterator[elasticsearch.Server]:
    with elasticsearch.a_server() as running:
        yield running


@pytest.fixture
def url(server: elasticsearch.Server) -> str:
    return server.url


@pytest.fixture
def engine(url: str) -> Iterator[ElasticsearchEngine]:
    made = opened(url)
    made.clear()
    yield made
    made.close()


def opened(url: str) -> ElasticsearchEngine:
    return ElasticsearchEngine(read_address(url))


def generations(engine: ElasticsearchEngine) -> Generations:
    return engine._generations


def found(engine: ElasticsearchEngine, query: Query = ALL) -> list[str]:
    return [hit.id for hit in engine.find(query).hits]


def with_facets(entries: list[Entry]) -> list[Entry]:
    return [
        dataclasses.replace(
            one,
            facets={
                YEAR: (str(one.day or 0)[:4],),
                SIGNER: ("Lan", "Hùng")[: number % 3],
                TYPE: (one.type_name,),
            },
        )
        for number, one in enumerate(entries)
    ]


def why(action: object) -> str:
    assert callable(action)
    with pytest.raises(SearchAway) as refusal:
        action()
    return str(refusal.value.details["reason"])


def in_files(server: elasticsearch.Server, word: str) -> bool:
    """Whether the bytes of a word stand anywhere on the server's disk."""
    found = False
    for one in (server.folder / "data").rglob("*"):
        with suppress(
            FileNotFoundError, IsADirectoryError
        ):  # the server is at work: it may be gone
            found |= word.encode() in one.read_bytes()
    return found


# What is gone ------------------------------------------------------------------------------------


def test_words_stay_when_an_entry_is_dropped_and_go_with_the_purge(
    server: elasticsearch.Server, engine: ElasticsearchEngine
) -> None:
    kept = [an_entry(f"T-{number}", "quy chế") for number in range(20)]
    engine.put([*kept, an_entry("T-secret", "xylophone")])

    def times(word: str) -> int:
        forgetting = Forgetting(engine._server, generations(engine))
        return forgetting.frequencies(EXACT, [word]).get(word, 0)

    assert (times("xylophone"), in_files(server, "xylophone")) == (1, True)
    engine.drop(["T-secret"])
    assert engine.find(Query(Term(EXACT, "xylophone"), READERS)).total == 0
    assert (times("xylophone"), in_files(server, "xylophone")) == (1, True)  # probes find it still
    assert engine.held(["T-secret", "T-1", "T-never"]) == {"T-secret", "T-1"}
    proof = engine.purge(Staying(kept))
    assert proof.is_complete
    assert proof.shows_gone("T-secret")
    assert (proof.engine, proof.remaining, proof.segments_with_deletions) == (
        "elasticsearch",
        20,
        0,
    )
    assert (times("xylophone"), in_files(server, "xylophone")) == (0, False)
    assert engine.held(["T-secret"]) == set()
    assert times("quy") == 20


def test_an_entry_that_is_alone_in_its_part_is_held_until_it_is_purged(
    server: elasticsearch.Server, engine: ElasticsearchEngine
) -> None:
    engine.put([an_entry("T-1", "glockenspiel")])
    engine.drop(["T-1"])
    engine.close()
    assert engine.held(["T-1"]) == {"T-1"}
    assert in_files(server, "glockenspiel")
    assert engine.purge(Staying([])).gone == ("T-1",)
    assert engine.held(["T-1"]) == set()
    assert not in_files(server, "glockenspiel")


def test_a_proof_is_not_complete_while_anything_is_only_marked(
    engine: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.put([an_entry("T-1"), an_entry("T-2")])
    engine.drop(["T-1"])
    monkeypatch.setattr(engine._forgetting, "expunge", lambda: None)
    proof = engine.purge(Staying([an_entry("T-2")]))
    assert not proof.is_complete
    assert proof.segments_with_deletions > 0
    assert engine.held(["T-1"]) == {"T-1"}  # and a later purge still has to prove it


def test_former_words_of_an_entry_go_too(
    server: elasticsearch.Server, engine: ElasticsearchEngine
) -> None:
    engine.put([an_entry("T-1", "metallophone"), an_entry("T-2")])
    engine.put([an_entry("T-1", "quy chế")])
    assert in_files(server, "metallophone")
    assert engine.purge(Staying([an_entry("T-1", "quy chế"), an_entry("T-2")])).is_complete
    assert not in_files(server, "metallophone")


# Generations, and who writes ---------------------------------------------------------------------


def test_readers_go_on_while_a_new_generation_grows(engine: ElasticsearchEngine) -> None:
    entries = invented(30)
    engine.rebuild(entries)
    seen: list[int] = []

    def growing() -> Iterator[Entry]:
        yield an_entry("T-new")
        seen.append(engine.find(ALL).total)

    engine.rebuild(growing())
    assert seen == [30]
    assert found(engine) == ["T-new"]
    assert generations(engine).others() == []


def test_a_rebuild_that_fails_leaves_the_old_one_and_no_rubbish(
    engine: ElasticsearchEngine,
) -> None:
    engine.put([an_entry("T-1")])

    def failing() -> Iterator[Entry]:
        yield an_entry("T-2")
        raise RuntimeError("the store is away")

    with pytest.raises(RuntimeError):
        engine.rebuild(failing())
    assert found(engine) == ["T-1"]
    assert generations(engine).others() == []
    engine.put([an_entry("T-3")])  # nobody is left who would be at work


def test_what_a_kill_left_half_made_goes_with_the_next_rebuild(engine: ElasticsearchEngine) -> None:
    generations(engine)._create(f"{generations(engine).alias}-000777")
    assert len(generations(engine).others()) == 1
    engine.rebuild([an_entry("T-1")])
    assert generations(engine).others() == []


def test_another_process_waits_while_one_remakes_the_index(
    url: str, engine: ElasticsearchEngine
) -> None:
    other = opened(url)

    def growing() -> Iterator[Entry]:
        for change in (lambda: other.put([an_entry("T-2")]), lambda: other.drop(["T-1"])):
            with pytest.raises(SearchBusy):
                change()
        with pytest.raises(SearchBusy):
            other.clear()
        yield an_entry("T-1")

    engine.rebuild(growing())
    other.put([an_entry("T-2")])
    assert found(engine) == ["T-1", "T-2"]
    other.close()


def test_who_was_silent_too_long_puts_no_index_in_place(
    engine: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.put([an_entry("T-1")])
    other = Notes(engine._server)
    monkeypatch.setattr("search.engines.elasticsearch_notes.LEASE", 0)

    def slow() -> Iterator[Entry]:
        yield an_entry("T-old")
        monkeypatch.setattr("search.engines.elasticsearch_notes.LEASE", 60)
        other.renew(at_once=True)  # our time is over, and another process is at work

    with pytest.raises(SearchBusy):
        engine.rebuild(slow())
    assert found(engine) == ["T-1"]


def test_an_index_of_another_version_is_not_read(
    url: str, engine: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.put([an_entry("T-1")])
    monkeypatch.setattr("search.engines.elasticsearch_generations.SCHEMA_VERSION", 99)
    newer = opened(url)
    with pytest.raises(SearchBroken) as refusal:
        newer.find(ALL)
    assert refusal.value.details["reason"] == "other_version"
    assert found(engine) == ["T-1"]  # the older program goes on meanwhile
    newer.rebuild([an_entry("T-2")])
    assert found(newer) == ["T-2"]
    with pytest.raises(SearchBroken):
        engine.find(ALL)
    newer.close()


def test_an_index_that_somebody_removed_is_missing_and_not_made_by_guessing(
    server: elasticsearch.Server, engine: ElasticsearchEngine
) -> None:
    generations(engine).remove([generations(engine).current()])
    for action in (
        lambda: engine.find(ALL),
        lambda: engine.put([an_entry("T-1")]),
        lambda: engine.check(),
        lambda: engine.held(["T-1"]),
    ):
        with pytest.raises(SearchBroken) as refusal:
            action()
        assert refusal.value.details["reason"] == "missing"
    engine.rebuild([an_entry("T-1")])
    assert found(engine) == ["T-1"]


# Questions ---------------------------------------------------------------------------------------


def test_pages_beyond_what_the_server_reaches_are_walked_to(
    engine: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.rebuild(invented(57))
    for order in ("best", "newest", "number"):
        query = dataclasses.replace(ALL, node=Or((Term(FOLDED, "quan"), Everything())), order=order)
        whole = found(engine, query)
        assert len(whole) == 57
        monkeypatch.setattr(elasticsearch_engine, "_AT_ONCE", 10)
        for start, limit in ((0, 57), (8, 5), (23, 4), (50, 100), (57, 3), (10**15, 10**9)):
            page = engine.find(dataclasses.replace(query, start=start, limit=limit))
            assert [hit.id for hit in page.hits] == whole[start : start + limit]
            assert page.total == 57
        monkeypatch.undo()


def test_an_index_in_several_parts_answers_as_one_in_one_part(url: str) -> None:
    entries = with_facets(invented(200))
    one, many = opened(url), opened(url.replace("/records?", "/records-many?") + "&shards=3")
    for engine in (one, many):
        engine.rebuild(entries)
    for node in (Term(FOLDED, "hoa"), Near(FOLDED, "quon"), Not(Term(FOLDED, "hoa")), Everything()):
        query = dataclasses.replace(ALL, node=node)
        alone, parted = one.find(query), many.find(query)
        assert [hit.id for hit in parted.hits] == [hit.id for hit in alone.hits]
        assert [hit.score for hit in parted.hits] == pytest.approx(
            [hit.score for hit in alone.hits], rel=1e-3
        )
        assert many.facets(query, FACETS) == one.facets(query, FACETS)
    assert many.near("quon", 5) == one.near("quon", 5) == ["quan"]
    ids = {entry.id for entry in entries}
    many.drop([entries[0].id])
    assert many.held([*ids, "T-never"]) == ids
    assert many.purge(Staying(entries[1:])).gone == (entries[0].id,)
    one.close()
    many.close()


def test_more_values_than_the_server_counts_at_once_are_counted_one_facet_after_the_other(
    server: elasticsearch.Server, engine: ElasticsearchEngine
) -> None:
    engine.rebuild(with_facets(invented(60)))
    whole = engine.facets(ALL, [YEAR, SIGNER, TYPE])
    administrator = Server(read_address(server.url_of(elasticsearch.ADMINISTRATOR)))
    with administrator.asked() as client:
        client.cluster.put_settings(persistent={"search.max_buckets": 12})
        try:
            assert engine.facets(ALL, [YEAR, SIGNER, TYPE]) == whole
        finally:
            client.cluster.put_settings(persistent={"search.max_buckets": None})
    administrator.close()
    assert len(whole[YEAR]) + len(whole[SIGNER]) + len(whole[TYPE]) > 12


def test_an_entry_too_large_for_the_server_is_found_by_what_fits(
    engine: ElasticsearchEngine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(elasticsearch_schema, "LARGEST", 20_000)
    engine.put([an_entry("T-1", "quy chế", "đầu " + "giữa " * 20_000 + " cuối")])
    assert found(engine, Query(Term(EXACT, "đầu"), READERS)) == ["T-1"]
    assert found(engine, Query(Term(EXACT, "cuối"), READERS)) == []
    assert "T-1 has too many words" in caplog.text


@pytest.mark.parametrize(
    "word", ["𡨸" * 300, "a" * 255, "\ud800", "", "🙂", "hòa\x00", "a" * 40_000]
)
def test_words_that_no_alphabet_has_are_asked_for_without_harm(
    engine: ElasticsearchEngine, word: str
) -> None:
    entry = an_entry(f"T-{'đ' * 400}", word, number="12/QĐ-UBND")
    engine.put([dataclasses.replace(entry, facets={SIGNER: (word,)}, readers=("organ:1", word))])
    engine.find(Query(Or((Term(EXACT, word), Term(SIGNER, word))), READERS, hidden=(word,)))
    assert found(engine) == [entry.id]
    assert engine.held([entry.id]) == {entry.id}
    if word.isalpha():
        cut = word[:255]
        assert found(engine, Query(Term(EXACT, cut), READERS)) == [entry.id]
        assert found(engine, Query(Term(SIGNER, word), READERS)) == [entry.id]
    engine.drop([entry.id])
    assert found(engine) == []


def test_many_hidden_ids_and_a_deep_question_are_answered(engine: ElasticsearchEngine) -> None:
    engine.put([an_entry("T-1", "quy chế"), an_entry("T-2", "quy chế")])
    hidden = (*(f"X-{number}" for number in range(130_000)), "T-2")
    node: Node = Term(FOLDED, "quy")
    for _ in range(12):
        node = Boost(And((Or((node, Term(FOLDED, "x"))), Not(Term(FOLDED, "y")))), 1.1)
    assert found(engine, Query(node, READERS, hidden=hidden)) == ["T-1"]


# Who may, and what is in the way -----------------------------------------------------------------


def test_the_page_for_administrators_says_what_our_account_may() -> None:
    page = " ".join(DOCS.read_text().split())
    assert " ".join(elasticsearch.ROLE.split()) in page


def test_a_wrong_password_an_unknown_authority_and_no_tls_are_told_apart(
    server: elasticsearch.Server, tmp_path: Path
) -> None:
    wrong = server.url.replace(":%", ":x%", 1)
    assert why(lambda: opened(wrong).find(ALL)) == "refused"
    own_trust = server.url.partition("?")[0]
    assert why(lambda: opened(own_trust).find(ALL)) == "untrusted"
    assert why(lambda: opened(own_trust.replace("elasticsearchs", "elasticsearch")).find(ALL)) in (
        "silent",
        "foreign",
    )
    other_index = server.url_of(elasticsearch.ACCOUNT, "payroll")
    assert why(lambda: opened(other_index).clear()) == "refused"


def test_a_full_disk_takes_nothing_in_and_goes_on_answering(
    server: elasticsearch.Server, engine: ElasticsearchEngine
) -> None:
    engine.put([an_entry("T-1")])
    name = generations(engine).current()

    def flood(is_full: bool | None) -> None:
        with engine._server.asked() as client:
            client.indices.put_settings(
                index=name, settings={"index.blocks.read_only_allow_delete": is_full}
            )

    flood(True)
    began = time.monotonic()
    assert why(lambda: engine.put([an_entry("T-2")])) == "full_disk"
    assert time.monotonic() - began < 10  # nothing is tried again and again
    assert why(engine.check) == "full_disk"
    assert found(engine) == ["T-1"]
    flood(None)
    engine.check()
    engine.put([an_entry("T-2")])
    assert found(engine) == ["T-1", "T-2"]


def test_a_part_that_is_on_no_machine_is_waited_for(
    engine: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.engines.elasticsearch_server._SHARDS_WAITED_FOR", "1s")
    alias, old = generations(engine).alias, generations(engine).current()
    name, place = f"{alias}-000999", "index.routing.allocation.require._name"
    with engine._server.asked() as client:
        client.indices.create(
            index=name,
            settings={place: "another machine"},
            mappings=elasticsearch_schema.make_mapping(),
            wait_for_active_shards=0,
        )
        moved = [{"remove_index": {"index": old}}, {"add": {"index": name, "alias": alias}}]
        client.indices.update_aliases(actions=moved)
    assert why(lambda: engine.find(ALL)) == "red"
    assert why(lambda: engine.put([an_entry("T-2")])) == "red"
    assert why(engine.check) == "red"
    with engine._server.asked(60) as client:
        client.indices.put_settings(index=name, settings={place: None})
        client.cluster.health(index=name, wait_for_status="yellow")
    engine.put([an_entry("T-1")])
    assert found(engine) == ["T-1"]


# From here on it is stopped ----------------------------------------------------------------------


def test_a_server_that_stands_still_is_given_up_after_the_time_that_the_address_says(
    server: elasticsearch.Server, engine: ElasticsearchEngine
) -> None:
    engine.put([an_entry("T-1")])
    hasty = opened(server.url + "&timeout=1")
    server.hold()
    try:
        began = time.monotonic()
        assert why(lambda: hasty.find(ALL)) == "silent"
        assert time.monotonic() - began < 10
    finally:
        server.hold(False)
    assert found(hasty) == ["T-1"]
    hasty.close()


def test_a_server_stopped_among_changes_loses_none_that_it_acknowledged(
    server: elasticsearch.Server, engine: ElasticsearchEngine
) -> None:
    acknowledged: list[str] = []
    trouble: list[BaseException] = []

    def work() -> None:
        try:
            for number in range(100_000):
                some = [an_entry(f"T-{number:05d}-{one}", "quy chế") for one in range(20)]
                engine.put(some)
                acknowledged.extend(one.id for one in some)
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while len(acknowledged) < 100:
        time.sleep(0.05)
    server.stop()
    thread.join()
    assert [type(one) for one in trouble] == [SearchAway]
    for action in (lambda: engine.find(ALL), engine.check, lambda: engine.drop(["T-1"])):
        assert why(action) == "silent"
    server.start()
    with engine._server.asked(60) as client:
        client.cluster.health(index="records*", wait_for_status="green")
    there = Forgetting(engine._server, generations(engine)).ids()
    assert set(acknowledged) <= there
    engine.put([an_entry("T-after")])
    assert engine.find(ALL).total >= len(acknowledged) + 1


def test_an_index_whose_files_are_torn_is_made_anew_beside_what_is_left(
    server: elasticsearch.Server, engine: ElasticsearchEngine
) -> None:
    engine.rebuild(invented(10))
    server.stop()
    torn = 0
    for commit in (server.folder / "data/indices").glob("*/0/index/segments_*"):
        torn += 1
        commit.write_bytes(commit.read_bytes()[:20])
    assert torn > 0
    server.start()
    give_up = time.monotonic() + 120
    while True:  # it tries five times before it gives the part up
        try:
            engine.find(ALL)
        except SearchBroken as broken:
            assert broken.details["reason"] == "damaged"
            break
        except SearchAway as away:
            assert away.details["reason"] == "red"
        assert time.monotonic() < give_up
        time.sleep(0.5)
    engine.clear()
    engine.put([an_entry("T-1")])
    assert found(engine) == ["T-1"]
