"""What every engine promises: the same answers, whichever of them is asked.

Over a fixed corpus they are compared with what plain looking finds (`corpus.py`).
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import Invalid
from search.engine import (
    DAY,
    EXACT,
    FACETS,
    FOLDED,
    ID,
    PAIRS,
    READERS,
    SIGNER,
    TITLE,
    TITLE_FOLDED,
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
    Order,
    Phrase,
    Prefer,
    Prefix,
    Query,
    Range,
    SearchEngine,
    Term,
    open_engine,
)
from search.language import DEEPEST
from search.marking import mark
from search.query import understand
from search.words import split
from tests import elasticsearch
from tests.search.conftest import EVERYONE, Staying, an_entry, invented
from tests.search.corpus import READERS_OF_ALL, Looked, corpus, expected, expected_facet
from tests.search.trees import trees

ENGINES = ["tantivy", "whoosh", pytest.param("elasticsearch", marks=pytest.mark.tools)]
ALL = READERS_OF_ALL
NUMBERS = count(1)  # of indexes: each test has its own
QUESTIONS = (
    "mã:ttlt.2019*",
    "quy chế",
    "quy che",
    '"quy chế"',
    "hòa giải",
    "hoa",
    "văn thư lưu trữ",
    "thuỷ lợi nội đồng kênh mương",
    "-hoa giải",
    "ban bản bạn bàn",
    "quyết định 123",
    "nguyễn thị lan",
    "sở nội vụ",
    "tái định cư chợ gạo",
)


@pytest.fixture(scope="module")
def server() -> Iterator[elasticsearch.Server]:
    """One Elasticsearch for all tests of this file."""
    with elasticsearch.a_server() as running:
        yield running


def address(request: pytest.FixtureRequest, kind: str, folder: Path, index: str) -> str:
    if kind == "elasticsearch":
        running: elasticsearch.Server = request.getfixturevalue("server")
        return running.url_of(elasticsearch.ACCOUNT, index)
    return f"{kind}://{folder / index}"


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    """An empty index of each engine."""
    made = open_engine(address(request, request.param, tmp_path, f"records-{next(NUMBERS)}"))
    made.clear()
    yield made
    made.close()


@pytest.fixture(scope="module", params=ENGINES)
def stocked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    """The corpus in each engine."""
    folder = tmp_path_factory.mktemp(request.param)
    made = open_engine(address(request, request.param, folder, "records-corpus"))
    made.rebuild(corpus())
    yield made
    made.close()


@pytest.fixture(scope="module")
def in_tantivy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    """The corpus in the engine whose order is the measure."""
    made = open_engine(f"tantivy://{tmp_path_factory.mktemp('measure')}")
    made.rebuild(corpus())
    yield made
    made.close()


@pytest.fixture(scope="module")
def in_elasticsearch(server: elasticsearch.Server) -> Iterator[SearchEngine]:
    made = open_engine(server.url_of(elasticsearch.ACCOUNT, "records-measured"))
    made.rebuild(corpus())
    yield made
    made.close()


def ids(engine: SearchEngine, node: Node, **more: object) -> set[str]:
    query = Query(node, EVERYONE, limit=1000, **more)  # type: ignore[arg-type]
    page = engine.find(query)
    assert page.total == len(page.hits)
    return {hit.id for hit in page.hits}


def test_what_is_put_is_found_at_once_and_what_is_put_again_is_replaced(
    engine: SearchEngine,
) -> None:
    engine.put([an_entry("T-1", "Quy chế"), an_entry("T-1", "Quy định", revision=2)])
    assert ids(engine, Term(FOLDED, "che")) == set()
    page = engine.find(Query(Term(FOLDED, "dinh"), EVERYONE))
    assert [(hit.id, hit.revision) for hit in page.hits] == [("T-1", 2)]


def test_what_is_dropped_is_not_found_and_may_be_dropped_twice(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1", "một"), an_entry("T-2", "hai")])
    engine.drop(["T-1", "T-9"])
    engine.drop(["T-1"])
    assert ids(engine, Everything()) == {"T-2"}


def test_clear_forgets_everything(engine: SearchEngine) -> None:
    engine.put(invented(5))
    engine.clear()
    assert ids(engine, Everything()) == set()


def test_rebuild_leaves_exactly_what_it_was_given(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1")])
    engine.rebuild([an_entry("T-2"), an_entry("T-3")])
    assert ids(engine, Everything()) == {"T-2", "T-3"}


def test_an_engine_may_be_used_again_after_it_was_closed(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1")])
    engine.close()
    engine.put([an_entry("T-2")])
    engine.close()
    assert ids(engine, Everything()) == {"T-1", "T-2"}


@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (Everything(), {"T-1", "T-2", "T-3"}),
        (Term(EXACT, "hóa"), {"T-1"}),
        (Term(FOLDED, "hoa"), {"T-1", "T-2"}),
        (Phrase(FOLDED, ("hoa", "don")), {"T-1"}),
        (Phrase(FOLDED, ("don", "hoa")), set()),
        (Prefix(FOLDED, "h"), {"T-1", "T-2"}),
        (Range(DAY, low=20200101), {"T-2", "T-3"}),
        (Range(DAY, high=20200101), {"T-1", "T-2"}),
        (And((Term(FOLDED, "hoa"), Not(Term(FOLDED, "don")))), {"T-2"}),
        (Not(Term(FOLDED, "don")), {"T-2", "T-3"}),
        (And((Not(Term(FOLDED, "don")), Not(Term(FOLDED, "hong")))), {"T-3"}),
        (Or((Term(FOLDED, "don"), Term(ID, "T-3"))), {"T-1", "T-3"}),
        (Or(()), set()),
        (And(()), {"T-1", "T-2", "T-3"}),
        (Or((Not(Term(FOLDED, "hoa")), Term(FOLDED, "don"))), {"T-1", "T-3"}),
    ],
)
def test_each_node_finds_what_it_says(engine: SearchEngine, node: Node, wanted: set[str]) -> None:
    engine.put(
        [
            an_entry("T-1", "Hoá đơn", day=20190101),
            an_entry("T-2", "Hoa hồng", day=20200101),
            an_entry("T-3", "Quy chế", day=20210101),
        ]
    )
    assert ids(engine, node) == wanted


def test_a_phrase_does_not_reach_from_one_field_into_the_next(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1", "về văn", "thư lưu trữ")])
    assert ids(engine, Phrase(FOLDED, ("van", "thu"))) == set()
    assert ids(engine, And((Term(FOLDED, "van"), Term(FOLDED, "thu")))) == {"T-1"}


@pytest.mark.rule("KT-02")
def test_counts_and_pages_hold_only_what_the_asker_may_read(engine: SearchEngine) -> None:
    entries = invented(300)
    engine.put(entries[:150])
    engine.put(entries[150:])  # several segments
    for readers in (("organ:1",), ("organ:2", "person:3"), ("unit:7",), ("person:3",), ("x",)):
        for word in ("quan", "hoa", "quy"):
            mine = {
                one.id
                for one in entries
                if set(one.readers) & set(readers)
                and word in _folded(f"{one.title} {one.body} {one.type_name}")
            }
            seen: list[str] = []
            while True:
                node = Term(FOLDED, word)
                page = engine.find(Query(node, readers, start=len(seen), limit=37))
                assert page.total == len(mine)
                if not page.hits:
                    break
                seen += [hit.id for hit in page.hits]
            assert len(seen) == len(mine)
            assert set(seen) == mine


def _folded(text: str) -> list[str]:
    return [word.folded for word in split(text)]


def test_one_who_may_read_nothing_finds_nothing(engine: SearchEngine) -> None:
    engine.put(invented(3))
    page = engine.find(Query(Everything(), ()))
    assert (page.hits, page.total) == ((), 0)


def test_hidden_entries_are_neither_shown_nor_counted(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1"), an_entry("T-2")])
    assert ids(engine, Everything(), hidden=("T-1",)) == {"T-2"}


def test_filters_narrow_without_changing_the_rank(engine: SearchEngine) -> None:
    engine.put(invented(100))
    plain = engine.find(Query(Term(FOLDED, "quy"), EVERYONE, limit=100))
    narrow = (Range(DAY, low=20200101), Term(READERS, "organ:1"))
    some = engine.find(Query(Term(FOLDED, "quy"), EVERYONE, filters=narrow, limit=100))
    scores = {hit.id: hit.score for hit in plain.hits}
    assert 0 < some.total < plain.total
    assert [hit.score for hit in some.hits] == pytest.approx([scores[hit.id] for hit in some.hits])


def test_order_by_day_is_right_over_several_commits_and_ends_in_the_code(
    engine: SearchEngine,
) -> None:
    entries = invented(60)
    for start in range(0, 60, 7):
        engine.put(entries[start : start + 7])
    wanted = [one.id for one in sorted(entries, key=lambda one: (one.day or 0, one.id))]
    readers = (*EVERYONE, "person:3")
    oldest = engine.find(Query(Everything(), readers, limit=100, order="oldest"))
    newest = engine.find(Query(Everything(), readers, limit=100, order="newest"))
    assert [hit.id for hit in oldest.hits] == wanted
    assert [hit.id for hit in newest.hits] == wanted[::-1]


def test_what_comes_first_comes_first_on_every_page(engine: SearchEngine) -> None:
    engine.put(
        [an_entry(f"T-{n}", "04" if n % 2 else "khác", day=20200100 + n) for n in range(1, 9)]
    )
    whole = ["T-7", "T-5", "T-3", "T-1", "T-8", "T-6", "T-4", "T-2"]
    for size in (1, 3, 20):
        seen: list[str] = []
        for start in range(0, 10, size):
            page = engine.find(
                Query(
                    Everything(),
                    EVERYONE,
                    start=start,
                    limit=size,
                    order="newest",
                    first=Term(FOLDED, "04"),
                )
            )
            assert page.total == 8
            seen += [hit.id for hit in page.hits]
        assert seen == whole


def test_pages_beyond_the_last_are_empty_and_cost_nothing(engine: SearchEngine) -> None:
    engine.put(invented(3))
    page = engine.find(Query(Everything(), (*EVERYONE, "person:3"), start=10**15, limit=10**9))
    assert (page.hits, page.total) == ((), 3)


def test_a_purge_proves_what_is_gone_and_loses_nothing_else(engine: SearchEngine) -> None:
    entries = invented(40)
    engine.put([*entries, an_entry("T-nobody-dropped"), an_entry("T-changed", "xylophon")])
    engine.drop([entries[0].id, entries[1].id])
    kept = [*entries[2:], an_entry("T-changed", "khác", revision=2), an_entry("T-missing", "thiếu")]
    engine.put(kept[-2:-1])
    proof = engine.purge(Staying(kept))
    assert proof.is_complete
    assert proof.gone == (entries[0].id, entries[1].id, "T-nobody-dropped")
    assert proof.shows_gone(entries[0].id)
    assert proof.remaining == 40
    assert not proof.shows_gone(entries[2].id)
    assert not proof.shows_gone("T-never-there")  # a probe that never found it proves nothing
    everybody = (*EVERYONE, "person:3")
    found = engine.find(Query(Everything(), everybody, limit=99)).hits
    assert {hit.id for hit in found} == {one.id for one in kept}
    assert engine.near("xylophona", 5) == []  # a former word of what stays
    assert ids(engine, Term(FOLDED, "thieu")) == {"T-missing"}


def test_what_was_dropped_long_before_or_leaves_meanwhile_is_proved_gone_too(
    engine: SearchEngine,
) -> None:
    class Leaving(Staying):
        """One of those that stay leaves between being named and being asked for."""

        def entries(self, ids: Collection[str]) -> list[Entry]:
            return [one for one in super().entries(ids) if one.id != "T-4"]

    engine.put([an_entry("T-1")])
    engine.put([an_entry("T-2")])
    engine.drop(["T-1"])  # the only one of its segment
    engine.close()
    engine.put([an_entry("T-3")])
    proof = engine.purge(Leaving([an_entry("T-2"), an_entry("T-3"), an_entry("T-4")]))
    assert (proof.gone, proof.missing) == (("T-1",), ())
    assert engine.purge(Staying([an_entry("T-2"), an_entry("T-3")])).gone == ()


def test_words_of_any_length_and_script_can_be_put_and_found(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1", "ă" * 100_000, "một\x00hai \ud7ff 文書 \u200bba")])
    assert ids(engine, Term(EXACT, "ă" * 255)) == {"T-1"}
    assert ids(engine, Term(EXACT, "文書")) == {"T-1"}


@pytest.mark.parametrize("url", ["whoosh://x", "tantivy:", "tantivy://relative", "", "/index"])
def test_an_unknown_address_is_named(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_engine(url)
    assert refusal.value.code == "unknown_search_engine"


# Over the corpus ---------------------------------------------------------------------------------


def agrees(engine: SearchEngine, query: Query) -> None:
    """The engine finds and counts what plain looking finds and counts."""
    there = expected(query)
    page = engine.find(query)
    assert {hit.id: hit.revision for hit in page.hits} == {
        one.entry.id: one.entry.revision for one in there
    }
    assert page.total == len(page.hits) == len(there)
    counted = engine.facets(query, FACETS)
    assert counted == {field: expected_facet(there, field) for field in FACETS}


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    node=trees(),
    readers=st.sampled_from([ALL, ALL, ALL[:1], ALL[2:], ("organ:9",)]),
    filters=st.lists(trees(), max_size=1).map(tuple),
)
def test_every_engine_finds_and_counts_the_same(
    stocked: SearchEngine, node: Node, readers: tuple[str, ...], filters: tuple[Node, ...]
) -> None:
    agrees(stocked, Query(node, readers, filters, limit=2000))


@pytest.mark.parametrize("typed", QUESTIONS)
def test_what_people_type_finds_the_same_in_every_engine(stocked: SearchEngine, typed: str) -> None:
    query = understand(typed).query(ALL, limit=2000)
    assert expected(query)
    agrees(stocked, query)


def test_several_values_of_a_facet_and_hidden_entries_count_right(stocked: SearchEngine) -> None:
    filters = (
        Or((Term(TYPE, "Quyết định"), Term(TYPE, "Báo cáo"))),
        Or((Term(YEAR, "2019"), Term(YEAR, "2020"), Term(YEAR, "2021"))),
    )
    hidden = tuple(one.id for one in corpus()[::3])
    agrees(stocked, Query(Everything(), ALL[:2], filters, hidden, limit=2000))


def sorted_by(found: list[Looked], order: Order) -> list[str]:
    """Ids in an order that says itself which entry follows which."""
    key = "day" if order in ("newest", "oldest") else order
    found = sorted(found, key=lambda one: one.order_keys[key], reverse=order == "newest")
    return [one.entry.id for one in found]


@pytest.mark.parametrize("order", ["newest", "oldest", "number", "title"])
def test_whatever_the_order_all_pages_together_are_the_whole(
    stocked: SearchEngine, order: Order
) -> None:
    first = Term(TYPE, "Kế hoạch")
    query = Query(Term(FOLDED, "ban"), ALL, limit=2000, order=order)
    there = expected(query)
    wanted = sorted_by([one for one in there if one.has(first)], order)
    ahead = len(wanted)
    wanted += sorted_by([one for one in there if not one.has(first)], order)
    seen: list[str] = []
    for start in range(0, len(wanted) + 97, 97):
        page = stocked.find(Query(query.node, ALL, start=start, limit=97, order=order, first=first))
        assert (page.total, page.ahead) == (len(wanted), ahead)
        seen += [hit.id for hit in page.hits]
    assert seen == wanted


def test_the_best_stand_first_and_no_hit_comes_on_two_pages(stocked: SearchEngine) -> None:
    for typed in QUESTIONS:
        asked = understand(typed)
        whole = stocked.find(asked.query(ALL, limit=2000))
        paged = [
            hit.id
            for start in range(0, whole.total, 50)
            for hit in stocked.find(asked.query(ALL, start=start, limit=50)).hits
        ]
        assert paged == [hit.id for hit in whole.hits]
        assert len(set(paged)) == whole.total
        if asked.first is None and asked.order == "best":
            scores = [hit.score for hit in whole.hits]
            assert scores == sorted(scores, reverse=True)


RANKED: tuple[Node, ...] = (
    Term(FOLDED, "che"),
    And((Term(FOLDED, "quy"), Term(FOLDED, "che"))),
    Or((Term(FOLDED, "giai"), Boost(Term(TITLE, "hòa"), 3.0))),
    Prefer(Term(FOLDED, "quy"), (Term(PAIRS, "quy_chế"), Boost(Term(TITLE, "quy"), 2.0))),
    Phrase(FOLDED, ("van", "thu", "luu", "tru")),
    Or((Prefix(FOLDED, "nap"), Term(FOLDED, "dung"), Near(FOLDED, "chee"))),
    And((Everything(), Term(EXACT, "bản"), Not(Term(FOLDED, "giai")))),
    Prefer(Everything(), (Term(TITLE_FOLDED, "hoa"),)),
    Or((Range(DAY, low=20200101), Term(FOLDED, "giai"))),
    Boost(And((Term(FOLDED, "ban"), Or((Term(FOLDED, "hoa"), Term(FOLDED, "giai"))))), 0.5),
)


@pytest.mark.tools
@pytest.mark.parametrize("node", [*RANKED, *QUESTIONS], ids=str)
def test_elasticsearch_puts_hits_in_the_order_of_tantivy(
    in_tantivy: SearchEngine, in_elasticsearch: SearchEngine, node: Node | str
) -> None:
    query = (
        understand(node).query(ALL, limit=2000)
        if isinstance(node, str)
        else Query(node, ALL, limit=2000)
    )
    wanted = in_tantivy.find(query).hits
    scores = {hit.id: hit.score for hit in wanted}
    found = [scores[hit.id] for hit in in_elasticsearch.find(query).hits]
    assert found == pytest.approx([hit.score for hit in wanted], rel=1e-4)


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("quy chế", {"quy chế", "quy", "chế"}),
        ('"hòa giải"', {"hòa giải"}),
        ("hoa giai", {"hoa giai", "hoa", "giai"}),
        ("kênh mương -hoa", {"kênh mương", "kênh", "mương"}),
    ],
)
def test_marks_stand_on_the_words_that_the_hit_was_found_by(
    stocked: SearchEngine, typed: str, marked: set[str]
) -> None:
    asked = understand(typed)
    bodies = {one.id: "\n".join((one.title, *one.case_file_titles, one.body)) for one in corpus()}
    hits = stocked.find(asked.query(ALL, limit=30)).hits
    assert hits
    for hit in hits:
        pieces = [one.text for one in mark(bodies[hit.id], asked) if one.is_marked]
        assert pieces
        for piece in pieces:
            said = [(word.exact, word.folded) for word in split(piece)]
            exact = " ".join(one for one, _ in said)
            folded = " ".join(one for _, one in said)
            assert {exact, folded} & marked


# What no question should break -------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    ["", " ", "*", ".*", "(", "a{1000}", "\x00", "\u202eabc", "🏛️", "x" * 5000, "a b", '"', "\\"],
)
def test_no_word_is_too_odd_to_ask_for(stocked: SearchEngine, word: str) -> None:
    for node in (
        Term(FOLDED, word),
        Term(SIGNER, word),
        Term(ID, word),
        Phrase(FOLDED, (word if word.split() == [word] else "x", "hoa")),
        And((Term(FOLDED, "hoa"), Term(EXACT, word))),
        Near(FOLDED, word) if len(word) > 2 else Term(TITLE, word),
        Prefix(FOLDED, word) if word else Prefix(SIGNER, word),
    ):
        query = Query(node, ALL, limit=2000)
        agrees(stocked, query)


def test_two_thousand_words_and_five_thousand_hidden_entries_are_not_too_many(
    stocked: SearchEngine,
) -> None:
    many = tuple(Term(FOLDED, f"từ{number}") for number in range(2000))
    agrees(stocked, Query(Or((*many, Term(FOLDED, "hoa"))), ALL, limit=2000))
    agrees(stocked, Query(And((*many, Term(FOLDED, "hoa"))), ALL, limit=2000))
    hidden = (corpus()[0].id, *(f"T-{number}" for number in range(5000)))
    agrees(stocked, Query(Term(FOLDED, "hoa"), ALL, hidden=hidden, limit=2000))


def test_a_dozen_levels_are_not_too_deep(stocked: SearchEngine) -> None:
    node: Node = Term(FOLDED, "hoa")
    for level in range(12):
        node = And((Or((node, Term(FOLDED, "giai"))), Not(Term(FOLDED, f"x{level}"))))
    agrees(stocked, Query(node, ALL, limit=2000))


def nested(levels: Sequence[str]) -> str:
    """Parentheses as deep as the language reads them."""
    typed = "hoa"
    for level in range(DEEPEST):
        typed = levels[level % len(levels)].format(typed)
    return typed


@pytest.mark.parametrize(
    "levels",
    [
        ("(hoa or ky {})",),
        ("(giai or ky -{})",),
        ("-(hoa {})", "(ky or {})"),
        ("(giai or năm:2019 {})", "(ky or {})"),
    ],
)
def test_whatever_depth_the_language_reads_every_engine_answers(
    stocked: SearchEngine, levels: Sequence[str]
) -> None:
    asked = understand(f"quy chế văn thư lưu trữ {nested(levels)}")
    assert not asked.mistakes
    exact, most, near = asked.node, asked.most or Or(()), asked.near or Or(())
    wider = Or((And((most, Not(exact))), And((near, Not(exact), Not(most)))))
    for node in (exact, Or((exact, wider)), And((Or((exact, wider)), Not(wider)))):
        agrees(stocked, Query(node, ALL, limit=2000))


@pytest.mark.parametrize("far", [10**9, 2**63, 10**30, -(10**30)])
def test_no_number_is_too_far_away_to_ask_for(stocked: SearchEngine, far: int) -> None:
    for node in (Range(DAY, low=far), Range(DAY, high=far), Range(DAY, -far, far)):
        agrees(stocked, Query(node, ALL, limit=2000))


def test_values_with_any_signs_in_them_are_counted_as_they_are(engine: SearchEngine) -> None:
    odd = ('a, b; "c"', "d'e\\f", " hai  chữ ", "x" * 1000, "đ\u0301", "a*", "\x00", "🏛️")
    engine.put(
        Entry(id=f"T-{place}", revision=1, readers=("organ:1",), facets={SIGNER: (value,)})
        for place, value in enumerate(odd)
    )
    counted = engine.facets(Query(Everything(), EVERYONE), (SIGNER,))
    assert counted == {SIGNER: dict.fromkeys(odd, 1)}
    for place, value in enumerate(odd):
        assert ids(engine, Term(SIGNER, value)) == {f"T-{place}"}


def test_what_differs_by_one_letter_is_named_the_commonest_first(engine: SearchEngine) -> None:
    titles = ["quy chế", "quy chê", "chệ", "phê", "chế độ", "che"]
    engine.put([an_entry(f"T-{place}", title) for place, title in enumerate(titles)])
    assert engine.near("chee", 9) == ["che"]
    assert engine.near("cho", 9) == ["che"]
    assert engine.near("phe", 9) == ["che"]
    assert engine.near("chexx", 9) == []


def test_what_matches_equally_well_stands_by_its_id(engine: SearchEngine) -> None:
    backwards = [an_entry(f"TTLT-{number}", body="quy chế") for number in (3, 1, 4, 2)]
    engine.put(backwards[:2])
    engine.put(backwards[2:])
    found = engine.find(Query(Term(EXACT, "quy"), ALL))
    assert [one.id for one in found.hits] == ["TTLT-1", "TTLT-2", "TTLT-3", "TTLT-4"]
    first = engine.find(Query(Term(EXACT, "quy"), ALL, first=Term(ID, "TTLT-3")))
    assert [one.id for one in first.hits] == ["TTLT-3", "TTLT-1", "TTLT-2", "TTLT-4"]


def test_the_commonest_values_are_counted_exactly(stocked: SearchEngine) -> None:
    query = Query(Everything(), ALL)
    whole = stocked.facets(query, [YEAR, SIGNER])
    for field in (YEAR, SIGNER):
        few = stocked.facets(query, [field], 3)[field]
        assert sorted(few.values(), reverse=True) == sorted(whole[field].values(), reverse=True)[:3]
        assert few.items() <= whole[field].items()
