import unicodedata

from search.engine import EXACT, FOLDED, PAIRS, PAIRS_FOLDED, TITLE
from search.words import LONGEST, pairs, split, texts_of
from tests.search.conftest import an_entry


def exact(text: str) -> list[str]:
    return [word.exact for word in split(text)]


def folded(text: str) -> list[str]:
    return [word.folded for word in split(text)]


def test_every_spelling_of_a_word_becomes_one() -> None:
    text = "Ủy ban HOÀ BÌNH"
    spellings = [
        text,
        unicodedata.normalize("NFD", text),
        "Uỷ ban hòa bình",
        "uỷ\u00a0ban hoà\u200b bình",
    ]
    assert {tuple(exact(one)) for one in spellings} == {("ủy", "ban", "hòa", "bình")}


def test_folding_reaches_the_letter_that_has_no_decomposition() -> None:
    assert folded("Đường ĐẤT QÐ") == ["duong", "dat", "qd"]


def test_no_word_is_thrown_away() -> None:
    assert exact("số 5/QĐ của Bộ Công an, ý kiến") == [
        "số", "5", "qđ", "của", "bộ", "công", "an", "ý", "kiến",
    ]  # fmt: skip
    assert exact("123/QĐ-UBND") == ["123", "qđ", "ubnd"]


def test_places_are_those_of_the_text_as_given() -> None:
    text = unicodedata.normalize("NFD", "  (Quy chế),\n\tvăn thư")
    assert [unicodedata.normalize("NFC", text[one.start : one.end]) for one in split(text)] == [
        "Quy", "chế", "văn", "thư",
    ]  # fmt: skip


def test_long_words_are_cut() -> None:
    assert len(exact("x" * 5000)[0]) == LONGEST
    assert all(len(pair) <= LONGEST for pair in pairs(["y" * 255, "z" * 255]))


def test_pairs_join_neighbours_of_one_field_only() -> None:
    texts = texts_of(an_entry("", "Quy chế", "văn thư lưu"))
    assert texts[PAIRS].split() == ["quy_chế", "văn_thư", "thư_lưu"]
    assert texts[PAIRS_FOLDED].split() == ["quy_che", "van_thu", "thu_luu"]
    assert texts[TITLE] == "quy chế"
    assert texts[EXACT] == "quy chế ¶ văn thư lưu"
    assert texts[FOLDED] == "quy che ¶ van thu luu"
