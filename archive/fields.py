"""The fields of the law's tables: code, Vietnamese name, kind and length, beside our columns.

NĐ 30/2020, Phụ lục VI, phần II (incoming and outgoing documents, case files); the remaining codes
are those that archive packages carry. Lengths are limits of exchange (R7): a longer value is kept
and warned about. Codes are what imports and exports speak; columns are what the code speaks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from archive.errors import Invalid
from archive.models import CaseFile, Document
from formats.vietnamese import nfc

Kind = Literal["text", "number", "date", "yes_no", "list"]
MOST = 2**31 - 1  # the largest number that a column of either database holds


@dataclass(frozen=True)
class Field:
    """One field: our column, its code in exchange, its Vietnamese name, kind and length there.

    `choices` are all values that a text may have, `least` and `most` the ends of a number, `empty`
    what is kept where nothing was typed.
    """

    column: str
    code: str
    name: str
    kind: Kind = "text"
    length: int | None = None
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = MOST
    empty: str | bool | None = None


DIRECTIONS = ("incoming", "outgoing", "internal", "other")
COMPLETENESS = ("full", "main_text", "first_page")

DOCUMENT_FIELDS: tuple[Field, ...] = (
    Field("direction", "Direction", "Chiều văn bản", choices=DIRECTIONS, empty="other"),
    Field("file_ordinal", "DocOrdinal", "Số thứ tự văn bản trong hồ sơ", "number", 3),
    Field("type_name", "TypeName", "Tên loại văn bản", "text", 100),
    Field("code_number", "CodeNumber", "Số của văn bản", "text", 11),
    Field("code_notation", "CodeNotation", "Ký hiệu của văn bản", "text", 30),
    Field("issued_date", "IssuedDate", "Ngày, tháng, năm văn bản", "date", 10),
    Field("organ_name", "OrganName", "Tên cơ quan, tổ chức ban hành văn bản", "text", 200),
    Field("subject", "Subject", "Trích yếu nội dung", "text", 500),
    Field("language", "Language", "Ngôn ngữ", "text", 30),
    Field("page_amount", "PageAmount", "Số trang của văn bản", "number", 3),
    Field("description", "Description", "Ghi chú", "text", 500),
    Field("signer_position", "Position", "Chức vụ của người ký văn bản", "text", 100),
    Field("signer_name", "FullName", "Họ và tên người ký văn bản", "text", 50),
    Field("recipients", "To", "Nơi nhận", "list"),
    Field("priority", "Priority", "Mức độ khẩn", "number", 1, most=4),
    Field("issued_amount", "IssuedAmount", "Số lượng bản phát hành", "number", 3),
    Field("due_date", "DueDate", "Hạn trả lời, thời hạn giải quyết", "date", 10),
    Field("arrival_date", "ArrivalDate", "Ngày, tháng, năm đến", "date", 10),
    Field("arrival_number", "ArrivalNumber", "Số đến", "number", 10),
    Field("to_places", "ToPlaces", "Đơn vị hoặc người nhận", "text", 1000),
    Field("trace_header_list", "TraceHeaderList", "Ý kiến phân phối, chỉ đạo, trạng thái xử lý"),
    Field("doc_code", "DocCode", "Mã định danh văn bản", "text", 25),
    Field("maintenance", "Maintenance", "Thời hạn bảo quản", "text", 100),
    Field("infor_sign", "InforSign", "Ký hiệu thông tin", "text", 30),
    Field("keyword", "Keyword", "Từ khóa", "text", 100),
    Field("mode", "Mode", "Chế độ sử dụng", "text", 20),
    Field("confidence_level", "ConfidenceLevel", "Mức độ tin cậy", "text", 30),
    Field("autograph", "Autograph", "Bút tích", "text", 2000),
    Field("physical_state", "Format", "Tình trạng vật lý", "text", 50),
    Field("process", "Process", "Quy trình xử lý", "yes_no"),
    Field("risk_recovery", "RiskRecovery", "Chế độ dự phòng", "yes_no", empty=False),
    Field("risk_recovery_status", "RiskRecoveryStatus", "Tình trạng dự phòng", "text", 2),
    Field(
        "completeness",
        "Completeness",
        "Mức độ đầy đủ của bản số hóa",
        choices=COMPLETENESS,
        empty="full",
    ),
    Field("elsewhere", "Elsewhere", "Nơi giữ phần còn lại"),
    Field(
        "is_scan_of_signed_paper",
        "ScanOfSignedPaper",
        "Bản quét văn bản giấy đã ký",
        "yes_no",
        empty=False,
    ),
)

CASE_FILE_FIELDS: tuple[Field, ...] = (
    Field("organ_code", "OrganId", "Mã định danh cơ quan lập danh mục hồ sơ", "text", 13),
    Field("year", "FileCatalog", "Năm hình thành hồ sơ", "number", 4, least=1000, most=9999),
    Field("notation", "FileNotation", "Số và ký hiệu hồ sơ", "text", 20),
    Field("title", "Title", "Tiêu đề hồ sơ", "text", 500),
    Field("maintenance", "Maintenance", "Thời hạn bảo quản", "text", 30),
    Field("rights", "Rights", "Chế độ sử dụng", "text", 30),
    Field("creator", "Creator", "Người lập hồ sơ", "text", 30),
    Field("language", "Language", "Ngôn ngữ", "text", 50),
    Field("start_date", "StartDate", "Thời gian bắt đầu", "date", 10),
    Field("end_date", "EndDate", "Thời gian kết thúc", "date", 10),
    Field("document_total", "DocTotal", "Tổng số văn bản trong hồ sơ", "number", 4),
    Field("page_total", "PageTotal", "Tổng số trang của hồ sơ", "number", 4),
    Field("description", "Description", "Ghi chú", "text", 500),
    Field("keyword", "Keyword", "Từ khóa", "text", 100),
    Field("infor_sign", "InforSign", "Ký hiệu thông tin", "text", 30),
    Field("sheet_total", "NumberOfPaper", "Số lượng tờ", "number", 10),
    Field("physical_state", "Format", "Tình trạng vật lý", "text", 50),
    Field("confidence_level", "ConfidenceLevel", "Mức độ tin cậy", "text", 40),
    Field("paper_file_code", "PaperFileCode", "Mã hồ sơ giấy gốc", "text", 100),
    Field("risk_recovery", "RiskRecovery", "Chế độ dự phòng", "yes_no", empty=False),
    Field("risk_recovery_status", "RiskRecoveryStatus", "Tình trạng dự phòng", "text", 2),
    Field("is_construction", "IsConstruction", "Hồ sơ công trình xây dựng", "yes_no", empty=False),
    Field("settled_on", "SettledOn", "Ngày quyết toán công trình", "date", 10),
)

_SLIPS = {"organld": "organid", "signerlnfo": "signerinfo"}  # misprints in the decree itself
SUPPLEMENTARY = "+"  # `+Tên trường=…` is a supplementary field


@dataclass(frozen=True)
class Warned:
    """A value that is kept, but longer than exchange allows."""

    field: Field
    length: int


def parse_fields(
    given: dict[str, str], known: tuple[Field, ...]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Values by column, and supplementary ones, from values by code, column or Vietnamese name.

    Raises:
        Invalid: `unknown_field`, `bad_value`, `not_among`, `out_of_range` or `bad_characters`,
            naming the field.
    """
    by_name = {
        key: field
        for field in known
        for key in (field.column.lower(), field.code.lower(), field.name.lower())
    }
    values: dict[str, Any] = {}
    supplementary: dict[str, str] = {}
    for name, text in given.items():
        key = nfc(name).strip()
        if key.startswith(SUPPLEMENTARY) and key.strip(SUPPLEMENTARY + " "):
            _require_writable(name, name + text)
            supplementary[key[1:].strip()] = nfc(text).strip()
            continue
        field = by_name.get(_SLIPS.get(key.lower(), key.lower()))
        if field is None:
            raise Invalid("unknown_field", field=name)
        values[field.column] = parse_value(field, text)
    return values, supplementary


