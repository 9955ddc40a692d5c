"""What the first page seems to say: number, date, type, subject, organ, signer, with their places.

Documents are laid out as NĐ 30/2020, Phụ lục I, asks: the issuing organ and the number at the left,
the date at the right, type and subject below; a letter has its subject ("V/v") under the number.
These are suggestions: a clerk looks at the place on the page and confirms.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from formats.document_numbers import find_numbers, parse
from formats.document_types import DOCUMENT_TYPES
from formats.text import PageText
from formats.vietnamese import fold, nfc
from ingest.admission import Piece, pieces_of

_HEAD = 0.3  # organ, number and date stand above this
_TYPE_ABOVE = 0.45
_MIDDLE = 0.5
_GAP = 1.5  # of a line's height: what is parted by more is another paragraph
_MOST_LINES = 6  # of a subject


@dataclass(frozen=True)
class Suggestion:
    """A value for one field, and where on which page it was read."""

    column: str
    value: str
    page: int
    left: float
    top: float
    right: float
    bottom: float
    read: str  # the words as they stand there


def suggest(pages: Iterable[PageText]) -> dict[str, Suggestion]:
    """Suggestions by field of a register's line; a field of which nothing is seen is left out."""
    first, last = _ends(pages)
    if first is None or last is None:
        return {}
    pieces = [one for one in pieces_of(first) if one.text.strip()]
    number = _number(pieces)
    kind = _type(pieces)
    found: dict[str, Sequence[tuple[str, str, Sequence[Piece], int]]] = {
        "number": _of_number(number, first.number),
        "date": _date(pieces, first.number),
        "organ": _organ(pieces, number, first.number),
        "type": _named_type(pieces, kind, first.number),
        "subject": _subject(pieces, kind, first.number),
        "urgency": _urgency(pieces, first.number),
        "addressee": _addressee(pieces, first.number),
        "signer": _signer([one for one in pieces_of(last) if one.text.strip()], last.number),
    }
    return {
        column: _suggestion(column, value, where, page)
        for several in found.values()
        for column, value, where, page in several
        if value and where
    }


def _ends(pages: Iterable[PageText]) -> tuple[PageText | None, PageText | None]:
    first = last = None
    for page in pages:
        if page.words:
            first, last = first or page, page
    return first, last


def _suggestion(column: str, value: str, where: Sequence[Piece], page: int) -> Suggestion:
    return Suggestion(
        column=column,
        value=nfc(value),
        page=page,
        left=min(one.left for one in where),
        top=min(one.top for one in where),
        right=max(one.right for one in where),
        bottom=max(one.bottom for one in where),
        read=" ".join(one.text for one in where),
    )


_Found = Sequence[tuple[str, str, Sequence[Piece], int]]


# The number ---------------------------------------------------------------------------------------

_SO = re.compile(r"^\W*[Ss][ốôoỐÔO6]\s*[:.;]?\s*", re.IGNORECASE)


def _number(pieces: list[Piece]) -> Piece | None:
    """The piece with number and symbol: it begins with "Số", at the left of the head."""
    for piece in pieces:
        if piece.top > _HEAD or piece.left > _MIDDLE:
            continue
        said = _SO.sub("", piece.text)
        if said != piece.text and "/" in said and (find_numbers(said) or parse(said)):
            return piece
    return None


def _of_number(piece: Piece | None, page: int) -> _Found:
    if piece is None:
        return ()
    said = _SO.sub("", piece.text)
    cited = find_numbers(said)
    written = said[cited[0].start : cited[0].end] if cited else said.strip(" .;,")
    number, _, notation = re.sub(r"\s+", "", written).partition("/")
    return (
        ("code_number", number, [piece], page),
        ("code_notation", notation, [piece], page),
    )


# The date -----------------------------------------------------------------------------------------

_DATE = re.compile(r"ng[àa]y\s*(\d{1,2})\s*th[áa]ng\s*(\d{1,2})\s*n[ăa]m\s*(\d{4})", re.IGNORECASE)


def _date(pieces: list[Piece], page: int) -> _Found:
    for piece in pieces:
        stated = _DATE.search(piece.text)
        is_alone = stated is not None and not piece.text[stated.end() :].strip(" .,;")
        if stated and is_alone and piece.top < _HEAD and piece.right > _MIDDLE:
            try:
                day = date(int(stated[3]), int(stated[2]), int(stated[1]))
            except ValueError:
                continue
            return (("issued_date", f"{day:%d/%m/%Y}", [piece], page),)
    return ()


# The organ ----------------------------------------------------------------------------------------

