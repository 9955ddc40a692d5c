"""Can I trust it? One sentence with a colour, and what it rests on: what the road found out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.documents import rendition
from archive.models import Document, Event, Part
from web.errors import words_for
from web.i18n import day_of, gettext, moment, moment_of, ngettext, number
from web.i18n import lazy_gettext as _l
from web.signature_words import SignatureShown, signatures_shown

NOTE, GOOD, DOUBT, BAD = "note", "good", "doubt", "bad"
_ORDER = (NOTE, GOOD, DOUBT, BAD)  # a note is worth knowing and takes no trust away
LEVELS = {
    "B-B": _l("without a time stamp"),
    "B-T": _l("with a time stamp"),
    "B-LTA": _l("with proofs for long keeping"),
}
METHODS = {
    "pikepdf": _l("content, fonts and pictures as they were"),
    "ghostscript": _l("pages written anew, text compared"),
    "pictures": _l("pages became pictures with their words under them"),
}
DROPPED = {
    "script": _l("scripts"),
    "action": _l("actions"),
    "attachment": _l("attachments"),
    "presentation": _l("presentation"),
    "media": _l("sound or film"),
    "annotation": _l("annotations"),
    "signature": _l("signatures (they stay valid in the original)"),
    "signature_field": _l("empty signature fields"),
    "form_field": _l("form fields (their values became part of the page)"),
    "xfa_form": _l("XFA form"),
    "layer_rule": _l("rules for layers"),
    "portfolio_view": _l("portfolio view"),
    "usage_rights": _l("usage rights"),
    "requirement": _l("demands on the viewer"),
    "legal_attestation": _l("legal attestation"),
    "usage_restrictions": _l("limits on printing and copying"),
    "alternate_picture": _l("alternate pictures"),
    "outside_reference": _l("references to outside files"),
}
NOTES = {
    "content_became_pictures": _l("Pages became pictures; the words lie under them."),
    "form_became_page_content": _l("Forms became part of the page as they were filled in."),
    "standard_fonts_embedded": _l("Fonts that were not in the file were added."),
    "text_layer_added": _l("A text layer was laid under the pages."),
    "ghostscript_lost_letters": _l("Ghostscript would have lost letters, so it was not used."),
}
BOTH_SIGNED = {
    ("person", "missing"): _l("No signature of a person with a post is in it."),
    ("person", "not_valid"): _l("The person's signature does not hold."),
    ("organ", "missing"): _l("No signature of the organ is in it."),
    ("organ", "not_valid"): _l("The organ's signature does not hold."),
}
NOT_SCANNED = {
    "no_scanner": _l("no scanner is set up"),
    "signatures_unknown": _l("the scanner knows no official signatures"),
    "signatures_old": _l("its signatures are older than 7 days"),
    "file_too_large_for_scanner": _l("the file is too large for it"),
    "limits_of_scanner_exceeded": _l("the file exceeds its limits"),
}
WARNINGS = {
    "name_disagrees": _l("The name's ending does not fit the content."),
    "external_links": _l("It refers to files outside."),
    "embedded_objects": _l("Other files are embedded in it."),
    "junk_before_header": _l("Foreign bytes stand before its beginning."),
    "macros": _l("It holds macros; they were never run."),
    "pronom_failed": _l("PRONOM did not get through it; its kind is our own finding."),
    "remote_template": _l("It asks for a template from elsewhere; it was not fetched."),
    "truncated": _l("Its end is missing."),
    "xml_entities": _l("It holds XML entities; they were not unfolded."),
}


@dataclass(frozen=True)
class Finding:
    """One thing that trust rests on."""

    level: str
    title: str
    said: str
    lines: tuple[str, ...] = ()
    signatures: tuple[SignatureShown, ...] = ()
    report: str = ""  # the role of the rendition that says more


@dataclass(frozen=True)
class Trust:
    """The answer, and what it rests on."""

    level: str
    sentence: str
    findings: tuple[Finding, ...] = field(default=())


def trust_in(document: Document, part: Part, verified: Event | None) -> Trust:
    """What can be said of this document today.

    Args:
        document: the document.
        part: the part that is looked at.
        verified: the event of its last verification, or None.
    """
    findings = tuple(_findings(document, part, verified))
    level = max((one.level for one in findings), key=_ORDER.index, default=GOOD)
    return Trust(level, _sentence(document, part, verified), findings)


def _sentence(document: Document, part: Part, verified: Event | None) -> str:
    pieces = [_of_signatures(part), _of_copy(document, part), _of_bytes(document, verified)]
    said = "; ".join(one for one in pieces if one)
    return said[:1].upper() + said[1:] + "."


def _of_signatures(part: Part) -> str:
    facts = part.facts.get("check_signatures")
    if facts is None or facts.get("problem"):
        return gettext("whether it is digitally signed could not be decided")
    signatures = signatures_shown(facts)
    if not signatures:
        return gettext("not digitally signed")
    first = signatures[0]
    told = {"who": first.who, "when": first.when or "?"}
    worst = max((one.level for one in signatures), key=_ORDER.index)
    if worst == GOOD and len(signatures) > 1:
        return gettext(
            "signed by %(who)s and %(others)s, all valid at receipt",
            who=first.who,
            others=", ".join(one.who for one in signatures[1:]),
        )
    if worst == GOOD:
        return gettext("signed by %(who)s on %(when)s, valid at receipt", **told)
    if worst == DOUBT:
        return gettext("signed by %(who)s; the signature cannot be decided", **told)
    return gettext("A SIGNATURE IS NOT VALID (%(who)s)", **told)


def _of_copy(document: Document, part: Part) -> str:
    if part.mending:
        return gettext("there is no valid archival copy yet")
    return gettext("the archival copy is valid PDF/A")


def _of_bytes(document: Document, verified: Event | None) -> str:
    if verified is None:
        return gettext("kept since %(day)s", day=moment(document.shelved_at)[:10])
    if not verified.facts.get("holds"):
        return gettext("THE LAST VERIFICATION FOUND DAMAGE")
    return gettext("unchanged since %(day)s", day=moment(document.shelved_at)[:10])


def _findings(document: Document, part: Part, verified: Event | None) -> Iterator[Finding]:
    yield _signatures(part)
    yield _seal(part)
    yield _copy(part)
    yield _fixity(document, part, verified)
    yield _viruses(part)
    yield from _reading(part)
    yield from _kind(part)


def _signatures(part: Part) -> Finding:
    facts = part.facts.get("check_signatures")
    if facts is None:  # what nobody looked for is not known to be missing
        said = gettext("Nobody has looked for signatures in it.")
        return Finding(DOUBT, gettext("Signatures"), said)
    shown = signatures_shown(facts)
    if facts.get("problem"):
        said = gettext("The signatures could not be read through.")
        return Finding(DOUBT, gettext("Signatures"), said)
    if not shown:
        return Finding(GOOD, gettext("Signatures"), gettext("The original carries none."))
    worst = max((one.level for one in shown), key=_ORDER.index)
    said = ngettext(
        "%(count)s signature, judged at receipt.",
        "%(count)s signatures, judged at receipt.",
        len(shown),
    )
    report = "signature_report" if rendition(part, "signature_report") else ""
    both = tuple(_person_and_organ(facts.get("person_and_organ", {})))
    return Finding(worst, gettext("Signatures"), said, both, tuple(shown), report)


def _person_and_organ(states: dict[str, str]) -> Iterator[str]:
    """Whether a post-holder and the organ have both signed, as a document of full value needs."""
    if states and all(state == "valid" for state in states.values()):
        yield gettext("A person and the organ have both signed, and both signatures hold.")
        return
    for who, state in states.items():
        if (who, state) in BOTH_SIGNED:
            yield str(BOTH_SIGNED[who, state])


def _seal(part: Part) -> Finding:
    facts = part.facts.get("seal", {})
    title = gettext("The archive's seal")
    kind = facts.get("kind", "none")
    if kind == "none" or (kind == "inside" and rendition(part, "archival") is None):
        return Finding(DOUBT, title, gettext("There is none, because there is no archival copy."))
    said = (
        gettext("Detached, beside the signed PDF/A, which is never written to.")
        if kind == "detached"
        else gettext("Inside the archival copy.")
    )
    lines = [
        gettext(
            "Sealed on %(when)s, level %(level)s (%(means)s).",
            when=moment_of(facts.get("sealed_at")) or "?",
            level=facts.get("level", "?"),
            means=LEVELS.get(str(facts.get("level")), "?"),
        )
    ]
    if facts.get("is_trial"):
        lines.append(gettext("Made with a trial key: it shows changes, but has no legal value."))
    return Finding(GOOD, title, said, tuple(lines), report="seal" if kind == "detached" else "")


def _copy(part: Part) -> Finding:
    title = gettext("Archival copy")
    if part.mending:
        why = words_for(part.mending, {})
        report = "verapdf_report" if rendition(part, "verapdf_report") else ""
        return Finding(DOUBT, title, why.what, (why.now,), report=report)
    verdict, made = part.facts.get("validate", {}), part.facts.get("make_pdfa", {})
    said = gettext(
        "Valid PDF/A-%(flavour)s, says veraPDF %(version)s.",
        flavour=verdict.get("flavour") or "?",
        version=verdict.get("version") or "",
    )
    report = "conversion_report" if rendition(part, "conversion_report") else "verapdf_report"
    return Finding(GOOD, title, said, tuple(_how_made(made)), report=report)


def _how_made(made: dict[str, Any]) -> Iterator[str]:
    case = made.get("case")
    if case == "archival_is_original":
        yield gettext("The original is PDF/A itself; its own bytes are the archival copy.")
        return
    if case == "carrier":
        yield gettext("The signed original lies inside it with its exact bytes.")
    if method := METHODS.get(str(made.get("method"))):
        yield gettext("How it was made: %(method)s.", method=method)
    for one in made.get("dropped") or []:
        what = DROPPED.get(one.get("what", ""), one.get("what", ""))
        yield gettext(
            "Not in the copy, but in the original: %(what)s (%(count)s).",
            what=what,
            count=number(one.get("count", 1)),
        )
    for note in made.get("notes") or []:
        if note in NOTES:
            yield str(NOTES[note])
    if made.get("letters_lost"):
        yield gettext("Letters lost on the way: %(count)s.", count=number(made["letters_lost"]))


def _fixity(document: Document, part: Part, verified: Event | None) -> Finding:
    title = gettext("Unchanged bytes")
    digest = gettext("SHA-256 at receipt: %(digest)s", digest=part.digest)
    if verified is None:
        said = gettext("Every file is checked against its digest whenever it is given out.")
        return Finding(GOOD, title, said, (digest, gettext("Not verified as a whole yet.")))
    when = moment(verified.at)
    if verified.facts.get("holds"):
        said = gettext("Verified on %(when)s: all of it holds.", when=when)
        return Finding(GOOD, title, said, (digest,))
    broken = ", ".join(verified.facts.get("broken") or [])
    said = gettext("Verified on %(when)s: DOES NOT HOLD: %(broken)s", when=when, broken=broken)
    return Finding(BAD, title, said, (digest,))


def _viruses(part: Part) -> Finding:
    facts = part.facts.get("check_for_viruses", {})
    title = gettext("Viruses")
    if facts.get("status") != "clean":
        why = NOT_SCANNED.get(str(facts.get("why")), facts.get("why") or "?")
        return Finding(NOTE, title, gettext("Not checked: %(why)s.", why=why))
    said = gettext(
        "None found by %(engine)s, signatures of %(day)s.",
        engine=facts.get("engine", "?"),
        day=day_of(facts.get("signatures_on")),
    )
    return Finding(GOOD, title, said)


def _reading(part: Part) -> Iterator[Finding]:
    facts = part.facts.get("read_text", {})
    how = facts.get("how") or {}
    read = how.get("ocr", 0) + how.get("ocr_cleaned", 0)
    if not how:
        return
    lines = []
    if read:
        said = ngettext("%(count)s page read by OCR", "%(count)s pages read by OCR", read)
        if facts.get("confidence") is not None:
            said += gettext(", sure to %(percent)s %%", percent=round(facts["confidence"]))
        lines.append(said + ".")
    if own := how.get("layer"):
        said = ngettext(
            "%(count)s page brought its own text.", "%(count)s pages brought their own text.", own
        )
        lines.append(said)
    if blank := how.get("blank"):
        lines.append(ngettext("%(count)s page is blank.", "%(count)s pages are blank.", blank))
    if unread := how.get("unread"):
        said = ngettext(
            "%(count)s page could not be read.", "%(count)s pages could not be read.", unread
        )
        lines.append(said)
    if facts.get("encoding_guessed"):
        lines.append(gettext("The old encoding was guessed: %(name)s.", name=facts.get("encoding")))
    is_poor = bool(how.get("unread")) or (facts.get("confidence") or 100) < 70
    yield Finding(NOTE if is_poor else GOOD, gettext("Text"), " ".join(lines))


def _kind(part: Part) -> Iterator[Finding]:
    facts = part.facts.get("identify", {})
    if not facts:
        return
    name = " ".join(one for one in (facts.get("name"), facts.get("version")) if one)
    puid = facts.get("puid")
    said = f"{name or facts.get('mime', '?')} ({puid})" if puid else name or facts.get("mime", "?")
    lines = tuple(str(WARNINGS[one]) for one in facts.get("warnings") or [] if one in WARNINGS)
    yield Finding(NOTE if lines else GOOD, gettext("Kind of file"), said, lines)
