"""Whole numbers that people type or that stand in an address: rows, years, pages.

Whatever is no number that the database could hold is no number at all: the address leads nowhere,
the question is asked without it.
"""

from collections.abc import Sized
from typing import Any

from flask import Flask, request
from werkzeug.routing import IntegerConverter

from archive.errors import Invalid

HIGHEST = 2**31 - 1  # of a column of whole numbers


class RowNumber(IntegerConverter):
    """A number in an address; one that no row can have fits no address."""

    regex = r"\d{1,10}"

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{"max": HIGHEST, **named})


def init_app(app: Flask) -> None:
    """Take `<int:…>` in every address to be such a number; before any address is made known."""
    app.url_map.converters["int"] = RowNumber


def number_in(text: str) -> int | None:
    """The number that the text is, if it is one that a row can have."""
    text = text.strip()
    if not (text.isdecimal() and len(text) <= 10):
        return None
    return number if (number := int(text)) <= HIGHEST else None


def number_asked(name: str) -> int | None:
    """The same for a part of the question in the address."""
    return number_in(request.args.get(name, ""))


def require_at_most(most: int, chosen: Sized) -> None:
    """Go on only if no more was chosen than is taken at once: nothing is left out in silence.

    Raises:
        Invalid: `too_many_chosen`.
    """
    if len(chosen) > most:
        raise Invalid("too_many_chosen", most=most)
