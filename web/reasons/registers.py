"""What the registers say no with, and why things are refused."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_WRITE_AGAIN = _l("Correct it and send the form again; what was typed is still there.")
_LET_IN = _l(
    "No number was given. Refuse it with an answer to its sender, or ask a competent person to let "
    "it in."
)
_LOAD_AGAIN = _l("Load the page again to see how the line is now.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_book": (
        _l("There is no register %(book)s."),
        _l("Choose one from the list of registers."),
    ),
    "no_such_entry": (
        _l("There is no line %(entry)s in the registers, or it is not open to you."),
        _l("Check book, year and number, for example den/2026/12."),
    ),
    "no_such_refusal": (
        _l("There is no refusal %(refusal)s."),
        _l("Check year and number, for example 2026/3."),
    ),
    "bad_book_code": (
        _l("%(book)s is no code for a register."),
        _l("Take small letters without marks, digits and dashes: di-qd."),
    ),
    "bad_book_kind": (
        _l("A register is incoming, outgoing or for copies, not %(kind)s."),
        _WRITE_AGAIN,
    ),
    "book_exists": (_l("There is a register %(book)s already."), _l("Take another code.")),
    "book_closed": (
        _l("The register %(book)s was closed."),
        _l("Choose another register, or a day before it was closed."),
    ),
    "book_is_open": (_l("The register %(book)s is open."), _l("Nothing needs to be done.")),
    "day_missing": (_l("The day is missing."), _l("Write it as dd/mm/yyyy.")),
    "subject_missing": (_l("The line has no subject."), _WRITE_AGAIN),
    "line_incomplete": (
        _l("Issuing organ, number or date of the document is missing."),
        _l("Fill it in (“không số” where it has no number), or say why it is missing."),
    ),
    "day_in_future": (_l("The day %(day)s has not come yet."), _WRITE_AGAIN),
    "day_too_early": (
        _l("The day %(day)s is too long ago for a line written now; the earliest is %(first)s."),
        _l("Look at the year; older papers are received into their case files without a line."),
    ),
    "bad_day": (_l("“%(value)s” is no day."), _l("Write it as dd/mm/yyyy.")),
    "late_reason_missing": (
        _l("The real day %(day)s is not today, and the reason for writing it later is missing."),
        _l("Say why it is registered later, for example a power cut."),
    ),
    "number_is_given": (
        _l("Numbers and days of this register are given by the system."),
        _l("Leave the number empty."),
    ),
    "issued_after_arrival": (
        _l("The document's date %(issued)s is later than its arrival %(arrived)s."),
        _WRITE_AGAIN,
    ),
    "before_arrival": (_l("The day %(day)s is before the day of registering."), _WRITE_AGAIN),
    "copy_kind_missing": (
        _l("What kind of copy it is has not been said."),
        _l("Choose SY, SL or TrS."),
    ),
    "deadline_missing": (
        _l("A deadline that its issuer set needs its day."),
        _l("Write the day as dd/mm/yyyy."),
    ),
    "deadline_is_fixed": (
        _l("The issuer set the deadline of %(entry)s; it cannot be changed here."),
        _l("Ask the issuer. Everything else can be corrected."),
    ),
    "entry_cancelled": (
        _l("The line %(entry)s was cancelled; its number stays in the book."),
        _l("Register the document anew if it is needed."),
    ),
    "not_incoming": (_l("%(entry)s is no incoming document."), _l("Choose an incoming one.")),
    "already_acknowledged": (_l("Receipt was acknowledged already."), _LOAD_AGAIN),
    "already_finished": (_l("The line %(entry)s is finished already."), _LOAD_AGAIN),
    "not_finished": (_l("The line %(entry)s is not finished."), _LOAD_AGAIN),
    "not_handed_on": (
        _l("It was not handed on yet, so nobody can sign for it."),
        _l("Hand it on first."),
    ),
    "signed_for_already": (
        _l("%(name)s signed for %(entry)s already."),
        _l("Hand it on again if somebody else has it now."),
    ),
    "receiver_missing": (_l("To whom it goes is missing."), _WRITE_AGAIN),
    "bad_outcome": (_l("A document does not end in “%(outcome)s”."), _WRITE_AGAIN),
    "answer_missing": (
        _l("Which document answers it is missing."),
        _l("Write the outgoing line, for example di/2026/7."),
    ),
    "done_at_missing": (
        _l("At which document it was done is missing."),
        _l("Write its number and symbol."),
    ),
    "not_an_answer": (
        _l("%(entry)s cannot be the answer: it is not outgoing, or was cancelled."),
        _l("Choose an outgoing line."),
    ),
    "origin_missing": (
        _l("It answers no incoming document, and no case file is named in which it is made."),
        _l("Name what it answers; otherwise open a case file first and name that."),
    ),
    "no_such_recipient": (
        _l("%(entry)s does not wait for %(recipient)s."),
        _l("Choose from those marked “not yet”."),
    ),
    "nobody_waited_for": (
        _l("All recipients of %(entry)s have it already."),
        _LOAD_AGAIN,
    ),
    "paper_is_here": (_l("The paper of %(entry)s is here already."), _LOAD_AGAIN),
    "looks_like_earlier": (
        _l("This looks like something that is here already: %(earlier)s."),
        _l("Compare the two, then say whether it is another one, the same, or belongs to it."),
    ),
    "bad_decision": (
        _l("“%(decision)s” is no decision about a duplicate."),
        _l("It is another one, the same one, or belongs to it."),
    ),
    "file_registered": (
        _l("The received file %(intake)s stands in a register already."),
        _l("Open its line."),
    ),
    "file_is_gone": (
        _l("The received file %(intake)s was refused or discarded."),
        _l("Receive the file again if it is needed."),
    ),
    "already_a_document": (
        _l("The line %(entry)s has its document already."),
        _l("Link the two documents, or send the file again as a supplement of this line."),
    ),
    # refusing
    "bad_reason": (_l("“%(reason)s” is no reason of ours."), _l("Choose one from the list.")),
    "bad_refusal_kind": (_l("Something is refused or returned, not %(kind)s."), _WRITE_AGAIN),
    "sender_missing": (
        _l("Who sent it is missing, so nobody can be answered."),
        _WRITE_AGAIN,
    ),
    "already_answered": (_l("The sender of %(refusal)s was answered already."), _LOAD_AGAIN),
    "already_decided": (_l("That was decided already."), _LOAD_AGAIN),
    "own_request": (
        _l("Nobody decides about what they asked for themselves."),
        _l("Another competent person decides it."),
    ),
    "let_in_another": (
        _l("What was let in under %(number)s was something else."),
        _l("Enter it as it was asked for, or ask anew for this one."),
    ),
    "letting_in_used": (_l("What was let in has its line already."), _LOAD_AGAIN),
    "secret_refused": (
        _l("It carries a mark of state secrecy."),
        _l("It is handled by the rules for state secrets, outside this system."),
    ),
    "complaint": (_l("A complaint, a denunciation or a dispute is not taken here."), _LET_IN),
    "resolution": (
        _l("What resolves a complaint or a denunciation is not taken before it may be published."),
        _LET_IN,
    ),
    "named_letter": (_l("A letter to a named person is not taken here."), _LET_IN),
    "harmful": (_l("Its content is harmful."), _l("Its sender was answered.")),
    "not_duty": (_l("It has nothing to do with our duties."), _l("Its sender was answered.")),
    "outside_competence": (
        _l("It is not within our competence."),
        _l("Send it to the competent organ."),
    ),
    "incomplete": (_l("Something of it is missing or faulty."), _l("Send it again, complete.")),
    "bad_signature": (_l("Its digital signature does not hold."), _l("Sign and send it again.")),
    "fields_differ": (
        _l("Its content does not agree with the data that came with it."),
        _l("Correct the data and send it again."),
    ),
    "other_reason": (_l("For another reason."), _l("The reason stands beside it.")),
}


def worded(code: str) -> str:
    """The code whose words say why something was refused: of a secret not even its mark is said."""
    return "secret_refused" if code == "secret_mark" else code