_NOT_ORGAN = ("cong hoa", "doc lap", "cong van den", "den so", "khan", "mat", "toi mat", "sao y")
_STARTS = (
    "VĂN PHÒNG", "SỞ", "BAN", "PHÒNG", "CHI CỤC", "TRUNG TÂM", "THANH TRA", "CỤC", "VỤ", "VIỆN",
    "TRƯỜNG", "BỆNH VIỆN", "CÔNG AN", "BẢO HIỂM",
)  # fmt: skip
_PLACES = ("tỉnh", "thành phố", "tp.", "quận", "huyện", "thị xã", "xã", "phường", "thị trấn")


def _organ(pieces: list[Piece], number: Piece | None, page: int) -> _Found:
    """The lines in capitals at the left of the head, above the number."""
    below = number.top if number is not None else 0.2
    lines = [
        one
        for one in pieces
        if one.top < below
        and (one.left + one.right) / 2 < _MIDDLE
        and one.left < 0.4
        and _is_in_capitals(one.text)
        and not fold(one.text).startswith(_NOT_ORGAN)
    ]
    lines.sort(key=lambda one: one.top)
    return (("organ_name", _organ_name([one.text for one in lines]), lines, page),)


def _organ_name(lines: list[str]) -> str:
    """The name of who issued it: of an office or department, with the place it belongs to."""
    plain = [" ".join(re.findall(r"[^\W_]+\.?", one)) for one in lines]
    begins = [
        place
        for place, line in enumerate(plain)
        if place and any(fold(line).startswith(fold(one)) for one in _STARTS)
    ]
    if not begins:
        return _in_small_letters(" ".join(plain))
    above, own = " ".join(plain[: begins[0]]), " ".join(plain[begins[0] :])
    above = re.sub(r"\bt[iíìĩị]nh\b", "tỉnh", above.lower())
    place = re.sub(r"^\s*(?:ủy|uỷ) ban nhân dân\s*", "", above)
    if fold(own) == "van phong" and place != above:
        return f"Văn phòng Ủy ban nhân dân {_place_name(place)}"
    if place != above and place:
        return f"{_in_small_letters(own)} {_place_name(place)}"
    return _in_small_letters(own)


def _in_small_letters(capitals: str) -> str:
    """SỞ TÀI CHÍNH → Sở Tài chính, TỈNH TIỀN GIANG → tỉnh Tiền Giang; a person looks at it."""
    said = re.sub(r"\bt[iíìĩị]nh\b", "tỉnh", capitals.lower())  # its mark is often misread
    cut = [found.start() for one in _PLACES if (found := re.search(rf"(?<=\s){one}\s", said))]
    if cut:
        at = min(cut)
        return f"{_in_small_letters(said[:at].strip())} {_place_name(said[at:])}"
    words = said.split()
    if words[:1] and words[0] in ("sở", "phòng", "ban", "cục", "vụ", "bộ") and len(words) > 1:
        rest = " ".join(words[1:])
        rest = re.sub(r"(^|và )(\w)", lambda one: one[1] + one[2].upper(), rest)
        return f"{words[0].capitalize()} {rest}"
    return said[:1].upper() + said[1:]


def _place_name(said: str) -> str:
    kind = next((one for one in _PLACES if said.strip().startswith(one)), "")
    rest = said.strip()[len(kind) :].split()
    return " ".join([*([kind] if kind else []), *(one.capitalize() for one in rest)])


# Type and subject ---------------------------------------------------------------------------------

_TYPES = {fold(one.name): one.name for one in DOCUMENT_TYPES}
_TYPES |= {"thu moi": "Giấy mời", "thu cong": "Thư công"}
_ABOUT = re.compile(r"^\W*V\s*[/lI1]\s*v\b[:.]?\s*", re.IGNORECASE)
_ENDS = re.compile(
    r"^\W*(?:(?:Căn cứ|Kính gửi|Thực hiện|Điều \d|Xét|Theo)\b|(?:Chương|CHƯƠNG|Phần|PHẦN) [IVX\d]|"
    r"\d{1,2}\s*[.)]|[a-z][.)])|^\s*[-+*•]\s"
)


def _type(pieces: list[Piece]) -> Piece | None:
    for piece in pieces:
        said = " ".join(re.findall(r"[^\W_]+", fold(piece.text)))
        if piece.top < _TYPE_ABOVE and said in _TYPES and _is_in_capitals(piece.text):
            return piece
    return None


