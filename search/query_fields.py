"""The fields that a question may name, as in `người ký:Lan`: their names, and where they are kept.

A field has a Vietnamese name, typed with or without marks, with spaces, `_` or nothing between its
words; an English one; and the name of its column and its code in the law's tables. What was entered
in a column stands in `Entry.named` under the column's name; a few fields have a place of their own.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS, Field
from formats.vietnamese import fold
from search import engine

Kind = Literal["words", "number", "day", "year", "moment", "choice", "key", "format", "text"]
LONGEST_NAME = 60  # letters
_BETWEEN = " _-\u00a0"


@dataclass(frozen=True)
class QueryField:
    """A field as questions name it.

    Attributes:
        name: what it is called in `Entry.named`, and in English.
        kind: "words" stand in `Entry.named`; the others in the field of the index that `place` is.
        names: what people call it, in Vietnamese first.
        place: the field of the index; empty for what stands in `Entry.named`.
        folded: of a text, the same field without marks.
        choices: of a choice, the value kept for what people type, which is folded.
        values: of a choice, what people may type, in Vietnamese.
    """

    name: str
    kind: Kind
    names: tuple[str, ...]
    place: str = ""
    folded: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    values: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its first name in Vietnamese."""
        return self.names[0]


STAGES = {
    "planned": "dự kiến, chưa mở",
    "open": "đang mở, mở, đang lập, opened",
    "closed": "đã kết thúc, kết thúc, đã đóng, đóng",
    "submitted": "đã nộp, chờ tiếp nhận, nộp lưu",
    "returned": "trả lại, bị trả lại",
    "accepted": "đã tiếp nhận, tiếp nhận, lưu trữ, trong lưu trữ",
    "dropped": "bỏ, đã bỏ",
    "transferred": "đã chuyển giao, chuyển giao, lưu trữ lịch sử",
    "destroyed": "đã hủy, hủy",
}
VERDICTS = {
    "TOTAL-PASSED": "hợp lệ, valid, passed",
    "INDETERMINATE": "không xác định, chưa xác định, chưa rõ, unclear",
    "TOTAL-FAILED": "không hợp lệ, sai, invalid, failed",
    "none": "không có, chưa ký, không ký, unsigned, without",
}
KINDS = {
    "document": "văn bản, tài liệu, documents",
    "case_file": "hồ sơ, file, case files",
}
DIRECTIONS = {
    "incoming": "đến, văn bản đến, vào",
    "outgoing": "đi, văn bản đi, ra",
    "internal": "nội bộ",
    "other": "khác",
}
COMPLETENESS = {
    "full": "đầy đủ, toàn bộ, đủ",
    "main_text": "văn bản chính, phần chính",
    "first_page": "trang đầu, trang nhất",
}


def key_of(name: str) -> str:
    """A name however it is typed: without marks, spaces, `_`, `-` and capitals."""
    return fold(name).translate(dict.fromkeys(map(ord, _BETWEEN)))


def _choices(words: Mapping[str, str]) -> dict[str, str]:
    """What is kept, by all that people may type for it."""
    return {key_of(said): kept for kept, told in words.items() for said in (kept, *told.split(","))}


