"""Lines of registers as plain values, for scripts, and as one line of text for people."""

from typing import Any

from archive.register_fields import ENTRY_FIELDS, number_of_entry
from archive.register_lists import BookYear
from archive.register_models import Delivery, RegisterEntry


def as_json(entry: RegisterEntry, document: str | None) -> dict[str, Any]:
    """All that a line says; its document's code only for those who may know of it."""
    return {
        "entry": entry.code,
        "book": entry.register.code,
        "year": entry.year,
        "number": entry.number,
        "state": entry.state,
        "registered_on": _plain(entry.registered_on),
        "entered_at": _plain(entry.entered_at),
        "late_reason": entry.late_reason,
        "document": document,
        "fields": {one.column: _plain(getattr(entry, one.column)) for one in ENTRY_FIELDS},
        "paper_arrived_on": _plain(entry.paper_arrived_on),
        "acknowledged_at": _plain(entry.acknowledged_at),
        "finished_on": _plain(entry.finished_on),
        "outcome": entry.outcome,
        "answered_by": entry.answered_by.code if entry.answered_by else None,
        "done_at": entry.done_at,
        "answer_sent_at": _plain(entry.answer_sent_at),
        "not_kept": entry.not_kept,
        "cancel_reason": entry.cancel_reason,
        "revision": entry.revision,
    }


def as_line(entry: RegisterEntry) -> str:
    """For people: code, day, number, author, subject."""
    mark = "✗ " if entry.state == "cancelled" else ""
    day = f"{entry.registered_on:%d/%m/%Y}"
    number = number_of_entry(entry)
    return (
        f"{entry.code:<14} {day}  {number:<20} {entry.organ_name[:28]:<28}  {mark}{entry.subject}"
    )


def delivery_as_json(one: Delivery) -> dict[str, Any]:
    """One recipient, and whether it is known to have the document."""
    return {
        "recipient": one.recipient,
        "on_paper": one.is_paper,
        "sent_on": _plain(one.sent_on),
        "arrived_on": _plain(one.arrived_on),
        "how": one.how,
        "reminded_on": _plain(one.reminded_on),
    }


def book_as_json(one: BookYear) -> dict[str, Any]:
    """A book's year with its counts."""
    return {
        "book": one.book.code,
        "kind": one.book.kind,
        "name": one.book.name,
        "year": one.year,
        "lines": one.entries,
        "last": one.last,
        "gaps": one.gaps,
        "cancelled": one.cancelled,
        "late": one.late_entries,
        "unanswered": one.unanswered,
        "overdue": one.overdue,
        "closed_on": _plain(one.book.closed_on),
    }


def _plain(value: Any) -> Any:  # a column of any kind
    return value.isoformat() if hasattr(value, "isoformat") else value
