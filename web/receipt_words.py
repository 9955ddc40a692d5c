"""The checks on receipt in words: each line green or red, and what was found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.life_models import SubmissionItem
from archive.receipt import SCAN_HOLDS, is_stale
from web.error_words import WORDS
from web.errors import words_for
from web.i18n import gettext, moment_of
from web.i18n import lazy_gettext as _l
from web.signature_words import INDICATIONS
from web.story_words import rendition_name
from web.trust_words import NOT_SCANNED

CHECKS = {  # name, what a green line says, what a red one says
    "plan": (
        _l("File plan"),
        _l("It stands in the year's plan."),
        _l("It doesn't stand in the plan."),
    ),
    "completeness": (
        _l("Completeness"),
        _l("Every document has type, date, organ and subject."),
        _l("Documents lack data."),
    ),
    "signatures": (
        _l("Signatures"),
        _l("Every signature held when the document was received."),
        _l("Signatures did not hold when the document was received."),
    ),
    "virus": (
        _l("Viruses"),
        _l("Every file was looked through and is clean."),
        _l("Files were not looked through for viruses."),
    ),
    "format": (
        _l("Formats"),
        _l("Every document has a valid archival copy."),
        _l("Documents have no valid archival copy."),
    ),
    "digests": (
        _l("Digests"),
        _l("The stored bytes are the very ones that were received."),
        _l("Stored bytes are gone or changed."),
    ),
}
FIELDS = {
    "type_name": _l("type"),
    "issued_date": _l("date"),
    "organ_name": _l("organ"),
    "subject": _l("subject"),
}
OUTCOMES = {
    "": (_l("undecided"), "warning"),
    "accepted": (_l("accepted"), "success"),
    "returned": (_l("returned"), "danger"),
    "taken_back": (_l("taken back"), "info"),
}


@dataclass(frozen=True)
class Found:
    """One thing that a line found: a document where it has one, and what is the matter."""

    document: str
    said: str


@dataclass(frozen=True)
class LineShown:
    """One line of the checks as the page shows it."""

    name: str
    said: str
    is_good: bool
    is_needed: bool
    found: tuple[Found, ...]


def lines(item: SubmissionItem) -> list[LineShown]:
    """The lines of one case file; none as long as nobody has looked it through."""
    return [_line(one, is_decided=bool(item.outcome)) for one in item.checks]


def _line(told: Mapping[str, Any], *, is_decided: bool) -> LineShown:
    check = str(told["check"])
    if told.get("at"):
        return _of_viruses(told, is_decided=is_decided)
    name, good, bad = CHECKS[check]
    found = tuple(_found(check, one) for one in told["found"])
    said = str(good if told["is_good"] else bad)
    if check == "plan" and found and not told["is_good"]:
        said, found = found[0].said, ()
    if check == "signatures" and found and told["is_good"]:
        said, found = gettext("No document carries a digital signature."), ()
    return LineShown(str(name), said, told["is_good"], told["is_needed"], found)


def _of_viruses(told: Mapping[str, Any], *, is_decided: bool) -> LineShown:
    """Scanned for this receipt: with the time; red again when that is too long ago."""
    name, good, _ = CHECKS["virus"]
    at = moment_of(told["at"])
    found = tuple(_found("virus", one) for one in told["found"])
    if is_stale([told]) and not is_decided:
        days = SCAN_HOLDS.days
        said = gettext("Scanned at %(at)s, more than %(days)s days ago. Look through again.",
                       at=at, days=days)  # fmt: skip
        return LineShown(str(name), said, False, True, found)
    said = str(good) if told["is_good"] else gettext("Not every file is known to be clean.")
    scanned = gettext("Scanned at %(at)s.", at=at)
    return LineShown(str(name), f"{said} {scanned}", told["is_good"], told["is_needed"], found)


def _found(check: str, one: Mapping[str, Any]) -> Found:
    return Found(str(one.get("document", "")), _why(check, str(one.get("why", "")), one))


def _why(check: str, why: str, told: Mapping[str, Any]) -> str:
    if check == "completeness":
        return gettext("without %(fields)s", fields=", ".join(_fields(why.split(", "))))
    if check == "signatures":
        return str(INDICATIONS.get(why) or gettext("was not judged (%(why)s)", why=why))
    if check == "digests":
        return rendition_name(why)
    if check == "plan":
        return _of_plan(why, str(told.get("planned", "")))
    if check == "virus" and why in NOT_SCANNED:
        return str(NOT_SCANNED[why])
    if check == "virus" and why == "scanner_silent":
        return gettext("The scanner does not answer. Start ClamAV, then look through again.")
    if why not in WORDS:
        return gettext("was not looked through (%(why)s)", why=why)
    return words_for(why, dict(told)).what


def _fields(columns: Iterable[str]) -> list[str]:
    return [str(FIELDS.get(one, one)) for one in columns]


def _of_plan(why: str, planned: str) -> str:
    if why == "title_changed":
        return gettext("The plan has another title: %(planned)s", planned=planned)
    if why == "maintenance_changed":
        return gettext("The plan has another retention: %(planned)s", planned=planned or "–")
    if why == "taken_out_of_plan":
        return gettext("Its line was taken out of the plan.")
    return str(CHECKS["plan"][2])
