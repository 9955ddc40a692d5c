"""What each rule of an organ means, with the articles in which the regulations differ."""

from web.i18n import lazy_gettext as _l

MEANINGS = {
    "deadline_days": (
        _l("Working days to answer an incoming document where no law sets another term"),
        "HC 9; TN 12",
    ),
    "refuse_complaints": (
        _l("Complaints and denunciations are refused; else a named person may let them in"),
        "KT 4.2; TG 3.2b; TN 3.1",
    ),
    "refuse_resolutions": (
        _l("Resolutions of complaints are refused until they may be published"),
        "KT 4.3",
    ),
    "refuse_named": (
        _l("What is addressed to a person by name is refused"),
        "KT 4.4; ĐB 6.1a",
    ),
    "scan_policy": (_l("How much of a paper document is scanned"), "HC 9; KT 13; ĐB 6"),
    "annex_pages": (_l("Annexes of more pages than this may stay on paper"), "ĐB 6.1; KT 13"),
    "types_to_scan": (
        _l("Types of document that are digitised, parted by commas; empty: all"),
        "TN 11",
    ),
    "types_first_page": (
        _l("Types of which the first page is enough, because they are published elsewhere"),
        "ĐB 6.1a",
    ),
    "user_names": (_l("By which rule user names are made"), "TG 6.2; KT 7.2"),
    "user_name_suffix": (
        _l("What stands behind every user name, for example .tp@kontum.gov.vn"),
        "KT 7.2b; TG 6.1",
    ),
    "mark_copies": (
        _l("What is printed or downloaded is marked as coming from the system"),
        "NĐ 30, PL VI",
    ),
    "export_needs_consent": (
        _l("Taking content out of the archive needs the consent of the head"),
        "ĐB 8; TN 17.3a",
    ),
    "notice_days": (_l("Days of notice before a case file is due for submission"), "HC 16.4c"),
    "receipt_days": (
        _l(
            "Days after which the clerk is reminded of recipients who have not said that a "
            "document arrived; 0: never"
        ),
        "HC 9.3",
    ),
    "outgoing_needs_origin": (
        _l("An outgoing document answers an incoming one, or is made in an open case file"),
        "HC 9.1, 10.1",
    ),
    "number_by_type": (
        _l("Outgoing documents are numbered by type, each type from 1 every year"),
        "NĐ 30, Đ15",
    ),
    "expiry_notice_days": (
        _l(
            "Days of notice before a term of retention ends, 30 at least; nothing is destroyed "
            "before they have run"
        ),
        "HC 16.5a",
    ),
    "escalation_days": (
        _l("Days after which the head is told of such a notice that nobody opened"),
        "HC 16.5a",
    ),
    "silence_days": (
        _l(
            "Days after which the archive may go on alone where a unit doesn't say what becomes of "
            "its case file"
        ),
        "HC 16.5b",
    ),
    "is_source": (
        _l(
            "The organ is a submission source of a historical archive; one that is none keeps its "
            "permanent case files, and lists for disposal need no appraisal outside"
        ),
        "Luật 33/2024, Đ16",
    ),
    "transfer_years": (
        _l("Years from that of acceptance in which permanent case files go to that archive"),
        "Luật 33/2024",
    ),
    "keep_titles": (
        _l("The title of what was destroyed stays among the traces that are kept"),
        "Luật 33/2024, Đ16, Đ36",
    ),
    "council_size": (
        _l("Members that the council of a disposal has at least"),
        "TT 06/2025; cấu hình",
    ),
    "freeze_stops_batch": (
        _l("One line that is frozen stops the whole disposal; else it is left out"),
        "NĐ 30, PL VI, IV.1g",
    ),
    "dossier_term": (
        _l("How long the dossier of a disposal is kept: for ever, or twenty years and more"),
        "TT 06/2025; Luật 2011, Đ28",
    ),
}
CHOICES = {
    "all": _l("the whole document"),
    "main_text": _l("the main text, annexes stay on paper"),
    "list": _l("only the types that are listed below"),
    "tien_giang": _l("full name, shortened from the front (leminhhieu, lminhhieu)"),
    "kon_tum": _l("initials and given name (pvthe)"),
}
POLICIES = {
    "open": _l("Everyone who works at the organ may read, as far as a case file isn't narrower"),
    "unit": _l("Only the holder's unit may read, and the archive"),
    "assigned": _l("Only the holder may read, who is granted it, and the archive"),
}
