"""Short names for long ones: UBND and Ủy ban nhân dân, QĐ and Quyết định.

Who types one also finds the other. A short name of a type that two types share without marks, such
as DA, is followed only where it was typed with them.
"""

from functools import cache

from formats.document_types import DOCUMENT_TYPES, type_of_abbreviation
from formats.syllables import is_syllable_without_marks
from formats.vietnamese import fold

_LONG_NAMES = """
UBND Ủy ban nhân dân
HĐND Hội đồng nhân dân
UBMTTQ Ủy ban Mặt trận Tổ quốc
MTTQ Mặt trận Tổ quốc
VPUBND Văn phòng Ủy ban nhân dân
VPCP Văn phòng Chính phủ
TTCP Thanh tra Chính phủ
TTg Thủ tướng
CP Chính phủ
VP Văn phòng
TP Thành phố
TAND Tòa án nhân dân
VKSND Viện kiểm sát nhân dân
KBNN Kho bạc Nhà nước
NHNN Ngân hàng Nhà nước
BHXH Bảo hiểm xã hội
BHYT Bảo hiểm y tế
BNV Bộ Nội vụ
BTC Bộ Tài chính
BTP Bộ Tư pháp
BXD Bộ Xây dựng
BYT Bộ Y tế
BCA Bộ Công an
BQP Bộ Quốc phòng
BNG Bộ Ngoại giao
BCT Bộ Công Thương
BGTVT Bộ Giao thông vận tải
BGDĐT Bộ Giáo dục và Đào tạo
BKHĐT Bộ Kế hoạch và Đầu tư
BKHCN Bộ Khoa học và Công nghệ
BTTTT Bộ Thông tin và Truyền thông
BTNMT Bộ Tài nguyên và Môi trường
BNNPTNT Bộ Nông nghiệp và Phát triển nông thôn
BVHTTDL Bộ Văn hóa, Thể thao và Du lịch
BLĐTBXH Bộ Lao động - Thương binh và Xã hội
SNV Sở Nội vụ
STC Sở Tài chính
STP Sở Tư pháp
SXD Sở Xây dựng
SYT Sở Y tế
SCT Sở Công Thương
SNgV Sở Ngoại vụ
SGTVT Sở Giao thông vận tải
SGDĐT Sở Giáo dục và Đào tạo
SKHĐT Sở Kế hoạch và Đầu tư
SKHCN Sở Khoa học và Công nghệ
STTTT Sở Thông tin và Truyền thông
STNMT Sở Tài nguyên và Môi trường
SNNPTNT Sở Nông nghiệp và Phát triển nông thôn
SVHTTDL Sở Văn hóa, Thể thao và Du lịch
SLĐTBXH Sở Lao động - Thương binh và Xã hội
CNTT Công nghệ thông tin
VTLT Văn thư, lưu trữ
TTHC Thủ tục hành chính
CCHC Cải cách hành chính
CBCC Cán bộ, công chức
CCVC Công chức, viên chức
NSNN Ngân sách nhà nước
QSDĐ Quyền sử dụng đất
GPMB Giải phóng mặt bằng
PCCC Phòng cháy, chữa cháy
PCTN Phòng, chống tham nhũng
KNTC Khiếu nại, tố cáo
ATTP An toàn thực phẩm
VSMT Vệ sinh môi trường
GDĐT Giáo dục và Đào tạo
KHĐT Kế hoạch và Đầu tư
"""
_LETTERS_OF_A_SHORT = 3  # found by a long name; VP and CP stand for too much


def long_name(word: str) -> tuple[str, ...]:
    """The words, without marks, that a short name of an organ or a matter stands for."""
    return _long_names().get(fold(word), ())


def type_named(word: str) -> tuple[str, ...]:
    """The words, without marks, of the type of document that this stands for."""
    if len(word) < 2 or (word.islower() and is_syllable_without_marks(fold(word))):
        return ()
    if word.isascii() and sum(fold(word) == one for one in _abbreviations()) > 1:
        return ()
    kind = type_of_abbreviation(word)
    return tuple(fold(kind.name).split()) if kind else ()


def short_names_in(words: list[str]) -> list[tuple[int, int, str]]:
    """Long names among words without marks: where each begins and ends, and its short name."""
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(words):
        rest = len(words) - at
        lengths = (n for n in _lengths() if n <= rest)
        length = next((n for n in lengths if tuple(words[at : at + n]) in _short_names()), 0)
        if length:
            found.append((at, at + length, _short_names()[tuple(words[at : at + length])]))
        at += length or 1
    return found


@cache
def _abbreviations() -> tuple[str, ...]:
    return tuple(fold(one.abbreviation) for one in DOCUMENT_TYPES)


@cache
def _long_names() -> dict[str, tuple[str, ...]]:
    rows = (line.split(maxsplit=1) for line in _LONG_NAMES.strip().splitlines())
    return {fold(short): _words(name) for short, name in rows}


@cache
def _short_names() -> dict[tuple[str, ...], str]:
    return {
        name: short for short, name in _long_names().items() if len(short) >= _LETTERS_OF_A_SHORT
    }


@cache
def _lengths() -> tuple[int, ...]:
    """How many words long names have, the longest first."""
    return tuple(sorted({len(name) for name in _short_names()}, reverse=True))


def _words(name: str) -> tuple[str, ...]:
    return tuple(fold(name).replace(",", " ").replace("-", " ").split())
