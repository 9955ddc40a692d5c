"""Notices in words, for the inbox and for mail: a headline, what it is about, what to do."""

from collections.abc import Callable, Iterable
from datetime import date

from archive.life_models import Notice, NoticeItem
from archive.notice_subjects import Subjects
from archive.notices import (
    ACCESS_WAITS,
    CALLED,
    DUE,
    DUPLICATE_FOUND,
    EXPORT_ANSWERED,
    EXPORT_ASKED,
    FILE_SUSPECTED,
    ISSUED,
    LOAN_LATE,
    NOT_CONFIRMED,
    REGISTERED,
    RETURNED,
    SECRET_SUSPECTED,
    SHOWN,
    TERM_ENDS,
    TERM_ENDS_UNOPENED,
)
from retention.deciding import DISPOSAL_LATE
from retention.leaving_out import LINES_LEFT
from search.saved import NEW

Translate = Callable[[str], str]
MOST_LINES = 100  # in one letter; the inbox has them all


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


KINDS: dict[str, tuple[str, str]] = {
    DUE: (
        _l("Case files to be submitted to the archive soon"),
        _l("Look them through and submit them before the day that stands beside each."),
    ),
    CALLED: (
        _l("The archive has announced what is to be submitted"),
        _l("Submit these case files within 30 days of the announcement."),
    ),
    RETURNED: (
        _l("The archive returned case files"),
        _l(
            "The reason stands in the submission. Mend what it names, close the file and submit it "
            "again."
        ),
    ),
    ACCESS_WAITS: (
        _l("A change of who may read waits for confirmation"),
        _l("Open the case file, look at what is to change and why, then confirm it or say no."),
    ),
    REGISTERED: (
        _l("New documents for you or your unit"),
        _l("Open each of them. A day beside a document is the day by which it is to be answered."),
    ),
    ISSUED: (
        _l("What your unit drafted has been issued"),
        _l("Open the line for its number and its signed file, and put it into its case file."),
    ),
    NOT_CONFIRMED: (
        _l("Recipients have not said that a document arrived"),
        _l("Open each line, ask those who are marked “not yet”, and note it there."),
    ),
    EXPORT_ASKED: (
        _l("Somebody asks to take content out"),
        _l("Look at what is asked for and what for, then give consent or say no."),
    ),
    EXPORT_ANSWERED: (
        _l("Your request to take content out is answered"),
        _l("The answer stands on the page of requests, with its reason."),
    ),
    SECRET_SUSPECTED: (
        _l("Documents are suspected to be state secrets"),
        _l("They are closed to all others until you decide. Look at each and say what it is."),
    ),
    FILE_SUSPECTED: (
        _l("Received files are suspected to be state secrets"),
        _l("They lie apart until you decide. Look at each and say what it is."),
    ),
    LOAN_LATE: (
        _l("What was lent should be back"),
        _l("Bring it back, or have it brought back; the clerk or archivist writes that down."),
    ),
    TERM_ENDS: (
        _l("Terms of retention end soon"),
        _l(
            "Note that you know of them. Then say of each case file what becomes of it: kept "
            "longer, kept for ever, or destroyed."
        ),
    ),
    TERM_ENDS_UNOPENED: (
        _l("Nobody has opened a notice that terms of retention end"),
        _l("Ask the archivist and the unit to look at it. Nothing is destroyed by itself."),
    ),
    DUPLICATE_FOUND: (
        _l("Duplicates are proposed to leave before their term"),
        _l("Look at both copies, and say whether one of them may be destroyed."),
    ),
    DISPOSAL_LATE: (
        _l("A disposal is to be carried out within fifteen days of its decision"),
        _l("Open it, and do what comes next; nothing is destroyed by itself."),
    ),
    LINES_LEFT: (
        _l("Lines left a disposal that you have a part in"),
        _l("Open it and look which lines are not destroyed, and why."),
    ),
    NEW: (
        _l("Something new for your saved searches"),
        _l("Open each of them; it shows what it finds today."),
    ),
    SHOWN: (
        _l("Documents that a colleague wants you to look at"),
        _l("Open each of them; nothing else is asked of you."),
    ),
}


def headline(kind: str, translate: Translate) -> str:
    """What the notice is about, in a few words."""
    return translate(KINDS[kind][0])


def what_to_do(kind: str, translate: Translate) -> str:
    """What its reader should do now."""
    return translate(KINDS[kind][1])


def in_order(items: Iterable[NoticeItem]) -> list[NoticeItem]:
    """Those that are due first at the top."""
    return sorted(items, key=lambda one: (one.due_on or date.max, one.id))


def _line(item: NoticeItem, subjects: Subjects, translate: Translate) -> str:
    about = subjects[item.subject_type, item.subject_id]
    said = f"{about.code} – {about.title}" if about.title else about.code
    if item.due_on is None:
        return said
    return f"{said} ({translate(_l('by'))} {item.due_on:%d/%m/%Y})"


def as_text(notice: Notice, name: str, subjects: Subjects, translate: Translate) -> str:
    """The whole notice as plain text."""
    greeting = translate(_l("To %(name)s,")) % {"name": name}
    items = in_order(notice.items)
    lines = [f"  – {_line(one, subjects, translate)}" for one in items[:MOST_LINES]]
    if more := len(items) - len(lines):
        lines.append("  – " + translate(_l("and %(count)s more, in your inbox")) % {"count": more})
    told = "\n".join(lines)
    closing = translate(_l("Lưu Trữ sends this once for each occasion. Your inbox has it too."))
    return f"{greeting}\n\n{what_to_do(notice.kind, translate)}\n\n{told}\n\n{closing}\n"
