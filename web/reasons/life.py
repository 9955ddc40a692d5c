"""What a case file, a document, an order or a link says no with in its life."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_LOOK_AGAIN = _l("Load the page again to see how it is now.")

WORDS: dict[str, tuple[str, str]] = {
    "code_is_final": (
        _l("The code of a case file never changes."),
        _l("Correct the other data; for another code open another case file."),
    ),
    "files_on_the_road": (
        _l("Files for this case file are still on the road: %(count)s."),
        _l("Wait until they are shelved, or decide about them under Receiving or Issuing."),
    ),
    "order_number_missing": (
        _l("The number of the document that orders it is missing."),
        _l("Enter it as it stands on the paper."),
    ),
    "already_lifted": (_l("The order %(order)s is lifted already."), _LOOK_AGAIN),
    "no_such_order": (_l("There is no order %(order)s here."), _l("Choose one from the list.")),
    "too_many_chosen": (
        _l("At most %(most)s things are taken at once."),
        _l("Choose fewer: a year and a unit, for example."),
    ),
    "recalled": (
        _l("The document %(document)s was recalled; nothing of it changes any more."),
        _l("Register a new document instead."),
    ),
    "recalled_already": (_l("The document %(document)s was recalled already."), _LOOK_AGAIN),
    "told_already": (_l("It is noted already that the sender was told."), _LOOK_AGAIN),
    "same_access_level": (
        _l("That is who may read it now."),
        _l("Choose another level."),
    ),
    "another_decides": (
        _l("Who asked for a change does not confirm it."),
        _l("Ask somebody else who may confirm it."),
    ),
    "unknown_link": (
        _l("%(kind)s is no kind of link."),
        _l("Take answers, relates, replaces, attachment or paper_twin."),
    ),
    "links_itself": (_l("A document is not linked with itself."), _l("Choose another one.")),
    "archivists_link": (
        _l("The document %(document)s is in the archive: archivists alone change its links."),
        _l("Ask an archivist, and say why it is to be changed."),
    ),
    "linked_already": (_l("It is linked so with %(document)s already."), _LOOK_AGAIN),
    "paper_kind_unknown": (_l("%(kind)s is no kind of paper part."), _l("Choose one of the list.")),
    "paper_what_missing": (
        _l("What is on paper is not said."),
        _l("Name it in a few words, such as “Phụ lục 2”."),
    ),
    "paper_place_missing": (
        _l("Neither its place nor who has it is said."),
        _l("Enter one of both, so that it is found when it is asked for."),
    ),
    "paper_link_missing": (
        _l("Where the whole document is published is missing."),
        _l("Enter the link to its publisher's page."),
    ),
    "paper_link_bad": (_l("“%(link)s” is no link."), _l("It begins with https:// or http://.")),
    "converted_case_file_only": (
        _l("Only a whole case file is converted to paper."),
        _l("Note it at the case file."),
    ),
    "keeps_it_already": (_l("%(name)s keeps it already."), _l("Choose another organ.")),
}
