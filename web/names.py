"""One way to name a thing everywhere: a document by number and subject, a case file by code."""

from archive.documents import number_as_shown
from archive.models import Document
from web.i18n import ngettext


def number_of(document: Document) -> str:
    """The number as written on the paper; for one without, its code."""
    return number_as_shown(document) or document.code


def headline(document: Document) -> str:
    """Its subject; as long as nobody has entered one, the name of its file."""
    if document.subject:
        return document.subject
    return document.parts[0].file_name if document.parts else ""


def counted(what: str, count: int) -> str:
    """So many pages or documents, in words that fit the number."""
    if what == "pages":
        return ngettext("%(count)s page", "%(count)s pages", count)
    if what == "found":
        return ngettext("%(count)s document found", "%(count)s documents found", count)
    return ngettext("%(count)s document", "%(count)s documents", count)
