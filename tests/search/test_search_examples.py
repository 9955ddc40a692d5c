"""Every example of the help page, asked; and that page lists every field."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import clock
from formats.document_numbers import keys, parse
from search.engine import SearchEngine
from search.query import understand
from search.query_fields import fields
from tests.search.conftest import EVERYONE, an_entry, invented
from web.pages.search_help import KINDS, SECTIONS
from web.search_words import MISTAKES

ROOT = Path(__file__).parents[2]
NEXT_YEAR = datetime(2020, 5, 5, tzinfo=UTC)
EXAMPLES = [
    typed
    for section in SECTIONS
    for one in section.examples
    for typed in (one.typed, one.english)
    if typed
]


@pytest.fixture
def furnished(engine: SearchEngine) -> Iterator[SearchEngine]:
    """A decision and its case file among documents about other things."""
    number = parse("212/QĐ-UBND")
    assert number
    decision = an_entry(
        "T-decision",
        "Ban hành quy chế quản lý chữ ký số",
        "Ủy ban nhân dân tỉnh quyết định: chỉ thị về đường thủy được thay thế",
        number="212/QĐ-UBND",
        day=20190315,
        type_name="Quyết định",
        fields=("Nguyễn Thị Lan",),
    )
    decision = replace(
        decision,
        number_keys=tuple(keys(number, year=2019)),
        named={
            "type_name": "Quyết định",
            "organ_name": "Ủy ban nhân dân tỉnh Kon Tum",
            "signer_name": "Nguyễn Thị Lan",
        },
        facets={"year": ("2019",), "stage": ("open",), "verdict": ("TOTAL-PASSED",)},
    )
    case_file = replace(an_entry("case_file:HS-07", "Chữ ký của lãnh đạo"), kind="case_file")
    others = [
        replace(
            one,
            title="Nháp thi đua",
            day=20100101,
            number_keys=(),
            named={"signer_name": "Trần Bình"},
            facets={"year": ("2010",)},
        )
        for one in invented(30)
    ]
    engine.put([decision, case_file, *others])
    with clock.standing_at(NEXT_YEAR):
        yield engine


@pytest.mark.rule("HC-78")
@pytest.mark.parametrize("typed", EXAMPLES)
def test_an_example_finds_what_it_says(furnished: SearchEngine, typed: str) -> None:
    asked = understand(typed)
    assert asked.mistakes == ()
    weaker = [one for one in (asked.node, asked.most, asked.near) if one]
    found = [
        hit.id
        for node in weaker
        for hit in furnished.find(replace(asked.query(EVERYONE), node=node)).hits
    ]
    wanted = "case_file:HS-07" if "dạng:" in typed or "kind:" in typed else "T-decision"
    assert found[:1] == [wanted]


@pytest.mark.parametrize("typed", [one for one in EXAMPLES if ":" in one and ":*" not in one])
def test_an_example_with_a_field_leaves_others_out(furnished: SearchEngine, typed: str) -> None:
    assert furnished.find(understand(typed).query(EVERYONE)).total == 1


def test_every_kind_of_field_is_explained() -> None:
    assert {one.kind for one in fields()} == KINDS.keys()


def test_the_docs_have_every_field_and_every_mistake() -> None:
    told = (ROOT / "docs" / "search-language.md").read_text(encoding="utf-8")
    for one in fields():
        assert f"| `{one.label.replace(' ', '_')}:` |" in told
    assert mistakes()
    for code in mistakes():
        assert f"`{code}`" in told, code


def test_every_mistake_has_words() -> None:
    assert mistakes() == MISTAKES.keys()


def mistakes() -> set[str]:
    """The codes that the language gives."""
    texts = (one.read_text(encoding="utf-8") for one in (ROOT / "search").glob("*.py"))
    given = re.compile(r'(?:\bMistake|self\._amiss|self\._wrong)\(\s*"([a-z_]+)"')
    return {code for text in texts for code in given.findall(text)}
