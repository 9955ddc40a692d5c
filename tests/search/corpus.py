"""A fixed corpus of 1,000 documents and 60 case files, and what questions find by plain looking.

Made by chance from a seed, the same each time: common words and rare ones, numbers, names with the
same syllables and other marks, things without a date or a number, several readers.
"""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from formats.document_numbers import find_numbers, keys, parse
from search.engine import (
    ADDED,
    CASE_FILE,
    CITES,
    DAY,
    FACETS,
    FORMAT,
    ID,
    ISSUER,
    KIND,
    NUMBERS,
    ORGAN,
    READERS,
    SIGNER,
    STAGE,
    TERM,
    TYPE,
    UNIT,
    VERDICT,
    YEAR,
    And,
    Boost,
    Entry,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Query,
    Range,
    Term,
)
from search.entries import code_key
from search.words import order_keys, texts_of

DOCUMENTS, CASE_FILES = 1000, 60
TYPES = {
    "Quyết định": "QĐ",
    "Công văn": "",
    "Tờ trình": "TTr",
    "Báo cáo": "BC",
    "Thông báo": "TB",
    "Kế hoạch": "KH",
    "Giấy mời": "GM",
    "Biên bản": "BB",
}
ISSUERS = {
    "Ủy ban nhân dân huyện Chợ Gạo": "UBND",
    "Sở Nội vụ": "SNV",
    "Sở Tài nguyên, Môi trường và 'Biển'": "STNMT",
    'Công ty "Hòa Bình"': "HB",
    "Hội đồng nhân dân": "HĐND",
}
SIGNERS = tuple(
    f"{family} {given}"
    for family in ("Nguyễn Thị", "Trần Văn", "Lê Minh", "Phạm Đức", "Đỗ")
    for given in ("Lan", "Làn", "Hòa", "Hoa", "Thủy", "Thuý", "Quý", "Dũng")
)
UNITS = ("Văn phòng", "Phòng Tổ chức", "Phòng Đất đai", "Thanh tra")
READERS_OF_ALL = ("organ:1", "organ:2", "unit:7", "person:3")
_PHRASES = (
    "quy chế văn thư lưu trữ cơ quan",
    "quy định về chế độ báo cáo",
    "hòa giải tranh chấp đất đai",
    "hoá đơn giá trị gia tăng",
    "hoa kiểng và cây cảnh",
    "thủy lợi nội đồng",
    "thuỷ sản nước ngọt",
    "cấp giấy phép xây dựng nhà ở",
    "bồi thường, hỗ trợ và tái định cư",
    "bổ nhiệm công chức lãnh đạo",
    "giải quyết khiếu nại tố cáo của công dân",
    "kế hoạch nạo vét kênh mương năm",
    "dự toán ngân sách nhà nước",
    "an toàn giao thông đường bộ",
    "ý kiến của Bộ Công an",
    "nộp hồ sơ vào lưu trữ lịch sử",
)
_SYLLABLES = re.split(
    r"\s+",
    """ban bản bạn bàn cán cạn can chế chê che dân dẫn đan đàn đản giá gia già hành hạnh hanh hội
    hối kê kế kể khai khải lâm làm lầm lý lị mạng mang nâng nặng nghị nghi nông nống phương phường
    quân quần quản sở sơ số tài tại tải thanh thành thạnh trình trinh uỷ ủy vụ vũ xã xả yên yến""",
)
_FREQUENT = tuple(1 / place for place in range(1, len(_SYLLABLES) + 1))


@cache
def corpus() -> tuple[Entry, ...]:
    """All entries; documents first."""
    chance = random.Random(20261121)
    files = [_case_file(chance, number) for number in range(1, CASE_FILES + 1)]
    documents = [_document(chance, number, files) for number in range(1, DOCUMENTS + 1)]
    return (*documents, *files)


