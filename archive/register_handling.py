"""What happens to a line after it was written: acknowledged, handed on, signed for, finished.

Of an outgoing one: what it answers, and whether it arrived.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from archive import answers, audit, clock, deliveries
from archive.errors import Conflict, Invalid
from archive.models import Person
from archive.register_models import RegisterEntry
from archive.registers import again, hold, tell_document
from formats.vietnamese import nfc

OUTCOMES = ("answered", "done_at", "for_reference", "no_answer")


def acknowledge(session: Session, entry: RegisterEntry) -> None:
    """Tell the sender that it was received; the same day, says the law (NĐ 30, Đ21.2).

    Raises:
        Conflict: `already_acknowledged`, `not_incoming`, `entry_cancelled`, `frozen`.
    """
    hold(session, entry)
    _require_incoming(entry)
    if entry.acknowledged_at is not None:
        raise Conflict("already_acknowledged", entry=entry.code)
    _change(session, entry, acknowledged_at=clock.now())
    audit.record(session, "register_entry.acknowledge", entry)


def answer_sent(session: Session, entry: RegisterEntry) -> None:
    """Note that the mail server took the answer to its sender, once."""
    if entry.answer_sent_at is None:
        entry.answer_sent_at = clock.now()
        session.flush()
        audit.record(session, "register_entry.answer_sent", entry)


def hand_on(
    session: Session,
    entry: RegisterEntry,
    to: str,
    *,
    on: date | None = None,
    opinion: str = "",
    seen: int | None = None,
) -> None:
    """Note to whom it goes, and the distributing person's opinion (Ngày chuyển; HC-20).

    Raises:
        Invalid: `receiver_missing`, `day_in_future`, `before_arrival`.
        Conflict: `changed_meanwhile`, `entry_cancelled`, `frozen`.
    """
    hold(session, entry, seen)
    day = _day(entry, on)
    if not to.strip():
        raise Invalid("receiver_missing")
    changed: dict[str, Any] = {"to_places": nfc(to).strip(), "handed_on": day, "signed_for": ""}
    if opinion.strip():
        said = nfc(opinion).strip()
        earlier = entry.trace_header_list
        changed["trace_header_list"] = f"{earlier}\n{said}" if earlier else said
    _change(session, entry, **changed)
    audit.record(
        session,
        "register_entry.hand_on",
        entry,
        facts={"on": day.isoformat()},
        to=changed["to_places"],
        opinion=opinion.strip(),
    )
    tell_document(session, entry, changed, f"Chuyển {entry.code}")


def sign_for(
    session: Session, entry: RegisterEntry, by: Person, name: str = "", *, seen: int | None = None
) -> None:
    """Sign for receipt (Ký nhận); a name is given where somebody signed on paper.

    What was signed for is signed for anew only after it was handed on again.

    Raises:
        Conflict: `not_handed_on`, `signed_for_already`, `changed_meanwhile`, `entry_cancelled`,
            `frozen`.
    """
    hold(session, entry, seen)
    if entry.handed_on is None:
        raise Conflict("not_handed_on", entry=entry.code)
    if entry.signed_for:
        raise Conflict("signed_for_already", entry=entry.code, name=entry.signed_for)
    _change(session, entry, signed_for=nfc(name).strip() or by.full_name)
    audit.record(session, "register_entry.sign_for", entry, name=entry.signed_for)


def finish(
    session: Session,
    entry: RegisterEntry,
    outcome: str,
    *,
    answered_by: RegisterEntry | None = None,
    done_at: str = "",
    why: str = "",
    seen: int | None = None,
) -> None:
    """End an incoming document: answered, done at another document, or filed for reference.

    Raises:
        Invalid: `bad_outcome`, `answer_missing`, `done_at_missing`, `reason_missing`.
        Conflict: `not_incoming`, `already_finished`, `not_an_answer`, `changed_meanwhile`,
            `entry_cancelled`, `frozen`.
    """
    hold(session, entry, seen)
    _require_incoming(entry)
    if entry.finished_on is not None:
        raise Conflict("already_finished", entry=entry.code)
    _check_outcome(entry, outcome, answered_by, done_at, why)
    _change(
        session,
        entry,
        outcome=outcome,
        finished_on=clock.today(entry.register.organ),
        answered_by=answered_by,
        done_at=nfc(done_at).strip(),
    )
    facts = {"outcome": outcome, "by": answered_by.code if answered_by else ""}
    audit.record(session, "register_entry.finish", entry, facts=facts, why=why)
    answers.link_documents(session, entry)


def answer(session: Session, entry: RegisterEntry, asked: Iterable[RegisterEntry]) -> None:
    """The outgoing line answers these: each that is still open ends by it (HC-27).

    One that ended before, or that an order holds, stays as it is, and the story says so.

    Raises:
        Conflict: `not_incoming`, `not_an_answer`.
    """
    for one in asked:
        try:
            finish(session, one, "answered", answered_by=entry)
        except Conflict as no:
            if no.code not in ("already_finished", "frozen"):
                raise
            answers.also_answers(entry, one)
            entry.revision += 1
            session.flush()
            facts = {"entry": one.code, "reason": no.code}
            audit.record(session, "register_entry.also_answers", entry, facts=facts)
    answers.link_documents(session, entry)


def _check_outcome(
    entry: RegisterEntry, outcome: str, answered_by: RegisterEntry | None, done_at: str, why: str
) -> None:
    if outcome not in OUTCOMES:
        raise Invalid("bad_outcome", outcome=outcome)
    if outcome == "answered" and answered_by is None:
        raise Invalid("answer_missing")
    if answered_by is not None and (
        answered_by.organ_id != entry.organ_id
        or answered_by.register.kind == "incoming"
        or answered_by.state == "cancelled"
    ):
        raise Conflict("not_an_answer", entry=answered_by.code)
    if outcome == "done_at" and not done_at.strip():
        raise Invalid("done_at_missing")
    if outcome == "no_answer" and not why.strip():
        raise Invalid("reason_missing")


def take_up_again(
    session: Session, entry: RegisterEntry, why: str, *, seen: int | None = None
) -> None:
    """Handle a finished document again; its term begins anew unless its issuer fixed it.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `not_finished`, `changed_meanwhile`, `entry_cancelled`, `frozen`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    hold(session, entry, seen)
    if entry.finished_on is None:
        raise Conflict("not_finished", entry=entry.code)
    again(session, entry)
    audit.record(session, "register_entry.take_up_again", entry, why=why)