def _first(words: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(told.split(",")[0] for told in words.values())


# Those with a place of their own, or with names that the law's tables do not have. The order is the
# order of the help page.
_OURS: tuple[QueryField, ...] = (
    QueryField("number", "number", ("số", "số văn bản", "số ký hiệu"), engine.NUMBERS),
    QueryField(
        "subject",
        "text",
        ("trích yếu", "tiêu đề", "về việc", "title"),
        engine.TITLE,
        engine.TITLE_FOLDED,
    ),
    QueryField("text", "text", ("toàn văn", "văn bản có"), engine.EXACT, engine.FOLDED),
    QueryField(
        "organ_name",
        "words",
        ("cơ quan", "cơ quan ban hành", "nơi ban hành", "tác giả", "issuer", "organ", "agency"),
    ),
    QueryField("type_name", "words", ("loại", "loại văn bản", "thể loại", "type")),
    QueryField("signer_name", "words", ("người ký", "ký", "signer", "signed by")),
    QueryField("year", "year", ("năm", "năm văn bản"), engine.YEAR),
    QueryField(
        "date", "day", ("ngày", "ngày văn bản", "ngày ban hành", "ngày ký", "day"), engine.DAY
    ),
    QueryField("added", "moment", ("ngày nhập", "ngày lưu", "ngày vào lưu trữ"), engine.ADDED),
    QueryField("unit", "words", ("đơn vị", "phòng ban", "department")),
    QueryField("case_file", "words", ("hồ sơ", "file")),
    QueryField(
        "stage",
        "choice",
        ("giai đoạn", "tình trạng", "trạng thái"),
        engine.STAGE,
        choices=_choices(STAGES),
        values=_first(STAGES),
    ),
    QueryField("maintenance", "words", ("thời hạn", "thời hạn bảo quản", "term", "retention")),
    QueryField(
        "verdict",
        "choice",
        ("chữ ký", "chữ ký số", "signature"),
        engine.VERDICT,
        choices=_choices(VERDICTS),
        values=_first(VERDICTS),
    ),
    QueryField("format", "format", ("định dạng", "loại tệp", "file type"), engine.FORMAT),
    QueryField("keyword", "words", ("từ khóa", "keywords")),
    QueryField(
        "kind", "choice", ("dạng", "là"), engine.KIND, choices=_choices(KINDS), values=_first(KINDS)
    ),
    QueryField("code", "key", ("mã", "mã văn bản", "mã hồ sơ", "id"), engine.ID),
    QueryField("keeper", "key", ("cơ quan lưu", "nơi lưu", "phông"), engine.ORGAN),
    QueryField("file_name", "words", ("tên tệp", "tệp")),
    QueryField(
        "direction",
        "choice",
        ("chiều", "chiều văn bản"),
        choices=_choices(DIRECTIONS),
        values=_first(DIRECTIONS),
    ),
    QueryField(
        "completeness",
        "choice",
        ("mức đầy đủ",),
        choices=_choices(COMPLETENESS),
        values=_first(COMPLETENESS),
    ),
    QueryField("recipients", "words", ("nơi nhận", "kính gửi", "recipient")),
    QueryField("signer_position", "words", ("chức vụ",)),
    QueryField("description", "words", ("ghi chú", "note")),
    QueryField("due_date", "words", ("hạn trả lời", "hạn giải quyết", "hạn", "due")),
    QueryField("arrival_date", "words", ("ngày đến", "arrived")),
    QueryField("mode", "words", ("chế độ sử dụng",)),
    QueryField("rights", "words", ("chế độ sử dụng hồ sơ",)),
    QueryField("supplementary", "words", ("trường bổ sung", "bổ sung")),
)
_SAME = {  # columns whose values our own fields have already
    "code_number": "number",
    "issued_date": "date",
    "subject": "subject",
    "title": "subject",
    "year": "year",
}


@cache
def fields() -> tuple[QueryField, ...]:
    """All of them: ours, then the other columns of the law's tables."""
    ours = {one.name for one in _OURS} | _SAME.keys()
    others: dict[str, list[str]] = {}
    for one in (*DOCUMENT_FIELDS, *CASE_FILE_FIELDS):
        if one.column not in ours:
            others.setdefault(one.column, []).append(one.name)
    return _OURS + tuple(
        QueryField(column, "words", tuple(dict.fromkeys(names))) for column, names in others.items()
    )


def named_columns() -> frozenset[str]:
    """The columns whose values stand in `Entry.named`, under their own name."""
    return frozenset(one.column for one in (*DOCUMENT_FIELDS, *CASE_FILE_FIELDS)) - _SAME.keys()


def field_called(name: str) -> QueryField | None:
    """The field of this name, however it is typed."""
    return _by_key().get(key_of(name)) if len(name) <= LONGEST_NAME else None


def field_like(name: str) -> QueryField | None:
    """The field whose name is nearly this."""
    if len(name) > LONGEST_NAME:
        return None
    near = difflib.get_close_matches(key_of(name), _by_key(), n=1, cutoff=0.7)
    return _by_key()[near[0]] if near else None


@cache
def _by_key() -> dict[str, QueryField]:
    """By every name; of two fields of one name the first has it."""
    found: dict[str, QueryField] = {}
    for one in fields():
        for name in (one.name, *one.names):
            found.setdefault(key_of(name), one)
    by_name = {one.name: one for one in fields()}
    for column in (*DOCUMENT_FIELDS, *CASE_FILE_FIELDS):
        for name in _names_in_law(column):
            found.setdefault(key_of(name), by_name[_SAME.get(column.column, column.column)])
    return found


def _names_in_law(column: Field) -> Iterator[str]:
    yield from (column.column, column.code, column.name)
