"""The file work of issuing: a draft becomes PDF/A with fields, a signed one is numbered, sealed.

No row is read or written here, and nothing is left behind but the file that was asked for.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive import clock
from archive.errors import Refused
from formats import issuing, kinds, office, pdfa, pictures, verapdf
from formats.confined import confined
from formats.errors import ProgramFailed
from formats.issuing import PERSON, Difference, FieldPlace, Issuer
from formats.issuing_places import POINTS
from formats.kinds import Family
from formats.pdf_pages import page_count
from formats.signature_reports import SignatureCheck, SignatureReport, has_person_and_organ
from formats.signatures import check_signatures, has_signatures
from formats.text import PageText, layer_pages
from formats.trust import TrustFolder
from ingest import admission

MOST_SIZES = 500  # of pages that are remembered
_SECONDS, _MEGABYTES = 180, 2048
_OFFICE = frozenset({Family.WRITING, Family.TABLE, Family.SLIDES})
# Why a signature cannot be judged today, and may be good all the same.
_OPEN_QUESTIONS = frozenset({"authority_unknown", "status_unknown"})


@dataclass(frozen=True)
class Tools:
    """Where things are on this machine."""

    verapdf_jar: Path
    trust: TrustFolder
    page_limit: int


@dataclass(frozen=True)
class Prepared:
    """A file that is ready: its places, what stands on it already, what to look at."""

    path: Path
    places: dict[str, dict[str, Any]]
    written: dict[str, int]
    notes: tuple[str, ...]
    pages: int
    sizes: list[list[float]]
    """Width and height of the pages in millimetres, as displayed."""


def to_prepare(source: Path, name: str, title: str, room: Path, tools: Tools) -> Path:
    """Make PDF/A of a draft, with no field and no signature in it.

    Raises:
        Refused: `not_issuable` (its kind has no pages), `already_signed`, `secret_mark`.
        Unreadable, ProgramMissing, ProgramFailed: as the converters.
    """
    pages = _pages(source, name, room, tools)
    suspicion = admission.suspicion(layer_pages(pages))
    if suspicion is not None:
        raise Refused("secret_mark", mark=suspicion.mark)
    return _valid_pdfa(pages, name, title, room, tools)


def _pages(source: Path, name: str, room: Path, tools: Tools) -> Path:
    kind = kinds.identify(source, name)
    if kind.family is Family.PDF:
        if confined(has_signatures, source, seconds=_SECONDS, megabytes=_MEGABYTES):
            raise Refused("already_signed")
        return source
    if kind.family in _OFFICE:
        return office.to_pdf(source, kind.family, kind.extension, room / "office")
    if kind.family is Family.PICTURE:
        made = room / "pages.pdf"
        pictures.to_pdf(source, made, most_pages=tools.page_limit)
        return made
    raise Refused("not_issuable", kind=kind.name)


def _valid_pdfa(pages: Path, name: str, title: str, room: Path, tools: Tools) -> Path:
    """By the gentlest method of which veraPDF says that the outcome is valid."""
    described = pdfa.Description(title=title, original_name=name, moment=clock.now())
    for method in (None, pdfa.Method.GHOSTSCRIPT, pdfa.Method.PICTURES):
        made = room / "plain.pdf"
        pdfa.to_pdfa(pages, made, description=described, method=method)
        if verapdf.validate([made], jar=tools.verapdf_jar)[made].is_valid:
            return made
    raise Refused("not_valid_pdfa")


def with_fields(
    plain: Path, room: Path, layout: str, signer: str, wanted: Mapping[str, FieldPlace]
) -> Prepared:
    """Put the fields in where the words say, or where somebody wants them."""
    pages: list[PageText] = list(layer_pages(plain))
    found = issuing.find_places(pages, layout, signer)
    if "Number" in found.written:
        raise Refused("number_written", number=found.written["Number"])
    places = {**found.places, **wanted}
    notes = tuple(
        note
        for note in found.notes
        if not any(note.startswith(name.lower()) for name in _names_in_notes(wanted))
    )
    sizes = [[round(one.width / POINTS, 1), round(one.height / POINTS, 1)] for one in pages]
    return put_fields(plain, room, places, dict(found.written), notes, len(pages), sizes)


def _names_in_notes(wanted: Mapping[str, FieldPlace]) -> set[str]:
    """What needs no note any more, because somebody said where it goes."""
    told = set(wanted)
    return told | ({"signer", "signature"} if PERSON in told else set())


def put_fields(
    plain: Path,
    room: Path,
    places: Mapping[str, FieldPlace],
    written: dict[str, int],
    notes: tuple[str, ...],
    pages: int,
    sizes: list[list[float]],
) -> Prepared:
    """Put empty fields at these places; those that the file had are gone."""
    target = room / "prepared.pdf"
    issuing.add_fields(plain, target, places)
    told = {name: place.as_values() for name, place in places.items()}
    return Prepared(target, told, written, notes, pages, sizes[:MOST_SIZES])


def without_fields(plain: Path) -> Prepared:
    """What carries the organ's signature alone needs no field beforehand."""
    return Prepared(plain, {}, {}, (), page_count(plain), [])


