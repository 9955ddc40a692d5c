"""Every place where words or bytes of a record can lie (record rules, R14).

Destruction and its proof walk this list: each place says how it is searched and how it is emptied.
A probe counts only if it first finds the phrase by the same means. A folder of the home, a kind of
temporary folder or a table of words that is not named here fails a test.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A place of content.

    Attributes:
        name: stable, for certificates.
        holds: what of a record can lie there.
        searched: how its presence is found.
        emptied: how it is made to go.
        home: names in the home's folder.
        temporary: how temporary folders that hold content begin their names.
        columns: tables, or `table.column`, that hold words or content.
    """

    name: str
    holds: str
    searched: str
    emptied: str
    home: tuple[str, ...] = ()
    temporary: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


PLACES: tuple[Place, ...] = (
    Place(
        "store",
        "originals and renditions; each state of a document that is being issued",
        "by digest; streams of PDF files decompressed",
        "FileStore.remove, once no part and no issuance names the digest",
        home=("files",),
    ),
    Place(
        "work area",
        "part results of files on the road",
        "by intake number",
        "Workshop.tidy",
        home=("work",),
        temporary=("scratch-", "pictures-", "ghostscript-"),
    ),
    Place(
        "quarantine",
        "suspected secrets, infected files, and bytes that were found without a row",
        "by digest",
        "FileStore.remove, by a confirmed decision; without a row: after 30 days",
        home=("quarantine",),
    ),
    Place(
        "page pictures",
        "drawn pages",
        "by the digest of the file they show",
        "web.pictures.forget",
        home=("previews",),
    ),
    Place(
        "index",
        "words, fields, document numbers",
        "document frequency of the word in every segment, before and after",
        "search.indexing.purge, with its proof",
        home=("index",),
    ),
    Place(
        "rows",
        "descriptive data, file names, what the road found out",
        "by document and intake number",
        "the disposal's own statement, told by its event; what a confirmed secret left on its road "
        "and in the registers: ingest.decisions.confirm_secret, with archive.secret_lines.erase",
        columns=(
            "document",
            "part",
            "rendition",
            "placement",
            "case_file",
            "case_file_word",
            "file_plan_entry",
            "document_link",
            "personal_file_item",
            "paper_part",
            "taken_out",
            "access_change",
            "recall",
            "freeze_order",
            "kept_back",
            "submission",
            "submission_item",
            "notice",
            "export_request",
            "register_entry",
            "delivery",
            "entry_twin",
            "refusal",
            "letting_in",
            "intake",
            "intake_file",
            "issuance",
            "loan",
            "whole_copy",
            "issuance_comment",
            "retention_assignment",
            "occurrence",
            "appraisal",
            "appraisal_opinion",
            "transfer",
            "transfer_item",
        ),
    ),
    Place(
        "tombstones",
        "what stays of a disposal: codes, digests, reasons, titles where the organ wants them",
        "by the code of what is gone",
        "never; retention.tombstones says what stands there",
        columns=(
            "disposal",
            "disposal_item",
            "disposal_document",
            "disposal_paper",
            "council_opinion",
            "council_seat",
            "erasure",
            "destruction",
            "tombstone",
        ),
    ),
    Place(
        "words of the story",
        "names, reasons, searched words, earlier and later values",
        "by event; searches by what they quote and by what they found; the salted digest stays",
        "deletion of event_words",
        columns=("event_words",),
    ),
    Place(
        "kept searches",
        "names and questions of searches that people keep",
        "by what they quote: a code, a title, a number",
        "they are dropped, for all who follow them",
        columns=("saved_search",),
    ),
    Place(
        "pages of the database",
        "what rows held before they were changed or deleted",
        "bytes of the database's files (SQLite); the server's own files are not searched "
        "(PostgreSQL)",
        "Database.erase_traces; SQLite overwrites what it deletes, PostgreSQL writes the emptied "
        "tables anew, and is asked to drop its log of writes (pg_wal): see log_of_writes",
        home=("archive.db", "archive.db-wal", "archive.db-shm"),
    ),
    Place(
        "temporary folders",
        "copies while a program reads them; they end with the work, or with the machine",
        "by their names in the folder for temporary files",
        "removed when the work ends; what a kill left behind, by name (ingest.leftovers)",
        temporary=(
            "luutru-coming-",
            "luutru-drawn-",
            "luutru-edxml-",
            "luutru-font-",
            "luutru-issuing-",
            "luutru-join-",
            "luutru-look-",
            "luutru-office-",
            "luutru-page-",
            "luutru-plan-",
            "luutru-print-",
            "luutru-probe-",
            "luutru-table-",
            "luutru-upload-",
            "luutru-verapdf-",
            "luutru-verify-",
            "luutru-whole-",
            "luutru-words-",
        ),
    ),
    Place(
        "whole copies",
        "whole case files as one PDF, made for who asked, for a day",
        "by the number of their row, whose content's digest names what is in it",
        "web.whole_making.forget, a day later, or at once where something in it is suspected",
        home=("copies",),
    ),
    Place(
        "folders for the historical archive",
        "whole case files as plain files, until the other side confirmed that it has them",
        "by the number of their transfer; their names stand in its SHA256SUMS",
        "web.transfer_making.forget, when the transfer ends, or something in it is suspected or "
        "destroyed",
        home=("transfers",),
    ),
    Place(
        "exports and backups",
        "what people took out",
        "cannot be searched from here; the story says who took what",
        "by the people who keep them; the certificate names them",
    ),
)

# In the home as well, and never a record's content.
NOT_CONTENT = frozenset({"keys", "trust", "fonts", "seals", "journal", "worker.lock"})


def known_in_home() -> frozenset[str]:
    """Names that may stand in the home's folder."""
    return NOT_CONTENT | {name for place in PLACES for name in place.home}
