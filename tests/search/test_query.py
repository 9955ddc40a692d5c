"""What people type, and what is found by it."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engine import SearchEngine
from search.query import WORDS_WANTED, understand
from tests.search.conftest import EVERYONE, Find, an_entry, invented


@pytest.mark.rule("HC-78", "KT-02")
@pytest.mark.parametrize(
    "typed",
    [
        "hòa bình", "hoà bình", "HOÀ BÌNH", "hoa binh", "Hoa Bình", "bình hòa",
        unicodedata.normalize("NFD", "hòa bình"), '"hoà bình"', '"hoa binh"', "“Hòa Bình”",
        "đường thủy", "duong thuy", "đường thuỷ", "ĐƯỜNG hòa", "khỏe", "khoẻ", "uỷ ban", "uy ban",
        "Ðường thủy",
    ],
)  # fmt: skip
def test_every_usual_spelling_finds_the_text(engine: SearchEngine, find: Find, typed: str) -> None:
    body = "Ủy ban nhân dân tỉnh Hòa Bình về đường thủy và sức khỏe"
    engine.put(
        [
            an_entry("T-nfc", body=body),
            an_entry("T-nfd", body=unicodedata.normalize("NFD", body)),
            an_entry(
                "T-old", body=body.replace("òa", "oà").replace("ủy", "uỷ").replace("ỏe", "oẻ")
            ),
            an_entry("T-other", body="Kế hoạch đầu tư"),
        ]
    )
    assert sorted(find(typed)) == ["T-nfc", "T-nfd", "T-old"]


@pytest.mark.rule("HC-78")
def test_any_field_that_was_entered_is_searched_together_with_the_text(
    engine: SearchEngine, find: Find
) -> None:
    engine.put(
        [an_entry("T-1", "Trích yếu", "nội dung", fields=("Nguyễn Văn Phúc", "Ghi chú: tủ sắt"))]
    )
    for typed in ("trích yếu", "nội dung", "nguyễn văn phúc", "tủ sắt", "phuc noi dung yeu", "T-1"):
        assert find(typed) == ["T-1"], typed


def test_all_words_are_wanted_in_any_order(engine: SearchEngine, find: Find) -> None:
    engine.put([an_entry("T-1", body="quy chế văn thư"), an_entry("T-2", body="quy chế lưu trữ")])
    assert find("thư chế") == ["T-1"]
    assert find("văn lưu") == []


def test_words_in_quotes_stand_side_by_side(engine: SearchEngine, find: Find) -> None:
    engine.put([an_entry("T-1", body="lưu trữ hồ sơ"), an_entry("T-2", body="hồ sơ lưu trữ")])
    assert find('"trữ hồ sơ"') == ["T-1"]
    assert find('"lưu trữ" "hồ sơ"') in (["T-1", "T-2"], ["T-2", "T-1"])


def test_a_minus_leaves_out_a_word_or_a_phrase(engine: SearchEngine, find: Find) -> None:
    engine.put(
        [
            an_entry("T-1", body="quy chế hóa đơn"),
            an_entry("T-2", body="quy chế hoa hồng"),
            an_entry("T-3", body="quy định"),
        ]
    )
    assert find("quy -hóa") in (["T-2", "T-3"], ["T-3", "T-2"])  # marks typed: no more than these
    assert find("quy -hoa") == ["T-3"]
    assert find('quy -"chế hoa"') in (["T-1", "T-3"], ["T-3", "T-1"])
    assert find("-chế") == ["T-3"]


def test_exact_matches_come_before_those_with_other_marks(engine: SearchEngine, find: Find) -> None:
    filler = "công tác văn thư và lưu trữ của cơ quan " * 5
    engine.put(
        [
            *(an_entry(f"T-other-{n}", body="hoa hoa hoa hoạ hoạ hoa") for n in range(20)),
            an_entry("T-exact", body=filler + "hóa " + filler),
            *invented(30),
        ]
    )
    found = find("hóa")
    assert found[0] == "T-exact"
    assert len([one for one in found if one.startswith("T-other")]) == 20


def test_a_pair_ranks_above_its_syllables_scattered(engine: SearchEngine, find: Find) -> None:
    engine.put(
        [
            *invented(60),
            an_entry("T-scattered", body="quy định chế độ " * 6),
            an_entry("T-pair", body="về việc ban hành quy chế " + "công việc khác " * 8),
        ]
    )
    for typed in ("quy chế", "quy che"):
        found = find(typed)
        assert found.index("T-pair") < found.index("T-scattered"), typed


def test_words_in_a_row_rank_above_the_same_neighbours_apart(
    engine: SearchEngine, find: Find
) -> None:
    apart = "chữ ký. Ký số. Số của. Của lãnh. Lãnh đạo." * 3
    engine.put(
        [
            *invented(60),
            *(an_entry(f"T-apart-{n}", body=apart) for n in range(9)),
            an_entry("T-row", body="công việc khác " * 10 + "chữ ký số của lãnh đạo"),
        ]
    )
    for typed in ("chữ ký số của lãnh đạo", "chu ky so cua lanh dao"):
        assert find(typed)[0] == "T-row", typed


def test_a_subject_ranks_above_a_mention_in_the_text(engine: SearchEngine, find: Find) -> None:
    engine.put(
        [
            an_entry("T-text", "Báo cáo tháng", "có nhắc đến thủy lợi một lần"),
            an_entry("T-subject", "Kế hoạch thủy lợi", "nội dung của văn bản này"),
        ]
    )
    assert find("thủy lợi") == ["T-subject", "T-text"]
    assert find("thuy loi") == ["T-subject", "T-text"]


NUMBERS = [
    "04/2017/QĐ-UBND", "4/2017/QĐ-UBND", "04/2017/qd-ubnd", "04 2017 QD UBND", "QĐ-UBND 04",
    "số 04 năm 2017", "quyết định 04/2017", "04/2017", "4/2017", "Số: 04 /2017/QĐ-UBND",
    "04/2017/QÐ-UBND", "04/2017/QĐ–UBND", "04/2017/QĐ−UBND", "04-2017", "04", "4",
    "04 /2017 /QĐ -UBND", "Quyết định số 04/2017/QĐ-UBND", "văn bản số 4/2017/QĐ-UBND",
]  # fmt: skip


@pytest.mark.rule("HC-78")
@pytest.mark.parametrize("typed", NUMBERS)
def test_a_number_is_found_however_it_is_typed(
    engine: SearchEngine, find: Find, typed: str
) -> None:
    engine.put(
        [
            *invented(40),
            an_entry("T-wanted", "Ban hành Quy chế", number="04/2017/QĐ-UBND", day=20170203,
                     type_name="Quyết định"),
            an_entry("T-citing", body="Căn cứ Quyết định số 04/2017/QĐ-UBND ngày 03/02/2017"),
        ]
    )  # fmt: skip
    assert find(typed)[0] == "T-wanted"


def test_a_bare_number_gives_the_documents_of_that_number_newest_first(
    engine: SearchEngine, find: Find
) -> None:
    engine.put(
        [
            an_entry("T-mentions", body="ngày 04 tháng 5", day=20240101),
            *(
                an_entry(f"T-{year}", number=f"04/{year}/QĐ-UBND", day=year * 10000 + 101)
                for year in (2015, 2019, 2017)
            ),
        ]
    )
    assert find("04") == ["T-2019", "T-2017", "T-2015", "T-mentions"]


def test_an_abbreviation_alone_is_a_word(engine: SearchEngine, find: Find) -> None:
    engine.put([an_entry("T-1", body="UBND tỉnh"), an_entry("T-2", number="9/2017/QĐ-UBND")])
    assert sorted(find("UBND")) == ["T-1", "T-2"]


def test_a_number_among_other_words_narrows_them(engine: SearchEngine, find: Find) -> None:
    engine.put(
        [
            an_entry("T-1", "Quy chế văn thư", number="04/2017/QĐ-UBND"),
            an_entry("T-2", "Quy chế khác", number="04/2017/QĐ-UBND"),
            an_entry("T-3", "Quy chế văn thư", number="05/2017/QĐ-UBND"),
        ]
    )
    assert find("văn thư 4/2017/QĐ-UBND") == ["T-1"]
    assert sorted(find("quy chế -văn 4/2017/QĐ-UBND")) == ["T-2"]


def test_nothing_typed_gives_everything_newest_first(engine: SearchEngine, find: Find) -> None:
    engine.put([an_entry("T-1", day=20200101), an_entry("T-2", day=20210101), an_entry("T-3")])
    assert find("") == find(" \n\u00a0") == ["T-2", "T-1", "T-3"]


@pytest.mark.parametrize("typed", ["?!", "-", '"', '""', "- - -", "¶", '-"', "“", "/", "\x00"])
def test_signs_alone_find_nothing_and_break_nothing(
    engine: SearchEngine, find: Find, typed: str
) -> None:
    engine.put([an_entry("T-1", "Quy chế")])
    assert find(typed) == []


def test_a_pasted_page_is_asked_by_its_first_words(engine: SearchEngine, find: Find) -> None:
    page = " ".join(f"từ{number}" for number in range(500))
    engine.put([an_entry("T-1", body=page)])
    assert find(page) == ["T-1"]
    assert len(understand(page).wanted) == WORDS_WANTED
    assert find(f'"{page}"') == ["T-1"]


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["quy", "chế", "hoà", '"', "“", "-", "/", "04/2017/QĐ-UBND", "số", "04", "*", "¶", "_", ":",
         "\u0301", "\u200b", "\u00ad", "Đ", "QĐ-UBND", "năm 2017", "(", ")", "~", "^", "\\"]
    ),
)  # fmt: skip


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PIECES, max_size=8), st.sampled_from(["", " "]))
def test_whatever_is_typed_there_is_an_answer(
    engine: SearchEngine, pieces: list[str], between: str
) -> None:
    asked = understand(between.join(pieces))
    page = engine.find(asked.query(EVERYONE))
    assert page.total == 0  # nothing was put
    assert all(one.exact and one.folded for one in asked.wanted)
