"""The questions by which relevance is measured: about papers that are there, the same each time."""

from collections import Counter

import pytest

from benchmarks.relevance import Answered, answered, engine_with, table
from benchmarks.relevance_papers import Collected, papers
from benchmarks.relevance_questions import KINDS, Question, by_chance, judged


@pytest.fixture(scope="module")
def collected() -> list[Collected]:
    return papers(40)


def test_sixty_questions_are_judged_ten_of_a_kind(collected: list[Collected]) -> None:
    there = {one.entry.id for one in collected if one.is_ours}
    questions = judged()
    assert Counter(one.kind for one in questions) == dict.fromkeys(KINDS, 10)
    assert len({one.text for one in questions}) == 60
    for one in questions:
        assert one.answers and one.answers <= there, one.text


def test_questions_by_chance_are_the_same_for_a_seed_and_none_is_a_judged_one(
    collected: list[Collected],
) -> None:
    questions = by_chance(collected, 5, seed=1)
    assert questions == by_chance(collected, 5, seed=1) != by_chance(collected, 5, seed=2)
    assert Counter(one.kind for one in questions) == dict.fromkeys(KINDS, 5)
    assert not {one.text for one in questions} & {one.text for one in judged()}


def test_rank_and_recall_are_what_they_are_called() -> None:
    question = Question("exact", "quy chế", frozenset({"a", "b"}))
    assert (Answered(question, ("c", "a", "d"), "").rank, Answered(question, (), "").rank) == (
        0.5,
        0,
    )
    assert Answered(question, ("c", "a", "d"), "").recall == 0.5
    assert "| exact | 1 | 0.500 | 0.500 |" in table([Answered(question, ("c", "a"), "")])


@pytest.mark.slow
def test_what_was_judged_is_found_among_few_papers(collected: list[Collected]) -> None:
    with engine_with("tantivy", [one.entry for one in collected]) as engine:
        missed = [one.text for one in judged() if answered(engine, one).recall < 1]
    assert len(missed) <= 3, missed
