"""Days and years of retention, against cases worked out by hand."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.terms import Period, Term, term_of
from retention.clock import End, Fate, end_of, longest

ENDED = date(2019, 3, 14)
DATA = Path(__file__).parents[2] / "retention" / "data"


@pytest.mark.parametrize(
    ("term", "ended_on", "events", "end"),
    [
        ("5 năm", ENDED, {}, End(Fate.RUNS, date(2024, 12, 31))),
        ("70 năm", date(2020, 2, 29), {}, End(Fate.RUNS, date(2090, 12, 31))),
        ("5 năm", date(2019, 12, 31), {}, End(Fate.RUNS, date(2024, 12, 31))),
        ("5 năm", date(2020, 1, 1), {}, End(Fate.RUNS, date(2025, 12, 31))),
        ("Vĩnh viễn", None, {}, End(Fate.PERMANENT)),
        ("5 năm", None, {}, End(Fate.UNKNOWN)),
        ("bao lâu cũng được", ENDED, {}, End(Fate.UNKNOWN)),
        ("Đến khi văn bản hết hiệu lực", ENDED, {}, End(Fate.WAITS, event="superseded")),
        (
            "Đến khi văn bản hết hiệu lực",
            ENDED,
            {"superseded": date(2022, 6, 30)},
            End(Fate.RUNS, date(2022, 12, 31)),
        ),
        (
            "5 năm sau khi chấm dứt hợp đồng",
            ENDED,
            {"ended": date(2021, 1, 1)},
            End(Fate.RUNS, date(2026, 12, 31)),
        ),
        ("Theo tuổi thọ công trình", ENDED, {}, End(Fate.WAITS, event="asset_ended")),
        (
            "5 năm sau khi chấm dứt hợp đồng",
            ENDED,
            {"ended": date(1990, 1, 1)},
            End(Fate.RUNS, date(2024, 12, 31)),
        ),
    ],
)
def test_the_end_of_a_term(
    term: str, ended_on: date | None, events: dict[str, date], end: End
) -> None:
    assert end_of(term_of(term), ended_on, events) == end


def test_the_longest_of_several_wins() -> None:
    five, twenty = (End(Fate.RUNS, date(2024, 12, 31)), End(Fate.RUNS, date(2039, 12, 31)))
    waits, forever = End(Fate.WAITS, event="superseded"), End(Fate.PERMANENT)
    assert longest([five, twenty]) == twenty
    assert longest([five, waits, twenty]) == waits
    assert longest([waits, End(Fate.UNKNOWN)]) == End(Fate.UNKNOWN)
    assert longest([five, End(Fate.UNKNOWN), forever]) == forever
    assert longest([]) == End(Fate.UNKNOWN)


@given(
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.integers(1, 100),
    st.integers(1, 100),
)
def test_a_longer_term_never_ends_sooner_and_none_ends_within_its_years(
    ended_on: date, years: int, more: int
) -> None:
    short = end_of(Term(Period.YEARS, years), ended_on, {}).on
    long = end_of(Term(Period.YEARS, years + more), ended_on, {}).on
    assert short is not None
    assert long is not None
    assert ended_on < short < long
    assert short.year - ended_on.year == years


def test_every_period_of_the_draft_schedule_is_one_that_we_know() -> None:
    with (DATA / "schedule.csv").open(encoding="utf-8") as file:
        rules = list(csv.DictReader(file))
    assert len(rules) == 165
    assert len({one["number"] for one in rules}) == len(rules)
    assert [one["number"] for one in rules if term_of(one["period"]) is None] == []
    changed = {one["number"]: one["source_2011"] for one in rules if one["source_2011"]}
    assert changed == {"1.25": "Vĩnh viễn", "2.14": "10 năm", "3.2": "Vĩnh viễn", "3.6": "20 năm"}
