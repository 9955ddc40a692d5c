"""Kinds of values that the API takes and gives: plain text, whole numbers, instants."""

import json
import re
from typing import Any

from apiflask.fields import Boolean, Dict, Integer, String
from apiflask.validators import Length

from formats.vietnamese import nfc

ANY_TEXT = r"^[^\u0000]*$"
SOME_TEXT = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
_HALF_A_LETTER = re.compile("[\ud800-\udfff]")


class Text(String):
    """Text in NFC, without what databases cannot keep."""

    default_error_messages = {"pattern": "Does not fit its pattern."}  # noqa: RUF012 as its class does

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        pattern = self.metadata.get("pattern", ANY_TEXT)
        if text is None or not re.search(pattern, text) or _HALF_A_LETTER.search(text):
            raise self.make_error("pattern")
        return nfc(text)


class Whole(Integer):
    """A whole number in an address, in plain digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class WholeInJson(Integer):
    """A whole number in JSON, where 2021.0 is one too and "2021" is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        is_whole = isinstance(value, float) and value.is_integer()
        return super()._deserialize(int(value) if is_whole else value, attr, data, **kwargs)


class Object(Dict):
    """Names and values as JSON in a part of a form."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError) as error:
                raise self.make_error("invalid") from error
        return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]


def given_text(said: str = "", *, longest: int, is_needed: bool = False, **more: Any) -> Text:
    """A text that programs send; one that is needed has more than spaces in it."""
    pattern = SOME_TEXT if is_needed else ANY_TEXT
    return Text(
        required=is_needed,
        validate=Length(1 if is_needed else 0, longest),
        metadata=_metadata(said, {"pattern": pattern}),
        **more,
    )


def a_text(said: str = "", **more: Any) -> String:
    """A text that is always told."""
    return String(required=True, metadata=_metadata(said, more))


def a_text_or_none(said: str = "", **more: Any) -> String:
    """A text that is always told, be it null."""
    return String(required=True, allow_none=True, metadata=_metadata(said, more))


def a_number(said: str = "", *, or_none: bool = False) -> Integer:
    """A whole number that is always told."""
    return Integer(required=True, allow_none=or_none, metadata=_metadata(said, {}))


def an_instant(said: str = "") -> String:
    """An instant in UTC, always told."""
    return a_text(said, format="date-time")


def a_yes_no(said: str) -> Boolean:
    """A plain true or false in an address or form."""
    return Boolean(
        load_default=False,
        truthy={"true", True},
        falsy={"false", False},
        metadata={"description": said},
    )


def _metadata(said: str, more: dict[str, Any]) -> dict[str, Any]:
    return {**({"description": said} if said else {}), **more}
