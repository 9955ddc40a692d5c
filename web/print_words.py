"""What stories say of printing, and what each form is called."""

from typing import Any

from web.i18n import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "register.print": _l("printed lines of the register: %(count)s"),
    "register_entry.print": _l("printed a form of the line"),
    "organ.print_report": _l("printed a report on how documents are handled"),
    "organ.print_case_files": _l("printed the list of case files: %(count)s"),
    "organ.print_loans": _l("printed the book of the use of filed copies: %(count)s"),
    "file_plan.print": _l("printed the plan"),
    "case_file.print": _l("printed the contents"),
    "case_file.export_whole": _l("took the whole case file out"),
    "submission.print": _l("printed a form of the submission"),
}
FORMS = {  # by the kind of register
    "incoming": {"book": _l("The book itself"), "handling": _l("Handling of incoming documents")},
    "outgoing": {
        "book": _l("The book itself"),
        "post": _l("Dispatch by post"),
        "uses": _l("Use of filed copies"),
    },
    "copies": {"book": _l("The book itself")},
}
