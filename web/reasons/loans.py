"""What is refused when something is lent or brought back."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_WRITE_AGAIN = _l("Correct it and send the form again.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_loan_thing": (
        _l("There is no document or case file %(thing)s, or it is not open to you."),
        _l("Check how its code is written."),
    ),
    "borrower_missing": (
        _l("Nobody is named who takes it."),
        _l("Choose a person, or write the name of who has no account."),
    ),
    "approver_missing": (
        _l("Nobody is named who allowed it."),
        _l("Write who allowed it, as the book of filed copies asks."),
    ),
    "loan_end_missing": (
        _l("The day by which it is to be back is missing."),
        _WRITE_AGAIN,
    ),
    "lent_already": (
        _l("%(name)s has %(thing)s; it is to be back by %(day)s."),
        _l("Write down that it is back before it is lent again."),
    ),
    "returned_already": (
        _l("It came back on %(day)s already."),
        _l("Load the list again to see how it is now."),
    ),
    # whole case files, printed by the worker
    "too_many_copies": (
        _l("%(most)s of your case files are being printed already."),
        _l("Wait until one of them is ready."),
    ),
    "copy_not_ready": (
        _l("The whole case file is not ready."),
        _l("Open the page again in a moment, or ask for it anew."),
    ),
    "copy_out_of_date": (
        _l("The case file %(case_file)s, or what you may read of it, has changed since."),
        _l("Ask for it anew."),
    ),
}
