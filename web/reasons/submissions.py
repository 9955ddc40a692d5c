"""What is refused when case files are submitted, checked, accepted, returned and signed for."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_WRITE_AGAIN = _l("Correct it and send the form again.")
_LOOK = _l("Open the page again and look before you go on.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_submission": (
        _l("There is no submission %(submission)s, or it is not open to you."),
        _l("Check how its code is written."),
    ),
    # announcing and keeping back
    "called_today": (
        _l("The list was announced today already."),
        _l("Everybody was told; there is nothing more to do."),
    ),
    "not_due": (
        _l("%(case_file)s has no day on which it is due, so it need not be kept back."),
        _l("Only closed case files of five years and more are kept back."),
    ),
    "consent_missing": (
        _l("The number or the day of the head's written consent is missing."),
        _l("Enter both as they stand on it."),
    ),
    "consent_not_here": (
        _l("The written consent %(number)s is not in the archive, or it is not open to you."),
        _l("Receive it first; then give its code, or its number and day as its data say them."),
    ),
    "kept_too_long": (
        _l("It can be kept back from the day it is due, at most until %(last)s."),
        _l("Choose a day after %(due)s and no later than that."),
    ),
    # checking, accepting, returning
    "not_checked_yet": (
        _l("%(case_file)s is being looked through."),
        _l("Wait a moment and open the page again."),
    ),
    "checks_red": (
        _l("%(case_file)s cannot be accepted: %(checks)s."),
        _l("Have it mended and looked through again, or return it with the reason."),
    ),
    "scan_is_old": (
        _l("The files of %(case_file)s were scanned for viruses more than %(days)s days ago."),
        _l("Have it looked through again, then accept it."),
    ),
    "note_missing": (
        _l("Some lines are red (%(checks)s), and nobody says why it is accepted all the same."),
        _l("Write the reason beside it, or return it."),
    ),
    "own_submission": (
        _l("Who hands over doesn't take in."),
        _l("Another archivist decides about this submission."),
    ),
    "decided": (_l("%(case_file)s was decided already."), _LOOK),
    # the record of the hand-over
    "still_undecided": (
        _l("Some case files of %(submission)s are not decided yet."),
        _l("Both sides sign once each is accepted or returned."),
    ),
    "nothing_accepted": (
        _l("Nothing of %(submission)s was accepted: there is no hand-over to sign for."),
        _l("Submit the case files again when they are mended."),
    ),
    "already_signed": (_l("This side has signed already."), _LOOK),
    "both_sides": (
        _l("One person doesn't sign for both sides."),
        _l("Somebody else signs for the other side."),
    ),
    "not_your_side": (
        _l("This side is not yours to sign for."),
        _l("Who submitted signs for the giving side, an archivist for the receiving one."),
    ),
    "boxes_wrong": (_l("“%(value)s” is no number of boxes."), _WRITE_AGAIN),
}

# What stands in lists of details, in words.
NAMES: dict[str, str] = {
    "plan": _l("the file plan"),
    "completeness": _l("completeness"),
    "signatures": _l("signatures"),
    "virus": _l("viruses"),
    "format": _l("formats"),
    "digests": _l("digests"),
}
