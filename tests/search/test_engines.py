"""What every engine promises."""

from collections.abc import Collection

import pytest

from archive.errors import Invalid
from search.engine import (
    DAY,
    EXACT,
    FOLDED,
    ID,
    READERS,
    And,
    Entry,
    Everything,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    SearchEngine,
    Term,
    open_engine,
)
from tests.search.conftest import EVERYONE, Staying, an_entry, invented


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
    from search.words import split

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
    engine.put(entries)
    engine.drop([entries[0].id, entries[1].id])
    proof = engine.purge(Staying(entries[2:]))
    assert proof.is_complete
    assert proof.gone == (entries[0].id, entries[1].id)
    assert proof.shows_gone(entries[0].id)
    assert proof.remaining == 38
    assert not proof.shows_gone(entries[2].id)
    assert not proof.shows_gone("T-never-there")  # a probe that never found it proves nothing
    assert ids(engine, Everything(), filters=()) <= {one.id for one in entries[2:]}


def test_what_was_dropped_long_before_the_purge_is_proved_gone_too(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1")])
    engine.put([an_entry("T-2")])
    engine.drop(["T-1"])  # the only one of its segment
    engine.close()
    engine.put([an_entry("T-3")])
    proof = engine.purge(Staying([an_entry("T-2"), an_entry("T-3")]))
    assert proof.gone == ("T-1",)
    assert engine.purge(Staying([an_entry("T-2"), an_entry("T-3")])).gone == ()


def test_a_purge_also_removes_what_nobody_dropped(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1"), an_entry("T-2")])
    proof = engine.purge(Staying([an_entry("T-2")]))
    assert proof.shows_gone("T-1")
    assert ids(engine, Everything()) == {"T-2"}


def test_a_purge_removes_the_former_words_of_what_stays(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1", "xylophon"), an_entry("T-2", "quy chế")])
    engine.put([an_entry("T-1", "quy định", revision=2)])
    kept = [an_entry("T-1", "quy định", revision=2), an_entry("T-2", "quy chế")]
    proof = engine.purge(Staying(kept))
    assert (proof.is_complete, proof.gone, proof.remaining) == (True, (), 2)
    assert engine.near("xylophona", 5) == []
    assert ids(engine, Term(FOLDED, "quy")) == {"T-1", "T-2"}


def test_a_purge_puts_what_should_stay_and_is_not_there(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1")])
    proof = engine.purge(Staying([an_entry("T-1"), an_entry("T-2", "quy chế")]))
    assert proof.is_complete
    assert ids(engine, Term(FOLDED, "quy")) == {"T-2"}


def test_what_leaves_while_a_purge_is_at_work_is_not_missed(engine: SearchEngine) -> None:
    class Leaving(Staying):
        def entries(self, ids: Collection[str]) -> list[Entry]:
            return [one for one in super().entries(ids) if one.id != "T-2"]

    engine.put([an_entry("T-1"), an_entry("T-2"), an_entry("T-3")])
    proof = engine.purge(Leaving([an_entry("T-2"), an_entry("T-3")]))
    assert not proof.missing
    assert proof.shows_gone("T-1")
    assert "T-3" in ids(engine, Everything())


def test_words_of_any_length_and_script_can_be_put_and_found(engine: SearchEngine) -> None:
    engine.put([an_entry("T-1", "ă" * 100_000, "một\x00hai \ud7ff 文書 \u200bba")])
    assert ids(engine, Term(EXACT, "ă" * 255)) == {"T-1"}
    assert ids(engine, Term(EXACT, "文書")) == {"T-1"}


@pytest.mark.parametrize("url", ["whoosh://x", "tantivy:", "tantivy://relative", "", "/index"])
def test_an_unknown_address_is_named(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_engine(url)
    assert refusal.value.code == "unknown_search_engine"
