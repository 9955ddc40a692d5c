"""What is refused when a search is kept, shared or followed."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


WORDS: dict[str, tuple[str, str]] = {
    "saved_name_missing": (_l("The search has no name."), _l("Write one, a few words long.")),
    "saved_name_too_long": (
        _l("The name is longer than %(most)s characters."),
        _l("Make it shorter."),
    ),
    "saved_name_taken": (
        _l("You keep a search under the name “%(name)s” already."),
        _l("Choose another name, or drop the other one first."),
    ),
    "question_too_long": (
        _l("The question is longer than %(most)s characters."),
        _l("Ask with fewer words."),
    ),
    "nothing_asked": (
        _l("There is no question to keep."),
        _l("Search for something first, then keep it."),
    ),
    "too_many_saved": (
        _l("You keep %(most)s searches already."),
        _l("Drop one that you do not need any more."),
    ),
    "unknown_facet": (_l("There is no filter “%(facet)s”."), _l("Take one of: %(known)s.")),
    "unknown_order": (_l("There is no order “%(order)s”."), _l("Take one of: %(known)s.")),
    "no_unit_to_share_with": (
        _l("Your account belongs to no unit, so there is nobody to share with."),
        _l("Ask an administrator to name your unit."),
    ),
    "no_such_saved_search": (
        _l("There is no saved search %(number)s, or it is not shared with you."),
        _l("Look at the list of saved searches."),
    ),
    "saved_by_another": (
        _l("%(name)s keeps this search; only they may change or drop it."),
        _l("Keep one like it under a name of your own."),
    ),
}
