"""Registers in words: what kinds of books there are, how a line stands, why things are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from archive.refusals import REASONS
from archive.register_fields import ENTRY_FIELDS, EntryField, recipients_typed
from archive.register_lists import SOON, is_unscanned
from archive.register_models import RegisterEntry
from ingest.first_page import Suggestion
from ingest.registering import WHOLE
from web.errors import words_for
from web.field_words import PRIORITIES, name_of
from web.i18n import day, gettext
from web.i18n import lazy_gettext as _l
from web.reasons.registers import worded

KINDS = {"incoming": _l("Incoming"), "outgoing": _l("Outgoing"), "copies": _l("Copies")}
CHANNELS = {
    "paper": _l("Paper"),
    "direct": _l("Handed in"),
    "post": _l("Post"),
    "e_mail": _l("E-mail"),
    "axis": _l("Document exchange axis"),
    "portal": _l("Online portal"),
}
CIRCULATIONS = {
    "both": _l("Electronic and paper"),
    "electronic": _l("Electronic only"),
    "paper": _l("Paper only"),
}
HANDLINGS = {"handle": _l("To be handled"), "notice": _l("For notice")}
COPY_KINDS = {
    "": "",
    "SY": _l("True copy (SY)"),
    "SL": _l("Copy of a copy (SL)"),
    "TrS": _l("Extract (TrS)"),
}
OUTCOMES = {
    "answered": _l("Answered by an outgoing document"),
    "done_at": _l("Done at another document"),
    "for_reference": _l("Filed for reference"),
    "no_answer": _l("Ended without an answer"),
}
GROUNDS = {
    "digest": _l("the same bytes"),
    "doc_code": _l("the same identification code"),
    "number": _l("the same number, organ and year"),
    "words": _l("the same words, organ and day"),
}
DECISIONS = {
    "same": _l("It is the same one: no second number"),
    "supplement": _l("It belongs to the earlier one: join it as a further part"),
    "other": _l("It is another one: give it a number of its own"),
}
FILTERS = {
    "": _l("All"),
    "unanswered": _l("Unanswered"),
    "due": _l("Due soon"),
    "overdue": _l("Overdue"),
    "late": _l("Written later"),
    "unacknowledged": _l("Not acknowledged"),
    "unscanned": _l("To be digitised"),
    "cancelled": _l("Cancelled"),
}
FILTERS_OUT = {
    "": _l("All"),
    "unconfirmed": _l("Receipt not confirmed"),
    "unscanned": _l("Without electronic copy"),
    "late": _l("Written later"),
    "cancelled": _l("Cancelled"),
}
COLUMNS = {  # the ten of the law's books
    "incoming": (
        _l("Arrived"),
        _l("Arrival no."),
        _l("Author"),
        _l("Number, symbol"),
        _l("Date"),
        _l("Type and subject"),
        _l("Unit or person"),
        _l("Handed on"),
        _l("Signed for"),
        _l("Note"),
    ),
    "outgoing": (
        _l("Number, symbol"),
        _l("Date"),
        _l("Type and subject"),
        _l("Signer"),
        _l("Recipients"),
        _l("Who keeps the filed copy"),
        _l("Copies"),
        _l("Handed on"),
        _l("Signed for"),
        _l("Note"),
    ),
}
INCOMING = (
    "organ_name", "code_number", "code_notation", "issued_date", "type_name", "subject",
    "signer_name", "signer_position", "priority", "handling", "due_date", "is_deadline_fixed",
    "to_places", "trace_header_list", "page_amount", "channel", "circulation", "sender_email",
    "doc_code", "note",
)  # fmt: skip
OUTGOING = (
    "code_notation", "type_name", "subject", "signer_name", "signer_position", "priority",
    "recipients", "issued_amount", "copy_holder", "circulation", "due_date", "to_places",
    "page_amount", "note",
)  # fmt: skip
FORMS = {"incoming": INCOMING, "outgoing": OUTGOING, "copies": ("copy_kind", *OUTGOING)}
_CHOICES: dict[str, Mapping[str, Any]] = {
    "priority": {str(number): name for number, name in enumerate(PRIORITIES)},
    "handling": HANDLINGS,
    "channel": CHANNELS,
    "circulation": CIRCULATIONS,
    "copy_kind": COPY_KINDS,
    "is_deadline_fixed": {"0": _l("no"), "1": _l("yes")},
}
_LONG = frozenset({"subject", "trace_header_list", "recipients"})
_WIDE = frozenset({"organ_name", "to_places", "note", "copy_holder"})
_COLUMN = {one.column: one for one in ENTRY_FIELDS}


@dataclass(frozen=True)
class FormField:
    """One field of the form, with what is suggested for it."""

    column: str
    name: str
    kind: str
    typed: str
    choices: tuple[tuple[str, str], ...]
    is_long: bool
    is_wide: bool
    suggestion: Suggestion | None = None
    mark: int = 0  # the number of its place on the picture
    is_needed: bool = False
    options: tuple[str, ...] = ()  # what may be chosen, and something else typed


def form_fields(
    kind: str,
    typed: Mapping[str, str],
    suggested: Mapping[str, Suggestion],
    options: Mapping[str, tuple[str, ...]] | None = None,
) -> list[FormField]:
    """The fields of a book's form; what is suggested stands in those that are empty."""
    marks = marks_of(suggested)
    needed = ("subject", *WHOLE) if kind == "incoming" else ("subject", "copy_kind")
    return [
        replace(
            _form_field(_COLUMN[one], typed, suggested, marks),
            is_needed=one in needed,
            options=(options or {}).get(one, ()),
        )
        for one in FORMS[kind]
    ]


