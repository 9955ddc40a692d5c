"""Every code that the archive says no with, in words: what happened, and what to do now.

Codes are also the reasons for which a file waits, is stuck or was refused, and those for which a
document has no archival copy. A test finds every code in the code base and looks it up here.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from web.reasons import (
    appraisals,
    checking,
    destruction,
    disposals,
    finding,
    finishing,
    issuing,
    life,
    loans,
    moves,
    people,
    plans,
    printing,
    registers,
    saved,
    submissions,
    tables,
    terms,
    transfers,
)

MEGABYTE = 1024 * 1024
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


@dataclass(frozen=True)
class Said:
    """What happened, and what to do now."""

    what: str
    now: str

    @property
    def line(self) -> str:
        """Both, as one line."""
        return f"{self.what} {self.now}".strip()


_ASK_ADMINISTRATOR = _l("Tell your administrator.")
_ASK_ARCHIVIST = _l("Ask your archivist if you need it.")
_CHECK_SOURCE = _l(
    "Open the file where it came from. If it opens there, send it again; if not, keep it as it was "
    "received."
)
_KEEP = _l(
    "Nothing is lost: the original is kept. It can be kept as it was received, with a reason."
)
_GOES_ON = _l("Nothing is lost. It goes on by itself as soon as that is there.")
_TRY_AGAIN = _l("Nothing is lost. Try again; if it happens once more, tell your administrator.")
_SCANNED_IN_PART = _l(
    "Nothing is lost. Have the scanner's limits raised and try again, or keep the file as it was "
    "received."
)
_MEND_SETTING = _l("Correct it and start the program again.")
_MEND_SEAL = _l("Check LUUTRU_SEAL_URL and LUUTRU_SEAL_PIN, then start the program again.")
_WRITE_AGAIN = _l("Correct it and send the form again.")

WORDS: dict[str, tuple[str, str]] = {
    # asking for what is not there, or not yours
    "no_such_thing": (_l("There is no such page, or it is not open to you."), _ASK_ARCHIVIST),
    "no_such_document": (
        _l("There is no document %(document)s, or it is not open to you."),
        _l("Check the code, or search for the document by its number."),
    ),
    "no_such_case_file": (
        _l("There is no case file %(case_file)s, or it is not open to you."),
        _l("Check the code, or open the case file first."),
    ),
    "no_such_intake": (
        _l("There is no received file with number %(intake)s."),
        _l("Look for it in the list of received files."),
    ),
    "no_such_organ": (_l("There is no organ with code %(organ)s."), _l("Check the code.")),
    "no_such_person": (_l("There is no account named %(name)s."), _l("Check the user name.")),
    "no_such_page": (
        _l("The document has no page %(page)s."),
        _l("Choose a page among its thumbnails."),
    ),
    "no_such_attachment": (_l("The letter has no such attachment."), _ASK_ARCHIVIST),
    "no_such_part": (
        _l("The document has no part %(part)s."),
        _l("Open its page to see its parts."),
    ),
    "no_such_rendition": (
        _l("This form of the document does not exist."),
        _l("Download the original instead."),
    ),
    "not_allowed": (_l("Your role does not allow this."), _ASK_ARCHIVIST),
    "placing_adds_readers": (
        _l("In %(case_file)s more people could read the document than may read it now."),
        _l("Ask your archivist, or the holder of the case file in which it stands, to place it."),
    ),
    "account_locked": (_l("This account is locked."), _ASK_ADMINISTRATOR),
    "who_acts": (
        _l("Nobody was named as acting."),
        _l("Name a user with --as or LUUTRU_AS."),
    ),
    "bad_pair": (_l("“%(given)s” is not FIELD=VALUE."), _WRITE_AGAIN),
    # forms
    "reason_missing": (_l("A reason is missing."), _l("Write why; it is kept in the story.")),
    "reason_too_short": (
        _l("The reason is too short."),
        _l("Write at least %(least)s characters; it is kept in the story."),
    ),
    "notation_missing": (_l("The number and notation of the case file are missing."), _WRITE_AGAIN),
    "title_missing": (_l("The title is missing."), _WRITE_AGAIN),
    "bad_access_level": (_l("There is no access level “%(level)s”."), _WRITE_AGAIN),
    "unknown_field": (_l("There is no field “%(field)s”."), _WRITE_AGAIN),
    "bad_value": (
        _l("“%(value)s” does not fit the field %(field)s."),
        _l("Write dates as dd/mm/yyyy and numbers with digits only."),
    ),
    "not_among": (
        _l("“%(value)s” is no choice for the field %(field)s."),
        _l("Choose one of: %(choices)s."),
    ),
    "out_of_range": (
        _l("%(value)s is no sensible number for the field %(field)s."),
        _l("Write a number from %(least)s to %(most)s, with digits only."),
    ),
    "bad_characters": (
        _l("The field %(field)s holds characters that cannot be kept."),
        _l("Type the value by hand instead of pasting it."),
    ),
    "bad_organ_code": (
        _l("“%(organ)s” cannot be an organ's code."),
        _l("Use up to 35 letters, digits, dots and hyphens."),
    ),
    "bad_user_name": (
        _l("“%(name)s” cannot be a user name."),
        _l("Use up to 60 characters without spaces."),
    ),
    "unknown_role": (_l("There is no role “%(role)s”."), _WRITE_AGAIN),
    "wrong_password": (_l("The password is not right."), _l("Type your present password again.")),
    "password_too_short": (
        _l("The new password is too short."),
        _l("Take at least %(least)s characters; a sentence is easy to remember."),
    ),
    "password_too_plain": (
        _l("The new password is too easy to guess."),
        _l("Do not use your user name, the old password or a few repeated characters."),
    ),
    "passwords_differ": (_l("The two new passwords differ."), _l("Type the new one twice alike.")),
    "sign_in_failed": (
        _l("You could not be signed in."),
        _l(
            "Check user name and password. After five failed tries an account pauses for 15 "
            "minutes. If you forgot your password, ask your administrator for a new one."
        ),
    ),
    "nothing_chosen": (_l("Nothing was chosen."), _l("Choose at least one, then try again.")),
    "nothing_changed": (_l("No value was changed."), _l("Change at least one, then save.")),
    "bad_days": (_l("That is no sensible number of days."), _l("Choose one from the list.")),
    # clashes
    "case_file_exists": (
        _l("The case file %(case_file)s exists already."),
        _l("Open it, or choose another number and notation."),
    ),
    "case_file_is_final": (
        _l("The case file %(case_file)s is closed: nothing more is placed in it."),
        _l("Choose a case file that is open."),
    ),
    "already_placed": (
        _l("The document stands in %(case_file)s already."),
        _l("Nothing had to be changed."),
    ),
    "database_silent": (
        _l("The database does not answer."),
        _l("Nothing of yours was changed. Wait a minute; then tell your administrator."),
    ),
    "database_busy": (
        _l("The archive is busy: others are writing, and your turn did not come."),
        _l("Nothing was stored and nothing is lost. Wait a moment, then try again."),
    ),
    "changed_meanwhile": (
        _l("%(document)s was changed while you were typing."),
        _l("Open the form again and enter your correction once more."),
    ),
    "verifying_already": (
        _l("Another document is being verified at this moment."),
        _l("Nothing was changed. Wait a minute, then try again."),
    ),
    "other_organ": (
        _l("Document and case file belong to different organs."),
        _l("Choose a case file of the same organ."),
    ),
    "organ_code_taken": (_l("The organ code %(organ)s is taken."), _l("Choose another code.")),
    "user_name_taken": (
        _l("The user name %(name)s was given out before."),
        _l("Choose another one: user names are never given out twice."),
    ),
    "already_set_up": (_l("This archive is set up already."), _l("Nothing had to be done.")),
    "same_bytes": (
        _l("These very bytes are in the archive already; no second document was made."),
        _l("If the earlier one is not open to you, ask your archivist."),
    ),
    "not_waiting": (
        _l("Somebody has decided meanwhile: the file waits no more."),
        _l("Load the list again to see what became of it."),
    ),
    "suspicion_undecided": (
        _l("First it must be decided whether the file is a state secret."),
        _l("The person who decides on secrets clears or confirms the suspicion."),
    ),
    "too_early": (
        _l("A file that never became a document rests for 30 days first."),
        _l("It may be discarded from %(from_on)s."),
    ),
    # receiving
    "empty_file": (
        _l("The file is empty: not one byte arrived."),
        _l("Look at it where it came from, and send it again."),
    ),
    "too_large": (
        _l("The file is larger than %(limit_size)s."),
        _l(
            "Nothing was stored. Split it, or ask your administrator to raise "
            "LUUTRU_UPLOAD_MEGABYTES."
        ),
    ),
    "secret_mark": (
        _l("The file or its data carries the mark “%(mark)s”. State secrets are not kept here."),
        _l("Nothing was stored. Handle it as the rules on state secrets say."),
    ),
    "suspected_secret": (
        _l("On page %(page)s the mark “%(mark)s” stands where a secrecy stamp would stand."),
        _l(
            "The file lies apart, out of search and previews. The person who decides on secrets "
            "looks at it, then clears or confirms the suspicion."
        ),
    ),
    "infected": (
        _l("The virus scanner found %(found)s."),
        _l("The file lies in quarantine and goes no further. Ask the sender for a clean one."),
    ),
    "bad_signature": (
        _l("A signature of the file is not valid, and your organ refuses such files."),
        _l("Ask the sender for a file with valid signatures."),
    ),
    "encrypted": (
        _l("The file is locked with a password, so nobody can read it here."),
        _l("Ask the sender for one without a password, or keep this one as it was received."),
    ),
    "pdf_encrypted": (
        _l("The PDF is locked with a password."),
        _l("Ask the sender for one without a password, or keep this one as it was received."),
    ),
    "unreadable": (_l("The file cannot be read: it is damaged or incomplete."), _CHECK_SOURCE),
    "damaged": (_l("The file is damaged or incomplete."), _CHECK_SOURCE),
    "damaged_page": (_l("Page %(page)s of the file is damaged."), _CHECK_SOURCE),
    "pdf_unreadable": (_l("The PDF cannot be read: it is damaged."), _CHECK_SOURCE),
    "pdf_not_sealable": (_l("The PDF cannot take a seal."), _KEEP),
    "decompression_bomb": (
        _l("A few bytes of the file unfold to a size that no document has."),
        _KEEP,
    ),
    "damaged_picture": (_l("A picture in the file is damaged."), _CHECK_SOURCE),
    "too_many_objects": (_l("The file has more parts inside (%(objects)s) than we open."), _KEEP),
    "too_many_pages": (_l("The file has more pages than are taken (%(limit)s)."), _KEEP),
    "too_many_pixels": (_l("The picture has more pixels than are taken."), _KEEP),
    "page_too_large": (_l("A page of the file is too large to be drawn."), _KEEP),
    "page_without_box": (_l("A page of the file has no size."), _KEEP),
    "no_pages": (_l("The file has no pages."), _CHECK_SOURCE),
    "signatures_unreadable": (
        _l("The signatures of the file cannot be looked through: their fields never end."),
        _KEEP,
    ),
    "beyond_limits": (_l("Reading the file takes more memory than is allowed."), _KEEP),
    "xml_entities": (_l("The file holds entities that unfold without end."), _KEEP),
    "mail_too_large": (_l("The letter is larger than is taken."), _KEEP),
    "mail_too_deep": (_l("Letters lie within letters, deeper than we look."), _KEEP),
    "mail_too_many_parts": (_l("The letter has more parts than are taken."), _KEEP),
    "not_edxml": (_l("The file is no message of the national document axis."), _CHECK_SOURCE),
    "message_too_large": (_l("The message is larger than is taken, or its files are."), _KEEP),
    "message_too_much": (_l("The message has more parts or words than are taken."), _KEEP),
    "text_too_large": (_l("The text is longer than is taken."), _KEEP),
    "not_text": (_l("The file says that it is text and is not."), _CHECK_SOURCE),
    "layer_pages_differ": (_l("Pages and text of the file do not fit together."), _TRY_AGAIN),
    "pages_differ": (_l("The converted file has other pages than the original."), _TRY_AGAIN),
    "page_sizes_differ": (_l("Page %(page)s came out in another size."), _TRY_AGAIN),
    # no archival copy
    "no_archival_copy": (
        _l("This kind of file cannot become PDF/A yet. It is kept as it was received."),
        _l("If there is a version as PDF, text or picture, receive that one too."),
    ),
    "not_valid_pdfa": (
        _l("No way of converting gave a valid PDF/A. The original is kept and can be read."),
        _l(
            "Its case file can be accepted only when a valid copy is there. Tell your "
            "administrator."
        ),
    ),
    # programs and services
    "program_missing": (
        _l("The program %(program)s is missing on this machine."),
        _GOES_ON,
    ),
    "font_missing": (_l("The font %(font)s is missing on this machine."), _GOES_ON),
    "program_timeout": (_l("%(program)s took longer than it may."), _TRY_AGAIN),
    "out_of_memory": (_l("%(program)s needed more memory than it may."), _TRY_AGAIN),
    "crashed": (_l("%(program)s broke off."), _TRY_AGAIN),
    "no_answer": (_l("%(program)s gave no answer."), _TRY_AGAIN),
    "step_failed": (_l("A step failed five times."), _TRY_AGAIN),
    "step_endless": (_l("A step showed no progress for very long and was given up."), _TRY_AGAIN),
    "worker_died": (_l("The program broke off again and again at this file."), _TRY_AGAIN),
    "timestamp_not_valid": (_l("The time stamp does not belong to the seal."), _ASK_ADMINISTRATOR),
    "not_scanned": (_l("The virus scanner did not look at the whole file."), _SCANNED_IN_PART),
    "file_too_large_for_scanner": (
        _l("The file is too large for the virus scanner."),
        _SCANNED_IN_PART,
    ),
    "limits_of_scanner_exceeded": (
        _l("The file exceeds what the virus scanner looks at."),
        _SCANNED_IN_PART,
    ),
    "scanner_silent": (_l("The virus scanner does not answer."), _GOES_ON),
    "scanner_answer_unknown": (_l("The virus scanner's answer is not understood."), _GOES_ON),
    "timestamp_unreachable": (_l("The time-stamp server does not answer."), _GOES_ON),
    "seal_url_not_understood": (_l("The address of the seal's key is not understood."), _MEND_SEAL),
    "seal_key_unreadable": (_l("The seal's key cannot be opened."), _MEND_SEAL),
    "seal_chain_unreadable": (_l("The seal's certificates cannot be read."), _MEND_SEAL),
    "seal_token_failed": (_l("The token with the seal's key does not answer."), _MEND_SEAL),
    "seal_certificate_expired": (_l("The seal's certificate has run out."), _ASK_ADMINISTRATOR),
    "seal_certificate_revoked": (_l("The seal's certificate was revoked."), _ASK_ADMINISTRATOR),
    "seal_not_valid": (_l("The seal that was just made does not hold."), _ASK_ADMINISTRATOR),
    # store, index, settings
    "store_full": (
        _l("The disk is full: the file could not be stored."),
        _l("What was stored before is safe. Make room, then send the file again."),
    ),
    "store_unwritable": (_l("The store cannot be written to (%(why)s)."), _ASK_ADMINISTRATOR),
    "nothing_to_mend": (
        _l("%(document)s has a valid archival copy."),
        _l("Nothing has to be done."),
    ),
    "mending_already": (
        _l("%(document)s is on the road again already, as received file %(intake)s."),
        _l("Wait for it, or see on the receiving page why it waits."),
    ),
    "secret": (
        _l("It is a state secret."),
        _l("It stays closed to all but those who decide on secrets, and leaves by disposal only."),
    ),
    "secret_stays_closed": (
        _l("%(document)s is suspected to be a state secret, or is one; no copy is made of it."),
        _l("Whoever decides on secrets must decide first. A secret leaves by disposal only."),
    ),
    "not_suspected": (
        _l("%(document)s is not under suspicion (any more)."),
        _l("Nothing has to be decided."),
    ),
    "infected_original": (
        _l("A virus was found in the original of %(document)s; it is given out to nobody."),
        _l("Read it here, or ask an archivist who decides about received files."),
    ),
    "database_unwritable": (_l("The database could not be written to."), _ASK_ADMINISTRATOR),
    "worker_busy": (
        _l("Another process works in this home already."),
        _l("Nothing has to be done: it carries the files on. End it first to work here instead."),
    ),
    "file_damaged": (
        _l("A stored file is not what it was when it was received."),
        _l("It is not given out. Tell your administrator: it must come back from a backup."),
    ),
    "store_busy": (_l("The store is in use right now."), _l("Try again in a minute.")),
    "file_unreadable": (_l("A stored file cannot be read (%(why)s)."), _ASK_ADMINISTRATOR),
    "file_gone": (
        _l("A stored file is gone."),
        _l("Tell your administrator: it must come back from a backup."),
    ),
    "search_broken": (
        _l("Search is not ready: its index is being made anew."),
        _l("No document is lost. Open documents from their case files meanwhile."),
    ),
    "search_away": (
        _l("The search server cannot be asked right now."),
        _l("No document is lost. Try again in a minute; the page Health says what is the matter."),
    ),
    "question_too_long": (
        _l("The question has too many words."),
        _l("Leave out those that say little."),
    ),
    "bad_search_address": (
        _l("The address of the search server cannot be understood at “%(part)s”."),
        _l("Write it like %(example)s; docs/elasticsearch.md says what may stand in it."),
    ),
    "search_busy": (_l("The index is being written to."), _l("Try again in a minute.")),
    "unknown_search_engine": (_l("The search engine %(url)s is unknown."), _MEND_SETTING),
    "unknown_file_store": (_l("The file store %(url)s is unknown."), _MEND_SETTING),
    "unknown_setting": (_l("There is no setting %(name)s."), _MEND_SETTING),
    "bad_setting": (_l("%(name)s does not have a usable value."), _MEND_SETTING),
    "not_set_up": (_l("There is no archive in this home yet."), _l("Run luutru setup first.")),
    "needs_upgrade": (
        _l("The archive was made by another version of the program."),
        _l("Make a backup, then run luutru upgrade."),
    ),
    "made_by_another": (
        _l(
            "The archive was made by a state of the program that this one does not know "
            "(%(found)s)."
        ),
        _l(
            "Before the first release nothing is carried over: set up an archive in another folder "
            "(LUUTRU_HOME) with luutru setup, and receive the files again. Nothing was changed."
        ),
    ),
    "database_unreachable": (
        _l("The database at %(url)s does not answer."),
        _l("Start it, or correct LUUTRU_DATABASE_URL; nothing that was stored is lost."),
    ),
    # the web itself
    "bad_request": (_l("The request was not understood."), _l("Go back and try again.")),
    "form_expired": (
        _l("The form was open for too long, or came from another page."),
        _l("Go back, load the page again and send it once more. Nothing was changed."),
    ),
    "page_not_found": (_l("There is no page at this address."), _l("Start from the home page.")),
    "method_not_allowed": (_l("This page does not take that."), _l("Go back and try again.")),
    "upload_too_large": (
        _l("What you sent is larger than %(limit_size)s in all."),
        _l("Nothing was stored. Send fewer files at once, or split the file."),
    ),
    "too_many_requests": (
        _l("Too many tries from this address."),
        _l("Wait a few minutes, then try again."),
    ),
    "sign_in_first": (_l("You are not signed in."), _l("Sign in, then try again.")),
    "broken": (
        _l("Something broke on our side."),
        _l(
            "What was stored before is safe. Try again; if it happens again, tell your "
            "administrator."
        ),
    ),
}
WORDS |= checking.WORDS
WORDS |= disposals.WORDS
WORDS |= finding.WORDS
WORDS |= destruction.WORDS
WORDS |= appraisals.WORDS
WORDS |= tables.WORDS
WORDS |= moves.WORDS
WORDS |= life.WORDS
WORDS |= submissions.WORDS
WORDS |= plans.WORDS
WORDS |= finishing.WORDS
WORDS |= issuing.WORDS
WORDS |= loans.WORDS
WORDS |= people.WORDS
WORDS |= printing.WORDS
WORDS |= registers.WORDS
WORDS |= saved.WORDS
WORDS |= terms.WORDS
WORDS |= transfers.WORDS
NAMES = moves.NAMES | submissions.NAMES | appraisals.NAMES


class _Told(dict[str, Any]):
    """Details for a sentence; one that is missing leaves dots and no second error."""

    def __missing__(self, key: str) -> str:
        return "…"


def say(code: str, details: dict[str, Any], translate: Callable[[str], str]) -> Said:
    """The words for a code; for one we do not know, honest ones."""
    what, now = WORDS.get(code, WORDS["broken"])
    told = _Told(_readable(details, translate))
    return Said(translate(what) % told, translate(now) % told)


def plain_sentence(code: str, details: dict[str, Any], translate: Callable[[str], str]) -> str:
    """The same as one line, where there are no pages."""
    return say(code, details, translate).line


def _readable(details: dict[str, Any], translate: Callable[[str], str]) -> dict[str, Any]:
    """Details as they stand in a sentence."""
    told = dict(details)
    if isinstance(limit := told.get("limit"), int):
        told["limit_size"] = f"{limit // MEGABYTE} MB"
    for name, value in details.items():
        if isinstance(value, date):
            told[name] = f"{value:%d/%m/%Y}"
        if isinstance(value, list):
            told[name] = ", ".join(translate(NAMES.get(str(one), str(one))) for one in value)
        if isinstance(value, str) and _DAY.fullmatch(value):
            with suppress(ValueError):  # a code that only looks like a day
                told[name] = f"{date.fromisoformat(value):%d/%m/%Y}"
    return told
