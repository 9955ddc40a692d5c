"""Why something is not destroyed, not proved, or the archive is not open."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_PUT_BACK = _l(
    "Put the journal back from where it is kept, then start again. Until then administrators may "
    "look, and nothing is changed."
)
_ASK_FOR_IT = _l("Ask who issued the certificate for the file once more, and for their seal.")

WORDS: dict[str, tuple[str, str]] = {
    "destruction_journal_missing": (
        _l("The journal of destructions is not in %(folder)s."),
        _PUT_BACK,
    ),
    "destruction_journal_older": (
        _l("The journal of destructions ends with line %(line)s; line %(wanted)s was seen before."),
        _PUT_BACK,
    ),
    "destruction_journal_differs": (
        _l("Line %(line)s of the journal of destructions is not the one that was seen before."),
        _PUT_BACK,
    ),
    "destruction_journal_broken": (
        _l("Line %(line)s of the journal of destructions does not follow from the one before it."),
        _PUT_BACK,
    ),
    "destruction_not_repeated": (
        _l("What list %(disposal)s destroyed came back with an older copy: %(places)s."),
        _l("Mend what is named there and start again: it is destroyed anew before anybody reads."),
    ),
    "journal_unwritable": (
        _l("The journal of destructions in %(folder)s cannot be written: %(why)s."),
        _l("Nothing goes before it is written. Mend the folder or LUUTRU_JOURNAL_URL."),
    ),
    "unknown_journal": (
        _l("%(url)s is no place for the journal of destructions."),
        _l("Write file:/// and a folder in LUUTRU_JOURNAL_URL."),
    ),
    "not_three_hands": (
        _l("List, decision and execution are not in the hands of three people."),
        _l("Let another archivist prepare and confirm the execution."),
    ),
    "lent_out": (
        _l("Something of it is lent to %(borrower)s."),
        _l("Write down that it is back, then begin."),
    ),
    "files_on_the_road": (
        _l("Received files are on their way into it: %(count)s."),
        _l("Wait until they are shelved, or let go of them; then begin."),
    ),
    "by_disposal_only": (
        _l("Case file %(case_file)s is destroyed by a disposal only."),
        _l("List it, have it decided, and execute that."),
    ),
    "still_found": (
        _l("Not everything is gone yet; what is still found is listed."),
        _l("It is tried again by itself, after longer and longer pauses."),
    ),
    "index_not_purged": (
        _l("The index still holds more than it should."),
        _l("It is tried again by itself, after longer and longer pauses."),
    ),
    "claim_lost": (
        _l("Another worker goes on with it."),
        _l("Nothing is to be done."),
    ),
    "no_such_tombstone": (
        _l("Nothing of this code was destroyed, or it is not for you to know."),
        _l("Check how the code is written."),
    ),
    "no_such_certificate": (
        _l("There is no certificate for %(disposal)s."),
        _l("Check the code; a list that was not executed has none."),
    ),
    "not_a_certificate": (
        _l("The file is no certificate of a destruction."),
        _l("Give the PDF, or certificate.json with certificate.json.p7s beside it."),
    ),
    "certificate_unreadable": (_l("The certificate cannot be read."), _ASK_FOR_IT),
    "damaged_signature": (_l("The seal beside the file cannot be read."), _ASK_FOR_IT),
    "seal_missing": (_l("There is no seal with the certificate."), _ASK_FOR_IT),
    "seal_differs": (
        _l("The seal does not fit: the certificate was changed after it was sealed."),
        _ASK_FOR_IT,
    ),
    "page_seal_differs": (
        _l("The seal on the pages does not fit: the file was changed after it was sealed."),
        _ASK_FOR_IT,
    ),
    "line_differs": (_l("Line %(where)s is not as it was decided."), _ASK_FOR_IT),
    "line_not_in_list": (
        _l("Line %(where)s does not lead to the fingerprint that was decided on."),
        _ASK_FOR_IT,
    ),
    "root_differs_from_lines": (
        _l("The lines do not give the fingerprint that was decided on."),
        _ASK_FOR_IT,
    ),
    "chain_differs": (
        _l("Its place in the chain of events does not fit: event %(where)s."),
        _ASK_FOR_IT,
    ),
}
