"""Numbers as staff type them, of every type of document: each finds its own first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from formats.document_numbers import DOCUMENT_TYPES, DocumentType, TypeGroup, keys, parse
from formats.vietnamese import unaccented
from search.engine import Entry, SearchEngine, open_engine
from search.query import understand
from tests.search.conftest import EVERYONE, an_entry, invented

TODAY = date(2026, 11, 22)
TYPES = [one for one in DOCUMENT_TYPES if one.group is TypeGroup.ADMINISTRATIVE]
SHORT = [one for one in TYPES if one.abbreviation]


def numbered(code: str, number: str, type_name: str, day: int) -> Entry:
    entry = an_entry(code, f"Về việc thứ {code}", number=number, type_name=type_name, day=day)
    parsed = parse(number)
    assert parsed
    return replace(
        entry,
        number_keys=tuple(sorted(keys(parsed, year=day // 10000))),
        facets={"year": (str(day // 10000),)},
        named={"type_name": type_name, "code_notation": number.partition("/")[2]},
    )


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    """One document of each type, all with the number 7; and number 123 in two years."""
    folder: Path = tmp_path_factory.mktemp("numbers")
    engine = open_engine(f"tantivy://{folder / 'index'}")
    engine.rebuild(
        [
            *(one for one in invented(60) if not one.number.startswith(("7/", "123/"))),
            *(
                numbered(one.name, f"7/{one.abbreviation}-UBND", one.name, 20200607)
                for one in SHORT
            ),
            numbered("T-2019", "123/QĐ-UBND", "Quyết định", 20190315),
            numbered("T-2021", "123/QĐ-UBND", "Quyết định", 20210102),
            numbered("T-report", "123/BC-STC", "Báo cáo", 20190401),
            an_entry("T-citing", "Báo cáo", "Căn cứ Quyết định số 123/QĐ-UBND ngày 15/3/2019"),
        ]
    )
    yield engine
    engine.close()


def found(engine: SearchEngine, typed: str) -> list[str]:
    asked = understand(typed, TODAY)
    return [hit.id for hit in engine.find(asked.query(EVERYONE, limit=200)).hits]


def test_there_are_the_types_of_the_decree() -> None:
    assert (len(TYPES), len(SHORT)) == (29, 27)  # letters, and letters of courtesy, have none


@pytest.mark.rule("HC-78")
@pytest.mark.parametrize("kind", SHORT, ids=lambda kind: str(kind.abbreviation))
def test_each_type_is_found_by_abbreviation_and_in_full(
    stocked: SearchEngine, kind: DocumentType
) -> None:
    short, plain = kind.abbreviation, unaccented(kind.abbreviation).lower()
    for typed in (
        f"7/{short}-UBND",
        f"07/{short}-UBND",
        f"7 {short} UBND",
        f"số 7 {short} UBND",
        f"{short} 7 năm 2020",
        f"{kind.name} số 7/{short}-UBND",
        f"{kind.name} 7",
    ):
        assert found(stocked, typed)[:1] == [kind.name], typed
    assert kind.name in found(stocked, f"7/{plain}-ubnd")[:2], plain  # ĐA and DA are alike
    assert found(stocked, f'loại:"{kind.name}" số:7') == [kind.name]


@pytest.mark.rule("HC-78")
@pytest.mark.parametrize(
    "typed",
    [
        "123/QĐ-UBND", "123/qd-ubnd", "123/qđ-ubnd", "số 123 QĐ UBND", "so 123 qd ubnd",
        "Quyết định số 123/QĐ-UBND", "quyet dinh 123", "123 /QĐ -UBND", "123/QÐ–UBND",
        "QuyÕt ®Þnh sè 123/Q§-UBND", "quyeát ñònh soá 123", "QĐ 123", "qd 123 ubnd",
    ],
)  # fmt: skip
def test_a_number_finds_its_documents_first_and_then_who_cites_it(
    stocked: SearchEngine, typed: str
) -> None:
    first = found(stocked, typed)
    assert set(first[:2]) == {"T-2019", "T-2021"}, typed
    assert "T-report" not in first[:2]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("QĐ 123 năm 2019", "T-2019"),
        ("quyết định 123 năm 2021", "T-2021"),
        ("123/QĐ-UBND năm 2021", "T-2021"),
        ("123/QĐ-UBND ngày 15 tháng 3 năm 2019", "T-2019"),
        ("qd 123 ngay 15/03/2019", "T-2019"),
        ("báo cáo 123 năm 2019", "T-report"),
        ("số:123 năm:2021", "T-2021"),
    ],
)
def test_the_year_or_the_day_says_which_of_the_same_number(
    stocked: SearchEngine, typed: str, wanted: str
) -> None:
    assert found(stocked, typed)[:1] == [wanted]


def test_a_bare_number_finds_all_that_carry_it_newest_first(stocked: SearchEngine) -> None:
    assert found(stocked, "123")[:3] == ["T-2021", "T-report", "T-2019"]


@pytest.mark.parametrize("typed", ["7 bản thỏa thuận", "7 bản thoả thuận", "7 BẢN THOẢ THUẬN"])
def test_either_placement_of_a_tone_names_the_type(stocked: SearchEngine, typed: str) -> None:
    assert found(stocked, typed)[:1] == ["Bản thỏa thuận"]
