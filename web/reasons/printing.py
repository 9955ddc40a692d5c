"""What printing and taking out whole case files say no with."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_FEWER_DAYS = _l("Print fewer days at once: a quarter, a month, a day. Each makes a booklet.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_form": (
        _l("There is no form “%(form)s” for this."),
        _l("Choose one of those that are offered."),
    ),
    "days_turned_round": (
        _l("The last day, %(last)s, lies before the first, %(first)s."),
        _l("Enter the earlier day first."),
    ),
    "print_too_long": (
        _l("There are more than %(most)s lines, too many for one booklet."),
        _FEWER_DAYS,
    ),
    "print_too_large": (
        _l("The form is too large to be printed at once."),
        _FEWER_DAYS,
    ),
    "whole_too_large": (
        _l(
            "The case file has %(files)s files and %(pages)s pages to print; one PDF holds at most "
            "%(most_files)s files and %(most_pages)s pages."
        ),
        _l("Take the XML, which holds everything, and download the documents one by one."),
    ),
    "cannot_write": (
        _l("The file %(path)s cannot be written."),
        _l("Check the folder and its rights, and the room on the disk."),
    ),
    "too_many_pieces": (
        _l("%(pieces)s files are too many for one PDF; at most there are %(limit)s."),
        _l("Download the documents one by one."),
    ),
}
