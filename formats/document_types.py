"""The kinds of documents Vietnamese agencies issue, with the abbreviations their numbers carry.

Abbreviations are spelled exactly as the law has them; ĐA and DA, HĐ and HD differ by a letter
that people often do not type, so a type is never concluded from a folded abbreviation that two
types share.
"""

from dataclasses import dataclass
from enum import StrEnum

from formats.vietnamese import fold


class TypeGroup(StrEnum):
    """Where a type comes from."""

    ADMINISTRATIVE = "administrative"
    COPY = "copy"
    LEGAL = "legal"


@dataclass(frozen=True)
class DocumentType:
    """A kind of document; the abbreviation is empty where the number carries none."""

    name: str
    abbreviation: str
    group: TypeGroup


_ADMINISTRATIVE = (
    ("Nghị quyết", "NQ"),
    ("Quyết định", "QĐ"),
    ("Chỉ thị", "CT"),
    ("Quy chế", "QC"),
    ("Quy định", "QyĐ"),
    ("Thông cáo", "TC"),
    ("Thông báo", "TB"),
    ("Hướng dẫn", "HD"),
    ("Chương trình", "CTr"),
    ("Kế hoạch", "KH"),
    ("Phương án", "PA"),
    ("Đề án", "ĐA"),
    ("Dự án", "DA"),
    ("Báo cáo", "BC"),
    ("Biên bản", "BB"),
    ("Tờ trình", "TTr"),
    ("Hợp đồng", "HĐ"),
    ("Công văn", ""),
    ("Công điện", "CĐ"),
    ("Bản ghi nhớ", "BGN"),
    ("Bản thỏa thuận", "BTT"),
    ("Giấy ủy quyền", "GUQ"),
    ("Giấy mời", "GM"),
    ("Giấy giới thiệu", "GGT"),
    ("Giấy nghỉ phép", "GNP"),
    ("Phiếu gửi", "PG"),
    ("Phiếu chuyển", "PC"),
    ("Phiếu báo", "PB"),
    ("Thư công", ""),
)
_COPIES = (("Bản sao y", "SY"), ("Bản trích sao", "TrS"), ("Bản sao lục", "SL"))
_LEGAL = (
    ("Hiến pháp", ""),
    ("Luật", ""),
    ("Pháp lệnh", "PL"),
    ("Lệnh", "L"),
    ("Nghị định", "NĐ"),
    ("Nghị quyết liên tịch", "NQLT"),
    ("Thông tư", "TT"),
    ("Thông tư liên tịch", "TTLT"),
    ("Văn bản hợp nhất", "VBHN"),
)

DOCUMENT_TYPES: tuple[DocumentType, ...] = tuple(
    DocumentType(name, abbreviation, group)
    for group, rows in (
        (TypeGroup.ADMINISTRATIVE, _ADMINISTRATIVE),
        (TypeGroup.COPY, _COPIES),
        (TypeGroup.LEGAL, _LEGAL),
    )
    for name, abbreviation in rows
)

_BY_FOLD: dict[str, list[DocumentType]] = {}
for _type in DOCUMENT_TYPES:
    if _type.abbreviation:
        _BY_FOLD.setdefault(fold(_type.abbreviation), []).append(_type)
_FOLDED_NAMES = sorted(
    ((fold(kind.name), kind) for kind in DOCUMENT_TYPES), key=lambda entry: -len(entry[0])
)


def is_abbreviation(written: str) -> bool:
    """Whether this is, with or without marks, the abbreviation of some type."""
    return fold(written) in _BY_FOLD


def type_of_abbreviation(written: str) -> DocumentType | None:
    """The type meant by an abbreviation as typed, or None when none or more than one can be."""
    candidates = _BY_FOLD.get(fold(written), [])
    exact = [kind for kind in candidates if kind.abbreviation == written]
    if exact:
        return exact[0]
    return candidates[0] if len(candidates) == 1 else None


def named_types(text: str) -> tuple[list[DocumentType], str]:
    """The types whose names stand in a folded text, and the text without those names."""
    rest, found = f" {text} ", []
    for name, kind in _FOLDED_NAMES:
        if f" {name} " in rest:
            found.append(kind)
            rest = rest.replace(f" {name} ", " ")
    return found, rest.strip()
