"""What the API takes and gives, declared once: requests are checked by it, `openapi.json` says it.

Instants are texts in UTC (`2026-03-05T01:02:03+00:00`), days `2026-03-05`. What the fields of a
document mean stands in `archive/fields.py`: they carry the codes of the national tables.
"""

from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, Dict, Field, File, Integer, List, Nested, String
from apiflask.validators import OneOf, Range

from archive.fields import DOCUMENT_FIELDS
from archive.fields import Field as TableField
from web.api.values import (
    Object,
    Text,
    Whole,
    WholeInJson,
    a_number,
    a_text,
    a_text_or_none,
    a_yes_no,
    an_instant,
    given_text,
)

FARTHEST = 1_000_000
MOST = 100


# Errors -------------------------------------------------------------------------------------------


class ErrorBody(Schema):
    """What went wrong."""

    code = a_text("Stable; for programs.")
    message = a_text("For people, in the language that Accept-Language asks for (vi, en).")
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

    total = a_number("How many there are in all that you may see.")
    start = a_number("How many stand before the first of these.")


# Documents ----------------------------------------------------------------------------------------


class RenditionOut(Schema):
    """A stored form of a part."""

    role = a_text("original, archival, seal, text, words, reading, or a report.")
    sha256 = a_text()
    size = a_number("Bytes.")
    mime = a_text()
    puid = a_text("PRONOM identifier of the original; empty where there is none.")
    made_at = an_instant()
    replaced_at = a_text_or_none("Earlier forms stay listed.", format="date-time")
    href = a_text_or_none("Where it is downloaded; null for earlier forms.")


class PartOut(Schema):
    """One original file of a document."""

    part = a_number("From 1.")
    role = a_text("main, annex, companion or attachment.")
    file_name = a_text("As it was given.")
    sha256 = a_text("Of the original, as it was received.")
    pages = a_number(or_none=True)
    mending = a_text_or_none("Why it has no valid archival copy.")
    renditions = List(Nested(RenditionOut), required=True)
    facts = Dict(required=True, metadata={"description": "What each step of the road found."})


class PlaceOut(Schema):
    """A case file that the document stands in."""

    case_file = a_text()
    ordinal = a_number()


def _as_told(field: TableField) -> Field[Any]:
    """A field of the national tables as it stands in an answer."""
    match field.kind:
        case "number":
            return Integer(required=True, allow_none=True, metadata={"description": field.name})
        case "date":
            return a_text_or_none(field.name, format="date")
        case "yes_no":
            return Boolean(required=True, allow_none=True, metadata={"description": field.name})
        case "list":
            return List(Dict(), required=True, metadata={"description": field.name})
    return a_text_or_none(field.name)


FieldsOut = Schema.from_dict({one.code: _as_told(one) for one in DOCUMENT_FIELDS}, name="FieldsOut")


class DocumentOut(Schema):
    """All that is known of a document; its content is downloaded part by part."""

    document = a_text("Its code, for ever.")
    organ = a_text("Code of the organ that keeps it.")
    number = a_text("Number and symbol as written on it.")
    fields_told = Nested(FieldsOut, required=True, data_key="fields", attribute="fields")
    supplementary = Dict(required=True)
    case_files = List(Nested(PlaceOut), required=True)
    mending = a_text_or_none("Why it has no valid archival copy.")
    shelved_at = an_instant()
    revision = a_number()
    parts = List(Nested(PartOut), required=True)
    href = a_text()


class DocumentLine(Schema):
    """A document in a list."""

    document = a_text()
    number = a_text()
    title = a_text("Its subject, or its file's name.")
    type = a_text()
    issued_date = a_text_or_none(format="date")
    organ_name = a_text("Who issued it.")
    pages = a_number(or_none=True)
    mending = a_text_or_none()
    shelved_at = an_instant()
    href = a_text()


class DocumentsIn(PageIn):
    """Which documents are wanted."""

    case_file = given_text("In this case file, in its order.", longest=200)
    unfiled = a_yes_no("Only those that stand in no case file.")
    mending = a_yes_no("Only those without a valid archival copy.")


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
    case_file = given_text(
        "Code of the case file; without one it goes to the tray.", longest=200, load_default=""
    )
    again = a_yes_no("Make a second document of bytes that are here already.")


class ProgressOut(Schema):
    """How far the present step is."""

    step = a_text()
    done = a_number()
    total = a_number()


