"""Why something under re-appraisal cannot be moved."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_WAIT = _l("Wait until then; nothing else has to be done.")
_LOOK = _l("Open it and look where it stands.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_appraisal": (
        _l("Nothing of this number is under re-appraisal."),
        _l("Open the table of re-appraisal and choose again."),
    ),
    "appraisal_stage": (_l("At its present stage this cannot be done with it."), _LOOK),
    "only_the_machine": (
        _l("The program does this by itself when it is time."),
        _l("Nothing has to be done."),
    ),
    "not_your_unit": (
        _l("You speak neither for the unit that made it nor for the archive."),
        _l("Its holder, somebody of its unit or an archivist does this."),
    ),
    "same_person_on_both_sides": (
        _l("You have spoken for the other side already: two sides are two people."),
        _l("Let somebody else speak for this side."),
    ),
    "which_side": (
        _l("You may speak for the unit and for the archive."),
        _l("Choose for which of them you speak."),
    ),
    "term_does_not_end": (
        _l("The term of %(thing)s has no end that can be counted."),
        _l("Open the case file and read why it is kept."),
    ),
    "term_still_runs": (_l("The term of %(thing)s runs to %(day)s."), _WAIT),
    "term_changed": (
        _l("The term of %(thing)s was changed after the notice."),
        _l("The notice is let go by itself; for the new day a new one comes."),
    ),
    "term_is_the_same": (_l("Its term is the one of the notice."), _l("Nothing has to be done.")),
    "term_not_confirmed": (
        _l("The archive has not confirmed how long %(thing)s is kept."),
        _l("Confirm its term in the case file first."),
    ),
    "notice_still_runs": (_l("The notice runs to %(day)s."), _WAIT),
    "not_at_rest": (
        _l("%(thing)s is on its way between unit and archive, or worked on again."),
        _l("Wait until the archive has accepted it, or it is closed."),
    ),
    "gone_already": (_l("%(thing)s is destroyed already."), _l("Nothing has to be done.")),
    "unit_has_not_spoken": (
        _l("The unit has not said what should become of it."),
        _l("Ask the unit. From %(day)s on the archive may go on alone, with its reason."),
    ),
    "a_side_keeps_it": (
        _l("It is to be kept, says: %(sides)s."),
        _l("Keep it as long as that side asks, or talk with it: it may change its mind."),
    ),
    "shorter_than_an_opinion": (
        _l("A side asks for a longer keeping: %(terms)s."),
        _l("Of two opinions the longer keeping stands. Take that term, or a longer one."),
    ),
    "not_longer": (
        _l("With this term %(thing)s would end on %(day)s, which is no longer than now."),
        _l("Give a term that ends in a later year, or keep it for ever."),
    ),
    "on_a_list": (_l("It stands on the list %(disposal)s."), _l("Let that list end first.")),
    "a_duplicate_has_no_term": (
        _l("A duplicate has no term of its own."),
        _l("Keep both copies, or propose to destroy this one."),
    ),
    "not_a_duplicate": (_l("This is no duplicate."), _LOOK),
    "same_document": (_l("Both are the same document."), _l("Name two different ones.")),
    "not_alike": (
        _l("%(document)s and %(other)s have neither bytes, code nor number in common."),
        _l("Look again which documents you mean."),
    ),
    "appraised_already": (
        _l("%(document)s is under re-appraisal already."),
        _l("Look at it in the table of re-appraisal."),
    ),
    "twin_leaves": (
        _l("%(other)s, the copy that should stay, is on its way out or gone."),
        _l("Keep both, or name another copy that stays."),
    ),
    "twin_not_confirmed": (
        _l("Nobody has confirmed that %(other)s is equal."),
        _l("A second person compares both copies and confirms it."),
    ),
    "twin_without_case_file": (
        _l("%(other)s stands in no case file, so nothing says how long it is kept."),
        _l("Place it in the case file first."),
    ),
    "twin_kept_shorter": (
        _l("%(other)s is not kept as long as this copy."),
        _l("Let the copy stay that is kept longer."),
    ),
    "not_to_confirm": (_l("Nothing has to be confirmed here."), _LOOK),
    "named_by_you": (
        _l("You named the copy that stays yourself."),
        _l("A second person compares both copies and confirms it."),
    ),
}
NAMES: dict[str, str] = {"unit": _l("the unit"), "archive": _l("the archive")}
