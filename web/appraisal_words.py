"""Re-appraisal in words: stages, verdicts, moves, sides; and what is told of it in a story."""

from typing import Any

from web.i18n import lazy_gettext as _l

STAGES = {
    "noticed": _l("term ends soon"),
    "due": _l("to be re-appraised"),
    "proposed": _l("proposed to be destroyed"),
    "listed": _l("on a list"),
    "kept": _l("kept"),
    "destroyed": _l("destroyed"),
}
COLOURS = {
    "noticed": "info",
    "due": "warning",
    "proposed": "warning",
    "listed": "danger",
    "kept": "success",
    "destroyed": "danger",
}
VERDICTS = {
    "destroy": _l("destroy"),
    "extend": _l("keep longer"),
    "permanent": _l("keep for ever"),
}
CONCLUDED = {"destroy": "propose", "extend": "extend", "permanent": "permanent"}  # moves
SIDES = {"unit": _l("the unit"), "archive": _l("the archive")}
CAUSES = {"expired": _l("term over"), "duplicate": _l("duplicate")}
GROUNDS = {
    "digest": _l("same bytes"),
    "doc_code": _l("same identification code"),
    "number": _l("same number, symbol and organ"),
}
REASONS = {"term_changed": _l("Its term was changed after the notice.")}  # those of the machine
MOVES: dict[str, tuple[Any, str]] = {  # what a person does, with its icon
    "extend": (_l("Keep it longer"), "calendar-plus"),
    "permanent": (_l("Keep it for ever"), "infinity"),
    "keep_both": (_l("Keep both copies"), "files"),
    "propose": (_l("Propose to destroy it"), "trash"),
    "leave_out": (_l("Leave it out of this round"), "skip-forward"),
    "withdraw": (_l("Withdraw the proposal"), "arrow-counterclockwise"),
}
OF_APPRAISAL = {
    "appraisal.notice": _l("told that the term ends"),
    "appraisal.fall_due": _l("the term is over: to be re-appraised"),
    "appraisal.supersede": _l("let the notice go: the term was changed"),
    "appraisal.opine": _l("said what should become of it"),
    "appraisal.extend": _l("kept it longer: %(term)s"),
    "appraisal.permanent": _l("kept it for ever"),
    "appraisal.keep_both": _l("kept both copies"),
    "appraisal.propose": _l("proposed to destroy it"),
    "appraisal.leave_out": _l("left it out of this round"),
    "appraisal.withdraw": _l("withdrew the proposal"),
    "appraisal.list": _l("put it on a list"),
    "appraisal.give_back": _l("took it off the list"),
    "appraisal.keep": _l("kept it, as the council decided"),
    "appraisal.destroy": _l("destroyed it"),
    "appraisal.escalate": _l("told the head: nobody opened the notice"),
    "appraisal.acknowledge": _l("noted that the notice is known"),
    "appraisal.name_twin": _l("proposed the duplicate %(leaves)s to leave; %(stays)s stays"),
    "appraisal.confirm_twin": _l("confirmed that both copies are equal"),
    "appraisal.refused": _l("was refused"),
}
ICONS_OF_APPRAISAL = {
    "appraisal.notice": "bell",
    "appraisal.fall_due": "hourglass-bottom",
    "appraisal.opine": "chat-left-text",
    "appraisal.extend": "calendar-plus",
    "appraisal.permanent": "infinity",
    "appraisal.acknowledge": "check2",
    "appraisal.escalate": "bell-fill",
    "appraisal.refused": "x-octagon",
    "appraisal.propose": "trash",
    "appraisal.destroy": "trash",
}
