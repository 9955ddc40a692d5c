"""What the API takes and gives, declared once: requests are checked by it, `openapi.json` says it.

Instants are texts in UTC (`2026-03-05T01:02:03+00:00`), days `2026-03-05`. What the fields of a
document mean stands in `archive/fields.py`: they carry the codes of the national tables.
"""

import json
import re
from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, Dict, Field, File, Float, Integer, List, Nested, String
from apiflask.validators import Length, OneOf, Range

from archive.fields import DOCUMENT_FIELDS
from archive.fields import Field as TableField
from formats.vietnamese import nfc

FARTHEST = 1_000_000
MOST = 100
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


def _given(said: str = "", *, longest: int, is_needed: bool = False, **more: Any) -> Text:
    """A text that programs send; one that is needed has more than spaces in it."""
    pattern = SOME_TEXT if is_needed else ANY_TEXT
    return Text(
        required=is_needed,
        validate=Length(1 if is_needed else 0, longest),
        metadata=_metadata(said, {"pattern": pattern}),
        **more,
    )


def _text(said: str = "", **more: Any) -> String:
    """A text that is always told."""
    return String(required=True, metadata=_metadata(said, more))


def _text_or_none(said: str = "", **more: Any) -> String:
    return String(required=True, allow_none=True, metadata=_metadata(said, more))


def _number(said: str = "", *, or_none: bool = False) -> Integer:
    return Integer(required=True, allow_none=or_none, metadata=_metadata(said, {}))


def _metadata(said: str, more: dict[str, Any]) -> dict[str, Any]:
    return {**({"description": said} if said else {}), **more}


def _instant(said: str = "") -> String:
    return _text(said, format="date-time")


def _yes_no(said: str) -> Boolean:
    """A plain true or false in an address or form."""
    return Boolean(
        load_default=False,
        truthy={"true", True},
        falsy={"false", False},
        metadata={"description": said},
    )


# Errors -------------------------------------------------------------------------------------------


class ErrorBody(Schema):
    """What went wrong."""

    code = _text("Stable; for programs.")
    message = _text("For people, in the language that Accept-Language asks for (vi, en).")
    details = Dict(required=True, metadata={"description": "Plain values: which, what, how many."})


class ErrorOut(Schema):
    """An error, always in this form."""

    error = Nested(ErrorBody, required=True)


# Lists --------------------------------------------------------------------------------------------


class PageIn(Schema):
    """Which piece of a list is wanted."""

    start = Whole(load_default=0, validate=Range(0, FARTHEST))
    limit = Whole(load_default=20, validate=Range(1, MOST))


class PageOut(Schema):
    """A piece of a list."""

    total = _number("How many there are in all that you may see.")
    start = _number("How many stand before the first of these.")


# Documents ----------------------------------------------------------------------------------------


class RenditionOut(Schema):
    """A stored form of a part."""

    role = _text("original, archival, seal, text, words, reading, or a report.")
    sha256 = _text()
    size = _number("Bytes.")
    mime = _text()
    puid = _text("PRONOM identifier of the original; empty where there is none.")
    made_at = _instant()
    replaced_at = _text_or_none("Earlier forms stay listed.", format="date-time")
    href = _text_or_none("Where it is downloaded; null for earlier forms.")


class PartOut(Schema):
    """One original file of a document."""

    part = _number("From 1.")
    role = _text("main, annex, companion or attachment.")
    file_name = _text("As it was given.")
    sha256 = _text("Of the original, as it was received.")
    pages = _number(or_none=True)
    mending = _text_or_none("Why it has no valid archival copy.")
    renditions = List(Nested(RenditionOut), required=True)
    facts = Dict(required=True, metadata={"description": "What each step of the road found."})


class PlaceOut(Schema):
    """A case file that the document stands in."""

    case_file = _text()
    ordinal = _number()


def _as_told(field: TableField) -> Field[Any]:
    """A field of the national tables as it stands in an answer."""
    match field.kind:
        case "number":
            return Integer(required=True, allow_none=True, metadata={"description": field.name})
        case "date":
            return _text_or_none(field.name, format="date")
        case "yes_no":
            return Boolean(required=True, allow_none=True, metadata={"description": field.name})
        case "list":
            return List(Dict(), required=True, metadata={"description": field.name})
    return _text_or_none(field.name)


FieldsOut = Schema.from_dict({one.code: _as_told(one) for one in DOCUMENT_FIELDS}, name="FieldsOut")


class DocumentOut(Schema):
    """All that is known of a document; its content is downloaded part by part."""

    document = _text("Its code, for ever.")
    organ = _text("Code of the organ that keeps it.")
    number = _text("Number and symbol as written on it.")
    fields_told = Nested(FieldsOut, required=True, data_key="fields", attribute="fields")
    supplementary = Dict(required=True)
    case_files = List(Nested(PlaceOut), required=True)
    mending = _text_or_none("Why it has no valid archival copy.")
    shelved_at = _instant()
    revision = _number()
    parts = List(Nested(PartOut), required=True)
    href = _text()


