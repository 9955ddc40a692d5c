"""The corpus of the benchmarks is made by us, the same each time."""

import runpy
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def corpus() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "benchmarks" / "corpus.py"))


def test_a_corpus_has_what_the_benchmarks_read(corpus: dict[str, Any], tmp_path: Path) -> None:
    corpus["make"](tmp_path / "out", pages=2, born=1, dpi=72)
    for part in ("light72", "hard72"):
        pages = sorted((tmp_path / "out" / part / "pages").glob("*.jpg"))
        assert [one.name for one in pages] == ["000.jpg", "001.jpg"]
        texts = [one.with_suffix(".txt").read_text("utf-8") for one in pages]
        assert all(len(text.split()) > 200 for text in texts)
        assert texts[0] != texts[1]
        with Image.open(pages[0]) as scan:
            assert scan.info["dpi"] == (72, 72)
        with pikepdf.open(tmp_path / "out" / part / "pdf" / "000.pdf") as bound:
            assert len(bound.pages) == 2
    assert [one.name for one in (tmp_path / "out" / "born").iterdir()] == ["one_000.pdf"]


def test_the_same_number_makes_the_same_words_and_another_makes_others(
    corpus: dict[str, Any],
) -> None:
    assert corpus["letter"](3) == corpus["letter"](3) != corpus["letter"](4)
    assert corpus["plain_page"](3) == corpus["plain_page"](3) != corpus["plain_page"](4)
