"""Retention terms as the plan states them: "Vĩnh viễn", "20 năm", "70". Years, or for ever."""

import re
from dataclasses import dataclass
from functools import lru_cache

from formats.vietnamese import fold

_FOR_EVER = {"vinh vien", "vv", "permanent"}
_YEARS = re.compile(r"(\d{1,3})( nam| years?)?")
MUST_BE_SUBMITTED = 5  # years and more (NĐ 30/2020, Đ31.3c)


@dataclass(frozen=True, order=True)
class Term:
    """How long something is kept. The longer of two is the greater."""

    is_permanent: bool
    years: int

    @property
    def must_be_submitted(self) -> bool:
        """Whether case files of this term must come to the archive (NĐ 30/2020, Đ31.3c)."""
        return self.is_permanent or self.years >= MUST_BE_SUBMITTED


@lru_cache(maxsize=1000)  # plans name the same few terms thousands of times
def term_of(text: str) -> Term | None:
    """The term that a text states; None where it states none ("đến khi văn bản hết hiệu lực")."""
    plain = " ".join(fold(text).split())
    if plain in _FOR_EVER:
        return Term(is_permanent=True, years=0)
    match = _YEARS.fullmatch(plain)
    return Term(is_permanent=False, years=int(match[1])) if match and int(match[1]) else None
