"""What a file plan says no with: its lines, its approval, its tables."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_MEND_LINE = _l("Open the line and correct it.")
_MEND_CELL = _l("Correct the cell and choose the file again.")
_COPY_HEADER = _l("Take the names of the columns from the file that can be exported.")
_IN_YEAR = _l("Change it with a reason, as plans are changed during the year.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_plan": (
        _l("There is no file plan of %(year)s, or it is not open to you."),
        _l("Draw it up first, or copy the plan of another year."),
    ),
    "no_such_line": (
        _l("The file plan of %(year)s has no such line."),
        _l("Look at the plan again; somebody may have removed it."),
    ),
    "plan_exists": (
        _l("There is a file plan of %(year)s with lines already."),
        _l("Open it; nothing was copied."),
    ),
    "bad_year": (_l("“%(year)s” is no year."), _l("Write it with four digits.")),
    "plan_is_approved": (_l("The file plan of %(year)s is approved."), _IN_YEAR),
    "plan_is_draft": (
        _l("The file plan of %(year)s is still a draft."),
        _l("Its lines can be changed freely until it is approved."),
    ),
    "plan_changed": (
        _l("The file plan of %(year)s was changed while you were looking at it."),
        _l("Look at it again, then approve it."),
    ),
    "plan_is_empty": (
        _l("The file plan of %(year)s names no case file."),
        _l("Add lines or take in a table, then approve it."),
    ),
    "plan_has_problems": (
        _l("%(count)s things are lacking in the file plan of %(year)s."),
        _l("Mend them line by line; the plan lists them."),
    ),
    "decision_missing": (
        _l("Number and date of the decision are missing."),
        _l("Write both; the date as dd/mm/yyyy."),
    ),
    # one line
    "notation_in_plan": (
        _l("The plan has the number %(notation)s already: “%(title)s”."),
        _l("Choose another number and notation."),
    ),
    "heading_has_no_notation": (
        _l("A heading has no number and notation of a case file."),
        _l("Add the case file as a line of its own."),
    ),
    "heading_too_deep": (
        _l("A plan has large headings and small ones, and none below."),
        _l("Choose a large heading, or put it under none."),
    ),
    "line_under_case_file": (
        _l("Nothing stands under the case file %(notation)s."),
        _l("Choose a heading."),
    ),
    "heading_not_empty": (
        _l("There are lines under “%(title)s”."),
        _l("Remove or take out those first."),
    ),
    "not_of_this_organ": (
        _l("The account or the unit belongs to another organ."),
        _l("Choose one of this organ."),
    ),
    "notation_is_fixed": (
        _l("The number %(notation)s is part of the case file's code and stays."),
        _l("Take the line out and add another one."),
    ),
    "case_file_opened": (
        _l("The case file %(case_file)s was opened; its line stays as it is."),
        _l("Correct the case file itself."),
    ),
    "line_taken_out": (_l("“%(title)s” was taken out of the plan."), _l("Add a new line.")),
    "line_is_carried": (
        _l("%(notation)s is a case file of an earlier year."),
        _l("It leaves the plan when it is closed; correct the case file itself."),
    ),
    # problems before approval
    "plan_title_missing": (_l("The title is missing."), _MEND_LINE),
    "plan_notation_missing": (_l("The number and notation are missing."), _MEND_LINE),
    "plan_notation_twice": (_l("The same number stands in the plan twice."), _MEND_LINE),
    "plan_code_taken": (
        _l("The code was given already: %(case_file)s."),
        _l("Choose another number and notation."),
    ),
    "plan_term_missing": (_l("The retention period is missing."), _MEND_LINE),
    "plan_creator_missing": (
        _l("Nobody is named who draws the case file up."),
        _l("Choose an account, or write who."),
    ),
    "plan_holder_left": (
        _l("The account of %(name)s is closed."),
        _l("Choose who draws the case file up instead."),
    ),
    # tables
    "plan_column_missing": (_l("The table has no column “%(column)s”."), _COPY_HEADER),
    "plan_column_twice": (
        _l("The column “%(column)s” stands in the table twice."),
        _l("Remove one of the two."),
    ),
    "plan_row_twice": (
        _l("The same number stands in row %(earlier)s already."),
        _l("Remove one of the two rows, or give it another number."),
    ),
    "plan_no_such_unit": (
        _l("There is no unit “%(value)s”: a code or a name of a unit is expected."),
        _MEND_CELL,
    ),
    "plan_no_such_account": (
        _l("There is no account “%(value)s”: a user name is expected."),
        _MEND_CELL,
    ),
    "table_has_errors": (
        _l("%(count)s cells of the table cannot be taken in."),
        _l("Correct them and choose the file again. Nothing was taken in."),
    ),
}
