"""What stands in a line of a register: its columns, how each is typed, and one spelling of numbers.

The columns carry the codes of NĐ 30/2020, Phụ lục VI, where the law has one, so that a line and
its document speak of the same things.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.errors import Invalid
from archive.fields import Field, parse_value
from archive.models import Document
from archive.register_models import RegisterEntry
from formats.document_numbers import parse as parse_number
from formats.vietnamese import fold, nfc

CHANNELS = ("paper", "direct", "post", "e_mail", "axis", "portal")
CIRCULATIONS = ("both", "electronic", "paper")
HANDLINGS = ("handle", "notice")
COPY_KINDS = ("", "SY", "SL", "TrS")
_PAPER = re.compile(r"\s*[(\[](giấy|bản giấy|paper)[)\]]\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class EntryField:
    """One column of a line that people fill in."""

    field: Field
    among: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        """Its column."""
        return self.field.column


def parts_of_code(code: str) -> tuple[str, int, int] | None:
    """Book, year and number of a line's code, `den/2026/12`; None for what is none."""
    book, _, rest = code.strip().lower().partition("/")
    year, _, number = rest.partition("/")
    is_sound = year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) < 9
    return (book, int(year), int(number)) if is_sound else None


def _f(column: str, code: str, name: str, kind: Any = "text", *among: str) -> EntryField:
    return EntryField(Field(column, code, name, kind), among)


ENTRY_FIELDS: tuple[EntryField, ...] = (
    _f("organ_name", "OrganName", "Cơ quan ban hành"),
    _f("code_number", "CodeNumber", "Số của văn bản"),
    _f("code_notation", "CodeNotation", "Ký hiệu của văn bản"),
    _f("issued_date", "IssuedDate", "Ngày, tháng, năm văn bản", "date"),
    _f("type_name", "TypeName", "Tên loại văn bản"),
    _f("subject", "Subject", "Trích yếu nội dung"),
    _f("signer_name", "FullName", "Họ và tên người ký văn bản"),
    _f("signer_position", "Position", "Chức vụ của người ký văn bản"),
    _f("doc_code", "DocCode", "Mã định danh văn bản"),
    _f("priority", "Priority", "Mức độ khẩn", "number"),
    _f("handling", "Handling", "Loại xử lý", "text", *HANDLINGS),
    _f("due_date", "DueDate", "Thời hạn giải quyết", "date"),
    _f("is_deadline_fixed", "FixedDueDate", "Hạn do nơi ban hành ấn định", "yes_no"),
    _f("to_places", "ToPlaces", "Đơn vị hoặc người nhận"),
    _f("trace_header_list", "TraceHeaderList", "Ý kiến phân phối, chỉ đạo"),
    _f("recipients", "To", "Nơi nhận", "list"),
    _f("page_amount", "PageAmount", "Số trang của văn bản", "number"),
    _f("issued_amount", "IssuedAmount", "Số lượng bản", "number"),
    _f("copy_holder", "CopyHolder", "Đơn vị, người nhận bản lưu"),
    _f("copy_kind", "CopyKind", "Hình thức sao", "text", *COPY_KINDS),
    _f("channel", "Channel", "Nguồn nhận", "text", *CHANNELS),
    _f("sender_email", "SenderEmail", "Thư điện tử nơi gửi"),
    _f("circulation", "Circulation", "Hình thức phát hành", "text", *CIRCULATIONS),
    _f("handed_on", "HandedOn", "Ngày chuyển", "date"),
    _f("signed_for", "SignedFor", "Ký nhận"),
    _f("note", "Description", "Ghi chú"),
)
BY_COLUMN = {one.column: one for one in ENTRY_FIELDS}
_BY_NAME = {
    name.lower(): one
    for one in ENTRY_FIELDS
    for name in (one.field.name, one.field.code, one.column)
}
_BLANK: dict[str, Any] = {"text": "", "list": [], "yes_no": False}
_MAY_BE_LEFT = {"priority": 0, "is_deadline_fixed": False}


def blank_entry() -> dict[str, Any]:
    """A line in which nothing is filled in."""
    blank = {one.column: _BLANK.get(one.field.kind) for one in ENTRY_FIELDS}
    chosen = {one.column: one.among[0] for one in ENTRY_FIELDS if one.among}
    return {**blank, **chosen, **_MAY_BE_LEFT, "channel": "paper", "recipients": []}