def _document(chance: random.Random, number: int, files: Sequence[Entry]) -> Entry:
    kind, issuer = chance.choice(list(TYPES)), chance.choice(list(ISSUERS))
    symbol = "-".join(part for part in (TYPES[kind], ISSUERS[issuer]) if part)
    written = f"{chance.randrange(1, 400)}/{symbol}" if chance.random() < 0.95 else ""
    parsed = parse(written) if written else None
    day = _day(chance) if chance.random() < 0.95 else None
    signer, unit = chance.choice(SIGNERS), chance.choice(UNITS)
    title, body = _title(chance), _body(chance)
    within = chance.choice(files) if chance.random() < 0.8 else None
    return Entry(
        id=f"TTLT-2026-{number:07d}",
        revision=chance.randrange(1, 9),
        readers=_readers(chance),
        title=title,
        body=body,
        number=written,
        number_keys=tuple(sorted(keys(parsed))) if parsed else (),
        cites=tuple(sorted({key for one in find_numbers(body) for key in keys(one.number)})),
        type_name=kind,
        organ="TTLT",
        organ_name=issuer,
        day=day,
        case_files=(within.id.removeprefix("case_file:"),) if within else (),
        case_file_titles=(within.title,) if within else (),
        fields=(signer, unit),
        named={"signer": signer, "subject": title, "type": kind, "unit": unit},
        facets={
            YEAR: (str(day // 10000),) if day else (),
            ISSUER: (issuer,),
            TYPE: (kind,),
            UNIT: (unit,) if chance.random() < 0.9 else tuple(UNITS[:2]),
            CASE_FILE: (within.id.removeprefix("case_file:"),) if within else (),
            SIGNER: (signer,),
            STAGE: (chance.choice(("registered", "shelved")),),
            TERM: (chance.choice(("10", "70", "permanent")),),
            VERDICT: (chance.choice(("valid", "invalid")),) if chance.random() < 0.3 else (),
            FORMAT: tuple(chance.sample(("pdf", "docx", "image"), chance.randrange(1, 3))),
        },
        added=1_700_000_000 + number * 977,
    )


def _case_file(chance: random.Random, number: int) -> Entry:
    title, year = f"Hồ sơ {_title(chance)}", chance.randrange(2015, 2026)
    return Entry(
        id=f"case_file:TTLT.{year}.{number:02d}",
        kind="case_file",
        revision=1,
        readers=_readers(chance),
        title=title,
        number_keys=(code_key(f"TTLT.{year}.{number:02d}"),),
        organ="TTLT",
        named={"case_file": title},
        facets={YEAR: (str(year),), STAGE: ("open",), TERM: ("permanent",)},
        added=1_690_000_000 + number,
    )


def _readers(chance: random.Random) -> tuple[str, ...]:
    return tuple(sorted(chance.sample(READERS_OF_ALL, chance.randrange(1, 3))))


def _day(chance: random.Random) -> int:
    year = chance.randrange(2012, 2026)
    return year * 10000 + chance.randrange(1, 13) * 100 + chance.randrange(1, 29)


def _title(chance: random.Random) -> str:
    return f"Về việc {chance.choice(_PHRASES)} {' '.join(_words(chance, chance.randrange(1, 5)))}"


def _body(chance: random.Random) -> str:
    parts = []
    for _ in range(chance.randrange(1, 6)):
        match chance.randrange(4):
            case 0:
                parts.append(f"{chance.choice(_PHRASES).capitalize()}.")
            case 1:
                symbol = chance.choice(list(ISSUERS.values()))
                parts.append(f"Căn cứ Quyết định số {chance.randrange(1, 400)}/QĐ-{symbol};")
            case _:
                parts.append(" ".join(_words(chance, chance.randrange(3, 14))))
    text = "\n".join(parts)
    return unicodedata.normalize("NFD", text) if chance.random() < 0.1 else text


def _words(chance: random.Random, count: int) -> list[str]:
    return chance.choices(_SYLLABLES, _FREQUENT, k=count)


# By plain looking --------------------------------------------------------------------------------


class Looked:
    """An entry taken apart, to be held against a question."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._sets: dict[str, frozenset[str]] = {}
        self.order_keys = order_keys(entry)
        self.words = {field: text.split() for field, text in texts_of(entry).items()}
        self.numbers = {DAY: entry.day, ADDED: entry.added}
        self.keys = {
            **{field: entry.facets.get(field, ()) for field in FACETS},
            ID: (entry.id,),
            KIND: (entry.kind,),
            NUMBERS: entry.number_keys,
            CITES: entry.cites,
            READERS: entry.readers,
            ORGAN: (entry.organ,),
        }

    def has(self, node: Node) -> bool:
        """Whether the entry matches the node."""
        match node:
            case Everything():
                return True
            case Term(field, word):
                return word in self._set(field)
            case Phrase(field, words):
                return f" {' '.join(words)} " in f" {' '.join(self.words[field])} "
            case Prefix(field, start):
                return any(word.startswith(start) for word in self._set(field))
            case Near(field, word):
                return any(is_near(word, one) for one in self._set(field))
            case Range(field, low, high):
                number = self.numbers[field]
                return number is not None and (
                    (low is None or low <= number) and (high is None or number <= high)
                )
            case And(nodes):
                return all(self.has(one) for one in nodes)
            case Or(nodes):
                return any(self.has(one) for one in nodes)
            case Not(inner):
                return not self.has(inner)
            case Boost(inner, _) | Prefer(inner, _):
                return self.has(inner)

    def _set(self, field: str) -> frozenset[str]:
        if field not in self._sets:
            self._sets[field] = frozenset(self._all(field))
        return self._sets[field]

    def _all(self, field: str) -> Sequence[str]:
        return self.keys[field] if field in self.keys else self.words[field]


@cache
def looked() -> tuple[Looked, ...]:
    """The corpus, taken apart."""
    return tuple(map(Looked, corpus()))


def expected(query: Query) -> list[Looked]:
    """What the question should find, in no order."""
    return [
        one
        for one in looked()
        if set(query.readers) & set(one.entry.readers)
        and one.entry.id not in query.hidden
        and all(one.has(node) for node in (query.node, *query.filters))
    ]


def expected_facet(found: Iterable[Looked], field: str) -> dict[str, int]:
    """How many of these have which value."""
    return dict(Counter(value for one in found for value in one.keys[field]))


def is_near(one: str, other: str) -> bool:
    """Whether the words are the same but for one letter: more, less or another."""
    if abs(len(one) - len(other)) > 1:
        return False
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    rest, of_other = one[same:], other[same:]
    return (
        rest == of_other or rest[1:] == of_other[1:] or rest[1:] == of_other or rest == of_other[1:]
    )