def given_value(given: Mapping[str, str], code: str) -> str:
    """What was given for the field of this code, under whichever of its names."""
    names = _names_of(code)
    return next((text for name, text in given.items() if nfc(name).strip().lower() in names), "")


def with_value(given: Mapping[str, str], code: str, value: str) -> dict[str, str]:
    """The same with another value for the field of this code, whichever name it was given by."""
    names = _names_of(code)
    kept = {name: text for name, text in given.items() if nfc(name).strip().lower() not in names}
    return {**kept, code: value}


def _names_of(code: str) -> set[str]:
    field = next(one for one in DOCUMENT_FIELDS if one.code == code)
    return {field.code.lower(), field.column.lower(), field.name.lower()}


def parse_value(field: Field, text: str) -> Any:
    """A field's value from what was typed: one that the database takes.

    Raises:
        Invalid: `bad_value`, `not_among`, `out_of_range` or `bad_characters`.
    """
    _require_writable(field.code, text)
    text = nfc(text).strip()
    if not text and (field.empty is not None or field.kind not in ("text", "list")):
        return field.empty
    try:
        match field.kind:
            case "text":
                return _chosen(field, text)
            case "number":
                return _number(field, text)
            case "date":
                return parse_day(text)
            case "yes_no":
                return {"1": True, "0": False, "true": True, "false": False}[text.lower()]
            case "list":
                names = [one.strip() for one in re.split(r"[;\n]", text)]
                return [{"organ_name": one} for one in names if one]
    except (KeyError, ValueError) as wrong:
        raise Invalid("bad_value", field=field.code, value=text, wanted=field.kind) from wrong


def _require_writable(name: str, text: str) -> None:
    """Refuse what no database and no digest takes: NUL, and halves of letters."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid("bad_characters", field=name.encode(errors="replace").decode())


def _chosen(field: Field, text: str) -> str:
    if field.choices and text not in field.choices:
        raise Invalid("not_among", field=field.code, value=text, choices=", ".join(field.choices))
    return text


def _number(field: Field, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError(text)
    if len(text) > len(str(MOST)) + 1 or not field.least <= int(text) <= field.most:
        raise Invalid(
            "out_of_range", field=field.code, value=text, least=field.least, most=field.most
        )
    return int(text)


def parse_day(text: str) -> date:
    """A day written dd/mm/yyyy, yyyy-mm-dd or yyyy/mm/dd.

    Raises:
        ValueError: it is none of these, or no such day exists.
    """
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        day, month, year = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", text):
        year, month, day = map(int, match.groups())
    else:
        raise ValueError(text)
    return date(year, month, day)


def day_typed(text: str) -> date | None:
    """The day that somebody typed, as `parse_day` reads it; None where nothing was.

    Raises:
        Invalid: `bad_day`.
    """
    text = nfc(text).strip()
    try:
        return parse_day(text) if text else None
    except ValueError:
        raise Invalid("bad_day", value=text) from None


def too_long(thing: Document | CaseFile) -> list[Warned]:
    """The values that exceed the lengths of exchange (R7). They are kept whole."""
    known = DOCUMENT_FIELDS if isinstance(thing, Document) else CASE_FILE_FIELDS
    warned = []
    for field in known:
        value = getattr(thing, field.column)
        if field.kind in ("text", "number") and field.length and value is not None:
            length = len(str(value))
            if length > field.length:
                warned.append(Warned(field, length))
    return warned
