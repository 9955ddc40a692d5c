"""From a draft to an issued document: prepared, signed by its leader elsewhere, numbered, sealed.

The one thing that is never done is to write a new file: every state is the one before it with an
update behind its end, so that the leader's signature stays what it was (record rules, R22).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from formats.issuing_check import Difference, difference
from formats.issuing_evidence import add_evidence
from formats.issuing_fields import add_fields, fill_fields, text_values
from formats.issuing_places import (
    AGENCY,
    DATE,
    DAY,
    LAYOUTS,
    MONTH,
    NUMBER,
    PERSON,
    YEAR,
    FieldPlace,
    Found,
    find_places,
)
from formats.seal_keys import SealKey
from formats.seal_marks import SealMark
from formats.seals import SealResult, seal
from formats.stamps import Stamp
from formats.trust import TrustFolder
from formats.vietnamese import unaccented

__all__ = [
    "AGENCY",
    "LAYOUTS",
    "PERSON",
    "Difference",
    "FieldPlace",
    "Found",
    "Issuer",
    "add_fields",
    "difference",
    "file_name",
    "fill_in",
    "find_places",
    "number_text",
    "seal_copy",
    "seal_issued",
    "text_values",
    "values_for",
]

_LONGEST_NAME = 120


@dataclass(frozen=True)
class Issuer:
    """The organ that issues: its key, its picture, where its fonts are, and who tells the time."""

    organ: str
    key: SealKey
    fonts: Path
    picture: Path | None = None
    timestamp_url: str | None = None
    trust: TrustFolder | None = None


def file_name(subject: str) -> str:
    """The name of the file to be signed: `CKS` and the subject without marks (TN-34)."""
    plain = "".join(sign if sign.isalnum() else " " for sign in unaccented(subject))
    words: list[str] = []
    for word in plain.split():
        if len("-".join(words)) + len(word) > _LONGEST_NAME:
            break
        words.append(word)
    return "-".join(["CKS", *words]) + ".pdf"


def number_text(number: int) -> str:
    """A number as it is written: with a zero before it when it is below ten (NĐ 30, PL I)."""
    return f"{number:02d}"


def values_for(number: int, day: date) -> dict[str, str]:
    """What each text field says; days below ten, and January and February, with a zero."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return {
        NUMBER: number_text(number),
        DAY: f"{day.day:02d}",
        MONTH: month,
        YEAR: str(day.year),
        DATE: f"ngày {day.day:02d} tháng {month} năm {day.year}",
    }


def fill_in(
    signed: Path, target: Path, number: int, day: date, places: Mapping[str, object]
) -> None:
    """Write number and date into the fields that the file has.

    Raises:
        Unreadable: `field_missing`.
    """
    values = values_for(number, day)
    fill_fields(signed, target, {name: values[name] for name in values if name in places})


def seal_issued(filled: Path, target: Path, issuer: Issuer, layout: str) -> SealResult:
    """Sign in the organ's own field, with its red seal; words stand beside it in the older layout.

    Raises:
        Unreadable, ProgramFailed: as `seals.seal`; `seal_picture_unreadable`.
    """
    mark = SealMark(
        Stamp(issuer.organ, issuer.fonts), issuer.picture, with_words=layout == "hcmc2019"
    )
    proved = target.with_name("proved.pdf")
    if issuer.timestamp_url and issuer.trust and add_evidence(filled, proved, issuer.trust):
        filled = proved
    return _sealed(filled, target, issuer, mark)


def seal_copy(source: Path, target: Path, issuer: Issuer, words: tuple[str, ...]) -> SealResult:
    """Sign what the organ digitised: words and time at the top right, no picture (NĐ 30, PL I).

    Args:
        source: a PDF/A without signatures.
        target: where it is written.
        issuer: who signs.
        words: the lines before the time: form of copy and organ, or number and symbol.
    """
    *before, last = words
    return _sealed(source, target, issuer, Stamp(last, issuer.fonts, tuple(before)))


def _sealed(source: Path, target: Path, issuer: Issuer, visible: Stamp | SealMark) -> SealResult:
    return seal(
        source,
        target,
        issuer.key,
        level="B-LTA" if issuer.timestamp_url else "B-B",
        timestamp_url=issuer.timestamp_url,
        trust=issuer.trust,
        visible=visible,
        name=issuer.organ,
        field=AGENCY,
    )
