from pathlib import Path

import pikepdf
import pytest

from formats import text_pages
from formats.errors import ProgramFailed, Unreadable
from formats.letters import letters, open_pdf
from formats.pdfa import Description, to_pdfa
from formats.verapdf import validate

WORDS = "Quyết định số 12/QĐ-UBND: ẮẰẲẴẶ ắằẳẵặ ỜỠỢ ưừửữự Đđ"


def said_on(pdf: Path, page: int = 0) -> str:
    document = open_pdf(pdf)
    try:
        return str(document[page].get_textpage().get_text_bounded())
    finally:
        document.close()


def test_every_vietnamese_letter_is_written_and_read_back(tmp_path: Path) -> None:
    assert text_pages.to_pdf(WORDS, tmp_path / "a.pdf", title="Thử") == 0
    assert WORDS in said_on(tmp_path / "a.pdf")


def test_decomposed_letters_are_written_composed(tmp_path: Path) -> None:
    text_pages.to_pdf("Quye\u0302\u0301t", tmp_path / "a.pdf")
    assert "Quyết" in said_on(tmp_path / "a.pdf")


def test_long_lines_are_parted_between_words_and_nothing_is_lost(tmp_path: Path) -> None:
    text_pages.to_pdf("lưu trữ " * 200, tmp_path / "a.pdf")
    lines = said_on(tmp_path / "a.pdf").split("\n")
    assert all(len(line.strip()) <= text_pages.COLUMNS for line in lines)
    assert "".join(lines).split().count("lưu") == 200


def test_a_word_longer_than_the_line_is_cut_where_the_line_ends(tmp_path: Path) -> None:
    text_pages.to_pdf("a" * 200, tmp_path / "a.pdf")
    assert next(letters(tmp_path / "a.pdf"))["a"] == 200


def test_a_form_feed_begins_a_page_and_many_lines_go_on_to_the_next(tmp_path: Path) -> None:
    text_pages.to_pdf("một\fhai\n" + "ba\n" * text_pages.LINES, tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf.pages) == 3
    assert said_on(tmp_path / "a.pdf", 1).startswith("hai")


def test_signs_without_a_font_are_counted_and_shown_as_a_question_mark(tmp_path: Path) -> None:
    assert text_pages.to_pdf("một \ue123 hai", tmp_path / "a.pdf") == 1
    assert "một ? hai" in said_on(tmp_path / "a.pdf")


def test_control_signs_do_no_harm(tmp_path: Path) -> None:
    assert text_pages.to_pdf("a\x00b\x1b[31m\u202ec\td", tmp_path / "a.pdf") == 0
    assert "ab[31mc" in said_on(tmp_path / "a.pdf")


def test_an_empty_text_is_one_empty_page(tmp_path: Path) -> None:
    text_pages.to_pdf("", tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf.pages) == 1


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        text_pages.to_pdf("\f" * 20, tmp_path / "a.pdf", most_pages=10)
    assert caught.value.code == "too_many_pages"


@pytest.mark.parametrize(
    "text", ["a b" * 1_000_000, "a" * 3_000_000, "\n" * 3_000_000, "\t" * 3_000_000]
)
def test_endless_lines_are_refused_before_they_are_laid_out(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unreadable, match="too_many_pages"):
        text_pages.to_pdf(text, tmp_path / "a.pdf", most_pages=100)


def test_lines_are_parted_where_words_are(tmp_path: Path) -> None:
    text_pages.to_pdf("một" + " " * 90 + "hai " + "b" * 100, tmp_path / "a.pdf")
    lines = [line.strip() for line in said_on(tmp_path / "a.pdf").split("\r\n")]
    assert lines == ["một", "hai " + "b" * 76, "b" * 24]


def test_pages_are_made_under_a_limit_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_pages, "_MEGABYTES", 40)
    with pytest.raises(ProgramFailed, match="out_of_memory"):
        text_pages.to_pdf("Lưu trữ " * 5_000_000, tmp_path / "a.pdf", most_pages=20_000)


def test_the_same_text_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        text_pages.to_pdf(WORDS, tmp_path / name, title="Thử")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


@pytest.mark.tools
def test_the_pages_become_pdfa_with_every_letter(tmp_path: Path) -> None:
    text_pages.to_pdf(f"{WORDS}\n→ Ω \ue123", tmp_path / "a.pdf")
    out = tmp_path / "out.pdf"
    report = to_pdfa(tmp_path / "a.pdf", out, description=Description("Thử"))
    assert (report.method, report.letters_lost) == ("pikepdf", 0)
    assert validate([out], "2b")[out].is_valid
