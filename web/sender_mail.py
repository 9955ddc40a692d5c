"""Answers to those who sent something: "received" or "refused", by the same mail as notices.

As with notices, a letter goes out at least once, always under the same Message-ID, and a server
that is silent loses nothing. The answer goes along as a status message in XML, so that the other
side's system can read it (HC-15, HC-16, HC-89).
"""

import logging
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal_column, or_, select
from sqlalchemy.orm import Session, joinedload

from archive import audit, clock, refusals, register_handling, sender_answers
from archive.errors import Invalid
from archive.models import Organ, Row
from archive.register_fields import number_of_entry
from archive.register_models import Refusal, Register, RegisterEntry
from archive.retries import next_try
from web.mailing import Mail, open_mail
from web.reasons.registers import WORDS, worded
from web.services import Services
from web.words import in_language

log = logging.getLogger("luutru.sender_mail")
AT_ONCE = 50
NONE: ColumnElement[str] = literal_column("''")  # spelled out, as in the index that finds them


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


@dataclass(frozen=True)
class Answer:
    """One letter: to whom, about what, and the message that goes along."""

    row: tuple[type[Row], int]
    to: str
    subject: str
    told: dict[str, Any]
    message_id: str


def send_answers(services: Services) -> int:
    """Mail what senders are to be told and were not; how many letters the server took."""
    mail = open_mail(services.settings.mail_url, services.settings.mail_from)
    if mail is None:
        return 0
    with services.db.reading() as session:
        waiting = [*_received(session), *_refused(session)]
    return sum(_send(services, mail, one) for one in waiting)


def _received(session: Session) -> Iterator[Answer]:
    found = session.scalars(
        select(RegisterEntry)
        .where(
            RegisterEntry.acknowledged_at.is_not(None),
            RegisterEntry.state == "registered",
            RegisterEntry.is_suspected.is_(False),
            RegisterEntry.answer_sent_at.is_(None),
            RegisterEntry.sender_email != NONE,
            or_(RegisterEntry.answer_after.is_(None), RegisterEntry.answer_after <= clock.now()),
        )
        .options(joinedload(RegisterEntry.register).joinedload(Register.organ))
        .order_by(RegisterEntry.answer_tries, RegisterEntry.id)
        .limit(AT_ONCE)
    )
    for one in found:
        organ = one.register.organ
        about = number_of_entry(one) or one.subject
        yield Answer(
            (RegisterEntry, one.id),
            one.sender_email,
            _say(_l("Received: %(document)s")) % {"document": about},
            sender_answers.of_entry(one),
            f"received-{one.id}-{one.year}@{organ.code.lower()}.luutru",
        )


def _refused(session: Session) -> Iterator[Answer]:
    found = session.execute(
        select(Refusal, Organ)
        .join(Organ, Organ.id == Refusal.organ_id)
        .where(
            Refusal.answered_at.is_(None),
            Refusal.sender_email != NONE,
            or_(Refusal.answer_after.is_(None), Refusal.answer_after <= clock.now()),
        )
        .order_by(Refusal.answer_tries, Refusal.id)
        .limit(AT_ONCE)
    )
    for one, organ in found:
        reason = _say(WORDS[worded(one.reason_code)][0])
        yield Answer(
            (Refusal, one.id),
            one.sender_email,
            _say(_l("Not taken: %(document)s")) % {"document": one.reference or one.code},
            sender_answers.of_refusal(one, organ, reason),
            f"refused-{one.id}-{one.year}@{organ.code.lower()}.luutru",
        )


def _send(services: Services, mail: Mail, one: Answer) -> bool:
    taken = True
    try:
        letter = mail.letter(one.to, one.subject, _text(one.told), one.message_id)
        message = sender_answers.as_xml(one.told)
        letter.add_attachment(message, maintype="application", subtype="xml", filename="edxml.xml")
        with mail.connected() as server:
            server.send_message(letter)
    except (OSError, smtplib.SMTPException, Invalid) as failed:
        taken = False
        log.warning("the answer %s was not mailed: %s", one.message_id, failed)
    with audit.acting_as(None, "worker"), services.db.transaction() as session:
        _note(session, one.row, taken)
    return taken


def _note(session: Session, row: tuple[type[Row], int], taken: bool) -> None:
    found = session.get_one(*row, with_for_update={"key_share": True})
    assert isinstance(found, RegisterEntry | Refusal)
    if not taken:
        found.answer_tries += 1
        found.answer_after = next_try(found.answer_tries)
    elif isinstance(found, RegisterEntry):
        register_handling.answer_sent(session, found)
    elif found.answered_at is None:
        refusals.answered(session, found)


def _say(english: str) -> str:
    """Whoever sent it reads Vietnamese, whatever language we work in."""
    return in_language("vi")(english)


def _text(told: dict[str, Any]) -> str:
    """The letter in words."""
    greeting = _say(_l("To %(name)s,")) % {"name": told["to"]["name"] or told["to"]["email"]}
    lines = [told["description"] + "."]
    about = told["response_for"]
    number = "/".join(one for one in (about.get("number"), about.get("notation")) if one)
    if number or about.get("reference"):
        lines.append(_say(_l("Your document: %(document)s")) % {
            "document": number or about["reference"]
        })  # fmt: skip
    if "register" in told:
        values = {"number": told["register"]["number"], "day": told["register"]["registered_on"]}
        lines.append(_say(_l("Arrival number %(number)s of %(day)s")) % values)
    return "\n\n".join([greeting, "\n".join(lines), told["from"]["name"]]) + "\n"
