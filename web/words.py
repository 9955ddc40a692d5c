"""Sentences of the command line: Vietnamese, or English when it is asked for."""

import gettext
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError
from formats.errors import FormatError
from web.errors import plain_sentence

_FOLDER = Path(__file__).parent / "translations"
_language: ContextVar[str] = ContextVar("language", default="vi")


def _(english: str) -> str:
    """Mark a sentence for translation."""
    return english


SENTENCES: dict[str, str] = {
    "setup_done": _(
        "The archive of {organ} is ready. Sign in as {user} with the one-time password {password}"
    ),
    "setup_done_before": _("The archive is set up already."),
    "setup_trial_key": _(
        "Seals carry a trial key that has no legal value. LUUTRU_SEAL_URL names a real one."
    ),
    "upgraded": _("The database is of this version."),
    "person_added": _("Account {user} is ready; one-time password: {password}"),
    "person_reset": _("New one-time password of {user}: {password}"),
    "person_locked": _("Account {user} is closed from {day}."),
    "line_new": _("new:"),
    "line_there": _("there already:"),
    "line_wrong": _("wrong:"),
    "role_given": _("{user} has the role {role}."),
    "role_ended": _("The role {role} of {user} ends."),
    "hand_over_listed": _("Case files to be handed over: {count}. Nothing is done yet: --confirm"),
    "hand_over_done": _("Case files handed over: {count}."),
    "reassigned": _("{holder} holds {case_file}."),
    "delegated": _("{delegate} may act for {principal} until {until}."),
    "delegation_ended": _("The delegation is ended."),
    "granted": _("{user} may read {thing}."),
    "grant_ended": _("{user} may no longer read {thing} by grant."),
    "suspicion_cleared": _("{document} is no secret; it stands in its story."),
    "secret_confirmed": _("{document} is a state secret and stays closed."),
    "unit_added": _("The unit {unit} is added."),
    "rules_set": _("The rules hold from now on."),
    "key_handed": _("{holder} has the signing token {token}."),
    "key_back": _("The signing token {token} came back."),
    "appraised": _("{code}: noted. Stage: {stage}."),
    "lent": _("{thing} is lent to {name} until {day}. Number {number}."),
    "loan_back": _("{thing} is back."),
    "seal_picture_set": _("{organ} has a picture of its seal."),
    "no_seal_picture_set": _("{organ} has no picture of its seal; words stand in its place."),
    "handed_over": _("A worker is running; it carries the files on."),
    "book_closed_on": _("The register {book} is closed."),
    "book_open_again": _("The register {book} is open again."),
    "kept_by_oneself": _("{document} stands in your personal file; its place here stays."),
    "dropped_by_oneself": _("{document} is no longer in your personal file."),
    "joined": _("Received file {intake} joins {entry} on its road."),
    "acknowledged": _("Receipt of {entry} is acknowledged."),
    "decided": _("Decided."),
    "printed": _("{name}: written to {target}"),
    "notices_made": _("Notices given: {count}"),
    "exported": _("{document}: {rendition} written to {target}"),
    "issue_prepared": _("prepared"),
    "issue_signed": _("signed"),
    "issue_issued": _("issued"),
    "issue_given_up": _("given up"),
    "issue_fetched": _("Document {issuance} written to {target}"),
    "found": _("Found: {total}"),
    "holds": _("holds"),
    "does_not_hold": _("DOES NOT HOLD"),
    "chain_checked": _("The story: {events} events and {rows} rows checked."),
    "chain_head": _("Head of the chain after {events} events: {head}"),
    "chain_good": _("The story is whole: {events} events, {rows} rows."),
    "chain_broken": _(
        "The story does not fit in {findings} places ({events} events, {rows} rows)."
    ),
    "journal_gap": _("not in the journal, as after a crash; the chain itself vouches for it"),
    "journal_gap_untold": _(
        "these events were made past the program, or while the journal could not be written: look "
        "into it, then “luutru audit explain FIRST..LAST”"
    ),
    "gap_explained": _("Your explanation of {gap} stands in the story."),
    "journal_line_unreadable": _("cut off in the journal, as after a crash"),
    "rebuilt": _("Documents indexed anew: {count}"),
    "rebuilding": _("{done} of {total} indexed"),
    "index_document": _("Documents: {count}, of which {behind} are not indexed as they are now"),
    "index_case_file": _("Case files: {count}, of which {behind} are not indexed as they are now"),
    "index_whole": _("The index can be asked."),
    "index_broken": _("The index cannot be asked: “luutru search rebuild” makes it anew."),
    "index_purged": _("Gone for good: {gone}; still found: {remaining}"),
    "index_not_purged": _(
        "Not everything is gone for good ({gone} is; {remaining} are still found): try again"
    ),
    "state_received": _("on the road"),
    "state_shelved": _("shelved"),
    "state_waiting": _("waiting"),
    "state_refused": _("refused"),
    "state_stuck": _("stuck"),
    "state_discarded": _("discarded"),
    "no_ocr": _("scans cannot be read"),
    "no_verapdf": _("archival copies cannot be checked; files wait"),
    "no_office": _("office files wait"),
    "no_ghostscript": _("some PDF files can only be kept as pictures of their pages"),
    "no_virus_scan": _("files are not scanned for viruses (LUUTRU_CLAMAV_URL)"),
    "no_scanner": _("files are not scanned for viruses (LUUTRU_CLAMAV_URL)"),
    "signatures_unknown": _(
        "the scanner knows no official virus signatures: files read not checked"
    ),
    "signatures_old": _("the virus signatures are older than 7 days: files read not checked"),
    "foreign_store": _(
        "the database does not know a good part of the stored files: is it this archive's?"
    ),
    "no_journal": _("a story that was forged whole would go unnoticed (LUUTRU_JOURNAL)"),
    "destructions_unproved": _(
        "nobody can say what was destroyed: administrators may look, nothing else is open; put the "
        "newest journal of destructions back and start again"
    ),
    "destructions_came_back": _(
        "what was destroyed came back with an older copy: administrators may look, nothing else is "
        "open; mend what is named and start again"
    ),
    "destructions_unwritable": _("nothing can be destroyed (LUUTRU_JOURNAL_URL)"),
    "no_seal": _("files cannot be sealed"),
    "trial_seal": _("seals carry a trial key without legal value (LUUTRU_SEAL_URL)"),
    "no_timestamps": _("seals carry no time stamp (LUUTRU_TIMESTAMP_URL)"),
    "nothing_works": _("nothing works"),
    "search_silent": _("the search server does not answer; it is looked for again and again"),
    "search_untrusted": _(
        "the search server's certificate is not trusted (LUUTRU_SEARCH_URL, ca=)"
    ),
    "search_refused": _("the search server refuses our account or key (LUUTRU_SEARCH_URL)"),
    "search_foreign": _("what answers at the search server's address is no Elasticsearch"),
    "search_too_busy": _("the search server is too busy to take anything in; it is tried again"),
    "search_full_disk": _("the search server's disk is full: nothing new is found"),
    "search_blocked": _("the search server's index is closed to changes: nothing new is found"),
    "search_red": _(
        "part of the index is on no machine of the search server; if that machine does not come "
        "back: luutru search rebuild"
    ),
    "index_rebuilt": _("searching waits until the index is made anew"),
    "stuck_intakes": _("files are stuck; see the page Receiving"),
    "no_trust_anchors": _("incoming signatures cannot be judged: no trust anchors"),
    "submission_signed": _("{submission}: signed."),
    "submission_called": _("Announced. What is due this year is to be submitted by {day}."),
    "your_password": _("Your password"),
    "outcome_accepted": _("accepted"),
    "outcome_returned": _("returned"),
    "outcome_taken_back": _("taken back"),
    "transfer_registered": _("registered"),
    "transfer_exported": _("exported"),
    "transfer_confirmed": _("confirmed by the receiver"),
    "transfer_given_up": _("given up"),
    "transfer_left_out": _("left out"),
    "plan_drawn_up": _("The file plan of {year} is begun; it is a draft."),
    "plan_line_added": _("{name}: added to the plan."),
    "plan_line_changed": _("{name}: changed in the plan."),
    "plan_line_out": _("{name}: taken out of the plan."),
    "plan_exported": _("File plan of {year}: {count} lines written to {target}"),
    "plan_problems": _("Problems that keep the plan from being approved: {count}"),
    "plan_approved": _("The file plan of {year} is approved; case files planned: {count}"),
    "plan_copied": _("Copied into the plan of {year}: {count} lines. Holders who left: {left}"),
    "plan_carried": _("Carried over into the plan of {year}: {count}"),
    "plan_shown": _(
        "New: {new}, changed: {changed}, the same: {same}, wrong: {wrong}. Nothing was taken in; "
        "--take-in does it."
    ),
    "plan_taken_in": _("Taken in. New: {new}, changed: {changed}, the same already: {same}"),
    "fate_new": _("new"),
    "fate_changed": _("changed"),
    "fate_wrong": _("wrong"),
    "cell_wrong": _("Row {row}, column {column}, “{value}”: {said}"),
    "placed": _("{case_file}: documents placed in it: {count}"),
    "taken_out": _("{document} is taken out; the document itself stays."),
    "case_file_closed": _("{case_file} is closed. To be submitted by: {due}"),
    "case_file_reopened": _("{case_file} is open again."),
    "case_file_corrected": _("{case_file} is corrected; the earlier values stay in its story."),
    "certificate_holds": _("The certificate of {disposal} holds: lines in its list: {count}."),
    "certificate_sealed": _(
        "Sealed with the certificate {fingerprint}. Whether that is the organ's, nobody has said: "
        "ask the organ for its fingerprint, and check again with --fingerprint."
    ),
    "certificate_sealed_by": _("Sealed with the certificate {fingerprint}, as you asked."),
    "certificate_says": _("{disposal}: destroyed lines: {count}; fingerprint of the list {root}"),
    "tombstone_says": _(
        "{code} was destroyed on {destroyed_on} by decision {decision}; list {disposal}. {title}"
    ),
    "frozen_by": _("Order {order} ({number}) holds: {count}"),
    "order_lifted": _("The order {number} is lifted."),
    "schedule_loaded": _("Drafts made: {new}; there already: {present}. None of them holds yet."),
    "schedule_shown": _(
        "New drafts: {new}, next versions: {version}, drafts changed: {changed}, the same: {same}, "
        "wrong: {wrong}. Nothing was taken in; --take-in does it."
    ),
    "schedule_taken_in": _(
        "Taken in as drafts. New: {new}, next versions: {version}, changed: {changed}, the same "
        "already: {same}"
    ),
    "schedule_exported": _("Schedule: {count} rules written to {target}"),
    "rule_drafted": _("Rule {number}, version {version}: a draft until it is approved."),
    "rule_dropped": _("The draft of rule {number}, version {version}, is gone."),
    "rule_approved": _("Rule {number}, version {version}, is approved."),
    "rule_ended": _("Rule {number}, version {version}, ends."),
    "would_move": _("Would leave earlier: {earlier}, later: {later}, otherwise: {other}"),
    "one_person_only": _("one person is administrator and archivist; two are safer"),
}


def say(code: str, **details: Any) -> str:
    """A sentence of the command line."""
    sentence = SENTENCES.get(code)
    return say_code(code) if sentence is None else translated(sentence).format(**details)


def say_code(code: str, **details: Any) -> str:
    """What a reason code means."""
    return plain_sentence(code, details, translated)


def say_line(error: ArchiveError | FormatError) -> str:
    """An error in one line that says what to do."""
    return plain_sentence(error.code, error.details, translated)


def translated(english: str) -> str:
    """A marked sentence in the language that was asked for."""
    return _catalogue().gettext(english)


def speak(language: str) -> None:
    """Say everything in this language from now on: "vi" or "en"."""
    _language.set(language)


def in_language(language: str) -> Callable[[str], str]:
    """How a sentence is said in this language, away from pages and commands."""
    return _read(_FOLDER, language).gettext


def _catalogue() -> gettext.NullTranslations:
    return _read(_FOLDER, _language.get())


@cache
def _read(folder: Path, language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", folder, languages=[language], fallback=True)
