"""What the end of an incoming document, its scan and personal files say no with."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


WORDS: dict[str, tuple[str, str]] = {
    "not_the_handler": (
        _l("The line %(entry)s was not handed to you or your unit."),
        _l("Clerks may end it, and who handles it by the book. Have it handed on to you."),
    ),
    "keeping_undecided": (
        _l("It is not said where the document of %(entry)s goes."),
        _l(
            "Choose a case file, your personal file, or not to store it, with the reason; one of "
            "them."
        ),
    ),
    "nothing_to_keep": (
        _l("The line %(entry)s has no document yet that could be stored."),
        _l("Wait until its file is shelved, or end it and have the file put into its place later."),
    ),
    "unknown_receiver": (
        _l("Nobody here is called “%(name)s”, and no unit."),
        _l("Write the name as in the list of people or units; of two people of one name, neither."),
    ),
    "may_not_look": (
        _l("“%(name)s” may not look at this document."),
        _l("Leave it out, or have the reading granted first."),
    ),
    "heading_too_long": (
        _l("The heading is longer than %(most)s characters."),
        _l("Take a shorter one."),
    ),
    "scan_too_little": (
        _l("This organ wants more of such a document scanned."),
        _l(
            "Scan the whole and choose it; or have the rules of the organ changed. They say for "
            "which types less is enough."
        ),
    ),
    "rest_place_missing": (
        _l("Where the rest of the document is has not been said."),
        _l("Name who has it or its place; for what is published, the link."),
    ),
    "rest_pages_missing": (
        _l("How many pages stay on paper has not been said."),
        _l("Enter the number: from %(least)s pages an annex may stay on paper."),
    ),
    "annex_is_short": (
        _l("%(pages)s pages are too few to stay on paper here."),
        _l("Scan them too: only annexes of %(least)s pages or more stay on paper."),
    ),
}
