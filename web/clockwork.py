"""What is due by the calendar: notices, their mail, and looking through what was submitted.

Every look asks what is due by now and not what is due today, so that a machine that was off has
only to be switched on. Doing it twice does nothing more.
"""

import logging
import smtplib
from collections.abc import Callable

from sqlalchemy import select

from archive import (
    alarms,
    audit,
    notice_subjects,
    notices,
    occasions,
    people,
    receipt,
    waiting_decisions,
)
from archive.errors import Invalid, StoreFailed
from archive.files import FileStore
from archive.life_models import Notice, SubmissionItem
from archive.models import Organ
from ingest import issue_notices, suspected
from retention import deciding
from web.mailing import Mail, open_mail
from web.notice_words import as_text, headline
from web.scanning import scan_anew
from web.services import Services
from web.words import in_language

log = logging.getLogger("luutru.clockwork")


def give_notice(services: Services) -> int:
    """Tell everybody what is new to them; how many notices were made."""
    made = 0
    with services.db.reading() as session:
        organs = session.scalars(select(Organ.id).order_by(Organ.id)).all()
    for number in organs:
        with audit.acting_as(None, "worker"), services.db.transaction() as session:
            organ = session.get_one(Organ, number)
            staff = people.at_work(session, number)
            told = [
                *occasions.of_organ(session, organ),
                *issue_notices.of_organ(session, organ, staff),
                *waiting_decisions.of_organ(session, organ, staff),
                *suspected.of_organ(session, organ, staff),
                *deciding.of_organ(session, organ, staff),
            ]
            made += len(notices.tell(session, organ, told))
    return made


def send_mail(services: Services) -> int:
    """Send what is to go out by mail; how many letters the server took."""
    settings = services.settings
    mail = open_mail(settings.mail_url, settings.mail_from)
    if mail is None:
        return 0
    with services.db.reading() as session:
        waiting = [one.id for one in notices.to_mail(session)]
    return sum(_send(services, mail, number) for number in waiting)


def _send(services: Services, mail: Mail, number: int) -> bool:
    with services.db.reading() as session:
        notice = session.get_one(Notice, number)
        person = people.by_id(session, notice.person_id)
        about = notice_subjects.subjects(session, person, notice.items)
        translate = in_language(person.language)
        subject = headline(notice.kind, translate)
        text = as_text(notice, person.full_name, about, translate)
    trouble = ""
    try:
        letter = mail.letter(person.email, subject, text, notice.message_id)
        with mail.connected() as server:
            server.send_message(letter)
    except (OSError, smtplib.SMTPException, Invalid) as failed:
        trouble = f"{type(failed).__name__}: {failed}"
        log.warning("notice %s was not mailed: %s", number, trouble)
    with audit.acting_as(None, "worker"), services.db.transaction() as session:
        if trouble:
            notices.not_mailed(session, number, trouble)
        else:
            notices.mailed(session, number, things=len(notice.items))
    return not trouble


def look_through_submissions(
    services: Services, is_stopping: Callable[[], bool] = lambda: False
) -> int:
    """Check what was submitted and not looked through yet; how many case files."""
    with services.db.reading() as session:
        waiting = receipt.unchecked(session)
    done = 0
    for number in waiting:
        if is_stopping():
            break
        with audit.acting_as(None, "worker"):
            look_through(services, number)
        done += 1
    return done


def look_through(services: Services, number: int) -> None:
    """Check one submitted case file, and note what was found unless somebody was faster."""
    with services.db.reading() as session:
        case_file = session.get_one(SubmissionItem, number).case_file
        stored, originals = (
            receipt.digests(session, case_file),
            receipt.originals(session, case_file),
        )
    harmed = {one for one in stored if not _is_intact(services.files, one)}  # no look is open
    scans = scan_anew(services, originals)
    with services.db.reading() as session:
        case_file = session.get_one(SubmissionItem, number).case_file
        lines = receipt.checks(session, case_file, lambda digest: digest not in harmed, scans)
    infected = [digest for digest, one in scans.doubts.items() if "found" in one] if scans else []
    with services.db.transaction() as session:
        item = session.get_one(SubmissionItem, number)
        if not item.checks and not item.outcome:
            receipt.note_checks(session, item, lines)
        for document in receipt.made_of(session, item.case_file, infected):
            alarms.sound(session, document, alarms.INFECTED)


def _is_intact(files: FileStore, digest: str) -> bool:
    """Whether the store still gives back these very bytes."""
    try:
        files.open(digest).close()
    except StoreFailed:
        return False
    return True
