"""What is refused when permanent case files are to go to the historical archive."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_LOOK = _l("Open the page again and look before you go on.")
_WRITE_AGAIN = _l("Correct it and send the form again.")
_LEAVE_OUT = _l("Leave it out of this transfer, or wait until that is over.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_transfer": (
        _l("There is no transfer %(transfer)s, or it is not open to you."),
        _l("Check how its code is written."),
    ),
    "handed_to_history": (
        _l("%(thing)s was handed to the historical archive."),
        _l("It can still be read here, and nothing of it changes any more."),
    ),
    "no_source": (
        _l("%(organ)s is no submission source of a historical archive."),
        _l(
            "It keeps its permanent case files itself. If that is wrong, the administrator sets "
            "the rule is_source of the organ."
        ),
    ),
    # registering
    "receiver_missing": (
        _l("The historical archive that is to receive them is not named."),
        _WRITE_AGAIN,
    ),
    "planned_too_soon": (
        _l("A transfer is registered at least %(months)s months ahead: not before %(first)s."),
        _WRITE_AGAIN,
    ),
    "not_permanent": (
        _l("%(case_file)s is not kept for ever (%(term)s)."),
        _l("Only permanent case files go to the historical archive."),
    ),
    "on_disposal_list": (
        _l("%(case_file)s, or a document in it, stands on the list of disposal %(disposal)s."),
        _LEAVE_OUT,
    ),
    "in_transfer": (
        _l("%(case_file)s is in transfer %(transfer)s already."),
        _l("A case file goes only once."),
    ),
    "under_alarm": (
        _l("Documents in %(case_file)s are under suspicion: %(documents)s."),
        _LEAVE_OUT,
    ),
    "lent_out": (
        _l("%(case_file)s, or a document in it, is lent to %(name)s."),
        _l("Write down that it is back first."),
    ),
    # the transfer itself
    "wrong_transfer_stage": (_l("At its present stage the transfer doesn't take this."), _LOOK),
    "nothing_left": (
        _l("Every case file was left out of this transfer."),
        _l("Give it up, and register another one."),
    ),
    "export_under_way": (
        _l("The folder is being made."),
        _l("You may leave this page; come back when it is ready."),
    ),
    "export_not_ready": (
        _l("There is no folder of this transfer now."),
        _l("Have it made; that may take a while."),
    ),
    "export_out_of_date": (
        _l("Something in these case files has changed since the folder was made."),
        _l("Have the folder made anew, and hand over the new one."),
    ),
    "export_no_room": (
        _l("There was no room for the folder on the disk of the archive."),
        _l("Make room, then have it made again. Nothing else was changed."),
    ),
    "target_exists": (
        _l("%(target)s is there already."),
        _l("Choose another place, or move away what is there. Nothing was overwritten."),
    ),
    "confirmation_missing": (
        _l("The number or the day of the receiver's confirmation is missing."),
        _l("Enter both as they stand on its document."),
    ),
    "confirmed_too_soon": (
        _l("It cannot have been received before %(first)s: it was registered for 12 months later."),
        _l("Look at the day on the receiver's document, and enter that."),
    ),
}
