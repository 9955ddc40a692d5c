import unicodedata

import pytest

from search.marking import Piece, boxes, mark, places
from search.query import understand
from tests.search.conftest import a_page

PAGES = [
    a_page(1, "ỦY BAN NHÂN DÂN\nSố: 04 /2017/QĐ-UBND\nQUYẾT ĐỊNH\nBan hành Quy chế văn thư"),
    a_page(2, "Điều 1. Phạm vi điều chỉnh\nquy định chế độ"),
    a_page(3, "Điều 9. Công tác lưu trữ\nHồ sơ nộp lưu theo Quy chế văn thư lưu trữ, hòa bình"),
    a_page(4, "Nơi nhận: như trên"),
]


def marked(text: str, asked: str) -> list[str]:
    return [piece.text for piece in mark(text, understand(asked)) if piece.is_marked]


def test_the_best_page_is_the_one_with_most_of_what_was_asked() -> None:
    found = places(PAGES, understand("quy chế văn thư lưu trữ"))
    assert found.best == 3
    assert found.pages == (3,)


def test_pages_with_the_same_words_are_all_named_and_the_first_is_best() -> None:
    found = places(PAGES, understand('"quy chế"'))
    assert (found.best, found.pages) == (1, (1, 3))


def test_words_that_stand_together_somewhere_are_not_marked_alone() -> None:
    text = "Sở chủ trì việc ký số; chữ ký số của Sở do số người ký"
    assert marked(text, "chu ky so") == ["ký số", "chữ ký số"]
    assert marked("chủ trì, ký tên, số đến", "chu ky so") == ["chủ", "ký", "số"]


def test_words_on_different_pages_name_all_pages_that_add_one() -> None:
    found = places(PAGES, understand("phạm vi nhận"))
    assert (found.best, found.pages) == (2, (2, 4))


def test_neighbours_make_a_page_better_than_scattered_words() -> None:
    pages = [a_page(1, "quy định chế độ quy chuẩn chế tài"), a_page(2, "theo quy chế này")]
    assert places(pages, understand("quy che")).best == 2


def test_a_page_with_the_marks_as_typed_is_better_than_one_without() -> None:
    pages = [a_page(1, "hoa hoa hoa"), a_page(2, "một hóa đơn")]
    assert places(pages, understand("hóa")).best == 2
    assert places(pages, understand("hoa")).best == 1


def test_the_snippet_shows_the_densest_spot_marked() -> None:
    long = a_page(
        1, "quy " + "lời mở đầu dài dòng " * 40 + "ban hành Quy chế văn thư " + "hết " * 60
    )
    snippet = places([long], understand("quy che van thu")).snippet
    text = "".join(piece.text for piece in snippet)
    assert Piece("Quy chế văn thư", True) in snippet
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert len(text) < 400


def test_a_short_page_is_shown_whole_on_one_line() -> None:
    snippet = places([a_page(1, "Kính gửi\nSở Tài chính")], understand("tài")).snippet
    assert snippet == (Piece("Kính gửi Sở ", False), Piece("Tài", True), Piece(" chính", False))


def test_nothing_on_the_pages_names_no_page() -> None:
    assert places(PAGES, understand("vắng mặt")).best is None
    assert places(PAGES, understand("")).pages == ()
    assert places([], understand("quy")).snippet == ()


def test_no_more_pages_are_read_than_allowed() -> None:
    def pages():  # type: ignore[no-untyped-def]
        yield from PAGES[:2]
        raise AssertionError("read too far")

    assert places(pages(), understand("quy chế"), at_most=2).best == 1


@pytest.mark.parametrize(
    ("asked", "text", "wanted"),
    [
        ("hoà bình", "Tỉnh Hòa Bình, hoa bình", ["Hòa Bình"]),
        ("hoa binh", "Tỉnh Hòa Bình, hoa", ["Hòa Bình"]),
        ("hóa", "hoa và họa", ["hoa", "họa"]),  # no exact one: the others
        ('"quy chế"', "quy định, chế độ, quy chế", ["quy chế"]),
        ("4/2017/QĐ-UBND", "số 04 /2017/QĐ-UBND, năm 2017", ["04 /2017/QĐ-UBND"]),
        ("đường", "Đường Đi", ["Đường"]),
        ("quy -chế", "quy chế", ["quy"]),
    ],
)
def test_what_was_asked_is_marked_and_nothing_else(
    asked: str, text: str, wanted: list[str]
) -> None:
    assert marked(text, asked) == wanted


def test_marking_keeps_the_text_in_nfc_and_whole() -> None:
    text = unicodedata.normalize("NFD", "Về (quy chế) văn thư")
    pieces = mark(text, understand("quy che"))
    assert "".join(piece.text for piece in pieces) == unicodedata.normalize("NFC", text)
    assert pieces[1] == Piece("quy chế", True)


def test_boxes_are_those_of_the_words_on_the_page() -> None:
    page = PAGES[0]
    assert [word.text for word in boxes(page, understand("so 4/2017/qd-ubnd"))] == [
        "Số:", "04", "/2017/QĐ-UBND",
    ]  # fmt: skip
    assert [word.text for word in boxes(page, understand('"ban hanh quy"'))] == [
        "Ban", "hành", "Quy",
    ]  # fmt: skip
    assert boxes(page, understand('"quy van"')) == []


def test_a_phrase_is_marked_across_a_line_break() -> None:
    assert [one.text for one in boxes(a_page(1, "về quy\nchế này"), understand('"quy chế"'))] == [
        "quy", "chế",
    ]  # fmt: skip


def test_the_chapter_that_speaks_of_it_is_told_from_one_that_mentions_its_words() -> None:
    pages = [
        a_page(1, "Chương I. Hồ sơ điện tử là tập hợp các tài liệu điện tử; nộp; lưu"),
        a_page(2, "Chương II. Nộp lưu hồ sơ điện tử vào lưu trữ cơ quan. Điều 9. Thời hạn"),
        a_page(3, "Chương III. Tổ chức thực hiện."),
    ]
    assert places(pages, understand("nop luu ho so dien tu")).best == 2


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("thuy*", ["thủy", "thuyết"]),
        ("thủy*", ["thủy"]),
        ("quyt~", ["Quyết", "quýt"]),
        ("thuyet~", ["thuyết"]),
        ("UBND", ["UBND", "Ủy ban nhân dân"]),
        ("Ủy ban nhân dân", ["UBND", "Ủy ban nhân dân"]),
        ("Lý", ["Lí"]),
        ("người ký:Lí", []),
        ("trích yếu:thuyết", ["thuyết"]),
        ("-thủy thuyết", ["thuyết"]),
        ("(thuyết or quýt)", ["thuyết", "quýt"]),
    ],
)
def test_what_is_marked_is_what_was_meant(asked: str, wanted: list[str]) -> None:
    text = "Quyết định của UBND, tức Ủy ban nhân dân: thủy lợi, thuyết minh, quýt, ông Lí"
    assert marked(text, asked) == wanted
