"""The printed forms (NĐ 30/2020, PL IV to VI): what they share, and how they become PDF/A.

A form is put together inside a transaction as plain values (`book_forms.py`, `desk_forms.py`,
`file_forms.py`) and printed after it. The forms are the regulation's and speak Vietnamese in
whatever language the pages are.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.models import Organ, Person
from archive.organ_rules import rules_of
from formats.names import safe_name
from formats.number_words import in_words
from formats.printed import Sheet, to_pdfa

PDF = "application/pdf"
LONGEST_UNBROKEN = 11  # signs, in the narrowest column for numbers
PRINTING = threading.BoundedSemaphore(2)  # at once: each is a process with a lot of memory
MOST_ROWS = 1000  # of one booklet: a minute of work, a hundred pages


@dataclass(frozen=True)
class Form:
    """A form, ready to be printed.

    Attributes:
        name: of the file, without its ending.
        title: as readers of PDF show it.
        template: in `templates/forms`.
        told: what it says.
        sheet: how its pages look.
    """

    name: str
    title: str
    template: str
    told: dict[str, Any] = field(default_factory=dict)
    sheet: Sheet = field(default_factory=Sheet)

    @property
    def file_name(self) -> str:
        """Under which it is saved."""
        return safe_name(f"{self.name}.pdf")


def print_form(form: Form, out: Path) -> int:
    """Write the form as PDF/A; how many pages it has.

    Raises:
        TooLarge, ProgramFailed, ProgramMissing: see `formats.printed`.
    """
    body = _templates().get_template(form.template).render(title=form.title, **form.told)
    with PRINTING:
        return to_pdfa(body, out, title=form.title, sheet=form.sheet)


@contextmanager
def printed(form: Form) -> Iterator[Path]:
    """The form as a file that is gone afterwards."""
    with TemporaryDirectory(prefix="luutru-print-") as room:
        out = Path(room, "form.pdf")
        print_form(form, out)
        yield out


def mark_of(session: Session, organ: Organ, person: Person) -> str:
    """What stands at the foot of everything that leaves the system (PL VI, III.6k); or nothing.

    It is the organ's to say (`mark_copies`). Who acts for another is named before them.
    """
    if not rules_of(organ).mark_copies:
        return ""
    at = clock.now().astimezone(ZoneInfo(organ.zone))
    name = person.full_name
    actor = audit.actor()
    if actor and actor.person_id is not None and actor.person_id != person.id:
        name = f"{session.get_one(Person, actor.person_id).full_name} thay {name}"
    return f"Trích xuất từ Lưu Trữ · {organ.name} · {name} · {at:%d/%m/%Y %H:%M}"


def heads(organ: Organ, person: Person) -> dict[str, Any]:
    """What the head of every form says."""
    return {"organ": organ.name, "by": person.full_name, "today": clock.today(organ)}


# How things are written in forms ------------------------------------------------------------------


def day(value: date | None) -> str:
    """05/03/2026; nothing where there is none."""
    return f"{value:%d/%m/%Y}" if value else ""


def long_day(value: date | None) -> str:
    """Ngày 05 tháng 01 năm 2026, as NĐ 30 writes it: only January and February get a zero."""
    if value is None:
        return "ngày ...... tháng ...... năm ......"
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def span(first: date | None, last: date | None) -> str:
    """From a day to a day, or the one there is."""
    days = [day(one) for one in (first, last) if one is not None]
    return " – ".join(dict.fromkeys(days))


def at_hour(value: datetime, organ: Organ) -> str:
    """An instant as the organ's clock shows it."""
    return f"{value.astimezone(ZoneInfo(organ.zone)):%H:%M ngày %d/%m/%Y}"


def counted(number: int) -> str:
    """A number below ten with a zero before it, as NĐ 30 writes numbers; thousands with dots."""
    return f"{number:02d}" if number < 10 else f"{number:,}".replace(",", ".")


def unbroken(text: str, longest: int = LONGEST_UNBROKEN) -> str:
    """A number that is short enough stays on one line: 03/QĐ-UBND."""
    if len(text) > longest:
        return text
    return Markup('<span class="unbroken">{}</span>').format(text)


def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("web", "templates/forms"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        day=day,
        long_day=long_day,
        in_words=in_words,
        counted=counted,
        first_large=_first_large,
        unbroken=unbroken,
    )
    return found


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]
