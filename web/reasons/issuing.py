"""What issuing says no with, and what should be looked at before a document is signed."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_PREPARE_AGAIN = _l("Mend the draft and prepare it anew.")
_SIGN_AGAIN = _l("Download the prepared file again and sign exactly that one.")
_MOVE = _l("Look at the picture of the page and give the place in millimetres.")
_ASK_ADMINISTRATOR = _l("Tell your administrator.")

WORDS: dict[str, tuple[str, str]] = {
    "no_such_issuance": (
        _l("There is no document %(issuance)s being issued, or it is not open to you."),
        _l("Choose one from the list."),
    ),
    "unknown_issue_kind": (
        _l("%(kind)s is no kind of issue."),
        _l("Take document, scan, copy or annex."),
    ),
    "unknown_layout": (_l("%(layout)s is no layout."), _l("Take nd30 or hcmc2019.")),
    "bad_place": (
        _l("“%(place)s” is no place on a page."),
        _l("Write for example Person=2,110,200,60,30: page, left, top, width, height in mm."),
    ),
    "main_missing": (
        _l("An annex needs the document that it belongs to, and nothing else has one."),
        _l("Open the document and add the annex there."),
    ),
    "issued_already": (
        _l("The document %(issuance)s has been issued or given up."),
        _l("Load the list again to see how it is now."),
    ),
    "not_prepared": (
        _l("It has been signed already, issued or given up."),
        _l("Load the page again to see how it is now."),
    ),
    "asks_oneself": (_l("Nobody asks themselves for comments."), _l("Choose a colleague.")),
    "may_not_comment": (
        _l("%(person)s does not work on drafts of this organ."),
        _l("Choose somebody from the list."),
    ),
    "asked_already": (
        _l("%(person)s was asked already and has not answered yet."),
        _l("Wait for the answer."),
    ),
    "words_missing": (_l("The comment is empty."), _l("Write what you think of the draft.")),
    "not_issuable": (
        _l("A file of this kind has no pages to sign."),
        _l("Take a PDF, a Word file or a picture."),
    ),
    "already_signed": (
        _l("The file carries a signature already; preparing it would destroy it."),
        _l("Prepare the draft from before it was signed."),
    ),
    "number_written": (
        _l("The number %(number)s stands on the page already; the register gives it."),
        _l("Leave it blank in the draft, or choose “Scan of signed paper”."),
    ),
    "place_off_page": (_l("The field %(field)s would lie outside page %(page)s."), _MOVE),
    "field_missing": (
        _l("The file has no empty field %(field)s."),
        _l("Give it up and prepare the draft anew."),
    ),
    "seal_picture_unreadable": (
        _l("The picture of the organ's seal (%(name)s) cannot be read."),
        _l("An administrator sets a PNG or SVG with a transparent ground: Administration, Seal."),
    ),
    "seal_picture_missing": (
        _l("No file was chosen."),
        _l("Choose a PNG or SVG with a transparent ground."),
    ),
    "seal_picture_heavy": (
        _l("The picture is larger than %(limit)s bytes."),
        _l("Save it smaller: 1,200 pixels across are enough."),
    ),
    "seal_picture_small": (
        _l("The picture is too small to be printed clearly."),
        _l("It needs %(least)s pixels across or more, without its margins."),
    ),
    "seal_picture_opaque": (
        _l("The picture has no transparent ground: it would hide the leader's signature."),
        _l("Save it as a PNG or SVG in which only the seal itself has a colour."),
    ),
    "no_seal_picture": (
        _l("There is no picture of the seal."),
        _l("Nothing has to be done."),
    ),
    "leader_has_not_signed": (
        _l("The leader has not signed yet."),
        _l("The organ signs after the leader: first take back the signed file."),
    ),
    "another_signer": (
        _l("It was to be signed by %(wanted)s; the certificate is that of %(signer)s."),
        _l("Give it up and have it signed by the right person, or say why it goes out like this."),
    ),
    "annex_goes_with_main": (
        _l("An annex is issued together with its document."),
        _l("Issue the document %(issuance)s."),
    ),
    "signer_may_not_issue": (
        _l("Who signed the document does not issue it."),
        _l("Another clerk gives the number and the organ's signature."),
    ),
    "date_on_page_differs": (
        _l("The date on the page says %(said)s, but it would be issued on %(today)s."),
        _PREPARE_AGAIN,
    ),
    "seal_breaks_signature": (
        _l("With the organ's seal a signature would not be valid any more; nothing was issued."),
        _l("Give it up, prepare it anew and let it be signed without locking the file."),
    ),
    "another_document": (
        _l(
            "This is not the file that was prepared: page %(page)s differs (pages: %(pages)s, "
            "prepared: %(prepared_pages)s)."
        ),
        _SIGN_AGAIN,
    ),
    "not_the_prepared_file": (
        _l("The words are those of the prepared file, but a program wrote the file anew."),
        _l("Sign with a program that adds the signature and leaves the rest of the file as it is."),
    ),
    "not_signed_yet": (
        _l("The file is as it was prepared; nobody has signed it."),
        _l("Sign it in the field “Person” and send it again."),
    ),
    "page_changed": (
        _l("Page %(page)s was changed; only a signature may be added."),
        _SIGN_AGAIN,
    ),
    "script_added": (
        _l("Something was added that acts by itself when the file is opened."),
        _SIGN_AGAIN,
    ),
    "changed_besides_signing": (
        _l("More was added than a signature: a field, a note, or hidden content."),
        _SIGN_AGAIN,
    ),
    "changed_after_signing": (
        _l("The file was changed after the leader had signed it."),
        _SIGN_AGAIN,
    ),
    "signed_in_another_field": (
        _l("There is not one signature in the leader's field “Person”, but: %(fields)s."),
        _SIGN_AGAIN,
    ),
    "agency_signed_first": (
        _l("The organ's field is signed; the organ signs after the leader, and here."),
        _SIGN_AGAIN,
    ),
    "filled_in_already": (
        _l("Fields were filled in that the clerk fills in: %(fields)s."),
        _SIGN_AGAIN,
    ),
    "signature_locks_file": (
        _l("The signature forbids every later change: number and seal would break it."),
        _l("Sign again without locking the document (allow form filling and signatures)."),
    ),
    "signed_file_damaged": (
        _l("What came back cannot be read as a signed PDF."),
        _SIGN_AGAIN,
    ),
    "signed_by_an_organ": (
        _l("The leader's field is signed with the certificate of an organ: %(signer)s."),
        _l("The leader signs with the certificate of a person."),
    ),
    "leader_signature_bad": (
        _l("The signature of %(signer)s is not valid (%(reason)s)."),
        _l("Check the certificate; then download the prepared file again and sign it anew."),
    ),
    # What to look at before signing.
    "number_not_found": (_l("“Số:” was not found on the first page."), _MOVE),
    "date_not_found": (_l("The line of the date was not found on the first page."), _MOVE),
    "signer_not_found": (_l("The place between post and name was not found."), _MOVE),
    "number_room_small": (
        _l("Less than 15 mm are left for the number."),
        _l("It is written smaller if need be."),
    ),
    "signature_room_small": (
        _l("Less than 40 mm are left for the signature."),
        _l("Leave 4 cm between post and name in the draft."),
    ),
    "sealed_for_trial": (
        _l("The organ's key is one for trials: what it signs has no legal value."),
        _ASK_ADMINISTRATOR,
    ),
    "not_sealed_by_picture": (
        _l("There is no picture of the organ's seal; its name and the time are written instead."),
        _ASK_ADMINISTRATOR,
    ),
}
