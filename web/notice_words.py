"""Notices in words, for the inbox and for mail: a headline, what it is about, what to do."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from archive.life_models import Notice, NoticeItem
from archive.models import CaseFile

Translate = Callable[[str], str]


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


KINDS: dict[str, tuple[str, str]] = {
    "submission_due": (
        _l("Case files to be submitted to the archive soon"),
        _l("Look them through and submit them before the day that stands beside each."),
    ),
    "submission_called": (
        _l("The archive has announced what is to be submitted"),
        _l("Submit these case files within 30 days of the announcement."),
    ),
}


def headline(kind: str, translate: Translate) -> str:
    """What the notice is about, in a few words."""
    return translate(KINDS[kind][0])


def what_to_do(kind: str, translate: Translate) -> str:
    """What its reader should do now."""
    return translate(KINDS[kind][1])


def lines(
    items: Iterable[NoticeItem], case_files: Mapping[int, CaseFile], translate: Translate
) -> list[str]:
    """One line for each thing, those that are due first at the top."""
    ordered = sorted(items, key=lambda one: (one.due_on or date.max, one.id))
    return [_line(one, case_files[one.subject_id], translate) for one in ordered]


def _line(item: NoticeItem, case_file: CaseFile, translate: Translate) -> str:
    said = f"{case_file.code} – {case_file.title}"
    if item.due_on is None:
        return said
    return f"{said} ({translate(_l('by'))} {item.due_on:%d/%m/%Y})"


def as_text(
    notice: Notice, name: str, case_files: Mapping[int, CaseFile], translate: Translate
) -> str:
    """The whole notice as plain text."""
    greeting = translate(_l("To %(name)s,")) % {"name": name}
    told = "\n".join(f"  – {one}" for one in lines(notice.items, case_files, translate))
    closing = translate(_l("Lưu Trữ sends this once for each occasion. Your inbox has it too."))
    return f"{greeting}\n\n{what_to_do(notice.kind, translate)}\n\n{told}\n\n{closing}\n"
