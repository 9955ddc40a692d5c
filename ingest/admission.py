"""What must be refused: the marks of state secrets, in a name, in a field, in the stamp's place.

A mark in a name or a field refuses a file before anything of it is stored. A mark that only the
text shows is a suspicion: the file stops, and a person decides. "Mật" is a common syllable (bảo
mật, mật khẩu), and without its marks it is three words (mật, mặt, mất), so each place has its own
rule for what counts; the rules stand beside the functions.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath

from formats.lookalikes import latin
from formats.syllables import has_marks, is_syllable_without_marks
from formats.text import PageText, Word
from formats.vietnamese import fold

SECRET = "MẬT"
TOP = "TỐI MẬT"
HIGHEST = "TUYỆT MẬT"

_BEFORE = {"tối": TOP, "toi": TOP, "tuyệt": HIGHEST, "tuyet": HIGHEST}
# With these before or after it, "mật" is part of another word: bảo mật, mật khẩu, mật ong, túi mật.
_WORDS_ENDING = frozenset(
    ("bảo", "bí", "cơ", "túi", "sỏi", "ống", "đường", "gan", "mía", "ngọt", "thân", "rậm", "tuần")
)
_STARTS = """
khẩu độ mã vụ thư thiết ong ngữ danh đàm hiệu thám báo nghị đạo ngọt lệnh phái mía
"""
_WORDS_STARTING = frozenset(_STARTS.split())


def mark_in_name(name: str) -> str | None:
    """The mark a file name carries, or None.

    What counts: "tuyệt mật", with marks or without; "tối mật" likewise, but without marks and in
    small letters only before a number or at the end ("toi mat the" is "tôi mất thẻ");
    "mật" with its mark, as a word by itself; "do mat" only before a level ("do-mat-a": alone it is
    mostly "do mất"); "MAT" in capitals without marks, only as the last word and only after a
    number or an abbreviation (`123-MAT.pdf`, `QD MAT.pdf`). Any other "mat" may be mặt or mất
    (giai-phong-mat-bang, tien-mat, nuoc-mat) and says nothing.
    """
    words = re.findall(r"[^\W_]+", latin(_stem(name)))
    for before, word, after in _with_neighbours(words):
        mark = _mark_of(before, word, after)
        if mark:
            return mark
    return SECRET if _ends_in_capitals(words) else None


def _stem(name: str) -> str:
    """The name without an extension; a last piece with spaces or a mark in it is no extension."""
    path = PurePath(name)
    return path.stem if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", path.suffix) else path.name


def _with_neighbours(words: list[str]) -> Iterator[tuple[str, str, str]]:
    padded = ["", *words, ""]
    yield from zip(padded, words, padded[2:], strict=False)


def _mark_of(before: str, word: str, after: str) -> str | None:
    in_capitals = before.isupper() and word.isupper()
    before, word, after = before.lower(), word.lower(), after.lower()
    longer = _BEFORE.get(before)
    if word == "mật":
        is_part = before in _WORDS_ENDING or after in _WORDS_STARTING
        return longer or (None if is_part else SECRET)
    if word == "mat" and longer:
        is_sure = longer == HIGHEST or in_capitals or not after or after.isdigit()
        return longer if is_sure else None
    if word == "mat" and before == "do":
        return _LEVELS.get(after)
    return {"tuyetmat": HIGHEST, "toimat": TOP}.get(word)


def _ends_in_capitals(words: list[str]) -> bool:
    if len(words) < 2 or words[-1] != "MAT":
        return False
    before = words[-2]
    is_abbreviation = before.isupper() and not is_syllable_without_marks(fold(before))
    return before.isdigit() or is_abbreviation


_SECRECY_FIELDS = frozenset(
    ("do mat", "muc do mat", "muc mat", "secrecy", "secret", "security", "classification")
)
_OPEN = ("thuong", "binh thuong", "khong", "khong mat", "cong khai")
_OPEN_VALUES = frozenset(("", "0", *_OPEN, "none", "no", "false", "normal", "public", "open"))
_MODE_FIELDS = {"mode": ("03", "3"), "che do su dung": ("03", "3")}  # the law's code for "mật"
_LEVELS = {
    "mat": SECRET,
    "toi mat": TOP,  # codespell:ignore
    "tuyet mat": HIGHEST,
    "secret": SECRET,
    "confidential": SECRET,
    "top secret": TOP,
    "c": SECRET,
    "b": TOP,
    "a": HIGHEST,
}
_BRACKETED = re.compile(r"[(\[{<]\s*((?:TUYỆT |TỐI )?MẬT|TUYET MAT|TOI MAT)\s*[)\]}>]")


def mark_in_fields(fields: Mapping[str, object]) -> str | None:
    """The mark that some field of a description carries, or None.

    A field for the degree of secrecy is read by its value (mật, C, secret …; what is neither a
    level nor "thường" or "không" counts as MẬT). Any other field counts when its whole value is
    a mark, or when it holds one in brackets and capitals; a title that speaks of secrets does not.
    """
    for name, value in fields.items():
        if value is None:
            continue
        mark = _mark_in_value(_plain(name), latin(str(value)).strip())
        if mark:
            return mark
    return None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(latin(text))))


def _mark_in_value(field: str, value: str) -> str | None:
    said = _plain(value).removeprefix("do ")
    if value in _MODE_FIELDS.get(field, ()):
        return SECRET
    if field.removesuffix(" level") in _SECRECY_FIELDS:
        return None if said in _OPEN_VALUES else _LEVELS.get(said, SECRET)
    if value.lower().strip(" .*") in ("mật", "tối mật", "tuyệt mật") or value in (
        "TOI MAT",  # codespell:ignore
        "TUYET MAT",
    ):
        return _LEVELS[said]
    bracketed = _BRACKETED.search(value)
    return _LEVELS[_plain(bracketed[1])] if bracketed else None


@dataclass(frozen=True)
class Suspicion:
    """A mark that seems to be stamped on a document: which, on what page, and by which words."""

    mark: str
    page: int
    words: tuple[Word, ...]
    seen: str


@dataclass(frozen=True)
class Piece:
    """Words that stand together on a line."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """Its words, parted by spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """Its left edge."""
        return min(word.left for word in self.words)

    @property
    def right(self) -> float:
        """Its right edge."""
        return max(word.right for word in self.words)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return max(word.bottom for word in self.words)


