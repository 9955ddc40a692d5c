"""What the schedule, terms and what they wait for say no with."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_DRAFT_ANEW = _l("Draft its next version; once the head approves that, this one ends.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_rule": (
        _l("There is no rule %(number)s in this organ's schedule."),
        _l("Look it up in the schedule."),
    ),
    "rule_number_missing": (
        _l("The rule's number is missing, or is longer than 40 signs."),
        _l("Give it one, such as 3.4."),
    ),
    "rule_group_missing": (
        _l("The group of the rule is missing."),
        _l("Write to which group of records it belongs."),
    ),
    "rule_number_is_fixed": (
        _l("The draft has the number %(number)s, and keeps it."),
        _l("Let this draft go and make another one with the other number."),
    ),
    "rule_draft_exists": (
        _l("There is a draft of rule %(number)s already."),
        _l("Change that draft, or let it go first."),
    ),
    "rule_is_no_draft": (
        _l("Version %(version)s of rule %(number)s is no draft any more: it does not change."),
        _DRAFT_ANEW,
    ),
    "rule_is_in_use": (
        _l("Version %(version)s of rule %(number)s was approved: it is never deleted."),
        _l("Case files may follow it. Let it end, with a reason, or draft its next version."),
    ),
    "rule_not_in_force": (
        _l("Version %(version)s of rule %(number)s does not hold on this day."),
        _l("Choose one that does, or have its draft approved first."),
    ),
    "rule_begins_too_early": (
        _l("Rule %(number)s has a version that holds from or until %(day)s."),
        _l("Choose a later first day: no two versions hold at once."),
    ),
    "rule_ends_too_early": (
        _l("Rule %(number)s holds from %(day)s only; it cannot end before that."),
        _l("Choose a later last day."),
    ),
    "rule_of_other_organ": (
        _l("This rule stands in another organ's schedule."),
        _l("Choose one of this organ's own."),
    ),
    "own_draft": (
        _l("You drafted rule %(number)s, or had a hand in it."),
        _l("Somebody else who may approve the schedule approves it."),
    ),
    "schedule_too_long": (
        _l("A schedule has at most %(most)s rows."),
        _l("Let drafts go that nobody needs, then try again."),
    ),
    "rule_column_missing": (
        _l("The table has no column “%(column)s”."),
        _l("Take the schedule as it is as a pattern, and keep its headings."),
    ),
    "heading_has_no_rule": (
        _l("“%(title)s” is a heading: it has no term of its own."),
        _l("Choose the rule at the lines under it."),
    ),
    "term_is_confirmed": (
        _l("The archive has confirmed the term of %(case_file)s: %(term)s."),
        _l("Only the archive changes it, with a reason. Keep this term, or ask the archivist."),
    ),
    "term_not_of_rule": (
        _l("The rule says “%(rule)s”, and the form “%(term)s”."),
        _l("Take the rule's term, or leave the rule out; the archivist may decide otherwise."),
    ),
    "occurrence_day_missing": (
        _l("The day on which it came is missing."),
        _l("Write it as dd/mm/yyyy."),
    ),
    "before_work_ended": (
        _l("The work of %(case_file)s went on until %(day)s: a term does not count from before."),
        _l("Look the day up once more; if the work ended earlier, correct its last day first."),
    ),
    "evidence_missing": (
        _l("It is not said which document shows it."),
        _l("Write the number of the decision or the record."),
    ),
    "nothing_waits_for_it": (
        _l("No term of %(case_file)s is counted from that."),
        _l("Give it a term that is, or leave this out."),
    ),
}
