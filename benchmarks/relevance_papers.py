"""The papers among which `relevance.py` looks: five regulations, our samples, and made ones.

An article of a regulation is a paper; those of two regulations are there only as a bad scan of them
was read (`misread/`). The made ones have the same words in neighbours of two or three, dates,
numbers and names of their own: whatever is asked for, thousands have its words, and none the thing.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from benchmarks.regulations import NAMES, articles
from formats.document_numbers import find_numbers, keys, parse
from samples.paper import WORDS, read_paper
from search.engine import CASE_FILE, ISSUER, SIGNER, TYPE, YEAR, Entry

READERS = ("organ:1",)
MISREAD = Path(__file__).parent / "misread"
FIRST_DAY, DAYS = date(2012, 1, 1), 5000
_REGULATIONS = {
    "03-2014-qd-ubnd": ("03/2014/QĐ-UBND", date(2014, 3, 17), "Ủy ban nhân dân tỉnh Tiền Giang"),
    "04-2017-qd-ubnd": ("04/2017/QĐ-UBND", date(2017, 2, 3), "Ủy ban nhân dân thành phố Kon Tum"),
    "114-qd-stc": ("114/QĐ-STC", date(2018, 5, 3), "Sở Tài chính Tây Ninh"),
    "212-qd-vp": ("212/QĐ-VP", date(2019, 7, 11), "Văn phòng Ủy ban nhân dân TP. Hồ Chí Minh"),
    "530-qd-sxd": ("530/QĐ-SXD", date(2015, 6, 8), "Sở Xây dựng tỉnh Điện Biên"),
}
_TYPES = (
    ("Quyết định", "QĐ"), ("Công văn", ""), ("Tờ trình", "TTr"), ("Báo cáo", "BC"),
    ("Thông báo", "TB"), ("Kế hoạch", "KH"), ("Chỉ thị", "CT"), ("Hướng dẫn", "HD"),
    ("Biên bản", "BB"), ("Giấy mời", "GM"),
)  # fmt: skip
_ORGANS = (
    ("Ủy ban nhân dân tỉnh", "UBND"), ("Sở Nội vụ", "SNV"), ("Sở Tài chính", "STC"),
    ("Sở Xây dựng", "SXD"), ("Sở Thông tin và Truyền thông", "STTTT"), ("Sở Y tế", "SYT"),
    ("Văn phòng Ủy ban nhân dân tỉnh", "VP"), ("Hội đồng nhân dân tỉnh", "HĐND"),
)  # fmt: skip
_PLACES = """Đà Nẵng, Cần Thơ, Kon Tum, Tây Ninh, Lâm Đồng, Nghệ An, Thanh Hóa, Quảng Ninh,
Bắc Giang, Hải Dương, Đồng Tháp, An Giang, Gia Lai, Phú Thọ, Lào Cai, Sơn La, Điện Biên"""
_MATTERS = """tổ chức bộ máy, tài chính ngân sách, công tác văn thư lưu trữ, đầu tư xây dựng cơ bản,
thi đua khen thưởng, giải quyết khiếu nại tố cáo, ứng dụng công nghệ thông tin, giao đất cho thuê
đất, phòng chống dịch bệnh, tuyển dụng viên chức, sử dụng chữ ký số, quản lý hộp thư điện tử, an
toàn thông tin mạng, tập huấn phần mềm eOffice, nộp lưu hồ sơ, quản lý văn bản đến, phát hành văn
bản đi, cải cách thủ tục hành chính, phòng cháy chữa cháy, kiểm kê tài sản công"""
_FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
_MIDDLES = "Văn Thị Hữu Đức Minh Ngọc Quang Thanh Xuân Hồng Kim Công"
_GIVEN = "Anh Bình Châu Dũng Đạt Giang Hà Hải Hạnh Hiếu Hùng Hương Khánh Lan Long Mai Nam"


@dataclass(frozen=True)
class Collected:
    """A paper of the collection.

    Attributes:
        entry: as it lies in the index.
        text: what its text really says, where the entry has it as it was misread.
        is_misread: whether it was.
        is_ours: whether a regulation or a sample: one that questions are about.
    """

    entry: Entry
    text: str
    is_misread: bool = False
    is_ours: bool = True


def papers(made: int) -> list[Collected]:
    """All of them, the same each time."""
    return [*_articles(), *_samples(), *_made(made)]


@dataclass(frozen=True)
class _Described:
    """What somebody wrote down of a paper."""

    title: str = ""
    number: str = ""
    day: date | None = None
    type_name: str = ""
    organ: str = ""
    signer: str = ""
    case_files: tuple[str, ...] = field(default=())


def _entry(code: str, body: str, said: _Described) -> Entry:
    """As `search/entries.py` makes it."""
    number = parse(said.number) if said.number else None
    year = said.day.year if said.day else None
    named = {
        "code_notation": said.number,
        "type_name": said.type_name,
        "organ_name": said.organ,
        "subject": said.title,
        "signer_name": said.signer,
    }
    facets = {
        YEAR: (str(year),) if year else (),
        TYPE: (said.type_name,) if said.type_name else (),
        ISSUER: (said.organ,) if said.organ else (),
        SIGNER: (said.signer,) if said.signer else (),
        CASE_FILE: said.case_files,
    }
    cited = {key for one in find_numbers(body)[:300] for key in keys(one.number)}
    return Entry(
        id=code,
        revision=1,
        readers=READERS,
        title=said.title,
        body=body,
        number=said.number,
        number_keys=tuple(sorted(keys(number, year=year))) if number else (),
        cites=tuple(sorted(key for key in cited if not key.endswith("||"))),
        type_name=said.type_name,
        organ="TTLT",
        organ_name=said.organ,
        day=int(f"{said.day:%Y%m%d}") if said.day else None,
        fields=(f"{said.day:%d/%m/%Y}" if said.day else "", said.signer),
        named={name: text for name, text in named.items() if text},
        facets=facets,
    )


# What questions are about -------------------------------------------------------------------------


def _articles() -> Iterator[Collected]:
    for name in NAMES:
        number, day, organ = _REGULATIONS[name]
        misread = MISREAD / f"{name}.txt"
        read = misread.read_text(encoding="utf-8").splitlines() if misread.exists() else []
        for place, text in enumerate(articles(name)):
            heading = text.splitlines()[0]
            is_heading = bool(re.match(r"Điều \d+\.", heading)) and len(heading) < 120
            described = _Described(
                title=heading if is_heading and not read else f"Quy chế của {organ}",
                number="" if place else number,
                day=day,
                type_name="Quyết định" if place == 0 else "Quy chế",
                organ=organ,
            )
            body = read[place] if read else text
            yield Collected(_entry(f"{name}:{place}", body, described), text, bool(read))


def _samples() -> Iterator[Collected]:
    for path in sorted(WORDS.glob("*.txt")):
        paper = read_paper(path.stem)
        said = paper.fields
        day = re.search(r"ngày (\d+) tháng (\d+) năm (\d+)", said.get("date", ""))
        described = _Described(
            title=" ".join(paper.lines("subject") or paper.lines("about")),
            number=said.get("number", ""),
            day=date(int(day[3]), int(day[2]), int(day[1])) if day else None,
            type_name=said.get("kind", "").capitalize(),
            organ=" ".join([*paper.lines("organ"), *paper.lines("above")]),
            signer=said.get("signer", ""),
        )
        letterhead = " ".join(said.values()).replace("|", " ")
        body = "\n".join((letterhead, *(one for one in paper.paragraphs if one[0] != "[")))
        yield Collected(_entry(path.stem, body, described), body)


# And among what they lie --------------------------------------------------------------------------


def _made(count: int) -> Iterator[Collected]:
    chance = random.Random(20261122)
    words = [word for name in NAMES for one in articles(name) for word in one.split()]
    places = [one.strip() for one in _PLACES.replace("\n", " ").split(",")]
    matters = [one.strip() for one in _MATTERS.replace("\n", " ").split(",")]
    for serial in range(count):
        kind, short = chance.choice(_TYPES)
        organ, symbol = chance.choice(_ORGANS)
        place, matter = chance.choice(places), chance.choice(matters)
        signer = " ".join(chance.choice(one.split()) for one in (_FAMILIES, _MIDDLES, _GIVEN))
        symbols = "-".join(filter(None, (short, symbol))) if short else f"{symbol}-VX"
        described = _Described(
            title=f"Về việc {matter} tại {place} và {_pieces(chance, words, 2)}",
            number=f"{chance.randint(1, 600)}/{symbols}",
            day=FIRST_DAY + timedelta(days=chance.randrange(DAYS)),
            type_name=kind,
            organ=f"{organ} {place}",
            signer=signer,
        )
        cited = f"Căn cứ văn bản số {chance.randint(1, 600)}/{symbol}-VP của {organ} {place};"
        body = [cited, *(_pieces(chance, words, 12) + "." for _ in range(chance.randint(5, 14)))]
        entry = _entry(f"made:{serial}", "\n".join((*body, signer)), described)
        yield Collected(entry, "", is_ours=False)


def _pieces(chance: random.Random, words: list[str], count: int) -> str:
    """Neighbours of two or three from anywhere in the regulations."""
    some = []
    for _ in range(count):
        at, length = chance.randrange(len(words) - 3), chance.choice((2, 2, 3))
        some += words[at : at + length]
    return " ".join(some)