_HEAD = 0.12  # a mark above this counts anywhere across the page
_STAMP_BOTTOM = 0.36  # under the number, on the left
_STAMP_RIGHT = 0.45
_GAP = 0.03  # of the page's width: wider than this, words on a line do not belong together
_FRAME = "|[](){}<>_-–—=~.,:;*'\"“”‘’!¦│┃┌┐└┘"


def suspicion(pages: Iterable[PageText]) -> Suspicion | None:
    """The mark stamped on the first page that has words, or None.

    What counts: a line (or piece of one, or two lines close together) that holds the mark alone,
    in capitals, in the stamp's place: on the left, down to just under the number and symbol, or at
    the very top. Frames around it, spaces within it and lost accents are forgiven where the words
    were read from a picture. "QUY CHẾ BẢO MẬT" is never a stamp, however its lines are broken. A
    line such as "Độ mật: Tối mật" counts anywhere in the upper half.
    """
    first = next((page for page in pages if page.words), None)
    if first is None:
        return None
    pieces = list(pieces_of(first))
    is_read = first.how.startswith("ocr")
    for piece in pieces:
        found = _stamp(piece, pieces, is_read=is_read) or _stated_level(piece)
        if found:
            mark, words = found
            return Suspicion(mark, first.number, words, " ".join(word.text for word in words))
    return None


