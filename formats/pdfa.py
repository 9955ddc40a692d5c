"""The archival copy: PDF/A made from a document's pages, with what was lost on the way listed.

An unsigned document becomes PDF/A-2b with its text layer. A signed one that is not PDF/A becomes
a carrier: PDF/A-3b that shows its pages and holds the signed file itself, with the report on its
signatures. (A signed document that is PDF/A already is its own archival copy; it is never
written to.)

Three methods, each more forceful than the one before. `PIKEPDF` leaves content, fonts and
pictures as they are and mends what surrounds them. `GHOSTSCRIPT` writes every page anew, and its
result is used only if no letter was lost. `PICTURES` turns pages into pictures with their words
laid under them, and says so. Which one is good enough is veraPDF's to say, afterwards.

What an unsigned document holds as attachments does not come along: PDF/A-2 admits only PDF/A
files, and a file in any other format is not kept readable by standing inside an archival one.
They are listed with names, sizes and digests, and stay in the original, which is always kept.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from formats.confined import confined, confined_for
from formats.conversion import ConversionReport
from formats.errors import ProgramFailed, Unreadable
from formats.pdf_metadata import Description
from formats.pdfa_stages import Attachment, Job, Made, claim, clean_only, finish, make, pictures
from formats.programs import run

__all__ = ["Description", "Method", "carrier", "claims_pdfa", "to_pdfa"]

_GHOSTSCRIPT = (
    *("gs", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-q", "-sDEVICE=pdfwrite", "-dPDFA=2"),
    *("-dPDFACompatibilityPolicy=1", "-sColorConversionStrategy=RGB", "-dCompatibilityLevel=1.7"),
    *("-dAutoRotatePages=/None", "-dDownsampleColorImages=false", "-dDownsampleGrayImages=false"),
    *("-dDownsampleMonoImages=false", "-dPassThroughJPEGImages=true", "-dEmbedAllFonts=true"),
)


class Method(StrEnum):
    """How the copy is made, from the gentlest to the most forceful."""

    PIKEPDF = "pikepdf"
    GHOSTSCRIPT = "ghostscript"
    PICTURES = "pictures"


def to_pdfa(
    pages_pdf: Path,
    out: Path,
    *,
    description: Description,
    layer: Path | None = None,
    method: Method | None = None,
    made_with: Mapping[str, str] | None = None,
) -> ConversionReport:
    """Make a PDF/A-2b copy of unsigned pages; every page is still there, at its size.

    Args:
        pages_pdf: the document's pages as PDF.
        out: where the copy is written.
        description: what it says about itself.
        layer: a text-only PDF of as many pages, laid invisibly under them.
        method: how; None takes pikepdf, or Ghostscript at once when fonts are shown that are
            not in the file and have no stand-in.
        made_with: programs that made the pages before, with versions, for the report.

    Raises:
        Unreadable: damaged, encrypted, or beyond a limit.
        ProgramMissing: Ghostscript, or fonts.
        ProgramFailed: out of time or memory, or pages differ afterwards.
    """
    job = Job(pages_pdf, out, "2b", description, layer, made_with=dict(made_with or {}))
    return _convert(job, method)


def carrier(
    signed_original: Path,
    pages_pdf: Path,
    out: Path,
    *,
    description: Description,
    signature_report: Path | None = None,
    layer: Path | None = None,
    method: Method | None = None,
) -> ConversionReport:
    """Make a PDF/A-3b copy that shows the pages and holds the signed file and its report.

    The signed file stands inside with its exact bytes as `/Source`, its digest in the metadata;
    the report (JSON) as `/Supplement`. Stamps of signatures are seen on the pages, but only
    the file inside can still be validated.

    Args:
        signed_original: the file as it was received.
        pages_pdf: its pages as PDF, usually the same file.
        out: where the copy is written.
        description: what it says about itself; digest and name of the original are filled in.
        signature_report: what was found about the signatures.
        layer: a text-only PDF of as many pages.
        method: as in `to_pdfa`.

    Raises:
        Unreadable: damaged, encrypted, or beyond a limit.
        ProgramMissing: Ghostscript, or fonts.
        ProgramFailed: out of time or memory, or pages differ afterwards.
    """
    name = description.original_name or "original.pdf"
    described = replace(description, original_sha256=_digest(signed_original), original_name=name)
    held = [Attachment(signed_original, name, "application/pdf", "Source", "Signed original")]
    if signature_report:
        held.append(
            Attachment(signature_report, "signatures.json", "application/json", "Supplement",
                       "Report on the signatures of the original at reception")
        )  # fmt: skip
    return _convert(Job(pages_pdf, out, "3b", described, layer, tuple(held)), method)


def holding(
    pages_pdf: Path, out: Path, attachments: tuple[Attachment, ...], description: Description
) -> ConversionReport:
    """Make a PDF/A-3b copy of a form of our own that holds files for machines.

    Raises:
        Unreadable, ProgramMissing, ProgramFailed: as in `to_pdfa`.
    """
    return _convert(Job(pages_pdf, out, "3b", description, None, attachments), None)


def claims_pdfa(path: Path) -> str | None:
    """The flavour ("2b") a PDF claims in its metadata, or None; whether it is true, veraPDF says.

    Raises:
        Unreadable: damaged or encrypted.
    """
    return confined(claim, path, seconds=30)


def _convert(job: Job, method: Method | None) -> ConversionReport:
    """Convert, or leave nothing."""
    if job.description.moment is None:
        job = replace(job, description=replace(job.description, moment=datetime.now(UTC)))
    try:
        return _try_methods(job, method)
    except BaseException:
        job.out.unlink(missing_ok=True)  # nothing half made is taken for a copy
        raise


def _try_methods(job: Job, method: Method | None) -> ConversionReport:
    """The method asked for; where it fails or loses letters, the more forceful ones after it."""
    if method in (None, Method.PIKEPDF):
        try:
            made = confined_for(job.pages_pdf, make, job)
        except ProgramFailed as failed:
            job = _noting(job, f"pikepdf_{failed.code}")
        else:
            if method or not made.missing_fonts:
                return _report(job, Method.PIKEPDF, made)
    if method is not Method.PICTURES:
        try:
            made = _by_ghostscript(job)
        except ProgramFailed as failed:
            job = _noting(job, f"ghostscript_{failed.code}")
        else:
            if not made.letters.lost:
                return _report(job, Method.GHOSTSCRIPT, made)
            job = _noting(job, "ghostscript_lost_letters")
    with tempfile.TemporaryDirectory(dir=job.out.parent, prefix="pictures-") as room:
        made = confined_for(job.pages_pdf, pictures, job, Path(room, "clean.pdf"))
    return _report(job, Method.PICTURES, made)


def _noting(job: Job, note: str) -> Job:
    return replace(job, notes=(*job.notes, note))


def _by_ghostscript(job: Job) -> Made:
    with tempfile.TemporaryDirectory(dir=job.out.parent, prefix="ghostscript-") as room:
        clean, rewritten = Path(room, "clean.pdf"), Path(room, "rewritten.pdf")
        cleaned = confined_for(job.pages_pdf, clean_only, job, clean)
        seconds = 60 + 5.0 * cleaned.pages
        asked = [*_GHOSTSCRIPT, f"-sOutputFile={rewritten}", str(clean)]
        inside = {"TEMP": room, "TMPDIR": room}  # what it leaves behind goes with the room
        finished = run(asked, seconds=seconds, megabytes=4096, extra_environment=inside)
        if finished.code != 0 or not rewritten.is_file():
            raise ProgramFailed("crashed", program="gs", exit_code=finished.code)
        try:
            made = confined_for(rewritten, finish, job, cleaned, rewritten)
        except Unreadable as unusable:  # what Ghostscript wrote, not what it was given
            raise ProgramFailed("crashed", program="gs", said=unusable.code) from unusable
    version = run(["gs", "--version"], seconds=20).stdout.decode(errors="replace").strip()
    return replace(made, tools={**made.tools, "ghostscript": version})


def _report(job: Job, method: Method, made: Made) -> ConversionReport:
    return ConversionReport(
        method=method.value,
        flavour=job.flavour,
        pages_before=made.pages,
        pages_after=made.pages,
        letters_before=made.letters.before,
        letters_after=made.letters.after,
        letters_lost=made.letters.lost,
        source_sha256=_digest(job.pages_pdf),
        outcome_sha256=_digest(job.out),
        dropped=made.dropped,
        notes=tuple(sorted({*job.notes, *made.notes})),
        tools={**job.made_with, **made.tools},
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
