"""Entries and engines for the tests of finding."""

import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from formats.document_numbers import keys, parse
from formats.text import PageText, Word
from search.engine import Entry, Page, SearchEngine, open_engine
from search.query import understand

EVERYONE = ("organ:1", "organ:2", "unit:7")
_TYPES = ("Quyết định", "Công văn", "Báo cáo", "Tờ trình", "Kế hoạch", "Thông báo")
_WORDS = re.split(
    r"\s+",
    "quản lý văn thư lưu trữ hồ sơ tài liệu điện tử quy chế công tác khai thác sử "
    "dụng thành phố ủy ban nhân dân sở tài chính xây dựng kế hoạch ngân sách đầu tư "
    "thủy lợi hòa bình khỏe mạnh đường bộ giao thông giáo dục đào tạo y tế môi trường "
    "đất đai cấp phép kinh doanh báo cáo",
)

Find = Callable[..., list[str]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SearchEngine]:
    """An empty index; `test_engines.py` says what holds for all engines."""
    made = open_engine(f"tantivy://{tmp_path / 'index'}")
    made.clear()
    yield made
    made.close()


@pytest.fixture
def find(engine: SearchEngine) -> Find:
    """Ids found for what somebody types, best first."""

    def ids(text: str, readers: Iterable[str] = EVERYONE, limit: int = 1000) -> list[str]:
        page: Page = engine.find(understand(text).query(readers, limit=limit))
        assert page.total >= len(page.hits)
        return [hit.id for hit in page.hits]

    return ids


@dataclass(frozen=True)
class Staying:
    """Entries that stay when an index is purged."""

    kept: Iterable[Entry]

    def ids(self) -> list[str]:
        return [one.id for one in self.kept]

    def entries(self, ids: Collection[str]) -> list[Entry]:
        return [one for one in self.kept if one.id in ids]


def an_entry(
    code: str,
    title: str = "",
    body: str = "",
    *,
    number: str = "",
    day: int | None = None,
    readers: tuple[str, ...] = ("organ:1",),
    type_name: str = "",
    revision: int = 1,
    fields: tuple[str, ...] = (),
) -> Entry:
    """An entry; its number's keys are those that a document of that number has."""
    parsed = parse(number) if number else None
    return Entry(
        id=code,
        revision=revision,
        readers=readers,
        title=title,
        body=body,
        number=number,
        number_keys=tuple(keys(parsed)) if parsed else (),
        type_name=type_name,
        day=day,
        fields=fields,
    )


def invented(count: int, seed: int = 1) -> list[Entry]:
    """Documents as an office has them, each time the same."""
    chance = random.Random(seed)
    entries = []
    for number in range(1, count + 1):
        day = chance.randrange(2015, 2026) * 10000 + chance.randrange(1, 13) * 100 + 15
        readers = chance.sample(
            ["organ:1", "organ:2", "unit:7", "person:3"], chance.randrange(1, 3)
        )
        entries.append(
            an_entry(
                f"T-2026-{number:07d}",
                " ".join(chance.choices(_WORDS, k=10)),
                " ".join(chance.choices(_WORDS, k=chance.randrange(40, 300))),
                number=f"{chance.randrange(1, 900)}/QĐ-UBND",
                day=day,
                readers=tuple(sorted(readers)),
                type_name=chance.choice(_TYPES),
            )
        )
    return entries


def a_page(number: int, text: str) -> PageText:
    """A page on which each line of the text is a line, and words lie in a row."""
    words = [
        Word(word, place / 20, line / 50, (place + 1) / 20, (line + 1) / 50, line, None)
        for line, said in enumerate(text.split("\n"))
        for place, word in enumerate(said.split())
    ]
    return PageText(number, 595.0, 842.0, tuple(words), "layer", None)
