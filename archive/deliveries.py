"""Whether what was issued is with those to whom it was sent, and who has to be reminded (HC-29).

Every recipient in a line is waited for, until somebody knows that it arrived. Names that are none,
such as where the filed copy lies, are not waited for.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from archive.errors import Invalid
from archive.models import Organ
from archive.organ_rules import rules_of
from archive.register_models import Delivery, RegisterEntry
from formats.vietnamese import fold, nfc

# "Lưu: VT" is where our own copy lies; "Như trên", "Như Điều 3" are named elsewhere on the page.
_NOBODY = re.compile(r"luu\s*[:;,]|luu\s+(vt|ht|vp|hc)\b|luu$|nhu (tren|dieu)\b")
FORGOTTEN_AFTER = timedelta(days=90)  # nobody is reminded of what was sent longer ago


def expect(session: Session, entry: RegisterEntry) -> None:
    """Wait for each recipient of the line, and no more for who was struck from it.

    Whoever writes the line tells of it.
    """
    if entry.register.kind == "incoming":
        return
    known = {one.recipient: one for one in of_entry(session, entry)}
    wanted = dict(_recipients(entry))
    for name, is_paper in wanted.items():
        if name in known:
            known[name].is_paper = is_paper
            continue
        session.add(
            Delivery(
                organ_id=entry.organ_id,
                entry_id=entry.id,
                recipient=name,
                is_paper=is_paper,
                sent_on=entry.registered_on,
            )
        )
    for name, one in known.items():
        if name not in wanted and one.arrived_on is None:
            session.delete(one)
    session.flush()


def give_up(session: Session, entry: RegisterEntry) -> None:
    """Wait for nobody any more: the line was cancelled. Whoever cancels it tells of it."""
    for one in of_entry(session, entry):
        if one.arrived_on is None:
            session.delete(one)
    session.flush()


def _recipients(entry: RegisterEntry) -> Iterable[tuple[str, bool]]:
    for one in entry.recipients:
        name = nfc(str(one.get("organ_name", ""))).strip(" .")
        if name and not _NOBODY.match(fold(name)):
            yield name, bool(one.get("paper"))


def of_entry(session: Session, entry: RegisterEntry) -> list[Delivery]:
    """Where the line's document was sent, in the order of the line."""
    found = select(Delivery).where(Delivery.entry_id == entry.id)
    return list(session.scalars(found.order_by(Delivery.id)))


def chosen(session: Session, entry: RegisterEntry, recipients: Sequence[str]) -> list[Delivery]:
    """Those of the line that are named and still waited for; all of them, if nobody is named.

    Raises:
        Invalid: `no_such_recipient`, `nobody_waited_for`.
    """
    waiting = {one.recipient: one for one in of_entry(session, entry) if one.arrived_on is None}
    named = [nfc(one).strip(" .") for one in recipients if one.strip()]
    for one in named:
        if one not in waiting:
            raise Invalid("no_such_recipient", recipient=one, entry=entry.code)
    found = [waiting[one] for one in dict.fromkeys(named)] or list(waiting.values())
    if not found:
        raise Invalid("nobody_waited_for", entry=entry.code)
    return found


# Those that are late ------------------------------------------------------------------------------


def late(organ: Organ, today: date) -> list[ColumnElement[bool]]:
    """Deliveries that nobody confirmed in the days the organ allows, for `where`.

    Who was reminded has as many days again.
    """
    days = rules_of(organ).receipt_days
    if not days:
        return [false()]
    until = today - timedelta(days=days)
    return [
        Delivery.organ_id == organ.id,
        Delivery.arrived_on.is_(None),
        Delivery.sent_on <= until,
        Delivery.sent_on >= until - FORGOTTEN_AFTER,
        or_(Delivery.reminded_on.is_(None), Delivery.reminded_on <= until),
    ]


def lines_late(session: Session, organ: Organ, today: date) -> list[tuple[RegisterEntry, date]]:
    """The lines that wait for recipients who are late, and since when they wait."""
    since = func.max(func.coalesce(Delivery.reminded_on, Delivery.sent_on))
    waiting = session.execute(
        select(Delivery.entry_id, since).where(*late(organ, today)).group_by(Delivery.entry_id)
    )
    days: dict[int, date] = {entry: day for entry, day in waiting}
    found = select(RegisterEntry).where(
        RegisterEntry.id.in_(days),
        RegisterEntry.state == "registered",
        RegisterEntry.is_suspected.is_(False),
    )
    lines = session.scalars(
        found.options(selectinload(RegisterEntry.register)).order_by(RegisterEntry.id)
    )
    return [(one, days[one.id]) for one in lines]


def is_waiting() -> ColumnElement[bool]:
    """Whether a line waits for a recipient, for `where`."""
    return RegisterEntry.id.in_(select(Delivery.entry_id).where(Delivery.arrived_on.is_(None)))
