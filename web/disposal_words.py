"""What pages and stories say of disposals."""

from typing import Any

from flask_babel import lazy_gettext as _l

STAGES = {
    "listed": _l("List drawn up"),
    "council": _l("Council at work"),
    "met": _l("Minutes made"),
    "appraised": _l("Appraised"),
    "decided": _l("Destruction decided"),
    "prepared": _l("Prepared"),
    "reconfirmed": _l("Reconfirmed"),
    "handed_over": _l("Handed over"),
    "executing": _l("Being destroyed"),
    "destroyed": _l("Destroyed"),
    "closed": _l("Dossier closed"),
    "stopped": _l("Stopped"),
}
MOVES = {
    "set_up": _l("Set up the council"),
    "meet": _l("Make the minutes"),
    "appraise": _l("Enter the appraisal"),
    "decide": _l("Decide that it is destroyed"),
    "prepare": _l("Prepare the execution"),
    "reconfirm": _l("Reconfirm"),
    "hand_over": _l("Hand over to the executor"),
    "begin": _l("Begin to destroy"),
    "finish": _l("Finish"),
    "close": _l("Close the dossier"),
    "stop": _l("Stop the disposal"),
    "explain": _l("Write the explanation"),
    "replace": _l("Replace a member"),
    "declare": _l("Declare an interest"),
    "excuse": _l("Note an absence"),
    "opine": _l("Give an opinion"),
    "break_tie": _l("Decide a tie"),
    "sign": _l("Sign the minutes"),
    "sign_record": _l("Sign the minutes of destruction"),
    "confirm_paper": _l("Confirm the destruction of paper"),
    "note": _l("File a paper"),
}
PARTS = {
    "list": _l("the list"),
    "decision": _l("the decision"),
    "execution": _l("the execution"),
}
ROLES = {"chair": _l("Chair"), "secretary": _l("Secretary"), "member": _l("Member")}
SIDES = {
    "leadership": _l("leadership"),
    "archive": _l("archive"),
    "unit": _l("unit that owned the records"),
    "other": _l("other"),
}
VERDICTS = {
    "destroy": _l("destroy"),
    "keep": _l("keep"),
    "new_term": _l("keep by another term"),
}
CAUSES = {"expired": _l("Term over"), "duplicate": _l("Duplicate")}
OUTCOMES = {
    "destroy": (_l("to be destroyed"), "warning"),
    "keep": (_l("kept"), "success"),
    "omitted": (_l("no longer in the list"), "info"),
    "destroyed": (_l("destroyed"), "danger"),
}
KINDS = {
    "list": _l("List of records without value (PL II)"),
    "explanation": _l("Explanation (PL III)"),
    "council": _l("Decision on the council"),
    "meeting": _l("Minutes of the council"),
    "appraisal": _l("Opinion of the competent authority"),
    "kept": _l("List of records kept"),
    "decision": _l("Decision to destroy"),
    "hand_over": _l("Record of the hand-over"),
    "record": _l("Minutes of destruction"),
    "certificate": _l("Certificate of destruction"),
}
SENTENCES: dict[str, Any] = {
    "disposal.make": _l("drew up the list of what is to be destroyed"),
    "disposal.explain": _l("wrote the explanation"),
    "disposal.set_up": _l("set up the council by decision %(number)s"),
    "disposal.replace": _l("replaced a member of the council"),
    "disposal.declare": _l("declared an interest"),
    "disposal.excuse": _l("noted a member's absence"),
    "disposal.opine": _l("gave an opinion"),
    "disposal.break_tie": _l("decided where both sides were equal"),
    "disposal.meet": _l("made the minutes of the council"),
    "disposal.sign_meeting": _l("signed the minutes of the council"),
    "disposal.appraise": _l("entered the appraisal outside"),
    "disposal.decide": _l("decided by %(number)s that %(count)s lines are destroyed"),
    "disposal.prepare": _l("prepared the execution"),
    "disposal.reconfirm": _l("reconfirmed %(count)s lines, with the password"),
    "disposal.hand_over": _l("handed the records over to the executor"),
    "disposal.confirm_paper": _l("confirmed that the paper was destroyed"),
    "disposal.sign_record": _l("signed the minutes of destruction"),
    "disposal.close": _l("closed the dossier"),
    "disposal.stop": _l("stopped the disposal"),
    "disposal.omit": _l("left lines out of the disposal"),
    "disposal.keep_shared": _l("kept documents that other case files hold"),
    "disposal.paper": _l("made a paper for the dossier"),
    "disposal.file": _l("filed a paper in the dossier"),
    "disposal.print": _l("printed a form of the disposal"),
    "disposal.refused": _l("was refused something"),
}
ICONS = {
    "disposal.make": "list-check",
    "disposal.explain": "pencil",
    "disposal.set_up": "people",
    "disposal.replace": "people",
    "disposal.declare": "exclamation-circle",
    "disposal.excuse": "person-dash",
    "disposal.opine": "chat-left-text",
    "disposal.break_tie": "chat-left-text",
    "disposal.meet": "journal-check",
    "disposal.sign_meeting": "pen",
    "disposal.appraise": "bank",
    "disposal.decide": "hammer",
    "disposal.prepare": "clipboard-check",
    "disposal.reconfirm": "shield-check",
    "disposal.hand_over": "box-arrow-right",
    "disposal.confirm_paper": "file-earmark-x",
    "disposal.sign_record": "pen",
    "disposal.close": "folder-check",
    "disposal.stop": "sign-stop",
    "disposal.omit": "dash-circle",
    "disposal.keep_shared": "link-45deg",
    "disposal.paper": "file-earmark-plus",
    "disposal.file": "folder-plus",
    "disposal.print": "printer",
    "disposal.refused": "shield-x",
}
