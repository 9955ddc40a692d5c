"""Where in a question something is amiss: the piece around it, and a line that points at it."""

import unicodedata

AROUND = 36  # characters before and after the place; a long question is not shown as a whole
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NO_WIDTH = ("Mn", "Me", "Cf")
_NO_SIGN = ("Cc", "Cs", "Zl", "Zp")
_LESS, _WIDE = "…", ("W", "F")


def pointed_at(text: str, place: int, length: int) -> tuple[str, str]:
    """The piece of the text, in one line, and blanks and carets that stand below it."""
    first, last = max(place - AROUND, 0), min(place + max(length, 1) + AROUND, len(text))
    last = min(last, first + 4 * AROUND)
    before = (_LESS if first else "") + _shown(text[first:place])
    wrong = _shown(text[place : min(place + max(length, 1), last)])
    after = _shown(text[place + max(length, 1) : last]) + (_LESS if last < len(text) else "")
    return before + wrong + after, " " * _width(before) + "^" * max(_width(wrong), 1)


def _shown(text: str) -> str:
    """In one line, what cannot be shown as a blank, and nothing that turns the line round."""
    straight = (one for one in text if one not in _TURNING)
    return "".join(" " if unicodedata.category(one) in _NO_SIGN else one for one in straight)


def _width(text: str) -> int:
    """How many letters wide it stands."""
    return sum(
        0
        if unicodedata.category(one) in _NO_WIDTH
        else 1 + (unicodedata.east_asian_width(one) in _WIDE)
        for one in text
    )