class DocumentLine(Schema):
    """A document in a list."""

    document = _text()
    number = _text()
    title = _text("Its subject, or its file's name.")
    type = _text()
    issued_date = _text_or_none(format="date")
    organ_name = _text("Who issued it.")
    pages = _number(or_none=True)
    mending = _text_or_none()
    shelved_at = _instant()
    href = _text()


class DocumentsIn(PageIn):
    """Which documents are wanted."""

    case_file = _given("In this case file, in its order.", longest=200)
    unfiled = _yes_no("Only those that stand in no case file.")
    mending = _yes_no("Only those without a valid archival copy.")


class DocumentsOut(PageOut):
    """Documents, newest first; in a case file, in its order."""

    documents = List(Nested(DocumentLine), required=True)


# Receiving ----------------------------------------------------------------------------------------


class IntakeIn(Schema):
    """A file and what is known of it."""

    file = File(  # type: ignore[no-untyped-call]
        required=True,
        metadata={"description": "The file; its name is kept as given.", "minLength": 1},
    )
    fields_given = Object(
        keys=Text(),
        values=Text(),
        data_key="fields",
        load_default=dict,
        metadata={
            "description": "Descriptive data as JSON: values by code (`Subject`) or by Vietnamese "
            "name; a name that begins with + is a supplementary field."
        },
    )
    case_file = _given(
        "Code of the case file; without one it goes to the tray.", longest=200, load_default=""
    )
    again = _yes_no("Make a second document of bytes that are here already.")


class ProgressOut(Schema):
    """How far the present step is."""

    step = _text()
    done = _number()
    total = _number()


class IntakeOut(Schema):
    """A received file, and what has become of it."""

    intake = _number()
    name = _text("As it was given.")
    sha256 = _text()
    size = _number("Bytes.")
    received_at = _instant()
    state = String(
        required=True,
        validate=OneOf(["received", "waiting", "refused", "stuck", "shelved", "discarded"]),
    )
    step = _text_or_none("The next step of the road, while it is on the road.")
    progress = Nested(ProgressOut, required=True, allow_none=True)
    reason = _text_or_none("Why it waits, was refused, is stuck, or has no archival copy.")
    message = _text_or_none("The reason in words.")
    details = Dict(required=True)
    document = _text_or_none("Code of the document that it became.")
    case_file = _text_or_none()
    href = _text()


class IntakesIn(PageIn):
    """Which received files are wanted."""

    state = String(
        validate=OneOf(["received", "waiting", "refused", "stuck", "shelved", "discarded"])
    )


class IntakesOut(PageOut):
    """Received files, newest first."""

    intakes = List(Nested(IntakeOut), required=True)


# Finding ------------------------------------------------------------------------------------------


class SearchIn(PageIn):
    """What is looked for."""

    q = _given(
        "Words, with or without accents; a phrase in quotes; a document's number.",
        longest=400,
        is_needed=True,
    )


class HitOut(Schema):
    """A document that was found."""

    document = _text()
    case_file = _text_or_none()
    number = _text()
    title = _text()
    page = _number("Its best page; null where you may see the description only.", or_none=True)
    pages = List(Integer(), required=True, metadata={"description": "All pages with the words."})
    snippet = _text()
    score = Float(required=True)


class SearchOut(PageOut):
    """What was found, best first."""

    results = List(Nested(HitOut), required=True)


# Case files ---------------------------------------------------------------------------------------


class CaseFileIn(Schema):
    """A case file to be opened."""

    notation = _given("Number and symbol.", longest=200, is_needed=True)
    title = _given(longest=2000, is_needed=True)
    year = WholeInJson(strict=True, validate=Range(1000, 9999), load_default=None)
    maintenance = _given("Retention period.", longest=200, load_default="")
    access_level = String(load_default="organ", validate=OneOf(["organ", "unit", "assigned"]))


class CaseFileOut(Schema):
    """A case file."""

    case_file = _text("Its code.")
    organ = _text()
    year = _number()
    notation = _text()
    title = _text()
    stage = _text("planned, open, closed, submitted, returned or accepted.")
    access_level = _text()
    maintenance = _text("Retention period, as the plan states it.")
    holder = _text_or_none("User name of who makes it.")
    start_date = _text_or_none(format="date")
    end_date = _text_or_none(format="date")
    documents = _number("How many documents stand in it.")
    pages = _number("How many pages they have.")
    href = _text()
    documents_href = _text("Where its documents are listed.")


class CaseFilesOut(PageOut):
    """Case files, newest first."""

    case_files = List(Nested(CaseFileOut), required=True)


# Tokens -------------------------------------------------------------------------------------------


class TokenOut(Schema):
    """The token that asks, and the person behind it."""

    name = _text("What its owner called it.")
    user = _text()
    full_name = _text()
    organ = _text("Code of the organ that it works at.")
    roles = List(String(), required=True)
    created_at = _instant()
    expires_at = _instant()
