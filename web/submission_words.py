"""What the story says of submissions and notices."""

from typing import Any

from web.i18n import lazy_gettext as _l

OF_SUBMISSION: dict[str, Any] = {
    "case_file.submit": _l("submitted it to the archive in %(submission)s"),
    "case_file.take_back": _l("took it back from the archive"),
    "case_file.return": _l("returned it to its holder"),
    "case_file.accept": _l("accepted it into the archive; it cannot be changed any more"),
    "case_file.keep_back": _l("let its unit keep it back"),
    "submission.send": _l("submitted the case files"),
    "submission.check": _l("looked through %(case_file)s"),
    "submission.look_again": _l("had %(case_file)s looked through again"),
    "submission.accepted": _l("accepted %(case_file)s"),
    "submission.returned": _l("returned %(case_file)s"),
    "submission.taken_back": _l("took %(case_file)s back"),
    "submission.sign_giving": _l("signed the record for the giving side"),
    "submission.sign_receiving": _l("signed the record for the receiving side"),
    "submission.call": _l("announced the list of case files to be submitted"),
    "notice.send": _l("gave a notice"),
    "notice.open": _l("opened the notice"),
    "notice.acknowledge": _l("noted the notice as known"),
    "notice.mail": _l("mailed the notice"),
}
ICONS_OF_SUBMISSION = {
    "case_file.submit": "box-arrow-in-right",
    "case_file.accept": "archive-fill",
    "case_file.return": "arrow-return-left",
    "case_file.take_back": "arrow-return-left",
    "case_file.keep_back": "calendar-check",
    "submission.send": "box-arrow-in-right",
    "submission.check": "list-check",
    "submission.look_again": "arrow-clockwise",
    "submission.accepted": "archive-fill",
    "submission.returned": "arrow-return-left",
    "submission.taken_back": "arrow-return-left",
    "submission.sign_giving": "pen",
    "submission.sign_receiving": "pen",
}