def column_of(name: str) -> str:
    """The column that a column, code or name means; what is none of these stays as it is."""
    known = _BY_NAME.get(nfc(name).strip().lower())
    return known.column if known else name


_STROKES = re.compile("[／⁄∕]")


def parse_entry(given: Mapping[str, Any]) -> dict[str, Any]:
    """Values by column, from what was typed by column, code or name; no text: taken as it is.

    Raises:
        Invalid: `unknown_field` or `bad_value`, naming the field.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        one = _BY_NAME.get(nfc(name).strip().lower())
        if one is None:
            raise Invalid("unknown_field", field=name)
        values[one.column] = _parsed(one, value) if isinstance(value, str) else value
    return _taken_apart(values)


def _taken_apart(values: dict[str, Any]) -> dict[str, Any]:
    """A whole number that was typed into the field of the number goes where its parts belong.

    Otherwise what looks the same would not be found. The letters stay as they were typed.
    """
    number, symbol = values.get("code_number") or "", values.get("code_notation") or ""
    _, stroke, rest = _STROKES.sub("/", number).partition("/")
    known = parse_number(number) if stroke and not symbol else None
    if known is None or "-" in known.canonical.partition("/")[0]:  # of the Party: 12-QĐ/TW
        return values
    return {**values, "code_number": known.raw, "code_notation": rest.strip()}


def _parsed(one: EntryField, text: str) -> Any:
    if one.field.kind == "list":
        return recipients_of(text)
    value = parse_value(one.field, text)
    if value is None and one.column in _MAY_BE_LEFT:
        return _MAY_BE_LEFT[one.column]
    if one.among and value not in one.among:
        value = one.among[0] if not value else _refuse(one, text)
    if one.column == "priority" and not 0 <= value <= 4:
        _refuse(one, text)
    if one.field.kind == "number" and value is not None and value < 0:
        _refuse(one, text)
    return value


def _refuse(one: EntryField, text: str) -> Any:
    raise Invalid("bad_value", field=one.field.code, value=text, wanted=one.field.kind)


def recipients_of(text: str) -> list[dict[str, Any]]:
    """Recipients, one a line or parted by semicolons; "(giấy)" behind one: on paper (HC-37)."""
    names = [one.strip() for one in re.split(r"[;\n]", nfc(text)) if one.strip()]
    return [{"organ_name": _PAPER.sub("", one), "paper": bool(_PAPER.search(one))} for one in names]


def recipients_typed(recipients: list[dict[str, Any]]) -> str:
    """The same, as a form holds them."""
    return "; ".join(
        str(one.get("organ_name", "")) + (" (giấy)" if one.get("paper") else "")
        for one in recipients
    )


def number_of_entry(thing: RegisterEntry | Document) -> str:
    """Number and symbol as people write them: 212/QĐ-VP."""
    return "/".join(one for one in (thing.code_number, thing.code_notation) if one)


def canonical_of(number: str, notation: str = "") -> str:
    """One spelling of a number, whatever spaces, dashes, zeros and letters it was typed with."""
    typed = "/".join(one.strip().strip("/") for one in (number, notation) if one.strip(" /"))
    known = parse_number(typed)
    if known is not None:
        return known.canonical_folded
    bare = re.sub(r"\s*([/-])\s*", r"\1", re.sub(r"[‐‑‒–—―−]", "-", fold(nfc(typed))))
    return re.sub(r"\s+", " ", re.sub(r"(?<!\d)0+(?=\d)", "", bare)).strip()


_SHORT = (
    (r"\bubnd\b", "uy ban nhan dan"),
    (r"\bhdnd\b", "hoi dong nhan dan"),
    (r"\btp\b\.?", "thanh pho"),
    (r"\bvp\b", "van phong"),
    (r"\btphcm\b|\bhcm\b", "ho chi minh"),
)


def organ_key(name: str) -> str:
    """An organ's name as it is compared: without marks, usual abbreviations written out."""
    said = fold(nfc(name))
    for short, long in _SHORT:
        said = re.sub(short, long, said)
    return " ".join(re.findall(r"[a-z0-9]+", said))
