"""By which words an organ doesn't take a document: complaints, what resolves them, named letters.

Words count only where they say what a document is: in its type, at the beginning of its subject, in
its addressee. What was typed without any marks is compared without marks.
"""

import re
from typing import Any

from formats.signers import FAMILY_NAMES
from formats.vietnamese import nfc, unaccented

_ABOUT = r"(?:v/v|về việc|về|trích yếu:?)?\s*"
_PASSED = r"(?:(?:chuyển|gửi|nhận|tiếp nhận|bàn giao)\s+)?"
_MATTER = r"(?:khiếu nại|tố cáo|tranh chấp|khiếu kiện)"
_OF = r"(?:của|do|từ)(?:\s+\S+){1,12}?"
_FOLK = r"(?:công dân|người dân|nhân dân|các hộ|hộ|tập thể|gia đình|ông|bà)"
_LETTER = (
    rf"^{_ABOUT}{_PASSED}(?:(?:lá )?đơn thư|đơn(?! vị| giá)|thư)\b"
    rf"(?:(?:\s+\S+){{0,4}}?|\s+(?:\S+\s+){{0,3}}?{_OF})\s+{_MATTER}\b"
)
_BY_FOLK = rf"^{_ABOUT}{_FOLK}(?:\s+\S+){{0,10}}?(?<!giải quyết)(?<!công tác)\s+{_MATTER}\b"
_BARE = rf"^{_ABOUT}{_MATTER}\b(?!,? (?:và )?(?:tố cáo|khiếu nại))"
_RESOLVES = (
    r"(?<!công tác )(?<!đôn đốc )(?<!đôn đốc việc )(?<!tăng cường )"
    r"(?:giải quyết|trả lời|phúc đáp|thụ lý|xác minh"
    r"|kết luận(?: thanh tra| kiểm tra| xác minh)?(?: về)?(?: nội dung)?)\s+"
    rf"(?:(?:nội dung|vụ việc|vụ|việc|đơn thư|đơn|thư|kiến nghị,?)\s+)*{_MATTER}\b"
    r"(?!,? (?:và )?(?:tố cáo|khiếu nại)\b(?! của))"
)
_RULES = (
    r"(?:quy định|quy chế|quy trình|hướng dẫn|kế hoạch|chương trình|chỉ thị|báo cáo|luật|nghị định"
    r"|thông tư|nghị quyết)"
)
_GENERAL = (
    rf"^{_ABOUT}(?:(?:ban hành|sửa đổi|bổ sung|phê duyệt|triển khai|thực hiện|góp ý|dự thảo)"
    rf"[\s,]+)*{_RULES}\b"
)
_NAMED = r"\bđích danh\b"
_TITLE = (
    r"(?:tổng giám đốc|(?:phó )?(?:giám đốc|chủ tịch|trưởng phòng|trưởng ban|chánh văn phòng"
    r"|chánh thanh tra|bí thư|viện trưởng|hiệu trưởng|cục trưởng)|(?:bộ|thứ) trưởng)"
)
_FAMILY = "|".join(sorted(FAMILY_NAMES - {"ông", "từ", "la"}))
_TO = r"^(?:kính )?(?:gửi\b)?\s*:?\s*"
_CALLED = r"(?:ông|bà|đồng chí|đ/c|đ\.c|anh|chị|cô|thầy)"
_HONOURED = (
    rf"{_TO}{_CALLED}\s+"
    r"(?!chủ |giám |trưởng |phó |bí |chánh |thủ |bộ |thứ |cục |tổng |viện |hiệu )\w+\s+\w+"
)
_NOT_A_NAME = (
    r"(?:phòng|ban|sở|trữ|trung|cục|chi|văn phòng|hộ|xã|phường|huyện|tỉnh|doanh|nghiệp|trường|viện)"
)
_BY_NAME = (
    rf"{_TO}(?:{_CALLED}\s+)?(?:{_TITLE}[\s,:]+)?(?:{_FAMILY})"
    rf"(?:\s+(?!{_NOT_A_NAME}\b)\w+){{2,3}}\s*(?:$|[,;(–-])"
)


def ground_against(
    kind: str, type_name: str, subject: str, addressee: str = "", *, rules: Any
) -> str | None:
    """Why the organ does not take such a document; None when it does.

    Args:
        kind: of the book: `incoming`, `outgoing`, `copies`.
        type_name: its type.
        subject: its subject.
        addressee: to whom it is addressed, as written.
        rules: the organ's own rules (`organ_rules.OrganRules`).
    """
    types, said, to = (
        " ".join(nfc(one).lower().split()) for one in (type_name, subject, addressee)
    )
    is_general = _has(_GENERAL, types) or _has(_GENERAL, said)
    if rules.refuse_resolutions and not is_general and _has(_RESOLVES, said):
        return "resolution"
    is_letter = any(_has(one, said) for one in (_LETTER, _BY_FOLK, _BARE)) or _has(_LETTER, types)
    is_letter |= any(_is(types, one) for one in ("đơn", "đơn thư")) and _has(_MATTER, said)
    if rules.refuse_complaints and not is_general and is_letter:
        return "complaint"
    is_named = any(_has(_NAMED, one) for one in (types, said, to))
    is_named |= _has(_HONOURED, to) or _has(_BY_NAME, to)
    if rules.refuse_named and kind == "incoming" and is_named:
        return "named_letter"
    return None


def _has(pattern: str, text: str) -> bool:
    return bool(re.search(unaccented(pattern) if text.isascii() else pattern, text))


def _is(text: str, word: str) -> bool:
    return text in (word, unaccented(word))
