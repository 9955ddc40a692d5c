"""What happened to the schedule and to terms of retention, as sentences of a story."""

from typing import Any

from web.i18n import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "retention_rule.draft": _l("drafted rule %(number)s, version %(version)s"),
    "retention_rule.change": _l("changed the draft of rule %(number)s"),
    "retention_rule.load": _l("loaded the list of 2011 as drafts: %(count)s"),
    "retention_rule.import": _l("took in a table: %(new)s new drafts, %(changed)s changed"),
    "retention_rule.drop": _l("let the draft of rule %(number)s go"),
    "retention_rule.approve": _l("approved version %(version)s of rule %(number)s"),
    "retention_rule.end": _l("let version %(version)s of rule %(number)s end"),
    "file_plan.propose_rule": _l("let line %(line)s propose rule %(number)s"),
    "file_plan.forget_rule": _l("let line %(line)s propose no rule any more"),
    "file_plan.copy_rules": _l("took over the rules that the lines propose: %(count)s"),
    "case_file.assign_term": _l("said that it is kept: %(term)s"),
    "case_file.occurrence": _l("wrote down that what its term waits for came on %(day)s"),
}
ICONS = {
    "retention_rule.draft": "pencil",
    "retention_rule.change": "pencil",
    "retention_rule.load": "box-arrow-in-down",
    "retention_rule.import": "table",
    "retention_rule.drop": "trash",
    "retention_rule.approve": "check2-square",
    "retention_rule.end": "stop-circle",
    "case_file.assign_term": "hourglass-split",
    "case_file.occurrence": "calendar-event",
}