# ── what the leader signed ───────────────────────────────────────────────────────────────────


def signature_of_leader(prepared: Path, signed: Path, tools: Tools, strict: bool) -> dict[str, Any]:
    """Judge a file that came back: what is accepted is told as plain values.

    Args:
        prepared: what was given out.
        signed: what came back.
        tools: with the trust folder.
        strict: take only what is valid beyond doubt.

    Raises:
        Refused: the code says what differs or what is wrong with the signature.
    """
    found = _difference(prepared, signed)
    if found is not None:
        raise Refused(found.code, **found.details)
    report = judged(signed, tools)
    check = next((one for one in report.signatures if one.field == PERSON), None)
    if check is None or report.problem:
        raise Refused("signed_file_damaged", said=report.problem or "")
    if check.signer_kind == "organ":
        raise Refused("signed_by_an_organ", signer=check.signer or "")
    if not check.passed and (strict or check.reason not in _OPEN_QUESTIONS):
        raise Refused("leader_signature_bad", reason=check.reason, signer=check.signer or "")
    return verdict_of(report)


def _difference(prepared: Path, signed: Path) -> Difference | None:
    try:
        return issuing.difference(prepared, signed)
    except ProgramFailed as failed:
        raise Refused("signed_file_damaged", said=failed.code) from failed


def judged(path: Path, tools: Tools) -> SignatureReport:
    """Every signature of a file, judged now, offline."""
    return confined(
        check_signatures, path, tools.trust, clock.now(), seconds=_SECONDS, megabytes=_MEGABYTES
    )


def verdict_of(report: SignatureReport) -> dict[str, Any]:
    """What is kept of a judgement: who signed, when, and what it is worth."""
    return {
        "person_and_organ": asdict(has_person_and_organ(report)),
        "signatures": [_told(one) for one in report.signatures],
    }


def _told(check: SignatureCheck) -> dict[str, Any]:
    names = ("field", "indication", "reason", "signer", "organ", "signer_kind", "level", "serial")
    values = {name: getattr(check, name) for name in names}
    return {**values, "time": check.time.isoformat() if check.time else None}


# ── numbering and sealing ────────────────────────────────────────────────────────────────────


def issue_document(
    signed: Path,
    room: Path,
    issuer: Issuer,
    layout: str,
    places: Mapping[str, object],
    number: int,
    day: date,
    tools: Tools,
) -> tuple[Path, dict[str, Any]]:
    """Fill in number and date, seal with the organ's key, and see that both signatures hold.

    Raises:
        ProgramFailed: `seal_breaks_signature`: nothing was issued.
    """
    filled, sealed = room / "filled.pdf", room / "issued.pdf"
    issuing.fill_in(signed, filled, number, day, places)
    issuing.seal_issued(filled, sealed, issuer, layout)
    return sealed, _verdict_after(sealed, tools, signatures=2)


def issue_copy(
    source: Path, room: Path, issuer: Issuer, words: tuple[str, ...], tools: Tools
) -> tuple[Path, dict[str, Any]]:
    """Seal what the organ digitised, or an annex, with words and time at the top right."""
    sealed = room / "issued.pdf"
    issuing.seal_copy(source, sealed, issuer, words)
    return sealed, _verdict_after(sealed, tools, signatures=1)


def _verdict_after(sealed: Path, tools: Tools, signatures: int) -> dict[str, Any]:
    report = judged(sealed, tools)
    broken = [one.field for one in report.signatures if one.indication == "TOTAL-FAILED"]
    if broken or report.problem or len(report.signatures) != signatures:
        raise ProgramFailed("seal_breaks_signature", fields=broken)
    return verdict_of(report)