class IntakeOut(Schema):
    """A received file, and what has become of it."""

    intake = a_number()
    name = a_text("As it was given.")
    sha256 = a_text()
    size = a_number("Bytes.")
    received_at = an_instant()
    state = String(
        required=True,
        validate=OneOf(["received", "waiting", "refused", "stuck", "shelved", "discarded"]),
    )
    step = a_text_or_none("The next step of the road, while it is on the road.")
    progress = Nested(ProgressOut, required=True, allow_none=True)
    reason = a_text_or_none("Why it waits, was refused, is stuck, or has no archival copy.")
    message = a_text_or_none("The reason in words.")
    details = Dict(required=True)
    document = a_text_or_none("Code of the document that it became.")
    case_file = a_text_or_none()
    href = a_text()


class IntakesIn(PageIn):
    """Which received files are wanted."""

    state = String(
        validate=OneOf(["received", "waiting", "refused", "stuck", "shelved", "discarded"])
    )


class IntakesOut(PageOut):
    """Received files, newest first."""

    intakes = List(Nested(IntakeOut), required=True)


# Alarms -------------------------------------------------------------------------------------------


class AlarmIn(Schema):
    """What somebody decided about a suspected document."""

    verb = String(required=True, validate=OneOf(["clear", "confirm"]))
    why = given_text("The reason; it is kept in the story.", longest=2000, is_needed=True)


class AlarmOut(Schema):
    """What is said of the document now."""

    document = a_text()
    alarm = a_text_or_none("null, suspected_secret, secret or infected.")


# Case files ---------------------------------------------------------------------------------------


class CaseFileIn(Schema):
    """A case file to be opened."""

    notation = given_text("Number and symbol.", longest=200, is_needed=True)
    title = given_text(longest=2000, is_needed=True)
    year = WholeInJson(strict=True, validate=Range(1000, 9999), load_default=None)
    maintenance = given_text("Retention period.", longest=200, load_default="")
    access_level = String(load_default="organ", validate=OneOf(["organ", "unit", "assigned"]))


class CaseFileOut(Schema):
    """A case file."""

    case_file = a_text("Its code.")
    organ = a_text()
    year = a_number()
    notation = a_text()
    title = a_text()
    stage = a_text("planned, open, closed, submitted, returned or accepted.")
    access_level = a_text()
    maintenance = a_text("Retention period, as the plan states it.")
    holder = a_text_or_none("User name of who makes it.")
    start_date = a_text_or_none(format="date")
    end_date = a_text_or_none(format="date")
    documents = a_number("How many documents stand in it.")
    pages = a_number("How many pages they have.")
    href = a_text()
    documents_href = a_text("Where its documents are listed.")


class CaseFilesOut(PageOut):
    """Case files, newest first."""

    case_files = List(Nested(CaseFileOut), required=True)


# Retention ----------------------------------------------------------------------------------------


class TombstoneOut(Schema):
    """What is left of something that was destroyed."""

    code = a_text()
    kind = a_text("case_file or document.")
    title = a_text("Where the organ keeps titles of what is gone.")
    case_file = a_text("Code of the case file that a document was in.")
    disposal = a_text("Code of the list.")
    decision = a_text("Its number.")
    decision_date = a_text_or_none(format="date")
    destroyed_on = a_text(format="date")
    rule = a_text("Number and version in the organ's schedule.")
    digests = List(String(), required=True, metadata={"description": "SHA-256 of its originals."})
    certificate = a_text("SHA-256 of the sealed certificate.")
    journal_line = a_number()


class TombstonesOut(Schema):
    """Those of one code: one, or a case file's and a document's."""

    items = List(Nested(TombstoneOut), required=True)


class RetentionOut(Schema):
    """Why something is kept, and until when, counted now."""

    kind = a_text("case_file or document.")
    code = a_text()
    fate = a_text("runs, permanent, waits (for what was not written down yet) or unknown.")
    expires_on = a_text_or_none("The last day on which it must be kept.", format="date")
    waits_for = a_text_or_none("ended, superseded or asset_ended.")
    term = a_text_or_none("As it was said last, or stated.")
    rule = a_text_or_none("Number of the rule in the organ's schedule.")
    version = a_number(or_none=True)
    mandate = a_text_or_none("The regulation and article behind the rule.")
    source = a_text_or_none("Who said it: officer, archivist or appraisal.")
    is_confirmed = Boolean(required=True, metadata={"description": "The archive has said so."})
    held_by = List(String(), required=True, metadata={"description": "Numbers of orders."})
    next = a_text("What comes next.")
    next_on = a_text_or_none("The day of that.", format="date")
    sentences = List(
        String(), required=True, metadata={"description": "For people, the most important first."}
    )


# Tokens -------------------------------------------------------------------------------------------


class TokenOut(Schema):
    """The token that asks, and the person behind it."""

    name = a_text("What its owner called it.")
    user = a_text()
    full_name = a_text()
    organ = a_text("Code of the organ that it works at.")
    roles = List(String(), required=True)
    created_at = an_instant()
    expires_at = an_instant()
