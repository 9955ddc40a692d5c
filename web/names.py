"""One way to name a thing everywhere: a document by number and subject, a case file by code."""

from markupsafe import Markup

from archive.documents import number_as_shown
from archive.hands import Whose
from archive.models import Document
from web.i18n import day, gettext, ngettext


def number_of(document: Document) -> str:
    """The number as written on the paper; for one without, its code."""
    return number_as_shown(document) or document.code


def headline(document: Document) -> str:
    """Its subject; as long as nobody has entered one, the name of its file."""
    if document.subject:
        return document.subject
    return document.parts[0].file_name if document.parts else ""


def about(document: Document) -> Markup:
    """What else is worth knowing in a list: type, day, organ, code; none of them twice."""
    told: list[str] = [document.type_name, day(document.issued_date), document.organ_name]
    if number_as_shown(document):  # without one, the code is the name
        told.append(Markup('<span class="code">{}</span>').format(document.code))
    return Markup(" · ").join(one for one in told if one)


def counted(what: str, count: int) -> str:
    """So many pages or documents, in words that fit the number."""
    if what == "pages":
        return ngettext("%(count)s page", "%(count)s pages", count)
    if what == "found":
        return ngettext("%(count)s document found", "%(count)s documents found", count)
    return ngettext("%(count)s document", "%(count)s documents", count)


def whose(one: Whose | None) -> str:
    """Who did it, and for whom, if they acted for somebody."""
    if one is None:
        return "–"
    if not one.principal:
        return one.name
    return gettext("%(name)s for %(principal)s", name=one.name, principal=one.principal)