def _named_type(pieces: list[Piece], kind: Piece | None, page: int) -> _Found:
    if kind is not None:
        said = " ".join(re.findall(r"[^\W_]+", fold(kind.text)))
        return (("type_name", _TYPES[said], [kind], page),)
    about = _about(pieces)
    return (("type_name", "Công văn", [about], page),) if about is not None else ()


def _about(pieces: list[Piece]) -> Piece | None:
    """Where a letter says what it is about, under its number."""
    return next((one for one in pieces if one.top < _TYPE_ABOVE and _ABOUT.match(one.text)), None)


def _subject(pieces: list[Piece], kind: Piece | None, page: int) -> _Found:
    if kind is not None:
        below = [one for one in pieces if one.top > kind.top and one.left < 0.75]
        lines = _paragraph(below, after=kind, height=_height(kind))
    else:
        about = _about(pieces)
        if about is None:
            return ()
        same = [one for one in pieces if one.top > about.top and one.left < _MIDDLE]
        beside = [one for one in same if (one.left + one.right) / 2 < _MIDDLE]
        lines = [about, *_paragraph(beside, after=about, height=_height(about))]
    said = " ".join(_joined(one.text) for one in lines)
    return (("subject", said.strip(" .;"), lines, page),)


def _joined(text: str) -> str:
    return " ".join(text.split())


def _paragraph(pieces: list[Piece], *, after: Piece, height: float) -> list[Piece]:
    """The lines that follow closely, up to the first that begins something else."""
    found: list[Piece] = []
    before = after
    for piece in sorted(pieces, key=lambda one: (one.top, one.left)):
        gap = piece.top - before.bottom
        first = not found and before is after
        is_far = gap > (3 if first else _GAP) * max(height, _height(piece))
        is_other = _ENDS.match(piece.text) or _is_in_capitals(piece.text)
        if is_far or is_other or len(found) == _MOST_LINES:
            break
        found.append(piece)
        before = piece
    return found


def _height(piece: Piece) -> float:
    heights = sorted(one.bottom - one.top for one in piece.words)
    return heights[len(heights) // 2]


# Urgency, addressee, signer -----------------------------------------------------------------------

_URGENT = {"khan": "1", "thuong khan": "2", "hoa toc": "3"}


def _urgency(pieces: list[Piece], page: int) -> _Found:
    for piece in pieces:
        said = " ".join(re.findall(r"[^\W_]+", fold(piece.text)))
        if piece.top < _TYPE_ABOVE and said in _URGENT and _is_in_capitals(piece.text):
            return (("priority", _URGENT[said], [piece], page),)
    return ()


_TO = re.compile(r"^\W*k[íi]nh g[ửu]i\s*[:.]?\s*", re.IGNORECASE)


def _addressee(pieces: list[Piece], page: int) -> _Found:
    for piece in pieces:
        if _TO.match(piece.text) and (said := _TO.sub("", piece.text).strip()):
            return (("addressee", said, [piece], page),)
    return ()


_POSTS = (
    "giam doc", "chu tich", "chanh van phong", "truong", "pho", "bo truong", "thu truong", "cuc",
    "vien truong", "hieu truong", "chanh thanh tra", "tong", "bi thu", "vu truong",
)  # fmt: skip
_CAPACITY = re.compile(r"^\W*(?:TM|KT|TL|TUQ|Q)\s*[.,]", re.IGNORECASE)
_NAME = re.compile(r"^(?:(?:TS|ThS|PGS|GS|KS)\.?\s*)*[A-ZĐÀ-Ỹ][\w.]*(?:\s+[A-ZĐÀ-Ỹ]\w*){1,5}$")


def _signer(pieces: list[Piece], page: int) -> _Found:
    """The last post in capitals at the right of the page, and the name below it."""
    right = sorted((one for one in pieces if one.right > _MIDDLE), key=lambda one: one.top)
    posts = [
        place
        for place, one in enumerate(right)
        if one.left > 0.35 and _is_in_capitals(one.text) and _is_post(one.text)
    ]
    if not posts:
        return ()
    post = right[posts[-1]]
    name = next((one for one in right[posts[-1] + 1 :] if _NAME.match(one.text.strip())), None)
    said = post.text.strip(" .,:;")
    told = [("signer_position", said[:1].upper() + said[1:].lower(), [post], page)]
    if name is not None:
        told.append(("signer_name", name.text.strip(), [name], page))
    return told


def _is_post(text: str) -> bool:
    return fold(_CAPACITY.sub("", text)).strip(" .").startswith(_POSTS)


def _is_in_capitals(text: str) -> bool:
    letters = [one for one in text if one.isalpha()]
    return len(letters) > 1 and sum(one.isupper() for one in letters) >= 0.85 * len(letters)
