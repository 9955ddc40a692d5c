"""What may I do with this document: every deed is shown, and a greyed one says why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import url_for

from archive.access import Action
from archive.documents import rendition
from archive.models import Document, Part
from web import pictures
from web.errors import words_for
from web.i18n import gettext, size


@dataclass(frozen=True)
class Deed:
    """Something to do: where it leads, or why it is not possible."""

    name: str
    icon: str
    target: str
    detail: str = ""
    is_post: bool = False
    why_not: str = ""


def deeds(
    document: Document, part: Part, rights: Mapping[Action, bool], *, needs_consent: bool = False
) -> list[Deed]:
    """The deeds in the order in which they are needed; taking out may need consent first."""
    files = (
        _file(document, part, "original", gettext("Download the original"), rights),
        _file(document, part, "archival", gettext("Download the archival copy"), rights),
        _file(document, part, "text", gettext("Download the text"), rights),
    )
    says = gettext("Taking content out needs the consent of the head: ask below.")
    asks = says if needs_consent else ""
    taken_out = (*files, _print(document, part, rights), _marked(document, part, rights))
    return [
        *(replace(one, why_not=one.why_not or asks) for one in taken_out),
        *_receipt(document, part, rights),
        _deed(document, "correct", "pencil", gettext("Correct the data"), rights, Action.CORRECT),
        _deed(document, "verify", "shield-check", gettext("Verify now"), rights, Action.VERIFY),
        *_kept(document, rights),
        *_lend(document, rights),
        *_mend(document, part, rights),
    ]


def _file(
    document: Document, part: Part, role: str, name: str, rights: Mapping[Action, bool]
) -> Deed:
    found = rendition(part, role)
    target = url_for("documents.download", code=document.code, part=part.ordinal, role=role)
    if not rights[Action.READ]:
        return Deed(name, "download", target, why_not=_no_right(Action.READ))
    if found is None:
        return Deed(name, "download", target, why_not=_missing(part, role))
    return Deed(name, "download", target, detail=size(found.size))


def _missing(part: Part, role: str) -> str:
    if role == "archival" and part.mending:
        return words_for(part.mending, {}).what
    return gettext("No text could be read from this file.")


def _print(document: Document, part: Part, rights: Mapping[Action, bool]) -> Deed:
    deed = _deed(document, "printed", "printer", gettext("Print the pages"), rights, Action.READ)
    if deed.why_not or pictures.shown(part) is not None:
        return deed
    return replace(deed, why_not=gettext("There are no pages to print."))


def _marked(document: Document, part: Part, rights: Mapping[Action, bool]) -> Deed:
    """A copy for reading, with where it comes from at the foot of every page."""
    name = gettext("Download a marked copy")
    target = url_for("forms.reading_copy", code=document.code, part=part.ordinal)
    if not rights[Action.READ]:
        return Deed(name, "printer", target, why_not=_no_right(Action.READ))
    if pictures.shown(part) is None:
        return Deed(name, "printer", target, why_not=gettext("There are no pages to print."))
    return Deed(name, "printer", target)


def _receipt(document: Document, part: Part, rights: Mapping[Action, bool]) -> list[Deed]:
    """Which file was taken out unmarked, from where, by whom: to go with the archival copy."""
    role = "archival" if rendition(part, "archival") is not None else "original"
    if not rights[Action.READ] or rendition(part, role) is None:
        return []
    target = url_for("forms.receipt", code=document.code, part=part.ordinal, role=role)
    return [Deed(gettext("Receipt of the download (JSON)"), "receipt", target)]


def _kept(document: Document, rights: Mapping[Action, bool]) -> list[Deed]:
    """Why it is kept, and until when; only for who may see the schedule."""
    if not rights[Action.SEE_RETENTION]:
        return []
    target = url_for("retention_of.document", code=document.code)
    return [Deed(gettext("How long is it kept, and why"), "hourglass-split", target)]


def _lend(document: Document, rights: Mapping[Action, bool]) -> list[Deed]:
    """The filed copy on paper; only for who gives it out."""
    if not rights[Action.LEND]:
        return []
    target = url_for("loans.page", thing=document.code, _anchor="new")
    return [Deed(gettext("Lend the filed copy"), "box-arrow-up", target)]


def _mend(document: Document, part: Part, rights: Mapping[Action, bool]) -> list[Deed]:
    """Only for a part without a valid archival copy."""
    if part.mending is None:
        return []
    target = url_for("mending.send_again", code=document.code, part=part.ordinal)
    why_not = "" if rights[Action.DECIDE_INTAKE] else gettext("An archivist decides this.")
    name = gettext("Make the archival copy anew")
    return [Deed(name, "arrow-clockwise", target, is_post=True, why_not=why_not)]


def _deed(
    document: Document,
    view: str,
    icon: str,
    name: str,
    rights: Mapping[Action, bool],
    action: Action,
) -> Deed:
    target = url_for(f"documents.{view}", code=document.code)
    why_not = "" if rights[action] else _no_right(action)
    return Deed(name, icon, target, is_post=action is Action.VERIFY, why_not=why_not)


def _no_right(action: Action) -> str:
    """Who could do it, so that people know whom to ask."""
    if action is Action.READ:
        return gettext("You see the description only; the content needs a reason or a grant.")
    if action is Action.CORRECT:
        return gettext("Archivists correct data.")
    return gettext("Archivists, heads, auditors and administrators may do this.")
