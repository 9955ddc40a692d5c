"""What is refused when accounts, roles and rights are looked after."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_WRITE_AGAIN = _l("Correct it and send the form again.")
_NOTHING_TO_DO = _l("Nothing had to be changed.")
_ANOTHER = _l("Ask another administrator.")
_OPEN_AGAIN = _l("Open the page again and look before you go on.")
_NOTHING_MADE = _l("Nothing was made.")

WORDS: dict[str, tuple[str, str]] = {
    "no_file": (_l("No file was chosen."), _l("Choose an XLSX or CSV file.")),
    # user names
    "birth_year_needed": (
        _l("Colleagues of %(name)s have all the user names that the rule makes without a year."),
        _l("Enter the year of birth, then send the form again."),
    ),
    "bad_email": (
        _l("“%(email)s” is no e-mail address."),
        _l("Write one address, such as lan@example.gov.vn."),
    ),
    "bad_birth_year": (_l("%(year)s is no year of birth."), _l("Write it like 1976.")),
    "name_has_no_letters": (
        _l("No user name can be made from “%(name)s”."),
        _l("Write the full name in Vietnamese letters, or enter a user name yourself."),
    ),
    "full_name_missing": (_l("The full name is missing."), _WRITE_AGAIN),
    "no_role": (_l("No role is chosen: such an account could do nothing."), _WRITE_AGAIN),
    # lists of accounts
    "column_missing": (
        _l("The table has no column “%(column)s”."),
        _l("Add it with this heading and send the table again. Nothing was made."),
    ),
    "list_has_mistakes": (
        _l("Some lines must be mended first: %(rows)s."),
        _l("Correct them in your table and send it again. Nothing was made."),
    ),
    "nothing_to_make": (_l("Everybody in this table has an account already."), _NOTHING_MADE),
    "table_lost": (
        _l("The table is no longer the one that was shown."),
        _l("Send it again and look through it once more. Nothing was made."),
    ),
    # units
    "no_such_unit": (
        _l("There is no unit “%(unit)s” at this organ."),
        _l("Check how it is written, or add it under Units."),
    ),
    "unit_code_missing": (_l("The unit has no code."), _WRITE_AGAIN),
    "unit_name_missing": (_l("The unit has no name."), _WRITE_AGAIN),
    "unit_code_taken": (_l("There is a unit with the code %(unit)s."), _l("Choose another code.")),
    "unit_in_use": (
        _l("People, case files or plans belong to the unit %(unit)s."),
        _l("Rename it, or move them to another unit first."),
    ),
    # roles and accounts
    "role_held_already": (
        _l("The person holds this role on some of these days."),
        _l("End the earlier one first, or choose other days."),
    ),
    "ends_before_it_begins": (
        _l("The last day lies before the first one."),
        _l("Correct the days and send the form again."),
    ),
    "day_has_passed": (_l("That day has passed."), _l("Choose today or a later day.")),
    "no_such_role": (
        _l("There is no role “%(role)s” to be ended."),
        _l("Look at the roles of the person: luutru person list."),
    ),
    "last_administrator": (
        _l("Nobody else looks after the people of this organ."),
        _l("Make somebody else administrator first."),
    ),
    "yourself": (_l("Nobody does this for themselves."), _ANOTHER),
    "account_closed": (
        _l("The account of %(name)s is closed."),
        _l("Choose somebody else, or open the account again first."),
    ),
    "person_works_elsewhere": (
        _l("%(name)s does not work at this organ."),
        _l("Give the person a role here first."),
    ),
    "person_missing": (_l("Nobody is chosen."), _l("Choose a person from the list.")),
    # handing over
    "same_holder": (_l("%(name)s holds it already."), _l("Choose somebody else.")),
    "bad_receiver": (
        _l("%(name)s may not work on case files here."),
        _l("Choose somebody else, or give the person a role first."),
    ),
    "archive_holds_it": (
        _l("The archive has the case file %(case_file)s: whoever held it only reads it now."),
        _l("What is wrong in its description, an archivist corrects with a reason."),
    ),
    "holdings_changed": (
        _l("Meanwhile the person holds other case files: %(count)s can be handed over now."),
        _l("Nothing was handed over. Look through the list and confirm again."),
    ),
    # acting for another
    "two_people_needed": (_l("Nobody acts for themselves."), _l("Choose another person.")),
    "delegated_already": (
        _l("There is a delegation between the two on some of these days."),
        _l("End it first, or choose other days."),
    ),
    "ended_already": (_l("It is ended already."), _NOTHING_TO_DO),
    "until_missing": (_l("The last day is missing."), _l("A delegation has an end: enter it.")),
    "not_delegated": (
        _l("You may not act for this person today."),
        _l("Ask the person, or your administrator, for a delegation."),
    ),
    "not_while_acting": (
        _l("This belongs to your own account and is not done for somebody else."),
        _l("Leave out --for."),
    ),
    # reading and taking out
    "granted_already": (
        _l("%(name)s may read it already."),
        _l("End the earlier grant first if it should end on another day."),
    ),
    "export_needs_consent": (
        _l("Taking %(thing)s out needs the consent of the head."),
        _l("Ask for it on the page of the document or case file."),
    ),
    "purpose_missing": (
        _l("It is not said what for."),
        _l("Write who gets it and for which purpose."),
    ),
    "asked_already": (
        _l("You have asked to take %(thing)s out; the answer is still to come."),
        _l("You see it under “Taking content out”."),
    ),
    "decided_already": (_l("Somebody has decided it meanwhile."), _OPEN_AGAIN),
    # signing tokens
    "token_missing": (_l("The signing token is not named."), _WRITE_AGAIN),
    "bad_token_kind": (_l("A token signs for the organ or for a person."), _WRITE_AGAIN),
    "permission_missing": (
        _l("The written permission is missing."),
        _l("Enter number and date of the paper; without one a token is not handed on."),
    ),
    "token_held_already": (_l("The person has the token %(token)s already."), _NOTHING_TO_DO),
    # rules and calendar
    "unknown_rule": (_l("There is no rule “%(rule)s”."), _WRITE_AGAIN),
    "bad_rule": (_l("“%(value)s” can't be the value of the rule %(rule)s."), _WRITE_AGAIN),
    "holiday_name_missing": (_l("The day has no name."), _WRITE_AGAIN),
    "holiday_exists": (
        _l("The day stands in the organ's calendar already."),
        _l("Remove it first if it should be something else."),
    ),
    "day_missing": (_l("The day is missing."), _l("Write it like 02/09/2026.")),
}
