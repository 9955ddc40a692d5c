"""Why a case file cannot be moved to another stage of its life."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


WORDS: dict[str, tuple[str, str]] = {
    "wrong_stage": (
        _l("At its present stage the case file doesn't take this."),
        _l("Open the case file and look where it stands."),
    ),
    "not_the_holder": (
        _l("Somebody else holds this case file."),
        _l("Its holder does this, or hands it to you first."),
    ),
    "frozen": (
        _l("%(thing)s is frozen by order %(order)s."),
        _l("Nothing about it changes until that order is lifted."),
    ),
    "fields_missing": (
        _l("Data are missing: %(fields)s."),
        _l("Fill them in, then close the case file."),
    ),
    "case_file_is_empty": (
        _l("There is no document in the case file."),
        _l("Place its documents in it first."),
    ),
    "settlement_missing": (
        _l("The day of the project's settlement is missing."),
        _l("Enter it: the term of submission is counted from it."),
    ),
    "copies_missing": (
        _l("Documents have no valid archival copy yet: %(documents)s."),
        _l("Have them mended first; they are listed under To be mended."),
    ),
    "term_unclear": (
        _l("“%(term)s” is no retention that the regulations know."),
        _l(
            "Write “Vĩnh viễn”, a number of years such as “20 năm”, or “Đến khi văn bản hết hiệu "
            "lực thi hành”."
        ),
    ),
    "access_change_waits": (
        _l("A change of who may read it waits for confirmation."),
        _l("Have it confirmed or refused first."),
    ),
    "not_in_case_file": (
        _l("%(document)s doesn't stand in %(case_file)s."),
        _l("Open the case file again and look before you go on."),
    ),
}

# What stands in lists of details, in words.
NAMES: dict[str, str] = {
    "title": _l("title"),
    "maintenance": _l("retention period"),
    "creator": _l("who drew it up"),
    "start_date": _l("first day"),
    "end_date": _l("last day"),
}
