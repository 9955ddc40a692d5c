"""What follows the exact answers: most of the words, near spellings, what a scan was read as."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from formats.syllables import is_syllable_without_marks
from formats.vietnamese import decode_tcvn3
from search.confusions import broken, readings
from search.engine import Node, SearchEngine
from search.query import Asked, understand
from tests.search.conftest import EVERYONE, Find, an_entry, invented

Follow = Callable[[str], list[str]]


def ids(engine: SearchEngine, asked: Asked, node: Node | None) -> list[str]:
    assert node
    page = engine.find(replace(asked.query(EVERYONE, limit=1000), node=node))
    return [hit.id for hit in page.hits]


@pytest.fixture
def most(engine: SearchEngine) -> Follow:
    return lambda typed: ids(engine, (asked := understand(typed)), asked.most)


@pytest.fixture
def near(engine: SearchEngine) -> Follow:
    return lambda typed: ids(engine, (asked := understand(typed)), asked.near)


def test_a_sentence_finds_what_has_most_of_its_words_best_first(
    engine: SearchEngine, find: Find, most: Follow
) -> None:
    engine.put(
        [
            an_entry("T-some", "Quy chế", "quản lý tài sản công"),
            an_entry("T-most", "Quy chế quản lý chữ ký số", "của cơ quan"),
            *invented(40),
        ]
    )
    typed = "ai soạn quy chế quản lý chữ ký số của cục Thuế"
    assert find(typed) == []
    assert most(typed)[0] == "T-most"
    assert "T-some" not in most(typed)


def test_words_for_the_sake_of_grammar_do_not_count(engine: SearchEngine, most: Follow) -> None:
    engine.put([an_entry("T-1", "của và về các cho trong"), an_entry("T-2", "lưu trữ hồ sơ điện")])
    assert most("của và về lưu trữ hồ sơ điện ảnh") == ["T-2"]


def test_what_was_asked_in_a_field_or_left_out_holds_for_most_of_the_words_too(
    engine: SearchEngine, most: Follow, near: Follow
) -> None:
    named = {"signer_name": "Nguyễn Thị Lan"}
    lan = replace(an_entry("T-lan", "quy chế lưu trữ hồ sơ"), named=named)
    draft = replace(an_entry("T-draft", "quy chế lưu trữ hồ sơ nháp"), named=named)
    engine.put([lan, draft, an_entry("T-other", "quy chế lưu trữ hồ sơ")])
    assert most("quy chế lưu trữ hồ điện ký:Lan -nháp") == ["T-lan"]
    assert near("quy che luu trux ký:Lan -nháp") == ["T-lan"]


@pytest.mark.parametrize("typed", ["quy", "quy chế", "", "ký:Lan", "a or b", "212/QĐ-VP"])
def test_of_one_or_two_things_none_can_be_left_out(typed: str) -> None:
    assert understand(typed).most is None


@pytest.mark.parametrize(
    "typed",
    ["quy che quan li chu ky so", "quy ches quản lý chữ ký", "qu chế qan lý", "uqy chế quản lýy",
     "quy chế qun lý", "quy~ chế quản lya"],
)  # fmt: skip
def test_a_misspelt_word_is_found_beside_its_neighbour(
    engine: SearchEngine, near: Follow, typed: str
) -> None:
    engine.put([an_entry("T-1", "Quy chế quản lý chữ ký số"), an_entry("T-2", "Kế hoạch đầu tư")])
    if typed == "uqy chế quản lýy":  # two letters changed places: that is two letters
        assert near(typed) == []
    else:
        assert near(typed) == ["T-1"]


def test_a_word_that_differs_by_a_letter_proves_nothing_apart_from_its_neighbours(
    engine: SearchEngine, near: Follow
) -> None:
    engine.put(
        [
            an_entry("T-1", "Quy chế văn thư"),
            an_entry("T-apart", "Chế độ văn phòng", "quỷ kế; thư viện"),
        ]
    )
    assert near("quy chế văn thưu") == ["T-1"]


@pytest.mark.parametrize(
    "typed", ["thán 7 quy chế quản lý", "ngàày 03 quy chế quản lý", "lụx quy chế quản lý 01"]
)
def test_misspelt_words_beside_a_figure_are_no_symbol_of_a_number(
    engine: SearchEngine, most: Follow, typed: str
) -> None:
    engine.put([an_entry("T-1", "Quy chế quản lý chữ ký số"), an_entry("T-2", "Kế hoạch đầu tư")])
    assert most(typed) == ["T-1"]


def test_a_value_of_a_field_may_be_misspelt(engine: SearchEngine, near: Follow) -> None:
    engine.put([replace(an_entry("T-1"), named={"signer_name": "Nguyễn Thị Lan"})])
    assert near("người ký:Nguyn") == ["T-1"]


@pytest.mark.parametrize("read", ["quy ch e luu trii", "quy c he luu tru", "qu y che luu tru"])
def test_a_word_that_a_scan_broke_is_found(engine: SearchEngine, near: Follow, read: str) -> None:
    engine.put([an_entry("T-1", body=read)])
    assert near("quy chế") == ["T-1"]


def test_a_word_is_read_otherwise_only_as_no_other_word() -> None:
    assert "trink" in readings("trinh")
    assert readings("trinh") and not any(map(is_syllable_without_marks, readings("trinh")))
    assert broken("che") == ["c_he", "ch_e"]
    assert readings("x" * 300) == () and broken("x" * 300) == []


@pytest.mark.parametrize("long", ["Ủy ban nhân dân", "uy ban nhan dan"])
def test_short_and_long_names_find_each_other(engine: SearchEngine, find: Find, long: str) -> None:
    engine.put(
        [
            an_entry("T-short", body="UBND tỉnh họp"),
            an_entry("T-long", body="Ủy ban nhân dân tỉnh họp"),
            an_entry("T-other", body="Hội đồng nhân dân tỉnh họp"),
        ]
    )
    for typed in ("UBND họp", "ubnd tinh", f"{long} tỉnh"):
        assert sorted(find(typed)) == ["T-long", "T-short"], typed


def test_a_short_name_of_a_type_finds_the_type(engine: SearchEngine, find: Find) -> None:
    engine.put(
        [
            replace(an_entry("T-1", "quy chế"), named={"type_name": "Quyết định"}),
            replace(an_entry("T-project", "quy chế"), named={"type_name": "Dự án"}),
        ]
    )
    assert find("QĐ quy chế") == find("qd quy che") == ["T-1"]
    assert find("DA quy chế") == []  # Dự án or Đề án: nobody knows
    assert find("loại:qd") == find("loại:QĐ") == find('loại:"quyết định"') == ["T-1"]


@pytest.mark.parametrize("typed", ["Lý", "Lí", "ly", "người ký:Lý"])
def test_names_with_i_and_y_are_one(engine: SearchEngine, find: Find, typed: str) -> None:
    engine.put(
        [
            replace(an_entry("T-1", body="ông Lý ký"), named={"signer_name": "Lý"}),
            replace(an_entry("T-2", body="ông Lí ký"), named={"signer_name": "Lí"}),
        ]
    )
    assert sorted(find(typed)) == ["T-1", "T-2"]


@pytest.mark.rule("HC-78")
@pytest.mark.parametrize("typed", ["quyÕt ®Þnh", "quyeát ñònh", decode_tcvn3("quyÕt ®Þnh")])
def test_what_is_typed_with_the_fonts_of_before_is_found(
    engine: SearchEngine, find: Find, typed: str
) -> None:
    engine.put([an_entry("T-1", "Quyết định"), an_entry("T-2", "Quy chế")])
    assert find(typed) == ["T-1"]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("ngày 15/03/2019", ["T-2019"]),
        ("năm 2019", ["T-2019"]),
        ("tháng 3 năm 2019", ["T-2019"]),
        ("từ năm 2018 đến 2020", ["T-2019"]),
        ("năm:2019", ["T-file", "T-2019"]),
        ("năm:>2020", ["T-2021"]),
        ("ngày:03/2019", ["T-2019"]),
        ("-ngày:03/2019 ngày:*", ["T-2021"]),
    ],
)
def test_a_date_in_words_finds_the_documents_of_that_day(
    engine: SearchEngine, find: Find, typed: str, wanted: list[str]
) -> None:
    engine.put(
        [
            replace(an_entry("T-2019", "một", day=20190315), facets={"year": ("2019",)}),
            replace(an_entry("T-2021", "hai", day=20210101), facets={"year": ("2021",)}),
            replace(an_entry("T-file", "ba"), facets={"year": ("2019",)}),
        ]
    )
    assert set(wanted) <= set(find(typed))
    assert "T-2021" not in find(typed) or "T-2021" in wanted
    assert "T-2019" not in find(typed) or "T-2019" in wanted