def marks_of(suggested: Mapping[str, Suggestion]) -> dict[str, int]:
    """The numbers of the places on the page; what was read in one place has one number."""
    places: dict[tuple[Any, ...], int] = {}
    marks = {}
    for column, one in suggested.items():
        place = (one.page, one.left, one.top, one.right, one.bottom)
        marks[column] = places.setdefault(place, len(places) + 1)
    return marks


def _form_field(
    one: EntryField,
    typed: Mapping[str, str],
    suggested: Mapping[str, Suggestion],
    marks: Mapping[str, int],
) -> FormField:
    column = one.column
    suggestion = suggested.get(column)
    value = typed.get(column, suggestion.value if suggestion else "")
    choices = _CHOICES.get(column, {})
    return FormField(
        column=column,
        name=name_of(one.field),
        kind=one.field.kind,
        typed=value,
        choices=tuple((key, str(name)) for key, name in choices.items()),
        is_long=column in _LONG,
        is_wide=column in _WIDE,
        suggestion=suggestion,
        mark=marks.get(column, 0),
    )


def typed_of(entry: RegisterEntry) -> dict[str, str]:
    """A line's values as a form holds them."""
    return {one.column: _typed(getattr(entry, one.column)) for one in ENTRY_FIELDS}


def _typed(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case date():
            return day(value)
        case list():
            return recipients_typed(value)
    return str(value)


def facts_of(entry: RegisterEntry) -> list[tuple[str, str]]:
    """What a line says, by name; empty fields are left out."""
    told = []
    for column in FORMS[entry.register.kind]:
        value = getattr(entry, column)
        if value in (None, "", [], False):
            continue
        shown = _CHOICES.get(column, {}).get(_typed(value), _typed(value))
        told.append((name_of(_COLUMN[column].field), str(shown)))
    if why := (entry.supplementary or {}).get("incomplete"):
        told.append((gettext("Why something is missing"), str(why)))
    return told


@dataclass(frozen=True)
class Label:
    """How a line stands, in one word with a colour."""

    said: str
    colour: str


def labels_of(entry: RegisterEntry, today: date) -> list[Label]:
    """Urgent, due, late, finished, cancelled, written later (HC-52, TN-12)."""
    if entry.state == "cancelled":
        return [Label(gettext("Cancelled"), "danger")]
    found = []
    if entry.priority:
        found.append(Label(str(PRIORITIES[entry.priority]), "danger"))
    found += _of_deadline(entry, today)
    if is_unscanned(entry):
        is_in = entry.register.kind == "incoming"
        said = gettext("To be digitised") if is_in else gettext("Without electronic copy")
        found.append(Label(said, "warning"))
    if entry.late_reason:
        found.append(Label(gettext("Written later"), "warning"))
    return found


def _of_deadline(entry: RegisterEntry, today: date) -> list[Label]:
    if entry.finished_on is not None:
        late = entry.due_date is not None and entry.finished_on > entry.due_date
        said = gettext("Finished late") if late else gettext("Finished")
        return [Label(said, "warning" if late else "success")]
    if entry.register.kind != "incoming" or entry.handling == "notice" or entry.due_date is None:
        return []
    if entry.due_date < today:
        return [Label(gettext("Overdue since %(day)s", day=day(entry.due_date)), "danger")]
    colour = "warning" if entry.due_date <= today + SOON else "info"
    return [Label(gettext("Due on %(day)s", day=day(entry.due_date)), colour)]


def reasons() -> list[tuple[str, str]]:
    """Why something can be refused, by code, in words."""
    return [(code, reason_of(code)) for code in REASONS]


def reason_of(code: str) -> str:
    """One reason in words."""
    return words_for(worded(code)).what