def pieces_of(page: PageText) -> Iterator[Piece]:
    """What stands together on the page's lines: two columns side by side are two pieces."""
    for _, line in groupby(page.words, key=lambda word: word.line):
        together: list[Word] = []
        for word in line:
            if together and word.left - together[-1].right > _GAP:
                yield Piece(tuple(together))
                together = []
            together.append(word)
        yield Piece(tuple(together))


def _stamp(
    piece: Piece, pieces: list[Piece], *, is_read: bool
) -> tuple[str, tuple[Word, ...]] | None:
    if not _in_stamp_place(piece):
        return None
    mark = _mark_alone(piece.text, is_read=is_read)
    if mark != SECRET:
        return (mark, piece.words) if mark else None
    above = _right_above(piece, pieces)
    if above is None:
        return SECRET, piece.words
    upper = _letters(above.text)
    longer = _BEFORE.get(fold(upper))
    if longer and upper.isupper():
        return longer, above.words + piece.words
    if upper.isupper() and _continues(above.text):
        return None
    return SECRET, piece.words


def _in_stamp_place(piece: Piece) -> bool:
    middle = (piece.left + piece.right) / 2
    return piece.bottom < _HEAD or (middle < _STAMP_RIGHT and piece.bottom < _STAMP_BOTTOM)


def _letters(text: str) -> str:
    """What is left of a piece without frame and spaces; 0 and 1 are read as O and I."""
    tokens = [token.strip(_FRAME) for token in latin(text).split()]
    joined = "".join(token for token in tokens if token)
    return joined.replace("0", "O").replace("1", "I")


def _mark_alone(text: str, *, is_read: bool) -> str | None:
    """The mark this text is, with nothing beside it, written in capitals."""
    said = _letters(text)
    if not said.isalpha() or not _in_capitals(said):
        return None
    exact = {"MẬT": SECRET, "TỐIMẬT": TOP, "TUYỆTMẬT": HIGHEST}
    if said in exact:
        return exact[said]
    bare = fold(said)
    if not is_read:  # in a text layer letters are what they are, though marks may be missing
        return {"toimat": TOP, "tuyetmat": HIGHEST}.get(bare) if not has_marks(said) else None
    known = {"mat": SECRET, "toimat": TOP, "tuyetmat": HIGHEST}
    framed = known.get(bare) or known.get(bare.strip("il"))
    return framed or (HIGHEST if _is_nearly(bare, "tuyetmat") else None)


def _in_capitals(letters: str) -> bool:
    """Capitals throughout, but for a vowel whose marks made the reader take it for a small one."""
    small = sum(sign.islower() for sign in letters)
    return letters[0].isupper() and letters[-1].isupper() and small <= 1


def _is_nearly(word: str, wanted: str) -> bool:
    """Whether one wrong letter, and no more, parts the two."""
    if len(word) != len(wanted):
        return False
    return sum(a != b for a, b in zip(word, wanted, strict=True)) <= 1


def _right_above(piece: Piece, pieces: list[Piece]) -> Piece | None:
    """The piece on the line before it, if it stands close above and over it."""
    height = piece.bottom - piece.top
    close = [
        other
        for other in pieces
        if other is not piece
        and other.top < piece.top
        and piece.top - other.bottom < 1.2 * height
        and other.left < piece.right
        and piece.left < other.right
    ]
    return max(close, key=lambda other: other.bottom, default=None)


def _continues(above: str) -> bool:
    """Whether the line above ends in a word that "mật" completes: BẢO, BÍ, or that speaks of it."""
    last = fold(latin(above)).split()[-1].strip(_FRAME)
    return last in ("bao", "bi", "lieu", "tin", "ban", "do")


_STATED = re.compile(r"\W*(?:mức )?độ mật\s*[:.]\s*((?:tuyệt |tối )?mật)\W*", re.IGNORECASE)


def _stated_level(piece: Piece) -> tuple[str, tuple[Word, ...]] | None:
    stated = _STATED.fullmatch(latin(piece.text))
    if not stated or piece.top > 0.5:
        return None
    return _LEVELS[fold(stated[1])], piece.words
