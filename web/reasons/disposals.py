"""Why a disposal does not go on: its table of moves, its hands, its lines, its council."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_LOOK = _l("Open the disposal and look where it stands.")
_TODAY = _l("Choose a day between the last step and today.")
_LEFT_OUT = _l("It is left out of the disposal, with this reason.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_disposal": (
        _l("There is no disposal %(disposal)s, or it is not open to you."),
        _l("Check the code."),
    ),
    "disposal_stage": (_l("At its present stage the disposal does not take this."), _LOOK),
    "decided_already": (
        _l("This list was decided already, by %(decision)s."),
        _l("A list is decided once. Look at its decision."),
    ),
    # hands
    "not_by_delegation": (
        _l("This is done in person and for nobody else."),
        _l("Act for yourself again, or let the person do it."),
    ),
    "another_hand": (
        _l("You, or the person you act for, had a hand in another part of this disposal already."),
        _l("List, decision and execution lie with three people. Somebody else does this."),
    ),
    "not_the_executor": (
        _l("Only the archivist who prepared the execution does this."),
        _l("Ask that person, or have the disposal stopped."),
    ),
    "keeper_executes": (
        _l("Nobody hands records over to oneself."),
        _l("Another archivist hands them over."),
    ),
    "executor_not_active": (
        _l("The account of the executor %(name)s is closed, or may not execute any more."),
        _l("Nothing is destroyed. Stop the disposal, or have the account opened again."),
    ),
    "not_a_side": (
        _l("The keeper who handed over and the executor sign these minutes."),
        _l("One of them signs."),
    ),
    # the list
    "not_proposed": (
        _l("Some of these are not proposed to be destroyed, or not any more: %(count)s."),
        _l("Open the page again and choose from what stands there."),
    ),
    "nothing_to_destroy": (
        _l("Nothing is left in the list that may be destroyed."),
        _l("Stop the disposal, with the reason."),
    ),
    "explanation_missing": (
        _l("The explanation is missing: how the records came to be, and their condition."),
        _l("Write both, then go on."),
    ),
    "dossier_term_short": (
        _l("A dossier of destruction is kept for ever, or %(years)s years and more."),
        _l("“%(term)s” is too short, or no term at all. Choose a longer one."),
    ),
    "dossier_is_kept": (
        _l("%(case_file)s is the dossier of a destruction, to be kept %(years)s years at least."),
        _l("It stays."),
    ),
    "dossier_is_bound": (
        _l("%(case_file)s is the dossier of the disposal %(disposal)s."),
        _l("Nothing is taken out of it, and it is closed together with the disposal."),
    ),
    "stands_on_a_list": (
        _l("%(thing)s stands on the list of disposal %(disposal)s."),
        _l("It stays as it is until the disposal has decided on it, or is stopped."),
    ),
    "not_begun": (
        _l("The story does not say that the executor began disposal %(disposal)s."),
        _l("Somebody wrote past the program. Nothing more is destroyed; look into it."),
    ),
    "not_as_begun": (
        _l("What disposal %(disposal)s would destroy is not what its executor began: %(things)s."),
        _l("Somebody wrote past the program. Nothing more is destroyed; look into it."),
    ),
    "only_longer_on_a_list": (
        _l("%(thing)s stands on the list of disposal %(disposal)s."),
        _l("Only a longer term can be said of it now; that takes it off the list."),
    ),
    "stands_for_destroyed": (
        _l("%(thing)s stands for a destroyed duplicate, which had to be kept until %(day)s."),
        _l("Until then it stays in a case file that is kept as long."),
    ),
    "stands_for_ever": (
        _l("%(thing)s stands for a destroyed duplicate, which had to be kept for ever."),
        _l("It stays in a permanent case file."),
    ),
    # the lines today
    "notice_runs": (_l("The notice for %(thing)s runs until %(day)s."), _LEFT_OUT),
    "not_expired": (_l("The term of %(thing)s is not over."), _LEFT_OUT),
    "other_end": (
        _l("The term of %(thing)s was changed: it ended on %(day)s, and nobody was told of that."),
        _LEFT_OUT,
    ),
    "twin_gone": (_l("The copy %(twin)s that was to stay for %(thing)s does not."), _LEFT_OUT),
    "frozen_in_batch": (
        _l("Orders hold something of this list: %(orders)s (%(things)s)."),
        _l("The organ's rule stops the whole disposal until they are lifted."),
    ),
    "list_altered": (
        _l("Something was added or changed since the list was drawn up: %(things)s."),
        _l("Nothing is destroyed. Stop the disposal and draw up a new list."),
    ),
    "root_differs": (
        _l("What you looked at is not what would go now: %(count)s lines, root %(root)s…"),
        _l("Open the page again, look at it, and confirm that."),
    ),
    "count_differs": (
        _l("The number is not right: %(count)s lines would go now."),
        _l("Look at the list again and type their exact number."),
    ),
    # the council
    "decision_number_missing": (
        _l("The number of the document is missing."),
        _l("Type number and symbol as they stand on it."),
    ),
    "decision_date_wrong": (_l("This day does not fit: from %(first)s to %(last)s."), _TODAY),
    "decision_backdated": (
        _l("The decision is dated %(day)s, before the last step of %(first)s."),
        _TODAY,
    ),
    "duplicate_has_no_term": (
        _l("A duplicate has no term of its own: %(things)s."),
        _l("Say of these lines whether they are destroyed or kept."),
    ),
    "council_too_small": (
        _l("A council has %(least)s members at least."),
        _l("Name more of them."),
    ),
    "council_needs_one": (
        _l("A council has exactly one chair and one secretary."),
        _l("Choose the parts again."),
    ),
    "council_lacks_side": (
        _l("Leadership, archive and the unit that owned the records must be heard."),
        _l("Name somebody for each of them."),
    ),
    "unit_not_seated": (
        _l("Nobody of a unit that owned these records sits in the council."),
        _l("Name a member of one of these units for the unit."),
    ),
    "twice_in_council": (
        _l("Nobody sits in a council twice."),
        _l("Name each person once, also of those who left."),
    ),
    "member_not_here": (
        _l("%(name)s does not work here, or the account is closed."),
        _l("Choose somebody of the organ, by user name."),
    ),
    "has_left": (_l("%(name)s left the council already."), _l("Open the page again.")),
    "not_in_council": (
        _l("You have no seat in this council."),
        _l("Only its members, in person, do this."),
    ),
    "not_in_the_chair": (
        _l("Chair or secretary of the council do this, in person."),
        _l("Ask one of them."),
    ),
    "not_the_chair": (_l("The chair decides ties."), _l("Ask the chair.")),
    "is_absent": (
        _l("%(name)s is noted as absent."),
        _l("Chair or secretary note who is there after all."),
    ),
    "note_missing": (_l("Who wants something kept says why."), _l("Write a note.")),
    "not_tied": (_l("Both sides are not equal on %(thing)s."), _l("There is nothing to decide.")),
    "opinions_missing": (
        _l("Opinions are missing: %(count)s."),
        _l("Everybody present speaks of every line; note who is absent, and why."),
    ),
    "not_quorate": (
        _l("Only %(present)s of %(members)s members are there, or the chair is not."),
        _l("More than half of them and the chair must be there. Replace who cannot come."),
    ),
    "ties_open": (
        _l("Both sides are equal on lines: %(lines)s."),
        _l("The chair decides these first, with a reason."),
    ),
    "meeting_not_signed": (
        _l("The minutes of the council are not signed yet by: %(names)s."),
        _l("Chair and secretary sign first."),
    ),
    "signed_already": (_l("It was signed or confirmed already."), _l("There is nothing to do.")),
    # outside, and afterwards
    "appraisal_is_due": (
        _l("The organ is a submission source: the competent authority must be asked."),
        _l("Bring its document, or have the organ's rule corrected."),
    ),
    "appraisal_paper_missing": (
        _l("The document of the competent authority is missing."),
        _l("Choose its file: it goes into the dossier."),
    ),
    "other_copies_missing": (
        _l("It is not said which other copies exist, and until when."),
        _l("Name backups and exports with their last days, or write that there are none."),
    ),
    "nothing_on_paper": (
        _l("Nothing in the list is on paper."),
        _l("There is nothing to confirm."),
    ),
    "paper_not_confirmed": (
        _l("The destruction of the paper twins is not confirmed."),
        _l("The executor confirms it with its day."),
    ),
    "certificate_missing": (_l("The certificate is not made yet."), _l("Wait until it is.")),
    "record_not_signed": (
        _l("The minutes of destruction are not signed by both sides."),
        _l("Keeper and executor sign them first."),
    ),
    "dossier_incomplete": (
        _l("Papers are missing in the dossier: %(papers)s."),
        _l("They are made by themselves; open the page again in a moment."),
    ),
}
