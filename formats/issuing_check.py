"""Whether a file that comes back is the one that was prepared, with one signature and no more.

The file must begin with exactly the bytes that were given out; what follows may be one signature
in the leader's field, and what belongs to a signature (time stamps, revocation data). Anything
else is told: another document, a page changed, a script added, a second signature.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel, StandardDiffPolicy
from pyhanko.sign.diff_analysis.constants import ROOT_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.diff_analysis.policies import DEFAULT_DIFF_POLICY
from pyhanko.sign.diff_analysis.rules.file_structure_rules import CatalogModificationRule
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import EmbeddedPdfSignature

from formats.confined import confined
from formats.errors import Unreadable
from formats.issuing_places import AGENCY, PERSON, TEXT_FIELDS
from formats.signature_walk import DAMAGE
from formats.text import layer_pages

_SECONDS, _MEGABYTES = 90, 2048
_BLOCK = 1024 * 1024
_SCRIPTS = ("/OpenAction", "/AA", "/Names")
# A leader may certify: the catalogue then names his signature under /Perms.
_SIGNING = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(ROOT_EXEMPT_STRICT_COMPARISON | {"/Perms"}),  # type: ignore[no-untyped-call]
        *DEFAULT_DIFF_POLICY.global_rules[1:],
    ],
    form_rule=DEFAULT_DIFF_POLICY.form_rule,
)


@dataclass(frozen=True)
class Difference:
    """What the file holds besides a signature: a stable code, and where."""

    code: str
    details: dict[str, Any] = field(default_factory=dict)


def difference(prepared: Path, signed: Path) -> Difference | None:
    """Tell what keeps the file from being accepted; nothing: it is as it was given out, and signed.

    Whether the signature itself is worth anything is another question: see `signatures`.
    """
    if not _begins_with(signed, prepared):
        return _of_pages("another_document", "not_the_prepared_file", prepared, signed)
    if signed.stat().st_size == prepared.stat().st_size:
        return Difference("not_signed_yet")
    found = confined(_look, prepared, signed, seconds=_SECONDS, megabytes=_MEGABYTES)
    if found is None or found.code != "changed_besides_signing":
        return found
    return _of_pages("page_changed", found.code, prepared, signed)


def _begins_with(signed: Path, prepared: Path) -> bool:
    with signed.open("rb") as whole, prepared.open("rb") as start:
        while block := start.read(_BLOCK):
            if whole.read(len(block)) != block:
                return False
    return True


def _of_pages(code: str, else_code: str, prepared: Path, signed: Path) -> Difference:
    """Tell the first page whose words are not the same, or that no words differ."""
    try:
        before = [page.text() for page in layer_pages(prepared)]
        after = [page.text() for page in layer_pages(signed)]
    except Unreadable as damaged:
        return Difference("signed_file_damaged", {"said": damaged.code})
    pairs = zip_longest(before, after)
    first = next((at for at, (old, new) in enumerate(pairs, start=1) if old != new), None)
    if first is None:
        return Difference(else_code)
    told = {"page": first, "pages": len(after), "prepared_pages": len(before)}
    return Difference(code, told)


def _look(prepared: Path, signed: Path) -> Difference | None:
    with prepared.open("rb") as given_out, signed.open("rb") as come_back:
        try:
            revisions = PdfFileReader(given_out, strict=False).xrefs.total_revisions
            reader = PdfFileReader(come_back, strict=False)
            return next(_differences(reader, revisions), None)
        except DAMAGE as wrong:
            return Difference("signed_file_damaged", {"said": type(wrong).__name__})


def _differences(reader: PdfFileReader, revisions: int) -> Iterator[Difference]:
    """Everything against it, the gravest first."""
    signatures = [
        one for one in reader.embedded_signatures if one.sig_object_type != "/DocTimeStamp"
    ]
    names = [str(one.field_name) for one in signatures]
    if AGENCY in names:
        yield Difference("agency_signed_first")
    if not names:
        yield _besides(reader)
        return
    if names != [PERSON]:
        yield Difference("signed_in_another_field", {"fields": ", ".join(names)})
    yield from _locks(signatures[0])
    yield from _changes(reader, revisions, signatures[0])


def _changes(
    reader: PdfFileReader, revisions: int, signature: EmbeddedPdfSignature
) -> Iterator[Difference]:
    """Between what was given out and the signature, and after the signature."""
    told = _SIGNING.review_file(reader, revisions - 1)
    certified = {str(name) for name in reader.root.get("/Perms", {})}
    if not isinstance(told, DiffResult) or certified - {"/DocMDP"}:
        yield _besides(reader)
    elif filled := sorted({str(name) for name in told.changed_form_fields} - {PERSON}):
        yield Difference("filled_in_already", {"fields": ", ".join(filled)})
    elif told.modification_level > ModificationLevel.FORM_FILLING:
        yield _besides(reader)
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    after = signature.summarise_integrity_info().get("diff_result")
    if (
        not isinstance(after, DiffResult)
        or after.modification_level > ModificationLevel.LTA_UPDATES
    ):
        yield Difference("changed_after_signing")


def _locks(signature: EmbeddedPdfSignature) -> Iterator[Difference]:
    """A signature that forbids number, date and the organ's signature cannot be issued."""
    locked = signature.fieldmdp
    if signature.docmdp_level == MDPPerm.NO_CHANGES or (
        locked is not None and any(locked.is_locked(name) for name in (*TEXT_FIELDS, AGENCY))
    ):
        yield Difference("signature_locks_file")


def _besides(reader: PdfFileReader) -> Difference:
    """Something was added that does not belong to a signature."""
    acts_by_itself = any(name in reader.root for name in _SCRIPTS)
    return Difference("script_added" if acts_by_itself else "changed_besides_signing")
