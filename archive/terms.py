"""Retention terms as plans and schedules state them: "Vĩnh viễn", "20 năm", "70".

Not every lawful term is a number of years: papers of principle are kept until the document they
carry out is replaced, a building's as long as it stands, a contract's five years after it ended.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from formats.vietnamese import fold

_FOR_EVER = {"vinh vien", "vv", "permanent"}
_YEARS = re.compile(r"(\d{1,3})(?: nam| years?)?(?: (?:sau khi|ke tu khi|after) (.+))?")
_SUPERSEDED = re.compile(r"(?:den khi|until) .*(?:het hieu luc|thay the|superseded|replaced).*")
_LIFE = re.compile(r"(?:theo tuoi tho|life of) .+")
MUST_BE_SUBMITTED = 5  # years and more (NĐ 30/2020, Đ31.3c)


class Period(StrEnum):
    """From what the end of a term is told."""

    YEARS = "years"
    AFTER_EVENT = "years_after_event"
    UNTIL_SUPERSEDED = "until_superseded"
    ASSET_LIFE = "asset_life"
    PERMANENT = "permanent"


@dataclass(frozen=True)
class Term:
    """How long something is kept.

    Attributes:
        period: what the end is counted from.
        years: how many, where years are counted; else 0.
    """

    period: Period
    years: int = 0

    @property
    def is_permanent(self) -> bool:
        """Whether it never ends."""
        return self.period is Period.PERMANENT

    @property
    def must_be_submitted(self) -> bool:
        """Whether case files of this term must come to the archive (NĐ 30/2020, Đ31.3c).

        What is in force only until it is replaced stays where it is used; a building's papers
        outlive five years.
        """
        always = self.period in (Period.PERMANENT, Period.ASSET_LIFE)
        return always or self.years >= MUST_BE_SUBMITTED


@lru_cache(maxsize=1000)  # plans name the same few terms thousands of times
def term_of(text: str) -> Term | None:
    """The term that a text states; None where it states none that we know."""
    plain = " ".join(fold(text).split())
    if plain in _FOR_EVER:
        return Term(Period.PERMANENT)
    if _SUPERSEDED.fullmatch(plain):
        return Term(Period.UNTIL_SUPERSEDED)
    if _LIFE.fullmatch(plain):
        return Term(Period.ASSET_LIFE)
    match = _YEARS.fullmatch(plain)
    if match is None or int(match[1]) == 0:
        return None
    return Term(Period.AFTER_EVENT if match[2] else Period.YEARS, int(match[1]))
