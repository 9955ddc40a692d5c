"""Forms of the clerk's desk: the stamp ĐẾN, the handling slip, reports (NĐ 30, PL IV, VI)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from archive import audit, clock, handling_report
from archive.errors import Invalid
from archive.models import Organ, Person
from archive.reading import places_of
from archive.register_fields import number_of_entry
from archive.register_models import RegisterEntry
from formats.printed import Sheet
from web.forms import Form, heads, mark_of

# One line -----------------------------------------------------------------------------------------


def stamp_form(session: Session, who: Person, entry: RegisterEntry) -> Form:
    """The stamp ĐẾN, 35 × 50 mm, filled in (NĐ 30, PL IV); told in the line's story."""
    return _one_line(session, who, entry, "stamp", "Dấu ĐẾN", "stamp.html")


def slip_form(session: Session, who: Person, entry: RegisterEntry) -> Form:
    """The slip on which the handling of an incoming document is decided; told likewise."""
    return _one_line(session, who, entry, "slip", "Phiếu giải quyết văn bản đến", "slip.html")


def _one_line(
    session: Session, who: Person, entry: RegisterEntry, form: str, title: str, template: str
) -> Form:
    book = entry.register
    if book.kind != "incoming":
        raise Invalid("no_such_form", form=form)
    audit.record(session, "register_entry.print", entry, facts={"form": form})
    files = []
    if entry.document is not None:
        files = places_of(session, who, [entry.document]).get(entry.document.id, [])
    return Form(
        name=f"{book.code}-{entry.year}-{entry.number}-{form}",
        title=title,
        template=template,
        told={
            **heads(book.organ, who),
            "number": entry.number,
            "arrived": entry.registered_on,
            "named": number_of_entry(entry),
            "type_name": entry.type_name,
            "issued": entry.issued_date,
            "author": entry.organ_name,
            "subject": entry.subject,
            "to": entry.to_places,
            "opinion": entry.trace_header_list,
            "due": entry.due_date,
            "files": "; ".join(one.notation for one in files),
        },
        sheet=Sheet(mark=mark_of(session, book.organ, who)),
    )


# Reports ------------------------------------------------------------------------------------------


def report_form(
    session: Session, who: Person, organ: Organ, kind: str, first: date, last: date
) -> Form:
    """How incoming or outgoing documents were handled from a day to a day; told of the organ.

    Raises:
        Invalid: `no_such_form`, `days_turned_round`.
    """
    if kind not in ("incoming", "outgoing"):
        raise Invalid("no_such_form", form=kind)
    if last < first:
        raise Invalid("days_turned_round", first=first.isoformat(), last=last.isoformat())
    rows: Sequence[Any]
    if kind == "incoming":
        rows = handling_report.incoming(session, organ, first, last, clock.today(organ))
    else:
        rows = handling_report.outgoing(session, organ, first, last)
    facts = {"report": kind, "first": first.isoformat(), "last": last.isoformat()}
    audit.record(session, "organ.print_report", organ, facts=facts)
    names = {"incoming": "đến", "outgoing": "đi"}
    return Form(
        name=f"bao-cao-{kind}-{first.isoformat()}-{last.isoformat()}",
        title=f"Báo cáo tình hình giải quyết văn bản {names[kind]}",
        template=f"report_{kind}.html",
        told={**heads(organ, who), "rows": rows, "first": first, "last": last,
              "sums": _sums(rows)},
        sheet=Sheet(True, mark_of(session, organ, who)),
    )  # fmt: skip


def _sums(rows: Sequence[Any]) -> dict[str, int]:
    names = [one for one in vars(rows[0]) if one not in ("unit", "type_name")] if rows else []
    return {name: sum(getattr(one, name) for one in rows) for name in names}
