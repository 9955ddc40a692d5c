"""Who stands behind a certificate: a person or an organ, read from the subject's own words.

No Vietnamese certificate says outright which it is, so several signs are asked in turn: the
identity number that authorities write into the user id, the attributes that only people or only
organs have, the words that names of organs begin with, and family names.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from asn1crypto import x509

SignerKind = Literal["person", "organ", "unknown"]

_PERSON_NUMBERS = re.compile(r"^(CMND|CCCD|CC|HC|ĐDCN|DDCN)\s*:", re.IGNORECASE)
_ORGAN_NUMBERS = re.compile(r"^(MST|MNS|MDV|QHNS|BHXH|GPKD)\s*:", re.IGNORECASE)
_ORGAN_WORDS = (
    r"^(bộ|sở|cục|tổng|chi cục|vụ|ủy ban|uỷ ban|ubnd|hđnd|hội|văn phòng|phòng|trung tâm|trường"
    r"|đại học|học viện|viện|bệnh viện|công ty|tập đoàn|ngân hàng|kho bạc|thanh tra|tòa án|toà án"
    r"|ban|báo|đài|đảng|đoàn|chính phủ|quốc hội|quỹ|kiểm toán|bảo hiểm|công an|quân khu|thành phố"
    r"|tỉnh|huyện|quận|xã|phường|lưu trữ|thư viện|bảo tàng|cơ quan|hợp tác xã|doanh nghiệp)\b"
)
FAMILY_NAMES = frozenset(
    """nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh mai trương lâm
    phùng tô tạ hà cao châu lương lưu trịnh đào thái nông chu quách thạch kiều vương tống tăng
    la nghiêm giang diệp triệu quan hứa ông từ khuất khương bạch âu tôn ninh cù lò lường vàng
    giàng""".split()  # noqa: SIM905 - sixty quoted names are harder to read
)


def _without_marks(text: str) -> str:
    parted = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(each for each in parted if not unicodedata.combining(each))


# Names in old certificates have no marks; "vu" might then be a family (Vũ) or a department (Vụ).
_PLAIN_ORGAN_WORDS = _without_marks(_ORGAN_WORDS)
_PLAIN_FAMILY_NAMES = frozenset(map(_without_marks, FAMILY_NAMES)) - {"vu"}


@dataclass(frozen=True)
class Signer:
    """The names in a certificate's subject, and what kind of signer they make."""

    name: str | None
    organ: str | None
    unit: str | None
    kind: SignerKind


def read_signer(certificate: x509.Certificate) -> Signer:
    """Read name, organ and unit from a certificate, and judge whether it is a person's."""
    subject = certificate.subject.native
    name = _text(subject.get("common_name"))
    organ = _text(subject.get("organization_name"))
    unit = _text(subject.get("organizational_unit_name"))
    return Signer(name, organ, unit, _kind(subject, name, organ, unit))


def _kind(
    subject: dict[str, Any],  # attribute values as asn1crypto gives them: texts or lists of texts
    name: str | None,
    organ: str | None,
    unit: str | None,
) -> SignerKind:
    numbers = (_text(subject.get("user_id")) or "").split(";")
    if any(_PERSON_NUMBERS.match(each.strip()) for each in numbers):
        return "person"
    if "given_name" in subject or "surname" in subject:
        return "person"
    if any(_ORGAN_NUMBERS.match(each.strip()) for each in numbers):
        return "organ"
    if "organization_identifier" in subject:
        return "organ"
    return _kind_of_name(name, organ, unit)


def _kind_of_name(name: str | None, organ: str | None, unit: str | None) -> SignerKind:
    if name is None:
        return "organ" if organ else "unknown"
    lowered = name.lower()
    if lowered in {(each or "").lower() for each in (organ, unit)}:
        return "organ"
    is_plain = lowered.isascii()
    families = _PLAIN_FAMILY_NAMES if is_plain else FAMILY_NAMES
    words = lowered.split()
    if words[0] in families and 2 <= len(words) <= 5:
        return "person"
    return (
        "organ"
        if re.match(_PLAIN_ORGAN_WORDS if is_plain else _ORGAN_WORDS, lowered)
        else "unknown"
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    parts = value if isinstance(value, list) else [value]
    return unicodedata.normalize("NFC", "; ".join(str(each) for each in parts)).strip() or None
