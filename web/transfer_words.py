"""What pages and stories say of transfers to the historical archive."""

from typing import Any

from web.i18n import lazy_gettext as _l

STAGES = {
    "registered": _l("Registered"),
    "exported": _l("Exported"),
    "confirmed": _l("Confirmed by the receiver"),
    "given_up": _l("Given up"),
}
OUTCOMES = {
    "": "",
    "handed_over": _l("handed over"),
    "left_out": _l("left out"),
    "given_up": _l("not handed over"),
}
SENTENCES: dict[str, Any] = {
    "case_file.hand_to_history": _l("handed it to the historical archive"),
    "transfer.register": _l("registered the transfer of %(count)s case files"),
    "transfer.leave_out": _l("left %(case_file)s out"),
    "transfer.ask_export": _l("had the folder made"),
    "transfer.export": _l("exported it: %(count)s files"),
    "transfer.take_out": _l("took the folder out, with %(count)s documents"),
    "transfer.confirm": _l("entered the receiver's confirmation %(number)s"),
    "transfer.give_up": _l("gave it up"),
    "transfer.print": _l("printed a form of the transfer"),
}
ICONS = {
    "case_file.hand_to_history": "bank",
    "transfer.register": "bank",
    "transfer.leave_out": "dash-circle",
    "transfer.ask_export": "folder-plus",
    "transfer.export": "folder-check",
    "transfer.take_out": "box-arrow-up",
    "transfer.confirm": "check2-circle",
    "transfer.give_up": "x-circle",
    "transfer.print": "printer",
}
