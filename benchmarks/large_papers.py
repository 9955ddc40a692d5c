"""Words for the documents of a large archive: descriptions, texts, and words on pages.

The rows of `large_archive.py` have no files. Here each document is described anew, and gets the two
stored forms that finding reads. The papers come as lines of JSON: `so` (number and symbol), `date`,
`agency`, `type`, `subject`, `signer`, `body`; ours are put together from `samples/words`, the same
each time, and no two alike.
"""

import gzip
import hashlib
import json
import multiprocessing
import os
import random
import re
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import bindparam, insert, update

from archive.database import Database
from archive.files import LocalFiles
from archive.models import Document, Rendition
from benchmarks.corpus import papers as our_papers
from benchmarks.large_rows import MOMENT
from formats.text import PageText, Word, write_pages

T = TypeVar("T")
CHUNK = 500
A_LINE, A_PAGE = 10, 400  # words
FIRST_DAY, DAYS = date(2000, 1, 1), 9_800
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
MIDDLE = ("Văn", "Thị", "Hữu", "Đức", "Minh", "Ngọc", "Quang", "Thanh", "Xuân", "Hồng")
GIVEN = ("Anh", "Bình", "Châu", "Giang", "Hải", "Hạnh", "Khánh", "Lan", "Long", "Mai", "Tâm")
PLACES = ("Đà Nẵng", "Cần Thơ", "Kon Tum", "Lâm Đồng", "Nghệ An", "Quảng Ninh", "Hải Dương")
ORGANS = (
    ("Ủy ban nhân dân tỉnh", "UBND"),
    ("Sở Nội vụ", "SNV"),
    ("Sở Tài chính", "STC"),
    ("Sở Xây dựng", "SXD"),
    ("Sở Y tế", "SYT"),
    ("Hội đồng nhân dân tỉnh", "HĐND"),
)
TYPES = (
    ("Quyết định", "QĐ"),
    ("Công văn", ""),
    ("Tờ trình", "TTr"),
    ("Báo cáo", "BC"),
    ("Thông báo", "TB"),
    ("Kế hoạch", "KH"),
    ("Nghị quyết", "NQ"),
    ("Giấy mời", "GM"),
)


@dataclass(frozen=True)
class Laid:
    """Where the text and the words of one paper lie, and how many bytes each has."""

    number: int
    text: tuple[str, int]
    words: tuple[str, int]


# Papers -------------------------------------------------------------------------------------------


def write_papers(path: Path, count: int, given: Path | None = None) -> None:
    """So many papers, a line each: ours, or the first of those in the given file."""
    with path.open("w", encoding="utf-8") as out:
        for paper in _given(given, count) if given else made(count):
            out.write(json.dumps(paper, ensure_ascii=False) + "\n")


