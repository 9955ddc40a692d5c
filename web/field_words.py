"""The fields of documents and case files by name, and their values as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS, Field, Warned, too_long
from archive.models import CaseFile, Document
from archive.register_fields import ENTRY_FIELDS
from web.i18n import current_language, day, gettext, number
from web.i18n import lazy_gettext as _l

ENGLISH = {
    "direction": "Direction",
    "file_ordinal": "Ordinal in the file as delivered",
    "type_name": "Type of document",
    "code_number": "Number",
    "code_notation": "Symbol",
    "issued_date": "Date of document",
    "organ_name": "Issuing organ",
    "subject": "Subject",
    "language": "Language",
    "page_amount": "Pages",
    "description": "Note",
    "signer_position": "Signer's position",
    "signer_name": "Signer's name",
    "recipients": "Recipients",
    "priority": "Urgency",
    "issued_amount": "Copies issued",
    "due_date": "Due on",
    "arrival_date": "Arrived on",
    "arrival_number": "Arrival number",
    "to_places": "Unit or person receiving",
    "trace_header_list": "Directions and state of handling",
    "doc_code": "Document identifier",
    "maintenance": "Retention",
    "infor_sign": "Information symbol",
    "keyword": "Keywords",
    "mode": "Mode of use",
    "confidence_level": "Reliability",
    "autograph": "Handwritten notes",
    "physical_state": "Physical state",
    "process": "Handling process",
    "risk_recovery": "Risk recovery",
    "risk_recovery_status": "State of risk recovery",
    "completeness": "Completeness of the scan",
    "elsewhere": "Where the rest is kept",
    "is_scan_of_signed_paper": "Scan of signed paper",
    "organ_code": "Organ's code in the file code",
    "year": "Year",
    "notation": "Number and notation",
    "title": "Title",
    "rights": "Mode of use",
    "creator": "Drawn up by",
    "start_date": "Begins on",
    "end_date": "Ends on",
    "document_total": "Documents at closing",
    "page_total": "Pages at closing",
    "sheet_total": "Sheets of paper",
    "paper_file_code": "Code of the paper file",
    "is_construction": "Construction project",
    "settled_on": "Settled on",
    "handling": "Handling",
    "is_deadline_fixed": "Deadline set by the issuer",
    "copy_holder": "Who keeps the filed copy",
    "copy_kind": "Kind of copy",
    "channel": "How it came",
    "sender_email": "Sender's e-mail",
    "circulation": "Circulation",
    "handed_on": "Handed on",
    "signed_for": "Signed for",
    "note": "Note",
}
DIRECTIONS = {
    "incoming": _l("Incoming"),
    "outgoing": _l("Outgoing"),
    "internal": _l("Internal"),
    "other": _l("Other"),
}
COMPLETENESS = {
    "full": _l("Complete"),
    "main_text": _l("Main text only"),
    "first_page": _l("First page only"),
}
PRIORITIES = (_l("Normal"), _l("Urgent"), _l("Very urgent"), _l("Express"), _l("Express, timed"))
STAGES = {
    "planned": _l("Planned"),
    "open": _l("Open"),
    "closed": _l("Closed"),
    "submitted": _l("Submitted"),
    "returned": _l("Returned"),
    "accepted": _l("Accepted"),
    "transferred": _l("At the historical archive"),
}
LEVELS = {
    "organ": _l("Everyone in the organ"),
    "unit": _l("The holder's unit"),
    "assigned": _l("The holder, and who is granted it"),
}
LONG = frozenset(
    {"subject", "title", "description", "to_places", "trace_header_list", "autograph", "recipients"}
)
_CHOICES: dict[str, dict[str, Any]] = {
    "direction": DIRECTIONS,
    "completeness": COMPLETENESS,
    "priority": {str(number): name for number, name in enumerate(PRIORITIES)},
}


@dataclass(frozen=True)
class FieldShown:
    """A field with its name, its value to be read, and what a form needs."""

    column: str
    code: str
    name: str
    value: str
    typed: str = ""  # as a form holds it
    kind: str = "text"
    is_long: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    warning: str = ""  # longer than exchange allows; it is kept whole (R7)


def name_of(field: Field) -> str:
    """The field's name in the language of the page; the Vietnamese is the law's own."""
    return field.name if current_language() == "vi" else ENGLISH[field.column]


def document_fields(document: Document) -> list[FieldShown]:
    """Every field of the document, empty ones too (HC-81), with a warning where it is too long."""
    warned = {one.field.column: _too_long(one) for one in too_long(document)}
    shown = (_shown(field, document) for field in DOCUMENT_FIELDS)
    return [replace(one, warning=warned.get(one.column, "")) for one in shown]


def _too_long(warned: Warned) -> str:
    return gettext(
        "%(length)s characters; systems that exchange documents take %(most)s. It is kept whole.",
        length=number(warned.length),
        most=number(warned.field.length or 0),
    )


def case_file_fields(case_file: CaseFile) -> list[FieldShown]:
    """Every field of the case file."""
    return [_shown(field, case_file) for field in CASE_FILE_FIELDS]


def names_by_column() -> dict[str, str]:
    """Names of the fields of documents, case files, registers and plans, for the story."""
    known = (*CASE_FILE_FIELDS, *(one.field for one in ENTRY_FIELDS), *DOCUMENT_FIELDS)
    of_plans = {
        "holder": gettext("Holder"),
        "unit": gettext("Unit"),
        "note": gettext("Note"),
        "heading_number": gettext("Number of the heading"),
    }
    return {**of_plans, **{field.column: name_of(field) for field in known}}


_DAYS = {
    one.column
    for one in (*CASE_FILE_FIELDS, *(one.field for one in ENTRY_FIELDS), *DOCUMENT_FIELDS)
    if one.kind == "date"
}


def readable(column: str, value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return ""
    if column in _CHOICES:
        return str(_CHOICES[column].get(str(value), value))
    if column in _DAYS and isinstance(value, str):  # as a story holds it
        return day(date.fromisoformat(value))
    match value:
        case bool():
            return gettext("yes") if value else gettext("no")
        case int():
            return str(value) if column in ("year", "arrival_number") else number(value)
        case date():
            return day(value)
        case list():
            return "; ".join(_each(value))
    return str(value)


def _each(value: Iterable[Any]) -> Iterable[str]:
    for one in value:
        yield str(one.get("organ_name", "")) if isinstance(one, dict) else str(one)


def _shown(field: Field, thing: Document | CaseFile) -> FieldShown:
    value = getattr(thing, field.column)
    choices = _CHOICES.get(field.column)
    if field.kind == "yes_no":
        choices = {"": "", "1": _l("yes"), "0": _l("no")}
    elif choices and field.column == "priority":
        choices = {"": "", **choices}
    return FieldShown(
        column=field.column,
        code=field.code,
        name=name_of(field),
        value=readable(field.column, value),
        typed=_typed(field, value),
        kind=field.kind,
        is_long=field.column in LONG,
        choices=tuple((key, str(name)) for key, name in (choices or {}).items()),
    )


def _typed(field: Field, value: Any) -> str:
    """The value as a form holds it, and as `archive.fields` reads it back."""
    if value is None:
        return ""
    match field.kind:
        case "date":
            return day(value)
        case "yes_no":
            return "1" if value else "0"
        case "list":
            return "; ".join(_each(value))
    return str(value)