def paper_arrived(
    session: Session, entry: RegisterEntry, on: date | None = None, place: str = ""
) -> None:
    """The paper of an electronic document came: it joins its line, no second number (HC-21).

    Raises:
        Invalid: `day_in_future`, `before_arrival`.
        Conflict: `paper_is_here`, `entry_cancelled`, `frozen`.
    """
    hold(session, entry)
    if entry.paper_arrived_on is not None:
        raise Conflict("paper_is_here", entry=entry.code)
    _change(session, entry, paper_arrived_on=_day(entry, on))
    told = (entry.paper_arrived_on or clock.today(entry.register.organ)).isoformat()
    audit.record(
        session, "register_entry.paper_arrived", entry, facts={"on": told}, place=place.strip()
    )


def arrived(
    session: Session,
    entry: RegisterEntry,
    recipients: Sequence[str],
    *,
    on: date | None = None,
    how: str = "",
    seen: int | None = None,
) -> None:
    """Note who has it, and by what we know; all that are waited for, if nobody is named.

    Raises:
        Invalid: `day_in_future`, `before_arrival`, `no_such_recipient`, `nobody_waited_for`.
        Conflict: `changed_meanwhile`, `entry_cancelled`, `frozen`.
    """
    hold(session, entry, seen)
    day = _day(entry, on)
    asked = deliveries.chosen(session, entry, recipients)
    for one in asked:
        one.arrived_on, one.how = day, nfc(how).strip()
    entry.revision += 1
    session.flush()
    facts = {"on": day.isoformat(), "count": len(asked)}
    names = [one.recipient for one in asked]
    audit.record(session, "register_entry.arrived", entry, facts=facts, names=names, how=how)


def remind(
    session: Session,
    entry: RegisterEntry,
    recipients: Sequence[str],
    *,
    how: str = "",
    seen: int | None = None,
) -> None:
    """Note that these recipients were asked today whether they have it; all, if nobody is named.

    Raises:
        Invalid: `no_such_recipient`, `nobody_waited_for`.
        Conflict: `changed_meanwhile`, `entry_cancelled`, `frozen`.
    """
    hold(session, entry, seen)
    asked = deliveries.chosen(session, entry, recipients)
    for one in asked:
        one.reminded_on = clock.today(entry.register.organ)
    entry.revision += 1
    session.flush()
    names = [one.recipient for one in asked]
    facts = {"count": len(asked)}
    audit.record(session, "register_entry.remind", entry, facts=facts, names=names, how=how)


def _day(entry: RegisterEntry, on: date | None) -> date:
    today = clock.today(entry.register.organ)
    day = on or today
    if day > today:
        raise Invalid("day_in_future", day=day.isoformat())
    if day < entry.registered_on:
        raise Invalid("before_arrival", day=day.isoformat())
    return day


def _require_incoming(entry: RegisterEntry) -> None:
    if entry.register.kind != "incoming":
        raise Conflict("not_incoming", entry=entry.code)


def _change(session: Session, entry: RegisterEntry, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(entry, name, value)
    entry.revision += 1
    session.flush()