def read_papers(path: Path) -> Iterator[dict[str, Any]]:
    """One after the other."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _given(path: Path, count: int) -> Iterator[dict[str, Any]]:
    papers = list(islice(read_papers(path), count))
    if len(papers) < count:
        raise SystemExit(f"{path} has {len(papers)} papers, not {count}")
    yield from papers


def made(count: int) -> Iterator[dict[str, Any]]:
    """Our own."""
    chance = random.Random(6)
    said = _sentences()
    neighbours = [pair for one in said for pair in zip(one.split(), one.split()[1:], strict=False)]
    for _ in range(count):
        organ, symbol = chance.choice(ORGANS)
        kind, short = chance.choice(TYPES)
        place = chance.choice(PLACES)
        some = " ".join(" ".join(chance.choice(neighbours)) for _ in range(3))
        yield {
            "so": f"{chance.randrange(1, 4000)}/{short + '-' if short else ''}{symbol}",
            "date": str(FIRST_DAY + timedelta(days=chance.randrange(DAYS))),
            "agency": f"{organ} {place}",
            "type": kind,
            "subject": f"Về việc {some} tại {place}",
            "signer": _name(chance),
            "body": "\n".join(_body(chance, said, neighbours)),
        }


def _sentences() -> list[str]:
    lines = (line for paper in our_papers() for line in paper.paragraphs if line[0] not in "#~[")
    parts = (one.strip() for line in lines for one in re.split(r"(?<=[.;])\s+", line))
    return sorted({one for one in parts if len(one.split()) >= 5})


def _body(
    chance: random.Random, said: list[str], neighbours: list[tuple[str, str]]
) -> Iterator[str]:
    """Sentences of ours, new mixtures of their words, and what only this paper says."""
    left = chance.randrange(300, 800)
    while left > 0:
        what = chance.random()
        if what < 0.55:
            line = chance.choice(said)
        elif what < 0.8:
            pairs = (chance.choice(neighbours) for _ in range(chance.randrange(5, 14)))
            line = " ".join(" ".join(pair) for pair in pairs) + "."
        elif what < 0.9:
            organ, symbol = chance.choice(ORGANS)
            number, year = chance.randrange(1, 4000), chance.randrange(2000, 2026)
            line = f"Căn cứ văn bản số {number}/{symbol} năm {year} của {organ};"
        else:
            line = f"Ông (bà) {_name(chance)}, hồ sơ số {chance.randrange(10**6)}."
        left -= len(line.split())
        yield line


def _name(chance: random.Random) -> str:
    return " ".join(chance.choice(some) for some in (FAMILY, MIDDLE, GIVEN))


# Into the archive ---------------------------------------------------------------------------------


def lay(db: Database, files: LocalFiles, papers: Path) -> None:
    """Give the documents of a filled archive these papers, in the order of their numbers."""
    files.incoming.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    numbered = enumerate(read_papers(papers), 1)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        for some in together(numbered, CHUNK * 20):
            chunks = list(together(some, CHUNK))
            laid = [
                one for few in pool.map(_lay, [files.root] * len(chunks), chunks) for one in few
            ]
            with db.engine.begin() as connection:
                connection.execute(_DESCRIBE, [_described(*one) for one in some])
                connection.execute(insert(Rendition), [row for one in laid for row in _rows(one)])


_COLUMNS = (
    *("type_name", "code_number", "code_notation", "issued_date"),
    *("organ_name", "subject", "signer_name"),
)
_DESCRIBE = (
    update(Document.__table__)  # type: ignore[arg-type]
    .where(Document.__table__.c.id == bindparam("number"))
    .values({name: bindparam(f"new_{name}") for name in _COLUMNS})
)


def _described(number: int, paper: dict[str, Any]) -> dict[str, Any]:
    counter, _, symbol = paper["so"].partition("/")
    day = date.fromisoformat(paper["date"])
    values = (
        *(paper["type"], counter, symbol, day),
        *(paper["agency"], paper["subject"], paper["signer"]),
    )
    columns = {f"new_{name}": value for name, value in zip(_COLUMNS, values, strict=True)}
    return {"number": number, **columns}


def _rows(laid: Laid) -> Iterator[dict[str, Any]]:
    told = (("text", "text/plain", laid.text), ("words", "application/gzip", laid.words))
    for role, mime, (digest, size) in told:
        yield {
            "part_id": laid.number,
            "document_id": laid.number,
            "role": role,
            "mime": mime,
            "digest": digest,
            "size": size,
            "puid": "",
            "made_at": MOMENT,
        }


def _lay(root: Path, papers: Iterable[tuple[int, dict[str, Any]]]) -> list[Laid]:
    """Put the files where the store looks for them; nobody needs them after a power cut."""
    files, page = LocalFiles(root), _page()
    laid = []
    for number, paper in papers:
        text, words = paper["body"].encode(), _packed(page, paper["body"])
        laid.append(Laid(number, _put(files, text), _put(files, words)))
    return laid


def together(things: Iterable[T], most: int) -> Iterator[list[T]]:
    """So many at a time, and no more than these in memory."""
    rest = iter(things)
    while some := list(islice(rest, most)):
        yield some


def _put(files: LocalFiles, content: bytes) -> tuple[str, int]:
    digest = hashlib.sha256(content).hexdigest()
    path = files.path(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest, len(content)


def _page() -> dict[str, Any]:
    """A page full of words as its file has it; each paper puts its own words there."""
    words = tuple(_word(place) for place in range(A_PAGE))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words"
        write_pages([PageText(1, 595.0, 842.0, words, "layer", None)], path)
        page: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return page


def _word(place: int) -> Word:
    line, column = divmod(place, A_LINE)
    left, top = column / A_LINE, line * A_LINE / A_PAGE
    return Word("", left, top, left + 0.09, top + 0.02, line, None)


def _packed(page: dict[str, Any], text: str) -> bytes:
    """The pages of a text, a line each."""
    lines = []
    for number, words in enumerate(together(text.split(), A_PAGE), 1):
        placed = [[word, *at[1:]] for word, at in zip(words, page["words"], strict=False)]
        said = json.dumps({**page, "page": number, "words": placed}, ensure_ascii=False)
        lines.append(said + "\n")
    return gzip.compress("".join(lines).encode(), 1, mtime=0)
